//! Reading all rows of an engine a step at a time, while commits go on.

use std::collections::BTreeSet;

use super::{Batch, Engine, EngineError, KeyRange, Order};

/// Goes through all rows in the order of their keys, and then once more to those that changed behind its back.
///
/// Whoever applies the steps one after the other has a copy of the engine as it is at the moment of the last step.
pub struct Walk {
    /// From which key on rows are still to be read; `None` when all were.
    from: Option<Vec<u8>>,
    /// Keys that changed after they were read.
    changed: BTreeSet<Vec<u8>>,
}

impl Walk {
    /// From the first row on.
    pub fn new() -> Self {
        Self {
            from: Some(Vec::new()),
            changed: BTreeSet::new(),
        }
    }

    /// Notes what a commit changed.
    pub fn changed(&mut self, batch: &Batch) {
        let keys = batch.iter().map(|(key, _)| key);
        let from = self.from.as_deref();
        let read = keys.filter(|key| from.is_none_or(|from| *key < from));
        self.changed.extend(read.map(<[u8]>::to_vec));
    }

    /// Reads at most `limit` rows. Says whether the copy is complete with them: it stays so until the next commit.
    ///
    /// # Errors
    /// When rows cannot be read. The walk is of no use then.
    pub fn step(
        &mut self,
        engine: &dyn Engine,
        limit: usize,
    ) -> Result<(Batch, bool), EngineError> {
        let mut batch = Batch::default();
        if let Some(from) = self.from.take() {
            let rows = engine.scan(&KeyRange::since(from), Order::Ascending, limit)?;
            if rows.len() == limit {
                self.from = rows.last().map(|(key, _)| [key.as_slice(), &[0]].concat());
            }
            for (key, value) in rows {
                batch.put(key, value);
            }
        } else {
            for _ in 0..limit {
                let Some(key) = self.changed.pop_first() else {
                    break;
                };
                match engine.get(&key)? {
                    Some(value) => batch.put(key, value),
                    None => batch.remove(key),
                }
            }
        }
        Ok((batch, self.from.is_none() && self.changed.is_empty()))
    }
}
