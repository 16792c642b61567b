//! Questions of the journal that are answered by typing, and some of them by speaking.
//!
//! A question that stands open must never swallow what was meant as a reply: the new words of an entry would overwrite it. So it waits an
//! hour, and not past anything newer that asks for an answer; a command ends it; and what is too long to be a day or a word to search for is none.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{change, tap::BookTap};
use crate::{
    conversation::{
        Content, EntryId, Message, Target, Unreadable, crisis,
        fit::units,
        reply, search,
        tap::Tap,
        target,
        turn::{Done, Turn},
    },
    parent::{Asking, AskingJournal, MessageId, Words, typed},
};

/// How long a question stays open.
const STAYS_OPEN: SignedDuration = SignedDuration::from_hours(1);

/// How long a note for an earlier day takes more text, as any loose note does; unless the parent says before that it is done.
const NOTE_STAYS_OPEN: SignedDuration = SignedDuration::from_mins(30);

/// Typed text longer than this is no day, but something the parent wants to say. In characters.
const LONGEST_DAY: usize = 40;

/// Asks for something that is to be typed.
pub(crate) fn ask(turn: &mut Turn<'_>, asking: AskingJournal, text: String) {
    let cancel = turn.texts().journal.btn_cancel.as_str();
    let rows = vec![vec![(cancel, Tap::Book(BookTap::Cancel))]];
    turn.parent.asking = Some(Asking::Journal(asking, turn.scene.now));
    turn.menu(text, rows);
}

/// Not after all.
pub(super) fn cancel_tap(turn: &mut Turn<'_>, message: MessageId) {
    turn.parent.asking = None;
    let text = turn.texts().journal.edit_cancel.as_str();
    turn.turn_menu(message, text, Vec::new());
}

/// Takes typed text as the answer to the open question; `false` when none is open, or when this answers something else.
pub(crate) fn typed(
    turn: &mut Turn<'_>,
    message: &Message,
    words: &Words,
) -> Result<bool, Unreadable> {
    let Some(asking) = open_question(turn) else {
        return Ok(false);
    };
    if !is_for_question(turn, message) {
        return Ok(false);
    }
    let length = units(words.reveal());
    match asking {
        AskingJournal::Search if length > search::LONGEST => return Ok(not_this(turn)),
        AskingJournal::Day | AskingJournal::Read if length > LONGEST_DAY => {
            return Ok(not_this(turn));
        }
        // No day; the question waits.
        AskingJournal::Day | AskingJournal::Read if crisis::is_heavy(turn) => return Ok(false),
        AskingJournal::Search => {
            turn.parent.asking = None;
            search::search(turn, words)?;
        }
        AskingJournal::Read => super::read(turn, words)?,
        AskingJournal::Day => typed_day(turn, words),
        AskingJournal::Note(day) => reply::note_for(turn, message, words, day)?,
        AskingJournal::More(entry) => reply::add_to(turn, message, words, EntryId(entry))?,
        AskingJournal::Words(entry) => typed_words(turn, message, words, EntryId(entry))?,
    }
    Ok(true)
}

/// Whether this text is something to search for.
pub(crate) fn searches(turn: &Turn<'_>, message: &Message) -> bool {
    let Content::Text(words) = &message.content else {
        return false;
    };
    standing(turn) == Some(AskingJournal::Search)
        && is_for_question(turn, message)
        && units(words.reveal()) <= search::LONGEST
}

/// What a voice note belongs to that answers the open question; `None` when none is open, or when this answers something else.
///
/// What is asked for to search or to change stays to be typed.
pub(crate) fn spoken(turn: &mut Turn<'_>, message: &Message) -> Option<Target> {
    let asking = open_question(turn)?;
    if !is_for_question(turn, message) {
        return None;
    }
    match asking {
        AskingJournal::Search | AskingJournal::Read | AskingJournal::Day => {
            turn.parent.asking = None;
            None
        }
        AskingJournal::Note(day) => Some(Target::Day(day)),
        AskingJournal::More(entry) => {
            let stays = Asking::Journal(asking, turn.scene.now);
            turn.parent.asking = Some(stays);
            Some(Target::Entry(EntryId(entry)))
        }
        AskingJournal::Words(entry) => Some(Target::Entry(EntryId(entry))),
    }
}

/// The voice note for an earlier day is kept. When that is still what was asked last, more may follow.
pub(crate) fn kept_for(turn: &mut Turn<'_>, day: Date, entry: EntryId) {
    if let Some(Asking::Journal(AskingJournal::Note(asked), _)) = turn.parent.asking
        && asked == day
    {
        turn.close_menu();
        reply::ask_more(turn, day, entry);
    }
}

/// Whether a message may be the answer to the open question: what replies to another message is not.
fn is_for_question(turn: &Turn<'_>, message: &Message) -> bool {
    let question = turn.parent.menu.and_then(|menu| menu.message);
    message.reply_to.is_none() || message.reply_to == question
}

/// What is asked for, if the question still stands. One that does not is forgotten.
fn open_question(turn: &mut Turn<'_>) -> Option<AskingJournal> {
    let standing = standing(turn);
    if standing.is_none() && matches!(turn.parent.asking, Some(Asking::Journal(..))) {
        turn.parent.asking = None;
    }
    standing
}

fn standing(turn: &Turn<'_>) -> Option<AskingJournal> {
    let Some(Asking::Journal(asking, at)) = turn.parent.asking else {
        return None;
    };
    let stays_open = match asking {
        AskingJournal::Search
        | AskingJournal::Read
        | AskingJournal::Day
        | AskingJournal::Note(_)
        | AskingJournal::Words(_) => STAYS_OPEN,
        AskingJournal::More(_) => NOTE_STAYS_OPEN,
    };
    let stands = !asked_since(turn, at) && turn.sent.duration_since(at) <= stays_open;
    stands.then_some(asking)
}

/// Whether something newer asks for an answer: a prompt, a guided flow, or a question that comes after one.
fn asked_since(turn: &Turn<'_>, at: Timestamp) -> bool {
    let parent = &turn.parent;
    let prompt = parent.prompt.as_ref().map(|prompt| prompt.at);
    let flow = parent.flows.open.as_ref().map(|flow| flow.touched);
    prompt.max(flow).max(target::asked_besides(turn)) > Some(at)
}

fn not_this(turn: &mut Turn<'_>) -> bool {
    turn.parent.asking = None;
    false
}

fn typed_day(turn: &mut Turn<'_>, words: &Words) {
    let texts = &turn.texts().journal;
    match typed::date(words.reveal(), &turn.scene.library.typed, turn.day_sent()) {
        Some(day) => {
            turn.understood();
            let text = texts.backdate_text.fill(&[("date", &turn.date(day))]);
            ask(turn, AskingJournal::Note(day), text);
        }
        None => turn.say(texts.backdate_bad.as_str()),
    }
}

fn typed_words(turn: &mut Turn<'_>, message: &Message, words: &Words, entry: EntryId) -> Done {
    match turn.scene.journal.entry(entry)? {
        Some(entry) => change::rewrite(turn, message, words, entry),
        // It was erased meanwhile: what is typed is new.
        None => {
            turn.parent.asking = None;
            reply::wrote(turn, message, words)
        }
    }
}
