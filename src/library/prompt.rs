//! A prompt, as a writer writes it.

use serde::{Deserialize, Serialize};

use super::{
    read::{names, record},
    text::Text,
};

record! {
    /// One reflection prompt. The rules for each field stand in `prompts/README.md` and are checked on load.
    pub struct Prompt {
        /// `<theme>-<words>`, at most 48 bytes, the same for ever: journal entries refer to it.
        id: String,
        /// The theme, which is also the beginning of the id and the name of the file.
        theme: String,
        /// 2 to 40 characters.
        title: String,
        /// 60 to 280 characters, one scene and one question.
        body: String,
        /// A question for a parent who taps "Nog een vraag", at most 120 characters.
        followup: Option<String> = None,
        /// Whom it speaks to.
        side: Side,
        /// When it fits.
        moment: Moment,
    }
    with {
        /// A short stand-in for the id, for the list of prompts that a parent has seen: it depends on the id alone, and no two
        /// prompts of a library share one.
        mark: u32 = Prompt::mark_of(&id),
    }
}

impl Prompt {
    /// [`Prompt::mark`] of the prompt with this id.
    pub fn mark_of(id: &str) -> u32 {
        mark(id)
    }

    /// Whether it is for a parent of this side. [`Side::Beide`] is a parent who chose none, or both: any prompt is for them.
    pub fn speaks_to(&self, side: Side) -> bool {
        match side {
            Side::Beide => true,
            Side::Verlating | Side::Binding => self.side == Side::Beide || self.side == side,
        }
    }
}

/// What stands in a new prompt where a writer is to write. The check asks for it, so it never comes to a parent.
pub(super) const TO_WRITE: &str = "...";

/// The most letters of an id.
pub(super) const LONGEST_ID: usize = 48;

/// Whether this is how the ids of a theme's prompts look.
pub(super) fn is_id(id: &str, theme: &str) -> bool {
    let is_word = |part: &str| {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        !part.is_empty() && part.bytes().all(fits)
    };
    let words = id
        .strip_prefix(theme)
        .and_then(|rest| rest.strip_prefix('-'));
    id.len() <= LONGEST_ID && words.is_some_and(|words| words.split('-').all(is_word))
}

/// What prompts are about: a file of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// [`Prompt::theme`]: the name of the file.
    pub id: String,
    /// What a parent reads, 2 to 20 characters.
    pub name: Text,
}

/// A short stand-in for an id, where there is little room.
pub(super) fn mark(id: &str) -> u32 {
    let [a, b, c, d, ..] = *blake3::hash(id.as_bytes()).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Which way a parent leans when closeness gets hard, as they chose it themselves.
///
/// The names are internal: a parent only ever sees the texts `words.side_*`, and no log holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Seeks closeness.
    Verlating,
    /// Seeks space.
    Binding,
    /// Both, or no choice made.
    Beide,
}

names! {
    Side: "verlating, binding or beide" {
        "verlating" => Verlating,
        "binding" => Binding,
        "beide" => Beide,
    }
}

/// The part of the day in which a prompt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// Only when the parent's own time is before 11:00.
    Ochtend,
    /// Only when the parent's own time is from 17:00 on.
    Avond,
    /// Always.
    Elk,
}

names! {
    Moment: "ochtend, avond or elk" {
        "ochtend" => Ochtend,
        "avond" => Avond,
        "elk" => Elk,
    }
}
