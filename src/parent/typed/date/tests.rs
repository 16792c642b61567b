#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::LazyLock;

use jiff::civil::date as day;
use proptest::prelude::*;

use super::*;
use crate::library::Library;

static DUTCH: LazyLock<TypedWords> = LazyLock::new(|| Library::embedded().unwrap().typed);

/// A Monday.
const TODAY: Date = day(2026, 3, 2);

fn read(text: &str) -> Option<Date> {
    date(text, &DUTCH, TODAY)
}

fn check(cases: &[(&str, Date)]) {
    for (text, expected) in cases {
        assert_eq!(read(text), Some(*expected), "{text:?}");
    }
}

fn check_refused(cases: &[&str]) {
    for text in cases {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[test]
fn days_near_today() {
    check(&[
        ("vandaag", TODAY),
        ("Gisteren", day(2026, 3, 1)),
        ("gisteravond", day(2026, 3, 1)),
        ("eergisteren.", day(2026, 2, 28)),
        ("voor gisteren graag", day(2026, 3, 1)),
    ]);
}

#[test]
fn a_day_of_the_week_is_the_latest_one_before_today() {
    check(&[
        ("zondag", day(2026, 3, 1)),
        ("op dinsdag", day(2026, 2, 24)),
        ("maandag", day(2026, 2, 23)),
        ("afgelopen dinsdag", day(2026, 2, 24)),
        ("vorige dinsdag", day(2026, 2, 24)),
        ("di jl.", day(2026, 2, 24)),
    ]);
}

#[test]
fn last_week_runs_from_monday_to_sunday() {
    check(&[
        ("vorige week dinsdag", day(2026, 2, 24)),
        ("dinsdag vorige week", day(2026, 2, 24)),
        ("dinsdag van vorige week", day(2026, 2, 24)),
        ("vorige week maandag", day(2026, 2, 23)),
        ("verleden week zondag", day(2026, 3, 1)),
    ]);
    let sunday = day(2026, 3, 1);
    assert_eq!(
        date("vorige week zondag", &DUTCH, sunday),
        Some(day(2026, 2, 22))
    );
    assert_eq!(
        date("vorige week maandag", &DUTCH, sunday),
        Some(day(2026, 2, 16))
    );
}

#[test]
fn so_long_ago() {
    check(&[
        ("drie dagen geleden", day(2026, 2, 27)),
        ("3 dagen terug", day(2026, 2, 27)),
        ("een week geleden", day(2026, 2, 23)),
        ("twee weken geleden", day(2026, 2, 16)),
        ("een maand geleden", day(2026, 2, 2)),
        ("1 jaar geleden", day(2025, 3, 2)),
        ("vijf jaar geleden", day(2021, 3, 2)),
    ]);
}

#[test]
fn a_date_without_a_year_is_the_latest_past_one() {
    check(&[
        ("12 maart", day(2025, 3, 12)),
        ("12 mrt.", day(2025, 3, 12)),
        ("twaalf maart", day(2025, 3, 12)),
        ("12e van maart", day(2025, 3, 12)),
        ("de 12de maart", day(2025, 3, 12)),
        ("2 maart", TODAY),
        ("3 maart", day(2025, 3, 3)),
        ("1 maart", day(2026, 3, 1)),
        ("12-3", day(2025, 3, 12)),
        ("12/03", day(2025, 3, 12)),
        ("12 3", day(2025, 3, 12)),
        ("31-12", day(2025, 12, 31)),
        ("29 februari", day(2024, 2, 29)),
        ("afgelopen 12 maart", day(2025, 3, 12)),
    ]);
}

#[test]
fn a_date_with_a_year() {
    check(&[
        ("1 jan 2024", day(2024, 1, 1)),
        ("12/03/2025", day(2025, 3, 12)),
        ("12-3-25", day(2025, 3, 12)),
        ("12.03.2025", day(2025, 3, 12)),
        ("12 maart '25", day(2025, 3, 12)),
        ("2025-03-12", day(2025, 3, 12)),
        ("12-mrt-2025", day(2025, 3, 12)),
        ("5 mei 1987", day(1987, 5, 5)),
    ]);
}

#[test]
fn a_day_of_the_week_beside_a_date_has_to_be_right() {
    check(&[
        ("woensdag 12 maart 2025", day(2025, 3, 12)),
        ("woensdag 12 maart", day(2025, 3, 12)),
        // In 2025 it was a Wednesday: the latest Tuesday 12 March was the one before.
        ("dinsdag 12 maart", day(2024, 3, 12)),
        ("di 24-2", day(2026, 2, 24)),
    ]);
    check_refused(&["dinsdag 12 maart 2025"]);
}

#[test]
fn never_in_the_future_and_never_a_guess() {
    check_refused(&[
        "morgen",
        "overmorgen",
        "3 maart 2026",
        "12-3-2027",
        "12-3-99",
        "volgende week dinsdag",
        "12",
        "maart",
        "vorige week",
        "week",
        "dinsdag woensdag",
        "31 februari",
        "31-11",
        "0 maart",
        "30-2-2024",
        "12.30",
        "20:15",
        "1 1 1 1",
        "12 maart 202",
        "1 jan 1899",
        "500 jaar geleden",
        "9999 jaar geleden",
        "gisteren was het druk op school",
        "kerst",
        "",
        "-",
        "🦔",
    ]);
}

fn past() -> impl Strategy<Value = Date> {
    (0..45_000_i32).prop_map(|back| TODAY.checked_sub(back.days()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_date_is_read_in_every_form(past in past()) {
        let (year, month, number) = (past.year(), past.month(), past.day());
        let name = &DUTCH.dates.months[usize::try_from(month - 1).unwrap()][0];
        for text in [
            format!("{number}-{month}-{year}"),
            format!("{number:02}/{month:02}/{year}"),
            format!("{number:02}.{month:02}.{year}"),
            format!("{number} {name} {year}"),
            format!("{past}"),
        ] {
            prop_assert_eq!(read(&text), Some(past), "{}", text);
        }
    }

    #[test]
    fn so_many_days_ago_are_so_many_days(days in 0..9_999_i32) {
        prop_assert_eq!(read(&format!("{days} dagen geleden")), TODAY.checked_sub(days.days()).ok());
    }

    #[test]
    fn words_in_any_order_are_never_a_panic_nor_a_day_to_come(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "gisteren", "vandaag", "dinsdag", "zondag", "vorige", "vorige week", "geleden", "dagen", "weken", "jaar", "drie", "een",
                "12", "31", "2", "29", "2025", "2026", "9999", "0", "25", "-", "/", ".", "maart", "februari", "december", "de", "van",
            ]),
            0..6,
        ),
        today in past(),
    ) {
        if let Some(found) = date(&words.join(" "), &DUTCH, today) {
            prop_assert!(found <= today);
            prop_assert!(found.year() >= EARLIEST_YEAR);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}", today in past()) {
        if let Some(found) = date(&text, &DUTCH, today) {
            prop_assert!(found <= today);
        }
    }
}
