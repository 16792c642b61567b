//! Documents for parents, made when they are sent: the outbox says only which one is wanted.

use jiff::Timestamp;
use tokio::task;

use super::{Clock, Voice};
use crate::{
    conversation::{Document, Journal, Unreadable},
    export::{self, File, Kept},
    parent::ChatId,
    store::Store,
};

/// Makes documents of what the store holds at that moment. Nothing of them touches the disk.
#[derive(Clone)]
pub struct Documents {
    store: Store,
    voice: Voice,
    clock: Clock,
}

impl Documents {
    /// Documents out of this store.
    pub fn new(store: Store, voice: Voice, clock: Clock) -> Self {
        Self {
            store,
            voice,
            clock,
        }
    }

    /// The document for the parent in this chat, made on a thread that may wait for the disk. `None` when it cannot be made, and the log
    /// says why; or when nothing is kept of the parent any more.
    pub async fn make(&self, chat: ChatId, document: Document) -> Option<File> {
        let documents = self.clone();
        let now = self.clock.now();
        let made = task::spawn_blocking(move || documents.read_and_make(chat, &document, now));
        match made.await {
            Ok(Ok(file)) => file,
            Ok(Err(error)) => {
                tracing::error!("a parent's document cannot be made: {error}");
                None
            }
            Err(_) => {
                tracing::error!("a parent's document was not made: the thread panicked");
                None
            }
        }
    }

    fn read_and_make(
        &self,
        chat: ChatId,
        document: &Document,
        now: Timestamp,
    ) -> Result<Option<File>, Unreadable> {
        let mut draft = self.store.draft();
        let id = draft.parent_id(chat);
        let Some(parent) = draft.parent(id)? else {
            return Ok(None);
        };
        let entries = draft.journal(id)?.older(None, usize::MAX)?;
        let kept = Kept {
            parent: &parent,
            entries,
            library: &self.voice.library,
            now,
        };
        Ok(Some(export::make(kept, document)))
    }
}
