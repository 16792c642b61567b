//! Letters of all kinds, answers of all kinds, at all moments: what must hold whatever happens.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet, VecDeque};

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::{
    conversation::{Keyboard, Outgoing, PromptRef, Purpose},
    parent::{Planned, Words},
};

/// The free rate.
const PER_SECOND: usize = 30;

const SECOND: Duration = Duration::from_secs(1);

/// A letter, and how long after the one before it comes.
#[derive(Clone, Debug)]
struct Arrival {
    after: Duration,
    chat: i64,
    kind: Kind,
    expires_in: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Answer,
    Message,
    Picture,
    Notice,
    Scheduled,
}

/// What becomes of a call, and after how long.
type Fate = (Duration, Result<Option<MessageId>, CallError>);

/// What becomes of calls when the fates have been used up.
const WORKS: Fate = (Duration::from_millis(40), Ok(Some(MessageId(1))));

fn millis(range: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_millis)
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let kind = prop_oneof![
        Just(Kind::Answer),
        Just(Kind::Message),
        Just(Kind::Picture),
        Just(Kind::Notice),
        Just(Kind::Scheduled),
    ];
    let expires_in = prop::option::weighted(0.3, millis(0..20_000));
    let after = prop_oneof![4 => Just(Duration::ZERO), 1 => millis(0..400)];
    (after, 0..40_i64, kind, expires_in).prop_map(|(after, chat, kind, expires_in)| Arrival {
        after,
        chat,
        kind,
        expires_in,
    })
}

fn fate() -> impl Strategy<Value = Fate> {
    let result = prop_oneof![
        6 => Just(Ok(Some(MessageId(1)))),
        1 => Just(Err(CallError::Done)),
        1 => Just(Err(CallError::Refused("so"))),
        1 => Just(Err(CallError::Unreachable)),
        1 => Just(Err(CallError::NotSent)),
        1 => Just(Err(CallError::ServerError)),
        2 => Just(Err(CallError::Doubt)),
        1 => (0..4_u64).prop_map(|s| Err(CallError::RetryAfter(Duration::from_secs(s)))),
    ];
    (millis(0..1_500), result)
}

/// The world around the queue, which looks at everything that the queue does.
struct World {
    queue: Queue,
    uptime: Duration,
    letters: HashMap<Seq, Letter>,
    fates: VecDeque<Fate>,
    /// Answers and claims on their way to the queue, by when they come and in which order they were sent off.
    coming: BTreeMap<(Duration, usize), Coming>,
    sent_off: usize,
    calls: Vec<(Duration, Seq)>,
    out: HashMap<LaneId, Seq>,
    granted: HashSet<Seq>,
    asked: HashSet<Seq>,
    doubted: HashSet<Seq>,
    /// The letter of a lane that was begun and has not ended.
    begun: HashMap<LaneId, Seq>,
    last_begun: HashMap<(LaneId, Class), Seq>,
    last_message: HashMap<ChatId, Duration>,
    hold: HashMap<ChatId, Duration>,
    ended: HashMap<Seq, Outcome>,
}

fn is_message(effect: &Effect) -> bool {
    matches!(effect, Effect::Send { .. } | Effect::Picture { .. })
}

enum Coming {
    Answer(Seq, Result<Option<MessageId>, CallError>),
    Claims(Vec<Seq>),
}

