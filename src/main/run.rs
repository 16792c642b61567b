//! Running the bot against Telegram: its settings, and what they come to.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::Args;
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::filter::LevelFilter;
use voel_eerst::{
    conversation::House,
    service::{Clock, Service, Tally, backups::Backups, status::Status},
    store::{BackupError, Places, Store},
    telegram::{Rate, Telegram},
};

use super::{log, process, prompts, store, systemd, webhook};

/// Every setting can stand in the environment, or in a file named .env in the folder where the bot is started.
#[derive(Args)]
pub struct Run {
    /// The bot's token, from @BotFather
    #[arg(
        long,
        env = "TELOXIDE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub token: Option<String>,
    /// The address of the Bot API, for a Bot API server of one's own [default: Telegram's]
    #[arg(long, env = "TELOXIDE_API_URL", value_name = "URL")]
    pub api_url: Option<String>,
    /// How many calls a second go out, 1 to 1000, or none for no limit, with a Bot API server of one's own. Above 30 every message goes as a paid
    /// broadcast: Telegram takes 0.1 Stars for each beyond 30 a second from the bot's balance, and refuses it when there is none
    #[arg(long, env = "VOEL_EERST_RATE", value_name = "RATE", default_value_t = Rate::default())]
    rate: Rate,
    #[command(flatten)]
    pub webhook: webhook::Args,
    #[command(flatten)]
    pub place: store::Place,
    /// A folder with prompts and texts of one language, or of several languages in folders of their own, instead of those that are built in. What
    /// is changed in it is said from then on, once it is in order
    #[arg(long, env = "VOEL_EERST_PROMPTS", value_name = "DIR")]
    pub prompts: Option<PathBuf>,
    #[command(flatten)]
    house: HouseArgs,
    /// Make a backup into this folder once a day [default: none is made]
    #[arg(long, env = "VOEL_EERST_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,
    /// The folder for the half of each backup with the keys, so that the two can be kept apart [default: the same folder]
    #[arg(long, env = "VOEL_EERST_BACKUP_KEYRING_DIR", value_name = "DIR")]
    pub backup_keyring_dir: Option<PathBuf>,
    /// How much is logged: error, warn, info, debug or trace. A parent's words are in none of them
    #[arg(
        long,
        env = "VOEL_EERST_LOG",
        value_name = "LEVEL",
        default_value = "info"
    )]
    log: LevelFilter,
    /// Who reads the log: human for people, json for machines
    #[arg(
        long,
        env = "VOEL_EERST_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    log_format: log::Format,
    /// Answer on this address whether the bot is healthy and ready, and with metrics: /health, /ready and /metrics [default: on none]
    #[arg(long, env = "VOEL_EERST_STATUS", value_name = "ADDRESS:PORT")]
    status: Option<SocketAddr>,
}

/// What /privacy says of this installation.
#[derive(Args)]
struct HouseArgs {
    /// Who is responsible for the parents' data: a name that parents know
    #[arg(long, env = "VOEL_EERST_CONTROLLER", value_name = "NAME")]
    controller: Option<String>,
    /// How parents reach them: an e-mail address or a web page
    #[arg(long, env = "VOEL_EERST_CONTACT", value_name = "TEXT")]
    contact: Option<String>,
    /// Where the server stands that holds the data: a country or a city. Without it nothing is said of that
    #[arg(long, env = "VOEL_EERST_LOCATION", value_name = "NAME")]
    location: Option<String>,
    /// After how many months of silence everything of a parent is erased, 2 to 120
    #[arg(long, env = "VOEL_EERST_RETENTION", value_name = "MONTHS", default_value_t = House::default().retention_months, value_parser = clap::value_parser!(u16).range(2..=120))]
    retention: u16,
    /// After how many days a backup goes, and with it the last copy of something erased: parents are told so
    #[arg(long, env = "VOEL_EERST_BACKUP_DAYS", value_name = "DAYS", default_value_t = House::default().backup_days, value_parser = clap::value_parser!(u16).range(0..=3650))]
    backup_days: u16,
}

impl Run {
    /// Runs the bot until it is told to stop.
    pub fn run(self) -> anyhow::Result<()> {
        log::to_stderr(self.log, self.log_format);
        let Some(token) = self.token.filter(|token| !token.trim().is_empty()) else {
            anyhow::bail!(
                "there is no token: get one from @BotFather and put it in TELOXIDE_TOKEN, here or in a file named .env; \
                 or try the bot without one: voel-eerst demo"
            );
        };
        let api_url = self.api_url.filter(|url| !url.trim().is_empty());
        let telegram =
            Telegram::new(token.trim(), api_url.as_deref().map(str::trim))?.at(self.rate);
        let way = self.webhook.way()?;
        let prompts = prompts::Chosen::read(self.prompts)?;
        if self.house.controller.is_none() {
            tracing::warn!(
                "VOEL_EERST_CONTROLLER is not set: /privacy cannot say who is responsible for the parents' data"
            );
        }
        let backups = Backups {
            places: self
                .backup_dir
                .map(|dir| Places::new(dir, self.backup_keyring_dir)),
            days: self.house.backup_days,
        };
        if backups.places.is_some() && backups.days == 0 {
            return Err(BackupError::NoDays.into());
        }
        self.place.look_at_its_ground();
        let secret = self.place.secret()?;
        let store = self.place.store;
        let (voice, reload) = prompts.voice(self.house.into());
        let clock = Clock::system();
        let tally = Arc::<Tally>::default();
        let next_due = watch::Sender::default();
        let status = Status {
            tally: Arc::clone(&tally),
            clock: clock.clone(),
            started: clock.now(),
            next_due: next_due.subscribe(),
            store: store.clone(),
            daily_backups: backups.places.is_some(),
        };
        let service = Service {
            open_store: Box::new(move || Store::open(&store, &secret)),
            voice,
            telegram: Arc::new(telegram),
            way,
            clock: clock.clone(),
            backups,
            seed: process::random_seed()?,
            tally: Arc::clone(&tally),
            next_due,
        };
        process::runtime()?.block_on(async {
            let stop = process::stop_on_signal()?;
            if let Some(reload) = reload {
                tokio::spawn(reload.run(clock.clone()));
            }
            if let Some(address) = self.status {
                let listener = TcpListener::bind(address).await;
                let listener = listener.with_context(|| {
                    format!("{address}, the address of VOEL_EERST_STATUS, cannot be listened on; does the bot run already?")
                })?;
                tokio::spawn(status.serve(listener));
            }
            tokio::spawn(systemd::tell(tally, clock, stop.clone()));
            Ok(service.run(stop).await?)
        })
    }
}

impl From<HouseArgs> for House {
    fn from(args: HouseArgs) -> Self {
        Self {
            controller: args.controller,
            contact: args.contact,
            location: args.location,
            retention_months: args.retention,
            backup_days: args.backup_days,
        }
    }
}
