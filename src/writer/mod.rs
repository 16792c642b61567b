//! What a writer looks at: a prompt as it comes to a parent, and a year of prompts.
//!
//! Pure, and no second rendering of anything: a [`stage`] lets [`respond`](crate::conversation::respond) decide for a parent who exists nowhere, and what is shown
//! is what the bot would have sent.
//!
//! It names the sides, so nothing of it is for parents.

mod bubble;
mod paint;
mod preview;
mod stage;
mod year;
mod year_report;

pub use bubble::{lock_screen, show};
pub use paint::Paint;
pub use preview::{After, Cause, Preview, preview};
pub use stage::{Said, Seen};
pub use year::{Came, Choices, What, Year, year};
pub use year_report::report;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests;
