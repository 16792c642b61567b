//! How long a silent parent's data stays: until some months after the last sign of life, with a notice 30 days before the end.
//!
//! The months are those of the installation, and are promised to the parent (`consent.text`). The notice and the end come for
//! everybody, also for who has paused, stopped or fallen silent. Whoever cannot be reached gets no notice, and is erased all the same; so is
//! who never got beyond the question about keeping, because nothing is sent before that is answered.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{ClockTime, Onboarding, Parent, Schedule};

/// So long after the notice everything goes.
pub const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is known of a parent's silence.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// The last sign of life: anything the parent wrote or tapped.
    pub last_sign: Option<Timestamp>,
    /// What comes next when there is no other.
    pub next: Option<End>,
}

/// What comes at the end of a long silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The notice, at this moment.
    Notice(Timestamp),
    /// Everything is erased at this moment.
    Erase(Timestamp),
}

/// What to do for a parent of whom nothing was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionDue {
    /// Nothing yet, or nothing that the parent hears of.
    Nothing,
    /// Say that everything will be erased. This is said once.
    Notice,
    /// Erase everything.
    Erase,
}

impl Retention {
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.next.map(|next| match next {
            End::Notice(at) | End::Erase(at) => at,
        })
    }

    pub(super) fn put_off(&mut self, until: Timestamp) {
        if let Some(End::Notice(at) | End::Erase(at)) = &mut self.next {
            *at = until;
        }
    }
}

impl Parent {
    /// The parent gave a sign of life: everything stays, for `months` more.
    pub fn keep_for(&mut self, months: u16, now: Timestamp) {
        self.retention = Retention {
            last_sign: Some(now),
            next: notice(&self.schedule, now, months).map(End::Notice),
        };
    }

    /// Takes what is due at the end of a silence of `months`.
    pub fn take_retention(&mut self, months: u16, now: Timestamp) -> RetentionDue {
        let Retention { last_sign, next } = self.retention;
        let Some(next) = next else {
            return RetentionDue::Nothing;
        };
        // The installation's months may have changed since this was planned, and so may a clock that was wrong.
        let last_sign = last_sign.map_or(now, |sign| sign.min(now));
        let notice = notice(&self.schedule, last_sign, months);
        let erase = now.checked_add(NOTICE).unwrap_or(Timestamp::MAX);
        match next {
            End::Erase(at) if at <= now => return RetentionDue::Erase,
            End::Erase(at) if at <= erase => return RetentionDue::Nothing,
            End::Notice(_) | End::Erase(_) => {}
        }
        if notice.is_none_or(|notice| notice > now) {
            self.retention.next = notice.map(End::Notice);
            return RetentionDue::Nothing;
        }
        self.retention.next = Some(End::Erase(erase));
        let begun = match self.onboarding {
            Onboarding::Stranger | Onboarding::Consent => false,
            Onboarding::Time | Onboarding::Days | Onboarding::Side | Onboarding::Done => true,
        };
        if begun && !self.unreachable {
            RetentionDue::Notice
        } else {
            RetentionDue::Nothing
        }
    }
}

/// When the notice comes: at 10:00 on the parent's clock, 30 days before the months are over. `None` at the end of the calendar.
fn notice(schedule: &Schedule, last_sign: Timestamp, months: u16) -> Option<Timestamp> {
    let heard: Date = schedule.local(last_sign).0;
    let end = heard.checked_add(i32::from(months).months()).ok()?;
    let date = end.checked_sub(30.days()).ok()?;
    schedule
        .moment(date, ClockTime::TEN)
        .or_else(|| schedule.moment(date.yesterday().ok()?, ClockTime::TEN))
}
