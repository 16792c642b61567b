//! From a text to the features the weights know: what the net sees of a text, and all it sees.

use std::ops::Range;

use super::classes::Classes;

/// How many features can be told apart. The sentences have some 300,000, so that few fall together.
pub(super) const BUCKETS: u32 = 1_000_000;

/// Pieces of a word are this long, in bytes, with a space before and behind the word.
const PIECE_LENGTH: usize = 5;
/// Words with one or two others between them are looked at together.
const APART: [usize; 2] = [2, 3];
/// Classes that stand this many classes apart are looked at together.
const CLASSES_APART: [usize; 3] = [2, 3, 4];

/// A longer sentence is also looked at in stretches, as whoever dictates says no full stop.
const LONG: usize = 25;
const STRETCH: usize = 20;
/// A shorter sentence says too little by itself.
const SHORT: usize = 3;

/// So many words in a row can be an echo: words that come a third time in a row say no more than twice.
const LONGEST_ECHO: usize = 16;

/// A text as the net sees it.
pub(super) struct Reading {
    /// The bucket of each feature, in the order of the words they end with.
    buckets: Vec<u32>,
    /// For each word, how many features end with it or before it.
    ends: Vec<usize>,
    /// The words of each sentence.
    sentences: Vec<Range<usize>>,
}

