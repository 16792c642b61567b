//! Once, and in the end: updates that come again, messages that may have arrived, and a bot that dies in between.

use voel_eerst::{
    demo::{Fault, Refusal, Trouble},
    store::{CrashPoint, Pending},
};

use crate::world::{Person, World};

const FIRST: &str = "Het hartje betekent: bewaard.";

#[tokio::test]
async fn an_update_that_comes_again_does_nothing() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Eén keer.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    let written = world.api.look(|world| world.updates.newest()).unwrap();
    world.settle().await;
    for restart in [false, true] {
        if restart {
            world.restart().await;
        }
        assert!(world.api.with(|world| world.updates.redeliver(written)));
        world.settle().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
    }
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Eén keer."]]);
    world.finish().await;
}

#[tokio::test]
async fn a_confirmation_that_gets_lost_is_no_second_reply() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.api.with(|world| world.updates.lose_confirmations(3));
    for number in 0..3 {
        let note = anna.says(&format!("Notitie {number}."));
        anna.expects_heart(note).await;
    }
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(
        world.words_of(&anna),
        [["Notitie 0.", "Notitie 1.", "Notitie 2."]]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_reply_on_disk_that_was_not_confirmed_is_known_after_a_crash() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    // The confirmation of the next batch never leaves, and the bot dies.
    world.confirmations_do_not_arrive();
    let note = anna.says("Op schijf.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.crash().await;
    assert_eq!(world.api.look(|world| world.updates.unconfirmed()), 1);
    world.start();
    world.settle().await;
    // What was said just before the crash may be said again, and the heart may be set again.
    anna.reads_all();
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Op schijf."]]);
    world.finish().await;
}

#[tokio::test]
async fn a_heart_comes_only_after_the_flush() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.engine().crash_at(CrashPoint::Before(1));
    let note = anna.says("Nog nergens.");
    anna.expects("Bewaren lukte niet. Je tekst staat nog in deze chat.")
        .await;
    world.until_the_store_fails().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "no heart");
    assert_eq!(world.api.look(|world| world.updates.unconfirmed()), 1);

    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.expects("Nu is het wel bewaard.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Nog nergens."]]);
    world.finish().await;
}

#[tokio::test]
async fn a_flush_of_which_nobody_heard_is_one_reply() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.engine().crash_at(CrashPoint::After(1));
    let note = anna.says("Toch op schijf.");
    anna.expects("Bewaren lukte niet.").await;
    world.until_the_store_fails().await;
    world.power_comes_back(None).await;
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    anna.expects("Nu is het wel bewaard.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Toch op schijf."]]);
    world.finish().await;
}

#[tokio::test]
async fn what_was_decided_goes_out_after_a_restart() {
    for crash in [false, true] {
        let mut world = World::in_memory().await;
        let anna = world.parent("Anna");
        anna.begins().await;
        world.settle().await;
        let an_hour = Trouble::Refused(Refusal::too_many_requests(3_600));
        world.trouble(Fault::on("sendMessage", an_hour).in_chat(anna.chat));
        anna.says("/hulp");
        anna.says("/privacy");
        world.come_round().await;
        assert_eq!(anna.unread(), [] as [&str; 0]);
        if crash {
            world.crash().await;
        } else {
            world.stop().await;
        }
        let outbox = world.store().outbox().unwrap();
        let hers = |letter: &&Pending| letter.chat == anna.chat;
        assert_eq!(outbox.pending.iter().filter(hers).count(), 2);
        world.start();
        anna.expects("In nood: bel 112.").await;
        anna.expects("Hoe ik met je woorden omga").await;
        world.finish().await;
    }
}

