//! What goes wrong under the program, at which of its calls of the operating system: `preload.c` is loaded into it, so that the program
//! itself needs no hook for it.

use std::{
    env, fs,
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process,
    sync::LazyLock,
    time::Duration,
};

use tokio::{process::Command, time::sleep};

use super::{Home, Telegram, say};

/// Where `preload.c` was compiled to; `None` where that cannot be done.
static PRELOAD: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let built = compiled();
    if let Err(why) = &built {
        say(format_args!("without faults from below: {why}"));
    }
    built.ok()
});

fn compiled() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return Err("only Linux with glibc loads them".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/crash/preload.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.so", process::id()));
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = process::Command::new(&compiler)
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .output()
        .map_err(|error| format!("no C compiler {}: {error}", compiler.display()))?;
    if !compiled.status.success() {
        return Err(String::from_utf8_lossy(&compiled.stderr).into_owned());
    }
    Ok(library)
}

/// A call that the program makes, as a bit. Several can be meant at once.
pub mod calls {
    pub const WRITE: u32 = 1;
    pub const SYNC: u32 = 2;
    pub const NEW: u32 = 4;
    pub const NAME: u32 = 8;
    pub const LENGTH: u32 = 16;
    pub const ALL: u32 = WRITE | SYNC | NEW | NAME | LENGTH;
}

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The program is killed instead of it.
    KillBefore = 1,
    /// The program is killed when it is done.
    KillAfter = 2,
    /// Of what was to be written half is; then the program is killed. Any other call is done whole.
    KillHalfway = 3,
    /// It fails with the errno given, and so do all that follow.
    Fail = 4,
    /// It does nothing and says that it is done, as do all that follow.
    Skip = 5,
    /// It is not done, nor are those that follow, before the plan is another one.
    Stall = 6,
}

/// The file that sled writes its log to, in whichever folder the journal is now.
pub const LOG: &str = "/db";

/// Whatever is on its way in the running program is written within this time.
pub const A_MOMENT: Duration = Duration::from_millis(60);

/// That a call failed because the disk is full.
pub const FULL: u32 = 28;

const CLOCK: u64 = 0;
const UPTIME: u64 = 8;
const STRIKE: u64 = 16;
const CALLS: u64 = 20;
const LEFT: u64 = 24;
const SEEN: u64 = 28;
const ERROR: u64 = 32;
const NAME: u64 = 36;
const LENGTH: usize = 256;

/// The plan of what goes wrong, which a running program follows too.
pub struct Faults {
    path: PathBuf,
    plan: File,
}

impl Faults {
    /// A plan in this file in which nothing goes wrong; `None`, said in one line, where there can be none.
    pub fn new(path: PathBuf) -> Option<Self> {
        PRELOAD.as_ref()?;
        fs::write(&path, [0; LENGTH]).unwrap();
        let plan = File::options().read(true).write(true).open(&path).unwrap();
        Some(Self { path, plan })
    }

    /// The bot in this home, which follows it.
    pub fn bot(&self, home: &Home, telegram: &Telegram) -> Command {
        let mut bot = home.bot(telegram);
        self.under(&mut bot);
        bot
    }

    /// Lets a program follow it.
    pub fn under(&self, command: &mut Command) {
        let preload = PRELOAD.as_ref().unwrap();
        command.env("LD_PRELOAD", preload);
        command.env("VOEL_EERST_FAULTS", &self.path);
    }

    /// From now on the time of day is so many seconds ahead.
    pub fn move_clock(&self, ahead: i64) {
        self.put(CLOCK, &ahead.to_ne_bytes());
    }

    /// From now on so many more seconds have gone by since the machine's start.
    pub fn let_time_pass(&self, ahead: i64) {
        self.put(UPTIME, &ahead.to_ne_bytes());
    }

    /// What happens at one of these calls for a file whose path ends with `name`, or has it in it where `name` ends with a slash: the
    /// one with this number, the first being 1, counted from now on.
    pub fn plan(&self, strike: Strike, calls: u32, name: &str, number: u32) {
        self.nothing();
        let mut bytes = [0; LENGTH - NAME as usize];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        self.put(NAME, &bytes);
        self.put(CALLS, &calls.to_ne_bytes());
        self.put(ERROR, &FULL.to_ne_bytes());
        self.put(SEEN, &0_u32.to_ne_bytes());
        self.put(LEFT, &number.to_ne_bytes());
        self.put(STRIKE, &(strike as u32).to_ne_bytes());
    }

    /// Only counts these calls.
    pub fn count(&self, calls: u32, name: &str) {
        self.plan(Strike::Fail, calls, name, 0);
    }

    /// Nothing goes wrong any more.
    pub fn nothing(&self) {
        self.put(STRIKE, &0_u32.to_ne_bytes());
    }

    /// How many of the calls meant there were.
    pub fn seen(&self) -> u32 {
        let mut bytes = [0; 4];
        self.plan.read_exact_at(&mut bytes, SEEN).unwrap();
        u32::from_ne_bytes(bytes)
    }

    /// Waits until nothing more is on its way in the running program: for so long nothing was written.
    pub async fn quiet_for(&self, time: Duration) {
        self.count(calls::WRITE, LOG);
        let mut seen = u32::MAX;
        while std::mem::replace(&mut seen, self.seen()) != self.seen() {
            sleep(time).await;
        }
    }

    fn put(&self, at: u64, bytes: &[u8]) {
        self.plan.write_all_at(bytes, at).unwrap();
    }
}
