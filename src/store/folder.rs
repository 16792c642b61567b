//! The folder that a store lies in: who may open it, and whether it is still what was left behind.
//!
//! sled takes damage for the torn end of its log: it cuts off what comes after it, and opens. So the files are looked at before sled may change them, with the help of the file `mark`:
//!
//! - After a clean end the mark holds a hash of all files. When they are something else at the next start, the store is refused.
//! - While the store is in use the mark holds the number of confirmed commits. It is written after each commit and not synced, so after a power cut it may be too low, never too
//!   high: a journal with fewer commits than the mark has lost some. After such an end sled opens a copy of its files first.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    disk,
    engine::{SledEngine, SledOpenError},
    error::OpenError,
    keyring::{self, Keyring},
    secret::Derived,
    start,
};

/// How often a lock is tried.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// How long the end waits for sled to let go of its files, before it leaves the mark without a hash.
const SLED_LETS_GO: Duration = Duration::from_secs(1);

/// Whether a folder holds a store, or something of one.
pub(super) fn holds_store(dir: &Path) -> bool {
    dir.join("keyring").exists() || dir.join("journal").join("db").exists()
}

/// A locked folder. The lock goes when this goes; a hash of the files is left behind then.
pub struct Folder {
    dir: PathBuf,
    /// The file with the mark, once it is in use, and the number of commits in it.
    mark: Mutex<Option<(File, u64)>>,
    /// Whether a hash is to be left behind at the end.
    in_order: AtomicBool,
    /// Held for its lock.
    _lock: File,
}

impl Folder {
    /// Makes the folder if needed, and locks it, before anything in it is touched.
    ///
    /// # Errors
    /// When another process holds the lock for longer than `patience`, or the folder cannot be written.
    pub fn lock(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        disk::make_private_dir(dir)
            .map_err(|error| OpenError::access("make the folder", dir, error))?;

        let path = dir.join("lock");
        let access = |error| OpenError::access("lock", &path, error);
        let lock = disk::private().create(true).open(&path).map_err(access)?;
        let deadline = Instant::now() + patience;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    thread::sleep(TRY_AGAIN);
                }
                Err(TryLockError::WouldBlock) => return Err(OpenError::Locked(dir.to_owned())),
                Err(TryLockError::Error(error)) => return Err(access(error)),
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            mark: Mutex::new(None),
            in_order: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Opens the keyring, or begins one when there is nothing at all in the folder.
    ///
    /// # Errors
    /// When it cannot be opened, or is missing beside a journal.
    pub(super) fn keyring(&self, derived: &Derived) -> Result<Keyring, OpenError> {
        let path = self.dir.join("keyring");
        let access = |error| OpenError::access("open the keyring", &path, error);
        let journal = self.journal().join("db").exists();
        let len = match fs::metadata(&path) {
            Ok(found) => Some(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(access(error)),
        };
        match len {
            None if journal => Err(OpenError::damaged(
                &path,
                "there is a journal, but the keyring beside it is missing",
            )),
            // A header that is not whole, and no journal yet: the process died while it made the store.
            Some(len) if journal || len >= keyring::SLOT as u64 => {
                let file = disk::private().open(&path).map_err(access)?;
                Keyring::open(Box::new(Mutex::new(file)), derived, &path)
            }
            None | Some(_) => {
                let file = disk::private().create(true).open(&path).map_err(access)?;
                let keyring = Keyring::create(Box::new(Mutex::new(file)), derived, &path)?;
                disk::sync_dir(&self.dir).map_err(access)?;
                Ok(keyring)
            }
        }
    }

    /// Opens the journal's engine, after a look at whether it is what was left behind.
    ///
    /// From here on the mark holds no hash: sled changes its files when it opens them.
    ///
    /// # Errors
    /// When the files are not what the last run left behind, or sled cannot open them. The files were not changed then.
    pub(super) fn engine(
        &self,
        keyring: &Keyring,
        patience: Duration,
    ) -> Result<SledEngine, OpenError> {
        let mark = self.read_mark()?.unwrap_or_default();
        let missing = !self.journal().join("db").exists();
        if missing && (mark.commits > 0 || keyring.slots() > 0) {
            return Err(OpenError::damaged(
                &self.journal(),
                "there is a keyring, but the journal beside it is missing",
            ));
        }
        match mark.hash {
            Some(hash) if hash == self.hash().map_err(|error| self.unreadable(error))? => {}
            Some(_) => {
                return Err(OpenError::damaged(
                    &self.dir,
                    "its files are not what the last run left behind",
                ));
            }
            None if missing => {}
            None => self.try_on_a_copy(keyring, mark.commits)?,
        }
        self.use_mark(mark.commits)?;
        self.open_sled(&self.journal(), patience)
    }

    /// After an end that left no hash: lets sled repair a copy of its files first, and looks whether all commits are still there.
    ///
    /// Where a copy cannot be made, most likely for lack of room, there is no such try.
    fn try_on_a_copy(&self, keyring: &Keyring, confirmed: u64) -> Result<(), OpenError> {
        let copy = self.dir.join("journal.trial");
        let remove = || match fs::remove_dir_all(&copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(OpenError::access("remove", &copy, error))
            }
            Ok(()) | Err(_) => Ok(()),
        };
        remove()?;
        let tried = match copy_folder(&self.journal(), &copy) {
            Ok(()) => self
                .open_sled(&copy, SLED_LETS_GO)
                .and_then(|engine| start::check(&engine, keyring, &self.dir))
                .and_then(|progress| self.has_all(progress.commits, confirmed)),
            Err(_) => Ok(()),
        };
        remove()?;
        tried
    }

