//! Answers that are unlike any that were ever seen, trouble that does not end, and how seldom it is tried again.

use std::{fmt::Write as _, time::Duration};

use serde_json::json;
use voel_eerst::demo::{self, Fault, Refusal, Trouble, Voice};

use crate::world::{REAL_PATIENCE, Setup, World};

/// The answer of a Bot API of later years.
const UNLIKE: &str = r#"{"ok":true,"result":{"of a new":"kind"},"more":[]}"#;

/// Answers that are none.
const NONE: [&str; 7] = [
    "",
    "null",
    "[]",
    "ok",
    r#"{"ok":"yes"}"#,
    r#"{"ok":false}"#,
    "\u{feff}{}",
];

#[tokio::test]
async fn fields_that_nobody_knows_are_passed_over_wherever_they_stand() {
    let mut world = World::new().await;
    world.trouble(Fault::on_any(Trouble::Novel).always());
    world.restart().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Een notitie.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.edits(note, "Een andere.");
    anna.expects("Aangepast").await;
    let spoken = anna.speaks(&Voice::new(3, b"OggS niets".to_vec()));
    anna.expects_heart(spoken).await;
    world.until("2026-03-02T19:30");
    world.until("2026-03-04T19:30");
    let prompt = anna.hears().await;
    let reply = anna.replies_to(prompt.id, "Een antwoord.");
    anna.expects_heart(reply).await;
    anna.says("/dagboek");
    anna.expects("Een antwoord.").await;
    anna.blocks(true);
    anna.blocks(false);
    world.settle().await;
    world.counts(" 0 of them unreadable").await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna).len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn updates_that_are_none_hide_no_others() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    let none = r#"{"ok":true,"result":[7,null,{"update_id":-1},{"update_id":99999999999}]}"#;
    for body in [none, UNLIKE].into_iter().chain(NONE) {
        world.trouble(Fault::on("getUpdates", Trouble::Instead(200, body.to_owned())).times(2));
        anna.says("/hulp");
        anna.expects("In nood: bel 112.").await;
        world.settle().await;
    }
    world.finish().await;
}

#[tokio::test]
async fn updates_with_anything_in_them_pass() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    let chat = json!({"id": anna.chat.0, "type": "private", "first_name": "Anna"});
    let from = json!({"id": anna.chat.0, "is_bot": false, "first_name": "Anna"});
    let message = |fields: serde_json::Value| {
        let mut message =
            json!({"message_id": 900_000, "date": 0, "chat": chat.clone(), "from": from.clone()});
        for (name, value) in fields.as_object().unwrap() {
            message[name] = value.clone();
        }
        message
    };
    let mut deep = String::new();
    for _ in 0..100 {
        write!(deep, "[").unwrap();
    }
    let updates = [
        ("message", message(json!({"text": 7}))),
        ("message", message(json!({"date": -1, "text": "x"}))),
        ("message", message(json!({"date": i64::MAX, "novelty": {}}))),
        (
            "message",
            message(json!({"message_id": i32::MAX, "sticker": {}})),
        ),
        (
            "message",
            message(json!({"chat": {"id": i64::MIN, "type": "salon"}})),
        ),
        (
            "message",
            message(json!({"voice": {"file_id": deep, "duration": -1}})),
        ),
        (
            "callback_query",
            json!({"id": "", "from": from, "chat_instance": "", "data": "\u{0}"}),
        ),
        (
            "my_chat_member",
            json!({"chat": chat, "from": from, "date": 0}),
        ),
    ];
    let pushed = updates.len();
    world.api.with(|world| {
        for (kind, content) in updates {
            assert!(world.updates.push(kind, content).is_some());
        }
    });
    anna.says("/hulp");
    anna.in_the_end().await;
    world.settle().await;
    world.counts("0 panics").await;
    let heard = anna.unread();
    assert!(
        heard.iter().any(|line| line.contains("bel 112")),
        "{heard:?} of {pushed}"
    );
    anna.reads_all();
    world.stop().await;
    // The messages and the tap are not there.
    world.refusals();
    world.finish().await;
}

#[tokio::test]
async fn a_chat_that_waits_for_hours_makes_nobody_else_wait() {
    let mut world = World::new().await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.begins().await;
    bram.begins().await;
    world.settle().await;
    let five_hours = Trouble::Refused(Refusal::too_many_requests(5 * 3_600));
    world.trouble(Fault::on("sendMessage", five_hours).in_chat(anna.chat));
    anna.says("/hulp");
    world.counts("1 tries again").await;
    let before = world.api.look(|world| world.faults.struck());
    for hour in 13..=16 {
        world.until(&format!("2026-03-02T{hour}:00"));
        bram.says("/hulp");
        bram.expects("In nood: bel 112.").await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    assert_eq!(world.api.look(|world| world.faults.struck()), before);
    world.until("2026-03-02T17:01");
    anna.expects("In nood: bel 112.").await;
    world.finish().await;
}

/// Waits until so much time has gone by, which the bot's own waits move: a bot that does not wait gets nowhere.
async fn goes_by(world: &World, time: Duration) {
    let until = world.clock.uptime() + time;
    let goes = async {
        while world.clock.uptime() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(3 * REAL_PATIENCE, goes)
        .await
        .expect("time that goes by");
}

/// How often the bot asks for updates in an hour in which its token is not known.
#[tokio::test]
async fn with_a_token_that_was_revoked_it_asks_twice_a_minute() {
    let mut world = World::with(Setup {
        patience: Duration::from_secs(60),
        ..Setup::default()
    })
    .await;
    world.settle().await;
    world.trouble(Fault::on("getUpdates", Trouble::Refused(Refusal::unauthorized())).always());
    world
        .api
        .with(|world| world.updates.push("poll", json!({})));
    let struck = |world: &demo::World| world.faults.struck();
    let anna = world.parent("Anna");
    // The poll that waits ends with this.
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    let before = world.api.look(struck);
    goes_by(&world, Duration::from_secs(3_600)).await;
    let tried = world.api.look(struck) - before;
    assert!((100..=125).contains(&tried), "{tried}");
    world.api.with(|world| world.faults.clear());
    world.finish().await;
}
