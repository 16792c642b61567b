//! Changing the root secret.

use super::*;
use crate::store::keyring::attack;

fn other() -> RootSecret {
    RootSecret::from_hex(&"5f".repeat(32)).unwrap()
}

#[test]
fn a_changed_root_secret_alone_opens_the_store_and_everybody_is_there() {
    let (disk, store) = in_memory();
    let ids: Vec<ParentId> = (0..9).map(|chat| write_parent(&store, chat).0).collect();
    store.change_root(&other(), at(0)).unwrap();
    assert!(matches!(
        Store::in_memory(&disk, &secret()),
        Err(OpenError::WrongKey(_))
    ));
    assert!(attack::epoch_keys(&disk.contents(), &secret()).is_empty());
    let store = Store::in_memory(&disk, &other()).unwrap();
    for (chat, id) in (0..).zip(ids) {
        assert_eq!(store.parent_id(ChatId(chat)), id);
        assert_eq!(entries(&store.draft(), id).len(), 1);
    }
}

#[test]
fn cut_off_at_any_write_the_old_secret_or_the_new_one_opens_the_store() {
    let mut opened = [0, 0];
    for write in 1..=5 {
        for point in [CrashPoint::Before(write), CrashPoint::After(write)] {
            let (disk, store) = in_memory();
            let id = write_parent(&store, 7).0;
            disk.crash_renewal_at(point);
            let changed = store.change_root(&other(), at(0));
            assert_eq!(changed.is_err(), disk.is_down(), "{point:?}");
            disk.restore_power();
            let found = [secret(), other()].map(|secret| Store::in_memory(&disk, &secret).ok());
            for (count, store) in opened.iter_mut().zip(&found) {
                let Some(store) = store else { continue };
                assert_eq!(entries(&store.draft(), id).len(), 1);
                *count += 1;
            }
            let by = found.iter().filter(|store| store.is_some()).count();
            assert_eq!(by, 1, "{point:?}: one of the two, and not both");
            assert!(changed.is_err(), "{point:?}: the power was never cut");
        }
    }
    assert!(opened.iter().all(|count| *count > 2), "{opened:?}");
}

/// A folder with a store and its key file.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
        write_parent(&Store::open(&home.store(), &secret).unwrap(), 7);
        home
    }

    fn key_file(&self) -> PathBuf {
        self.0.path().join("key")
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("store")
    }

    fn rekey(&self) -> Result<Rekeyed, RekeyError> {
        rekey(&self.store(), None, &self.key_file(), at(0))
    }

    /// The store opens with this file's secret, and the parent is there.
    fn opens_with(&self, key_file: &Path) -> bool {
        let secret = RootSecret::load_or_create(key_file, true).unwrap();
        let Ok(store) = Store::open(&self.store(), &secret) else {
            return false;
        };
        entries(&store.draft(), store.parent_id(ChatId(7))).len() == 1
    }

    fn said(&self, error: impl ToString) -> String {
        let folder = self.0.path().display().to_string();
        error.to_string().replace(&folder, "HOME")
    }
}

#[test]
fn the_old_secret_stays_beside_the_new_one() {
    let home = Home::new();
    let before = fs::read(home.key_file()).unwrap();
    let done = home.rekey().unwrap();
    let old = home.0.path().join("key.old");
    assert_eq!(done.new, home.key_file());
    assert_eq!(done.old.as_ref(), Some(&old));
    assert!(home.opens_with(&home.key_file()) && !home.opens_with(&old));
    assert_eq!(fs::read(&old).unwrap(), before);
    assert!(!new_key_file(&home.key_file()).exists());

    insta::assert_snapshot!(home.said(home.rekey().unwrap_err()), @"HOME/key.old is still there from an earlier change: keep it as long as there are backups from before that change, but elsewhere; nothing was changed");
    assert!(home.opens_with(&home.key_file()));
    fs::remove_file(old).unwrap();
    home.rekey().unwrap();
    assert!(home.opens_with(&home.key_file()));
}

