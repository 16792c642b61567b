//! A file that somebody sends for a journal to come back from: JSON, or an archive.
//!
//! What is accepted is a journal as the bot itself could have kept it, and exported again it is the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::{Timestamp, ToSpan, civil::Date};
use voel_eerst::{
    conversation::{Choices, Document, Entry, EntryId, Form, Opening, Step, Unusable},
    export::{self, Kept, back},
    parent::{Consent, Parent, PrivateBytes},
};

use super::LANGUAGES;

static NOW: LazyLock<Timestamp> =
    LazyLock::new(|| "2026-11-22T23:30:00Z".parse().expect("a moment"));

pub fn hold(bytes: &[u8]) {
    match back::read(&PrivateBytes::new(bytes.to_vec()), *NOW) {
        Ok(steps) => accepted(&steps),
        Err(Unusable::Broken { line }) => {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            // In an archive the lines are those of a file that was packed.
            assert!(line <= lines || bytes.starts_with(b"PK"), "line {line}");
        }
        Err(Unusable::OtherFile | Unusable::Newer | Unusable::Unfit | Unusable::TooLarge) => {}
    }
}

fn accepted(steps: &[Step]) {
    let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
    let opened = steps.iter().filter(|step| step.opening.is_some()).count();
    let ended = steps.iter().filter(|step| step.ending.is_some()).count();
    assert_eq!((opened, ended), (1, 1));
    assert!(first.opening.is_some() && last.ending.is_some());

    let entries: Vec<&Entry> = steps.iter().flat_map(|step| &step.entries).collect();
    assert!(entries.windows(2).all(|two| two[0].id < two[1].id));
    for entry in &entries {
        is_valid(entry);
    }
    let sounds = steps.iter().flat_map(|step| &step.sounds);
    for (_, nth, sound) in sounds.clone() {
        assert!((1..=2_000_000).contains(&sound.len()), "voice note {nth}");
    }
    match first.opening.as_ref().unwrap() {
        Opening::Sounds => assert!(entries.is_empty()),
        Opening::Journal {
            choices,
            hidden,
            next_entry,
        } => {
            assert!(entries.iter().all(|entry| entry.id.0 < *next_entry));
            are_valid(choices);
            comes_back_the_same(choices, hidden, &entries);
        }
    }
}

fn is_valid(entry: &Entry) {
    let today = NOW.to_zoned(jiff::tz::TimeZone::UTC).date();
    let ahead = today.checked_add(4.days()).unwrap();
    assert!((Date::constant(1900, 1, 1)..=ahead).contains(&entry.day));
    assert!(entry.written < NOW.checked_add(72.hours()).unwrap());
    assert!((1..=41).contains(&entry.parts.len()));
    let messages: BTreeSet<_> = entry.parts.iter().map(|part| part.message).collect();
    assert_eq!(messages.len(), entry.parts.len());
    for part in &entry.parts {
        assert!(part.message.0 < 0, "the number of a message of this chat");
        let words = part.words.reveal();
        assert!(words.encode_utf16().count() <= 4_096 && !words.contains('\0'));
        match part.spoken {
            Some(spoken) => assert!(spoken.seconds <= 180 && spoken.bytes == 0),
            None => assert!(!words.is_empty(), "an empty part"),
        }
    }
    if let Some(prompt) = &entry.prompt {
        assert!((1..=64).contains(&prompt.id.len()));
        assert!(prompt.title.encode_utf16().count() <= 300 && !prompt.title.contains('\0'));
    }
}

fn are_valid(choices: &Choices) {
    assert!((1..=4).contains(&choices.times.len()));
    assert!(choices.own_prompts.len() <= 20);
    let numbers: BTreeSet<_> = choices.own_prompts.iter().map(|own| own.number).collect();
    assert_eq!(numbers.len(), choices.own_prompts.len());
    for own in &choices.own_prompts {
        let words = own.words.reveal();
        assert!((1..=280).contains(&words.encode_utf16().count()) && !words.contains('\0'));
        assert!(
            own.number < u16::MAX,
            "no number would be left for the next"
        );
    }
    assert!(choices.answers.iter().all(|(_, at)| *at <= *NOW));
}

/// A parent who chose this and wrote that takes it along, and it comes back.
fn comes_back_the_same(choices: &Choices, hidden: &[EntryId], entries: &[&Entry]) {
    let mut parent = Parent {
        consent: Consent::Given {
            version: "2026-01".to_owned(),
            at: *NOW,
        },
        ..Parent::default()
    };
    parent.schedule.times.clone_from(&choices.times);
    parent.schedule.days = choices.days;
    parent.schedule.zone = choices.zone.clone();
    parent.rhythm.weekly = choices.weekly;
    parent.country = choices.country;
    parent.settings.on_this_day = choices.on_this_day;
    parent.journal.sundays.on = choices.sundays.unwrap_or_default();
    parent.journal.on_this_day.hidden = hidden.iter().map(|entry| entry.0).collect();
    parent.own.prompts.clone_from(&choices.own_prompts);
    let kept = Kept {
        parent: &parent,
        entries: entries.iter().map(|entry| (*entry).clone()).collect(),
        sounds: BTreeMap::new(),
        library: LANGUAGES.of(None),
        now: *NOW,
    };
    let document = Document {
        form: Form::Data,
        years: None,
        sounds: None,
    };
    let file = export::make(kept, &document).unwrap();
    let again = back::read(&file.content, *NOW).unwrap();
    let entries_again: Vec<&Entry> = again.iter().flat_map(|step| &step.entries).collect();
    assert!(entries_again == entries, "another journal comes back");
    let Some(Opening::Journal {
        choices: same,
        hidden: same_hidden,
        ..
    }) = &again[0].opening
    else {
        panic!("a journal expected");
    };
    assert_eq!(
        same_hidden.iter().collect::<BTreeSet<_>>(),
        hidden.iter().collect()
    );
    let choices = Choices {
        recognises: None,
        answers: Vec::new(),
        sundays: Some(choices.sundays.unwrap_or_default()),
        ..choices.clone()
    };
    assert_eq!(**same, choices);
}
