//! The store equals a simple model, whatever is done to it and whenever the power goes.
//!
//! The model is maps. Each round is a draft with a few random changes; its commit may be cut at any of its writes. After a cut the store has all
//! of the round or nothing of it, and life goes on from there. One thing is allowed in between: who was to be forgotten, or to lose all words, may be
//! gone already, as keys are destroyed first.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// What the store should hold.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    parents: BTreeMap<i64, Known>,
    outbox: BTreeMap<Seq, Queued>,
    marked: BTreeSet<u32>,
    time: Option<Timestamp>,
}

/// One parent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    due: Option<i64>,
    /// The parts of each, by their message.
    entries: BTreeMap<u32, BTreeMap<i32, String>>,
    links: BTreeMap<i32, u32>,
}

#[derive(Clone, Debug, PartialEq)]
struct Queued {
    chat: i64,
    text: String,
    claimed: bool,
}

const CHATS: std::ops::Range<i64> = 1..4;
const NUMBERS: std::ops::Range<u32> = 0..6;
const MESSAGES: std::ops::Range<i32> = 1..6;
const UPDATES: std::ops::Range<u32> = 1..9;

#[derive(Clone, Debug)]
enum Change {
    Record {
        chat: i64,
        due: Option<i64>,
    },
    Entry {
        chat: i64,
        number: u32,
        texts: Vec<String>,
    },
    EraseEntry {
        chat: i64,
        number: u32,
    },
    ErasePart {
        chat: i64,
        number: u32,
        message: i32,
    },
    EraseWords {
        chat: i64,
    },
    Link {
        chat: i64,
        message: i32,
        entry: u32,
    },
    Unlink {
        chat: i64,
        message: i32,
    },
    Forget {
        chat: i64,
    },
    Queue {
        chat: i64,
        text: String,
    },
    /// The oldest of the outbox but so many.
    Unqueue(usize),
    Claim(usize),
    Mark(u32),
    Time(i64),
}

fn change() -> impl Strategy<Value = Change> {
    // Some fit a row, some need several.
    let text = prop_oneof![
        4 => "[a-zé💛 ]{1,40}",
        1 => (1..20_000_usize).prop_map(|length| "lang ".repeat(length / 5 + 1)),
    ];
    let texts = prop::collection::vec(text.clone(), 1..3);
    prop_oneof![
        4 => (CHATS, prop::option::of(0..90_i64)).prop_map(|(chat, due)| Change::Record { chat, due }),
        4 => (CHATS, NUMBERS, texts).prop_map(|(chat, number, texts)| Change::Entry { chat, number, texts }),
        2 => (CHATS, NUMBERS).prop_map(|(chat, number)| Change::EraseEntry { chat, number }),
        2 => (CHATS, NUMBERS, 1..3_i32).prop_map(|(chat, number, message)| Change::ErasePart { chat, number, message }),
        2 => CHATS.prop_map(|chat| Change::EraseWords { chat }),
        2 => (CHATS, MESSAGES, NUMBERS).prop_map(|(chat, message, entry)| Change::Link { chat, message, entry }),
        1 => (CHATS, MESSAGES).prop_map(|(chat, message)| Change::Unlink { chat, message }),
        2 => CHATS.prop_map(|chat| Change::Forget { chat }),
        3 => (CHATS, text).prop_map(|(chat, text)| Change::Queue { chat, text }),
        2 => (0..4_usize).prop_map(Change::Unqueue),
        1 => (0..4_usize).prop_map(Change::Claim),
        1 => UPDATES.prop_map(Change::Mark),
        1 => (0..90_i64).prop_map(Change::Time),
    ]
}

/// A round: what it changes, and at which of its writes the power goes, if it does.
type Round = (Vec<Change>, Option<CrashPoint>);

fn round() -> impl Strategy<Value = Round> {
    let cut = prop_oneof![
        6 => Just(None),
        1 => (1..4_u64).prop_map(|write| Some(CrashPoint::Before(write))),
        1 => (1..4_u64).prop_map(|write| Some(CrashPoint::After(write))),
    ];
    (prop::collection::vec(change(), 1..6), cut)
}

