//! Random updates, by the hundred thousand: made from a seed, read as Telegram delivers them, decided and committed by the real heart on an
//! engine in memory.
//!
//! They come in lives: a fresh store each, with some parents, most of them short and some long. A life follows from its number alone; the one
//! that fails says it. How many run in `cargo test` stands in [`FEWEST`]; `VOEL_EERST_FUZZ_UPDATES=10000000` asks for more, and
//! `VOEL_EERST_FUZZ_LIFE=17` begins with another life.

mod generate;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use tokio::sync::{oneshot, watch};
use voel_eerst::{
    conversation::{
        Action, Brought, Content, Effect, Event, House, Keyboard, NotFetched, Outcome, Outgoing,
    },
    export::back,
    library::Languages,
    net::Net,
    parent::{MessageId, PrivateBytes},
    service::{
        Clock, Heart, Round, Tally, Voice,
        receive::Batch,
        sender::{About, Fetched, Letter, Report, ToSender},
    },
    store::{MemoryEngine, RootSecret, Store},
    telegram::{Incoming, Origin, Telegram},
};

use super::bodies;
use generate::{Generator, PEOPLE, mark};

/// How many run when nobody asks for more: some ten seconds of processor time without optimisation.
const FEWEST: u64 = if cfg!(debug_assertions) {
    40_000
} else {
    1_000_000
};

/// How many updates a life has.
fn length(life: u64) -> u64 {
    if life % 16 == 15 { 50_000 } else { 2_000 }
}

/// How many come in at once at most, as with getUpdates.
const A_BATCH: usize = 100;

/// What everybody in every life shares.
#[derive(Clone)]
struct Shared {
    voice: Voice,
    telegram: Arc<Telegram>,
}

/// A number from the environment.
fn asked_for(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

#[allow(
    clippy::print_stdout,
    reason = "figures and seeds are for whoever runs the test"
)]
#[test]
fn random_updates_do_no_harm() {
    let updates = asked_for("VOEL_EERST_FUZZ_UPDATES").unwrap_or(FEWEST);
    let first = asked_for("VOEL_EERST_FUZZ_LIFE").unwrap_or(0);
    let shared = Shared {
        voice: Voice {
            languages: Arc::new(Languages::embedded().unwrap()),
            net: Arc::new(Net::embedded().unwrap()),
            house: House {
                controller: Some("Stichting Test".to_owned()),
                ..House::default()
            },
        },
        telegram: Arc::new(Telegram::new("1:a", None).unwrap()),
    };
    let begun = Instant::now();
    let mut all = Counts::default();
    let mut left = updates;
    for life in first.. {
        if left == 0 {
            break;
        }
        let now = left.min(length(life));
        left -= now;
        all.add(&Life::begin(life, shared.clone()).lives(now));
        if life % 100 == 99 {
            println!("until life {life}: {all:?} in {:.0?}", begun.elapsed());
        }
    }
    println!("from life {first}: {all:?} in {:.1?}", begun.elapsed());
    // What is made reaches everything: neither all of it nonsense, nor all of it well-formed.
    assert_eq!(all.updates, updates);
    assert!(all.read * 2 > updates && all.refused * 100 > updates);
    assert!(all.decided * 4 > updates && all.letters > updates / 4);
    assert!(all.entries * 1_000 > updates);
}

/// What a life came to.
#[derive(Debug, Default)]
struct Counts {
    /// Made.
    updates: u64,
    /// No updates at all, as far as can be read.
    refused: u64,
    /// Read as an update.
    read: u64,
    /// Read as something that a parent did.
    decided: u64,
    /// What went out.
    letters: u64,
    /// What stood in the journals in the end.
    entries: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.updates += other.updates;
        self.refused += other.refused;
        self.read += other.read;
        self.decided += other.decided;
        self.letters += other.letters;
        self.entries += other.entries;
    }
}

struct Life {
    number: u64,
    shared: Shared,
    disk: MemoryEngine,
    store: Store,
    heart: Heart,
    clock: Clock,
    tally: Arc<Tally>,
    chance: ChaCha8Rng,
    generator: Generator,
    counts: Counts,
    /// What the sender has to say in the next round.
    reports: Vec<Report>,
    fetched: Vec<Fetched>,
    /// Letters that wait for their claim.
    unclaimed: BTreeMap<u64, Letter>,
    next_message: i32,
}

fn secret() -> RootSecret {
    RootSecret::from_hex(&"5e".repeat(32)).unwrap()
}

fn heart(life: u64, shared: &Shared, store: &Store, clock: &Clock, tally: &Arc<Tally>) -> Heart {
    Heart::new(
        store.clone(),
        watch::Sender::new(shared.voice.clone()).subscribe(),
        clock.clone(),
        ChaCha8Rng::seed_from_u64(life ^ 0x5eed),
        Arc::clone(tally),
        watch::Sender::default(),
        watch::Sender::default(),
    )
}

