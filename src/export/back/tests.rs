#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

use std::io::Write;

use proptest::prelude::*;
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

fn now() -> Timestamp {
    "2026-11-22T23:30:00Z".parse().unwrap()
}

/// An export with one entry that was typed and spoken.
fn export() -> Value {
    json!({
        "format": "voel-eerst-export",
        "version": 1,
        "made": "2026-11-22T23:30:00Z",
        "language": "nl",
        "chat": 4711,
        "consent": { "state": "given", "version": "2026-01", "at": "2025-12-30T09:00:00Z" },
        "settings": {
            "prompts": true, "times": ["19:30", "07:00-08:00"], "days": ["monday", "sunday"],
            "zone": "europe/brussels", "recognises": null, "sundays": true
        },
        "own_prompts": [{ "id": "own-3", "text": "Wie was er vandaag?" }],
        "help_shown": [{ "at": "2026-11-20T20:15:00Z", "answer": 3 }],
        "entries": [{
            "number": 2, "day": "2026-03-02", "written": "2026-03-02T18:31:07Z",
            "prompt": { "id": "samen-hek", "title": "Bij het hek" },
            "parts": ["Ik wachtte.", ""], "hidden": true,
            "voice": [{ "part": 1, "file": "voice/0002-1.ogg", "seconds": 42 }]
        }]
    })
}

/// The export with something else in this place.
fn with(path: &str, value: impl Into<Value>) -> Value {
    let mut export = export();
    *export.pointer_mut(path).unwrap() = value.into();
    export
}

fn read_bytes(bytes: impl Into<Vec<u8>>) -> Result<Vec<Step>, Unusable> {
    read(&PrivateBytes::new(bytes.into()), now())
}

fn read_json(export: &Value) -> Result<Vec<Step>, Unusable> {
    read_bytes(export.to_string())
}

