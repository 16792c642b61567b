//! Some parents in different places of the conversation, on a store in memory: what an input from outside leads to there.
//!
//! Nothing that an input does is committed, so that every input finds the same town.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use serde_json::{Value, json};
use voel_eerst::{
    conversation::{
        self, Action, Decision, Effect, Entry, Event, House, Journal, Keyboard, Outcome, Outgoing,
        Record, Scene, Tap, Tapped,
    },
    net::Net,
    parent::{ChatId, MessageId, Parent},
    store::{Draft, MemoryEngine, RootSecret, Store},
    telegram::{Incoming, Origin, Telegram},
};

use super::LANGUAGES;

/// Somebody who wrote nothing yet.
pub const STRANGER: ChatId = ChatId(101);
/// Somebody who is asked whether replies may be kept.
pub const ASKED: ChatId = ChatId(102);
/// A parent with a journal, and with its first page open.
pub const WRITER: ChatId = ChatId(103);
/// A parent with a journal whose words are [`MARK`]ed. What others send never touches it.
pub const OTHER: ChatId = ChatId(104);
/// A parent who wants nothing kept.
pub const DECLINED: ChatId = ChatId(105);
/// A parent in a guided flow.
pub const IN_FLOW: ChatId = ChatId(106);
/// A parent who is asked for a day.
pub const ASKED_A_DAY: ChatId = ChatId(107);

/// Everybody whose input is tried.
pub const EVERYBODY: [ChatId; 6] = [STRANGER, ASKED, WRITER, DECLINED, IN_FLOW, ASKED_A_DAY];

/// Stands in every word of [`OTHER`], and nowhere else.
pub const MARK: &str = "Zilvervos";

pub static HOUSE: LazyLock<House> = LazyLock::new(|| House {
    controller: Some("Stichting Test".to_owned()),
    ..House::default()
});

static NET: LazyLock<Net> =
    LazyLock::new(|| Net::embedded().expect("the built-in weights are in order"));

static TOWN: LazyLock<Town> = LazyLock::new(|| Town::build(&MemoryEngine::new()));

/// What reads updates. It calls nobody.
pub static TELEGRAM: LazyLock<Telegram> =
    LazyLock::new(|| Telegram::new("1:a", None).expect("it looks like a token"));

struct Town {
    store: Store,
    now: Timestamp,
}

/// The town as one input finds it, and changes it.
pub struct Visit {
    draft: Draft,
    now: Timestamp,
    chance: ChaCha8Rng,
    /// The number of the next message in any chat.
    next_message: i32,
    /// What was done in which chat.
    pub outgoing: Vec<(ChatId, Outgoing)>,
}

impl Visit {
    /// Finds the town as it was built.
    pub fn new() -> Self {
        Self::on(TOWN.store.draft(), TOWN.now)
    }

    fn on(draft: Draft, now: Timestamp) -> Self {
        Self {
            draft,
            now,
            chance: ChaCha8Rng::seed_from_u64(7),
            next_message: 5_000,
            outgoing: Vec::new(),
        }
    }

    /// An update came in.
    pub fn receive(&mut self, incoming: &Incoming) {
        if self.draft.seen(incoming.update).unwrap() {
            return;
        }
        self.draft.mark(incoming.update).unwrap();
        let Some(event) = &incoming.event else { return };
        match incoming.chat {
            Origin::Private(chat) => self.happen(chat, event, incoming.language.as_deref()),
            Origin::Group(_) | Origin::Nowhere => {}
        }
    }

    /// Something happened in a chat, and everything that it leads to arrives.
    pub fn happen(&mut self, chat: ChatId, event: &Event, language: Option<&str>) {
        let from = self.outgoing.len();
        self.decide(chat, event, language);
        let mut told = from;
        while told < self.outgoing.len() {
            let (chat, outgoing) = self.outgoing[told].clone();
            told += 1;
            fits(&outgoing);
            let message = MessageId(self.next_message);
            let sent = Outcome::Sent(Some(message));
            if outgoing.purpose.wants(sent) {
                self.next_message += 1;
                self.decide(chat, &Event::Outcome(outgoing.purpose, sent), language);
            }
        }
    }

