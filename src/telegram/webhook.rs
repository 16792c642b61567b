//! Webhooks: where Telegram delivers updates, how it shows that it is Telegram, and what it delivers.

use teloxide::{
    payloads::{DeleteWebhookSetters, SetWebhookSetters},
    requests::Requester,
};
use url::{Host, Url};

use super::{BadSetting, CallError, Incoming, KINDS, Telegram};

/// The header in which Telegram shows the secret that setWebhook told it.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// How many deliveries Telegram may have under way at once: its own default, said so that no former setting stays.
///
/// One would keep the order of all updates, and cost a round trip through the internet and a flush for each of them: some 20 a second. The order that counts is there
/// without it. Telegram's server keeps the messages of a chat and their edits in one queue, and delivers the next only when the one before was answered
/// with 2xx (`WebhookActor` and `webhook_queue_id` in tdlib/telegram-bot-api). Only taps, and word of a block, have queues of their own. They can overtake a text of the same
/// second, as if the parent had been that much quicker; a tap on an old keyboard is known as old in any order.
const MOST_CONNECTIONS: u8 = 40;

/// What the secret is derived for, so that nothing else that is ever derived from the token is the same.
const SECRET_CONTEXT: &str = "voel-eerst 2026-11-28 webhook secret token";

/// The public address to which Telegram delivers updates.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Reads an address that begins with https; on this machine itself, for a Bot API server of one's own, also with http.
    ///
    /// # Errors
    /// When Telegram could not deliver to it.
    pub fn new(text: &str) -> Result<Self, BadSetting> {
        let url: Url = text.parse().map_err(|_| BadSetting::WebhookUrl)?;
        let on_this_machine = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(BadSetting::WebhookUrl),
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if on_this_machine => Ok(Self(url)),
            _ => Err(BadSetting::WebhookUrl),
        }
    }

    /// The address itself.
    pub(super) fn as_url(&self) -> &Url {
        &self.0
    }

    /// The path at which the deliveries come, with a slash at its beginning, as it goes over the wire.
    pub fn path(&self) -> &str {
        self.0.path()
    }
}

impl Telegram {
    /// Tells Telegram how updates come in. Those that wait are kept.
    ///
    /// With a webhook, updates are delivered to it from then on, and kept for it while the bot is stopped. Without one, a webhook left behind by an
    /// earlier life is taken away, because getUpdates fails as long as there is one.
    ///
    /// # Errors
    /// When Telegram was not told. Telling it again does no harm.
    pub async fn receive_by(&self, webhook: Option<&WebhookUrl>) -> Result<(), CallError> {
        match webhook {
            Some(url) => {
                self.bot
                    .set_webhook(url.0.clone())
                    .secret_token(self.webhook_secret())
                    .allowed_updates(KINDS.map(|(kind, _)| kind))
                    .max_connections(MOST_CONNECTIONS)
                    .drop_pending_updates(false)
                    .await?;
            }
            None => {
                self.bot
                    .delete_webhook()
                    .drop_pending_updates(false)
                    .await?;
            }
        }
        Ok(())
    }

    /// Derived from the token: whoever has that can do anything anyway, and it is the same after every start without being kept anywhere.
    pub(crate) fn webhook_secret(&self) -> String {
        let key = blake3::derive_key(SECRET_CONTEXT, self.bot.token().as_bytes());
        blake3::Hash::from_bytes(key).to_string()
    }

    /// Whether this is the secret that only Telegram was told. How long the answer takes says nothing about the secret.
    pub fn is_webhook_secret(&self, shown: &[u8]) -> bool {
        // Hashes are compared in constant time, and both have the same length.
        blake3::hash(shown) == blake3::hash(self.webhook_secret().as_bytes())
    }

