//! Telegram's flood control: how many messages in how much time.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use super::Refusal;
use crate::parent::ChatId;

/// The time that both limits count over. It is a second, less what a message's way through the network may vary: a bot that keeps to the
/// limits when it sends must not be refused because two messages came a little closer together than they left.
const SPAN: Duration = Duration::from_millis(950);
/// Messages to one chat per span.
const PER_CHAT: usize = 1;
/// Messages and edits per span in all.
const IN_ALL: usize = 30;

/// Counts what the bot sends. All times are uptimes.
///
/// Within any span at most one new message per chat, and at most thirty messages and edits in all. What was refused does not count.
#[derive(Debug)]
pub struct Flood {
    on: bool,
    in_all: VecDeque<Duration>,
    per_chat: HashMap<ChatId, VecDeque<Duration>>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Counts for its chat and for the total.
    Message,
    /// Counts for the total only.
    Edit,
}

impl Default for Flood {
    fn default() -> Self {
        Self {
            on: true,
            in_all: VecDeque::new(),
            per_chat: HashMap::new(),
        }
    }
}

impl Flood {
    /// Switches flood control on or off, for tests that are about something else.
    pub fn set(&mut self, on: bool) {
        self.on = on;
    }

    /// Counts one call, or refuses it.
    ///
    /// # Errors
    /// When it comes too soon: 429, with the whole seconds to wait.
    pub fn count(&mut self, what: Counted, chat: ChatId, now: Duration) -> Result<(), Refusal> {
        if !self.on {
            return Ok(());
        }
        let mut wait = wait(&mut self.in_all, IN_ALL, now);
        let in_chat = match what {
            Counted::Message => Some(self.per_chat.entry(chat).or_default()),
            Counted::Edit => None,
        };
        if let Some(in_chat) = in_chat {
            wait = wait.max(self::wait(in_chat, PER_CHAT, now));
            if wait.is_zero() {
                in_chat.push_back(now);
            }
        }
        if !wait.is_zero() {
            let seconds = wait.as_millis().div_ceil(1000);
            return Err(Refusal::too_many_requests(
                u32::try_from(seconds).unwrap_or(u32::MAX),
            ));
        }
        self.in_all.push_back(now);
        Ok(())
    }
}

/// How long until one more fits; forgets what lies outside the span.
fn wait(sent: &mut VecDeque<Duration>, limit: usize, now: Duration) -> Duration {
    sent.retain(|&at| now < at + SPAN);
    match sent.front() {
        Some(&oldest) if sent.len() >= limit => (oldest + SPAN).saturating_sub(now),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests {
    use super::*;

    const ANNA: ChatId = ChatId(1);

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn one_message_a_second_per_chat() {
        let mut flood = Flood::default();
        assert_eq!(flood.count(Counted::Message, ANNA, at(0)), Ok(()));
        assert_eq!(
            flood.count(Counted::Message, ANNA, at(949)),
            Err(Refusal::too_many_requests(1))
        );
        assert_eq!(flood.count(Counted::Edit, ANNA, at(949)), Ok(()));
        assert_eq!(flood.count(Counted::Message, ChatId(2), at(949)), Ok(()));
        assert_eq!(flood.count(Counted::Message, ANNA, at(950)), Ok(()));
    }

    #[test]
    fn thirty_a_second_in_all_wherever_the_second_begins() {
        let mut flood = Flood::default();
        for chat in 0..30 {
            assert_eq!(flood.count(Counted::Message, ChatId(chat), at(500)), Ok(()));
        }
        assert_eq!(
            flood.count(Counted::Message, ChatId(30), at(1449)),
            Err(Refusal::too_many_requests(1))
        );
        assert_eq!(
            flood.count(Counted::Edit, ANNA, at(1449)),
            Err(Refusal::too_many_requests(1))
        );
        assert_eq!(flood.count(Counted::Message, ChatId(30), at(1450)), Ok(()));
    }

    #[test]
    fn a_steady_thirty_a_second_is_never_refused() {
        let mut flood = Flood::default();
        for number in 0..300_u64 {
            let chat = ChatId(i64::try_from(number).unwrap());
            // Up to 30 ms late on the way, one way or the other.
            let jitter = number * 7 % 31;
            assert_eq!(
                flood.count(Counted::Message, chat, at(number * 1000 / 30 + jitter)),
                Ok(())
            );
        }
    }

    #[test]
    fn it_can_be_switched_off() {
        let mut flood = Flood::default();
        flood.set(false);
        for _ in 0..100 {
            assert_eq!(flood.count(Counted::Message, ANNA, at(0)), Ok(()));
        }
    }
}
