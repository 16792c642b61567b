//! The format of the files of a backup, as `docs/backup.md` describes it for whoever reads them elsewhere.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::error::BackupError;
use crate::store::disk;

/// The version of the format.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"VEbackup";
const HEADER: usize = 104;

/// How many bytes of rows make a chunk, but for the last row of it.
const CHUNK: usize = 64 << 10;

/// The most bytes of rows in a chunk: a length above it is damage, and not room to make.
const CHUNK_MAX: u32 = 1 << 20;

/// The length of a value that says that the row is removed.
const REMOVED: u32 = u32::MAX;

/// Which half of a backup a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// What the journal holds, sealed.
    Entries,
    /// The keys that open it, wrapped.
    Keyring,
}

/// What a file begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which half it is.
    pub half: Half,
    /// The store that it is of.
    pub store_id: [u8; 16],
    /// The same in both halves of one backup, and in no other.
    pub backup_id: [u8; 16],
    /// When it was begun, to the second.
    pub begun: Timestamp,
}

/// What a file ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// The commit as of which the rows are.
    pub commits: u64,
    /// How many rows were written, removed ones and earlier versions counted.
    pub rows: u64,
}

/// A key, and its value; no value means that the row is removed.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// Part of a file.
pub enum Part {
    /// Some rows, to be applied after those before.
    Rows(Vec<Change>),
    /// The end.
    End(Trailer),
}

impl Header {
    fn bytes(&self) -> [u8; HEADER - 32] {
        let mut bytes = [0; HEADER - 32];
        let half: u32 = match self.half {
            Half::Entries => 1,
            Half::Keyring => 2,
        };
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_be_bytes());
        bytes[12..16].copy_from_slice(&half.to_be_bytes());
        bytes[16..32].copy_from_slice(&self.store_id);
        bytes[32..48].copy_from_slice(&self.backup_id);
        bytes[48..56].copy_from_slice(&self.begun.as_second().to_be_bytes());
        bytes
    }
}

/// Writes a file.
pub struct Writer {
    file: BufWriter<File>,
    hash: blake3::Hasher,
    chunk: Vec<u8>,
    rows: u64,
}

impl Writer {
    /// Begins a file, which is not there yet and is its owner's alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(path: &Path, header: &Header) -> io::Result<Self> {
        let file = disk::private().create_new(true).open(path)?;
        let mut writer = Self {
            file: BufWriter::new(file),
            hash: blake3::Hasher::new(),
            chunk: Vec::with_capacity(2 * CHUNK),
            rows: 0,
        };
        writer.put(&header.bytes())?;
        writer.check()?;
        // Whoever finds the file knows whose it is.
        writer.file.flush()?;
        Ok(writer)
    }

    /// Writes a row; no value means that it is removed. At most 64 KiB long.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, key: &[u8], value: Option<&[u8]>) -> io::Result<()> {
        let key_len = u16::try_from(key.len()).map_err(io::Error::other)?;
        let value_len = match value {
            Some(value) => u32::from(u16::try_from(value.len()).map_err(io::Error::other)?),
            None => REMOVED,
        };
        self.chunk.extend_from_slice(&key_len.to_be_bytes());
        self.chunk.extend_from_slice(key);
        self.chunk.extend_from_slice(&value_len.to_be_bytes());
        self.chunk.extend_from_slice(value.unwrap_or_default());
        self.rows += 1;
        if self.chunk.len() >= CHUNK {
            self.end_chunk()?;
        }
        Ok(())
    }

    /// How many rows were written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the file. All of it survives a power cut when this returns, but for its name.
    ///
    /// # Errors
    /// When that is in doubt.
    pub fn finish(mut self, commits: u64) -> io::Result<Trailer> {
        self.end_chunk()?;
        let trailer = Trailer {
            commits,
            rows: self.rows,
        };
        self.put(&0_u32.to_be_bytes())?;
        self.put(&trailer.commits.to_be_bytes())?;
        self.put(&trailer.rows.to_be_bytes())?;
        self.check()?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(trailer)
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::take(&mut self.chunk);
        let len = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        self.put(&len.to_be_bytes())?;
        self.put(&chunk)?;
        self.check()
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.file.write_all(bytes)
    }

    /// The hash of everything before it.
    fn check(&mut self) -> io::Result<()> {
        let check = *self.hash.finalize().as_bytes();
        self.put(&check)
    }
}

/// Reads a file, and checks what it has read before it hands it out.
pub struct Reader {
    file: BufReader<File>,
    path: PathBuf,
    hash: blake3::Hasher,
    header: Header,
    rows: u64,
}

