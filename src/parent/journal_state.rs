//! What a parent's record remembers about the journal besides its entries, and when something of the journal comes to them by itself.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

use super::{ClockTime, LATE, MessageId, Schedule, Words, schedule::days_from};

/// What the record remembers about the journal.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JournalState {
    /// The entries that were written for an earlier day than the one of the entry before them: day and number, in that order.
    ///
    /// All others are in the order of their days anyway, so this is all it takes to read the journal by day.
    pub backdated: Vec<(Date, u32)>,
    /// What is being searched for, as long as the list of what was found is open.
    pub search: Option<Words>,
    /// The sentence that the latest look-back quoted: the number of its entry, and its place among the entry's sentences.
    pub quoted: Option<(u32, u32)>,
    /// The look-back that the parent opened last.
    pub looked_back: Option<LookedBack>,
    /// The look-back on Sundays.
    pub sundays: Sundays,
    /// What was written on this day in earlier years.
    pub on_this_day: OnThisDay,
    /// The messages of voice notes and files that are being fetched, oldest first. One that is not listed was erased before it came.
    pub awaited: Vec<MessageId>,
    /// The journal came back from a file.
    pub returned: Option<Returned>,
}

/// A look-back that the parent opened: it asks what they take along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedBack {
    /// Its message.
    pub message: MessageId,
    /// When it was opened.
    pub at: Timestamp,
}

/// The journal came back from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The number that the next entry had after it. As long as that is its number, nothing was written since, and further files may follow.
    pub next_entry: u32,
    /// The message with the file that is coming back right now, a step at a time.
    pub under_way: Option<MessageId>,
}

/// A look-back on the week, each Sunday at 19:00. Off unless the parent asks for it.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sundays {
    /// The parent asked for it.
    pub on: bool,
    /// The next one.
    pub next: Option<Timestamp>,
}

/// What a parent wrote on the same day and month of an earlier year. Off unless the parent asks for it
/// ([`Settings::on_this_day`](super::Settings)).
///
/// It comes at most once in [`DAYS_APART`] days, at the time of the first of the parent's prompts, on a day without a prompt. A parent
/// who has a prompt every day has no such day; then it may come on any day, two hours before the prompt.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OnThisDay {
    /// The numbers of the entries that the parent does not want to see this way again.
    pub hidden: Vec<u32>,
    /// The local day on which something was last shown.
    pub last_shown: Option<Date>,
    /// The next moment to look whether there is something.
    pub next: Option<Timestamp>,
}

/// How many days lie at least between two entries of earlier years.
pub const DAYS_APART: i32 = 7;

/// How long before the prompt an entry of an earlier year comes to a parent who has prompts every day.
const BEFORE_PROMPT: SignedDuration = SignedDuration::from_hours(2);

/// When the look-back comes on a Sunday.
const SUNDAY_HOUR: u8 = 19;

impl JournalState {
    /// When something of the journal is to come by itself.
    pub fn due(&self) -> Option<Timestamp> {
        [self.sundays.next, self.on_this_day.next]
            .into_iter()
            .flatten()
            .min()
    }

    /// Plans what comes by itself after a moment: nothing when nothing may be sent, and entries of earlier years when they are wanted.
    ///
    /// What has come due stays: it is for [`take_sunday`](Self::take_sunday) and [`take_on_this_day`](Self::take_on_this_day).
    pub fn plan(
        &mut self,
        schedule: &Schedule,
        may_send: bool,
        on_this_day_wanted: bool,
        after: Timestamp,
    ) {
        let keep = |next: Option<Timestamp>| next.is_some_and(|next| next <= after);
        if !(may_send && self.sundays.on) {
            self.sundays.next = None;
        } else if !keep(self.sundays.next) {
            self.sundays.next = next_sunday(schedule, after);
        }
        let on_this_day = &mut self.on_this_day;
        if !(may_send && on_this_day_wanted) {
            on_this_day.next = None;
        } else if !keep(on_this_day.next) {
            on_this_day.next = on_this_day.next_look(schedule, after);
        }
    }

