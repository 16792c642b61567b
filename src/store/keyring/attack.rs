//! What somebody finds in the bytes of a keyring and its epochs who has the root secret. For tests.

use super::{
    HOLDS_KEY, ParentId, SLOT, Slot,
    epoch::{self, CELL, Cell, Epoch},
    epoch_of_version_1, slot_place,
    wrap::unwrap,
};
use crate::store::{
    RootSecret,
    record::{ENTRY, OUTGOING, PARENT, REFERENCE, Sealed},
    seal::Key,
};

/// Every epoch whose key lies anywhere in these files, at whatever place.
pub fn epoch_keys(files: &[Vec<u8>], secret: &RootSecret) -> Vec<Epoch> {
    let root = secret.derive();
    let mut found = Vec::new();
    for file in files {
        for part in file.windows(CELL) {
            if part.starts_with(b"VEepoch\n")
                && let Some(cell) = part.first_chunk::<CELL>()
                && let Cell::Open(epoch) = epoch::open(cell, &root)
            {
                found.push(epoch);
            }
        }
        for part in file.windows(SLOT) {
            if part.starts_with(b"VEkeys\r\n")
                && let Some(header) = part.first_chunk::<SLOT>()
                && let Some(epoch) = epoch_of_version_1(header, &root)
            {
                found.push(epoch);
            }
        }
    }
    found
}

/// Every key of a parent that one of these epochs unwraps, in whatever file and whatever slot of it.
pub fn keys_of(files: &[Vec<u8>], epochs: &[Epoch], parent: ParentId) -> Vec<Key> {
    let mut found = Vec::new();
    for file in files {
        for (number, slot) in (0..).zip(file.chunks_exact(SLOT)) {
            if slot[0] != HOLDS_KEY || slot[1..17] != parent.0 {
                continue;
            }
            for epoch in epochs {
                // The header takes the place of one slot.
                let place = slot_place(epoch, Slot(number - 1), parent);
                let key = unwrap::<32>(&epoch.wrapping, &place, &slot[17..89]);
                found.extend(key.map(|key| Key::new(*key)));
            }
        }
    }
    found
}

/// Whether this key opens this row, whatever kind it is of.
pub fn opens(key: &Key, row_key: &[u8], row: &[u8]) -> bool {
    [PARENT, ENTRY, REFERENCE, OUTGOING]
        .iter()
        .any(|kind| Sealed::parse(kind, row).is_ok_and(|sealed| sealed.opens_alone(key, row_key)))
}
