//! Which letter goes out when: everything about sending but the sending.
//!
//! Pure: time comes in as a value, results come in as values, calls and reports come out as values.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    About, Letter, Report, Seq,
    breaker::Breaker,
    flood::Flood,
    lane::{Claim, Lane, LaneId, Place, Waiting},
    pace::Pace,
    verdict::{Verdict, judge},
};
use crate::{
    conversation::{Class, Effect, Outcome},
    parent::{ChatId, MessageId},
    telegram::{CallError, Rate},
};

/// How far apart two messages to one chat are at least (Bot FAQ: "avoid sending more than one message per second"), counted from the answer to the
/// first, so that they stay apart at Telegram's end too, however long each was on its way.
pub const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);

/// The time, both ways of it.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// [`Clock::uptime`](crate::service::Clock::uptime): pace and back-off count in it.
    pub uptime: Duration,
    /// [`Clock::now`](crate::service::Clock::now): letters expire by it.
    pub now: Timestamp,
}

/// A call that has to be made now. What came of it goes back with [`Queue::answered`].
#[derive(Debug, PartialEq)]
pub struct Call {
    /// The letter.
    pub seq: Seq,
    /// Where it goes.
    pub chat: ChatId,
    /// What to do.
    pub effect: Effect,
}

/// What to do now.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// Calls to make.
    pub calls: Vec<Call>,
    /// The uptime at which to step again, when nothing else happens before. Always in the future.
    pub wake: Option<Duration>,
}

/// All letters that wait or are out. A chat without letters takes no memory, but for the second after its last message, and as long as Telegram lets it wait.
pub struct Queue {
    lanes: HashMap<LaneId, Lane>,
    /// Lanes that wait for an uptime.
    timed: BTreeSet<(Duration, LaneId)>,
    /// Lanes whose next letter may go: the more urgent ones first, and then in turn. By the age of the letter, a chat that has thousands would
    /// go before everybody who writes later, each time.
    ready: BTreeSet<(Class, u64, LaneId)>,
    /// The same, of lanes of files.
    ready_files: BTreeSet<(Class, u64, LaneId)>,
    /// The latest turn that was given.
    turn: u64,
    /// Lanes whose next letter has to be claimed first.
    unclaimed: BTreeSet<(Seq, LaneId)>,
    /// Lanes without letters that may not be forgotten yet.
    resting: BTreeSet<(Duration, LaneId)>,
    /// Letters whose claim was asked for.
    asked: HashMap<Seq, LaneId>,
    /// Letters that are out.
    out: HashMap<Seq, LaneId>,
    bulk_out: usize,
    files_out: usize,
    /// Letters whose claim was asked for or granted, and that have not gone out yet.
    claims: usize,
    letters: usize,
    limits: Limits,
    bulk: usize,
    pace: Pace,
    breaker: Breaker,
    flood: Flood,
    reports: Vec<Report>,
}

/// How many calls may be out at once, at least.
const FEWEST_OUT: usize = 32;

/// How many calls may be out at once when they may go as fast as they are answered: with 40 ms for an answer that is some 6,000 a second.
const MOST_OUT: usize = 256;

/// How many files may be out at once: documents, pictures and voice notes. Each is made in memory when it goes out and may have 20 MB, and is there
/// more than once until it has arrived.
const FILES_OUT: usize = 2;

/// How many of what there may be at once.
struct Limits {
    /// Calls that are out.
    out: usize,
    /// Those of them that are bulk. teloxide holds a call for 10 seconds after a 5xx: the rest stays free for parents who wait.
    bulk: usize,
    /// Letters that are claimed ahead. If the process dies, so many are in doubt at most, besides those on their way.
    claims: usize,
}

