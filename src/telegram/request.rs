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
                if self.rate.is_paid() {
                    request = request.allow_paid_broadcast(true);
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
mod tests;
