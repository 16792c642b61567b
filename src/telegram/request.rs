//! An effect becomes a request.

use serde::Serialize;
use serde_json::Value;
use teloxide::{
    RequestError,
    payloads::{
        AnswerCallbackQuery, AnswerCallbackQuerySetters, DeleteMyCommands, DeleteMyCommandsSetters,
        EditMessageReplyMarkup, EditMessageReplyMarkupSetters, EditMessageText,
        EditMessageTextSetters, SendMessage, SendMessageSetters, SetMessageReaction,
        SetMessageReactionSetters, SetMyCommands, SetMyCommandsSetters,
    },
    requests::{HasPayload, JsonRequest, Payload, Requester},
    types::{
        BotCommandScope, CallbackQueryId, ChatId as TelegramChatId, InlineKeyboardButton,
        InlineKeyboardMarkup, LinkPreviewOptions, MessageId as TelegramMessageId, ReactionType,
        ReplyParameters,
    },
};

use super::{CallError, Telegram, bot_commands};
use crate::{
    conversation::{Action, Effect, Keyboard},
    parent::{ChatId, MessageId},
};

/// U+2764 without the variation selector that keyboards put behind it: with it, Telegram refuses the reaction.
const HEART: &str = "\u{2764}";

/// A parent's words may hold addresses; nobody asked for a picture of what is behind them.
const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

/// A call as it goes over the wire: the method, and its parameters as JSON. It holds a parent's words, so it cannot be printed.
pub struct Wire {
    /// The method's name. Telegram reads it without regard to case.
    pub method: &'static str,
    /// The parameters.
    pub params: Value,
}

impl Wire {
    pub(super) fn of<P: Payload + Serialize>(request: &JsonRequest<P>) -> Self {
        // Every payload is a struct of strings, numbers and lists, which JSON can say.
        let params = serde_json::to_value(request.payload_ref()).unwrap_or_default();
        Self {
            method: P::NAME,
            params,
        }
    }
}

/// A call that is ready to go out.
pub struct Request(Ready);

enum Ready {
    Send(JsonRequest<SendMessage>),
    Edit(JsonRequest<EditMessageText>),
    Buttons(JsonRequest<EditMessageReplyMarkup>),
    Heart(JsonRequest<SetMessageReaction>),
    Commands(JsonRequest<SetMyCommands>),
    NoCommands(JsonRequest<DeleteMyCommands>),
    Answer(JsonRequest<AnswerCallbackQuery>),
}

impl Request {
    /// The call as it goes over the wire, for whoever brings it to a Bot API without one.
    pub fn wire(&self) -> Wire {
        match &self.0 {
            Ready::Send(request) => Wire::of(request),
            Ready::Edit(request) => Wire::of(request),
            Ready::Buttons(request) => Wire::of(request),
            Ready::Heart(request) => Wire::of(request),
            Ready::Commands(request) => Wire::of(request),
            Ready::NoCommands(request) => Wire::of(request),
            Ready::Answer(request) => Wire::of(request),
        }
    }

    async fn go(self) -> Result<Option<MessageId>, RequestError> {
        match self.0 {
            Ready::Send(request) => return Ok(Some(MessageId(request.await?.id.0))),
            Ready::Edit(request) => drop(request.await?),
            Ready::Buttons(request) => drop(request.await?),
            Ready::Heart(request) => drop(request.await?),
            Ready::Commands(request) => drop(request.await?),
            Ready::NoCommands(request) => drop(request.await?),
            Ready::Answer(request) => drop(request.await?),
        }
        Ok(None)
    }
}

