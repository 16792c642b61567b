//! Deciding one round: every input in turn, on one draft of the store, which sees what the inputs before it have changed.
//!
//! What is one parent's alone, such as a record that cannot be read, ends here; only what the store as a whole cannot do goes further.

use std::sync::Arc;

use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;

use super::{
    attempt::Told,
    failed::StoreFailed,
    put_off::{Due, Try},
    stumbled::Care,
};
use crate::{
    conversation::{
        self, Class, Decision, Effect, Event, Failure, Keyboard, Outcome, Outgoing, Purpose,
        Record, Unreadable,
    },
    library::Library,
    parent::{ChatId, Onboarding, Parent, Words},
    service::{
        Tally, Voice,
        sender::{About, Fetched, Letter, Report},
    },
    store::{Counted, Draft, ParentId, Pending, Seq},
    telegram::{Incoming, Origin},
};

/// One round in the making. Nothing of it has happened before its draft is committed.
pub(super) struct Deciding<'a> {
    draft: Draft,
    told: Told,
    voice: &'a Voice,
    chance: &'a mut ChaCha8Rng,
    tally: &'a Tally,
    now: Timestamp,
    /// How the input at work is decided.
    care: Care,
    /// How many letters of this process were in no outbox.
    unsaved: &'a mut u64,
}

impl<'a> Deciding<'a> {
    /// Begins a round on an empty draft.
    pub fn begin(
        draft: Draft,
        voice: &'a Voice,
        chance: &'a mut ChaCha8Rng,
        tally: &'a Tally,
        now: Timestamp,
        unsaved: &'a mut u64,
    ) -> Self {
        Self {
            draft,
            told: Told::default(),
            voice,
            chance,
            tally,
            now,
            care: Care::Decide,
            unsaved,
        }
    }

    /// The next input is decided like this.
    pub fn with(&mut self, care: Care) -> &mut Self {
        self.care = care;
        self
    }

    /// What is to be committed, and what is to be told after that. While plans are being made anew the latest commit keeps the time of before: a process that ends
    /// meanwhile leaves the next one to see that the clock was set back.
    pub fn end(mut self, replanning: bool) -> Result<(Draft, Told), StoreFailed> {
        if !replanning {
            self.draft.set_time(self.now)?;
        }
        Ok((self.draft, self.told))
    }

    /// What the sender says.
    pub fn reported(&mut self, report: &Report) -> Result<(), StoreFailed> {
        match report {
            Report::Claim(letters) => {
                for letter in letters {
                    let seq = letter.seq;
                    let goes = match self.care {
                        Care::Decide => self.is_wanted(letter),
                        Care::Apologise | Care::ApologiseOnly => true,
                        Care::LetGo => false,
                    };
                    if goes && self.draft.claim(seq)? {
                        self.told.claimed.push(seq);
                    } else {
                        self.tally.ended(Outcome::Expired);
                        self.ended(letter, Outcome::Expired)?;
                        self.told.withdrawn.push(seq);
                    }
                }
            }
            Report::Unclaim(seqs) => {
                for seq in seqs {
                    self.draft.unclaim(*seq);
                }
            }
            Report::Done(letter, outcome) => self.ended(letter, *outcome)?,
        }
        Ok(())
    }

    /// Whether a letter may still go out: a prompt may have waited while the parent stopped.
    fn is_wanted(&mut self, letter: &About) -> bool {
        let Purpose::Prompt {
            planned: Some(planned),
            ..
        } = letter.purpose
        else {
            return true;
        };
        let id = self.draft.parent_id(letter.chat);
        let parent = self.record(id);
        parent.is_some_and(|parent| parent.still_wants(planned, self.now))
    }

    /// A letter is out of the sender's hands: it leaves the outbox, and whoever waits for word of it gets it. One that is not there any more was
    /// erased meanwhile, with all that hung on it.
    fn ended(&mut self, letter: &About, outcome: Outcome) -> Result<(), StoreFailed> {
        let was_there = self.draft.unqueue(letter.seq)?;
        if !was_there || self.care == Care::LetGo {
            return Ok(());
        }
        let purpose = &letter.purpose;
        if matches!(
            (purpose, outcome),
            (Purpose::Prompt { .. }, Outcome::Sent(_))
        ) {
            self.draft.count(Counted::Prompt);
        }
        if outcome == Outcome::InDoubt && purpose.at_most_once() {
            self.draft.count(Counted::InDoubt);
        }
        if !purpose.wants(outcome) {
            return Ok(());
        }
        let id = self.draft.parent_id(letter.chat);
        match self.record(id) {
            Some(parent) => self.decide(id, parent, &Event::Outcome(purpose.clone(), outcome)),
            None => Ok(()),
        }
    }

