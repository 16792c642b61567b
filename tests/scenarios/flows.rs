//! Guided flows as a parent goes through them: in one message, with a way out of every step, and nothing kept but what they ask to keep.

use voel_eerst::{
    library::{Flow, Next, Side, Step},
    parent::{FlowState, MessageId, Parent},
};

use crate::world::{LIBRARY, Person, Received, Setup, World, amsterdam};

/// Opens a flow, and sees where to stop and where help is before anything else.
async fn opens(person: &Person, command: &str) -> MessageId {
    person.says(command);
    let opening = person.hears().await;
    assert!(opening.text.contains("/hulp"), "{opening}");
    assert_ne!(opening.buttons, [] as [Vec<String>; 0]);
    opening.id
}

/// Taps one button after another. Each changes the one message of the flow; what the last one left there.
async fn walks(person: &Person, message: MessageId, labels: &[&str]) -> Received {
    let mut screen = None;
    for label in labels {
        assert_eq!(person.taps(label).await, message, "{label}");
        let edit = person.sees_edit().await;
        assert_eq!(edit.id, message, "{label}");
        screen = Some(edit);
    }
    screen.expect("at least one button")
}

const TO_THE_SENTENCE: [&str; 7] = [
    "Begin",
    "Gedaan",
    "Buik",
    "Boos",
    "Ook iets van vroeger",
    "Druk",
    "Even lucht",
];

/// The record without what every keyboard changes.
fn apart_from_keyboards(parent: &Parent) -> Parent {
    Parent {
        keyboard: 0,
        tapped: None,
        menu: None,
        retention: Default::default(),
        ..parent.clone()
    }
}

#[tokio::test]
async fn a_moment_goes_in_one_message_and_is_in_the_journal_when_asked() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/nu").await;
    let sentence = walks(&anna, message, &TO_THE_SENTENCE).await;
    insta::assert_snapshot!(sentence, @"
    Een zin die je zou kunnen zeggen:

    Er zit veel in je lijf nu. Ik sta even in de gang. Over twee minuten ben ik weer bij je.

    Maak er gerust je eigen woorden van.
    [Deze past]
    [Andere voorbeelden]
    [Zonder zin verder]
    [Stop]
    ");
    let last = walks(&anna, message, &["Deze past"]).await;
    assert!(last.text.ends_with("Wil je dit bewaren?"));
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), [], "nothing before the tap");
    world.start();
    let saved = walks(&anna, message, &["Bewaar dit"]).await;
    assert!(saved.text.starts_with("Dit staat nu in je /dagboek."));
    assert_eq!(saved.buttons, [] as [Vec<String>; 0]);
    anna.says("/dagboek");
    insta::assert_snapshot!(anna.hears().await.text, @"
    Je dagboek, nieuwste eerst.

    maandag 2 maart
    Nu even

    Even gestopt. In mijn lijf: Buik. Mijn gevoel: Boos. Van nu of van vroeger: Ook iets van vroeger. Mijn zin: Er zit veel in je lijf nu. Ik sta even in de gang. Over twee minuten ben ik weer bij je.
    ");
    world.finish().await;
}

#[tokio::test]
async fn other_examples_lead_back_to_the_sentence() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/nu").await;
    let sentence = walks(&anna, message, &TO_THE_SENTENCE).await;
    let examples = walks(&anna, message, &["Andere voorbeelden", "Meer zinnen"]).await;
    assert_eq!(
        examples.buttons.concat(),
        ["Meer zinnen", "Terug", "Stop"],
        "out of the examples too there is a way out"
    );
    let back = walks(&anna, message, &["Terug"]).await;
    assert_eq!((back.text, back.buttons), (sentence.text, sentence.buttons));
    let kept = walks(&anna, message, &["Zonder zin verder", "Bewaar dit"]).await;
    assert!(kept.text.starts_with("Dit staat nu"));
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [[
            "Even gestopt. In mijn lijf: Buik. Mijn gevoel: Boos. Van nu of van vroeger: Ook iets van vroeger."
        ]]
    );
    world.finish().await;
}

