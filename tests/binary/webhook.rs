//! The program with a webhook: it starts, receives, stops, and leaves the webhook to the next start.

use std::{
    net::{Ipv4Addr, TcpListener as StdTcpListener},
    sync::atomic::{AtomicU16, Ordering::Relaxed},
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use voel_eerst::parent::ChatId;

use super::{leaks::marks, *};

const SAAR: ChatId = marks::CHATS[0];

/// Ports that may be free.
const PORTS: u16 = 8_000;

/// A port that nobody has, and that no connection or other test takes meanwhile: from below those that the system gives away, and none twice.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap();
    let next = || 20_000 + (first + GIVEN.fetch_add(1, Relaxed)) % PORTS;
    let mut ports = (0..PORTS).map(|_| next());
    let is_free = |port: &u16| StdTcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    ports.find(is_free).expect("a free port")
}

/// Sets the program up to be called at this port.
pub fn called_at(bot: &mut Command, port: u16) {
    bot.env(
        "VOEL_EERST_WEBHOOK_URL",
        format!("http://127.0.0.1:{port}/hook"),
    )
    .env("VOEL_EERST_WEBHOOK_LISTEN", format!("127.0.0.1:{port}"));
}

/// The program, set up so, which says everything in its log.
fn bot_called_at(home: &Home, telegram: &Telegram, port: u16) -> Command {
    let mut bot = home.bot(telegram);
    called_at(&mut bot, port);
    bot.env("VOEL_EERST_LOG", "trace");
    bot
}

async fn stopped(bot: Child) -> Ended {
    signal(&bot, "TERM").await;
    let ended = ended(bot).await;
    assert!(ended.status.success(), "{ended}");
    assert!(ended.took < Duration::from_secs(1), "{:?}", ended.took);
    ended
}

#[tokio::test]
async fn it_receives_and_leaves_the_webhook_to_the_next_start() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let port = free_port();
    let bot = bot_called_at(&home, &telegram, port).spawn().unwrap();
    people::begin(&telegram.api, SAAR).await;
    telegram.all_confirmed().await;
    let first = stopped(bot).await;
    assert!(first.stderr.contains("updates come by webhook"), "{first}");

    // Nobody is there, and Telegram keeps it.
    let note = people::say(&telegram.api, SAAR, &marks::mark("gemist"));
    let refused = |world: &World| world.webhook_error().map(str::to_owned);
    let why = telegram.api.until("a call in vain", refused).await;
    assert!(why.unwrap().starts_with("Connection failed"));

    let bot = bot_called_at(&home, &telegram, port).spawn().unwrap();
    people::kept(&telegram.api, SAAR, note).await;
    let note = people::say(&telegram.api, SAAR, &marks::mark("weer"));
    people::kept(&telegram.api, SAAR, note).await;
    let second = stopped(bot).await;
    assert!(!telegram.called_since(Duration::ZERO, "getUpdates"));
    telegram.api.look(|world| {
        assert_eq!(
            world.webhook_url(),
            Some(format!("http://127.0.0.1:{port}/hook").as_str())
        );
        assert_eq!(world.updates.allowed().unwrap().len(), 4);
    });
    for ended in [&first, &second] {
        assert_eq!(marks::Secrets::new().find(ended.stderr.as_bytes()), None);
    }

    // Without the setting it asks for updates again.
    let bot = home.bot(&telegram).spawn().unwrap();
    let note = people::say(&telegram.api, SAAR, "gevraagd");
    people::kept(&telegram.api, SAAR, note).await;
    assert_eq!(
        telegram
            .api
            .look(|world| world.webhook_url().map(str::to_owned)),
        None
    );
    stopped(bot).await;
}

#[tokio::test]
async fn strangers_are_refused_counted_and_said_once_and_none_of_their_words() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let port = free_port();
    let bot = bot_called_at(&home, &telegram, port).spawn().unwrap();
    people::begin(&telegram.api, SAAR).await;
    let words = marks::mark("vreemd");
    let body = format!(r#"{{"update_id":1,"message":{{"text":"{words}"}}}}"#);
    for _ in 0..3 {
        let request = format!(
            "POST /hook?{}= HTTP/1.1\r\nHost: {}\r\nX-Telegram-Bot-Api-Secret-Token: {}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            marks::PLAIN,
            marks::PLAIN,
            marks::PLAIN,
            body.len()
        );
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // The body is not read, so the connection may break off behind the answer.
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(!answer.contains(marks::PLAIN), "{answer}");
    }
    let ended = stopped(bot).await;
    assert_eq!(
        ended.stderr.matches("did not show the secret").count(),
        1,
        "{ended}"
    );
    assert!(ended.stderr.contains(" 3 without the secret;"), "{ended}");
    assert_eq!(marks::Secrets::new().find(ended.stderr.as_bytes()), None);
}

#[tokio::test]
async fn an_address_that_is_none_or_is_taken_is_said_and_nothing_is_begun() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let holds = StdTcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holds.local_addr().unwrap().to_string();
    let mut said = Vec::new();
    for (url, listen) in [
        ("http://bot.example.org/hook", "127.0.0.1:8443"),
        ("bot.example.org", "127.0.0.1:8443"),
        ("https://bot.example.org/hook", "8443"),
        ("https://bot.example.org/hook", "localhost:8443"),
        ("https://bot.example.org/hook", "127.0.0.1:99999"),
        ("https://bot.example.org/hook", taken.as_str()),
    ] {
        let mut bot = home.bot(&telegram);
        bot.env("VOEL_EERST_WEBHOOK_URL", url)
            .env("VOEL_EERST_WEBHOOK_LISTEN", listen);
        let ended = run(&mut bot).await;
        assert!(!ended.stderr.contains("panic"), "{ended}");
        said.push(ended.refusal().replace(&taken, "TAKEN"));
        assert_eq!(files(home.0.path()), []);
    }
    drop(holds);
    insta::assert_snapshot!(said.join("\n"), @r#"
    the webhook's address is not one: expected an address such as https://bot.example.org/telegram, which begins with https
    the webhook's address is not one: expected an address such as https://bot.example.org/telegram, which begins with https
    VOEL_EERST_WEBHOOK_LISTEN is "8443": expected an address and a port, such as 127.0.0.1:8443
    VOEL_EERST_WEBHOOK_LISTEN is "localhost:8443": expected an address and a port, such as 127.0.0.1:8443
    VOEL_EERST_WEBHOOK_LISTEN is "127.0.0.1:99999": expected an address and a port, such as 127.0.0.1:8443
    TAKEN cannot be listened on for webhooks; stop what uses it, or choose another with VOEL_EERST_WEBHOOK_LISTEN: Address already in use (os error 98)
    "#);
}
