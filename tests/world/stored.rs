//! Looking into the store, while the bot is stopped.

use voel_eerst::{
    conversation::{Entry, Journal},
    parent::Parent,
    store::{OpenError, Store},
};

use super::{Person, World};

impl World {
    /// Opens the store, while the bot is stopped.
    pub fn store(&self) -> Store {
        assert!(
            self.bot.is_none(),
            "stop the bot before looking at its store"
        );
        self.try_store().unwrap()
    }

    /// Tries to open the store, which may refuse.
    pub fn try_store(&self) -> Result<Store, OpenError> {
        self.disk.open(&self.secret)
    }

    /// The record that the store holds of somebody.
    pub fn record_of(&self, person: &Person) -> Option<Parent> {
        let store = self.store();
        store.draft().parent(store.parent_id(person.chat)).unwrap()
    }

    /// Writes these records into the store, while the bot is stopped.
    pub fn write_records(&self, parents: impl IntoIterator<Item = Parent>) {
        let store = self.store();
        let mut draft = store.draft();
        for parent in parents {
            let id = draft.parent_id(parent.chat);
            draft.put_parent(id, &parent).unwrap();
        }
        store.commit(draft).unwrap();
    }

    /// Everything in somebody's journal, oldest first.
    pub fn entries_of(&self, person: &Person) -> Vec<Entry> {
        let store = self.store();
        let draft = store.draft();
        let journal = draft.journal(store.parent_id(person.chat)).unwrap();
        let mut entries = journal.older(None, usize::MAX).unwrap();
        entries.reverse();
        entries
    }

    /// The words in somebody's journal: the parts of each entry, oldest first.
    pub fn words_of(&self, person: &Person) -> Vec<Vec<String>> {
        let words = |entry: &Entry| {
            let parts = entry.parts.iter();
            parts.map(|part| part.words.reveal().to_owned()).collect()
        };
        self.entries_of(person).iter().map(words).collect()
    }
}
