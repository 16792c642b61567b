//! What one round does, and what it leaves for the next.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use rand::SeedableRng;
use tokio::sync::oneshot;

use super::*;
use crate::{
    conversation::{Content, Event, Message},
    parent::{Consent, MessageId, Onboarding, Parent, Sending, Words},
    store::{MemoryEngine, RootSecret},
    telegram::Origin,
};

/// A heart for whom so many parents are due now, whose chats are numbered from 0.
struct Rush {
    disk: MemoryEngine,
    heart: Heart,
    voice: watch::Sender<Voice>,
    updates: u32,
}

impl Rush {
    fn of(parents: i64, clock: impl FnOnce(Timestamp) -> Clock) -> Self {
        let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
        let disk = MemoryEngine::new();
        let store = Store::in_memory(&disk, &secret).unwrap();
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let mut draft = store.draft();
        let mut due = now;
        for chat in (0..parents).map(ChatId) {
            let mut parent = Parent {
                consent: Consent::Declined,
                onboarding: Onboarding::Done,
                sending: Sending::On,
                ..Parent::stranger(chat)
            };
            parent.plan(now);
            due = parent.due().unwrap();
            let id = draft.parent_id(chat);
            draft.put_parent(id, parent).unwrap();
        }
        store.commit(draft).unwrap();
        let voice = watch::Sender::new(Voice::embedded());
        Self {
            disk,
            heart: heart(store, &voice, clock(due)),
            voice,
            updates: 0,
        }
    }

    /// The process ends, and another begins at this time.
    fn restart(&mut self, clock: Clock) {
        let store = self.heart.store.clone();
        self.heart = heart(store, &self.voice, clock);
    }

    /// The same parents, in the order in which their moments come and their records lie.
    fn in_order(&self, parents: i64) -> Vec<ChatId> {
        let mut chats: Vec<ChatId> = (0..parents).map(ChatId).collect();
        chats.sort_by_key(|chat| self.heart.store.parent_id(*chat));
        chats
    }

    /// The record of this parent cannot be read; or it can be again. Says where it lies on the disk.
    fn flip_record(&self, chat: ChatId) -> usize {
        let id = self.heart.store.parent_id(chat);
        let is_broken = || self.heart.store.draft().parent(id).is_err();
        let before = is_broken();
        let is_it = |place: &usize| {
            self.flip(*place);
            let is_it = is_broken() != before;
            if !is_it {
                self.flip(*place);
            }
            is_it
        };
        (0..10_000).find(is_it).unwrap()
    }

    fn flip(&self, place: usize) {
        self.disk.damage(place, |row| *row.last_mut().unwrap() ^= 1);
    }

    /// So much time goes by.
    fn wait(&self, minutes: u64) {
        self.heart.clock.advance(Duration::from_secs(60 * minutes));
    }

    fn unreadable(&self) -> bool {
        let tally = self.heart.tally.to_string();
        !tally.contains(" 0 unreadable records")
    }

    /// A round in which this parent writes. Returns to whom something goes out.
    fn round(&mut self, chat: ChatId) -> Vec<ChatId> {
        self.updates += 1;
        let message = Message {
            id: MessageId(1),
            sent: self.heart.clock.now(),
            reply_to: None,
            content: Content::Text(Words::new("/hulp")),
            caption: Words::default(),
        };
        let (committed, mut heard) = oneshot::channel();
        let batch = Batch {
            updates: vec![Incoming {
                update: self.updates,
                unreadable: false,
                chat: Origin::Private(chat),
                language: Some("nl".to_owned()),
                event: Some(Event::Wrote(message)),
            }],
            is_last: true,
            came: self.heart.clock.uptime(),
            committed,
        };
        let told = self.heart.round(Round {
            batches: vec![batch],
            ..Round::default()
        });
        heard.try_recv().unwrap();
        let letters = told.unwrap().into_iter().flat_map(|told| match told {
            ToSender::Queue(letters) => letters,
            ToSender::Claimed(_) | ToSender::Withdrawn(_) => Vec::new(),
        });
        letters.map(|letter| letter.chat).collect()
    }
}

fn heart(store: Store, voice: &watch::Sender<Voice>, clock: Clock) -> Heart {
    Heart::new(
        store,
        voice.subscribe(),
        clock,
        ChaCha8Rng::seed_from_u64(1),
        Arc::new(Tally::default()),
        watch::Sender::default(),
        watch::Sender::default(),
    )
}

const ZOE: ChatId = ChatId(-1);

/// Plans of a year ahead are made anew a page at a time, and the process ends after the first.
#[test]
fn whoever_goes_on_after_a_clock_was_set_back_makes_the_rest_of_the_plans_anew() {
    let step = Duration::from_millis(1);
    let ahead = SignedDuration::from_hours(366 * 24);
    let mut rush = Rush::of(40, |due| Clock::moved_by_looks(due + ahead, step));
    while rush.heart.has_work().unwrap() {
        rush.round(ZOE);
    }
    let right: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
    let until = "2026-03-31T12:00:00Z".parse().unwrap();
    let soon = |rush: &Rush| rush.heart.store.due(until, 100).unwrap().len();
    rush.restart(Clock::moved_by_looks(right, step));
    rush.round(ZOE);
    assert!((1..40).contains(&soon(&rush)), "{}", soon(&rush));
    rush.restart(Clock::moved_by_looks(right, step));
    while rush.heart.has_work().unwrap() {
        rush.round(ZOE);
    }
    assert_eq!(soon(&rush), 40);
}