impl Model {
    /// Makes the change in the draft and here. One of somebody who is not known is none.
    fn make(&mut self, draft: &mut Draft, change: &Change) {
        let known = |chat: &i64| self.parents.contains_key(chat);
        match change {
            Change::Record { chat, due } => {
                let id = draft.parent_id(ChatId(*chat));
                draft.put_parent(id, parent(*chat, *due)).unwrap();
                self.parents.entry(*chat).or_default().due = *due;
            }
            Change::Entry {
                chat,
                number,
                texts,
            } if known(chat) => {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                self.journal(draft, *chat, JournalChange::Put(entry(*number, &texts)));
                let parts = (1..).zip(texts.into_iter().map(str::to_owned));
                self.known(*chat).entries.insert(*number, parts.collect());
            }
            Change::EraseEntry { chat, number } if known(chat) => {
                self.journal(draft, *chat, JournalChange::Erase(EntryId(*number)));
                self.known(*chat).entries.remove(number);
            }
            Change::ErasePart {
                chat,
                number,
                message,
            } if known(chat) => {
                let erase = JournalChange::ErasePart(EntryId(*number), MessageId(*message));
                self.journal(draft, *chat, erase);
                let entries = &mut self.known(*chat).entries;
                if let Some(parts) = entries.get_mut(number) {
                    parts.remove(message);
                }
                entries.retain(|_, parts| !parts.is_empty());
            }
            Change::EraseWords { chat } if known(chat) => {
                let id = draft.parent_id(ChatId(*chat));
                let known = self.known(*chat);
                draft.erase_words(id, parent(*chat, known.due)).unwrap();
                // Letters that hold no words stay, and none of these does.
                known.entries.clear();
                known.links.clear();
            }
            Change::Link {
                chat,
                message,
                entry,
            } if known(chat) => {
                let link = MessageRef::Part(EntryId(*entry));
                self.journal(draft, *chat, JournalChange::Link(MessageId(*message), link));
                self.known(*chat).links.insert(*message, *entry);
            }
            Change::Unlink { chat, message } if known(chat) => {
                self.journal(draft, *chat, JournalChange::Unlink(MessageId(*message)));
                self.known(*chat).links.remove(message);
            }
            Change::Forget { chat } => {
                let id = draft.parent_id(ChatId(*chat));
                draft.forget(id).unwrap();
                self.forget(*chat);
            }
            Change::Queue { chat, text } if known(chat) => {
                let id = draft.parent_id(ChatId(*chat));
                let seq = draft.queue(id, ChatId(*chat), &message(text)).unwrap();
                let (chat, text) = (*chat, text.clone());
                self.outbox.insert(
                    seq,
                    Queued {
                        chat,
                        text,
                        claimed: false,
                    },
                );
            }
            Change::Unqueue(nth) => {
                if let Some(seq) = self.outbox.keys().nth(*nth).copied() {
                    draft.unqueue(seq).unwrap();
                    self.outbox.remove(&seq);
                }
            }
            Change::Claim(nth) => {
                if let Some((seq, queued)) = self.outbox.iter_mut().nth(*nth) {
                    draft.claim(*seq).unwrap();
                    queued.claimed = true;
                }
            }
            Change::Mark(update) => {
                draft.mark(*update).unwrap();
                self.marked.insert(*update);
            }
            Change::Time(second) => {
                draft.set_time(at(*second)).unwrap();
                self.time = Some(at(*second));
            }
            Change::Entry { .. }
            | Change::EraseEntry { .. }
            | Change::ErasePart { .. }
            | Change::EraseWords { .. }
            | Change::Link { .. }
            | Change::Unlink { .. }
            | Change::Queue { .. } => {}
        }
    }

