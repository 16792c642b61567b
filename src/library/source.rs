//! A TOML file, with the place of everything in it.

use std::str;

use toml::de::{DeTable, DeValue};

use super::fault::Faults;

/// A file, parsed.
pub(super) struct Source<'a> {
    /// The file as messages show it.
    pub(super) file: String,
    text: &'a str,
    root: DeValue<'a>,
}

impl<'a> Source<'a> {
    /// Parses `content`. What TOML does not allow becomes faults, and `None`: what such a file holds is anybody's guess.
    pub(super) fn parse(file: String, content: &'a [u8], faults: &mut Faults) -> Option<Self> {
        let text = match str::from_utf8(content) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let line = line_at(content, error.valid_up_to());
                faults.add(
                    file,
                    line,
                    "this is not text in UTF-8; save the file with the encoding UTF-8",
                );
                return None;
            }
        };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error
                .span()
                .map(|span| line_at(text.as_bytes(), span.start));
            faults.add(file.clone(), line, not_toml(error, text));
        }
        errors.is_empty().then(|| Self {
            file,
            text,
            root: DeValue::Table(root.into_inner()),
        })
    }

    /// The whole file as a value.
    pub(super) fn root(&self) -> Node<'_> {
        Node {
            source: self,
            name: "",
            start: None,
            value: &self.root,
        }
    }
}

/// What the parser stumbled over, in words for somebody who has never heard of TOML. What seldom happens is told in its own.
fn not_toml(error: &toml::de::Error, text: &str) -> String {
    const QUOTES: &str = "this cannot be read: a text begins with \" and ends with \" on the same line, and has no other \" in it";
    let said = error.message().trim();
    let found = error.span().and_then(|span| text.get(span)).map(str::trim);
    let found = found.filter(|found| !found.is_empty() && !found.contains('\n'));
    let is = |part: &str| said.contains(part);
    match found {
        Some(name) if is("duplicate key") => {
            format!("this cannot be read: {name} stands twice in the same block; expected it once")
        }
        Some(_) | None if is("basic string") || is("literal string") => QUOTES.to_owned(),
        Some(_) | None if is("unclosed array") => {
            "this cannot be read: a list that begins with [ is not closed; expected ] at its end, and a comma between two of its texts"
                .to_owned()
        }
        Some(found) => format!(
            "this cannot be read from `{found}` on; expected a line such as name = \"text\" ({said})"
        ),
        None => {
            format!("this cannot be read; expected a line such as name = \"text\" ({said})")
        }
    }
}

/// The line, counted from 1, of the byte at `offset`.
fn line_at(text: &[u8], offset: usize) -> usize {
    1 + text
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}

/// A value as it is compared with another.
pub(super) enum Leaf<'a> {
    Table,
    List,
    Text(&'a str),
    /// Anything else, as it is written.
    Other(String),
}

/// A value in a file, with its name and place.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    /// The key it stands under; empty for a whole file.
    pub(super) name: &'a str,
    /// The byte at which it begins; `None` for a whole file.
    start: Option<usize>,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    /// Notes a fault of this value.
    pub(super) fn fault(self, faults: &mut Faults, what: impl Into<String>) {
        faults.add(self.source.file.clone(), self.line(), what);
    }

    /// The line on which it begins; `None` for a whole file.
    fn line(self) -> Option<usize> {
        self.start
            .map(|start| line_at(self.source.text.as_bytes(), start))
    }

    /// File and line, for pointing at it from elsewhere.
    pub(super) fn place(self) -> String {
        match self.line() {
            Some(line) => format!("{}:{line}", self.source.file),
            None => self.source.file.clone(),
        }
    }

    /// The name of the file, without folders and `.toml`.
    pub(super) fn stem(self) -> &'a str {
        let file = self.source.file.as_str();
        let name = file.rsplit_once('/').map_or(file, |(_, name)| name);
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// The value under `key` of this table, if there is one. Its place is that of the key.
    pub(super) fn get(self, key: &str) -> Option<Node<'a>> {
        let (key, value) = self.value.as_table()?.get_key_value(key)?;
        Some(self.child(key.get_ref(), key.span().start, value.get_ref()))
    }

    /// This value's `key`, and where there is none, this value itself: a place to point at.
    pub(super) fn at(self, key: &str) -> Node<'a> {
        self.get(key).unwrap_or(self)
    }

    /// The keys and values of this table, in alphabetical order; nothing for another kind of value.
    pub(super) fn fields(self) -> impl Iterator<Item = Node<'a>> {
        let table = self.value.as_table();
        table
            .into_iter()
            .flatten()
            .map(move |(key, value)| self.child(key.get_ref(), key.span().start, value.get_ref()))
    }

    /// The values of this list, under the list's own name; nothing for another kind of value.
    pub(super) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let list = self.value.as_array();
        list.into_iter()
            .flatten()
            .map(move |item| self.child(self.name, item.span().start, item.get_ref()))
    }

    fn child(self, name: &'a str, start: usize, value: &'a DeValue<'a>) -> Node<'a> {
        Node {
            source: self.source,
            name,
            start: Some(start),
            value,
        }
    }

    /// What kind of value this is, and the value where nothing lies below it.
    pub(super) fn leaf(self) -> Leaf<'a> {
        match self.value {
            DeValue::Table(_) => Leaf::Table,
            DeValue::Array(_) => Leaf::List,
            DeValue::String(text) => Leaf::Text(text),
            DeValue::Boolean(value) => Leaf::Other(value.to_string()),
            DeValue::Integer(value) => Leaf::Other(value.to_string()),
            DeValue::Float(value) => Leaf::Other(value.to_string()),
            DeValue::Datetime(value) => Leaf::Other(value.to_string()),
        }
    }

    /// The text, when this is one.
    pub(super) fn as_text(self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The text; a fault when this is something else.
    pub(super) fn text(self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.as_text();
        if text.is_none() {
            self.not("a text between double quotes", faults);
        }
        text
    }

    /// Whether this is a table; a fault for each key in it that is not one of `known`, and when it is something else.
    pub(super) fn is_table_of(self, known: &[&str], faults: &mut Faults) -> bool {
        let DeValue::Table(_) = self.value else {
            self.not("a table", faults);
            return false;
        };
        for field in self.fields().filter(|field| !known.contains(&field.name)) {
            field.fault(
                faults,
                format!(
                    "`{}` is not known here; expected one of: {}",
                    field.name,
                    known.join(", ")
                ),
            );
        }
        true
    }

    /// Whether this is a list; a fault when it is something else.
    pub(super) fn is_list(self, faults: &mut Faults) -> bool {
        let is_list = matches!(self.value, DeValue::Array(_));
        if !is_list {
            self.not("a list", faults);
        }
        is_list
    }

    /// Notes that this is of another kind than `expected`.
    pub(super) fn not(self, expected: &str, faults: &mut Faults) {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.fault(
            faults,
            format!("{} is {found}; expected {expected}", self.name),
        );
    }
}
