//! The rules for one prompt.

use super::{
    check_characters, check_length,
    language::{LintWords, count_words, sentences, without_quotes, words},
};
use crate::library::{
    Moment, Prompt, Theme,
    draft::Placed,
    fault::Faults,
    prompt::{LONGEST_ID, TO_WRITE, is_id},
    source::Node,
};

/// Notes what is wrong with a prompt by itself.
pub(super) fn check(prompt: &Placed<'_, Prompt>, lint: Option<&LintWords>, faults: &mut Faults) {
    let Placed {
        value: prompt,
        node,
    } = prompt;
    check_id(prompt, node, faults);
    for (text, at) in texts(prompt, node) {
        check_plain(text, &at, faults);
        if is_written(text)
            && let Some(lint) = lint
        {
            check_words(prompt, text, &at, lint, faults);
        }
    }
    if is_written(&prompt.title) {
        check_length(&node.at("title"), &prompt.title, 2, 40, faults);
    }
    if is_written(&prompt.body) {
        check_body(prompt, &node.at("body"), lint, faults);
    }
    if let Some(followup) = prompt.followup.as_deref().filter(|text| is_written(text)) {
        check_followup(&node.at("followup"), followup, faults);
    }
}

/// Whether a writer has put something in the place of what a new prompt begins with.
fn is_written(text: &str) -> bool {
    text.trim() != TO_WRITE
}

/// Notes what is wrong with any text of a prompt.
fn check_plain(text: &str, at: &Node<'_>, faults: &mut Faults) {
    let name = at.name;
    if !is_written(text) {
        let or = if name == "followup" {
            ", or take the whole line out"
        } else {
            ""
        };
        at.fault(
            faults,
            format!(
                "{name} is still to be written; put your text in the place of the three dots{or}"
            ),
        );
        return;
    }
    check_characters(at, text, faults);
    if text.contains(['\n', '\r', '\t']) {
        at.fault(
            faults,
            format!("{name} has a line break; expected one paragraph"),
        );
    }
    if without_quotes(text).is_none() {
        at.fault(
            faults,
            format!("a quote in {name} is opened and not closed; expected ' on both sides"),
        );
    }
}

fn check_body(prompt: &Prompt, at: &Node<'_>, lint: Option<&LintWords>, faults: &mut Faults) {
    check_length(at, &prompt.body, 60, 280, faults);
    let body = without_quotes(&prompt.body).unwrap_or_else(|| prompt.body.clone());
    check_sentences(at, &body, faults);
    if let Some(lint) = lint {
        check_end(at, &body, lint, faults);
        check_address(prompt, at, lint, faults);
    }
}

/// Notes what is wrong with the name of a theme, which stands beside a sign in a picture, and perhaps on a locked screen.
pub(super) fn check_theme(
    theme: &Placed<'_, Theme>,
    lint: Option<&LintWords>,
    faults: &mut Faults,
) {
    let at = theme.node.at("name");
    let name = theme.value.name.as_str();
    check_length(&at, name, 2, 20, faults);
    if name.contains(['\n', '\r', '\t']) {
        at.fault(faults, "name has a line break; expected one line");
    }
    if let Some(lint) = lint {
        check_lock_screen(&at, &words(name), lint, faults);
    }
}

/// `text` is what [`words`] makes of it.
fn check_lock_screen(at: &Node<'_>, text: &str, lint: &LintWords, faults: &mut Faults) {
    if let Some(word) = lint.lock_screen.find(text) {
        at.fault(
            faults,
            format!("{} contains `{word}`; expected words that anybody may read on a locked screen (lock_screen in lint.toml)", at.name),
        );
    }
}

/// What a parent reads of a prompt, each with its place.
fn texts<'p, 'a>(prompt: &'p Prompt, node: &Node<'a>) -> Vec<(&'p str, Node<'a>)> {
    let mut texts = vec![
        (prompt.title.as_str(), node.at("title")),
        (prompt.body.as_str(), node.at("body")),
    ];
    texts.extend(
        prompt
            .followup
            .as_deref()
            .map(|text| (text, node.at("followup"))),
    );
    texts
}

