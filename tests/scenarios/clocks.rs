//! Prompts when time does what it does: summer time, other zones, clocks that were wrong, and a bot that was off.

use crate::world::{Person, Setup, World, amsterdam, in_zone, local};
use jiff::Timestamp;

/// A parent with prompts every day at a typed time, in a world that begins at this local time.
async fn every_day(start: &str, typed: &str) -> (World, Person) {
    let mut world = World::with(Setup {
        start: amsterdam(start),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.begins_with("19:30", "Elke dag").await;
    if typed != "19:30" {
        anna.says("/tijd");
        anna.expects("Hoe laat past een vraag bij jou?").await;
        anna.taps("Andere tijd").await;
        anna.expects_edit("Typ een tijd").await;
        anna.says(typed);
        anna.expects("Op welke dagen?").await;
        anna.taps("Elke dag").await;
        anna.expects_edit("Aangepast.").await;
    }
    (world, anna)
}

/// When the next prompts come, each of them read.
async fn next_prompts(world: &mut World, person: &Person, count: usize) -> Vec<Timestamp> {
    let mut came = Vec::new();
    while came.len() < count {
        let due = world.next_due().await.unwrap();
        world.clock.advance_to(due);
        world.settle().await;
        let unread = person.unread().len();
        assert_eq!(unread, 1, "one prompt at {}", local(due));
        person.hears().await;
        came.push(due);
        // A sign of life: a silent parent would get fewer.
        person.taps("Sla over").await;
        person.expects("Goed. Tot").await;
    }
    came
}

#[tokio::test]
async fn a_time_that_the_spring_skips_comes_at_the_first_minute_after_it() {
    let (mut world, anna) = every_day("2026-03-27T12:00", "2:30 's nachts").await;
    let came = next_prompts(&mut world, &anna, 3).await;
    let expected = [
        "2026-03-28T01:30Z",
        "2026-03-29T01:00Z",
        "2026-03-30T00:30Z",
    ];
    assert_eq!(came, expected.map(|at| at.parse::<Timestamp>().unwrap()));
    assert_eq!(came.map_locals(), ["Sat 02:30", "Sun 03:00", "Mon 02:30"]);
    world.finish().await;
}

#[tokio::test]
async fn a_time_that_the_autumn_shows_twice_comes_once() {
    let (mut world, anna) = every_day("2026-10-23T12:00", "2:30 's nachts").await;
    let came = next_prompts(&mut world, &anna, 3).await;
    let expected = [
        "2026-10-24T00:30Z",
        "2026-10-25T00:30Z",
        "2026-10-26T01:30Z",
    ];
    assert_eq!(came, expected.map(|at| at.parse::<Timestamp>().unwrap()));
    assert_eq!(came.map_locals(), ["Sat 02:30", "Sun 02:30", "Mon 02:30"]);
    world.finish().await;
}

trait MapLocals {
    fn map_locals(&self) -> Vec<String>;
}

impl MapLocals for Vec<Timestamp> {
    fn map_locals(&self) -> Vec<String> {
        self.iter().map(|at| local(*at)).collect()
    }
}

#[tokio::test]
async fn another_zone_has_another_half_past_seven() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    anna.says("/instellingen");
    anna.expects("Tijdzone: Amsterdam").await;
    anna.taps("Tijdzone").await;
    anna.expects_edit("Typ een stad").await;
    anna.says("New York");
    anna.expects("Tijdzone: New York").await;
    // New York goes over to summer time three weeks before Amsterdam, on 8 March.
    let came = next_prompts(&mut world, &anna, 8).await;
    assert_eq!(came[0], in_zone("2026-03-02T19:30", "America/New_York"));
    assert_eq!(local(came[0]), "Tue 01:30");
    assert_eq!(came[6], in_zone("2026-03-08T19:30", "America/New_York"));
    assert_eq!(local(came[6]), "Mon 00:30");
    world.finish().await;
}

#[tokio::test]
async fn after_days_without_a_clock_one_prompt_comes_and_not_a_pile() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    world.settle().await;
    world.until("2026-03-07T22:29");
    anna.hears().await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-08T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn more_than_three_hours_late_is_let_go() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    world.settle().await;
    world.until("2026-03-07T22:30:01");
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-08T19:30")));
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.finish().await;
}

#[tokio::test]
async fn a_bot_that_was_off_makes_up_for_it_within_three_hours() {
    for (started, comes) in [("2026-03-02T21:45", true), ("2026-03-02T23:15", false)] {
        let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
        world.settle().await;
        world.stop().await;
        world.until(started);
        world.start();
        world.settle().await;
        assert_eq!(anna.unread().len(), usize::from(comes), "at {started}");
        if comes {
            anna.hears().await;
        }
        assert_eq!(world.next_due().await, Some(amsterdam("2026-03-03T19:30")));
        world.finish().await;
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_brings_no_second_prompt_and_no_silence() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    world.until("2026-03-02T19:30");
    anna.hears().await;
    world.settle().await;
    world.clock.set(amsterdam("2026-03-02T09:00"));
    world.until("2026-03-02T20:00");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "this day had its prompt");
    world.until("2026-03-03T19:30");
    anna.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn a_clock_that_was_a_year_ahead_leaves_nobody_without_prompts() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    world.settle().await;
    world.until("2027-03-02T12:00");
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "far too late");
    // Nobody writes, and nobody but the clock says that it was wrong.
    world.clock.set(amsterdam("2026-03-02T12:10"));
    world.plans("2026-03-02T19:30").await;
    world.until("2026-03-02T19:30");
    anna.hears().await;
    assert_eq!(world.next_due().await, Some(amsterdam("2026-03-03T19:30")));
    world.finish().await;
}

#[tokio::test]
async fn a_bot_that_starts_with_a_clock_that_was_ahead_plans_anew() {
    let (mut world, anna) = every_day("2026-03-02T12:00", "19:30").await;
    world.settle().await;
    world.until("2027-03-02T12:00");
    world.settle().await;
    world.stop().await;
    world.clock.set(amsterdam("2026-03-02T12:10"));
    world.start();
    world.settle().await;
    world.until("2026-03-02T19:30");
    anna.hears().await;
    world.finish().await;
}
