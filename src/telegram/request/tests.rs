#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use super::*;
use crate::{
    conversation::Button,
    parent::{PrivateBytes, Words},
    telegram::{
        Introduction,
        testing::{Reply, Script, message},
    },
};

const CHAT: ChatId = ChatId(7);

/// What goes out for an effect, and what comes back.
async fn performed(effect: Effect, answer: &str) -> (String, Result<Option<MessageId>, CallError>) {
    let script = Script::new([Reply::Json(answer.to_owned())]).await;
    let telegram = script.telegram();
    let result = telegram.perform(CHAT, &effect).await;
    let went_out = script.requests().join("\n");
    let wire = telegram.request(CHAT, &effect).ok().unwrap().wire();
    let (method, params) = went_out.split_once(' ').unwrap();
    assert_eq!(wire.method, method);
    assert_eq!(wire.params, params.parse::<Value>().unwrap());
    (went_out, result)
}

fn keyboard() -> Keyboard {
    Keyboard(vec![
        vec![
            Button {
                label: "Ja".to_owned(),
                action: Action::Data("c:ja".to_owned()),
            },
            Button {
                label: "Nee".to_owned(),
                action: Action::Data("c:nee".to_owned()),
            },
        ],
        vec![Button {
            label: "Lees meer".to_owned(),
            action: Action::Url("https://voorbeeld.nl/a?b=c".to_owned()),
        }],
    ])
}

