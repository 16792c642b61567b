//! Asking for updates, and reading each of them by itself.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::{
    requests::{JsonRequest, Payload},
    types::{AllowedUpdate, Update, UpdateId, UpdateKind},
};

use super::{CallError, Incoming, KINDS, LONGEST_POLL, MOST_UPDATES, Origin, Telegram, Wire, read};

impl Telegram {
    /// The next updates from number `offset` on, at most [`MOST_UPDATES`]; waits for the first one, at most `wait` and never longer than
    /// [`LONGEST_POLL`]. Asking with an offset tells Telegram that everything before it may be forgotten; `None` confirms nothing.
    ///
    /// # Errors
    /// When Telegram cannot be asked. Nothing is lost then: the same offset gives the same updates again.
    pub async fn updates(
        &self,
        offset: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Incoming>, CallError> {
        let asked = self.poll(offset, wait);
        let updates = asked.await.map_err(CallError::of_question)?;
        let among = updates.len();
        let read: Vec<_> = updates
            .into_iter()
            .filter_map(|update| self.read(update))
            .collect();
        if read.len() < among {
            tracing::warn!("what Telegram gave is no update, and is passed over");
        }
        // Without a number nothing can be confirmed, and it would come again at once.
        if read.is_empty() && among > 0 {
            return Err(CallError::Doubt);
        }
        Ok(read)
    }

    /// The call that [`Telegram::updates`] makes, as it goes over the wire.
    pub fn poll_on_wire(&self, offset: Option<i64>, wait: Duration) -> Wire {
        Wire::of(&self.poll(offset, wait))
    }

    /// Reads one update as it comes over the wire; `None` when it is not even one, so that it has no number.
    pub fn read(&self, update: Value) -> Option<Incoming> {
        let number = u32::try_from(update.get("update_id")?.as_u64()?).ok()?;
        // One over which the code stumbles must not keep the others from being heard.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let update = Update {
                id: UpdateId(number),
                kind: kind_of(update),
            };
            read::read(update, self.us())
        }));
        Some(read.unwrap_or(Incoming {
            update: number,
            chat: Origin::Nowhere,
            language: None,
            event: None,
            unreadable: true,
        }))
    }

    fn poll(&self, offset: Option<i64>, wait: Duration) -> JsonRequest<GetUpdates> {
        let payload = GetUpdates {
            offset,
            limit: MOST_UPDATES,
            timeout: wait.min(LONGEST_POLL).as_secs(),
            allowed_updates: KINDS.map(|(_, name)| name),
        };
        JsonRequest::new(self.bot.clone(), payload)
    }
}

/// What an update says. teloxide itself reads one only out of a text, looks at the first field only, and takes one that is new for the kind of
/// the update.
fn kind_of(update: Value) -> UpdateKind {
    fn as_one<'a, T: Deserialize<'a>>(
        said: &'a Value,
        of: fn(T) -> UpdateKind,
    ) -> Option<UpdateKind> {
        T::deserialize(said).ok().map(of)
    }
    let mut said = KINDS
        .iter()
        .filter_map(|(kind, name)| Some((kind, update.get(name)?)));
    let known = said.find_map(|(kind, said)| match kind {
        AllowedUpdate::Message => as_one(said, UpdateKind::Message),
        AllowedUpdate::EditedMessage => as_one(said, UpdateKind::EditedMessage),
        AllowedUpdate::CallbackQuery => as_one(said, UpdateKind::CallbackQuery),
        AllowedUpdate::MyChatMember => as_one(said, UpdateKind::MyChatMember),
        // Not asked for.
        _ => None,
    });
    known.unwrap_or(UpdateKind::Error(update))
}

/// getUpdates, with each update as Telegram wrote it: one that teloxide cannot read must not hide the others. teloxide's own also has 32 bits with a
/// sign for the offset. A number of an update has 32 without, and one that cannot be confirmed would come again at once and for ever.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    /// In seconds.
    timeout: u64,
    allowed_updates: [&'static str; 4],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;

    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout))
    }
}
