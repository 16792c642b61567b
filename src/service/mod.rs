//! The heart and what feeds it.

mod clock;
pub mod folder;

pub use clock::Clock;
