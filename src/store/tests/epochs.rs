//! Epochs: the keyring is wrapped anew, and older copies of it are worth nothing.

use super::*;
use crate::store::engine::SledEngine;
use crate::store::keyring::attack;

/// A day and a minute.
const A_DAY: i64 = 86_460;

/// Does all the upkeep that is due at this second. Says whether there was any.
fn keep_up(store: &Store, second: i64) -> Result<bool, UpkeepError> {
    let Some(upkeep) = store.upkeep(at(second))? else {
        return Ok(false);
    };
    while !upkeep.step()? {}
    Ok(true)
}

fn is_there(store: &Store, id: ParentId) -> bool {
    let mut draft = store.draft();
    let found = draft.parent(id).unwrap().is_some();
    assert_eq!(!entries(&draft, id).is_empty(), found);
    found
}

#[test]
fn an_epoch_lasts_for_half_a_day_whatever_the_clock_does() {
    let (disk, store) = in_memory();
    let id = write_parent(&store, 7).0;
    for (second, due) in [
        (0, true),
        (1, false),
        (12 * 3_600 - 1, false),
        (12 * 3_600, true),
        (12 * 3_600, false),
        (12 * 3_600 - 1, true),
    ] {
        assert_eq!(keep_up(&store, second), Ok(due), "{second}");
        assert!(is_there(&store, id));
    }
    // The next process knows when it began.
    let store = Store::in_memory(&disk, &secret()).unwrap();
    assert_eq!(keep_up(&store, 12 * 3_600), Ok(false));
    assert_eq!(keep_up(&store, A_DAY), Ok(true));
    assert!(is_there(&store, id));
}

#[test]
fn parents_come_and_go_while_the_keyring_is_written_anew() {
    let (disk, store) = in_memory();
    let mut there: Vec<ParentId> = (0..19).map(|chat| write_parent(&store, chat).0).collect();
    let mut gone = Vec::new();
    let upkeep = store.upkeep(at(0)).unwrap().unwrap();
    let mut chat = 19;
    while !upkeep.step().unwrap() {
        // One whose key was copied, one whose key was not, and two new ones, in a slot of theirs and in one behind all others.
        let last = there.len() - 1;
        for leaving in [there.remove(last), there.remove(0)] {
            commit(&store, |draft| draft.forget(leaving).unwrap());
            gone.push(leaving);
        }
        for _ in 0..3 {
            there.push(write_parent(&store, chat).0);
            chat += 1;
        }
    }
    assert!(gone.len() >= 8, "{}", gone.len());
    for store in [store, Store::in_memory(&disk, &secret()).unwrap()] {
        assert!(there.iter().all(|id| is_there(&store, *id)));
        assert!(!gone.iter().any(|id| is_there(&store, *id)));
    }
}

#[test]
fn a_damaged_key_stays_damaged_and_concerns_its_parent_alone() {
    let (disk, store) = in_memory();
    let damaged = write_parent(&store, 7).0;
    let other = write_parent(&store, 8).0;
    let file = disk.open(keyring::FILE).unwrap().unwrap();
    file.write_at(keyring::SLOT as u64 + 40, b"damage").unwrap();
    file.sync().unwrap();
    assert_eq!(keep_up(&store, 0), Ok(true));
    assert!(store.draft().parent(damaged).is_err());
    assert!(is_there(&store, other));
}

/// The power goes at every write that a renewal makes, and in every commit during one.
#[test]
fn a_renewal_is_safe_to_cut_off_at_any_write() {
    let writes = (1..).take_while(|write| {
        let points = [CrashPoint::Before(*write), CrashPoint::After(*write)];
        points.map(cut_off_at).contains(&true)
    });
    // The new file, its keys, the next epoch's key, the name, the old epoch's key.
    assert_eq!(writes.count(), 5);
}

