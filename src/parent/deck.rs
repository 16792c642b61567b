//! Which prompt comes next.

use serde::{Deserialize, Serialize};

/// What a parent has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deck {
    /// Marks of the prompts seen since the deck was last begun anew.
    pub seen: Vec<u32>,
    /// The themes of the last two prompts, newest last.
    pub themes: Vec<String>,
}
