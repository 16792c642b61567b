#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod english;

use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;

use super::*;
use crate::{library::Library, parent::schedule::week};

static DUTCH: LazyLock<TypedWords> = LazyLock::new(|| Library::embedded().unwrap().typed);

fn read_time(text: &str) -> String {
    read_time_in(text, &DUTCH)
}

/// `07:30`, or `07:30 | 19:30` when both could be meant, or `?`.
fn read_time_in(text: &str, words: &TypedWords) -> String {
    match time(text, words) {
        Some(TypedTime::Exact(time)) => time.to_string(),
        Some(TypedTime::Either(before_noon, after_noon)) => format!("{before_noon} | {after_noon}"),
        None => "?".to_owned(),
    }
}

fn check_times(cases: &[(&str, &str)]) {
    let found: Vec<_> = cases
        .iter()
        .map(|(text, _)| (*text, read_time(text)))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|(text, time)| (*text, (*time).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn digits() {
    check_times(&[
        ("20:15", "20:15"),
        ("20.15", "20:15"),
        ("20,15", "20:15"),
        ("20 15", "20:15"),
        ("20 : 15", "20:15"),
        ("2015", "20:15"),
        ("20u15", "20:15"),
        ("20U15", "20:15"),
        ("20 u 15", "20:15"),
        ("20u5", "20:05"),
        ("20h15", "20:15"),
        ("20:15u", "20:15"),
        ("20:15 uur", "20:15"),
        ("20.15 uur.", "20:15"),
        ("20 uur 15", "20:15"),
        ("20 uur en 15", "?"),
        ("  20:15  ", "20:15"),
        ("20:15!", "20:15"),
        ("om 20:15 graag", "20:15"),
        ("20:15 👍", "20:15"),
        ("7.30", "07:30"),
        ("7:30", "07:30"),
        ("07:30", "07:30"),
        ("730", "07:30"),
        ("0730", "07:30"),
        ("7u30", "07:30"),
        ("7u30min", "07:30"),
        ("1930u", "19:30"),
        ("20u", "20:00"),
        ("20h", "20:00"),
        ("20 uur", "20:00"),
        ("20", "20:00"),
        ("13", "13:00"),
        ("08 uur", "08:00"),
        ("20:", "20:00"),
        ("0 uur", "00:00"),
        ("00:00", "00:00"),
        ("24:00", "00:00"),
        ("24 uur", "00:00"),
        ("23:59", "23:59"),
    ]);
}

#[test]
fn spoken_without_a_part_of_the_day() {
    check_times(&[
        ("8 uur", "08:00 | 20:00"),
        ("8", "08:00 | 20:00"),
        ("8u", "08:00 | 20:00"),
        ("8h", "08:00 | 20:00"),
        ("Acht uur", "08:00 | 20:00"),
        ("om acht uur", "08:00 | 20:00"),
        ("rond 8 uur", "08:00 | 20:00"),
        ("een uur of 8", "08:00 | 20:00"),
        ("één uur", "01:00 | 13:00"),
        ("12 uur", "00:00 | 12:00"),
        ("half acht", "07:30 | 19:30"),
        ("HALF ACHT", "07:30 | 19:30"),
        ("half 8", "07:30 | 19:30"),
        ("half8", "07:30 | 19:30"),
        ("half één", "00:30 | 12:30"),
        ("half e\u{301}e\u{301}n", "00:30 | 12:30"),
        ("half twaalf", "11:30 | 23:30"),
        ("kwart over 9", "09:15 | 21:15"),
        ("kwart voor negen", "08:45 | 20:45"),
        ("kwart vóór negen", "08:45 | 20:45"),
        ("kwart na acht", "08:15 | 20:15"),
        ("kwart voor een", "00:45 | 12:45"),
        ("kwartier over 8 uur", "08:15 | 20:15"),
        ("tien over half acht", "07:40 | 19:40"),
        ("5 voor half acht", "07:25 | 19:25"),
        ("vijf minuten voor half 8", "07:25 | 19:25"),
        ("vijf voor 8", "07:55 | 19:55"),
        ("5 min voor 8", "07:55 | 19:55"),
        ("tien over 12", "00:10 | 12:10"),
        ("tien voor 12", "11:50 | 23:50"),
        ("acht uur dertig", "08:30 | 20:30"),
        ("acht dertig", "08:30 | 20:30"),
        ("twintig uur vijftien", "20:15"),
        ("twintig over acht", "08:20 | 20:20"),
        ("negentien uur dertig", "19:30"),
        ("kwart over 20", "20:15"),
        ("kwart voor 0 uur", "23:45"),
    ]);
}

#[test]
fn spoken_with_a_part_of_the_day() {
    check_times(&[
        ("om acht uur 's avonds", "20:00"),
        ("om acht uur ’s avonds", "20:00"),
        ("8 uur ‘s avonds", "20:00"),
        ("8 uur s'avonds", "20:00"),
        ("8 uur savonds", "20:00"),
        ("8u ´s avonds", "20:00"),
        ("'s avonds om 8 uur", "20:00"),
        ("'S Avonds 8 uur", "20:00"),
        ("vanavond om half 9", "20:30"),
        ("avond, 8 uur", "20:00"),
        ("half acht 's ochtends", "07:30"),
        ("half acht 's morgens", "07:30"),
        ("kwart over 7 in de ochtend", "07:15"),
        ("9u in de voormiddag", "09:00"),
        ("3 uur 's middags", "15:00"),
        ("3u namiddag", "15:00"),
        ("12 uur 's middags", "12:00"),
        ("half een 's middags", "12:30"),
        ("half twaalf 's middags", "11:30"),
        ("twaalf uur 's nachts", "00:00"),
        ("12 uur 's avonds", "00:00"),
        ("3 uur 's nachts", "03:00"),
        ("11 uur 's nachts", "23:00"),
        ("8.30 's avonds", "20:30"),
        ("08:30 's avonds", "20:30"),
        ("20:30 's avonds", "20:30"),
        ("8 pm", "20:00"),
        ("8:30 a.m.", "08:30"),
        ("12 am", "00:00"),
        ("middag", "12:00"),
        ("Middernacht.", "00:00"),
    ]);
}

#[test]
fn which_of_two_by_a_part_of_the_day_alone() {
    let slot = |hour| Slot::at(ClockTime::new(hour, 30).unwrap());
    let meant = |text, early, late| which(text, &DUTCH, [slot(early), slot(late)]);
    for (text, meant_of_half_acht) in [
        ("'s ochtends", Some(7)),
        ("In de ochtend!", Some(7)),
        ("'s avonds", Some(19)),
        ("avond", Some(19)),
        // More than a part of the day, or something else.
        ("'s nachts", Some(7)),
        ("'s avonds om acht uur", None),
        ("het was 's avonds druk", None),
        ("", None),
    ] {
        assert_eq!(meant(text, 7, 19), meant_of_half_acht.map(slot), "{text}");
    }
    // Both lie in it.
    assert_eq!(meant("'s avonds", 19, 20), None);
}

#[test]
fn no_times() {
    let texts = [
        "",
        " ",
        "?",
        "uur",
        "half",
        "kwart",
        "kwart over",
        "over 8",
        "straks",
        "morgen",
        "'s avonds",
        "avond",
        "25:00",
        "24:01",
        "24:30",
        "8:75",
        "2475",
        "1960",
        "12345",
        "99999999999999999999",
        "8:5",
        "20:1",
        ":30",
        "8:30:00",
        "-8",
        "20-15",
        "+31612345678",
        "8½",
        "8 of 9",
        "acht negen",
        "8 negen",
        "kwart kwart 8",
        "half half 8",
        "half uur",
        "een half uur",
        "over een uur",
        "20 min",
        "vijf minuten",
        "60 over 8",
        "kwart over 25",
        "half 25",
        "20:15 's ochtends",
        "13 uur 's ochtends",
        "3 uur 's avonds",
        "8 uur 's avonds 's ochtends",
        "morgen om 8 uur",
        "maandag 8 uur",
        "8 uur en 9 uur",
        "20:15 want dan slapen ze",
        "half acht acht",
        "٨:٣٠",
        "VIII",
        "１２:３０",
        "\0",
    ];
    let read: Vec<_> = texts
        .into_iter()
        .filter(|text| read_time(text) != "?")
        .collect();
    assert_eq!(read, [""; 0]);
}

fn read_days(text: &str) -> String {
    match days(text, &DUTCH) {
        Some(days) => days
            .iter()
            .map(|day| format!("{day:?}")[..2].to_owned())
            .collect::<Vec<_>>()
            .join(" "),
        None => "?".to_owned(),
    }
}

#[test]
fn days_by_table() {
    let cases = [
        ("ma, wo, za", "Mo We Sa"),
        ("Ma wo za", "Mo We Sa"),
        ("ma/wo/vr", "Mo We Fr"),
        ("ma + do", "Mo Th"),
        ("maandag en donderdag", "Mo Th"),
        ("Maandag, donderdag.", "Mo Th"),
        ("'s maandags en ’s vrijdags", "Mo Fr"),
        ("op zondag", "Su"),
        ("alleen op woensdag graag", "We"),
        ("za en ma", "Mo Sa"),
        ("elke dag", "Mo Tu We Th Fr Sa Su"),
        ("Iedere dag!", "Mo Tu We Th Fr Sa Su"),
        ("7 dagen", "Mo Tu We Th Fr Sa Su"),
        ("dagelijks", "Mo Tu We Th Fr Sa Su"),
        ("werkdagen", "Mo Tu We Th Fr"),
        ("doordeweeks", "Mo Tu We Th Fr"),
        ("door de week", "Mo Tu We Th Fr"),
        ("weekend", "Sa Su"),
        ("in het weekend", "Sa Su"),
        ("werkdagen en zondag", "Mo Tu We Th Fr Su"),
        ("ma-vr", "Mo Tu We Th Fr"),
        ("ma – vr", "Mo Tu We Th Fr"),
        ("ma t/m do", "Mo Tu We Th"),
        ("maandag tot en met donderdag", "Mo Tu We Th"),
        ("maandag tot vrijdag", "Mo Tu We Th Fr"),
        ("vr-ma", "Mo Fr Sa Su"),
        ("zo t.e.m. di", "Mo Tu Su"),
        ("ma-di, do-vr en zo", "Mo Tu Th Fr Su"),
        ("ma-ma", "Mo"),
        ("elke dag behalve zondag", "Mo Tu We Th Fr Sa"),
        ("niet op zondag", "Mo Tu We Th Fr Sa"),
        ("ma-vr, maar niet op wo en do", "Mo Tu Fr"),
        ("zondag niet", "Mo Tu We Th Fr Sa"),
        ("Op zondag liever niet.", "Mo Tu We Th Fr Sa"),
        ("weekend niet", "Mo Tu We Th Fr"),
        ("ma-vr niet", "Sa Su"),
        ("elke dag, weekend niet", "Mo Tu We Th Fr"),
        ("elke dag, za en zo niet", "Mo Tu We Th Fr"),
        ("elke dag, za-zo niet", "Mo Tu We Th Fr"),
        ("werkdagen, woensdag niet", "Mo Tu Th Fr"),
        ("doordeweeks, in het weekend niet", "Mo Tu We Th Fr"),
        // One day, or five.
        ("za en zo niet", "?"),
        ("ma, wo, za niet", "?"),
        ("ma-vr, za en zo niet", "?"),
        ("niet", "?"),
        ("elke dag niet", "?"),
        ("niet op zondag niet", "?"),
        ("elke dag behalve zondag niet", "?"),
        ("", "?"),
        ("en", "?"),
        ("8 uur", "?"),
        ("3 dagen", "?"),
        ("morgen", "?"),
        ("geen", "?"),
        ("ma-", "?"),
        ("-vr", "?"),
        ("ma-weekend", "?"),
        ("ma--wo", "?"),
        ("zondag behalve zondag", "?"),
        ("elke dag behalve elke dag", "?"),
        ("elke dag behalve zo behalve ma", "?"),
        ("maandag om 8 uur", "?"),
    ];
    let found: Vec<_> = cases
        .iter()
        .map(|(text, _)| (*text, read_days(text)))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|(text, days)| (*text, (*days).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

/// Each hour and each minute, though not each with each.
fn many_times() -> impl Iterator<Item = ClockTime> {
    (0..1440)
        .step_by(7)
        .map(|minutes| ClockTime::try_from(minutes).unwrap())
}

/// Whether the first begins before noon, and the second twelve hours later.
fn twelve_hours_apart(before_noon: Slot, after_noon: Slot) -> bool {
    let (first, second) = (before_noon.from(), after_noon.from());
    first.hour() < 12 && second == first.plus_minutes(720)
}

#[test]
fn windows() {
    check_times(&[
        ("tussen 19 en 21 uur", "19:00-21:00"),
        ("Tussen 19:00 en 21:00", "19:00-21:00"),
        ("tussen 19.30 en 20.15 uur", "19:30-20:15"),
        ("ergens tussen 19u en 21u", "19:00-21:00"),
        ("van 19 tot 21 uur", "19:00-21:00"),
        ("19 tot 21", "19:00-21:00"),
        ("19-21 uur", "19:00-21:00"),
        ("19:00 – 21:00", "19:00-21:00"),
        ("7.30-9.00", "07:30-09:00"),
        ("tussen 7 en 9", "07:00-09:00 | 19:00-21:00"),
        ("tussen half acht en negen", "07:30-09:00 | 19:30-21:00"),
        ("tussen 7 en 9 uur 's avonds", "19:00-21:00"),
        ("'s avonds tussen 7 en 9", "19:00-21:00"),
        ("'s ochtends tussen 7 en 9 uur", "07:00-09:00"),
        ("tussen 7 uur 's ochtends en 9 uur 's avonds", "07:00-21:00"),
        ("tussen 7 uur 's avonds en 9", "19:00-21:00"),
        ("tussen 11 en 1 uur 's middags", "11:00-13:00"),
        // Over noon, but never over midnight.
        ("tussen 11 en 1", "11:00-13:00"),
        ("tussen 9 en 5", "09:00-17:00"),
        ("tussen 10 en 12", "10:00-12:00 | 22:00-23:59"),
        ("tussen 22 en 24 uur", "22:00-23:59"),
        ("tussen 22 uur en middernacht", "22:00-23:59"),
        ("tussen 22 en 6 uur", "?"),
        ("tussen 20 en 15 uur", "?"),
        ("tussen 19 en 19 uur", "?"),
        // Not a window.
        ("tussen 19 uur", "?"),
        ("tussen en 21 uur", "?"),
        ("tussen 19 en 20 en 21 uur", "?"),
        ("19 en 21 uur", "?"),
        ("tussen de middag", "?"),
        ("tot 21 uur", "?"),
        ("19 tot", "?"),
    ]);
}

#[test]
fn many_times_in_digits() {
    for time in many_times() {
        let (hour, minute) = (time.hour(), time.minute());
        let forms = [
            time.to_string(),
            format!("{hour}.{minute:02}"),
            format!("{hour}u{minute:02}"),
            format!("{hour}{minute:02}"),
            format!("om {hour}:{minute:02} uur"),
        ];
        for form in forms {
            assert_eq!(
                super::time(&form, &DUTCH),
                Some(TypedTime::Exact(time.into())),
                "{form}"
            );
        }
    }
}

#[test]
fn many_times_in_words() {
    let number = |number: u8| DUTCH.numbers[usize::from(number)][0].as_str();
    for time in many_times() {
        let (hour, minute) = (time.hour(), time.minute());
        let on_the_face = |hour: u8| number((hour + 11) % 12 + 1);
        let (this, next) = (on_the_face(hour), on_the_face(hour + 1));
        let spoken = match minute {
            0 => format!("{this} uur"),
            15 => format!("kwart over {this}"),
            1..=19 => format!("{} over {this}", number(minute)),
            20..=29 => format!("{} voor half {next}", number(30 - minute)),
            30 => format!("half {next}"),
            31..=44 => format!("{} over half {next}", number(minute - 30)),
            45 => format!("kwart voor {next}"),
            _ => format!("{} voor {next}", number(60 - minute)),
        };
        let Some(TypedTime::Either(before_noon, after_noon)) = super::time(&spoken, &DUTCH) else {
            panic!("{spoken} is not read as either of two");
        };
        assert!(twelve_hours_apart(before_noon, after_noon), "{spoken}");
        assert!([before_noon, after_noon].contains(&time.into()), "{spoken}");

        let part = match hour {
            0..6 => "'s nachts",
            6..12 => "'s ochtends",
            12..18 => "'s middags",
            _ => "'s avonds",
        };
        let exact = format!("{spoken} {part}");
        assert_eq!(
            super::time(&exact, &DUTCH),
            Some(TypedTime::Exact(time.into())),
            "{exact}"
        );
    }
}

#[test]
fn the_dutch_words_are_complete_and_clear() {
    let words = &*DUTCH;
    assert_eq!(words.numbers.len(), 60);
    for part in &words.parts {
        let hours = (part.until + 24 - part.from) % 24;
        assert!((1..=12).contains(&hours), "{part:?}");
    }

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
        &words.up_to,
        &words.ignore,
    ];
    let of_times = of_times
        .into_iter()
        .chain(&words.numbers)
        .chain(words.parts.iter().map(|part| &part.words));
    let days = &words.days;
    let of_days = [
        &days.monday,
        &days.tuesday,
        &days.wednesday,
        &days.thursday,
        &days.friday,
        &days.saturday,
        &days.sunday,
        &days.every_day,
        &days.workdays,
        &days.weekend,
        &days.until,
        &days.except,
        &days.ignore,
    ];
    assert_each_word_means_one_thing(of_times.collect());
    assert_each_word_means_one_thing(of_days.to_vec());
}

fn assert_each_word_means_one_thing(lists: Vec<&Vec<String>>) {
    let mut times_listed = BTreeMap::new();
    for word in lists.into_iter().flatten() {
        *times_listed.entry(word).or_insert(0) += 1;
    }
    times_listed.retain(|_, times| *times > 1);
    assert_eq!(times_listed, BTreeMap::new());
}

/// Texts of the language's own words, numbers and signs in any order.
fn word_salad() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(
            "half kwart over voor uur minuten tussen en tot 's avonds ochtends middag middernacht acht twaalf nul veertig ma zo t/m behalve weekend elke dag pm"
                .split(' ')
                .collect::<Vec<_>>()
        )
        .prop_map(str::to_owned),
        proptest::sample::select(vec![":", ".", "-", ",", "'", "", "é"]).prop_map(str::to_owned),
        (0..2500_u32).prop_map(|number| number.to_string()),
        (0..60_u32).prop_map(|number| format!("{number:02}")),
    ];
    proptest::collection::vec((word, proptest::sample::select(vec!["", " "])), 0..8)
        .prop_map(|words| words.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), word_salad()]) {
        if let Some(TypedTime::Either(before_noon, after_noon)) = time(&text, &DUTCH) {
            prop_assert!(twelve_hours_apart(before_noon, after_noon));
        }
        if let Some(days) = days(&text, &DUTCH) {
            prop_assert!(!days.is_empty());
        }
    }

    #[test]
    fn every_choice_of_days_can_be_typed(bits in 1..128_u8) {
        let chosen = Days::from(bits);
        let names: Vec<_> = week().zip(["ma", "di", "wo", "do", "vr", "za", "zo"]).collect();
        let typed: Vec<_> = names.iter().filter(|(day, _)| chosen.contains(*day)).map(|(_, name)| *name).collect();
        prop_assert_eq!(days(&typed.join(", "), &DUTCH), Some(chosen));
    }

    /// Capitals, spaces around it and a full stop change nothing.
    #[test]
    fn looks_do_not_matter(text in word_salad()) {
        let dressed = format!("  {}  ", text.to_uppercase());
        prop_assert_eq!(time(&dressed, &DUTCH), time(&text, &DUTCH));
        prop_assert_eq!(days(&dressed, &DUTCH), days(&text, &DUTCH));
    }
}

#[test]
fn long_text_is_refused_unread() {
    let long = "half ".repeat(1_000_000);
    assert_eq!(time(&long, &DUTCH), None);
    assert_eq!(days(&"ma ".repeat(1_000_000), &DUTCH), None);
    assert_eq!(
        time(&format!("{} 20:15", "om ".repeat(40)), &DUTCH),
        time("20:15", &DUTCH)
    );
}
