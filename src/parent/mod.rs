//! One parent's record: what they chose, when their next prompt is planned, and which prompts they have seen.
//!
//! Pure: no input or output, no clock, no random source of its own. Time comes in as a value, chance as a seeded source.

mod crisis;
pub mod deck;
mod flows;
mod handled;
pub mod journal_state;
pub mod own;
pub mod place;
mod plan;
pub mod retention;
pub mod rhythm;
pub mod schedule;
mod slot;
pub mod typed;
mod words;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::library::{Country, Side};

pub use crisis::Crisis;
pub use deck::{Deck, Drawn};
pub use flows::{AskedLater, FLOW_LASTS, FlowState, LaterQuestion, OpenFlow};
pub use handled::Handled;
pub use journal_state::{JournalState, LookedBack, Returned};
pub use own::{OwnPrompt, OwnPrompts};
pub use plan::{DueNow, LATE};
pub use retention::{Retention, RetentionDue};
pub use rhythm::{Pause, Rhythm};
pub use schedule::{ClockTime, Days, Planned, Schedule, Zone, week};
pub use slot::Slot;
pub use words::{ChatId, FileId, MessageId, PrivateBytes, Wiped, Words};

/// Everything the bot knows of one parent besides the journal.
///
/// Every field has a default, so that a record written by an older version still opens. What has its default is not written, here and in what lies below,
/// so what a default is must never change; that of the schedule may, and it is written always.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parent {
    /// The chat, for sending. Kept only sealed.
    pub chat: ChatId,
    /// The tag of the language that the bot speaks with this parent; `None` in records that are older than the choice.
    pub language: Option<String>,
    /// The chat has a menu of commands of its own, in the language that the parent chose.
    pub own_menu: bool,
    /// Whether replies may be kept.
    pub consent: Consent,
    /// How far the four taps of the start have come.
    pub onboarding: Onboarding,
    /// When prompts come.
    #[serde_with(skip_apply)]
    pub schedule: Schedule,
    /// What the parent chose to be sent questions about; `None` while nothing was chosen.
    pub side: Option<Side>,
    /// Whose help lines come first.
    pub country: Country,
    /// What else the parent set.
    pub settings: Settings,
    /// Prompts that the parent wrote.
    pub own: OwnPrompts,
    /// What lies over the schedule: a pause, a silence, one prompt a week.
    pub rhythm: Rhythm,
    /// When everything goes, unless something is heard.
    pub retention: Retention,
    /// Whether prompts are sent at all.
    pub sending: Sending,
    /// The next scheduled prompt.
    pub planned: Option<Planned>,
    /// The planned dates and slots that got a prompt or needed none: none of them ever gets a second prompt.
    pub handled: Handled,
    /// Which prompts were seen.
    pub deck: Deck,
    /// The latest prompt.
    pub prompt: Option<OpenPrompt>,
    /// What typed text is asked for right now, besides a reply.
    pub asking: Option<Asking>,
    /// The newest message with live buttons, other than a prompt.
    pub menu: Option<Menu>,
    /// The number of the newest keyboard. Every keyboard carries its number in its buttons, so that an old button is known by its number.
    pub keyboard: u32,
    /// The number of the keyboard that was tapped last: a further tap on it, once it is gone, is the same finger.
    pub tapped: Option<u32>,
    /// The version of the explanation that the open question about keeping showed.
    pub consent_shown: Option<String>,
    /// Where the parent is in a guided flow.
    pub flows: FlowState,
    /// A prompt that the parent put off.
    pub snoozed: Option<Snoozed>,
    /// How often the parent asked for another prompt, and on which local day.
    pub swaps: Option<(Date, u8)>,
    /// The parent's local day on which they last wrote something.
    pub wrote_on: Option<Date>,
    /// The number of the next journal entry.
    pub next_entry: u32,
    /// The loose note that further text joins, and when it was last written to.
    pub open_note: Option<(u32, Timestamp)>,
    /// What is remembered about the journal, besides its entries.
    pub journal: JournalState,
    /// What is remembered of answers to heavy words.
    pub crisis: Crisis,
    /// What the bot said once and does not say again.
    pub said: Said,
    /// Prompts sent so far, counted only up to the number that carries a hint.
    pub hints: u8,
    /// Which of the acknowledgement lines came last.
    pub last_ack: Option<u8>,
    /// Telegram said that this parent cannot be reached; nothing is sent until they come back.
    pub unreachable: bool,
    /// Kept only until the last message to them is out, then forgotten whole: groups, and parents who erased everything.
    pub passing: bool,
}

/// Whether a part of a record need not be written.
fn is_default<T: Default + PartialEq>(part: &T) -> bool {
    *part == T::default()
}

