//! The writer changes the prompts folder while the bot runs. What a parent has in front of them may be gone from it then.

use voel_eerst::library::{Languages, Library, Prompt};

use crate::world::{LANGUAGES, LIBRARY, Person, Received, World, amsterdam};

/// Dutch as it is, with a change. The other languages are left out: what they say is checked elsewhere.
fn changed(change: impl FnOnce(&mut Library)) -> Languages {
    let mut library: Library = (*LIBRARY).clone();
    change(&mut library);
    library.into()
}

/// Without this prompt, which is retired properly.
fn without(prompt: &Prompt) -> Languages {
    changed(|library| {
        library.prompts.retain(|it| it.id != prompt.id);
        library.retired.push(prompt.id.clone());
    })
}

/// The prompt that a message shows.
fn shown_in(message: &Received) -> &'static Prompt {
    let mut prompts = LIBRARY.prompts.iter();
    let prompt = prompts.find(|prompt| message.text.contains(&prompt.body));
    prompt.expect("a prompt of the library")
}

/// Anna, with a prompt in front of her that has a follow-up or has none.
async fn with_a_prompt(world: &mut World, has_followup: bool) -> (Person, Received) {
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    world.speaks(changed(|library| {
        library
            .prompts
            .retain(|prompt| prompt.followup.is_some() == has_followup);
    }));
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    (anna, prompt)
}

#[tokio::test]
async fn what_the_folder_says_now_is_said_from_the_next_round_on() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.speaks(changed(|library| {
        for prompt in &mut library.prompts {
            prompt.title = "Vandaag geschreven".to_owned();
        }
    }));
    world.until("2026-03-02T19:30");
    anna.expects("Vandaag geschreven").await;
    world.speaks(LANGUAGES.as_ref().clone());
    world.until("2026-03-04T19:30");
    let prompt = anna.hears().await;
    assert_eq!(shown_in(&prompt).title, prompt.text.lines().next().unwrap());
    world.finish().await;
}

