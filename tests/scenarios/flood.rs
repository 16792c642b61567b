//! One parent, or somebody who wants to do harm, writes without end.

use std::{
    env,
    time::{Duration, Instant},
};

use voel_eerst::{
    demo::{self, Call},
    parent::ChatId,
};

use crate::world::{Disk, REAL_PATIENCE, Setup, World, amsterdam};

/// A little more than the pace at which the bot sends, so that each step of the clock lets one more call go.
const STEP: Duration = Duration::from_millis(36);

/// How many messages a flood has.
fn messages() -> usize {
    let asked = env::var("VOEL_EERST_FLOOD").ok();
    asked.map_or(10_000, |asked| {
        asked.parse().expect("a number in VOEL_EERST_FLOOD")
    })
}

fn is_message_to(call: &Call, chat: ChatId) -> bool {
    call.method == "sendMessage" && call.params["chat_id"] == chat.0
}

/// Moves the clock on in steps, one for each call, until this chat has so many messages.
async fn until_sent(world: &World, chat: ChatId, count: usize) {
    loop {
        let (calls, sent) = world.api.look(|world| {
            let sent = world.calls().rev().take(4_000);
            let sent = sent.filter(|call| is_message_to(call, chat)).count();
            (world.calls().count(), sent)
        });
        if sent >= count {
            return;
        }
        world.clock.advance(STEP);
        let another = |world: &demo::World| (world.calls().count() > calls).then_some(());
        world.api.until("another call", another).await.unwrap();
    }
}

#[allow(clippy::print_stderr, reason = "figures are for whoever runs the test")]
fn say(line: std::fmt::Arguments<'_>) {
    eprintln!("{line}");
}

#[tokio::test]
async fn ten_thousand_messages_of_one_chat_make_nobody_else_wait() {
    let mut world = World::with(Setup {
        start: amsterdam("2026-03-02T19:29"),
        patience: Duration::ZERO,
        disk: Disk::memory(),
        ..Setup::default()
    })
    .await;
    world.settle().await;
    world.stop().await;
    let [flooder, anna, bram] = world.let_in();
    world.start();
    world.settle().await;

    for number in 0..messages() {
        flooder.says(&format!("Regel {number}."));
    }
    anna.says("/hulp");
    let said = world.clock.now();
    let begun = Instant::now();
    let all_in = |world: &demo::World| (world.updates.unconfirmed() == 0).then_some(());
    while world.api.until("all messages", all_in).await.is_err() {
        assert!(begun.elapsed() < 10 * REAL_PATIENCE, "they are taken in");
    }
    let took = begun.elapsed();
    say(format_args!(
        "{} messages were taken in in {took:.2?}",
        messages()
    ));

    // Nobody else waits for the answers to them, neither for an answer nor for a prompt.
    until_sent(&world, anna.chat, 1).await;
    assert!(world.clock.now().duration_since(said).as_millis() < 1_000);
    anna.expects("In nood: bel 112.").await;
    let due = amsterdam("2026-03-02T19:30");
    world.clock.advance_to(due);
    until_sent(&world, bram.chat, 1).await;
    assert!(world.clock.now().duration_since(due).as_millis() < 1_000);
    bram.hears().await;
    until_sent(&world, anna.chat, 2).await;
    anna.hears().await;

    // All of it is kept, and what was not answered yet waits on disk.
    world.stop().await;
    let kept: usize = world.words_of(&flooder).iter().map(Vec::len).sum();
    assert_eq!(kept, messages());
    let waiting = world.store().outbox().unwrap().pending.len();
    assert!(waiting + 1_000 > messages(), "{waiting}");
    flooder.reads_all();
    world.finish().await;
}
