//! Heavy words, as a parent lives through it: the answer, and the days after.

use jiff::SignedDuration;
use voel_eerst::{
    demo::Content,
    library::{Country, Route, Side},
    parent::Rhythm,
};

use crate::world::{LIBRARY, Person, Received, Setup, World, amsterdam};

const DEATH: &str = "Ik wil niet meer leven, ik wil dood.";
const VIOLENCE: &str = "Mijn man slaat me en hij bedreigt me.";
const BOTH: &str = "Mijn man slaat me elke dag en ik wil niet meer leven, ik wil dood.";

/// How the answer about suicide begins, and that about violence.
const ABOUT_DEATH: &str =
    "Dank je dat je dit opschreef. Ik ben een programma en niemand leest dit mee. Wat je schrijft";
const ABOUT_VIOLENCE: &str = "Dank je dat je dit opschreef. Dat vraagt moed.";

/// The next message is this answer, without sound and in reply to nothing.
async fn expects_answer(anna: &Person, beginning: &str) -> Received {
    let answer = anna.hears().await;
    assert!(answer.text.starts_with(beginning), "{answer}");
    assert!(answer.silent && answer.reply_to.is_none(), "{answer}");
    assert!(answer.text.contains("112"), "{answer}");
    answer
}

fn lines(country: Country, route: Route) -> String {
    LIBRARY.help_lines(country, route)
}

/// A parent with a prompt each day at 19:30.
async fn daily(world: &mut World, name: &str) -> Person {
    let anna = world.parent(name);
    anna.begins_with("19:30", "Elke dag").await;
    anna
}

#[tokio::test]
async fn a_heavy_answer_gets_its_heart_and_then_help_without_sound_and_nothing_cheerful() {
    let mut world = World::new().await;
    let anna = daily(&mut world, "Anna").await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    let reply = anna.says(DEATH);
    anna.expects_heart(reply).await;
    let answer = expects_answer(&anna, ABOUT_DEATH).await;
    assert!(answer.text.contains(&lines(Country::Nl, Route::Zelfdoding)));
    assert_eq!(
        answer.buttons,
        [
            ["Chat op 113.nl"],
            ["Even ademen"],
            ["Iemand een bericht sturen"],
            ["Ik ben veilig, verder"],
            ["Zo bedoelde ik het niet"],
            ["Wis wat ik schreef"],
        ]
    );
    anna.expects_buttons(prompt.id, &["Wis antwoord"]).await;
    anna.taps("Even ademen").await;
    anna.expects("Voel je voeten op de grond.").await;
    anna.taps("Iemand een bericht sturen").await;
    anna.expects("Dit berichtje kun je doorsturen").await;
    anna.expects("Heb je even tijd voor mij?").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [[DEATH]]);
    assert!(world.entries_of(&anna)[0].heavy);
    world.finish().await;
}

#[tokio::test]
async fn both_answers_come_in_the_order_of_the_country_and_the_second_time_short() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/instellingen");
    anna.hears().await;
    anna.taps("Land").await;
    anna.expects_edit("Hulplijnen eerst voor: Vlaanderen").await;
    let note = anna.says(BOTH);
    anna.expects_heart(note).await;
    let [first, second] = [anna.hears().await, anna.hears().await];
    let both = format!("{first}\n{second}");
    for part in [
        ABOUT_DEATH,
        ABOUT_VIOLENCE,
        &lines(Country::Be, Route::Zelfdoding),
        &lines(Country::Be, Route::Geweld),
        "Kijkt er iemand mee op je telefoon?",
    ] {
        assert!(both.contains(part), "{part:?} is missing in {both}");
    }
    assert!(first.silent && second.silent && first.buttons.is_empty());
    assert!(both.contains("[Site van 1813]") && both.contains("[Site van 1712]"));
    let again = anna.says(BOTH);
    anna.expects_heart(again).await;
    let texts = &LIBRARY.texts.crisis;
    let mut short = [anna.hears().await.text, anna.hears().await.text];
    short.sort();
    let mut expected = [texts.zelfdoding.short.as_str(), texts.geweld.short.as_str()];
    expected.sort();
    assert_eq!(short, expected);
    world.finish().await;
}

