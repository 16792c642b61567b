//! A pause that the parent asks for, and a silence that nobody asked for.

use jiff::Timestamp;
use voel_eerst::demo::Content;

use crate::world::{Person, World, amsterdam};

/// Asks for a pause of this length; what it says.
async fn pauses(person: &Person, label: &str) -> String {
    person.says("/pauze");
    let ask = person.expects("Hoelang zal ik stil zijn?").await;
    assert_eq!(
        ask.buttons.concat(),
        [
            "Drie dagen",
            "Een week",
            "Vier weken",
            "Tot ik terugkom",
            "Toch niet"
        ]
    );
    person.taps(label).await;
    let done = person.sees_edit().await;
    assert_eq!(done.id, ask.id);
    done.text
}

#[tokio::test]
async fn each_pause_is_silent_until_one_line_says_that_it_is_over() {
    for (label, until, ends, next) in [
        (
            "Drie dagen",
            "donderdag 5 maart",
            "2026-03-05T09:00",
            "2026-03-05T19:30",
        ),
        (
            "Een week",
            "maandag 9 maart",
            "2026-03-09T09:00",
            "2026-03-09T19:30",
        ),
        (
            "Vier weken",
            "maandag 30 maart",
            "2026-03-30T09:00",
            "2026-03-30T19:30",
        ),
    ] {
        let mut world = World::new().await;
        let anna = world.parent("Anna");
        anna.begins_with("19:30", "Elke dag").await;
        let said = pauses(&anna, label).await;
        assert_eq!(
            said,
            format!(
                "Ik ben stil tot {until}. Je hoeft niets uit te leggen. /nu en /hulp blijven werken."
            )
        );
        assert_eq!(world.next_due().await, Some(amsterdam(ends)), "{label}");
        world.until(ends);
        let over = anna.hears().await;
        assert_eq!(
            over.text,
            "De pauze is voorbij. Er ligt niets te wachten: je begint gewoon bij vandaag."
        );
        assert!(over.silent);
        assert_eq!(world.next_due().await, Some(amsterdam(next)), "{label}");
        world.until(next);
        let prompt = anna.hears().await;
        assert_eq!(prompt.buttons.concat()[0], "Straks", "one, and no pile");
        world.finish().await;
    }
}

#[tokio::test]
async fn in_a_pause_everything_else_works() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Van voor de pauze.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    pauses(&anna, "Een week").await;
    for (command, says) in [
        ("/nu", "Goed dat je even stopt."),
        ("/hulp", "In nood: bel 112."),
        ("/zinnen", "Zinnen om uit te proberen."),
        ("/dagboek", "Van voor de pauze."),
        ("/instellingen", "Ik ben al stil, tot maandag 9 maart."),
        ("/pauze", "Ik ben al stil, tot maandag 9 maart."),
    ] {
        anna.says(command);
        anna.expects(says).await;
        if command == "/nu" {
            anna.taps("Stop").await;
            anna.expects_edit("Gestopt.").await;
        }
    }
    anna.says("Nog een gedachte.");
    anna.gets_heart().await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-09T09:00")));
    anna.taps("Begin weer").await;
    anna.expects("Ik begin weer. De volgende vraag komt").await;
    world.finish().await;
}

#[tokio::test]
async fn a_pause_without_end_asks_once_whether_to_begin_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let said = pauses(&anna, "Tot ik terugkom").await;
    assert_eq!(
        said,
        "Ik ben stil tot je weer iets laat horen. /nu en /hulp blijven werken."
    );
    assert_eq!(world.next_due().await, None);
    world.until("2026-05-01T12:00");
    let note = anna.says("Het gaat beter.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    let more = anna.says("Veel beter.");
    anna.expects_heart(more).await;
    let again = anna.expects("Zal ik weer beginnen?").await;
    anna.taps("Nog niet").await;
    anna.expects_buttons(again.id, &[]).await;
    let more = anna.says("Al een week.");
    anna.expects_heart(more).await;
    assert_eq!(world.next_due().await, None);
    anna.says("/vandaag");
    anna.expects("Je schreef vandaag al.").await;
    anna.says("/pauze");
    anna.expects("Ik ben stil tot je weer iets laat horen.")
        .await;
    anna.taps("Begin weer").await;
    anna.expects("Ik begin weer. De volgende vraag komt").await;
    assert!(world.next_due().await.is_some());
    world.finish().await;
}

#[tokio::test]
async fn no_pause_after_all() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/pauze");
    let ask = anna.expects("Hoelang zal ik stil zijn?").await;
    anna.taps("Toch niet").await;
    anna.expects_buttons(ask.id, &[]).await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-02T19:30")));
    world.finish().await;
}

const LESS: &str =
    "Je was een tijd stil. Dat mag. Ik schrijf voortaan één keer per week. Liever anders?";
const QUIET: &str = "Ik ga nu helemaal stil zijn, zodat ik je niet in de weg zit. Met /vandaag begin je weer wanneer je wilt.";

