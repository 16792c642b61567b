//! The commands that look at the prompts folder, and how it is read.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Subcommand;
use tokio::sync::watch;
use voel_eerst::{
    conversation::House,
    library,
    service::{
        Reload, Voice,
        folder::{self, Appearance, Loaded, NotLoaded},
    },
};

/// What can be done with a prompts folder.
#[derive(Subcommand)]
pub enum Command {
    /// Check every rule of a prompts folder, and say everything that is wrong at once
    Check {
        /// The folder of one language, or of several; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
    /// List the prompts
    List {
        /// The folder of one language, or of several; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check { dir } => check(dir),
            Self::List { dir } => list(dir),
        }
    }
}

fn check(dir: Option<PathBuf>) -> anyhow::Result<()> {
    match load(dir.as_deref()) {
        Ok(Loaded { languages, .. }) => {
            for library in languages.iter() {
                println!(
                    "{}: {} prompts, {} flows: everything is in order.",
                    library.language,
                    library.prompts.len(),
                    library.flows.len()
                );
            }
            Ok(())
        }
        Err(NotLoaded::Faults(faults)) => {
            println!("{}", library::report(&faults));
            anyhow::bail!("the prompts cannot be used like this")
        }
        Err(refused @ (NotLoaded::Unreadable(_) | NotLoaded::Weights { .. })) => {
            Err(refused.into())
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
