//! Voice notes: fetched, kept, heard again, taken along, and gone when they are erased.

use std::io::{Cursor, Read};

use voel_eerst::{
    conversation::Journal,
    demo::{Document, FILE, Fault, Refusal, Trouble, Voice},
    export::data,
    parent::{Consent, PrivateBytes},
    store::CrashPoint,
};

use crate::world::{Person, Received, World};

const FIRST: &str = "Het hartje betekent: bewaard.";

/// A voice note of so many seconds, as large as three minutes of Telegram's are.
fn voice(seconds: u32) -> Voice {
    let sound = format!("OggS zilvervos {seconds} ");
    Voice::new(seconds, sound.repeat(40_000).into_bytes())
}

/// A voice note of so many bytes.
fn of_size(bytes: usize) -> Voice {
    let mut sound = b"OggS".to_vec();
    sound.resize(bytes, 0);
    Voice::new(180, sound)
}

/// A parent who has begun, at the minute of the first prompt, which she reads.
async fn prompted(world: &mut World) -> (Person, Received) {
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    (anna, prompt)
}

/// What the store holds of what somebody said: for each part that was spoken, whether it is this voice note.
fn kept(world: &World, person: &Person) -> Vec<Option<PrivateBytes>> {
    let store = world.store();
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(person.chat)).unwrap();
    let mut entries = journal.older(None, usize::MAX).unwrap();
    entries.reverse();
    let sounds = entries.iter().flat_map(|entry| {
        let sound = |(message, _)| journal.sound(entry.id, message).unwrap();
        entry.spoken().map(sound).collect::<Vec<_>>()
    });
    sounds.collect()
}

/// As it lies in the store.
fn as_kept(voice: &Voice) -> Option<PrivateBytes> {
    Some(PrivateBytes::new(voice.content.to_vec()))
}

#[tokio::test]
async fn it_is_kept_then_gets_its_heart_and_can_be_heard_again() {
    let mut world = World::new().await;
    let (anna, prompt) = prompted(&mut world).await;
    let said = voice(42);
    let first = anna.speaks(&said);
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    anna.expects_buttons(prompt.id, &["Wis antwoord"]).await;
    let typed = anna.says("En dit erbij.");
    anna.expects_heart(typed).await;

    anna.says("/dagboek");
    let page = anna.expects("Gesproken, 0:42\n\nEn dit erbij.").await;
    assert_eq!(page.buttons[0], ["Luister"]);
    anna.taps("Luister").await;
    let (heard, how) = anna.hears_voice().await;
    assert!(heard == said);
    assert!(how.silent);

    // After a restart it comes out of the store again.
    world.restart().await;
    anna.taps("Luister").await;
    assert!(anna.hears_voice().await.0 == said);
    world.stop().await;
    assert!(kept(&world, &anna) == [as_kept(&said)]);
    world.finish().await;
}

#[tokio::test]
async fn a_reply_to_an_older_prompt_lands_there() {
    let mut world = World::new().await;
    let (anna, monday) = prompted(&mut world).await;
    world.until("2026-03-03T19:30");
    anna.hears().await;
    let late = anna.speaks_to(monday.id, &voice(7));
    anna.expects_heart(late).await;
    anna.expects(FIRST).await;
    let now = anna.speaks(&voice(8));
    anna.expects_heart(now).await;
    let more = anna.speaks_to(late, &voice(9));
    anna.expects_heart(more).await;
    world.settle().await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    let seconds = |entry: usize| -> Vec<u32> {
        let spoken = entries[entry].spoken();
        spoken.map(|(_, spoken)| spoken.seconds).collect()
    };
    assert_eq!((seconds(0), seconds(1)), (vec![7, 9], vec![8]));
    assert!(
        monday
            .text
            .starts_with(&entries[0].prompt.as_ref().unwrap().title)
    );
    world.finish().await;
}