impl Telegram {
    /// Does one thing in a chat, with one call. Returns the number of the message when a new one was sent.
    ///
    /// Text goes out without a parse mode and without entities, so nothing in it can become markup. A document has to be made first, and goes out
    /// by [`Telegram::send_file`]; a picture has to be drawn first, and goes out by [`Telegram::send_picture`]; a voice note has to be read first,
    /// and goes out by [`Telegram::send_voice`].
    ///
    /// After a 5xx, teloxide waits 10 seconds of real time before this returns: whoever calls must not make others wait for it.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn perform(
        &self,
        chat: ChatId,
        effect: &Effect,
    ) -> Result<Option<MessageId>, CallError> {
        Ok(self.request(chat, effect)?.go().await?)
    }

    /// The one call that [`Telegram::perform`] makes.
    ///
    /// # Errors
    /// [`CallError::Refused`] for what cannot go out in this way, and for buttons that lead nowhere.
    pub fn request(&self, chat: ChatId, effect: &Effect) -> Result<Request, CallError> {
        let chat = TelegramChatId(chat.0);
        let ready = match effect {
            Effect::Send {
                text,
                keyboard,
                silent,
                reply_to,
            } => {
                let mut request = self
                    .bot
                    .send_message(chat, text.reveal())
                    .link_preview_options(NO_PREVIEW);
                if !keyboard.0.is_empty() {
                    request = request.reply_markup(markup(keyboard)?);
                }
                if *silent {
                    request = request.disable_notification(true);
                }
                if let Some(message) = reply_to {
                    let reply = ReplyParameters::new(TelegramMessageId(message.0));
                    request = request.reply_parameters(reply.allow_sending_without_reply());
                }
                Ready::Send(request)
            }
            Effect::Edit {
                message,
                text,
                keyboard,
            } => {
                let message = TelegramMessageId(message.0);
                let request = self.bot.edit_message_text(chat, message, text.reveal());
                let request = request.link_preview_options(NO_PREVIEW);
                Ready::Edit(request.reply_markup(markup(keyboard)?))
            }
            Effect::Buttons { message, keyboard } => {
                let message = TelegramMessageId(message.0);
                let request = self.bot.edit_message_reply_markup(chat, message);
                Ready::Buttons(request.reply_markup(markup(keyboard)?))
            }
            Effect::Document { .. } => {
                return Err(CallError::Refused(
                    "a document has to be made before it can be sent",
                ));
            }
            Effect::Picture { .. } => {
                return Err(CallError::Refused(
                    "a picture has to be drawn before it can be sent",
                ));
            }
            Effect::Voice { .. } => {
                return Err(CallError::Refused(
                    "a voice note has to be read before it can be sent",
                ));
            }
            Effect::Fetch(_) => return Err(CallError::Refused("what is fetched is not sent")),
            Effect::Heart { message } => {
                let heart = ReactionType::Emoji {
                    emoji: HEART.to_owned(),
                };
                let message = TelegramMessageId(message.0);
                let request = self.bot.set_message_reaction(chat, message);
                Ready::Heart(request.reaction([heart]))
            }
            Effect::Commands { commands } => {
                let scope = BotCommandScope::Chat {
                    chat_id: chat.into(),
                };
                if commands.is_empty() {
                    Ready::NoCommands(self.bot.delete_my_commands().scope(scope))
                } else {
                    let commands = bot_commands(commands);
                    Ready::Commands(self.bot.set_my_commands(commands).scope(scope))
                }
            }
            Effect::Answer { tap, toast } => {
                let mut request = self.bot.answer_callback_query(CallbackQueryId(tap.clone()));
                if let Some(toast) = toast {
                    request = request.text(toast.reveal());
                }
                Ready::Answer(request)
            }
        };
        Ok(Request(ready))
    }
}

fn markup(keyboard: &Keyboard) -> Result<InlineKeyboardMarkup, CallError> {
    let rows = keyboard.0.iter().map(|row| {
        row.iter()
            .map(|button| match &button.action {
                Action::Data(data) => Ok(InlineKeyboardButton::callback(&button.label, data)),
                Action::Url(url) => url
                    .parse()
                    .map(|url| InlineKeyboardButton::url(&button.label, url))
                    .map_err(|_| CallError::Refused("a button's address is not one")),
            })
            .collect::<Result<Vec<_>, _>>()
    });
    Ok(InlineKeyboardMarkup::new(
        rows.collect::<Result<Vec<_>, _>>()?,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        conversation::Button,
        parent::Words,
        telegram::{
            Introduction,
            testing::{Reply, Script, message},
        },
    };

    const CHAT: ChatId = ChatId(7);

    /// What goes out for an effect, and what comes back.
    async fn performed(
        effect: Effect,
        answer: &str,
    ) -> (String, Result<Option<MessageId>, CallError>) {
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
}
