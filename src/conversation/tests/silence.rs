//! What a long silence leads to, up to the end of everything.

use jiff::civil::Date;

use super::*;
use crate::parent::Days;
use crate::parent::rhythm::Silence;

/// Lets time pass until the bot says something, and returns the local date and time.
fn until_said(talk: &mut Talk) -> String {
    let before = talk.count();
    while talk.count() == before {
        talk.until_due();
    }
    local(talk.now)
}

fn local(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap();
    at.to_zoned(zone).strftime("%a %-d %b %Y %H:%M").to_string()
}

#[test]
fn six_prompts_then_eight_weekly_ones_then_quiet() {
    let mut talk = Talk::begun();
    let chosen = talk.parent().schedule.clone();
    let mut diary = Vec::new();
    loop {
        let at = until_said(&mut talk);
        let text = talk.last().text.lines().next().unwrap().to_owned();
        let prompt = talk.last().labels().concat().contains(&"Sla over");
        diary.push(format!("{at} {}", if prompt { "(prompt)" } else { &text }));
        if talk.parent().rhythm.silence == Silence::Quiet {
            break;
        }
    }
    insta::assert_snapshot!(diary.join("\n"), @"
    Mon 2 Mar 2026 19:30 (prompt)
    Wed 4 Mar 2026 19:30 (prompt)
    Sat 7 Mar 2026 19:30 (prompt)
    Mon 9 Mar 2026 19:30 (prompt)
    Wed 11 Mar 2026 19:30 (prompt)
    Sat 14 Mar 2026 19:30 (prompt)
    Mon 16 Mar 2026 19:30 Je was een tijd stil. Dat mag. Ik schrijf voortaan één keer per week. Liever anders?
    Mon 23 Mar 2026 19:30 (prompt)
    Mon 30 Mar 2026 19:30 (prompt)
    Mon 6 Apr 2026 19:30 (prompt)
    Mon 13 Apr 2026 19:30 (prompt)
    Mon 20 Apr 2026 19:30 (prompt)
    Mon 27 Apr 2026 19:30 (prompt)
    Mon 4 May 2026 19:30 (prompt)
    Mon 11 May 2026 19:30 (prompt)
    Mon 18 May 2026 19:30 Ik ga nu helemaal stil zijn, zodat ik je niet in de weg zit. Met /vandaag begin je weer wanneer je wilt.
    ");
    assert_eq!(talk.parent().planned, None);
    assert_eq!(talk.parent().schedule, chosen);

    // Any sign restores what there was, without a word about it.
    talk.until(amsterdam("2026-08-01T12:00"));
    talk.say("/dagboek");
    assert_eq!(
        talk.parent().planned.unwrap().at,
        amsterdam("2026-08-01T19:30")
    );
    assert_eq!(talk.parent().rhythm.unanswered, 0);
}

/// A parent in Amsterdam who was silent until the bot said that it writes less.
fn with_less() -> Talk {
    let mut talk = Talk::begun();
    while talk.parent().rhythm.silence == Silence::None {
        talk.until_due();
    }
    talk
}

#[test]
fn less_is_said_kindly_with_a_way_back() {
    let mut talk = with_less();
    insta::assert_snapshot!(talk.reads(), @"
    Je was een tijd stil. Dat mag. Ik schrijf voortaan één keer per week. Liever anders?
    [Zoals eerst]
    [Eén keer per week]
    [Pauze]
    ");
    assert_eq!(
        local(talk.parent().planned.unwrap().at),
        "Mon 23 Mar 2026 19:30"
    );

    talk.tap("Zoals eerst");
    assert_eq!(
        talk.last().text,
        "Goed. De volgende vraag komt woensdag om 19:30."
    );

    let mut talk = with_less();
    talk.tap("Eén keer per week");
    assert_eq!(
        talk.last().text,
        "Goed. De volgende vraag komt maandag 23 maart om 19:30."
    );
    assert!(talk.parent().rhythm.weekly);

    let mut talk = with_less();
    talk.tap("Pauze");
    talk.tap("Vier weken");
    assert!(
        talk.last()
            .text
            .starts_with("Ik ben stil tot maandag 13 april.")
    );
}

#[test]
fn any_sign_restores_what_there_was() {
    type Sign = fn(&mut Talk);
    let signs: [Sign; 5] = [
        |talk| {
            talk.say("Hier ben ik weer.");
        },
        |talk| talk.tap("Sla over"),
        |talk| {
            talk.say("/hulp");
        },
        |talk| {
            talk.send(None, Content::Sticker);
        },
        |talk| talk.edit(MessageId(1), "Iets anders."),
    ];
    for (number, sign) in signs.iter().enumerate() {
        let mut talk = with_less();
        talk.until_due();
        assert_eq!(local(talk.now), "Mon 23 Mar 2026 19:30");
        sign(&mut talk);
        assert_eq!(talk.parent().rhythm.silence, Silence::None, "sign {number}");
        let planned = talk.parent().planned.unwrap().at;
        assert_eq!(local(planned), "Wed 25 Mar 2026 19:30", "sign {number}");
    }
}

#[test]
fn a_sign_now_and_then_keeps_everything_as_it_is() {
    let mut talk = Talk::begun();
    for _ in 0..20 {
        for _ in 0..6 {
            talk.until_due();
        }
        assert_eq!(talk.parent().rhythm.silence, Silence::None);
        talk.tap("Sla over");
    }
}

#[test]
fn who_chose_once_a_week_is_told_nothing_and_falls_quiet_as_late() {
    for weekly_by_days in [false, true] {
        let mut talk = Talk::begun();
        if weekly_by_days {
            talk.choose(
                &["19:30"],
                Days::default().with(jiff::civil::Weekday::Monday),
            );
        } else {
            talk.say("/instellingen");
            talk.tap("Dagen");
            talk.tap("Eén keer per week");
        }
        let mut prompts: Vec<Date> = Vec::new();
        while talk.parent().rhythm.silence != Silence::Quiet {
            assert!(!talk.last().text.starts_with("Je was een tijd stil."));
            prompts.push(talk.parent().planned.unwrap().date);
            talk.until_due();
        }
        assert_eq!(prompts.len(), 15, "fourteen, and the one that did not come");
        assert!(
            prompts
                .windows(2)
                .all(|two| (two[1] - two[0]).get_days() == 7)
        );
        assert!(talk.last().text.starts_with("Ik ga nu helemaal stil zijn"));
        talk.say("Toch nog iets.");
        assert!(talk.parent().planned.is_some());
        assert_eq!(
            talk.parent().rhythm.weekly,
            !weekly_by_days,
            "what they chose"
        );
    }
}

#[test]
fn weeks_out_of_reach_or_in_a_pause_do_not_count() {
    let mut talk = Talk::begun();
    for _ in 0..5 {
        talk.until_due();
    }
    talk.happen(&Event::Left);
    talk.until(amsterdam("2026-06-01T12:00"));
    assert_eq!(talk.parent().rhythm.unanswered, 5);
    talk.happen(&Event::CameBack);
    assert_eq!(talk.parent().rhythm.unanswered, 0);

    talk.say("/pauze");
    talk.tap("Vier weken");
    talk.until(amsterdam("2026-06-29T12:00"));
    assert_eq!(talk.parent().rhythm.unanswered, 0);
    for _ in 0..6 {
        talk.until_due();
        assert!(talk.last().labels().concat().contains(&"Sla over"));
    }
}

/// A prompt that did not go out was not left unanswered.
#[test]
fn only_what_went_out_counts() {
    for (outcome, counted) in [
        (Outcome::Sent(Some(MessageId(900))), 1),
        (Outcome::InDoubt, 1),
        (Outcome::Expired, 0),
        (Outcome::Failed, 0),
    ] {
        let mut talk = Talk::begun();
        let prompt = PromptRef {
            id: LIBRARY.prompts[0].id.clone(),
            title: LIBRARY.prompts[0].title.clone(),
        };
        for planned in [talk.parent().planned, None] {
            let prompt = prompt.clone();
            let purpose = Purpose::Prompt {
                number: 1_000,
                prompt,
                planned,
            };
            talk.happen(&Event::Outcome(purpose, outcome));
        }
        assert_eq!(talk.parent().rhythm.unanswered, counted, "{outcome:?}");
    }
}

/// Two years less thirty days after 2 March 2026.
const NOTICE: &str = "2028-02-01T10:00";

#[test]
fn the_notice_comes_thirty_days_before_the_end_whatever_was_chosen() {
    type State = fn(&mut Talk);
    let states: [(&str, State); 4] = [
        ("silent", |_| {}),
        ("stopped", |talk| {
            talk.say("/stop");
        }),
        ("paused", |talk| {
            talk.say("/pauze");
            talk.tap("Tot ik terugkom");
        }),
        ("nothing kept", |talk| {
            talk.say("/instellingen");
            talk.tap("Bewaren");
            talk.tap("Stop met bewaren");
        }),
    ];
    for (name, state) in states {
        let mut talk = Talk::begun();
        state(&mut talk);
        talk.until(amsterdam(NOTICE) - SignedDuration::from_secs(1));
        let before = talk.count();
        talk.until(amsterdam(NOTICE));
        assert_eq!(talk.count(), before + 1, "{name}");
        assert!(
            talk.last().text.starts_with("Je was 23 maanden stil."),
            "{name}"
        );
        talk.until(amsterdam("2028-03-02T09:59"));
        assert!(talk.parent.is_some(), "{name}: thirty days");
        assert_eq!(talk.count(), before + 1, "{name}: said once");
        talk.until(amsterdam("2028-03-02T10:00"));
        assert!(
            talk.parent.is_none() && talk.book == Book::default(),
            "{name}"
        );
    }
}

#[test]
fn the_notice_can_be_answered() {
    let mut talk = Talk::begun();
    talk.say("Iets om te bewaren.");
    talk.until(amsterdam("2028-02-01T10:00"));
    insta::assert_snapshot!(talk.reads(), @"
    Je was 23 maanden stil. Over 30 dagen wis ik alles, tenzij je op een knop tikt of iets typt.
    [Bewaar nog][Wis nu]
    ");
    talk.tap("Bewaar nog");
    insta::assert_snapshot!(talk.reads(), @"
    Alles blijft staan.

    Goed. De volgende vraag komt morgen om 19:30.
    ");
    talk.until(amsterdam("2029-12-01T12:00"));
    assert_eq!(talk.book.entries.len(), 1);

    let mut talk = Talk::begun();
    talk.until(amsterdam(NOTICE));
    talk.tap("Wis nu");
    assert!(
        talk.last()
            .text
            .starts_with("Alles wissen, ook je instellingen?")
    );
    talk.tap("Ja, wis het");
    assert!(talk.parent.is_none());
}

#[test]
fn a_word_in_the_thirty_days_keeps_everything() {
    let mut talk = Talk::begun();
    talk.until(amsterdam(NOTICE));
    talk.until(amsterdam("2028-03-01T12:00"));
    talk.say("Ik lees nog steeds.");
    talk.until(amsterdam("2030-01-01T12:00"));
    assert_eq!(talk.book.entries.len(), 1);
}

#[test]
fn who_cannot_be_reached_or_never_began_is_erased_without_a_notice() {
    let mut talk = Talk::begun();
    talk.happen(&Event::Left);
    let before = talk.count();
    talk.until(amsterdam("2028-03-02T09:59"));
    assert!(talk.parent.is_some());
    talk.until(amsterdam("2028-03-02T10:00"));
    assert!(talk.parent.is_none());
    assert_eq!(talk.count(), before);

    for begins in ["hoi", "/start"] {
        let mut talk = Talk::new();
        talk.say(begins);
        let before = talk.count();
        talk.until(amsterdam("2028-03-03T12:00"));
        assert!(talk.parent.is_none(), "{begins}");
        assert_eq!(talk.count(), before, "{begins}");
    }
}

#[test]
fn other_months_and_other_clocks_count_when_the_moment_comes() {
    // The installation keeps longer than it did.
    let mut talk = Talk::begun();
    talk.say("/stop");
    talk.house.retention_months = 36;
    let before = talk.count();
    talk.until(amsterdam("2029-01-30T09:59"));
    assert_eq!(talk.count(), before);
    talk.until(amsterdam("2029-01-31T10:00"));
    assert!(talk.last().text.starts_with("Je was 35 maanden stil."));

    // A clock that is ten years ahead gives notice; put right, it erases nobody, and the notice comes at its time.
    let mut talk = Talk::begun();
    talk.say("/stop");
    talk.now = amsterdam("2036-01-01T12:00");
    talk.happen(&Event::Due);
    assert!(talk.last().text.starts_with("Je was 23 maanden stil."));
    talk.now = amsterdam("2026-03-05T12:00");
    talk.happen(&Event::Due);
    assert_eq!(talk.parent().due(), Some(amsterdam(NOTICE)));
}

#[test]
fn an_apology_leaves_nothing_due() {
    let mut talk = Talk::begun();
    talk.until_due();
    talk.tap("Straks");
    talk.tap("Over een uur");
    talk.say("/pauze");
    talk.tap("Drie dagen");
    talk.now = amsterdam("2030-01-01T12:00");
    let mut parent = talk.parent().clone();
    parent.let_go(talk.now);
    assert_eq!(
        parent.due(),
        Some(amsterdam("2030-01-02T12:00")),
        "the notice, a day later"
    );
    assert!(parent.planned.unwrap().at > talk.now);
}
