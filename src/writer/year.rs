//! A year of prompts, as it would come to a parent with these choices.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::{
    preview::begun,
    stage::{Seen, Stage},
};
use crate::{
    conversation::Unreadable,
    library::{Languages, Library, Prompt, Side},
    parent::{ClockTime, Days, Schedule, Slot, Zone},
};

/// What a parent chooses, as far as it decides which prompts come when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The times of a day.
    pub times: Vec<Slot>,
    /// The days of a week.
    pub days: Days,
    /// What they recognise; `None` when they did not say.
    pub side: Option<Side>,
    /// Where they live.
    pub zone: Zone,
    /// They never write and never tap anything.
    pub silent: bool,
}

/// What comes in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year<'a> {
    /// The language in which it comes.
    pub library: &'a Library,
    /// The first day.
    pub from: Date,
    /// What the parent chose.
    pub choices: Choices,
    /// Everything that comes, in order.
    pub came: Vec<Came<'a>>,
}

/// Something that comes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came<'a> {
    /// The parent's local date.
    pub date: Date,
    /// The parent's local time.
    pub time: ClockTime,
    /// What it is.
    pub what: What<'a>,
}

/// What comes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A prompt.
    Prompt(&'a Prompt),
    /// Something else that is said, such as after a long silence.
    Said(String),
}

/// How long after a prompt the parent does something.
const SOON: SignedDuration = SignedDuration::from_mins(10);

/// What comes from `from` on for a year. The same arguments give the same year: `seed` is where all chance begins.
///
/// # Errors
/// Never: nothing is read that could be unreadable. Handed on so that nobody has to trust that.
pub fn year<'a>(
    languages: &'a Languages,
    library: &'a Library,
    choices: Choices,
    from: Date,
    seed: u64,
) -> Result<Year<'a>, Unreadable> {
    let schedule = Schedule {
        zone: choices.zone.clone(),
        times: choices.times.clone(),
        days: choices.days,
        seed,
    };
    let midnight = |date| schedule.moment(date, ClockTime::MIDNIGHT);
    let start = midnight(from).unwrap_or(Timestamp::UNIX_EPOCH);
    let next_year = from.checked_add(1.year()).ok();
    let end = next_year.and_then(midnight).unwrap_or(Timestamp::MAX);
    // What is planned comes after the moment it is planned at, and midnight may be the chosen time.
    let just_before = start - SignedDuration::from_nanos(1);
    let mut parent = begun(library, schedule.clone(), just_before);
    parent.side = choices.side;
    let mut stage = Stage::new(languages, library, parent, ChaCha8Rng::seed_from_u64(seed));
    let mut came = Vec::new();
    while let Some(due) = stage.parent.due().filter(|due| *due < end) {
        let happened = stage.comes_due(due)?;
        let (date, time) = schedule.local(due);
        let prompts = happened.prompts.iter();
        let prompts = prompts
            .filter_map(|id| library.prompt(id))
            .map(What::Prompt);
        let mut what: Vec<What<'a>> = prompts.collect();
        if what.is_empty() {
            what.extend(happened.seen.into_iter().filter_map(|seen| match seen {
                Seen::Message(said) => Some(What::Said(said.text)),
                Seen::Changed(_) | Seen::Buttons(_) | Seen::Toast(_) | Seen::Heart => None,
            }));
        }
        came.extend(what.into_iter().map(|what| Came { date, time, what }));
        if !choices.silent {
            // A tap is a sign of life, and the least that one can do.
            stage.taps(library.texts.prompt.btn_skip.as_str(), due + SOON)?;
        }
    }
    Ok(Year {
        library,
        from,
        choices,
        came,
    })
}

impl<'a> Year<'a> {
    /// The prompts that came, in order, with the date of each.
    pub fn prompts(&self) -> impl Iterator<Item = (Date, &'a Prompt)> {
        self.came.iter().filter_map(|came| match came.what {
            What::Prompt(prompt) => Some((came.date, prompt)),
            What::Said(_) => None,
        })
    }

    /// On which dates each prompt came, by id.
    pub fn dates(&self) -> BTreeMap<&'a str, Vec<Date>> {
        let mut dates: BTreeMap<&str, Vec<Date>> = BTreeMap::new();
        for (date, prompt) in self.prompts() {
            dates.entry(&prompt.id).or_default().push(date);
        }
        dates
    }

    /// The first prompt that came a second time: its place among all that came, counted from 1, and on which date.
    pub fn first_repeat(&self) -> Option<(usize, Date, &'a Prompt)> {
        let mut seen = Vec::new();
        for (n, (date, prompt)) in self.prompts().enumerate() {
            if seen.contains(&&prompt.id) {
                return Some((n + 1, date, prompt));
            }
            seen.push(&prompt.id);
        }
        None
    }

    /// The fewest days between two times that the same prompt came, and which prompt that is.
    pub fn shortest_gap(&self) -> Option<(i32, &'a str)> {
        let dates = self.dates();
        let gaps = dates.iter().flat_map(|(id, dates)| {
            let pairs = dates.windows(2);
            pairs.map(|pair| ((pair[1] - pair[0]).get_days(), *id))
        });
        gaps.min()
    }

    /// The prompts that can come at these times to somebody who chose this side.
    pub fn fitting(&self) -> Vec<&'a Prompt> {
        let side = self.choices.side.unwrap_or(Side::Beide);
        let fits = |prompt: &&Prompt| {
            let mut times = self.choices.times.iter();
            let by_time = times
                .any(|slot| slot.from().fits(prompt.moment) || slot.until().fits(prompt.moment));
            by_time && prompt.speaks_to(side)
        };
        self.library.prompts.iter().filter(fits).collect()
    }
}
