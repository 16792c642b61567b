//! `/terugblik`, and the one on Sundays.

use super::{book::three_days, search::wrote, taps::data_of, *};

#[test]
fn a_week_has_titles_and_one_sentence() {
    let mut talk = three_days();
    talk.say("/terugblik");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Deze week", "Deze maand", "Dit jaar"],
            vec!["Elke zondag vanzelf"],
            vec!["Sluit"],
        ]
    );
    talk.tap("Deze week");
    insta::assert_snapshot!(talk.last().text, @"
    Terugblik op deze week

    Waar je over schreef:
    • Hoe oud voel je je
    • Even in je hoofd
    • Even lucht

    Een zin van jou, van maandag 2 maart:
    'Maandag: moe.'

    Wat wil je hiervan meenemen?
    ");
}

#[test]
fn another_sentence_is_another_one() {
    let mut talk = wrote(&[
        "Vandaag was het een rustige dag. Ze vroeg of ik bleef.".to_owned(),
        "Ik bleef nog even bij haar zitten. Goed.".to_owned(),
    ]);
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    let mut last = String::new();
    for _ in 0..12 {
        assert_ne!(talk.last().text, last);
        last = talk.last().text.clone();
        assert_eq!(
            talk.last().labels(),
            [vec!["Andere zin", "Sluit"], vec!["Plaatje van het jaar"]]
        );
        talk.tap("Andere zin");
    }
    insta::assert_snapshot!(last, @"
    Terugblik op 2026

    Waar je over schreef:
    • losse notities

    Een zin van jou, van zaterdag 28 februari:
    'Vandaag was het een rustige dag.'

    Wat wil je hiervan meenemen?
    ");
    talk.tap("Sluit");
    assert!(talk.last().labels().is_empty());
}

#[test]
fn with_one_sentence_there_is_no_other() {
    let mut talk = wrote(&["Dit is de enige zin.".to_owned()]);
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    assert_eq!(talk.last().labels(), [["Sluit"], ["Plaatje van het jaar"]]);
}

#[test]
fn a_heavy_entry_is_not_quoted_but_not_denied() {
    let mut talk = wrote(&["Dit was een heel zware dag voor ons.".to_owned()]);
    talk.book.entries.get_mut(&EntryId(0)).unwrap().heavy = true;
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    insta::assert_snapshot!(talk.last().text, @"
    Terugblik op 2026

    Waar je over schreef:
    • losse notities

    Wat wil je hiervan meenemen?
    ");
}

#[test]
fn the_year_comes_as_a_picture_on_a_tap_and_once() {
    let mut talk = three_days();
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    let (text, said) = (talk.last().text.clone(), talk.count());
    let (message, data) = (
        talk.last_id(),
        data_of(&talk.last().keyboard, "Plaatje van het jaar"),
    );
    talk.tap_data(message, &data);
    talk.tap_data(message, &data);
    assert_eq!(talk.pictures, [2026], "a double tap is one tap");
    assert_eq!(talk.last().text, text, "the look-back stays");
    assert_eq!(talk.last().labels(), [["Een zin van mij", "Sluit"]]);
    talk.tap("Een zin van mij");
    assert_eq!(talk.count(), said, "in the same message");
    talk.tap("Plaatje van het jaar");
    assert_eq!(talk.pictures, [2026, 2026]);
}

#[test]
fn a_week_around_new_year_leads_to_the_year_that_has_words() {
    let mut talk = wrote(&["Een zin voor deze dag.".to_owned()]);
    talk.book.entries.get_mut(&EntryId(0)).unwrap().day = jiff::civil::date(2026, 12, 30);
    talk.now = amsterdam("2027-01-02T12:00");
    talk.say("/terugblik");
    talk.tap("Deze week");
    talk.tap("Plaatje van het jaar");
    assert_eq!(talk.pictures, [2026]);
}

#[test]
fn of_what_was_erased_meanwhile_there_is_no_picture() {
    let mut talk = wrote(&["Een zin voor deze dag.".to_owned()]);
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    talk.book.entries.clear();
    talk.tap("Plaatje van het jaar");
    assert!(talk.pictures.is_empty());
    assert!(
        talk.last()
            .text
            .starts_with("Uit 2026 staat er niets in je dagboek.")
    );
    assert_eq!(talk.last().labels(), [["Sluit"]]);
}

#[test]
fn a_picture_that_did_not_come_is_said() {
    for lost in [Outcome::Failed, Outcome::Expired, Outcome::InDoubt] {
        let mut talk = three_days();
        talk.lose_documents = Some(lost);
        talk.say("/terugblik");
        talk.tap("Dit jaar");
        talk.tap("Plaatje van het jaar");
        assert!(
            talk.last()
                .text
                .starts_with("Het plaatje maken lukte niet.")
        );
    }
}

#[test]
fn nothing_was_written() {
    let mut talk = Talk::begun();
    talk.say("/terugblik");
    talk.tap("Deze maand");
    assert_eq!(
        talk.last().labels(),
        [["Sluit"]],
        "and no picture of nothing"
    );
    insta::assert_snapshot!(talk.last().text, @"Uit maart staat er niets in je dagboek. Dat zegt niets over hoe het ging.");
    talk.parent.as_mut().unwrap().consent = crate::parent::Consent::Declined;
    talk.say("/terugblik");
    assert_eq!(talk.last().text, LIBRARY.texts.error.needs_consent.as_str());
}

#[test]
fn a_full_year_fits_and_counts_nothing() {
    let long =
        "Vandaag merkte ik dat het anders liep dan ik dacht en dat was ook goed zo. ".repeat(50);
    let mut talk = wrote(&vec![long; 60]);
    for (number, entry) in (0..).zip(talk.book.entries.values_mut()) {
        entry.prompt = (number % 3 > 0).then(|| PromptRef {
            id: format!("x-{number}"),
            title: format!(
                "Titel {} {}",
                char::from(b'a' + number % 26),
                "lang ".repeat(40)
            ),
        });
    }
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    let text = &talk.last().text;
    assert!(text.encode_utf16().count() < 2000);
    assert!(text.contains("• losse notities\n• en nog meer\n"));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    assert!(
        digits.starts_with("2026"),
        "only the year and the date: {digits}"
    );
}

/// Sunday 8 March, before the look-back.
const SUNDAY: &str = "2026-03-08T12:00";

fn wanting_sundays() -> Talk {
    let mut talk = three_days();
    talk.until(amsterdam(SUNDAY));
    talk.say("/terugblik");
    talk.tap("Elke zondag vanzelf");
    talk
}

#[test]
fn on_request_the_week_comes_on_sunday_evening() {
    let mut talk = wanting_sundays();
    insta::assert_snapshot!(talk.last().text, @"Goed. Op zondag om 19:00 krijg je je terugblik op de week. Schreef je niets, dan blijf ik stil.");
    assert!(talk.last().labels()[1].contains(&"Niet meer op zondag"));
    assert_eq!(
        talk.parent().journal.due(),
        Some(amsterdam("2026-03-08T19:00"))
    );
    talk.until_due();
    insta::assert_snapshot!(talk.last().text, @"
    Terugblik op deze week

    Waar je over schreef:
    • Hoe oud voel je je
    • Even in je hoofd
    • Even lucht

    Wat wil je hiervan meenemen?
    ");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Een zin van mij", "Sluit"],
            vec!["Plaatje van het jaar"]
        ]
    );

    assert!(talk.pictures.is_empty(), "it does not come by itself");
    let mut that_evening = talk.fork();
    that_evening.tap("Plaatje van het jaar");
    assert_eq!(that_evening.pictures, [2026]);

    // On Monday the button is still about the week that is over.
    talk.until(amsterdam("2026-03-09T08:00"));
    talk.tap("Een zin van mij");
    assert!(
        talk.last()
            .text
            .starts_with("Terugblik op de week van maandag 2 maart")
    );
    assert!(talk.last().text.contains("Een zin van jou"));
}

