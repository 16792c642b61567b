//! Time as a value: the one place that reads a clock or waits.
//!
//! Three clocks share one type. The system's clock for `run`; a clock that flows and can be moved for the demo; and a clock that
//! stands still until it is moved, for tests, so that a test can live through a year without waiting for a second.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// How often a waiting [`Clock::sleep_until`] looks again at the wall clock, because the machine's clock may be set, or the machine may sleep.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// A handle on the time. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    started: Instant,
    flow: Flow,
    moved: watch::Sender<Moved>,
}

#[derive(Clone, Copy)]
enum Flow {
    /// Follows the machine's clock.
    System,
    /// Started at a chosen moment, and flows.
    From(Timestamp),
    /// Started at a chosen moment, and stands still; but a sleep of at most `patience` moves it to the sleeper's end.
    Frozen {
        start: Timestamp,
        patience: Duration,
    },
    /// Started at a chosen moment, and moves by this whenever somebody looks at the uptime: as if whatever is done in between took so long.
    #[cfg(test)]
    ByLooks { start: Timestamp, step: Duration },
}

/// How far the clock was moved by hand.
#[derive(Clone, Copy, Default)]
struct Moved {
    /// Forward and back.
    wall: SignedDuration,
    /// Forward only: what [`Clock::uptime`] has gained.
    uptime: Duration,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::new(Flow::System)
    }

    /// A clock that starts at `start`, flows, and can be moved.
    pub fn flowing_from(start: Timestamp) -> Self {
        Self::new(Flow::From(start))
    }

    /// A clock that stands still at `start` until it is moved.
    ///
    /// Sleeps of at most `patience` do not wait for anybody: they move the clock themselves, so that pacing and short
    /// back-offs cost a test no time. Longer sleeps wait until the clock is moved past their end.
    pub fn frozen_at(start: Timestamp, patience: Duration) -> Self {
        Self::new(Flow::Frozen { start, patience })
    }

    /// A clock that moves by `step` whenever somebody looks at the uptime.
    #[cfg(test)]
    pub fn moved_by_looks(start: Timestamp, step: Duration) -> Self {
        Self::new(Flow::ByLooks { start, step })
    }

    fn new(flow: Flow) -> Self {
        Self(Arc::new(Inner {
            started: Instant::now(),
            flow,
            moved: watch::Sender::new(Moved::default()),
        }))
    }

    /// The time of day, everywhere. May jump, as clocks do.
    pub fn now(&self) -> Timestamp {
        let moved = self.0.moved.borrow().wall;
        let base = match self.0.flow {
            Flow::System => Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH),
            Flow::From(start) => start
                .saturating_add(self.flowed())
                .unwrap_or(Timestamp::MAX),
            Flow::Frozen { start, .. } => start,
            #[cfg(test)]
            Flow::ByLooks { start, .. } => start,
        };
        base.saturating_add(moved).unwrap_or(Timestamp::MAX)
    }

    /// Time since this clock was made. Never goes back, whatever happens to the time of day: pace and back-off count in it.
    pub fn uptime(&self) -> Duration {
        #[cfg(test)]
        if let Flow::ByLooks { step, .. } = self.0.flow {
            self.advance(step);
        }
        self.flowed() + self.0.moved.borrow().uptime
    }

    fn flowed(&self) -> Duration {
        match self.0.flow {
            Flow::System | Flow::From(_) => self.0.started.elapsed(),
            Flow::Frozen { .. } => Duration::ZERO,
            #[cfg(test)]
            Flow::ByLooks { .. } => Duration::ZERO,
        }
    }

    /// Waits until [`Clock::now`] has reached `at`, however the clock gets there.
    pub async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.0.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let Some(left) = positive(at.duration_since(self.now())) else {
                return;
            };
            self.nap(left, &mut moved).await;
        }
    }

    /// Waits until [`Clock::now`] is before `at`: until the clock is set back that far.
    pub async fn set_back_before(&self, at: Timestamp) {
        let mut moved = self.0.moved.subscribe();
        loop {
            moved.mark_unchanged();
            if self.now() < at {
                return;
            }
            self.nap(LOOK_AGAIN, &mut moved).await;
        }
    }

    /// Waits until [`Clock::uptime`] has grown by `duration`.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until_uptime(self.uptime() + duration).await;
    }

    /// Waits until [`Clock::uptime`] has reached `end`.
    pub async fn sleep_until_uptime(&self, end: Duration) {
        if let Flow::Frozen { patience, .. } = self.0.flow
            && end.saturating_sub(self.uptime()) <= patience
        {
            self.advance_uptime_to(end);
            tokio::task::yield_now().await;
            return;
        }
        let mut moved = self.0.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let Some(left) = end
                .checked_sub(self.uptime())
                .filter(|left| !left.is_zero())
            else {
                return;
            };
            self.nap(left, &mut moved).await;
        }
    }

    async fn nap(&self, left: Duration, moved: &mut watch::Receiver<Moved>) {
        match self.0.flow {
            Flow::Frozen { .. } => drop(moved.changed().await),
            #[cfg(test)]
            Flow::ByLooks { .. } => drop(moved.changed().await),
            Flow::System | Flow::From(_) => {
                tokio::select! {
                    () = tokio::time::sleep(left.min(LOOK_AGAIN)) => {}
                    _ = moved.changed() => {}
                }
            }
        }
    }

    /// Moves the clock forward. Everybody who sleeps notices.
    pub fn advance(&self, by: Duration) {
        self.0.moved.send_modify(|moved| {
            moved.wall = moved
                .wall
                .saturating_add(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX));
            moved.uptime += by;
        });
    }

    /// Moves the clock forward to `at`; does nothing when that moment is past.
    pub fn advance_to(&self, at: Timestamp) {
        if let Some(by) = positive(at.duration_since(self.now())) {
            self.advance(by);
        }
    }

    /// Sets the time of day to `at`, also backwards, as somebody who corrects a machine's clock does. Uptime does not change.
    pub fn set(&self, at: Timestamp) {
        let by = at.duration_since(self.now());
        self.0
            .moved
            .send_modify(|moved| moved.wall = moved.wall.saturating_add(by));
    }

    fn advance_uptime_to(&self, end: Duration) {
        self.0.moved.send_modify(|moved| {
            let by = end.saturating_sub(moved.uptime);
            moved.wall = moved
                .wall
                .saturating_add(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX));
            moved.uptime += by;
        });
    }
}

/// The duration, when it is more than nothing.
fn positive(duration: SignedDuration) -> Option<Duration> {
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
}
