//! The rules for everything else that the bot says: interface texts, help lines and crisis answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check_characters, check_length,
    language::{LintWords, words},
};
use crate::library::{
    draft::{Draft, List, Placed},
    fault::Faults,
    files::Files,
    helpline::HelpLine,
    read::Said,
    source::{Node, Source},
    text::placeholders,
};

/// The most UTF-16 units of a message.
pub(super) const MESSAGE_UNITS: usize = 4096;

/// The most characters of a button's label: what a phone shows of it.
const LABEL: usize = 28;

/// The most characters of what Telegram shows on the profile and in an empty chat.
const SHORT_DESCRIPTION: usize = 120;
const DESCRIPTION: usize = 512;

/// So much of a message a locked screen shows, in characters (content rule 3.6).
const SHOWN_LOCKED: usize = 80;

/// Notes what is wrong with the texts.
pub(super) fn check(draft: &Draft<'_>, lint: Option<&LintWords>, faults: &mut Faults) {
    for said in &draft.said {
        match said {
            Said::Text(node) => check_text(node, faults),
            Said::Label(node) => check_label(node, faults),
        }
        check_plain(said.node(), draft, lint, faults);
    }
    check_helplines(&draft.helplines.read, faults);
    check_no_placeholders(draft, faults);
    if let Some(texts) = draft.texts.as_ref().map(|texts| texts.node) {
        check_placeholders("texts.toml", texts, draft, faults);
        check_length(
            &texts.at("bot").at("short_description"),
            text_at(&texts, "bot", "short_description"),
            1,
            SHORT_DESCRIPTION,
            faults,
        );
        check_length(
            &texts.at("bot").at("description"),
            text_at(&texts, "bot", "description"),
            1,
            DESCRIPTION,
            faults,
        );
        check_numbers(texts, &draft.helplines, faults);
        check_beginnings(texts, lint, faults);
    }
    if let Some(texts) = draft.flow_texts.as_ref().map(|texts| texts.node) {
        check_placeholders("flows/shared.toml", texts, draft, faults);
    }
}

fn text_at<'a>(texts: &Node<'a>, section: &str, key: &str) -> &'a str {
    texts
        .at(section)
        .at(key)
        .as_text()
        .unwrap_or_default()
        .trim_end()
}

fn check_text(node: &Node<'_>, faults: &mut Faults) {
    let text = node.as_text().unwrap_or_default();
    let units = text.encode_utf16().count();
    if units > MESSAGE_UNITS {
        node.fault(faults, format!("{} is {units} characters long, where an emoji counts as two; expected at most {MESSAGE_UNITS}, which is what a message holds", node.name));
    }
    if text.trim().is_empty() {
        node.fault(faults, format!("{} is empty; expected a text", node.name));
    }
}

fn check_label(node: &Node<'_>, faults: &mut Faults) {
    let label = node.as_text().unwrap_or_default();
    check_length(node, label, 1, LABEL, faults);
    if label.contains('\n') {
        node.fault(
            faults,
            format!("{} has a line break; expected one line", node.name),
        );
    }
}

/// What holds for every text alike: characters, words, and that the commands it names exist.
fn check_plain(node: &Node<'_>, draft: &Draft<'_>, lint: Option<&LintWords>, faults: &mut Faults) {
    let text = node.as_text().unwrap_or_default();
    let mut plain = text.to_owned();
    for name in placeholders(text) {
        plain = plain.replace(&format!("{{{name}}}"), "");
    }
    if plain.contains(['{', '}']) {
        node.fault(
            faults,
            format!(
                "{} has a {{ or }} that stands alone; expected a word in small letters between both, such as {{name}}, or none",
                node.name
            ),
        );
    }
    for command in commands_in(text) {
        plain = plain.replace(command, "");
        if !draft.commands.tables.is_empty() && !draft.commands.has_text("name", command) {
            node.fault(
                faults,
                format!(
                    "{} names /{command}; expected a command in commands.toml",
                    node.name
                ),
            );
        }
    }
    check_characters(node, &plain, faults);
    if let Some(word) = lint.and_then(|lint| lint.forbidden.find(&words(text))) {
        node.fault(
            faults,
            format!(
                "{} contains `{word}`; expected words without it (forbidden in lint.toml)",
                node.name
            ),
        );
    }
}

/// The names of the commands in a text: `/` at the start of a word, and letters after it.
fn commands_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('/').filter_map(|(at, _)| {
        let apart = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || c == '(');
        let rest = &text[at + 1..];
        let len = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(rest.len());
        (apart && len > 0).then(|| &rest[..len])
    })
}

/// A text has only the placeholders that the code fills in: those of the Dutch text that is built into the program.
fn check_placeholders(path: &str, file: Node<'_>, draft: &Draft<'_>, faults: &mut Faults) {
    let listed = draft.language.as_ref().map(|it| &it.value.placeholders);
    let embedded = embedded_placeholders(path);
    for (key, at) in leaves(file) {
        let known = embedded.get(&key).cloned().unwrap_or_default();
        for name in at.as_text().into_iter().flat_map(placeholders) {
            if !known.contains(name) {
                let expected = match known
                    .iter()
                    .map(|name| format!("{{{name}}}"))
                    .collect::<Vec<_>>()
                {
                    none if none.is_empty() => "no word in braces here".to_owned(),
                    some => some.join(", "),
                };
                at.fault(
                    faults,
                    format!("{key} contains {{{name}}}; expected {expected}"),
                );
            } else if let Some(listed) = listed
                && !listed.iter().any(|it| it == name)
            {
                at.fault(faults, format!("{key} contains {{{name}}}; expected one of the words in the list placeholders in language.toml"));
            }
        }
    }
}

