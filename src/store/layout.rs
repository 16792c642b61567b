//! Where everything lies: the keys of the one ordered map that holds the store.
//!
//! | key | value |
//! |---|---|
//! | `m` name | about the store itself: `store` its id, `slots` the length of the keyring, `commits` how many there were, `counts` totals that name nobody, `time`, `day` the latest on which there was a commit |
//! | `p` parent | a parent's record, sealed; slot in the keyring and due second in clear |
//! | `a` due second · parent | the agenda: nothing but the key |
//! | `e` parent · entry | a journal entry, sealed |
//! | `v` parent · entry · message | the sound of what was spoken in an entry, sealed |
//! | `r` parent · message | what a message in the chat stands for, sealed |
//! | `o` number | an outgoing message, sealed; its parent in clear |
//! | `c` number | the outgoing message with this number was claimed |
//! | `u` | which updates were handled |
//! | `x` key · piece | the rest of a sealed value that is too long for one row |
//!
//! Numbers are big-endian, so that the order of the keys is the order of what they count. Parents appear only as [`ParentId`], a keyed hash of the
//! chat id. The first byte of every value is the version of its format ([`codec::VERSION`](super::codec::VERSION)).

use std::fmt;

use jiff::Timestamp;

use crate::{
    conversation::{EntryId, Unreadable},
    parent::MessageId,
};

/// How a parent is called in the store: a hash of the chat id under a key that comes from the root secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParentId(pub(super) [u8; 16]);

impl fmt::Debug for ParentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParentId(..)")
    }
}

/// The number of a message in the outbox. Grows; never given twice while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seq(pub u64);

impl Seq {
    /// A number for a message that is sent without being in the outbox: no row ever has it.
    pub fn not_in_outbox(nth: u64) -> Self {
        Self(u64::MAX - nth)
    }
}

/// The keys from `from` up to, but not including, `to`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key.
    pub from: Vec<u8>,
    /// The first key that is not in it.
    pub to: Vec<u8>,
}

impl KeyRange {
    /// All keys: the letters of the layout are far below the last byte.
    pub fn everything() -> Self {
        Self::since(Vec::new())
    }

    /// All keys from this one on.
    pub fn since(from: Vec<u8>) -> Self {
        let to = vec![u8::MAX];
        Self { from, to }
    }

    /// All keys that begin with `prefix`, which starts with one of the letters of the layout.
    pub fn prefix(prefix: &[u8]) -> Self {
        let mut to = prefix.to_vec();
        // The successor of a prefix: add one to its last byte that can take it. The letter in front always can.
        while let Some(last) = to.pop() {
            if last < u8::MAX {
                to.push(last + 1);
                break;
            }
        }
        Self {
            from: prefix.to_vec(),
            to,
        }
    }
}

impl fmt::Debug for KeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRange(..)")
    }
}

pub(super) const STORE: &[u8] = b"mstore";
pub(super) const SLOTS: &[u8] = b"mslots";
pub(super) const COMMITS: &[u8] = b"mcommits";
pub(super) const COUNTS: &[u8] = b"mcounts";
pub(super) const TIME: &[u8] = b"mtime";
pub(super) const DAY: &[u8] = b"mday";
pub(super) const UPDATES: &[u8] = b"u";

pub(super) fn parent(id: ParentId) -> Vec<u8> {
    [b"p", id.0.as_slice()].concat()
}

pub(super) fn parents() -> KeyRange {
    KeyRange::prefix(b"p")
}

/// Whose record the row with this key is.
pub(super) fn parent_of(key: &[u8]) -> Result<ParentId, Unreadable> {
    match key {
        [b'p', id @ ..] => id.try_into().map(ParentId).ok(),
        _ => None,
    }
    .ok_or_else(|| Unreadable("parent record: the key has a wrong length".to_owned()))
}

/// Whose the row of a journal with this key is.
pub(super) fn owner_of(key: &[u8]) -> Result<ParentId, Unreadable> {
    key.get(1..)
        .and_then(|rest| rest.first_chunk::<16>())
        .map(|id| ParentId(*id))
        .ok_or_else(|| Unreadable("journal: a key has a wrong length".to_owned()))
}

/// The number in the key of an entry.
pub(super) fn entry_of(key: &[u8]) -> Result<EntryId, Unreadable> {
    key.get(17..)
        .and_then(|number| number.try_into().ok())
        .map(|number| EntryId(u32::from_be_bytes(number)))
        .ok_or_else(|| Unreadable("journal entry: the key has a wrong length".to_owned()))
}

