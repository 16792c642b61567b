//! The wire to the Bot API: requests as the bot makes them, into the world of the demo, and answers as the bot reads them.

use rand::{RngExt, rngs::ChaCha8Rng};
use serde_json::Value;
use voel_eerst::{
    conversation::Effect,
    demo::World,
    parent::{ChatId, MessageId},
    telegram::{CallError, Incoming, LONGEST_POLL, Telegram},
};

/// What becomes of a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and so does the answer.
    Well,
    /// There is no connection.
    NotSent,
    /// The connection is cut before the work was done.
    CutBefore,
    /// The work is done, and the answer does not come.
    CutAfter,
    /// Telegram is in trouble: nothing is done.
    ServerError,
    /// Telegram asks to wait so many seconds.
    TooMany(u32),
}

impl Fate {
    /// Whether the work is done on the other side.
    pub fn arrives(self) -> bool {
        matches!(self, Self::Well | Self::CutAfter)
    }

    /// How long it takes until the caller knows, in milliseconds.
    pub fn takes(self, chance: &mut ChaCha8Rng) -> u64 {
        match self {
            Self::Well if chance.random_ratio(1, 200) => chance.random_range(1_000..20_000),
            Self::Well | Self::TooMany(_) => chance.random_range(20..200),
            Self::NotSent => chance.random_range(5..5_000),
            Self::CutBefore | Self::CutAfter => chance.random_range(20..25_000),
            // teloxide waits 10 seconds after a 5xx.
            Self::ServerError => 10_050,
        }
    }

    /// What the caller hears instead of an answer.
    pub fn trouble(self) -> Option<CallError> {
        match self {
            Self::Well => None,
            Self::NotSent => Some(CallError::NotSent),
            Self::CutBefore | Self::CutAfter => Some(CallError::Doubt),
            Self::ServerError => Some(CallError::ServerError),
            Self::TooMany(seconds) => Some(CallError::described(&format!(
                "Too Many Requests: retry after {seconds}"
            ))),
        }
    }
}

/// What the Bot API answers to one thing that is done in a chat.
pub fn perform(
    telegram: &Telegram,
    world: &mut World,
    chat: ChatId,
    effect: &Effect,
) -> Result<Option<MessageId>, CallError> {
    let wire = telegram.request(chat, effect)?.wire();
    let message = world
        .message_of_call(wire.method, wire.params)
        .map_err(|refusal| CallError::described(&refusal.description))?;
    Ok(message.filter(|_| matches!(effect, Effect::Send { .. })))
}

/// The updates that wait at the Bot API, read as the bot reads them.
pub fn poll(telegram: &Telegram, world: &mut World, offset: Option<i64>) -> Vec<Incoming> {
    let wire = telegram.poll_on_wire(offset, LONGEST_POLL);
    let updates = world
        .call(wire.method, wire.params)
        .expect("the Bot API takes a poll");
    let Value::Array(updates) = updates else {
        panic!("no list of updates");
    };
    let read = updates.into_iter().map(|update| telegram.read(update));
    read.map(|incoming| incoming.expect("an update")).collect()
}
