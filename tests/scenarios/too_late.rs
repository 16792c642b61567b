//! Messages that were decided on, had to wait, and are not wanted any more by the time they could go out.

use std::time::Duration;

use voel_eerst::demo::{Content, Fault, Refusal, Trouble};

use crate::world::{Person, World};

/// Telegram lets a chat wait for two minutes, when this is tried there next.
fn hold(world: &World, person: &Person, method: &str) {
    let wait = Trouble::Refused(Refusal::too_many_requests(120));
    world.trouble(Fault::on(method, wait).in_chat(person.chat));
}

/// Two parents, and the first one's prompt waits.
async fn with_a_prompt_that_waits() -> (World, Person, Person) {
    let mut world = World::in_memory().await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.begins().await;
    bram.begins().await;
    world.settle().await;
    hold(&world, &anna, "sendMessage");
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.counts("1 tries again").await;
    (world, anna, bram)
}

#[tokio::test]
async fn a_prompt_that_waited_comes_when_nothing_has_changed() {
    let (world, anna, _) = with_a_prompt_that_waits().await;
    world.until("2026-03-02T19:33");
    anna.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn a_prompt_that_waited_does_not_come_after_stop() {
    let (mut world, anna, _) = with_a_prompt_that_waits().await;
    anna.says("/stop");
    world.come_round().await;
    world.until("2026-03-02T19:33");
    anna.expects("Ik stuur geen vragen meer.").await;
    world.counts("1 expired").await;
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.stop().await;
    assert_eq!(world.store().outbox().unwrap().pending, []);
    // It was not seen, so it may come another time.
    assert_eq!(world.record_of(&anna).unwrap().prompt, None);
    world.finish().await;
}

#[tokio::test]
async fn a_prompt_that_waited_does_not_come_to_whoever_paused_or_wrote_meanwhile() {
    let (mut world, anna, _) = with_a_prompt_that_waits().await;
    let reply = anna.says("Al geschreven.");
    world.come_round().await;
    world.until("2026-03-02T19:33");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent").await;
    world.counts("1 expired").await;
    world.finish().await;

    let (mut world, anna, bram) = with_a_prompt_that_waits().await;
    bram.reads_all();
    anna.says("/pauze");
    world.come_round().await;
    world.until("2026-03-02T19:33");
    let menu = anna.expects("Hoelang zal ik stil zijn?").await;
    let prompt = anna.hears().await;
    // The next one waits again, and now the pause is there before it.
    hold(&world, &anna, "sendMessage");
    world.until("2026-03-04T19:30");
    bram.hears().await;
    world.counts("2 tries again").await;
    assert_ne!(menu.id, prompt.id);
    anna.taps("Een week").await;
    world.come_round().await;
    world.clock.advance(Duration::from_secs(180));
    world.counts("1 expired").await;
    world.settle().await;
    assert!(
        anna.unread()
            .iter()
            .all(|line| !line.starts_with("Message")),
        "{:?}",
        anna.unread()
    );
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn what_waits_when_everything_is_erased_does_not_come() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Weg ermee.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Alles, ook instellingen").await;
    anna.expects_edit("Alles wissen, ook je instellingen?")
        .await;
    world.settle().await;
    hold(&world, &anna, "setMessageReaction");
    anna.says("En dit ook.");
    world.counts("1 tries again").await;
    anna.sends(Content::Sticker("🙂".to_owned()));
    world.come_round().await;
    anna.taps("Ja, wis het").await;
    world.come_round().await;
    world.clock.advance(Duration::from_secs(121));
    anna.expects("Alles is gewist.").await;
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.stop().await;
    assert_eq!(world.record_of(&anna), None);
    world.finish().await;
}
