//! The prompt: sending it at its moment, its buttons, and `/vandaag`.

use jiff::{SignedDuration, Timestamp};

use super::{
    Class, Effect, JournalChange, Keyboard, MessageRef, Outcome, PromptRef, Purpose,
    tap::{Snooze, Tap},
    turn::{Row, Turn, keyboard},
};
use crate::{
    library::{Prompt, Side},
    parent::{ClockTime, DueNow, LATE, MessageId, OpenPrompt, Planned, Snoozed, Words},
};

/// The first prompts carry a line that says what to do with them.
const HINTS: u8 = 3;

/// How often a day a parent may have another prompt instead (content part 2).
const SWAPS_A_DAY: u8 = 2;

/// A prompt that is put off to within this time of the next one is dropped (content part 2).
const TOO_NEAR: SignedDuration = SignedDuration::from_hours(2);

/// From this hour on, "vanavond" is not offered any more (content part 2); until then it means 19:30.
const EVENING_HOUR: u8 = 18;

/// The bot planned something for now.
pub(super) fn due(turn: &mut Turn<'_>) {
    let now = turn.scene.now;
    if let Some(snoozed) = turn.parent.snoozed.take_if(|snoozed| snoozed.at <= now)
        && now.duration_since(snoozed.at) <= LATE
        && let Some(prompt) = turn.scene.library.prompt(&snoozed.id)
    {
        send(turn, prompt, None, false);
    }
    match turn.parent.take_due(now) {
        DueNow::Send(planned) => draw_and_send(turn, Some(planned)),
        DueNow::LetGo(_) | DueNow::AlreadyWrote(_) | DueNow::NotYet => {}
    }
}

/// `/vandaag`: today's prompt again, or the offer of one.
pub(super) fn today(turn: &mut Turn<'_>) {
    let texts = turn.texts();
    let today = turn.today();
    if turn.parent.wrote_on == Some(today) {
        let rows = vec![
            vec![(texts.prompt.btn_yes_one.as_str(), Tap::PromptNow)],
            vec![(texts.prompt.btn_no.as_str(), Tap::Close)],
        ];
        turn.menu(texts.prompt.already_today.as_str(), rows);
        return;
    }
    let sent_today = turn
        .parent
        .prompt
        .as_ref()
        .filter(|open| turn.local_date(open.at) == today);
    if let Some(prompt) = sent_today.and_then(|open| turn.scene.library.prompt(&open.id)) {
        send(turn, prompt, None, false);
        return;
    }
    let rows = vec![vec![
        (texts.today.btn_send.as_str(), Tap::PromptNow),
        (texts.today.btn_no.as_str(), Tap::Close),
    ]];
    turn.menu(texts.today.none.as_str(), rows);
}

/// The parent asks for a prompt now.
pub(super) fn now_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    turn.close_menu_at(message);
    draw_and_send(turn, None);
    None
}

fn draw_and_send(turn: &mut Turn<'_>, planned: Option<Planned>) {
    let (library, parent) = (turn.scene.library, &mut turn.parent);
    let time = parent.schedule.local(turn.scene.now).1;
    let side = parent.side.unwrap_or(Side::Beide);
    if let Some(drawn) = parent.deck.draw(&library.prompts, time, side, turn.chance) {
        send(turn, drawn.prompt, planned, drawn.began_anew);
    }
}

fn send(turn: &mut Turn<'_>, prompt: &Prompt, planned: Option<Planned>, began_anew: bool) {
    lay_aside(turn);
    let mut text = laid_out(turn, prompt);
    if began_anew {
        text = format!("{text}\n\n{}", turn.texts().prompt.all_seen.as_str());
    } else if turn.parent.hints < HINTS {
        turn.parent.hints += 1;
        text = format!("{text}\n\n{}", turn.texts().prompt.hint.as_str());
    }
    let number = turn.new_keyboard();
    let prompt_ref = refer(prompt);
    turn.parent.prompt = Some(OpenPrompt {
        id: prompt.id.clone(),
        number,
        message: None,
        at: turn.scene.now,
        live: true,
        entry: None,
    });
    let effect = Effect::Send {
        text: Words::new(text),
        keyboard: keyboard(number, buttons(turn)),
        silent: false,
        reply_to: None,
    };
    let class = if planned.is_some() {
        Class::Bulk
    } else {
        Class::Interactive
    };
    let expires = planned.and_then(|planned| planned.at.checked_add(LATE).ok());
    turn.put(
        effect,
        class,
        Purpose::Prompt {
            number,
            prompt: prompt_ref,
            planned,
        },
        expires,
    );
}

