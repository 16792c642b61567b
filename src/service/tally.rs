//! What came in and went out, as counts. Names nobody.

use std::{
    fmt,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use crate::conversation::Outcome;

/// Counts since the start. Shared; its `Display` is the line for the log.
#[derive(Debug, Default)]
pub struct Tally {
    received: AtomicU64,
    unreadable: AtomicU64,
    sent: AtomicU64,
    expired: AtomicU64,
    unreachable: AtomicU64,
    in_doubt: AtomicU64,
    failed: AtomicU64,
    again: AtomicU64,
    waiting: AtomicUsize,
}

impl Tally {
    /// An update came in; `unreadable` when nobody could make anything of it.
    pub fn received(&self, unreadable: bool) {
        self.received.fetch_add(1, Relaxed);
        self.unreadable.fetch_add(u64::from(unreadable), Relaxed);
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

    /// How many letters the sender holds now, those on their way included.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    pub(super) fn set_waiting(&self, letters: usize) {
        self.waiting.store(letters, Relaxed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            received,
            unreadable,
            sent,
            expired,
            unreachable,
            in_doubt,
            failed,
            again,
            waiting,
        } = self;
        for (count, what) in [
            (received, "updates in, "),
            (unreadable, "of them unreadable; "),
            (sent, "sent, "),
            (failed, "failed, "),
            (in_doubt, "in doubt, "),
            (expired, "expired, "),
            (unreachable, "unreachable, "),
            (again, "tries again; "),
        ] {
            write!(f, "{} {what}", count.load(Relaxed))?;
        }
        write!(f, "{} waiting", waiting.load(Relaxed))
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
        tally.set_waiting(5);
        insta::assert_snapshot!(tally, @"2 updates in, 1 of them unreadable; 3 sent, 1 failed, 1 in doubt, 1 expired, 1 unreachable, 1 tries again; 5 waiting");
    }
}
