//! The phone as the page sees it: over HTTP.

use std::sync::Arc;

use teloxide::Bot;
use tokio::{sync::Notify, task::JoinHandle};

use super::{super::*, *};
use crate::service::Voice;

/// What is built in, and a folder that is in order.
fn shelf() -> Shelf {
    let voice = Voice {
        house: house(),
        ..Voice::embedded()
    };
    Shelf {
        voice: watch::Sender::new(voice).subscribe(),
        refused: watch::Sender::default().subscribe(),
    }
}

struct Running {
    api: BotApi,
    clock: Clock,
    url: String,
    /// Brings the HTTP client.
    bot: Bot,
    next_due: watch::Sender<Option<Timestamp>>,
    end: Arc<Notify>,
    served: JoinHandle<io::Result<()>>,
}

impl Running {
    async fn start() -> Self {
        let start = "2026-11-22T19:30:00+01:00".parse().unwrap();
        let clock = Clock::frozen_at(start, Duration::ZERO);
        let api = BotApi::new(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = api_url(&listener).unwrap();
        let (next_due, due) = watch::channel(None);
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let shutdown = async move { ended.notified().await };
        let served = tokio::spawn(run_phone(
            listener,
            api.clone(),
            clock.clone(),
            due,
            shelf(),
            shutdown,
        ));
        let bot = Bot::new(TOKEN);
        Self {
            api,
            clock,
            url,
            bot,
            next_due,
            end,
            served,
        }
    }

    /// One act on the phone: the status and what came back.
    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.bot.client().post(format!("{}/api/{path}", self.url));
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            serde_json::from_str(&response.text().await.unwrap()).unwrap(),
        )
    }

    async fn done(&self, path: &str, body: Value) {
        assert_eq!(
            self.post(path, body).await,
            (200, json!({"ok": true})),
            "{path}"
        );
    }

    async fn refused(&self, path: &str, body: Value) -> String {
        let (status, body) = self.post(path, body).await;
        assert!((400..500).contains(&status), "{path}: {status} {body}");
        format!("{status} {}", body["error"].as_str().unwrap())
    }

    fn snapshot(&self) -> Value {
        let due = *self.next_due.borrow();
        serde_json::to_value(snapshot::Snapshot::take(&self.api, &self.clock, due, 0)).unwrap()
    }
}

/// A message of the bot, put there without a bot.
fn bot_says(world: &mut World, chat: ChatId, text: &str) -> MessageId {
    let message = world.put(chat, Author::Bot, Content::Text(text.into()));
    let button = |text: &str, url: Option<&str>, data: Option<&str>| InlineButton {
        text: text.into(),
        url: url.map(Into::into),
        callback_data: data.map(Into::into),
    };
    message.keyboard.inline_keyboard = vec![vec![
        button("Straks", None, Some("straks")),
        button("Lees", Some("https://a.nl"), None),
    ]];
    message.id
}

#[tokio::test]
async fn the_page_is_served() {
    let running = Running::start().await;
    for (address, kind, content) in FILES {
        let response = running
            .bot
            .client()
            .get(format!("{}{address}", running.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["content-type"], kind, "{address}");
        assert_eq!(response.text().await.unwrap(), content, "{address}");
    }
    let missing = running
        .bot
        .client()
        .get(format!("{}/moon", running.url))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status().as_u16(), 404);
}

