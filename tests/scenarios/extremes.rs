//! Numbers, lengths and moments at their ends: whatever Telegram's format allows, the parent is answered, or the update is passed over, and
//! everybody else goes on.

use serde_json::{Value, json};
use voel_eerst::{
    demo,
    parent::{ChatId, MessageId},
};

use crate::world::{Person, World};

/// An update that Telegram sends, in this chat.
fn sends(world: &World, person: &Person, fields: &Value) {
    let mut message = json!({
        "message_id": 1, "date": 1_772_000_000,
        "from": { "id": person.chat.0, "is_bot": false, "first_name": "X", "language_code": "nl" },
        "chat": { "id": person.chat.0, "type": "private", "first_name": "X" },
    });
    let fields = fields.as_object().unwrap().clone();
    message.as_object_mut().unwrap().extend(fields);
    let pushed = world
        .api
        .with(|world| world.updates.push("message", message));
    assert!(pushed.is_some());
}

#[tokio::test]
async fn a_parent_of_any_number_is_answered() {
    let mut world = World::new().await;
    for (number, name) in [
        (i64::from(i32::MAX), "Finn"),
        (i64::from(i32::MAX) + 1, "Guus"),
        (i64::from(u32::MAX) + 1, "Hanna"),
        ((1 << 52) - 1, "Isa"),
        (i64::MAX, "Jip"),
    ] {
        world
            .api
            .with(|world| world.add_user_numbered(ChatId(number), name, Some("nl")));
        let parent = world.group(ChatId(number));
        parent.begins().await;
        let note = parent.says("Een notitie.");
        parent.expects_heart(note).await;
        parent.expects("Dit is nu een losse notitie").await;
        parent.says("/dagboek");
        parent.expects("Een notitie.").await;
    }
    world.finish().await;
}

#[tokio::test]
async fn updates_of_any_number_are_handled_once_and_confirmed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    for (number, text) in [
        (i64::from(i32::MAX) - 1, "Vlak voor het eind van 31 bits."),
        (i64::from(i32::MAX) + 5, "En daarna."),
        (i64::from(u32::MAX) - 40, "Vlak voor het eind van 32 bits."),
    ] {
        world.settle().await;
        anna.reads_all();
        world.api.with(|world| world.updates.count_from(number));
        let polls = |world: &demo::World| {
            world
                .calls()
                .filter(|call| call.method == "getUpdates")
                .count()
        };
        let before = world.api.look(polls);
        let note = anna.says(text);
        anna.expects_heart(note).await;
        // All of it is confirmed, and nobody asks for it again and again.
        world.settle().await;
        let asked = world.api.look(polls) - before;
        assert!(asked < 20, "{asked} polls");
    }
    world.stop().await;
    assert_eq!(world.words_of(&anna).concat().len(), 3, "each of them once");
    world.start();
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

/// Numbers of messages, moments, empty lists and nothing at all: a parent who is there before is there afterwards.
#[tokio::test]
async fn fields_at_their_ends_are_answered_or_passed_over() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Een eerste notitie.");
    anna.expects_heart(note).await;
    world.settle().await;
    anna.reads_all();
    for (fields, answered) in [
        (json!({ "text": "/hulp", "date": 0 }), true),
        (json!({ "text": "/hulp", "date": -1 }), true),
        (
            json!({ "text": "/hulp", "date": i64::from(i32::MAX) + 1 }),
            true,
        ),
        (
            json!({ "text": "/hulp", "date": 253_402_300_799_i64 }),
            true,
        ),
        (json!({ "text": "/hulp", "date": i64::MAX }), false),
        (json!({ "text": "/hulp", "message_id": i32::MAX }), true),
        (json!({ "text": "/hulp", "message_id": i32::MIN }), true),
        (
            json!({ "text": "/hulp", "message_id": i64::from(i32::MAX) + 1 }),
            false,
        ),
        (json!({ "text": "/hulp", "entities": [] }), true),
        (json!({ "text": "/hulp", "entities": null }), true),
        (json!({ "text": "" }), true),
        (json!({ "text": null }), true),
        (json!({ "photo": [] }), true),
        (json!({ "photo": null }), true),
        (
            json!({ "voice": { "file_id": "", "file_unique_id": "", "duration": u32::MAX, "file_size": u32::MAX } }),
            true,
        ),
        (
            json!({ "voice": { "file_id": "v", "file_unique_id": "u", "duration": 0, "file_size": 9_007_199_254_740_991_i64 } }),
            true,
        ),
        (
            json!({ "document": { "file_id": "d", "file_unique_id": "u", "file_name": "a.json", "file_size": 9_007_199_254_740_991_i64 } }),
            true,
        ),
        (
            json!({ "document": { "file_id": "d", "file_unique_id": "u" } }),
            true,
        ),
        (
            json!({ "location": { "latitude": 1e308, "longitude": -1e308 } }),
            true,
        ),
        (
            json!({ "contact": { "phone_number": "", "first_name": "" } }),
            true,
        ),
        (json!({ "dice": { "emoji": "", "value": 255 } }), true),
        (json!({ "text": "x".repeat(100_000) }), true),
        (json!({ "novelty": { "a": [[[[]]]] } }), true),
    ] {
        let said = |world: &demo::World| {
            let here = |call: &&demo::Call| call.params["chat_id"].as_i64() == Some(anna.chat.0);
            world
                .calls()
                .filter(here)
                .filter(|call| call.method == "sendMessage")
                .count()
        };
        let before = world.api.look(said);
        sends(&world, &anna, &fields);
        world.settle().await;
        let told = world.api.look(said) - before;
        let shown: String = fields.to_string().chars().take(120).collect();
        assert_eq!(told > 0, answered, "{shown}");
        anna.reads_all();
    }
    let tally = world.tally().to_string();
    assert!(
        tally.contains("; 0 panics, 0 unreadable records;"),
        "{tally}"
    );
    world.refusals();
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Een eerste notitie."]]);
    world.start();
    world.settle().await;
    anna.reads_all();
    world.refusals();
    world.finish().await;
}

#[tokio::test]
async fn callback_data_of_any_length_is_an_old_button() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/dagboek");
    let page = anna.hears().await;
    let live = anna.data_of(page.id, "Sluit");
    let (number, _) = live.split_once('.').unwrap();
    for data in [
        String::new(),
        ".".to_owned(),
        "x".repeat(64),
        "ффффффффффффффффффффффффффффффффф".to_owned(),
        format!("{number}.b.e.{}", "9".repeat(50)),
        format!("{number}.b.e.4294967296"),
        format!("{number}.j.0-256"),
        format!("{number}.t.2560"),
        format!("{number}."),
        format!("{number}.cy\u{0}"),
        format!("0{number}..cy"),
        "100000000.cy".to_owned(),
        "-1.cy".to_owned(),
    ] {
        anna.forges(MessageId(page.id.0), &data);
        world.settle().await;
        let open = world.api.look(|world| world.open_taps().count());
        assert_eq!(open, 0, "{data:?} is answered");
        anna.reads_all();
    }
    anna.says("/hulp");
    anna.expects("112").await;
    world.refusals();
    world.finish().await;
}
