//! Bad days: when the wire, the machine, the clock and the power fail.

use std::{collections::BTreeMap, time::Duration};

use rand::{RngExt, rngs::ChaCha8Rng};
use voel_eerst::{parent::ChatId, store::CrashPoint};

use super::wire::Fate;

/// After trouble in a chat, or everywhere, so long nobody is held to how soon they answer: waits grow up to a minute, and what has piled up is
/// sent one a second.
pub const AFTERMATH: Duration = Duration::from_secs(10 * 60);

/// What goes wrong on the wire for a while.
#[derive(Clone, Copy, Debug)]
pub enum Storm {
    /// No connection.
    Outage,
    /// 5xx.
    ServerErrors,
    /// Telegram asks to wait, now and then for long.
    TooMany,
    /// Connections are cut, before or after the work.
    Cuts,
    /// A bit of everything.
    Mixed,
}

/// The trouble that there is.
#[derive(Default)]
pub struct Trouble {
    everywhere: Option<(Storm, Duration)>,
    in_chats: BTreeMap<ChatId, (Storm, Duration)>,
    /// Until when something anywhere may have held up everybody.
    felt_everywhere: Duration,
    felt_in: BTreeMap<ChatId, Duration>,
    over: bool,
}

impl Trouble {
    /// A storm everywhere until this uptime.
    pub fn rages(&mut self, storm: Storm, until: Duration) {
        self.everywhere = Some((storm, until));
        self.felt_everywhere = self.felt_everywhere.max(until + AFTERMATH);
    }

    /// A storm in one chat until this uptime.
    pub fn rages_in(&mut self, chat: ChatId, storm: Storm, until: Duration) {
        self.in_chats.insert(chat, (storm, until));
        self.feel(chat, until);
    }

    /// The process was away until this uptime.
    pub fn was_away(&mut self, until: Duration) {
        self.felt_everywhere = self.felt_everywhere.max(until + AFTERMATH);
    }

    fn feel(&mut self, chat: ChatId, until: Duration) {
        let felt = self.felt_in.entry(chat).or_default();
        *felt = (*felt).max(until + AFTERMATH);
    }

    /// There is no trouble any more.
    pub fn end(&mut self) {
        self.over = true;
    }

    /// Whether it has ended for good.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether a chat has been out of all trouble since this uptime.
    pub fn spared(&self, chat: ChatId, since: Duration) -> bool {
        let felt = self.felt_in.get(&chat).copied().unwrap_or_default();
        since >= self.felt_everywhere && since >= felt
    }

    /// What becomes of a call about a chat that begins now; `None` is a poll.
    pub fn fate(
        &mut self,
        chat: Option<ChatId>,
        uptime: Duration,
        chance: &mut ChaCha8Rng,
    ) -> Fate {
        if self.over {
            return Fate::Well;
        }
        let rages = |(storm, until): &(Storm, Duration)| (uptime < *until).then_some(*storm);
        let here = chat.and_then(|chat| self.in_chats.get(&chat));
        let storm = self.everywhere.as_ref().and_then(rages);
        let fate = match storm.or(here.and_then(rages)) {
            Some(storm) => storm.strikes(chance),
            None if chance.random_ratio(1, 400) => Storm::Mixed.strikes(chance),
            None => Fate::Well,
        };
        if let Some(chat) = chat
            && fate != Fate::Well
        {
            let until = match fate {
                Fate::TooMany(seconds) => uptime + Duration::from_secs(seconds.into()),
                _ => uptime,
            };
            self.feel(chat, until);
        }
        fate
    }
}

impl Storm {
    /// Any of them.
    pub fn any(chance: &mut ChaCha8Rng) -> Self {
        match chance.random_range(0..5) {
            0 => Self::Outage,
            1 => Self::ServerErrors,
            2 => Self::TooMany,
            3 => Self::Cuts,
            _ => Self::Mixed,
        }
    }

    fn strikes(self, chance: &mut ChaCha8Rng) -> Fate {
        if chance.random_ratio(1, 8) {
            return Fate::Well;
        }
        match self {
            Self::Outage => Fate::NotSent,
            Self::ServerErrors => Fate::ServerError,
            Self::TooMany if chance.random_ratio(1, 20) => {
                Fate::TooMany(chance.random_range(60..7_200))
            }
            Self::TooMany => Fate::TooMany(chance.random_range(1..40)),
            Self::Cuts if chance.random_bool(0.5) => Fate::CutBefore,
            Self::Cuts => Fate::CutAfter,
            Self::Mixed => match chance.random_range(0..5) {
                0 => Fate::NotSent,
                1 => Fate::CutBefore,
                2 => Fate::CutAfter,
                3 => Fate::ServerError,
                _ => Fate::TooMany(chance.random_range(1..90)),
            },
        }
    }
}

/// How long a storm or a standstill lasts: mostly minutes, at times hours, seldom a day and a half.
pub fn duration(chance: &mut ChaCha8Rng) -> Duration {
    Duration::from_secs(match chance.random_range(0..10) {
        0..6 => chance.random_range(1..600),
        6..9 => chance.random_range(600..6 * 3_600),
        _ => chance.random_range(6 * 3_600..36 * 3_600),
    })
}

/// One of the next writes, before or after it is on disk.
pub fn crash_point(chance: &mut ChaCha8Rng) -> CrashPoint {
    let write = chance.random_range(1..6);
    if chance.random_bool(0.5) {
        CrashPoint::Before(write)
    } else {
        CrashPoint::After(write)
    }
}
