//! Times, days and dates as people type them.
//!
//! The words are data of a language ([`TypedWords`]); the ways to put them together are here. Digits, `20:15`, `20.15` and `2015` are
//! the same in every language. Whatever is not understood whole is not understood: a wrong guess would wake somebody.

mod date;
mod tokens;
mod window;

use jiff::civil::Weekday;

use super::{ClockTime, Days, Slot};
use crate::library::{PartOfDay, TypedWords};
use tokens::Vocabulary;

pub use date::date;

/// A time of day or a window, as far as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedTime {
    /// This one.
    Exact(Slot),
    /// "Half acht", "tussen 7 en 9": one of the two, the first of which begins before noon, the second twelve hours later.
    Either(Slot, Slot),
}

/// Reads a time of day, or a window such as "tussen 19 en 21 uur"; `None` when the text is something else, or more than that.
///
/// An hour from 1 to 12 that is said in words, or without minutes, leaves open which half of the day is meant, unless a part of the day
/// stands with it. Digits with minutes ("7.30"), a leading zero ("08 uur") and hours above 12 are meant as on a 24-hour clock.
pub fn time(text: &str, words: &TypedWords) -> Option<TypedTime> {
    let signs = time_signs(text, words)?;
    match window::ends(&signs) {
        Some((from, until)) => window::read(&from, &until),
        None => match read_time(&signs)? {
            Meant::One(minutes) => Some(TypedTime::Exact(clock_time(minutes)?.into())),
            Meant::Either([before_noon, after_noon]) => Some(TypedTime::Either(
                clock_time(before_noon)?.into(),
                clock_time(after_noon)?.into(),
            )),
        },
    }
}

/// Which of two times or windows a part of the day stands for that is said alone: "'s avonds", when "half acht" may be either. `None` when the
/// text is something else, and when both or neither begin in that part.
pub fn which(text: &str, words: &TypedWords, of: [Slot; 2]) -> Option<Slot> {
    let signs = time_signs(text, words)?;
    let [Sign::Part(part)] = signs.as_slice() else {
        return None;
    };
    match of.map(|slot| lies_in(part, u16::from(slot.from()).into())) {
        [true, false] => Some(of[0]),
        [false, true] => Some(of[1]),
        [true, true] | [false, false] => None,
    }
}

/// Which time of day was meant, in minutes since midnight.
#[derive(Clone, Copy)]
enum Meant {
    One(i32),
    /// One of these, before noon or after it.
    Either([i32; 2]),
}

fn read_time(signs: &[Sign<'_>]) -> Option<Meant> {
    let (part, clock) = match signs {
        [Sign::Part(part), clock @ ..] | [clock @ .., Sign::Part(part)] => (Some(*part), clock),
        clock => (None, clock),
    };
    let clock = read_clock(clock)?;
    let halves = clock.both_halves();
    match part {
        Some(part) => {
            let meant = if clock.names_1_to_12 {
                halves
            } else {
                [clock.minutes; 2]
            };
            let meant = meant.into_iter().find(|&minutes| lies_in(part, minutes))?;
            Some(Meant::One(meant))
        }
        None if clock.certain => Some(Meant::One(clock.minutes)),
        None => Some(Meant::Either(halves)),
    }
}

/// What a word or a number in a typed time stands for.
#[derive(Clone, Copy)]
enum Sign<'w> {
    /// A number in digits, and how many digits it has: one to four.
    Digits(i32, usize),
    /// A number in letters.
    Spelled(i32),
    /// A number that is said to be minutes.
    Minutes(i32),
    Colon,
    Hour,
    Minute,
    HalfBefore,
    Thirty,
    Quarter,
    Past,
    To,
    /// A word that is [`Sign::To`] in one place and [`Sign::UpTo`] in another, as in English.
    ToOrUpTo,
    Noon,
    Midnight,
    Part(&'w PartOfDay),
    Between,
    And,
    UpTo,
    Ignored,
}

/// The text in signs, without those that mean nothing.
fn time_signs<'w>(text: &str, words: &'w TypedWords) -> Option<Vec<Sign<'w>>> {
    let numbers = (0..).zip(&words.numbers);
    let is_both = |word: &&String| words.up_to.contains(*word);
    let to_or_up_to: Vec<String> = words.to.iter().filter(is_both).cloned().collect();
    let vocabulary = Vocabulary::new(
        [
            (&words.hour, Sign::Hour),
            (&words.minute, Sign::Minute),
            (&words.half_before, Sign::HalfBefore),
            (&words.thirty, Sign::Thirty),
            (&words.quarter, Sign::Quarter),
            (&words.past, Sign::Past),
            (&words.to, Sign::To),
            (&words.noon, Sign::Noon),
            (&words.midnight, Sign::Midnight),
            (&words.between, Sign::Between),
            (&words.between_and, Sign::And),
            (&words.up_to, Sign::UpTo),
            (&words.ignore, Sign::Ignored),
        ]
        .into_iter()
        .chain(numbers.map(|(number, spellings)| (spellings, Sign::Spelled(number))))
        .chain(
            words
                .parts
                .iter()
                .map(|part| (&part.words, Sign::Part(part))),
        )
        // Of two entries that are equally long, the later one counts.
        .chain([(&to_or_up_to, Sign::ToOrUpTo)]),
    );
    let read = vocabulary.read(text, |token| match token {
        ":" => Some(Sign::Colon),
        "-" => Some(Sign::UpTo),
        _ if token.len() <= 4 => Some(Sign::Digits(token.parse().ok()?, token.len())),
        _ => None,
    })?;

    let mut signs: Vec<Sign> = Vec::new();
    for sign in read {
        match (sign, signs.last_mut()) {
            (Sign::Ignored, _) => {}
            (Sign::Minute, Some(last)) => *last = Sign::Minutes(small_number(*last)?),
            (Sign::ToOrUpTo, _) => signs.push(to_or_up_to_after(&signs)?),
            _ => signs.push(sign),
        }
    }
    Some(signs)
}