#[test]
fn a_sunday_without_words_is_silent() {
    let mut talk = wanting_sundays();
    talk.until(amsterdam("2026-03-09T12:00"));
    let asked = talk.count();
    talk.until(amsterdam("2026-03-15T23:00"));
    let prompts = talk.count() - asked;
    assert_eq!(
        prompts, 3,
        "Monday, Wednesday and Saturday, and nothing on Sunday"
    );
}

#[test]
fn who_no_longer_wants_it_or_leaves_gets_none() {
    let mut talk = wanting_sundays();
    talk.tap("Niet meer op zondag");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.lookback.sundays_off.as_str()
    );
    assert_eq!(talk.parent().journal.due(), None);

    let mut talk = wanting_sundays();
    talk.say("/stop");
    assert_eq!(talk.parent().journal.due(), None);
    let mut talk = wanting_sundays();
    talk.say("/pauze");
    talk.tap("Drie dagen");
    assert_eq!(talk.parent().journal.due(), None);
    let mut talk = wanting_sundays();
    talk.happen(&Event::Left);
    assert_eq!(talk.parent().journal.due(), None);
    talk.happen(&Event::CameBack);
    assert_eq!(
        talk.parent().journal.due(),
        Some(amsterdam("2026-03-08T19:00"))
    );
}

