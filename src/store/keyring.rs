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
//!  16  epoch, u64                                 89  zeros
//!  24  salt of the epoch
//!  56  the store's id, sealed: nonce 24, id 16, tag 16
//! 112  hash of what is above, 16 bytes
//! ```
//!
//! The keys are wrapped under a key that comes from the root secret and the epoch's salt; writing the keyring anew under another salt makes
//! older copies of it worthless, even to who has the root secret. A slot is 128 bytes and begins at a multiple of 128, so it lies in one sector and is overwritten whole or not at all.
//!
//! Slots that were erased are used again while the process lives. After a restart nobody looks for them: a slot costs 128 bytes, looking costs reading the whole file.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use zeroize::Zeroizing;

use super::{
    error::OpenError,
    layout::ParentId,
    seal::{self, Key, SealError},
    secret::Derived,
};
use crate::conversation::Unreadable;

/// Bytes of a slot, and of the header.
pub const SLOT: usize = 128;

/// The version of the keyring's format.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"VEkeys\r\n";
const UNUSED: u8 = 0;
const HOLDS_KEY: u8 = 1;
const ERASED: u8 = 2;

/// Where a parent's key lies: the number of a slot, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// Bytes that can be overwritten in place: a file, or memory.
pub trait Slots: Send + Sync {
    /// How many there are.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn len(&self) -> io::Result<u64>;

    /// Fills `bytes` from this position.
    ///
    /// # Errors
    /// When there are not that many, or they cannot be read.
    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Writes at this position, which may be past the end. Not durable before [`Slots::sync`].
    ///
    /// # Errors
    /// When it cannot be written.
    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written survive a power cut.
    ///
    /// # Errors
    /// When that is in doubt.
    fn sync(&self) -> io::Result<()>;
}

impl Slots for Mutex<File> {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(self).metadata()?.len())
    }

    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = lock(self);
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(bytes)
    }

    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = lock(self);
        file.seek(SeekFrom::Start(position))?;
        file.write_all(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        lock(self).sync_data()
    }
}

