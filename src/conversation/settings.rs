//! `/instellingen`: everything a parent can choose, on one message that changes in place. Each button opens a page of it, and each page
//! comes back. A page that asks for typed text goes on in a new message below that text, where the parent looks.

mod keeping;
mod taps;
mod times;

use jiff::SignedDuration;

use super::{
    Message, language, on_this_day, onboarding, own, pause,
    tap::Tap,
    turn::{Row, Turn},
};
use crate::{
    library::{Country, Side},
    parent::{Asked, Consent, Days, MessageId, OpenQuestion, Otherwise, Words, place, week},
};

pub(super) use keeping::keep_no_more;
pub use taps::SettingsTap;
pub(super) use times::offer_another_time;

/// A question is answered by typed text for so long. Later, such text is a reply like any other.
const ANSWERS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Typed text longer than this is no time, no days and no place, but something the parent wants to say. In characters.
const LONGEST_ANSWER: usize = 40;

/// `/instellingen`.
pub(super) fn open(turn: &mut Turn<'_>) {
    overview(turn, None, None);
}

/// Everything as it is now, after a line that says what changed.
fn overview(turn: &mut Turn<'_>, message: Option<MessageId>, before: Option<String>) {
    close_question(turn);
    let state = state(turn);
    let lines = [before, Some(state), pause::silent(turn)];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    let rows = overview_rows(turn);
    turn.show(message, lines.join("\n\n"), rows);
}

fn state(turn: &Turn<'_>) -> String {
    let texts = turn.texts();
    let words = &texts.words;
    let on_or_off = |on| if on { &words.on } else { &words.off }.as_str();
    let side = match turn.parent.side {
        None => &words.side_none,
        Some(Side::Verlating) => &words.side_verlating,
        Some(Side::Binding) => &words.side_binding,
        Some(Side::Beide) => &words.side_beide,
    };
    let country = match turn.parent.country {
        Country::Nl => &texts.help.country_nl,
        Country::Be => &texts.help.country_be,
    };
    let zone = place::name(&turn.parent.schedule.zone, &turn.scene.library.places);
    texts.settings.text.fill(&[
        ("time", &chosen_times(turn)),
        ("days", &chosen_days(turn)),
        ("tz", &zone),
        ("side", side.as_str()),
        ("state", on_or_off(turn.keeps())),
        ("older", on_or_off(turn.parent.settings.on_this_day)),
        ("country", country.as_str()),
        ("language", turn.scene.library.name.as_str()),
    ])
}

/// "07:30 en tussen 19:00 en 21:00", in the order of the day.
fn chosen_times(turn: &Turn<'_>) -> String {
    let mut slots = turn.parent.schedule.times.clone();
    slots.sort();
    let slots: Vec<String> = slots.into_iter().map(|slot| turn.slot(slot)).collect();
    turn.texts().words.list(&slots)
}

/// "ma, wo en za", and "één keer per week" when the parent chose that.
fn chosen_days(turn: &Turn<'_>) -> String {
    let words = &turn.texts().words;
    let chosen = turn.parent.schedule.days;
    let days = if chosen == Days::all() {
        words.every_day.as_str().to_owned()
    } else {
        let names = week().zip(&words.weekdays_short);
        let names: Vec<&str> = names
            .filter(|(day, _)| chosen.contains(*day))
            .map(|(_, name)| name.as_str())
            .collect();
        turn.texts().words.list(&names)
    };
    if turn.parent.rhythm.weekly {
        format!("{days}, {}", words.once_a_week.as_str())
    } else {
        days
    }
}

