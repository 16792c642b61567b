//! What can go wrong with a backup, each with one sentence that says what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::super::error::OpenError;

/// Why a backup was not made, is not good, or was not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file that is something else.
    #[error("{} is no backup of voel-eerst: name a file that ends in .vbk", .0.display())]
    NoBackup(PathBuf),
    /// A later version of the program made it.
    #[error(
        "{} was made by a newer version of voel-eerst (format {found}, this version knows up to {known}): use that version instead",
        path.display()
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// The bytes are not those that were written.
    #[error("{} is damaged: {what}; use another copy of it, or another backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was expected, and what was found.
        what: String,
    },
    /// Entries where the keyring should be, or the other way round.
    #[error("{} is {is} of a backup, and {wanted} were to be read: name the entries first and the keyring behind them", path.display())]
    WrongHalf {
        /// The file.
        path: PathBuf,
        /// Which half it is.
        is: &'static str,
        /// Which half should be there.
        wanted: &'static str,
    },
    /// Entries and keyring of different backups.
    #[error(
        "{} and {} are not the two halves of one backup: their names have the same date when they are",
        entries.display(), keyring.display()
    )]
    NotTogether {
        /// The entries.
        entries: PathBuf,
        /// The keyring.
        keyring: PathBuf,
    },
    /// The root secret is another one.
    #[error(
        "the root secret does not open {}: give the one from when the backup was made, after a change of it that is the file with .old behind its name",
        .0.display()
    )]
    WrongKey(PathBuf),
    /// Rows that do not open.
    #[error("{count} values in {} do not open; what is wrong with the first: {first}", path.display())]
    Unreadable {
        /// The backup or the folder.
        path: PathBuf,
        /// How many.
        count: u64,
        /// Why the first one does not.
        first: String,
    },
    /// A store cannot be looked at without what opens it.
    #[error("the store in {} can only be looked at with its root secret: name its file with --key-file", .0.display())]
    NoSecret(PathBuf),
    /// Nothing to look at.
    #[error("there is neither a backup nor a store in {}", .0.display())]
    Nothing(PathBuf),
    /// Nothing to make a backup of.
    #[error("there is no store in {}: name the folder of the store, or start the bot once", .0.display())]
    NoStore(PathBuf),
    /// A store would be overwritten.
    #[error("{} is not empty: a backup is only restored into a folder that is empty or not there yet", .0.display())]
    NotEmpty(PathBuf),
    /// There is no log of erasures.
    #[error(
        "there is no log of erasures beside {}, so parents who erased everything since would be back: give --erasures and the folder of the store that \
         it was made of; only if that is lost, give --without-erasures",
        .0.display()
    )]
    NoErasures(PathBuf),
    /// The log of erasures cannot be used.
    #[error("the log of erasures {} cannot be used: {what}; name another copy of it with --erasures", path.display())]
    Erasures {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Parents are told that there are none.
    #[error(
        "VOEL_EERST_BACKUP_DAYS is 0, so parents are told that there are no backups: set it to the days that you keep them"
    )]
    NoDays,
    /// Another one is being made.
    #[error("a backup is being made already: try again when it is done")]
    Busy,
    /// It was cut off.
    #[error("the bot is stopping: no backup was made, do it again when the bot runs or is stopped")]
    Stopped,
    /// The store.
    #[error("the store cannot be read: {0}")]
    Store(String),
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The operating system did not let us.
    #[error("cannot {action} {}: {error}", path.display())]
    Access {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
}

impl BackupError {
    pub(super) fn access(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Access {
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

    pub(super) fn store(error: impl ToString) -> Self {
        Self::Store(error.to_string())
    }
}
