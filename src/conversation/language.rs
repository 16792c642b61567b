//! Which language the bot speaks with a parent. Their app says so at the start; on the first message and in the settings they can choose another.

use super::{
    Effect,
    tap::Tap,
    turn::{Row, Turn},
};

/// The other languages, each by its own name; `None` when there is no other.
pub(super) fn others<'a>(turn: &Turn<'a>, choose: impl Fn(u32) -> Tap) -> Option<Row<'a>> {
    let spoken = &turn.scene.library.language;
    let languages = turn.scene.languages.iter();
    let others = languages.filter(|library| library.language != *spoken);
    let row: Row<'a> = others
        .map(|library| (library.name.as_str(), choose(library.mark())))
        .collect();
    (!row.is_empty()).then_some(row)
}

/// From now on, in this turn already, the bot speaks the language with this mark, and the menu of this chat is in it. Does nothing when there is
/// no such language any more.
pub(super) fn choose(turn: &mut Turn<'_>, mark: u32) {
    let Some(library) = turn.scene.languages.marked(mark) else {
        return;
    };
    turn.parent.language = Some(library.language.clone());
    turn.scene.library = library;
    turn.parent.own_menu = true;
    let commands = library.menu();
    turn.act(Effect::Commands { commands });
}

/// The menu of this chat is the one of the parent's app again: nothing that they chose stays behind at Telegram.
pub(super) fn give_menu_back(turn: &mut Turn<'_>) {
    if turn.parent.own_menu {
        turn.parent.own_menu = false;
        let commands = Vec::new();
        turn.act(Effect::Commands { commands });
    }
}
