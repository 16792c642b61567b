//! What deciding may look at, all of it values.

use jiff::Timestamp;

use super::Journal;
use crate::{
    library::{CommandText, Languages, Library},
    net::Net,
};

/// What is true of this installation, for the texts that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Who is responsible for the parents' data, by name.
    pub controller: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Where the server stands: a country or a city. Nothing is claimed when nobody has said so.
    pub location: Option<String>,
    /// After how many months of silence everything is erased.
    pub retention_months: u16,
    /// After how many days the last backup is gone.
    pub backup_days: u16,
}

impl Default for House {
    /// An installation of which nothing is known, with the times that count where nobody sets others.
    fn default() -> Self {
        Self {
            controller: None,
            contact: None,
            location: None,
            retention_months: 24,
            backup_days: 30,
        }
    }
}

/// What deciding may look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Everything the bot can say, in the parent's language.
    pub library: &'a Library,
    /// All languages.
    pub languages: &'a Languages,
    /// What hears heavy words; `None` where nobody is heard, such as in a preview.
    pub net: Option<&'a Net>,
    /// What is true of this installation.
    pub house: &'a House,
    /// The parent's own journal.
    pub journal: &'a dyn Journal,
    /// The time.
    pub now: Timestamp,
}

impl<'a> Scene<'a> {
    /// The command that a parent means by `name`, in any language.
    pub(super) fn command(&self, name: &str) -> Option<&'a CommandText> {
        self.languages.command(self.library, name)
    }
}
