//! `/dagboek`, `/wis`, `/stop` and `/privacy`: reading back, and leaving.

use std::{fs, path::Path, time::Duration};

use jiff::{ToSpan, civil::Date};
use voel_eerst::{
    conversation::Effect,
    demo::{Content, Fault, Refusal, Trouble},
    parent::{Onboarding, Parent},
};

use crate::world::{Disk, Person, Setup, World};

/// A parent who wrote a loose note on each of so many days.
async fn with_notes(world: &mut World, count: u8) -> Person {
    let anna = world.parent("Anna");
    anna.begins().await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    for number in 1..=count {
        world.until(&format!("{day}T13:00"));
        let note = anna.says(&format!("Notitie {number}."));
        anna.expects_heart(note).await;
        if number == 1 {
            anna.expects("Dit is nu een losse notitie").await;
        }
        day += 1.day();
    }
    anna
}

#[tokio::test]
async fn an_empty_journal_says_so() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/dagboek");
    anna.expects("Nog leeg. Elk antwoord komt hier te staan.")
        .await;
    world.finish().await;
}

#[tokio::test]
async fn the_journal_is_read_page_by_page_in_both_directions() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 30).await;
    anna.says("/dagboek");
    let first = anna.hears().await;
    insta::assert_snapshot!(first.text, @"
    Je dagboek, nieuwste eerst.

    dinsdag 31 maart
    Losse notitie

    Notitie 30.
    ");
    let mut read = vec![first.text.clone()];
    for _ in 1..30 {
        anna.taps("Ouder").await;
        let page = anna.sees_edit().await;
        assert_eq!(page.id, first.id, "pages turn in one message");
        read.push(page.text);
    }
    for (page, number) in read.iter().zip((1..=30).rev()) {
        assert!(page.ends_with(&format!("\n\nNotitie {number}.")), "{page}");
    }
    anna.taps("Nieuwer").await;
    let page = anna.sees_edit().await;
    insta::assert_snapshot!(page.text, @"
    dinsdag 3 maart
    Losse notitie

    Notitie 2.
    ");
    anna.taps("Sluit").await;
    anna.expects_buttons(first.id, &[]).await;
    world.finish().await;
}

#[tokio::test]
async fn one_entry_is_erased_from_the_journal() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 3).await;
    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Ouder").await;
    anna.expects_edit("Notitie 2.").await;
    anna.taps("Wis").await;
    anna.expects("Dit antwoord wissen? Het komt niet terug.")
        .await;
    anna.taps("Nee, laat staan").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna).len(), 3);
    world.start();
    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Ouder").await;
    anna.expects_edit("Notitie 2.").await;
    anna.taps("Wis").await;
    anna.expects("Dit antwoord wissen?").await;
    anna.taps("Ja, wis dit").await;
    anna.expects_edit("Gewist. In de chat staat je bericht nog")
        .await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Notitie 1."], ["Notitie 3."]]);
    world.finish().await;
}

/// What is kept while the question stands is not what it was asked about.
#[tokio::test]
async fn what_comes_after_the_question_does_not_go_in_the_place_of_the_last_answer() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 1).await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Mijn laatste antwoord").await;
    anna.expects_edit("Je laatste antwoord wissen?").await;
    let kept = anna.says("Iets groots.");
    anna.expects_heart(kept).await;
    anna.taps("Ja, wis het").await;
    anna.expects_edit("Je laatste antwoord wissen?").await;
    world.settle().await;
    anna.taps("Nee, laat staan").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna).concat(),
        ["Notitie 1.", "Iets groots."]
    );
    world.finish().await;
}

#[tokio::test]
async fn erasing_the_last_answer_or_all_answers_leaves_the_rest() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 4).await;
    let ask = async |label: &str, question: &str| {
        anna.says("/wis");
        let choice = anna.expects("Wat wil je wissen?").await;
        assert_eq!(choice.buttons.len(), 4);
        anna.taps(label).await;
        anna.expects_edit(question).await;
    };
    ask("Mijn laatste antwoord", "Je laatste antwoord wissen?").await;
    anna.taps("Nee, laat staan").await;
    ask("Mijn laatste antwoord", "Je laatste antwoord wissen?").await;
    anna.taps("Ja, wis het").await;
    anna.expects_edit("Gewist.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna).len(), 3);
    world.start();

    ask("Al mijn antwoorden", "Al je antwoorden wissen?").await;
    anna.taps("Ja, wis het").await;
    anna.expects_edit("Al je antwoorden zijn gewist. Reservekopieën zijn na 30 dagen weg.")
        .await;
    anna.says("/wis");
    let choice = anna.expects("Wat wil je wissen?").await;
    assert_eq!(choice.buttons, [["Alles, ook instellingen"], ["Toch niet"]]);
    anna.taps("Toch niet").await;
    anna.expects_buttons(choice.id, &[]).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    let record = world.record_of(&anna).unwrap();
    assert_eq!(record.onboarding, Onboarding::Done);
    assert!(record.planned.is_some(), "prompts go on");
    world.finish().await;
}

