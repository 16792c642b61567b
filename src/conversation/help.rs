//! `/hulp`, which works in every state, and `/privacy`, which says what is true of this installation.

use super::{flow, tap::Tap, turn::Turn};
use crate::{library::Route, parent::MessageId};

/// `/hulp`: people who listen, before anything else.
pub(super) fn help(turn: &mut Turn<'_>) {
    let texts = &turn.texts().help;
    let lines = turn
        .scene
        .library
        .help_lines(turn.parent.country, Route::Help);
    let rows = vec![
        vec![(texts.btn_commands.as_str(), Tap::Commands)],
        vec![(texts.btn_breathe.as_str(), Tap::Breathe)],
        vec![(texts.btn_text_someone.as_str(), Tap::TextSomeone)],
    ];
    turn.menu(texts.text.fill(&[("lines", &lines)]), rows);
}

/// What the bot can do, as a list to tap on.
pub(super) fn commands_tap(turn: &mut Turn<'_>, _message: MessageId) -> Option<String> {
    let mut text = turn.texts().help.commands_header.as_str().to_owned();
    for command in turn
        .scene
        .library
        .commands
        .iter()
        .filter(|command| command.menu && !rests(turn, &command.name))
    {
        text.push_str(&format!(
            "\n/{} {}",
            command.name,
            command.description.as_str()
        ));
    }
    turn.say(text);
    None
}

/// Whether the command opens a flow that is not offered now.
fn rests(turn: &Turn<'_>, command: &str) -> bool {
    let flow = turn.scene.library.flow_of(command);
    flow.is_some_and(|flow| flow::rests(turn, flow))
}

/// A breath.
pub(super) fn breathe_tap(turn: &mut Turn<'_>) -> Option<String> {
    turn.say(turn.texts().help.breathe.as_str());
    None
}

/// A message to send on, in a bubble of its own, so that it can be forwarded as it is.
pub(super) fn text_someone_tap(turn: &mut Turn<'_>) -> Option<String> {
    let texts = &turn.texts().help;
    turn.say(texts.text_someone.as_str());
    turn.say(texts.text_someone_message.as_str());
    None
}

/// `/privacy`.
pub(super) fn privacy(turn: &mut Turn<'_>) {
    let text = privacy_text(turn);
    turn.say(text);
}

/// What is kept, and what is not, on this installation.
pub(super) fn privacy_text(turn: &Turn<'_>) -> String {
    let (house, texts) = (turn.scene.house, &turn.texts().privacy);
    let controller = house.controller.as_deref();
    let contact = house.contact.as_deref();
    texts.text.fill_present(&[
        (
            "controller",
            controller.unwrap_or(texts.unnamed_controller.as_str()),
        ),
        ("contact", contact.unwrap_or(texts.unnamed_contact.as_str())),
        ("location", house.location.as_deref().unwrap_or_default()),
        ("retention", &turn.retention()),
        ("backup_days", &house.backup_days.to_string()),
    ])
}
