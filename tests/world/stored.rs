//! Looking into the store, while the bot is stopped.

use std::sync::Arc;

use voel_eerst::{
    conversation::{Entry, Journal},
    parent::{Consent, Onboarding, Parent, Sending},
    store::{OpenError, Store},
};

use super::{LIBRARY, Person, World};

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
        let mut draft = store.draft();
        let record = draft.parent(store.parent_id(person.chat)).unwrap();
        record.map(Arc::unwrap_or_clone)
    }

    /// Writes these records into the store, while the bot is stopped.
    pub fn write_records(&self, parents: impl IntoIterator<Item = Parent>) {
        let store = self.store();
        let mut draft = store.draft();
        for parent in parents {
            let id = draft.parent_id(parent.chat);
            draft.put_parent(id, parent).unwrap();
        }
        store.commit(draft).unwrap();
    }

    /// Parents who have been here for a while: everything is kept, a prompt comes at half past seven on Monday, Wednesday and Saturday, and what
    /// is said only once was said. While the bot is stopped.
    pub fn let_in<const N: usize>(&mut self) -> [Person; N] {
        let people: [Person; N] = std::array::from_fn(|_| self.parent("Ouder"));
        self.api.with(|world| {
            for person in &people {
                world.press_start(person.chat).unwrap();
            }
            world.updates.drop_pending();
        });
        let now = self.clock.now();
        self.write_records(people.iter().map(|person| {
            let mut parent = Parent {
                consent: Consent::Given {
                    version: LIBRARY.consent_version.clone(),
                    at: now,
                },
                onboarding: Onboarding::Done,
                sending: Sending::On,
                ..Parent::stranger(person.chat)
            };
            parent.said.first_note = true;
            parent.said.first_kept = true;
            parent.plan(now);
            parent
        }));
        people
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