#[tokio::test]
async fn who_wants_nothing_kept_or_never_began_is_answered_and_nothing_is_kept() {
    let mut world = World::new().await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Bewaar niets. Ik ben 18+").await;
    anna.expects("Hoe laat past een vraag bij jou?").await;
    anna.says(DEATH);
    bram.says(DEATH);
    for person in [&anna, &bram] {
        let answer = expects_answer(person, ABOUT_DEATH).await;
        assert!(
            !answer
                .buttons
                .concat()
                .contains(&"Wis wat ik schreef".to_owned())
        );
    }
    // The question is still there.
    anna.taps("07:30").await;
    anna.expects_edit("Op welke dagen?").await;
    bram.sends(Content::Photo(format!("Foto van vandaag. {VIOLENCE}")));
    expects_answer(&bram, ABOUT_VIOLENCE).await;
    world.settle().await;
    world.stop().await;
    for person in [&anna, &bram] {
        assert_eq!(world.entries_of(person), []);
    }
    world.finish().await;
}

#[tokio::test]
async fn edits_and_typed_text_in_a_flow_are_heard_and_forwarded_and_searched_words_are_not() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("De was hangt.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.edits(note, DEATH);
    let kept = anna.expects("Aangepast en bewaard.").await;
    assert_eq!(kept.reply_to, Some(note));
    expects_answer(&anna, ABOUT_DEATH).await;
    anna.forwards(VIOLENCE);
    anna.expects("Een doorgestuurd bericht bewaar ik niet.")
        .await;
    anna.says(&format!("/zoek {DEATH}"));
    anna.expects("Eén keer gevonden.").await;
    anna.says("/herstel");
    anna.hears().await;
    anna.taps("Begin").await;
    anna.expects_edit("Eerst jij.").await;
    anna.taps("Verder").await;
    anna.expects_edit("Stap 1 van 3.").await;
    anna.says(VIOLENCE);
    let next = anna.expects("Stap 2 van 3.").await;
    expects_answer(&anna, ABOUT_VIOLENCE).await;
    // The flow goes on.
    anna.taps("Stop").await;
    assert_eq!(anna.sees_edit().await.id, next.id);
    anna.says("/hulp Mijn man slaat me en hij bedreigt me.");
    anna.expects("In nood: bel 112.").await;
    anna.expects("Veilig Thuis: 0800-2000, dag en nacht, gratis.")
        .await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [[DEATH]]);
    assert!(world.entries_of(&anna)[0].heavy);
    world.finish().await;
}

#[tokio::test]
async fn no_prompt_comes_that_day_and_gentle_ones_come_for_a_week() {
    let mut world = World::new().await;
    let anna = daily(&mut world, "Anna").await;
    let note = anna.says(DEATH);
    anna.expects_heart(note).await;
    expects_answer(&anna, ABOUT_DEATH).await;
    world.until("2026-03-02T23:59");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [String; 0]);
    for day in 3..=8 {
        world.until(&format!("2026-03-{day:02}T19:30"));
        let prompt = anna.hears().await;
        let mut prompts = LIBRARY.prompts.iter();
        let sent = prompts.find(|it| prompt.text.starts_with(&format!("{}\n\n", it.title)));
        let sent = sent.expect("a prompt");
        assert_eq!(sent.side, Side::Beide, "{day}");
        assert!(LIBRARY.gentle_themes.contains(&sent.theme), "{day}");
    }
    world.settle().await;
    anna.reads_all();
    world.finish().await;
}

