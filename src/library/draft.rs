//! A library in the making: whatever could be read, each thing with its place in the files.

use std::collections::BTreeMap;

use super::{
    CommandText, Files, Flow, FlowTexts, HelpLine, Label, Library, Places, Prompt, Sentence, Texts,
    Theme, TypedWords,
    fault::Faults,
    lint::LintWords,
    read::{Read, Reading, Said, record},
    source::{Node, Source},
};

/// The files of a language, by path, that are TOML.
pub(super) type Sources<'a> = BTreeMap<&'a str, Source<'a>>;

/// Parses all files.
pub(super) fn sources<'a>(files: &'a Files, faults: &mut Faults) -> Sources<'a> {
    files
        .iter()
        .filter_map(|(path, content)| {
            let file = format!("{}/{path}", files.root());
            Some((path, Source::parse(file, content, faults)?))
        })
        .collect()
}

record! {
    /// `language.toml`.
    pub struct Language {
        /// The language's tag.
        language: String,
        /// What it calls itself.
        name: Label,
        /// The languages of apps for which this is the language.
        apps: Vec<String>,
        /// The version of what parents consent to.
        consent_version: String,
        /// The themes that are gentle enough for the days after an answer to heavy words.
        gentle_themes: Vec<String>,
        /// The placeholders that texts may use.
        placeholders: Vec<String>,
    }
}

record! {
    /// `retired.toml`.
    pub struct Retired {
        /// Ids of prompts that were taken out.
        ids: Vec<String>,
    }
}

/// A value, and where it stands.
pub(super) struct Placed<'a, T> {
    pub(super) value: T,
    pub(super) node: Node<'a>,
}

/// A file that is a list of tables.
pub(super) struct List<'a, T> {
    /// The file; `None` while there is none.
    pub(super) file: Option<Node<'a>>,
    /// All tables of the list, also those that have a fault.
    pub(super) tables: Vec<Node<'a>>,
    /// Those that could be read.
    pub(super) read: Vec<Placed<'a, T>>,
}

impl<T> List<'_, T> {
    /// Whether a table of the list has `text` under `key`.
    pub(super) fn has_text(&self, key: &str, text: &str) -> bool {
        self.tables
            .iter()
            .any(|table| table.at(key).as_text() == Some(text))
    }

    fn values(self) -> Vec<T> {
        self.read.into_iter().map(|it| it.value).collect()
    }
}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        Self {
            file: None,
            tables: Vec::new(),
            read: Vec::new(),
        }
    }
}

/// What could be read. What is not there had a fault, and that is noted.
#[derive(Default)]
pub(super) struct Draft<'a> {
    /// The folder's name as messages show it.
    pub(super) root: String,
    /// Each file as a whole, by its path.
    pub(super) roots: BTreeMap<&'a str, Node<'a>>,
    pub(super) language: Option<Placed<'a, Language>>,
    /// A list for each theme.
    pub(super) themes: Vec<List<'a, Prompt>>,
    /// What each theme is called.
    pub(super) names: Vec<Placed<'a, Theme>>,
    pub(super) retired: Option<Placed<'a, Retired>>,
    pub(super) texts: Option<Placed<'a, Texts>>,
    pub(super) helplines: List<'a, HelpLine>,
    pub(super) commands: List<'a, CommandText>,
    pub(super) flows: Vec<Placed<'a, Flow>>,
    pub(super) flow_texts: Option<Placed<'a, FlowTexts>>,
    pub(super) sentences: List<'a, Sentence>,
    pub(super) typed: Option<Placed<'a, TypedWords>>,
    pub(super) places: Option<Placed<'a, Places>>,
    /// The words that the check looks for.
    pub(super) lint: Option<Placed<'a, LintWords>>,
    /// Every text and label in it that a parent may see.
    pub(super) said: Vec<Said<'a>>,
}

/// The files that stand alone, besides one for each theme and flow.
const SINGLE: [&str; 10] = [
    "commands.toml",
    "flows/sentences.toml",
    "flows/shared.toml",
    "helplines.toml",
    "language.toml",
    "lint.toml",
    "places.toml",
    "retired.toml",
    "texts.toml",
    "typed.toml",
];

