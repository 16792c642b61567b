//! Updates that go out to a webhook: which can go now, and what becomes of them. No HTTP.
//!
//! The real server delivers many at once, and keeps the order only within a queue: the messages of a chat with their edits are one, the taps of a person are another. The next of a queue
//! goes when the one before was taken. Here all of one person is in one queue, because whoever acts here does so in no time, and a real person does not. What overtakes what is a
//! test's to say, with [`Updates::keep_back`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::Updates;

/// An update on its way to the webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// All of it.
    pub update: Value,
    /// It was taken before, and goes once more because a test wants it so.
    pub(super) again: bool,
}

/// Updates of which one waits for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Queue {
    Chat(i64),
    Alone(i64),
}

impl Queue {
    fn of(id: i64, update: &Value) -> Self {
        let chats = [
            "/message/chat/id",
            "/edited_message/chat/id",
            "/callback_query/message/chat/id",
            "/my_chat_member/chat/id",
        ];
        let mut numbers = chats.iter().filter_map(|path| update.pointer(path));
        numbers
            .find_map(Value::as_i64)
            .map_or(Self::Alone(id), Self::Chat)
    }
}

impl Updates {
    /// Takes the next update that can be delivered while at most `connections` are under way. `rests` says of an update that it went wrong and is not tried
    /// again yet; those behind it in its queue wait too.
    pub fn take(&mut self, connections: usize, rests: impl Fn(i64) -> bool) -> Option<Delivery> {
        if self.under_way.len() + self.again_under_way >= connections {
            return None;
        }
        let number = |update: &Value| update["update_id"].as_i64().unwrap_or_default();
        let place = self.again.iter().position(|update| !rests(number(update)));
        if let Some(place) = place {
            let update = self.again.remove(place);
            self.again_under_way += 1;
            return Some(Delivery {
                id: number(&update),
                update,
                again: true,
            });
        }
        let mut before = BTreeSet::new();
        // The real server too looks at no more than these.
        let loaded = self
            .pending
            .iter()
            .filter(|(id, _)| !self.kept_back.contains(id));
        let (id, update) = loaded.take(2 * connections).find(|(id, update)| {
            let is_first = before.insert(Queue::of(**id, update));
            is_first && !self.under_way.contains(id) && !rests(**id)
        })?;
        let (id, update) = (*id, update.clone());
        self.under_way.insert(id);
        Some(Delivery {
            id,
            update,
            again: false,
        })
    }

    /// A delivery came to its end. Returns whether it is over: it was `taken`, and word of that came through.
    pub fn delivered(&mut self, delivery: Delivery, taken: bool) -> bool {
        if delivery.again {
            self.again_under_way -= 1;
            if !taken {
                self.again.push(delivery.update);
            }
            return taken;
        }
        self.under_way.remove(&delivery.id);
        if taken && self.lost_confirmations > 0 {
            self.lost_confirmations -= 1;
            return false;
        }
        if taken {
            self.is_taken(delivery.id);
        }
        taken
    }

    /// The update of this number is not delivered, and holds up nobody, until [`Updates::let_go`]: so that later ones come before it. Only to a
    /// webhook; whoever asks for updates gets them in order.
    pub fn keep_back(&mut self, id: i64) {
        self.kept_back.insert(id);
    }

    /// What was kept back goes out now.
    pub fn let_go(&mut self) {
        self.kept_back.clear();
    }

    /// Whether every update is confirmed, and none is on its way.
    pub fn all_confirmed(&self) -> bool {
        self.pending.is_empty()
            && self.again.is_empty()
            && self.under_way.is_empty()
            && self.again_under_way == 0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(chat: i64) -> (&'static str, Value) {
        ("message", json!({"chat": {"id": chat}}))
    }

    fn edit(chat: i64) -> (&'static str, Value) {
        ("edited_message", json!({"chat": {"id": chat}}))
    }

    fn tap(chat: i64) -> (&'static str, Value) {
        ("callback_query", json!({"message": {"chat": {"id": chat}}}))
    }

    fn with<const N: usize>(content: [(&str, Value); N]) -> Updates {
        let mut updates = Updates::default();
        for (kind, content) in content {
            updates.push(kind, content);
        }
        updates
    }

    /// The deliveries that go out now.
    fn out(updates: &mut Updates, connections: usize) -> Vec<Delivery> {
        std::iter::from_fn(|| updates.take(connections, |_| false)).collect()
    }

    fn ids(deliveries: &[Delivery]) -> Vec<i64> {
        deliveries.iter().map(|delivery| delivery.id).collect()
    }

    #[test]
    fn a_queue_goes_one_after_the_other_and_queues_beside_each_other() {
        let strange = ("novelty", json!({}));
        let mut updates = with([
            message(7),
            tap(7),
            strange.clone(),
            message(8),
            strange,
            edit(7),
        ]);
        let first = out(&mut updates, 40);
        assert_eq!(ids(&first), [1, 3, 4, 5]);
        for delivery in first {
            assert!(updates.delivered(delivery, true));
        }
        let second = out(&mut updates, 40);
        assert_eq!(ids(&second), [2]);
        assert!(updates.delivered(second[0].clone(), true));
        assert_eq!(ids(&out(&mut updates, 40)), [6]);
        assert!(!updates.all_confirmed());
    }

    #[test]
    fn no_more_than_the_connections_go_at_once() {
        let mut updates = with([message(1), message(2), message(3)]);
        let first = out(&mut updates, 2);
        assert_eq!(ids(&first), [1, 2]);
        updates.delivered(first[1].clone(), true);
        assert_eq!(ids(&out(&mut updates, 2)), [3]);
    }

    #[test]
    fn what_went_wrong_holds_up_its_queue_only() {
        let mut updates = with([message(7), edit(7), message(8)]);
        let first = updates.take(40, |_| false);
        assert!(first.is_some_and(|delivery| !updates.delivered(delivery, false)));
        let second = updates.take(40, |id| id == 1);
        assert_eq!(second.map(|delivery| delivery.id), Some(3));
        assert_eq!(updates.take(40, |id| id == 1), None);
        assert_eq!(ids(&out(&mut updates, 40)), [1]);
    }

    #[test]
    fn a_test_can_keep_one_back_send_one_again_and_lose_an_answer() {
        let mut updates = with([message(7), edit(7)]);
        updates.keep_back(1);
        let edit = out(&mut updates, 40);
        assert_eq!(ids(&edit), [2]);
        updates.lose_confirmations(1);
        assert!(!updates.delivered(edit[0].clone(), true));
        let edit = out(&mut updates, 40);
        assert!(updates.delivered(edit[0].clone(), true));
        updates.let_go();
        let message = out(&mut updates, 40);
        assert_eq!(ids(&message), [1]);
        assert!(updates.delivered(message[0].clone(), true));
        assert!(updates.all_confirmed());
        assert!(updates.redeliver(2));
        assert!(!updates.all_confirmed());
        let again = out(&mut updates, 40);
        assert_eq!(ids(&again), [2]);
        assert!(!updates.delivered(again[0].clone(), false));
        let again = out(&mut updates, 40);
        assert!(updates.delivered(again[0].clone(), true));
        assert!(updates.all_confirmed());
    }
}
