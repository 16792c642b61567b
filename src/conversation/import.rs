//! `/import`: a journal comes back from a file that `/export` made.
//!
//! The parent sends the file, with the command before it or without. It comes back only into an empty journal, so that nothing that is there can
//! be lost, and nothing needs to be asked. What is in the file was read and found in order before any of it comes in here
//! ([`export::back`](crate::export::back)).
//!
//! A long journal is too much for one commit, so it comes in [steps](Step). After a crash the file is fetched again, and its steps pass over
//! what is there already. Large journals are several files: further ones may follow as long as nothing new was written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{
    Entry, EntryId, Fetch, JournalChange, Message, NotFetched, SentFile, Unreadable, Wanted, book,
    consented, fetch, has_begun, onboarding,
    turn::{Done, Turn},
};
use crate::{
    library::{Country, Route, Side, Text},
    parent::{Days, OwnPrompt, PrivateBytes, Returned, Slot, Words, Zone},
};

/// The most bytes of a file: Telegram lets a bot fetch no more.
pub const LARGEST: usize = 20_000_000;

/// [`LARGEST`], as a parent reads it.
const LARGEST_IN_MB: &str = "20";

/// How the names of files end that a journal can be in.
const ENDINGS: [&str; 2] = [".json", ".zip"];

/// What comes back in one commit: part of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// With the first step: what the file is.
    pub opening: Option<Opening>,
    /// Entries, with the numbers that they had, by number. Their sound comes in later steps.
    pub entries: Vec<Entry>,
    /// Sounds: the entry, and which voice note of it, counted from 1.
    pub sounds: Vec<(EntryId, usize, PrivateBytes)>,
    /// With the last step: what is to be said.
    pub ending: Option<Ending>,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// A journal, or some years of it.
    Journal {
        /// What the parent had chosen.
        choices: Box<Choices>,
        /// Entries in the file that are not to come back by themselves on their day.
        hidden: Vec<EntryId>,
        /// A number above all in the file.
        next_entry: u32,
    },
    /// Voice notes alone, of a journal that came in another file.
    Sounds,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// That was the journal.
    Whole,
    /// More belongs to the journal: other years, or voice notes.
    More,
    /// Those were voice notes alone.
    Sounds,
}

/// What the parent had chosen, as far as it comes back. Whether anything is kept was chosen anew, in this chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// At most one prompt a week.
    pub weekly: bool,
    /// When on a day.
    pub times: Vec<Slot>,
    /// On which days.
    pub days: Days,
    /// In which time zone.
    pub zone: Zone,
    /// What the parent recognised, in the words in which they chose it.
    pub recognises: Option<Words>,
    /// Whose help lines come first.
    pub country: Country,
    /// Whether something comes back that was written on this day.
    pub on_this_day: bool,
    /// Whether the look-back on the week comes on Sundays; `None` where that is not known, so that it stays as it is.
    pub sundays: Option<bool>,
    /// Prompts of their own, oldest first.
    pub own_prompts: Vec<OwnPrompt>,
    /// Answers to heavy words: which, and when.
    pub answers: Vec<(Route, Timestamp)>,
}

/// Why a file that is here cannot come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no export of this program.
    OtherFile,
    /// A later version of this program made it.
    Newer,
    /// Something else stands in it than in an export.
    Broken {
        /// From 1; 0 when the place is not known.
        line: usize,
    },
    /// It reads as an export, and holds what no journal can hold.
    Unfit,
    /// Unpacked, it is larger than what is taken.
    TooLarge,
}

/// `/import`: how it is done.
pub(super) fn explain(turn: &mut Turn<'_>) -> Done {
    if may_come_back(turn)? {
        turn.say(turn.texts().import.ask.as_str());
    }
    Ok(())
}

/// The parent sent a document.
pub(super) fn sent(turn: &mut Turn<'_>, message: &Message, file: &SentFile) -> Done {
    let name = file.name.reveal().to_lowercase();
    if !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        turn.say(turn.texts().error.file.as_str());
        return Ok(());
    }
    if !has_begun(turn) || !may_come_back(turn)? {
        return Ok(());
    }
    if file.bytes.is_some_and(|bytes| bytes as usize > LARGEST) {
        say_not_fetched(turn, NotFetched::TooLarge);
        return Ok(());
    }
    fetch::fetch(turn, &file.file, message.id, Wanted::Journal);
    Ok(())
}

