//! What remains in the files of words that were erased while the key to them stays: nothing, when the next epoch has copied the journal.

use std::collections::BTreeSet;

use super::*;
use crate::parent::OwnPrompts;

/// Seconds of an epoch.
const EPOCH: i64 = 12 * 60 * 60;

const CHAT: i64 = 7;

/// A store in its second epoch, as any is that has run.
struct Home {
    dir: tempfile::TempDir,
    store: Store,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), &secret()).unwrap();
        let home = Self { dir, store };
        home.keep_up(0);
        home
    }

    /// Does all the upkeep that is due at this second.
    fn keep_up(&self, second: i64) {
        keep_up(&self.store, second);
    }

    /// The sealed values that are in the store, by the first letter of their keys: of a journal (`e`, `v`), of records (`p`), of letters (`o`), and pieces of them (`x`).
    fn sealed(&self) -> BTreeSet<(u8, Vec<u8>)> {
        rows(&*self.store.0.engine)
            .into_iter()
            .filter(|(key, _)| b"evpox".contains(&key[0]))
            // In front is what every row begins with.
            .map(|(key, value)| (key[0], value[20..].to_vec()))
            .collect()
    }

    /// Does something, and says which sealed values are in no row after it that were in one before.
    fn lost_by(&self, change: impl FnOnce(&mut Draft, ParentId)) -> BTreeSet<(u8, Vec<u8>)> {
        let before = self.sealed();
        commit(&self.store, |draft| {
            let id = draft.parent_id(ChatId(CHAT));
            change(draft, id);
        });
        &before - &self.sealed()
    }

    /// How many of these values are in a file of the store.
    fn found(&self, values: &BTreeSet<(u8, Vec<u8>)>) -> usize {
        found_in(self.dir.path(), values)
    }

    /// The name of the journal that is the store's.
    fn journal(&self) -> String {
        let folder = self.store.0.folder.as_ref().unwrap();
        let path = folder.journals.current();
        path.file_name().unwrap().to_str().unwrap().to_owned()
    }
}

fn keep_up(store: &Store, second: i64) {
    while let Some(upkeep) = store.upkeep(at(second)).unwrap() {
        while !upkeep.step().unwrap() {}
    }
}

fn found_in(dir: &Path, values: &BTreeSet<(u8, Vec<u8>)>) -> usize {
    let files = files(dir);
    let is_there = |value: &[u8]| files.iter().any(|(_, bytes)| contains(bytes, value));
    values.iter().filter(|(_, value)| is_there(value)).count()
}

fn put(entries: impl IntoIterator<Item = Entry>) -> Vec<JournalChange> {
    entries.into_iter().map(JournalChange::Put).collect()
}

#[test]
fn what_was_erased_or_replaced_is_in_no_file_after_the_next_epoch() {
    let home = Home::new();
    let long = "wat er was ".repeat(2_000);
    let own = |prompts: &[&str]| {
        let mut own = OwnPrompts::default();
        for prompt in prompts {
            own.add(Words::new(*prompt));
        }
        Parent {
            own,
            ..parent(CHAT, None)
        }
    };
    let letter = commit(&home.store, |draft| {
        let id = draft.parent_id(ChatId(CHAT));
        draft.put_parent(id, own(&["Wat zag je?"])).unwrap();
        let entries = [
            entry(1, &["een antwoord"]),
            entry(2, &["een deel", "nog een deel"]),
            entry(3, &[&long]),
            entry(4, &["verkeerd gezegd"]),
            entry(5, &["wat blijft"]),
        ];
        draft.apply(id, &put(entries)).unwrap();
        let sound = PrivateBytes::new(vec![7; 20_000]);
        let sound = JournalChange::PutSound(EntryId(1), MessageId(1), sound);
        draft.apply(id, &[sound]).unwrap();
        draft.queue(id, ChatId(CHAT), &message(&long)).unwrap()
    });
    let lost = home.lost_by(|draft, id| {
        let changes = [
            JournalChange::Erase(EntryId(1)),
            JournalChange::ErasePart(EntryId(2), MessageId(2)),
            JournalChange::Erase(EntryId(3)),
            JournalChange::Put(entry(4, &["beter gezegd"])),
        ];
        draft.apply(id, &changes).unwrap();
        draft.put_parent(id, own(&[])).unwrap();
        draft.unqueue(letter).unwrap();
    });
    let of = |letter| lost.iter().filter(|(of, _)| *of == letter).count();
    assert_eq!(b"evpo".map(of), [4, 1, 1, 1]);
    assert!(of(b'x') > 6, "pieces of a sound, an entry and a letter");

    // In this epoch they are still there, sealed under a key that is still there.
    home.keep_up(EPOCH - 1);
    assert_eq!(home.found(&lost), lost.len());
    home.keep_up(EPOCH);
    assert_eq!(home.found(&lost), 0);
    // And what was not erased is.
    let stays = home.sealed();
    assert_eq!(home.found(&stays), stays.len());
    let draft = home.store.draft();
    let id = draft.parent_id(ChatId(CHAT));
    let parts = entries(&draft, id)
        .into_iter()
        .flat_map(|entry| entry.parts);
    let words: Vec<String> = parts.map(|part| part.words.reveal().to_owned()).collect();
    assert_eq!(words, ["wat blijft", "beter gezegd", "een deel"]);
}