    fn open_sled(&self, journal: &Path, patience: Duration) -> Result<SledEngine, OpenError> {
        let deadline = Instant::now() + patience;
        loop {
            match SledEngine::open(journal) {
                Ok(engine) => return Ok(engine),
                Err(SledOpenError::InUse) if Instant::now() < deadline => thread::sleep(TRY_AGAIN),
                Err(SledOpenError::InUse) => return Err(OpenError::Locked(self.dir.clone())),
                Err(SledOpenError::Damaged(what)) => {
                    return Err(OpenError::damaged(&self.journal(), what));
                }
                Err(SledOpenError::Io(error)) => {
                    return Err(OpenError::access("open the journal", journal, error));
                }
            }
        }
    }

    /// Compares the opened journal with the mark.
    ///
    /// # Errors
    /// When commits are missing.
    pub(super) fn begin(&self, commits: u64) -> Result<(), OpenError> {
        let noted = match &*self.mark() {
            Some((_, noted)) => *noted,
            None => 0,
        };
        self.has_all(commits, noted)?;
        self.committed(commits);
        self.in_order.store(true, Ordering::Release);
        Ok(())
    }

    fn has_all(&self, commits: u64, confirmed: u64) -> Result<(), OpenError> {
        if commits < confirmed {
            return Err(OpenError::damaged(
                &self.dir,
                format!(
                    "the journal ends at commit {commits}, but commit {confirmed} was confirmed"
                ),
            ));
        }
        Ok(())
    }

    /// Notes that a commit is durable. When that fails, the mark is only less sharp.
    pub(super) fn committed(&self, commits: u64) {
        if let Some((file, noted)) = &mut *self.mark() {
            *noted = commits;
            let mark = Mark {
                commits,
                hash: None,
            };
            drop(mark.write(file));
        }
    }

    /// A write failed: nobody knows what is on disk, so no hash of it is left behind.
    pub(super) fn give_up(&self) {
        self.in_order.store(false, Ordering::Release);
    }

    /// Takes the hash out of the mark, durably.
    fn use_mark(&self, commits: u64) -> Result<(), OpenError> {
        let path = self.mark_path();
        let access = |error| OpenError::access("write", &path, error);
        let mut file = disk::private().create(true).open(&path).map_err(access)?;
        let mark = Mark {
            commits,
            hash: None,
        };
        mark.write(&mut file)
            .and_then(|()| file.sync_all())
            .and_then(|()| disk::sync_dir(&self.dir))
            .map_err(access)?;
        *self.mark() = Some((file, commits));
        Ok(())
    }

    fn mark(&self) -> MutexGuard<'_, Option<(File, u64)>> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    fn mark_path(&self) -> PathBuf {
        self.dir.join("mark")
    }

    /// The mark; `None` when there is none, or when it was torn by a power cut.
    fn read_mark(&self) -> Result<Option<Mark>, OpenError> {
        match fs::read(self.mark_path()) {
            Ok(bytes) => Ok(Mark::parse(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unreadable(error)),
        }
    }

    fn unreadable(&self, error: io::Error) -> OpenError {
        OpenError::access("read the files in", &self.dir, error)
    }

    /// A hash of the keyring and of everything that sled keeps.
    fn hash(&self) -> io::Result<[u8; 32]> {
        let mut files = vec![self.dir.join("keyring")];
        let mut folders = vec![self.journal()];
        while let Some(folder) = folders.pop() {
            for found in fs::read_dir(folder)? {
                let found = found?;
                if found.file_type()?.is_dir() {
                    folders.push(found.path());
                } else {
                    files.push(found.path());
                }
            }
        }
        files.sort();

        let mut hash = blake3::Hasher::new();
        for path in files {
            let mut file = File::open(&path)?;
            let name = path.strip_prefix(&self.dir).unwrap_or(&path);
            hash.update(blake3::hash(name.as_os_str().as_encoded_bytes()).as_bytes());
            hash.update(&file.metadata()?.len().to_be_bytes());
            hash.update_reader(&mut file)?;
        }
        Ok(*hash.finalize().as_bytes())
    }

    /// Leaves the hash behind.
    fn end(&self) -> io::Result<()> {
        let mut mark = self.mark();
        let Some((file, commits)) = &mut *mark else {
            return Ok(());
        };
        // sled holds this lock until the last of its threads is done with the file.
        let db = File::options()
            .write(true)
            .open(self.journal().join("db"))?;
        let deadline = Instant::now() + SLED_LETS_GO;
        while db.try_lock().is_err() {
            if Instant::now() > deadline {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        let mark = Mark {
            commits: *commits,
            hash: Some(self.hash()?),
        };
        mark.write(file)?;
        file.sync_all()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.in_order.load(Ordering::Acquire) {
            // Without a hash the next start looks less closely, and that is all.
            drop(self.end());
        }
    }
}

/// What the file `mark` says: the number of commits, the hash of all files or zeros, and a hash of these two.
#[derive(Default)]
struct Mark {
    commits: u64,
    hash: Option<[u8; 32]>,
}

impl Mark {
    const LEN: usize = 8 + 32 + 32;

    fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let (said, check) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(said) != *check {
            return None;
        }
        let (commits, hash) = said.split_first_chunk::<8>()?;
        let hash: [u8; 32] = hash.try_into().ok()?;
        Some(Self {
            commits: u64::from_be_bytes(*commits),
            hash: (hash != [0; 32]).then_some(hash),
        })
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.extend_from_slice(&self.commits.to_be_bytes());
        bytes.extend_from_slice(&self.hash.unwrap_or_default());
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(check.as_bytes());
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for found in fs::read_dir(from)? {
        let found = found?;
        let target = to.join(found.file_name());
        if found.file_type()?.is_dir() {
            copy_folder(&found.path(), &target)?;
        } else {
            fs::copy(found.path(), target)?;
        }
    }
    Ok(())
}
