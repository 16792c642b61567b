//! A million parents in the store: what the bot costs then, and that nothing in it looks at all of them.
//!
//! `cargo bench --bench million`. Writing them takes some minutes. `VOEL_EERST_BENCH_PARENTS` says how many; `VOEL_EERST_BENCH_STORE` names a folder that they are written to
//! once and stay in for the next time. `TMPDIR` says on which disk it is measured.
//!
//! Each measurement is made on a fresh copy of the store, in a process of its own: the start with the real binary, the rest with the heart as the binary runs it.
//! What goes out is taken from it and thrown away, as fast as it comes. At last the journal is copied as the upkeep does it, but without its rests.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]
#![allow(
    dead_code,
    reason = "other measurements use the rest of what is shared"
)]

mod child;
mod people;
mod standin;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use child::Measured;
use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use standin::{Manners, StandIn};
use tokio::sync::{oneshot, watch};
use voel_eerst::{
    conversation::{Content, Event, Message},
    parent::{ChatId, ClockTime, MessageId, Words},
    service::{Clock, Heart, Round, Tally, receive::Batch, sender::ToSender},
    store::Store,
    telegram::{Incoming, Origin},
};

/// Says to this program that it is to measure the heart on the store in this folder.
const HEART: &str = "VOEL_EERST_BENCH_HEART";

/// Says to this program that it is to copy the journal of the store in this folder.
const COPY: &str = "VOEL_EERST_BENCH_COPY";

/// How many parents get a prompt in one minute.
const DUE: i64 = 50_000;

/// With how few parents the same is measured, to be compared.
const FEW: i64 = 1_000;

/// The minute of the day at which those get theirs, in local time. Nobody else has a time within two hours of it.
const MINUTE: i64 = 19 * 60 + 30;

/// How often what takes microseconds is done.
const TIMES: usize = 2_000;

fn main() {
    if let Ok(store) = env::var(HEART) {
        heart(Path::new(&store));
        // As if it were killed.
        process::exit(0);
    }
    if let Ok(store) = env::var(COPY) {
        return after_a_kill(Path::new(&store));
    }
    let parents = env::var("VOEL_EERST_BENCH_PARENTS");
    let parents = parents.map_or(1_000_000, |number| number.parse().expect("a number"));
    let dir = tempfile::tempdir().unwrap();
    let kept = env::var("VOEL_EERST_BENCH_STORE");
    let many = kept.map_or_else(|_| dir.path().join("many"), PathBuf::from);
    made(&many, parents);
    let few = dir.path().join("few");
    made(&few, FEW);

    for (store, parents) in [(&few, FEW), (&many, parents)] {
        println!(
            "\n{parents} parents, {:.0} MB on disk",
            size(store) as f64 / 1e6
        );
        let copy = copy(store, dir.path());
        start(&copy);
        fs::remove_dir_all(&copy).unwrap();
        copy_folder(store, &copy).unwrap();
        Measured::again(HEART, copy.to_str().unwrap()).ended();
        Measured::again(COPY, copy.to_str().unwrap()).ended();
        fs::remove_dir_all(&copy).unwrap();
    }
}

/// Writes these parents, unless they are there.
fn made(store: &Path, parents: i64) {
    if store.exists() {
        return;
    }
    let begun = Instant::now();
    let opened = people::open(store);
    let voice = people::voice();
    people::write(&opened, &voice, 0..parents, people::far_ahead(), |chat| {
        time_of(chat, parents)
    });
    println!("{parents} parents written in {:.1?}", begun.elapsed());
}

/// The local time of a parent's prompts.
fn time_of(chat: i64, parents: i64) -> ClockTime {
    // Spread evenly among the others, so that they lie all over the store.
    let minute = match chat % every(parents) {
        0 => MINUTE,
        _ => (MINUTE + 120 + chat * 7 % (24 * 60 - 240)) % (24 * 60),
    };
    people::minute(minute)
}

/// How many of so many parents have their prompts in the one minute.
fn due_of(parents: i64) -> i64 {
    DUE.min(parents / 2)
}

