//! Documents: those that the bot sends are a file in the request, kept in memory, for whoever holds the phone to take out; those of people can
//! be fetched by the bot.

use std::{fmt, sync::Arc};

use serde::Deserialize;

use super::{
    Refusal, World,
    chats::Content,
    messages::ReplyParameters,
    methods::Done,
    params::{ChatRef, Params, Upload},
    rules::{self, InlineKeyboard},
};

/// How large a file a bot may send.
pub const LARGEST_FILE: usize = 50_000_000;

/// What a text says that stands for a file in the same request: this, and the name of the field that the file is in.
const ATTACHED: &str = "attach://";

/// A document as Telegram keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub name: String,
    /// The text below it, which may be empty.
    pub caption: String,
    /// The file.
    pub content: Arc<[u8]>,
}

impl Document {
    /// A document without anything below it.
    pub fn new(name: impl Into<String>, content: impl Into<Arc<[u8]>>) -> Self {
        Self {
            name: name.into(),
            caption: String::new(),
            content: content.into(),
        }
    }

    /// The type that goes with the ending of the name.
    pub fn mime_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html",
            Some("md") => "text/markdown",
            Some("json") => "application/json",
            Some("zip") => "application/zip",
            Some(_) | None => "application/octet-stream",
        }
    }

    /// The file as text, when it is text.
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(&self.content).ok()
    }
}

/// Says how large the file is, and not what is in it.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Document({:?}, {} bytes, {:?})",
            self.name,
            self.content.len(),
            self.caption
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendDocument {
    chat_id: ChatRef,
    /// Absent when the file itself is in the field of this name.
    document: Option<String>,
    #[serde(default)]
    caption: String,
    #[serde(default, rename = "disable_content_type_detection")]
    _disable_content_type_detection: bool,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default, rename = "protect_content")]
    _protect_content: bool,
    reply_parameters: Option<ReplyParameters>,
    #[serde(default)]
    reply_markup: InlineKeyboard,
}

impl World {
    pub(super) fn send_document(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SendDocument = params.read()?;
        let file = file_of("document", call.document.as_deref(), params.files())?;
        let caption = rules::caption(&call.caption)?;
        rules::keyboard(&call.reply_markup)?;
        let document = Document {
            name: file.name.clone(),
            caption,
            content: Arc::clone(&file.content),
        };
        self.deliver(
            Content::Document(document),
            &call.chat_id,
            call.reply_parameters.as_ref(),
            call.reply_markup,
            call.disable_notification,
        )
    }
}

/// The one file of the request. Files that Telegram has already, or that lie on the web, are of no use to this bot.
pub(super) fn file_of<'a>(
    parameter: &str,
    text: Option<&str>,
    files: &'a [Upload],
) -> Result<&'a Upload, Refusal> {
    let field = match text.map(|text| text.strip_prefix(ATTACHED)) {
        None => parameter,
        Some(Some(field)) => field,
        Some(None) => {
            return Err(Refusal::bad_request(
                "wrong file identifier/HTTP URL specified",
            ));
        }
    };
    let file = files
        .iter()
        .find(|file| file.field == field)
        .ok_or_else(|| {
            Refusal::bad_request(format_args!("there is no {parameter} in the request"))
        })?;
    if let Some(other) = files.iter().find(|file| file.field != field) {
        return Err(Refusal::bad_request(format_args!(
            "one file expected, found another in {}",
            other.field
        )));
    }
    match file.content.len() {
        0 => Err(Refusal::bad_request("file must be non-empty")),
        1..=LARGEST_FILE => Ok(file),
        _ => Err(Refusal::too_large()),
    }
}
