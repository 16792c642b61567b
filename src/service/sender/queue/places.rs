//! Where each chat waits: for an uptime, for its turn, or for a claim.

use std::time::Duration;

use super::{FILES_OUT, Queue};
use crate::{
    conversation::Class,
    parent::ChatId,
    service::sender::lane::{Claim, Lane, Place},
};

impl Queue {
    /// Chats whose time has come: their next letter may go, or has to be claimed.
    pub(super) fn wake_timed(&mut self, uptime: Duration) {
        let mut woken = Vec::new();
        while let Some((at, chat)) = self.timed.first().copied()
            && at <= uptime
        {
            self.timed.pop_first();
            let front = self.lanes.get(&chat).and_then(Lane::front);
            woken.extend(front.map(|front| (front.seq, chat)));
        }
        // Of those whose time came together, the one who waited longest goes first.
        woken.sort_unstable();
        for (seq, chat) in woken {
            let Some(lane) = self.lanes.get_mut(&chat) else {
                continue;
            };
            let Some(front) = lane.front() else {
                continue;
            };
            let (urgency, is_file) = (lane.urgency(), front.is_file());
            if front.claim == Claim::Wanted {
                lane.place = Place::Unclaimed(seq);
                self.unclaimed.insert((seq, chat));
            } else {
                lane.place = Place::Ready {
                    urgency,
                    turn: self.turn,
                    front: seq,
                };
                let ready = if is_file {
                    &mut self.ready_files
                } else {
                    &mut self.ready
                };
                ready.insert((urgency, self.turn, chat));
                self.turn += 1;
            }
        }
    }

    /// The chat whose turn it is. Files are passed over while as many are out as may be.
    pub(super) fn next_ready(&self) -> Option<(Class, u64, ChatId)> {
        let file = self.ready_files.first();
        let file = file.filter(|_| self.files_out < FILES_OUT);
        [self.ready.first(), file]
            .into_iter()
            .flatten()
            .min()
            .copied()
    }

    /// Puts a chat where it belongs now, unless a letter of it is out. One that waits for its turn with the same letter keeps the turn: a parent who writes
    /// again meanwhile would go behind all others each time.
    pub(super) fn settle(&mut self, chat: ChatId) {
        if self
            .lanes
            .get(&chat)
            .is_none_or(|lane| lane.place == Place::Out || lane.keeps_its_turn())
        {
            return;
        }
        self.leave_place(chat);
        let Some(lane) = self.lanes.get_mut(&chat) else {
            return;
        };
        match lane.front() {
            None => {
                lane.place = Place::Resting(lane.next_message);
                self.resting.insert((lane.next_message, chat));
            }
            Some(front) if front.claim == Claim::Asked => lane.place = Place::Asked,
            Some(_) => {
                let at = lane.not_before();
                lane.place = Place::Timed(at);
                self.timed.insert((at, chat));
            }
        }
    }

    pub(super) fn leave_place(&mut self, chat: ChatId) {
        let Some(lane) = self.lanes.get_mut(&chat) else {
            return;
        };
        match std::mem::take(&mut lane.place) {
            Place::Nowhere | Place::Out | Place::Asked => false,
            Place::Timed(until) => self.timed.remove(&(until, chat)),
            Place::Ready { urgency, turn, .. } => {
                let ready = (urgency, turn, chat);
                self.ready.remove(&ready) || self.ready_files.remove(&ready)
            }
            Place::Unclaimed(seq) => self.unclaimed.remove(&(seq, chat)),
            Place::Resting(until) => self.resting.remove(&(until, chat)),
        };
    }

    /// Nobody is woken for this: a clock that stands still for tests would be moved by it.
    pub(super) fn forget_resting(&mut self, uptime: Duration) {
        while let Some((until, chat)) = self.resting.first().copied()
            && until <= uptime
        {
            self.resting.pop_first();
            self.lanes.remove(&chat);
        }
    }
}
