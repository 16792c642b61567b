//! A few secret bytes sealed without padding: nonce, bytes, tag.

use zeroize::Zeroizing;

use crate::store::{
    seal::{self, Key, SealError},
    xchacha,
};

/// How long `secret` bytes are when they are wrapped.
pub const fn wrapped_len(secret: usize) -> usize {
    seal::NONCE + secret + seal::TAG
}

/// Wraps a secret for one place, which has to be the same when it is unwrapped.
///
/// # Errors
/// Never for a few bytes.
pub fn wrap(key: &Key, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce = seal::nonce();
    // No room is added later: bytes that moved would leave the secret behind.
    let mut wrapped = Zeroizing::new(Vec::with_capacity(wrapped_len(secret.len())));
    wrapped.extend_from_slice(&nonce);
    wrapped.extend_from_slice(secret);
    let tag = xchacha::encrypt(key.bytes(), &nonce, place, &mut wrapped[seal::NONCE..])
        .map_err(|_| SealError::TooLong)?;
    wrapped.extend_from_slice(&tag);
    Ok(std::mem::take(&mut *wrapped))
}

/// Unwraps what [`wrap`] wrapped with this key for this place; `None` when it is not that.
pub fn unwrap<const N: usize>(
    key: &Key,
    place: &[u8],
    wrapped: &[u8],
) -> Option<Zeroizing<[u8; N]>> {
    let (nonce, rest) = wrapped.split_first_chunk::<{ seal::NONCE }>()?;
    let (secret, tag) = rest.split_last_chunk::<{ seal::TAG }>()?;
    let mut plain = Zeroizing::new(<[u8; N]>::try_from(secret).ok()?);
    xchacha::decrypt(key.bytes(), nonce, place, plain.as_mut_slice(), tag).ok()?;
    Some(plain)
}
