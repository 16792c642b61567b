//! Files that go through the phone: what the page records, and what can be taken out of it.

use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Phone, Refused, Reply, bad_request, in_dutch};
use crate::{
    demo::{Cannot, Content, Document, Voice},
    parent::{ChatId, MessageId},
};

/// The largest file that the page can send: more than the bot takes, so that one can see it refuse.
pub(super) const LARGEST_SENT: usize = 25_000_000;

/// How a voice note is sent; its sound is the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Speak {
    parent: ChatId,
    seconds: u32,
    reply_to: Option<MessageId>,
}

/// A voice note. Only what says that it is sound is taken, which a page from elsewhere cannot send here unasked.
pub(super) async fn voice(
    State(phone): State<Phone>,
    Query(act): Query<Speak>,
    headers: HeaderMap,
    sound: Bytes,
) -> Reply {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let voice = Voice::new(act.seconds, sound.as_ref());
    if !kind.starts_with("audio/") || voice.mime_type().is_none() {
        return Err(bad_request("Dat is geen geluid dat Telegram afspeelt."));
    }
    phone.act(|world| world.speak(act.parent, voice, act.reply_to))
}

/// How a document is sent; what is in it is the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendFile {
    parent: ChatId,
    name: String,
}

/// A document. Only what says that it is bytes is taken, which a page from elsewhere cannot send here unasked.
pub(super) async fn sent(
    State(phone): State<Phone>,
    Query(act): Query<SendFile>,
    headers: HeaderMap,
    content: Bytes,
) -> Reply {
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "application/octet-stream") || content.is_empty() {
        return Err(bad_request("Dat is geen bestand dat Telegram verstuurt."));
    }
    let document = Document::new(act.name, content.as_ref());
    phone.act(|world| world.send_content(act.parent, Content::Document(document)))
}

/// A document of either side, to be kept as a file. A browser must not show it as a page: it would run beside the phone.
pub(super) async fn document(state: State<Phone>, which: Path<Which>) -> Result<Response, Refused> {
    let document = content(&state, *which, |content| match content {
        Content::Document(document) => Some(document.clone()),
        _ => None,
    })?;
    let apart = [
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
    ];
    let file = served(document.mime_type(), &document.content);
    Ok((apart, file).into_response())
}

/// A voice note of either side, to be heard.
pub(super) async fn sound(state: State<Phone>, which: Path<Which>) -> Result<Response, Refused> {
    let voice = content(&state, *which, |content| match content {
        Content::Voice(voice) => Some(voice.clone()),
        _ => None,
    })?;
    let kind = voice.mime_type().unwrap_or("application/octet-stream");
    Ok(served(kind, &voice.content))
}

/// A picture of the bot.
pub(super) async fn picture(state: State<Phone>, which: Path<Which>) -> Result<Response, Refused> {
    let picture = content(&state, *which, |content| match content {
        Content::Picture(picture) => Some(picture.clone()),
        _ => None,
    })?;
    Ok(served("image/png", &picture.content))
}

/// A message, and whose chat it is in.
type Which = (ChatId, MessageId);

/// What is found in a message.
fn content<T>(
    phone: &Phone,
    (parent, message): Which,
    find: impl Fn(&Content) -> Option<T>,
) -> Result<T, Refused> {
    let found = phone
        .api
        .look(|world| find(&world.message(parent, message)?.content));
    found.ok_or_else(no_such_message)
}

/// Bytes that the browser takes for what they are said to be, and forgets.
fn served(kind: &'static str, bytes: &[u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, bytes.to_vec()).into_response()
}

fn no_such_message() -> Refused {
    Refused(
        StatusCode::NOT_FOUND,
        in_dutch(Cannot::NoSuchMessage).to_owned(),
    )
}
