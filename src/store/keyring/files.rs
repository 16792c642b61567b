//! The files that the parents' keys lie in, on disk or in memory.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::PathBuf,
};

use crate::store::disk;

/// Bytes that can be overwritten in place: a file, or memory.
pub trait Slots: Send + Sync {
    /// How many there are.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn len(&self) -> io::Result<u64>;

    /// Fills `bytes` from this position.
    ///
    /// # Errors
    /// When there are not that many, or they cannot be read.
    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Writes at this position, which may be past the end. Not durable before [`Slots::sync`].
    ///
    /// # Errors
    /// When it cannot be written.
    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written survive a power cut.
    ///
    /// # Errors
    /// When that is in doubt.
    fn sync(&self) -> io::Result<()>;
}

/// The folder that the files of the keyring lie in. What is done to names survives a power cut when it returns.
pub trait KeyFiles: Send + Sync {
    /// Opens a file; `None` when there is none of this name.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Slots>>>;

    /// Makes an empty file, in the place of any that has this name.
    ///
    /// # Errors
    /// When it cannot be made.
    fn create(&self, name: &str) -> io::Result<Box<dyn Slots>>;

    /// Gives a file the name of another one, which goes: at any moment exactly one of the two has it.
    ///
    /// # Errors
    /// When that failed, or is in doubt.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file, if there is one of this name.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A folder on disk.
pub struct KeyFolder(pub PathBuf);

impl KeyFiles for KeyFolder {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Slots>>> {
        match disk::private().open(self.0.join(name)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Slots>> {
        let file = disk::private()
            .create(true)
            .truncate(true)
            .open(self.0.join(name))?;
        disk::sync_dir(&self.0)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))?;
        disk::sync_dir(&self.0)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Ok(()) => disk::sync_dir(&self.0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Slots for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(bytes, position)
    }

    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, position)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
