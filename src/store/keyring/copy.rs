//! A copy of the keyring for a backup, and a keyring out of such a copy.
//!
//! The copy is wrapped under a key of its own, which is sealed under the root secret like that of an epoch. So it opens with that root secret alone, and opens nothing but itself: neither
//! the keyring that it was made from nor another copy.

use std::io;

use jiff::Timestamp;

use super::{
    ERASED, FILE, HOLDS_KEY, Keyring, KeyringError, SLOT, Slot, Slots,
    epoch::{self, CELL, Cell, Epoch},
    files::KeyFiles,
    header, position, slot_place,
    slot_walk::SlotWalk,
    wrap::unwrap,
};
use crate::store::{layout::ParentId, seal::Key, secret::Derived};

/// How many slots are copied in one step.
const STEP: u32 = if cfg!(test) { 4 } else { 2048 };

/// Bytes of a key in a copy: the parent, and the key wrapped.
pub const KEY: usize = 16 + 72;

/// A copy in the making.
pub struct Copying {
    epoch: Epoch,
    walk: SlotWalk,
}

impl Copying {
    /// Notes that these slots were written.
    pub fn changed(&mut self, slots: impl Iterator<Item = Slot>) {
        self.walk.changed(slots);
    }
}

/// A slot and the key in it, as they are in a copy; `None` where there is no key.
pub type CopiedSlot = (Slot, Option<[u8; KEY]>);

impl Keyring {
    /// Begins a copy. Returns the cell that opens it with this root secret. One that was under way is given up.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn begin_copy(
        &mut self,
        root: &Derived,
        now: Timestamp,
    ) -> Result<[u8; CELL], KeyringError> {
        let epoch = self.epoch.next(now)?;
        let cell = epoch.seal(root)?;
        let walk = SlotWalk::default();
        self.copying = Some(Copying { epoch, walk });
        Ok(cell)
    }

    /// Some slots for the copy; a later one takes the place of an earlier one with its number. Says whether the copy is complete with them: it stays so until the next commit.
    ///
    /// # Errors
    /// When slots cannot be read. The copy is given up then.
    pub fn copied(&mut self) -> Result<(Vec<CopiedSlot>, bool), KeyringError> {
        let Some(mut copying) = self.copying.take() else {
            return Err(io::Error::other("no copy was begun").into());
        };
        let (parts, last) = copying.walk.step(self.used, STEP);
        let mut copied = Vec::new();
        for part in parts {
            let bytes = self.wrapped_anew(&copying.epoch, part.clone())?;
            copied.extend(part.zip(bytes.chunks_exact(SLOT)).map(|(number, slot)| {
                let mut key = [0; KEY];
                key.copy_from_slice(&slot[1..=KEY]);
                (Slot(number), (slot[0] == HOLDS_KEY).then_some(key))
            }));
        }
        self.copying = Some(copying);
        Ok((copied, last))
    }

    /// Lets go of the copy that is being made, if there is one.
    pub fn end_copy(&mut self) {
        self.copying = None;
    }
}

/// A copy that was opened.
pub struct Copy {
    epoch: Epoch,
}

/// Why a copy does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyShut {
    /// The root secret is another one.
    WrongKey,
    /// A later version of the program made it.
    Newer(u32),
    /// It is not what a copy begins with.
    Damaged,
}

impl Copy {
    /// Opens a copy by its cell.
    ///
    /// # Errors
    /// See [`CopyShut`].
    pub fn open(cell: &[u8], root: &Derived) -> Result<Self, CopyShut> {
        let cell: [u8; CELL] = cell.try_into().map_err(|_| CopyShut::Damaged)?;
        match epoch::open(&cell, root) {
            Cell::Open(epoch) => Ok(Self { epoch }),
            Cell::Shut { .. } => Err(CopyShut::WrongKey),
            Cell::Newer(version) => Err(CopyShut::Newer(version)),
            Cell::Blank => Err(CopyShut::Damaged),
        }
    }

    /// The store it is of.
    pub fn store_id(&self) -> [u8; 16] {
        self.epoch.store_id
    }

    /// The key in a slot; `None` when it does not open.
    pub fn key(&self, slot: Slot, bytes: &[u8; KEY]) -> Option<Key> {
        let mut parent = ParentId([0; 16]);
        parent.0.copy_from_slice(&bytes[..16]);
        let place = slot_place(&self.epoch, slot, parent);
        unwrap::<32>(&self.epoch.wrapping, &place, &bytes[16..]).map(|key| Key::new(*key))
    }

    /// Begins a keyring out of it, in a folder that has none. Nobody knows when its epoch began, so the first upkeep ends it: until then the backup opens
    /// every copy of this keyring, whoever is erased meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn restore(&self, files: &dyn KeyFiles, root: &Derived) -> io::Result<RestoredKeys> {
        let slots = files.create(FILE)?;
        slots.write_at(0, &header(&self.epoch))?;
        let epoch = Epoch {
            begun: None,
            ..self.epoch.clone()
        };
        let cell = epoch.seal(root).map_err(io::Error::other)?;
        epoch::put(files, epoch.number, &cell)?;
        Ok(RestoredKeys { slots })
    }
}

/// A keyring that is being made out of a copy.
pub struct RestoredKeys {
    slots: Box<dyn Slots>,
}

impl RestoredKeys {
    /// Writes a slot.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, slot: Slot, key: Option<&[u8; KEY]>) -> io::Result<()> {
        let mut bytes = [0; SLOT];
        bytes[0] = ERASED;
        if let Some(key) = key {
            bytes[0] = HOLDS_KEY;
            bytes[1..=KEY].copy_from_slice(key);
        }
        self.slots.write_at(position(slot), &bytes)
    }

    /// Makes all of it survive a power cut.
    ///
    /// # Errors
    /// When that is in doubt.
    pub fn finish(self) -> io::Result<()> {
        self.slots.sync()
    }
}
