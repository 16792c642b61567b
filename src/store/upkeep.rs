//! Upkeep: what the store does for itself, a step at a time between commits, so that nobody waits for all of it.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{Inner, Store, keyring::RenewalError, secret::Derived};

/// How long the parents' keys are wrapped under one key. Whoever is erased is beyond reach of an older copy of the keyring when it ends, which has to be within a day;
/// half a day leaves as much for trying again. It ends whether or not somebody was erased: that needs no memory of who was, and costs 4 s and 128 MB of
/// writing where there are a million parents.
const EPOCH: SignedDuration = SignedDuration::from_hours(12);

/// Why some upkeep was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpkeepError {
    /// Nothing changed. It is tried again in time.
    #[error("{0}")]
    PutOff(String),
    /// It is unknown what is on disk: the store takes no commit until it is opened again, which finds out.
    #[error("the store cannot write any more: {0}")]
    Broken(String),
}

/// Something that is being done for the store. Dropped, it is begun anew another time.
pub struct Upkeep(Arc<Inner>);

impl Store {
    /// Looks after what an earlier process left behind, and whether something is to be done.
    ///
    /// # Errors
    /// When what was left behind cannot be put in order, or something that is to be done cannot begin.
    pub fn upkeep(&self, now: Timestamp) -> Result<Option<Upkeep>, UpkeepError> {
        let keyring = self.0.keyring();
        keyring.tidy().map_err(put_off)?;
        let lasts = |begun: Timestamp| {
            let age = now.duration_since(begun);
            // One that begins in time to come began under a wrong clock.
            SignedDuration::ZERO <= age && age < EPOCH
        };
        if keyring.epoch_begun().is_some_and(lasts) {
            return Ok(None);
        }
        drop(keyring);
        self.begin_epoch(&self.0.root, now).map(Some)
    }

    /// Begins to wrap the parents' keys anew, for an epoch that this root secret opens.
    pub(super) fn begin_epoch(
        &self,
        root: &Derived,
        now: Timestamp,
    ) -> Result<Upkeep, UpkeepError> {
        self.0.keyring().begin_renewal(root, now).map_err(put_off)?;
        Ok(Upkeep(Arc::clone(&self.0)))
    }
}

fn put_off(error: impl ToString) -> UpkeepError {
    UpkeepError::PutOff(error.to_string())
}

impl Upkeep {
    /// Goes one step further, which takes some ten milliseconds. Says whether all is done.
    ///
    /// # Errors
    /// See [`UpkeepError`]. It is over then.
    pub fn step(&self) -> Result<bool, UpkeepError> {
        let mut progress = self.0.progress();
        if let Some(reason) = &progress.broken {
            return Err(UpkeepError::Broken(reason.clone()));
        }
        self.0.keyring().renew().map_err(|error| match error {
            RenewalError::PutOff(error) => put_off(error),
            RenewalError::InDoubt(_) => {
                let reason = error.to_string();
                progress.broken = Some(reason.clone());
                if let Some(folder) = &self.0.folder {
                    folder.give_up();
                }
                UpkeepError::Broken(reason)
            }
        })
    }
}

/// What is done, for the log.
impl fmt::Display for Upkeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parents' keys are wrapped anew")
    }
}
