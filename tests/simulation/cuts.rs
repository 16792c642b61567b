//! Where the power goes, or the process dies: each point at which something may be lost, or done twice, has its turn.

use rand::{RngExt, rngs::ChaCha8Rng};
use voel_eerst::store::CrashPoint;

/// A point of the bot's way at which it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At the commit of updates.
    Updates,
    /// At the commit of words that have to be kept.
    Words,
    /// At the commit of what may erase something, which writes several times.
    Erasing,
    /// At the commit of claims.
    Claim,
    /// At the commit of what became of letters.
    Ended,
    /// At the commit of what is due.
    Due,
    /// At one of the next writes, whatever it is for.
    Write,
    /// After a commit, and before anybody hears of it.
    Unheard,
    /// While a prompt is on its way.
    InFlight,
}

/// All of them, by [`Cut::place`].
pub const CUTS: [Cut; 9] = [
    Cut::Updates,
    Cut::Words,
    Cut::Erasing,
    Cut::Claim,
    Cut::Ended,
    Cut::Due,
    Cut::Write,
    Cut::Unheard,
    Cut::InFlight,
];

/// What is in a round.
#[derive(Clone, Copy, Default)]
pub struct Holds {
    pub updates: bool,
    pub words: bool,
    pub may_erase: bool,
    pub claims: bool,
    pub ends: bool,
}

impl Cut {
    /// Any of them. Nothing is worse than to lose words, so these are cut twice as often.
    pub fn any(chance: &mut ChaCha8Rng) -> Self {
        let place = chance.random_range(0..=CUTS.len());
        CUTS.get(place).copied().unwrap_or(Self::Words)
    }

    /// Where it stands in [`CUTS`].
    pub fn place(self) -> usize {
        self as usize
    }

    /// Whether a round that holds this is one to cut.
    pub fn fits(self, round: Holds) -> bool {
        match self {
            Self::Updates => round.updates,
            Self::Words => round.words,
            Self::Erasing => round.may_erase,
            Self::Claim => round.claims,
            Self::Ended => round.ends,
            Self::Due => !(round.updates || round.claims || round.ends),
            Self::Write | Self::Unheard => true,
            Self::InFlight => false,
        }
    }

    /// At which write the power goes in such a round; `None` when it is the process that dies.
    pub fn point(self, chance: &mut ChaCha8Rng) -> Option<CrashPoint> {
        let write = match self {
            Self::Updates | Self::Words | Self::Claim | Self::Ended | Self::Due => 1,
            Self::Erasing => chance.random_range(1..4),
            Self::Write => chance.random_range(1..6),
            Self::Unheard | Self::InFlight => return None,
        };
        let before = chance.random_bool(0.5);
        Some(if before {
            CrashPoint::Before(write)
        } else {
            CrashPoint::After(write)
        })
    }
}
