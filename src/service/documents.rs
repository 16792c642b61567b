//! Documents for parents, made when they are sent: the outbox says only which one is wanted.

use std::error::Error;

use jiff::Timestamp;
use tokio::task;

use super::{Clock, Voice};
use crate::{
    conversation::{Document, Journal, Unreadable},
    export::{self, File, Kept},
    parent::ChatId,
    picture::{self, Picture},
    store::Store,
};

/// What was made, or why it could not be.
type Made<T> = Result<Option<T>, Box<dyn Error + Send + Sync>>;

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
        aside(move || Ok(documents.read_and_make(chat, &document, now)?)).await
    }

    /// A year of the journal of the parent in this chat as a picture, in the same way. `None` also when nothing of that year is there any more.
    pub async fn draw(&self, chat: ChatId, year: i16) -> Option<Picture> {
        let documents = self.clone();
        aside(move || documents.read_and_draw(chat, year)).await
    }

    fn read_and_draw(&self, chat: ChatId, year: i16) -> Made<Picture> {
        let mut draft = self.store.draft();
        let id = draft.parent_id(chat);
        if draft.parent(id)?.is_none() {
            return Ok(None);
        }
        let entries = draft.journal(id)?.older(None, usize::MAX)?;
        Ok(picture::draw(&self.voice.library, &entries, year)?)
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

/// Makes something on a thread that may wait for the disk.
async fn aside<T: Send + 'static>(make: impl FnOnce() -> Made<T> + Send + 'static) -> Option<T> {
    match task::spawn_blocking(make).await {
        Ok(Ok(made)) => made,
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
