//! Keys: in the keyring, and when they are destroyed.

use super::*;
use crate::store::keyring::{FreshKey, SLOT, Slot, Slots};

const PATH: &str = "";

fn ring(disk: &MemoryEngine) -> Keyring {
    Keyring::create(Box::new(disk.clone()), &secret().derive(), Path::new(PATH)).unwrap()
}

fn reopen(disk: &MemoryEngine, secret: &RootSecret) -> Result<Keyring, OpenError> {
    Keyring::open(Box::new(disk.clone()), &secret.derive(), Path::new(PATH))
}

fn id(number: u8) -> ParentId {
    ParentId([number; 16])
}

fn add(ring: &mut Keyring, parent: ParentId) -> (Slot, seal::Key) {
    let slot = ring.free_slot(0).unwrap();
    let key = seal::Key::random().unwrap();
    let fresh = FreshKey {
        slot,
        parent,
        key: key.clone(),
    };
    ring.replace(&[], &[fresh]).unwrap();
    (slot, key)
}

/// The keyring's file.
fn file(disk: &MemoryEngine) -> Box<dyn Slots> {
    disk.open(keyring::FILE).unwrap().unwrap()
}

fn bytes(disk: &MemoryEngine) -> Vec<u8> {
    let file = file(disk);
    let mut bytes = vec![0; usize::try_from(file.len().unwrap()).unwrap()];
    file.read_at(0, &mut bytes).unwrap();
    bytes
}

fn overwrite(disk: &MemoryEngine, position: usize, byte: u8) {
    let file = file(disk);
    file.write_at(position as u64, &[byte]).unwrap();
    file.sync().unwrap();
}

#[test]
fn a_key_comes_back_from_its_slot_and_only_for_its_parent() {
    let disk = MemoryEngine::new();
    let mut first = ring(&disk);
    let (slot, key) = add(&mut first, id(1));
    let (other, _) = add(&mut first, id(2));
    assert_ne!(slot, other);

    let ring = reopen(&disk, &secret()).unwrap();
    assert_eq!(ring.store_id(), first.store_id());
    assert_eq!(ring.slots(), 2);
    let found = ring.key(slot, id(1)).unwrap().unwrap();
    assert_eq!(found.bytes(), key.bytes());
    assert!(ring.key(slot, id(2)).unwrap().is_none());
    assert!(ring.key(Slot(2), id(1)).is_err());
    assert!(!contains(&bytes(&disk), key.bytes()));
}

#[test]
fn a_destroyed_key_is_gone_from_the_file_and_its_slot_is_used_again() {
    let disk = MemoryEngine::new();
    let mut ring = ring(&disk);
    let (slot, _) = add(&mut ring, id(1));
    let (kept, _) = add(&mut ring, id(2));
    let start = (slot.0 as usize + 1) * SLOT;
    let wrapped = bytes(&disk)[start + 1..start + 89].to_vec();

    ring.replace(&[(slot, id(1))], &[]).unwrap();
    let after = bytes(&disk);
    for part in wrapped.chunks(8) {
        assert!(!contains(&after, part));
    }
    assert!(ring.key(slot, id(1)).unwrap().is_none());
    assert!(ring.key(kept, id(2)).unwrap().is_some());

    let (again, _) = add(&mut ring, id(3));
    assert_eq!(again, slot);
    assert_eq!(ring.slots(), 2);
    // A record from before the erasure does not lead to who has the slot now, and forgetting it again leaves them alone.
    assert!(ring.key(slot, id(1)).unwrap().is_none());
    ring.replace(&[(slot, id(1))], &[]).unwrap();
    assert!(ring.key(slot, id(3)).unwrap().is_some());
}

#[test]
fn another_root_secret_is_told_from_damage() {
    let disk = MemoryEngine::new();
    drop(ring(&disk));
    let other = RootSecret::from_hex(&"5f".repeat(32)).unwrap();
    assert!(matches!(reopen(&disk, &other), Err(OpenError::WrongKey(_))));
    for position in 0..SLOT {
        let before = bytes(&disk)[position];
        overwrite(&disk, position, before ^ 0x40);
        let refused = reopen(&disk, &secret()).err().unwrap();
        assert!(
            matches!(
                refused,
                OpenError::Damaged { .. } | OpenError::NewerVersion { .. }
            ),
            "byte {position}: {refused}"
        );
        overwrite(&disk, position, before);
    }
    assert!(reopen(&disk, &secret()).is_ok());
}