#[test]
fn what_is_erased_while_the_journal_is_copied_goes_with_the_copy_after_it() {
    let home = Home::new();
    home.lost_by(|draft, id| {
        draft.put_parent(id, parent(CHAT, None)).unwrap();
        let entries = (0..100).map(|number| entry(number, &["wat er was"]));
        draft.apply(id, &put(entries)).unwrap();
    });
    let keys = home.store.upkeep(at(EPOCH)).unwrap().unwrap();
    while !keys.step().unwrap() {}
    let journal = home.store.upkeep(at(EPOCH)).unwrap().unwrap();
    for _ in 0..3 {
        assert_eq!(journal.step(), Ok(false));
    }
    // The first was copied by now, and the last was not.
    let erase = |number| {
        home.lost_by(|draft, id| {
            draft
                .apply(id, &[JournalChange::Erase(EntryId(number))])
                .unwrap()
        })
    };
    let (copied, not_copied) = (erase(0), erase(99));
    while !journal.step().unwrap() {}
    assert_eq!(home.journal(), "journal.1");
    assert_eq!(
        [&copied, &not_copied].map(|value| home.found(value)),
        [1, 0]
    );

    home.keep_up(2 * EPOCH - 1);
    assert_eq!(
        (home.journal(), home.found(&copied)),
        ("journal.1".to_owned(), 1)
    );
    home.keep_up(2 * EPOCH);
    assert_eq!(
        (home.journal(), home.found(&copied)),
        ("journal.2".to_owned(), 0)
    );
}

/// Whenever the process dies on the way, the next one does it, and nothing is left after that.
#[test]
fn killed_at_any_step_the_next_process_removes_what_was_erased() {
    let home = Home::new();
    home.lost_by(|draft, id| {
        draft.put_parent(id, parent(CHAT, None)).unwrap();
        let entries = (0..80).map(|number| entry(number, &["wat er was"]));
        draft.apply(id, &put(entries)).unwrap();
    });
    let lost = home.lost_by(|draft, id| {
        draft
            .apply(id, &[JournalChange::Erase(EntryId(3))])
            .unwrap();
    });
    let mut steps = 0;
    let mut before = Vec::new();
    while let Some(upkeep) = home.store.upkeep(at(EPOCH)).unwrap() {
        loop {
            let done = upkeep.step().unwrap();
            steps += 1;
            let killed = tempfile::tempdir().unwrap();
            copy_folder(home.dir.path(), killed.path());
            before.push(found_in(killed.path(), &lost));
            let next = Store::open(killed.path(), &secret()).unwrap();
            keep_up(&next, EPOCH);
            assert_eq!(found_in(killed.path(), &lost), 0, "step {steps}");
            assert_eq!(
                entries(&next.draft(), next.parent_id(ChatId(CHAT))).len(),
                79
            );
            if done {
                break;
            }
        }
    }
    // One step wraps the keys; until the last one it was there.
    let (last, all_before) = before.split_last().unwrap();
    assert!(
        steps > 4 && *last == 0 && all_before.iter().all(|found| *found == 1),
        "{before:?}"
    );

    // Killed when the copy was the store's, and the files of before were not removed yet.
    let old = home.dir.path().join("journal");
    fs::create_dir(&old).unwrap();
    let bytes: Vec<u8> = lost.iter().flat_map(|(_, value)| value.clone()).collect();
    fs::write(old.join("db"), bytes).unwrap();
    assert_eq!(home.found(&lost), 1);
    home.keep_up(EPOCH);
    assert_eq!(
        (home.journal(), home.found(&lost)),
        ("journal.1".to_owned(), 0)
    );
}

#[test]
fn once_an_epoch_at_most_and_only_after_a_commit() {
    let home = Home::new();
    let at_second = |second| {
        home.keep_up(second);
        home.journal()
    };
    assert_eq!(at_second(EPOCH), "journal", "nobody has ever written");
    write_parent(&home.store, CHAT);
    assert_eq!(
        at_second(EPOCH + 1),
        "journal.1",
        "the epoch has had none yet"
    );
    write_parent(&home.store, CHAT + 1);
    assert_eq!(at_second(2 * EPOCH - 1), "journal.1", "it has had one");
    assert_eq!(at_second(2 * EPOCH), "journal.2");
    assert_eq!(at_second(3 * EPOCH), "journal.2", "nobody has written");
    write_parent(&home.store, CHAT + 2);
    // A copy of an older version says only how large it was.
    let complete = home.dir.path().join("journal.2/complete");
    let said = fs::read_to_string(&complete).unwrap();
    fs::write(&complete, said.split(' ').next().unwrap()).unwrap();
    assert_eq!(at_second(3 * EPOCH), "journal.3");
}

/// The rows of a backup are written as they are, and what was erased since is erased in the store that is made of them.
#[test]
fn what_is_erased_again_by_a_restore_goes_the_same_way() {
    let home = Home::new();
    let dir = tempfile::tempdir().unwrap();
    let places = Places::new(dir.path().join("entries"), Some(dir.path().join("keys")));
    write_parent(&home.store, CHAT);
    let mut backup = home.store.begin_backup(&places, at(0)).unwrap();
    let made = loop {
        match backup.step().unwrap() {
            BackupStep::More(next) => backup = *next,
            BackupStep::Made(made) => break made,
        }
    };
    let lost = home.lost_by(|draft, id| {
        draft
            .apply(id, &[JournalChange::Erase(EntryId(1))])
            .unwrap();
    });
    let new = dir.path().join("new");
    let logs = [home.dir.path().to_owned()];
    let (entries, keyring) = (&made.entries, &made.keyring);
    restore(
        entries,
        keyring,
        &new,
        &secret(),
        &logs,
        false,
        &mut |_, _| (),
    )
    .unwrap();
    let store = Store::open(&new, &secret()).unwrap();
    assert_eq!((lost.len(), found_in(&new, &lost)), (1, 1));
    keep_up(&store, 0);
    assert_eq!(found_in(&new, &lost), 0);
}
