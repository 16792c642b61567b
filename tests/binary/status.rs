//! What a machine hears of the running program: over HTTP, over systemd's socket, and in a log of JSON.

use std::{collections::BTreeSet, net::SocketAddr};

use serde_json::Value;
use tokio::net::UnixDatagram;
use voel_eerst::{
    demo::{Fault, Trouble},
    parent::ChatId,
};

use super::*;

const SAAR: ChatId = ChatId(7_463_128_905_417);

/// An address that nobody listens on.
pub(super) async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// What the program answers on this path: the number and the text.
pub(super) async fn asked(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{address}{path}")).await;
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Waits until this path gives this answer.
pub(super) async fn until(address: SocketAddr, path: &str, wanted: &str) {
    let answers = async {
        loop {
            if let Ok(answer) = reqwest::get(format!("http://{address}{path}")).await
                && answer.text().await.unwrap() == wanted
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, answers).await.expect(wanted);
}

/// The names of all metrics on a page, with their values.
pub(super) fn values(page: &str) -> BTreeSet<(&str, &str)> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap()).collect()
}

#[tokio::test]
async fn it_is_healthy_at_once_ready_when_updates_come_in_and_counts_what_happens() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    telegram.api.with(|world| {
        let cut = Fault::on("getUpdates", Trouble::CutBefore);
        world.faults.add(cut.always());
    });
    let address = free_address().await;
    let mut bot = home.bot(&telegram);
    bot.env("VOEL_EERST_STATUS", address.to_string())
        .env("VOEL_EERST_BACKUP_DIR", "backups");
    let bot = bot.spawn().unwrap();
    until(address, "/health", "healthy\n").await;
    until(address, "/ready", "not ready: Telegram gives no updates\n").await;
    assert_eq!(asked(address, "/ready").await.0, 503);
    assert_eq!(asked(address, "/health").await.0, 200);
    telegram.api.with(|world| world.faults.clear());
    people::begin(&telegram.api, SAAR).await;
    until(address, "/ready", "ready\n").await;
    assert_eq!(asked(address, "/ready").await.0, 200);

    let said = people::say(&telegram.api, SAAR, "Ik bleef zitten.");
    people::kept(&telegram.api, SAAR, said).await;
    let page = asked(address, "/metrics").await.1;
    let values = values(&page);
    for value in [
        ("voel_eerst_healthy", "1"),
        ("voel_eerst_ready", "1"),
        ("voel_eerst_parents", "5"),
        ("voel_eerst_updates_unreadable_total", "0"),
        ("voel_eerst_prompts_in_doubt_total", "0"),
        ("voel_eerst_daily_backups", "1"),
    ] {
        assert!(values.contains(&value), "{value:?} in {page}");
    }
    let value = |name: &str| {
        let found = values.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("{name} in {page}")).1
    };
    for name in [
        "voel_eerst_updates_total",
        r#"voel_eerst_letters_total{outcome="sent"}"#,
        "voel_eerst_answer_seconds_count",
        "voel_eerst_commit_seconds_count",
        "voel_eerst_store_bytes",
        "voel_eerst_disk_bytes",
        "voel_eerst_start_timestamp_seconds",
        "voel_eerst_next_due_timestamp_seconds",
        "voel_eerst_backup_timestamp_seconds",
    ] {
        assert_ne!(value(name), "0", "{name} in {page}");
    }
    assert!(!page.contains("7463128905417"), "{page}");

    assert_eq!(asked(address, "/").await.0, 404);
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn it_is_not_ready_while_its_store_is_not_open() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let first = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    let address = free_address().await;
    let second = home
        .bot(&telegram)
        .env("VOEL_EERST_STATUS", address.to_string())
        .spawn()
        .unwrap();
    // It waits some seconds for the lock.
    until(address, "/ready", "not ready: the store is not open\n").await;
    assert_eq!(asked(address, "/health").await.0, 200);
    drop(first);
    drop(second);
}

#[tokio::test]
async fn while_it_waits_for_telegram_its_store_is_open_and_counts() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());

    let address = free_address().await;
    let _bot = home
        .bot(&telegram)
        .env("TELOXIDE_API_URL", "http://127.0.0.1:9")
        .env("VOEL_EERST_STATUS", address.to_string())
        .spawn()
        .unwrap();
    let waits = "not ready: Telegram has not said who the bot is\n";
    until(address, "/ready", waits).await;
    let page = asked(address, "/metrics").await.1;
    assert!(page.contains("\nvoel_eerst_parents 5\n"), "{page}");
}

