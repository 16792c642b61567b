#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{io, sync::Mutex};

use jiff::{Timestamp, civil::Date};
use tokio::{sync::Notify, task::JoinHandle};

use super::*;
use crate::{
    conversation::{
        Brought, Class, Document, Effect, Fetch, Form, NotFetched, PromptRef, Purpose, SpokenNote,
        Target, Wanted,
    },
    parent::{FileId, Planned, PrivateBytes, Words},
    service::Voice,
    store::{MemoryEngine, RootSecret, Store},
    telegram::testing::{Reply, Script},
};

struct Sending {
    script: Script,
    to_sender: mpsc::UnboundedSender<ToSender>,
    from_sender: mpsc::UnboundedReceiver<Report>,
    from_fetching: mpsc::Receiver<Fetched>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    tally: Arc<Tally>,
}

/// A sender in front of a Bot API with this script. The clock stands still, and waits of up to a minute cost no time.
async fn sending(replies: impl IntoIterator<Item = Reply>) -> Sending {
    let script = Script::new(replies).await;
    let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH, Duration::from_secs(60));
    let (to_sender, from_heart) = mpsc::unbounded_channel();
    let (reports, from_sender) = mpsc::unbounded_channel();
    let (fetched, from_fetching) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    let tally = Arc::new(Tally::default());
    let telegram = Arc::new(script.telegram());
    let task = tokio::spawn(run(
        telegram,
        documents(clock.clone()),
        clock,
        Arc::clone(&tally),
        from_heart,
        ToHeart { reports, fetched },
        stopped,
    ));
    Sending {
        script,
        to_sender,
        from_sender,
        from_fetching,
        stop,
        task,
        tally,
    }
}

/// Documents out of a store in which nobody is.
fn documents(clock: Clock) -> Documents {
    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    let voice = watch::Sender::new(Voice::embedded());
    let store = Store::in_memory(&MemoryEngine::default(), &secret).unwrap();
    Documents::new(store, voice.subscribe(), clock)
}

const DONE: &str = r#"{"ok":true,"result":true}"#;

fn works() -> Reply {
    Reply::Json(DONE.to_owned())
}

/// A heart on the message with the letter's number.
fn letter(seq: u64, purpose: Purpose) -> Letter {
    let message = MessageId(i32::try_from(seq).unwrap());
    Letter {
        seq: Seq(seq),
        chat: ChatId(7),
        outgoing: Outgoing {
            effect: Effect::Heart { message },
            class: Class::Bulk,
            purpose,
            expires: None,
            quotes: false,
        },
        claimed: false,
    }
}

fn about(seq: u64, purpose: Purpose) -> About {
    About {
        seq: Seq(seq),
        chat: ChatId(7),
        purpose,
    }
}

fn scheduled() -> Purpose {
    Purpose::Prompt {
        number: 1,
        prompt: PromptRef {
            id: "p".to_owned(),
            title: "P".to_owned(),
        },
        planned: Some(Planned {
            date: Date::ZERO,
            slot: 0,
            at: Timestamp::UNIX_EPOCH,
        }),
    }
}

impl Sending {
    fn tell(&self, message: ToSender) {
        self.to_sender.send(message).unwrap();
    }

    /// The messages that got a heart, in order.
    fn hearts(&self) -> Vec<i64> {
        let requests = self.script.requests();
        let message = |request: &String| {
            let body = request.strip_prefix("SetMessageReaction ").unwrap();
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["message_id"].as_i64().unwrap()
        };
        requests.iter().map(message).collect()
    }
}

#[tokio::test]
async fn letters_go_out_in_order_and_come_to_their_end() {
    let refusal = r#"{"ok":false,"error_code":400,"description":"Bad Request: REACTION_INVALID"}"#;
    let replies = [
        works(),
        Reply::Json(refusal.to_owned()),
        Reply::Cut,
        works(),
    ];
    let mut sending = sending(replies).await;
    let letters = (1..=3).map(|seq| letter(seq, Purpose::Kept)).collect();
    sending.tell(ToSender::Queue(letters));
    for (seq, outcome) in [
        (1, Outcome::Sent(None)),
        (2, Outcome::Failed),
        (3, Outcome::Sent(None)),
    ] {
        let report = sending.from_sender.recv().await;
        assert_eq!(
            report,
            Some(Report::Done(about(seq, Purpose::Kept), outcome))
        );
    }
    assert_eq!(sending.hearts(), [1, 2, 3, 3]);
    insta::assert_snapshot!(
        sending.tally,
        @"0 updates in, 0 of them again, 0 of them unreadable, 0 without the secret; 2 sent, 1 failed, 0 in doubt, 0 expired, 0 unreachable, 1 tries again; 0 panics, 0 unreadable records; 0 waiting"
    );
}

