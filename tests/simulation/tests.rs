//! Worlds to live through, as many as are asked for; and whether the invariants say so when something does not hold.

#![allow(
    dead_code,
    unused_imports,
    reason = "the measurement includes this module too, and has no tests"
)]

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, civil::date};
use voel_eerst::{
    conversation::{Class, Entry, EntryId, Part},
    parent::{ChatId, MessageId, Words},
    store::Seq,
};

use super::{
    Figures, Setup, Simulation, asked,
    invariants::{self, Held},
    ledger::{DecidedBy, Known, Ledger, Said, Step, marked},
    prompts::Key,
    setup::{Broken, PREFIX},
};

/// How many seeds are lived through, unless somebody says otherwise.
const SEEDS: u64 = 200;

/// Worlds in which nobody rests, of one parent to three. How long they last is what a build without optimisation can live through beside all
/// other tests; `VOEL_EERST_SIMULATION_LONGER` makes it so many times longer.
fn setup(seed: u64) -> Setup {
    let longer = asked("LONGER").unwrap_or(1);
    let parents = [1, 1, 1, 2, 2, 3][usize::try_from(seed % 6).unwrap()];
    let days = (PARENT_DAYS / parents).max(2) * longer;
    Setup {
        seed,
        parents: usize::try_from(parents).unwrap(),
        days: u32::try_from(days).unwrap(),
        bad_luck: [1, 2, 4][usize::try_from(seed / 6 % 3).unwrap()],
        quiet: 0,
    }
}

/// See [`setup`].
const PARENT_DAYS: u64 = 6;

#[test]
fn whatever_happens_the_invariants_hold() {
    let first = asked("SEED").unwrap_or(0);
    let seeds = asked("SEEDS").unwrap_or(SEEDS);
    let mut all = Figures::default();
    let mut broken = Vec::new();
    for seed in first..first + seeds {
        match Simulation::new(setup(seed).or(asked)).run() {
            Ok(figures) => all.add(&figures),
            Err(what) => broken.push(what.to_string()),
        }
    }
    let shown = broken[..broken.len().min(5)].join("\n");
    assert!(
        broken.is_empty(),
        "{} of {seeds} seeds: {shown}",
        broken.len()
    );
    // One world alone may be spared this or that, and so many are not.
    let each_cut = all.cuts.iter().all(|times| *times >= seeds / 20);
    let much = [
        all.prompts,
        all.kept,
        all.crashes,
        all.clocks_set,
        all.zones_changed,
        all.files,
    ];
    assert!(
        seeds < SEEDS || (each_cut && much.iter().all(|times| *times >= seeds / 4)),
        "{all:?}"
    );
}

#[test]
fn a_seed_is_the_same_world_each_time() {
    let again = |seed| Simulation::new(setup(seed)).run();
    for seed in 1_000..1_003 {
        match (again(seed), again(seed)) {
            (Ok(one), Ok(other)) => assert_eq!(one, other),
            (Err(broken), _) | (_, Err(broken)) => panic!("{broken}"),
        }
    }
}

#[test]
fn a_bot_that_never_rests_is_noticed() {
    let mut world = Simulation::new(setup(1));
    let mut left = 1_000;
    let rested = world.until_rest(|_| {
        left -= 1;
        Ok(left > 0)
    });
    assert!(rested.is_ok());
    let broken = world.until_rest(|_| Ok(true)).err().unwrap();
    assert_eq!(broken.invariant, "the_bot_comes_to_rest");
}

#[test]
fn whoever_is_shown_a_failure_can_live_through_the_same_world() {
    let setup = Setup {
        seed: 17,
        parents: 3,
        days: 40,
        bad_luck: 5,
        quiet: 40,
    };
    let broken = Broken {
        setup,
        invariant: "no_prompt_twice",
        why: String::new(),
        at: Timestamp::UNIX_EPOCH,
        step: 1,
    };
    let shown = broken.to_string();
    let said = shown.split_whitespace().filter_map(|word| {
        let (name, value) = word.strip_prefix(PREFIX)?.split_once('=')?;
        Some((name, value.parse().ok()?))
    });
    let said: BTreeMap<&str, u64> = said.collect();
    let asked = |name: &str| said.get(name).copied();
    assert_eq!((asked("SEED"), asked("SEEDS")), (Some(17), Some(1)));
    let other = Setup {
        parents: 1,
        days: 1,
        bad_luck: 1,
        quiet: 0,
        ..setup
    };
    assert_eq!(other.or(asked), setup);
}

#[test]
fn what_is_held_stands_in_the_papers() {
    let papers = include_str!("../../ARCHITECTURE.md");
    let after_a_step = invariants::AFTER_A_STEP.iter().map(|(name, _)| *name);
    let now_and_then = invariants::NOW_AND_THEN.iter().map(|(name, _)| *name);
    let at_the_end = invariants::AT_THE_END.iter().map(|(name, _)| *name);
    let all = after_a_step.chain(now_and_then).chain(at_the_end);
    for name in all.chain(["few_are_in_doubt", "the_bot_comes_to_rest"]) {
        assert!(papers.contains(&format!("`{name}`")), "{name}");
    }
}

/// A world in which nobody has done anything, to tell stories about.
fn untouched() -> Simulation {
    Simulation::new(setup(0))
}

const ANNA: ChatId = ChatId(1);

fn key() -> Key {
    Key {
        chat: ANNA,
        life: 0,
        date: date(2026, 1, 5),
        slot: 0,
    }
}

fn known(class: Class) -> Known {
    Known {
        chat: ANNA,
        class,
        prompt: Some((key(), Timestamp::UNIX_EPOCH)),
        is_message: true,
        is_file: false,
        at: Duration::ZERO,
        behind: 0,
        decided_by: DecidedBy::default(),
        claimed: false,
        tap: None,
    }
}

