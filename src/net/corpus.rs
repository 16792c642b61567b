//! The labelled sentences and the classes of words that the net is made from.

use super::{Route, classes::Classes};

/// The sets whose writers knew nothing of the net, nor of each other's sets: only what is found in them says what it finds in a text that
/// nobody has seen. The others were added to teach it, by hands that had read some of these.
pub const MEASURED: [&str; 12] = ["a", "b", "c", "d", "e", "r", "s", "t", "u", "v", "z", "aa"];

/// What the bot says itself, and what is typed at it in passing: times, places, single words. It is no answer to a prompt, so it counts for
/// less, and so that a text without any sign is taken for what it is: a text without any sign.
const PASSING: &str = "bot";
/// How much each of these counts.
const LITTLE: f64 = 0.4;

/// The file of the classes.
const CLASSES: &str = "classes.tsv";

/// Everything that training needs.
#[derive(Debug)]
pub struct Corpus {
    pub(super) classes: Classes,
    /// In the order of their names.
    pub(super) sets: Vec<Set>,
}

/// The sentences of one hand.
#[derive(Debug)]
pub(super) struct Set {
    /// The name of the file, without its ending.
    pub(super) name: String,
    pub(super) sentences: Vec<Sentence>,
}

/// A text as a parent could have written it, and what should be made of it.
#[derive(Debug)]
pub(super) struct Sentence {
    /// `None` when it asks for nothing.
    pub(super) route: Option<Route>,
    pub(super) text: String,
}

impl Set {
    /// Whether this set says what the net finds.
    pub(super) fn measured(&self) -> bool {
        MEASURED.contains(&self.name.as_str())
    }

    /// How much each of its sentences counts.
    pub(super) fn counts(&self) -> f64 {
        if self.name == PASSING { LITTLE } else { 1.0 }
    }
}

impl Corpus {
    /// Reads the files of the folder `crisis` of a language: name and content of each, in any order. A line of a set is a label, a tab and
    /// a text; the label is a route's name, or `geen`. `classes.tsv` has the classes; a file that does not end in `.tsv` is let be.
    ///
    /// # Errors
    /// The first fault, with file and line.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CorpusError> {
        let mut classes = None;
        let mut sets = Vec::new();
        for (file, content) in files {
            let Some(name) = file.strip_suffix(".tsv") else {
                continue;
            };
            let fault = |(line, what)| CorpusError::Line {
                file: file.to_owned(),
                line,
                what,
            };
            if file == CLASSES {
                classes = Some(Classes::parse(content).map_err(fault)?);
            } else {
                sets.push(Set {
                    name: name.to_owned(),
                    sentences: sentences(content).map_err(fault)?,
                });
            }
        }
        sets.sort_by(|a, b| a.name.cmp(&b.name));
        let classes = classes.ok_or(CorpusError::NoClasses)?;
        let measured = sets.iter().filter(|set| set.measured()).count();
        if measured < 2 {
            return Err(CorpusError::TooFew { found: measured });
        }
        Ok(Self { classes, sets })
    }
}

fn sentences(content: &str) -> Result<Vec<Sentence>, (usize, String)> {
    let lines = (1..)
        .zip(content.lines())
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(n, line)| {
            let (label, text) = line.split_once('\t').ok_or_else(|| {
                (
                    n,
                    "expected a label, a tab and a text; there is no tab".to_owned(),
                )
            })?;
            Ok(Sentence {
                route: route(label).map_err(|what| (n, what))?,
                text: text.to_owned(),
            })
        })
        .collect()
}

/// The route of a label; `None` for the one that says there is none.
fn route(label: &str) -> Result<Option<Route>, String> {
    if label == NONE {
        return Ok(None);
    }
    let known = Route::ALL.into_iter().find(|it| it.name() == label);
    known.map(Some).ok_or_else(|| {
        let names = Route::ALL.map(Route::name).join(", ");
        format!("expected one of the labels {names}, {NONE}, found {label:?}")
    })
}

/// The label of a text that asks for nothing.
const NONE: &str = "geen";

/// Why nothing can be made from the files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorpusError {
    /// A line that cannot be read.
    #[error("{file}:{line}: {what}")]
    Line {
        /// The file's name.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What was expected and what was found.
        what: String,
    },
    /// There are no classes.
    #[error("there is no {CLASSES} among the files")]
    NoClasses,
    /// Thresholds come from sets that training did not see, so there must be two.
    #[error("expected at least two of the sets {sets}, found {found}", sets = MEASURED.join(", "))]
    TooFew {
        /// How many there are.
        found: usize,
    },
}
