//! Updates come in, and are confirmed only when they are safe.
//!
//! There are two ways. The bot [asks](poll) for what waits, or Telegram [calls](webhook). Both feed the same channel: a batch goes to the heart, and only when the heart
//! says that it is on disk does Telegram hear that it may forget it. Whatever goes wrong in between, the same updates come again, and the heart recognises them.

pub mod poll;
pub mod webhook;

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use tokio::sync::oneshot;

use crate::telegram::{Incoming, WebhookUrl};

/// Updates that belong together: they become durable together and are confirmed together.
#[derive(Debug)]
pub struct Batch {
    /// In the order in which they happened. Some may have come before.
    pub updates: Vec<Incoming>,
    /// Of all that parents did while the bot was away, nothing waits at Telegram any more when these are in.
    pub is_last: bool,
    /// The uptime at which they came in.
    pub came: Duration,
    /// To be told when all of them are durable. Dropped instead, they come again.
    pub committed: oneshot::Sender<()>,
}

/// How updates come in.
pub enum Way {
    /// The bot asks for them.
    Polling,
    /// Telegram calls.
    Webhook(Webhook),
}

/// Where Telegram calls, and where that arrives.
pub struct Webhook {
    /// What Telegram is told.
    pub url: WebhookUrl,
    /// Where it arrives. Whoever starts the bot owns it, so that an address that is taken is known before anything else begins.
    pub listener: TcpListener,
}

/// A way that is open.
#[derive(Clone)]
pub(super) enum Door {
    Polling,
    Webhook {
        url: WebhookUrl,
        listener: Arc<tokio::net::TcpListener>,
    },
}

impl Way {
    /// Opens the way. It stays open when the store fails: what arrives until it is back waits.
    pub(super) fn open(self) -> io::Result<Door> {
        match self {
            Self::Polling => Ok(Door::Polling),
            Self::Webhook(Webhook { url, listener }) => {
                listener.set_nonblocking(true)?;
                let listener = Arc::new(tokio::net::TcpListener::from_std(listener)?);
                Ok(Door::Webhook { url, listener })
            }
        }
    }
}

impl Door {
    /// What Telegram is to be told.
    pub fn url(&self) -> Option<&WebhookUrl> {
        match self {
            Self::Polling => None,
            Self::Webhook { url, .. } => Some(url),
        }
    }
}
