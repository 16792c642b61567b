//! What the two readable forms have in common: what stands in them, still without markup.

use jiff::{Timestamp, civil::Date};

use super::{Kept, side_words, sound_file};
use crate::{
    conversation::{Entry, Part},
    library::{Country, Library, Text},
    parent::{Consent, Days, Sending},
};

/// A document to read, in the order in which it is read.
pub(super) struct Readable<'a> {
    pub language: &'a str,
    pub title: &'a str,
    /// When it was made.
    pub made: String,
    /// The entries of each year.
    pub years: Vec<(i16, Vec<Item<'a>>)>,
    /// The heading above `own`.
    pub own_title: &'a str,
    /// The prompts that the parent wrote.
    pub own: Vec<&'a str>,
    /// The heading above `kept`.
    pub kept_title: &'a str,
    /// What is kept besides the entries, line by line.
    pub kept: Vec<String>,
}

/// An entry.
pub(super) struct Item<'a> {
    pub day: Date,
    /// The day as a parent says it, with the year: pages get loose.
    pub date: String,
    pub title: &'a str,
    pub parts: Vec<ItemPart<'a>>,
}

/// One message of an entry.
pub(super) struct ItemPart<'a> {
    /// What was spoken: how long, and the file that it is in.
    pub spoken: Option<(String, String)>,
    /// May be empty.
    pub words: &'a str,
}

impl<'a> Readable<'a> {
    pub fn of(kept: &'a Kept<'_>) -> Self {
        let texts = &kept.library.texts.export;
        let own = &kept.parent.own.prompts;
        let mut years: Vec<(i16, Vec<Item<'a>>)> = Vec::new();
        for entry in &kept.entries {
            let item = Item::of(entry, kept.library);
            match years.last_mut() {
                Some((year, items)) if *year == entry.day.year() => items.push(item),
                Some(_) | None => years.push((entry.day.year(), vec![item])),
            }
        }
        Self {
            language: &kept.library.language,
            title: texts.title.as_str(),
            made: texts.made.fill(&[("date", &local_date(kept, kept.now))]),
            years,
            own_title: kept.library.texts.settings.btn_own.as_str(),
            own: own.iter().map(|own| own.words.reveal()).collect(),
            kept_title: texts.kept_title.as_str(),
            kept: besides(kept),
        }
    }
}

impl<'a> Item<'a> {
    fn of(entry: &'a Entry, library: &'a Library) -> Self {
        let title = entry.prompt.as_ref().map(|prompt| prompt.title.as_str());
        Self {
            day: entry.day,
            date: date(library, entry.day),
            title: title.unwrap_or(library.texts.journal.note_title.as_str()),
            parts: parts(entry, library),
        }
    }
}

fn parts<'a>(entry: &'a Entry, library: &Library) -> Vec<ItemPart<'a>> {
    let line = &library.texts.journal.spoken;
    let mut heard = 0;
    let part = |part: &'a Part| ItemPart {
        spoken: part.spoken.map(|spoken| {
            heard += 1;
            let line = line.fill(&[("time", &spoken.length())]);
            (line, sound_file(entry.id, heard))
        }),
        words: part.words.reveal(),
    };
    entry.parts.iter().map(part).collect()
}

/// Choices and consent.
fn besides(kept: &Kept<'_>) -> Vec<String> {
    let (parent, words, texts) = (
        kept.parent,
        &kept.library.texts.words,
        &kept.library.texts.export,
    );
    let on_or_off = |on| if on { &words.on } else { &words.off }.as_str();
    let help = &kept.library.texts.help;
    let country = match parent.country {
        Country::Nl => &help.country_nl,
        Country::Be => &help.country_be,
    };
    let times: Vec<String> = parent
        .schedule
        .times
        .iter()
        .map(ToString::to_string)
        .collect();
    let state = match &parent.consent {
        Consent::Given { version, at } => texts
            .kept_since
            .fill(&[("date", &local_date(kept, *at)), ("version", version)]),
        Consent::Declined | Consent::Open => texts.kept_none.as_str().to_owned(),
    };
    let kept = texts.kept.fill(&[
        ("sending", on_or_off(parent.sending == Sending::On)),
        ("time", &times.join(", ")),
        ("days", &days(kept.library, parent.schedule.days)),
        ("tz", parent.schedule.zone.as_str()),
        ("side", side_words(kept.library, parent.side).as_str()),
        ("older", on_or_off(parent.settings.on_this_day)),
        ("sundays", on_or_off(parent.journal.sundays.on)),
        ("country", country.as_str()),
        ("language", kept.library.name.as_str()),
        ("state", &state),
    ]);
    kept.lines().map(str::to_owned).collect()
}

fn days(library: &Library, days: Days) -> String {
    let words = &library.texts.words;
    if days == Days::all() {
        return words.every_day.as_str().to_owned();
    }
    let names = days
        .iter()
        .map(|day| nth(&words.weekdays_short, day.to_monday_zero_offset()));
    names.collect::<Vec<_>>().join(", ")
}

fn local_date(kept: &Kept<'_>, at: Timestamp) -> String {
    date(kept.library, kept.parent.schedule.local(at).0)
}

/// "maandag 2 maart 2026"
fn date(library: &Library, date: Date) -> String {
    let words = &library.texts.words;
    format!(
        "{} {} {} {}",
        nth(&words.weekdays, date.weekday().to_monday_zero_offset()),
        date.day(),
        nth(&words.months, date.month() - 1),
        date.year()
    )
}

fn nth(words: &[Text], index: i8) -> &str {
    let index = usize::try_from(index).ok();
    index
        .and_then(|index| words.get(index))
        .map_or("", Text::as_str)
}