#[tokio::test]
async fn an_evening_on_the_phone() {
    let running = Running::start().await;
    running.done("parents", json!({"name": " Anna "})).await;
    running
        .done("say", json!({"parent": 1, "text": "/start"}))
        .await;
    let asked = running
        .api
        .with(|world| bot_says(world, ChatId(1), "Hoe was vandaag?"));
    running
        .done(
            "say",
            json!({"parent": 1, "text": "druk", "reply_to": asked}),
        )
        .await;
    running
        .done(
            "edit",
            json!({"parent": 1, "message": 3, "text": "heel druk"}),
        )
        .await;
    running
        .done(
            "react",
            json!({"parent": 1, "message": asked, "emoji": "❤"}),
        )
        .await;
    running
        .done(
            "tap",
            json!({"parent": 1, "message": asked, "row": 0, "column": 0}),
        )
        .await;
    running
        .next_due
        .send_replace(Some("2026-11-23T19:30:00Z".parse().unwrap()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&running.snapshot()).unwrap(), @r#"
    {
      "bot": {
        "description": "",
        "name": "Voel eerst",
        "short_description": "",
        "username": "voel_eerst_bot"
      },
      "next_due": "2026-11-23T20:30:00+01:00",
      "now": "2026-11-22T19:30:00+01:00",
      "parents": [
        {
          "blocked": false,
          "commands": [],
          "id": 1,
          "messages": [
            {
              "buttons": [],
              "edited": false,
              "forwarded_from": null,
              "from": "parent",
              "id": 1,
              "kind": "text",
              "own_reaction": null,
              "reaction": null,
              "reply_to": null,
              "silent": false,
              "text": "/start",
              "time": "2026-11-22T19:30:00+01:00"
            },
            {
              "buttons": [
                [
                  {
                    "kind": "data",
                    "text": "Straks"
                  },
                  {
                    "kind": "url",
                    "text": "Lees",
                    "url": "https://a.nl"
                  }
                ]
              ],
              "edited": false,
              "forwarded_from": null,
              "from": "bot",
              "id": 2,
              "kind": "text",
              "own_reaction": "❤",
              "reaction": null,
              "reply_to": null,
              "silent": false,
              "text": "Hoe was vandaag?",
              "time": "2026-11-22T19:30:00+01:00"
            },
            {
              "buttons": [],
              "edited": true,
              "forwarded_from": null,
              "from": "parent",
              "id": 3,
              "kind": "text",
              "own_reaction": null,
              "reaction": null,
              "reply_to": {
                "id": 2,
                "text": "Hoe was vandaag?"
              },
              "silent": false,
              "text": "heel druk",
              "time": "2026-11-22T19:30:00+01:00"
            }
          ],
          "name": "Anna",
          "pending_tap": {
            "column": 0,
            "message": 2,
            "row": 0
          },
          "toasts": [],
          "typing": false
        }
      ],
      "prompts": 0,
      "zone": "Europe/Amsterdam"
    }
    "#);
}

#[tokio::test]
async fn every_thing_can_be_sent() {
    let running = Running::start().await;
    running.done("parents", json!({"name": "Anna"})).await;
    for thing in ["sticker", "photo", "location", "contact", "poll"] {
        running.done(thing, json!({"parent": 1})).await;
    }
    running
        .done("forward", json!({"parent": 1, "text": "Slaap lekker"}))
        .await;
    running
        .done("photo", json!({"parent": 1, "text": "De tekening"}))
        .await;
    let snapshot = running.snapshot();
    let messages = snapshot["parents"][0]["messages"]
        .as_array()
        .unwrap()
        .iter();
    let seen: Vec<_> = messages
        .map(|message| {
            format!(
                "{} {}",
                message["kind"].as_str().unwrap(),
                message["text"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            "sticker 🙂",
            "photo ",
            "location 52.0907, 5.1214",
            "contact Oma, +31 20 123 45 67",
            "poll Wat eten we? Soep / Brood",
            "text Slaap lekker",
            "photo De tekening"
        ]
    );
    assert_eq!(
        snapshot["parents"][0]["messages"][5]["forwarded_from"],
        "Oma"
    );
    assert_eq!(
        running.refused("moon", json!({"parent": 1})).await,
        "404 Dat kan deze telefoon niet: moon."
    );
}

#[tokio::test]
async fn a_new_parent_has_an_app_in_a_language() {
    let running = Running::start().await;
    running.done("parents", json!({"name": "Anna"})).await;
    let english = json!({"name": "Bram", "language": "en"});
    running.done("parents", english).await;
    let of_apps = running.api.look(|world| {
        let users = world.users();
        users
            .map(|user| user.language_code.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(of_apps, [Some("nl".to_owned()), Some("en".to_owned())]);
    assert_eq!(
        running
            .refused("parents", json!({"name": "Cas", "language": "Engels"}))
            .await,
        "400 Een taal heeft een code van twee letters."
    );
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let running = Running::start().await;
    running.done("parents", json!({"name": "Anna"})).await;
    running
        .done("say", json!({"parent": 1, "text": "hoi"}))
        .await;
    let refused = async |path: &str, body: Value| running.refused(path, body).await;
    assert_eq!(
        refused("parents", json!({"name": " "})).await,
        "400 Een naam heeft 1 tot 64 tekens."
    );
    assert_eq!(
        refused("say", json!({"parent": 9, "text": "hoi"})).await,
        "400 Deze ouder is er niet."
    );
    assert_eq!(
        refused("say", json!({"parent": 1, "text": " "})).await,
        "400 Er staat nog geen tekst."
    );
    assert_eq!(
        refused(
            "tap",
            json!({"parent": 1, "message": 1, "row": 0, "column": 0})
        )
        .await,
        "400 Die knop is er niet meer."
    );
    assert!(
        refused("say", json!({"parent": 1, "tekst": "hoi"}))
            .await
            .starts_with("422 ")
    );
    let request = running
        .bot
        .client()
        .post(format!("{}/api/say", running.url))
        .header("content-type", "text/plain");
    let response = request
        .body(r#"{"parent":1,"text":"hoi"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 415);
    running
        .done("block", json!({"parent": 1, "blocked": true}))
        .await;
    assert_eq!(running.snapshot()["parents"][0]["blocked"], true);
    assert!(
        refused("say", json!({"parent": 1, "text": "hoi"}))
            .await
            .contains("geblokkeerd")
    );
    running
        .done("block", json!({"parent": 1, "blocked": false}))
        .await;
    running
        .done("delete", json!({"parent": 1, "message": 1}))
        .await;
    assert_eq!(
        refused("delete", json!({"parent": 1, "message": 1})).await,
        "400 Dat bericht staat hier niet meer."
    );
}

#[tokio::test]
async fn the_clock_is_moved() {
    let running = Running::start().await;
    assert_eq!(
        running.refused("clock", json!({"to": "next"})).await,
        "400 Er staat niets gepland."
    );
    running.done("clock", json!({"by_seconds": 3600})).await;
    assert_eq!(running.snapshot()["now"], "2026-11-22T20:30:00+01:00");
    running
        .next_due
        .send_replace(Some("2026-11-23T19:30:00+01:00".parse().unwrap()));
    running.done("clock", json!({"to": "next"})).await;
    assert_eq!(running.snapshot()["now"], "2026-11-23T19:30:00+01:00");
    assert!(
        running
            .refused("clock", json!({"by_seconds": u64::MAX}))
            .await
            .starts_with("400 Verder dan een jaar")
    );
    assert!(
        running
            .refused("clock", json!({"to": "moon"}))
            .await
            .starts_with("422 ")
    );
}

#[tokio::test]
async fn toasts_and_taps_pass() {
    let running = Running::start().await;
    running.api.with(|world| {
        let anna = world.add_user("Anna");
        world.press_start(anna).unwrap();
        let asked = bot_says(world, anna, "?");
        world.tap(anna, asked, 0, 0).unwrap();
        let toast = Toast {
            id: 1,
            text: "Gelukt".into(),
            alert: true,
            at: Duration::ZERO,
        };
        world.chat_mut(anna).toasts.push(toast);
    });
    let anna = &running.snapshot()["parents"][0];
    assert_eq!(
        anna["toasts"],
        json!([{"id": 1, "text": "Gelukt", "alert": true}])
    );
    assert_eq!(
        anna["pending_tap"],
        json!({"message": 2, "row": 0, "column": 0})
    );
    running.clock.advance(Duration::from_secs(16));
    let anna = &running.snapshot()["parents"][0];
    assert_eq!(
        (&anna["toasts"], &anna["pending_tap"]),
        (&json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn the_page_hears_of_every_change_until_the_end() {
    let running = Running::start().await;
    let mut stream = running
        .bot
        .client()
        .get(format!("{}/api/events", running.url))
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut seen = String::new();
    // A change may come as several events, so each wait is for what must be in one of them.
    for (change, wanted) in [
        (None, r#""parents":[]"#),
        (
            Some(("parents", json!({"name": "Anna"}))),
            r#""name":"Anna""#,
        ),
        (
            Some(("say", json!({"parent": 1, "text": "hoi"}))),
            r#""text":"hoi""#,
        ),
        (
            Some(("clock", json!({"by_seconds": 60}))),
            r#""now":"2026-11-22T19:31:00+01:00""#,
        ),
    ] {
        if let Some((path, body)) = change {
            running.done(path, body).await;
        }
        while !seen.contains(wanted) {
            let chunk = stream.chunk().await.unwrap().unwrap();
            seen += std::str::from_utf8(&chunk).unwrap();
        }
        let event = seen
            .rsplit("\n\n")
            .find(|event| event.contains(wanted))
            .unwrap();
        assert!(event.starts_with("event: state\ndata: {"), "{event}");
    }
    running
        .next_due
        .send_replace(Some("2026-11-23T19:30:00+01:00".parse().unwrap()));
    while !seen.contains(r#""next_due":"2026-11-23T19:30:00+01:00""#) {
        seen += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    running.end.notify_one();
    assert!(stream.chunk().await.unwrap().is_none());
    running.served.await.unwrap().unwrap();
}

#[test]
fn every_refusal_has_its_own_sentence() {
    let all = [
        Cannot::NoSuchUser,
        Cannot::Blocked,
        Cannot::NoSuchMessage,
        Cannot::NotYours,
        Cannot::TooOld,
        Cannot::NoSuchButton,
        Cannot::Empty,
        Cannot::TooLong,
        Cannot::NoSuchReaction,
    ];
    let sentences: std::collections::BTreeSet<_> = all.into_iter().map(in_dutch).collect();
    assert_eq!(sentences.len(), all.len());
}

#[tokio::test]
async fn a_document_of_the_bot_can_be_kept_as_a_file() {
    let running = Running::start().await;
    let (anna, message) = running.api.with(|world| {
        let anna = world.add_user("Anna");
        world.press_start(anna).unwrap();
        let document = Document {
            name: "dagboek.html".into(),
            caption: String::new(),
            content: "<script>x</script>".as_bytes().into(),
        };
        let sent = world.put(anna, Author::Bot, Content::Document(document));
        (anna, sent.id)
    });
    let url = format!("/api/document/{}/{}", anna.0, message.0);
    let shown = running.snapshot();
    let shown = shown["parents"][0]["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&shown["kind"], &shown["text"], &shown["file"]),
        (
            &json!("document"),
            &json!(""),
            &json!({"name": "dagboek.html", "size": 18, "url": url})
        )
    );
    let get = |url: String| running.bot.client().get(running.url.clone() + &url).send();
    let file = get(url).await.unwrap();
    let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-disposition"), "attachment");
    assert_eq!(header("content-security-policy"), "sandbox");
    assert_eq!(file.text().await.unwrap(), "<script>x</script>");
    let none = get(format!("/api/document/{}/999", anna.0)).await.unwrap();
    assert_eq!(none.status().as_u16(), 404);
}

#[tokio::test]
async fn a_picture_of_the_bot_can_be_seen() {
    let running = Running::start().await;
    let (anna, message) = running.api.with(|world| {
        let anna = world.add_user("Anna");
        world.press_start(anna).unwrap();
        let picture = Picture {
            caption: "Een jaar.".into(),
            content: b"png".as_slice().into(),
            width: 960,
            height: 1240,
        };
        let sent = world.put(anna, Author::Bot, Content::Picture(picture));
        (anna, sent.id)
    });
    let url = format!("/api/picture/{}/{}", anna.0, message.0);
    let shown = running.snapshot();
    let messages = shown["parents"][0]["messages"].as_array().unwrap();
    let shown = messages.last().unwrap();
    assert_eq!(
        (&shown["kind"], &shown["text"], &shown["picture"]),
        (
            &json!("picture"),
            &json!("Een jaar."),
            &json!({"url": url, "width": 960, "height": 1240})
        )
    );
    let get = |url: String| running.bot.client().get(running.url.clone() + &url).send();
    let seen = get(url).await.unwrap();
    assert_eq!(seen.headers()["content-type"], "image/png");
    assert_eq!(seen.bytes().await.unwrap(), b"png".as_slice());
    let none = get(format!("/api/picture/{}/999", anna.0)).await.unwrap();
    assert_eq!(none.status().as_u16(), 404);
}

#[tokio::test]
async fn a_document_is_sent_and_can_be_kept_as_a_file() {
    let running = Running::start().await;
    running.done("parents", json!({"name": "Anna"})).await;
    let send = async |query: &str, kind: &str, content: &'static [u8]| {
        let url = format!("{}/api/file?{query}", running.url);
        let request = running.bot.client().post(url).header("content-type", kind);
        let response = request.body(content).send().await.unwrap();
        response.status().as_u16()
    };
    let bytes = "application/octet-stream";
    let query = "parent=1&name=voel-eerst.json";
    assert_eq!(send(query, bytes, b"{}").await, 200);
    for (query, kind, content) in [
        (query, "text/plain", b"{}".as_slice()),
        (query, bytes, b""),
        ("parent=9&name=a.json", bytes, b"{}"),
        ("parent=1", bytes, b"{}"),
    ] {
        assert_eq!(send(query, kind, content).await, 400, "{query} {kind}");
    }
    let snapshot = running.snapshot();
    let shown = &snapshot["parents"][0]["messages"][0];
    let url = "/api/document/1/1";
    assert_eq!(
        (&shown["from"], &shown["file"]),
        (
            &json!("parent"),
            &json!({"name": "voel-eerst.json", "size": 2, "url": url})
        )
    );
    let got = running.bot.client().get(format!("{}{url}", running.url));
    assert_eq!(got.send().await.unwrap().text().await.unwrap(), "{}");
}

#[tokio::test]
async fn a_voice_note_is_sent_heard_and_sent_on() {
    let running = Running::start().await;
    running.done("parents", json!({"name": "Anna"})).await;
    running
        .done("say", json!({"parent": 1, "text": "/start"}))
        .await;
    let speak = async |query: &str, kind: &str, sound: &'static [u8]| {
        let url = format!("{}/api/voice?{query}", running.url);
        let request = running.bot.client().post(url).header("content-type", kind);
        let response = request.body(sound).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let done = (200, r#"{"ok":true}"#.to_owned());
    let query = "parent=1&seconds=42&reply_to=1";
    assert_eq!(speak(query, "audio/ogg", b"OggS hallo").await, done);
    for (query, kind, sound, status) in [
        (query, "audio/ogg", b"geen geluid".as_slice(), 400),
        (query, "text/plain", b"OggS hallo", 400),
        ("parent=9&seconds=1", "audio/ogg", b"OggS hallo", 400),
        (
            "parent=1&seconds=1&reply_to=99",
            "audio/ogg",
            b"OggS hallo",
            400,
        ),
        ("parent=1", "audio/ogg", b"OggS hallo", 400),
    ] {
        assert_eq!(speak(query, kind, sound).await.0, status, "{query} {kind}");
    }
    running
        .done("forward", json!({"parent": 1, "message": 2}))
        .await;
    assert_eq!(
        running
            .refused("forward", json!({"parent": 1, "message": 99}))
            .await,
        "400 Dat bericht staat hier niet meer."
    );
    let shown = running.snapshot();
    let messages = shown["parents"][0]["messages"].as_array().unwrap();
    let seen: Vec<_> = messages[1..]
        .iter()
        .map(|message| {
            (
                &message["kind"],
                &message["text"],
                &message["sound"],
                &message["forwarded_from"],
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (
                &json!("voice"),
                &json!("0:42"),
                &json!("/api/sound/1/2"),
                &json!(null)
            ),
            (
                &json!("voice"),
                &json!("0:42"),
                &json!("/api/sound/1/3"),
                &json!("Anna")
            ),
        ]
    );
    assert_eq!(messages[1]["reply_to"]["id"], 1);
    let get = |url: &str| {
        running
            .bot
            .client()
            .get(format!("{}{url}", running.url))
            .send()
    };
    let heard = get("/api/sound/1/2").await.unwrap();
    assert_eq!(heard.headers()["content-type"], "audio/ogg");
    assert_eq!(heard.bytes().await.unwrap(), b"OggS hallo".as_slice());
    assert_eq!(get("/api/sound/1/1").await.unwrap().status().as_u16(), 404);
}
