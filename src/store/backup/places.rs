//! Where backups lie: their names, what an interrupted one leaves behind, and when they go.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    error::BackupError,
    format::{self, Half, Header, Reader},
};
use crate::store::disk;

const PREFIX: &str = "voel-eerst-";
const ENDING: &str = ".vbk";
const PARTIAL: &str = ".partial";

/// Bytes that are overwritten in a file that goes.
const WIPED: u64 = 8 << 10;

/// What was begun so much later than now was begun under a wrong clock.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The folders of the two halves. They may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    entries: PathBuf,
    keyring: PathBuf,
}

impl Places {
    /// The halves in these folders; both in the first one when there is no other.
    pub fn new(entries: PathBuf, keyring: Option<PathBuf>) -> Self {
        let keyring = keyring.unwrap_or_else(|| entries.clone());
        Self { entries, keyring }
    }

    /// The folder of this half.
    pub fn of(&self, half: Half) -> &Path {
        match half {
            Half::Entries => &self.entries,
            Half::Keyring => &self.keyring,
        }
    }

    /// Both folders, or the one that is both.
    pub(super) fn all(&self) -> impl Iterator<Item = &Path> {
        let second = (self.keyring != self.entries).then_some(&self.keyring);
        [Some(&self.entries), second]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }

    /// What this half of a backup is called.
    pub(super) fn file(&self, half: Half, begun: Timestamp) -> PathBuf {
        let half_name = match half {
            Half::Entries => "entries",
            Half::Keyring => "keyring",
        };
        let begun = begun.strftime("%Y%m%dT%H%M%SZ");
        self.of(half)
            .join(format!("{PREFIX}{begun}-{half_name}{ENDING}"))
    }

    /// A moment from `now` on, to the second, of which there is no backup yet.
    pub(super) fn free_moment(&self, now: Timestamp) -> Timestamp {
        let mut begun = Timestamp::from_second(now.as_second()).unwrap_or(now);
        while [Half::Entries, Half::Keyring]
            .iter()
            .any(|half| self.file(*half, begun).exists())
        {
            begun = begun
                .checked_add(SignedDuration::from_secs(1))
                .unwrap_or(begun);
        }
        begun
    }

    /// When the newest backup of this store was begun, among those that are not from a time to come.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn newest(
        &self,
        store_id: &[u8; 16],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, BackupError> {
        let all = found(&self.entries)?;
        let ours = all.iter().filter(|found| !found.partial);
        Ok(ours
            .filter_map(|found| found.header)
            .filter(|header| header.half == Half::Entries && header.store_id == *store_id)
            .map(|header| header.begun)
            .filter(|begun| *begun <= now)
            .max())
    }

    /// Removes what a backup of this store that was cut off has left behind.
    ///
    /// # Errors
    /// When it cannot be listed or removed.
    pub(super) fn sweep(&self, store_id: &[u8; 16]) -> Result<(), BackupError> {
        let mut all = Vec::new();
        for dir in self.all() {
            all.extend(found(dir)?);
        }
        let is_ours = |header: &Header| header.store_id == *store_id;
        for partial in all.iter().filter(|found| found.partial) {
            if partial.header.as_ref().is_none_or(is_ours) {
                remove(&partial.path)?;
            }
            // One half may have got its name before the end came.
            let id = partial.header.filter(is_ours).map(|found| found.backup_id);
            let halves = all.iter().filter(|found| !found.partial);
            for half in halves.filter(|half| id.is_some() && half.backup_id() == id) {
                remove(&half.path)?;
            }
        }
        Ok(())
    }

    /// Removes the backups of this store that are so many days old. Says how many files that were.
    ///
    /// One from a time to come goes when one that was made after it is as old as that. Which came first is told by the commits: by now the clock may be the one that is wrong, and what
    /// is older by the commits is no reason to let go of what is newer.
    ///
    /// # Errors
    /// When they cannot be listed or removed.
    pub(super) fn let_go(
        &self,
        store_id: &[u8; 16],
        days: u16,
        now: Timestamp,
    ) -> Result<usize, BackupError> {
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let mut all = Vec::new();
        for dir in self.all() {
            all.extend(found(dir)?);
        }
        let begun = |file: &Found| file.header.map(|header| header.begun);
        all.retain(|file| {
            file.header
                .is_some_and(|header| header.store_id == *store_id)
        });
        let (mut goes, rest): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|file| begun(file).is_some_and(|at| now.duration_since(at) >= age));
        let old = goes.iter().filter_map(Found::commits).max();
        goes.extend(rest.into_iter().filter(|file| {
            begun(file).is_some_and(|at| at.duration_since(now) > AHEAD)
                && file.commits().is_some_and(|commits| Some(commits) < old)
        }));
        for file in &goes {
            remove(&file.path)?;
        }
        Ok(goes.len())
    }
}

/// A file with a name that backups have.
pub(super) struct Found {
    pub path: PathBuf,
    /// It was not finished.
    pub partial: bool,
    /// `None` when that cannot be read.
    pub header: Option<Header>,
}

impl Found {
    fn backup_id(&self) -> Option<[u8; 16]> {
        self.header.map(|header| header.backup_id)
    }

    /// The commit as of which it is; `None` when it is not whole, or that cannot be read.
    fn commits(&self) -> Option<u64> {
        let whole = (!self.partial).then_some(&self.path)?;
        format::commits(whole).ok()
    }
}

/// All files of backups in a folder, by name; none when there is no such folder.
pub(super) fn found(dir: &Path) -> Result<Vec<Found>, BackupError> {
    let access = || BackupError::access("list", dir);
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(access())?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.map_err(access())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (whole, partial) = match name.strip_suffix(PARTIAL) {
            Some(whole) => (whole, true),
            None => (&*name, false),
        };
        if whole.starts_with(PREFIX) && whole.ends_with(ENDING) {
            let header = Reader::open(&path).ok().map(|reader| *reader.header());
            all.push(Found {
                path,
                partial,
                header,
            });
        }
    }
    all.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(all)
}

/// What a file is called until it is whole.
pub(super) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    PathBuf::from(name)
}

/// What the copy of the log of erasures is called.
pub(super) fn erasures(dir: &Path, store_id: &[u8; 16]) -> PathBuf {
    let mut name = PREFIX.to_owned();
    for byte in &store_id[..4] {
        name.push_str(&format!("{byte:02x}"));
    }
    dir.join(name + ".erasures")
}

/// Puts a file in place, whole or not at all.
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let half = partial(path);
    let mut file = disk::private().create(true).truncate(true).open(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(half, path)?;
    disk::sync_parent(path)
}

/// Overwrites what a file begins with, before the file goes: in a keyring that is what opens it.
pub(super) fn wipe(path: &Path) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    let len = file.metadata()?.len().min(WIPED);
    io::copy(&mut io::repeat(0).take(len), &mut file)?;
    file.sync_data()
}

fn remove(path: &Path) -> Result<(), BackupError> {
    // Where it cannot be overwritten it can be removed all the same.
    drop(wipe(path));
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(BackupError::access("remove", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
