//! `/export` over HTTP: real documents, made out of the real store.

use voel_eerst::{
    demo::{Fault, Refusal, Trouble},
    export::data,
};

use crate::world::World;

const WORDS: &str = "Ze zei \"nee\" & <b>ik</b> bleef.\nמחר 🌱";

#[tokio::test]
async fn everything_comes_along_in_both_forms() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says(WORDS);
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;

    anna.says("/export");
    anna.expects("In welke vorm wil je alles meenemen?").await;
    anna.taps("Om te lezen").await;
    anna.expects_edit("Let op: het bestand komt in deze chat")
        .await;
    anna.taps("Stuur het bestand").await;
    let (page, below) = anna.gets_document().await;
    assert_eq!(
        (page.name.as_str(), below.text.as_str()),
        ("voel-eerst-2026-03-02.html", "")
    );
    let html = page.text().unwrap();
    assert!(
        html.contains("Ze zei &quot;nee&quot; &amp; &lt;b&gt;ik&lt;/b&gt; bleef.\nמחר 🌱"),
        "{html}"
    );
    let (text, below) = anna.gets_document().await;
    assert_eq!(text.name, "voel-eerst-2026-03-02.md");
    assert_eq!(below.text, "Hier is alles wat ik van je bewaar.");
    assert!(text.text().unwrap().contains("bleef.\\\nמחר 🌱"));

    anna.says("/export");
    anna.hears().await;
    anna.taps("Voor een ander programma").await;
    anna.sees_edit().await;
    anna.taps("Stuur het bestand").await;
    let (file, below) = anna.gets_document().await;
    assert_eq!(file.name, "voel-eerst-2026-03-02.json");
    assert_eq!(below.text, "Hier is alles wat ik van je bewaar.");
    let data = data::read(file.text().unwrap()).unwrap();
    let [entry] = data.entries.as_slice() else {
        panic!("one entry expected, found {}", data.entries.len())
    };
    assert_eq!(entry.parts[0].reveal(), WORDS);
    assert_eq!(data.settings.times, ["19:30"]);
    world.finish().await;
}

#[tokio::test]
async fn a_document_that_telegram_refuses_is_said_to_have_failed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.api.with(|api| {
        let refusal = Trouble::Refused(Refusal::bad_request("file is too big"));
        api.faults.add(Fault::on("sendDocument", refusal));
    });
    anna.says("/export");
    anna.hears().await;
    anna.taps("Voor een ander programma").await;
    anna.sees_edit().await;
    anna.taps("Stuur het bestand").await;
    anna.expects("Het bestand maken lukte niet.").await;
    world.finish().await;
}

/// A file of 20 MB may take minutes where the line is slow.
#[tokio::test]
async fn who_writes_in_need_while_a_file_is_on_its_way_does_not_wait_for_it() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.trouble(Fault::on("sendDocument", Trouble::Slow));
    anna.says("/export");
    anna.hears().await;
    anna.taps("Voor een ander programma").await;
    anna.sees_edit().await;
    anna.taps("Stuur het bestand").await;
    anna.gets_document().await;
    let words = anna.says("Ik wil niet meer leven, ik wil dood.");
    anna.expects_heart(words).await;
    anna.expects("113").await;
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    assert_eq!(
        world.api.with(|api| api.held()),
        1,
        "it is on its way still"
    );
    world.api.with(|api| api.release());
    world.finish().await;
}
