//! Totals for whoever runs the bot. They are one small row, which changes in the commit of what it counts.
//!
//! They name nobody, and when nobody is left nothing is left of them: with one parent in the store, a total would be theirs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a store has seen. Written as CBOR, so that a later version can count more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Chats with a record, whether or not they have agreed to anything.
    pub parents: u64,
    /// Prompts that arrived, planned and asked for.
    pub prompts: u64,
    /// Planned prompts of which nobody knows whether they arrived. They are not sent again.
    pub in_doubt: u64,
    /// Replies and notes that were kept, typed and spoken, also those that were erased since.
    pub replies: u64,
    /// Since when all but parents are counted; `None` as long as nobody is there.
    pub since: Option<Timestamp>,
}

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A prompt arrived.
    Prompt,
    /// A planned prompt is in doubt.
    InDoubt,
    /// A reply or a note was kept.
    Reply,
}

/// What one commit adds and takes away.
#[derive(Clone, Copy, Default)]
pub(super) struct Change {
    pub parents: i64,
    prompts: u64,
    in_doubt: u64,
    replies: u64,
}

impl Change {
    pub fn count(&mut self, counted: Counted) {
        match counted {
            Counted::Prompt => self.prompts += 1,
            Counted::InDoubt => self.in_doubt += 1,
            Counted::Reply => self.replies += 1,
        }
    }
}

impl Counts {
    /// The counts after a commit at this moment.
    pub(super) fn after(self, change: Change, now: Option<Timestamp>) -> Self {
        let parents = self.parents.saturating_add_signed(change.parents);
        if parents == 0 {
            return Self::default();
        }
        Self {
            parents,
            prompts: self.prompts + change.prompts,
            in_doubt: self.in_doubt + change.in_doubt,
            replies: self.replies + change.replies,
            since: self.since.or(now),
        }
    }
}
