//! What came in and went out, as counts and times. Names nobody.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::watch;

use super::vitals::Vitals;
use crate::{conversation::Outcome, store::Seq};

/// Counts and times since the start. Shared; its `Display` is the line for the log.
#[derive(Debug)]
pub struct Tally {
    pub(super) received: AtomicU64,
    pub(super) unreadable: AtomicU64,
    pub(super) strangers: AtomicU64,
    pub(super) sent: AtomicU64,
    pub(super) expired: AtomicU64,
    pub(super) unreachable: AtomicU64,
    pub(super) in_doubt: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) again: AtomicU64,
    pub(super) came_again: AtomicU64,
    pub(super) panicked: AtomicU64,
    pub(super) unreadable_records: AtomicU64,
    pub(super) flooded: AtomicU64,
    pub(super) store_failures: AtomicU64,
    pub(super) backup_failures: AtomicU64,
    waiting: watch::Sender<Waiting>,
    /// How much went into a round.
    pub(super) rounds: Histogram,
    /// Seconds of a commit.
    pub(super) commits: Histogram,
    /// Seconds from an update to the answer that Telegram has, files apart.
    pub(super) answers: Histogram,
    /// The uptime at which the update came in that a letter is an answer to.
    owed: Mutex<HashMap<Seq, Duration>>,
    /// Whether the bot lives and works.
    pub vitals: Vitals,
}

/// How many letters the sender holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Waiting {
    all: usize,
    /// Those that the bot sends of its own accord.
    bulk: usize,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            received: AtomicU64::default(),
            unreadable: AtomicU64::default(),
            strangers: AtomicU64::default(),
            sent: AtomicU64::default(),
            expired: AtomicU64::default(),
            unreachable: AtomicU64::default(),
            in_doubt: AtomicU64::default(),
            failed: AtomicU64::default(),
            again: AtomicU64::default(),
            came_again: AtomicU64::default(),
            panicked: AtomicU64::default(),
            unreadable_records: AtomicU64::default(),
            flooded: AtomicU64::default(),
            store_failures: AtomicU64::default(),
            backup_failures: AtomicU64::default(),
            waiting: watch::Sender::default(),
            rounds: Histogram::new([1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0]),
            commits: Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]),
            answers: Histogram::new([0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]),
            owed: Mutex::default(),
            vitals: Vitals::default(),
        }
    }
}

impl Tally {
    /// An update came in; `unreadable` when nobody could make anything of it.
    pub fn received(&self, unreadable: bool) {
        self.received.fetch_add(1, Relaxed);
        self.unreadable.fetch_add(u64::from(unreadable), Relaxed);
    }

    /// A request came to the webhook that did not show the secret. Returns how many came before it.
    pub fn stranger(&self) -> u64 {
        self.strangers.fetch_add(1, Relaxed)
    }

    /// A round of so many inputs was committed, which took this long.
    pub fn committed(&self, inputs: usize, took: Duration) {
        self.rounds.observe(inputs as f64);
        self.commits.observe(took.as_secs_f64());
    }

    /// These letters answer an update that came in at this uptime.
    pub fn promised(&self, came: Duration, letters: impl IntoIterator<Item = Seq>) {
        let letters = letters.into_iter().map(|seq| (seq, came));
        self.owed().extend(letters);
    }