/// How often the evening's prompt arrives when the power goes at this write, counted from its minute on.
async fn prompts_with_a_crash_at(point: CrashPoint) -> usize {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.engine().crash_at(point);
    world.until("2026-03-02T19:30");
    world.until_the_store_fails().await;
    world.crash().await;
    world.start();
    world.settle().await;
    let came = anna.unread().len();
    anna.reads_all();
    // Whatever became of it, an answer to it is an answer, and the next one comes.
    anna.says("Een antwoord.");
    world.settle().await;
    anna.reads_all();
    world.until("2026-03-04T19:30");
    anna.hears().await;
    world.stop().await;
    assert!(world.entries_of(&anna)[0].prompt.is_some());
    world.start();
    world.finish().await;
    came
}

#[tokio::test]
async fn a_planned_prompt_comes_at_most_once_wherever_the_power_goes() {
    // The first write is the decision, the second the claim, the third what became of it.
    for (point, expected) in [
        (CrashPoint::Before(1), 1),
        (CrashPoint::After(1), 1),
        (CrashPoint::Before(2), 1),
        // Claimed, and nobody knows that it never went out.
        (CrashPoint::After(2), 0),
        (CrashPoint::Before(3), 1),
        (CrashPoint::After(3), 1),
    ] {
        assert_eq!(prompts_with_a_crash_at(point).await, expected, "{point:?}");
    }
}

/// A parent at the minute of her prompt, which meets this trouble.
async fn prompt_in(trouble: Trouble) -> (World, Person) {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    world.settle().await;
    world.trouble(Fault::on("sendMessage", trouble).in_chat(anna.chat));
    world.until("2026-03-02T19:30");
    (world, anna)
}

#[tokio::test]
async fn a_prompt_that_may_have_arrived_is_not_sent_again() {
    for (trouble, arrived) in [
        (Trouble::CutBefore, false),
        (Trouble::CutAfter, true),
        (Trouble::Garbled, true),
    ] {
        let (mut world, anna) = prompt_in(trouble.clone()).await;
        world.settle().await;
        assert_eq!(anna.unread().len(), usize::from(arrived), "{trouble:?}");
        world.counts("1 in doubt").await;
        anna.reads_all();
        let reply = anna.says("Ik antwoord erop.");
        anna.expects_heart(reply).await;
        anna.expects(FIRST).await;
        world.restart().await;
        world.settle().await;
        world.stop().await;
        assert!(world.entries_of(&anna)[0].prompt.is_some());
        world.finish().await;
    }
}

#[tokio::test]
async fn a_prompt_whose_answer_the_bot_did_not_live_to_hear_is_not_sent_again() {
    let (mut world, anna) = prompt_in(Trouble::Slow).await;
    let prompt = anna.hears().await;
    world.crash().await;
    world.start();
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    let reply = anna.replies_to(prompt.id, "Ik antwoord erop.");
    anna.expects_heart(reply).await;
    anna.expects(FIRST).await;
    world.settle().await;
    world.stop().await;
    let entry = &world.entries_of(&anna)[0];
    let title = &entry.prompt.as_ref().unwrap().title;
    assert!(prompt.text.starts_with(title));
    world.finish().await;
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_is_sent_again() {
    for (trouble, copies) in [
        (Trouble::CutBefore, 1),
        (Trouble::CutAfter, 2),
        (Trouble::Garbled, 2),
    ] {
        let mut world = World::new().await;
        let anna = world.parent("Anna");
        world.trouble(Fault::on("sendMessage", trouble).in_chat(anna.chat));
        anna.says("/privacy");
        for _ in 0..copies {
            anna.expects("Hoe ik met je woorden omga").await;
        }
        world.finish().await;
    }
}

#[tokio::test]
async fn an_answer_whose_arrival_the_bot_did_not_live_to_hear_is_sent_again() {
    let mut world = World::in_memory().await;
    let anna = world.parent("Anna");
    world.trouble(Fault::on("sendMessage", Trouble::Slow).in_chat(anna.chat));
    anna.says("/privacy");
    anna.expects("Hoe ik met je woorden omga").await;
    world.crash().await;
    world.start();
    anna.expects("Hoe ik met je woorden omga").await;
    world.finish().await;
}
