//! `/dagboek`: the parent's own entries, newest first, one at a time in a message that turns its pages in place.

use super::{
    Entry, EntryId, JournalChange, MessageRef, Unreadable,
    tap::Tap,
    turn::{Done, Row, Turn},
};
use crate::parent::MessageId;

/// An entry longer than this many UTF-16 units is read in pieces, so that a page with its date and title always fits a message of 4,096.
const PIECE: usize = 3600;

/// Opens the journal at the newest entry.
pub(super) fn open(turn: &mut Turn<'_>) -> Done {
    let texts = turn.texts();
    match newest(turn)? {
        Some(entry) => {
            let (page, rows) = page(turn, &entry, 0)?;
            let text = format!("{}\n\n{page}", texts.journal.header.as_str());
            turn.menu(text, rows);
        }
        None if turn.keeps() => turn.say(texts.journal.empty.as_str()),
        None => turn.say(texts.error.needs_consent.as_str()),
    }
    Ok(())
}

/// The newest entry.
pub(super) fn newest(turn: &Turn<'_>) -> Result<Option<Entry>, Unreadable> {
    Ok(turn.scene.journal.older(None, 1)?.pop())
}

/// Turns the page. When the entry is gone meanwhile, the journal opens at the newest.
pub(super) fn page_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    id: EntryId,
    piece: u8,
) -> Result<Option<String>, Unreadable> {
    let wanted = turn.scene.journal.entry(id)?;
    let (entry, piece) = match wanted {
        Some(entry) => (Some(entry), piece),
        None => (newest(turn)?, 0),
    };
    match entry {
        Some(entry) => {
            let (text, rows) = page(turn, &entry, piece)?;
            turn.turn_menu(message, text, rows);
        }
        None => turn.turn_menu(message, turn.texts().journal.empty.as_str(), Vec::new()),
    }
    Ok(None)
}

fn page<'a>(
    turn: &Turn<'a>,
    entry: &Entry,
    piece: u8,
) -> Result<(String, Vec<Row<'a>>), Unreadable> {
    let texts = &turn.texts().journal;
    let pieces = pieces(entry);
    let piece = usize::from(piece).min(pieces.len().saturating_sub(1));
    let title = entry
        .prompt
        .as_ref()
        .map_or(texts.note_title.as_str(), |prompt| &prompt.title);
    let shown = pieces.get(piece).map_or("", String::as_str);
    let text = texts.entry.fill(&[
        ("date", &turn.date(entry.day)),
        ("title", title),
        ("text", shown),
    ]);

    let mut turning: Row<'a> = Vec::new();
    if let Some(newer) = newer(turn, entry, piece)? {
        turning.push((texts.btn_newer.as_str(), newer));
    }
    if let Some(older) = older(turn, entry, piece, pieces.len())? {
        turning.push((texts.btn_older.as_str(), older));
    }
    let mut rows = vec![turning];
    rows.retain(|row| !row.is_empty());
    rows.push(vec![
        (texts.btn_erase.as_str(), Tap::EraseEntry(entry.id)),
        (texts.btn_close.as_str(), Tap::Close),
    ]);
    Ok((text, rows))
}

fn newer(turn: &Turn<'_>, entry: &Entry, piece: usize) -> Result<Option<Tap>, Unreadable> {
    if let Some(former) = piece.checked_sub(1) {
        return Ok(Some(Tap::Page(
            entry.id,
            u8::try_from(former).unwrap_or(u8::MAX),
        )));
    }
    let newer = turn.scene.journal.newer(entry.id, 1)?;
    Ok(newer.first().map(|entry| Tap::Page(entry.id, 0)))
}

fn older(
    turn: &Turn<'_>,
    entry: &Entry,
    piece: usize,
    pieces: usize,
) -> Result<Option<Tap>, Unreadable> {
    if piece + 1 < pieces {
        return Ok(Some(Tap::Page(
            entry.id,
            u8::try_from(piece + 1).unwrap_or(u8::MAX),
        )));
    }
    let older = turn.scene.journal.older(Some(entry.id), 1)?;
    Ok(older.first().map(|entry| Tap::Page(entry.id, 0)))
}

/// The words of an entry in pieces that fit a message, broken at white space where there is some.
fn pieces(entry: &Entry) -> Vec<String> {
    let whole: Vec<&str> = entry.parts.iter().map(|part| part.words.reveal()).collect();
    let whole = whole.join("\n\n");
    let mut pieces = Vec::new();
    let mut rest = whole.as_str();
    while !rest.is_empty() {
        let (piece, left) = rest.split_at(end_of_piece(rest));
        pieces.push(piece.trim().to_owned());
        rest = left.trim_start();
    }
    pieces
}

fn end_of_piece(text: &str) -> usize {
    let mut units = 0;
    let mut at_space = None;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if units > PIECE {
            return at_space.unwrap_or(at);
        }
        if char.is_whitespace() {
            at_space = Some(at);
        }
    }
    text.len()
}

/// Asks whether the entry is to be erased.
pub(super) fn erase_tap(turn: &mut Turn<'_>, id: EntryId) -> Option<String> {
    let texts = &turn.texts().journal;
    let rows = vec![vec![
        (texts.btn_erase_yes.as_str(), Tap::EraseEntryYes(id)),
        (texts.btn_erase_no.as_str(), Tap::Close),
    ]];
    turn.menu(texts.erase_ask.as_str(), rows);
    None
}

/// Erases the entry.
pub(super) fn erase_yes_tap(
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

/// Takes an entry out of the journal, with everything that points to it.
pub(super) fn erase(turn: &mut Turn<'_>, entry: &Entry) -> Done {
    turn.journal.push(JournalChange::Erase(entry.id));
    turn.journal.extend(
        entry
            .parts
            .iter()
            .map(|part| JournalChange::Unlink(part.message)),
    );
    if turn
        .parent
        .open_note
        .is_some_and(|(id, _)| id == entry.id.0)
    {
        turn.parent.open_note = None;
    }
    let answered = turn
        .parent
        .prompt
        .as_mut()
        .filter(|open| open.entry == Some(entry.id.0));
    if let Some(open) = answered {
        open.entry = None;
        open.live = false;
        if let Some(message) = open.message {
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
    }
    Ok(())
}
