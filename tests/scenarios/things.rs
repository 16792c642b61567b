//! What is no answer: stickers, photos, forwarded words, commands, groups. Each gets its sentence, and nothing of it is kept.

use voel_eerst::demo::{Content, Document};

use crate::world::{LIBRARY, World};

#[tokio::test]
async fn what_is_no_text_gets_a_sentence_and_is_not_kept() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let error = &LIBRARY.texts.error;
    let text = str::to_owned;
    for (content, sentence) in [
        (Content::Sticker(text("🙂")), &error.sticker),
        (Content::Photo(text("")), &error.photo),
        (Content::Photo(text("kijk dan")), &error.photo_with_words),
        (
            Content::Document(Document::new("brief.pdf", *b"%PDF")),
            &error.file,
        ),
        (Content::Location(52.09, 5.12), &error.location),
        (
            Content::Contact(text("Oma"), text("+31 20 123 45 67")),
            &error.contact,
        ),
        (
            Content::Poll(text("Wat eten we?"), vec![text("Soep"), text("Brood")]),
            &error.not_understood,
        ),
        (Content::Text(text("")), &error.empty),
        (Content::Text(text(" \n\u{a0}")), &error.empty),
    ] {
        anna.sends(content);
        assert_eq!(anna.hears().await.text, sentence.as_str());
    }
    anna.forwards("Ik vond dit een mooie tekst.");
    assert_eq!(anna.hears().await.text, error.forwarded.as_str());
    // More than Telegram itself would send on.
    anna.sends(Content::Text("x".repeat(4_097)));
    anna.expects("Dit is langer dan 4096 tekens.").await;

    world.settle().await;
    world.stop().await;
    let record = world.record_of(&anna).unwrap();
    assert_eq!(world.entries_of(&anna), []);
    assert_eq!((record.next_entry, record.wrote_on), (0, None));
    world.start();
    world.until("2026-03-02T19:30");
    assert_eq!(anna.hears().await.buttons.len(), 1, "the prompt comes");
    world.finish().await;
}

#[tokio::test]
async fn editing_a_reply_into_nothing_or_too_much_changes_nothing() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Een notitie.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.edits(note, "Een notitie, aangepast.");
    anna.expects("Aangepast en bewaard.").await;
    anna.edits(note, "/stop");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Een notitie, aangepast."]]);
    assert!(world.record_of(&anna).unwrap().planned.is_some());
    world.finish().await;
}

#[tokio::test]
async fn commands_that_are_none_and_commands_with_something_behind() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    for unknown in ["/onbekend", "/help_mij", "/START_NU", "/1"] {
        anna.says(unknown);
        anna.expects("Dat commando ken ik niet. Bij /hulp staat wat er kan.")
            .await;
    }
    for help in [
        "/hulp",
        "/HULP",
        "/hulp@voel_eerst_bot",
        "/hulp alsjeblieft",
    ] {
        anna.says(help);
        anna.expects("In nood: bel 112.").await;
    }
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}

#[tokio::test]
async fn help_is_there_with_all_its_buttons() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/hulp");
    let help = anna.hears().await;
    for number in ["112", "113", "0800-2000", "1813"] {
        assert!(help.text.contains(number), "{help}");
    }
    anna.taps("Even ademen").await;
    anna.expects("Voel je voeten op de grond.").await;
    anna.taps("Iemand een bericht sturen").await;
    anna.expects("Dit berichtje kun je doorsturen").await;
    let to_send_on = anna.hears().await;
    assert_eq!(
        to_send_on.text,
        LIBRARY.texts.help.text_someone_message.as_str()
    );
    anna.taps("Wat kan deze bot").await;
    let commands = anna.hears().await;
    for command in LIBRARY.commands.iter().filter(|command| command.menu) {
        let line = format!("/{} {}", command.name, command.description.as_str());
        assert!(commands.text.lines().any(|found| found == line), "{line}");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_group_hears_that_it_is_the_wrong_place_and_leaves_nothing_behind() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    let group = world
        .api
        .with(|world| world.add_group(anna.chat, "Oudergroep"))
        .unwrap();
    let group = world.group(group);
    group
        .expects("Ik werk alleen in een gesprek met jou alleen.")
        .await;
    world.settle().await;
    assert_eq!(group.unread(), [] as [&str; 0], "once");
    world.api.with(|world| {
        world
            .say_in_group(group.chat, anna.chat, "/start", None)
            .unwrap();
        world
            .say_in_group(group.chat, anna.chat, "onder elkaar", None)
            .unwrap();
    });
    group
        .expects("Ik werk alleen in een gesprek met jou alleen.")
        .await;
    world
        .api
        .with(|world| world.remove_from_group(group.chat, anna.chat))
        .unwrap();
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&group), None);
    assert_eq!(world.record_of(&anna), None);
    world.finish().await;
}

#[tokio::test]
async fn help_is_there_in_every_state() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    let helps = async || {
        anna.says("/hulp");
        let help = anna.hears().await;
        assert!(help.text.starts_with("In nood: bel 112."), "{help}");
        assert!(help.text.contains("113"), "{help}");
    };
    // Before the start, half-way, and with everything chosen.
    helps().await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    helps().await;
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Ja, bewaar. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    helps().await;
    anna.says("/start");
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.taps("19:30").await;
    anna.expects_edit("Op welke dagen?").await;
    anna.taps("Elke dag").await;
    anna.expects_edit("Wat herken je bij jezelf?").await;
    anna.taps("Allebei wel").await;
    anna.expects_edit("Klaar.").await;
    helps().await;
    // In the middle of a question, and of a flow that asks for text.
    anna.says("/instellingen");
    anna.expects("Zo staat het nu").await;
    anna.taps("Tijdzone").await;
    anna.expects_edit("Typ een stad").await;
    helps().await;
    anna.says("/herstel");
    let flow = anna.hears().await;
    for label in ["Begin", "Verder"] {
        anna.taps(label).await;
        anna.sees_edit().await;
    }
    helps().await;
    anna.taps("Ik was kortaf").await;
    assert_eq!(anna.sees_edit().await.id, flow.id, "the flow waited");
    // In a pause, when nothing comes any more, and when everything is gone.
    anna.says("/pauze");
    anna.expects("Hoelang zal ik stil zijn?").await;
    anna.taps("Een week").await;
    anna.expects_edit("Ik ben stil tot").await;
    helps().await;
    anna.says("/stop");
    anna.expects("Ik stuur geen vragen meer.").await;
    helps().await;
    anna.says("/wis");
    anna.expects("Wat wil je wissen?").await;
    anna.taps("Alles, ook instellingen").await;
    anna.expects_edit("Alles wissen, ook je instellingen?")
        .await;
    anna.taps("Ja, wis het").await;
    anna.expects("Alles is gewist.").await;
    helps().await;
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}
