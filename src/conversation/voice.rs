//! What a parent says instead of typing it: a voice note is a reply like any other.
//!
//! Its sound has to be [fetched](fetch) first. So what it belongs to is decided when it is sent; and only what is here is kept, and gets its heart.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    Class, Effect, Entry, EntryId, Fetch, JournalChange, Message, NotFetched, Outcome, Part,
    Purpose, Spoken, Target, Unreadable, VoiceNote, Wanted, book, fetch, has_begun, pause, reply,
    target,
    turn::{Done, Turn},
};
use crate::parent::{MessageId, PrivateBytes, Words};

/// The longest voice note that is kept, in seconds.
pub const LONGEST: u32 = 180;

/// The most bytes of one. Three minutes of what Telegram's apps record take about half of it; and it fills its size class in the store.
pub const LARGEST: usize = 2_000_000;

/// [`LONGEST`], as a parent reads it.
const LONGEST_IN_MINUTES: &str = "3";

/// [`LARGEST`], as a parent reads it.
const LARGEST_IN_MB: &str = "2";

/// What was said may not begin to sound long after it was asked for, wherever the phone is by then.
const SEND_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// What is known of a voice note before its sound is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpokenNote {
    /// How long it is.
    pub seconds: u32,
    /// What was written below it.
    pub caption: Words,
    /// What it belongs to.
    pub target: Target,
}

/// The parent sent a voice note.
pub(super) fn spoke(turn: &mut Turn<'_>, message: &Message, note: &VoiceNote) -> Done {
    if !has_begun(turn) || !reply::may_keep_anything(turn) {
        return Ok(());
    }
    let error = &turn.texts().error;
    if note.seconds > LONGEST {
        turn.say(error.voice_too_long.fill(&[("max", LONGEST_IN_MINUTES)]));
        return Ok(());
    }
    if note.bytes.is_some_and(|bytes| bytes as usize > LARGEST) {
        say_too_large(turn, message.id);
        return Ok(());
    }
    let target = match book::spoken(turn, message) {
        Some(target) => target,
        None => target::of(turn, message)?,
    };
    // No prompt comes while the answer is on its way.
    turn.parent.wrote_on = turn.parent.wrote_on.max(Some(turn.day_sent()));
    let spoken = SpokenNote {
        seconds: note.seconds,
        caption: message.caption.clone(),
        target,
    };
    fetch::fetch(turn, &note.file, message.id, Wanted::Voice(spoken));
    Ok(())
}

/// Its sound will not come.
pub(super) fn say_not_fetched(turn: &mut Turn<'_>, message: MessageId, why: NotFetched) {
    match why {
        NotFetched::TooLarge => say_too_large(turn, message),
        NotFetched::Gone | NotFetched::Unusable(_) => {
            let text = turn.texts().error.voice_gone.as_str();
            turn.say_softly(text, message);
        }
    }
}

/// Its sound is here.
pub(super) fn keep(
    turn: &mut Turn<'_>,
    fetch: &Fetch,
    note: &SpokenNote,
    sound: &PrivateBytes,
) -> Done {
    // The parent may have chosen otherwise meanwhile.
    if !reply::may_keep_anything(turn) {
        return Ok(());
    }
    let part = Part {
        message: fetch.message,
        words: note.caption.clone(),
        spoken: Some(Spoken {
            seconds: note.seconds,
            bytes: u32::try_from(sound.len()).unwrap_or(u32::MAX),
        }),
    };
    let menu = turn.parent.menu;
    let target = target::stands_now(turn, &note.target)?;
    let entry = reply::keep(turn, part, target, fetch.sent)?;
    turn.journal
        .push(JournalChange::PutSound(entry, fetch.message, sound.clone()));
    if let Target::Day(day) = note.target {
        book::kept_for(turn, day, entry);
    }
    if turn.parent.menu == menu {
        pause::wrote_meanwhile(turn);
    }
    Ok(())
}

/// Erases the voice note that was sent last, when it is still being fetched and nothing newer is kept; `false` when there is no such.
pub(super) fn erase_last_awaited(turn: &mut Turn<'_>, newest: Option<&Entry>) -> bool {
    let kept = newest.and_then(|entry| entry.parts.iter().map(|part| part.message.0).max());
    let awaited = &mut turn.parent.journal.awaited;
    awaited.pop_if(|message| Some(message.0) > kept).is_some()
}

fn say_too_large(turn: &mut Turn<'_>, message: MessageId) {
    let text = &turn.texts().error.voice_too_large;
    let text = text.fill(&[("max", LARGEST_IN_MB)]);
    turn.say_softly(text, message);
}

/// Sends what was spoken in an entry, to be listened to.
pub(super) fn listen_tap(turn: &mut Turn<'_>, id: EntryId) -> Result<Option<String>, Unreadable> {
    let Some(entry) = turn.scene.journal.entry(id)? else {
        return Ok(Some(turn.texts().error.old_button.as_str().to_owned()));
    };
    let expires = turn.scene.now.checked_add(SEND_WITHIN).ok();
    let (awaiting, here): (Vec<_>, Vec<_>) =
        entry.spoken().partition(|(_, spoken)| spoken.bytes == 0);
    if here.is_empty() && !awaiting.is_empty() {
        return Ok(Some(turn.texts().import.no_sound.as_str().to_owned()));
    }
    for (message, spoken) in here {
        let effect = Effect::Voice {
            entry: id,
            message,
            seconds: spoken.seconds,
        };
        turn.put(effect, Class::Interactive, Purpose::Voice, expires);
    }
    Ok(None)
}

/// What became of a voice note that the parent wanted to hear.
pub(super) fn came_of(turn: &mut Turn<'_>, outcome: Outcome) {
    match outcome {
        Outcome::Failed | Outcome::Expired | Outcome::InDoubt => {
            turn.say(turn.texts().journal.listen_failed.as_str());
        }
        Outcome::Sent(_) | Outcome::Unreachable => {}
    }
}
