//! The command line. What the commands do is elsewhere.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the command line"
)]

#[path = "main/backup.rs"]
mod backup;
#[path = "main/log.rs"]
mod log;
#[path = "main/store.rs"]
mod store;

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};
use rand::{TryRng, rngs::SysRng};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::filter::LevelFilter;
use voel_eerst::{
    conversation::House,
    demo,
    library::{self, Faults, Files, Languages},
    net::{self, Net, corpus::Corpus},
    service::{Clock, Service, Voice, backups::Backups, folder},
    store::{BackupError, Places, Store},
    telegram::Telegram,
};

/// Where the sentences of the crisis net lie in the repository.
const CRISIS: &str = "prompts/nl/crisis";

/// How long the end may take: somebody waits for it, and after a while kills.
const LAST_MOMENT: Duration = Duration::from_millis(1_800);

/// A Telegram bot that sends parents one short reflection prompt at a time of their own, and keeps their optional replies sealed.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot against Telegram (the default)
    Run(Run),
    /// Try the whole bot in the browser: no token, no network, no setup
    Demo(Demo),
    /// Look at the prompts folder
    #[command(subcommand)]
    Prompts(Prompts),
    /// Look after the store
    #[command(subcommand)]
    Store(store::Command),
    /// Make the weights of the crisis net, or see what it finds
    #[command(subcommand)]
    Net(NetCommand),
}

#[derive(Subcommand)]
enum NetCommand {
    /// Make weights.bin from the labelled sentences beside it; the same sentences give the same bytes
    Train {
        /// The folder of the sentences
        #[arg(default_value = CRISIS)]
        dir: PathBuf,
    },
    /// What is found and what is a false alarm, with each set of sentences held out in turn
    Report {
        /// The folder of the sentences
        #[arg(default_value = CRISIS)]
        dir: PathBuf,
    },
}

/// Every setting can stand in the environment, or in a file named .env in the folder where the bot is started.
#[derive(Args)]
struct Run {
    /// The bot's token, from @BotFather
    #[arg(
        long,
        env = "TELOXIDE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<String>,
    /// The address of the Bot API, for a Bot API server of one's own [default: Telegram's]
    #[arg(long, env = "TELOXIDE_API_URL", value_name = "URL")]
    api_url: Option<String>,
    #[command(flatten)]
    place: store::Place,
    /// A folder with prompts and texts of one language, or of several languages in folders of their own, instead of those that are built in
    #[arg(long, env = "VOEL_EERST_PROMPTS", value_name = "DIR")]
    prompts: Option<PathBuf>,
    #[command(flatten)]
    house: HouseArgs,
    /// Make a backup into this folder once a day [default: none is made]
    #[arg(long, env = "VOEL_EERST_BACKUP_DIR", value_name = "DIR")]
    backup_dir: Option<PathBuf>,
    /// The folder for the half of each backup with the keys, so that the two can be kept apart [default: the same folder]
    #[arg(long, env = "VOEL_EERST_BACKUP_KEYRING_DIR", value_name = "DIR")]
    backup_keyring_dir: Option<PathBuf>,
    /// How much is logged: error, warn, info, debug or trace. A parent's words are in none of them
    #[arg(
        long,
        env = "VOEL_EERST_LOG",
        value_name = "LEVEL",
        default_value = "info"
    )]
    log: LevelFilter,
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
    #[arg(long, env = "VOEL_EERST_RETENTION", value_name = "MONTHS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(2..=120))]
    retention: u16,
    /// After how many days a backup goes, and with it the last copy of something erased: parents are told so
    #[arg(long, env = "VOEL_EERST_BACKUP_DAYS", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(0..=3650))]
    backup_days: u16,
}