/// Here each decision takes a millisecond.
#[test]
fn when_many_are_due_a_round_ends_in_time_for_whoever_writes() {
    let step = Duration::from_millis(1);
    let mut rush = Rush::of(100, |due| Clock::moved_by_looks(due, step));
    let mut prompts = vec![0; 100];
    let mut rounds = 0;
    while rush.heart.has_work().unwrap() {
        let told = rush.round(ZOE);
        assert_eq!(told.iter().filter(|chat| **chat == ZOE).count(), 1);
        let due = told.iter().filter(|chat| **chat != ZOE);
        for chat in due.clone() {
            prompts[usize::try_from(chat.0).unwrap()] += 1;
        }
        let in_time = 1..=DUE_SHARE.as_millis() as usize;
        assert!(in_time.contains(&due.count()));
        rounds += 1;
    }
    assert_eq!(prompts, [1; 100], "everybody has theirs, once");
    assert!(rounds <= 20, "{rounds}: the time that there is is used");
}

/// Where time stands still, a number is what bounds a round.
#[test]
fn no_round_holds_more_prompts_than_so_many() {
    let parents = DUE_AT_ONCE as i64 + 1;
    let mut rush = Rush::of(parents, |due| Clock::frozen_at(due, Duration::ZERO));
    assert_eq!(rush.round(ZOE).len(), 1 + DUE_AT_ONCE);
    assert_eq!(rush.round(ZOE).len(), 1 + 1);
    assert!(!rush.heart.has_work().unwrap());
}

/// The disk fails to give a record, and gives it the next time.
#[test]
fn a_record_that_cannot_be_read_is_tried_again_and_nobody_else_waits() {
    let mut rush = Rush::of(3, |due| Clock::frozen_at(due, Duration::ZERO));
    let [anna, bram, cato] = rush.in_order(3)[..] else {
        panic!("three parents");
    };
    rush.flip_record(anna);
    assert_eq!(rush.round(ZOE), [ZOE, bram, cato]);
    assert!(!rush.heart.has_work().unwrap());
    assert!(rush.unreadable());

    rush.flip_record(anna);
    rush.wait(9);
    assert!(!rush.heart.has_work().unwrap());
    let next = rush
        .heart
        .put_off
        .next_due(&rush.heart.store, rush.heart.clock.now());
    let in_a_minute = rush.heart.clock.now() + SignedDuration::from_mins(1);
    assert_eq!(next.unwrap(), Some(in_a_minute));
    rush.wait(1);
    assert!(rush.heart.has_work().unwrap());
    assert_eq!(rush.round(ZOE), [ZOE, anna]);
    assert!(!rush.heart.has_work().unwrap());
}

#[test]
fn a_record_that_can_never_be_read_is_tried_for_an_hour() {
    let mut rush = Rush::of(2, |due| Clock::frozen_at(due, Duration::ZERO));
    let [anna, bram] = rush.in_order(2)[..] else {
        panic!("two parents");
    };
    rush.flip_record(anna);
    assert_eq!(rush.round(ZOE), [ZOE, bram]);
    let mut tried = Vec::new();
    for minute in 1..=120 {
        rush.wait(1);
        if rush.heart.has_work().unwrap() {
            tried.push(minute);
            assert_eq!(rush.round(ZOE), [ZOE]);
            assert!(!rush.heart.has_work().unwrap());
        }
    }
    assert_eq!(tried, [10, 20, 30, 40, 50]);
    let now = rush.heart.clock.now();
    assert_eq!(
        rush.heart.store.due(now, 9).unwrap(),
        [],
        "it is due no more"
    );
    let tally = rush.heart.tally.to_string();
    assert!(
        tally.contains(" 2 unreadable records"),
        "said at first and at last: {tally}"
    );
}

/// As many as go into one round come before the one whose record can be read.
#[test]
fn behind_many_records_that_cannot_be_read_nobody_waits() {
    let many = DUE_AT_ONCE;
    let parents = many as i64 + 1;
    let mut rush = Rush::of(parents, |due| Clock::frozen_at(due, Duration::ZERO));
    let chats = rush.in_order(parents);
    let first = rush.flip_record(chats[0]);
    for place in first + 1..first + many {
        rush.flip(place);
    }
    assert_eq!(rush.round(ZOE), [ZOE]);
    assert!(rush.heart.has_work().unwrap());
    assert_eq!(rush.round(ZOE), [ZOE, chats[many]]);
    assert!(!rush.heart.has_work().unwrap());
}
