//! The smallest Bot API: answers requests from a script, in order, and writes them down. For tests of what goes over the wire and of
//! what the wire can do; the strict Bot API in `demo` is for everything else.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

use super::Telegram;

/// How the script answers one request.
pub(crate) enum Reply {
    /// With status 200 and this body.
    Json(String),
    /// The same, but only once it is let go.
    Held(Arc<Notify>, String),
    /// By closing the connection after the request was read.
    Cut,
    /// Not at all.
    Silence,
}

/// A Bot API that goes by a script. After its end, it is silent.
pub(crate) struct Script {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Script {
    pub(crate) async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let replies: VecDeque<_> = replies.into_iter().collect();
        let replies = Arc::new(Mutex::new(replies));
        let serving = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                let mut connections = tokio::task::JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    connections.spawn(serve(stream, Arc::clone(&seen), Arc::clone(&replies)));
                }
            }
        });
        Self {
            address,
            seen,
            serving,
        }
    }

    /// A client for this Bot API that gives up soon.
    pub(crate) fn telegram(&self) -> Telegram {
        self.telegram_in(Duration::from_millis(300), Duration::from_millis(300))
    }

    /// A client that gives up after so long, and after so long when a file is on its way.
    pub(crate) fn telegram_in(&self, total: Duration, of_file: Duration) -> Telegram {
        Telegram::with_totals("1:a", Some(&self.address), total, of_file).unwrap()
    }

    /// The requests seen so far, each as method and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Stops listening.
    pub(crate) async fn close(self) {
        self.serving.abort();
        let _ = self.serving.await;
    }
}

/// The answer to a message that was sent or edited.
pub(crate) fn message(id: i32) -> String {
    format!(
        r#"{{"ok":true,"result":{{"message_id":{id},"date":1750000000,"chat":{{"id":7,"type":"private","first_name":"Saar"}},"text":"x"}}}}"#
    )
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().push(request);
        let reply = replies.lock().unwrap().pop_front();
        match reply {
            Some(Reply::Json(body)) => answer(&mut stream, &body).await,
            Some(Reply::Held(let_go, body)) => {
                let_go.notified().await;
                answer(&mut stream, &body).await;
            }
            Some(Reply::Cut) => return,
            Some(Reply::Silence) | None => std::future::pending().await,
        }
    }
}

async fn answer(stream: &mut TcpStream, body: &str) {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
}

/// One request as `Method {body}`; `None` when the connection is closed.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let length = text
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let method = text.split(' ').nth(1)?.rsplit('/').next()?.to_owned();
    let body = String::from_utf8(bytes[head..].to_vec()).unwrap();
    Some(format!("{method} {body}"))
}
