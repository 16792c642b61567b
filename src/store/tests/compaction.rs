//! The journal is copied without what was overwritten and removed, while commits go on.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::*;

/// A process that dies leaves its files as they are at that moment.
fn killed(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(dir, copy.path());
    copy
}

/// The folders of journals that are there.
fn journals(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("journal"))
        .collect();
    names.sort();
    names
}

fn size(dir: &Path) -> usize {
    files(dir).iter().map(|(_, bytes)| bytes.len()).sum()
}

/// Writes entries of a parent.
fn write(store: &Store, chat: i64, entries: impl Iterator<Item = u32>) {
    commit(store, |draft| {
        let id = draft.parent_id(ChatId(chat));
        draft.put_parent(id, parent(chat, Some(chat))).unwrap();
        let changes: Vec<_> = entries
            .map(|number| JournalChange::Put(entry(number, &[&format!("rust {number}")])))
            .collect();
        draft.apply(id, &changes).unwrap();
    });
}

fn forget(store: &Store, chat: i64) {
    commit(store, |draft| {
        draft.forget(draft.parent_id(ChatId(chat))).unwrap()
    });
}

/// How many entries there are of each parent.
fn counts(store: &Store, chats: i64) -> Vec<usize> {
    let draft = store.draft();
    let count = |chat| entries(&draft, draft.parent_id(ChatId(chat))).len();
    (0..chats).map(count).collect()
}

#[test]
fn after_half_is_erased_a_copy_is_hardly_larger_than_a_fresh_store_with_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let (full, fresh) = (dir.path().join("full"), dir.path().join("fresh"));
    let store = Store::open(&full, &secret()).unwrap();
    for chat in 0..40 {
        write(&store, chat, 0..100);
    }
    let grown = size(&full.join("journal"));
    for chat in 0..20 {
        forget(&store, chat);
    }
    let upkeep = store.begin_compaction().unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    assert_eq!(journals(&full), ["journal.1"]);

    let rest = Store::open(&fresh, &secret()).unwrap();
    for chat in 20..40 {
        write(&rest, chat, 0..100);
    }
    let (copy, fresh) = (size(&full.join("journal.1")), size(&fresh.join("journal")));
    assert!(copy < grown, "{copy} bytes of {grown}");
    assert!(
        copy * 2 <= fresh * 3,
        "{copy} bytes, a fresh store has {fresh}"
    );
    let wanted: Vec<usize> = (0..40)
        .map(|chat| if chat < 20 { 0 } else { 100 })
        .collect();
    assert_eq!(counts(&store, 40), wanted);
    drop((upkeep, store));
    assert_eq!(counts(&Store::open(&full, &secret()).unwrap(), 40), wanted);
}

#[test]
fn a_copy_is_made_when_the_journal_has_outgrown_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    let keep_up = || {
        // The first thing to do is to wrap the keys.
        while let Some(upkeep) = store.upkeep(at(0)).unwrap() {
            while !upkeep.step().unwrap() {}
        }
        journals(dir.path())
    };
    write(&store, 7, 0..50);
    assert_eq!(keep_up(), ["journal"]);
    let mut copies = Vec::new();
    for round in 0..60 {
        for _ in 0..10 {
            write(&store, 7, 0..50);
        }
        let now = keep_up();
        assert_eq!(now.len(), 1, "{now:?}");
        if copies.last() != Some(&now) {
            copies.push(now);
        }
        // A bound that does not grow with what is written: twice what is needed, what is let be, and a round.
        assert!(size(dir.path()) < 6 << 20, "{round}: {}", size(dir.path()));
    }
    assert!(copies.len() > 2, "{copies:?}");
    assert_eq!(counts(&store, 8)[7], 50);
}

/// Between any two steps parents write and are erased, and the process is killed: nothing that was confirmed is lost, and nothing that was erased is back.
#[test]
fn commits_go_on_and_a_kill_at_any_step_loses_nothing() {
    const CHATS: i64 = 12;
    let mut chance = ChaCha8Rng::seed_from_u64(4);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    let mut wanted = vec![0; CHATS as usize];
    let mut live = |store: &Store, wanted: &mut Vec<usize>| {
        let chat = chance.random_range(0..CHATS);
        let there = &mut wanted[chat as usize];
        if chance.random_range(0..5) == 0 {
            forget(store, chat);
            *there = 0;
        } else {
            let first = u32::try_from(*there).unwrap();
            write(store, chat, first..first + 4);
            *there += 4;
        }
    };
    for _ in 0..60 {
        live(&store, &mut wanted);
    }
    let mut steps = 0;
    for round in 1..=2 {
        let upkeep = store.begin_compaction().unwrap().unwrap();
        loop {
            let done = upkeep.step().unwrap();
            steps += 1;
            let after = killed(dir.path());
            let next = Store::open(after.path(), &secret()).unwrap();
            assert_eq!(counts(&next, CHATS), wanted, "step {steps}");
            // It goes on from there, and what was left behind goes.
            next.upkeep(at(0)).unwrap();
            next.upkeep(at(0)).unwrap();
            live(&next, &mut wanted.clone());
            drop(next);
            if done {
                break;
            }
            for _ in 0..steps % 3 {
                live(&store, &mut wanted);
            }
        }
        assert_eq!(journals(dir.path()), [format!("journal.{round}")]);
        live(&store, &mut wanted);
        assert_eq!(counts(&store, CHATS), wanted);
    }
    assert!(steps > 10, "{steps}");
    drop(store);
    assert_eq!(
        counts(&Store::open(dir.path(), &secret()).unwrap(), CHATS),
        wanted
    );
}

