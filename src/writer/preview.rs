//! A prompt as it comes to a parent, and what comes after each thing that the parent can do with it.

use jiff::{SignedDuration, Timestamp, civil::DateTime};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::stage::{Said, Seen, Stage};
use crate::{
    conversation::Unreadable,
    library::{Languages, Library, Moment, Prompt},
    parent::{self, ChatId, ClockTime, Consent, Deck, Onboarding, Parent, Schedule, Sending, Slot},
};

/// A prompt in the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview<'a> {
    /// As the writer wrote it.
    pub prompt: &'a Prompt,
    /// What its theme is called.
    pub theme: &'a str,
    /// When it came, on the parent's own clock.
    pub time: ClockTime,
    /// The message.
    pub message: Said,
    /// What comes after each thing that a parent can do, in the order of the buttons; the answer last, and the further question after it.
    pub after: Vec<After>,
}

/// What follows when a parent does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// What they do.
    pub cause: Cause,
    /// What they see then.
    pub seen: Vec<Seen>,
}

/// What a parent does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Taps the button with this label.
    Tap(String),
    /// Writes an answer.
    Answer,
}

/// The minute between two things that happen.
const A_MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// What the parent answers: it is shown nowhere.
const ANSWER: &str = "...";

/// The prompt with this id as a parent gets it who reads this language, has got some prompts before, and chose the usual days. `None` when
/// there is no such prompt.
///
/// # Errors
/// Never: nothing is read that could be unreadable. Handed on so that nobody has to trust that.
pub fn preview<'a>(
    languages: &'a Languages,
    library: &'a Library,
    id: &str,
) -> Result<Option<Preview<'a>>, Unreadable> {
    let Some(prompt) = library.prompt(id) else {
        return Ok(None);
    };
    let parent = waiting_for(prompt, library);
    let Some(due) = parent.due() else {
        return Ok(None);
    };
    // For each thing that the parent can do, it comes anew.
    let comes = || {
        let chance = ChaCha8Rng::seed_from_u64(0);
        let mut stage = Stage::new(languages, library, parent.clone(), chance);
        let came = stage.comes_due(due)?;
        Ok((stage, came))
    };
    let (mut stage, came) = comes()?;
    let message = came.seen.into_iter().find_map(|seen| match seen {
        Seen::Message(said) => Some(said),
        Seen::Changed(_) | Seen::Buttons(_) | Seen::Toast(_) | Seen::Heart => None,
    });
    let Some(message) = message.filter(|_| came.prompts == [id]) else {
        return Ok(None);
    };
    let mut after = Vec::new();
    for label in stage.labels() {
        let seen = comes()?.0.taps(&label, due + A_MINUTE)?.seen;
        after.push(After {
            cause: Cause::Tap(label),
            seen,
        });
    }
    let seen = stage.writes(ANSWER, due + A_MINUTE)?.seen;
    after.push(After {
        cause: Cause::Answer,
        seen,
    });
    let more = library.texts.prompt.btn_followup.as_str();
    if stage.labels().iter().any(|label| label == more) {
        let seen = stage.taps(more, due + A_MINUTE + A_MINUTE)?.seen;
        after.push(After {
            cause: Cause::Tap(more.to_owned()),
            seen,
        });
    }
    let theme = library.themes.iter().find(|theme| theme.id == prompt.theme);
    Ok(Some(Preview {
        prompt,
        theme: theme.map_or(&prompt.theme, |theme| theme.name.as_str()),
        time: parent.schedule.local(due).1,
        message,
        after,
    }))
}

/// A parent who has seen all prompts but this one, and gets their next one at a time that suits it.
fn waiting_for(prompt: &Prompt, library: &Library) -> Parent {
    let others = library.prompts.iter().filter(|other| other.id != prompt.id);
    let time = match prompt.moment {
        Moment::Ochtend => ClockTime::NINE,
        Moment::Avond | Moment::Elk => ClockTime::NINE.plus_minutes(10 * 60 + 30),
    };
    let schedule = Schedule {
        times: vec![Slot::at(time)],
        ..Schedule::default()
    };
    let noon = DateTime::constant(2026, 3, 1, 12, 0, 0, 0);
    let start = schedule.zone.tz().to_timestamp(noon);
    let mut parent = begun(library, schedule, start.unwrap_or(Timestamp::UNIX_EPOCH));
    parent.deck = Deck {
        seen: others.map(|other| other.mark).collect(),
        ..Deck::default()
    };
    parent
}

/// A parent who has come through the start, and for whom the first prompt is planned after `start`.
pub(super) fn begun(library: &Library, schedule: Schedule, start: Timestamp) -> Parent {
    let mut parent = Parent {
        language: Some(library.language.clone()),
        consent: Consent::Given {
            version: library.consent_version.clone(),
            at: start,
        },
        onboarding: Onboarding::Done,
        schedule,
        sending: Sending::On,
        said: parent::Said {
            first_kept: true,
            first_note: true,
        },
        // What comes with the first ones alone is left out.
        hints: u8::MAX,
        ..Parent::stranger(ChatId(1))
    };
    parent.plan(start);
    parent
}
