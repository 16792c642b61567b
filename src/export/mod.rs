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
//!
//! A field that is new in the record of a parent, and is a choice or a word of theirs, belongs in [`data`], in the schema, and in the list
//! that `readable` makes.

pub mod data;
mod markdown;
mod page;
mod readable;

use jiff::Timestamp;

use crate::{
    conversation::{Document, Entry, Form},
    library::{Library, Side, Text},
    parent::{Parent, Words},
};

/// Everything that is kept of one parent, and what it takes to say it.
pub struct Kept<'a> {
    /// The record.
    pub parent: &'a Parent,
    /// The journal, in any order.
    pub entries: Vec<Entry>,
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
    /// UTF-8.
    pub content: Words,
}

/// Makes a document. Entries stand in it from the oldest day to the newest, as in a diary.
pub fn make(mut kept: Kept<'_>, document: &Document) -> File {
    if let Some(years) = document.years {
        kept.entries.retain(|entry| years.hold(entry));
    }
    kept.entries
        .sort_by_key(|entry| (entry.day, entry.written, entry.id));
    File {
        name: name(&kept, document),
        content: Words::new(match document.form {
            Form::Page => page::write(&kept),
            Form::Text => markdown::write(&kept),
            Form::Data => data::write(&kept, document.years),
        }),
    }
}

fn name(kept: &Kept<'_>, document: &Document) -> String {
    let (today, _) = kept.parent.schedule.local(kept.now);
    let years = match document.years {
        None => String::new(),
        Some(years) if years.first == years.last => format!("-{}", years.first),
        Some(years) => format!("-{}-{}", years.first, years.last),
    };
    let ending = match document.form {
        Form::Page => "html",
        Form::Text => "md",
        Form::Data => "json",
    };
    format!("voel-eerst-{today}{years}.{ending}")
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
