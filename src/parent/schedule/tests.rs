#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use jiff::{SignedDuration, ToSpan, civil::date};
use proptest::prelude::*;

use super::*;

fn time(hour: u8, minute: u8) -> ClockTime {
    ClockTime::new(hour, minute).unwrap()
}

fn schedule(zone: &str, times: &[impl Into<Slot> + Copy], days: Days) -> Schedule {
    Schedule {
        zone: Zone::new(zone).unwrap(),
        times: times.iter().map(|&slot| slot.into()).collect(),
        days,
        seed: 1,
    }
}

fn all_zones() -> Vec<String> {
    let zones: Vec<_> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    assert!(zones.len() > 500, "the bundled database is there");
    zones
}

#[test]
fn gaps_and_folds_by_table() {
    let cases = [
        // Amsterdam: 02:00 becomes 03:00 on 29 March 2026, 03:00 becomes 02:00 on 25 October 2026.
        (
            "Europe/Amsterdam",
            "2026-03-28",
            "02:30",
            "2026-03-28T02:30+01:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "01:59",
            "2026-03-29T01:59+01:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "02:00",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "02:30",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "02:59",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "03:00",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-03-29",
            "19:30",
            "2026-03-29T19:30+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-10-25",
            "01:59",
            "2026-10-25T01:59+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-10-25",
            "02:00",
            "2026-10-25T02:00+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-10-25",
            "02:30",
            "2026-10-25T02:30+02:00",
        ),
        (
            "Europe/Amsterdam",
            "2026-10-25",
            "03:00",
            "2026-10-25T03:00+01:00",
        ),
        // Lord Howe: half an hour.
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            "02:10",
            "2026-10-04T02:30+11:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            "02:40",
            "2026-10-04T02:40+11:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05",
            "01:40",
            "2026-04-05T01:40+11:00",
        ),
        // Nuuk: the gap is the last hour of Saturday, so that a moment falls on the day after its date.
        (
            "America/Nuuk",
            "2026-03-28",
            "22:59",
            "2026-03-28T22:59-02:00",
        ),
        (
            "America/Nuuk",
            "2026-03-28",
            "23:30",
            "2026-03-29T00:00-01:00",
        ),
        (
            "America/Nuuk",
            "2026-03-29",
            "00:00",
            "2026-03-29T00:00-01:00",
        ),
        (
            "America/Nuuk",
            "2026-10-24",
            "23:30",
            "2026-10-24T23:30-01:00",
        ),
        // Cairo and Beirut: the gap is the first hour of a day.
        (
            "Africa/Cairo",
            "2026-04-24",
            "00:15",
            "2026-04-24T01:00+03:00",
        ),
        (
            "Asia/Beirut",
            "2026-03-29",
            "00:00",
            "2026-03-29T01:00+03:00",
        ),
        // Casablanca: clocks go back for Ramadan, and forward after it.
        (
            "Africa/Casablanca",
            "2026-02-15",
            "02:30",
            "2026-02-15T02:30+01:00",
        ),
        (
            "Africa/Casablanca",
            "2026-03-22",
            "02:30",
            "2026-03-22T03:00+01:00",
        ),
        // Apia skipped 30 December 2011, Kwajalein 21 August 1993.
        (
            "Pacific/Apia",
            "2011-12-29",
            "19:30",
            "2011-12-29T19:30-10:00",
        ),
        ("Pacific/Apia", "2011-12-30", "00:00", "none"),
        ("Pacific/Apia", "2011-12-30", "19:30", "none"),
        (
            "Pacific/Apia",
            "2011-12-31",
            "00:00",
            "2011-12-31T00:00+14:00",
        ),
        (
            "Pacific/Kwajalein",
            "1993-08-20",
            "23:59",
            "1993-08-20T23:59-12:00",
        ),
        ("Pacific/Kwajalein", "1993-08-21", "12:00", "none"),
        (
            "Pacific/Kwajalein",
            "1993-08-22",
            "12:00",
            "1993-08-22T12:00+12:00",
        ),
    ];
    for (zone, date, clock, expected) in cases {
        let clock: Time = clock.parse().unwrap();
        let schedule = schedule(zone, &[ClockTime::from(clock)], Days::all());
        let found = schedule.instant(date.parse().unwrap(), 0);
        let expected = expected.parse::<Timestamp>().ok();
        assert_eq!(found, expected, "{zone} {date} {clock}");
    }
}