#[test]
fn a_changed_slot_is_an_error_and_not_an_erased_parent() {
    let disk = MemoryEngine::new();
    let mut ring = ring(&disk);
    let (slot, _) = add(&mut ring, id(1));
    let start = (slot.0 as usize + 1) * SLOT;
    let found = |ring: &Keyring| ring.key(slot, id(1)).map(|key| key.is_some());
    for position in start + 17..start + 89 {
        let before = bytes(&disk)[position];
        overwrite(&disk, position, before ^ 1);
        assert!(found(&ring).is_err(), "byte {position}");
        overwrite(&disk, position, before);
    }
    assert_eq!(found(&ring), Ok(true));
    overwrite(&disk, start, 0);
    assert!(found(&ring).is_err());
    overwrite(&disk, start, 7);
    insta::assert_snapshot!(found(&ring).unwrap_err(), @"keyring: slot 0: it is marked 7");
}

#[test]
fn part_of_a_slot_at_the_end_is_never_used() {
    let disk = MemoryEngine::new();
    let mut first = ring(&disk);
    add(&mut first, id(1));
    for position in 0..50 {
        overwrite(&disk, 2 * SLOT + position, 1);
    }
    let mut ring = reopen(&disk, &secret()).unwrap();
    assert_eq!(add(&mut ring, id(2)).0, Slot(2));
    assert!(ring.key(Slot(1), id(1)).is_err());
}

#[test]
fn an_old_copy_of_the_journal_says_nothing_once_the_key_is_destroyed() {
    let dir = tempfile::tempdir().unwrap();
    let (now, before) = (dir.path().join("now"), dir.path().join("before"));
    let store = Store::open(&now, &secret()).unwrap();
    let (gone, _) = write_parent(&store, 7);
    let (stays, _) = write_parent(&store, 8);
    copy_folder(&now, &before);
    commit(&store, |draft| draft.forget(gone).unwrap());
    drop(store);

    // The journal of before, with the keyring of now.
    fs::copy(now.join("keyring"), before.join("keyring")).unwrap();
    let store = Store::open(&before, &secret()).unwrap();
    let mut draft = store.draft();
    assert_eq!(draft.parent(gone).unwrap(), None);
    assert_eq!(entries(&draft, gone), []);
    assert_eq!(entries(&draft, stays), [entry(1, &["rust"])]);
    // A letter to them is nobody's, and no damage.
    let outbox = store.outbox().unwrap();
    assert_eq!(outbox.unreadable, []);
    assert_eq!(outbox.pending.len(), 1);
    assert_eq!(outbox.pending[0].parent, stays);
    // What is left of them is swept away when they come back, or are forgotten once more.
    assert!(store.due(at(99), 9).unwrap().contains(&(at(7), gone)));
    draft.put_parent(gone, parent(7, None)).unwrap();
    assert_eq!(entries(&draft, gone), []);
    store.commit(draft).unwrap();
    assert_eq!(store.due(at(99), 9).unwrap(), [(at(8), stays)]);
    assert_eq!(store.outbox().unwrap().unreadable, []);
}

#[test]
fn the_key_file_is_made_once_and_is_its_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("voel-eerst.key");
    let made = RootSecret::load_or_create(&path, false).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.len(), 65);
    let read = RootSecret::load_or_create(&path, true).unwrap();
    let store = dir.path().join("store");
    drop(Store::open(&store, &made).unwrap());
    drop(Store::open(&store, &read).unwrap());
    let other = RootSecret::random().unwrap();
    assert!(matches!(
        Store::open(&store, &other),
        Err(OpenError::WrongKey(_))
    ));
    assert_eq!(format!("{made:?}"), "RootSecret(..)");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            RootSecret::load_or_create(&path, true),
            Err(OpenError::ExposedKey(_))
        ));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    for wrong in [b"geen sleutel".as_slice(), b"", &[0xff; 64]] {
        fs::write(&path, wrong).unwrap();
        let refused = RootSecret::load_or_create(&path, false).unwrap_err();
        assert!(matches!(refused, OpenError::BadKey(_)));
        assert_eq!(fs::read(&path).unwrap(), wrong);
    }

    fs::remove_file(&path).unwrap();
    let refused = RootSecret::load_or_create(&path, true).unwrap_err();
    assert!(matches!(refused, OpenError::MissingKey(_)));
    assert!(!path.exists());
}

#[test]
fn a_secret_is_64_hex_digits_and_nothing_else() {
    let good = "0123456789abcdefABCDEF9876543210".repeat(2);
    for (text, taken) in [
        (good.clone(), true),
        (format!(" {good}\r\n"), true),
        (good[1..].to_owned(), false),
        (format!("{good}0"), false),
        (good.replace('a', "g"), false),
        (good.replace("ab", "é"), false),
        (good.replacen("01", "+1", 1), false),
        (String::new(), false),
    ] {
        assert_eq!(RootSecret::from_hex(&text).is_some(), taken, "{text}");
    }
}
