//! What a flow shows: the text of the opening screen or of a step, and the buttons below it.

use super::{FlowTap, Here};
use crate::{
    conversation::{
        tap::Tap,
        turn::{Row, Turn},
    },
    library::{CARD, FlowButton, Next, Text},
    parent::Words,
};

/// Two buttons stand side by side when neither label is longer than this many characters: more does not fit a narrow phone.
const HALF_A_ROW: usize = 14;

/// What the opening screen or the step says to this parent.
pub(super) fn text(turn: &Turn<'_>, here: Here<'_>) -> String {
    let Some(step) = here.step else {
        return paragraphs(&[here.flow.intro.as_str(), here.flow.safety.as_str()]);
    };
    let text = match &step.unkept {
        Some(unkept) if !turn.keeps() => unkept,
        Some(_) | None => &step.text,
    };
    let text = fill(turn, here, text);
    // A step that says only what was chosen, and nothing was.
    if text.is_empty() {
        return here.flow.title.as_str().to_owned();
    }
    text
}

/// A text of the flow with what the parent chose, or typed, in it.
pub(super) fn fill(turn: &Turn<'_>, here: Here<'_>, text: &Text) -> String {
    let open = turn.parent.flows.open.as_ref();
    let mut values: Vec<(&str, &str)> = open
        .into_iter()
        .flat_map(|open| &open.slots)
        .map(|(slot, words)| (slot.as_str(), words.reveal()))
        .collect();
    if !values.is_empty() {
        turn.quotes.set(true);
    }
    let card = open.and_then(|open| here.flow.cards.get(usize::from(open.card)));
    values.extend(card.map(|card| (CARD, card.text.as_str())));
    text.fill_present(&values)
}

/// Parts of a message, with an empty line between them. Empty parts are left out.
pub(super) fn paragraphs(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|it| !it.is_empty()).collect();
    parts.join("\n\n")
}

/// The buttons of the opening screen or of the step, and a way to stop.
pub(super) fn rows<'a>(turn: &Turn<'a>, here: Here<'a>) -> Vec<Row<'a>> {
    let flow = here.flow.mark();
    let mut rows: Vec<Row<'a>> = Vec::new();
    for button in offered(turn, here) {
        let tap = Tap::Flow(FlowTap::Choose {
            flow,
            button: button.mark(),
        });
        let button = (button.label.as_str(), tap);
        let short = |(label, _): &(&str, Tap)| label.chars().count() <= HALF_A_ROW;
        match rows.last_mut() {
            Some(row) if row.len() == 1 && row.iter().all(short) && short(&button) => {
                row.push(button);
            }
            Some(_) | None => rows.push(vec![button]),
        }
    }
    if !offered(turn, here).any(|button| button.next == Next::Stop) {
        rows.push(vec![stop(turn, here)]);
    }
    rows
}

/// The stop button that all flows share.
pub(super) fn stop<'a>(turn: &Turn<'a>, here: Here<'a>) -> (&'a str, Tap) {
    let flow = here.flow.mark();
    let label = &turn.scene.library.flow_texts.stop_label;
    (label.as_str(), Tap::Flow(FlowTap::Stop { flow }))
}

/// The buttons that this parent sees: none that keeps something, when nothing may be kept.
fn offered<'a>(turn: &Turn<'a>, here: Here<'a>) -> impl Iterator<Item = &'a FlowButton> {
    let keeps = turn.keeps();
    here.buttons()
        .iter()
        .filter(move |button| keeps || !here.flow.keeps_something(&button.next))
}

/// The button whose label was typed instead of tapped, if it was. Above all, whoever types "stop" is out.
pub(super) fn labelled(turn: &Turn<'_>, here: Here<'_>, words: &Words) -> Option<Tap> {
    let typed = words.reveal().trim().trim_end_matches(['.', '!']);
    let rows = rows(turn, here);
    let mut buttons = rows.into_iter().flatten().chain([stop(turn, here)]);
    let found = buttons.find(|(label, _)| label.to_lowercase() == typed.to_lowercase());
    found.map(|(_, tap)| tap)
}