fn laid_out(turn: &Turn<'_>, prompt: &Prompt) -> String {
    turn.texts()
        .prompt
        .layout
        .fill(&[("title", &prompt.title), ("body", &prompt.body)])
}

fn refer(prompt: &Prompt) -> PromptRef {
    PromptRef {
        id: prompt.id.clone(),
        title: prompt.title.clone(),
    }
}

fn buttons<'a>(turn: &Turn<'a>) -> Vec<Row<'a>> {
    let texts = &turn.texts().prompt;
    vec![vec![
        (texts.btn_later.as_str(), Tap::Later),
        (texts.btn_other.as_str(), Tap::Other),
        (texts.btn_skip.as_str(), Tap::Skip),
    ]]
}

/// Takes the buttons of the former prompt away; its text stays, and a reply to it still lands there.
fn lay_aside(turn: &mut Turn<'_>) {
    let Some(open) = turn.parent.prompt.as_mut().filter(|open| open.live) else {
        return;
    };
    open.live = false;
    if let Some(message) = open.message {
        turn.take_buttons(message);
    }
}

/// A tap says in which message the latest prompt stands, perhaps before the sender does.
pub(super) fn stands_at(turn: &mut Turn<'_>, number: u32, message: MessageId) {
    let open = turn.parent.prompt.as_mut();
    let Some(open) = open.filter(|open| open.number == number && open.message.is_none()) else {
        return;
    };
    open.message = Some(message);
    let entry = open.entry.map(super::EntryId);
    if let Some(prompt) = turn.scene.library.prompt(&open.id).map(refer) {
        turn.journal.push(JournalChange::Link(
            message,
            MessageRef::Prompt { prompt, entry },
        ));
    }
}

/// A prompt went out, or did not.
pub(super) fn came_of(turn: &mut Turn<'_>, number: u32, prompt: &PromptRef, outcome: Outcome) {
    let known = turn.parent.prompt.as_ref().and_then(|open| open.message);
    if let Outcome::Sent(Some(message)) = outcome
        && known == Some(message)
    {
        return;
    }
    let open = turn
        .parent
        .prompt
        .as_mut()
        .filter(|open| open.number == number);
    match (outcome, open) {
        (Outcome::Sent(Some(message)), Some(open)) => {
            open.message = Some(message);
            let answered = open.entry.is_some();
            let entry = open.entry.map(super::EntryId);
            let gone = !open.live;
            turn.journal.push(JournalChange::Link(
                message,
                MessageRef::Prompt {
                    prompt: prompt.clone(),
                    entry,
                },
            ));
            if answered {
                show_answered(turn);
            } else if gone {
                turn.take_buttons(message);
            }
        }
        (Outcome::Sent(Some(message)), None) => {
            turn.journal.push(JournalChange::Link(
                message,
                MessageRef::Prompt {
                    prompt: prompt.clone(),
                    entry: None,
                },
            ));
            turn.take_buttons(message);
        }
        // It never came: it goes back, and nothing typed later is taken for an answer to it.
        (Outcome::Expired | Outcome::Failed | Outcome::Unreachable, Some(_)) => {
            turn.parent.prompt = None;
            if let Some(prompt) = turn.scene.library.prompt(&prompt.id) {
                turn.parent.deck.put_back(prompt.mark());
            }
        }
        (Outcome::Expired | Outcome::Failed | Outcome::Unreachable, None) => {}
        // It may have come: a reply is still an answer to it.
        (Outcome::InDoubt | Outcome::Sent(None), _) => {}
    }
}

/// Once there is an answer, the prompt's buttons are about the answer.
pub(super) fn show_answered(turn: &mut Turn<'_>) {
    show_about_answer(turn, true);
}

fn show_about_answer(turn: &mut Turn<'_>, offer_follow_up: bool) {
    let texts = &turn.texts().prompt;
    let number = turn.new_keyboard();
    let Some(open) = &mut turn.parent.prompt else {
        return;
    };
    let (Some(message), Some(entry)) = (open.message, open.entry) else {
        return;
    };
    open.number = number;
    open.live = true;
    let mut row: Row<'_> = Vec::new();
    if offer_follow_up
        && turn
            .scene
            .library
            .prompt(&open.id)
            .is_some_and(|prompt| prompt.followup.is_some())
    {
        row.push((texts.btn_followup.as_str(), Tap::FollowUp));
    }
    row.push((
        texts.btn_erase_answer.as_str(),
        Tap::EraseEntry(super::EntryId(entry)),
    ));
    turn.act(Effect::Buttons {
        message,
        keyboard: keyboard(number, vec![row]),
    });
}

