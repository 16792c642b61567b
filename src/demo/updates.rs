//! The queue of updates: what is listed is queued, what is confirmed is gone, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// At most this many updates in one answer.
const MAX_BATCH: usize = 100;

/// So many updates can be sent again: more than anybody would, and few enough that they stay near at hand.
const HISTORY: usize = 128;

/// What Telegram delivers when a bot never said what it wants: everything but these.
const ONLY_WHEN_LISTED: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Updates that wait for the bot.
#[derive(Debug)]
pub struct Updates {
    next_id: i64,
    newest: Option<i64>,
    /// Not confirmed yet.
    pub(super) pending: BTreeMap<i64, Value>,
    /// The latest ones that were confirmed, to send one again.
    history: BTreeMap<i64, Value>,
    /// Confirmed, and nevertheless sent once more.
    pub(super) again: Vec<Value>,
    /// How many of the next confirmations do not reach Telegram.
    pub(super) lost_confirmations: u32,
    /// On their way to the webhook.
    pub(super) under_way: BTreeSet<i64>,
    /// How many of those that are sent once more are on their way to the webhook.
    pub(super) again_under_way: usize,
    /// Not delivered to the webhook for now.
    pub(super) kept_back: BTreeSet<i64>,
    /// The kinds the bot listed last; `None` when it never did.
    allowed: Option<Vec<String>>,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            next_id: 1,
            newest: None,
            pending: BTreeMap::new(),
            history: BTreeMap::new(),
            again: Vec::new(),
            lost_confirmations: 0,
            under_way: BTreeSet::new(),
            again_under_way: 0,
            kept_back: BTreeSet::new(),
            allowed: None,
        }
    }
}

impl Updates {
    /// Queues an update of this kind, unless the bot did not list it. Returns its number.
    pub fn push(&mut self, kind: &str, content: Value) -> Option<i64> {
        let wanted = match &self.allowed {
            Some(allowed) => allowed.iter().any(|allowed| allowed == kind),
            None => !ONLY_WHEN_LISTED.contains(&kind),
        };
        if !wanted {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.newest = Some(id);
        self.pending
            .insert(id, json!({"update_id": id, kind: content}));
        Some(id)
    }

    /// The kinds to deliver from now on. An empty list means the default ones, as with Telegram.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = (!kinds.is_empty()).then_some(kinds);
    }

    /// The kinds the bot listed.
    pub fn allowed(&self) -> Option<&[String]> {
        self.allowed.as_deref()
    }

    /// Forgets every update below `offset`. A negative offset counts from the end and forgets all before it.
    pub fn confirm(&mut self, offset: i64) {
        let confirms_something = self.pending.range(..offset).next().is_some();
        if confirms_something && self.lost_confirmations > 0 {
            self.lost_confirmations -= 1;
            return;
        }
        let kept = match usize::try_from(offset.unsigned_abs()) {
            Ok(kept) if offset < 0 => kept,
            Ok(_) | Err(_) => 0,
        };
        while self.pending.len() > kept
            && let Some(first) = self.pending.first_entry()
            && (offset < 0 || *first.key() < offset)
        {
            let id = *first.key();
            self.is_taken(id);
        }
    }

    /// The update of this number is confirmed.
    pub(super) fn is_taken(&mut self, id: i64) {
        if let Some(update) = self.pending.remove(&id) {
            self.history.insert(id, update);
        }
        if self.history.len() > HISTORY {
            self.history.pop_first();
        }
    }

    /// The oldest updates that wait, at most `limit` of them and never more than 100. They stay until they are confirmed.
    pub fn batch(&mut self, limit: usize) -> Vec<Value> {
        let limit = limit.clamp(1, MAX_BATCH);
        let again = self.again.len().min(limit);
        let mut batch: Vec<Value> = self.again.drain(..again).collect();
        let fresh = self.pending.values().take(limit - batch.len());
        batch.extend(fresh.cloned());
        batch
    }

