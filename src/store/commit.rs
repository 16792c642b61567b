//! How a draft becomes durable.

use super::{
    Inner, Progress, codec,
    draft::{self, Changes, Draft},
    engine::EngineError,
    erasures::{self, Erasure},
    error::CommitError,
    keyring::{Keyring, Slot},
    layout::{self, ParentId},
    start,
};

impl Inner {
    /// See [`Store::commit`](super::Store::commit).
    pub(super) fn commit(&self, draft: Draft) -> Result<(), CommitError> {
        let mut progress = self.progress();
        if let Some(reason) = &progress.broken {
            return Err(CommitError::Broken(reason.clone()));
        }
        if draft.begun_at != progress.commits {
            return Err(CommitError::Stale);
        }
        if draft.is_empty() {
            return Ok(());
        }
        let now = draft.time().ok().flatten();
        let Changes {
            mut batch,
            erased,
            fresh,
            erasures,
            counted,
            updates,
            next_seq,
            time,
            known,
            gone,
        } = draft.into_changes();
        let counts = progress.counts.after(counted, now);
        if counts != progress.counts || !progress.counts_kept {
            let row = codec::encode_row(start::COUNTS, &counts);
            let row = row.map_err(|error| CommitError::Broken(error.to_string()))?;
            batch.put(layout::COUNTS.to_vec(), row);
        }
        if let Some(updates) = updates {
            let row = codec::encode_row(draft::UPDATE_LOG, &updates);
            let row = row.map_err(|error| CommitError::Broken(error.to_string()))?;
            batch.put(layout::UPDATES.to_vec(), row);
        }
        // A clock that was set back says nothing of what day it is.
        let day = now.map(erasures::day).max(progress.day);
        if let Some(day) = day.filter(|_| day != progress.day) {
            batch.put(layout::DAY.to_vec(), start::count(day.into()));
        }
        let commits = progress.commits + 1;
        let mut keyring = self.keyring();
        let slots_before = keyring.slots();
        let written = self
            .note_erasures(&keyring, &erased, &erasures, day)
            .and_then(|()| {
                keyring
                    .replace(&erased, &fresh)
                    .map_err(|error| error.to_string())
            })
            .and_then(|()| {
                if keyring.slots() != slots_before {
                    batch.put(layout::SLOTS.to_vec(), start::count(keyring.slots().into()));
                }
                batch.put(layout::COMMITS.to_vec(), start::count(commits));
                self.engine
                    .commit(&batch)
                    .map_err(|EngineError(reason)| reason)
            });
        let log_end = match written {
            Ok(log_end) => log_end,
            Err(reason) => {
                self.give_up(&mut progress, &reason);
                return Err(CommitError::Broken(reason));
            }
        };

        let mut recent = self.recent();
        gone.into_iter().for_each(|id| recent.forget(id));
        recent.keep(known);
        drop(recent);
        if let Some(walk) = &mut *self.walk() {
            walk.changed(&batch);
        }
        if batch.touches(&layout::agenda_between(None, None)) {
            progress.first_due = None;
        }
        progress.commits = commits;
        progress.next_seq = next_seq;
        progress.time = time;
        progress.day = day;
        progress.counts = counts;
        progress.counts_kept = true;
        if let Some(folder) = &self.folder {
            folder.committed(commits, log_end);
        }
        Ok(())
    }

    /// Before a key or an entry goes, the log says so: who restores a backup from before knows it.
    fn note_erasures(
        &self,
        keyring: &Keyring,
        destroyed: &[(Slot, ParentId)],
        others: &[Erasure],
        day: Option<u32>,
    ) -> Result<(), String> {
        // A key that cannot be read leaves no trace there. Nothing that it sealed can be read either.
        let destroyed = destroyed.iter().filter_map(|(slot, parent)| {
            let key = keyring.key(*slot, *parent).ok().flatten();
            key.map(|key| Erasure::of_parent(&key))
        });
        let erasures: Vec<Erasure> = destroyed.chain(others.iter().copied()).collect();
        if erasures.is_empty() {
            return Ok(());
        }
        self.erasures()
            .note(day, &erasures)
            .map_err(|error| format!("log of erasures: {error}"))?;
        self.erased.send_modify(|times| *times += 1);
        Ok(())
    }

    /// It is unknown what is on disk: no further commit is taken, and nothing is said of what the files hold.
    pub(super) fn give_up(&self, progress: &mut Progress, reason: &str) {
        if let Some(folder) = &self.folder {
            folder.give_up();
        }
        self.recent().clear();
        progress.first_due = None;
        progress.broken = Some(reason.to_owned());
    }
}
