//! One sentence of a parent's own.

use jiff::civil::Date;
use rand::{RngExt, rngs::ChaCha8Rng};
use unicode_segmentation::UnicodeSegmentation;

use crate::conversation::{
    Entry,
    fit::{fit, units},
};

/// A sentence with fewer words says too little by itself.
const FEWEST_WORDS: usize = 4;

/// A longer sentence is shown only when there is no other, and then not whole. In UTF-16 units.
const LONGEST: usize = 240;

/// A sentence that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The number of its entry, and its place among the sentences of that entry.
    pub place: (u32, u32),
    /// The day of the entry.
    pub day: Date,
    /// At most [`LONGEST`] units.
    pub text: String,
}

/// The sentences to choose from: whole ones of reasonable length; when there are none, all there are, the long ones shortened.
///
/// Never one of an entry that is marked as heavy.
pub fn quotes(entries: &[Entry]) -> Vec<Quote> {
    let all: Vec<Quote> = entries
        .iter()
        .filter(|entry| !entry.heavy)
        .flat_map(sentences)
        .collect();
    let whole = |quote: &&Quote| {
        quote.text.unicode_words().count() >= FEWEST_WORDS && units(&quote.text) <= LONGEST
    };
    let good: Vec<Quote> = all.iter().filter(whole).cloned().collect();
    if good.is_empty() {
        all.into_iter()
            .map(|quote| Quote {
                text: fit(&quote.text, LONGEST),
                ..quote
            })
            .collect()
    } else {
        good
    }
}

/// One of them, but not one that says what the one at `last` says; `None` when there is no such.
pub fn choose(
    quotes: &[Quote],
    last: Option<(u32, u32)>,
    chance: &mut ChaCha8Rng,
) -> Option<Quote> {
    let shown = quotes.iter().find(|quote| Some(quote.place) == last);
    let others: Vec<&Quote> = quotes
        .iter()
        .filter(|quote| shown.is_none_or(|shown| shown.text != quote.text))
        .collect();
    let from = others.len();
    if from == 0 {
        return quotes.first().cloned();
    }
    others
        .get(chance.random_range(0..from))
        .map(|quote| (*quote).clone())
}

fn sentences(entry: &Entry) -> Vec<Quote> {
    let text = entry.text();
    let sentences = text.reveal().split_sentence_bounds();
    let trimmed =
        sentences.map(|sentence| sentence.split_whitespace().collect::<Vec<_>>().join(" "));
    (0..)
        .zip(trimmed.filter(|sentence| sentence.chars().any(char::is_alphanumeric)))
        .map(|(number, text)| Quote {
            place: (entry.id.0, number),
            day: entry.day,
            text,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
mod tests {
    use jiff::{Timestamp, civil::date};
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;
    use crate::{
        conversation::{EntryId, Part},
        parent::{MessageId, Words},
    };

    fn entry(id: u32, text: &str) -> Entry {
        Entry {
            id: EntryId(id),
            day: date(2026, 3, 2),
            written: Timestamp::UNIX_EPOCH,
            prompt: None,
            parts: vec![Part::typed(MessageId(1), Words::new(text))],
            heavy: false,
        }
    }

    fn texts(entries: &[Entry]) -> Vec<String> {
        quotes(entries)
            .into_iter()
            .map(|quote| quote.text)
            .collect()
    }

    #[test]
    fn whole_sentences_of_reasonable_length_come_first() {
        let long = "Woord ".repeat(60);
        let entry = entry(
            1,
            &format!("Moe. Ze wilde niet\tgaan slapen. {long}.\nEn toen toch wel"),
        );
        assert_eq!(
            texts(&[entry]),
            ["Ze wilde niet gaan slapen.", "En toen toch wel"]
        );
    }

    #[test]
    fn when_there_is_nothing_else_a_short_or_a_long_one_will_do() {
        assert_eq!(texts(&[entry(1, "Moe.")]), ["Moe."]);
        let long = quotes(&[entry(1, &"woord ".repeat(60))]);
        assert!(long[0].text.ends_with("woord…") && units(&long[0].text) <= LONGEST);
        assert_eq!(texts(&[entry(1, "🦔 ... ❤️")]), Vec::<String>::new());
    }

    #[test]
    fn a_heavy_entry_is_never_quoted() {
        let heavy = Entry {
            heavy: true,
            ..entry(1, "Dit was een heel zware dag voor mij.")
        };
        assert_eq!(texts(&[heavy]), Vec::<String>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn each_differs_from_the_last_when_there_are_several(
            sentences in prop::collection::vec("[a-c]{1,2}\\. ", 1..8), seed in any::<u64>(),
        ) {
            let quotes = quotes(&[entry(1, &sentences.concat())]);
            let several = quotes.iter().any(|quote| quote.text != quotes[0].text);
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            let mut last: Option<Quote> = None;
            for _ in 0..6 {
                let next = choose(&quotes, last.as_ref().map(|last| last.place), &mut chance).unwrap();
                if several && let Some(last) = last {
                    prop_assert_ne!(&last.text, &next.text);
                }
                last = Some(next);
            }
        }

        #[test]
        fn any_text_gives_sentences_that_fit_and_are_the_parents_own(text in ".{0,400}") {
            for quote in quotes(&[entry(1, &text)]) {
                prop_assert!(units(&quote.text) <= LONGEST);
                prop_assert!(quote.text.chars().any(char::is_alphanumeric));
            }
        }
    }
}
