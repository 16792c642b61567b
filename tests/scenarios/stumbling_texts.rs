//! A mistake in a text, which only a debug build stumbles over: others show the place for which there is no value.

use voel_eerst::{
    library::Library,
    parent::{
        Parent,
        retention::{End, Retention},
    },
};

use crate::world::{LIBRARY, Person, World, amsterdam};

/// What is said to the first of these three at the minute of everybody's prompt cannot be said: the text has a place for which there is no value.
#[tokio::test]
async fn a_panic_at_a_planned_moment_keeps_nobody_elses_prompt_from_coming() {
    let mut world = World::in_memory().await;
    world.settle().await;
    world.stop().await;
    let [anna, bram, chris]: [Person; 3] = world.let_in();
    let record = world.record_of(&anna).unwrap();
    world.write_records([Parent {
        retention: Retention {
            last_sign: Some(amsterdam("2023-01-01T12:00")),
            next: Some(End::Notice(amsterdam("2026-03-02T19:30"))),
        },
        ..record
    }]);
    let mut broken: Library = LIBRARY.clone();
    broken.texts.erase.idle_notice = broken.texts.pause.resumed.clone();
    world.speaks(broken);
    world.start();
    for (times, evening) in [(1, "2026-03-02T19:30"), (3, "2026-03-04T19:30")] {
        world.until(evening);
        bram.hears().await;
        chris.hears().await;
        world.settle().await;
        world.counts(&format!("{times} panics")).await;
        // It is let go, and not tried again before the next day.
        world.settle().await;
        world.counts(&format!("{times} panics")).await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
        // She can still talk with it.
        if times == 1 {
            world.until("2026-03-03T19:30");
            world.counts("2 panics").await;
        }
    }
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    bram.says("/hulp");
    bram.expects("In nood: bel 112.").await;
    world.settle().await;
    // When it is mended, all is as ever.
    world.speaks(LIBRARY.clone());
    world.until("2026-03-07T19:30");
    for person in [&anna, &bram, &chris] {
        person.hears().await;
    }
    world.finish().await;
}