/// What a word that can be either is after these signs; `None` when it may be both: "ten to eight" is a time, and a stretch of the day.
fn to_or_up_to_after(signs: &[Sign<'_>]) -> Option<Sign<'static>> {
    let starts_window = signs.iter().any(|sign| matches!(sign, Sign::Between));
    match signs {
        _ if starts_window => Some(Sign::UpTo),
        [Sign::Quarter | Sign::Thirty | Sign::Minutes(_)] => Some(Sign::To),
        [number] if small_number(*number).is_some_and(|number| ROUND.contains(&number)) => None,
        _ => Some(Sign::UpTo),
    }
}

/// The numbers of minutes before an hour that people say without "minutes".
const ROUND: [i32; 4] = [5, 10, 20, 25];

/// A time as it was said.
#[derive(Clone, Copy)]
struct Clock {
    /// Minutes since midnight on a 24-hour clock, 0 to 1439.
    minutes: i32,
    /// The hour is one of those that a clock face has, so that a part of the day may move it by twelve.
    names_1_to_12: bool,
    /// Without a part of the day, it means just this.
    certain: bool,
}

fn read_clock(signs: &[Sign]) -> Option<Clock> {
    use Sign::{Colon, Digits, HalfBefore, Hour, Midnight, Noon, Past, Spelled, To};
    let signs = match signs {
        [signs @ .., Hour] => signs,
        signs => signs,
    };
    match *signs {
        [Noon] => digital(12, 0),
        [Midnight] => digital(0, 0),
        [Digits(number, 3 | 4)] => digital(number / 100, number % 100),
        [Digits(hour, 1 | 2), Colon, Digits(minute, 2)] => digital(hour, minute),
        [Digits(hour, 1 | 2), Digits(minute, 2)] => digital(hour, minute),
        [Digits(hour, 1 | 2), Hour, minute] => digital(hour, minutes(minute)?),
        [hour] => spoken(hour, 0),
        [hour, Hour, minute] => spoken(hour, minutes(minute)?),
        [hour @ Spelled(_), minute @ Spelled(10..)] => spoken(hour, minutes(minute)?),
        [HalfBefore, hour] => spoken(hour, -30),
        [past, Past, hour] => spoken(hour, minutes(past)?),
        [to, To, hour] => spoken(hour, -minutes(to)?),
        [past, Past, HalfBefore, hour] => spoken(hour, minutes(past)? - 30),
        [to, To, HalfBefore, hour] => spoken(hour, -minutes(to)? - 30),
        _ => None,
    }
}

/// A time in digits. 24:00 is the midnight that it is called by.
fn digital(hour: i32, minute: i32) -> Option<Clock> {
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= DAY).then_some(Clock {
        minutes: minutes % DAY,
        names_1_to_12: (1..=12).contains(&hour),
        certain: true,
    })
}

/// A time that is said from an hour on, so many minutes after it or before it.
fn spoken(hour: Sign, minutes: i32) -> Option<Clock> {
    let number = small_number(hour).filter(|&number| number <= 24)?;
    let names_1_to_12 = (1..=12).contains(&number);
    let leading_zero = matches!(hour, Sign::Digits(..10, 2));
    Some(Clock {
        minutes: (number * 60 + minutes).rem_euclid(DAY),
        names_1_to_12,
        certain: !names_1_to_12 || leading_zero,
    })
}

/// A number that can be an hour, or minutes.
fn small_number(sign: Sign) -> Option<i32> {
    let (Sign::Digits(number, 1 | 2) | Sign::Spelled(number)) = sign else {
        return None;
    };
    Some(number)
}

/// Minutes of an hour, 0 to 59.
fn minutes(sign: Sign) -> Option<i32> {
    let minutes = match sign {
        Sign::Quarter => Some(15),
        Sign::Thirty => Some(30),
        Sign::Minutes(number) => Some(number),
        number => small_number(number),
    };
    minutes.filter(|&minutes| minutes < 60)
}

/// The minutes of a day.
const DAY: i32 = 24 * 60;

impl Clock {
    /// The time before noon and the one after noon that look the same on a clock face.
    fn both_halves(self) -> [i32; 2] {
        let before_noon = self.minutes % (DAY / 2);
        [before_noon, before_noon + DAY / 2]
    }
}

fn lies_in(part: &PartOfDay, minutes: i32) -> bool {
    let hour = (minutes / 60).unsigned_abs();
    if part.from < part.until {
        (part.from..part.until).contains(&hour)
    } else {
        hour >= part.from || hour < part.until
    }
}

fn clock_time(minutes: i32) -> Option<ClockTime> {
    ClockTime::try_from(u16::try_from(minutes).ok()?).ok()
}

/// Reads a choice of days, such as "ma, wo en za", "ma-vr", "elke dag behalve zondag" or "zondag niet"; `None` when the text is something else,
/// can be meant in two ways, or leaves no day.
pub fn days(text: &str, words: &TypedWords) -> Option<Days> {
    let signs = day_signs(text, words)?;
    let lists = signs.split(|sign| matches!(sign, DaySign::Except));
    let lists: Vec<Vec<Days>> = lists.map(said).collect::<Option<_>>()?;
    let chosen = match lists.as_slice() {
        [chosen] => together(chosen),
        [said, away] if away.is_empty() => except_behind(said)?,
        [chosen, away] => from_these(chosen, away),
        _ => return None,
    };
    Some(chosen).filter(|chosen| !chosen.is_empty())
}

/// The days that are named one after the other: a set for each name and each stretch.
fn said(mut signs: &[DaySign]) -> Option<Vec<Days>> {
    let mut said = Vec::new();
    loop {
        let (these, others) = match signs {
            [] => return Some(said),
            [
                DaySign::Days(first),
                DaySign::Until,
                DaySign::Days(last),
                others @ ..,
            ] => (in_a_row(*first, *last)?, others),
            [DaySign::Days(these), others @ ..] => (*these, others),
            [DaySign::Except | DaySign::Until | DaySign::Ignored, ..] => return None,
        };
        said.push(these);
        signs = others;
    }
}

fn together(said: &[Days]) -> Days {
    said.iter().flat_map(|days| days.iter()).collect()
}

/// What is left of `chosen`, or of all seven when none are named.
fn from_these(chosen: &[Days], away: &[Days]) -> Days {
    let chosen = match chosen {
        [] => Days::all(),
        chosen => together(chosen),
    };
    together(away).iter().fold(chosen, Days::without)
}

/// "Zondag niet", "elke dag, za en zo niet": the last of the named days go from those before them, or from all seven. `None` when it is not
/// clear where those that go begin: "za en zo niet" may leave one day, or five. Nobody names a day twice, nor chooses none.
fn except_behind(said: &[Days]) -> Option<Days> {
    let names_once = |said: &[Days]| {
        let named: usize = said.iter().map(|days| days.iter().count()).sum();
        named == together(said).iter().count()
    };
    let splits = (0..said.len()).map(|at| said.split_at(at));
    let mut left: Vec<Days> = splits
        .filter(|(chosen, away)| names_once(chosen) && names_once(away))
        .map(|(chosen, away)| from_these(chosen, away))
        .filter(|left| !left.is_empty())
        .collect();
    left.dedup();
    match left.as_slice() {
        [left] => Some(*left),
        _ => None,
    }
}

/// What a word in a choice of days stands for.
#[derive(Clone, Copy)]
enum DaySign {
    Days(Days),
    Until,
    Except,
    Ignored,
}

/// The text in signs, without those that mean nothing.
fn day_signs(text: &str, words: &TypedWords) -> Option<Vec<DaySign>> {
    let words = &words.days;
    let weekend = Days::default()
        .with(Weekday::Saturday)
        .with(Weekday::Sunday);
    let workdays = weekend.iter().fold(Days::all(), Days::without);
    let one = |day| DaySign::Days(Days::default().with(day));
    let vocabulary = Vocabulary::new([
        (&words.monday, one(Weekday::Monday)),
        (&words.tuesday, one(Weekday::Tuesday)),
        (&words.wednesday, one(Weekday::Wednesday)),
        (&words.thursday, one(Weekday::Thursday)),
        (&words.friday, one(Weekday::Friday)),
        (&words.saturday, one(Weekday::Saturday)),
        (&words.sunday, one(Weekday::Sunday)),
        (&words.every_day, DaySign::Days(Days::all())),
        (&words.workdays, DaySign::Days(workdays)),
        (&words.weekend, DaySign::Days(weekend)),
        (&words.until, DaySign::Until),
        (&words.except, DaySign::Except),
        (&words.ignore, DaySign::Ignored),
    ]);
    let mut signs = vocabulary.read(text, |token| (token == "-").then_some(DaySign::Until))?;
    signs.retain(|sign| !matches!(sign, DaySign::Ignored));
    Some(signs)
}

/// The days from one to another, over the end of the week when it comes to that; `None` unless both are single days.
fn in_a_row(first: Days, last: Days) -> Option<Days> {
    let single = |days: Days| {
        let mut days = days.iter();
        days.next().filter(|_| days.next().is_none())
    };
    let (first, last) = (single(first)?, single(last)?);
    let count = first.until(last).unsigned_abs().into();
    Some(first.cycle_forward().take(count).chain([last]).collect())
}

#[cfg(test)]
mod tests;
