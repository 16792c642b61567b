//! The buttons below a prompt, and which prompt it is.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil::Date};
use voel_eerst::library::{Library, Moment, Prompt, Side};

use crate::world::{LIBRARY, Person, Received, Setup, World, amsterdam};

const BUTTONS: [&str; 3] = ["Straks", "Andere vraag", "Sla over"];

/// The prompt that a message shows.
fn shown_in(message: &Received) -> &'static Prompt {
    let shown = |prompt: &&Prompt| {
        let beginning = format!("{}\n\n{}", prompt.title, prompt.body);
        message.text.starts_with(&beginning)
    };
    LIBRARY.prompts.iter().find(shown).expect("a prompt")
}

/// A world that begins on Monday 2 March at this time.
async fn monday_at(time: &str) -> World {
    World::with(Setup {
        start: amsterdam(&format!("2026-03-02T{time}")),
        ..Setup::default()
    })
    .await
}

/// Opens the moments to put the prompt off to.
async fn asks_when(person: &Person) {
    person.taps("Straks").await;
    person.expects_toast("Wanneer dan?").await;
}

/// Chooses this time, typed, on every day.
async fn every_day_at(person: &Person, typed: &str) {
    person.begins_with("19:30", "Elke dag").await;
    person.says("/tijd");
    person.expects("Hoe laat past een vraag bij jou?").await;
    person.taps("Andere tijd").await;
    person.expects_edit("Typ een tijd").await;
    person.says(typed);
    person.expects("Op welke dagen?").await;
    person.taps("Elke dag").await;
    person.expects_edit("Aangepast.").await;
}

#[tokio::test]
async fn each_moment_to_put_a_prompt_off_to_brings_it_then_and_moves_nothing_else() {
    let mut world = monday_at("06:00").await;
    let anna = world.parent("Anna");
    anna.begins_with("07:30", "Drie keer: ma, wo en za").await;
    let days = [
        "2026-03-02",
        "2026-03-04",
        "2026-03-07",
        "2026-03-09",
        "2026-03-11",
    ];
    let fixed = |day: &str| amsterdam(&format!("{day}T07:30"));
    for (number, (label, says, comes)) in [
        ("Over een half uur", "vandaag om 08:0", 30..32),
        ("Over een uur", "vandaag om 08:3", 60..62),
        ("Over drie uur", "vandaag om 10:3", 180..182),
        ("Vanavond", "vandaag om 19:30", 720..721),
        ("Morgen", "morgen om 07:30", 1_440..1_441),
    ]
    .into_iter()
    .enumerate()
    {
        world.clock.advance_to(fixed(days[number]));
        let prompt = anna.hears().await;
        asks_when(&anna).await;
        anna.taps(label).await;
        anna.expects(&format!("Tot {says}")).await;
        anna.expects_buttons(prompt.id, &[]).await;
        let due = world.next_due().await.unwrap();
        let minutes = due.duration_since(fixed(days[number])).as_mins();
        assert!(comes.contains(&minutes), "{label}: {minutes} minutes");
        world.clock.advance_to(due);
        let again = anna.hears().await;
        assert_eq!(shown_in(&again), shown_in(&prompt));
        assert_eq!(again.buttons, [&BUTTONS[1..]], "it is put off once");
        let next = days.get(number + 1).map(|day| fixed(day));
        let next = next.unwrap_or(fixed("2026-03-14"));
        assert_eq!(world.next_due().await, Some(next), "the fixed days stay");
    }
    world.stop().await;
    let rhythm = world.record_of(&anna).unwrap().rhythm;
    assert_eq!(rhythm.unanswered, 0, "what was put off is no miss");
    world.finish().await;
}

