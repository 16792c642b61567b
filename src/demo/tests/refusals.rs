//! What Telegram refuses is refused, in its words.

use super::*;

#[tokio::test]
async fn tokens_and_methods() {
    let server = Server::start().await;
    let get = |path: &str| {
        let path = path.to_owned();
        let server = &server;
        async move { server.post(&path, "application/json", "{}").await.0 }
    };
    assert_eq!(get(&format!("bot{TOKEN}/GetMe")).await, 200);
    assert_eq!(get(&format!("bot{TOKEN}/getme")).await, 200);
    assert_eq!(get("bot123:wrong/getMe").await, 401);
    assert_eq!(get("botwrong/getMe").await, 404);
    assert_eq!(get("elsewhere/getMe").await, 404);
    assert_eq!(get("").await, 404);
    assert_eq!(server.refused("getMoon", json!({})).await, "404 Not Found");
    assert_eq!(
        server.refused("getMe", json!({"a": 1})).await,
        "400 Bad Request: unknown field `a`, there are no fields"
    );
}

#[tokio::test]
async fn bodies() {
    let (server, anna) = Server::with_anna().await;
    let path = format!("bot{TOKEN}/sendMessage");
    let post = async |kind: &str, body: String| {
        let (status, body) = server.post(&path, kind, body).await;
        format!(
            "{status} {}",
            serde_json::from_str::<Value>(&body).unwrap()["description"]
        )
    };
    let lone = format!(r#"{{"chat_id":{},"text":"\ud83d"}}"#, anna.0);
    assert!(
        post("application/json", lone)
            .await
            .contains("400 \"Bad Request: can't parse JSON body")
    );
    assert!(
        post("application/json", "[]".into())
            .await
            .contains("an object expected")
    );
    assert!(
        post("text/plain", "hoi".into())
            .await
            .contains("multipart/form-data expected, found text/plain")
    );

    let form = |fields: &[(&str, &str)]| {
        let part = |(name, text): &(&str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        fields.iter().map(part).collect::<String>() + "--x--\r\n"
    };
    let kind = "multipart/form-data; boundary=x";
    let keyboard = r#"{"inline_keyboard":[[{"text":"Ja","callback_data":"ja"}]]}"#;
    let chat = anna.0.to_string();
    let fields = [
        ("chat_id", chat.as_str()),
        ("text", "123"),
        ("disable_notification", "true"),
        ("reply_markup", keyboard),
    ];
    let (status, body) = server.post(&path, kind, form(&fields)).await;
    assert_eq!(status, 200, "{body}");
    server.api.look(|world| {
        let message = world.chat(anna).unwrap().last_from_bot().unwrap();
        assert_eq!(
            (message.text(), message.silent, message.labels()),
            ("123", true, vec!["Ja"])
        );
    });
    assert!(
        post(kind, form(&[("chat_id", &chat), ("tekst", "a")]))
            .await
            .contains("unknown field `tekst`")
    );
    let file = "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.txt\"\r\n\r\nhoi\r\n--x--\r\n";
    assert!(
        post(kind, file.into())
            .await
            .contains("this method takes no file, found one in a")
    );
}

#[tokio::test]
async fn messages() {
    let (server, anna) = Server::with_anna().await;
    server.api.with(|world| world.flood.set(false));
    let refused = async |params: Value| server.refused("sendMessage", params).await;
    assert_eq!(
        refused(json!({"chat_id": anna, "text": " \n"})).await,
        "400 Bad Request: message text is empty"
    );
    assert_eq!(
        refused(json!({"chat_id": anna, "text": "a".repeat(4097)})).await,
        "400 Bad Request: message is too long"
    );
    assert_eq!(
        refused(json!({"text": "a"})).await,
        "400 Bad Request: missing field `chat_id`"
    );
    assert_eq!(
        refused(json!({"chat_id": anna})).await,
        "400 Bad Request: missing field `text`"
    );
    assert_eq!(
        refused(json!({"chat_id": 999, "text": "a"})).await,
        "400 Bad Request: chat not found"
    );
    assert_eq!(
        refused(json!({"chat_id": "@anna", "text": "a"})).await,
        "400 Bad Request: chat not found"
    );
    assert!(
        refused(json!({"chat_id": anna, "text": "a", "parse_mode": "HTML"}))
            .await
            .contains("unknown field `parse_mode`")
    );
    assert!(
        refused(json!({"chat_id": anna, "text": "a", "disable_notification": "ja"}))
            .await
            .contains("expected a boolean")
    );

    let keyboard = |button: Value| json!({"chat_id": anna, "text": "a", "reply_markup": {"inline_keyboard": [[button]]}});
    let long = "a".repeat(65);
    assert_eq!(
        refused(keyboard(json!({"text": "Ja", "callback_data": long}))).await,
        "400 Bad Request: BUTTON_DATA_INVALID"
    );
    assert!(
        refused(keyboard(json!({"text": "Ja", "pay": true})))
            .await
            .contains("unknown field `pay`")
    );
    assert!(
        refused(keyboard(json!({"callback_data": "ja"})))
            .await
            .contains("missing field `text`")
    );

    let reply = |extra: Value| json!({"chat_id": anna, "text": "a", "reply_parameters": extra});
    assert_eq!(
        refused(reply(json!({"message_id": 999}))).await,
        "400 Bad Request: message to be replied not found"
    );
    server
        .done(
            "sendMessage",
            reply(json!({"message_id": 999, "allow_sending_without_reply": true})),
        )
        .await;
    let answer = server
        .done("sendMessage", reply(json!({"message_id": 1})))
        .await;
    assert_eq!(answer["reply_to_message"]["text"], "/start");
}

#[tokio::test]
async fn people_who_cannot_be_reached() {
    let (server, anna) = Server::with_anna().await;
    let newcomer = server.api.with(|world| world.add_user("Bram"));
    let send = async |chat: ChatId| {
        server
            .refused("sendMessage", json!({"chat_id": chat, "text": "a"}))
            .await
    };
    assert_eq!(
        send(newcomer).await,
        "403 Forbidden: bot can't initiate conversation with a user"
    );
    server
        .api
        .with(|world| world.set_blocked(anna, true))
        .unwrap();
    assert_eq!(
        send(anna).await,
        "403 Forbidden: bot was blocked by the user"
    );
    assert_eq!(
        server
            .refused(
                "sendChatAction",
                json!({"chat_id": anna, "action": "typing"})
            )
            .await,
        "403 Forbidden: bot was blocked by the user"
    );
    server
        .api
        .with(|world| world.set_blocked(anna, false))
        .unwrap();
    server.send(anna, "Welkom terug").await;
    server.api.with(|world| world.deactivate(anna)).unwrap();
    assert_eq!(send(anna).await, "403 Forbidden: user is deactivated");
}

#[tokio::test]
async fn edits() {
    let (server, anna) = Server::with_anna().await;
    let message = server.send(anna, "een").await;
    let edit = |text: &str| json!({"chat_id": anna, "message_id": message, "text": text});
    let not_modified = "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a \
                        current content and reply markup of the message";
    assert_eq!(
        server.refused("editMessageText", edit("een")).await,
        not_modified
    );
    assert_eq!(
        server.refused("editMessageText", edit("")).await,
        "400 Bad Request: message text is empty"
    );
    assert_eq!(
        server
            .refused("editMessageText", edit(&"a".repeat(4097)))
            .await,
        "400 Bad Request: MESSAGE_TOO_LONG"
    );
    let edited = server.done("editMessageText", edit("twee")).await;
    assert_eq!(
        (&edited["text"], edited["edit_date"].is_i64()),
        (&json!("twee"), true)
    );

    let buttons = json!({"chat_id": anna, "message_id": message, "reply_markup": {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}});
    let edited = server.done("editMessageReplyMarkup", buttons.clone()).await;
    assert_eq!(
        edited["reply_markup"]["inline_keyboard"][0][0]["text"],
        "Ja"
    );
    assert_eq!(edited["text"], "twee");
    assert_eq!(
        server.refused("editMessageReplyMarkup", buttons).await,
        not_modified
    );
    let none =
        json!({"chat_id": anna, "message_id": message, "reply_markup": {"inline_keyboard": []}});
    assert_eq!(
        server.done("editMessageReplyMarkup", none.clone()).await["reply_markup"],
        Value::Null
    );
    assert_eq!(
        server.refused("editMessageReplyMarkup", none).await,
        not_modified
    );

    let missing = json!({"chat_id": anna, "message_id": 999, "text": "a"});
    assert_eq!(
        server.refused("editMessageText", missing).await,
        "400 Bad Request: message to edit not found"
    );
    let annas = json!({"chat_id": anna, "message_id": 1, "text": "a"});
    assert_eq!(
        server.refused("editMessageText", annas).await,
        "400 Bad Request: message can't be edited"
    );
}

#[tokio::test]
async fn deletions() {
    let (server, anna) = Server::with_anna().await;
    let message = server.send(anna, "weg ermee").await;
    let delete = |message: MessageId| json!({"chat_id": anna, "message_id": message});
    server.done("deleteMessage", delete(message)).await;
    assert_eq!(
        server.refused("deleteMessage", delete(message)).await,
        "400 Bad Request: message to delete not found"
    );
    // In a private chat a bot may take away what the other side wrote, too.
    server.done("deleteMessage", delete(MessageId(1))).await;

    server.clock.advance(Duration::from_secs(1));
    let message = server.send(anna, "oud").await;
    server.clock.advance(Duration::from_secs(48 * 3600));
    let refused = server.refused("deleteMessage", delete(message)).await;
    assert_eq!(
        refused,
        "400 Bad Request: message can't be deleted for everyone"
    );

    let (group, said) = server.api.with(|world| {
        let group = world.add_group(anna, "Gezin").unwrap();
        (
            group,
            world.say_in_group(group, anna, "/hulp", None).unwrap(),
        )
    });
    let refused = server
        .refused(
            "deleteMessage",
            json!({"chat_id": group, "message_id": said}),
        )
        .await;
    assert_eq!(refused, "400 Bad Request: message can't be deleted");
}

#[tokio::test]
async fn reactions() {
    let (server, anna) = Server::with_anna().await;
    let react = |message: i32, emoji: &[&str]| {
        let reaction: Vec<_> = emoji
            .iter()
            .map(|emoji| json!({"type": "emoji", "emoji": emoji}))
            .collect();
        json!({"chat_id": anna, "message_id": message, "reaction": reaction})
    };
    let on_start = |world: &World| world.message(anna, MessageId(1)).unwrap().reaction.clone();
    server.done("setMessageReaction", react(1, &["❤"])).await;
    assert_eq!(server.api.look(on_start).as_deref(), Some("❤"));
    assert_eq!(
        server
            .refused("setMessageReaction", react(1, &["🧀"]))
            .await,
        "400 Bad Request: REACTION_INVALID"
    );
    assert_eq!(
        server
            .refused("setMessageReaction", react(1, &["❤", "👍"]))
            .await,
        "400 Bad Request: REACTIONS_TOO_MANY"
    );
    assert_eq!(
        server.refused("setMessageReaction", react(9, &["❤"])).await,
        "400 Bad Request: message to react not found"
    );
    server.done("setMessageReaction", react(1, &[])).await;
    assert_eq!(server.api.look(on_start), None);
}

#[tokio::test]
async fn taps_are_answered_once_and_in_time() {
    let (server, anna) = Server::with_anna().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]});
    let sent = server
        .done(
            "sendMessage",
            json!({"chat_id": anna, "text": "?", "reply_markup": keyboard}),
        )
        .await;
    let message = MessageId(i32::try_from(sent["message_id"].as_i64().unwrap()).unwrap());
    let tap = || {
        server
            .api
            .with(|world| world.tap_label(anna, message, "Ja"))
            .unwrap()
    };
    let answer =
        |tap: &str, text: &str| json!({"callback_query_id": tap, "text": text, "show_alert": true});
    let too_old =
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid";

    let first = tap();
    let refused = server
        .refused("answerCallbackQuery", answer(&first, &"a".repeat(201)))
        .await;
    assert_eq!(refused, "400 Bad Request: MESSAGE_TOO_LONG");
    assert_eq!(server.api.look(|world| world.open_taps().count()), 1);
    server
        .done("answerCallbackQuery", answer(&first, "Gelukt"))
        .await;
    assert_eq!(
        server
            .refused("answerCallbackQuery", answer(&first, "Gelukt"))
            .await,
        too_old
    );
    server.api.look(|world| {
        let toasts = &world.chat(anna).unwrap().toasts;
        assert_eq!(
            (toasts.len(), toasts[0].text.as_str(), toasts[0].alert),
            (1, "Gelukt", true)
        );
        assert_eq!(world.open_taps().count(), 0);
    });

    let late = tap();
    server.clock.advance(TAP_LIVES);
    let on_time = tap();
    server.done("answerCallbackQuery", answer(&late, "")).await;
    server.clock.advance(TAP_LIVES + Duration::from_millis(1));
    assert_eq!(
        server
            .refused("answerCallbackQuery", answer(&on_time, ""))
            .await,
        too_old
    );
    assert_eq!(
        server
            .refused("answerCallbackQuery", answer("none", ""))
            .await,
        too_old
    );
    assert_eq!(
        server
            .api
            .look(|world| world.chat(anna).unwrap().toasts.len()),
        1
    );
}

