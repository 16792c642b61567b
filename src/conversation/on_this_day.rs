//! "Op deze dag": what a parent wrote on the same day and month of an earlier year.
//!
//! Off unless the parent asks for it. When it comes is for [`OnThisDay`](crate::parent::journal_state::OnThisDay); what comes is one entry of that day, chosen by
//! chance. Never one of a day with a heavy entry, nor one that the parent hid. It knocks first, because a message may light up on a locked
//! screen; the words come on a tap.

use jiff::{ToSpan, civil::Date};
use rand::RngExt;

use super::{
    Entry, EntryId, Purpose, Unreadable, book,
    book::{BookTap, ByDay},
    fit::fit,
    lookback,
    tap::Tap,
    turn::{Done, Turn},
};
use crate::parent::MessageId;

/// So much of an entry is shown, in UTF-16 units; all of it stands in the journal.
const SHOWN: usize = 3000;

/// The parent wants it, or does not. What was not to be kept is not brought back either.
pub(super) fn want(turn: &mut Turn<'_>, wanted: bool) {
    turn.parent.settings.on_this_day = wanted && turn.keeps();
    turn.parent.plan_journal(turn.scene.now);
}

/// The parent wants no more of it.
pub(super) fn off_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    want(turn, false);
    let text = turn.texts().onthisday.turned_off.as_str();
    turn.turn_menu(message, text, Vec::new());
    None
}

/// It is time to look whether the parent wrote something on this day, when no prompt came today.
pub(super) fn due(turn: &mut Turn<'_>) -> Done {
    let now = turn.scene.now;
    let parent = &mut turn.parent;
    if !parent.journal.take_on_this_day(&parent.schedule, now) || !parent.settings.on_this_day {
        return Ok(());
    }
    let today = turn.today();
    let prompted = turn
        .parent
        .prompt
        .as_ref()
        .is_some_and(|prompt| turn.local_date(prompt.at) == today);
    if prompted {
        return Ok(());
    }
    let earlier = earlier(turn, today)?;
    let from = earlier.len();
    if from == 0 {
        return Ok(());
    }
    let Some(entry) = earlier.get(turn.chance.random_range(0..from)) else {
        return Ok(());
    };
    let parent = &mut turn.parent;
    parent
        .journal
        .on_this_day
        .shown(today, &parent.schedule, now);
    let texts = &turn.texts().onthisday;
    let rows = vec![
        vec![
            (
                texts.btn_read.as_str(),
                Tap::Book(BookTap::OnThisDayRead(entry.id)),
            ),
            (texts.btn_not_now.as_str(), Tap::Book(BookTap::Close)),
        ],
        vec![(
            texts.btn_turn_off.as_str(),
            Tap::Book(BookTap::OnThisDayOff),
        )],
    ];
    lookback::come_by_itself(turn, texts.knock.as_str().to_owned(), rows, |number| {
        Purpose::Menu { number }
    });
    Ok(())
}

/// The entries of this day and month in earlier years that may be shown.
fn earlier(turn: &Turn<'_>, today: Date) -> Result<Vec<Entry>, Unreadable> {
    let by_day = ByDay::new(turn.scene.journal, &turn.parent);
    let hidden = &turn.parent.journal.on_this_day.hidden;
    let mut found = Vec::new();
    for years in 1.. {
        let Ok(day) = today.checked_sub(i64::from(years).years()) else {
            break;
        };
        // On 29 February, an ordinary year has no such day.
        if day.day() != today.day() {
            continue;
        }
        let Some(latest) = by_day.until(day)? else {
            break;
        };
        if latest.day != day {
            continue;
        }
        let of_that_day = by_day.between(day, day)?;
        if of_that_day.iter().any(|entry| entry.heavy) {
            continue;
        }
        found.extend(
            of_that_day
                .into_iter()
                .filter(|entry| !hidden.contains(&entry.id.0)),
        );
    }
    Ok(found)
}

/// Shows the words.
pub(super) fn read_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    id: EntryId,
) -> Result<Option<String>, Unreadable> {
    let Some(entry) = turn.scene.journal.entry(id)? else {
        book::close_tap(turn, message);
        return Ok(Some(turn.texts().error.old_button.as_str().to_owned()));
    };
    let texts = &turn.texts().onthisday;
    let shown = fit(book::shown(turn, &entry).reveal(), SHOWN);
    let text = texts
        .text
        .fill(&[("date", &turn.date(entry.day)), ("text", &shown)]);
    let mut rows = vec![
        book::listening(turn, &entry),
        vec![(
            texts.btn_hide.as_str(),
            Tap::Book(BookTap::OnThisDayHide(id)),
        )],
        vec![
            (
                texts.btn_turn_off.as_str(),
                Tap::Book(BookTap::OnThisDayOff),
            ),
            (
                turn.texts().journal.btn_close.as_str(),
                Tap::Book(BookTap::Close),
            ),
        ],
    ];
    rows.retain(|row| !row.is_empty());
    turn.turn_menu(message, text, rows);
    Ok(None)
}

/// This entry never comes so again.
pub(super) fn hide_tap(turn: &mut Turn<'_>, message: MessageId, id: EntryId) -> Option<String> {
    let hidden = &mut turn.parent.journal.on_this_day.hidden;
    if !hidden.contains(&id.0) {
        hidden.push(id.0);
    }
    turn.turn_menu(message, turn.texts().onthisday.hidden.as_str(), Vec::new());
    None
}
