//! Guided flows: a few steps that a parent taps through.

use std::fmt;

use super::{
    prompt::{Side, mark},
    read::{Read, Reading, names, record},
    source::Node,
    text::{Label, Text},
};

/// The placeholder that stands for the text of a card.
pub const CARD: &str = "card";

record! {
    /// A flow, in a file of its own. What its fields mean to a writer stands in `prompts/README.md`.
    pub struct Flow {
        /// The name of its file.
        id: String,
        /// What it is called.
        title: Text,
        /// The name of the command that opens it: one with id `flow`, which no other flow has.
        command: String,
        /// About how long it takes.
        minutes: u32,
        /// What becomes of what the parent chooses in it.
        keep: Keep,
        /// Whether it rests for some time after an answer about violence: it brings two people near each other.
        rests_after_violence: bool = false,
        /// The id of the first step.
        start: String,
        /// What it is for.
        intro: Text,
        /// When not to do it, and where help is.
        safety: Text,
        /// Said when the parent stops.
        stop: Text,
        /// Said at the end.
        end: Text,
        /// The journal entry it makes; a sentence whose slots are all empty is left out of it.
        save: Option<Text> = None,
        /// The question that `@later` asks.
        later: Option<Text> = None,
        /// The buttons of the opening screen.
        buttons: Vec<FlowButton>,
        /// The steps.
        steps as "step": Vec<Step>,
        /// Cards that a step with `{card}` shows one after another: a button that leads back to that step shows the card's note
        /// and the next card. After the last one comes what follows the first button that leads away from the step.
        cards as "card": Vec<Card> = Vec::new(),
    }
}

record! {
    /// One step of a flow.
    pub struct Step {
        /// Unique within the flow.
        id: String,
        /// The name under which the choice, or the typed text, is held until the flow ends. Typed text gets a full stop when it
        /// ends without one.
        slot: Option<String> = None,
        /// Whether typing is taken too; `next` and `max_chars` then say what comes of it.
        input: Option<Input> = None,
        /// What follows typed text.
        next: Option<Next> = None,
        /// The most characters of typed text.
        max_chars: Option<u32> = None,
        /// What it says; `{slot}` stands for what was chosen. A sentence whose slots are all empty is left out.
        text: Text,
        /// Said instead to a parent of whom nothing may be kept. They are not shown the buttons that keep something, and what they
        /// type is not taken.
        unkept: Option<Text> = None,
        /// What can be chosen.
        buttons: Vec<FlowButton>,
    }
}

record! {
    /// A button of a flow.
    pub struct FlowButton {
        /// Unique within the step.
        id: String,
        /// What it says.
        label: Label,
        /// What follows.
        next: Next,
        /// A line before the next step's text.
        reply: Option<Text> = None,
        /// What its slot stands for in later texts; without it, the label.
        fragment: Option<Text> = None,
        /// Slots that this choice empties.
        forget: Vec<String> = Vec::new(),
    }
}

record! {
    /// A card to recognise oneself in, or not.
    pub struct Card {
        /// Unique within the flow.
        id: String,
        /// Whom it speaks to. Internal, like every [`Side`].
        side: Side,
        /// What it describes.
        text: Text,
        /// A kind word after any answer.
        note: Text,
    }
}

record! {
    /// An example of what to say to a child.
    pub struct Sentence {
        /// Unique, the same for ever.
        id: String,
        /// When to say it.
        situation: Text,
        /// The sentence.
        text: Text,
    }
}

record! {
    /// What all flows share.
    pub struct FlowTexts {
        /// The button that every step has.
        stop_label: Label,
        /// Back to the step before.
        back_label: Label,
        /// The flow was left too long ago; `{command}` opens it again.
        expired: Text,
        /// The parent left in the middle and is back.
        resumed: Text,
        /// The flow's entry is in the journal.
        saved: Text,
        /// The question that `@later` asks is planned for `{when}`.
        later: Text,
        /// The parent typed where typing is taken, but nothing of theirs may be kept, not even until the flow ends.
        typed_unkept: Text,
    }
}

