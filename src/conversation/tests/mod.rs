//! The conversation without anything around it: one parent, a journal in a map, and time as a value.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod asked;
mod basics;
mod book;
mod called;
mod choices;
mod consent;
mod crisis;
mod crisis_after;
mod crisis_answer;
mod export;
mod flow;
mod flow_small;
mod flow_walk;
mod import;
mod language;
mod lookback;
mod on_this_day;
mod own;
mod pause;
mod prompt;
mod search;
mod settings;
mod silence;
mod taps;
mod voice;
mod waited;
mod walk;
mod year;

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::*;
use crate::parent::{ChatId, ClockTime, Days, FileId, MessageId, PrivateBytes, Zone};

/// The Dutch library, read once.
pub(super) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

use crate::{
    library::{Country, Languages, Library},
    net::Net,
};

/// The Dutch net, read once.
pub(super) static NET: LazyLock<Net> = LazyLock::new(|| Net::embedded().unwrap());

/// All languages.
pub(super) static LANGUAGES: LazyLock<Languages> = LazyLock::new(|| Languages::embedded().unwrap());

/// A journal in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Book {
    pub entries: BTreeMap<EntryId, Entry>,
    pub messages: BTreeMap<MessageId, MessageRef>,
    pub sounds: BTreeMap<(EntryId, MessageId), PrivateBytes>,
}

impl Journal for Book {
    fn entry(&self, id: EntryId) -> Result<Option<Entry>, Unreadable> {
        Ok(self.entries.get(&id).cloned())
    }

    fn older(&self, before: Option<EntryId>, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        let older = self
            .entries
            .values()
            .rev()
            .filter(|entry| before.is_none_or(|before| entry.id < before));
        Ok(older.take(limit).cloned().collect())
    }

    fn newer(&self, after: EntryId, limit: usize) -> Result<Vec<Entry>, Unreadable> {
        Ok(self
            .entries
            .values()
            .filter(|entry| entry.id > after)
            .take(limit)
            .cloned()
            .collect())
    }

    fn message(&self, id: MessageId) -> Result<Option<MessageRef>, Unreadable> {
        Ok(self.messages.get(&id).cloned())
    }
}

/// A message in the chat, as the parent sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub text: String,
    pub keyboard: Keyboard,
    pub silent: bool,
}

impl Shown {
    /// The labels of the buttons, row by row.
    pub fn labels(&self) -> Vec<Vec<&str>> {
        fn row(row: &[Button]) -> Vec<&str> {
            row.iter().map(|button| button.label.as_str()).collect()
        }
        self.keyboard.0.iter().map(|buttons| row(buttons)).collect()
    }
}

/// One parent talking with the bot. Everything the bot sends arrives at once, in order; a test may look at all of it.
pub(super) struct Talk {
    pub library: &'static Library,
    pub now: Timestamp,
    /// `None` when nothing is known of the parent.
    pub parent: Option<Parent>,
    pub book: Book,
    pub house: House,
    /// The bot's messages as they are now, by number.
    pub chat: BTreeMap<MessageId, Shown>,
    /// The parent's messages that carry a heart.
    pub hearts: Vec<MessageId>,
    pub toasts: Vec<String>,
    /// How many taps were answered.
    pub answers: usize,
    /// What the bot sent of its own accord.
    pub bulk: Vec<String>,
    /// Hearts are refused, as in a chat where reactions are off.
    pub refuse_hearts: bool,
    /// The names in the chat's own menu of commands.
    pub menu: Vec<String>,
    /// The documents that were wanted.
    pub documents: Vec<Document>,
    /// The years of which a picture was wanted.
    pub pictures: Vec<i16>,
    /// What becomes of documents, pictures and voice notes instead of being sent.
    pub lose_documents: Option<Outcome>,
    /// The voice notes that were played, as the messages in which they came.
    pub played: Vec<MessageId>,
    /// What fetching brings; `None` lets it go on, and the wishes stay in `fetching`.
    pub brings: Option<Fetched>,
    /// The steps in which a journal comes back, when fetching brings anything.
    pub returns: Vec<Step>,
    /// What is being fetched.
    pub fetching: Vec<Fetch>,
    next: i32,
    chance: ChaCha8Rng,
}

