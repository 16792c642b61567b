//! Documents for parents, made when they are sent: the outbox says only which one is wanted.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use tokio::{sync::watch, task};

use super::{Clock, Voice};
use crate::{
    conversation::{Document, EntryId, Journal, Unreadable},
    export::{self, File, Kept, NotWritten},
    library::Languages,
    parent::{ChatId, MessageId, PrivateBytes},
    picture::{self, Picture, Undrawable},
    store::Store,
};

/// Why something is not made.
#[derive(Debug, thiserror::Error)]
enum NotMade {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    NotWritten(#[from] NotWritten),
    #[error(transparent)]
    Undrawable(#[from] Undrawable),
}

/// Makes documents of what the store holds at that moment. Nothing of them touches the disk.
#[derive(Clone)]
pub struct Documents {
    store: Store,
    voice: watch::Receiver<Voice>,
    clock: Clock,
}

impl Documents {
    /// Documents out of this store, in the words that are said when they are made.
    pub fn new(store: Store, voice: watch::Receiver<Voice>, clock: Clock) -> Self {
        Self {
            store,
            voice,
            clock,
        }
    }

    /// The document for the parent in this chat, made on a thread that may wait for the disk. `None` when it cannot be made, and the log
    /// says why; or when nothing is kept of the parent any more.
    pub async fn make(&self, chat: ChatId, document: Document) -> Option<File> {
        let now = self.clock.now();
        self.read("document", move |documents| {
            documents.read_and_make(chat, &document, now)
        })
        .await
    }

    /// The sound of what the parent in this chat said in a message that is part of an entry. `None` as with [`Documents::make`].
    pub async fn sound(
        &self,
        chat: ChatId,
        entry: EntryId,
        message: MessageId,
    ) -> Option<PrivateBytes> {
        self.read("voice note", move |documents| {
            let draft = documents.store.draft();
            let journal = draft.journal(draft.parent_id(chat))?;
            Ok(journal.sound(entry, message)?)
        })
        .await
    }

    /// A year of the journal of the parent in this chat as a picture. `None` as with [`Documents::make`], and also when nothing of that year is there
    /// any more.
    pub async fn draw(&self, chat: ChatId, year: i16) -> Option<Picture> {
        self.read("picture", move |documents| {
            let mut draft = documents.store.draft();
            let id = draft.parent_id(chat);
            let Some(parent) = draft.parent(id)? else {
                return Ok(None);
            };
            let languages = documents.languages();
            let library = languages.of(parent.language.as_deref());
            let entries = draft.journal(id)?.older(None, usize::MAX)?;
            Ok(picture::draw(library, &entries, year)?)
        })
        .await
    }

    fn languages(&self) -> Arc<Languages> {
        Arc::clone(&self.voice.borrow().languages)
    }

    /// Reads something on a thread that may wait for the disk. `what` is for the log.
    async fn read<T: Send + 'static>(
        &self,
        what: &'static str,
        read: impl FnOnce(&Self) -> Result<Option<T>, NotMade> + Send + 'static,
    ) -> Option<T> {
        let documents = self.clone();
        match task::spawn_blocking(move || read(&documents)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::error!("a parent's {what} cannot be made: {error}");
                None
            }
            Err(_) => {
                tracing::error!("a parent's {what} was not made: the thread panicked");
                None
            }
        }
    }

    fn read_and_make(
        &self,
        chat: ChatId,
        document: &Document,
        now: Timestamp,
    ) -> Result<Option<File>, NotMade> {
        let mut draft = self.store.draft();
        let id = draft.parent_id(chat);
        let Some(parent) = draft.parent(id)? else {
            return Ok(None);
        };
        let journal = draft.journal(id)?;
        let entries = journal.older(None, usize::MAX)?;
        let mut sounds = BTreeMap::new();
        if let Some(numbers) = document.sounds {
            for entry in entries.iter().filter(|entry| numbers.hold(entry)) {
                for (message, _) in entry.spoken() {
                    let sound = journal.sound(entry.id, message)?;
                    sounds.extend(sound.map(|sound| ((entry.id, message), sound)));
                }
            }
        }
        let languages = self.languages();
        let kept = Kept {
            parent: &parent,
            entries,
            sounds,
            library: languages.of(parent.language.as_deref()),
            now,
        };
        Ok(Some(export::make(kept, document)?))
    }
}
