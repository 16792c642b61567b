//! `/zoek`: finding one's own words again.
//!
//! An entry is found when every word that was typed stands somewhere in it, as a whole word or as a part of one, whatever the case and
//! the accents ([`fold`]). Nothing is indexed: an index of words would have to lie sealed and be unsealed whole, which is what reading the
//! journal is. Each look reads all of it, some entries at a time, and keeps only where the hits are.
//!
//! What was typed is a parent's own words. As long as the list of what was found is open, it stays in the sealed record, so that the
//! pages can be turned.

mod fold;
mod snippet;

use jiff::civil::Date;

use super::{
    Entry, EntryId, Unreadable, book,
    book::BookTap,
    crisis,
    fit::{fit, units},
    tap::Tap,
    turn::{Done, Row, Turn},
};
use crate::parent::{AskingJournal, MessageId, Words};
use fold::fold;
use snippet::snippet;

/// How many entries are shown on one page.
const ON_A_PAGE: usize = 5;

/// What its buttons say.
const NUMBERS: [&str; ON_A_PAGE] = ["1", "2", "3", "4", "5"];

/// How many entries are read at a time.
const AT_A_TIME: usize = 100;

/// What is searched for has at most this many UTF-16 units.
pub(super) const LONGEST: usize = 100;

/// Of what was searched for in vain, so much is repeated.
const REPEATED: usize = 60;

/// The title of a prompt is shown up to here. The library's titles are shorter.
const TITLE: usize = 60;

/// `/zoek`, with what was typed behind it.
pub(super) fn command(turn: &mut Turn<'_>, query: &Words) -> Done {
    if query.is_empty() {
        ask(turn)
    } else {
        search(turn, query)
    }
}

/// Asks what to search for.
pub(super) fn ask(turn: &mut Turn<'_>) -> Done {
    if book::is_empty(turn)? {
        book::say_empty(turn);
        return Ok(());
    }
    let texts = turn.texts();
    book::ask(
        turn,
        AskingJournal::Search,
        texts.search.ask.as_str().to_owned(),
    );
    Ok(())
}

/// Searches, and shows the newest of what was found. While there is nothing to show, the question stays open: the next word is sought, too.
pub(super) fn search(turn: &mut Turn<'_>, query: &Words) -> Done {
    if book::is_empty(turn)? {
        crisis::hear_sought(turn, query);
        book::say_empty(turn);
        return Ok(());
    }
    let texts = turn.texts();
    if units(query.reveal()) > LONGEST {
        let text = texts
            .error
            .too_long_slot
            .fill(&[("max", &LONGEST.to_string())]);
        in_vain(turn, query, text);
        return Ok(());
    }
    let words = words(query.reveal());
    if !long_enough(&words) {
        let text = texts.search.too_short.as_str().to_owned();
        book::ask(turn, AskingJournal::Search, text);
        return Ok(());
    }
    let hits = hits(turn, &words)?;
    if hits.is_empty() {
        turn.parent.journal.search = None;
        let repeated = fit(query.reveal().trim(), REPEATED);
        let text = texts.search.none.fill(&[("query", &repeated)]);
        in_vain(turn, query, text);
        return Ok(());
    }
    // The record holds what was searched for as long as its list is open; without consent it holds no words, and no page can be turned.
    turn.parent.journal.search = turn.keeps().then(|| query.clone());
    let (text, rows) = page(turn, &words, &hits, 0)?;
    turn.menu(text, rows);
    Ok(())
}

/// Asks again, with this text. Heavy words get their answer instead: nothing of the parent's own is there that it would stand before.
fn in_vain(turn: &mut Turn<'_>, query: &Words, text: String) {
    crisis::hear_sought(turn, query);
    if !crisis::is_heavy(turn) {
        book::ask(turn, AskingJournal::Search, text);
    }
}

