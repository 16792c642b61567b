#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use jiff::{
    ToSpan,
    civil::{Weekday, date},
};
use proptest::prelude::*;

use super::*;
use crate::parent::{ClockTime, Days, Schedule, Slot, Zone, schedule::tests::any_slot};

/// In January: an hour ahead of UTC.
fn amsterdam(local: &str) -> Timestamp {
    format!("{local}+01:00").parse().unwrap()
}

/// Prompts every day at these times in Amsterdam, planned from `now` on.
fn parent(times: &[(u8, u8)], now: Timestamp) -> Parent {
    let mut parent = Parent {
        sending: Sending::On,
        schedule: Schedule {
            zone: Zone::default(),
            times: times
                .iter()
                .map(|&(hour, minute)| Slot::at(ClockTime::new(hour, minute).unwrap()))
                .collect(),
            days: Days::all(),
            seed: 0,
        },
        ..Parent::default()
    };
    parent.plan(now);
    parent
}

fn planned(day: i8, slot: u8, at: &str) -> Planned {
    Planned {
        date: date(2026, 1, day),
        slot,
        at: amsterdam(at),
    }
}

#[test]
fn a_prompt_is_due_at_its_minute_and_once() {
    let mut parent = parent(&[(19, 30)], amsterdam("2026-01-05T12:00"));
    let monday = planned(5, 0, "2026-01-05T19:30");
    assert_eq!(parent.due(), Some(monday.at));

    assert_eq!(
        parent.take_due(amsterdam("2026-01-05T19:29:59")),
        DueNow::NotYet
    );
    assert_eq!(parent.due(), Some(monday.at));

    assert_eq!(parent.take_due(monday.at), DueNow::Send(monday));
    assert_eq!(parent.planned, Some(planned(6, 0, "2026-01-06T19:30")));
    assert_eq!(parent.take_due(monday.at), DueNow::NotYet);
}

#[test]
fn three_hours_late_is_sent_and_more_is_let_go() {
    let fresh = parent(&[(19, 30)], amsterdam("2026-01-05T12:00"));
    let monday = planned(5, 0, "2026-01-05T19:30");
    let tuesday = planned(6, 0, "2026-01-06T19:30");

    let mut just = fresh.clone();
    assert_eq!(
        just.take_due(amsterdam("2026-01-05T22:30")),
        DueNow::Send(monday)
    );
    assert_eq!(just.planned, Some(tuesday));

    let mut late = fresh.clone();
    assert_eq!(
        late.take_due(amsterdam("2026-01-05T22:30:01")),
        DueNow::LetGo(monday)
    );
    assert_eq!(late.planned, Some(tuesday));

    let mut a_month = fresh;
    assert_eq!(
        a_month.take_due(amsterdam("2026-02-05T12:00")),
        DueNow::LetGo(monday)
    );
    assert_eq!(a_month.due(), Some(amsterdam("2026-02-05T19:30")));
}

#[test]
fn a_machine_that_was_off_sends_one_prompt_not_a_pile() {
    let times = [(7, 0), (8, 0), (9, 0), (20, 0)];
    let fresh = parent(&times, amsterdam("2026-01-05T06:00"));
    let at_eight = planned(5, 1, "2026-01-05T08:00");
    let at_nine = planned(5, 2, "2026-01-05T09:00");
    let tonight = planned(5, 3, "2026-01-05T20:00");
    let cases = [
        // All three are late by less than three hours: the newest comes.
        ("2026-01-05T09:30", DueNow::Send(at_nine), tonight),
        // 07:00 is too late, 08:00 is not, 09:00 is still ahead.
        ("2026-01-05T08:59", DueNow::Send(at_eight), at_nine),
        ("2026-01-05T11:59", DueNow::Send(at_nine), tonight),
        // Even the newest is exactly as late as it may be, then too late.
        ("2026-01-05T12:00", DueNow::Send(at_nine), tonight),
        (
            "2026-01-05T12:01",
            DueNow::LetGo(planned(5, 0, "2026-01-05T07:00")),
            tonight,
        ),
        // Days later, at 08:59: that day's 08:00.
        (
            "2026-01-09T08:59",
            DueNow::Send(planned(9, 1, "2026-01-09T08:00")),
            planned(9, 2, "2026-01-09T09:00"),
        ),
    ];
    for (now, expected, then) in cases {
        let mut parent = fresh.clone();
        assert_eq!(parent.take_due(amsterdam(now)), expected, "{now}");
        assert_eq!(parent.planned, Some(then), "{now}");
    }
}

