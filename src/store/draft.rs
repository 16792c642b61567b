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
    record::{PARENT, Sealed},
    seal::{self, Key},
    updates::UpdateLog,
};
use crate::{
    conversation::{JournalChange, Unreadable},
    parent::{ChatId, Parent},
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
    held: HashMap<ParentId, Option<Held>>,
    fresh: Vec<FreshKey>,
    /// How many slots were taken, also for keys that were dropped again.
    slots_taken: usize,
    erased: Vec<(Slot, ParentId)>,
    /// What was erased without a key's being destroyed.
    pub(super) erasures: Vec<Erasure>,
    counted: Change,
    /// The list of handled updates, once it was asked for.
    updates: Option<UpdateLog>,
    /// Whether that list has changed.
    marked: bool,
}

/// What stands in clear in a parent's row, and the key that opens the rest.
#[derive(Clone)]
struct Held {
    slot: Slot,
    key: Key,
    due: Option<DueSecond>,
    /// How many rows the record takes; 0 when it was not written yet.
    pieces: u16,
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
}

impl Draft {
    pub(super) fn new(store: Arc<Inner>, begun_at: u64, next_seq: u64) -> Self {
        seal::new_seed();
        Self {
            store,
            begun_at,
            batch: Batch::default(),
            next_seq,
            held: HashMap::new(),
            fresh: Vec::new(),
            slots_taken: 0,
            erased: Vec::new(),
            erasures: Vec::new(),
            counted: Change::default(),
            updates: None,
            marked: false,
        }
    }

    /// How the parent in this chat is called in the store.
    pub fn parent_id(&self, chat: ChatId) -> ParentId {
        self.store.ids.of(chat)
    }

    /// A parent's record; `None` when there is none, or when it was forgotten.
    ///
    /// # Errors
    /// When the record or the parent's key cannot be read. [`Draft::forget`] still works then.
    pub fn parent(&mut self, id: ParentId) -> Result<Option<Parent>, Unreadable> {
        let key = layout::parent(id);
        let Some(row) = self.get(&key)? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&PARENT, &row)?;
        let held = match self.held.get(&id) {
            Some(held) => held.clone(),
            None => {
                let found = self.named_in(&sealed, id)?;
                self.held.insert(id, found.clone());
                found
            }
        };
        held.map(|held| self.unseal(&PARENT, &key, &sealed, &held.key))
            .transpose()
    }

    /// Writes a parent's record, new or changed, and puts the agenda in step with [`Parent::due`].
    ///
    /// # Errors
    /// When the old record's key cannot be read, or no key can be made.
    pub fn put_parent(&mut self, id: ParentId, parent: &Parent) -> Result<(), DraftError> {
        let held = match self.held(id)? {
            Some(held) => held,
            None => self.admit(id)?,
        };
        self.counted.parents += i64::from(held.pieces == 0);
        let due = parent.due().map(DueSecond::of);
        if held.due != due {
            if let Some(before) = held.due {
                self.batch.remove(layout::agenda(before, id));
            }
            if let Some(due) = due {
                self.batch
                    .put(layout::agenda(due, id), vec![codec::VERSION]);
            }
        }

        let plain = codec::encode(PARENT.name, parent)?;
        let head = parent_head(held.slot, due);
        let key = layout::parent(id);
        let pieces = self.put_sealed(&PARENT, &key, &head, &held.key, &plain, held.pieces)?;
        self.held.insert(
            id,
            Some(Held {
                due,
                pieces,
                ..held
            }),
        );
        Ok(())
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
        Changes {
            batch: self.batch,
            erased: self.erased,
            fresh: self.fresh,
            erasures: self.erasures,
            counted: self.counted,
            updates: self.updates.filter(|_| self.marked),
            next_seq: self.next_seq,
        }
    }

    fn held(&mut self, id: ParentId) -> Result<Option<Held>, Unreadable> {
        if let Some(held) = self.held.get(&id) {
            return Ok(held.clone());
        }
        let found = self.find(id)?;
        self.held.insert(id, found.clone());
        Ok(found)
    }

    fn find(&self, id: ParentId) -> Result<Option<Held>, Unreadable> {
        let Some(row) = self.get(&layout::parent(id))? else {
            return Ok(None);
        };
        self.named_in(&Sealed::parse(&PARENT, &row)?, id)
    }

    fn named_in(&self, row: &Sealed<'_>, id: ParentId) -> Result<Option<Held>, Unreadable> {
        let (slot, due) = parent_head_of(row.head)?;
        let key = self.store.keyring().key(slot, id)?;
        Ok(key.map(|key| Held {
            slot,
            key,
            due,
            pieces: row.pieces,
        }))
    }

    /// Makes a key for a parent who has none. What a crash left behind after an earlier key was destroyed goes now: no key opens it.
    fn admit(&mut self, id: ParentId) -> Result<Held, DraftError> {
        self.forget(id)?;
        let slot = self
            .store
            .keyring()
            .free_slot(self.slots_taken)
            .ok_or_else(|| Unreadable("keyring: no slot is left".to_owned()))?;
        let key = Key::random()?;
        self.slots_taken += 1;
        self.fresh.push(FreshKey {
            slot,
            parent: id,
            key: key.clone(),
        });
        let held = Held {
            slot,
            key,
            due: None,
            pieces: 0,
        };
        self.held.insert(id, Some(held.clone()));
        Ok(held)
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

/// In clear before a sealed record: the slot, and the due second or zeros with a 0 in front.
pub(super) const PARENT_HEAD: usize = 4 + 1 + 8;

fn parent_head(slot: Slot, due: Option<DueSecond>) -> [u8; PARENT_HEAD] {
    let mut head = [0; PARENT_HEAD];
    head[..4].copy_from_slice(&slot.0.to_be_bytes());
    if let Some(due) = due {
        head[4] = 1;
        head[5..].copy_from_slice(&due.0.to_be_bytes());
    }
    head
}

fn parent_head_of(head: &[u8]) -> Result<(Slot, Option<DueSecond>), Unreadable> {
    let wrong = || Unreadable(format!("{}: the head has a wrong length", PARENT.name));
    let (slot, rest) = head.split_first_chunk::<4>().ok_or_else(wrong)?;
    let (planned, due) = rest.split_first_chunk::<1>().ok_or_else(wrong)?;
    let due = u64::from_be_bytes(due.try_into().map_err(|_| wrong())?);
    Ok((
        Slot(u32::from_be_bytes(*slot)),
        (planned[0] == 1).then_some(DueSecond(due)),
    ))
}
