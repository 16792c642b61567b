//! Choosing, and reading what is there, for the tests of what a parent chooses.

use super::*;
use crate::parent::{ClockTime, Days, Slot};

impl Talk {
    /// The parent has chosen these times or windows ("19:00-21:00"), all at once.
    pub fn choose(&mut self, slots: &[&str], days: Days) {
        let time = |text: &str| -> ClockTime { text.parse::<jiff::civil::Time>().unwrap().into() };
        let slot = |text: &&str| match text.split_once('-') {
            Some((from, until)) => Slot::between(time(from), time(until)).unwrap(),
            None => time(text).into(),
        };
        let now = self.now;
        let parent = self.parent.as_mut().unwrap();
        parent.schedule.times = slots.iter().map(slot).collect();
        parent.schedule.days = days;
        parent.plan(now);
    }

    /// The newest button with this label: the message that it is on, and its data.
    pub fn button(&self, label: &str) -> (MessageId, String) {
        let newest = self.chat.iter().rev().find_map(|(id, shown)| {
            let mut buttons = shown.keyboard.0.iter().flatten();
            let button = buttons.find(|button| button.label == label)?;
            match &button.action {
                Action::Data(data) => Some((*id, data.clone())),
                Action::Url(_) => None,
            }
        });
        newest.unwrap()
    }

    /// The bot's newest message as the parent sees it: the text, and a line for each row of buttons.
    pub fn reads(&self) -> String {
        let row =
            |row: Vec<&str>| -> String { row.iter().map(|label| format!("[{label}]")).collect() };
        let rows = self.last().labels().into_iter().map(row);
        let lines = std::iter::once(self.last().text.clone()).chain(rows);
        lines.collect::<Vec<_>>().join("\n")
    }
}
