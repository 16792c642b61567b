//! Telegram calls: what comes out of order, again, or at the same time, and how the webhook comes and goes. Every other scenario passes over
//! a webhook too, see [`both_ways`](super::both_ways).

use std::time::Duration;

use voel_eerst::{
    demo::{self, Fault, Refusal, Trouble, WEBHOOK},
    store::CrashPoint,
};

use crate::world::{Person, Setup, Way, World};

async fn world() -> World {
    World::with(Setup {
        way: Way::Webhook,
        ..Setup::default()
    })
    .await
}

/// A parent who has begun, and knows what notes and hearts are.
async fn with_a_note(world: &mut World) -> Person {
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Een eerste.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    anna
}

/// The update that comes next is kept back: what comes after it overtakes it.
fn keep_the_next_back(world: &World) {
    world.api.with(|world| {
        let next = world.updates.newest().unwrap() + 1;
        world.updates.keep_back(next);
    });
}

async fn kept_words(world: &mut World, person: &Person) -> Vec<String> {
    world.settle().await;
    person.reads_all();
    world.stop().await;
    let words = world.words_of(person).concat();
    world.start();
    words
}

#[tokio::test]
async fn an_edit_waits_for_its_message_however_often_that_has_to_be_delivered() {
    let mut world = world().await;
    let anna = with_a_note(&mut world).await;
    for trouble in [
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::BadGateway,
        Trouble::Refused(Refusal::too_many_requests(2)),
    ] {
        world.trouble(Fault::on(WEBHOOK, trouble).times(3));
        let note = anna.says("Zo was het.");
        anna.edits(note, "Zo was het ook.");
        anna.edits(note, "Zo was het echt.");
        anna.expects_heart(note).await;
        anna.expects("Aangepast en bewaard.").await;
        anna.expects("Aangepast en bewaard.").await;
    }
    let words = kept_words(&mut world, &anna).await;
    assert_eq!(words[1..], ["Zo was het echt."; 4]);
    world.finish().await;
}

/// Telegram's server never lets this happen: a message and its edits are one queue. If it did, nothing would break.
#[tokio::test]
async fn an_edit_that_overtakes_its_message_changes_nothing() {
    let mut world = world().await;
    let anna = with_a_note(&mut world).await;
    keep_the_next_back(&world);
    let note = anna.says("Zo was het.");
    anna.edits(note, "Zo was het echt.");
    let edited = |world: &demo::World| (world.updates.unconfirmed() == 1).then_some(());
    world.api.until("the edit", edited).await.unwrap();
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.api.with(|world| world.updates.let_go());
    anna.expects_heart(note).await;
    let words = kept_words(&mut world, &anna).await;
    assert_eq!(words[1..], ["Zo was het."]);
    world.finish().await;
}

