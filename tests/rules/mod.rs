//! The rules of the house, read in the sources: what a room may name, which way the arrows go, and where Dutch may stand.
//!
//! A rule here is one that neither the compiler nor clippy can check. Code that is compiled for tests only is not looked at.

mod source;
mod supply;

use std::collections::BTreeSet;

use source::Source;
use voel_eerst::library::Files;

/// Rooms that decide by values alone: no input or output, no clock, no chance of their own.
const PURE: [&str; 7] = [
    "library",
    "parent",
    "conversation",
    "export",
    "net",
    "picture",
    "writer",
];

/// What no pure room names, as paths or the beginnings of paths.
const IMPURE: [&str; 25] = [
    "axum",
    "dotenvy",
    "reqwest",
    "sled",
    "teloxide",
    "tempfile",
    "tokio",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "rand::rng",
    "rand::random",
    "thread_rng",
    "ThreadRng",
    "SysRng",
    "OsRng",
    "from_os_rng",
];

/// Which rooms a room may name besides itself.
const ARROWS: [(&str, &[&str]); 12] = [
    // The command line names the library by its name, and may name all of it.
    ("main", &[]),
    ("library", &[]),
    ("net", &["library"]),
    ("parent", &["library"]),
    ("conversation", &["library", "net", "parent"]),
    ("export", &["library", "parent", "conversation"]),
    ("picture", &["library", "parent", "conversation"]),
    ("writer", &["library", "parent", "conversation"]),
    ("store", &["library", "parent", "conversation"]),
    (
        "telegram",
        &["library", "parent", "conversation", "export", "picture"],
    ),
    (
        "service",
        &[
            "library",
            "net",
            "parent",
            "conversation",
            "export",
            "picture",
            "store",
            "telegram",
        ],
    ),
    (
        "demo",
        &[
            "library",
            "net",
            "parent",
            "conversation",
            "store",
            "telegram",
            "service",
            "writer",
        ],
    ),
];

/// No file is longer, but for tables that are nothing but one list.
const LONGEST: usize = 450;

/// Longer files, and why.
const LONGER: [(&str, &str); 1] = [(
    "library/texts.rs",
    "one list: a field for each text that the bot can say",
)];

/// Words that English does not have and hardly any Dutch sentence lacks.
const DUTCH: [&str; 16] = [
    "aan", "dat", "deze", "die", "een", "geen", "het", "je", "jij", "jou", "maar", "niet", "ook",
    "van", "voor", "wat",
];

/// A text of the interface with fewer words may be anybody's.
const FEWEST_WORDS: usize = 3;

fn product() -> Vec<Source> {
    let sources = source::all();
    assert!(sources.len() > 60, "the sources are somewhere else");
    sources
}

/// Fails with every breach at once.
#[track_caller]
fn none(rule: &str, breaches: impl IntoIterator<Item = String>) {
    let breaches: Vec<String> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

#[test]
fn pure_rooms_name_nothing_that_reaches_outside() {
    let sources = product();
    let pure = sources
        .iter()
        .filter(|source| PURE.contains(&source.room()));
    none(
        "a pure room decides by values alone",
        pure.flat_map(|source| impure(source).map(|name| format!("{} names {name}", source.path))),
    );
}

/// What this source names and no pure room may.
fn impure(source: &Source) -> impl Iterator<Item = &'static str> {
    IMPURE.into_iter().filter(|name| source.names(name))
}

#[test]
fn only_the_room_for_it_names_a_library_that_is_to_be_kept_in_one_place() {
    let breaches = product().into_iter().flat_map(|source| {
        [("teloxide", "telegram/"), ("sled", "store/engine/")]
            .into_iter()
            .filter(|(name, place)| source.names(name) && !source.path.starts_with(place))
            .map(|(name, place)| format!("{} names {name}, only {place} may", source.path))
            .collect::<Vec<_>>()
    });
    none("one library, one place", breaches);
}

#[test]
fn arrows_run_one_way() {
    let sources = product();
    let breaches = sources.iter().flat_map(|source| {
        let room = source.room();
        let allowed = ARROWS.iter().find(|(from, _)| *from == room);
        let allowed = allowed.map_or(&[][..], |(_, to)| to);
        rooms_named(source)
            .into_iter()
            .filter(move |named| named != room && !allowed.contains(&named.as_str()))
            .map(|named| format!("{} names crate::{named}", source.path))
            .collect::<Vec<_>>()
    });
    none(
        "main → service → {telegram, store} → conversation → {parent, library}",
        breaches,
    );
    let rooms: BTreeSet<&str> = sources
        .iter()
        .map(Source::room)
        .filter(|room| !room.is_empty())
        .collect();
    for room in rooms {
        assert!(
            ARROWS.iter().any(|(from, _)| *from == room),
            "a new room: {room}"
        );
    }
}