impl Talk {
    /// A stranger in Amsterdam on Monday 2 March 2026 at 12:00.
    pub fn new() -> Self {
        Self {
            library: &LIBRARY,
            now: amsterdam("2026-03-02T12:00"),
            parent: None,
            book: Book::default(),
            house: House {
                controller: Some("Stichting Test".to_owned()),
                contact: Some("test@example.org".to_owned()),
                location: Some("Nederland".to_owned()),
                ..House::default()
            },
            chat: BTreeMap::new(),
            hearts: Vec::new(),
            toasts: Vec::new(),
            answers: 0,
            bulk: Vec::new(),
            refuse_hearts: false,
            menu: Vec::new(),
            documents: Vec::new(),
            pictures: Vec::new(),
            lose_documents: None,
            played: Vec::new(),
            brings: Some(Ok(Brought::Sound(PrivateBytes::new(b"OggS".to_vec())))),
            returns: vec![returning(3, jiff::civil::date(2026, 1, 5))],
            fetching: Vec::new(),
            next: 0,
            chance: ChaCha8Rng::seed_from_u64(1),
        }
    }

    /// A parent who has come through the start: replies are kept, 19:30 on Monday, Wednesday and Saturday, no side.
    pub fn begun() -> Self {
        let mut talk = Self::new();
        talk.say("/start");
        for label in [
            "Ja, bewaar. Ik ben 18+",
            "19:30",
            "Drie keer: ma, wo en za",
            "Zeg ik liever niet",
            "Ik wacht",
        ] {
            talk.tap(label);
        }
        talk
    }

    /// The same talk, to go on differently from here; chance begins anew.
    pub fn fork(&self) -> Self {
        Self {
            library: self.library,
            now: self.now,
            parent: self.parent.clone(),
            book: self.book.clone(),
            house: self.house.clone(),
            chat: self.chat.clone(),
            hearts: self.hearts.clone(),
            toasts: self.toasts.clone(),
            answers: self.answers,
            bulk: self.bulk.clone(),
            refuse_hearts: self.refuse_hearts,
            menu: self.menu.clone(),
            documents: self.documents.clone(),
            pictures: self.pictures.clone(),
            lose_documents: self.lose_documents,
            played: self.played.clone(),
            brings: self.brings.clone(),
            returns: self.returns.clone(),
            fetching: self.fetching.clone(),
            next: self.next,
            chance: ChaCha8Rng::seed_from_u64(1),
        }
    }