#[test]
fn a_sunday_that_is_late_is_let_go() {
    let mut talk = wanting_sundays();
    let said = talk.count();
    talk.now = amsterdam("2026-03-08T22:01");
    talk.happen(&Event::Due);
    assert_eq!(talk.count(), said);
    assert_eq!(
        talk.parent().journal.due(),
        Some(amsterdam("2026-03-15T19:00"))
    );
}

/// Three days with an answer each, and an hour.
fn an_hour_later() -> Talk {
    let mut talk = three_days();
    talk.minutes(60);
    talk
}

/// Each entry as what it answers and what it says.
fn journal(talk: &Talk) -> Vec<(String, String)> {
    let entries = talk.book.entries.values();
    entries
        .map(|entry| {
            let title = entry.prompt.as_ref().map(|prompt| prompt.title.clone());
            (title.unwrap_or_default(), entry.text().reveal().to_owned())
        })
        .collect()
}

fn said(title: &str, words: &str) -> (String, String) {
    (title.to_owned(), words.to_owned())
}

#[test]
fn what_a_parent_takes_along_is_an_entry_of_its_own() {
    let mut talk = an_hour_later();
    let before = journal(&talk);
    talk.say("/terugblik");
    talk.tap("Deze week");
    talk.say("Dat lachen helpt.");
    talk.tap("Andere zin");
    talk.say("En rust.");
    let mut after = before.clone();
    after.push(said("Terugblik", "Dat lachen helpt.\n\nEn rust."));
    assert_eq!(journal(&talk), after);
    assert_eq!(talk.count(), talk.chat.len(), "a heart, and no more");
    let look_back = talk.last_id();
    // When it is closed, what is typed answers the latest prompt again.
    talk.tap("Sluit");
    talk.say("En gezongen.");
    after[2].1 += "\n\nEn gezongen.";
    assert_eq!(journal(&talk), after);
    // Telegram's own reply says what it is for, for ever.
    talk.until_due();
    talk.reply(Some(look_back), "Nog iets.");
    after[3].1 += "\n\nNog iets.";
    assert_eq!(journal(&talk), after);
}

/// Telegram says when something was sent in whole seconds of its own clock.
#[test]
fn the_clocks_of_telegram_and_of_the_bot_need_not_be_the_same() {
    let mut talk = an_hour_later();
    talk.say("/terugblik");
    talk.tap("Deze week");
    let id = talk.number();
    let message = Message {
        id,
        sent: talk.now - jiff::SignedDuration::from_secs(5),
        reply_to: None,
        content: Content::Text(Words::new("De rust.")),
        caption: Words::default(),
    };
    talk.happen(&Event::Wrote(message));
    assert_eq!(journal(&talk)[3], said("Terugblik", "De rust."));
}

#[test]
fn what_is_typed_after_a_newer_prompt_answers_that() {
    let mut talk = an_hour_later();
    talk.say("/terugblik");
    talk.tap("Deze week");
    talk.until_due();
    let prompt = talk.parent().prompt.clone().unwrap();
    talk.say("Kort.");
    assert_eq!(journal(&talk)[3], said(&prompt.title, "Kort."));
}

