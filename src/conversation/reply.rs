//! What a parent types of their own accord: the answer to a prompt, a loose note, or an edit of either.
//!
//! Nothing is kept without consent to the explanation in force. What is kept gets a heart, which goes out only after the commit.

use jiff::{SignedDuration, civil::Date};
use rand::RngExt;

use super::{
    BookTap, Class, Content, Effect, Entry, EntryId, JournalChange, Keyboard, Message, MessageRef,
    Part, PromptRef, Purpose, Unreadable, consented, crisis, daily,
    fit::units,
    flow, onboarding, question,
    tap::Tap,
    turn::{Done, Turn},
};
use crate::parent::{Asking, AskingJournal, Consent, MessageId, Words};

/// Text without Telegram's reply answers the latest prompt when that is at most this old (content part 2: half of the answers come hours later).
const ANSWERS_FOR: SignedDuration = SignedDuration::from_hours(36);

/// Loose text within this time of the former loose text is part of the same note.
const NOTE_STAYS_OPEN: SignedDuration = SignedDuration::from_mins(30);

/// The longest text that is kept as one part: Telegram's own limit for a message, in UTF-16 units.
pub(super) const LONGEST: usize = 4096;

/// An entry of this many parts is full; what comes next begins a new one. Bounds the work of adding a part.
const MOST_PARTS: usize = 40;

/// What typed text belongs to.
enum Target {
    /// A prompt; its message when it is known, and its entry when there is one.
    Prompt {
        prompt: PromptRef,
        message: Option<MessageId>,
        entry: Option<EntryId>,
    },
    /// An entry that the parent replied to.
    Entry(EntryId),
    /// Nothing in particular.
    Note,
    /// An earlier day that the parent named.
    Day(Date),
}

/// Keeps what a parent typed, if it may be kept.
pub(super) fn wrote(turn: &mut Turn<'_>, message: &Message, words: &Words) -> Done {
    if !may_keep(turn, words) {
        return Ok(());
    }
    let target = target(turn, message)?;
    keep(turn, message.id, words, target)
}

/// Keeps what a parent typed as a loose note for an earlier day. Until they say that it is done, what they type next joins it.
pub(super) fn note_for(turn: &mut Turn<'_>, message: &Message, words: &Words, day: Date) -> Done {
    if !may_keep(turn, words) {
        return Ok(());
    }
    turn.close_menu();
    keep(turn, message.id, words, Target::Day(day))?;
    let texts = &turn.texts().journal;
    let text = texts.backdate_more.fill(&[("date", &turn.date(day))]);
    let done = (texts.btn_done.as_str(), Tap::Book(BookTap::Close));
    turn.menu(text, vec![vec![done]]);
    Ok(())
}

/// Keeps what a parent typed as a part of an entry that is there; of a new loose note when it is not there any more.
pub(super) fn add_to(
    turn: &mut Turn<'_>,
    message: &Message,
    words: &Words,
    entry: EntryId,
) -> Done {
    if !may_keep(turn, words) {
        return Ok(());
    }
    let stays = Asking::Journal(AskingJournal::More(entry.0), turn.scene.now);
    turn.parent.asking = Some(stays);
    keep(turn, message.id, words, Target::Entry(entry))
}

/// Whether these words may be kept; says why when they may not.
pub(super) fn may_keep(turn: &mut Turn<'_>, words: &Words) -> bool {
    let texts = turn.texts();
    if units(words.reveal()) > LONGEST {
        turn.say(texts.error.too_long.fill(&[("max", &LONGEST.to_string())]));
        return false;
    }
    if turn.keeps() {
        return true;
    }
    match turn.parent.consent {
        Consent::Given { .. } => onboarding::ask_again(turn),
        Consent::Open | Consent::Declined => {
            turn.parent.wrote_on = Some(turn.today());
            turn.parent.snoozed = None;
            turn.say(texts.consent.no_store_reply.as_str());
        }
    }
    false
}

