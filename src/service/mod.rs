//! The heart and what feeds it.

mod clock;
pub mod receive;
pub mod sender;
mod tally;

pub use clock::Clock;
pub use tally::Tally;
