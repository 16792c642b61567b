//! What has to hold of each kind of input from outside, whatever bytes it is made of.
//!
//! Each body takes bytes and panics when something does not hold. `cargo test` runs them on the corpus in `fuzz/corpus`; the targets in `fuzz/`
//! run them on whatever libFuzzer thinks of, and on nothing else: they include this folder.

mod alone;
pub mod backup;
pub mod callback;
pub mod damage;
pub mod import;
pub mod prompts;
pub mod stored;
pub mod town;
pub mod typed;
pub mod update;

use std::sync::LazyLock;

use voel_eerst::library::Languages;

/// All languages, read once.
static LANGUAGES: LazyLock<Languages> =
    LazyLock::new(|| Languages::embedded().expect("the built-in languages are in order"));
