//! The real client understands every answer, and classifies every refusal.

use teloxide::{
    ApiError, RequestError,
    payloads::{
        EditMessageTextSetters, GetUpdatesSetters, SendMessageSetters, SetMessageReactionSetters,
        SetWebhookSetters,
    },
    requests::Requester,
    types::{
        AllowedUpdate, BotCommand as TeloxideCommand, CallbackQueryId, ChatAction,
        InlineKeyboardButton, InlineKeyboardMarkup, MessageId as TheirMessageId, ReactionType,
        ReplyParameters, UpdateKind, UserId,
    },
};

use super::*;

/// A chat as teloxide names it.
fn theirs(chat: ChatId) -> teloxide::types::ChatId {
    teloxide::types::ChatId(chat.0)
}

#[tokio::test]
async fn every_kind_of_update_is_understood() {
    let (server, anna) = Server::with_anna().await;
    let allowed = [
        AllowedUpdate::Message,
        AllowedUpdate::EditedMessage,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
        AllowedUpdate::MessageReaction,
    ];
    server
        .bot
        .get_updates()
        .allowed_updates(allowed)
        .await
        .unwrap();
    let sent = server
        .bot
        .send_message(theirs(anna), "Kies")
        .reply_markup(InlineKeyboardMarkup::new([[
            InlineKeyboardButton::callback("Ja", "ja"),
        ]]))
        .await
        .unwrap();
    server.api.with(|world| {
        let sent = MessageId(sent.id.0);
        let said = world.say(anna, "hoi", Some(sent)).unwrap();
        world.edit_own(anna, said, "hallo").unwrap();
        world.tap(anna, sent, 0, 0).unwrap();
        world.react(anna, sent, Some("❤")).unwrap();
        for content in [
            Content::Sticker("🙂".into()),
            Content::Photo("De tekening".into()),
            Content::Voice(Voice::new(7, *b"OggS")),
            Content::Document(Document::new("brief.pdf", *b"%PDF")),
            Content::Location(52.09, 5.12),
            Content::Contact("Oma".into(), "+31201234567".into()),
            Content::Poll("Wat eten we?".into(), vec!["Soep".into(), "Brood".into()]),
        ] {
            world.send_content(anna, content).unwrap();
        }
        world.forward(anna, "Oma", "Slaap lekker").unwrap();
        world.set_blocked(anna, true).unwrap();
        world.set_blocked(anna, false).unwrap();
        let group = world.add_group(anna, "Gezin").unwrap();
        world.say_in_group(group, anna, "/hulp", None).unwrap();
    });
    let updates = server
        .bot
        .get_updates()
        .limit(100)
        .timeout(1)
        .await
        .unwrap();
    let names: Vec<&str> = updates
        .iter()
        .map(|update| match &update.kind {
            UpdateKind::Message(message) if message.forward_origin().is_some() => "forwarded",
            UpdateKind::Message(message) if message.text().is_some() => "text",
            UpdateKind::Message(message) if message.sticker().is_some() => "sticker",
            UpdateKind::Message(message) if message.photo().is_some() => "photo",
            UpdateKind::Message(message) if message.voice().is_some() => "voice",
            UpdateKind::Message(message) if message.document().is_some() => "file",
            UpdateKind::Message(message) if message.location().is_some() => "location",
            UpdateKind::Message(message) if message.contact().is_some() => "contact",
            UpdateKind::Message(message) if message.poll().is_some() => "poll",
            UpdateKind::Message(message) if message.new_chat_members().is_some() => "new members",
            UpdateKind::EditedMessage(_) => "edited",
            UpdateKind::CallbackQuery(query) if query.regular_message().is_some() => "tap",
            UpdateKind::MyChatMember(_) => "membership",
            UpdateKind::MessageReaction(_) => "reaction",
            other => panic!("not understood: {other:?}"),
        })
        .collect();
    assert_eq!(
        names,
        [
            "text",
            "edited",
            "tap",
            "reaction",
            "sticker",
            "photo",
            "voice",
            "file",
            "location",
            "contact",
            "poll",
            "forwarded",
            "membership",
            "membership",
            "membership",
            "new members",
            "text"
        ]
    );
}

#[tokio::test]
async fn every_method_is_understood() {
    let (server, anna) = Server::with_anna().await;
    let bot = &server.bot;
    let chat = theirs(anna);
    let me = bot.get_me().await.unwrap();
    assert_eq!(
        (me.username(), me.id),
        (BOT_USERNAME, UserId(u64::try_from(BOT_ID).unwrap()))
    );
    let start = TheirMessageId(1);
    let sent = bot
        .send_message(chat, "Kies")
        .disable_notification(true)
        .reply_parameters(ReplyParameters::new(start).allow_sending_without_reply())
        .reply_markup(InlineKeyboardMarkup::new([[
            InlineKeyboardButton::callback("Ja", "ja"),
            InlineKeyboardButton::url("Lees", "https://telegram.org".parse().unwrap()),
        ]]))
        .await
        .unwrap();
    assert_eq!(sent.reply_to_message().unwrap().text(), Some("/start"));
    let tap = server
        .api
        .with(|world| world.tap_label(anna, MessageId(sent.id.0), "Ja"))
        .unwrap();
    bot.answer_callback_query(CallbackQueryId(tap))
        .await
        .unwrap();
    let markup = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Nee", "nee")]]);
    let edited = bot
        .edit_message_text(chat, sent.id, "Gekozen")
        .reply_markup(markup)
        .await
        .unwrap();
    assert_eq!(
        (edited.text(), edited.edit_date().is_some()),
        (Some("Gekozen"), true)
    );
    assert!(
        bot.edit_message_reply_markup(chat, sent.id)
            .await
            .unwrap()
            .reply_markup()
            .is_none()
    );
    let heart = ReactionType::Emoji {
        emoji: "❤".into()
    };
    bot.set_message_reaction(chat, start)
        .reaction(vec![heart])
        .await
        .unwrap();
    bot.send_chat_action(chat, ChatAction::Typing)
        .await
        .unwrap();
    bot.set_my_commands([TeloxideCommand::new("hulp", "Wat kan ik?")])
        .await
        .unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap().len(), 1);
    bot.delete_my_commands().await.unwrap();
    bot.set_my_description().await.unwrap();
    bot.set_my_short_description().await.unwrap();
    bot.get_my_description().await.unwrap();
    bot.get_chat(chat).await.unwrap();
    // teloxide sends this one as a form.
    bot.set_webhook("https://example.org/hook".parse().unwrap())
        .max_connections(4)
        .await
        .unwrap();
    assert_eq!(
        bot.get_webhook_info().await.unwrap().url.unwrap().as_str(),
        "https://example.org/hook"
    );
    bot.delete_webhook().await.unwrap();
    bot.delete_message(chat, sent.id).await.unwrap();
}