impl Life {
    fn begin(number: u64, shared: Shared) -> Self {
        let disk = MemoryEngine::new();
        let store = Store::in_memory(&disk, &secret()).unwrap();
        let start: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let clock = Clock::frozen_at(start, Duration::ZERO);
        let tally = Arc::new(Tally::default());
        Self {
            number,
            heart: heart(number, &shared, &store, &clock, &tally),
            chance: ChaCha8Rng::seed_from_u64(number),
            generator: Generator::new(number, &shared.voice.languages),
            shared,
            disk,
            store,
            clock,
            tally,
            counts: Counts::default(),
            reports: Vec::new(),
            fetched: Vec::new(),
            unclaimed: BTreeMap::new(),
            next_message: 1_000,
        }
    }

    fn lives(mut self, updates: u64) -> Counts {
        while self.counts.updates < updates {
            let most = usize::try_from(updates - self.counts.updates).unwrap_or(A_BATCH);
            let batch = self.chance.random_range(1..=A_BATCH.min(most));
            self.round(batch);
            match self.chance.random_range(0..60) {
                0..20 => self
                    .clock
                    .advance(Duration::from_secs(self.chance.random_range(1..600))),
                20..24 => self.clock.advance(Duration::from_secs(20 * 3_600)),
                24 => self.clock.advance(Duration::from_secs(40 * 24 * 3_600)),
                25 => self.begins_again(),
                _ => {}
            }
        }
        self.settles();
        self.ends()
    }

    /// The process ends and another one begins on the same store.
    fn begins_again(&mut self) {
        self.store = Store::in_memory(&self.disk, &secret()).unwrap();
        let (shared, clock, tally) = (&self.shared, &self.clock, &self.tally);
        self.heart = heart(self.number, shared, &self.store, clock, tally);
        self.reports.clear();
        self.fetched.clear();
        self.unclaimed.clear();
        let outbox = self.store.outbox().unwrap();
        assert_eq!(outbox.unreadable, [], "life {}", self.number);
        for pending in outbox.pending {
            self.goes_out(Letter {
                seq: pending.seq,
                chat: pending.chat,
                outgoing: pending.outgoing,
                claimed: pending.claimed,
            });
        }
    }

    /// So many updates come in, in one commit.
    fn round(&mut self, batch: usize) {
        let mut updates = Vec::new();
        for _ in 0..batch {
            let json = self.generator.update(self.clock.now(), &mut self.chance);
            self.counts.updates += 1;
            match self.shared.telegram.delivered(&json) {
                Some(incoming) => {
                    self.counts.read += 1;
                    self.counts.decided += u64::from(incoming.event.is_some());
                    // In which chat somebody wrote is for Telegram to say: damage that moves their words elsewhere is none of theirs.
                    if !is_misdirected(&incoming) {
                        updates.push(incoming);
                    }
                }
                None => self.counts.refused += 1,
            }
        }
        let (committed, mut heard) = oneshot::channel();
        let told = self.heart.round(Round {
            reports: std::mem::take(&mut self.reports),
            fetched: std::mem::take(&mut self.fetched),
            batches: vec![Batch {
                updates,
                is_last: true,
                came: self.clock.uptime(),
                committed,
            }],
        });
        let told = told.unwrap_or_else(|stopped| panic!("life {}: {stopped}", self.number));
        assert_eq!(heard.try_recv(), Ok(()), "a batch is confirmed");
        for message in told {
            match message {
                ToSender::Queue(letters) => {
                    for letter in letters {
                        self.goes_out(letter);
                    }
                }
                ToSender::Withdrawn(seqs) => {
                    for seq in seqs {
                        self.unclaimed.remove(&seq.0);
                    }
                }
                ToSender::Claimed(seqs) => {
                    for seq in seqs {
                        // It may have been withdrawn meanwhile.
                        if let Some(letter) = self.unclaimed.remove(&seq.0) {
                            self.ends_up(&letter);
                        }
                    }
                }
            }
        }
        let tally = self.tally.to_string();
        assert!(
            tally.contains("; 0 panics, 0 unreadable records;"),
            "life {}, after update {}: {tally}",
            self.number,
            self.counts.updates
        );
    }

    /// Telegram gets a letter, or first the claim for it has to be durable.
    fn goes_out(&mut self, letter: Letter) {
        self.counts.letters += 1;
        bodies::town::fits(&letter.outgoing);
        self.is_the_chats_own(&letter);
        if letter.outgoing.purpose.at_most_once() && !letter.claimed {
            self.reports.push(Report::Claim(vec![about(&letter)]));
            self.unclaimed.insert(letter.seq.0, letter);
        } else {
            self.ends_up(&letter);
        }
    }

    /// No chat is told what was written in another one: everybody's words carry the mark of their chat.
    fn is_the_chats_own(&self, letter: &Letter) {
        let shown = bodies::town::texts(&letter.outgoing).concat();
        let mut others = PEOPLE.iter().filter(|other| **other != letter.chat);
        let told = others.find(|other| shown.contains(mark(**other)));
        assert!(
            told.is_none(),
            "life {}: somebody else's words",
            self.number
        );
    }