#[tokio::test]
async fn a_scheduled_prompt_goes_out_when_its_claim_is_durable_and_never_again() {
    let mut sending = sending([Reply::Cut]).await;
    sending.tell(ToSender::Queue(vec![letter(1, scheduled())]));
    let report = sending.from_sender.recv().await;
    assert_eq!(report, Some(Report::Claim(vec![about(1, scheduled())])));
    assert_eq!(sending.script.requests(), Vec::<String>::new());
    assert_eq!(sending.tally.waiting(), 1);

    sending.tell(ToSender::Claimed(vec![Seq(1)]));
    let report = sending.from_sender.recv().await;
    assert_eq!(
        report,
        Some(Report::Done(about(1, scheduled()), Outcome::InDoubt))
    );
    assert_eq!(sending.hearts(), [1]);
}

#[tokio::test]
async fn stopping_hears_what_becomes_of_a_call_that_is_out_and_starts_no_other() {
    let let_go = Arc::new(Notify::new());
    let held = Reply::Held(Arc::clone(&let_go), DONE.to_owned());
    let mut sending = sending([held, works()]).await;
    let letters = vec![letter(1, Purpose::Plain), letter(2, Purpose::Plain)];
    sending.tell(ToSender::Queue(letters));
    while sending.script.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    sending.stop.send(true).unwrap();
    let_go.notify_one();
    let report = sending.from_sender.recv().await;
    assert_eq!(
        report,
        Some(Report::Done(about(1, Purpose::Plain), Outcome::Sent(None)))
    );
    assert_eq!(sending.from_sender.recv().await, None);
    sending.task.await.unwrap();
    assert_eq!(sending.script.requests().len(), 1);
}

#[tokio::test]
async fn stopping_gives_back_what_was_claimed_and_did_not_go_out() {
    let mut sending = sending([Reply::Silence]).await;
    let other = Letter {
        chat: ChatId(8),
        ..letter(2, scheduled())
    };
    sending.tell(ToSender::Queue(vec![letter(1, scheduled()), other]));
    let report = sending.from_sender.recv().await;
    let second = About {
        chat: ChatId(8),
        ..about(2, scheduled())
    };
    let both = vec![about(1, scheduled()), second];
    assert_eq!(report, Some(Report::Claim(both)));
    // The first goes out and is never answered; of the second the sender does not live to hear that it may.
    sending.tell(ToSender::Claimed(vec![Seq(1)]));
    while sending.script.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    sending.stop.send(true).unwrap();
    let mut reports = Vec::new();
    while let Some(report) = sending.from_sender.recv().await {
        reports.push(report);
    }
    // Whether the first is given up before the end or with it is a matter of time; it is not given back either way.
    reports.retain(|report| *report != Report::Done(about(1, scheduled()), Outcome::InDoubt));
    assert_eq!(reports, [Report::Unclaim(vec![Seq(2)])]);
}

#[tokio::test]
async fn a_letter_that_nobody_answered_stays_in_the_outbox() {
    let mut sending = sending([Reply::Silence]).await;
    sending.tell(ToSender::Queue(vec![letter(1, Purpose::Plain)]));
    while sending.script.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    sending.stop.send(true).unwrap();
    assert_eq!(sending.from_sender.recv().await, None);
    sending.task.await.unwrap();
    assert_eq!(sending.tally.waiting(), 1);
}

#[tokio::test]
async fn without_a_heart_there_is_nothing_to_send() {
    let Sending {
        to_sender, task, ..
    } = sending([]).await;
    drop(to_sender);
    task.await.unwrap();
}

#[tokio::test]
async fn a_document_or_picture_of_nobody_is_not_made_and_nothing_goes_out() {
    let document = Effect::Document {
        document: Document {
            form: Form::Data,
            years: None,
            sounds: None,
        },
        caption: None,
    };
    for (effect, purpose) in [
        (document, Purpose::Document { rest: Vec::new() }),
        (Effect::Picture { year: 2026 }, Purpose::Picture),
    ] {
        let mut sending = sending([]).await;
        let mut wanted = letter(1, purpose.clone());
        wanted.outgoing.effect = effect;
        sending.tell(ToSender::Queue(vec![wanted]));
        assert_eq!(
            sending.from_sender.recv().await,
            Some(Report::Done(about(1, purpose), Outcome::Failed))
        );
        assert_eq!(sending.script.requests(), Vec::<String>::new());
    }
}

/// A letter that fetches, until the clock's first moment.
fn fetching(seq: u64) -> Letter {
    let mut wanted = letter(seq, Purpose::Plain);
    wanted.outgoing.effect = Effect::Fetch(Fetch {
        file: FileId("f".to_owned()),
        message: MessageId(3),
        sent: Timestamp::UNIX_EPOCH,
        wanted: Wanted::Voice(SpokenNote {
            seconds: 7,
            caption: Words::default(),
            target: Target::Note,
        }),
    });
    wanted.outgoing.expires = Some(Timestamp::UNIX_EPOCH);
    wanted
}

