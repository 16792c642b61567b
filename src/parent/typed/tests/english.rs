//! Times, days and dates as people type them in English.

use std::sync::LazyLock;

use jiff::civil::{Date, date as day};

use super::{assert_each_word_means_one_thing, read_time_in};
use crate::{
    library::{Files, Library, TypedWords},
    parent::typed,
};

static ENGLISH: LazyLock<TypedWords> =
    LazyLock::new(|| Library::load(&Files::embedded("en")).unwrap().typed);

/// A Monday.
const TODAY: Date = day(2026, 3, 2);

fn check_times(cases: &[(&str, &str)]) {
    let found: Vec<_> = cases
        .iter()
        .map(|(text, _)| (*text, read_time_in(text, &ENGLISH)))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|(text, time)| (*text, (*time).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn times() {
    check_times(&[
        ("20:15", "20:15"),
        ("7:30 pm", "19:30"),
        ("7.30pm", "19:30"),
        ("7:30 p.m.", "19:30"),
        ("7 am", "07:00"),
        ("7 a.m.", "07:00"),
        ("12 am", "00:00"),
        ("12 pm", "12:00"),
        ("19:30", "19:30"),
        ("Half past seven", "07:30 | 19:30"),
        ("half past seven in the evening", "19:30"),
        ("at half past 7, please", "07:30 | 19:30"),
        ("seven thirty", "07:30 | 19:30"),
        ("twenty fifteen", "20:15"),
        ("quarter past nine", "09:15 | 21:15"),
        ("a quarter to nine in the morning", "08:45"),
        ("quarter to 8 pm", "19:45"),
        ("twenty-five past six", "06:25 | 18:25"),
        ("ten past seven pm", "19:10"),
        ("ten minutes to eight", "07:50 | 19:50"),
        ("10 min before 8 am", "07:50"),
        ("eight o'clock", "08:00 | 20:00"),
        ("8 o'clock at night", "20:00"),
        ("around 8ish", "08:00 | 20:00"),
        ("tonight at nine", "21:00"),
        ("nine tonight", "21:00"),
        ("noon", "12:00"),
        ("12 noon", "12:00"),
        ("midnight", "00:00"),
    ]);
}

/// Somebody is woken by a wrong guess, and nobody by a second question.
#[test]
fn what_means_one_hour_here_and_another_there_is_not_understood() {
    check_times(&[
        ("half eight", "?"),
        ("half 8", "?"),
        ("ten to eight", "?"),
        ("10 to 8", "?"),
        ("five to seven", "?"),
        ("seven", "07:00 | 19:00"),
        ("kwart voor acht", "?"),
    ]);
}

#[test]
fn windows() {
    check_times(&[
        ("between 19 and 21", "19:00-21:00"),
        ("between 7 and 9 pm", "19:00-21:00"),
        ("between seven and nine in the evening", "19:00-21:00"),
        ("7 to 9 pm", "19:00-21:00"),
        ("from 5 to 7 pm", "17:00-19:00"),
        ("from ten to eleven am", "10:00-11:00"),
        ("19 until 21", "19:00-21:00"),
        ("7pm-9pm", "19:00-21:00"),
        ("7.30 to 9.30", "07:30-09:30"),
        ("half past seven to nine pm", "19:30-21:00"),
    ]);
}

#[test]
fn days() {
    let read = |text: &str| {
        let days = typed::days(text, &ENGLISH)?;
        let names = crate::parent::week().zip(["mo", "tu", "we", "th", "fr", "sa", "su"]);
        let chosen = names.filter(|(day, _)| days.contains(*day));
        Some(chosen.map(|(_, name)| name).collect::<Vec<_>>().join(" "))
    };
    for (text, expected) in [
        ("Mon Wed Sat", "mo we sa"),
        ("Monday, Wednesday and Saturday", "mo we sa"),
        ("mondays & thursdays", "mo th"),
        ("weekdays", "mo tu we th fr"),
        ("every weekday please", "mo tu we th fr"),
        ("Mon-Fri", "mo tu we th fr"),
        ("Monday to Friday", "mo tu we th fr"),
        ("monday through thursday", "mo tu we th"),
        ("the weekend", "sa su"),
        ("every day", "mo tu we th fr sa su"),
        ("daily", "mo tu we th fr sa su"),
        ("every day except Sunday", "mo tu we th fr sa"),
        ("weekdays but not on Wed", "mo tu th fr"),
        ("Tues, Thurs", "tu th"),
        ("Sunday not", "mo tu we th fr sa"),
        ("every day, the weekend not", "mo tu we th fr"),
    ] {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["", "maandag", "someday", "not on any day", "not"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn dates() {
    for (text, expected) in [
        ("today", TODAY),
        ("Yesterday", day(2026, 3, 1)),
        ("last night", day(2026, 3, 1)),
        ("the day before yesterday", day(2026, 2, 28)),
        ("last Tuesday", day(2026, 2, 24)),
        ("Tuesday", day(2026, 2, 24)),
        ("on Monday", day(2026, 2, 23)),
        ("Tuesday last week", day(2026, 2, 24)),
        ("last week Friday", day(2026, 2, 27)),
        ("three days ago", day(2026, 2, 27)),
        ("a week ago", day(2026, 2, 23)),
        ("2 months ago", day(2026, 1, 2)),
        ("12 March", day(2025, 3, 12)),
        ("12th of March", day(2025, 3, 12)),
        ("March 12", day(2025, 3, 12)),
        ("the 1st of March", day(2026, 3, 1)),
        ("March 12th, 2024", day(2024, 3, 12)),
        ("Mar 12 2024", day(2024, 3, 12)),
        ("12 March 2024", day(2024, 3, 12)),
        ("Tuesday 24 February", day(2026, 2, 24)),
        ("last March 12", day(2025, 3, 12)),
        ("12/2", day(2026, 2, 12)),
        ("12-2-2026", day(2026, 2, 12)),
    ] {
        assert_eq!(
            typed::date(text, &ENGLISH, TODAY),
            Some(expected),
            "{text:?}"
        );
    }
    for text in [
        "tomorrow",
        "gisteren",
        "March 2024",
        "12.30",
        "3/25/2025",
        "last",
        "",
    ] {
        assert_eq!(typed::date(text, &ENGLISH, TODAY), None, "{text:?}");
    }
}

#[test]
fn the_english_words_are_complete_and_clear() {
    let words = &*ENGLISH;
    assert_eq!(words.numbers.len(), 60);
    let of_times = [
        &words.hour,
        &words.minute,
        &words.half_before,
        &words.thirty,
        &words.quarter,
        &words.past,
        &words.to,
        &words.noon,
        &words.midnight,
        &words.between,
        &words.between_and,
        &words.ignore,
    ];
    let of_times = of_times
        .into_iter()
        .chain(&words.numbers)
        .chain(words.parts.iter().map(|part| &part.words));
    assert_each_word_means_one_thing(of_times.collect());
    // The one word that means two things, and is known to.
    let both: Vec<_> = words
        .up_to
        .iter()
        .filter(|word| words.to.contains(word))
        .collect();
    assert_eq!(both, ["to"]);
}
