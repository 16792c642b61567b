//! The Bot API as a handle: the world behind a lock, waiting, and trouble. Still no HTTP.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use super::{
    Refusal, World,
    faults::Trouble,
    methods::{self, GET_UPDATES},
    params::Params,
    voices::FILE,
    world::TOKEN,
};
use crate::service::Clock;

/// No poll waits longer than this, whatever the bot asks for: below the total timeout of teloxide's own HTTP client.
const LONGEST_POLL: Duration = Duration::from_secs(15);
/// How long [`BotApi::until`] waits for what it waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A handle on the world. Clones show the same world.
#[derive(Clone)]
pub struct BotApi(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<()>,
}

/// What goes back to the bot.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// `ok: true` with this result.
    Done(Value),
    /// `ok: false`.
    Refused(Refusal),
    /// A file.
    File(Arc<[u8]>),
    /// A file of which the connection brings half.
    HalfFile(Arc<[u8]>),
    /// A page of HTML with this status.
    Html(u16),
    /// A body of any kind with this status.
    Text(u16, String),
    /// The first half of what [`Answer::Done`] with this result would be.
    Garbled(Value),
    /// No answer: the connection is cut.
    Cut,
}

/// [`BotApi::until`] waited in vain. It says what for, and what the bot did last.
#[derive(Clone, PartialEq, Eq)]
pub struct NotReached(String);

