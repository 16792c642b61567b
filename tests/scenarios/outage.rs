//! A time in which Telegram, the network or the bot was away: what parents wrote meanwhile counts for the day on which it was written, and at most the
//! right prompts come.

use jiff::civil::date;

use crate::world::{World, amsterdam};

#[tokio::test]
async fn a_reply_of_before_midnight_that_comes_after_it_counts_for_the_day_on_which_it_was_written()
{
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    world.settle().await;
    world.stop().await;
    world.until("2026-03-02T23:50");
    let reply = anna.replies_to(prompt.id, "Net voor twaalf.");
    world.until("2026-03-03T00:10");
    world.start();
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent").await;
    world.settle().await;
    world.stop().await;
    let entry = &world.entries_of(&anna)[0];
    assert_eq!(entry.day, date(2026, 3, 2));
    assert_eq!(entry.written, amsterdam("2026-03-02T23:50"));
    world.finish().await;
}

#[tokio::test]
async fn what_was_written_or_stopped_while_the_bot_was_off_is_heard_before_what_was_due() {
    let mut world = World::new().await;
    let people = ["Anna", "Bram", "Chris"].map(|name| world.parent(name));
    for person in &people {
        person.begins().await;
    }
    let [anna, bram, chris] = &people;
    world.settle().await;
    world.stop().await;
    world.until("2026-03-02T19:00");
    anna.says("/stop");
    let note = bram.says("Al geschreven.");
    world.until("2026-03-02T20:00");
    world.start();
    anna.expects("Ik stuur geen vragen meer.").await;
    bram.expects_heart(note).await;
    bram.expects("Het hartje betekent").await;
    chris.hears().await;
    world.finish().await;
}
