//! Sealing: what lies on disk tells nobody what it says, nor how long it is.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes, so that a key may seal any number of values without counting them. The text is
//! padded inside the seal to one of a few sizes, so that the length of a reply shows only as its [size class](padded_len).

use std::fmt;

use rand::{Rng, TryRng, rngs::SysRng};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

use super::xchacha;
use crate::parent::Wiped;

/// Bytes of a nonce, at the start of a sealed value.
pub const NONCE: usize = xchacha::NONCE;

/// Bytes of the tag, at the end of a sealed value.
pub const TAG: usize = xchacha::TAG;

/// The smallest size class, in bytes before sealing. Each next class is twice the one before.
pub const SMALLEST: usize = 128;

/// Bytes that say how long the text is, at the start of what is sealed.
const LENGTH: usize = 4;

/// A key of 32 bytes. Wiped from memory when it goes; `Debug` does not show it.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key from the operating system's generator.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, SealError> {
        let mut key = Self([0; 32]);
        fill_random(&mut key.0)?;
        Ok(key)
    }

    /// The key that is made of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for wrapping this key under another one.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Key {
    /// All bytes at once: a key is copied and goes some ten times for each parent in a round.
    fn drop(&mut self) {
        self.0.fill(0);
        optimization_barrier(&self.0);
    }
}

impl ZeroizeOnDrop for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Why a value could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandom,
    /// Too large to seal.
    #[error("a value is too large to seal")]
    TooLong,
}

/// A sealed value does not open: another key, another place, or changed bytes. Which of these it is cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seal does not open with this key in this place")]
pub struct Broken;

/// Fills `bytes` from the operating system's generator.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), SealError> {
    SysRng
        .try_fill_bytes(bytes)
        .map_err(|_| SealError::NoRandom)
}

/// A nonce, which no other value gets.
///
/// It comes from this thread's generator, ChaCha12 with a seed of the operating system's: asking that one for each nonce took longer than
/// all the rest of sealing. A nonce need not be secret, only new. Nothing here forks; for a machine that is run twice from one copy of its
/// memory there is [`new_seed`].
pub fn nonce() -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    rand::rng().fill_bytes(&mut nonce);
    nonce
}

/// Gives the generator of [`nonce`] a new seed, if the operating system has one; without, the former one would do as well.
///
/// To be called before a draft seals its first value: two machines that go on from one copy of the memory then use other nonces for what each of them
/// hears from there on. In the round that is under way both use the same nonces for the same values, as its inputs, its time and its chance are values.
pub fn new_seed() {
    rand::rng().reseed().ok();
}

/// Seals `plain` for one place: `place` has to be the same when it is opened, so that a value cannot be moved to another row.
///
/// The result is nonce, ciphertext and tag, [`sealed_len`] bytes in all.
///
/// # Errors
/// When there are no random bytes, or `plain` is longer than 2 GiB.
pub fn seal(key: &Key, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let length = u32::try_from(plain.len()).map_err(|_| SealError::TooLong)?;
    let nonce = nonce();
    let mut sealed = Wiped::with_capacity(sealed_len(plain.len()));
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&length.to_be_bytes());
    sealed.extend_from_slice(plain);
    sealed.resize(NONCE + padded_len(plain.len()), 0);
    let tag = xchacha::encrypt(key.bytes(), &nonce, place, &mut sealed[NONCE..])
        .map_err(|_| SealError::TooLong)?;
    sealed.extend_from_slice(&tag);
    Ok(std::mem::take(&mut *sealed))
}

/// Opens what [`seal`] sealed with the same key for the same place.
///
/// # Errors
/// When it was sealed with another key, for another place, or was changed since.
pub fn open(key: &Key, place: &[u8], sealed: &[u8]) -> Result<Wiped, Broken> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(Broken)?;
    let (text, tag) = rest.split_last_chunk::<TAG>().ok_or(Broken)?;
    let mut plain = Wiped::from(text.to_vec());
    xchacha::decrypt(key.bytes(), nonce, place, &mut plain, tag).map_err(|_| Broken)?;

    let length = plain.first_chunk::<LENGTH>().ok_or(Broken)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Broken)?;
    if length > plain.len() - LENGTH {
        return Err(Broken);
    }
    plain.copy_within(LENGTH..LENGTH + length, 0);
    plain.truncate(length);
    Ok(plain)
}

/// The size class of a text of `len` bytes: the smallest of 128, 256, 512, 1,024, … that holds the text and its length.
pub fn padded_len(len: usize) -> usize {
    (len + LENGTH).next_power_of_two().max(SMALLEST)
}

/// How long a text of `len` bytes is when it is sealed.
pub fn sealed_len(len: usize) -> usize {
    NONCE + padded_len(len) + TAG
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on says so by panicking"
    )]

    use super::*;

    #[test]
    fn what_was_sealed_opens_with_the_same_key_in_the_same_place() {
        let key = Key::random().unwrap();
        for len in [0, 1, 123, 124, 125, 252, 253, 4_092, 4_093, 70_000] {
            let text = vec![b'a'; len];
            let sealed = seal(&key, b"place", &text).unwrap();
            assert_eq!(*open(&key, b"place", &sealed).unwrap(), text);
            assert_eq!(sealed.len(), sealed_len(len));
            assert!(!sealed.windows(4).any(|window| window == b"aaaa"));
        }
    }

    #[test]
    fn another_key_or_place_does_not_open_it() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, b"place", b"words").unwrap();
        let other = Key::random().unwrap();
        assert_eq!(open(&other, b"place", &sealed), Err(Broken));
        for place in [b"plac".as_slice(), b"placf", b"place ", b""] {
            assert_eq!(open(&key, place, &sealed), Err(Broken));
        }
    }

    #[test]
    fn any_changed_missing_or_added_byte_breaks_it() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, b"place", b"words").unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 0x10;
            assert_eq!(open(&key, b"place", &changed), Err(Broken), "{position}");
            assert_eq!(open(&key, b"place", &sealed[..position]), Err(Broken));
        }
        assert_eq!(
            open(&key, b"place", &[sealed.as_slice(), &[0]].concat()),
            Err(Broken)
        );
    }

    #[test]
    fn two_seals_of_one_text_have_nothing_in_common() {
        let key = Key::random().unwrap();
        let first = seal(&key, b"place", b"words").unwrap();
        let second = seal(&key, b"place", b"words").unwrap();
        assert_ne!(first[..NONCE], second[..NONCE]);
        assert!(
            first
                .windows(8)
                .all(|part| !second.windows(8).any(|other| other == part))
        );
    }

    #[test]
    fn lengths_show_only_as_size_classes() {
        for (len, class) in [
            (0, 128),
            (124, 128),
            (125, 256),
            (252, 256),
            (253, 512),
            (4_092, 4_096),
            (4_093, 8_192),
            (100_000, 131_072),
        ] {
            assert_eq!(padded_len(len), class);
        }
    }
}