/// Every so many parents one has their prompts in the one minute.
fn every(parents: i64) -> i64 {
    parents / due_of(parents)
}

/// Somebody else who writes, and gets no prompt in that minute: whoever wrote on a day needs none.
fn next_writer(chat: i64, parents: i64) -> i64 {
    let next = (chat + 7_919) % parents;
    if next % every(parents) == 0 {
        next + 1
    } else {
        next
    }
}

fn start(store: &Path) {
    let api = StandIn::start(Manners::default());
    let begun = Instant::now();
    let bot = Measured::bot(&api.url, store, &people::secret(), "none");
    let polled = api.polled();
    thread::sleep(Duration::from_secs(2));
    println!(
        "  start to first getUpdates {:.2?} (promised: below 2 s); {:.0} MiB resident then, {:.0} MiB at most (promised: below 200 MB)",
        polled - begun,
        bot.mebibytes("VmRSS"),
        bot.mebibytes("VmHWM"),
    );
    drop(bot);
}

/// The heart on this store.
struct Bench {
    heart: Heart,
    store: Store,
    clock: Clock,
    _voice: watch::Sender<voel_eerst::service::Voice>,
    updates: u32,
}

impl Bench {
    fn new(store: &Path) -> Self {
        let clock = Clock::flowing_from(people::far_ahead());
        let voice = watch::Sender::new(people::voice());
        let store = people::open(store);
        let heart = Heart::new(
            store.clone(),
            voice.subscribe(),
            clock.clone(),
            ChaCha8Rng::seed_from_u64(1),
            Arc::new(Tally::default()),
            watch::Sender::default(),
            watch::Sender::default(),
        );
        Self {
            heart,
            store,
            clock,
            _voice: voice,
            updates: 0,
        }
    }

    /// A round in which this parent's reply comes in. Returns how many letters it led to.
    fn reply(&mut self, chat: i64) -> usize {
        self.updates += 1;
        let message = Message {
            id: MessageId(i32::try_from(self.updates).unwrap()),
            sent: self.clock.now(),
            reply_to: None,
            content: Content::Text(Words::new("Vandaag bleef ik even zitten.")),
            caption: Words::default(),
        };
        let incoming = Incoming {
            update: self.updates,
            unreadable: false,
            chat: Origin::Private(ChatId(chat)),
            language: Some("nl".to_owned()),
            event: Some(Event::Wrote(message)),
        };
        let (committed, mut heard) = oneshot::channel();
        let batch = Batch {
            updates: vec![incoming],
            is_last: true,
            came: self.clock.uptime(),
            committed,
        };
        let letters = self.round(Round {
            batches: vec![batch],
            ..Round::default()
        });
        heard.try_recv().expect("it is committed");
        letters
    }

    fn round(&mut self, round: Round) -> usize {
        let told = self.heart.round(round).unwrap();
        told.iter()
            .map(|told| match told {
                ToSender::Queue(letters) => letters.len(),
                ToSender::Claimed(_) | ToSender::Withdrawn(_) => 0,
            })
            .sum()
    }
}

