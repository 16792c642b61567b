//! The commands a parent can type.

use super::{
    read::{names, record},
    text::Text,
};

record! {
    /// A command as a parent sees it.
    pub struct CommandText {
        /// What it does, the same in every language. Each stands once, but `flow` as often as there are flows.
        id: CommandId,
        /// What the parent types behind the `/`: 1 to 32 of `a-z`, `0-9` and `_`.
        name: String,
        /// What the menu says about it, 1 to 60 characters.
        description: Text,
        /// Works before consent, in a pause and after erasing.
        always: bool,
        /// Stands in Telegram's menu.
        menu: bool,
    }
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandId {
    /// Begin, or begin anew.
    Start,
    /// The flow whose file names this command.
    Flow,
    /// Today's prompt.
    Today,
    /// The journal.
    Journal,
    /// A word in the journal.
    Search,
    /// Looking back on a week or a month.
    LookBack,
    /// Example sentences.
    Sentences,
    /// Time and days of the prompts.
    Times,
    /// A while without prompts.
    Pause,
    /// What was chosen.
    Settings,
    /// Everything in a file.
    Export,
    /// A journal comes back from such a file.
    Import,
    /// What is kept and what is not.
    Privacy,
    /// Erase a reply, or everything.
    Erase,
    /// No more prompts.
    Stop,
    /// People who listen.
    Help,
}

names! {
    CommandId: "the id of a command, such as `start`" {
        "start" => Start,
        "flow" => Flow,
        "today" => Today,
        "journal" => Journal,
        "search" => Search,
        "look_back" => LookBack,
        "sentences" => Sentences,
        "times" => Times,
        "pause" => Pause,
        "settings" => Settings,
        "export" => Export,
        "import" => Import,
        "privacy" => Privacy,
        "erase" => Erase,
        "stop" => Stop,
        "help" => Help,
    }
}
