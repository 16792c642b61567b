//! The prompt: sending it at its moment, its buttons, and `/vandaag`.

mod draw;

use draw::draw;

use super::{
    Class, Effect, JournalChange, Keyboard, MessageRef, Outcome, PromptRef, Purpose, crisis, later,
    pause,
    question::{self, Question},
    settings, silence,
    tap::Tap,
    turn::{Row, Turn, keyboard},
};
use crate::{
    library::{Prompt, Side},
    parent::{DueNow, LATE, MessageId, OpenPrompt, OwnPrompt, Planned, Words},
};

/// The first prompts carry a line that says what to do with them, when the words that it invites are kept.
const HINTS: u8 = 3;

/// How often a day a parent may have another prompt instead (content part 2).
const SWAPS_A_DAY: u8 = 2;

/// The bot planned something for now. When a planned prompt and one that was put off come together, the planned one comes.
pub(super) fn due(turn: &mut Turn<'_>) {
    let put_off = later::take_due(turn);
    match turn.parent.take_due(turn.scene.now) {
        DueNow::Send(planned) => draw_and_send(turn, Sent::Planned(planned)),
        DueNow::Silence(step) => silence::step(turn, step),
        DueNow::LetGo(_) | DueNow::AlreadyWrote(_) | DueNow::NotYet => {
            if let Some(id) = put_off {
                send_put_off(turn, &id);
            }
        }
    }
}

/// A prompt that was put off comes; another one in its place when a writer took it out meanwhile, because the parent waits for one. What the
/// parent took out themselves nobody waits for.
fn send_put_off(turn: &mut Turn<'_>, id: &str) {
    match question::find(turn, id) {
        Some(question) => send(turn, &question, Sent::PutOff),
        None if OwnPrompt::is_id(id) => {}
        None => draw_and_send(turn, Sent::PutOff),
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
    let again = sent_today.filter(|open| may_come(turn, &open.id));
    if let Some(question) = again.and_then(|open| question::find(turn, &open.id)) {
        // It is here now, and need not come again.
        let waited = turn.parent.snoozed.take();
        let put_off = waited.is_some() || turn.parent.prompt.as_ref().is_some_and(|it| it.put_off);
        let sent = if put_off { Sent::PutOff } else { Sent::Asked };
        send(turn, &question, sent);
        return;
    }
    let mut rows = vec![vec![
        (texts.today.btn_send.as_str(), Tap::PromptNow),
        (texts.today.btn_no.as_str(), Tap::Close),
    ]];
    if turn.parent.rhythm.pause.is_some() {
        rows.push(pause::resume_row(turn));
    }
    turn.menu(texts.today.none.as_str(), rows);
}

/// The parent asks for a prompt now.
pub(super) fn now_tap(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    turn.close_menu_at(message);
    draw_and_send(turn, Sent::Asked);
    None
}

/// Why a prompt goes out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Its planned moment has come.
    Planned(Planned),
    /// The parent asked for one.
    Asked,
    /// It was put off before.
    PutOff,
}

fn draw_and_send(turn: &mut Turn<'_>, sent: Sent) {
    let Some((question, began_anew)) = draw(turn) else {
        return;
    };
    // That the gentle ones were all seen says nothing about the others.
    let hint = if began_anew && !crisis::is_gentle(turn) {
        Some(&turn.texts().prompt.all_seen)
    } else if turn.keeps() && turn.parent.hints < HINTS {
        turn.parent.hints += 1;
        Some(&turn.texts().prompt.hint)
    } else {
        None
    };
    let hint = hint.map(|hint| hint.as_str());
    send_with(turn, &question, sent, hint);
}

fn send(turn: &mut Turn<'_>, question: &Question, sent: Sent) {
    send_with(turn, question, sent, None);
}

fn send_with(turn: &mut Turn<'_>, question: &Question, sent: Sent, hint: Option<&str>) {
    lay_aside(turn);
    // What is typed from now on answers this.
    settings::close_question(turn);
    let mut text = laid_out(turn, question);
    if let Some(hint) = hint {
        text = format!("{text}\n\n{hint}");
    }
    let number = turn.new_keyboard();
    turn.parent.prompt = Some(OpenPrompt {
        id: question.id.clone(),
        title: question.title.clone(),
        number,
        message: None,
        at: turn.scene.now,
        live: true,
        put_off: sent == Sent::PutOff,
        entry: None,
    });
    let effect = Effect::Send {
        text: Words::new(text),
        keyboard: keyboard(number, buttons(turn)),
        silent: false,
        reply_to: None,
    };
    let (class, planned) = match sent {
        Sent::Planned(planned) => (Class::Bulk, Some(planned)),
        Sent::Asked | Sent::PutOff => (Class::Interactive, None),
    };
    let expires = planned.and_then(|planned| planned.at.checked_add(LATE).ok());
    let purpose = Purpose::Prompt {
        number,
        prompt: question.refer(),
        planned,
    };
    turn.put(effect, class, purpose, expires);
}

fn laid_out(turn: &Turn<'_>, question: &Question) -> String {
    turn.texts()
        .prompt
        .layout
        .fill(&[("title", &question.title), ("body", question.body.reveal())])
}

