//! A disk that does not answer: nothing fails, and nothing goes on.

use voel_eerst::parent::ChatId;

use super::{
    faults::{Faults, Strike, calls},
    *,
};
use crate::binary::status::{asked, free_address, until};

const SAAR: ChatId = ChatId(7);

/// Longer than the heart may be at one round.
const TOO_LONG: i64 = 90;

#[tokio::test]
async fn a_disk_that_does_not_answer_is_said_to_be_the_matter() {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let telegram = Telegram::serve().await;
    let address = free_address().await;
    let mut bot = faults.bot(&home, &telegram);
    let bot = bot
        .env("VOEL_EERST_STATUS", address.to_string())
        .spawn()
        .unwrap();
    people::begin(&telegram.api, SAAR).await;
    until(address, "/ready", "ready\n").await;
    telegram.all_confirmed().await;
    faults.plan(Strike::Stall, calls::SYNC, "", 1);
    let said = people::say(&telegram.api, SAAR, "Ik bleef zitten.");
    let stalls = async {
        while faults.seen() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, stalls).await.unwrap();
    // A slow disk is no trouble yet.
    assert_eq!(
        asked(address, "/health").await,
        (200, "healthy\n".to_owned())
    );
    faults.let_time_pass(TOO_LONG);
    let (status, why) = asked(address, "/health").await;
    assert_eq!(status, 503);
    assert!(
        why.starts_with("not healthy: the heart has been at one round for 9")
            && why.ends_with(" s, most likely the disk does not answer\n"),
        "{why}"
    );
    if asked(address, "/ready").await.0 == 200 {
        // The updates came in after the clock had moved: the heart waits for the disk over an earlier commit.
        faults.let_time_pass(2 * TOO_LONG);
    }
    let (status, why) = asked(address, "/ready").await;
    assert_eq!(
        (status, why.as_str()),
        (503, "not ready: Telegram gives no updates\n")
    );
    let page = asked(address, "/metrics").await.1;
    assert!(page.contains("\nvoel_eerst_healthy 0\n"), "{page}");
    let health = run(home
        .command(&["health"])
        .env("VOEL_EERST_STATUS", address.to_string()))
    .await;
    assert_eq!(health.status.code(), Some(1), "{health}");
    let mut doctor = home.command(&["doctor"]);
    doctor
        .env("TELOXIDE_TOKEN", TOKEN)
        .env("TELOXIDE_API_URL", &telegram.url);
    let doctor = run(&mut doctor).await;
    let words: Vec<&str> = doctor.stdout.split_whitespace().collect();
    let found = words.join(" ");
    assert!(
        found.contains("store MEND Open in the bot that runs, which has waited "),
        "{found}"
    );

    // It answers again, and all goes on.
    faults.nothing();
    people::kept(&telegram.api, SAAR, said).await;
    // Ends the request for updates that waits.
    let said = people::say(&telegram.api, SAAR, "En verder.");
    people::kept(&telegram.api, SAAR, said).await;
    until(address, "/health", "healthy\n").await;
    until(address, "/ready", "ready\n").await;
    end_in_peace(bot).await;
}
