//! Backups: made while parents write, looked at, and restored without what was erased since.

use std::collections::BTreeMap;

use super::*;
use crate::store::{erasures::Erased, keyring::attack};

/// A folder with a store, and places for its backups.
struct Setting {
    dir: tempfile::TempDir,
    store: Store,
}

impl Setting {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store"), &secret()).unwrap();
        Self { dir, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn places(&self) -> Places {
        Places::new(self.path("entries"), Some(self.path("keys")))
    }

    /// A backup, with something going on between the steps.
    fn back_up(&self, second: i64, mut between: impl FnMut(&Store)) -> Made {
        let mut backup = self.store.begin_backup(&self.places(), at(second)).unwrap();
        loop {
            match backup.step().unwrap() {
                BackupStep::More(next) => backup = *next,
                BackupStep::Made(made) => return made,
            }
            between(&self.store);
        }
    }

    /// What is restored of this backup with the log of now.
    fn restored(&self, made: &Made, name: &str) -> (Restored, Store) {
        let to = self.path(name);
        let logs = [self.path("store")];
        let restored = restore(&made.entries, &made.keyring, &to, &secret(), &logs, false);
        (restored.unwrap(), Store::open(&to, &secret()).unwrap())
    }
}

/// Everything that can be read in a store about these parents.
/// [`super::verify`], for nobody who watches.
fn verify(paths: &[PathBuf], secret: Option<&RootSecret>) -> Result<Vec<Good>, BackupError> {
    super::verify(paths, secret, &mut |_, _| ())
}

/// [`super::restore`], for nobody who watches.
fn restore(
    entries: &Path,
    keyring: &Path,
    dir: &Path,
    secret: &RootSecret,
    logs: &[PathBuf],
    without_erasures: bool,
) -> Result<Restored, BackupError> {
    super::restore(
        entries,
        keyring,
        dir,
        secret,
        logs,
        without_erasures,
        &mut |_, _| (),
    )
}

fn words(store: &Store, chats: impl Iterator<Item = i64>) -> BTreeMap<i64, Vec<String>> {
    let mut draft = store.draft();
    let mut found = BTreeMap::new();
    for chat in chats {
        let id = draft.parent_id(ChatId(chat));
        if draft.parent(id).unwrap().is_none() {
            assert_eq!(entries(&draft, id), []);
            continue;
        }
        let parts = entries(&draft, id)
            .into_iter()
            .flat_map(|entry| entry.parts);
        let words = parts.map(|part| part.words.reveal().to_owned()).collect();
        found.insert(chat, words);
    }
    found
}

fn write(store: &Store, chat: i64, number: u32, text: &str) {
    commit(store, |draft| {
        draft.set_time(at(0)).unwrap();
        let id = draft.parent_id(ChatId(chat));
        let known = draft.parent(id).unwrap();
        let known = known.map_or_else(|| parent(chat, Some(chat)), Arc::unwrap_or_clone);
        draft.put_parent(id, known).unwrap();
        draft
            .apply(id, &[JournalChange::Put(entry(number, &[text]))])
            .unwrap();
    });
}

fn erase(store: &Store, chat: i64, number: u32) {
    commit(store, |draft| {
        draft.set_time(at(0)).unwrap();
        let id = draft.parent_id(ChatId(chat));
        draft
            .apply(id, &[JournalChange::Erase(EntryId(number))])
            .unwrap();
    });
}

fn forget(store: &Store, chat: i64) {
    commit(store, |draft| {
        draft.set_time(at(0)).unwrap();
        draft.forget(draft.parent_id(ChatId(chat))).unwrap();
    });
}

#[test]
fn a_backup_is_the_store_as_of_one_commit_whatever_goes_on_meanwhile() {
    let setting = Setting::new();
    for chat in 0..30 {
        write(&setting.store, chat, 0, &format!("eerst {chat}"));
    }
    let long = "lang ".repeat(4_000);
    write(&setting.store, 29, 7, &long);
    let sound = PrivateBytes::new(vec![7; 40_000]);
    let id = setting.store.parent_id(ChatId(3));
    commit(&setting.store, |draft| {
        let change = JournalChange::PutSound(EntryId(0), MessageId(1), sound.clone());
        draft.apply(id, &[change]).unwrap();
    });
    let (mut round, mut wanted) = (0, BTreeMap::new());
    let made = setting.back_up(0, |store| {
        // Parents who were copied and who were not: one writes, one comes, one erases, one goes.
        write(
            store,
            round % 30,
            1 + round as u32,
            &format!("later {round}"),
        );
        write(store, 100 + round, 0, "nieuw");
        forget(store, 29 - round % 15);
        if let Ok(number) = u32::try_from(round) {
            erase(store, round % 30, number);
        }
        round += 1;
        wanted = words(store, 0..300);
    });
    assert!(round > 5, "{round} steps");
    let (restored, store) = setting.restored(&made, "restored");
    assert_eq!(words(&store, 0..300), wanted);
    assert_eq!((restored.erased, restored.unreadable), ((0, 0), 0));
    assert_eq!(restored.parents as usize, wanted.len());
    assert_eq!(restored.begun, at(0));
    assert_eq!(store.check(&mut |_, _| ()).unwrap().unreadable, None);
    let draft = store.draft();
    let kept = draft.journal(id).unwrap().sound(EntryId(0), MessageId(1));
    assert_eq!(kept.unwrap().unwrap().reveal(), sound.reveal());
    drop(draft);
    // Everybody who is there can go on.
    for chat in wanted.keys() {
        write(&store, *chat, 900_000, "verder");
    }
    let good = verify(
        &[setting.path("entries"), setting.path("keys")],
        Some(&secret()),
    );
    assert!(matches!(&good.unwrap()[..], [Good::Backup(..)]));
}

#[test]
fn whoever_was_erased_since_stays_erased_with_every_file_and_the_root_secret() {
    let setting = Setting::new();
    for chat in 0..9 {
        for number in 0..4 {
            write(&setting.store, chat, number, &format!("{chat} {number}"));
        }
    }
    let made = setting.back_up(0, |_| ());
    // One goes, one goes and comes back, one erases an entry, one all entries.
    forget(&setting.store, 3);
    forget(&setting.store, 4);
    write(&setting.store, 4, 0, "opnieuw");
    erase(&setting.store, 5, 2);
    (0..4).for_each(|number| erase(&setting.store, 6, number));

    let (restored, store) = setting.restored(&made, "restored");
    assert_eq!(restored.erased, (2, 5));
    let there = words(&store, 0..9);
    assert_eq!(
        there.keys().copied().collect::<Vec<_>>(),
        [0, 1, 2, 5, 6, 7, 8]
    );
    assert_eq!(there[&5], ["5 3", "5 1", "5 0"]);
    assert_eq!(there[&6], [""; 0]);
    assert_eq!(there[&7].len(), 4);
    drop(store);
    // The restored folder has neither key nor rows of theirs: not even the log of erasures being lost brings them back.
    fs::remove_file(setting.path("restored/erasures")).unwrap();
    let store = Store::open(&setting.path("restored"), &secret()).unwrap();
    assert_eq!(words(&store, 0..9), there);

    // Once more from the backup of what was restored, and an older backup later: the log went along.
    let again = setting.path("again");
    let logs = [setting.path("store")];
    restore(
        &made.entries,
        &made.keyring,
        &again,
        &secret(),
        &logs,
        false,
    )
    .unwrap();
    let third = setting.path("third");
    restore(
        &made.entries,
        &made.keyring,
        &third,
        &secret(),
        &[again],
        false,
    )
    .unwrap();
    let store = Store::open(&third, &secret()).unwrap();
    assert_eq!(words(&store, 0..9), there);
}

#[test]
fn parts_that_were_erased_since_stay_erased_with_their_sound() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "alleen");
    let sound = PrivateBytes::new(vec![7; 20_000]);
    let id = setting.store.parent_id(ChatId(1));
    let [first, second, third] = [1, 2, 3].map(MessageId);
    commit(&setting.store, |draft| {
        let mut changes = vec![JournalChange::Put(entry(1, &["een", "twee", "drie"]))];
        for message in [first, second, third] {
            let link = MessageRef::Part(EntryId(1));
            changes.push(JournalChange::PutSound(EntryId(1), message, sound.clone()));
            changes.push(JournalChange::Link(message, link));
        }
        draft.apply(id, &changes).unwrap();
    });
    let made = setting.back_up(0, |_| ());
    commit(&setting.store, |draft| {
        draft.set_time(at(0)).unwrap();
        // What was alone then had company when it was erased.
        let changes = [
            JournalChange::Put(entry(0, &["alleen", "samen"])),
            JournalChange::ErasePart(EntryId(0), first),
            JournalChange::ErasePart(EntryId(1), second),
        ];
        draft.apply(id, &changes).unwrap();
    });
    let is_without = |store: &Store| {
        assert_eq!(words(store, 1..2)[&1], ["een", "drie"]);
        let draft = store.draft();
        let journal = draft.journal(id).unwrap();
        for (message, there) in [(first, true), (second, false), (third, true)] {
            let sound = journal.sound(EntryId(1), message).unwrap();
            assert_eq!(sound.is_some(), there);
        }
        assert_eq!(journal.message(second).unwrap(), None);
        assert!(journal.message(third).unwrap().is_some());
    };
    let (restored, store) = setting.restored(&made, "restored");
    assert_eq!(restored.erased, (0, 2));
    is_without(&store);
    drop(store);
    // The log went along into the new store: it is enough for the same backup.
    let again = setting.path("again");
    let logs = [setting.path("restored")];
    let (entries, keyring) = (&made.entries, &made.keyring);
    restore(entries, keyring, &again, &secret(), &logs, false).unwrap();
    is_without(&Store::open(&again, &secret()).unwrap());
}

