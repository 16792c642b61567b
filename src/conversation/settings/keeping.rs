//! The page of the settings for keeping replies: giving consent again is as easy as taking it back, and as explicit as the first time.

use super::{SettingsTap, back, overview};
use crate::{
    conversation::{
        consented, help, on_this_day, onboarding,
        tap::Tap,
        turn::{Row, Turn},
    },
    parent::{Consent, MessageId, OwnPrompts},
};

/// Stop keeping, while replies are kept; else the question of the start.
pub(super) fn open(turn: &mut Turn<'_>, message: MessageId) {
    if turn.keeps() {
        ask_withdraw(turn, message);
    } else {
        ask_consent(turn, message);
    }
}

fn ask_withdraw(turn: &mut Turn<'_>, message: MessageId) {
    let texts = &turn.texts().consent.withdraw;
    let rows = vec![
        button(texts.btn_stop.as_str(), SettingsTap::StopKeeping),
        button(texts.btn_stop_erase.as_str(), SettingsTap::EraseKept),
        button(texts.btn_keep.as_str(), SettingsTap::Overview),
    ];
    turn.turn_menu(message, texts.text.as_str(), rows);
}

fn button(label: &str, tap: SettingsTap) -> Row<'_> {
    vec![(label, Tap::Settings(tap))]
}

fn ask_consent(turn: &mut Turn<'_>, message: MessageId) {
    let texts = &turn.texts().consent;
    turn.parent.consent_shown = Some(turn.scene.library.consent_version.clone());
    let mut rows = vec![
        button(texts.btn_yes.as_str(), SettingsTap::Keep),
        button(texts.btn_more.as_str(), SettingsTap::KeepMore),
    ];
    rows.push(back(turn));
    let text = onboarding::consent_text(turn);
    turn.turn_menu(message, text, rows);
}

/// The whole explanation, and back to the question.
pub(super) fn more_tap(turn: &mut Turn<'_>, message: MessageId) {
    let label = turn.texts().privacy.btn_back.as_str();
    let rows = vec![button(label, SettingsTap::Keeping)];
    let privacy = help::privacy_text(turn);
    turn.turn_menu(message, privacy, rows);
}

/// Replies are kept from now on, if what the parent read is the explanation in force.
pub(super) fn keep_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let version = turn.scene.library.consent_version.clone();
    if turn.parent.consent_shown.take().as_ref() != Some(&version) {
        ask_consent(turn, message);
        return None;
    }
    turn.parent.consent = Consent::Given {
        version,
        at: turn.scene.now,
    };
    let texts = &turn.texts().consent;
    let yes = format!("{} {}", texts.yes.as_str(), texts.names_hint.as_str());
    overview(turn, Some(message), Some(yes));
    None
}

/// Nothing more is kept; what there is stays.
pub(super) fn stop_tap(turn: &mut Turn<'_>, message: MessageId) {
    keep_no_more(turn);
    let done = turn.texts().consent.withdraw.done.as_str().to_owned();
    overview(turn, Some(message), Some(done));
}

/// From now on no words are kept, and nothing that needs them goes on. What there is stays.
pub(in crate::conversation) fn keep_no_more(turn: &mut Turn<'_>) {
    // What was typed in an open flow is held only until its end, but that needs the consent too. Without it, nothing typed is held.
    if consented(&turn.parent) {
        turn.parent.flows.leave();
    }
    turn.parent.consent = Consent::Declined;
    // What shows by itself what was written goes with the consent to keep that.
    turn.parent.journal.sundays.on = false;
    on_this_day::want(turn, false);
}

/// Before everything that was kept goes: two taps, as for every erasing.
pub(super) fn erase_tap(turn: &mut Turn<'_>, message: MessageId) {
    let texts = &turn.texts().erase;
    let rows = vec![
        button(texts.btn_confirm.as_str(), SettingsTap::EraseKeptYes),
        button(texts.btn_no.as_str(), SettingsTap::Overview),
    ];
    turn.turn_menu(message, texts.confirm_answers.as_str(), rows);
}

/// Nothing more is kept, and everything that the parent wrote or said of themselves goes with its key. Times, days and zone stay.
pub(super) fn erase_yes_tap(turn: &mut Turn<'_>, message: MessageId) {
    keep_no_more(turn);
    turn.erase_words();
    turn.parent.own = OwnPrompts::default();
    turn.parent.side = None;
    let done = turn.texts().consent.withdraw.done_erased.as_str();
    overview(turn, Some(message), Some(done.to_owned()));
}
