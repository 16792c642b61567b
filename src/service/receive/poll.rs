//! Asking for updates: the next getUpdates tells Telegram to forget what the former brought, once that is safe.

use std::{
    mem::{Discriminant, discriminant},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{mpsc, oneshot, watch};

use super::Batch;
use crate::{
    service::{Clock, Tally},
    telegram::{CallError, LONGEST_POLL, Telegram},
};

/// The first wait after a failure; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait between two attempts, unless Telegram itself asks for a longer one.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Takes updates from Telegram to the heart until `stop` becomes true or the heart is gone.
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
    let mut trouble = Trouble::default();
    loop {
        let answer = tokio::select! {
            biased;
            () = &mut stop => return,
            answer = telegram.updates(offset, LONGEST_POLL) => answer,
        };
        let wait = match answer {
            Ok(updates) => {
                if let Some(failures) = trouble.over() {
                    tracing::info!(failures, "updates come in again");
                }
                let Some(last) = updates.iter().map(|incoming| incoming.update).max() else {
                    // An empty answer means that everything before the offset is confirmed. After a quiet week Telegram
                    // numbers anew from anywhere, also from below, so the old offset is of no use any more.
                    offset = None;
                    continue;
                };
                for incoming in &updates {
                    tally.received(incoming.unreadable);
                }
                let (committed, commit) = oneshot::channel();
                let batch = Batch { updates, committed };
                tokio::select! {
                    biased;
                    () = &mut stop => return,
                    sent = to_heart.send(batch) => if sent.is_err() { return },
                }
                if commit.await.is_ok() {
                    offset = Some(i64::from(last) + 1);
                    continue;
                }
                // The heart says itself what went wrong.
                FIRST_WAIT
            }
            Err(error) => {
                let (news, wait) = trouble.met(error);
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

/// What the owner of the bot can do about it.
fn advice(error: CallError) -> &'static str {
    match error {
        CallError::Unauthorized => {
            "get the token from @BotFather and start again with it; trying again meanwhile"
        }
        CallError::Conflict => "stop the other one; trying again meanwhile",
        CallError::RetryAfter(_)
        | CallError::Unreachable
        | CallError::Done
        | CallError::Refused(_)
        | CallError::NotSent
        | CallError::ServerError
        | CallError::Doubt => "trying again",
    }
}

/// One stretch of failures, from the first to the next success.
#[derive(Default)]
struct Trouble {
    failures: u32,
    said: Vec<Discriminant<CallError>>,
}

impl Trouble {
    /// Notes a failure. Returns whether this kind is new in this stretch, and how long to wait.
    fn met(&mut self, error: CallError) -> (bool, Duration) {
        let kind = discriminant(&error);
        let news = !self.said.contains(&kind);
        if news {
            self.said.push(kind);
        }
        let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        let wait = match error {
            CallError::RetryAfter(wait) => wait.max(FIRST_WAIT),
            // Only a person can mend it.
            CallError::Unauthorized => LONGEST_WAIT,
            CallError::Conflict
            | CallError::Unreachable
            | CallError::Done
            | CallError::Refused(_)
            | CallError::NotSent
            | CallError::ServerError
            | CallError::Doubt => doubled.min(LONGEST_WAIT),
        };
        (news, wait)
    }

    /// Ends the stretch. Returns how many failures it had, when there were any.
    fn over(&mut self) -> Option<u32> {
        let failures = std::mem::take(self).failures;
        (failures > 0).then_some(failures)
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

    #[test]
    fn waits_double_and_each_kind_of_trouble_is_said_once() {
        let seconds = Duration::from_secs_f64;
        let mut trouble = Trouble::default();
        assert_eq!(trouble.over(), None);
        for (error, news, wait) in [
            (CallError::NotSent, true, 0.5),
            (CallError::NotSent, false, 1.0),
            (CallError::ServerError, true, 2.0),
            (CallError::NotSent, false, 4.0),
            (CallError::RetryAfter(seconds(90.0)), true, 90.0),
            (CallError::RetryAfter(seconds(91.0)), false, 91.0),
            (CallError::Doubt, true, 30.0),
            (CallError::Unauthorized, true, 30.0),
        ] {
            assert_eq!(trouble.met(error), (news, seconds(wait)), "{error:?}");
        }
        assert_eq!(trouble.over(), Some(8));
        assert_eq!(trouble.over(), None);
        assert_eq!(trouble.met(CallError::NotSent), (true, seconds(0.5)));
        for _ in 0..100 {
            let (_, wait) = trouble.met(CallError::Conflict);
            assert!(wait <= LONGEST_WAIT);
        }
    }
}