#[test]
fn an_entry_with_the_number_of_an_erased_one_is_not_taken_for_it() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "blijft");
    let made = setting.back_up(0, |_| ());
    write(&setting.store, 1, 1, "weg");
    erase(&setting.store, 1, 1);
    let (_, store) = setting.restored(&made, "restored");
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(1));
    let parent = draft.parent(id).unwrap().unwrap();
    // The bot takes the next number from the record.
    assert!(parent.next_entry > 1_000);
    assert!(parent.keyboard > 1_000);
}

#[test]
fn a_backup_can_be_restored_as_soon_as_it_has_its_name() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "blijft");
    write(&setting.store, 2, 0, "weg");
    forget(&setting.store, 2);
    // The process dies before anything more is done around it.
    let made = setting.back_up(0, |_| ());
    let to = setting.path("restored");
    let restored = restore(&made.entries, &made.keyring, &to, &secret(), &[], false);
    assert_eq!(restored.unwrap().parents, 1);
    let store = Store::open(&to, &secret()).unwrap();
    assert_eq!(words(&store, 1..3), [(1, vec!["blijft".to_owned()])].into());
}

#[test]
fn without_a_log_of_erasures_nothing_is_restored_by_oversight() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "weg");
    let made = setting.back_up(0, |_| ());
    let to = setting.path("restored");
    let restore = |logs: &[PathBuf], without| {
        restore(&made.entries, &made.keyring, &to, &secret(), logs, without)
    };
    let lose_the_log = || {
        for name in ["entries", "keys"] {
            for (path, _) in files(&setting.path(name)) {
                if path.extension().unwrap() == "erasures" {
                    fs::remove_file(path).unwrap();
                }
            }
        }
    };
    lose_the_log();
    let refused = restore(&[], false).unwrap_err();
    assert!(matches!(refused, BackupError::NoErasures(_)), "{refused}");
    assert!(!to.exists());

    // The log beside the backup is found by itself.
    forget(&setting.store, 1);
    setting
        .store
        .tend_backups(&setting.places(), 30, at(60))
        .unwrap();
    let restored = restore(&[], false).unwrap();
    assert_eq!((restored.erased, restored.parents), ((1, 0), 0));
    assert_eq!(restored.erasures_until, Some(at(60)));

    // A store is never written over; and who says so gets what was erased.
    let refused = restore(&[], false).unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    fs::remove_dir_all(&to).unwrap();
    lose_the_log();
    assert_eq!(restore(&[], true).unwrap().parents, 1);
}

