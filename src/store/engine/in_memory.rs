//! The engine in memory, which can be told to lose power.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Batch, Engine, EngineError, KeyRange, Order, Row};
use crate::store::keyring::Slots;

/// A disk in memory: the rows, and the keyring beside them. Clones are the same disk.
///
/// What was written is there after the power came back, and nothing else: the same promise as on a real disk.
#[derive(Clone, Default)]
pub struct MemoryEngine(Arc<Mutex<Disk>>);

#[derive(Default)]
struct Disk {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    keyring: Vec<u8>,
    /// Writes to the keyring that were not synced yet.
    unsynced: Vec<(u64, Vec<u8>)>,
    writes: u64,
    crash: Option<CrashPoint>,
    down: bool,
}

/// When the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// Instead of the write with this number, the first being 1.
    Before(u64),
    /// After the write with this number is on disk, and before anybody hears of it.
    After(u64),
}

impl MemoryEngine {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cuts the power at a write: a commit, or a sync of the keyring. Writes count from 1, from now on.
    /// Everything fails from then on, until [`MemoryEngine::restore_power`].
    pub fn crash_at(&self, point: CrashPoint) {
        let mut disk = self.disk();
        disk.writes = 0;
        disk.crash = Some(point);
    }

    /// Whether the power is off.
    pub fn is_down(&self) -> bool {
        self.disk().down
    }

    /// Switches the power on. Open a new store on the disk then; one that was open before has seen a failed write and takes no more.
    pub fn restore_power(&self) {
        let mut disk = self.disk();
        disk.down = false;
        disk.crash = None;
        disk.unsynced.clear();
    }

    /// How many durable writes there were since [`MemoryEngine::crash_at`], or since the disk was made.
    pub fn writes(&self) -> u64 {
        self.disk().writes
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    fn alive(&self) -> Result<(), PowerCut> {
        if self.down { Err(PowerCut) } else { Ok(()) }
    }

    fn write(&mut self, change: impl FnOnce(&mut Self)) -> Result<(), PowerCut> {
        self.alive()?;
        self.writes += 1;
        match self.crash {
            Some(CrashPoint::Before(at)) if at == self.writes => {
                self.down = true;
                Err(PowerCut)
            }
            Some(CrashPoint::After(at)) if at == self.writes => {
                change(self);
                self.down = true;
                Err(PowerCut)
            }
            Some(_) | None => {
                change(self);
                Ok(())
            }
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
        self.disk().write(|disk| {
            for (key, value) in batch.iter() {
                match value {
                    Some(value) => disk.rows.insert(key.to_vec(), value.to_vec()),
                    None => disk.rows.remove(key),
                };
            }
        })?;
        Ok(0)
    }
}

/// The keyring on the disk in memory.
impl Slots for MemoryEngine {
    fn len(&self) -> io::Result<u64> {
        let disk = self.disk();
        disk.alive()?;
        Ok(disk.keyring.len() as u64)
    }

    fn read_at(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        let disk = self.disk();
        disk.alive()?;
        let start = usize::try_from(position).map_err(io::Error::other)?;
        let found = disk
            .keyring
            .get(start..start + bytes.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(found);
        Ok(())
    }

    fn write_at(&self, position: u64, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        disk.alive()?;
        disk.unsynced.push((position, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.disk().write(|disk| {
            for (position, bytes) in std::mem::take(&mut disk.unsynced) {
                let Ok(start) = usize::try_from(position) else {
                    continue;
                };
                let end = start + bytes.len();
                if disk.keyring.len() < end {
                    disk.keyring.resize(end, 0);
                }
                disk.keyring[start..end].copy_from_slice(&bytes);
            }
        })?;
        Ok(())
    }
}
