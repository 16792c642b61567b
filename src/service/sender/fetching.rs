//! Letters that bring something here: voice notes of parents, and files in which a journal comes back.
//!
//! They go beside the queue and not through it: the server that files lie on may be in trouble while all else goes well, and nobody's help
//! lines may wait behind a file. Each is tried again until it is here, Telegram does not have it, or its time is over.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::Timestamp;
use tokio::{
    sync::{Semaphore, mpsc},
    task::{self, AbortHandle, JoinSet},
};

use super::{Clock, Tally, queue::BETWEEN_MESSAGES, verdict::back_off};
use crate::{
    conversation::{self, Brought, Fetch, NotFetched, Unusable, Wanted},
    export::back,
    parent::PrivateBytes,
    store::Seq,
    telegram::{CallError, Telegram},
};

/// How many voice notes are fetched at once. So many lie in memory at most, besides those that wait for the heart.
const VOICES_AT_ONCE: usize = 4;

/// How many files with a journal are fetched and read at once: each may be ten voice notes large, and is in memory more than once while it is read.
const JOURNALS_AT_ONCE: usize = 1;

/// So often Telegram has to say that it does not have a file. It says the same of one that it cannot find just now.
const MOST_REFUSALS: u32 = 5;

/// What became of a letter that fetches.
#[derive(Debug, PartialEq)]
pub struct Fetched {
    /// The letter.
    pub seq: Seq,
    /// What it brought.
    pub brought: conversation::Fetched,
}

impl Fetched {
    /// Whether nothing more comes of this letter.
    pub fn is_last(&self) -> bool {
        match &self.brought {
            Ok(Brought::Step(step)) => step.ending.is_some(),
            Ok(Brought::Sound(_)) | Err(_) => true,
        }
    }
}

/// What is being fetched. Dropped, it stops; the letters are still in the outbox then.
pub(super) struct Fetching {
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Fetched>,
    voices: Arc<Semaphore>,
    journals: Arc<Semaphore>,
    under_way: JoinSet<Seq>,
    /// How each is stopped.
    handles: HashMap<Seq, AbortHandle>,
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
            voices: Arc::new(Semaphore::new(VOICES_AT_ONCE)),
            journals: Arc::new(Semaphore::new(JOURNALS_AT_ONCE)),
            under_way: JoinSet::new(),
            handles: HashMap::new(),
        }
    }

    /// Fetches until `until`, and once more if that is past already. The heart hears what became of it.
    pub fn begin(&mut self, seq: Seq, fetch: &Fetch, until: Option<Timestamp>) {
        let to_heart = self.to_heart.clone();
        let slots = match fetch.wanted {
            Wanted::Voice(_) => &self.voices,
            Wanted::Journal => &self.journals,
        };
        let work = Work {
            telegram: Arc::clone(&self.telegram),
            clock: self.clock.clone(),
            tally: Arc::clone(&self.tally),
            to_heart: to_heart.clone(),
            slots: Arc::clone(slots),
            seq,
            fetch: fetch.clone(),
            until,
        };
        let handle = self.under_way.spawn(async move {
            // A file over which the code stumbles must not be tried for ever.
            if AssertUnwindSafe(work.run()).catch_unwind().await.is_err() {
                let brought = Err(NotFetched::Gone);
                let _ = to_heart.send(Fetched { seq, brought }).await;
            }
            seq
        });
        self.handles.insert(seq, handle);
    }

    /// These are wanted no more.
    pub fn withdraw(&mut self, seqs: &[Seq]) {
        for handle in seqs.iter().filter_map(|seq| self.handles.remove(seq)) {
            handle.abort();
        }
    }

    /// How many are under way.
    pub fn len(&self) -> usize {
        self.under_way.len()
    }

    /// Comes when one came to its end; `None` when none is under way.
    pub async fn ended(&mut self) -> Option<()> {
        // One that was withdrawn has left the list already.
        if let Ok(seq) = self.under_way.join_next().await? {
            self.handles.remove(&seq);
        }
        Some(())
    }
}

struct Work {
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Fetched>,
    slots: Arc<Semaphore>,
    seq: Seq,
    fetch: Fetch,
    until: Option<Timestamp>,
}

impl Work {
    async fn run(self) {
        let mut tries = Tries::default();
        loop {
            // Nobody closes the semaphore. The slot is held until the heart takes what is in it.
            let slot = self.slots.acquire().await;
            let most = self.fetch.wanted.most_bytes();
            match self.telegram.fetch(&self.fetch.file, most).await {
                Ok(Some(bytes)) => return self.bring(bytes).await,
                Ok(None) => return self.tell(Err(NotFetched::TooLarge)).await,
                Err(error) => {
                    drop(slot);
                    tracing::debug!("a file of a parent is not here yet: {error}");
                    let over = self.until.is_some_and(|until| self.clock.now() > until);
                    match tries.wait_after(error).filter(|_| !over) {
                        Some(wait) => {
                            self.tally.again();
                            if matches!(error, CallError::RetryAfter(_)) {
                                self.tally.flooded();
                            }
                            self.clock.sleep(wait).await;
                        }
                        None => {
                            tracing::warn!("a file of a parent could not be fetched: {error}");
                            return self.tell(Err(NotFetched::Gone)).await;
                        }
                    }
                }
            }
        }
    }

    /// Gives what came to the heart, a journal step by step: it takes the next one when it has room.
    async fn bring(&self, bytes: PrivateBytes) {
        match self.fetch.wanted {
            Wanted::Voice(_) => self.tell(Ok(Brought::Sound(bytes))).await,
            Wanted::Journal => {
                let now = self.clock.now();
                let read = task::spawn_blocking(move || back::read(&bytes, now)).await;
                // A file over which the reading stumbles is none.
                let steps = read.unwrap_or(Err(Unusable::OtherFile));
                match steps {
                    Ok(steps) => {
                        for step in steps {
                            self.tell(Ok(Brought::Step(step))).await;
                        }
                    }
                    Err(why) => self.tell(Err(NotFetched::Unusable(why))).await,
                }
            }
        }
    }

    async fn tell(&self, brought: conversation::Fetched) {
        let seq = self.seq;
        // Without a heart nobody wants to know.
        let _ = self.to_heart.send(Fetched { seq, brought }).await;
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
