//! The keyring: the parents' keys, wrapped, in a file beside the engine.
//!
//! A log-structured engine keeps what was deleted for a long time. So a parent's rows are sealed under a key of the parent's own, and that key lies
//! here, in a slot of a fixed size that is overwritten in place: when it is gone, every row sealed with it, in every old copy of the engine's files, is noise.
//!
//! ```text
//! header, 128 bytes                              slot, 128 bytes
//!   0  "VEkeys\r\n"                                0  1: a key, 2: erased; 0 and all that follows 0: never used
//!   8  version of the format, u32                  1  parent
//!  12  bytes per slot, u32                        17  the parent's key, wrapped: nonce 24, key 32, tag 16
//!  16  number of the epoch, u64                   89  zeros
//!  24  the store's id, 16 bytes
//!  40  hash of what is above, under the epoch's key, 32 bytes
//!  72  zeros
//! 112  hash of what is above, 16 bytes
//! ```
//!
//! Numbers are big-endian. A slot is 128 bytes and begins at a multiple of 128, so it lies in one sector and is overwritten whole or not at all. A key is wrapped (XChaCha20-Poly1305)
//! for its place: number of the epoch, slot (u32), parent.
//!
//! # Epochs
//!
//! An old copy of the keyring still holds keys that were destroyed since. So the key that wraps them all, the epoch's, is random and changes at least
//! once a day (`keyring/renewal.rs`): the keyring is written anew under the next one, and the old one is destroyed. It cannot be derived from anything; it lies in the
//! file `epoch` (`keyring/epoch.rs`), sealed under the root secret, in a cell of 192 bytes that is overwritten in place and synced. From then on a copy of the last epoch's keyring
//! is noise, also for who has the root secret and every file of the store.
//!
//! What this does not do:
//!
//! - Who copies keyring and `epoch` together, as a copy of the whole folder does, has both: such a copy opens with its root secret as long as it exists. A backup
//!   (`backup/`) has its own copy of the keys, under a key of its own, and is let go in time.
//! - Overwriting in place reaches the bytes on a file system that does so (ext4, xfs). On one that writes beside them first (btrfs, zfs, an overlay), and inside a flash disk that spreads its writes, the
//!   old cell of 192 bytes may stay somewhere for a while; `ground.rs` knows the former, and `run` says so. The same is true of snapshots of the whole disk.
//! - While the bot is stopped nothing changes: the epoch ends when it runs again.
//! - A copy of a keyring of version 1, which had no file beside it, opens with the root secret until `store rekey` has replaced that.
//!
//! Slots that were erased are used again while the process lives. After a restart nobody looks for them: a slot costs 128 bytes, looking costs reading the whole file.

#[cfg(test)]
pub mod attack;
mod copy;
mod epoch;
mod files;
mod renewal;
mod slot_walk;
mod wrap;

use std::{io, path::Path};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    error::OpenError,
    layout::ParentId,
    seal::{Key, SealError},
    secret::{Derived, ParentIds},
};
use crate::conversation::Unreadable;
use copy::Copying;
use epoch::{Cell, Epoch};
use renewal::Renewal;
use wrap::{unwrap, wrap};

pub use copy::{CopiedSlot, Copy, CopyShut, KEY};
pub use epoch::{FILE as EPOCH_FILE, VERSION as EPOCH_VERSION};
pub use files::{KeyFiles, KeyFolder, Slots};
pub use renewal::RenewalError;

/// Bytes of a slot, and of the header.
pub const SLOT: usize = 128;

/// The version of the keyring's format. Version 1 had no file `epoch`: its wrapping key came from the root secret and 32 bytes in the header, where now the store's id
/// and a hash stand, and the store's id was sealed at byte 56. Such a keyring opens, and its first renewal makes it one of this version.
pub const VERSION: u32 = 2;

/// The name of the file.
pub const FILE: &str = "keyring";

/// What it is called while it is being written anew.
const NEXT: &str = "keyring.next";

const MAGIC: [u8; 8] = *b"VEkeys\r\n";
const UNUSED: u8 = 0;
const HOLDS_KEY: u8 = 1;
const ERASED: u8 = 2;

