//! The power goes while parents write: the program stops, and of its disk only what had reached the device is left.
//!
//! The store lies on an ext4 of its own in a file. The program is stopped, the file is copied as it is at that moment, with nothing synced
//! or unmounted before, and the copy is mounted in its place: what was only in the machine's memory is not in it. Then the store is
//! opened and compared with what Telegram was told, which is in no image, and the program goes on with it.
//!
//! Needs root, so it only runs when `VOEL_EERST_POWER_ROUNDS` says how often; `tests/power` does all of it. With `VOEL_EERST_POWER_SYNC=off` the sync
//! after sled's own flush is taken out from below, which it must not survive.

use std::process;

use rand::RngExt;

use super::{
    faults::{Faults, LOG, Strike, calls},
    parents::{Parents, chance},
    *,
};

/// Bytes of the disk.
const DISK: u64 = 96 << 20;

#[tokio::test]
async fn the_power_goes_while_parents_write() {
    let Some(rounds) = from_environment::<u32>("VOEL_EERST_POWER_ROUNDS") else {
        say(format_args!(
            "no power cuts: tests/power/run makes them, as root"
        ));
        return;
    };
    let syncs = env::var("VOEL_EERST_POWER_SYNC").as_deref() != Ok("off");
    let begun = Instant::now();
    let mut figures = Figures::default();
    let mut number = 0;
    while figures.cuts < rounds {
        number += 1;
        let mut life = Life::begin(number, syncs).await;
        while figures.cuts < rounds && life.cut(&mut figures).await {}
        let (replies, edits) = life.parents.count();
        figures.replies += replies;
        figures.edits += edits;
        figures.prompts += life.parents.prompts_came_once();
    }
    let Figures {
        cuts,
        bad,
        wrong,
        replies,
        edits,
        prompts,
    } = figures;
    say(format_args!(
        "the power went {cuts} times in {:.0?}, {} the sync: {bad} times something confirmed was lost or the store did not open, {wrong} faults in all; \
         {replies} replies and {edits} edits were sent, {prompts} scheduled prompts came once",
        begun.elapsed(),
        if syncs { "with" } else { "without" },
    ));
    assert_eq!(bad, 0, "a power cut cost something that was confirmed");
}

#[derive(Default)]
struct Figures {
    cuts: u32,
    bad: u32,
    wrong: usize,
    replies: usize,
    edits: usize,
    prompts: usize,
}

/// Parents, and a program whose store is on a disk that loses its power.
///
/// The fields go in this order: while something is mounted in it, the folder cannot be removed.
struct Life {
    bot: Child,
    disk: Disk,
    home: Home,
    parents: Parents,
    faults: Faults,
}

impl Life {
    async fn begin(number: u64, syncs: bool) -> Self {
        let home = Home::new();
        let faults = Faults::new(home.path("faults")).expect("faults from below");
        if !syncs {
            // Not that of the keyring, and not that of a new file.
            faults.plan(Strike::Skip, calls::SYNC, LOG, 1);
        }
        let disk = Disk::new(&home);
        let parents = Parents::of(Telegram::serve().await, chance(2_000 + number));
        let life = Self {
            bot: bot(&home, &parents, &faults).spawn().unwrap(),
            home,
            parents,
            faults,
            disk,
        };
        life.parents.begin().await;
        life
    }

    /// One power cut. Says whether life goes on.
    async fn cut(&mut self, figures: &mut Figures) -> bool {
        if self.parents.chance.random_range(0..4) == 0 {
            self.parents.jump(&self.faults);
        }
        for _ in 0..self.parents.chance.random_range(1..12) {
            self.parents.act();
            let micros = self.parents.chance.random_range(0..30_000);
            sleep(Duration::from_micros(micros)).await;
        }
        signal(&self.bot, "STOP").await;
        self.disk.cut_power();
        self.bot.kill().await.unwrap();
        self.disk.restore_power();
        figures.cuts += 1;

        let looked = self.parents.look_at_a_copy(&self.home, &self.home.store());
        if !looked.wrong.is_empty() {
            figures.bad += 1;
            figures.wrong += looked.wrong.len();
            say(format_args!("cut {}: {}", figures.cuts, looked.wrong[0]));
            return false;
        }
        let begun = self.parents.telegram.now();
        self.bot = bot(&self.home, &self.parents, &self.faults)
            .spawn()
            .unwrap();
        at_work(&self.parents.telegram, &mut self.bot, begun).await;
        true
    }
}

fn bot(home: &Home, parents: &Parents, faults: &Faults) -> Command {
    let mut bot = faults.bot(home, &parents.telegram);
    bot.env("VOEL_EERST_STORE", home.store());
    bot
}

/// An ext4 in a file, mounted where the store is.
struct Disk {
    place: PathBuf,
    image: PathBuf,
    copy: PathBuf,
}

impl Disk {
    fn new(home: &Home) -> Self {
        let disk = Self {
            place: home.store(),
            image: home.path("disk"),
            copy: home.path("disk.copy"),
        };
        fs::File::create(&disk.image)
            .unwrap()
            .set_len(DISK)
            .unwrap();
        done("mkfs.ext4", &["-q", "-F", path(&disk.image)]);
        fs::create_dir(&disk.place).unwrap();
        disk.mount();
        disk
    }

    /// Copies what is on the device now. The program has been stopped, but the kernel may write something out at any moment: then the
    /// copy is of no moment at all, and another one is made.
    fn cut_power(&self) {
        let written = || fs::metadata(&self.image).unwrap().modified().unwrap();
        loop {
            let before = written();
            fs::copy(&self.image, &self.copy).unwrap();
            if written() == before {
                return;
            }
        }
    }

    /// What was on the device then is mounted.
    fn restore_power(&self) {
        done("umount", &[path(&self.place)]);
        fs::rename(&self.copy, &self.image).unwrap();
        self.mount();
    }

    fn mount(&self) {
        done(
            "mount",
            &["-o", "loop", path(&self.image), path(&self.place)],
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = process::Command::new("umount")
            .arg("-l")
            .arg(&self.place)
            .status();
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn done(program: &str, args: &[&str]) {
    let done = process::Command::new(program).args(args).output().unwrap();
    assert!(
        done.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
