//! The heart: one loop, the only writer. Whatever happens comes in here, is decided, and becomes durable in one commit per round;
//! only then does anybody hear of it.
//!
//! It runs on a thread of its own, because a commit waits for the disk. What waits is here ([`Heart::run`]); what it does in a round is a plain
//! call ([`Heart::round`]), so that whoever has the time and the inputs as values lives through a year without waiting.

mod attempt;
mod decide;
mod failed;
mod put_off;
mod stumbled;
#[cfg(test)]
mod tests;
mod unsaved;
mod upkeep;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use tokio::sync::{mpsc, watch};

use super::{
    Clock, Tally, Voice,
    receive::Batch,
    sender::{Fetched, Report, ToSender},
};
use crate::{
    parent::ChatId,
    store::{ParentId, Store},
    telegram::Incoming,
};
use attempt::{Brings, Decided, Told};
use failed::StoreFailed;
use put_off::PutOff;
use stumbled::Stumbled;
use upkeep::Upkeep;

/// How many parents' due moments go into one commit at most: what a round holds in memory has an end.
const DUE_AT_ONCE: usize = 512;

/// For so long at most a round decides what nobody waits for: what is due, and plans that are made anew. Committing it takes up to twice as long as deciding it, where each record lies on a page
/// that is not in memory; so a round with it takes some 30 ms, and whoever writes in the middle of one is answered after the next. By number it could not be had: a record costs a twentieth of
/// that where the pages are in memory.
const DUE_SHARE: Duration = Duration::from_millis(10);

/// When no parent has done anything for so long, nobody waits. What became of letters comes in all the time while prompts go out.
const LULL: Duration = Duration::from_secs(1);

/// Due prompts wait while this many letters of the bot's own accord are still to be sent: no more memory is used than the sender can empty
/// soon. Answers do not count: one parent who writes without end must not keep the prompts of all others from being planned.
const BACKLOG_LIMIT: usize = 1_024;

/// How many reports are gathered for one commit.
const GATHER_REPORTS: usize = 512;

/// How many batches of updates are gathered for one commit.
const GATHER_BATCHES: usize = 64;

/// How many voice notes, or steps of a journal, go into one commit: each may be large.
const GATHER_FETCHED: usize = 4;

/// For so long at most, what is due waits at the start for what parents did while the bot was away.
const CATCH_UP: Duration = Duration::from_secs(30);

/// A clock that stands this far before the latest commit was set back: plans made in the wrong time are made anew.
const SET_BACK: SignedDuration = SignedDuration::from_hours(1);

/// The latest row of the agenda that was made anew.
type Replanning = (Timestamp, ParentId);

/// The heart, with everything it decides with.
pub struct Heart {
    store: Store,
    voice: watch::Receiver<Voice>,
    clock: Clock,
    chance: ChaCha8Rng,
    tally: Arc<Tally>,
    next_due: watch::Sender<Option<Timestamp>>,
    put_off: PutOff,
    /// How far making all plans anew has come, after the clock was set back.
    replanning: Option<Replanning>,
    /// Chats that heard that their words could not be kept, and have to hear that they are now.
    owed: watch::Sender<Vec<ChatId>>,
    /// Until this uptime at most, parents may have done something while the bot was away that did not come in yet.
    behind_until: Option<Duration>,
    /// How many letters were in no outbox. The sender knows them by that, so none has the number of another.
    not_in_outbox: u64,
    /// When a parent was last heard, in uptime.
    heard: Duration,
    upkeep: Upkeep,
}

/// What comes in.
pub struct Inputs {
    /// Batches of updates from Telegram.
    pub updates: mpsc::Receiver<Batch>,
    /// What became of letters. When the sender is gone, and everything it said is written down, the heart ends.
    pub reports: mpsc::UnboundedReceiver<Report>,
    /// What was fetched.
    pub fetched: mpsc::Receiver<Fetched>,
}

