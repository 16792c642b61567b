//! What has to be true of the whole bot. Which scenario holds which rule of the conversation design stands in docs/scenarios.md.

mod bad_gateway;
mod buttons;
mod clocks;
mod crisis;
mod delivery;
mod demo;
mod export;
mod first;
mod flows;
mod journal;
mod library;
mod limits;
mod looking_back;
mod monkeys;
mod onboarding;
mod own_prompts;
mod pause_and_silence;
mod prompt;
mod reply;
mod rush;
mod settings;
mod table;
mod things;
mod times;
mod trouble;
mod upkeep;
