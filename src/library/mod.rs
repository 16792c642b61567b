//! What the bot can say.

mod prompt;
mod typed_words;

pub use prompt::{Moment, Prompt, Side};
pub use typed_words::{DayWords, PartOfDay, TypedWords};
