//! The command line. What the commands do is elsewhere.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use voel_eerst::{
    conversation::House,
    demo,
    library::{self, Files, Library},
    service::{self, folder},
    store::{RootSecret, Store},
};

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
}

/// Every setting can stand in the environment, or in a file named .env in the folder where the bot is started.
#[derive(Args)]
struct Run {
    /// The bot's token, from @BotFather
    #[arg(long, env = "TELOXIDE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// The address of the Bot API, for a Bot API server of one's own [default: Telegram's]
    #[arg(long, env = "TELOXIDE_API_URL", value_name = "URL")]
    api_url: Option<String>,
    /// The folder of the store; made on first start
    #[arg(long, env = "VOEL_EERST_STORE", value_name = "DIR", default_value = "voel-eerst-data")]
    store: PathBuf,
    /// The file of the root secret, which opens the store; made on first start, and to be kept apart from the store
    #[arg(long, env = "VOEL_EERST_KEY_FILE", value_name = "FILE", default_value = "voel-eerst.key")]
    key_file: PathBuf,
    /// A folder with prompts and texts, instead of those that are built in
    #[arg(long, env = "VOEL_EERST_PROMPTS", value_name = "DIR")]
    prompts: Option<PathBuf>,
    #[command(flatten)]
    house: HouseArgs,
    /// How much is logged: error, warn, info, debug or trace. A parent's words are in none of them
    #[arg(long, env = "VOEL_EERST_LOG", value_name = "LEVEL", default_value = "info")]
    log: tracing_subscriber::filter::LevelFilter,
}

/// What /privacy says of this installation.
#[derive(Args)]
struct HouseArgs {
    /// Who is responsible for the parents' data: a name that parents know
    #[arg(long, env = "VOEL_EERST_CONTROLLER", value_name = "NAME", default_value = "degene die deze bot beheert")]
    controller: String,
    /// How parents reach them: an e-mail address or a web page
    #[arg(long, env = "VOEL_EERST_CONTACT", value_name = "TEXT", default_value = "Vraag het aan wie je deze bot gaf")]
    contact: String,
    /// After how many months of silence everything of a parent is erased, 1 to 120
    #[arg(long, env = "VOEL_EERST_RETENTION", value_name = "MONTHS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=120))]
    retention: u16,
    /// After how many days the last backup of something erased is gone
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
    /// A folder with prompts and texts, instead of those that are built in
    #[arg(long, value_name = "DIR")]
    prompts: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Prompts {
    /// Check every rule of a prompts folder, and say everything that is wrong at once
    Check {
        /// The folder of one language; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
    /// List the prompts
    List {
        /// The folder of one language; without it, the prompts that are built in
        dir: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    if let Err(problem) = read_env_file() {
        eprintln!("voel-eerst: {problem}");
        return ExitCode::FAILURE;
    }
    let line = CommandLine::parse();
    let done = match line.command {
        None => run(line.run),
        Some(Command::Run(args)) => run(args),
        Some(Command::Demo(args)) => run_demo(args),
        Some(Command::Prompts(Prompts::Check { dir })) => check(dir),
        Some(Command::Prompts(Prompts::List { dir })) => list(dir),
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
        Err(_) => Err("the file .env has a line that is no NAME=value; compare it with .env.example".to_owned()),
    }
}
