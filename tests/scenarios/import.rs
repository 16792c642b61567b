//! A journal comes back: exported from the chat, erased, and sent back as the file that it came in.

use serde_json::Value;
use voel_eerst::{
    conversation::Entry,
    demo::{Content, Document, FILE, Fault, Trouble, Voice},
    export::data,
    store::CrashPoint,
};

use crate::world::{Person, World};

const DONE: &str = "Je dagboek staat weer in /dagboek.";
const MORE: &str = "Bij je dagboek horen nog meer bestanden.";

/// A parent who answered two prompts.
async fn with_journal(world: &mut World) -> Person {
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    for (day, words) in [
        ("02", "Zilvervos en \"ik\"."),
        ("03", "Rustig 🌱\n\nTwee regels."),
    ] {
        world.until(&format!("2026-03-{day}T19:30"));
        anna.hears().await;
        let message = anna.says(words);
        anna.expects_heart(message).await;
        quiet(world, &anna).await;
    }
    anna
}

/// Nothing more comes of what was done so far.
async fn quiet(world: &mut World, anna: &Person) {
    world.settle().await;
    anna.reads_all();
}

/// What `/export` gives for another program.
async fn exported(world: &mut World, anna: &Person) -> Document {
    quiet(world, anna).await;
    anna.says("/export");
    anna.expects("In welke vorm wil je alles meenemen?").await;
    anna.taps("Voor een ander programma").await;
    anna.sees_edit().await;
    anna.taps("Stuur het bestand").await;
    let (file, _) = anna.gets_document().await;
    quiet(world, anna).await;
    file
}

/// Erases everything and begins again.
async fn begins_anew(world: &mut World, anna: &Person) {
    quiet(world, anna).await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Alles, ook instellingen").await;
    anna.expects_edit("Alles wissen").await;
    anna.taps("Ja, wis het").await;
    anna.expects("Alles is gewist.").await;
    quiet(world, anna).await;
    anna.begins().await;
}

fn sent_back(anna: &Person, file: &Document) {
    anna.sends(Content::Document(Document::new(
        file.name.clone(),
        file.content.to_vec(),
    )));
}

/// An export without what is of its moment and its chat.
fn lasting(file: &Document) -> Value {
    let mut export: Value = serde_json::from_slice(&file.content).unwrap();
    for field in ["made", "chat", "consent"] {
        export.as_object_mut().unwrap().remove(field).unwrap();
    }
    export
}

#[tokio::test]
async fn what_was_taken_along_comes_back_after_everything_was_erased() {
    let mut world = World::new().await;
    let anna = with_journal(&mut world).await;
    let file = exported(&mut world, &anna).await;
    begins_anew(&mut world, &anna).await;
    anna.says("/import");
    anna.expects("Stuur hier het bestand").await;
    sent_back(&anna, &file);
    anna.expects(DONE).await;
    let again = exported(&mut world, &anna).await;
    assert_eq!(lasting(&again), lasting(&file));
    anna.says("/dagboek");
    anna.expects("Twee regels.").await;
    // What is written now is new.
    let message = anna.says("En verder.");
    anna.expects_heart(message).await;
    quiet(&mut world, &anna).await;
    world.stop().await;
    let numbers: Vec<u32> = world.entries_of(&anna).iter().map(|it| it.id.0).collect();
    assert_eq!(numbers, [0, 1, 2]);
    assert_eq!(world.store().outbox().unwrap().pending, []);
    world.finish().await;
}

#[tokio::test]
async fn what_was_said_comes_back_in_the_archive_and_without_it_awaits_its_sound() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let voice = Voice::new(42, "OggS zilvervos".repeat(50_000).into_bytes());
    let message = anna.speaks(&voice);
    anna.expects_heart(message).await;
    anna.hears().await;
    let archive = exported(&mut world, &anna).await;
    assert!(archive.name.ends_with(".zip"));

    begins_anew(&mut world, &anna).await;
    sent_back(&anna, &archive);
    anna.expects(DONE).await;
    anna.says("/dagboek");
    anna.expects("Gesproken, 0:42").await;
    anna.taps("Luister").await;
    assert!(anna.hears_voice().await.0 == voice);

    // The JSON of the archive alone: the words are back, and the archive brings the sound afterwards.
    begins_anew(&mut world, &anna).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&archive.content[..])).unwrap();
    let mut json = Vec::new();
    std::io::copy(&mut zip.by_index(2).unwrap(), &mut json).unwrap();
    sent_back(&anna, &Document::new("voel-eerst.json", json));
    anna.expects(MORE).await;
    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Luister").await;
    anna.expects_toast("Deze opname zat niet in het bestand.")
        .await;
    sent_back(&anna, &archive);
    anna.expects(DONE).await;
    anna.says("/dagboek");
    anna.hears().await;
    anna.taps("Luister").await;
    assert!(anna.hears_voice().await.0 == voice);
    quiet(&mut world, &anna).await;
    world.finish().await;
}

