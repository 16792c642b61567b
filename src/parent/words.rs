//! A parent's words, and the numbers that lead to a parent: values that must never be printed.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text that a parent wrote, or that quotes what a parent wrote.
///
/// `Debug` says only that there is text: no log line, error or panic message can hold it.
/// There is no `Display`. Whoever needs the text says so with [`Words::reveal`], which is easy to search for.
/// The memory is wiped when the value goes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
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

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
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
    fn nothing_of_a_parent_is_printed() {
        let printed = format!("{:?} {:?}", Words::new("geheim"), ChatId(4_711_222));
        assert_eq!(printed, "Words(..) ChatId(..)");
    }
}
