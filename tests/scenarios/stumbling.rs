//! Mistakes in the program itself: whatever stumbles, nothing is lost, and everybody else goes on.

use voel_eerst::{demo, parent::Parent, store::CrashPoint};

use crate::world::{Person, World};

const SORRY: &str = "Er ging hier iets mis.";

/// Three parents, of whom the first has a record with which keeping a new note panics: the number of the next entry cannot grow any more.
async fn with_a_record_that_makes_it_stumble() -> (World, [Person; 3]) {
    let mut world = World::in_memory().await;
    world.settle().await;
    world.stop().await;
    let people: [Person; 3] = world.let_in();
    let record = world.record_of(&people[0]).unwrap();
    world.write_records([Parent {
        next_entry: u32::MAX,
        ..record
    }]);
    (world, people)
}

#[tokio::test]
async fn a_panic_for_one_parent_is_a_kind_sentence_to_them_and_nothing_to_the_others() {
    let (mut world, [anna, bram, chris]) = with_a_record_that_makes_it_stumble().await;
    // All of it is in one batch.
    let mut notes = Vec::new();
    for number in 0..3 {
        notes.push((bram.clone(), bram.says(&format!("Bram {number}."))));
        anna.says(&format!("Anna {number}."));
        notes.push((chris.clone(), chris.says(&format!("Chris {number}."))));
    }
    world.start();
    for (person, note) in notes {
        person.expects_heart(note).await;
    }
    for _ in 0..3 {
        anna.expects(SORRY).await;
    }
    world.settle().await;
    world.counts("3 panics").await;
    assert_eq!(world.api.look(|world| world.updates.unconfirmed()), 0);

    // It is not tried again, and all that does not stumble goes on for her too.
    for restart in [false, true] {
        if restart {
            world.restart().await;
        }
        world.settle().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
        anna.says("/hulp");
        anna.expects("In nood: bel 112.").await;
        world.settle().await;
    }
    world.counts("0 panics").await;
    // Whoever wrote gets no prompt that day; what she wrote came to nothing.
    world.until("2026-03-02T19:30");
    anna.hears().await;
    world.settle().await;
    world.until("2026-03-04T19:30");
    for person in [&anna, &bram, &chris] {
        person.hears().await;
    }
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    assert_eq!(world.words_of(&bram).concat().len(), 3);
    world.finish().await;
}

#[tokio::test]
async fn a_tap_over_which_it_stumbles_is_answered() {
    let (mut world, [anna, _, _]) = with_a_record_that_makes_it_stumble().await;
    world.start();
    anna.says("/nu");
    let mut screen = anna.hears().await;
    // Through the flow to the tap that keeps it.
    for _ in 0..12 {
        let labels: Vec<String> = screen.buttons.concat();
        let save = labels.iter().find(|label| label.contains("ewaar"));
        let next = save.or(labels.first()).unwrap().clone();
        let keeps = save.is_some();
        anna.taps(&next).await;
        if keeps {
            break;
        }
        screen = anna.sees_edit().await;
    }
    anna.expects(SORRY).await;
    world.counts("1 panics").await;
    world.settle().await;
    let open = world
        .api
        .look(|world: &demo::World| world.open_taps().count());
    assert_eq!(open, 0);
    anna.reads_all();
    world.finish().await;
}

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
async fn heavy_words_over_which_it_stumbles_are_heard() {
    let (mut world, [anna, _, _]) = with_a_record_that_makes_it_stumble().await;
    world.start();
    anna.says("Ik wil niet meer leven.");
    anna.expects(SORRY).await;
    anna.expects("113").await;
    world.counts("1 panics").await;
    world.finish().await;
}

#[tokio::test]
async fn while_the_disk_comes_and_goes_somebody_hears_once_that_nothing_can_be_kept() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("Nog nergens.");
    anna.expects("Bewaren lukte niet.").await;
    world.until_the_store_fails().await;
    // The disk comes back, and goes again at once.
    for _ in 0..3 {
        world.power_comes_back(Some(CrashPoint::Before(1))).await;
        world.until_the_store_fails().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.expects("Nu is het wel bewaard.").await;
    world.settle().await;
    // Now that all is well, it is news again.
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("En nu?");
    anna.expects("Bewaren lukte niet.").await;
    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("Nu is het wel bewaard.").await;
    world.finish().await;
}
