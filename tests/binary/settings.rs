//! `--help` and `.env.example` say the same.

use std::collections::BTreeSet;

use voel_eerst::{
    parent::ChatId,
    store::{RootSecret, Store},
};

use super::*;

#[tokio::test]
async fn every_setting_is_in_the_help_and_in_the_example() {
    let home = Home::new();
    let help = run(&mut home.command(&["run", "--help"])).await;
    assert!(help.status.success());
    let words = unwrapped(&help.stdout);
    let in_help: BTreeSet<&str> = words
        .split("[env: ")
        .skip(1)
        .filter_map(|rest| rest.split(['=', ']']).next())
        .collect();
    assert!(in_help.len() >= 10, "{in_help:?}");

    let example = fs::read_to_string(prompts::repository(".env.example")).unwrap();
    let in_example: BTreeSet<&str> = example.lines().filter_map(setting).collect();
    assert_eq!(in_example, in_help);

    // What runs when nothing is said is the same command.
    let top = run(&mut home.command(&["--help"])).await;
    for name in in_help {
        assert!(top.stdout.contains(name), "{name}");
    }
}

/// In the file that docker and systemd take as it is, too.
#[tokio::test]
async fn a_value_is_what_stands_behind_its_name() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let anna = ChatId(7);
    telegram
        .api
        .with(|world| world.add_user_numbered(anna, "Anna", Some("nl")));
    for (line, value) in [
        ("Stichting Voorbeeld", "Stichting Voorbeeld"),
        ("De Linde & 't Huis #1 ", "De Linde & 't Huis #1"),
        (r#"Huis "$HOME" \n"#, r#"Huis "$HOME" \n"#),
        ("\"Stichting Tweede\"", "Stichting Tweede"),
        ("'Stichting Ander'", "Stichting Ander"),
    ] {
        let file = format!("\u{feff}# Van ons\r\nVOEL_EERST_CONTROLLER={line}\r\n");
        fs::write(home.path(".env"), file).unwrap();
        let bot = home.bot(&telegram).spawn().unwrap();
        people::say(&telegram.api, anna, "/privacy");
        let is_said = |world: &World| {
            let said = world.chat(anna)?.last_from_bot()?;
            said.text().contains(value).then_some(())
        };
        telegram.api.until(value, is_said).await.unwrap();
        signal(&bot, "TERM").await;
        assert!(ended(bot).await.status.success());
    }
}

#[tokio::test]
async fn every_line_of_the_example_can_be_read() {
    let home = Home::new();
    let example = fs::read_to_string(prompts::repository(".env.example")).unwrap();
    let all = example.lines().map(|line| match setting(line) {
        Some(_) => line.trim_start_matches('#'),
        None => line,
    });
    fs::write(home.path(".env"), all.collect::<Vec<_>>().join("\n")).unwrap();
    let ended = run(&mut home.command(&["prompts", "list", "nowhere"])).await;
    assert!(!ended.stderr.contains(".env"), "{ended}");
    assert!(ended.stderr.contains("nowhere"), "{ended}");
}

