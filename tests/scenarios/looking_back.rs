//! What a parent does with their own words: changing them, adding to an earlier day, finding them, looking back.

use voel_eerst::demo::{Fault, Refusal, Trouble};

use crate::world::{Person, World, amsterdam};

async fn notes(anna: &Person, texts: &[&str]) {
    for (number, text) in texts.iter().enumerate() {
        let note = anna.says(text);
        anna.expects_heart(note).await;
        if number == 0 {
            anna.expects("Dit is nu een losse notitie").await;
        }
    }
}

#[tokio::test]
async fn an_entry_gets_new_words_and_an_earlier_day_gets_a_note() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    notes(&anna, &["Het eerste."]).await;
    anna.says("/dagboek");
    let page = anna.hears().await;
    anna.taps("Wijzig").await;
    anna.expects_buttons(page.id, &[]).await;
    anna.expects("Typ de nieuwe tekst. De oude verdwijnt dan.")
        .await;
    anna.says("Het nieuwe.");
    anna.expects("Aangepast en bewaard.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Het nieuwe."]]);
    world.start();

    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Voor een eerdere dag").await;
    anna.expects("Voor welke dag is dit?").await;
    anna.says("eergisteren");
    anna.expects("Typ wat je wilt bewaren.").await;
    let note = anna.says("We liepen door de regen.");
    anna.expects_heart(note).await;
    anna.expects("Hoort er nog iets bij").await;
    anna.taps("Klaar").await;
    anna.says("/dagboek eergisteren");
    anna.expects("We liepen door de regen.").await;
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn what_was_found_stays_open_through_a_restart_and_is_forgotten_when_it_closes() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    for day in 2..=9 {
        world.until(&format!("2026-03-{day:02}T13:00"));
        let note = anna.says(&format!("Dag {day}: bédtijd ging goed."));
        anna.expects_heart(note).await;
        if day == 2 {
            anna.expects("Dit is nu een losse notitie").await;
        }
    }
    anna.says("/zoek BEDTIJD");
    let found = anna.expects("8 keer gevonden, nieuwste eerst.").await;
    assert!(found.text.contains("Dag 9: «bédtijd» ging goed."));
    world.restart().await;
    anna.taps("Ouder").await;
    let older = anna.expects_edit("Dag 2: «bédtijd» ging goed.").await;
    assert_eq!(older.id, found.id, "pages turn in one message");
    anna.taps("Sluit").await;
    anna.expects_buttons(found.id, &[]).await;
    world.settle().await;
    world.stop().await;
    assert!(
        world
            .record_of(&anna)
            .is_some_and(|parent| parent.journal.search.is_none())
    );
    world.finish().await;
}

