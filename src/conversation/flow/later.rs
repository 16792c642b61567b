//! "Vraag later hoe het ging": one question some time after a flow, never at night.
//!
//! The answer to it is a reply like the answer to a prompt, under the title of the flow: by Telegram's reply, or by typing while nothing
//! newer was asked.

use jiff::{SignedDuration, Timestamp};

use crate::{
    conversation::{
        Class, Effect, EntryId, JournalChange, Keyboard, MessageRef, PromptRef, Purpose, settings,
        turn::Turn,
    },
    library::Flow,
    parent::{AskedLater, ClockTime, LATE, LaterQuestion, MessageId, Words},
};

/// From 21:30 until 07:00 of the parent's time nothing is asked (content part 2).
const NIGHT: (u8, u8) = (21, 30);
const MORNING: (u8, u8) = (7, 0);

/// Plans the question. Returns what to say about it.
pub(super) fn plan(turn: &mut Turn<'_>, flow: &Flow, minutes: u32) -> String {
    let wanted = turn
        .scene
        .now
        .checked_add(SignedDuration::from_mins(i64::from(minutes)))
        .unwrap_or(turn.scene.now);
    let at = by_day(turn, wanted);
    turn.parent.flows.later = Some(LaterQuestion {
        flow: flow.id.clone(),
        at,
    });
    let when = turn.when(at);
    turn.scene.library.flow_texts.later.fill(&[("when", &when)])
}

/// Asks the question when its moment has come. One that is far too late is let go, like a prompt.
pub(super) fn due(turn: &mut Turn<'_>) {
    let now = turn.scene.now;
    let Some(later) = turn.parent.flows.later.take_if(|later| later.at <= now) else {
        return;
    };
    let by_day = by_day(turn, now);
    if now.duration_since(later.at) > LATE {
        return;
    }
    if by_day > now {
        turn.parent.flows.later = Some(LaterQuestion {
            at: by_day,
            ..later
        });
        return;
    }
    let library = turn.scene.library;
    let Some(flow) = library.flow(&later.flow) else {
        return;
    };
    if let Some(question) = &flow.later {
        ask(turn, flow, question.as_str(), later.at);
    }
}

fn ask(turn: &mut Turn<'_>, flow: &Flow, question: &str, planned: Timestamp) {
    // What is typed from now on answers this.
    settings::close_question(turn);
    turn.parent.flows.asked = Some(AskedLater {
        flow: flow.id.clone(),
        at: turn.scene.now,
        message: None,
        entry: None,
    });
    let effect = Effect::Send {
        text: Words::new(question),
        keyboard: Keyboard::default(),
        silent: false,
        reply_to: None,
    };
    let purpose = Purpose::Later {
        prompt: refer(flow),
    };
    turn.put(effect, Class::Bulk, purpose, planned.checked_add(LATE).ok());
}

/// How the journal refers to a flow. No prompt has an id like this.
pub(super) fn refer(flow: &Flow) -> PromptRef {
    PromptRef {
        id: id_of(&flow.id),
        title: flow.title.as_str().to_owned(),
    }
}

fn id_of(flow: &str) -> String {
    format!("@flow:{flow}")
}

/// The question is in the chat: a reply to it is an answer.
pub(in crate::conversation) fn asked(turn: &mut Turn<'_>, prompt: &PromptRef, message: MessageId) {
    let question = turn.parent.flows.asked.as_mut();
    let question = question.filter(|asked| id_of(&asked.flow) == prompt.id);
    let entry = question.and_then(|asked| {
        asked.message = Some(message);
        asked.entry.map(EntryId)
    });
    let link = MessageRef::Prompt {
        prompt: prompt.clone(),
        entry,
    };
    turn.journal.push(JournalChange::Link(message, link));
}

/// The question that typed text answers, with its message and the entry that it has: the latest one, while no prompt is newer.
pub(in crate::conversation) fn question<'t>(
    turn: &'t Turn<'_>,
) -> Option<(PromptRef, &'t AskedLater)> {
    let asked = turn.parent.flows.asked.as_ref()?;
    let prompt = turn.parent.prompt.as_ref();
    if prompt.is_some_and(|prompt| prompt.at >= asked.at) {
        return None;
    }
    let flow = turn.scene.library.flow(&asked.flow)?;
    Some((refer(flow), asked))
}

/// An entry answers the question: further text joins it.
pub(in crate::conversation) fn answered(turn: &mut Turn<'_>, prompt: &PromptRef, entry: EntryId) {
    let asked = turn.parent.flows.asked.as_mut();
    if let Some(asked) = asked.filter(|asked| id_of(&asked.flow) == prompt.id) {
        asked.entry = Some(entry.0);
    }
}

/// The moment itself by day; at night, the next 07:00.
fn by_day(turn: &Turn<'_>, at: Timestamp) -> Timestamp {
    let (date, time) = turn.parent.schedule.local(at);
    let clock = (time.hour(), time.minute());
    let date = match (clock >= NIGHT, clock < MORNING) {
        (true, _) => date.tomorrow().unwrap_or(date),
        (false, true) => date,
        (false, false) => return at,
    };
    ClockTime::new(MORNING.0, MORNING.1)
        .and_then(|morning| turn.parent.schedule.moment(date, morning))
        .unwrap_or(at)
}
