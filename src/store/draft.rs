//! A draft: one commit in the making.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use super::{
    Inner, codec,
    counts::{Change, Counted},
    engine::{Batch, EngineError, Order, Row},
    erasures::Erasure,
    error::DraftError,
    journal::ParentJournal,
    keyring::{FreshKey, Slot},
    layout::{self, DueSecond, KeyRange, ParentId, Seq},
    parents::parent_head_of,
    recent::{Held, Known},
    record::{PARENT, Sealed},
    seal::Key,
    updates::UpdateLog,
};
use crate::{
    conversation::{JournalChange, Unreadable},
    parent::ChatId,
};

/// Changes that become durable together, or not at all, by [`Store::commit`](super::Store::commit). What it reads includes its own changes.
///
/// A draft that is dropped changes nothing.
pub struct Draft {
    pub(super) store: Arc<Inner>,
    /// How many commits the store had seen when this was begun.
    pub(super) begun_at: u64,
    pub(super) batch: Batch,
    pub(super) next_seq: u64,
    /// What is known of parents' records, so that no row is looked up twice: `None` where there is none, or no key to it.
    pub(super) held: HashMap<ParentId, Option<Held>>,
    /// Records that this draft read or wrote, with the rows that they are in.
    pub(super) known: HashMap<ParentId, Known>,
    pub(super) fresh: Vec<FreshKey>,
    /// How many slots were taken, also for keys that were dropped again.
    pub(super) slots_taken: usize,
    erased: Vec<(Slot, ParentId)>,
    /// What was erased without a key's being destroyed.
    pub(super) erasures: Vec<Erasure>,
    pub(super) counted: Change,
    /// The list of handled updates, once it was asked for.
    updates: Option<UpdateLog>,
    /// Whether that list has changed.
    marked: bool,
    /// The time that was set last, if that is known.
    time: Option<Timestamp>,
    /// Whether something was sealed: nonces come from a new seed then.
    pub(super) seals: bool,
}

/// What a draft does to the journal, the keyring, the log of erasures and the totals.
pub(super) struct Changes {
    pub batch: Batch,
    pub erased: Vec<(Slot, ParentId)>,
    pub fresh: Vec<FreshKey>,
    pub erasures: Vec<Erasure>,
    pub counted: Change,
    /// The list of handled updates, if it has changed.
    pub updates: Option<UpdateLog>,
    pub next_seq: u64,
    pub time: Option<Timestamp>,
    /// Records that were read or written.
    pub known: HashMap<ParentId, Known>,
    /// Parents of whom there is no record.
    pub gone: Vec<ParentId>,
}

impl Draft {
    pub(super) fn new(
        store: Arc<Inner>,
        begun_at: u64,
        next_seq: u64,
        time: Option<Timestamp>,
    ) -> Self {
        Self {
            store,
            begun_at,
            batch: Batch::default(),
            next_seq,
            held: HashMap::new(),
            known: HashMap::new(),
            fresh: Vec::new(),
            slots_taken: 0,
            erased: Vec::new(),
            erasures: Vec::new(),
            counted: Change::default(),
            updates: None,
            marked: false,
            time,
            seals: false,
        }
    }

    /// How the parent in this chat is called in the store.
    pub fn parent_id(&self, chat: ChatId) -> ParentId {
        self.store.ids.of(chat)
    }

    /// Takes one row out of the agenda, whatever it is about: for a record that cannot be read, whose moment would be due for ever.
    pub fn unschedule(&mut self, due: Timestamp, id: ParentId) {
        self.batch.remove(layout::agenda(DueSecond::of(due), id));
    }