#[test]
fn every_flipped_byte_and_every_cut_is_refused() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let made = setting.back_up(0, |_| ());
    let to = setting.path("restored");
    let tried = || {
        let both = [made.entries.clone(), made.keyring.clone()];
        let logs = [setting.path("store")];
        let looked = verify(&both, Some(&secret())).err();
        let restored = restore(&made.entries, &made.keyring, &to, &secret(), &logs, true);
        assert!(!to.exists(), "nothing was made");
        (looked, restored.err())
    };
    for path in [&made.entries, &made.keyring] {
        let bytes = fs::read(path).unwrap();
        let places = (0..104)
            .chain((104..bytes.len()).step_by(7))
            .chain(bytes.len() - 60..bytes.len());
        for place in places {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            fs::write(path, &changed).unwrap();
            assert!(
                matches!(tried(), (Some(_), Some(_))),
                "byte {place} of {path:?}"
            );
            fs::write(path, &bytes[..place]).unwrap();
            assert!(
                matches!(tried(), (Some(_), Some(_))),
                "{place} bytes of {path:?}"
            );
        }
        fs::write(path, [&bytes[..], &[0]].concat()).unwrap();
        assert!(matches!(tried(), (Some(_), Some(_))), "one byte more");
        fs::write(path, &bytes).unwrap();
    }
    assert!(
        verify(
            &[made.entries.clone(), made.keyring.clone()],
            Some(&secret())
        )
        .is_ok()
    );
}

