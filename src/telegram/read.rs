//! An update becomes an event.

use jiff::Timestamp;
use teloxide::types::{
    CallbackQuery, Chat, ChatMemberKind, ChatMemberUpdated, Document, MediaKind,
    Message as TelegramMessage, MessageKind, Update, UpdateKind, Voice,
};

use crate::{
    conversation::{Content, Event, Message, SentFile, Tapped, VoiceNote},
    parent::{ChatId, FileId, MessageId, Words},
};

/// How long a command's name may be (Bot API, `BotCommand.command`).
const LONGEST_COMMAND: usize = 32;

/// One update, as far as the bot looks at it. Without an event there is nothing to do but to confirm it.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// Telegram's number of the update: grows, and comes again until it is confirmed.
    pub update: u32,
    /// Where it happened.
    pub chat: Origin,
    /// The language of the app of whoever did it, an IETF tag, when Telegram says so.
    pub language: Option<String>,
    /// What happened.
    pub event: Option<Event>,
    /// teloxide could not read it: a newer kind of update than it knows.
    pub unreadable: bool,
}

/// Where something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a parent's own chat with the bot.
    Private(ChatId),
    /// In a group, where the bot says only that it does not work there.
    Group(ChatId),
    /// In a channel, or nowhere that can be named.
    Nowhere,
}

/// Reads one update. `us` is the bot's name without `@`, when it is known.
pub(super) fn read(update: Update, us: Option<&str>) -> Incoming {
    let unreadable = matches!(update.kind, UpdateKind::Error(_));
    let language = update.from().and_then(|user| user.language_code.clone());
    let (chat, event) = match update.kind {
        UpdateKind::Message(message) => written(message, us),
        UpdateKind::EditedMessage(message) => edited(message, us),
        UpdateKind::CallbackQuery(tap) => tapped(tap),
        UpdateKind::MyChatMember(change) => moved(&change),
        UpdateKind::Error(raw) => {
            tracing::warn!(
                kind = kind_of(&raw),
                "an update of an unknown shape is passed over"
            );
            (Origin::Nowhere, None)
        }
        // Not asked for; some may still come from before the bot said what it asks for.
        UpdateKind::ChannelPost(_)
        | UpdateKind::EditedChannelPost(_)
        | UpdateKind::BusinessConnection(_)
        | UpdateKind::BusinessMessage(_)
        | UpdateKind::EditedBusinessMessage(_)
        | UpdateKind::DeletedBusinessMessages(_)
        | UpdateKind::MessageReaction(_)
        | UpdateKind::MessageReactionCount(_)
        | UpdateKind::InlineQuery(_)
        | UpdateKind::ChosenInlineResult(_)
        | UpdateKind::ShippingQuery(_)
        | UpdateKind::PreCheckoutQuery(_)
        | UpdateKind::PurchasedPaidMedia(_)
        | UpdateKind::Poll(_)
        | UpdateKind::PollAnswer(_)
        | UpdateKind::ChatMember(_)
        | UpdateKind::ChatJoinRequest(_)
        | UpdateKind::ChatBoost(_)
        | UpdateKind::RemovedChatBoost(_) => (Origin::Nowhere, None),
    };
    Incoming {
        update: update.id.0,
        chat,
        language,
        event,
        unreadable,
    }
}

/// A new message. In a group only what is meant for the bot counts: a command, or a reply to one of its messages. The bot neither
/// reads along there nor answers people who talk to each other.
fn written(message: TelegramMessage, us: Option<&str>) -> (Origin, Option<Event>) {
    let origin = origin(&message.chat);
    let to_us = message
        .reply_to_message()
        .is_some_and(|replied| from_bot_named(replied, us));
    let event = from_a_person(&message)
        .then(|| read_message(message, us))
        .flatten();
    let event = match origin {
        Origin::Private(_) => event,
        Origin::Group(_) => {
            event.filter(|event| to_us || matches!(event.content, Content::Command { .. }))
        }
        Origin::Nowhere => None,
    };
    (origin, event.map(Event::Wrote))
}

