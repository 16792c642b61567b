//! What a parent types for a time, for days, for a date, for a place.
//!
//! What was understood can be shown, and what is shown is understood as the same: otherwise somebody who types what they read would be
//! woken at another time.

use std::sync::LazyLock;

use jiff::{ToSpan, civil::Date};
use voel_eerst::{
    library::{Languages, Library},
    parent::{
        Days, Slot, place,
        typed::{self, TypedTime},
        week,
    },
};

use super::LANGUAGES;

/// The names of the days in each language, Monday first, as they are typed.
fn day_names(library: &Library) -> [&[String]; 7] {
    let words = &library.typed.days;
    [
        &words.monday,
        &words.tuesday,
        &words.wednesday,
        &words.thursday,
        &words.friday,
        &words.saturday,
        &words.sunday,
    ]
}

/// A day in a leap year, so that there is a 29 February behind it and one far behind.
const TODAY: Date = jiff::civil::date(2028, 3, 2);

pub fn hold(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    for library in Languages::iter(&LANGUAGES) {
        time(text, library);
        days(text, library);
        date(text, library);
        zone(text, library);
    }
}

fn time(text: &str, library: &Library) {
    let shown_is_read = |slot: Slot| {
        let shown = slot.to_string();
        let again = typed::time(&shown, &library.typed);
        assert_eq!(again, Some(TypedTime::Exact(slot)), "{shown}");
    };
    match typed::time(text, &library.typed) {
        Some(TypedTime::Exact(slot)) => shown_is_read(slot),
        Some(TypedTime::Either(first, second)) => {
            assert!(first.from().hour() < 12, "the first begins before noon");
            let later = first.from().plus_minutes(12 * 60);
            assert_eq!(second.from(), later, "the second twelve hours later");
            shown_is_read(first);
            shown_is_read(second);
        }
        None => {}
    }
}

fn days(text: &str, library: &Library) {
    let Some(chosen) = typed::days(text, &library.typed) else {
        return;
    };
    assert!(!chosen.is_empty(), "no day is no choice");
    let names = day_names(library);
    let shown: Vec<&str> = week()
        .zip(names)
        .filter(|(day, _)| chosen.contains(*day))
        .map(|(_, names)| names[0].as_str())
        .collect();
    let shown = shown.join(", ");
    let again: Option<Days> = typed::days(&shown, &library.typed);
    assert_eq!(again, Some(chosen), "{shown}");
}

fn date(text: &str, library: &Library) {
    static EARLIEST: LazyLock<Date> = LazyLock::new(|| jiff::civil::date(1900, 1, 1));
    let Some(date) = typed::date(text, &library.typed, TODAY) else {
        return;
    };
    assert!((*EARLIEST..=TODAY).contains(&date), "{date}");
    for shown in [
        date.to_string(),
        format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year()),
    ] {
        let again = typed::date(&shown, &library.typed, TODAY);
        assert_eq!(again, Some(date), "{shown}");
    }
    // On a later day the same text may mean another date, and never one to come.
    let later = TODAY.checked_add(400.days()).unwrap_or(TODAY);
    let then = typed::date(text, &library.typed, later);
    assert!(then.is_none_or(|then| then <= later));
}

fn zone(text: &str, library: &Library) {
    let Some(zone) = place::zone(text, &library.places) else {
        return;
    };
    // The name that the parent reads leads to a zone of that name: what they see is what they can type.
    let name = place::name(&zone, &library.places);
    let again = place::zone(&name, &library.places);
    let again = again.map(|again| place::name(&again, &library.places));
    assert_eq!(again.as_deref(), Some(name.as_str()));
}
