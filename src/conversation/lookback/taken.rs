//! What a parent takes along from a look-back: the answer to what it asks, an entry of its own.
//!
//! Telegram's reply to it is one at any time, and what is typed while it has its buttons and nothing newer was asked. One that came by itself asks only
//! when it was tapped: until then, what is typed answers the latest prompt.

use crate::{
    conversation::{
        Entry, JournalChange, MessageRef, PromptRef, Unreadable,
        turn::{Done, Turn},
    },
    parent::{LookedBack, MessageId},
};

/// What it is called instead of a prompt. No prompt has an id like this.
const ID: &str = "@lookback";

/// Whether an entry is what was taken along from a look-back: none is made of others.
pub(super) fn is_taken(entry: &Entry) -> bool {
    entry.prompt.as_ref().is_some_and(|prompt| prompt.id == ID)
}

/// The parent opened this look-back.
pub(super) fn ask(turn: &mut Turn<'_>, message: MessageId) -> Done {
    let at = turn.scene.now;
    turn.parent.journal.looked_back = Some(LookedBack { message, at });
    can_be_answered(turn, message)
}

/// There was nothing to look back on.
pub(super) fn ask_nothing(turn: &mut Turn<'_>) {
    turn.parent.journal.looked_back = None;
}

/// A look-back is in this message: a reply to it is an answer, and joins the one that there is.
pub(in crate::conversation) fn can_be_answered(
    turn: &mut Turn<'_>,
    message: MessageId,
) -> Result<(), Unreadable> {
    if turn.scene.journal.message(message)?.is_none() {
        let prompt = PromptRef {
            id: ID.to_owned(),
            title: turn.texts().lookback.title.as_str().to_owned(),
        };
        let entry = None;
        let link = MessageRef::Prompt { prompt, entry };
        turn.journal.push(JournalChange::Link(message, link));
    }
    Ok(())
}

/// The look-back that typed text answers.
pub(in crate::conversation) fn question(turn: &Turn<'_>) -> Option<LookedBack> {
    let parent = &turn.parent;
    let asked = parent.journal.looked_back?;
    let is_shown = parent
        .menu
        .is_some_and(|menu| menu.message == Some(asked.message));
    let prompt = parent.prompt.as_ref().map(|prompt| prompt.at);
    let later = parent.flows.asked.as_ref().map(|later| later.at);
    let newer = prompt.max(later).is_some_and(|at| at > asked.at);
    (is_shown && !newer).then_some(asked)
}
