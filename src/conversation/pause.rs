//! `/pauze`: a while without prompts. No reason is asked, nothing waits at the end, and everything else keeps working.

use jiff::{ToSpan, civil::Date};

use super::{
    crisis,
    tap::Tap,
    turn::{Row, Turn},
};
use crate::parent::{MessageId, Pause, Sending, rhythm::LONGEST_PAUSE};

/// The pauses with an end that are offered, in days.
const DAYS: [u8; 3] = [3, 7, LONGEST_PAUSE];

/// A tap on a button about a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseTap {
    /// How long will it be?
    Offer,
    /// So many days.
    Days(u8),
    /// Until the parent begins again.
    Open,
}

impl PauseTap {
    /// Its part of the callback data.
    pub fn data(self) -> String {
        match self {
            Self::Offer => "o".to_owned(),
            Self::Days(days) => days.to_string(),
            Self::Open => "x".to_owned(),
        }
    }

    /// Reads what [`PauseTap::data`] wrote.
    pub fn read(data: &str) -> Option<Self> {
        match data {
            "o" => Some(Self::Offer),
            "x" => Some(Self::Open),
            days => {
                let days = days.parse().ok()?;
                DAYS.contains(&days).then_some(Self::Days(days))
            }
        }
    }
}

/// `/pauze`: how long, or what is true already.
pub(super) fn ask(turn: &mut Turn<'_>) {
    match (turn.parent.sending, turn.parent.rhythm.pause) {
        (Sending::On, None) => offer(turn, None),
        (Sending::On, Some(Pause::Until(_) | Pause::Open { .. })) => {
            let text = paused(turn).unwrap_or_default();
            let rows = vec![resume_row(turn)];
            turn.menu(text, rows);
        }
        (Sending::Off, _) => still(turn, None),
    }
}

/// How long the pause may be.
fn offer(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let texts = &turn.texts().pause;
    let [three, week, four_weeks] = DAYS.map(|days| Tap::Pause(PauseTap::Days(days)));
    let rows = vec![
        vec![
            (texts.btn_3d.as_str(), three),
            (texts.btn_week.as_str(), week),
        ],
        vec![
            (texts.btn_4w.as_str(), four_weeks),
            (texts.btn_open.as_str(), Tap::Pause(PauseTap::Open)),
        ],
        vec![(texts.btn_cancel.as_str(), Tap::Close)],
    ];
    turn.show(message, texts.text.as_str(), rows);
}

/// A length was chosen.
pub(super) fn tap(turn: &mut Turn<'_>, message: MessageId, tap: PauseTap) -> Option<String> {
    match tap {
        PauseTap::Offer => offer(turn, Some(message)),
        PauseTap::Days(days) => {
            let until = begin(turn, days);
            let text = turn.texts().pause.done.fill(&[("date", &turn.date(until))]);
            turn.turn_menu(message, text, Vec::new());
        }
        PauseTap::Open => {
            let open = Pause::Open { asked: false };
            turn.parent.pause(open, turn.scene.now);
            turn.turn_menu(message, turn.texts().pause.done_open.as_str(), Vec::new());
        }
    }
    None
}

/// Sends no prompts for so many days; the date on which they come again.
pub(super) fn begin(turn: &mut Turn<'_>, days: u8) -> Date {
    let today = turn.today();
    let until = today.checked_add(i32::from(days).days()).unwrap_or(today);
    turn.parent.pause(Pause::Until(until), turn.scene.now);
    until
}

/// Nothing is planned: says until when, and offers to begin again.
pub(super) fn still(turn: &mut Turn<'_>, message: Option<MessageId>) {
    let texts = &turn.texts().welcome;
    let until = match (turn.parent.sending, turn.parent.rhythm.pause) {
        (Sending::On, Some(Pause::Until(_))) => paused(turn),
        (Sending::On, Some(Pause::Open { .. }) | None) | (Sending::Off, _) => None,
    };
    let rows = vec![
        vec![(texts.btn_again_go.as_str(), Tap::Resume)],
        vec![(texts.btn_again_wait.as_str(), Tap::Close)],
    ];
    let again = || texts.again_paused.as_str().to_owned();
    turn.show(message, until.unwrap_or_else(again), rows);
}

/// That no prompts come, since `/stop` or in a pause; `None` when they do.
pub(super) fn silent(turn: &Turn<'_>) -> Option<String> {
    let texts = turn.texts();
    match turn.parent.sending {
        Sending::Off => {
            let begin = texts.pause.btn_resume.as_str();
            Some(texts.stop.still.fill(&[("button", begin)]))
        }
        Sending::On => paused(turn),
    }
}

/// That the bot is silent, and until when; `None` when there is no pause.
fn paused(turn: &Turn<'_>) -> Option<String> {
    let texts = &turn.texts().pause;
    match turn.parent.rhythm.pause? {
        Pause::Until(date) => Some(texts.already.fill(&[("date", &turn.date(date))])),
        Pause::Open { .. } => Some(texts.done_open.as_str().to_owned()),
    }
}

/// The button with which prompts come again.
pub(super) fn resume_row<'a>(turn: &Turn<'a>) -> Row<'a> {
    vec![(turn.texts().pause.btn_resume.as_str(), Tap::Resume)]
}

/// The parent wants prompts again, after a pause or after `/stop`.
pub(super) fn resume_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    turn.parent.resume(turn.scene.now);
    turn.close_menu_at(message);
    if let Some(when) = turn.next_when() {
        turn.say(turn.texts().pause.resumed.fill(&[("when", &when)]));
    }
    None
}

/// The pause is over: one line, without sound, and nothing that was waiting.
pub(super) fn due(turn: &mut Turn<'_>) {
    let over = turn.parent.take_pause_end(turn.scene.now);
    let sending = turn.parent.sending == Sending::On && !turn.parent.unreachable;
    if over && sending {
        turn.bring(turn.texts().pause.ended.as_str(), Vec::new(), true);
    }
}

/// The parent wrote something in a pause without end. It was "until you let hear from you": so asks, once, whether to begin again.
pub(super) fn wrote_meanwhile(turn: &mut Turn<'_>) {
    if crisis::is_quiet(turn) {
        return;
    }
    if let Some(Pause::Open { asked }) = &mut turn.parent.rhythm.pause
        && !std::mem::replace(asked, true)
    {
        still(turn, None);
    }
}