fn edited(message: TelegramMessage, us: Option<&str>) -> (Origin, Option<Event>) {
    let origin = origin(&message.chat);
    let event = match origin {
        Origin::Private(_) if from_a_person(&message) => read_message(message, us),
        Origin::Private(_) | Origin::Group(_) | Origin::Nowhere => None,
    };
    (origin, event.map(Event::Edited))
}

/// A tap on a button. Telegram leaves out the message only for buttons of other places than a chat with the bot, of which this bot
/// has none; the tapper's own chat is then the one to answer in.
fn tapped(tap: CallbackQuery) -> (Origin, Option<Event>) {
    let origin = match (&tap.message, i64::try_from(tap.from.id.0)) {
        (Some(message), _) => origin(message.chat()),
        (None, Ok(id)) => Origin::Private(ChatId(id)),
        (None, Err(_)) => Origin::Nowhere,
    };
    let message = tap.message.map(|message| MessageId(message.id().0));
    let event = match (origin, tap.data) {
        (Origin::Private(_), Some(data)) if !tap.from.is_bot => Some(Event::Tapped(Tapped {
            id: tap.id.0,
            message,
            data,
        })),
        (Origin::Private(_) | Origin::Group(_) | Origin::Nowhere, _) => None,
    };
    (origin, event)
}

/// The bot was blocked or unblocked by a parent, or added to a group.
fn moved(change: &ChatMemberUpdated) -> (Origin, Option<Event>) {
    let origin = origin(&change.chat);
    let was = change.old_chat_member.kind.is_present();
    let is = change.new_chat_member.kind.is_present();
    let event = match origin {
        Origin::Private(_) => Some(match change.new_chat_member.kind {
            ChatMemberKind::Banned(_) | ChatMemberKind::Left => Event::Left,
            ChatMemberKind::Owner(_)
            | ChatMemberKind::Administrator(_)
            | ChatMemberKind::Member(_)
            | ChatMemberKind::Restricted(_) => Event::CameBack,
        }),
        // There is no message of its own that says so; number 0 is nobody's.
        Origin::Group(_) if is && !was => Some(Event::Wrote(Message {
            id: MessageId(0),
            sent: second(change.date.timestamp()),
            reply_to: None,
            content: Content::Other,
            caption: Words::default(),
        })),
        Origin::Group(_) | Origin::Nowhere => None,
    };
    (origin, event)
}

fn origin(chat: &Chat) -> Origin {
    if chat.is_private() {
        Origin::Private(ChatId(chat.id.0))
    } else if chat.is_group() || chat.is_supergroup() {
        Origin::Group(ChatId(chat.id.0))
    } else {
        Origin::Nowhere
    }
}

fn from_a_person(message: &TelegramMessage) -> bool {
    message.sender_chat.is_none() && message.from.as_ref().is_some_and(|user| !user.is_bot)
}

fn from_bot_named(message: &TelegramMessage, us: Option<&str>) -> bool {
    message.from.as_ref().is_some_and(|user| {
        user.is_bot
            && us.is_some()
            && user.username.as_deref().map(str::to_lowercase) == us.map(str::to_lowercase)
    })
}

/// What a message says; `None` for the notes that Telegram itself puts in a chat, such as "pinned a message".
fn read_message(message: TelegramMessage, us: Option<&str>) -> Option<Message> {
    let id = MessageId(message.id.0);
    let sent = second(message.date.timestamp());
    let reply_to = message
        .reply_to_message()
        .map(|replied| MessageId(replied.id.0));
    let forwarded = message.forward_origin().is_some();
    let caption = message.caption().filter(|_| !forwarded);
    let caption = caption.map(Words::new).unwrap_or_default();
    let content = match message.kind {
        MessageKind::Common(_) if forwarded => Content::Forwarded,
        MessageKind::Common(common) => media(common.media_kind, us)?,
        MessageKind::Dice(_) => Content::Sticker,
        // A message of a kind that is newer than teloxide.
        MessageKind::Empty {} => Content::Other,
        _ => return None,
    };
    Some(Message {
        id,
        sent,
        reply_to,
        content,
        caption,
    })
}