/// Whether a journal may come back here now; says why when it may not.
fn may_come_back(turn: &mut Turn<'_>) -> Result<bool, Unreadable> {
    if !may_keep(turn) {
        return Ok(false);
    }
    let may = turn.parent.journal.returned.is_some() || book::is_empty(turn)?;
    if !may {
        turn.say(turn.texts().import.not_empty.as_str());
    }
    Ok(may)
}

fn may_keep(turn: &mut Turn<'_>) -> bool {
    if turn.keeps() {
        return true;
    }
    if consented(&turn.parent) {
        onboarding::ask_again(turn);
    } else {
        turn.say(turn.texts().error.needs_consent.as_str());
    }
    false
}

/// A part of the file is here.
pub(super) fn step(turn: &mut Turn<'_>, fetch: &Fetch, step: &Step) -> Done {
    // The parent may have chosen otherwise meanwhile.
    if !may_keep(turn) {
        fetch::arrived(turn, fetch);
        return Ok(());
    }
    if let Some(opening) = &step.opening
        && !open(turn, fetch, opening)?
    {
        fetch::arrived(turn, fetch);
        return Ok(());
    }
    for entry in &step.entries {
        if turn.scene.journal.entry(entry.id)?.is_none() {
            turn.journal.push(JournalChange::Put(entry.clone()));
        }
    }
    put_sounds(turn, &step.sounds)?;
    if let Some(ending) = step.ending {
        end(turn, fetch, &step.entries, ending)?;
    }
    Ok(())
}

/// Begins; `false` when this file does not come back, and the parent has heard why.
fn open(turn: &mut Turn<'_>, fetch: &Fetch, opening: &Opening) -> Result<bool, Unreadable> {
    let texts = &turn.texts().import;
    let is_empty = book::is_empty(turn)?;
    let returned = turn.parent.journal.returned;
    match opening {
        Opening::Sounds if is_empty => turn.say(texts.sounds_first.as_str()),
        Opening::Sounds => return Ok(true),
        Opening::Journal {
            choices,
            hidden,
            next_entry,
        } => {
            let goes_on = returned.is_some_and(|it| it.under_way == Some(fetch.message));
            let untouched = returned.is_some_and(|it| it.next_entry == turn.parent.next_entry);
            if goes_on {
                return Ok(true);
            }
            if is_empty || untouched {
                if is_empty {
                    choose(turn, choices);
                }
                hide(turn, hidden);
                let next_entry = turn.parent.next_entry.max(*next_entry);
                turn.parent.next_entry = next_entry;
                turn.parent.open_note = None;
                turn.parent.journal.returned = Some(Returned {
                    next_entry,
                    under_way: Some(fetch.message),
                });
                return Ok(true);
            }
            turn.say(texts.not_empty.as_str());
        }
    }
    Ok(false)
}

/// What the parent had chosen is so again.
fn choose(turn: &mut Turn<'_>, choices: &Choices) {
    let side = choices
        .recognises
        .as_ref()
        .and_then(|words| side(turn, words));
    let parent = &mut turn.parent;
    parent.schedule.times.clone_from(&choices.times);
    parent.schedule.days = choices.days;
    parent.schedule.zone = choices.zone.clone();
    parent.rhythm.weekly = choices.weekly;
    parent.country = choices.country;
    parent.settings.on_this_day = choices.on_this_day;
    parent.journal.sundays.on = choices.sundays.unwrap_or(parent.journal.sundays.on);
    parent.side = side.or(parent.side);
    if parent.own.prompts.is_empty() {
        let above = choices
            .own_prompts
            .iter()
            .map(|own| own.number.saturating_add(1));
        parent.own.next = above.chain([parent.own.next]).max().unwrap_or_default();
        parent.own.prompts.clone_from(&choices.own_prompts);
    }
    for &(route, at) in &choices.answers {
        let known = match route {
            Route::Help => &mut parent.crisis.hint,
            Route::Zelfdoding | Route::Geweld | Route::Uitputting | Route::Naaste => {
                let last = parent.crisis.answers.entry(route).or_insert(at);
                *last = at.max(*last);
                continue;
            }
        };
        *known = (*known).max(Some(at));
    }
    parent.crisis.forget(turn.scene.now);
    parent.plan(turn.scene.now);
}

/// What was not to come back by itself is not to do so here either.
fn hide(turn: &mut Turn<'_>, entries: &[EntryId]) {
    let known = &mut turn.parent.journal.on_this_day.hidden;
    let all: BTreeSet<u32> = known
        .iter()
        .copied()
        .chain(entries.iter().map(|it| it.0))
        .collect();
    *known = all.into_iter().collect();
}

