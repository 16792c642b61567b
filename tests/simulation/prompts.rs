//! What became of each scheduled prompt.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use voel_eerst::{conversation::Outcome, parent::ChatId};

use super::ledger::DecidedBy;

/// A planned date and slot of a parent, in one of their lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub chat: ChatId,
    pub life: u32,
    pub date: Date,
    pub slot: u8,
}

/// Its story.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// How many letters were decided for it.
    pub decided: u32,
    /// How many of them arrived.
    pub arrived: u32,
    /// How many came to an end.
    pub ended: u32,
}

/// All of them.
#[derive(Default)]
pub struct Prompts {
    stories: BTreeMap<Key, Story>,
    /// The moment of the last one that arrived in a chat, and by what it was decided.
    last: BTreeMap<ChatId, (DecidedBy, Timestamp)>,
}

impl Prompts {
    pub fn decide(&mut self, key: Key) {
        self.stories.entry(key).or_default().decided += 1;
    }

    pub fn arrive(&mut self, key: Key) {
        self.stories.entry(key).or_default().arrived += 1;
    }

    /// A letter is out of the outbox; without an outcome it went with all else that was known of the parent, or nobody heard of it.
    pub fn end(&mut self, key: Key, _outcome: Option<Outcome>) {
        self.stories.entry(key).or_default().ended += 1;
    }

    pub fn story(&self, key: Key) -> Story {
        self.stories.get(&key).cloned().unwrap_or_default()
    }

    pub fn all(&self) -> impl Iterator<Item = (&Key, &Story)> {
        self.stories.iter()
    }

    /// Notes the moment of one that arrived. Returns that of the one before, if it was decided by the same clock and the same rules.
    pub fn follows(&mut self, chat: ChatId, by: DecidedBy, at: Timestamp) -> Option<Timestamp> {
        let before = self.last.insert(chat, (by, at));
        before.and_then(|(former, at)| (former == by).then_some(at))
    }
}
