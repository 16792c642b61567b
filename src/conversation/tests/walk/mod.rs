//! A parent who does anything at all: from every state every button and every kind of message is tried, by breadth, and by thousands of
//! walks at random. Whatever happens, the [rules] hold.

mod acts;
mod rules;

use std::collections::{BTreeSet, VecDeque};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng, seq::IndexedRandom};

use super::*;
use crate::parent::{Asking, AskingJournal};
use acts::{Act, acts};
use rules::{Before, can_go_home};

/// The states that the walk begins in. From a stranger alone it would take long to come to a journal of two years.
fn beginnings() -> Vec<Talk> {
    let mut declined = Talk::new();
    declined.say("/start");
    declined.tap("Bewaar niets. Ik ben 18+");
    let mut prompted = Talk::begun();
    prompted.until_due();
    let mut writing = Talk::begun();
    writing.until_due();
    writing.say("Ik merkte dat ik rustiger werd.");
    writing.minutes(3 * 24 * 60);
    writing.say("Een losse gedachte.");
    vec![Talk::new(), declined, prompted, writing]
}

/// What sets a state apart, as far as the next act is concerned: what the parent agreed to, what the newest keyboard is for, and what is asked.
/// Everything else is for the walks at random: with it, there would be no end of states.
fn kind_of(talk: &Talk) -> String {
    let Some(parent) = &talk.parent else {
        return "nobody".to_owned();
    };
    let consent = match &parent.consent {
        Consent::Open => "open",
        Consent::Declined => "declined",
        Consent::Given { .. } => "given",
    };
    let menu = parent.menu.map(|menu| (menu.number, menu.message));
    let prompt = parent.prompt.as_ref().filter(|prompt| prompt.live);
    let prompt = prompt.map(|prompt| (prompt.number, prompt.message));
    let flow = parent.flows.open.as_ref();
    let flow = flow.map(|flow| (flow.number, flow.message));
    let all = [menu, prompt, flow].into_iter().flatten();
    let newest = all.max_by_key(|(number, _)| *number);
    let shown = newest.and_then(|(_, message)| talk.chat.get(&message?));
    // The seven days can be chosen in 128 ways, and behave the same in all of them.
    let labels = shown.map(|shown| format!("{:?}", shown.labels()).replace("✓ ", ""));
    let asked = parent
        .settings
        .asking
        .map(|asking| (asking.what, asking.otherwise));
    let asking = parent.asking.map(|asking| match asking {
        Asking::Time => "nothing",
        Asking::Journal(AskingJournal::Search, _) => "what to search for",
        Asking::Journal(AskingJournal::Read, _) => "a day to read",
        Asking::Journal(AskingJournal::Day, _) => "a day",
        Asking::Journal(AskingJournal::Note(_), _) => "a note",
        Asking::Journal(AskingJournal::More(_), _) => "more",
        Asking::Journal(AskingJournal::Words(_), _) => "words",
    });
    let onboarding = parent.onboarding;
    format!("{consent} {onboarding:?} {asking:?} {asked:?} {labels:?}")
}

/// Does it, and holds the rules against what came of it.
fn go(talk: &mut Talk, act: &Act, story: &dyn Fn() -> String) {
    let before = Before::of(talk);
    act.happens(talk);
    if let Err(broken) = before.holds(talk, act) {
        panic!("{broken}\nafter {}", story());
    }
}

#[test]
fn from_every_state_every_button_and_message_is_tried() {
    let mut seen = BTreeSet::new();
    let mut waiting: VecDeque<(Talk, Vec<String>)> = VecDeque::new();
    for talk in beginnings() {
        if seen.insert(kind_of(&talk)) {
            waiting.push_back((talk, Vec::new()));
        }
    }
    let (mut states, mut tried) = (0, 0);
    while let Some((talk, story)) = waiting.pop_front() {
        states += 1;
        let way = || format!("{story:#?}");
        if let Err(stuck) = can_go_home(&talk) {
            panic!("{stuck}\nafter {}", way());
        }
        for act in acts(&talk) {
            let mut next = talk.fork();
            tried += 1;
            go(&mut next, &act, &|| format!("{story:#?} and then {act:?}"));
            // Nobody's app makes these up, so no walk goes on from there.
            if matches!(act, Act::Forged(..)) {
                continue;
            }
            // The same states once more, in other words.
            if next.spoken().language != talk.spoken().language {
                continue;
            }
            if seen.insert(kind_of(&next)) {
                let story = story.iter().cloned().chain([format!("{act:?}")]);
                waiting.push_back((next, story.collect()));
            }
        }
    }
    assert!(
        states > 300 && tried > 20_000,
        "only {states} states and {tried} acts"
    );
}

/// How many people walk, and how far each.
const WALKS: u64 = 2_000;
const STEPS: usize = 30;

#[test]
fn nobody_gets_stuck_on_thousands_of_walks() {
    let beginnings = beginnings();
    for seed in 0..WALKS {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut talk = beginnings.choose(&mut chance).unwrap().fork();
        let mut story = vec![format!("seed {seed}")];
        let mut gone: Vec<Act> = Vec::new();
        for _ in 0..STEPS {
            let act = acts::at_random(&talk, &gone, &mut chance);
            story.push(format!("{act:?}"));
            let stood = acts::taps(&talk);
            go(&mut talk, &act, &|| format!("{story:#?}"));
            let stands = acts::taps(&talk);
            gone.extend(stood.into_iter().filter(|tap| !stands.contains(tap)));
            // Somewhere on the way, so that the walk itself goes on as it was.
            if chance.random_ratio(1, STEPS as u32)
                && let Err(stuck) = can_go_home(&talk)
            {
                panic!("{stuck}\nafter {story:#?}");
            }
        }
    }
}
