//! How somebody on this machine asks the running bot something: a socket in the store's folder, which its owner alone may use. Over it go names of files and counts, a line of JSON for each.

use std::{
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{net::UnixListener, sync::mpsc, task};

use super::{Clock, NotReady, Tally, accept::accepted, backups::Done};
use crate::store::{Counts, Made};

/// The name of the socket.
const SOCKET: &str = "control";

/// How long the one side waits for the other to say what it has to say.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of a request.
const LONGEST: u64 = 64 << 10;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Request {
    /// A backup.
    Backup(BackupRequest),
    /// To know how it goes.
    HowItGoes,
}

/// A wish for a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRequest {
    /// The folder for the half with the entries.
    pub entries: PathBuf,
    /// The folder for the half with the keyring, when it is another one.
    pub keyring: Option<PathBuf>,
}

/// How it goes with the bot that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HowItGoes {
    /// The totals of its store.
    pub counts: Counts,
    /// For how long the heart has been at one round, when that is too long.
    pub stuck: Option<Duration>,
    /// Why it does not do its work, when it does not.
    pub not_ready: Option<String>,
    /// It was started just now, so that this was to be expected.
    #[serde(default)]
    pub starts: bool,
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
    /// How it goes.
    Goes(HowItGoes),
}

/// Why whoever asked got no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The bot says why.
    #[error("{0}")]
    Failed(String),
    /// The bot is gone, or was never there in a proper way.
    #[error(
        "the bot that runs on this store did not say the end of it ({0}): do it again, and look at its log if that helps nothing"
    )]
    Lost(io::Error),
}

/// Asks the bot that runs on the store in this folder for a backup. `None` when there is none.
///
/// # Errors
/// See [`AskError`].
pub fn ask_for_backup(
    dir: &Path,
    request: BackupRequest,
    mut rows: impl FnMut(u64),
) -> Result<Option<Done>, AskError> {
    let Some(answers) = ask(dir, Request::Backup(request))? else {
        return Ok(None);
    };
    for answer in answers {
        match answer? {
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
            Answer::Goes(_) => break,
        }
    }
    Err(AskError::Lost(ErrorKind::UnexpectedEof.into()))
}

/// Asks the bot that runs on the store in this folder how it goes. `None` when there is none.
///
/// # Errors
/// See [`AskError`].
pub fn ask_how_it_goes(dir: &Path) -> Result<Option<HowItGoes>, AskError> {
    let Some(mut answers) = ask(dir, Request::HowItGoes)? else {
        return Ok(None);
    };
    match answers.next() {
        Some(Ok(Answer::Goes(goes))) => Ok(Some(goes)),
        Some(Err(error)) => Err(error),
        Some(Ok(_)) | None => Err(AskError::Lost(ErrorKind::UnexpectedEof.into())),
    }
}

/// Asks, and gives what the bot says, line by line.
fn ask(
    dir: &Path,
    request: Request,
) -> Result<Option<impl Iterator<Item = Result<Answer, AskError>> + use<>>, AskError> {
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
    say(&stream, &request).map_err(AskError::Lost)?;
    let answer = |line: io::Result<String>| {
        let line = line.map_err(AskError::Lost)?;
        serde_json::from_str(&line).map_err(|error| AskError::Lost(error.into()))
    };
    Ok(Some(BufReader::new(stream).lines().map(answer)))
}

/// Takes requests until this is dropped. How it goes is answered at once, also while the disk does not answer; a wish for a backup goes to who makes them.
pub(super) async fn run(
    door: Door,
    tally: Arc<Tally>,
    clock: Clock,
    backups: mpsc::Sender<(BackupRequest, Asker)>,
) {
    loop {
        let mut asker = door.next(&clock).await;
        let read = task::spawn_blocking(move || {
            let request = asker.request()?;
            Some((request, asker))
        });
        match read.await.ok().flatten() {
            Some((Request::HowItGoes, asker)) => {
                let uptime = clock.uptime();
                let not_ready = tally.vitals.readiness(uptime).err();
                let goes = HowItGoes {
                    counts: tally.vitals.counts().unwrap_or_default(),
                    stuck: tally.vitals.health(uptime).err(),
                    not_ready: not_ready.map(|why| why.to_string()),
                    starts: not_ready == Some(NotReady::FirstAnswer),
                };
                asker.hears(&Answer::Goes(goes));
            }
            Some((Request::Backup(request), asker)) => {
                let heard = backups.send((request, asker)).await;
                if heard.is_err() {
                    return;
                }
            }
            None => {}
        }
    }
}

/// Where requests come in.
pub(super) struct Door(Option<(UnixListener, PathBuf)>);

impl Door {
    /// Opens in the folder of a store that this process has open. Where that cannot be, nobody can ask, and the log says so.
    pub fn open(dir: Option<&Path>) -> Self {
        let Some(dir) = dir else { return Self(None) };
        let path = dir.join(SOCKET);
        match listen(&path) {
            Ok(listener) => Self(Some((listener, path))),
            Err(error) => {
                tracing::warn!(
                    "the bot can only be asked for backups and totals while it is stopped, {} cannot be made: {error}",
                    path.display()
                );
                Self(None)
            }
        }
    }

    /// The next one who asks.
    async fn next(&self, clock: &Clock) -> Asker {
        let Some((listener, _)) = &self.0 else {
            return std::future::pending().await;
        };
        let failed = "somebody on this machine could not ask the bot";
        accepted(clock, failed, || async {
            let (stream, _) = listener.accept().await?;
            Asker::new(stream.into_std()?)
        })
        .await
    }
}

impl Drop for Door {
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
    fn request(&mut self) -> Option<Request> {
        let mut line = String::new();
        let mut lines = BufReader::new((&self.0).take(LONGEST));
        lines.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    /// Tells them how far a backup is. Says whether they are still there.
    pub fn hears_rows(&mut self, rows: u64) -> bool {
        say(&self.0, &Answer::Rows(rows)).is_ok()
    }

    /// Tells them how their backup ended.
    pub fn hears_end(self, done: Result<Done, String>) {
        self.hears(&match done {
            Ok(Done { made, removed }) => Answer::Made {
                entries: made.entries,
                keyring: made.keyring,
                rows: made.rows,
                removed,
            },
            Err(reason) => Answer::Failed(reason),
        });
    }

    fn hears(self, answer: &Answer) {
        // Whoever is gone does not hear it.
        drop(say(&self.0, answer));
    }
}

fn say(mut stream: &UnixStream, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line)
}