impl Reading {
    /// Reads a text.
    pub(super) fn of(text: &str, classes: &Classes) -> Self {
        let mut reading = Self {
            // About three for each letter.
            buckets: Vec::with_capacity(3 * text.len()),
            ends: Vec::new(),
            sentences: Vec::new(),
        };
        let mut echoes = Echoes::default();
        for sentence in text.split(ends_sentence) {
            let line = spaced(sentence);
            let words: Vec<Word<'_>> = words(&line)
                .map(|spaced| Word::of(spaced, classes))
                .filter(|word| !echoes.is_one(word.hash))
                .collect();
            if !words.is_empty() {
                let start = reading.ends.len();
                reading.add(&words);
                reading.sentences.push(start..reading.ends.len());
            }
        }
        reading
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it says too little for anybody to wonder what is behind it.
    pub(super) fn is_short(&self) -> bool {
        self.len() < SHORT
    }

    /// The buckets of the features that end with one of these words.
    pub(super) fn buckets(&self, words: Range<usize>) -> &[u32] {
        let end = |word: usize| match word {
            0 => 0,
            n => self.ends.get(n - 1).copied().unwrap_or(0),
        };
        self.buckets
            .get(end(words.start)..end(words.end))
            .unwrap_or_default()
    }

    /// The parts of the text that are also looked at by themselves: sentences, two sentences in a row, stretches of long sentences.
    /// None when the text is one short sentence.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        if self.sentences.len() > 1 {
            let enough = |it: &&Range<usize>| it.len() >= SHORT;
            parts.extend(self.sentences.iter().filter(enough).cloned());
        }
        if self.sentences.len() > 2 {
            parts.extend(self.sentences.windows(2).filter_map(|two| match two {
                [one, next] => Some(one.start..next.end),
                _ => None,
            }));
        }
        for long in self.sentences.iter().filter(|it| it.len() > LONG) {
            let last = long.end - STRETCH;
            let starts = (long.start..last).step_by(STRETCH / 2);
            parts.extend(starts.chain([last]).map(|start| start..start + STRETCH));
        }
        parts
    }

    /// Adds the features of one sentence. None reaches into another, so that each sentence can be looked at by itself.
    fn add(&mut self, words: &[Word<'_>]) {
        // The classes of the words so far, without the words that have none.
        let mut outline: Vec<u64> = Vec::new();
        for (n, word) in words.iter().enumerate() {
            self.add_pieces(word);
            self.add_words(&words[..=n]);
            self.add_classes(&words[..=n]);
            if let Some(class) = word.class {
                outline.push(class);
                self.add_outline(&outline);
            }
            if n + 1 == words.len() {
                self.push(join(ENDS, &[word.meaning()]));
            }
            self.ends.push(self.buckets.len());
        }
    }

    fn add_pieces(&mut self, word: &Word<'_>) {
        for piece in word.spaced.as_bytes().windows(PIECE_LENGTH) {
            self.push(hash(piece, PIECE));
        }
    }

    /// The last word, with the one before it, and with those some words before it.
    fn add_words(&mut self, words: &[Word<'_>]) {
        let [.., last] = words else { return };
        self.push(join(WORD, &[last.hash]));
        let before = |apart: usize| Some(words.get(words.len().checked_sub(1 + apart)?)?.hash);
        if let Some(word) = before(1) {
            self.push(join(WORD, &[word, last.hash]));
        }
        for word in APART.into_iter().filter_map(before) {
            self.push(join(WORD_APART, &[word, last.hash]));
        }
    }

    /// The last one to three words, with classes for those that have one.
    fn add_classes(&mut self, words: &[Word<'_>]) {
        for length in 1..=3.min(words.len()) {
            let run = &words[words.len() - length..];
            if run.iter().any(|word| word.class.is_some()) {
                let mut meanings = [0; 3];
                for (meaning, word) in meanings.iter_mut().zip(run) {
                    *meaning = word.meaning();
                }
                self.push(join(CLASSES, &meanings[..length]));
            }
        }
    }

    /// The last class, with the one before it, and with those some classes before it.
    fn add_outline(&mut self, outline: &[u64]) {
        let [.., last] = outline else { return };
        if let [.., before, last] = outline {
            self.push(join(OUTLINE, &[*before, *last]));
        }
        for apart in CLASSES_APART {
            if outline.len() > apart {
                let before = outline[outline.len() - 1 - apart];
                self.push(join(OUTLINE_APART, &[before, *last]));
            }
        }
    }

    fn push(&mut self, feature: u64) {
        let bucket = feature % u64::from(BUCKETS);
        self.buckets.push(bucket as u32);
    }
}

/// The words so far, to hear what is only said again: a word over and over counts no more than one that is meant.
#[derive(Default)]
struct Echoes(Vec<u64>);

impl Echoes {
    /// Whether with this word something has been said three times in a row.
    fn is_one(&mut self, word: u64) -> bool {
        self.0.push(word);
        let back = |n: usize| self.0.len().checked_sub(1 + n).map(|at| self.0[at]);
        (1..=LONGEST_ECHO).any(|length| {
            back(3 * length - 1).is_some() && (0..2 * length).all(|n| back(n) == back(n + length))
        })
    }
}

/// Kinds of features, so that the same letters of another kind are another feature.
const PIECE: u64 = 2;
const WORD: u64 = 3;
const WORD_APART: u64 = 4;
const CLASSES: u64 = 5;
const OUTLINE: u64 = 6;
const OUTLINE_APART: u64 = 7;
const ENDS: u64 = 8;

/// A word with the spaces around it, its own hash, and that of its class.
struct Word<'a> {
    spaced: &'a str,
    hash: u64,
    class: Option<u64>,
}

impl<'a> Word<'a> {
    fn of(spaced: &'a str, classes: &Classes) -> Self {
        let hash = hash(spaced.trim_matches(' ').as_bytes(), 0);
        Self {
            spaced,
            hash,
            class: classes.of(hash),
        }
    }

    /// Its class, or itself when it has none.
    fn meaning(&self) -> u64 {
        self.class.unwrap_or(self.hash)
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | ';' | '\n')
}

/// A sentence as the net reads it: its words in lower case, without accents and apostrophes, and with one space before, between and behind
/// them. Three or more of a letter become as many as Dutch can have: two for most vowels, one for all else.
fn spaced(sentence: &str) -> String {
    let mut line = String::with_capacity(sentence.len() + 2);
    line.push(' ');
    let (mut last, mut times) = (' ', 1);
    for c in sentence.chars().flat_map(char::to_lowercase) {
        if vanishes(c) {
            continue;
        }
        let letter = if c.is_alphanumeric() {
            without_accent(c)
        } else {
            ' '
        };
        times = if letter == last { times + 1 } else { 1 };
        last = letter;
        match (times, letter) {
            (1, _) => line.push(letter),
            (_, ' ') => {}
            (2, _) => line.push(letter),
            (3, 'a' | 'e' | 'o' | 'u') => {}
            (3, _) => drop(line.pop()),
            _ => {}
        }
    }
    if last != ' ' {
        line.push(' ');
    }
    line
}

/// The words of a [`spaced`] sentence, each with the spaces around it.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let spaces = || line.match_indices(' ').map(|(at, _)| at);
    spaces()
        .zip(spaces().skip(1))
        .map(|(before, behind)| &line[before..=behind])
}

/// A letter as it stands without its accent.
fn without_accent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => c,
    }
}

/// Marks that stand inside a word without parting it: apostrophes, accents that are characters of their own, invisible characters.
fn vanishes(c: char) -> bool {
    matches!(c,
        '\'' | '’' | '‘' | '`' | '´' | 'ʼ'
        | '\u{300}'..='\u{36f}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// One number for some bytes: FNV-1a, with the bits mixed at the end, as the lowest ones are used.
pub(super) fn hash(bytes: &[u8], kind: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(ODD);
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(hash)
}

/// One number for some hashes in their order.
fn join(kind: u64, hashes: &[u64]) -> u64 {
    let start = kind.wrapping_mul(ODD);
    hashes
        .iter()
        .fold(start, |joined, hash| mix(joined.wrapping_mul(ODD) ^ hash))
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Lets every bit count for every other.
pub(super) const fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}
