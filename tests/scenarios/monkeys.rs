//! People who do anything at all, in any order: whatever it is, every tap is answered, nothing panics, and the Bot API is never asked for
//! what it refuses.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng, seq::IndexedRandom};
use voel_eerst::{
    demo::{self, Author, Content, Voice},
    parent::{ChatId, MessageId},
};

use crate::world::{LIBRARY, Person, World};

const TEXTS: [&str; 9] = [
    "Ik merkte dat ik rustiger werd.",
    "20:15",
    "half acht",
    "di en do",
    "gisteren",
    "Lissabon",
    "ja",
    "💛",
    "Een zin van meer dan veertig tekens, want zo lang is een antwoord vaak.",
];

/// One act of somebody.
fn act(world: &mut demo::World, person: ChatId, chance: &mut ChaCha8Rng) {
    let Some(chat) = world.chat(person) else {
        world.press_start(person).unwrap();
        return;
    };
    let with_buttons: Vec<(MessageId, usize, usize)> = chat
        .from_bot()
        .rev()
        .filter(|message| !message.keyboard.is_empty())
        .take(2)
        .flat_map(|message| {
            let rows = message.keyboard.inline_keyboard.iter().enumerate();
            rows.flat_map(move |(row, buttons)| {
                let columns = (0..buttons.len()).filter(|column| buttons[*column].url.is_none());
                columns.map(move |column| (message.id, row, column))
            })
        })
        .collect();
    let own: Vec<MessageId> = chat
        .messages
        .values()
        .filter(|message| message.from == Author::User(person))
        .map(|message| message.id)
        .collect();
    let any: Vec<MessageId> = chat.messages.keys().copied().collect();
    // What an app would not offer, such as to edit a sticker, is not done.
    match chance.random_range(0..100) {
        0..60 if !with_buttons.is_empty() => {
            let (message, row, column) = *with_buttons.choose(chance).unwrap();
            let times = if chance.random_ratio(1, 6) { 2 } else { 1 };
            for _ in 0..times {
                let _ = world.tap(person, message, row, column);
            }
        }
        0..75 => {
            let text = TEXTS.choose(chance).unwrap();
            let reply_to = any.choose(chance).filter(|_| chance.random_ratio(1, 4));
            let _ = world.say(person, text, reply_to.copied());
        }
        75..90 => {
            let command = LIBRARY.commands.choose(chance).unwrap();
            let _ = world.say(person, &format!("/{}", command.name), None);
        }
        90..94 => {
            let text = TEXTS.choose(chance).unwrap();
            let _ = world.edit_own(person, *own.choose(chance).unwrap(), text);
        }
        94 => drop(world.send_content(person, Content::Sticker("🙂".to_owned()))),
        95 => drop(world.speak(person, Voice::new(7, *b"OggS"), None)),
        96..98 => drop(world.delete(person, *any.choose(chance).unwrap())),
        _ => {
            let blocked = chance.random_bool(0.5);
            world.set_blocked(person, blocked).unwrap();
        }
    }
}

/// Lets people do so many things, with time passing in between.
async fn let_loose(seed: u64, steps: usize) {
    let mut world = World::in_memory().await;
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let people: Vec<Person> = ["Anna", "Bram", "Chris"]
        .map(|name| world.parent(name))
        .into();
    for step in 0..steps {
        for _ in 0..chance.random_range(1..4) {
            let person = people.choose(&mut chance).unwrap().chat;
            world.api.with(|world| act(world, person, &mut chance));
        }
        if chance.random_ratio(9, 10) {
            world.settle().await;
        }
        match chance.random_range(0..30) {
            0 => world.clock.advance(Duration::from_secs(3_600)),
            1 => world.clock.advance(Duration::from_secs(24 * 3_600)),
            2 => world.clock.advance(Duration::from_secs(9 * 24 * 3_600)),
            3 => world.restart().await,
            _ => {}
        }
        if step % 10 == 9 {
            world.settle().await;
            let tally = world.tally().to_string();
            assert!(
                tally.contains("; 0 panics, 0 unreadable records;"),
                "{tally}"
            );
        }
    }
    world.settle().await;
    for person in &people {
        person.reads_all();
    }
    let refusals = world.refusals();
    let surprising = refusals.iter().filter(|refusal| {
        let expected = [
            // Blocked while an answer was on its way.
            "Forbidden: bot was blocked by the user",
            // Deleted by the person.
            "message to edit not found",
            "message to react not found",
            // Buttons are taken from an old message, in case they are still there.
            "editMessageReplyMarkup Bad Request: message is not modified",
            // A tap that had to wait for its answer while a day passed, or whose message changed meanwhile.
            "query is too old",
        ];
        !expected.iter().any(|expected| refusal.contains(expected))
    });
    let surprising: Vec<&String> = surprising.collect();
    assert!(
        surprising.is_empty(),
        "with the seed {seed}: {surprising:#?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn whatever_people_do_the_bot_keeps_to_the_rules() {
    for seed in 0..2 {
        let_loose(seed, 80).await;
    }
}
