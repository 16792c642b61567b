//! The only room that knows teloxide: updates become events, effects become requests, and errors become what a caller decides on.
//!
//! Nothing here retries, paces or remembers an offset: that is the business of [`receive`](crate::service::receive) and
//! [`sender`](crate::service::sender). teloxide's dispatcher and throttle are not used; ARCHITECTURE.md says why.

mod errors;
mod files;
mod look;
mod rate;
mod read;
mod request;
#[cfg(test)]
pub(crate) mod testing;
mod updates;
mod webhook;

use std::{fmt, sync::OnceLock, time::Duration};

use teloxide::{
    Bot,
    net::default_reqwest_settings,
    payloads::{SetMyCommandsSetters, SetMyDescriptionSetters, SetMyShortDescriptionSetters},
    requests::Requester,
    types::{AllowedUpdate, BotCommand},
};
use thiserror::Error;

pub use errors::CallError;
pub use look::WebhookInfo;
pub use rate::{NoRate, Rate};
pub use read::{Incoming, Origin};
pub use request::{Request, Wire};
pub use webhook::{SECRET_HEADER, WebhookUrl};

/// How long a long poll waits at most; see [`TOTAL`].
pub const LONGEST_POLL: Duration = Duration::from_secs(10);

/// How many updates Telegram gives at most in one answer.
pub const MOST_UPDATES: u8 = 100;

/// How long setting up a connection may take. Below [`TOTAL`], so that "could not connect" (certainly not done) and
/// "no answer" (in doubt) stay apart.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a call may take from start to the last byte of the answer. teloxide has one timeout for all calls, and sleeps 10 seconds
/// inside it after a 5xx: a long poll that ends so has to fit as well, or a plain 5xx would look like a timeout.
const TOTAL: Duration = Duration::from_secs(25);

/// The same for a call with a file in it, up or down: 20 MB over a line that takes 600 kbit in a second. A connection that has died meanwhile is known sooner, when nothing of what was sent
/// is confirmed for half a minute.
const TOTAL_OF_FILE: Duration = Duration::from_secs(300);

/// How long an unused connection is kept. Short: one that a router between here and Telegram has silently dropped
/// turns the next call into a doubt.
const KEEP_IDLE: Duration = Duration::from_secs(20);

/// The kinds of updates that the bot asks for, each with its name, which is also the field of an update in which it comes. Telegram remembers the list, so it
/// goes out with every getUpdates and setWebhook.
const KINDS: [(AllowedUpdate, &str); 4] = [
    (AllowedUpdate::Message, "message"),
    (AllowedUpdate::EditedMessage, "edited_message"),
    (AllowedUpdate::CallbackQuery, "callback_query"),
    (AllowedUpdate::MyChatMember, "my_chat_member"),
];

/// Telegram's Bot API, as one bot. Shared by reference or in an `Arc`: all calls use one pool of connections, and those with files in them another one.
pub struct Telegram {
    bot: Bot,
    /// The same bot for calls with a file in them, which may take longer: a client has one timeout for all its calls.
    files: Bot,
    rate: Rate,
    /// Set by [`Telegram::me`].
    username: OnceLock<String>,
}

/// Who the bot is at Telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The bot's name, without `@`.
    pub username: String,
}

/// What Telegram shows before a chat begins, to everybody whose app is in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The language of the app, a code of two letters; `None` is every app for which there is no introduction of its own.
    pub language: Option<String>,
    /// The menu: name and description of each command, at most 100.
    pub commands: Vec<(String, String)>,
    /// The line on the bot's profile, at most 120 characters.
    pub short_description: String,
    /// The text in an empty chat, at most 512 characters.
    pub description: String,
}

/// A setting with which no call could ever succeed. Never says what the setting was, since it may hold the token or a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadSetting {
    /// The token does not look like one.
    #[error(
        "the bot's token is not one: expected what @BotFather gives, digits, a colon, then letters, digits, - or _"
    )]
    Token,
    /// The address does not lead anywhere.
    #[error(
        "the Bot API's address is not one: expected an address such as https://api.telegram.org"
    )]
    ApiUrl,
    /// The address is none to which Telegram could deliver.
    #[error(
        "the webhook's address is not one: expected an address such as https://bot.example.org/telegram, which begins with https"
    )]
    WebhookUrl,
    /// No HTTP client could be made.
    #[error("the HTTP client could not be made: the machine's TLS or proxy settings do not work")]
    Client,
}

impl Telegram {
    /// Gets ready to call the Bot API at `api_url`, or at Telegram's own address. Calls nobody yet.
    ///
    /// # Errors
    /// When the token or the address cannot be one.
    pub fn new(token: &str, api_url: Option<&str>) -> Result<Self, BadSetting> {
        Self::with_totals(token, api_url, TOTAL, TOTAL_OF_FILE)
    }