impl World {
    fn new(fates: Vec<Fate>) -> Self {
        Self {
            queue: Queue::new(Rate::default()),
            uptime: Duration::ZERO,
            letters: HashMap::new(),
            fates: fates.into(),
            coming: BTreeMap::new(),
            sent_off: 0,
            calls: Vec::new(),
            out: HashMap::new(),
            granted: HashSet::new(),
            asked: HashSet::new(),
            doubted: HashSet::new(),
            begun: HashMap::new(),
            last_begun: HashMap::new(),
            last_message: HashMap::new(),
            hold: HashMap::new(),
            ended: HashMap::new(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_nanosecond(i128::try_from(self.uptime.as_nanos()).unwrap()).unwrap()
    }

    /// Lives until every letter has ended. Fails when it takes for ever.
    fn live(&mut self, arrivals: Vec<Arrival>) {
        let mut arrivals = VecDeque::from(arrivals);
        let mut arrival = arrivals.front().map(|first| first.after);
        for _ in 0..20_000 {
            let wake = self.step();
            let coming = self.coming.first_key_value().map(|((at, _), _)| *at);
            let Some(next) = [wake, coming, arrival].into_iter().flatten().min() else {
                assert!(
                    self.queue.is_empty(),
                    "letters wait, and nothing will wake the queue"
                );
                return;
            };
            self.uptime = self.uptime.max(next);
            if arrival.is_some_and(|at| at <= self.uptime) {
                let letter = arrivals.pop_front().unwrap();
                self.arrive(letter);
                arrival = arrivals.front().map(|next| self.uptime + next.after);
            }
            while let Some(entry) = self.coming.first_entry()
                && entry.key().0 <= self.uptime
            {
                let coming = entry.remove();
                self.come(coming);
            }
        }
        panic!("no end in sight: {} letters", self.queue.len());
    }

    fn arrive(&mut self, arrival: Arrival) {
        let seq = Seq(u64::try_from(self.letters.len()).unwrap());
        let message = Effect::Send {
            text: Words::new("Dag"),
            keyboard: Keyboard::default(),
            silent: false,
            reply_to: None,
        };
        let heart = Effect::Heart {
            message: MessageId(1),
        };
        let planned = Planned {
            date: Date::ZERO,
            slot: 0,
            at: Timestamp::UNIX_EPOCH,
        };
        let (effect, class, purpose) = match arrival.kind {
            Kind::Answer => (heart, Class::Interactive, Purpose::Kept),
            Kind::Message => (message, Class::Interactive, Purpose::Menu { number: 1 }),
            Kind::Picture => {
                let picture = Effect::Picture { year: 2026 };
                (picture, Class::Interactive, Purpose::Picture)
            }
            Kind::Notice => (message, Class::Bulk, Purpose::Plain),
            Kind::Scheduled => (
                message,
                Class::Bulk,
                Purpose::Prompt {
                    number: 1,
                    prompt: PromptRef {
                        id: "p".to_owned(),
                        title: "P".to_owned(),
                    },
                    planned: Some(planned),
                },
            ),
        };
        let letter = Letter {
            seq,
            chat: ChatId(arrival.chat),
            outgoing: Outgoing {
                effect,
                class,
                purpose,
                expires: arrival.expires_in.map(|within| self.now() + within),
                quotes: false,
            },
            claimed: false,
        };
        self.letters.insert(seq, letter.clone());
        self.queue.push(letter);
    }

    fn come(&mut self, coming: Coming) {
        match coming {
            Coming::Claims(seqs) => {
                self.queue.claimed(&seqs);
                self.granted.extend(seqs);
            }
            Coming::Answer(seq, result) => {
                let letter = &self.letters[&seq];
                let chat = letter.chat;
                let lane = LaneId::of(letter);
                assert_eq!(self.out.remove(&lane), Some(seq));
                if is_message(&letter.outgoing.effect) {
                    self.last_message.insert(chat, self.uptime);
                }
                match result {
                    Err(CallError::Doubt) => {
                        self.doubted.insert(seq);
                    }
                    Err(CallError::RetryAfter(wait)) => {
                        self.hold.insert(chat, self.uptime + wait);
                    }
                    _ => {}
                }
                let again = self.queue.answered(seq, result, self.uptime);
                self.hear();
                assert_eq!(again.is_some(), !self.ended.contains_key(&seq));
                if again.is_some() && self.letters[&seq].outgoing.purpose.at_most_once() {
                    // The claim was given back, and with it the place in front.
                    self.asked.remove(&seq);
                    self.granted.remove(&seq);
                    self.begun.remove(&lane);
                }
            }
        }
    }

    fn step(&mut self) -> Option<Duration> {
        let step = self.queue.step(Time {
            uptime: self.uptime,
            now: self.now(),
        });
        self.hear();
        for call in step.calls {
            self.goes(&call);
        }
        assert!(self.out.len() <= self.queue.limits.out);
        assert!(self.queue.bulk_out <= self.queue.limits.bulk);
        let out = self.out.values().map(|seq| &self.letters[seq].outgoing);
        let files = out.filter(|letter| matches!(letter.effect, Effect::Picture { .. }));
        assert!(files.count() <= FILES_OUT);
        assert!(self.queue.claims <= self.queue.limits.claims);
        assert!(step.wake.is_none_or(|at| at > self.uptime), "woken at once");
        step.wake
    }

    fn goes(&mut self, call: &Call) {
        let letter = &self.letters[&call.seq];
        let class = letter.outgoing.class;
        assert_eq!(call.chat, letter.chat);
        assert_eq!(call.effect, letter.outgoing.effect);
        assert!(!self.ended.contains_key(&call.seq), "sent after its end");
        assert!(
            letter.outgoing.expires.is_none_or(|at| at >= self.now()),
            "sent too late"
        );
        let lane = LaneId::of(letter);
        let before = self.out.insert(lane, call.seq);
        assert_eq!(before, None, "two letters of a lane out at once");
        if letter.outgoing.purpose.at_most_once() {
            assert!(
                self.granted.contains(&call.seq),
                "sent before it was claimed"
            );
            assert!(!self.doubted.contains(&call.seq), "sent twice");
        }
        let begun = self.begun.insert(lane, call.seq);
        assert!(
            begun.is_none_or(|begun| begun == call.seq),
            "overtook a letter that was begun"
        );
        let last = self.last_begun.insert((lane, class), call.seq);
        assert!(last.is_none_or(|last| last <= call.seq), "out of order");
        assert!(
            self.hold
                .get(&call.chat)
                .is_none_or(|at| *at <= self.uptime)
        );
        if is_message(&call.effect) {
            let last = self.last_message.get(&call.chat);
            assert!(
                last.is_none_or(|at| *at + SECOND <= self.uptime),
                "too soon"
            );
            self.last_message.insert(call.chat, self.uptime);
        }
        self.calls.push((self.uptime, call.seq));
        let window = self.calls.iter().rev();
        let within = window.take_while(|(at, _)| *at + SECOND >= self.uptime);
        assert!(within.count() <= PER_SECOND, "too many");
        let (after, result) = self.fates.pop_front().unwrap_or(WORKS);
        self.send_off(after, Coming::Answer(call.seq, result));
    }

    fn hear(&mut self) {
        for report in self.queue.reports() {
            match report {
                Report::Claim(letters) => {
                    let seqs: Vec<Seq> = letters.iter().map(|letter| letter.seq).collect();
                    for seq in &seqs {
                        assert!(self.letters[seq].outgoing.purpose.at_most_once());
                        assert!(self.asked.insert(*seq), "asked for twice");
                    }
                    self.send_off(Duration::from_millis(20), Coming::Claims(seqs));
                }
                Report::Unclaim(_) => unreachable!("only at the end, and not by the queue"),
                Report::Done(About { seq, .. }, outcome) => {
                    let before = self.ended.insert(seq, outcome);
                    assert_eq!(before, None, "ended twice");
                    let lane = LaneId::of(&self.letters[&seq]);
                    if self.begun.get(&lane) == Some(&seq) {
                        self.begun.remove(&lane);
                    }
                }
            }
        }
    }

    fn send_off(&mut self, after: Duration, coming: Coming) {
        self.sent_off += 1;
        self.coming
            .insert((self.uptime + after, self.sent_off), coming);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_letter_ends_once_in_order_in_pace_and_never_twice_when_it_may_not(
        arrivals in prop::collection::vec(arrival(), 1..150),
        fates in prop::collection::vec(fate(), 0..200),
    ) {
        let mut world = World::new(fates);
        let letters = arrivals.len();
        world.live(arrivals);
        prop_assert_eq!(world.ended.len(), letters);
        for (seq, outcome) in &world.ended {
            let was_out = world.calls.iter().any(|(_, called)| called == seq);
            match outcome {
                Outcome::Sent(_) | Outcome::Failed => prop_assert!(was_out),
                Outcome::InDoubt => prop_assert!(world.doubted.contains(seq)),
                Outcome::Expired => prop_assert!(!world.doubted.contains(seq)),
                Outcome::Unreachable => {}
            }
        }
        world.uptime += SECOND;
        world.step();
        prop_assert!(world.queue.lanes.is_empty(), "something is left of the chats");
        prop_assert_eq!((world.queue.claims, world.queue.bulk_out), (0, 0));
        prop_assert_eq!(world.queue.files_out, 0);
    }

    /// A chat in which nothing works, between others in which everything does.
    #[test]
    fn a_stuck_chat_delays_nobody_else(
        arrivals in prop::collection::vec(arrival(), 20..60),
        error in prop_oneof![
            Just(CallError::NotSent),
            Just(CallError::ServerError),
            Just(CallError::RetryAfter(Duration::from_secs(3600))),
        ],
    ) {
        let mut queue = Queue::new(Rate::default());
        let mut waits = HashMap::new();
        let mut uptime = Duration::ZERO;
        let stuck = ChatId(0);
        for (seq, arrival) in (0..).zip(arrivals) {
            let seq = Seq(seq);
            let chat = if arrival.chat < 10 { stuck } else { ChatId(i64::try_from(seq.0).unwrap()) };
            queue.push(Letter {
                seq,
                chat,
                outgoing: Outgoing {
                    effect: Effect::Heart { message: MessageId(1) },
                    class: Class::Bulk,
                    purpose: Purpose::Plain,
                    expires: None,
                    quotes: false,
                },
                claimed: false,
            });
            if chat != stuck {
                waits.insert(seq, uptime);
            }
            uptime += Duration::from_millis(100);
            for call in queue.step(Time { uptime, now: Timestamp::UNIX_EPOCH }).calls {
                let result = if call.chat == stuck { Err(error) } else { Ok(None) };
                queue.answered(call.seq, result, uptime);
                if let Some(since) = waits.remove(&call.seq) {
                    prop_assert!(uptime - since <= Duration::from_millis(100));
                }
            }
        }
        prop_assert!(waits.is_empty());
    }
}
