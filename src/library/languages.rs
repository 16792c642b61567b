//! Everything the bot can say, language by language.

use super::{
    CommandId, CommandText, Faults, Files, Library,
    draft::{self, Draft, Sources},
    lint,
};

/// The language of parents of whom no other is known, where there is more than one: it was there before parents could choose.
const FIRST: &str = "nl";

/// What stands in a language's list of apps for every app that no language names.
pub(super) const ANY_APP: &str = "*";

/// The languages that the bot speaks; there is at least one. They say the same things: what has an id in one has it in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages {
    first: Library,
    others: Vec<Library>,
}

impl From<Library> for Languages {
    fn from(first: Library) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }
}

impl Languages {
    /// The languages that are built into the program.
    ///
    /// # Errors
    /// Never, as a test of this room shows; the faults are handed on so that nobody has to trust that.
    pub fn embedded() -> Result<Self, Faults> {
        Self::load(&Files::all_embedded())
    }

    /// Reads and checks languages: each by itself, and that they say the same things.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file and line.
    pub fn load(languages: &[Files]) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut sources: Vec<Sources<'_>> = Vec::new();
        for files in languages {
            sources.push(draft::sources(files, &mut faults));
        }
        // A file that cannot be read would look like one that is not there.
        let can_be_compared = faults.is_empty();
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for (files, sources) in languages.iter().zip(&sources) {
            let draft = Draft::read(files, sources, &mut faults);
            lint::check(&draft, files, &mut faults);
            drafts.push(draft);
        }
        drafts.sort_by_key(|draft| draft.tag() != Some(FIRST));
        if can_be_compared {
            lint::check_together(&drafts, &mut faults);
        }
        let finished: Option<Vec<Library>> = drafts.into_iter().map(Draft::finish).collect();
        let mut finished = finished.unwrap_or_default().into_iter();
        match finished.next() {
            Some(first) if faults.is_empty() => Ok(Self {
                first,
                others: finished.collect(),
            }),
            _ => Err(faults.sorted()),
        }
    }

    /// Each of them, first the one that is spoken when nothing is known of a parent.
    pub fn iter(&self) -> impl Iterator<Item = &Library> {
        [&self.first].into_iter().chain(&self.others)
    }

    /// The language with this tag, or the first when there is no such language, or none was chosen.
    pub fn of(&self, tag: Option<&str>) -> &Library {
        let found = self.iter().find(|it| Some(it.language.as_str()) == tag);
        found.unwrap_or(&self.first)
    }

    /// The language with this [mark](Library::mark).
    pub fn marked(&self, mark: u32) -> Option<&Library> {
        self.iter().find(|library| library.mark() == mark)
    }

    /// The language for somebody whose app has this IETF language tag, such as `nl` or `pt-BR`. An app that does not say gets the first.
    pub fn for_app(&self, tag: Option<&str>) -> &Library {
        let Some(tag) = tag else { return &self.first };
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        let named = |library: &&Library| {
            let mut apps = library.apps.iter();
            apps.any(|app| app.eq_ignore_ascii_case(primary))
        };
        self.iter()
            .find(named)
            .unwrap_or_else(|| self.for_any_app())
    }

    /// The language for apps in a language that none names.
    pub fn for_any_app(&self) -> &Library {
        let any = |library: &&Library| library.apps.iter().any(|app| app == ANY_APP);
        self.iter().find(any).unwrap_or(&self.first)
    }

    /// The ids of prompts that were there `before`, and now neither are nor stand among the retired ones.
    pub fn lost_since<'a>(&self, before: &'a Self) -> Vec<&'a str> {
        let is_known = |id: &str| {
            self.first.prompt(id).is_some()
                || self.first.retired.iter().any(|retired| retired == id)
        };
        let ids = before.first.prompts.iter().map(|prompt| prompt.id.as_str());
        ids.filter(|id| !is_known(id)).collect()
    }

    /// The command that a parent who is spoken to in `spoken` means by `name`, also when that is its name in another language.
    pub fn command<'a>(&self, spoken: &'a Library, name: &str) -> Option<&'a CommandText> {
        let own = spoken.command(name);
        own.or_else(|| {
            self.iter()
                .find_map(|other| translated(other, name, spoken))
        })
    }
}

/// The command with the same meaning in another language.
fn translated<'a>(from: &Library, name: &str, to: &'a Library) -> Option<&'a CommandText> {
    match from.command(name)?.id {
        CommandId::Flow => to.command(&to.flow(&from.flow_of(name)?.id)?.command),
        id => to.commands.iter().find(|command| command.id == id),
    }
}
