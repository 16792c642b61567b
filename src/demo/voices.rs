//! Voice notes: what people say and what the bot plays back; and how the bot fetches it, and any other file.

use std::{fmt, sync::Arc};

use serde::Deserialize;
use serde_json::json;

use super::{
    Refusal, World,
    chats::{Author, Content},
    documents::file_of,
    messages::ReplyParameters,
    methods::Done,
    params::{ChatRef, Params},
    rules::{self, InlineKeyboard},
    user::Cannot,
    world::BOT_NAME,
};
use crate::parent::{ChatId, MessageId};

/// What [`Fault`](super::Fault)s and the log of calls call it when the bot takes a file. It is no method but an address of its own.
pub const FILE: &str = "file";

/// How large a file a bot may fetch.
const LARGEST_FETCHED: usize = 20_000_000;

/// In front of the number of the message that a file came in.
const FILE_ID: &str = "file-";

/// Around the same number in the address of a file.
const PATH: (&str, &str) = ("files/file_", "");

/// A voice note as Telegram keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Voice {
    /// How long it is, as the sender's app says.
    pub seconds: u32,
    /// The sound.
    pub content: Arc<[u8]>,
}

impl Voice {
    /// A voice note.
    pub fn new(seconds: u32, content: impl Into<Arc<[u8]>>) -> Self {
        Self {
            seconds,
            content: content.into(),
        }
    }

    /// What kind of sound its first bytes show; `None` when they show none that an app plays as a voice note.
    ///
    /// Telegram's apps record Ogg. A browser records what it can, so what the page sends may be MP4 or WebM.
    pub fn mime_type(&self) -> Option<&'static str> {
        let begins = |at: usize, mark: &[u8]| {
            let found = self.content.get(at..at + mark.len());
            found == Some(mark)
        };
        if begins(0, b"OggS") {
            Some("audio/ogg")
        } else if begins(4, b"ftyp") {
            Some("audio/mp4")
        } else if begins(0, b"ID3") || begins(0, &[0xff, 0xfb]) {
            Some("audio/mpeg")
        } else if begins(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
            Some("audio/webm")
        } else {
            None
        }
    }
}

/// Says how long it is, and not what is in it.
impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, bytes) = (self.seconds, self.content.len());
        write!(f, "Voice({seconds} s, {bytes} bytes)")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetFile {
    file_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendVoice {
    chat_id: ChatRef,
    /// Absent when the file itself is in the field of this name.
    voice: Option<String>,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    duration: u32,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default, rename = "protect_content")]
    _protect_content: bool,
    reply_parameters: Option<ReplyParameters>,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

/// What a file is called that came in the message with this number.
pub(super) fn file_id(message: i32) -> String {
    format!("{FILE_ID}{message}")
}

impl World {
    pub(super) fn get_file(&self, params: &Params) -> Result<Done, Refusal> {
        let call: GetFile = params.read()?;
        let number = call.file_id.strip_prefix(FILE_ID);
        let number = number.and_then(|number| number.parse().ok());
        let file = number.and_then(|number| Some((number, self.files.get(&number)?)));
        let Some((number, file)) = file else {
            return Err(Refusal::bad_request(
                "wrong file_id or the file is temporarily unavailable",
            ));
        };
        if file.len() > LARGEST_FETCHED {
            return Err(Refusal::bad_request("file is too big"));
        }
        let (before, behind) = PATH;
        let file = json!({
            "file_id": call.file_id,
            "file_unique_id": format!("unique-{number}"),
            "file_size": file.len(),
            "file_path": format!("{before}{number}{behind}"),
        });
        Ok(file.into())
    }

    /// The file at this path.
    ///
    /// # Errors
    /// 404 when there is none.
    pub(super) fn file_at(&self, path: &str) -> Result<Arc<[u8]>, Refusal> {
        let (before, behind) = PATH;
        let number = path.strip_prefix(before);
        let number = number.and_then(|rest| rest.strip_suffix(behind)?.parse().ok());
        let file = number.and_then(|number: i32| self.files.get(&number));
        file.map(Arc::clone).ok_or_else(Refusal::not_found)
    }

    /// Sends a voice note, with Telegram's reply to another message or without.
    ///
    /// # Errors
    /// When the bot is blocked, or the message that it answers is gone.
    pub fn speak(
        &mut self,
        user: ChatId,
        voice: Voice,
        reply_to: Option<MessageId>,
    ) -> Result<MessageId, Cannot> {
        if reply_to.is_some_and(|id| self.message(user, id).is_none()) {
            return Err(Cannot::NoSuchMessage);
        }
        self.send(user, user, Content::Voice(voice), None, reply_to)
    }

    /// Forwards a message of this chat into it once more.
    ///
    /// # Errors
    /// When it is not there, or the bot is blocked.
    pub fn forward_message(
        &mut self,
        user: ChatId,
        message: MessageId,
    ) -> Result<MessageId, Cannot> {
        let found = self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        let author = match (&found.forwarded_from, found.from) {
            (Some(name), _) => name.clone(),
            (None, Author::Bot) => BOT_NAME.to_owned(),
            (None, Author::User(id)) => {
                let user = self.users.get(&id).ok_or(Cannot::NoSuchUser)?;
                user.name.clone()
            }
        };
        let content = found.content.clone();
        self.send(user, user, content, Some(author), None)
    }

    /// Telegram loses the file of a message. The message stays.
    pub fn lose_file(&mut self, message: MessageId) {
        self.files.remove(&message.0);
    }

    pub(super) fn send_voice(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SendVoice = params.read()?;
        let file = file_of("voice", call.voice.as_deref(), params.files())?;
        rules::caption(&call.caption)?;
        rules::keyboard(&call.reply_markup)?;
        let voice = Voice::new(call.duration, Arc::clone(&file.content));
        if voice.mime_type().is_none() {
            // The real server sends it as a document, which is no help to anybody.
            return Err(Refusal::bad_request("the file is no voice note"));
        }
        self.deliver(
            Content::Voice(voice),
            &call.chat_id,
            call.reply_parameters.as_ref(),
            call.reply_markup,
            call.disable_notification,
        )
    }
}
