//! The promises of the seam, kept by both engines.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::*;

fn both(check: impl Fn(&dyn Engine)) {
    check(&MemoryEngine::new());
    let dir = tempfile::tempdir().unwrap();
    check(&sled(dir.path()));
}

fn sled(dir: &Path) -> SledEngine {
    loop {
        match SledEngine::open(dir) {
            Ok(engine) => return engine,
            Err(SledOpenError::InUse) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

fn batch(changes: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::default();
    for (key, value) in changes {
        match value {
            Some(value) => batch.put(key.as_bytes().to_vec(), value.as_bytes().to_vec()),
            None => batch.remove(key.as_bytes().to_vec()),
        }
    }
    batch
}

fn keys(engine: &dyn Engine, from: &str, to: &str, order: Order, limit: usize) -> String {
    let range = KeyRange {
        from: from.as_bytes().to_vec(),
        to: to.as_bytes().to_vec(),
    };
    engine
        .scan(&range, order, limit)
        .unwrap()
        .into_iter()
        .map(|(key, _)| String::from_utf8(key).unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn rows_are_read_in_order_within_bounds() {
    both(|engine| {
        let values = ["b", "a", "d", "c", "aa"].map(|key| (key, Some("1")));
        engine.commit(&batch(&values)).unwrap();
        let scan = |from, to, order, limit| keys(engine, from, to, order, limit);
        assert_eq!(scan("a", "d", Order::Ascending, 9), "a aa b c");
        assert_eq!(scan("a", "d", Order::Descending, 9), "c b aa a");
        assert_eq!(scan("a", "d", Order::Ascending, 2), "a aa");
        assert_eq!(scan("a", "d", Order::Descending, 2), "c b");
        assert_eq!(scan("e", "z", Order::Ascending, 9), "");
        assert_eq!(scan("d", "a", Order::Ascending, 9), "");
        assert_eq!(scan("b", "b", Order::Descending, 9), "");
    });
}

#[test]
fn a_batch_puts_replaces_and_removes_at_once() {
    both(|engine| {
        engine
            .commit(&batch(&[("a", Some("1")), ("b", Some("2"))]))
            .unwrap();
        engine
            .commit(&batch(&[("a", None), ("b", Some("3")), ("c", None)]))
            .unwrap();
        assert_eq!(engine.get(b"a").unwrap(), None);
        assert_eq!(engine.get(b"b").unwrap().as_deref(), Some(b"3".as_slice()));
        assert_eq!(engine.get(b"c").unwrap(), None);
        engine.commit(&Batch::default()).unwrap();
        assert_eq!(keys(engine, "a", "z", Order::Ascending, 9), "b");
    });
}

#[test]
fn what_was_committed_is_there_when_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let engine = sled(dir.path());
        assert_eq!(
            keys(&engine, "0", "9", Order::Ascending, 9),
            ["", "0", "0 1"][round]
        );
        let key = round.to_string();
        engine.commit(&batch(&[(&key, Some("x"))])).unwrap();
    }
}

/// What a commit says of its end is exact, over segments, over sled's being opened anew in between, and over restarts.
#[test]
fn a_commit_names_its_end_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = 0;
    for life in 0..2 {
        let engine = sled(dir.path());
        for number in 0..16_u32 {
            let mut batch = Batch::default();
            for row in 0..number * number / 2 + 1 {
                let key = format!("{life} {} {row}", number % 7);
                batch.put(key.into_bytes(), vec![7; 4_000]);
            }
            let end = engine.commit(&batch).unwrap();
            assert!(end > before, "{end} after {before}");
            assert_eq!(damage(dir.path(), end).unwrap(), None);
            let beyond = damage(dir.path(), end + 30).unwrap();
            assert!(beyond.is_some(), "{number}: there is more behind {end}");
            before = end;
        }
    }
}

/// What a start would replay is shortened when somebody asks for it; a commit does it only where nobody ever does.
#[test]
fn a_long_log_is_shortened_when_asked_and_in_a_commit_only_at_its_limit() {
    let dir = tempfile::tempdir().unwrap();
    let engine = sled(dir.path());
    let from = || sled_log::replayed_from(dir.path()).unwrap();
    let mut number = 0;
    let mut commit = || {
        let mut batch = Batch::default();
        for row in 0..10 {
            batch.put(format!("{row}").into_bytes(), vec![number; 4_000]);
        }
        number += 1;
        engine.commit(&batch).unwrap()
    };
    let there = |number| {
        let value = engine.get(b"7").unwrap();
        value.as_deref() == Some(&[number; 4_000])
    };

    let begun = from();
    let mut end = 0;
    while !engine.has_long_log() {
        end = commit();
    }
    for _ in 0..3 {
        end = commit();
        assert_eq!(from(), begun, "nobody asked");
    }
    engine.shorten_log().unwrap();
    assert!(!engine.has_long_log());
    assert!(from() >= end, "nothing is left to replay");
    assert!(commit() > end);

    let begun = from();
    let mut long = 0;
    while from() == begun {
        end = commit();
        long += u32::from(engine.has_long_log());
        assert!(end < begun + (2 << 20), "a start would take for ever");
    }
    assert!(long > 3, "{long}: it may get long before that");
    assert!(from() >= end);
    assert!(there(number - 1));
    drop(engine);
    let again = sled(dir.path());
    assert_eq!(again.get(b"7").unwrap(), Some(vec![number - 1; 4_000]));
}

/// A copy is held to the same limit as what it is made of: it is closed and opened again in one of its steps.
#[test]
fn a_large_copy_is_opened_anew_on_the_way_and_has_every_row() {
    let dir = tempfile::tempdir().unwrap();
    let (old, fresh) = (dir.path().join("old"), dir.path().join("fresh"));
    let engine = sled(&old);
    for number in 0..50 {
        let mut batch = Batch::default();
        for row in 0..10 {
            batch.put(vec![number, row], vec![number; 4_000]);
        }
        engine.commit(&batch).unwrap();
    }
    let all = |engine: &dyn Engine| {
        let everything = KeyRange::everything();
        engine.scan(&everything, Order::Ascending, usize::MAX)
    };
    let wanted = all(&engine).unwrap();
    assert_eq!(wanted.len(), 500);
    let compact = engine.compact().unwrap();
    compact.begin_copy(&fresh).unwrap();
    let from = || sled_log::replayed_from(&fresh).unwrap();
    let begun = from();
    while !compact.copy_on().unwrap() {}
    assert!(from() > begun + (1 << 20));
    compact.change_over().unwrap();
    assert!(all(&engine).unwrap() == wanted);
    drop(engine);
    assert!(all(&sled(&fresh)).unwrap() == wanted);
}

/// A power cut soon after a start: the segments that sled wiped are on disk as they are now, and the name of its snapshot is not.
#[test]
fn a_snapshot_that_lost_its_name_gets_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let (life, cut) = (dir.path().join("life"), dir.path().join("cut"));
    let mut would_fail = 0;
    // When sled wipes a segment is its own affair: until it did, the old way is not shown to fail.
    for round in 0..=u8::MAX {
        if round >= 12 && would_fail > 0 {
            break;
        }
        let engine = sled(&life);
        let mut batch = Batch::default();
        for row in 0..120 {
            batch.put(format!("{row}").into_bytes(), vec![round; 4_000]);
        }
        engine.commit(&batch).unwrap();
        drop(engine);
        let named = |path: &PathBuf| path.to_str().unwrap().contains("/snap.");
        let before = files(&life).into_iter().filter(|(path, _)| named(path));
        let before: Vec<_> = before.collect();
        drop(sled(&life));

        for gets_it_back in [true, false] {
            std::fs::create_dir_all(cut.join("blobs")).unwrap();
            for (path, bytes) in files(&life) {
                let to = cut.join(path.strip_prefix(&life).unwrap());
                match named(&path) {
                    true if before.iter().any(|(old, _)| *old == path) => {}
                    // Otherwise nobody had noticed that it was written whole.
                    true if !gets_it_back => {}
                    true => std::fs::write(format!("{}.generating", to.display()), bytes).unwrap(),
                    false => std::fs::write(to, bytes).unwrap(),
                }
            }
            for (path, bytes) in &before {
                std::fs::write(cut.join(path.file_name().unwrap()), bytes).unwrap();
            }
            let is_there = SledEngine::open(&cut).is_ok_and(|engine| {
                (0..120).all(|row| {
                    let found = engine.get(format!("{row}").as_bytes());
                    found.is_ok_and(|value| value.as_deref() == Some(&[round; 4_000]))
                })
            });
            if gets_it_back {
                assert!(is_there, "round {round}");
            } else if !is_there {
                would_fail += 1;
            }
            std::fs::remove_dir_all(&cut).unwrap();
        }
    }
    assert!(would_fail > 0, "no segment was wiped");
}

/// All files of sled's folder and what is in them.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let found = std::fs::read_dir(dir).unwrap();
    let paths = found.map(|found| found.unwrap().path());
    let files = paths.filter(|path| path.is_file());
    files
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect()
}

