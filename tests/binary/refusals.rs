//! What the program refuses to start with: in one sentence that says what to do, with exit code 1, and with nothing changed.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use voel_eerst::{
    parent::{ChatId, Parent},
    store::{RootSecret, Store},
};

use super::*;

/// Makes a store with three parents, as a clean end leaves it, and its key.
fn fill(home: &Home) {
    let store = open_store(home);
    for chat in 1..=3 {
        write_parent(&store, chat);
    }
}

/// Makes a store as a process leaves it that was killed: with a snapshot of sled's from an earlier life, and a log behind it.
fn fill_and_kill(home: &Home) {
    fill(home);
    let store = open_store(home);
    for chat in 4..=6 {
        write_parent(&store, chat);
    }
    let copy = home.path("copy");
    copy_folder(&home.store(), &copy);
    drop(store);
    fs::remove_dir_all(home.store()).unwrap();
    fs::rename(copy, home.store()).unwrap();
}

fn open_store(home: &Home) -> Store {
    let exists = Store::exists(&home.store());
    let secret = RootSecret::load_or_create(&home.key_file(), exists).unwrap();
    Store::open(&home.store(), &secret).unwrap()
}

fn write_parent(store: &Store, chat: i64) {
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(chat));
    draft
        .put_parent(id, Parent::stranger(ChatId(chat)))
        .unwrap();
    draft.set_time(Timestamp::UNIX_EPOCH).unwrap();
    store.commit(draft).unwrap();
}

/// Starts a bot that has to refuse, and returns its sentence. Telegram is never asked for updates, and no file changes.
async fn refused(home: &Home, telegram: &Telegram) -> String {
    let before = files(home.0.path());
    let ended = run(&mut home.bot(telegram)).await;
    assert!(files(home.0.path()) == before, "files changed: {ended}");
    assert!(!telegram.called_since(Duration::ZERO, "getUpdates"));
    assert!(!ended.stderr.contains("panic"), "{ended}");
    named(home, ended.refusal())
}

/// The sentence without the name of the temporary folder.
fn named(home: &Home, sentence: &str) -> String {
    sentence.replace(&home.0.path().display().to_string(), "HOME")
}

#[tokio::test]
async fn without_a_token() {
    let home = Home::new();
    let env_file = home.path(".env");
    for settings in ["", "TELOXIDE_TOKEN=\n", "TELOXIDE_TOKEN=\"  \"\n"] {
        fs::write(&env_file, settings).unwrap();
        for args in [&[][..], &["run"]] {
            let ended = run(&mut home.command(args)).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(ended.refusal(), @"there is no token: get one from @BotFather and put it in TELOXIDE_TOKEN, here or in a file named .env; or try the bot without one: voel-eerst demo");
            }
            assert_eq!(ended.stdout, "");
        }
    }
    let ended = run(home.command(&[]).env("TELOXIDE_TOKEN", "")).await;
    assert!(ended.refusal().starts_with("there is no token"));
    assert!(!home.store().exists() && !home.key_file().exists());
}

#[tokio::test]
async fn with_a_token_that_is_none_or_that_telegram_does_not_know() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let ended = run(home.bot(&telegram).env("TELOXIDE_TOKEN", "geheim token")).await;
    insta::assert_snapshot!(ended.refusal(), @"the bot's token is not one: expected what @BotFather gives, digits, a colon, then letters, digits, - or _");
    assert!(!ended.stderr.contains("geheim"));

    let ended = run(home.bot(&telegram).env("TELOXIDE_TOKEN", "123456:geheim")).await;
    insta::assert_snapshot!(ended.refusal(), @"Telegram does not know this token; copy it again from @BotFather into TELOXIDE_TOKEN");
    assert!(!ended.stderr.contains("geheim"));
}

#[tokio::test]
async fn with_an_address_that_is_none() {
    let home = Home::new();
    let mut bot = home.command(&[]);
    bot.env("TELOXIDE_TOKEN", TOKEN);
    let ended = run(bot.env("TELOXIDE_API_URL", "api.telegram.org")).await;
    insta::assert_snapshot!(ended.refusal(), @"the Bot API's address is not one: expected an address such as https://api.telegram.org");
}

#[tokio::test]
async fn a_second_process_on_the_same_store() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let first = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    let keys_are_wrapped_anew = async {
        // A new store's first epoch lies in the second cell of this file, which is overwritten when it ends.
        while fs::read(home.store().join("epoch")).unwrap()[4_096] != 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, keys_are_wrapped_anew)
        .await
        .expect("the first upkeep");

    let before = files(home.0.path());
    let ended = run(&mut home.bot(&telegram)).await;
    insta::assert_snapshot!(named(&home, ended.refusal()), @"the store in voel-eerst-data is in use by another process: stop that one first, or name another folder");
    assert!(ended.took < Duration::from_secs(7), "{:?}", ended.took);
    assert!(files(home.0.path()) == before);

    // The first one goes on.
    people::begin(&telegram.api, ChatId(7)).await;
    signal(&first, "TERM").await;
    assert!(super::ended(first).await.status.success());
}