#[test]
fn another_look_back_asks_anew_and_one_with_nothing_in_it_asks_nothing() {
    let mut talk = an_hour_later();
    for words in ["Eerst dit.", "Dan dat."] {
        talk.say("/terugblik");
        talk.tap("Deze maand");
        talk.say(words);
    }
    assert_eq!(
        journal(&talk)[3..],
        [
            said("Terugblik", "Eerst dit."),
            said("Terugblik", "Dan dat.")
        ]
    );
    let mut talk = an_hour_later();
    talk.now = amsterdam("2026-05-05T12:00");
    talk.say("/terugblik");
    talk.tap("Deze maand");
    assert!(talk.last().text.contains("staat er niets in je dagboek"));
    talk.say("Het was stil.");
    assert_eq!(journal(&talk)[3], said("", "Het was stil."));
}

#[test]
fn what_was_taken_along_and_erased_is_asked_for_anew() {
    let mut talk = an_hour_later();
    talk.say("/terugblik");
    talk.tap("Deze week");
    talk.say("Weg ermee.");
    let look_back = talk.last_id();
    talk.say("/wis");
    talk.tap("Mijn laatste antwoord");
    talk.tap("Ja, wis het");
    talk.reply(Some(look_back), "Dit wel.");
    assert_eq!(journal(&talk)[3..], [said("Terugblik", "Dit wel.")]);
}

/// Sunday evening, with a look-back that came by itself.
fn sunday() -> Talk {
    let mut talk = an_hour_later();
    talk.say("/terugblik");
    talk.tap("Elke zondag vanzelf");
    talk.tap("Sluit");
    talk.until(amsterdam("2026-03-08T19:00"));
    assert!(talk.last().text.starts_with("Terugblik op deze week"));
    talk
}

#[test]
fn the_look_back_of_sunday_asks_when_it_is_tapped_or_replied_to() {
    // Until then, what is typed answers the latest prompt.
    let mut talk = sunday();
    talk.say("Ze kwam bij me zitten.");
    assert!(journal(&talk)[2].1.ends_with("Ze kwam bij me zitten."));
    let mut talk = sunday();
    let look_back = talk.last_id();
    talk.reply(Some(look_back), "Het lachen.");
    assert_eq!(journal(&talk)[3], said("Terugblik", "Het lachen."));
    let mut talk = sunday();
    talk.tap("Een zin van mij");
    talk.say("De zaterdag.");
    talk.until_due();
    talk.reply(Some(look_back), "Het lachen.");
    assert_eq!(
        journal(&talk)[3],
        said("Terugblik", "De zaterdag.\n\nHet lachen.")
    );
}

#[test]
fn no_look_back_is_made_of_others() {
    let mut talk = wrote(&["Dit is de enige zin van toen.".to_owned()]);
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    talk.say("Dat lachen helpt mij echt elke keer.");
    talk.say("/terugblik");
    talk.tap("Dit jaar");
    assert!(!talk.last().text.contains("Terugblik\n") && !talk.last().text.contains("lachen"));
    assert_eq!(talk.last().labels()[0], ["Sluit"], "there is one sentence");
    // With nothing else to look back on, Sunday is silent.
    let mut talk = sunday();
    talk.reply(Some(talk.last_id()), "Het lachen.");
    let newest = *talk.book.entries.keys().next_back().unwrap();
    talk.book.entries.retain(|id, _| *id == newest);
    talk.parent.as_mut().unwrap().sending = crate::parent::Sending::On;
    let count = talk.count();
    talk.parent.as_mut().unwrap().schedule.days = crate::parent::Days::default();
    talk.parent.as_mut().unwrap().plan(talk.now);
    talk.until(amsterdam("2026-03-15T20:00"));
    assert_eq!(talk.count(), count);
}

#[test]
fn a_look_back_on_nothing_asks_nothing() {
    let mut talk = an_hour_later();
    talk.say("/terugblik");
    talk.tap("Deze week");
    talk.book.entries.clear();
    let (message, data) = talk.button("Andere zin");
    talk.tap_data(message, &data);
    assert!(talk.last().text.contains("staat er niets in je dagboek"));
    talk.minutes(60);
    talk.say("Stil.");
    assert_ne!(journal(&talk)[0].0, "Terugblik");
}
