//! Deciding one input of a round, and putting what it leads to into the draft.
//!
//! What is one parent's alone, such as a record that cannot be read, ends here; only what the store as a whole cannot do goes further.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::{Heart, StoreFailed, Told, Voice};
use crate::{
    conversation::{
        self, Class, Decision, Effect, Event, Keyboard, Outcome, Outgoing, Purpose, Record, Scene,
        Unreadable,
    },
    parent::{ChatId, Parent, Words},
    service::sender::Letter,
    store::{Draft, ParentId, Seq},
    telegram::{Incoming, Origin},
};

impl Heart {
    /// A letter is out of the sender's hands: it leaves the outbox, and whoever waits for word of it gets it.
    pub(super) fn ended(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        seq: Seq,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        let letter = draft.queued(seq).unwrap_or_else(|error| {
            self.unreadable(&error);
            None
        });
        draft.unqueue(seq)?;
        let Some(letter) = letter else { return Ok(()) };
        let purpose = letter.outgoing.purpose;
        if (purpose.wants_outcome() || outcome == Outcome::Unreachable)
            && let Some(parent) = self.record(draft, letter.parent)
        {
            self.decide(
                draft,
                told,
                letter.parent,
                parent,
                &Event::Outcome(purpose, outcome),
                now,
            )?;
        }
        Ok(())
    }

    pub(super) fn received(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        incoming: &Incoming,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        if draft.seen(incoming.update)? {
            self.tally.came_again();
            return Ok(());
        }
        draft.mark(incoming.update)?;
        let Some(event) = &incoming.event else {
            return Ok(());
        };
        match incoming.chat {
            Origin::Private(chat) => self.received_from(draft, told, chat, event, now),
            Origin::Group(chat) => self.received_from_group(draft, told, chat, now),
            Origin::Nowhere => Ok(()),
        }
    }

    fn received_from(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        chat: ChatId,
        event: &Event,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        let id = draft.parent_id(chat);
        let parent = match draft.parent(id) {
            Ok(Some(parent)) => parent,
            // Somebody of whom nothing is kept, and who left or changed an old message, is nobody.
            Ok(None) if matches!(event, Event::Left | Event::CameBack | Event::Edited(_)) => {
                return Ok(());
            }
            Ok(None) => Parent::stranger(chat),
            Err(error) => {
                self.unreadable(&error);
                // Not in the outbox, which is sealed with the key in the record that cannot be read.
                let seq = Seq::not_in_outbox(self.unsaved);
                self.unsaved += 1;
                let outgoing = sentence(self.voice.library.texts.error.internal.as_str());
                told.letters.push(Letter {
                    seq,
                    chat,
                    outgoing,
                    claimed: false,
                });
                return Ok(());
            }
        };
        self.decide(draft, told, id, parent, event, now)
    }

    /// A group hears once that it is the wrong place, and again only after that message is out.
    fn received_from_group(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        chat: ChatId,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        let id = draft.parent_id(chat);
        if draft.parent(id)?.is_some() {
            return Ok(());
        }
        let Voice { library, house } = &self.voice;
        let decision = {
            let journal = draft.journal(id)?;
            let scene = Scene {
                library,
                house,
                journal: &journal,
                now,
            };
            conversation::respond_in_group(scene, chat, &mut self.chance)
        };
        self.apply(draft, told, id, chat, decision)
    }

    pub(super) fn came_due(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        (due, id): (Timestamp, ParentId),
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        match draft.parent(id) {
            // Something else in this round may have changed the plan.
            Ok(Some(parent)) if parent.due().is_none_or(|due| due > now) => Ok(()),
            Ok(Some(parent)) => self.decide(draft, told, id, parent, &Event::Due, now),
            // A crash came between the end of the parent's key and the end of their rows.
            Ok(None) => Ok(draft.forget(id)?),
            // It would be due for ever, and nobody behind it would ever come.
            Err(error) => {
                self.unreadable(&error);
                draft.unschedule(due, id);
                Ok(())
            }
        }
    }

    pub(super) fn wake(
        &mut self,
        draft: &mut Draft,
        told: &mut Told,
        id: ParentId,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        match self.record(draft, id) {
            Some(parent) => self.decide(draft, told, id, parent, &Event::Due, now),
            None => Ok(()),
        }
    }

    /// The parent's record; one that cannot be read is said to be so in the log, and left as it is for whoever mends the store.
    fn record(&self, draft: &mut Draft, id: ParentId) -> Option<Parent> {
        draft.parent(id).unwrap_or_else(|error| {
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
        draft: &mut Draft,
        told: &mut Told,
        id: ParentId,
        parent: Parent,
        event: &Event,
        now: Timestamp,
    ) -> Result<(), StoreFailed> {
        let chat = parent.chat;
        let Voice { library, house } = &self.voice;
        let decision = {
            let journal = draft.journal(id)?;
            let scene = Scene {
                library,
                house,
                journal: &journal,
                now,
            };
            let before = parent.clone();
            let decided = catch_unwind(AssertUnwindSafe(|| {
                conversation::respond(scene, parent, event, &mut self.chance)
            }));
            match decided {
                Ok(Ok(decision)) => decision,
                Ok(Err(error)) => {
                    self.unreadable(&error);
                    conversation::apologise(scene, before, event, &mut self.chance)
                }
                // The panic itself has said where it was.
                Err(_) => {
                    self.tally.panicked();
                    conversation::apologise(scene, before, event, &mut self.chance)
                }
            }
        };
        self.apply(draft, told, id, chat, decision)
    }

    fn apply(
        &self,
        draft: &mut Draft,
        told: &mut Told,
        id: ParentId,
        chat: ChatId,
        decision: Decision,
    ) -> Result<(), StoreFailed> {
        match decision.record {
            Record::Changed(parent) => {
                draft.put_parent(id, &parent)?;
                draft.apply(id, &decision.journal)?;
            }
            Record::Anew(parent) => {
                draft.forget(id)?;
                draft.put_parent(id, &parent)?;
            }
            Record::Forgotten => {
                draft.forget(id)?;
                return Ok(());
            }
        }
        for outgoing in decision.outgoing {
            let seq = draft.queue(id, chat, &outgoing)?;
            told.letters.push(Letter {
                seq,
                chat,
                outgoing,
                claimed: false,
            });
        }
        Ok(())
    }

    pub(super) fn say_saved_late(
        &self,
        draft: &mut Draft,
        told: &mut Told,
        chat: ChatId,
    ) -> Result<(), StoreFailed> {
        let id = draft.parent_id(chat);
        if self.record(draft, id).is_some() {
            let outgoing = sentence(self.voice.library.texts.error.saved_late.as_str());
            let seq = draft.queue(id, chat, &outgoing)?;
            told.letters.push(Letter {
                seq,
                chat,
                outgoing,
                claimed: false,
            });
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
    }
}
