//! Telegram on a bad day: what it refuses, what it does not say, and who is gone.

use std::time::Duration;

use serde_json::json;
use voel_eerst::{
    demo::{self, Fault, Refusal, Trouble},
    parent::ChatId,
    service::ServiceError,
};

use crate::world::{Person, Way, World};

fn refused(refusal: Refusal) -> Trouble {
    Trouble::Refused(refusal)
}

/// Two parents who have begun.
async fn anna_and_bram(world: &mut World) -> (Person, Person) {
    let (anna, bram) = (world.parent("Anna"), world.parent("Bram"));
    anna.begins().await;
    bram.begins().await;
    world.settle().await;
    (anna, bram)
}

#[tokio::test]
async fn a_429_holds_its_own_chat_for_as_long_as_it_says_and_no_other() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    let half_a_minute = refused(Refusal::too_many_requests(30));
    world.trouble(Fault::on("sendMessage", half_a_minute).in_chat(anna.chat));
    anna.says("/hulp");
    bram.says("/hulp");
    bram.expects("In nood: bel 112.").await;
    world.counts("1 tries again").await;
    world.clock.advance(Duration::from_secs(20));
    world.come_round().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.clock.advance(Duration::from_secs(10));
    anna.expects("In nood: bel 112.").await;
    world.finish().await;
}

#[tokio::test]
async fn a_429_on_a_prompt_delays_it_and_does_not_lose_it() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    let two_minutes = refused(Refusal::too_many_requests(120));
    world.trouble(Fault::on("sendMessage", two_minutes).in_chat(anna.chat));
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.counts("1 tries again").await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.until("2026-03-02T19:32:30");
    anna.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn a_prompt_that_is_held_too_long_is_let_go() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    let four_hours = refused(Refusal::too_many_requests(4 * 3_600));
    world.trouble(Fault::on("sendMessage", four_hours).in_chat(anna.chat));
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.counts("1 tries again").await;
    world.until("2026-03-02T23:35");
    world.counts("1 expired").await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    world.until("2026-03-04T19:30");
    anna.hears().await;
    bram.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn whoever_blocks_the_bot_gets_nothing_until_they_unblock_it() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    anna.blocks(true);
    world.settle().await;
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.until("2026-03-04T19:30");
    bram.hears().await;
    world.settle().await;
    assert_eq!(world.refusals(), [] as [&str; 0], "nothing was tried");
    anna.blocks(false);
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "nothing lies in wait");
    world.until("2026-03-07T19:30");
    anna.hears().await;
    bram.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn a_403_says_so_too_and_any_sign_of_life_ends_it() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    let blocked = refused(Refusal::forbidden("bot was blocked by the user"));
    world.trouble(Fault::on("sendMessage", blocked).in_chat(anna.chat));
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.counts("1 unreachable").await;
    world.settle().await;
    world.until("2026-03-04T19:30");
    bram.hears().await;
    world.settle().await;
    assert_eq!(anna.unread(), [] as [&str; 0]);
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    world.until("2026-03-07T19:30");
    anna.hears().await;
    bram.hears().await;
    world.finish().await;
}

#[tokio::test]
async fn a_deleted_account_is_found_out_once() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    world.api.with(|world| world.deactivate(anna.chat)).unwrap();
    for day in ["2026-03-02", "2026-03-04", "2026-03-07"] {
        world.until(&format!("{day}T19:30"));
        bram.hears().await;
        world.settle().await;
    }
    assert_eq!(
        world.refusals(),
        ["sendMessage Forbidden: user is deactivated"]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_400_ends_one_message_and_holds_up_nobody() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    let too_long = refused(Refusal::bad_request("message is too long"));
    world.trouble(
        Fault::on("sendMessage", too_long)
            .in_chat(anna.chat)
            .times(2),
    );
    anna.says("/hulp");
    anna.says("/privacy");
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    bram.says("/hulp");
    bram.expects("In nood: bel 112.").await;
    world.counts("2 failed").await;
    // A prompt that is refused is one that was not seen.
    let too_long = refused(Refusal::bad_request("message is too long"));
    world.trouble(Fault::on("sendMessage", too_long).in_chat(anna.chat));
    world.until("2026-03-02T19:30");
    bram.hears().await;
    world.settle().await;
    world.until("2026-03-04T19:30");
    anna.hears().await;
    bram.hears().await;
    world.stop().await;
    assert_eq!(world.store().outbox().unwrap().pending, []);
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn a_slow_answer_holds_its_own_chat_only() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    world.trouble(Fault::on("sendMessage", Trouble::Slow).in_chat(anna.chat));
    anna.says("/hulp");
    anna.says("/privacy");
    anna.expects("In nood: bel 112.").await;
    bram.says("/hulp");
    bram.expects("In nood: bel 112.").await;
    world.come_round().await;
    assert_eq!(anna.unread(), [] as [&str; 0], "one after the other");
    world.api.with(|world| world.release());
    anna.expects("Hoe ik met je woorden omga").await;
    world.finish().await;
}

