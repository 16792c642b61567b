//! Deciding: what a parent's message, tap or planned moment leads to.
//!
//! Pure: [`respond`] gets everything it needs as values and returns everything it wants done as values.

mod event;
mod journal;
mod outgoing;

pub use event::{Content, Event, Message, Outcome, Tapped};
pub use journal::{Answered, Entry, EntryId, Journal, JournalChange, MessageRef, Part, Unreadable};
pub use outgoing::{Action, Button, Class, Effect, Keyboard, Outgoing, Purpose};

use crate::parent::Parent;

/// What an event leads to. All of it becomes durable at once, or nothing of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The parent's new record; `None` forgets everything about the parent, for good.
    pub parent: Option<Parent>,
    /// Changes of the journal, in order.
    pub journal: Vec<JournalChange>,
    /// What to do in the chat, in order.
    pub outgoing: Vec<Outgoing>,
}
