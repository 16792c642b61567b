//! `/dagboek`: the parent's own entries, newest day first, one at a time in a message that turns its pages in place.
//!
//! Also what is done from there: changing an entry, erasing it, adding a note for an earlier day, and searching. An entry that was added
//! for an earlier day stands on that day ([`ByDay`]).

mod asking;
mod by_day;
mod change;
mod tap;

use jiff::civil::Date;

use super::{
    Entry, EntryId, Part, Unreadable,
    fit::cut,
    lookback, on_this_day, search,
    tap::Tap,
    turn::{Done, Row, Turn},
    voice,
};
use crate::parent::{AskingJournal, MessageId, Words, typed};

pub(super) use asking::{ask, kept_for, searches, spoken, typed};
pub(super) use by_day::ByDay;
pub(super) use change::{erase, erase_part, erase_tap, erase_yes_tap};
pub use tap::BookTap;

/// An entry longer than this many UTF-16 units is read in pieces, so that a page with its date and title always fits a message of 4,096.
const PIECE: usize = 3600;

/// `/dagboek`: opens the journal at the newest entry, or at the day that was typed behind it.
pub(super) fn command(turn: &mut Turn<'_>, day: &Words) -> Done {
    if is_empty(turn)? {
        return open_empty(turn);
    }
    if day.is_empty() {
        let header = turn.texts().journal.header.as_str();
        return open_at(turn, Date::MAX, header.to_owned());
    }
    read(turn, day)
}

/// Opens the journal at a typed day; asks for one when it is none.
fn read(turn: &mut Turn<'_>, day: &Words) -> Done {
    match typed::date(day.reveal(), &turn.scene.library.typed, turn.day_sent()) {
        Some(day) => {
            turn.understood();
            turn.parent.asking = None;
            open_at(turn, day, String::new())
        }
        None => {
            let text = turn.texts().journal.backdate_bad.as_str().to_owned();
            ask(turn, AskingJournal::Read, text);
            Ok(())
        }
    }
}

fn open_empty(turn: &mut Turn<'_>) -> Done {
    if !turn.keeps() {
        say_empty(turn);
        return Ok(());
    }
    let texts = &turn.texts().journal;
    let rows = vec![vec![
        (texts.btn_backdate.as_str(), Tap::Book(BookTap::Backdate)),
        (texts.btn_close.as_str(), Tap::Book(BookTap::Close)),
    ]];
    turn.menu(texts.empty.as_str(), rows);
    Ok(())
}

/// Opens the journal at the last entry of a day; when there is none, at the one before it, else at the one after it, and says so.
fn open_at(turn: &mut Turn<'_>, day: Date, mut header: String) -> Done {
    let by_day = ByDay::new(turn.scene.journal, &turn.parent);
    let entry = match by_day.until(day)? {
        Some(entry) => Some(entry),
        None => by_day.between(day, Date::MAX)?.pop(),
    };
    let Some(entry) = entry else {
        return open_empty(turn);
    };
    if header.is_empty() && entry.day != day {
        let date = turn.date(day);
        header = turn.texts().journal.day_none.fill(&[("date", &date)]);
    }
    let (page, rows) = page(turn, &entry, 0)?;
    let text = if header.is_empty() {
        page
    } else {
        format!("{header}\n\n{page}")
    };
    turn.menu(text, rows);
    Ok(())
}

/// The entry that was written last, whatever day it is for.
pub(super) fn newest(turn: &Turn<'_>) -> Result<Option<Entry>, Unreadable> {
    Ok(turn.scene.journal.older(None, 1)?.pop())
}

/// Whether nothing is kept yet.
pub(super) fn is_empty(turn: &Turn<'_>) -> Result<bool, Unreadable> {
    Ok(newest(turn)?.is_none())
}

/// Nothing is kept yet, or nothing is to be kept.
pub(super) fn say_empty(turn: &mut Turn<'_>) {
    let texts = turn.texts();
    if turn.keeps() {
        turn.say(texts.journal.empty.as_str());
    } else {
        turn.say(texts.error.needs_consent.as_str());
    }
}

/// What an entry is called.
pub(super) fn title<'t>(turn: &Turn<'t>, entry: &'t Entry) -> &'t str {
    let note = turn.texts().journal.note_title.as_str();
    entry.prompt.as_ref().map_or(note, |prompt| &prompt.title)
}

/// A tap on a button of the journal, the search or the look-backs.
pub(super) fn tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    tap: BookTap,
) -> Result<Option<String>, Unreadable> {
    match tap {
        BookTap::Edit(entry) => return change::edit_tap(turn, message, entry),
        BookTap::Listen(entry) => return voice::listen_tap(turn, entry),
        BookTap::Backdate => ask_day(turn),
        BookTap::Search => search::ask(turn)?,
        BookTap::Found(page) => return search::page_tap(turn, message, page),
        BookTap::Cancel => asking::cancel_tap(turn, message),
        BookTap::Close => close_tap(turn, message),
        BookTap::LookBack(period) => return lookback::period_tap(turn, message, period),
        BookTap::Picture(period) => return lookback::picture_tap(turn, message, period),
        BookTap::Sundays(wanted) => return Ok(lookback::sundays_tap(turn, message, wanted)),
        BookTap::OnThisDayOff => return Ok(on_this_day::off_tap(turn, message)),
        BookTap::OnThisDayRead(entry) => return on_this_day::read_tap(turn, message, entry),
        BookTap::OnThisDayHide(entry) => {
            return Ok(on_this_day::hide_tap(turn, message, entry));
        }
    }
    Ok(None)
}

