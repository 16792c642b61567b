//! Changing the root secret. The store is wrapped anew under another one; parents, their keys and how they are called in the store stay.
//!
//! With the secret in a key file `F`, where every step survives a power cut before the next one begins:
//!
//! ```text
//! 1  F.new gets a new secret
//! 2  the store begins an epoch whose key is sealed under it: until then the old secret opens the store, from then on only the new one
//! 3  F.old gets the old secret: backups that were made under it open with it alone
//! 4  F.new becomes F
//! ```
//!
//! Whoever was interrupted does it again: as long as there is an `F.new`, it is the secret to go on with.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{RootSecret, Store, UpkeepError, disk, error::OpenError};

/// What a changed root secret leaves to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekeyed {
    /// Where the new secret is.
    pub new: PathBuf,
    /// Where the old one is; `None` when it was given by hand and is whoever's who gave it.
    pub old: Option<PathBuf>,
}

/// Why the root secret was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RekeyError {
    /// Nothing to change.
    #[error("there is no store in {}: name the folder of the store, or start the bot once", .0.display())]
    NoStore(PathBuf),
    /// The file for the old secret is taken.
    #[error(
        "{} is still there from an earlier change: keep it as long as there are backups from before that change, but elsewhere; nothing was changed",
        .0.display()
    )]
    OldKept(PathBuf),
    /// The new secret is the old one.
    #[error(
        "{} holds the root secret that is in use, as it does when the new one of an earlier change was taken over and its file stayed: remove that file and run this again; nothing was changed",
        .0.display()
    )]
    InUse(PathBuf),
    /// The store, or a file with a secret.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store was not wrapped anew.
    #[error("the old root secret opens the store as before: {0}; run this again")]
    PutOff(String),
    /// It may have been wrapped anew.
    #[error(
        "{reason}; {} or the secret from before opens the store: run this again, it finds out which",
        new.display()
    )]
    InDoubt {
        /// What failed.
        reason: String,
        /// Where the new secret is.
        new: PathBuf,
    },
    /// The store was wrapped anew, and the files of the secrets did not follow.
    #[error(
        "the root secret in {} opens the store now, but its file could not be put in place ({error}): run this again",
        new.display()
    )]
    Files {
        /// Where the new secret is.
        new: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
}

/// Where the new secret is while the root secret of `key_file` is being changed. A bot is not to be started as long as it is there.
pub fn new_file(key_file: &Path) -> PathBuf {
    beside(key_file, "new")
}

/// Changes the root secret of a store that nobody else has open.
///
/// The secret of now is `given`, or else in `key_file`. In the latter case the new one is there afterwards; a secret that was given has to be replaced by who gave it, so the new one stays
/// in [`new_file`] then.
///
/// # Errors
/// See [`RekeyError`]. It can be done again at any time, and goes on where it was.
pub fn rekey(
    dir: &Path,
    given: Option<&RootSecret>,
    key_file: &Path,
    now: Timestamp,
) -> Result<Rekeyed, RekeyError> {
    if !Store::exists(dir) {
        return Err(RekeyError::NoStore(dir.to_owned()));
    }
    let (new_file, old_file) = (new_file(key_file), beside(key_file, "old"));
    let going_on = new_file.exists();
    if given.is_none() && !going_on && old_file.exists() {
        return Err(RekeyError::OldKept(old_file));
    }
    let old = match given {
        Some(given) => given.clone(),
        None => RootSecret::load_or_create(key_file, true)?,
    };
    match Store::open(dir, &old) {
        Ok(store) => {
            let new = RootSecret::load_or_create(&new_file, false)?;
            if new.is_same_as(&old) {
                return Err(RekeyError::InUse(new_file));
            }
            store.change_root(&new, now).map_err(|error| match error {
                UpkeepError::PutOff(reason) => RekeyError::PutOff(reason),
                UpkeepError::Broken(reason) => RekeyError::InDoubt {
                    reason,
                    new: new_file.clone(),
                },
            })?;
        }
        // It was interrupted behind its second step.
        Err(OpenError::WrongKey(_)) if going_on => {
            let new = RootSecret::load_or_create(&new_file, true)?;
            drop(Store::open(dir, &new)?);
        }
        Err(error) => return Err(error.into()),
    }
    if given.is_some() {
        return Ok(Rekeyed {
            new: new_file,
            old: None,
        });
    }
    let kept = match old.write(&old_file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    };
    kept.and_then(|()| fs::rename(&new_file, key_file))
        .and_then(|()| disk::sync_parent(key_file))
        .map_err(|error| RekeyError::Files {
            new: new_file,
            error,
        })?;
    Ok(Rekeyed {
        new: key_file.to_owned(),
        old: Some(old_file),
    })
}

fn beside(key_file: &Path, what: &str) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

impl Store {
    /// Begins an epoch that only this root secret opens.
    pub(super) fn change_root(self, root: &RootSecret, now: Timestamp) -> Result<(), UpkeepError> {
        let upkeep = self.begin_epoch(&root.derive(), now)?;
        while !upkeep.step()? {}
        Ok(())
    }
}
