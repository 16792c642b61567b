//! Records that are known from earlier commits: they say what the rows say, and go when the parent does.

use super::*;

fn known(store: &Store) -> usize {
    store.0.recent().len()
}

#[test]
fn a_record_is_known_after_the_commit_that_wrote_or_read_it_and_by_no_draft_that_only_reads() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    assert_eq!(known(&store), 1);

    let store = Store::in_memory(&disk, &secret()).unwrap();
    let read = store.draft().parent(id).unwrap();
    assert_eq!((read.is_some(), known(&store)), (true, 0));
    commit(&store, |draft| {
        assert_eq!(draft.parent(id).unwrap(), read);
        draft.mark(1).unwrap()
    });
    assert_eq!(known(&store), 1);
    assert_eq!(store.draft().parent(id).unwrap(), read);
}

#[test]
fn what_is_known_gives_way_to_what_is_stored() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let mut dropped = store.draft();
    dropped.put_parent(id, parent(7, Some(50))).unwrap();
    assert_eq!(
        dropped.parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(50)))
    );
    drop(dropped);
    assert_eq!(
        store.draft().parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(7)))
    );

    commit(&store, |draft| {
        draft.put_parent(id, parent(7, Some(60))).unwrap();
    });
    assert_eq!(
        store.draft().parent(id).unwrap().as_deref(),
        Some(&parent(7, Some(60)))
    );
}

#[test]
fn a_row_that_is_no_longer_as_it_was_written_is_not_taken_for_the_record_that_is_known() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let rows = rows(&disk);
    let place = rows.iter().position(|(key, _)| key[0] == b'p').unwrap();
    disk.damage(place, |value| *value.last_mut().unwrap() ^= 1);
    assert!(store.draft().parent(id).is_err());
}

#[test]
fn of_who_is_forgotten_nothing_is_known_and_their_key_opens_nothing() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let (other, _) = write_parent(&store, 8);
    // Somebody reads while the parent is being forgotten.
    let mut reader = store.draft();
    assert!(reader.parent(id).unwrap().is_some());
    commit(&store, |draft| draft.forget(id).unwrap());
    drop(reader);
    assert_eq!(known(&store), 1);
    assert_eq!(store.draft().parent(id).unwrap(), None);
    assert_eq!(entries(&store.draft(), id), []);
    assert!(store.draft().parent(other).unwrap().is_some());
}

#[test]
fn a_store_that_gives_up_knows_nothing() {
    let (disk, store) = in_memory();
    write_parent(&store, 7);
    disk.crash_at(CrashPoint::Before(1));
    let mut draft = store.draft();
    draft.mark(1).unwrap();
    assert!(store.commit(draft).is_err());
    assert_eq!(known(&store), 0);
}

#[test]
fn with_the_key_of_the_keyring_everything_that_is_known_goes() {
    let (_, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let upkeep = store.upkeep(at(0)).unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    assert_eq!(known(&store), 0);
    assert!(store.draft().parent(id).unwrap().is_some());
}

#[test]
fn only_so_many_are_known_and_a_long_record_never() {
    let (_, store) = in_memory();
    for chat in 0..1_200 {
        commit(&store, |draft| {
            let id = draft.parent_id(ChatId(chat));
            draft.put_parent(id, parent(chat, None)).unwrap();
        });
        assert!(known(&store) <= 512);
    }
    let mut long = parent(7_000, None);
    long.language = Some("x".repeat(20_000));
    let before = known(&store);
    commit(&store, |draft| {
        let id = draft.parent_id(ChatId(7_000));
        draft.put_parent(id, long.clone()).unwrap();
    });
    assert_eq!(known(&store), before);
    let id = store.parent_id(ChatId(7_000));
    assert_eq!(store.draft().parent(id).unwrap().as_deref(), Some(&long));
}