fn rooms_named(source: &Source) -> BTreeSet<String> {
    let within = source
        .paths
        .iter()
        .filter_map(|path| path.strip_prefix("crate::"));
    within
        .filter_map(|path| path.split("::").next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_a_parent_reads_is_not_in_the_code() {
    let sources = product();
    let spoken = sources.iter().filter(|source| source.room() != "demo");
    none(
        "every Dutch sentence is in prompts/nl",
        spoken.flat_map(|source| {
            let dutch = source.strings.iter().filter(|text| is_dutch(text));
            dutch
                .map(|text| format!("{}: {text:?}", source.path))
                .collect::<Vec<_>>()
        }),
    );
}

/// Log lines and errors are English, so no list of words tells them from what a parent reads: the texts themselves are looked for.
#[test]
fn no_text_of_a_language_is_in_the_code() {
    let texts = interface();
    assert!(texts.len() > 600, "the texts are somewhere else");
    assert!(texts.contains("i send no more questions"), "{texts:?}");
    assert!(texts.contains("ik stuur geen vragen meer"), "{texts:?}");
    let sources = product();
    let spoken = sources.iter().filter(|source| source.room() != "demo");
    none(
        "every text of a language is in prompts/",
        spoken.flat_map(|source| {
            let found = source.strings.iter().filter(|text| {
                let sentences = sentences(text);
                sentences.iter().any(|sentence| texts.contains(sentence))
            });
            found
                .map(|text| format!("{}: {text:?}", source.path))
                .collect::<Vec<_>>()
        }),
    );
}

/// Every sentence that a parent can read in any language, as [`sentences`] gives them.
fn interface() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for files in Files::all_embedded() {
        let spoken = files.iter().filter(|(path, _)| {
            let typed = ["typed.toml", "places.toml", "lint.toml", "language.toml"];
            !typed.contains(path)
        });
        for (_, content) in spoken {
            // Between quotes stand the texts, and ids, which have no blanks.
            let content = std::str::from_utf8(content).unwrap();
            let quoted = content.split('"').skip(1).step_by(2);
            texts.extend(quoted.flat_map(sentences));
        }
    }
    texts
}

/// The sentences of a text with [`FEWEST_WORDS`] or more, in lower case and without marks.
fn sentences(text: &str) -> Vec<String> {
    text.split(['.', '?', ':', '\n', '{', '}'])
        .map(|sentence| {
            let words: Vec<String> = sentence
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect();
            words
        })
        .filter(|words| words.len() >= FEWEST_WORDS)
        .map(|words| words.join(" "))
        .collect()
}

/// Whether this is a sentence with a Dutch word in it. A single word is a name of something, not a sentence.
fn is_dutch(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.len() > 1 && words.iter().any(|word| DUTCH.contains(&word.as_str()))
}

#[test]
fn a_file_holds_one_idea() {
    let sources = product();
    none(
        "a file that grows too long usually holds two ideas",
        sources
            .iter()
            .filter(|source| source.lines > LONGEST)
            .filter(|source| LONGER.iter().all(|(path, _)| source.path != *path))
            .map(|source| format!("{} has {} lines", source.path, source.lines)),
    );
    for (path, _) in LONGER {
        let source = sources.iter().find(|source| source.path == path);
        assert!(
            source.is_some_and(|source| source.lines > LONGEST),
            "{path} is no exception any more"
        );
    }
}

#[test]
fn a_breach_is_seen_however_it_is_written() {
    let source = |code: &str| Source::read("parent/example.rs", code);
    for (code, breaks) in [
        ("use std::{collections::{BTreeMap}, fs};", Some("std::fs")),
        ("use std::fs::File;", Some("std::fs")),
        ("fn a() { std :: fs::read(path); }", Some("std::fs")),
        (
            "use jiff::Timestamp; fn a() { Timestamp::now() }",
            Some("Timestamp::now"),
        ),
        ("fn a() { jiff::Zoned::now(); }", Some("Zoned::now")),
        ("use rand::{rngs::SysRng, TryRng};", Some("SysRng")),
        ("fn a() { rand::rng().random() }", Some("rand::rng")),
        ("type A = ::sled::Db;", Some("sled")),
        ("use rand::rngs::ChaCha8Rng; fn a(now: Timestamp) {}", None),
        ("// std::fs\n/* tokio */ fn a() { b(\"std::fs\") }", None),
        ("/// tokio::spawn\nfn sledge() {}", None),
        ("#[cfg(test)]\nmod tests { use std::fs; }\nfn a() {}", None),
        ("#[cfg(test)]\nuse std::fs;\nfn a() {}", None),
        (
            "#[cfg(not(test))]\nuse std::fs;\nfn a() {}",
            Some("std::fs"),
        ),
        (
            "fn a<'a>(b: &'a str) -> char { '\"' } use std::fs;",
            Some("std::fs"),
        ),
        ("const A: &str = r#\"use std::fs; \"#; fn a() {}", None),
    ] {
        let found: Vec<_> = impure(&source(code)).collect();
        assert_eq!(found.first().copied(), breaks, "{code}: {found:?}");
    }

    let named = rooms_named(&source(
        "use crate::{demo::{self, BotApi}, library::Text, store}; fn a() { crate::service::run() }",
    ));
    assert_eq!(
        Vec::from_iter(named),
        ["demo", "library", "service", "store"]
    );

    assert!(is_dutch("Dat lukt niet."));
    assert!(is_dutch("zeg het maar"));
    assert!(!is_dutch("the store cannot write any more: {0}"));
    assert!(!is_dutch("je"));
    let strings =
        source(r##"fn a() { b("een \"twee\"", r#"drie"#, b"vier", 'v') } // "vijf""##).strings;
    assert_eq!(strings, ["een \\\"twee\\\"", "drie", "vier"]);
}
