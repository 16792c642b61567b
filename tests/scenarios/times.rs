//! Times and days as people type them.

use voel_eerst::parent::{ClockTime, Days, Slot};

use crate::world::{Person, World, amsterdam};

/// Walks `/tijd` up to the typed time.
async fn asks_for_a_typed_time(person: &Person) {
    person.says("/tijd");
    person.expects("Hoe laat past een vraag bij jou?").await;
    person.taps("Andere tijd").await;
    person.expects("Typ een tijd, zoals 20:15.").await;
}

#[tokio::test]
async fn a_time_is_typed_in_the_ways_people_type_it() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    for (typed, which, when) in [
        ("20:15", None, "vandaag om 20:15"),
        ("7.30", None, "morgen om 07:30"),
        ("om 21u graag", None, "vandaag om 21:00"),
        ("kwart over 9 's avonds", None, "vandaag om 21:15"),
        ("8 uur", Some("08:00"), "morgen om 08:00"),
        ("half acht", Some("19:30"), "vandaag om 19:30"),
        ("kwart over 9", Some("21:15"), "vandaag om 21:15"),
        ("middernacht", None, "morgen om 00:00"),
    ] {
        asks_for_a_typed_time(&anna).await;
        anna.says(typed);
        if let Some(label) = which {
            anna.expects("Welke tijd bedoel je?").await;
            anna.taps(label).await;
            anna.expects_edit("Op welke dagen?").await;
        } else {
            anna.expects("Op welke dagen?").await;
        }
        anna.taps("Elke dag").await;
        anna.expects_edit(&format!("Aangepast. De volgende vraag komt {when}."))
            .await;
    }
    world.finish().await;
}

/// A question for a time that was left open is not what the next prompt's answer is for.
#[tokio::test]
async fn what_is_typed_after_a_prompt_came_answers_it_and_is_no_time() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    asks_for_a_typed_time(&anna).await;
    world.until("2026-03-02T19:30");
    anna.hears().await;
    for answer in ["Moe maar blij.", "7.45"] {
        let kept = anna.says(answer);
        anna.expects_heart(kept).await;
    }
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn a_time_that_is_none_is_asked_for_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    asks_for_a_typed_time(&anna).await;
    for typed in ["25:00", "straks", "na het eten", "😴"] {
        anna.says(typed);
        anna.expects("Die tijd herken ik niet. Probeer het zo: 20:15.")
            .await;
    }
    // Something longer is nothing but something to say.
    let note = anna.says("Eigenlijk weet ik het nog niet zo goed, het is hier elke avond anders.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    // And the question is closed: a short text is one to keep, too.
    let more = anna.says("20:15");
    anna.expects_heart(more).await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [[
            "Eigenlijk weet ik het nog niet zo goed, het is hier elke avond anders.",
            "20:15"
        ]]
    );
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn the_first_time_can_be_typed_without_a_tap() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Ja, bewaar. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.says("kwart voor negen");
    anna.expects("Welke tijd bedoel je?").await;
    anna.taps("20:45").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.says("elke dag behalve zondag");
    anna.expects("Wat herken je bij jezelf?").await;
    anna.taps("Ik zoek vaak ruimte").await;
    anna.expects_edit("Je eerste vraag komt vandaag om 20:45.")
        .await;
    anna.taps("Ik wacht").await;
    world.settle().await;
    world.stop().await;
    let schedule = world.record_of(&anna).unwrap().schedule;
    assert_eq!(schedule.times, [Slot::at(ClockTime::new(20, 45).unwrap())]);
    assert_eq!(u8::from(schedule.days), 0b11_1111);
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}

#[tokio::test]
async fn days_are_tapped_on_and_off() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/tijd");
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.taps("12:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.taps("Zelf kiezen").await;
    insta::assert_snapshot!(anna.sees_edit().await, @"
    Tik de dagen aan. Nog een keer tikken zet een dag uit.
    [✓ ma][di][✓ wo][do]
    [vr][✓ za][zo]
    [Klaar]
    ");
    for label in ["✓ ma", "✓ wo", "✓ za"] {
        anna.taps(label).await;
        anna.sees_edit().await;
    }
    anna.taps("Klaar").await;
    anna.expects_toast("Kies minstens één dag.").await;
    anna.taps("zo").await;
    insta::assert_snapshot!(anna.sees_edit().await, @"
    Tik de dagen aan. Nog een keer tikken zet een dag uit.
    [ma][di][wo][do]
    [vr][za][✓ zo]
    [Klaar]
    ");
    anna.taps("Klaar").await;
    anna.expects_edit("Aangepast. De volgende vraag komt zondag om 12:30.")
        .await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-08T12:30")));
    world.finish().await;
}

#[tokio::test]
async fn days_are_typed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Bewaar niets. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.taps("19:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.says("als het regent");
    anna.expects("Die dag herken ik niet. Probeer: ma, wo, za.")
        .await;
    anna.says("di, do en het weekend");
    anna.expects("Klaar. Je eerste vraag komt morgen om 19:30.")
        .await;
    anna.taps("Ik wacht").await;
    world.settle().await;
    world.stop().await;
    let days = world.record_of(&anna).unwrap().schedule.days;
    assert_eq!(u8::from(days), 0b110_1010);
    assert_ne!(days, Days::three());
    world.finish().await;
}
