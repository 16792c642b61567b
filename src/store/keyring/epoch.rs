//! The epoch: for how long the parents' keys are wrapped under one key, and the file that this key lies in.
//!
//! The file `epoch` has two cells, one for epochs of an even number and one for odd ones, at bytes 0 and 4096, so that no write touches both.
//!
//! ```text
//! cell, 192 bytes
//!   0  "VEepoch\n"
//!   8  version of the format, u32
//!  12  number of the epoch, u64
//!  20  when it began, seconds since 1970, i64
//!  28  sealed under the root secret: nonce 24; the store's id 16, the key of the parents' ids 32, the epoch's key 32; tag 16
//! 148  zeros
//! 176  hash of what is above, 16 bytes
//! ```
//!
//! The header of the keyring says which cell counts. The other one is blank, unless a renewal is under way or was cut off.

use std::io;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    files::{KeyFiles, Slots},
    wrap::{unwrap, wrap, wrapped_len},
};
use crate::store::{
    seal::{self, Key, SealError},
    secret::{Derived, ParentIds},
};

/// The name of the file.
pub const FILE: &str = "epoch";

/// The version of the file's format.
pub const VERSION: u32 = 1;

/// Bytes of a cell.
pub const CELL: usize = 192;

/// How far the cells lie apart: no sector and no page of a disk holds parts of both.
const APART: u64 = 4096;

const MAGIC: [u8; 8] = *b"VEepoch\n";
const SECRET: usize = 16 + 32 + 32;
const SEALED: usize = wrapped_len(SECRET);

/// One epoch, opened.
#[derive(Clone)]
pub struct Epoch {
    /// Its number. Grows with each renewal.
    pub number: u64,
    /// When it began; `None` when nobody knows, as for a new store, for one out of a backup, and for a keyring of version 1.
    pub begun: Option<Timestamp>,
    /// The random id of the store.
    pub store_id: [u8; 16],
    /// How parents are called in the store. The same in all epochs.
    pub ids: ParentIds,
    /// The key that the parents' keys are wrapped under.
    pub wrapping: Key,
}

impl Epoch {
    /// The first one of a new store.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn first() -> Result<Self, SealError> {
        let mut store_id = [0; 16];
        seal::fill_random(&mut store_id)?;
        Ok(Self {
            number: 1,
            begun: None,
            store_id,
            ids: ParentIds::new(Key::random()?),
            wrapping: Key::random()?,
        })
    }

    /// The one after this, with a key of its own.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn next(&self, now: Timestamp) -> Result<Self, SealError> {
        Ok(Self {
            number: self.number + 1,
            begun: Some(now),
            store_id: self.store_id,
            ids: self.ids.clone(),
            wrapping: Key::random()?,
        })
    }

    /// A hash of a keyring's header that only who has this epoch's key can make.
    pub fn check(&self, header: &[u8]) -> [u8; 32] {
        let key = Zeroizing::new(blake3::derive_key(
            "voel-eerst 2026-11 store: header of the keyring",
            self.wrapping.bytes(),
        ));
        *blake3::keyed_hash(&key, header).as_bytes()
    }

    /// The cell that keeps it.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn seal(&self, root: &Derived) -> Result<[u8; CELL], SealError> {
        let mut cell = [0; CELL];
        cell[..8].copy_from_slice(&MAGIC);
        cell[8..12].copy_from_slice(&VERSION.to_be_bytes());
        cell[12..20].copy_from_slice(&self.number.to_be_bytes());
        let begun = self.begun.map_or(UNKNOWN, Timestamp::as_second);
        cell[20..28].copy_from_slice(&begun.to_be_bytes());
        let mut secret = Zeroizing::new([0; SECRET]);
        secret[..16].copy_from_slice(&self.store_id);
        secret[16..48].copy_from_slice(self.ids.key().bytes());
        secret[48..].copy_from_slice(self.wrapping.bytes());
        let sealed = wrap(&root.epochs, &cell[..28], secret.as_slice())?;
        cell[28..28 + SEALED].copy_from_slice(&sealed);
        let hash = hash(&cell);
        cell[CELL - 16..].copy_from_slice(&hash);
        Ok(cell)
    }
}

