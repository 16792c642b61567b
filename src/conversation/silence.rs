//! What a long silence leads to: fewer prompts, then none, and at last a notice before everything is erased. Each is said once, and none of it
//! is a reproach. Any sign of life undoes it all.

use super::{
    pause::PauseTap,
    tap::{Erase, Tap},
    turn::Turn,
};
use crate::parent::{MessageId, RetentionDue, rhythm::Step};

/// A tap on a button that came after a long silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceTap {
    /// Prompts come as they did before.
    AsBefore,
    /// One prompt a week is right.
    Weekly,
    /// Everything stays.
    Keep,
}

impl SilenceTap {
    /// Its part of the callback data.
    pub fn data(self) -> String {
        let word = match self {
            Self::AsBefore => "a",
            Self::Weekly => "w",
            Self::Keep => "k",
        };
        word.to_owned()
    }

    /// Reads what [`SilenceTap::data`] wrote.
    pub fn read(data: &str) -> Option<Self> {
        match data {
            "a" => Some(Self::AsBefore),
            "w" => Some(Self::Weekly),
            "k" => Some(Self::Keep),
            _ => None,
        }
    }
}

/// In the place of a prompt that nobody seems to wait for.
pub(super) fn step(turn: &mut Turn<'_>, step: Step) {
    let texts = &turn.texts().silence;
    match step {
        Step::Less => {
            let rows = vec![
                vec![(
                    texts.btn_as_before.as_str(),
                    Tap::Silence(SilenceTap::AsBefore),
                )],
                vec![(texts.btn_weekly.as_str(), Tap::Silence(SilenceTap::Weekly))],
                vec![(texts.btn_pause.as_str(), Tap::Pause(PauseTap::Offer))],
            ];
            turn.bring(texts.less.as_str(), rows, false);
        }
        Step::Quiet => turn.bring(texts.pause.as_str(), Vec::new(), false),
    }
}

/// The answer to a question after a silence. The tap itself has ended the silence already.
pub(super) fn tap(turn: &mut Turn<'_>, message: MessageId, tap: SilenceTap) -> Option<String> {
    let texts = turn.texts();
    if tap == SilenceTap::Weekly {
        turn.parent.choose_weekly(turn.scene.now);
    }
    let when = turn.next_when();
    let back = when.map(|when| texts.silence.back.fill(&[("when", &when)]));
    let text = match tap {
        SilenceTap::AsBefore | SilenceTap::Weekly => {
            back.unwrap_or_else(|| texts.settings.changed.as_str().to_owned())
        }
        SilenceTap::Keep => {
            let kept = texts.erase.idle_kept.as_str().to_owned();
            back.map_or(kept.clone(), |back| format!("{kept}\n\n{back}"))
        }
    };
    turn.turn_menu(message, text, Vec::new());
    None
}

/// The end of a parent's data: the notice, or the end itself. Whether everything goes.
pub(super) fn retention_due(turn: &mut Turn<'_>) -> bool {
    let months = turn.scene.house.retention_months;
    match turn.parent.take_retention(months, turn.scene.now) {
        RetentionDue::Nothing => false,
        RetentionDue::Notice => {
            give_notice(turn, months);
            false
        }
        RetentionDue::Erase => {
            turn.forget();
            true
        }
    }
}

fn give_notice(turn: &mut Turn<'_>, months: u16) {
    let texts = &turn.texts().erase;
    // The notice comes 30 days before the months are over.
    let silent_for = months.saturating_sub(1).to_string();
    let text = texts.idle_notice.fill(&[("months", &silent_for)]);
    let rows = vec![vec![
        (texts.btn_idle_keep.as_str(), Tap::Silence(SilenceTap::Keep)),
        (texts.btn_idle_erase.as_str(), Tap::Erase(Erase::All)),
    ]];
    turn.bring(text, rows, false);
}
