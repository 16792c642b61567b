//! The folders that the journal lies in, one after the other: `journal` at first, then `journal.1`, `journal.2` and so on, each a copy of the one before without what was
//! overwritten and removed there.
//!
//! A copy counts when the file `complete` is in it, and of those the one with the highest number is the store's: that file appears whole, in one durable step, when every row is in
//! the copy. So whoever dies on the way leaves folders that do not count, which the next upkeep removes. The file says how large the copy was then, in bytes, and when it was begun.
//!
//! A copy has what was a row after it was begun, and nothing older. So an answer that was erased, or words that were replaced, are in no file any more when a copy that was begun later has become the
//! store's, whatever happens on the way: no note of what was erased is needed for that, which could be lost or come too late.

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

/// A journal is copied at once when it is larger than this and twice its size after the last copy together. Below it nobody would notice; and as both are known without reading it, the
/// folder never takes more than twice the room of what was once needed, whatever is written within an epoch.
const LET_BE: u64 = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// How many bytes have to be free before a journal of this size is copied. In a fresh one the rows may take more room than in the old one: a sixth more was seen. And while it is being
/// copied, parents write.
pub const fn room_to_copy(size: u64) -> u64 {
    size.saturating_add(size / 4).saturating_add(LET_BE)
}

/// The first journal of a store, which is no copy, is taken for one of its second epoch: that is begun by the first upkeep, when there is next to nothing to copy.
const FIRST_EPOCH: u64 = 2;

/// A moment in the life of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// How many commits there were.
    pub commits: u64,
    /// The number of the keyring's epoch.
    pub epoch: u64,
}

/// What a journal was copied as.
struct Copied {
    /// How large it was when all rows were in it, in bytes.
    size: u64,
    /// When that was begun: what was removed until then is not in it.
    begun: Moment,
}

impl Copied {
    /// What the file [`COMPLETE`] says. In the first journal there is none, and those of an older version say the size alone.
    fn parse(said: &str) -> Self {
        let mut numbers = said
            .split_whitespace()
            .map_while(|number| number.parse().ok());
        Self {
            size: numbers.next().unwrap_or(0),
            begun: Moment {
                commits: numbers.next().unwrap_or(0),
                epoch: numbers.next().unwrap_or(FIRST_EPOCH),
            },
        }
    }

    fn said(&self) -> String {
        let Moment { commits, epoch } = self.begun;
        format!("{} {commits} {epoch}", self.size)
    }
}

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
        self.has_free(room_to_copy(size(&self.current())?))?;
        Ok(path)
    }

    /// Whether a copy that was begun may go on. Commits need room too, and others write to the same disk.
    ///
    /// # Errors
    /// When that room gets scarce, or nobody knows.
    pub fn leaves_room(&self) -> io::Result<()> {
        self.has_free(LET_BE)
    }

    fn has_free(&self, wanted: u64) -> io::Result<()> {
        let free = disk::free(&self.dir)?;
        if free < wanted {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                format!(
                    "{free} bytes are free on the disk of the journal, and to copy it there have to be {wanted}"
                ),
            ));
        }
        Ok(())
    }

    /// Writes what is to make the next one count, without its name. All rows have to be in it, as of this moment or later.
    ///
    /// # Errors
    /// When that cannot be written. Nothing changed then.
    pub fn prepare_next(&self, begun: Moment) -> io::Result<()> {
        let next = self.path(self.number() + 1);
        let half = next.join(HALF);
        let size = size(&next)?;
        fs::write(&half, Copied { size, begun }.said())?;
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

    /// Whether it is time for a copy: it takes far more room than it needs, or there was a commit since it was begun, in an earlier epoch than this one, and with it perhaps something
    /// that was erased.
    ///
    /// # Errors
    /// When files cannot be looked at.
    pub fn is_to_be_copied(&self, now: Moment) -> io::Result<bool> {
        let current = self.current();
        let said = fs::read_to_string(current.join(COMPLETE)).unwrap_or_default();
        let Copied { size: then, begun } = Copied::parse(&said);
        let holds_older = begun.commits != now.commits && begun.epoch != now.epoch;
        Ok(holds_older || size(&current)? > 2 * then + LET_BE)
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
