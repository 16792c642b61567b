//! `/export`: everything that is kept of a parent, as documents in the chat.
//!
//! A document of ten years is big and the outbox is for small rows, so what lies there only says *which* document is wanted. It is made when it
//! is sent, by the room [`export`](crate::export), and so never lies anywhere: what was erased meanwhile is not in it.
//!
//! With voice notes there is one archive of all forms and the voice notes; those that do not fit into it follow in archives of their own.
//!
//! The documents go out one after the other: the next one is wanted once Telegram has taken the former, so that a failure is said once.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    Class, Effect, Entry, EntryId, Outcome, Purpose, Tap, Unreadable, book,
    turn::{Done, Turn},
};
use crate::parent::{MessageId, Words};

/// A file without a lock may not turn up long after it was asked for, wherever the phone is by then.
pub(super) const SEND_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// How large a document can become: as large as a bot may fetch, so that everything can come back ([`import`](super::import)). Telegram takes
/// 50 MB from a bot.
const LARGEST: usize = super::import::LARGEST;

/// How many forms an archive holds.
const FORMS: usize = 3;

/// How many bytes one byte of a parent's words can become in a document: `"` is `&quot;` in HTML, and a control character `\u0001` in JSON.
const ESCAPED: usize = 6;

/// More bytes than a document can need for an entry, and for each of its parts, besides the words.
const AROUND: usize = 1_000;

/// A document of everything that is kept, or of some years of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// In which form.
    pub form: Form,
    /// Only the entries of these years; `None` for all of them.
    pub years: Option<Years>,
    /// The voice notes of these entries come along; `None` for none at all.
    #[serde(default)]
    pub sounds: Option<Numbers>,
}

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// A page to read and to print: HTML.
    Page,
    /// Text to read and to go on with: Markdown.
    Text,
    /// Data for another program: JSON.
    Data,
    /// All of these, and voice notes: a zip.
    Archive,
    /// Voice notes that did not fit into the archive: a zip.
    Sounds,
}

/// Whole years of a journal, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Years {
    /// The first year.
    pub first: i16,
    /// The last year.
    pub last: i16,
}

impl Years {
    /// Whether an entry belongs to these years.
    pub fn hold(self, entry: &Entry) -> bool {
        (self.first..=self.last).contains(&entry.day.year())
    }
}

/// Entries with these numbers, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The first number.
    pub first: EntryId,
    /// The last number.
    pub last: EntryId,
}

impl Numbers {
    /// Whether an entry is one of these.
    pub fn hold(self, entry: &Entry) -> bool {
        (self.first..=self.last).contains(&entry.id)
    }
}

/// What a parent taps on the way to the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportTap {
    /// This is what it is for; warn me.
    Choose(Use),
    /// Send it.
    Send(Use),
}

/// What a parent wants the documents for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To read.
    Reading,
    /// For another program.
    Program,
}

impl ExportTap {
    /// As callback data holds it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Choose(Use::Reading) => "r",
            Self::Choose(Use::Program) => "p",
            Self::Send(Use::Reading) => "sr",
            Self::Send(Use::Program) => "sp",
        }
    }

    pub(super) fn read(word: &str) -> Option<Self> {
        match word {
            "r" => Some(Self::Choose(Use::Reading)),
            "p" => Some(Self::Choose(Use::Program)),
            "sr" => Some(Self::Send(Use::Reading)),
            "sp" => Some(Self::Send(Use::Program)),
            _ => None,
        }
    }
}

impl Use {
    fn forms(self) -> &'static [Form] {
        match self {
            Self::Reading => &[Form::Page, Form::Text],
            Self::Program => &[Form::Data],
        }
    }
}

/// `/export`: in which form.
pub(super) fn ask(turn: &mut Turn<'_>) {
    let texts = &turn.texts().export;
    let choose = |wanted| Tap::Export(ExportTap::Choose(wanted));
    let rows = vec![
        vec![(texts.btn_readable.as_str(), choose(Use::Reading))],
        vec![(texts.btn_data.as_str(), choose(Use::Program))],
        vec![(texts.btn_cancel.as_str(), Tap::Close)],
    ];
    turn.menu(texts.ask.as_str(), rows);
}

/// The taps after that: a warning, then the documents.
pub(super) fn tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    tap: ExportTap,
) -> Result<Option<String>, Unreadable> {
    let texts = &turn.texts().export;
    let (ExportTap::Choose(wanted) | ExportTap::Send(wanted)) = tap;
    // The settings and the consent are kept from the start, so there is always something for another program.
    if wanted == Use::Reading && book::newest(turn)?.is_none() {
        turn.turn_menu(message, texts.empty.as_str(), Vec::new());
        return Ok(None);
    }
    match tap {
        ExportTap::Choose(wanted) => {
            let rows = vec![
                vec![(texts.btn_go.as_str(), Tap::Export(ExportTap::Send(wanted)))],
                vec![(texts.btn_cancel.as_str(), Tap::Close)],
            ];
            turn.turn_menu(message, texts.warn.as_str(), rows);
        }
        ExportTap::Send(wanted) => {
            turn.close_menu_at(message);
            let entries = turn.scene.journal.older(None, usize::MAX)?;
            send(turn, documents(&entries, wanted, LARGEST));
        }
    }
    Ok(None)
}

