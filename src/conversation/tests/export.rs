//! `/export`: which documents are wanted, and what is said around them.

use proptest::prelude::*;

use super::{super::export::at_most, *};

/// A parent who wrote one loose note on each of these days.
fn with_notes(days: &[&str]) -> Talk {
    let mut talk = Talk::begun();
    for day in days {
        talk.until(amsterdam(&format!("{day}T13:00")));
        talk.say("Iets kleins.");
    }
    talk
}

fn all_of(form: Form) -> Document {
    Document {
        form,
        years: None,
        sounds: None,
    }
}

#[test]
fn to_read_come_a_page_and_a_text_after_a_warning() {
    let mut talk = with_notes(&["2026-03-02"]);
    talk.say("/export");
    insta::assert_snapshot!(talk.last().text, @"In welke vorm wil je alles meenemen?");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Om te lezen"],
            vec!["Voor een ander programma"],
            vec!["Toch niet"]
        ]
    );
    talk.tap("Om te lezen");
    let warning = talk.last_id();
    insta::assert_snapshot!(talk.last().text, @"Let op: het bestand komt in deze chat en op je telefoon te staan, zonder slot. Bewaar het op een plek die bij je past.");
    assert_eq!(
        talk.last().labels(),
        [vec!["Stuur het bestand"], vec!["Toch niet"]]
    );
    assert_eq!(talk.documents, []);

    talk.tap("Stuur het bestand");
    assert_eq!(talk.documents, [all_of(Form::Page), all_of(Form::Text)]);
    assert_eq!(talk.chat[&warning].keyboard, Keyboard::default());
    insta::assert_snapshot!(talk.last().text, @"Hier is alles wat ik van je bewaar.");
    let captions = talk.chat.values().rev().map(|shown| shown.text.as_str());
    let done = captions.filter(|text| text.starts_with("Hier is alles"));
    assert_eq!(
        done.count(),
        1,
        "only the last document says that it is all"
    );
}

#[test]
fn for_a_program_comes_one_document_also_without_entries() {
    let mut talk = Talk::begun();
    talk.say("/export");
    talk.tap("Voor een ander programma");
    talk.tap("Stuur het bestand");
    assert_eq!(talk.documents, [all_of(Form::Data)]);
    insta::assert_snapshot!(talk.last().text, @"Hier is alles wat ik van je bewaar.");
}

#[test]
fn without_entries_there_is_nothing_to_read() {
    let mut talk = Talk::begun();
    talk.say("/export");
    talk.tap("Om te lezen");
    insta::assert_snapshot!(talk.last().text, @"Ik bewaar nog geen antwoorden van je.");
    assert_eq!(talk.last().keyboard, Keyboard::default());
    assert_eq!(talk.documents, []);
}

#[test]
fn no_is_no_at_both_steps() {
    let mut talk = with_notes(&["2026-03-02"]);
    talk.say("/export");
    talk.tap("Toch niet");
    assert_eq!(talk.last().keyboard, Keyboard::default());
    talk.say("/export");
    talk.tap("Om te lezen");
    talk.tap("Toch niet");
    assert_eq!(talk.last().keyboard, Keyboard::default());
    assert_eq!(talk.documents, []);
}

#[test]
fn a_failure_is_said_once_and_the_rest_is_let_go() {
    for outcome in [Outcome::Failed, Outcome::Expired, Outcome::InDoubt] {
        let mut talk = with_notes(&["2026-03-02"]);
        talk.lose_documents = Some(outcome);
        talk.say("/export");
        talk.tap("Om te lezen");
        let before = talk.count();
        talk.tap("Stuur het bestand");
        assert_eq!(talk.documents, [all_of(Form::Page)], "{outcome:?}");
        assert_eq!(talk.count(), before + 1, "{outcome:?}");
        assert_eq!(
            talk.last().text,
            "Het bestand maken lukte niet. Er is niets weg. Probeer het zo nog eens."
        );
    }
}

#[test]
fn a_second_tap_sends_nothing_twice() {
    let mut talk = with_notes(&["2026-03-02"]);
    talk.say("/export");
    talk.tap("Voor een ander programma");
    let menu = talk.last_id();
    let send = talk.last().keyboard.0[0][0].action.clone();
    talk.tap("Stuur het bestand");
    let Action::Data(data) = send else {
        panic!("callback data")
    };
    talk.tap_data(menu, &data);
    assert_eq!(talk.documents, [all_of(Form::Data)]);
}

