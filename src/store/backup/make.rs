//! Making a backup, a step at a time between commits.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    error::BackupError,
    format::{Half, Header, Trailer, Writer},
    places::{self, Places},
};
use crate::store::{
    Inner, Store, disk,
    engine::Walk,
    erasures,
    keyring::{CopiedSlot, Slot},
    seal,
};

/// How many rows are read in one step. It takes some ten milliseconds, in which there is no commit.
const STEP: usize = if cfg!(test) { 16 } else { 1024 };

/// The key of the row with which a keyring opens.
pub(super) const CELL: &[u8] = b"e";

/// The key of the row of a slot.
pub(super) fn slot_key(slot: Slot) -> Vec<u8> {
    [b"k", slot.0.to_be_bytes().as_slice()].concat()
}

/// A backup that is being made. Dropped, it leaves nothing behind.
pub struct Backup {
    walking: Walking,
    entries: Writer,
    keyring: Writer,
    files: Files,
    places: Places,
    begun: Timestamp,
}

/// How far a backup is.
pub enum BackupStep {
    /// There is more to do.
    More(Box<Backup>),
    /// It is complete, durable, and has its name; the log of erasures lies beside it.
    Made(Made),
}

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The half with the entries.
    pub entries: PathBuf,
    /// The half with the keyring.
    pub keyring: PathBuf,
    /// How many rows of the journal it has.
    pub rows: u64,
}

impl Store {
    /// Begins a backup into these folders, which are made if needed. What one that was cut off has left there goes.
    ///
    /// # Errors
    /// When another one is being made, or a file cannot be made. Nothing is left behind then.
    pub fn begin_backup(&self, places: &Places, now: Timestamp) -> Result<Backup, BackupError> {
        for dir in places.all() {
            disk::make_private_dir(dir).map_err(BackupError::access("make the folder", dir))?;
        }
        let walking = Walking::begin(&self.0)?;
        let store_id = self.store_id();
        places.sweep(&store_id)?;
        let mut backup_id = [0; 16];
        seal::fill_random(&mut backup_id).map_err(BackupError::store)?;
        let begun = places.free_moment(now);
        let files = Files([Half::Entries, Half::Keyring].map(|half| places.file(half, begun)));
        let writer = |half: Half, path: &Path| {
            let path = places::partial(path);
            let header = Header {
                half,
                store_id,
                backup_id,
                begun,
            };
            Writer::begin(&path, &header).map_err(BackupError::access("write", &path))
        };
        let [entries, keyring] = &files.0;
        let entries = writer(Half::Entries, entries)?;
        let mut keyring = writer(Half::Keyring, keyring)?;
        let cell = self.0.keyring().begin_copy(&self.0.root, now);
        let cell = cell.map_err(BackupError::store)?;
        keyring
            .row(CELL, Some(&cell))
            .map_err(files.failed(Half::Keyring))?;
        Ok(Backup {
            walking,
            entries,
            keyring,
            files,
            places: places.clone(),
            begun,
        })
    }

    /// The random id of this store.
    pub fn store_id(&self) -> [u8; 16] {
        self.0.keyring().store_id()
    }

    /// Does what is to be done around the backups in these folders: those that are `days` old go, and the log of erasures is copied beside them. Erasures that no backup knows of any more go from
    /// the log. Says how many files were removed.
    ///
    /// # Errors
    /// When a folder or the log cannot be read or written.
    pub fn tend_backups(
        &self,
        places: &Places,
        days: u16,
        now: Timestamp,
    ) -> Result<usize, BackupError> {
        let removed = places.let_go(&self.store_id(), days, now)?;
        self.forget_old_erasures(days, now)?;
        self.copy_erasures(places, now)?;
        Ok(removed)
    }

    /// Lets go of erasures in the log that are older than any backup that is kept for `days`.
    ///
    /// # Errors
    /// When the log cannot be written anew.
    pub fn forget_old_erasures(&self, days: u16, now: Timestamp) -> Result<(), BackupError> {
        // A day for backups that go a little late, and one because both are counted in whole days.
        let first = erasures::day(now).saturating_sub(u32::from(days) + 2);
        self.0
            .erasures()
            .forget_before(first)
            .map_err(|error| BackupError::store(format!("log of erasures: {error}")))
    }