/// How many erasures the log in a store's folder holds.
fn erasures(store: &Path) -> u64 {
    let log = fs::metadata(store.join("erasures")).map_or(64, |log| log.len());
    (log - 64) / 32
}

#[tokio::test]
async fn all_answers_go_with_the_key_and_all_else_goes_on() {
    let disk = Disk::folder();
    let mut world = World::with(Setup {
        disk: disk.clone(),
        ..Setup::default()
    })
    .await;
    let anna = with_notes(&mut world, 2).await;
    world.until("2026-03-04T19:30");
    let prompt = anna.hears().await;
    let answer = anna.says("Ik haalde adem.");
    anna.expects_heart(answer).await;
    world.settle().await;
    anna.reads_all();
    world.until("2026-03-07T19:30");
    let open = anna.hears().await;
    world.settle().await;
    world.stop().await;
    let before = world.record_of(&anna).unwrap();
    world.start();
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Al mijn antwoorden").await;
    anna.expects_edit("Al je antwoorden wissen?").await;
    anna.taps("Ja, wis het").await;
    anna.expects_edit("Al je antwoorden zijn gewist.").await;
    world.settle().await;
    world.stop().await;
    // It is the key that is noted as destroyed, once; not each entry of a key that stays.
    assert_eq!(erasures(&disk.path()), 1);
    assert_eq!(world.entries_of(&anna), []);
    let after = world.record_of(&anna).unwrap();
    let kept = |record: &Parent| {
        let schedule = (record.schedule.clone(), record.planned);
        let deck = (record.deck.clone(), record.handled.clone());
        (
            schedule,
            deck,
            record.consent.clone(),
            record.prompt.clone(),
        )
    };
    assert_eq!(kept(&after), kept(&before));
    world.start();

    // Telegram's reply still says which prompt is meant: the one that is open, and one whose answer is gone.
    for (asked, words) in [(&open, "Ik telde tot tien."), (&prompt, "Nog eens.")] {
        let reply = anna.replies_to(asked.id, words);
        anna.expects_heart(reply).await;
    }
    world.settle().await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.prompt.is_some()));
    world.finish().await;
}

/// An hour in which nothing goes out to her.
fn an_hour_of_silence(world: &World, anna: &Person) {
    let an_hour = Trouble::Refused(Refusal::too_many_requests(3_600));
    world.trouble(Fault::on("sendMessage", an_hour).in_chat(anna.chat));
}