    /// How many updates are not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.pending.len()
    }

    /// Whether there was an update of this number, and it is confirmed.
    pub fn is_confirmed(&self, id: i64) -> bool {
        self.history.contains_key(&id) && !self.pending.contains_key(&id)
    }

    /// The number up to which every update is confirmed. A webhook may have taken later ones too.
    pub fn confirmed_up_to(&self) -> i64 {
        let first = self.pending.first_key_value();
        first.map_or(self.newest().unwrap_or(0), |(&id, _)| id - 1)
    }

    /// The number of the newest update, queued or long confirmed.
    pub fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// Sends an update once more, though it was confirmed: with the next answer, or to the webhook. Whether there is such an update among the latest.
    pub fn redeliver(&mut self, id: i64) -> bool {
        let update = self.history.get(&id).or_else(|| self.pending.get(&id));
        let update = update.cloned();
        let known = update.is_some();
        self.again.extend(update);
        known
    }

    /// The next so many confirmations of waiting updates get lost on their way.
    pub fn lose_confirmations(&mut self, count: u32) {
        self.lost_confirmations = count;
    }

    /// Forgets all that waits.
    pub fn drop_pending(&mut self) {
        self.pending.clear();
        self.again.clear();
    }

    /// Numbers the following updates from `id` on, as Telegram does with a random number after a week without any.
    ///
    /// Numbers that were given already are not given again: then it counts on where it was.
    pub fn count_from(&mut self, id: i64) {
        self.next_id = self.newest().map_or(id, |newest| id.max(newest + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(batch: &[Value]) -> Vec<i64> {
        batch
            .iter()
            .filter_map(|update| update["update_id"].as_i64())
            .collect()
    }

    fn with(count: usize) -> Updates {
        let mut updates = Updates::default();
        for number in 0..count {
            updates.push("message", json!(number));
        }
        updates
    }

    #[test]
    fn updates_stay_until_an_offset_above_them_confirms_them() {
        let mut updates = with(3);
        assert_eq!(ids(&updates.batch(100)), [1, 2, 3]);
        assert_eq!(ids(&updates.batch(100)), [1, 2, 3]);
        updates.confirm(2);
        assert_eq!(ids(&updates.batch(100)), [2, 3]);
        assert_eq!(updates.unconfirmed(), 2);
        assert_eq!(updates.confirmed_up_to(), 1);
        let confirmed = [0, 1, 2, 3, 4].map(|id| updates.is_confirmed(id));
        assert_eq!(confirmed, [false, true, false, false, false]);
        updates.confirm(-1);
        assert_eq!(ids(&updates.batch(100)), [3]);
        updates.confirm(4);
        assert_eq!(ids(&updates.batch(100)), [] as [i64; 0]);
        assert_eq!(updates.confirmed_up_to(), 3);
    }

    #[test]
    fn a_batch_holds_at_most_a_hundred() {
        let mut updates = with(150);
        assert_eq!(updates.batch(1000).len(), 100);
        assert_eq!(updates.batch(7).len(), 7);
        assert_eq!(updates.batch(0).len(), 1);
    }

    #[test]
    fn only_listed_kinds_are_queued() {
        let mut updates = Updates::default();
        assert_eq!(updates.push("message_reaction", json!({})), None);
        assert_eq!(updates.push("my_chat_member", json!({})), Some(1));
        updates.allow(vec!["message_reaction".into()]);
        assert_eq!(updates.push("message", json!({})), None);
        assert_eq!(updates.push("message_reaction", json!({})), Some(2));
        updates.allow(vec![]);
        assert_eq!(updates.push("message", json!({})), Some(3));
    }

    #[test]
    fn a_confirmed_update_can_come_again_and_a_confirmation_can_get_lost() {
        let mut updates = with(2);
        updates.confirm(3);
        assert!(updates.redeliver(1));
        assert!(!updates.redeliver(9));
        assert_eq!(ids(&updates.batch(100)), [1]);
        assert_eq!(ids(&updates.batch(100)), [] as [i64; 0]);

        let mut updates = with(2);
        updates.lose_confirmations(1);
        updates.confirm(1);
        updates.confirm(3);
        assert_eq!(ids(&updates.batch(100)), [1, 2]);
        updates.confirm(3);
        assert_eq!(updates.unconfirmed(), 0);
    }

    #[test]
    fn numbers_are_never_given_twice() {
        let mut updates = Updates::default();
        updates.count_from(700);
        assert_eq!(updates.push("message", json!({})), Some(700));
        updates.count_from(5);
        assert_eq!(updates.push("message", json!({})), Some(701));
    }
}
