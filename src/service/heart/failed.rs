//! The store fails while the heart is at work.

use super::Stopped;
use crate::{
    conversation::Unreadable,
    store::{CommitError, DraftError},
};

/// Something in the store failed that is not one parent's alone.
pub(super) struct StoreFailed(pub String);

impl From<CommitError> for StoreFailed {
    fn from(error: CommitError) -> Self {
        Self(error.to_string())
    }
}

impl From<Unreadable> for StoreFailed {
    fn from(error: Unreadable) -> Self {
        Self(error.to_string())
    }
}

impl From<DraftError> for StoreFailed {
    fn from(error: DraftError) -> Self {
        Self(error.to_string())
    }
}

/// A failure of the store with which nothing that anybody wrote got lost.
impl From<StoreFailed> for Stopped {
    fn from(StoreFailed(reason): StoreFailed) -> Self {
        Self::StoreFailed {
            reason,
            unsaved: Vec::new(),
        }
    }
}
