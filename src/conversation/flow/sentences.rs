//! Example sentences, a few at a time: on their own (`/zinnen`), or as a look aside in a flow.

use super::{FlowTap, Here, Place, put, screen};
use crate::{
    conversation::{
        tap::Tap,
        turn::{Row, Turn},
    },
    parent::MessageId,
};

/// How many sentences stand in one message.
const AT_A_TIME: usize = 4;

/// `/zinnen`.
pub(in crate::conversation) fn open(turn: &mut Turn<'_>) {
    let (text, rows) = page(turn, 0);
    turn.menu(text, rows);
}

/// More of them, in the same message.
pub(super) fn page_tap(turn: &mut Turn<'_>, message: MessageId, number: u8) {
    let (text, rows) = page(turn, number);
    turn.turn_menu(message, text, rows);
}

fn page<'a>(turn: &Turn<'a>, page: u8) -> (String, Vec<Row<'a>>) {
    let texts = &turn.texts().sentences;
    let mut rows: Vec<Row<'a>> = Vec::new();
    if let Some(page) = next_page(turn, page) {
        let more = Tap::Flow(FlowTap::Sentences { page });
        rows.push(vec![(texts.btn_more.as_str(), more)]);
    }
    rows.push(vec![(texts.btn_close.as_str(), Tap::Close)]);
    (text(turn, page), rows)
}

/// Shows them where the flow's step was; from there the parent goes back to the step.
pub(super) fn look_aside<'a>(turn: &mut Turn<'a>, here: Here<'a>, place: Place, page: u8) {
    let flow = here.flow.mark();
    let mut rows: Vec<Row<'a>> = Vec::new();
    if let Some(page) = next_page(turn, page) {
        let more = Tap::Flow(FlowTap::Page { flow, page });
        rows.push(vec![(turn.texts().sentences.btn_more.as_str(), more)]);
    }
    let back = &turn.scene.library.flow_texts.back_label;
    rows.push(vec![
        (back.as_str(), Tap::Flow(FlowTap::Back { flow })),
        screen::stop(turn, here),
    ]);
    let text = text(turn, page);
    put(turn, place, text, rows);
}

fn text(turn: &Turn<'_>, page: u8) -> String {
    let texts = &turn.texts().sentences;
    let mut text = texts.header.as_str().to_owned();
    let sentences = turn.scene.library.sentences.iter();
    for sentence in sentences
        .skip(usize::from(page) * AT_A_TIME)
        .take(AT_A_TIME)
    {
        let shown = texts.layout.fill(&[
            ("title", sentence.situation.as_str()),
            ("text", sentence.text.as_str()),
        ]);
        text = screen::paragraphs(&[&text, &shown]);
    }
    text
}

fn next_page(turn: &Turn<'_>, page: u8) -> Option<u8> {
    let next = page.checked_add(1)?;
    let more = turn.scene.library.sentences.len() > usize::from(next) * AT_A_TIME;
    more.then_some(next)
}
