//! Reading sled's log without changing it.
//!
//! When sled opens, it replays the log behind its latest snapshot. A damaged message there it takes for a torn end: it cuts the log off, or passes over
//! the rest of that segment and goes on behind it, and says nothing (measured: of 300 damaged places, 27 cost entries in silence). So the log is
//! read here first, up to the place that the latest confirmed commit had reached.
//!
//! The file `db` as sled 0.34.7 writes it: segments of 512 KiB, in no order, each used again when nothing in it is needed any more.
//!
//! ```text
//! segment                                         message
//!   0  CRC-32 of the next 16 bytes, inverted        0  CRC-32 of the body and of the rest of this header, inverted
//!   4  position of the segment, masked              4  kind; 0 is no message, 2 fills the segment up
//!  12  what was stable then, masked                 5  length of the body, number of the segment, number of the page: 1 to 9 bytes each
//!  20  messages                                        body
//! ```
//!
//! Positions count the bytes of the log since its beginning, as if no segment were ever used again; the number of a segment is its position by its size.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use crate::store::disk;

/// Bytes of a segment.
pub const SEGMENT: u64 = 512 << 10;

const SEGMENT_HEADER: usize = 20;

/// No message begins closer than this to the end of its segment.
const LONGEST_HEADER: usize = 32;

const KIND_CAP: u8 = 2;
const LAST_KIND: u8 = 11;

/// sled inverts its positions but for the sign.
const MASK: u64 = i64::MAX as u64;

/// How much is read at once, where one commit is expected.
const ONE_COMMIT: usize = 16 << 10;

/// What sled adds to the name of a snapshot while it writes it.
const HALF: &str = ".generating";

/// A snapshot of sled in its folder.
struct Snapshot {
    /// Up to which position of the log it goes: its name says so.
    position: u64,
    path: PathBuf,
    /// Whether it has its name.
    named: bool,
}

/// All snapshots in the folder.
fn snapshots(journal: &Path) -> io::Result<Vec<Snapshot>> {
    let mut all = Vec::new();
    for found in fs::read_dir(journal)? {
        let path = found?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.and_then(|name| name.strip_prefix("snap.")) else {
            continue;
        };
        let position = name.strip_suffix(HALF).unwrap_or(name);
        if let Ok(position) = u64::from_str_radix(position, 16) {
            let named = !name.ends_with(HALF);
            all.push(Snapshot {
                position,
                path,
                named,
            });
        }
    }
    Ok(all)
}

impl Snapshot {
    /// Whether all of it is there: its last 12 bytes are its length and a CRC-32.
    fn is_whole(&self) -> io::Result<bool> {
        let bytes = fs::read(&self.path)?;
        let Some((rest, check)) = bytes.split_last_chunk::<4>() else {
            return Ok(false);
        };
        let body = rest.split_last_chunk::<8>().map(|(body, _)| body);
        let holds = |body: &[u8]| crc32fast::hash(body) == u32::from_le_bytes(*check);
        Ok(body.is_some_and(|body| !body.is_empty() && holds(body)))
    }
}

/// Gives the snapshots that were written whole their names, and removes those that sled was killed over while it wrote them.
///
/// sled syncs a snapshot, gives it its name, and then wipes segments that only the snapshot before needed, without syncing the name. After a power cut the wiped
/// segments may be on disk and the name not: then the snapshot before would find nothing where it points (measured: some 3 of 100 cuts soon after a start).
///
/// # Errors
/// When the folder cannot be read or changed.
pub fn finish_snapshots(journal: &Path) -> io::Result<()> {
    let mut changed = false;
    for snapshot in snapshots(journal)?.iter().filter(|one| !one.named) {
        if snapshot.is_whole()? {
            fs::rename(&snapshot.path, snapshot.path.with_extension(""))?;
        } else {
            fs::remove_file(&snapshot.path)?;
        }
        changed = true;
    }
    if changed {
        disk::sync_dir(journal)?;
    }
    Ok(())
}

/// From which position on sled replays its log: where its latest snapshot ends, once [`finish_snapshots`] is done.
///
/// # Errors
/// When the folder cannot be read.
pub fn replayed_from(journal: &Path) -> io::Result<u64> {
    let mut latest = 0;
    for snapshot in snapshots(journal)? {
        if snapshot.position > latest && (snapshot.named || snapshot.is_whole()?) {
            latest = snapshot.position;
        }
    }
    Ok(latest)
}

/// A segment of the log.
#[cfg(test)]
pub struct Segment {
    /// Its position.
    pub position: u64,
    /// Where it begins in the file.
    pub place: u64,
    /// Whether sled replays it when it opens.
    pub replayed: bool,
}

/// All segments in the file that hold something.
#[cfg(test)]
pub fn segments(journal: &Path) -> io::Result<Vec<Segment>> {
    let from = replayed_from(journal)?;
    let log = LogFile::open(journal)?;
    let mut all = Vec::new();
    for place in log.places()? {
        if let Header::Valid(position) = log.header(place)? {
            let replayed = position + SEGMENT > from;
            all.push(Segment {
                position,
                place,
                replayed,
            });
        }
    }
    Ok(all)
}