#[tokio::test]
async fn a_new_command_and_its_menu_are_there_at_once() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let menus = |world: &World, name: &str| {
        world.api.look(|world| {
            let menu = world.profile().menu(anna.chat, "nl");
            menu.iter().any(|command| command.command == name)
        })
    };
    assert!(menus(&world, "zinnen"));
    world.speaks(changed(|library| {
        for command in &mut library.commands {
            if command.name == "zinnen" {
                command.name = "voorbeelden".to_owned();
            }
        }
    }));
    world
        .api
        .until("the menu with the new name", |world| {
            let menu = world.profile().menu(anna.chat, "nl");
            let new = menu.iter().any(|command| command.command == "voorbeelden");
            new.then_some(())
        })
        .await
        .unwrap();
    assert!(!menus(&world, "zinnen"));
    anna.says("/voorbeelden");
    anna.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn an_answer_to_a_prompt_that_is_gone_is_kept_under_its_title() {
    let mut world = World::new().await;
    let (anna, message) = with_a_prompt(&mut world, true).await;
    let prompt = shown_in(&message);
    world.speaks(without(prompt));
    let reply = anna.says("We lachten samen om niks.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    // Nothing further can be asked about it.
    anna.expects_buttons(message.id, &["Wis antwoord"]).await;
    anna.says("/dagboek");
    let journal = anna.hears().await;
    assert!(journal.text.contains(&prompt.title), "{journal}");
    assert!(!journal.text.contains(&prompt.id), "{journal}");
    world.stop().await;
    let entry = &world.entries_of(&anna)[0];
    let kept = entry.prompt.as_ref().unwrap();
    assert_eq!((&kept.id, &kept.title), (&prompt.id, &prompt.title));
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn the_further_question_of_a_prompt_that_is_gone_says_that_its_button_is_old() {
    let mut world = World::new().await;
    let (anna, message) = with_a_prompt(&mut world, true).await;
    let reply = anna.says("Een antwoord.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.expects_buttons(message.id, &["Nog een vraag", "Wis antwoord"])
        .await;
    world.speaks(without(shown_in(&message)));
    anna.taps("Nog een vraag").await;
    anna.expects_toast("Deze knop is oud.").await;
    anna.expects_buttons(message.id, &["Wis antwoord"]).await;
    world.finish().await;
}

#[tokio::test]
async fn whoever_put_off_a_prompt_that_is_gone_gets_another_one_in_its_place() {
    let mut world = World::new().await;
    let (anna, message) = with_a_prompt(&mut world, false).await;
    let gone = shown_in(&message);
    anna.taps("Straks").await;
    anna.expects_toast("Wanneer dan?").await;
    anna.taps("Over een uur").await;
    anna.expects("Tot vandaag om 20:30.").await;
    world.speaks(without(gone));
    world.advance_to_due().await;
    let other = anna.hears().await;
    assert_ne!(shown_in(&other).id, gone.id);
    // It stands for one that was put off, which is done once.
    assert_eq!(other.buttons, [["Andere vraag", "Sla over"]]);
    world.finish().await;
}

#[tokio::test]
async fn every_button_below_a_prompt_that_is_gone_still_does_what_it_says() {
    let mut world = World::new().await;
    let (anna, message) = with_a_prompt(&mut world, false).await;
    let gone = shown_in(&message);
    world.speaks(without(gone));
    anna.taps("Andere vraag").await;
    let other = anna.sees_edit().await;
    assert_ne!(shown_in(&other).id, gone.id);
    // Today's prompt is shown again, but not when it is gone.
    let other = shown_in(&other);
    world.speaks(without(other));
    anna.says("/vandaag");
    anna.expects("Vandaag stond er geen vraag klaar.").await;
    anna.taps("Sla over").await;
    anna.expects("Goed. Tot morgen om 19:30.").await;
    world.finish().await;
}

#[tokio::test]
async fn a_prompt_that_is_gone_never_comes_again_and_those_that_were_seen_stay_seen() {
    let mut world = World::new().await;
    let (anna, message) = with_a_prompt(&mut world, false).await;
    let gone = shown_in(&message);
    let few = changed(|library| {
        let prompts = std::mem::take(&mut library.prompts);
        let others = prompts.into_iter().filter(|it| it.id != gone.id);
        let mut kept: Vec<Prompt> = Vec::new();
        for prompt in others.filter(|it| it.followup.is_none()) {
            if kept.iter().all(|it| it.theme != prompt.theme) {
                kept.push(prompt);
            }
        }
        library.prompts = kept;
    });
    let mut left: Vec<String> = few
        .of(None)
        .prompts
        .iter()
        .map(|it| it.id.clone())
        .collect();
    world.speaks(few);
    let mut day = amsterdam("2026-03-02T19:30");
    while !left.is_empty() {
        anna.taps("Sla over").await;
        anna.expects("Goed.").await;
        day += jiff::SignedDuration::from_hours(24);
        world.clock.advance_to(day);
        let next = anna.hears().await;
        let id = &shown_in(&next).id;
        let before = left.len();
        left.retain(|it| it != id);
        assert_eq!(left.len(), before - 1, "{id} came twice or not at all");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_flow_goes_on_or_says_kindly_that_it_is_over() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/herstel");
    anna.expects("Botsen hoort bij samen leven.").await;
    anna.taps("Begin").await;
    anna.expects_edit("Eerst jij.").await;
    anna.taps("Verder").await;
    let step = anna.expects_edit("Stap 1 van 3.").await;
    // The button that she is about to tap is gone: she sees the step as it is now.
    world.speaks(changed(|library| {
        let steps = library.flows.iter_mut().flat_map(|flow| &mut flow.steps);
        for step in steps {
            step.buttons.retain(|button| button.id != "kortaf");
        }
    }));
    anna.taps("Ik was kortaf").await;
    let shown = anna.expects_edit("Stap 1 van 3.").await;
    assert!(!shown.buttons.concat().contains(&"Ik was kortaf".to_owned()));
    // The step itself is gone.
    world.speaks(changed(|library| {
        for flow in &mut library.flows {
            flow.steps.retain(|step| step.id != "erkenning");
        }
    }));
    anna.taps("Ik praatte te hard").await;
    anna.expects("Dit stuk is verlopen. Je kunt altijd opnieuw beginnen met /herstel.")
        .await;
    anna.expects_buttons(step.id, &[]).await;
    world.finish().await;
}

#[tokio::test]
async fn what_is_typed_for_a_step_that_is_gone_is_kept_as_a_note() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/herstel");
    anna.hears().await;
    anna.taps("Begin").await;
    anna.sees_edit().await;
    anna.taps("Verder").await;
    anna.expects_edit("Stap 1 van 3.").await;
    world.speaks(changed(|library| {
        library.flows.retain(|flow| flow.id != "herstel");
    }));
    let typed = anna.says("Ik liep weg zonder iets te zeggen.");
    anna.expects_heart(typed).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Ik liep weg zonder iets te zeggen."]]
    );
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn whoever_reads_a_language_that_is_gone_is_spoken_to_in_the_first() {
    let mut world = World::new().await;
    let john = world.parent_with_app_in(Some("en"), "John");
    john.says("/start");
    john.hears().await;
    world.speaks(changed(|_| {}));
    john.says("/start");
    john.expects("Mag ik je antwoorden bewaren?").await;
    world.finish().await;
}
