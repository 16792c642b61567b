//! The heart and what feeds it.

mod clock;

pub use clock::Clock;
