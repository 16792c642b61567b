//! The pages of the settings for times, days and the time zone.

use super::{SettingsTap, back, changed_plan, open_question, overview};
use crate::{
    conversation::{
        onboarding, pause,
        tap::Tap,
        turn::{Row, Turn},
    },
    parent::{
        Asked, Days, MessageId, OpenQuestion, Otherwise, Slot, Words, place,
        schedule::MOST_SLOTS,
        typed::{self, TypedTime},
    },
};

/// At which time, instead of those chosen or besides them.
pub(super) fn ask_time(turn: &mut Turn<'_>, message: MessageId, add: bool) {
    let time = |slot| Tap::Settings(SettingsTap::Time { slot, add });
    let other = Tap::Settings(SettingsTap::TimeOther { add });
    let mut rows = onboarding::time_rows(turn, time, other);
    rows.push(back(turn));
    turn.turn_menu(message, turn.texts().onboarding.time.as_str(), rows);
    open_question(turn, Asked::Time { add }, Otherwise::Reply);
}

/// The parent wants to type a time.
pub(super) fn time_other_tap(turn: &mut Turn<'_>, message: MessageId, add: bool) {
    let rows = vec![back(turn)];
    let question = turn.texts().onboarding.time_ask.as_str();
    turn.turn_menu(message, question, rows);
    open_question(turn, Asked::Time { add }, Otherwise::Misread);
}

/// A time was chosen. A new one goes to the end: the others keep their slots, and with them what was handled today.
pub(super) fn choose_time(turn: &mut Turn<'_>, message: Option<MessageId>, slot: Slot, add: bool) {
    let mut slots = turn.parent.schedule.times.clone();
    if !add {
        slots = vec![slot];
    } else if !slots.contains(&slot) && slots.len() < MOST_SLOTS {
        slots.push(slot);
    }
    onboarding::choose_times(turn, slots);
    offer_another_time(turn, message, OVERVIEW);
}

