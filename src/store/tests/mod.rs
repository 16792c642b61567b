//! Tests of the store as a whole. What belongs to one file is tested beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod agenda;
mod backup;
mod compaction;
mod counts;
mod damage;
mod drafts;
mod epochs;
mod fixture;
mod keys;
mod leaks;
mod model;
mod opening;
mod outbox;
mod power_cuts;
mod recent;
mod rekey;
mod remains;
mod sounds;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::date};

use super::*;
use crate::{
    conversation::{
        Class, Effect, Entry, EntryId, Journal, JournalChange, MessageRef, Outgoing, Part, Purpose,
    },
    parent::{MessageId, Parent, Planned, PrivateBytes, Words},
};

/// A root secret that is the same in every run.
fn secret() -> RootSecret {
    RootSecret::from_hex(&"5e".repeat(32)).unwrap()
}

fn in_memory() -> (MemoryEngine, Store) {
    let disk = MemoryEngine::new();
    let store = Store::in_memory(&disk, &secret()).unwrap();
    (disk, store)
}

/// All rows of a store.
fn rows(engine: &dyn Engine) -> Vec<engine::Row> {
    let everything = KeyRange::everything();
    engine
        .scan(&everything, Order::Ascending, usize::MAX)
        .unwrap()
}

/// 1 January 2026 and some seconds.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// A parent whose next prompt is due in the given second.
fn parent(chat: i64, due: Option<i64>) -> Parent {
    Parent {
        planned: due.map(|second| Planned {
            date: date(2026, 1, 1),
            slot: 0,
            at: at(second),
        }),
        ..Parent::stranger(ChatId(chat))
    }
}

fn entry(id: u32, texts: &[&str]) -> Entry {
    Entry {
        id: EntryId(id),
        day: date(2026, 1, 1),
        written: at(0),
        prompt: None,
        parts: (1..)
            .zip(texts)
            .map(|(number, text)| Part::typed(MessageId(number), Words::new(*text)))
            .collect(),
        heavy: false,
    }
}

fn message(text: &str) -> Outgoing {
    Outgoing {
        effect: Effect::Send {
            text: Words::new(text),
            keyboard: Default::default(),
            silent: false,
            reply_to: None,
        },
        class: Class::Interactive,
        purpose: Purpose::Plain,
        expires: None,
        quotes: false,
    }
}

/// One commit.
fn commit<T>(store: &Store, work: impl FnOnce(&mut Draft) -> T) -> T {
    let mut draft = store.draft();
    let done = work(&mut draft);
    store.commit(draft).unwrap();
    done
}

/// A parent with one entry, a link and a queued message.
fn write_parent(store: &Store, chat: i64) -> (ParentId, Seq) {
    commit(store, |draft| {
        let id = draft.parent_id(ChatId(chat));
        draft
            .put_parent(id, parent(chat, Some(chat % 1_000)))
            .unwrap();
        let changes = [
            JournalChange::Put(entry(1, &["rust"])),
            JournalChange::Link(MessageId(1), MessageRef::Part(EntryId(1))),
        ];
        draft.apply(id, &changes).unwrap();
        let seq = draft.queue(id, ChatId(chat), &message("dag")).unwrap();
        (id, seq)
    })
}

fn entries(draft: &Draft, id: ParentId) -> Vec<Entry> {
    draft.journal(id).unwrap().older(None, usize::MAX).unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        let target = to.join(found.file_name());
        if found.file_type().unwrap().is_dir() {
            copy_folder(&found.path(), &target);
        } else {
            fs::copy(found.path(), target).unwrap();
        }
    }
}

/// All files of a folder and what is in them.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for found in fs::read_dir(dir).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
