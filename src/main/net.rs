//! The commands that make the weights of the crisis net, and say what it finds.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use voel_eerst::{
    net::{self, corpus::Corpus, train::LESSONS_OF_A_NET},
    service::folder,
};

use super::progress::Progress;

/// Where the sentences of the crisis net lie in the repository.
const CRISIS: &str = "prompts/nl/crisis";
/// What can be done with the crisis net.
#[derive(Subcommand)]
pub enum Command {
    /// Make weights.bin from the labelled sentences beside it; the same sentences give the same bytes
    Train {
        /// The folder of the sentences
        #[arg(default_value = CRISIS)]
        dir: PathBuf,
    },
    /// What is found and what is a false alarm, with each set of sentences held out in turn
    Report {
        /// The folder of the sentences
        #[arg(default_value = CRISIS)]
        dir: PathBuf,
    },
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Train { dir } => train(&dir),
            Self::Report { dir } => report(&dir),
        }
    }
}

fn train(dir: &Path) -> anyhow::Result<()> {
    let corpus = corpus(dir)?;
    let mut progress = Progress::of("learning", LESSONS_OF_A_NET);
    let weights = net::train::train(&corpus, &mut || progress.more(1));
    drop(progress);
    let file = dir.join("weights.bin");
    std::fs::write(&file, &weights)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{}: {} bytes", file.display(), weights.len());
    Ok(())
}

fn report(dir: &Path) -> anyhow::Result<()> {
    let corpus = corpus(dir)?;
    let mut progress = Progress::of("learning", net::nets(&corpus) * LESSONS_OF_A_NET);
    let report = net::report(&corpus, &mut || progress.more(1));
    drop(progress);
    print!("{report}");
    Ok(())
}

fn corpus(dir: &Path) -> anyhow::Result<Corpus> {
    let files = folder::sentences(dir)?;
    let files = files.iter().map(|(name, it)| (name.as_str(), it.as_str()));
    Ok(Corpus::read(files)?)
}
