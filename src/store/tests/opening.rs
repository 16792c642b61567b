//! Opening: what is refused, in which words, and that refusing changes nothing.

use super::*;
use crate::store::{engine::Batch, folder::Folder, mark::Mark};

/// A store with two parents, in a folder of its own: after a clean end, and as a process that was killed leaves it.
struct Stores {
    _dir: tempfile::TempDir,
    clean: PathBuf,
    killed: PathBuf,
}

fn stores() -> Stores {
    let dir = tempfile::tempdir().unwrap();
    let (clean, killed) = (dir.path().join("clean"), dir.path().join("killed"));
    // A first life, so that sled has a snapshot to start from.
    write_parent(&Store::open(&clean, &secret()).unwrap(), 6);
    let store = Store::open(&clean, &secret()).unwrap();
    write_parent(&store, 7);
    write_parent(&store, 8);
    copy_folder(&clean, &killed);
    drop(store);
    Stores {
        _dir: dir,
        clean,
        killed,
    }
}

fn open(dir: &Path) -> Result<Store, OpenError> {
    Store::open_with_patience(dir, &secret(), Duration::ZERO)
}

/// Opens a store that has to be refused, and says why, without the temporary folder's name.
fn refused(dir: &Path) -> String {
    let before = files(dir);
    let error = open(dir).err().expect("a store that is refused");
    assert!(files(dir) == before, "refusing changed files: {error}");
    error
        .to_string()
        .replace(&dir.display().to_string(), "STORE")
}

fn all_there(dir: &Path) {
    let store = Store::open(dir, &secret()).unwrap();
    for chat in [6, 7, 8] {
        let mut draft = store.draft();
        let id = draft.parent_id(ChatId(chat));
        assert!(draft.parent(id).unwrap().is_some());
        assert_eq!(entries(&draft, id), [entry(1, &["rust"])]);
    }
}

#[test]
fn a_store_opens_after_a_clean_end_and_after_a_kill() {
    let stores = stores();
    for dir in [&stores.clean, &stores.killed] {
        assert!(Store::exists(dir));
        all_there(dir);
        all_there(dir);
    }
    assert!(!Store::exists(&stores.clean.join("elsewhere")));
}

#[test]
fn a_second_process_is_told_so_and_sweeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let half = dir.path().join("journal/snap.00000000000000FF.generating");
    fs::write(&half, "half").unwrap();
    insta::assert_snapshot!(
        refused(dir.path()),
        @"the store in STORE is in use by another process: stop that one first, or name another folder"
    );
    assert!(half.exists());
    drop(store);
}

#[test]
fn the_lock_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let path = dir.path().to_owned();
    let waiting = std::thread::spawn(move || Store::open(&path, &secret()).is_ok());
    drop(store);
    assert!(waiting.join().unwrap());
}

#[test]
fn a_half_written_snapshot_is_swept_away() {
    let stores = stores();
    let half = stores
        .killed
        .join("journal/snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&half, "half").unwrap();
    all_there(&stores.killed);
    assert!(!half.exists());
}

#[test]
fn a_wrong_key_is_refused() {
    let stores = stores();
    let other = RootSecret::from_hex(&"5f".repeat(32)).unwrap();
    let before = files(&stores.clean);
    let error = Store::open(&stores.clean, &other).err().unwrap();
    assert!(matches!(error, OpenError::WrongKey(_)));
    let error = error
        .to_string()
        .replace(&stores.clean.display().to_string(), "STORE");
    insta::assert_snapshot!(
        error,
        @"the key does not belong to the store in STORE: give the key that this store was made with"
    );
    assert!(files(&stores.clean) == before);
    all_there(&stores.clean);
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let stores = stores();
    let path = stores.clean.join("keyring");
    let mut bytes = fs::read(&path).unwrap();
    bytes[11] = 3;
    fs::write(&path, bytes).unwrap();
    insta::assert_snapshot!(
        refused(&stores.clean),
        @"STORE/keyring was written by a newer version of voel-eerst (format 3, this version knows up to 2): start that version instead"
    );

    let (disk, store) = in_memory();
    drop(store);
    let mut row = disk.get(layout::STORE).unwrap().unwrap();
    row[0] = 2;
    let mut batch = Batch::default();
    batch.put(layout::STORE.to_vec(), row);
    disk.commit(&batch).unwrap();
    assert!(matches!(
        Store::in_memory(&disk, &secret()),
        Err(OpenError::NewerVersion { found: 2, .. })
    ));
}

#[test]
fn what_changed_after_a_clean_end_is_refused_before_sled_sees_it() {
    let stores = stores();
    let names: Vec<PathBuf> = files(&stores.clean)
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.starts_with(stores.clean.join("journal")) || path.ends_with("keyring"))
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    for path in names {
        let good = fs::read(&path).unwrap();
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        fs::write(&path, flipped).unwrap();
        let words = refused(&stores.clean);
        assert!(
            words.contains("its files are not what the last run left behind"),
            "{words}"
        );
        fs::write(&path, good).unwrap();
    }
    all_there(&stores.clean);
}

