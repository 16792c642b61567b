//! How updates come in.

use std::net::{SocketAddr, TcpListener};

use anyhow::Context;
use voel_eerst::{
    service::receive::{Way, Webhook},
    telegram::{BadSetting, WebhookUrl},
};

/// Where Telegram calls, and where that arrives.
#[derive(clap::Args)]
pub struct Args {
    /// The public https address that Telegram calls with updates; a reverse proxy behind it does TLS [default: none, the bot asks for updates]
    #[arg(long, env = "VOEL_EERST_WEBHOOK_URL", value_name = "URL")]
    webhook_url: Option<String>,
    /// With a webhook: the address and port to which the reverse proxy hands on what Telegram calls with
    #[arg(
        long,
        env = "VOEL_EERST_WEBHOOK_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8443"
    )]
    webhook_listen: String,
}

impl Args {
    /// Where Telegram is to call; `None` when it is not.
    ///
    /// # Errors
    /// When it could not.
    pub fn url(&self) -> Result<Option<WebhookUrl>, BadSetting> {
        let url = self.webhook_url.as_deref().map(str::trim);
        let url = url.filter(|url| !url.is_empty());
        url.map(WebhookUrl::new).transpose()
    }

    /// The way, with the address taken that it needs.
    pub fn way(self) -> anyhow::Result<Way> {
        let Some(url) = self.url()? else {
            return Ok(Way::Polling);
        };
        let listen = self.webhook_listen.trim();
        let address: SocketAddr = listen.parse().ok().with_context(|| {
            format!("VOEL_EERST_WEBHOOK_LISTEN is {listen:?}: expected an address and a port, such as 127.0.0.1:8443")
        })?;
        let listener = TcpListener::bind(address).with_context(|| {
            format!(
                "{address} cannot be listened on for webhooks; stop what uses it, or choose another with VOEL_EERST_WEBHOOK_LISTEN"
            )
        })?;
        tracing::info!(%address, "updates come by webhook");
        Ok(Way::Webhook(Webhook { url, listener }))
    }
}
