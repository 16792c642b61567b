//! A disk that is damaged anywhere: rows, keyring, the key of its epoch, the log of erasures.
//!
//! An input is a list of damages, six bytes each: place (two bytes), what is done, where (two bytes), and a byte. Whatever they do, the
//! store does not open, or everything that it still gives is what was written: no other words, and never those of somebody else.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use voel_eerst::{
    conversation::{Entry, Journal},
    parent::{ChatId, Parent},
    store::{MemoryEngine, OpenError, RootSecret, Store},
};

use super::town::{self, MARK};

/// The most damages of one input.
const MOST: usize = 16;

/// What was written: each chat with what is kept of it.
type Kept = Vec<(ChatId, Option<Arc<Parent>>, Vec<Entry>)>;

/// The town's disk, whole, and what is on it. One input after the other: each puts back what it damaged.
static DISK: LazyLock<Mutex<(MemoryEngine, Kept)>> = LazyLock::new(|| {
    let (disk, store) = town::on_a_disk();
    let everybody = town::EVERYBODY.into_iter().chain([town::OTHER]);
    let mut draft = store.draft();
    let kept = everybody.map(|chat| {
        let id = draft.parent_id(chat);
        let parent = draft.parent(id).expect("a record");
        let journal = draft.journal(id).expect("a journal");
        let entries = journal.older(None, usize::MAX).expect("entries");
        (chat, parent, entries)
    });
    let kept = kept.collect();
    Mutex::new((disk, kept))
});

fn secret() -> RootSecret {
    RootSecret::from_hex(&"5e".repeat(32)).unwrap()
}

pub fn hold(bytes: &[u8]) {
    let held = DISK.lock().unwrap_or_else(PoisonError::into_inner);
    let (disk, kept) = &*held;
    let mut undo: Vec<(usize, Vec<u8>)> = Vec::new();
    for damage in bytes.chunks_exact(6).take(MOST) {
        let place = usize::from(u16::from_be_bytes([damage[0], damage[1]]));
        disk.damage(place, |content| {
            undo.push((place, content.clone()));
            let at = usize::from(u16::from_be_bytes([damage[3], damage[4]]));
            let at = at.min(content.len());
            match damage[2] % 5 {
                0 => content.truncate(at),
                1 => content.insert(at, damage[5]),
                2 => content.fill(damage[5]),
                3 => content.extend(std::iter::repeat_n(damage[5], at)),
                _ => {
                    if let Some(byte) = content.get_mut(at) {
                        *byte ^= damage[5];
                    }
                }
            }
        });
    }
    match Store::in_memory(disk, &secret()) {
        Ok(store) => gives_what_was_written(&store, kept),
        Err(error) => refuses_clearly(&error),
    }
    for (place, content) in undo.into_iter().rev() {
        disk.damage(place, |damaged| *damaged = content);
    }
}

/// One sentence that says what is wrong, and nothing of what is on the disk.
fn refuses_clearly(error: &OpenError) {
    let said = format!("{error} {error:?}");
    assert!(said.len() < 2_000 && !said.contains(MARK), "{said}");
}

fn gives_what_was_written(store: &Store, kept: &Kept) {
    let says_nothing = |error: &dyn std::fmt::Display| {
        let said = error.to_string();
        assert!(said.len() < 500 && !said.contains(MARK), "{said}");
    };
    let far = Timestamp::MAX;
    let _ = store.due(far, 100).map_err(|error| says_nothing(&error));
    let _ = store.next_due().map_err(|error| says_nothing(&error));
    let _ = store.time().map_err(|error| says_nothing(&error));
    match store.outbox() {
        Ok(outbox) => {
            assert!(outbox.pending.len() <= 1);
            outbox
                .unreadable
                .iter()
                .for_each(|(_, why)| says_nothing(why));
        }
        Err(error) => says_nothing(&error),
    }
    let mut draft = store.draft();
    let _ = draft.seen(7).map_err(|error| says_nothing(&error));
    let _ = draft.mark(8).map_err(|error| says_nothing(&error));
    for (chat, parent, entries) in kept {
        let id = draft.parent_id(*chat);
        match draft.parent(id) {
            Ok(None) => {}
            Ok(found) => assert!(found == *parent, "another record"),
            Err(error) => says_nothing(&error),
        }
        match draft
            .journal(id)
            .and_then(|journal| journal.older(None, usize::MAX))
        {
            Ok(found) => assert!(found.iter().all(|it| entries.contains(it)), "other words"),
            Err(error) => says_nothing(&error),
        }
        // A parent whose rows are damaged can be forgotten, and begin anew.
        match draft.forget(id) {
            Ok(_) => {
                draft.put_parent(id, Parent::stranger(*chat)).unwrap();
                let begun = draft.parent(id).unwrap();
                assert_eq!(begun.as_deref(), Some(&Parent::stranger(*chat)));
            }
            Err(error) => says_nothing(&error),
        }
    }
}