/// Damages the journal of a killed process in many places: it is refused, and left as it is, or everything is there.
#[test]
fn damage_after_a_kill_never_costs_an_entry_in_silence() {
    let stores = stores();
    let db = stores.killed.join("journal/db");
    let good = fs::read(&db).unwrap();
    let snapshot = files(&stores.killed);
    // sled fills its file with zeros to a round size.
    let used = good.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut refusals = 0;
    for part in 0..12 {
        let position = part * used / 12;
        let mut zeroed = good.clone();
        let end = (position + 512).min(used);
        zeroed[position..end].fill(0);
        let mut garbage = good.clone();
        garbage[position..end].fill(0xa5);
        for bytes in [&good[..position], &zeroed, &garbage] {
            for (path, bytes) in &snapshot {
                fs::write(path, bytes).unwrap();
            }
            fs::write(&db, bytes).unwrap();
            let before = files(&stores.killed);
            match open(&stores.killed) {
                Ok(store) => {
                    drop(store);
                    all_there(&stores.killed);
                    fs::remove_dir_all(stores.killed.join("journal")).unwrap();
                    fs::create_dir(stores.killed.join("journal")).unwrap();
                }
                Err(OpenError::Damaged { .. }) => {
                    refusals += 1;
                    assert!(files(&stores.killed) == before);
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(refusals > 20, "only {refusals}");
}

#[test]
fn other_damage_after_a_kill_is_refused_in_words_that_help() {
    let stores = stores();
    let with = |name: &str, change: &dyn Fn(&Path)| {
        let dir = stores.killed.join("..").join("damaged");
        copy_folder(&stores.killed, &dir);
        change(&dir.join(name));
        let words = refused(&dir);
        fs::remove_dir_all(dir).unwrap();
        words
    };
    let remove = |path: &Path| fs::remove_file(path).unwrap();
    insta::assert_snapshot!(
        with("keyring", &remove),
        @"the store is damaged: there is a journal, but the keyring beside it is missing (STORE/keyring); nothing was changed, restore a backup with voel-eerst store restore"
    );
    insta::assert_snapshot!(
        with("keyring", &|path| fs::write(path, "").unwrap()),
        @"the store is damaged: the keyring has 0 bytes, less than its header of 128 (STORE/keyring); nothing was changed, restore a backup with voel-eerst store restore"
    );
    insta::assert_snapshot!(
        with("keyring", &|path| fs::write(path, [7; 512]).unwrap()),
        @"the store is damaged: the keyring does not begin as a keyring does (STORE/keyring); nothing was changed, restore a backup with voel-eerst store restore"
    );
    let cut = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 40]).unwrap();
    };
    insta::assert_snapshot!(
        with("keyring", &cut),
        @"the store is damaged: the keyring is shorter than the 3 keys that were written to it (STORE); nothing was changed, restore a backup with voel-eerst store restore"
    );
    insta::assert_snapshot!(
        with("journal/conf", &|path| fs::write(path, "garbage, garbage").unwrap()),
        @"the store is damaged: sled finds its pages corrupted (STORE/journal); nothing was changed, restore a backup with voel-eerst store restore"
    );
    insta::assert_snapshot!(
        with("journal", &|path| fs::remove_dir_all(path).unwrap()),
        @"the store is damaged: there is a keyring, but the journal beside it is missing (STORE/journal); nothing was changed, restore a backup with voel-eerst store restore"
    );
    insta::assert_snapshot!(
        with("journal/db", &|path| fs::write(path, "").unwrap()),
        @"the store is damaged: its latest segment is missing (STORE/journal/db); nothing was changed, restore a backup with voel-eerst store restore"
    );
}

#[test]
fn the_keyring_of_another_store_is_refused() {
    let stores = stores();
    let other = tempfile::tempdir().unwrap();
    write_parent(&Store::open(other.path(), &secret()).unwrap(), 9);
    fs::copy(other.path().join("keyring"), stores.killed.join("keyring")).unwrap();
    assert!(refused(&stores.killed).contains("the keyring belongs to another store"));
}

#[test]
fn an_older_journal_under_a_newer_mark_is_refused() {
    let stores = stores();
    let store = Store::open(&stores.clean, &secret()).unwrap();
    let before = stores.clean.join("../before");
    copy_folder(&stores.clean, &before);
    write_parent(&store, 9);
    fs::copy(stores.clean.join("mark"), before.join("mark")).unwrap();
    fs::copy(stores.clean.join("keyring"), before.join("keyring")).unwrap();
    assert!(refused(&before).contains("and confirmed commits lie behind it"));
    // Where the log alone does not show it, the count does.
    let mark = before.join("mark");
    let mut file = fs::File::options()
        .read(true)
        .write(true)
        .open(&mark)
        .unwrap();
    Mark {
        commits: 4,
        ..Mark::default()
    }
    .write(&mut file)
    .unwrap();
    assert!(refused(&before).contains("the journal ends at commit 3, but commit 4 was confirmed"));
    // Without the mark it is a backup like any other.
    fs::remove_file(before.join("mark")).unwrap();
    all_there(&before);
}

#[test]
fn a_process_that_died_while_it_made_the_store_is_made_good() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("keyring"), [0; 60]).unwrap();
    drop(open(dir.path()).unwrap());

    // The keyring is whole, and the journal not begun.
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::lock(dir.path(), Duration::ZERO).unwrap();
    drop(folder.keyring(&secret().derive()).unwrap());
    drop(folder);
    drop(open(dir.path()).unwrap());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open(&file.join("store")).err().unwrap();
    assert!(matches!(error, OpenError::Access { .. }));
    assert!(error.to_string().starts_with("cannot make the folder "));
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    drop(open(&store).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store), 0o700);
    assert_eq!(mode(&store.join("keyring")), 0o600);
    let journal = store.join("journal");
    assert_eq!(mode(&journal), 0o700);
    // sled's files are not: an earlier version left their folder to everybody.
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o755)).unwrap();
    drop(open(&store).unwrap());
    assert_eq!(mode(&journal), 0o700);
    // So are later journals.
    let opened = open(&store).unwrap();
    let upkeep = opened.begin_compaction().unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    assert_eq!(mode(&store.join("journal.1")), 0o700);
}

