//! The rules for what the bot says, one file for each kind of content. `prompts/README.md` tells writers the same rules, and why.
//!
//! Two rules of the content cannot be checked from here and stay with people: that no sentence is taken from the articles behind
//! the prompts, and that nothing in a prompt reads as a cry for help.

mod command;
mod deck;
mod flow;
mod language;
mod place;
mod prompt;
mod text;
mod together;

use super::{draft::Draft, fault::Faults, files::Files};

pub(super) use language::LintWords;

/// Notes everything in `draft` that breaks a rule.
pub(super) fn check(draft: &Draft<'_>, files: &Files, faults: &mut Faults) {
    let words = draft.lint.as_ref().map(|lint| &lint.value);
    for prompt in draft.prompts() {
        prompt::check(prompt, words, faults);
    }
    for theme in &draft.names {
        prompt::check_theme(theme, words, faults);
    }
    deck::check(draft, files.root(), words, faults);
    flow::check(draft, files, faults);
    text::check(draft, words, faults);
    command::check(&draft.commands, faults);
    if let Some(places) = &draft.places {
        place::check(places, faults);
    }
}

/// Notes what languages do not say alike. The first is the one that the others are measured by.
pub(super) fn check_together(languages: &[Draft<'_>], faults: &mut Faults) {
    together::check(languages, faults);
}

/// Notes a length outside `least..=most`.
fn check_length(
    node: &super::source::Node<'_>,
    text: &str,
    least: usize,
    most: usize,
    faults: &mut Faults,
) {
    let len = text.chars().count();
    if !(least..=most).contains(&len) {
        let expected = match least {
            0 => format!("at most {most}"),
            _ => format!("{least} to {most}"),
        };
        let name = node.name;
        let characters = if len == 1 { "character" } else { "characters" };
        node.fault(
            faults,
            format!("{name} is {len} {characters} long; expected {expected}"),
        );
    }
}

/// Characters that some way of showing text takes for markup, and marks that shout or that keyboards do not have.
const UNSAFE: &str = "<>&*_[]\"!–—“”„‘’";

/// Notes the characters in `text` that are not plain text.
fn check_characters(node: &super::source::Node<'_>, text: &str, faults: &mut Faults) {
    for found in UNSAFE.chars().filter(|c| text.contains(*c)) {
        let instead = match found {
            '"' | '“' | '”' | '„' | '‘' | '’' => "single straight quotes: '",
            '–' | '—' => "a comma, a colon or a new sentence",
            '!' => "a full stop",
            _ => "plain text without it",
        };
        let name = node.name;
        node.fault(
            faults,
            format!("{name} contains `{found}`; expected {instead}"),
        );
    }
}
