//! The engine on disk: sled 0.34.7, with what it takes to make it durable.
//!
//! Three things are done beside sled, because it does not do them itself (each was measured):
//! its flush survives the death of the process but not a power cut, so `sync_data` follows on its file; a snapshot that it was killed over is swept away before it opens,
//! or it refuses the store for ever; and it panics on some damaged files, which is caught here.

use std::{
    cell::Cell,
    fs::{self, File},
    io,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Batch, Engine, EngineError, KeyRange, Order, Row};
use crate::store::disk::{sync_dir, sync_parent};

/// Bytes of pages that sled keeps in memory. It uses up to 2.7 times as much.
const CACHE: u64 = 16 << 20;

/// sled in a folder of its own.
pub struct SledEngine {
    db: ::sled::Db,
    /// sled's own file, opened a second time to sync it.
    file: File,
    broken: AtomicBool,
}

impl SledEngine {
    /// Opens the folder, or makes it. The caller holds the lock of the store: before sled opens, half-written snapshots are removed.
    ///
    /// # Errors
    /// When the files cannot be read or written, when they are damaged, or when another process still has them open ([`SledOpenError::InUse`]).
    pub fn open(dir: &Path) -> Result<Self, SledOpenError> {
        let new = !dir.join("db").exists();
        if new {
            fs::create_dir_all(dir)?;
        }
        sweep(dir)?;
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
            Err(Panicked) => return Err(SledOpenError::Damaged("sled panicked".to_owned())),
        };
        let file = File::options()
            .read(true)
            .write(true)
            .open(dir.join("db"))?;
        if new {
            // sled writes its settings and makes its files without syncing them or the folder.
            File::open(dir.join("conf"))?.sync_all()?;
            file.sync_all()?;
            sync_dir(dir)?;
            sync_parent(dir)?;
        }
        Ok(Self {
            db,
            file,
            broken: AtomicBool::new(false),
        })
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
        guarded(|| Ok(self.db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Row>, EngineError> {
        if range.from >= range.to {
            return Ok(Vec::new());
        }
        guarded(|| {
            let rows = self.db.range(range.from.as_slice()..range.to.as_slice());
            let owned = |row: ::sled::Result<(::sled::IVec, ::sled::IVec)>| {
                row.map(|(key, value)| (key.to_vec(), value.to_vec()))
            };
            match order {
                Order::Ascending => rows.map(owned).take(limit).collect(),
                Order::Descending => rows.rev().map(owned).take(limit).collect(),
            }
        })
    }

    fn commit(&self, batch: &Batch) -> Result<(), EngineError> {
        if self.broken.load(Ordering::Acquire) {
            return Err(EngineError("an earlier write failed".to_owned()));
        }
        let mut changes = ::sled::Batch::default();
        for (key, value) in batch.iter() {
            match value {
                Some(value) => changes.insert(key, value),
                None => changes.remove(key),
            }
        }
        let written = guarded(|| {
            self.db.apply_batch(changes)?;
            self.db.flush().map(drop)
        })
        .and_then(|()| {
            self.file
                .sync_data()
                .map_err(|error| EngineError(error.to_string()))
        });
        if written.is_err() {
            // After a failed sync the kernel may have dropped the pages: nothing said from here on would be true.
            self.broken.store(true, Ordering::Release);
        }
        written
    }
}

/// Removes the snapshots that sled was killed over while it wrote them.
fn sweep(dir: &Path) -> io::Result<()> {
    for found in fs::read_dir(dir)? {
        let found = found?;
        let name = found.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(found.path())?;
        }
    }
    Ok(())
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
