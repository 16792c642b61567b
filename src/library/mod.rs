//! What the bot can say: prompts, flows, help lines, commands and all other texts, loaded from the files of one language.
//!
//! Pure: [`Files`] come in as values, from the program itself or from a folder that `service::folder` has read. Loading checks
//! every rule that `prompts/README.md` gives the writers, and tells everything that is wrong at once, so what is loaded can be used
//! without another look.

mod command;
mod draft;
mod fault;
mod files;
mod flow;
mod fresh;
mod helpline;
mod languages;
mod lint;
mod list;
mod place;
mod prompt;
mod read;
mod source;
mod text;
mod texts;
mod typed_words;

use draft::Draft;

pub use command::{CommandId, CommandText};
pub use fault::{Fault, Faults, report};
pub use files::Files;
pub use flow::{CARD, Card, Flow, FlowButton, FlowTexts, Input, Keep, Next, Sentence, Step};
pub use fresh::{Fresh, NewPrompt, NotFresh, fresh, themes};
pub use helpline::{Country, HelpLine, Route};
pub use languages::Languages;
pub use list::list;
pub use place::{Place, Places, fold};
pub use prompt::{Moment, Prompt, Side, Theme};
pub use text::{Label, Text};
pub use texts::*;
pub use typed_words::{DateWords, DayWords, PartOfDay, TypedWords};

/// Everything the bot can say in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// The language's tag, such as `nl`.
    pub language: String,
    /// What the language calls itself.
    pub name: Label,
    /// The languages of apps for which this is the language, as ISO 639 codes; `*` is every app that no language names.
    pub apps: Vec<String>,
    /// The version of what parents consent to. Another version than the one a parent agreed to means asking again.
    pub consent_version: String,
    /// The themes of the prompts that may come in the days after an answer to heavy words.
    pub gentle_themes: Vec<String>,
    /// What prompts are about, in the order of their files.
    pub themes: Vec<Theme>,
    /// The prompts, theme by theme, in the order of the files.
    pub prompts: Vec<Prompt>,
    /// Ids of prompts that were taken out. Entries still refer to them.
    pub retired: Vec<String>,
    /// What the bot says besides.
    pub texts: Texts,
    /// People who listen.
    pub helplines: Vec<HelpLine>,
    /// What a parent can type, in the order of the menu: one for each [`CommandId`], and one for each flow.
    pub commands: Vec<CommandText>,
    /// The guided flows.
    pub flows: Vec<Flow>,
    /// What all flows share.
    pub flow_texts: FlowTexts,
    /// Examples of what to say to a child.
    pub sentences: Vec<Sentence>,
    /// The words in which people type times and days.
    pub typed: TypedWords,
    /// The places that people type to say which time zone they live in.
    pub places: Places,
}

impl Library {
    /// The Dutch library that is built into the program.
    ///
    /// # Errors
    /// Never, as a test of this room shows; the faults are handed on so that nobody has to trust that.
    pub fn embedded() -> Result<Self, Faults> {
        Self::load(&Files::embedded("nl"))
    }

    /// Reads and checks the files of a language.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file and line.
    pub fn load(files: &Files) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let sources = draft::sources(files, &mut faults);
        let draft = Draft::read(files, &sources, &mut faults);
        lint::check(&draft, files, &mut faults);
        match draft.finish() {
            Some(library) if faults.is_empty() => Ok(library),
            _ => Err(faults.sorted()),
        }
    }

    /// A short stand-in for the tag, for callback data.
    pub fn mark(&self) -> u32 {
        prompt::mark(&self.language)
    }

    /// The prompt with this id; `None` for one that is retired or never was.
    pub fn prompt(&self, id: &str) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.id == id)
    }

    /// The command that a parent types as `name`, without the `/`.
    pub fn command(&self, name: &str) -> Option<&CommandText> {
        self.commands.iter().find(|command| command.name == name)
    }

    /// What stands in Telegram's menu: name and description of each command, in order.
    pub fn menu(&self) -> Vec<(String, String)> {
        let listed = self.commands.iter().filter(|command| command.menu);
        listed
            .map(|command| {
                (
                    command.name.clone(),
                    command.description.as_str().to_owned(),
                )
            })
            .collect()
    }

    /// The flow with this id.
    pub fn flow(&self, id: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.id == id)
    }

    /// The flow that the command with this name opens.
    pub fn flow_of(&self, command: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.command == command)
    }

    /// What stands for `{lines}` in an answer: the help lines of `route`, one on each line, those of the parent's `country` first.
    pub fn help_lines(&self, country: Country, route: Route) -> String {
        helpline::block(
            &self.helplines,
            country,
            route,
            &self.texts.help.netherlands_header,
        )
    }

    /// The page of a help line of `route`, the first of the parent's `country` where there is one: what its button says, and the address.
    pub fn help_site(&self, country: Country, route: Route) -> Option<(&Label, &str)> {
        helpline::site(&self.helplines, country, route)
    }
}

#[cfg(test)]
mod tests;
