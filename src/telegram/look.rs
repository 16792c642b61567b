//! Looking at how things stand at Telegram, without changing any of them.

use jiff::{Timestamp, fmt::rfc2822};
use teloxide::requests::Requester;

use super::{CallError, Telegram, WebhookUrl};

/// How the webhook stands, by which Telegram would bring updates instead of being asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookInfo {
    /// One is set.
    pub set: bool,
    /// It is the one that is wanted.
    pub is_wanted: bool,
    /// How many updates wait at Telegram.
    pub waiting: u32,
    /// When bringing one failed last, and why, in Telegram's words. They are about the connection, not about what a parent wrote.
    pub failed: Option<(Timestamp, String)>,
}

/// The most characters of what Telegram says.
const LONGEST: usize = 100;

impl Telegram {
    /// How the webhook stands, when this one is wanted.
    ///
    /// # Errors
    /// When Telegram cannot be asked.
    pub async fn webhook(&self, wanted: Option<&WebhookUrl>) -> Result<WebhookInfo, CallError> {
        let info = self.bot.get_webhook_info().await?;
        let at = info.last_error_date.map(|date| date.timestamp());
        let at = at.and_then(|second| Timestamp::from_second(second).ok());
        let why = info.last_error_message.unwrap_or_default();
        let why = why
            .chars()
            .filter(|c| c.is_ascii() && !c.is_ascii_control());
        Ok(WebhookInfo {
            set: info.url.is_some(),
            is_wanted: info.url.as_ref() == wanted.map(WebhookUrl::as_url),
            waiting: info.pending_update_count,
            failed: at.map(|at| (at, why.take(LONGEST).collect())),
        })
    }

    /// What time it is at Telegram, in whole seconds, as the head of an answer says it; `None` when it does not.
    ///
    /// # Errors
    /// When Telegram cannot be asked.
    pub async fn time(&self) -> Result<Option<Timestamp>, CallError> {
        let mut url = self.bot.api_url();
        let name = format!("bot{}", self.bot.token());
        let mut path = url.path_segments_mut().map_err(|()| CallError::NotSent)?;
        path.pop_if_empty().extend([name.as_str(), "getMe"]);
        drop(path);
        // What this error says has the token in it.
        let answer = self.bot.client().get(url).send().await;
        let answer = answer.map_err(|_| CallError::NotSent)?;
        let date = answer.headers().get("date");
        let date = date.and_then(|date| date.to_str().ok());
        Ok(date.and_then(|date| rfc2822::parse(date).ok().map(|date| date.timestamp())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::telegram::testing::{Reply, Script};

    async fn webhook(info: &str) -> WebhookInfo {
        let reply = format!(r#"{{"ok":true,"result":{info}}}"#);
        let script = Script::new([Reply::Json(reply)]).await;
        let wanted = WebhookUrl::new("https://b.nl/geheim").unwrap();
        script.telegram().webhook(Some(&wanted)).await.unwrap()
    }

    #[tokio::test]
    async fn a_webhook_is_set_or_not_and_says_what_failed() {
        let none = r#"{"url":"","has_custom_certificate":false,"pending_update_count":7}"#;
        let none = webhook(none).await;
        assert_eq!((none.set, none.waiting, none.failed), (false, 7, None));
        let other =
            r#"{"url":"https://b.nl/oud","has_custom_certificate":false,"pending_update_count":0}"#;
        let other = webhook(other).await;
        assert!(other.set && !other.is_wanted);
        let set = r#"{"url":"https://b.nl/geheim","has_custom_certificate":false,"pending_update_count":0,
            "last_error_date":1750000000,"last_error_message":"Connection refused\u0007"}"#;
        let set = webhook(set).await;
        assert!(set.set && set.is_wanted);
        let (at, why) = set.failed.unwrap();
        assert_eq!(
            (at.as_second(), why.as_str()),
            (1_750_000_000, "Connection refused")
        );
    }

    #[tokio::test]
    async fn a_server_that_says_no_time_says_none() {
        let script = Script::new([Reply::Json(r#"{"ok":true}"#.to_owned())]).await;
        assert_eq!(script.telegram().time().await, Ok(None));
    }
}