/// What wakes the heart.
enum Woken {
    /// Something to decide.
    Round(Round),
    /// The store's upkeep.
    Upkeep,
    /// It is quiet, and the store has something to do for which everybody would have to wait.
    Lull,
    /// The sender is gone.
    End,
}

/// The inputs of one round, each kind in the order in which it came. Without any, what is due is done.
#[derive(Debug, Default)]
pub struct Round {
    /// What became of letters.
    pub reports: Vec<Report>,
    /// What was fetched.
    pub fetched: Vec<Fetched>,
    /// Batches of updates. Each hears when it is durable.
    pub batches: Vec<Batch>,
}

impl Round {
    /// The updates of all batches, in order.
    fn updates(&self) -> impl Iterator<Item = &Incoming> {
        self.batches.iter().flat_map(|batch| &batch.updates)
    }

    /// How many inputs there are.
    fn len(&self) -> usize {
        self.reports.len() + self.fetched.len() + self.updates().count()
    }
}

/// Why the heart stopped.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The sender is gone: the bot is stopping.
    #[error("stopped")]
    Asked,
    /// The store takes no writes any more, or cannot be read. It has to be opened again; what was not committed comes again.
    #[error("the store failed: {reason}")]
    StoreFailed {
        /// What failed, in words that name no parent.
        reason: String,
        /// The chats whose words could not be kept just now and who did not hear so before, and the tag of the language to tell them in.
        unsaved: Vec<(ChatId, String)>,
    },
    /// A part of the bot panicked, or the machine had no thread for it. All of them begin anew on a store that is opened again.
    #[error("a part of the bot stopped by itself")]
    Stumbled,
}

/// The earliest time that the clock can show after the `latest` commit without having been [set back](SET_BACK).
fn earliest_after(latest: Option<Timestamp>) -> Option<Timestamp> {
    latest?.checked_sub(SET_BACK).ok()
}

impl Heart {
    /// A heart that counts in `tally`, and says in `next_due` when the next planned moment comes. `owed` are the chats that heard
    /// that their words could not be kept: they hear it when they are, and are owed no more.
    pub fn new(
        store: Store,
        voice: watch::Receiver<Voice>,
        clock: Clock,
        chance: ChaCha8Rng,
        tally: Arc<Tally>,
        next_due: watch::Sender<Option<Timestamp>>,
        owed: watch::Sender<Vec<ChatId>>,
    ) -> Self {
        Self {
            store,
            voice,
            clock,
            chance,
            tally,
            next_due,
            put_off: PutOff::default(),
            replanning: None,
            owed,
            behind_until: None,
            not_in_outbox: 0,
            heard: Duration::ZERO,
            upkeep: Upkeep::new(),
        }
    }

    /// Runs until the sender is gone, or the store fails.
    ///
    /// Nothing of a round is confirmed to anybody before its commit: after a failure all of it comes again.
    pub async fn run(
        mut self,
        mut inputs: Inputs,
        sender: mpsc::UnboundedSender<ToSender>,
    ) -> Stopped {
        self.behind_until = Some(self.clock.uptime() + CATCH_UP);
        loop {
            // Looked at in each round: when there is always something else to do, its turn comes too.
            self.tally.vitals.heart_works(self.clock.uptime());
            if let Err(stopped) = self.look_after_store() {
                return stopped;
            }
            self.tally.vitals.heart_rests(self.store.counts());
            let round = match self.next_round(&mut inputs).await {
                Ok(Woken::Round(round)) => round,
                Ok(Woken::Upkeep) => continue,
                Ok(Woken::Lull) => {
                    self.tally.vitals.heart_works(self.clock.uptime());
                    match self.store.shorten_log() {
                        Ok(()) => continue,
                        Err(failed) => return StoreFailed(failed.to_string()).into(),
                    }
                }
                Ok(Woken::End) => return Stopped::Asked,
                Err(failed) => return failed.into(),
            };
            let begun = self.clock.uptime();
            self.tally.vitals.heart_works(begun);
            if round.updates().next().is_some() {
                self.heard = begun;
            }
            let told = match self.round(round) {
                Ok(told) => told,
                Err(stopped) => return stopped,
            };
            // The sender may be gone when the bot stops. What it does not hear comes again at the next start.
            for message in told {
                let _ = sender.send(message);
            }
        }
    }