#[test]
fn what_was_over_before_planning_does_not_come() {
    let mut parent = parent(&[(19, 30)], amsterdam("2026-01-05T20:00"));
    assert_eq!(
        parent.take_due(amsterdam("2026-01-05T20:00")),
        DueNow::NotYet
    );
    assert_eq!(parent.planned, Some(planned(6, 0, "2026-01-06T19:30")));
}

#[test]
fn a_new_time_on_a_day_that_had_its_prompt_starts_the_next_day() {
    let mut parent = parent(&[(8, 0)], amsterdam("2026-01-05T07:00"));
    assert!(matches!(
        parent.take_due(amsterdam("2026-01-05T08:00")),
        DueNow::Send(_)
    ));
    parent.schedule.times = vec![Slot::at(ClockTime::new(20, 0).unwrap())];
    parent.plan(amsterdam("2026-01-05T12:00"));
    assert_eq!(parent.planned, Some(planned(6, 0, "2026-01-06T20:00")));
}

#[test]
fn who_wrote_that_day_gets_no_prompt() {
    let fresh = parent(&[(23, 0)], amsterdam("2026-01-05T12:00"));
    let monday = planned(5, 0, "2026-01-05T23:00");
    let cases = [
        (date(2026, 1, 4), "2026-01-05T23:00", DueNow::Send(monday)),
        (
            date(2026, 1, 5),
            "2026-01-05T23:00",
            DueNow::AlreadyWrote(monday),
        ),
        // Late, past midnight: the planned day counts, and so does the new one.
        (
            date(2026, 1, 5),
            "2026-01-06T00:30",
            DueNow::AlreadyWrote(monday),
        ),
        (
            date(2026, 1, 6),
            "2026-01-06T00:30",
            DueNow::AlreadyWrote(monday),
        ),
        // A clock that was wrong when the parent wrote.
        (date(2036, 1, 5), "2026-01-05T23:00", DueNow::Send(monday)),
    ];
    for (wrote_on, now, expected) in cases {
        let mut parent = fresh.clone();
        parent.wrote_on = Some(wrote_on);
        assert_eq!(
            parent.take_due(amsterdam(now)),
            expected,
            "{wrote_on} {now}"
        );
        assert_eq!(parent.planned, Some(planned(6, 0, "2026-01-06T23:00")));
    }
}

#[test]
fn nothing_is_planned_for_who_gets_nothing() {
    let now = amsterdam("2026-01-05T12:00");
    let evening = amsterdam("2026-01-05T19:30");
    let mut stopped = parent(&[(19, 30)], now);
    stopped.sending = Sending::Off;
    assert_eq!(stopped.take_due(evening), DueNow::NotYet);
    assert_eq!(stopped.due(), None);

    let mut gone = parent(&[(19, 30)], now);
    gone.unreachable = true;
    assert_eq!(gone.take_due(evening), DueNow::NotYet);
    assert_eq!(gone.due(), None);
    gone.unreachable = false;
    gone.plan(evening);
    assert_eq!(gone.planned, Some(planned(6, 0, "2026-01-06T19:30")));
}

#[test]
fn a_plan_under_old_zone_rules_is_made_again() {
    let fresh = parent(&[(19, 30)], amsterdam("2026-01-05T12:00"));
    let right = planned(5, 0, "2026-01-05T19:30");

    let mut too_early = fresh.clone();
    too_early.planned = Some(planned(5, 0, "2026-01-05T18:30"));
    assert_eq!(
        too_early.take_due(amsterdam("2026-01-05T18:30")),
        DueNow::NotYet
    );
    assert_eq!(too_early.planned, Some(right));

    let mut too_late = fresh;
    too_late.planned = Some(planned(5, 0, "2026-01-05T20:30"));
    assert_eq!(
        too_late.take_due(amsterdam("2026-01-05T20:30")),
        DueNow::Send(right)
    );
}

#[test]
fn a_plan_that_the_schedule_no_longer_has_is_made_again() {
    let mut parent = parent(&[(8, 0), (19, 30)], amsterdam("2026-01-05T12:00"));
    parent.schedule.times.truncate(1);
    assert_eq!(
        parent.take_due(amsterdam("2026-01-05T19:30")),
        DueNow::NotYet
    );
    assert_eq!(parent.planned, Some(planned(6, 0, "2026-01-06T08:00")));

    parent.schedule.days = Days::default().with(Weekday::Friday);
    assert_eq!(
        parent.take_due(amsterdam("2026-01-06T08:00")),
        DueNow::NotYet
    );
    assert_eq!(parent.planned, Some(planned(9, 0, "2026-01-09T08:00")));
}

