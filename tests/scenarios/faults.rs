//! Answers that are unlike any that were ever seen, trouble that does not end, and how seldom it is tried again.

use std::{fmt::Write as _, time::Duration};

use serde_json::json;
use voel_eerst::demo::{self, Fault, Refusal, Trouble, Voice};

use crate::world::{Disk, Setup, World};

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
    let before = world.api.look(|world| world.faults.struck().len());
    for hour in 13..=16 {
        world.until(&format!("2026-03-02T{hour}:00"));
        bram.says("/hulp");
        bram.expects("In nood: bel 112.").await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    assert_eq!(world.api.look(|world| world.faults.struck().len()), before);
    world.until("2026-03-02T17:01");
    anna.expects("In nood: bel 112.").await;
    world.finish().await;
}

#[tokio::test]
async fn an_answer_that_is_none_loses_nothing() {
    let mut world = World::new().await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.begins().await;
    let spoken = anna.speaks(&Voice::new(3, b"OggS eerst".to_vec()));
    anna.expects_heart(spoken).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    for body in NONE {
        let none =
            |method: &str| Fault::on(method, Trouble::Instead(200, body.to_owned())).times(2);
        world.trouble(none("sendMessage").in_chat(anna.chat));
        anna.says("/hulp");
        bram.says("/hulp");
        anna.expects("In nood: bel 112.").await;
        bram.expects("In nood: bel 112.").await;
        world.trouble(none("getFile"));
        let spoken = anna.speaks(&Voice::new(3, b"OggS niets".to_vec()));
        anna.expects_heart(spoken).await;
        world.settle().await;
    }
    world.stop().await;
    assert_eq!(world.words_of(&anna).concat().len(), 1 + NONE.len());
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn an_answer_of_another_shape_is_taken_for_what_it_says() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    let unlike = |method: &str| Fault::on(method, Trouble::Unlike(UNLIKE.to_owned()));
    // It was done, and is not done again.
    for _ in 0..3 {
        world.trouble(unlike("sendMessage").in_chat(anna.chat));
        anna.says("/hulp");
        anna.expects("In nood: bel 112.").await;
        world.settle().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    // Where a file lies is not in it.
    world.trouble(unlike("getFile").times(2));
    let spoken = anna.speaks(&Voice::new(3, b"OggS niets".to_vec()));
    anna.expects_heart(spoken).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    // A prompt whose message has no number takes its answer all the same.
    world.until("2026-03-04T12:00");
    world.trouble(unlike("sendMessage").in_chat(anna.chat));
    world.until("2026-03-04T19:30");
    let prompt = anna.hears().await;
    let reply = anna.says("Een antwoord.");
    anna.expects_heart(reply).await;
    world.settle().await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    let title = &entries.last().unwrap().prompt.as_ref().unwrap().title;
    assert!(prompt.text.starts_with(title), "{prompt}");
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn who_the_bot_is_may_be_said_in_any_way_before_it_is_said_rightly() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    for body in [UNLIKE].into_iter().chain(NONE) {
        world.stop().await;
        world.trouble(Fault::on("getMe", Trouble::Instead(200, body.to_owned())).times(2));
        world.start();
        anna.says("/hulp");
        anna.expects("In nood: bel 112.").await;
    }
    world.finish().await;
}

/// How long trouble lasts in which tries are counted.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// In a world in which only the bot's own waits move the clock: how often it calls this method in ten minutes of this trouble.
async fn tries_in_ten_minutes(method: &str, trouble: Trouble) -> usize {
    let mut world = World::with(Setup {
        patience: Duration::from_secs(60),
        disk: Disk::memory(),
        ..Setup::default()
    })
    .await;
    world.settle().await;
    let anna = world.parent("Anna");
    world.trouble(Fault::on(method, trouble).always());
    // Ends the poll that waits, and is something to send.
    anna.says("/hulp");
    let struck = |world: &demo::World| world.faults.struck().to_vec();
    let first = |world: &demo::World| struck(world).first().copied();
    let first = world.api.until("the first try", first).await.unwrap();
    // There is always something to get.
    anna.says("/hulp");
    let is_over = |world: &demo::World| {
        let last = struck(world).pop()?;
        (last >= first + TEN_MINUTES).then_some(())
    };
    world.api.until("ten minutes", is_over).await.unwrap();
    world.api.with(|world| world.faults.clear());
    anna.expects("In nood: bel 112.").await;
    anna.expects("In nood: bel 112.").await;
    let times = world.api.look(struck);
    world.finish().await;
    let within = times.iter().filter(|at| **at < first + TEN_MINUTES);
    within.count()
}

#[tokio::test]
async fn whatever_is_the_matter_it_asks_for_updates_a_few_times_in_ten_minutes() {
    let conflict = Refusal::conflict("terminated by other getUpdates request");
    for (trouble, most) in [
        // Twice a minute: only a person can mend it.
        (Trouble::Refused(Refusal::unauthorized()), 20),
        // After half a second, twice as long and so on up to half a minute.
        (Trouble::Refused(conflict), 25),
        (Trouble::Refused(Refusal::bad_request("something new")), 25),
        (Trouble::CutBefore, 25),
        (Trouble::Garbled, 25),
        (Trouble::Instead(200, String::new()), 25),
        // As often as it is told.
        (Trouble::Refused(Refusal::too_many_requests(60)), 10),
    ] {
        let tries = tries_in_ten_minutes("getUpdates", trouble.clone()).await;
        assert!((most / 2..=most).contains(&tries), "{trouble:?}: {tries}");
    }
}

#[tokio::test]
async fn whatever_is_the_matter_a_message_is_tried_a_few_times_in_ten_minutes() {
    for (trouble, most) in [
        (Trouble::Refused(Refusal::unauthorized()), 16),
        (Trouble::Refused(Refusal::too_many_requests(60)), 10),
    ] {
        let tries = tries_in_ten_minutes("sendMessage", trouble.clone()).await;
        assert!((most / 2..=most).contains(&tries), "{trouble:?}: {tries}");
    }
}
