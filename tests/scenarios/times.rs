//! Times and days as people type them.

use jiff::civil::Time;
use voel_eerst::{
    library::Library,
    parent::{ClockTime, Days, Slot, typed},
};

use crate::world::{Person, Setup, World, amsterdam};

const TIME: &str = "Hoe laat past een vraag bij jou?";
const DAYS: &str = "Op welke dagen?";
const NO_TIME: &str = "Die tijd herken ik niet. Probeer het zo: 20:15.";

/// Walks `/tijd` up to the typed time.
async fn asks_for_a_typed_time(person: &Person) {
    person.says("/tijd");
    person.expects(TIME).await;
    person.taps("Andere tijd").await;
    person.expects_edit("Typ een tijd, zoals 20:15.").await;
}

/// Begins, and keeps what is written.
async fn starts(person: &Person) {
    person.says("/start");
    person.expects("Mag ik je antwoorden bewaren?").await;
    person.taps("Ja, bewaar. Ik ben 18+").await;
    person.expects(TIME).await;
}

/// The first note of all.
async fn first_note(person: &Person, words: &str) {
    let note = person.says(words);
    person.expects_heart(note).await;
    person.expects("Dit is nu een losse notitie").await;
}

/// What was chosen, and the words that are kept.
async fn ends(mut world: World, person: &Person, time: &str, days: &str, words: &[&[&str]]) {
    world.settle().await;
    person.reads_all();
    world.stop().await;
    let schedule = world.record_of(person).unwrap().schedule;
    let time = ClockTime::from(time.parse::<Time>().unwrap());
    assert_eq!(schedule.times, [Slot::at(time)]);
    let language = Library::embedded().unwrap().typed;
    assert_eq!(schedule.days, typed::days(days, &language).unwrap());
    assert_eq!(world.words_of(person), words);
    world.finish().await;
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

/// Nor is a question that was left for hours.
#[tokio::test]
async fn a_time_can_be_typed_for_an_hour() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    asks_for_a_typed_time(&anna).await;
    world.until("2026-03-02T13:00");
    anna.says("straks");
    anna.expects(NO_TIME).await;
    anna.says("20:15");
    anna.expects(DAYS).await;
    world.settle().await;
    asks_for_a_typed_time(&anna).await;
    world.until("2026-03-02T14:01");
    first_note(&anna, "Straks gaan we naar opa.").await;
    let note = anna.says("7.45");
    anna.expects_heart(note).await;
    let words: &[&[&str]] = &[&["Straks gaan we naar opa.", "7.45"]];
    ends(world, &anna, "20:15", "ma wo za", words).await;
}

#[tokio::test]
async fn a_start_that_is_left_asks_for_an_hour_and_never_after_a_prompt_came() {
    let left_at: [&[&str]; 4] = [&[], &["Andere tijd"], &["19:30"], &["19:30", "Zelf kiezen"]];
    for labels in left_at {
        for (start, until) in [("12:00", "13:01"), ("19:00", "19:30")] {
            let mut world = World::with(Setup {
                start: amsterdam(&format!("2026-03-02T{start}")),
                ..Setup::default()
            })
            .await;
            let anna = world.parent("Anna");
            starts(&anna).await;
            for label in labels {
                anna.taps(label).await;
                anna.sees_edit().await;
            }
            anna.says("Moe.");
            anna.expects("herken ik niet.").await;
            world.settle().await;
            world.until(&format!("2026-03-02T{until}"));
            if until == "19:30" {
                anna.hears().await;
                let answer = anna.says("Moe.");
                anna.expects_heart(answer).await;
                anna.expects("Het hartje betekent: bewaard.").await;
            } else {
                first_note(&anna, "Moe.").await;
            }
            for words in ["20:15", "ma wo vr"] {
                let more = anna.says(words);
                anna.expects_heart(more).await;
            }
            let words: &[&[&str]] = &[&["Moe.", "20:15", "ma wo vr"]];
            ends(world, &anna, "19:30", "ma wo za", words).await;
        }
    }
}

