//! All words of a parent erased: what holds none goes on under a new key, and nothing opens what was under the old one.

use super::*;
use crate::{
    conversation::{Fetch, PromptRef, SpokenNote, Target, Wanted},
    parent::FileId,
    store::keyring::attack,
};

fn prompt(entry: Option<EntryId>) -> MessageRef {
    let prompt = PromptRef {
        id: "adem".to_owned(),
        title: "Adem".to_owned(),
    };
    MessageRef::Prompt { prompt, entry }
}

/// The wish to fetch a voice note, with words below it.
fn fetch() -> Outgoing {
    let note = SpokenNote {
        seconds: 7,
        caption: Words::new("rust"),
        target: Target::Note,
    };
    let effect = Effect::Fetch(Fetch {
        file: FileId("voice".to_owned()),
        message: MessageId(9),
        sent: at(0),
        wanted: Wanted::Voice(note),
    });
    Outgoing {
        effect,
        ..message("")
    }
}

#[test]
fn what_holds_no_words_goes_on_and_the_old_key_opens_nothing() {
    let (disk, store) = in_memory();
    let (id, plain) = write_parent(&store, 7);
    let (other, others) = write_parent(&store, 8);
    let long = "lang ".repeat(4_000);
    let [claimed, quoting, fetching] = commit(&store, |draft| {
        let link = JournalChange::Link(MessageId(5), prompt(Some(EntryId(1))));
        draft.apply(id, &[link]).unwrap();
        let quoting = Outgoing {
            quotes: true,
            ..message("rust")
        };
        let letters = [message(&long), quoting, fetch()];
        let queued = letters.map(|letter| draft.queue(id, ChatId(7), &letter).unwrap());
        draft.claim(queued[0]).unwrap();
        draft.claim(queued[1]).unwrap();
        queued
    });
    let before = rows(&disk);
    let old = store.draft().key_to_open(id).unwrap().unwrap();
    let opened = |seal_key: &seal::Key, rows: &[engine::Row]| {
        let opened = rows.iter();
        opened
            .filter(|(key, row)| attack::opens(seal_key, key, row))
            .count()
    };
    assert!(opened(&old, &before) > 4);

    let record = parent(7, Some(40));
    let gone = commit(&store, |draft| {
        draft.erase_words(id, record.clone()).unwrap()
    });
    assert_eq!(gone, [quoting, fetching]);
    assert_eq!(opened(&old, &rows(&disk)), 0);
    // Whoever has the disk and the root secret has the new key only.
    let epochs = attack::epoch_keys(&disk.contents(), &secret());
    let keys = attack::keys_of(&disk.contents(), &epochs, id);
    assert_eq!(keys.len(), 1);
    assert_eq!(opened(&keys[0], &before), 0);
    assert!(opened(&keys[0], &rows(&disk)) > 2);
    let store = Store::in_memory(&disk, &secret()).unwrap();
    let mut draft = store.draft();
    assert_eq!(draft.parent(id).unwrap().as_deref(), Some(&record));
    assert_eq!(
        store.due(at(100), 9).unwrap(),
        [(at(8), other), (at(40), id)]
    );
    assert_eq!(entries(&draft, id), []);
    let journal = draft.journal(id).unwrap();
    assert_eq!(journal.message(MessageId(1)).unwrap(), None);
    assert_eq!(journal.message(MessageId(5)).unwrap(), Some(prompt(None)));
    drop(journal);
    let outbox = draft.outbox().unwrap();
    assert_eq!(outbox.unreadable, []);
    let left: Vec<_> = outbox
        .pending
        .iter()
        .map(|it| (it.seq, it.claimed))
        .collect();
    assert_eq!(left, [(plain, false), (others, false), (claimed, true)]);
    assert!(outbox.pending[2].outgoing == message(&long));
    assert_eq!(entries(&draft, other).len(), 1);
    assert_eq!(store.counts().parents, 2);
}
