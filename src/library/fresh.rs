//! A new prompt for a writer to fill in: its id, where it goes, and its lines.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::{
    Faults, Files, Moment, Side,
    prompt::{LONGEST_ID, TO_WRITE, is_id},
    source::{Node, Source},
};

/// What is known of a prompt before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrompt {
    /// The theme: the name of a file of prompts.
    pub theme: String,
    /// The title; `None` when that is still to be written too.
    pub title: Option<String>,
    /// The id; made of the title when there is none.
    pub id: Option<String>,
    /// Whom it speaks to.
    pub side: Side,
    /// When it fits.
    pub moment: Moment,
}

/// Why there is no new prompt.
#[derive(Debug, thiserror::Error)]
pub enum NotFresh {
    /// No language has such a theme.
    #[error("there is no theme `{theme}`; expected one of: {}", known.join(", "))]
    NoTheme {
        /// What was asked for.
        theme: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A file cannot be read, so nobody knows which ids are in use.
    #[error("this has to be mended first:\n{0}")]
    Unreadable(Faults),
    /// The id is in use, or was.
    #[error("the id `{0}` is in use, or was once; expected one that was never used")]
    Taken(String),
    /// The id does not look like one.
    #[error(
        "the id `{id}` does not fit; expected `{theme}-` and then words of a-z and 0-9 with - between them, at most {LONGEST_ID} letters in all"
    )]
    NoId {
        /// What was asked for.
        id: String,
        /// The theme.
        theme: String,
    },
    /// Nothing to make an id of.
    #[error("expected a title with letters in it, because the id is made of it; or an id")]
    NoWords,
}

/// Where a new prompt goes, and under which id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// The id, which nobody has and nobody had.
    pub id: String,
    /// The file in each language's folder.
    pub path: String,
    new: NewPrompt,
}

impl Fresh {
    /// The lines to put behind what stands in the file. What is still to be written says so, and the check asks for it.
    pub fn lines(&self, title: Option<&str>) -> String {
        let NewPrompt {
            theme,
            side,
            moment,
            ..
        } = &self.new;
        format!(
            "\n[[prompt]]\nid = \"{}\"\ntheme = \"{theme}\"\ntitle = \"{}\"\nbody = \"{TO_WRITE}\"\nfollowup = \"{TO_WRITE}\"\nside = \"{}\"\nmoment = \"{}\"\n",
            self.id,
            escaped(title.unwrap_or(TO_WRITE)),
            side.as_str(),
            moment.as_str(),
        )
    }
}

/// Finds a place and an id for a new prompt in these languages. Anything else in their files may be wrong.
///
/// # Errors
/// When there is no such theme, the id is in use, or a file of prompts cannot be read at all.
pub fn fresh(languages: &[Files], new: NewPrompt) -> Result<Fresh, NotFresh> {
    let path = format!("prompts/{}.toml", new.theme);
    if languages.iter().any(|files| files.get(&path).is_none()) {
        return Err(NotFresh::NoTheme {
            known: themes(languages),
            theme: new.theme,
        });
    }
    let used = used(languages).map_err(NotFresh::Unreadable)?;
    let id = match &new.id {
        Some(id) if !is_id(id, &new.theme) => {
            return Err(NotFresh::NoId {
                id: id.clone(),
                theme: new.theme,
            });
        }
        Some(id) if used.contains(id) => return Err(NotFresh::Taken(id.clone())),
        Some(id) => id.clone(),
        None => unused(&new, &used)?,
    };
    Ok(Fresh { id, path, new })
}

/// The themes that all these languages have.
pub fn themes(languages: &[Files]) -> Vec<String> {
    let in_all = |path: &str| languages.iter().all(|files| files.get(path).is_some());
    let first = languages.iter().take(1).flat_map(Files::iter);
    first
        .filter(|(path, _)| in_all(path))
        .filter_map(|(path, _)| path.strip_prefix("prompts/")?.strip_suffix(".toml"))
        .map(str::to_owned)
        .collect()
}

/// Every id that a prompt has or had.
fn used(languages: &[Files]) -> Result<BTreeSet<String>, Faults> {
    let mut faults = Faults::default();
    let mut ids = BTreeSet::new();
    for files in languages {
        let about_ids = |path: &str| path.starts_with("prompts/") || path == "retired.toml";
        for (path, content) in files.iter().filter(|(path, _)| about_ids(path)) {
            let file = format!("{}/{path}", files.root());
            let Some(source) = Source::parse(file, content, &mut faults) else {
                continue;
            };
            let root = source.root();
            let prompts = root.get("prompt").into_iter().flat_map(Node::items);
            let prompts = prompts.filter_map(|prompt| prompt.get("id"));
            let retired = root.get("ids").into_iter().flat_map(Node::items);
            let written = prompts.chain(retired).filter_map(Node::as_text);
            ids.extend(written.map(str::to_owned));
        }
    }
    if faults.is_empty() {
        Ok(ids)
    } else {
        Err(faults.sorted())
    }
}

