//! The rules for flows: whoever goes in can always come out.

use std::collections::HashSet;

use crate::library::{
    CommandId, Flow, FlowButton, Keep, Next, Step,
    draft::{Draft, Placed},
    fault::Faults,
    source::Node,
    text::placeholders,
};

/// The most bytes that Telegram gives back when a button is tapped.
const CALLBACK_BYTES: usize = 64;

/// The id of the stop button that every step gets.
const SHARED_STOP: &str = "stop";

/// Notes what is wrong with the flows, and with the example sentences they offer.
pub(super) fn check(draft: &Draft<'_>, faults: &mut Faults) {
    let ids: HashSet<&str> = draft
        .flows
        .iter()
        .map(|flow| flow.value.id.as_str())
        .collect();
    for Placed { value: flow, node } in &draft.flows {
        let flow = Checked {
            flow,
            node: *node,
            ids: &ids,
            draft,
        };
        flow.check_head(faults);
        flow.check_steps(faults);
        flow.check_ways(faults);
        flow.check_slots(faults);
    }
    check_unique(draft.sentences.tables.iter().copied(), faults);
}

/// Notes each id that stands in `tables` a second time.
fn check_unique<'a>(tables: impl Iterator<Item = Node<'a>>, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for id in tables.filter_map(|table| table.get("id")) {
        if let Some(text) = id.as_text()
            && !seen.insert(text)
        {
            id.fault(
                faults,
                format!("id `{text}` stands here a second time; expected each id once"),
            );
        }
    }
}

/// A flow under inspection.
struct Checked<'c, 'a> {
    flow: &'c Flow,
    node: Node<'a>,
    /// The ids of all flows.
    ids: &'c HashSet<&'c str>,
    draft: &'c Draft<'a>,
}

