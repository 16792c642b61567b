//! An effect becomes a request.

use futures::StreamExt;
use teloxide::{
    net::Download,
    payloads::{
        AnswerCallbackQuerySetters, EditMessageReplyMarkupSetters, EditMessageTextSetters,
        SendDocumentSetters, SendMessageSetters, SendPhotoSetters, SendVoiceSetters,
        SetMessageReactionSetters,
    },
    requests::Requester,
    types::{
        CallbackQueryId, ChatId as TelegramChatId, FileId as TelegramFileId, InlineKeyboardButton,
        InlineKeyboardMarkup, InputFile, LinkPreviewOptions, MessageId as TelegramMessageId,
        ReactionType, ReplyParameters,
    },
};
use zeroize::Zeroizing;

use super::{CallError, Telegram, read::size};
use crate::{
    conversation::{Action, Effect, Keyboard},
    export::File,
    parent::{ChatId, FileId, MessageId, PrivateBytes, Words},
    picture::Picture,
};

/// U+2764 without the variation selector that keyboards put behind it: with it, Telegram refuses the reaction.
const HEART: &str = "\u{2764}";

/// What a voice note is called on its way.
const VOICE: &str = "voice.ogg";

/// A parent's words may hold addresses; nobody asked for a picture of what is behind them.
const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

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
        let chat = TelegramChatId(chat.0);
        match effect {
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
                let sent = request.await?;
                Ok(Some(MessageId(sent.id.0)))
            }
            Effect::Edit {
                message,
                text,
                keyboard,
            } => {
                self.bot
                    .edit_message_text(chat, TelegramMessageId(message.0), text.reveal())
                    .link_preview_options(NO_PREVIEW)
                    .reply_markup(markup(keyboard)?)
                    .await?;
                Ok(None)
            }
            Effect::Buttons { message, keyboard } => {
                self.bot
                    .edit_message_reply_markup(chat, TelegramMessageId(message.0))
                    .reply_markup(markup(keyboard)?)
                    .await?;
                Ok(None)
            }
            Effect::Document { .. } => Err(CallError::Refused(
                "a document has to be made before it can be sent",
            )),
            Effect::Picture { .. } => Err(CallError::Refused(
                "a picture has to be drawn before it can be sent",
            )),
            Effect::Voice { .. } => Err(CallError::Refused(
                "a voice note has to be read before it can be sent",
            )),
            Effect::Fetch(_) => Err(CallError::Refused("what is fetched is not sent")),
            Effect::Heart { message } => {
                self.bot
                    .set_message_reaction(chat, TelegramMessageId(message.0))
                    .reaction([ReactionType::Emoji {
                        emoji: HEART.to_owned(),
                    }])
                    .await?;
                Ok(None)
            }
            Effect::Answer { tap, toast } => {
                let mut request = self.bot.answer_callback_query(CallbackQueryId(tap.clone()));
                if let Some(toast) = toast {
                    request = request.text(toast.reveal());
                }
                request.await?;
                Ok(None)
            }
        }
    }

    /// Sends a file out of memory, at most 50 MB, with plain text of at most 1,024 UTF-16 units below it. Returns the number of the message.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_file(
        &self,
        chat: ChatId,
        file: &File,
        caption: Option<&Words>,
    ) -> Result<Option<MessageId>, CallError> {
        let content = file.content.reveal().to_vec();
        let document = InputFile::memory(content).file_name(file.name.clone());
        let mut request = self.bot.send_document(TelegramChatId(chat.0), document);
        if let Some(caption) = caption {
            request = request.caption(caption.reveal());
        }
        let sent = request.await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Sends a picture out of memory, with what it shows in words below it. Returns the number of the message.
    ///
    /// As a photo and not as a document, so that it is seen in the chat, and no file is left in the phone's folder of downloads. Telegram makes a
    /// JPEG of it, and makes it no smaller as long as no side is longer than 1,280 pixels.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_picture(
        &self,
        chat: ChatId,
        picture: Picture,
    ) -> Result<Option<MessageId>, CallError> {
        let photo = InputFile::memory(picture.png.0).file_name(picture.name);
        let request = self.bot.send_photo(TelegramChatId(chat.0), photo);
        let sent = request.caption(picture.caption.reveal()).await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Sends a voice note out of memory, without sound: Ogg with Opus in it, at most 50 MB. Returns the number of the message.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_voice(
        &self,
        chat: ChatId,
        sound: &PrivateBytes,
        seconds: u32,
    ) -> Result<Option<MessageId>, CallError> {
        let voice = InputFile::memory(sound.reveal().to_vec()).file_name(VOICE);
        let request = self.bot.send_voice(TelegramChatId(chat.0), voice);
        let sent = request.duration(seconds).disable_notification(true).await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Fetches a file into memory: asks where it lies, and takes it from there. `None` when it has more than `most` bytes.
    ///
    /// # Errors
    /// See [`CallError`]; nothing is changed by trying again.
    pub async fn fetch(
        &self,
        file: &FileId,
        most: usize,
    ) -> Result<Option<PrivateBytes>, CallError> {
        let found = self.bot.get_file(TelegramFileId(file.0.clone())).await?;
        let expected = size(found.size).map(|size| size as usize);
        if expected.is_some_and(|size| size > most) {
            return Ok(None);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(expected.unwrap_or_default()));
        let mut chunks = self.bot.download_file_stream(&found.path);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| {
                let status = error.status().map(|status| status.as_u16());
                CallError::of_file(status, error.is_connect())
            })?;
            if bytes.len() + chunk.len() > most {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        // Less than was announced is a part of it, whatever the connection says.
        if bytes.is_empty() || expected.is_some_and(|size| size != bytes.len()) {
            return Err(CallError::Doubt);
        }
        Ok(Some(PrivateBytes::new(bytes)))
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
