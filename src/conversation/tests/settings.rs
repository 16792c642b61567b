//! `/instellingen`: everything on one message.

use super::*;
use crate::library::Side;
use crate::parent::Days;

#[test]
fn everything_as_it_is_on_one_message() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    insta::assert_snapshot!(talk.reads(), @"
    Zo staat het nu

    Tijd: 19:30
    Dagen: ma, wo en za
    Tijdzone: Amsterdam
    Wat ik herken: geen keuze
    Antwoorden bewaren: aan
    Op deze dag: uit
    Hulplijnen eerst voor: Nederland
    Taal: Nederlands
    [Tijd][Dagen]
    [Tijdzone][Wat ik herken]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Klaar]
    ");
    let message = talk.last_id();
    let before = talk.count();

    // Each page comes back to it.
    for (page, back) in [
        ("Tijd", "Terug"),
        ("Dagen", "Terug"),
        ("Tijdzone", "Terug"),
        ("Wat ik herken", "Terug"),
        ("Bewaren", "Laat het zo"),
        ("Op deze dag", "Nee, liever niet"),
        ("Eigen vragen", "Terug"),
    ] {
        talk.tap(page);
        assert!(!talk.last().text.contains("Zo staat het nu"), "{page}");
        talk.tap(back);
        assert!(talk.last().text.contains("Zo staat het nu"), "{page}");
    }
    assert_eq!((talk.last_id(), talk.count()), (message, before));
    talk.tap("Klaar");
    assert!(talk.last().labels().is_empty());
    assert_eq!(talk.toasts.pop().unwrap(), "Klaar.");
}

#[test]
fn the_side_is_told_in_the_parents_words_only() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    for (label, line, side) in [
        (
            "Ik zoek vaak nabijheid",
            "Wat ik herken: ik zoek vaak nabijheid",
            Some(Side::Verlating),
        ),
        (
            "Ik zoek vaak ruimte",
            "Wat ik herken: ik zoek vaak ruimte",
            Some(Side::Binding),
        ),
        (
            "Allebei wel",
            "Wat ik herken: allebei wel",
            Some(Side::Beide),
        ),
        ("Zeg ik liever niet", "Wat ik herken: geen keuze", None),
    ] {
        talk.tap("Wat ik herken");
        talk.tap(label);
        assert!(
            talk.last()
                .text
                .starts_with("Aangepast.\n\nZo staat het nu")
        );
        assert!(talk.last().text.contains(line), "{}", talk.last().text);
        assert_eq!(talk.parent().side, side);
        let said = talk.last().text.to_lowercase();
        assert!(!said.contains("verlating") && !said.contains("binding"));
    }
}

#[test]
fn the_country_decides_whose_help_lines_come_first() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Land");
    assert!(
        talk.last()
            .text
            .contains("Hulplijnen eerst voor: Vlaanderen")
    );
    talk.say("/hulp");
    let help = &talk.last().text;
    assert!(help.find("1813") < help.find("In Nederland:"), "{help}");
    talk.say("/instellingen");
    talk.tap("Land");
    assert!(
        talk.last()
            .text
            .contains("Hulplijnen eerst voor: Nederland")
    );
}

#[test]
fn times_one_by_one_up_to_four() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Tijd");
    talk.tap("12:30");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast. De volgende vraag komt vandaag om 12:30.

    Wil je er nog een tijd bij?
    [Nog een tijd][Klaar]
    ");
    talk.tap("Nog een tijd");
    talk.tap("07:30");
    talk.tap("Nog een tijd");
    talk.tap("Andere tijd");
    insta::assert_snapshot!(talk.reads(), @"
    Typ een tijd, zoals 20:15. Of typ: tussen 19 en 21 uur. Dan kies ik zelf een moment.
    [Terug]
    ");
    talk.say("tussen 19 en 21 uur");
    assert_eq!(talk.last().labels(), [["Nog een tijd", "Klaar"]]);
    talk.tap("Nog een tijd");
    talk.say("16 uur");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast. De volgende vraag komt vandaag om 12:30.

    Zo staat het nu

    Tijd: 07:30, 12:30, 16:00 en tussen 19:00 en 21:00
    Dagen: ma, wo en za
    Tijdzone: Amsterdam
    Wat ik herken: geen keuze
    Antwoorden bewaren: aan
    Op deze dag: uit
    Hulplijnen eerst voor: Nederland
    Taal: Nederlands
    [Tijd][Dagen]
    [Tijdzone][Wat ik herken]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Klaar]
    ");
    assert_eq!(talk.parent().schedule.times.len(), 4);

    // The same one again is not another.
    talk.tap("Tijd");
    talk.tap("12:30");
    talk.tap("Nog een tijd");
    talk.tap("12:30");
    assert_eq!(talk.parent().schedule.times.len(), 1);
    talk.tap("Klaar");
    assert!(talk.last().text.contains("Tijd: 12:30\n"));
}

