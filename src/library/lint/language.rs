//! Just enough of a language to check what a writer wrote: words, sentences, quoted examples, and lists of words.

use std::collections::HashMap;

use crate::library::{
    read::{Read, Reading, record},
    source::Node,
};

record! {
    /// The words that the check looks for: `lint.toml`.
    ///
    /// Lower case. `diagnos*` is every word that begins so; `hoort te` is these words in a row.
    pub struct LintWords {
        /// One of them makes a question an open one.
        question_words: Phrases,
        /// What a short task begins with.
        tasks: Vec<String>,
        /// One of them speaks to the parent.
        address: Phrases,
        /// The two words of the "if ..., then ..." form.
        if_then: [String; 2],
        /// Never said to a parent.
        forbidden: Phrases,
        /// Not in a prompt, which may light up on a locked screen.
        lock_screen: Phrases,
        /// Words that tie a prompt to a part of the day.
        moments: MomentWords,
    }
}

record! {
    /// Words that tie a prompt to a part of the day.
    pub struct MomentWords {
        /// To the morning.
        ochtend: Phrases,
        /// To the evening.
        avond: Phrases,
    }
}

/// Words in a row to look for; with a `*` at the end, the last one may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    written: String,
    /// What [`words`] makes of it, so that looking for it is looking for one string in another.
    sought: String,
}

impl Phrase {
    /// `None` when there is no word in it.
    fn parse(written: &str) -> Option<Self> {
        let mut sought = words(written);
        if written.ends_with('*') {
            sought.pop();
        }
        (!sought.trim().is_empty()).then(|| Self {
            written: written.to_owned(),
            sought,
        })
    }
}

impl Read for Phrase {
    const EXPECTED: &'static str = "a word or a few words";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let phrase = Self::parse(node.text(&mut reading.faults)?);
        if phrase.is_none() {
            let what = format!(
                "{} has an item without a word; expected {}",
                node.name,
                Self::EXPECTED
            );
            node.fault(&mut reading.faults, what);
        }
        phrase
    }
}

/// A list of phrases, ordered for looking them all up in a text at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    list: Vec<Phrase>,
    /// The places in the list, by the first byte of the first word.
    by_first: HashMap<u8, Vec<usize>>,
}

impl Phrases {
    fn new(list: Vec<Phrase>) -> Self {
        let mut by_first: HashMap<u8, Vec<usize>> = HashMap::new();
        for (place, phrase) in list.iter().enumerate() {
            if let Some(first) = phrase.sought.as_bytes().get(1) {
                by_first.entry(*first).or_default().push(place);
            }
        }
        Self { list, by_first }
    }

    /// A phrase that occurs in a text, of which `words` are the [`words`].
    pub(super) fn find(&self, words: &str) -> Option<&str> {
        words.match_indices(' ').find_map(|(at, _)| {
            let rest = &words.as_bytes()[at..];
            let places = self.by_first.get(rest.get(1)?)?;
            places
                .iter()
                .map(|place| &self.list[*place])
                .find(|phrase| rest.starts_with(phrase.sought.as_bytes()))
                .map(|phrase| phrase.written.as_str())
        })
    }

    /// As they were written.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|phrase| phrase.written.as_str())
    }
}

impl Read for Phrases {
    const EXPECTED: &'static str = Vec::<Phrase>::EXPECTED;

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        Vec::read(node, reading).map(Self::new)
    }
}

/// The words of a text in lower case, without marks, each with a space on both sides: `'Zo'n dag!'` is ` zo n dag `.
pub(super) fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        words.push_str(&word.to_lowercase());
        words.push(' ');
    }
    words
}

/// How many words a reader counts: `zo'n` is one.
pub(super) fn count_words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// A text without its quoted examples. Where an example ends a sentence, the mark that ends it stays.
///
/// `None` when a quote is opened and not closed. `'s` and `'t` open no quote, and the mark in `zo'n` and `foto's` is part of the word.
pub(super) fn without_quotes(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = opening_quote(rest, kept.chars().next_back()) {
        kept.push_str(&rest[..open]);
        let quoted = &rest[open + 1..];
        let close = closing_quote(quoted)?;
        rest = &quoted[close + 1..];
        let ends_sentence = rest
            .trim_start()
            .chars()
            .next()
            .is_none_or(|next| next.is_uppercase() || next == '\'');
        if let Some(mark) = quoted[..close].chars().next_back()
            && is_end_mark(mark)
            && ends_sentence
        {
            kept.push(mark);
        }
    }
    kept.push_str(rest);
    Some(kept)
}