/// The buttons go; what was asked and what was searched for is forgotten.
pub(super) fn close_tap(turn: &mut Turn<'_>, message: MessageId) {
    turn.parent.asking = None;
    turn.parent.journal.search = None;
    turn.close_menu_at(message);
}

/// What comes of the journal by itself, when it is due.
pub(super) fn due(turn: &mut Turn<'_>) -> Done {
    lookback::due(turn)?;
    on_this_day::due(turn)
}

fn ask_day(turn: &mut Turn<'_>) {
    let text = turn.texts().journal.backdate_ask.as_str().to_owned();
    ask(turn, AskingJournal::Day, text);
}

/// Turns the page. When the entry is gone meanwhile, the journal opens at the newest.
pub(super) fn page_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    id: EntryId,
    piece: u8,
) -> Result<Option<String>, Unreadable> {
    let (entry, piece) = match turn.scene.journal.entry(id)? {
        Some(entry) => (Some(entry), piece),
        None => (ByDay::new(turn.scene.journal, &turn.parent).newest()?, 0),
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
    let texts = turn.texts();
    let pieces = pieces(&shown(turn, entry));
    let piece = usize::from(piece).min(pieces.len().saturating_sub(1));
    let text = pieces.get(piece).map_or("", String::as_str);
    let text = texts.journal.entry.fill(&[
        ("date", &turn.date(entry.day)),
        ("title", title(turn, entry)),
        ("text", text),
    ]);

    let texts = &texts.journal;
    let mut turning: Row<'a> = Vec::new();
    if let Some(newer) = newer(turn, entry, piece)? {
        turning.push((texts.btn_newer.as_str(), newer));
    }
    if let Some(older) = older(turn, entry, piece, pieces.len())? {
        turning.push((texts.btn_older.as_str(), older));
    }
    let mut rows = vec![
        listening(turn, entry),
        turning,
        vec![
            (texts.btn_edit.as_str(), Tap::Book(BookTap::Edit(entry.id))),
            (texts.btn_erase.as_str(), Tap::EraseEntry(entry.id)),
        ],
    ];
    if turn.parent.journal.search.is_some() {
        let back = turn.texts().search.btn_back.as_str();
        rows.push(vec![(back, Tap::Book(BookTap::Found(0)))]);
    } else {
        rows.push(vec![
            (texts.btn_search.as_str(), Tap::Book(BookTap::Search)),
            (texts.btn_backdate.as_str(), Tap::Book(BookTap::Backdate)),
        ]);
    }
    rows.push(vec![(texts.btn_close.as_str(), Tap::Book(BookTap::Close))]);
    rows.retain(|row| !row.is_empty());
    Ok((text, rows))
}

fn newer(turn: &Turn<'_>, entry: &Entry, piece: usize) -> Result<Option<Tap>, Unreadable> {
    if let Some(former) = piece.checked_sub(1) {
        return Ok(Some(piece_tap(entry, former)));
    }
    let newer = ByDay::new(turn.scene.journal, &turn.parent).newer(entry)?;
    Ok(newer.map(|entry| piece_tap(&entry, 0)))
}

fn older(
    turn: &Turn<'_>,
    entry: &Entry,
    piece: usize,
    pieces: usize,
) -> Result<Option<Tap>, Unreadable> {
    if piece + 1 < pieces {
        return Ok(Some(piece_tap(entry, piece + 1)));
    }
    let older = ByDay::new(turn.scene.journal, &turn.parent).older(entry)?;
    Ok(older.map(|entry| piece_tap(&entry, 0)))
}

fn piece_tap(entry: &Entry, piece: usize) -> Tap {
    Tap::Page(entry.id, u8::try_from(piece).unwrap_or(u8::MAX))
}

/// What an entry says, as a parent reads it: of what was spoken, how long it is.
pub(super) fn shown(turn: &Turn<'_>, entry: &Entry) -> Words {
    turn.quotes.set(true);
    let line = &turn.texts().journal.spoken;
    let lines = |part: &Part| {
        let spoken = part
            .spoken
            .map(|spoken| line.fill(&[("time", &spoken.length())]));
        let words = part.words.reveal();
        let words = (!words.is_empty()).then(|| words.to_owned());
        [spoken, words]
    };
    let lines: Vec<String> = entry.parts.iter().flat_map(lines).flatten().collect();
    Words::new(lines.join("\n\n"))
}

/// The button to listen with, when something was spoken.
pub(super) fn listening<'a>(turn: &Turn<'a>, entry: &Entry) -> Row<'a> {
    let listen = turn.texts().journal.btn_listen.as_str();
    let spoken = entry.spoken().next();
    let button = spoken.map(|_| (listen, Tap::Book(BookTap::Listen(entry.id))));
    button.into_iter().collect()
}

/// An entry's text in pieces that fit a message, broken at white space where there is some.
fn pieces(whole: &Words) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = whole.reveal().trim();
    while !rest.is_empty() {
        let (piece, left) = rest.split_at(cut(rest, PIECE));
        pieces.push(piece.trim_end().to_owned());
        rest = left.trim_start();
    }
    pieces
}