#[test]
fn several_prompts_come_on_a_day_each_at_its_time() {
    let mut talk = Talk::begun();
    talk.choose(&["07:30", "12:45", "19:00-21:00"], Days::all());
    let mut came = Vec::new();
    talk.until(amsterdam("2026-03-03T00:00"));
    for _ in 0..6 {
        talk.until_due();
        talk.tap("Sla over");
        came.push(talk.parent().schedule.local(talk.now));
    }
    let window = came
        .iter()
        .filter(|(_, time)| (19..=21).contains(&time.hour()));
    let window: Vec<String> = window.map(|(_, time)| time.to_string()).collect();
    assert_eq!(window.len(), 2);
    assert_ne!(window[0], window[1], "another moment every day");
    let others: Vec<String> = came
        .iter()
        .filter(|(_, time)| time.hour() < 19)
        .map(|(date, time)| format!("{date} {time}"))
        .collect();
    assert_eq!(
        others,
        [
            "2026-03-03 07:30",
            "2026-03-03 12:45",
            "2026-03-04 07:30",
            "2026-03-04 12:45"
        ]
    );
}

#[test]
fn a_typed_window_may_be_either_of_two() {
    let mut talk = Talk::begun();
    talk.say("/tijd");
    talk.tap("Andere tijd");
    talk.say("tussen 7 en 9");
    insta::assert_snapshot!(talk.reads(), @"
    Welke tijd bedoel je?
    [tussen 07:00 en 09:00]
    [tussen 19:00 en 21:00]
    ");
    talk.tap("tussen 19:00 en 21:00");
    talk.tap("Elke dag");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast. De volgende vraag komt vandaag om 19:03.

    Wil je er nog een tijd bij?
    [Nog een tijd][Klaar]
    ");
    let planned = talk.parent().planned.unwrap();
    let (_, time) = talk.parent().schedule.local(planned.at);
    assert!((19..=21).contains(&time.hour()));
    // The moment of a date stays, however often it is planned anew.
    for _ in 0..3 {
        talk.happen(&Event::Due);
        assert_eq!(talk.parent().planned, Some(planned));
    }
    assert_ne!(talk.parent().schedule.seed, 0);
}

#[test]
fn the_start_takes_a_window_too() {
    let mut talk = Talk::new();
    talk.say("/start");
    talk.tap("Ja, bewaar. Ik ben 18+");
    talk.say("tussen 19 en 21 uur");
    assert_eq!(talk.last().text, "Op welke dagen?");
    talk.tap("Elke dag");
    talk.tap("Allebei wel");
    talk.say("/instellingen");
    assert!(
        talk.last()
            .text
            .contains("Tijd: tussen 19:00 en 21:00\nDagen: elke dag\n")
    );
}

#[test]
fn days_and_once_a_week() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Dagen");
    talk.tap("Eén keer per week");
    assert!(
        talk.last()
            .text
            .contains("Dagen: ma, wo en za, één keer per week\n")
    );
    let mut dates = Vec::new();
    for _ in 0..4 {
        dates.push(talk.parent().planned.unwrap().date.to_string());
        talk.until_due();
        talk.tap("Sla over");
    }
    assert_eq!(
        dates,
        ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"]
    );
    talk.say("/instellingen");
    talk.tap("Dagen");
    talk.tap("Zelf kiezen");
    talk.tap("✓ za");
    talk.tap("Klaar");
    assert!(
        talk.last().text.contains("Dagen: ma en wo\n"),
        "every time on each of these days again"
    );
    assert_eq!(
        talk.parent().planned.unwrap().at,
        amsterdam("2026-03-25T19:30")
    );
}

