//! The log of erasures: what was erased stays erased when a backup from before is restored.
//!
//! It names nobody. For every key of a parent that was destroyed, and for every entry or part of one that was erased by itself, it holds a hash that only who has that parent's key can make. With
//! the key gone, nobody can tell whose it was; but a backup from before still has the key, so [`restore`](super::restore) finds out what in it was erased since.
//!
//! ```text
//! header, 64 bytes                                     erasure, 32 bytes
//!   0  "VEerased"                                        0  the day, counted from 1970, u32; 2^32 - 1 when nobody knows it
//!   8  version of the format, u32                        4  the hash, 20 bytes
//!  12  zeros, 4 bytes                                   24  hash of the store's id and of what is above, 8 bytes
//!  16  the store's id, 16 bytes
//!  32  in a copy: when it was made, seconds since 1970, i64
//!  40  zeros, 8 bytes
//!  48  hash of what is above, 16 bytes
//! ```
//!
//! Numbers are big-endian, hashes are the first bytes of BLAKE3. The hash of an erasure is BLAKE3 keyed with `derive_key("voel-eerst 2026-11 store: what was erased", the parent's key)`,
//! of `parent`, of `entry` and the number of the entry (u32), or of `part`, the number of the entry (u32) and that of the part's message (i32). A version that does not know one
//! of them finds nothing that it matches.
//!
//! An erasure is in the log, durably, before the key or the row goes; so there may be one that was never done, whose parent asks for it again. Erasures that are older than any backup go.
//! Their days never go back, whatever the clock does: noted weeks too early, an erasure would go before the backups that still have what was erased. Noted too late, under a clock
//! that was ahead, it stays for longer than it has to, and so do those after it.

use std::{collections::HashSet, io, path::Path};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    keyring::{KeyFiles, Slots},
    seal::Key,
};
use crate::{conversation::EntryId, parent::MessageId};

/// The name of the file in a store's folder.
pub const FILE: &str = "erasures";

/// What it is called while it is written anew.
const NEXT: &str = "erasures.next";

const MAGIC: [u8; 8] = *b"VEerased";
const VERSION: u32 = 1;
const HEADER: usize = 64;
const RECORD: usize = 32;

/// A day that nobody knows: it never ends.
const UNKNOWN_DAY: u32 = u32::MAX;

/// What stands in the log for something that was erased.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Erasure([u8; 20]);

impl Erasure {
    /// Of all that is sealed with this key.
    pub fn of_parent(key: &Key) -> Self {
        Self::of(key, b"parent")
    }

    /// Of one entry that is sealed with this key.
    pub fn of_entry(key: &Key, entry: EntryId) -> Self {
        Self::of(key, &[b"entry", entry.0.to_be_bytes().as_slice()].concat())
    }

    /// Of the part of an entry that came in this message, sealed with this key.
    pub fn of_part(key: &Key, entry: EntryId, message: MessageId) -> Self {
        let (entry, message) = (entry.0.to_be_bytes(), message.0.to_be_bytes());
        Self::of(key, &[b"part", entry.as_slice(), &message].concat())
    }

    fn of(key: &Key, what: &[u8]) -> Self {
        let key = Zeroizing::new(blake3::derive_key(
            "voel-eerst 2026-11 store: what was erased",
            key.bytes(),
        ));
        let mut hash = [0; 20];
        hash.copy_from_slice(&blake3::keyed_hash(&key, what).as_bytes()[..20]);
        Self(hash)
    }
}

/// The day of a moment, as the log counts them.
pub fn day(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().div_euclid(24 * 60 * 60)).unwrap_or(0)
}

/// The log of an open store. There is no file before the first erasure.
pub struct Erasures {
    files: Box<dyn KeyFiles>,
    file: Option<Box<dyn Slots>>,
    store_id: [u8; 16],
    /// How many there are.
    count: u64,
    /// The day of the latest one, if that is known.
    latest: Option<u32>,
}