#[tokio::test]
async fn a_damaged_store() {
    let home = Home::new();
    fill(&home);
    let telegram = Telegram::serve().await;
    let clean = home.path("clean");
    copy_folder(&home.store(), &clean);

    let store = home.store();
    let garble = |name: &str| {
        let path = store.join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x40;
        fs::write(&path, bytes).unwrap();
    };
    garble("journal/db");
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the store is damaged: its files are not what the last run left behind (voel-eerst-data); nothing was changed, restore a backup with voel-eerst store restore");

    restore(&clean, &store);
    garble("keyring");
    assert!(
        refused(&home, &telegram)
            .await
            .contains("not what the last run left behind")
    );

    restore(&clean, &store);
    fs::remove_file(store.join("keyring")).unwrap();
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the store is damaged: there is a journal, but the keyring beside it is missing (voel-eerst-data/keyring); nothing was changed, restore a backup with voel-eerst store restore");

    restore(&clean, &store);
    fs::remove_dir_all(store.join("journal")).unwrap();
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the store is damaged: there is a keyring, but the journal beside it is missing (voel-eerst-data/journal); nothing was changed, restore a backup with voel-eerst store restore");
}

#[tokio::test]
async fn a_store_that_was_damaged_after_a_kill() {
    let home = Home::new();
    fill_and_kill(&home);
    let telegram = Telegram::serve().await;
    let killed = home.path("killed");
    copy_folder(&home.store(), &killed);

    let store = home.store();
    let keyring = fs::read(store.join("keyring")).unwrap();
    fs::write(store.join("keyring"), &keyring[..300]).unwrap();
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the store is damaged: the keyring is shorter than the 6 keys that were written to it (voel-eerst-data); nothing was changed, restore a backup with voel-eerst store restore");

    restore(&killed, &store);
    let db = store.join("journal/db");
    let bytes = fs::read(&db).unwrap();
    fs::write(&db, vec![0xa5; bytes.len()]).unwrap();
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the store is damaged: the header of the segment at byte 0 is broken (voel-eerst-data/journal/db); nothing was changed, restore a backup with voel-eerst store restore");

    // The last commits are gone, as when an older file is put back.
    restore(&killed, &store);
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    fs::write(&db, &bytes[..used - 1_000]).unwrap();
    let sentence = refused(&home, &telegram).await;
    assert!(
        sentence.contains("confirmed commits lie behind it"),
        "{sentence}"
    );
}

fn restore(from: &Path, to: &Path) {
    fs::remove_dir_all(to).unwrap();
    copy_folder(from, to);
}

#[tokio::test]
async fn a_key_that_is_missing_wrong_open_to_others_or_no_key() {
    let home = Home::new();
    fill(&home);
    let telegram = Telegram::serve().await;
    let key = fs::read(home.key_file()).unwrap();

    fs::remove_file(home.key_file()).unwrap();
    insta::assert_snapshot!(refused(&home, &telegram).await, @"there is a store, but its key file voel-eerst.key is missing: put that file back, because no other key can ever open the store");

    let write = |bytes: &[u8], mode| {
        fs::write(home.key_file(), bytes).unwrap();
        fs::set_permissions(home.key_file(), fs::Permissions::from_mode(mode)).unwrap();
    };
    write("5e".repeat(32).as_bytes(), 0o600);
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the key does not belong to the store in voel-eerst-data: give the key that this store was made with");

    write(&key, 0o644);
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the key file voel-eerst.key can be read by others than its owner: run chmod 600 on it");

    write(&key[..40], 0o600);
    insta::assert_snapshot!(refused(&home, &telegram).await, @"the key file voel-eerst.key does not hold a key of 64 hex digits: put the right file back, or remove it when there is no store yet");

    write(&key, 0o600);
    assert_eq!(fs::read(home.key_file()).unwrap(), key);
    open_store(&home);
}

#[tokio::test]
async fn a_store_of_a_newer_version() {
    let home = Home::new();
    fill(&home);
    let keyring = home.store().join("keyring");
    let mut bytes = fs::read(&keyring).unwrap();
    bytes[11] = 3;
    fs::write(&keyring, bytes).unwrap();
    insta::assert_snapshot!(refused(&home, &Telegram::serve().await).await, @"voel-eerst-data/keyring was written by a newer version of voel-eerst (format 3, this version knows up to 2): start that version instead");
}