/// Where a parent's key lies: the number of a slot, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// An open keyring. The keys themselves stay in the file; opening one costs one read of 128 bytes.
pub struct Keyring {
    files: Box<dyn KeyFiles>,
    slots: Box<dyn Slots>,
    epoch: Epoch,
    /// How many slots the file has.
    used: u32,
    /// Slots erased since the keyring was opened, to be used again, last first.
    free: Vec<Slot>,
    /// The keyring of the next epoch, while it is written.
    renewal: Option<Renewal>,
    /// A copy for a backup, while it is made.
    copying: Option<Copying>,
}

/// A parent's key that is to be written.
pub struct FreshKey {
    /// The slot, one of those that [`Keyring::free_slot`] named.
    pub slot: Slot,
    /// Whose it is.
    pub parent: ParentId,
    /// The key.
    pub key: Key,
}

impl Keyring {
    /// Begins a keyring for a new store. `dir` is for the error only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(files: Box<dyn KeyFiles>, root: &Derived, dir: &Path) -> Result<Self, OpenError> {
        let epoch = Epoch::first().map_err(OpenError::Random)?;
        Self::begin(files, root, dir, epoch)
    }

    /// [`Keyring::create`] for a disk in memory: there the root secret alone says how parents are called, and so in which order the store lists them:
    /// whoever lives through a story again finds everything as it was.
    pub fn create_in_memory(
        files: Box<dyn KeyFiles>,
        root: &Derived,
        dir: &Path,
    ) -> Result<Self, OpenError> {
        let mut epoch = Epoch::first().map_err(OpenError::Random)?;
        epoch.ids = root.ids_of_version_1();
        Self::begin(files, root, dir, epoch)
    }

    fn begin(
        files: Box<dyn KeyFiles>,
        root: &Derived,
        dir: &Path,
        epoch: Epoch,
    ) -> Result<Self, OpenError> {
        let cell = epoch.seal(root).map_err(OpenError::Random)?;
        let write = || {
            epoch::put(&*files, epoch.number, &cell)?;
            let slots = files.create(NEXT)?;
            slots.write_at(0, &header(&epoch))?;
            slots.sync()?;
            files.rename(NEXT, FILE)?;
            Ok(slots)
        };
        let slots = write()
            .map_err(|error| OpenError::access("write the keyring", &dir.join(FILE), error))?;
        Ok(Self::of(files, slots, epoch, 0))
    }

    /// Opens a keyring. Changes nothing. `dir` is for the error only.
    ///
    /// # Errors
    /// When it is missing, damaged or newer, or when the root secret is not the one that it was made with.
    pub fn open(files: Box<dyn KeyFiles>, root: &Derived, dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        let slots = files
            .open(FILE)
            .map_err(|error| OpenError::access("open the keyring", &path, error))?
            .ok_or_else(|| OpenError::damaged(&path, "there is no keyring"))?;
        let access = |error| OpenError::access("read the keyring", &path, error);
        let len = slots.len().map_err(access)?;
        if len < SLOT as u64 {
            return Err(OpenError::damaged(
                &path,
                format!("the keyring has {len} bytes, less than its header of {SLOT}"),
            ));
        }
        let mut header = [0; SLOT];
        slots.read_at(0, &mut header).map_err(access)?;
        if header[..8] != MAGIC {
            return Err(OpenError::damaged(
                &path,
                "the keyring does not begin as a keyring does",
            ));
        }
        let version = number(&header[8..12]);
        if version > u64::from(VERSION) {
            return Err(OpenError::NewerVersion {
                path,
                found: u32::try_from(version).unwrap_or(u32::MAX),
                known: VERSION,
            });
        }
        if header[112..] != blake3::hash(&header[..112]).as_bytes()[..16]
            || number(&header[12..16]) != SLOT as u64
        {
            return Err(OpenError::damaged(
                &path,
                "the header of the keyring does not agree with its hash",
            ));
        }
        let epoch = match version {
            1 => epoch_of_version_1(&header, root)
                .ok_or_else(|| OpenError::WrongKey(dir.to_owned()))?,
            _ => epoch_of(&header, &*files, root, dir)?,
        };
        // A power cut while the file grew may leave part of a slot, which no record names: it is never used.
        let used = (len - SLOT as u64).div_ceil(SLOT as u64);
        let used = u32::try_from(used)
            .map_err(|_| OpenError::damaged(&path, "the keyring has more than 2^32 slots"))?;
        Ok(Self::of(files, slots, epoch, used))
    }

    fn of(files: Box<dyn KeyFiles>, slots: Box<dyn Slots>, epoch: Epoch, used: u32) -> Self {
        Self {
            files,
            slots,
            epoch,
            used,
            free: Vec::new(),
            renewal: None,
            copying: None,
        }
    }

    /// The random id of the store that this keyring belongs to.
    pub fn store_id(&self) -> [u8; 16] {
        self.epoch.store_id
    }

    /// How parents are called in the store.
    pub fn ids(&self) -> ParentIds {
        self.epoch.ids.clone()
    }

    /// The number of the epoch, which grows with each renewal, and when it began, if that is known.
    pub fn epoch(&self) -> (u64, Option<Timestamp>) {
        (self.epoch.number, self.epoch.begun)
    }

    /// How many slots there are, holding a key or not.
    pub fn slots(&self) -> u32 {
        self.used
    }

    /// Whether the file is long enough for this many whole slots.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub fn has_room_for(&self, slots: u32) -> io::Result<bool> {
        Ok(self.slots.len()? >= (u64::from(slots) + 1) * SLOT as u64)
    }

    /// The slot for the new key number `nth` of a commit, from 0. The same until [`Keyring::replace`].
    pub fn free_slot(&self, nth: usize) -> Option<Slot> {
        match self.free.iter().rev().nth(nth) {
            Some(slot) => Some(*slot),
            None => u32::try_from(nth - self.free.len())
                .ok()
                .and_then(|further| self.used.checked_add(further))
                .map(Slot),
        }
    }

    /// The parent's key in this slot; `None` when it was erased, whoever may use the slot now. That somebody else uses it is believed only
    /// when the key in it is theirs: else the slot is damaged, and the parent is not gone.
    ///
    /// # Errors
    /// When the slot cannot be read, was never used, or is damaged.
    pub fn key(&self, slot: Slot, parent: ParentId) -> Result<Option<Key>, Unreadable> {
        let bytes = self.read(slot)?;
        let mut holder = ParentId([0; 16]);
        holder.0.copy_from_slice(&bytes[1..17]);
        match bytes[0] {
            ERASED if holder.0 == [0; 16] => Ok(None),
            ERASED => Err(damaged(slot, "it is marked erased and names a parent")),
            HOLDS_KEY => unwrap::<32>(
                &self.epoch.wrapping,
                &slot_place(&self.epoch, slot, holder),
                &bytes[17..89],
            )
            .map(|key| (holder == parent).then(|| Key::new(*key)))
            .ok_or_else(|| damaged(slot, "the key in it does not open")),
            UNUSED => Err(damaged(slot, "it was never used")),
            found => Err(damaged(slot, &format!("it is marked {found}"))),
        }
    }

    /// Destroys the keys of these parents and writes these new ones. What was destroyed is gone from the file when this returns.
    ///
    /// A slot that holds another parent's key by now is left alone.
    ///
    /// # Errors
    /// When the file cannot be written: what is on it is then unknown.
    pub fn replace(
        &mut self,
        erased: &[(Slot, ParentId)],
        fresh: &[FreshKey],
    ) -> Result<(), KeyringError> {
        let mut freed = Vec::new();
        for (slot, parent) in erased {
            if slot.0 < self.used && self.read(*slot)?[1..17] == parent.0 {
                let mut bytes = [0; SLOT];
                bytes[0] = ERASED;
                self.slots.write_at(position(*slot), &bytes)?;
                freed.push(*slot);
            }
        }
        for FreshKey { slot, parent, key } in fresh {
            let mut bytes = [0; SLOT];
            bytes[0] = HOLDS_KEY;
            bytes[1..17].copy_from_slice(&parent.0);
            let place = slot_place(&self.epoch, *slot, *parent);
            bytes[17..89].copy_from_slice(&wrap(&self.epoch.wrapping, &place, key.bytes())?);
            self.slots.write_at(position(*slot), &bytes)?;
        }
        if !freed.is_empty() || !fresh.is_empty() {
            self.slots.sync()?;
        }
        let written = fresh.iter().map(|fresh| fresh.slot);
        let written = freed.iter().copied().chain(written);
        if let Some(renewal) = &mut self.renewal {
            renewal.changed(written.clone());
        }
        if let Some(copying) = &mut self.copying {
            copying.changed(written);
        }

        for FreshKey { slot, .. } in fresh {
            self.free.retain(|free| free != slot);
            self.used = self.used.max(slot.0 + 1);
        }
        self.free.extend(freed);
        Ok(())
    }

    fn read(&self, slot: Slot) -> Result<Zeroizing<[u8; SLOT]>, Unreadable> {
        let mut bytes = Zeroizing::new([0; SLOT]);
        self.slots
            .read_at(position(slot), bytes.as_mut_slice())
            .map_err(|error| damaged(slot, &error.to_string()))?;
        Ok(bytes)
    }
}

