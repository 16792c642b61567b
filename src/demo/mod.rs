//! A strict Bot API in memory, and a phone in the browser to talk through it.
//!
//! The demo and the tests run the real bot against this instead of Telegram. Nothing in the product's way depends on it.
//!
//! ```text
//!   the bot ── HTTP ──▶ skin ─▶ api ─▶ methods, messages ─▶ ┐
//!                               │ trouble, waiting          ├─ World: users, chats, updates
//!   the page ── HTTP ──▶ phone ─┴──▶ user, group ──────────▶ ┘
//!   a test ─────────────▶ BotApi::with, look, until ───────▶
//! ```
//!
//! - [`World`] is plain data: who there is, what was said, which updates wait. It takes its time from a [`Clock`](crate::service::Clock),
//!   and knows neither HTTP nor waiting. `rules` and `flood` say what Telegram refuses, `wire` writes its JSON.
//! - [`BotApi`] is the handle that everybody shares: a lock around the world, word of every change, long polls, and the trouble of
//!   [`Fault`]s.
//! - [`serve`] is the skin around it that a bot talks to, [`run_phone`] the one that the page talks to. A bot that has set a webhook is called by `webhook`.
//!
//! It is stricter than Telegram where that shows a mistake: a parameter that a method here does not take is refused, not ignored, also when
//! the real server knows it and this bot never needed it. To add a method, give it a type with its parameters and a line in `methods`.
//!
//! Whoever starts a demo makes a [`Clock`](crate::service::Clock), a [`BotApi`] on it, two loopback listeners and the bot, and gives
//! the bot [`api_url`] and [`TOKEN`]. Nobody real writes here, so unlike the rest of the house this room may print what is said.

mod api;
mod chats;
mod cuttable;
mod deliveries;
mod documents;
mod faults;
mod flood;
mod group;
mod messages;
mod methods;
mod params;
mod phone;
mod pictures;
mod profile;
mod refusal;
mod rules;
mod skin;
mod start;
mod taps;
mod updates;
mod user;
mod voices;
mod webhook;
mod wire;
mod world;

pub use api::{BotApi, NotReached};
pub use chats::{Author, Chat, ChatKind, Content, Message, Reach, Toast, User};
pub use deliveries::Delivery;
pub use documents::Document;
pub use faults::{Fault, Faults, Trouble};
pub use flood::Flood;
pub use params::Upload;
pub use phone::{Shelf, run_phone};
pub use pictures::Picture;
pub use profile::Profile;
pub use refusal::Refusal;
pub use rules::{BotCommand, InlineButton, InlineKeyboard};
pub use skin::{api_url, serve};
pub use start::{Demo, Setup, house};
pub use updates::Updates;
pub use user::Cannot;
pub use voices::{FILE, Voice};
pub use webhook::WEBHOOK;
pub use world::{BOT_ID, BOT_NAME, BOT_USERNAME, Call, TAP_LIVES, TOKEN, Tap, World};

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests;
