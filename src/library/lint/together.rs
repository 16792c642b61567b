//! The rules for languages beside each other: they say the same things, each in its own words.
//!
//! A parent may change the language at any moment: in the middle of a flow, with a prompt open, with buttons of the other language in the chat. So
//! what has an id in one language has it in every language, and means the same.

use std::{collections::BTreeSet, ptr};

use crate::library::{
    CommandId,
    draft::{Draft, Placed},
    fault::Faults,
    languages::ANY_APP,
    source::{Leaf, Node},
    text::placeholders,
};

/// Keys of plain texts that are words of the language. Those that parents read as they are, the draft knows.
const WORDS: [&str; 8] = [
    "body", "command", "cost", "followup", "name", "source", "title", "when",
];

/// Files whose entries have to be the same, apart from their words. What people type is another matter: that differs with the language.
const SAME: [&str; 6] = [
    "flows/sentences.toml",
    "flows/shared.toml",
    "helplines.toml",
    "retired.toml",
    "texts.toml",
    "prompts",
];

/// Notes what a language says and another does not. The first is the one that the others are measured by.
pub(super) fn check(languages: &[Draft<'_>], faults: &mut Faults) {
    check_apps(languages, faults);
    let Some((first, others)) = languages.split_first() else {
        faults.add(
            "prompts",
            None,
            "there is no language; expected a folder such as prompts/nl",
        );
        return;
    };
    for other in others {
        let pair = Pair {
            ours: said(other),
            theirs: said(first),
        };
        check_files(&pair, other, first, faults);
        check_commands(other, first, faults);
        check_language(other, first, faults);
    }
}

/// Every app gets one language.
fn check_apps(languages: &[Draft<'_>], faults: &mut Faults) {
    let mut tags = BTreeSet::new();
    let mut taken = BTreeSet::new();
    for Placed { value, node } in languages.iter().filter_map(|it| it.language.as_ref()) {
        if !tags.insert(value.language.as_str()) {
            node.at("language").fault(
                faults,
                format!(
                    "language `{}` stands in another folder too; expected a language of its own",
                    value.language
                ),
            );
        }
        for (app, node) in value.apps.iter().zip(node.at("apps").items()) {
            let is_code =
                (2..=3).contains(&app.len()) && app.bytes().all(|b| b.is_ascii_lowercase());
            if !is_code && app != ANY_APP {
                node.fault(
                    faults,
                    format!("apps has `{app}`; expected a code such as `nl`, or `{ANY_APP}` for every other"),
                );
            }
            if !taken.insert(app.as_str()) {
                node.fault(
                    faults,
                    format!(
                        "apps has `{app}`, which another language has already; expected each once"
                    ),
                );
            }
        }
    }
}

/// The consent of one language is the consent of all, and so is calm.
fn check_language(other: &Draft<'_>, first: &Draft<'_>, faults: &mut Faults) {
    let (Some(ours), Some(theirs)) = (&other.language, &first.language) else {
        return;
    };
    if ours.value.gentle_themes != theirs.value.gentle_themes {
        ours.node.at("gentle_themes").fault(
            faults,
            format!(
                "gentle_themes is {}; expected {}, as in {}",
                ours.value.gentle_themes.join(", "),
                theirs.value.gentle_themes.join(", "),
                theirs.node.at("gentle_themes").place()
            ),
        );
    }
    if ours.value.consent_version != theirs.value.consent_version {
        ours.node.at("consent_version").fault(
            faults,
            format!(
                "consent_version is `{}`; expected `{}`, as in {}",
                ours.value.consent_version,
                theirs.value.consent_version,
                theirs.node.at("consent_version").place()
            ),
        );
    }
}

/// Commands differ in name alone. Those of flows are found by their flow.
fn check_commands(other: &Draft<'_>, first: &Draft<'_>, faults: &mut Faults) {
    for Placed { value: ours, node } in &other.commands.read {
        let theirs = match ours.id {
            CommandId::Flow => flow_command(other, &ours.name).and_then(|flow| {
                let flow = first.flows.iter().find(|it| it.value.id == flow)?;
                let name = &flow.value.command;
                first.commands.read.iter().find(|it| it.value.name == *name)
            }),
            id => first.commands.read.iter().find(|it| it.value.id == id),
        };
        let Some(theirs) = theirs else { continue };
        for (key, ours, expected) in [
            ("always", ours.always, theirs.value.always),
            ("menu", ours.menu, theirs.value.menu),
        ] {
            if ours != expected {
                node.at(key).fault(
                    faults,
                    format!(
                        "{key} is {ours}; expected {expected}, as in {}",
                        theirs.node.at(key).place()
                    ),
                );
            }
        }
    }
}

/// The id of the flow that this command opens.
fn flow_command<'d>(draft: &'d Draft<'_>, name: &str) -> Option<&'d str> {
    let flow = draft.flows.iter().find(|it| it.value.command == name)?;
    Some(&flow.value.id)
}

/// What a draft says to parents: the addresses of those values.
type SaidSet = BTreeSet<usize>;

fn said(draft: &Draft<'_>) -> SaidSet {
    draft.said.iter().map(|said| address(said.node())).collect()
}

fn address(node: &Node<'_>) -> usize {
    ptr::from_ref(node.value).addr()
}

/// Two languages that are compared.
struct Pair {
    ours: SaidSet,
    theirs: SaidSet,
}

fn check_files(pair: &Pair, other: &Draft<'_>, first: &Draft<'_>, faults: &mut Faults) {
    let is_compared = |path: &str| {
        let (folder, _) = path.split_once('/').unwrap_or((path, ""));
        folder == "flows" || SAME.contains(&path) || SAME.contains(&folder)
    };
    for (path, theirs) in first.roots.iter().filter(|(path, _)| is_compared(path)) {
        match other.roots.get(path) {
            Some(ours) => pair.compare(*ours, *theirs, faults),
            None => faults.add(
                format!("{}/{path}", other.root),
                None,
                format!(
                    "there is no such file, but there is {}; expected the same in every language",
                    theirs.place()
                ),
            ),
        }
    }
    for (path, ours) in other.roots.iter().filter(|(path, _)| is_compared(path)) {
        if !first.roots.contains_key(path) {
            ours.fault(
                faults,
                format!(
                    "there is no such file in {}; expected the same in every language",
                    first.root
                ),
            );
        }
    }
}

impl Pair {
    /// Notes where `ours` is not what `theirs` is, apart from words.
    fn compare(&self, ours: Node<'_>, theirs: Node<'_>, faults: &mut Faults) {
        match (ours.leaf(), theirs.leaf()) {
            (Leaf::Table, Leaf::Table) => self.compare_tables(ours, theirs, faults),
            (Leaf::List, Leaf::List) => self.compare_lists(ours, theirs, faults),
            (Leaf::Text(our_text), Leaf::Text(their_text)) => {
                if self.is_words(&ours, &theirs) {
                    check_placeholders(ours, theirs, faults);
                } else if our_text != their_text {
                    differs(ours, theirs, our_text, their_text, faults);
                }
            }
            (Leaf::Other(our_value), Leaf::Other(their_value)) => {
                if our_value != their_value {
                    differs(ours, theirs, &our_value, &their_value, faults);
                }
            }
            // Another kind of value than the field takes is told elsewhere.
            (Leaf::Table | Leaf::List | Leaf::Text(_) | Leaf::Other(_), _) => {}
        }
    }

    fn is_words(&self, ours: &Node<'_>, theirs: &Node<'_>) -> bool {
        WORDS.contains(&ours.name)
            || self.ours.contains(&address(ours))
            || self.theirs.contains(&address(theirs))
    }

    fn compare_tables(&self, ours: Node<'_>, theirs: Node<'_>, faults: &mut Faults) {
        for their_field in theirs.fields() {
            match ours.get(their_field.name) {
                Some(our_field) => self.compare(our_field, their_field, faults),
                None => missing(ours, their_field, faults),
            }
        }
        for our_field in ours.fields() {
            if theirs.get(our_field.name).is_none() {
                missing(theirs, our_field, faults);
            }
        }
    }

    /// Tables with an id are found by it, whatever their order; of a list of texts only the placeholders have to be the same.
    fn compare_lists(&self, ours: Node<'_>, theirs: Node<'_>, faults: &mut Faults) {
        if ours
            .items()
            .chain(theirs.items())
            .any(|it| it.get("id").is_none())
        {
            let is_words = |node: &Node<'_>| {
                self.ours.contains(&address(node)) || self.theirs.contains(&address(node))
            };
            if ours.items().chain(theirs.items()).any(|it| is_words(&it)) {
                check_placeholders(ours, theirs, faults);
                return;
            }
            let texts = |list: Node<'_>| {
                let texts: BTreeSet<String> = list
                    .items()
                    .filter_map(|it| it.as_text().map(str::to_owned))
                    .collect();
                texts.into_iter().collect::<Vec<_>>().join(", ")
            };
            let (our_texts, their_texts) = (texts(ours), texts(theirs));
            if our_texts != their_texts {
                differs(ours, theirs, &our_texts, &their_texts, faults);
            }
            return;
        }
        for their_item in theirs.items() {
            match with_id(ours, their_item.at("id").as_text()) {
                Some(our_item) => self.compare(our_item, their_item, faults),
                None => missing_item(ours, their_item, faults),
            }
        }
        for our_item in ours.items() {
            if with_id(theirs, our_item.at("id").as_text()).is_none() {
                missing_item(theirs, our_item, faults);
            }
        }
    }
}

