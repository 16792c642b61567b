//! Backups: made while the store is in use, looked at, restored, and let go in time.
//!
//! A backup is two files that can be kept apart: what the journal holds, sealed as it is there, and the parents' keys, wrapped so that the root secret alone opens them. Their format is this
//! program's own, and described in `docs/backup.md`. Whoever was erased after a backup stays erased when it is restored: see [`erasures`](super::erasures).

mod check;
mod error;
mod format;
mod load;
mod make;
mod order;
mod places;
mod restore;
mod verify;

/// Hears how many more rows were done of what.
pub type Heard<'a> = dyn FnMut(&'static str, u64) + 'a;

pub use check::Checked;
pub use error::BackupError;
pub use format::Half;
pub use make::{Backup, BackupStep, Made};
pub use places::Places;
pub use restore::{Restored, restore};
pub use verify::{Good, verify};
