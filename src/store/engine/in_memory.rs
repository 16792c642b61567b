//! The engine in memory, which can be told to lose power.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::{Batch, Engine, EngineError, KeyRange, Order, Row};
use crate::{
    conversation::EntryId,
    store::{
        erasures,
        keyring::{self, KeyFiles, Slots},
        layout::{self, ParentId},
    },
};

/// A disk in memory: the rows, and the files of the keyring beside them. Clones are the same disk.
///
/// What was written is there after the power came back, and nothing else: the same promise as on a real disk.
#[derive(Clone, Default)]
pub struct MemoryEngine(Arc<Mutex<Disk>>);

#[derive(Default)]
struct Disk {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    files: BTreeMap<String, Arc<Mutex<MemoryFile>>>,
    /// By [`Kind`].
    writes: [Writes; 2],
    down: bool,
    /// What has changed, when somebody wants to know.
    changed: Option<Changed>,
}

/// Of whom something has changed on a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Whose record, or place in the agenda.
    pub records: BTreeSet<ParentId>,
    /// Rows of the agenda, and whether they are there now.
    pub agenda: BTreeMap<(ParentId, Timestamp), bool>,
    /// Entries, with whose they are.
    pub entries: BTreeSet<(ParentId, EntryId)>,
    /// The power went after a key was written or destroyed, and before the rows that belong to that: no row says whose it was.
    pub half: bool,
    /// A key was written or destroyed since the last commit.
    keys: bool,
}

impl Changed {
    fn note(&mut self, key: &[u8], there: bool) {
        match key.first() {
            Some(b'p') => self.records.extend(layout::parent_of(key)),
            Some(b'a') => {
                if let Ok((at, parent)) = layout::agenda_of(key) {
                    self.records.insert(parent);
                    self.agenda.insert((parent, at), there);
                }
            }
            Some(b'e') => {
                if let (Ok(parent), Ok(entry)) = (layout::owner_of(key), layout::entry_of(key)) {
                    self.entries.insert((parent, entry));
                }
            }
            Some(_) | None => {}
        }
    }
}

#[derive(Default)]
struct MemoryFile {
    bytes: Vec<u8>,
    /// What was not synced yet.
    unsynced: Vec<(u64, Vec<u8>)>,
}

/// What a write to the file of this name is for.
fn kind_of(name: &str) -> Kind {
    match name {
        keyring::FILE | erasures::FILE => Kind::Commit,
        _ => Kind::Renewal,
    }
}

/// What a write is for.
#[derive(Clone, Copy)]
enum Kind {
    /// A commit, which may begin with the log of erasures and the keyring.
    Commit = 0,
    /// Writing the keyring anew.
    Renewal = 1,
}

/// Writes of one kind, and at which of them the power goes.
#[derive(Default)]
struct Writes {
    done: u64,
    crash: Option<CrashPoint>,
}

/// When the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// Instead of the write with this number, the first being 1.
    Before(u64),
    /// After the write with this number is on disk, and before anybody hears of it.
    After(u64),
    /// Never, but instead of the write with this number the program panics, once: a mistake in the engine.
    Panic(u64),
}

impl MemoryEngine {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cuts the power at a write: a commit, or a sync of the keyring. Writes count from 1, from now on.
    /// Everything fails from then on, until [`MemoryEngine::restore_power`].
    pub fn crash_at(&self, point: CrashPoint) {
        self.disk().writes[Kind::Commit as usize].crash_at(point);
    }

    /// Cuts the power where the keyring is written anew, which has writes of its own: a sync of a file that is not the keyring, and a name that is given or taken.
    pub fn crash_renewal_at(&self, point: CrashPoint) {
        self.disk().writes[Kind::Renewal as usize].crash_at(point);
    }

    /// Whether the power is off.
    pub fn is_down(&self) -> bool {
        self.disk().down
    }

    /// Switches the power on. Open a new store on the disk then; one that was open before has seen a failed write and takes no more.
    pub fn restore_power(&self) {
        self.restore_power_until(None);
    }

    /// The same; and there is power until this write only.
    pub fn restore_power_until(&self, point: Option<CrashPoint>) {
        let mut disk = self.disk();
        disk.down = false;
        for writes in &mut disk.writes {
            writes.crash = None;
        }
        for file in disk.files.values() {
            lock(file).unsynced.clear();
        }
        if let Some(point) = point {
            disk.writes[Kind::Commit as usize].crash_at(point);
        }
    }

    /// How many durable writes there were since [`MemoryEngine::crash_at`], or since the disk was made.
    pub fn writes(&self) -> u64 {
        self.disk().writes[Kind::Commit as usize].done
    }

    /// Of whom something has changed since this was last asked; the first time, nobody, and from then on it is noted.
    pub fn changed(&self) -> Changed {
        let mut disk = self.disk();
        disk.changed.replace(Changed::default()).unwrap_or_default()
    }

    /// Whether there is a row for a parent's record, whether or not there still is a key that opens it.
    pub fn has_record(&self, parent: ParentId) -> bool {
        self.disk().rows.contains_key(&layout::parent(parent))
    }

    /// Damages the disk, as disks do by themselves: `damage` gets what lies in the place with this number, counted from 0 through the values of all rows
    /// and then the files of the keyring. Does nothing where there is no such place.
    pub fn damage(&self, place: usize, damage: impl FnOnce(&mut Vec<u8>)) {
        let mut disk = self.disk();
        let Disk { rows, files, .. } = &mut *disk;
        match rows.values_mut().nth(place) {
            Some(value) => damage(value),
            None => {
                let file = files.values().nth(place.saturating_sub(rows.len()));
                if let Some(file) = file {
                    damage(&mut lock(file).bytes);
                }
            }
        }
    }

