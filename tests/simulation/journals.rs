//! What is on the disk, as it was last seen: everybody's journals, entry by entry, and the agenda. Only what changed is looked at again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use voel_eerst::{
    conversation::{Entry, EntryId, Journal},
    parent::ChatId,
    store::{Changed, ParentId, Store},
};

/// Everybody's journals, and where they stand in the agenda.
#[derive(Default)]
pub struct Journals {
    entries: BTreeMap<ChatId, BTreeMap<EntryId, Entry>>,
    /// Entries that have changed since they were read.
    stale: BTreeMap<ChatId, BTreeSet<EntryId>>,
    /// Entries that have changed since a process last started.
    fresh: BTreeMap<ChatId, BTreeSet<EntryId>>,
    /// Rows of the agenda.
    agenda: BTreeMap<ParentId, BTreeSet<Timestamp>>,
}

impl Journals {
    /// Notes what has changed on the disk. Returns whose journals have.
    pub fn note(
        &mut self,
        changed: &Changed,
        chat_of: impl Fn(ParentId) -> ChatId,
    ) -> BTreeSet<ChatId> {
        for ((id, at), there) in &changed.agenda {
            let rows = self.agenda.entry(*id).or_default();
            if *there {
                rows.insert(*at);
            } else {
                rows.remove(at);
            }
        }
        let mut chats = BTreeSet::new();
        for (id, entry) in &changed.entries {
            let chat = chat_of(*id);
            chats.insert(chat);
            self.stale.entry(chat).or_default().insert(*entry);
            self.fresh.entry(chat).or_default().insert(*entry);
        }
        chats
    }

    /// A parent began anew, or is gone: nothing opens what was written before.
    pub fn forget(&mut self, chat: ChatId) {
        self.entries.remove(&chat);
    }

    /// When a parent is in the agenda.
    pub fn planned(&self, id: ParentId) -> impl Iterator<Item = Timestamp> {
        self.agenda.get(&id).into_iter().flatten().copied()
    }

    /// All rows of the agenda.
    pub fn agenda(&self) -> BTreeSet<(Timestamp, ParentId)> {
        let rows = self.agenda.iter();
        rows.flat_map(|(id, rows)| rows.iter().map(|at| (*at, *id)))
            .collect()
    }

    /// Reads what has changed in a journal, and returns all of it.
    pub fn read(&mut self, store: &Store, chat: ChatId) -> Result<Vec<&Entry>, String> {
        if let Some(stale) = self.stale.remove(&chat) {
            self.look_at(store, chat, stale)?;
        }
        Ok(self.of(chat))
    }

    /// Reads again, as a new process sees it, what has changed since the last one started. Returns whose journals that was.
    pub fn read_fresh(&mut self, store: &Store) -> Result<BTreeSet<ChatId>, String> {
        self.stale.clear();
        let fresh = std::mem::take(&mut self.fresh);
        let chats = fresh.keys().copied().collect();
        for (chat, entries) in fresh {
            self.look_at(store, chat, entries)?;
        }
        Ok(chats)
    }

    /// A journal as it was last read.
    pub fn of(&self, chat: ChatId) -> Vec<&Entry> {
        let entries = self.entries.get(&chat).into_iter();
        entries.flat_map(BTreeMap::values).collect()
    }

    fn look_at(
        &mut self,
        store: &Store,
        chat: ChatId,
        changed: BTreeSet<EntryId>,
    ) -> Result<(), String> {
        let draft = store.draft();
        let journal = draft.journal(store.parent_id(chat));
        let journal = journal.map_err(|error| error.to_string())?;
        let entries = self.entries.entry(chat).or_default();
        for id in changed {
            match journal.entry(id).map_err(|error| error.to_string())? {
                Some(entry) => entries.insert(id, entry),
                None => entries.remove(&id),
            };
        }
        Ok(())
    }
}
