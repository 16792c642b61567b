//! How somebody on this machine asks the running bot for a backup: a socket in the store's folder, which its owner alone may use. Over it go names of files and counts, a line of JSON for each.

use std::{
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::net::UnixListener;

use super::Done;
use crate::store::Made;

/// The name of the socket.
const SOCKET: &str = "control";

/// How long the one side waits for the other to say what it has to say.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of a request.
const LONGEST: u64 = 64 << 10;

/// A wish for a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The folder for the half with the entries.
    pub entries: PathBuf,
    /// The folder for the half with the keyring, when it is another one.
    pub keyring: Option<PathBuf>,
}

/// What the bot says.
#[derive(Serialize, Deserialize)]
enum Answer {
    /// So many rows were written; there are more.
    Rows(u64),
    /// The backup is made.
    Made {
        entries: PathBuf,
        keyring: PathBuf,
        rows: u64,
        removed: usize,
    },
    /// It was not made.
    Failed(String),
}

/// Why whoever asked got no backup.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The bot says why.
    #[error("{0}")]
    Failed(String),
    /// The bot is gone, or was never there in a proper way.
    #[error(
        "the bot that runs on this store did not finish the backup ({0}): do it again, and look at its log if that helps nothing"
    )]
    Lost(io::Error),
}

/// Asks the bot that runs on the store in this folder. `None` when there is none.
///
/// # Errors
/// See [`AskError`].
pub fn ask(
    dir: &Path,
    request: &Request,
    mut rows: impl FnMut(u64),
) -> Result<Option<Done>, AskError> {
    let stream = match UnixStream::connect(dir.join(SOCKET)) {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(AskError::Lost(error)),
    };
    say(&stream, request).map_err(AskError::Lost)?;
    for line in BufReader::new(&stream).lines() {
        let line = line.map_err(AskError::Lost)?;
        let answer = serde_json::from_str(&line);
        match answer.map_err(|error| AskError::Lost(error.into()))? {
            Answer::Rows(count) => rows(count),
            Answer::Made {
                entries,
                keyring,
                rows,
                removed,
            } => {
                let made = Made {
                    entries,
                    keyring,
                    rows,
                };
                return Ok(Some(Done { made, removed }));
            }
            Answer::Failed(reason) => return Err(AskError::Failed(reason)),
        }
    }
    Err(AskError::Lost(ErrorKind::UnexpectedEof.into()))
}

/// Where requests come in.
pub(super) struct Requests(Option<(UnixListener, PathBuf)>);

impl Requests {
    /// Listens in the folder of a store that this process has open. Where that cannot be, nobody can ask, and the log says so.
    pub fn listen(dir: Option<&Path>) -> Self {
        let Some(dir) = dir else { return Self(None) };
        let path = dir.join(SOCKET);
        match listen(&path) {
            Ok(listener) => Self(Some((listener, path))),
            Err(error) => {
                tracing::warn!(
                    "backups can only be asked for while the bot is stopped, {} cannot be made: {error}",
                    path.display()
                );
                Self(None)
            }
        }
    }

    /// The next one who asks.
    pub async fn next(&self) -> Asker {
        let Some((listener, _)) = &self.0 else {
            return std::future::pending().await;
        };
        loop {
            let accepted = listener.accept().await;
            let asker = accepted.and_then(|(stream, _)| Asker::new(stream.into_std()?));
            match asker {
                Ok(asker) => return asker,
                Err(error) => tracing::debug!("a request did not come in: {error}"),
            }
        }
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        if let Some((_, path)) = &self.0 {
            drop(fs::remove_file(path));
        }
    }
}

/// Nobody else can connect before the socket is its owner's alone, because it gets its name only then.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&new)?;
    fs::set_permissions(&new, Permissions::from_mode(0o600))?;
    fs::rename(new, path)?;
    Ok(listener)
}

/// Somebody who asks.
pub(super) struct Asker(UnixStream);

impl Asker {
    fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(stream))
    }

    /// What they want; `None` when that was no request.
    pub fn request(&mut self) -> Option<Request> {
        let mut line = String::new();
        let mut lines = BufReader::new((&self.0).take(LONGEST));
        lines.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    /// Tells them how far it is. Says whether they are still there.
    pub fn hears_rows(&mut self, rows: u64) -> bool {
        say(&self.0, &Answer::Rows(rows)).is_ok()
    }

    /// Tells them how it ended.
    pub fn hears_end(self, done: Result<Done, String>) {
        let answer = match done {
            Ok(Done { made, removed }) => Answer::Made {
                entries: made.entries,
                keyring: made.keyring,
                rows: made.rows,
                removed,
            },
            Err(reason) => Answer::Failed(reason),
        };
        // Whoever is gone does not hear it.
        drop(say(&self.0, &answer));
    }
}

fn say(mut stream: &UnixStream, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line)
}
