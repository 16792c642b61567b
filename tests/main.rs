//! The whole bot from outside: scenarios over HTTP, on the real service, against the strict Bot API in memory; the real program; and the
//! rules that the code keeps to.
//!
//! [`world`] is what the bot lives in, and says how a scenario is written; [`scenarios`] are what has to be true there.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod binary;
mod fuzz;
mod rules;
mod scenarios;
mod simulation;
mod world;
