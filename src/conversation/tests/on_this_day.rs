//! What was written on this day in earlier years.

use jiff::civil::{Date, date};

use super::*;
use crate::parent::MessageId;

/// It is Monday 2 March 2026; prompts come on Monday, Wednesday and Saturday.
fn wanting(written: &[(Date, &str)]) -> Talk {
    let mut talk = Talk::begun();
    for (number, (day, text)) in (0_u32..).zip(written) {
        let entry = Entry {
            id: EntryId(number),
            day: *day,
            written: talk.now,
            prompt: None,
            parts: vec![Part::typed(MessageId(-1), Words::new(*text))],
            heavy: false,
        };
        talk.book.entries.insert(entry.id, entry);
    }
    talk.parent.as_mut().unwrap().next_entry = u32::try_from(written.len()).unwrap();
    talk.say("/instellingen");
    talk.tap("Op deze dag");
    talk.tap("Ja, graag");
    talk
}

fn knocks(talk: &Talk) -> usize {
    let knock = LIBRARY.texts.onthisday.knock.as_str();
    talk.chat
        .values()
        .filter(|shown| shown.text == knock)
        .count()
}

const TUESDAY: Date = date(2025, 3, 3);

#[test]
fn it_is_off_until_the_parent_wants_it() {
    let mut talk = Talk::begun();
    assert!(!talk.parent().settings.on_this_day);
    assert_eq!(talk.parent().journal.due(), None);
    talk.say("/instellingen");
    talk.tap("Op deze dag");
    talk.tap("Ja, graag");
    let tuesday = amsterdam("2026-03-03T19:30");
    assert_eq!(talk.parent().journal.due(), Some(tuesday));
    talk.tap("Op deze dag");
    talk.tap("Nee, liever niet");
    assert_eq!(talk.parent().journal.due(), None);
}

#[test]
fn it_goes_with_the_consent_to_keep_what_is_written() {
    let mut talk = wanting(&[(TUESDAY, "Iets.")]);
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    assert!(!talk.parent().settings.on_this_day);
    talk.until(amsterdam("2026-03-04T12:00"));
    assert_eq!(knocks(&talk), 0);
}

#[test]
fn it_is_silent_in_a_pause_and_comes_after_it() {
    let mut talk = wanting(&[(TUESDAY, "Iets."), (date(2025, 3, 10), "Nog iets.")]);
    talk.say("/pauze");
    talk.tap("Drie dagen");
    assert_eq!(talk.parent().journal.due(), None);
    talk.until(amsterdam("2026-03-10T20:00"));
    assert_eq!(knocks(&talk), 1);
}

#[test]
fn it_knocks_on_a_day_without_a_prompt_and_shows_on_a_tap() {
    let mut talk = wanting(&[
        (date(2024, 5, 1), "Iets anders."),
        (TUESDAY, "We bakten samen een taart."),
    ]);
    talk.until(amsterdam("2026-03-03T19:29"));
    assert_eq!(knocks(&talk), 0);
    talk.until(amsterdam("2026-03-03T19:30"));
    assert_eq!(
        talk.last().labels(),
        [vec!["Lees het", "Nu niet"], vec!["Zet dit uit"]]
    );
    insta::assert_snapshot!(talk.last().text, @"Op deze dag schreef je eerder iets. Wil je het teruglezen?");
    talk.tap("Lees het");
    insta::assert_snapshot!(talk.last().text, @"
    Op deze dag, maandag 3 maart 2025, schreef je:

    We bakten samen een taart.
    ");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Laat deze niet meer zien"],
            vec!["Zet dit uit", "Sluit"]
        ]
    );
}

#[test]
fn it_comes_at_most_once_a_week() {
    let written: Vec<(Date, &str)> = (1..=31).map(|day| (date(2025, 3, day), "Iets.")).collect();
    let mut talk = wanting(&written);
    talk.until(amsterdam("2026-03-10T19:29"));
    assert_eq!(knocks(&talk), 1);
    talk.until(amsterdam("2026-03-31T23:00"));
    assert_eq!(knocks(&talk), 5, "3, 10, 17, 24 and 31 March");
}

#[test]
fn a_day_with_a_heavy_entry_never_comes_back() {
    let mut talk = wanting(&[(TUESDAY, "Zwaar."), (TUESDAY, "En iets lichts.")]);
    talk.book.entries.get_mut(&EntryId(0)).unwrap().heavy = true;
    talk.until(amsterdam("2026-03-04T12:00"));
    assert_eq!(knocks(&talk), 0);
}

#[test]
fn a_hidden_entry_never_comes_back() {
    let mut talk = wanting(&[(TUESDAY, "Het ene."), (TUESDAY, "Het andere.")]);
    talk.until(amsterdam("2026-03-03T20:00"));
    talk.tap("Lees het");
    let hidden = talk.last().text.contains("Het ene.");
    talk.tap("Laat deze niet meer zien");
    assert_eq!(talk.last().text, LIBRARY.texts.onthisday.hidden.as_str());
    // The next 3 March without a prompt is a Sunday, four years later.
    let later = amsterdam("2030-03-02T23:00");
    talk.now = later;
    talk.parent.as_mut().unwrap().journal.let_go();
    talk.parent.as_mut().unwrap().plan(later);
    talk.until(amsterdam("2030-03-03T20:00"));
    talk.tap("Lees het");
    let other = if hidden { "Het andere." } else { "Het ene." };
    assert!(talk.last().text.ends_with(other));
    talk.tap("Laat deze niet meer zien");
    let said = knocks(&talk);
    talk.now = later;
    talk.parent.as_mut().unwrap().journal.on_this_day.last_shown = None;
    talk.parent.as_mut().unwrap().journal.let_go();
    talk.parent.as_mut().unwrap().plan(later);
    talk.until(amsterdam("2030-03-03T20:00"));
    assert_eq!(knocks(&talk), said);
}

#[test]
fn it_can_be_turned_off_where_it_stands() {
    let mut talk = wanting(&[(TUESDAY, "Iets.")]);
    talk.until(amsterdam("2026-03-03T20:00"));
    talk.tap("Zet dit uit");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.onthisday.turned_off.as_str()
    );
    assert_eq!(talk.parent().journal.due(), None);
}

#[test]
fn a_day_on_which_a_prompt_was_asked_for_has_enough() {
    let mut talk = wanting(&[(TUESDAY, "Iets.")]);
    talk.until(amsterdam("2026-03-03T12:00"));
    talk.say("/vandaag");
    talk.tap("Ja, stuur er één");
    talk.until(amsterdam("2026-03-04T12:00"));
    assert_eq!(knocks(&talk), 0);
}

#[test]
fn an_entry_that_is_erased_before_it_is_read_is_not_shown() {
    let mut talk = wanting(&[(TUESDAY, "Iets.")]);
    talk.until(amsterdam("2026-03-03T20:00"));
    talk.book.entries.clear();
    talk.tap("Lees het");
    assert!(talk.last().labels().is_empty());
    assert_eq!(talk.last().text, LIBRARY.texts.onthisday.knock.as_str());
}

#[test]
fn a_long_entry_is_shown_as_far_as_it_fits() {
    let long = "👨‍👩‍👧‍👦 een lange dag ".repeat(300);
    let mut talk = wanting(&[(TUESDAY, &long)]);
    talk.until(amsterdam("2026-03-03T20:00"));
    talk.tap("Lees het");
    assert!(talk.last().text.ends_with('…'));
}
