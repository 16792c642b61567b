//! How long a parent waits for their own words, when they wrote on every day of ten years: searching, opening and turning a page, a look-back as a
//! picture, and taking everything along. Sealed, on a disk, decided as in life.
//!
//! `cargo bench --bench journal`. The folder is a temporary one: point `TMPDIR` at the disk that is to be measured. Searching is to stay below 100 ms.
//!
//! "Just opened" is a store of which sled holds nothing in memory yet; the kernel may hold its files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot go on says so by panicking"
)]

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use divan::{Bencher, counter::BytesCount};
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use rand::{SeedableRng, rngs::ChaCha8Rng};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch};
use voel_eerst::{
    conversation::{
        Action, Content, Decision, Document, Effect, Entry, EntryId, Event, Form, House,
        JournalChange, Keyboard, Message, Numbers, Part, PromptRef, Spoken, Tapped, respond,
    },
    library::{CommandId, Languages, Library},
    net::{LANGUAGE, Net},
    parent::{ChatId, Consent, MessageId, Onboarding, Parent, PrivateBytes, Words},
    service::{Clock, Documents, Voice},
    store::{RootSecret, Store},
};

const CHAT: ChatId = ChatId(7_463_128_905);

/// Ten years, day by day.
const DAYS: u32 = 3_650;

/// Every so many days one is spoken.
const SPOKEN_EVERY: u32 = 30;

/// Half a minute of speech.
const SOUND: usize = 120_000;

/// In every entry.
const OFTEN: &str = "stay";

/// In one entry of ten years, in its middle, without its accent.
const ONCE: &str = "fiancee";

fn main() {
    divan::main();
}

/// A store with ten years of one parent, written once for all measurements.
struct TenYears {
    folder: TempDir,
    voice: Voice,
}

static TEN_YEARS: LazyLock<TenYears> = LazyLock::new(TenYears::write);

impl TenYears {
    fn write() -> Self {
        let this = Self {
            folder: tempfile::tempdir().unwrap(),
            voice: Voice {
                languages: Arc::new(Languages::embedded().unwrap()),
                net: Arc::new(Net::embedded().unwrap()),
                house: House::default(),
            },
        };
        let store = this.open();
        let id = store.parent_id(CHAT);
        let mut draft = store.draft();
        draft.put_parent(id, this.parent()).unwrap();
        store.commit(draft).unwrap();
        for first in (0..DAYS).step_by(365) {
            let mut draft = store.draft();
            for number in first..(first + 365).min(DAYS) {
                draft.apply(id, &this.day(number)).unwrap();
            }
            store.commit(draft).unwrap();
        }
        this
    }

    fn open(&self) -> Store {
        open(self.folder.path())
    }

    /// The language that the net was made for.
    fn library(&self) -> &Library {
        self.voice.languages.of(Some(LANGUAGE))
    }

    fn parent(&self) -> Parent {
        Parent {
            consent: Consent::Given {
                version: self.library().consent_version.clone(),
                at: Timestamp::UNIX_EPOCH,
            },
            onboarding: Onboarding::Done,
            next_entry: DAYS,
            ..Parent::stranger(CHAT)
        }
    }

    /// What was written, or said, on this day: some 400 letters, most often about a prompt.
    fn day(&self, number: u32) -> Vec<JournalChange> {
        let day = date(2017, 1, 1).saturating_add(i64::from(number).days());
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let prompts = &self.library().prompts;
        let prompt = &prompts[(11 * number as usize) % prompts.len()];
        let about_prompt = !number.is_multiple_of(4);
        let message = MessageId(i32::try_from(number).unwrap() + 1);
        let spoken = number.is_multiple_of(SPOKEN_EVERY).then_some(Spoken {
            seconds: 30,
            bytes: u32::try_from(SOUND).unwrap(),
        });
        let mut words = format!(
            "Evening {number}. She asked me to stay a little longer, and at first I heard only how late it was. {}",
            "Then I sat down on the floor, and we were quiet, and that was all it took. ".repeat(4)
        );
        if number == DAYS / 2 {
            words.push_str("My fiancée brought tea.");
        }
        let entry = Entry {
            id: EntryId(number),
            day,
            written: noon.timestamp(),
            prompt: about_prompt.then(|| PromptRef {
                id: prompt.id.clone(),
                title: prompt.title.clone(),
            }),
            parts: vec![Part {
                message,
                words: Words::new(words),
                spoken,
            }],
            heavy: false,
        };
        let mut changes = vec![JournalChange::Put(entry)];
        if spoken.is_some() {
            let sound = PrivateBytes::new(vec![0x5e; SOUND]);
            changes.push(JournalChange::PutSound(EntryId(number), message, sound));
        }
        changes
    }

