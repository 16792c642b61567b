//! The records that commits read or wrote last, as they are in memory, so that what happens to a parent within moments does not unwrap a key, open a seal and read CBOR each time.
//!
//! One counts only as long as the stored row is, byte for byte, the one that it was read from or written to: the row says what is true, always. A commit brings what its draft
//! knew and takes away whom it forgot, before the next one may begin; who only reads brings nothing. So of a parent who is gone nothing is left here, and all of
//! it goes when the store gives up, and twice a day with the key of the keyring.

use std::{collections::HashMap, sync::Arc};

use super::{
    keyring::Slot,
    layout::{DueSecond, ParentId},
    seal::Key,
};
use crate::parent::Parent;

/// How many records of one generation are kept, more than are touched within the seconds in which the same ones are read again. There are two generations.
const GENERATION: usize = 256;

/// What stands in clear in a parent's row, and the key that opens the rest.
#[derive(Clone)]
pub(super) struct Held {
    pub slot: Slot,
    pub key: Key,
    pub due: Option<DueSecond>,
    /// How many rows the record takes; 0 when it was not written yet.
    pub pieces: u16,
}

/// A record, and the row that it is in.
pub(super) struct Known {
    /// The row; the record is in this one alone.
    pub row: Vec<u8>,
    /// The record: whoever reads it shares it, and only who changes it makes one of their own.
    pub parent: Arc<Parent>,
    /// What stands in clear in the row, and the key.
    pub held: Held,
}

/// The records that are known. What was asked for or brought since the young generation began is in it; when that is full, the old one goes.
#[derive(Default)]
pub(super) struct Recent {
    young: HashMap<ParentId, Known>,
    old: HashMap<ParentId, Known>,
}

impl Recent {
    /// What is known of a parent whose record is in this row.
    pub fn get(&mut self, id: ParentId, row: &[u8]) -> Option<&Known> {
        if let Some(known) = self.old.remove(&id) {
            self.put(id, known);
        }
        self.young.get(&id).filter(|known| known.row == row)
    }

    /// What a commit knew of parents.
    pub fn keep(&mut self, known: HashMap<ParentId, Known>) {
        for (id, known) in known {
            self.old.remove(&id);
            self.put(id, known);
        }
    }

    fn put(&mut self, id: ParentId, known: Known) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, known);
    }

    /// Nothing is known of this parent any more.
    pub fn forget(&mut self, id: ParentId) {
        self.young.remove(&id);
        self.old.remove(&id);
    }

    /// Nothing is known of anybody any more.
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }

    /// How many records are known.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
