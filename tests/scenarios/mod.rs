//! What has to be true of the whole bot.

mod clocks;
mod delivery;
mod first;
mod journal;
mod looking_back;
mod onboarding;
mod prompt;
mod reply;
mod things;
mod times;
mod trouble;