fn opening_quote(text: &str, before: Option<char>) -> Option<usize> {
    text.match_indices('\'').map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back().or(before);
        let after = &text[at + 1..];
        before.is_none_or(|c| !c.is_alphanumeric())
            && !["s ", "t ", "n "]
                .iter()
                .any(|word| after.starts_with(word))
    })
}

fn closing_quote(text: &str) -> Option<usize> {
    text.match_indices('\'').map(|(at, _)| at).find(|at| {
        let after = text[at + 1..].chars().next();
        *at > 0 && after.is_none_or(|c| !c.is_alphanumeric()) && !text[..*at].ends_with(' ')
    })
}

/// The sentences of a text, each with the mark that ends it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        if !is_end_mark(c) {
            continue;
        }
        while chars.next_if(|(_, next)| is_end_mark(*next)).is_some() {}
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        let next = text[end..].trim_start();
        let apart = next.len() < text.len() - end || next.is_empty();
        if apart && !next.starts_with(char::is_lowercase) {
            found.push(text[start..end].trim());
            start = end;
        }
    }
    let rest = text[start..].trim();
    if !rest.is_empty() {
        found.push(rest);
    }
    found
}

fn is_end_mark(c: char) -> bool {
    matches!(c, '.' | '?' | '!')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_quotes(text: &str, expected: Option<&str>) {
        assert_eq!(without_quotes(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn quoted_examples_are_left_out() {
        check_quotes("Zeg: 'Kom maar.' Wat helpt?", Some("Zeg: . Wat helpt?"));
        check_quotes(
            "'Hoe was het?' geeft vaak 'goed'. En nu?",
            Some(" geeft vaak . En nu?"),
        );
        check_quotes(
            "Na 'sorry, maar ...' hoor je iets.",
            Some("Na  hoor je iets."),
        );
        check_quotes("'Sok.' En dan: 'Schoen.' Hoe?", Some(". En dan: . Hoe?"));
    }

    #[test]
    fn a_mark_in_a_word_is_no_quote() {
        check_quotes(
            "Zo'n dag, 's nachts en 't liefst met foto's.",
            Some("Zo'n dag, 's nachts en 't liefst met foto's."),
        );
        check_quotes("Zeg: 'Zo'n dag met foto's.' En nu?", Some("Zeg: . En nu?"));
    }

    #[test]
    fn a_quote_that_stays_open_is_noticed() {
        check_quotes("Zeg: 'Kom maar. Wat helpt?", None);
        check_quotes("Zeg: '", None);
    }

    #[test]
    fn sentences_end_where_a_new_one_begins() {
        assert_eq!(
            sentences("Ik voel me ... Eén woord. Om 7.30 uur of ... later? Wat nu"),
            [
                "Ik voel me ...",
                "Eén woord.",
                "Om 7.30 uur of ... later?",
                "Wat nu"
            ]
        );
        assert!(sentences("  ").is_empty());
    }

    #[test]
    fn phrases_match_whole_words() {
        let text = words("Dat hoort te gaan: de diagnose, niet het moeten.");
        let find = |phrase: &str| {
            Phrase::parse(phrase).is_some_and(|it| Phrases::new(vec![it]).find(&text).is_some())
        };
        assert!(find("hoort te"));
        assert!(find("diagnos*"));
        assert!(find("moeten"));
        assert!(!find("moet"));
        assert!(!find("te hoort"));
        assert!(!find("diagnos"));
        assert!(!find("*"));
    }

    #[test]
    fn words_are_counted_as_a_reader_counts() {
        assert_eq!(count_words("Zo'n dag ... met één foto's."), 5);
    }
}