#[tokio::test]
async fn tonight_is_offered_until_six_and_taken_until_it_comes() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("12:30", "Elke dag").await;
    world.until("2026-03-02T12:30");
    let prompt = anna.hears().await;
    let with_tonight = [
        "Over een half uur",
        "Over een uur",
        "Over drie uur",
        "Vanavond",
        "Morgen",
        "Toch niet",
    ];
    let without: Vec<&str> = with_tonight
        .into_iter()
        .filter(|label| *label != "Vanavond")
        .collect();
    for (time, labels) in [("17:55", &with_tonight[..]), ("18:00", &without)] {
        world.until(&format!("2026-03-02T{time}"));
        asks_when(&anna).await;
        anna.expects_buttons(prompt.id, labels).await;
        anna.taps("Toch niet").await;
        anna.expects_buttons(prompt.id, &BUTTONS).await;
    }
    // It stood there since the afternoon; meanwhile that moment has passed.
    world.until("2026-03-03T12:30");
    let prompt = anna.hears().await;
    asks_when(&anna).await;
    anna.expects_buttons(prompt.id, &with_tonight).await;
    world.until("2026-03-03T20:00");
    anna.taps("Vanavond").await;
    anna.expects_toast("Wanneer dan?").await;
    anna.expects_buttons(prompt.id, &without).await;
    anna.taps("Over een uur").await;
    anna.expects("Tot vandaag om 21:0").await;
    world.finish().await;
}

#[tokio::test]
async fn what_would_come_within_two_hours_of_the_next_is_dropped() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    every_day_at(&anna, "12:30").await;
    anna.says("/instellingen");
    anna.expects("Zo staat het nu").await;
    anna.taps("Tijd").await;
    anna.expects_edit("Hoe laat past een vraag bij jou?").await;
    anna.taps("12:30").await;
    anna.expects_edit("Wil je er nog een tijd bij?").await;
    anna.taps("Nog een tijd").await;
    anna.expects_edit("Hoe laat past een vraag bij jou?").await;
    anna.says("15:45");
    anna.expects("Wil je er nog een tijd bij?").await;
    for (day, label, says) in [
        ("02", "Over een uur", "Tot vandaag om 13:3"),
        ("03", "Over drie uur", "Dat is vlak voor je volgende vraag."),
        ("04", "Vanavond", "Dat is vlak voor je volgende vraag."),
    ] {
        world.until(&format!("2026-03-{day}T12:30"));
        anna.hears().await;
        asks_when(&anna).await;
        anna.taps(label).await;
        anna.expects(says).await;
        if label == "Over een uur" {
            world.advance_to_due().await;
            anna.hears().await;
        }
        // Two a day: the second one is a planned prompt of its own.
        assert_eq!(
            world.next_due().await,
            Some(amsterdam(&format!("2026-03-{day}T15:45")))
        );
        world.advance_to_due().await;
        anna.hears().await;
    }
    world.finish().await;
}

