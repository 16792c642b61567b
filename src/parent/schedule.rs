//! When a parent's prompts come: local time, weekdays, time zone.
//!
//! A schedule is wall clock. The moment of a planned date and time is *the first moment at which the parent's clock shows that
//! time or a later one*. That one rule settles everything a time zone can do:
//!
//! - A time in a gap (clocks go forward) comes at the gap's end: 02:30 in Amsterdam becomes 03:00 on that one day.
//! - A time in a fold (clocks go back) comes the first time the clock shows it, and not again.
//! - A later time of the same day, or the same time of a later day, never comes before an earlier one.
//! - A date that a zone skips whole (Apia, 30 December 2011) has no moment: the next planned date follows.
//!
//! Where a parent chose a window, the time of a planned date is some minute of it, the same one whenever it is asked for.

use std::{fmt, iter, sync::OnceLock};

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize, Serializer};

use super::{Handled, Slot};
use crate::library::Moment;

/// What a parent chose: at which local times, on which days, in which zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// The zone whose local time counts.
    pub zone: Zone,
    /// When on those days; a slot's number is its place here. Parents choose up to [`MOST_SLOTS`]; at most 256 count.
    pub times: Vec<Slot>,
    /// The days on which prompts come. While none is chosen, nothing is planned.
    pub days: Days,
    /// Where the chance in this parent's windows begins, so that parents with the same window do not get their prompts at the same minute.
    pub seed: u64,
}

/// How many times a day a parent may choose.
pub const MOST_SLOTS: usize = 4;

/// One scheduled prompt: at most one is ever sent per parent, local date and slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Planned {
    /// The local date that it is planned for.
    pub date: Date,
    /// Which of the schedule's times it is.
    pub slot: u8,
    /// The moment.
    pub at: Timestamp,
}

impl Default for Schedule {
    /// 19:30 on Monday, Wednesday and Saturday in Amsterdam: what a parent gets who stops half-way (content part 2).
    fn default() -> Self {
        Self {
            zone: Zone::default(),
            times: vec![Slot::at(ClockTime(19 * 60 + 30))],
            days: Days::three(),
            seed: 0,
        }
    }
}

impl Schedule {
    /// The earliest planned prompt later than `after` whose date and slot are not in `handled`.
    ///
    /// `None` when there is no day or no time to plan, and at the end of the calendar.
    pub fn next(&self, after: Timestamp, handled: &Handled) -> Option<Planned> {
        // One week is enough, but for the dates that are over, skipped by the zone, or handled.
        let zone = self.zone.tz();
        let today = zone.to_datetime(after).date();
        let dates = 7 * (3 + handled.count_from(today));
        // A moment of an earlier date is never later than `after`: its wall time has been shown by now.
        days_from(today)
            .take(dates)
            .filter(|date| self.days.contains(date.weekday()))
            .find_map(|date| {
                (0..=u8::MAX)
                    .zip(&self.times)
                    .filter(|&(slot, _)| !handled.contains(date, slot))
                    .filter_map(|(slot, times)| {
                        let time = times.time_on(date, slot, self.seed);
                        let at = first_moment(zone, date, time)?;
                        Some(Planned { date, slot, at })
                    })
                    .filter(|planned| planned.at > after)
                    .min_by_key(|planned| (planned.at, planned.slot))
            })
    }

    /// The moment of a slot on a local date, whether or not prompts come on that weekday.
    ///
    /// `None` when there is no such slot, or when the zone skips that whole date.
    pub fn instant(&self, date: Date, slot: u8) -> Option<Timestamp> {
        let times = self.times.get(usize::from(slot))?;
        let time = times.time_on(date, slot, self.seed);
        first_moment(self.zone.tz(), date, time)
    }

    /// The moment of any time on a local date; `None` when the zone skips that whole date.
    pub fn moment(&self, date: Date, time: ClockTime) -> Option<Timestamp> {
        first_moment(self.zone.tz(), date, time)
    }

    /// How many prompts a full week has.
    pub fn slots_a_week(&self) -> usize {
        self.days.iter().count() * self.times.len()
    }

    /// What the parent's calendar and clock show at a moment.
    pub fn local(&self, at: Timestamp) -> (Date, ClockTime) {
        let local = self.zone.tz().to_datetime(at);
        (local.date(), local.time().into())
    }
}

/// This date and those after it, up to the end of the calendar.
pub(super) fn days_from(date: Date) -> impl Iterator<Item = Date> {
    iter::successors(Some(date), |date| date.tomorrow().ok())
}

/// The first moment at which the clocks of a zone show this time of this date or a later one; `None` when the date is skipped.
fn first_moment(zone: &TimeZone, date: Date, time: ClockTime) -> Option<Timestamp> {
    let wanted = date.to_datetime(time.into());
    let candidates = zone.to_ambiguous_timestamp(wanted);
    if !candidates.is_ambiguous() {
        return candidates.compatible().ok();
    }
    // In a gap or a fold: the two moments lie one change of the clocks apart.
    let (earlier, later) = (candidates.earlier().ok()?, candidates.later().ok()?);
    let changes = zone
        .following(earlier)
        .map(|change| change.timestamp())
        .take_while(|&change| change < later);
    let moment = iter::once(earlier)
        .chain(changes)
        .find(|&moment| zone.to_datetime(moment) >= wanted)
        .unwrap_or(later);

    let same_date = |moment: Timestamp| zone.to_datetime(moment).date() == date;
    let exists = same_date(moment) || same_date(zone.to_timestamp(date.into()).ok()?);
    exists.then_some(moment)
}

