//! What was spoken: kept beside the entry, and gone with it.

use super::*;
use crate::{
    conversation::{Spoken, voice::LARGEST as LARGEST_VOICE},
    store::{
        engine::Order,
        layout::{self, KeyRange},
        record::ROW_MAX,
    },
};

const MARK: &[u8] = b"zilvervosgeluid";

/// So many bytes with a mark in them, again and again.
fn sound(bytes: usize) -> PrivateBytes {
    PrivateBytes::new(MARK.iter().copied().cycle().take(bytes).collect::<Vec<_>>())
}

fn spoken(id: u32, sounds: &[(i32, usize)]) -> Vec<JournalChange> {
    let mut kept = entry(id, &[]);
    let mut changes = Vec::new();
    for (message, bytes) in sounds {
        let message = MessageId(*message);
        kept.parts.push(Part {
            message,
            words: Words::default(),
            spoken: Some(Spoken {
                seconds: 42,
                bytes: u32::try_from(*bytes).unwrap(),
            }),
        });
        changes.push(JournalChange::PutSound(EntryId(id), message, sound(*bytes)));
    }
    changes.insert(0, JournalChange::Put(kept));
    changes
}

fn heard(draft: &Draft, id: ParentId, entry: u32, message: i32) -> Option<PrivateBytes> {
    let journal = draft.journal(id).unwrap();
    journal.sound(EntryId(entry), MessageId(message)).unwrap()
}

/// How many rows there are of sounds, pieces of them included.
fn rows(store: &Store) -> usize {
    let draft = store.draft();
    let of = |prefix: &[u8]| {
        let range = KeyRange::prefix(prefix);
        draft.scan(&range, Order::Ascending, usize::MAX).unwrap()
    };
    let pieces = of(b"xv");
    assert!(
        pieces
            .iter()
            .chain(&of(b"v"))
            .all(|(_, row)| row.len() <= ROW_MAX)
    );
    of(b"v").len() + pieces.len()
}

#[test]
fn sounds_of_every_size_come_back_and_old_entries_have_none() {
    let dir = tempfile::tempdir().unwrap();
    let sizes = [1, 100, ROW_MAX, 700_000, LARGEST_VOICE];
    let store = Store::open(dir.path(), &secret()).unwrap();
    let (id, _) = write_parent(&store, 7);
    for (number, size) in (2..).zip(sizes) {
        commit(&store, |draft| {
            draft.apply(id, &spoken(number, &[(9, size)])).unwrap()
        });
    }
    drop(store);
    let store = Store::open(dir.path(), &secret()).unwrap();
    let draft = store.draft();
    for (number, size) in (2..).zip(sizes) {
        assert!(
            heard(&draft, id, number, 9) == Some(sound(size)),
            "{size} bytes"
        );
    }
    assert_eq!(heard(&draft, id, 1, 1), None);
    assert_eq!(heard(&draft, id, 2, 8), None);
    // Nobody else hears it.
    let (other, _) = write_parent(&store, 8);
    assert_eq!(heard(&store.draft(), other, 2, 9), None);
    // The journal is read without it, and the entries are what they were.
    assert_eq!(entries(&draft, id).len(), 1 + sizes.len());
    assert_eq!(entries(&draft, id).pop(), Some(entry(1, &["rust"])));
}

#[test]
fn it_goes_with_its_entry_and_stays_when_the_entry_changes() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    commit(&store, |draft| {
        draft
            .apply(id, &spoken(2, &[(5, 20_000), (6, 10)]))
            .unwrap();
        draft.apply(id, &spoken(3, &[(7, 20_000)])).unwrap();
    });
    let all = rows(&store);
    commit(&store, |draft| {
        let changed = JournalChange::Put(entry(2, &["toch getypt"]));
        draft.apply(id, &[changed]).unwrap();
    });
    assert_eq!(rows(&store), all);
    assert_eq!(heard(&store.draft(), id, 2, 5), Some(sound(20_000)));

    commit(&store, |draft| {
        draft
            .apply(id, &[JournalChange::Erase(EntryId(2))])
            .unwrap()
    });
    let draft = store.draft();
    assert_eq!(
        (heard(&draft, id, 2, 5), heard(&draft, id, 2, 6)),
        (None, None)
    );
    assert_eq!(heard(&draft, id, 3, 7), Some(sound(20_000)));
    // Two thirds of it were of that entry: five rows of the long one, one of the short one.
    assert_eq!(rows(&store), all - 6);

    // Erased in the same draft in which it came.
    commit(&store, |draft| {
        draft.apply(id, &spoken(4, &[(8, 20_000)])).unwrap();
        draft
            .apply(id, &[JournalChange::Erase(EntryId(4))])
            .unwrap();
    });
    assert_eq!(rows(&store), all - 6);
}

#[test]
fn it_goes_with_its_part_and_the_entry_with_the_last_one() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    commit(&store, |draft| {
        draft
            .apply(id, &spoken(2, &[(5, 20_000), (6, 10)]))
            .unwrap();
    });
    let all = rows(&store);
    let erase = |message: i32| {
        let change = JournalChange::ErasePart(EntryId(2), MessageId(message));
        commit(&store, |draft| draft.apply(id, &[change]).unwrap());
    };
    erase(7);
    assert_eq!(rows(&store), all);
    erase(5);
    assert_eq!(rows(&store), all - 5);
    let left = &entries(&store.draft(), id)[0];
    assert_eq!(left.parts.len(), 1);
    assert_eq!(left.parts[0].message, MessageId(6));
    assert_eq!(heard(&store.draft(), id, 2, 6), Some(sound(10)));
    erase(6);
    assert_eq!(rows(&store), 0);
    assert_eq!(entries(&store.draft(), id), [entry(1, &["rust"])]);
}

#[test]
fn forgetting_a_parent_takes_all_of_it() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let (other, _) = write_parent(&store, 8);
    for parent in [id, other] {
        commit(&store, |draft| {
            draft
                .apply(parent, &spoken(2, &[(5, 20_000), (6, 10)]))
                .unwrap();
        });
    }
    let both = rows(&store);
    commit(&store, |draft| draft.forget(id).unwrap());
    assert_eq!(rows(&store), both / 2);
    assert_eq!(heard(&store.draft(), id, 2, 5), None);
    assert_eq!(heard(&store.draft(), other, 2, 5), Some(sound(20_000)));
}

#[test]
fn a_changed_or_missing_piece_is_no_sound() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    commit(&store, |draft| {
        draft.apply(id, &spoken(2, &[(5, 20_000)])).unwrap()
    });
    let key = layout::sound(id, EntryId(2), MessageId(5));
    let mut draft = store.draft();
    draft.batch.remove(layout::piece(&key, 1));
    let journal = draft.journal(id).unwrap();
    let missing = journal.sound(EntryId(2), MessageId(5)).unwrap_err();
    insta::assert_snapshot!(missing, @"voice note: piece 1 of 5 is missing");
}

#[test]
fn no_file_of_a_store_holds_it_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    let (id, _) = write_parent(&store, 7);
    commit(&store, |draft| {
        draft.apply(id, &spoken(2, &[(5, 300_000)])).unwrap()
    });
    drop(store);
    let files = files(dir.path());
    assert!(files.iter().any(|(_, bytes)| bytes.len() > 300_000));
    for (path, bytes) in files {
        assert!(!contains(&bytes, MARK), "{}", path.display());
    }
}