/// For each key of an embedded Dutch file the placeholders in its text.
fn embedded_placeholders(path: &str) -> BTreeMap<String, BTreeSet<String>> {
    let files = Files::embedded("nl");
    let content = files.get(path).unwrap_or_default();
    let source = Source::parse(path.to_owned(), content, &mut Faults::default());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, at) in source.iter().flat_map(|source| leaves(source.root())) {
        let names = at
            .as_text()
            .into_iter()
            .flat_map(placeholders)
            .map(str::to_owned);
        found.entry(key).or_default().extend(names);
    }
    found
}

/// The texts in a table and below it, with their keys, such as `consent.withdraw.text`.
fn leaves(table: Node<'_>) -> Vec<(String, Node<'_>)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), table)];
    while let Some((key, node)) = open.pop() {
        open.extend(node.items().map(|item| (key.clone(), item)));
        open.extend(node.fields().map(|field| {
            let name = field.name;
            let key = if key.is_empty() {
                name.to_owned()
            } else {
                format!("{key}.{name}")
            };
            (key, field)
        }));
        if node.as_text().is_some() {
            found.push((key, node));
        }
    }
    found
}

/// Help lines, commands and example sentences are shown as they are.
fn check_no_placeholders(draft: &Draft<'_>, faults: &mut Faults) {
    let lines = draft.helplines.tables.iter().map(|it| it.at("say"));
    let commands = draft.commands.tables.iter().map(|it| it.at("description"));
    let sentences = draft.sentences.tables.iter();
    let sentences = sentences.flat_map(|it| [it.at("situation"), it.at("text")]);
    let themes = draft.names.iter().map(|theme| theme.node.at("name"));
    for at in lines.chain(commands).chain(sentences).chain(themes) {
        for name in at.as_text().into_iter().flat_map(placeholders) {
            at.fault(
                faults,
                format!("{} contains {{{name}}}; expected no word in braces here, because nothing is filled in", at.name),
            );
        }
    }
}

/// What a locked screen shows of an answer to heavy words says nothing of them: no number, and no word that anybody would wonder at.
fn check_beginnings(texts: Node<'_>, lint: Option<&LintWords>, faults: &mut Faults) {
    for (key, at) in leaves(texts) {
        if !(is_answer(&key) || key == "crisis.hint") {
            continue;
        }
        let text = at.as_text().unwrap_or_default().trim_start();
        let shown: String = text.chars().take(SHOWN_LOCKED).collect();
        let word = lint.and_then(|lint| lint.lock_screen.find(&words(&shown)));
        let number = numbers(&shown).next();
        if let Some(found) = word.or(number) {
            at.fault(
                faults,
                format!("{key} has `{found}` in its first {SHOWN_LOCKED} characters; expected it later, as they may light up on a locked screen"),
            );
        }
    }
}

/// Whether the text with this key is the answer of a route.
fn is_answer(key: &str) -> bool {
    key.starts_with("crisis.") && key.matches('.').count() == 2
}

/// A line says the number that it is kept for. A button to its page has a page.
fn check_helplines(lines: &[Placed<'_, HelpLine>], faults: &mut Faults) {
    for Placed { value: line, node } in lines {
        if !line.say.as_str().contains(&line.number) {
            node.at("say").fault(
                faults,
                format!(
                    "say does not name {}; expected the number of the line in it",
                    line.number
                ),
            );
        }
        if line.button.is_some() && !line.url.starts_with("https://") {
            node.at("button").fault(
                faults,
                "button stands at a line without a page; expected a url that begins with https://",
            );
        }
    }
}

/// Crisis answers name 112, and they and the help texts name no number but those of help lines that are shown.
fn check_numbers(texts: Node<'_>, lines: &List<'_, HelpLine>, faults: &mut Faults) {
    let shown: Vec<&str> = lines
        .tables
        .iter()
        .filter(|line| line.at("show").value.as_bool() != Some(false))
        .filter_map(|line| line.at("number").as_text())
        .collect();
    for (key, at) in leaves(texts) {
        if !key.starts_with("crisis.") && !key.starts_with("help.") {
            continue;
        }
        let named: Vec<&str> = numbers(at.as_text().unwrap_or_default()).collect();
        for number in named.iter().filter(|number| !shown.contains(number)) {
            at.fault(
                faults,
                format!(
                    "{key} names {number}; expected only numbers of help lines with show = true"
                ),
            );
        }
        if is_answer(&key) && !named.contains(&"112") {
            at.fault(
                faults,
                format!("{key} does not name 112; expected every crisis answer to"),
            );
        }
    }
}

/// The telephone numbers in a text: three digits or more, with spaces or a `-` between them.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-'))
        .map(|run| run.trim_matches([' ', '-']))
        .filter(|run| run.bytes().filter(u8::is_ascii_digit).count() >= 3)
}