#[test]
fn halves_of_different_backups_and_another_secret_are_refused() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let (one, other) = (setting.back_up(0, |_| ()), setting.back_up(0, |_| ()));
    assert_ne!(one.entries, other.entries, "a name is never taken twice");
    let to = setting.path("restored");
    let refused = restore(&one.entries, &other.keyring, &to, &secret(), &[], true);
    assert!(matches!(refused, Err(BackupError::NotTogether { .. })));
    let refused = restore(&one.keyring, &one.entries, &to, &secret(), &[], true);
    assert!(matches!(refused, Err(BackupError::WrongHalf { .. })));
    let wrong = RootSecret::from_hex(&"5f".repeat(32)).unwrap();
    let refused = restore(&one.entries, &one.keyring, &to, &wrong, &[], true);
    assert!(matches!(refused, Err(BackupError::WrongKey(_))));
    assert!(!to.exists());
}

#[test]
fn a_backup_that_was_cut_off_leaves_only_what_the_next_one_removes() {
    let setting = Setting::new();
    for chat in 0..30 {
        write(&setting.store, chat, 0, "rust");
    }
    let names = |name: &str| -> Vec<String> {
        let found = files(&setting.path(name)).into_iter();
        found
            .map(|(path, _)| path.file_name().unwrap().to_str().unwrap().to_owned())
            .filter(|name| !name.ends_with(".erasures"))
            .collect()
    };
    let begin = || {
        setting
            .store
            .begin_backup(&setting.places(), at(0))
            .unwrap()
    };
    let backup = begin();
    assert!(matches!(
        setting.store.begin_backup(&setting.places(), at(0)),
        Err(BackupError::Busy)
    ));
    // As a kill leaves them: nobody tidies up.
    let BackupStep::More(backup) = backup.step().unwrap() else {
        panic!("there is more to it")
    };
    let left = files(&setting.path("entries"))[0].clone();
    assert_eq!(
        names("entries"),
        ["voel-eerst-20260101T000000Z-entries.vbk.partial"]
    );
    drop(backup);
    assert_eq!((names("entries"), names("keys")), (vec![], vec![]));
    fs::write(&left.0, left.1).unwrap();
    let made = setting.back_up(5, |_| ());
    assert_eq!(
        names("entries"),
        ["voel-eerst-20260101T000005Z-entries.vbk"]
    );
    assert_eq!(names("keys"), ["voel-eerst-20260101T000005Z-keyring.vbk"]);

    // Between the two names.
    let entries = fs::read(&made.entries).unwrap();
    fs::remove_file(&made.entries).unwrap();
    fs::write(made.entries.with_extension("vbk.partial"), entries).unwrap();
    setting.back_up(9, |_| ());
    assert_eq!(
        names("entries"),
        ["voel-eerst-20260101T000009Z-entries.vbk"]
    );
    assert_eq!(names("keys"), ["voel-eerst-20260101T000009Z-keyring.vbk"]);
}

