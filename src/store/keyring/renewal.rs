//! Writing the keyring anew under the key of the next epoch, a step at a time, while the old one is in use.
//!
//! ```text
//! 1  keyring.next is written, a part in each step, and synced
//! 2  the next epoch's key goes into the free cell of the file epoch, and is synced
//! 3  keyring.next becomes keyring
//! 4  the old epoch's cell is overwritten, and that is synced
//! ```
//!
//! The number in the header of the keyring says which cell counts, so until 3 the store is in the old epoch and from then on in the new one; whoever dies in between leaves only
//! something to [tidy](Keyring::tidy). The blocks of the old file are let go and not overwritten: after 4 there is no key to them.

use std::{io, ops::Range};

use jiff::Timestamp;

use super::{
    FILE, HOLDS_KEY, Keyring, KeyringError, NEXT, ParentId, SLOT, Slot, Slots,
    epoch::{self, CELL, Epoch},
    header, position, slot_place,
    slot_walk::SlotWalk,
    wrap::{unwrap, wrap},
};
use crate::store::{seal, secret::Derived};

/// How many slots are copied in one step. It takes less than ten milliseconds, in which nobody reads a key.
const STEP: u32 = if cfg!(test) { 4 } else { 2048 };

/// After how many slots the new file is synced, 2 MiB: so the last sync is as short as the others.
const SYNC: u32 = 8 * STEP;

/// The keyring of the next epoch in the making.
pub struct Renewal {
    slots: Box<dyn Slots>,
    epoch: Epoch,
    cell: [u8; CELL],
    walk: SlotWalk,
}

/// Why the keyring was not written anew.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    /// Nothing changed: the old epoch goes on, and it can be tried again.
    #[error("{0}")]
    PutOff(#[from] KeyringError),
    /// It is unknown which epoch is on disk. Opening the keyring again finds out.
    #[error("keyring: {0}")]
    InDoubt(io::Error),
}

impl Renewal {
    /// Notes that these slots were written in the old keyring.
    pub fn changed(&mut self, slots: impl Iterator<Item = Slot>) {
        self.walk.changed(slots);
    }
}

impl Keyring {
    /// Begins the keyring of the next epoch, whose key is sealed under `root`: this one's root secret, or another one that is to open the store from then on.
    ///
    /// # Errors
    /// When it cannot be written. Nothing changed then.
    pub fn begin_renewal(&mut self, root: &Derived, now: Timestamp) -> Result<(), KeyringError> {
        let epoch = self.epoch.next(now)?;
        let cell = epoch.seal(root)?;
        let slots = self.files.create(NEXT)?;
        slots.write_at(0, &header(&epoch))?;
        self.renewal = Some(Renewal {
            slots,
            epoch,
            cell,
            walk: SlotWalk::default(),
        });
        Ok(())
    }

    /// Goes one step further. Says whether the next epoch has begun, and with it the end of every copy of the old keyring.
    ///
    /// # Errors
    /// See [`RenewalError`]. There is no renewal under way then.
    pub fn renew(&mut self) -> Result<bool, RenewalError> {
        let Some(mut renewal) = self.renewal.take() else {
            return Ok(true);
        };
        match self.copy_on(&mut renewal) {
            Ok(false) => {
                self.renewal = Some(renewal);
                Ok(false)
            }
            Ok(true) => self.change_over(renewal).map(|()| true),
            Err(error) => {
                // What is left of it is written over by the next one, or tidied up.
                drop(self.files.remove(NEXT));
                Err(error.into())
            }
        }
    }

    /// Removes what a renewal that was cut off has left behind, and destroys the key that does not count.
    ///
    /// # Errors
    /// When that is in doubt.
    pub fn tidy(&self) -> io::Result<()> {
        if self.renewal.is_some() {
            return Ok(());
        }
        self.files.remove(NEXT)?;
        epoch::wipe_other(&*self.files, self.epoch.number)
    }

    /// Copies some slots; all that is left to be done before the change-over, when these were the last. Says whether they were.
    fn copy_on(&self, renewal: &mut Renewal) -> Result<bool, KeyringError> {
        let (parts, last) = renewal.walk.step(self.used, STEP);
        for part in parts {
            let start = position(Slot(part.start));
            let bytes = self.wrapped_anew(&renewal.epoch, part)?;
            renewal.slots.write_at(start, &bytes)?;
        }
        if last || renewal.walk.copied().is_multiple_of(SYNC) {
            renewal.slots.sync()?;
        }
        if !last {
            return Ok(false);
        }
        epoch::put(&*self.files, renewal.epoch.number, &renewal.cell)?;
        Ok(true)
    }

    fn change_over(&mut self, renewal: Renewal) -> Result<(), RenewalError> {
        self.files
            .rename(NEXT, FILE)
            .map_err(RenewalError::InDoubt)?;
        self.slots = renewal.slots;
        self.epoch = renewal.epoch;
        epoch::wipe_other(&*self.files, self.epoch.number).map_err(RenewalError::InDoubt)
    }

    /// These slots as they are in a keyring of another epoch.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn wrapped_anew(
        &self,
        epoch: &Epoch,
        slots: Range<u32>,
    ) -> Result<Vec<u8>, KeyringError> {
        let start = position(Slot(slots.start));
        // The last slot may have been cut off by a power cut.
        let there = self
            .slots
            .len()?
            .min(position(Slot(slots.end)))
            .saturating_sub(start);
        let mut bytes = vec![0; slots.len() * SLOT];
        if let Some(there) = usize::try_from(there)
            .ok()
            .and_then(|len| bytes.get_mut(..len))
        {
            self.slots.read_at(start, there)?;
        }
        seal::new_seed();
        for (number, slot) in slots.zip(bytes.chunks_exact_mut(SLOT)) {
            self.wrap_anew(epoch, Slot(number), slot)?;
        }
        Ok(bytes)
    }

    /// A key that does not open is carried on as it is, and is as damaged afterwards as it was.
    fn wrap_anew(&self, next: &Epoch, slot: Slot, bytes: &mut [u8]) -> Result<(), KeyringError> {
        if bytes[0] != HOLDS_KEY {
            return Ok(());
        }
        let mut parent = ParentId([0; 16]);
        parent.0.copy_from_slice(&bytes[1..17]);
        let wrapped = &mut bytes[17..89];
        let place = slot_place(&self.epoch, slot, parent);
        if let Some(key) = unwrap::<32>(&self.epoch.wrapping, &place, wrapped) {
            let place = slot_place(next, slot, parent);
            let anew = wrap(&next.wrapping, &place, key.as_slice())?;
            wrapped.copy_from_slice(&anew);
        }
        Ok(())
    }
}
