//! The file `mark`: up to where commits were confirmed. What it is for stands in `folder.rs`.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
};

/// What the file `mark` says, each number in 8 bytes; a hash of what it says follows.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    /// How many commits were confirmed.
    pub(super) commits: u64,
    /// Up to where they are in the engine's log.
    pub(super) log_end: u64,
    /// A hash of all files after a clean end, else zeros.
    pub(super) hash: Option<[u8; 32]>,
}

impl Mark {
    const LEN: usize = 8 + 8 + 32 + 32;

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let (said, check) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(said) != *check {
            return None;
        }
        let (commits, said) = said.split_first_chunk::<8>()?;
        let (log_end, hash) = said.split_first_chunk::<8>()?;
        let hash: [u8; 32] = hash.try_into().ok()?;
        Some(Self {
            commits: u64::from_be_bytes(*commits),
            log_end: u64::from_be_bytes(*log_end),
            hash: (hash != [0; 32]).then_some(hash),
        })
    }

    pub(super) fn write(&self, file: &mut File) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.extend_from_slice(&self.commits.to_be_bytes());
        bytes.extend_from_slice(&self.log_end.to_be_bytes());
        bytes.extend_from_slice(&self.hash.unwrap_or_default());
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(check.as_bytes());
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }
}
