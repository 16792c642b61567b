//! What a parent can take along: their record and journal become a document.
//!
//! Pure: values in, bytes out, and the same values give the same bytes. Which documents are wanted is decided in
//! [`conversation`](crate::conversation); the service makes each one at the moment at which it is sent.
//!
//! | form | file | for |
//! |---|---|---|
//! | [`Form::Page`] | `page` | reading on a phone, printing on paper |
//! | [`Form::Text`] | `markdown` | reading and going on with in any editor |
//! | [`Form::Data`] | [`data`] | another program, described in `docs/export.md` |
//! | [`Form::Archive`], [`Form::Sounds`] | `archive` | all of these with the voice notes, and more voice notes |
//!
//! And the way back: [`back`] reads what was written here, whoever may have changed it since.
//!
//! A field that is new in the record of a parent, and is a choice or a word of theirs, belongs in [`data`], in the schema, and in the list
//! that `readable` makes.

mod archive;
pub mod back;
pub mod data;
mod markdown;
mod page;
mod readable;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use archive::NotWritten;

use crate::{
    conversation::{Document, Entry, EntryId, Form, Years},
    library::{Library, Side, Text},
    parent::{MessageId, Parent, PrivateBytes},
};

/// Everything that is kept of one parent, and what it takes to say it.
pub struct Kept<'a> {
    /// The record.
    pub parent: &'a Parent,
    /// The journal, in any order.
    pub entries: Vec<Entry>,
    /// What was spoken in them, as far as it comes along: by the entry, and the message in which it came.
    pub sounds: BTreeMap<(EntryId, MessageId), PrivateBytes>,
    /// The words around a parent's own.
    pub library: &'a Library,
    /// The time at which the document is made.
    pub now: Timestamp,
}

/// A document, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// What it is called, such as `voel-eerst-2026-11-22.html`. Says nothing about the parent but the day.
    pub name: String,
    /// UTF-8, or a zip.
    pub content: PrivateBytes,
}

/// Makes a document. Entries stand in it from the oldest day to the newest, as in a diary.
///
/// # Errors
/// When an archive cannot be written, which would be a mistake in the program.
pub fn make(mut kept: Kept<'_>, document: &Document) -> Result<File, NotWritten> {
    kept.entries
        .sort_by_key(|entry| (entry.day, entry.written, entry.id));
    let name = name(&kept, document);
    let sounds = sounds(&kept);
    if let Some(years) = document.years {
        kept.entries.retain(|entry| years.hold(entry));
    }
    let content = match document.form {
        Form::Page => page::write(&kept).into_bytes(),
        Form::Text => markdown::write(&kept).into_bytes(),
        Form::Data => data::write(&kept, document.years).into_bytes(),
        Form::Archive => archive::write(written(&kept, document.years).into_iter().chain(sounds))?,
        Form::Sounds => archive::write(sounds)?,
    };
    Ok(File {
        name,
        content: PrivateBytes::new(content),
    })
}

/// The documents in an archive.
fn written(kept: &Kept<'_>, years: Option<Years>) -> Vec<(String, PrivateBytes)> {
    [
        (Form::Page, page::write(kept)),
        (Form::Text, markdown::write(kept)),
        (Form::Data, data::write(kept, years)),
    ]
    .map(|(form, content)| {
        let document = Document {
            form,
            years,
            sounds: None,
        };
        let content = PrivateBytes::new(content.into_bytes());
        (name(kept, &document), content)
    })
    .into()
}

/// The voice notes that come along, as files in an archive.
fn sounds(kept: &Kept<'_>) -> Vec<(String, PrivateBytes)> {
    let of_entry = |entry: &Entry| {
        let id = entry.id;
        let messages: Vec<MessageId> = entry.spoken().map(|(message, _)| message).collect();
        let found = (1..).zip(messages).filter_map(move |(nth, message)| {
            let sound = kept.sounds.get(&(id, message))?;
            Some((sound_file(id, nth), sound.clone()))
        });
        found.collect::<Vec<_>>()
    };
    kept.entries.iter().flat_map(of_entry).collect()
}

/// What the voice note that is so many in its entry, counted from 1, is called in an archive. The same in every archive, so that several can
/// be unpacked into one folder.
fn sound_file(entry: EntryId, nth: usize) -> String {
    format!("voice/{:04}-{nth}.ogg", entry.0)
}

fn name(kept: &Kept<'_>, document: &Document) -> String {
    let (today, _) = kept.parent.schedule.local(kept.now);
    let years = match document.years {
        None => String::new(),
        Some(years) if years.first == years.last => format!("-{}", years.first),
        Some(years) => format!("-{}-{}", years.first, years.last),
    };
    let ending = match (document.form, document.sounds) {
        (Form::Page, _) => ".html".to_owned(),
        (Form::Text, _) => ".md".to_owned(),
        (Form::Data, _) => ".json".to_owned(),
        (Form::Archive, _) | (Form::Sounds, None) => ".zip".to_owned(),
        (Form::Sounds, Some(numbers)) => {
            let (first, last) = (numbers.first.0, numbers.last.0);
            format!("-voice-{first:04}-{last:04}.zip")
        }
    };
    format!("voel-eerst-{today}{years}{ending}")
}

/// What a parent recognises, as they saw it when they chose: the names of sides are internal.
fn side_words(library: &Library, side: Option<Side>) -> &Text {
    let words = &library.texts.words;
    match side {
        None => &words.side_none,
        Some(Side::Verlating) => &words.side_verlating,
        Some(Side::Binding) => &words.side_binding,
        Some(Side::Beide) => &words.side_beide,
    }
}

#[cfg(test)]
mod tests;