#[tokio::test]
async fn a_heart_comes_only_after_the_flush_of_what_was_said() {
    let mut world = World::in_memory().await;
    let (anna, _) = prompted(&mut world).await;
    world.settle().await;
    world.trouble(Fault::on(FILE, Trouble::Slow));
    let said = voice(20);
    let message = anna.speaks(&said);
    let fetching = world.api.until("a file on its way", |world| {
        (world.held() == 1).then_some(())
    });
    fetching.await.unwrap();
    world.come_round().await;
    // The wish to fetch it is on disk; what comes of it is not, when the power goes.
    world.engine().crash_at(CrashPoint::Before(1));
    world.api.with(|world| world.release());
    world.until_the_store_fails().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "no heart");
    world.power_comes_back(None).await;
    anna.expects_heart(message).await;
    anna.expects(FIRST).await;
    world.settle().await;
    world.stop().await;
    assert!(kept(&world, &anna) == [as_kept(&said)]);
    world.finish().await;
}

#[tokio::test]
async fn wherever_the_bot_dies_it_is_kept_once() {
    // Asked where it lies, on its way, and here but not written down.
    for (method, stop) in [("getFile", true), ("getFile", false), (FILE, false)] {
        let mut world = World::in_memory().await;
        let (anna, _) = prompted(&mut world).await;
        world.settle().await;
        world.trouble(Fault::on(method, Trouble::Slow));
        let said = voice(30);
        let message = anna.speaks(&said);
        let fetching = world.api.until("a file that is waited for", |world| {
            (world.held() == 1).then_some(())
        });
        fetching.await.unwrap();
        if stop {
            world.stop().await;
            world.api.with(|world| world.release());
        } else {
            world.crash().await;
        }
        assert_eq!(world.entries_of(&anna), []);
        assert_eq!(world.store().outbox().unwrap().pending.len(), 1);
        world.start();
        anna.expects_heart(message).await;
        anna.expects(FIRST).await;
        world.settle().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
        world.stop().await;
        assert!(kept(&world, &anna) == [as_kept(&said)]);
        assert_eq!(world.store().outbox().unwrap().pending, []);
        world.finish().await;
    }
}

#[tokio::test]
async fn trouble_on_the_way_is_outlived_and_holds_nobody_up() {
    for trouble in [
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::Garbled,
        Trouble::ServerError,
        Trouble::BadGateway,
        Trouble::Refused(Refusal::too_many_requests(1)),
        Trouble::Refused(Refusal::not_found()),
    ] {
        let mut world = World::new().await;
        let (anna, _) = prompted(&mut world).await;
        world.trouble(Fault::on("getFile", Trouble::CutBefore));
        world.trouble(Fault::on(FILE, trouble.clone()).times(3));
        let said = voice(12);
        let message = anna.speaks(&said);
        anna.expects_heart(message).await;
        anna.expects(FIRST).await;
        world.settle().await;
        world.stop().await;
        assert!(kept(&world, &anna) == [as_kept(&said)], "{trouble:?}");
        world.refusals();
        world.finish().await;
    }
}

#[tokio::test]
async fn the_same_chat_and_others_are_answered_while_a_file_does_not_come() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let bram = world.parent("Bram");
    world.trouble(Fault::on("getFile", Trouble::Slow).times(9));
    let messages: Vec<_> = (1..=9)
        .map(|seconds| anna.speaks(&voice(seconds)))
        .collect();
    let held = world.api.until("files that do not come", |world| {
        (world.held() == 4).then_some(())
    });
    held.await.unwrap();
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    bram.says("/hulp");
    bram.expects("In nood: bel 112.").await;
    assert_eq!(anna.unread(), [] as [&str; 0], "no heart yet");
    world.api.with(|world| {
        world.faults.clear();
        world.release();
    });
    let mut hearts = Vec::new();
    for _ in &messages {
        hearts.push(anna.gets_heart().await);
    }
    hearts.sort_unstable();
    assert_eq!(hearts, messages);
    anna.expects(FIRST).await;
    world.settle().await;
    world.stop().await;
    let entries = world.entries_of(&anna);
    let parts: Vec<_> = entries[0].spoken().map(|(message, _)| message).collect();
    assert_eq!(
        (entries.len(), parts),
        (1, messages),
        "in the order in which they were said"
    );
    world.finish().await;
}

