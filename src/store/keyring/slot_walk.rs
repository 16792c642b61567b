//! Copying all slots of a keyring a step at a time, while it is in use.

use std::{collections::BTreeSet, iter, mem, ops::Range};

use super::Slot;

/// Goes through all slots, and then once more to those that changed behind its back.
#[derive(Default)]
pub struct SlotWalk {
    /// How many slots were copied, from the first on.
    copied: u32,
    /// Slots that changed after they were copied.
    changed: BTreeSet<Slot>,
}

impl SlotWalk {
    /// Notes that these slots were written.
    pub fn changed(&mut self, slots: impl Iterator<Item = Slot>) {
        let copied = self.copied;
        self.changed.extend(slots.filter(|slot| slot.0 < copied));
    }

    /// How many slots were copied, from the first on.
    pub fn copied(&self) -> u32 {
        self.copied
    }

    /// At most `limit` slots of the `used` that there are; with the last of them come all that changed. Says whether the copy is complete with them.
    pub fn step(&mut self, used: u32, limit: u32) -> (Vec<Range<u32>>, bool) {
        let end = used.min(self.copied.saturating_add(limit));
        let next = self.copied..end;
        self.copied = end;
        let again = if end == used {
            mem::take(&mut self.changed)
        } else {
            BTreeSet::new()
        };
        let again = again.into_iter().map(|slot| slot.0..slot.0 + 1);
        let parts = iter::once(next).chain(again).collect();
        (parts, end == used)
    }
}
