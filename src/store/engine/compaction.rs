//! Copying all rows of sled into a fresh one, a step at a time, while commits go on.
//!
//! sled 0.34.7 gives hardly any of its file back: what was overwritten or removed stays in segments that still hold something else. In a fresh one the rows take
//! the room that they need.

use std::{
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Batch, Compact, Engine, EngineError, SledEngine, Walk, on_sled::failed_before};

/// How many rows one step copies. It takes less than ten milliseconds, the sync of the disk included.
const STEP: usize = if cfg!(test) { 16 } else { 256 };

/// How long a step takes that has nothing to do yet.
const A_MOMENT: Duration = Duration::from_millis(1);

/// A copy in the making.
pub struct Copying {
    fresh: Arc<SledEngine>,
    /// The log of a large copy comes to its limit again and again, and nobody needs the copy while it is shortened: so nobody waits for that.
    shortening: Option<JoinHandle<Result<(), EngineError>>>,
    walk: Walk,
}

impl Copying {
    /// Notes what a commit changed.
    pub fn changed(&mut self, batch: &Batch) {
        self.walk.changed(batch);
    }

    /// Copies some rows. Says whether that were the last.
    fn step(&mut self, old: &SledEngine) -> Result<bool, EngineError> {
        if let Some(shortening) = self.shortening.take_if(|one| one.is_finished()) {
            shortening.join().map_err(|_| failed_before())??;
        }
        if self.shortening.is_some() {
            // Whoever steps rests in proportion to how long a step took.
            thread::sleep(A_MOMENT);
            return Ok(false);
        }
        let (batch, complete) = self.walk.step(old, STEP)?;
        if !batch.is_empty() {
            self.fresh.commit(&batch)?;
        }
        if !complete && self.fresh.is_halfway_to_its_limit() {
            let fresh = Arc::clone(&self.fresh);
            let thread = thread::Builder::new().spawn(move || fresh.shorten_log());
            self.shortening = Some(thread.map_err(|error| EngineError(error.to_string()))?);
        }
        Ok(complete)
    }
}

/// Its folder may be removed next, and must not be opened after that.
impl Drop for Copying {
    fn drop(&mut self) {
        if let Some(shortening) = self.shortening.take() {
            drop(shortening.join());
        }
    }
}

impl Compact for SledEngine {
    fn begin_copy(&self, dir: &Path) -> Result<(), EngineError> {
        let fresh = Self::open(dir).map_err(|error| EngineError(error.to_string()))?;
        *self.copying() = Some(Box::new(Copying {
            fresh: Arc::new(fresh),
            shortening: None,
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
        let fresh = Arc::clone(&copying.fresh);
        drop(copying);
        self.go_on_with(Arc::into_inner(fresh).ok_or_else(no_copy)?)
    }
}

fn no_copy() -> EngineError {
    EngineError("no copy was begun".to_owned())
}
