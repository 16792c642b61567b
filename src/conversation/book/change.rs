//! Changing and erasing entries.

use super::{ask, page_tap, tap::BookTap};
use crate::{
    conversation::{
        Entry, EntryId, JournalChange, Message, MessageRef, Part, Unreadable, reply,
        tap::Tap,
        turn::{Done, Turn},
    },
    parent::{AskingJournal, MessageId, Words},
};

/// Asks for the new words of an entry. The page with the old ones stays above the question, to be copied from.
pub(super) fn edit_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    id: EntryId,
) -> Result<Option<String>, Unreadable> {
    let texts = turn.texts();
    if !turn.keeps() {
        turn.say(texts.error.needs_consent.as_str());
        return Ok(None);
    }
    let Some(entry) = turn.scene.journal.entry(id)? else {
        // It was erased below the answer to its heavy words, while its page was open.
        page_tap(turn, message, id, 0)?;
        return Ok(Some(texts.error.old_button.as_str().to_owned()));
    };
    let text = match entry.spoken().next() {
        Some(_) => &texts.journal.edit_ask_spoken,
        None => &texts.journal.edit_ask,
    };
    ask(turn, AskingJournal::Words(id.0), text.as_str().to_owned());
    Ok(None)
}

/// Puts new words in the place of all that was typed in an entry. What was spoken stays.
///
/// They are one part, which came in this message. The messages of the former parts no longer belong to the entry: editing them changes nothing.
pub(super) fn rewrite(
    turn: &mut Turn<'_>,
    message: &Message,
    words: &Words,
    mut entry: Entry,
) -> Done {
    if !reply::may_keep(turn, words) {
        return Ok(());
    }
    turn.parent.asking = None;
    turn.close_menu();
    let (mut parts, typed): (Vec<Part>, Vec<Part>) = entry
        .parts
        .into_iter()
        .partition(|part| part.spoken.is_some());
    let former = typed.iter().map(|part| JournalChange::Unlink(part.message));
    turn.journal.extend(former);
    parts.push(Part::typed(message.id, words.clone()));
    entry.parts = parts;
    let link = MessageRef::Part(entry.id);
    turn.journal.push(JournalChange::Put(entry));
    turn.journal.push(JournalChange::Link(message.id, link));
    turn.say_softly(turn.texts().journal.edit_done.as_str(), message.id);
    Ok(())
}

/// Asks whether the entry is to be erased.
pub(in crate::conversation) fn erase_tap(turn: &mut Turn<'_>, id: EntryId) -> Option<String> {
    let texts = &turn.texts().journal;
    let rows = vec![vec![
        (texts.btn_erase_yes.as_str(), Tap::EraseEntryYes(id)),
        (texts.btn_erase_no.as_str(), Tap::Book(BookTap::Close)),
    ]];
    turn.menu(texts.erase_ask.as_str(), rows);
    None
}

/// Erases the entry.
pub(in crate::conversation) fn erase_yes_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    id: EntryId,
) -> Result<Option<String>, Unreadable> {
    if let Some(entry) = turn.scene.journal.entry(id)? {
        erase(turn, &entry)?;
    }
    turn.turn_menu(
        message,
        turn.texts().journal.erase_done.as_str(),
        Vec::new(),
    );
    Ok(None)
}

/// Erases what came in this message, if it is a part of this entry; the entry itself when nothing else is in it.
pub(in crate::conversation) fn erase_part(
    turn: &mut Turn<'_>,
    id: EntryId,
    message: MessageId,
) -> Done {
    let Some(entry) = turn.scene.journal.entry(id)? else {
        return Ok(());
    };
    let is_it = |part: &Part| part.message == message;
    if entry.parts.iter().all(is_it) {
        return erase(turn, &entry);
    }
    if entry.parts.iter().any(is_it) {
        turn.erased = true;
        turn.journal.push(JournalChange::ErasePart(id, message));
        turn.journal.push(JournalChange::Unlink(message));
    }
    Ok(())
}

/// Takes an entry out of the journal, with everything that points to it.
pub(in crate::conversation) fn erase(turn: &mut Turn<'_>, entry: &Entry) -> Done {
    turn.erased = true;
    turn.journal.push(JournalChange::Erase(entry.id));
    turn.journal.extend(
        entry
            .parts
            .iter()
            .map(|part| JournalChange::Unlink(part.message)),
    );
    if let Some(message) = turn.parent.forget_entry(entry.id.0) {
        if let Some(prompt) = entry.prompt.clone() {
            turn.journal.push(JournalChange::Link(
                message,
                MessageRef::Prompt {
                    prompt,
                    entry: None,
                },
            ));
        }
        turn.take_buttons(message);
    }
    Ok(())
}
