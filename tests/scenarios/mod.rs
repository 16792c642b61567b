//! What has to be true of the whole bot.

mod clocks;
mod export;
mod first;
mod journal;
mod onboarding;
mod prompt;
mod reply;
mod things;
mod times;
