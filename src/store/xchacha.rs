//! XChaCha20-Poly1305 out of its two halves: HChaCha20 makes a key for each nonce, and ChaCha20-Poly1305 encrypts with that. This is all there
//! is to it (draft-irtf-cfrg-xchacha-03, section 2.3).
//!
//! The crate that has it whole takes four times as long for a record, nearly all of it for the tag: it calls each vector instruction as a
//! function. So the second half is ring's, which is in the program anyway, and the tests hold the two against each other.

use chacha20::{R20, hchacha};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub const NONCE: usize = 24;

/// Bytes of a tag.
pub const TAG: usize = 16;

/// It did not work, and why cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

/// Encrypts a text in its place. No two texts may have the same key and nonce.
///
/// # Errors
/// When the text is longer than 256 GiB.
pub fn encrypt(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    place: &[u8],
    text: &mut [u8],
) -> Result<[u8; TAG], Failed> {
    let (key, nonce) = of_nonce(key, nonce)?;
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(place), text)
        .map_err(|_| Failed)?;
    tag.as_ref().try_into().map_err(|_| Failed)
}

/// Decrypts in its place what [`encrypt`] encrypted with the same key and nonce for the same place.
///
/// # Errors
/// When it was not that; what is left in `text` then means nothing.
pub fn decrypt(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    place: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG],
) -> Result<(), Failed> {
    let (key, nonce) = of_nonce(key, nonce)?;
    key.open_in_place_separate_tag(nonce, Aad::from(place), Tag::from(*tag), text, 0..)
        .map(|_| ())
        .map_err(|_| Failed)
}

/// The key that belongs to this nonce alone, made of its first 16 bytes, and the nonce for it, made of the others. ring does not wipe its copy of that key: it opens
/// nothing but the one value.
fn of_nonce(key: &[u8; 32], nonce: &[u8; NONCE]) -> Result<(LessSafeKey, Nonce), Failed> {
    let (for_key, others) = nonce.split_first_chunk::<16>().ok_or(Failed)?;
    let own = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>(key.into(), for_key.into())));
    let own = UnboundKey::new(&CHACHA20_POLY1305, own.as_slice()).map_err(|_| Failed)?;
    let mut short = [0; 12];
    short[4..].copy_from_slice(others);
    Ok((LessSafeKey::new(own), Nonce::assume_unique_for_key(short)))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on says so by panicking"
    )]

    use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::AeadInOut};
    use proptest::prelude::*;

    use super::*;

    /// What the crate that has it whole makes of it.
    fn whole(key: &[u8; 32], nonce: &[u8; NONCE], place: &[u8], text: &mut [u8]) -> [u8; TAG] {
        XChaCha20Poly1305::new(key.into())
            .encrypt_inout_detached(nonce.into(), place, text.into())
            .unwrap()
            .into()
    }

    proptest! {
        #[test]
        fn it_is_what_others_call_by_this_name(
            key: [u8; 32], nonce: [u8; NONCE],
            place in proptest::collection::vec(any::<u8>(), 0..80),
            text in proptest::collection::vec(any::<u8>(), 0..1_500),
        ) {
            let (mut ours, mut theirs) = (text.clone(), text.clone());
            let tag = encrypt(&key, &nonce, &place, &mut ours).unwrap();
            prop_assert_eq!(tag, whole(&key, &nonce, &place, &mut theirs));
            prop_assert_eq!(&ours, &theirs);
            prop_assert_eq!(decrypt(&key, &nonce, &place, &mut ours, &tag), Ok(()));
            prop_assert_eq!(ours, text);
        }
    }
}
