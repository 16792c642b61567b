//! What a parent types while a flow is open.
//!
//! It is for the flow when the step asks for text, or when it is the label of a button; and only while nothing newer asks for text.
//! Everything else that they type is a reply or a note as ever, and the flow waits.

use super::{Answer, FlowTap, Here, act, follow, here, screen};
use crate::{
    conversation::{
        Message, Unreadable, consented, crisis, onboarding, tap::Tap, target, turn::Turn,
    },
    library::Next,
    parent::{Asking, MessageId, Words},
};

/// A step that asks for text.
struct Asks<'a> {
    /// Where the text is held.
    slot: Option<&'a String>,
    /// What follows it.
    next: &'a Next,
    /// How many characters it may have.
    most: u32,
}

impl<'a> Asks<'a> {
    fn of(here: Here<'a>) -> Option<Self> {
        let step = here.step.filter(|step| step.input.is_some())?;
        Some(Self {
            slot: step.slot.as_ref(),
            next: step.next.as_ref()?,
            most: step.max_chars?,
        })
    }
}

/// Takes typed text for the flow that is open; `false` when it is not for the flow.
pub(in crate::conversation) fn typed(
    turn: &mut Turn<'_>,
    message: &Message,
    words: &Words,
) -> Result<bool, Unreadable> {
    let Some(here) = here(turn).filter(|_| is_for_flow(turn, message)) else {
        return Ok(false);
    };
    if let Some(Tap::Flow(tap)) = screen::labelled(turn, here, words) {
        tap_typed(turn, here, tap, message.id)?;
        return Ok(true);
    }
    let Some(asks) = Asks::of(here) else {
        return Ok(false);
    };
    take(turn, here, asks, message.id, words)
}

/// Whether typed text is the label of a button of the flow that is open.
pub(in crate::conversation) fn labels(turn: &Turn<'_>, message: &Message, words: &Words) -> bool {
    let open = here(turn).filter(|_| is_for_flow(turn, message));
    open.is_some_and(|here| screen::labelled(turn, here, words).is_some())
}

fn tap_typed<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    tap: FlowTap,
    message: MessageId,
) -> Result<(), Unreadable> {
    if let Some(line) = act(turn, here, tap, Answer::Typed(message))? {
        turn.say(line);
    }
    Ok(())
}

/// Makes what was typed part of the flow: the one place where a parent's own words come in. The crisis net has heard them by now (content
/// part 7, rule 14). `false` when they do not fit and are too heavy to be sent back: then they are a reply.
fn take<'a>(
    turn: &mut Turn<'a>,
    here: Here<'a>,
    asks: Asks<'a>,
    message: MessageId,
    words: &Words,
) -> Result<bool, Unreadable> {
    let text = on_one_line(words);
    if text.chars().count() > usize::try_from(asks.most).unwrap_or(usize::MAX) {
        if crisis::is_heavy(turn) {
            return Ok(false);
        }
        let too_long = &turn.texts().error.too_long_slot;
        turn.say(too_long.fill(&[("max", &asks.most.to_string())]));
        return Ok(true);
    }
    if !turn.keeps() {
        say_not_taken(turn);
        return Ok(true);
    }
    if let (Some(slot), Some(open)) = (asks.slot, &mut turn.parent.flows.open) {
        open.slots.insert(slot.clone(), as_sentence(text));
    }
    follow(turn, here, asks.next, Answer::Typed(message), String::new())?;
    Ok(true)
}

/// Whether typed text can be for the flow: nothing else that asks for text came after its latest screen.
fn is_for_flow(turn: &Turn<'_>, message: &Message) -> bool {
    let parent = &turn.parent;
    let Some(open) = &parent.flows.open else {
        return false;
    };
    if message.reply_to.is_some() {
        return message.reply_to == open.message;
    }
    let newer = |number: u32| number > open.number;
    let asks = parent.onboarding.asks_when();
    let question = asks && parent.menu.is_some_and(|menu| newer(menu.number));
    let prompt = parent.prompt.as_ref().is_some_and(|it| newer(it.number));
    let later = target::asked_besides(turn) > Some(open.touched);
    let journal = matches!(parent.asking, Some(Asking::Journal(..)));
    !(journal || question || prompt || later)
}

fn on_one_line(words: &Words) -> String {
    let words: Vec<&str> = words.reveal().split_whitespace().collect();
    words.join(" ")
}

/// Typed text stands where a fragment with its full stop would stand.
fn as_sentence(mut text: String) -> Words {
    if text.ends_with(char::is_alphanumeric) {
        text.push('.');
    }
    Words::new(text)
}

/// Typed words would be held in the store until the flow ends, and this parent did not agree to that.
fn say_not_taken(turn: &mut Turn<'_>) {
    if consented(&turn.parent) {
        onboarding::ask_again(turn);
    } else {
        turn.say(turn.scene.library.flow_texts.typed_unkept.as_str());
    }
}
