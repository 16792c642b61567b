//! The command line. What the commands do is elsewhere.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the command line"
)]

#[path = "main/backup.rs"]
mod backup;
#[path = "main/demo.rs"]
mod demo;
#[path = "main/doctor.rs"]
mod doctor;
#[path = "main/env_file.rs"]
mod env_file;
#[path = "main/health.rs"]
mod health;
#[path = "main/log.rs"]
mod log;
#[path = "main/net.rs"]
mod net;
#[path = "main/process.rs"]
mod process;
#[path = "main/progress.rs"]
mod progress;
#[path = "main/prompts.rs"]
mod prompts;
#[path = "main/run.rs"]
mod run;
#[path = "main/stats.rs"]
mod stats;
#[path = "main/store.rs"]
mod store;
#[path = "main/systemd.rs"]
mod systemd;
#[path = "main/webhook.rs"]
mod webhook;

use std::{env, ffi::OsStr, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};

/// A Telegram bot that sends parents one short reflection prompt at a time of their own, and keeps their optional replies sealed.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Run,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot against Telegram (the default)
    Run(run::Run),
    /// Look at everything that the bot needs, and say what has to be mended; takes the settings of run, and changes nothing
    Doctor(doctor::Doctor),
    /// Say how many parents there are, and how many prompts were sent and replies kept, also while the bot runs
    Stats(stats::Stats),
    /// Ask a running bot whether it is healthy; says nothing but yes or why not, for a container's health check
    Health(health::Health),
    /// Try the whole bot in the browser: no token, no network, no setup
    Demo(demo::Demo),
    /// Look at the prompts folder
    #[command(subcommand)]
    Prompts(prompts::Command),
    /// Look after the store
    #[command(subcommand)]
    Store(store::Command),
    /// Make the weights of the crisis net, or see what it finds
    #[command(subcommand)]
    Net(net::Command),
}

fn main() -> ExitCode {
    if let Err(problem) = env_file::read() {
        eprintln!("voel-eerst: {problem}");
        return ExitCode::FAILURE;
    }
    let matches = without_empty_settings(CommandLine::command()).get_matches();
    let line = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let done = match line.command {
        None => line.run.run(),
        Some(Command::Run(run)) => run.run(),
        Some(Command::Doctor(doctor)) => doctor.run(),
        Some(Command::Stats(stats)) => stats.run(),
        Some(Command::Health(health)) => health.run(),
        Some(Command::Demo(demo)) => demo.run(),
        Some(Command::Prompts(command)) => command.run(),
        Some(Command::Store(command)) => command.run(),
        Some(Command::Net(command)) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::last_words(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
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
