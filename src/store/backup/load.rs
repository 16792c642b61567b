//! The two halves of a backup together: whether they are whole and belong to each other, and a folder of a store out of them.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use super::{
    Heard,
    error::BackupError,
    format::{Change, Half, Header, Part, Reader, Trailer},
    make,
};
use crate::store::{
    engine::{Batch, Engine, EngineError, SledEngine},
    erasures::{Erased, Erasure},
    journals::Journals,
    keyring::{self, Copy, CopyShut, KEY, KeyFolder, Slot},
    secret::Derived,
};

/// How many bytes go into one commit of the new journal.
const AT_ONCE: usize = 4 << 20;

/// Two halves that are whole, belong together, and open with the root secret.
pub(super) struct Pair {
    entries: PathBuf,
    keyring: PathBuf,
    copy: Copy,
    /// What the entries begin with.
    pub header: Header,
}

impl Pair {
    /// Reads both files from the first byte to the last.
    ///
    /// # Errors
    /// When one is not whole, when they do not belong together, or when the root secret is another one.
    pub fn check(
        entries: &Path,
        keyring: &Path,
        root: &Derived,
        heard: &mut Heard<'_>,
    ) -> Result<Self, BackupError> {
        let (header, entries_end) = whole(entries, Half::Entries, heard)?;
        let (keyring_header, keyring_end) = whole(keyring, Half::Keyring, heard)?;
        let together = header.backup_id == keyring_header.backup_id
            && header.store_id == keyring_header.store_id
            && entries_end.commits == keyring_end.commits;
        if !together {
            return Err(BackupError::NotTogether {
                entries: entries.to_owned(),
                keyring: keyring.to_owned(),
            });
        }
        let copy = open_copy(keyring, root)?;
        if copy.store_id() != header.store_id {
            return Err(BackupError::damaged(
                keyring,
                "its keys are those of another store",
            ));
        }
        Ok(Self {
            entries: entries.to_owned(),
            keyring: keyring.to_owned(),
            copy,
            header,
        })
    }

    /// Fills a folder that holds nothing of a store yet. Keys that were erased since do not get into it.
    ///
    /// Returns how many of them there were.
    ///
    /// # Errors
    /// When the folder cannot be written. What is in it is no store then.
    pub fn load(
        &self,
        dir: &Path,
        root: &Derived,
        erased: &Erased,
        heard: &mut Heard<'_>,
    ) -> Result<usize, BackupError> {
        let gone = self.load_keys(dir, root, erased)?;
        self.load_rows(dir, heard)?;
        Ok(gone)
    }

    fn load_keys(&self, dir: &Path, root: &Derived, erased: &Erased) -> Result<usize, BackupError> {
        let path = dir.join(keyring::FILE);
        let keys = self
            .copy
            .restore(&KeyFolder(dir.to_owned()), root)
            .map_err(BackupError::access("write", &path))?;
        let mut gone = BTreeSet::new();
        each(&self.keyring, Half::Keyring, |(row_key, value)| {
            if row_key == make::CELL {
                return Ok(());
            }
            let (slot, mut bytes) = slot_of(&self.keyring, &row_key, value)?;
            let is_erased = |key| erased.contains(Erasure::of_parent(&key));
            gone.remove(&slot);
            if let Some(found) = bytes
                && self.copy.key(slot, &found).is_some_and(is_erased)
            {
                bytes = None;
                gone.insert(slot);
            }
            keys.put(slot, bytes.as_ref())
                .map_err(BackupError::access("write", &path))
        })?;
        keys.finish().map_err(BackupError::access("write", &path))?;
        Ok(gone.len())
    }

    fn load_rows(&self, dir: &Path, heard: &mut Heard<'_>) -> Result<(), BackupError> {
        let journal = Journals::find(dir).map(|journals| journals.current());
        let journal = journal.map_err(BackupError::access("list", dir))?;
        let write = |error: EngineError| {
            BackupError::access("write", &journal)(io::Error::other(error.to_string()))
        };
        let engine =
            SledEngine::open(&journal).map_err(|error| write(EngineError(error.to_string())))?;
        let (mut batch, mut size) = (Batch::default(), 0);
        each(&self.entries, Half::Entries, |(key, value)| {
            size += key.len() + value.as_ref().map_or(0, Vec::len);
            match value {
                Some(value) => batch.put(key, value),
                None => batch.remove(key),
            }
            heard("writing rows", 1);
            if size >= AT_ONCE {
                size = 0;
                engine.commit(&std::mem::take(&mut batch)).map_err(write)?;
            }
            Ok(())
        })?;
        engine.commit(&batch).map_err(write)?;
        Ok(())
    }
}

/// Reads a half from the first byte to the last.
///
/// # Errors
/// When it is not whole, or is the other half.
pub(super) fn whole(
    path: &Path,
    half: Half,
    heard: &mut Heard<'_>,
) -> Result<(Header, Trailer), BackupError> {
    each(path, half, |_| {
        heard("reading rows", 1);
        Ok(())
    })
}

/// Hands out every row of a half.
fn each(
    path: &Path,
    half: Half,
    mut with: impl FnMut(Change) -> Result<(), BackupError>,
) -> Result<(Header, Trailer), BackupError> {
    let mut reader = Reader::open(path)?;
    if reader.header().half != half {
        let (is, wanted) = match half {
            Half::Entries => ("the keyring half", "the entries"),
            Half::Keyring => ("the entries half", "the keys"),
        };
        return Err(BackupError::WrongHalf {
            path: path.to_owned(),
            is,
            wanted,
        });
    }
    loop {
        match reader.next()? {
            Part::Rows(rows) => rows.into_iter().try_for_each(&mut with)?,
            Part::End(trailer) => return Ok((*reader.header(), trailer)),
        }
    }
}

fn open_copy(path: &Path, root: &Derived) -> Result<Copy, BackupError> {
    let damaged = || BackupError::damaged(path, "it does not begin with the key that opens it");
    let Part::Rows(rows) = Reader::open(path)?.next()? else {
        return Err(damaged());
    };
    match rows.into_iter().next() {
        Some((key, Some(cell))) if key == make::CELL => {
            Copy::open(&cell, root).map_err(|shut| match shut {
                CopyShut::WrongKey => BackupError::WrongKey(path.to_owned()),
                CopyShut::Newer(found) => BackupError::NewerVersion {
                    path: path.to_owned(),
                    found,
                    known: keyring::EPOCH_VERSION,
                },
                CopyShut::Damaged => damaged(),
            })
        }
        Some(_) | None => Err(damaged()),
    }
}

/// A row of a slot.
fn slot_of(
    path: &Path,
    key: &[u8],
    value: Option<Vec<u8>>,
) -> Result<(Slot, Option<[u8; KEY]>), BackupError> {
    let unknown = || BackupError::damaged(path, "it holds a row that no keyring has");
    let number = key.strip_prefix(b"k").and_then(|rest| rest.try_into().ok());
    let slot = Slot(u32::from_be_bytes(number.ok_or_else(unknown)?));
    match value.as_deref() {
        None | Some([]) => Ok((slot, None)),
        Some(bytes) => Ok((slot, Some(bytes.try_into().map_err(|_| unknown())?))),
    }
}
