use super::*;
use crate::{conversation::PromptRef, store::record::ROW_MAX};

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let seq = {
        let store = Store::open(dir.path(), &secret()).unwrap();
        let (_, seq) = write_parent(&store, 7);
        commit(&store, |draft| {
            draft.mark(41).unwrap();
            draft.set_time(at(3)).unwrap();
        });
        seq
    };

    let store = Store::open(dir.path(), &secret()).unwrap();
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(7));
    assert_eq!(
        draft.parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(7)))
    );
    assert_eq!(entries(&draft, id), [entry(1, &["rust"])]);
    assert_eq!(
        draft.journal(id).unwrap().message(MessageId(1)).unwrap(),
        Some(MessageRef::Part(EntryId(1)))
    );
    assert!(draft.seen(41).unwrap() && !draft.seen(42).unwrap());
    assert_eq!(store.time().unwrap(), Some(at(3)));
    assert_eq!(store.due(at(7), 9).unwrap(), [(at(7), id)]);
    let pending = Pending {
        seq,
        parent: id,
        chat: ChatId(7),
        outgoing: message("dag"),
        claimed: false,
    };
    assert_eq!(store.outbox().unwrap().pending, [pending]);
}

#[test]
fn a_draft_sees_its_own_changes_and_nobody_else_does() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);

    let mut draft = store.draft();
    draft.put_parent(id, parent(7, Some(99))).unwrap();
    let changes = [
        JournalChange::Put(entry(2, &["rumoer"])),
        JournalChange::Put(entry(3, &["slaap"])),
        JournalChange::Erase(EntryId(1)),
        JournalChange::Unlink(MessageId(1)),
    ];
    draft.apply(id, &changes).unwrap();
    let journal = draft.journal(id).unwrap();
    let ids = |found: Vec<Entry>| found.iter().map(|entry| entry.id.0).collect::<Vec<_>>();
    assert_eq!(ids(journal.older(None, 9).unwrap()), [3, 2]);
    assert_eq!(ids(journal.older(None, 1).unwrap()), [3]);
    assert_eq!(ids(journal.older(Some(EntryId(3)), 9).unwrap()), [2]);
    assert_eq!(ids(journal.newer(EntryId(0), 9).unwrap()), [2, 3]);
    assert_eq!(ids(journal.newer(EntryId(2), 9).unwrap()), [3]);
    assert_eq!(journal.newer(EntryId(u32::MAX), 9).unwrap(), []);
    assert_eq!(journal.entry(EntryId(1)).unwrap(), None);
    assert_eq!(journal.message(MessageId(1)).unwrap(), None);
    assert_eq!(
        draft.parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(99)))
    );

    let mut other = store.draft();
    assert_eq!(
        other.parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(7)))
    );
    assert_eq!(entries(&other, id), [entry(1, &["rust"])]);
    drop(draft);
    assert_eq!(entries(&store.draft(), id), [entry(1, &["rust"])]);
}

#[test]
fn of_two_drafts_begun_together_only_one_is_committed() {
    let (_, store) = in_memory();
    let mut first = store.draft();
    let mut second = store.draft();
    first.mark(1).unwrap();
    second.mark(2).unwrap();
    store.commit(first).unwrap();
    assert_eq!(store.commit(second), Err(CommitError::Stale));
    assert!(!store.draft().seen(2).unwrap());
}

#[test]
fn a_stranger_has_an_empty_journal_and_nothing_to_write_into() {
    let (_, store) = in_memory();
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(7));
    assert_eq!(draft.parent(id).unwrap(), None);
    assert_eq!(entries(&draft, id), []);
    let put = [JournalChange::Put(entry(1, &["rust"]))];
    assert_eq!(draft.apply(id, &put), Err(DraftError::NoRecord));
    assert_eq!(
        draft.queue(id, ChatId(7), &message("dag")),
        Err(DraftError::NoRecord)
    );
    draft.forget(id).unwrap();
    store.commit(draft).unwrap();
}

#[test]
fn forgetting_leaves_nothing_of_one_parent_and_all_of_the_others() {
    let (disk, store) = in_memory();
    let (gone, _) = write_parent(&store, 7);
    let (stays, _) = write_parent(&store, 8);
    commit(&store, |draft| {
        let long = "lang ".repeat(4_000);
        draft
            .apply(gone, &[JournalChange::Put(entry(2, &[&long]))])
            .unwrap();
        let seq = draft.queue(gone, ChatId(7), &message(&long)).unwrap();
        draft.claim(seq).unwrap();
    });

    commit(&store, |draft| draft.forget(gone).unwrap());
    let mut draft = store.draft();
    assert_eq!(draft.parent(gone).unwrap(), None);
    assert_eq!(entries(&draft, gone), []);
    assert_eq!(entries(&draft, stays), [entry(1, &["rust"])]);
    assert_eq!(store.due(at(99), 9).unwrap(), [(at(8), stays)]);
    let outbox = store.outbox().unwrap();
    assert_eq!(outbox.pending.len(), 1);
    assert_eq!(outbox.unreadable, []);

    let rows = rows(&disk);
    assert!(rows.iter().all(|(key, _)| !contains(key, &gone.0)));
    assert!(rows.iter().all(|(key, _)| key[0] != b'c' && key[0] != b'x'));
}