fn packed(method: CompressionMethod, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(method);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn stored(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    packed(CompressionMethod::Stored, files)
}

fn entries(steps: &[Step]) -> Vec<&Entry> {
    steps.iter().flat_map(|step| &step.entries).collect()
}

#[test]
fn a_journal_comes_back_without_the_numbers_of_its_messages() {
    let steps = read_json(&export()).unwrap();
    let [step] = steps.as_slice() else {
        panic!("one step expected, found {}", steps.len())
    };
    let Some(Opening::Journal {
        choices,
        hidden,
        next_entry,
    }) = &step.opening
    else {
        panic!("a journal expected")
    };
    assert_eq!(*next_entry, 3);
    assert_eq!(*hidden, [EntryId(2)]);
    assert_eq!(choices.sundays, Some(true));
    assert_eq!(choices.zone.as_str(), "Europe/Brussels");
    let times: Vec<String> = choices.times.iter().map(ToString::to_string).collect();
    assert_eq!(times, ["19:30", "07:00-08:00"]);
    assert_eq!(choices.own_prompts[0].number, 3);
    assert_eq!(choices.answers.len(), 1);
    let [entry] = step.entries.as_slice() else {
        panic!("one entry expected")
    };
    assert!(entry.parts.iter().all(|part| part.message.0 < 0));
    assert_ne!(entry.parts[0].message, entry.parts[1].message);
    assert_eq!(
        entry.parts[1].spoken.unwrap().bytes,
        0,
        "it awaits its sound"
    );
    assert_eq!(step.ending, Some(Ending::More));
}

#[test]
fn what_is_no_journal_is_refused_whole() {
    let unfit = Err(Unusable::Unfit);
    let broken = Err(Unusable::Broken { line: 1 });
    let other = Err(Unusable::OtherFile);
    let entry = export()["entries"][0].clone();
    let twice = json!([entry.clone(), entry]);
    let long = "x".repeat(4_097);
    for (path, value, expected) in [
        ("/format", json!("another"), &other),
        ("/version", json!(2), &Err(Unusable::Newer)),
        ("/version", json!(u64::MAX), &broken),
        ("/entries", twice, &unfit),
        ("/entries", json!({}), &broken),
        ("/entries/0/number", json!(1_000_000_001), &unfit),
        ("/entries/0/number", json!(4_294_967_296_u64), &broken),
        ("/entries/0/number", json!(-1), &broken),
        ("/entries/0/number", json!(1.5), &broken),
        ("/entries/0/day", json!("1899-12-31"), &unfit),
        ("/entries/0/day", json!("-9999-01-01"), &broken),
        ("/entries/0/day", json!("9999-12-31"), &unfit),
        ("/entries/0/day", json!("2026-03-04"), &unfit),
        ("/entries/0/day", json!("2026-02-30"), &broken),
        ("/entries/0/written", json!("9999-01-01T00:00:00Z"), &unfit),
        ("/entries/0/parts", json!([]), &unfit),
        ("/entries/0/parts", json!(["x", 3]), &broken),
        ("/entries/0/parts", json!(vec!["x"; 42]), &unfit),
        ("/entries/0/parts/0", json!(""), &unfit),
        ("/entries/0/parts/0", json!("a\u{0}b"), &unfit),
        ("/entries/0/parts/0", json!(long), &unfit),
        ("/entries/0/prompt/id", json!(""), &unfit),
        ("/entries/0/prompt/id", json!("x".repeat(65)), &unfit),
        ("/entries/0/prompt/title", json!("x".repeat(301)), &unfit),
        ("/entries/0/voice/0/part", json!(2), &unfit),
        ("/entries/0/voice/0/seconds", json!(181), &unfit),
        ("/settings/times", json!([]), &unfit),
        ("/settings/times", json!(vec!["07:00"; 5]), &unfit),
        ("/settings/times/0", json!("25:00"), &unfit),
        ("/settings/times/0", json!("21:00-19:00"), &unfit),
        ("/settings/days/0", json!("maandag"), &unfit),
        ("/settings/zone", json!("../../etc/passwd"), &unfit),
        ("/own_prompts/0/id", json!("samen-hek"), &unfit),
        ("/own_prompts/0/id", json!("own-65535"), &unfit),
        ("/own_prompts/0/text", json!("x".repeat(281)), &unfit),
        ("/help_shown/0/answer", json!(5), &unfit),
    ] {
        let found = read_json(&with(path, value));
        assert_eq!(found.map(drop), *expected, "{path}");
    }
}

#[test]
fn bytes_that_are_no_export_are_another_file() {
    for bytes in [
        b"".to_vec(),
        b"{}".to_vec(),
        b"[1, 2]".to_vec(),
        b"PK\x03\x04".to_vec(),
        b"PK".repeat(1_000),
        vec![0xff; 100],
        "[".repeat(1_000_000).into_bytes(),
        stored(&[("brief.txt", b"hoi".to_vec())]),
    ] {
        assert_eq!(read_bytes(bytes), Err(Unusable::OtherFile));
    }
    let mut deep = export().to_string();
    deep.insert_str(1, &format!("\"x\":{},", "[".repeat(100_000)));
    assert!(matches!(read_bytes(deep), Err(Unusable::Broken { .. })));
    let mut lines = serde_json::to_string_pretty(&export()).unwrap();
    lines = lines.replace("\"day\": \"2026-03-02\"", "\"day\": zilvervos");
    let found = read_bytes(lines.clone());
    let at = lines.lines().position(|line| line.contains("zilvervos"));
    assert_eq!(
        found,
        Err(Unusable::Broken {
            line: at.unwrap() + 1
        })
    );
}

#[test]
fn an_archive_comes_back_however_it_was_packed() {
    let sound = b"OggS hallo".to_vec();
    let journal = export().to_string().into_bytes();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for folder in ["", "Downloads/voel-eerst/"] {
            let names = ["voel-eerst-2026-11-22.json", "voice/0002-1.ogg"];
            let [json, ogg] = names.map(|name| format!("{folder}{name}"));
            let archive = packed(
                method,
                &[
                    ("__MACOSX/._voel-eerst-2026-11-22.json", vec![0; 9]),
                    ("lees mij.html", b"<p>".to_vec()),
                    (&json, journal.clone()),
                    (&ogg, sound.clone()),
                ],
            );
            let steps = read_bytes(archive).unwrap();
            assert_eq!(entries(&steps).len(), 1);
            let last = steps.last().unwrap();
            let expected = (EntryId(2), 1, PrivateBytes::new(sound.clone()));
            assert_eq!(last.sounds, [expected]);
            assert_eq!(last.ending, Some(Ending::Whole));
        }
    }
    let steps = read_bytes(stored(&[("voice/0002-1.ogg", sound)])).unwrap();
    assert_eq!(steps[0].opening, Some(Opening::Sounds));
    assert_eq!(steps.last().unwrap().ending, Some(Ending::Sounds));
}