#[test]
fn a_place_is_typed_and_the_clock_there_counts() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Tijdzone");
    insta::assert_snapshot!(talk.reads(), @"
    Typ een stad, zoals Amsterdam, Brussel of Lissabon.
    [Terug]
    ");
    talk.say("Atlantis");
    assert_eq!(
        talk.last().text,
        "Die plaats herken ik niet. Probeer een grote stad in de buurt."
    );
    talk.say("Paramaribo");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast. De volgende vraag komt vandaag om 19:30.

    Zo staat het nu

    Tijd: 19:30
    Dagen: ma, wo en za
    Tijdzone: Paramaribo
    Wat ik herken: geen keuze
    Antwoorden bewaren: aan
    Op deze dag: uit
    Hulplijnen eerst voor: Nederland
    Taal: Nederlands
    [Tijd][Dagen]
    [Tijdzone][Wat ik herken]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Klaar]
    ");
    // 19:30 in Suriname is half past eleven at night in Amsterdam.
    assert_eq!(
        talk.parent().planned.unwrap().at,
        amsterdam("2026-03-02T23:30")
    );
    for (typed, shown) in [
        ("curacao", "Curaçao"),
        ("new york", "New York"),
        ("Lisbon", "Lissabon"),
        ("Utrecht", "Amsterdam"),
    ] {
        talk.tap("Tijdzone");
        talk.say(typed);
        assert!(
            talk.last().text.contains(&format!("Tijdzone: {shown}\n")),
            "{typed}"
        );
    }
}

#[test]
fn what_is_long_is_a_reply_and_closes_the_question() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Tijdzone");
    talk.say("Ik wilde eigenlijk vooral zeggen dat het een zware week was.");
    talk.say("Londen");
    assert_eq!(talk.parent().schedule.zone.as_str(), "Europe/Amsterdam");
    assert_eq!(talk.book.entries.len(), 1, "both belong to the note");
}

