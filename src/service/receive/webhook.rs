//! Telegram calls, and hears that an update is safe only when it is.
//!
//! A small server, behind a reverse proxy that does TLS. What it takes in is bounded: so many connections, so many bytes, so much time. Nothing of a request is ever logged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc, oneshot, watch},
    time::timeout,
};

use super::Batch;
use crate::{
    service::{Clock, Tally, accept::accepted},
    telegram::{SECRET_HEADER, Telegram},
};

/// What a server takes in at most.
#[derive(Clone, Copy)]
struct Limits {
    /// How many connections there are at once. More wait for their turn.
    connections: usize,
    /// How many bytes of a body are read.
    body: usize,
    /// How long the head of a request may take, and how long a connection may do nothing. In real time, as for all that comes over a network.
    head_takes: Duration,
    /// How long the body of a request may take.
    body_takes: Duration,
    /// How long stopping waits for requests that are under way.
    last_answers: Duration,
}

const LIMITS: Limits = Limits {
    // Those of Telegram, and some for whoever else knocks.
    connections: 64,
    // The largest update is a message, or a tap on one, with the message that it answers: two texts of 4,096 characters that JSON writes as six bytes each, a hundred marks
    // in either, a quote, a hundred buttons with 64 bytes of data. That is well under 200 KB.
    body: 1024 * 1024,
    head_takes: Duration::from_secs(30),
    body_takes: Duration::from_secs(10),
    // The whole bot stops within two seconds.
    last_answers: Duration::from_millis(500),
};

/// After how many seconds Telegram calls again when nothing could be kept. Left to itself it waits longer each time, up to two minutes, also
/// when the store is back long since.
const CALL_AGAIN: &str = "5";

/// How many updates wait at Telegram to be brought here; none when it does not say so soon: nobody who writes now has to wait for that.
pub async fn waiting(telegram: &Telegram) -> u32 {
    match timeout(SAYS_SO_IN, telegram.webhook(None)).await {
        Ok(Ok(info)) => info.waiting,
        Ok(Err(_)) | Err(_) => 0,
    }
}

/// See [`waiting`].
const SAYS_SO_IN: Duration = Duration::from_secs(3);

/// What a request meets.
#[derive(Clone)]
pub struct Entrance {
    /// Knows the secret, and reads updates.
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Batch>,
    /// Becomes true when no more is taken in.
    stop: watch::Receiver<bool>,
    limits: Limits,
    /// That there was something else than an update has been said.
    said: Arc<AtomicBool>,
    /// How many updates were taken in.
    taken: watch::Sender<u32>,
}

impl Entrance {
    /// An entrance that leads to the heart until `stop` becomes true.
    pub fn new(
        telegram: Arc<Telegram>,
        clock: Clock,
        tally: Arc<Tally>,
        to_heart: mpsc::Sender<Batch>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            telegram,
            clock,
            tally,
            to_heart,
            stop,
            limits: LIMITS,
            said: Arc::default(),
            taken: watch::Sender::default(),
        }
    }

    /// Tells the heart, with a batch of nothing, when so many updates were taken in as waited before the first one was: what was due while the bot was away comes
    /// after them.
    pub async fn catch_up(self, waiting: u32) {
        // It only fails when the sending half is gone, and that is in here.
        let _ = self
            .taken
            .subscribe()
            .wait_for(|taken| *taken >= waiting)
            .await;
        let (committed, _) = oneshot::channel();
        let nothing = Batch {
            updates: Vec::new(),
            is_last: true,
            came: self.clock.uptime(),
            committed,
        };
        // Without a heart there is nothing to wait for.
        let _ = self.to_heart.send(nothing).await;
    }
}

