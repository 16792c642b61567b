//! Which of Telegram's updates were handled, so that one that is delivered again does nothing.

use serde::{Deserialize, Serialize};

/// The most runs of numbers that are remembered.
pub const RUNS: usize = 64;

/// The most numbers of one run that are remembered: its highest.
pub const RUN_LENGTH: u32 = 10_000;

/// The numbers of handled updates, exactly, as runs of successive numbers.
///
/// "Everything below the highest" would be shorter, and wrong: after a week without updates Telegram goes on at a number that it picks at random, so a new update may have a
/// lower number than an old one. Telegram delivers again only what was not confirmed, at most 100 updates, all of them recent: what falls off here was confirmed long ago.
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
