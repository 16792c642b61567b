//! Users, chats and messages as Telegram keeps them.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{documents::Document, pictures::Picture, rules::InlineKeyboard, voices::Voice};
use crate::parent::{ChatId, MessageId};

/// A person with a Telegram account. Their number is also the number of their private chat with the bot.
#[derive(Clone, Debug)]
pub struct User {
    /// Their number.
    pub id: ChatId,
    /// Their first name.
    pub name: String,
    /// The language of their app, an IETF tag.
    pub language_code: Option<String>,
    /// Whether the bot may write to them.
    pub reach: Reach,
}

/// Whether the bot may write to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They never wrote to the bot.
    NeverStarted,
    /// They did.
    Open,
    /// They blocked it.
    Blocked,
    /// They deleted their account.
    Deactivated,
}

/// A chat with everything in it.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Its number.
    pub id: ChatId,
    /// What kind.
    pub kind: ChatKind,
    /// What is in it now: deleted messages are gone.
    pub messages: BTreeMap<MessageId, Message>,
    /// The bot "is typing" until this uptime, or until it sends a message.
    pub typing_until: Duration,
    /// The toasts shown here, oldest first.
    pub toasts: Vec<Toast>,
}

/// The two kinds of chats there are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// A user and the bot.
    Private,
    /// Several people.
    Group {
        /// What it is called.
        title: String,
        /// Whether the bot is in it.
        bot_inside: bool,
    },
}

/// A message as it is now.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// Who sent it.
    pub from: Author,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// What it holds.
    pub content: Content,
    /// The name of whoever wrote it first, when it was forwarded.
    pub forwarded_from: Option<String>,
    /// The message it answers, which may be gone by now.
    pub reply_to: Option<MessageId>,
    /// The buttons below it.
    pub keyboard: InlineKeyboard,
    /// Sent without a sound.
    pub silent: bool,
    /// The bot's reaction on it.
    pub reaction: Option<String>,
    /// The user's own reaction on it.
    pub own_reaction: Option<String>,
}

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The bot.
    Bot,
    /// A user.
    User(ChatId),
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Typed text.
    Text(String),
    /// A sticker, known by its emoji.
    Sticker(String),
    /// A photo with a caption, which may be empty.
    Photo(String),
    /// A photo of the bot.
    Picture(Picture),
    /// A voice note, of a user or of the bot.
    Voice(Voice),
    /// A document, of a user or of the bot.
    Document(Document),
    /// Latitude and longitude in degrees.
    Location(f64, f64),
    /// Somebody's name and telephone number.
    Contact(String, String),
    /// A question with its options.
    Poll(String, Vec<String>),
    /// The bot was put into a group.
    BotAdded,
}

impl Content {
    /// The text of a text message.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Sticker(_)
            | Self::Photo(_)
            | Self::Picture(_)
            | Self::Voice(_)
            | Self::Document(_)
            | Self::Location(..)
            | Self::Contact(..)
            | Self::Poll(..)
            | Self::BotAdded => None,
        }
    }
}

/// A line that appeared over a chat and went, or an alert that had to be tapped away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Grows from toast to toast, over all chats.
    pub id: u32,
    /// What it said.
    pub text: String,
    /// Whether it had to be tapped away.
    pub alert: bool,
    /// The uptime at which it appeared.
    pub at: Duration,
}

impl Chat {
    /// An empty chat.
    pub fn new(id: ChatId, kind: ChatKind) -> Self {
        Self {
            id,
            kind,
            messages: BTreeMap::new(),
            typing_until: Duration::ZERO,
            toasts: Vec::new(),
        }
    }

    /// The newest message of the bot.
    pub fn last_from_bot(&self) -> Option<&Message> {
        self.from_bot().next_back()
    }

    /// The bot's messages, oldest first.
    pub fn from_bot(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages
            .values()
            .filter(|message| message.from == Author::Bot)
    }
}

impl Message {
    /// The text, empty when it is no text message.
    pub fn text(&self) -> &str {
        self.content.text().unwrap_or_default()
    }

    /// Row and column of the button with this label.
    pub fn button(&self, label: &str) -> Option<(usize, usize)> {
        self.find_button(|button| button.text == label)
    }

    /// Row and column of the button with this callback data.
    pub fn button_with_data(&self, data: &str) -> Option<(usize, usize)> {
        self.find_button(|button| button.callback_data.as_deref() == Some(data))
    }

    /// The labels of all buttons, row by row.
    pub fn labels(&self) -> Vec<&str> {
        let buttons = self.keyboard.inline_keyboard.iter().flatten();
        buttons.map(|button| button.text.as_str()).collect()
    }

    fn find_button(
        &self,
        wanted: impl Fn(&super::rules::InlineButton) -> bool,
    ) -> Option<(usize, usize)> {
        let rows = self.keyboard.inline_keyboard.iter().enumerate();
        rows.flat_map(|(row, buttons)| (0..buttons.len()).map(move |column| (row, column)))
            .find(|&(row, column)| wanted(&self.keyboard.inline_keyboard[row][column]))
    }
}