#[test]
fn a_clock_that_was_years_ahead_costs_no_prompt_and_doubles_none() {
    let mut parent = parent(&[(19, 30)], amsterdam("2026-01-05T12:00"));
    let monday = planned(5, 0, "2026-01-05T19:30");
    assert_eq!(parent.take_due(monday.at), DueNow::Send(monday));

    // Tuesday's prompt looks years late; one of 2030 is sent.
    assert!(matches!(
        parent.take_due(amsterdam("2030-01-01T12:00")),
        DueNow::LetGo(_)
    ));
    assert!(matches!(
        parent.take_due(amsterdam("2030-01-01T19:30")),
        DueNow::Send(_)
    ));

    // The clock is put right, and even a little back.
    assert_eq!(
        parent.take_due(amsterdam("2026-01-05T19:00")),
        DueNow::NotYet
    );
    let tuesday = planned(6, 0, "2026-01-06T19:30");
    assert_eq!(parent.planned, Some(tuesday));
    assert_eq!(parent.take_due(tuesday.at), DueNow::Send(tuesday));

    parent.plan(amsterdam("2029-12-31T20:00"));
    assert_eq!(
        parent.due(),
        Some(amsterdam("2030-01-02T19:30")),
        "1 January had its prompt"
    );
}

fn any_parent() -> impl Strategy<Value = Parent> {
    let zones: Vec<_> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    let times = proptest::collection::vec(any_slot(), 1..4);
    let zone = proptest::sample::select(zones);
    (zone, times, 1..128_u8, any::<u64>()).prop_map(|(zone, times, days, seed)| Parent {
        sending: Sending::On,
        schedule: Schedule {
            zone: Zone::new(&zone).unwrap(),
            times,
            days: Days::from(days),
            seed,
        },
        ..Parent::default()
    })
}

/// 2020 to 2035.
fn any_second() -> impl Strategy<Value = i64> {
    1_577_836_800..2_082_758_400_i64
}

/// What the clock does next, in seconds; `None` is "shows the planned moment".
fn any_jump() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        6 => Just(None),
        3 => (-20_000..20_000_i64).prop_map(Some),
        2 => (-2_000_000..2_000_000_i64).prop_map(Some),
        1 => (-200_000_000..200_000_000_i64).prop_map(Some),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_the_clock_does(
        mut parent in any_parent(),
        start in any_second(),
        jumps in proptest::collection::vec(any_jump(), 1..80),
    ) {
        let mut now = Timestamp::from_second(start).unwrap();
        parent.plan(now);
        let mut sent = Vec::new();
        for jump in jumps {
            let before = parent.planned.unwrap();
            now = match jump {
                None => before.at,
                Some(seconds) => now + SignedDuration::from_secs(seconds),
            };
            match parent.take_due(now) {
                DueNow::NotYet => prop_assert!(before.at > now),
                DueNow::LetGo(gone) => {
                    prop_assert_eq!(gone, before);
                    prop_assert!(now.duration_since(gone.at) > LATE);
                }
                DueNow::AlreadyWrote(_) => prop_assert!(false, "nobody wrote"),
                DueNow::Silence(_) => prop_assert!(false, "nothing went out, so nothing was left unanswered"),
                DueNow::Send(due) => {
                    prop_assert!(due.at <= now && now.duration_since(due.at) <= LATE);
                    prop_assert!(due.at >= before.at);
                    prop_assert!(!sent.contains(&(due.date, due.slot)), "a second prompt for {}", due.date);
                    sent.push((due.date, due.slot));
                }
            }
            // Never silent: the plan is the next one that had no prompt, seen from whatever the clock shows.
            let handled = sent.iter().copied().collect();
            prop_assert_eq!(parent.planned, parent.schedule.next(now, &handled));
            prop_assert!(parent.planned.unwrap().at > now);
        }
    }

    /// With a clock that only goes forward, and a machine that wakes within the minute, every planned date and slot gets its prompt.
    #[test]
    fn a_steady_clock_brings_every_prompt_once(mut parent in any_parent(), start in any_second(), wake in 0..60_i64) {
        // One slot: two slots less than a minute apart may well be one prompt.
        parent.schedule.times.truncate(1);
        let start = Timestamp::from_second(start).unwrap();
        parent.plan(start);
        let first = parent.planned.unwrap();
        let mut sent = Vec::new();
        while sent.len() < 48 {
            let due = parent.planned.unwrap();
            prop_assert_eq!(parent.take_due(due.at + SignedDuration::from_secs(wake)), DueNow::Send(due));
            sent.push(due.date);
        }
        let expected: Vec<_> = first
            .date
            .series(1.day())
            .filter(|date| parent.schedule.days.contains(date.weekday()))
            .take(sent.len())
            .collect();
        prop_assert_eq!(sent, expected);
    }
}