impl Reader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When it cannot be read, is something else, is newer, or its header is damaged.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::access("read", path))?;
        let mut reader = Self {
            file: BufReader::new(file),
            path: path.to_owned(),
            hash: blake3::Hasher::new(),
            header: Header {
                half: Half::Entries,
                store_id: [0; 16],
                backup_id: [0; 16],
                begun: Timestamp::UNIX_EPOCH,
            },
            rows: 0,
        };
        let mut bytes = [0; HEADER - 32];
        let (magic, rest) = bytes.split_at_mut(MAGIC.len());
        let begins = reader.fill(magic);
        if matches!(begins, Err(BackupError::Damaged { .. })) || magic != MAGIC {
            return Err(BackupError::NoBackup(path.to_owned()));
        }
        begins?;
        reader.fill(rest)?;
        let version = word(&bytes[8..]);
        if version > VERSION {
            return Err(BackupError::NewerVersion {
                path: path.to_owned(),
                found: version,
                known: VERSION,
            });
        }
        reader.check("its header")?;
        let damaged = || BackupError::damaged(path, "its header says what no backup says");
        reader.header.half = match word(&bytes[12..]) {
            1 => Half::Entries,
            2 => Half::Keyring,
            _ => return Err(damaged()),
        };
        reader.header.store_id.copy_from_slice(&bytes[16..32]);
        reader.header.backup_id.copy_from_slice(&bytes[32..48]);
        reader.header.begun =
            Timestamp::from_second(long(&bytes[48..]).cast_signed()).map_err(|_| damaged())?;
        if version != VERSION || reader.header.bytes() != bytes {
            return Err(damaged());
        }
        Ok(reader)
    }

    /// What it begins with.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next part. Not to be called behind the end.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    pub fn next(&mut self) -> Result<Part, BackupError> {
        let mut len = [0; 4];
        self.fill(&mut len)?;
        let len = u32::from_be_bytes(len);
        if len == 0 {
            return self.end().map(Part::End);
        }
        let place = format!("its rows from row {} on", self.rows + 1);
        if len > CHUNK_MAX {
            return Err(self.wrong(&place));
        }
        let mut chunk = vec![0; len as usize];
        self.fill(&mut chunk)?;
        self.check(&place)?;
        let rows = rows(&chunk).ok_or_else(|| self.wrong(&place))?;
        self.rows += rows.len() as u64;
        Ok(Part::Rows(rows))
    }

    fn end(&mut self) -> Result<Trailer, BackupError> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        self.check("its end")?;
        let trailer = Trailer {
            commits: long(&bytes),
            rows: long(&bytes[8..]),
        };
        let mut more = [0];
        let more = self.file.read(&mut more);
        let more = more.map_err(BackupError::access("read", &self.path))?;
        if trailer.rows != self.rows || more != 0 {
            return Err(self.wrong("its end"));
        }
        Ok(trailer)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        match self.file.read_exact(bytes) {
            Ok(()) => {
                self.hash.update(bytes);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(BackupError::damaged(
                &self.path,
                "it breaks off before its end",
            )),
            Err(error) => Err(BackupError::access("read", &self.path)(error)),
        }
    }

    /// Compares the hash that stands here with what was read.
    fn check(&mut self, what: &str) -> Result<(), BackupError> {
        let expected = *self.hash.finalize().as_bytes();
        let mut found = [0; 32];
        self.fill(&mut found)?;
        if found == expected {
            Ok(())
        } else {
            Err(self.wrong(what))
        }
    }

    fn wrong(&self, what: &str) -> BackupError {
        BackupError::damaged(&self.path, format!("{what} are not what was written"))
    }
}

/// The commit as of which a finished file is, from its last bytes alone. Nothing is checked.
///
/// # Errors
/// When it cannot be read.
pub fn commits(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    // Behind it come the number of rows and the hash.
    file.seek(SeekFrom::End(-(8 + 8 + 32)))?;
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(long(&bytes))
}

/// The rows of a chunk; `None` when they are not whole.
fn rows(mut rest: &[u8]) -> Option<Vec<Change>> {
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (len, after) = rest.split_first_chunk::<2>()?;
        let (key, after) = after.split_at_checked(u16::from_be_bytes(*len).into())?;
        let (len, after) = after.split_first_chunk::<4>()?;
        let len = u32::from_be_bytes(*len);
        let (value, after) = if len == REMOVED {
            (None, after)
        } else {
            let (value, after) = after.split_at_checked(len as usize)?;
            (Some(value.to_vec()), after)
        };
        rows.push((key.to_vec(), value));
        rest = after;
    }
    Some(rows)
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default())
}

fn long(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default())
}
