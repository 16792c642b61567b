//! What goes out, and what comes back.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use super::*;
use crate::{
    conversation::Button,
    parent::Words,
    telegram::testing::{Reply, Script, message},
};

const CHAT: ChatId = ChatId(7);

/// What goes out for an effect, and what comes back.
async fn performed(effect: Effect, answer: &str) -> (String, Result<Option<MessageId>, CallError>) {
    let script = Script::new([Reply::Json(answer.to_owned())]).await;
    let result = script.telegram().perform(CHAT, &effect).await;
    (script.requests().join("\n"), result)
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
async fn a_file_is_asked_for_and_taken() {
    let found = |size: &str| {
        Reply::Json(format!(
            r#"{{"ok":true,"result":{{"file_id":"f","file_unique_id":"u","file_path":"voice/file_3.oga"{size}}}}}"#
        ))
    };
    let sized = |size: usize| found(&format!(r#","file_size":{size}"#));
    let sound = || Reply::Json("OggS hallo".to_owned());
    let here = Ok(Some(PrivateBytes::new(b"OggS hallo".to_vec())));
    let refusal = Reply::Json(
        r#"{"ok":false,"error_code":400,"description":"Bad Request: wrong file_id or the file is temporarily unavailable"}"#
            .to_owned(),
    );
    let gone = Err(CallError::Refused("the file is not there"));
    for (replies, expected, requests) in [
        (vec![sized(10), sound()], here.clone(), 2),
        (vec![found(""), sound()], here, 2),
        // Larger than is wanted: as Telegram says, or as it turns out.
        (vec![sized(11), sound()], Ok(None), 1),
        (
            vec![found(""), Reply::Json("OggS hallo!".to_owned())],
            Ok(None),
            2,
        ),
        // Less than Telegram says, or nothing.
        (vec![sized(9), sound()], Err(CallError::Doubt), 2),
        (
            vec![sized(0), Reply::Json(String::new())],
            Err(CallError::Doubt),
            2,
        ),
        (vec![sized(10), Reply::Cut], Err(CallError::Doubt), 2),
        (vec![sized(10), Reply::Silence], Err(CallError::Doubt), 2),
        (vec![refusal], gone, 1),
    ] {
        let script = Script::new(replies).await;
        let result = script.telegram().fetch(&FileId("f".to_owned()), 10).await;
        assert_eq!(result, expected);
        let seen = script.requests();
        assert_eq!(seen[0], r#"GetFile {"file_id":"f"}"#);
        assert_eq!(seen.len(), requests);
        // teloxide writes the whole path as one piece, which Telegram reads as it is meant.
        let mut taken = seen.iter().skip(1);
        assert!(taken.all(|request| request == "voice%2Ffile_3.oga "));
    }
}

#[test]
fn what_a_servers_status_says_of_a_file() {
    for (status, connecting, expected) in [
        (
            Some(404),
            false,
            CallError::Refused("the file is not there"),
        ),
        (Some(401), false, CallError::Unauthorized),
        (
            Some(429),
            false,
            CallError::RetryAfter(Duration::from_secs(1)),
        ),
        (Some(502), false, CallError::ServerError),
        (None, true, CallError::NotSent),
        (None, false, CallError::Doubt),
    ] {
        assert_eq!(CallError::of_file(status, connecting), expected);
    }
}

#[tokio::test]
async fn introducing_the_bot() {
    let done = || Reply::Json(r#"{"ok":true,"result":true}"#.to_owned());
    let script = Script::new([done(), done(), done(), done()]).await;
    let commands = [("hulp".to_owned(), "Telefoonnummers".to_owned())];
    let result = script.telegram().introduce(&commands, "Kort", "Lang").await;
    assert_eq!(result, Ok(()));
    insta::assert_snapshot!(script.requests().join("\n"), @r#"
DeleteWebhook {"drop_pending_updates":false}
SetMyCommands {"commands":[{"command":"hulp","description":"Telefoonnummers"}]}
SetMyShortDescription {"short_description":"Kort"}
SetMyDescription {"description":"Lang"}
"#);
}