/// The help without its line breaks.
fn unwrapped(help: &str) -> String {
    help.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of the setting on this line, also when it stands behind `#` as an example.
fn setting(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('#').unwrap_or(line).split_once('=')?;
    let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

#[test]
fn every_setting_in_the_example_has_a_comment() {
    let example = fs::read_to_string(prompts::repository(".env.example")).unwrap();
    for paragraph in example.split("\n\n") {
        let settings = paragraph.lines().filter(|line| setting(line).is_some());
        let comments = paragraph.lines().take_while(|line| line.starts_with("# "));
        assert!(
            settings.count() == 0 || comments.count() > 0,
            "no comment above: {paragraph}"
        );
    }
}

#[tokio::test]
async fn the_defaults_in_the_example_are_those_of_the_program() {
    let home = Home::new();
    let help = run(&mut home.command(&["run", "--help"])).await.stdout;
    let words = unwrapped(&help);
    let example = fs::read_to_string(prompts::repository(".env.example")).unwrap();
    for name in [
        "VOEL_EERST_RATE",
        "VOEL_EERST_WEBHOOK_LISTEN",
        "VOEL_EERST_STORE",
        "VOEL_EERST_KEY_FILE",
        "VOEL_EERST_RETENTION",
        "VOEL_EERST_BACKUP_DAYS",
        "VOEL_EERST_LOG",
        "VOEL_EERST_LOG_FORMAT",
    ] {
        let line = example.lines().find(|line| setting(line) == Some(name));
        let (_, default) = line.and_then(|line| line.split_once('=')).unwrap();
        let said = format!("[env: {name}=] [default: {default}]");
        assert!(words.contains(&said), "{said} is not in: {words}");
    }
}

#[tokio::test]
async fn the_help_never_shows_the_token() {
    let home = Home::new();
    let mut help = home.command(&["run", "--help"]);
    let ended = run(help.env("TELOXIDE_TOKEN", "123456:geheim")).await;
    assert!(!ended.stdout.contains("geheim"));
}

/// Empty is as good as absent: an example that was copied and not filled in must not be a setting.
#[tokio::test]
async fn a_copied_example_with_only_a_token_filled_in_is_enough() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let example = fs::read_to_string(prompts::repository(".env.example")).unwrap();
    let filled = example.replace("TELOXIDE_TOKEN=", &format!("TELOXIDE_TOKEN={TOKEN}"));
    // Nobody real is to be asked.
    let filled = format!("{filled}\nTELOXIDE_API_URL={}\n", telegram.url);
    fs::write(home.path(".env"), filled).unwrap();
    let bot = home.command(&[]).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    assert!(Path::new(&home.store()).join("keyring").exists());
    signal(&bot, "INT").await;
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn empty_settings_count_as_absent() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let mut bot = home.bot(&telegram);
    for name in [
        "VOEL_EERST_RATE",
        "VOEL_EERST_STORE",
        "VOEL_EERST_KEY_FILE",
        "VOEL_EERST_KEY",
        "VOEL_EERST_PROMPTS",
        "VOEL_EERST_CONTROLLER",
        "VOEL_EERST_CONTACT",
        "VOEL_EERST_LOCATION",
        "VOEL_EERST_RETENTION",
        "VOEL_EERST_BACKUP_DIR",
        "VOEL_EERST_BACKUP_KEYRING_DIR",
        "VOEL_EERST_BACKUP_DAYS",
        "VOEL_EERST_LOG",
        "VOEL_EERST_LOG_FORMAT",
        "VOEL_EERST_STATUS",
    ] {
        bot.env(name, "");
    }
    let bot = bot.spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    assert!(home.store().join("keyring").exists() && home.key_file().exists());
    signal(&bot, "INT").await;
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn a_rate_is_a_number_of_calls_or_none() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    for rate in ["0", "1001", "fast"] {
        let ended = run(home.bot(&telegram).env("VOEL_EERST_RATE", rate)).await;
        assert!(!ended.status.success());
        let said = unwrapped(&ended.stderr);
        assert!(
            said.contains("expected a whole number from 1 to 1000, or none"),
            "{said}"
        );
    }
    for rate in ["1", "1000", "none"] {
        let began = telegram.now();
        let bot = home
            .bot(&telegram)
            .env("VOEL_EERST_RATE", rate)
            .spawn()
            .unwrap();
        telegram.polled_since(began).await;
        signal(&bot, "INT").await;
        assert!(ended(bot).await.status.success());
    }
}

#[tokio::test]
async fn a_root_secret_in_the_environment_stands_in_for_the_file() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let key = "0123456789abcdef".repeat(4);
    let bot = home
        .bot(&telegram)
        .env("VOEL_EERST_KEY", &key)
        .spawn()
        .unwrap();
    telegram.polled_since(Duration::ZERO).await;
    signal(&bot, "INT").await;
    assert!(ended(bot).await.status.success());
    assert!(!home.key_file().exists());
    let secret = RootSecret::from_hex(&key).unwrap();
    Store::open(&home.store(), &secret).unwrap();

    let ended = run(home.bot(&telegram).env("VOEL_EERST_KEY", "geheim")).await;
    assert_eq!(
        ended.refusal(),
        "VOEL_EERST_KEY is no root secret: expected 64 hexadecimal digits"
    );
}
