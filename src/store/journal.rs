//! A parent's journal in the store.

use super::{
    codec,
    draft::Draft,
    engine::{Order, Row},
    erasures::Erasure,
    error::DraftError,
    layout::{self, KeyRange, ParentId},
    record::{ENTRY, REFERENCE, SOUND, Sealed},
    seal::Key,
};
use crate::{
    conversation::{Entry, EntryId, Journal, JournalChange, MessageRef, Unreadable},
    parent::{MessageId, PrivateBytes},
};

/// One parent's journal as a draft sees it.
pub struct ParentJournal<'a> {
    draft: &'a Draft,
    parent: ParentId,
    /// `None`: there is no record of this parent, and so no journal.
    key: Option<Key>,
}

impl<'a> ParentJournal<'a> {
    pub(super) fn new(draft: &'a Draft, parent: ParentId, key: Option<Key>) -> Self {
        Self { draft, parent, key }
    }

    /// The sound of the part of an entry that came in this message; `None` when there is none, or not any more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sound(
        &self,
        entry: EntryId,
        message: MessageId,
    ) -> Result<Option<PrivateBytes>, Unreadable> {
        let Some(seal_key) = &self.key else {
            return Ok(None);
        };
        let key = layout::sound(self.parent, entry, message);
        let Some(row) = self.draft.get(&key)? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&SOUND, &row)?;
        let bytes = self.draft.unseal_bytes(&SOUND, &key, &sealed, seal_key)?;
        Ok(Some(PrivateBytes::new(bytes)))
    }

    fn entries(
        &self,
        range: &KeyRange,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Entry>, Unreadable> {
        let Some(seal_key) = &self.key else {
            return Ok(Vec::new());
        };
        self.draft
            .scan(range, order, limit)?
            .iter()
            .map(|(key, row): &Row| {
                let sealed = Sealed::parse(&ENTRY, row)?;
                self.draft.unseal(&ENTRY, key, &sealed, seal_key)
            })
            .collect()
    }
}

impl Journal for ParentJournal<'_> {
    fn entry(&self, id: EntryId) -> Result<Option<Entry>, Unreadable> {
        let Some(seal_key) = &self.key else {
            return Ok(None);
        };
        let key = layout::entry(self.parent, id);
        let Some(row) = self.draft.get(&key)? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&ENTRY, &row)?;
        self.draft.unseal(&ENTRY, &key, &sealed, seal_key).map(Some)
    }

    fn older(&self, before: Option<EntryId>, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        let mut range = layout::entries(self.parent);
        if let Some(before) = before {
            range.to = layout::entry(self.parent, before);
        }
        self.entries(&range, Order::Descending, limit)
    }

    fn newer(&self, after: EntryId, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        let Some(first) = after.0.checked_add(1) else {
            return Ok(Vec::new());
        };
        let mut range = layout::entries(self.parent);
        range.from = layout::entry(self.parent, EntryId(first));
        self.entries(&range, Order::Ascending, limit)
    }

    fn message(&self, id: MessageId) -> Result<Option<MessageRef>, Unreadable> {
        let Some(seal_key) = &self.key else {
            return Ok(None);
        };
        let key = layout::reference(self.parent, id);
        let Some(row) = self.draft.get(&key)? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&REFERENCE, &row)?;
        self.draft
            .unseal(&REFERENCE, &key, &sealed, seal_key)
            .map(Some)
    }
}

impl Draft {
    pub(super) fn apply_one(
        &mut self,
        parent: ParentId,
        seal_key: &Key,
        change: &JournalChange,
    ) -> Result<(), DraftError> {
        match change {
            JournalChange::Put(entry) => {
                let key = layout::entry(parent, entry.id);
                let plain = codec::encode(ENTRY.name, entry)?;
                self.replace_sealed(&ENTRY, &key, &[], seal_key, &plain)
            }
            JournalChange::PutSound(entry, message, sound) => {
                let key = layout::sound(parent, *entry, *message);
                self.replace_sealed(&SOUND, &key, &[], seal_key, sound.reveal())
            }
            JournalChange::Erase(id) => self.erase_entry(parent, seal_key, *id),
            JournalChange::ErasePart(id, message) => {
                self.erase_part(parent, seal_key, *id, *message)
            }
            JournalChange::Link(message, reference) => {
                let key = layout::reference(parent, *message);
                let plain = codec::encode(REFERENCE.name, reference)?;
                self.replace_sealed(&REFERENCE, &key, &[], seal_key, &plain)
            }
            JournalChange::Unlink(message) => self.erase(&layout::reference(parent, *message)),
        }
    }

    fn erase_entry(
        &mut self,
        parent: ParentId,
        seal_key: &Key,
        id: EntryId,
    ) -> Result<(), DraftError> {
        let sounds = layout::sounds_of(parent, id);
        for (key, row) in self.scan(&sounds, Order::Ascending, usize::MAX)? {
            self.remove_sealed(&key, &row);
        }
        let key = layout::entry(parent, id);
        if self.get(&key)?.is_some() {
            self.erasures.push(Erasure::of_entry(seal_key, id));
        }
        self.erase(&key)
    }

    fn erase_part(
        &mut self,
        parent: ParentId,
        seal_key: &Key,
        id: EntryId,
        message: MessageId,
    ) -> Result<(), DraftError> {
        let Some(mut entry) = self.journal(parent)?.entry(id)? else {
            return Ok(());
        };
        let before = entry.parts.len();
        entry.parts.retain(|part| part.message != message);
        if entry.parts.len() == before {
            return Ok(());
        }
        self.erasures.push(Erasure::of_part(seal_key, id, message));
        if entry.parts.is_empty() {
            return self.erase_entry(parent, seal_key, id);
        }
        self.erase(&layout::sound(parent, id, message))?;
        self.apply_one(parent, seal_key, &JournalChange::Put(entry))
    }

    fn erase(&mut self, key: &[u8]) -> Result<(), DraftError> {
        if let Some(row) = self.get(key)? {
            self.remove_sealed(key, &row);
        }
        Ok(())
    }
}
