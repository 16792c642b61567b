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
    heart: Heart,
    voice: watch::Sender<Voice>,
    updates: u32,
}

impl Rush {
    fn of(parents: i64, clock: impl FnOnce(Timestamp) -> Clock) -> Self {
        let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
        let store = Store::in_memory(&MemoryEngine::new(), &secret).unwrap();
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
            draft.put_parent(id, &parent).unwrap();
        }
        store.commit(draft).unwrap();
        let voice = watch::Sender::new(Voice::embedded());
        Self {
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
