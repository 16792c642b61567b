//! The prompt: when it comes, which one, and its buttons.

use jiff::{ToSpan, civil::Date};
use voel_eerst::library::Prompt;

use crate::world::{LIBRARY, Received, World, amsterdam, local};

const BUTTONS: [&str; 3] = ["Straks", "Andere vraag", "Sla over"];

/// The prompt that a message shows.
fn shown_in(message: &Received) -> &'static Prompt {
    let mut prompts = LIBRARY.prompts.iter();
    let shown = |prompt: &&Prompt| {
        message
            .text
            .starts_with(&format!("{}\n\n{}", prompt.title, prompt.body))
    };
    prompts.find(shown).expect("a prompt")
}

#[tokio::test]
async fn it_comes_at_its_minute_and_not_before() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:29:50");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    assert_eq!(prompt.buttons, [BUTTONS]);
    assert!(!prompt.silent);
    let sent = world
        .api
        .look(|world| world.message(anna.chat, prompt.id).unwrap().sent);
    assert_eq!(local(sent), "Mon 19:30");
    world.finish().await;
}

#[tokio::test]
async fn whoever_wrote_that_day_gets_none() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Vanochtend ging het goed.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie in je dagboek.")
        .await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-02T19:30")));
    world.until("2026-03-02T19:30");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.until("2026-03-04T19:30");
    assert_eq!(anna.hears().await.buttons, [BUTTONS]);
    world.finish().await;
}

#[tokio::test]
async fn sixty_prompts_without_a_repeat() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    let mut seen: Vec<&Prompt> = Vec::new();
    let mut former: Option<Received> = None;
    for number in 0..60 {
        world.until(&format!("{day}T19:30"));
        let message = anna.hears().await;
        let prompt = shown_in(&message);
        assert!(!seen.contains(&prompt), "{} came again", prompt.id);
        let mut lately = seen.iter().rev().take(2);
        assert!(lately.all(|seen| seen.theme != prompt.theme));
        let hinted = message
            .text
            .contains("Typ of spreek gewoon terug als je wilt.");
        assert_eq!(hinted, number < 3, "the hint comes with the first three");
        if let Some(former) = former {
            anna.expects_buttons(former.id, &[]).await;
        }
        seen.push(prompt);
        // A sign of life every few days.
        if number % 4 == 0 {
            anna.taps("Sla over").await;
            anna.expects("Goed. Tot morgen om 19:30.").await;
        }
        former = Some(message);
        day += 1.day();
    }
    world.finish().await;
}

