//! The root secret: the one thing that has to be kept apart from the store, and what is derived from it.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    disk,
    error::OpenError,
    layout::ParentId,
    seal::{self, Key},
};
use crate::parent::ChatId;

/// The secret of 32 bytes that opens a store. It lies outside the store's folder: in a file of its own, or in the environment.
///
/// Wiped from memory when it goes; `Debug` does not show it.
#[derive(Clone)]
pub struct RootSecret(Zeroizing<[u8; 32]>);

impl RootSecret {
    /// Reads the secret from `key_file`: 64 hex digits. When there is no such file and no store yet either, makes both secret and file.
    ///
    /// A new file gets mode 0600 and is on disk when this returns. On Unix a file that others than its owner may read or write is refused: who has to
    /// keep the secret in such a file can give it in the environment instead (see [`RootSecret::from_hex`]).
    ///
    /// # Errors
    /// When the file is missing but `store_exists` ([`Store::exists`](super::Store::exists)): a new secret would never open that store. And when the file cannot be
    /// read or made, is open to others, or holds something else.
    pub fn load_or_create(key_file: &Path, store_exists: bool) -> Result<Self, OpenError> {
        match fs::metadata(key_file) {
            Ok(found) => {
                if open_to_others(&found) {
                    return Err(OpenError::ExposedKey(key_file.to_owned()));
                }
                let bytes = fs::read(key_file)
                    .map(Zeroizing::new)
                    .map_err(|error| OpenError::access("read the key file", key_file, error))?;
                std::str::from_utf8(&bytes)
                    .ok()
                    .and_then(Self::from_hex)
                    .ok_or_else(|| OpenError::BadKey(key_file.to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && store_exists => {
                Err(OpenError::MissingKey(key_file.to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = Self::random()?;
                secret
                    .write(key_file)
                    .map_err(|error| OpenError::access("make the key file", key_file, error))?;
                Ok(secret)
            }
            Err(error) => Err(OpenError::access("read the key file", key_file, error)),
        }
    }

    /// The secret that these 64 hex digits write out, white space around them aside; `None` when they are not that.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim().as_bytes();
        let mut bytes = Zeroizing::new([0; 32]);
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = hex(pair[0])? << 4 | hex(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// A new secret from the operating system's generator.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, OpenError> {
        let mut bytes = Zeroizing::new([0; 32]);
        seal::fill_random(bytes.as_mut_slice()).map_err(OpenError::Random)?;
        Ok(Self(bytes))
    }

    /// The file appears whole or not at all, and never in the place of another: who dies over half a key file must not lock everybody out, and of
    /// two processes that start at once only one may make the key.
    pub(super) fn write(&self, key_file: &Path) -> io::Result<()> {
        // Its owner's alone, as every file of this kind.
        let mut file = tempfile::Builder::new()
            .prefix(".voel-eerst-key-")
            .tempfile_in(disk::parent(key_file))?;
        let mut text = Zeroizing::new(Vec::with_capacity(65));
        for byte in self.0.iter() {
            write!(text, "{byte:02x}")?;
        }
        text.push(b'\n');
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(key_file)
            .map_err(|failed| failed.error)?;
        disk::sync_parent(key_file)
    }

    /// Whether the other is the same secret.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// What the store derives from this secret.
    pub(super) fn derive(&self) -> Derived {
        Derived {
            epochs: Key::new(blake3::derive_key(
                "voel-eerst 2026-11 store: keys of the epochs",
                self.0.as_slice(),
            )),
            root: self.clone(),
        }
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret(..)")
    }
}

/// The keys that come from the root secret.
pub(super) struct Derived {
    root: RootSecret,
    /// Seals the key of each epoch.
    pub epochs: Key,
}

impl Derived {
    /// How a keyring of version 1 called the parents.
    pub fn ids_of_version_1(&self) -> ParentIds {
        ParentIds(Key::new(blake3::derive_key(
            "voel-eerst 2026-11 store: parent ids",
            self.root.0.as_slice(),
        )))
    }

    /// The key under which a keyring of version 1 sealed the store's id.
    pub fn check_of_version_1(&self) -> Key {
        Key::new(blake3::derive_key(
            "voel-eerst 2026-11 store: check of the root secret",
            self.root.0.as_slice(),
        ))
    }

    /// The key under which a keyring of version 1 with this salt wrapped the parents' keys.
    pub fn wrapping_of_version_1(&self, salt: &[u8; 32]) -> Key {
        let mut material = Zeroizing::new([0; 64]);
        material[..32].copy_from_slice(self.root.0.as_slice());
        material[32..].copy_from_slice(salt);
        Key::new(blake3::derive_key(
            "voel-eerst 2026-11 store: wrapping of the parents' keys in one epoch",
            material.as_slice(),
        ))
    }
}

/// The key that chat ids are hashed with. It belongs to the store and not to the root secret, so that the root secret can be changed.
#[derive(Clone)]
pub(super) struct ParentIds(Key);

impl ParentIds {
    /// With this key.
    pub fn new(key: Key) -> Self {
        Self(key)
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.0
    }

    /// How a parent is called in the store. Without the key nobody can tell whether a chat id belongs to it.
    pub fn of(&self, chat: ChatId) -> ParentId {
        let hash = blake3::keyed_hash(self.0.bytes(), &chat.0.to_le_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hash.as_bytes()[..16]);
        ParentId(id)
    }
}

#[cfg(unix)]
fn open_to_others(found: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
