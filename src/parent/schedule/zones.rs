//! Every zone of the database, twelve years, eight times of day.
//!
//! Many names stand for the same rules: of those that show the same time at every moment of these years, one is looked at, in full.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, date},
    tz::{Offset, TimeZone},
};

use super::*;
use crate::parent::{DueNow, Parent, Sending};

const FIRST: Date = date(2020, 1, 1);
const LAST: Date = date(2031, 12, 31);

const TIMES: [(u8, u8); 8] = [
    (0, 0),
    (1, 15),
    (2, 0),
    (2, 30),
    (3, 0),
    (7, 30),
    (19, 30),
    (23, 59),
];

/// When the clocks of a zone change in these years, and what they show from then on; the first is what they show at the beginning.
type Rules = Vec<(Timestamp, Offset)>;

fn rules(zone: &TimeZone) -> Rules {
    let from: Timestamp = "2019-12-28T00:00Z".parse().unwrap();
    let to: Timestamp = "2032-01-04T00:00Z".parse().unwrap();
    let changes = zone.following(from).map(|change| change.timestamp());
    let moments = std::iter::once(from).chain(changes.take_while(|at| *at < to));
    let mut rules = Rules::new();
    for at in moments {
        let offset = zone.to_offset(at);
        if rules.last().is_none_or(|(_, former)| *former != offset) {
            rules.push((at, offset));
        }
    }
    rules
}

/// One zone for each set of rules, with the moments at which its clocks change.
fn zones() -> BTreeMap<Rules, Zone> {
    let names = jiff::tz::db().available();
    let zones = names.map(|name| Zone::new(name.as_str()).unwrap());
    let zones: BTreeMap<Rules, Zone> = zones.map(|zone| (rules(zone.tz()), zone)).collect();
    assert!(zones.len() > 60, "{} sets of rules", zones.len());
    zones
}

fn schedule(zone: Zone) -> Schedule {
    let time = |(hour, minute)| Slot::at(ClockTime::new(hour, minute).unwrap());
    Schedule {
        zone,
        times: TIMES.map(time).into(),
        days: Days::all(),
        seed: 0,
    }
}

/// Each date and time has a moment of its own in the order of the calendar, and only a gap moves it: then to the gap's end.
#[test]
fn every_date_of_every_zone_has_its_moments_in_order() {
    let mut moments = 0;
    for (rules, zone) in zones() {
        let schedule = schedule(zone);
        let tz = schedule.zone.tz();
        let mut last = [Timestamp::MIN; TIMES.len()];
        let mut before = Timestamp::MIN;
        for date in FIRST.series(1.day()).take_while(|date| *date <= LAST) {
            for (slot, (time, last)) in (0..).zip(schedule.times.iter().zip(&mut last)) {
                let at = first_moment(tz, date, time.from()).expect("no date is skipped");
                let zone = schedule.zone.as_str();
                assert!(at >= before && at > *last, "{zone} {date} slot {slot}");
                (before, *last) = (at, at);
                let shown = tz.to_datetime(at);
                let moved = shown != date.to_datetime(Time::from(time.from()));
                let changes = || rules.iter().any(|(change, _)| *change == at);
                assert!(!moved || changes(), "{zone} {date} {time:?}: {shown}");
                moments += 1;
            }
        }
    }
    assert!(moments > 3_000_000, "{moments} moments");
}

/// Around every change of the clocks of every zone, whoever wakes at each planned moment sends each date and slot once, in order, and leaves out
/// only what falls on the same moment as another one, at the end of a gap.
#[test]
fn every_change_of_every_zone_brings_each_prompt_once() {
    let mut changes = 0;
    for (rules, zone) in zones() {
        let schedule = schedule(zone);
        let name = schedule.zone.as_str().to_owned();
        for (change, _) in rules.iter().skip(1) {
            changes += 1;
            let around = schedule.local(*change).0;
            let first = around.checked_sub(1.day()).unwrap();
            let begin = schedule.instant(first, 0).unwrap() - 1.second();
            let mut parent = Parent {
                sending: Sending::On,
                schedule: schedule.clone(),
                ..Parent::default()
            };
            parent.plan(begin);
            let mut sent = Vec::new();
            let mut moments = BTreeSet::new();
            while let Some(planned) = parent.planned
                && planned.date <= around.checked_add(1.day()).unwrap()
            {
                let DueNow::Send(due) = parent.take_due(planned.at) else {
                    panic!("{name} {planned:?} is due and not sent");
                };
                assert!(moments.insert(due.at), "{name} {due:?} a second time");
                assert!(moments.last() == Some(&due.at), "{name} {due:?} late");
                sent.push((due.date, due.slot));
            }
            let dates = first.series(1.day()).take(3);
            for (date, slot) in dates.flat_map(|date| (0..8).map(move |slot| (date, slot))) {
                let times = sent.iter().filter(|it| **it == (date, slot)).count();
                let at = schedule.instant(date, slot).unwrap();
                let gap = at == *change && moments.contains(&at);
                assert!(
                    times == 1 || (times == 0 && gap),
                    "{name} {date} {slot}: {times}"
                );
            }
        }
    }
    assert!(changes > 500, "{changes} changes");
}