#[tokio::test]
async fn a_file_that_is_refused_changes_nothing_and_is_not_in_the_journal() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    let asked = |world: &World| {
        let calls = |world: &voel_eerst::demo::World| {
            world
                .calls()
                .filter(|call| call.method == "getFile")
                .count()
        };
        world.api.look(calls)
    };
    let json = |content: &[u8]| Document::new("voel-eerst.json", content);
    sent_back(&anna, &json(b"{}"));
    anna.expects("We zijn nog niet begonnen.").await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Bewaar niets. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    sent_back(&anna, &json(b"{}"));
    anna.expects("Daarvoor bewaar ik antwoorden").await;
    assert_eq!(asked(&world), 0);

    let bram = world.parent("Bram");
    bram.begins().await;
    sent_back(&bram, &json(&vec![b' '; 20_000_001]));
    bram.expects("Dit bestand is groter dan 20 MB.").await;
    assert_eq!(asked(&world), 0);
    sent_back(&bram, &json(b"{\"name\":\"zilvervos\"}"));
    bram.expects("Dit is geen dagboek dat van mij komt.").await;
    sent_back(
        &bram,
        &json(b"{\"format\":\"voel-eerst-export\",\n\"version\":1,\n\"made\":3}"),
    );
    bram.expects("klopt iets niet, op regel 3.").await;
    sent_back(&bram, &json(&b"[".repeat(200_000)));
    bram.expects("Dit is geen dagboek dat van mij komt.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&bram), []);
    assert_eq!(world.record_of(&bram).unwrap().journal.returned, None);
    world.start();
    let note = bram.says("Een notitie.");
    bram.expects_heart(note).await;
    bram.hears().await;
    let before = asked(&world);
    sent_back(&bram, &json(b"{}"));
    bram.expects("In je dagboek staat al iets.").await;
    assert_eq!(asked(&world), before);
    world.finish().await;
}

/// A number of somebody else's chat in the file reaches nothing of theirs.
#[tokio::test]
async fn the_number_of_the_chat_in_a_file_is_not_looked_at() {
    let mut world = World::new().await;
    let anna = with_journal(&mut world).await;
    let mut file = exported(&mut world, &anna).await;
    let bram = world.parent("Bram");
    bram.begins().await;
    let text = file.text().unwrap();
    assert!(text.contains(&format!("\"chat\": {}", anna.chat.0)));
    file.content = text.replace("Zilvervos", "Vervalst").into_bytes().into();
    sent_back(&bram, &file);
    bram.expects(DONE).await;
    world.settle().await;
    world.stop().await;
    let texts = |person: &Person| -> Vec<String> {
        let text = |entry: &Entry| entry.text().reveal().to_owned();
        world.entries_of(person).iter().map(text).collect()
    };
    assert_eq!(
        texts(&anna),
        ["Zilvervos en \"ik\".", "Rustig 🌱\n\nTwee regels."]
    );
    assert_eq!(
        texts(&bram),
        ["Vervalst en \"ik\".", "Rustig 🌱\n\nTwee regels."]
    );
    assert_eq!(world.record_of(&bram).unwrap().chat, bram.chat);
    world.finish().await;
}

/// An export of so many entries.
fn long(entries: usize) -> Document {
    let entry = |number: usize| {
        let day = jiff::civil::date(2016, 1, 1)
            .checked_add(jiff::ToSpan::days(i64::try_from(number).unwrap()))
            .unwrap();
        serde_json::json!({
            "number": number, "day": day, "written": format!("{day}T18:30:00Z"), "prompt": null,
            "parts": [format!("Dag {number}. {}", "Ik wachtte even. ".repeat(20))]
        })
    };
    let export = serde_json::json!({
        "format": "voel-eerst-export", "version": 1, "made": "2026-03-01T12:00:00Z", "language": "nl",
        "chat": 1, "consent": { "state": "open" },
        "settings": { "prompts": true, "times": ["19:30"], "days": ["monday"], "zone": "Europe/Amsterdam", "recognises": null },
        "entries": (0..entries).map(entry).collect::<Vec<_>>(),
    });
    let export = export.to_string().into_bytes();
    data::read(str::from_utf8(&export).unwrap()).unwrap();
    Document::new("voel-eerst.json", export)
}

#[tokio::test]
async fn wherever_the_power_goes_a_long_journal_comes_back_whole_and_once() {
    for commit in [1, 2, 3] {
        let mut world = World::in_memory().await;
        let anna = world.parent("Anna");
        anna.begins().await;
        world.settle().await;
        world.trouble(Fault::on(FILE, Trouble::Slow));
        sent_back(&anna, &long(1_000));
        let fetching = world.api.until("a file on its way", |world| {
            (world.held() == 1).then_some(())
        });
        fetching.await.unwrap();
        world.come_round().await;
        world.engine().crash_at(CrashPoint::Before(commit));
        world.api.with(|world| world.release());
        world.until_the_store_fails().await;
        assert_eq!(anna.unread(), [] as [&str; 0], "nothing is said");
        world.power_comes_back(None).await;
        anna.expects(DONE).await;
        world.settle().await;
        world.stop().await;
        let numbers: Vec<u32> = world.entries_of(&anna).iter().map(|it| it.id.0).collect();
        assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
        assert_eq!(world.record_of(&anna).unwrap().next_entry, 1_000);
        assert_eq!(world.store().outbox().unwrap().pending, []);
        world.finish().await;
    }
}
