#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::*;

/// The moment of every message here.
const SENT: Timestamp = Timestamp::constant(1_750_000_000, 0);

const US: &str = "VoelEerstBot";
const PARENT: Origin = Origin::Private(ChatId(4711));
const GROUP: Origin = Origin::Group(ChatId(-100_200));

fn parent() -> Value {
    json!({"id": 4711, "is_bot": false, "first_name": "Saar", "language_code": "nl"})
}

fn private() -> Value {
    json!({"id": 4711, "type": "private", "first_name": "Saar"})
}

fn group() -> Value {
    json!({"id": -100_200, "type": "supergroup", "title": "De buurt"})
}

fn bot() -> Value {
    json!({"id": 99, "is_bot": true, "first_name": "Voel eerst", "username": "voeleerstbot"})
}

/// `fields` laid over the fields of a message in a parent's chat.
fn message(fields: Value) -> Value {
    let mut message = json!({
        "message_id": 10, "date": 1_750_000_000, "from": parent(), "chat": private(),
    });
    merge(&mut message, fields);
    message
}

fn merge(into: &mut Value, fields: Value) {
    let into = into.as_object_mut().unwrap();
    for (key, value) in fields.as_object().unwrap() {
        into.insert(key.clone(), value.clone());
    }
}

/// The update as teloxide reads it from the wire; from a `Value` it cannot.
fn update(json: &Value) -> Update {
    serde_json::from_str(&json.to_string()).unwrap()
}

fn incoming(kind: &str, body: Value) -> Incoming {
    let incoming = read(update(&json!({"update_id": 1, kind: body})), Some(US));
    assert_eq!(incoming.update, 1);
    assert!(!incoming.unreadable);
    incoming
}

/// What a message from a parent holds.
fn content(fields: Value) -> Option<Content> {
    let incoming = incoming("message", message(fields));
    assert_eq!(incoming.chat, PARENT);
    incoming.event.map(|event| match event {
        Event::Wrote(message) => {
            assert_eq!(message.id, MessageId(10));
            message.content
        }
        other => panic!("{other:?}"),
    })
}

fn text(words: &str) -> Content {
    Content::Text(Words::new(words))
}

fn a_command(name: &str, rest: &str) -> Content {
    Content::Command {
        name: name.to_owned(),
        rest: Words::new(rest),
    }
}

#[test]
fn typed_text_and_commands() {
    for (typed, expected) in [
        ("Vandaag ging het goed.", text("Vandaag ging het goed.")),
        ("", text("")),
        ("/start", a_command("start", "")),
        ("/START", a_command("start", "")),
        ("/Zoek  bed tijd ", a_command("zoek", "bed tijd")),
        ("/zoek\nbedtijd", a_command("zoek", "bedtijd")),
        ("/start@VoelEerstBot", a_command("start", "")),
        ("/zoek@voeleerstbot bed", a_command("zoek", "bed")),
        ("/start deep-link_1", a_command("start", "deep-link_1")),
        ("/hulp!", a_command("hulp", "!")),
        ("/tijd 20:15", a_command("tijd", "20:15")),
        ("/onbekend", a_command("onbekend", "")),
        ("/start@AndereBot", text("/start@AndereBot")),
        ("/start@", text("/start@")),
        ("/", text("/")),
        ("/ hulp", text("/ hulp")),
        ("//hulp", text("//hulp")),
        ("/één", text("/één")),
        ("/café", text("/café")),
        ("/usr/bin", text("/usr/bin")),
        ("en/of", text("en/of")),
        (" /hulp", text(" /hulp")),
        (
            "/a123456789012345678901234567890123",
            text("/a123456789012345678901234567890123"),
        ),
    ] {
        assert_eq!(content(json!({"text": typed})), Some(expected), "{typed}");
    }
}

#[test]
fn before_the_bot_knows_its_name_every_mention_may_be_its_own() {
    assert_eq!(
        command("/start@AndereBot x", None),
        Some(("start".to_owned(), "x".to_owned()))
    );
}

