//! How soon the real binary asks for its first updates, and how much memory it holds when it then has nothing to do.
//!
//! `cargo bench --bench start` starts `voel-eerst run` against the Bot API in memory, on an empty store each time, and prints the least, the
//! middle and the greatest of all rounds. The memory is what the kernel says is resident (`VmRSS`), a second after the first poll.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::net::TcpListener;
use voel_eerst::{
    demo::{BotApi, TOKEN, World, api_url, serve},
    service::Clock,
};

const ROUNDS: usize = 11;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = api_url(&listener).unwrap();
    let api = BotApi::new(Clock::system());
    tokio::spawn(serve(listener, api.clone(), std::future::pending()));

    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let before = api.look(polls);
        let began = Instant::now();
        let mut bot = start(&url, folder.path());
        api.until("the first getUpdates", |world| {
            (polls(world) > before).then_some(())
        })
        .await
        .unwrap();
        starts.push(began.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
        memory.push(resident_kib(&bot));
        bot.kill().unwrap();
        bot.wait().unwrap();
    }
    starts.sort();
    memory.sort();
    println!(
        "start to first getUpdates: {:?} (least), {:?} (middle), {:?} (greatest)",
        starts[0],
        starts[ROUNDS / 2],
        starts[ROUNDS - 1]
    );
    println!(
        "resident memory, idle: {} KiB (least), {} KiB (middle), {} KiB (greatest)",
        memory[0],
        memory[ROUNDS / 2],
        memory[ROUNDS - 1]
    );
}

fn start(url: &str, folder: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_voel-eerst"))
        .current_dir(folder)
        .env("TELOXIDE_TOKEN", TOKEN)
        .env("TELOXIDE_API_URL", url)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn polls(world: &World) -> usize {
    world
        .calls()
        .filter(|call| call.method == "getUpdates")
        .count()
}

fn resident_kib(bot: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", bot.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
