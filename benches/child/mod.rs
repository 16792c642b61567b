//! Processes that are measured from outside: how much processor time they took, and how much memory they hold.

use std::{
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The kernel counts processor time in so many parts of a second.
const TICKS: f64 = 100.0;

/// A process that ends when this goes.
pub struct Measured(Child);

impl Measured {
    /// The bot on this store, calling this Bot API at this rate.
    pub fn bot(url: &str, store: &Path, secret: &str, rate: &str) -> Self {
        let mut bot = Command::new(env!("CARGO_BIN_EXE_voel-eerst"));
        bot.arg("run")
            .current_dir(store.parent().unwrap())
            .env("TELOXIDE_TOKEN", "123456:ABC")
            .env("TELOXIDE_API_URL", url)
            .env("VOEL_EERST_STORE", store)
            .env("VOEL_EERST_KEY", secret)
            .env("VOEL_EERST_RATE", rate)
            .env("VOEL_EERST_LOG", "error");
        Self::spawn(bot)
    }

    /// This measurement itself, told by a variable of the environment what to do.
    pub fn again(variable: &str, value: &str) -> Self {
        let mut again = Command::new(env::current_exe().unwrap());
        again.env(variable, value);
        Self::spawn(again)
    }

    fn spawn(mut command: Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }

    /// How much processor time it has taken so far, in the program and in the kernel.
    pub fn on_processor(&self) -> Duration {
        on_processor(&format!("/proc/{}/stat", self.0.id()))
    }

    /// What the kernel says of its memory, in MiB: `VmRSS` is what it holds, `VmHWM` the most that it held.
    pub fn mebibytes(&self, what: &str) -> f64 {
        mebibytes(&format!("/proc/{}/status", self.0.id()), what)
    }

    /// Waits for its end.
    pub fn ended(mut self) {
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processor time in such a file: the 14th and the 15th field, counted from behind the name, which may hold spaces.
pub fn on_processor(stat: &str) -> Duration {
    let stat = fs::read_to_string(stat).unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks: f64 = fields
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap())
        .sum();
    Duration::from_secs_f64(ticks / TICKS)
}

/// A line of such a file, in MiB.
pub fn mebibytes(status: &str, what: &str) -> f64 {
    let status = fs::read_to_string(status).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024.0
}
