//! The words in which people type times and days, as data: `typed.toml` of a language.
