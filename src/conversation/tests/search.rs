//! `/zoek`.

use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use super::{book::three_days, *};
use crate::parent::MessageId;

/// A parent with these entries, one a day up to 1 March 2026, the first the oldest.
pub(super) fn wrote(texts: &[String]) -> Talk {
    let mut talk = Talk::begun();
    for (number, text) in (0_u32..).zip(texts) {
        let back = texts.len() - number as usize;
        let entry = Entry {
            id: EntryId(number),
            day: date(2026, 3, 2)
                .checked_sub(i64::try_from(back).unwrap().days())
                .unwrap(),
            written: talk.now,
            prompt: None,
            parts: vec![Part::typed(MessageId(-1), Words::new(text.as_str()))],
            heavy: false,
        };
        talk.book.entries.insert(entry.id, entry);
    }
    talk.parent.as_mut().unwrap().next_entry = u32::try_from(texts.len()).unwrap();
    talk
}

fn nights(count: usize) -> Talk {
    let texts: Vec<String> = (1..=count)
        .map(|night| format!("Nacht {night}: hij sliep na het Bedtijdverhaal."))
        .collect();
    wrote(&texts)
}

#[test]
fn found_entries_stand_newest_first_with_the_hit_visible() {
    let mut talk = three_days();
    talk.say("/zoek RÚSTIG");
    insta::assert_snapshot!(talk.last().text, @"
    Eén keer gevonden.

    1. woensdag 4 maart, Even in je hoofd
    Woensdag: «rustig».
    ");
    talk.say("/zoek dag:");
    insta::assert_snapshot!(talk.last().text, @"
    3 keer gevonden, nieuwste eerst.

    1. zaterdag 7 maart, Hoe oud voel je je
    Zater«dag»: samen gelachen.

    2. woensdag 4 maart, Even in je hoofd
    Woens«dag»: rustig.

    3. maandag 2 maart, Even lucht
    Maan«dag»: moe.
    ");
    assert_eq!(talk.last().labels(), [vec!["1", "2", "3"], vec!["Sluit"]]);
}

#[test]
fn pages_turn_in_place() {
    let mut talk = nights(12);
    talk.say("/zoek bedtijd");
    let message = talk.last_id();
    insta::assert_snapshot!(talk.last().text, @"
    12 keer gevonden, nieuwste eerst.

    1. zondag 1 maart, Losse notitie
    Nacht 12: hij sliep na het «Bedtijd»verhaal.

    2. zaterdag 28 februari, Losse notitie
    Nacht 11: hij sliep na het «Bedtijd»verhaal.

    3. vrijdag 27 februari, Losse notitie
    Nacht 10: hij sliep na het «Bedtijd»verhaal.

    4. donderdag 26 februari, Losse notitie
    Nacht 9: hij sliep na het «Bedtijd»verhaal.

    5. woensdag 25 februari, Losse notitie
    Nacht 8: hij sliep na het «Bedtijd»verhaal.
    ");
    assert_eq!(talk.last().labels()[1..], [["Ouder"], ["Sluit"]]);
    talk.tap("Ouder");
    talk.tap("Ouder");
    assert_eq!(talk.last_id(), message);
    assert_eq!(
        talk.last().labels(),
        [vec!["1", "2"], vec!["Nieuwer"], vec!["Sluit"]]
    );
    assert!(talk.last().text.contains("Nacht 1:"));
    talk.tap("Nieuwer");
    assert!(talk.last().text.contains("Nacht 7:"));
    assert!(talk.parent().journal.search.is_some());
    talk.tap("Sluit");
    assert!(
        talk.parent().journal.search.is_none(),
        "what was searched for is forgotten"
    );
}

#[test]
fn a_found_entry_opens_and_leads_back() {
    let mut talk = nights(3);
    talk.say("/zoek bedtijd");
    talk.tap("2");
    assert!(
        talk.last()
            .text
            .ends_with("Nacht 2: hij sliep na het Bedtijdverhaal.")
    );
    talk.tap("Terug naar gevonden");
    assert!(talk.last().text.starts_with("3 keer gevonden"));
    talk.say("/dagboek");
    assert!(
        talk.parent().journal.search.is_none(),
        "a command forgets it"
    );
    assert!(
        talk.last()
            .labels()
            .contains(&vec!["Zoek", "Voor een eerdere dag"])
    );
}

#[test]
fn a_word_can_be_asked_for() {
    let mut talk = nights(3);
    talk.say("/dagboek");
    talk.tap("Zoek");
    insta::assert_snapshot!(talk.last().text, @"Welk woord zoek je? Typ het hier. De volgende keer kan het ook in één keer: /zoek bedtijd");
    talk.say("nacht 2");
    assert_eq!(talk.book.entries.len(), 3, "it is no note");
    assert!(
        talk.last()
            .text
            .starts_with(LIBRARY.texts.search.one.as_str())
    );

    talk.say("/zoek");
    talk.say(&"Dit is iets wat ik wil vertellen. ".repeat(4));
    assert_eq!(
        talk.book.entries.len(),
        4,
        "a long text is no word to search for"
    );
}

#[test]
fn after_nothing_was_found_the_next_word_is_sought_too() {
    for first in ["a", "overdag", &"x".repeat(90)] {
        for command in [true, false] {
            let mut talk = nights(3);
            let kept = talk.book.clone();
            if command {
                talk.say(&format!("/zoek {first}"));
            } else {
                talk.say("/zoek");
                talk.say(first);
            }
            assert_eq!(talk.last().labels().concat(), ["Toch niet"], "{first}");
            talk.say("nacht");
            assert!(talk.parent().journal.search.is_some(), "{first}");
            assert_eq!(talk.book, kept, "{first}");
        }
    }
}

#[test]
fn nothing_found_or_nothing_to_find() {
    let mut talk = nights(3);
    talk.say("/zoek overdag");
    insta::assert_snapshot!(talk.last().text, @"Niets gevonden met 'overdag'. Een korter woord helpt soms.");
    talk.say(&format!("/zoek {}", "x".repeat(90)));
    insta::assert_snapshot!(talk.last().text, @"Niets gevonden met 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'. Een korter woord helpt soms.");
    talk.say("/zoek a");
    assert_eq!(talk.last().text, LIBRARY.texts.search.too_short.as_str());
    talk.say(&format!("/zoek {}", "x".repeat(4000)));
    insta::assert_snapshot!(talk.last().text, @"Hier past één korte zin, tot 100 tekens.");
    assert!(talk.parent().journal.search.is_none());

    let mut talk = Talk::begun();
    talk.say("/zoek bedtijd");
    assert_eq!(talk.last().text, LIBRARY.texts.journal.empty.as_str());
    talk.parent.as_mut().unwrap().consent = crate::parent::Consent::Declined;
    talk.say("/zoek bedtijd");
    assert_eq!(talk.last().text, LIBRARY.texts.error.needs_consent.as_str());
}

#[test]
fn what_is_erased_meanwhile_is_found_no_more() {
    let mut talk = nights(6);
    talk.say("/zoek bedtijd");
    talk.book.entries.retain(|id, _| id.0 == 0);
    talk.tap("Ouder");
    assert!(
        talk.last()
            .text
            .starts_with(LIBRARY.texts.search.one.as_str())
    );
    let message = talk.last_id();
    talk.book.entries.clear();
    talk.tap_data(message, &format!("{:x}.b.f.0", talk.parent().keyboard));
    assert!(talk.last().text.starts_with("Niets gevonden"));
}

#[test]
fn a_page_of_found_entries_fits_whatever_was_typed() {
    for piece in ["👨‍👩‍👧‍👦", "e\u{301}\u{302}\u{303}", "مرحبا ", "a", "𝕏"]
    {
        let long = format!(
            "slaap{}slaap",
            piece.repeat(4000 / piece.encode_utf16().count())
        );
        let mut talk = wrote(&vec![long; 6]);
        // The page is checked against Telegram's limit as it is delivered.
        talk.say("/zoek slaap");
        assert!(talk.last().text.matches("«slaap»").count() >= 5);
    }
}

/// Letters with and without accents and case.
fn folded(text: &str) -> String {
    let plain = |char: char| match char {
        'é' | 'É' | 'E' => 'e',
        'A' => 'a',
        other => other,
    };
    text.chars().map(plain).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn exactly_the_entries_are_found_that_hold_every_word(
        texts in prop::collection::vec("[aAeéÉ b]{1,12}", 1..12), query in "[aAeéb]{2}( [aAeéb]{1,2})?",
    ) {
        let mut talk = wrote(&texts);
        let expected: Vec<usize> = (0..texts.len())
            .rev()
            .filter(|at| query.split(' ').all(|word| folded(&texts[*at]).contains(&folded(word))))
            .collect();
        talk.say(&format!("/zoek {query}"));
        let mut found = opens(&talk);
        while talk.last().labels().contains(&vec!["Ouder"]) || talk.last().labels().contains(&vec!["Nieuwer", "Ouder"]) {
            talk.tap("Ouder");
            found.extend(opens(&talk));
        }
        prop_assert_eq!(found, expected);
    }
}

/// The entries that the numbered buttons open.
fn opens(talk: &Talk) -> Vec<usize> {
    let buttons = talk.last().keyboard.0.iter().flatten();
    let data = buttons.filter_map(|button| match &button.action {
        Action::Data(data) => Tap::read(data),
        Action::Url(_) => None,
    });
    data.filter_map(|(_, tap)| match tap {
        Tap::Page(entry, _) => Some(entry.0 as usize),
        _ => None,
    })
    .collect()
}
