//! Backups while the bot runs: one a day into the folder of the settings, and whenever somebody asks; and those that are too old go.
//!
//! The heart hardly notices: a backup reads some rows at a time, each time between two commits.

use std::{sync::Arc, thread, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{mpsc, watch},
    task,
};

use super::{
    Clock, Tally,
    control::{Asker, BackupRequest},
};
use crate::store::{BackupError, BackupStep, Made, Places, Store};
/// How often it is looked whether a backup is to be made or let go.
const LOOK: SignedDuration = SignedDuration::from_hours(1);

/// How long after one backup the next one is made.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The longest rest between two steps. A rest is as long as the step before it took.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Which backups there are to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// Where one a day is made; `None` when none is.
    pub places: Option<Places>,
    /// After how many days a backup goes, in whatever folder one was made.
    pub days: u16,
}

/// What was done for whoever asked for a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The backup.
    pub made: Made,
    /// How many files of older ones were removed.
    pub removed: usize,
}

/// Looks after the backups of a store until it ends.
pub(super) async fn run(
    store: Store,
    clock: Clock,
    backups: Backups,
    tally: Arc<Tally>,
    mut wishes: mpsc::Receiver<(BackupRequest, Asker)>,
    mut ended: watch::Receiver<bool>,
) {
    let mut erased = store.erased();
    let keeper = Keeper {
        store,
        clock: clock.clone(),
        backups,
        tally,
        ended: ended.clone(),
    };
    let mut looked: Option<Timestamp> = None;
    loop {
        tokio::select! {
            biased;
            () = end(&mut ended) => break,
            Ok(()) = erased.changed() => keeper.on_a_thread(Keeper::copy_erasures).await,
            Some((request, asker)) = wishes.recv() => {
                keeper.on_a_thread(move |keeper| keeper.serve(request, asker)).await;
            }
            () = until_next_look(&clock, looked) => {
                looked = Some(clock.now());
                keeper.on_a_thread(Keeper::look).await;
            }
        }
    }
    if erased.has_changed().unwrap_or(false) {
        keeper.on_a_thread(Keeper::copy_erasures).await;
    }
}

async fn end(ended: &mut watch::Receiver<bool>) {
    // Whoever would say so is gone: that is the end too.
    let _ = ended.wait_for(|ended| *ended).await;
}

async fn until_next_look(clock: &Clock, looked: Option<Timestamp>) {
    let Some(looked) = looked else { return };
    tokio::select! {
        () = clock.sleep_until(looked.saturating_add(LOOK).unwrap_or(Timestamp::MAX)) => {}
        // A clock that was set back says nothing of how long ago that was.
        () = clock.set_back_before(looked) => {}
    }
}

/// Makes backups and lets them go. Everything here waits for the disk.
#[derive(Clone)]
struct Keeper {
    store: Store,
    clock: Clock,
    backups: Backups,
    tally: Arc<Tally>,
    ended: watch::Receiver<bool>,
}

impl Keeper {
    async fn on_a_thread(&self, work: impl FnOnce(&Self) + Send + 'static) {
        let keeper = self.clone();
        let done = task::spawn_blocking(move || work(&keeper)).await;
        if done.is_err() {
            tracing::error!("the backups were not looked after: the thread panicked");
        }
    }

    /// Makes the backup of today, if it is time, and lets go of what is too old.
    fn look(&self) {
        let now = self.clock.now();
        let days = self.backups.days;
        let done = match &self.backups.places {
            Some(places) => self.make_daily(places, now).and_then(|()| {
                let removed = self.store.tend_backups(places, days, now)?;
                if removed > 0 {
                    tracing::info!(
                        "{removed} files of backups were removed, they are {days} days old"
                    );
                }
                Ok(())
            }),
            None => self.store.forget_old_erasures(days, now),
        };
        match done {
            Ok(()) | Err(BackupError::Stopped) => {}
            Err(error) => {
                self.tally.backup_failed();
                tracing::error!("backups, tried again in an hour: {error}");
            }
        }
    }

    fn make_daily(&self, places: &Places, now: Timestamp) -> Result<(), BackupError> {
        let newest = places.newest(&self.store.store_id(), now)?;
        if let Some(newest) = newest {
            self.tally.vitals.backed_up(newest);
            if now.duration_since(newest) < EVERY {
                return Ok(());
            }
        }
        match self.make(places, |_| true) {
            Ok(made) => {
                self.tally.vitals.backed_up(now);
                tracing::info!("a backup was made: {}", made.entries.display());
                Ok(())
            }
            // Those that are too old go all the same: parents were told so.
            Err(error) => self
                .store
                .tend_backups(places, self.backups.days, now)
                .and(Err(error)),
        }
    }

    /// Makes a backup. `go_on` hears how many rows were written, and says whether somebody still waits.
    fn make(
        &self,
        places: &Places,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> Result<Made, BackupError> {
        let mut backup = self.store.begin_backup(places, self.clock.now())?;
        loop {
            let begun = self.clock.uptime();
            match backup.step()? {
                BackupStep::More(next) => backup = *next,
                BackupStep::Made(made) => return Ok(made),
            }
            if *self.ended.borrow() || !go_on(backup.rows()) {
                return Err(BackupError::Stopped);
            }
            let took = self.clock.uptime().saturating_sub(begun);
            thread::sleep(took.min(LONGEST_REST));
        }
    }

    /// Does what somebody asked for.
    fn serve(&self, request: BackupRequest, mut asker: Asker) {
        let places = Places::new(request.entries, request.keyring);
        let days = self.backups.days;
        let made = match days {
            0 => Err(BackupError::NoDays),
            _ => self.make(&places, |rows| asker.hears_rows(rows)),
        };
        let done = made.and_then(|made| {
            let removed = self.store.tend_backups(&places, days, self.clock.now())?;
            tracing::info!(
                "a backup was made that somebody asked for: {}",
                made.entries.display()
            );
            Ok(Done { made, removed })
        });
        if let Err(error) = &done {
            tracing::warn!("a backup that somebody asked for was not made: {error}");
        }
        asker.hears_end(done.map_err(|error| error.to_string()));
    }

    /// Copies the log of erasures beside the backups.
    fn copy_erasures(&self) {
        let Some(places) = &self.backups.places else {
            return;
        };
        if let Err(error) = self.store.copy_erasures(places, self.clock.now()) {
            tracing::error!(
                "the log of erasures was not copied to the backups, tried again in an hour: {error}"
            );
        }
    }
}