impl<'a> Checked<'_, 'a> {
    /// Steps, each with its place.
    fn steps(&self) -> impl Iterator<Item = (&Step, Node<'a>)> {
        self.flow.steps.iter().zip(self.node.at("step").items())
    }

    fn check_head(&self, faults: &mut Faults) {
        let Self { flow, node, .. } = self;
        if flow.id != node.stem() {
            node.at("id").fault(
                faults,
                format!(
                    "id is `{}`; expected `{}`, the name of the file",
                    flow.id,
                    node.stem()
                ),
            );
        }
        let commands = &self.draft.commands;
        if !commands.tables.is_empty() && !commands.has_text("name", &flow.command) {
            node.at("command").fault(
                faults,
                format!(
                    "command is `{}`; expected the name of a command in commands.toml",
                    flow.command
                ),
            );
        }
        let help = commands
            .read
            .iter()
            .find(|it| it.value.id == CommandId::Help);
        if let Some(help) = help.map(|it| format!("/{}", it.value.name))
            && !flow.safety.as_str().contains(&help)
        {
            node.at("safety").fault(
                faults,
                format!("safety does not name {help}; expected it to, so that help is never far"),
            );
        }
        if let (Keep::Never, Some(_)) = (flow.keep, &flow.save) {
            node.at("save").fault(
                faults,
                "save stands in a flow with keep = \"never\"; expected no save",
            );
        }
        check_unique(node.at("card").items(), faults);
        check_unique(node.at("step").items(), faults);
    }

    fn check_steps(&self, faults: &mut Faults) {
        self.check_buttons("", &self.flow.buttons, self.node, faults);
        for (step, node) in self.steps() {
            self.check_buttons(&step.id, &step.buttons, node, faults);
            check_input(step, node, faults);
            if let Some(next) = &step.next {
                self.check_next(next, node.at("next"), faults);
            }
        }
        if self.step(&self.flow.start).is_none() {
            self.node.at("start").fault(
                faults,
                format!(
                    "start is `{}`; expected the id of a step in this file",
                    self.flow.start
                ),
            );
        }
    }

    fn check_buttons(
        &self,
        step: &str,
        buttons: &[FlowButton],
        node: Node<'a>,
        faults: &mut Faults,
    ) {
        check_unique(node.at("buttons").items(), faults);
        for (button, node) in buttons.iter().zip(node.at("buttons").items()) {
            let data = format!("f:{}:{step}:{}", self.flow.id, button.id);
            if data.len() > CALLBACK_BYTES {
                node.at("id").fault(
                    faults,
                    format!("the ids of flow, step and button make `{data}`, which is {} bytes long; expected at most {CALLBACK_BYTES}", data.len()),
                );
            }
            if button.id.is_empty() || button.id.contains(':') {
                node.at("id").fault(
                    faults,
                    format!(
                        "id is `{}`; expected at least one character, and no `:`",
                        button.id
                    ),
                );
            }
            if button.id == SHARED_STOP && button.next != Next::Stop {
                node.at("next").fault(
                    faults,
                    format!(
                        "next is `{}`; expected `@stop` for a button with id `{SHARED_STOP}`",
                        button.next
                    ),
                );
            }
            self.check_next(&button.next, node.at("next"), faults);
        }
    }

    fn check_next(&self, next: &Next, at: Node<'a>, faults: &mut Faults) {
        let what = match next {
            Next::Step(id) if self.step(id).is_none() => {
                format!("next is `{id}`; expected the id of a step in this file, or a word that begins with @")
            }
            Next::Flow(id) if !self.ids.contains(id.as_str()) => {
                format!("next is `{next}`; expected the id of another flow")
            }
            Next::Save if self.flow.save.is_none() => {
                "next is `@save`, but the flow has no save text; expected one at the top of the file".to_owned()
            }
            Next::Step(_) | Next::Flow(_) | Next::Save => return,
            Next::Stop | Next::End | Next::Help | Next::Sentences | Next::Later(_) | Next::Side(_) => return,
        };
        at.fault(faults, what);
    }

    /// Every step can be come to, and from every step there is a way out besides the stop button.
    fn check_ways(&self, faults: &mut Faults) {
        let mut reached = HashSet::new();
        let mut open = vec![self.flow.start.as_str()];
        open.extend(
            self.flow
                .buttons
                .iter()
                .filter_map(|button| step_of(&button.next)),
        );
        while let Some(id) = open.pop() {
            if reached.insert(id)
                && let Some(step) = self.step(id)
            {
                open.extend(ways(step).filter_map(step_of));
            }
        }
        let mut ends: HashSet<&str> = HashSet::new();
        loop {
            let before = ends.len();
            for step in &self.flow.steps {
                let leads_out =
                    ways(step).any(|next| step_of(next).is_none_or(|id| ends.contains(id)));
                if leads_out {
                    ends.insert(&step.id);
                }
            }
            if ends.len() == before {
                break;
            }
        }
        for (step, node) in self.steps() {
            if !reached.contains(step.id.as_str()) {
                node.at("id").fault(
                    faults,
                    format!(
                        "step `{}` is never reached; expected a `next` that leads to it",
                        step.id
                    ),
                );
            }
            if !ends.contains(step.id.as_str()) {
                node.at("id").fault(faults, format!("from step `{}` no choice leads to an end; expected a way to @end, @save or @stop", step.id));
            }
        }
    }

    /// `{slot}` stands for something only where the flow has such a slot; `{card}` only in a flow with cards.
    fn check_slots(&self, faults: &mut Faults) {
        let mut known: Vec<&str> = self
            .flow
            .steps
            .iter()
            .filter_map(|step| step.slot.as_deref())
            .collect();
        if !self.flow.cards.is_empty() {
            known.push("card");
        }
        let check = |at: Node<'a>, known: &[&str], faults: &mut Faults| {
            for slot in at.as_text().into_iter().flat_map(placeholders) {
                if !known.contains(&slot) {
                    let known = match known {
                        [] => "none here".to_owned(),
                        known => format!("a slot of this flow: {}", known.join(", ")),
                    };
                    at.fault(
                        faults,
                        format!("{} contains {{{slot}}}; expected {known}", at.name),
                    );
                }
            }
        };
        for key in ["title", "intro", "safety", "stop", "end"] {
            check(self.node.at(key), &[], faults);
        }
        check(self.node.at("save"), &known, faults);
        for card in self.node.at("card").items() {
            check(card.at("text"), &[], faults);
            check(card.at("note"), &[], faults);
        }
        for step in self.node.at("step").items() {
            check(step.at("text"), &known, faults);
            for button in step.at("buttons").items() {
                check(button.at("label"), &[], faults);
                check(button.at("reply"), &known, faults);
                check(button.at("fragment"), &[], faults);
            }
        }
    }

    fn step(&self, id: &str) -> Option<&Step> {
        self.flow.steps.iter().find(|step| step.id == id)
    }
}

fn check_input(step: &Step, node: Node<'_>, faults: &mut Faults) {
    let parts = [
        ("input", step.input.is_some()),
        ("next", step.next.is_some()),
        ("max_chars", step.max_chars.is_some()),
    ];
    if parts.iter().any(|(_, there)| *there) {
        for (key, _) in parts.iter().filter(|(_, there)| !there) {
            node.fault(faults, format!("{key} is missing in step `{}`; expected input, next and max_chars together, or none of them", step.id));
        }
    }
    if step.id.is_empty() || step.id.contains(':') {
        node.at("id").fault(
            faults,
            format!(
                "id is `{}`; expected at least one character, and no `:`",
                step.id
            ),
        );
    }
}

/// Everything that can follow a step.
fn ways(step: &Step) -> impl Iterator<Item = &Next> {
    step.buttons
        .iter()
        .map(|button| &button.next)
        .chain(&step.next)
}

fn step_of(next: &Next) -> Option<&str> {
    match next {
        Next::Step(id) => Some(id),
        Next::Stop
        | Next::End
        | Next::Save
        | Next::Help
        | Next::Sentences
        | Next::Flow(_)
        | Next::Later(_)
        | Next::Side(_) => None,
    }
}
