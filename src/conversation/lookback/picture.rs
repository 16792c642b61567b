//! The year as a picture, when a parent taps for it.
//!
//! It never comes by itself, not on Sundays either: there it is a tap away. So it appears while the parent has the phone in hand, and not on a
//! locked screen. Like a document it is made when it is sent, by the room [`picture`](crate::picture).

use super::{close_row, entries, name, quote_and_close};
use crate::{
    conversation::{
        Class, Effect, Outcome, Period, Purpose, Tap, Unreadable,
        book::BookTap,
        export::SEND_WITHIN,
        turn::{Row, Turn},
    },
    parent::MessageId,
};

/// The row of a look-back that leads to the picture.
pub(super) fn row<'a>(turn: &Turn<'a>, period: Period) -> Row<'a> {
    let label = turn.texts().lookback.btn_picture.as_str();
    vec![(label, Tap::Book(BookTap::Picture(period)))]
}

/// Sends the picture, and takes its button away: another tap is for something else.
///
/// It is of the year in which the newest entry of the period stands, so that a week around New Year never leads to an empty picture.
pub(in crate::conversation) fn picture_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    period: Period,
) -> Result<Option<String>, Unreadable> {
    let texts = &turn.texts().lookback;
    let entries = entries(turn, period)?;
    let Some(newest) = entries.first() else {
        let text = texts.few.fill(&[("period", &name(turn, period))]);
        turn.turn_menu(message, text, vec![close_row(turn)]);
        return Ok(None);
    };
    turn.turn_buttons(message, vec![quote_and_close(turn, period, &entries)]);
    let expires = turn.scene.now.checked_add(SEND_WITHIN).ok();
    turn.put(
        Effect::Picture {
            year: newest.day.year(),
        },
        Class::Interactive,
        Purpose::Picture,
        expires,
    );
    Ok(None)
}

/// What became of a picture.
pub(in crate::conversation) fn picture_came_of(turn: &mut Turn<'_>, outcome: Outcome) {
    match outcome {
        Outcome::Failed | Outcome::Expired | Outcome::InDoubt => {
            turn.say(turn.texts().lookback.picture_failed.as_str());
        }
        Outcome::Sent(_) | Outcome::Unreachable => {}
    }
}