/// What became of a document, while `rest` are still wanted.
pub(super) fn came_of(turn: &mut Turn<'_>, rest: &[Document], outcome: Outcome) -> Done {
    match outcome {
        Outcome::Sent(_) => send(turn, rest.to_vec()),
        Outcome::Failed | Outcome::Expired | Outcome::InDoubt => {
            turn.say(turn.texts().export.failed.as_str());
        }
        Outcome::Unreachable => {}
    }
    Ok(())
}

/// Sends the first of them; the last one says that this is all.
fn send(turn: &mut Turn<'_>, mut documents: Vec<Document>) {
    if documents.is_empty() {
        return;
    }
    let document = documents.remove(0);
    let done = documents
        .is_empty()
        .then(|| Words::new(turn.texts().export.done.as_str()));
    let expires = turn.scene.now.checked_add(SEND_WITHIN).ok();
    turn.put(
        Effect::Document {
            document,
            caption: done,
        },
        Class::Interactive,
        Purpose::Document { rest: documents },
        expires,
    );
}

/// The documents that hold everything, none larger than `largest` bytes.
pub(super) fn documents(entries: &[Entry], wanted: Use, largest: usize) -> Vec<Document> {
    if entries.iter().any(|entry| entry.spoken().next().is_some()) {
        return archives(entries, largest);
    }
    let volumes = volumes(entries, largest);
    let of_form = |&form| {
        let document = move |&years| Document {
            form,
            years,
            sounds: None,
        };
        volumes.iter().map(document)
    };
    wanted.forms().iter().flat_map(of_form).collect()
}

/// What was written goes first. What was spoken fills up the last of these archives, and others after it.
fn archives(entries: &[Entry], largest: usize) -> Vec<Document> {
    let volumes = volumes(entries, largest / FORMS);
    let last = volumes.last().copied().flatten();
    let in_last = entries
        .iter()
        .filter(|entry| last.is_none_or(|years| years.hold(entry)));
    let words: usize = in_last.map(|entry| FORMS * at_most(entry)).sum();
    let archive = |years| Document {
        form: Form::Archive,
        years,
        sounds: None,
    };
    let mut documents: Vec<Document> = volumes.into_iter().map(archive).collect();
    let mut room = largest.saturating_sub(words);

    let mut spoken: Vec<(EntryId, usize)> = entries.iter().map(sound_of).collect();
    spoken.retain(|(_, size)| *size > 0);
    spoken.sort_unstable();
    for (id, size) in spoken {
        if size > room {
            room = largest;
            documents.push(Document {
                form: Form::Sounds,
                years: None,
                sounds: None,
            });
        }
        room = room.saturating_sub(size);
        if let Some(document) = documents.last_mut() {
            let first = document.sounds.map_or(id, |numbers| numbers.first);
            document.sounds = Some(Numbers { first, last: id });
        }
    }
    documents
}

/// How many bytes the voice notes of an entry take in an archive, at most.
fn sound_of(entry: &Entry) -> (EntryId, usize) {
    let sizes = entry
        .spoken()
        .map(|(_, spoken)| AROUND + spoken.bytes as usize);
    (entry.id, sizes.sum())
}

/// The years that go into one document each, so that none becomes larger than `largest` bytes; `[None]` when all fit into one.
///
/// A year is never cut: to fill one document with a year, somebody would have to send some thousand of the longest messages.
pub(super) fn volumes(entries: &[Entry], largest: usize) -> Vec<Option<Years>> {
    let mut sizes: BTreeMap<i16, usize> = BTreeMap::new();
    for entry in entries {
        *sizes.entry(entry.day.year()).or_default() += at_most(entry);
    }
    if sizes.values().sum::<usize>() <= largest {
        return vec![None];
    }
    let mut volumes: Vec<(Years, usize)> = Vec::new();
    for (year, size) in sizes {
        match volumes.last_mut() {
            Some((years, taken)) if *taken + size <= largest => {
                years.last = year;
                *taken += size;
            }
            Some(_) | None => volumes.push((
                Years {
                    first: year,
                    last: year,
                },
                size,
            )),
        }
    }
    volumes.into_iter().map(|(years, _)| Some(years)).collect()
}

/// How many bytes an entry takes in a document of any form, at most.
pub(crate) fn at_most(entry: &Entry) -> usize {
    let words = entry.parts.iter().map(|part| part.words.reveal().len());
    let title = entry
        .prompt
        .as_ref()
        .map_or(0, |prompt| prompt.id.len() + prompt.title.len());
    AROUND * (1 + entry.parts.len()) + ESCAPED * (title + words.sum::<usize>())
}
