use super::*;

fn counts(parents: u64, prompts: u64, in_doubt: u64, replies: u64) -> Counts {
    Counts {
        parents,
        prompts,
        in_doubt,
        replies,
        since: Some(at(7)),
    }
}

/// A store with three parents, and totals of each kind.
fn counted() -> (MemoryEngine, Store) {
    let (disk, store) = in_memory();
    assert_eq!(store.counts(), Counts::default());
    commit(&store, |draft| draft.set_time(at(7)).unwrap());
    for chat in 1..=3 {
        write_parent(&store, chat);
    }
    commit(&store, |draft| {
        draft.set_time(at(8)).unwrap();
        for counted in [
            Counted::Prompt,
            Counted::Prompt,
            Counted::InDoubt,
            Counted::Reply,
        ] {
            draft.count(counted);
        }
    });
    assert_eq!(store.counts(), counts(3, 2, 1, 1));
    (disk, store)
}

#[test]
fn totals_are_as_durable_as_what_they_count() {
    let (disk, store) = counted();
    drop(store);
    let store = Store::in_memory(&disk, &secret()).unwrap();
    assert_eq!(store.counts(), counts(3, 2, 1, 1));

    // A draft that is dropped counts nothing, and a record that changes is no new parent.
    let mut draft = store.draft();
    draft.count(Counted::Reply);
    drop(draft);
    write_parent(&store, 2);
    assert_eq!(store.counts(), counts(3, 2, 1, 1));

    // Forgotten and back, or come and gone, in one commit.
    commit(&store, |draft| {
        let id = draft.parent_id(ChatId(2));
        draft.forget(id).unwrap();
        draft.put_parent(id, parent(2, None)).unwrap();
        let id = draft.parent_id(ChatId(9));
        draft.put_parent(id, parent(9, None)).unwrap();
        draft.forget(id).unwrap();
        draft.forget(id).unwrap();
    });
    assert_eq!(store.counts(), counts(3, 2, 1, 1));
}

#[test]
fn when_nobody_is_left_nothing_is_left_of_them() {
    let (disk, store) = counted();
    for (chat, left) in [(1, counts(2, 2, 1, 1)), (2, counts(1, 2, 1, 1))] {
        commit(&store, |draft| {
            draft.forget(draft.parent_id(ChatId(chat))).unwrap();
        });
        assert_eq!(store.counts(), left);
    }
    commit(&store, |draft| {
        draft.forget(draft.parent_id(ChatId(3))).unwrap();
        draft.count(Counted::Prompt);
    });
    assert_eq!(store.counts(), Counts::default());
    drop(store);
    let store = Store::in_memory(&disk, &secret()).unwrap();
    assert_eq!(store.counts(), Counts::default());
}

#[test]
fn a_store_without_totals_is_counted_once() {
    let (disk, store) = in_memory();
    for chat in 0..600 {
        commit(&store, |draft| {
            let id = draft.parent_id(ChatId(chat));
            draft.put_parent(id, parent(chat, None)).unwrap();
        });
    }
    let mut without = engine::Batch::default();
    without.remove(layout::COUNTS.to_vec());
    disk.commit(&without).unwrap();
    drop(store);

    let store = Store::in_memory(&disk, &secret()).unwrap();
    assert_eq!(store.counts().parents, 600);
    assert_eq!(disk.get(layout::COUNTS).unwrap(), None);
    commit(&store, |draft| draft.set_time(at(9)).unwrap());
    assert!(disk.get(layout::COUNTS).unwrap().is_some());
    assert_eq!(store.counts().since, Some(at(9)));
}
