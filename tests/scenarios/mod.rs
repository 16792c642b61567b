//! What has to be true of the whole bot.

mod bad_gateway;
mod clocks;
mod delivery;
mod demo;
mod export;
mod first;
mod journal;
mod library;
mod looking_back;
mod monkeys;
mod onboarding;
mod prompt;
mod reply;
mod rush;
mod things;
mod times;
mod trouble;
mod voice;
