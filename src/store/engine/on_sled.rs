//! The engine on disk: sled 0.34.7, with what it takes to make it durable.
//!
//! Five things are done beside sled, because it does not do them itself (each was measured):
//! its flush survives the death of the process but not a power cut, so `sync_data` follows on its file; a snapshot that it was killed over is swept away before it opens,
//! or it refuses the store for ever; one that was written whole and lost its name in a power cut gets it back, and its log is synced before and its folder after it writes one; it panics on some damaged files, which is caught here; and it writes a snapshot only when it opens, so
//! it is closed and opened again before the log behind the snapshot grows long, or a start would take seconds to replay it.

use std::{
    cell::Cell,
    fs::File,
    io,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

use super::{
    Batch, Compact, Engine, EngineError, KeyRange, Order, Row,
    compaction::Copying,
    sled_log::{LogEnd, finish_snapshots},
};
use crate::store::disk::{keep_to_owner, make_private_dir, sync_dir, sync_parent};

/// Bytes of pages that sled keeps in memory. It uses up to 2.7 times as much.
const CACHE: u64 = 16 << 20;

/// Behind so much of it, the log is long. Tests come to it more often.
const LONG: u64 = if cfg!(test) { 512 << 10 } else { 64 << 20 };

/// How much may be written to the log before a commit shortens it by itself, where nobody ever has the time to. With a million parents everybody waits for that, a third of a second and more,
/// however long the log is; so it comes seldom. 50,000 prompts write 2.7 GB, most of it into segments that are used again meanwhile: killed after them, such a store opens in 1.1 s.
const REPLAYED_AT_MOST: u64 = if cfg!(test) { 1 << 20 } else { 4 << 30 };

/// How long closing may take, when its files are opened again at once. With a million parents the store failed here while it had one second; that closing takes
/// longer then is the likely reason, not a measured one. Giving up means that the store fails, and waiting only that everybody waits.
pub const LETS_GO: Duration = Duration::from_secs(30);

/// sled in a folder of its own.
pub struct SledEngine {
    /// `None` after a failure: nothing that sled says from then on would be true.
    opened: RwLock<Option<Opened>>,
    copying: Mutex<Option<Box<Copying>>>,
}

/// sled with its files open.
pub(super) struct Opened {
    dir: PathBuf,
    db: ::sled::Db,
    /// sled's own file, opened a second time to sync it.
    file: File,
    end: LogEnd,
    /// Up to where the log was when it was opened.
    begun: u64,
    /// Up to where it is now.
    reached: u64,
}

impl SledEngine {
    /// Opens the folder, or makes it. The caller holds the lock of the store: before sled opens, half-written snapshots are removed.
    ///
    /// # Errors
    /// When the files cannot be read or written, when they are damaged, or when another process still has them open ([`SledOpenError::InUse`]).
    pub fn open(dir: &Path) -> Result<Self, SledOpenError> {
        Ok(Self {
            opened: RwLock::new(Some(Opened::open(dir)?)),
            copying: Mutex::new(None),
        })
    }

    /// The copy that is being made.
    pub(super) fn copying(&self) -> MutexGuard<'_, Option<Box<Copying>>> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on with other files, and closes those of before, for which nobody waits: with a million parents it takes a second. Says up to where their log goes.
    pub(super) fn go_on_with(&self, fresh: Self) -> Result<u64, EngineError> {
        let fresh = fresh.opened.into_inner();
        let mut fresh = fresh
            .unwrap_or_else(PoisonError::into_inner)
            .ok_or_else(failed_before)?;
        let end = fresh
            .end
            .follow()
            .map_err(|error| EngineError(error.to_string()))?;
        let mut place = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let before = place.replace(fresh);
        drop(place);
        // What was to be kept of it is in the fresh one. Without a thread it is closed here.
        drop(thread::Builder::new().spawn(|| drop(quietly(|| drop(before)))));
        Ok(end)
    }

    /// How much of the log a start would have to replay now.
    fn to_replay(&self) -> u64 {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().map_or(0, Opened::to_replay)
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&::sled::Db) -> ::sled::Result<T>,
    ) -> Result<T, EngineError> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let opened = opened.as_ref().ok_or_else(failed_before)?;
        guarded(|| work(&opened.db))
    }

    /// Closes sled and opens it again.
    fn renew(opened: Opened) -> Result<Opened, SledOpenError> {
        let dir = opened.dir.clone();
        quietly(|| drop(opened)).map_err(|Panicked| panicked())?;
        let deadline = Instant::now() + LETS_GO;
        loop {
            match Opened::open(&dir) {
                // Its threads hold the file for a moment.
                Err(SledOpenError::InUse) if Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(1));
                }
                done => return done,
            }
        }
    }
}

