//! `/instellingen`: everything on one message that changes in place.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::world::{Person, Received, Setup, World, amsterdam, in_zone};

/// Opens the settings.
async fn opens(person: &Person) -> Received {
    person.says("/instellingen");
    person.expects("Zo staat het nu").await
}

/// Taps a button of the one message; what it then says.
async fn taps(person: &Person, page: &Received, label: &str) -> Received {
    assert_eq!(person.taps(label).await, page.id, "{label}");
    let edit = person.sees_edit().await;
    assert_eq!(edit.id, page.id, "{label}");
    edit
}

#[tokio::test]
async fn everything_is_on_one_message_and_every_page_comes_back() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let page = opens(&anna).await;
    insta::assert_snapshot!(page, @"
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
    for (label, back) in [
        ("Tijd", "Terug"),
        ("Dagen", "Terug"),
        ("Tijdzone", "Terug"),
        ("Wat ik herken", "Terug"),
        ("Bewaren", "Laat het zo"),
        ("Eigen vragen", "Terug"),
    ] {
        let shown = taps(&anna, &page, label).await;
        assert_ne!(shown.text, page.text, "{label}");
        let again = taps(&anna, &page, back).await;
        assert_eq!(
            (&again.text, &again.buttons),
            (&page.text, &page.buttons),
            "{label} changes nothing by itself"
        );
    }
    taps(&anna, &page, "Op deze dag").await;
    let on = taps(&anna, &page, "Ja, graag").await;
    assert!(on.text.contains("Op deze dag: aan"), "{on}");
    taps(&anna, &page, "Op deze dag").await;
    let off = taps(&anna, &page, "Nee, liever niet").await;
    assert!(off.text.contains("Op deze dag: uit"), "{off}");
    anna.taps("Klaar").await;
    anna.expects_toast("Klaar.").await;
    anna.expects_buttons(page.id, &[]).await;
    world.finish().await;
}

#[tokio::test]
async fn what_the_parent_recognises_is_changed_and_taken_back() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let page = opens(&anna).await;
    for (label, shown) in [
        ("Ik zoek vaak nabijheid", "ik zoek vaak nabijheid"),
        ("Ik zoek vaak ruimte", "ik zoek vaak ruimte"),
        ("Allebei wel", "allebei wel"),
        ("Zeg ik liever niet", "geen keuze"),
    ] {
        taps(&anna, &page, "Wat ik herken").await;
        let changed = taps(&anna, &page, label).await;
        let line = format!("Wat ik herken: {shown}\n");
        assert!(changed.text.contains(&line), "{changed}");
    }
    world.finish().await;
}

#[tokio::test]
async fn keeping_stops_and_begins_again_as_easily() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Dit blijft.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    let page = opens(&anna).await;
    taps(&anna, &page, "Bewaren").await;
    let stopped = taps(&anna, &page, "Stop met bewaren").await;
    assert!(
        stopped
            .text
            .starts_with("Gestopt. Wat er al was, staat er nog.")
    );
    assert!(stopped.text.contains("Antwoorden bewaren: uit"));
    assert!(
        !stopped
            .buttons
            .concat()
            .contains(&"Wat ik herken".to_owned())
    );
    anna.says("Dit niet.");
    anna.expects("Dit bewaar ik niet, zoals je koos.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Dit blijft."]]);
    world.start();
    let page = opens(&anna).await;
    let ask = taps(&anna, &page, "Bewaren").await;
    assert!(ask.text.contains("Mag ik je antwoorden bewaren?"));
    let again = taps(&anna, &page, "Ja, bewaar. Ik ben 18+").await;
    assert!(again.text.contains("Antwoorden bewaren: aan"));
    taps(&anna, &page, "Bewaren").await;
    taps(&anna, &page, "Stop en wis alles").await;
    let erased = taps(&anna, &page, "Ja, wis het").await;
    assert!(erased.text.starts_with("Gestopt en gewist."), "{erased}");
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), []);
    world.finish().await;
}

