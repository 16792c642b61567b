//! A journal comes back: a file that this room made becomes what the conversation puts back, in steps.
//!
//! Whoever sends the file may have changed it, or made it. So nothing in it is believed: every value is held against what a journal can hold
//! before any of it goes further, what is packed is never unpacked beyond what is taken, and of what stands in the file nothing gets into an error.
//! The number of the chat in it is not looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use zip::ZipArchive;

use super::{
    data::{self, Data, EntryData, FORMAT, HelpShown, NotAnExport, OwnPromptData, Settings},
    sound_file,
};
use crate::{
    conversation::{
        Choices, Ending, Entry, EntryId, Opening, Part, Spoken, Step, Unusable,
        import::LARGEST,
        reply::{LONGEST as LONGEST_PART, MOST_PARTS},
        voice::{LARGEST as LARGEST_SOUND, LONGEST as LONGEST_SOUND},
    },
    library::Route,
    parent::{
        MessageId, OwnPrompt, PrivateBytes, Wiped, Words, Zone,
        own::{LONGEST_OWN, MOST_OWN},
        schedule::MOST_SLOTS,
    },
};

/// The most entries of one file.
const MOST_ENTRIES: usize = 20_000;

/// The highest number of an entry. Far above what a life of writing needs, and far below where numbers end.
const HIGHEST_NUMBER: u32 = 1_000_000_000;

/// The earliest day of an entry.
const EARLIEST: Date = jiff::civil::date(1900, 1, 1);

/// The longest id of a prompt, in bytes, and the longest title, in UTF-16 units.
const LONGEST_ID: usize = 64;
const LONGEST_TITLE: usize = 300;

/// The most files of an archive.
const MOST_FILES: usize = 20_000;

/// A step holds at most so many entries, and about so many bytes: a commit of a few of them takes some ten milliseconds.
const STEP_ENTRIES: usize = 100;
const STEP_BYTES: usize = 500_000;

/// The voice notes in a file.
type Sounds = BTreeMap<(EntryId, usize), PrivateBytes>;

/// Reads a file that came at the moment `now`: what comes back of it, in steps of which the first has an opening and the last an ending.
///
/// # Errors
/// When it is no export, or holds what no journal can hold.
pub fn read(file: &PrivateBytes, now: Timestamp) -> Result<Vec<Step>, Unusable> {
    let bytes = file.reveal();
    if bytes.starts_with(b"PK") {
        return unpack(bytes, now);
    }
    steps(parse(bytes)?, Sounds::new(), now)
}

fn parse(bytes: &[u8]) -> Result<Data, Unusable> {
    let text = str::from_utf8(bytes).map_err(|_| Unusable::OtherFile)?;
    data::read(text.trim_start_matches('\u{feff}')).map_err(|error| match error {
        NotAnExport::Malformed { line, .. } if text.contains(FORMAT) => Unusable::Broken { line },
        NotAnExport::Malformed { .. } | NotAnExport::OtherFormat => Unusable::OtherFile,
        NotAnExport::Newer(_) => Unusable::Newer,
    })
}

/// An archive, perhaps packed anew by whoever unpacked it: the files may lie in a folder, and others may lie beside them.
fn unpack(bytes: &[u8], now: Timestamp) -> Result<Vec<Step>, Unusable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unusable::OtherFile)?;
    if zip.len() > MOST_FILES {
        return Err(Unusable::Unfit);
    }
    let (mut journal, mut sounds) = (None, Sounds::new());
    let mut room = 2 * LARGEST;
    for index in 0..zip.len() {
        let mut packed = zip.by_index(index).map_err(|_| Unusable::OtherFile)?;
        let name = packed.name().map_err(|_| Unusable::OtherFile)?.into_owned();
        // What other systems add to an archive: `__MACOSX/._name`.
        if name.split('/').any(|part| part.starts_with(['.', '_'])) {
            continue;
        }
        let most = match sound_named(&name) {
            Some(_) => LARGEST_SOUND,
            None if name.ends_with(".json") => LARGEST,
            None => continue,
        };
        let most = most.min(room);
        let mut content = Wiped::default();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let read = packed.by_ref().take(limit).read_to_end(&mut content);
        read.map_err(|_| Unusable::OtherFile)?;
        if content.len() > most {
            return Err(Unusable::TooLarge);
        }
        room -= content.len();
        let twice = match sound_named(&name) {
            Some(_) if content.is_empty() => true,
            Some(sound) => sounds.insert(sound, PrivateBytes::new(content)).is_some(),
            None => journal.replace(content).is_some(),
        };
        if twice {
            return Err(Unusable::Unfit);
        }
    }
    match journal {
        Some(journal) => steps(parse(&journal)?, sounds, now),
        None if sounds.is_empty() => Err(Unusable::OtherFile),
        None => Ok(in_steps(
            Opening::Sounds,
            Vec::new(),
            sounds,
            Ending::Sounds,
        )),
    }
}