    /// Reads an update as it is delivered, the same way as one that was asked for. One of a kind that is newer than teloxide is unreadable, and has its
    /// number; `None` is anything but an update.
    pub fn delivered(&self, body: &[u8]) -> Option<Incoming> {
        self.read(serde_json::from_slice(body).ok()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::{
        conversation::Event,
        parent::ChatId,
        telegram::{
            Origin,
            testing::{Reply, Script},
        },
    };

    fn telegram(token: &str) -> Telegram {
        Telegram::new(token, None).unwrap()
    }

    #[test]
    fn an_address_begins_with_https_unless_it_is_on_this_machine() {
        for (text, path) in [
            ("https://bot.example.org", "/"),
            ("https://bot.example.org:8443/telegram", "/telegram"),
            (
                "https://bot.example.org/a%20b/{c}/*d/:e?f=g",
                "/a%20b/%7Bc%7D/*d/:e",
            ),
            ("https://bot.example.org/méér", "/m%C3%A9%C3%A9r"),
            ("http://127.0.0.1:8081/hook", "/hook"),
            ("http://127.8.9.1/hook", "/hook"),
            ("http://[::1]:8081/hook/", "/hook/"),
            ("http://localhost/hook", "/hook"),
        ] {
            assert_eq!(
                WebhookUrl::new(text).map(|url| url.path().to_owned()),
                Ok(path.to_owned())
            );
        }
        for text in [
            "",
            "bot.example.org",
            "bot.example.org:8443/telegram",
            "/telegram",
            "http://bot.example.org",
            "http://192.168.1.2/hook",
            "http://localhost.example.org/hook",
            "http://[::2]/hook",
            "ftp://localhost/hook",
            "https://",
            "https://bot.example.org:99999/",
            "mailto:bot@example.org",
        ] {
            assert_eq!(
                WebhookUrl::new(text).err(),
                Some(BadSetting::WebhookUrl),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_secret_is_the_tokens_and_the_same_in_every_life() {
        let (ours, again, other) = (telegram("1:a"), telegram("1:a"), telegram("1:b"));
        let secret = ours.webhook_secret();
        assert_eq!(secret.len(), 64);
        assert!(secret.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(secret, again.webhook_secret());
        assert_ne!(secret, other.webhook_secret());
        assert!(ours.is_webhook_secret(secret.as_bytes()));
        assert!(!other.is_webhook_secret(secret.as_bytes()));
        for wrong in [
            "",
            &secret[1..],
            &secret.to_uppercase(),
            &format!("{secret} "),
        ] {
            assert!(!ours.is_webhook_secret(wrong.as_bytes()), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn what_telegram_is_told() {
        let done = || Reply::Json(r#"{"ok":true,"result":true}"#.to_owned());
        let script = Script::new([done(), done()]).await;
        let telegram = script.telegram();
        let url = WebhookUrl::new("https://bot.example.org/telegram").unwrap();
        telegram.receive_by(Some(&url)).await.unwrap();
        telegram.receive_by(None).await.unwrap();
        let [set, deleted] = script.requests().try_into().unwrap();
        assert_eq!(deleted, r#"DeleteWebhook {"drop_pending_updates":false}"#);
        let secret = telegram.webhook_secret();
        for (field, value) in [
            ("url", "https://bot.example.org/telegram"),
            ("secret_token", &secret),
            ("max_connections", "40"),
            ("drop_pending_updates", "false"),
            (
                "allowed_updates",
                r#"["message","edited_message","callback_query","my_chat_member"]"#,
            ),
        ] {
            let field = format!("name=\"{field}\"");
            let rest = set.split(&field).nth(1).unwrap_or_default();
            assert!(rest.trim_start().starts_with(value), "{field} in {set}");
        }
        assert!(set.starts_with("SetWebhook "));
    }

    #[test]
    fn what_is_delivered_is_read_like_what_was_asked_for() {
        let telegram = telegram("1:a");
        let message = br#"{"update_id":61,
"message":{"message_id":3,"date":1750000000,"from":{"id":7,"is_bot":false,"first_name":"Saar"},"chat":{"id":7,"type":"private","first_name":"Saar"},"text":"dag"}}"#;
        let read = telegram.delivered(message).unwrap();
        assert_eq!((read.update, read.unreadable), (61, false));
        assert_eq!(read.chat, Origin::Private(ChatId(7)));
        assert!(matches!(read.event, Some(Event::Wrote(_))));
        for (body, number) in [
            (r#"{"update_id":62,"novelty":{"a":1}}"#, 62),
            (r#"{"update_id":63}"#, 63),
            (r#"{"novelty":null,"update_id":64}"#, 64),
            (r#"{"update_id":65,"message":"a text"}"#, 65),
        ] {
            let read = telegram.delivered(body.as_bytes()).unwrap();
            assert_eq!(
                (read.update, read.event, read.unreadable),
                (number, None, true),
                "{body}"
            );
        }
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"message":{}}"#,
            r#"{"update_id":-1}"#,
            r#"{"update_id":"66"}"#,
            r#"{"update_id":66"#,
            "\u{feff}{}",
        ] {
            assert_eq!(telegram.delivered(body.as_bytes()), None, "{body}");
        }
        assert_eq!(telegram.delivered(b"\xff\xfe"), None);
    }
}
