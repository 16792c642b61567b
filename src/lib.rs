//! voel-eerst: a Telegram bot that sends parents one short reflection prompt at a time of their own.

pub mod conversation;
pub mod demo;
pub mod export;
pub mod library;
pub mod parent;
pub mod service;
pub mod store;
pub mod telegram;
