//! Which prompt comes next: a gentle one in the days after heavy words, one of the parent's own, or one of the library.

use crate::{
    conversation::{crisis, question::Question, turn::Turn},
    library::Side,
};

/// The next prompt, and whether the deck was begun anew for it.
pub(super) fn draw(turn: &mut Turn<'_>) -> Option<(Question, bool)> {
    if crisis::is_gentle(turn) {
        let (library, parent) = (turn.scene.library, &mut turn.parent);
        let time = parent.schedule.local(turn.scene.now).1;
        let (prompts, themes) = (&library.prompts, &library.gentle_themes);
        let drawn = parent
            .deck
            .draw_of_themes(prompts, time, themes, turn.chance)?;
        return Some((Question::of_library(drawn.prompt), drawn.began_anew));
    }
    // Own prompts are the parent's words: without consent they are not used.
    if turn.keeps()
        && let Some(own) = turn.parent.own.draw(turn.chance)
    {
        let title = turn.scene.library.texts.prompt.own_title.as_str();
        return Some((Question::of_parent(own, title), false));
    }
    let (library, parent) = (turn.scene.library, &mut turn.parent);
    let time = parent.schedule.local(turn.scene.now).1;
    let side = parent.side.unwrap_or(Side::Beide);
    let drawn = parent
        .deck
        .draw(&library.prompts, time, side, turn.chance)?;
    Some((Question::of_library(drawn.prompt), drawn.began_anew))
}