pub(super) fn entry(id: ParentId, entry: EntryId) -> Vec<u8> {
    [b"e", id.0.as_slice(), &entry.0.to_be_bytes()].concat()
}

pub(super) fn entries(id: ParentId) -> KeyRange {
    KeyRange::prefix(&[b"e", id.0.as_slice()].concat())
}

pub(super) fn sound(id: ParentId, entry: EntryId, message: MessageId) -> Vec<u8> {
    [
        b"v",
        id.0.as_slice(),
        &entry.0.to_be_bytes(),
        &message.0.to_be_bytes(),
    ]
    .concat()
}

/// All that was spoken in one entry.
pub(super) fn sounds_of(id: ParentId, entry: EntryId) -> KeyRange {
    KeyRange::prefix(&[b"v", id.0.as_slice(), &entry.0.to_be_bytes()].concat())
}

pub(super) fn sounds(id: ParentId) -> KeyRange {
    KeyRange::prefix(&[b"v", id.0.as_slice()].concat())
}

pub(super) fn reference(id: ParentId, message: MessageId) -> Vec<u8> {
    [b"r", id.0.as_slice(), &message.0.to_be_bytes()].concat()
}

/// The message of a chat whose reference has this key.
pub(super) fn message_of(key: &[u8]) -> Result<MessageId, Unreadable> {
    key.get(17..)
        .and_then(|number| number.try_into().ok())
        .map(|number| MessageId(i32::from_be_bytes(number)))
        .ok_or_else(|| Unreadable("message reference: the key has a wrong length".to_owned()))
}

pub(super) fn references(id: ParentId) -> KeyRange {
    KeyRange::prefix(&[b"r", id.0.as_slice()].concat())
}

pub(super) fn outbox() -> KeyRange {
    KeyRange::prefix(b"o")
}

pub(super) fn outgoing(seq: Seq) -> Vec<u8> {
    [b"o", seq.0.to_be_bytes().as_slice()].concat()
}

pub(super) fn claim(seq: Seq) -> Vec<u8> {
    [b"c", seq.0.to_be_bytes().as_slice()].concat()
}

/// The number in the key of a row of the outbox.
pub(super) fn seq_of(key: &[u8]) -> Result<Seq, Unreadable> {
    match key {
        [b'o', number @ ..] => number
            .try_into()
            .map(|number| Seq(u64::from_be_bytes(number)))
            .map_err(|_| Unreadable("outgoing message: the key has a wrong length".to_owned())),
        _ => Err(Unreadable(
            "outgoing message: the key is of another kind".to_owned(),
        )),
    }
}

pub(super) fn piece(key: &[u8], number: u16) -> Vec<u8> {
    [b"x", key, &number.to_be_bytes()].concat()
}

/// Whole seconds since 1970, in an unsigned number of the same order. A part of a second counts as a whole one: nothing is due too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DueSecond(pub u64);

const SIGN: u64 = 1 << 63;

impl DueSecond {
    pub fn of(at: Timestamp) -> Self {
        let up = i64::from(at.subsec_nanosecond() > 0);
        Self((at.as_second() + up).cast_unsigned() ^ SIGN)
    }

    pub fn minus(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    pub fn timestamp(self) -> Result<Timestamp, Unreadable> {
        Timestamp::from_second((self.0 ^ SIGN).cast_signed())
            .map_err(|_| Unreadable("agenda: a moment out of range".to_owned()))
    }
}

pub(super) fn agenda(due: DueSecond, id: ParentId) -> Vec<u8> {
    [b"a", due.0.to_be_bytes().as_slice(), &id.0].concat()
}

/// The agenda from one second up to and including another.
pub(super) fn agenda_between(from: Option<DueSecond>, until: Option<DueSecond>) -> KeyRange {
    let mut range = KeyRange::prefix(b"a");
    if let Some(from) = from {
        range.from = [b"a", from.0.to_be_bytes().as_slice()].concat();
    }
    if let Some(until) = until {
        range.to = KeyRange::prefix(&[b"a", until.0.to_be_bytes().as_slice()].concat()).to;
    }
    range
}

/// What the key of a row of the agenda says.
pub(super) fn agenda_of(key: &[u8]) -> Result<(Timestamp, ParentId), Unreadable> {
    let wrong = || Unreadable("agenda: a key has a wrong length".to_owned());
    let (due, id) = key
        .get(1..)
        .and_then(|rest| rest.split_first_chunk::<8>())
        .ok_or_else(wrong)?;
    let id = id.try_into().map_err(|_| wrong())?;
    Ok((
        DueSecond(u64::from_be_bytes(*due)).timestamp()?,
        ParentId(id),
    ))
}
