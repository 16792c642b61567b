//! Planning: which prompt comes next, and what to do when its moment has come.
//!
//! A plan is one date and slot of the schedule, and the moment it falls on. These rules keep it right, whatever happens to the
//! machine, its clock or the zone rules:
//!
//! - A date and slot that got a prompt, or needed none because the parent had already written that day, is *handled*: it is never
//!   planned again. One that was let go is not: when the clock that made it late turns out to have been wrong, it still comes,
//!   at its own time.
//! - At most one prompt comes of everything that fell due since the plan was made, the newest; the rest is let go. It may be at
//!   most [`LATE`] late, or else it is let go too.
//! - Nothing that fell due *before* the planned moment is looked at: a parent who chooses 19:30 at 20:00 starts tomorrow.
//! - After a long silence something is said in the place of a prompt, and fewer follow ([`rhythm`](super::rhythm)).
//! - The moment is worked out anew when it is said to have come, so that new zone rules count; and a plan whose moment has not
//!   come is made again from the present, so that a clock that was far ahead does not leave the parent without prompts.

use jiff::{SignedDuration, Timestamp};

use super::{
    ClockTime, Parent, Planned, Sending,
    rhythm::{Silence, Step},
};

/// A prompt whose moment passed longer ago than this is let go.
pub const LATE: SignedDuration = SignedDuration::from_hours(3);

/// What to do for a parent whose planned moment is said to have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueNow {
    /// Nothing: nothing is planned, or its moment is still ahead.
    NotYet,
    /// Nothing: this one came too late.
    LetGo(Planned),
    /// Nothing: the parent has already written on that day, or today.
    AlreadyWrote(Planned),
    /// Send the prompt of this date and slot. It is marked as handled: this is said once.
    Send(Planned),
    /// Nothing was heard for long: instead of a prompt, say what follows from that. This is said once.
    Silence(Step),
}

impl Parent {
    /// Plans the first prompt later than `after` that is not handled yet; or none, when nothing may be sent.
    ///
    /// To be called whenever the schedule, [`sending`](Parent::sending), the [`rhythm`](Parent::rhythm) or
    /// [`unreachable`](Parent::unreachable) has changed.
    ///
    /// What comes of the journal by itself is planned with it.
    pub fn plan(&mut self, after: Timestamp) {
        self.planned = self
            .gets_prompts()
            .then(|| self.next_planned(after))
            .flatten();
        self.plan_journal(after);
    }

    /// Plans what comes of the journal by itself after a moment. To be called when the parent asked for it, or no longer wants it.
    pub fn plan_journal(&mut self, after: Timestamp) {
        let may_send = self.gets_prompts();
        let on_this_day = may_send && self.settings.on_this_day;
        self.journal
            .plan(&self.schedule, may_send, on_this_day, after);
    }

    /// Whether a planned prompt that was due, and still waits to be sent, may go out: the parent may have stopped, paused or written meanwhile.
    pub fn still_wants(&self, planned: Planned, now: Timestamp) -> bool {
        let today = self.schedule.local(now).0;
        let wrote = self.wrote_on == Some(planned.date) || self.wrote_on == Some(today);
        self.gets_prompts() && !wrote && !self.crisis.was_on(today, &self.schedule)
    }

    fn gets_prompts(&self) -> bool {
        let sending = match self.sending {
            Sending::On => true,
            Sending::Off => false,
        };
        sending && !self.unreachable && self.rhythm.sends()
    }

    /// The first unhandled moment of the schedule later than `after`, as far as there is not one a week.
    fn next_planned(&self, after: Timestamp) -> Option<Planned> {
        let date = self.rhythm.may_come_from(self.schedule.local(after).0);
        let just_before = date
            .and_then(|date| self.schedule.moment(date, ClockTime::MIDNIGHT))
            .and_then(|begin| begin.checked_sub(SignedDuration::from_nanos(1)).ok());
        let after = just_before.map_or(after, |just_before| after.max(just_before));
        self.schedule.next(after, &self.handled)
    }

    /// Takes what is due, and plans the next prompt later than `now`.
    pub fn take_due(&mut self, now: Timestamp) -> DueNow {
        let due = self.newest_due(now);
        let today = self.schedule.local(now).0;
        let taken = match due {
            None => DueNow::NotYet,
            Some(due) if now.duration_since(due.at) > LATE => DueNow::LetGo(due),
            Some(due) => {
                self.handled.insert(due.date, due.slot);
                if self.wrote_on == Some(due.date) || self.wrote_on == Some(today) {
                    DueNow::AlreadyWrote(due)
                } else {
                    self.send_or_fall_silent(due)
                }
            }
        };
        self.plan(now);
        taken
    }

    fn send_or_fall_silent(&mut self, due: Planned) -> DueNow {
        let step = self.rhythm.step(&self.schedule);
        self.rhythm.silence = match step {
            Some(Step::Less) => Silence::Less,
            Some(Step::Quiet) => Silence::Quiet,
            None => self.rhythm.silence,
        };
        if self.rhythm.is_weekly() {
            self.rhythm.wait_a_week_from(due.date);
        }
        step.map_or(DueNow::Send(due), DueNow::Silence)
    }

    /// The newest unhandled moment of the schedule from the planned one up to `now`; the planned one itself when all are late.
    fn newest_due(&self, now: Timestamp) -> Option<Planned> {
        let mut newest = self.planned_anew().filter(|planned| planned.at <= now)?;
        let too_late = now
            .saturating_sub(LATE + SignedDuration::from_nanos(1))
            .unwrap_or(Timestamp::MIN);
        let mut after = newest.at.max(too_late);
        while let Some(next) = self.schedule.next(after, &self.handled)
            && next.at <= now
        {
            newest = next;
            after = next.at;
        }
        Some(newest)
    }

    /// The plan with its moment under today's zone rules; `None` when it no longer holds.
    fn planned_anew(&self) -> Option<Planned> {
        let Planned { date, slot, .. } = self.planned?;
        let wanted = self.gets_prompts()
            && self.schedule.days.contains(date.weekday())
            && !self.handled.contains(date, slot);
        let at = self.schedule.instant(date, slot).filter(|_| wanted)?;
        Some(Planned { date, slot, at })
    }
}

#[cfg(test)]
mod tests;
