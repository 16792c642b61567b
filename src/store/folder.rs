//! The folder that a store lies in: who may open it, and whether it is still what was left behind.
//!
//! sled takes damage in its log for a torn end, cuts off or passes over what comes after it, and opens. So the files are looked at before sled may change them, with the help of
//! the file `mark`. It says how many commits were confirmed, and up to where they are in sled's log; it is written after each commit and not synced, so after a power cut it may
//! say too little, never too much.
//!
//! | damaged | after a clean end, up to 64 MiB in all | otherwise |
//! |---|---|---|
//! | anything | found at the start: the mark holds a hash of all files | |
//! | the log behind sled's latest snapshot, which is 64 MiB, or more in a rush | | found at the start: every message of it is checked, see `engine/sled_log.rs` |
//! | the snapshot, the header or the length of the keyring, the latest commits | | found at the start |
//! | older parts of the log, a key in the keyring | | found when it is read: sled's checks and the seals say so then, and nothing is overwritten with it |
//!
//! What is found at the start is refused before anything is changed. One thing is found only when sled has opened its files: that its oldest pages, with which it
//! finds all others, are damaged. A store of up to 64 MiB is therefore tried on a copy first; in a larger one sled may have written its snapshot anew by then.
//! So neither end nor start takes time that grows with the store, but for sled's own snapshot (4 MB for a million parents).

use std::{
    fs::{self, File, TryLockError},
    io,
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
    engine::{self, SledEngine, SledOpenError},
    error::OpenError,
    journals::{Journals, Moment},
    keyring::{self, KeyFolder, Keyring},
    mark::Mark,
    secret::Derived,
    start,
};

/// The file that a process locks.
pub(super) const LOCK: &str = "lock";

/// The file that is there while a backup is being restored into the folder, and in no store.
pub(super) const RESTORING: &str = "restoring";

/// How often a lock is tried.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// Up to this size in all the files are hashed at the end, and copied after an end that was none: both take time in step with it.
const WHOLE: u64 = 64 << 20;

/// How long the end waits for sled to let go of its files, before it leaves the mark without a hash.
const SLED_LETS_GO: Duration = Duration::from_secs(1);

/// Whether a folder holds a store, or something of one.
pub(super) fn holds_store(dir: &Path) -> bool {
    let journal =
        || Journals::find(dir).is_ok_and(|journals| journals.current().join("db").exists());
    dir.join(keyring::FILE).exists() || dir.join(RESTORING).exists() || journal()
}

/// A locked folder. The lock goes when this goes; a hash of the files is left behind then.
pub struct Folder {
    dir: PathBuf,
    /// The folders of the journal.
    pub(super) journals: Journals,
    /// The file with the mark, once it is in use, and what it says.
    mark: Mutex<Option<(File, Mark)>>,
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