    /// Takes the look-back that is due, and plans the next. `true` when it is to be sent, `false` when none is due or it is late.
    pub fn take_sunday(&mut self, schedule: &Schedule, now: Timestamp) -> bool {
        let Some(due) = self.sundays.next.filter(|due| *due <= now) else {
            return false;
        };
        self.sundays.next = next_sunday(schedule, now);
        now.duration_since(due) <= LATE
    }

    /// Takes the moment to look for entries of earlier years that is due, and plans the next. `true` when it is time to look.
    pub fn take_on_this_day(&mut self, schedule: &Schedule, now: Timestamp) -> bool {
        let on_this_day = &mut self.on_this_day;
        let Some(due) = on_this_day.next.filter(|due| *due <= now) else {
            return false;
        };
        on_this_day.next = on_this_day.next_look(schedule, now);
        now.duration_since(due) <= LATE
    }

    /// Lets go of what is due, undone.
    pub fn let_go(&mut self) {
        self.sundays.next = None;
        self.on_this_day.next = None;
    }

    /// Remembers that this entry was written for an earlier day.
    pub fn backdate(&mut self, day: Date, entry: u32) {
        if let Err(place) = self.backdated.binary_search(&(day, entry)) {
            self.backdated.insert(place, (day, entry));
        }
    }

    /// Forgets everything about the entries: all of them are erased. What the parent asked for stays.
    pub fn forget_all(&mut self) {
        self.backdated.clear();
        self.search = None;
        self.quoted = None;
        self.on_this_day.hidden.clear();
        self.awaited.clear();
        self.returned = None;
    }

    /// Forgets an entry that is erased.
    pub fn forget(&mut self, entry: u32) {
        self.backdated.retain(|(_, number)| *number != entry);
        self.on_this_day.hidden.retain(|number| *number != entry);
        self.quoted = self.quoted.filter(|(number, _)| *number != entry);
    }
}

impl OnThisDay {
    /// Something is shown on this local day: nothing more for a while.
    pub fn shown(&mut self, today: Date, schedule: &Schedule, now: Timestamp) {
        self.last_shown = Some(today);
        self.next = self.next_look(schedule, now);
    }

    fn next_look(&self, schedule: &Schedule, after: Timestamp) -> Option<Timestamp> {
        let every_day = schedule.days.iter().count() == 7;
        let prompt = schedule.times.iter().min()?.from();
        let time = if every_day { earlier(prompt) } else { prompt };
        let today = schedule.local(after).0;
        let from = self
            .last_shown
            .and_then(|shown| shown.checked_add(DAYS_APART.days()).ok())
            .map_or(today, |from| from.max(today));
        // Two weeks are enough, whatever days are taken or skipped by the zone.
        days_from(from)
            .take(14)
            .filter(|date| every_day || !schedule.days.contains(date.weekday()))
            .filter_map(|date| schedule.moment(date, time))
            .find(|at| *at > after)
    }
}

fn earlier(time: ClockTime) -> ClockTime {
    let minutes = i32::try_from(BEFORE_PROMPT.as_mins()).unwrap_or(0);
    time.plus_minutes(-minutes)
}

