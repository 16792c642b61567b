//! What Telegram only announces and has to be fetched: a voice note, or a file that a journal comes back in.
//!
//! Fetching takes time and may fail for a while, so the wish for it lies in the outbox, and what it brings comes in as an event. The record
//! lists what is awaited, so that it can be erased before it comes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Class, Effect, NotFetched, Purpose, import,
    import::{Step, Unusable},
    turn::{Done, Turn},
    voice::{self, SpokenNote},
};
use crate::parent::{FileId, MessageId, PrivateBytes};

/// For so long fetching is tried again, and each try begins with asking Telegram where the file lies now.
const FETCH_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Something that is to be fetched, with all that is known of it already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fetch {
    /// Where it is.
    pub file: FileId,
    /// The message in which it came.
    pub message: MessageId,
    /// When it was sent.
    pub sent: Timestamp,
    /// What it is for.
    pub wanted: Wanted,
}

/// What something is fetched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wanted {
    /// To be kept as a reply: a voice note.
    Voice(SpokenNote),
    /// To put a journal back: a file of `/export`.
    Journal,
}

impl Wanted {
    /// The most bytes that are fetched.
    pub fn most_bytes(&self) -> usize {
        match self {
            Self::Voice(_) => voice::LARGEST,
            Self::Journal => import::LARGEST,
        }
    }
}

/// What fetching brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Brought {
    /// The sound of a voice note.
    Sound(PrivateBytes),
    /// A part of a journal; more parts of the same file follow until the one that has an ending.
    Step(Step),
}

/// What fetching brought, or why it brought nothing.
pub type Fetched = Result<Brought, NotFetched>;

/// Wishes to have something fetched.
pub(super) fn fetch(turn: &mut Turn<'_>, file: &FileId, message: MessageId, wanted: Wanted) {
    turn.parent.journal.awaited.push(message);
    let fetch = Fetch {
        file: file.clone(),
        message,
        sent: turn.sent,
        wanted,
    };
    let expires = turn.scene.now.checked_add(FETCH_FOR).ok();
    turn.put(
        Effect::Fetch(fetch),
        Class::Interactive,
        Purpose::Plain,
        expires,
    );
}

/// It is here, or will not come. Of what was erased meanwhile nothing is said.
pub(super) fn fetched(turn: &mut Turn<'_>, fetch: &Fetch, fetched: &Fetched) -> Done {
    if !turn.parent.journal.awaited.contains(&fetch.message) {
        return Ok(());
    }
    match (&fetch.wanted, fetched) {
        (Wanted::Voice(note), Ok(Brought::Sound(sound))) => {
            arrived(turn, fetch);
            voice::keep(turn, fetch, note, sound)
        }
        (Wanted::Journal, Ok(Brought::Step(step))) => import::step(turn, fetch, step),
        (Wanted::Voice(_), Err(why)) => {
            arrived(turn, fetch);
            voice::say_not_fetched(turn, fetch.message, *why);
            Ok(())
        }
        (Wanted::Journal, Err(why)) => {
            arrived(turn, fetch);
            import::say_not_fetched(turn, *why);
            Ok(())
        }
        // Nobody brings a sound for a journal; who did would bring no journal.
        (Wanted::Journal, Ok(Brought::Sound(_))) | (Wanted::Voice(_), Ok(Brought::Step(_))) => {
            arrived(turn, fetch);
            import::say_not_fetched(turn, NotFetched::Unusable(Unusable::OtherFile));
            Ok(())
        }
    }
}

/// It is awaited no more.
pub(super) fn arrived(turn: &mut Turn<'_>, fetch: &Fetch) {
    let awaited = &mut turn.parent.journal.awaited;
    awaited.retain(|message| *message != fetch.message);
}
