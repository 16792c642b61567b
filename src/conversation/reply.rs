//! What a parent types of their own accord: the answer to a prompt, a loose note, or an edit of either. What they say is [kept](keep) the same
//! way.
//!
//! Nothing is kept without consent to the explanation in force. What is kept gets a heart, which goes out only after the commit.

use jiff::{SignedDuration, Timestamp, civil::Date};
use rand::RngExt;

use super::{
    BookTap, Class, Content, Effect, Entry, EntryId, JournalChange, Keyboard, Message, MessageRef,
    Part, PromptRef, Purpose, Target, Unreadable, consented, crisis, daily,
    fit::units,
    flow, onboarding,
    tap::Tap,
    target,
    turn::{Done, Turn},
};
use crate::parent::{Asking, AskingJournal, Consent, MessageId, Words};

/// Loose text within this time of the former loose text is part of the same note.
const NOTE_STAYS_OPEN: SignedDuration = SignedDuration::from_mins(30);

/// The longest text that is kept as one part: Telegram's own limit for a message, in UTF-16 units.
pub(crate) const LONGEST: usize = 4096;

/// An entry of this many parts is full; what comes next begins a new one. Bounds the work of adding a part.
pub(crate) const MOST_PARTS: usize = 40;

/// An entry with so many bytes of sound is full too, so that an entry always fits a document of `/export`.
const MOST_SOUND: usize = 19_000_000;

/// Keeps what a parent typed, if it may be kept.
pub(super) fn wrote(turn: &mut Turn<'_>, message: &Message, words: &Words) -> Done {
    if !may_keep(turn, words) {
        return Ok(());
    }
    let target = target::of(turn, message)?;
    keep_words(turn, message.id, words, target)?;
    Ok(())
}

/// Keeps what a parent typed as a loose note for an earlier day. Until they say that it is done, what they type next joins it.
pub(super) fn note_for(turn: &mut Turn<'_>, message: &Message, words: &Words, day: Date) -> Done {
    if !may_keep(turn, words) {
        return Ok(());
    }
    turn.close_menu();
    let entry = keep_words(turn, message.id, words, Target::Day(day))?;
    ask_more(turn, day, entry);
    Ok(())
}

/// Until the parent says that it is done, what they type next joins the note for an earlier day.
pub(super) fn ask_more(turn: &mut Turn<'_>, day: Date, entry: EntryId) {
    let more = AskingJournal::More(entry.0);
    turn.parent.asking = Some(Asking::Journal(more, turn.scene.now));
    let texts = &turn.texts().journal;
    let text = texts.backdate_more.fill(&[("date", &turn.date(day))]);
    let done = (texts.btn_done.as_str(), Tap::Book(BookTap::Close));
    turn.menu(text, vec![vec![done]]);
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
    keep_words(turn, message.id, words, Target::Entry(entry))?;
    Ok(())
}

/// Whether these words may be kept; says why when they may not.
pub(super) fn may_keep(turn: &mut Turn<'_>, words: &Words) -> bool {
    let texts = turn.texts();
    if units(words.reveal()) > LONGEST {
        turn.say(texts.error.too_long.fill(&[("max", &LONGEST.to_string())]));
        return false;
    }
    may_keep_anything(turn)
}

/// Whether anything new may be kept; says why when it may not.
pub(super) fn may_keep_anything(turn: &mut Turn<'_>) -> bool {
    if turn.keeps() {
        return true;
    }
    match turn.parent.consent {
        Consent::Given { .. } => onboarding::ask_again(turn),
        Consent::Open | Consent::Declined => {
            turn.parent.wrote_on = turn.parent.wrote_on.max(Some(turn.day_sent()));
            turn.parent.snoozed = None;
            turn.say(turn.texts().consent.no_store_reply.as_str());
        }
    }
    false
}

fn keep_words(
    turn: &mut Turn<'_>,
    message: MessageId,
    words: &Words,
    target: Target,
) -> Result<EntryId, Unreadable> {
    let part = Part::typed(message, words.clone());
    keep(turn, part, target, turn.sent)
}

