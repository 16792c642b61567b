//! The real program, as somebody starts it on a machine: its settings, its refusals, its end, and what is left of its work when it is killed.
//!
//! It talks to the strict Bot API of the demo, which the test serves; nothing leaves this machine. Both follow the machine's own clock.

#![cfg(unix)]

mod backup;
mod crash;
mod demo;
mod doctor;
mod faults;
mod leaks;
mod life;
mod operations;
mod people;
mod prompts;
mod refusals;
mod rekey;
mod reload;
mod settings;
mod status;
mod stopping;
mod webhook;
mod writer;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::oneshot,
    time::{Instant, timeout},
};
use voel_eerst::{
    demo::{BotApi, TOKEN, World, api_url, serve},
    service::Clock,
};

/// How long a test waits for a process that should have ended by itself. Longer than the wait for a lock.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folder in which the program is started, with its store and its key. Nothing of the machine's own settings reaches it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path("voel-eerst-data")
    }

    fn key_file(&self) -> PathBuf {
        self.path("voel-eerst.key")
    }

    /// The program with these arguments, and an empty environment.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voel-eerst"));
        command
            .args(args)
            .current_dir(self.0.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// The program, set up to talk to this Bot API.
    fn bot(&self, telegram: &Telegram) -> Command {
        let mut command = self.command(&[]);
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", &telegram.url);
        command
    }
}

/// What a process left behind.
struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
    took: Duration,
}

impl Ended {
    /// What the program says of a refusal: one line, behind its name and whatever was logged before.
    #[track_caller]
    fn refusal(&self) -> &str {
        assert_eq!(self.status.code(), Some(1), "{self}");
        let said = self.stderr.trim_end().lines().next_back();
        said.and_then(|line| line.strip_prefix("voel-eerst: "))
            .unwrap_or_else(|| panic!("no refusal in one line: {self}"))
    }
}

/// What it said before it ended, for a test that fails.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.stderr)
    }
}

/// Starts it, and waits until it ends by itself.
async fn run(command: &mut Command) -> Ended {
    ended(command.spawn().unwrap()).await
}

/// Waits until it ends.
async fn ended(child: Child) -> Ended {
    let begun = Instant::now();
    let output = timeout(PATIENCE, child.wait_with_output())
        .await
        .expect("a process that ends")
        .unwrap();
    Ended {
        status: output.status,
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        took: begun.elapsed(),
    }
}

/// Sends a signal such as `TERM`.
async fn signal(child: &Child, name: &str) {
    let process = child.id().expect("a process that runs").to_string();
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &process])
        .status()
        .await
        .unwrap();
    assert!(sent.success());
}

/// A Bot API that is served until this goes.
struct Telegram {
    api: BotApi,
    clock: Clock,
    url: String,
    _end: oneshot::Sender<()>,
}

impl Telegram {
    /// With nobody in it, and without flood control: the program's own pace is another test's business.
    async fn serve() -> Self {
        Self::serve_at(TcpListener::bind("127.0.0.1:0").await.unwrap()).await
    }

    /// The same at a place of one's own.
    async fn serve_at(listener: TcpListener) -> Self {
        let clock = Clock::system();
        let api = BotApi::new(clock.clone());
        api.with(|world| world.flood.set(false));
        let url = api_url(&listener).unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let served = api.clone();
        tokio::spawn(serve(listener, served, async move { drop(ended.await) }));
        Self {
            api,
            clock,
            url,
            _end: end,
        }
    }

    /// Now, for [`Telegram::polled_since`].
    fn now(&self) -> Duration {
        self.clock.uptime()
    }

    /// Whether this method was called at or after this moment.
    fn called_since(&self, since: Duration, method: &str) -> bool {
        self.api.look(|world| called_since(world, since, method))
    }

    /// Waits until a program that was started at or after this moment asks for updates.
    async fn polled_since(&self, since: Duration) {
        self.api
            .until("the bot asks for updates", |world| {
                called_since(world, since, "getUpdates").then_some(())
            })
            .await
            .unwrap();
    }

    /// Waits until every update is confirmed, which only a commit leads to.
    async fn all_confirmed(&self) {
        self.api
            .until("all updates are confirmed", |world| {
                (world.updates.unconfirmed() == 0).then_some(())
            })
            .await
            .unwrap();
    }
}

fn called_since(world: &World, since: Duration, method: &str) -> bool {
    let mut latest = world.calls().rev().take_while(|call| call.at >= since);
    latest.any(|call| call.method == method)
}

/// All files of a folder and what is in them, by path; a socket holds nothing.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for found in fs::read_dir(dir).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            all.push((path.clone(), Vec::new()));
            all.extend(files(&path));
        } else if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        let target = to.join(found.file_name());
        if found.file_type().unwrap().is_dir() {
            copy_folder(&found.path(), &target);
        } else if found.file_type().unwrap().is_file() {
            fs::copy(found.path(), target).unwrap();
        }
    }
}
