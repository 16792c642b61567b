//! Checking a prompts folder, once or whenever a file in it changes.

use std::{
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
    thread,
};

use clap::Args;
use jiff::Zoned;
use voel_eerst::{
    library,
    service::folder::{Appearance, Changes, LOOK_EVERY, Loaded, NotLoaded},
    writer::Paint,
};

/// What is checked.
#[derive(Args)]
pub struct Check {
    /// The folder of one language, or of several; without it, the prompts that are built in
    dir: Option<PathBuf>,
    /// Check again whenever a file in the folder changes. Ctrl-C ends it
    #[arg(long, requires = "dir")]
    watch: bool,
}

/// What a check came to.
struct Checked {
    /// What to print.
    text: String,
    in_order: bool,
}

impl Check {
    /// Checks, and fails when something is wrong.
    pub fn run(self) -> anyhow::Result<()> {
        match self.dir {
            Some(dir) if self.watch => watch(&dir),
            dir => {
                let checked = check(dir.as_deref())?;
                print!("{}", checked.text);
                anyhow::ensure!(checked.in_order, "the prompts cannot be used like this");
                Ok(())
            }
        }
    }
}

fn check(dir: Option<&Path>) -> Result<Checked, NotLoaded> {
    match super::load(dir) {
        Ok(Loaded { languages, .. }) => {
            let line = |library: &library::Library| {
                format!(
                    "{}: {} prompts, {} flows: everything is in order.\n",
                    library.language,
                    library.prompts.len(),
                    library.flows.len()
                )
            };
            Ok(Checked {
                text: languages.iter().map(line).collect(),
                in_order: true,
            })
        }
        Err(NotLoaded::Faults(faults)) => Ok(Checked {
            text: format!("{}\n", library::report(&faults)),
            in_order: false,
        }),
        Err(refused @ (NotLoaded::Unreadable(_) | NotLoaded::Weights { .. })) => Err(refused),
    }
}

/// For how many looks nothing may change before it is checked again: half a second is enough for an editor.
const STILL: u32 = 1;

/// Checks again and again, until the process is ended.
fn watch(dir: &Path) -> anyhow::Result<()> {
    let paint = super::paint();
    loop {
        let seen = Appearance::of(dir);
        let checked = check(Some(dir)).unwrap_or_else(|refused| Checked {
            text: format!("{refused}\n"),
            in_order: false,
        });
        show(dir, &checked, paint);
        let mut changes = Changes::since(seen, STILL);
        while !changes.are_complete(Appearance::of(dir)) {
            thread::sleep(LOOK_EVERY);
        }
    }
}

fn show(dir: &Path, checked: &Checked, paint: Paint) {
    let time = Zoned::now().strftime("%H:%M:%S").to_string();
    let result = if checked.in_order {
        paint.right("in order")
    } else {
        paint.wrong("not in order yet")
    };
    // A terminal shows the latest check alone; a file keeps them all.
    if stdout().is_terminal() {
        print!("\u{1b}[2J\u{1b}[3J\u{1b}[H");
    }
    println!("{}  {}: {result}\n", paint.strong(&time), dir.display());
    print!("{}", checked.text);
    println!(
        "\n{}",
        paint.faint("waiting for the next change; Ctrl-C ends this")
    );
}
