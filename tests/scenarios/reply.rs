//! What parents write: where it goes, and how they know that it is kept.

use voel_eerst::demo::{Fault, Refusal, Trouble};

use crate::world::{LIBRARY, Person, Received, World};

const FIRST: &str = "Het hartje betekent: bewaard.";

/// A parent who has begun, at the minute of the first prompt, which she reads.
async fn prompted(world: &mut World) -> (Person, Received) {
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    (anna, prompt)
}

#[tokio::test]
async fn several_messages_are_one_entry_and_one_sentence_is_said_once() {
    let mut world = World::new().await;
    let (anna, prompt) = prompted(&mut world).await;
    let first = anna.says("Ik merkte dat ik boos werd.");
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    let second = anna.says("En daarna verdrietig.");
    anna.expects_heart(second).await;
    let third = anna.replies_to(prompt.id, "Vooral dat.");
    anna.expects_heart(third).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [[
            "Ik merkte dat ik boos werd.",
            "En daarna verdrietig.",
            "Vooral dat."
        ]]
    );
    let entry = &world.entries_of(&anna)[0];
    assert_eq!(entry.day, "2026-03-02".parse().unwrap());
    let title = &entry.prompt.as_ref().unwrap().title;
    assert!(prompt.text.starts_with(title));
    world.finish().await;
}

#[tokio::test]
async fn a_reply_to_an_older_prompt_lands_there() {
    let mut world = World::new().await;
    let (anna, monday) = prompted(&mut world).await;
    world.until("2026-03-03T19:30");
    let tuesday = anna.hears().await;
    let late = anna.replies_to(monday.id, "Over gisteren.");
    anna.expects_heart(late).await;
    anna.expects(FIRST).await;
    anna.expects_buttons(tuesday.id, &["Straks", "Andere vraag", "Sla over"])
        .await;
    let now = anna.says("Over vandaag.");
    anna.expects_heart(now).await;
    let more = anna.replies_to(monday.id, "Nog iets over gisteren.");
    anna.expects_heart(more).await;
    let part = anna.replies_to(now, "Nog iets over vandaag.");
    anna.expects_heart(part).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [
            ["Over gisteren.", "Nog iets over gisteren."],
            ["Over vandaag.", "Nog iets over vandaag."]
        ]
    );
    world.finish().await;
}

#[tokio::test]
async fn for_36_hours_text_answers_the_latest_prompt() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    world.until("2026-03-04T07:29");
    let within = anna.says("Nu pas.");
    anna.expects_heart(within).await;
    anna.expects(FIRST).await;
    world.until("2026-03-04T07:32");
    let after = anna.says("Iets anders.");
    anna.expects_heart(after).await;
    let note = anna.hears().await;
    insta::assert_snapshot!(note, @"
    Er was geen vraag bij. Dit is nu een losse notitie in je dagboek.
    [Wis notitie]
    ");
    let soon = anna.says("Hoort erbij.");
    anna.expects_heart(soon).await;
    world.until("2026-03-04T08:10");
    let later = anna.says("Een nieuwe gedachte.");
    anna.expects_heart(later).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [
            vec!["Nu pas."],
            vec!["Iets anders.", "Hoort erbij."],
            vec!["Een nieuwe gedachte."]
        ]
    );
    let entries = world.entries_of(&anna);
    assert!(
        prompt
            .text
            .starts_with(&entries[0].prompt.as_ref().unwrap().title)
    );
    assert_eq!((&entries[1].prompt, &entries[2].prompt), (&None, &None));
    world.start();
    anna.taps("Wis notitie").await;
    anna.expects("Dit antwoord wissen?").await;
    anna.taps("Ja, wis dit").await;
    anna.expects_edit("Gewist.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Nu pas."], ["Een nieuwe gedachte."]]
    );
    world.finish().await;
}

#[tokio::test]
async fn editing_the_message_edits_the_part() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let first = anna.says("Ik was bos.");
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    let second = anna.says("Heel bos.");
    anna.expects_heart(second).await;
    anna.edits(first, "Ik was boos.");
    let edited = anna.expects("Aangepast en bewaard.").await;
    assert!(edited.silent);
    assert_eq!(edited.reply_to, Some(first));
    anna.edits(second, "Heel boos.");
    anna.expects("Aangepast en bewaard.").await;
    // Commands and other things are in no entry, whatever they are changed into.
    let command = anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    anna.edits(command, "geen antwoord");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Ik was boos.", "Heel boos."]]);
    world.finish().await;
}