    /// What the bot says, in the language that it speaks with this parent.
    pub fn spoken(&self) -> &'static Library {
        let parent = self.parent.as_ref();
        let chosen = parent.and_then(|parent| parent.language.as_deref());
        chosen.map_or(self.library, |tag| LANGUAGES.of(Some(tag)))
    }

    /// The parent's record.
    pub fn parent(&self) -> &Parent {
        self.parent.as_ref().expect("a record")
    }

    /// Sends text, or a command when it begins with a slash. Returns the message's number.
    pub fn say(&mut self, text: &str) -> MessageId {
        self.reply(None, text)
    }

    /// Sends text as a reply to a message.
    pub fn reply(&mut self, reply_to: Option<MessageId>, text: &str) -> MessageId {
        let content = match text.strip_prefix('/') {
            Some(command) => {
                let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
                Content::Command {
                    name: name.to_owned(),
                    rest: Words::new(rest),
                }
            }
            None => Content::Text(Words::new(text)),
        };
        self.send(reply_to, content)
    }

    /// Sends something with words below it.
    pub fn sends_with_caption(&mut self, content: Content, caption: &str) -> MessageId {
        let id = self.number();
        self.happen(&Event::Wrote(Message {
            id,
            sent: self.now,
            reply_to: None,
            content,
            caption: Words::new(caption),
        }));
        id
    }

    /// Sends anything.
    pub fn send(&mut self, reply_to: Option<MessageId>, content: Content) -> MessageId {
        let id = self.number();
        self.happen(&Event::Wrote(Message {
            id,
            sent: self.now,
            reply_to,
            content,
            caption: Words::default(),
        }));
        id
    }

    /// Sends a voice note of so many seconds.
    pub fn speak(&mut self, seconds: u32) -> MessageId {
        self.send(None, Content::Voice(voice_note(seconds)))
    }

    /// What was being fetched comes, or does not.
    pub fn fetched(&mut self, brought: &Fetched) {
        for fetch in std::mem::take(&mut self.fetching) {
            self.happen(&Event::Fetched(fetch, brought.clone()));
        }
    }

    /// Edits a message.
    pub fn edit(&mut self, id: MessageId, text: &str) {
        self.happen(&Event::Edited(Message {
            id,
            sent: self.now,
            reply_to: None,
            content: Content::Text(Words::new(text)),
            caption: Words::default(),
        }));
    }

    /// Taps the newest button with this label.
    pub fn tap(&mut self, label: &str) {
        let found = self.chat.iter().rev().find_map(|(id, shown)| {
            let button = shown
                .keyboard
                .0
                .iter()
                .flatten()
                .find(|button| button.label == label)?;
            Some((*id, button.action.clone()))
        });
        let Some((message, Action::Data(data))) = found else {
            panic!("no button {label:?} in {:#?}", self.chat)
        };
        self.tap_data(message, &data);
    }

    /// The buttons in the chat: what each says, where it stands, and what it sends.
    pub fn buttons(&self) -> Vec<(String, MessageId, String)> {
        let mut buttons = Vec::new();
        for (message, shown) in &self.chat {
            for button in shown.keyboard.0.iter().flatten() {
                if let Action::Data(data) = &button.action {
                    buttons.push((button.label.clone(), *message, data.clone()));
                }
            }
        }
        buttons
    }

    /// Taps a button that may be old or forged.
    pub fn tap_data(&mut self, message: MessageId, data: &str) {
        self.happen(&Event::Tapped(Tapped {
            id: "tap".to_owned(),
            message: Some(message),
            data: data.to_owned(),
        }));
    }

    /// Lets time pass until `at`, and everything happen that falls due on the way.
    pub fn until(&mut self, at: Timestamp) {
        while let Some(due) = self
            .parent
            .as_ref()
            .and_then(Parent::due)
            .filter(|due| *due <= at)
        {
            self.now = self.now.max(due);
            self.happen(&Event::Due);
        }
        self.now = at;
    }

    /// Lets so many minutes pass.
    pub fn minutes(&mut self, minutes: i64) {
        self.until(self.now + SignedDuration::from_mins(minutes));
    }

    /// Lets time pass until the next thing that is due has happened.
    pub fn until_due(&mut self) {
        let due = self.parent().due().expect("something planned");
        self.until(due);
    }

    /// The bot's newest message.
    pub fn last(&self) -> &Shown {
        self.chat.values().next_back().expect("a message")
    }

    /// The number of the bot's newest message.
    pub fn last_id(&self) -> MessageId {
        *self.chat.keys().next_back().expect("a message")
    }

    /// How many messages the bot has sent.
    pub fn count(&self) -> usize {
        self.chat.len()
    }

    /// One event, and all that comes of it.
    pub fn happen(&mut self, event: &Event) {
        let decision = self.decide(event);
        self.take(decision);
    }

    /// What one event leads to, before anything of it is done.
    fn decide(&mut self, event: &Event) -> Decision {
        let parent = self
            .parent
            .clone()
            .unwrap_or_else(|| Parent::stranger(ChatId(1)));
        let scene = Scene {
            library: self.spoken(),
            languages: &LANGUAGES,
            net: Some(&NET),
            house: &self.house,
            journal: &self.book,
            now: self.now,
        };
        respond(scene, parent, event, &mut self.chance).unwrap()
    }

    fn take(&mut self, decision: Decision) {
        match decision.record {
            Record::Changed(parent) => self.parent = Some(parent),
            Record::Wordless(parent) => {
                self.parent = Some(parent);
                let messages = std::mem::take(&mut self.book.messages).into_iter();
                let prompts = messages.filter_map(|(id, it)| Some((id, it.unanswered()?)));
                self.book = Book {
                    messages: prompts.collect(),
                    ..Book::default()
                };
                self.fetching.clear();
            }
            Record::Anew(parent) => {
                self.parent = Some(parent);
                self.book = Book::default();
                self.fetching.clear();
            }
            Record::Forgotten => {
                self.parent = None;
                self.book = Book::default();
                self.fetching.clear();
                return;
            }
        }
        for change in decision.journal {
            self.write(change);
        }
        for outgoing in decision.outgoing {
            if let Effect::Fetch(fetch) = outgoing.effect {
                match (self.brings.clone(), &fetch.wanted) {
                    (None, _) => self.fetching.push(fetch),
                    (Some(brought), Wanted::Voice(_)) => {
                        self.happen(&Event::Fetched(fetch, brought));
                    }
                    (Some(_), Wanted::Journal) => {
                        for step in self.returns.clone() {
                            let step = Ok(Brought::Step(step));
                            self.happen(&Event::Fetched(fetch.clone(), step));
                        }
                    }
                }
                continue;
            }
            let outcome = self.deliver(&outgoing);
            if outgoing.purpose.wants(outcome) && self.parent.is_some() {
                self.happen(&Event::Outcome(outgoing.purpose, outcome));
            }
        }
    }

    fn write(&mut self, change: JournalChange) {
        match change {
            JournalChange::Put(entry) => drop(self.book.entries.insert(entry.id, entry)),
            JournalChange::PutSound(entry, message, sound) => {
                drop(self.book.sounds.insert((entry, message), sound));
            }
            JournalChange::Erase(id) => {
                self.book.sounds.retain(|(entry, _), _| *entry != id);
                drop(self.book.entries.remove(&id));
            }
            JournalChange::ErasePart(id, message) => {
                drop(self.book.sounds.remove(&(id, message)));
                let entry = self.book.entries.get_mut(&id).expect("it is there");
                entry.parts.retain(|part| part.message != message);
                assert!(!entry.parts.is_empty(), "an entry is never empty");
            }
            JournalChange::Link(message, link) => drop(self.book.messages.insert(message, link)),
            JournalChange::Unlink(message) => drop(self.book.messages.remove(&message)),
        }
    }

    /// Does what Telegram would do, and refuses what it would refuse.
    fn deliver(&mut self, outgoing: &Outgoing) -> Outcome {
        match &outgoing.effect {
            Effect::Send {
                text,
                keyboard,
                silent,
                ..
            } => {
                fits(text, keyboard);
                if outgoing.class == Class::Bulk {
                    self.bulk.push(text.reveal().to_owned());
                }
                let id = self.number();
                self.chat.insert(
                    id,
                    Shown {
                        text: text.reveal().to_owned(),
                        keyboard: keyboard.clone(),
                        silent: *silent,
                    },
                );
                Outcome::Sent(Some(id))
            }
            Effect::Edit {
                message,
                text,
                keyboard,
            } => {
                fits(text, keyboard);
                let shown = self
                    .chat
                    .get_mut(message)
                    .expect("an edit of a message that is there");
                let changed = Shown {
                    text: text.reveal().to_owned(),
                    keyboard: keyboard.clone(),
                    silent: shown.silent,
                };
                assert_ne!(*shown, changed, "an edit that changes nothing");
                *shown = changed;
                Outcome::Sent(None)
            }
            Effect::Buttons { message, keyboard } => {
                if let Some(shown) = self.chat.get_mut(message) {
                    shown.keyboard = keyboard.clone();
                }
                Outcome::Sent(None)
            }
            Effect::Document { document, caption } => {
                self.documents.push(*document);
                if let Some(outcome) = self.lose_documents {
                    return outcome;
                }
                let id = self.number();
                let caption = caption.as_ref().map_or("", Words::reveal);
                self.chat.insert(
                    id,
                    Shown {
                        text: caption.to_owned(),
                        keyboard: Keyboard::default(),
                        silent: false,
                    },
                );
                Outcome::Sent(Some(id))
            }
            Effect::Picture { year } => {
                self.pictures.push(*year);
                self.lose_documents
                    .unwrap_or(Outcome::Sent(Some(self.number())))
            }
            Effect::Voice { entry, message, .. } => {
                assert!(
                    self.book.sounds.contains_key(&(*entry, *message)),
                    "a voice note that is there"
                );
                self.played.push(*message);
                self.lose_documents
                    .unwrap_or(Outcome::Sent(Some(self.number())))
            }
            Effect::Fetch(_) => panic!("what is fetched is not delivered"),
            Effect::Heart { message } => {
                if self.refuse_hearts {
                    return Outcome::Failed;
                }
                self.hearts.push(*message);
                Outcome::Sent(None)
            }
            Effect::Commands { commands } => {
                self.menu = commands.iter().map(|(name, _)| name.clone()).collect();
                Outcome::Sent(None)
            }
            Effect::Answer { toast, .. } => {
                self.answers += 1;
                for toast in toast.iter().map(Words::reveal) {
                    assert!(
                        (1..=200).contains(&toast.chars().count()),
                        "a toast: {toast}"
                    );
                }
                self.toasts
                    .extend(toast.iter().map(|toast| toast.reveal().to_owned()));
                Outcome::Sent(None)
            }
        }
    }

    fn number(&mut self) -> MessageId {
        self.next += 1;
        MessageId(self.next)
    }
}

