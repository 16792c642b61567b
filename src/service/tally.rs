//! What came in and went out, as counts. Names nobody.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use tokio::sync::watch;

use crate::conversation::Outcome;

/// Counts since the start. Shared; its `Display` is the line for the log.
#[derive(Debug, Default)]
pub struct Tally {
    received: AtomicU64,
    unreadable: AtomicU64,
    strangers: AtomicU64,
    sent: AtomicU64,
    expired: AtomicU64,
    unreachable: AtomicU64,
    in_doubt: AtomicU64,
    failed: AtomicU64,
    again: AtomicU64,
    came_again: AtomicU64,
    panicked: AtomicU64,
    unreadable_records: AtomicU64,
    waiting: watch::Sender<Waiting>,
}

/// How many letters the sender holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Waiting {
    all: usize,
    /// Those that the bot sends of its own accord.
    bulk: usize,
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

    /// A letter has to be sent again.
    pub fn again(&self) {
        self.again.fetch_add(1, Relaxed);
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

    pub(super) fn set_waiting(&self, all: usize, bulk: usize) {
        let now = Waiting { all, bulk };
        self.waiting
            .send_if_modified(|waiting| std::mem::replace(waiting, now) != now);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            received,
            unreadable,
            strangers,
            sent,
            expired,
            unreachable,
            in_doubt,
            failed,
            again,
            came_again,
            panicked,
            unreadable_records,
            waiting,
        } = self;
        for (count, what) in [
            (received, "updates in, "),
            (came_again, "of them again, "),
            (unreadable, "of them unreadable, "),
            (strangers, "without the secret; "),
            (sent, "sent, "),
            (failed, "failed, "),
            (in_doubt, "in doubt, "),
            (expired, "expired, "),
            (unreachable, "unreachable, "),
            (again, "tries again; "),
            (panicked, "panics, "),
            (unreadable_records, "unreadable records; "),
        ] {
            write!(f, "{} {what}", count.load(Relaxed))?;
        }
        write!(f, "{} waiting", waiting.borrow().all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parent::MessageId;

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
}