/// More entries, and more keyboards, than a parent makes between a backup and the end of the store that it was made of.
const SINCE_BACKUP: u32 = 100_000;

/// Whether a parent's replies may be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consent {
    /// Not asked yet, or asked and not answered: nothing is sent, nothing is kept.
    #[default]
    Open,
    /// The parent wants prompts, and wants nothing kept.
    Declined,
    /// The parent said yes to this version of the explanation at this moment.
    Given {
        /// `meta.consent_version` of the texts that were shown.
        version: String,
        /// When.
        at: Timestamp,
    },
}

/// How far the start has come. A parent who stops half-way keeps the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Onboarding {
    /// `/start` was not tapped yet.
    #[default]
    Stranger,
    /// The question about keeping is open.
    Consent,
    /// The question about the time is open.
    Time,
    /// The question about the days is open.
    Days,
    /// The question what the parent recognises is open.
    Side,
    /// Everything was answered.
    Done,
}

impl Onboarding {
    /// Whether a question of the start about the time or the days is open.
    pub fn asks_when(self) -> bool {
        matches!(self, Self::Time | Self::Days)
    }
}

/// Whether prompts are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sending {
    /// Not before the first tap, and not after `/stop`.
    #[default]
    Off,
    /// At the planned times.
    On,
}

/// The latest prompt that was sent, or is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPrompt {
    /// The prompt's id. A writer may have taken the prompt out since.
    pub id: String,
    /// Its title when it was sent; empty in records that are older than this.
    #[serde(default)]
    pub title: String,
    /// The number of its keyboard.
    pub number: u32,
    /// Its message in the chat, once Telegram has taken it.
    pub message: Option<MessageId>,
    /// When it was decided.
    pub at: Timestamp,
    /// Its buttons are still there.
    pub live: bool,
    /// It was put off before, which is done once.
    #[serde(default)]
    pub put_off: bool,
    /// The entry that answers it, once there is one.
    pub entry: Option<u32>,
}

/// A message with live buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// The number of its keyboard.
    pub number: u32,
    /// Its message in the chat, once Telegram has taken it.
    pub message: Option<MessageId>,
}

/// A prompt that comes once more, later. The schedule stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snoozed {
    /// The prompt's id.
    pub id: String,
    /// When it comes.
    pub at: Timestamp,
}

/// Typed text that a question of the bot asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asking {
    /// Nothing any more: older versions asked for a time like this. It is an [`OpenQuestion`] now.
    Time,
    /// Something for the journal, asked at this moment.
    Journal(AskingJournal, Timestamp),
}

/// Typed text that the journal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskingJournal {
    /// What to search for.
    Search,
    /// At which day the journal is to be opened.
    Read,
    /// For which earlier day a note is.
    Day,
    /// The note for this day.
    Note(Date),
    /// What more belongs to the note for an earlier day, the entry with this number.
    More(u32),
    /// The new words of the entry with this number.
    Words(u32),
}

/// What a parent set, besides what has a place of its own.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "is_default")])]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Now and then something comes back that was written on this day before.
    pub on_this_day: bool,
    /// What can be typed to change what was chosen, or is asked for so.
    pub asking: Option<OpenQuestion>,
}

/// A question that can be answered by typing: on a page of the settings, at the start, or at `/tijd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// What it asks for.
    pub what: Asked,
    /// The number of the keyboard that it stands with: when that is no longer the live one, nothing is asked any more.
    pub keyboard: u32,
    /// Text that comes later is no answer to it.
    pub until: Timestamp,
    /// What other text is.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// It asks which of these two was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub which: Option<[Slot; 2]>,
}

/// What short text is that is typed while a question is open, and is no answer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Otherwise {
    /// An answer that was not understood: the parent was asked to type, and is asked again.
    #[default]
    Misread,
    /// A reply like any other: the parent was asked to tap. It closes the question.
    Reply,
}

/// What a question asks for that can be answered by typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// A time of day for the prompts, on a page of the settings.
    Time {
        /// Whether the others stay.
        add: bool,
    },
    /// The days for the prompts.
    Days,
    /// A time of day for the prompts, at the start or at `/tijd`: the days are asked next.
    StartTime,
    /// The days for the prompts, at the start or at `/tijd`.
    StartDays,
    /// A city.
    Zone,
    /// A prompt of the parent's own.
    OwnPrompt,
}

/// Sentences that are said once.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "is_default")])]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// What the heart means.
    pub first_kept: bool,
    /// What a loose note is.
    pub first_note: bool,
}

impl Parent {
    /// A record for somebody the bot has not met.
    pub fn stranger(chat: ChatId) -> Self {
        Self {
            chat,
            ..Self::default()
        }
    }

