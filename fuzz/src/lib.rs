//! What the targets run: the bodies that `cargo test` runs on the corpus, see `tests/fuzz`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold is said by panicking"
)]

#[path = "../../tests/fuzz/bodies/mod.rs"]
pub mod bodies;