fn entry(year: i16, bytes: usize) -> Entry {
    Entry {
        heavy: false,
        id: EntryId(0),
        day: jiff::civil::date(year, 5, 1),
        written: Timestamp::UNIX_EPOCH,
        prompt: None,
        parts: vec![Part::typed(MessageId(1), Words::new("x".repeat(bytes)))],
    }
}

#[test]
fn years_are_put_together_as_long_as_they_fit() {
    let journal: Vec<Entry> = [
        (2024, 10),
        (2026, 10),
        (2025, 10),
        (2026, 10),
        (2030, 5_000),
    ]
    .map(|(year, bytes)| entry(year, bytes))
    .into();
    let one = at_most(&entry(2024, 10));
    let volumes = |largest| {
        let volumes = super::super::export::volumes(&journal, largest);
        let years = |years: Option<Years>| years.map(|years| (years.first, years.last));
        volumes.into_iter().map(years).collect::<Vec<_>>()
    };
    assert_eq!(volumes(usize::MAX), [None]);
    assert_eq!(
        volumes(2 * one),
        [Some((2024, 2025)), Some((2026, 2026)), Some((2030, 2030))]
    );
    assert_eq!(volumes(4 * one), [Some((2024, 2026)), Some((2030, 2030))]);
    assert_eq!(
        volumes(1),
        [2024, 2025, 2026, 2030].map(|year| Some((year, year)))
    );
    assert_eq!(super::super::export::volumes(&[], 0), [None]);
}

proptest! {
    #[test]
    fn every_entry_is_in_exactly_one_document(years in proptest::collection::vec(2020_i16..2032, 0..40), largest in 0_usize..30_000) {
        let journal: Vec<Entry> = years.iter().map(|year| entry(*year, 40)).collect();
        let volumes = super::super::export::volumes(&journal, largest);
        for entry in &journal {
            let holding = volumes.iter().filter(|years| years.is_none_or(|years| years.hold(entry)));
            prop_assert_eq!(holding.count(), 1);
        }
    }
}

/// A note of so many bytes of sound.
fn spoken(id: u32, bytes: u32) -> Entry {
    let mut entry = entry(2026, 10);
    entry.id = EntryId(id);
    entry.parts.push(Part {
        message: MessageId(2),
        words: Words::default(),
        spoken: Some(Spoken { seconds: 9, bytes }),
    });
    entry
}

#[test]
fn with_a_voice_note_everything_comes_in_one_archive() {
    for form in ["Om te lezen", "Voor een ander programma"] {
        let mut talk = with_notes(&["2026-03-02"]);
        talk.speak(42);
        talk.say("/export");
        talk.tap(form);
        talk.tap("Stuur het bestand");
        let only = EntryId(0);
        let whole = Document {
            sounds: Some(Numbers {
                first: only,
                last: only,
            }),
            ..all_of(Form::Archive)
        };
        assert_eq!(talk.documents, [whole]);
    }
}

#[test]
fn voice_notes_that_do_not_fit_follow_in_archives_of_their_own() {
    let journal = [spoken(9, 50_000), spoken(3, 60_000), spoken(5, 60_000)];
    let documents = super::super::export::documents(&journal, Use::Reading, 130_000);
    let found: Vec<_> = documents
        .iter()
        .map(|document| {
            let numbers = document
                .sounds
                .map(|numbers| (numbers.first.0, numbers.last.0));
            (document.form, numbers)
        })
        .collect();
    assert_eq!(
        found,
        [(Form::Archive, Some((3, 3))), (Form::Sounds, Some((5, 9))),]
    );
}

proptest! {
    #[test]
    fn every_sound_is_in_exactly_one_document_and_none_is_too_large(
        sizes in proptest::collection::vec(0_u32..40_000, 1..40), largest in 45_000_usize..200_000,
    ) {
        let journal: Vec<Entry> = (0..).zip(&sizes).map(|(id, bytes)| spoken(id, *bytes)).collect();
        let documents = super::super::export::documents(&journal, Use::Program, largest);
        let size_in = |document: &Document| {
            let held = |entry: &&Entry| document.sounds.is_some_and(|numbers| numbers.hold(entry));
            let held = journal.iter().filter(held);
            held.map(|entry| sizes[entry.id.0 as usize] as usize).sum::<usize>()
        };
        for document in &documents {
            prop_assert!(size_in(document) <= largest);
        }
        for entry in &journal {
            let holding = documents.iter().filter(|document| {
                document.sounds.is_some_and(|numbers| numbers.hold(entry))
            });
            prop_assert_eq!(holding.count(), 1);
        }
    }
}