/// A time was typed; whether it was understood. When it may be either of two, the question goes on as which of them, with a button for each.
pub(super) fn typed_time(
    turn: &mut Turn<'_>,
    question: OpenQuestion,
    words: &Words,
    tap: impl Fn(Slot) -> Tap,
    choose: impl FnOnce(&mut Turn<'_>, Option<MessageId>, Slot),
) -> bool {
    let (text, known) = (words.reveal(), &turn.scene.library.typed);
    let one_of_two = question.which.and_then(|of| typed::which(text, known, of));
    let read = one_of_two.map(TypedTime::Exact);
    match read.or_else(|| typed::time(text, known)) {
        Some(TypedTime::Exact(slot)) => {
            turn.understood();
            choose(turn, None, slot);
            true
        }
        Some(TypedTime::Either(early, late)) => {
            turn.understood();
            ask_which_time(turn, [early, late], tap);
            // Which of them was asked, so whatever is typed now is an answer.
            open_question(turn, question.what, Otherwise::Misread);
            if let Some(asking) = &mut turn.parent.settings.asking {
                asking.which = Some([early, late]);
            }
            true
        }
        None => false,
    }
}

/// Which of two times the parent meant.
fn ask_which_time(turn: &mut Turn<'_>, slots: [Slot; 2], time: impl Fn(Slot) -> Tap) {
    let labels = slots.map(|slot| turn.slot(slot));
    let buttons = labels.iter().zip(slots);
    let buttons: Row<'_> = buttons
        .map(|(label, slot)| (label.as_str(), time(slot)))
        .collect();
    // Two windows beside each other would not be readable on a phone.
    let a_row = if slots.iter().any(|slot| slot.is_window()) {
        1
    } else {
        2
    };
    let rows = buttons.chunks(a_row).map(<[_]>::to_vec).collect();
    turn.menu(turn.texts().onboarding.time_which.as_str(), rows);
}

const OVERVIEW: Tap = Tap::Settings(SettingsTap::Overview);

/// When the next prompt comes now, or that none comes; and whether there is to be another time a day, while there is room for one. `done` is
/// what "no" does.
pub(in crate::conversation) fn offer_another_time(
    turn: &mut Turn<'_>,
    message: Option<MessageId>,
    done: Tap,
) {
    let changed = changed_plan(turn);
    if turn.parent.schedule.times.len() >= MOST_SLOTS {
        overview(turn, message, Some(changed));
        return;
    }
    let texts = &turn.texts().settings;
    let more = Tap::Settings(SettingsTap::MoreTimes);
    let mut text = changed;
    let mut rows = vec![vec![
        (texts.btn_second_time.as_str(), more),
        (texts.btn_close.as_str(), done),
    ]];
    if let Some(silent) = pause::silent(turn) {
        text = format!("{text}\n\n{silent}");
        rows.push(pause::resume_row(turn));
    }
    let text = format!("{text}\n\n{}", texts.second_time.as_str());
    turn.show(message, text, rows);
}

/// On which days.
pub(super) fn ask_days(turn: &mut Turn<'_>, message: MessageId) {
    let days = |days| Tap::Settings(SettingsTap::DaysAre(days));
    let own = |days| Tap::Settings(SettingsTap::DaysOwn(days));
    let mut rows = onboarding::day_rows(turn, days, own);
    rows.push(vec![(
        turn.texts().silence.btn_weekly.as_str(),
        Tap::Settings(SettingsTap::Weekly),
    )]);
    rows.push(back(turn));
    turn.turn_menu(message, turn.texts().onboarding.days.as_str(), rows);
    open_question(turn, Asked::Days, Otherwise::Reply);
}

/// The seven days to tap on and off.
pub(super) fn days_own_tap(turn: &mut Turn<'_>, message: MessageId, chosen: Days) {
    let toggled = |days| Tap::Settings(SettingsTap::DaysOwn(days));
    let done = |days| Tap::Settings(SettingsTap::DaysAre(days));
    onboarding::show_own_days(turn, message, chosen, toggled, done);
    open_question(turn, Asked::Days, Otherwise::Reply);
}

/// Days were tapped.
pub(super) fn days_tap(turn: &mut Turn<'_>, message: MessageId, days: Days) -> Option<String> {
    if days.is_empty() {
        return Some(turn.texts().onboarding.days_none.as_str().to_owned());
    }
    choose_days(turn, Some(message), days);
    None
}

/// Days were chosen: on each of them, no longer once a week.
pub(super) fn choose_days(turn: &mut Turn<'_>, message: Option<MessageId>, days: Days) {
    onboarding::set_days(turn, days);
    let changed = changed_plan(turn);
    overview(turn, message, Some(changed));
}

/// Days were typed; whether they were understood.
pub(super) fn typed_days(
    turn: &mut Turn<'_>,
    words: &Words,
    choose: impl FnOnce(&mut Turn<'_>, Option<MessageId>, Days),
) -> bool {
    let Some(days) = typed::days(words.reveal(), &turn.scene.library.typed) else {
        return false;
    };
    turn.understood();
    choose(turn, None, days);
    true
}

/// Once a week, on the first of the parent's days that comes.
pub(super) fn weekly_tap(turn: &mut Turn<'_>, message: MessageId) {
    turn.parent.choose_weekly(turn.scene.now);
    let changed = changed_plan(turn);
    overview(turn, Some(message), Some(changed));
}

/// In which time zone.
pub(super) fn ask_zone(turn: &mut Turn<'_>, message: MessageId) {
    let rows = vec![back(turn)];
    let question = turn.texts().settings.tz_ask.as_str();
    turn.turn_menu(message, question, rows);
    open_question(turn, Asked::Zone, Otherwise::Misread);
}

/// A place was typed; whether it was recognised. The schedule stays what the clock shows, now there.
pub(super) fn typed_zone(turn: &mut Turn<'_>, words: &Words) -> bool {
    let Some(zone) = place::zone(words.reveal(), &turn.scene.library.places) else {
        return false;
    };
    turn.understood();
    turn.parent.schedule.zone = zone;
    turn.parent.plan(turn.scene.now);
    let changed = changed_plan(turn);
    overview(turn, None, Some(changed));
    true
}