/// "Sla over": a sign of life, not a minus.
pub(super) fn skip_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    close_prompt(turn, message);
    let text = match turn.next_when() {
        Some(when) => turn.texts().prompt.skipped.fill(&[("when", &when)]),
        None => return None,
    };
    turn.say(text);
    None
}

fn close_prompt(turn: &mut Turn<'_>, message: MessageId) {
    if let Some(open) = &mut turn.parent.prompt {
        open.live = false;
    }
    turn.take_buttons(message);
}

/// "Andere vraag": the message changes into another prompt, and the former one goes back into the deck.
pub(super) fn other_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let today = turn.today();
    let used = turn
        .parent
        .swaps
        .filter(|(day, _)| *day == today)
        .map_or(0, |(_, used)| used);
    if used >= SWAPS_A_DAY {
        return Some(turn.texts().prompt.no_other.as_str().to_owned());
    }
    let library = turn.scene.library;
    let former = turn
        .parent
        .prompt
        .as_ref()
        .and_then(|open| library.prompt(&open.id));
    let time = turn.parent.schedule.local(turn.scene.now).1;
    let side = turn.parent.side.unwrap_or(Side::Beide);
    let drawn = turn
        .parent
        .deck
        .draw(&library.prompts, time, side, turn.chance)?;
    if let Some(former) = former.filter(|former| former.id != drawn.prompt.id) {
        turn.parent.deck.put_back(former.mark());
    }
    turn.parent.swaps = Some((today, used + 1));
    let text = laid_out(turn, drawn.prompt);
    let number = turn.new_keyboard();
    turn.parent.prompt = Some(OpenPrompt {
        id: drawn.prompt.id.clone(),
        number,
        message: Some(message),
        at: turn.scene.now,
        live: true,
        entry: None,
    });
    turn.journal.push(JournalChange::Link(
        message,
        MessageRef::Prompt {
            prompt: refer(drawn.prompt),
            entry: None,
        },
    ));
    let keyboard = keyboard(number, buttons(turn));
    turn.act(Effect::Edit {
        message,
        text: Words::new(text),
        keyboard,
    });
    None
}

/// "Straks": the prompt's own buttons become the moments to choose from.
pub(super) fn later_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let texts = &turn.texts().snooze;
    let number = turn.new_keyboard();
    let open = turn.parent.prompt.as_mut()?;
    open.number = number;
    let mut rows = vec![
        vec![
            (texts.btn_30m.as_str(), Tap::Snooze(Snooze::HalfHour)),
            (texts.btn_1h.as_str(), Tap::Snooze(Snooze::Hour)),
        ],
        vec![(texts.btn_3h.as_str(), Tap::Snooze(Snooze::ThreeHours))],
    ];
    if turn.parent.schedule.local(turn.scene.now).1.hour() < EVENING_HOUR {
        rows[1].push((texts.btn_tonight.as_str(), Tap::Snooze(Snooze::Tonight)));
    }
    rows.push(vec![(
        texts.btn_tomorrow.as_str(),
        Tap::Snooze(Snooze::Tomorrow),
    )]);
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
    let id = turn.parent.prompt.as_ref()?.id.clone();
    let at = snoozed_until(turn, snooze);
    close_prompt(turn, message);
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
    let on = |date, hour, minute| {
        ClockTime::new(hour, minute)
            .and_then(|time| schedule.moment(date, time))
            .unwrap_or(now)
    };
    match snooze {
        Snooze::HalfHour => after(30),
        Snooze::Hour => after(60),
        Snooze::ThreeHours => after(180),
        Snooze::Tonight => on(turn.today(), 19, 30),
        Snooze::Tomorrow => {
            let tomorrow = turn.today().tomorrow().unwrap_or(turn.today());
            let time = schedule.times.first().copied();
            time.and_then(|time| schedule.moment(tomorrow, time))
                .unwrap_or_else(|| after(24 * 60))
        }
    }
}

/// "Nog een vraag": a reply to it joins the entry.
pub(super) fn follow_up_tap(turn: &mut Turn<'_>) -> Option<String> {
    let open = turn.parent.prompt.as_mut()?;
    let entry = super::EntryId(open.entry?);
    let prompt = turn.scene.library.prompt(&open.id)?;
    let question = prompt.followup.as_ref()?;
    open.at = turn.scene.now;
    let text = turn.texts().prompt.followup.fill(&[("question", question)]);
    let purpose = Purpose::FollowUp {
        prompt: refer(prompt),
        entry,
    };
    show_about_answer(turn, false);
    turn.send(text, Keyboard::default(), false, None, purpose);
    None
}
