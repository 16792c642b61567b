//! A store out of a backup, without what was erased since.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;

use super::{Heard, error::BackupError, load::Pair, places};
use crate::store::{
    RootSecret, Store, disk,
    engine::LETS_GO,
    erasures::{self, Erased},
    folder::{self, Folder},
    keyring::KeyFolder,
};

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was begun.
    pub begun: Timestamp,
    /// How many parents are in the store.
    pub parents: u64,
    /// How many parents, and how many single entries, of the backup were erased since, and are not in the store; entries of which a part was erased are among the latter.
    pub erased: (usize, u64),
    /// How many values do not open, as they did not when the backup was made.
    pub unreadable: u64,
    /// Until when it is known what was erased: when the log was copied; `None` for a log that is no copy, or when there was none.
    pub erasures_until: Option<Timestamp>,
}

/// Makes a store in a folder that is empty or not there, out of the two halves of a backup. What was erased since is erased in it, as the logs of erasures say: those that are named, by themselves or by the folder of their store, and those that lie beside the two halves.
///
/// Whoever was interrupted does it again: until all is done, the folder does not open as a store.
///
/// # Errors
/// See [`BackupError`]. Before both halves were found good, nothing was made. There has to be a log, unless `without_erasures`.
pub fn restore(
    entries: &Path,
    keyring: &Path,
    dir: &Path,
    secret: &RootSecret,
    logs: &[PathBuf],
    without_erasures: bool,
    heard: &mut Heard<'_>,
) -> Result<Restored, BackupError> {
    look_at(dir)?;
    let root = secret.derive();
    let pair = Pair::check(entries, keyring, &root, heard)?;
    let store_id = pair.header.store_id;
    let erased = match erased(&[entries, keyring], logs, &store_id)? {
        Some(erased) => erased,
        None if without_erasures => Erased::default(),
        None => return Err(BackupError::NoErasures(entries.to_owned())),
    };

    let folder = clear(dir)?;
    let gone = pair.load(dir, &root, &erased, heard)?;
    let write = || BackupError::access("write", dir);
    erased
        .write(&KeyFolder(dir.to_owned()), &store_id)
        .map_err(write())?;
    // The rows were just written, by a sled that may still be closing.
    let store = Store::open_in(folder, root, dir, LETS_GO)?;
    let ordered = store.put_in_order(&erased, pair.header.begun)?;
    drop(store);
    fs::remove_file(dir.join(folder::RESTORING))
        .and_then(|()| disk::sync_dir(dir))
        .map_err(write())?;
    Ok(Restored {
        begun: pair.header.begun,
        parents: ordered.parents,
        erased: (gone, ordered.erased),
        unreadable: ordered.unreadable,
        erasures_until: erased.as_of,
    })
}

/// Says no to a folder that something is in, but for a restore that was cut off.
fn look_at(dir: &Path) -> Result<(), BackupError> {
    let names = names(dir).map_err(BackupError::access("list", dir))?;
    let cut_off = names
        .iter()
        .any(|name| *name == dir.join(folder::RESTORING));
    if names.is_empty() || cut_off {
        return Ok(());
    }
    Err(BackupError::NotEmpty(dir.to_owned()))
}

/// Locks the folder, looks at it once more, says in it what is going on, and removes what an earlier try has left there.
fn clear(dir: &Path) -> Result<Folder, BackupError> {
    let access = || BackupError::access("write", dir);
    let folder = Folder::lock(dir, Duration::ZERO)?;
    // Reading the backup took a while, in which somebody may have made a store here.
    look_at(dir)?;
    let restoring = dir.join(folder::RESTORING);
    File::create(&restoring)
        .and_then(|file| file.sync_all())
        .and_then(|()| disk::sync_dir(dir))
        .map_err(access())?;
    let left = names(dir).map_err(BackupError::access("list", dir))?;
    for path in left.into_iter().filter(|path| *path != restoring) {
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(BackupError::access("remove", &path))?;
    }
    Ok(folder)
}

/// What lies in a folder, but for the lock.
fn names(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths?;
    paths.retain(|path| *path != dir.join(folder::LOCK));
    Ok(paths)
}

/// What the logs say together; `None` when there is none.
fn erased(
    halves: &[&Path],
    logs: &[PathBuf],
    store_id: &[u8; 16],
) -> Result<Option<Erased>, BackupError> {
    let beside = halves
        .iter()
        .map(|half| places::erasures(disk::parent(half), store_id))
        .filter(|path| path.exists());
    let mut all: Option<Erased> = None;
    for path in logs.iter().cloned().chain(beside) {
        let log = match path.is_dir() {
            true => path.join(erasures::FILE),
            false => path.clone(),
        };
        let read = if !log.exists() && Store::exists(&path) {
            // Nothing was ever erased in that store.
            Ok(Erased::default())
        } else {
            Erased::read(&log, store_id)
        };
        let read = read.map_err(|what| BackupError::Erasures { path: log, what })?;
        all = Some(match all {
            Some(all) => all.and(&read),
            None => read,
        });
    }
    Ok(all)
}
