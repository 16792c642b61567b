//! Parents for measurements: what is kept of somebody who has had prompts for some months, and wrote back.

use std::{ops::Range, path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp, ToSpan};
use voel_eerst::{
    conversation::House,
    library::Languages,
    net::{LANGUAGE, Net},
    parent::{ChatId, ClockTime, Consent, Days, Onboarding, Parent, Said, Schedule, Sending, Slot},
    service::Voice,
    store::{RootSecret, Store},
};

/// How many parents go into one commit.
const AT_ONCE: i64 = 2_000;

/// The root secret of every store here, in hexadecimal.
pub fn secret() -> String {
    "5e".repeat(32)
}

pub fn open(dir: &Path) -> Store {
    Store::open(dir, &RootSecret::from_hex(&secret()).unwrap()).unwrap()
}

/// What is built in.
pub fn voice() -> Voice {
    Voice {
        languages: Arc::new(Languages::embedded().unwrap()),
        net: Arc::new(Net::embedded().unwrap()),
        house: House::default(),
    }
}

/// A parent who gets a prompt every day at this local time, the next one after `now`.
pub fn parent(voice: &Voice, chat: i64, time: ClockTime, now: Timestamp) -> Parent {
    let library = voice.languages.of(Some(LANGUAGE));
    let seen = 40 + chat.unsigned_abs() as usize % 40;
    let prompts = library.prompts.iter().take(seen);
    let mut parent = Parent {
        language: Some(library.language.clone()),
        consent: Consent::Given {
            version: library.consent_version.clone(),
            at: now,
        },
        onboarding: Onboarding::Done,
        sending: Sending::On,
        schedule: Schedule {
            times: vec![Slot::at(time)],
            days: Days::all(),
            ..Schedule::default()
        },
        said: Said {
            first_kept: true,
            first_note: true,
        },
        hints: 3,
        keyboard: 90,
        next_entry: 30,
        ..Parent::stranger(ChatId(chat))
    };
    parent.deck.seen = prompts.map(|prompt| prompt.mark).collect();
    let today = parent.schedule.local(now).0;
    parent.handled = (1..=16)
        .rev()
        .map(|ago| (today.saturating_sub(i64::from(ago).days()), 0))
        .collect();
    parent.keep_for(24, now);
    parent.plan(now);
    parent
}

/// Writes these parents, each with a time of day, many in a commit.
pub fn write(
    store: &Store,
    voice: &Voice,
    chats: Range<i64>,
    now: Timestamp,
    time: impl Fn(i64) -> ClockTime,
) {
    let end = chats.end;
    for first in chats.step_by(AT_ONCE as usize) {
        let mut draft = store.draft();
        for chat in first..(first + AT_ONCE).min(end) {
            let id = draft.parent_id(ChatId(chat));
            let parent = parent(voice, chat, time(chat), now);
            draft.put_parent(id, parent).unwrap();
        }
        store.commit(draft).unwrap();
    }
}

/// The minute of the day with this number.
pub fn minute(of_day: i64) -> ClockTime {
    ClockTime::MIDNIGHT.plus_minutes(i32::try_from(of_day).unwrap())
}

/// A moment so far ahead of any clock that nothing planned then is due yet.
pub fn far_ahead() -> Timestamp {
    "2090-03-01T12:00:00Z".parse().unwrap()
}

/// So much later.
pub fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at + SignedDuration::from_secs(seconds)
}