#[tokio::test]
async fn every_refusal_is_classified() {
    let (server, anna) = Server::with_anna().await;
    server.api.with(|world| world.flood.set(false));
    let bot = &server.bot;
    let chat = theirs(anna);
    let api = |error: RequestError| match error {
        RequestError::Api(error) => error,
        other => panic!("an API error expected, found {other:?}"),
    };
    let send = async |text: &str| api(bot.send_message(chat, text).await.unwrap_err());
    assert_eq!(send(" ").await, ApiError::MessageTextIsEmpty);
    assert_eq!(send(&"a".repeat(4097)).await, ApiError::MessageIsTooLong);
    let sent = bot.send_message(chat, "hoi").await.unwrap();
    let edit = async |message: i32, text: &str| {
        api(bot
            .edit_message_text(chat, TheirMessageId(message), text)
            .await
            .unwrap_err())
    };
    assert_eq!(edit(sent.id.0, "hoi").await, ApiError::MessageNotModified);
    assert_eq!(
        edit(sent.id.0, &"a".repeat(4097)).await,
        ApiError::EditedMessageIsTooLong
    );
    assert_eq!(edit(99, "hoi").await, ApiError::MessageToEditNotFound);
    assert_eq!(edit(1, "hoi").await, ApiError::MessageCantBeEdited);
    let missing = bot
        .delete_message(chat, TheirMessageId(99))
        .await
        .unwrap_err();
    assert_eq!(api(missing), ApiError::MessageToDeleteNotFound);
    let reply = bot
        .send_message(chat, "hoi")
        .reply_parameters(ReplyParameters::new(TheirMessageId(99)));
    assert_eq!(
        api(reply.await.unwrap_err()),
        ApiError::MessageToReplyNotFound
    );
    let button = InlineKeyboardButton::callback("Ja", "a".repeat(65));
    let bad = bot
        .send_message(chat, "hoi")
        .reply_markup(InlineKeyboardMarkup::new([[button]]));
    assert_eq!(api(bad.await.unwrap_err()), ApiError::ButtonDataInvalid);
    let nobody = bot
        .send_message(teloxide::types::ChatId(99), "hoi")
        .await
        .unwrap_err();
    assert_eq!(api(nobody), ApiError::ChatNotFound);
    // teloxide knows an older spelling of these two.
    let late = bot
        .answer_callback_query(CallbackQueryId("1".into()))
        .await
        .unwrap_err();
    assert!(matches!(api(late), ApiError::Unknown(text) if text.contains("query is too old")));
    let newcomer = server.api.with(|world| world.add_user("Bram"));
    let early = bot.send_message(theirs(newcomer), "hoi").await.unwrap_err();
    assert!(
        matches!(api(early), ApiError::Unknown(text) if text.contains("can't initiate conversation"))
    );

    server
        .api
        .with(|world| world.set_blocked(anna, true))
        .unwrap();
    assert_eq!(send("hoi").await, ApiError::BotBlocked);
    server.api.with(|world| world.deactivate(anna)).unwrap();
    assert_eq!(send("hoi").await, ApiError::UserDeactivated);
    server.api.with(|world| {
        world.faults.add(Fault::on(
            "getMe",
            Trouble::Refused(Refusal::too_many_requests(7)),
        ))
    });
    let RequestError::RetryAfter(wait) = bot.get_me().await.unwrap_err() else {
        panic!("RetryAfter expected");
    };
    assert_eq!(wait.seconds(), 7);
    let stranger = Bot::new("1:wrong").set_api_url(server.url.parse().unwrap());
    assert_eq!(
        api(stranger.get_me().await.unwrap_err()),
        ApiError::InvalidToken
    );
    for trouble in [Trouble::CutBefore, Trouble::CutAfter] {
        server
            .api
            .with(|world| world.faults.add(Fault::on("getMe", trouble)));
        assert!(matches!(
            bot.get_me().await.unwrap_err(),
            RequestError::Network(_)
        ));
    }
    server
        .api
        .with(|world| world.faults.add(Fault::on("getMe", Trouble::Garbled)));
    assert!(matches!(
        bot.get_me().await.unwrap_err(),
        RequestError::InvalidJson { .. }
    ));
}