/// Turns to a page of what was found. When nothing is found any more, it says so.
pub(super) fn page_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    number: u16,
) -> Result<Option<String>, Unreadable> {
    let texts = turn.texts();
    let Some(query) = turn.parent.journal.search.clone() else {
        return Ok(Some(texts.error.old_button.as_str().to_owned()));
    };
    let words = words(query.reveal());
    let hits = hits(turn, &words)?;
    if hits.is_empty() {
        turn.parent.journal.search = None;
        let query = fit(query.reveal().trim(), REPEATED);
        let text = texts.search.none.fill(&[("query", &query)]);
        turn.turn_menu(message, text, Vec::new());
        return Ok(None);
    }
    let (text, rows) = page(turn, &words, &hits, number)?;
    turn.turn_menu(message, text, rows);
    Ok(None)
}

/// What is searched for, word by word and folded, without marks around a word, each once.
fn words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in fold(query).split_whitespace() {
        let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
        let word = if bare.is_empty() { word } else { bare };
        if !words.iter().any(|other| other == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Two letters at least, or a sign that is no letter, such as a heart.
fn long_enough(words: &[String]) -> bool {
    words
        .iter()
        .any(|word| word.chars().count() > 1 || !word.chars().all(char::is_alphanumeric))
}

/// Where the entries stand that hold every word, newest first.
fn hits(turn: &Turn<'_>, words: &[String]) -> Result<Vec<(Date, EntryId)>, Unreadable> {
    let mut hits = Vec::new();
    let mut before = None;
    loop {
        let entries = turn.scene.journal.older(before, AT_A_TIME)?;
        let Some(oldest) = entries.last() else { break };
        before = Some(oldest.id);
        let holding = entries.iter().filter(|entry| holds(entry, words));
        hits.extend(holding.map(|entry| (entry.day, entry.id)));
    }
    hits.sort_unstable_by(|a, b| b.cmp(a));
    Ok(hits)
}

fn holds(entry: &Entry, words: &[String]) -> bool {
    let folded = Words::new(fold(entry.text().reveal()));
    words.iter().all(|word| folded.reveal().contains(word))
}

fn page<'a>(
    turn: &Turn<'a>,
    words: &[String],
    hits: &[(Date, EntryId)],
    number: u16,
) -> Result<(String, Vec<Row<'a>>), Unreadable> {
    let texts = turn.texts();
    let last_page = u16::try_from(hits.len().saturating_sub(1) / ON_A_PAGE).unwrap_or(u16::MAX);
    let number = number.min(last_page);
    let mut text = match hits.len() {
        1 => texts.search.one.as_str().to_owned(),
        found => texts.search.many.fill(&[("n", &found.to_string())]),
    };
    let mut opening: Row<'a> = Vec::new();
    let shown = hits
        .iter()
        .skip(usize::from(number) * ON_A_PAGE)
        .zip(NUMBERS);
    for ((_, id), label) in shown {
        let Some(entry) = turn.scene.journal.entry(*id)? else {
            continue;
        };
        text.push_str("\n\n");
        text.push_str(&found(turn, &entry, words, label));
        opening.push((label, Tap::Page(*id, 0)));
    }
    let mut turning: Row<'a> = Vec::new();
    let turns = turn.parent.journal.search.is_some();
    if let Some(newer) = number.checked_sub(1) {
        turning.push((
            texts.journal.btn_newer.as_str(),
            Tap::Book(BookTap::Found(newer)),
        ));
    }
    if turns && number < last_page {
        turning.push((
            texts.journal.btn_older.as_str(),
            Tap::Book(BookTap::Found(number + 1)),
        ));
    }
    let closing: Row<'a> = vec![(texts.journal.btn_close.as_str(), Tap::Book(BookTap::Close))];
    let mut rows = vec![opening, turning, closing];
    rows.retain(|row| !row.is_empty());
    Ok((text, rows))
}

fn found(turn: &Turn<'_>, entry: &Entry, words: &[String], number: &str) -> String {
    turn.quotes.set(true);
    let texts = turn.texts();
    let title = fit(book::title(turn, entry), TITLE);
    let text = snippet(entry.text().reveal(), words, &texts.search.hit).unwrap_or_default();
    texts.search.found.fill(&[
        ("n", number),
        ("date", &turn.date(entry.day)),
        ("title", &title),
        ("text", &text),
    ])
}

#[cfg(test)]
mod tests;
