//! Tests of the store as a whole. What belongs to one file is tested beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod drafts;

use jiff::{Timestamp, civil::date};

use super::*;
use crate::{
    conversation::{Class, Effect, Entry, EntryId, Journal, Outgoing, Part, Purpose},
    parent::{MessageId, Parent, Planned, Words},
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
            .map(|(number, text)| Part {
                message: MessageId(number),
                words: Words::new(*text),
            })
            .collect(),
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
    }
}

/// One commit.
fn commit<T>(store: &Store, work: impl FnOnce(&mut Draft) -> T) -> T {
    let mut draft = store.draft();
    let done = work(&mut draft);
    store.commit(draft).unwrap();
    done
}
