//! Words that the net takes together: to it, a son is a child and a slap is a blow.

use std::collections::HashMap;

use super::reading::hash;

/// For each known word the class it belongs to. A line of the file is a name, a tab, and words with spaces between them; a word stands
/// as the net reads it, in lower case and without accents. Lines that begin with `#` and empty lines say nothing.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    /// The file, as it is packed with the weights.
    pub(super) text: String,
    /// By the hash of a word, the hash of its class.
    words: HashMap<u64, u64>,
}

impl Classes {
    /// Reads the file.
    ///
    /// # Errors
    /// The line, counted from 1, and what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut words = HashMap::new();
        for (n, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, list)) = line.split_once('\t') else {
                let what = "expected a name, a tab, and words; there is no tab".to_owned();
                return Err((n + 1, what));
            };
            let class = hash(name.as_bytes(), CLASS);
            for word in list.split_whitespace() {
                if words.insert(hash(word.as_bytes(), 0), class).is_some() {
                    return Err((n + 1, format!("{word} already belongs to a class")));
                }
            }
        }
        Ok(Self {
            text: text.to_owned(),
            words,
        })
    }

    /// The class of the word with this hash.
    pub(super) fn of(&self, word: u64) -> Option<u64> {
        self.words.get(&word).copied()
    }
}

/// Keeps the hash of a class apart from that of a word.
const CLASS: u64 = 1;
