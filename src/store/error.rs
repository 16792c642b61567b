//! What can go wrong with a store, each with one sentence that says what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::seal::SealError;
use crate::conversation::Unreadable;

/// Why a store was not opened. Nothing was changed on disk.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the store open.
    #[error(
        "the store in {} is in use by another process: stop that one first, or name another folder",
        .0.display()
    )]
    Locked(PathBuf),
    /// A later version of the program wrote it.
    #[error(
        "{} was written by a newer version of voel-eerst (format {found}, this version knows up to {known}): start that version instead",
        path.display()
    )]
    NewerVersion {
        /// The file or folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// The root secret is not the one that the store was made with.
    #[error(
        "the key does not belong to the store in {}: give the key that this store was made with",
        .0.display()
    )]
    WrongKey(PathBuf),
    /// There is a store, but no key file.
    #[error(
        "there is a store, but its key file {} is missing: put that file back, because no other key can ever open the store",
        .0.display()
    )]
    MissingKey(PathBuf),
    /// The key file holds something else than a key.
    #[error(
        "the key file {} does not hold a key of 64 hex digits: put the right file back, or remove it when there is no store yet",
        .0.display()
    )]
    BadKey(PathBuf),
    /// The key file can be read by others.
    #[error(
        "the key file {} can be read by others than its owner: run chmod 600 on it",
        .0.display()
    )]
    ExposedKey(PathBuf),
    /// A restore was cut off.
    #[error(
        "a backup was being restored into {} and that was cut off: run voel-eerst store restore again, it begins anew in this folder",
        .0.display()
    )]
    HalfRestored(PathBuf),
    /// The files are not what a store leaves behind.
    #[error(
        "the store is damaged: {what} ({}); nothing was changed, restore a backup with voel-eerst store restore",
        path.display()
    )]
    Damaged {
        /// The file or folder.
        path: PathBuf,
        /// What was expected, and what was found.
        what: String,
    },
    /// The operating system did not let us: missing rights, a read-only or a full disk.
    #[error("cannot {action} {}: {error}", path.display())]
    Access {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// No random bytes.
    #[error("cannot make a key: {0}")]
    Random(SealError),
}

impl OpenError {
    pub(super) fn access(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Access {
            action,
            path: path.to_owned(),
            error,
        }
    }

    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}

/// Why a change could not be taken into a draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Something that has to be read first cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// There is no key to seal with, because this parent has no record.
    #[error("this parent has no record: write the record before the journal and the outbox")]
    NoRecord,
    /// A value could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A value could not be written as CBOR.
    #[error("a {0} cannot be written as CBOR")]
    Encode(&'static str),
}

/// Why a draft did not become durable. Nothing of it may be confirmed to anybody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Another draft was committed after this one was begun. Nothing changed: begin again.
    #[error("another draft was committed after this one was begun")]
    Stale,
    /// The disk failed. Whether this draft is on it shows when the store is opened again; until then the store takes no commit, so end the process.
    #[error("the store cannot write any more: {0}")]
    Broken(String),
}
