//! The whole bot but for its sockets, for years, under everything that can go wrong: in one thread, with a clock that is a value and a
//! seed.
//!
//! What takes part is the product itself: [`Heart::round`](voel_eerst::service::Heart::round) with the conversation and the store behind it (on a disk in
//! memory that loses its power at chosen writes), the sender's [`Queue`](voel_eerst::service::sender::queue::Queue), the requests and the
//! readers of [`Telegram`](voel_eerst::telegram::Telegram), and on the other side the strict Bot API of the demo. What is played here is what
//! waits between them: the loop that looks who is next ([`run`]), the process that dies ([`bot`]), the wire ([`wire`]), the people
//! ([`people`], [`habits`]), and the bad days ([`trouble`], [`cuts`]). What has to be true after each step stands in [`invariants`], and what it is held
//! against in [`ledger`].
//!
//! A seed that fails says with which variables to live through the same world again.

// The measurement uses the same module, and not all of it.
#![allow(dead_code, reason = "what only the tests or only the measurement uses")]

mod bot;
mod cuts;
mod habits;
mod invariants;
mod journals;
mod ledger;
mod people;
mod process;
mod prompts;
mod receive;
mod run;
mod setup;
mod steps;
#[cfg(test)]
mod tests;
mod trouble;
mod wire;

pub use run::Simulation;
pub use setup::{Figures, Setup, asked};
