//! Values as they lie inside the seal: CBOR of a record, an entry, a reference, a letter. The first byte says which.
//!
//! Nobody but the program itself gets there. Yet another version of it may, and whatever opens has to be what it is when it is written again.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use voel_eerst::{
    conversation::{Document, Entry, EntryId, Form, Journal, JournalChange, MessageRef, Outgoing},
    export::{self, Kept},
    parent::{ChatId, MessageId, Parent},
    store::{Draft, MemoryEngine, RootSecret, Store},
};

use super::LANGUAGES;

static STORE: LazyLock<Store> = LazyLock::new(|| {
    let secret = RootSecret::from_hex(&"5e".repeat(32)).expect("a secret");
    let store = Store::in_memory(&MemoryEngine::new(), &secret).expect("a store");
    let mut draft = store.draft();
    let id = draft.parent_id(CHAT);
    let parent = Parent::stranger(CHAT);
    draft.put_parent(id, parent).expect("a record");
    store.commit(draft).expect("a commit");
    store
});

const CHAT: ChatId = ChatId(4_711);

pub fn hold(bytes: &[u8]) {
    let Some((kind, cbor)) = bytes.split_first() else {
        return;
    };
    let mut draft = STORE.draft();
    match kind % 4 {
        0 => {
            if let Some(parent) = read(cbor) {
                record(&mut draft, &parent);
            }
        }
        1 => {
            if let Some(entry) = read(cbor) {
                self::entry(&mut draft, entry);
            }
        }
        2 => {
            if let Some(reference) = read(cbor) {
                self::reference(&mut draft, &reference);
            }
        }
        _ => {
            if let Some(outgoing) = read(cbor) {
                letter(&mut draft, &outgoing);
            }
        }
    }
}

/// Reads a value as the store does once the seal is open.
fn read<T: DeserializeOwned>(cbor: &[u8]) -> Option<T> {
    minicbor_serde::from_slice(cbor).ok()
}

fn record(draft: &mut Draft, parent: &Parent) {
    let id = draft.parent_id(CHAT);
    draft.put_parent(id, parent.clone()).unwrap();
    let again = draft.parent(id).unwrap();
    assert!(again.as_deref() == Some(parent), "another record");
    // What is due is due at a moment, and let go of it is not due any more.
    let due = parent.due();
    let mut later = parent.clone();
    let now = due.unwrap_or(Timestamp::UNIX_EPOCH);
    later.let_go(now);
    assert!(
        later.due().is_none_or(|next| next > now) || due.is_none(),
        "due for ever"
    );
    let mut restored = parent.clone();
    restored.come_back();
    assert!(restored.next_entry >= parent.next_entry);
    let kept = Kept {
        parent,
        entries: Vec::new(),
        sounds: Default::default(),
        library: LANGUAGES.of(parent.language.as_deref()),
        now: Timestamp::UNIX_EPOCH,
    };
    for form in [Form::Page, Form::Text, Form::Data] {
        let document = Document {
            form,
            years: None,
            sounds: None,
        };
        export::make(kept_of(&kept), &document).unwrap();
    }
}

fn kept_of<'a>(kept: &Kept<'a>) -> Kept<'a> {
    Kept {
        parent: kept.parent,
        entries: kept.entries.clone(),
        sounds: kept.sounds.clone(),
        library: kept.library,
        now: kept.now,
    }
}

fn entry(draft: &mut Draft, entry: Entry) {
    let id = draft.parent_id(CHAT);
    prints_nothing(
        &format!("{entry:?}"),
        entry.parts.iter().map(|it| it.words.reveal()),
    );
    draft
        .apply(id, &[JournalChange::Put(entry.clone())])
        .unwrap();
    let journal = draft.journal(id).unwrap();
    assert!(
        journal.entry(entry.id).unwrap().as_ref() == Some(&entry),
        "another entry"
    );
    assert_eq!(journal.older(None, 9).unwrap().len(), 1);
    let after = journal
        .newer(EntryId(entry.id.0.saturating_sub(1)), 9)
        .unwrap();
    assert_eq!(after.len(), usize::from(entry.id.0 > 0));
    drop(after);
    let number = entry.id;
    let parent = Parent::stranger(CHAT);
    let kept = Kept {
        parent: &parent,
        entries: vec![entry],
        sounds: Default::default(),
        library: LANGUAGES.of(None),
        now: Timestamp::UNIX_EPOCH,
    };
    for form in [Form::Page, Form::Text, Form::Data, Form::Archive] {
        let document = Document {
            form,
            years: None,
            sounds: None,
        };
        export::make(kept_of(&kept), &document).unwrap();
    }
    draft.apply(id, &[JournalChange::Erase(number)]).unwrap();
    let journal = draft.journal(id).unwrap();
    assert_eq!(journal.entry(number).unwrap(), None, "it is erased");
}

fn reference(draft: &mut Draft, reference: &MessageRef) {
    let id = draft.parent_id(CHAT);
    for message in [MessageId(i32::MIN), MessageId(-1), MessageId(i32::MAX)] {
        let link = JournalChange::Link(message, reference.clone());
        draft.apply(id, &[link]).unwrap();
        let journal = draft.journal(id).unwrap();
        assert_eq!(journal.message(message).unwrap().as_ref(), Some(reference));
    }
}

fn letter(draft: &mut Draft, outgoing: &Outgoing) {
    let id = draft.parent_id(CHAT);
    let seq = draft.queue(id, CHAT, outgoing).unwrap();
    let pending = draft.queued(seq).unwrap().unwrap();
    assert!(
        pending.outgoing == *outgoing && pending.chat == CHAT,
        "another letter"
    );
    draft.claim(seq).unwrap();
    let outbox = draft.outbox().unwrap();
    assert!(outbox.unreadable.is_empty() && outbox.pending.len() == 1);
    assert!(outbox.pending[0].claimed);
    draft.unqueue(seq).unwrap();
    assert_eq!(draft.queued(seq).unwrap(), None);
}

/// A parent's words are not in what `Debug` prints; very short ones may be anything.
fn prints_nothing<'a>(printed: &str, words: impl Iterator<Item = &'a str>) {
    for words in words.filter(|words| words.len() >= 16) {
        assert!(!printed.contains(words), "words are printed");
    }
}