#[test]
fn backups_go_when_their_days_are_over_and_others_stay() {
    const DAY: i64 = 86_400;
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let of_others = Setting::new();
    write(&of_others.store, 1, 0, "rust");
    let foreign = of_others.back_up(0, |_| ());
    for day in 0..4 {
        setting.back_up(day * DAY, |_| ());
    }
    let place = setting
        .path("entries")
        .join(foreign.entries.file_name().unwrap());
    fs::copy(
        &foreign.entries,
        place.with_file_name("voel-eerst-20260101T000001Z-entries.vbk"),
    )
    .unwrap();
    fs::write(setting.path("entries/notes.txt"), "mine").unwrap();
    let tend = |second| {
        setting
            .store
            .tend_backups(&setting.places(), 2, at(second))
            .unwrap()
    };
    assert_eq!(tend(2 * DAY - 1), 0);
    assert_eq!(tend(2 * DAY), 2);
    assert_eq!(tend(3 * DAY), 2);
    let newest = setting
        .places()
        .newest(&setting.store.store_id(), at(9 * DAY));
    assert_eq!(newest.unwrap(), Some(at(3 * DAY)));
    assert_eq!(tend(9 * DAY), 4);
    // The other store's, the notes, and the copy of the log of erasures.
    assert_eq!(files(&setting.path("entries")).len(), 3);
}

#[test]
fn erasures_that_no_backup_knows_of_any_more_go_from_the_log() {
    const DAY: i64 = 86_400;
    let setting = Setting::new();
    let log = setting.path("store/erasures");
    let len = || fs::metadata(&log).unwrap().len();
    assert!(!log.exists());
    for day in 0..50 {
        commit(&setting.store, |draft| {
            draft.set_time(at(day * DAY)).unwrap();
            let id = draft.parent_id(ChatId(day));
            draft.put_parent(id, parent(day, None)).unwrap();
        });
        commit(&setting.store, |draft| {
            draft.set_time(at(day * DAY)).unwrap();
            draft.forget(draft.parent_id(ChatId(day))).unwrap();
        });
        setting
            .store
            .forget_old_erasures(30, at(day * DAY))
            .unwrap();
        assert!(len() <= 64 + 33 * 32, "{}", len());
    }
    assert_eq!(len(), 64 + 33 * 32);
    // A power cut over the next one leaves part of it, which is passed over and written over.
    let whole = fs::read(&log).unwrap();
    fs::write(&log, [&whole[..], &[7; 40]].concat()).unwrap();
    let id = setting.store.store_id();
    drop(setting.store);
    assert!(Erased::read(&log, &id).is_ok());
    let store = Store::open(&setting.dir.path().join("store"), &secret()).unwrap();
    write(&store, 1, 0, "weg");
    forget(&store, 1);
    assert_eq!(fs::read(&log).unwrap()[..whole.len()], whole);
    assert!(Erased::read(&log, &id).is_ok());
    // Damage elsewhere is found by whoever needs it.
    let mut damaged = fs::read(&log).unwrap();
    damaged[70] ^= 1;
    fs::write(&log, damaged).unwrap();
    assert!(Erased::read(&log, &id).is_err());
    assert!(Erased::read(&log, &[0; 16]).is_err());
}

#[test]
fn the_log_of_erasures_names_nobody() {
    let setting = Setting::new();
    let id = write_parent(&setting.store, 7_463_128_905).0;
    erase(&setting.store, 7_463_128_905, 1);
    forget(&setting.store, 7_463_128_905);
    let log = fs::read(setting.path("store/erasures")).unwrap();
    assert_eq!(log.len(), 64 + 2 * 32);
    for mark in [
        &id.0[..],
        &7_463_128_905_i64.to_le_bytes(),
        &7_463_128_905_i64.to_be_bytes(),
    ] {
        assert!(!log.windows(mark.len()).any(|part| part == mark));
    }
    // The same parent, erased again, is another hash.
    write_parent(&setting.store, 7_463_128_905);
    forget(&setting.store, 7_463_128_905);
    let log = fs::read(setting.path("store/erasures")).unwrap();
    assert_ne!(
        log[64 + 32 + 4..64 + 32 + 24],
        log[64 + 64 + 4..64 + 64 + 24]
    );
}

