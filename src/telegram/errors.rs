//! What went wrong with a call, sorted by what the caller decides on.
//!
//! teloxide's own errors are never printed: they may hold Telegram's raw answer, and so a parent's words.

use std::time::Duration;

use serde::Deserialize;
use teloxide::{ApiError, RequestError};
use thiserror::Error;

/// Why a call to Telegram did not do what was asked.
///
/// Its text holds neither token, chat id nor anything anybody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// 429: not done, and not to be tried again before this much time has passed.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// The chat cannot be reached, now and until the other side changes that: blocked, deleted, or never opened.
    #[error("the chat cannot be reached")]
    Unreachable,
    /// There is nothing left to do: the message already looks so, is gone, or the tap is too old to be answered. Also when Telegram did it,
    /// but answered in a way that teloxide cannot read.
    #[error("there is nothing left to do")]
    Done,
    /// Telegram refuses this call for good; doing it again would be refused again.
    #[error("Telegram refuses it: {0}")]
    Refused(&'static str),
    /// The token is not, or no longer, right. Not done.
    #[error("Telegram does not know this bot: the token is wrong or was revoked")]
    Unauthorized,
    /// Somebody else takes this bot's updates: a second process, or a webhook. Not done.
    #[error(
        "somebody else takes this bot's updates: a second process with this token, or a webhook"
    )]
    Conflict,
    /// Telegram could not be reached at all. Certainly not done.
    #[error("Telegram could not be reached")]
    NotSent,
    /// Telegram answered that it is in trouble (5xx). Taken as not done.
    ///
    /// What remains: a gateway that gives up (504) on a server that does the work after all. Telegram's gateways answer
    /// in that way when their server is gone, so an echo is rare; taking it as a doubt would lose every prompt of a short outage.
    #[error("Telegram answered that it is in trouble")]
    ServerError,
    /// The request went out, but no whole answer came: a timeout, a cut connection, garbage. It may or may not be done.
    #[error("Telegram's answer did not come through")]
    Doubt,
}

impl From<RequestError> for CallError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Api(error) => from_api(&error),
            RequestError::RetryAfter(seconds) => Self::RetryAfter(seconds.duration()),
            // Only groups move, and nothing the bot has to say to a group is worth following it.
            RequestError::MigrateToChatId(_) => Self::Unreachable,
            RequestError::Network(error) if error.is_connect() || error.is_builder() => {
                Self::NotSent
            }
            RequestError::Network(_) => Self::Doubt,
            RequestError::InvalidJson { raw, .. } => from_raw(&raw),
            // Only for files, before anything goes out.
            RequestError::Io(_) => Self::NotSent,
        }
    }
}

impl CallError {
    /// What went wrong when something was asked: an answer that cannot be read is none.
    pub(super) fn of_question(error: RequestError) -> Self {
        match error.into() {
            Self::Done => Self::Doubt,
            error => error,
        }
    }

    /// What a refusal means, by the `description` that the Bot API gives with it.
    pub fn described(description: &str) -> Self {
        from_text(description)
    }

    /// What went wrong when a file was fetched: its server answers with a status only, or not at all.
    pub(super) fn of_file(status: Option<u16>, connecting: bool) -> Self {
        match status {
            Some(401) => Self::Unauthorized,
            Some(429) => Self::RetryAfter(Duration::from_secs(1)),
            Some(400..500) => Self::Refused("the file is not there"),
            Some(_) => Self::ServerError,
            None if connecting => Self::NotSent,
            None => Self::Doubt,
        }
    }
}

fn from_api(error: &ApiError) -> CallError {
    match error {
        ApiError::InvalidToken => CallError::Unauthorized,
        ApiError::Unknown(text) => from_text(text),
        known => from_text(&known.to_string()),
    }
}

/// Many texts of the real server differ from those that teloxide knows, so the text decides, not teloxide's variant.
fn from_text(text: &str) -> CallError {
    let text = text.to_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| text.contains(needle));
    if text.starts_with("too many requests") {
        // As many as Telegram can say; a larger number would lead beyond the end of time.
        let seconds = text.rsplit(' ').next();
        let seconds = seconds.and_then(|word| word.parse::<u32>().ok());
        CallError::RetryAfter(Duration::from_secs(seconds.unwrap_or(1).into()))
    } else if has(NOTHING_LEFT) {
        CallError::Done
    } else if text.starts_with("forbidden") || has(UNREACHABLE) {
        CallError::Unreachable
    } else if text.starts_with("unauthorized") || text == "not found" {
        CallError::Unauthorized
    } else if text.starts_with("conflict") || has(&["can't use getupdates method"]) {
        CallError::Conflict
    } else if has(SERVER_ERROR) {
        CallError::ServerError
    } else {
        let known = REFUSED.iter().find(|(needle, _)| text.contains(needle));
        CallError::Refused(known.map_or("for a reason that is not known here", |(_, why)| *why))
    }
}