#[test]
fn a_second_prompt_for_a_date_is_noticed() {
    let mut simulation = untouched();
    let mut step = Step::default();
    step.decided.push((Seq(1), known(Class::Bulk)));
    simulation.ledger.prompts.decide(key());
    assert_eq!(invariants::no_prompt_twice(&mut simulation, &step), Ok(()));
    simulation.ledger.prompts.decide(key());
    assert!(invariants::no_prompt_twice(&mut simulation, &step).is_err());

    let mut simulation = untouched();
    let step = Step {
        arrived: vec![(key(), Timestamp::UNIX_EPOCH, DecidedBy::default())],
        ..Step::default()
    };
    for _ in 0..2 {
        simulation.ledger.prompts.arrive(key());
    }
    assert!(invariants::no_prompt_twice(&mut simulation, &step).is_err());
}

#[test]
fn a_prompt_out_of_order_or_out_of_its_time_is_noticed() {
    let mut simulation = untouched();
    let at = |second| Timestamp::from_second(second).unwrap();
    let by = |clock_set, rules_changed| DecidedBy {
        clock_set,
        rules_changed,
    };
    let mut arrive = |second, by| {
        let step = Step {
            arrived: vec![(key(), at(second), by)],
            ..Step::default()
        };
        invariants::prompts_in_order(&mut simulation, &step)
    };
    assert_eq!(arrive(100, by(0, 0)), Ok(()));
    assert!(arrive(99, by(0, 0)).is_err());
    assert_eq!(arrive(50, by(1, 0)), Ok(()), "somebody set the clock");
    assert!(arrive(49, by(1, 0)).is_err());
    assert_eq!(arrive(40, by(1, 1)), Ok(()), "other rules");
    assert!(arrive(39, by(1, 1)).is_err());

    let mut simulation = untouched();
    let step = Step {
        began: vec![known(Class::Bulk)],
        ..Step::default()
    };
    assert!(invariants::prompts_in_their_time(&mut simulation, &step).is_err());
}

#[test]
fn a_flood_is_noticed() {
    let mut simulation = untouched();
    let step = Step {
        began: vec![known(Class::Bulk)],
        ..Step::default()
    };
    assert_eq!(
        invariants::one_message_a_second(&mut simulation, &step),
        Ok(())
    );
    assert!(invariants::one_message_a_second(&mut simulation, &step).is_err());
    for _ in 0..31 {
        simulation.ledger.begins(Duration::ZERO);
    }
    let step = Step::default();
    assert!(invariants::thirty_calls_a_second(&mut simulation, &step).is_err());
}

#[test]
fn who_had_to_wait_for_others_is_noticed() {
    let mut simulation = untouched();
    simulation.clock.advance(Duration::from_secs(3_600));
    let step = Step {
        ended: vec![known(Class::Interactive)],
        ..Step::default()
    };
    assert!(invariants::nobody_waits_for_another(&mut simulation, &step).is_err());
    simulation.trouble.was_away(Duration::from_secs(1));
    assert_eq!(
        invariants::nobody_waits_for_another(&mut simulation, &step),
        Ok(())
    );
}

/// Anna said this, in message 7, and it has to be kept.
fn with_words(words: &str) -> Ledger {
    let mut ledger = Ledger::default();
    let said = Said {
        at: Duration::ZERO,
        life: 0,
        versions: vec![words.to_owned()],
        keeps: true,
        handled: true,
        erased: false,
        excused: false,
    };
    ledger.said.insert((ANNA, MessageId(7)), said);
    ledger.marks.insert(1, (ANNA, MessageId(7)));
    ledger
}

fn entry(id: u32, words: &str) -> Entry {
    Entry {
        id: EntryId(id),
        day: date(2026, 1, 5),
        written: Timestamp::UNIX_EPOCH,
        prompt: None,
        parts: vec![Part::typed(MessageId(7), Words::new(words))],
        heavy: false,
    }
}

#[test]
fn a_journal_that_lacks_something_or_has_too_much_is_noticed() {
    let words = marked(1);
    let mut ledger = with_words(&words);
    let holds = |ledger: &Ledger, chat, entries: &[Entry]| -> Held {
        invariants::journal_holds(ledger, chat, entries)
    };
    assert_eq!(holds(&ledger, ANNA, &[entry(1, &words)]), Ok(()));
    assert!(holds(&ledger, ANNA, &[]).is_err(), "missing");
    assert!(
        holds(&ledger, ANNA, &[entry(1, "Iets anders.")]).is_err(),
        "other words"
    );
    assert!(
        holds(&ledger, ANNA, &[entry(1, &words), entry(2, &words)]).is_err(),
        "twice"
    );
    assert!(
        holds(&ledger, ChatId(2), &[entry(1, &words)]).is_err(),
        "of another"
    );
    for said in ledger.said.values_mut() {
        said.erased = true;
    }
    assert!(holds(&ledger, ANNA, &[entry(1, &words)]).is_err(), "erased");
    assert_eq!(holds(&ledger, ANNA, &[]), Ok(()));
}

#[test]
fn an_answer_that_stays_away_is_noticed() {
    let mut simulation = untouched();
    simulation.ledger = with_words("Hallo.");
    assert!(invariants::every_message_is_answered(&simulation).is_err());
    simulation.ledger.heard.insert(ANNA, Duration::ZERO);
    assert_eq!(invariants::every_message_is_answered(&simulation), Ok(()));
}

#[test]
fn too_many_in_doubt_are_noticed() {
    assert_eq!(invariants::few_are_in_doubt(56), Ok(()));
    assert!(invariants::few_are_in_doubt(57).is_err());
}