#[test]
fn a_restore_that_was_cut_off_does_not_open_and_is_done_again() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let made = setting.back_up(0, |_| ());
    let to = setting.path("restored");
    let logs = [setting.path("store")];
    let restore = || restore(&made.entries, &made.keyring, &to, &secret(), &logs, true);
    // The keyring and half a journal.
    fs::create_dir_all(to.join("journal")).unwrap();
    fs::write(to.join("restoring"), "").unwrap();
    fs::write(to.join("keyring"), "half").unwrap();
    fs::write(to.join("journal/db"), "half").unwrap();
    let refused = Store::open(&to, &secret()).err().unwrap();
    assert!(matches!(refused, OpenError::HalfRestored(_)), "{refused}");
    assert!(Store::exists(&to));
    restore().unwrap();
    assert_eq!(
        words(&Store::open(&to, &secret()).unwrap(), 0..9)[&1],
        ["rust"]
    );
}

#[test]
fn what_waited_in_the_outbox_does_not_go_out_weeks_later() {
    let setting = Setting::new();
    let prompt = |claimed| {
        let planned = Planned {
            date: date(2026, 1, 1),
            slot: 0,
            at: at(0),
        };
        let purpose = Purpose::Prompt {
            number: 1,
            prompt: crate::conversation::PromptRef {
                id: "p".to_owned(),
                title: "?".to_owned(),
            },
            planned: Some(planned),
        };
        (
            Outgoing {
                purpose,
                ..message("vraag")
            },
            claimed,
        )
    };
    let farewell = Outgoing {
        purpose: Purpose::Farewell,
        ..message("dag")
    };
    commit(&setting.store, |draft| {
        let id = draft.parent_id(ChatId(1));
        draft.put_parent(id, parent(1, None)).unwrap();
        draft.queue(id, ChatId(1), &message("antwoord")).unwrap();
        for (outgoing, claimed) in [prompt(true), prompt(false), (farewell, false)] {
            let seq = draft.queue(id, ChatId(1), &outgoing).unwrap();
            if claimed {
                draft.claim(seq).unwrap();
            }
        }
    });
    let made = setting.back_up(0, |_| ());
    let (_, store) = setting.restored(&made, "restored");
    let pending = store.outbox().unwrap().pending;
    let left: Vec<_> = pending
        .iter()
        .map(|letter| (letter.seq.0, letter.claimed, letter.outgoing.expires))
        .collect();
    let expired = Some(at(0));
    assert_eq!(
        left,
        [(2, true, expired), (3, false, expired), (4, false, expired)]
    );
}

#[test]
fn a_store_whose_epoch_and_journal_change_meanwhile_is_backed_up_all_the_same() {
    let setting = Setting::new();
    for chat in 0..30 {
        write(&setting.store, chat, 0, "rust");
    }
    let upkeep = setting.store.upkeep(at(0)).unwrap().unwrap();
    let compaction = setting.store.begin_compaction().unwrap().unwrap();
    let (mut keys_done, mut rows_done) = (false, false);
    let made = setting.back_up(0, |store| {
        keys_done = keys_done || upkeep.step().unwrap();
        rows_done = rows_done || compaction.step().unwrap();
        write(store, 31, 0, "erbij");
    });
    while !keys_done {
        keys_done = upkeep.step().unwrap();
    }
    let (_, store) = setting.restored(&made, "restored");
    assert_eq!(words(&store, 0..99).len(), 31);
    drop(store);
    // A keyring of a backup opens nothing but its backup: the epoch of then is over.
    let mixed = setting.path("mixed");
    copy_folder(&setting.path("store"), &mixed);
    for name in ["keyring", "epoch"] {
        fs::copy(setting.path("restored").join(name), mixed.join(name)).unwrap();
    }
    let now = fs::read(setting.path("store/keyring")).unwrap();
    fs::write(mixed.join("keyring"), now).unwrap();
    assert!(Store::open(&mixed, &secret()).is_err());
}

