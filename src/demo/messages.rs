//! What the bot can do in a chat: one type per method, which names every parameter it takes, so that all others are refused.

use std::time::Duration;

use serde::Deserialize;

use super::{
    Refusal, World,
    chats::{Author, Content, Message, Toast},
    flood::Counted,
    methods::Done,
    params::{ChatRef, Params},
    rules::{self, InlineKeyboard, Reaction},
    world::TAP_LIVES,
};
use crate::parent::{ChatId, MessageId};

/// How long one `sendChatAction` shows, as the documentation says.
const TYPING_SHOWS: Duration = Duration::from_secs(5);

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current \
     content and reply markup of the message";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendMessage {
    chat_id: ChatRef,
    text: String,
    #[serde(default)]
    disable_notification: bool,
    /// Shown nowhere here, but it must be of the right type.
    #[serde(default, rename = "protect_content")]
    _protect_content: bool,
    #[serde(default, rename = "link_preview_options")]
    _link_preview_options: LinkPreviewOptions,
    reply_parameters: Option<ReplyParameters>,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyParameters {
    message_id: i32,
    #[serde(default)]
    allow_sending_without_reply: bool,
}

/// Previews are not drawn here, so only the types are checked.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkPreviewOptions {
    #[serde(default, rename = "is_disabled")]
    _is_disabled: bool,
    #[serde(default, rename = "prefer_small_media")]
    _prefer_small_media: bool,
    #[serde(default, rename = "prefer_large_media")]
    _prefer_large_media: bool,
    #[serde(default, rename = "show_above_text")]
    _show_above_text: bool,
    #[serde(rename = "url")]
    _url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditMessageText {
    chat_id: ChatRef,
    message_id: i32,
    text: String,
    #[serde(default, rename = "link_preview_options")]
    _link_preview_options: LinkPreviewOptions,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditMessageReplyMarkup {
    chat_id: ChatRef,
    message_id: i32,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteMessage {
    chat_id: ChatRef,
    message_id: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetMessageReaction {
    chat_id: ChatRef,
    message_id: i32,
    #[serde(default)]
    reaction: Vec<Reaction>,
    #[serde(default, rename = "is_big")]
    _is_big: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerCallbackQuery {
    callback_query_id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    show_alert: bool,
    #[serde(default, rename = "cache_time")]
    _cache_time: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendChatAction {
    chat_id: ChatRef,
    action: ChatAction,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChatAction {
    Typing,
    UploadPhoto,
    RecordVideo,
    UploadVideo,
    RecordVoice,
    UploadVoice,
    UploadDocument,
    ChooseSticker,
    FindLocation,
    RecordVideoNote,
    UploadVideoNote,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetChat {
    chat_id: ChatRef,
}

impl World {
    pub(super) fn send_message(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SendMessage = params.read()?;
        let text = rules::new_text(&call.text)?;
        rules::keyboard(&call.reply_markup)?;
        self.deliver(
            Content::Text(text),
            &call.chat_id,
            call.reply_parameters.as_ref(),
            call.reply_markup,
            call.disable_notification,
        )
    }

    /// Puts what the bot sends into a chat, and answers with it as the real server does.
    pub(super) fn deliver(
        &mut self,
        content: Content,
        to: &ChatRef,
        reply: Option<&ReplyParameters>,
        keyboard: InlineKeyboard,
        silent: bool,
    ) -> Result<Done, Refusal> {
        let chat = self.reachable(to)?;
        let reply_to = self.replied(chat, reply)?;
        self.flood
            .count(Counted::Message, chat, self.clock.uptime())?;
        let message = self.put(chat, Author::Bot, content);
        message.reply_to = reply_to;
        message.keyboard = keyboard;
        message.silent = silent;
        let id = message.id;
        self.chat_mut(chat).typing_until = Duration::ZERO;
        Ok(Done::Message(chat, id))
    }

    fn replied(
        &self,
        chat: ChatId,
        reply: Option<&ReplyParameters>,
    ) -> Result<Option<MessageId>, Refusal> {
        let Some(reply) = reply else {
            return Ok(None);
        };
        let id = MessageId(reply.message_id);
        if self.message(chat, id).is_some() {
            Ok(Some(id))
        } else if reply.allow_sending_without_reply {
            Ok(None)
        } else {
            Err(Refusal::bad_request("message to be replied not found"))
        }
    }

    pub(super) fn edit_message_text(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: EditMessageText = params.read()?;
        let text = rules::edited_text(&call.text)?;
        self.edit(
            &call.chat_id,
            call.message_id,
            Some(text),
            call.reply_markup,
        )
    }

    pub(super) fn edit_message_reply_markup(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: EditMessageReplyMarkup = params.read()?;
        self.edit(&call.chat_id, call.message_id, None, call.reply_markup)
    }

    /// Buttons that are not given are taken away, as the real server does.
    fn edit(
        &mut self,
        chat: &ChatRef,
        message: i32,
        text: Option<String>,
        keyboard: InlineKeyboard,
    ) -> Result<Done, Refusal> {
        rules::keyboard(&keyboard)?;
        let keyboard = if keyboard.is_empty() {
            InlineKeyboard::default()
        } else {
            keyboard
        };
        let chat = self.reachable(chat)?;
        let id = MessageId(message);
        let message = self
            .message(chat, id)
            .ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
        if message.from != Author::Bot {
            return Err(Refusal::bad_request("message can't be edited"));
        }
        if text.is_some() && message.content.text().is_none() {
            return Err(Refusal::bad_request(
                "there is no text in the message to edit",
            ));
        }
        let same_text = text.as_ref().is_none_or(|text| text == message.text());
        if same_text && keyboard == message.keyboard {
            return Err(Refusal::bad_request(NOT_MODIFIED));
        }
        self.flood.count(Counted::Edit, chat, self.clock.uptime())?;
        let now = self.clock.now();
        if let Some(message) = self.message_mut(chat, id) {
            message.keyboard = keyboard;
            if let Some(text) = text {
                message.content = Content::Text(text);
                message.edited = Some(now);
            }
        }
        Ok(Done::Message(chat, id))
    }

    /// Bots may delete their own messages anywhere, and other people's in private chats, for 48 hours.
    pub(super) fn delete_message(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: DeleteMessage = params.read()?;
        let chat = self.reachable(&call.chat_id)?;
        let id = MessageId(call.message_id);
        let message = self
            .message(chat, id)
            .ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
        let private = self.users.contains_key(&chat);
        if !self.is_recent(message) {
            return Err(Refusal::bad_request(
                "message can't be deleted for everyone",
            ));
        }
        if message.from != Author::Bot && !private {
            return Err(Refusal::bad_request("message can't be deleted"));
        }
        self.chat_mut(chat).messages.remove(&id);
        Ok(true.into())
    }

    /// Whether a message is less than 48 hours old: until then people can edit it, and everybody can take it away from everybody.
    pub(super) fn is_recent(&self, message: &Message) -> bool {
        self.clock.now().duration_since(message.sent) < jiff::SignedDuration::from_hours(48)
    }

    pub(super) fn set_message_reaction(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SetMessageReaction = params.read()?;
        let reaction = rules::reaction(&call.reaction)?;
        let chat = self.reachable(&call.chat_id)?;
        let message = self
            .message_mut(chat, MessageId(call.message_id))
            .ok_or_else(|| Refusal::bad_request("message to react not found"))?;
        message.reaction = reaction;
        Ok(true.into())
    }

    pub(super) fn answer_callback_query(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: AnswerCallbackQuery = params.read()?;
        rules::toast(&call.text)?;
        let now = self.clock.uptime();
        let known =
            |tap: &super::world::Tap| tap.id == call.callback_query_id && now <= tap.at + TAP_LIVES;
        let Some(index) = self.taps.iter().position(known) else {
            return Err(Refusal::bad_request(
                "query is too old and response timeout expired or query ID is invalid",
            ));
        };
        let tap = self.taps.remove(index);
        if !call.text.is_empty() {
            let toast = Toast {
                id: self.next_toast,
                text: call.text,
                alert: call.show_alert,
                at: now,
            };
            self.next_toast += 1;
            self.chat_mut(tap.chat).toasts.push(toast);
        }
        Ok(true.into())
    }

    pub(super) fn send_chat_action(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SendChatAction = params.read()?;
        let chat = self.reachable(&call.chat_id)?;
        let until = self.clock.uptime() + TYPING_SHOWS;
        if call.action == ChatAction::Typing {
            self.chat_mut(chat).typing_until = until;
        }
        Ok(true.into())
    }

    pub(super) fn get_chat(&self, params: &Params) -> Result<Done, Refusal> {
        let call: GetChat = params.read()?;
        let chat = self.reachable(&call.chat_id)?;
        let found = self.chats.get(&chat).map(|chat| self.full_chat_json(chat));
        Ok(found.unwrap_or_default().into())
    }
}
