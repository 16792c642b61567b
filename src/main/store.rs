//! The commands that look after a store, and where its folder and its root secret are.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use voel_eerst::{
    service::Clock,
    store::{self, RootSecret, Store},
};

use super::{
    backup::{Backup, Restore, Verify},
    progress::Progress,
};

/// What can be done with a store.
#[derive(Subcommand)]
pub enum Command {
    /// Make a backup, also while the bot runs: two files, the entries and the keys that open them
    Backup(Backup),
    /// Look whether backups, or a store that no bot has open, are good
    Verify(Verify),
    /// Make a store out of a backup, without what was erased since, in a folder that is empty or not there
    Restore(Restore),
    /// Change the root secret: a new one is made, and only it opens the store from then on. Interrupted, it can be run again
    Rekey(Place),
}

/// Where the store is, and what opens it.
#[derive(Args)]
pub struct Place {
    /// The folder of the store; made on first start
    #[arg(
        long,
        env = "VOEL_EERST_STORE",
        value_name = "DIR",
        default_value = "voel-eerst-data"
    )]
    pub store: PathBuf,
    /// The file of the root secret, which opens the store; made on first start, and to be kept apart from the store
    #[arg(
        long,
        env = "VOEL_EERST_KEY_FILE",
        value_name = "FILE",
        default_value = "voel-eerst.key"
    )]
    pub key_file: PathBuf,
    /// The root secret itself, 64 hexadecimal digits, instead of a file: for machines that hand secrets over in the environment
    #[arg(
        long,
        env = "VOEL_EERST_KEY",
        hide_env_values = true,
        value_name = "HEX"
    )]
    key: Option<String>,
}

impl Place {
    /// The root secret to run with: what was given, or what is in the file, which is made when there is no store yet.
    pub fn secret(&self) -> anyhow::Result<RootSecret> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        let new = store::new_key_file(&self.key_file);
        if new.exists() {
            anyhow::bail!(
                "the change of the root secret was cut off, {} is still there: run voel-eerst store rekey again, and then start",
                new.display()
            );
        }
        Ok(RootSecret::load_or_create(
            &self.key_file,
            Store::exists(&self.store),
        )?)
    }

    /// The root secret that was given or is in the file; `None` when there is neither. Makes none.
    pub fn secret_if_there(&self) -> anyhow::Result<Option<RootSecret>> {
        match self.given()? {
            Some(given) => Ok(Some(given)),
            None if self.key_file.exists() => {
                Ok(Some(RootSecret::load_or_create(&self.key_file, true)?))
            }
            None => Ok(None),
        }
    }

    /// Says so when the file system is one on which erasing is not all that it is elsewhere.
    pub fn look_at_its_ground(&self) {
        if let Some(kind) = store::keeps_what_is_overwritten(&self.store) {
            tracing::warn!(
                "the store lies on {kind}, which writes beside what it overwrites: after a parent has erased everything, their key may stay on the disk \
                 for a while, within reach of who has the disk and the root secret; on ext4 or xfs it is gone at once"
            );
        }
    }

    /// The root secret, when it is given itself and not in a file.
    fn given(&self) -> anyhow::Result<Option<RootSecret>> {
        let given = self.key.as_deref().map(str::trim);
        given
            .filter(|key| !key.is_empty())
            .map(|key| {
                RootSecret::from_hex(key)
                    .context("VOEL_EERST_KEY is no root secret: expected 64 hexadecimal digits")
            })
            .transpose()
    }
}

impl Command {
    /// Does it, and says what was done.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Backup(backup) => backup.run(),
            Self::Verify(verify) => verify.run(),
            Self::Restore(restore) => restore.run(),
            Self::Rekey(place) => rekey(&place),
        }
    }
}

fn rekey(place: &Place) -> anyhow::Result<()> {
    let given = place.given()?;
    let now = Clock::system().now();
    let progress = Progress::begin("wrapping the keys anew");
    let done = store::rekey(&place.store, given.as_ref(), &place.key_file, now);
    drop(progress);
    let done = done?;
    let (store, new) = (place.store.display(), done.new.display());
    match done.old {
        Some(old) => println!(
            "The store in {store} opens with the new root secret in {new}. The old one is in {}: backups from before open with it alone; \
             remove it when the last of them is gone.",
            old.display()
        ),
        None => println!(
            "The store in {store} opens with the new root secret in {new}: put it in VOEL_EERST_KEY and remove that file. Backups from before \
             open with the old one alone; keep it until the last of them is gone."
        ),
    }
    Ok(())
}