    /// What is in the files of the keyring that have a name.
    #[cfg(test)]
    pub fn contents(&self) -> Vec<Vec<u8>> {
        let disk = self.disk();
        let files = disk.files.values();
        files.map(|file| lock(file).bytes.clone()).collect()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        lock(&self.0)
    }
}

impl Writes {
    fn crash_at(&mut self, point: CrashPoint) {
        self.done = 0;
        self.crash = Some(point);
    }
}

impl Disk {
    fn alive(&self) -> Result<(), PowerCut> {
        if self.down { Err(PowerCut) } else { Ok(()) }
    }

    fn write(&mut self, kind: Kind, change: impl FnOnce(&mut Self)) -> Result<(), PowerCut> {
        self.alive()?;
        let writes = &mut self.writes[kind as usize];
        writes.done += 1;
        let (before, after) = match writes.crash {
            Some(CrashPoint::Before(at)) => (at == writes.done, false),
            Some(CrashPoint::After(at)) => (false, at == writes.done),
            Some(CrashPoint::Panic(at)) if at == writes.done => {
                writes.crash = None;
                panic!("a mistake in the engine");
            }
            Some(CrashPoint::Panic(_)) => (false, false),
            None => (false, false),
        };
        if !before {
            change(self);
        }
        self.down = before || after;
        if self.down
            && let Some(changed) = &mut self.changed
        {
            changed.half |= changed.keys;
        }
        self.alive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryFile {
    fn sync(&mut self) {
        for (position, bytes) in std::mem::take(&mut self.unsynced) {
            let Ok(start) = usize::try_from(position) else {
                continue;
            };
            let end = start + bytes.len();
            if self.bytes.len() < end {
                self.bytes.resize(end, 0);
            }
            self.bytes[start..end].copy_from_slice(&bytes);
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the power is off")]
struct PowerCut;

impl From<PowerCut> for EngineError {
    fn from(cut: PowerCut) -> Self {
        Self(cut.to_string())
    }
}

impl From<PowerCut> for io::Error {
    fn from(cut: PowerCut) -> Self {
        Self::other(cut)
    }
}

impl Engine for MemoryEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let disk = self.disk();
        disk.alive()?;
        Ok(disk.rows.get(key).cloned())
    }

    fn scan(&self, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Row>, EngineError> {
        let disk = self.disk();
        disk.alive()?;
        if range.from >= range.to {
            return Ok(Vec::new());
        }
        let rows = disk
            .rows
            .range(range.from.clone()..range.to.clone())
            .map(|(key, value)| (key.clone(), value.clone()));
        Ok(match order {
            Order::Ascending => rows.take(limit).collect(),
            Order::Descending => rows.rev().take(limit).collect(),
        })
    }

    fn commit(&self, batch: &Batch) -> Result<u64, EngineError> {
        self.disk().write(Kind::Commit, |disk| {
            if let Some(changed) = &mut disk.changed {
                changed.keys = false;
            }
            for (key, value) in batch.iter() {
                if let Some(changed) = &mut disk.changed {
                    changed.note(key, value.is_some());
                }
                match (value, disk.rows.get_mut(key)) {
                    (Some(value), Some(row)) => value.clone_into(row),
                    (Some(value), None) => drop(disk.rows.insert(key.to_vec(), value.to_vec())),
                    (None, Some(_)) => drop(disk.rows.remove(key)),
                    (None, None) => {}
                }
            }
        })?;
        Ok(0)
    }
}

impl KeyFiles for MemoryEngine {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Slots>>> {
        let disk = self.disk();
        disk.alive()?;
        let file = disk.files.get(name).cloned();
        drop(disk);
        Ok(file.map(|file| self.opened(file)))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Slots>> {
        let file = Arc::default();
        self.disk().write(kind_of(name), |disk| {
            disk.files.insert(name.to_owned(), Arc::clone(&file));
        })?;
        Ok(self.opened(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk().write(Kind::Renewal, |disk| {
            if let Some(file) = disk.files.remove(from) {
                disk.files.insert(to.to_owned(), file);
            }
        })?;
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.alive()?;
        if disk.files.contains_key(name) {
            disk.write(Kind::Renewal, |disk| {
                disk.files.remove(name);
            })?;
        }
        Ok(())
    }
}

impl MemoryEngine {
    fn opened(&self, file: Arc<Mutex<MemoryFile>>) -> Box<dyn Slots> {
        Box::new(OpenFile {
            disk: self.clone(),
            file,
        })
    }
}

/// A file of the disk in memory. It is there as long as it is open, whatever becomes of its name.
struct OpenFile {
    disk: MemoryEngine,
    file: Arc<Mutex<MemoryFile>>,
}

impl Slots for OpenFile {
    fn len(&self) -> io::Result<u64> {
        self.disk.disk().alive()?;
        Ok(lock(&self.file).bytes.len() as u64)
    }

    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.disk.disk().alive()?;
        let start = usize::try_from(position).map_err(io::Error::other)?;
        let file = lock(&self.file);
        let found = file
            .bytes
            .get(start..start + bytes.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(found);
        Ok(())
    }

    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.disk().alive()?;
        lock(&self.file).unsynced.push((position, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.disk.disk();
        let mut names = disk.files.iter();
        let name = names.find(|(_, file)| Arc::ptr_eq(file, &self.file));
        let name = name.map_or("", |(name, _)| name);
        let (kind, holds_keys) = (kind_of(name), name == keyring::FILE);
        disk.write(kind, |disk| {
            lock(&self.file).sync();
            if let Some(changed) = &mut disk.changed {
                changed.keys |= holds_keys;
            }
        })?;
        Ok(())
    }
}