/// Says whether the power was cut at all.
fn cut_off_at(point: CrashPoint) -> bool {
    let (disk, store) = in_memory();
    let there: Vec<ParentId> = (0..9).map(|chat| write_parent(&store, chat).0).collect();
    let gone = write_parent(&store, 9).0;
    commit(&store, |draft| draft.forget(gone).unwrap());
    keep_up(&store, 0).unwrap();
    let leaves = write_parent(&store, 10).0;

    disk.crash_renewal_at(point);
    let mut erased = false;
    let cut = match store.upkeep(at(A_DAY)) {
        Err(_) => true,
        Ok(upkeep) => {
            let upkeep = upkeep.unwrap();
            loop {
                match upkeep.step() {
                    Ok(false) if !erased => {
                        commit(&store, |draft| draft.forget(leaves).unwrap());
                        erased = true;
                    }
                    Ok(false) => {}
                    Ok(true) => break false,
                    Err(_) => break true,
                }
            }
        }
    };
    assert_eq!(cut, disk.is_down());
    disk.restore_power();
    let store = Store::in_memory(&disk, &secret()).unwrap();
    assert!(there.iter().all(|id| is_there(&store, *id)), "{point:?}");
    assert!(!is_there(&store, gone), "{point:?}");
    assert_eq!(is_there(&store, leaves), !erased, "{point:?}");

    // The next process puts in order what is left, and goes on: with one key on disk and one keyring.
    keep_up(&store, A_DAY).unwrap();
    assert_eq!(attack::epoch_keys(&disk.contents(), &secret()).len(), 1);
    assert!(disk.open("keyring.next").unwrap().is_none());
    assert_eq!(keep_up(&store, 2 * A_DAY), Ok(true), "{point:?}");
    assert!(there.iter().all(|id| is_there(&store, *id)), "{point:?}");
    cut
}

#[test]
fn an_older_keyring_or_epoch_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let store = Store::open(&path, &secret()).unwrap();
    write_parent(&store, 7);
    keep_up(&store, 0).unwrap();
    let older = dir.path().join("older");
    copy_folder(&path, &older);
    for days in 1..4 {
        keep_up(&store, days * A_DAY).unwrap();
        for name in ["keyring", "epoch"] {
            let mixed = dir.path().join("mixed");
            copy_folder(&path, &mixed);
            fs::copy(older.join(name), mixed.join(name)).unwrap();
            let error = Store::open(&mixed, &secret()).err().unwrap().to_string();
            let error = error.replace(&mixed.display().to_string(), "STORE");
            insta::allow_duplicates! {
                insta::assert_snapshot!(error, @"the store is damaged: the keyring beside it is of an epoch whose key it does not hold, as when one of the two is an older copy (STORE/epoch); nothing was changed, restore a backup with voel-eerst store restore");
            }
            fs::remove_dir_all(mixed).unwrap();
        }
    }
    fs::remove_file(older.join("epoch")).unwrap();
    let error = Store::open(&older, &secret()).err().unwrap().to_string();
    assert!(error.contains("the key of its epoch is missing"), "{error}");
}

#[test]
fn a_changed_epoch_is_refused() {
    let (disk, store) = in_memory();
    write_parent(&store, 7);
    let file = disk.open(keyring::EPOCH_FILE).unwrap().unwrap();
    // The first epoch has an odd number.
    for position in 4_096..4_096 + 192 {
        let mut byte = [0];
        file.read_at(position, &mut byte).unwrap();
        file.write_at(position, &[byte[0] ^ 0x40]).unwrap();
        file.sync().unwrap();
        let refused = Store::in_memory(&disk, &secret()).err().unwrap();
        assert!(
            matches!(refused, OpenError::Damaged { .. }),
            "{position}: {refused}"
        );
        file.write_at(position, &byte).unwrap();
        file.sync().unwrap();
    }
    assert!(Store::in_memory(&disk, &secret()).is_ok());
}

