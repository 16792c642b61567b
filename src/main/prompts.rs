//! The commands that look at the prompts folder, and how it is read.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use voel_eerst::{
    library::{self, Faults, Files, Languages},
    net::{self, Net},
    service::folder,
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
    match load(dir.as_deref())? {
        Ok(languages) => {
            net_in(dir.as_deref())?;
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
        Err(faults) => {
            println!("{}", library::report(&faults));
            anyhow::bail!("the prompts cannot be used like this")
        }
    }
}

fn list(dir: Option<PathBuf>) -> anyhow::Result<()> {
    let languages = languages_in(dir.as_deref())?;
    let lists: Vec<String> = languages.iter().map(library::list).collect();
    print!("{}", lists.join("\n"));
    Ok(())
}
/// The languages in this folder, or those that are built in; what is wrong with them is the error.
pub fn languages_in(dir: Option<&Path>) -> anyhow::Result<Languages> {
    load(dir)?.map_err(|faults| {
        anyhow::anyhow!(
            "the prompts cannot be used like this:\n{}",
            library::report(&faults)
        )
    })
}

/// The crisis net with the weights in this folder, or in the folder of the net's language in it; with those that are built in when there are none.
pub fn net_in(dir: Option<&Path>) -> anyhow::Result<Net> {
    let Some(dir) = named(dir) else {
        return Ok(Net::embedded()?);
    };
    let of_language = dir.join(net::LANGUAGE);
    let dir = if of_language.is_dir() {
        &of_language
    } else {
        dir
    };
    match folder::weights(dir)? {
        Some(weights) => Net::load(&weights)
            .with_context(|| format!("{} cannot be used", dir.join(folder::WEIGHTS).display())),
        None => Ok(Net::embedded()?),
    }
}

/// The folder, if one was named.
fn named(dir: Option<&Path>) -> Option<&Path> {
    dir.filter(|dir| !dir.as_os_str().is_empty())
}

fn load(dir: Option<&Path>) -> anyhow::Result<Result<Languages, Faults>> {
    let files = match named(dir) {
        Some(dir) => folder::languages(dir)?,
        None => Files::all_embedded(),
    };
    Ok(Languages::load(&files))
}
