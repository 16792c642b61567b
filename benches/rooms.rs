//! The rooms one by one: what deciding costs, and what it is made of; and the store, a commit at a time.
//!
//! `cargo bench --bench rooms`. The store lies in a temporary folder: point `TMPDIR` at the disk that is to be measured.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]
#![allow(
    dead_code,
    reason = "other measurements use the rest of what is shared"
)]

mod people;

use std::sync::LazyLock;

use divan::{Bencher, counter::ItemsCount};
use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use tempfile::TempDir;
use voel_eerst::{
    conversation::{
        Content, Decision, Entry, EntryId, Event, JournalChange, Message, Part, respond,
    },
    library::{Languages, Library, Side},
    net::{LANGUAGE, Net},
    parent::{ChatId, ClockTime, MessageId, Parent, Words},
    service::Voice,
    store::Store,
};

/// How many parents the store holds.
const PARENTS: i64 = 10_000;

/// How many changes go into one commit: as many as Telegram hands out at once.
const BATCH: i64 = 100;

const REPLY: &str = "Vandaag bleef ik even zitten toen ze boos werd. Ik zei niets, en na een tijdje kwam ze zelf op schoot.";

fn main() {
    divan::main();
}

static VOICE: LazyLock<Voice> = LazyLock::new(people::voice);

static STORE: LazyLock<(TempDir, Store)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let store = people::open(&dir.path().join("store"));
    people::write(&store, &VOICE, 0..PARENTS, now(), |_| ClockTime::NINE);
    (dir, store)
});

fn library() -> &'static Library {
    VOICE.languages.of(Some(LANGUAGE))
}

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn parent() -> Parent {
    people::parent(&VOICE, 1, ClockTime::NINE, now())
}

fn reply() -> Event {
    Event::Wrote(Message {
        sent: jiff::Timestamp::UNIX_EPOCH,
        id: MessageId(1),
        reply_to: None,
        content: Content::Text(Words::new(REPLY)),
        caption: Words::default(),
    })
}

/// Decides for the first parent, whose journal is empty.
fn decide(event: &Event, at: Timestamp) -> Decision {
    let store = &STORE.1;
    let mut draft = store.draft();
    let id = draft.parent_id(ChatId(1));
    let parent = draft.parent(id).unwrap().unwrap();
    let journal = draft.journal(id).unwrap();
    let scene = VOICE.scene(library(), &journal, at);
    let parent = Parent::clone(&parent);
    respond(scene, parent, event, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

/// With reading the record, as in life.
#[divan::bench]
fn respond_to_a_reply(bencher: Bencher<'_, '_>) {
    let reply = reply();
    bencher.bench_local(|| decide(&reply, now()));
}

#[divan::bench]
fn respond_to_a_planned_moment(bencher: Bencher<'_, '_>) {
    let due = parent().planned.unwrap().at;
    let decision = decide(&Event::Due, due);
    assert_eq!(decision.outgoing.len(), 1, "a prompt");
    bencher.bench_local(|| decide(&Event::Due, due));
}

#[divan::bench]
fn next_moment_of_a_schedule(bencher: Bencher<'_, '_>) {
    let parent = parent();
    bencher.bench_local(|| parent.schedule.next(now(), &parent.handled));
}

#[divan::bench]
fn draw_from_the_deck(bencher: Bencher<'_, '_>) {
    let (prompts, mut chance) = (&library().prompts, ChaCha8Rng::seed_from_u64(1));
    bencher
        .with_inputs(|| parent().deck)
        .bench_local_values(|mut deck| {
            deck.draw(prompts, ClockTime::NINE, Side::Beide, &mut chance)
                .map(|drawn| drawn.prompt.mark)
        });
}

#[divan::bench]
fn hear_a_reply_with_the_net(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| VOICE.net.judge(REPLY));
}

#[divan::bench]
fn load_the_library() -> Languages {
    Languages::embedded().unwrap()
}

#[divan::bench]
fn load_the_net() -> Net {
    Net::embedded().unwrap()
}

#[divan::bench]
fn read_a_record(bencher: Bencher<'_, '_>) {
    let store = &STORE.1;
    let mut chat = 0;
    bencher.bench_local(|| {
        chat = (chat + 7_919) % PARENTS;
        let mut draft = store.draft();
        let id = draft.parent_id(ChatId(chat));
        draft.parent(id).unwrap().unwrap()
    });
}

/// A record and an entry of a hundred parents, sealed and in a draft, without the commit.
#[divan::bench]
fn draft_a_batch(bencher: Bencher<'_, '_>) {
    let mut first = 0;
    bencher
        .counter(ItemsCount::new(BATCH as usize))
        .bench_local(|| {
            first = (first + BATCH) % PARENTS;
            drafted(first)
        });
}

/// The same, and durable. One at a time: a draft that was begun before another one's commit is stale.
#[divan::bench(sample_size = 1)]
fn commit_a_batch(bencher: Bencher<'_, '_>) {
    let mut first = 0;
    bencher
        .counter(ItemsCount::new(BATCH as usize))
        .with_inputs(|| {
            first = (first + BATCH) % PARENTS;
            drafted(first)
        })
        .bench_local_values(|draft| STORE.1.commit(draft).unwrap());
}

fn drafted(first: i64) -> voel_eerst::store::Draft {
    let mut draft = STORE.1.draft();
    for chat in first..first + BATCH {
        let id = draft.parent_id(ChatId(chat));
        let parent = draft.parent(id).unwrap().unwrap();
        draft.put_parent(id, Parent::clone(&parent)).unwrap();
        let entry = Entry {
            id: EntryId(1),
            day: jiff::civil::date(2026, 11, 28),
            written: now(),
            prompt: None,
            parts: vec![Part::typed(MessageId(1), Words::new(REPLY))],
            heavy: false,
        };
        draft.apply(id, &[JournalChange::Put(entry)]).unwrap();
    }
    draft
}