#[tokio::test]
async fn what_telegram_lost_is_said_to_be_kept_nowhere() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let message = anna.speaks(&voice(7));
    world.api.with(|world| world.lose_file(message));
    let said = anna
        .expects("Dit bericht kon ik bij Telegram niet ophalen")
        .await;
    assert_eq!(said.reply_to, Some(message));
    assert_eq!(world.refusals().len(), 5, "asked five times");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    assert_eq!(world.store().outbox().unwrap().pending, []);
    world.finish().await;
}

#[tokio::test]
async fn a_day_of_trouble_ends_with_a_sentence() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    world.trouble(Fault::on(FILE, Trouble::CutBefore).always());
    anna.speaks(&voice(7));
    let given_up = |world: &voel_eerst::demo::World| {
        let last = world.chat(anna.chat).unwrap().last_from_bot().unwrap();
        last.text().contains("kon ik bij Telegram niet ophalen")
    };
    world
        .passes(std::time::Duration::from_secs(3_600), given_up)
        .await;
    anna.reads_all();
    world.settle().await;
    anna.reads_all();
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}

#[tokio::test]
async fn too_long_too_large_or_too_large_after_all() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let fetched = |world: &World| {
        world
            .api
            .look(|world| world.calls().filter(|call| call.method == FILE).count())
    };
    anna.speaks(&Voice::new(181, *b"OggS"));
    anna.expects("Een ingesproken bericht bewaar ik tot 3 minuten.")
        .await;
    anna.speaks(&of_size(2_000_001));
    anna.expects("Dit ingesproken bericht is groter dan 2 MB.")
        .await;
    assert_eq!(fetched(&world), 0);
    let most = anna.speaks(&of_size(2_000_000));
    anna.expects_heart(most).await;
    anna.expects(FIRST).await;
    assert_eq!(fetched(&world), 1);
    world.finish().await;
}

#[tokio::test]
async fn without_consent_nothing_is_fetched_and_nothing_is_kept() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.speaks(&voice(7));
    anna.expects("We zijn nog niet begonnen.").await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Bewaar niets. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.speaks(&voice(7));
    anna.expects("Dit bewaar ik niet, zoals je koos. Opschrijven mag altijd. Bewaren aanzetten kan bij /instellingen.")
        .await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    let asked = world
        .api
        .look(|world| world.calls().any(|call| call.method == "getFile"));
    assert!(!asked);
    world.finish().await;
}

#[tokio::test]
async fn who_agreed_to_an_older_explanation_is_asked_again() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    world.settle().await;
    world.stop().await;
    let mut record = world.record_of(&anna).unwrap();
    record.consent = Consent::Given {
        version: "1".to_owned(),
        at: world.clock.now(),
    };
    world.write_records([record]);
    world.start();
    anna.speaks(&voice(7));
    anna.expects("De uitleg over bewaren is veranderd.").await;
    anna.says("Ook dit nog niet.");
    anna.expects("De uitleg over bewaren is veranderd.").await;
    anna.taps("Ja, bewaar. Ik ben 18+").await;
    anna.expects("Goed. Je antwoorden worden bewaard, alleen voor jou.")
        .await;
    let now = anna.speaks(&voice(8));
    anna.expects_heart(now).await;
    anna.expects(FIRST).await;
    world.settle().await;
    world.stop().await;
    assert!(kept(&world, &anna) == [as_kept(&voice(8))]);
    world.finish().await;
}