/// The table in a list that has this id.
fn with_id<'a>(list: Node<'a>, id: Option<&str>) -> Option<Node<'a>> {
    list.items().find(|it| it.at("id").as_text() == id)
}

fn differs(ours: Node<'_>, theirs: Node<'_>, found: &str, expected: &str, faults: &mut Faults) {
    ours.fault(
        faults,
        format!(
            "{} is `{found}`; expected `{expected}`, as in {}",
            ours.name,
            theirs.place()
        ),
    );
}

fn missing(here: Node<'_>, there: Node<'_>, faults: &mut Faults) {
    here.fault(
        faults,
        format!(
            "`{}` is missing here, but stands in {}; expected the same in every language",
            there.name,
            there.place()
        ),
    );
}

fn missing_item(list: Node<'_>, there: Node<'_>, faults: &mut Faults) {
    let id = there.at("id");
    list.fault(
        faults,
        format!(
            "id `{}` is missing here, but stands in {}; expected the same in every language",
            id.as_text().unwrap_or_default(),
            id.place()
        ),
    );
}

/// What the code fills in, each language has a place for.
fn check_placeholders(ours: Node<'_>, theirs: Node<'_>, faults: &mut Faults) {
    let names = |node: Node<'_>| -> BTreeSet<String> {
        let own = node.as_text().into_iter().flat_map(placeholders);
        let of_items = node
            .items()
            .filter_map(Node::as_text)
            .flat_map(placeholders);
        own.chain(of_items).map(str::to_owned).collect()
    };
    let (our_names, their_names) = (names(ours), names(theirs));
    let written = |names: &BTreeSet<String>| match names {
        none if none.is_empty() => "no word in braces".to_owned(),
        some => some
            .iter()
            .map(|name| format!("{{{name}}}"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    if our_names != their_names {
        ours.fault(
            faults,
            format!(
                "{} has {}; expected {}, as in {}",
                ours.name,
                written(&our_names),
                written(&their_names),
                theirs.place()
            ),
        );
    }
}
