//! The commands that look at the prompts folder, and how it is read.

#[path = "prompts/check.rs"]
mod check;
#[path = "prompts/new.rs"]
mod new;
#[path = "prompts/preview.rs"]
mod preview;
#[path = "prompts/year.rs"]
mod year;

use std::{
    env,
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use clap::Subcommand;
use tokio::sync::watch;
use voel_eerst::{
    conversation::House,
    library::{self, Languages, Library, Moment, Side},
    service::{
        Reload, Voice,
        folder::{self, Appearance, Loaded, NotLoaded},
    },
    writer::Paint,
};

/// What can be done with a prompts folder.
#[derive(Subcommand)]
pub enum Command {
    /// Check every rule of a prompts folder, and say everything that is wrong at once
    Check(check::Check),
    /// List the prompts
    List {
        /// The folder of one language, or of several; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
    /// Show prompts as they look on the phone, and what comes after each button
    Preview(preview::Preview),
    /// Make a new prompt, for you to fill in
    New(new::New),
    /// Show what would come to a parent in a year, and count it
    Year(year::Year),
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(check) => check.run(),
            Self::List { dir } => list(dir),
            Self::Preview(preview) => preview.run(),
            Self::New(new) => new.run(),
            Self::Year(year) => year.run(),
        }
    }
}

fn list(dir: Option<PathBuf>) -> anyhow::Result<()> {
    let languages = load(dir.as_deref())?.languages;
    let lists: Vec<String> = languages.iter().map(library::list).collect();
    print!("{}", lists.join("\n"));
    Ok(())
}

/// What the bot says when it starts, and the folder that it comes from.
pub struct Chosen {
    /// What it says.
    pub loaded: Loaded,
    /// The folder, and how it looked before it was read; `None` for what is built in.
    folder: Option<(PathBuf, Appearance)>,
}

impl Chosen {
    /// What this folder holds, or what is built in.
    pub fn read(dir: Option<PathBuf>) -> anyhow::Result<Self> {
        let folder = named(dir.as_deref()).map(|dir| (dir.to_owned(), Appearance::of(dir)));
        let loaded = load(dir.as_deref())?;
        Ok(Self { loaded, folder })
    }

    /// The voice that it makes, and what lets the voice follow the folder.
    pub fn voice(self, house: House) -> (watch::Sender<Voice>, Option<Reload>) {
        let Loaded { languages, net } = self.loaded;
        let voice = watch::Sender::new(Voice {
            languages: Arc::new(languages),
            net: Arc::new(net),
            house,
        });
        let follow = |(folder, read)| Reload::new(folder, read, voice.clone());
        let reload = self.folder.map(follow);
        (voice, reload)
    }
}

/// The folder, if one was named.
fn named(dir: Option<&Path>) -> Option<&Path> {
    dir.filter(|dir| !dir.as_os_str().is_empty())
}

fn load(dir: Option<&Path>) -> Result<Loaded, NotLoaded> {
    match named(dir) {
        Some(dir) => folder::load(dir),
        None => folder::built_in(),
    }
}

/// The language with this tag.
fn spoken<'l>(languages: &'l Languages, tag: &str) -> anyhow::Result<&'l Library> {
    let found = languages.iter().find(|library| library.language == tag);
    found.with_context(|| {
        let tags: Vec<&str> = languages.iter().map(|it| it.language.as_str()).collect();
        format!(
            "there is no language `{tag}`; expected one of: {}",
            tags.join(", ")
        )
    })
}

/// Colour at a terminal, unless somebody does not want it.
fn paint() -> Paint {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stdout().is_terminal() && !unwanted {
        Paint::Colour
    } else {
        Paint::Plain
    }
}

fn side(word: &str) -> Result<Side, String> {
    let found = Side::ALL.iter().find(|side| side.as_str() == word);
    found
        .copied()
        .ok_or_else(|| format!("`{word}` is no side; expected verlating, binding or beide"))
}

fn moment(word: &str) -> Result<Moment, String> {
    let found = Moment::ALL.iter().find(|moment| moment.as_str() == word);
    found
        .copied()
        .ok_or_else(|| format!("`{word}` is no moment; expected ochtend, avond or elk"))
}
