//! Copying all rows of sled into a fresh one, a step at a time, while commits go on.
//!
//! sled 0.34.7 gives hardly any of its file back: what was overwritten or removed stays in segments that still hold something else. In a fresh one the rows take
//! the room that they need.

use std::path::Path;

use super::{Batch, Compact, Engine, EngineError, SledEngine, Walk};

/// How many rows one step copies. It takes less than ten milliseconds, the sync of the disk included; but once in 4 GB the copy is closed and opened again in one, which takes 1.4 s.
const STEP: usize = if cfg!(test) { 16 } else { 256 };

/// A copy in the making.
pub struct Copying {
    fresh: SledEngine,
    walk: Walk,
}

impl Copying {
    /// Notes what a commit changed.
    pub fn changed(&mut self, batch: &Batch) {
        self.walk.changed(batch);
    }

    /// Copies some rows. Says whether that were the last.
    fn step(&mut self, old: &SledEngine) -> Result<bool, EngineError> {
        let (batch, complete) = self.walk.step(old, STEP)?;
        if !batch.is_empty() {
            self.fresh.commit(&batch)?;
        }
        Ok(complete)
    }
}

impl Compact for SledEngine {
    fn begin_copy(&self, dir: &Path) -> Result<(), EngineError> {
        let fresh = Self::open(dir).map_err(|error| EngineError(error.to_string()))?;
        *self.copying() = Some(Box::new(Copying {
            fresh,
            walk: Walk::new(),
        }));
        Ok(())
    }

    fn give_up_copy(&self) {
        *self.copying() = None;
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