/// A machine without a clock of its own starts weeks back, until it hears the time from elsewhere.
#[test]
fn whoever_was_erased_under_a_clock_that_was_behind_stays_erased() {
    const DAY: i64 = 86_400;
    let write = |store: &Store, chat, day| {
        commit(store, |draft| {
            draft.set_time(at(day * DAY)).unwrap();
            let id = draft.parent_id(ChatId(chat));
            draft.put_parent(id, parent(chat, None)).unwrap();
        });
    };
    let started_anew = |Setting { dir, store }| {
        drop(store);
        let store = Store::open(&dir.path().join("store"), &secret()).unwrap();
        Setting { dir, store }
    };
    let setting = Setting::new();
    write(&setting.store, 1, 60);
    write(&setting.store, 2, 60);
    let made = setting.back_up(60 * DAY, |_| ());
    // The process starts again once more before it has the right time, and something was written in between.
    let setting = started_anew(setting);
    write(&setting.store, 3, 20);
    let setting = started_anew(setting);
    commit(&setting.store, |draft| {
        draft.set_time(at(20 * DAY)).unwrap();
        draft.forget(draft.parent_id(ChatId(1))).unwrap();
    });
    let tend = |day| {
        let places = setting.places();
        setting.store.tend_backups(&places, 30, at(day * DAY))
    };
    tend(61).unwrap();
    let (restored, store) = setting.restored(&made, "restored");
    assert_eq!(restored.erased, (1, 0));
    assert_eq!(words(&store, 1..4).keys().collect::<Vec<_>>(), [&2]);
    // It goes in its time all the same.
    let log = || fs::metadata(setting.path("store/erasures")).unwrap().len();
    assert_eq!(log(), 64 + 32);
    tend(93).unwrap();
    assert_eq!(log(), 64);
}

#[test]
fn a_backup_from_a_time_to_come_goes_with_those_that_were_made_after_it() {
    const DAY: i64 = 86_400;
    let setting = Setting::new();
    let tend = |day| {
        let places = setting.places();
        setting
            .store
            .tend_backups(&places, 2, at(day * DAY))
            .unwrap()
    };
    let mut chat = 0;
    let mut back_up = |day| {
        chat += 1;
        write(&setting.store, chat, 0, "rust");
        setting.back_up(day * DAY, |_| ());
    };
    // The clock was a year ahead.
    back_up(365);
    back_up(0);
    assert_eq!(tend(0), 0);
    back_up(1);
    assert_eq!(tend(1), 0);
    assert_eq!(tend(2), 4);
    assert_eq!(tend(3), 2);

    // The clock is behind for a while: what was made before that is as good as it was, and newer than what is old by that clock.
    back_up(69);
    back_up(100);
    assert_eq!(tend(70), 0);
    assert_eq!(tend(72), 2);
    assert_eq!(tend(101), 0);
    assert_eq!(tend(102), 2);
}

#[test]
fn a_store_that_was_made_in_the_folder_meanwhile_is_left_alone() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let made = setting.back_up(0, |_| ());
    let to = setting.path("restored");
    let mut begun = false;
    // Reading the halves takes minutes where there is much in them.
    let refused = super::restore(
        &made.entries,
        &made.keyring,
        &to,
        &secret(),
        &[],
        false,
        &mut |_, _| {
            if !begun {
                begun = true;
                write(&Store::open(&to, &secret()).unwrap(), 2, 0, "nieuw");
            }
        },
    );
    let refused = refused.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    let store = Store::open(&to, &secret()).unwrap();
    assert_eq!(words(&store, 1..3), [(2, vec!["nieuw".to_owned()])].into());
}

#[test]
fn the_first_upkeep_of_a_restored_store_ends_what_its_backup_opens() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    let made = setting.back_up(0, |_| ());
    let (_, store) = setting.restored(&made, "restored");
    let cells = || {
        let contents = files(&setting.path("restored"));
        let contents: Vec<Vec<u8>> = contents.into_iter().map(|(_, bytes)| bytes).collect();
        attack::epoch_keys(&contents, &secret())
    };
    let of_the_backup = cells();
    let [epoch] = &of_the_backup[..] else {
        panic!("{} epochs", of_the_backup.len())
    };
    // In the very second of the backup.
    let upkeep = store.upkeep(at(0)).unwrap().unwrap();
    while !upkeep.step().unwrap() {}
    let numbers: Vec<u64> = cells().iter().map(|epoch| epoch.number).collect();
    assert_eq!(numbers, [epoch.number + 1]);
    assert_eq!(words(&store, 1..2)[&1], ["rust"]);
}

