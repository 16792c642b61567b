//! Upkeep: what the store does for itself, a step at a time between commits, so that nobody waits for all of it.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{Inner, Store, journals::Moment, keyring::RenewalError, secret::Derived};

/// How long the parents' keys are wrapped under one key. Whoever is erased is beyond reach of an older copy of the keyring when it ends, which has to be within a day;
/// half a day leaves as much for trying again. It ends whether or not somebody was erased: that needs no memory of who was, and costs 4 s and 128 MB of
/// writing where there are a million parents.
///
/// Then the journal is copied, for the same reason and without a memory as well: of a single answer that was erased the key stays, so its sealed bytes have to go. Where there are a million parents that
/// is six minutes in which the heart has nine tenths of its time, and 2.6 GB of writing; where there are ten it is nothing.
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
pub struct Upkeep {
    store: Arc<Inner>,
    job: Job,
}

#[derive(Clone, Copy)]
enum Job {
    /// Wrapping the parents' keys anew.
    Keys,
    /// Copying the journal without what was overwritten and removed until this moment.
    Journal(Moment),
}

impl Store {
    /// Looks after what an earlier process left behind, and whether something is to be done.
    ///
    /// # Errors
    /// When what was left behind cannot be put in order, or something that is to be done cannot begin.
    pub fn upkeep(&self, now: Timestamp) -> Result<Option<Upkeep>, UpkeepError> {
        let begun = {
            let keyring = self.0.keyring();
            keyring.tidy().map_err(put_off)?;
            keyring.epoch().1
        };
        let lasts = |begun: Timestamp| {
            let age = now.duration_since(begun);
            // One that begins in time to come began under a wrong clock.
            SignedDuration::ZERO <= age && age < EPOCH
        };
        if !begun.is_some_and(lasts) {
            return self.begin_epoch(&self.0.root, now).map(Some);
        }
        let Some(folder) = &self.0.folder else {
            return Ok(None);
        };
        folder.journals.sweep().map_err(put_off)?;
        if folder
            .journals
            .is_to_be_copied(self.moment())
            .map_err(put_off)?
        {
            return self.begin_compaction();
        }
        Ok(None)
    }

    /// Whether a later start would take noticeably longer than it has to, until [`Store::shorten_log`].
    pub fn has_long_log(&self) -> bool {
        self.0.engine.has_long_log()
    }

    /// Shortens what a later start has to replay. With a million parents that takes hundreds of milliseconds, in which nobody is answered.
    ///
    /// # Errors
    /// [`UpkeepError::Broken`].
    pub fn shorten_log(&self) -> Result<(), UpkeepError> {
        let mut progress = self.0.progress();
        self.0.engine.shorten_log().map_err(|error| {
            self.0.give_up(&mut progress, &error.to_string());
            UpkeepError::Broken(error.to_string())
        })
    }

    /// Begins to copy the journal, whatever its size. `None` where that makes nothing smaller.
    ///
    /// # Errors
    /// When it cannot begin. Nothing changed then.
    pub fn begin_compaction(&self) -> Result<Option<Upkeep>, UpkeepError> {
        let (Some(folder), Some(compact)) = (&self.0.folder, self.0.engine.compact()) else {
            return Ok(None);
        };
        compact.give_up_copy();
        let next = folder.journals.next().map_err(put_off)?;
        // Before any row is read: what a commit removes from now on may be in the copy.
        let begun = self.moment();
        compact.begin_copy(&next).map_err(put_off)?;
        Ok(Some(self.at_work(Job::Journal(begun))))
    }

    /// Begins to wrap the parents' keys anew, for an epoch that this root secret opens.
    pub(super) fn begin_epoch(
        &self,
        root: &Derived,
        now: Timestamp,
    ) -> Result<Upkeep, UpkeepError> {
        self.0.keyring().begin_renewal(root, now).map_err(put_off)?;
        Ok(self.at_work(Job::Keys))
    }

    fn moment(&self) -> Moment {
        Moment {
            commits: self.0.progress().commits,
            epoch: self.0.keyring().epoch().0,
        }
    }

    fn at_work(&self, job: Job) -> Upkeep {
        Upkeep {
            store: Arc::clone(&self.0),
            job,
        }
    }
}

impl Upkeep {
    /// Goes one step further, which takes some ten milliseconds. Says whether all is done.
    ///
    /// # Errors
    /// See [`UpkeepError`]. It is over then.
    pub fn step(&self) -> Result<bool, UpkeepError> {
        // Held throughout: no commit comes between the last row that is copied and the change-over.
        let mut progress = self.store.progress();
        if let Some(reason) = &progress.broken {
            return Err(UpkeepError::Broken(reason.clone()));
        }
        let done = match self.job {
            Job::Keys => self.store.keyring().renew().map_err(|error| match error {
                RenewalError::PutOff(error) => put_off(error),
                RenewalError::InDoubt(_) => UpkeepError::Broken(error.to_string()),
            }),
            Job::Journal(begun) => self.store.copy_on(begun, progress.commits),
        };
        match &done {
            // Half a day is over: whoever was not heard of since is not kept in memory.
            Ok(true) => self.store.recent().clear(),
            Ok(false) | Err(UpkeepError::PutOff(_)) => {}
            Err(UpkeepError::Broken(reason)) => self.store.give_up(&mut progress, reason),
        }
        done
    }
}

impl Inner {
    /// Copies some rows, and goes on with the copy when these were the last.
    fn copy_on(&self, begun: Moment, commits: u64) -> Result<bool, UpkeepError> {
        let (Some(folder), Some(compact)) = (&self.folder, self.engine.compact()) else {
            return Ok(true);
        };
        let copied = folder.journals.leaves_room().map_err(put_off);
        let prepared = match copied.and_then(|()| compact.copy_on().map_err(put_off)) {
            Ok(false) => return Ok(false),
            Ok(true) => folder.prepare_change(begun).map_err(put_off),
            Err(error) => Err(error),
        };
        if prepared.is_err() {
            // It must not take the room that the commits need.
            compact.give_up_copy();
            drop(folder.journals.sweep());
            return prepared.map(|()| false);
        }
        let in_doubt = |error: &dyn ToString| UpkeepError::Broken(error.to_string());
        folder
            .journals
            .adopt_next()
            .map_err(|error| in_doubt(&error))?;
        let log_end = compact.change_over().map_err(|error| in_doubt(&error))?;
        folder.committed(commits, log_end);
        // What cannot be removed now is removed at the next look.
        drop(folder.journals.sweep());
        Ok(true)
    }
}

fn put_off(error: impl ToString) -> UpkeepError {
    UpkeepError::PutOff(error.to_string())
}

/// What is done, for the log.
impl fmt::Display for Upkeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.job {
            Job::Keys => "the parents' keys are wrapped anew",
            Job::Journal(_) => "the journal takes no more room than it needs",
        })
    }
}
