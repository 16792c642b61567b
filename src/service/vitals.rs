//! Whether the bot lives, and whether it works: what a machine wants to know that looks after it.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;

use super::Clock;
use crate::store::Counts;

/// For so long the heart may be at one round. A slow disk takes seconds for a commit; one that takes longer than this will not come back by itself.
pub const STUCK: Duration = Duration::from_secs(60);

/// For so long Telegram may leave the request for updates without an answer: six polls.
pub const QUIET: Duration = Duration::from_secs(60);

/// What the parts of the bot say of themselves. Times are [`Clock::uptime`].
#[derive(Debug, Default)]
pub struct Vitals(watch::Sender<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Since when the heart is at its round; `None` while it waits for one.
    at_work: Option<Duration>,
    store_open: bool,
    telegram_knows: bool,
    /// When Telegram answered last to the request for updates.
    polled: Option<Duration>,
    /// A request for updates, or the word where to call with them, has failed.
    failed: bool,
    /// It knows where to call instead.
    calls: bool,
    /// `None` before the store was opened.
    counts: Option<Counts>,
    backup: Option<Timestamp>,
}

/// Why the bot does not do its work, though it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// It starts, or the disk failed and it is opened again.
    StoreClosed,
    /// It starts.
    TelegramUnasked,
    /// It starts: updates were asked for just now, and nothing has gone wrong so far.
    FirstAnswer,
    /// Telegram does not answer, or refuses.
    NoUpdates,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StoreClosed => "the store is not open",
            Self::TelegramUnasked => "Telegram has not said who the bot is",
            Self::FirstAnswer => "it has just begun to ask Telegram for updates",
            Self::NoUpdates => "Telegram gives no updates",
        })
    }
}

impl Vitals {
    /// The heart begins a round.
    pub(super) fn heart_works(&self, uptime: Duration) {
        self.0.send_modify(|state| state.at_work = Some(uptime));
    }

    /// The heart waits for something to do.
    pub(super) fn heart_rests(&self, counts: Counts) {
        self.0.send_modify(|state| {
            state.at_work = None;
            state.counts = Some(counts);
        });
    }

    pub(super) fn store_opened(&self, counts: Counts) {
        self.0.send_modify(|state| {
            state.store_open = true;
            state.counts = Some(counts);
        });
    }

    pub(super) fn store_closed(&self) {
        self.0.send_modify(|state| {
            state.store_open = false;
            state.at_work = None;
        });
    }

    pub(super) fn telegram_knows(&self) {
        self.0.send_modify(|state| state.telegram_knows = true);
    }

    /// Telegram answered the request for updates.
    pub(super) fn polled(&self, uptime: Duration) {
        self.0.send_modify(|state| state.polled = Some(uptime));
    }

    /// Telegram did not give updates, or did not take the word where to call with them.
    pub(super) fn failed(&self) {
        self.0.send_modify(|state| state.failed = true);
    }

    /// Telegram knows where to call with updates. That it does is all that can be known: when nobody writes, nothing comes.
    pub(super) fn telegram_calls(&self) {
        self.0.send_modify(|state| state.calls = true);
    }

    /// The newest backup of the day was begun at this moment.
    pub(super) fn backed_up(&self, begun: Timestamp) {
        self.0.send_modify(|state| state.backup = Some(begun));
    }

    /// The totals of the store as of the latest commit; `None` before it was opened.
    pub fn counts(&self) -> Option<Counts> {
        self.0.borrow().counts
    }

    /// When the newest backup of the day was begun, if there is one.
    pub fn backup(&self) -> Option<Timestamp> {
        self.0.borrow().backup
    }

    /// Whether the heart beats.
    ///
    /// # Errors
    /// How long it has been at one round, when that is longer than [`STUCK`].
    pub fn health(&self, uptime: Duration) -> Result<(), Duration> {
        let at_work = self.0.borrow().at_work;
        match at_work.map(|since| uptime.saturating_sub(since)) {
            Some(long) if long > STUCK => Err(long),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the bot does its work.
    ///
    /// # Errors
    /// Why it does not.
    pub fn readiness(&self, uptime: Duration) -> Result<(), NotReady> {
        self.0.borrow().readiness(uptime)
    }

    /// Comes when the bot does its work for the first time.
    pub async fn ready(&self, clock: &Clock) {
        // It only fails when the sending half is gone, and that is in here.
        let _ = self
            .0
            .subscribe()
            .wait_for(|state| state.readiness(clock.uptime()).is_ok())
            .await;
    }
}

impl State {
    fn readiness(&self, uptime: Duration) -> Result<(), NotReady> {
        if !self.store_open {
            return Err(NotReady::StoreClosed);
        }
        if !self.telegram_knows {
            return Err(NotReady::TelegramUnasked);
        }
        match self.polled {
            _ if self.calls => Ok(()),
            Some(polled) if uptime.saturating_sub(polled) <= QUIET => Ok(()),
            None if !self.failed => Err(NotReady::FirstAnswer),
            Some(_) | None => Err(NotReady::NoUpdates),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_heart_that_is_long_at_one_round_is_not_healthy() {
        let vitals = Vitals::default();
        assert_eq!(vitals.health(seconds(1_000)), Ok(()));
        vitals.heart_works(seconds(1_000));
        assert_eq!(vitals.health(seconds(1_060)), Ok(()));
        assert_eq!(vitals.health(seconds(1_061)), Err(seconds(61)));
        vitals.heart_rests(Counts::default());
        assert_eq!(vitals.health(seconds(9_999)), Ok(()));

        // While the store is opened again no heart is at work: a restart would mend nothing.
        vitals.heart_works(seconds(10_000));
        vitals.store_closed();
        assert_eq!(vitals.health(seconds(99_999)), Ok(()));
    }

    #[test]
    fn it_is_ready_when_the_store_is_open_and_updates_come_in() {
        let vitals = Vitals::default();
        assert_eq!(vitals.readiness(seconds(0)), Err(NotReady::StoreClosed));
        vitals.store_opened(Counts::default());
        assert_eq!(vitals.readiness(seconds(0)), Err(NotReady::TelegramUnasked));
        vitals.telegram_knows();
        assert_eq!(vitals.readiness(seconds(0)), Err(NotReady::FirstAnswer));
        vitals.failed();
        assert_eq!(vitals.readiness(seconds(0)), Err(NotReady::NoUpdates));
        vitals.polled(seconds(10));
        assert_eq!(vitals.readiness(seconds(70)), Ok(()));
        assert_eq!(vitals.readiness(seconds(71)), Err(NotReady::NoUpdates));
        vitals.telegram_calls();
        assert_eq!(vitals.readiness(seconds(9_999)), Ok(()));
        vitals.store_closed();
        assert_eq!(vitals.readiness(seconds(10)), Err(NotReady::StoreClosed));
    }
}
