//! The folders that the journal lies in, one after the other: `journal` at first, then `journal.1`, `journal.2` and so on, each a copy of the one before without what was
//! overwritten and removed there.
//!
//! A copy counts when the file `complete` is in it, and of those the one with the highest number is the store's: that file appears whole, in one durable step, when every row is in
//! the copy. So whoever dies on the way leaves folders that do not count, which the next upkeep removes. The file says how large the copy was then, in bytes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use super::disk;

/// The name of the first.
const FIRST: &str = "journal";

/// The file that makes a copy count.
const COMPLETE: &str = "complete";

/// What it is called until it is whole.
const HALF: &str = "complete.half";

/// A journal is copied when it is larger than this and twice its size after the last copy together. Below it nobody would notice; and as both are known without reading it, the
/// folder never takes more than twice the room of what was once needed, and a copy is made only after as much was written again.
const LET_BE: u64 = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// The folders of one store.
pub struct Journals {
    dir: PathBuf,
    /// The number of the one that is the store's.
    number: AtomicU64,
}

impl Journals {
    /// Finds out which one is the store's. Changes nothing.
    ///
    /// # Errors
    /// When the store's folder cannot be listed.
    pub fn find(dir: &Path) -> io::Result<Self> {
        let complete = all(dir)?
            .into_iter()
            .filter(|(_, path)| path.join(COMPLETE).exists());
        let number = complete.map(|(number, _)| number).max();
        Ok(Self {
            dir: dir.to_owned(),
            number: AtomicU64::new(number.unwrap_or(0)),
        })
    }

    /// The one that is the store's.
    pub fn current(&self) -> PathBuf {
        self.path(self.number())
    }

    /// Where the next one is to be made. Nothing is there, and there is room for it.
    ///
    /// # Errors
    /// When what is left there of an earlier try cannot be removed, or the disk might get full: commits need room too.
    pub fn next(&self) -> io::Result<PathBuf> {
        let path = self.path(self.number() + 1);
        remove(&path)?;
        let (free, wanted) = (disk::free(&self.dir)?, size(&self.current())?);
        if free < wanted {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                format!(
                    "a copy of the journal may take {wanted} bytes, and {free} are free on its disk"
                ),
            ));
        }
        Ok(path)
    }

    /// Writes what is to make the next one count, without its name. All rows have to be in it.
    ///
    /// # Errors
    /// When that cannot be written. Nothing changed then.
    pub fn prepare_next(&self) -> io::Result<()> {
        let next = self.path(self.number() + 1);
        let half = next.join(HALF);
        fs::write(&half, size(&next)?.to_string())?;
        fs::File::open(&half)?.sync_all()
    }

    /// Makes the next one the store's, durably, once it is prepared.
    ///
    /// # Errors
    /// When it is in doubt which one it is now: [`Journals::find`] says so.
    pub fn adopt_next(&self) -> io::Result<()> {
        let next = self.path(self.number() + 1);
        fs::rename(next.join(HALF), next.join(COMPLETE))?;
        disk::sync_dir(&next)?;
        self.number.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Removes those that are not the store's.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn sweep(&self) -> io::Result<()> {
        for (number, path) in all(&self.dir)? {
            if number != self.number() {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Whether a copy is worth while.
    ///
    /// # Errors
    /// When files cannot be looked at.
    pub fn has_outgrown(&self) -> io::Result<bool> {
        let current = self.current();
        // Only the first one has no such file, and it began with nothing.
        let begun_with = fs::read_to_string(current.join(COMPLETE)).unwrap_or_default();
        let begun_with: u64 = begun_with.trim().parse().unwrap_or(0);
        Ok(size(&current)? > 2 * begun_with + LET_BE)
    }

    fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }

    fn path(&self, number: u64) -> PathBuf {
        match number {
            0 => self.dir.join(FIRST),
            _ => self.dir.join(format!("{FIRST}.{number}")),
        }
    }
}

/// All folders of this kind in a store's folder, and their numbers.
fn all(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let rest = name.and_then(|name| name.strip_prefix(FIRST));
        let number = match rest {
            Some("") => Some(0),
            Some(rest) => rest
                .strip_prefix('.')
                .and_then(|number| number.parse::<u64>().ok()),
            None => None,
        };
        found.extend(number.map(|number| (number, path)));
    }
    Ok(found)
}

/// Bytes of all files in a folder.
fn size(dir: &Path) -> io::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        size += if entry.file_type()?.is_dir() {
            self::size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(size)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