#[tokio::test]
async fn skipping_says_when_the_next_one_comes() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    anna.taps("Sla over").await;
    anna.expects("Goed. Tot woensdag om 19:30.").await;
    anna.expects_buttons(prompt.id, &[]).await;
    // A skipped prompt can still be answered.
    let reply = anna.replies_to(prompt.id, "Toch nog iets.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    assert_eq!(entries[0].prompt.as_ref().unwrap().id, shown_in(&prompt).id);
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn another_one_twice_a_day() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    world.until("2026-03-02T19:30");
    let first = anna.hears().await;
    let mut shown = vec![shown_in(&first)];
    for _ in 0..2 {
        anna.taps("Andere vraag").await;
        let edit = anna.sees_edit().await;
        assert_eq!(
            (edit.id, &edit.buttons[0][..]),
            (first.id, &BUTTONS.map(str::to_owned)[..])
        );
        let prompt = shown_in(&edit);
        assert!(!shown.contains(&prompt), "{} was there already", prompt.id);
        shown.push(prompt);
    }
    anna.taps("Andere vraag").await;
    anna.expects_toast("Dit was de laatste voor vandaag.").await;
    let reply = anna.says("Deze dan.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;

    world.until("2026-03-03T19:30");
    anna.hears().await;
    anna.taps("Andere vraag").await;
    anna.sees_edit().await;
    world.settle().await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    assert_eq!(entries[0].prompt.as_ref().unwrap().id, shown[2].id);
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn later_means_the_same_prompt_once_more() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    anna.taps("Straks").await;
    anna.expects_toast("Wanneer dan?").await;
    let choices = [
        "Over een half uur",
        "Over een uur",
        "Over drie uur",
        "Morgen",
        "Toch niet",
    ];
    anna.expects_buttons(prompt.id, &choices).await;
    anna.taps("Over een half uur").await;
    anna.expects("Tot vandaag om 20:00. Je vaste dagen blijven hetzelfde.")
        .await;
    anna.expects_buttons(prompt.id, &[]).await;

    // What was put off is not forgotten by a restart.
    world.settle().await;
    world.restart().await;
    world.until("2026-03-02T19:59:30");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.advance_to_due().await;
    let again = anna.hears().await;
    assert_eq!(shown_in(&again), shown_in(&prompt));
    assert_eq!(again.buttons, [&BUTTONS[1..]], "it is put off once");
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-04T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn later_is_not_offered_beside_the_next_one() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("12:30", "Elke dag").await;
    world.until("2026-03-02T12:30");
    let prompt = anna.hears().await;
    anna.taps("Straks").await;
    anna.expects_toast("Wanneer dan?").await;
    let with_tonight = [
        "Over een half uur",
        "Over een uur",
        "Over drie uur",
        "Vanavond",
        "Morgen",
        "Toch niet",
    ];
    anna.expects_buttons(prompt.id, &with_tonight).await;
    anna.taps("Morgen").await;
    anna.expects("Dat is vlak voor je volgende vraag. Dan sla ik deze over.")
        .await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-03T12:30")));

    world.until("2026-03-03T12:30");
    let prompt = anna.hears().await;
    anna.taps("Straks").await;
    anna.expects_toast("Wanneer dan?").await;
    anna.taps("Vanavond").await;
    anna.expects("Tot vandaag om 19:30.").await;
    world.until("2026-03-03T19:30");
    assert_eq!(shown_in(&anna.hears().await), shown_in(&prompt));
    world.finish().await;
}

#[tokio::test]
async fn what_was_put_off_is_dropped_by_an_answer() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    anna.hears().await;
    anna.taps("Straks").await;
    anna.expects_toast("Wanneer dan?").await;
    anna.taps("Over een uur").await;
    anna.expects("Tot vandaag om 20:30.").await;
    let reply = anna.says("Het lukte toch al.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-04T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn today_is_todays_prompt_or_the_offer_of_one() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/vandaag");
    let offer = anna.hears().await;
    insta::assert_snapshot!(offer, @"
    Vandaag stond er geen vraag klaar. Zal ik er één sturen?
    [Ja, stuur er één][Nee, dank je]
    ");
    anna.taps("Nee, dank je").await;
    anna.expects_buttons(offer.id, &[]).await;
    anna.says("/vandaag");
    anna.expects("Zal ik er één sturen?").await;
    anna.taps("Ja, stuur er één").await;
    let prompt = anna.hears().await;
    anna.says("/vandaag");
    let again = anna.hears().await;
    assert_eq!(shown_in(&again), shown_in(&prompt));
    anna.expects_buttons(prompt.id, &[]).await;
    let reply = anna.says("Ik keek naar mijn handen.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.says("/vandaag");
    let wrote = anna.hears().await;
    insta::assert_snapshot!(wrote, @"
    Je schreef vandaag al. Wil je toch nog een vraag?
    [Ja, nog één]
    [Nee, zo is het goed]
    ");
    anna.taps("Ja, nog één").await;
    let second = anna.hears().await;
    assert_ne!(shown_in(&second), shown_in(&prompt));
    // She wrote today, so the planned one does not come.
    world.until("2026-03-02T19:30");
    world.finish().await;
}

#[tokio::test]
async fn a_further_question_comes_on_a_tap_and_joins_the_entry() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    let (prompt, message) = loop {
        world.until(&format!("{day}T19:30"));
        let message = anna.hears().await;
        let prompt = shown_in(&message);
        if prompt.followup.is_some() {
            break (prompt, message);
        }
        day += 1.day();
    };
    let reply = anna.says("Het antwoord.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.expects_buttons(message.id, &["Nog een vraag", "Wis antwoord"])
        .await;
    anna.taps("Nog een vraag").await;
    let further = anna.hears().await;
    assert_eq!(Some(&further.text), prompt.followup.as_ref());
    anna.expects_buttons(message.id, &["Wis antwoord"]).await;
    let more = anna.says("En nog iets.");
    anna.expects_heart(more).await;
    world.settle().await;
    let last = anna.replies_to(further.id, "Tot slot.");
    anna.expects_heart(last).await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Het antwoord.", "En nog iets.", "Tot slot."]]
    );
    world.start();
    world.finish().await;
}
