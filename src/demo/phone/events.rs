//! The stream of snapshots that the page draws.

use std::{convert::Infallible, future::pending, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, Sse},
};
use futures::{Stream, stream};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{Phone, Shelf, snapshot::Snapshot};

/// How often the page hears of what changes without anybody doing anything: the minute, and toasts and typing that end.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// One `state` event at once, and one after every change; changes that come faster than the page takes them become one.
pub async fn events(
    State(phone): State<Phone>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watching = Watching {
        changes: phone.api.changes(),
        next_due: phone.next_due.clone(),
        shelf: phone.shelf.clone(),
        prompts: 0,
        ended: phone.ended.clone(),
        shown: None,
        phone,
    };
    Sse::new(stream::unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        Some((Ok(event), watching))
    }))
}

struct Watching {
    phone: Phone,
    changes: watch::Receiver<()>,
    next_due: watch::Receiver<Option<Timestamp>>,
    shelf: Shelf,
    /// How often the prompts have changed since this page looks.
    prompts: u32,
    ended: watch::Receiver<bool>,
    shown: Option<Snapshot>,
}

impl Watching {
    /// Waits for something new to show; `None` at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            self.changes.mark_unchanged();
            let next_due = *self.next_due.borrow_and_update();
            if *self.ended.borrow_and_update() {
                return None;
            }
            let now = Snapshot::take(&self.phone.api, &self.phone.clock, next_due, self.prompts);
            if self
                .shown
                .as_ref()
                .is_none_or(|shown| now.looks_other_than(shown))
            {
                let event = Event::default().event("state").json_data(&now).ok()?;
                self.shown = Some(now);
                return Some(event);
            }
            tokio::select! {
                () = changed(&mut self.changes) => {}
                () = changed(&mut self.next_due) => {}
                () = self.shelf.changed() => self.prompts += 1,
                () = changed(&mut self.ended) => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }
}

/// Waits for a change; for ever, when nobody is left to make one.
async fn changed<T>(watched: &mut watch::Receiver<T>) {
    if watched.changed().await.is_err() {
        pending().await
    }
}