        let path = dir.join(LOCK);
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
        let journals = Journals::find(dir)
            .map_err(|error| OpenError::access("read the files in", dir, error))?;
        Ok(Self {
            dir: dir.to_owned(),
            journals,
            mark: Mutex::new(None),
            in_order: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Whether a restore into it was cut off, or is under way.
    pub(super) fn is_half_restored(&self) -> bool {
        self.dir.join(RESTORING).exists()
    }

    /// The folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens the keyring, or begins one when there is nothing at all in the folder.
    ///
    /// # Errors
    /// When it cannot be opened, or is missing beside a journal.
    pub(super) fn keyring(&self, derived: &Derived) -> Result<Keyring, OpenError> {
        let path = self.dir.join(keyring::FILE);
        let files = Box::new(KeyFolder(self.dir.clone()));
        let journal = self.journal().join("db").exists();
        let len = match fs::metadata(&path) {
            Ok(found) => Some(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(OpenError::access("open the keyring", &path, error)),
        };
        match len {
            None if journal => Err(OpenError::damaged(
                &path,
                "there is a journal, but the keyring beside it is missing",
            )),
            // A header that is not whole, and no journal yet: the process died while it made the store.
            Some(len) if journal || len >= keyring::SLOT as u64 => {
                Keyring::open(files, derived, &self.dir)
            }
            None | Some(_) => Keyring::create(files, derived, &self.dir),
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
        let mark = self.look(keyring)?;
        self.use_mark(mark)?;
        self.open_sled(&self.journal(), patience)
    }

    /// Looks whether the journal is what was left behind, and returns what the mark says of it.
    ///
    /// # Errors
    /// When it is not. The files are as they were, whatever this returns.
    pub(super) fn look(&self, keyring: &Keyring) -> Result<Mark, OpenError> {
        let mark = self.read_mark()?.unwrap_or_default();
        let missing = !self.journal().join("db").exists();
        if missing && (mark.commits > 0 || keyring.slots() > 0) {
            return Err(OpenError::damaged(
                &self.journal(),
                "there is a keyring, but the journal beside it is missing",
            ));
        }
        match mark.hash {
            Some(_) if mark.hash == self.hash().map_err(|error| self.unreadable(error))? => {}
            Some(_) => {
                return Err(OpenError::damaged(
                    &self.dir,
                    "its files are not what the last run left behind",
                ));
            }
            None if missing => {}
            None => {
                self.check_log(mark.log_end)?;
                self.try_on_a_copy(keyring, mark.commits)?;
            }
        }
        Ok(mark)
    }

    fn check_log(&self, confirmed: u64) -> Result<(), OpenError> {
        let journal = self.journal();
        match engine::damage(&journal, confirmed) {
            Ok(None) => Ok(()),
            Ok(Some(what)) => Err(OpenError::damaged(&journal.join("db"), what)),
            Err(error) => Err(self.unreadable(error)),
        }
    }

    /// After an end that left no hash: lets sled repair a copy of its files first, and looks whether all commits are still there.
    ///
    /// Where a copy would take too long or cannot be made, most likely for lack of room, there is no such try.
    fn try_on_a_copy(&self, keyring: &Keyring, confirmed: u64) -> Result<(), OpenError> {
        let copy = self.dir.join("journal.trial");
        let remove = || match fs::remove_dir_all(&copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(OpenError::access("remove", &copy, error))
            }
            Ok(()) | Err(_) => Ok(()),
        };
        remove()?;
        let files = self.files().map_err(|error| self.unreadable(error))?;
        if files.iter().map(|(_, len)| len).sum::<u64>() > WHOLE {
            return Ok(());
        }
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
        let noted = self.mark().as_ref().map(|(_, mark)| *mark);
        let noted = noted.unwrap_or_default();
        self.has_all(commits, noted.commits)?;
        self.committed(commits, noted.log_end);
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

    /// Notes that a commit is durable, and up to where it is in the engine's log. When that fails, the mark is only less sharp.
    pub(super) fn committed(&self, commits: u64, log_end: u64) {
        if let Some((file, mark)) = &mut *self.mark() {
            mark.commits = commits;
            mark.log_end = log_end;
            drop(mark.write(file));
        }
    }

    /// Gets ready to make the next journal, a copy that was begun at this moment, the store's. What the mark says of the log of the one before is no measure for its log, so that is taken out first.
    ///
    /// # Errors
    /// When something cannot be written. The journal is the one before then, and the mark is less sharp until the next commit.
    pub(super) fn prepare_change(&self, begun: Moment) -> io::Result<()> {
        self.journals.prepare_next(begun)?;
        if let Some((file, mark)) = &mut *self.mark() {
            mark.log_end = 0;
            mark.write(file)?;
            file.sync_all()?;
        }
        Ok(())
    }

    /// A write failed: nobody knows what is on disk, so no hash of it is left behind.
    pub(super) fn give_up(&self) {
        self.in_order.store(false, Ordering::Release);
    }

    /// Takes the hash out of the mark, durably.
    fn use_mark(&self, before: Mark) -> Result<(), OpenError> {
        let path = self.mark_path();
        let access = |error| OpenError::access("write", &path, error);
        let mut file = disk::private().create(true).open(&path).map_err(access)?;
        let mark = Mark {
            hash: None,
            ..before
        };
        mark.write(&mut file)
            .and_then(|()| file.sync_all())
            .and_then(|()| disk::sync_dir(&self.dir))
            .map_err(access)?;
        *self.mark() = Some((file, mark));
        Ok(())
    }

    fn mark(&self) -> MutexGuard<'_, Option<(File, Mark)>> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> PathBuf {
        self.journals.current()
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

    /// The files of the keyring and everything that sled keeps, by name, with their lengths.
    fn files(&self) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut paths = vec![self.dir.join(keyring::FILE)];
        // There is none beside a keyring of version 1.
        paths.extend(Some(self.dir.join(keyring::EPOCH_FILE)).filter(|path| path.exists()));
        let mut folders = vec![self.journal()];
        while let Some(folder) = folders.pop() {
            for found in fs::read_dir(folder)? {
                let found = found?;
                if found.file_type()?.is_dir() {
                    folders.push(found.path());
                } else {
                    paths.push(found.path());
                }
            }
        }
        paths.sort();
        let with_len = |path: PathBuf| {
            let len = fs::metadata(&path)?.len();
            Ok((path, len))
        };
        paths.into_iter().map(with_len).collect()
    }

    /// A hash of all files; `None` when they are larger than [`WHOLE`] together.
    fn hash(&self) -> io::Result<Option<[u8; 32]>> {
        let files = self.files()?;
        if files.iter().map(|(_, len)| len).sum::<u64>() > WHOLE {
            return Ok(None);
        }
        let mut hash = blake3::Hasher::new();
        for (path, len) in files {
            let name = path.strip_prefix(&self.dir).unwrap_or(&path);
            hash.update(blake3::hash(name.as_os_str().as_encoded_bytes()).as_bytes());
            hash.update(&len.to_be_bytes());
            hash.update_reader(File::open(&path)?)?;
        }
        Ok(Some(*hash.finalize().as_bytes()))
    }

    /// Leaves the hash behind.
    fn end(&self) -> io::Result<()> {
        let mut mark = self.mark();
        let Some((file, mark)) = &mut *mark else {
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
        mark.hash = self.hash()?;
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