fn overview_rows<'a>(turn: &Turn<'a>) -> Vec<Row<'a>> {
    let texts = &turn.texts().settings;
    let mut third = vec![(texts.btn_tz.as_str(), Tap::Settings(SettingsTap::Zone))];
    // What a parent recognises says something about them: whoever wants nothing kept is not asked.
    if matches!(turn.parent.consent, Consent::Given { .. }) {
        third.push((texts.btn_side.as_str(), Tap::Settings(SettingsTap::Sides)));
    }
    let mut rows = vec![
        vec![
            (texts.btn_time.as_str(), Tap::Settings(SettingsTap::Times)),
            (texts.btn_days.as_str(), Tap::Settings(SettingsTap::Days)),
        ],
        third,
        vec![
            (
                texts.btn_store.as_str(),
                Tap::Settings(SettingsTap::Keeping),
            ),
            (
                texts.btn_onthisday.as_str(),
                Tap::Settings(SettingsTap::OnThisDay),
            ),
        ],
        vec![
            (
                texts.btn_country.as_str(),
                Tap::Settings(SettingsTap::Country),
            ),
            (texts.btn_own.as_str(), Tap::Settings(SettingsTap::Own)),
        ],
    ];
    rows.extend(language::others(turn, |mark| {
        Tap::Settings(SettingsTap::Language(mark))
    }));
    if pause::silent(turn).is_some() {
        rows.push(pause::resume_row(turn));
    }
    rows.push(vec![(
        texts.btn_close.as_str(),
        Tap::Settings(SettingsTap::Close),
    )]);
    rows
}

/// What a tap does.
pub(super) fn tap(turn: &mut Turn<'_>, message: MessageId, tap: SettingsTap) -> Option<String> {
    match tap {
        SettingsTap::Overview => overview(turn, Some(message), None),
        SettingsTap::Close => {
            turn.close_menu_at(message);
            return Some(turn.texts().settings.closed.as_str().to_owned());
        }
        SettingsTap::Times => times::ask_time(turn, message, false),
        SettingsTap::MoreTimes => times::ask_time(turn, message, true),
        SettingsTap::Time { slot, add } => times::choose_time(turn, Some(message), slot, add),
        SettingsTap::TimeOther { add } => times::time_other_tap(turn, message, add),
        SettingsTap::Days => times::ask_days(turn, message),
        SettingsTap::DaysAre(days) => return times::days_tap(turn, message, days),
        SettingsTap::DaysOwn(days) => times::days_own_tap(turn, message, days),
        SettingsTap::Weekly => times::weekly_tap(turn, message),
        SettingsTap::Zone => times::ask_zone(turn, message),
        SettingsTap::Sides | SettingsTap::Side(Some(_)) if !turn.keeps() => {
            return Some(turn.texts().error.needs_consent.as_str().to_owned());
        }
        SettingsTap::Sides => ask_side(turn, message),
        SettingsTap::Side(side) => {
            turn.parent.side = side;
            changed(turn, Some(message));
        }
        SettingsTap::Keeping => keeping::open(turn, message),
        SettingsTap::Keep => return keeping::keep_tap(turn, message),
        SettingsTap::KeepMore => keeping::more_tap(turn, message),
        SettingsTap::StopKeeping => keeping::stop_tap(turn, message),
        SettingsTap::EraseKept => keeping::erase_tap(turn, message),
        SettingsTap::EraseKeptYes => keeping::erase_yes_tap(turn, message),
        SettingsTap::OnThisDay => return on_this_day_tap(turn, message),
        SettingsTap::OnThisDayIs(on) => {
            on_this_day::want(turn, on);
            changed(turn, Some(message));
        }
        SettingsTap::Country => {
            turn.parent.country = match turn.parent.country {
                Country::Nl => Country::Be,
                Country::Be => Country::Nl,
            };
            changed(turn, Some(message));
        }
        SettingsTap::Language(mark) => {
            language::choose(turn, mark);
            changed(turn, Some(message));
        }
        SettingsTap::Own => own::open(turn, message),
    }
    None
}

/// Something else than the plan changed.
fn changed(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let before = turn.texts().settings.changed.as_str().to_owned();
    overview(turn, message, Some(before));
}

/// The plan changed: when the next prompt comes.
fn changed_plan(turn: &Turn<'_>) -> String {
    let texts = &turn.texts().settings;
    match turn.next_when() {
        Some(when) => texts.time_changed.fill(&[("when", &when)]),
        None => texts.changed.as_str().to_owned(),
    }
}

fn back<'a>(turn: &Turn<'a>) -> Row<'a> {
    let label = turn.texts().settings.btn_back.as_str();
    vec![(label, Tap::Settings(SettingsTap::Overview))]
}

fn ask_side(turn: &mut Turn<'_>, message: MessageId) {
    let choose = |side| Tap::Settings(SettingsTap::Side(side));
    let mut rows = onboarding::side_rows(turn, choose);
    rows.push(back(turn));
    turn.turn_menu(message, turn.texts().onboarding.side.as_str(), rows);
}

