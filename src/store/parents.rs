//! Parents' records in a draft: read, written, and in step with the agenda.

use std::{collections::hash_map::Entry, sync::Arc};

use super::{
    codec,
    draft::Draft,
    error::DraftError,
    keyring::{FreshKey, Slot},
    layout::{self, DueSecond, ParentId},
    recent::{Held, Known},
    record::{PARENT, Sealed},
    seal::Key,
};
use crate::{conversation::Unreadable, parent::Parent};

impl Draft {
    /// A parent's record; `None` when there is none, or when it was forgotten.
    ///
    /// # Errors
    /// When the record or the parent's key cannot be read. [`Draft::forget`] still works then.
    pub fn parent(&mut self, id: ParentId) -> Result<Option<Arc<Parent>>, Unreadable> {
        let key = layout::parent(id);
        let Some(row) = self.get(&key)? else {
            return Ok(None);
        };
        if let Some(parent) = self.recent(id, &row) {
            return Ok(Some(parent));
        }
        let sealed = Sealed::parse(&PARENT, &row)?;
        let held = match self.held.get(&id) {
            Some(held) => held.clone(),
            None => {
                let found = self.named_in(&sealed, id)?;
                self.held.insert(id, found.clone());
                found
            }
        };
        let Some(held) = held else {
            return Ok(None);
        };
        let parent: Arc<Parent> = Arc::new(self.unseal(&PARENT, &key, &sealed, &held.key)?);
        self.know(id, Arc::clone(&parent), held, row);
        Ok(Some(parent))
    }

    /// The record, when it is known already that it is the one in this row.
    fn recent(&mut self, id: ParentId, row: &[u8]) -> Option<Arc<Parent>> {
        if let Some(known) = self.known.get(&id) {
            return (known.row == row).then(|| Arc::clone(&known.parent));
        }
        let mut recent = self.store.recent();
        let known = recent.get(id, row)?;
        match self.held.entry(id) {
            // What was found of the key in this draft stays as it was found.
            Entry::Occupied(held) if held.get().is_none() => None,
            Entry::Occupied(_) => Some(Arc::clone(&known.parent)),
            Entry::Vacant(place) => {
                place.insert(Some(known.held.clone()));
                Some(Arc::clone(&known.parent))
            }
        }
    }

    /// Notes which record is in this row. One that takes several rows is not known by its first.
    fn know(&mut self, id: ParentId, parent: Arc<Parent>, held: Held, row: Vec<u8>) {
        if held.pieces == 1 {
            self.known.insert(id, Known { row, parent, held });
        } else {
            self.known.remove(&id);
        }
    }

    /// Writes a parent's record, new or changed, and puts the agenda in step with [`Parent::due`].
    ///
    /// # Errors
    /// When the old record's key cannot be read, or no key can be made.
    pub fn put_parent(&mut self, id: ParentId, parent: Parent) -> Result<(), DraftError> {
        let held = match self.held(id)? {
            Some(held) => held,
            None => self.admit(id)?,
        };
        self.counted.parents += i64::from(held.pieces == 0);
        let due = parent.due().map(DueSecond::of);
        if held.due != due {
            if let Some(before) = held.due {
                self.batch.remove(layout::agenda(before, id));
            }
            if let Some(due) = due {
                self.batch
                    .put(layout::agenda(due, id), vec![codec::VERSION]);
            }
        }

        let plain = codec::encode(PARENT.name, &parent)?;
        let head = parent_head(held.slot, due);
        let key = layout::parent(id);
        let pieces = self.put_sealed(&PARENT, &key, &head, &held.key, &plain, held.pieces)?;
        let held = Held {
            due,
            pieces,
            ..held
        };
        self.held.insert(id, Some(held.clone()));
        if let Some(Some(row)) = self.batch.get(&key) {
            let row = row.to_vec();
            self.know(id, Arc::new(parent), held, row);
        }
        Ok(())
    }

    /// What is known of a parent's record, looked up when this draft does so first.
    pub(super) fn held(&mut self, id: ParentId) -> Result<Option<Held>, Unreadable> {
        if let Some(held) = self.held.get(&id) {
            return Ok(held.clone());
        }
        let found = self.find(id)?;
        self.held.insert(id, found.clone());
        Ok(found)
    }

    /// The same, of a draft that only reads.
    pub(super) fn find(&self, id: ParentId) -> Result<Option<Held>, Unreadable> {
        let Some(row) = self.get(&layout::parent(id))? else {
            return Ok(None);
        };
        if let Some(known) = self.store.recent().get(id, &row) {
            return Ok(Some(known.held.clone()));
        }
        self.named_in(&Sealed::parse(&PARENT, &row)?, id)
    }

    fn named_in(&self, row: &Sealed<'_>, id: ParentId) -> Result<Option<Held>, Unreadable> {
        let (slot, due) = parent_head_of(row.head)?;
        let key = self.store.keyring().key(slot, id)?;
        Ok(key.map(|key| Held {
            slot,
            key,
            due,
            pieces: row.pieces,
        }))
    }

    /// Makes a key for a parent who has none. What a crash left behind after an earlier key was destroyed goes now: no key opens it.
    fn admit(&mut self, id: ParentId) -> Result<Held, DraftError> {
        self.forget(id)?;
        let slot = self
            .store
            .keyring()
            .free_slot(self.slots_taken)
            .ok_or_else(|| Unreadable("keyring: no slot is left".to_owned()))?;
        let key = Key::random()?;
        self.slots_taken += 1;
        self.fresh.push(FreshKey {
            slot,
            parent: id,
            key: key.clone(),
        });
        let held = Held {
            slot,
            key,
            due: None,
            pieces: 0,
        };
        self.held.insert(id, Some(held.clone()));
        Ok(held)
    }
}

/// In clear before a sealed record: the slot, and the due second or zeros with a 0 in front.
pub(super) const PARENT_HEAD: usize = 4 + 1 + 8;

fn parent_head(slot: Slot, due: Option<DueSecond>) -> [u8; PARENT_HEAD] {
    let mut head = [0; PARENT_HEAD];
    head[..4].copy_from_slice(&slot.0.to_be_bytes());
    if let Some(due) = due {
        head[4] = 1;
        head[5..].copy_from_slice(&due.0.to_be_bytes());
    }
    head
}

pub(super) fn parent_head_of(head: &[u8]) -> Result<(Slot, Option<DueSecond>), Unreadable> {
    let wrong = || Unreadable(format!("{}: the head has a wrong length", PARENT.name));
    let (slot, rest) = head.split_first_chunk::<4>().ok_or_else(wrong)?;
    let (planned, due) = rest.split_first_chunk::<1>().ok_or_else(wrong)?;
    let due = u64::from_be_bytes(due.try_into().map_err(|_| wrong())?);
    Ok((
        Slot(u32::from_be_bytes(*slot)),
        (planned[0] == 1).then_some(DueSecond(due)),
    ))
}