/// Keeps what the parent sent at this moment, and shows that it is kept. Returns the entry that it is now in.
pub(super) fn keep(
    turn: &mut Turn<'_>,
    part: Part,
    target: Target,
    sent: Timestamp,
) -> Result<EntryId, Unreadable> {
    let message = part.message;
    let is_note = matches!(target, Target::Note);
    let joined = match &target {
        Target::Prompt { entry, .. } => *entry,
        Target::Entry(entry) => Some(*entry),
        Target::Note => open_note(turn, sent),
        Target::Day(_) => None,
    };
    let former = match joined {
        Some(id) => turn
            .scene
            .journal
            .entry(id)?
            .filter(|entry| has_room(entry, &part) && answers(entry, &target)),
        None => None,
    };
    let is_new = former.is_none();
    let entry = match former {
        Some(mut entry) => {
            // What was spoken comes here later than what was typed after it.
            let before = entry
                .parts
                .iter()
                .rposition(|former| former.message.0 < message.0);
            entry.parts.insert(before.map_or(0, |at| at + 1), part);
            entry
        }
        None => new_entry(turn, part, &target, sent),
    };
    let id = entry.id;
    turn.journal.push(JournalChange::Put(entry));
    turn.journal
        .push(JournalChange::Link(message, MessageRef::Part(id)));
    if is_note {
        let latest = turn.parent.open_note.filter(|(open, _)| *open == id.0);
        let latest = latest.map_or(sent, |(_, at)| at.max(sent));
        turn.parent.open_note = Some((id.0, latest));
    }
    if let Target::Prompt {
        prompt,
        message: asked,
        ..
    } = target
    {
        answer_prompt(turn, prompt, asked, id, is_new);
    }
    turn.parent.wrote_on = turn.parent.wrote_on.max(Some(turn.local_date(sent)));
    acknowledge(turn, message, is_note.then_some(id));
    Ok(id)
}

/// Whether an entry is what the target takes it for: after a journal came back, the number of an erased answer may be that of another entry.
fn answers(entry: &Entry, target: &Target) -> bool {
    match target {
        Target::Prompt { prompt, .. } => entry
            .prompt
            .as_ref()
            .is_some_and(|answered| answered.id == prompt.id),
        Target::Entry(_) | Target::Note | Target::Day(_) => true,
    }
}

/// Whether an entry can take one more part.
fn has_room(entry: &Entry, part: &Part) -> bool {
    let parts = entry.parts.iter().chain([part]);
    let sound = parts
        .filter_map(|part| part.spoken)
        .map(|spoken| spoken.bytes as usize);
    entry.parts.len() < MOST_PARTS && sound.sum::<usize>() <= MOST_SOUND
}

/// The loose note that what was sent at this moment still belongs to.
fn open_note(turn: &Turn<'_>, sent: Timestamp) -> Option<EntryId> {
    let (id, at) = turn.parent.open_note?;
    (sent.duration_since(at) <= NOTE_STAYS_OPEN).then_some(EntryId(id))
}

fn new_entry(turn: &mut Turn<'_>, part: Part, target: &Target, sent: Timestamp) -> Entry {
    let id = EntryId(turn.parent.next_entry);
    turn.parent.next_entry += 1;
    let today = turn.local_date(sent);
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
        written: sent,
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

/// The parent edited a message: the part that came in it says the new words. Of a voice note only what stands below it can be edited.
///
/// An edit of anything that is not in the journal changes nothing: what was erased does not come back.
pub(super) fn edited(turn: &mut Turn<'_>, message: &Message) -> Done {
    let Some(words) = words_to_keep(message) else {
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
    let Some(words) = words_to_keep(message) else {
        return Ok(false);
    };
    let part = part_in(turn, message.id)?;
    Ok(part.is_some_and(|(entry, place)| entry.parts[place].words == *words))
}

/// The words of a message that a part of an entry keeps: the text, or what stands below a voice note.
fn words_to_keep(message: &Message) -> Option<&Words> {
    match &message.content {
        Content::Text(words) => Some(words),
        Content::Voice(_) => Some(&message.caption),
        Content::Command { .. }
        | Content::Forwarded
        | Content::Sticker
        | Content::Photo
        | Content::Document(_)
        | Content::File
        | Content::Location
        | Content::Contact
        | Content::Other => None,
    }
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