#[test]
fn what_a_message_holds() {
    let file =
        json!({"file_id": "f", "file_unique_id": "u", "file_size": 3, "mime_type": "image/png"});
    let with = |fields: Value| {
        let mut file = file.clone();
        merge(&mut file, fields);
        file
    };
    let voice = |bytes| {
        Content::Voice(VoiceNote {
            file: FileId("f".to_owned()),
            seconds: 2,
            bytes,
        })
    };
    let document = |name: &str| {
        Content::Document(SentFile {
            file: FileId("f".to_owned()),
            name: Words::new(name),
            bytes: Some(3),
        })
    };
    let picture = with(json!({"width": 9, "height": 9}));
    let place = json!({"latitude": 52.1, "longitude": 5.1});
    let clip = with(json!({"width": 9, "height": 9, "duration": 2}));
    let origin = json!({"type": "user", "date": 1_749_000_000, "sender_user": parent()});
    let hidden = json!({"type": "hidden_user", "date": 1_749_000_000, "sender_user_name": "X"});
    for (fields, expected) in [
        (
            json!({"sticker": with(json!({"type": "regular", "width": 9, "height": 9, "is_animated": false, "is_video": false}))}),
            Content::Sticker,
        ),
        (
            json!({"animation": clip, "document": file}),
            Content::Sticker,
        ),
        (
            json!({"dice": {"emoji": "🎲", "value": 3}}),
            Content::Sticker,
        ),
        (
            json!({"photo": [picture], "caption": "Kijk"}),
            Content::Photo,
        ),
        (json!({"video": clip}), Content::Photo),
        (
            json!({"voice": with(json!({"duration": 2}))}),
            voice(Some(3)),
        ),
        (
            json!({"voice": with(json!({"duration": 2, "mime_type": "audio/ogg"})), "caption": "Erbij"}),
            voice(Some(3)),
        ),
        (
            json!({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 2, "mime_type": "audio/ogg"}}),
            voice(None),
        ),
        (
            json!({"video_note": with(json!({"length": 9, "duration": 2}))}),
            Content::Photo,
        ),
        (
            json!({"audio": with(json!({"duration": 2}))}),
            Content::File,
        ),
        (
            json!({"document": with(json!({"file_name": "voel-eerst.json"}))}),
            document("voel-eerst.json"),
        ),
        (json!({"document": file}), document("")),
        (json!({"location": place}), Content::Location),
        (
            json!({"venue": {"location": place, "title": "Park", "address": "Laan 1"}, "location": place}),
            Content::Location,
        ),
        (
            json!({"contact": {"phone_number": "1", "first_name": "X"}}),
            Content::Contact,
        ),
        (
            json!({"game": {"title": "t", "description": "d", "photo": [picture]}}),
            Content::Other,
        ),
        (
            json!({"text": "Van een ander", "forward_origin": origin}),
            Content::Forwarded,
        ),
        (
            json!({"text": "/stop", "forward_origin": hidden}),
            Content::Forwarded,
        ),
        (
            json!({"photo": [picture], "forward_origin": origin}),
            Content::Forwarded,
        ),
        (
            json!({"voice": with(json!({"duration": 2})), "forward_origin": origin}),
            Content::Forwarded,
        ),
        (
            json!({"something_of_next_year": {"text": "x"}}),
            Content::Other,
        ),
    ] {
        assert_eq!(content(fields.clone()), Some(expected), "{fields}");
    }
}

#[test]
fn notes_of_telegram_itself_are_nobodys_message() {
    for fields in [
        json!({"pinned_message": message(json!({"text": "x"}))}),
        json!({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}),
        json!({"connected_website": "voorbeeld.nl"}),
    ] {
        assert_eq!(content(fields.clone()), None, "{fields}");
    }
}

#[test]
fn a_reply_names_the_message_it_replies_to() {
    let replied = json!({
        "message_id": 4, "date": 1_749_000_000, "from": bot(), "chat": private(), "text": "Vraag",
    });
    let incoming = incoming(
        "message",
        message(json!({"text": "Antwoord", "reply_to_message": replied})),
    );
    assert_eq!(
        incoming.event,
        Some(Event::Wrote(Message {
            id: MessageId(10),
            sent: SENT,
            reply_to: Some(MessageId(4)),
            content: text("Antwoord"),
            caption: Words::default(),
        }))
    );
}

/// The caption of a message with these fields.
fn caption(fields: Value) -> Option<Words> {
    match incoming("message", message(fields)).event {
        Some(Event::Wrote(message)) => Some(message.caption),
        _ => None,
    }
}

