//! The four taps of the start: keeping, time, days, side. `/tijd` walks the same two questions again, and all of it can be changed later in the
//! [`settings`](super::settings).
//!
//! The questions after the first live in one message that changes in place. Whoever stops half-way has a running bot after
//! the first tap: Amsterdam time, 19:30, Monday, Wednesday and Saturday.

use jiff::civil::Weekday;
use rand::RngExt;

use super::{
    help, language, pause, settings,
    tap::Tap,
    turn::{Row, Turn},
};
use crate::{
    library::{Label, Side, Text},
    parent::{
        Asked, ClockTime, Consent, Days, MessageId, Onboarding, Otherwise, Sending, Slot, week,
    },
};

/// `/start`: the beginning, or where the parent was.
pub(super) fn start(turn: &mut Turn<'_>) {
    show(turn, &turn.texts().welcome.again);
}

/// What is true now, for whom the bot did not see go.
pub(super) fn show_state(turn: &mut Turn<'_>) {
    show(turn, &turn.texts().welcome.next);
}

/// What is true now: the open question, or `next` and when it comes, or that the bot is silent.
fn show(turn: &mut Turn<'_>, next: &Text) {
    match turn.parent.onboarding {
        Onboarding::Stranger | Onboarding::Consent => ask(turn),
        Onboarding::Time => ask_time(turn, None, ""),
        Onboarding::Days => ask_days(turn, None),
        Onboarding::Side => ask_side(turn, None),
        Onboarding::Done => match turn.next_when() {
            Some(when) => turn.say(next.fill(&[("when", &when)])),
            None => pause::still(turn, None),
        },
    }
}

/// Tap 1: whether replies may be kept, and that this is an adult.
pub(super) fn ask(turn: &mut Turn<'_>) {
    turn.parent.onboarding = Onboarding::Consent;
    let text = format!(
        "{}\n\n{}",
        turn.texts().welcome.text.as_str(),
        consent_text(turn)
    );
    ask_consent(turn, None, text);
}

/// The explanation changed since the parent said yes: asks again. Until the answer, nothing new is kept.
pub(super) fn ask_again(turn: &mut Turn<'_>) {
    let text = format!(
        "{}\n\n{}",
        turn.texts().consent.changed.as_str(),
        consent_text(turn)
    );
    ask_consent(turn, None, text);
}

fn ask_consent(turn: &mut Turn<'_>, message: Option<MessageId>, text: String) {
    let consent = &turn.texts().consent;
    turn.parent.consent_shown = Some(turn.scene.library.consent_version.clone());
    let mut rows = vec![
        vec![(consent.btn_yes.as_str(), Tap::ConsentYes)],
        vec![(consent.btn_no_store.as_str(), Tap::ConsentNo)],
        vec![(consent.btn_more.as_str(), Tap::ConsentMore)],
    ];
    // A yes counts only when its question was understood.
    rows.extend(language::others(turn, Tap::Language));
    turn.show(message, text, rows);
}

/// The same question in another language.
pub(super) fn language_tap(turn: &mut Turn<'_>, message: MessageId, mark: u32) -> Option<String> {
    language::choose(turn, mark);
    ask_consent_at(turn, message);
    None
}

/// The question about keeping, in the message where it or the whole explanation stood.
fn ask_consent_at(turn: &mut Turn<'_>, message: MessageId) {
    let welcome = turn.texts().welcome.text.as_str();
    let text = format!("{welcome}\n\n{}", consent_text(turn));
    ask_consent(turn, Some(message), text);
}

/// What is asked before anything is kept.
pub(super) fn consent_text(turn: &Turn<'_>) -> String {
    turn.texts()
        .consent
        .text
        .fill(&[("retention", &turn.retention())])
}

/// The answer to tap 1, or a look at the whole explanation first.
pub(super) fn consent_tap(turn: &mut Turn<'_>, message: MessageId, tap: Tap) -> Option<String> {
    let texts = turn.texts();
    if tap == Tap::ConsentMore {
        let rows = vec![vec![(texts.privacy.btn_back.as_str(), Tap::ConsentBack)]];
        let privacy = help::privacy_text(turn);
        turn.turn_menu(message, privacy, rows);
        return None;
    }
    let shown =
        turn.parent.consent_shown.as_deref() == Some(turn.scene.library.consent_version.as_str());
    if tap == Tap::ConsentBack || !shown {
        ask_consent_at(turn, message);
        return None;
    }
    let answer = if tap == Tap::ConsentYes {
        turn.parent.consent = Consent::Given {
            version: turn.scene.library.consent_version.clone(),
            at: turn.scene.now,
        };
        format!(
            "{} {}",
            texts.consent.yes.as_str(),
            texts.consent.names_hint.as_str()
        )
    } else {
        settings::keep_no_more(turn);
        texts.consent.no_store.as_str().to_owned()
    };
    turn.parent.consent_shown = None;
    turn.close_menu_at(message);
    if turn.parent.onboarding == Onboarding::Consent {
        turn.parent.onboarding = Onboarding::Time;
        turn.parent.sending = Sending::On;
        turn.parent.plan(turn.scene.now);
        ask_time(turn, None, &answer);
    } else {
        turn.say(answer);
    }
    None
}