fn found() -> Reply {
    let file = r#"{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_size":4,"file_path":"voice/f.oga"}}"#;
    Reply::Json(file.to_owned())
}

#[tokio::test]
async fn what_is_fetched_goes_to_the_heart_and_counts_as_waiting_until_then() {
    let let_go = Arc::new(Notify::new());
    let sound = Reply::Held(Arc::clone(&let_go), "OggS".to_owned());
    let mut sending = sending([found(), sound]).await;
    sending.tell(ToSender::Queue(vec![fetching(1)]));
    while sending.script.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(sending.tally.waiting(), 1);
    let_go.notify_one();
    let fetched = Fetched {
        seq: Seq(1),
        brought: Ok(Brought::Sound(PrivateBytes::new(b"OggS".to_vec()))),
    };
    assert_eq!(sending.from_fetching.recv().await, Some(fetched));
    sending.tally.waiting_below(1).await;
}

#[tokio::test]
async fn what_does_not_come_in_its_time_is_given_up_and_tried_once_in_any_case() {
    // The clock stands still at the very end of its time, and moves with the first wait.
    let mut sending = sending([Reply::Cut, found(), Reply::Cut]).await;
    sending.tell(ToSender::Queue(vec![fetching(1)]));
    let fetched = Fetched {
        seq: Seq(1),
        brought: Err(NotFetched::Gone),
    };
    assert_eq!(sending.from_fetching.recv().await, Some(fetched));
    assert_eq!(sending.script.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_withdrawn_is_owed_no_more_and_no_answer_is_what_fetches_or_a_file() {
    let mut fetches = fetching(3);
    fetches.outgoing.class = Class::Interactive;
    assert!(!fetches.is_answer());
    let mut answer = letter(2, Purpose::Plain);
    answer.outgoing.class = Class::Interactive;
    assert!(answer.is_answer());
    let mut file = answer.clone();
    file.outgoing.effect = Effect::Picture { year: 2026 };
    assert!(!file.is_answer(), "how long it takes hangs on its size");

    let mut sending = sending([works()]).await;
    sending.tally.promised(Duration::ZERO, [Seq(1), Seq(2)]);
    sending.tell(ToSender::Withdrawn(vec![Seq(1)]));
    sending.tell(ToSender::Queue(vec![answer]));
    let sent = Report::Done(about(2, Purpose::Plain), Outcome::Sent(None));
    assert_eq!(sending.from_sender.recv().await, Some(sent));
    assert_eq!(sending.tally.owes(), 0);
}

#[tokio::test]
async fn a_fetch_that_is_stopped_stays_in_the_outbox() {
    let mut sending = sending([found(), Reply::Silence]).await;
    sending.tell(ToSender::Queue(vec![fetching(1)]));
    while sending.script.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    sending.stop.send(true).unwrap();
    sending.task.await.unwrap();
    assert_eq!(sending.from_fetching.recv().await, None);
    assert_eq!(sending.from_sender.recv().await, None);
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged on this thread from now on, as long as the guard is kept.
fn log() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let lines = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || lines.clone())
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

/// Sends a letter to each of these chats, with these answers, and returns what is logged.
async fn logged(chats: &[i64], replies: Vec<Reply>) -> String {
    let (log, _guard) = log();
    let mut sending = sending(replies).await;
    let letters = (1..).zip(chats).map(|(seq, chat)| Letter {
        chat: ChatId(*chat),
        ..letter(seq, Purpose::Plain)
    });
    sending.tell(ToSender::Queue(letters.collect()));
    for _ in chats {
        let report = sending.from_sender.recv().await;
        assert!(
            matches!(report, Some(Report::Done(_, Outcome::Sent(_)))),
            "{report:?}"
        );
    }
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn what_is_the_matter_with_messages_is_said_once() {
    let cuts = |times| std::iter::repeat_with(|| Reply::Cut).take(times);
    let wait = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 60","parameters":{"retry_after":60}}"#;
    // Little trouble is nobody's business.
    assert_eq!(logged(&[7], cuts(4).chain([works()]).collect()).await, "");
    // With one chat, while nothing is known of others.
    let of_one = logged(&[7], cuts(7).chain([works()]).collect()).await;
    insta::assert_snapshot!(of_one, @" WARN a message does not go out, the others do: Telegram's answer did not come through; trying again");
    // With everybody: three chats and then the probes, and one kind of trouble after another.
    let of_all = cuts(6).chain([works(), works(), works()]).collect();
    insta::assert_snapshot!(logged(&[7, 8, 9], of_all).await, @r"
     WARN messages do not go out: Telegram's answer did not come through; trying again
     INFO messages go out again failures=4
    ");
    let of_one = logged(&[7], vec![Reply::Json(wait.to_owned()), works()]).await;
    insta::assert_snapshot!(of_one, @" WARN Telegram lets one chat wait; the others go on seconds=60");
}