/// Somebody who has the root secret, all files of the store, and older copies of them.
struct Thief {
    files: Vec<(PathBuf, Vec<u8>)>,
    journals: Vec<PathBuf>,
}

impl Thief {
    /// How many rows about this parent they can read.
    fn reads(&self, chat: i64) -> usize {
        let contents: Vec<Vec<u8>> = self.files.iter().map(|(_, bytes)| bytes.clone()).collect();
        let epochs = attack::epoch_keys(&contents, &secret());
        let ids = epochs.first().expect("the epoch of now").ids.clone();
        let id = ids.of(ChatId(chat));
        let keys = attack::keys_of(&contents, &epochs, id);
        let mut read = 0;
        for journal in &self.journals {
            // Opening changes files: a copy for each look.
            let copy = tempfile::tempdir().unwrap();
            copy_folder(journal, copy.path());
            let engine = SledEngine::open(copy.path()).unwrap();
            let rows = rows(&engine);
            for (key, row) in rows {
                read += keys
                    .iter()
                    .filter(|seal_key| attack::opens(seal_key, &key, &row))
                    .count();
            }
        }
        read
    }
}

#[test]
fn with_the_root_secret_and_old_copies_nothing_of_an_erased_parent_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let (now, before) = (dir.path().join("now"), dir.path().join("before"));
    let store = Store::open(&now, &secret()).unwrap();
    keep_up(&store, 0).unwrap();
    let (erased, stays) = (write_parent(&store, 7).0, write_parent(&store, 8).0);
    copy_folder(&now, &before);
    commit(&store, |draft| draft.forget(erased).unwrap());
    let thief = || {
        // Of what was before: sled's files and the keyring. The epoch's key was never anywhere else.
        let mut found = files(&now);
        found.push((
            before.join("keyring"),
            fs::read(before.join("keyring")).unwrap(),
        ));
        found.extend(files(&before.join("journal")));
        Thief {
            files: found,
            journals: vec![now.join("journal"), before.join("journal")],
        }
    };

    // As long as the epoch lasts, the old keyring opens the old journal: so the thief knows the trade.
    assert!(thief().reads(7) >= 4);
    keep_up(&store, A_DAY).unwrap();
    assert_eq!(thief().reads(7), 0);
    assert!(thief().reads(8) >= 6, "the control is not read either");
    assert!(!is_there(&store, erased) && is_there(&store, stays));
    drop(store);
    assert_eq!(thief().reads(7), 0);
    assert!(thief().reads(8) >= 6);
}

#[test]
fn a_keyring_of_the_first_version_becomes_one_of_this_version() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-v1");
    let dir = tempfile::tempdir().unwrap();
    copy_folder(&fixture.join("store"), dir.path());
    let key = fs::read_to_string(fixture.join("key")).unwrap();
    let secret = RootSecret::from_hex(&key).unwrap();
    let chat = ChatId(7_463_128_905_417);
    let known = |store: &Store| {
        let id = store.parent_id(chat);
        assert!(store.draft().parent(id).unwrap().is_some());
        assert_eq!(entries(&store.draft(), id).len(), 2);
        id
    };
    let store = Store::open(dir.path(), &secret).unwrap();
    let id = known(&store);
    assert_eq!(
        fs::read(dir.path().join("keyring")).unwrap()[8..12],
        [0, 0, 0, 1]
    );
    assert_eq!(keep_up(&store, 0), Ok(true));
    assert_eq!(known(&store), id);
    assert_eq!(
        fs::read(dir.path().join("keyring")).unwrap()[8..12],
        [0, 0, 0, 2]
    );
    drop(store);
    let store = Store::open(dir.path(), &secret).unwrap();
    assert_eq!(known(&store), id);
    // Then the journal is copied: the versions before left in it what was erased.
    assert_eq!(keep_up(&store, 1), Ok(true));
    assert_eq!(keep_up(&store, 1), Ok(false));
    assert_eq!(known(&store), id);
}