fn on_this_day_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    if !turn.keeps() {
        return Some(turn.texts().error.needs_consent.as_str().to_owned());
    }
    let texts = &turn.texts().onthisday;
    let rows = vec![
        vec![(
            texts.btn_on.as_str(),
            Tap::Settings(SettingsTap::OnThisDayIs(true)),
        )],
        vec![(
            texts.btn_off.as_str(),
            Tap::Settings(SettingsTap::OnThisDayIs(false)),
        )],
    ];
    turn.turn_menu(message, texts.explain.as_str(), rows);
    None
}

/// What was just shown with buttons can be answered by typing too.
pub(super) fn open_question(turn: &mut Turn<'_>, what: Asked, otherwise: Otherwise) {
    let until = turn.scene.now.checked_add(ANSWERS_FOR);
    turn.parent.settings.asking = turn.parent.menu.zip(until.ok()).map(|(menu, until)| {
        let keyboard = menu.number;
        OpenQuestion {
            what,
            keyboard,
            until,
            otherwise,
            which: None,
        }
    });
}

/// Nothing is answered by typing any more.
pub(super) fn close_question(turn: &mut Turn<'_>) {
    turn.parent.settings.asking = None;
}

/// The question that typed text may answer: its buttons are the newest, and it was shown at most an hour ago. Who is in the middle of the start has longer for an answer, and only for one.
pub(super) fn open_now(turn: &Turn<'_>) -> Option<OpenQuestion> {
    let question = turn.parent.settings.asking?;
    let live = turn.parent.menu.map(|menu| menu.number) == Some(question.keyboard);
    let begins = turn.parent.onboarding.asks_when();
    match (live, turn.sent <= question.until) {
        (true, true) => Some(question),
        (true, false) if begins => Some(OpenQuestion {
            otherwise: Otherwise::Reply,
            ..question
        }),
        (true | false, _) => None,
    }
}

/// Takes typed text as the answer to the open question; `false` when it is none, so that it is a reply.
pub(super) fn typed(turn: &mut Turn<'_>, message: &Message, words: &Words) -> bool {
    let asked_in = turn.parent.menu.and_then(|menu| menu.message);
    if message.reply_to.is_some() && message.reply_to != asked_in {
        return false;
    }
    let question = open_now(turn);
    close_question(turn);
    let Some(question) = question else {
        return false;
    };
    let is_long = words.reveal().chars().count() > LONGEST_ANSWER;
    if is_long && question.what != Asked::OwnPrompt {
        return false;
    }
    if answers(turn, question, words) {
        return true;
    }
    match question.otherwise {
        Otherwise::Reply => false,
        Otherwise::Misread => {
            ask_again(turn, question.what);
            turn.parent.settings.asking = Some(question);
            true
        }
    }
}

/// Whether typed text answers the question. What was asked for is chosen then.
fn answers(turn: &mut Turn<'_>, question: OpenQuestion, words: &Words) -> bool {
    match question.what {
        Asked::StartTime => {
            times::typed_time(turn, question, words, Tap::Time, onboarding::choose_time)
        }
        Asked::Time { add } => {
            let tap = |slot| Tap::Settings(SettingsTap::Time { slot, add });
            times::typed_time(turn, question, words, tap, |turn, message, slot| {
                times::choose_time(turn, message, slot, add);
            })
        }
        Asked::StartDays => times::typed_days(turn, words, onboarding::choose_days),
        Asked::Days => times::typed_days(turn, words, times::choose_days),
        Asked::Zone => times::typed_zone(turn, words),
        Asked::OwnPrompt => own::typed(turn, words),
    }
}

/// What was typed was not understood: says how it can be.
fn ask_again(turn: &mut Turn<'_>, what: Asked) {
    let texts = turn.texts();
    match what {
        Asked::StartTime | Asked::Time { .. } => turn.say(texts.onboarding.time_bad.as_str()),
        Asked::StartDays | Asked::Days => turn.say(texts.error.invalid_day.as_str()),
        Asked::Zone => turn.say(texts.settings.tz_bad.as_str()),
        Asked::OwnPrompt => own::say_too_long(turn),
    }
}