/// Takes updates that are posted to `path` to the heart, until the entrance is told to stop.
///
/// Then no more requests are taken, and those whose update the heart has get their answer after the commit. The listener stays open.
pub async fn run(listener: Arc<TcpListener>, path: &str, entrance: Entrance) {
    let clock = entrance.clock.clone();
    let limits = entrance.limits;
    let mut stop = entrance.stop.clone();
    let stop = async move { drop(stop.wait_for(|stop| *stop).await) };
    tokio::pin!(stop);
    let router = Router::new()
        .without_v07_checks()
        .route(path, post(delivered))
        .layer(DefaultBodyLimit::max(limits.body))
        .with_state(entrance);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_takes);
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = GracefulShutdown::new();
    loop {
        let next = async {
            // It only fails when it is closed, and nobody closes it.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener, &clock).await)
        };
        let (place, stream) = tokio::select! {
            biased;
            () = &mut stop => break,
            next = next => next,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the other side's affair: it calls again.
            let _ = connection.await;
            drop(place);
        });
    }
    if timeout(limits.last_answers, connections.shutdown())
        .await
        .is_err()
    {
        tracing::info!("stopped before all requests to the webhook were answered");
    }
}

/// The next connection.
async fn accept(listener: &TcpListener, clock: &Clock) -> TcpStream {
    let failed = "a connection to the webhook could not be taken";
    let (stream, _) = accepted(clock, failed, || listener.accept()).await;
    // An answer is small, and would wait for the network's own clock. It only fails on a dead connection.
    let _ = stream.set_nodelay(true);
    stream
}

/// One request to the webhook.
async fn delivered(State(entrance): State<Entrance>, request: Request) -> Response {
    match entrance.take(request).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(StatusCode::SERVICE_UNAVAILABLE) => {
            let again = [(header::RETRY_AFTER, CALL_AGAIN)];
            (StatusCode::SERVICE_UNAVAILABLE, again).into_response()
        }
        Err(status) => status.into_response(),
    }
}

impl Entrance {
    /// Takes one update in, and returns when it is durable; otherwise with the status that says why it is not.
    async fn take(&self, request: Request) -> Result<(), StatusCode> {
        let shown = request.headers().get(SECRET_HEADER);
        let is_telegram =
            shown.is_some_and(|shown| self.telegram.is_webhook_secret(shown.as_bytes()));
        // Before its body is read: a stranger costs next to nothing.
        if !is_telegram {
            if self.tally.stranger() == 0 {
                tracing::warn!(
                    "a request to the webhook did not show the secret, so it was refused: it is not from Telegram, \
                     or the webhook was set with another token; more of them are counted and not said"
                );
            }
            return Err(StatusCode::FORBIDDEN);
        }
        let body = self.read(request).await.inspect_err(|status| {
            if *status != StatusCode::SERVICE_UNAVAILABLE {
                self.say_once();
            }
        })?;
        let Some(incoming) = self.telegram.delivered(&body) else {
            self.say_once();
            return Err(StatusCode::BAD_REQUEST);
        };
        self.tally.received(incoming.unreadable);
        let (committed, commit) = oneshot::channel();
        let batch = Batch {
            updates: vec![incoming],
            is_last: false,
            came: self.clock.uptime(),
            committed,
        };
        let gone = StatusCode::SERVICE_UNAVAILABLE;
        self.to_heart.send(batch).await.map_err(|_| gone)?;
        // The heart says itself what went wrong.
        commit.await.map_err(|_| gone)?;
        self.taken
            .send_modify(|taken| *taken = taken.saturating_add(1));
        Ok(())
    }

    async fn read(&self, request: Request) -> Result<Bytes, StatusCode> {
        let mut stop = self.stop.clone();
        let body = timeout(self.limits.body_takes, Bytes::from_request(request, &()));
        tokio::select! {
            biased;
            body = body => match body {
                Ok(body) => body.map_err(|error| error.status()),
                Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
            },
            // What has not come in whole comes again.
            _ = stop.wait_for(|stop| *stop) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// Telegram sends the same again and again, so it is said once.
    fn say_once(&self) {
        if !self.said.swap(true, Relaxed) {
            tracing::warn!(
                "a request to the webhook showed the secret and was no whole update; see that the reverse proxy hands on all of it"
            );
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
