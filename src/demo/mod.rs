//! A strict Bot API in memory, and a phone in the browser to talk through it.

mod api;
mod chats;
mod cuttable;
mod faults;
mod flood;
mod messages;
mod methods;
mod params;
mod profile;
mod refusal;
mod rules;
mod skin;
mod updates;
mod user;
mod wire;
mod world;

pub use api::{BotApi, NotReached};
pub use chats::{Author, Chat, ChatKind, Content, Message, Reach, Toast, User};
pub use faults::{Fault, Faults, Trouble};
pub use flood::Flood;
pub use profile::Profile;
pub use refusal::Refusal;
pub use rules::{BotCommand, InlineButton, InlineKeyboard};
pub use skin::{api_url, serve};
pub use updates::Updates;
pub use user::Cannot;
pub use world::{BOT_ID, BOT_NAME, BOT_USERNAME, Call, TAP_LIVES, TOKEN, Tap, World};

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests;
