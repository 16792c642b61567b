//! What the bot says things with. It is a value, and another one takes its place while the bot runs when a writer changes the prompts folder.

use std::sync::Arc;

use crate::{conversation::House, library::Languages, net::Net};

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