#[test]
fn a_skipped_date_leaves_the_others_alone() {
    let days = Days::all();
    let schedule = schedule("Pacific/Apia", &[time(8, 0), time(20, 0)], days);
    let mut at = "2011-12-29T00:00-10:00".parse().unwrap();
    let mut found = Vec::new();
    for _ in 0..4 {
        let planned = schedule.next(at, &Handled::default()).unwrap();
        found.push((planned.date, planned.slot));
        at = planned.at;
    }
    let (before, after) = (date(2011, 12, 29), date(2011, 12, 31));
    assert_eq!(found, [(before, 0), (before, 1), (after, 0), (after, 1)]);

    // Only Fridays: the skipped one was a Friday.
    let fridays = Schedule {
        days: Days::default().with(Weekday::Friday),
        ..schedule
    };
    let planned = fridays.next(
        "2011-12-24T00:00-10:00".parse().unwrap(),
        &Handled::default(),
    );
    assert_eq!(planned.unwrap().date, date(2012, 1, 6));
}

#[test]
fn next_passes_over_what_is_handled() {
    let schedule = schedule(
        "Europe/Amsterdam",
        &[time(20, 0), time(7, 30)],
        Days::three(),
    );
    let sunday: Timestamp = "2026-01-04T12:00+01:00".parse().unwrap();
    let monday = date(2026, 1, 5);
    let next = |handled: &[(Date, u8)]| {
        let handled = handled.iter().copied().collect();
        let planned = schedule.next(sunday, &handled).unwrap();
        (planned.date, planned.slot)
    };
    assert_eq!(
        next(&[]),
        (monday, 1),
        "the earlier time, though it is the second slot"
    );
    assert_eq!(next(&[(monday, 1)]), (monday, 0));
    assert_eq!(next(&[(monday, 0), (monday, 1)]), (date(2026, 1, 7), 1));

    let sixteen: Vec<_> = monday
        .series(1.day())
        .filter(|date| schedule.days.contains(date.weekday()))
        .flat_map(|date| [(date, 0), (date, 1)])
        .take(16)
        .collect();
    assert_eq!(next(&sixteen), (date(2026, 1, 24), 1));
}

#[test]
fn without_days_or_times_nothing_is_planned() {
    let now = Timestamp::UNIX_EPOCH;
    let no_days = schedule("UTC", &[time(8, 0)], Days::default());
    assert_eq!(no_days.next(now, &Handled::default()), None);
    let no_times = schedule("UTC", &[] as &[Slot], Days::all());
    assert_eq!(no_times.next(now, &Handled::default()), None);
    assert_eq!(no_times.instant(date(2026, 1, 1), 0), None);
}

#[test]
fn the_ends_of_the_calendar_are_ends() {
    let schedule = schedule("Pacific/Apia", &[time(8, 0)], Days::all());
    assert_eq!(schedule.next(Timestamp::MAX, &Handled::default()), None);
    assert!(schedule.next(Timestamp::MIN, &Handled::default()).is_some());
    let utc = Schedule {
        zone: Zone::new("UTC").unwrap(),
        ..schedule
    };
    assert_eq!(
        utc.instant(Date::MAX, 0),
        None,
        "outside what a timestamp holds"
    );
}