fn lock(file: &Mutex<File>) -> std::sync::MutexGuard<'_, File> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open keyring. The keys themselves stay in the file; opening one costs one read of 128 bytes.
pub struct Keyring {
    slots: Box<dyn Slots>,
    store_id: [u8; 16],
    epoch: u64,
    wrapping: Key,
    /// How many slots the file has.
    used: u32,
    /// Slots erased since the keyring was opened, to be used again, last first.
    free: Vec<Slot>,
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
    /// Begins a keyring for a new store, in the place of no bytes at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(
        slots: Box<dyn Slots>,
        derived: &Derived,
        path: &Path,
    ) -> Result<Self, OpenError> {
        let mut store_id = [0; 16];
        let mut salt = [0; 32];
        seal::fill_random(&mut store_id).map_err(OpenError::Random)?;
        seal::fill_random(&mut salt).map_err(OpenError::Random)?;

        let mut header = [0; SLOT];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_be_bytes());
        header[12..16].copy_from_slice(&(SLOT as u32).to_be_bytes());
        header[16..24].copy_from_slice(&0_u64.to_be_bytes());
        header[24..56].copy_from_slice(&salt);
        let check = wrap(&derived.check, &header[..56], &store_id).map_err(OpenError::Random)?;
        header[56..112].copy_from_slice(&check);
        let hash = blake3::hash(&header[..112]);
        header[112..].copy_from_slice(&hash.as_bytes()[..16]);
        slots
            .write_at(0, &header)
            .and_then(|()| slots.sync())
            .map_err(|error| OpenError::access("write the keyring", path, error))?;
        Ok(Self {
            slots,
            store_id,
            epoch: 0,
            wrapping: derived.wrapping(&salt),
            used: 0,
            free: Vec::new(),
        })
    }

    /// Opens a keyring. `path` is for the error only.
    ///
    /// # Errors
    /// When it is damaged or newer, or when the root secret is not the one that it was made with.
    pub fn open(slots: Box<dyn Slots>, derived: &Derived, path: &Path) -> Result<Self, OpenError> {
        let access = |error| OpenError::access("read the keyring", path, error);
        let len = slots.len().map_err(access)?;
        if len < SLOT as u64 {
            return Err(OpenError::damaged(
                path,
                format!("the keyring has {len} bytes, less than its header of {SLOT}"),
            ));
        }
        let mut header = [0; SLOT];
        slots.read_at(0, &mut header).map_err(access)?;
        if header[..8] != MAGIC {
            return Err(OpenError::damaged(
                path,
                "the keyring does not begin as a keyring does",
            ));
        }
        let version = number(&header[8..12]);
        if version > u64::from(VERSION) {
            return Err(OpenError::NewerVersion {
                path: path.to_owned(),
                found: u32::try_from(version).unwrap_or(u32::MAX),
                known: VERSION,
            });
        }
        if header[112..] != blake3::hash(&header[..112]).as_bytes()[..16]
            || number(&header[12..16]) != SLOT as u64
        {
            return Err(OpenError::damaged(
                path,
                "the header of the keyring does not agree with its hash",
            ));
        }
        let store_id = unwrap::<16>(&derived.check, &header[..56], &header[56..112])
            .ok_or_else(|| OpenError::WrongKey(path.parent().unwrap_or(path).to_owned()))?;
        let mut salt = [0; 32];
        salt.copy_from_slice(&header[24..56]);
        // A power cut while the file grew may leave part of a slot, which no record names: it is never used.
        let used = (len - SLOT as u64).div_ceil(SLOT as u64);
        Ok(Self {
            slots,
            store_id: *store_id,
            epoch: number(&header[16..24]),
            wrapping: derived.wrapping(&salt),
            used: u32::try_from(used)
                .map_err(|_| OpenError::damaged(path, "the keyring has more than 2^32 slots"))?,
            free: Vec::new(),
        })
    }

    /// The random id of the store that this keyring belongs to.
    pub fn store_id(&self) -> [u8; 16] {
        self.store_id
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

    /// The parent's key in this slot; `None` when it was erased, whoever may use the slot now.
    ///
    /// # Errors
    /// When the slot cannot be read, was never used, or is damaged.
    pub fn key(&self, slot: Slot, parent: ParentId) -> Result<Option<Key>, Unreadable> {
        let bytes = self.read(slot)?;
        match bytes[0] {
            ERASED => Ok(None),
            HOLDS_KEY if bytes[1..17] != parent.0 => Ok(None),
            HOLDS_KEY => unwrap::<32>(
                &self.wrapping,
                &slot_place(self.epoch, slot, parent),
                &bytes[17..89],
            )
            .map(|key| Some(Key::new(*key)))
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
            let place = slot_place(self.epoch, *slot, *parent);
            bytes[17..89].copy_from_slice(&wrap(&self.wrapping, &place, key.bytes())?);
            self.slots.write_at(position(*slot), &bytes)?;
        }
        if !freed.is_empty() || !fresh.is_empty() {
            self.slots.sync()?;
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

fn slot_place(epoch: u64, slot: Slot, parent: ParentId) -> Vec<u8> {
    [
        epoch.to_be_bytes().as_slice(),
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

/// A few secret bytes sealed without padding: nonce, bytes, tag.
fn wrap(key: &Key, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; seal::NONCE];
    seal::fill_random(&mut nonce)?;
    let mut wrapped = [nonce.as_slice(), secret].concat();
    let tag = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt_inout_detached(
            &XNonce::from(nonce),
            place,
            (&mut wrapped[seal::NONCE..]).into(),
        )
        .map_err(|_| SealError::TooLong)?;
    wrapped.extend_from_slice(&tag);
    Ok(wrapped)
}

fn unwrap<const N: usize>(key: &Key, place: &[u8], wrapped: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    let (nonce, rest) = wrapped.split_first_chunk::<{ seal::NONCE }>()?;
    let (secret, tag) = rest.split_last_chunk::<{ seal::TAG }>()?;
    let mut plain = Zeroizing::new(<[u8; N]>::try_from(secret).ok()?);
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            place,
            plain.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(plain)
}
