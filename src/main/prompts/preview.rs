//! Prompts as they look on the phone.

use std::path::{Path, PathBuf};

use clap::Args;
use voel_eerst::{
    library::{Library, Prompt},
    writer,
};

/// Which prompts.
#[derive(Args)]
pub struct Preview {
    /// The folder of one language, or of several; without it, the prompts that are built in
    dir: Option<PathBuf>,
    /// The id of a prompt, or a part of it; without it, all of them
    id: Option<String>,
    /// Only the prompts of this theme
    #[arg(long)]
    theme: Option<String>,
    /// Only in this language
    #[arg(long)]
    language: Option<String>,
}

impl Preview {
    /// Prints them.
    pub fn run(self) -> anyhow::Result<()> {
        let (dir, id) = folder_and_id(self.dir, self.id);
        let languages = super::load(dir.as_deref())?.languages;
        if let Some(language) = &self.language {
            super::spoken(&languages, language)?;
        }
        let paint = super::paint();
        let mut shown = Vec::new();
        for library in languages.iter() {
            let other = self.language.as_ref();
            if other.is_some_and(|language| *language != library.language) {
                continue;
            }
            for prompt in wanted(library, id.as_deref(), self.theme.as_deref()) {
                if let Some(preview) = writer::preview(&languages, library, &prompt.id)? {
                    shown.push(writer::show(&preview, paint));
                }
            }
        }
        anyhow::ensure!(
            !shown.is_empty(),
            "there is no such prompt; `voel-eerst prompts list` names them all"
        );
        print!("{}", shown.join("\n"));
        Ok(())
    }
}

/// What stands alone and is no folder is an id.
fn folder_and_id(
    first: Option<PathBuf>,
    second: Option<String>,
) -> (Option<PathBuf>, Option<String>) {
    let looks_like_an_id = |path: &Path| !path.exists() && path.components().count() == 1;
    match (first, second) {
        (Some(first), None) if looks_like_an_id(&first) => {
            (None, Some(first.display().to_string()))
        }
        both => both,
    }
}

/// The prompt with this id; when there is none, those with it in their id.
fn wanted<'l>(library: &'l Library, id: Option<&str>, theme: Option<&str>) -> Vec<&'l Prompt> {
    let exact = id.and_then(|id| library.prompt(id));
    let of_theme = |prompt: &&Prompt| theme.is_none_or(|theme| prompt.theme == theme);
    let named = |prompt: &&Prompt| match (exact, id) {
        (Some(exact), _) => prompt.id == exact.id,
        (None, Some(part)) => prompt.id.contains(part),
        (None, None) => true,
    };
    let prompts = library.prompts.iter();
    prompts.filter(of_theme).filter(named).collect()
}
