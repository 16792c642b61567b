//! The phone server: the page, what it shows, and what a parent does on it.
//!
//! `GET /` and the files beside it are the page. `GET /api/events` tells it how everything stands, at once and after every change. A `POST`
//! under `/api/` with a JSON body is one act of one parent, or moves the clock; it answers `{"ok":true}`, or 4xx with `{"error":"..."}` in
//! Dutch, because the page shows it to whoever holds the phone.

mod events;
mod files;
mod shelf;
mod snapshot;

pub use shelf::Shelf;

use std::{future::Future, io, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{BotApi, Cannot, Content, World};
use crate::{
    parent::{ChatId, MessageId},
    service::Clock,
};

/// The page's files: address, type and content.
const FILES: [(&str, &str, &str); 11] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "/phone.css",
        "text/css; charset=utf-8",
        include_str!("page/phone.css"),
    ),
    (
        "/shelf.css",
        "text/css; charset=utf-8",
        include_str!("page/shelf.css"),
    ),
    ("/phone.js", JAVASCRIPT, include_str!("page/phone.js")),
    ("/chat.js", JAVASCRIPT, include_str!("page/chat.js")),
    ("/composer.js", JAVASCRIPT, include_str!("page/composer.js")),
    ("/log.js", JAVASCRIPT, include_str!("page/log.js")),
    ("/bubble.js", JAVASCRIPT, include_str!("page/bubble.js")),
    ("/parts.js", JAVASCRIPT, include_str!("page/parts.js")),
    ("/shelf.js", JAVASCRIPT, include_str!("page/shelf.js")),
    ("/voice.js", JAVASCRIPT, include_str!("page/voice.js")),
];
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The clock may be moved at most this far at once, so that a slip of the finger does not end the world.
const LONGEST_JUMP: Duration = Duration::from_secs(366 * 24 * 3600);

/// What every request needs.
#[derive(Clone)]
struct Phone {
    api: BotApi,
    clock: Clock,
    next_due: watch::Receiver<Option<Timestamp>>,
    shelf: Shelf,
    ended: watch::Receiver<bool>,
}

/// Serves the phone until `shutdown` ends. `next_due` is the moment at which the bot wants to do something of its own accord.
///
/// # Errors
/// When the listener fails.
pub async fn run_phone(
    listener: TcpListener,
    api: BotApi,
    clock: Clock,
    next_due: watch::Receiver<Option<Timestamp>>,
    shelf: Shelf,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (end, ended) = watch::channel(false);
    let mut router = Router::new();
    for (address, kind, content) in FILES {
        // A page that was kept from an older demo would not understand this one.
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-store"),
        ];
        router = router.route(address, get(move || async move { (headers, content) }));
    }
    let router = router
        .route("/api/events", get(events::events))
        .route("/api/prompts", get(shelf::list))
        .route("/api/prompts/{language}/{id}", get(shelf::shown))
        .route("/api/picture/{parent}/{message}", get(files::picture))
        .route("/api/document/{parent}/{message}", get(files::document))
        .route("/api/sound/{parent}/{message}", get(files::sound))
        .route(
            "/api/voice",
            post(files::voice).layer(DefaultBodyLimit::max(files::LARGEST_SENT)),
        )
        .route(
            "/api/file",
            post(files::sent).layer(DefaultBodyLimit::max(files::LARGEST_SENT)),
        )
        .route("/api/say", post(say))
        .route("/api/edit", post(edit))
        .route("/api/delete", post(delete))
        .route("/api/tap", post(tap))
        .route("/api/react", post(react))
        .route("/api/forward", post(forward))
        .route("/api/block", post(block))
        .route("/api/parents", post(add_parent))
        .route("/api/clock", post(move_clock))
        .route("/api/{thing}", post(send_thing))
        .with_state(Phone {
            api,
            clock,
            next_due,
            shelf,
            ended,
        });
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            end.send_replace(true);
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    parent: ChatId,
    text: String,
    reply_to: Option<MessageId>,
}

async fn say(State(phone): State<Phone>, Act(act): Act<Say>) -> Reply {
    phone.act(|world| world.say(act.parent, &act.text, act.reply_to))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    parent: ChatId,
    message: MessageId,
    text: String,
}

async fn edit(State(phone): State<Phone>, Act(act): Act<Edit>) -> Reply {
    phone.act(|world| world.edit_own(act.parent, act.message, &act.text))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    parent: ChatId,
    message: MessageId,
}

async fn delete(State(phone): State<Phone>, Act(act): Act<Delete>) -> Reply {
    phone.act(|world| world.delete(act.parent, act.message))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    parent: ChatId,
    message: MessageId,
    row: usize,
    column: usize,
}

async fn tap(State(phone): State<Phone>, Act(act): Act<Tap>) -> Reply {
    phone.act(|world| world.tap(act.parent, act.message, act.row, act.column))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct React {
    parent: ChatId,
    message: MessageId,
    emoji: Option<String>,
}

async fn react(State(phone): State<Phone>, Act(act): Act<React>) -> Reply {
    phone.act(|world| world.react(act.parent, act.message, act.emoji.as_deref()))
}

/// Words of somebody else, or a message of this chat.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Forward {
    Words {
        parent: ChatId,
        text: String,
        #[serde(default = "grandmother")]
        from: String,
    },
    Message {
        parent: ChatId,
        message: MessageId,
    },
}