    /// A letter came to its end.
    pub fn ended(&self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Sent(_) => &self.sent,
            Outcome::Expired => &self.expired,
            Outcome::Unreachable => &self.unreachable,
            Outcome::InDoubt => &self.in_doubt,
            Outcome::Failed => &self.failed,
        };
        count.fetch_add(1, Relaxed);
    }

    /// The letter with this number came to this end at this uptime: an answer, if it was [promised](Self::promised).
    pub fn answered(&self, seq: Seq, outcome: Outcome, uptime: Duration) {
        let came = self.owed().remove(&seq);
        if let (Outcome::Sent(_), Some(came)) = (outcome, came) {
            self.answers
                .observe(uptime.saturating_sub(came).as_secs_f64());
        }
    }

    /// These letters are wanted no more: what was promised with them is not owed.
    pub fn withdrawn(&self, letters: &[Seq]) {
        let mut owed = self.owed();
        for seq in letters {
            owed.remove(seq);
        }
    }

    /// A letter has to be sent again.
    pub fn again(&self) {
        self.again.fetch_add(1, Relaxed);
    }

    /// Telegram asked to wait: a 429.
    pub fn flooded(&self) {
        self.flooded.fetch_add(1, Relaxed);
    }

    /// An update came in that had been handled before.
    pub fn came_again(&self) {
        self.came_again.fetch_add(1, Relaxed);
    }

    /// Deciding for one parent failed with a panic.
    pub fn panicked(&self) {
        self.panicked.fetch_add(1, Relaxed);
    }

    /// A parent's record or entry could not be read.
    pub fn unreadable_record(&self) {
        self.unreadable_records.fetch_add(1, Relaxed);
    }

    /// The store failed: it has to be opened again. Letters that were not sent come from there with the next opening.
    pub fn store_failed(&self) {
        self.store_failures.fetch_add(1, Relaxed);
        self.owed().clear();
    }

    /// The backup of the day was not made.
    pub fn backup_failed(&self) {
        self.backup_failures.fetch_add(1, Relaxed);
    }

    /// How many letters the sender holds now, those on their way included.
    pub fn waiting(&self) -> usize {
        self.waiting.borrow().all
    }

    /// How many of them the bot sends of its own accord.
    pub fn bulk_waiting(&self) -> usize {
        self.waiting.borrow().bulk
    }

    /// Comes when the sender holds fewer letters than `limit`.
    pub async fn waiting_below(&self, limit: usize) {
        // It only fails when the sending half is gone, and that is in here.
        let _ = self
            .waiting
            .subscribe()
            .wait_for(|waiting| waiting.all < limit)
            .await;
    }

    /// Comes when fewer letters than `limit` wait that the bot sends of its own accord.
    pub async fn bulk_waiting_below(&self, limit: usize) {
        let _ = self
            .waiting
            .subscribe()
            .wait_for(|waiting| waiting.bulk < limit)
            .await;
    }

    /// The sender holds so many letters now, and of these so many that the bot sends of its own accord.
    pub fn set_waiting(&self, all: usize, bulk: usize) {
        let now = Waiting { all, bulk };
        self.waiting
            .send_if_modified(|waiting| std::mem::replace(waiting, now) != now);
    }

    /// How many letters that were [promised](Self::promised) have not come to their end.
    #[cfg(test)]
    pub(super) fn owes(&self) -> usize {
        self.owed().len()
    }

    fn owed(&self) -> std::sync::MutexGuard<'_, HashMap<Seq, Duration>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, what) in [
            (&self.received, "updates in, "),
            (&self.came_again, "of them again, "),
            (&self.unreadable, "of them unreadable, "),
            (&self.strangers, "without the secret; "),
            (&self.sent, "sent, "),
            (&self.failed, "failed, "),
            (&self.in_doubt, "in doubt, "),
            (&self.expired, "expired, "),
            (&self.unreachable, "unreachable, "),
            (&self.again, "tries again; "),
            (&self.panicked, "panics, "),
            (&self.unreadable_records, "unreadable records; "),
        ] {
            write!(f, "{} {what}", count.load(Relaxed))?;
        }
        write!(f, "{} waiting", self.waiting())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        parent::MessageId,
        service::metrics::{self, Seen},
    };

    #[test]
    fn the_line_for_the_log() {
        let tally = Tally::default();
        tally.received(false);
        tally.received(true);
        for outcome in [
            Outcome::Sent(Some(MessageId(4711))),
            Outcome::Sent(None),
            Outcome::Sent(None),
            Outcome::Failed,
            Outcome::InDoubt,
            Outcome::Expired,
            Outcome::Unreachable,
        ] {
            tally.ended(outcome);
        }
        tally.again();
        assert_eq!((tally.stranger(), tally.stranger()), (0, 1));
        tally.set_waiting(5, 2);
        insta::assert_snapshot!(tally, @"2 updates in, 0 of them again, 1 of them unreadable, 2 without the secret; 3 sent, 1 failed, 1 in doubt, 1 expired, 1 unreachable, 1 tries again; 0 panics, 0 unreadable records; 5 waiting");
    }

    #[test]
    fn an_answer_takes_as_long_as_from_its_update_to_its_end() {
        let seconds = Duration::from_secs;
        let tally = Tally::default();
        tally.promised(seconds(10), [Seq(1), Seq(2), Seq(3)]);
        tally.answered(Seq(1), Outcome::Sent(None), seconds(12));
        // What never arrived answers nobody, and a prompt is no answer.
        tally.answered(Seq(2), Outcome::Failed, seconds(13));
        tally.answered(Seq(9), Outcome::Sent(None), seconds(14));
        let answered = "voel_eerst_answer_seconds_sum 2.0\nvoel_eerst_answer_seconds_count 1\n";

        // The answers that a failing store kept from going out are given up.
        tally.store_failed();
        tally.answered(Seq(3), Outcome::Sent(None), seconds(99));
        assert_eq!(tally.owes(), 0);
        let page = metrics::page(Arc::new(tally), Seen::default());
        assert!(page.contains(answered), "{page}");
    }
}
