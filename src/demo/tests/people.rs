//! What people do, and what the bot hears of it.

use super::*;

/// The content of the newest update, and its kind.
fn heard(world: &mut World) -> Vec<(String, Value)> {
    let updates = world.updates.batch(100);
    world.updates.drop_pending();
    let kind = |update: Value| {
        let object = update.as_object().unwrap().clone();
        object
            .into_iter()
            .find(|(key, _)| key != "update_id")
            .unwrap()
    };
    updates.into_iter().map(kind).collect()
}

fn world() -> (World, Clock, ChatId) {
    let clock = Clock::frozen_at("2026-11-22T19:30:00+01:00".parse().unwrap(), Duration::ZERO);
    let mut world = World::new(clock.clone());
    let anna = world.add_user("Anna");
    world.press_start(anna).unwrap();
    heard(&mut world);
    (world, clock, anna)
}

#[test]
fn the_first_message_opens_the_chat() {
    let mut world = World::new(Clock::system());
    let anna = world.add_user("Anna");
    assert!(world.chat(anna).is_none());
    world.press_start(anna).unwrap();
    let [(kind, message)] = heard(&mut world).try_into().unwrap();
    assert_eq!(kind, "message");
    assert_eq!(message["text"], "/start");
    assert_eq!(
        message["entities"],
        json!([{"type": "bot_command", "offset": 0, "length": 6}])
    );
    assert_eq!(message["from"]["language_code"], "nl");
    assert_eq!(world.user(anna).unwrap().reach, Reach::Open);
}

