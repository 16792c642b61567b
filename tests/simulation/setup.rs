//! What a world is like, what happened in it, and what did not hold.

use std::{env, fmt};

use jiff::Timestamp;

/// What a world is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Everything follows from it.
    pub seed: u64,
    pub parents: usize,
    pub days: u32,
    /// On average so many days lie between two pieces of bad luck of each kind.
    pub bad_luck: u32,
    /// How quiet parents are: out of a hundred times that one's way with the bot changes, they are silent for months so often. With 0 nobody ever
    /// rests, and everything that can happen does so within days.
    pub quiet: u32,
}

/// What a variable of the environment says, `VOEL_EERST_SIMULATION_` and this name.
pub fn asked(name: &str) -> Option<u64> {
    let found = env::var(format!("{PREFIX}{name}")).ok();
    found.map(|text| text.parse().expect("a number"))
}

/// What the names of all variables begin with.
pub const PREFIX: &str = "VOEL_EERST_SIMULATION_";

impl Setup {
    /// What of this world is asked for by name is as asked for: that is how one is lived through again.
    #[must_use]
    pub fn or(self, asked: impl Fn(&str) -> Option<u64>) -> Self {
        let small = |name| asked(name).map(|it| u32::try_from(it).expect("a small number"));
        Self {
            seed: self.seed,
            parents: small("PARENTS").map_or(self.parents, |it| it as usize),
            days: small("DAYS").unwrap_or(self.days),
            bad_luck: small("BAD_LUCK").unwrap_or(self.bad_luck),
            quiet: small("QUIET").unwrap_or(self.quiet),
        }
    }
}

/// What happened in a world, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub parent_days: u64,
    /// Times that all invariants of a step were checked.
    pub steps: u64,
    pub rounds: u64,
    /// What parents did.
    pub acts: u64,
    /// Words that had to be kept.
    pub kept: u64,
    pub calls: u64,
    pub prompts: u64,
    pub crashes: u64,
    /// How often the power went at each of [`CUTS`](super::cuts::CUTS).
    pub cuts: [u64; super::cuts::CUTS.len()],
    /// How many of the calls had a file in them.
    pub files: u64,
    pub clocks_set: u64,
    pub zones_changed: u64,
    pub storms: u64,
    pub upkeeps: u64,
    /// Prompts in doubt, as the processes counted them that are gone.
    pub in_doubt: u64,
}

impl Figures {
    /// Adds those of another world.
    pub fn add(&mut self, other: &Self) {
        self.parent_days += other.parent_days;
        self.steps += other.steps;
        self.rounds += other.rounds;
        self.acts += other.acts;
        self.kept += other.kept;
        self.calls += other.calls;
        self.prompts += other.prompts;
        self.crashes += other.crashes;
        for (mine, others) in self.cuts.iter_mut().zip(other.cuts) {
            *mine += others;
        }
        self.files += other.files;
        self.clocks_set += other.clocks_set;
        self.zones_changed += other.zones_changed;
        self.storms += other.storms;
        self.upkeeps += other.upkeeps;
        self.in_doubt += other.in_doubt;
    }
}

/// Something that does not hold.
pub struct Broken {
    pub setup: Setup,
    pub invariant: &'static str,
    pub why: String,
    pub at: Timestamp,
    pub step: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            setup,
            invariant,
            why,
            at,
            step,
        } = self;
        let Setup {
            seed,
            parents,
            days,
            bad_luck,
            quiet,
        } = setup;
        write!(
            f,
            "{invariant} does not hold after {step} steps, at {at}: {why}\nto live through it again:\n  \
             {PREFIX}SEED={seed} {PREFIX}SEEDS=1 {PREFIX}PARENTS={parents} {PREFIX}DAYS={days} {PREFIX}BAD_LUCK={bad_luck} \
             {PREFIX}QUIET={quiet} cargo test --test all simulation::"
        )
    }
}