/// Reading a backup as `docs/backup.md` describes it, with nothing of this program but BLAKE3 and the cipher.
#[test]
fn the_document_is_enough_to_read_it() {
    let setting = Setting::new();
    write(&setting.store, 1, 0, "rust");
    write(&setting.store, 2, 0, "weg");
    forget(&setting.store, 2);
    let made = setting.back_up(0, |_| ());
    let id = setting.store.store_id();
    let rows = by_the_document::rows(&fs::read(&made.entries).unwrap(), 1, &id);
    let keys = by_the_document::rows(&fs::read(&made.keyring).unwrap(), 2, &id);
    let keys = by_the_document::keys(&keys, &[0x5e; 32], &id);
    assert_eq!(keys.len(), 1);
    let parent = setting.store.parent_id(ChatId(1)).0;
    let record = by_the_document::open(&rows, &[b"p", &parent[..]].concat(), &keys[&parent], 13);
    assert!(record.windows(4).any(|part| part == b"chat"));
    let key = [b"e", &parent[..], &0_u32.to_be_bytes()].concat();
    let entry = by_the_document::open(&rows, &key, &keys[&parent], 0);
    assert!(entry.windows(4).any(|part| part == b"rust"));
    assert!(rows.contains_key(&b"mcommits"[..]));
    assert!(
        !rows
            .keys()
            .any(|key| key[..] == [b"p", &setting.store.parent_id(ChatId(2)).0[..]].concat()[..])
    );
}

mod by_the_document {
    use std::collections::BTreeMap;

    use chacha20poly1305::{
        KeyInit, XChaCha20Poly1305, XNonce,
        aead::{Aead, Payload},
    };

    type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

    fn number(bytes: &[u8]) -> usize {
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    fn checked(file: &[u8], end: usize) -> usize {
        assert_eq!(blake3::hash(&file[..end]).as_bytes(), &file[end..end + 32]);
        end + 32
    }

    pub fn rows(file: &[u8], half: usize, store: &[u8; 16]) -> Rows {
        assert_eq!(&file[..8], b"VEbackup");
        assert_eq!((number(&file[8..12]), number(&file[12..16])), (1, half));
        assert_eq!(&file[16..32], store);
        let mut at = checked(file, 72);
        let (mut rows, mut count) = (Rows::new(), 0);
        loop {
            let len = number(&file[at..at + 4]);
            if len == 0 {
                assert_eq!(number(&file[at + 12..at + 20]), count);
                assert_eq!(checked(file, at + 20), file.len());
                return rows;
            }
            let mut chunk = &file[at + 4..at + 4 + len];
            at = checked(file, at + 4 + len);
            while !chunk.is_empty() {
                let (key, rest) = chunk[2..].split_at(number(&chunk[..2]));
                let (len, rest) = rest.split_at(4);
                count += 1;
                if len == [0xff; 4] {
                    rows.remove(key);
                    chunk = rest;
                } else {
                    let (value, rest) = rest.split_at(number(len));
                    rows.insert(key.to_vec(), value.to_vec());
                    chunk = rest;
                }
            }
        }
    }

    fn decrypt(key: &[u8], place: &[u8], sealed: &[u8]) -> Vec<u8> {
        let nonce = XNonce::try_from(&sealed[..24]).unwrap();
        let payload = Payload {
            msg: &sealed[24..],
            aad: place,
        };
        let cipher = XChaCha20Poly1305::new_from_slice(key).unwrap();
        cipher.decrypt(&nonce, payload).unwrap()
    }

    pub fn keys(rows: &Rows, root: &[u8; 32], store: &[u8; 16]) -> BTreeMap<[u8; 16], Vec<u8>> {
        let cell = &rows[&b"e"[..]];
        assert_eq!(&cell[..8], b"VEepoch\n");
        let under = blake3::derive_key("voel-eerst 2026-11 store: keys of the epochs", root);
        let secret = decrypt(&under, &cell[..28], &cell[28..148]);
        assert_eq!(&secret[..16], store);
        let mut keys = BTreeMap::new();
        for (key, value) in rows {
            if key[0] != b'k' || value.is_empty() {
                continue;
            }
            let place = [&cell[12..20], &key[1..], &value[..16]].concat();
            let opened = decrypt(&secret[48..80], &place, &value[16..]);
            keys.insert(value[..16].try_into().unwrap(), opened);
        }
        keys
    }

    /// The CBOR of a value that lies in one row.
    pub fn open(rows: &Rows, key: &[u8], with: &[u8], head: usize) -> Vec<u8> {
        let row = &rows[key];
        assert_eq!(number(&row[..3]), 0x01_0001);
        let place = [key, &row[..3 + head]].concat();
        let padded = decrypt(with, &place, &row[3 + head..]);
        let len = number(&padded[..4]);
        padded[4..4 + len].to_vec()
    }
}
