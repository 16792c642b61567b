//! The backups that the bot makes by itself, and what becomes of them.

use std::{fs, path::Path, time::Duration};

use jiff::{ToSpan, civil::date};
use tempfile::TempDir;
use voel_eerst::{
    conversation::Journal,
    parent::Words,
    store::{Places, RootSecret, Store, restore},
};

use crate::world::{Disk, REAL_PATIENCE, Setup, World};

const DAY: Duration = Duration::from_secs(86_400);

/// The files with this ending, by name.
fn files(dir: &Path, ending: &str) -> Vec<String> {
    let Ok(found) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut names: Vec<String> = found
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

/// Backups are made beside everything else, on a thread of their own, and nothing in the chat tells of them.
async fn until(what: &str, mut found: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !found() {
        assert!(begun.elapsed() < REAL_PATIENCE, "waited for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A bot that makes backups in these two folders.
async fn with_backups(disk: &Disk, entries: &Path, keys: &Path) -> World {
    World::with(Setup {
        disk: disk.clone(),
        backups: Some(Places::new(entries.to_owned(), Some(keys.to_owned()))),
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn one_a_day_until_the_days_are_over_that_parents_are_told() {
    let dir = TempDir::new().unwrap();
    let (entries, keys) = (dir.path().join("entries"), dir.path().join("keys"));
    let disk = Disk::folder();
    let mut world = with_backups(&disk, &entries, &keys).await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    for person in [&anna, &bram] {
        person.begins().await;
        let note = person.says("Ik haalde adem.");
        person.expects_heart(note).await;
    }
    let made_on = |day: i64| {
        let day = date(2026, 3, 2) + day.days();
        format!("voel-eerst-{}T", day.strftime("%Y%m%d"))
    };
    // As many as there are to be, and the newest of this day.
    let are_kept = async |days: i64| {
        until("the backup of the day", || {
            let halves = [(&entries, "-entries.vbk"), (&keys, "-keyring.vbk")];
            halves.iter().all(|(dir, ending)| {
                let names = files(dir, ending);
                let newest = names
                    .last()
                    .is_some_and(|name| name.starts_with(&made_on(days)));
                newest && names.len() as i64 == (days + 1).min(30)
            })
        })
        .await;
    };
    are_kept(0).await;
    for days in 1..=32 {
        world.clock.advance(DAY);
        are_kept(days).await;
    }
    let oldest = files(&entries, "-entries.vbk").remove(0);
    assert!(oldest.starts_with(&made_on(3)), "{oldest}");
    anna.reads_all();
    bram.reads_all();

    // Whoever erases everything is in the log beside the backups at once.
    let log = entries.join(&files(&entries, ".erasures")[0]);
    let before = fs::metadata(&log).unwrap().len();
    bram.says("/wis");
    bram.expects("Wat wil je wissen?").await;
    bram.taps("Alles, ook instellingen").await;
    bram.expects_edit("Alles wissen").await;
    bram.taps("Ja, wis het").await;
    bram.expects("Alles is gewist.").await;
    until("the copy of the log", || {
        fs::metadata(&log).is_ok_and(|log| log.len() > before)
    })
    .await;
    world.stop().await;

    // The disk with the store is gone: what lies beside the backup is enough.
    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    let newest = |dir: &Path, ending| dir.join(files(dir, ending).pop().unwrap());
    let to = dir.path().join("restored");
    let (entries, keys) = (
        newest(&entries, "-entries.vbk"),
        newest(&keys, "-keyring.vbk"),
    );
    let restored = restore(&entries, &keys, &to, &secret, &[], false, &mut |_, _| ()).unwrap();
    assert_eq!((restored.parents, restored.erased.0), (1, 1));
    let store = Store::open(&to, &secret).unwrap();
    let mut draft = store.draft();
    for (person, there) in [(&anna, true), (&bram, false)] {
        let id = draft.parent_id(person.chat);
        assert_eq!(draft.parent(id).unwrap().is_some(), there);
    }
    drop((draft, store));
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn heavy_words_that_were_erased_below_their_answer_do_not_come_back() {
    let dir = TempDir::new().unwrap();
    let (entries, keys) = (dir.path().join("entries"), dir.path().join("keys"));
    let disk = Disk::folder();
    let mut world = with_backups(&disk, &entries, &keys).await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("De was hangt.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    let heavy = anna.says("Ik wil niet meer leven.");
    anna.expects_heart(heavy).await;
    anna.expects("113").await;
    world.settle().await;
    world.clock.advance(DAY);
    until("a backup of the words", || {
        files(&keys, "-keyring.vbk").len() == 2
    })
    .await;
    anna.taps("Wis wat ik schreef").await;
    anna.expects("Gewist uit je dagboek.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["De was hangt."]]);

    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    let newest = |dir: &Path, ending| dir.join(files(dir, ending).pop().unwrap());
    let to = dir.path().join("restored");
    let (entries, keys) = (
        newest(&entries, "-entries.vbk"),
        newest(&keys, "-keyring.vbk"),
    );
    let logs = [disk.path()];
    restore(&entries, &keys, &to, &secret, &logs, false, &mut |_, _| ()).unwrap();
    let store = Store::open(&to, &secret).unwrap();
    let draft = store.draft();
    let journal = draft.journal(draft.parent_id(anna.chat)).unwrap();
    let back = journal.older(None, 9).unwrap();
    let words: Vec<_> = back.iter().map(|entry| entry.text()).collect();
    assert_eq!(words, [Words::new("De was hangt.")]);
    drop((draft, store));
    world.start();
    world.finish().await;
}