fn next_sunday(schedule: &Schedule, after: Timestamp) -> Option<Timestamp> {
    let time = ClockTime::new(SUNDAY_HOUR, 0)?;
    let today = schedule.local(after).0;
    days_from(today)
        .take(15)
        .filter(|date| date.weekday() == Weekday::Sunday)
        .filter_map(|date| schedule.moment(date, time))
        .find(|at| *at > after)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::parent::Days;

    fn amsterdam(local: &str) -> Timestamp {
        format!("{local}+01:00").parse().unwrap()
    }

    fn wanting() -> JournalState {
        JournalState {
            sundays: Sundays {
                on: true,
                next: None,
            },
            ..JournalState::default()
        }
    }

    #[test]
    fn a_sunday_comes_once_and_late_ones_are_let_go() {
        let schedule = Schedule::default();
        let mut state = wanting();
        state.plan(&schedule, true, true, amsterdam("2026-01-07T12:00"));
        let sunday = amsterdam("2026-01-11T19:00");
        assert_eq!(state.sundays.next, Some(sunday));
        assert!(!state.take_sunday(&schedule, amsterdam("2026-01-11T18:59")));
        state.plan(&schedule, true, true, sunday);
        assert!(
            state.take_sunday(&schedule, sunday),
            "planning leaves what is due"
        );
        assert_eq!(state.sundays.next, Some(amsterdam("2026-01-18T19:00")));
        assert!(!state.take_sunday(&schedule, amsterdam("2026-01-18T22:01")));
        assert_eq!(state.sundays.next, Some(amsterdam("2026-01-25T19:00")));
    }

    #[test]
    fn nothing_is_planned_that_may_not_be_sent_or_was_not_asked_for() {
        let schedule = Schedule::default();
        let now = amsterdam("2026-01-07T12:00");
        let mut state = wanting();
        state.plan(&schedule, true, true, now);
        state.plan(&schedule, false, true, now);
        assert_eq!(state.due(), None);
        let mut state = JournalState::default();
        state.plan(&schedule, true, false, now);
        assert_eq!(state.due(), None);
    }

    #[test]
    fn this_day_comes_on_a_day_without_a_prompt_at_the_prompts_time() {
        // Monday, Wednesday and Saturday at 19:30.
        let schedule = Schedule::default();
        let mut state = wanting();
        state.plan(&schedule, true, true, amsterdam("2026-01-05T12:00"));
        let tuesday = amsterdam("2026-01-06T19:30");
        assert_eq!(state.on_this_day.next, Some(tuesday));
        assert!(state.take_on_this_day(&schedule, tuesday));
        assert_eq!(
            state.on_this_day.next,
            Some(amsterdam("2026-01-08T19:30")),
            "nothing was shown: the next day without a prompt"
        );
        state
            .on_this_day
            .shown(date(2026, 1, 6), &schedule, tuesday);
        assert_eq!(state.on_this_day.next, Some(amsterdam("2026-01-13T19:30")));
    }

    #[test]
    fn with_prompts_every_day_it_comes_two_hours_before() {
        let schedule = Schedule {
            days: Days::all(),
            ..Schedule::default()
        };
        let mut state = wanting();
        state.plan(&schedule, true, true, amsterdam("2026-01-05T18:00"));
        assert_eq!(state.on_this_day.next, Some(amsterdam("2026-01-06T17:30")));
    }

    #[test]
    fn an_erased_entry_is_forgotten() {
        let mut state = JournalState::default();
        for (day, entry) in [(3, 9), (1, 12), (3, 4), (3, 9)] {
            state.backdate(date(2026, 1, day), entry);
        }
        assert_eq!(
            state.backdated,
            [
                (date(2026, 1, 1), 12),
                (date(2026, 1, 3), 4),
                (date(2026, 1, 3), 9)
            ]
        );
        state.on_this_day.hidden = vec![4, 9];
        state.quoted = Some((9, 0));
        state.forget(9);
        assert_eq!(state.backdated.len(), 2);
        assert_eq!(state.on_this_day.hidden, [4]);
        assert_eq!(state.quoted, None);
        state.search = Some(Words::new("taart"));
        state.forget_all();
        assert_eq!(state, JournalState::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_is_planned_lies_ahead_and_what_is_taken_is_planned_anew(
            seconds in 0..2_000_000_000_i64, bits in 0..128_u8, minutes in 0..1440_u16,
        ) {
            let schedule = Schedule {
                days: Days::from(bits),
                times: vec![ClockTime::try_from(minutes).unwrap().into()],
                ..Schedule::default()
            };
            let now = Timestamp::from_second(seconds).unwrap();
            let mut state = wanting();
            state.plan(&schedule, true, true, now);
            let due = state.due().unwrap();
            prop_assert!(due > now);
            let later = due.checked_add(SignedDuration::from_hours(1)).unwrap();
            state.take_sunday(&schedule, later);
            state.take_on_this_day(&schedule, later);
            prop_assert!(state.due().unwrap() > later);
        }
    }
}
