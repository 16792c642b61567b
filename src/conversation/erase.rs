//! `/wis` and `/stop`: leaving is as easy as coming.

use super::{
    Keyboard, Purpose, Unreadable, book, language,
    tap::{Erase, Tap},
    turn::{Done, Turn},
    voice,
};
use crate::parent::{MessageId, Sending};

/// `/stop`: no more prompts; what was written stays.
pub(super) fn stop(turn: &mut Turn<'_>) {
    turn.parent.sending = Sending::Off;
    turn.parent.snoozed = None;
    turn.parent.flows.later = None;
    turn.parent.plan(turn.scene.now);
    turn.close_menu();
    turn.say(turn.texts().stop.text.as_str());
}

/// `/wis`: what is to go.
pub(super) fn ask(turn: &mut Turn<'_>) -> Done {
    let texts = &turn.texts().erase;
    let mut rows = Vec::new();
    if book::newest(turn)?.is_some() || !turn.parent.journal.awaited.is_empty() {
        rows.push(vec![(texts.btn_last.as_str(), Tap::Erase(Erase::Last))]);
        rows.push(vec![(
            texts.btn_answers.as_str(),
            Tap::Erase(Erase::Answers),
        )]);
    }
    rows.push(vec![(texts.btn_all.as_str(), Tap::Erase(Erase::All))]);
    rows.push(vec![(texts.btn_cancel.as_str(), Tap::Close)]);
    turn.menu(texts.ask.as_str(), rows);
    Ok(())
}

/// The first of two taps.
pub(super) fn erase_tap(turn: &mut Turn<'_>, message: MessageId, what: Erase) -> Option<String> {
    let texts = &turn.texts().erase;
    let question = match what {
        Erase::Last => &texts.confirm_last,
        Erase::Answers => &texts.confirm_answers,
        Erase::All => &texts.confirm_all,
    };
    let rows = vec![vec![
        (texts.btn_confirm.as_str(), Tap::EraseYes(what)),
        (texts.btn_no.as_str(), Tap::Close),
    ]];
    turn.turn_menu(message, question.as_str(), rows);
    None
}

/// The second tap.
pub(super) fn erase_yes_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    what: Erase,
) -> Result<Option<String>, Unreadable> {
    let texts = &turn.texts().erase;
    let days = turn.scene.house.backup_days.to_string();
    match what {
        Erase::Last => {
            let newest = book::newest(turn)?;
            if !voice::erase_last_awaited(turn, newest.as_ref())
                && let Some(entry) = newest
            {
                book::erase(turn, &entry)?;
            }
            turn.turn_menu(message, texts.done_last.as_str(), Vec::new());
        }
        Erase::Answers => {
            turn.erase_words();
            turn.turn_menu(
                message,
                texts.done_answers.fill(&[("backup_days", &days)]),
                Vec::new(),
            );
        }
        Erase::All => {
            turn.close_menu_at(message);
            language::give_menu_back(turn);
            let text = texts.done_all.fill(&[("backup_days", &days)]);
            turn.erase_everything();
            turn.send(text, Keyboard::default(), false, None, Purpose::Farewell);
        }
    }
    Ok(None)
}
