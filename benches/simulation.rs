//! How many years of parents the whole bot lives through in a second on one core, with everything that can go wrong.
//!
//! `cargo bench --profile simulation --bench simulation`. `VOEL_EERST_SIMULATION_SEED` is the first world, `VOEL_EERST_SIMULATION_SEEDS` how many there are, 3 unless said otherwise;
//! `VOEL_EERST_SIMULATION_PARENTS` says how many parents each has, 300, `VOEL_EERST_SIMULATION_DAYS` how long it lasts, three years, `VOEL_EERST_SIMULATION_BAD_LUCK` how
//! many days lie between two pieces of bad luck of a kind, 12, and `VOEL_EERST_SIMULATION_QUIET` how quiet parents are, 80 of 100: how much comes of that, it says.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot go on says so by panicking"
)]

#[path = "../tests/simulation/mod.rs"]
mod simulation;

use std::{
    fs,
    time::{Duration, Instant},
};

use mimalloc::MiMalloc;

use simulation::{Figures, Setup, Simulation, asked};

/// With the allocator of the C library a fifth of the time went into it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    let first = asked("SEED").unwrap_or(0);
    let seeds = asked("SEEDS").unwrap_or(3);
    let begun = Instant::now();
    let mut all = Figures::default();
    for seed in first..first + seeds {
        let setup = Setup {
            seed,
            parents: 300,
            days: 1_096,
            bad_luck: 12,
            quiet: 80,
        };
        let setup = setup.or(asked);
        match Simulation::new(setup).run() {
            Ok(figures) => all.add(&figures),
            Err(broken) => panic!("{broken}"),
        }
    }
    let took = on_the_core().unwrap_or_else(|| begun.elapsed());
    let years = all.parent_days as f64 / 365.25;
    println!("{all:?}");
    let each = |count: u64| count as f64 / years;
    println!(
        "each year of a parent: {:.0} prompts, {:.0} things that they did, {:.0} calls, {:.0} commits",
        each(all.prompts),
        each(all.acts),
        each(all.calls),
        each(all.rounds)
    );
    println!(
        "{years:.0} years of parents in {took:.2?} of the core's time: {:.0} a second",
        years / took.as_secs_f64()
    );
}

/// How long this process has had a core; others may have it too. `None` where no kernel says so.
fn on_the_core() -> Option<Duration> {
    let said = fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = said.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
