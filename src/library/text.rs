//! What the bot says: a text with places to fill in, and a button's label.

use std::fmt;

use super::{
    read::{Read, Reading, Said},
    source::Node,
};

/// A text for a parent. `{name}` in it is a placeholder.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(String);

/// What a button says, at most 28 characters. Holds no placeholder.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Label(String);

impl Text {
    /// The text as it was written, placeholders and all.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text with each `{name}` replaced by its value.
    ///
    /// A value is taken as it is: `{` in a parent's own words stays what it is. A value that the text has no place for is
    /// left out, because a writer may leave a placeholder out. A placeholder without a value is a mistake in the code:
    /// it stays as it is, and fails a debug build.
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let all_values: usize = values.iter().map(|(_, value)| value.len()).sum();
        let mut filled = String::with_capacity(self.0.len() + all_values);
        let mut rest = self.0.as_str();
        while let Some(found) = next_placeholder(rest) {
            let value = values.iter().find(|(name, _)| *name == found.name);
            debug_assert!(value.is_some(), "no value for {{{}}}", found.name);
            filled.push_str(&rest[..found.start]);
            match value {
                Some((_, value)) => filled.push_str(value),
                None => filled.push_str(&rest[found.start..found.end]),
            }
            rest = &rest[found.end..];
        }
        filled.push_str(rest);
        filled
    }

    /// The text with each `{name}` replaced by its value, where some values may be missing or empty: a sentence whose placeholders
    /// are all empty is left out, and an empty one beside others leaves no gap.
    pub fn fill_present(&self, values: &[(&str, &str)]) -> String {
        let value = |name: &str| {
            let found = values.iter().find(|(key, _)| *key == name);
            found.map_or("", |(_, value)| *value)
        };
        let mut filled = String::new();
        for sentence in sentences(&self.0) {
            let mut names = placeholders(sentence).peekable();
            let has_placeholders = names.peek().is_some();
            let is_empty = has_placeholders && names.all(|name| value(name).is_empty());
            let is_second_gap = sentence == "\n" && filled.ends_with("\n\n");
            if is_empty || is_second_gap {
                continue;
            }
            let mut rest = sentence;
            while let Some(found) = next_placeholder(rest) {
                filled.push_str(&rest[..found.start]);
                filled.push_str(value(found.name));
                rest = &rest[found.end..];
                if value(found.name).is_empty() {
                    close_gap(&mut filled, &mut rest);
                }
            }
            filled.push_str(rest);
        }
        filled.trim_end().to_owned()
    }

    /// The names of the placeholders, in the order of the text.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        placeholders(&self.0)
    }
}

impl Label {
    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Label> for String {
    fn from(label: &Label) -> Self {
        label.0.clone()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Read for Text {
    const EXPECTED: &'static str = "a text between double quotes";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let text = node.text(&mut reading.faults)?;
        reading.said.push(Said::Text(*node));
        Some(Self(text.trim_end().replace("\r\n", "\n")))
    }
}

impl Read for Label {
    const EXPECTED: &'static str = "a label between double quotes";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let text = node.text(&mut reading.faults)?;
        reading.said.push(Said::Label(*node));
        Some(Self(text.to_owned()))
    }
}

/// The names of the placeholders in `text`, in order.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let found = next_placeholder(rest)?;
        rest = &rest[found.end..];
        Some(found.name)
    })
}

/// Leaves at most one of the spaces on both sides of nothing, and none at the end of a line.
fn close_gap(before: &mut String, after: &mut &str) {
    if before.is_empty() || before.ends_with(char::is_whitespace) {
        *after = after.trim_start_matches(' ');
    }
    if after.is_empty() || after.starts_with('\n') {
        before.truncate(before.trim_end_matches(' ').len());
    }
}

/// The sentences of a text, each with the white space behind it. A line ends a sentence too.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').flat_map(|line| {
        let mut rest = line;
        std::iter::from_fn(move || {
            let ends = |(at, end): (usize, &str)| {
                let after = at + end.len();
                rest[after..].starts_with(' ').then_some(after + 1)
            };
            let end = rest
                .match_indices(['.', '?'])
                .find_map(ends)
                .unwrap_or(rest.len());
            let (sentence, after) = rest.split_at(end);
            rest = after;
            (!sentence.is_empty()).then_some(sentence)
        })
    })
}

/// A placeholder, and where it stands, braces included.
struct Placeholder<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

/// The first `{name}` in `text`. A brace that begins no placeholder is a brace.
fn next_placeholder(text: &str) -> Option<Placeholder<'_>> {
    text.match_indices('{').find_map(|(start, _)| {
        let inner = &text[start + 1..];
        let len =
            inner.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))?;
        (len > 0 && inner[len..].starts_with('}')).then(|| Placeholder {
            name: &inner[..len],
            start,
            end: start + 1 + len + 1,
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_placeholder_is_filled_once() {
        let text = Text("{a}, {b} en {a}: {".to_owned());
        assert_eq!(
            text.fill(&[("a", "{b}"), ("b", "x"), ("c", "y")]),
            "{b}, x en {b}: {"
        );
        assert_eq!(text.placeholders().collect::<Vec<_>>(), ["a", "b", "a"]);
    }

    #[test]
    fn braces_that_are_no_placeholder_stay() {
        let text = Text("{} {A} {{a} {a b} }".to_owned());
        assert_eq!(text.fill(&[("a", "1")]), "{} {A} {1 {a b} }");
    }

    #[test]
    fn a_sentence_without_a_value_is_left_out() {
        let text = Text("Even. Mijn lijf: {lijf}. Zin:\n\n{kind} {jij} {wij}\n\nKlaar?".to_owned());
        let filled = |values: &[(&str, &str)]| text.fill_present(values);
        assert_eq!(
            filled(&[
                ("lijf", "buik"),
                ("kind", "A."),
                ("jij", "B."),
                ("wij", "C.")
            ]),
            "Even. Mijn lijf: buik. Zin:\n\nA. B. C.\n\nKlaar?"
        );
        assert_eq!(
            filled(&[("kind", "A."), ("jij", ""), ("wij", "C. {kind}")]),
            "Even. Zin:\n\nA. C. {kind}\n\nKlaar?"
        );
        assert_eq!(filled(&[("jij", "B.")]), "Even. Zin:\n\nB.\n\nKlaar?");
        assert_eq!(filled(&[]), "Even. Zin:\n\nKlaar?");
        assert_eq!(Text("{a} {b}".to_owned()).fill_present(&[]), "");
    }

    #[test]
    #[should_panic(expected = "no value for {when}")]
    #[cfg(debug_assertions)]
    fn a_forgotten_value_fails_a_debug_build() {
        Text("Tot {when}.".to_owned()).fill(&[("time", "19:30")]);
    }

    proptest! {
        #[test]
        fn a_value_stands_in_the_text_as_it_is(value in ".*", before in "[^{}]*", after in "[^{}]*") {
            let text = Text(format!("{before}{{x}}{after}"));
            prop_assert_eq!(text.fill(&[("x", &value)]), format!("{before}{value}{after}"));
        }
    }
}