fn check_id(prompt: &Prompt, node: &Node<'_>, faults: &mut Faults) {
    let theme = node.stem();
    if prompt.theme != theme {
        node.at("theme").fault(
            faults,
            format!(
                "theme is `{}`; expected `{theme}`, the name of the file",
                prompt.theme
            ),
        );
    }
    let at = node.at("id");
    let length = prompt.id.chars().count();
    if length > LONGEST_ID {
        at.fault(
            faults,
            format!("id is {length} characters long; expected at most {LONGEST_ID}"),
        );
    } else if !is_id(&prompt.id, theme) {
        at.fault(
            faults,
            format!(
                "id is `{}`; expected `{theme}-` and then words of a-z and 0-9 with - between them",
                prompt.id
            ),
        );
    }
}

fn check_sentences(at: &Node<'_>, body: &str, faults: &mut Faults) {
    let sentences = sentences(body);
    if sentences.len() > 6 {
        at.fault(
            faults,
            format!("body has {} sentences; expected at most 6", sentences.len()),
        );
    }
    for sentence in sentences {
        let count = count_words(sentence);
        if count > 22 {
            at.fault(
                faults,
                format!("a sentence in body has {count} words; expected at most 22, quoted examples not counted: `{}`", beginning(sentence)),
            );
        }
    }
}

/// Enough of a sentence to find it.
fn beginning(sentence: &str) -> String {
    let words: Vec<&str> = sentence.split_whitespace().take(4).collect();
    format!("{} ...", words.join(" "))
}

fn check_end(at: &Node<'_>, body: &str, lint: &LintWords, faults: &mut Faults) {
    let sentences = sentences(body);
    let Some(last) = sentences.last() else {
        return;
    };
    let last_words = words(last);
    let open_question = last.ends_with('?') && lint.question_words.find(&last_words).is_some();
    let task = last.ends_with('.')
        && last_words
            .split_whitespace()
            .next()
            .is_some_and(|word| lint.tasks.iter().any(|task| task == word));
    if !open_question && !task {
        at.fault(
            faults,
            format!(
                "body ends with `{}`; expected an open question (with a word such as {}), or a short task (that begins with a word such as {})",
                beginning(last),
                some_of(lint.question_words.iter()),
                some_of(lint.tasks.iter().map(String::as_str)),
            ),
        );
    }
}

/// The first few of a list of words.
fn some_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.take(6).collect::<Vec<_>>().join(", ")
}

fn check_followup(at: &Node<'_>, followup: &str, faults: &mut Faults) {
    check_length(at, followup, 0, 120, faults);
    let questions = followup.matches('?').count();
    if questions != 1 || !followup.ends_with('?') {
        at.fault(faults, format!("followup has {questions} question marks; expected one question, with the mark at the end"));
    }
}

fn check_address(prompt: &Prompt, at: &Node<'_>, lint: &LintWords, faults: &mut Faults) {
    if lint.address.find(&words(&prompt.body)).is_none() {
        at.fault(
            faults,
            format!(
                "body does not speak to the parent; expected one of: {}",
                some_of(lint.address.iter())
            ),
        );
    }
}

fn check_words(prompt: &Prompt, text: &str, at: &Node<'_>, lint: &LintWords, faults: &mut Faults) {
    let text = words(text);
    if let Some(word) = lint.forbidden.find(&text) {
        at.fault(
            faults,
            format!(
                "{} contains `{word}`; expected words without it (forbidden in lint.toml)",
                at.name
            ),
        );
    }
    check_lock_screen(at, &text, lint, faults);
    for (moment, phrases) in [
        (Moment::Ochtend, &lint.moments.ochtend),
        (Moment::Avond, &lint.moments.avond),
    ] {
        if let Some(word) = phrases.find(&text).filter(|_| prompt.moment != moment) {
            at.fault(
                faults,
                format!(
                    "{} contains `{word}`, but moment is {}; expected moment {}, or other words",
                    at.name,
                    prompt.moment.as_str(),
                    moment.as_str()
                ),
            );
        }
    }
}
