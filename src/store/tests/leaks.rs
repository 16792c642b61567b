//! What a store folder, an error or a `Debug` says to who has no right to know.

use super::*;

const CHAT: i64 = 7_463_128_905_417;
const WORDS: &str = "mijn dochter beet vandaag";

#[test]
fn no_file_of_a_store_holds_words_or_chat_ids() {
    let dir = tempfile::tempdir().unwrap();
    let store_dir = dir.path().join("store");
    let key_file = dir.path().join("key");
    let root = RootSecret::load_or_create(&key_file, false).unwrap();
    let store = Store::open(&store_dir, &root).unwrap();
    for round in 0..3 {
        commit(&store, |draft| {
            let id = draft.parent_id(ChatId(CHAT));
            let mut record = parent(CHAT, Some(round));
            record.deck.themes = vec![WORDS.to_owned()];
            draft.put_parent(id, record).unwrap();
            let long = WORDS.repeat(900);
            let changes = [
                JournalChange::Put(entry(1, &[WORDS])),
                JournalChange::Put(entry(2, &[&long])),
            ];
            draft.apply(id, &changes).unwrap();
            draft.queue(id, ChatId(CHAT), &message(WORDS)).unwrap();
        });
    }
    drop(store);

    let key = fs::read_to_string(&key_file).unwrap();
    let key: Vec<u8> = (0..32)
        .map(|n| u8::from_str_radix(&key[2 * n..2 * n + 2], 16).unwrap())
        .collect();
    let secrets = [
        WORDS.as_bytes().to_vec(),
        b"dochter".to_vec(),
        CHAT.to_string().into_bytes(),
        CHAT.to_le_bytes().to_vec(),
        CHAT.to_be_bytes().to_vec(),
        // As CBOR and other formats would shorten it.
        CHAT.to_be_bytes()[2..].to_vec(),
        CHAT.to_le_bytes()[..6].to_vec(),
        key,
        // The name of a field: no record lies there unsealed.
        b"schedule".to_vec(),
    ];
    let files = files(&store_dir);
    assert!(
        files
            .iter()
            .any(|(path, bytes)| path.ends_with("db") && bytes.len() > 10_000)
    );
    for (path, bytes) in files {
        for (number, secret) in secrets.iter().enumerate() {
            assert!(
                !contains(&bytes, secret),
                "{} holds secret {number}",
                path.display()
            );
        }
    }
}

#[test]
fn how_long_a_reply_is_shows_only_as_its_size_class() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, 7);
    let stored = |text: &str| {
        commit(&store, |draft| {
            draft
                .apply(id, &[JournalChange::Put(entry(2, &[text]))])
                .unwrap();
        });
        disk.get(&layout::entry(id, EntryId(2)))
            .unwrap()
            .unwrap()
            .len()
    };
    let lengths: Vec<usize> = (0..300).map(|n| stored(&"a".repeat(n))).collect();
    let mut classes = lengths.clone();
    classes.dedup();
    assert_eq!(classes, [3 + 40 + 128, 3 + 40 + 256, 3 + 40 + 512]);
}

#[test]
fn nothing_prints_itself() {
    let (disk, store) = in_memory();
    let (id, _) = write_parent(&store, CHAT);
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        id,
        store.outbox().unwrap(),
        seal::Key::random().unwrap(),
        store.draft().parent(id).unwrap(),
    );
    for secret in ["dag", &CHAT.to_string()] {
        assert!(!printed.contains(secret), "{printed}");
    }

    // Records that open and then say something else: the error does not quote them.
    let mut draft = store.draft();
    let key = layout::entry(id, EntryId(9));
    let seal_key = draft.key_to_seal(id).unwrap();
    let wrong = codec::encode("test", &serde_json::json!({ "id": WORDS, "day": WORDS })).unwrap();
    draft
        .replace_sealed(&record::ENTRY, &key, &[], &seal_key, &wrong)
        .unwrap();
    store.commit(draft).unwrap();
    let reason = store
        .draft()
        .journal(id)
        .unwrap()
        .entry(EntryId(9))
        .unwrap_err();
    insta::assert_snapshot!(reason, @"journal entry: expected CBOR of this kind of value");
    drop(disk);
}
