//! voel-eerst: a Telegram bot that sends parents one short reflection prompt at a time of their own, and keeps what they write back
//! sealed, for them alone.
//!
//! # The way of the data
//!
//! An update or a planned moment becomes an [`Event`](conversation::Event). [`respond`](conversation::respond) decides what it leads
//! to, from values alone. The [heart](service) commits everything that a round of events leads to at once, in the
//! [store](store), and only then lets anybody hear of it: the sender gets its letters, Telegram its confirmation.
//!
//! # The rooms
//!
//! From the bottom up; a room knows only what stands above it in this list.
//!
//! - [`library`], pure: what the bot can say, loaded from `prompts/` and checked.
//! - [`net`], pure: what a text asks for, by weights that are made from labelled sentences.
//! - [`parent`], pure: one parent's record, and the types that cannot be printed.
//! - [`conversation`], pure: one file per scene.
//! - [`export`], pure: what a parent takes along, as files in memory.
//! - [`picture`], pure: a year of the journal as a picture.
//! - [`writer`], pure: what a writer looks at: a prompt as it comes, and a year of prompts.
//! - [`store`]: records, journals, agenda and outbox, sealed, over an engine that may be sled or memory.
//! - [`telegram`]: the only room that knows teloxide.
//! - [`service`]: what waits, reads, writes and sends.
//! - [`demo`]: a strict Bot API in memory and a phone in the browser. Nothing in the product's way uses it.
//!
//! ARCHITECTURE.md says why, and which rules hold; tests in `tests/rules` hold them.

pub mod conversation;
pub mod demo;
pub mod export;
pub mod library;
pub mod net;
pub mod parent;
pub mod picture;
pub mod service;
pub mod store;
pub mod telegram;
pub mod writer;
