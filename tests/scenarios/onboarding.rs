//! The start: four taps, and everything that people do instead.

use voel_eerst::parent::{Consent, Days, Onboarding};

use crate::world::{Person, World, amsterdam, local};

const YES: &str = "Ja, bewaar. Ik ben 18+";
const NOTHING: &str = "Bewaar niets. Ik ben 18+";
const MORE: &str = "Lees eerst alles";
const THREE: &str = "Drie keer: ma, wo en za";

#[tokio::test]
async fn four_taps_and_two_messages() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    let welcome = anna.hears().await;
    assert_eq!(welcome.buttons, [[YES], [NOTHING], [MORE], ["English"]]);
    assert!(welcome.text.starts_with("Welkom."));
    assert!(
        welcome
            .text
            .contains("tot 24 maanden na je laatste bericht")
    );

    anna.taps(YES).await;
    let question = anna.hears().await;
    insta::assert_snapshot!(question, @"
    Goed. Je antwoorden worden bewaard, alleen voor jou. Liever geen namen. 'Mijn kind' is genoeg.

    Hoe laat past een vraag bij jou?
    [07:30][12:30][19:30]
    [Andere tijd]
    ");
    anna.expects_buttons(welcome.id, &[]).await;
    anna.taps("19:30").await;
    insta::assert_snapshot!(anna.sees_edit().await, @"
    Op welke dagen?
    [Drie keer: ma, wo en za]
    [Elke dag]
    [Zelf kiezen]
    ");
    anna.taps(THREE).await;
    insta::assert_snapshot!(anna.sees_edit().await, @"
    Wat herken je bij jezelf? Dan stuur ik soms een vraag die daarbij past. Het is geen test en je kunt het altijd veranderen.
    [Ik zoek vaak nabijheid]
    [Ik zoek vaak ruimte]
    [Allebei wel]
    [Zeg ik liever niet]
    ");
    anna.taps("Allebei wel").await;
    let done = anna.sees_edit().await;
    assert_eq!(done.id, question.id, "one message changes in place");
    insta::assert_snapshot!(done, @"
    Klaar. Je eerste vraag komt vandaag om 19:30.

    Typ gewoon terug als je wilt. Inspreken mag ook, tot drie minuten. Komt er een hartje bij, dan is het bewaard. Verder blijf ik stil.

    Ik schrijf 'je kind'. Heb je er meer? Kies dan wie er die dag in je gedachten is.
    [Stuur er nu één][Ik wacht]
    ");
    anna.taps("Stuur er nu één").await;
    let prompt = anna.hears().await;
    assert_eq!(prompt.buttons, [["Straks", "Andere vraag", "Sla over"]]);
    assert!(
        prompt
            .text
            .ends_with("Typ of spreek gewoon terug als je wilt. Lezen is ook goed.")
    );
    world.finish().await;
}

#[tokio::test]
async fn everything_can_be_read_first() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    let welcome = anna.hears().await;
    anna.taps(MORE).await;
    let privacy = anna.expects_edit("Hoe ik met je woorden omga").await;
    assert_eq!(privacy.id, welcome.id);
    assert_eq!(privacy.buttons, [["Terug"]]);
    assert!(
        privacy
            .text
            .contains("Wie: Stichting Test. Vragen? test@example.org.")
    );
    anna.taps("Terug").await;
    let back = anna.sees_edit().await;
    assert_eq!((back.text, back.buttons), (welcome.text, welcome.buttons));
    assert_eq!(world.next_due().await, None, "reading is not choosing");
    anna.taps(YES).await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    world.finish().await;
}

#[tokio::test]
async fn without_consent_prompts_come_and_no_reply_is_kept_anywhere() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps(NOTHING).await;
    anna.expects("Je krijgt vragen en ik bewaar geen antwoorden.")
        .await;
    anna.taps("07:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.taps("Elke dag").await;
    insta::assert_snapshot!(anna.sees_edit().await, @"
    Klaar. Je eerste vraag komt morgen om 07:30.

    Ik bewaar geen antwoorden. Lezen en nadenken is genoeg.
    [Stuur er nu één][Ik wacht]
    ");
    anna.says("zomaar een gedachte");
    anna.expects("Dit bewaar ik niet, zoals je koos.").await;

    world.until("2026-03-03T07:30");
    let prompt = anna.hears().await;
    let reply = anna.replies_to(prompt.id, "een antwoord op de vraag");
    anna.expects("Dit bewaar ik niet, zoals je koos.").await;
    anna.edits(reply, "een ander antwoord");
    anna.says("/dagboek");
    anna.expects("Daarvoor bewaar ik antwoorden, en dat staat nu uit.")
        .await;

    world.settle().await;
    world.stop().await;
    let record = world.record_of(&anna).unwrap();
    assert_eq!((record.consent, record.side), (Consent::Declined, None));
    assert_eq!(world.entries_of(&anna), []);
    assert_eq!(record.next_entry, 0, "there never was an entry");
    world.finish().await;
}

#[tokio::test]
async fn stopping_half_way_leaves_a_running_bot() {
    let mut world = World::new().await;
    let [before, after_1, after_2, after_3] =
        ["Anna", "Bram", "Chris", "Dina"].map(|name| world.parent(name));
    for person in [&before, &after_1, &after_2, &after_3] {
        person.says("/start");
        person.expects("Mag ik je antwoorden bewaren?").await;
    }
    for person in [&after_1, &after_2, &after_3] {
        person.taps(YES).await;
        person.expects("Hoe laat past een vraag bij jou?").await;
    }
    for person in [&after_2, &after_3] {
        person.taps("12:30").await;
        person.expects_edit("Op welke dagen?").await;
    }
    after_3.taps("Elke dag").await;
    after_3.expects_edit("Wat herken je bij jezelf?").await;

    let mut came = Vec::new();
    while let Some(due) = world
        .next_due()
        .await
        .filter(|due| *due < amsterdam("2026-03-09T12:00"))
    {
        world.clock.advance_to(due);
        world.settle().await;
        let mut line = local(due);
        for (name, person) in [("1", &after_1), ("2", &after_2), ("3", &after_3)] {
            if !person.unread().is_empty() {
                person.hears().await;
                line += &format!(", after tap {name}");
            }
        }
        came.push(line);
        assert_eq!(before.unread(), [] as [&str; 0], "no prompt before tap 1");
    }
    insta::assert_snapshot!(came.join("\n"), @"
    Mon 12:30, after tap 2, after tap 3
    Mon 19:30, after tap 1
    Tue 12:30, after tap 3
    Wed 12:30, after tap 2, after tap 3
    Wed 19:30, after tap 1
    Thu 12:30, after tap 3
    Fri 12:30, after tap 3
    Sat 12:30, after tap 2, after tap 3
    Sat 19:30, after tap 1
    Sun 12:30, after tap 3
    ");
    world.finish().await;
}

#[tokio::test]
async fn start_again_shows_where_one_is() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    let first = anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.expects_buttons(first.id, &[]).await;
    anna.taps(YES).await;

    let time = anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.says("/start");
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.expects_buttons(time.id, &[]).await;
    anna.taps("19:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.says("/start");
    anna.expects("Op welke dagen?").await;
    anna.taps(THREE).await;
    anna.expects_edit("Wat herken je bij jezelf?").await;
    anna.says("/start");
    anna.expects("Wat herken je bij jezelf?").await;
    anna.taps("Allebei wel").await;
    anna.expects_edit("Klaar.").await;
    anna.says("/start");
    let again = anna.hears().await;
    insta::assert_snapshot!(again, @"Fijn dat je er weer bent. Je instellingen staan nog zoals ze waren. De volgende vraag komt vandaag om 19:30.");

    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer.").await;
    assert_eq!(world.next_due().await, None);
    anna.says("/start");
    let paused = anna.hears().await;
    insta::assert_snapshot!(paused, @"
    Fijn dat je er weer bent. Ik was stil. Zal ik weer beginnen?
    [Ja, begin weer]
    [Nog niet]
    ");
    anna.taps("Nog niet").await;
    anna.expects_buttons(paused.id, &[]).await;
    assert_eq!(world.next_due().await, None);
    anna.says("/start");
    anna.expects("Zal ik weer beginnen?").await;
    anna.taps("Ja, begin weer").await;
    anna.expects("Ik begin weer. De volgende vraag komt vandaag om 19:30.")
        .await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-02T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn a_double_tap_counts_once() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    taps_twice(&anna, YES).await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    taps_twice(&anna, "19:30").await;
    anna.expects_edit("Op welke dagen?").await;
    taps_twice(&anna, THREE).await;
    anna.expects_edit("Wat herken je bij jezelf?").await;
    taps_twice(&anna, "Allebei wel").await;
    anna.expects_edit("Klaar.").await;
    taps_twice(&anna, "Stuur er nu één").await;
    let prompt = anna.hears().await;
    taps_twice(&anna, "Sla over").await;
    anna.expects("Goed. Tot vandaag om 19:30.").await;
    anna.expects_buttons(prompt.id, &[]).await;
    world.finish().await;
}

/// Both taps are on their way before the bot hears of the first.
async fn taps_twice(person: &Person, label: &str) {
    let message = person.has_button(label).await;
    person.taps_at_once(message, &[label, label]);
}

#[tokio::test]
async fn two_different_taps_at_once_count_as_the_first() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    let welcome = anna.hears().await;
    anna.taps_at_once(welcome.id, &[NOTHING, YES]);
    anna.expects("Je krijgt vragen en ik bewaar geen antwoorden.")
        .await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&anna).unwrap().consent, Consent::Declined);
    world.finish().await;
}

#[tokio::test]
async fn an_old_button_says_so_and_shows_what_is_true_now() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    let welcome = anna.hears().await;
    let nothing = anna.data_of(welcome.id, NOTHING);
    anna.taps(YES).await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.taps("19:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.taps(THREE).await;
    anna.expects_edit("Wat herken je bij jezelf?").await;
    anna.taps("Allebei wel").await;
    anna.expects_edit("Klaar.").await;
    world.settle().await;

    // An app that was offline still shows the first buttons.
    anna.forges(welcome.id, &nothing);
    anna.expects_toast("Deze knop is oud.").await;
    anna.expects("De volgende vraag komt vandaag om 19:30.")
        .await;
    for forged in ["", "x", "ffffffff.cy", "1.cy", "1.t.9999", "💥", "1.e.0"] {
        anna.forges(welcome.id, forged);
        anna.expects_toast("Deze knop is oud.").await;
        anna.expects("De volgende vraag komt vandaag om 19:30.")
            .await;
    }
    world.settle().await;
    // The buttons are taken away each time, in case they are still there.
    let refusals = world.refusals();
    assert!(
        refusals
            .iter()
            .all(|refusal| refusal.contains("message is not modified")),
        "{refusals:?}"
    );
    world.stop().await;
    let record = world.record_of(&anna).unwrap();
    assert!(matches!(record.consent, Consent::Given { .. }));
    assert_eq!(record.onboarding, Onboarding::Done);
    assert_eq!(record.schedule.days, Days::three());
    world.finish().await;
}

#[tokio::test]
async fn before_the_start_there_is_only_the_start() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    for early in ["Hallo?", "/vandaag", "/dagboek", "/tijd"] {
        anna.says(early);
        anna.expects("We zijn nog niet begonnen. Tik op /start.")
            .await;
    }
    anna.says("/privacy");
    anna.expects("Hoe ik met je woorden omga").await;
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer.").await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.says("Wat bewaar je dan?");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    assert_eq!(world.next_due().await, None);
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}