impl Queue {
    /// An empty queue, from which letters go at this rate.
    pub fn new(rate: Rate) -> Self {
        let out = match rate {
            // Enough for answers that take a quarter of a second.
            Rate::PerSecond(calls) => usize::from(calls.get() / 4).clamp(FEWEST_OUT, MOST_OUT),
            Rate::Unlimited => MOST_OUT,
        };
        Self {
            lanes: HashMap::new(),
            timed: BTreeSet::new(),
            ready: BTreeSet::new(),
            ready_files: BTreeSet::new(),
            turn: 0,
            unclaimed: BTreeSet::new(),
            resting: BTreeSet::new(),
            asked: HashMap::new(),
            out: HashMap::new(),
            bulk_out: 0,
            files_out: 0,
            claims: 0,
            letters: 0,
            bulk: 0,
            limits: Limits {
                out,
                bulk: out / 4 * 3,
                claims: out,
            },
            pace: Pace::new(rate),
            breaker: Breaker::default(),
            flood: Flood::default(),
            reports: Vec::new(),
        }
    }

    /// Takes a letter in. One that was claimed before it came here was claimed by a process that died: it may have gone out.
    pub fn push(&mut self, letter: Letter) {
        if letter.claimed {
            let about = About {
                seq: letter.seq,
                chat: letter.chat,
                purpose: letter.outgoing.purpose,
            };
            self.reports.push(Report::Done(about, Outcome::InDoubt));
            return;
        }
        let id = LaneId::of(&letter);
        self.letters += 1;
        self.bulk += usize::from(letter.outgoing.class == Class::Bulk);
        self.lane(id).push(letter);
        self.settle(id);
    }

    /// What has to be done at this moment.
    pub fn step(&mut self, time: Time) -> Step {
        self.forget_resting(time.uptime);
        let mut calls = Vec::new();
        let blocked = loop {
            self.wake_timed(time.uptime);
            self.ask_for_claims(time);
            match self.start(time) {
                Next::Call(call) => calls.push(call),
                Next::Again => {}
                Next::Wait(until) => break until,
            }
        };
        let timed = self.timed.first().map(|(at, _)| *at);
        // Nothing is claimed while a flood holds bulk, and the chats that it came from may have nothing left to wake for.
        let held = self.flood.holds_bulk(time.uptime);
        let held = held.filter(|_| !self.unclaimed.is_empty());
        let wake = [blocked, timed, held].into_iter().flatten().min();
        Step { calls, wake }
    }

    /// What came of a call. When the letter is to be sent again, returns how often it has met trouble that was Telegram's or the network's.
    pub fn answered(
        &mut self,
        seq: Seq,
        result: Result<Option<MessageId>, CallError>,
        uptime: Duration,
    ) -> Option<u32> {
        let id = self.out.remove(&seq)?;
        self.pace.answered(seq, uptime);
        let lane = self.lanes.get_mut(&id)?;
        let letter = lane.front_mut()?;
        self.bulk_out -= usize::from(letter.outgoing.class == Class::Bulk);
        self.files_out -= usize::from(id.files);
        let verdict = judge(letter, result);
        let answered = verdict.telegram_answered();
        // A file may fail because it is large.
        if answered || !id.files {
            self.breaker.heard(seq, id.chat, answered, uptime);
        }
        let is_message = letter.outgoing.effect.is_message();
        let again = (verdict.is_again() && !letter.withdrawn).then_some(letter.troubles);
        lane.place = Place::Nowhere;
        match verdict {
            Verdict::End(outcome) => self.end_front(id, outcome),
            Verdict::EndAll => {
                for letter in lane.take_all() {
                    self.end(id, letter, Outcome::Unreachable);
                }
            }
            Verdict::EndInDoubt => self.end_front(id, Outcome::InDoubt),
            Verdict::BackOff(wait) => {
                lane.held = uptime + wait;
                self.not_this_time(id);
            }
            Verdict::RetryAfter(wait) => {
                let until = uptime + wait;
                self.flood.met(id.chat, uptime, until);
                self.not_this_time(id);
                self.slow_down(id.chat, |lane| lane.flooded = lane.flooded.max(until));
            }
        }
        if is_message {
            let next = uptime + BETWEEN_MESSAGES;
            self.slow_down(id.chat, |lane| lane.next_message = next);
        }
        self.settle(id);
        again
    }

    /// Whether Telegram as a whole is in trouble: one letter at a time goes out, to see whether it is back.
    pub fn is_in_trouble(&self) -> bool {
        !self.breaker.is_closed()
    }

    /// What the heart has to hear since the last time this was asked, in order.
    pub fn reports(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }

