//! Where each lane waits: for an uptime, for its turn, or for a claim.

use std::time::Duration;

use super::{FILES_OUT, Queue};
use crate::{
    conversation::Class,
    parent::ChatId,
    service::sender::lane::{Claim, Lane, LaneId, Place, Turn},
};

impl Queue {
    /// A lane to put a letter in. What the chat has to wait for holds for a new one too.
    pub(super) fn lane(&mut self, id: LaneId) -> &mut Lane {
        let other = self.lanes.get(&id.other());
        let fresh = other.map(Lane::as_slow).unwrap_or_default();
        self.lanes.entry(id).or_insert(fresh)
    }

    /// Lets both lanes of a chat wait. One that waits for its turn has it again when the wait is over: who waits for a file would go behind all others at each message of the chat.
    pub(super) fn slow_down(&mut self, chat: ChatId, wait: impl Fn(&mut Lane)) {
        for files in [false, true] {
            let id = LaneId { chat, files };
            let Some(lane) = self.lanes.get_mut(&id) else {
                continue;
            };
            wait(lane);
            if lane.place != Place::Out {
                if let Place::Ready(turn) = lane.place {
                    lane.kept = Some(turn);
                }
                self.leave_place(id);
                self.settle(id);
            }
        }
    }

    /// Lanes whose time has come: their next letter may go, or has to be claimed.
    pub(super) fn wake_timed(&mut self, uptime: Duration) {
        let mut woken = Vec::new();
        while let Some((at, id)) = self.timed.first().copied()
            && at <= uptime
        {
            self.timed.pop_first();
            let front = self.lanes.get(&id).and_then(Lane::front);
            woken.extend(front.map(|front| (front.seq, id)));
        }
        // Of those whose time came together, the one who waited longest goes first.
        woken.sort_unstable();
        for (seq, id) in woken {
            let Some(lane) = self.lanes.get_mut(&id) else {
                continue;
            };
            let Some(front) = lane.front() else {
                continue;
            };
            let wanted = front.claim == Claim::Wanted;
            let kept = lane.kept.take().filter(|turn| lane.may_keep(*turn));
            if wanted {
                lane.place = Place::Unclaimed(seq);
                self.unclaimed.insert((seq, id));
                continue;
            }
            let turn = kept.unwrap_or_else(|| {
                self.turn += 1;
                Turn {
                    urgency: lane.urgency(),
                    number: self.turn,
                    front: seq,
                }
            });
            lane.place = Place::Ready(turn);
            let ready = if id.files {
                &mut self.ready_files
            } else {
                &mut self.ready
            };
            ready.insert((turn.urgency, turn.number, id));
        }
    }

    /// The lane whose turn it is. Files are passed over while as many are out as may be.
    pub(super) fn next_ready(&self) -> Option<(Class, u64, LaneId)> {
        let file = self.ready_files.first();
        let file = file.filter(|_| self.files_out < FILES_OUT);
        [self.ready.first(), file]
            .into_iter()
            .flatten()
            .min()
            .copied()
    }

    /// Puts a lane where it belongs now, unless a letter of it is out. One that waits for its turn with the same letter keeps the turn: a parent who writes
    /// again meanwhile would go behind all others each time.
    pub(super) fn settle(&mut self, id: LaneId) {
        if self
            .lanes
            .get(&id)
            .is_none_or(|lane| lane.place == Place::Out || lane.keeps_its_turn())
        {
            return;
        }
        self.leave_place(id);
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match lane.front() {
            None => {
                let until = lane.next_message.max(lane.flooded);
                lane.place = Place::Resting(until);
                self.resting.insert((until, id));
            }
            Some(front) if front.claim == Claim::Asked => lane.place = Place::Asked,
            Some(_) => {
                let at = lane.not_before();
                lane.place = Place::Timed(at);
                self.timed.insert((at, id));
            }
        }
    }

    pub(super) fn leave_place(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match std::mem::take(&mut lane.place) {
            Place::Nowhere | Place::Out | Place::Asked => false,
            Place::Timed(until) => self.timed.remove(&(until, id)),
            Place::Ready(turn) => {
                let ready = (turn.urgency, turn.number, id);
                self.ready.remove(&ready) || self.ready_files.remove(&ready)
            }
            Place::Unclaimed(seq) => self.unclaimed.remove(&(seq, id)),
            Place::Resting(until) => self.resting.remove(&(until, id)),
        };
    }

    /// Nobody is woken for this: a clock that stands still for tests would be moved by it.
    pub(super) fn forget_resting(&mut self, uptime: Duration) {
        while let Some((until, id)) = self.resting.first().copied()
            && until <= uptime
        {
            self.resting.pop_first();
            self.lanes.remove(&id);
        }
    }
}