/// Telegram's own reply says it; else the latest prompt, while it is young enough; else it is a loose note.
fn target(turn: &Turn<'_>, message: &Message) -> Result<Target, Unreadable> {
    if let Some(replied) = message.reply_to {
        match turn.scene.journal.message(replied)? {
            Some(MessageRef::Prompt { prompt, entry }) => {
                return Ok(Target::Prompt {
                    prompt,
                    message: Some(replied),
                    entry,
                });
            }
            Some(MessageRef::Part(entry)) => return Ok(Target::Entry(entry)),
            None => {}
        }
    }
    if let Some((prompt, asked)) = flow::question(turn)
        && turn.scene.now.duration_since(asked.at) <= ANSWERS_FOR
    {
        return Ok(Target::Prompt {
            prompt,
            message: asked.message,
            entry: asked.entry.map(EntryId),
        });
    }
    let Some(open) = &turn.parent.prompt else {
        return Ok(Target::Note);
    };
    if turn.scene.now.duration_since(open.at) > ANSWERS_FOR {
        return Ok(Target::Note);
    }
    let prompt = PromptRef {
        id: open.id.clone(),
        title: question::title(turn, &open.id),
    };
    Ok(Target::Prompt {
        prompt,
        message: open.message,
        entry: open.entry.map(EntryId),
    })
}

fn keep(turn: &mut Turn<'_>, message: MessageId, words: &Words, target: Target) -> Done {
    let is_note = matches!(target, Target::Note);
    let joined = match &target {
        Target::Prompt { entry, .. } => *entry,
        Target::Entry(entry) => Some(*entry),
        Target::Note => open_note(turn),
        Target::Day(_) => None,
    };
    let part = Part {
        message,
        words: words.clone(),
    };
    let former = match joined {
        Some(id) => turn
            .scene
            .journal
            .entry(id)?
            .filter(|entry| entry.parts.len() < MOST_PARTS),
        None => None,
    };
    let is_new = former.is_none();
    let entry = match former {
        Some(mut entry) => {
            entry.parts.push(part);
            entry
        }
        None => new_entry(turn, part, &target),
    };
    let id = entry.id;
    turn.journal.push(JournalChange::Put(entry));
    turn.journal
        .push(JournalChange::Link(message, MessageRef::Part(id)));
    if is_note {
        turn.parent.open_note = Some((id.0, turn.scene.now));
    }
    if let Target::Day(_) = target {
        let more = AskingJournal::More(id.0);
        turn.parent.asking = Some(Asking::Journal(more, turn.scene.now));
    }
    if let Target::Prompt {
        prompt,
        message: asked,
        ..
    } = target
    {
        answer_prompt(turn, prompt, asked, id, is_new);
    }
    turn.parent.wrote_on = Some(turn.today());
    acknowledge(turn, message, is_note.then_some(id));
    Ok(())
}

/// The loose note that this text still belongs to.
fn open_note(turn: &Turn<'_>) -> Option<EntryId> {
    let (id, at) = turn.parent.open_note?;
    (turn.scene.now.duration_since(at) <= NOTE_STAYS_OPEN).then_some(EntryId(id))
}

fn new_entry(turn: &mut Turn<'_>, part: Part, target: &Target) -> Entry {
    let id = EntryId(turn.parent.next_entry);
    turn.parent.next_entry += 1;
    let today = turn.today();
    let (prompt, day) = match target {
        Target::Prompt { prompt, .. } => (Some(prompt.clone()), today),
        Target::Entry(_) | Target::Note => (None, today),
        Target::Day(day) => (None, *day),
    };
    if day < today {
        turn.parent.journal.backdate(day, id.0);
    }
    Entry {
        id,
        day,
        written: turn.scene.now,
        prompt,
        parts: vec![part],
        heavy: false,
    }
}

fn answer_prompt(
    turn: &mut Turn<'_>,
    prompt: PromptRef,
    message: Option<MessageId>,
    entry: EntryId,
    is_new: bool,
) {
    turn.parent
        .snoozed
        .take_if(|put_off| put_off.id == prompt.id);
    if !is_new {
        return;
    }
    flow::answered(turn, &prompt, entry);
    let id = prompt.id.clone();
    if let Some(message) = message {
        turn.journal.push(JournalChange::Link(
            message,
            MessageRef::Prompt {
                prompt,
                entry: Some(entry),
            },
        ));
    }
    // An answer to an older prompt leaves the buttons of the latest one alone.
    let latest = turn
        .parent
        .prompt
        .as_mut()
        .filter(|open| open.id == id && (message.is_none() || open.message == message));
    if let Some(open) = latest {
        open.entry = Some(entry.0);
        daily::show_answered(turn);
    }
}