fn heart(store: &Path) {
    let parents = fs::metadata(store.join("keyring")).unwrap().len() as i64 / 128 - 1;
    let mut bench = Bench::new(store);
    assert!(!bench.heart.has_work().unwrap(), "nothing is due yet");
    let tick = middle(TIMES, || {
        bench.heart.has_work().unwrap();
    });
    println!("  a tick with nothing due {tick:.1?} (promised: below 50 µs)");

    let mut chat = 1;
    let reply = middle(TIMES / 10, || {
        chat = next_writer(chat, parents);
        bench.reply(chat);
    });
    println!("  a round with one reply, from the update to the commit {reply:.0?}");

    let due = due_of(parents) as usize;
    bench.clock.advance_to(minute());
    let before = child::on_processor("/proc/self/stat");
    let begun = Instant::now();
    let (mut letters, mut rounds, mut waits, mut last) = (0, 0, Vec::new(), Duration::ZERO);
    while bench.heart.has_work().unwrap() {
        let round = Instant::now();
        // Somebody writes in each round, as in life: whoever writes now is heard in the next one.
        chat = next_writer(chat, parents);
        letters += bench.reply(chat) - 1;
        rounds += 1;
        let took = round.elapsed();
        waits.push(last + took);
        last = took;
    }
    let took = begun.elapsed();
    let processor = child::on_processor("/proc/self/stat") - before;
    assert!(
        letters + rounds >= due,
        "{letters} letters for {due} parents"
    );
    println!(
        "  {due} prompts due in one minute: {:.0} a second of processor time, {:.0} a second of any ({rounds} rounds; promised: 20000)",
        due as f64 / processor.as_secs_f64(),
        due as f64 / took.as_secs_f64()
    );
    waits.sort();
    let wait = |of_1000: usize| waits[waits.len() * of_1000 / 1_000];
    println!(
        "  an answer waits meanwhile, with the round that it just missed: {:.1?} in the middle, {:.1?} for one of 100, {:.1?} for one of 1000, {:.1?} at most (promised: 100 ms)",
        wait(500),
        wait(990),
        wait(999),
        waits[waits.len() - 1]
    );
    println!(
        "  {:.0} MiB resident after it, {:.0} MiB at most",
        child::mebibytes("/proc/self/status", "VmRSS"),
        child::mebibytes("/proc/self/status", "VmHWM"),
    );
}

/// Opens a store that somebody was killed over in a rush, shortens its log, and copies its journal.
fn after_a_kill(store: &Path) {
    let begun = Instant::now();
    let store = people::open(store);
    println!("  killed then, the store opens in {:.2?}", begun.elapsed());
    let begun = Instant::now();
    store.shorten_log().unwrap();
    println!(
        "  its log shortened, as when it is quiet, in {:.0?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let upkeep = store.begin_compaction().unwrap().unwrap();
    let mut steps = vec![begun.elapsed()];
    loop {
        let step = Instant::now();
        let done = upkeep.step().unwrap();
        steps.push(step.elapsed());
        if done {
            break;
        }
    }
    let last = steps[steps.len() - 1];
    steps.sort();
    println!(
        "  the journal copied in {:.1?}, {} steps: {:.1?} in the middle, {:.1?} for one of 100, {:.1?} at most, the last one {last:.1?}; {:.0} MiB at most",
        begun.elapsed(),
        steps.len(),
        steps[steps.len() / 2],
        steps[steps.len() * 99 / 100],
        steps[steps.len() - 1],
        child::mebibytes("/proc/self/status", "VmHWM"),
    );
}

/// The moment at which so many prompts come due.
fn minute() -> Timestamp {
    let voice = people::voice();
    let parent = people::parent(&voice, 0, people::minute(MINUTE), people::far_ahead());
    parent.planned.unwrap().at
}

/// Does something so often, and says how long it took in the middle.
fn middle(times: usize, mut work: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    took.sort();
    took[times / 2]
}

/// A fresh copy of a store. The place is the same for all of them.
fn copy(store: &Path, beside: &Path) -> PathBuf {
    let place = beside.join("copy");
    copy_folder(store, &place).unwrap();
    place
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for found in fs::read_dir(from)? {
        let found = found?;
        let target = to.join(found.file_name());
        if found.file_type()?.is_dir() {
            copy_folder(&found.path(), &target)?;
        } else {
            fs::copy(found.path(), &target)?;
            // Or the bot's first flush would write all of it.
            fs::File::open(target)?.sync_all()?;
        }
    }
    Ok(())
}

/// Bytes of all files in a folder.
fn size(dir: &Path) -> u64 {
    let found = fs::read_dir(dir).unwrap().map(|found| found.unwrap());
    found
        .map(|found| {
            if found.path().is_dir() {
                size(&found.path())
            } else {
                found.metadata().unwrap().len()
            }
        })
        .sum()
}
