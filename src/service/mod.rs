//! The heart and what feeds it.

mod clock;
pub mod folder;
pub mod receive;
mod tally;

pub use clock::Clock;
pub use tally::Tally;
