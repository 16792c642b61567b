//! A slot of the schedule: a time of day, or a stretch of the day in which a moment is chosen by chance.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ClockTime, schedule::MINUTES_OF_A_DAY};

/// When on a day a prompt comes: at one minute, or at some minute of a window.
///
/// A window lies within one day: it never passes midnight, so that a date's prompts come on that date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Slot {
    from: ClockTime,
    until: ClockTime,
}

impl Slot {
    /// Exactly at this time.
    pub const fn at(time: ClockTime) -> Self {
        Self {
            from: time,
            until: time,
        }
    }

    /// At some minute from `from` up to and including `until`; `None` when `until` is the earlier one.
    pub fn between(from: ClockTime, until: ClockTime) -> Option<Self> {
        (from <= until).then_some(Self { from, until })
    }

    /// The first minute at which the prompt may come; the only one when this is no window.
    pub fn from(self) -> ClockTime {
        self.from
    }

    /// The last minute at which the prompt may come.
    pub fn until(self) -> ClockTime {
        self.until
    }

    /// Whether chance chooses the minute.
    pub fn is_window(self) -> bool {
        self.from != self.until
    }

    /// The minute on this date. Whoever asks again with the same `seed`, date and place in the schedule gets the same minute, so that nothing
    /// has to be remembered between planning and sending.
    pub(super) fn time_on(self, date: Date, place: u8, seed: u64) -> ClockTime {
        let width = u64::from(u16::from(self.until) - u16::from(self.from));
        let day = u64::from(date.year().unsigned_abs()) * 366
            + u64::from(date.day_of_year().unsigned_abs());
        let drawn = scatter(seed ^ scatter(day << 8 | u64::from(place))) % (width + 1);
        self.from.plus_minutes(i32::try_from(drawn).unwrap_or(0))
    }
}

/// Scatters neighbouring numbers evenly: the finaliser of splitmix64. Written out, because a stored plan must not change with a library.
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl From<ClockTime> for Slot {
    fn from(time: ClockTime) -> Self {
        Self::at(time)
    }
}

impl fmt::Display for Slot {
    /// `19:30`, or `19:00-21:00` for a window.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_window() {
            write!(f, "{}-{}", self.from, self.until)
        } else {
            self.from.fmt(f)
        }
    }
}

impl From<Slot> for u32 {
    /// The stored form: the first minute, and 1,440 for each minute that the window is long. A plain time is its minute.
    fn from(slot: Slot) -> Self {
        let (from, until) = (u16::from(slot.from), u16::from(slot.until));
        Self::from(from) + Self::from(MINUTES_OF_A_DAY) * Self::from(until - from)
    }
}

/// A stored slot that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a time or a window that ends before midnight, found {0}")]
pub struct NoSlot(u32);

impl TryFrom<u32> for Slot {
    type Error = NoSlot;

    fn try_from(stored: u32) -> Result<Self, NoSlot> {
        let day = u32::from(MINUTES_OF_A_DAY);
        let time = |minutes: u32| ClockTime::try_from(u16::try_from(minutes).ok()?).ok();
        let (from, width) = (stored % day, stored / day);
        let slot = time(from).zip(time(from + width));
        let (from, until) = slot.ok_or(NoSlot(stored))?;
        Ok(Self { from, until })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    fn time(hour: u8, minute: u8) -> ClockTime {
        ClockTime::new(hour, minute).unwrap()
    }

    #[test]
    fn a_time_is_stored_as_its_minute_and_a_window_with_its_length() {
        let stored = |slot: Slot| serde_json::to_string(&slot).unwrap();
        let evening = Slot::between(time(19, 0), time(21, 0)).unwrap();
        assert_eq!(stored(Slot::at(time(19, 30))), "1170");
        assert_eq!(stored(evening), (1140 + 1440 * 120).to_string());
        assert_eq!(evening.to_string(), "19:00-21:00");
        assert_eq!(Slot::between(time(21, 0), time(19, 0)), None);
    }

    /// A hundred days of a window of three minutes: each minute comes, none more than half of the time.
    #[test]
    fn every_minute_of_a_window_gets_its_turn() {
        let slot = Slot::between(time(8, 0), time(8, 2)).unwrap();
        let days = || date(2026, 1, 1).series(1.day()).take(100);
        let drawn: Vec<_> = days().map(|date| slot.time_on(date, 0, 7)).collect();
        for minute in 0..3 {
            let count = drawn.iter().filter(|at| **at == time(8, minute)).count();
            assert!((20..=50).contains(&count), "8:0{minute} came {count} times");
        }
        let elsewhere: Vec<_> = days().map(|date| slot.time_on(date, 1, 7)).collect();
        let other_parent: Vec<_> = days().map(|date| slot.time_on(date, 0, 8)).collect();
        assert_eq!(BTreeSet::from([&drawn, &elsewhere, &other_parent]).len(), 3);
    }

    proptest! {
        #[test]
        fn a_stored_slot_is_a_slot_or_an_error(stored in 0..1_500_u32 * 1_440) {
            if let Ok(slot) = Slot::try_from(stored) {
                prop_assert!(slot.from() <= slot.until());
                prop_assert_eq!(u32::from(slot), stored);
            } else {
                prop_assert!(stored % 1_440 + stored / 1_440 >= 1_440);
            }
        }

        #[test]
        fn the_minute_lies_in_the_window_and_stays(a in 0..1440_u16, b in 0..1440_u16, day in 0..4000_i32, place: u8, seed: u64) {
            let [from, until] = [a.min(b), a.max(b)].map(|minutes| ClockTime::try_from(minutes).unwrap());
            let slot = Slot::between(from, until).unwrap();
            let date = date(2026, 1, 1) + day.days();
            let drawn = slot.time_on(date, place, seed);
            prop_assert!(from <= drawn && drawn <= until);
            prop_assert_eq!(drawn, slot.time_on(date, place, seed));
        }
    }
}
