//! "Straks": the prompt comes once more, later. The schedule stays as it is, and a prompt is put off once.

use jiff::{SignedDuration, Timestamp};

use super::{
    Effect, daily,
    tap::{Snooze, Tap},
    turn::{Turn, keyboard},
};
use crate::parent::{ClockTime, LATE, MessageId, Planned, Snoozed};

/// A prompt that is put off to within this time of the next one is dropped (content part 2).
const TOO_NEAR: SignedDuration = SignedDuration::from_hours(2);

/// From this hour on, "vanavond" is not offered any more (content part 2); until then it means 19:30.
const EVENING_HOUR: u8 = 18;

/// No prompt is put off for longer; one that seems to be was put off with a clock that was wrong.
const LONGEST: SignedDuration = SignedDuration::from_hours(3 * 24);

/// "Straks": the prompt's own buttons become the moments to choose from.
pub(super) fn later_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let texts = &turn.texts().snooze;
    let number = turn.new_keyboard();
    let open = turn.parent.prompt.as_mut()?;
    open.number = number;
    let mut third = vec![(texts.btn_3h.as_str(), Tap::Snooze(Snooze::ThreeHours))];
    if turn.parent.schedule.local(turn.scene.now).1.hour() < EVENING_HOUR {
        third.push((texts.btn_tonight.as_str(), Tap::Snooze(Snooze::Tonight)));
    }
    let rows = vec![
        vec![
            (texts.btn_30m.as_str(), Tap::Snooze(Snooze::HalfHour)),
            (texts.btn_1h.as_str(), Tap::Snooze(Snooze::Hour)),
        ],
        third,
        vec![
            (texts.btn_tomorrow.as_str(), Tap::Snooze(Snooze::Tomorrow)),
            (texts.btn_back.as_str(), Tap::NotLater),
        ],
    ];
    turn.act(Effect::Buttons {
        message,
        keyboard: keyboard(number, rows),
    });
    Some(texts.text.as_str().to_owned())
}

/// The prompt comes again at the chosen moment, unless the next one is near by then anyway.
pub(super) fn snooze_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    snooze: Snooze,
) -> Option<String> {
    let texts = &turn.texts().snooze;
    let at = snoozed_until(turn, snooze);
    if at <= turn.scene.now {
        // It became evening since "vanavond" was shown.
        return later_tap(turn, message);
    }
    let id = turn.parent.prompt.as_ref()?.id.clone();
    daily::close_prompt(turn, message);
    let near =
        |planned: Planned| planned.at.duration_since(at).abs() <= TOO_NEAR || planned.at < at;
    if turn.parent.planned.is_some_and(near) {
        turn.say(texts.too_late.as_str());
    } else {
        turn.parent.snoozed = Some(Snoozed { id, at });
        let when = turn.when(at);
        turn.say(texts.done.fill(&[("when", &when)]));
    }
    None
}

fn snoozed_until(turn: &Turn<'_>, snooze: Snooze) -> Timestamp {
    let now = turn.scene.now;
    let schedule = &turn.parent.schedule;
    let after = |minutes| {
        now.checked_add(SignedDuration::from_mins(minutes))
            .unwrap_or(now)
    };
    match snooze {
        Snooze::HalfHour => after(30),
        Snooze::Hour => after(60),
        Snooze::ThreeHours => after(180),
        Snooze::Tonight => ClockTime::new(19, 30)
            .and_then(|time| schedule.moment(turn.today(), time))
            .unwrap_or(now),
        Snooze::Tomorrow => {
            let tomorrow = turn.today().tomorrow().ok();
            let at = tomorrow.and_then(|tomorrow| schedule.instant(tomorrow, 0));
            at.unwrap_or_else(|| after(24 * 60))
        }
    }
}

/// The id of the prompt that was put off to now. One whose moment passed too long ago is let go, as a planned one is.
pub(super) fn take_due(turn: &mut Turn<'_>) -> Option<String> {
    let now = turn.scene.now;
    let snoozed = &mut turn.parent.snoozed;
    snoozed.take_if(|snoozed| snoozed.at.duration_since(now) > LONGEST);
    let due = snoozed.take_if(|snoozed| snoozed.at <= now)?;
    (now.duration_since(due.at) <= LATE).then_some(due.id)
}