    fn decide(&mut self, chat: ChatId, event: &Event, language: Option<&str>) {
        let id = self.draft.parent_id(chat);
        let parent = match self.draft.parent(id).unwrap() {
            Some(parent) => Arc::unwrap_or_clone(parent),
            None if matches!(event, Event::Left | Event::CameBack | Event::Outcome(..)) => return,
            None => Parent {
                language: Some(LANGUAGES.for_app(language).language.clone()),
                ..Parent::stranger(chat)
            },
        };
        let library = LANGUAGES.of(parent.language.as_deref());
        let decision = {
            let journal = self.draft.journal(id).unwrap();
            let scene = Scene {
                library,
                languages: &LANGUAGES,
                net: Some(&NET),
                house: &HOUSE,
                journal: &journal,
                now: self.now,
            };
            conversation::respond(scene, parent, event, &mut self.chance).unwrap()
        };
        self.apply(chat, decision);
    }

    fn apply(&mut self, chat: ChatId, decision: Decision) {
        let id = self.draft.parent_id(chat);
        match decision.record {
            Record::Changed(parent) => {
                self.draft.put_parent(id, parent).unwrap();
                self.draft.apply(id, &decision.journal).unwrap();
            }
            Record::Wordless(parent) => drop(self.draft.erase_words(id, parent).unwrap()),
            Record::Anew(parent) => {
                self.draft.forget(id).unwrap();
                self.draft.put_parent(id, parent).unwrap();
            }
            Record::Forgotten => drop(self.draft.forget(id).unwrap()),
        }
        for outgoing in decision.outgoing {
            self.outgoing.push((chat, outgoing));
        }
    }

    /// The record of somebody, and their journal, oldest first.
    pub fn kept_of(&mut self, chat: ChatId) -> (Option<Arc<Parent>>, Vec<Entry>) {
        let id = self.draft.parent_id(chat);
        let parent = self.draft.parent(id).unwrap();
        let journal = self.draft.journal(id).unwrap();
        let mut entries = journal.older(None, usize::MAX).unwrap();
        entries.reverse();
        (parent, entries)
    }

    /// The number of the buttons that count in a chat, and the message that they stand below.
    pub fn live_in(&mut self, chat: ChatId) -> (u32, Option<MessageId>) {
        let id = self.draft.parent_id(chat);
        let Some(parent) = self.draft.parent(id).unwrap() else {
            return (0, None);
        };
        let menu = parent.menu.map(|menu| (menu.number, menu.message));
        let flow = parent.flows.open.as_ref();
        let flow = flow.map(|open| (open.number, open.message));
        let prompt = parent.prompt.as_ref().filter(|prompt| prompt.live);
        let prompt = prompt.map(|prompt| (prompt.number, prompt.message));
        let live = [menu, flow, prompt].into_iter().flatten();
        live.max().unwrap_or((parent.keyboard, None))
    }

    /// What was not sent by [`OTHER`] did not change, show or answer anything of theirs.
    pub fn leaves_the_other_alone(&mut self) {
        assert_eq!(
            self.kept_of(OTHER),
            *OTHERS,
            "somebody else's journal changed"
        );
        for (chat, outgoing) in &self.outgoing {
            assert_ne!(*chat, OTHER, "somebody else was answered");
            let shown = texts(outgoing).concat();
            assert!(!shown.contains(MARK), "somebody else's words were shown");
        }
    }

    fn says(&mut self, chat: ChatId, text: &str) {
        let update = self.message(chat, json!({ "text": text }));
        let incoming = TELEGRAM.delivered(update.to_string().as_bytes());
        self.receive(&incoming.expect("an update"));
    }

    /// A message of a parent, as Telegram writes it.
    fn message(&mut self, chat: ChatId, content: Value) -> Value {
        let id = self.next_message;
        self.next_message += 1;
        let user =
            json!({ "id": chat.0, "is_bot": false, "first_name": "X", "language_code": "nl" });
        let mut message = json!({
            "message_id": id, "date": self.now.as_second(), "from": user,
            "chat": { "id": chat.0, "type": "private", "first_name": "X" },
        });
        let fields = message.as_object_mut().unwrap();
        fields.extend(content.as_object().unwrap().clone());
        json!({ "update_id": id, "message": message })
    }

    /// Taps a button of those that count in the chat.
    fn taps(&mut self, chat: ChatId, word: &str) {
        let (number, message) = self.live_in(chat);
        let data = format!("{number:x}.{word}");
        assert!(Tap::read(&data).is_some(), "{data}");
        self.happen(chat, &tapped(&data, message), None);
    }
}

/// A tap on a message of the bot.
pub fn tapped(data: &str, message: Option<MessageId>) -> Event {
    Event::Tapped(Tapped {
        id: "1".to_owned(),
        message,
        data: data.to_owned(),
    })
}

/// What is kept of [`OTHER`].
static OTHERS: LazyLock<(Option<Arc<Parent>>, Vec<Entry>)> =
    LazyLock::new(|| Visit::new().kept_of(OTHER));

