//! The agenda as the heart goes through it: without the parents whose record could not be read just now. A disk that fails to give a block may give it the next time, so they are tried again,
//! and nobody behind them waits for that.
//!
//! The store knows nothing of it: there agenda and record agree, and another process tries at once.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    conversation::Unreadable,
    store::{ParentId, Store},
};

/// How long somebody is put off.
const WAIT: SignedDuration = SignedDuration::from_mins(10);

/// Who was not tried for so long after their time is due no more: plans change, and parents are erased.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// How often a record is tried, which takes most of an hour: by then it is no passing trouble of the disk, and a prompt is not too late yet.
const TRIES: u32 = 6;

/// A moment of the agenda, and whose it is.
pub(super) type Due = (Timestamp, ParentId);

/// Who is put off.
#[derive(Default)]
pub(super) struct PutOff(HashMap<Due, Tried>);

struct Tried {
    times: u32,
    again: Timestamp,
}

/// Which try at a record comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Try {
    /// The first one.
    First,
    /// One of those after it.
    Again,
    /// There is none after this one.
    Last,
}

impl PutOff {
    /// At most so many moments that have come, earliest first.
    ///
    /// # Errors
    /// When the agenda cannot be read.
    pub fn due(&self, store: &Store, now: Timestamp, limit: usize) -> Result<Vec<Due>, Unreadable> {
        let mut due = store.due(now, limit.saturating_add(self.0.len()))?;
        due.retain(|moment| self.until(moment, now).is_none());
        due.truncate(limit);
        Ok(due)
    }

    /// The next moment at which something is to be done, past moments included.
    ///
    /// # Errors
    /// When the agenda cannot be read.
    pub fn next_due(&self, store: &Store, now: Timestamp) -> Result<Option<Timestamp>, Unreadable> {
        if self.0.is_empty() {
            return store.next_due();
        }
        // One more than may be put off: the first of the others is among them.
        let moments = store.due(Timestamp::MAX, self.0.len() + 1)?;
        let moments = moments.iter();
        Ok(moments
            .map(|moment| self.until(moment, now).unwrap_or(moment.0))
            .min())
    }

    /// Which try this is.
    pub fn next_try(&self, moment: &Due) -> Try {
        match self.0.get(moment).map_or(0, |tried| tried.times) {
            0 => Try::First,
            times if times + 1 < TRIES => Try::Again,
            _ => Try::Last,
        }
    }

    /// Notes what came of the moments of a round at this time: whether the record could be read.
    pub fn tried(&mut self, now: Timestamp, tried: Vec<(Due, bool)>) {
        for (moment, read) in tried {
            if read || self.next_try(&moment) == Try::Last {
                self.0.remove(&moment);
                continue;
            }
            let times = self.0.get(&moment).map_or(0, |tried| tried.times) + 1;
            let again = now.saturating_add(WAIT).unwrap_or(Timestamp::MAX);
            self.0.insert(moment, Tried { times, again });
        }
        self.0.retain(|_, tried| {
            let since = now.duration_since(tried.again);
            // A clock that was set back says nothing of how long ago something was, and lets nobody wait.
            -WAIT <= since && since < FORGOTTEN
        });
    }

    /// Until when this one is put off; `None` when it is not, or not any more.
    fn until(&self, moment: &Due, now: Timestamp) -> Option<Timestamp> {
        let again = self.0.get(moment)?.again;
        let left = again.duration_since(now);
        // A clock that was set back says nothing of how long ago something was.
        (SignedDuration::ZERO < left && left <= WAIT).then_some(again)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::{
        parent::ChatId,
        store::{MemoryEngine, RootSecret},
    };

    #[test]
    fn whose_moment_went_out_of_the_agenda_is_forgotten() {
        let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
        let store = Store::in_memory(&MemoryEngine::new(), &secret).unwrap();
        let at = |minute| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let [anna, bram] = [1, 2].map(|chat| (at(0), store.parent_id(ChatId(chat))));
        let mut put_off = PutOff::default();
        put_off.tried(at(60), vec![(anna, false), (bram, false)]);
        put_off.tried(at(70), vec![(anna, false)]);
        // Others have their turn.
        put_off.tried(at(129), Vec::new());
        assert_eq!(put_off.next_try(&anna), Try::Again);
        assert_eq!(put_off.next_try(&bram), Try::Again);
        put_off.tried(at(130), Vec::new());
        assert_eq!(put_off.next_try(&anna), Try::Again);
        assert_eq!(put_off.next_try(&bram), Try::First);
        // The clock is set back.
        put_off.tried(at(20), Vec::new());
        assert!(put_off.0.is_empty());
    }
}