#[tokio::test]
async fn several_times_a_day_up_to_the_last() {
    let mut world = World::with(Setup {
        start: amsterdam("2026-03-02T06:00"),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.begins_with("07:30", "Elke dag").await;
    let mut page = opens(&anna).await;
    taps(&anna, &page, "Tijd").await;
    taps(&anna, &page, "07:30").await;
    taps(&anna, &page, "Nog een tijd").await;
    taps(&anna, &page, "19:30").await;
    taps(&anna, &page, "Nog een tijd").await;
    anna.says("kwart over twee 's middags");
    page = anna.hears().await;
    let page = if page.text.contains("Wil je er nog een tijd bij?") {
        taps(&anna, &page, "Klaar").await
    } else {
        page
    };
    assert!(page.text.contains("Tijd: 07:30, 14:15 en 19:30"), "{page}");
    for time in ["07:30", "14:15", "19:30"] {
        assert_eq!(
            world.next_due().await,
            Some(amsterdam(&format!("2026-03-02T{time}")))
        );
        world.advance_to_due().await;
        let prompt = anna.hears().await;
        assert_eq!(prompt.buttons.concat()[0], "Straks");
    }
    // Whoever wrote in the morning is left alone for that day.
    world.until("2026-03-03T07:30");
    anna.hears().await;
    let reply = anna.says("Ik haalde adem.");
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent: bewaard.").await;
    for _ in 0..2 {
        world.advance_to_due().await;
        world.settle().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-04T07:30")));
    world.finish().await;
}

#[tokio::test]
async fn own_days_and_once_a_week() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let page = opens(&anna).await;
    taps(&anna, &page, "Dagen").await;
    taps(&anna, &page, "Zelf kiezen").await;
    for label in ["✓ ma", "✓ wo", "di"] {
        taps(&anna, &page, label).await;
    }
    let changed = taps(&anna, &page, "Klaar").await;
    assert!(changed.text.contains("Dagen: di en za"), "{changed}");
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-03T19:30")));
    taps(&anna, &page, "Dagen").await;
    let weekly = taps(&anna, &page, "Eén keer per week").await;
    assert!(weekly.text.contains("Dagen: di en za, één keer per week"));
    for day in ["2026-03-03", "2026-03-10", "2026-03-17"] {
        assert_eq!(
            world.next_due().await,
            Some(amsterdam(&format!("{day}T19:30")))
        );
        world.advance_to_due().await;
        anna.hears().await;
        anna.taps("Sla over").await;
        anna.expects("Goed. Tot").await;
    }
    world.finish().await;
}

#[tokio::test]
async fn in_a_window_every_day_has_its_own_moment() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    let page = opens(&anna).await;
    taps(&anna, &page, "Tijd").await;
    taps(&anna, &page, "Andere tijd").await;
    anna.says("tussen 19 en 21 uur");
    let asked = anna.expects("Wil je er nog een tijd bij?").await;
    let changed = taps(&anna, &asked, "Klaar").await;
    assert!(
        changed.text.contains("Tijd: tussen 19:00 en 21:00"),
        "{changed}"
    );
    let mut day: Date = "2026-03-02".parse().unwrap();
    let mut moments: Vec<Timestamp> = Vec::new();
    for number in 0..10 {
        let planned = world.next_due().await.unwrap();
        if number == 0 {
            // The moment is chosen once: a restart does not draw again.
            world.restart().await;
            assert_eq!(world.next_due().await, Some(planned));
        }
        assert!(planned >= amsterdam(&format!("{day}T19:00")), "{planned}");
        assert!(planned <= amsterdam(&format!("{day}T21:00")), "{planned}");
        world.clock.advance_to(planned);
        anna.hears().await;
        anna.taps("Sla over").await;
        anna.expects("Goed. Tot").await;
        moments.push(planned);
        day += 1.day();
    }
    let zone = TimeZone::get("Europe/Amsterdam").unwrap();
    let mut times: Vec<_> = moments
        .iter()
        .map(|at| at.to_zoned(zone.clone()).time())
        .collect();
    times.sort();
    times.dedup();
    assert!(times.len() >= 5, "{times:?}");
    world.finish().await;
}

#[tokio::test]
async fn a_city_is_typed_in_dutch_and_half_past_seven_is_there() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    for (typed, shown, zone, day) in [
        ("Brussel", "Brussel", "Europe/Brussels", "2026-03-02"),
        ("londen", "Londen", "Europe/London", "2026-03-02"),
        (
            "in Paramaribo",
            "Paramaribo",
            "America/Paramaribo",
            "2026-03-02",
        ),
        ("Curacao", "Curaçao", "America/Curacao", "2026-03-02"),
        ("Curaçao", "Curaçao", "America/Curacao", "2026-03-02"),
        ("New York", "New York", "America/New_York", "2026-03-02"),
        ("Sydney", "Sydney", "Australia/Sydney", "2026-03-03"),
        (
            "ik woon in Gent",
            "Brussel",
            "Europe/Brussels",
            "2026-03-02",
        ),
    ] {
        let page = opens(&anna).await;
        taps(&anna, &page, "Tijdzone").await;
        anna.says(typed);
        let changed = anna.expects("Aangepast. De volgende vraag komt").await;
        let line = format!("Tijdzone: {shown}\n");
        assert!(changed.text.contains(&line), "{typed}: {changed}");
        let planned = in_zone(&format!("{day}T19:30"), zone);
        assert_eq!(world.next_due().await, Some(planned), "{typed}");
        world.settle().await;
    }
    world.finish().await;
}

#[tokio::test]
async fn a_place_that_nobody_knows_is_asked_for_again() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let page = opens(&anna).await;
    taps(&anna, &page, "Tijdzone").await;
    for unknown in ["Nergenshuizen", "💥", "12"] {
        anna.says(unknown);
        anna.expects("Die plaats herken ik niet. Probeer een grote stad in de buurt.")
            .await;
    }
    anna.says("Lissabon");
    anna.expects("Tijdzone: Lissabon").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna), [], "no place is an entry");
    world.finish().await;
}

#[tokio::test]
async fn the_lines_of_the_own_country_come_first() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    anna.says("/hulp");
    let dutch = anna.hears().await;
    let page = opens(&anna).await;
    let changed = taps(&anna, &page, "Land").await;
    assert!(changed.text.contains("Hulplijnen eerst voor: Vlaanderen"));
    anna.says("/hulp");
    let flemish = anna.hears().await;
    let at = |text: &str, part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at(&dutch.text, "113.nl") < at(&dutch.text, "1813"));
    assert!(!dutch.text.contains("In Nederland:"));
    let header = at(&flemish.text, "In Nederland:");
    assert!(at(&flemish.text, "1813") < header);
    assert!(header < at(&flemish.text, "113.nl"));
    let page = opens(&anna).await;
    let back = taps(&anna, &page, "Land").await;
    assert!(back.text.contains("Hulplijnen eerst voor: Nederland"));
    world.finish().await;
}
