//! How values are written: a byte for the version of the format, and then CBOR for everything that is not just a number.

use std::convert::Infallible;

use serde::{Serialize, de::DeserializeOwned};

use super::error::DraftError;
use crate::{conversation::Unreadable, parent::Wiped};

/// The version of the format of all rows. A change that older programs cannot read gets a new number.
pub const VERSION: u8 = 1;

/// Room for most values, and little enough that the allocator has it at hand.
const ROOM: usize = 1000;

/// What is being written.
struct Written(Wiped);

impl minicbor::encode::Write for Written {
    type Error = Infallible;

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0.append(bytes);
        Ok(())
    }
}

/// Writes a value as CBOR. `kind` is what an error calls it.
pub(super) fn encode<T: Serialize>(kind: &'static str, value: &T) -> Result<Wiped, DraftError> {
    let mut written = Written(Wiped::with_capacity(ROOM));
    value
        .serialize(&mut minicbor_serde::Serializer::new(&mut written))
        .map_err(|_| DraftError::Encode(kind))?;
    Ok(written.0)
}

/// Reads what [`encode`] wrote. The error does not repeat what the decoder says, because that may quote the value.
pub(super) fn decode<T: DeserializeOwned>(kind: &str, bytes: &[u8]) -> Result<T, Unreadable> {
    minicbor_serde::from_slice(bytes)
        .map_err(|_| Unreadable(format!("{kind}: expected CBOR of this kind of value")))
}

/// A value in clear: the version, then CBOR.
pub(super) fn encode_row<T: Serialize>(
    kind: &'static str,
    value: &T,
) -> Result<Vec<u8>, DraftError> {
    let mut row = vec![VERSION];
    row.extend_from_slice(&encode(kind, value)?);
    Ok(row)
}

/// Reads what [`encode_row`] wrote.
pub(super) fn decode_row<T: DeserializeOwned>(kind: &str, row: &[u8]) -> Result<T, Unreadable> {
    decode(kind, versioned(kind, row)?)
}

/// What follows the version of a row, when it is the version that this program writes.
pub(super) fn versioned<'a>(kind: &str, row: &'a [u8]) -> Result<&'a [u8], Unreadable> {
    match row.split_first() {
        Some((&VERSION, rest)) => Ok(rest),
        Some((&found, _)) => Err(Unreadable(format!(
            "{kind}: expected version {VERSION} of the format, found {found}"
        ))),
        None => Err(Unreadable(format!("{kind}: the value is empty"))),
    }
}