    /// Decides everything that came in, and what is due besides, and makes it durable. Only then do the batches hear of it. Returns what the
    /// sender has to hear, in order.
    ///
    /// # Errors
    /// [`Stopped::StoreFailed`]: nobody has heard of anything, and all of it has to come again, to another heart on a store that was opened anew.
    pub fn round(&mut self, round: Round) -> Result<Vec<ToSender>, Stopped> {
        let Told {
            letters,
            claimed,
            withdrawn,
        } = match self.decide_and_commit(&round) {
            Ok(told) => told,
            Err(StoreFailed(reason)) => {
                return Err(Stopped::StoreFailed {
                    reason,
                    unsaved: self.unsaved(&round),
                });
            }
        };
        if let Some(came) = round.batches.iter().map(|batch| batch.came).min() {
            let answers = letters.iter().filter(|letter| letter.is_answer());
            self.tally.promised(came, answers.map(|letter| letter.seq));
        }
        for batch in round.batches {
            // Whoever receives may be gone when the bot stops. What they do not hear comes again at the next start.
            let _ = batch.committed.send(());
        }
        let mut told = Vec::new();
        if !withdrawn.is_empty() {
            told.push(ToSender::Withdrawn(withdrawn));
        }
        if !claimed.is_empty() {
            told.push(ToSender::Claimed(claimed));
        }
        if !letters.is_empty() {
            told.push(ToSender::Queue(letters));
        }
        Ok(told)
    }

    /// Whether a round has something to do now though nothing came in: something is due and the sender can take it, or plans have to be made anew.
    ///
    /// # Errors
    /// As [`Heart::round`].
    pub fn has_work(&self) -> Result<bool, Stopped> {
        let has_work = || {
            let now = self.clock.now();
            let due = self.put_off.next_due(&self.store, now)?;
            let due = due.is_some_and(|due| due <= now);
            let has_room = self.tally.bulk_waiting() < BACKLOG_LIMIT;
            let is_set_back = earliest_after(self.store.time()?).is_some_and(|at| now < at);
            Ok((due && has_room) || is_set_back || self.replanning.is_some())
        };
        has_work().map_err(|failed: StoreFailed| failed.into())
    }

    /// Goes one step further with the store's upkeep when its time has come, and does nothing otherwise.
    ///
    /// # Errors
    /// As [`Heart::round`].
    pub fn look_after_store(&mut self) -> Result<(), Stopped> {
        if self.upkeep.is_due(&self.clock) {
            self.upkeep.go_on(&self.store, &self.clock)?;
        }
        Ok(())
    }

    /// Waits until there is something to do, and gathers what is there.
    async fn next_round(&self, inputs: &mut Inputs) -> Result<Woken, StoreFailed> {
        let mut round = Round::default();
        let due = self.put_off.next_due(&self.store, self.clock.now())?;
        self.next_due
            .send_if_modified(|known| std::mem::replace(known, due) != due);
        tokio::select! {
            biased;
            report = inputs.reports.recv() => match report {
                Some(report) => round.reports.push(report),
                None => return Ok(Woken::End),
            },
            Some(batch) = inputs.updates.recv() => round.batches.push(batch),
            Some(fetched) = inputs.fetched.recv() => round.fetched.push(fetched),
            () = self.due_and_room(due) => {}
            () = self.set_back(self.store.time()?) => {}
            () = self.upkeep.due(&self.clock) => return Ok(Woken::Upkeep),
            () = self.clock.sleep_until_uptime(self.heard + LULL), if self.store.has_long_log() => return Ok(Woken::Lull),
        }
        while round.reports.len() < GATHER_REPORTS
            && let Ok(report) = inputs.reports.try_recv()
        {
            round.reports.push(report);
        }
        while round.fetched.len() < GATHER_FETCHED
            && let Ok(fetched) = inputs.fetched.try_recv()
        {
            round.fetched.push(fetched);
        }
        while round.batches.len() < GATHER_BATCHES
            && let Ok(batch) = inputs.updates.try_recv()
        {
            round.batches.push(batch);
        }
        Ok(Woken::Round(round))
    }

