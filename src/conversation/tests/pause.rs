//! `/pauze`: without guilt, and without anything waiting.

use super::*;
use crate::parent::{Days, Pause, Sending};

#[test]
fn a_pause_by_table() {
    for (label, said, ends) in [
        (
            "Drie dagen",
            "Ik ben stil tot donderdag 5 maart. Je hoeft niets uit te leggen. /nu en /hulp blijven werken.",
            "2026-03-05T09:00",
        ),
        (
            "Een week",
            "Ik ben stil tot maandag 9 maart. Je hoeft niets uit te leggen. /nu en /hulp blijven werken.",
            "2026-03-09T09:00",
        ),
        (
            "Vier weken",
            "Ik ben stil tot maandag 30 maart. Je hoeft niets uit te leggen. /nu en /hulp blijven werken.",
            "2026-03-30T09:00",
        ),
    ] {
        let mut talk = Talk::begun();
        let chosen = talk.parent().schedule.clone();
        talk.say("/pauze");
        talk.tap(label);
        assert_eq!(talk.last().text, said);
        assert!(talk.last().labels().is_empty());
        let before = talk.count();
        talk.until(amsterdam(ends) - SignedDuration::from_secs(1));
        assert_eq!(talk.count(), before, "{label}: nothing comes");
        talk.until(amsterdam(ends));
        assert_eq!(talk.count(), before + 1);
        assert_eq!(
            talk.last().text,
            "De pauze is voorbij. Er ligt niets te wachten: je begint gewoon bij vandaag."
        );
        assert!(talk.last().silent);
        assert_eq!(talk.parent().schedule, chosen);
        assert!(talk.parent().planned.unwrap().at > talk.now);
    }
}

#[test]
fn how_long_is_asked_in_one_message() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    insta::assert_snapshot!(talk.reads(), @"
    Hoelang zal ik stil zijn?
    [Drie dagen][Een week]
    [Vier weken][Tot ik terugkom]
    [Toch niet]
    ");
    talk.tap("Toch niet");
    assert!(talk.last().labels().is_empty());
    assert!(talk.parent().planned.is_some());
}

#[test]
fn the_prompts_of_the_last_date_come_as_ever() {
    for (slot, ends, first) in [
        ("19:30", "2026-03-05T09:00", "2026-03-05T19:30"),
        ("07:30", "2026-03-05T07:15", "2026-03-05T07:30"),
        ("09:00", "2026-03-05T08:45", "2026-03-05T09:00"),
        ("00:05", "2026-03-05T09:00", "2026-03-06T00:05"),
    ] {
        let mut talk = Talk::begun();
        talk.choose(&[slot], Days::all());
        talk.say("/pauze");
        talk.tap("Drie dagen");
        assert_eq!(talk.parent().pause_ends(), Some(amsterdam(ends)), "{slot}");
        talk.until(amsterdam(ends));
        assert_eq!(
            talk.parent().planned.unwrap().at,
            amsterdam(first),
            "{slot}"
        );
    }
}

#[test]
fn an_open_pause_asks_once_whether_to_begin_again() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Tot ik terugkom");
    assert_eq!(
        talk.last().text,
        "Ik ben stil tot je weer iets laat horen. /nu en /hulp blijven werken."
    );
    assert!(talk.parent().planned.is_none());
    talk.until(amsterdam("2026-09-01T12:00"));

    // What is no word to the bot does not end it.
    talk.say("/hulp");
    talk.say("/dagboek");
    assert!(talk.parent().planned.is_none());
    // The first loose note explains what it is, and that is enough for one message.
    talk.say("Het gaat wel weer.");
    talk.until(amsterdam("2026-09-03T12:00"));
    talk.say("Vandaag samen gelachen.");
    insta::assert_snapshot!(talk.reads(), @"
    Fijn dat je er weer bent. Ik was stil. Zal ik weer beginnen?
    [Ja, begin weer]
    [Nog niet]
    ");
    talk.tap("Nog niet");
    talk.minutes(600);
    let before = talk.count();
    talk.say("En gisteren ook.");
    assert_eq!(talk.count(), before, "asked once");
    assert!(talk.parent().planned.is_none());

    talk.say("/start");
    talk.tap("Ja, begin weer");
    assert_eq!(
        talk.last().text,
        "Ik begin weer. De volgende vraag komt zaterdag om 19:30."
    );
}

#[test]
fn who_is_paused_hears_until_when_and_may_begin_again() {
    for command in ["/pauze", "/start"] {
        let mut talk = Talk::begun();
        talk.say("/pauze");
        talk.tap("Een week");
        talk.say(command);
        assert_eq!(talk.last().text, "Ik ben al stil, tot maandag 9 maart.");
        let begin = talk.last().labels()[0][0].to_owned();
        talk.tap(&begin);
        assert_eq!(
            talk.last().text,
            "Ik begin weer. De volgende vraag komt vandaag om 19:30."
        );
        assert_eq!(talk.parent().rhythm.pause, None);
    }
}

