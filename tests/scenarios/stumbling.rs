//! Mistakes in the program itself: whatever stumbles, nothing is lost, and everybody else goes on.

use voel_eerst::store::CrashPoint;

use crate::world::World;

#[tokio::test]
async fn when_the_heart_itself_stumbles_everything_begins_anew_and_nothing_is_lost() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    for number in 0..3 {
        world.engine().crash_at(CrashPoint::Panic(1));
        let note = anna.says(&format!("Notitie {number}."));
        anna.expects_heart(note).await;
        if number == 0 {
            anna.expects("Dit is nu een losse notitie").await;
        }
        world.settle().await;
    }
    world.stop().await;
    assert_eq!(world.words_of(&anna).concat().len(), 3);
    world.finish().await;
}

#[tokio::test]
async fn while_nothing_can_be_kept_somebody_hears_so_once() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("Nog nergens.");
    anna.expects("Bewaren lukte niet.").await;
    // The disk comes back, and goes at once.
    world.until_the_store_fails().await;
    world.engine().restore_power();
    world.engine().crash_at(CrashPoint::Before(1));
    world.clock.advance(std::time::Duration::from_secs(60));
    world.until_the_store_fails().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.engine().restore_power();
    world.clock.advance(std::time::Duration::from_secs(60));
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.expects("Nu is het wel bewaard.").await;
    world.finish().await;
}