#[tokio::test]
async fn floods() {
    let (server, anna) = Server::with_anna().await;
    server.send(anna, "een").await;
    let (status, body) = server
        .call("sendMessage", json!({"chat_id": anna, "text": "twee"}))
        .await;
    assert_eq!(status, 429);
    assert_eq!(
        body,
        json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}})
    );
    server.clock.advance(Duration::from_secs(1));
    server.send(anna, "twee").await;
    server.api.with(|world| world.flood.set(false));
    server.send(anna, "drie").await;
}

#[tokio::test]
async fn what_the_bot_says_about_itself() {
    let (server, anna) = Server::with_anna().await;
    let list = json!([{"command": "hulp", "description": "Wat kan ik?"}]);
    server
        .done(
            "setMyCommands",
            json!({"commands": list, "scope": {"type": "all_private_chats"}}),
        )
        .await;
    assert_eq!(server.done("getMyCommands", json!({})).await, json!([]));
    assert_eq!(
        server
            .done(
                "getMyCommands",
                json!({"scope": {"type": "all_private_chats"}})
            )
            .await,
        list
    );
    server
        .api
        .look(|world| assert_eq!(world.profile().menu(anna, "nl")[0].command, "hulp"));
    server
        .done(
            "deleteMyCommands",
            json!({"scope": {"type": "all_private_chats"}}),
        )
        .await;
    server
        .api
        .look(|world| assert!(world.profile().menu(anna, "nl").is_empty()));
    let bad = json!({"commands": [{"command": "Hulp", "description": "x"}]});
    assert_eq!(
        server.refused("setMyCommands", bad).await,
        "400 Bad Request: BOT_COMMAND_INVALID"
    );

    server
        .done("setMyDescription", json!({"description": "Lang"}))
        .await;
    server
        .done(
            "setMyShortDescription",
            json!({"short_description": "Kort", "language_code": "nl"}),
        )
        .await;
    assert_eq!(
        server
            .done("getMyDescription", json!({"language_code": "nl"}))
            .await["description"],
        "Lang"
    );
    assert_eq!(
        server
            .done("getMyShortDescription", json!({"language_code": "nl"}))
            .await["short_description"],
        "Kort"
    );
    let long = json!({"short_description": "a".repeat(121)});
    assert!(
        server
            .refused("setMyShortDescription", long)
            .await
            .contains("at most 120 characters")
    );
    let long = json!({"description": "a".repeat(513)});
    assert!(
        server
            .refused("setMyDescription", long)
            .await
            .contains("at most 512 characters")
    );
}

#[tokio::test]
async fn typing() {
    let (server, anna) = Server::with_anna().await;
    let typing = |world: &World| world.chat(anna).unwrap().typing_until > server.clock.uptime();
    server
        .done(
            "sendChatAction",
            json!({"chat_id": anna, "action": "typing"}),
        )
        .await;
    assert!(server.api.look(typing));
    server.send(anna, "hoi").await;
    assert!(!server.api.look(typing));
    server
        .done(
            "sendChatAction",
            json!({"chat_id": anna, "action": "typing"}),
        )
        .await;
    server.clock.advance(Duration::from_secs(5));
    assert!(!server.api.look(typing));
    assert!(
        server
            .refused(
                "sendChatAction",
                json!({"chat_id": anna, "action": "dance"})
            )
            .await
            .contains("unknown variant `dance`")
    );
}