    fn with_totals(
        token: &str,
        api_url: Option<&str>,
        total: Duration,
        total_of_file: Duration,
    ) -> Result<Self, BadSetting> {
        if !looks_like_a_token(token) {
            return Err(BadSetting::Token);
        }
        Ok(Self {
            bot: bot(token, api_url, total)?,
            files: bot(token, api_url, total_of_file)?,
            rate: Rate::default(),
            username: OnceLock::new(),
        })
    }

    /// To be called at this rate, which is for whoever calls to keep to. Above the free one every new message goes out as a paid broadcast: for each beyond
    /// the free ones Telegram takes 0.1 Stars from the bot's balance, and without enough of them it refuses messages.
    pub fn at(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    /// The rate at which it may be called.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Asks who the bot is, which also shows that the token is right. From then on, a command with another bot's name behind it is
    /// known not to be for this one.
    ///
    /// # Errors
    /// When Telegram cannot be asked; [`CallError::Unauthorized`] for a wrong token.
    pub async fn me(&self) -> Result<Me, CallError> {
        let me = self.bot.get_me().await.map_err(CallError::of_question)?;
        let username = me.user.username.unwrap_or_default();
        let _ = self.username.set(username.clone());
        Ok(Me { username })
    }

    /// Tells Telegram what to show before a chat begins, language by language.
    ///
    /// # Errors
    /// The first call that fails; the ones before it have worked, and doing all of them again does no harm.
    pub async fn introduce(&self, introductions: &[Introduction]) -> Result<(), CallError> {
        for introduction in introductions {
            self.introduce_in_one(introduction).await?;
        }
        Ok(())
    }

    async fn introduce_in_one(&self, introduction: &Introduction) -> Result<(), CallError> {
        let commands = bot_commands(&introduction.commands);
        let mut menu = self.bot.set_my_commands(commands);
        let mut short = self
            .bot
            .set_my_short_description()
            .short_description(&introduction.short_description);
        let mut long = self
            .bot
            .set_my_description()
            .description(&introduction.description);
        if let Some(language) = &introduction.language {
            menu = menu.language_code(language);
            short = short.language_code(language);
            long = long.language_code(language);
        }
        menu.await?;
        short.await?;
        long.await?;
        Ok(())
    }

    /// The bot's name, when it is known.
    fn us(&self) -> Option<&str> {
        self.username.get().map(String::as_str)
    }
}

fn bot_commands(commands: &[(String, String)]) -> impl Iterator<Item = BotCommand> + '_ {
    commands
        .iter()
        .map(|(command, description)| BotCommand::new(command, description))
}

/// Prints neither the token nor the address, which `Bot`'s own `Debug` does.
impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telegram(..)")
    }
}

/// A bot whose calls may take so long.
fn bot(token: &str, api_url: Option<&str>, total: Duration) -> Result<Bot, BadSetting> {
    let client = default_reqwest_settings()
        .connect_timeout(CONNECT)
        .timeout(total)
        .pool_idle_timeout(KEEP_IDLE)
        .build()
        .map_err(|_| BadSetting::Client)?;
    let bot = Bot::with_client(token, client);
    let Some(api_url) = api_url else {
        return Ok(bot);
    };
    let url = api_url.trim_end_matches('/');
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(BadSetting::ApiUrl);
    }
    Ok(bot.set_api_url(url.parse().map_err(|_| BadSetting::ApiUrl)?))
}