#[tokio::test]
async fn whoever_has_no_curl_asks_the_program_itself() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let address = free_address().await;
    let nobody = run(&mut home.command(&["health"])).await;
    insta::assert_snapshot!(nobody.refusal(), @"there is nobody to ask: set VOEL_EERST_STATUS, for the bot and for this");
    let port = address.port().to_string();
    let ask = |home: &Home| {
        let mut ask = home.command(&["health"]);
        ask.env("VOEL_EERST_STATUS", format!("0.0.0.0:{port}"));
        ask
    };
    let away = run(&mut ask(&home)).await;
    assert!(
        away.refusal()
            .replace(&port, "PORT")
            .starts_with("the bot does not answer on 127.0.0.1:PORT"),
        "{away}"
    );

    let bot = home
        .bot(&telegram)
        .env("VOEL_EERST_STATUS", address.to_string())
        .spawn()
        .unwrap();
    until(address, "/health", "healthy\n").await;
    let there = run(&mut ask(&home)).await;
    assert!(there.status.success(), "{there}");
    assert_eq!(there.stdout, "healthy\n");

    // Nobody else gets the address.
    let taken = run(home
        .bot(&telegram)
        .env("VOEL_EERST_STATUS", address.to_string()))
    .await;
    let said = taken.refusal().replace(&port, "PORT");
    assert!(
        said.starts_with("127.0.0.1:PORT, the address of VOEL_EERST_STATUS, cannot be listened on"),
        "{said}"
    );
    drop(bot);
}

#[tokio::test]
async fn systemd_hears_that_it_works_that_it_lives_and_that_it_stops() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let socket = home.path("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    let bot = home
        .bot(&telegram)
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "150000")
        .spawn()
        .unwrap();
    let next = async || {
        let mut bytes = [0; 512];
        let len = timeout(PATIENCE, heard.recv(&mut bytes))
            .await
            .expect("a word")
            .unwrap();
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    };
    assert!(next().await.starts_with("STATUS=starting"));
    let ready = next().await;
    assert!(ready.starts_with("READY=1\n"), "{ready}");
    assert!(
        telegram.called_since(Duration::ZERO, "getUpdates"),
        "not before it works"
    );
    for _ in 0..3 {
        assert_eq!(next().await, "WATCHDOG=1\nSTATUS=updates come in\n");
    }
    signal(&bot, "TERM").await;
    while next().await != "STOPPING=1\n" {}
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn a_log_for_machines_is_an_object_on_each_line() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let mut bot = home.bot(&telegram);
    let bot = bot
        .env("VOEL_EERST_LOG_FORMAT", "json")
        .env("VOEL_EERST_LOG", "debug")
        .spawn()
        .unwrap();
    telegram.polled_since(Duration::ZERO).await;
    signal(&bot, "TERM").await;
    let ended = ended(bot).await;
    assert!(ended.status.success(), "{ended}");
    let lines: Vec<Value> = ended.stderr.lines().map(read).collect();
    let told: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert!(told.contains(&"Telegram knows the bot"), "{told:?}");
    assert!(
        told.iter().any(|told| told.starts_with("stopped: ")),
        "{told:?}"
    );
    let known = lines
        .iter()
        .find(|line| line["message"] == "Telegram knows the bot");
    assert_eq!(known.unwrap()["bot"], "voel_eerst_bot");

    // Why it did not start is a line like the others.
    let mut refused = home.bot(&telegram);
    refused
        .env("VOEL_EERST_LOG_FORMAT", "json")
        .env("TELOXIDE_TOKEN", "geheim");
    let refused = run(&mut refused).await;
    assert_eq!(refused.status.code(), Some(1));
    let last = read(refused.stderr.lines().next_back().unwrap());
    assert_eq!(last["level"], "ERROR");
    assert!(
        last["message"]
            .as_str()
            .unwrap()
            .starts_with("the bot's token is not one"),
        "{last}"
    );
}

#[track_caller]
fn read(line: &str) -> Value {
    let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    for field in ["timestamp", "level", "message", "target"] {
        assert!(line[field].is_string(), "{field} in {line}");
    }
    line
}