/// Looks whether the log is whole from where sled will replay it up to the position `confirmed`. Returns what is wrong, if anything is.
///
/// What lies behind `confirmed` may be torn: nobody was told that it is kept. What lies before the snapshot is not looked at, because sled
/// finds damage there itself, when it reads it.
///
/// # Errors
/// When the files cannot be read.
pub fn damage(journal: &Path, confirmed: u64) -> io::Result<Option<String>> {
    let mut log = LogFile::open(journal)?;
    let from = replayed_from(journal)?;
    let wanted = from - from % SEGMENT..confirmed;
    let mut segments = BTreeMap::new();
    let mut blank = Vec::new();
    for place in log.places()? {
        match log.header(place)? {
            Header::Valid(position) if wanted.contains(&position) => {
                segments.insert(position, place);
            }
            Header::Valid(_) => {}
            Header::Blank => blank.push(place),
            Header::Broken => {
                return Ok(Some(format!(
                    "the header of the segment at byte {place} is broken"
                )));
            }
        }
    }
    for place in blank {
        let bytes = log.read(place, SEGMENT as usize)?;
        let is_lost = |number: u64| {
            let position = number.saturating_mul(SEGMENT);
            wanted.contains(&position) && !segments.contains_key(&position)
        };
        if holds_message(&bytes, is_lost) {
            return Ok(Some(format!(
                "the segment at byte {place} has lost its header"
            )));
        }
    }
    for (position, place) in &segments {
        let bytes = log.read(*place, SEGMENT as usize)?;
        let messages = bytes.get(SEGMENT_HEADER..).unwrap_or_default();
        let end = messages_end(messages, *position, SEGMENT_HEADER);
        // Where a segment is not needed any more, the next one may just have been half written over it.
        let is_newer = |number| number >= confirmed / SEGMENT && number != position / SEGMENT;
        if end < confirmed.min(position + SEGMENT)
            && !holds_message(&bytes[(end - position) as usize..], is_newer)
        {
            let at = place + (end - position);
            return Ok(Some(format!(
                "the log breaks off at byte {at}, and confirmed commits lie behind it"
            )));
        }
    }
    let latest = confirmed - confirmed % SEGMENT;
    let has_messages = confirmed - latest > SEGMENT_HEADER as u64;
    if wanted.contains(&latest) && has_messages && !segments.contains_key(&latest) {
        return Ok(Some("its latest segment is missing".to_owned()));
    }
    Ok(None)
}

/// Follows the log while it grows.
pub struct LogEnd {
    log: LogFile,
    /// The position behind the last message that was found.
    position: u64,
    /// The position of the segment it lies in, and where in the file that is.
    segment: Option<(u64, u64)>,
}

impl LogEnd {
    /// Begins where the latest snapshot ends. To be called when sled has opened its files.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn find(journal: &Path) -> io::Result<Self> {
        let mut end = Self {
            log: LogFile::open(journal)?,
            position: replayed_from(journal)?,
            segment: None,
        };
        end.follow()?;
        Ok(end)
    }

    /// Goes on to the end of the log, and returns its position.
    ///
    /// # Errors
    /// When the file cannot be read. The position is then too low, never too high.
    pub fn follow(&mut self) -> io::Result<u64> {
        let mut window = ONE_COMMIT;
        loop {
            let base = self.position - self.position % SEGMENT;
            let place = match self.segment {
                Some((segment, place)) if segment == base => place,
                Some(_) | None => match self.log.segment(base)? {
                    Some(place) => {
                        self.segment = Some((base, place));
                        place
                    }
                    None => return Ok(self.position),
                },
            };
            let within = ((self.position - base) as usize).max(SEGMENT_HEADER);
            let window_end = (within + window).min(SEGMENT as usize);
            let bytes = self.log.read(place + within as u64, window_end - within)?;
            let end = messages_end(&bytes, base, within);
            let moved = end > self.position;
            self.position = end;
            if end.is_multiple_of(SEGMENT) {
                continue;
            }
            let rest = &bytes[(end - base) as usize - within..];
            let is_longer = |(message, _): (Message, usize)| {
                message.segment == base / SEGMENT && message.len > rest.len()
            };
            if window < SEGMENT as usize && Message::head(rest).is_some_and(is_longer) {
                window = SEGMENT as usize;
            } else if !moved || rest.len() >= LONGEST_HEADER {
                return Ok(end);
            }
        }
    }
}

/// The file that the log is in.
struct LogFile {
    file: File,
    /// Where the segment begins that was found last.
    latest: u64,
}

