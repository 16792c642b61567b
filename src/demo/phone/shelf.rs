//! The writer's shelf: every prompt by theme, and how each comes, as the bot would send it now.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Phone, Refused};
use crate::{
    library::Library,
    service::Voice,
    writer::{self, After, Cause, Preview, Seen},
};

/// What stands on it.
#[derive(Clone)]
pub struct Shelf {
    /// What the bot says now.
    pub voice: watch::Receiver<Voice>,
    /// Why the prompts folder as it is now is not what the bot says; `None` while it is.
    pub refused: watch::Receiver<Option<String>>,
}

impl Shelf {
    /// Waits until something else stands on it; for ever, when nobody is left to change it.
    pub(super) async fn changed(&mut self) {
        tokio::select! {
            Ok(()) = self.voice.changed() => {}
            Ok(()) = self.refused.changed() => {}
            else => std::future::pending().await,
        }
    }
}

/// Every prompt by its title, in each language.
pub(super) async fn list(State(phone): State<Phone>) -> Json<Value> {
    let refused = phone.shelf.refused.borrow().clone();
    let voice = phone.shelf.voice.borrow().clone();
    let languages: Vec<Value> = voice.languages.iter().map(language).collect();
    Json(json!({ "refused": refused, "languages": languages }))
}

fn language(library: &Library) -> Value {
    let prompts = |theme: &str| -> Vec<Value> {
        let prompts = library.prompts.iter();
        let prompts = prompts.filter(|prompt| prompt.theme == theme);
        prompts
            .map(|prompt| json!({ "id": prompt.id, "title": prompt.title }))
            .collect()
    };
    let themes: Vec<Value> = library
        .themes
        .iter()
        .map(|theme| json!({ "name": theme.name.as_str(), "prompts": prompts(&theme.id) }))
        .collect();
    json!({ "tag": library.language, "name": library.name.as_str(), "themes": themes })
}

/// One prompt as it comes.
pub(super) async fn shown(
    State(phone): State<Phone>,
    Path((language, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let voice = phone.shelf.voice.borrow().clone();
    let languages = &voice.languages;
    let library = languages.iter().find(|it| it.language == language);
    let preview = library.and_then(|library| writer::preview(languages, library, &id).ok()?);
    match preview {
        Some(preview) => Ok(Json(described(&preview))),
        None => Err(Refused(
            StatusCode::NOT_FOUND,
            "Die vraag is er niet meer.".to_owned(),
        )),
    }
}

fn described(preview: &Preview<'_>) -> Value {
    let prompt = preview.prompt;
    let after: Vec<Value> = preview.after.iter().map(after).collect();
    json!({
        "id": prompt.id,
        "theme": preview.theme,
        "side": prompt.side.as_str(),
        "moment": prompt.moment.as_str(),
        "locked": writer::lock_screen(&preview.message.text),
        "time": preview.time.to_string(),
        "text": preview.message.text,
        "buttons": preview.message.buttons,
        "after": after,
    })
}

fn after(after: &After) -> Value {
    let cause = match &after.cause {
        Cause::Tap(label) => Some(label),
        Cause::Answer => None,
    };
    let seen: Vec<Value> = after.seen.iter().map(seen).collect();
    json!({ "button": cause, "seen": seen })
}

fn seen(seen: &Seen) -> Value {
    match seen {
        Seen::Message(said) => {
            json!({ "kind": "message", "text": said.text, "buttons": said.buttons })
        }
        Seen::Changed(said) => {
            json!({ "kind": "changed", "text": said.text, "buttons": said.buttons })
        }
        Seen::Buttons(buttons) => json!({ "kind": "buttons", "buttons": buttons }),
        Seen::Toast(text) => json!({ "kind": "toast", "text": text }),
        Seen::Heart => json!({ "kind": "heart" }),
    }
}
