//! The files of one language, before anybody has looked into them.

use std::{borrow::Cow, collections::BTreeMap};

/// A file that is built into the program: its path below the language's folder, and its content.
type EmbeddedFile = (&'static str, &'static [u8]);

/// The files of each language, by its name. Written by `build.rs`.
const EMBEDDED: &[(&str, &[EmbeddedFile])] = include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// The TOML files of one language's folder. Their content is taken as it comes: [`Library::load`](super::Library::load) says what is wrong with it.
#[derive(Clone, Debug)]
pub struct Files {
    root: String,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

impl Files {
    /// No files yet. `root` is the folder's name as messages show it, such as `prompts/nl`.
    pub fn new(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            files: BTreeMap::new(),
        }
    }

    /// The files of `language` that were built into the program; none for a language that was not.
    pub fn embedded(language: &str) -> Self {
        let files = EMBEDDED
            .iter()
            .find(|(name, _)| *name == language)
            .map_or(&[][..], |(_, files)| files)
            .iter()
            .map(|(path, content)| ((*path).to_owned(), Cow::Borrowed(*content)))
            .collect();
        Self {
            root: format!("prompts/{language}"),
            files,
        }
    }

    /// The files of each language that was built into the program.
    pub fn all_embedded() -> Vec<Self> {
        EMBEDDED
            .iter()
            .map(|(language, _)| Self::embedded(language))
            .collect()
    }

    /// Adds a file, or replaces it. `path` is relative to the folder, with `/` between its parts.
    pub fn insert(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), Cow::Owned(content.into()));
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// What the file at `path` holds.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// Path and content of each file, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_ref()))
    }

    /// The folder's name as messages show it.
    pub fn root(&self) -> &str {
        &self.root
    }
}