/// Which voice note has this name in an archive.
fn sound_named(path: &str) -> Option<(EntryId, usize)> {
    let (_, name) = path.rsplit_once('/')?;
    let (entry, nth) = name.strip_suffix(".ogg")?.split_once('-')?;
    let (entry, nth) = (EntryId(entry.parse().ok()?), nth.parse().ok()?);
    path.ends_with(&sound_file(entry, nth))
        .then_some((entry, nth))
}

fn steps(data: Data, sounds: Sounds, now: Timestamp) -> Result<Vec<Step>, Unusable> {
    let choices = choices(&data, now).ok_or(Unusable::Unfit)?;
    if data.entries.len() > MOST_ENTRIES {
        return Err(Unusable::Unfit);
    }
    let is_part = data.years.is_some();
    let hidden = data.entries.iter().filter(|entry| entry.hidden);
    let hidden = hidden.map(|entry| EntryId(entry.number)).collect();
    let latest = utc(now).checked_add(2.days()).unwrap_or(Date::MAX);
    let entries = data
        .entries
        .into_iter()
        .map(|entry| self::entry(entry, latest));
    let mut entries: Vec<Entry> = entries.collect::<Option<_>>().ok_or(Unusable::Unfit)?;
    entries.sort_unstable_by_key(|entry| entry.id);
    if entries.windows(2).any(|two| two[0].id == two[1].id) {
        return Err(Unusable::Unfit);
    }
    let next_entry = entries.last().map_or(0, |last| last.id.0 + 1);
    let awaits = |entry: &Entry| {
        (1..=entry.spoken().count()).any(|nth| !sounds.contains_key(&(entry.id, nth)))
    };
    let ending = if is_part || entries.iter().any(awaits) {
        Ending::More
    } else {
        Ending::Whole
    };
    let opening = Opening::Journal {
        choices: Box::new(choices),
        hidden,
        next_entry,
    };
    Ok(in_steps(opening, entries, sounds, ending))
}

fn in_steps(opening: Opening, entries: Vec<Entry>, sounds: Sounds, ending: Ending) -> Vec<Step> {
    let empty = || Step {
        opening: None,
        entries: Vec::new(),
        sounds: Vec::new(),
        ending: None,
    };
    let mut steps = vec![empty()];
    let mut room = STEP_BYTES;
    for entry in entries {
        let size: usize = entry
            .parts
            .iter()
            .map(|part| part.words.reveal().len())
            .sum();
        let is_full = |step: &Step| {
            step.entries.len() >= STEP_ENTRIES || (size > room && !step.entries.is_empty())
        };
        if steps.last().is_none_or(is_full) {
            steps.push(empty());
            room = STEP_BYTES;
        }
        room = room.saturating_sub(size);
        if let Some(step) = steps.last_mut() {
            step.entries.push(entry);
        }
    }
    room = 0;
    for ((entry, nth), sound) in sounds {
        if sound.len() > room {
            steps.push(empty());
            room = STEP_BYTES;
        }
        room = room.saturating_sub(sound.len());
        if let Some(step) = steps.last_mut() {
            step.sounds.push((entry, nth, sound));
        }
    }
    if let Some(first) = steps.first_mut() {
        first.opening = Some(opening);
    }
    if let Some(last) = steps.last_mut() {
        last.ending = Some(ending);
    }
    steps
}