#[tokio::test]
async fn a_message_goes_out_as_plain_text() {
    let effect = Effect::Send {
        text: Words::new("Dag <b>Saar</b> *lief* https://voorbeeld.nl"),
        keyboard: Keyboard::default(),
        silent: false,
        reply_to: None,
    };
    let (request, result) = performed(effect, &message(41)).await;
    assert_eq!(result, Ok(Some(MessageId(41))));
    insta::assert_snapshot!(request, @r#"SendMessage {"chat_id":7,"text":"Dag <b>Saar</b> *lief* https://voorbeeld.nl","link_preview_options":{"is_disabled":true}}"#);
}

#[tokio::test]
async fn a_message_with_everything() {
    let effect = Effect::Send {
        text: Words::new("Kies maar"),
        keyboard: keyboard(),
        silent: true,
        reply_to: Some(MessageId(12)),
    };
    let (request, result) = performed(effect, &message(42)).await;
    assert_eq!(result, Ok(Some(MessageId(42))));
    insta::assert_snapshot!(request, @r#"SendMessage {"chat_id":7,"text":"Kies maar","link_preview_options":{"is_disabled":true},"disable_notification":true,"reply_parameters":{"message_id":12,"allow_sending_without_reply":true},"reply_markup":{"inline_keyboard":[[{"text":"Ja","callback_data":"c:ja"},{"text":"Nee","callback_data":"c:nee"}],[{"text":"Lees meer","url":"https://voorbeeld.nl/a?b=c"}]]}}"#);
}

#[tokio::test]
async fn a_bot_that_pays_says_so_with_every_new_message_and_with_nothing_else() {
    let file = crate::export::File {
        name: "voel-eerst.json".to_owned(),
        content: PrivateBytes::new(b"{}".to_vec()),
    };
    let sound = PrivateBytes::new(b"OggS".to_vec());
    for (rate, paid) in [("30", false), ("31", true), ("none", false)] {
        let script = Script::new((0..5).map(|id| Reply::Json(message(id)))).await;
        let telegram = script.telegram().at(rate.parse().unwrap());
        let send = Effect::Send {
            text: Words::new("Dag"),
            keyboard: Keyboard::default(),
            silent: false,
            reply_to: None,
        };
        let edit = Effect::Edit {
            message: MessageId(5),
            text: Words::new("Anders"),
            keyboard: keyboard(),
        };
        telegram.perform(CHAT, &send).await.unwrap();
        telegram.perform(CHAT, &edit).await.unwrap();
        telegram.send_file(CHAT, &file, None).await.unwrap();
        telegram.send_voice(CHAT, &sound, 7).await.unwrap();
        let requests = script.requests();
        let says_so = |request: &String| request.contains("allow_paid_broadcast");
        let said: Vec<bool> = requests.iter().map(says_so).collect();
        assert_eq!(said, [paid, false, paid, paid]);
    }
}

#[tokio::test]
async fn an_edit() {
    let effect = Effect::Edit {
        message: MessageId(5),
        text: Words::new("Anders"),
        keyboard: keyboard(),
    };
    let (request, result) = performed(effect, &message(5)).await;
    assert_eq!(result, Ok(None));
    insta::assert_snapshot!(request, @r#"EditMessageText {"chat_id":7,"message_id":5,"text":"Anders","link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[[{"text":"Ja","callback_data":"c:ja"},{"text":"Nee","callback_data":"c:nee"}],[{"text":"Lees meer","url":"https://voorbeeld.nl/a?b=c"}]]}}"#);
}

#[tokio::test]
async fn no_buttons_take_the_buttons_away() {
    let effect = Effect::Buttons {
        message: MessageId(5),
        keyboard: Keyboard::default(),
    };
    let (request, result) = performed(effect, &message(5)).await;
    assert_eq!(result, Ok(None));
    insta::assert_snapshot!(request, @r#"EditMessageReplyMarkup {"chat_id":7,"message_id":5,"reply_markup":{"inline_keyboard":[]}}"#);
}

#[tokio::test]
async fn a_heart_has_no_variation_selector() {
    let effect = Effect::Heart {
        message: MessageId(5),
    };
    let (request, result) = performed(effect, r#"{"ok":true,"result":true}"#).await;
    assert_eq!(result, Ok(None));
    assert!(!request.contains('\u{fe0f}'));
    insta::assert_snapshot!(request, @r#"SetMessageReaction {"chat_id":7,"message_id":5,"reaction":[{"type":"emoji","emoji":"❤"}]}"#);
}

#[tokio::test]
async fn a_chat_gets_a_menu_of_its_own_and_gives_it_back() {
    let done = r#"{"ok":true,"result":true}"#;
    let commands = vec![("help".to_owned(), "Numbers".to_owned())];
    let (request, result) = performed(Effect::Commands { commands }, done).await;
    assert_eq!(result, Ok(None));
    insta::assert_snapshot!(request, @r#"SetMyCommands {"commands":[{"command":"help","description":"Numbers"}],"scope":{"type":"chat","chat_id":7}}"#);
    let commands = Vec::new();
    let (request, result) = performed(Effect::Commands { commands }, done).await;
    assert_eq!(result, Ok(None));
    insta::assert_snapshot!(request, @r#"DeleteMyCommands {"scope":{"type":"chat","chat_id":7}}"#);
}

#[tokio::test]
async fn a_tap_is_answered_with_and_without_a_line() {
    for (toast, expected) in [
        (None, r#"AnswerCallbackQuery {"callback_query_id":"99"}"#),
        (
            Some(Words::new("Bewaard")),
            r#"AnswerCallbackQuery {"callback_query_id":"99","text":"Bewaard"}"#,
        ),
    ] {
        let effect = Effect::Answer {
            tap: "99".to_owned(),
            toast,
        };
        let (request, result) = performed(effect, r#"{"ok":true,"result":true}"#).await;
        assert_eq!(result, Ok(None));
        assert_eq!(request, expected);
    }
}

#[tokio::test]
async fn a_button_that_leads_nowhere_is_refused_before_anything_goes_out() {
    let script = Script::new([]).await;
    let effect = Effect::Buttons {
        message: MessageId(5),
        keyboard: Keyboard(vec![vec![Button {
            label: "Lees".to_owned(),
            action: Action::Url("geen adres".to_owned()),
        }]]),
    };
    let result = script.telegram().perform(CHAT, &effect).await;
    assert!(matches!(result, Err(CallError::Refused(_))));
    assert_eq!(script.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_wire_does_to_a_call() {
    let effect = Effect::Heart {
        message: MessageId(5),
    };
    for (reply, expected) in [
        (Reply::Cut, CallError::Doubt),
        (Reply::Silence, CallError::Doubt),
        (Reply::Json(String::new()), CallError::Doubt),
        (
            Reply::Json(
                r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":9}}"#
                    .to_owned(),
            ),
            CallError::RetryAfter(Duration::from_secs(9)),
        ),
    ] {
        let script = Script::new([reply]).await;
        let result = script.telegram().perform(CHAT, &effect).await;
        assert_eq!(result, Err(expected));
    }
}

#[tokio::test]
async fn nobody_at_home_means_certainly_not_done() {
    let script = Script::new([]).await;
    let telegram = script.telegram();
    script.close().await;
    let effect = Effect::Heart {
        message: MessageId(5),
    };
    assert_eq!(
        telegram.perform(CHAT, &effect).await,
        Err(CallError::NotSent)
    );
}

#[tokio::test]
async fn introducing_the_bot() {
    let done = || Reply::Json(r#"{"ok":true,"result":true}"#.to_owned());
    let script = Script::new([done(), done(), done(), done(), done(), done()]).await;
    let introduction = |language: Option<&str>, command: &str| Introduction {
        language: language.map(str::to_owned),
        commands: vec![(command.to_owned(), "Telefoonnummers".to_owned())],
        short_description: "Kort".to_owned(),
        description: "Lang".to_owned(),
    };
    let introductions = [introduction(None, "help"), introduction(Some("nl"), "hulp")];
    let result = script.telegram().introduce(&introductions).await;
    assert_eq!(result, Ok(()));
    insta::assert_snapshot!(script.requests().join("\n"), @r#"
SetMyCommands {"commands":[{"command":"help","description":"Telefoonnummers"}]}
SetMyShortDescription {"short_description":"Kort"}
SetMyDescription {"description":"Lang"}
SetMyCommands {"commands":[{"command":"hulp","description":"Telefoonnummers"}],"language_code":"nl"}
SetMyShortDescription {"short_description":"Kort","language_code":"nl"}
SetMyDescription {"description":"Lang","language_code":"nl"}
"#);
}