#[test]
fn who_is_forgotten_and_comes_back_in_one_draft_begins_anew() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    commit(&store, |draft| {
        draft.forget(id).unwrap();
        draft.put_parent(id, parent(7, None)).unwrap();
        draft
            .apply(id, &[JournalChange::Put(entry(1, &["opnieuw"]))])
            .unwrap();
    });
    assert_eq!(entries(&store.draft(), id), [entry(1, &["opnieuw"])]);
    assert_eq!(store.next_due().unwrap(), None);

    commit(&store, |draft| {
        let other = draft.parent_id(ChatId(9));
        draft.put_parent(other, parent(9, None)).unwrap();
        draft.forget(other).unwrap();
        assert_eq!(draft.parent(other).unwrap(), None);
    });
    assert_eq!(entries(&store.draft(), id), [entry(1, &["opnieuw"])]);
}

#[test]
fn long_entries_come_back_whole_and_no_row_is_long() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let emoji = "🦔".repeat(4_096);
    let long = entry(2, &[emoji.as_str(); 20]);
    let shorter = entry(2, &[&emoji]);
    let rows = || rows(&disk);

    for expected in [&long, &shorter, &long] {
        commit(&store, |draft| {
            draft
                .apply(id, &[JournalChange::Put(expected.clone())])
                .unwrap();
            assert_eq!(
                draft.journal(id).unwrap().entry(EntryId(2)).unwrap(),
                Some(expected.clone())
            );
        });
        assert_eq!(
            store.draft().journal(id).unwrap().older(None, 1).unwrap(),
            std::slice::from_ref(expected)
        );
        assert!(rows().iter().all(|(_, value)| value.len() <= ROW_MAX));
        assert!(rows().iter().all(|(_, value)| value[0] == codec::VERSION));
    }

    commit(&store, |draft| {
        draft
            .apply(id, &[JournalChange::Put(entry(2, &["kort"]))])
            .unwrap();
    });
    assert!(rows().iter().all(|(key, _)| key[0] != b'x'));
}

#[test]
fn a_piece_that_is_missing_old_or_moved_is_noticed() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let emoji = "🦔".repeat(4_096);
    let write = |number| {
        commit(&store, |draft| {
            draft
                .apply(id, &[JournalChange::Put(entry(number, &[&emoji]))])
                .unwrap();
        });
    };
    let key = layout::entry(id, EntryId(2));
    let read = || store.draft().journal(id).unwrap().entry(EntryId(2));
    let change = |key: Vec<u8>, value: Option<Vec<u8>>| {
        let mut batch = engine::Batch::default();
        match value {
            Some(value) => batch.put(key, value),
            None => batch.remove(key),
        }
        disk.commit(&batch).unwrap();
    };

    write(2);
    let old_piece = disk.get(&layout::piece(&key, 1)).unwrap();
    write(2);
    assert!(read().unwrap().is_some());
    let first = disk.get(&key).unwrap();
    let piece = disk.get(&layout::piece(&key, 1)).unwrap();
    change(layout::piece(&key, 1), old_piece);
    assert!(read().is_err());
    change(layout::piece(&key, 1), None);
    assert!(read().is_err());
    change(layout::piece(&key, 1), piece);
    assert!(read().unwrap().is_some());

    let moved = layout::entry(id, EntryId(3));
    change(moved, first.clone());
    assert!(
        store
            .draft()
            .journal(id)
            .unwrap()
            .entry(EntryId(3))
            .is_err()
    );

    // A later version of the format, and a record cut short.
    let mut newer = first.clone().unwrap();
    newer[0] = codec::VERSION + 1;
    change(key.clone(), Some(newer));
    let reason = read().unwrap_err().to_string();
    insta::assert_snapshot!(reason, @"journal entry: expected version 1 of the format, found 2");
    change(key, Some(vec![codec::VERSION, 0]));
    assert!(read().is_err());
}

#[test]
fn what_stands_in_clear_beside_a_record_cannot_be_changed() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let key = layout::parent(id);
    let mut row = disk.get(&key).unwrap().unwrap();
    row[3 + 4 + 8] ^= 1; // the due second
    let mut batch = engine::Batch::default();
    batch.put(key, row);
    disk.commit(&batch).unwrap();
    let mut draft = store.draft();
    assert!(draft.parent(id).is_err());
    draft.forget(id).unwrap();
    assert_eq!(draft.parent(id).unwrap(), None);
}

#[test]
fn message_references_of_both_kinds_come_back() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let prompt = MessageRef::Prompt {
        prompt: PromptRef {
            id: "veilig-01".to_owned(),
            title: "Een deur op een kier".to_owned(),
        },
        entry: Some(EntryId(1)),
    };
    commit(&store, |draft| {
        draft
            .apply(id, &[JournalChange::Link(MessageId(-5), prompt.clone())])
            .unwrap();
    });
    let draft = store.draft();
    let journal = draft.journal(id).unwrap();
    assert_eq!(journal.message(MessageId(-5)).unwrap(), Some(prompt));
    assert_eq!(journal.message(MessageId(5)).unwrap(), None);
}