/// A moment as Telegram writes it; one that no calendar has is as good as none.
fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn media(media: MediaKind, us: Option<&str>) -> Option<Content> {
    Some(match media {
        MediaKind::Text(text) => typed(text.text, us),
        MediaKind::Sticker(_) | MediaKind::Animation(_) => Content::Sticker,
        MediaKind::Photo(_) | MediaKind::Video(_) | MediaKind::VideoNote(_) => Content::Photo,
        MediaKind::Voice(voice) => Content::Voice(voice_note(voice.voice)),
        MediaKind::Document(document) => Content::Document(sent_file(document.document)),
        MediaKind::Audio(_) => Content::File,
        MediaKind::Location(_) | MediaKind::Venue(_) => Content::Location,
        MediaKind::Contact(_) => Content::Contact,
        MediaKind::Game(_)
        | MediaKind::PaidMedia(_)
        | MediaKind::Poll(_)
        | MediaKind::Checklist(_)
        | MediaKind::Story(_) => Content::Other,
        // A note of Telegram: the group moved.
        MediaKind::Migration(_) => return None,
    })
}

fn voice_note(voice: Voice) -> VoiceNote {
    VoiceNote {
        file: FileId(voice.file.id.0),
        seconds: voice.duration.seconds(),
        bytes: size(voice.file.size),
    }
}

fn sent_file(document: Document) -> SentFile {
    SentFile {
        file: FileId(document.file.id.0),
        name: document.file_name.map(Words::new).unwrap_or_default(),
        bytes: size(document.file.size),
    }
}

/// How many bytes a file has; what teloxide says instead when Telegram does not is no size.
pub(super) fn size(bytes: u32) -> Option<u32> {
    (bytes != u32::MAX).then_some(bytes)
}

fn typed(text: String, us: Option<&str>) -> Content {
    match command(&text, us) {
        Some((name, rest)) => Content::Command {
            name,
            rest: Words::new(rest),
        },
        None => Content::Text(Words::new(text)),
    }
}

/// Splits `/name@bot rest`. The same texts are commands here as Telegram shows as commands: a slash and at most 32 of a-z, 0-9 and _, with
/// no other letter or slash right behind it. One that names another bot is none of ours, and so plain text.
fn command(text: &str, us: Option<&str>) -> Option<(String, String)> {
    let text = text.strip_prefix('/')?;
    let (name, mut rest) = split_name(text);
    if name.is_empty() || name.len() > LONGEST_COMMAND {
        return None;
    }
    if let Some(mention) = rest.strip_prefix('@') {
        let (bot, behind) = split_name(mention);
        if us.is_some_and(|us| !us.eq_ignore_ascii_case(bot)) {
            return None;
        }
        rest = behind;
    }
    if rest.starts_with(|next: char| next.is_alphanumeric() || "/<>@".contains(next)) {
        return None;
    }
    Some((name.to_ascii_lowercase(), rest.trim().to_owned()))
}

fn split_name(text: &str) -> (&str, &str) {
    let end = text
        .find(|next: char| !next.is_ascii_alphanumeric() && next != '_')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The name of the field that says what kind of update this is. It is Telegram's own word, and printed only when it looks like one.
fn kind_of(raw: &serde_json::Value) -> &str {
    raw.as_object()
        .into_iter()
        .flat_map(|object| object.keys())
        .map(String::as_str)
        .find(|key| *key != "update_id")
        .filter(|key| {
            key.len() <= 64
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
        .unwrap_or("unknown")
}

#[cfg(test)]
mod tests;
