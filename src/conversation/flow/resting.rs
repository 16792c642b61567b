//! Flows that rest for some time after an answer about violence: they bring two people near each other.

use crate::{conversation::turn::Turn, library::Flow};

/// Whether this flow rests for this parent.
pub(in crate::conversation) fn rests(turn: &Turn<'_>, flow: &Flow) -> bool {
    flow.rests_after_violence && turn.parent.crisis.rests_for_two()
}

/// Ends a flow that is open and rests from now on, and lets its question go.
pub(in crate::conversation) fn rest(turn: &mut Turn<'_>) {
    let resting = |turn: &Turn<'_>, id: &str| {
        let flow = turn.scene.library.flow(id);
        flow.is_some_and(|flow| rests(turn, flow))
    };
    let flows = &turn.parent.flows;
    let open = flows
        .open
        .as_ref()
        .is_some_and(|it| resting(turn, &it.flow));
    let later = flows
        .later
        .as_ref()
        .is_some_and(|it| resting(turn, &it.flow));
    if later {
        turn.parent.flows.later = None;
    }
    if open && let Some(message) = turn.parent.flows.open.take().and_then(|it| it.message) {
        turn.take_buttons(message);
    }
}
