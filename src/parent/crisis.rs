//! What the record remembers of answers to heavy words: as little, and for as short a time, as the rules after such an answer need
//! (content part 6). Each moment is forgotten as soon as no rule needs it, whether the parent comes back or not.

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::library::Route;

/// The same answer within this time of the last one is the short one.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// For this long after any answer, only gentle prompts come.
const GENTLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The line that points to the help command comes at most once in this time.
const HINTS_APART: SignedDuration = SignedDuration::from_hours(14 * 24);

/// For this long after the answer about violence, exercises for two rest.
const RESTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When answers were given. Prints nothing of it: which answer a parent got is theirs alone.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Crisis {
    /// When each answer was last given, as long as a rule needs it.
    pub answers: BTreeMap<Route, Timestamp>,
    /// When the line that points to the help command was last said, as long as it may not come again.
    pub hint: Option<Timestamp>,
}

impl fmt::Debug for Crisis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Crisis(..)")
    }
}

impl Crisis {
    /// An answer is given.
    pub fn answered(&mut self, route: Route, now: Timestamp) {
        self.answers.insert(route, now);
    }

    /// Whether this answer was given so shortly before that the short one will do.
    pub fn is_again(&self, route: Route, now: Timestamp) -> bool {
        let last = self.answers.get(&route);
        last.is_some_and(|last| is_within(*last, now, AGAIN))
    }

    /// Whether an answer was given on this local date.
    pub fn was_on(&self, date: Date, schedule: &Schedule) -> bool {
        self.answers
            .values()
            .any(|at| schedule.local(*at).0 == date)
    }

    /// Whether prompts are to be gentle.
    pub fn is_gentle(&self, now: Timestamp) -> bool {
        self.answers.values().any(|at| is_within(*at, now, GENTLE))
    }

    /// Whether exercises for two rest.
    pub fn rests_for_two(&self) -> bool {
        self.answers.contains_key(&Route::Geweld)
    }

    /// Everything that was written is erased. What protects stays until its time is over: no cheerful prompt on that day and in the week
    /// after, and no exercise for two after violence, whatever became of the words.
    pub fn erase(&mut self) {
        self.hint = None;
    }

    /// When something is to be forgotten.
    pub fn due(&self) -> Option<Timestamp> {
        let answers = self.answers.iter().map(|(route, at)| (*at, lasts(*route)));
        let hint = self.hint.map(|at| (at, HINTS_APART));
        let over = |(at, lasts): (Timestamp, _)| at.checked_add(lasts).unwrap_or(Timestamp::MAX);
        answers.chain(hint).map(over).min()
    }

    /// Forgets what no rule needs any more; also what a clock that was far ahead has left.
    pub fn forget(&mut self, now: Timestamp) {
        self.answers
            .retain(|route, at| is_within(*at, now, lasts(*route)));
        self.hint = self.hint.filter(|at| is_within(*at, now, HINTS_APART));
    }
}

/// How long it is remembered that an answer was given.
fn lasts(route: Route) -> SignedDuration {
    match route {
        Route::Geweld => RESTS,
        Route::Help | Route::Zelfdoding | Route::Uitputting | Route::Naaste => GENTLE,
    }
}

fn is_within(at: Timestamp, now: Timestamp, time: SignedDuration) -> bool {
    now.duration_since(at).abs() < time
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn day(day: i8, hour: i8) -> Timestamp {
        jiff::civil::date(2026, 3, 1)
            .at(0, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap()
            .timestamp()
            + SignedDuration::from_hours(i64::from(day) * 24 + i64::from(hour))
    }

    #[test]
    fn each_rule_lasts_as_long_as_it_says_and_then_nothing_is_left() {
        let mut crisis = Crisis::default();
        assert_eq!(crisis.due(), None);
        crisis.answered(Route::Geweld, day(0, 0));
        crisis.answered(Route::Naaste, day(1, 0));
        crisis.hint = Some(day(0, 0));
        for (now, again, gentle, left) in [
            (day(1, 1), false, true, 3),
            (day(1, 23), false, true, 3),
            (day(7, 23), false, true, 3),
            (day(8, 0), false, false, 2),
            (day(14, 0), false, false, 1),
            (day(29, 23), false, false, 1),
            (day(30, 0), false, false, 0),
        ] {
            assert_eq!(crisis.is_again(Route::Geweld, now), again);
            crisis.forget(now);
            assert_eq!(crisis.is_gentle(now), gentle, "{now}");
            let kept = crisis.answers.len() + usize::from(crisis.hint.is_some());
            assert_eq!(kept, left, "{now}");
            assert!(crisis.due().is_none_or(|due| due > now), "{now}");
        }
        assert_eq!(crisis, Crisis::default());
    }

    #[test]
    fn the_same_answer_is_short_for_a_day_and_another_one_is_not() {
        let mut crisis = Crisis::default();
        crisis.answered(Route::Uitputting, day(0, 0));
        assert!(crisis.is_again(Route::Uitputting, day(0, 23)));
        assert!(!crisis.is_again(Route::Uitputting, day(1, 0)));
        assert!(!crisis.is_again(Route::Zelfdoding, day(0, 1)));
    }

    #[test]
    fn what_a_clock_far_ahead_has_left_is_forgotten() {
        let mut crisis = Crisis::default();
        crisis.answered(Route::Geweld, day(100, 0));
        crisis.hint = Some(day(100, 0));
        crisis.forget(day(0, 0));
        assert_eq!(crisis, Crisis::default());
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let mut crisis = Crisis::default();
        crisis.answered(Route::Geweld, day(0, 0));
        assert_eq!(format!("{crisis:?}"), "Crisis(..)");
    }
}
