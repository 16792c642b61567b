//! A chat that exists nowhere: one parent, and everything that the bot does for them.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;

use crate::{
    conversation::{
        Action, Content, Decision, Effect, Entry, EntryId, Event, House, Journal, JournalChange,
        Keyboard, Message, MessageRef, Outcome, Outgoing, Purpose, Record, Scene, Tapped,
        Unreadable, respond,
    },
    library::{Languages, Library},
    parent::{MessageId, Parent, Words},
};

/// A message of the bot as a parent sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its text.
    pub text: String,
    /// The labels of its buttons, row by row.
    pub buttons: Vec<Vec<String>>,
}

/// One thing that a parent sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A new message.
    Message(Said),
    /// A message that was there says something else.
    Changed(Said),
    /// A message that was there has other buttons.
    Buttons(Vec<Vec<String>>),
    /// A line that appears and goes.
    Toast(String),
    /// A heart below what the parent wrote.
    Heart,
}

/// What happened at once: what the parent sees, and which prompts came.
#[derive(Default)]
pub(super) struct Happened {
    pub seen: Vec<Seen>,
    /// The ids of the prompts among the new messages.
    pub prompts: Vec<String>,
}

/// One parent and their chat.
pub(super) struct Stage<'a> {
    pub parent: Parent,
    languages: &'a Languages,
    library: &'a Library,
    house: House,
    book: Book,
    chance: ChaCha8Rng,
    /// The keyboards of the bot's messages as they are now.
    keyboards: BTreeMap<MessageId, Keyboard>,
    latest: i32,
}

impl<'a> Stage<'a> {
    pub fn new(
        languages: &'a Languages,
        library: &'a Library,
        parent: Parent,
        chance: ChaCha8Rng,
    ) -> Self {
        Self {
            parent,
            languages,
            library,
            // What only the pages about privacy say.
            house: House::default(),
            book: Book::default(),
            chance,
            keyboards: BTreeMap::new(),
            latest: 0,
        }
    }

    /// The labels below the newest message of the bot that has buttons.
    pub fn labels(&self) -> Vec<String> {
        let newest = self.keyboards.values().next_back();
        let rows = newest.into_iter().flat_map(|keyboard| &keyboard.0);
        rows.flatten().map(|button| button.label.clone()).collect()
    }

    /// The moment has come that the parent's record names.
    ///
    /// # Errors
    /// Never: the journal is in memory.
    pub fn comes_due(&mut self, now: Timestamp) -> Result<Happened, Unreadable> {
        self.happens(Event::Due, now)
    }

    /// The parent writes something.
    ///
    /// # Errors
    /// As [`Stage::comes_due`].
    pub fn writes(&mut self, text: &str, now: Timestamp) -> Result<Happened, Unreadable> {
        self.latest += 1;
        let message = Message {
            id: MessageId(self.latest),
            sent: now,
            reply_to: None,
            content: Content::Text(Words::new(text)),
            caption: Words::default(),
        };
        self.happens(Event::Wrote(message), now)
    }

    /// The parent taps the button with this label below the newest message that has buttons; nothing when there is none.
    ///
    /// # Errors
    /// As [`Stage::comes_due`].
    pub fn taps(&mut self, label: &str, now: Timestamp) -> Result<Happened, Unreadable> {
        let newest = self.keyboards.iter().next_back();
        let found = newest.and_then(|(message, keyboard)| {
            let mut buttons = keyboard.0.iter().flatten();
            let button = buttons.find(|button| button.label == label)?;
            match &button.action {
                Action::Data(data) => Some((*message, data.clone())),
                Action::Url(_) => None,
            }
        });
        let Some((message, data)) = found else {
            return Ok(Happened::default());
        };
        let tapped = Tapped {
            id: String::new(),
            message: Some(message),
            data,
        };
        self.happens(Event::Tapped(tapped), now)
    }