/// An id of the words of the title; with a number behind it when they were used before.
fn unused(new: &NewPrompt, used: &BTreeSet<String>) -> Result<String, NotFresh> {
    let words = words(new.title.as_deref().unwrap_or_default());
    if words.is_empty() {
        return Err(NotFresh::NoWords);
    }
    let with = |ending: &str| {
        let mut id = new.theme.clone();
        for word in &words {
            if id.len() + 1 + word.len() + ending.len() <= LONGEST_ID {
                id.push('-');
                id.push_str(word);
            }
        }
        id + ending
    };
    let numbered = (2..).map(|number: usize| with(&format!("-{number}")));
    let candidates = std::iter::once(with("")).chain(numbered);
    let found = candidates
        .take(used.len() + 2)
        .find(|id| is_id(id, &new.theme) && !used.contains(id));
    found.ok_or(NotFresh::NoWords)
}

/// The words of a title in letters that an id may have.
fn words(title: &str) -> Vec<String> {
    let plain: String = title
        .nfd()
        .filter(|letter| letter.is_ascii())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// A text as it stands between double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::library::Languages;

    fn new(theme: &str, title: Option<&str>, id: Option<&str>) -> NewPrompt {
        NewPrompt {
            theme: theme.to_owned(),
            title: title.map(str::to_owned),
            id: id.map(str::to_owned),
            side: Side::Beide,
            moment: Moment::Elk,
        }
    }

    #[track_caller]
    fn id(title: &str, expected: &str) {
        let fresh = fresh(&Files::all_embedded(), new("herstel", Some(title), None));
        assert_eq!(fresh.unwrap().id, expected);
    }

    #[test]
    fn an_id_is_made_of_the_title_and_is_never_one_that_is_in_use() {
        id("Bij het hek", "herstel-bij-het-hek");
        id(
            "Eén \"coöperatief\" ontbijt, om 7 uur",
            "herstel-een-cooperatief-ontbijt-om-7-uur",
        );
        id(
            "Een hele lange titel met woorden die er niet in passen",
            "herstel-een-hele-lange-titel-met-woorden-die-er",
        );
        id("Briefje", "herstel-briefje-2");
        let mut files = Files::all_embedded();
        for files in &mut files {
            files.insert("retired.toml", "ids = [\"herstel-bij-het-hek\"]");
        }
        let second = fresh(&files, new("herstel", Some("Bij het hek"), None)).unwrap();
        assert_eq!(second.id, "herstel-bij-het-hek-2");
    }

    #[test]
    fn what_cannot_be_is_told() {
        let told = |new| fresh(&Files::all_embedded(), new).unwrap_err().to_string();
        insta::assert_snapshot!(told(new("rust", Some("Rust"), None)), @"there is no theme `rust`; expected one of: concrete-taal, herstel, maak-onderscheid, mild-voor-jezelf, nabijheid-en-ruimte, samen, voel-eerst, zie-mij");
        insta::assert_snapshot!(told(new("herstel", Some("..."), None)), @"expected a title with letters in it, because the id is made of it; or an id");
        insta::assert_snapshot!(told(new("herstel", None, Some("herstel-briefje"))), @"the id `herstel-briefje` is in use, or was once; expected one that was never used");
        insta::assert_snapshot!(told(new("herstel", None, Some("briefje"))), @"the id `briefje` does not fit; expected `herstel-` and then words of a-z and 0-9 with - between them, at most 48 letters in all");
        let mut files = Files::all_embedded();
        files[0].insert("prompts/samen.toml", "name = \"Samen");
        let told = fresh(&files, new("herstel", Some("Rust"), None)).unwrap_err();
        assert!(
            told.to_string()
                .starts_with("this has to be mended first:\n"),
            "{told}"
        );
    }

    #[test]
    fn all_that_the_check_says_of_a_new_prompt_is_that_it_is_to_be_written() {
        let mut languages = Files::all_embedded();
        let fresh = fresh(&languages, new("herstel", Some("Met \\ \"erin"), None)).unwrap();
        for (n, files) in languages.iter_mut().enumerate() {
            let mut text = files.get(&fresh.path).unwrap().to_vec();
            let title = Some("Bij het hek").filter(|_| n > 0);
            text.extend_from_slice(fresh.lines(title).as_bytes());
            files.insert(fresh.path.clone(), text);
        }
        let told: Vec<String> = Languages::load(&languages)
            .unwrap_err()
            .iter()
            .map(|fault| format!("{}: {}", fault.file, fault.what))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        prompts/en/prompts/herstel.toml: title is still to be written; put your text in the place of the three dots
        prompts/en/prompts/herstel.toml: body is still to be written; put your text in the place of the three dots
        prompts/en/prompts/herstel.toml: followup is still to be written; put your text in the place of the three dots, or take the whole line out
        prompts/nl/prompts/herstel.toml: body is still to be written; put your text in the place of the three dots
        prompts/nl/prompts/herstel.toml: followup is still to be written; put your text in the place of the three dots, or take the whole line out
        ");
    }
}