    fn journal(&self, draft: &mut Draft, chat: i64, change: JournalChange) {
        let id = draft.parent_id(ChatId(chat));
        draft.apply(id, &[change]).unwrap();
    }

    fn known(&mut self, chat: i64) -> &mut Known {
        self.parents.get_mut(&chat).unwrap()
    }

    fn forget(&mut self, chat: i64) {
        self.parents.remove(&chat);
        self.outbox.retain(|_, queued| queued.chat != chat);
    }

    /// What the store holds.
    fn of(store: &Store) -> Self {
        let mut draft = store.draft();
        let mut model = Self {
            time: store.time().unwrap(),
            ..Self::default()
        };
        model
            .marked
            .extend(UPDATES.filter(|update| draft.seen(*update).unwrap()));
        let agenda = store.due(at(100), 100).unwrap();
        let records = layout::parents();
        let records = store.0.engine.scan(&records, Order::Ascending, 100);
        assert_eq!(store.counts().parents, records.unwrap().len() as u64);
        for chat in CHATS {
            let id = draft.parent_id(ChatId(chat));
            let Some(found) = draft.parent(id).unwrap() else {
                continue;
            };
            let planned = found.planned.map(|planned| planned.at);
            let due = agenda
                .iter()
                .find(|(_, whose)| *whose == id)
                .map(|(due, _)| *due);
            assert_eq!(planned, due, "record and agenda say the same");
            let entries = entries(&draft, id).into_iter().map(|entry| {
                let part = |part: &Part| (part.message.0, part.words.reveal().to_owned());
                (entry.id.0, entry.parts.iter().map(part).collect())
            });
            let journal = draft.journal(id).unwrap();
            let links = MESSAGES.filter_map(|message| {
                match journal.message(MessageId(message)).unwrap()? {
                    MessageRef::Part(entry) => Some((message, entry.0)),
                    MessageRef::Prompt { .. } => None,
                }
            });
            let known = Known {
                due: due.map(|due| (due.duration_since(at(0))).as_secs()),
                entries: entries.collect(),
                links: links.collect(),
            };
            model.parents.insert(chat, known);
        }
        for pending in store.outbox().unwrap().pending {
            let Effect::Send { text, .. } = &pending.outgoing.effect else {
                panic!("only messages were queued");
            };
            let queued = Queued {
                chat: pending.chat.0,
                text: text.reveal().to_owned(),
                claimed: pending.claimed,
            };
            model.outbox.insert(pending.seq, queued);
        }
        model
    }
}

/// Lives through the rounds, and looks after each whether the store holds what the model says.
fn live(rounds: &[Round]) -> Result<(), TestCaseError> {
    let (disk, mut store) = in_memory();
    let mut model = Model::default();
    for (changes, cut) in rounds {
        disk.crash_at(cut.unwrap_or(CrashPoint::Before(u64::MAX)));
        let mut after = model.clone();
        let mut gone = model.clone();
        let mut draft = store.draft();
        for change in changes {
            after.make(&mut draft, change);
            if let Change::Forget { chat } | Change::EraseWords { chat } = change {
                gone.forget(*chat);
            }
        }
        let committed = store.commit(draft);
        if !disk.is_down() {
            prop_assert!(committed.is_ok(), "{committed:?}");
            model = after;
        } else {
            prop_assert!(committed.is_err(), "confirmed without power");
            disk.restore_power();
            store = Store::in_memory(&disk, &secret()).unwrap();
            let found = Model::of(&store);
            let known = [model, gone, after].into_iter().find(|it| *it == found);
            prop_assert!(known.is_some(), "neither before nor after: {found:#?}");
            model = found;
        }
        prop_assert_eq!(&Model::of(&store), &model);
    }
    // Whoever opens it next finds the same.
    drop(store);
    let store = Store::in_memory(&disk, &secret()).unwrap();
    prop_assert_eq!(&Model::of(&store), &model);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_store_equals_the_model_whenever_the_power_goes(rounds in prop::collection::vec(round(), 1..25)) {
        live(&rounds)?;
    }
}