impl BotApi {
    /// A world with nobody in it, whose dates and limits follow `clock`.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Shared {
            world: Mutex::new(World::new(clock)),
            changed: watch::Sender::new(()),
        }))
    }

    /// Changes the world, and wakes everybody who waits for a change.
    pub fn with<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.world());
        self.0.changed.send_replace(());
        result
    }

    /// Looks at the world.
    pub fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.world())
    }

    /// Hears of every change from now on.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.changed.subscribe()
    }

    /// Waits until `found` finds something in the world.
    ///
    /// # Errors
    /// After ten real seconds, with `what` was waited for and the last calls of the bot.
    pub async fn until<R>(
        &self,
        what: &str,
        mut found: impl FnMut(&World) -> Option<R>,
    ) -> Result<R, NotReached> {
        let mut changes = self.changes();
        let end = Instant::now() + PATIENCE;
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.look(&mut found) {
                return Ok(found);
            }
            if tokio::time::timeout_at(end, changes.changed())
                .await
                .is_err()
            {
                return Err(NotReached(self.look(|world| not_reached(what, world))));
            }
        }
    }

    /// One call of the bot, with trouble and waiting.
    pub(super) async fn call(&self, token: &str, method: &str, params: Params) -> Answer {
        if token != TOKEN {
            return Answer::Refused(Refusal::unauthorized());
        }
        let method = match methods::method_named(method) {
            Ok(method) => method,
            Err(refusal) => return Answer::Refused(refusal),
        };
        let trouble = self.with(|world| world.strike(method, params.chat()));
        match trouble {
            None => self.act(method, &params).await,
            Some(Trouble::ServerError) => Answer::Html(500),
            Some(Trouble::BadGateway) => Answer::Html(502),
            Some(Trouble::CutBefore) => Answer::Cut,
            Some(Trouble::Refused(refusal)) => Answer::Refused(refusal),
            Some(Trouble::Instead(code, body)) => Answer::Text(code, body),
            Some(Trouble::Unlike(body)) => match self.act(method, &params).await {
                Answer::Done(_) => Answer::Text(200, body),
                refused => refused,
            },
            Some(Trouble::Novel) => match self.act(method, &params).await {
                Answer::Done(mut result) => {
                    add_novelties(&mut result);
                    Answer::Done(result)
                }
                refused => refused,
            },
            Some(Trouble::CutAfter) => {
                self.act(method, &params).await;
                Answer::Cut
            }
            Some(Trouble::Garbled) => match self.act(method, &params).await {
                Answer::Done(result) => Answer::Garbled(result),
                refused => refused,
            },
            Some(Trouble::Slow) => {
                let answer = self.act(method, &params).await;
                self.hold().await;
                answer
            }
        }
    }

    /// The bot takes a file, with trouble. A connection that is cut after it was asked for is cut in the middle of the file.
    pub(super) async fn file(&self, token: &str, path: &str) -> Answer {
        if token != TOKEN {
            return Answer::Refused(Refusal::unauthorized());
        }
        let trouble = self.with(|world| world.strike(FILE, None));
        let refused = match &trouble {
            Some(Trouble::ServerError) => return Answer::Html(500),
            Some(Trouble::BadGateway) => return Answer::Html(502),
            Some(Trouble::CutBefore) => return Answer::Cut,
            Some(Trouble::Refused(refusal)) => Some(refusal.clone()),
            Some(Trouble::Instead(code, body)) => return Answer::Text(*code, body.clone()),
            Some(
                Trouble::CutAfter
                | Trouble::Garbled
                | Trouble::Slow
                | Trouble::Unlike(_)
                | Trouble::Novel,
            )
            | None => None,
        };
        let found = self.with(|world| {
            let found = match refused {
                Some(refusal) => Err(refusal),
                None => world.file_at(path),
            };
            let outcome = found.as_ref().map(|_| Value::Null).map_err(Clone::clone);
            world.log(FILE, || json!({ "path": path }), |_| outcome);
            found
        });
        let file = match found {
            Ok(file) => file,
            Err(refusal) => return Answer::Refused(refusal),
        };
        match trouble {
            Some(Trouble::CutAfter) => Answer::HalfFile(file),
            Some(Trouble::Garbled) => Answer::File(file[..file.len() / 2].into()),
            Some(Trouble::Slow) => {
                self.hold().await;
                Answer::File(file)
            }
            Some(
                Trouble::ServerError
                | Trouble::BadGateway
                | Trouble::CutBefore
                | Trouble::Refused(_)
                | Trouble::Instead(..)
                | Trouble::Unlike(_)
                | Trouble::Novel,
            )
            | None => Answer::File(file),
        }
    }

    async fn act(&self, method: &'static str, params: &Params) -> Answer {
        let outcome = if method == GET_UPDATES {
            self.get_updates(params).await
        } else {
            self.with(|world| world.act(method, params))
        };
        outcome.map_or_else(Answer::Refused, Answer::Done)
    }

    /// Waits for updates in real time, because a clock that stands still would never end the wait.
    async fn get_updates(&self, params: &Params) -> Result<Value, Refusal> {
        let mut changes = self.changes();
        let poll = self.with(|world| {
            let begun = world.begin_poll(params);
            let outcome = begun.as_ref().map(|_| Value::Null).map_err(Clone::clone);
            world.log(GET_UPDATES, || params.as_json(), |_| outcome);
            begun
        })?;
        let end = Instant::now() + Duration::from_secs(poll.timeout.into()).min(LONGEST_POLL);
        loop {
            changes.mark_unchanged();
            {
                let mut world = self.world();
                if world.poll != poll.number {
                    return Err(Refusal::conflict(
                        "terminated by other getUpdates request; make sure that only one bot instance is running",
                    ));
                }
                let updates = world.updates.batch(poll.limit);
                if !updates.is_empty() || world.closing || Instant::now() >= end {
                    return Ok(updates.into());
                }
            }
            // Whether it was a change or the end of the wait, the next look tells.
            let _ = tokio::time::timeout_at(end, changes.changed()).await;
        }
    }

    /// Waits for [`World::release`].
    pub(super) async fn hold(&self) {
        let mut changes = self.changes();
        let before = self.with(|world| {
            world.held += 1;
            world.releases
        });
        let _held = Held(self);
        // It only fails when the sender is gone, and this handle holds one.
        let freed = |world: &World| world.closing || world.releases != before;
        while !self.look(freed) && changes.changed().await.is_ok() {}
    }

    /// Ends every wait, now and from now on.
    pub(super) fn close(&self) {
        self.with(|world| world.closing = true);
    }

    /// The world, changed without word to anybody.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        // A test that panicked with the lock in hand has said so already; the others may go on.
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One answer that is held back, also when the bot hangs up meanwhile.
struct Held<'a>(&'a BotApi);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.with(|world| world.held -= 1);
    }
}

pub(super) fn not_reached(what: &str, world: &World) -> String {
    let mut text = format!(
        "waited {} s in vain for: {what}\nthe bot's last calls:",
        PATIENCE.as_secs()
    );
    let calls: Vec<_> = world.calls().rev().take(12).collect();
    for call in calls.into_iter().rev() {
        let outcome = match &call.outcome {
            Ok(_) => "done",
            Err(refusal) => &refusal.description,
        };
        text += &format!(
            "\n  {:?} {} {}: {outcome}",
            call.at, call.method, call.params
        );
    }
    text
}

impl fmt::Display for NotReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As [`Display`](fmt::Display), because tests print it with `unwrap`.
impl fmt::Debug for NotReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotReached {}

/// Adds what a later version of the Bot API may add: a field that nobody knows, to every object.
fn add_novelties(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(add_novelties);
            // Before and behind all others.
            fields.insert("a_novelty".to_owned(), json!({"text": "x", "id": 1}));
            fields.insert("zz_novelty".to_owned(), json!([true]));
        }
        Value::Array(values) => values.iter_mut().for_each(add_novelties),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
