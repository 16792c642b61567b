//! Totals for whoever runs the bot, also while it runs.

use clap::Args;
use voel_eerst::{
    service::{checkup, control},
    store::{BackupError, Store},
};

use super::store::Place;

/// Whose totals.
#[derive(Args)]
pub struct Stats {
    #[command(flatten)]
    place: Place,
}

impl Stats {
    /// Asks the running bot, or looks into the store when none runs.
    pub fn run(self) -> anyhow::Result<()> {
        let dir = &self.place.store;
        let counts = match control::ask_how_it_goes(dir)? {
            Some(goes) => goes.counts,
            None if !Store::exists(dir) => return Err(BackupError::NoStore(dir.clone()).into()),
            None => Store::open(dir, &self.place.secret()?)?.counts(),
        };
        println!("{}", checkup::totals(&counts));
        Ok(())
    }
}