#[test]
fn a_disk_without_power_takes_and_gives_nothing() {
    let disk = MemoryEngine::new();
    let put = |key| disk.commit(&batch(&[(key, Some("1"))]));
    disk.crash_at(CrashPoint::Before(2));
    put("a").unwrap();
    put("b").unwrap_err();
    put("c").unwrap_err();
    assert!(disk.get(b"a").is_err());
    disk.restore_power();
    assert_eq!(keys(&disk, "a", "z", Order::Ascending, 9), "a");

    disk.crash_at(CrashPoint::After(1));
    put("d").unwrap_err();
    disk.restore_power();
    assert_eq!(keys(&disk, "a", "z", Order::Ascending, 9), "a d");
}

#[test]
fn the_panics_of_others_are_still_heard() {
    let caught = std::panic::catch_unwind(|| {
        drop(SledEngine::open(Path::new("/dev/null/nowhere")));
        panic!("heard");
    });
    assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"heard"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Both engines, and a plain map, agree on every scan after every batch.
    #[test]
    fn both_engines_are_the_same_map(
        batches in proptest::collection::vec(
            proptest::collection::vec(("[a-c]{1,3}", proptest::option::of("[xy]{0,2}")), 1..8), 1..6),
        bounds in proptest::collection::vec(("[a-c]{0,3}", "[a-d]{1,3}", 0..6_usize), 4),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (on_disk, memory) = (sled(dir.path()), MemoryEngine::new());
        let mut model = BTreeMap::new();
        for changes in batches {
            let mut batch = Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => {
                        model.insert(key.clone().into_bytes(), value.clone().into_bytes());
                        batch.put(key.into_bytes(), value.into_bytes());
                    }
                    None => {
                        model.remove(key.as_bytes());
                        batch.remove(key.into_bytes());
                    }
                }
            }
            on_disk.commit(&batch).unwrap();
            memory.commit(&batch).unwrap();
        }
        for (from, to, limit) in bounds {
            let range = KeyRange { from: from.into_bytes(), to: to.into_bytes() };
            let mut expected: Vec<Row> = model
                .iter()
                .filter(|(key, _)| **key >= range.from && **key < range.to)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            for order in [Order::Ascending, Order::Descending] {
                let mut first = expected.clone();
                first.truncate(limit);
                prop_assert_eq!(&on_disk.scan(&range, order, limit).unwrap(), &first);
                prop_assert_eq!(&memory.scan(&range, order, limit).unwrap(), &first);
                expected.reverse();
            }
        }
    }
}