#[tokio::test]
async fn a_place_where_no_store_can_be() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    // A file in its place stops everybody; rights would not stop root.
    fs::write(home.store(), "iets anders").unwrap();
    insta::assert_snapshot!(refused_after_its_key(&home, &telegram).await, @"cannot make the folder voel-eerst-data: File exists (os error 17)");

    fs::remove_file(home.store()).unwrap();
    fs::create_dir(home.store()).unwrap();
    fs::create_dir(home.store().join("keyring")).unwrap();
    insta::assert_snapshot!(refused_after_its_key(&home, &telegram).await, @"cannot open the keyring voel-eerst-data/keyring: Is a directory (os error 21)");
}

/// As [`refused`], where only a new key file and an empty lock file may appear.
async fn refused_after_its_key(home: &Home, telegram: &Telegram) -> String {
    let known = |files: Vec<(PathBuf, Vec<u8>)>| {
        let new = [home.key_file(), home.store().join("lock")];
        files
            .into_iter()
            .filter(move |(path, _)| !new.contains(path))
            .collect::<Vec<_>>()
    };
    let before = known(files(home.0.path()));
    let ended = run(&mut home.bot(telegram)).await;
    assert!(known(files(home.0.path())) == before);
    named(home, ended.refusal())
}

#[tokio::test]
async fn a_folder_that_may_not_be_written() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let shut = home.path("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(shut.join("try"), "").is_ok() {
        // Root may write everywhere.
        return;
    }
    let ended = run(home
        .bot(&telegram)
        .env("VOEL_EERST_STORE", shut.join("store")))
    .await;
    assert!(ended.refusal().starts_with("cannot make the folder "));
}

#[tokio::test]
async fn prompts_that_cannot_be_used() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let prompts = home.path("prompts");
    let with = |prompts: &Path| {
        let mut bot = home.bot(&telegram);
        bot.env("VOEL_EERST_PROMPTS", prompts);
        bot
    };
    let ended = run(&mut with(&prompts)).await;
    insta::assert_snapshot!(named(&home, ended.refusal()), @"expected a folder like prompts/nl, but HOME/prompts cannot be read: No such file or directory (os error 2)");

    prompts::break_one(&prompts);
    let ended = run(&mut with(&prompts)).await;
    assert_eq!(ended.status.code(), Some(1));
    let said = named(&home, &ended.stderr);
    assert!(
        said.contains("the prompts cannot be used like this:"),
        "{said}"
    );
    assert!(said.contains("HOME/prompts/commands.toml:"), "{said}");
    assert!(!home.store().exists() && !home.key_file().exists());
}

#[tokio::test]
async fn weights_of_the_crisis_net_that_are_none() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let prompts = home.path("prompts");
    copy_folder(&prompts::repository("prompts/nl"), &prompts);
    let weights = prompts.join("crisis/weights.bin");
    fs::write(&weights, "VENW en niets meer").unwrap();
    let mut bot = home.bot(&telegram);
    bot.env("VOEL_EERST_PROMPTS", &prompts);
    let ended = run(&mut bot).await;
    let expected = "HOME/prompts/crisis/weights.bin cannot be used: expected ";
    let refusal = named(&home, ended.refusal());
    assert!(refusal.starts_with(expected), "{refusal}");
    assert!(!home.store().exists() && !home.key_file().exists());

    let folder = prompts.display().to_string();
    let ended = run(&mut home.command(&["prompts", "check", &folder])).await;
    assert_eq!(ended.status.code(), Some(1));
    let said = named(&home, &ended.stderr);
    assert!(said.contains(expected), "{said}");
    // Without such a file, the weights that are built in count.
    fs::remove_file(&weights).unwrap();
    let ended = run(&mut home.command(&["prompts", "check", &folder])).await;
    assert!(ended.status.success(), "{ended}");
}

#[tokio::test]
async fn an_env_file_that_cannot_be_read() {
    let home = Home::new();
    fs::write(home.path(".env"), "TELOXIDE_TOKEN 123456:geheim\n").unwrap();
    let ended = run(&mut home.command(&[])).await;
    insta::assert_snapshot!(ended.refusal(), @"the file .env has a line that is no NAME=value; compare it with .env.example");
    assert!(!ended.stderr.contains("geheim"));

    fs::write(home.path(".env"), b"VOEL_EERST_CONTACT=\xff\xfe\n").unwrap();
    let ended = run(&mut home.command(&[])).await;
    insta::assert_snapshot!(ended.refusal(), @"the file .env cannot be read: stream did not contain valid UTF-8");
}

#[tokio::test]
async fn a_setting_that_is_out_of_bounds() {
    let home = Home::new();
    for (name, value) in [
        ("VOEL_EERST_RETENTION", "0"),
        ("VOEL_EERST_RETENTION", "veel"),
        ("VOEL_EERST_BACKUP_DAYS", "-1"),
        ("VOEL_EERST_LOG", "alles"),
    ] {
        let ended = run(home.command(&[]).env(name, value)).await;
        assert_eq!(ended.status.code(), Some(2), "{ended}");
        let said = ended.stderr.lines().next().unwrap();
        assert!(said.contains(value) && said.contains("--"), "{said}");
    }
}
