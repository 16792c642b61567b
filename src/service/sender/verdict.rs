//! What an answer means for the letter that it is an answer to.

use std::time::Duration;

use super::{lane::Waiting, queue::BETWEEN_MESSAGES};
use crate::{conversation::Outcome, parent::MessageId, telegram::CallError};

/// A chat's wait after its first trouble; doubles up to [`LONGEST_BACK_OFF`].
const FIRST_BACK_OFF: Duration = Duration::from_millis(500);

/// See [`FIRST_BACK_OFF`].
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);

/// After so many doubts a letter is not repeated any more. Silence is worse than an echo, but not worse than this many.
const MOST_DOUBTS: u32 = 8;

/// What an answer means for a letter.
pub(super) enum Verdict {
    End(Outcome),
    /// The chat cannot be reached, and so none of its letters.
    EndAll,
    /// It may have arrived, and may not be sent twice.
    EndInDoubt,
    BackOff(Duration),
    RetryAfter(Duration),
}

impl Verdict {
    /// Whether Telegram is there and well.
    pub(super) fn telegram_answered(&self) -> bool {
        match self {
            Self::End(_) | Self::EndAll | Self::RetryAfter(_) => true,
            Self::EndInDoubt | Self::BackOff(_) => false,
        }
    }

    /// Whether the letter is to be sent again.
    pub(super) fn is_again(&self) -> bool {
        match self {
            Self::BackOff(_) | Self::RetryAfter(_) => true,
            Self::End(_) | Self::EndAll | Self::EndInDoubt => false,
        }
    }
}

/// Judges an answer, and notes on the letter what went wrong.
pub(super) fn judge(letter: &mut Waiting, result: Result<Option<MessageId>, CallError>) -> Verdict {
    match result {
        Ok(message) => Verdict::End(Outcome::Sent(message)),
        Err(CallError::Done) => Verdict::End(Outcome::Sent(None)),
        Err(CallError::Refused(_)) => Verdict::End(Outcome::Failed),
        Err(CallError::Unreachable) => Verdict::EndAll,
        Err(CallError::RetryAfter(wait)) => Verdict::RetryAfter(wait.max(BETWEEN_MESSAGES)),
        Err(CallError::Doubt) => {
            letter.doubts += 1;
            if letter.outgoing.purpose.at_most_once() || letter.doubts >= MOST_DOUBTS {
                Verdict::EndInDoubt
            } else {
                Verdict::BackOff(next_wait(letter))
            }
        }
        Err(
            CallError::NotSent
            | CallError::ServerError
            | CallError::Unauthorized
            | CallError::Conflict,
        ) => Verdict::BackOff(next_wait(letter)),
    }
}

fn next_wait(letter: &mut Waiting) -> Duration {
    letter.troubles += 1;
    back_off(letter.troubles)
}

/// How long to wait after the trouble with this number, counted from 1.
pub(super) fn back_off(troubles: u32) -> Duration {
    let doublings = troubles.saturating_sub(1);
    let doubled = FIRST_BACK_OFF.saturating_mul(2_u32.saturating_pow(doublings));
    doubled.min(LONGEST_BACK_OFF)
}
