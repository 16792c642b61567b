//! The webhook that the bot sets, and the calls of updates to it.

use std::{collections::BTreeMap, future::pending, net::IpAddr, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, Uri, header, uri::Authority},
};
use futures::{StreamExt, stream::FuturesUnordered};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};

use super::{
    BotApi, Refusal, World,
    deliveries::Delivery,
    faults::Trouble,
    methods::Done,
    params::{Nothing, Params},
};
use crate::parent::ChatId;

/// What a [`Fault`](super::Fault) calls the delivery of an update to the webhook.
pub const WEBHOOK: &str = "webhook";

/// How many deliveries are under way at once, when the bot names no number.
const USUAL_CONNECTIONS: u8 = 40;

/// One setWebhook in this time.
const BETWEEN_SETTINGS: Duration = Duration::from_secs(1);

/// How long an answer may take, in real time.
const ANSWER_TAKES: Duration = Duration::from_secs(60);

/// What is a second to Telegram when it waits before it calls again: real time, because a clock that stands still would never end the wait, and so little that no
/// test waits for it.
const SECOND: Duration = Duration::from_millis(10);

/// The longest wait before it calls again, in seconds of Telegram.
const LONGEST_WAIT: u32 = 60;

/// Where updates go.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    /// As the bot gave it.
    pub url: String,
    secret: Option<String>,
    connections: u8,
    /// The uptime at which it was set.
    at: Duration,
    /// How often the bot set one, this one included: what went wrong before is tried again at once.
    setting: u64,
    /// Why the last delivery that went wrong did so.
    last_error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetWebhook {
    url: String,
    max_connections: Option<u8>,
    allowed_updates: Option<Vec<String>>,
    #[serde(default)]
    drop_pending_updates: bool,
    secret_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteWebhook {
    #[serde(default)]
    drop_pending_updates: bool,
}

impl World {
    pub(super) fn set_webhook(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SetWebhook = params.read()?;
        let bad = |why: &str| Err(Refusal::bad_request(format_args!("bad webhook: {why}")));
        let target = call.url.parse::<Uri>().ok();
        let is_deliverable = target
            .as_ref()
            .is_some_and(|target| match target.scheme_str() {
                Some("https") => true,
                Some("http") => is_on_this_machine(target),
                Some(_) | None => false,
            });
        if !call.url.is_empty() && !is_deliverable {
            return bad("An HTTPS URL must be provided for webhook");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if let Some(secret) = &call.secret_token
            && !((1..=256).contains(&secret.len()) && secret.chars().all(plain))
        {
            return Err(Refusal::bad_request(
                "secret token contains unallowed characters",
            ));
        }
        let connections = call.max_connections.unwrap_or(USUAL_CONNECTIONS);
        if !(1..=100).contains(&connections) {
            return bad("max_connections is a number from 1 to 100");
        }
        let now = self.clock.uptime();
        let former = self.webhook.as_ref();
        if former.is_some_and(|former| now < former.at + BETWEEN_SETTINGS) {
            return Err(Refusal::too_many_requests(1));
        }
        let setting = former.map_or(1, |former| former.setting + 1);
        if let Some(kinds) = call.allowed_updates {
            self.updates.allow(kinds);
        }
        if call.drop_pending_updates {
            self.updates.drop_pending();
        }
        self.webhook = (!call.url.is_empty()).then_some(Webhook {
            url: call.url,
            secret: call.secret_token,
            connections,
            at: now,
            setting,
            last_error: None,
        });
        Ok(true.into())
    }

    pub(super) fn delete_webhook(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: DeleteWebhook = params.read()?;
        if call.drop_pending_updates {
            self.updates.drop_pending();
        }
        self.webhook = None;
        Ok(true.into())
    }

    pub(super) fn get_webhook_info(&mut self, params: &Params) -> Result<Done, Refusal> {
        params.read::<Nothing>()?;
        let webhook = self.webhook.as_ref();
        let mut info = json!({
            "url": webhook.map(|webhook| webhook.url.as_str()).unwrap_or_default(),
            "has_custom_certificate": false,
            "pending_update_count": self.updates.unconfirmed(),
        });
        if let Some(webhook) = webhook {
            info["max_connections"] = webhook.connections.into();
            if let Some(error) = &webhook.last_error {
                info["last_error_date"] = self.clock.now().as_second().into();
                info["last_error_message"] = error.clone().into();
            }
        }
        if let Some(allowed) = self.updates.allowed() {
            info["allowed_updates"] = json!(allowed);
        }
        Ok(info.into())
    }

    /// The address to which updates are delivered, when the bot has set one.
    pub fn webhook_url(&self) -> Option<&str> {
        self.webhook.as_ref().map(|webhook| webhook.url.as_str())
    }

    /// Why the last delivery that went wrong since the webhook was set did so.
    pub fn webhook_error(&self) -> Option<&str> {
        self.webhook.as_ref()?.last_error.as_deref()
    }

    /// The next call, with the trouble that it meets.
    fn next_call(&mut self, waits: &Waits) -> Option<Call> {
        let webhook = self.webhook.clone()?;
        let now = Instant::now();
        let connections = webhook.connections.into();
        let delivery = self.updates.take(connections, |id| waits.rests(id, now))?;
        let chat = |path: &str| delivery.update.pointer(path).and_then(Value::as_i64);
        let chat = chat("/message/chat/id").or_else(|| chat("/edited_message/chat/id"));
        let trouble = self.strike(WEBHOOK, chat.map(ChatId));
        Some(Call {
            webhook,
            delivery,
            trouble,
        })
    }
}

fn is_on_this_machine(target: &Uri) -> bool {
    let host = target.host().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Which updates went wrong, and when they are tried again.
#[derive(Default)]
struct Waits {
    setting: u64,
    waits: BTreeMap<i64, Wait>,
}

struct Wait {
    failures: u32,
    until: Instant,
}

impl Waits {
    fn rests(&self, id: i64, now: Instant) -> bool {
        self.waits.get(&id).is_some_and(|wait| wait.until > now)
    }

    /// As the real server: at once, then after 2, 4, 8 seconds and so on, unless the bot names a time.
    fn failed(&mut self, id: i64, retry_after: Option<u32>) {
        let now = Instant::now();
        let wait = self.waits.entry(id).or_insert(Wait {
            failures: 0,
            until: now,
        });
        let growing = match wait.failures {
            0 => 0,
            failures => 2_u32.saturating_pow(failures),
        };
        let seconds = retry_after.unwrap_or(growing).min(LONGEST_WAIT);
        wait.failures += 1;
        wait.until = now + SECOND * seconds;
    }

    fn next(&self) -> Option<Instant> {
        let now = Instant::now();
        let untils = self.waits.values().map(|wait| wait.until);
        untils.filter(|until| *until > now).min()
    }
}

/// Delivers updates for as long as it is polled.
pub(super) async fn deliver(api: BotApi) -> std::convert::Infallible {
    let mut changes = api.changes();
    let mut waits = Waits::default();
    let mut under_way = FuturesUnordered::new();
    loop {
        changes.mark_unchanged();
        {
            let mut world = api.world();
            let setting = world.webhook.as_ref().map_or(0, |webhook| webhook.setting);
            if std::mem::replace(&mut waits.setting, setting) != setting {
                waits.waits.clear();
            }
            while let Some(call) = world.next_call(&waits) {
                under_way.push(call.make(api.clone()));
            }
        }
        let wake = waits.next();
        tokio::select! {
            Some((delivery, taken)) = under_way.next() => api.with(|world| {
                let id = delivery.id;
                let is_over = world.updates.delivered(delivery, taken.is_ok());
                if is_over {
                    waits.waits.remove(&id);
                    return;
                }
                let failure = taken.err().unwrap_or_default();
                waits.failed(id, failure.retry_after);
                if let Some(webhook) = &mut world.webhook {
                    webhook.last_error = Some(failure.why);
                }
            }),
            _ = changes.changed() => {}
            () = async { match wake { Some(wake) => sleep_until(wake).await, None => pending().await } } => {}
        }
    }
}

/// One call of the webhook.
struct Call {
    webhook: Webhook,
    delivery: Delivery,
    trouble: Option<Trouble>,
}

/// Why an update was not taken.
struct Failure {
    why: String,
    /// In so many seconds of Telegram it may be tried again.
    retry_after: Option<u32>,
}

impl Default for Failure {
    /// Word of it did not come through.
    fn default() -> Self {
        Self::new("Webhook connection closed")
    }
}

impl Failure {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            retry_after: None,
        }
    }

    fn status(status: StatusCode) -> Self {
        Self::new(format!("Wrong response from the webhook: {status}"))
    }
}

impl Call {
    async fn make(self, api: BotApi) -> (Delivery, Result<(), Failure>) {
        let taken = match &self.trouble {
            None | Some(Trouble::Novel | Trouble::Unlike(_)) => self.post().await,
            Some(Trouble::Slow) => {
                let taken = self.post().await;
                api.hold().await;
                taken
            }
            Some(Trouble::CutBefore) => Err(Failure::default()),
            Some(Trouble::CutAfter | Trouble::Garbled) => {
                let _ = self.post().await;
                Err(Failure::default())
            }
            // A proxy on the way that says so of its own accord.
            Some(Trouble::ServerError) => Err(Failure::status(StatusCode::INTERNAL_SERVER_ERROR)),
            Some(Trouble::BadGateway) => Err(Failure::status(StatusCode::BAD_GATEWAY)),
            Some(Trouble::Instead(code, _)) => Err(Failure::new(format!(
                "Wrong response from the webhook: {code}"
            ))),
            Some(Trouble::Refused(refusal)) => Err(Failure {
                why: format!("Wrong response from the webhook: {}", refusal.code),
                retry_after: refusal.retry_after,
            }),
        };
        (self.delivery, taken)
    }

    /// Posts the update on a connection of its own, as a reverse proxy does.
    async fn post(&self) -> Result<(), Failure> {
        let answered = timeout(ANSWER_TAKES, self.answer()).await;
        let (status, retry_after) =
            answered.map_err(|_| Failure::new("Read timeout expired"))??;
        if status.is_success() {
            return Ok(());
        }
        Err(Failure {
            retry_after,
            ..Failure::status(status)
        })
    }

    async fn answer(&self) -> Result<(StatusCode, Option<u32>), Failure> {
        let cut = |error: hyper::Error| Failure::new(error.to_string());
        let target: Uri = self
            .webhook
            .url
            .parse()
            .map_err(|_| Failure::new("Bad URL"))?;
        let authority = target.authority().map_or("", Authority::as_str);
        let port = target.port_u16().unwrap_or(80);
        let host = target.host().unwrap_or_default();
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port))
            .await
            .map_err(|error| Failure::new(format!("Connection failed: {}", error.kind())))?;
        let _ = stream.set_nodelay(true);
        let (mut connection, driving) = handshake(TokioIo::new(stream)).await.map_err(cut)?;
        let path = target.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::post(path)
            .header(header::HOST, authority)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(secret) = &self.webhook.secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let request = request
            .body(Body::from(self.delivery.update.to_string()))
            .map_err(|_| Failure::new("URL is too long"))?;
        // When it is dropped, the connection ends.
        let answered = async move {
            let response = connection.send_request(request).await.map_err(cut)?;
            let after = response.headers().get(header::RETRY_AFTER);
            let after = after.and_then(|value| value.to_str().ok()?.parse().ok());
            Ok((response.status(), after))
        };
        let (answered, _) = tokio::join!(answered, driving);
        answered
    }
}
