//! Telegram's place in measurements: it hands out updates in batches of a hundred, takes what comes back, and notes when.
//!
//! It checks nothing and keeps nothing, so that it takes far less of the processor than whoever is measured. It runs on a thread of its own.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How many updates go out at once.
pub const BATCH: usize = 100;

/// How long an empty poll is held.
const POLL: Duration = Duration::from_secs(10);

/// The number of the first update of the next stand-in. Each begins far behind the one before: a bot on the same store would know the numbers.
static NEXT_FIRST_UPDATE: AtomicUsize = AtomicUsize::new(1_000);

/// How the stand-in behaves.
#[derive(Clone, Copy, Default)]
pub struct Manners {
    /// How long it takes for each answer.
    pub delay: Duration,
    /// How many calls it takes in any one second; more are refused with 429.
    pub most_a_second: Option<usize>,
}

/// What came in, in the order in which it came.
#[derive(Clone, Copy)]
pub struct Arrival {
    pub chat: i64,
    pub at: Instant,
    /// A new message, and not a reaction.
    pub is_message: bool,
}

/// Handed out by chat number; see [`StandIn::hand_out`].
struct State {
    manners: Manners,
    /// Whose updates are to be handed out: one for each of these chats.
    chats: std::ops::Range<i64>,
    /// How many updates were confirmed.
    confirmed: usize,
    /// When each update was handed out first.
    handed: Vec<Instant>,
    /// The number of the first update for the chats of now.
    first_update: usize,
    arrivals: Vec<Arrival>,
    refused: usize,
    /// When calls came in the last second.
    lately: VecDeque<Instant>,
    first_poll: Option<Instant>,
}

