//! Whatever a parent types, wherever they may type it: what the bot says about it fits a message, and their words come back as they were.

use std::time::Duration;

use crate::world::{Person, World};

/// As much as a message of Telegram holds, in UTF-16 units.
const FULL: usize = 4_096;

/// After so long, text is a note of its own.
const NOTE_STAYS_OPEN: Duration = Duration::from_secs(31 * 60);

/// What is longer is no answer to a question about a time or a place.
const SHORT: usize = 40;

/// Texts of any length that have to come back as they are.
const ODD: [&str; 8] = [
    "👩‍👧‍👦 en 🏳️‍🌈",
    "أنا بخير ولكن متعبة",
    "שלום, mijn kind \u{202e}omgekeerd\u{202c} sliep",
    "e\u{301}e\u{301}n Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "<b>vet</b> *ster* _streep_ [haak](https://voorbeeld.nl) `code` & &amp; &lt;",
    "{title} {0} {erkenning} %s $(date)",
    "'; DROP TABLE ouders; --",
    "\\ \" ' «niet» # ~ |",
];

/// Texts that fill a message to the last unit.
fn full() -> Vec<String> {
    of_units(FULL)
}

/// Texts of exactly so many units.
fn of_units(count: usize) -> Vec<String> {
    let filled = |piece: &str| {
        let units = piece.encode_utf16().count();
        let mut text = piece.repeat(count / units);
        text.push_str(&"x".repeat(count - text.encode_utf16().count()));
        text
    };
    // Words, pairs of units, one character that is a whole message long, letters from right to left, and a row of newlines.
    [
        "woord ",
        "😀",
        "👨‍👩‍👧‍👦",
        "e\u{301}",
        "مرحبا ",
        "\u{202e}",
        "a\u{300}\u{301}\u{302}\u{303}",
        "x\n\ny",
    ]
    .map(filled)
    .into_iter()
    .chain([format!("a{}", "\u{301}".repeat(count - 1))])
    .collect()
}

/// A parent whose first note is behind her.
async fn begun(world: &mut World) -> Person {
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Een eerste notitie.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna
}

#[tokio::test]
async fn any_reply_is_kept_to_the_last_unit_and_read_back_page_by_page() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    let mut written = vec!["Een eerste notitie.".to_owned()];
    for text in full() {
        world.clock.advance(NOTE_STAYS_OPEN);
        let note = anna.says(&text);
        anna.expects_heart(note).await;
        written.push(text);
    }
    world.settle().await;
    world.stop().await;
    let kept = world.words_of(&anna).concat();
    assert!(kept == written, "every unit of it");
    world.start();
    anna.says("/dagboek");
    let mut page = anna.hears().await;
    let mut pages = 1;
    while page.buttons.concat().contains(&"Ouder".to_owned()) {
        anna.taps("Ouder").await;
        page = anna.sees_edit().await;
        assert!(page.text.encode_utf16().count() <= FULL);
        pages += 1;
    }
    assert!((9..=40).contains(&pages), "{pages} pages");
    world.finish().await;
}

#[tokio::test]
async fn an_edit_may_be_anything_that_a_message_may_be() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    let texts: Vec<String> = full().into_iter().chain(ODD.map(str::to_owned)).collect();
    for text in &texts {
        world.clock.advance(NOTE_STAYS_OPEN);
        let note = anna.says("Een tweede.");
        anna.expects_heart(note).await;
        anna.edits(note, text);
        anna.expects("Aangepast en bewaard.").await;
    }
    world.settle().await;
    world.stop().await;
    let kept = world.words_of(&anna).concat();
    assert!(kept[1..] == texts, "every unit of it");
    world.start();
    // In the journal, too.
    for text in full().into_iter().take(3) {
        anna.says("/dagboek");
        anna.hears().await;
        anna.taps("Wijzig").await;
        anna.expects("Typ de nieuwe tekst.").await;
        anna.says(&text);
        anna.expects("Aangepast en bewaard.").await;
    }
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn own_prompts_and_flows_take_what_fits_and_say_what_does_not() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    anna.says("/instellingen");
    anna.expects("Zo staat het nu").await;
    anna.taps("Eigen vragen").await;
    anna.expects_edit("Je hebt nog geen eigen vragen.").await;
    for text in ODD {
        anna.taps("Eigen vraag toevoegen").await;
        anna.expects_edit("Typ je eigen vraag").await;
        anna.says(text);
        anna.expects(&format!("\n\n{text}")).await;
    }
    anna.taps("Eigen vraag toevoegen").await;
    anna.expects_edit("Typ je eigen vraag").await;
    for text in full() {
        anna.says(&text);
        anna.expects("Hier past één korte zin, tot 280 tekens.")
            .await;
    }
    for text in ODD {
        anna.says("/herstel");
        anna.hears().await;
        for label in ["Begin", "Verder"] {
            anna.taps(label).await;
            anna.sees_edit().await;
        }
        // The longest are said to be too long, once.
        if text == ODD[0] {
            for long in full() {
                anna.says(&long);
                anna.expects("Hier past één korte zin, tot 120 tekens.")
                    .await;
            }
        }
        anna.says(text);
        anna.expects("Stap 2 van 3.").await;
        anna.taps("Luisteren").await;
        anna.expects_edit("Stap 3 van 3.").await;
        anna.taps("Ik ben er weer").await;
        let shown = anna.sees_edit().await;
        assert!(shown.text.contains(text), "{shown}");
        for label in ["Zo is het goed", "Morgen"] {
            anna.taps(label).await;
            anna.sees_edit().await;
        }
        anna.taps("Bewaar dit").await;
        anna.expects_edit("Dit staat nu in je /dagboek.").await;
        anna.says("/dagboek");
        let page = anna.hears().await;
        assert!(page.text.contains(text), "{page}");
    }
    world.settle().await;
    world.stop().await;
    let kept = world.words_of(&anna);
    for (entry, text) in kept.iter().skip(1).zip(ODD) {
        assert!(entry[0].starts_with(&format!("Mijn herstelzin: {text}")));
    }
    world.finish().await;
}