    /// A voice note, or a step of a journal, is here or will not come. When its letter is in the outbox no more, all that the parent said was
    /// erased meanwhile. The letter stays there until the last step: after a crash the file is fetched again.
    pub fn fetched(&mut self, fetched: &Fetched) -> Result<(), StoreFailed> {
        if self.care == Care::LetGo {
            self.draft.unqueue(fetched.seq)?;
            return Ok(());
        }
        let letter = if fetched.is_last() {
            self.take(fetched.seq)?
        } else {
            self.letter(fetched.seq)
        };
        if let Some(letter) = letter
            && let Effect::Fetch(fetch) = letter.outgoing.effect
            && let Some(parent) = self.record(letter.parent)
        {
            let event = Event::Fetched(fetch, fetched.brought.clone());
            self.decide(letter.parent, parent, &event)?;
        }
        Ok(())
    }

    /// Takes a letter out of the outbox; `None` when it is not there, or cannot be read.
    fn take(&mut self, seq: Seq) -> Result<Option<Pending>, StoreFailed> {
        let letter = self.letter(seq);
        self.draft.unqueue(seq)?;
        Ok(letter)
    }

    /// A letter of the outbox; `None` as with [`Deciding::take`].
    fn letter(&mut self, seq: Seq) -> Option<Pending> {
        self.draft.queued(seq).unwrap_or_else(|error| {
            self.unreadable(&error);
            None
        })
    }

    /// An update came in. One that was handled before does nothing.
    pub fn received(&mut self, incoming: &Incoming) -> Result<(), StoreFailed> {
        if self.draft.seen(incoming.update)? {
            self.tally.came_again();
            return Ok(());
        }
        self.draft.mark(incoming.update)?;
        let Some(event) = incoming.event.as_ref().filter(|_| self.care != Care::LetGo) else {
            return Ok(());
        };
        let for_app = self.voice.languages.for_app(incoming.language.as_deref());
        match incoming.chat {
            Origin::Private(chat) => self.received_from(chat, for_app, event),
            Origin::Group(chat) => self.received_from_group(chat, for_app),
            Origin::Nowhere => Ok(()),
        }
    }

    fn received_from(
        &mut self,
        chat: ChatId,
        for_app: &Library,
        event: &Event,
    ) -> Result<(), StoreFailed> {
        let id = self.draft.parent_id(chat);
        let mut parent = match self.draft.parent(id) {
            Ok(Some(parent)) => parent,
            // Somebody of whom nothing is kept, and who left, is nobody.
            Ok(None) if matches!(event, Event::Left | Event::CameBack) => return Ok(()),
            Ok(None) => Arc::new(Parent::stranger(chat)),
            Err(error) => {
                self.unreadable(&error);
                // Not in the outbox, which is sealed with the key in the record that cannot be read.
                let seq = Seq::not_in_outbox(*self.unsaved);
                *self.unsaved += 1;
                let outgoing = sentence(for_app.texts.error.internal.as_str());
                self.told.letters.push(Letter {
                    seq,
                    chat,
                    outgoing,
                    claimed: false,
                });
                return Ok(());
            }
        };
        // Until they begin, their app says which language they read.
        if parent.onboarding == Onboarding::Stranger {
            Arc::make_mut(&mut parent).language = Some(for_app.language.clone());
        }
        self.decide(id, parent, event)
    }

    /// A group hears once that it is the wrong place, and again only after that message is out.
    fn received_from_group(&mut self, chat: ChatId, library: &Library) -> Result<(), StoreFailed> {
        let id = self.draft.parent_id(chat);
        let silent = match self.draft.parent(id) {
            Ok(known) => known.is_some(),
            Err(error) => {
                self.unreadable(&error);
                true
            }
        };
        if silent || self.care != Care::Decide {
            return Ok(());
        }
        let decision = {
            let journal = self.draft.journal(id)?;
            let scene = self.voice.scene(library, &journal, self.now);
            conversation::respond_in_group(scene, chat, self.chance)
        };
        self.apply(id, chat, decision)
    }

