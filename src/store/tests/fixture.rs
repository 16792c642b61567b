//! A store that the first version wrote, as every later version has to read it.
//!
//! It lies in `tests/fixtures/store-v1`, with its key beside it. To write it anew, which is only right as long as no version was released:
//! `VOEL_EERST_WRITE_FIXTURE=1 cargo test --lib store::tests::fixture`.

use super::*;
use crate::{
    conversation::{Action, Button, Keyboard, PromptRef},
    library::Side,
    parent::{Asking, Consent, Deck, Menu, Onboarding, OpenPrompt, Said, Sending},
};

const WRITE: &str = "VOEL_EERST_WRITE_FIXTURE";
const CHAT: ChatId = ChatId(7_463_128_905_417);

fn record() -> Parent {
    Parent {
        consent: Consent::Given {
            version: "1".to_owned(),
            at: at(60),
        },
        onboarding: Onboarding::Done,
        side: Some(Side::Beide),
        sending: Sending::On,
        handled: [(date(2025, 12, 31), 0)].into_iter().collect(),
        deck: Deck {
            seen: vec![3, 1_000_000],
            themes: vec!["rust".to_owned(), "grenzen".to_owned()],
            ..Deck::default()
        },
        prompt: Some(OpenPrompt {
            id: "rust-01".to_owned(),
            title: String::new(),
            number: 3,
            message: Some(MessageId(12)),
            at: at(100),
            live: true,
            put_off: false,
            entry: Some(2),
        }),
        asking: Some(Asking::Time),
        menu: Some(Menu {
            number: 4,
            message: Some(MessageId(13)),
        }),
        keyboard: 5,
        wrote_on: Some(date(2026, 1, 1)),
        next_entry: 3,
        open_note: Some((1, at(50))),
        said: Said {
            first_kept: true,
            first_note: false,
        },
        hints: 2,
        last_ack: Some(1),
        ..parent(CHAT.0, Some(86_400))
    }
}

fn answered() -> PromptRef {
    PromptRef {
        id: "rust-01".to_owned(),
        title: "Even niets".to_owned(),
    }
}

fn journal() -> Vec<Entry> {
    let long = "Het was 🦔 lang. ".repeat(600);
    vec![
        Entry {
            prompt: Some(answered()),
            ..entry(2, &["Ze huilde.", "Ik bleef erbij.", &long])
        },
        entry(1, &["Een losse notitie"]),
    ]
}

fn messages() -> Vec<Outgoing> {
    let effects = [
        Effect::Send {
            text: Words::new("Hoe was het?"),
            keyboard: Keyboard(vec![vec![
                Button {
                    label: "Overslaan".to_owned(),
                    action: Action::Data("skip".to_owned()),
                },
                Button {
                    label: "Lees meer".to_owned(),
                    action: Action::Url("https://example.org/".to_owned()),
                },
            ]]),
            silent: true,
            reply_to: Some(MessageId(4)),
        },
        Effect::Edit {
            message: MessageId(5),
            text: Words::new("Bewaard"),
            keyboard: Keyboard::default(),
        },
        Effect::Buttons {
            message: MessageId(6),
            keyboard: Keyboard::default(),
        },
        Effect::Heart {
            message: MessageId(7),
        },
        Effect::Answer {
            tap: "88".to_owned(),
            toast: Some(Words::new("Gewist")),
        },
    ];
    let purposes = [
        Purpose::Prompt {
            number: 3,
            prompt: answered(),
            planned: record().planned,
        },
        Purpose::FollowUp {
            prompt: answered(),
            entry: EntryId(2),
        },
        Purpose::Menu { number: 4 },
        Purpose::Kept,
        Purpose::Plain,
    ];
    effects
        .into_iter()
        .zip(purposes)
        .map(|(effect, purpose)| Outgoing {
            effect,
            class: Class::Bulk,
            purpose,
            expires: Some(at(3_600)),
            quotes: false,
        })
        .collect()
}

fn write(dir: &Path) {
    if dir.exists() {
        fs::remove_dir_all(dir).unwrap();
    }
    fs::create_dir_all(dir).unwrap();
    let secret = RootSecret::load_or_create(&dir.join("key"), false).unwrap();
    let store = Store::open(&dir.join("store"), &secret).unwrap();
    commit(&store, |draft| {
        let forgotten = draft.parent_id(ChatId(2));
        draft.put_parent(forgotten, parent(2, Some(1))).unwrap();
    });
    commit(&store, |draft| {
        draft.forget(draft.parent_id(ChatId(2))).unwrap();
        let id = draft.parent_id(CHAT);
        draft.put_parent(id, record()).unwrap();
        let mut changes: Vec<_> = journal().into_iter().map(JournalChange::Put).collect();
        let prompt = MessageRef::Prompt {
            prompt: answered(),
            entry: Some(EntryId(2)),
        };
        changes.push(JournalChange::Link(MessageId(12), prompt));
        changes.push(JournalChange::Link(
            MessageId(1),
            MessageRef::Part(EntryId(2)),
        ));
        draft.apply(id, &changes).unwrap();
        for (number, message) in messages().iter().enumerate() {
            let seq = draft.queue(id, CHAT, message).unwrap();
            if number == 0 {
                draft.claim(seq).unwrap();
            }
        }
        for update in [900_001, 900_002, 17] {
            draft.mark(update).unwrap();
        }
        draft.set_time(at(120)).unwrap();
    });
    drop(store);
    fs::remove_file(dir.join("store/lock")).unwrap();
}

#[test]
fn a_store_of_the_first_version_opens_and_says_the_same() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-v1");
    if std::env::var_os(WRITE).is_some() {
        write(&fixture);
    }
    let dir = tempfile::tempdir().unwrap();
    copy_folder(&fixture.join("store"), dir.path());
    let key = fs::read_to_string(fixture.join("key")).unwrap();
    let secret = RootSecret::from_hex(&key).unwrap();

    let store = Store::open(dir.path(), &secret).unwrap();
    let mut draft = store.draft();
    let id = draft.parent_id(CHAT);
    assert_eq!(draft.parent(id).unwrap().as_deref(), Some(&record()));
    assert_eq!(entries(&draft, id), journal());
    let links = draft.journal(id).unwrap();
    assert_eq!(
        links.message(MessageId(12)).unwrap(),
        Some(MessageRef::Prompt {
            prompt: answered(),
            entry: Some(EntryId(2))
        })
    );
    assert_eq!(
        links.message(MessageId(1)).unwrap(),
        Some(MessageRef::Part(EntryId(2)))
    );
    assert_eq!(draft.parent(draft.parent_id(ChatId(2))).unwrap(), None);
    assert_eq!(store.due(at(86_400), 9).unwrap(), [(at(86_400), id)]);
    assert_eq!(store.time().unwrap(), Some(at(120)));
    assert_eq!(store.counts().parents, 1, "it has no totals of its own");
    for (update, seen) in [
        (900_000, false),
        (900_001, true),
        (900_002, true),
        (17, true),
    ] {
        assert_eq!(draft.seen(update).unwrap(), seen);
    }
    let pending = store.outbox().unwrap().pending;
    assert!(pending.iter().all(|pending| pending.chat == CHAT));
    let claims: Vec<bool> = pending.iter().map(|pending| pending.claimed).collect();
    assert_eq!(claims, [true, false, false, false, false]);
    let found: Vec<Outgoing> = pending
        .into_iter()
        .map(|pending| pending.outgoing)
        .collect();
    assert_eq!(found, messages());
}
