//! How many years of parents the whole bot lives through in a second on one core, with everything that can go wrong.
//!
//! `cargo bench --bench simulation`. `VOEL_EERST_SIMULATION_SEED` is the first world, `VOEL_EERST_SIMULATION_SEEDS` how many there are, 20 unless said otherwise;
//! `VOEL_EERST_SIMULATION_PARENTS` says how many parents each has, 300, and `VOEL_EERST_SIMULATION_DAYS` how long it lasts, 366 days.

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

use std::time::Instant;

use simulation::{Figures, Setup, Simulation, asked};

fn main() {
    let first = asked("SEED").unwrap_or(0);
    let seeds = asked("SEEDS").unwrap_or(20);
    let begun = Instant::now();
    let mut all = Figures::default();
    for seed in first..first + seeds {
        let setup = Setup {
            seed,
            parents: 300,
            days: 366,
            bad_luck: 6,
            quiet: 50,
        };
        let setup = setup.or(asked);
        match Simulation::new(setup).run() {
            Ok(figures) => all.add(&figures),
            Err(broken) => panic!("{broken}"),
        }
    }
    let took = begun.elapsed();
    let years = all.parent_days as f64 / 365.25;
    println!("{all:?}");
    println!(
        "{years:.0} years of parents in {took:.2?}: {:.0} a second",
        years / took.as_secs_f64()
    );
}
