//! Whatever a parent chooses or types in a flow, every message of it fits.

use super::Checked;
use crate::library::{
    CARD, FlowTexts, Text, fault::Faults, lint::text::MESSAGE_UNITS, source::Node,
    text::placeholders,
};

/// The UTF-16 units of the empty line between two parts of a message.
const GAP: usize = 2;

impl<'a> Checked<'_, 'a> {
    /// Notes each text that may become longer than a message.
    pub(super) fn check_lengths(&self, faults: &mut Faults) {
        let shared = self.draft.flow_texts.as_ref().map(|texts| &texts.value);
        let before = self.longest_before(shared);
        let check = |at: Node<'a>, longest: usize, faults: &mut Faults| {
            if longest > MESSAGE_UNITS {
                at.fault(
                    faults,
                    format!("{} can become {longest} characters long with what stands before and in it; expected at most {MESSAGE_UNITS}, which is what a message holds", at.name),
                );
            }
        };
        let flow = self.flow;
        let opening = self.longest(&flow.intro) + GAP + self.longest(&flow.safety);
        let saved = shared.map_or(0, |shared| self.longest(&shared.saved) + GAP);
        check(self.node.at("safety"), before + opening, faults);
        check(
            self.node.at("stop"),
            before + self.longest(&flow.stop),
            faults,
        );
        check(
            self.node.at("end"),
            before + saved + self.longest(&flow.end),
            faults,
        );
        if let Some(save) = &flow.save {
            check(self.node.at("save"), self.longest(save), faults);
        }
        for (step, node) in self.steps() {
            check(node.at("text"), before + self.longest(&step.text), faults);
            if let Some(unkept) = &step.unkept {
                check(node.at("unkept"), before + self.longest(unkept), faults);
            }
        }
    }

    /// The most UTF-16 units that can stand before a step's text: a reply, a card's note, and that the parent is back.
    fn longest_before(&self, shared: Option<&FlowTexts>) -> usize {
        let flow = self.flow;
        let steps = flow.steps.iter().flat_map(|step| &step.buttons);
        let replies = flow.buttons.iter().chain(steps);
        let reply = replies
            .filter_map(|button| button.reply.as_ref())
            .map(|reply| self.longest(reply));
        let note = flow.cards.iter().map(|card| self.longest(&card.note));
        let resumed = shared.map(|shared| self.longest(&shared.resumed));
        let parts = [reply.max(), note.max(), resumed];
        parts.into_iter().flatten().map(|part| part + GAP).sum()
    }

    /// The most UTF-16 units of a text whose slots are filled.
    fn longest(&self, text: &Text) -> usize {
        let written = text.as_str();
        let braces: usize = placeholders(written).map(|name| name.len() + 2).sum();
        let values: usize = placeholders(written)
            .map(|name| self.longest_value(name))
            .sum();
        written.encode_utf16().count() - braces + values
    }

    /// The most UTF-16 units that can stand for a placeholder.
    fn longest_value(&self, name: &str) -> usize {
        let units = |text: &str| text.encode_utf16().count();
        if name == CARD {
            let cards = self.flow.cards.iter().map(|card| units(card.text.as_str()));
            return cards.max().unwrap_or(0);
        }
        let steps = self.flow.steps.iter();
        let steps = steps.filter(|step| step.slot.as_deref() == Some(name));
        let values = steps.flat_map(|step| {
            let chosen = step.buttons.iter().map(|button| units(button.fragment()));
            // A character takes up to two units, and a full stop may be added.
            let typed = step.max_chars.and_then(|most| usize::try_from(most).ok());
            chosen.chain(typed.map(|most| 2 * most + 1))
        });
        values.max().unwrap_or(0)
    }
}