    /// What an event leads to, as the heart decides it: record and journal read from the store.
    fn decide(&self, store: &Store, parent: Option<Parent>, event: &Event) -> Decision {
        let mut draft = store.draft();
        let id = draft.parent_id(CHAT);
        let kept = draft.parent(id).unwrap().unwrap();
        let journal = draft.journal(id).unwrap();
        let now = "2027-01-01T12:00:00Z".parse().unwrap();
        let scene = self.voice.scene(self.library(), &journal, now);
        let chance = &mut ChaCha8Rng::seed_from_u64(1);
        let parent = parent.unwrap_or_else(|| Arc::unwrap_or_clone(kept));
        respond(scene, parent, event, chance).unwrap()
    }

    /// A command with something typed behind it.
    fn command(&self, id: CommandId, rest: &str) -> Event {
        let commands = &self.library().commands;
        let command = commands.iter().find(|command| command.id == id).unwrap();
        Event::Wrote(Message {
            id: MessageId(1_000_000),
            sent: jiff::Timestamp::UNIX_EPOCH,
            reply_to: None,
            content: Content::Command {
                name: command.name.clone(),
                rest: Words::new(rest),
            },
            caption: Words::default(),
        })
    }

    fn search(&self, store: &Store, words: &str) -> Decision {
        let decision = self.decide(store, None, &self.command(CommandId::Search, words));
        assert!(buttons(&decision).0.len() > 1, "a list of what was found");
        decision
    }
}

fn open(folder: &Path) -> Store {
    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    Store::open(&folder.join("store"), &secret).unwrap()
}

/// The buttons of the message that a decision sends or changes.
fn buttons(decision: &Decision) -> &Keyboard {
    let effects = decision.outgoing.iter().map(|outgoing| &outgoing.effect);
    effects
        .filter_map(|effect| match effect {
            Effect::Send { keyboard, .. } | Effect::Edit { keyboard, .. } => Some(keyboard),
            Effect::Buttons { .. }
            | Effect::Document { .. }
            | Effect::Picture { .. }
            | Effect::Voice { .. }
            | Effect::Fetch(_)
            | Effect::Heart { .. }
            | Effect::Answer { .. }
            | Effect::Commands { .. } => None,
        })
        .next_back()
        .expect("a message")
}

/// A tap on the first button.
fn first_button(decision: &Decision) -> Event {
    let Action::Data(data) = &buttons(decision).0[0][0].action else {
        panic!("a button that tells the bot something");
    };
    Event::Tapped(Tapped {
        id: "tap".to_owned(),
        message: Some(MessageId(1_000_001)),
        data: data.clone(),
    })
}

#[divan::bench(args = [OFTEN, ONCE])]
fn search(bencher: Bencher<'_, '_>, words: &str) {
    let store = TEN_YEARS.open();
    bencher.bench_local(|| TEN_YEARS.search(&store, words));
}

#[divan::bench(args = [OFTEN, ONCE], sample_size = 1, sample_count = 12)]
fn search_just_opened(bencher: Bencher<'_, '_>, words: &str) {
    LazyLock::force(&TEN_YEARS);
    // The store goes with what was found, after the clock has stopped.
    bencher
        .with_inputs(|| TEN_YEARS.open())
        .bench_local_values(|store| (TEN_YEARS.search(&store, words), store));
}

/// The newest page, and a day in the middle.
#[divan::bench(args = ["", "15-6-2021"])]
fn open_the_journal(bencher: Bencher<'_, '_>, day: &str) {
    let store = TEN_YEARS.open();
    let command = TEN_YEARS.command(CommandId::Journal, day);
    bencher.bench_local(|| TEN_YEARS.decide(&store, None, &command));
}

#[divan::bench]
fn turn_a_page(bencher: Bencher<'_, '_>) {
    let store = TEN_YEARS.open();
    let command = TEN_YEARS.command(CommandId::Journal, "15-6-2021");
    let opened = TEN_YEARS.decide(&store, None, &command);
    let tap = first_button(&opened);
    let voel_eerst::conversation::Record::Changed(parent) = opened.record else {
        panic!("a record that stays");
    };
    bencher.bench_local(|| TEN_YEARS.decide(&store, Some(parent.clone()), &tap));
}

#[divan::bench(args = [Form::Page, Form::Text, Form::Data, Form::Archive])]
fn take_ten_years_along(bencher: Bencher<'_, '_>, form: Form) {
    let runtime = Runtime::new().unwrap();
    let documents = documents();
    let sounds = (form == Form::Archive).then_some(Numbers {
        first: EntryId(0),
        last: EntryId(DAYS),
    });
    let document = Document {
        form,
        years: None,
        sounds,
    };
    let make = || runtime.block_on(documents.make(CHAT, document)).unwrap();
    let bytes = make().content.len();
    bencher.counter(BytesCount::new(bytes)).bench_local(make);
}

#[divan::bench]
fn picture_of_a_year(bencher: Bencher<'_, '_>) {
    let runtime = Runtime::new().unwrap();
    let documents = documents();
    bencher.bench_local(|| runtime.block_on(documents.draw(CHAT, 2024)).unwrap());
}

fn documents() -> Documents {
    let voice = watch::Sender::new(TEN_YEARS.voice.clone());
    Documents::new(TEN_YEARS.open(), voice.subscribe(), Clock::system())
}