#[test]
fn an_archive_is_never_unpacked_beyond_what_is_taken() {
    let bomb = packed(
        CompressionMethod::Deflated,
        &[("a.json", vec![b' '; LARGEST + 1])],
    );
    assert!(bomb.len() < 100_000);
    assert_eq!(read_bytes(bomb), Err(Unusable::TooLarge));
    let loud = vec![0; LARGEST_SOUND + 1];
    let loud = packed(CompressionMethod::Deflated, &[("voice/0002-1.ogg", loud)]);
    assert_eq!(read_bytes(loud), Err(Unusable::TooLarge));
    let names: Vec<String> = (0..30).map(|at| format!("voice/0002-{at}.ogg")).collect();
    let many: Vec<(&str, Vec<u8>)> = names
        .iter()
        .map(|name| (name.as_str(), vec![0; LARGEST_SOUND]))
        .collect();
    let many = packed(CompressionMethod::Deflated, &many);
    assert_eq!(read_bytes(many), Err(Unusable::TooLarge));
    let journal = || export().to_string().into_bytes();
    let two = stored(&[("a.json", journal()), ("b.json", journal())]);
    assert_eq!(read_bytes(two), Err(Unusable::Unfit));
}

#[test]
fn a_long_journal_comes_in_steps_that_are_small() {
    let entry = |number: u32| {
        let mut entry = export()["entries"][0].clone();
        entry["number"] = number.into();
        entry["voice"] = json!([]);
        entry["parts"] = json!(["x".repeat(4_096)]);
        entry
    };
    let many: Vec<Value> = (0..400).map(entry).collect();
    let steps = read_json(&with("/entries", many)).unwrap();
    let numbers: Vec<u32> = entries(&steps).iter().map(|entry| entry.id.0).collect();
    assert_eq!(numbers, (0..400).collect::<Vec<_>>());
    let small = |step: &Step| step.entries.len() <= STEP_BYTES / 4_096 && step.entries.len() <= 100;
    assert!(steps.len() > 3 && steps.iter().all(small));
    let opened = steps.iter().filter(|step| step.opening.is_some()).count();
    let ended = steps.iter().filter(|step| step.ending.is_some()).count();
    assert_eq!((opened, ended), (1, 1));
    assert!(steps[0].opening.is_some() && steps.last().unwrap().ending.is_some());

    let entries: Vec<Value> = (0..20_001)
        .map(|number| {
            let mut entry = entry(number);
            entry["parts"] = json!(["x"]);
            entry
        })
        .collect();
    assert_eq!(read_json(&with("/entries", entries)), Err(Unusable::Unfit));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is done to a file, it is read or refused, and never more.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        at in 0_usize..2_000, byte: u8, cut in 0_usize..2_000, is_zip: bool,
    ) {
        let mut bytes = export().to_string().into_bytes();
        if is_zip {
            bytes = stored(&[("a.json", bytes), ("voice/0002-1.ogg", b"OggS".to_vec())]);
        }
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read_bytes(bytes.clone());
        bytes.truncate(cut);
        let _ = read_bytes(bytes);
    }
}
