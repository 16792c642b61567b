#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::{SignedDuration, civil::date};
use proptest::prelude::*;

use super::*;
use crate::parent::{Days, DueNow, Slot, Zone, schedule::tests::any_slot};

/// What happens to a parent, one thing after another.
#[derive(Clone, Debug)]
enum Happening {
    /// The planned moment comes; the prompt goes out.
    Due,
    /// The planned moment comes; the prompt does not reach anybody.
    DueInVain,
    /// Some hours go by, and the parent gives a sign of life.
    Sign(i64),
    Weekly,
    Pause(u8),
    Resume,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        12 => Just(Happening::Due),
        1 => Just(Happening::DueInVain),
        1 => (0..200_i64).prop_map(Happening::Sign),
        1 => Just(Happening::Weekly),
        1 => (1..=LONGEST_PAUSE).prop_map(Happening::Pause),
        1 => Just(Happening::Resume),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let times = proptest::collection::vec(any_slot(), 1..=4);
    let zones = ["Europe/Amsterdam", "America/Paramaribo", "Asia/Tokyo"];
    let zone = proptest::sample::select(zones.to_vec());
    (zone, times, 1..128_u8, any::<u64>()).prop_map(|(zone, times, days, seed)| Schedule {
        zone: Zone::new(zone).unwrap(),
        times,
        days: Days::from(days),
        seed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_happens_what_was_chosen_stays_and_comes_back(
        schedule in schedule(),
        happenings in proptest::collection::vec(happening(), 1..80),
    ) {
        let mut now: Timestamp = "2026-01-05T12:00Z".parse().unwrap();
        let mut parent = Parent { sending: Sending::On, schedule: schedule.clone(), ..Parent::default() };
        parent.plan(now);
        let mut silent = 0_u8;
        let mut last_weekly: Option<Date> = None;
        for happening in happenings {
            let before = parent.rhythm.clone();
            match happening {
                Happening::Due | Happening::DueInVain => {
                    let Some(due) = parent.due() else { continue };
                    now = due;
                    let pause_over = parent.take_pause_end(now);
                    prop_assert!(!pause_over || before.pause.is_some());
                    match parent.take_due(now) {
                        DueNow::Send(planned) => {
                            prop_assert!(before.sends());
                            if let Some(last) = last_weekly.filter(|_| before.is_weekly()) {
                                prop_assert!((planned.date - last).get_days() >= 7, "{last} and {}", planned.date);
                            }
                            last_weekly = Some(planned.date);
                            if matches!(happening, Happening::Due) {
                                parent.rhythm.count();
                                silent += 1;
                            }
                        }
                        DueNow::Silence(Step::Less) => {
                            prop_assert!(silent >= PATIENCE && !before.is_weekly());
                            last_weekly = None;
                        }
                        DueNow::Silence(Step::Quiet) => prop_assert!(silent >= PATIENCE + WEEKS_MORE),
                        DueNow::NotYet => prop_assert!(pause_over || parent.planned.is_none()),
                        DueNow::LetGo(_) | DueNow::AlreadyWrote(_) => prop_assert!(false, "on time, and nobody wrote"),
                    }
                }
                Happening::Sign(hours) => {
                    let due = parent.due().unwrap_or(Timestamp::MAX);
                    now = (now + SignedDuration::from_hours(hours)).min(due);
                    parent.end_silence(now);
                    silent = 0;
                    last_weekly = None;
                }
                Happening::Weekly => parent.choose_weekly(now),
                Happening::Pause(days) => {
                    let until = parent.schedule.local(now).0.checked_add(i32::from(days).days()).unwrap();
                    parent.end_silence(now);
                    silent = 0;
                    parent.pause(Pause::Until(until), now);
                }
                Happening::Resume => {
                    parent.end_silence(now);
                    silent = 0;
                    parent.resume(now);
                }
            }
            prop_assert_eq!(&parent.schedule, &schedule);
            prop_assert_eq!(parent.planned.is_some(), parent.rhythm.sends());
            prop_assert_eq!(parent.due().is_some(), parent.rhythm.silence != Silence::Quiet || parent.rhythm.pause.is_some());
            let just_taken = matches!(happening, Happening::Due | Happening::DueInVain);
            prop_assert!(!just_taken || parent.due().is_none_or(|due| due > now));
        }
        // A word, and everything is as it was chosen, within a week and the days until the next that was chosen.
        parent.end_silence(now);
        parent.resume(now);
        let next = parent.planned.unwrap().at;
        prop_assert!(next.duration_since(now) <= SignedDuration::from_hours(24 * 22));
    }
}

#[test]
fn a_week_that_a_wrong_clock_chose_is_a_week() {
    let now: Timestamp = "2026-01-05T12:00Z".parse().unwrap();
    let mut parent = Parent {
        sending: Sending::On,
        ..Parent::default()
    };
    parent.choose_weekly(now);
    parent.rhythm.wait_a_week_from(date(2036, 1, 1));
    parent.plan(now);
    let next = parent.planned.unwrap();
    assert_eq!(next.date, date(2026, 1, 12));
}

#[test]
fn a_pause_ends_before_the_first_prompt_of_its_last_date() {
    let time = |hour, minute| ClockTime::new(hour, minute).unwrap();
    for (slots, ends) in [
        (vec![time(19, 30).into()], "2026-01-08T09:00+01:00"),
        (
            vec![time(19, 30).into(), time(7, 0).into()],
            "2026-01-08T06:45+01:00",
        ),
        (
            vec![Slot::between(time(8, 0), time(12, 0)).unwrap()],
            "2026-01-08T07:45+01:00",
        ),
        (vec![time(0, 10).into()], "2026-01-08T09:00+01:00"),
        (vec![], "2026-01-08T09:00+01:00"),
    ] {
        let parent = Parent {
            schedule: Schedule {
                times: slots,
                ..Schedule::default()
            },
            rhythm: Rhythm {
                pause: Some(Pause::Until(date(2026, 1, 8))),
                ..Rhythm::default()
            },
            ..Parent::default()
        };
        assert_eq!(parent.pause_ends(), Some(ends.parse().unwrap()));
        assert_eq!(parent.due(), parent.pause_ends());
    }
}