/// What a parent recognises, by the words in which they chose it, in whatever language that was.
fn side(turn: &Turn<'_>, words: &Words) -> Option<Side> {
    let sides: Vec<(&Text, Side)> = turn
        .scene
        .languages
        .iter()
        .flat_map(|library| {
            let texts = &library.texts.words;
            [
                (&texts.side_verlating, Side::Verlating),
                (&texts.side_binding, Side::Binding),
                (&texts.side_beide, Side::Beide),
            ]
        })
        .collect();
    let found = sides
        .iter()
        .find(|(text, _)| text.as_str() == words.reveal());
    found.map(|(_, side)| *side)
}

/// Puts sounds where an entry awaits them. Others belong to nothing here.
fn put_sounds(turn: &mut Turn<'_>, sounds: &[(EntryId, usize, PrivateBytes)]) -> Done {
    let mut by_entry: BTreeMap<EntryId, Vec<(usize, &PrivateBytes)>> = BTreeMap::new();
    for (id, nth, sound) in sounds {
        by_entry.entry(*id).or_default().push((*nth, sound));
    }
    for (id, sounds) in by_entry {
        let Some(mut entry) = turn.scene.journal.entry(id)? else {
            continue;
        };
        let mut kept = Vec::new();
        for (nth, sound) in sounds {
            let spoken = entry.parts.iter_mut().filter(|part| part.spoken.is_some());
            let awaiting = spoken.zip(1..).find(|(_, at)| *at == nth);
            let Some((part, _)) = awaiting else { continue };
            if let Some(spoken) = part.spoken.as_mut().filter(|spoken| spoken.bytes == 0) {
                spoken.bytes = u32::try_from(sound.len()).unwrap_or(u32::MAX);
                kept.push(JournalChange::PutSound(id, part.message, sound.clone()));
            }
        }
        if !kept.is_empty() {
            turn.journal.push(JournalChange::Put(entry));
            turn.journal.extend(kept);
        }
    }
    Ok(())
}

fn end(turn: &mut Turn<'_>, fetch: &Fetch, last: &[Entry], ending: Ending) -> Done {
    fetch::arrived(turn, fetch);
    let texts = &turn.texts().import;
    let text = match ending {
        Ending::Whole => &texts.done,
        Ending::More => &texts.done_more,
        Ending::Sounds => &texts.done_sounds,
    };
    match ending {
        Ending::Whole | Ending::More => {
            if let Some(returned) = &mut turn.parent.journal.returned {
                returned.under_way = None;
            }
            list_backdated(turn, last)?;
        }
        Ending::Sounds => {}
    }
    turn.say(text.as_str());
    Ok(())
}

/// Lists anew which entries are for an earlier day than one before them. Files may come in any order, so this looks at the whole journal.
fn list_backdated(turn: &mut Turn<'_>, last: &[Entry]) -> Done {
    let there = turn.scene.journal.older(None, usize::MAX)?;
    let entries = there.iter().chain(last);
    let days: BTreeMap<u32, Date> = entries.map(|entry| (entry.id.0, entry.day)).collect();
    let mut latest = Date::MIN;
    turn.parent.journal.backdated.clear();
    for (number, day) in days {
        if day < latest {
            turn.parent.journal.backdate(day, number);
        }
        latest = latest.max(day);
    }
    Ok(())
}

/// The file will not come, or nothing can come back from it.
pub(super) fn say_not_fetched(turn: &mut Turn<'_>, why: NotFetched) {
    let texts = &turn.texts().import;
    let text = match why {
        NotFetched::TooLarge | NotFetched::Unusable(Unusable::TooLarge) => {
            texts.too_large.fill(&[("max", LARGEST_IN_MB)])
        }
        NotFetched::Gone => texts.gone.as_str().to_owned(),
        NotFetched::Unusable(Unusable::OtherFile) => texts.other_file.as_str().to_owned(),
        NotFetched::Unusable(Unusable::Newer) => texts.newer.as_str().to_owned(),
        NotFetched::Unusable(Unusable::Broken { line }) => {
            texts.broken.fill(&[("n", &line.to_string())])
        }
        NotFetched::Unusable(Unusable::Unfit) => texts.unfit.as_str().to_owned(),
    };
    turn.say(text);
}
