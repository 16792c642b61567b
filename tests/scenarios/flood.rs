//! One chat writes without end: nobody else waits for it.

use std::{
    env,
    time::{Duration, Instant},
};

use voel_eerst::{demo, service::sender::queue::BETWEEN_MESSAGES};

use crate::world::{Person, World};

/// How many messages the flood has, unless `VOEL_EERST_FLOOD` says otherwise.
const FLOOD: usize = 1_000;

/// So many calls go to Telegram in a second.
const A_SECOND: usize = 30;

/// Time passes in steps of this, however long each of them really takes.
const STEP: Duration = Duration::from_millis(10);

/// A world whose clock moves only when the scenario moves it, with two parents who have been here for a while.
async fn quiet_world() -> (World, [Person; 2]) {
    let mut world = World::at_rest().await;
    let people = world.let_in();
    world.start();
    world.settle().await;
    (world, people)
}

/// What the bot said or did in chats, in order: in which chat, and whether it is a message.
fn done(world: &demo::World) -> impl Iterator<Item = (i64, bool)> {
    let calls = world.calls();
    calls.filter_map(|call| {
        let chat = call.params["chat_id"].as_i64()?;
        Some((chat, call.method == "sendMessage"))
    })
}

/// Lets time pass as it does: whoever lets it jump gives the flood all calls of a second at once.
async fn passes_smoothly(world: &World, time: Duration) {
    let until = world.clock.uptime() + time;
    world.passes(STEP, |_| world.clock.uptime() >= until).await;
}

/// Waits until the bot has taken in all that was written, however much it is. No time passes meanwhile.
async fn taken_in(world: &World) {
    let waiting = || world.api.look(|world| world.updates.unconfirmed());
    let mut left = waiting();
    while left > 0 {
        let fewer = world.api.until("some of it is taken in", |world| {
            let waiting = world.updates.unconfirmed();
            (waiting < left).then_some(waiting)
        });
        left = fewer.await.unwrap();
    }
}

/// Somebody asks for help. Returns how much the bot did in chats from then until they had their answer. Until it has heard everybody, no time passes.
async fn done_before_the_answer(world: &World, person: &Person) -> usize {
    let before = world.api.look(|world| done(world).count());
    person.says("/hulp");
    taken_in(world).await;
    let first = |world: &demo::World| {
        let mut later = done(world).skip(before);
        later.position(|done| done == (person.chat.0, true))
    };
    world.passes(STEP, |world| first(world).is_some()).await;
    person.expects("In nood: bel 112.").await;
    world.api.look(first).unwrap()
}

#[allow(clippy::print_stdout, reason = "figures are for whoever runs the test")]
#[tokio::test]
async fn a_flood_from_one_chat_delays_the_answer_to_another_by_less_than_a_second() {
    let flood = env::var("VOEL_EERST_FLOOD");
    let flood = flood.map_or(FLOOD, |number| number.parse().unwrap());
    let (mut world, [storm, bram]) = quiet_world().await;
    for number in 0..flood {
        storm.says(&format!("Golf {number}."));
    }

    // Telegram hands out what waits in its order, so the first answer comes when all of the flood is taken in; but not when it is answered.
    let begun = Instant::now();
    done_before_the_answer(&world, &bram).await;
    println!(
        "{flood} messages of a flood were taken in, and the one behind them answered, in {:.2?}",
        begun.elapsed()
    );

    // The flood goes on, and has hundreds of answers to come.
    let mut most = 0;
    for more in 0..3 {
        passes_smoothly(&world, BETWEEN_MESSAGES + STEP).await;
        storm.says(&format!("En nog {more}."));
        most = most.max(done_before_the_answer(&world, &bram).await);
        assert!(world.tally().waiting() > A_SECOND);
    }
    println!("at most {most} calls went before an answer to somebody else");
    assert!(most < A_SECOND, "{most}");

    world.stop().await;
    let kept: usize = world.words_of(&storm).iter().map(Vec::len).sum();
    assert_eq!(kept, flood + 3);
    storm.reads_all();
    world.finish().await;
}
