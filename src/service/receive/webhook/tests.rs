use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
};

use super::*;

const PATH: &str = "/hook";

/// An update of a kind that nobody knows.
const UPDATE: &str = r#"{"update_id":61,"novelty":{}}"#;

/// So long that no test gets there.
const NEVER: Duration = Duration::from_secs(60);

/// A webhook on a port of its own, with the test in the heart's place.
struct Server {
    listener: Arc<TcpListener>,
    secret: String,
    from_hook: mpsc::Receiver<Batch>,
    stop: watch::Sender<bool>,
    tally: Arc<Tally>,
    task: JoinHandle<()>,
}

async fn serving() -> Server {
    serving_within(Limits {
        head_takes: NEVER,
        body_takes: NEVER,
        last_answers: NEVER,
        ..LIMITS
    })
    .await
}

async fn serving_within(limits: Limits) -> Server {
    let listener = Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let telegram = Arc::new(Telegram::new("1:a", None).unwrap());
    let tally = Arc::new(Tally::default());
    let (to_heart, from_hook) = mpsc::channel(1);
    let (stop, stopping) = watch::channel(false);
    let entrance = Entrance {
        limits,
        ..Entrance::new(
            Arc::clone(&telegram),
            Clock::frozen_at(Timestamp::UNIX_EPOCH, Duration::ZERO),
            Arc::clone(&tally),
            to_heart,
            stopping,
        )
    };
    let serves = Arc::clone(&listener);
    let task = tokio::spawn(async move { run(serves, PATH, entrance).await });
    Server {
        listener,
        secret: telegram.webhook_secret(),
        from_hook,
        stop,
        tally,
        task,
    }
}

/// One connection to the webhook.
struct Caller(TcpStream);

impl Server {
    async fn caller(&self) -> Caller {
        let address = self.listener.local_addr().unwrap();
        Caller(TcpStream::connect(address).await.unwrap())
    }

    /// A request as Telegram makes it.
    fn request(&self, body: &str) -> String {
        format!(
            "POST {PATH} HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             X-Telegram-Bot-Api-Secret-Token: {}\r\n\r\n{body}",
            body.len(),
            self.secret
        )
    }

    /// The status of the answer to one request on a connection of its own.
    async fn status(&self, request: &str) -> u16 {
        let mut caller = self.caller().await;
        caller.sends(request).await;
        caller.hears().await.unwrap().0
    }

    /// The next batch: its only update's number, and the way to say that it is committed.
    async fn batch(&mut self) -> (u32, oneshot::Sender<()>) {
        let batch = self.from_hook.recv().await.unwrap();
        let [update] = batch.updates.try_into().unwrap();
        (update.update, batch.committed)
    }
}

impl Caller {
    async fn sends(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Status and head of the next answer; `None` when the connection is closed instead.
    async fn hears(&mut self) -> Option<(u16, String)> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).await.unwrap();
        Some((head.split(' ').nth(1).unwrap().parse().unwrap(), head))
    }

    /// Nothing has come so far, however much everybody else has done.
    async fn has_heard_nothing(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let error = self.0.try_read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
}

#[tokio::test]
async fn telegram_hears_that_it_is_safe_after_the_commit_and_not_before() {
    let mut server = serving().await;
    let mut caller = server.caller().await;
    // Both on one connection, as Telegram does it.
    for _ in 0..2 {
        caller.sends(&server.request(UPDATE)).await;
        let (update, committed) = server.batch().await;
        assert_eq!(update, 61);
        caller.has_heard_nothing().await;
        committed.send(()).unwrap();
        assert_eq!(caller.hears().await.unwrap().0, 200);
    }
    let tally = server.tally.to_string();
    assert!(tally.starts_with("2 updates in, 0 of them again, 2 of them unreadable,"));
}

