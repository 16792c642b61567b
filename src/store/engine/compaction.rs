//! Copying all rows of sled into a fresh one, a step at a time, while commits go on.
//!
//! sled 0.34.7 gives hardly any of its file back: what was overwritten or removed stays in segments that still hold something else. In a fresh one the rows take
//! the room that they need.

use std::{collections::BTreeSet, path::Path};

use super::{Batch, Compact, Engine, EngineError, KeyRange, Order, SledEngine};

/// How many rows one step copies. It takes some ten milliseconds.
const STEP: usize = if cfg!(test) { 16 } else { 1024 };

/// A copy in the making.
pub struct Copying {
    fresh: SledEngine,
    /// From which key on rows are still to be copied; `None` when all were.
    from: Option<Vec<u8>>,
    /// Keys that changed after they were copied.
    changed: BTreeSet<Vec<u8>>,
}

impl Copying {
    /// Notes what a commit changed.
    pub fn changed(&mut self, batch: &Batch) {
        let keys = batch.iter().map(|(key, _)| key);
        let from = self.from.as_deref();
        let copied = keys.filter(|key| from.is_none_or(|from| *key < from));
        self.changed.extend(copied.map(<[u8]>::to_vec));
    }

    /// Copies some rows. Says whether that were the last.
    fn step(&mut self, old: &SledEngine) -> Result<bool, EngineError> {
        let mut batch = Batch::default();
        if let Some(from) = self.from.take() {
            let rest = KeyRange {
                from,
                to: vec![u8::MAX],
            };
            for (key, value) in old.scan(&rest, Order::Ascending, STEP)? {
                self.from = Some([key.as_slice(), &[0]].concat());
                batch.put(key, value);
            }
            self.fresh.commit(&batch)?;
            return Ok(false);
        }
        for _ in 0..STEP {
            let Some(key) = self.changed.pop_first() else {
                break;
            };
            match old.get(&key)? {
                Some(value) => batch.put(key, value),
                None => batch.remove(key),
            }
        }
        if !batch.is_empty() {
            self.fresh.commit(&batch)?;
        }
        Ok(self.changed.is_empty())
    }
}

impl Compact for SledEngine {
    fn begin_copy(&self, dir: &Path) -> Result<(), EngineError> {
        let fresh = Self::open(dir).map_err(|error| EngineError(error.to_string()))?;
        *self.copying() = Some(Box::new(Copying {
            fresh,
            from: Some(Vec::new()),
            changed: BTreeSet::new(),
        }));
        Ok(())
    }

    fn copy_on(&self) -> Result<bool, EngineError> {
        let mut place = self.copying();
        let copying = place.as_mut().ok_or_else(no_copy)?;
        let complete = copying.step(self);
        if complete.is_err() {
            *place = None;
        }
        complete
    }

    fn change_over(&self) -> Result<u64, EngineError> {
        let copying = self.copying().take().ok_or_else(no_copy)?;
        self.go_on_with(copying.fresh)
    }
}

fn no_copy() -> EngineError {
    EngineError("no copy was begun".to_owned())
}
