//! What the bot says things with. It is a value, and another one takes its place while the bot runs when a writer changes the prompts folder.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    conversation::{House, Journal, Scene},
    library::{Languages, Library},
    net::Net,
};

/// What the bot can say, and what is true of this installation.
#[derive(Clone)]
pub struct Voice {
    /// What can be said, in each language.
    pub languages: Arc<Languages>,
    /// What hears heavy words, whatever language the bot speaks with a parent: in need, people fall back on the one they grew up with.
    pub net: Arc<Net>,
    /// What is true of this installation.
    pub house: House,
}

impl Voice {
    /// What deciding for a parent may look at.
    pub fn scene<'a>(
        &'a self,
        library: &'a Library,
        journal: &'a dyn Journal,
        now: Timestamp,
    ) -> Scene<'a> {
        Scene {
            library,
            languages: &self.languages,
            net: Some(&self.net),
            house: &self.house,
            journal,
            now,
        }
    }
}

#[cfg(test)]
impl Voice {
    /// What is built in, for tests.
    #[allow(clippy::unwrap_used, reason = "a test may panic")]
    pub fn embedded() -> Self {
        Self {
            languages: Arc::new(Languages::embedded().unwrap()),
            net: Arc::new(Net::embedded().unwrap()),
            house: House::default(),
        }
    }
}
