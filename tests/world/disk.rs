//! Where the store is.

use std::{path::PathBuf, sync::Arc};

use tempfile::TempDir;
use voel_eerst::store::{MemoryEngine, OpenError, RootSecret, Store};

/// A disk, which outlives the processes that use it. Clones are the same disk.
#[derive(Clone)]
pub enum Disk {
    /// A temporary folder, with sled in it; gone when the last clone is.
    Folder(Arc<TempDir>),
    /// A disk in memory, which can lose its power.
    Memory(MemoryEngine),
}

impl Disk {
    /// A new folder.
    pub fn folder() -> Self {
        Self::Folder(Arc::new(TempDir::new().unwrap()))
    }

    /// A new disk in memory.
    pub fn memory() -> Self {
        Self::Memory(MemoryEngine::new())
    }

    /// Opens the store on it.
    pub fn open(&self, secret: &RootSecret) -> Result<Store, OpenError> {
        match self {
            Self::Folder(_) => Store::open(&self.path(), secret),
            Self::Memory(engine) => Store::in_memory(engine, secret),
        }
    }

    /// The folder of the store on it.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.path().join("store"),
            Self::Memory(_) => panic!("a disk in memory has no folders"),
        }
    }
}
