//! Noticing that Telegram as a whole is in trouble, so that not every letter has to find it out for itself.

use std::time::Duration;

use super::Seq;
use crate::parent::ChatId;

/// So many different chats in trouble, with not one answer in between, are Telegram's trouble and not theirs.
const CHATS_IN_TROUBLE: usize = 3;

/// The wait before the first probe; doubles with each that fails, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait between two probes. Short enough that one poisonous letter as a probe does not hold up the others for long.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Lets everything through while Telegram answers, and while it does not, one letter at a time, to see whether it does again.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: State,
    /// Chats in trouble since the last answer. At most [`CHATS_IN_TROUBLE`].
    troubled: Vec<ChatId>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    /// Nothing goes out before `until`.
    Open { until: Duration, wait: Duration },
    /// One letter is out, and everything waits for what becomes of it.
    Probing { probe: Seq, wait: Duration },
}

impl Breaker {
    /// Whether letters go out freely.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether a letter may go out now.
    ///
    /// # Errors
    /// The uptime from which on one may; `None` while a probe is out.
    pub(super) fn admits(&self, uptime: Duration) -> Result<(), Option<Duration>> {
        match self.state {
            State::Closed => Ok(()),
            State::Open { until, .. } if until <= uptime => Ok(()),
            State::Open { until, .. } => Err(Some(until)),
            State::Probing { .. } => Err(None),
        }
    }

    /// A letter goes out.
    pub(super) fn started(&mut self, seq: Seq) {
        if let State::Open { wait, .. } = self.state {
            self.state = State::Probing { probe: seq, wait };
        }
    }

    /// What came of a letter: whether Telegram answered it, whatever it answered.
    pub(super) fn heard(&mut self, seq: Seq, chat: ChatId, answered: bool, uptime: Duration) {
        if answered {
            *self = Self::default();
            return;
        }
        match self.state {
            State::Closed => {
                if !self.troubled.contains(&chat) {
                    self.troubled.push(chat);
                }
                if self.troubled.len() >= CHATS_IN_TROUBLE {
                    self.open(uptime, FIRST_WAIT);
                }
            }
            State::Probing { probe, wait } if probe == seq => {
                self.open(uptime, (wait * 2).min(LONGEST_WAIT));
            }
            // Out since before it opened: nothing new.
            State::Open { .. } | State::Probing { .. } => {}
        }
    }

    fn open(&mut self, uptime: Duration, wait: Duration) {
        self.state = State::Open {
            until: uptime + wait,
            wait,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn broken() -> Breaker {
        let mut breaker = Breaker::default();
        for chat in 0..3 {
            assert!(breaker.is_closed());
            breaker.heard(Seq(1), ChatId(chat), false, ms(1_000));
        }
        breaker
    }

    #[test]
    fn one_chat_in_trouble_is_nobody_elses_trouble() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.heard(Seq(1), ChatId(1), false, ms(0));
            breaker.heard(Seq(2), ChatId(2), false, ms(0));
        }
        assert!(breaker.is_closed());
    }

    #[test]
    fn an_answer_in_between_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        for chat in 0..100 {
            breaker.heard(Seq(1), ChatId(chat), false, ms(0));
            breaker.heard(Seq(1), ChatId(-1), chat % 2 == 0, ms(0));
        }
        assert!(breaker.is_closed());
    }

    #[test]
    fn open_lets_one_probe_through_at_a_time_ever_later() {
        let mut breaker = broken();
        let mut now = ms(1_000);
        for wait in [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000] {
            assert_eq!(breaker.admits(now), Err(Some(now + ms(wait))));
            now += ms(wait);
            assert_eq!(breaker.admits(now), Ok(()));
            breaker.started(Seq(7));
            assert_eq!(breaker.admits(now), Err(None));
            breaker.heard(Seq(3), ChatId(9), false, now);
            assert_eq!(
                breaker.admits(now),
                Err(None),
                "an older letter says nothing"
            );
            breaker.heard(Seq(7), ChatId(9), false, now);
        }
    }

    #[test]
    fn any_answer_closes_it() {
        let mut breaker = broken();
        breaker.heard(Seq(3), ChatId(9), true, ms(1_100));
        assert!(breaker.is_closed());

        let mut breaker = broken();
        breaker.started(Seq(7));
        breaker.heard(Seq(7), ChatId(9), true, ms(2_000));
        assert_eq!(breaker.admits(ms(2_000)), Ok(()));
    }
}
