//! Whether backups, and stores that nobody has open, are good.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{
    Heard,
    check::Checked,
    error::BackupError,
    format::{Half, Header, Reader},
    load::{self, Pair},
    places,
};
use crate::store::{RootSecret, Store, engine::LETS_GO, erasures::Erased, keyring};

/// Something that is good, as far as it could be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Good {
    /// A store.
    Store(PathBuf, Checked),
    /// Both halves of a backup, of this moment.
    Backup(PathBuf, PathBuf, Timestamp, Checked),
    /// One half alone, or both without the root secret: the bytes are those that were written. How many rows it has.
    Half(PathBuf, Timestamp, u64),
}

/// Looks at files of backups, and at all backups or the store in a folder. Every value is opened where both halves and the root secret are there; for that, the backup is
/// restored into a temporary folder.
///
/// A store must not be open elsewhere.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(
    paths: &[PathBuf],
    secret: Option<&RootSecret>,
    heard: &mut Heard<'_>,
) -> Result<Vec<Good>, BackupError> {
    let mut good = Vec::new();
    let mut halves: Vec<(PathBuf, Header)> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            halves.push((path.clone(), *Reader::open(path)?.header()));
            continue;
        }
        let found = places::found(path)?;
        let whole = found.into_iter().filter(|found| !found.partial);
        let mut nothing = true;
        for file in whole {
            nothing = false;
            let header = *Reader::open(&file.path)?.header();
            halves.push((file.path, header));
        }
        if Store::exists(path) {
            let store = match secret {
                Some(secret) => Store::open(path, secret)?,
                None => return Err(BackupError::NoSecret(path.clone())),
            };
            good.push(Good::Store(
                path.clone(),
                all_open(path, store.check(heard)?)?,
            ));
        } else if nothing {
            return Err(BackupError::Nothing(path.clone()));
        }
    }
    let entries = |header: &Header| header.half == Half::Entries;
    let mut keyrings: Vec<_> = halves
        .iter()
        .filter(|(_, header)| !entries(header))
        .collect();
    let given_by_hand = paths.iter().all(|path| !path.is_dir());
    for (path, header) in halves.iter().filter(|(_, header)| entries(header)) {
        let other = keyrings
            .iter()
            .position(|(_, keyring)| keyring.backup_id == header.backup_id);
        match (other.map(|place| keyrings.remove(place)), secret) {
            (Some((keyring, _)), Some(secret)) => good.push(both(path, keyring, secret, heard)?),
            (Some((keyring, other)), None) => {
                good.push(half(path, header, heard)?);
                good.push(half(keyring, other, heard)?);
            }
            // Whoever names two halves wants them to be one backup.
            (None, _) if given_by_hand && let [(keyring, _)] = &keyrings[..] => {
                return Err(BackupError::NotTogether {
                    entries: path.clone(),
                    keyring: keyring.clone(),
                });
            }
            (None, _) => good.push(half(path, header, heard)?),
        }
    }
    for (path, header) in keyrings {
        good.push(half(path, header, heard)?);
    }
    Ok(good)
}

fn half(path: &Path, header: &Header, heard: &mut Heard<'_>) -> Result<Good, BackupError> {
    let (_, end) = load::whole(path, header.half, heard)?;
    Ok(Good::Half(path.to_owned(), header.begun, end.rows))
}

fn both(
    entries: &Path,
    keyring: &Path,
    secret: &RootSecret,
    heard: &mut Heard<'_>,
) -> Result<Good, BackupError> {
    let root = secret.derive();
    let pair = Pair::check(entries, keyring, &root, heard)?;
    let begun = pair.header.begun;
    let temporary = tempfile::tempdir().map_err(BackupError::access(
        "make a folder in",
        &std::env::temp_dir(),
    ))?;
    let looked = pair
        .load(temporary.path(), &root, &Erased::default(), heard)
        .and_then(|_| Store::open_with_patience(temporary.path(), secret, LETS_GO)?.check(heard));
    // What opens the keys goes as it does when a backup goes.
    drop(places::wipe(&temporary.path().join(keyring::EPOCH_FILE)));
    let checked = all_open(entries, looked?)?;
    let (entries, keyring) = (entries.to_owned(), keyring.to_owned());
    Ok(Good::Backup(entries, keyring, begun, checked))
}

fn all_open(path: &Path, checked: Checked) -> Result<Checked, BackupError> {
    match checked.unreadable {
        Some((count, first)) => Err(BackupError::Unreadable {
            path: path.to_owned(),
            count,
            first,
        }),
        None => Ok(checked),
    }
}