#[tokio::test]
async fn many_at_once_reach_the_heart_together() {
    let mut server = serving().await;
    let mut callers = Vec::new();
    for update in 1..=20 {
        let mut caller = server.caller().await;
        let body = format!(r#"{{"update_id":{update},"novelty":{{}}}}"#);
        caller.sends(&server.request(&body)).await;
        callers.push(caller);
    }
    let mut commits = Vec::new();
    for _ in 0..20 {
        commits.push(server.batch().await);
    }
    let mut updates: Vec<u32> = commits.iter().map(|(update, _)| *update).collect();
    updates.sort_unstable();
    assert_eq!(updates, Vec::from_iter(1..=20));
    for (_, committed) in commits {
        committed.send(()).unwrap();
    }
    for caller in &mut callers {
        assert_eq!(caller.hears().await.unwrap().0, 200);
    }
}

#[tokio::test]
async fn what_the_heart_could_not_keep_comes_again_soon() {
    let mut server = serving().await;
    let mut caller = server.caller().await;
    caller.sends(&server.request(UPDATE)).await;
    drop(server.batch().await);
    let (status, head) = caller.hears().await.unwrap();
    assert_eq!(status, 503);
    assert!(head.contains("\r\nretry-after: 5\r\n"), "{head}");
    server.from_hook.close();
    assert_eq!(server.status(&server.request(UPDATE)).await, 503);
}

#[tokio::test]
async fn what_is_no_update_of_telegrams_gets_its_status_and_never_reaches_the_heart() {
    let mut server = serving().await;
    let good = server.request(UPDATE);
    let large = server.request(&"x".repeat(LIMITS.body + 1));
    let chunked = good.split("\r\n\r\n").next().unwrap();
    let chunked = chunked.replace("Content-Length: 29", "Transfer-Encoding: chunked");
    let chunked = format!(
        "{chunked}\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        LIMITS.body + 1,
        "x".repeat(LIMITS.body + 1)
    );
    for (request, expected) in [
        (good.replace("POST", "GET"), 405),
        (good.replace("POST", "PUT"), 405),
        (good.replace(PATH, "/"), 404),
        (good.replace(PATH, "/hook/"), 404),
        (good.replace(PATH, "/other"), 404),
        (good.replace(&server.secret, "x"), 403),
        (good.replace(&server.secret, &server.secret[1..]), 403),
        (good.replace(&server.secret, ""), 403),
        (good.replace("X-Telegram-Bot-Api-Secret-Token", "X"), 403),
        (good.replace(UPDATE, &UPDATE.replace('}', "]")), 400),
        (server.request("{}"), 400),
        (server.request(""), 400),
        ("POST /hook NONSENSE\r\n\r\n".to_owned(), 400),
    ] {
        assert_eq!(server.status(&request).await, expected, "{request}");
    }
    assert_eq!(server.status(&large).await, 413);
    assert_eq!(server.status(&chunked).await, 413);
    assert!(server.from_hook.try_recv().is_err());
    let tally = server.tally.to_string();
    assert!(tally.contains(" 4 without the secret;"), "{tally}");
    assert!(tally.starts_with("0 updates in"), "{tally}");
}

#[tokio::test]
async fn a_strangers_body_is_not_even_waited_for() {
    let server = serving().await;
    let request = server.request(UPDATE).replace(&server.secret, "x");
    let mut caller = server.caller().await;
    caller.sends(request.strip_suffix(UPDATE).unwrap()).await;
    assert_eq!(caller.hears().await.unwrap().0, 403);
}

#[tokio::test]
async fn who_takes_too_long_has_to_come_again() {
    let server = serving_within(Limits {
        head_takes: Duration::from_millis(20),
        body_takes: Duration::from_millis(20),
        ..LIMITS
    })
    .await;
    let mut caller = server.caller().await;
    let request = server.request(UPDATE);
    caller.sends(&request[..request.len() - 5]).await;
    assert_eq!(caller.hears().await.unwrap().0, 408);
    for beginning in ["", "POST /hook HTTP/1.1\r\nHost:"] {
        let mut caller = server.caller().await;
        caller.sends(beginning).await;
        assert!(caller.hears().await.is_none_or(|(status, _)| status == 408));
    }
}

#[tokio::test]
async fn more_connections_than_there_are_places_wait_for_their_turn() {
    let mut server = serving_within(Limits {
        connections: 1,
        head_takes: NEVER,
        ..LIMITS
    })
    .await;
    let mut first = server.caller().await;
    first.sends(&server.request(UPDATE)).await;
    let (_, committed) = server.batch().await;
    let mut second = server.caller().await;
    second.sends(&server.request(UPDATE)).await;
    committed.send(()).unwrap();
    assert_eq!(first.hears().await.unwrap().0, 200);
    second.has_heard_nothing().await;
    assert!(server.from_hook.try_recv().is_err());
    drop(first);
    server.batch().await.1.send(()).unwrap();
    assert_eq!(second.hears().await.unwrap().0, 200);
}

#[tokio::test]
async fn whoever_hangs_up_before_the_answer_is_heard_all_the_same() {
    let mut server = serving().await;
    let mut caller = server.caller().await;
    caller.sends(&server.request(UPDATE)).await;
    let (update, committed) = server.batch().await;
    drop(caller);
    assert_eq!(update, 61);
    // Whether anybody still waits for it or not.
    let _ = committed.send(());
    let mut again = server.caller().await;
    again.sends(&server.request(UPDATE)).await;
    server.batch().await.1.send(()).unwrap();
    assert_eq!(again.hears().await.unwrap().0, 200);
}

#[tokio::test]
async fn stopping_answers_what_the_heart_has_and_takes_nothing_more() {
    let mut server = serving().await;
    let mut caller = server.caller().await;
    caller.sends(&server.request(UPDATE)).await;
    let (_, committed) = server.batch().await;
    let mut half = server.caller().await;
    let request = server.request(UPDATE);
    half.sends(&request[..request.len() - 5]).await;
    half.has_heard_nothing().await;
    let mut idle = server.caller().await;
    idle.has_heard_nothing().await;

    server.stop.send(true).unwrap();
    assert_eq!(half.hears().await.unwrap().0, 503);
    assert_eq!(idle.hears().await, None);
    caller.has_heard_nothing().await;
    assert!(!server.task.is_finished());
    let mut late = server.caller().await;
    late.sends(&server.request(UPDATE)).await;
    committed.send(()).unwrap();
    let (status, head) = caller.hears().await.unwrap();
    assert_eq!(status, 200);
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!(caller.hears().await, None);
    server.task.await.unwrap();
    late.has_heard_nothing().await;
    assert!(server.from_hook.recv().await.is_none());
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let mut server = serving_within(Limits {
        last_answers: Duration::from_millis(20),
        ..LIMITS
    })
    .await;
    let mut caller = server.caller().await;
    caller.sends(&server.request(UPDATE)).await;
    let _never = server.batch().await;
    server.stop.send(true).unwrap();
    server.task.await.unwrap();
}
