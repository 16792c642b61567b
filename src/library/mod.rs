//! What the bot can say.

mod prompt;
mod typed_words;

pub use prompt::{Moment, Prompt, Side};
