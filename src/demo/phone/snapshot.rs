//! How everything stands, as the page draws it.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::super::{
    BOT_NAME, BOT_USERNAME, BotApi, BotCommand, World,
    chats::{Author, Chat, ChatKind, Content, Message, Reach, User},
};
use crate::{parent::ChatId, service::Clock};

/// The page shows all times in this zone.
const ZONE: &str = "Europe/Amsterdam";
/// The language of the page.
const LANGUAGE: &str = "nl";
/// A toast stays in the snapshot this long; the page shows each one once, by its number.
const TOAST_LIVES: Duration = Duration::from_secs(6);

/// Everything the page shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    now: String,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Rest {
    zone: &'static str,
    next_due: Option<String>,
    /// Changes whenever the prompts do.
    prompts: u32,
    bot: Bot,
    parents: Vec<ParentView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Bot {
    name: &'static str,
    username: &'static str,
    description: String,
    short_description: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ParentView {
    id: ChatId,
    name: String,
    blocked: bool,
    typing: bool,
    toasts: Vec<ToastView>,
    pending_tap: Option<TapView>,
    /// What the app of this parent shows as the menu.
    commands: Vec<BotCommand>,
    messages: Vec<MessageView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ToastView {
    id: u32,
    text: String,
    alert: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct TapView {
    message: i32,
    row: usize,
    column: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct MessageView {
    id: i32,
    from: &'static str,
    kind: &'static str,
    text: String,
    time: String,
    edited: bool,
    silent: bool,
    forwarded_from: Option<String>,
    reply_to: Option<Quote>,
    reaction: Option<String>,
    own_reaction: Option<String>,
    buttons: Vec<Vec<ButtonView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileView>,
    /// Where a voice note can be heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<String>,
    /// Where a picture can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
}

/// A picture, and how large it is, so that the page leaves the room for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct PictureView {
    url: String,
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
}

/// A document that can be taken out of the phone.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct FileView {
    name: String,
    /// In bytes.
    size: usize,
    url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Quote {
    id: i32,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ButtonView {
    text: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Snapshot {
    /// How everything stands now.
    pub fn take(api: &BotApi, clock: &Clock, next_due: Option<Timestamp>, prompts: u32) -> Self {
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        let uptime = clock.uptime();
        api.look(|world| Self {
            now: local(clock.now(), &zone),
            rest: Rest {
                zone: ZONE,
                next_due: next_due.map(|due| local(due, &zone)),
                prompts,
                bot: bot(world),
                parents: world
                    .users()
                    .map(|user| parent(world, user, uptime, &zone))
                    .collect(),
            },
        })
    }

    /// Whether the page would look different: seconds are not shown.
    pub fn looks_other_than(&self, shown: &Self) -> bool {
        let minute = |now: &str| now.get(..16).map(str::to_owned);
        minute(&self.now) != minute(&shown.now) || self.rest != shown.rest
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn bot(world: &World) -> Bot {
    let profile = world.profile();
    Bot {
        name: BOT_NAME,
        username: BOT_USERNAME,
        description: profile.description(LANGUAGE).to_owned(),
        short_description: profile.short_description(LANGUAGE).to_owned(),
    }
}

fn parent(world: &World, user: &User, uptime: Duration, zone: &TimeZone) -> ParentView {
    let chat = world
        .chat(user.id)
        .filter(|chat| chat.kind == ChatKind::Private);
    let app = user.language_code.as_deref().unwrap_or_default();
    let tap = world.open_taps().rfind(|tap| tap.chat == user.id);
    ParentView {
        id: user.id,
        name: user.name.clone(),
        blocked: user.reach == Reach::Blocked,
        typing: chat.is_some_and(|chat| chat.typing_until > uptime),
        toasts: chat.map_or_else(Vec::new, |chat| toasts(chat, uptime)),
        pending_tap: tap.map(|tap| TapView {
            message: tap.message.0,
            row: tap.button.0,
            column: tap.button.1,
        }),
        commands: world.profile().menu(user.id, app).to_vec(),
        messages: chat.map_or_else(Vec::new, |chat| messages(chat, zone)),
    }
}

fn toasts(chat: &Chat, uptime: Duration) -> Vec<ToastView> {
    chat.toasts
        .iter()
        .filter(|toast| uptime < toast.at + TOAST_LIVES)
        .map(|toast| ToastView {
            id: toast.id,
            text: toast.text.clone(),
            alert: toast.alert,
        })
        .collect()
}

fn messages(chat: &Chat, zone: &TimeZone) -> Vec<MessageView> {
    chat.messages
        .values()
        .map(|message| {
            let (kind, text) = content(&message.content);
            MessageView {
                id: message.id.0,
                from: match message.from {
                    Author::Bot => "bot",
                    Author::User(_) => "parent",
                },
                kind,
                text,
                time: local(message.sent, zone),
                edited: message.edited.is_some(),
                silent: message.silent,
                forwarded_from: message.forwarded_from.clone(),
                reply_to: message.reply_to.map(|id| Quote {
                    id: id.0,
                    text: chat.messages.get(&id).map_or_else(
                        || "Verwijderd bericht".to_owned(),
                        |quoted| quotation(&quoted.content),
                    ),
                }),
                reaction: message.reaction.clone(),
                own_reaction: message.own_reaction.clone(),
                buttons: buttons(message),
                file: file(chat.id, message),
                picture: picture(chat.id, message),
                sound: sound(chat.id, message),
            }
        })
        .collect()
}

fn content(content: &Content) -> (&'static str, String) {
    match content {
        Content::Text(text) => ("text", text.clone()),
        Content::Sticker(emoji) => ("sticker", emoji.clone()),
        Content::Photo(caption) => ("photo", caption.clone()),
        Content::Picture(picture) => ("picture", picture.caption.clone()),
        Content::Voice(voice) => {
            let (minutes, seconds) = (voice.seconds / 60, voice.seconds % 60);
            ("voice", format!("{minutes}:{seconds:02}"))
        }
        Content::Document(document) => ("document", document.caption.clone()),
        Content::Location(latitude, longitude) => {
            ("location", format!("{latitude:.4}, {longitude:.4}"))
        }
        Content::Contact(name, telephone) => ("contact", format!("{name}, {telephone}")),
        Content::Poll(question, options) => ("poll", format!("{question} {}", options.join(" / "))),
        Content::BotAdded => ("service", format!("{BOT_NAME} doet mee")),
    }
}

fn quotation(quoted: &Content) -> String {
    match quoted {
        Content::Document(document) if document.caption.is_empty() => document.name.clone(),
        quoted => content(quoted).1,
    }
}

fn file(chat: ChatId, message: &Message) -> Option<FileView> {
    let Content::Document(document) = &message.content else {
        return None;
    };
    Some(FileView {
        name: document.name.clone(),
        size: document.content.len(),
        url: format!("/api/document/{}/{}", chat.0, message.id.0),
    })
}

fn picture(chat: ChatId, message: &Message) -> Option<PictureView> {
    let Content::Picture(picture) = &message.content else {
        return None;
    };
    Some(PictureView {
        url: format!("/api/picture/{}/{}", chat.0, message.id.0),
        width: picture.width,
        height: picture.height,
    })
}

fn sound(chat: ChatId, message: &Message) -> Option<String> {
    let is_sound = matches!(message.content, Content::Voice(_));
    is_sound.then(|| format!("/api/sound/{}/{}", chat.0, message.id.0))
}

fn buttons(message: &Message) -> Vec<Vec<ButtonView>> {
    let rows = message.keyboard.inline_keyboard.iter();
    rows.map(|row| {
        row.iter()
            .map(|button| ButtonView {
                text: button.text.clone(),
                kind: if button.url.is_some() { "url" } else { "data" },
                url: button.url.clone(),
            })
            .collect()
    })
    .collect()
}