impl Erasures {
    /// Opens the log of this store. Changes nothing; what a power cut left half-written at its end is written over by the next erasure.
    ///
    /// # Errors
    /// When it cannot be read, or is of another store.
    pub fn open(files: Box<dyn KeyFiles>, store_id: [u8; 16]) -> io::Result<Self> {
        let mut log = Self {
            file: files.open(FILE)?,
            files,
            store_id,
            count: 0,
            latest: None,
        };
        let Some(file) = &log.file else {
            return Ok(log);
        };
        let len = file.len()?;
        let mut header = [0; HEADER];
        if len >= HEADER as u64 {
            file.read_at(0, &mut header)?;
        }
        if header[..8] != MAGIC {
            // A power cut came before there was anything in it.
            log.file = None;
            return Ok(log);
        }
        if header != self::header(&store_id, None) {
            return Err(io::Error::other(
                "it is damaged, or of another store; move it away to start without it, and a restore has only the copies beside the backups to know what was erased since",
            ));
        }
        let mut count = (len - HEADER as u64) / RECORD as u64;
        while count > 0 {
            let mut erasure = [0; RECORD];
            file.read_at(position(count - 1), &mut erasure)?;
            if is_whole(&erasure, &store_id) {
                log.latest = Some(day_of(&erasure)).filter(|day| *day != UNKNOWN_DAY);
                break;
            }
            count -= 1;
        }
        log.count = count;
        Ok(log)
    }

    /// Notes erasures on this day, or on that of the latest one before if that is later. They are on disk when this returns.
    ///
    /// # Errors
    /// When that is in doubt.
    pub fn note(&mut self, day: Option<u32>, erasures: &[Erasure]) -> io::Result<()> {
        if erasures.is_empty() {
            return Ok(());
        }
        let latest = day.max(self.latest);
        let day = latest.unwrap_or(UNKNOWN_DAY);
        let bytes: Vec<u8> = erasures
            .iter()
            .flat_map(|erasure| record(day, *erasure, &self.store_id))
            .collect();
        let file = match &self.file {
            Some(file) => file,
            None => {
                let file = self.files.create(FILE)?;
                file.write_at(0, &header(&self.store_id, None))?;
                self.file.insert(file)
            }
        };
        file.write_at(position(self.count), &bytes)?;
        file.sync()?;
        self.count += erasures.len() as u64;
        self.latest = latest;
        Ok(())
    }

    /// Lets go of all erasures before this day.
    ///
    /// # Errors
    /// When the log cannot be written anew; it is as it was then.
    pub fn forget_before(&mut self, day: u32) -> io::Result<()> {
        let erasures = self.read()?;
        let stays = |erasure: &&[u8]| day_of(erasure) >= day;
        let stay: Vec<u8> = erasures
            .chunks_exact(RECORD)
            .filter(stays)
            .flatten()
            .copied()
            .collect();
        if stay.len() == erasures.len() {
            return Ok(());
        }
        let file = self.files.create(NEXT)?;
        file.write_at(0, &header(&self.store_id, None))?;
        file.write_at(HEADER as u64, &stay)?;
        file.sync()?;
        self.files.rename(NEXT, FILE)?;
        self.file = Some(file);
        self.count = (stay.len() / RECORD) as u64;
        Ok(())
    }

    /// A copy, made at this moment, for a folder of backups.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn copy(&self, now: Timestamp) -> io::Result<Vec<u8>> {
        let mut copy = header(&self.store_id, Some(now)).to_vec();
        copy.extend_from_slice(&self.read()?);
        Ok(copy)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let Some(file) = &self.file else {
            return Ok(Vec::new());
        };
        let len = self.count * RECORD as u64;
        let mut erasures = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        file.read_at(HEADER as u64, &mut erasures)?;
        Ok(erasures)
    }
}

/// What logs of erasures say, read to be applied to a backup.
#[derive(Clone, Default)]
pub struct Erased {
    erasures: HashSet<Erasure>,
    /// All of them, as they are in a log.
    records: Vec<u8>,
    /// When the copy was made that was read; `None` for a log that is no copy.
    pub as_of: Option<Timestamp>,
}