    /// A parent's journal, to read. Empty when there is no record of the parent.
    ///
    /// # Errors
    /// When the parent's key cannot be read.
    pub fn journal(&self, id: ParentId) -> Result<ParentJournal<'_>, Unreadable> {
        let held = match self.held.get(&id) {
            Some(held) => held.clone(),
            None => self.find(id)?,
        };
        Ok(ParentJournal::new(self, id, held.map(|held| held.key)))
    }

    /// Changes a parent's journal, in this order.
    ///
    /// # Errors
    /// When there is no record of the parent, or an entry cannot be sealed.
    pub fn apply(&mut self, id: ParentId, changes: &[JournalChange]) -> Result<(), DraftError> {
        if changes.is_empty() {
            return Ok(());
        }
        let key = self.key_to_seal(id)?;
        for change in changes {
            self.apply_one(id, &key, change)?;
        }
        Ok(())
    }

    /// Forgets everything about a parent, for good: the commit first destroys the parent's key, then removes all rows, those of the outbox included.
    /// Returns the numbers of these.
    ///
    /// Does nothing when nothing is known of the parent. Opens no seal, so it also works on a record or an entry whose seal is broken.
    ///
    /// # Errors
    /// When the rows cannot be listed, or do not even say where the key lies.
    pub fn forget(&mut self, id: ParentId) -> Result<Vec<Seq>, Unreadable> {
        let key = layout::parent(id);
        if let Some(row) = self.get(&key)? {
            let (slot, due) = parent_head_of(Sealed::parse(&PARENT, &row)?.head)?;
            if let Some(due) = due {
                self.batch.remove(layout::agenda(due, id));
            }
            let unwritten = self
                .fresh
                .iter()
                .position(|fresh| (fresh.slot, fresh.parent) == (slot, id));
            match unwritten {
                Some(unwritten) => drop(self.fresh.remove(unwritten)),
                None => self.erased.push((slot, id)),
            }
            self.counted.parents -= 1;
            self.remove_sealed(&key, &row);
        }
        let queued = self.sweep(id)?;
        self.held.insert(id, None);
        self.known.remove(&id);
        Ok(queued)
    }

    /// Whether an update of this number was handled.
    ///
    /// # Errors
    /// When the list of them cannot be read.
    pub fn seen(&mut self, update: u32) -> Result<bool, Unreadable> {
        Ok(self.update_log()?.contains(update))
    }

    /// Notes that the update of this number is handled.
    ///
    /// # Errors
    /// When the list of them cannot be read.
    pub fn mark(&mut self, update: u32) -> Result<(), Unreadable> {
        self.marked |= self.update_log()?.insert(update);
        Ok(())
    }

    /// Adds one to a total of the store.
    pub fn count(&mut self, counted: Counted) {
        self.counted.count(counted);
    }

    /// The time that was set last, in this or an earlier commit.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn time(&self) -> Result<Option<Timestamp>, Unreadable> {
        if self.time.is_some() {
            return Ok(self.time);
        }
        self.get(layout::TIME)?
            .map(|row| codec::decode_row(TIME, &row))
            .transpose()
    }

    /// Notes the time of this commit, so that the next start can tell when the machine's clock was set back.
    ///
    /// # Errors
    /// Never in practice: a time can always be written.
    pub fn set_time(&mut self, now: Timestamp) -> Result<(), DraftError> {
        let row = codec::encode_row(TIME, &now)?;
        self.batch.put(layout::TIME.to_vec(), row);
        self.time = Some(now);
        Ok(())
    }

    /// The value of a key, with the changes of this draft.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        match self.batch.get(key) {
            Some(changed) => Ok(changed.map(<[u8]>::to_vec)),
            None => self.store.engine.get(key).map_err(unreadable),
        }
    }

    /// Rows of a range, with the changes of this draft.
    pub(super) fn scan(
        &self,
        range: &KeyRange,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, Unreadable> {
        let changes = self.batch.range(range).count();
        // Each change can hide one stored row.
        let wanted = limit.saturating_add(changes);
        let stored = self
            .store
            .engine
            .scan(range, order, wanted)
            .map_err(unreadable)?;
        if changes == 0 {
            return Ok(stored);
        }
        let mut rows: Vec<Row> = stored
            .into_iter()
            .filter(|(key, _)| self.batch.get(key).is_none())
            .chain(
                self.batch
                    .range(range)
                    .filter_map(|(key, value)| Some((key.to_vec(), value?.to_vec()))),
            )
            .collect();
        rows.sort_unstable_by(|(a, _), (b, _)| match order {
            Order::Ascending => a.cmp(b),
            Order::Descending => b.cmp(a),
        });
        rows.truncate(limit);
        Ok(rows)
    }

    /// The key to seal something of a parent with.
    pub(super) fn key_to_seal(&mut self, id: ParentId) -> Result<Key, DraftError> {
        self.held(id)?
            .map(|held| held.key)
            .ok_or(DraftError::NoRecord)
    }

    /// The key to open something of a parent with.
    pub(super) fn key_to_open(&mut self, id: ParentId) -> Result<Option<Key>, Unreadable> {
        Ok(self.held(id)?.map(|held| held.key))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_empty() && self.erased.is_empty() && self.fresh.is_empty() && !self.marked
    }

    pub(super) fn into_changes(self) -> Changes {
        let absent = self.held.iter().filter(|(_, held)| held.is_none());
        Changes {
            gone: absent.map(|(id, _)| *id).collect(),
            batch: self.batch,
            erased: self.erased,
            fresh: self.fresh,
            erasures: self.erasures,
            counted: self.counted,
            updates: self.updates.filter(|_| self.marked),
            next_seq: self.next_seq,
            time: self.time,
            known: self.known,
        }
    }

    /// Removes the rows of a parent's journal, with all sound, and outbox. Returns the numbers of the latter.
    fn sweep(&mut self, id: ParentId) -> Result<Vec<Seq>, Unreadable> {
        for range in [
            layout::entries(id),
            layout::sounds(id),
            layout::references(id),
        ] {
            for (key, row) in self.scan(&range, Order::Ascending, usize::MAX)? {
                self.remove_sealed(&key, &row);
            }
        }
        let queued = self.queued_for(id)?;
        for seq in &queued {
            self.unqueue(*seq)?;
        }
        Ok(queued)
    }

    fn update_log(&mut self) -> Result<&mut UpdateLog, Unreadable> {
        let log = match self.updates.take() {
            Some(log) => log,
            None => match self.get(layout::UPDATES)? {
                Some(row) => codec::decode_row(UPDATE_LOG, &row)?,
                None => UpdateLog::default(),
            },
        };
        Ok(self.updates.insert(log))
    }
}

pub(super) const UPDATE_LOG: &str = "list of handled updates";
const TIME: &str = "time of the last commit";

pub(super) fn unreadable(error: EngineError) -> Unreadable {
    Unreadable(format!("engine: {error}"))
}
