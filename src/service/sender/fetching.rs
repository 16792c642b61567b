//! Letters that bring something here: voice notes of parents.
//!
//! They go beside the queue and not through it: the server that files lie on may be in trouble while all else goes well, and nobody's help
//! lines may wait behind a voice note. Each is tried again until it is here, Telegram does not have it, or its time is over.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::Timestamp;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use super::{Clock, Tally, queue::BETWEEN_MESSAGES, verdict::back_off};
use crate::{
    conversation::{Fetch, LARGEST_VOICE, NotFetched},
    parent::{FileId, PrivateBytes},
    store::Seq,
    telegram::{CallError, Telegram},
};

/// How many are fetched at once. So many lie in memory at most, besides those that wait for the heart.
const AT_ONCE: usize = 4;

/// So often Telegram has to say that it does not have a file. It says the same of one that it cannot find just now.
const MOST_REFUSALS: u32 = 5;

/// What became of a letter that fetches.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The letter.
    pub seq: Seq,
    /// What it brought.
    pub sound: Result<PrivateBytes, NotFetched>,
}

/// What is being fetched. Dropped, it stops; the letters are still in the outbox then.
pub(super) struct Fetching {
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Fetched>,
    slots: Arc<Semaphore>,
    under_way: JoinSet<()>,
}

impl Fetching {
    pub fn new(
        telegram: Arc<Telegram>,
        clock: Clock,
        tally: Arc<Tally>,
        to_heart: mpsc::Sender<Fetched>,
    ) -> Self {
        Self {
            telegram,
            clock,
            tally,
            to_heart,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: JoinSet::new(),
        }
    }

    /// Fetches until `until`, and once more if that is past already. The heart hears what became of it.
    pub fn begin(&mut self, seq: Seq, fetch: &Fetch, until: Option<Timestamp>) {
        let to_heart = self.to_heart.clone();
        let work = Work {
            telegram: Arc::clone(&self.telegram),
            clock: self.clock.clone(),
            tally: Arc::clone(&self.tally),
            to_heart: to_heart.clone(),
            slots: Arc::clone(&self.slots),
            seq,
            file: fetch.file.clone(),
            until,
        };
        self.under_way.spawn(async move {
            // A file over which the code stumbles must not be tried for ever.
            if AssertUnwindSafe(work.run()).catch_unwind().await.is_err() {
                let sound = Err(NotFetched::Gone);
                let _ = to_heart.send(Fetched { seq, sound }).await;
            }
        });
    }

    /// How many are under way.
    pub fn len(&self) -> usize {
        self.under_way.len()
    }

    /// Comes when one came to its end; `None` when none is under way.
    pub async fn ended(&mut self) -> Option<()> {
        self.under_way.join_next().await.map(drop)
    }
}

struct Work {
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Fetched>,
    slots: Arc<Semaphore>,
    seq: Seq,
    file: FileId,
    until: Option<Timestamp>,
}

impl Work {
    async fn run(self) {
        let mut tries = Tries::default();
        loop {
            // Nobody closes the semaphore. The slot is held until the heart takes what is in it.
            let slot = self.slots.acquire().await;
            let sound = match self.telegram.fetch(&self.file, LARGEST_VOICE).await {
                Ok(Some(sound)) => Ok(sound),
                Ok(None) => Err(NotFetched::TooLarge),
                Err(error) => {
                    drop(slot);
                    tracing::debug!("a voice note is not here yet: {error}");
                    let over = self.until.is_some_and(|until| self.clock.now() > until);
                    match tries.wait_after(error).filter(|_| !over) {
                        Some(wait) => {
                            self.tally.again();
                            self.clock.sleep(wait).await;
                            continue;
                        }
                        None => {
                            tracing::warn!("a voice note could not be fetched: {error}");
                            Err(NotFetched::Gone)
                        }
                    }
                }
            };
            let seq = self.seq;
            // Without a heart nobody wants to know.
            let _ = self.to_heart.send(Fetched { seq, sound }).await;
            return;
        }
    }
}

/// What went wrong so far with one file.
#[derive(Default)]
struct Tries {
    troubles: u32,
    refusals: u32,
}

impl Tries {
    /// How long to wait before the next try; `None` when there is none.
    fn wait_after(&mut self, error: CallError) -> Option<Duration> {
        self.troubles += 1;
        match error {
            CallError::RetryAfter(wait) => Some(wait.max(BETWEEN_MESSAGES)),
            CallError::Refused(_) | CallError::Done | CallError::Unreachable => {
                self.refusals += 1;
                (self.refusals < MOST_REFUSALS).then(|| back_off(self.troubles))
            }
            CallError::NotSent
            | CallError::ServerError
            | CallError::Doubt
            | CallError::Unauthorized
            | CallError::Conflict => Some(back_off(self.troubles)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_waited_out_and_what_telegram_does_not_have_is_given_up() {
        let refused = CallError::Refused("the file is not there");
        let mut tries = Tries::default();
        let waits = [500, 1_000, 2_000, 4_000].map(|wait| Some(Duration::from_millis(wait)));
        for wait in waits {
            assert_eq!(tries.wait_after(refused), wait);
        }
        assert_eq!(tries.wait_after(refused), None);

        let mut tries = Tries::default();
        for _ in 0..1_000 {
            for error in [
                CallError::NotSent,
                CallError::ServerError,
                CallError::Doubt,
                CallError::Unauthorized,
                CallError::Conflict,
            ] {
                assert!(tries.wait_after(error).is_some(), "{error}");
            }
        }
        let asked = Duration::from_secs(90);
        assert_eq!(tries.wait_after(CallError::RetryAfter(asked)), Some(asked));
    }
}
