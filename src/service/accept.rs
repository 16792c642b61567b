//! Letting in whoever connects.

use std::{io, time::Duration};

use super::Clock;

/// So long nobody is let in after one could not be: where the process has no file left to open, the next one cannot either.
const NOBODY: Duration = Duration::from_secs(1);

/// The next one whom `accept` lets in. `failed` is what the log says when it does not.
pub(super) async fn accepted<T, Accepting>(
    clock: &Clock,
    failed: &str,
    accept: impl Fn() -> Accepting,
) -> T
where
    Accepting: Future<Output = io::Result<T>>,
{
    loop {
        match accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!("{failed}: {error}");
                clock.sleep(NOBODY).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::Timestamp;

    use super::*;

    #[tokio::test]
    async fn who_cannot_be_let_in_is_tried_again_after_a_while() {
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH, NOBODY);
        let times = Cell::new(0);
        let accept = async || {
            times.set(times.get() + 1);
            (times.get() == 4)
                .then_some("somebody")
                .ok_or_else(|| io::Error::other("too many open files"))
        };
        assert_eq!(accepted(&clock, "nobody", accept).await, "somebody");
        assert_eq!((times.get(), clock.uptime()), (4, 3 * NOBODY));
    }
}