impl Opened {
    fn open(dir: &Path) -> Result<Self, SledOpenError> {
        let new = !dir.join("db").exists();
        // sled's own files are not their owner's alone. The rows are sealed, but when something is due can be read.
        make_private_dir(dir)?;
        keep_to_owner(dir);
        finish_snapshots(dir)?;
        if !new {
            // The snapshot that sled writes now says what it reads here: that has to be on disk first.
            File::open(dir.join("db"))?.sync_data()?;
        }
        let config = ::sled::Config::new()
            .path(dir)
            .cache_capacity(CACHE)
            .flush_every_ms(None);
        let db = match quietly(|| config.open()) {
            Ok(Ok(db)) => db,
            Ok(Err(::sled::Error::Io(error))) if error.to_string().contains("acquire lock") => {
                return Err(SledOpenError::InUse);
            }
            Ok(Err(::sled::Error::Io(error))) if error.kind() != io::ErrorKind::Other => {
                return Err(SledOpenError::Io(error));
            }
            Ok(Err(error)) => return Err(SledOpenError::Damaged(describe(&error))),
            Err(Panicked) => return Err(panicked()),
        };
        let file = File::options()
            .read(true)
            .write(true)
            .open(dir.join("db"))?;
        if new {
            // sled writes its settings and makes its files without syncing them or the folder.
            File::open(dir.join("conf"))?.sync_all()?;
            file.sync_all()?;
            sync_parent(dir)?;
        }
        // The name of the snapshot.
        sync_dir(dir)?;
        let mut end = LogEnd::find(dir)?;
        let begun = end.follow()?;
        Ok(Self {
            dir: dir.to_owned(),
            db,
            file,
            end,
            begun,
            reached: begun,
        })
    }

    /// How much of the log a start would have to replay now.
    fn to_replay(&self) -> u64 {
        self.reached - self.begun
    }

    fn commit(&mut self, batch: &Batch) -> Result<u64, EngineError> {
        let mut changes = ::sled::Batch::default();
        for (key, value) in batch.iter() {
            match value {
                Some(value) => changes.insert(key, value),
                None => changes.remove(key),
            }
        }
        guarded(|| {
            self.db.apply_batch(changes)?;
            self.db.flush().map(drop)
        })?;
        let access = |error: io::Error| EngineError(error.to_string());
        self.file.sync_data().map_err(access)?;
        self.reached = self.end.follow().map_err(access)?;
        Ok(self.reached)
    }
}

/// Why sled did not open.
#[derive(Debug, thiserror::Error)]
pub enum SledOpenError {
    /// A process has the files open, or one that just died had them and its lock lingers.
    #[error("the files are in use")]
    InUse,
    /// The files are not what sled leaves behind.
    #[error("{0}")]
    Damaged(String),
    /// The operating system did not let us.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Engine for SledEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.read(|db| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Row>, EngineError> {
        if range.from >= range.to {
            return Ok(Vec::new());
        }
        self.read(|db| {
            let rows = db.range(range.from.as_slice()..range.to.as_slice());
            let owned = |row: ::sled::Result<(::sled::IVec, ::sled::IVec)>| {
                row.map(|(key, value)| (key.to_vec(), value.to_vec()))
            };
            match order {
                Order::Ascending => rows.map(owned).take(limit).collect(),
                Order::Descending => rows.rev().map(owned).take(limit).collect(),
            }
        })
    }

    fn commit(&self, batch: &Batch) -> Result<u64, EngineError> {
        let mut place = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        // After a failed sync the kernel may have dropped the pages, so it stays closed unless all goes well.
        let mut opened = place.take().ok_or_else(failed_before)?;
        let end = opened.commit(batch)?;
        *place = if opened.to_replay() > REPLAYED_AT_MOST {
            // This batch is durable, whatever comes of it.
            Self::renew(opened).ok()
        } else {
            Some(opened)
        };
        drop(place);
        if let Some(copying) = &mut *self.copying() {
            copying.changed(batch);
        }
        Ok(end)
    }

    fn has_long_log(&self) -> bool {
        self.to_replay() > LONG
    }

    fn shorten_log(&self) -> Result<(), EngineError> {
        let mut place = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let opened = place.take().ok_or_else(failed_before)?;
        let renewed = Self::renew(opened).map_err(|error| EngineError(error.to_string()))?;
        *place = Some(renewed);
        Ok(())
    }

    fn compact(&self) -> Option<&dyn Compact> {
        Some(self)
    }
}

fn failed_before() -> EngineError {
    EngineError("an earlier write failed".to_owned())
}

fn panicked() -> SledOpenError {
    SledOpenError::Damaged("sled panicked".to_owned())
}

fn guarded<T>(work: impl FnOnce() -> ::sled::Result<T>) -> Result<T, EngineError> {
    match quietly(work) {
        Ok(done) => done.map_err(|error| EngineError(describe(&error))),
        Err(Panicked) => Err(EngineError(
            "sled panicked: its files are damaged".to_owned(),
        )),
    }
}

/// What sled says, without the backtrace that it puts into its words.
fn describe(error: &::sled::Error) -> String {
    match error {
        ::sled::Error::Corruption { .. } => "sled finds its pages corrupted".to_owned(),
        ::sled::Error::CollectionNotFound(_)
        | ::sled::Error::Unsupported(_)
        | ::sled::Error::ReportableBug(_)
        | ::sled::Error::Io(_) => error.to_string(),
    }
}

struct Panicked;

thread_local! {
    /// Whether a panic on this thread is expected, and ends in an error of ours instead of a message.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`, and catches its panic without the message that a panic prints.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                before(info);
            }
        }));
    });

    let outer = EXPECTED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(outer);
    done.map_err(|_| Panicked)
}
