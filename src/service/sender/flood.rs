//! Telling a chat's own 429 from one that means the whole bot.

use std::{collections::VecDeque, time::Duration};

use crate::parent::ChatId;

/// 429s to so many different chats within [`WINDOW`] mean the whole bot.
const CHATS: usize = 3;

/// See [`CHATS`].
const WINDOW: Duration = Duration::from_secs(1);

/// Telegram's 429 does not say whom it means. Each one holds the chat that it was an answer to; only when several chats get one at
/// about the same time, everything bulk is held too. Answers to what a parent just did go on, each chat for itself:
/// they are few, and a wrong guess would silence everybody.
#[derive(Debug, Default)]
pub(super) struct Flood {
    recent: VecDeque<Met>,
    held: Duration,
}

#[derive(Debug)]
struct Met {
    at: Duration,
    chat: ChatId,
    until: Duration,
}

impl Flood {
    /// A chat got a 429 at `uptime` that lasts until `until`.
    pub(super) fn met(&mut self, chat: ChatId, uptime: Duration, until: Duration) {
        self.recent
            .retain(|met| met.at + WINDOW > uptime && met.chat != chat);
        self.recent.push_back(Met {
            at: uptime,
            chat,
            until,
        });
        if self.recent.len() >= CHATS {
            let longest = self.recent.iter().map(|met| met.until).max();
            self.held = self.held.max(longest.unwrap_or_default());
        }
    }

    /// The uptime until which no bulk letter goes out, when that is later than `uptime`.
    pub(super) fn holds_bulk(&self, uptime: Duration) -> Option<Duration> {
        (self.held > uptime).then_some(self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Whether bulk is held at 2 s after these 429s of 10 s each.
    fn held(met: &[(u64, i64)]) -> Option<Duration> {
        let mut flood = Flood::default();
        for (at, chat) in met {
            flood.met(ChatId(*chat), ms(*at), ms(at + 10_000));
        }
        flood.holds_bulk(ms(2_000))
    }

    #[test]
    fn several_chats_at_once_mean_the_whole_bot() {
        assert_eq!(held(&[]), None);
        assert_eq!(held(&[(0, 1), (10, 2)]), None);
        assert_eq!(held(&[(0, 1), (10, 1), (20, 1), (30, 2)]), None);
        assert_eq!(held(&[(0, 1), (500, 2), (1_000, 3)]), None);
        assert_eq!(held(&[(0, 1), (500, 2), (999, 3)]), Some(ms(10_999)));
        assert_eq!(
            held(&[(0, 1), (5, 2), (9, 3), (1_500, 4)]),
            Some(ms(10_009))
        );
    }
}
