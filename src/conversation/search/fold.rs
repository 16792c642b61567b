//! Letters as a search sees them: without case, without accents.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text as a search sees it, and where in the text each of its letters came from.
pub struct Folded {
    text: String,
    /// For each byte of the folded text, the byte at which its letter begins in the original.
    origins: Vec<usize>,
    original_len: usize,
}

/// The text as a search sees it: each letter taken apart (Unicode NFKD), in lower case, without its accents, and with one kind of apostrophe.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.chars() {
        fold_char(char, |char| folded.push(char));
    }
    folded
}

impl Folded {
    /// Folds a text as [`fold`] does.
    pub fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut origins = Vec::with_capacity(original.len());
        for (at, char) in original.char_indices() {
            fold_char(char, |char| text.push(char));
            origins.resize(text.len(), at);
        }
        Self {
            text,
            origins,
            original_len: original.len(),
        }
    }

    /// Where in the original text this folded word stands, each time.
    pub fn find<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.text.match_indices(folded).map(|(at, hit)| {
            let last = self.origin(at + hit.len().saturating_sub(1));
            self.origin(at)..self.letter_after(last)
        })
    }

    fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(self.original_len)
    }

    /// Where the letter after the one at `origin` begins that left something in the folded text; accents in between belong to the former.
    fn letter_after(&self, origin: usize) -> usize {
        let next = self.origins.partition_point(|other| *other <= origin);
        self.origin(next)
    }
}

fn fold_char(char: char, mut push: impl FnMut(char)) {
    match char {
        _ if char.is_ascii() => push(char.to_ascii_lowercase()),
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => push('\''),
        _ => std::iter::once(char)
            .nfkd()
            .flat_map(char::to_lowercase)
            .filter(|char| !is_combining_mark(*char))
            .for_each(push),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (text, folded) in [
            ("Één Cafè", "een cafe"),
            ("e\u{301}e\u{301}n", "een"),
            ("ÄÖÜ ñ ç", "aou n c"),
            ("İstanbul", "istanbul"),
            ("zo’n ‘s", "zo'n 's"),
            ("ĳs ﬁjn", "ijs fijn"),
            ("مَرْحَبًا", "مرحبا"),
            ("❤\u{fe0f}", "❤"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn a_hit_takes_its_accents_along() {
        let text = "Ze zei: e\u{301}e\u{301}n keer, ééntje.";
        let folded = Folded::new(text);
        let hits: Vec<&str> = folded.find("een").filter_map(|hit| text.get(hit)).collect();
        assert_eq!(hits, ["e\u{301}e\u{301}n", "één"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn a_text_finds_each_part_of_itself(text in "\\PC{0,40}", from in 0..40_usize, len in 1..10_usize) {
            let part: String = text.chars().skip(from).take(len).collect();
            let needle = fold(&part);
            prop_assume!(!needle.is_empty());
            let folded = Folded::new(&text);
            prop_assert_eq!(&folded.text, &fold(&text));
            let hits: Vec<Range<usize>> = folded.find(&needle).collect();
            prop_assert!(!hits.is_empty());
            for hit in hits {
                let hit = text.get(hit);
                prop_assert!(hit.is_some_and(|hit| fold(hit).contains(&needle)));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