#[derive(Args)]
struct Demo {
    /// The port of the phone's page; 0 takes a free one
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Keep the store in this folder instead of a temporary one
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// A folder with prompts and texts of one language, or of several languages in folders of their own, instead of those that are built in
    #[arg(long, value_name = "DIR")]
    prompts: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Prompts {
    /// Check every rule of a prompts folder, and say everything that is wrong at once
    Check {
        /// The folder of one language, or of several; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
    /// List the prompts
    List {
        /// The folder of one language, or of several; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    if let Err(problem) = read_env_file() {
        eprintln!("voel-eerst: {problem}");
        return ExitCode::FAILURE;
    }
    let matches = without_empty_settings(CommandLine::command()).get_matches();
    let line = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let done = match line.command {
        None => run(line.run),
        Some(Command::Run(args)) => run(args),
        Some(Command::Demo(args)) => run_demo(args),
        Some(Command::Prompts(Prompts::Check { dir })) => check(dir),
        Some(Command::Prompts(Prompts::List { dir })) => list(dir),
        Some(Command::Store(command)) => command.run(),
        Some(Command::Net(NetCommand::Train { dir })) => train(&dir),
        Some(Command::Net(NetCommand::Report { dir })) => {
            corpus(&dir).map(|corpus| print!("{}", net::report(&corpus)))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("voel-eerst: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `.env`, when there is one. The environment goes before it. What is wrong with a line is not shown: it may hold a secret.
fn read_env_file() -> Result<(), String> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(dotenvy::Error::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(dotenvy::Error::Io(error)) => Err(format!("the file .env cannot be read: {error}")),
        Err(_) => Err(
            "the file .env has a line that is no NAME=value; compare it with .env.example"
                .to_owned(),
        ),
    }
}

/// A setting in the environment that is empty, such as a line of `.env` that nobody filled in, counts as absent.
fn without_empty_settings(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| match arg.get_env() {
            Some(name) if is_empty(name) => arg.env(Resettable::Reset),
            Some(_) | None => arg,
        })
        .mut_subcommands(without_empty_settings)
}

fn run(args: Run) -> anyhow::Result<()> {
    log::to_stderr(args.log);
    let Some(token) = args.token.filter(|token| !token.trim().is_empty()) else {
        anyhow::bail!(
            "there is no token: get one from @BotFather and put it in TELOXIDE_TOKEN, here or in a file named .env; \
             or try the bot without one: voel-eerst demo"
        );
    };
    let api_url = args.api_url.filter(|url| !url.trim().is_empty());
    let telegram = Telegram::new(token.trim(), api_url.as_deref().map(str::trim))?;
    let languages = languages_in(args.prompts.as_deref())?;
    let net = net_in(args.prompts.as_deref())?;
    if args.house.controller.is_none() {
        tracing::warn!(
            "VOEL_EERST_CONTROLLER is not set: /privacy cannot say who is responsible for the parents' data"
        );
    }
    let backups = Backups {
        places: args
            .backup_dir
            .map(|dir| Places::new(dir, args.backup_keyring_dir)),
        days: args.house.backup_days,
    };
    if backups.places.is_some() && backups.days == 0 {
        return Err(BackupError::NoDays.into());
    }
    args.place.look_at_its_ground();
    let secret = args.place.secret()?;
    let store = args.place.store;
    let service = Service {
        open_store: Box::new(move || Store::open(&store, &secret)),
        voice: Voice {
            languages: Arc::new(languages),
            net: Arc::new(net),
            house: args.house.into(),
        },
        telegram: Arc::new(telegram),
        clock: Clock::system(),
        backups,
        seed: random_seed()?,
        tally: Arc::default(),
        next_due: watch::Sender::default(),
    };
    runtime()?.block_on(async {
        let stop = stop_on_signal()?;
        Ok(service.run(stop).await?)
    })
}

fn run_demo(args: Demo) -> anyhow::Result<()> {
    log::to_stderr(LevelFilter::WARN);
    let languages = languages_in(args.prompts.as_deref())?;
    let net = net_in(args.prompts.as_deref())?;
    let seed = random_seed()?;
    runtime()?.block_on(async {
        let stop = stop_on_signal()?;
        let demo = demo::Demo::start(demo::Setup {
            port: args.port,
            store: args.store,
            languages,
            net,
            seed,
        })
        .await?;
        println!(
            "The demo runs. Open {} in a browser and be the parent. Ctrl-C ends it.",
            demo.address()
        );
        demo.run(stop).await
    })
}

fn check(dir: Option<PathBuf>) -> anyhow::Result<()> {
    match load(dir.as_deref())? {
        Ok(languages) => {
            net_in(dir.as_deref())?;
            for library in languages.iter() {
                println!(
                    "{}: {} prompts, {} flows: everything is in order.",
                    library.language,
                    library.prompts.len(),
                    library.flows.len()
                );
            }
            Ok(())
        }
        Err(faults) => {
            println!("{}", library::report(&faults));
            anyhow::bail!("the prompts cannot be used like this")
        }
    }
}

fn list(dir: Option<PathBuf>) -> anyhow::Result<()> {
    let languages = languages_in(dir.as_deref())?;
    let lists: Vec<String> = languages.iter().map(library::list).collect();
    print!("{}", lists.join("\n"));
    Ok(())
}

fn train(dir: &Path) -> anyhow::Result<()> {
    let weights = net::train::train(&corpus(dir)?);
    let file = dir.join("weights.bin");
    std::fs::write(&file, &weights)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{}: {} bytes", file.display(), weights.len());
    Ok(())
}

fn corpus(dir: &Path) -> anyhow::Result<Corpus> {
    let files = folder::sentences(dir)?;
    let files = files.iter().map(|(name, it)| (name.as_str(), it.as_str()));
    Ok(Corpus::read(files)?)
}

/// The languages in this folder, or those that are built in; what is wrong with them is the error.
fn languages_in(dir: Option<&Path>) -> anyhow::Result<Languages> {
    load(dir)?.map_err(|faults| {
        anyhow::anyhow!(
            "the prompts cannot be used like this:\n{}",
            library::report(&faults)
        )
    })
}

/// The crisis net with the weights in this folder, or in the folder of the net's language in it; with those that are built in when there are none.
fn net_in(dir: Option<&Path>) -> anyhow::Result<Net> {
    let Some(dir) = named(dir) else {
        return Ok(Net::embedded()?);
    };
    let of_language = dir.join(net::LANGUAGE);
    let dir = if of_language.is_dir() {
        &of_language
    } else {
        dir
    };
    match folder::weights(dir)? {
        Some(weights) => Net::load(&weights)
            .with_context(|| format!("{} cannot be used", dir.join(folder::WEIGHTS).display())),
        None => Ok(Net::embedded()?),
    }
}

/// The folder, if one was named.
fn named(dir: Option<&Path>) -> Option<&Path> {
    dir.filter(|dir| !dir.as_os_str().is_empty())
}

fn load(dir: Option<&Path>) -> anyhow::Result<Result<Languages, Faults>> {
    let files = match named(dir) {
        Some(dir) => folder::languages(dir)?,
        None => Files::all_embedded(),
    };
    Ok(Languages::load(&files))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime cannot start")
}

/// Becomes true at the first SIGINT or SIGTERM. What has not ended [`LAST_MOMENT`] later ends with the process: nothing is confirmed to
/// anybody before it is on disk, so nothing is lost.
fn stop_on_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let mut terminate =
        signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.send_replace(true);
        tokio::time::sleep(LAST_MOMENT).await;
        tracing::warn!("stopped while something still waited, most likely for the disk");
        std::process::exit(0);
    });
    Ok(stopped)
}

fn random_seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    SysRng
        .try_fill_bytes(&mut seed)
        .context("the operating system gives no random numbers")?;
    Ok(seed)
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