#[tokio::test]
async fn what_is_typed_below_times_and_days_to_choose_from_is_chosen() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/tijd");
    anna.expects(TIME).await;
    anna.says("kwart over 8");
    anna.expects("Welke tijd bedoel je?").await;
    anna.says("om 20:15 graag");
    anna.expects(DAYS).await;
    anna.says("ma wo vr");
    anna.expects("Aangepast. De volgende vraag komt vandaag om 20:15.")
        .await;
    world.settle().await;
    // Where each day has a button, too.
    anna.says("/tijd");
    anna.expects(TIME).await;
    anna.taps("07:30").await;
    anna.expects_edit(DAYS).await;
    anna.taps("Zelf kiezen").await;
    anna.expects_edit("Tik de dagen aan.").await;
    anna.says("elke dag");
    anna.expects("Aangepast. De volgende vraag komt morgen om 07:30.")
        .await;
    world.settle().await;
    for own in [false, true] {
        anna.says("/instellingen");
        anna.expects("Zo staat het nu").await;
        anna.taps("Dagen").await;
        anna.expects_edit(DAYS).await;
        if own {
            anna.taps("Zelf kiezen").await;
            anna.expects_edit("Tik de dagen aan.").await;
        }
        anna.says(if own { "di do" } else { "weekend" });
        let shown = anna.expects("Aangepast. De volgende vraag komt").await;
        let days = if own {
            "Dagen: di en do"
        } else {
            "Dagen: za en zo"
        };
        assert!(shown.text.contains(days), "{shown}");
        world.settle().await;
    }
    ends(world, &anna, "07:30", "di do", &[]).await;
}

/// Where the parent was asked to tap, they may also go on and write.
#[tokio::test]
async fn what_is_no_time_and_no_day_below_a_choice_is_a_note_and_ends_the_choosing() {
    let choices: [&[&str]; 4] = [
        &["/tijd"],
        &["/tijd", "12:30"],
        &["/instellingen", "Tijd"],
        &["/instellingen", "Dagen"],
    ];
    for choice in choices {
        let mut world = World::new().await;
        let anna = world.parent("Anna");
        anna.begins().await;
        anna.says(choice[0]);
        anna.hears().await;
        for label in &choice[1..] {
            anna.taps(label).await;
            anna.sees_edit().await;
        }
        first_note(&anna, "Moe.").await;
        for words in ["20:15", "ma wo vr"] {
            let more = anna.says(words);
            anna.expects_heart(more).await;
        }
        let time = if choice == ["/tijd", "12:30"] {
            "12:30"
        } else {
            "19:30"
        };
        let words: &[&[&str]] = &[&["Moe.", "20:15", "ma wo vr"]];
        ends(world, &anna, time, "ma wo za", words).await;
    }
}

#[tokio::test]
async fn a_reply_to_a_prompt_is_no_time_and_no_day_whatever_is_asked() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    asks_for_a_typed_time(&anna).await;
    let answer = anna.replies_to(prompt.id, "20:15");
    anna.expects_heart(answer).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    // The question still stands.
    anna.says("7.45");
    anna.expects(DAYS).await;
    let more = anna.replies_to(prompt.id, "elke dag");
    anna.expects_heart(more).await;
    let words: &[&[&str]] = &[&["20:15", "elke dag"]];
    ends(world, &anna, "07:45", "ma wo za", words).await;
}

#[tokio::test]
async fn who_does_not_want_to_type_a_time_goes_back_to_those_to_choose_from() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    asks_for_a_typed_time(&anna).await;
    anna.taps("Terug").await;
    let choices = anna.expects_edit(TIME).await;
    assert_eq!(choices.buttons.concat().len(), 4);
    first_note(&anna, "Straks.").await;
    ends(world, &anna, "19:30", "ma wo za", &[&["Straks."]]).await;
}

#[tokio::test]
async fn a_day_at_which_the_journal_is_to_open_is_asked_for_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    first_note(&anna, "Een rustige ochtend.").await;
    world.until("2026-03-03T12:00");
    world.settle().await;
    anna.reads_all();
    for no_day in ["/dagboek ooit", "van de zomer"] {
        anna.says(no_day);
        let asked = anna
            .expects("Die dag herken ik niet. Probeer: gisteren, of 12 maart.")
            .await;
        assert_eq!(asked.buttons, [["Toch niet"]]);
    }
    anna.says("gisteren");
    anna.expects("Een rustige ochtend.").await;
    world.settle().await;
    // "Toch niet" ends it.
    anna.says("/dagboek ooit");
    anna.expects("Die dag herken ik niet.").await;
    anna.taps("Toch niet").await;
    anna.expects_edit("Niets veranderd.").await;
    let note = anna.says("gisteren");
    anna.expects_heart(note).await;
    let words: &[&[&str]] = &[&["Een rustige ochtend."], &["gisteren"]];
    ends(world, &anna, "19:30", "ma wo za", words).await;
}

#[tokio::test]
async fn a_time_that_is_none_is_asked_for_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    asks_for_a_typed_time(&anna).await;
    for typed in ["25:00", "straks", "na het eten", "😴"] {
        anna.says(typed);
        anna.expects(NO_TIME).await;
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
    starts(&anna).await;
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
