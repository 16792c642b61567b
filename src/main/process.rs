//! What a process needs that lives until it is told to stop.

use std::time::Duration;

use anyhow::Context;
use rand::{TryRng, rngs::SysRng};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How long the end may take: somebody waits for it, and after a while kills.
const LAST_MOMENT: Duration = Duration::from_millis(1_800);

/// What the asynchronous half of the program runs on. The heart has a thread of its own.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime cannot start")
}

/// Becomes true at the first SIGINT or SIGTERM. What has not ended [`LAST_MOMENT`] later ends with the process: nothing is confirmed to
/// anybody before it is on disk, so nothing is lost.
pub fn stop_on_signal() -> anyhow::Result<watch::Receiver<bool>> {
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

/// What every choice that is left to chance begins with.
pub fn random_seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    SysRng
        .try_fill_bytes(&mut seed)
        .context("the operating system gives no random numbers")?;
    Ok(seed)
}
