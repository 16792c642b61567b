//! A time in which Telegram, the network or the bot was away: what parents wrote meanwhile counts for the day on which it was written, and at most the
//! right prompts come.

use std::time::Duration;

use jiff::{SignedDuration, civil::date};
use tokio::time::timeout;
use voel_eerst::{
    demo::{self, Fault, Trouble},
    parent::{ClockTime, Days, Parent, Slot},
};

use crate::world::{Disk, Person, REAL_PATIENCE, Setup, World, amsterdam};

#[tokio::test]
async fn a_reply_of_before_midnight_that_comes_after_it_counts_for_the_day_on_which_it_was_written()
{
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.until("2026-03-02T19:30");
    let prompt = anna.hears().await;
    world.settle().await;
    world.stop().await;
    world.until("2026-03-02T23:50");
    let reply = anna.replies_to(prompt.id, "Net voor twaalf.");
    world.until("2026-03-03T00:10");
    world.start();
    anna.expects_heart(reply).await;
    anna.expects("Het hartje betekent").await;
    world.settle().await;
    world.stop().await;
    let entry = &world.entries_of(&anna)[0];
    assert_eq!(entry.day, date(2026, 3, 2));
    assert_eq!(entry.written, amsterdam("2026-03-02T23:50"));
    world.finish().await;
}

