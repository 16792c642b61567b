//! What can happen to one parent: everything the bot decides on comes in as one of these.

use std::fmt;

use jiff::Timestamp;

use crate::parent::{FileId, MessageId, Words};

use super::{Fetch, Fetched, Unusable};

/// Something happened in one parent's chat, or a moment that the bot planned for it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The parent sent a message.
    Wrote(Message),
    /// The parent edited a message that they sent before; `content` is what it says now.
    Edited(Message),
    /// The parent tapped an inline button.
    Tapped(Tapped),
    /// The parent blocked the bot, or deleted the chat.
    Left,
    /// The parent unblocked the bot.
    CameBack,
    /// The moment that [`Parent::due`](crate::parent::Parent::due) named has come, or the clock was set back and the plan has to be made again.
    Due,
    /// What became of a message whose [`Purpose`](super::Purpose) asked for word of it.
    Outcome(super::Purpose, Outcome),
    /// A voice note, or a part of a journal that comes back, is here or will not come.
    Fetched(Fetch, Fetched),
}

/// A message from a parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number in the chat.
    pub id: MessageId,
    /// When the parent sent it, as Telegram says, in whole seconds. It may have waited for the bot since; how far it is believed is decided in
    /// [`respond`](super::respond).
    pub sent: Timestamp,
    /// The message it replies to, when the parent used Telegram's reply.
    pub reply_to: Option<MessageId>,
    /// What it holds.
    pub content: Content,
    /// What the parent typed below a photo, a file or a voice note. The crisis net hears it; with a voice note it is kept, with all else it is
    /// not. Empty when there is nothing.
    pub caption: Words,
}

/// What a message holds, as far as the bot tells things apart.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Typed text, also the empty one.
    Text(Words),
    /// A command: `/zoek bedtijd` is `name: "zoek"`, `rest: "bedtijd"`. The name is lower case, without slash and without `@bot`.
    Command {
        /// The command's name, not necessarily one that exists.
        name: String,
        /// What was typed behind it, trimmed.
        rest: Words,
    },
    /// A forwarded message of any kind: somebody else's words.
    Forwarded,
    /// A sticker, an animation or a dice.
    Sticker,
    /// A photo or a video, also a round video note: it shows somebody.
    Photo,
    /// A voice note.
    Voice(VoiceNote),
    /// A document.
    Document(SentFile),
    /// A piece of music.
    File,
    /// A place.
    Location,
    /// Somebody's contact card.
    Contact,
    /// Anything else: polls, games, service messages that reach the bot.
    Other,
}

/// Names the kind alone: a command's name was typed by a parent too, and need not be one that exists.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Command { .. } => "Command(..)",
            Self::Forwarded => "Forwarded",
            Self::Sticker => "Sticker",
            Self::Photo => "Photo",
            Self::Voice(_) => "Voice(..)",
            Self::Document(_) => "Document(..)",
            Self::File => "File",
            Self::Location => "Location",
            Self::Contact => "Contact",
            Self::Other => "Other",
        })
    }
}

/// A voice note as Telegram announces it; its sound has to be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiceNote {
    /// Where the sound is.
    pub file: FileId,
    /// How long it is, as the sender's app says.
    pub seconds: u32,
    /// How many bytes it has; `None` when Telegram does not say.
    pub bytes: Option<u32>,
}

/// A document as Telegram announces it; what is in it has to be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct SentFile {
    /// Where it is.
    pub file: FileId,
    /// What the parent called it; empty when Telegram does not say.
    pub name: Words,
    /// How many bytes it has; `None` when Telegram does not say.
    pub bytes: Option<u32>,
}

/// Why something that was to be fetched will not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFetched {
    /// It has more bytes than are taken.
    TooLarge,
    /// Telegram does not have it any more, or could not be reached for so long that it was given up.
    Gone,
    /// It is here, and no journal can be made of it.
    Unusable(Unusable),
}

/// A tap on an inline button.
#[derive(Clone, Debug, PartialEq)]
pub struct Tapped {
    /// Telegram's number of this tap, for answering it.
    pub id: String,
    /// The message that carries the button; absent when Telegram no longer says which.
    pub message: Option<MessageId>,
    /// The button's callback data, as it came back: anybody can forge it.
    pub data: String,
}

/// What became of an outgoing message: each message ends in exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Telegram took it; a sent message has a number.
    Sent(Option<MessageId>),
    /// Its moment passed before it could be sent, or it was not wanted any more by then.
    Expired,
    /// The parent cannot be reached: blocked the bot, deleted the account, or the chat is gone.
    Unreachable,
    /// It may or may not have arrived, and may not be sent twice.
    InDoubt,
    /// Telegram refused it for good.
    Failed,
}
