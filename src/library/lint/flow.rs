//! The rules for flows: whoever goes in can always come out.

mod lengths;

use std::collections::{HashMap, HashSet};

use super::check_length;
use crate::library::{
    CARD, CommandId, Flow, FlowButton, Keep, Next, Step,
    draft::{Draft, Placed, is_flow},
    fault::Faults,
    files::Files,
    source::Node,
    text::placeholders,
};

/// The most characters of an example sentence and of what stands above it: some of them have to fit one message.
const SITUATION: usize = 80;
const SENTENCE: usize = 300;

/// The id of the stop button that every step gets.
const SHARED_STOP: &str = "stop";

/// Notes what is wrong with the flows, and with the example sentences they offer.
pub(super) fn check(draft: &Draft<'_>, files: &Files, faults: &mut Faults) {
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
        flow.check_lengths(faults);
    }
    check_marks(draft, faults);
    check_commands(draft, files, faults);
    check_unique(draft.sentences.tables.iter().copied(), faults);
    for Placed { value, node } in &draft.sentences.read {
        check_length(
            &node.at("situation"),
            value.situation.as_str(),
            1,
            SITUATION,
            faults,
        );
        check_length(&node.at("text"), value.text.as_str(), 1, SENTENCE, faults);
    }
}

/// Buttons tell the bot their flow's and their own mark: flows, and the buttons of one step, each have their own.
fn check_marks(draft: &Draft<'_>, faults: &mut Faults) {
    let flows = draft.flows.iter();
    check_apart(
        flows.map(|it| (it.value.mark(), it.value.id.as_str(), it.node)),
        faults,
    );
    for Placed { value: flow, node } in &draft.flows {
        let steps = flow.steps.iter().zip(node.at("step").items());
        let steps = steps.map(|(step, node)| (&step.buttons, node));
        for (buttons, node) in steps.chain([(&flow.buttons, *node)]) {
            let places = node.at("buttons").items();
            let buttons = buttons.iter().zip(places);
            check_apart(
                buttons.map(|(button, node)| (button.mark(), button.id.as_str(), node)),
                faults,
            );
        }
    }
}

/// Notes each id that has the mark of another one before it.
fn check_apart<'a, 'b>(marks: impl Iterator<Item = (u32, &'b str, Node<'a>)>, faults: &mut Faults) {
    let mut ids: HashMap<u32, &str> = HashMap::new();
    for (mark, id, node) in marks {
        match ids.get(&mark) {
            None => drop(ids.insert(mark, id)),
            // The same id twice is told elsewhere.
            Some(first) if *first == id => {}
            Some(first) => node.at("id").fault(
                faults,
                format!("id `{id}` is by chance too much like `{first}` for the bot to tell them apart; expected another id"),
            ),
        }
    }
}

/// Every command with id `flow` opens one flow, and every flow has one.
fn check_commands(draft: &Draft<'_>, files: &Files, faults: &mut Faults) {
    let mut taken = HashSet::new();
    for Placed { value: flow, node } in &draft.flows {
        if !taken.insert(flow.command.as_str()) {
            node.at("command").fault(
                faults,
                format!(
                    "command `{}` opens another flow already; expected a command of its own",
                    flow.command
                ),
            );
        }
    }
    // A flow that could not be read has faults enough.
    let written = files.iter().filter(|(path, _)| is_flow(path)).count();
    if draft.flows.len() < written {
        return;
    }
    let commands = draft.commands.read.iter();
    for Placed { value, node } in commands.filter(|it| it.value.id == CommandId::Flow) {
        if !taken.contains(value.name.as_str()) {
            node.at("id").fault(
                faults,
                format!(
                    "no flow has the command `{}`; expected one in flows/, or no such command",
                    value.name
                ),
            );
        }
    }
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
        let opens = commands.tables.iter().any(|command| {
            command.at("name").as_text() == Some(&flow.command)
                && command.at("id").as_text() == Some(CommandId::Flow.as_str())
        });
        if !commands.tables.is_empty() && !opens {
            node.at("command").fault(
                faults,
                format!(
                    "command is `{}`; expected the name of a command with id `flow` in commands.toml",
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
        self.check_buttons(&self.flow.buttons, self.node, faults);
        for (step, node) in self.steps() {
            self.check_buttons(&step.buttons, node, faults);
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

    fn check_buttons(&self, buttons: &[FlowButton], node: Node<'a>, faults: &mut Faults) {
        check_unique(node.at("buttons").items(), faults);
        for (button, node) in buttons.iter().zip(node.at("buttons").items()) {
            if button.id.is_empty() {
                node.at("id")
                    .fault(faults, "id is empty; expected at least one character");
            }
            for (slot, node) in button.forget.iter().zip(node.at("forget").items()) {
                if !self.flow.slots().any(|known| known == slot) {
                    node.fault(
                        faults,
                        format!("forget names `{slot}`; expected a slot of this flow"),
                    );
                }
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
            Next::Flow(id) if self.rests(id) => {
                format!("next is `{next}`, which rests after violence; expected a flow that can always be gone on with")
            }
            Next::Later(_) if self.flow.later.is_none() => {
                format!("next is `{next}`, but the flow has no later text; expected one at the top of the file")
            }
            Next::Later(_) if self.flow.keep == Keep::Never => {
                format!("next is `{next}` in a flow with keep = \"never\"; expected nothing that remembers the parent")
            }
            Next::Step(_) | Next::Flow(_) | Next::Save | Next::Later(_) => return,
            Next::Stop | Next::End | Next::Help | Next::Sentences | Next::Side(_) => return,
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
            known.push(CARD);
        }
        let check = |at: Node<'a>, known: &[&str], faults: &mut Faults| {
            for slot in at.as_text().into_iter().flat_map(placeholders) {
                if !known.contains(&slot) {
                    let known = match known {
                        [] => "no word in braces here".to_owned(),
                        known => format!("a slot of this flow: {}", known.join(", ")),
                    };
                    at.fault(
                        faults,
                        format!("{} contains {{{slot}}}; expected {known}", at.name),
                    );
                }
            }
        };
        for key in ["title", "intro", "safety", "stop", "end", "later"] {
            check(self.node.at(key), &[], faults);
        }
        check(self.node.at("save"), &known, faults);
        for card in self.node.at("card").items() {
            check(card.at("text"), &[], faults);
            check(card.at("note"), &[], faults);
        }
        for step in self.node.at("step").items() {
            check(step.at("text"), &known, faults);
            check(step.at("unkept"), &known, faults);
            for button in step.at("buttons").items() {
                check(button.at("label"), &[], faults);
                check(button.at("reply"), &known, faults);
                check(button.at("fragment"), &[], faults);
            }
        }
    }

    fn step(&self, id: &str) -> Option<&Step> {
        self.flow.step(id)
    }

    /// Whether another flow with this id rests after violence.
    fn rests(&self, id: &str) -> bool {
        let mut flows = self.draft.flows.iter().map(|it| &it.value);
        flows.any(|flow| flow.id == id && flow.rests_after_violence)
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
    if step.id.is_empty() {
        node.at("id")
            .fault(faults, "id is empty; expected at least one character");
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
