//! Data for another program: JSON, as `docs/export.md` and `docs/export.schema.json` describe it. Written and read here.
//!
//! The names in it are a promise to other programs. A new field is optional, so that what was written before can still be read; a field that goes
//! or changes its meaning raises [`VERSION`].

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Kept, side_words, sound_file};
use crate::{
    conversation::{Entry, PromptRef, Spoken, Years},
    library::{Country, Route, Side},
    parent::{
        ChatId, ClockTime, Consent, Crisis, Days, OwnPrompt, Parent, Pause, Sending, Slot, Words,
        week,
    },
};

/// What `format` says.
pub const FORMAT: &str = "voel-eerst-export";

/// The version of the format that is written.
pub const VERSION: u32 = 1;

/// Everything that is kept of one parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// When it was made.
    pub made: Timestamp,
    /// The language of titles and of [`Settings::recognises`], such as `nl`.
    pub language: String,
    /// Only the entries of these years are in it; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<Years>,
    /// Telegram's number of the conversation.
    pub chat: ChatId,
    /// Whether words may be kept.
    pub consent: ConsentGiven,
    /// What the parent chose.
    pub settings: Settings,
    /// Prompts that the parent wrote, oldest first.
    #[serde(default)]
    pub own_prompts: Vec<OwnPromptData>,
    /// When help lines were shown in answer to what the parent wrote, as long as that is remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help_shown: Vec<HelpShown>,
    /// What the parent wrote, oldest first.
    pub entries: Vec<EntryData>,
}

/// Help lines were shown, or pointed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpShown {
    /// When.
    pub at: Timestamp,
    /// Which of the fixed answers it was, 1 to 4 in the order of `docs/crisis-net.md`; 0 for the line that points to the help command.
    pub answer: u8,
}

/// Whether words may be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ConsentGiven {
    /// The question is open.
    Open,
    /// No.
    Declined,
    /// Yes.
    Given {
        /// To which version of the explanation.
        version: String,
        /// When.
        at: Timestamp,
    },
}

/// What a parent chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether prompts are sent.
    pub prompts: bool,
    /// At most one a week.
    #[serde(default)]
    pub weekly: bool,
    /// Whether no prompts come for a while, and until when.
    #[serde(default)]
    pub pause: Option<PauseData>,
    /// At which local times, as `19:30`, or `19:00-21:00` for some minute in between.
    pub times: Vec<String>,
    /// On which days, in English, Monday first.
    pub days: Vec<String>,
    /// In which IANA time zone.
    pub zone: String,
    /// What the parent recognises, in the words in which they chose it; `None` when nothing was chosen.
    pub recognises: Option<Words>,
    /// Whose help lines come first.
    #[serde(default)]
    pub country: Country,
    /// Whether now and then something comes back that was written on this day before.
    #[serde(default)]
    pub on_this_day: bool,
    /// Whether the look-back on the week comes on Sundays; `None` in files of older versions.
    #[serde(default)]
    pub sundays: Option<bool>,
}

/// A time without prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseData {
    /// The local date on which prompts come again; `None` when the parent says when.
    pub until: Option<Date>,
}

/// A prompt that a parent wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPromptData {
    /// What entries that answer it have as `prompt.id`.
    pub id: String,
    /// What it asks.
    pub text: Words,
}

/// What a parent wrote at one occasion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryData {
    /// Its number in the journal; none is used twice.
    pub number: u32,
    /// The local day that it belongs to.
    pub day: Date,
    /// When the first part was written.
    pub written: Timestamp,
    /// The prompt that it answers; `None` for a loose note.
    pub prompt: Option<PromptRef>,
    /// The messages that it consists of. One that was spoken is empty, unless something was written below it.
    pub parts: Vec<Words>,
    /// It does not come back by itself, and no look-back quotes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub set_apart: bool,
    /// The parent does not want it to come back by itself on its day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// What was spoken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voice: Vec<VoiceData>,
}

/// What a parent spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceData {
    /// Which of the parts it is, counted from 0.
    pub part: usize,
    /// Its file in the archive that this file came in, or in one that came with it.
    pub file: String,
    /// How long it is.
    pub seconds: u32,
}

/// Why a file is no export that this program can read. Says where, and nothing of what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExport {
    /// Not JSON, or not with these fields.
    #[error(
        "expected an export as docs/export.md describes it, found something else at line {line}, column {column}"
    )]
    Malformed {
        /// From 1; 0 when the place is not known.
        line: usize,
        /// From 1; 0 when the place is not known.
        column: usize,
    },
    /// JSON of another program.
    #[error("expected the format {FORMAT}, found another one")]
    OtherFormat,
    /// Written by a later version of this program.
    #[error(
        "expected version {VERSION} or older, found version {0}; a newer voel-eerst can read it"
    )]
    Newer(u32),
}

pub(super) fn write(kept: &Kept<'_>, years: Option<Years>) -> String {
    let data = Data::of(kept, years);
    // Text, numbers and lists of them can always be written.
    let mut json = serde_json::to_string_pretty(&data).unwrap_or_default();
    json.push('\n');
    json
}

/// Reads what [`Form::Data`](crate::conversation::Form::Data) wrote. Fields that are not known are left out: a later program may have more.
///
/// # Errors
/// See [`NotAnExport`].
pub fn read(json: &str) -> Result<Data, NotAnExport> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let head: Head = serde_json::from_str(json).map_err(malformed)?;
    if head.format != FORMAT {
        return Err(NotAnExport::OtherFormat);
    }
    if head.version > VERSION {
        return Err(NotAnExport::Newer(head.version));
    }
    serde_json::from_str(json).map_err(malformed)
}

