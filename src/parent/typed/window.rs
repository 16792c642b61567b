//! A window as people type it: "tussen 19 en 21 uur", "van half acht tot negen", "19-21 uur", "'s avonds tussen 7 en 9".

use super::{Meant, Sign, TypedTime, clock_time, read_time};
use crate::parent::Slot;

/// The signs of the two ends, when this is a window. A part of the day that stands once goes for both ends.
pub(super) fn ends<'w>(signs: &[Sign<'w>]) -> Option<(Vec<Sign<'w>>, Vec<Sign<'w>>)> {
    let (before, between, rest) = match signs {
        [part @ Sign::Part(_), Sign::Between, rest @ ..] => (Some(*part), true, rest),
        [Sign::Between, rest @ ..] => (None, true, rest),
        rest => (None, false, rest),
    };
    let parts = |sign: &Sign<'_>| match sign {
        Sign::UpTo => true,
        Sign::And => between,
        _ => false,
    };
    let middle = rest.iter().position(parts)?;
    let (from, until) = (rest.get(..middle)?, rest.get(middle + 1..)?);
    let mut from: Vec<Sign<'w>> = before.into_iter().chain(from.iter().copied()).collect();
    if let Some(part @ Sign::Part(_)) = until.last()
        && !from.iter().any(|sign| matches!(sign, Sign::Part(_)))
    {
        from.push(*part);
    }
    Some((from, until.to_vec()))
}

/// The window between two ends: for each time that the first may mean, the next that the second may mean, before midnight.
pub(super) fn read(from: &[Sign<'_>], until: &[Sign<'_>]) -> Option<TypedTime> {
    // "Elf uur 's ochtends" is one, "1 uur 's ochtends" another: the part at the end need not hold for the beginning.
    let without_part = || match from {
        [from @ .., Sign::Part(_)] => read_time(from),
        _ => None,
    };
    let from = read_time(from).or_else(without_part)?.all();
    let until = read_time(until)?.all();
    let slots: Vec<Slot> = from
        .into_iter()
        .filter_map(|from| {
            // Midnight ends the day that it is the end of.
            let ends = until
                .iter()
                .map(|&until| if until == 0 { LAST } else { until });
            let end = ends.filter(|&end| end > from).min()?;
            Slot::between(clock_time(from)?, clock_time(end)?)
        })
        .collect();
    match *slots.as_slice() {
        [slot] => Some(TypedTime::Exact(slot)),
        [before_noon, after_noon] => Some(TypedTime::Either(before_noon, after_noon)),
        _ => None,
    }
}

/// The last minute of a day.
const LAST: i32 = 24 * 60 - 1;

impl Meant {
    fn all(self) -> Vec<i32> {
        match self {
            Self::One(minutes) => vec![minutes],
            Self::Either(minutes) => minutes.to_vec(),
        }
    }
}
