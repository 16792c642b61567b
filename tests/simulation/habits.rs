//! How a parent lives with the bot for a while.

use rand::{RngExt, rngs::ChaCha8Rng, seq::IndexedRandom};

/// How they live with it.
#[derive(Clone, Copy, Debug)]
pub struct Habit {
    /// Out of a hundred prompts they answer so many.
    pub answers: u32,
    /// On average so many hours lie between two things that they do of their own accord.
    pub restless: u64,
    /// On average it stays so for so many days.
    pub days: u64,
}

/// In worlds in which everything happens within days.
const HECTIC: [Habit; 4] = [
    habit(90, 6, 100),
    habit(70, 12, 100),
    habit(40, 36, 100),
    habit(5, 12, 100),
];

/// In worlds that are more like life: weeks of a lively beginning, months of an answer now and then, weeks of hardly any.
const AWAKE: [Habit; 3] = [
    habit(80, 4 * 24, 20),
    habit(50, 15 * 24, 60),
    habit(5, 45 * 24, 60),
];

/// Nothing for months, until something brings them back. The bot is quiet after the 14th prompt that they did not answer.
const SILENT: Habit = habit(0, 300 * 24, 150);

const fn habit(answers: u32, restless: u64, days: u64) -> Habit {
    Habit {
        answers,
        restless,
        days,
    }
}

impl Habit {
    /// How somebody begins.
    pub fn first(quiet: u32, chance: &mut ChaCha8Rng) -> Self {
        let habits: &[Self] = if quiet == 0 { &HECTIC } else { &AWAKE };
        *habits.choose(chance).expect("habits")
    }

    /// How somebody goes on. See [`Setup::quiet`](super::Setup::quiet).
    pub fn next(quiet: u32, chance: &mut ChaCha8Rng) -> Self {
        if chance.random_range(0..100) < quiet {
            SILENT
        } else {
            Self::first(quiet, chance)
        }
    }
}