    /// Copies the log of erasures into these folders.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn copy_erasures(&self, places: &Places, now: Timestamp) -> Result<(), BackupError> {
        let copy = self.0.erasures().copy(now);
        let copy = copy.map_err(|error| BackupError::store(format!("log of erasures: {error}")))?;
        for dir in places.all() {
            let path = places::erasures(dir, &self.store_id());
            places::put(&path, &copy).map_err(BackupError::access("write", &path))?;
        }
        Ok(())
    }
}

impl Backup {
    /// How many rows of the journal were written.
    pub fn rows(&self) -> u64 {
        self.entries.rows()
    }

    /// Goes one step further.
    ///
    /// # Errors
    /// When the store cannot be read or a file cannot be written. Nothing of the backup is left then.
    pub fn step(mut self) -> Result<BackupStep, BackupError> {
        let step = self.walking.step()?;
        for (key, value) in step.rows.iter() {
            let written = self.entries.row(key, value);
            written.map_err(self.files.failed(Half::Entries))?;
        }
        for (slot, key) in &step.slots {
            // A slot without a key is there too: the keyring is as long as it was.
            let key = key.as_ref().map_or(&[][..], |key| key);
            let written = self.keyring.row(&slot_key(*slot), Some(key));
            written.map_err(self.files.failed(Half::Keyring))?;
        }
        match step.complete {
            Some(commits) => self.finish(commits).map(BackupStep::Made),
            None => Ok(BackupStep::More(Box::new(self))),
        }
    }

    fn finish(self, commits: u64) -> Result<Made, BackupError> {
        let finished = self.keyring.finish(commits);
        finished.map_err(self.files.failed(Half::Keyring))?;
        let finished = self.entries.finish(commits);
        let Trailer { rows, .. } = finished.map_err(self.files.failed(Half::Entries))?;
        // Before the names: a backup without the log beside it is not restored, and the process may die at any moment.
        Store(Arc::clone(&self.walking.0)).copy_erasures(&self.places, self.begun)?;
        let [entries, keyring] = &self.files.0;
        for path in [keyring, entries] {
            fs::rename(places::partial(path), path)
                .and_then(|()| disk::sync_parent(path))
                .map_err(BackupError::access("write", path))?;
        }
        Ok(Made {
            entries: entries.clone(),
            keyring: keyring.clone(),
            rows,
        })
    }
}

/// The files of the two halves, entries first. As long as they are partial, they go with this.
struct Files([PathBuf; 2]);

impl Files {
    fn failed(&self, half: Half) -> impl FnOnce(std::io::Error) -> BackupError {
        let [entries, keyring] = &self.0;
        let path = match half {
            Half::Entries => entries,
            Half::Keyring => keyring,
        };
        BackupError::access("write", path)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for path in &self.0 {
            let partial = places::partial(path);
            drop(places::wipe(&partial));
            drop(fs::remove_file(partial));
        }
    }
}

/// The walk through the store, which ends with this.
struct Walking(Arc<Inner>);

/// What one step has read.
struct Step {
    rows: crate::store::engine::Batch,
    slots: Vec<CopiedSlot>,
    /// The commit as of which everything that was read is, when it is complete.
    complete: Option<u64>,
}

impl Walking {
    fn begin(store: &Arc<Inner>) -> Result<Self, BackupError> {
        let _no_commit = store.progress();
        let mut walk = store.walk();
        if walk.is_some() {
            return Err(BackupError::Busy);
        }
        *walk = Some(Walk::new());
        Ok(Self(Arc::clone(store)))
    }

    fn step(&self) -> Result<Step, BackupError> {
        let store = &self.0;
        // Held throughout: no commit comes between the rows and the keys.
        let progress = store.progress();
        if let Some(reason) = &progress.broken {
            return Err(BackupError::store(reason));
        }
        let (rows, rows_complete) = match &mut *store.walk() {
            Some(walk) => walk.step(&*store.engine, STEP),
            None => return Err(BackupError::Busy),
        }
        .map_err(BackupError::store)?;
        let copied = store.keyring().copied();
        let (slots, slots_complete) = copied.map_err(BackupError::store)?;
        Ok(Step {
            rows,
            slots,
            complete: (rows_complete && slots_complete).then_some(progress.commits),
        })
    }
}

impl Drop for Walking {
    fn drop(&mut self) {
        *self.0.walk() = None;
        self.0.keyring().end_copy();
    }
}
