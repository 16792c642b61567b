//! A second language: from the first message to the journal, and changing it in the middle of things.

use voel_eerst::{demo::Content, parent::ChatId, store::CrashPoint};

use crate::world::{LANGUAGES, Person, World};

/// The start in English, without a prompt right now.
async fn begins_in_english(anna: &Person) {
    anna.says("/start");
    let welcome = anna.expects("May I keep your answers?").await;
    assert!(welcome.text.starts_with("Welcome."));
    assert_eq!(
        welcome.buttons,
        [
            ["Yes, keep them. I am 18+"],
            ["Keep nothing. I am 18+"],
            ["Read everything first"],
            ["Nederlands"]
        ]
    );
    anna.taps("Yes, keep them. I am 18+").await;
    anna.expects("What time suits you for a question?").await;
    anna.taps("19:30").await;
    anna.expects_edit("On which days?").await;
    anna.taps("Three times: Mon, Wed, Sat").await;
    anna.expects_edit("What do you recognise in yourself?")
        .await;
    anna.taps("I would rather not say").await;
    let done = anna
        .expects_edit("Done. Your first question: today at 19:30.")
        .await;
    anna.taps("I will wait").await;
    anna.expects_buttons(done.id, &[]).await;
}

/// The names in the menu of a parent's app.
fn menu(world: &World, chat: ChatId, app: &str) -> Vec<String> {
    world.api.look(|world| {
        let menu = world.profile().menu(chat, app).iter();
        menu.map(|command| command.command.clone()).collect()
    })
}

#[tokio::test]
async fn from_the_first_message_to_the_journal() {
    let mut world = World::new().await;
    let anna = world.parent_with_app_in(Some("en"), "Anna");
    begins_in_english(&anna).await;

    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    let english = LANGUAGES.of(Some("en"));
    assert!(
        english.prompts.iter().any(|it| prompt
            .text
            .starts_with(&format!("{}\n\n{}", it.title, it.body))),
        "{prompt}"
    );
    assert!(
        prompt
            .text
            .ends_with("Just type or speak back if you like. Reading is fine too.")
    );
    assert_eq!(prompt.buttons, [["Later", "Another question", "Skip"]]);
    let reply = anna.says("The shoes were on before I knew it.");
    anna.expects_heart(reply).await;
    anna.expects("The heart means: kept.").await;

    anna.says("/journal");
    let journal = anna.expects("Your journal, newest first.").await;
    assert!(journal.text.contains("Monday 2 March"), "{journal}");
    assert!(journal.text.contains("The shoes were on"), "{journal}");
    // The command of the other language is understood.
    anna.says("/zoek shoes");
    anna.expects("Found once.").await;
    anna.says("/hulp");
    let help = anna
        .expects("In an emergency: call 112. They speak English.")
        .await;
    assert!(
        help.text.contains("call 113") || help.text.contains("Call 113"),
        "{help}"
    );
    anna.sends(Content::Sticker("🙂".to_owned()));
    anna.expects("I cannot keep a sticker.").await;
    world.finish().await;
}

#[tokio::test]
async fn the_app_decides_until_the_parent_does() {
    let mut world = World::new().await;
    for (app, expected) in [
        (Some("nl"), "Welkom."),
        (Some("nl-BE"), "Welkom."),
        (Some("fy"), "Welkom."),
        (None, "Welkom."),
        (Some("en-GB"), "Welcome."),
        (Some("pl"), "Welcome."),
    ] {
        let parent = world.parent_with_app_in(app, "Anna");
        parent.says("/start");
        parent.expects(expected).await;
    }
    world.finish().await;
}

#[tokio::test]
async fn the_menu_speaks_the_language_of_the_app_and_then_the_one_that_was_chosen() {
    let mut world = World::new().await;
    let bram = world.parent("Bram");
    bram.begins().await;
    world.settle().await;
    assert_eq!(menu(&world, bram.chat, "nl")[0], "nu");
    assert_eq!(menu(&world, bram.chat, "fy")[0], "nu");
    for app in ["en", "pl", "de"] {
        assert_eq!(menu(&world, bram.chat, app)[0], "now", "{app}");
    }
    bram.says("/instellingen");
    bram.expects("Zo staat het nu").await;
    bram.taps("English").await;
    bram.expects_edit("This is how it is now").await;
    world.settle().await;
    assert_eq!(menu(&world, bram.chat, "nl")[0], "now");
    assert_eq!(menu(&world, ChatId(77), "nl")[0], "nu", "only in this chat");

    bram.says("/wis");
    bram.expects("What would you like to erase?").await;
    bram.taps("Everything, settings too").await;
    bram.expects_edit("Erase everything, your settings too?")
        .await;
    bram.taps("Yes, erase it").await;
    bram.expects("Everything is erased.").await;
    world.settle().await;
    assert_eq!(menu(&world, bram.chat, "nl")[0], "nu");
    bram.says("/start");
    bram.expects("Welkom.").await;
    world.finish().await;
}

#[tokio::test]
async fn another_language_in_the_middle_of_a_flow_and_with_a_prompt_open() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna
        .expects("Typ of spreek gewoon terug als je wilt.")
        .await;
    anna.says("/nu");
    let flow = anna.expects("Goed dat je even stopt.").await;
    anna.taps("Begin").await;
    anna.expects_edit("Zet je voeten op de grond.").await;

    anna.says("/settings");
    anna.expects("Zo staat het nu").await;
    anna.taps("English").await;
    anna.expects_edit("Language: English").await;

    anna.taps_at_once(flow.id, &["Gedaan"]);
    anna.expects_edit("Where do you feel it in your body?")
        .await;
    anna.taps("Belly").await;
    anna.expects_edit("Which word fits best?").await;
    anna.taps_at_once(prompt.id, &["Straks"]);
    anna.expects_toast("When then?").await;
    anna.expects_buttons(
        prompt.id,
        &[
            "In half an hour",
            "In an hour",
            "In three hours",
            "Tomorrow",
            "Never mind",
        ],
    )
    .await;
    anna.taps("In half an hour").await;
    anna.expects("See you today at 20:00.").await;
    world.until("2026-03-02T20:01");
    // The same prompt: its id is the same in every language.
    let again = anna.hears().await;
    let of = |tag: &str, text: &str| {
        let library = LANGUAGES.of(Some(tag));
        let found = library
            .prompts
            .iter()
            .find(|it| text.starts_with(&format!("{}\n\n{}", it.title, it.body)));
        found.map(|it| it.id.clone())
    };
    let id = of("nl", &prompt.text);
    assert!(id.is_some());
    assert_eq!(of("en", &again.text), id, "{again}");
    let reply = anna.replies_to(again.id, "It went well.");
    anna.expects_heart(reply).await;
    anna.expects("The heart means: kept.").await;
    world.finish().await;
}

#[tokio::test]
async fn who_hears_that_nothing_could_be_kept_hears_it_in_their_language() {
    let mut world = World::in_memory().await;
    let anna = world.parent_with_app_in(Some("en"), "Anna");
    begins_in_english(&anna).await;
    world.settle().await;
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("Is this kept?");
    anna.expects("Keeping it did not work.").await;
    world.until_the_store_fails().await;
    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("It is now a loose note").await;
    anna.expects("Now it is kept.").await;
    world.settle().await;
    world.finish().await;
}
