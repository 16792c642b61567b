//! A date that is past, or today, as people type it: "gisteren", "vorige week dinsdag", "drie dagen geleden", "12 maart", "12-3-2025".

use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday},
};

use super::tokens::Vocabulary;
use crate::library::TypedWords;

/// The earliest year that is understood: a parent may want to keep something of their own childhood.
const EARLIEST_YEAR: i16 = 1900;

/// How many years back a date without a year is looked for. 29 February on a given weekday comes every 28 years, but for a century.
const YEARS_BACK: i16 = 40;

/// Reads a date; `None` when the text is something else, or a date later than `today`, or before 1900.
///
/// A date without a year is the latest one that agrees with all that was said: "12 maart" on 2 March is last year's, and a day of the
/// week beside it has to be right. A day of the week alone is the latest before today, and "vorige week" is the week before the one
/// of today, from Monday to Sunday. Numbers of days and months stand in the order of the language: day, month, year; or, with the year
/// in front, year, month, day. A year of two digits is one of this century.
pub fn date(text: &str, words: &TypedWords, today: Date) -> Option<Date> {
    use Sign::{Ago, Before, Dash, Last, LastWeek, Month, Number, On, Unit};
    let signs = signs(text, words)?;
    let found = match *signs.as_slice() {
        [Before(days)] => today.checked_sub(days.days()).ok(),
        [LastWeek, On(day)] | [On(day), LastWeek] => in_the_week_before(today, day),
        [On(day)] | [Last, On(day)] | [On(day), Last] => latest_before(today, day),
        [Number(count, _), Unit(unit), Ago] => today.checked_sub(unit.times(count)?).ok(),
        [
            Number(year, 4),
            Dash,
            Number(month, 1 | 2),
            Dash,
            Number(day, 1 | 2),
        ] => exactly(year, month, day),
        [On(weekday), ref calendar @ ..] => on_calendar(calendar, today, Some(weekday)),
        [Last, Number(..), Month(_)] | [Last, Month(_), Number(..)] => {
            on_calendar(signs.get(1..)?, today, None)
        }
        ref calendar => on_calendar(calendar, today, None),
    };
    found.filter(|&date| date <= today && date.year() >= EARLIEST_YEAR)
}

/// What a word or a number in a typed date stands for.
#[derive(Clone, Copy)]
enum Sign {
    /// A number, and how many digits it was written with: one to four, or none when it was spelled.
    Number(i32, usize),
    Dash,
    /// So many days before today.
    Before(i32),
    On(Weekday),
    Last,
    LastWeek,
    Unit(Unit),
    Ago,
    /// 1 to 12.
    Month(i32),
    /// A point or a colon between two numbers.
    Point,
    Ignored,
}

#[derive(Clone, Copy)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

impl Unit {
    /// `None` for a number that reaches beyond any calendar.
    fn times(self, count: i32) -> Option<Span> {
        let span = Span::new();
        match self {
            Self::Days => span.try_days(count),
            Self::Weeks => span.try_weeks(count),
            Self::Months => span.try_months(count),
            Self::Years => span.try_years(count),
        }
        .ok()
    }
}

