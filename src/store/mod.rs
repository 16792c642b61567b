//! The journal book on disk: parents' records, their journals, the agenda, the outbox and what was handled, in one ordered map that changes atomically.
//!
//! The way of the data: a [`Draft`] gathers what a batch of events leads to; [`Store::commit`] makes it durable at once. Below that lie the layout of the keys
//! (`layout`), sealing (`seal`), the parents' keys (`keyring`), and the engine (`engine`), which may be sled or memory.
//!
//! A folder that holds a store:
//!
//! | name | what |
//! |---|---|
//! | `journal/` | sled's files; later `journal.1/` and so on, see `journals.rs` |
//! | `journal.trial/` | a copy of them, while a start after a crash looks whether sled can repair it |
//! | `keyring` | the parents' keys, wrapped; see `keyring.rs` |
//! | `epoch` | the key that wraps them, sealed under the root secret, for a day at most |
//! | `keyring.next` | the keyring while it is wrapped anew |
//! | `erasures` | what was erased, for the day that a backup from before is restored; see `erasures.rs` |
//! | `restoring` | only while a backup is restored into the folder: it does not open then |
//! | `control` | where the running bot takes requests, such as for a backup |
//! | `mark` | up to where commits were confirmed, and a hash of all files after a clean end; `folder.rs` says what it detects |
//! | `lock` | locked while a process has the store open |
//!
//! The root secret lies elsewhere, see [`RootSecret`].

mod backup;
mod codec;
mod commit;
mod counts;
mod disk;
mod draft;
mod engine;
mod erasures;
mod error;
mod folder;
mod ground;
mod journal;
mod journals;
mod keyring;
mod layout;
mod look;
mod mark;
mod outbox;
mod parents;
mod recent;
mod record;
mod rekey;
mod seal;
mod secret;
mod start;
#[cfg(test)]
mod tests;
mod updates;
mod upkeep;
mod words;
mod xchacha;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::{conversation::Unreadable, parent::ChatId};
use engine::{Engine, Order, Walk};
use erasures::Erasures;
use folder::Folder;
use keyring::{KeyFiles, KeyFolder, Keyring};
use layout::{DueSecond, KeyRange};
use recent::Recent;
use secret::{Derived, ParentIds};

pub use backup::{
    Backup, BackupError, BackupStep, Checked, Good, Half, Heard, Made, Places, Restored, restore,
    verify,
};
pub use counts::{Counted, Counts};
pub use draft::Draft;
pub use engine::{Changed, CrashPoint, MemoryEngine};
pub use error::{CommitError, DraftError, OpenError};
pub use ground::{keeps_what_is_overwritten, kind_of_ground, room, size};
pub use journal::ParentJournal;
pub use journals::room_to_copy;
pub use layout::{ParentId, Seq};
pub use look::{look, try_key};
pub use outbox::{Outbox, Pending};
pub use rekey::{RekeyError, Rekeyed, new_file as new_key_file, rekey};
pub use secret::RootSecret;
pub use upkeep::{Upkeep, UpkeepError};

/// How long opening waits for the lock of a process that just died.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// An open store. Clones are the same store.
///
/// Everything here blocks while it reads or writes. Any thread may read; one at a time writes, which [`Store::commit`] sees to.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// What an open store consists of. The fields go in this order: the engine has to be closed before the folder takes the hash of its files.
struct Inner {
    engine: Box<dyn Engine>,
    keyring: Mutex<Keyring>,
    ids: ParentIds,
    root: Derived,
    progress: Mutex<Progress>,
    recent: Mutex<Recent>,
    erasures: Mutex<Erasures>,
    /// How often something was erased since the store was opened.
    erased: watch::Sender<u64>,
    /// The walk of a backup that is being made.
    walk: Mutex<Option<Walk>>,
    folder: Option<Folder>,
}