/// Lets the next thing come that the bot does of its own accord, and reads it: when it came, and what it says.
async fn next(world: &mut World, person: &Person) -> (Timestamp, String) {
    let due = world.next_due().await.expect("something planned");
    world.clock.advance_to(due);
    let came = person.hears().await;
    (due, came.text)
}

/// A parent with a prompt every day who gave no sign, until the bot said that it writes less.
async fn silent(world: &mut World) -> Person {
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    for number in 1..=6 {
        let (_, text) = next(world, &anna).await;
        assert_ne!(text, LESS, "prompt {number}");
    }
    let (at, text) = next(world, &anna).await;
    assert_eq!(text, LESS);
    assert_eq!(at, amsterdam("2026-03-08T19:30"));
    anna
}

#[tokio::test]
async fn six_unanswered_then_weekly_eight_more_then_quiet_each_said_once() {
    let mut world = World::new().await;
    let anna = silent(&mut world).await;
    for week in 1..=8 {
        let (at, text) = next(&mut world, &anna).await;
        let days = at.duration_since(amsterdam("2026-03-08T19:30")).as_hours() as f64 / 24.0;
        assert!((days - 7.0 * f64::from(week)).abs() < 0.1, "{days} days");
        assert!(text != LESS && text != QUIET, "week {week}: {text}");
    }
    let (_, text) = next(&mut world, &anna).await;
    assert_eq!(text, QUIET);
    assert_eq!(world.next_due().await, None, "nothing within a year");
    world.until("2026-12-01T12:00");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    // Any sign restores what she had.
    anna.says("/vandaag");
    anna.expects("Zal ik er één sturen?").await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-12-01T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn any_sign_of_life_restores_every_day() {
    for sign in ["tap", "sticker", "command", "text"] {
        let mut world = World::new().await;
        let anna = silent(&mut world).await;
        let (at, _) = next(&mut world, &anna).await;
        assert_eq!(at, amsterdam("2026-03-15T19:30"));
        match sign {
            "tap" => {
                anna.taps("Sla over").await;
                anna.expects("Goed. Tot morgen om 19:30.").await;
            }
            "sticker" => {
                anna.sends(Content::Sticker("🙂".to_owned()));
                anna.expects("Een sticker kan ik niet bewaren.").await;
            }
            "command" => {
                anna.says("/hulp");
                anna.expects("In nood: bel 112.").await;
            }
            _ => {
                let reply = anna.says("Ik ben er nog.");
                anna.expects_heart(reply).await;
                anna.expects("Het hartje betekent: bewaard.").await;
            }
        }
        assert_eq!(
            world.next_due().await,
            Some(amsterdam("2026-03-16T19:30")),
            "after the sign {sign:?}"
        );
        world.finish().await;
    }
}

#[tokio::test]
async fn the_question_after_a_silence_can_be_answered_in_three_ways() {
    for (label, says, next) in [
        (
            "Zoals eerst",
            "Goed. De volgende vraag komt morgen om 19:30.",
            Some("2026-03-09T19:30"),
        ),
        (
            "Eén keer per week",
            "Goed. De volgende vraag komt zondag 15 maart om 19:30.",
            Some("2026-03-15T19:30"),
        ),
        ("Pauze", "Hoelang zal ik stil zijn?", None),
    ] {
        let mut world = World::new().await;
        let anna = silent(&mut world).await;
        anna.taps(label).await;
        let answer = anna.expects_edit(says).await;
        if label == "Pauze" {
            anna.taps("Tot ik terugkom").await;
            let quiet = anna.expects_edit("Ik ben stil tot je weer").await;
            assert_eq!(quiet.id, answer.id);
        }
        assert_eq!(world.next_due().await, next.map(amsterdam), "{label}");
        world.finish().await;
    }
}

#[tokio::test]
async fn what_is_promised_about_how_long_words_stay_is_kept() {
    let mut world = World::new().await;
    let [silent, stays] = ["Anna", "Bram"].map(|name| world.parent(name));
    for person in [&silent, &stays] {
        person.begins().await;
        let note = person.says("Een gedachte.");
        person.expects_heart(note).await;
        person.expects("Dit is nu een losse notitie").await;
        pauses(person, "Tot ik terugkom").await;
    }
    world.settle().await;
    // 24 months after the last message everything goes; 30 days before that it is said.
    world.until("2028-02-01T11:00");
    world.settle().await;
    for person in [&silent, &stays] {
        let notice = person
            .expects("Je was 23 maanden stil. Over 30 dagen wis ik alles")
            .await;
        assert_eq!(notice.buttons, [["Bewaar nog", "Wis nu"]]);
    }
    stays.taps("Bewaar nog").await;
    stays.expects_edit("Alles blijft staan.").await;
    world.settle().await;
    world.until("2028-03-05T12:00");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&silent), None);
    assert_eq!(world.entries_of(&silent), []);
    assert_eq!(world.words_of(&stays), [["Een gedachte."]]);
    world.finish().await;
}
