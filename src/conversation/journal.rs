//! A parent's journal as the conversation sees it: entries, and which chat message belongs to which.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::parent::{MessageId, PrivateBytes, Words};

/// The number of an entry within one parent's journal. Grows with time, never reused.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EntryId(pub u32);

/// What a parent wrote at one occasion: the answer to a prompt, or a loose note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// The parent's local day that it belongs to.
    pub day: Date,
    /// When the first part was written.
    pub written: Timestamp,
    /// The prompt that it answers; `None` for a loose note.
    pub prompt: Option<PromptRef>,
    /// The messages that it consists of, in the order in which they came. Never empty.
    pub parts: Vec<Part>,
    /// The words pointed to distress when they came: a look-back never quotes them, and they never come back by themselves (content part 6).
    #[serde(default)]
    pub heavy: bool,
}

impl Entry {
    /// Everything that was written, its parts with an empty line between them. What was spoken is not in it.
    pub fn text(&self) -> Words {
        let words = self.parts.iter().map(|part| part.words.reveal());
        let written: Vec<&str> = words.filter(|words| !words.is_empty()).collect();
        Words::new(written.join("\n\n"))
    }

    /// The parts that were spoken, each with the message that it came in.
    pub fn spoken(&self) -> impl Iterator<Item = (MessageId, Spoken)> {
        let parts = self.parts.iter();
        parts.filter_map(|part| Some((part.message, part.spoken?)))
    }
}

/// A prompt as the journal and the outbox refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptRef {
    /// The prompt's id, which stays the same for ever.
    pub id: String,
    /// Its title when it was sent, so that an entry still makes sense when the prompt is retired.
    pub title: String,
}

/// One message of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The chat message that it came in, so that editing that message edits this part. What came back from a file came in none of this chat's:
    /// it has a number of its own within the entry, below zero, where no message has one.
    pub message: MessageId,
    /// The words. What was spoken has none, unless some were written below it.
    pub words: Words,
    /// It was spoken: its sound lies beside the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken: Option<Spoken>,
}

impl Part {
    /// A message that was typed.
    pub fn typed(message: MessageId, words: Words) -> Self {
        Self {
            message,
            words,
            spoken: None,
        }
    }
}

/// What the journal says of a voice note without its sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// How long it is.
    pub seconds: u32,
    /// How many bytes its sound has; 0 while it is not here, because it came back from a file without.
    pub bytes: u32,
}

impl Spoken {
    /// "0:42"
    pub fn length(self) -> String {
        format!("{}:{:02}", self.seconds / 60, self.seconds % 60)
    }
}

/// What a message in the chat stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageRef {
    /// A prompt that the bot sent; `entry` is the answer to it, once there is one.
    Prompt {
        /// Which prompt.
        prompt: PromptRef,
        /// Its answer.
        entry: Option<EntryId>,
    },
    /// A message of the parent that is a part of an entry.
    Part(EntryId),
}

impl MessageRef {
    /// What is left of it when all entries are erased.
    pub fn unanswered(self) -> Option<Self> {
        match self {
            Self::Prompt { prompt, .. } => Some(Self::Prompt {
                prompt,
                entry: None,
            }),
            Self::Part(_) => None,
        }
    }
}

/// Reading one parent's journal. The store implements it; so does a plain map in tests.
pub trait Journal {
    /// The entry with this number.
    ///
    /// # Errors
    /// When the stored entry cannot be read.
    fn entry(&self, id: EntryId) -> Result<Option<Entry>, Unreadable>;

    /// At most `limit` entries, newest first, that are older than `before`; from the newest on when that is `None`.
    ///
    /// # Errors
    /// When a stored entry cannot be read.
    fn older(&self, before: Option<EntryId>, limit: usize) -> Result<Vec<Entry>, Unreadable>;

    /// At most `limit` entries, oldest first, that are newer than `after`.
    ///
    /// # Errors
    /// When a stored entry cannot be read.
    fn newer(&self, after: EntryId, limit: usize) -> Result<Vec<Entry>, Unreadable>;

    /// What a message in the chat stands for.
    ///
    /// # Errors
    /// When the stored reference cannot be read.
    fn message(&self, id: MessageId) -> Result<Option<MessageRef>, Unreadable>;
}

/// A change of one parent's journal.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalChange {
    /// Writes an entry, new or changed. The sound of what is spoken in it stays as it is.
    Put(Entry),
    /// Keeps the sound of the part of an entry that came in this message.
    PutSound(EntryId, MessageId, PrivateBytes),
    /// Erases an entry, with the sound of all that is spoken in it.
    Erase(EntryId),
    /// Erases what came in this message out of an entry, with its sound; the entry goes with the last of its parts. Does nothing when it is no part of it.
    ErasePart(EntryId, MessageId),
    /// Remembers what a message in the chat stands for.
    Link(MessageId, MessageRef),
    /// Forgets what a message in the chat stands for.
    Unlink(MessageId),
}

/// A stored value that cannot be opened or read. It names the kind of value and the reason, never what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}