#[tokio::test]
async fn updates_come_in_again_after_any_trouble() {
    let mut world = World::new().await;
    let (anna, _) = anna_and_bram(&mut world).await;
    for (number, trouble) in [
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::Garbled,
        refused(Refusal::conflict("terminated by other getUpdates request")),
        refused(Refusal::too_many_requests(3)),
        refused(Refusal::bad_request("something new")),
    ]
    .into_iter()
    .enumerate()
    {
        world.trouble(Fault::on(world.receiving(), trouble).times(3));
        let note = anna.says(&format!("Notitie {number}."));
        anna.expects_heart(note).await;
        if number == 0 {
            anna.expects("Dit is nu een losse notitie").await;
        }
        world.settle().await;
    }
    world.stop().await;
    assert_eq!(world.words_of(&anna).concat().len(), 6);
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_for_a_while_is_tried_again() {
    let mut world = World::new().await;
    let (anna, bram) = anna_and_bram(&mut world).await;
    world.trouble(Fault::on(
        world.receiving(),
        refused(Refusal::unauthorized()),
    ));
    world.trouble(Fault::on("sendMessage", refused(Refusal::unauthorized())).times(2));
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    // Nobody but a person can mend this, so the bot waits longer.
    bram.says("/hulp");
    let heard = |world: &demo::World| {
        let chat = world.chat(bram.chat).unwrap();
        chat.last_from_bot().unwrap().text().contains("112")
    };
    world.passes(Duration::from_secs(5), heard).await;
    bram.expects("In nood: bel 112.").await;
    world.finish().await;
}

#[tokio::test]
async fn a_second_bot_with_the_same_token_takes_nothing_away() {
    let mut world = World::new().await;
    let (anna, _) = anna_and_bram(&mut world).await;
    for number in 0..3 {
        match world.way() {
            Way::Polling => world.calls("getUpdates").await,
            Way::Webhook => {
                assert_eq!(world.tries("getUpdates").await, 409);
                assert_eq!(world.refusals().len(), 1);
            }
        }
        let note = anna.says(&format!("Notitie {number}."));
        anna.expects_heart(note).await;
    }
    anna.expects("Dit is nu een losse notitie").await;
    world.finish().await;
}

#[tokio::test]
async fn updates_of_a_kind_that_nobody_knows_pass() {
    let mut world = World::new().await;
    let (anna, _) = anna_and_bram(&mut world).await;
    world.api.with(|world| {
        for (kind, content) in [
            ("message", json!({"message_id": 7, "novelty": {}})),
            ("message", json!("a string")),
            ("callback_query", json!({"id": 5})),
            ("my_chat_member", json!(null)),
            ("edited_message", json!([])),
        ] {
            assert!(world.updates.push(kind, content).is_some());
        }
    });
    anna.says("/hulp");
    anna.expects("In nood: bel 112.").await;
    world.counts("5 of them unreadable").await;
    world.finish().await;
}

#[tokio::test]
async fn numbers_of_updates_may_begin_anew() {
    let mut world = World::new().await;
    let (anna, _) = anna_and_bram(&mut world).await;
    world
        .api
        .with(|world| world.updates.count_from(1_900_000_000));
    let note = anna.says("Na een stille week.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.finish().await;
}

#[tokio::test]
async fn a_wrong_token_ends_the_start_and_a_telegram_that_is_not_there_is_waited_for() {
    let mut world = World::new().await;
    world.stop().await;
    world.trouble(Fault::on("getMe", refused(Refusal::unauthorized())));
    world.start();
    assert!(matches!(world.ended().await, ServiceError::WrongToken));
    for trouble in [
        Trouble::CutBefore,
        Trouble::Garbled,
        refused(Refusal::too_many_requests(3)),
        refused(Refusal::bad_request("something new")),
    ] {
        world.trouble(Fault::on("getMe", trouble).times(3));
        world.start();
        world.settle().await;
        world.stop().await;
    }
    // Somebody who waits for the network does not wait for the end of it.
    world.trouble(Fault::on("getMe", Trouble::CutBefore).always());
    world.start();
    let before = world.api.look(|world| world.faults.struck().len());
    let asked = |world: &demo::World| (world.faults.struck().len() > before).then_some(());
    world.api.until("a try", asked).await.unwrap();
    world.stop().await;
    world.api.with(|world| world.faults.clear());
    world.start();
    world.finish().await;
}

#[tokio::test]
async fn the_command_menu_is_told_until_telegram_has_heard() {
    let mut world = World::new().await;
    let told = |world: &demo::World| {
        let menu = world.profile().menu(ChatId::default(), "nl");
        let mut commands = menu.iter();
        commands
            .any(|command| command.command == "hulp")
            .then_some(())
    };
    world.api.until("the command menu", told).await.unwrap();
    world.stop().await;
    world.api.with(|world| {
        for trouble in [
            Trouble::CutBefore,
            refused(Refusal::too_many_requests(5)),
            refused(Refusal::bad_request("something new")),
        ] {
            world.faults.add(Fault::on("setMyDescription", trouble));
        }
    });
    world.start();
    let described = |world: &demo::World| {
        let calls = world.calls();
        let told = calls.filter(|call| call.method == "setMyDescription");
        told.count()
    };
    let before = world.api.look(described);
    let again = |world: &demo::World| described(world) > before;
    world.passes(Duration::from_secs(10), again).await;
    world.finish().await;
}