#[tokio::test]
async fn what_is_erased_while_it_is_fetched_does_not_come_back() {
    let mut world = World::in_memory().await;
    let (anna, _) = prompted(&mut world).await;
    let first = anna.says("Een antwoord.");
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    world.trouble(Fault::on(FILE, Trouble::Slow));
    anna.speaks(&voice(7));
    let fetching = world.api.until("a file on its way", |world| {
        (world.held() == 1).then_some(())
    });
    fetching.await.unwrap();
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Al mijn antwoorden").await;
    anna.expects_edit("Al je antwoorden wissen?").await;
    anna.taps("Ja, wis het").await;
    anna.expects_edit("Al je antwoorden zijn gewist.").await;
    world.api.with(|world| world.release());
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    assert!(kept(&world, &anna).is_empty());
    world.finish().await;
}

#[tokio::test]
async fn an_entry_that_is_erased_takes_what_was_said_along() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let first = anna.speaks(&voice(7));
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    world.settle().await;
    world.stop().await;
    let id = world.entries_of(&anna)[0].id;
    world.start();
    anna.taps("Wis antwoord").await;
    anna.expects("Dit antwoord wissen?").await;
    anna.taps("Ja, wis dit").await;
    anna.expects_edit("Gewist.").await;
    world.settle().await;
    world.stop().await;
    let store = world.store();
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(anna.chat)).unwrap();
    assert_eq!(journal.sound(id, first).unwrap(), None);
    drop((draft, store));
    world.finish().await;
}

/// The files in a document.
fn files_in(document: &Document) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(&document.content[..])).unwrap();
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), bytes));
    }
    files
}

#[tokio::test]
async fn everything_comes_along_in_one_archive() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let said = [voice(7), voice(8)];
    for (number, voice) in said.iter().enumerate() {
        let message = anna.speaks(voice);
        anna.expects_heart(message).await;
        if number == 0 {
            anna.expects(FIRST).await;
        }
    }
    anna.says("/export");
    anna.hears().await;
    anna.taps("Om te lezen").await;
    anna.sees_edit().await;
    anna.taps("Stuur het bestand").await;
    let (archive, below) = anna.gets_document().await;
    assert_eq!(archive.name, "voel-eerst-2026-03-02.zip");
    assert_eq!(below.text, "Hier is alles wat ik van je bewaar.");
    let files = files_in(&archive);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "voel-eerst-2026-03-02.html",
            "voel-eerst-2026-03-02.md",
            "voel-eerst-2026-03-02.json",
            "voice/0000-1.ogg",
            "voice/0000-2.ogg"
        ]
    );
    let data = data::read(str::from_utf8(&files[2].1).unwrap()).unwrap();
    for (number, voice) in said.iter().enumerate() {
        assert!(files[3 + number].1 == voice.content[..]);
        let named = &data.entries[0].voice[number];
        assert_eq!(
            (named.file.as_str(), named.seconds),
            (names[3 + number], voice.seconds)
        );
    }
    world.finish().await;
}

#[tokio::test]
async fn what_somebody_else_said_is_not_kept() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let own = anna.speaks(&voice(7));
    anna.expects_heart(own).await;
    anna.expects(FIRST).await;
    world
        .api
        .with(|world| world.forward_message(anna.chat, own))
        .unwrap();
    anna.expects("Een doorgestuurd bericht bewaar ik niet.")
        .await;
    world.settle().await;
    world.stop().await;
    assert_eq!(kept(&world, &anna).len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn a_phone_that_takes_no_voice_notes_gets_a_sentence() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let own = anna.speaks(&voice(7));
    anna.expects_heart(own).await;
    anna.expects(FIRST).await;
    let refusal = Refusal::bad_request("VOICE_MESSAGES_FORBIDDEN");
    world.trouble(Fault::on("sendVoice", Trouble::Refused(refusal)));
    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Luister").await;
    anna.expects("Dit bericht kon ik niet sturen.").await;
    world.finish().await;
}