impl<'a> Draft<'a> {
    /// Reads what there is.
    pub(super) fn read(files: &Files, sources: &'a Sources<'a>, faults: &mut Faults) -> Self {
        for path in SINGLE.iter().filter(|path| files.get(path).is_none()) {
            faults.add(
                format!("{}/{path}", files.root()),
                None,
                "there is no such file; every language has one",
            );
        }
        let mut draft = Self {
            root: files.root().to_owned(),
            roots: sources
                .iter()
                .map(|(path, source)| (*path, source.root()))
                .collect(),
            ..Self::default()
        };
        let mut reading = Reading::default();
        for (path, source) in sources {
            let (source, reading) = (source, &mut reading);
            match *path {
                "commands.toml" => draft.commands = list(source, "command", &[], reading),
                "flows/sentences.toml" => draft.sentences = list(source, "sentence", &[], reading),
                "flows/shared.toml" => draft.flow_texts = table(source, reading),
                "helplines.toml" => draft.helplines = list(source, "helpline", &[], reading),
                "language.toml" => draft.language = table(source, reading),
                "lint.toml" => draft.lint = table(source, reading),
                "places.toml" => draft.places = table(source, reading),
                "retired.toml" => draft.retired = table(source, reading),
                "texts.toml" => draft.texts = table(source, reading),
                "typed.toml" => draft.typed = table(source, reading),
                _ if path.starts_with("prompts/") => {
                    draft.themes.push(list(source, "prompt", &["name"], reading));
                    draft.names.extend(theme(source, reading));
                }
                _ if is_flow(path) => draft.flows.extend(table(source, reading)),
                _ => source.root().fault(
                    &mut reading.faults,
                    format!(
                        "nobody reads this file; expected prompts/<theme>.toml, flows/<flow>.toml or one of: {}",
                        SINGLE.join(", ")
                    ),
                ),
            }
        }
        faults.append(reading.faults);
        draft.said = reading.said;
        draft
    }

    /// The language's tag, when there is one.
    pub(super) fn tag(&self) -> Option<&str> {
        let language = self.language.as_ref()?;
        Some(&language.value.language)
    }

    /// The prompts of all themes.
    pub(super) fn prompts(&self) -> Vec<&Placed<'a, Prompt>> {
        self.themes.iter().flat_map(|theme| &theme.read).collect()
    }

    /// The library, once everything could be read.
    pub(super) fn finish(self) -> Option<Library> {
        let language = self.language?.value;
        Some(Library {
            language: language.language,
            name: language.name,
            apps: language.apps,
            consent_version: language.consent_version,
            gentle_themes: language.gentle_themes,
            themes: self.names.into_iter().map(|theme| theme.value).collect(),
            prompts: self.themes.into_iter().flat_map(List::values).collect(),
            retired: self.retired?.value.ids,
            texts: self.texts?.value,
            helplines: self.helplines.values(),
            commands: self.commands.values(),
            flows: self.flows.into_iter().map(|flow| flow.value).collect(),
            flow_texts: self.flow_texts?.value,
            sentences: self.sentences.values(),
            typed: self.typed?.value,
            places: self.places?.value,
        })
    }
}

/// Whether a flow stands in the file at this path.
pub(super) fn is_flow(path: &str) -> bool {
    path.starts_with("flows/") && !SINGLE.contains(&path)
}

/// A file that is one table.
fn table<'a, T: Read>(source: &'a Source<'a>, reading: &mut Reading<'a>) -> Option<Placed<'a, T>> {
    let node = source.root();
    T::read(&node, reading).map(|value| Placed { value, node })
}

/// What the theme in a file is called.
fn theme<'a>(source: &'a Source<'a>, reading: &mut Reading<'a>) -> Option<Placed<'a, Theme>> {
    let node = source.root();
    let id = node.stem().to_owned();
    let name = reading.field(&node, "name", None)?;
    Some(Placed {
        value: Theme { id, name },
        node,
    })
}

/// A file that is a list of `[[key]]` tables, and perhaps has something else besides.
fn list<'a, T: Read>(
    source: &'a Source<'a>,
    key: &str,
    besides: &[&str],
    reading: &mut Reading<'a>,
) -> List<'a, T> {
    let file = source.root();
    file.is_table_of(&[&[key], besides].concat(), &mut reading.faults);
    let list = file.get(key);
    match list {
        Some(list) => {
            list.is_list(&mut reading.faults);
        }
        None => {
            let what = format!("there is no [[{key}]] in it; expected at least one");
            file.fault(&mut reading.faults, what);
        }
    }
    let tables: Vec<Node<'a>> = list.into_iter().flat_map(Node::items).collect();
    let read = tables
        .iter()
        .filter_map(|node| {
            let value = T::read(node, reading)?;
            Some(Placed { value, node: *node })
        })
        .collect();
    List {
        file: Some(file),
        tables,
        read,
    }
}