/// sled takes a damaged message in its log for the end of that segment and goes on behind it, without a word.
#[test]
fn damage_in_a_long_log_never_costs_an_entry_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let (life, killed) = (dir.path().join("life"), dir.path().join("killed"));
    let store = Store::open(&life, &secret()).unwrap();
    let long = "rust ".repeat(800);
    // Long enough that sled was opened anew in between, and that several segments are to be replayed now.
    let replayed =
        |segments: &[engine::Segment]| segments.iter().filter(|one| one.replayed).count();
    let mut parents = 0;
    let mut segments = Vec::new();
    while replayed(&segments) < 2 || segments.len() < 5 {
        let (id, _) = write_parent(&store, parents);
        commit(&store, |draft| {
            for number in 2..8 {
                let change = JournalChange::Put(entry(number, &[&long]));
                draft.apply(id, &[change]).unwrap();
            }
        });
        parents += 1;
        segments = engine::segments(&life.join("journal")).unwrap();
    }
    copy_folder(&life, &killed);
    drop(store);

    let snapshot = files(&killed);
    let db = killed.join("journal/db");
    let good = fs::read(&db).unwrap();
    let mark = Mark::parse(&fs::read(killed.join("mark")).unwrap()).unwrap();
    let (replayed, older): (Vec<_>, Vec<_>) =
        segments.into_iter().partition(|segment| segment.replayed);
    let damaged = |place: u64| {
        let mut bytes = good.clone();
        let place = usize::try_from(place).unwrap();
        bytes[place..place + 16]
            .iter_mut()
            .for_each(|byte| *byte ^= 0x5a);
        fs::write(&db, bytes).unwrap();
    };

    // In the part that sled replays, every byte before the latest confirmed commit counts.
    for segment in replayed {
        let used = engine::SEGMENT.min(mark.log_end - segment.position) - 50;
        for part in 0..=6 {
            damaged(segment.place + part * used / 6);
            let words = refused(&killed);
            assert!(words.contains("STORE/journal/db"), "{words}");
        }
    }

    // In older parts, what was damaged says so when it is read, and all the rest is there.
    for segment in older {
        damaged(segment.place + engine::SEGMENT / 3);
        if let Ok(store) = open(&killed) {
            for chat in 0..parents {
                let mut draft = store.draft();
                let id = draft.parent_id(ChatId(chat));
                let Ok(record) = draft.parent(id) else {
                    continue;
                };
                assert!(record.is_some(), "a parent is gone");
                if let Ok(entries) = draft.journal(id).unwrap().older(None, usize::MAX) {
                    assert_eq!(entries.len(), 7, "entries are gone");
                }
            }
        }
        fs::remove_dir_all(&killed).unwrap();
        fs::create_dir_all(killed.join("journal/blobs")).unwrap();
        for (path, bytes) in &snapshot {
            fs::write(path, bytes).unwrap();
        }
    }
}
