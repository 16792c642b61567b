//! Which planned dates and slots are dealt with: none of them ever gets a second prompt.
//!
//! A machine's clock may be weeks ahead for a day and be set right again, and weeks later the dates come that had their prompt under the
//! wrong clock; or it may be set back to days long past. So what is remembered is not the latest few, but years: a bit for each day, in
//! months, and what lies longest ago on the calendar goes first.

use std::fmt;

use jiff::civil::Date;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, SeqAccess, Visitor},
};

/// How many months are remembered, each slot by itself: four years with one prompt a day, a year with four.
pub const MONTHS_KEPT: usize = 48;

/// The planned dates and slots that got a prompt or needed none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Stored>", into = "Vec<Month>")]
pub struct Handled {
    /// In the order of their months and slots.
    months: Vec<Month>,
}

/// A slot in a month: months counted from January of the year 0, and a bit for each day, the first being the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Month(i32, u8, u32);

/// What a record holds: a month, or a single date as the first version wrote it.
enum Stored {
    Month(Month),
    Date(Date, u8),
}

impl<'de> Deserialize<'de> for Stored {
    /// They are known by their lengths. Trying one after the other takes longer than reading all the rest of a record with some years in it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Stored;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a month, a slot and its days, or a date and a slot")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Stored, A::Error> {
                let length = seq.size_hint().unwrap_or(0);
                let short = || Error::invalid_length(length, &self);
                if length == 2 {
                    let date = seq.next_element()?.ok_or_else(short)?;
                    let slot = seq.next_element()?.ok_or_else(short)?;
                    return Ok(Stored::Date(date, slot));
                }
                let month = seq.next_element()?.ok_or_else(short)?;
                let slot = seq.next_element()?.ok_or_else(short)?;
                let days = seq.next_element()?.ok_or_else(short)?;
                Ok(Stored::Month(Month(month, slot, days)))
            }
        }

        deserializer.deserialize_seq(Read)
    }
}

impl Handled {
    /// Whether this slot of this date is dealt with.
    pub fn contains(&self, date: Date, slot: u8) -> bool {
        let found = self.place(date, slot).ok();
        found.is_some_and(|place| self.months[place].2 & bit(date) != 0)
    }

    /// Notes that it is. Forgets the earliest months when there are too many.
    pub fn insert(&mut self, date: Date, slot: u8) {
        match self.place(date, slot) {
            Ok(place) => self.months[place].2 |= bit(date),
            Err(place) => self
                .months
                .insert(place, Month(month(date), slot, bit(date))),
        }
        let surplus = self.months.len().saturating_sub(MONTHS_KEPT);
        self.months.drain(..surplus);
    }

    /// The last date on the calendar that is dealt with.
    pub fn last(&self) -> Option<Date> {
        let &Month(month, _, _) = self.months.last()?;
        let slots = self.months.iter().rev().take_while(|it| it.0 == month);
        let days = slots.fold(0, |days, it| days | it.2);
        let year = i16::try_from(month.div_euclid(12)).ok()?;
        let of_year = i8::try_from(month.rem_euclid(12) + 1).ok()?;
        let day = i8::try_from(u32::BITS - days.leading_zeros()).ok()?;
        Date::new(year, of_year, day).ok()
    }

    /// How many are remembered from the month of this date on.
    pub fn count_from(&self, date: Date) -> usize {
        let months = self.months.iter().filter(|it| it.0 >= month(date));
        months.map(|it| it.2.count_ones() as usize).sum()
    }

    fn place(&self, date: Date, slot: u8) -> Result<usize, usize> {
        let wanted = (month(date), slot);
        self.months.binary_search_by_key(&wanted, |it| (it.0, it.1))
    }
}

fn month(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

fn bit(date: Date) -> u32 {
    1 << (date.day() - 1)
}

impl FromIterator<(Date, u8)> for Handled {
    fn from_iter<I: IntoIterator<Item = (Date, u8)>>(dates: I) -> Self {
        let mut handled = Self::default();
        for (date, slot) in dates {
            handled.insert(date, slot);
        }
        handled
    }
}

impl From<Vec<Stored>> for Handled {
    fn from(stored: Vec<Stored>) -> Self {
        let mut handled = Self::default();
        for it in stored {
            match it {
                Stored::Month(month) => handled.months.push(month),
                Stored::Date(date, slot) => handled.insert(date, slot),
            }
        }
        handled
    }
}

impl From<Handled> for Vec<Month> {
    fn from(handled: Handled) -> Self {
        handled.months
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_of_months_are_days_like_others() {
        let days = [
            date(2023, 12, 31),
            date(2024, 1, 1),
            date(2024, 2, 29),
            date(-9999, 1, 1),
            date(9999, 12, 31),
        ];
        let handled: Handled = days.map(|day| (day, 3)).into_iter().collect();
        for day in days {
            assert!(handled.contains(day, 3) && !handled.contains(day, 2));
        }
        assert!(!handled.contains(date(2024, 2, 28), 3));
        assert_eq!(handled.last(), Some(date(9999, 12, 31)));
        assert_eq!(Handled::default().last(), None);
    }

    #[test]
    fn four_years_of_one_prompt_a_day_are_remembered_and_then_the_earliest_go() {
        let first = date(2026, 1, 1);
        let days = first.series(1.day()).take(365 * 5);
        let handled: Handled = days.map(|day| (day, 0)).collect();
        assert_eq!(handled.months.len(), MONTHS_KEPT);
        assert!(!handled.contains(date(2026, 12, 30), 0));
        assert!(handled.contains(date(2027, 1, 1), 0));
        let stored = minicbor_serde::to_vec(&handled).unwrap();
        assert!(stored.len() <= 12 * MONTHS_KEPT, "{} bytes", stored.len());
    }

    #[test]
    fn what_the_first_version_wrote_is_read() {
        let written = minicbor_serde::to_vec([(date(2025, 12, 31), 0_u8), (date(2026, 1, 2), 1)]);
        let read: Handled = minicbor_serde::from_slice(&written.unwrap()).unwrap();
        let expected = [(date(2025, 12, 31), 0), (date(2026, 1, 2), 1)];
        assert_eq!(read, expected.into_iter().collect());
    }

    proptest! {
        #[test]
        fn it_knows_exactly_what_it_was_told(told in proptest::collection::vec((0..400_i32, 0..3_u8), 0..80)) {
            let day = |nth: i32| date(2025, 11, 20).checked_add(nth.days()).unwrap();
            let handled: Handled = told.iter().map(|(nth, slot)| (day(*nth), *slot)).collect();
            for nth in 0..400 {
                for slot in 0..3 {
                    prop_assert_eq!(handled.contains(day(nth), slot), told.contains(&(nth, slot)));
                }
            }
            prop_assert_eq!(handled.last(), told.iter().map(|(nth, _)| day(*nth)).max());
            let different: BTreeSet<_> = told.iter().collect();
            prop_assert_eq!(handled.count_from(day(0)), different.len());
            let stored = minicbor_serde::to_vec(&handled).unwrap();
            prop_assert_eq!(minicbor_serde::from_slice::<Handled>(&stored).unwrap(), handled);
        }
    }
}
