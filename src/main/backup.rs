//! The commands that make, look at and restore backups.

use std::path::{Path, PathBuf, absolute};

use anyhow::Context;
use clap::Args;
use voel_eerst::{
    service::{
        Clock,
        backups::Done,
        control::{BackupRequest, ask_for_backup},
    },
    store::{self, BackupError, BackupStep, Good, Places, Restored, Store},
};

use super::{progress::Progress, store::Place};

/// What a backup needs to know.
#[derive(Args)]
pub struct Backup {
    /// The folder for the backup; made if needed
    #[arg(env = "VOEL_EERST_BACKUP_DIR", value_name = "DIR")]
    dir: PathBuf,
    /// The folder for the half with the keys, so that the two can be kept apart [default: the same folder]
    #[arg(long, env = "VOEL_EERST_BACKUP_KEYRING_DIR", value_name = "DIR")]
    keyring_dir: Option<PathBuf>,
    /// Backups in these folders go when they are so many days old; a running bot goes by its own setting
    #[arg(long, env = "VOEL_EERST_BACKUP_DAYS", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(0..=3650))]
    backup_days: u16,
    #[command(flatten)]
    place: Place,
}

/// What is to be looked at.
#[derive(Args)]
pub struct Verify {
    /// Files of backups, folders of backups, or the folder of a store that no bot has open
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// What is to be restored.
#[derive(Args)]
pub struct Restore {
    /// The half with the entries
    #[arg(value_name = "ENTRIES")]
    entries: PathBuf,
    /// The half with the keyring
    #[arg(value_name = "KEYRING")]
    keyring: PathBuf,
    /// The folder of the store that the backup was made of, or its file `erasures`: the log of what was erased since, besides copies of it beside the two halves. May be given more than once
    #[arg(long, value_name = "DIR|FILE")]
    erasures: Vec<PathBuf>,
    /// Restore although there is no log of erasures: parents who erased something since then have it back
    #[arg(long)]
    without_erasures: bool,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    /// Has the running bot make it, or makes it when none runs.
    pub fn run(self) -> anyhow::Result<()> {
        let Done { made, removed } = match self.ask()? {
            Some(done) => done,
            None => self.make()?,
        };
        println!(
            "The backup is in {} and {} (rows: {}). Both together open with the root secret and not without it: keep the three apart.",
            made.entries.display(),
            made.keyring.display(),
            made.rows
        );
        if removed > 0 {
            println!("Files of older backups that were removed: {removed}.");
        }
        Ok(())
    }

    fn ask(&self) -> anyhow::Result<Option<Done>> {
        // The bot runs in another folder than this command, perhaps.
        let whole = |dir: &Path| absolute(dir).context("this folder cannot be found");
        let request = BackupRequest {
            entries: whole(&self.dir)?,
            keyring: self.keyring_dir.as_deref().map(whole).transpose()?,
        };
        let progress = Progress::begin("copying rows");
        Ok(ask_for_backup(&self.place.store, request, |rows| {
            progress.at(rows);
        })?)
    }

    fn make(&self) -> anyhow::Result<Done> {
        if !Store::exists(&self.place.store) {
            return Err(BackupError::NoStore(self.place.store.clone()).into());
        }
        if self.backup_days == 0 {
            return Err(BackupError::NoDays.into());
        }
        let now = Clock::system().now();
        let places = Places::new(self.dir.clone(), self.keyring_dir.clone());
        let store = Store::open(&self.place.store, &self.place.secret()?)?;
        let mut backup = store.begin_backup(&places, now)?;
        let progress = Progress::begin("copying rows");
        let made = loop {
            progress.at(backup.rows());
            match backup.step()? {
                BackupStep::More(next) => backup = *next,
                BackupStep::Made(made) => break made,
            }
        };
        let removed = store.tend_backups(&places, self.backup_days, now)?;
        Ok(Done { made, removed })
    }
}

impl Verify {
    /// Looks, and says what is good. What is not is the error.
    pub fn run(self) -> anyhow::Result<()> {
        let secret = self.place.secret_if_there()?;
        let mut progress = Progress::begin("opening");
        let heard = &mut |what, more| progress.more_of(what, more);
        let good = store::verify(&self.paths, secret.as_ref(), heard);
        drop(progress);
        for good in good? {
            match good {
                Good::Store(path, checked) => println!(
                    "{}: a store that is in order (parents: {}, values that open: {}).",
                    path.display(),
                    checked.parents,
                    checked.values
                ),
                Good::Backup(entries, keyring, begun, checked) => println!(
                    "{} and {}: a backup of {begun} that is in order (parents: {}, values that open: {}).",
                    entries.display(),
                    keyring.display(),
                    checked.parents,
                    checked.values
                ),
                Good::Half(path, begun, rows) => println!(
                    "{}: half of a backup of {begun}, as it was written (rows: {rows}). Whether it opens shows with the other half and the root secret.",
                    path.display()
                ),
            }
        }
        Ok(())
    }
}

impl Restore {
    /// Restores, and says what was restored.
    pub fn run(self) -> anyhow::Result<()> {
        let secret = self.place.secret_if_there()?.with_context(|| {
            format!(
                "the file of the root secret, {}, is missing: name the one from when the backup was made with --key-file",
                self.place.key_file.display()
            )
        })?;
        let dir = &self.place.store;
        let mut progress = Progress::begin("reading");
        let restored = store::restore(
            &self.entries,
            &self.keyring,
            dir,
            &secret,
            &self.erasures,
            self.without_erasures,
            &mut |what, more| progress.more_of(what, more),
        );
        drop(progress);
        let Restored {
            begun,
            parents,
            erased: (gone, entries),
            unreadable,
            erasures_until,
        } = restored?;
        println!(
            "The backup of {begun} is restored in {} (parents: {parents}).",
            dir.display()
        );
        println!(
            "What was erased since then is not in it (parents: {gone}, entries of others: {entries})."
        );
        if let Some(until) = erasures_until {
            println!(
                "Erasures are known until {until}. What was erased later is back: if the folder of the lost store can be read, restore again with --erasures and that folder."
            );
        }
        if unreadable > 0 {
            println!(
                "Records that do not open, as they did not when the backup was made: {unreadable}."
            );
        }
        Ok(())
    }
}