/// The buttons of an unanswered prompt. It is put off once.
fn buttons<'a>(turn: &Turn<'a>) -> Vec<Row<'a>> {
    let texts = &turn.texts().prompt;
    let put_off = turn.parent.prompt.as_ref().is_some_and(|it| it.put_off);
    let mut row = Vec::new();
    if !put_off {
        row.push((texts.btn_later.as_str(), Tap::Later));
    }
    if !crisis::is_quiet(turn) {
        row.push((texts.btn_other.as_str(), Tap::Other));
    }
    row.push((texts.btn_skip.as_str(), Tap::Skip));
    vec![row]
}

/// The prompt's own buttons, where the moments to put it off to stood.
pub(super) fn show_buttons(turn: &mut Turn<'_>, message: MessageId) -> Option<String> {
    let number = turn.new_keyboard();
    turn.parent.prompt.as_mut()?.number = number;
    let keyboard = keyboard(number, buttons(turn));
    turn.act(Effect::Buttons { message, keyboard });
    None
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
    let open = open.clone();
    let prompt = question::refer(turn, &open);
    turn.journal.push(JournalChange::Link(
        message,
        MessageRef::Prompt { prompt, entry },
    ));
}

/// A prompt went out, or did not.
pub(super) fn came_of(
    turn: &mut Turn<'_>,
    number: u32,
    prompt: &PromptRef,
    planned: bool,
    outcome: Outcome,
) {
    let known = turn.parent.prompt.as_ref().and_then(|open| open.message);
    if let Outcome::Sent(Some(message)) = outcome
        && known == Some(message)
    {
        return;
    }
    let went_out = match outcome {
        Outcome::Sent(_) | Outcome::InDoubt => true,
        Outcome::Expired | Outcome::Failed | Outcome::Unreachable => false,
    };
    if went_out && planned {
        turn.parent.rhythm.count();
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
                turn.parent.deck.put_back(prompt.mark);
            }
        }
        (Outcome::Expired | Outcome::Failed | Outcome::Unreachable, None) => {}
        // It may have come: a reply is still an answer to it.
        (Outcome::InDoubt | Outcome::Sent(None), _) => {}
    }
}

/// Once there is an answer, the prompt's buttons are about the answer.
pub(super) fn show_answered(turn: &mut Turn<'_>) {
    show_about_answer(turn, !crisis::is_quiet(turn));
}

/// Nothing more is asked about the latest prompt, and no other one is offered for it. A reply to it still lands there.
pub(super) fn quieten(turn: &mut Turn<'_>) {
    let open = turn.parent.prompt.as_ref().filter(|open| open.live);
    match open.map(|open| open.entry) {
        Some(Some(_)) => show_about_answer(turn, false),
        Some(None) => lay_aside(turn),
        None => {}
    }
}

/// Whether the prompt with this id may come now.
fn may_come(turn: &Turn<'_>, id: &str) -> bool {
    let library = turn.scene.library;
    let is_gentle = |prompt: &Prompt| {
        prompt.side == Side::Beide && library.gentle_themes.contains(&prompt.theme)
    };
    !crisis::is_gentle(turn) || library.prompt(id).is_some_and(is_gentle)
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

pub(super) fn close_prompt(turn: &mut Turn<'_>, message: MessageId) {
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
    let former = turn.parent.prompt.as_ref().map(|open| open.id.clone());
    let Some((question, _)) = draw(turn) else {
        return Some(turn.texts().prompt.no_other.as_str().to_owned());
    };
    let former = former.filter(|former| *former != question.id);
    if let Some(former) = former.and_then(|id| turn.scene.library.prompt(&id)) {
        turn.parent.deck.put_back(former.mark);
    }
    turn.parent.swaps = Some((today, used + 1));
    let text = laid_out(turn, &question);
    let number = turn.new_keyboard();
    turn.parent.prompt = Some(OpenPrompt {
        id: question.id.clone(),
        title: question.title.clone(),
        number,
        message: Some(message),
        at: turn.scene.now,
        live: true,
        put_off: false,
        entry: None,
    });
    turn.journal.push(JournalChange::Link(
        message,
        MessageRef::Prompt {
            prompt: question.refer(),
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

/// "Nog een vraag": a reply to it joins the entry.
pub(super) fn follow_up_tap(turn: &mut Turn<'_>) -> Option<String> {
    let open = turn.parent.prompt.as_mut()?;
    let entry = super::EntryId(open.entry?);
    open.at = turn.scene.now;
    let id = open.id.clone();
    let question = question::find(turn, &id);
    let Some((question, follow_up)) = question.as_ref().and_then(|it| {
        let follow_up = it.follow_up.as_ref()?;
        Some((it, follow_up))
    }) else {
        // A writer took it out since.
        show_about_answer(turn, false);
        return Some(turn.texts().error.old_button.as_str().to_owned());
    };
    let texts = &turn.texts().prompt;
    let text = texts.followup.fill(&[("question", follow_up)]);
    let purpose = Purpose::FollowUp {
        prompt: question.refer(),
        entry,
    };
    show_about_answer(turn, false);
    turn.send(text, Keyboard::default(), false, None, purpose);
    None
}
