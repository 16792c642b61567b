//! What has to be true of the whole bot.

mod clocks;
mod first;
mod onboarding;
mod prompt;
mod times;