    /// Letters that are claimed, or whose claim was asked for, and that certainly did not arrive. For the end: without their claims, they go out after the
    /// next start.
    pub fn unsent_claims(&self) -> Vec<Seq> {
        let fronts = self.lanes.values().filter_map(Lane::bulk_front);
        let unsent = fronts.filter(|letter| match letter.claim {
            // Wanted again after a try that failed, it is still claimed on disk.
            Claim::Wanted | Claim::Asked | Claim::Granted => {
                letter.doubts == 0 && !self.out.contains_key(&letter.seq)
            }
            Claim::Free => false,
        });
        unsent.map(|letter| letter.seq).collect()
    }

    /// How many letters wait or are out.
    pub fn len(&self) -> usize {
        self.letters
    }

    /// How many of them are bulk.
    pub fn bulk(&self) -> usize {
        self.bulk
    }

    /// Whether no letter waits or is out.
    pub fn is_empty(&self) -> bool {
        self.letters == 0
    }

    /// Starts the first letter that may go, or ends it when its moment has passed.
    fn start(&mut self, time: Time) -> Next {
        let Some(next) = self.next_ready() else {
            return Next::Wait(None);
        };
        let (_, _, id) = next;
        let Some(front) = self.lanes.get(&id).and_then(Lane::front) else {
            self.ready.remove(&next);
            self.ready_files.remove(&next);
            return Next::Again;
        };
        let (class, seq) = (front.outgoing.class, front.seq);
        if front.is_expired(time.now) {
            self.expire_front(id);
            return Next::Again;
        }
        if self.out.len() >= self.limits.out {
            return Next::Wait(None);
        }
        if class == Class::Bulk {
            if let Some(until) = self.flood.holds_bulk(time.uptime) {
                return Next::Wait(Some(until));
            }
            if self.bulk_out >= self.limits.bulk {
                return Next::Wait(None);
            }
        }
        if let Err(until) = self.breaker.admits(time.uptime) {
            return Next::Wait(until);
        }
        if let Err(until) = self.pace.take(seq, class, time.uptime) {
            return Next::Wait(Some(until));
        }
        let effect = front.outgoing.effect.clone();
        self.claims -= usize::from(front.holds_a_claim());
        self.bulk_out += usize::from(class == Class::Bulk);
        self.files_out += usize::from(id.files);
        let is_message = effect.is_message();
        // Nobody waits for minutes to hear whether Telegram is back.
        if !id.files {
            self.breaker.started(seq);
        }
        self.out.insert(seq, id);
        self.leave_place(id);
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.begin();
            lane.place = Place::Out;
        }
        if is_message {
            let next = time.uptime + BETWEEN_MESSAGES;
            self.slow_down(id.chat, |lane| lane.next_message = next);
        }
        Next::Call(Call {
            seq,
            chat: id.chat,
            effect,
        })
    }

    /// The front letter's moment has passed. One that may have arrived after all is in doubt.
    fn expire_front(&mut self, id: LaneId) {
        let doubts = self.lanes.get(&id).and_then(Lane::front);
        let outcome = match doubts.map_or(0, |front| front.doubts) {
            0 => Outcome::Expired,
            _ => Outcome::InDoubt,
        };
        self.end_front(id, outcome);
        self.settle(id);
    }

    fn end_front(&mut self, id: LaneId, outcome: Outcome) {
        if let Some(letter) = self.lanes.get_mut(&id).and_then(Lane::take_front) {
            self.end(id, letter, outcome);
        }
    }

    fn end(&mut self, id: LaneId, letter: Waiting, outcome: Outcome) {
        self.forget(&letter);
        self.reports
            .push(Report::Done(letter.end(id.chat), outcome));
    }

    fn forget(&mut self, letter: &Waiting) {
        self.claims -= usize::from(letter.holds_a_claim());
        self.asked.remove(&letter.seq);
        self.letters -= 1;
        self.bulk -= usize::from(letter.outgoing.class == Class::Bulk);
    }
}

enum Next {
    Call(Call),
    /// Something was put in order; look again.
    Again,
    /// Nothing may start before this uptime, or before something else happens.
    Wait(Option<Duration>),
}

mod claims;
mod places;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
