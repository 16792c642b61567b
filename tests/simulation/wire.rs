//! The wire to the Bot API: requests as the bot makes them, into the world of the demo, and answers as the bot reads them.

use rand::{RngExt, rngs::ChaCha8Rng};
use serde_json::Value;
use voel_eerst::{
    conversation::Effect,
    demo::{Refusal, Upload, World},
    parent::{ChatId, MessageId},
    telegram::{CallError, Incoming, LONGEST_POLL, Telegram},
};

/// A picture of one pixel.
const PIXEL: [u8; 67] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0,
    0, 0, 58, 126, 155, 85, 0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 96, 0, 0, 0, 2, 0, 1, 72,
    175, 164, 113, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

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

    /// How long a call with a file in it takes: over a slow line, minutes.
    pub fn takes_with_file(self, chance: &mut ChaCha8Rng) -> u64 {
        match self {
            Self::Well | Self::CutBefore | Self::CutAfter if chance.random_ratio(1, 4) => {
                chance.random_range(20_000..290_000)
            }
            _ => self.takes(chance),
        }
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
    let refused = |refusal: Refusal| CallError::described(&refusal.description);
    if let Some((method, field, content)) = file(effect) {
        let fields = vec![("chat_id".to_owned(), chat.0.to_string())];
        let upload = Upload {
            field: field.to_owned(),
            name: "file".to_owned(),
            content: content.into(),
        };
        return world
            .message_of_form(method, fields, upload)
            .map_err(refused);
    }
    let wire = telegram.request(chat, effect)?.wire();
    let message = world
        .message_of_call(wire.method, wire.params)
        .map_err(refused)?;
    Ok(message.filter(|_| matches!(effect, Effect::Send { .. })))
}

/// How a file goes out: by which method, in which field. What is in it is made elsewhere, and is of no matter here.
fn file(effect: &Effect) -> Option<(&'static str, &'static str, &'static [u8])> {
    match effect {
        Effect::Document { .. } => Some(("sendDocument", "document", b"{}")),
        Effect::Picture { .. } => Some(("sendPhoto", "photo", &PIXEL)),
        Effect::Voice { .. } => Some(("sendVoice", "voice", b"OggS")),
        Effect::Send { .. }
        | Effect::Edit { .. }
        | Effect::Buttons { .. }
        | Effect::Fetch(_)
        | Effect::Heart { .. }
        | Effect::Commands { .. }
        | Effect::Answer { .. } => None,
    }
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