/// The text in signs, without those that mean nothing.
fn signs(text: &str, words: &TypedWords) -> Option<Vec<Sign>> {
    let (days, dates) = (&words.days, &words.dates);
    let numbers = (0..).zip(&words.numbers);
    let months = (1..).zip(&dates.months);
    let vocabulary = Vocabulary::new(
        [
            (&dates.today, Sign::Before(0)),
            (&dates.yesterday, Sign::Before(1)),
            (&dates.day_before_yesterday, Sign::Before(2)),
            (&dates.last, Sign::Last),
            (&dates.last_week, Sign::LastWeek),
            (&dates.ago, Sign::Ago),
            (&dates.day, Sign::Unit(Unit::Days)),
            (&dates.week, Sign::Unit(Unit::Weeks)),
            (&dates.month, Sign::Unit(Unit::Months)),
            (&dates.year, Sign::Unit(Unit::Years)),
            (&dates.ignore, Sign::Ignored),
            (&days.monday, Sign::On(Weekday::Monday)),
            (&days.tuesday, Sign::On(Weekday::Tuesday)),
            (&days.wednesday, Sign::On(Weekday::Wednesday)),
            (&days.thursday, Sign::On(Weekday::Thursday)),
            (&days.friday, Sign::On(Weekday::Friday)),
            (&days.saturday, Sign::On(Weekday::Saturday)),
            (&days.sunday, Sign::On(Weekday::Sunday)),
        ]
        .into_iter()
        .chain(numbers.map(|(number, spellings)| (spellings, Sign::Number(number, 0))))
        .chain(months.map(|(month, names)| (names, Sign::Month(month)))),
    );
    let mut signs = vocabulary.read(text, |token| match token {
        "-" => Some(Sign::Dash),
        ":" => Some(Sign::Point),
        _ if token.len() <= 4 => Some(Sign::Number(token.parse().ok()?, token.len())),
        _ => None,
    })?;
    signs.retain(|sign| !matches!(sign, Sign::Ignored));
    Some(signs)
}

/// A day and a month, perhaps with a year, perhaps on a day of the week that is known.
///
/// Two numbers with a point between them are no date: "12.30" is a time.
fn on_calendar(signs: &[Sign], today: Date, weekday: Option<Weekday>) -> Option<Date> {
    use Sign::{Dash, Month, Number, Point};
    let (day, month, year) = match *signs {
        [Number(day, ..=2), Month(month)]
        | [Number(day, ..=2), Dash, Month(month)]
        | [Month(month), Number(day, ..=2)] => (day, month, None),
        [Number(day, ..=2), Month(month), Number(year, digits)]
        | [
            Month(month),
            Number(day, ..=2),
            Point,
            Number(year, digits @ 4),
        ]
        | [Month(month), Number(day, ..=2), Number(year, digits @ 4)]
        | [
            Number(day, ..=2),
            Dash,
            Month(month),
            Dash,
            Number(year, digits),
        ] => (day, month, Some((year, digits))),
        [Number(day, 1 | 2), Number(month, 1 | 2)]
        | [Number(day, 1 | 2), Dash, Number(month, 1 | 2)] => (day, month, None),
        [
            Number(day, 1 | 2),
            Number(month, 1 | 2),
            Number(year, digits),
        ]
        | [
            Number(day, 1 | 2),
            Dash,
            Number(month, 1 | 2),
            Dash,
            Number(year, digits),
        ]
        | [
            Number(day, 1 | 2),
            Point,
            Number(month, 1 | 2),
            Point,
            Number(year, digits),
        ] => (day, month, Some((year, digits))),
        _ => return None,
    };
    let agrees = |date: &Date| weekday.is_none_or(|weekday| date.weekday() == weekday);
    match year {
        Some((year, 4)) => exactly(year, month, day).filter(agrees),
        Some((year, 2)) => exactly(2000 + year, month, day).filter(agrees),
        Some(_) => None,
        None => (today.year() - YEARS_BACK..=today.year())
            .rev()
            .filter_map(|year| exactly(year.into(), month, day))
            .find(|date| *date <= today && agrees(date)),
    }
}

fn exactly(year: i32, month: i32, day: i32) -> Option<Date> {
    let (year, month, day) = (year.try_into(), month.try_into(), day.try_into());
    Date::new(year.ok()?, month.ok()?, day.ok()?).ok()
}

fn latest_before(today: Date, day: Weekday) -> Option<Date> {
    today.nth_weekday(-1, day).ok()
}

fn in_the_week_before(today: Date, day: Weekday) -> Option<Date> {
    let back = 7 + i32::from(today.weekday().to_monday_zero_offset())
        - i32::from(day.to_monday_zero_offset());
    today.checked_sub(back.days()).ok()
}

#[cfg(test)]
mod tests;
