//! The heart: one loop, the only writer. Whatever happens comes in here, is decided, and becomes durable in one commit per round;
//! only then does anybody hear of it.
//!
//! It runs on a thread of its own, because a commit waits for the disk.

use std::{
    collections::{BTreeSet, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use tokio::sync::{mpsc, watch};

use super::{
    Clock, Tally,
    receive::Batch,
    sender::{Backlog, Letter, Report, ToSender},
};
use crate::{
    conversation::{self, Class, Decision, Effect, Event, House, Keyboard, Outcome, Outgoing, Purpose, Record, Scene, Unreadable},
    library::Library,
    parent::{ChatId, Parent, Words},
    store::{AgendaPlace, CommitError, Draft, DraftError, ParentId, Seq, Store},
    telegram::{Incoming, Origin},
};

/// How many parents' due moments go into one commit: enough to make the disk's flush cheap, few enough that a parent who
/// writes meanwhile hardly waits.
const DUE_AT_ONCE: usize = 256;

/// Due prompts wait while this many letters are still to be sent: no more memory is used than the sender can empty soon.
const BACKLOG_LIMIT: usize = 1_024;

/// How many inputs of each kind are gathered for one commit.
const GATHER: usize = 64;

/// A clock that stands this far before the latest commit was set back: plans made in the wrong time are made anew.
const SET_BACK: SignedDuration = SignedDuration::from_hours(1);

/// The first wait after a commit failed; doubled up to [`LONGEST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_millis(500);

/// The longest wait between two tries to commit.
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// The heart, with everything it decides with.
pub struct Heart {
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// What can be said.
    pub library: Arc<Library>,
    /// What is true of this installation.
    pub house: House,
    /// The time.
    pub clock: Clock,
    /// Chance, seeded by whoever starts the heart.
    pub chance: ChaCha8Rng,
    /// What happened, in numbers.
    pub tally: Arc<Tally>,
    /// How much waits to be sent.
    pub backlog: Backlog,
    /// When the next planned moment comes, for whoever wants to know.
    pub next_due: watch::Sender<Option<Timestamp>>,
    /// How far making all plans anew has come, after the clock was set back.
    pub replanning: Option<AgendaPlace>,
}

/// What comes in.
pub struct Inputs {
    /// Batches of updates from Telegram.
    pub updates: mpsc::Receiver<Batch>,
    /// What became of letters.
    pub reports: mpsc::UnboundedReceiver<Report>,
    /// Set to true to end.
    pub stop: watch::Receiver<bool>,
}

/// The inputs of one round.
#[derive(Default)]
struct Round {
    reports: Vec<Report>,
    batches: Vec<Batch>,
}

/// What a round tells the sender once it is durable.
#[derive(Default)]
struct Told {
    letters: Vec<Letter>,
    claimed: Vec<Seq>,
}

impl Heart {
    /// Runs until it is told to stop, or nobody is left to send it anything.
    ///
    /// A commit that fails is tried again, for ever, with the same inputs: nothing is confirmed to Telegram meanwhile.
    pub async fn run(mut self, mut inputs: Inputs, sender: mpsc::UnboundedSender<ToSender>) {
        loop {
            let Some(round) = self.next_round(&mut inputs).await else { return };
            let Some(told) = self.live(&round, &inputs.stop, &sender).await else { return };
            for batch in round.batches {
                // The receiver may be gone when the bot stops; Telegram then sends the batch again, and it is known.
                let _ = batch.committed.send(());
            }
            if !told.claimed.is_empty() {
                let _ = sender.send(ToSender::Claimed(told.claimed));
            }
            if !told.letters.is_empty() {
                let _ = sender.send(ToSender::Queue(told.letters));
            }
        }
    }

    /// Waits until there is something to do, and gathers what is there.
    async fn next_round(&self, inputs: &mut Inputs) -> Option<Round> {
        let mut round = Round::default();
        let due = self.store.next_due();
        self.next_due.send_if_modified(|known| std::mem::replace(known, due) != due);
        tokio::select! {
            biased;
            _ = inputs.stop.wait_for(|stop| *stop) => return None,
            () = std::future::ready(()), if self.replanning.is_some() => {}
            report = inputs.reports.recv() => round.reports.push(report?),
            batch = inputs.updates.recv() => round.batches.push(batch?),
            () = self.due_and_room(due) => {}
        }
        while round.reports.len() < GATHER * 8 && let Ok(report) = inputs.reports.try_recv() {
            round.reports.push(report);
        }
        while round.batches.len() < GATHER && let Ok(batch) = inputs.updates.try_recv() {
            round.batches.push(batch);
        }
        Some(round)
    }

    async fn due_and_room(&self, due: Option<Timestamp>) {
        match due {
            Some(due) => {
                self.clock.sleep_until(due).await;
                self.backlog.below(BACKLOG_LIMIT).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Decides and commits a round, however often it takes. `None` when told to stop before it succeeded.
    async fn live(&mut self, round: &Round, stop: &watch::Receiver<bool>, sender: &mpsc::UnboundedSender<ToSender>) -> Option<Told> {
        let mut wait = FIRST_RETRY;
        let mut waiting: BTreeSet<ChatId> = BTreeSet::new();
        loop {
            match self.decide_and_commit(round, &waiting) {
                Ok(told) => {
                    if !waiting.is_empty() {
                        tracing::info!("the store takes writes again");
                    }
                    return Some(told);
                }
                Err(error) => {
                    if waiting.is_empty() {
                        tracing::error!("nothing can be kept right now, trying again until it works: {error}");
                    }
                    self.tally.commit_failed();
                    self.tell_not_saved(round, &mut waiting, sender);
                }
            }
            let mut stop = stop.clone();
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return None,
                () = self.clock.sleep(wait) => {}
            }
            wait = (wait * 2).min(LONGEST_RETRY);
        }
    }

    fn decide_and_commit(&mut self, round: &Round, waited: &BTreeSet<ChatId>) -> Result<Told, CommitError> {
        let now = self.clock.now();
        let store = Arc::clone(&self.store);
        let mut draft = store.draft();
        let mut told = Told::default();
        for report in &round.reports {
            self.reported(&mut draft, &mut told, report, now)?;
        }
        for incoming in round.batches.iter().flat_map(|batch| &batch.updates) {
            self.received(&mut draft, &mut told, incoming, now)?;
        }
        if self.backlog.len() < BACKLOG_LIMIT {
            for (_, parent) in store.due(now, DUE_AT_ONCE)? {
                self.came_due(&mut draft, &mut told, parent, now)?;
            }
        }
        for chat in waited {
            self.say_saved_late(&mut draft, &mut told, *chat)?;
        }
        let replanning = self.replan(&mut draft, &mut told, now)?;
        draft.set_time(now);
        store.commit(draft)?;
        self.replanning = replanning;
        self.tally.committed();
        Ok(told)
    }

    /// After the clock was set back, plans that were made in the wrong time may lie far ahead: every plan is made anew, a page
    /// of the agenda in each round. The one walk over all parents that there is, and only a clock that went wrong causes it.
    fn replan(&mut self, draft: &mut Draft<'_>, told: &mut Told, now: Timestamp) -> Result<Option<AgendaPlace>, DraftError> {
        let place = match (self.replanning, self.store.time()?) {
            (Some(place), _) => place,
            (None, Some(latest)) if latest.duration_since(now) > SET_BACK => {
                tracing::warn!("the clock was set back by more than an hour: all plans are made anew");
                AgendaPlace::at(now)
            }
            (None, _) => return Ok(None),
        };
        let page = self.store.agenda_after(place, DUE_AT_ONCE)?;
        for place in &page {
            if let Some(parent) = draft.parent(place.parent)? {
                self.decide(draft, told, place.parent, parent, &Event::Due, now)?;
            }
        }
        Ok(page.last().copied())
    }

    fn reported(&mut self, draft: &mut Draft<'_>, told: &mut Told, report: &Report, now: Timestamp) -> Result<(), DraftError> {
        match report {
            Report::Claim(seqs) => {
                for seq in seqs {
                    draft.claim(*seq)?;
                    told.claimed.push(*seq);
                }
                Ok(())
            }
            Report::Done(letter, outcome) => {
                draft.unqueue(letter.seq)?;
                let purpose = &letter.outgoing.purpose;
                let concerns = purpose.wants_outcome() || *outcome == Outcome::Unreachable;
                let id = draft.parent_id(letter.chat);
                if !concerns {
                    return Ok(());
                }
                let Some(parent) = draft.parent(id)? else { return Ok(()) };
                let event = Event::Outcome(purpose.clone(), *outcome);
                self.decide(draft, told, id, parent, &event, now)
            }
        }
    }

    fn received(&mut self, draft: &mut Draft<'_>, told: &mut Told, incoming: &Incoming, now: Timestamp) -> Result<(), DraftError> {
        if draft.seen(incoming.update)? {
            self.tally.seen_before();
            return Ok(());
        }
        draft.mark(incoming.update)?;
        let Some(event) = &incoming.event else { return Ok(()) };
        match incoming.chat {
            Origin::Private(chat) => {
                let id = draft.parent_id(chat);
                let parent = draft.parent(id)?;
                // Somebody of whom nothing is kept, and who is gone, is nobody.
                if parent.is_none() && matches!(event, Event::Left | Event::Edited(_)) {
                    return Ok(());
                }
                let parent = parent.unwrap_or_else(|| Parent::stranger(chat));
                self.decide(draft, told, id, parent, event, now)
            }
            Origin::Group(chat) => {
                let id = draft.parent_id(chat);
                if draft.parent(id)?.is_some() {
                    return Ok(());
                }
                let library = Arc::clone(&self.library);
                let journal = draft.journal(id);
                let scene = Scene { library: &library, house: &self.house, journal: &journal, now };
                let decision = conversation::respond_in_group(scene, chat, &mut self.chance);
                drop(journal);
                self.apply(draft, told, id, chat, decision)
            }
            Origin::Nowhere => Ok(()),
        }
    }

    fn came_due(&mut self, draft: &mut Draft<'_>, told: &mut Told, id: ParentId, now: Timestamp) -> Result<(), DraftError> {
        match draft.parent(id)? {
            Some(parent) if parent.due().is_some_and(|due| due <= now) => self.decide(draft, told, id, parent, &Event::Due, now),
            // Something in this same round changed the plan, or a record cannot be read: its agenda row may not stay at the front.
            Some(_) => Ok(()),
            None => draft.unschedule(id),
        }
    }

    fn decide(
        &mut self,
        draft: &mut Draft<'_>,
        told: &mut Told,
        id: ParentId,
        parent: Parent,
        event: &Event,
        now: Timestamp,
    ) -> Result<(), DraftError> {
        let chat = parent.chat;
        let library = Arc::clone(&self.library);
        let decision = {
            let journal = draft.journal(id);
            let scene = Scene { library: &library, house: &self.house, journal: &journal, now };
            let chance = &mut self.chance;
            let before = parent.clone();
            let decided: Result<Decision, Unreadable> =
                catch_unwind(AssertUnwindSafe(|| conversation::respond(scene, parent, event, chance)))
                    .unwrap_or_else(|_| Err(Unreadable("deciding failed with a panic".to_owned())));
            decided.unwrap_or_else(|error| {
                tracing::error!("a parent got an apology instead of an answer: {error}");
                self.tally.apologised();
                conversation::apologise(scene, before, event, &mut self.chance)
            })
        };
        self.apply(draft, told, id, chat, decision)
    }

    fn apply(&mut self, draft: &mut Draft<'_>, told: &mut Told, id: ParentId, chat: ChatId, decision: Decision) -> Result<(), DraftError> {
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
            told.letters.push(Letter { seq, chat, outgoing, claimed: false });
        }
        Ok(())
    }

    /// While nothing can be kept, whoever wrote hears so, once. This message alone is not in the outbox: there is no outbox now.
    fn tell_not_saved(&self, round: &Round, told: &mut BTreeSet<ChatId>, sender: &mpsc::UnboundedSender<ToSender>) {
        let wrote = |incoming: &Incoming| match (&incoming.chat, &incoming.event) {
            (Origin::Private(chat), Some(Event::Wrote(_) | Event::Edited(_))) => Some(*chat),
            _ => None,
        };
        let chats: HashSet<ChatId> = round.batches.iter().flat_map(|batch| &batch.updates).filter_map(wrote).collect();
        let outgoing = sentence(self.library.texts.error.not_saved.as_str());
        let letters: Vec<Letter> = chats
            .into_iter()
            .filter(|chat| told.insert(*chat))
            .map(|chat| Letter { seq: Seq::UNSAVED, chat, outgoing: outgoing.clone(), claimed: false })
            .collect();
        let _ = sender.send(ToSender::Queue(letters));
    }

    fn say_saved_late(&self, draft: &mut Draft<'_>, told: &mut Told, chat: ChatId) -> Result<(), DraftError> {
        let id = draft.parent_id(chat);
        if draft.parent(id)?.is_none() {
            return Ok(());
        }
        let outgoing = sentence(self.library.texts.error.saved_late.as_str());
        let seq = draft.queue(id, chat, &outgoing)?;
        told.letters.push(Letter { seq, chat, outgoing, claimed: false });
        Ok(())
    }
}

fn sentence(text: &str) -> Outgoing {
    Outgoing {
        effect: Effect::Send { text: Words::new(text), keyboard: Keyboard::default(), silent: false, reply_to: None },
        class: Class::Interactive,
        purpose: Purpose::Plain,
        expires: None,
    }
}