#[tokio::test]
async fn what_waits_with_words_that_were_erased_does_not_come() {
    let mut world = World::in_memory().await;
    let anna = with_notes(&mut world, 1).await;
    // A screen of a flow that shows what she typed waits, while all of it is erased.
    anna.says("/herstel");
    anna.expects("Botsen hoort bij samen leven.").await;
    anna.taps("Begin").await;
    anna.sees_edit().await;
    anna.taps("Verder").await;
    anna.expects_edit("Stap 1 van 3.").await;
    anna.says("Ik gooide de deur dicht");
    anna.expects("Stap 2 van 3.").await;
    anna.says("Ik had liever eerst geteld");
    anna.expects("Stap 3 van 3.").await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Al mijn antwoorden").await;
    anna.expects_edit("Al je antwoorden wissen?").await;
    world.settle().await;
    an_hour_of_silence(&world, &anna);
    anna.says("Zullen we tekenen?");
    anna.sends(Content::Sticker("🙂".to_owned()));
    world.come_round().await;
    anna.taps("Ja, wis het").await;
    world.come_round().await;
    let waiting = |world: &World| {
        let outbox = world.store().outbox().unwrap();
        let texts = outbox.pending.iter().filter_map(|it| {
            let (Effect::Send { text, .. } | Effect::Edit { text, .. }) = &it.outgoing.effect
            else {
                return None;
            };
            Some(text.reveal().to_owned())
        });
        texts.collect::<Vec<_>>()
    };
    world.stop().await;
    let left = waiting(&world);
    assert!(left.iter().any(|text| text.contains("sticker")), "{left:?}");
    assert!(!left.iter().any(|text| text.contains("deur")), "{left:?}");
    world.start();
    world.clock.advance(Duration::from_secs(3_600));
    anna.expects("Een sticker kan ik niet bewaren.").await;
    anna.expects_edit("Al je antwoorden zijn gewist.").await;
    world.settle().await;

    // A page of the journal waits, while what it shows is erased below an answer to heavy words.
    let note = anna.says("Ik wil niet meer leven.");
    anna.expects_heart(note).await;
    anna.expects("113").await;
    world.settle().await;
    an_hour_of_silence(&world, &anna);
    anna.says("/dagboek");
    anna.says("/hulp");
    world.come_round().await;
    anna.taps("Wis wat ik schreef").await;
    world.come_round().await;
    world.stop().await;
    let left = waiting(&world);
    assert!(!left.iter().any(|text| text.contains("leven")), "{left:?}");
    world.start();
    world.clock.advance(Duration::from_secs(3_600));
    anna.expects("In nood: bel 112.").await;
    anna.expects("Gewist uit je dagboek.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}

#[tokio::test]
async fn after_erasing_everything_nothing_is_left_and_a_new_start_works() {
    for disk in [Disk::folder(), Disk::memory()] {
        let mut world = World::with(Setup {
            disk,
            ..Setup::default()
        })
        .await;
        let anna = with_notes(&mut world, 2).await;
        anna.says("/wis");
        anna.expects("Wat wil je wissen?").await;
        anna.taps("Alles, ook instellingen").await;
        anna.expects_edit("Alles wissen, ook je instellingen?")
            .await;
        let asked = anna.taps("Ja, wis het").await;
        anna.expects("Alles is gewist.").await;
        anna.expects_buttons(asked, &[]).await;
        assert_eq!(world.next_due().await, None);
        world.stop().await;
        assert_eq!(world.record_of(&anna), None);
        assert_eq!(world.entries_of(&anna), []);
        world.start();

        anna.says("Is er iemand?");
        anna.expects("We zijn nog niet begonnen. Tik op /start.")
            .await;
        anna.begins().await;
        anna.says("/dagboek");
        anna.expects("Nog leeg.").await;
        let note = anna.says("Opnieuw.");
        anna.expects_heart(note).await;
        anna.expects("Dit is nu een losse notitie").await;
        world.settle().await;
        world.stop().await;
        assert_eq!(world.words_of(&anna), [["Opnieuw."]]);
        world.finish().await;
    }
}

#[tokio::test]
async fn everything_is_gone_also_when_the_goodbye_cannot_be_said() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 1).await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Alles, ook instellingen").await;
    anna.expects_edit("Alles wissen, ook je instellingen?")
        .await;
    // She blocks the bot right after her tap.
    world.api.with(|world| {
        let refused = Trouble::Refused(Refusal::forbidden("bot was blocked by the user"));
        world
            .faults
            .add(Fault::on("sendMessage", refused).in_chat(anna.chat));
    });
    anna.taps("Ja, wis het").await;
    world.settle().await;
    anna.blocks(true);
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&anna), None);
    world.finish().await;
}

#[tokio::test]
async fn after_stop_nothing_comes_and_everything_stays() {
    let mut world = World::new().await;
    let anna = with_notes(&mut world, 1).await;
    world.until("2026-03-04T19:30");
    let prompt = anna.hears().await;
    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer. Je antwoorden staan er nog")
        .await;
    assert_eq!(world.next_due().await, None);
    world.until("2026-04-04T19:30");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    // Writing and reading go on.
    let reply = anna.replies_to(prompt.id, "Een maand later.");
    anna.expects_heart(reply).await;
    anna.says("/dagboek");
    anna.expects("Een maand later.").await;
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    assert_eq!(world.next_due().await, None);
    world.finish().await;
}

#[tokio::test]
async fn privacy_says_what_is_true_here() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/privacy");
    let privacy = anna.hears().await;
    for part in [
        "Stichting Test",
        "test@example.org",
        "24 maanden",
        "na 30 dagen",
    ] {
        assert!(privacy.text.contains(part), "{part}");
    }
    world.finish().await;
}