/// The server.
pub struct StandIn {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl StandIn {
    pub fn start(manners: Manners) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                manners,
                chats: 0..0,
                confirmed: 0,
                handed: Vec::new(),
                first_update: NEXT_FIRST_UPDATE.fetch_add(1_000_000, Ordering::Relaxed),
                arrivals: Vec::new(),
                refused: 0,
                lately: VecDeque::new(),
                first_poll: None,
            }),
            changed: watch::Sender::default(),
        });
        let (tell, told) = mpsc::channel();
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    tokio::spawn(serve(stream, Arc::clone(&served)));
                }
            });
        });
        Self {
            url: format!("http://{}", told.recv().unwrap()),
            shared,
        }
    }

    /// From now on hands out one update for each of these chats: a text, in a message with a number of its own.
    pub fn hand_out(&self, chats: std::ops::Range<i64>) {
        let mut state = self.state();
        state.first_update += state.handed.len();
        state.handed.clear();
        state.confirmed = 0;
        state.arrivals.clear();
        state.chats = chats;
        drop(state);
        self.shared.changed.send_replace(());
    }

    /// Waits until it has been asked for updates. Says when that was first.
    pub fn polled(&self) -> Instant {
        self.until(|state| state.first_poll)
    }

    /// Waits until all updates are confirmed and so many calls came, and says what came.
    pub fn answered(&self, calls: usize) -> Vec<Arrival> {
        self.until(|state| {
            (state.confirmed >= state.handed.len() && state.arrivals.len() >= calls)
                .then(|| state.arrivals.clone())
        })
    }

    /// When the updates were handed out, by chat.
    pub fn handed(&self) -> Vec<Instant> {
        self.state().handed.clone()
    }

    /// How many calls were refused because they were too many.
    pub fn refused(&self) -> usize {
        self.state().refused
    }

    fn until<T>(&self, found: impl Fn(&State) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = found(&self.state()) {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(300), "in vain");
            thread::sleep(Duration::from_micros(500));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The answer to one request.
    async fn answer(&self, method: &str, body: &str) -> String {
        match method {
            "GetMe" => r#"{"ok":true,"result":{"id":9,"is_bot":true,"first_name":"V","username":"voel_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"has_main_web_app":false}}"#.to_owned(),
            "GetUpdates" => self.updates(body).await,
            "SendMessage" => self.takes(body, true),
            "SetMessageReaction" | "EditMessageText" | "EditMessageReplyMarkup" | "AnswerCallbackQuery" => self.takes(body, false),
            _ => DONE.to_owned(),
        }
    }

    fn takes(&self, body: &str, is_message: bool) -> String {
        let mut state = self.state();
        let now = Instant::now();
        if let Some(most) = state.manners.most_a_second {
            let second = Duration::from_secs(1);
            state.lately.retain(|at| now.duration_since(*at) < second);
            if state.lately.len() >= most {
                state.refused += 1;
                return r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}"#.to_owned();
            }
            state.lately.push_back(now);
        }
        let chat = number_in(body, "\"chat_id\":").unwrap();
        state.arrivals.push(Arrival {
            chat,
            at: now,
            is_message,
        });
        if !is_message {
            return DONE.to_owned();
        }
        let number = state.arrivals.len();
        format!(
            r#"{{"ok":true,"result":{{"message_id":{number},"date":1750000000,"chat":{{"id":{chat},"type":"private","first_name":"Saar"}},"text":"x"}}}}"#
        )
    }

    async fn updates(&self, body: &str) -> String {
        let mut changed = self.changed.subscribe();
        let give_up = tokio::time::sleep(POLL);
        tokio::pin!(give_up);
        loop {
            if let Some(batch) = self.batch(body) {
                return batch;
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = &mut give_up => return r#"{"ok":true,"result":[]}"#.to_owned(),
            }
        }
    }

    fn batch(&self, body: &str) -> Option<String> {
        let mut state = self.state();
        let now = Instant::now();
        state.first_poll.get_or_insert(now);
        let asked = number_in(body, "\"offset\":").map_or(0, |offset| offset as usize);
        let total = state.chats.clone().count();
        let from = asked.saturating_sub(state.first_update);
        state.confirmed = state.confirmed.max(from);
        let until = (from + BATCH).min(total);
        if from >= until {
            return None;
        }
        while state.handed.len() < until {
            state.handed.push(now);
        }
        let first = state.first_update;
        let updates: Vec<String> = (from..until)
            .map(|nth| {
                let chat = state.chats.start + nth as i64;
                let update = first + nth;
                format!(
                    r#"{{"update_id":{update},"message":{{"message_id":{update},"date":1750000000,"from":{{"id":{chat},"is_bot":false,"first_name":"Saar","language_code":"nl"}},"chat":{{"id":{chat},"type":"private","first_name":"Saar"}},"text":"{TEXT}"}}}}"#
                )
            })
            .collect();
        Some(format!(r#"{{"ok":true,"result":[{}]}}"#, updates.join(",")))
    }
}

/// What every parent writes.
const TEXT: &str = "Vandaag bleef ik even zitten toen ze boos werd. Ik zei niets, en na een tijdje kwam ze zelf op schoot.";

const DONE: &str = r#"{"ok":true,"result":true}"#;

/// The whole number behind this name.
fn number_in(body: &str, name: &str) -> Option<i64> {
    let (_, rest) = body.split_once(name)?;
    let end = rest
        .find(|c: char| c != '-' && !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// Requests of one connection, one after the other.
async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut bytes = Vec::with_capacity(4096);
    loop {
        let (method, body, rest) = loop {
            if let Some(request) = request(&bytes) {
                break request;
            }
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let answer = shared.answer(&method, &body).await;
        bytes.drain(..rest);
        let delay = shared.state().manners.delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The first request in these bytes, when it is whole: method, body, and where the next one begins.
fn request(bytes: &[u8]) -> Option<(String, String, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = str::from_utf8(&bytes[..head]).unwrap();
    let length = text
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse().unwrap())
        })
        .unwrap_or(0);
    let body = bytes.get(head..head + length)?;
    let method = text.split(' ').nth(1)?.rsplit('/').next()?.to_owned();
    Some((
        method,
        String::from_utf8_lossy(body).into_owned(),
        head + length,
    ))
}
