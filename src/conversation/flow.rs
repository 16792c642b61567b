//! Guided flows: one engine that runs what stands in the flow files.
//!
//! A flow lives in one message that changes in place, and beside the menu: a note, `/dagboek` or `/hulp` in the middle of it leaves it where it
//! is. Where the parent is, and what they chose, is in their record, so a restart changes nothing. When the flow ends, all of it goes; only
//! `@save` leaves something, one journal entry.

mod later;
mod resting;
mod screen;
mod sentences;
mod tap;
mod typed;

use super::{
    Effect, Entry, EntryId, JournalChange, Keyboard, MessageRef, Part, Purpose, Tapped, Unreadable,
    consented, crisis, help, onboarding, reply,
    turn::{Row, Turn, keyboard},
};
use crate::{
    library::{Flow, FlowButton, Next, Step},
    parent::{MessageId, OpenFlow, Words},
};

pub(super) use later::{answered, asked, question};
pub(super) use resting::{rest, rests};
pub(super) use sentences::open as sentences;
pub use tap::FlowTap;
pub(super) use typed::{labels, typed};

/// Where a parent is in a flow.
#[derive(Clone, Copy)]
struct Here<'a> {
    flow: &'a Flow,
    /// `None` on the opening screen.
    step: Option<&'a Step>,
}

impl<'a> Here<'a> {
    fn buttons(self) -> &'a [FlowButton] {
        self.step
            .map_or(&self.flow.buttons, |step| &step.buttons)
            .as_slice()
    }
}

/// Where the flow goes on.
#[derive(Clone, Copy)]
enum Place {
    /// In the message where it is.
    In(MessageId),
    /// In a new message; the old one loses its buttons.
    New,
}

/// How the parent made a choice.
#[derive(Clone, Copy)]
enum Answer {
    /// By a button of this message.
    Tapped(MessageId),
    /// By this message of their own.
    Typed(MessageId),
}

impl Answer {
    /// The flow stays in its message while the parent taps; below what they typed, it goes on in a new one.
    fn place(self) -> Place {
        match self {
            Self::Tapped(message) => Place::In(message),
            Self::Typed(_) => Place::New,
        }
    }

    fn message(self) -> MessageId {
        match self {
            Self::Tapped(message) | Self::Typed(message) => message,
        }
    }
}

/// A command opens its flow. One that was open is over.
pub(super) fn open(turn: &mut Turn<'_>, command: &str) {
    match turn.scene.library.flow_of(command) {
        Some(flow) if rests(turn, flow) => turn.say(turn.texts().crisis.flow_rests.as_str()),
        Some(flow) => begin(turn, flow, Place::New, ""),
        None => turn.say(turn.texts().error.unknown_command.as_str()),
    }
}

fn begin<'a>(turn: &mut Turn<'a>, flow: &'a Flow, place: Place, before: &str) {
    let flows = &mut turn.parent.flows;
    let former = flows.open.take().and_then(|former| former.message);
    let left = flows.left.take();
    flows.open = Some(OpenFlow {
        flow: flow.id.clone(),
        step: None,
        card: 0,
        slots: Default::default(),
        number: 0,
        message: former.or(left),
        touched: turn.scene.now,
    });
    show(turn, Here { flow, step: None }, place, before);
}

/// Where the parent is; `None` when no flow is open, or it was left too long ago, or its step is no longer in the library.
fn here<'a>(turn: &Turn<'a>) -> Option<Here<'a>> {
    let open = turn.parent.flows.open.as_ref()?;
    if open.over_at() <= turn.sent {
        return None;
    }
    let flow = turn.scene.library.flow(&open.flow)?;
    let step = match &open.step {
        None => None,
        Some(id) => Some(flow.step(id)?),
    };
    Some(Here { flow, step })
}

/// A tap on a button of the live keyboard. Returns a line to show for a moment.
pub(super) fn tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    tap: FlowTap,
) -> Result<Option<String>, Unreadable> {
    if let FlowTap::Sentences { page } = tap {
        sentences::page_tap(turn, message, page);
        return Ok(None);
    }
    match here(turn) {
        Some(here) => act(turn, here, tap, Answer::Tapped(message)),
        None => {
            say_over(turn, Some(message), tap);
            Ok(None)
        }
    }
}

/// A tap on an old button of a flow: the parent sees where they are in the flow that is open, or that none is.
pub(super) fn old_tap(turn: &mut Turn<'_>, tapped: &Tapped, tap: FlowTap) {
    let Some(here) = here(turn) else {
        say_over(turn, tapped.message, tap);
        turn.answer(&tapped.id, None);
        return;
    };
    if let Some(message) = tapped.message {
        turn.take_buttons(message);
    }
    let resumed = turn.scene.library.flow_texts.resumed.as_str();
    show(turn, here, Place::New, resumed);
    let old = turn.texts().error.old_button.as_str().to_owned();
    turn.answer(&tapped.id, Some(old));
}

