//! What has to be true of the whole bot.

mod first;
mod onboarding;
mod times;
