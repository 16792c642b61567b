//! The bot as one process: heart, queue, and where it is with receiving. It dies whole, and only the disk stays.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use tokio::sync::watch;
use voel_eerst::{
    conversation::{Effect, Fetch},
    parent::ChatId,
    service::{
        Clock, Heart, Tally, Voice,
        sender::{
            Fetched, Letter, Report,
            queue::{Call, Queue, Time},
        },
    },
    store::{MemoryEngine, RootSecret, Seq, Store},
    telegram::{Incoming, Rate},
};

use super::wire::Fate;

/// What came in, and how.
pub struct Received {
    pub updates: Vec<Incoming>,
    pub way: Way,
}

/// How it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The bot asked for it.
    Poll,
    /// By the call of the webhook with this number.
    Call(u64),
}

/// One process of the bot.
pub struct Bot {
    /// Which one it is.
    pub number: u32,
    pub heart: Heart,
    /// The heart's store, to look at.
    pub store: Store,
    pub queue: Queue,
    pub tally: Arc<Tally>,
    pub reports: Vec<Report>,
    pub fetched: Vec<Fetched>,
    /// What was received and not yet decided.
    pub received: Vec<Received>,
    pub offset: Option<i64>,
    /// Telegram has to hear of the offset.
    pub confirms: bool,
    /// No poll goes out before this uptime.
    pub poll_at: Duration,
    pub polls_failed: u32,
    /// Calls that are out.
    pub out: BTreeMap<Seq, (Call, Fate)>,
    /// What is being fetched.
    pub fetching: BTreeMap<Seq, Fetch>,
    /// When the queue has to be looked at again.
    pub wake: Option<Duration>,
}

impl Bot {
    /// A new process on what the disk holds. Returns what lay in the outbox, too.
    pub fn start(
        number: u32,
        disk: &MemoryEngine,
        secret: &RootSecret,
        voice: watch::Receiver<Voice>,
        clock: &Clock,
        owed: watch::Sender<Vec<ChatId>>,
    ) -> (Self, Vec<Letter>) {
        let store =
            Store::in_memory(disk, secret).expect("the store opens after whatever happened");
        let outbox = store.outbox().expect("the outbox can be listed");
        assert!(
            outbox.unreadable.is_empty(),
            "rows of the outbox cannot be read: {:?}",
            outbox.unreadable
        );
        let letters: Vec<Letter> = outbox
            .pending
            .into_iter()
            .map(|pending| Letter {
                seq: pending.seq,
                chat: pending.chat,
                outgoing: pending.outgoing,
                claimed: pending.claimed,
            })
            .collect();
        let tally = Arc::new(Tally::default());
        let heart = Heart::new(
            store.clone(),
            voice,
            clock.clone(),
            ChaCha8Rng::seed_from_u64(number.into()),
            Arc::clone(&tally),
            watch::Sender::default(),
            owed,
        );
        let bot = Self {
            number,
            heart,
            store,
            queue: Queue::new(Rate::default()),
            tally,
            reports: Vec::new(),
            fetched: Vec::new(),
            received: Vec::new(),
            offset: None,
            confirms: false,
            poll_at: Duration::ZERO,
            polls_failed: 0,
            out: BTreeMap::new(),
            fetching: BTreeMap::new(),
            wake: None,
        };
        (bot, letters)
    }

    /// Takes letters as the sender does. Returns those that fetch something.
    pub fn take(&mut self, letters: Vec<Letter>) -> Vec<Seq> {
        let mut fetching = Vec::new();
        for letter in letters {
            if let Effect::Fetch(fetch) = &letter.outgoing.effect {
                self.fetching.insert(letter.seq, fetch.clone());
                fetching.push(letter.seq);
            } else {
                self.queue.push(letter);
            }
        }
        fetching
    }

    /// Makes the calls that have to be made now.
    pub fn step(&mut self, clock: &Clock) -> Vec<Call> {
        let step = self.queue.step(Time {
            uptime: clock.uptime(),
            now: clock.now(),
        });
        self.wake = step.wake;
        self.report(clock);
        step.calls
    }

    /// Hands the queue's reports to the heart, as the sender does.
    pub fn report(&mut self, clock: &Clock) {
        for report in self.queue.reports() {
            if let Report::Done(letter, outcome) = &report {
                self.tally.ended(*outcome);
                self.tally.answered(letter.seq, *outcome, clock.uptime());
            }
            self.reports.push(report);
        }
        self.tally
            .set_waiting(self.queue.len() + self.fetching.len(), self.queue.bulk());
    }

    /// The uptime at which something planned comes due, unless it is due now.
    pub fn due(&self, clock: &Clock) -> Option<Duration> {
        let due: Timestamp = self.store.next_due().ok()??;
        let left = Duration::try_from(due.duration_since(clock.now())).ok()?;
        (!left.is_zero()).then(|| clock.uptime() + left)
    }
}
