//! `/wis` and `/stop`: leaving is as easy as coming.

use super::{
    Entry, Keyboard, Purpose, Unreadable, book, language,
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
pub(super) fn erase_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    what: Erase,
) -> Result<Option<String>, Unreadable> {
    let texts = &turn.texts().erase;
    let (question, yes) = match what {
        Erase::Last => match newest_message(turn, book::newest(turn)?.as_ref()) {
            Some(newest) => (&texts.confirm_last, Tap::EraseLastYes(newest)),
            None => {
                turn.turn_menu(message, texts.cancelled.as_str(), Vec::new());
                return Ok(None);
            }
        },
        Erase::Answers => (&texts.confirm_answers, Tap::EraseYes(what)),
        Erase::All => (&texts.confirm_all, Tap::EraseYes(what)),
    };
    let rows = vec![vec![
        (texts.btn_confirm.as_str(), yes),
        (texts.btn_no.as_str(), Tap::Close),
    ]];
    turn.turn_menu(message, question.as_str(), rows);
    Ok(None)
}

/// The newest of the messages of which something is kept, or will be when it is fetched.
fn newest_message(turn: &Turn<'_>, newest: Option<&Entry>) -> Option<MessageId> {
    let kept = newest.iter().flat_map(|entry| &entry.parts);
    let kept = kept.map(|part| part.message);
    let awaited = turn.parent.journal.awaited.iter().copied();
    kept.chain(awaited).max_by_key(|message| message.0)
}

/// The second tap of the newest entry. When something newer came meanwhile, that would go: so it is asked again.
pub(super) fn erase_last_yes_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    asked: MessageId,
) -> Result<Option<String>, Unreadable> {
    let newest = book::newest(turn)?;
    if newest_message(turn, newest.as_ref()) != Some(asked) {
        return erase_tap(turn, message, Erase::Last);
    }
    if !voice::erase_last_awaited(turn, newest.as_ref())
        && let Some(entry) = newest
    {
        book::erase(turn, &entry)?;
    }
    let done = &turn.texts().erase.done_last;
    turn.turn_menu(message, done.as_str(), Vec::new());
    Ok(None)
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
        // A button of before, which did not say which.
        Erase::Last => return erase_tap(turn, message, what),
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
