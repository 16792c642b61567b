//! A new prompt for a writer to fill in.

use std::{
    fs,
    io::{BufRead, IsTerminal, Write, stdin, stdout},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use voel_eerst::{
    library::{self, Files, Moment, NewPrompt, Side},
    service::folder,
};

/// What is known of it. At a terminal, what is missing is asked for.
#[derive(Args)]
pub struct New {
    /// The folder of one language, or of several: the prompt gets a place in each
    #[arg(default_value = "prompts")]
    dir: PathBuf,
    /// The theme: the name of a file in the folder prompts
    #[arg(long)]
    theme: Option<String>,
    /// The title, 2 to 40 letters
    #[arg(long)]
    title: Option<String>,
    /// The id, which never changes afterwards; without it, it is made of the title
    #[arg(long)]
    id: Option<String>,
    /// Whom it speaks to: verlating, binding or beide [default: beide]
    #[arg(long, value_parser = super::side)]
    side: Option<Side>,
    /// When it fits: ochtend, avond or elk [default: elk]
    #[arg(long, value_parser = super::moment)]
    moment: Option<Moment>,
}

impl New {
    /// Puts it behind what stands in the file of its theme. Nothing that stands there is touched.
    pub fn run(self) -> anyhow::Result<()> {
        let dir = self.dir.clone();
        let languages = folder::languages(&dir)?;
        let asks = stdin().is_terminal() && stdout().is_terminal();
        let new = self.complete(&languages, asks)?;
        let title = new.title.clone();
        let fresh = library::fresh(&languages, new)?;
        let mut places = Vec::new();
        for (n, files) in languages.iter().enumerate() {
            // The title is in the language of whoever writes it: the first, which is Dutch where there are more.
            let own = languages.len() == 1 || is_first(&languages, n);
            let lines = fresh.lines(title.as_deref().filter(|_| own));
            let file = Path::new(files.root()).join(&fresh.path);
            let place = append(&file, &lines)
                .with_context(|| format!("{} cannot be written", file.display()))?;
            places.push(place);
        }
        println!("A new prompt with the id {} stands in:", fresh.id);
        for place in places {
            println!("  {place}");
        }
        println!(
            "Put your text in the place of each \"...\", and then run: voel-eerst prompts check {}",
            dir.display()
        );
        Ok(())
    }

    fn complete(self, languages: &[Files], asks: bool) -> anyhow::Result<NewPrompt> {
        let themes = library::themes(languages);
        let theme = match self.theme {
            Some(theme) => theme,
            None if asks => ask(&format!("Which theme? One of: {}", themes.join(", ")))?,
            None => anyhow::bail!("expected --theme, one of: {}", themes.join(", ")),
        };
        let title = match (self.title, &self.id) {
            (Some(title), _) => Some(title),
            (None, None) if asks => Some(ask("What is its title? 2 to 40 letters")?),
            (None, None) => anyhow::bail!("expected --title \"...\": the id is made of it"),
            (None, Some(_)) => None,
        };
        let side = match self.side {
            None if asks => chosen(
                "Whom does it speak to? verlating, binding or beide",
                Side::Beide,
                super::side,
            )?,
            side => side.unwrap_or(Side::Beide),
        };
        let moment = match self.moment {
            None if asks => chosen(
                "When does it fit? ochtend, avond or elk",
                Moment::Elk,
                super::moment,
            )?,
            moment => moment.unwrap_or(Moment::Elk),
        };
        Ok(NewPrompt {
            theme,
            title,
            id: self.id,
            side,
            moment,
        })
    }
}

/// Whether the language with this number is the one that the others are measured by.
fn is_first(languages: &[Files], number: usize) -> bool {
    let named = |files: &Files| Path::new(files.root()).ends_with("nl");
    let first = languages.iter().position(named).unwrap_or(0);
    first == number
}

/// Puts lines behind what stands in a file. Returns where they begin.
fn append(file: &Path, lines: &str) -> std::io::Result<String> {
    let mut text = fs::read_to_string(file)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // The first of the lines is empty.
    let line = text.lines().count() + 2;
    text.push_str(lines);
    // Beside it first: whoever watches the folder never sees half of a file.
    let beside = file.with_extension("toml.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, file)?;
    Ok(format!("{}:{line}", file.display()))
}

fn ask(question: &str) -> anyhow::Result<String> {
    print!("{question}: ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim();
    anyhow::ensure!(!answer.is_empty(), "nothing was typed; nothing is written");
    Ok(answer.to_owned())
}

/// Asks for a word; nothing typed means `usual`.
fn chosen<T>(question: &str, usual: T, read: fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
    print!("{question} (Enter: the last one): ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "" => Ok(usual),
        word => read(word).map_err(anyhow::Error::msg),
    }
}