#[test]
fn wherever_it_was_interrupted_it_can_be_run_again() {
    // A new secret was made, and nothing else.
    let home = Home::new();
    let new = new_key_file(&home.key_file());
    let secret = RootSecret::load_or_create(&new, false).unwrap();
    let made = fs::read(&new).unwrap();
    home.rekey().unwrap();
    assert_eq!(fs::read(home.key_file()).unwrap(), made);
    assert!(home.opens_with(&home.key_file()));

    // The store was changed, and then nothing; or the old secret was put away too.
    for put_away in [false, true] {
        let home = Home::new();
        let new = new_key_file(&home.key_file());
        let made = RootSecret::load_or_create(&new, false).unwrap();
        let now = RootSecret::load_or_create(&home.key_file(), true).unwrap();
        let store = Store::open(&home.store(), &now).unwrap();
        store.change_root(&made, at(0)).unwrap();
        if put_away {
            fs::copy(home.key_file(), home.0.path().join("key.old")).unwrap();
        }
        home.rekey().unwrap();
        assert!(home.opens_with(&home.key_file()));
        assert!(!home.opens_with(&home.0.path().join("key.old")));
        assert!(!new.exists());
    }
    drop(secret);
}

#[test]
fn what_cannot_be_changed_is_left_as_it_is() {
    let home = Home::new();
    let error = rekey(
        &home.0.path().join("nowhere"),
        None,
        &home.key_file(),
        at(0),
    );
    insta::assert_snapshot!(home.said(error.unwrap_err()), @"there is no store in HOME/nowhere: name the folder of the store, or start the bot once");

    let key = fs::read(home.key_file()).unwrap();
    fs::write(home.key_file(), "5e".repeat(32)).unwrap();
    let before = files(home.0.path());
    insta::assert_snapshot!(home.said(home.rekey().unwrap_err()), @"the key does not belong to the store in HOME/store: give the key that this store was made with");
    assert!(files(home.0.path()) == before);
    fs::write(home.key_file(), key).unwrap();

    // Something stands where the new keyring would be written.
    fs::create_dir(home.store().join("keyring.next")).unwrap();
    let error = home.said(home.rekey().unwrap_err());
    assert!(
        error.starts_with("the old root secret opens the store as before: "),
        "{error}"
    );
    fs::remove_dir(home.store().join("keyring.next")).unwrap();
    assert!(home.opens_with(&home.key_file()));
    home.rekey().unwrap();
    assert!(home.opens_with(&home.key_file()));
}

#[test]
fn a_secret_that_was_given_is_changed_by_who_gave_it() {
    let home = Home::new();
    let given = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let elsewhere = home.0.path().join("elsewhere");
    let run = || rekey(&home.store(), Some(&given), &elsewhere, at(0)).unwrap();
    let done = run();
    assert_eq!(done.old, None);
    assert!(home.opens_with(&done.new) && !home.opens_with(&home.key_file()));
    // Run once more with the old secret, it finds that all is done.
    assert_eq!(run(), done);
    assert!(home.opens_with(&done.new));
}

#[test]
fn a_secret_is_not_changed_to_itself() {
    let home = Home::new();
    let given = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let elsewhere = home.0.path().join("elsewhere");
    // As after an earlier change, when the new secret was taken over and its file stayed.
    given.write(&new_key_file(&elsewhere)).unwrap();
    let before = files(home.0.path());
    let run = || rekey(&home.store(), Some(&given), &elsewhere, at(0));
    insta::assert_snapshot!(home.said(run().unwrap_err()), @"HOME/elsewhere.new holds the root secret that is in use, as it does when the new one of an earlier change was taken over and its file stayed: remove that file and run this again; nothing was changed");
    let without_mark = |found: Vec<(PathBuf, Vec<u8>)>| -> Vec<_> {
        let of_keys = |path: &Path| !path.starts_with(home.store().join("journal"));
        found
            .into_iter()
            .filter(|(path, _)| of_keys(path) && !path.ends_with("mark"))
            .collect()
    };
    assert!(without_mark(files(home.0.path())) == without_mark(before));
    fs::remove_file(new_key_file(&elsewhere)).unwrap();
    let done = run().unwrap();
    assert!(home.opens_with(&done.new) && !home.opens_with(&home.key_file()));
}
