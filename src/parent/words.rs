//! A parent's words, and the numbers that lead to a parent: values that must never be printed.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Text that a parent wrote, or that quotes what a parent wrote.
///
/// `Debug` says only that there is text: no log line, error or panic message can hold it.
/// There is no `Display`. Whoever needs the text says so with [`Words::reveal`], which is easy to search for.
/// The memory is wiped when the value goes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// Takes text into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for storing it sealed or showing it to the parent it belongs to.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        drop(Wiped(std::mem::take(&mut self.0).into_bytes()));
    }
}

impl ZeroizeOnDrop for Words {}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}

/// Bytes whose memory is wiped when the value goes.
///
/// All of them at once, where `Zeroizing` does it byte by byte: that took as long as opening the seal of a record. Whoever fills one makes the
/// room before, or uses [`Wiped::append`]: a `Vec` that needs more room leaves what it held where it was.
#[derive(Default, PartialEq, Eq)]
pub struct Wiped(Vec<u8>);

impl Wiped {
    /// None yet, and room for so many.
    pub fn with_capacity(room: usize) -> Self {
        Self(Vec::with_capacity(room))
    }

    /// Puts bytes behind those that there are. When that takes more room, what was held in less of it is wiped.
    ///
    /// CBOR is written a byte or two at a time, so this has to be little where it is called.
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) {
        if bytes.len() > self.0.capacity() - self.0.len() {
            self.make_room(bytes.len());
        }
        self.0.extend_from_slice(bytes);
    }

    #[cold]
    fn make_room(&mut self, more: usize) {
        let mut larger = Self::with_capacity(2 * (self.0.len() + more));
        larger.0.extend_from_slice(&self.0);
        *self = larger;
    }
}

impl From<Vec<u8>> for Wiped {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Wiped {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        let room = self.0.capacity();
        self.0.clear();
        self.0.resize(room, 0);
        // Nobody reads the zeros, so without this they need not be written.
        optimization_barrier(self.0.as_slice());
    }
}

impl ZeroizeOnDrop for Wiped {}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wiped(..)")
    }
}

/// Bytes that are a parent's own: what they said in a voice note, or a file with their words.
///
/// As [`Words`], they show themselves to nobody who does not say [`PrivateBytes::reveal`]. Clones share the memory, which is wiped when the
/// last one goes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PrivateBytes(Arc<Wiped>);

impl PrivateBytes {
    /// Takes bytes into keeping.
    pub fn new(bytes: impl Into<Wiped>) -> Self {
        Self(Arc::new(bytes.into()))
    }

    /// The bytes themselves, for storing them sealed or sending them to the parent they belong to.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PrivateBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateBytes(..)")
    }
}

/// What Telegram calls a file. Whoever has it and the bot's token can fetch what a parent said, so it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(pub String);

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileId(..)")
    }
}

/// Telegram's number of a chat. In a private chat it is the parent's own Telegram number, so it is never printed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatId(pub i64);

impl fmt::Debug for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatId(..)")
    }
}

/// Telegram's number of a message, unique within one chat and growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_stands_behind_what_there_was_however_much_it_is() {
        let mut wiped = Wiped::with_capacity(3);
        for bytes in [&b"ab"[..], b"", b"cde", &[b'f'; 100]] {
            wiped.append(bytes);
        }
        assert_eq!(*wiped, [b"abcde", &[b'f'; 100][..]].concat());
    }

    #[test]
    fn nothing_of_a_parent_is_printed() {
        let printed = format!(
            "{:?} {:?} {:?} {:?}",
            Words::new("geheim"),
            ChatId(4_711_222),
            PrivateBytes::new(b"geheim".to_vec()),
            FileId("geheim".to_owned())
        );
        assert_eq!(printed, "Words(..) ChatId(..) PrivateBytes(..) FileId(..)");
    }
}