impl LogFile {
    fn open(journal: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::open(journal.join("db"))?,
            latest: 0,
        })
    }

    /// At most so many bytes from here; fewer at the end of the file.
    fn read(&mut self, place: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(len);
        self.file.seek(SeekFrom::Start(place))?;
        (&mut self.file).take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The header of the segment that begins here.
    fn header(&self, place: u64) -> io::Result<Header> {
        let mut bytes = [0; SEGMENT_HEADER];
        let read = self.file.read_at(&mut bytes, place);
        read.map(|len| Header::read(&bytes[..len]))
    }

    /// Where the segments begin in the file.
    fn places(&self) -> io::Result<impl Iterator<Item = u64> + use<>> {
        let len = self.file.metadata()?.len();
        Ok((0..len).step_by(SEGMENT as usize))
    }

    /// Where the segment with this position begins in the file. sled takes the first one that is free, or lets the file grow: so it is the last one there, or
    /// mostly not far behind the one before. There are thousands in a store of a million parents, and looking at all of them for each that begins took more than half of all processor time in a rush.
    fn segment(&mut self, position: u64) -> io::Result<Option<u64>> {
        let (before, behind): (Vec<u64>, Vec<u64>) =
            self.places()?.partition(|place| *place < self.latest);
        for place in behind.last().into_iter().chain(&behind).chain(&before) {
            if self.header(*place)? == Header::Valid(position) {
                self.latest = *place;
                return Ok(Some(*place));
            }
        }
        Ok(None)
    }
}

#[derive(Debug, PartialEq)]
enum Header {
    /// A segment with this position.
    Valid(u64),
    /// Never written, or wiped by sled.
    Blank,
    /// Neither: sled never leaves such a thing behind, since a header lies in one sector.
    Broken,
}

impl Header {
    fn read(bytes: &[u8]) -> Self {
        let Some((check, rest)) = bytes.split_first_chunk::<4>() else {
            return Self::Blank;
        };
        if bytes.iter().all(|byte| *byte == 0) {
            return Self::Blank;
        }
        let holds = rest.len() == 16 && !crc32fast::hash(rest) == u32::from_le_bytes(*check);
        match rest.split_first_chunk::<8>() {
            Some((position, _)) if holds => Self::Valid(u64::from_le_bytes(*position) ^ MASK),
            Some(_) | None => Self::Broken,
        }
    }
}

/// The position behind the last whole message in a part of a segment: the segment begins at `position`, and the part `within` it. A segment that is
/// full ends where the next one begins.
fn messages_end(part: &[u8], position: u64, within: usize) -> u64 {
    let number = position / SEGMENT;
    let mut at = 0;
    loop {
        if within + at + LONGEST_HEADER > SEGMENT as usize {
            return position + SEGMENT;
        }
        match part.get(at..).and_then(Message::read) {
            Some(message) if message.segment == number && message.kind == KIND_CAP => {
                return position + SEGMENT;
            }
            Some(message) if message.segment == number => at += message.len,
            Some(_) | None => return position + (within + at) as u64,
        }
    }
}

/// Whether a whole message begins anywhere in here whose segment has a number like this.
fn holds_message(bytes: &[u8], is_wanted: impl Fn(u64) -> bool) -> bool {
    (0..bytes.len()).any(|at| {
        let head = Message::head(&bytes[at..]);
        head.is_some_and(|(message, _)| is_wanted(message.segment))
            && Message::read(&bytes[at..]).is_some()
    })
}

struct Message {
    kind: u8,
    segment: u64,
    /// Bytes with the header.
    len: usize,
}

impl Message {
    /// The message that begins here, if it is whole.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (message, header) = Self::head(bytes)?;
        let (check, rest) = bytes.get(..header)?.split_first_chunk::<4>()?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(bytes.get(header..message.len)?);
        crc.update(rest);
        (!crc.finalize() == u32::from_le_bytes(*check)).then_some(message)
    }

    /// What the header says, and how long it is. Nothing is checked yet.
    fn head(bytes: &[u8]) -> Option<(Self, usize)> {
        let kind = *bytes.get(4)?;
        if !(1..=LAST_KIND).contains(&kind) {
            return None;
        }
        let mut at = 5;
        let mut number = || {
            let (number, len) = number(bytes.get(at..)?)?;
            at += len;
            Some(number)
        };
        let body = number()?;
        let segment = number()?;
        number()?;
        let body = usize::try_from(body)
            .ok()
            .filter(|body| *body <= SEGMENT as usize)?;
        let len = at + body;
        Some((Self { kind, segment, len }, at))
    }
}

/// A number of 1 to 9 bytes, and how many.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let byte = |at: usize| bytes.get(at).copied().map(u64::from);
    Some(match *bytes.first()? {
        first @ 0..=240 => (first.into(), 1),
        first @ 241..=248 => (240 + 256 * (u64::from(first) - 241) + byte(1)?, 2),
        249 => (2288 + 256 * byte(1)? + byte(2)?, 3),
        first @ 250..=255 => {
            let len = usize::from(first) - 247;
            let mut number = [0; 8];
            number[..len].copy_from_slice(bytes.get(1..=len)?);
            (u64::from_le_bytes(number), len + 1)
        }
    })
}