#[tokio::test]
async fn what_was_erased_does_not_come_back_with_an_edit() {
    let mut world = World::new().await;
    let (anna, prompt) = prompted(&mut world).await;
    let reply = anna.says("De soep was te zout.");
    anna.expects_heart(reply).await;
    anna.expects(FIRST).await;
    anna.taps("Wis antwoord").await;
    let ask = anna
        .expects("Dit antwoord wissen? Het komt niet terug.")
        .await;
    anna.taps("Ja, wis dit").await;
    assert_eq!(anna.expects_edit("Gewist.").await.id, ask.id);
    anna.expects_buttons(prompt.id, &[]).await;
    anna.edits(reply, "De soep was veel te zout.");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.start();
    // A new answer to the same prompt is a new entry.
    let again = anna.replies_to(prompt.id, "Liever dit.");
    anna.expects_heart(again).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Liever dit."]]);
    world.finish().await;
}

#[tokio::test]
async fn a_heart_that_is_refused_becomes_a_line_never_the_same_twice() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    world.api.with(|world| {
        let refused = Trouble::Refused(Refusal::bad_request("REACTION_INVALID"));
        world
            .faults
            .add(Fault::on("setMessageReaction", refused).always());
    });
    let mut last = String::new();
    for number in 0..6 {
        anna.says(&format!("Antwoord {number}."));
        if number == 0 {
            anna.expects(FIRST).await;
        }
        let line = anna.hears().await;
        let mut lines = LIBRARY.texts.ack.lines.iter();
        assert!(lines.any(|known| known.as_str() == line.text), "{line}");
        assert!(line.silent);
        assert_ne!(line.text, last);
        last = line.text;
    }
    world.finish().await;
}

#[tokio::test]
async fn any_text_that_people_type_is_kept_as_it_is() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    let full = "é".repeat(4_095) + "!";
    let pairs = "😀".repeat(2_048);
    let texts = [
        "💛",
        "👩‍👧‍👦 en 🏳️‍🌈",
        "أنا بخير ولكن متعبة",
        "שלום, mijn kind sliep \u{202e}omgekeerd\u{202c}",
        "e\u{301}e\u{301}n voor e\u{301}e\u{301}n, Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
        "<b>vet</b> *ster* _streep_ [haak](https://voorbeeld.nl) `code` & &amp;",
        "regel een\n\n  regel twee\tmet tab",
        "'; DROP TABLE ouders; --",
        "{title} {0} %s $(date)",
        "/ geen commando",
        "\u{feff}begint met een merkteken",
        full.as_str(),
        pairs.as_str(),
    ];
    for (number, text) in texts.iter().enumerate() {
        let reply = anna.says(text);
        anna.expects_heart(reply).await;
        if number == 0 {
            anna.expects(FIRST).await;
        }
    }
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [texts]);
    world.start();
    // The whole of it can be read back, page after page.
    anna.says("/dagboek");
    let mut page = anna.hears().await;
    let mut read = page.text.clone();
    while page.buttons[0].contains(&"Ouder".to_owned()) {
        anna.taps("Ouder").await;
        page = anna.sees_edit().await;
        read.push_str(&page.text);
    }
    for text in texts.iter().take(11) {
        assert!(read.contains(text.trim()), "{text}");
    }
    assert_eq!(read.matches('é').count(), 4_095);
    assert_eq!(read.matches('😀').count(), 2_048);
    world.finish().await;
}

#[tokio::test]
async fn one_text_in_two_messages_is_two_parts() {
    let mut world = World::new().await;
    let (anna, _) = prompted(&mut world).await;
    // Apps send what is too long for one message in several.
    let first = anna.says(&"regen ".repeat(1_000));
    anna.expects_heart(first).await;
    anna.expects(FIRST).await;
    anna.gets_heart().await;
    world.stop().await;
    let words = world.words_of(&anna);
    assert_eq!(words.len(), 1);
    assert_eq!(words[0].concat().matches("regen").count(), 1_000);
    assert_eq!(words[0].len(), 2);
    world.start();
    world.finish().await;
}
