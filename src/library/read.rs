//! Reading TOML so that every fault is told, each with its line.
//!
//! serde ends at the first thing that is wrong with a table. A writer who runs a check wants to hear of all of them, so the
//! tables are read from the parsed file itself: [`record!`] declares a table and its fields once, and from that come the
//! type, the reading, and the faults for fields that are missing, unknown or of another kind.

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
            faults.add(
                file.clone(),
                line,
                format!("this is not TOML: {}", error.message().trim()),
            );
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
            start: 0,
            value: &self.root,
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

/// A value in a file, with its name and place.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    /// The key it stands under.
    pub(super) name: &'a str,
    start: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    /// Notes a fault of this value.
    pub(super) fn fault(&self, faults: &mut Faults, what: impl Into<String>) {
        faults.add(self.source.file.clone(), self.line(), what);
    }

    /// The line on which it begins; `None` for a whole file.
    fn line(&self) -> Option<usize> {
        (!self.name.is_empty()).then(|| line_at(self.source.text.as_bytes(), self.start))
    }

    /// The value under `key` of this table, if there is one. Its place is that of the key.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let (key, value) = self.value.as_table()?.get_key_value(key)?;
        Some(self.child(key.get_ref(), key.span().start, value.get_ref()))
    }

    /// This value's `key`, and where there is none, this value itself: a place to point at.
    pub(super) fn at(&self, key: &str) -> Node<'a> {
        self.get(key).unwrap_or(*self)
    }

    /// The keys and values of this table, in alphabetical order; nothing for another kind of value.
    pub(super) fn fields(&self) -> impl Iterator<Item = Node<'a>> {
        let node = *self;
        self.value
            .as_table()
            .into_iter()
            .flatten()
            .map(move |(key, value)| node.child(key.get_ref(), key.span().start, value.get_ref()))
    }

    /// The values of this list, under the list's own name; nothing for another kind of value.
    pub(super) fn items(&self) -> impl Iterator<Item = Node<'a>> {
        let node = *self;
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .map(move |item| node.child(node.name, item.span().start, item.get_ref()))
    }

    fn child(&self, name: &'a str, start: usize, value: &'a DeValue<'a>) -> Node<'a> {
        Node {
            source: self.source,
            name,
            start,
            value,
        }
    }

    /// The text, when this is one.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The text; a fault when this is something else.
    pub(super) fn text(&self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.as_text();
        if text.is_none() {
            self.not(String::EXPECTED, faults);
        }
        text
    }

    /// Reads the value under `key`. Where there is none, `absent` stands in, and without it that is a fault.
    pub(super) fn field<T: Read>(
        &self,
        key: &str,
        absent: Option<T>,
        faults: &mut Faults,
    ) -> Option<T> {
        match self.get(key) {
            Some(value) => T::read(&value, faults),
            None if absent.is_some() => absent,
            None => {
                self.fault(
                    faults,
                    format!("{key} is missing; expected {}", T::EXPECTED),
                );
                None
            }
        }
    }

    /// Whether this is a table; a fault for each key in it that is not one of `known`, and when it is something else.
    pub(super) fn is_table_of(&self, known: &[&str], faults: &mut Faults) -> bool {
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
    pub(super) fn is_list(&self, faults: &mut Faults) -> bool {
        let is_list = matches!(self.value, DeValue::Array(_));
        if !is_list {
            self.not("a list", faults);
        }
        is_list
    }

    /// Notes that this is of another kind than `expected`.
    fn not(&self, expected: &str, faults: &mut Faults) {
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

/// A type that can be read from a file of a language.
pub(super) trait Read: Sized {
    /// What to write, in a writer's words.
    const EXPECTED: &'static str;

    /// The value, or `None` and at least one fault.
    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self>;
}

impl Read for String {
    const EXPECTED: &'static str = "a text";

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        node.text(faults).map(str::to_owned)
    }
}

impl Read for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        if node.value.as_bool().is_none() {
            node.not(Self::EXPECTED, faults);
        }
        node.value.as_bool()
    }
}

impl Read for u32 {
    const EXPECTED: &'static str = "a whole number from 0 on";

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let number = node
            .value
            .as_integer()
            .and_then(|number| Self::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            node.not(Self::EXPECTED, faults);
        }
        number
    }
}

impl<T: Read> Read for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        T::read(node, faults).map(Some)
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        if !node.is_list(faults) {
            return None;
        }
        let items: Vec<Option<T>> = node.items().map(|item| T::read(&item, faults)).collect();
        items.into_iter().collect()
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    const EXPECTED: &'static str = "a list";

    fn read(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let items = Vec::<T>::read(node, faults)?;
        let len = items.len();
        let items = items.try_into().ok();
        if items.is_none() {
            node.fault(
                faults,
                format!("{} has {len} items; expected {N}", node.name),
            );
        }
        items
    }
}

/// Declares a table of a file: a struct, and how to read it.
///
/// A field is required unless `= value` says what stands in for it. `as "key"` gives it another name in the file.
macro_rules! record {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $( $(#[$field_about:meta])* $field:ident $(as $key:literal)? : $type:ty $(= $absent:expr)? ),* $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $( $(#[$field_about])* pub $field: $type, )*
        }

        impl $crate::library::read::Read for $name {
            const EXPECTED: &'static str = "a table";

            fn read(
                node: &$crate::library::read::Node<'_>,
                faults: &mut $crate::library::fault::Faults,
            ) -> Option<Self> {
                let known = [$( $crate::library::read::record!(@key $field $($key)?) ),*];
                if !node.is_table_of(&known, faults) {
                    return None;
                }
                $(
                    let $field = node.field::<$type>(
                        $crate::library::read::record!(@key $field $($key)?),
                        $crate::library::read::record!(@absent $($absent)?),
                        faults,
                    );
                )*
                Some(Self { $( $field: $field? ),* })
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@absent) => { None };
    (@absent $absent:expr) => { Some($absent) };
}

/// Gives the words of an enum, as they stand in a file, to its variants.
macro_rules! names {
    ($type:ident: $expected:literal { $( $word:literal => $variant:ident ),* $(,)? }) => {
        impl $type {
            /// All of them, in the order of the enum.
            pub const ALL: &[Self] = &[$( Self::$variant ),*];

            /// The word for it in the files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                }
            }
        }

        impl $crate::library::read::Read for $type {
            const EXPECTED: &'static str = $expected;

            fn read(
                node: &$crate::library::read::Node<'_>,
                faults: &mut $crate::library::fault::Faults,
            ) -> Option<Self> {
                let word = node.text(faults)?;
                let found = Self::ALL.iter().copied().find(|it| it.as_str() == word);
                if found.is_none() {
                    node.fault(faults, format!("{} is `{word}`; expected {}", node.name, $expected));
                }
                found
            }
        }
    };
}

pub(super) use {names, record};