/// What changes with every commit.
struct Progress {
    commits: u64,
    next_seq: u64,
    counts: Counts,
    /// Whether they are in the store: one of an older version has none.
    counts_kept: bool,
    /// The time that a commit set last; `None` before the first one.
    time: Option<Timestamp>,
    /// The latest day on which there was a commit, as the log of erasures counts them; `None` when none had a time, and in a store of an older version.
    day: Option<u32>,
    /// The first row of the agenda, once it was looked up, until a commit changes the agenda.
    first_due: Option<Option<Timestamp>>,
    /// Why no further commit is taken.
    broken: Option<String>,
}

impl Store {
    /// Whether this folder holds a store, or something of one.
    pub fn exists(dir: &Path) -> bool {
        folder::holds_store(dir)
    }

    /// Opens the store in this folder, or makes one when there is none.
    ///
    /// Waits up to [`PATIENCE`] for the lock.
    ///
    /// # Errors
    /// See [`OpenError`]. Nothing on disk was changed then, except that an empty folder may have been made, and half-written snapshots of sled removed.
    pub fn open(dir: &Path, secret: &RootSecret) -> Result<Self, OpenError> {
        Self::open_with_patience(dir, secret, PATIENCE)
    }

    /// [`Store::open`] with another patience.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_with_patience(
        dir: &Path,
        secret: &RootSecret,
        patience: Duration,
    ) -> Result<Self, OpenError> {
        let derived = secret.derive();
        let folder = Folder::lock(dir, patience)?;
        if folder.is_half_restored() {
            return Err(OpenError::HalfRestored(dir.to_owned()));
        }
        Self::open_in(folder, derived, dir, patience)
    }

    /// Opens the store in a folder that is locked already.
    fn open_in(
        folder: Folder,
        derived: Derived,
        dir: &Path,
        patience: Duration,
    ) -> Result<Self, OpenError> {
        let keyring = folder.keyring(&derived)?;
        // Before the engine, which changes its files when it opens.
        let erasures = start::erasures(&keyring, Box::new(KeyFolder(dir.to_owned())), dir)?;
        let engine = Box::new(folder.engine(&keyring, patience)?);
        Self::start(engine, erasures, keyring, derived, Some(folder), dir)
    }

    /// Opens the store on a disk in memory, or makes one when it is empty.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn in_memory(disk: &MemoryEngine, secret: &RootSecret) -> Result<Self, OpenError> {
        let path = Path::new("(in memory)");
        let derived = secret.derive();
        let files: Box<dyn KeyFiles> = Box::new(disk.clone());
        let found = files
            .open(keyring::FILE)
            .map_err(|error| OpenError::access("read", path, error))?;
        let keyring = match found {
            // Whoever has another store open on this disk may just begin an epoch; that does not happen twice in a moment.
            Some(_) => Keyring::open(files, &derived, path)
                .or_else(|_| Keyring::open(Box::new(disk.clone()), &derived, path))?,
            None => Keyring::create_in_memory(files, &derived, path)?,
        };
        let erasures = start::erasures(&keyring, Box::new(disk.clone()), path)?;
        let engine = Box::new(disk.clone());
        Self::start(engine, erasures, keyring, derived, None, path)
    }

    /// A new draft. Begin one, fill it, commit it; a draft that was begun before another one's commit is refused.
    pub fn draft(&self) -> Draft {
        let progress = self.0.progress();
        Draft::new(
            Arc::clone(&self.0),
            progress.commits,
            progress.next_seq,
            progress.time,
        )
    }

    /// Makes a draft durable: all of it, when this returns `Ok`, even if the power goes the next moment.
    ///
    /// Keys of forgotten parents are destroyed and new keys written first, so a crash in between leaves a record without a key, which counts as absent, or a key without a record.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub fn commit(&self, draft: Draft) -> Result<(), CommitError> {
        self.0.commit(draft)
    }

    /// How the parent in this chat is called in the store.
    pub fn parent_id(&self, chat: ChatId) -> ParentId {
        self.0.ids.of(chat)
    }

    /// At most `limit` parents for whom something is due at or before `until`, earliest first.
    ///
    /// # Errors
    /// When the agenda cannot be read.
    pub fn due(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, ParentId)>, Unreadable> {
        self.agenda(&layout::agenda_between(None, Some(floor(until))), limit)
    }

    /// At most `limit` rows of the agenda from `from` on, earliest first, leaving out everything up to and including the row `after`:
    /// after the machine's clock was set back, all plans have to be made again, a page at a time.
    ///
    /// # Errors
    /// When the agenda cannot be read.
    pub fn agenda_page(
        &self,
        from: Timestamp,
        after: Option<ParentId>,
        limit: usize,
    ) -> Result<Vec<(Timestamp, ParentId)>, Unreadable> {
        let from = DueSecond::of(from);
        let mut range = layout::agenda_between(Some(from), None);
        if let Some(after) = after {
            range.from = layout::agenda(from, after);
            range.from.push(0);
        }
        self.agenda(&range, limit)
    }

    /// The next moment at which something is due, past moments included.
    ///
    /// # Errors
    /// When the agenda cannot be read.
    pub fn next_due(&self) -> Result<Option<Timestamp>, Unreadable> {
        let mut progress = self.0.progress();
        if let Some(known) = progress.first_due {
            return Ok(known);
        }
        let rows = self.agenda(&layout::agenda_between(None, None), 1)?;
        let first = rows.first().map(|(due, _)| *due);
        progress.first_due = Some(first);
        Ok(first)
    }

    /// Everything in the outbox, in order. For the start: it reads all of it.
    ///
    /// # Errors
    /// When the rows cannot be listed.
    pub fn outbox(&self) -> Result<Outbox, Unreadable> {
        self.draft().outbox()
    }

    /// The time that was set last by [`Draft::set_time`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn time(&self) -> Result<Option<Timestamp>, Unreadable> {
        self.draft().time()
    }

    /// The totals as of the latest commit. Waits for one that is under way.
    pub fn counts(&self) -> Counts {
        self.0.progress().counts
    }

    /// Counts how often something was erased since the store was opened.
    pub fn erased(&self) -> watch::Receiver<u64> {
        self.0.erased.subscribe()
    }

    /// The folder that it lies in; `None` for one in memory.
    pub fn dir(&self) -> Option<&Path> {
        self.0.folder.as_ref().map(Folder::dir)
    }

    fn agenda(
        &self,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<(Timestamp, ParentId)>, Unreadable> {
        self.0
            .engine
            .scan(range, Order::Ascending, limit)
            .map_err(draft::unreadable)?
            .iter()
            .map(|(key, _)| layout::agenda_of(key))
            .collect()
    }

    /// Looks whether engine and keyring belong together and are complete, or begins both.
    fn start(
        engine: Box<dyn Engine>,
        erasures: Erasures,
        keyring: Keyring,
        root: Derived,
        folder: Option<Folder>,
        path: &Path,
    ) -> Result<Self, OpenError> {
        let progress = start::check(&*engine, &keyring, path)?;
        if let Some(folder) = &folder {
            folder.begin(progress.commits)?;
        }
        Ok(Self(Arc::new(Inner {
            engine,
            ids: keyring.ids(),
            keyring: Mutex::new(keyring),
            root,
            progress: Mutex::new(progress),
            recent: Mutex::default(),
            erasures: Mutex::new(erasures),
            erased: watch::Sender::default(),
            walk: Mutex::new(None),
            folder,
        })))
    }
}

impl Inner {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn erasures(&self) -> MutexGuard<'_, Erasures> {
        self.erasures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn walk(&self) -> MutexGuard<'_, Option<Walk>> {
        self.walk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keyring(&self) -> MutexGuard<'_, Keyring> {
        self.keyring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last whole second that is not after `at`.
fn floor(at: Timestamp) -> DueSecond {
    DueSecond::of(at).minus(u64::from(at.subsec_nanosecond() != 0))
}