/// A voice note of so many seconds, as Telegram announces it.
pub(super) fn voice_note(seconds: u32) -> VoiceNote {
    VoiceNote {
        file: FileId("file".to_owned()),
        seconds,
        bytes: Some(seconds * 4_000),
    }
}

/// A document of so many bytes, as Telegram announces it.
pub(super) fn sent_file(name: &str, bytes: Option<u32>) -> SentFile {
    SentFile {
        file: FileId("file".to_owned()),
        name: Words::new(name),
        bytes,
    }
}

/// A journal of one entry, on this day, that comes back in one step.
pub(super) fn returning(number: u32, day: Date) -> Step {
    let written = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    Step {
        opening: Some(Opening::Journal {
            choices: Box::new(Choices {
                weekly: false,
                times: vec![ClockTime::NINE.into()],
                days: Days::all(),
                zone: Zone::default(),
                recognises: None,
                country: Country::Be,
                on_this_day: true,
                sundays: None,
                own_prompts: Vec::new(),
                answers: Vec::new(),
            }),
            hidden: Vec::new(),
            next_entry: number + 1,
        }),
        entries: vec![Entry {
            id: EntryId(number),
            day,
            written: written.timestamp(),
            prompt: None,
            parts: vec![Part::typed(MessageId(-1), Words::new("Van toen."))],
            heavy: false,
        }],
        sounds: Vec::new(),
        ending: Some(Ending::Whole),
    }
}

/// What every entry says, oldest first.
fn texts(talk: &Talk) -> Vec<String> {
    let revealed = |entry: &Entry| entry.text().reveal().to_owned();
    talk.book.entries.values().map(revealed).collect()
}

fn fits(text: &Words, keyboard: &Keyboard) {
    let units = text.reveal().encode_utf16().count();
    assert!(
        (1..=4096).contains(&units) && !text.reveal().trim().is_empty(),
        "a text of {units} units"
    );
    for button in keyboard.0.iter().flatten() {
        let label = button.label.chars().count();
        assert!(
            (1..=28).contains(&label),
            "a label of {label} characters: {}",
            button.label
        );
        if let Action::Data(data) = &button.action {
            assert!(
                (1..=64).contains(&data.len()),
                "data of {} bytes",
                data.len()
            );
        }
    }
}

/// A local time in Amsterdam.
pub(super) fn amsterdam(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    TimeZone::get("Europe/Amsterdam")
        .unwrap()
        .to_timestamp(local)
        .unwrap()
}