/// `/tijd`: the questions for time and days once more.
pub(super) fn times(turn: &mut Turn<'_>) {
    ask_time(turn, None, "");
}

fn ask_time(turn: &mut Turn<'_>, message: Option<MessageId>, before: &str) {
    let onboarding = &turn.texts().onboarding;
    let text = if before.is_empty() {
        onboarding.time.as_str().to_owned()
    } else {
        format!("{before}\n\n{}", onboarding.time.as_str())
    };
    let rows = time_rows(turn, Tap::Time, Tap::TimeOther);
    turn.show(message, text, rows);
    settings::open_question(turn, Asked::StartTime, otherwise(turn));
}

/// What typed text is below the buttons with times or days when it is none of them. Before the start is over, the parent has nothing to reply to.
fn otherwise(turn: &Turn<'_>) -> Otherwise {
    if turn.parent.onboarding.asks_when() {
        Otherwise::Misread
    } else {
        Otherwise::Reply
    }
}

/// The times to choose from.
pub(super) fn time_rows<'a>(
    turn: &Turn<'a>,
    time: impl Fn(Slot) -> Tap,
    other: Tap,
) -> Vec<Row<'a>> {
    let onboarding = &turn.texts().onboarding;
    let suggested = [
        (7, 30, &onboarding.btn_time_morning),
        (12, 30, &onboarding.btn_time_noon),
        (19, 30, &onboarding.btn_time_evening),
    ];
    let times = suggested.iter().filter_map(|(hour, minute, label)| {
        let slot = Slot::at(ClockTime::new(*hour, *minute)?);
        Some((label.as_str(), time(slot)))
    });
    vec![
        times.collect(),
        vec![(onboarding.btn_time_other.as_str(), other)],
    ]
}

/// The parent wants to type a time.
pub(super) fn time_other_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let texts = turn.texts();
    let rows = vec![vec![(texts.settings.btn_back.as_str(), Tap::Times)]];
    turn.turn_menu(message, texts.onboarding.time_ask.as_str(), rows);
    settings::open_question(turn, Asked::StartTime, Otherwise::Misread);
    None
}

/// The parent does not want to type one: the times to choose from.
pub(super) fn times_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    ask_time(turn, Some(message), "");
    None
}

/// A time was chosen.
pub(super) fn choose_time(turn: &mut Turn<'_>, message: Option<MessageId>, slot: Slot) {
    choose_times(turn, vec![slot]);
    if turn.parent.onboarding == Onboarding::Time {
        turn.parent.onboarding = Onboarding::Days;
    }
    ask_days(turn, message);
}

/// From now on prompts come at these times.
pub(super) fn choose_times(turn: &mut Turn<'_>, slots: Vec<Slot>) {
    let schedule = &mut turn.parent.schedule;
    if schedule.seed == 0 {
        schedule.seed = turn.chance.random();
    }
    schedule.times = slots;
    turn.parent.plan(turn.scene.now);
}

fn ask_days(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let rows = day_rows(turn, Tap::Days, Tap::DaysOwn);
    turn.show(message, turn.texts().onboarding.days.as_str(), rows);
    settings::open_question(turn, Asked::StartDays, otherwise(turn));
}

/// The days to choose from.
pub(super) fn day_rows<'a>(
    turn: &Turn<'a>,
    days: impl Fn(Days) -> Tap,
    own: impl Fn(Days) -> Tap,
) -> Vec<Row<'a>> {
    let onboarding = &turn.texts().onboarding;
    let chosen = turn.parent.schedule.days;
    vec![
        vec![(onboarding.btn_days_three.as_str(), days(Days::three()))],
        vec![(onboarding.btn_days_all.as_str(), days(Days::all()))],
        vec![(onboarding.btn_days_own.as_str(), own(chosen))],
    ]
}

