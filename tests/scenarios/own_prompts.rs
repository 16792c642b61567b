//! A parent's own prompts: typed, read, removed, and coming by now and then.

use jiff::{ToSpan, civil::Date};

use crate::world::{Person, Received, World};

const OWN: &str = "Wie heb ik vandaag laten uitpraten?";

/// Opens the page of own prompts.
async fn opens(person: &Person) -> Received {
    person.says("/instellingen");
    person.expects("Zo staat het nu").await;
    person.taps("Eigen vragen").await;
    person.sees_edit().await
}

/// Adds one from the page of own prompts; the page that shows it.
async fn adds(person: &Person, text: &str) -> Received {
    person.taps("Eigen vraag toevoegen").await;
    person
        .expects_edit("Typ je eigen vraag, tot 280 tekens.")
        .await;
    person.says(text);
    person.expects("Je vraag is bewaard.").await
}

#[tokio::test]
async fn they_are_added_read_and_removed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let page = opens(&anna).await;
    assert!(page.text.contains("Je hebt nog geen eigen vragen."));
    adds(&anna, OWN).await;
    let added = adds(&anna, "Waar zat ik te veel bovenop?").await;
    insta::assert_snapshot!(added, @"
    Je vraag is bewaard.

    Eigen vraag 1 van 2

    Waar zat ik te veel bovenop?
    [Ouder]
    [Wis deze vraag]
    [Eigen vraag toevoegen]
    [Terug]
    ");
    anna.taps("Ouder").await;
    let older = anna.sees_edit().await;
    assert_eq!(older.id, added.id);
    insta::assert_snapshot!(older, @"
    Eigen vraag 2 van 2

    Wie heb ik vandaag laten uitpraten?
    [Nieuwer]
    [Wis deze vraag]
    [Eigen vraag toevoegen]
    [Terug]
    ");
    anna.taps("Wis deze vraag").await;
    let left = anna.expects_edit("Gewist.").await;
    assert!(left.text.contains("Waar zat ik te veel bovenop?"));
    assert!(!left.text.contains(OWN));
    world.settle().await;
    world.restart().await;
    let page = opens(&anna).await;
    assert!(page.text.contains("Waar zat ik te veel bovenop?"));
    world.finish().await;
}

/// The days, of so many, on which the own prompt came. The first time it is answered, the others are skipped.
async fn came_on(world: &mut World, person: &Person, from: &str, days: usize) -> Vec<usize> {
    let mut day: Date = from.parse().unwrap();
    let mut came = Vec::new();
    for number in 0..days {
        world.until(&format!("{day}T19:30"));
        let prompt = person.hears().await;
        if prompt.text.starts_with(&format!("Je eigen vraag\n\n{OWN}")) {
            came.push(number);
        }
        person.taps("Sla over").await;
        person.expects("Goed. Tot").await;
        day += 1.day();
    }
    came
}

#[tokio::test]
async fn one_comes_by_now_and_then_until_it_is_removed() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    opens(&anna).await;
    adds(&anna, OWN).await;
    let came = came_on(&mut world, &anna, "2026-03-02", 30).await;
    assert!((2..=10).contains(&came.len()), "came on {came:?}");
    assert!(came.windows(2).all(|two| two[1] > two[0] + 1), "{came:?}");
    opens(&anna).await;
    anna.taps("Wis deze vraag").await;
    anna.expects_edit("Je hebt nog geen eigen vragen.").await;
    let came = came_on(&mut world, &anna, "2026-04-01", 20).await;
    assert_eq!(came, [] as [usize; 0]);
    world.finish().await;
}

#[tokio::test]
async fn the_answer_to_one_is_kept_under_it() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    opens(&anna).await;
    adds(&anna, OWN).await;
    let mut day: Date = "2026-03-02".parse().unwrap();
    loop {
        world.until(&format!("{day}T19:30"));
        if anna.hears().await.text.contains(OWN) {
            break;
        }
        anna.taps("Sla over").await;
        anna.expects("Goed. Tot").await;
        day += 1.day();
    }
    let answer = anna.says("Mijn jongste.");
    anna.expects_heart(answer).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    anna.says("/dagboek");
    anna.expects("Je eigen vraag\n\nMijn jongste.").await;
    world.finish().await;
}

#[tokio::test]
async fn twenty_are_enough_and_too_long_is_said() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    opens(&anna).await;
    anna.taps("Eigen vraag toevoegen").await;
    anna.expects_edit("Typ je eigen vraag").await;
    for too_long in ["a".repeat(281), "😀".repeat(141)] {
        anna.says(&too_long);
        anna.expects("Hier past één korte zin, tot 280 tekens.")
            .await;
    }
    // The question is still open.
    anna.says(&"😀".repeat(140));
    anna.expects(&"😀".repeat(140)).await;
    for number in 2..=20 {
        adds(&anna, &format!("Vraag {number}?")).await;
    }
    anna.taps("Eigen vraag toevoegen").await;
    anna.expects_toast("Je hebt er al 20. Wis er eerst één, dan past deze erbij.")
        .await;
    anna.taps("Wis deze vraag").await;
    anna.expects_edit("Gewist.").await;
    adds(&anna, "Toch deze.").await;
    world.finish().await;
}

#[tokio::test]
async fn whoever_wants_nothing_kept_cannot_add_one() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.says("/start");
    anna.expects("Mag ik je antwoorden bewaren?").await;
    anna.taps("Bewaar niets. Ik ben 18+").await;
    anna.expects("Je krijgt vragen").await;
    opens(&anna).await;
    anna.taps("Eigen vraag toevoegen").await;
    anna.expects_toast("Daarvoor bewaar ik antwoorden, en dat staat nu uit.")
        .await;
    world.settle().await;
    world.stop().await;
    let own = world.record_of(&anna).unwrap().own;
    assert!(own.prompts.is_empty());
    world.finish().await;
}