/// Taps are a queue of their own. One that comes late meets what was done meanwhile, as a tap on an old button does.
#[tokio::test]
async fn a_tap_and_a_text_may_change_places() {
    let mut world = world().await;
    let anna = with_a_note(&mut world).await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Mijn laatste antwoord").await;
    anna.expects_edit("Je laatste antwoord wissen?").await;
    keep_the_next_back(&world);
    let asked = anna.has_button("Ja, wis het").await;
    anna.taps_at_once(asked, &["Ja, wis het"]);
    anna.says("/hulp");
    let note = anna.says("Nog iets.");
    anna.expects("In nood: bel 112.").await;
    anna.expects_heart(note).await;
    world.api.with(|world| world.updates.let_go());
    world.settle().await;
    let words = kept_words(&mut world, &anna).await;
    assert_eq!(
        words,
        ["Een eerste.", "Nog iets."],
        "what it asked about has changed meanwhile"
    );
    // The buttons of the old question were gone already.
    assert_eq!(world.refusals().len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn the_same_update_many_times_at_once_is_one() {
    let mut world = world().await;
    let anna = with_a_note(&mut world).await;
    let note = world.api.with(|world| {
        let note = world.say(anna.chat, "Eén keer.", None).unwrap();
        let update = world.updates.newest().unwrap();
        for _ in 0..30 {
            assert!(world.updates.redeliver(update));
        }
        note
    });
    anna.expects_heart(note).await;
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.counts("30 of them again").await;
    // And long after others.
    let first = world.api.look(|world| world.updates.newest()).unwrap();
    for number in 0..5 {
        let note = anna.says(&format!("Later {number}."));
        anna.expects_heart(note).await;
    }
    world.api.with(|world| world.updates.redeliver(first));
    let words = kept_words(&mut world, &anna).await;
    assert_eq!(words.len(), 7);
    world.finish().await;
}

#[tokio::test]
async fn many_parents_at_once_over_a_bad_line_lose_nothing_and_double_nothing() {
    const PARENTS: usize = 12;
    const NOTES: usize = 8;
    let mut world = world().await;
    let people: Vec<Person> = (0..PARENTS).map(|_| world.parent("Ouder")).collect();
    for person in &people {
        person.begins().await;
    }
    world.settle().await;
    for trouble in [Trouble::CutBefore, Trouble::CutAfter, Trouble::BadGateway] {
        world.trouble(Fault::on(WEBHOOK, trouble).times(20));
    }
    world.api.with(|world| world.updates.lose_confirmations(20));
    for number in 0..NOTES {
        for person in &people {
            person.says(&format!("Notitie {number}."));
        }
    }
    world.settle().await;
    let expected: Vec<String> = (0..NOTES)
        .map(|number| format!("Notitie {number}."))
        .collect();
    for person in &people {
        let hearts = person
            .unread()
            .iter()
            .filter(|line| line.starts_with("Heart"))
            .count();
        assert_eq!(hearts, NOTES);
        person.reads_all();
    }
    world.stop().await;
    for person in &people {
        assert_eq!(world.words_of(person).concat(), expected);
    }
    world.finish().await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_taken() {
    let mut world = World::with(Setup {
        way: Way::Webhook,
        disk: crate::world::Disk::memory(),
        ..Setup::default()
    })
    .await;
    let anna = with_a_note(&mut world).await;
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("Nog nergens.");
    anna.expects("Bewaren lukte niet.").await;
    let refused = |world: &demo::World| world.webhook_error().map(str::to_owned);
    let why = world.api.until("a refusal", refused).await.unwrap();
    assert_eq!(
        why,
        "Wrong response from the webhook: 503 Service Unavailable"
    );
    world.until_the_store_fails().await;
    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("Nu is het wel bewaard.").await;
    world.finish().await;
}

#[tokio::test]
async fn it_stays_when_the_bot_stops_and_goes_when_the_bot_asks_for_updates_again() {
    let mut world = World::with(Setup {
        way: Way::Polling,
        ..Setup::default()
    })
    .await;
    let anna = with_a_note(&mut world).await;
    for way in [Way::Webhook, Way::Webhook, Way::Polling, Way::Webhook] {
        let before = world.api.look(|world| world.webhook_url().is_some());
        world.stop().await;
        let after = world.api.look(|world| world.webhook_url().is_some());
        assert_eq!(before, after, "left as it was");
        let note = anna.says("Terwijl hij stil was.");
        world.receives_by(way);
        world.start();
        anna.expects_heart(note).await;
        let is_set = world.api.look(|world| world.webhook_url().is_some());
        assert_eq!(is_set, way == Way::Webhook);
        let note = anna.says("En weer.");
        anna.expects_heart(note).await;
        world.settle().await;
    }
    world.finish().await;
}

#[tokio::test]
async fn it_is_set_until_telegram_has_heard() {
    let mut world = world().await;
    world.settle().await;
    world.stop().await;
    world.api.with(|world| {
        for trouble in [
            Trouble::CutBefore,
            Trouble::Refused(Refusal::too_many_requests(3)),
            Trouble::Refused(Refusal::bad_request(
                "bad webhook: Failed to resolve host: Temporary failure in name resolution",
            )),
        ] {
            world.faults.add(Fault::on("setWebhook", trouble));
        }
    });
    // Another port, so that Telegram has to hear of it.
    world.receives_by(Way::Webhook);
    let former = world
        .api
        .look(|world| world.webhook_url().map(str::to_owned));
    world.start();
    let is_new = |world: &demo::World| world.webhook_url() != former.as_deref();
    world.passes(Duration::from_secs(10), is_new).await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.finish().await;
}
