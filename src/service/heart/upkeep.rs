//! The store's upkeep, done by the heart between its rounds: it is the only writer, and each step is short.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::failed::StoreFailed;
use crate::{
    service::Clock,
    store::{self, Store, UpkeepError},
};

/// How often the heart looks whether something is to be done.
const LOOK: SignedDuration = SignedDuration::from_hours(1);

/// A rest between two steps is so many times as long as the step before it took: the upkeep has a tenth of the heart's time, and nine of ten updates that
/// come in do not meet it.
const RESTS: i32 = 10;

/// The longest rest between two steps.
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(1);

/// The rest after a step that took so long.
fn rest_after(took: Duration) -> SignedDuration {
    let took = SignedDuration::try_from(took).unwrap_or(LONGEST_REST);
    took.saturating_mul(RESTS).min(LONGEST_REST)
}

/// What is being done, or when to look for it.
pub(super) struct Upkeep {
    /// When the heart looked last; `None` when it is to look at once, at first and after something was done.
    looked: Option<Timestamp>,
    at_work: Option<store::Upkeep>,
    /// When the next step may begin.
    rested: Timestamp,
}

impl Upkeep {
    /// Nothing was looked at yet.
    pub fn new() -> Self {
        Self {
            looked: None,
            at_work: None,
            rested: Timestamp::MIN,
        }
    }

    /// Whether there is something to do now.
    pub fn is_due(&self, clock: &Clock) -> bool {
        let now = clock.now();
        match (&self.at_work, self.looked) {
            // A clock that was set back says nothing of how long ago something was.
            (Some(_), _) => {
                let rest = self.rested.duration_since(now);
                rest <= SignedDuration::ZERO || rest > LONGEST_REST
            }
            (None, Some(looked)) => now < looked || now.duration_since(looked) >= LOOK,
            (None, None) => true,
        }
    }

    /// Comes when there is something to do.
    pub async fn due(&self, clock: &Clock) {
        while !self.is_due(clock) {
            match (&self.at_work, self.looked) {
                (Some(_), _) => clock.sleep_until(self.rested).await,
                (None, Some(looked)) => tokio::select! {
                    () = clock.sleep_until(looked.saturating_add(LOOK).unwrap_or(Timestamp::MAX)) => {}
                    () = clock.set_back_before(looked) => {}
                },
                (None, None) => {}
            }
        }
    }

    /// Goes one step further, or looks for something to do.
    ///
    /// What cannot be done is put off until the next look; only a store that takes no writes any more is a failure.
    pub fn go_on(&mut self, store: &Store, clock: &Clock) -> Result<(), StoreFailed> {
        let begun = clock.uptime();
        let done = match self.at_work.take() {
            Some(upkeep) => upkeep.step().map(|done| {
                if done {
                    tracing::info!("{upkeep}");
                    // There may be more to do, and what was erased waits for it.
                    self.looked = None;
                } else {
                    self.at_work = Some(upkeep);
                }
            }),
            None => {
                let now = clock.now();
                self.looked = Some(now);
                store.upkeep(now).map(|upkeep| self.at_work = upkeep)
            }
        };
        let took = clock.uptime().saturating_sub(begun);
        let rested = clock.now().saturating_add(rest_after(took));
        self.rested = rested.unwrap_or(Timestamp::MAX);
        match done {
            Ok(()) => Ok(()),
            Err(UpkeepError::PutOff(reason)) => {
                // What failed may have been begun hours ago.
                self.looked = Some(clock.now());
                tracing::error!(
                    "upkeep of the store is put off, it is tried again in an hour: {reason}"
                );
                Ok(())
            }
            Err(UpkeepError::Broken(reason)) => Err(StoreFailed(reason)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::RootSecret;

    #[test]
    fn what_fails_after_hours_of_work_is_tried_again_in_an_hour() {
        let dir = tempfile::tempdir().unwrap();
        let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
        let store = Store::open(dir.path(), &secret).unwrap();
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH, Duration::ZERO);
        let mut upkeep = Upkeep {
            looked: Some(clock.now()),
            at_work: store.begin_compaction().unwrap(),
            rested: Timestamp::MIN,
        };
        // What makes the copy count cannot be written, as on a full disk.
        fs::create_dir(dir.path().join("journal.1/complete.half")).unwrap();
        clock.advance(Duration::from_secs(2 * 60 * 60));
        while upkeep.at_work.is_some() {
            assert!(upkeep.go_on(&store, &clock).is_ok());
        }
        assert!(!upkeep.is_due(&clock));
        clock.advance(Duration::from_secs(59 * 60));
        assert!(!upkeep.is_due(&clock));
        clock.advance(Duration::from_secs(60));
        assert!(upkeep.is_due(&clock));
    }

    #[test]
    fn the_upkeep_has_a_tenth_of_the_time_and_rests_for_a_second_at_most() {
        let rest = |took| rest_after(Duration::from_millis(took)).as_millis();
        assert_eq!([0, 1, 8, 99].map(rest), [0, 10, 80, 990]);
        assert_eq!([101, 60_000].map(rest), [1_000, 1_000]);
        assert_eq!(rest_after(Duration::MAX), LONGEST_REST);
    }
}
