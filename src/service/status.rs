//! What a machine can ask about the running bot, over a small HTTP server of its own: `/health`, `/ready` and `/metrics`.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use jiff::Timestamp;
use tokio::{net::TcpListener, sync::watch, task};

use super::{
    Clock, Tally,
    metrics::{self, Seen},
};
use crate::store;

/// What is asked about.
#[derive(Clone)]
pub struct Status {
    /// What happened, and whether it goes well.
    pub tally: Arc<Tally>,
    /// The time.
    pub clock: Clock,
    /// When the bot was started.
    pub started: Timestamp,
    /// When something is due next.
    pub next_due: watch::Receiver<Option<Timestamp>>,
    /// The folder of the store.
    pub store: PathBuf,
    /// One backup a day is wanted.
    pub daily_backups: bool,
}

impl Status {
    /// Answers until the listener fails, or this is dropped.
    ///
    /// # Errors
    /// Never in practice: axum goes on when a connection fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let router = Router::new()
            .route("/health", get(health))
            .route("/ready", get(ready))
            .route("/metrics", get(page))
            .with_state(self);
        axum::serve(listener, router).await
    }
}

async fn health(State(status): State<Status>) -> (StatusCode, String) {
    match status.tally.vitals.health(status.clock.uptime()) {
        Ok(()) => (StatusCode::OK, "healthy\n".to_owned()),
        Err(long) => (StatusCode::SERVICE_UNAVAILABLE, stuck(long)),
    }
}

/// What is said of a heart that has been at one round for so long.
pub fn stuck(long: Duration) -> String {
    format!(
        "not healthy: the heart has been at one round for {} s, most likely the disk does not answer\n",
        long.as_secs()
    )
}

async fn ready(State(status): State<Status>) -> (StatusCode, String) {
    match status.tally.vitals.readiness(status.clock.uptime()) {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {why}\n"),
        ),
    }
}

async fn page(State(status): State<Status>) -> impl IntoResponse {
    let uptime = status.clock.uptime();
    let dir = status.store;
    let looked = task::spawn_blocking(move || (store::size(&dir).ok(), store::room(&dir).ok()));
    let (store, room) = looked.await.unwrap_or_default();
    let seen = Seen {
        healthy: status.tally.vitals.health(uptime).is_ok(),
        ready: status.tally.vitals.readiness(uptime).is_ok(),
        started: status.started,
        next_due: *status.next_due.borrow(),
        daily_backups: status.daily_backups,
        store,
        room,
    };
    let page = metrics::page(status.tally, seen);
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], page)
}