#[test]
fn what_stands_below_a_photo_or_a_file_comes_along_unless_somebody_else_wrote_it() {
    let with = |fields: Value| {
        let mut file =
            json!({"file_id": "f", "file_unique_id": "u", "file_size": 3, "mime_type": "x/y"});
        merge(&mut file, fields);
        file
    };
    let file = with(json!({}));
    let photo = with(json!({"width": 9, "height": 9}));
    let clip = with(json!({"width": 9, "height": 9, "duration": 2}));
    let sound = with(json!({"duration": 2}));
    for media in [
        json!({"photo": [photo]}),
        json!({"video": clip}),
        json!({"animation": clip, "document": file}),
        json!({"document": file}),
        json!({"voice": sound}),
        json!({"audio": sound}),
    ] {
        let mut with_words = media.clone();
        merge(&mut with_words, json!({"caption": "Kijk dan"}));
        assert_eq!(
            caption(with_words.clone()),
            Some(Words::new("Kijk dan")),
            "{media}"
        );
        assert_eq!(caption(media.clone()), Some(Words::default()), "{media}");
        let origin =
            json!({"type": "hidden_user", "sender_user_name": "Oma", "date": 1_749_000_000});
        merge(&mut with_words, json!({"forward_origin": origin}));
        assert_eq!(caption(with_words), Some(Words::default()), "{media}");
    }
    assert_eq!(caption(json!({"text": "Kijk dan"})), Some(Words::default()));
}

#[test]
fn edits_of_text_and_of_other_things() {
    let file =
        json!({"file_id": "f", "file_unique_id": "u", "file_size": 3, "width": 9, "height": 9});
    for (fields, expected, caption) in [
        (
            json!({"text": "Beter", "edit_date": 1_750_000_009}),
            text("Beter"),
            "",
        ),
        (
            json!({"photo": [file], "caption": "Beter", "edit_date": 1_750_000_009}),
            Content::Photo,
            "Beter",
        ),
    ] {
        let incoming = incoming("edited_message", message(fields));
        assert_eq!(incoming.chat, PARENT);
        assert_eq!(
            incoming.event,
            Some(Event::Edited(Message {
                id: MessageId(10),
                sent: SENT,
                reply_to: None,
                content: expected,
                caption: Words::new(caption),
            }))
        );
    }
}

#[test]
fn taps() {
    let tap = |fields: Value| {
        let mut tap = json!({"id": "55", "from": parent(), "chat_instance": "1", "data": "c:ja"});
        merge(&mut tap, fields);
        incoming("callback_query", tap)
    };
    let tapped = |message| {
        Some(Event::Tapped(Tapped {
            id: "55".to_owned(),
            message,
            data: "c:ja".to_owned(),
        }))
    };
    let carrier = json!({
        "message_id": 8, "date": 1_749_000_000, "from": bot(), "chat": private(), "text": "Vraag",
    });
    let inaccessible = json!({"message_id": 8, "date": 0, "chat": private()});
    for message in [carrier, inaccessible] {
        let incoming = tap(json!({"message": message}));
        assert_eq!(incoming.chat, PARENT);
        assert_eq!(incoming.event, tapped(Some(MessageId(8))));
    }
    let without = tap(json!({}));
    assert_eq!((without.chat, without.event), (PARENT, tapped(None)));

    let in_group = tap(json!({"message": {"message_id": 8, "date": 0, "chat": group()}}));
    assert_eq!((in_group.chat, in_group.event), (GROUP, None));
    let game = tap(json!({"data": null, "game_short_name": "x"}));
    assert_eq!((game.chat, game.event), (PARENT, None));
}

/// A change of what the bot is in a chat.
fn change(chat: Value, old: Value, new: Value) -> Incoming {
    let member = |mut member: Value| {
        merge(&mut member, json!({"user": bot()}));
        member
    };
    incoming(
        "my_chat_member",
        json!({
            "chat": chat, "from": parent(), "date": 1_750_000_000,
            "old_chat_member": member(old), "new_chat_member": member(new),
        }),
    )
}

#[test]
fn leaving_and_coming_back() {
    let member = json!({"status": "member"});
    let kicked = json!({"status": "kicked", "until_date": 0});
    let blocked = change(private(), member.clone(), kicked.clone());
    assert_eq!((blocked.chat, blocked.event), (PARENT, Some(Event::Left)));
    let unblocked = change(private(), kicked, member);
    assert_eq!(
        (unblocked.chat, unblocked.event),
        (PARENT, Some(Event::CameBack))
    );
}