/// An answer that teloxide could not read: an error page of a gateway, half an answer, or one of an unknown shape.
fn from_raw(raw: &str) -> CallError {
    #[derive(Deserialize)]
    struct Answer {
        ok: bool,
        error_code: Option<u16>,
        #[serde(default)]
        description: String,
    }
    match serde_json::from_str(raw) {
        Ok(Answer { ok: true, .. }) => CallError::Done,
        Ok(Answer {
            error_code: Some(500..),
            ..
        }) => CallError::ServerError,
        Ok(Answer { description, .. }) if !description.is_empty() => from_text(&description),
        Ok(_) => CallError::Doubt,
        Err(_) if raw.trim_start().starts_with('<') => CallError::ServerError,
        Err(_) => CallError::Doubt,
    }
}

const NOTHING_LEFT: &[&str] = &[
    "message is not modified",
    "query is too old",
    "query id is invalid",
    "message to edit not found",
    "message to delete not found",
    "message to react not found",
    "message_id_invalid",
];

const UNREACHABLE: &[&str] = &[
    "blocked by the user",
    "user is deactivated",
    "user_is_blocked",
    "input_user_deactivated",
    "chat not found",
    "user not found",
    "bot was kicked",
    "can't initiate conversation",
    "can't send messages to bots",
    "group is deactivated",
    "group chat was deleted",
    "upgraded to a supergroup",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights",
];

const SERVER_ERROR: &[&str] = &[
    "internal server error",
    "bad gateway",
    "service unavailable",
    "gateway time",
];