#[tokio::test]
async fn a_replaced_prompt_goes_back_into_the_deck() {
    let mut library: Library = (**LIBRARY).clone();
    let mut themes = Vec::new();
    library.prompts.retain(|prompt| {
        let is_new = prompt.moment == Moment::Elk && !themes.contains(&prompt.theme);
        if is_new {
            themes.push(prompt.theme.clone());
        }
        is_new
    });
    let count = library.prompts.len();
    let mut world = World::with(Setup {
        languages: Arc::new(library.into()),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    world.until(&format!("{day}T19:30"));
    let replaced = shown_in(&anna.hears().await);
    anna.taps("Andere vraag").await;
    let mut seen = vec![shown_in(&anna.sees_edit().await)];
    while seen.len() < count {
        day += 1.day();
        world.until(&format!("{day}T19:30"));
        let prompt = anna.hears().await;
        seen.push(shown_in(&prompt));
        anna.taps("Sla over").await;
        anna.expects("Goed. Tot").await;
    }
    assert!(seen.contains(&replaced), "it comes another day");
    seen.sort_by_key(|prompt| &prompt.id);
    seen.dedup();
    assert_eq!(seen.len(), count, "none twice before all were seen");
    // Then it begins anew, and says so.
    day += 1.day();
    world.until(&format!("{day}T19:30"));
    anna.expects("Je hebt alle vragen gehad. Ik begin rustig opnieuw.")
        .await;
    world.finish().await;
}

/// The messages of the bot that have one of the buttons of a prompt, or of an answered one.
fn live_prompts(world: &World, person: &Person) -> usize {
    let of_a_prompt = [
        "Straks",
        "Andere vraag",
        "Sla over",
        "Toch niet",
        "Nog een vraag",
        "Wis antwoord",
    ];
    world.api.look(|world| {
        let chat = world.chat(person.chat).unwrap();
        let live = |label: &&str| of_a_prompt.contains(label);
        let messages = chat.from_bot();
        messages
            .filter(|message| message.labels().iter().any(live))
            .count()
    })
}

#[tokio::test]
async fn never_two_prompts_with_buttons() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("12:30", "Elke dag").await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    for deed in [
        "",
        "Straks",
        "Over een uur",
        "Andere vraag",
        "answers",
        "answers on",
        "/vandaag",
        "restarts",
        "",
    ] {
        world.until(&format!("{day}T12:30"));
        world.settle().await;
        assert_eq!(live_prompts(&world, &anna), 1, "before {deed:?} on {day}");
        match deed {
            "" => {}
            "answers" | "answers on" => {
                anna.says("Een antwoord.");
                world.settle().await;
                assert_eq!(live_prompts(&world, &anna), 1);
                if deed == "answers on" {
                    anna.says("/vandaag");
                    anna.taps("Ja, nog één").await;
                }
            }
            "/vandaag" => {
                anna.says("/vandaag");
            }
            "restarts" => world.restart().await,
            "Over een uur" => {
                anna.taps("Straks").await;
                anna.taps(deed).await;
                world.settle().await;
                world.until(&format!("{day}T14:00"));
            }
            label => {
                anna.taps(label).await;
            }
        }
        world.settle().await;
        assert_eq!(live_prompts(&world, &anna), 1, "after {deed:?} on {day}");
        day += 1.day();
    }
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn a_prompt_fits_the_time_of_the_day_and_what_the_parent_recognises() {
    for (time, fits) in [
        ("07:30", [Moment::Ochtend, Moment::Elk].as_slice()),
        ("12:30", &[Moment::Elk]),
        ("19:30", &[Moment::Avond, Moment::Elk]),
    ] {
        let mut world = monday_at("06:00").await;
        let anna = world.parent("Anna");
        anna.begins_with(time, "Elke dag").await;
        anna.says("/instellingen");
        anna.expects("Zo staat het nu").await;
        anna.taps("Wat ik herken").await;
        anna.expects_edit("Wat herken je bij jezelf?").await;
        anna.taps("Ik zoek vaak ruimte").await;
        anna.expects_edit("Wat ik herken: ik zoek vaak ruimte")
            .await;
        let mut day: Date = "2026-03-02".parse().unwrap();
        let mut seen: Vec<&Prompt> = Vec::new();
        for _ in 0..20 {
            world.until(&format!("{day}T{time}"));
            let prompt = shown_in(&anna.hears().await);
            assert!(fits.contains(&prompt.moment), "{} at {time}", prompt.id);
            assert_ne!(prompt.side, Side::Verlating, "{}", prompt.id);
            let lately = seen.iter().rev().take(2);
            assert!(!lately.map(|seen| &seen.theme).any(|it| *it == prompt.theme));
            seen.push(prompt);
            anna.taps("Sla over").await;
            anna.expects("Goed. Tot").await;
            day += 1.day();
        }
        let own = seen.iter().filter(|prompt| prompt.side == Side::Binding);
        assert!(own.count() >= 3, "the own side comes");
        world.finish().await;
    }
}

#[tokio::test]
async fn an_unanswered_prompt_keeps_its_text_and_takes_a_late_answer() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    world.until("2026-03-02T19:30");
    let monday = anna.hears().await;
    world.until("2026-03-03T19:30");
    anna.hears().await;
    anna.expects_buttons(monday.id, &[]).await;
    let text = world.api.look(|world| {
        let message = world.message(anna.chat, monday.id).unwrap();
        message.text().to_owned()
    });
    assert_eq!(text, monday.text);
    // Never too late: a week later it still lands there, and nothing says how long it took.
    let due: Timestamp = amsterdam("2026-03-10T12:00");
    world.until("2026-03-04T19:30");
    anna.hears().await;
    anna.says("/pauze");
    anna.expects("Hoelang zal ik stil zijn?").await;
    anna.taps("Een week").await;
    anna.expects_edit("Ik ben stil tot").await;
    world.clock.advance_to(due);
    let late = anna.replies_to(monday.id, "Toch nog iets.");
    anna.expects_heart(late).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    let prompt = entries[0].prompt.as_ref().unwrap();
    assert_eq!(prompt.id, shown_in(&monday).id);
    world.finish().await;
}
