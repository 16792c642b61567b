//! Sealed values in rows, cut into pieces where they are long.
//!
//! ```text
//! first row    version 1 · pieces 2 · head (in clear, its length fixed by the kind) · sealed bytes
//! further rows version 1 · sealed bytes
//! ```
//!
//! A value is sealed whole and then cut, under one nonce and one tag: a piece that is missing, left over from an older value, or moved breaks the seal. The place that it is
//! sealed for is the row's key, the version, the number of pieces and the head, so what stands there in clear cannot be changed either.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::{
    codec,
    draft::Draft,
    error::DraftError,
    layout,
    parents::PARENT_HEAD,
    seal::{self, Key, SealError},
};
use crate::{conversation::Unreadable, parent::Wiped};

/// The most bytes of one row's value. sled moves pages with larger values into files that it never syncs.
pub const ROW_MAX: usize = 7 * 1024;

/// A kind of sealed value.
pub(super) struct Kind {
    /// What errors call it.
    pub name: &'static str,
    /// Bytes in clear before the sealed ones.
    pub head: usize,
}

pub(super) const PARENT: Kind = Kind {
    name: "parent record",
    head: PARENT_HEAD,
};
pub(super) const ENTRY: Kind = Kind {
    name: "journal entry",
    head: 0,
};
pub(super) const SOUND: Kind = Kind {
    name: "voice note",
    head: 0,
};
pub(super) const REFERENCE: Kind = Kind {
    name: "message reference",
    head: 0,
};
pub(super) const OUTGOING: Kind = Kind {
    name: "outgoing message",
    head: 16,
};

/// The first row of a sealed value, taken apart.
pub(super) struct Sealed<'a> {
    /// How many rows the value takes.
    pub pieces: u16,
    pub head: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Sealed<'a> {
    pub fn parse(kind: &Kind, row: &'a [u8]) -> Result<Self, Unreadable> {
        let short = || Unreadable(format!("{}: the row is too short", kind.name));
        let (pieces, rest) = codec::versioned(kind.name, row)?
            .split_first_chunk::<2>()
            .ok_or_else(short)?;
        let (head, sealed) = rest.split_at_checked(kind.head).ok_or_else(short)?;
        Ok(Self {
            pieces: u16::from_be_bytes(*pieces),
            head,
            sealed,
        })
    }
}

#[cfg(test)]
impl Sealed<'_> {
    /// Whether this key opens a value that lies in one row.
    pub fn opens_alone(&self, seal_key: &seal::Key, key: &[u8]) -> bool {
        seal::open(seal_key, &place(key, self.pieces, self.head), self.sealed).is_ok()
    }
}

impl Draft {
    /// Seals a value and puts it in its rows, in place of what was there, which took `before` rows. Says how many it takes.
    pub(super) fn put_sealed(
        &mut self,
        kind: &Kind,
        key: &[u8],
        head: &[u8],
        seal_key: &Key,
        plain: &[u8],
        before: u16,
    ) -> Result<u16, DraftError> {
        let first_room = ROW_MAX - 3 - kind.head;
        let further_rows = seal::sealed_len(plain.len())
            .saturating_sub(first_room)
            .div_ceil(ROW_MAX - 1);
        let pieces = u16::try_from(1 + further_rows).map_err(|_| SealError::TooLong)?;
        if !std::mem::replace(&mut self.seals, true) {
            seal::new_seed();
        }
        let sealed = seal::seal(seal_key, &place(key, pieces, head), plain)?;

        let (first, rest) = sealed.split_at(first_room.min(sealed.len()));
        let start = [codec::VERSION];
        self.batch.put(
            key.to_vec(),
            [&start, pieces.to_be_bytes().as_slice(), head, first].concat(),
        );
        for (number, bytes) in (1..).zip(rest.chunks(ROW_MAX - 1)) {
            self.batch
                .put(layout::piece(key, number), [&start, bytes].concat());
        }
        for number in pieces..before {
            self.batch.remove(layout::piece(key, number));
        }
        Ok(pieces)
    }

    /// [`Draft::put_sealed`] in place of what is there, which is looked up.
    pub(super) fn replace_sealed(
        &mut self,
        kind: &Kind,
        key: &[u8],
        head: &[u8],
        seal_key: &Key,
        plain: &[u8],
    ) -> Result<(), DraftError> {
        let before = self.get(key)?.map_or(0, |row| pieces_of(&row));
        self.put_sealed(kind, key, head, seal_key, plain, before)?;
        Ok(())
    }

    /// Opens a value from its first row and the pieces that follow.
    pub(super) fn unseal<T: DeserializeOwned>(
        &self,
        kind: &Kind,
        key: &[u8],
        first: &Sealed<'_>,
        seal_key: &Key,
    ) -> Result<T, Unreadable> {
        let plain = self.unseal_bytes(kind, key, first, seal_key)?;
        codec::decode(kind.name, &plain)
    }

    /// Opens a value that is no CBOR but bytes as they are.
    pub(super) fn unseal_bytes(
        &self,
        kind: &Kind,
        key: &[u8],
        first: &Sealed<'_>,
        seal_key: &Key,
    ) -> Result<Wiped, Unreadable> {
        let mut sealed = Cow::Borrowed(first.sealed);
        for number in 1..first.pieces {
            let piece = self.get(&layout::piece(key, number))?.ok_or_else(|| {
                Unreadable(format!(
                    "{}: piece {number} of {} is missing",
                    kind.name, first.pieces
                ))
            })?;
            sealed
                .to_mut()
                .extend_from_slice(codec::versioned(kind.name, &piece)?);
        }
        seal::open(seal_key, &place(key, first.pieces, first.head), &sealed)
            .map_err(|broken| Unreadable(format!("{}: {broken}", kind.name)))
    }

    /// Removes a sealed value whose first row is `row`.
    pub(super) fn remove_sealed(&mut self, key: &[u8], row: &[u8]) {
        for number in 1..pieces_of(row) {
            self.batch.remove(layout::piece(key, number));
        }
        self.batch.remove(key.to_vec());
    }
}

/// How many rows a value takes, as its first row says, whatever the version.
fn pieces_of(row: &[u8]) -> u16 {
    match row {
        [_, high, low, ..] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}

fn place(key: &[u8], pieces: u16, head: &[u8]) -> Vec<u8> {
    [
        key,
        [codec::VERSION].as_slice(),
        &pieces.to_be_bytes(),
        head,
    ]
    .concat()
}