    /// A moment of the agenda has come. Says whether the parent's record could be read.
    pub fn came_due(&mut self, (due, id): Due, nth: Try) -> Result<bool, StoreFailed> {
        if self.care == Care::LetGo {
            self.draft.unschedule(due, id);
            return Ok(true);
        }
        match self.draft.parent(id) {
            // Something else in this round may have changed the plan.
            Ok(Some(parent)) if parent.due().is_none_or(|due| due > self.now) => {}
            Ok(Some(parent)) => self.decide(id, parent, &Event::Due)?,
            // A crash came between the end of the parent's key and the end of their rows.
            Ok(None) => self.forget(id)?,
            Err(error) => {
                match nth {
                    Try::First => {
                        self.tally.unreadable_record();
                        tracing::error!(
                            "a parent's record cannot be read, it is tried again for an hour: {error}"
                        );
                    }
                    Try::Again => {}
                    // It would be due for ever.
                    Try::Last => {
                        self.unreadable(&error);
                        self.draft.unschedule(due, id);
                    }
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The clock was set back: a plan that was made in the wrong time is made again.
    pub fn plan_anew(&mut self, id: ParentId) -> Result<(), StoreFailed> {
        if self.care == Care::LetGo {
            return Ok(());
        }
        match self.record(id) {
            Some(parent) => self.decide(id, parent, &Event::Due),
            None => Ok(()),
        }
    }

    /// The parent's record; one that cannot be read is said to be so in the log, and left as it is for whoever mends the store.
    fn record(&mut self, id: ParentId) -> Option<Arc<Parent>> {
        self.draft.parent(id).unwrap_or_else(|error| {
            self.unreadable(&error);
            None
        })
    }

    fn unreadable(&self, error: &Unreadable) {
        self.tally.unreadable_record();
        tracing::error!("a parent's record cannot be read, restore it from a backup: {error}");
    }

    fn decide(
        &mut self,
        id: ParentId,
        parent: Arc<Parent>,
        event: &Event,
    ) -> Result<(), StoreFailed> {
        let chat = parent.chat;
        let library = self.voice.languages.of(parent.language.as_deref());
        let decision = {
            let journal = self.draft.journal(id)?;
            let scene = self.voice.scene(library, &journal, self.now);
            let decided = match self.care {
                Care::Decide => {
                    let parent = Parent::clone(&parent);
                    conversation::respond(scene, parent, event, self.chance).map_err(|error| {
                        self.unreadable(&error);
                        Failure::Journal
                    })
                }
                Care::Apologise => Err(Failure::Program),
                Care::ApologiseOnly | Care::LetGo => Err(Failure::Again),
            };
            decided.unwrap_or_else(|failure| {
                let parent = Arc::unwrap_or_clone(parent);
                conversation::apologise(scene, parent, event, failure, self.chance)
            })
        };
        self.apply(id, chat, decision)
    }

    fn apply(&mut self, id: ParentId, chat: ChatId, decision: Decision) -> Result<(), StoreFailed> {
        match decision.record {
            Record::Changed(parent) => {
                self.draft.put_parent(id, parent)?;
                self.draft.apply(id, &decision.journal)?;
                if decision.erased {
                    let quoting = self.draft.unqueue_quoting(id)?;
                    self.withdraw(quoting);
                }
            }
            Record::Wordless(parent) => {
                let gone = self.draft.erase_words(id, parent)?;
                self.withdraw(gone);
            }
            Record::Anew(parent) => {
                self.forget(id)?;
                self.draft.put_parent(id, parent)?;
            }
            Record::Forgotten => return self.forget(id),
        }
        for outgoing in decision.outgoing {
            self.queue(id, chat, outgoing)?;
        }
        Ok(())
    }

    /// Forgets a parent, and what was still to be said to them.
    fn forget(&mut self, id: ParentId) -> Result<(), StoreFailed> {
        let gone = self.draft.forget(id)?;
        self.withdraw(gone);
        Ok(())
    }

    /// These letters are in the outbox no more, and do not go out.
    fn withdraw(&mut self, gone: Vec<Seq>) {
        self.told
            .letters
            .retain(|letter| !gone.contains(&letter.seq));
        self.told.withdrawn.extend(gone);
    }

    /// Puts a letter into the outbox; the sender hears of it once that is durable.
    fn queue(&mut self, id: ParentId, chat: ChatId, outgoing: Outgoing) -> Result<(), StoreFailed> {
        if outgoing.purpose == Purpose::Kept {
            self.draft.count(Counted::Reply);
        }
        let seq = self.draft.queue(id, chat, &outgoing)?;
        self.told.letters.push(Letter {
            seq,
            chat,
            outgoing,
            claimed: false,
        });
        Ok(())
    }

    /// Whoever heard that nothing could be kept hears that it is kept now.
    pub fn say_saved_late(&mut self, chat: ChatId) -> Result<(), StoreFailed> {
        if self.care != Care::Decide {
            return Ok(());
        }
        let id = self.draft.parent_id(chat);
        if let Some(parent) = self.record(id) {
            let library = self.voice.languages.of(parent.language.as_deref());
            let outgoing = sentence(library.texts.error.saved_late.as_str());
            self.queue(id, chat, outgoing)?;
        }
        Ok(())
    }
}

/// A sentence of the bot, with nothing hanging on it.
fn sentence(text: &str) -> Outgoing {
    let effect = Effect::Send {
        text: Words::new(text),
        keyboard: Keyboard::default(),
        silent: false,
        reply_to: None,
    };
    Outgoing {
        effect,
        class: Class::Interactive,
        purpose: Purpose::Plain,
        expires: None,
        quotes: false,
    }
}