#[test]
fn a_prompt_can_be_asked_for_in_a_pause() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Een week");
    talk.say("/vandaag");
    insta::assert_snapshot!(talk.reads(), @"
    Vandaag stond er geen vraag klaar. Zal ik er één sturen?
    [Ja, stuur er één][Nee, dank je]
    [Begin weer]
    ");
    talk.tap("Ja, stuur er één");
    assert_eq!(
        talk.last().labels(),
        [["Straks", "Andere vraag", "Sla over"]]
    );
    assert!(talk.parent().rhythm.pause.is_some(), "it is still a pause");
    talk.tap("Straks");
    talk.tap("Over een uur");
    talk.until_due();
    assert_eq!(talk.last().labels(), [["Andere vraag", "Sla over"]]);
    talk.say("/vandaag");
    talk.say("Ik was er even bij.");
    talk.say("/vandaag");
    assert!(talk.last().text.starts_with("Je schreef vandaag al."));
}

#[test]
fn nothing_that_was_put_off_waits_for_the_end() {
    let mut talk = Talk::begun();
    talk.until_due();
    talk.tap("Straks");
    talk.tap("Morgen");
    talk.say("/pauze");
    talk.tap("Drie dagen");
    assert_eq!(talk.parent().snoozed, None);
    let before = talk.count();
    talk.until(amsterdam("2026-03-05T20:00"));
    assert_eq!(talk.count(), before + 1, "one line");
}

#[test]
fn a_pause_of_who_stopped_or_left_ends_without_a_word() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Een week");
    talk.say("/stop");
    let before = talk.count();
    talk.until(amsterdam("2026-04-01T12:00"));
    assert_eq!(talk.count(), before);
    assert_eq!(talk.parent().rhythm.pause, None);
    talk.say("/pauze");
    assert!(
        talk.last().text.starts_with("Fijn dat je er weer bent."),
        "nothing to pause"
    );

    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Een week");
    talk.happen(&Event::Left);
    let before = talk.count();
    talk.until(amsterdam("2026-04-01T12:00"));
    assert_eq!(talk.count(), before);
    talk.happen(&Event::CameBack);
    assert!(talk.parent().planned.is_some());
    assert_eq!(talk.parent().sending, Sending::On);
}

#[test]
fn a_pause_from_a_clock_that_was_years_ahead_ends_in_time() {
    let mut talk = Talk::begun();
    talk.now = amsterdam("2036-01-01T12:00");
    talk.say("/pauze");
    talk.tap("Een week");
    talk.now = amsterdam("2026-03-02T13:00");
    talk.happen(&Event::Due);
    let until = "2026-03-30".parse().unwrap();
    assert_eq!(talk.parent().rhythm.pause, Some(Pause::Until(until)));
}

#[test]
fn who_stopped_sees_that_nothing_comes() {
    let mut talk = Talk::begun();
    talk.say("/stop");
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

    Ik stuur nu geen vragen. Met 'Begin weer' komen ze terug.
    [Tijd][Dagen]
    [Tijdzone][Wat ik herken]
    [Bewaren][Op deze dag]
    [Land][Eigen vragen]
    [English]
    [Begin weer]
    [Klaar]
    ");
    talk.tap("Tijd");
    talk.tap("12:30");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast.

    Ik stuur nu geen vragen. Met 'Begin weer' komen ze terug.

    Wil je er nog een tijd bij?
    [Nog een tijd][Klaar]
    [Begin weer]
    ");
    talk.tap("Klaar");
    talk.tap("Begin weer");
    assert_eq!(
        talk.last().text,
        "Ik begin weer. De volgende vraag komt vandaag om 12:30."
    );

    let mut talk = Talk::begun();
    talk.say("/stop");
    talk.say("/tijd");
    talk.tap("12:30");
    talk.tap("Elke dag");
    insta::assert_snapshot!(talk.reads(), @"
    Aangepast.

    Ik stuur nu geen vragen. Met 'Begin weer' komen ze terug.

    Wil je er nog een tijd bij?
    [Nog een tijd][Klaar]
    [Begin weer]
    ");
    talk.tap("Begin weer");
    assert_eq!(talk.parent().sending, Sending::On);

    // Stopped in a pause: no date is promised.
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Een week");
    talk.say("/stop");
    talk.say("/instellingen");
    assert!(!talk.last().text.contains("maart"), "{}", talk.last().text);
}