/// The town once more, on a disk of its own.
pub fn on_a_disk() -> (MemoryEngine, Store) {
    let disk = MemoryEngine::new();
    let Town { store, .. } = Town::build(&disk);
    (disk, store)
}

impl Town {
    fn build(disk: &MemoryEngine) -> Self {
        let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
        let store = Store::in_memory(disk, &secret).unwrap();
        let now: Timestamp = "2028-03-02T12:00:00Z".parse().unwrap();
        let mut visit = Visit::on(store.draft(), now);
        visit.next_message = 1;
        for chat in [ASKED, WRITER, OTHER, DECLINED, IN_FLOW, ASKED_A_DAY] {
            visit.says(chat, "/start");
        }
        for chat in [WRITER, OTHER, IN_FLOW, ASKED_A_DAY] {
            visit.begins(chat, "cy");
        }
        visit.begins(DECLINED, "cn");
        for (chat, mark) in [(WRITER, "Een egel"), (OTHER, MARK)] {
            visit.says(chat, "/vandaag");
            visit.says(chat, &format!("{mark} was vandaag rustiger dan gisteren."));
            visit.says(chat, &format!("/zoek {mark}"));
            visit.says(chat, "/dagboek");
        }
        visit.says(IN_FLOW, "/herstel");
        visit.says(ASKED_A_DAY, "Een losse notitie over vandaag.");
        visit.says(ASKED_A_DAY, "/dagboek");
        visit.taps(ASKED_A_DAY, "b.d");
        assert!(visit.kept_of(ASKED_A_DAY).0.unwrap().asking.is_some());
        assert!(visit.kept_of(IN_FLOW).0.unwrap().flows.open.is_some());
        assert_eq!(visit.kept_of(OTHER).1.len(), 1);
        store.commit(visit.draft).unwrap();
        Self { store, now }
    }
}

impl Visit {
    /// The taps of the start.
    fn begins(&mut self, chat: ChatId, consent: &str) {
        self.taps(chat, consent);
        self.taps(chat, "t.1930");
        self.taps(chat, "d.127");
        if consent == "cy" {
            self.taps(chat, "s.0");
        }
        self.taps(chat, "x");
    }
}

/// Every text that a parent sees.
pub fn texts(outgoing: &Outgoing) -> Vec<String> {
    let labels = |keyboard: &Keyboard| -> Vec<String> {
        let buttons = keyboard.0.iter().flatten();
        buttons.map(|button| button.label.clone()).collect()
    };
    match &outgoing.effect {
        Effect::Send { text, keyboard, .. } | Effect::Edit { text, keyboard, .. } => {
            [vec![text.reveal().to_owned()], labels(keyboard)].concat()
        }
        Effect::Buttons { keyboard, .. } => labels(keyboard),
        Effect::Document { caption, .. } => {
            caption.iter().map(|it| it.reveal().to_owned()).collect()
        }
        Effect::Answer { toast, .. } => toast.iter().map(|it| it.reveal().to_owned()).collect(),
        Effect::Commands { commands } => {
            let pairs = commands.iter();
            pairs
                .flat_map(|(name, about)| [name.clone(), about.clone()])
                .collect()
        }
        Effect::Picture { .. } | Effect::Voice { .. } | Effect::Fetch(_) | Effect::Heart { .. } => {
            Vec::new()
        }
    }
}

/// Telegram takes it: lengths, and buttons that come back as what they are.
pub fn fits(outgoing: &Outgoing) {
    let keyboard = match &outgoing.effect {
        Effect::Send { text, keyboard, .. } | Effect::Edit { text, keyboard, .. } => {
            let units = text.reveal().encode_utf16().count();
            assert!((1..=4_096).contains(&units), "{units} units of text");
            assert!(!text.reveal().trim().is_empty(), "an empty text");
            keyboard
        }
        Effect::Buttons { keyboard, .. } => keyboard,
        Effect::Answer { toast, .. } => {
            let length = toast
                .as_ref()
                .map_or(0, |toast| toast.reveal().chars().count());
            assert!(length <= 200, "a toast of {length} characters");
            return;
        }
        Effect::Document { .. }
        | Effect::Picture { .. }
        | Effect::Voice { .. }
        | Effect::Fetch(_)
        | Effect::Heart { .. }
        | Effect::Commands { .. } => return,
    };
    for button in keyboard.0.iter().flatten() {
        assert!(!button.label.is_empty(), "a button without a label");
        if let Action::Data(data) = &button.action {
            assert!((1..=64).contains(&data.len()), "{data}");
            assert!(Tap::read(data).is_some(), "{data} is nothing");
        }
    }
}