    /// Whether nothing is known of this parent but where they are and what language their app has.
    pub fn is_nobody(&self) -> bool {
        let nobody = Self {
            language: self.language.clone(),
            ..Self::stranger(self.chat)
        };
        *self == nobody
    }

    /// When something is to be done for this parent of the bot's own accord; `None` when nothing is planned.
    ///
    /// The store's agenda is derived from this on every commit, so it can never disagree with the record.
    pub fn due(&self) -> Option<Timestamp> {
        let planned = self.planned.map(|planned| planned.at);
        let snoozed = self.snoozed.as_ref().map(|snoozed| snoozed.at);
        planned
            .into_iter()
            .chain(snoozed)
            .chain(self.pause_ends())
            .chain(self.retention.due())
            .chain(self.flows.due())
            .chain(self.journal.due())
            .chain(self.crisis.due())
            .min()
    }

    /// Lets go of everything that is due by `now`, undone: what could not be decided would be due for ever.
    pub fn let_go(&mut self, now: Timestamp) {
        self.snoozed.take_if(|snoozed| snoozed.at <= now);
        self.take_pause_end(now);
        self.flows.let_go(now);
        if let Some(due) = self.retention.due().filter(|due| *due <= now) {
            let tomorrow = now
                .max(due)
                .checked_add(SignedDuration::from_hours(24))
                .unwrap_or(Timestamp::MAX);
            self.retention.put_off(tomorrow);
        }
        self.journal.let_go();
        self.crisis.forget(now);
        self.plan(now);
    }

    /// Forgets that there was this entry. Returns the message of the latest prompt when the entry was its answer: it has none now.
    pub fn forget_entry(&mut self, entry: u32) -> Option<MessageId> {
        self.journal.forget(entry);
        self.open_note.take_if(|(id, _)| *id == entry);
        let answered = self.prompt.as_mut();
        let open = answered.filter(|open| open.entry == Some(entry))?;
        open.entry = None;
        open.live = false;
        open.message
    }

    /// What has to be different in a record that comes out of a backup: what was begun then is not gone on with, and the numbers of entries and keyboards go on behind any
    /// that were given since, so that no old button in the chat stands for something new.
    pub fn come_back(&mut self) {
        self.flows.leave();
        self.asking = None;
        self.settings.asking = None;
        self.open_note = None;
        self.journal.search = None;
        self.journal.looked_back = None;
        self.next_entry = self.next_entry.saturating_add(SINCE_BACKUP);
        self.keyboard = self.keyboard.wrapping_add(SINCE_BACKUP);
    }

    /// Whether the parent's words may be kept under the explanation in force.
    pub fn keeps(&self, consent_version: &str) -> bool {
        matches!(&self.consent, Consent::Given { version, .. } if version == consent_version)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn what_has_its_default_is_not_written_but_for_the_schedule() {
        let nobody = Parent::stranger(ChatId(7));
        let written = minicbor_serde::to_vec(&nobody).unwrap();
        let names = |name: &str| {
            let name = name.as_bytes();
            written.windows(name.len()).any(|part| part == name)
        };
        assert!(names("chat") && names("schedule") && names("times"));
        assert!(!names("deck") && !names("journal"));
        let read: Parent = minicbor_serde::from_slice(&written).unwrap();
        assert_eq!(read, nobody);
    }

    #[test]
    fn a_question_of_an_older_version_is_one_that_asks_to_type() {
        #[derive(Serialize)]
        struct Older {
            what: Asked,
            keyboard: u32,
            until: Timestamp,
        }
        let older = Older {
            what: Asked::Time { add: true },
            keyboard: 7,
            until: Timestamp::UNIX_EPOCH,
        };
        let written = minicbor_serde::to_vec(&older).unwrap();
        let read: OpenQuestion = minicbor_serde::from_slice(&written).unwrap();
        assert_eq!((read.what, read.keyboard), (older.what, older.keyboard));
        assert_eq!(read.otherwise, Otherwise::Misread);
    }

    #[test]
    fn nothing_is_asked_in_a_record_that_comes_out_of_a_backup() {
        let mut parent = Parent::stranger(ChatId(7));
        parent.asking = Some(Asking::Journal(AskingJournal::Read, Timestamp::UNIX_EPOCH));
        parent.settings.asking = Some(OpenQuestion {
            what: Asked::Zone,
            keyboard: 7,
            until: Timestamp::UNIX_EPOCH,
            otherwise: Otherwise::Misread,
            which: None,
        });
        parent.come_back();
        assert_eq!((parent.asking, parent.settings.asking), (None, None));
    }
}