/// The buttons that lead to each step, shortest first: from the opening screen, and from one step to another.
fn ways(flow: &Flow) -> Vec<(&Step, Vec<&str>)> {
    let mut ways: Vec<(&Step, Vec<&str>)> = Vec::new();
    let mut open = vec![(&flow.buttons, Vec::new())];
    while let Some((buttons, way)) = open.pop() {
        for button in buttons {
            let Next::Step(id) = &button.next else {
                continue;
            };
            let step = flow.step(id).unwrap();
            if ways.iter().all(|(known, _)| known.id != step.id) {
                let mut further = way.clone();
                further.push(button.label.as_str());
                ways.push((step, further.clone()));
                open.insert(0, (&step.buttons, further));
            }
        }
    }
    assert_eq!(ways.len(), flow.steps.len(), "{}", flow.id);
    ways
}

#[tokio::test]
async fn every_step_can_be_stopped_and_then_nothing_is_kept() {
    let mut world = World::in_memory().await;
    let mut people = Vec::new();
    for flow in &LIBRARY.flows {
        let person = world.parent("Anna");
        person.begins().await;
        for (step, way) in ways(flow) {
            let message = opens(&person, &format!("/{}", flow.command)).await;
            let screen = walks(&person, message, &way).await;
            let stops = |next: &Next| *next == Next::Stop;
            let own = step.buttons.iter().find(|button| stops(&button.next));
            let label = own.map_or("Stop", |button| button.label.as_str());
            assert!(
                screen.buttons.concat().contains(&label.to_owned()),
                "{} of {}",
                step.id,
                flow.id
            );
            let stopped = walks(&person, message, &[label]).await;
            assert_eq!(stopped.text, flow.stop.as_str());
            assert_eq!(stopped.buttons, [] as [Vec<String>; 0]);
        }
        people.push(person);
    }
    world.settle().await;
    world.stop().await;
    for person in &people {
        assert_eq!(world.entries_of(person), []);
        let flows = world.record_of(person).unwrap().flows;
        assert_eq!(flows, FlowState::default());
    }
    world.finish().await;
}

#[tokio::test]
async fn typing_stop_stops() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/herstel").await;
    walks(&anna, message, &["Begin", "Verder"]).await;
    anna.says("Stop.");
    anna.expects("Gestopt. De zin mag ook later komen.").await;
    anna.expects_buttons(message, &[]).await;
    world.finish().await;
}

#[tokio::test]
async fn a_flow_goes_on_after_a_restart_where_it_was() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/nu").await;
    for label in TO_THE_SENTENCE {
        walks(&anna, message, &[label]).await;
        world.settle().await;
        world.restart().await;
    }
    walks(&anna, message, &["Deze past", "Bewaar dit"]).await;
    world.settle().await;
    world.stop().await;
    let words = world.words_of(&anna).concat().concat();
    assert!(words.contains("Mijn gevoel: Boos."), "{words}");
    world.finish().await;
}

#[tokio::test]
async fn an_old_button_shows_where_the_flow_is_or_that_it_is_over() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let first = opens(&anna, "/nu").await;
    walks(&anna, first, &["Begin", "Gedaan"]).await;
    let body = anna.data_of(first, "Buik");
    let second = opens(&anna, "/herstel").await;
    anna.expects_buttons(first, &[]).await;
    let here = walks(&anna, second, &["Begin", "Verder", "Ik was kortaf"]).await;
    world.settle().await;
    // An app that was offline still shows the buttons of the first flow.
    anna.forges(first, &body);
    anna.expects_toast("Deze knop is oud.").await;
    let again = anna
        .expects("Je was hier gebleven. Verder, of liever stoppen?")
        .await;
    assert!(again.text.ends_with(&here.text), "{again}");
    assert_eq!(again.buttons, here.buttons);
    anna.expects_buttons(second, &[]).await;
    // It goes on there.
    let sentence = walks(&anna, again.id, &["Luisteren", "Ik ben er weer"]).await;
    assert!(sentence.text.contains("Ik was kortaf tegen je."));
    walks(&anna, again.id, &["Stop"]).await;
    world.settle().await;
    anna.forges(first, &body);
    anna.expects("Dit stuk is verlopen. Je kunt altijd opnieuw beginnen met /nu.")
        .await;
    world.settle().await;
    let refusals = world.refusals();
    let taken = |refusal: &String| refusal.contains("message is not modified");
    assert!(refusals.iter().all(taken), "{refusals:?}");
    world.finish().await;
}

