//! What sled alone costs, without anything of this project: the same reads and writes on rows of the same sizes that a due prompt and a reply make, and the same with
//! records that are due together, and with a parent's rows, beside each other.
//!
//! `cargo bench --bench floor`. `VOEL_EERST_BENCH_PARENTS` says how many rows the tree for the due prompts has, a million by default; `TMPDIR` says on which disk. Only
//! processor time is measured, and nothing is synced. Keys are hashes, as the store's are: whoever is next lies anywhere.

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

use std::{env, path::Path, time::Duration};

/// Bytes of pages that sled keeps in memory, as in the store.
const CACHE: u64 = 16 << 20;

/// How many rows are written at once while a tree is made.
const AT_ONCE: u64 = 2_000;

/// How many parents come due.
const DUE: u64 = 50_000;

/// How many of them are in one batch.
const DUE_AT_ONCE: usize = 256;

/// How many parents there are whose replies are measured, how many of them reply, and how many in one batch.
const PARENTS: u64 = 40_000;
const REPLIES: u64 = 20_000;
const BATCH: usize = 100;

/// How many entries each of them has, each with what its message stands for: none as in `round_trip`, and some.
const ENTRIES: [u32; 2] = [0, 4];

/// Bytes of a sealed row: a record, an entry, what a message stands for, an outgoing message.
const RECORD: usize = 568;
const ENTRY: usize = 299;
const REFERENCE: usize = 171;
const LETTER: usize = 187;

/// Bytes of a row that says where a record lies.
const PLACE: usize = 24;

fn main() {
    let rows = env::var("VOEL_EERST_BENCH_PARENTS");
    let rows = rows.map_or(1_000_000, |number| number.parse().expect("a number"));
    due(rows);
    due_beside_each_other(rows);
    for entries in ENTRIES {
        println!(
            "\nreplies of {REPLIES} out of {PARENTS} parents who have {entries} entries, {BATCH} in a batch"
        );
        replies(entries);
    }
}

fn replies(entries: u32) {
    reply(
        "record, entries and references apart, as in the store",
        Layout::Apart,
        entries,
    );
    reply("a parent's rows beside each other", Layout::Beside, entries);
    reply(
        "the same, and the reference within the entry",
        Layout::Fewer,
        entries,
    );
}

/// Reads and writes records that are spread over all.
fn due(rows: u64) {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path());
    for first in (0..rows).step_by(AT_ONCE as usize) {
        let mut batch = sled::Batch::default();
        for nth in first..(first + AT_ONCE).min(rows) {
            batch.insert(hash(nth).to_vec(), row(nth, RECORD));
        }
        db.apply_batch(batch).unwrap();
    }
    db.flush().unwrap();
    drop(db);
    let db = open(dir.path());
    let due = DUE.min(rows / 2);
    let chosen: Vec<u64> = (0..due).map(|nth| nth * (rows / due)).collect();
    let took = on_processor(|| {
        for some in chosen.chunks(DUE_AT_ONCE) {
            let mut batch = sled::Batch::default();
            for nth in some {
                let key = hash(*nth);
                let found = db.get(key).unwrap().unwrap();
                assert_eq!(found.len(), RECORD);
                batch.insert(key.to_vec(), row(nth + 1, RECORD));
            }
            db.apply_batch(batch).unwrap();
            db.flush().unwrap();
        }
    });
    println!(
        "{due} of {rows} rows read and written, {DUE_AT_ONCE} in a batch: {:.0} a second of processor time",
        due as f64 / took.as_secs_f64()
    );
}

/// The same where records that are due in the same minute are neighbours: a prompt moves the record to another minute, writes down where it lies now, and puts a letter into
/// the outbox. All rows come in the order of their keys, which is the best that can happen to sled.
fn due_beside_each_other(rows: u64) {
    let due = DUE.min(rows / 2);
    let minutes = rows / due;
    let mut parents: Vec<[u8; 16]> = (0..rows).map(hash).collect();
    parents.sort_unstable();
    let dir = tempfile::tempdir().unwrap();
    for some in parents.chunks(DUE as usize) {
        let db = open(dir.path());
        for some in some.chunks(AT_ONCE as usize) {
            let mut batch = sled::Batch::default();
            for parent in some {
                batch.insert(place(parent), row(0, PLACE));
            }
            db.apply_batch(batch).unwrap();
        }
        db.flush().unwrap();
    }
    for minute in 0..minutes {
        // What sled holds in memory while so much is written goes with it.
        let db = open(dir.path());
        let of_minute = parents.iter().skip(minute as usize);
        let of_minute: Vec<_> = of_minute.step_by(minutes as usize).collect();
        for some in of_minute.chunks(AT_ONCE as usize) {
            let mut batch = sled::Batch::default();
            for parent in some {
                batch.insert(in_minute(minute, *parent), row(minute, RECORD));
            }
            db.apply_batch(batch).unwrap();
        }
        db.flush().unwrap();
    }
    let db = open(dir.path());
    let mut letters = 0;
    let took = on_processor(|| {
        loop {
            let of_first = db.range(in_minute(0, &[])..in_minute(1, &[]));
            let some: Vec<_> = of_first.take(DUE_AT_ONCE).map(Result::unwrap).collect();
            if some.is_empty() {
                break;
            }
            let mut batch = sled::Batch::default();
            for (key, record) in some {
                assert_eq!(record.len(), RECORD);
                let parent = key.last_chunk::<16>().unwrap();
                batch.insert(in_minute(minutes, parent), row(letters, RECORD));
                batch.insert(place(parent), row(1, PLACE));
                batch.insert(Layout::letter(letters), row(letters, LETTER));
                batch.remove(key);
                letters += 1;
            }
            db.apply_batch(batch).unwrap();
            db.flush().unwrap();
        }
    });
    println!(
        "the same, records that are due together beside each other: {:.0} a second of processor time",
        letters as f64 / took.as_secs_f64()
    );
}

