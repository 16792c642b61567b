//! The program dies in every way there is: killed at random moments and at chosen ones, in the middle of a write, without room on the
//! disk. Nothing that Telegram saw confirmed is lost, nothing is there twice, and nothing is there that nobody sent.
//! docs/crash-tests.md says what was run and seen.
//!
//! `VOEL_EERST_CRASH_ROUNDS` says how many times it is killed at random moments; from 1,000 on the other tests try everything and not
//! a sample. What happens comes from `VOEL_EERST_CRASH_SEED`, which is printed; how far the program has come at a moment is the
//! machine's affair, so the same seed makes similar rounds, not the same ones.

mod faults;
mod full;
mod jobs;
mod parents;
mod points;
mod power;
mod random;
mod remains;
mod stuck;

use std::{
    env,
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::{io::AsyncReadExt, time::sleep};

use super::*;
use crate::world::Way;

/// Both ways in which updates come in.
const WAYS: [Way; 2] = [Way::Polling, Way::Webhook];

/// A process that is not even at work after this time has a problem.
const STARTS_IN: Duration = Duration::from_secs(15);

/// From so many rounds on everything is tried.
const THOROUGH: u32 = 1_000;

/// How many times it is killed at random moments.
fn rounds() -> u32 {
    from_environment("VOEL_EERST_CRASH_ROUNDS").unwrap_or(30)
}

fn is_thorough() -> bool {
    rounds() >= THOROUGH
}

fn seed() -> u64 {
    static SEED: LazyLock<u64> = LazyLock::new(|| {
        let seed = from_environment("VOEL_EERST_CRASH_SEED").unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            now.as_secs()
        });
        say(format_args!("VOEL_EERST_CRASH_SEED={seed}"));
        seed
    });
    *SEED
}

fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    let number = value.parse();
    Some(number.unwrap_or_else(|_| panic!("expected a number in {name}, found {value:?}")))
}

#[allow(
    clippy::print_stderr,
    reason = "figures and seeds are for whoever runs the test"
)]
fn say(line: std::fmt::Arguments<'_>) {
    eprintln!("{line}");
}

/// Where Telegram calls the program: at a port that is the same after each start, or nowhere when the program asks.
#[derive(Clone, Copy)]
struct CalledAt(Option<u16>);

impl CalledAt {
    fn of(way: Way) -> Self {
        Self(match way {
            Way::Polling => None,
            Way::Webhook => Some(webhook::free_port()),
        })
    }

    /// Sets the program up for it.
    fn set_up(self, bot: &mut Command) {
        if let Some(port) = self.0 {
            webhook::called_at(bot, port);
        }
    }
}

/// Waits until the program asks for updates, or says where to call. It must not end by itself.
async fn at_work(telegram: &Telegram, bot: &mut Child, begun: Duration) {
    let mut log = String::new();
    let receives = telegram.api.until("the bot receives", |world| {
        let mut methods = ["getUpdates", "setWebhook"].into_iter();
        methods
            .any(|method| called_since(world, begun, method))
            .then_some(())
    });
    tokio::select! {
        received = receives => received.unwrap(),
        status = bot.wait() => {
            let mut stderr = bot.stderr.take().unwrap();
            let _ = stderr.read_to_string(&mut log).await;
            panic!("{}: {log}", status.unwrap());
        }
        () = sleep(STARTS_IN) => panic!("it does not start"),
    }
}

/// Ends it as an owner does.
async fn end_in_peace(bot: Child) {
    signal(&bot, "TERM").await;
    let ended = ended(bot).await;
    assert!(ended.status.success(), "{ended}");
}
