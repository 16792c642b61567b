//! Asking for updates: the next getUpdates tells Telegram to forget what the former brought, once that is safe.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot, watch};

use super::Batch;
use crate::{
    service::{
        Clock, Tally,
        trouble::{FIRST_WAIT, Trouble, advice},
    },
    telegram::{CallError, LONGEST_POLL, MOST_UPDATES, Telegram},
};

/// Takes updates from Telegram to the heart until `stop` becomes true or the heart is gone.
///
/// At first it asks only what waits already, and tells the heart also when that is nothing: what was due while the bot was away comes after it.
///
/// Never gives up: a failure is logged once, and so is its end. When stopped it returns at once, but for a batch that the heart is
/// just committing.
pub async fn run(
    telegram: Arc<Telegram>,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::Sender<Batch>,
    mut stop: watch::Receiver<bool>,
) {
    let stop = async move { drop(stop.wait_for(|stop| *stop).await) };
    tokio::pin!(stop);
    let mut offset = None;
    let mut behind = true;
    let mut trouble = Trouble::default();
    loop {
        let wait = if behind { Duration::ZERO } else { LONGEST_POLL };
        let answer = tokio::select! {
            biased;
            () = &mut stop => return,
            answer = telegram.updates(offset, wait) => answer,
        };
        let wait = match answer {
            Ok(updates) => {
                let came = clock.uptime();
                tally.vitals.polled(came);
                if let Some(failures) = trouble.over() {
                    tracing::info!(failures, "updates come in again");
                }
                let last = updates.iter().map(|incoming| incoming.update).max();
                let was_behind = behind;
                behind &= updates.len() >= usize::from(MOST_UPDATES);
                // The heart waits until it has all that waited, and hears so from an empty answer too.
                if last.is_none() && !was_behind {
                    // An empty answer means that everything before the offset is confirmed. After a quiet week Telegram
                    // numbers anew from anywhere, also from below, so the old offset is of no use any more.
                    offset = None;
                    continue;
                }
                for incoming in &updates {
                    tally.received(incoming.unreadable);
                }
                let (committed, commit) = oneshot::channel();
                let batch = Batch {
                    is_last: !behind,
                    updates,
                    came,
                    committed,
                };
                tokio::select! {
                    biased;
                    () = &mut stop => return,
                    sent = to_heart.send(batch) => if sent.is_err() { return },
                }
                if commit.await.is_ok() {
                    offset = last.map(|last| i64::from(last) + 1);
                    continue;
                }
                // The heart says itself what went wrong.
                FIRST_WAIT
            }
            Err(error) => {
                tally.vitals.failed();
                if matches!(error, CallError::RetryAfter(_)) {
                    tally.flooded();
                }
                let (news, wait) = trouble.met(error, clock.uptime());
                if news {
                    tracing::warn!("updates do not come in: {error}; {}", advice(error));
                }
                wait
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = clock.sleep(wait) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use jiff::Timestamp;
    use tokio::task::JoinHandle;

    use super::*;
    use crate::telegram::testing::{Reply, Script};

    struct Polling {
        script: Script,
        from_poll: mpsc::Receiver<Batch>,
        stop: watch::Sender<bool>,
        task: JoinHandle<()>,
        tally: Arc<Tally>,
    }

    /// Polls a Bot API with this script. The clock stands still, and waits of up to a minute cost no time.
    async fn polling(replies: impl IntoIterator<Item = Reply>) -> Polling {
        let script = Script::new(replies).await;
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH, Duration::from_secs(60));
        let (to_heart, from_poll) = mpsc::channel(1);
        let (stop, stopped) = watch::channel(false);
        let tally = Arc::new(Tally::default());
        let telegram = Arc::new(script.telegram());
        let task = tokio::spawn(run(telegram, clock, Arc::clone(&tally), to_heart, stopped));
        Polling {
            script,
            from_poll,
            stop,
            task,
            tally,
        }
    }

    fn updates(numbers: &[u32]) -> Reply {
        let updates: Vec<_> = numbers
            .iter()
            .map(|number| format!(r#"{{"update_id":{number},"novelty":{{}}}}"#))
            .collect();
        Reply::Json(format!(r#"{{"ok":true,"result":[{}]}}"#, updates.join(",")))
    }

    fn refusal(code: u16, description: &str) -> Reply {
        Reply::Json(format!(
            r#"{{"ok":false,"error_code":{code},"description":"{description}"}}"#
        ))
    }

    impl Polling {
        async fn batch(&mut self) -> (Vec<u32>, oneshot::Sender<()>) {
            let batch = self.from_poll.recv().await.unwrap();
            let numbers = batch.updates.iter().map(|incoming| incoming.update);
            (numbers.collect(), batch.committed)
        }

        /// The offsets asked for so far.
        fn offsets(&self) -> Vec<Option<i64>> {
            let requests = self.script.requests();
            let offset = |request: &String| {
                let body = request.strip_prefix("GetUpdates ").unwrap();
                serde_json::from_str::<serde_json::Value>(body).unwrap()["offset"].as_i64()
            };
            requests.iter().map(offset).collect()
        }
    }

    #[tokio::test]
    async fn nothing_is_confirmed_before_it_is_committed() {
        let mut polling = polling([updates(&[61, 62]), updates(&[70]), updates(&[71])]).await;
        let (numbers, committed) = polling.batch().await;
        assert_eq!(numbers, [61, 62]);
        assert_eq!(polling.offsets(), [None]);
        committed.send(()).unwrap();

        let (numbers, committed) = polling.batch().await;
        assert_eq!(numbers, [70]);
        assert_eq!(polling.offsets(), [None, Some(63)]);
        committed.send(()).unwrap();

        polling.batch().await;
        assert_eq!(polling.offsets(), [None, Some(63), Some(71)]);
        assert!(
            polling
                .tally
                .to_string()
                .starts_with("4 updates in, 0 of them again, 4 of them unreadable,")
        );
    }

    #[tokio::test]
    async fn what_was_not_committed_is_asked_for_again() {
        let mut polling = polling([
            updates(&[61]),
            updates(&[62]),
            updates(&[62]),
            updates(&[63]),
        ])
        .await;
        polling.batch().await.1.send(()).unwrap();
        let (numbers, committed) = polling.batch().await;
        assert_eq!(numbers, [62]);
        drop(committed);
        let (numbers, committed) = polling.batch().await;
        assert_eq!(numbers, [62]);
        committed.send(()).unwrap();
        polling.batch().await;
        assert_eq!(polling.offsets(), [None, Some(62), Some(62), Some(63)]);
    }

    #[tokio::test]
    async fn an_empty_answer_confirms_the_offset_and_ends_its_use() {
        let mut polling = polling([updates(&[61]), updates(&[]), updates(&[7])]).await;
        polling.batch().await.1.send(()).unwrap();
        assert_eq!(polling.batch().await.0, [7]);
        assert_eq!(polling.offsets(), [None, Some(62), None]);
    }

    #[tokio::test]
    async fn the_first_answer_is_told_also_when_it_is_empty_and_no_other_one() {
        let mut polling = polling([updates(&[]), updates(&[]), updates(&[7])]).await;
        let (numbers, committed) = polling.batch().await;
        assert_eq!(numbers, [] as [u32; 0]);
        assert!(polling.script.requests()[0].contains(r#""timeout":0"#));
        committed.send(()).unwrap();
        assert_eq!(polling.batch().await.0, [7]);
        assert_eq!(polling.offsets(), [None, None, None]);
        assert!(polling.script.requests()[1].contains(r#""timeout":10"#));
    }

    #[tokio::test]
    async fn failures_change_nothing_but_the_moment() {
        let mut polling = polling([
            updates(&[61]),
            refusal(409, "Conflict: terminated by other getUpdates request"),
            refusal(401, "Unauthorized"),
            refusal(429, "Too Many Requests: retry after 5"),
            Reply::Cut,
            Reply::Json("<html>".to_owned()),
            updates(&[62]),
        ])
        .await;
        polling.batch().await.1.send(()).unwrap();
        assert_eq!(polling.batch().await.0, [62]);
        assert_eq!(polling.offsets()[1..], [Some(62); 6]);
    }

    #[tokio::test]
    async fn stopping_drops_a_poll_that_waits() {
        let polling = polling([Reply::Silence]).await;
        polling.stop.send(true).unwrap();
        polling.task.await.unwrap();
    }

    #[tokio::test]
    async fn stopping_waits_for_a_commit_that_is_under_way() {
        let mut polling = polling([updates(&[61])]).await;
        let (_, committed) = polling.batch().await;
        polling.stop.send(true).unwrap();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!polling.task.is_finished());
        committed.send(()).unwrap();
        polling.task.await.unwrap();
        assert_eq!(polling.script.requests().len(), 1);
    }

    #[tokio::test]
    async fn without_a_heart_there_is_nothing_to_do() {
        let Polling {
            from_poll, task, ..
        } = polling([updates(&[61])]).await;
        drop(from_poll);
        task.await.unwrap();
    }
}