#[tokio::test]
async fn a_flow_that_was_left_is_over_the_next_time() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer.").await;
    let message = opens(&anna, "/nu").await;
    walks(&anna, message, &["Begin", "Gedaan", "Buik"]).await;
    world.settle().await;
    world.until("2026-03-09T12:00");
    anna.taps("Boos").await;
    anna.expects("Dit stuk is verlopen.").await;
    anna.expects_buttons(message, &[]).await;
    world.stop().await;
    let flows = world.record_of(&anna).unwrap().flows;
    assert_eq!(flows, FlowState::default(), "nothing of it stays");
    world.finish().await;
}

#[tokio::test]
async fn a_note_in_the_middle_is_a_note_and_the_flow_waits() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/nu").await;
    walks(&anna, message, &["Begin", "Gedaan"]).await;
    let note = anna.says("De bel gaat.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    walks(&anna, message, &["Buik", "Stop"]).await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["De bel gaat."]]);
    world.finish().await;
}

#[tokio::test]
async fn how_it_went_is_asked_three_hours_later_and_the_answer_is_kept() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/nu").await;
    walks(&anna, message, &TO_THE_SENTENCE).await;
    walks(&anna, message, &["Deze past"]).await;
    let asked = walks(&anna, message, &["Vraag later hoe het ging"]).await;
    assert!(
        asked
            .text
            .starts_with("Goed. Ik vraag het je vandaag om 15:0"),
        "{asked}"
    );
    world.settle().await;
    world.restart().await;
    world.advance_to_due().await;
    let question = anna
        .expects("Een tijdje terug stopte je even. Hoe ging het daarna?")
        .await;
    assert_eq!(question.buttons, [] as [Vec<String>; 0]);
    let answer = anna.says("Het werd rustiger.");
    anna.expects_heart(answer).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.says("/dagboek");
    anna.expects("Nu even\n\nHet werd rustiger.").await;
    world.finish().await;
}

/// A question that stood open before is not what is answered then.
#[tokio::test]
async fn how_it_went_is_no_time_and_no_city() {
    for asks in [
        &["/tijd", "Andere tijd"][..],
        &["/instellingen", "Tijdzone"],
    ] {
        let mut world = World::new().await;
        let anna = world.parent("Anna");
        anna.begins().await;
        let message = opens(&anna, "/nu").await;
        walks(&anna, message, &TO_THE_SENTENCE).await;
        walks(&anna, message, &["Deze past", "Vraag later hoe het ging"]).await;
        world.until("2026-03-02T14:55");
        anna.says(asks[0]);
        anna.hears().await;
        anna.taps(asks[1]).await;
        anna.expects_edit("Typ een").await;
        world.advance_to_due().await;
        anna.expects("Hoe ging het daarna?").await;
        let answer = anna.says("Goed.");
        anna.expects_heart(answer).await;
        anna.expects("Het hartje betekent: bewaard.").await;
        world.settle().await;
        world.stop().await;
        assert_eq!(world.words_of(&anna), [["Goed."]]);
        world.finish().await;
    }
}

#[tokio::test]
async fn how_it_went_is_never_asked_at_night() {
    for (begun, says, comes) in [
        ("18:25", "vandaag om 21:2", "2026-03-02T21:2"),
        ("18:31", "morgen om 07:00", "2026-03-03T07:00"),
        ("23:50", "morgen om 07:00", "2026-03-03T07:00"),
        ("03:00", "vandaag om 07:00", "2026-03-02T07:00"),
        ("04:05", "vandaag om 07:0", "2026-03-02T07:0"),
    ] {
        let mut world = World::with(Setup {
            start: amsterdam(&format!("2026-03-02T{begun}")),
            ..Setup::default()
        })
        .await;
        // It works before the start too.
        let anna = world.parent("Anna");
        let message = opens(&anna, "/herstel").await;
        let planned = walks(&anna, message, &["Begin", "Liever later"]).await;
        assert!(planned.text.contains(says), "at {begun}: {planned}");
        let due = world.next_due().await.unwrap();
        let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
        let due_there = due.to_zoned(zone).datetime().to_string();
        assert!(due_there.starts_with(comes), "{begun}: {due_there}");
        world.clock.advance_to(due);
        anna.expects("Je wilde nog een zin zeggen.").await;
        world.finish().await;
    }
}