fn grandmother() -> String {
    "Oma".to_owned()
}

async fn forward(State(phone): State<Phone>, Act(act): Act<Forward>) -> Reply {
    phone.act(|world| match act {
        Forward::Words { parent, text, from } => world.forward(parent, &from, &text),
        Forward::Message { parent, message } => world.forward_message(parent, message),
    })
}

/// A sticker, photo or anything else that is neither text nor a file. The demo only shows that something was sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    parent: ChatId,
    /// The sticker's emoji, the photo's caption, the contact's name, the poll's question.
    text: Option<String>,
}

async fn send_thing(
    State(phone): State<Phone>,
    Path(thing): Path<String>,
    Act(act): Act<Thing>,
) -> Reply {
    let text = |usual: &str| act.text.unwrap_or_else(|| usual.to_owned());
    let content = match thing.as_str() {
        "sticker" => Content::Sticker(text("🙂")),
        "photo" => Content::Photo(text("")),
        "location" => Content::Location(52.0907, 5.1214),
        "contact" => Content::Contact(text("Oma"), "+31 20 123 45 67".to_owned()),
        "poll" => Content::Poll(
            text("Wat eten we?"),
            vec!["Soep".to_owned(), "Brood".to_owned()],
        ),
        other => {
            return Err(Refused(
                StatusCode::NOT_FOUND,
                format!("Dat kan deze telefoon niet: {other}."),
            ));
        }
    };
    phone.act(|world| world.send_content(act.parent, content))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    parent: ChatId,
    blocked: bool,
}

async fn block(State(phone): State<Phone>, Act(act): Act<Block>) -> Reply {
    phone.act(|world| world.set_blocked(act.parent, act.blocked))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddParent {
    name: String,
    /// The language of their app; Dutch unless another one is chosen.
    #[serde(default = "dutch")]
    language: String,
}

fn dutch() -> String {
    "nl".to_owned()
}

async fn add_parent(State(phone): State<Phone>, Act(act): Act<AddParent>) -> Reply {
    let name = act.name.trim();
    if name.is_empty() || name.chars().count() > 64 {
        return Err(bad_request("Een naam heeft 1 tot 64 tekens."));
    }
    let two_letters = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    if !two_letters(&act.language) {
        return Err(bad_request("Een taal heeft een code van twee letters."));
    }
    phone.act(|world| Ok(world.add_user_speaking(name, &act.language)))
}

/// Where the clock goes.
#[derive(Deserialize)]
#[serde(untagged)]
enum MoveClock {
    /// To the next thing that the bot planned.
    To { to: Target },
    /// So many seconds on.
    By { by_seconds: u64 },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    Next,
}

async fn move_clock(State(phone): State<Phone>, Act(act): Act<MoveClock>) -> Reply {
    match act {
        MoveClock::To { to: Target::Next } => {
            let due = *phone.next_due.borrow();
            let due = due.ok_or_else(|| bad_request("Er staat niets gepland."))?;
            phone.clock.advance_to(due);
        }
        MoveClock::By { by_seconds } => {
            let by = Duration::from_secs(by_seconds);
            if by > LONGEST_JUMP {
                return Err(bad_request("Verder dan een jaar in één keer gaat niet."));
            }
            phone.clock.advance(by);
        }
    }
    phone.act(|_| Ok(()))
}

impl Phone {
    fn act<R>(&self, act: impl FnOnce(&mut World) -> Result<R, Cannot>) -> Reply {
        match self.api.with(act) {
            Ok(_) => Ok(Json(json!({"ok": true}))),
            Err(cannot) => Err(bad_request(in_dutch(cannot))),
        }
    }
}

/// What the phone says when it cannot do what was tapped.
fn in_dutch(cannot: Cannot) -> &'static str {
    match cannot {
        Cannot::NoSuchUser => "Deze ouder is er niet.",
        Cannot::Blocked => "De bot is geblokkeerd. Deblokkeer hem eerst.",
        Cannot::NoSuchMessage => "Dat bericht staat hier niet meer.",
        Cannot::NotYours => "Alleen een eigen tekst kan bewerkt worden.",
        Cannot::TooOld => "Een bericht kan tot 48 uur later bewerkt worden.",
        Cannot::NoSuchButton => "Die knop is er niet meer.",
        Cannot::Empty => "Er staat nog geen tekst.",
        Cannot::TooLong => "Die tekst is te lang voor één bericht.",
        Cannot::NoSuchReaction => "Met dit teken kan niet gereageerd worden.",
    }
}

type Reply = Result<Json<Value>, Refused>;

/// A status and a sentence.
struct Refused(StatusCode, String);

fn bad_request(why: impl Into<String>) -> Refused {
    Refused(StatusCode::BAD_REQUEST, why.into())
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// The JSON body of an act. Only `application/json` is taken, which a page from elsewhere cannot send here unasked.
struct Act<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Act<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        match Json::from_request(request, state).await {
            Ok(Json(act)) => Ok(Self(act)),
            Err(rejection) => Err(Refused(rejection.status(), rejection.body_text())),
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests;
