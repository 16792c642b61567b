//! How often prompts come, apart from the schedule: once a week, not for a while, or no more after a long silence.
//!
//! The schedule stays what the parent chose, so that nothing of it is ever lost: a pause and a silence lie over it, and go again.
//!
//! Silence (content part 2): after [`PATIENCE`] planned prompts without a sign of life there is one a week, after [`WEEKS_MORE`] more none.
//! Whoever gets one a week anyway, by their own choice, gets just as many before it is quiet. Only prompts that went out count, so weeks in
//! which the parent could not be reached, had paused, or had no prompts do not.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{ClockTime, Parent, Schedule, Sending};

/// So many planned prompts go out without a sign of life before there are fewer.
pub const PATIENCE: u8 = 6;

/// So many weekly prompts go out after that before there are none.
pub const WEEKS_MORE: u8 = 8;

/// The longest pause with an end, in days.
pub const LONGEST_PAUSE: u8 = 28;

/// What lies over a parent's schedule.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// The parent chose one prompt a week.
    pub weekly: bool,
    /// The parent paused.
    pub pause: Option<Pause>,
    /// What a long silence has led to.
    pub silence: Silence,
    /// Planned prompts that went out since the last sign of life, counted up to 255.
    pub unanswered: u8,
    /// The local date before which no prompt comes, while there is one a week.
    pub not_before: Option<Date>,
}

/// A time without prompts, chosen by the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// Until this local date, on which prompts come again.
    Until(Date),
    /// Until the parent begins again.
    Open {
        /// The parent wrote something meanwhile and was asked whether to begin again. That is asked once.
        asked: bool,
    },
}

/// What a long silence has led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Silence {
    /// Nothing.
    #[default]
    None,
    /// One prompt a week.
    Less,
    /// No prompts.
    Quiet,
}

/// What the silence of a parent leads to, instead of one more prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// From now on one prompt a week.
    Less,
    /// From now on none.
    Quiet,
}

impl Rhythm {
    /// Whether prompts come at all.
    pub fn sends(&self) -> bool {
        self.pause.is_none() && self.silence != Silence::Quiet
    }

    /// Whether there is at most one prompt a week, whatever the schedule says.
    pub fn is_weekly(&self) -> bool {
        self.weekly || self.silence == Silence::Less
    }

    /// The next prompt comes a week after this date.
    pub fn wait_a_week_from(&mut self, date: Date) {
        self.not_before = date.checked_add(7.days()).ok();
    }

    /// The date from which prompts may come, seen from `today`. Never more than a week ahead: whoever chose it with a clock that was
    /// wrong does not wait for years.
    pub(super) fn may_come_from(&self, today: Date) -> Option<Date> {
        let week = today.checked_add(7.days()).ok()?;
        self.not_before
            .filter(|_| self.is_weekly())
            .map(|date| date.min(week))
    }

    /// A planned prompt went out.
    pub fn count(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// What comes in the place of the next prompt, if it is not a prompt.
    pub(super) fn step(&self, schedule: &Schedule) -> Option<Step> {
        let once_a_week = self.is_weekly() || schedule.slots_a_week() <= 1;
        if once_a_week && self.unanswered >= PATIENCE + WEEKS_MORE {
            Some(Step::Quiet)
        } else if !once_a_week && self.unanswered >= PATIENCE {
            Some(Step::Less)
        } else {
            None
        }
    }
}

impl Parent {
    /// The parent gave a sign of life: what a silence led to is over, and what they had chosen counts again.
    pub fn end_silence(&mut self, now: Timestamp) {
        self.rhythm.unanswered = 0;
        if std::mem::take(&mut self.rhythm.silence) != Silence::None {
            self.plan(now);
        }
    }

    /// The parent wants one prompt a week, the next one a week after the last.
    pub fn choose_weekly(&mut self, now: Timestamp) {
        self.rhythm.weekly = true;
        self.rhythm.not_before = None;
        if let Some(last) = self.handled.last() {
            self.rhythm.wait_a_week_from(last);
        }
        self.plan(now);
    }

    /// The parent pauses. A prompt that was put off goes too: nothing waits for the end of a pause.
    pub fn pause(&mut self, pause: Pause, now: Timestamp) {
        self.rhythm.pause = Some(pause);
        self.snoozed = None;
        self.plan(now);
    }

    /// Prompts come again, as the parent had chosen, after a pause or after everything was stopped.
    pub fn resume(&mut self, now: Timestamp) {
        self.sending = Sending::On;
        self.rhythm.pause = None;
        self.plan(now);
    }

    /// When the pause is over; `None` when there is none, or one without end.
    ///
    /// That is at 9:00 on its last date, or a quarter of an hour before the parent's first prompt of a day where that is earlier: so the
    /// prompts of that date come as ever.
    pub fn pause_ends(&self) -> Option<Timestamp> {
        let Some(Pause::Until(date)) = self.rhythm.pause else {
            return None;
        };
        let first = self.schedule.times.iter().map(|slot| slot.from()).min();
        let before_first = first.and_then(|first| first.earlier_that_day(15));
        let at = before_first.unwrap_or(ClockTime::NINE).min(ClockTime::NINE);
        // A date that the zone skips is over when the next one begins.
        self.schedule
            .moment(date, at)
            .or_else(|| self.schedule.moment(date.tomorrow().ok()?, at))
    }

    /// Ends the pause when its time has come; whether it has.
    pub fn take_pause_end(&mut self, now: Timestamp) -> bool {
        self.shorten_pause(now);
        let over = self.pause_ends().is_some_and(|end| end <= now);
        if over {
            self.rhythm.pause = None;
            self.plan(now);
        }
        over
    }

    /// A pause that was begun with a clock that was far ahead ends in time.
    fn shorten_pause(&mut self, now: Timestamp) {
        let longest = i32::from(LONGEST_PAUSE).days();
        if let Some(Pause::Until(date)) = &mut self.rhythm.pause
            && let Ok(latest) = self.schedule.local(now).0.checked_add(longest)
        {
            *date = latest.min(*date);
        }
    }
}

#[cfg(test)]
mod tests;
