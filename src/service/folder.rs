//! Reading a language's folder from disk, for writers who check their files and for those who run the bot with words of their own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    library::{Faults, Files, Languages, report},
    net::{self, Net, NetError},
};

mod changes;

pub use changes::{Appearance, Changes, LOOK_EVERY};

/// What a prompts folder holds.
pub struct Loaded {
    /// What the bot can say, in each language.
    pub languages: Languages,
    /// What hears heavy words.
    pub net: Net,
}

/// Why a prompts folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Something in it is wrong.
    #[error("the prompts cannot be used like this:\n{}", report(.0))]
    Faults(Faults),
    /// The weights of the crisis net in it are none.
    #[error("{} cannot be used: {error}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: NetError,
    },
}

/// Reads and checks the languages in `folder`, and the weights of the crisis net: those in the folder of the net's language, or those that are built
/// in when it has none.
///
/// # Errors
/// When it cannot be read, or something in it is wrong.
pub fn load(folder: &Path) -> Result<Loaded, NotLoaded> {
    let languages = Languages::load(&languages(folder)?).map_err(NotLoaded::Faults)?;
    let of_language = folder.join(net::LANGUAGE);
    let folder = if of_language.is_dir() {
        &of_language
    } else {
        folder
    };
    let net = match weights(folder)? {
        Some(weights) => Net::load(&weights),
        None => Net::embedded(),
    };
    net.map(|net| Loaded { languages, net })
        .map_err(|error| NotLoaded::Weights {
            path: folder.join(WEIGHTS),
            error,
        })
}

/// What is built into the program.
///
/// # Errors
/// Never, as tests show; handed on so that nobody has to trust that.
pub fn built_in() -> Result<Loaded, NotLoaded> {
    let languages = Languages::embedded().map_err(NotLoaded::Faults)?;
    let net = Net::embedded().map_err(|error| NotLoaded::Weights {
        path: PathBuf::from(WEIGHTS),
        error,
    })?;
    Ok(Loaded { languages, net })
}

/// A folder that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A file or folder that the operating system does not let us read.
    #[error("expected a folder like prompts/nl, but {} cannot be read: {error}", path.display())]
    Io {
        /// What could not be read.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is no TOML file in it: most likely another folder was meant.
    #[error("expected a folder of prompts like prompts/nl, but there is no .toml file in {}", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// The TOML files in `folder` and in the folders in it. Other files, and hidden ones, are let be: editors leave them behind.
///
/// # Errors
/// When a file or folder cannot be read, or when there is no TOML file at all. What the files hold is not looked at.
pub fn read(folder: &Path) -> Result<Files, Unreadable> {
    // "nl/" and "nl" are one folder, and messages join its name and a file's with a slash.
    let name: PathBuf = folder.components().collect();
    let mut files = Files::new(name.display().to_string());
    add(folder, "", &mut files)?;
    if files.iter().next().is_none() {
        return Err(Unreadable::Empty {
            path: folder.to_owned(),
        });
    }
    Ok(files)
}

/// The languages in `folder`: one when there is a `language.toml` in it, and else one for each folder in it that has such a file.
///
/// # Errors
/// As [`read`]. A folder without any `language.toml` is read as one language, of which everything is missing.
pub fn languages(folder: &Path) -> Result<Vec<Files>, Unreadable> {
    let unreadable = |error| Unreadable::Io {
        path: folder.to_owned(),
        error,
    };
    let mut folders = Vec::new();
    if !folder.join(LANGUAGE).is_file() {
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.join(LANGUAGE).is_file() {
                folders.push(path);
            }
        }
    }
    if folders.is_empty() {
        return Ok(vec![read(folder)?]);
    }
    folders.sort();
    folders.iter().map(|folder| read(folder)).collect()
}

/// The file that says which language a folder holds.
const LANGUAGE: &str = "language.toml";

/// Where the weights of the crisis net lie in a language's folder.
pub const WEIGHTS: &str = "crisis/weights.bin";

/// The weights of the crisis net in a language's folder; `None` when there are none, which is no fault: then those that are built in count.
///
/// # Errors
/// When there is such a file, and it cannot be read. What it holds is not looked at.
pub fn weights(folder: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
    let path = folder.join(WEIGHTS);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Unreadable::Io { path, error }),
    }
}

/// The labelled sentences of the crisis net in `folder`: name and content of each `.tsv` file.
///
/// # Errors
/// When the folder or a file cannot be read. What the files hold is not looked at.
pub fn sentences(folder: &Path) -> Result<Vec<(String, String)>, Unreadable> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |error| Unreadable::Io { path, error }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_some_and(|end| end == "tsv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let content = fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push((name.into_owned(), content));
        }
    }
    Ok(files)
}

/// Whether a file is one of those that hold what the bot says. Hidden ones are an editor's.
fn is_prompts(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && path.extension().is_some_and(|end| end == "toml")
}

/// Adds what is in `folder`, which lies at `prefix` below the folder that was named.
fn add(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Unreadable> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |error| Unreadable::Io { path, error }
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            add(&path, &format!("{prefix}{name}/"), files)?;
        } else if is_prompts(&path) {
            let content = fs::read(&path).map_err(unreadable(&path))?;
            files.insert(format!("{prefix}{name}"), content);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::library::{Languages, Library};

    #[test]
    fn the_folder_in_the_repository_is_the_one_in_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/nl");
        let files = read(&folder).unwrap();
        let embedded = Files::embedded("nl");
        assert!(files.iter().eq(embedded.iter()));
        assert_eq!(Library::load(&files).unwrap(), Library::embedded().unwrap());
    }

    #[test]
    fn a_folder_is_one_language_or_holds_several() {
        let prompts = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let roots = |folder: &Path| -> Vec<String> {
            let languages = languages(folder).unwrap();
            languages
                .iter()
                .map(|files| {
                    let root = Path::new(files.root()).strip_prefix(&prompts);
                    root.unwrap().display().to_string()
                })
                .collect()
        };
        assert_eq!(roots(&prompts), ["en", "nl"]);
        assert_eq!(roots(&prompts.join("nl")), ["nl"]);
        assert_eq!(
            Languages::load(&languages(&prompts).unwrap()).unwrap(),
            Languages::embedded().unwrap()
        );
        // Nothing says which language this is: it is read, and the check says what is missing.
        assert_eq!(roots(&prompts.join("nl/flows")), ["nl/flows"]);
    }

    #[test]
    fn only_toml_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("flows")).unwrap();
        for name in [
            "a.toml",
            "flows/b.toml",
            "flows/b.toml~",
            ".c.toml",
            "README.md",
        ] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let files = read(folder.path()).unwrap();
        let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a.toml", "flows/b.toml"]);
    }

    #[test]
    fn a_folder_that_is_not_there_or_holds_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nergens");
        let error = read(&nowhere).unwrap_err().to_string();
        assert!(error.contains("nergens cannot be read: "), "{error}");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("there is no .toml file in "), "{error}");
    }
}
