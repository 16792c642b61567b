//! What the bot says things with. It is a value, and another one takes its place while the bot runs when a writer changes the prompts folder.

use std::sync::Arc;

use crate::{
    conversation::House,
    library::{Languages, Library},
    net::{self, Net},
};

/// What the bot can say, and what is true of this installation.
#[derive(Clone)]
pub struct Voice {
    /// What can be said, in each language.
    pub languages: Arc<Languages>,
    /// What hears heavy words.
    pub net: Arc<Net>,
    /// What is true of this installation.
    pub house: House,
}

impl Voice {
    /// What hears heavy words in a language; `None` when nothing does.
    pub(super) fn net_for(&self, library: &Library) -> Option<&Net> {
        (library.language == net::LANGUAGE).then_some(&self.net)
    }
}
