//! When a parent's prompts come: local time, weekdays, time zone.

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// A time of day in whole minutes, 00:00 to 23:59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockTime(u16);

/// A set of weekdays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(u8);

/// A time zone of the IANA database, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

/// What a parent chose: at which local times, on which days, in which zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// The zone whose local time counts.
    pub zone: Zone,
    /// Times of day, one per slot; the slot's number is its place here. Never empty.
    pub times: Vec<ClockTime>,
    /// The days on which prompts come. Never empty.
    pub days: Days,
}

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
            times: vec![ClockTime(19 * 60 + 30)],
            days: Days(0b010_0101),
        }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self("Europe/Amsterdam".to_owned())
    }
}

#[allow(unused)]
fn placeholder(_: Weekday, _: TimeZone) {}