/// The seven days to tap on and off. Each button carries the whole choice that it leads to, so that nothing has to be remembered.
pub(super) fn days_own_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    chosen: Days,
) -> Option<String> {
    show_own_days(turn, message, chosen, Tap::DaysOwn, Tap::Days);
    settings::open_question(turn, Asked::StartDays, otherwise(turn));
    None
}

/// The seven days, of which `toggled` is told what a tap makes of them, and `done` what is chosen.
pub(super) fn show_own_days(
    turn: &mut Turn<'_>,
    message: MessageId,
    chosen: Days,
    toggled: impl Fn(Days) -> Tap,
    done: impl Fn(Days) -> Tap,
) {
    let texts = turn.texts();
    let label = |(day, name): (Weekday, &Text)| {
        let mark = if chosen.contains(day) { "✓ " } else { "" };
        (
            format!("{mark}{}", name.as_str()),
            toggled(chosen.toggle(day)),
        )
    };
    let labels: Vec<(String, Tap)> = week().zip(&texts.words.weekdays_short).map(label).collect();
    let mut rows: Vec<Row<'_>> = labels
        .chunks(4)
        .map(|row| {
            row.iter()
                .map(|(label, tap)| (label.as_str(), *tap))
                .collect()
        })
        .collect();
    rows.push(vec![(
        texts.onboarding.btn_days_done.as_str(),
        done(chosen),
    )]);
    turn.turn_menu(message, texts.onboarding.days_own.as_str(), rows);
}

/// Days were tapped.
pub(super) fn days_tap(turn: &mut Turn<'_>, message: MessageId, days: Days) -> Option<String> {
    if days.is_empty() {
        return Some(turn.texts().onboarding.days_none.as_str().to_owned());
    }
    choose_days(turn, Some(message), days);
    None
}

/// From now on prompts come on each of these days.
pub(super) fn set_days(turn: &mut Turn<'_>, days: Days) {
    turn.parent.rhythm.weekly = false;
    turn.parent.schedule.days = days;
    turn.parent.plan(turn.scene.now);
}

/// Days were chosen.
pub(super) fn choose_days(turn: &mut Turn<'_>, message: Option<MessageId>, days: Days) {
    set_days(turn, days);
    let keeps = matches!(turn.parent.consent, Consent::Given { .. });
    match turn.parent.onboarding {
        // What a parent recognises says something about them: whoever wants nothing kept is not asked.
        Onboarding::Days if keeps => {
            turn.parent.onboarding = Onboarding::Side;
            ask_side(turn, message);
        }
        Onboarding::Days => finish(turn, message),
        Onboarding::Stranger
        | Onboarding::Consent
        | Onboarding::Time
        | Onboarding::Side
        | Onboarding::Done => {
            settings::offer_another_time(turn, message, Tap::Close);
        }
    }
}

fn ask_side(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let rows = side_rows(turn, Tap::Side);
    turn.show(message, turn.texts().onboarding.side.as_str(), rows);
}

/// What a parent may recognise.
pub(super) fn side_rows<'a>(turn: &Turn<'a>, side: impl Fn(Option<Side>) -> Tap) -> Vec<Row<'a>> {
    let onboarding = &turn.texts().onboarding;
    let sides = [
        (&onboarding.btn_side_verlating, Some(Side::Verlating)),
        (&onboarding.btn_side_binding, Some(Side::Binding)),
        (&onboarding.btn_side_beide, Some(Side::Beide)),
        (&onboarding.btn_side_none, None),
    ];
    let row = |(label, chosen): (&'a Label, _)| vec![(label.as_str(), side(chosen))];
    sides.into_iter().map(row).collect()
}

/// The fourth tap.
pub(super) fn side_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    side: Option<Side>,
) -> Option<String> {
    // A new version of the explanation may have come since the question was put.
    turn.parent.side = side.filter(|_| turn.keeps());
    finish(turn, Some(message));
    None
}

fn finish(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let onboarding = &turn.texts().onboarding;
    turn.parent.onboarding = Onboarding::Done;
    // Paused or stopped half-way through: there is no first prompt to announce.
    let Some(when) = turn.next_when() else {
        pause::still(turn, message);
        return;
    };
    let done = if turn.keeps() {
        &onboarding.done
    } else {
        &onboarding.done_no_store
    };
    let text = done.fill(&[("when", &when)]);
    let rows = vec![vec![
        (onboarding.btn_first_now.as_str(), Tap::PromptNow),
        (onboarding.btn_first_wait.as_str(), Tap::Close),
    ]];
    turn.show(message, text, rows);
}