/// Where a record lies that is due in this minute.
fn in_minute(minute: u64, parent: &[u8]) -> Vec<u8> {
    [b"a", minute.to_be_bytes().as_slice(), parent].concat()
}

/// The key of the row that says where a record lies.
fn place(parent: &[u8; 16]) -> Vec<u8> {
    [b"p", parent.as_slice()].concat()
}

/// Where a parent's rows lie.
#[derive(Clone, Copy, PartialEq)]
enum Layout {
    /// All records, then all entries, then all references.
    Apart,
    /// A parent's entries, then the record, then the references, the newest first: so those that a reply touches are neighbours.
    Beside,
    /// The same without rows for references.
    Fewer,
}

impl Layout {
    fn key(self, parent: u64, kind: u8, number: u32) -> Vec<u8> {
        let number = match kind {
            b'p' => Vec::new(),
            b'r' if self == Self::Beside => (!number).to_be_bytes().to_vec(),
            _ => number.to_be_bytes().to_vec(),
        };
        match self {
            Self::Apart => [&[kind], hash(parent).as_slice(), &number].concat(),
            Self::Beside | Self::Fewer => {
                [b"p", hash(parent).as_slice(), &[kind], &number].concat()
            }
        }
    }

    /// The key of an outgoing message.
    fn letter(number: u64) -> Vec<u8> {
        [b"o", number.to_be_bytes().as_slice()].concat()
    }
}

fn reply(what: &str, layout: Layout, entries: u32) {
    let dir = tempfile::tempdir().unwrap();
    let db = open(dir.path());
    for first in (0..PARENTS).step_by(AT_ONCE as usize) {
        let mut batch = sled::Batch::default();
        for parent in first..first + AT_ONCE {
            batch.insert(layout.key(parent, b'p', 0), row(parent, RECORD));
            for number in 0..entries {
                put_entry(&mut batch, layout, parent, number);
            }
        }
        db.apply_batch(batch).unwrap();
    }
    db.flush().unwrap();
    drop(db);
    let db = open(dir.path());
    let chosen: Vec<u64> = (0..REPLIES).collect();
    let took = on_processor(|| {
        for some in chosen.chunks(BATCH) {
            let mut batch = sled::Batch::default();
            for parent in some {
                let record = db.get(layout.key(*parent, b'p', 0)).unwrap().unwrap();
                assert_eq!(record.len(), RECORD);
                assert!(
                    db.get(layout.key(*parent, b'e', entries))
                        .unwrap()
                        .is_none()
                );
                if layout != Layout::Fewer {
                    assert!(
                        db.get(layout.key(*parent, b'r', entries))
                            .unwrap()
                            .is_none()
                    );
                }
                batch.insert(layout.key(*parent, b'p', 0), row(parent + 1, RECORD));
                put_entry(&mut batch, layout, *parent, entries);
                batch.insert(Layout::letter(*parent), row(*parent, LETTER));
            }
            db.apply_batch(batch).unwrap();
            db.flush().unwrap();
            // What became of the answers.
            let mut batch = sled::Batch::default();
            for parent in some {
                let letter = Layout::letter(*parent);
                assert!(db.get(&letter).unwrap().is_some());
                batch.remove(letter);
            }
            db.apply_batch(batch).unwrap();
            db.flush().unwrap();
        }
    });
    println!(
        "  {what}: {:.3} CPU s per 1000",
        took.as_secs_f64() / REPLIES as f64 * 1_000.0
    );
}

fn put_entry(batch: &mut sled::Batch, layout: Layout, parent: u64, number: u32) {
    let more = match layout {
        Layout::Apart | Layout::Beside => {
            batch.insert(layout.key(parent, b'r', number), row(parent, REFERENCE));
            0
        }
        Layout::Fewer => 16,
    };
    batch.insert(layout.key(parent, b'e', number), row(parent, ENTRY + more));
}

fn open(dir: &Path) -> sled::Db {
    let config = sled::Config::new().path(dir).cache_capacity(CACHE);
    config.flush_every_ms(None).open().unwrap()
}

/// How a parent is called.
fn hash(parent: u64) -> [u8; 16] {
    let hash = blake3::hash(&parent.to_be_bytes());
    *hash.as_bytes().first_chunk().unwrap()
}

/// A value of this length that no other parent has.
fn row(parent: u64, len: usize) -> Vec<u8> {
    let mut row = vec![0; len];
    let mut hash = blake3::Hasher::new();
    hash.update(&parent.to_be_bytes());
    hash.finalize_xof().fill(&mut row);
    row
}

/// How long this process has the processor for this.
fn on_processor(work: impl FnOnce()) -> Duration {
    let before = child::on_processor("/proc/self/stat");
    work();
    child::on_processor("/proc/self/stat") - before
}