/// Whether this could be a token at all: `123456:letters-and_digits`. Only Telegram knows whether it is right.
fn looks_like_a_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::{
        conversation::{Content, Event},
        parent::Words,
    };

    #[test]
    fn settings_that_cannot_work_are_refused_without_being_repeated() {
        let cases = [
            ("", None, BadSetting::Token),
            ("geheim", None, BadSetting::Token),
            ("123456", None, BadSetting::Token),
            ("123456:", None, BadSetting::Token),
            (":ABC", None, BadSetting::Token),
            ("12a:ABC", None, BadSetting::Token),
            ("123456:ABC DEF", None, BadSetting::Token),
            ("123456:ABC\n", None, BadSetting::Token),
            ("123456:ABC", Some(""), BadSetting::ApiUrl),
            ("123456:ABC", Some("api.telegram.org"), BadSetting::ApiUrl),
            ("123456:ABC", Some("localhost:8081"), BadSetting::ApiUrl),
            ("123456:ABC", Some("mailto:a@b.nl"), BadSetting::ApiUrl),
            ("123456:ABC", Some("http://"), BadSetting::ApiUrl),
            ("123456:ABC", Some("http:///"), BadSetting::ApiUrl),
            ("123456:ABC", Some("https://b.nl:99999"), BadSetting::ApiUrl),
            ("123456:ABC", Some("ftp://b.nl"), BadSetting::ApiUrl),
        ];
        for (token, url, expected) in cases {
            assert_eq!(
                Telegram::new(token, url).unwrap_err(),
                expected,
                "{token:?} {url:?}"
            );
        }
    }

    #[test]
    fn an_address_may_end_in_a_slash_and_have_a_path() {
        for (given, expected) in [
            (None, "https://api.telegram.org/"),
            (Some("http://127.0.0.1:8081"), "http://127.0.0.1:8081/"),
            (Some("http://127.0.0.1:8081/"), "http://127.0.0.1:8081/"),
            (Some("https://b.nl/tba/"), "https://b.nl/tba"),
        ] {
            let telegram = Telegram::new("123456:ABC-def_1", given).unwrap();
            assert_eq!(telegram.bot.api_url().as_str(), expected);
        }
    }

    #[tokio::test]
    async fn updates_are_asked_for_and_read() {
        let me = r#"{"ok":true,"result":{"id":9,"is_bot":true,"first_name":"V","username":"voel_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"has_main_web_app":false}}"#;
        let command = |update: u32, text: &str| {
            format!(
                r#"{{"update_id":{update},"message":{{"message_id":3,"date":1750000000,"from":{{"id":7,"is_bot":false,"first_name":"Saar"}},"chat":{{"id":7,"type":"private","first_name":"Saar"}},"text":"{text}"}}}}"#
            )
        };
        let updates = format!(
            r#"{{"ok":true,"result":[{},{},{{"update_id":63,"novelty":{{"text":"x"}}}}]}}"#,
            command(61, "/start@voel_bot"),
            command(62, "/start@ander_bot"),
        );
        let replies = [
            me.to_owned(),
            updates,
            r#"{"ok":true,"result":[]}"#.to_owned(),
        ];
        let script = testing::Script::new(replies.map(testing::Reply::Json)).await;
        let telegram = script.telegram();
        assert_eq!(telegram.me().await.unwrap().username, "voel_bot");

        let updates = telegram.updates(None, Duration::MAX).await.unwrap();
        let ids: Vec<_> = updates.iter().map(|incoming| incoming.update).collect();
        assert_eq!(ids, [61, 62, 63]);
        let contents: Vec<_> = updates
            .into_iter()
            .map(|incoming| match incoming.event {
                Some(Event::Wrote(message)) => Some(message.content),
                _ => None,
            })
            .collect();
        let start = Content::Command {
            name: "start".to_owned(),
            rest: Words::default(),
        };
        let text = Content::Text(Words::new("/start@ander_bot"));
        assert_eq!(contents, [Some(start), Some(text), None]);
        assert!(
            telegram
                .updates(Some(64), Duration::ZERO)
                .await
                .unwrap()
                .is_empty()
        );
        insta::assert_snapshot!(script.requests().join("\n"), @r#"
GetMe {}
GetUpdates {"limit":100,"timeout":10,"allowed_updates":["message","edited_message","callback_query","my_chat_member"]}
GetUpdates {"offset":64,"limit":100,"timeout":0,"allowed_updates":["message","edited_message","callback_query","my_chat_member"]}
"#);
    }

    #[tokio::test]
    async fn what_is_no_update_hides_no_other() {
        let start = r#"{"update_id":61,"a_novelty":{"x":1},"message":{"message_id":3,"date":1750000000,"from":{"id":7,"is_bot":false,"first_name":"Saar"},"chat":{"id":7,"type":"private","first_name":"Saar"},"text":"/start","novelty":[1]},"novelty":[]}"#;
        let among = format!(
            r#"{{"ok":true,"result":[5,null,{{}},{{"update_id":"x"}},{{"update_id":-1}},{{"update_id":99999999999}},{start},{{"update_id":62,"message":7}}]}}"#
        );
        let nothing = r#"{"ok":true,"result":["nonsense"]}"#.to_owned();
        let unlike = r#"{"ok":true,"result":{"of a new":"kind"}}"#.to_owned();
        let replies = [among, nothing, unlike];
        let script = testing::Script::new(replies.map(testing::Reply::Json)).await;
        let telegram = script.telegram();
        let updates = telegram.updates(None, Duration::ZERO).await.unwrap();
        let read: Vec<_> = updates
            .iter()
            .map(|incoming| (incoming.update, incoming.event.is_some()))
            .collect();
        assert_eq!(read, [(61, true), (62, false)]);
        for _ in 0..2 {
            let answer = telegram.updates(None, Duration::ZERO).await;
            assert_eq!(answer, Err(CallError::Doubt));
        }
    }

    #[test]
    fn a_kind_of_update_has_the_name_that_telegram_gives_it() {
        for (kind, name) in KINDS {
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
    }

    #[test]
    fn debug_prints_neither_token_nor_address() {
        let telegram = Telegram::new("123456:geheim", Some("http://user:wachtwoord@b.nl")).unwrap();
        assert_eq!(format!("{telegram:?}"), "Telegram(..)");
    }
}