#[tokio::test]
async fn a_question_whose_time_was_at_night_when_the_bot_was_off_waits_for_the_morning() {
    let mut world = World::with(Setup {
        start: amsterdam("2026-03-02T18:20"),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    let message = opens(&anna, "/herstel").await;
    walks(&anna, message, &["Begin", "Liever later"]).await;
    world.settle().await;
    world.stop().await;
    world.until("2026-03-02T22:10");
    world.start();
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-03T07:00")));
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.until("2026-03-03T07:00");
    anna.expects("Je wilde nog een zin zeggen.").await;
    world.finish().await;
}

#[tokio::test]
async fn flows_work_before_the_start_without_consent_and_in_a_pause() {
    let mut world = World::new().await;
    let [stranger, declined, paused] = ["Anna", "Bram", "Chris"].map(|name| world.parent(name));
    declined.says("/start");
    declined.expects("Mag ik je antwoorden bewaren?").await;
    declined.taps("Bewaar niets. Ik ben 18+").await;
    declined.expects("Je krijgt vragen").await;
    paused.begins().await;
    paused.says("/pauze");
    paused.expects("Hoelang zal ik stil zijn?").await;
    paused.taps("Tot ik terugkom").await;
    paused
        .expects_edit("Ik ben stil tot je weer iets laat horen.")
        .await;

    for person in [&stranger, &declined] {
        let message = opens(person, "/nu").await;
        walks(person, message, &TO_THE_SENTENCE).await;
        let last = walks(person, message, &["Deze past"]).await;
        assert!(last.text.ends_with("Ik bewaar hier niets van."), "{last}");
        assert_eq!(
            last.buttons.concat(),
            [
                "Niet bewaren",
                "Maak een herstelzin",
                "Vraag later hoe het ging",
                "Stop"
            ]
        );
        walks(person, message, &["Maak een herstelzin", "Begin", "Verder"]).await;
        person.says("Ik schreeuwde tegen je.");
        person.expects("Wat je zelf typt, houd ik niet vast.").await;
        let end = walks(
            person,
            message,
            &["Ik was kortaf", "Luisteren", "Ik hou van je"],
        )
        .await;
        assert!(end.text.contains("Ik was kortaf tegen je."), "{end}");
        walks(
            person,
            message,
            &["Zo is het goed", "Morgen", "Niet bewaren"],
        )
        .await;
    }
    let message = opens(&paused, "/nu").await;
    walks(&paused, message, &TO_THE_SENTENCE).await;
    walks(&paused, message, &["Deze past", "Bewaar dit"]).await;

    world.settle().await;
    world.stop().await;
    for person in [&stranger, &declined] {
        assert_eq!(world.entries_of(person), []);
        let record = world.record_of(person);
        let flows = record.map(|record| record.flows);
        assert!(flows.is_none_or(|flows| flows == FlowState::default()));
    }
    assert_eq!(world.entries_of(&paused).len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn a_repair_is_tapped_together_and_made_shorter() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/herstel").await;
    let whole = walks(
        &anna,
        message,
        &[
            "Begin",
            "Verder",
            "Ik was kortaf",
            "Luisteren",
            "Het lag niet aan jou",
        ],
    )
    .await;
    insta::assert_snapshot!(whole, @"
    Jouw zin:

    Ik was kortaf tegen je. Ik had liever eerst geluisterd. Het lag niet aan jou.

    Zeg het in woorden die bij je kind passen. Korter mag altijd.
    [Zo is het goed]
    [Maak het korter]
    [Opnieuw]
    [Stop]
    ");
    let shorter = walks(&anna, message, &["Maak het korter"]).await;
    assert!(
        shorter
            .text
            .ends_with("Ik was kortaf tegen je. Het lag niet aan jou.")
    );
    let when = walks(&anna, message, &["Zo is het goed"]).await;
    assert_eq!(when.text, "Wanneer zou het passen?");
    let now = walks(&anna, message, &["Nu"]).await;
    insta::assert_snapshot!(now.text, @"
    Eén keer uitademen, en dan gaan.

    Misschien zegt je kind niets terug, of iets boos. Dat mag. De zin is dan toch gezegd. Wees ook zacht voor jezelf: iedereen botst weleens. Wil je dit bewaren?
    ");
    let end = walks(&anna, message, &["Bewaar dit"]).await;
    assert!(
        end.text
            .ends_with("Eén zin is genoeg. Je kind hoeft er niets op terug te zeggen.")
    );
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Mijn herstelzin: Ik was kortaf tegen je. Het lag niet aan jou."]]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_repair_is_typed_in_own_words_and_begun_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let first = opens(&anna, "/herstel").await;
    walks(&anna, first, &["Begin", "Verder"]).await;
    anna.says(&"lang ".repeat(40));
    anna.expects("Hier past één korte zin, tot 120 tekens.")
        .await;
    // What is typed stands between two messages: the flow goes on below it.
    anna.says("Ik gooide de deur dicht");
    let second = anna.expects("Stap 2 van 3.").await;
    anna.expects_buttons(first, &[]).await;
    anna.says("Ik had liever\n eerst   geteld.");
    let third = anna.expects("Stap 3 van 3.").await;
    anna.expects_buttons(second.id, &[]).await;
    walks(&anna, third.id, &["Ik ben er weer"]).await;
    let again = walks(&anna, third.id, &["Opnieuw"]).await;
    assert!(again.text.starts_with("Stap 1 van 3."));
    anna.says("Ik sloeg met de deur.");
    anna.expects("Stap 2 van 3.").await;
    anna.says("Ik had liever eerst geteld!");
    anna.expects("Stap 3 van 3.").await;
    anna.says("Zullen we tekenen?");
    let whole = anna.hears().await;
    assert!(
        whole
            .text
            .contains("Ik sloeg met de deur. Ik had liever eerst geteld! Zullen we tekenen?"),
        "{whole}"
    );
    let kept = walks(&anna, whole.id, &["Zo is het goed", "Morgen", "Bewaar dit"]).await;
    assert!(kept.text.starts_with("Dit staat nu in je /dagboek."));
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [
            [
                "Mijn herstelzin: Ik sloeg met de deur. Ik had liever eerst geteld! Zullen we tekenen?"
            ]
        ]
    );
    world.finish().await;
}

#[tokio::test]
async fn the_exercise_goes_by_consent_turns_roles_and_keeps_one_typed_sentence() {
    // It is never offered by push, and never a prompt.
    let exercise = LIBRARY.flow("oefening-afstand").unwrap();
    assert_eq!(exercise.later, None);
    let offers = |text: &str| text.to_lowercase().contains("oefening");
    let mut prompts = LIBRARY.prompts.iter();
    assert!(!prompts.any(|prompt| offers(&prompt.title) || offers(&prompt.body)));
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let message = opens(&anna, "/oefening").await;
    let consent = walks(&anna, message, &["Begin"]).await;
    assert!(consent.text.contains("wil jij dit, en wil jij dit nu?"));
    assert!(consent.text.contains("stopwoord"));
    let not_today = walks(&anna, message, &["Niet vandaag"]).await;
    assert!(
        not_today
            .text
            .contains("Doe allebei een stap terug, voel je voeten")
    );

    let message = opens(&anna, "/oefening").await;
    let half = walks(
        &anna,
        message,
        &["Begin", "We willen allebei", "Verdeeld", "Dit is rustig"],
    )
    .await;
    assert!(half.text.starts_with("A doet één klein stapje vooruit."));
    let half = walks(&anna, message, &["Halve stap terug"]).await;
    assert!(half.text.starts_with("Goed dat je dat merkte."));
    let round = ["Gezegd", "Verder", "Gemerkt", "Gezegd", "Verder"];
    walks(&anna, message, &round).await;
    let turned = walks(&anna, message, &["Rollen wisselen"]).await;
    assert!(turned.text.starts_with("Wie A was, is nu B."));
    walks(&anna, message, &["We staan", "Gemerkt"]).await;
    walks(&anna, message, &round).await;
    let asks = walks(&anna, message, &["Afronden", "Ja, ik typ een zin"]).await;
    assert!(
        asks.text
            .starts_with("Typ één zin over wat je bij jezelf merkte.")
    );
    let typed = anna.says("Mijn schouders zakten");
    anna.expects_heart(typed).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.expects("Klaar. Er viel hier niets te winnen").await;
    anna.expects_buttons(message, &[]).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Na de oefening met twee: Mijn schouders zakten."]]
    );
    world.finish().await;
}

/// Goes through all cards with these answers in turn, and returns every screen.
async fn all_cards(person: &Person, message: MessageId) -> Vec<Received> {
    let cards = &LIBRARY.flow("herkennen").unwrap().cards;
    let mut screens = vec![walks(person, message, &["Laat een kaart zien"]).await];
    for number in 0..cards.len() {
        let answer = ["Dit ken ik", "Soms", "Niet van mij"][number % 3];
        screens.push(walks(person, message, &[answer]).await);
    }
    screens
}

#[tokio::test]
async fn the_cards_keep_and_count_nothing_and_only_the_last_tap_sets_the_side() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.stop().await;
    let before = world.record_of(&anna).unwrap();
    world.start();
    let message = opens(&anna, "/herkennen").await;
    let screens = all_cards(&anna, message).await;
    let cards = &LIBRARY.flow("herkennen").unwrap().cards;
    for (number, card) in cards.iter().enumerate() {
        assert!(screens[number].text.ends_with(card.text.as_str()));
        assert!(screens[number + 1].text.starts_with(card.note.as_str()));
        let counted = screens[number].text.chars().any(|c| c.is_ascii_digit());
        assert!(!counted, "no card says how many: {}", screens[number]);
    }
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&anna).unwrap().side, None);
    world.start();
    walks(&anna, message, &["Laat het zo"]).await;
    world.settle().await;
    world.stop().await;
    let after = world.record_of(&anna).unwrap();
    assert_eq!(apart_from_keyboards(&after), apart_from_keyboards(&before));
    assert_eq!(world.entries_of(&anna), []);
    world.start();

    let message = opens(&anna, "/herkennen").await;
    walks(&anna, message, &["Laat een kaart zien", "Genoeg gezien"]).await;
    let set = walks(&anna, message, &["Over ruimte zoeken"]).await;
    assert!(set.text.starts_with("Goed. Ik houd er rekening mee."));
    anna.says("/instellingen");
    anna.expects("Wat ik herken: ik zoek vaak ruimte").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&anna).unwrap().side, Some(Side::Binding));
    world.finish().await;
}

#[tokio::test]
async fn the_cards_set_no_side_for_whoever_wants_nothing_kept() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    let message = opens(&anna, "/herkennen").await;
    let screens = all_cards(&anna, message).await;
    assert_eq!(screens.last().unwrap().buttons, [["Laat het zo"]]);
    walks(&anna, message, &["Laat het zo"]).await;
    world.finish().await;
}

#[tokio::test]
async fn sentences_are_read_four_at_a_time() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/zinnen");
    let first = anna.hears().await;
    let mut read = first.text.clone();
    for page in 2..=4 {
        let edit = walks(&anna, first.id, &["Meer zinnen"]).await;
        let last = page == 4;
        assert_eq!(edit.buttons.concat().len(), if last { 1 } else { 2 });
        read.push_str(&edit.text);
    }
    for sentence in &LIBRARY.sentences {
        assert!(read.contains(sentence.text.as_str()));
        assert!(read.contains(sentence.situation.as_str()));
    }
    anna.taps("Sluit").await;
    anna.expects_buttons(first.id, &[]).await;
    world.finish().await;
}
