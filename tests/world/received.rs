//! What a person sees of the bot, taken from the calls that Telegram did for it.

use std::fmt;

use serde_json::Value;
use voel_eerst::{
    demo::Call,
    parent::{ChatId, MessageId},
};

/// A message as it came, or as an edit left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub id: MessageId,
    /// What it says.
    pub text: String,
    /// The labels of its buttons, row by row.
    pub buttons: Vec<Vec<String>>,
    /// It came without a sound.
    pub silent: bool,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

/// What a call did in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new message.
    Message,
    /// A message got another text.
    Edit,
    /// A message of the parent got a heart.
    Heart,
    /// A new message with a document; its text is the caption.
    Document,
    /// A new message with a photo; its text is the caption.
    Picture,
    /// A new voice note.
    Voice,
}

impl Kind {
    /// The kinds, in the order in which they are counted.
    pub const ALL: [Self; 6] = [
        Self::Message,
        Self::Edit,
        Self::Heart,
        Self::Document,
        Self::Picture,
        Self::Voice,
    ];

    fn method(self) -> &'static str {
        match self {
            Self::Message => "sendMessage",
            Self::Edit => "editMessageText",
            Self::Heart => "setMessageReaction",
            Self::Document => "sendDocument",
            Self::Picture => "sendPhoto",
            Self::Voice => "sendVoice",
        }
    }

    /// Whether this call did this, in this chat.
    pub fn is(self, call: &Call, chat: ChatId) -> bool {
        call.method == self.method()
            && call.outcome.is_ok()
            && number(&call.params["chat_id"]) == Some(chat.0)
    }
}

impl Received {
    /// What a call that was done left in the chat.
    pub fn of(call: &Call) -> Self {
        let params = &call.params;
        let number = |value: &Value| number(value).and_then(|id| i32::try_from(id).ok());
        let sent = call.outcome.as_ref().ok();
        let id = number(&params["message_id"])
            .or_else(|| number(&sent?["message_id"]))
            .unwrap();
        let rows = params["reply_markup"]["inline_keyboard"].as_array();
        let label = |button: &Value| button["text"].as_str().unwrap().to_owned();
        let row = |row: &Value| row.as_array().unwrap().iter().map(label).collect();
        Self {
            id: MessageId(id),
            text: params["text"]
                .as_str()
                .or(params["caption"].as_str())
                .unwrap_or_default()
                .to_owned(),
            buttons: rows.into_iter().flatten().map(row).collect(),
            silent: is_true(&params["disable_notification"]),
            reply_to: number(&params["reply_parameters"]["message_id"]).map(MessageId),
        }
    }
}

/// A number as JSON has it, or as a form has it.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A truth as JSON has it, or as a form has it.
fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str() == Some("true")
}

/// As a snapshot shows it: the text, and below it the buttons.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for row in &self.buttons {
            f.write_str("\n")?;
            for label in row {
                write!(f, "[{label}]")?;
            }
        }
        Ok(())
    }
}
