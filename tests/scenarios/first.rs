//! The main road, from the first tap to the journal.

use crate::world::World;

#[tokio::test]
async fn from_the_first_tap_to_the_journal() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;

    world.until("2026-03-02T19:29:50");
    world.settle().await;
    assert!(anna.unread().is_empty());
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    assert_eq!(prompt.buttons, [["Straks", "Andere vraag", "Sla over"]]);

    let reply = anna.says("Mijn schouders zakten.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.says("/dagboek");
    anna.expects("Mijn schouders zakten.").await;

    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Mijn schouders zakten."]]);
    world.start();
    world.finish().await;
}
