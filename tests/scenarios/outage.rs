//! A day on which Telegram, the network or the bot was away: what parents wrote meanwhile is answered in order and at the pace that Telegram
//! allows, it counts for the day on which it was written, and at most the right prompts come.

use std::time::Duration;

use jiff::civil::date;
use voel_eerst::demo::{self, Fault, Refusal, Trouble};

use crate::world::{Disk, Person, Setup, World, amsterdam};

const WRITERS: usize = 100;
const MESSAGES: usize = 20;
const SILENT: usize = 20;

/// A little more than the pace at which the bot sends, so that each step of the clock lets one more call go.
const STEP: Duration = Duration::from_millis(36);

/// How many calls were made that are paced.
fn calls(world: &demo::World) -> usize {
    let paced = |call: &&demo::Call| {
        [
            "sendMessage",
            "setMessageReaction",
            "editMessageReplyMarkup",
        ]
        .contains(&call.method)
    };
    world.calls().filter(paced).count()
}

/// Moves the clock on, a step for each call, until the bot has nothing to send.
async fn until_nothing_waits(world: &World) {
    let tally = world.tally();
    loop {
        let before = world.api.look(calls);
        world.clock.advance(STEP);
        let more = |world: &demo::World| (calls(world) > before).then_some(());
        tokio::select! {
            biased;
            () = tally.waiting_below(1) => return,
            another = world.api.until("another call", more) => another.unwrap(),
        }
    }
}

#[tokio::test]
async fn after_a_day_away_thousands_of_messages_are_answered_in_order_and_only_the_right_prompts_come()
 {
    let mut world = World::with(Setup {
        start: amsterdam("2026-03-03T20:30"),
        patience: Duration::ZERO,
        disk: Disk::memory(),
        ..Setup::default()
    })
    .await;
    world.settle().await;
    world.stop().await;
    let writers: [Person; WRITERS] = world.let_in();
    let silent: [Person; SILENT] = world.let_in();
    let [early, stopped] = world.let_in();

    // From the evening before to the evening, with a prompt at half past seven in between.
    let before_midnight = early.says("Alleen gisteren.");
    let mut said = vec![Vec::new(); WRITERS];
    for number in 0..MESSAGES {
        for (writer, said) in writers.iter().zip(&mut said) {
            said.push(writer.says(&format!("Regel {number}.")));
        }
        world.clock.advance(Duration::from_secs(72 * 60));
    }
    stopped.says("/stop");
    world.until("2026-03-04T20:45");
    let waiting = world.api.look(|world| world.updates.unconfirmed());
    assert_eq!(waiting, WRITERS * MESSAGES + 2);

    world.start();
    let all_in = |world: &demo::World| (world.updates.unconfirmed() == 0).then_some(());
    world.api.until("all that waited", all_in).await.unwrap();
    until_nothing_waits(&world).await;
    let took = world
        .clock
        .now()
        .duration_since(amsterdam("2026-03-04T20:45"));
    assert!(took.as_secs() < 90, "{took}");

    for (writer, said) in writers.iter().zip(&said) {
        for message in said {
            writer.expects_heart(*message).await;
        }
        assert_eq!(
            writer.unread(),
            [] as [&str; 0],
            "no prompt: they wrote that day"
        );
    }
    for person in &silent {
        person.hears().await;
        assert_eq!(person.unread(), [] as [&str; 0]);
    }
    early.expects_heart(before_midnight).await;
    early.hears().await;
    stopped.expects("Ik stuur geen vragen meer.").await;
    world.api.look(|world| {
        let at: Vec<Duration> = world.calls().map(|call| call.at).collect();
        let in_a_second = |from: &Duration| {
            let until = *from + Duration::from_secs(1);
            world
                .calls()
                .filter(|call| call.method != "getUpdates" && (*from..until).contains(&call.at))
                .count()
        };
        // At the start it asks who it is and tells who it is, which no limit counts.
        let last = at.len() - 500;
        assert!(
            at[last..]
                .iter()
                .step_by(50)
                .all(|from| in_a_second(from) <= 30)
        );
    });
    world.stop().await;
    let words: Vec<Vec<String>> = (0..MESSAGES)
        .map(|number| vec![format!("Regel {number}.")])
        .collect();
    for writer in writers.iter().step_by(9) {
        assert_eq!(world.words_of(writer), words);
        let days = world.entries_of(writer).into_iter().map(|entry| entry.day);
        let expected = (0..MESSAGES).map(|number| {
            // Three of them before midnight.
            if number < 3 {
                date(2026, 3, 3)
            } else {
                date(2026, 3, 4)
            }
        });
        assert!(days.eq(expected));
    }
    assert_eq!(world.entries_of(&early)[0].day, date(2026, 3, 3));
    world.finish().await;
}

#[tokio::test]
async fn when_telegram_was_away_for_a_day_the_prompts_of_that_day_are_let_go() {
    let mut world = World::in_memory().await;
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.begins_with("19:30", "Alle dagen").await;
    bram.begins_with("19:30", "Alle dagen").await;
    world.settle().await;
    let away = Trouble::Refused(Refusal::unauthorized());
    world.trouble(Fault::on_any(away).always());
    world.until("2026-03-02T18:00");
    let note = anna.says("In de storing.");
    // It knows nothing of her note, so there is a prompt that waits for her too.
    for hour in 19..=23 {
        world.until(&format!("2026-03-02T{hour}:40"));
        let struck = world.api.look(|world| world.faults.struck());
        let tried = |world: &demo::World| (world.faults.struck() > struck).then_some(());
        world.api.until("a try", tried).await.unwrap();
    }
    world.until("2026-03-03T18:00");
    world.api.with(|world| world.faults.clear());
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.counts("2 expired").await;
    world.settle().await;
    assert_eq!(bram.unread(), [] as [&str; 0]);
    world.until("2026-03-03T19:30");
    anna.hears().await;
    bram.hears().await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.entries_of(&anna)[0].day, date(2026, 3, 2));
    world.finish().await;
}

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
    bram.expects("Dit is nu een losse notitie").await;
    chris.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn what_is_due_does_not_wait_for_updates_that_do_not_come() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.stop().await;
    world.trouble(Fault::on("getUpdates", Trouble::CutBefore).always());
    world.until("2026-03-02T19:30");
    world.start();
    let came = |world: &demo::World| {
        let last = world.chat(anna.chat).and_then(|chat| chat.last_from_bot());
        last.is_some_and(|message| message.sent >= amsterdam("2026-03-02T19:30"))
    };
    world.passes(Duration::from_secs(10), came).await;
    anna.hears().await;
    world.api.with(|world| world.faults.clear());
    world.clock.advance(Duration::from_secs(60));
    world.finish().await;
}