impl Erased {
    /// Reads a log, or a copy of one, of this store.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path, store_id: &[u8; 16]) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let Some((header, erasures)) = bytes.split_first_chunk::<HEADER>() else {
            return Err("it is no log of erasures".to_owned());
        };
        let seconds = header[32..].first_chunk::<8>().copied().unwrap_or_default();
        let as_of = Timestamp::from_second(i64::from_be_bytes(seconds))
            .ok()
            .filter(|at| at.as_second() != 0);
        let version = header[8..].first_chunk::<4>().copied().unwrap_or_default();
        if header[..8] != MAGIC {
            return Err("it is no log of erasures".to_owned());
        }
        if u32::from_be_bytes(version) > VERSION {
            return Err("it was written by a newer version of voel-eerst".to_owned());
        }
        if header[48..] != hash(&header[..48])[..16] {
            return Err("its header is damaged".to_owned());
        }
        if header[16..32] != *store_id {
            return Err("it is the log of another store".to_owned());
        }
        let mut read = Self {
            as_of,
            ..Self::default()
        };
        let (mut chunks, mut number) = (erasures.chunks(RECORD).peekable(), 0);
        while let Some(chunk) = chunks.next() {
            number += 1;
            if !is_whole(chunk, store_id) {
                // A power cut may have come while the latest ones were written.
                if as_of.is_none() && chunks.all(|rest| !is_whole(rest, store_id)) {
                    break;
                }
                return Err(format!("erasure {number} in it is damaged"));
            }
            let mut hash = [0; 20];
            hash.copy_from_slice(&chunk[4..24]);
            read.erasures.insert(Erasure(hash));
            read.records.extend_from_slice(chunk);
        }
        Ok(read)
    }

    /// What this and another log say together.
    pub fn and(mut self, other: &Self) -> Self {
        for record in other.records.chunks_exact(RECORD) {
            let mut hash = [0; 20];
            hash.copy_from_slice(&record[4..24]);
            if self.erasures.insert(Erasure(hash)) {
                self.records.extend_from_slice(record);
            }
        }
        // A log that is no copy says all there is.
        self.as_of = self
            .as_of
            .zip(other.as_of)
            .map(|(one, other)| one.max(other));
        self
    }

    /// Whether nothing was erased.
    pub fn is_empty(&self) -> bool {
        self.erasures.is_empty()
    }

    /// Whether this was erased.
    pub fn contains(&self, erasure: Erasure) -> bool {
        self.erasures.contains(&erasure)
    }

    /// Makes them the log of a store that has none yet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, files: &dyn KeyFiles, store_id: &[u8; 16]) -> io::Result<()> {
        if self.records.is_empty() {
            return Ok(());
        }
        let file = files.create(FILE)?;
        file.write_at(0, &header(store_id, None))?;
        file.write_at(HEADER as u64, &self.records)?;
        file.sync()
    }
}

fn header(store_id: &[u8; 16], copied: Option<Timestamp>) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_be_bytes());
    header[16..32].copy_from_slice(store_id);
    let copied = copied.map_or(0, Timestamp::as_second);
    header[32..40].copy_from_slice(&copied.to_be_bytes());
    let hash = hash(&header[..48]);
    header[48..].copy_from_slice(&hash[..16]);
    header
}

fn record(day: u32, erasure: Erasure, store_id: &[u8; 16]) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..4].copy_from_slice(&day.to_be_bytes());
    record[4..24].copy_from_slice(&erasure.0);
    let check = check(&record[..24], store_id);
    record[24..].copy_from_slice(&check);
    record
}

fn is_whole(erasure: &[u8], store_id: &[u8; 16]) -> bool {
    erasure.len() == RECORD && erasure[24..] == check(&erasure[..24], store_id)
}

fn check(erasure: &[u8], store_id: &[u8; 16]) -> [u8; 8] {
    let mut check = [0; 8];
    check.copy_from_slice(&hash(&[store_id.as_slice(), erasure].concat())[..8]);
    check
}

fn day_of(erasure: &[u8]) -> u32 {
    let day = erasure.first_chunk::<4>().copied().unwrap_or_default();
    u32::from_be_bytes(day)
}

fn position(number: u64) -> u64 {
    HEADER as u64 + number * RECORD as u64
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}