/// When an epoch began whose beginning nobody noted.
const UNKNOWN: i64 = i64::MIN;

/// Where the cell of the epoch with this number begins.
pub fn position(number: u64) -> u64 {
    number % 2 * APART
}

/// What a cell holds for somebody who has a root secret.
pub enum Cell {
    /// Nothing, or nothing whole.
    Blank,
    /// A later version of the program wrote it.
    Newer(u32),
    /// An epoch, sealed under another root secret.
    Shut {
        /// The number of the epoch.
        number: u64,
    },
    /// An epoch.
    Open(Epoch),
}

/// Reads the cell in which the epoch of this number lies, or one of the same parity.
///
/// # Errors
/// When the file cannot be read.
pub fn read(file: &dyn Slots, number: u64, root: &Derived) -> io::Result<Cell> {
    let mut cell = [0; CELL];
    if file.len()? < position(number) + CELL as u64 {
        return Ok(Cell::Blank);
    }
    file.read_at(position(number), &mut cell)?;
    Ok(open(&cell, root))
}

/// Opens a cell.
pub fn open(cell: &[u8; CELL], root: &Derived) -> Cell {
    let word = |at: usize| cell[at..].first_chunk::<8>().copied().unwrap_or_default();
    if cell[..8] != MAGIC || cell[CELL - 16..] != hash(cell) {
        return Cell::Blank;
    }
    let version = u32::from_be_bytes([cell[8], cell[9], cell[10], cell[11]]);
    if version > VERSION {
        return Cell::Newer(version);
    }
    let number = u64::from_be_bytes(word(12));
    let Some(secret) = unwrap::<SECRET>(&root.epochs, &cell[..28], &cell[28..28 + SEALED]) else {
        return Cell::Shut { number };
    };
    let mut store_id = [0; 16];
    let mut key = [Zeroizing::new([0; 32]), Zeroizing::new([0; 32])];
    store_id.copy_from_slice(&secret[..16]);
    key[0].copy_from_slice(&secret[16..48]);
    key[1].copy_from_slice(&secret[48..]);
    Cell::Open(Epoch {
        number,
        begun: Timestamp::from_second(i64::from_be_bytes(word(20))).ok(),
        store_id,
        ids: ParentIds::new(Key::new(*key[0])),
        wrapping: Key::new(*key[1]),
    })
}

/// Writes the cell of the epoch with this number, and the file if there is none yet. It is on disk when this returns.
///
/// # Errors
/// When that is in doubt.
pub fn put(files: &dyn KeyFiles, number: u64, cell: &[u8; CELL]) -> io::Result<()> {
    let file = match files.open(FILE)? {
        Some(file) => file,
        None => files.create(FILE)?,
    };
    file.write_at(position(number), cell)?;
    file.sync()
}

/// Destroys whatever the cell beside that of the epoch with this number holds. Does nothing when that is blank.
///
/// # Errors
/// When that is in doubt.
pub fn wipe_other(files: &dyn KeyFiles, number: u64) -> io::Result<()> {
    let Some(file) = files.open(FILE)? else {
        return Ok(());
    };
    let position = position(number + 1);
    let mut cell = [0; CELL];
    let there = usize::try_from(file.len()?.saturating_sub(position))
        .unwrap_or(CELL)
        .min(CELL);
    file.read_at(position, &mut cell[..there])?;
    if cell == [0; CELL] {
        return Ok(());
    }
    file.write_at(position, &[0; CELL])?;
    file.sync()
}

fn hash(cell: &[u8; CELL]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(&cell[..CELL - 16]).as_bytes()[..16]);
    hash
}
