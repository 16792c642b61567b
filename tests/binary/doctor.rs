//! `doctor` and `stats`: what they say while the bot runs and while it does not, and that they change nothing.

use std::os::unix::fs::PermissionsExt;

use voel_eerst::{
    demo::{Fault, Trouble},
    parent::{ChatId, Parent},
    store::{RootSecret, Store},
};

use super::*;

const SAAR: ChatId = ChatId(7_463_128_905_417);

/// What the doctor says, and whether something has to be mended. No file is changed by it, and no secret is in it.
async fn doctor(home: &Home, command: &mut Command) -> (String, bool) {
    let before = files(home.0.path());
    let ended = run(command).await;
    assert!(files(home.0.path()) == before, "files changed: {ended}");
    let all = format!("{}{}", ended.stdout, ended.stderr);
    let (_, token) = TOKEN.split_once(':').unwrap();
    assert!(!all.contains(token), "{all}");
    if let Ok(key) = fs::read_to_string(home.key_file()) {
        assert!(!all.contains(key.trim()), "{all}");
    }
    for line in ended.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let mend = ended.stdout.matches(" MEND ").count();
    let (code, said) = match mend {
        0 => (0, String::new()),
        1 => (
            1,
            "voel-eerst: one thing has to be mended, see above\n".to_owned(),
        ),
        many => (
            1,
            format!("voel-eerst: {many} things have to be mended, see above\n"),
        ),
    };
    assert_eq!((ended.status.code(), &ended.stderr), (Some(code), &said));
    (ended.stdout, mend > 0)
}

/// The bot's settings, for the doctor.
fn doctor_for(home: &Home, telegram: &Telegram) -> Command {
    let mut doctor = home.command(&["doctor"]);
    doctor
        .env("TELOXIDE_TOKEN", TOKEN)
        .env("TELOXIDE_API_URL", &telegram.url);
    doctor
}

/// What is said of one thing, in one line.
fn said(all: &str, name: &str) -> String {
    let mut lines = all.lines().skip_while(|line| !line.starts_with(name));
    let first = lines.next().unwrap_or_else(|| panic!("{name} in {all}"));
    let rest = lines.take_while(|line| line.starts_with(' '));
    let words = [first]
        .into_iter()
        .chain(rest)
        .flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn before_the_first_start_it_says_what_is_missing() {
    let home = Home::new();
    let (all, mend) = doctor(&home, &mut home.command(&["doctor"])).await;
    assert!(mend);
    assert!(
        said(&all, "token").starts_with("token MEND There is none: get one from @BotFather"),
        "{all}"
    );
    assert_eq!(
        said(&all, "webhook"),
        "webhook note Not asked: first the token."
    );
    assert!(
        said(&all, "prompts").starts_with("prompts ok nl: "),
        "{all}"
    );
    assert!(
        said(&all, "key").starts_with("key note There is none yet: voel-eerst.key is made"),
        "{all}"
    );
    assert!(
        said(&all, "store").starts_with("store note There is none yet"),
        "{all}"
    );
    assert!(said(&all, "disk").contains(" free, "), "{all}");
    assert!(
        said(&all, "backups").starts_with("backups note None is made by the bot"),
        "{all}"
    );

    let telegram = Telegram::serve().await;
    let mut wrong = doctor_for(&home, &telegram);
    let (all, _) = doctor(&home, wrong.env("TELOXIDE_TOKEN", "123456:geheim")).await;
    assert!(
        said(&all, "token").starts_with("token MEND Telegram does not know this token"),
        "{all}"
    );
    assert!(!all.contains("geheim"), "{all}");
}

#[tokio::test]
async fn it_looks_while_the_bot_runs_and_while_it_does_not() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let doctor_now = || {
        let mut doctor = doctor_for(&home, &telegram);
        doctor.env("VOEL_EERST_BACKUP_DIR", "backups");
        doctor
    };
    let mut bot = home.bot(&telegram);
    let bot = bot.env("VOEL_EERST_BACKUP_DIR", "backups").spawn().unwrap();
    people::begin(&telegram.api, SAAR).await;
    telegram.all_confirmed().await;
    let backed_up = async {
        while files(&home.path("backups")).len() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, backed_up).await.unwrap();
    let ended_now = run(&mut doctor_now()).await;
    let all = &ended_now.stdout;
    assert_eq!(
        said(all, "token"),
        "token ok Telegram knows the bot as @voel_eerst_bot."
    );
    assert_eq!(
        said(all, "clock"),
        "clock ok As at Telegram, to the second or so."
    );
    assert_eq!(
        said(all, "webhook"),
        "webhook ok None, as it should be; no update waits."
    );
    assert_eq!(
        said(all, "store"),
        "store ok Open in the bot that runs, which says that all goes well."
    );
    assert_eq!(
        said(all, "key"),
        "key ok It opens the store's keys, and nobody but its owner can read it."
    );
    assert_eq!(said(all, "backups"), "backups ok The newest is 0 min old.");
    assert!(ended_now.status.success(), "{ended_now}");
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());

    let (all, mend) = doctor(&home, &mut doctor_now()).await;
    assert!(!mend, "{all}");
    assert_eq!(
        said(&all, "store"),
        "store ok No bot has it open, and its files are what the last run left behind."
    );

    // What goes wrong is said, with what to do.
    let set = format!(
        "{}/bot{TOKEN}/setWebhook?url=https://bot.example/",
        telegram.url.trim_end_matches('/')
    );
    assert!(reqwest::get(set).await.unwrap().status().is_success());
    fs::set_permissions(home.key_file(), fs::Permissions::from_mode(0o644)).unwrap();
    let (all, _) = doctor(&home, &mut doctor_now()).await;
    assert!(
        said(&all, "webhook").starts_with("webhook MEND One is set at Telegram"),
        "{all}"
    );
    assert!(said(&all, "key").starts_with("key MEND"), "{all}");
    assert_eq!(
        said(&all, "store"),
        "store note Not looked at: first the key."
    );
    fs::write(home.key_file(), "5e".repeat(32)).unwrap();
    fs::set_permissions(home.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    let (all, _) = doctor(&home, &mut doctor_now()).await;
    assert!(said(&all, "key").starts_with("key MEND"), "{all}");
}

