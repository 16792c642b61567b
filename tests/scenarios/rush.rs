//! Many at once: Telegram's limits are kept, and nobody is forgotten.

use std::time::Duration;

use voel_eerst::{
    demo,
    parent::{Consent, Onboarding, Parent, Sending},
};

use crate::world::{Person, World, amsterdam};

const PARENTS: usize = 300;

/// How many prompts are claimed ahead at most, and so may be lost when the power goes.
const CLAIMED_AHEAD: usize = 32;

/// Time passes in steps of this: an answer of Telegram takes the bot as many steps as pass before it has heard it.
const STEP: Duration = Duration::from_millis(10);

/// The minute of a prompt for 300 parents, in a world whose clock moves only when the scenario moves it: one that moved by itself would
/// let calls pile up on their way that in real time arrive one after the other.
async fn half_past_seven() -> (World, Vec<Person>) {
    let mut world = World::at_rest().await;
    let people: Vec<Person> = (0..PARENTS).map(|_| world.parent("Ouder")).collect();
    world.api.with(|world| {
        for person in &people {
            world.press_start(person.chat).unwrap();
        }
        world.updates.drop_pending();
    });
    let now = world.clock.now();
    world.write_records(people.iter().map(|person| {
        let mut parent = Parent {
            consent: Consent::Declined,
            onboarding: Onboarding::Done,
            sending: Sending::On,
            ..Parent::stranger(person.chat)
        };
        parent.plan(now);
        parent
    }));
    world.start();
    world.settle().await;
    let before = world.api.look(sent);
    world.until("2026-03-02T19:30");
    world.plans("2026-03-04T19:30").await;
    until_sent(&world, before + 1).await;
    (world, people)
}

/// How many messages the bot has sent.
fn sent(world: &demo::World) -> usize {
    let calls = world.calls();
    calls.filter(|call| call.method == "sendMessage").count()
}

/// Lets time pass until so many were sent.
async fn until_sent(world: &World, count: usize) {
    world.passes(STEP, |world| sent(world) >= count).await;
}

/// Lets time pass until the bot has nothing to send.
async fn until_nothing_waits(world: &World) {
    let tally = world.tally();
    world.passes(STEP, |_| tally.waiting() == 0).await;
}

#[tokio::test]
async fn three_hundred_prompts_in_one_minute_arrive_once_and_none_is_refused() {
    let (world, people) = half_past_seven().await;
    until_nothing_waits(&world).await;
    assert!(world.clock.now() < amsterdam("2026-03-02T19:31"));
    for person in &people {
        assert_eq!(person.unread().len(), 1);
        person.reads_all();
    }
    world.finish().await;
}

#[tokio::test]
async fn an_answer_does_not_wait_for_the_prompts_of_others() {
    let (mut world, people) = half_past_seven().await;
    let zoe = world.parent("Zoë");
    let before = world.api.look(sent) + 50;
    until_sent(&world, before).await;
    zoe.says("/hulp");
    until_nothing_waits(&world).await;
    zoe.expects("In nood: bel 112.").await;
    let before_hers = world.api.look(|world| {
        let sent = world.calls().filter(|call| call.method == "sendMessage");
        let others = sent.take_while(|call| call.params["chat_id"] != zoe.chat.0);
        others.count()
    });
    assert!(before_hers < before + 2 * CLAIMED_AHEAD, "{before_hers}");
    for person in &people {
        assert_eq!(person.unread().len(), 1);
        person.reads_all();
    }
    world.finish().await;
}

#[tokio::test]
async fn when_the_power_goes_in_the_middle_nobody_gets_two_and_few_get_none() {
    let (mut world, people) = half_past_seven().await;
    let half = world.api.look(sent) + PARENTS / 2;
    until_sent(&world, half).await;
    world.crash().await;
    let before = world.api.look(sent);
    world.start();
    until_sent(&world, before + 1).await;
    until_nothing_waits(&world).await;
    let mut none = 0;
    for person in &people {
        let came = person.unread().len();
        assert!(came <= 1, "at most once");
        none += 1 - came;
        person.reads_all();
    }
    assert!(none <= CLAIMED_AHEAD, "{none} got none");
    world.counts(" in doubt").await;
    world.finish().await;
}

#[tokio::test]
async fn answers_to_one_parent_come_a_second_apart() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    for _ in 0..5 {
        anna.says("/hulp");
    }
    let mut came = Vec::new();
    for _ in 0..5 {
        let help = anna.expects("In nood: bel 112.").await;
        came.push(
            world
                .api
                .look(|world| world.message(anna.chat, help.id).unwrap().sent),
        );
    }
    for (former, next) in came.iter().zip(&came[1..]) {
        assert!(next.duration_since(*former).as_millis() >= 1_000);
    }
    world.finish().await;
}
