//! A tap comes in: whether its button still counts, and which scene it is for.

use super::{
    Tap, Tapped, book, crisis, daily, erase, export, flow, help, later, onboarding, own, pause,
    settings, silence,
    turn::{Done, Turn},
};
use crate::parent::{MessageId, Parent};

/// Every tap is answered, so that no button keeps waiting; what it means is for its scene, unless the button is an old one.
pub(super) fn tapped(turn: &mut Turn<'_>, tapped: &Tapped) -> Done {
    let read = Tap::read(&tapped.data);
    let (Some((number, tap)), Some(message)) = (read, tapped.message) else {
        old_button(turn, tapped);
        return Ok(());
    };
    if !tap.is_timeless() {
        if !is_live(&turn.parent, number, message) {
            // The second tap of a double one.
            if turn.parent.tapped == Some(number) {
                turn.answer(&tapped.id, None);
            } else {
                old_button(turn, tapped);
            }
            return Ok(());
        }
        takes_place(turn, number, message);
    }
    let toast = match tap {
        Tap::ConsentYes | Tap::ConsentNo | Tap::ConsentMore | Tap::ConsentBack => {
            onboarding::consent_tap(turn, message, tap)
        }
        Tap::Language(mark) => onboarding::language_tap(turn, message, mark),
        Tap::Time(time) => {
            onboarding::choose_time(turn, Some(message), time);
            None
        }
        Tap::Times => onboarding::times_tap(turn, message),
        Tap::TimeOther => onboarding::time_other_tap(turn, message),
        Tap::Days(days) => onboarding::days_tap(turn, message, days),
        Tap::DaysOwn(days) => onboarding::days_own_tap(turn, message, days),
        Tap::Side(side) => onboarding::side_tap(turn, message, side),
        Tap::Resume => pause::resume_tap(turn, message),
        Tap::PromptNow => daily::now_tap(turn, message),
        Tap::Close => {
            turn.close_menu_at(message);
            None
        }
        Tap::Later => later::later_tap(turn, message),
        Tap::NotLater => daily::show_buttons(turn, message),
        Tap::Snooze(snooze) => later::snooze_tap(turn, message, snooze),
        Tap::Other => daily::other_tap(turn, message),
        Tap::Skip => daily::skip_tap(turn, message),
        Tap::FollowUp => daily::follow_up_tap(turn),
        Tap::EraseEntry(entry) => book::erase_tap(turn, entry),
        Tap::EraseEntryYes(entry) => book::erase_yes_tap(turn, message, entry)?,
        Tap::Page(entry, piece) => book::page_tap(turn, message, entry, piece)?,
        Tap::Commands => help::commands_tap(turn, message),
        Tap::Breathe => help::breathe_tap(turn),
        Tap::TextSomeone => help::text_someone_tap(turn),
        Tap::Flow(tap) => flow::tap(turn, message, tap)?,
        Tap::Erase(what) => erase::erase_tap(turn, message, what)?,
        Tap::EraseYes(what) => erase::erase_yes_tap(turn, message, what)?,
        Tap::EraseLastYes(newest) => erase::erase_last_yes_tap(turn, message, newest)?,
        Tap::Book(tap) => book::tap(turn, message, tap)?,
        Tap::Export(tap) => export::tap(turn, message, tap)?,
        Tap::Crisis(tap) => {
            crisis::tap(turn, tap)?;
            None
        }
        Tap::QuietWeek(wanted) => crisis::week_tap(turn, message, wanted),
        Tap::Settings(tap) => settings::tap(turn, message, tap),
        Tap::Pause(tap) => pause::tap(turn, message, tap),
        Tap::Silence(tap) => silence::tap(turn, message, tap),
        Tap::Own(tap) => own::tap(turn, message, tap),
    };
    turn.answer(&tapped.id, toast);
    Ok(())
}

/// A button that counts was tapped: its message is where its keyboard stands, and no question that can be answered by typing stays open.
fn takes_place(turn: &mut Turn<'_>, number: u32, message: MessageId) {
    turn.parent.tapped = Some(number);
    if let Some(menu) = turn
        .parent
        .menu
        .as_mut()
        .filter(|menu| menu.number == number)
    {
        menu.message = Some(message);
    }
    daily::stands_at(turn, number, message);
    settings::close_question(turn);
}

/// Whether the keyboard with this number is one that counts now. After everything was erased, numbers begin anew, so it must also be on the
/// message where it is known to stand.
fn is_live(parent: &Parent, number: u32, message: MessageId) -> bool {
    let menu = parent.menu.map(|menu| (menu.number, menu.message));
    let prompt = parent.prompt.as_ref().filter(|prompt| prompt.live);
    let prompt = prompt.map(|prompt| (prompt.number, prompt.message));
    let flow = parent.flows.open.as_ref();
    let flow = flow.map(|open| (open.number, open.message));
    let mut live = [menu, prompt, flow].into_iter().flatten();
    live.any(|(live, stands_at)| live == number && stands_at.is_none_or(|at| at == message))
}

/// A tap that crossed with the change of its own message says nothing; any other old button says so, goes, and shows what is true now.
fn old_button(turn: &mut Turn<'_>, tapped: &Tapped) {
    let menu = turn.parent.menu.and_then(|menu| menu.message);
    let flow = turn.parent.flows.open.as_ref();
    let flow = flow.and_then(|open| open.message);
    let on_live = tapped.message.is_some() && [menu, flow].contains(&tapped.message);
    if on_live {
        turn.answer(&tapped.id, None);
        return;
    }
    if let Some((_, Tap::Flow(tap))) = Tap::read(&tapped.data) {
        flow::old_tap(turn, tapped, tap);
        return;
    }
    turn.answer(
        &tapped.id,
        Some(turn.texts().error.old_button.as_str().to_owned()),
    );
    if let Some(message) = tapped.message {
        turn.take_buttons(message);
    }
    onboarding::show_state(turn);
}