/// What Telegram writes (in lower case), and what the log says.
const REFUSED: &[(&str, &str)] = &[
    ("message text is empty", "the text is empty"),
    ("message is too long", "the text is too long"),
    ("message_too_long", "the text is too long"),
    (
        "button_data_invalid",
        "a button's data is not 1 to 64 bytes",
    ),
    ("button_url_invalid", "a button's address is not one"),
    ("wrong http url", "a button's address is not one"),
    ("inline keyboard", "the buttons are malformed"),
    ("reaction_invalid", "the reaction is not allowed here"),
    ("reactions are disabled", "the reaction is not allowed here"),
    ("message can't be edited", "the message cannot be edited"),
    ("can't parse entities", "the text was taken for markup"),
    ("strings must be encoded in utf-8", "the text is not UTF-8"),
    ("file is too big", "the file is too large"),
    ("wrong file_id", "the file is not there"),
    (
        "https url must be provided",
        "a webhook's address begins with https",
    ),
    ("only on ports", "a webhook's port is 443, 80, 88 or 8443"),
    (
        "bad webhook",
        "it cannot reach the webhook's address; see that its name is known, its certificate right, and its port open",
    ),
    (
        "voice_messages_forbidden",
        "voice notes are not wanted here",
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use teloxide::types::{ChatId, Seconds};

    use super::*;

    /// What an error text of the Bot API becomes, read the way teloxide reads it.
    fn described(description: &str) -> CallError {
        let error: ApiError = serde_json::from_value(json!(description)).unwrap();
        RequestError::Api(error).into()
    }

    fn raw(raw: &str) -> CallError {
        let source = serde_json::from_str::<()>("").unwrap_err();
        RequestError::InvalidJson {
            source: Arc::new(source),
            raw: raw.into(),
        }
        .into()
    }

    #[test]
    fn the_texts_of_the_real_server() {
        use CallError::*;
        let seconds = Duration::from_secs;
        for (text, expected) in [
            ("Forbidden: bot was blocked by the user", Unreachable),
            ("Forbidden: user is deactivated", Unreachable),
            ("Forbidden: bot was kicked from the group chat", Unreachable),
            (
                "Forbidden: bot was kicked from the supergroup chat",
                Unreachable,
            ),
            ("Unauthorized: bot was kicked from a chat", Unreachable),
            (
                "Forbidden: bot can't initiate conversation with a user",
                Unreachable,
            ),
            (
                "Unauthorized: bot can't initiate conversation with a user",
                Unreachable,
            ),
            ("Forbidden: bot can't send messages to bots", Unreachable),
            (
                "Forbidden: bot is not a member of the supergroup chat",
                Unreachable,
            ),
            ("Forbidden: the group chat was deleted", Unreachable),
            ("Bad Request: chat not found", Unreachable),
            ("Bad Request: user not found", Unreachable),
            ("Bad Request: PEER_ID_INVALID", Unreachable),
            (
                "Bad Request: group chat was upgraded to a supergroup chat",
                Unreachable,
            ),
            (
                "Bad Request: not enough rights to send text messages to the chat",
                Unreachable,
            ),
            (
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
                Done,
            ),
            ("Bad Request: message is not modified", Done),
            (
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
                Done,
            ),
            ("Bad Request: message to edit not found", Done),
            ("Bad Request: message to delete not found", Done),
            ("Bad Request: message to react not found", Done),
            ("Bad Request: MESSAGE_ID_INVALID", Done),
            (
                "Bad Request: message text is empty",
                Refused("the text is empty"),
            ),
            (
                "Bad Request: message is too long",
                Refused("the text is too long"),
            ),
            (
                "Bad Request: MESSAGE_TOO_LONG",
                Refused("the text is too long"),
            ),
            (
                "Bad Request: BUTTON_DATA_INVALID",
                Refused("a button's data is not 1 to 64 bytes"),
            ),
            (
                "Bad Request: REACTION_INVALID",
                Refused("the reaction is not allowed here"),
            ),
            (
                "Bad Request: message can't be edited",
                Refused("the message cannot be edited"),
            ),
            (
                "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
                Refused("a webhook's address begins with https"),
            ),
            (
                "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
                Refused("a webhook's port is 443, 80, 88 or 8443"),
            ),
            (
                "Bad Request: bad webhook: Failed to resolve host: Name or service not known",
                Refused(
                    "it cannot reach the webhook's address; see that its name is known, its certificate right, and its port open",
                ),
            ),
            (
                "Bad Request: something that nobody has seen: lieve Saar",
                Refused("for a reason that is not known here"),
            ),
            ("Unauthorized", Unauthorized),
            ("Not Found", Unauthorized),
            (
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                Conflict,
            ),
            (
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
                Conflict,
            ),
            ("Internal Server Error", ServerError),
            ("Internal Server Error: restart", ServerError),
            ("Bad Gateway", ServerError),
            ("Gateway Timeout", ServerError),
            ("Too Many Requests: retry after 17", RetryAfter(seconds(17))),
            ("Too Many Requests", RetryAfter(seconds(1))),
            (
                "Too Many Requests: retry after 18446744073709551615",
                RetryAfter(seconds(1)),
            ),
        ] {
            assert_eq!(described(text), expected, "{text}");
        }
    }

    #[test]
    fn answers_that_teloxide_cannot_read() {
        use CallError::*;
        for (text, expected) in [
            ("<html><h1>502 Bad Gateway</h1></html>", ServerError),
            ("\r\n<!DOCTYPE html>", ServerError),
            ("", Doubt),
            (r#"{"ok":tr"#, Doubt),
            (r#"{"ok":false}"#, Doubt),
            ("null", Doubt),
            (r#"{"ok":true,"result":{"of a new":"kind"}}"#, Done),
            (
                r#"{"ok":false,"error_code":500,"description":"Oeps","parameters":{}}"#,
                ServerError,
            ),
            (
                r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"new":1}}"#,
                RetryAfter(Duration::from_secs(3)),
            ),
            (
                r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user","parameters":{}}"#,
                Unreachable,
            ),
        ] {
            assert_eq!(raw(text), expected, "{text}");
        }
    }

    #[test]
    fn errors_with_parameters() {
        assert_eq!(
            CallError::from(RequestError::RetryAfter(Seconds::from_seconds(5))),
            CallError::RetryAfter(Duration::from_secs(5))
        );
        assert_eq!(
            CallError::from(RequestError::MigrateToChatId(ChatId(-100))),
            CallError::Unreachable
        );
    }

    #[test]
    fn no_error_repeats_what_telegram_answered() {
        let leaks = [
            raw("lieve Saar"),
            raw("<html>lieve Saar</html>"),
            raw(r#"{"ok":true,"result":{"text":"lieve Saar"}}"#),
            described("Bad Request: can't parse entities: lieve Saar"),
            described("lieve Saar"),
        ];
        for error in leaks {
            assert!(!format!("{error} {error:?}").contains("Saar"));
        }
    }
}
