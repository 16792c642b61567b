//! What systemd hears when it started the program: that it works, that it lives, that it stops. Without systemd nobody hears it.

use std::{sync::Arc, time::Duration};

use sd_notify::NotifyState;
use tokio::sync::watch;
use voel_eerst::service::{Clock, Tally};

/// Tells systemd, until the bot stops.
pub async fn tell(tally: Arc<Tally>, clock: Clock, mut stop: watch::Receiver<bool>) {
    let stopping = async { drop(stop.wait_for(|stop| *stop).await) };
    tokio::select! {
        () = stopping => {}
        () = works_and_lives(&tally, &clock) => {}
    }
    say(&[NotifyState::Stopping]);
}

/// Once it works, it says as often as is asked for that the heart beats. While it does not, nothing is said, and systemd starts the program again.
async fn works_and_lives(tally: &Tally, clock: &Clock) {
    say(&[NotifyState::Status(
        "starting: the store is opened, Telegram is asked",
    )]);
    tally.vitals.ready(clock).await;
    say(&[NotifyState::Ready, NotifyState::Status("updates come in")]);
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(patience.min(Duration::from_secs(60)) / 3).await;
        if tally.vitals.health(clock.uptime()).is_ok() {
            let ready = tally.vitals.readiness(clock.uptime());
            let status = match ready {
                Ok(()) => "updates come in".to_owned(),
                Err(why) => format!("not ready: {why}"),
            };
            say(&[NotifyState::Watchdog, NotifyState::Status(&status)]);
        }
    }
}

fn say(states: &[NotifyState<'_>]) {
    // Nobody may be there to hear it.
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd does not hear: {error}");
    }
}
