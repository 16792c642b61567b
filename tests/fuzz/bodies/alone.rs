//! One parent and nothing but what the bot can say: a conversation without a store, for languages that are not the built-in ones.

use std::sync::LazyLock;

use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use voel_eerst::{
    conversation::{
        self, Action, Content, Effect, Entry, EntryId, Event, Journal, Keyboard, Message,
        MessageRef, Outcome, Record, Scene, Tap, Unreadable,
    },
    library::Languages,
    parent::{ChatId, MessageId, Parent, Words},
};

use super::town::{self, HOUSE};

static NOW: LazyLock<Timestamp> =
    LazyLock::new(|| "2028-03-02T12:00:00Z".parse().expect("a moment"));

/// A journal with nothing in it.
struct Empty;

impl Journal for Empty {
    fn entry(&self, _: EntryId) -> Result<Option<Entry>, Unreadable> {
        Ok(None)
    }

    fn older(&self, _: Option<EntryId>, _: usize) -> Result<Vec<Entry>, Unreadable> {
        Ok(Vec::new())
    }

    fn newer(&self, _: EntryId, _: usize) -> Result<Vec<Entry>, Unreadable> {
        Ok(Vec::new())
    }

    fn message(&self, _: MessageId) -> Result<Option<MessageRef>, Unreadable> {
        Ok(None)
    }
}

/// The parent.
pub struct Alone<'a> {
    languages: &'a Languages,
    parent: Parent,
    chance: ChaCha8Rng,
    /// The newest buttons, and the message that they stand below.
    keyboard: Keyboard,
    below: Option<MessageId>,
    next_message: i32,
}

impl<'a> Alone<'a> {
    pub fn with(languages: &'a Languages, chat: ChatId) -> Self {
        Self {
            languages,
            parent: Parent::stranger(chat),
            chance: ChaCha8Rng::seed_from_u64(7),
            keyboard: Keyboard::default(),
            below: None,
            next_message: 1,
        }
    }

    /// The taps of the start.
    pub fn begins(&mut self) {
        let first = self.languages.iter().next().unwrap();
        let start = first
            .commands
            .iter()
            .find(|it| it.id == voel_eerst::library::CommandId::Start);
        let start = start.unwrap().name.clone();
        self.commands(&start);
        for word in ["cy", "t.1930", "d.127", "s.0", "x"] {
            let menu = self.parent.menu.expect("buttons");
            let data = format!("{:x}.{word}", menu.number);
            self.happen(&town::tapped(&data, menu.message));
        }
        assert!(self.parent.planned.is_some(), "nobody can begin");
    }

    /// Types a command.
    pub fn commands(&mut self, name: &str) {
        let id = MessageId(self.next_message);
        self.next_message += 1;
        self.happen(&Event::Wrote(Message {
            id,
            sent: *NOW,
            reply_to: None,
            content: Content::Command {
                name: name.to_owned(),
                rest: Words::default(),
            },
            caption: Words::default(),
        }));
    }

    /// Taps the first button that was shown last, unless it erases everything.
    pub fn taps_the_first(&mut self) {
        let buttons = self.keyboard.0.iter().flatten();
        let data = buttons.filter_map(|button| match &button.action {
            Action::Data(data) => Some(data.clone()),
            Action::Url(_) => None,
        });
        let harmless = |data: &String| !matches!(Tap::read(data), Some((_, Tap::EraseYes(_))));
        if let Some(data) = data.clone().find(harmless) {
            self.happen(&town::tapped(&data, self.below));
        }
    }

    fn happen(&mut self, event: &Event) {
        let mut events = vec![event.clone()];
        while let Some(event) = events.pop() {
            let library = self.languages.of(self.parent.language.as_deref());
            let scene = Scene {
                library,
                languages: self.languages,
                net: None,
                house: &HOUSE,
                journal: &Empty,
                now: *NOW,
            };
            let parent = self.parent.clone();
            let decision =
                conversation::respond(scene, parent, &event, &mut self.chance).expect("it reads");
            match decision.record {
                Record::Changed(parent) | Record::Wordless(parent) | Record::Anew(parent) => {
                    self.parent = parent;
                }
                Record::Forgotten => self.parent = Parent::stranger(self.parent.chat),
            }
            for outgoing in decision.outgoing {
                town::fits(&outgoing);
                if let Effect::Send { keyboard, .. }
                | Effect::Edit { keyboard, .. }
                | Effect::Buttons { keyboard, .. } = &outgoing.effect
                {
                    self.keyboard = keyboard.clone();
                }
                let message = MessageId(self.next_message);
                let sent = Outcome::Sent(Some(message));
                if outgoing.purpose.wants(sent) {
                    self.next_message += 1;
                    self.below = Some(message);
                    events.push(Event::Outcome(outgoing.purpose, sent));
                }
            }
        }
    }
}