fn say_over(turn: &mut Turn<'_>, message: Option<MessageId>, tap: FlowTap) {
    turn.parent.flows.leave();
    if let Some(message) = message {
        turn.parent.flows.left.take_if(|left| *left == message);
        turn.take_buttons(message);
    }
    let library = turn.scene.library;
    let flow = library
        .flows
        .iter()
        .find(|it| Some(it.mark()) == tap.flow());
    match flow {
        Some(flow) => {
            let expired = &library.flow_texts.expired;
            turn.say(expired.fill(&[("command", &flow.command)]));
        }
        None => onboarding::show_state(turn),
    }
}

/// Does what a button of the flow says.
fn act<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    tap: FlowTap,
    answer: Answer,
) -> Result<Option<String>, Unreadable> {
    // What the parent does last is what typed text is about.
    turn.parent.asking = None;
    match tap {
        FlowTap::Choose { button, .. } => {
            let chosen = here.buttons().iter().find(|it| it.mark() == button);
            match chosen {
                Some(chosen) => return choose(turn, here, chosen, answer),
                // A writer took it out while the flow was open.
                None => show(turn, here, answer.place(), ""),
            }
        }
        FlowTap::Stop { .. } => end(turn, answer, here.flow.stop.as_str().to_owned()),
        FlowTap::Back { .. } => show(turn, here, answer.place(), ""),
        FlowTap::Page { page, .. } | FlowTap::Sentences { page } => {
            sentences::look_aside(turn, here, answer.place(), page);
        }
    }
    Ok(None)
}

fn choose<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    button: &'a FlowButton,
    answer: Answer,
) -> Result<Option<String>, Unreadable> {
    // The button was shown when something could be kept, and now nothing can.
    if here.flow.keeps_something(&button.next) && !turn.keeps() {
        if consented(&turn.parent) {
            onboarding::ask_again(turn);
            return Ok(None);
        }
        return Ok(Some(turn.texts().error.needs_consent.as_str().to_owned()));
    }
    if let Some(open) = &mut turn.parent.flows.open {
        if let Some(slot) = here.step.and_then(|step| step.slot.as_ref()) {
            open.slots
                .insert(slot.clone(), Words::new(button.fragment()));
        }
        open.slots.retain(|slot, _| !button.forget.contains(slot));
    }
    let reply = button.reply.as_ref();
    let reply = reply.map_or_else(String::new, |reply| screen::fill(turn, here, reply));
    follow(turn, here, &button.next, answer, reply)?;
    Ok(None)
}

/// Goes where a choice leads. `before` stands above what is shown there.
fn follow<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    next: &'a Next,
    answer: Answer,
    before: String,
) -> Result<(), Unreadable> {
    let flow = here.flow;
    match next {
        Next::Step(id) => return enter(turn, here, id, answer, before),
        Next::Stop => {
            end(
                turn,
                answer,
                screen::paragraphs(&[&before, flow.stop.as_str()]),
            );
        }
        Next::End => {
            end(
                turn,
                answer,
                screen::paragraphs(&[&before, flow.end.as_str()]),
            );
        }
        Next::Save => save(turn, here, answer, &before),
        Next::Side(side) => {
            if turn.keeps() {
                turn.parent.side = Some(*side);
            }
            end(
                turn,
                answer,
                screen::paragraphs(&[&before, flow.end.as_str()]),
            );
        }
        Next::Later(minutes) => {
            let planned = later::plan(turn, flow, *minutes);
            end(turn, answer, screen::paragraphs(&[&before, &planned]));
        }
        Next::Flow(id) => {
            if let Some(other) = turn.scene.library.flow(id) {
                begin(turn, other, answer.place(), &before);
            }
        }
        Next::Help => help::help(turn),
        Next::Sentences => sentences::look_aside(turn, here, answer.place(), 0),
    }
    Ok(())
}

/// Goes to a step. From a step with cards to itself means to the next card.
fn enter<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    id: &str,
    answer: Answer,
    before: String,
) -> Result<(), Unreadable> {
    let flow = here.flow;
    let (Some(step), Some(open)) = (flow.step(id), &mut turn.parent.flows.open) else {
        return Ok(());
    };
    let stays = open.step.as_deref() == Some(id);
    open.step = Some(id.to_owned());
    let mut before = before;
    if step.shows_cards() && stays {
        let shown = flow.cards.get(usize::from(open.card));
        let note = shown.map_or("", |card| card.note.as_str());
        before = screen::paragraphs(&[&before, note]);
        open.card += 1;
        if usize::from(open.card) >= flow.cards.len() {
            open.card = 0;
            let onward = step.after_cards().unwrap_or(&Next::End);
            return follow(turn, here, onward, answer, before);
        }
    } else {
        open.card = 0;
    }
    let here = Here {
        flow,
        step: Some(step),
    };
    show(turn, here, answer.place(), &before);
    Ok(())
}