#[test]
fn groups() {
    let left = json!({"status": "left"});
    let member = json!({"status": "member"});
    let added = Some(Event::Wrote(Message {
        id: MessageId(0),
        sent: SENT,
        reply_to: None,
        content: Content::Other,
        caption: Words::default(),
    }));
    let joined = change(group(), left.clone(), member.clone());
    assert_eq!((joined.chat, joined.event), (GROUP, added));
    let gone = change(group(), member, left);
    assert_eq!((gone.chat, gone.event), (GROUP, None));

    let said = |kind: &str, fields: Value| {
        let mut message = message(fields);
        merge(&mut message, json!({"chat": group()}));
        let incoming = incoming(kind, message);
        assert_eq!(incoming.chat, GROUP);
        incoming.event.is_some()
    };
    let ours = json!({
        "message_id": 8, "date": 1_749_000_000, "from": bot(), "chat": group(), "text": "x",
    });
    let anothers = json!({
        "message_id": 8, "date": 1_749_000_000, "from": parent(), "chat": group(), "text": "x",
    });
    for (fields, expected) in [
        (json!({"text": "/start"}), true),
        (json!({"text": "/start@VoelEerstBot"}), true),
        (json!({"text": "/start@AndereBot"}), false),
        (json!({"text": "hoi allemaal"}), false),
        (json!({"text": "hoi bot", "reply_to_message": ours}), true),
        (
            json!({"text": "hoi jij", "reply_to_message": anothers}),
            false,
        ),
        (json!({"new_chat_members": [bot()]}), false),
        (json!({"migrate_to_chat_id": -100_300}), false),
    ] {
        assert_eq!(said("message", fields.clone()), expected, "{fields}");
    }
    assert!(!said("edited_message", json!({"text": "/start"})));
}

#[test]
fn bots_and_channels_are_not_listened_to() {
    let from_bot = incoming("message", message(json!({"text": "x", "from": bot()})));
    assert_eq!((from_bot.chat, from_bot.event), (PARENT, None));

    let channel = json!({"id": -100_900, "type": "channel", "title": "K"});
    let as_channel = message(json!({"text": "/start", "chat": group(), "sender_chat": channel}));
    let as_channel = incoming("message", as_channel);
    assert_eq!((as_channel.chat, as_channel.event), (GROUP, None));

    let post = json!({"message_id": 1, "date": 1_750_000_000, "chat": channel, "text": "/start"});
    let post = incoming("channel_post", post);
    assert_eq!((post.chat, post.event), (Origin::Nowhere, None));
}

#[test]
fn the_language_of_the_app_comes_along() {
    let written = incoming("message", message(json!({"text": "hallo"})));
    assert_eq!(written.language.as_deref(), Some("nl"));
    let from = json!({"id": 4711, "is_bot": false, "first_name": "Saar"});
    let silent = incoming("message", message(json!({"text": "hallo", "from": from})));
    assert_eq!(silent.language, None);
    let from = json!({"id": 4711, "is_bot": false, "first_name": "Saar", "language_code": "pt-br"});
    let tap = json!({"id": "1", "from": from, "chat_instance": "1", "data": "1.x"});
    let tapped = incoming("callback_query", tap);
    assert_eq!(tapped.language.as_deref(), Some("pt-br"));
}

#[test]
fn an_update_that_nobody_can_read_keeps_its_number() {
    let unreadable = update(&json!({"update_id": 77, "holo_message": {"text": "lieve Saar"}}));
    assert_eq!(
        read(unreadable, Some(US)),
        Incoming {
            update: 77,
            chat: Origin::Nowhere,
            language: None,
            event: None,
            unreadable: true,
        }
    );
}

#[test]
fn the_kind_of_an_unreadable_update_is_telegrams_word_or_nothing() {
    for (raw, expected) in [
        (
            json!({"update_id": 1, "holo_message": {"text": "x"}}),
            "holo_message",
        ),
        (json!({"update_id": 1, "Lieve Saar": 1}), "unknown"),
        (json!({"update_id": 1}), "unknown"),
        (json!(null), "unknown"),
    ] {
        assert_eq!(kind_of(&raw), expected);
    }
}
