//! What Telegram answers when it does not do what it was asked.

use std::fmt;

/// A refusal, with the HTTP status and the text of the real server, because bots decide on both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status, repeated in the body as `error_code`.
    pub code: u16,
    /// The body's `description`.
    pub description: String,
    /// `parameters.retry_after`: how many seconds to wait.
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// 400: the request itself is wrong.
    pub fn bad_request(why: impl fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {why}"))
    }

    /// 401: no bot has this token.
    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    /// 403: the bot may not do this in that chat.
    pub fn forbidden(why: impl fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {why}"))
    }

    /// 404: no such method, or not even the shape of a token.
    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// 409: somebody else receives this bot's updates.
    pub fn conflict(why: impl fmt::Display) -> Self {
        Self::new(409, format!("Conflict: {why}"))
    }

    /// 413: the request is larger than Telegram takes.
    pub fn too_large() -> Self {
        Self::new(413, "Request Entity Too Large")
    }

    /// 429: too fast; `seconds` until it may be tried again.
    pub fn too_many_requests(seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(429, format!("Too Many Requests: retry after {seconds}"))
        }
    }

    fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            retry_after: None,
        }
    }
}
