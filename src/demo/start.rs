//! The demo: the real bot, a Bot API in memory, and the page to talk to it through.

use std::{net::Ipv4Addr, path::PathBuf, sync::Arc};

use anyhow::Context;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::{BotApi, Shelf, TOKEN, api_url, run_phone, serve};
use crate::{
    conversation::House,
    service::{Clock, Reload, Service, Voice, backups::Backups, receive::Way},
    store::{RootSecret, Store},
    telegram::Telegram,
};

/// The parents whose phones are there from the start.
const PARENTS: [&str; 2] = ["Anna", "Bram"];

/// What a demo starts with.
pub struct Setup {
    /// The port of the page on this machine; 0 takes a free one.
    pub port: u16,
    /// The folder of the store; a temporary one when there is none.
    pub store: Option<PathBuf>,
    /// What the bot says.
    pub voice: watch::Sender<Voice>,
    /// What lets it follow a folder; `None` for what is built in.
    pub reload: Option<Reload>,
    /// The seed of every choice that is left to chance.
    pub seed: [u8; 32],
}

/// A demo that has its ports, and runs when it is told to.
pub struct Demo {
    page: TcpListener,
    address: String,
    api: BotApi,
    clock: Clock,
    serving: JoinHandle<std::io::Result<()>>,
    service: Service,
    reload: Option<Reload>,
    end: watch::Sender<bool>,
    /// Removed with everything in it when the demo ends.
    _temporary: Option<TempDir>,
}

impl Demo {
    /// Takes the ports, and opens nothing yet but these.
    ///
    /// # Errors
    /// When a port is taken, or no temporary folder can be made.
    pub async fn start(setup: Setup) -> anyhow::Result<Self> {
        let page = TcpListener::bind((Ipv4Addr::LOCALHOST, setup.port))
            .await
            .with_context(|| {
                format!(
                    "port {} cannot be used; choose another one with --port",
                    setup.port
                )
            })?;
        let address = format!("http://{}", page.local_addr()?);
        let clock = Clock::flowing_from(Timestamp::now());
        let api = BotApi::new(clock.clone());
        api.with(|world| {
            for parent in PARENTS {
                world.add_user(parent);
            }
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("no port is free for the Bot API in memory")?;
        let telegram = Telegram::new(TOKEN, Some(&api_url(&listener)?))?;
        let (end, ended) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, api.clone(), until(ended)));

        let (folder, temporary) = match setup.store {
            Some(folder) => (folder, None),
            None => {
                let temporary =
                    TempDir::new().context("no temporary folder can be made for the store")?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let secret =
            RootSecret::load_or_create(&folder.with_extension("key"), Store::exists(&folder))?;
        let service = Service {
            open_store: Box::new(move || Store::open(&folder, &secret)),
            voice: setup.voice,
            telegram: Arc::new(telegram),
            way: Way::Polling,
            clock: clock.clone(),
            backups: Backups {
                places: None,
                days: house().backup_days,
            },
            seed: setup.seed,
            tally: Arc::default(),
            next_due: watch::Sender::default(),
        };
        Ok(Self {
            page,
            address,
            api,
            clock,
            serving,
            service,
            reload: setup.reload,
            end,
            _temporary: temporary,
        })
    }

    /// Where the page is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Runs until `stop` becomes true.
    ///
    /// # Errors
    /// When the bot cannot start.
    pub async fn run(self, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let next_due = self.service.next_due.subscribe();
        let refused = self.reload.as_ref().map(Reload::refused);
        let shelf = Shelf {
            voice: self.service.voice.subscribe(),
            // What is built in is always what the bot says.
            refused: refused.unwrap_or_else(|| watch::Sender::default().subscribe()),
        };
        let following = self
            .reload
            .map(|reload| tokio::spawn(reload.run(self.clock.clone())));
        let page = tokio::spawn(run_phone(
            self.page,
            self.api,
            self.clock,
            next_due,
            shelf,
            until(self.end.subscribe()),
        ));
        let done = self.service.run(stop).await;
        self.end.send_replace(true);
        following.inspect(JoinHandle::abort);
        let _ = page.await;
        let _ = self.serving.await;
        Ok(done?)
    }
}

/// What is true of a demo.
pub fn house() -> House {
    House {
        controller: Some("niemand, dit is een demo".to_owned()),
        contact: Some("Alles blijft op deze computer".to_owned()),
        ..House::default()
    }
}

async fn until(mut ended: watch::Receiver<bool>) {
    let _ = ended.wait_for(|ended| *ended).await;
}
