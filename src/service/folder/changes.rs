//! Noticing that a folder has changed, and that whoever changes it has finished.
//!
//! The folder is looked at again and again: that works on every disk, also on one that lies elsewhere in the network, where the operating
//! system tells nobody of changes. An editor that writes beside the file and then renames it changes the folder like any other.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{WEIGHTS, is_prompts};

/// How often a folder is looked at. Two hundred files take a few milliseconds on a network, and well under one on a disk.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How a folder looks from outside: size and time of each file in it that is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance(BTreeMap<PathBuf, (u64, Option<SystemTime>)>);

impl Appearance {
    /// How `folder` looks now. What cannot be looked at is not there.
    pub fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        // What could not be seen this time is seen at the next look.
        let _ = add(folder, &mut files);
        Self(files)
    }
}

fn add(folder: &Path, files: &mut BTreeMap<PathBuf, (u64, Option<SystemTime>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        // Behind a link lies what counts: folders are mounted by one.
        let Ok(about) = fs::metadata(&path) else {
            continue;
        };
        if about.is_dir() {
            add(&path, files)?;
        } else if is_prompts(&path) || path.ends_with(WEIGHTS) {
            files.insert(path, (about.len(), about.modified().ok()));
        }
    }
    Ok(())
}

/// A folder that is watched.
#[derive(Debug)]
pub struct Changes {
    /// How it looked when it was last read.
    read: Appearance,
    /// How it looked last.
    latest: Appearance,
    /// For how many looks it has been like that.
    still: u32,
    /// For how many looks it has to be like that.
    enough: u32,
}

impl Changes {
    /// Changes since the folder looked like `read`. Somebody who saves file after file has finished when nothing changes any more for `enough`
    /// looks.
    pub fn since(read: Appearance, enough: u32) -> Self {
        Self {
            latest: read.clone(),
            read,
            still: 0,
            enough,
        }
    }

    /// Takes a further look. `true` when the folder is another one than was last read, and whoever changed it has finished: it is time to read
    /// it, and this is said once.
    pub fn are_complete(&mut self, seen: Appearance) -> bool {
        if seen == self.latest {
            self.still = self.still.saturating_add(1);
        } else {
            self.latest = seen;
            self.still = 0;
        }
        let complete = self.still >= self.enough && self.latest != self.read;
        if complete {
            self.read = self.latest.clone();
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A folder with one file of this size.
    fn sized(size: u64) -> Appearance {
        Appearance(BTreeMap::from([(PathBuf::from("a.toml"), (size, None))]))
    }

    /// What is said at each look, when the folder looks like this.
    fn said(enough: u32, looks: &[u64]) -> Vec<bool> {
        let mut changes = Changes::since(sized(0), enough);
        looks
            .iter()
            .map(|look| changes.are_complete(sized(*look)))
            .collect()
    }

    #[test]
    fn it_is_said_once_and_only_when_nothing_changes_any_more() {
        assert_eq!(said(2, &[0, 0, 0, 0]), [false; 4]);
        assert_eq!(said(2, &[1, 1, 1, 1]), [false, false, true, false]);
        assert_eq!(
            said(2, &[1, 2, 2, 3, 3, 3, 3]),
            [false, false, false, false, false, true, false]
        );
        assert_eq!(said(1, &[1, 1, 1]), [false, true, false]);
    }

    #[test]
    fn what_is_as_it_was_again_was_never_changed() {
        assert_eq!(said(1, &[1, 0, 0, 0]), [false; 4]);
        // Read in between, it was.
        assert_eq!(said(1, &[1, 1, 0, 0]), [false, true, false, true]);
    }

    #[test]
    fn every_way_of_saving_a_file_changes_how_the_folder_looks() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut looks = vec![Appearance::of(folder.path())];
        let mut look = || {
            let now = Appearance::of(folder.path());
            let changed = looks.last() != Some(&now);
            looks.push(now);
            changed
        };
        fs::create_dir_all(at("nl/crisis")).unwrap();
        assert!(!look(), "an empty folder is nothing to read");
        fs::write(at("nl/texts.toml"), "a = 1").unwrap();
        assert!(look(), "a new file");
        fs::write(at("nl/texts.toml"), "a = 12").unwrap();
        assert!(look(), "another size");
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let file = fs::File::options().write(true).open(at("nl/texts.toml"));
        file.unwrap().set_modified(later).unwrap();
        assert!(look(), "another time");
        fs::write(at("nl/.texts.toml.swp"), "a = 123").unwrap();
        fs::write(at("nl/texts.toml~"), "a = 12").unwrap();
        fs::write(at("nl/README.md"), "a").unwrap();
        assert!(!look(), "what editors leave behind is not read");
        fs::write(at("nl/new"), "a = 123").unwrap();
        fs::rename(at("nl/new"), at("nl/texts.toml")).unwrap();
        assert!(look(), "written beside it, and renamed");
        fs::write(at("nl/crisis/weights.bin"), "w").unwrap();
        assert!(look(), "weights of the crisis net");
        fs::remove_file(at("nl/texts.toml")).unwrap();
        assert!(look(), "a file that is gone");
    }
}