    /// Comes when something is due and the sender can take it, or when plans are being made anew.
    async fn due_and_room(&self, due: Option<Timestamp>) {
        if self.replanning.is_some() {
            return;
        }
        match due {
            Some(due) => {
                self.clock.sleep_until(due).await;
                if let Some(until) = self.behind_until {
                    let left = until.saturating_sub(self.clock.uptime());
                    self.clock.sleep(left).await;
                }
                self.tally.bulk_waiting_below(BACKLOG_LIMIT).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Comes when the clock was set back so far since the `latest` commit that plans have to be made anew: nobody else might wake the
    /// heart before a moment that was planned in the wrong time.
    async fn set_back(&self, latest: Option<Timestamp>) {
        match earliest_after(latest) {
            Some(earliest) => self.clock.set_back_before(earliest).await,
            None => std::future::pending().await,
        }
    }

    /// A round over which the code stumbles begins anew, with more care for the input that was at work.
    fn decide_and_commit(&mut self, round: &Round) -> Result<Told, StoreFailed> {
        let now = self.clock.now();
        let from = self.replanned_from(now)?;
        // One round is decided with one voice, whatever a writer does meanwhile.
        let voice = self.voice.borrow().clone();
        let has_caught_up = self.catches_up_with(round);
        let brings = Brings {
            now,
            kept_now: self.owed_in(round),
            due: has_caught_up && self.tally.bulk_waiting() < BACKLOG_LIMIT,
            from,
        };
        let mut stumbled = Stumbled::default();
        let decided = loop {
            let decide = || self.decide(round, &brings, &voice, &mut stumbled);
            // The draft of a round that panicked is dropped, and a draft that is dropped changes nothing.
            match catch_unwind(AssertUnwindSafe(decide)) {
                Ok(decided) => break decided?,
                // The panic itself has said where it was.
                Err(_) => {
                    self.tally.panicked();
                    if !stumbled.take_more_care() {
                        return Err(StoreFailed("reading it panicked".to_owned()));
                    }
                }
            }
        };
        let Decided {
            draft,
            told,
            replanned,
            tried,
            inputs,
        } = decided;
        let begun = self.clock.uptime();
        self.store.commit(draft)?;
        self.tally
            .committed(inputs, self.clock.uptime().saturating_sub(begun));
        self.replanning = replanned;
        self.put_off.tried(now, tried);
        self.owed
            .send_modify(|owed| owed.retain(|chat| !brings.kept_now.contains(chat)));
        if has_caught_up {
            self.behind_until = None;
        }
        Ok(told)
    }

    /// Whether all that parents did while the bot was away is in this round, or was before. Only then comes what was due meanwhile: whoever wrote or
    /// stopped in that time is not sent a prompt over it.
    fn catches_up_with(&self, round: &Round) -> bool {
        let behind = |until| self.clock.uptime() < until;
        !self.behind_until.is_some_and(behind) || round.batches.iter().any(|batch| batch.is_last)
    }

    /// From where on plans have to be made anew: after the clock was set back, those that were made in the wrong time may lie far
    /// ahead. A page of the agenda in each round; the one walk over all parents that there is, and only a clock that went wrong causes it.
    fn replanned_from(
        &self,
        now: Timestamp,
    ) -> Result<Option<(Timestamp, Option<ParentId>)>, StoreFailed> {
        if let Some((from, after)) = self.replanning {
            return Ok(Some((from, Some(after))));
        }
        if earliest_after(self.store.time()?).is_none_or(|earliest| now >= earliest) {
            return Ok(None);
        }
        tracing::warn!("the clock was set back by more than an hour: all plans are made anew");
        Ok(Some((now, None)))
    }
}