impl Flow {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The names that its texts may have in braces.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.slot.as_deref())
    }

    /// A short stand-in for the id, for callback data: no two flows share one.
    pub fn mark(&self) -> u32 {
        mark(&self.id)
    }

    /// Whether going this way makes the bot keep something of the parent.
    pub fn keeps_something(&self, next: &Next) -> bool {
        match next {
            Next::Save | Next::Side(_) => true,
            // A step that asks for text in order to save it.
            Next::Step(id) => self
                .step(id)
                .is_some_and(|step| step.next == Some(Next::Save)),
            Next::Stop
            | Next::End
            | Next::Help
            | Next::Sentences
            | Next::Flow(_)
            | Next::Later(_) => false,
        }
    }
}

impl Step {
    /// Whether it shows the flow's cards, one after another.
    pub fn shows_cards(&self) -> bool {
        self.text.placeholders().any(|name| name == CARD)
    }

    /// What comes after the last card.
    pub fn after_cards(&self) -> Option<&Next> {
        let here = |next: &&Next| matches!(next, Next::Step(id) if *id == self.id);
        self.buttons
            .iter()
            .map(|button| &button.next)
            .find(|next| !here(next))
    }
}

impl FlowButton {
    /// A short stand-in for the id, for callback data: no two buttons of a step share one.
    pub fn mark(&self) -> u32 {
        mark(&self.id)
    }

    /// What it puts in its step's slot.
    pub fn fragment(&self) -> &str {
        self.fragment
            .as_ref()
            .map_or(self.label.as_str(), Text::as_str)
    }
}

/// What becomes of what a parent chooses in a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Nothing is written until the parent taps the button that saves.
    Ask,
    /// Nothing is ever written, counted or logged.
    Never,
}

names! {
    Keep: "ask or never" {
        "ask" => Ask,
        "never" => Never,
    }
}

/// What a step takes besides taps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Typed text.
    Free,
}

names! {
    Input: "free" {
        "free" => Free,
    }
}

/// What follows a choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// The step with this id.
    Step(String),
    /// `@stop`: the flow's stop text.
    Stop,
    /// `@end`: the flow's end text.
    End,
    /// `@save`: one journal entry, then the end text.
    Save,
    /// `@help`: the help lines.
    Help,
    /// `@sentences`: the list of example sentences.
    Sentences,
    /// `@flow:<id>`: another flow.
    Flow(String),
    /// `@later:<minutes>`: one question after so many minutes, never between 21:30 and 07:00 of the parent's time.
    Later(u32),
    /// `@side:<side>`: the side is chosen, then the end text.
    Side(Side),
}

impl Next {
    fn parse(word: &str) -> Option<Self> {
        let Some(word) = word.strip_prefix('@') else {
            return Some(Self::Step(word.to_owned()));
        };
        match word.split_once(':') {
            None => match word {
                "stop" => Some(Self::Stop),
                "end" => Some(Self::End),
                "save" => Some(Self::Save),
                "help" => Some(Self::Help),
                "sentences" => Some(Self::Sentences),
                _ => None,
            },
            Some(("flow", id)) => Some(Self::Flow(id.to_owned())),
            Some(("later", minutes)) => minutes.parse().ok().map(Self::Later),
            Some(("side", side)) => Side::ALL
                .iter()
                .find(|it| it.as_str() == side)
                .map(|it| Self::Side(*it)),
            Some(_) => None,
        }
    }
}

/// As it stands in a file.
impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(id) => f.write_str(id),
            Self::Stop => f.write_str("@stop"),
            Self::End => f.write_str("@end"),
            Self::Save => f.write_str("@save"),
            Self::Help => f.write_str("@help"),
            Self::Sentences => f.write_str("@sentences"),
            Self::Flow(id) => write!(f, "@flow:{id}"),
            Self::Later(minutes) => write!(f, "@later:{minutes}"),
            Self::Side(side) => write!(f, "@side:{}", side.as_str()),
        }
    }
}

impl Read for Next {
    const EXPECTED: &'static str = "the id of a step, @stop, @end, @save, @help, @sentences, @flow:<id>, @later:<minutes> or @side:<side>";

    fn read<'a>(node: &Node<'a>, reading: &mut Reading<'a>) -> Option<Self> {
        let word = node.text(&mut reading.faults)?;
        let next = Self::parse(word);
        if next.is_none() {
            node.fault(
                &mut reading.faults,
                format!("{} is `{word}`; expected {}", node.name, Self::EXPECTED),
            );
        }
        next
    }
}