#[tokio::test]
async fn a_look_back_on_the_week_comes_on_sunday_when_asked_for() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    notes(&anna, &["Vandaag bleef ik even rustig staan kijken."]).await;
    anna.says("/terugblik");
    anna.expects("Waar wil je op terugkijken?").await;
    anna.taps("Deze week").await;
    anna.expects_edit("'Vandaag bleef ik even rustig staan kijken.'")
        .await;
    anna.says("/terugblik");
    anna.expects("Waar wil je op terugkijken?").await;
    anna.taps("Elke zondag vanzelf").await;
    anna.expects_edit("Goed. Op zondag om 19:00").await;
    world.settle().await;
    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer.").await;
    world.settle().await;
    world.stop().await;
    let planned = world
        .record_of(&anna)
        .and_then(|parent| parent.journal.due());
    assert_eq!(planned, None, "not after /stop");
    world.start();
    anna.says("/start");
    anna.expects("Zal ik weer beginnen?").await;
    anna.taps("Ja, begin weer").await;
    anna.expects("Ik begin weer.").await;
    world.settle().await;
    world.stop().await;
    // Nothing but the look-back until then.
    let mut parent = world.record_of(&anna).unwrap();
    parent.schedule.days = Default::default();
    parent.plan(world.clock.now());
    world.write_records([parent]);
    world.start();
    world.plans("2026-03-08T19:00").await;
    world.advance_to_due().await;
    let sunday = anna.expects("Terugblik op deze week").await;
    assert!(
        !sunday.text.contains("rustig staan kijken"),
        "a locked screen shows no words of a parent"
    );
    anna.taps("Een zin van mij").await;
    anna.expects_edit("'Vandaag bleef ik even rustig staan kijken.'")
        .await;
    // What it asks can be answered, and stands in the journal under what asked it; also by a reply to it when it is closed.
    let answer = anna.says("Kijken is genoeg.");
    anna.expects_heart(answer).await;
    anna.taps("Sluit").await;
    anna.expects_buttons(sunday.id, &[]).await;
    world.restart().await;
    let more = anna.replies_to(sunday.id, "En stil zijn.");
    anna.expects_heart(more).await;
    anna.says("/dagboek");
    let page = anna.expects("Terugblik").await;
    assert!(page.text.contains("Kijken is genoeg."), "{}", page.text);
    assert!(page.text.contains("En stil zijn."), "{}", page.text);
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn what_was_written_on_this_day_comes_back_only_when_asked_for() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    for day in ["3 maart 2025", "10 maart 2025"] {
        anna.says("/dagboek");
        anna.hears().await;
        let ask = "Voor een eerdere dag";
        if day.starts_with('3') {
            let note = anna.says("Een notitie.");
            anna.expects_heart(note).await;
            anna.expects("Dit is nu een losse notitie").await;
            anna.says("/dagboek");
            anna.hears().await;
        }
        anna.taps(ask).await;
        anna.expects("Voor welke dag is dit?").await;
        anna.says(day);
        anna.expects("Typ wat je wilt bewaren.").await;
        let note = anna.says("We bakten samen een taart.");
        anna.expects_heart(note).await;
        anna.expects("Hoort er nog iets bij").await;
        anna.taps("Klaar").await;
    }
    // Off, until she wants it.
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-02T19:30")));
    anna.says("/instellingen");
    anna.expects("Op deze dag: uit").await;
    anna.taps("Op deze dag").await;
    anna.expects_edit("Zware dagen sla ik over.").await;
    anna.taps("Ja, graag").await;
    anna.expects_edit("Op deze dag: aan").await;
    world.until("2026-03-02T19:30");
    world.settle().await;
    world.until("2026-03-03T19:30");
    let knock = anna.hears().await;
    // A locked screen shows nothing of what she wrote.
    insta::assert_snapshot!(knock, @"
    Op deze dag schreef je eerder iets. Wil je het teruglezen?
    [Lees het][Nu niet]
    [Zet dit uit]
    ");
    anna.taps("Lees het").await;
    let read = anna.expects_edit("We bakten samen een taart.").await;
    assert_eq!(read.id, knock.id);
    anna.taps("Laat deze niet meer zien").await;
    anna.expects_edit("Goed. Deze komt niet meer terug.").await;
    world.settle().await;
    for day in ["04", "07", "09"] {
        world.until(&format!("2026-03-{day}T19:30"));
        anna.hears().await;
    }
    world.until("2026-03-10T19:30");
    anna.expects("Op deze dag schreef je eerder iets.").await;
    anna.taps("Zet dit uit").await;
    anna.expects_edit("Uit. Je antwoorden blijven gewoon in je dagboek.")
        .await;
    anna.says("/instellingen");
    anna.expects("Op deze dag: uit").await;
    world.finish().await;
}

#[tokio::test]
async fn the_year_comes_as_a_picture_that_is_drawn_from_what_is_kept() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/terugblik");
    anna.expects("Waar wil je op terugkijken?").await;
    let message = anna.taps("Dit jaar").await;
    anna.expects_edit("Uit 2026 staat er niets in je dagboek.")
        .await;
    anna.expects_buttons(message, &["Sluit"]).await;

    notes(&anna, &["Vandaag bleef ik even rustig staan kijken."]).await;
    anna.says("/terugblik");
    anna.expects("Waar wil je op terugkijken?").await;
    let message = anna.taps("Dit jaar").await;
    anna.expects_edit("Terugblik op 2026").await;
    anna.taps("Plaatje van het jaar").await;
    let (picture, below) = anna.sees_picture().await;
    assert_eq!(
        below.text,
        "2026, een kalender met kleur op de dagen waarop je iets schreef: in maart.\n\nDe kleuren: Eigen woorden."
    );
    assert!(
        picture.width <= 1280 && picture.height <= 1280,
        "{picture:?}"
    );
    anna.expects_buttons(message, &["Een zin van mij", "Sluit"])
        .await;
    world.settle().await;
    world.finish().await;
}

#[tokio::test]
async fn a_picture_that_telegram_refuses_is_said_to_have_failed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    notes(&anna, &["Vandaag bleef ik even rustig staan kijken."]).await;
    world.api.with(|api| {
        let refusal = Trouble::Refused(Refusal::bad_request("PHOTO_INVALID_DIMENSIONS"));
        api.faults.add(Fault::on("sendPhoto", refusal));
    });
    anna.says("/terugblik");
    anna.expects("Waar wil je op terugkijken?").await;
    anna.taps("Dit jaar").await;
    anna.expects_edit("Terugblik op 2026").await;
    anna.taps("Plaatje van het jaar").await;
    anna.expects("Het plaatje maken lukte niet.").await;
    world.finish().await;
}