    /// What becomes of a letter at Telegram is left to chance.
    fn ends_up(&mut self, letter: &Letter) {
        let Letter { chat, outgoing, .. } = letter;
        if let Effect::Fetch(_) = outgoing.effect {
            self.fetches(letter);
            return;
        }
        let outcome = match self.chance.random_range(0..100) {
            0 => Outcome::Failed,
            1 => Outcome::Expired,
            2 => Outcome::InDoubt,
            3 => Outcome::Unreachable,
            _ => {
                self.next_message += 1;
                let message = MessageId(self.next_message);
                self.generator.saw(*chat, message, keyboard(outgoing));
                Outcome::Sent(Some(message))
            }
        };
        self.reports.push(Report::Done(about(letter), outcome));
    }

    /// A file is fetched: a voice note, a journal, or something else altogether.
    fn fetches(&mut self, letter: &Letter) {
        let seq = letter.seq;
        let mut came = |brought| self.fetched.push(Fetched { seq, brought });
        match self.chance.random_range(0..10) {
            0 => came(Err(NotFetched::Gone)),
            1 => came(Err(NotFetched::TooLarge)),
            2..6 => came(Ok(Brought::Sound(PrivateBytes::new(b"OggS".to_vec())))),
            _ => {
                let file = self.generator.journal(letter.chat, &mut self.chance);
                match back::read(&PrivateBytes::new(file), self.clock.now()) {
                    Ok(steps) => steps
                        .into_iter()
                        .map(Brought::Step)
                        .for_each(|it| came(Ok(it))),
                    Err(unusable) => came(Err(NotFetched::Unusable(unusable))),
                }
            }
        }
    }

    /// Nothing more comes in, until nothing more goes out.
    fn settles(&mut self) {
        for _ in 0..200 {
            if self.reports.is_empty() && self.fetched.is_empty() && self.unclaimed.is_empty() {
                break;
            }
            self.round(0);
        }
    }

    /// What is on the disk in the end opens, and everybody has their own words and no others.
    fn ends(mut self) -> Counts {
        let store = Store::in_memory(&self.disk, &secret()).unwrap();
        let outbox = store.outbox().unwrap();
        assert_eq!(outbox.unreadable, []);
        assert_eq!(outbox.pending, [], "life {}: nothing waits", self.number);
        for person in PEOPLE {
            let draft = store.draft();
            let journal = draft.journal(store.parent_id(person)).unwrap();
            let entries = voel_eerst::conversation::Journal::older(&journal, None, usize::MAX);
            for entry in entries.unwrap() {
                self.counts.entries += 1;
                let text = entry.text();
                let mut others = PEOPLE.iter().filter(|other| **other != person);
                let foreign = others.any(|other| text.reveal().contains(mark(*other)));
                assert!(!foreign, "life {}: somebody else's words", self.number);
            }
        }
        self.counts
    }
}

/// Whether this chat is told what was written in another one.
fn is_misdirected(incoming: &Incoming) -> bool {
    let Origin::Private(chat) = incoming.chat else {
        return false;
    };
    let Some(Event::Wrote(message) | Event::Edited(message)) = &incoming.event else {
        return false;
    };
    let words = match &message.content {
        Content::Text(words) | Content::Command { rest: words, .. } => words.reveal(),
        Content::Forwarded
        | Content::Sticker
        | Content::Photo
        | Content::Voice(_)
        | Content::Document(_)
        | Content::File
        | Content::Location
        | Content::Contact
        | Content::Other => "",
    };
    let mut others = PEOPLE.iter().filter(|person| **person != chat);
    others.any(|other| {
        let mark = mark(*other);
        words.contains(mark) || message.caption.reveal().contains(mark)
    })
}

/// The buttons of a letter.
fn keyboard(outgoing: &Outgoing) -> Vec<String> {
    let none = Keyboard::default();
    let keyboard = match &outgoing.effect {
        Effect::Send { keyboard, .. }
        | Effect::Edit { keyboard, .. }
        | Effect::Buttons { keyboard, .. } => keyboard,
        Effect::Document { .. }
        | Effect::Picture { .. }
        | Effect::Voice { .. }
        | Effect::Fetch(_)
        | Effect::Heart { .. }
        | Effect::Commands { .. }
        | Effect::Answer { .. } => &none,
    };
    let buttons = keyboard.0.iter().flatten();
    let data = buttons.filter_map(|button| match &button.action {
        Action::Data(data) => Some(data.clone()),
        Action::Url(_) => None,
    });
    data.collect()
}

/// The newest of something, and no more than so many.
fn keep_newest<T>(kept: &mut VecDeque<T>, new: T, most: usize) {
    kept.push_back(new);
    while kept.len() > most {
        kept.pop_front();
    }
}

fn about(letter: &Letter) -> About {
    About {
        seq: letter.seq,
        chat: letter.chat,
        purpose: letter.outgoing.purpose.clone(),
    }
}