/// The error's own text quotes what it found.
fn malformed(error: serde_json::Error) -> NotAnExport {
    NotAnExport::Malformed {
        line: error.line(),
        column: error.column(),
    }
}

impl Data {
    fn of(kept: &Kept<'_>, years: Option<Years>) -> Self {
        let side = kept.parent.side;
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            made: kept.now,
            language: kept.library.language.clone(),
            years,
            chat: kept.parent.chat,
            consent: ConsentGiven::of(&kept.parent.consent),
            settings: Settings::of(
                kept.parent,
                side.map(|side: Side| side_words(kept.library, Some(side)).as_str()),
            ),
            own_prompts: own_prompts(&kept.parent.own.prompts),
            help_shown: help_shown(&kept.parent.crisis),
            entries: entries(kept),
        }
    }
}

impl ConsentGiven {
    fn of(consent: &Consent) -> Self {
        match consent {
            Consent::Open => Self::Open,
            Consent::Declined => Self::Declined,
            Consent::Given { version, at } => Self::Given {
                version: version.clone(),
                at: *at,
            },
        }
    }
}

impl Settings {
    fn of(parent: &Parent, recognises: Option<&str>) -> Self {
        let schedule = &parent.schedule;
        Self {
            prompts: parent.sending == Sending::On,
            weekly: parent.rhythm.weekly,
            pause: parent.rhythm.pause.map(PauseData::of),
            times: schedule.times.iter().map(Slot::to_string).collect(),
            days: day_names(schedule.days),
            zone: schedule.zone.as_str().to_owned(),
            recognises: recognises.map(Words::new),
            country: parent.country,
            on_this_day: parent.settings.on_this_day,
            sundays: Some(parent.journal.sundays.on),
        }
    }
}

impl PauseData {
    fn of(pause: Pause) -> Self {
        Self {
            until: match pause {
                Pause::Until(date) => Some(date),
                Pause::Open { .. } => None,
            },
        }
    }
}

fn own_prompts(own: &[OwnPrompt]) -> Vec<OwnPromptData> {
    let own = own.iter().map(|own| OwnPromptData {
        id: own.id(),
        text: own.words.clone(),
    });
    own.collect()
}

/// The file may be read by somebody who looks over the parent's shoulder, so the answers have numbers here and no names.
fn help_shown(crisis: &Crisis) -> Vec<HelpShown> {
    let hint = crisis.hint.map(|at| (Route::Help, at));
    let answers = crisis.answers.iter().map(|(route, at)| (*route, *at));
    let mut shown: Vec<HelpShown> = answers
        .chain(hint)
        .map(|(route, at)| HelpShown {
            at,
            answer: number(route),
        })
        .collect();
    shown.sort_by_key(|shown| (shown.at, shown.answer));
    shown
}

fn number(route: Route) -> u8 {
    match route {
        Route::Help => 0,
        Route::Zelfdoding => 1,
        Route::Geweld => 2,
        Route::Uitputting => 3,
        Route::Naaste => 4,
    }
}

/// Which answer has this number.
pub(super) fn route(answer: u8) -> Option<Route> {
    let mut routes = Route::ALL.iter().copied();
    routes.find(|route| number(*route) == answer)
}

/// A time as [`Settings::times`] has it.
pub(super) fn slot(text: &str) -> Option<Slot> {
    let time = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        ClockTime::new(hour.parse().ok()?, minute.parse().ok()?)
    };
    match text.split_once('-') {
        Some((from, until)) => Slot::between(time(from)?, time(until)?),
        None => time(text).map(Slot::at),
    }
}

/// Days as [`Settings::days`] has them.
pub(super) fn days(names: &[String]) -> Option<Days> {
    let day = |name: &String| {
        let mut named = week().zip(DAYS);
        named.find_map(|(day, known)| (known == name).then_some(day))
    };
    names.iter().map(day).collect()
}

/// The days as the format calls them, Monday first.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

fn day_names(days: Days) -> Vec<String> {
    week()
        .zip(DAYS)
        .filter(|(day, _)| days.contains(*day))
        .map(|(_, name)| name.to_owned())
        .collect()
}

fn entries(kept: &Kept<'_>) -> Vec<EntryData> {
    let hidden = &kept.parent.journal.on_this_day.hidden;
    let hidden: BTreeSet<u32> = hidden.iter().copied().collect();
    let entries = kept.entries.iter();
    entries
        .map(|entry| EntryData::of(entry, hidden.contains(&entry.id.0)))
        .collect()
}

impl EntryData {
    fn of(entry: &Entry, hidden: bool) -> Self {
        Self {
            number: entry.id.0,
            day: entry.day,
            written: entry.written,
            prompt: entry.prompt.clone(),
            parts: entry.parts.iter().map(|part| part.words.clone()).collect(),
            set_apart: entry.heavy,
            hidden,
            voice: voice(entry),
        }
    }
}

fn voice(entry: &Entry) -> Vec<VoiceData> {
    let parts = entry.parts.iter().enumerate();
    let spoken = parts.filter_map(|(at, part)| Some((at, part.spoken?)));
    let data = |(nth, (part, spoken)): (usize, (usize, Spoken))| VoiceData {
        part,
        file: sound_file(entry.id, nth),
        seconds: spoken.seconds,
    };
    (1..).zip(spoken).map(data).collect()
}