#[tokio::test]
async fn what_was_written_or_stopped_while_the_bot_was_off_is_heard_before_what_was_due() {
    let mut world = World::new().await;
    let people = ["Anna", "Bram", "Chris"].map(|name| world.parent(name));
    for person in &people {
        person.begins().await;
    }
    let [anna, bram, chris] = &people;
    world.settle().await;
    world.stop().await;
    world.until("2026-03-02T19:00");
    anna.says("/stop");
    let note = bram.says("Al geschreven.");
    world.until("2026-03-02T20:00");
    world.start();
    anna.expects("Ik stuur geen vragen meer.").await;
    bram.expects_heart(note).await;
    bram.expects("Het hartje betekent").await;
    chris.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn what_is_due_waits_half_a_minute_at_most_for_updates_that_do_not_come() {
    let mut world = World::with(Setup {
        patience: Duration::from_secs(30),
        disk: Disk::memory(),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.stop().await;
    // The first answer to the request for updates is held back. Nothing moves the clock now but the bot's own wait.
    world.trouble(Fault::on("getUpdates", Trouble::Slow));
    world.until("2026-03-02T19:30");
    let begun = world.clock.now();
    world.start();
    anna.hears().await;
    let sent = world.api.look(|world| {
        let chat = world.chat(anna.chat).unwrap();
        chat.last_from_bot().unwrap().sent
    });
    assert_eq!(sent, begun + SignedDuration::from_secs(30));
    world.api.with(|world| world.release());
    world.finish().await;
}

/// How many messages each parent writes during the outage on one day.
const A_DAY: usize = 80;

const A_SECOND: Duration = Duration::from_secs(1);

/// In so much real time something that needs no wait of the bot has happened.
const SOON: Duration = Duration::from_millis(20);

/// Says so many things, one a minute from this time on, each with its day.
fn writes(world: &World, people: &[&Person], day: &str, from: &str) {
    world.until(&format!("{day}T{from}"));
    for number in 0..A_DAY {
        for person in people {
            person.says(&format!("{day} {number}"));
        }
        world.clock.advance(Duration::from_secs(60));
    }
}

/// Waits until all updates came in, as long as more and more of them do.
async fn until_all_came_in(world: &World) {
    let unconfirmed = |world: &demo::World| world.updates.unconfirmed();
    let mut left = world.api.look(unconfirmed);
    while left > 0 {
        let fewer = |world: &demo::World| Some(unconfirmed(world)).filter(|now| *now < left);
        left = world.api.until("more updates", fewer).await.unwrap();
    }
}

/// Waits until everything that is due now is decided and sent, as long as more and more is. The bot's waits do not move this clock: where nothing is sent for a
/// moment, a second goes by.
async fn until_all_is_sent(world: &mut World) {
    for _ in 0..2 {
        let tally = world.tally();
        while tally.waiting() > 0 {
            let left = tally.waiting();
            let fewer = async {
                while timeout(SOON, tally.waiting_below(left)).await.is_err() {
                    world.clock.advance(A_SECOND);
                }
            };
            timeout(REAL_PATIENCE, fewer).await.expect("more is sent");
        }
        world.come_round().await;
    }
}

/// The bot was away from Monday noon to Tuesday, a quarter past twelve, and two thousand updates wait. Time stands still until all of them came in.
#[tokio::test]
async fn after_a_day_of_outage_everything_is_kept_once_and_only_the_right_prompts_come() {
    let mut world = World::at_rest().await;
    let people: [Person; 17] = world.let_in();
    // The first five have a prompt on Monday evening, the others each day at ten.
    let (evening, morning) = people.split_at(5);
    let now = world.clock.now();
    let records = morning.iter().map(|person| {
        let mut parent = world.record_of(person).unwrap();
        parent.schedule.times = vec![Slot::at(ClockTime::TEN)];
        parent.schedule.days = Days::all();
        parent.plan(now);
        parent
    });
    let records: Vec<Parent> = records.collect();
    world.write_records(records);
    let [monday, both, silent, stopped] = [0..5, 5..10, 10..11, 11..12].map(|some| &morning[some]);
    let all_of = |groups: &[&[Person]]| -> Vec<Person> { groups.concat() };
    let on_monday = all_of(&[evening, monday, both]);
    let on_tuesday = all_of(&[evening, both]);
    writes(
        &world,
        &on_monday.iter().collect::<Vec<_>>(),
        "2026-03-02",
        "13:00",
    );
    writes(
        &world,
        &on_tuesday.iter().collect::<Vec<_>>(),
        "2026-03-03",
        "08:00",
    );
    stopped[0].says("/stop");
    world.until("2026-03-03T12:15");
    let waiting = world.api.look(|world| world.updates.unconfirmed());
    let written = A_DAY * (on_monday.len() + on_tuesday.len());
    assert_eq!(waiting, written + 1);

    world.start();
    until_all_came_in(&world).await;
    until_all_is_sent(&mut world).await;
    stopped[0].expects("Ik stuur geen vragen meer.").await;
    let hearts = world.api.look(|world| {
        let calls = world.calls();
        let set = calls.filter(|call| call.method == "setMessageReaction");
        set.count()
    });
    assert_eq!(hearts, written);
    let messages = |person: &Person| {
        let unread = person.unread();
        let messages = unread.iter().filter(|line| line.starts_with("Message"));
        messages.count()
    };
    for person in &people {
        // Monday's is too late. Tuesday's is not, and comes to whoever did not write on Tuesday.
        let gets_one = monday.iter().chain(silent).any(|it| it.chat == person.chat);
        let said = person.unread();
        assert_eq!(messages(person), usize::from(gets_one), "{said:#?}");
        person.reads_all();
    }
    // The next ones come at their own time, each once.
    for moment in ["2026-03-04T10:00", "2026-03-04T19:30"] {
        world.until(moment);
        until_all_is_sent(&mut world).await;
    }
    for person in &people {
        let none = person.chat == stopped[0].chat;
        assert_eq!(
            messages(person),
            usize::from(!none),
            "{:#?}",
            person.unread()
        );
        person.reads_all();
    }
    world.counts(" 0 in doubt").await;
    world.stop().await;
    for person in &people {
        let mut kept = Vec::new();
        for entry in world.entries_of(person) {
            for part in &entry.parts {
                let words = part.words.reveal();
                let (day, number) = words.split_once(' ').unwrap();
                assert_eq!(entry.day.to_string(), day, "{words}");
                kept.push((entry.day, number.parse::<usize>().unwrap()));
            }
        }
        kept.sort_unstable();
        let wrote_on = |day: i8, those: &[Person]| {
            let wrote = those.iter().any(|it| it.chat == person.chat);
            let numbers = 0..if wrote { A_DAY } else { 0 };
            numbers.map(move |number| (date(2026, 3, day), number))
        };
        let wrote = wrote_on(2, &on_monday).chain(wrote_on(3, &on_tuesday));
        assert_eq!(kept, wrote.collect::<Vec<_>>());
    }
    world.finish().await;
}
