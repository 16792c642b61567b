//! Trouble with Telegram: how long to wait before the next try, and what of it is news for the log.

use std::{
    mem::{Discriminant, discriminant},
    time::Duration,
};

use crate::telegram::CallError;

/// The first wait after a failure; doubles up to [`LONGEST_WAIT`].
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait between two attempts, unless Telegram itself asks for a longer one.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What was said is not said again before this much time went by without it: trouble that comes and goes is said once, too.
const SAID_FOR: Duration = Duration::from_secs(600);

/// Failures of one thing that is tried again and again, and what of them was said.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// Since the latest success.
    failures: u32,
    /// The kinds of failures that were said.
    said: Vec<Discriminant<CallError>>,
    /// Something was said whose end was not said yet.
    open: bool,
    /// The uptime of the latest failure.
    latest: Duration,
}

impl Trouble {
    /// Notes a failure at this uptime. Returns whether it is news, and how long to wait.
    pub fn met(&mut self, error: CallError, uptime: Duration) -> (bool, Duration) {
        if uptime.saturating_sub(self.latest) > SAID_FOR && self.failures == 0 {
            self.said.clear();
        }
        self.latest = uptime;
        let kind = discriminant(&error);
        let news = !self.said.contains(&kind);
        if news {
            self.said.push(kind);
            self.open = true;
        }
        let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        let wait = match error {
            CallError::RetryAfter(wait) => wait.max(FIRST_WAIT),
            // Only a person can mend it.
            CallError::Unauthorized => LONGEST_WAIT,
            CallError::Conflict
            | CallError::Unreachable
            | CallError::Done
            | CallError::Refused(_)
            | CallError::NotSent
            | CallError::ServerError
            | CallError::Doubt => doubled.min(LONGEST_WAIT),
        };
        (news, wait)
    }

    /// Notes a success. Returns how many failures came before it, when that is news.
    pub fn over(&mut self) -> Option<u32> {
        let failures = std::mem::take(&mut self.failures);
        std::mem::take(&mut self.open).then_some(failures)
    }
}

/// What the owner of the bot can do about it.
pub(super) fn advice(error: CallError) -> &'static str {
    match error {
        CallError::Unauthorized => {
            "get the token from @BotFather and start again with it; trying again meanwhile"
        }
        CallError::Conflict => "stop the other one; trying again meanwhile",
        CallError::NotSent => "check the network and TELOXIDE_API_URL; trying again meanwhile",
        CallError::RetryAfter(_)
        | CallError::Unreachable
        | CallError::Done
        | CallError::Refused(_)
        | CallError::ServerError
        | CallError::Doubt => "trying again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn waits_double_and_each_kind_of_trouble_is_said_once() {
        let mut trouble = Trouble::default();
        assert_eq!(trouble.over(), None);
        for (error, news, wait) in [
            (CallError::NotSent, true, 0.5),
            (CallError::NotSent, false, 1.0),
            (CallError::ServerError, true, 2.0),
            (CallError::NotSent, false, 4.0),
            (CallError::RetryAfter(seconds(90)), true, 90.0),
            (CallError::RetryAfter(seconds(91)), false, 91.0),
            (CallError::Doubt, true, 30.0),
            (CallError::Unauthorized, true, 30.0),
        ] {
            let expected = (news, Duration::from_secs_f64(wait));
            assert_eq!(trouble.met(error, seconds(1)), expected, "{error:?}");
        }
        assert_eq!(trouble.over(), Some(8));
        assert_eq!(trouble.over(), None);
        for _ in 0..100 {
            let (_, wait) = trouble.met(CallError::Conflict, seconds(1));
            assert!(wait <= LONGEST_WAIT);
        }
    }

    #[test]
    fn trouble_that_comes_and_goes_is_said_once() {
        let mut trouble = Trouble::default();
        let first_wait = FIRST_WAIT;
        assert_eq!(
            trouble.met(CallError::Doubt, seconds(1)),
            (true, first_wait)
        );
        assert_eq!(trouble.over(), Some(1));
        for minute in 1..1_000 {
            let met = trouble.met(CallError::Doubt, seconds(60 * minute));
            assert_eq!(met, (false, first_wait));
            assert_eq!(trouble.over(), None);
        }
        let (news, _) = trouble.met(CallError::Doubt, seconds(999 * 60 + 601));
        assert!(news, "after a quiet while it is news");
    }

    #[test]
    fn trouble_that_lasts_is_not_said_again() {
        let mut trouble = Trouble::default();
        trouble.met(CallError::RetryAfter(seconds(7_200)), seconds(0));
        let (news, _) = trouble.met(CallError::RetryAfter(seconds(7_200)), seconds(7_200));
        assert!(!news);
    }

    /// Every kind of trouble, also that for which Telegram's client itself waits, such as 5xx.
    #[test]
    fn ten_minutes_of_trouble_are_a_few_tries() {
        for (error, most) in [
            (CallError::NotSent, 25),
            (CallError::ServerError, 25),
            (CallError::Doubt, 25),
            (CallError::Conflict, 25),
            (CallError::Refused("for a reason"), 25),
            (CallError::Unreachable, 25),
            (CallError::Done, 25),
            (CallError::Unauthorized, 20),
            (CallError::RetryAfter(seconds(3_600)), 1),
        ] {
            let mut trouble = Trouble::default();
            let (mut now, mut tries) = (Duration::ZERO, 0);
            while now < seconds(600) {
                tries += 1;
                now += trouble.met(error, now).1;
            }
            assert_eq!(tries, most, "{error:?}");
        }
    }
}