/// A heart, and then silence; the first time with a sentence that says what the heart means, unless the day is a heavy one.
pub(super) fn acknowledge(turn: &mut Turn<'_>, message: MessageId, note: Option<EntryId>) {
    let texts = turn.texts();
    turn.put(
        Effect::Heart { message },
        Class::Interactive,
        Purpose::Kept,
        None,
    );
    if crisis::is_quiet(turn) {
        return;
    }
    let first_kept = !std::mem::replace(&mut turn.parent.said.first_kept, true);
    let first_note = note.filter(|_| !std::mem::replace(&mut turn.parent.said.first_note, true));
    match (first_kept, first_note) {
        (first_kept, Some(entry)) => {
            let mut text = texts.ack.note_first.as_str().to_owned();
            if first_kept {
                text = format!("{text}\n\n{}", texts.ack.first.as_str());
            }
            turn.menu(
                text,
                vec![vec![(
                    texts.ack.btn_erase_note.as_str(),
                    Tap::EraseEntry(entry),
                )]],
            );
        }
        (true, None) => turn.say(texts.ack.first.as_str()),
        (false, None) => {}
    }
}

/// Telegram refused the heart: a line says the same, never the same one twice in a row.
pub(super) fn say_kept(turn: &mut Turn<'_>) {
    if crisis::is_quiet(turn) {
        let kept = turn.texts().crisis.kept.as_str().to_owned();
        turn.send(kept, Keyboard::default(), true, None, Purpose::Plain);
        return;
    }
    let lines = &turn.texts().ack.lines;
    let last = turn.parent.last_ack.map(usize::from);
    let others: Vec<usize> = (0..lines.len())
        .filter(|line| Some(*line) != last)
        .collect();
    if others.is_empty() {
        return;
    }
    let line = others[turn.chance.random_range(0..others.len())];
    turn.parent.last_ack = u8::try_from(line).ok();
    turn.send(
        lines[line].as_str().to_owned(),
        Keyboard::default(),
        true,
        None,
        Purpose::Plain,
    );
}

/// The parent edited a message: the part that came in it says the new words.
///
/// An edit of anything that is not in the journal changes nothing: what was erased does not come back.
pub(super) fn edited(turn: &mut Turn<'_>, message: &Message) -> Done {
    let Content::Text(words) = &message.content else {
        return Ok(());
    };
    let Some((mut entry, place)) = part_in(turn, message.id)? else {
        return Ok(());
    };
    let part = &mut entry.parts[place];
    if part.words == *words || words.reveal().trim().is_empty() {
        return Ok(());
    }
    let texts = turn.texts();
    if words.reveal().encode_utf16().count() > LONGEST {
        turn.say(texts.error.too_long.fill(&[("max", &LONGEST.to_string())]));
        return Ok(());
    }
    if !turn.keeps() {
        match consented(&turn.parent) {
            _ if crisis::is_heavy(turn) => {}
            true => onboarding::ask_again(turn),
            false => turn.say(texts.consent.no_store_reply.as_str()),
        }
        return Ok(());
    }
    part.words = words.clone();
    turn.journal.push(JournalChange::Put(entry));
    turn.say_softly(texts.ack.edited.as_str(), message.id);
    Ok(())
}

/// Whether the journal holds this message, and with the words that it has.
pub(super) fn says_the_same(turn: &Turn<'_>, message: &Message) -> Result<bool, Unreadable> {
    let Content::Text(words) = &message.content else {
        return Ok(false);
    };
    let part = part_in(turn, message.id)?;
    Ok(part.is_some_and(|(entry, place)| entry.parts[place].words == *words))
}

/// The entry with the part that came in this message, and the place of that part.
fn part_in(turn: &Turn<'_>, message: MessageId) -> Result<Option<(Entry, usize)>, Unreadable> {
    let Some(MessageRef::Part(id)) = turn.scene.journal.message(message)? else {
        return Ok(None);
    };
    let Some(entry) = turn.scene.journal.entry(id)? else {
        return Ok(None);
    };
    let place = entry.parts.iter().position(|part| part.message == message);
    Ok(place.map(|place| (entry, place)))
}