/// An entry as the journal keeps it; `None` when it is none.
fn entry(data: EntryData, latest: Date) -> Option<Entry> {
    let id = EntryId(data.number);
    let written = utc(data.written);
    let of_its_time = data.day <= written.checked_add(1.day()).ok()? && written <= latest;
    let prompt_fits = data.prompt.as_ref().is_none_or(|prompt| {
        (1..=LONGEST_ID).contains(&prompt.id.len()) && is_text(&prompt.title, LONGEST_TITLE)
    });
    // New words for an entry of the most parts, all of them spoken, are one part more.
    let parts_fit = (1..=MOST_PARTS + 1).contains(&data.parts.len());
    if data.number > HIGHEST_NUMBER
        || data.day < EARLIEST
        || !of_its_time
        || !prompt_fits
        || !parts_fit
    {
        return None;
    }
    let mut spoken = BTreeMap::new();
    for voice in &data.voice {
        let length = Spoken {
            seconds: voice.seconds,
            bytes: 0,
        };
        let is_new = spoken.insert(voice.part, length).is_none();
        if !is_new || voice.seconds > LONGEST_SOUND || voice.part >= data.parts.len() {
            return None;
        }
    }
    let part = |(at, words): (usize, Words)| {
        let spoken = spoken.remove(&at);
        let is_something = spoken.is_some() || !words.is_empty();
        let fits = is_something && is_text(words.reveal(), LONGEST_PART);
        fits.then_some(Part {
            message: MessageId(-1 - i32::try_from(at).ok()?),
            words,
            spoken,
        })
    };
    Some(Entry {
        id,
        day: data.day,
        written: data.written,
        prompt: data.prompt,
        parts: data
            .parts
            .into_iter()
            .enumerate()
            .map(part)
            .collect::<Option<_>>()?,
        heavy: data.set_apart,
    })
}

fn choices(data: &Data, now: Timestamp) -> Option<Choices> {
    let Settings {
        prompts: _,
        weekly,
        pause: _,
        times,
        days,
        zone,
        recognises,
        country,
        on_this_day,
        sundays,
    } = &data.settings;
    if !(1..=MOST_SLOTS).contains(&times.len()) || data.own_prompts.len() > MOST_OWN {
        return None;
    }
    let own_prompts: Vec<OwnPrompt> = data
        .own_prompts
        .iter()
        .map(own_prompt)
        .collect::<Option<_>>()?;
    let numbers: BTreeSet<u16> = own_prompts.iter().map(|own| own.number).collect();
    let answers = data
        .help_shown
        .iter()
        .map(answer)
        .collect::<Option<Vec<_>>>()?;
    (numbers.len() == own_prompts.len()).then_some(Choices {
        weekly: *weekly,
        times: times
            .iter()
            .map(|time| data::slot(time))
            .collect::<Option<_>>()?,
        days: data::days(days)?,
        zone: Zone::new(zone)?,
        recognises: recognises.clone(),
        country: *country,
        on_this_day: *on_this_day,
        sundays: *sundays,
        own_prompts,
        answers: answers.into_iter().filter(|(_, at)| *at <= now).collect(),
    })
}

fn own_prompt(own: &OwnPromptData) -> Option<OwnPrompt> {
    let prompt = OwnPrompt {
        number: OwnPrompt::number_of(&own.id).filter(|number| *number < u16::MAX)?,
        words: own.text.clone(),
    };
    (!own.text.is_empty() && is_text(own.text.reveal(), LONGEST_OWN)).then_some(prompt)
}

fn answer(shown: &HelpShown) -> Option<(Route, Timestamp)> {
    Some((data::route(shown.answer)?, shown.at))
}

/// Whether Telegram could have brought this text: none of its messages is longer, or holds a NUL.
fn is_text(text: &str, most_units: usize) -> bool {
    !text.contains('\0') && text.encode_utf16().count() <= most_units
}

fn utc(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

#[cfg(test)]
mod tests;