/// Why the keyring could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file.
    #[error("keyring: {0}")]
    Io(#[from] io::Error),
    /// A slot.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Wrapping.
    #[error(transparent)]
    Seal(#[from] SealError),
}

fn position(slot: Slot) -> u64 {
    (u64::from(slot.0) + 1) * SLOT as u64
}

fn slot_place(epoch: &Epoch, slot: Slot, parent: ParentId) -> Vec<u8> {
    [
        epoch.number.to_be_bytes().as_slice(),
        &slot.0.to_be_bytes(),
        &parent.0,
    ]
    .concat()
}

fn damaged(slot: Slot, what: &str) -> Unreadable {
    Unreadable(format!("keyring: slot {}: {what}", slot.0))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The header of a keyring in this epoch.
fn header(epoch: &Epoch) -> [u8; SLOT] {
    let mut header = [0; SLOT];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_be_bytes());
    header[12..16].copy_from_slice(&(SLOT as u32).to_be_bytes());
    header[16..24].copy_from_slice(&epoch.number.to_be_bytes());
    header[24..40].copy_from_slice(&epoch.store_id);
    let check = epoch.check(&header[..40]);
    header[40..72].copy_from_slice(&check);
    let hash = blake3::hash(&header[..112]);
    header[112..].copy_from_slice(&hash.as_bytes()[..16]);
    header
}

/// The epoch that a header names, from the file beside the keyring.
fn epoch_of(
    header: &[u8; SLOT],
    files: &dyn KeyFiles,
    root: &Derived,
    dir: &Path,
) -> Result<Epoch, OpenError> {
    let path = dir.join(epoch::FILE);
    let damaged = |what: &str| OpenError::damaged(&path, what);
    let access = |error| OpenError::access("read", &path, error);
    let file = files
        .open(epoch::FILE)
        .map_err(access)?
        .ok_or_else(|| damaged("there is a keyring, but the key of its epoch is missing"))?;
    let wanted = number(&header[16..24]);
    let epoch = match epoch::read(&*file, wanted, root).map_err(access)? {
        Cell::Open(epoch) if epoch.number == wanted => epoch,
        Cell::Shut { number } if number == wanted => {
            return Err(OpenError::WrongKey(dir.to_owned()));
        }
        Cell::Newer(found) => {
            return Err(OpenError::NewerVersion {
                path,
                found,
                known: epoch::VERSION,
            });
        }
        Cell::Open(_) | Cell::Shut { .. } | Cell::Blank => {
            return Err(damaged(
                "the keyring beside it is of an epoch whose key it does not hold, as when one of the two is an older copy",
            ));
        }
    };
    if epoch.store_id != header[24..40] || epoch.check(&header[..40]) != header[40..72] {
        return Err(damaged("the keyring belongs to another store"));
    }
    Ok(epoch)
}

/// What took the place of an epoch in version 1; `None` when the root secret is another one.
fn epoch_of_version_1(header: &[u8; SLOT], root: &Derived) -> Option<Epoch> {
    let check = root.check_of_version_1();
    let store_id = unwrap::<16>(&check, &header[..56], &header[56..112])?;
    let salt = header[24..].first_chunk::<32>()?;
    Some(Epoch {
        number: number(&header[16..24]),
        begun: None,
        store_id: *store_id,
        ids: root.ids_of_version_1(),
        wrapping: root.wrapping_of_version_1(salt),
    })
}
