//! Backups of the real program: made while it runs, looked at, restored, and gone on with.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use tokio::time::sleep;
use voel_eerst::{
    conversation::Journal,
    parent::{ChatId, Parent},
    store::{RootSecret, Store},
};

use super::*;

const ANNA: ChatId = leaks::marks::CHATS[0];
const BRAM: ChatId = leaks::marks::CHATS[1];

/// A word that no other text has.
const MARK: &str = "zilvervosmerk";

impl Home {
    /// The files with this ending in a folder, by name.
    fn found(&self, dir: &str, ending: &str) -> Vec<PathBuf> {
        let found = files(&self.path(dir)).into_iter().map(|(path, _)| path);
        found
            .filter(|path| path.to_str().unwrap().ends_with(ending))
            .collect()
    }

    /// The program with these arguments, which succeeds. What it says, without the times.
    async fn done(&self, args: &[&str]) -> String {
        let done = run(&mut self.command(args)).await;
        assert!(done.status.success(), "{done}");
        without_times(&done.stdout)
    }

    /// Both halves of the one backup in these folders.
    fn backup(&self) -> [String; 2] {
        [("entries", "-entries.vbk"), ("keys", "-keyring.vbk")].map(|(dir, ending)| {
            let found = self.found(dir, ending);
            assert_eq!(found.len(), 1, "{found:?}");
            found[0].to_str().unwrap().to_owned()
        })
    }

    /// What a parent wrote, as it is in a store.
    fn words(&self, store: &str, parent: ChatId) -> Option<Vec<String>> {
        let secret = RootSecret::load_or_create(&self.key_file(), true).unwrap();
        let store = Store::open(&self.path(store), &secret).unwrap();
        let mut draft = store.draft();
        let id = draft.parent_id(parent);
        draft.parent(id).unwrap()?;
        let entries = draft.journal(id).unwrap().older(None, usize::MAX).unwrap();
        let parts = entries.into_iter().flat_map(|entry| entry.parts);
        Some(parts.map(|part| part.words.reveal().to_owned()).collect())
    }
}

/// Dates are different each time.
fn without_times(said: &str) -> String {
    let mut plain = String::new();
    for word in said.trim_end().split_inclusive([' ', '\n']) {
        let (text, end) = word.split_at(word.len() - usize::from(word.ends_with([' ', '\n'])));
        let name = text.rsplit('/').next().unwrap_or_default();
        let time = text.starts_with("20") && text.contains('T');
        plain.push_str(match (time, name.split_once('-')) {
            (true, _) => "TIME",
            (false, Some(("voel", rest))) if rest.contains("-entries.vbk") => "ENTRIES",
            (false, Some(("voel", rest))) if rest.contains("-keyring.vbk") => "KEYRING",
            _ => text,
        });
        plain.push_str(end);
    }
    plain
}

