//! The whole bot from outside: scenarios over HTTP, on the real service, against the strict Bot API in memory.
//!
//! [`world`] is what the bot lives in, and says how a scenario is written; [`scenarios`] are what has to be true there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod scenarios;
mod world;
//! Tests of the whole program, and of the rules that its code keeps to.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod binary;
mod rules;
