//! A command that was typed by its name alone, without the slash: a parent in need, or one who has had enough, does not think of a slash.

use super::{Message, book, flow, settings, turn::Turn};
use crate::{
    library::{CommandId, CommandText},
    parent::Words,
};

/// Help, or no more prompts, when its name is all that was typed; `None` when the word is one to search for, or the label of a button of the
/// flow that is open.
pub(super) fn called<'a>(
    turn: &Turn<'a>,
    message: &Message,
    words: &Words,
) -> Option<&'a CommandText> {
    let name = words.reveal().trim().trim_end_matches(['.', '!']);
    let command = turn.scene.command(&name.to_lowercase())?;
    let is_called = matches!(command.id, CommandId::Help | CommandId::Stop);
    // A question of the settings is newer than the flow.
    let is_label = settings::open_now(turn).is_none() && flow::labels(turn, message, words);
    (is_called && !is_label && !book::searches(turn, message)).then_some(command)
}
