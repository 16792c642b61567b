//! What the bot wants done in one parent's chat.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::parent::{MessageId, Planned, Words};

use super::{Document, EntryId, Fetch, Outcome, PromptRef};

/// One thing to do in a parent's chat, with what the sender has to know about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What to do.
    pub effect: Effect,
    /// Who waits for it.
    pub class: Class,
    /// Why it is sent: decides what a doubt means, and whether the conversation hears what became of it.
    pub purpose: Purpose,
    /// Not to be sent after this moment.
    pub expires: Option<Timestamp>,
    /// It shows words of the parent's, out of the journal or an open flow: when words are erased while it waits, it is not sent any more.
    #[serde(default)]
    pub quotes: bool,
}

impl Outgoing {
    /// Whether it holds words of the parent's, shown or not: the wish to fetch a voice note has those that were written below it.
    pub fn holds_words(&self) -> bool {
        self.quotes || matches!(self.effect, Effect::Fetch(_))
    }
}

/// A call to Telegram, without the chat, which the outbox knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// A new message. Plain text: it is sent without a parse mode, so a parent's words can never become markup.
    Send {
        /// 1 to 4,096 UTF-16 units.
        text: Words,
        /// Inline buttons below it.
        keyboard: Keyboard,
        /// Without sound.
        silent: bool,
        /// The message it answers; when that is gone, it is sent without.
        reply_to: Option<MessageId>,
    },
    /// New text and buttons for a message of the bot.
    Edit {
        /// The message.
        message: MessageId,
        /// 1 to 4,096 UTF-16 units.
        text: Words,
        /// Replaces the buttons; empty takes them away.
        keyboard: Keyboard,
    },
    /// New buttons for a message of the bot; its text stays.
    Buttons {
        /// The message.
        message: MessageId,
        /// Replaces the buttons; empty takes them away.
        keyboard: Keyboard,
    },
    /// A document with what is kept of the parent. Only which one is wanted is kept here: it is made when it is sent.
    Document {
        /// Which one.
        document: Document,
        /// Stands below it, at most 1,024 UTF-16 units.
        caption: Option<Words>,
    },
    /// A year of the journal as a picture. Only which one is kept here: it is drawn when it is sent, and what it shows stands below it in words.
    Picture {
        /// The year.
        year: i16,
    },
    /// A voice note of the parent's own, out of the journal and without sound. Only which one is kept here: it is read when it is sent.
    Voice {
        /// The entry.
        entry: EntryId,
        /// The message in which it came.
        message: MessageId,
        /// How long it is.
        seconds: u32,
    },
    /// The one thing that brings something here: a voice note, or a file of the parent. It comes back as
    /// [`Event::Fetched`](super::Event::Fetched), whatever becomes of it.
    Fetch(Fetch),
    /// A heart on a message of the parent.
    Heart {
        /// The parent's message.
        message: MessageId,
    },
    /// The menu of commands in this chat: name and description of each. Without any, it is the one for everybody again.
    Commands {
        /// At most 100.
        commands: Vec<(String, String)>,
    },
    /// Ends the waiting circle on a tapped button.
    Answer {
        /// [`Tapped::id`](super::Tapped::id).
        tap: String,
        /// A short line that appears and goes, at most 200 characters.
        toast: Option<Words>,
    },
}

/// Rows of inline buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keyboard(pub Vec<Vec<Button>>);

/// An inline button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says, at most 28 characters (content rule 5).
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Comes back as [`Tapped::data`](super::Tapped::data), 1 to 64 bytes.
    Data(String),
    /// Opens a web page.
    Url(String),
}

/// Who waits for a message: the sender serves interactive before bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// The answer to what a parent just did.
    Interactive,
    /// What the bot sends of its own accord.
    Bulk,
}

/// Why a message is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Purpose {
    /// Nothing hangs on it.
    Plain,
    /// A prompt.
    Prompt {
        /// The number of its keyboard.
        number: u32,
        /// Which prompt.
        prompt: PromptRef,
        /// The planned date that it fulfils; `None` when the parent asked for it. A planned prompt is claimed before it goes
        /// out and is never sent twice: in doubt, it is only counted.
        planned: Option<Planned>,
    },
    /// The further question to a prompt: a reply to it joins the entry of that prompt.
    FollowUp {
        /// Which prompt.
        prompt: PromptRef,
        /// The entry that answers it.
        entry: EntryId,
    },
    /// A message with live buttons: the conversation remembers where it stands, so that it can take old buttons away.
    Menu {
        /// The number of its keyboard.
        number: u32,
    },
    /// The same, of a look-back that comes by itself: what it asks can be answered.
    LookBack {
        /// The number of its keyboard.
        number: u32,
    },
    /// A document that the parent asked for.
    Document {
        /// The documents that come after it.
        rest: Vec<Document>,
    },
    /// A picture that the parent asked for.
    Picture,
    /// A voice note that the parent wants to hear.
    Voice,
    /// A screen of a guided flow: the conversation remembers where it stands.
    Flow {
        /// The number of its keyboard.
        number: u32,
    },
    /// The question that a parent asked for after a flow: a reply to it is an answer.
    Later {
        /// The flow, as the journal refers to it.
        prompt: PromptRef,
    },
    /// The heart that says "kept": when it is refused, a line says so instead.
    Kept,
    /// The last message to somebody of whom nothing is kept: after it, the passing record goes too.
    Farewell,
}

impl Effect {
    /// Whether Telegram counts it as a message of the chat; edits, reactions and answers to taps count for the total only.
    pub fn is_message(&self) -> bool {
        self.is_file() || matches!(self, Self::Send { .. })
    }

    /// Whether it is made in memory when it goes out, and may be large.
    pub fn is_file(&self) -> bool {
        match self {
            Self::Document { .. } | Self::Picture { .. } | Self::Voice { .. } => true,
            Self::Send { .. }
            | Self::Edit { .. }
            | Self::Buttons { .. }
            | Self::Fetch(_)
            | Self::Heart { .. }
            | Self::Commands { .. }
            | Self::Answer { .. } => false,
        }
    }
}

impl Purpose {
    /// Whether this message has to be claimed before it goes out, and is never sent again once claimed.
    pub fn at_most_once(&self) -> bool {
        matches!(
            self,
            Self::Prompt {
                planned: Some(_),
                ..
            }
        )
    }

    /// Whether the conversation wants to hear that this became of the message. That a parent cannot be reached it always wants to hear.
    pub fn wants(&self, outcome: Outcome) -> bool {
        let hangs_on_it = match self {
            Self::Plain => false,
            Self::Kept => !matches!(outcome, Outcome::Sent(_)),
            Self::Prompt { .. }
            | Self::FollowUp { .. }
            | Self::Menu { .. }
            | Self::LookBack { .. }
            | Self::Document { .. }
            | Self::Picture
            | Self::Voice
            | Self::Flow { .. }
            | Self::Later { .. }
            | Self::Farewell => true,
        };
        hangs_on_it || outcome == Outcome::Unreachable
    }
}
