//! The pages of the settings for times, days and the time zone.

use super::{SettingsTap, back, changed_plan, open_question, overview};
use crate::{
    conversation::{onboarding, pause, tap::Tap, turn::Turn},
    parent::{
        Asked, Days, MessageId, Slot, place,
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
    open_question(turn, Asked::Time { add });
}

/// The parent wants to type a time.
pub(super) fn time_other_tap(turn: &mut Turn<'_>, message: MessageId, add: bool) {
    let rows = vec![back(turn)];
    let question = turn.texts().onboarding.time_ask.as_str();
    turn.turn_menu(message, question, rows);
    open_question(turn, Asked::Time { add });
}

/// A time was chosen by tapping.
pub(super) fn time_tap(turn: &mut Turn<'_>, message: MessageId, slot: Slot, add: bool) {
    choose(turn, slot, add);
    offer_another_time(turn, Some(message), OVERVIEW);
}

/// A time was typed; whether it was understood.
pub(super) fn typed_time(turn: &mut Turn<'_>, text: &str, add: bool) -> bool {
    match typed::time(text, &turn.scene.library.typed) {
        Some(TypedTime::Exact(slot)) => {
            turn.understood();
            choose(turn, slot, add);
            offer_another_time(turn, None, OVERVIEW);
            true
        }
        Some(TypedTime::Either(early, late)) => {
            turn.understood();
            let time = |slot| Tap::Settings(SettingsTap::Time { slot, add });
            onboarding::ask_which_time(turn, [early, late], time);
            open_question(turn, Asked::Time { add });
            true
        }
        None => {
            turn.say(turn.texts().onboarding.time_bad.as_str());
            false
        }
    }
}

/// A new one goes to the end: the others keep their slots, and with them what was handled today.
fn choose(turn: &mut Turn<'_>, slot: Slot, add: bool) {
    let mut slots = turn.parent.schedule.times.clone();
    if !add {
        slots = vec![slot];
    } else if !slots.contains(&slot) && slots.len() < MOST_SLOTS {
        slots.push(slot);
    }
    onboarding::choose_times(turn, slots);
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
}

/// The seven days to tap on and off.
pub(super) fn days_own_tap(turn: &mut Turn<'_>, message: MessageId, chosen: Days) {
    let toggled = |days| Tap::Settings(SettingsTap::DaysOwn(days));
    let done = |days| Tap::Settings(SettingsTap::DaysAre(days));
    onboarding::show_own_days(turn, message, chosen, toggled, done);
}

/// Days were chosen: on each of them, no longer once a week.
pub(super) fn days_tap(turn: &mut Turn<'_>, message: MessageId, days: Days) -> Option<String> {
    if days.is_empty() {
        return Some(turn.texts().onboarding.days_none.as_str().to_owned());
    }
    onboarding::set_days(turn, days);
    let changed = changed_plan(turn);
    overview(turn, Some(message), Some(changed));
    None
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
    open_question(turn, Asked::Zone);
}

/// A place was typed; whether it was recognised. The schedule stays what the clock shows, now there.
pub(super) fn typed_zone(turn: &mut Turn<'_>, text: &str) -> bool {
    let Some(zone) = place::zone(text, &turn.scene.library.places) else {
        turn.say(turn.texts().settings.tz_bad.as_str());
        return false;
    };
    turn.understood();
    turn.parent.schedule.zone = zone;
    turn.parent.plan(turn.scene.now);
    let changed = changed_plan(turn);
    overview(turn, None, Some(changed));
    true
}
