//! Which of Telegram's updates were handled, so that one that is delivered again does nothing.

use serde::{Deserialize, Serialize};

/// The most runs of numbers that are remembered. To a webhook Telegram offers up to 80 updates out of their order, twice as many as it makes connections, and each of
/// those may be a gap between two runs; updates that nobody took in time leave gaps for ever.
pub const RUNS: usize = 256;

/// The most numbers of one run that are remembered: its highest. What was taken without Telegram's hearing of it comes to a webhook again within
/// two minutes, and a backlog may come meanwhile at a thousand a second.
pub const RUN_LENGTH: u32 = 200_000;

/// The numbers of handled updates, exactly, as runs of successive numbers.
///
/// "Everything below the highest" would be shorter, and wrong: after a week without updates Telegram goes on at a number that it picks at random, so a new update may have a
/// lower number than an old one. Telegram delivers again only what was not confirmed, at most 100 updates, all of them recent: what falls off here was confirmed long ago. And the longer
/// a run is, the sooner such a number falls into it by chance: one in 10,000 for the longest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpdateLog {
    /// First and last number of each run. The run that changed last stands last.
    runs: Vec<(u32, u32)>,
}

impl UpdateLog {
    /// Whether the update of this number was handled.
    pub fn contains(&self, update: u32) -> bool {
        self.runs
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&update))
    }

    /// Remembers a number. Says whether it is new.
    pub fn insert(&mut self, update: u32) -> bool {
        if self.contains(update) {
            return false;
        }
        let mut run = (update, update);
        self.runs.retain(|(first, last)| {
            if last.checked_add(1) == Some(update) {
                run.0 = *first;
                false
            } else if first.checked_sub(1) == Some(update) {
                run.1 = *last;
                false
            } else {
                true
            }
        });
        run.0 = run.0.max(run.1.saturating_sub(RUN_LENGTH - 1));
        self.runs.push(run);
        if self.runs.len() > RUNS {
            self.runs.remove(0);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn log(updates: impl IntoIterator<Item = u32>) -> UpdateLog {
        let mut log = UpdateLog::default();
        for update in updates {
            log.insert(update);
        }
        log
    }

    #[test]
    fn successive_numbers_take_one_run() {
        let mut log = log([5, 6, 8]);
        assert_eq!(log.runs, [(5, 6), (8, 8)]);
        assert!(log.insert(7));
        assert_eq!(log.runs, [(5, 8)]);
        assert!(!log.insert(6));
        assert!(log.insert(4));
        assert_eq!(log.runs, [(4, 8)]);
    }

    #[test]
    fn what_comes_out_of_order_and_again_is_known_exactly() {
        // As a webhook may bring it: up to 80 wait somewhere while newer ones pass.
        let mut log = UpdateLog::default();
        let late = |n: u32| n.is_multiple_of(50);
        for n in (0..4_000).filter(|n| !late(*n)) {
            assert!(log.insert(n), "{n}");
        }
        for n in 0..4_000 {
            assert_eq!(log.contains(n), !late(n), "{n}");
        }
        for n in (0..4_000).filter(|n| late(*n)).rev() {
            assert!(log.insert(n), "{n}");
            assert!(!log.insert(n), "{n}");
        }
        assert_eq!(log.runs, [(0, 3_999)]);
    }

    #[test]
    fn a_lower_number_after_a_quiet_week_is_new() {
        let mut log = log(900_000..900_100);
        assert!(!log.contains(17));
        assert!(log.insert(17));
        assert!(log.contains(17) && log.contains(900_099));
    }

    #[test]
    fn the_ends_of_the_numbers_are_numbers_like_others() {
        let log = log([u32::MAX, 0, u32::MAX - 1, 1]);
        assert_eq!(log.runs, [(u32::MAX - 1, u32::MAX), (0, 1)]);
    }

    #[test]
    fn it_stays_small_and_keeps_the_newest() {
        let long = log(0..250_000);
        assert_eq!(long.runs, [(50_000, 249_999)]);
        let many = log((0..300).map(|n| 2_000_000_000 + 3 * n));
        assert_eq!(many.runs.len(), RUNS);
        let kept = |n: u32| many.contains(2_000_000_000 + 3 * n);
        assert!(kept(299) && kept(44) && !kept(43));
        let row = minicbor_serde::to_vec(&many).map(|row| row.len());
        assert!(
            row.is_ok_and(|len| len < 4096),
            "well below what a row may hold"
        );
    }

    proptest! {
        #[test]
        fn it_knows_exactly_what_it_was_told(updates in proptest::collection::vec(0..120_u32, 0..60)) {
            let log = log(updates.clone());
            for update in 0..120 {
                prop_assert_eq!(log.contains(update), updates.contains(&update));
            }
        }
    }
}
