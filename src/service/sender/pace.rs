//! How fast letters go out in all.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};

/// The most calls that may start in any one second (Bot FAQ: "no more than about 30 messages per second").
pub const PER_SECOND: u32 = 30;

/// How many calls may start at the same instant after a quiet moment.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

/// What comes on top of the burst within a second, so that no second at all, wherever it begins, has more than [`PER_SECOND`].
const STEADY: NonZeroU32 = NonZeroU32::MIN.saturating_add(PER_SECOND - 3);

/// Telegram's limit over all chats. Counts in uptime, so that a clock that is set makes neither a flood nor a silence.
pub(super) struct Pace {
    uptime: Uptime,
    limiter: RateLimiter<NotKeyed, InMemoryState, Uptime, NoOpMiddleware<Duration>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        let uptime = Uptime::default();
        let quota = Quota::per_second(STEADY).allow_burst(BURST);
        Self {
            limiter: RateLimiter::direct_with_clock(quota, uptime.clone()),
            uptime,
        }
    }

    /// Takes leave for one call at `uptime`.
    ///
    /// # Errors
    /// The uptime from which on there is leave again.
    pub(super) fn take(&mut self, uptime: Duration) -> Result<(), Duration> {
        let nanos = u64::try_from(uptime.as_nanos()).unwrap_or(u64::MAX);
        self.uptime.0.store(nanos, Relaxed);
        self.limiter
            .check()
            .map_err(|until| until.earliest_possible())
    }
}

/// The uptime as governor reads it.
#[derive(Clone, Default)]
struct Uptime(Arc<AtomicU64>);

impl clock::Clock for Uptime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_and_steady_make_the_limit() {
        assert_eq!(BURST.get() + STEADY.get(), PER_SECOND);
    }

    #[test]
    fn a_thousand_calls_take_their_time_and_no_more() {
        let mut pace = Pace::new();
        let mut now = Duration::from_secs(5);
        for _ in 0..1000 {
            while let Err(until) = pace.take(now) {
                assert!(until > now);
                now = until;
            }
        }
        let took = (now - Duration::from_secs(5)).as_secs_f64();
        assert!((35.0..36.0).contains(&took), "{took}");
    }
}
