//! Restarts in the middle of everything: nothing is lost, and nothing comes twice.

use std::time::Duration;

use crate::world::{Person, World};

const PARENTS: usize = 12;

const RESTARTS: usize = 6;

async fn parents(world: &mut World) -> Vec<Person> {
    let people: Vec<Person> = (0..PARENTS).map(|_| world.parent("Ouder")).collect();
    for person in &people {
        person.begins().await;
    }
    world.settle().await;
    people
}

#[tokio::test]
async fn while_parents_write_every_word_is_kept_once_and_answered_once() {
    let mut world = World::new().await;
    let people = parents(&mut world).await;
    let mut said = Vec::new();
    for round in 0..RESTARTS {
        for half in ["voor", "tijdens"] {
            let words = format!("Notitie {half} herstart {round}.");
            for person in &people {
                person.says(&words);
            }
            said.push(words);
            // The first half may be anywhere by now: on its way, in the heart, or answered.
            if half == "voor" {
                world.restart().await;
            }
        }
    }
    world.settle().await;
    for person in &people {
        let unread = person.unread();
        let hearts = unread.iter().filter(|line| line.starts_with("Heart"));
        assert_eq!(hearts.count(), said.len(), "{unread:#?}");
        let sentences = unread.iter().filter(|line| !line.starts_with("Heart"));
        assert_eq!(
            sentences.count(),
            1,
            "what a heart means, once: {unread:#?}"
        );
        person.reads_all();
    }
    world.stop().await;
    for person in &people {
        assert_eq!(world.words_of(person).concat(), said);
    }
    world.finish().await;
}

#[tokio::test]
async fn in_the_minute_of_the_prompts_each_comes_once() {
    let mut world = World::new().await;
    let people = parents(&mut world).await;
    world.until("2026-03-02T19:30");
    for _ in 0..RESTARTS {
        world.restart().await;
    }
    world.settle().await;
    for person in &people {
        let unread = person.unread();
        assert_eq!(unread.len(), 1, "{unread:#?}");
        person.reads_all();
    }
    world.counts(" 0 in doubt").await;
    world.finish().await;
}

/// Prompts that are claimed and wait for a moment of Telegram's are given back, not taken for sent.
#[tokio::test]
async fn prompts_that_telegram_lets_wait_come_after_the_restart() {
    use voel_eerst::demo::{Fault, Refusal, Trouble};
    let mut world = World::new().await;
    let people = parents(&mut world).await;
    let ten_minutes = Trouble::Refused(Refusal::too_many_requests(600));
    world.trouble(Fault::on("sendMessage", ten_minutes).times(2));
    world.until("2026-03-02T19:30");
    world.counts("2 tries again").await;
    world.restart().await;
    world.clock.advance(Duration::from_secs(600));
    world.settle().await;
    for person in &people {
        assert_eq!(person.unread().len(), 1, "{:?}", person.unread());
        person.reads_all();
    }
    world.counts(" 0 in doubt").await;
    world.refusals();
    world.finish().await;
}
