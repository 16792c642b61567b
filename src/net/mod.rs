//! The crisis net: whether a text that a parent wrote asks for an answer that names help, and which.
//!
//! Pure: a text goes in, a [`Verdict`] comes out, and nothing of the text is kept. It is a linear model over pieces of the text:
//!
//! 1. [`reading`] makes words of the text, and of the words the features the model knows: pieces of words, words, neighbours, and the
//!    same with words of one meaning taken together, as [`classes`] says.
//! 2. [`weights`] says what each feature speaks for. They are data, `weights.bin`, made by [`train`] from the labelled sentences that lie
//!    beside it.
//! 3. [`score`] looks at the whole text and at each sentence of it, so that one heavy sentence in a long text is seen.
//!
//! It is a net and has holes. What it finds and misses is in `docs/crisis-net.md`. Who asks it, and what is said then, is in
//! [`conversation`](crate::conversation), in the scene `crisis`.

mod classes;
pub mod corpus;
mod reading;
mod report;
mod score;
pub mod train;
mod weights;

use classes::Classes;
use score::Odds;
use weights::Weights;

pub use report::{nets, report};
pub use weights::NetError;

use crate::library;

/// The weights for Dutch, made from `prompts/nl/crisis/*.tsv`.
const DUTCH: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/prompts/nl/crisis/weights.bin"
));

/// The trained net of one language. Some 700 KB of memory; judging takes some 100 KB more for a message of 4,096 characters.
#[derive(Debug)]
pub struct Net {
    classes: Classes,
    weights: Weights,
}

/// What a text asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that the net knows.
    Nothing,
    /// The quiet line that points to the help command.
    Hint,
    /// An answer with help lines.
    Routes(Routes),
}

/// The routes of one answer: one, or violence beside another that must not be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routes {
    first: Route,
    second: Option<Route>,
}

/// What the words point to. The names are for files and tests; a parent never sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Route {
    /// Suicide, or harming oneself.
    Zelfdoding,
    /// Violence at home: done, undergone, threatened or feared.
    Geweld,
    /// Exhaustion and despair.
    Uitputting,
    /// Somebody near is in such danger, or was lost to it.
    Naaste,
}

/// The tag of the language that the net knows: what it learned from is Dutch. What is written in another one is quiet to it.
pub const LANGUAGE: &str = "nl";

impl Net {
    /// Reads trained weights.
    ///
    /// # Errors
    /// When the bytes are not what [`train::train`] of this version makes.
    pub fn load(bytes: &[u8]) -> Result<Self, NetError> {
        let (weights, classes) = weights::load(bytes)?;
        Ok(Self { classes, weights })
    }

    /// The Dutch net that is built into the program.
    ///
    /// # Errors
    /// Never, as a test of this room shows; handed on so that nobody has to trust that.
    pub fn embedded() -> Result<Self, NetError> {
        Self::load(DUTCH)
    }

    /// What `text` asks for. The same for the same words, whatever their case, their accents and how often a mark, a letter or a word is
    /// repeated. Takes well under a millisecond for 4,096 characters.
    pub fn judge(&self, text: &str) -> Verdict {
        let odds = score::odds(text, &self.classes, &self.weights);
        let thresholds = &self.weights.thresholds;
        if odds.total() >= thresholds.answer {
            Verdict::Routes(Routes::of(&odds, thresholds.answer))
        } else if odds.total() >= thresholds.hint && !odds.is_short() {
            Verdict::Hint
        } else {
            Verdict::Nothing
        }
    }
}

impl Routes {
    /// The likeliest route; and violence, when that would be worth an answer by itself, beside suicide or somebody near, or one of these
    /// beside violence.
    fn of(odds: &Odds, answer: f64) -> Self {
        let first = odds.first();
        let second = first
            .beside()
            .iter()
            .copied()
            .filter(|route| odds.of(*route) >= answer)
            .max_by(|a, b| odds.of(*a).total_cmp(&odds.of(*b)));
        Self { first, second }
    }

    /// One route or two, the likelier first.
    pub fn iter(self) -> impl Iterator<Item = Route> {
        std::iter::once(self.first).chain(self.second)
    }
}

impl Route {
    /// All of them, in the order of the weights.
    pub const ALL: [Self; 4] = [
        Self::Zelfdoding,
        Self::Geweld,
        Self::Uitputting,
        Self::Naaste,
    ];

    /// Its label in the files of sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zelfdoding => "zelfdoding",
            Self::Geweld => "geweld",
            Self::Uitputting => "uitputting",
            Self::Naaste => "naaste",
        }
    }

    /// Its place in [`Route::ALL`].
    const fn index(self) -> usize {
        match self {
            Self::Zelfdoding => 0,
            Self::Geweld => 1,
            Self::Uitputting => 2,
            Self::Naaste => 3,
        }
    }

    /// The routes whose answer is given together with the answer of this one.
    const fn beside(self) -> &'static [Self] {
        match self {
            Self::Geweld => &[Self::Zelfdoding, Self::Naaste],
            Self::Zelfdoding | Self::Naaste => &[Self::Geweld],
            Self::Uitputting => &[],
        }
    }
}

/// The answer, and the help lines in it.
impl From<Route> for library::Route {
    fn from(route: Route) -> Self {
        match route {
            Route::Zelfdoding => Self::Zelfdoding,
            Route::Geweld => Self::Geweld,
            Route::Uitputting => Self::Uitputting,
            Route::Naaste => Self::Naaste,
        }
    }
}

#[cfg(test)]
mod tests;
