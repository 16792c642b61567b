//! How fast Telegram may be called.

use std::{fmt, num::NonZeroU16, str::FromStr};

/// How many calls a second go out to chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// At most so many in any one second, wherever it begins; 1 to [`MOST`].
    PerSecond(NonZeroU16),
    /// As many as are answered, for a Bot API server of one's own.
    Unlimited,
}

/// What Telegram lets a bot send for nothing (Bot FAQ: "no more than about 30 messages per second"), unless told otherwise.
const FREE: NonZeroU16 = NonZeroU16::MIN.saturating_add(29);

/// What Telegram lets a bot send that pays for it.
const MOST: u16 = 1_000;

impl Rate {
    /// Whether it is more than Telegram gives for nothing, so that messages have to be sent as paid broadcasts.
    pub fn is_paid(self) -> bool {
        match self {
            Self::PerSecond(calls) => calls > FREE,
            Self::Unlimited => false,
        }
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::PerSecond(FREE)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(calls) => calls.fmt(f),
            Self::Unlimited => f.write_str("none"),
        }
    }
}

/// What was given is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number from 1 to {MOST}, or none")]
pub struct NoRate;

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        if text == "none" {
            return Ok(Self::Unlimited);
        }
        let calls: NonZeroU16 = text.parse().map_err(|_| NoRate)?;
        (calls.get() <= MOST)
            .then_some(Self::PerSecond(calls))
            .ok_or(NoRate)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn per_second(calls: u16) -> Rate {
        Rate::PerSecond(calls.try_into().unwrap())
    }

    #[test]
    fn rates_are_read_as_they_are_written() {
        for (text, rate) in [
            ("1", Ok(per_second(1))),
            ("30", Ok(Rate::default())),
            ("1000", Ok(per_second(1_000))),
            ("none", Ok(Rate::Unlimited)),
            ("0", Err(NoRate)),
            ("1001", Err(NoRate)),
            ("-3", Err(NoRate)),
            ("2.5", Err(NoRate)),
            ("", Err(NoRate)),
            ("all", Err(NoRate)),
        ] {
            assert_eq!(text.parse(), rate, "{text}");
            if let Ok(rate) = rate {
                assert_eq!(rate.to_string(), text);
            }
        }
        let paid = |calls| per_second(calls).is_paid();
        assert_eq!((paid(30), paid(31)), (false, true));
        assert!(!Rate::Unlimited.is_paid());
    }
}