/// A time of day in whole minutes, 00:00 to 23:59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ClockTime(u16);

pub(super) const MINUTES_OF_A_DAY: u16 = 24 * 60;

impl ClockTime {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);
    /// 09:00.
    pub const NINE: Self = Self(9 * 60);
    /// 10:00.
    pub const TEN: Self = Self(10 * 60);

    /// `hour` 0 to 23, `minute` 0 to 59; `None` for anything else.
    pub const fn new(hour: u8, minute: u8) -> Option<Self> {
        if hour < 24 && minute < 60 {
            Some(Self(hour as u16 * 60 + minute as u16))
        } else {
            None
        }
    }

    /// 0 to 23.
    pub fn hour(self) -> u8 {
        (self.0 / 60) as u8
    }

    /// 0 to 59.
    pub fn minute(self) -> u8 {
        (self.0 % 60) as u8
    }

    /// The time `minutes` later on the clock, round and round: 23:50 and 20 minutes is 00:10.
    pub fn plus_minutes(self, minutes: i32) -> Self {
        let day = i32::from(MINUTES_OF_A_DAY);
        let sum = (i32::from(self.0) + minutes % day).rem_euclid(day);
        Self(sum.unsigned_abs() as u16)
    }

    /// The time `minutes` earlier on the same day; `None` when that is the day before.
    pub fn earlier_that_day(self, minutes: u16) -> Option<Self> {
        self.0.checked_sub(minutes).map(Self)
    }

    /// Whether a prompt for this part of the day suits a parent whose clock shows this time (content part 2).
    pub fn fits(self, moment: Moment) -> bool {
        match moment {
            Moment::Ochtend => self.hour() < 11,
            Moment::Avond => self.hour() >= 17,
            Moment::Elk => true,
        }
    }
}

impl fmt::Display for ClockTime {
    /// `07:30`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl From<Time> for ClockTime {
    /// The whole minute that the time is in.
    fn from(time: Time) -> Self {
        let minutes = u16::from(time.hour().unsigned_abs()) * 60;
        Self(minutes + u16::from(time.minute().unsigned_abs()))
    }
}

impl From<ClockTime> for Time {
    fn from(time: ClockTime) -> Self {
        Time::constant(time.hour() as i8, time.minute() as i8, 0, 0)
    }
}

impl From<ClockTime> for u16 {
    /// Minutes since midnight: the stored form.
    fn from(time: ClockTime) -> Self {
        time.0
    }
}

/// A stored time of day that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of day of 0 to 1439 minutes after midnight, found {0}")]
pub struct NoClockTime(u16);

impl TryFrom<u16> for ClockTime {
    type Error = NoClockTime;

    fn try_from(minutes: u16) -> Result<Self, NoClockTime> {
        if minutes < MINUTES_OF_A_DAY {
            Ok(Self(minutes))
        } else {
            Err(NoClockTime(minutes))
        }
    }
}

/// A set of weekdays, possibly empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const fn all() -> Self {
        Self(0b111_1111)
    }

    /// Monday, Wednesday and Saturday: the advice (content part 2).
    pub const fn three() -> Self {
        Self(0b010_0101)
    }

    /// Whether the day is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// The set with the day in it.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day))
    }

    /// The set without the day.
    #[must_use]
    pub fn without(self, day: Weekday) -> Self {
        Self(self.0 & !bit(day))
    }

    /// The set with the day taken out when it was in, and put in when it was not.
    #[must_use]
    pub fn toggle(self, day: Weekday) -> Self {
        Self(self.0 ^ bit(day))
    }

    /// Whether there is no day in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days in the set, Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        week().filter(move |&day| self.contains(day))
    }
}

/// The seven days, Monday first.
pub fn week() -> impl Iterator<Item = Weekday> {
    Weekday::Monday.cycle_forward().take(7)
}

/// Monday is the lowest bit.
fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

impl FromIterator<Weekday> for Days {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        days.into_iter().fold(Self::default(), Self::with)
    }
}

impl From<u8> for Days {
    /// Reads the stored form: one bit per day, Monday the lowest. The eighth bit means nothing.
    fn from(bits: u8) -> Self {
        Self(bits & Self::all().0)
    }
}

impl From<Days> for u8 {
    fn from(days: Days) -> Self {
        days.0
    }
}

/// A time zone of the IANA database, by name.
///
/// A stored name stays what it is, also when the bundled database no longer knows it.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Zone {
    name: String,
    /// Looked up once, and only when they are asked for: every moment of a parent's takes them.
    rules: OnceLock<TimeZone>,
}

/// Where a parent lives who did not say otherwise.
const HOME: &str = "Europe/Amsterdam";

impl Default for Zone {
    /// Europe/Amsterdam.
    fn default() -> Self {
        Self::from(HOME.to_owned())
    }
}

impl From<String> for Zone {
    /// Reads the stored form.
    fn from(name: String) -> Self {
        let rules = OnceLock::new();
        Self { name, rules }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

impl Zone {
    /// The zone of this name, in whatever case it is written; `None` when the database does not know it.
    pub fn new(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        Some(Self::from(zone.iana_name()?.to_owned()))
    }

    /// Its name, such as `Europe/Brussels`.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Its rules. A name that the database no longer knows gets those of Europe/Amsterdam: a prompt at a slightly wrong hour is
    /// better than none.
    pub fn tz(&self) -> &TimeZone {
        self.rules.get_or_init(|| {
            TimeZone::get(&self.name)
                .or_else(|_| TimeZone::get(HOME))
                .unwrap_or(TimeZone::UTC)
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
#[cfg(test)]
mod zones;
