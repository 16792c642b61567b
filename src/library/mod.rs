//! What the bot can say.
