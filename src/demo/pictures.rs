//! Photos that the bot sends: PNG only, looked at as strictly as Telegram does, and shown by the page.

use std::{fmt, io::Cursor, sync::Arc};

use serde::Deserialize;

use super::{
    Refusal, World,
    chats::Content,
    documents::file_of,
    messages::ReplyParameters,
    methods::Done,
    params::{ChatRef, Params},
    rules::{self, InlineKeyboard},
};

/// How large a photo may be, in bytes.
const LARGEST_PHOTO: usize = 10 << 20;

/// How many pixels its width and height may be together.
const LONGEST_SIDES: u32 = 10_000;

/// How many times as long as the other a side may be.
const NARROWEST: u32 = 20;

/// A photo of the bot as Telegram keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The text below it, which may be empty.
    pub caption: String,
    /// A PNG. The real server makes a JPEG of it.
    pub content: Arc<[u8]>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Says how large it is, and not what is on it.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, .. } = self;
        let bytes = self.content.len();
        write!(f, "Picture({width} x {height}, {bytes} bytes)")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendPhoto {
    chat_id: ChatRef,
    /// Absent when the file itself is in the field of this name.
    photo: Option<String>,
    #[serde(default)]
    caption: String,
    #[serde(default, rename = "show_caption_above_media")]
    _show_caption_above_media: bool,
    #[serde(default, rename = "has_spoiler")]
    _has_spoiler: bool,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default, rename = "protect_content")]
    _protect_content: bool,
    reply_parameters: Option<ReplyParameters>,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

impl World {
    pub(super) fn send_photo(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SendPhoto = params.read()?;
        let file = file_of("photo", call.photo.as_deref(), params.files())?;
        let (width, height) = size(&file.content)?;
        let picture = Picture {
            caption: rules::caption(&call.caption)?,
            content: Arc::clone(&file.content),
            width,
            height,
        };
        rules::keyboard(&call.reply_markup)?;
        self.deliver(
            Content::Picture(picture),
            &call.chat_id,
            call.reply_parameters.as_ref(),
            call.reply_markup,
            call.disable_notification,
        )
    }
}

/// The width and height of a picture that can be decoded to its last pixel.
fn size(content: &[u8]) -> Result<(u32, u32), Refusal> {
    let bytes = content.len();
    if bytes > LARGEST_PHOTO {
        return Err(Refusal::bad_request(format_args!(
            "file of size {bytes} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )));
    }
    let broken = |_| Refusal::bad_request("IMAGE_PROCESS_FAILED");
    let mut reader = png::Decoder::new(Cursor::new(content))
        .read_info()
        .map_err(broken)?;
    let (width, height) = reader.info().size();
    let (short, long) = (width.min(height), width.max(height));
    if width.saturating_add(height) > LONGEST_SIDES || long > short.saturating_mul(NARROWEST) {
        return Err(Refusal::bad_request("PHOTO_INVALID_DIMENSIONS"));
    }
    while reader.next_row().map_err(broken)?.is_some() {}
    reader.finish().map_err(broken)?;
    Ok((width, height))
}