/// Times and windows, as many of the one as of the other.
pub(in crate::parent) fn any_slot() -> impl Strategy<Value = Slot> {
    let minute = || (0..1440_u16).prop_map(|minutes| ClockTime::try_from(minutes).unwrap());
    let window = (minute(), minute()).prop_map(|(a, b)| Slot::between(a.min(b), a.max(b)).unwrap());
    prop_oneof![minute().prop_map(Slot::at), window]
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let times = proptest::collection::vec(any_slot(), 1..4);
    let zone = proptest::sample::select(all_zones());
    (zone, times, 1..128_u8, any::<u64>()).prop_map(|(zone, times, days, seed)| Schedule {
        seed,
        ..schedule(&zone, &times, Days::from(days))
    })
}

/// A moment from 2020 to 2035; every other one is within a day of a change of the zone's clocks, when the zone has any.
fn any_moment() -> impl Strategy<Value = (i64, bool, i64)> {
    let seconds = 1_577_836_800..2_082_758_400_i64;
    (seconds, any::<bool>(), -90_000..90_000_i64)
}

fn moment(schedule: &Schedule, (second, at_change, shift): (i64, bool, i64)) -> Timestamp {
    let moment = Timestamp::from_second(second).unwrap();
    let zone = schedule.zone.tz();
    let change = zone.following(moment).next();
    match change {
        Some(change) if at_change => change.timestamp() + SignedDuration::from_secs(shift),
        _ => moment,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The moment is the first at which the clock shows the time or a later one, found here by looking at the clock.
    #[test]
    fn moments_are_right_anywhere(schedule in any_schedule(), near in any_moment()) {
        let zone = schedule.zone.tz();
        let around = schedule.local(moment(&schedule, near)).0;
        for date in around.yesterday().unwrap().series(1.day()).take(3) {
            for (slot, &time) in (0..).zip(&schedule.times) {
                let at = schedule.instant(date, slot).unwrap();
                let wanted = date.to_datetime(time.time_on(date, slot, schedule.seed).into());
                let shows = |second: i64| zone.to_datetime(at + SignedDuration::from_secs(second)) >= wanted;
                prop_assert!(shows(0));
                prop_assert!(!shows(-1));
                let earlier_in_the_day = (1..=100).map(|quarters| -900 * quarters);
                prop_assert!(!earlier_in_the_day.into_iter().any(shows));
            }
        }
    }

    /// Walking from prompt to prompt meets each slot of each planned date once, in order of time, and nothing else.
    #[test]
    fn a_walk_meets_each_date_and_slot_once(schedule in any_schedule(), near in any_moment()) {
        let start = moment(&schedule, near);
        let end = start + SignedDuration::from_hours(24 * 21);
        let mut walked = Vec::new();
        let mut at = start;
        // Two slots may fall on the same moment in a gap, so what was met counts as handled.
        let mut handled = Handled::default();
        loop {
            let just_before = at - SignedDuration::from_nanos(1);
            let planned = schedule.next(just_before.max(start), &handled).unwrap();
            if planned.at > end {
                break;
            }
            prop_assert!(planned.at > start);
            prop_assert!(planned.at >= at);
            prop_assert_eq!(schedule.instant(planned.date, planned.slot), Some(planned.at));
            handled.insert(planned.date, planned.slot);
            walked.push(planned);
            at = planned.at;
        }

        let first = schedule.local(start).0.yesterday().unwrap();
        let mut expected: Vec<_> = first
            .series(1.day())
            .take(24)
            .filter(|date| schedule.days.contains(date.weekday()))
            .flat_map(|date| (0..).zip(&schedule.times).map(move |(slot, _)| (date, slot)))
            .map(|(date, slot)| Planned { date, slot, at: schedule.instant(date, slot).unwrap() })
            .filter(|planned| planned.at > start && planned.at <= end)
            .collect();
        expected.sort_by_key(|planned| (planned.at, planned.date, planned.slot));
        prop_assert_eq!(walked, expected);
    }

    #[test]
    fn a_stored_time_is_a_time_or_an_error(minutes: u16) {
        let read = serde_json::from_str::<ClockTime>(&minutes.to_string());
        prop_assert_eq!(read.is_ok(), minutes < 1440);
        if let Ok(time) = read {
            prop_assert_eq!(serde_json::to_string(&time).unwrap(), minutes.to_string());
            prop_assert_eq!(ClockTime::new(time.hour(), time.minute()), Some(time));
            prop_assert_eq!(ClockTime::from(Time::from(time)), time);
        }
    }

    #[test]
    fn stored_days_are_read_whatever_they_are(bits: u8) {
        let days: Days = serde_json::from_str(&bits.to_string()).unwrap();
        prop_assert_eq!(days.iter().collect::<Days>(), days);
        prop_assert_eq!(days.is_empty(), days.iter().next().is_none());
        for day in week() {
            prop_assert_eq!(days.contains(day), days.iter().any(|other| other == day));
            prop_assert_eq!(days.toggle(day).contains(day), !days.contains(day));
            prop_assert_eq!(days.toggle(day).toggle(day), days);
            prop_assert!(days.with(day).contains(day));
            prop_assert!(!days.without(day).contains(day));
        }
    }
}

#[test]
fn a_clock_time_is_whole_and_of_one_day() {
    assert_eq!(ClockTime::new(24, 0), None);
    assert_eq!(ClockTime::new(8, 60), None);
    assert_eq!(time(7, 5).to_string(), "07:05");
    assert_eq!(time(23, 50).plus_minutes(20), time(0, 10));
    assert_eq!(time(0, 10).plus_minutes(-20), time(23, 50));
    assert_eq!(time(0, 0).plus_minutes(i32::MIN), time(21, 52));
    assert_eq!(
        ClockTime::from(jiff::civil::time(19, 30, 59, 9)),
        time(19, 30)
    );
}

#[test]
fn the_part_of_the_day_follows_the_own_clock() {
    let fits = |hour, minute| {
        [Moment::Ochtend, Moment::Avond, Moment::Elk].map(|moment| time(hour, minute).fits(moment))
    };
    assert_eq!(fits(10, 59), [true, false, true]);
    assert_eq!(fits(11, 0), [false, false, true]);
    assert_eq!(fits(16, 59), [false, false, true]);
    assert_eq!(fits(17, 0), [false, true, true]);
}

#[test]
fn days_come_monday_first() {
    use Weekday::{Friday, Monday, Saturday, Wednesday};
    assert!(Days::three().iter().eq([Monday, Wednesday, Saturday]));
    assert!(
        Days::three()
            .toggle(Monday)
            .with(Friday)
            .iter()
            .eq([Wednesday, Friday, Saturday])
    );
    assert_eq!(Days::all().iter().count(), 7);
}

#[test]
fn a_zone_has_the_name_that_the_database_gives_it() {
    assert_eq!(
        Zone::new("europe/brussels").unwrap().as_str(),
        "Europe/Brussels"
    );
    for unknown in [
        "",
        "Brussels",
        "Europe/Brussel",
        "Etc/Unknown",
        "../etc/passwd",
        "+01:00",
    ] {
        assert_eq!(Zone::new(unknown), None, "{unknown}");
    }
    for name in all_zones() {
        assert_eq!(Zone::new(&name).unwrap().as_str(), name);
    }
}

#[test]
fn a_record_with_a_lost_zone_still_opens() {
    let stored = r#"{"zone": "Europe/Atlantis", "times": [450], "days": 127}"#;
    let schedule: Schedule = serde_json::from_str(stored).unwrap();
    assert_eq!(schedule.zone.as_str(), "Europe/Atlantis");
    let at = schedule.instant(date(2026, 7, 1), 0);
    assert_eq!(at, Some("2026-07-01T07:30+02:00".parse().unwrap()));
}

#[test]
fn the_default_is_stored_as_it_always_was() {
    let stored = serde_json::to_string(&Schedule::default()).unwrap();
    insta::assert_snapshot!(stored, @r#"{"zone":"Europe/Amsterdam","times":[1170],"days":37,"seed":0}"#);
}