    /// Decides, does what was decided, and lets the bot hear what became of it.
    fn happens(&mut self, event: Event, now: Timestamp) -> Result<Happened, Unreadable> {
        let mut happened = Happened::default();
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let scene = Scene {
                library: self.library,
                languages: self.languages,
                net: None,
                house: &self.house,
                journal: &self.book,
                now,
            };
            let Decision {
                record,
                journal,
                outgoing,
                // Nothing waits here.
                erased: _,
            } = respond(scene, self.parent.clone(), &event, &mut self.chance)?;
            match record {
                Record::Changed(parent) => self.parent = parent,
                Record::Wordless(parent) => {
                    self.parent = parent;
                    self.book.erase_words();
                }
                Record::Anew(parent) => {
                    self.parent = parent;
                    self.book = Book::default();
                }
                Record::Forgotten => self.parent = Parent::stranger(self.parent.chat),
            }
            for change in journal {
                self.book.take(change);
            }
            for Outgoing {
                effect, purpose, ..
            } in outgoing
            {
                let outcome = Outcome::Sent(self.perform(effect, &purpose, &mut happened));
                if purpose.wants(outcome) {
                    events.push_back(Event::Outcome(purpose, outcome));
                }
            }
        }
        Ok(happened)
    }

    /// Puts an effect into the chat. Returns the number of a new message.
    fn perform(
        &mut self,
        effect: Effect,
        purpose: &Purpose,
        happened: &mut Happened,
    ) -> Option<MessageId> {
        match effect {
            Effect::Send { text, keyboard, .. } => {
                self.latest += 1;
                let id = MessageId(self.latest);
                if let Purpose::Prompt { prompt, .. } = purpose {
                    happened.prompts.push(prompt.id.clone());
                }
                happened.seen.push(Seen::Message(said(&text, &keyboard)));
                self.set_keyboard(id, keyboard);
                return Some(id);
            }
            Effect::Edit {
                message,
                text,
                keyboard,
            } => {
                happened.seen.push(Seen::Changed(said(&text, &keyboard)));
                self.set_keyboard(message, keyboard);
            }
            Effect::Buttons { message, keyboard } => {
                happened.seen.push(Seen::Buttons(labels(&keyboard)));
                self.set_keyboard(message, keyboard);
            }
            Effect::Heart { .. } => happened.seen.push(Seen::Heart),
            Effect::Answer { toast, .. } => {
                let toast = toast.map(|toast| Seen::Toast(toast.reveal().to_owned()));
                happened.seen.extend(toast);
            }
            // None of these comes of a prompt.
            Effect::Document { .. }
            | Effect::Picture { .. }
            | Effect::Voice { .. }
            | Effect::Fetch(_)
            | Effect::Commands { .. } => {}
        }
        None
    }

    fn set_keyboard(&mut self, message: MessageId, keyboard: Keyboard) {
        if keyboard.0.is_empty() {
            self.keyboards.remove(&message);
        } else {
            self.keyboards.insert(message, keyboard);
        }
    }
}

fn said(text: &Words, keyboard: &Keyboard) -> Said {
    Said {
        text: text.reveal().to_owned(),
        buttons: labels(keyboard),
    }
}

fn labels(keyboard: &Keyboard) -> Vec<Vec<String>> {
    let rows = keyboard.0.iter();
    rows.map(|row| row.iter().map(|button| button.label.clone()).collect())
        .collect()
}

/// A journal in memory.
#[derive(Default)]
struct Book {
    entries: BTreeMap<EntryId, Entry>,
    messages: BTreeMap<MessageId, MessageRef>,
}

impl Book {
    fn erase_words(&mut self) {
        self.entries.clear();
        let messages = std::mem::take(&mut self.messages).into_iter();
        let prompts = messages.filter_map(|(id, it)| Some((id, it.unanswered()?)));
        self.messages = prompts.collect();
    }

    fn take(&mut self, change: JournalChange) {
        match change {
            JournalChange::Put(entry) => {
                self.entries.insert(entry.id, entry);
            }
            JournalChange::Erase(entry) => {
                self.entries.remove(&entry);
            }
            JournalChange::ErasePart(entry, message) => {
                if let Some(entry) = self.entries.get_mut(&entry) {
                    entry.parts.retain(|part| part.message != message);
                }
            }
            JournalChange::Link(message, link) => {
                self.messages.insert(message, link);
            }
            JournalChange::Unlink(message) => {
                self.messages.remove(&message);
            }
            // Nobody speaks here.
            JournalChange::PutSound(..) => {}
        }
    }
}

impl Journal for Book {
    fn entry(&self, id: EntryId) -> Result<Option<Entry>, Unreadable> {
        Ok(self.entries.get(&id).cloned())
    }

    fn older(&self, before: Option<EntryId>, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        let entries = self.entries.values().rev();
        let older = entries.filter(|entry| before.is_none_or(|before| entry.id < before));
        Ok(older.take(limit).cloned().collect())
    }

    fn newer(&self, after: EntryId, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        let newer = self.entries.values().filter(|entry| entry.id > after);
        Ok(newer.take(limit).cloned().collect())
    }

    fn message(&self, id: MessageId) -> Result<Option<MessageRef>, Unreadable> {
        Ok(self.messages.get(&id).cloned())
    }
}