#[test]
fn what_a_process_left_behind_does_not_count_and_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let store = Store::open(&path, &secret()).unwrap();
    write(&store, 1, 0..60);
    let upkeep = store.begin_compaction().unwrap().unwrap();
    assert_eq!(upkeep.step(), Ok(false));
    let half = killed(&path);
    assert_eq!(journals(half.path()), ["journal", "journal.1"]);
    while !upkeep.step().unwrap() {}
    drop((upkeep, store));

    // Killed while it copied; and killed before it removed the old one, here an empty one.
    fs::create_dir(path.join("journal")).unwrap();
    for (dir, journal) in [(half.path(), "journal"), (&path, "journal.1")] {
        let store = Store::open(dir, &secret()).unwrap();
        assert_eq!(counts(&store, 2)[1], 60);
        while let Some(upkeep) = store.upkeep(at(0)).unwrap() {
            while !upkeep.step().unwrap() {}
        }
        assert_eq!(journals(dir), [journal]);
        assert_eq!(counts(&store, 2)[1], 60);
    }
}

#[test]
fn a_copy_that_cannot_be_made_is_given_up_and_the_store_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    write(&store, 1, 0..60);
    fs::write(dir.path().join("journal.1"), "in the way").unwrap();
    assert!(matches!(
        store.begin_compaction(),
        Err(UpkeepError::PutOff(_))
    ));
    fs::remove_file(dir.path().join("journal.1")).unwrap();
    write(&store, 1, 60..70);
    // Begun and let go, and then begun anew.
    let given_up = store.begin_compaction().unwrap().unwrap();
    given_up.step().unwrap();
    let upkeep = store.begin_compaction().unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    write(&store, 1, 70..80);
    assert_eq!(counts(&store, 2)[1], 80);
    drop((given_up, upkeep, store));
    assert_eq!(
        counts(&Store::open(dir.path(), &secret()).unwrap(), 2)[1],
        80
    );
}

/// A copy may be larger than what it is made of, and parents write meanwhile.
#[test]
fn a_copy_is_made_only_where_it_leaves_room_for_commits() {
    const SPARE: u64 = 1 << 20;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    write(&store, 1, 0..60);
    let journal = size(&dir.path().join("journal")) as u64;
    let needed = journal + journal / 4 + SPARE;
    let begins_with = |free| {
        disk::FREE.set(Some(free));
        store.begin_compaction()
    };
    assert!(matches!(
        begins_with(needed - 1),
        Err(UpkeepError::PutOff(_))
    ));
    assert_eq!(journals(dir.path()), ["journal"]);

    // Somebody else fills the disk while it is being made.
    let given_up = begins_with(needed).unwrap().unwrap();
    disk::FREE.set(Some(SPARE));
    assert_eq!(given_up.step(), Ok(false));
    disk::FREE.set(Some(SPARE - 1));
    let failed = given_up.step();
    assert!(matches!(failed, Err(UpkeepError::PutOff(_))), "{failed:?}");
    assert_eq!(journals(dir.path()), ["journal"], "its room is free again");
    write(&store, 1, 60..70);

    let upkeep = begins_with(needed * 2).unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    assert_eq!(journals(dir.path()), ["journal.1"]);
    assert_eq!(counts(&store, 2)[1], 70);
}

#[test]
fn a_copy_that_cannot_be_finished_is_put_off_and_the_store_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &secret()).unwrap();
    write(&store, 1, 0..60);
    let given_up = store.begin_compaction().unwrap().unwrap();
    // What makes the copy count cannot be written, as on a full disk.
    fs::create_dir(dir.path().join("journal.1/complete.half")).unwrap();
    let failed = loop {
        match given_up.step() {
            Ok(done) => assert!(!done),
            Err(error) => break error,
        }
    };
    assert!(matches!(failed, UpkeepError::PutOff(_)), "{failed}");
    assert_eq!(journals(dir.path()), ["journal"]);
    write(&store, 1, 60..70);
    let upkeep = store.begin_compaction().unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    assert_eq!(journals(dir.path()), ["journal.1"]);
    drop((given_up, upkeep, store));
    let store = Store::open(dir.path(), &secret()).unwrap();
    assert_eq!(counts(&store, 2)[1], 70);
}
