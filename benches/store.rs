//! What the store does where there are many parents: erasing one, wrapping all keys anew, and giving room back.
//!
//! `cargo bench --bench store`. `VOEL_EERST_BENCH_PARENTS` says how many parents the keys are wrapped for; a million by default, which takes some minutes to
//! write. The folder is a temporary one: point `TMPDIR` at the disk that is to be measured.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use voel_eerst::{
    conversation::{Entry, EntryId, JournalChange, Part},
    parent::{ChatId, MessageId, Parent, Words},
    store::{RootSecret, Store, Upkeep},
};

/// How many parents or entries go into one commit.
const AT_ONCE: i64 = 2_000;

fn main() {
    erase_one_among_many(100_000);
    give_room_back(1_000, 100);
    let parents = env::var("VOEL_EERST_BENCH_PARENTS");
    let parents = parents.map_or(1_000_000, |number| number.parse().expect("a number"));
    wrap_keys_anew(parents);
}

fn erase_one_among_many(parents: i64) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for first in (0..parents).step_by(AT_ONCE as usize) {
        write(&store, first..(first + AT_ONCE).min(parents), 1);
    }
    let mut took: Vec<Duration> = (0..100)
        .map(|nth| {
            let begun = Instant::now();
            forget(&store, nth * 997 % parents..nth * 997 % parents + 1);
            begun.elapsed()
        })
        .collect();
    took.sort();
    println!(
        "erase everything of one parent among {parents}: {:.2?} (least), {:.2?} (middle), {:.2?} (greatest)",
        took[0], took[50], took[99]
    );
}

fn give_room_back(parents: i64, entries: u32) {
    let dir = tempfile::tempdir().unwrap();
    let (grown, fresh) = (dir.path().join("grown"), dir.path().join("fresh"));
    let store = open(&grown);
    let rest = open(&fresh);
    for chat in 0..parents {
        write(&store, chat..chat + 1, entries);
        if chat >= parents / 2 {
            write(&rest, chat..chat + 1, entries);
        }
    }
    for chat in 0..parents / 2 {
        forget(&store, chat..chat + 1);
    }
    let before = size(&grown);
    let upkeep = store.begin_compaction().unwrap().unwrap();
    let steps = all_steps(&upkeep);
    let (after, fresh) = (size(&grown), size(&fresh));
    println!(
        "half of {} entries erased: {before} bytes, {after} after a compaction of {steps}; a fresh store with the rest has {fresh}, so {:.2} times that",
        parents * i64::from(entries),
        after as f64 / fresh as f64
    );
}

fn wrap_keys_anew(parents: i64) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for first in (0..parents).step_by(AT_ONCE as usize) {
        write(&store, first..(first + AT_ONCE).min(parents), 0);
    }
    let before = resident_kib();
    let upkeep = store.upkeep(Timestamp::UNIX_EPOCH).unwrap().unwrap();
    let steps = all_steps(&upkeep);
    println!(
        "the keys of {parents} parents wrapped anew in {steps}; {} KiB of memory more",
        resident_kib().saturating_sub(before)
    );
}

/// Does all steps, and says how long they took together, how much of that on the processor, and the longest of them.
fn all_steps(upkeep: &Upkeep) -> String {
    let begun = Instant::now();
    let before = on_processor();
    let mut steps = 0;
    let mut longest = Duration::ZERO;
    loop {
        let step = Instant::now();
        let done = upkeep.step().unwrap();
        longest = longest.max(step.elapsed());
        steps += 1;
        if done {
            return format!(
                "{:.2?}, {:.2?} of it on the processor ({steps} steps, the longest {longest:.2?})",
                begun.elapsed(),
                on_processor() - before
            );
        }
    }
}

fn open(dir: &Path) -> Store {
    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    Store::open(dir, &secret).unwrap()
}

fn write(store: &Store, chats: std::ops::Range<i64>, entries: u32) {
    let mut draft = store.draft();
    for chat in chats {
        let id = draft.parent_id(ChatId(chat));
        draft
            .put_parent(id, Parent::stranger(ChatId(chat)))
            .unwrap();
        let changes: Vec<_> = (0..entries)
            .map(|number| JournalChange::Put(entry(number)))
            .collect();
        draft.apply(id, &changes).unwrap();
    }
    store.commit(draft).unwrap();
}

fn entry(number: u32) -> Entry {
    Entry {
        id: EntryId(number),
        day: jiff::civil::date(2026, 1, 1),
        written: Timestamp::UNIX_EPOCH,
        prompt: None,
        parts: vec![Part::typed(
            MessageId(1),
            Words::new("She asked me to stay a little longer, and I did. ".repeat(3)),
        )],
        heavy: false,
    }
}

fn forget(store: &Store, chats: std::ops::Range<i64>) {
    let mut draft = store.draft();
    for chat in chats {
        draft.forget(draft.parent_id(ChatId(chat))).unwrap();
    }
    store.commit(draft).unwrap();
}

/// Bytes of all files in a folder.
fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                size(&entry.path())
            } else {
                entry.metadata().unwrap().len()
            }
        })
        .sum()
}

/// How long this thread has had the processor.
fn on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split_whitespace().next().unwrap().parse().unwrap())
}

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}
