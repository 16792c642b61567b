//! The seam under the store: an ordered map of bytes that changes atomically and durably.
//!
//! Nothing above it knows which engine it is. [`SledEngine`] is the one on disk; [`MemoryEngine`] serves tests and simulations.

mod compaction;
mod in_memory;
mod on_sled;
mod sled_log;
#[cfg(test)]
mod tests;
mod walk;

use std::{collections::BTreeMap, ops::Bound, path::Path};

pub use in_memory::{Changed, CrashPoint, MemoryEngine};
pub use on_sled::{LETS_GO, SledEngine, SledOpenError};
pub use sled_log::damage;
#[cfg(test)]
pub use sled_log::{SEGMENT, Segment, segments};
pub use walk::Walk;

use super::layout::KeyRange;

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// An ordered map of bytes.
pub trait Engine: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// When it cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// At most `limit` rows of the range, in this order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn scan(&self, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Row>, EngineError>;

    /// Makes all changes of the batch, or none. When it returns `Ok` they survive a power cut.
    ///
    /// Returns up to where they are in the engine's own log: a later start has to find all of it before that place. An engine without a log says 0.
    ///
    /// # Errors
    /// When the batch may not be durable. The engine then takes no further batch: whether this one is there shows when it is opened again.
    fn commit(&self, batch: &Batch) -> Result<u64, EngineError>;

    /// Whether a later start would take noticeably longer than it has to, until [`Engine::shorten_log`].
    fn has_long_log(&self) -> bool {
        false
    }

    /// Shortens what a later start has to read. Everybody waits meanwhile, so it is to be done when nobody does; an engine that is never given the time takes it in a commit.
    ///
    /// # Errors
    /// When it went wrong. The engine then takes no further batch, and gives nothing; what was committed is there when it is opened again.
    fn shorten_log(&self) -> Result<(), EngineError> {
        Ok(())
    }

    /// How to make it smaller. `None` for an engine that takes no more room than its rows do.
    fn compact(&self) -> Option<&dyn Compact> {
        None
    }
}

/// An engine that keeps what was overwritten and removed, and grows by it: now and then its rows are copied into a fresh one, which then takes its place.
pub trait Compact {
    /// Lets go of the copy that is under way, if one is: its folder may be removed then.
    fn give_up_copy(&self);

    /// Begins a copy in this folder, which is not there yet.
    ///
    /// # Errors
    /// When it cannot be made.
    fn begin_copy(&self, dir: &Path) -> Result<(), EngineError>;

    /// Copies some rows. Says whether the copy is complete and durable: it stays so until the next commit.
    ///
    /// # Errors
    /// When rows cannot be read or written. The copy is given up then, and the engine goes on as it was.
    fn copy_on(&self) -> Result<bool, EngineError>;

    /// Goes on with the copy, which has to be complete, and lets go of the files of before, which may be removed. Returns up to where its log goes.
    ///
    /// # Errors
    /// When there is no copy. Nothing changed then.
    fn change_over(&self) -> Result<u64, EngineError>;
}

/// In which direction a range is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// Changes that belong together.
#[derive(Clone, Default)]
pub struct Batch(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

impl Batch {
    /// Sets the value of a key.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.0.insert(key, Some(value));
    }

    /// Removes a key.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.0.insert(key, None);
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What becomes of a key: `None` when the batch does not touch it.
    pub fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.0.get(key).map(Option::as_deref)
    }

    /// Whether anything changes in a range.
    pub fn touches(&self, range: &KeyRange) -> bool {
        self.range(range).next().is_some()
    }

    /// The changes in a range, by key; no value means that the key is removed.
    pub fn range(
        &self,
        range: &KeyRange,
    ) -> impl DoubleEndedIterator<Item = (&[u8], Option<&[u8]>)> {
        // A map panics at a range that ends before it begins.
        let inner = (range.from < range.to).then(|| {
            self.0.range::<[u8], _>((
                Bound::Included(range.from.as_slice()),
                Bound::Excluded(range.to.as_slice()),
            ))
        });
        inner
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// All changes, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }
}

/// An engine's failure. It names files and positions, never what rows hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(pub String);