#[test]
fn a_long_message_goes_out_in_parts() {
    let (mut world, _, anna) = world();
    let words = "woord ".repeat(1000);
    let first = world.say(anna, &words, None).unwrap();
    let parts: Vec<String> = heard(&mut world)
        .iter()
        .map(|(_, message)| message["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(parts.len(), 2);
    assert!(
        parts
            .iter()
            .all(|part| part.encode_utf16().count() <= 4096 && !part.starts_with(' '))
    );
    assert_eq!(parts.join(" "), words.trim());
    assert_eq!(world.message(anna, first).unwrap().text(), parts[0]);

    world.say(anna, &"😀".repeat(2049), None).unwrap();
    let parts = heard(&mut world);
    assert_eq!(parts[0].1["text"], "😀".repeat(2048));
    assert_eq!(parts[1].1["text"], "😀");
    assert_eq!(world.say(anna, " \n", None), Err(Cannot::Empty));
}

#[test]
fn their_own_text_can_be_edited_for_two_days() {
    let (mut world, clock, anna) = world();
    let said = world.say(anna, "een", None).unwrap();
    heard(&mut world);
    world.edit_own(anna, said, "een").unwrap();
    assert_eq!(heard(&mut world).len(), 0, "the same text again is no edit");
    clock.advance(Duration::from_secs(60));
    world.edit_own(anna, said, "twee").unwrap();
    let [(kind, message)] = heard(&mut world).try_into().unwrap();
    assert_eq!(
        (kind.as_str(), &message["text"]),
        ("edited_message", &json!("twee"))
    );
    assert_eq!(
        message["edit_date"].as_i64().unwrap() - message["date"].as_i64().unwrap(),
        60
    );
    assert_eq!(world.edit_own(anna, said, " "), Err(Cannot::Empty));
    assert_eq!(
        world.edit_own(anna, said, &"a".repeat(4097)),
        Err(Cannot::TooLong)
    );
    assert_eq!(
        world.edit_own(anna, MessageId(99), "a"),
        Err(Cannot::NoSuchMessage)
    );
    let photo = world
        .send_content(anna, Content::Photo(String::new()))
        .unwrap();
    assert_eq!(world.edit_own(anna, photo, "a"), Err(Cannot::NotYours));
    let forwarded = world.forward(anna, "Oma", "Slaap lekker").unwrap();
    assert_eq!(world.edit_own(anna, forwarded, "a"), Err(Cannot::NotYours));
    clock.advance(Duration::from_secs(48 * 3600));
    assert_eq!(world.edit_own(anna, said, "drie"), Err(Cannot::TooOld));
}

#[test]
fn a_deleted_message_is_gone_and_nobody_tells_the_bot() {
    let (mut world, _, anna) = world();
    let said = world.say(anna, "een", None).unwrap();
    heard(&mut world);
    world.delete(anna, said).unwrap();
    assert_eq!(heard(&mut world).len(), 0);
    assert_eq!(world.delete(anna, said), Err(Cannot::NoSuchMessage));
    assert_eq!(
        world.say(anna, "twee", Some(said)),
        Err(Cannot::NoSuchMessage)
    );
}

#[test]
fn only_a_button_that_is_there_now_can_be_tapped() {
    let (mut world, _, anna) = world();
    let message = world.put(anna, Author::Bot, Content::Text("?".into()));
    let button = |text: &str, url: Option<&str>, data: Option<&str>| InlineButton {
        text: text.into(),
        url: url.map(Into::into),
        callback_data: data.map(Into::into),
    };
    message.keyboard = InlineKeyboard {
        inline_keyboard: vec![
            vec![button("Ja", None, Some("ja"))],
            vec![
                button("Lees", Some("https://a.nl"), None),
                button("Nee", None, Some("nee")),
            ],
        ],
    };
    let id = message.id;
    let tap = world.tap(anna, id, 1, 1).unwrap();
    let [(kind, query)] = heard(&mut world).try_into().unwrap();
    assert_eq!(
        (kind.as_str(), &query["data"], &query["id"]),
        ("callback_query", &json!("nee"), &json!(tap))
    );
    assert_eq!(query["message"]["message_id"], id.0);
    assert_eq!(world.open_taps().next().unwrap().button, (1, 1));
    world.tap_data(anna, id, "ja").unwrap();
    assert_eq!(
        world.tap(anna, id, 1, 0),
        Err(Cannot::NoSuchButton),
        "a page is opened by the app"
    );
    assert_eq!(world.tap(anna, id, 2, 0), Err(Cannot::NoSuchButton));
    assert_eq!(
        world.tap_label(anna, id, "Misschien"),
        Err(Cannot::NoSuchButton)
    );
    world.message_mut(anna, id).unwrap().keyboard = InlineKeyboard::default();
    assert_eq!(world.tap(anna, id, 0, 0), Err(Cannot::NoSuchButton));
    heard(&mut world);
    world.forge_tap(anna, id, "x; drop table").unwrap();
    assert_eq!(heard(&mut world)[0].1["data"], "x; drop table");
}

#[test]
fn who_blocked_the_bot_can_only_unblock_it() {
    let (mut world, _, anna) = world();
    world.set_blocked(anna, true).unwrap();
    world.set_blocked(anna, true).unwrap();
    let [(kind, change)] = heard(&mut world).try_into().unwrap();
    assert_eq!(kind, "my_chat_member");
    assert_eq!(change["new_chat_member"]["status"], "kicked");
    assert_eq!(change["old_chat_member"]["status"], "member");
    assert_eq!(world.say(anna, "hoi", None), Err(Cannot::Blocked));
    assert_eq!(world.react(anna, MessageId(1), None), Err(Cannot::Blocked));
    assert_eq!(
        world.edit_own(anna, MessageId(1), "hoi"),
        Err(Cannot::Blocked)
    );
    world.set_blocked(anna, false).unwrap();
    assert_eq!(
        heard(&mut world)[0].1["new_chat_member"]["status"],
        "member"
    );
    world.say(anna, "hoi", None).unwrap();
    assert_eq!(world.set_blocked(ChatId(99), true), Err(Cannot::NoSuchUser));
    assert_eq!(world.say(ChatId(99), "hoi", None), Err(Cannot::NoSuchUser));
}

#[test]
fn a_reaction_is_heard_only_by_who_listed_it() {
    let (mut world, _, anna) = world();
    world.react(anna, MessageId(1), Some("❤")).unwrap();
    assert_eq!(heard(&mut world).len(), 0);
    world.updates.allow(vec!["message_reaction".into()]);
    world.react(anna, MessageId(1), Some("👍")).unwrap();
    let [(_, reaction)] = heard(&mut world).try_into().unwrap();
    assert_eq!(
        reaction["old_reaction"],
        json!([{"type": "emoji", "emoji": "❤"}])
    );
    assert_eq!(
        reaction["new_reaction"],
        json!([{"type": "emoji", "emoji": "👍"}])
    );
    assert_eq!(
        world.react(anna, MessageId(1), Some("🧀")),
        Err(Cannot::NoSuchReaction)
    );
    assert_eq!(
        world
            .message(anna, MessageId(1))
            .unwrap()
            .own_reaction
            .as_deref(),
        Some("👍")
    );
}

#[test]
fn in_a_group_the_bot_hears_only_what_is_meant_for_it() {
    let (mut world, _, anna) = world();
    let group = world.add_group(anna, "Gezin").unwrap();
    let kinds: Vec<_> = heard(&mut world)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, ["my_chat_member", "message"]);
    world
        .say_in_group(group, anna, "Wie kookt er?", None)
        .unwrap();
    assert_eq!(heard(&mut world).len(), 0);
    let bots = world
        .put(group, Author::Bot, Content::Text("Hoi".into()))
        .id;
    world.say_in_group(group, anna, "/hulp", None).unwrap();
    world
        .say_in_group(group, anna, "hoi @voel_eerst_bot", None)
        .unwrap();
    world
        .say_in_group(group, anna, "dank je", Some(bots))
        .unwrap();
    let messages = heard(&mut world);
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[2].1["reply_to_message"]["text"], "Hoi");
    assert_eq!(
        messages[0].1["chat"],
        json!({"id": group, "type": "group", "title": "Gezin"})
    );
    world.remove_from_group(group, anna).unwrap();
    assert_eq!(heard(&mut world)[0].1["new_chat_member"]["status"], "left");
    world.say_in_group(group, anna, "/hulp", None).unwrap();
    assert_eq!(heard(&mut world).len(), 0);
    assert_eq!(
        world.remove_from_group(group, anna),
        Err(Cannot::NoSuchUser)
    );
}