#[tokio::test]
async fn a_quiet_week_is_offered_and_what_was_not_meant_so_is_heard_again() {
    let mut world = World::new().await;
    let anna = daily(&mut world, "Anna").await;
    let note = anna.says(DEATH);
    anna.expects_heart(note).await;
    let answer = expects_answer(&anna, ABOUT_DEATH).await;
    anna.taps("Zo bedoelde ik het niet").await;
    anna.expects("Dank je, dan weet ik dat.").await;
    anna.taps("Ik ben veilig, verder").await;
    let offer = anna.expects("Zal ik de vragen een week stilzetten?").await;
    anna.taps("Ja, een week stil").await;
    assert_eq!(
        anna.expects_edit("Ik ben een week stil.").await.id,
        offer.id
    );
    anna.taps("Wis wat ik schreef").await;
    anna.expects("Gewist uit je dagboek.").await;
    world.until("2026-03-08T23:00");
    let again = anna.says(DEATH);
    anna.expects_heart(again).await;
    let second = expects_answer(&anna, ABOUT_DEATH).await;
    assert_ne!(second.id, answer.id);
    // Below the first answer nothing is old, a week later.
    let breathe = anna.data_of(answer.id, "Even ademen");
    anna.forges(answer.id, &breathe);
    anna.expects("Voel je voeten op de grond.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [[DEATH]]);
    world.finish().await;
}

#[tokio::test]
async fn a_day_with_an_answer_never_comes_back() {
    let mut world = World::with(Setup {
        start: amsterdam("2025-03-03T10:00"),
        ..Setup::default()
    })
    .await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    for person in [&anna, &bram] {
        person.begins().await;
        person.says("/instellingen");
        person.hears().await;
        person.taps("Op deze dag").await;
        person.sees_edit().await;
        person.taps("Ja, graag").await;
        person.expects_edit("Op deze dag: aan").await;
        let note = person.says("We bakten samen een taart.");
        person.expects_heart(note).await;
        person.expects("Dit is nu een losse notitie").await;
    }
    let note = anna.says(DEATH);
    anna.expects_heart(note).await;
    expects_answer(&anna, ABOUT_DEATH).await;
    anna.says("/terugblik");
    anna.hears().await;
    anna.taps("Deze week").await;
    let back = anna.sees_edit().await;
    assert!(
        !back.text.contains("taart"),
        "no sentence of that day: {back}"
    );
    world.settle().await;
    world.stop().await;
    // A year later, in which they heard of nothing else.
    world.clock.advance_to(amsterdam("2026-03-03T12:00"));
    let now = world.clock.now();
    for person in [&anna, &bram] {
        let mut parent = world.record_of(person).unwrap();
        parent.rhythm = Rhythm::default();
        parent.journal.let_go();
        parent.plan(now);
        world.write_records([parent]);
    }
    world.start();
    world.until("2026-03-03T19:30");
    bram.expects("Op deze dag schreef je eerder iets.").await;
    world.settle().await;
    world.finish().await;
}

#[tokio::test]
async fn the_quiet_line_comes_once_in_a_fortnight() {
    // A text that gets no more than that, whatever the weights are.
    let net = voel_eerst::net::Net::embedded().unwrap();
    let words: Vec<&str> = VIOLENCE.split(' ').chain(DEATH.split(' ')).collect();
    let texts = (0..words.len()).flat_map(|from| (from + 1..words.len()).map(move |to| (from, to)));
    let mut texts = texts.map(|(from, to)| words[from..to].join(" "));
    let hinted = texts.find(|text| net.judge(text) == voel_eerst::net::Verdict::Hint);
    let hinted = hinted.expect("a text that gets the quiet line");

    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says(&hinted);
    anna.expects("We zijn nog niet begonnen.").await;
    let hint = anna.expects(LIBRARY.texts.crisis.hint.as_str()).await;
    assert!(hint.silent && hint.buttons.is_empty());
    world.clock.advance_to(amsterdam("2026-03-16T11:59"));
    anna.says(&hinted);
    anna.expects("We zijn nog niet begonnen.").await;
    world.settle().await;
    assert_eq!(anna.unread(), [] as [String; 0]);
    world.clock.advance_to(amsterdam("2026-03-16T12:01"));
    anna.says(&hinted);
    anna.expects("We zijn nog niet begonnen.").await;
    anna.expects(LIBRARY.texts.crisis.hint.as_str()).await;
    world.finish().await;
}

#[tokio::test]
async fn after_violence_the_exercise_rests_through_a_restart_and_for_thirty_days() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says(VIOLENCE);
    expects_answer(&anna, ABOUT_VIOLENCE).await;
    world.restart().await;
    anna.says("/oefening");
    anna.expects("Deze oefening laat ik nu een tijd rusten.")
        .await;
    let begun = amsterdam("2026-03-02T12:00");
    let days = |days: i64| begun + SignedDuration::from_hours(24 * days);
    world.clock.advance_to(days(29));
    anna.says("/oefening");
    anna.expects("Deze oefening laat ik nu een tijd rusten.")
        .await;
    world.clock.advance_to(days(31));
    anna.says("/oefening");
    anna.expects("Een rustige oefening voor twee volwassenen")
        .await;
    world.settle().await;
    world.stop().await;
    let crisis = world.record_of(&anna).unwrap().crisis;
    assert!(
        crisis == Default::default(),
        "nothing is remembered any more"
    );
    world.finish().await;
}

#[tokio::test]
async fn somebody_who_is_not_known_any_more_is_heard_when_they_change_a_message() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("De was hangt.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.says("/wis");
    anna.hears().await;
    anna.taps("Alles, ook instellingen").await;
    anna.sees_edit().await;
    anna.taps("Ja, wis het").await;
    anna.expects("Alles is gewist.").await;
    world.settle().await;
    anna.edits(note, "De was hangt buiten.");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.record_of(&anna), None);
    world.start();
    anna.edits(note, DEATH);
    expects_answer(&anna, ABOUT_DEATH).await;
    world.finish().await;
}