#[tokio::test]
async fn anything_can_be_searched_for_and_found_as_it_was() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    for text in ODD {
        let note = anna.says(text);
        anna.expects_heart(note).await;
    }
    for (query, finds) in [
        ("bezem", false),
        ("<b>vet</b>", true),
        ("{title}", true),
        ("بخير", true),
        ("שלום", true),
        ("één", true),
        ("DROP", true),
    ] {
        anna.says(&format!("/zoek {query}"));
        let found = anna.hears().await;
        let none = found.text.starts_with("Niets gevonden");
        assert_eq!(!none, finds, "{query}: {found}");
    }
    for text in of_units(100) {
        anna.says(&format!("/zoek {text}"));
        let found = anna.hears().await.text;
        let no_letters = found == "Typ minstens twee letters.";
        assert!(no_letters || found.starts_with("Niets gevonden met '"));
    }
    for text in of_units(FULL - "/zoek ".len()) {
        anna.says(&format!("/zoek {text}"));
        anna.expects("Hier past één korte zin, tot 100 tekens.")
            .await;
    }
    anna.says("/zoek");
    anna.expects("Welk woord zoek je?").await;
    anna.says("<b>vet</b>");
    let found = anna.expects("Eén keer gevonden.").await;
    let unmarked = found.text.replace(['«', '»'], "");
    assert!(unmarked.contains("<b>vet</b> *ster* _streep_"), "{found}");
    world.finish().await;
}

#[tokio::test]
async fn looking_back_and_an_earlier_day_hold_any_words() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    for (day, texts) in [
        ("gisteren", full()),
        ("eergisteren", ODD.map(str::to_owned).to_vec()),
    ] {
        anna.says("/dagboek");
        anna.hears().await;
        anna.taps("Voor een eerdere dag").await;
        anna.expects("Voor welke dag is dit?").await;
        anna.says(day);
        anna.expects("Typ wat je wilt bewaren.").await;
        for (number, text) in texts.iter().enumerate() {
            let note = anna.says(text);
            anna.expects_heart(note).await;
            if number == 0 {
                anna.expects("Hoort er nog iets bij").await;
            }
        }
        anna.taps("Klaar").await;
    }
    for span in ["Deze week", "Deze maand", "Dit jaar"] {
        anna.says("/terugblik");
        anna.expects("Waar wil je op terugkijken?").await;
        anna.taps(span).await;
        for _ in 0..3 {
            let shown = anna.expects_edit("Terugblik op").await;
            assert!(shown.text.encode_utf16().count() <= FULL);
            if !shown.buttons.concat().contains(&"Andere zin".to_owned()) {
                break;
            }
            anna.taps("Andere zin").await;
        }
    }
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn a_time_and_a_city_that_are_none_take_no_harm() {
    let mut world = World::new().await;
    let anna = begun(&mut world).await;
    anna.says("/instellingen");
    anna.expects("Zo staat het nu").await;
    for (page, taps, asks) in [
        ("Tijdzone", &[][..], "Typ een stad"),
        ("Tijd", &["Andere tijd"], "Typ een tijd"),
    ] {
        anna.taps(page).await;
        for label in taps {
            anna.sees_edit().await;
            anna.taps(label).await;
        }
        anna.expects_edit(asks).await;
        for text in ODD.iter().filter(|text| text.chars().count() <= SHORT) {
            anna.says(text);
            anna.expects("herken ik niet.").await;
        }
        anna.taps("Terug").await;
        anna.expects_edit("Zo staat het nu").await;
    }
    world.finish().await;
}