/// Taps through `/wis` until everything is gone.
async fn erase_everything(telegram: &Telegram, parent: ChatId) {
    let library = voel_eerst::library::Library::embedded().unwrap();
    let texts = &library.texts.erase;
    people::say(&telegram.api, parent, "/wis");
    people::tap(&telegram.api, parent, texts.btn_all.as_str()).await;
    people::tap(&telegram.api, parent, texts.btn_confirm.as_str()).await;
    let (farewell, _) = texts.done_all.as_str().split_once('.').unwrap();
    telegram
        .api
        .until("the last message", |world| {
            let last = world.chat(parent)?.last_from_bot()?;
            last.text().starts_with(farewell).then_some(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_backup_of_the_running_bot_is_restored_without_who_was_erased_since() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let bot = home.bot(&telegram).spawn().unwrap();
    for parent in [ANNA, BRAM] {
        people::begin(&telegram.api, parent).await;
        let said = people::say(
            &telegram.api,
            parent,
            &format!("Een {MARK} van {}.", parent.0),
        );
        people::kept(&telegram.api, parent, said).await;
    }
    let backup = ["store", "backup", "entries", "--keyring-dir", "keys"];
    let said = home.done(&backup).await;
    assert!(
        said.starts_with("The backup is in ENTRIES and KEYRING"),
        "{said}"
    );
    let [entries, keyring] = home.backup();

    // Anna goes after the backup; Bram writes on.
    erase_everything(&telegram, ANNA).await;
    let said = people::say(&telegram.api, BRAM, "Na de kopie.");
    people::kept(&telegram.api, BRAM, said).await;
    telegram.all_confirmed().await;
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
    assert!(!home.store().join("control").exists());
    assert_eq!(home.words("voel-eerst-data", ANNA), None);

    // Nothing of anybody is in the files, and none is open to others.
    for dir in ["entries", "keys"] {
        for (path, bytes) in files(&home.path(dir)) {
            leaks::assert_unmarked(&path.display().to_string(), &bytes);
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(&path).unwrap().permissions(),
            );
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
    insta::assert_snapshot!(home.done(&["store", "verify", "entries", "keys"]).await, @"ENTRIES and KEYRING a backup of TIME that is in order (parents: 2, values that open: 7).");
    insta::assert_snapshot!(home.done(&["store", "verify", "voel-eerst-data"]).await, @"voel-eerst-data: a store that is in order (parents: 1, values that open: 4).");

    let restore = ["store", "restore", &entries, &keyring, "--store", "new"];
    let with_log = [&restore[..], &["--erasures", "voel-eerst-data"]].concat();
    insta::assert_snapshot!(home.done(&with_log).await, @r#"
The backup of TIME is restored in new (parents: 1).
What was erased since then is not in it (parents: 1, entries of others: 0).
"#);
    let again = run(&mut home.command(&with_log)).await;
    insta::assert_snapshot!(again.refusal(), @"new is not empty: a backup is only restored into a folder that is empty or not there yet");
    assert_eq!(home.words("new", ANNA), None);
    assert_eq!(
        home.words("new", BRAM).unwrap(),
        [format!("Een {MARK} van {}.", BRAM.0)]
    );

    // The bot goes on with it, and nobody hears anything out of the blue.
    let begun = telegram.now();
    let mut bot = home.bot(&telegram);
    let bot = bot.env("VOEL_EERST_STORE", "new").spawn().unwrap();
    telegram.polled_since(begun).await;
    let said = people::say(&telegram.api, BRAM, "Weer verder.");
    people::kept(&telegram.api, BRAM, said).await;
    assert!(!telegram.called_since(begun, "sendMessage"));
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
    assert_eq!(home.words("new", BRAM).unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_sentence() {
    let home = Home::new();
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    let id = draft.parent_id(ANNA);
    draft.put_parent(id, Parent::stranger(ANNA)).unwrap();
    store.commit(draft).unwrap();
    drop(store);
    home.done(&["store", "backup", "entries", "--keyring-dir", "keys"])
        .await;
    let [entries, keyring] = home.backup();

    let refused = async |args: &[&str]| {
        let ended = run(&mut home.command(args)).await;
        without_times(ended.refusal())
    };
    insta::assert_snapshot!(refused(&["store", "backup", "entries", "--store", "elsewhere"]).await, @"there is no store in elsewhere: name the folder of the store, or start the bot once");
    insta::assert_snapshot!(refused(&["store", "backup", "entries", "--backup-days", "0"]).await, @"VOEL_EERST_BACKUP_DAYS is 0, so parents are told that there are no backups: set it to the days that you keep them");
    insta::assert_snapshot!(refused(&["store", "restore", &entries, &keyring]).await, @"voel-eerst-data is not empty: a backup is only restored into a folder that is empty or not there yet");
    insta::assert_snapshot!(refused(&["store", "restore", &keyring, &entries, "--store", "new"]).await, @"KEYRING is the keyring half of a backup, and the entries were to be read: name the entries first and the keyring behind them");
    insta::assert_snapshot!(refused(&["store", "restore", &entries, &keyring, "--store", "new", "--key-file", "none"]).await, @"the file of the root secret, none, is missing: name the one from when the backup was made with --key-file");
    fs::remove_file(&home.found("entries", ".erasures")[0]).unwrap();
    fs::remove_file(&home.found("keys", ".erasures")[0]).unwrap();
    insta::assert_snapshot!(refused(&["store", "restore", &entries, &keyring, "--store", "new"]).await, @"there is no log of erasures beside ENTRIES so parents who erased everything since would be back: give --erasures and the folder of the store that it was made of; only if that is lost, give --without-erasures");
    insta::assert_snapshot!(refused(&["store", "verify", "elsewhere"]).await, @"cannot read elsewhere: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused(&["store", "verify", "voel-eerst.key"]).await, @"voel-eerst.key is no backup of voel-eerst: name a file that ends in .vbk");
    let bytes = fs::read(&entries).unwrap();
    fs::write(&entries, &bytes[..bytes.len() - 1]).unwrap();
    insta::assert_snapshot!(refused(&["store", "verify", "entries", "keys"]).await, @"ENTRIES is damaged: it breaks off before its end; use another copy of it, or another backup");
    let mut changed = bytes.clone();
    changed[200] ^= 1;
    fs::write(&entries, &changed).unwrap();
    insta::assert_snapshot!(refused(&["store", "verify", "entries", "keys"]).await, @"ENTRIES is damaged: its rows from row 1 on are not what was written; use another copy of it, or another backup");
    fs::write(&entries, &bytes).unwrap();
    fs::write(home.path("other.key"), "5e".repeat(32)).unwrap();
    run(Command::new("chmod")
        .args(["600", home.path("other.key").to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped()))
    .await;
    insta::assert_snapshot!(refused(&["store", "verify", "entries", "keys", "--key-file", "other.key"]).await, @"the root secret does not open KEYRING give the one from when the backup was made, after a change of it that is the file with .old behind its name");
    assert!(!home.path("new").exists());

    fs::create_dir(home.path("half")).unwrap();
    fs::write(home.path("half/restoring"), "").unwrap();
    let telegram = Telegram::serve().await;
    let ended = run(home.bot(&telegram).env("VOEL_EERST_STORE", "half")).await;
    insta::assert_snapshot!(ended.refusal(), @"a backup was being restored into half and that was cut off: run voel-eerst store restore again, it begins anew in this folder");
    let ended = run(home
        .bot(&telegram)
        .env("VOEL_EERST_BACKUP_DIR", "b")
        .env("VOEL_EERST_BACKUP_DAYS", "0"))
    .await;
    insta::assert_snapshot!(ended.refusal(), @"VOEL_EERST_BACKUP_DAYS is 0, so parents are told that there are no backups: set it to the days that you keep them");
}

/// The bot is killed while it makes a backup, and so is whoever asked for it. What is left is no backup, and the next one is whole.
#[tokio::test]
async fn killed_during_a_backup_nothing_that_looks_like_one_is_left() {
    let home = Home::new();
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in (1..=3_000).map(ChatId) {
        let id = draft.parent_id(chat);
        draft.put_parent(id, Parent::stranger(chat)).unwrap();
    }
    store.commit(draft).unwrap();
    drop(store);
    let telegram = Telegram::serve().await;
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let args = ["store", "backup", "entries", "--keyring-dir", "keys"];
    for round in 0..6 {
        let begun = telegram.now();
        let mut bot = home.bot(&telegram).spawn().unwrap();
        telegram.polled_since(begun).await;
        let mut asking = home.command(&args).spawn().unwrap();
        sleep(Duration::from_micros(chance.random_range(0..120_000))).await;
        if round % 3 == 2 {
            asking.kill().await.unwrap();
            signal(&bot, "TERM").await;
            assert!(ended(bot).await.status.success());
        } else {
            bot.kill().await.unwrap();
            // It hears of the end, or was done before, or had not asked yet and makes the backup itself.
            ended(asking).await;
        }
        for half in ["entries", "keys"] {
            if home.path(half).exists() && !home.found(half, ".vbk").is_empty() {
                // A half that has its name is whole.
                home.done(&["store", "verify", half]).await;
            }
        }
    }
    home.done(&args).await;
    for half in ["entries", "keys"] {
        assert_eq!(home.found(half, ".partial"), [] as [PathBuf; 0]);
    }
    home.done(&["store", "verify", "entries", "keys"]).await;
}

#[tokio::test]
async fn one_is_made_a_day_where_the_settings_say_so() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let mut bot = home.bot(&telegram);
    bot.env("VOEL_EERST_BACKUP_DIR", "entries")
        .env("VOEL_EERST_BACKUP_KEYRING_DIR", "keys");
    for _ in 0..2 {
        let begun = telegram.now();
        let running = bot.spawn().unwrap();
        telegram.polled_since(begun).await;
        while !home.path("entries").exists() || home.found("entries", ".erasures").is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
        signal(&running, "TERM").await;
        assert!(ended(running).await.status.success());
        // One is enough for today, however often it is started.
        home.backup();
    }
    home.done(&["store", "verify", "entries", "keys"]).await;
}

/// Long work says how far it is at a terminal, and nowhere else.
#[tokio::test]
async fn how_far_a_backup_is_shows_at_a_terminal_only() {
    let home = Home::new();
    drop(
        Store::open(
            &home.store(),
            &RootSecret::load_or_create(&home.key_file(), false).unwrap(),
        )
        .unwrap(),
    );
    let piped = run(&mut home.command(&["store", "backup", "piped"])).await;
    assert!(piped.status.success(), "{piped}");
    let control = |said: &str| said.contains(|c: char| c.is_control() && c != '\n');
    assert!(!control(&piped.stdout), "{:?}", piped.stdout);
    assert_eq!(piped.stderr, "");

    let program = env!("CARGO_BIN_EXE_voel-eerst");
    let mut shown = Command::new("script");
    shown
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{program} store backup shown"))
        .arg("/dev/null")
        .current_dir(home.0.path())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(shown) = shown.spawn() else {
        // Only script of util-linux makes a terminal.
        return;
    };
    let shown = ended(shown).await;
    assert!(shown.status.success(), "{shown}: {:?}", shown.stdout);
    assert!(shown.stdout.contains("copying rows"), "{:?}", shown.stdout);
    assert!(
        control(&shown.stdout.replace('\r', "")),
        "{:?}",
        shown.stdout
    );
}