#[tokio::test]
async fn a_bot_that_was_started_just_now_is_no_trouble() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    telegram
        .api
        .with(|world| world.faults.add(Fault::on("getUpdates", Trouble::Slow)));
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    let first = run(&mut doctor_for(&home, &telegram)).await;
    assert!(first.status.success(), "{first}");
    assert_eq!(
        said(&first.stdout, "store"),
        "store note Open in the bot that runs, which was started just now (it has just begun to ask Telegram for updates): ask again in a minute."
    );
    telegram.api.with(|world| world.release());
    let goes_well = async {
        loop {
            let then = run(&mut doctor_for(&home, &telegram)).await;
            if said(&then.stdout, "store")
                == "store ok Open in the bot that runs, which says that all goes well."
            {
                return;
            }
        }
    };
    timeout(PATIENCE, goes_well).await.unwrap();
    drop(bot);
}

#[tokio::test]
async fn a_store_that_was_changed_behind_the_bots_back_is_found() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    drop(Store::open(&home.store(), &secret).unwrap());
    fs::write(home.store().join("journal/blobs/forgotten"), "x").unwrap();
    let (all, mend) = doctor(&home, &mut doctor_for(&home, &telegram)).await;
    assert!(mend);
    assert!(
        said(&all, "store").contains("its files are not what the last run left behind"),
        "{all}"
    );
}

#[tokio::test]
async fn totals_are_the_same_while_the_bot_runs_and_while_it_does_not() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let none = run(&mut home.command(&["stats"])).await;
    assert!(none.refusal().starts_with("there is no store in"), "{none}");
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in (1..=4).map(ChatId) {
        draft
            .put_parent(draft.parent_id(chat), Parent::stranger(chat))
            .unwrap();
    }
    store.commit(draft).unwrap();
    drop(store);
    let few = run(&mut home.command(&["stats"])).await;
    assert!(
        few.stdout.starts_with("parents       fewer than 5\n"),
        "{}",
        few.stdout
    );
    assert!(!few.stdout.contains("replies kept  "), "{}", few.stdout);

    let bot = home.bot(&telegram).spawn().unwrap();
    people::begin(&telegram.api, SAAR).await;
    let words = people::say(&telegram.api, SAAR, "Ik bleef zitten.");
    people::kept(&telegram.api, SAAR, words).await;
    telegram.all_confirmed().await;
    let counted = async {
        loop {
            let stats = run(&mut home.command(&["stats"])).await;
            if stats.stdout.contains("replies kept  1\n") {
                return stats.stdout;
            }
        }
    };
    let running = timeout(PATIENCE, counted).await.unwrap();
    assert!(
        running.starts_with("parents       5\nprompts sent  0 since "),
        "{running}"
    );
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
    let stopped = run(&mut home.command(&["stats"])).await;
    assert_eq!(stopped.stdout, running);
}
