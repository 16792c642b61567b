//! Looking at a store without opening it, for whoever wants to know what would happen.

use std::{path::Path, time::Duration};

use super::{
    RootSecret,
    error::OpenError,
    folder::Folder,
    keyring::{KeyFolder, Keyring},
};

/// Whether this root secret opens the keys of the store in this folder, also while a bot has it open. Returns the store's random id.
///
/// # Errors
/// When it does not, or when the keys cannot be read.
pub fn try_key(dir: &Path, secret: &RootSecret) -> Result<[u8; 16], OpenError> {
    let derived = secret.derive();
    let open = || Keyring::open(Box::new(KeyFolder(dir.to_owned())), &derived, dir);
    // The bot that has it open may just begin an epoch; that does not happen twice in a moment.
    let keyring = open().or_else(|_| open())?;
    Ok(keyring.store_id())
}

/// Whether the store in this folder, which has to be there, is what was left behind, as far as that shows before it is opened. Its files stay as they are.
///
/// # Errors
/// What opening it would say.
pub fn look(dir: &Path, secret: &RootSecret) -> Result<(), OpenError> {
    let folder = Folder::lock(dir, Duration::ZERO)?;
    if folder.is_half_restored() {
        return Err(OpenError::HalfRestored(dir.to_owned()));
    }
    let files = Box::new(KeyFolder(dir.to_owned()));
    let keyring = Keyring::open(files, &secret.derive(), dir)?;
    folder.look(&keyring).map(drop)
}