/// Writes the one entry that a flow makes, and ends it.
fn save(turn: &mut Turn<'_>, here: Here<'_>, answer: Answer, before: &str) {
    let flow = here.flow;
    let words = flow.save.as_ref();
    let words = words.map_or_else(String::new, |save| screen::fill(turn, here, save));
    if words.is_empty() || !turn.keeps() {
        end(
            turn,
            answer,
            screen::paragraphs(&[before, flow.end.as_str()]),
        );
        return;
    }
    let id = EntryId(turn.parent.next_entry);
    turn.parent.next_entry += 1;
    // A reply to the flow's message, or an edit of what was typed, leads to the entry.
    let message = answer.message();
    turn.journal.push(JournalChange::Put(Entry {
        id,
        heavy: crisis::weighs(turn, &words),
        day: turn.day_sent(),
        written: turn.sent,
        prompt: Some(later::refer(flow)),
        parts: vec![Part::typed(message, Words::new(words))],
    }));
    turn.journal
        .push(JournalChange::Link(message, MessageRef::Part(id)));
    turn.parent.wrote_on = turn.parent.wrote_on.max(Some(turn.day_sent()));
    let saved = turn.scene.library.flow_texts.saved.as_str();
    match answer {
        Answer::Tapped(_) => {
            let text = screen::paragraphs(&[before, saved, flow.end.as_str()]);
            end(turn, answer, text);
        }
        // What the parent wrote gets its heart.
        Answer::Typed(message) => {
            reply::acknowledge(turn, message, None);
            end(
                turn,
                answer,
                screen::paragraphs(&[before, flow.end.as_str()]),
            );
        }
    }
}

/// The flow is over: its last words, and nothing of it stays in the record.
fn end(turn: &mut Turn<'_>, answer: Answer, text: String) {
    let former = turn.parent.flows.open.take();
    match answer {
        Answer::Tapped(message) => turn.act(Effect::Edit {
            message,
            text: Words::new(text),
            keyboard: Keyboard::default(),
        }),
        Answer::Typed(_) => {
            if let Some(message) = former.and_then(|former| former.message) {
                turn.take_buttons(message);
            }
            turn.say(text);
        }
    }
}

/// Shows the opening screen or a step, all its buttons at once: a button that comes later is lost when a timer is.
fn show<'a>(turn: &mut Turn<'a>, here: Here<'a>, place: Place, before: &str) {
    let text = screen::paragraphs(&[before, &screen::text(turn, here)]);
    let rows = screen::rows(turn, here);
    put(turn, place, text, rows);
}

/// Puts a screen of the open flow in its place.
fn put(turn: &mut Turn<'_>, place: Place, text: String, rows: Vec<Row<'_>>) {
    let number = turn.new_keyboard();
    let now = turn.scene.now;
    let Some(open) = &mut turn.parent.flows.open else {
        return;
    };
    open.number = number;
    open.touched = now;
    let keyboard = keyboard(number, rows);
    match place {
        Place::In(message) => {
            open.message = Some(message);
            turn.act(Effect::Edit {
                message,
                text: Words::new(text),
                keyboard,
            });
        }
        Place::New => {
            if let Some(former) = open.message.take() {
                turn.take_buttons(former);
            }
            turn.send(text, keyboard, false, None, Purpose::Flow { number });
        }
    }
}

/// A screen of a flow is in the chat as a new message.
pub(super) fn came_of(turn: &mut Turn<'_>, number: u32, message: MessageId) {
    let tapped = turn.parent.tapped == Some(number);
    match &mut turn.parent.flows.open {
        Some(open) if open.number == number => open.message = Some(message),
        // A tap came before word of the message, and has dealt with its buttons.
        Some(open) if open.message == Some(message) => {}
        Some(_) | None if tapped => {}
        Some(_) | None => turn.take_buttons(message),
    }
}

/// A flow that was left is over, or a question is to be asked.
pub(super) fn due(turn: &mut Turn<'_>) {
    if turn.parent.flows.leave_untouched(turn.scene.now) {
        // A tap on its buttons is not the second of a double one.
        turn.parent.tapped = None;
    }
    later::due(turn);
}