#[test]
fn keeping_is_stopped_and_begun_again() {
    let mut talk = Talk::begun();
    talk.say("Iets om te bewaren.");
    talk.say("/instellingen");
    talk.tap("Op deze dag");
    insta::assert_snapshot!(talk.reads(), @"
    Ik kan je af en toe iets laten zien dat je in een eerder jaar op deze dag schreef. Zware dagen sla ik over. Zal ik dat doen?
    [Ja, graag]
    [Nee, liever niet]
    ");
    talk.tap("Ja, graag");
    assert!(talk.last().text.contains("Op deze dag: aan"));
    assert!(talk.parent().settings.on_this_day);
    talk.tap("Bewaren");
    insta::assert_snapshot!(talk.reads(), @"
    Nu bewaar ik je antwoorden. Wil je dat ik daarmee stop?
    [Stop met bewaren]
    [Stop en wis alles]
    [Laat het zo]
    ");
    talk.tap("Stop met bewaren");
    insta::assert_snapshot!(talk.reads(), @"
    Gestopt. Wat er al was, staat er nog. Wissen kan met /wis.

    Zo staat het nu

    Tijd: 19:30
    Dagen: ma, wo en za
    Tijdzone: Amsterdam
    Wat ik herken: geen keuze
    Antwoorden bewaren: uit
    Op deze dag: uit
    Hulplijnen eerst voor: Nederland
    Taal: Nederlands
    [Tijd][Dagen]
    [Tijdzone]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Klaar]
    ");
    assert_eq!(talk.book.entries.len(), 1, "what there was stays");
    talk.say("We wandelden in het bos.");
    assert_eq!(
        talk.last().text,
        "Dit bewaar ik niet, zoals je koos. Opschrijven mag altijd. Bewaren aanzetten kan bij /instellingen."
    );
    assert_eq!(talk.book.entries.len(), 1);

    talk.say("/instellingen");
    talk.tap("Op deze dag");
    assert!(talk.toasts.pop().unwrap().contains("dat staat nu uit"));
    talk.tap("Bewaren");
    assert!(
        talk.last()
            .text
            .starts_with("Mag ik je antwoorden bewaren?")
    );
    talk.tap("Lees eerst alles");
    talk.tap("Terug");
    talk.tap("Ja, bewaar. Ik ben 18+");
    assert!(
        talk.last()
            .text
            .starts_with("Goed. Je antwoorden worden bewaard, alleen voor jou.")
    );
    assert!(talk.parent().keeps(&LIBRARY.consent_version));
    talk.say("Dit blijft.");
    assert!(talk.book.entries.values().any(|entry| {
        entry
            .parts
            .iter()
            .any(|part| part.words.reveal() == "Dit blijft.")
    }));
}

#[test]
fn stopping_and_erasing_takes_two_taps_and_leaves_the_schedule() {
    let mut talk = Talk::begun();
    talk.choose(&["07:45"], Days::all());
    talk.until_due();
    let prompt = talk.last_id();
    talk.say("Een antwoord.");
    talk.say("/instellingen");
    talk.tap("Wat ik herken");
    talk.tap("Ik zoek vaak ruimte");
    talk.tap("Bewaren");
    talk.tap("Stop en wis alles");
    assert_eq!(talk.book.entries.len(), 1, "not before the second tap");
    insta::assert_snapshot!(talk.reads(), @"
    Al je antwoorden wissen? Ze komen niet terug. Wil je ze eerst meenemen? Dat kan met /export.
    [Ja, wis het]
    [Nee, laat staan]
    ");
    talk.tap("Ja, wis het");
    assert!(
        talk.last()
            .text
            .starts_with("Gestopt en gewist.\n\nZo staat het nu\n\nTijd: 07:45")
    );
    assert!(talk.book.entries.is_empty() && talk.book.sounds.is_empty());
    let is_a_prompt = |it: &MessageRef| matches!(it, MessageRef::Prompt { entry: None, .. });
    assert!(talk.book.messages.values().all(is_a_prompt));
    assert_eq!(talk.parent().side, None);
    assert!(talk.chat[&prompt].labels().is_empty());
    assert!(talk.parent().planned.is_some(), "prompts still come");
    assert!(
        !talk.last().labels().concat().contains(&"Wat ik herken"),
        "whoever wants nothing kept is not asked"
    );
}

#[test]
fn an_explanation_that_changed_meanwhile_is_asked_anew() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    talk.tap("Bewaren");
    let (message, data) = talk.button("Ja, bewaar. Ik ben 18+");
    talk.parent.as_mut().unwrap().consent_shown = Some("0".to_owned());
    talk.tap_data(message, &data);
    assert!(!talk.parent().keeps(&LIBRARY.consent_version));
    assert!(
        talk.last()
            .text
            .starts_with("Mag ik je antwoorden bewaren?")
    );
    talk.tap("Ja, bewaar. Ik ben 18+");
    assert!(talk.parent().keeps(&LIBRARY.consent_version));
}

#[test]
fn a_pause_is_told_and_can_be_ended() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Een week");
    talk.say("/instellingen");
    insta::assert_snapshot!(talk.reads(), @"
    Zo staat het nu

    Tijd: 19:30
    Dagen: ma, wo en za
    Tijdzone: Amsterdam
    Wat ik herken: geen keuze
    Antwoorden bewaren: aan
    Op deze dag: uit
    Hulplijnen eerst voor: Nederland
    Taal: Nederlands

    Ik ben al stil, tot maandag 9 maart.
    [Tijd][Dagen]
    [Tijdzone][Wat ik herken]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Begin weer]
    [Klaar]
    ");
    talk.tap("Begin weer");
    assert_eq!(
        talk.last().text,
        "Ik begin weer. De volgende vraag komt vandaag om 19:30."
    );
}

#[test]
fn an_old_page_of_the_settings_does_nothing() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    let (message, data) = talk.button("Land");
    talk.say("/instellingen");
    talk.tap_data(message, &data);
    assert_eq!(talk.parent().country, crate::library::Country::Nl);
    assert_eq!(
        talk.toasts.pop().unwrap(),
        "Deze knop is oud. Ik laat je zien wat er nu is."
    );
}

/// A step of /herstel takes typed text too: whatever was asked last gets it.
#[test]
fn typed_text_goes_to_the_question_that_was_asked_last() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    talk.tap("Begin");
    let flow = talk.last_id();
    talk.say("/instellingen");
    talk.tap("Tijdzone");
    talk.say("Londen");
    assert_eq!(talk.parent().schedule.zone.as_str(), "Europe/London");

    talk.tap("Tijdzone");
    let (_, data) = {
        let button = talk.chat[&flow].keyboard.0[0][0].clone();
        match button.action {
            Action::Data(data) => (button.label, data),
            Action::Url(_) => unreachable!("a flow's first step has no link"),
        }
    };
    talk.tap_data(flow, &data);
    talk.say("Brussel");
    assert_eq!(
        talk.parent().schedule.zone.as_str(),
        "Europe/London",
        "the flow was tapped since"
    );
}
