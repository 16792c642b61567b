//! The files of a language: one of them is another than the one that is built in. The first line of an input says which; the rest is what
//! stands in it.
//!
//! What loads can be used without another look, and what does not load is told with a place that is there.

use std::collections::BTreeSet;

use voel_eerst::{
    library::{Country, Files, Languages, Library, Route, report},
    parent::ChatId,
};

use super::alone::Alone;

pub fn hold(bytes: &[u8]) {
    let mut halves = bytes.splitn(2, |byte| *byte == b'\n');
    let (path, content) = (halves.next().unwrap_or_default(), halves.next());
    let Ok(path) = str::from_utf8(path) else {
        return;
    };
    let (language, path) = path.split_once('/').unwrap_or(("nl", path));
    if !["nl", "en"].contains(&language) || path.is_empty() {
        return;
    }
    let mut files = Files::embedded(language);
    match content {
        Some(content) => files.insert(path, content),
        None => files.remove(path),
    }
    match Library::load(&files) {
        Ok(library) => loaded(library),
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            for fault in faults.iter() {
                let name = fault.file.strip_prefix(files.root()).unwrap_or_default();
                let name = name.trim_start_matches('/');
                let lines = files.get(name).unwrap_or_default();
                let lines = lines.iter().filter(|byte| **byte == b'\n').count() + 1;
                assert!(
                    fault.line.is_none_or(|line| (1..=lines).contains(&line)),
                    "{fault}"
                );
                assert!(!fault.what.is_empty());
            }
            let told = report(&faults);
            let all = told.lines().count();
            assert!(all >= faults.len() + 2, "{told}");
            assert_eq!(Library::load(&files), Err(faults), "the same faults again");
        }
    }
}

/// What the rules for writers promise, looked at once more from outside.
fn loaded(library: Library) {
    let mut ids = BTreeSet::new();
    for prompt in &library.prompts {
        assert!(ids.insert(&prompt.id), "{} is there twice", prompt.id);
        plain(&prompt.title);
        plain(&prompt.body);
        assert!(prompt.body.chars().count() <= 280);
        assert!(!library.retired.contains(&prompt.id));
    }
    assert!(!library.prompts.is_empty());

    let menu = library.menu();
    assert!((1..=100).contains(&menu.len()));
    for (name, description) in &menu {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(
            (1..=32).contains(&name.len()) && name.bytes().all(letters),
            "{name}"
        );
        assert!(
            (1..=256).contains(&description.chars().count()),
            "{description}"
        );
    }
    let bot = &library.texts.bot;
    assert!(bot.short_description.as_str().chars().count() <= 120);
    assert!(bot.description.as_str().chars().count() <= 512);
    for country in [Country::Nl, Country::Be] {
        for &route in Route::ALL {
            let lines = library.help_lines(country, route);
            assert!(lines.contains(char::is_numeric), "no number: {lines}");
        }
    }

    // Somebody begins, opens everything there is, and taps what is shown.
    let commands: Vec<String> = library.commands.iter().map(|it| it.name.clone()).collect();
    let languages = Languages::from(library);
    let mut alone = Alone::with(&languages, ChatId(1));
    alone.begins();
    for command in commands {
        alone.commands(&command);
        alone.taps_the_first();
    }
}

/// No character that some way of showing text takes for markup.
fn plain(text: &str) {
    assert!(!text.trim().is_empty());
    assert!(
        !text.contains(['<', '>', '&', '*', '_', '[', ']', '!', '"']),
        "{text}"
    );
}
