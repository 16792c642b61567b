//! Killed at random moments while parents write and prompts come, again and again, over both ways of receiving.

use std::collections::BTreeMap;

use rand::RngExt;

use super::{
    faults::Faults,
    parents::{Parents, chance},
    *,
};

/// After how many rounds the store of the killed process, and what its last backup gives, is looked at; after each one when it is to be thorough.
const LOOK_EVERY: u32 = 10;

/// After how many rounds everything begins anew: looking at all that is there takes longer with every round.
const LIFETIME: u32 = 400;

#[tokio::test]
async fn killed_while_parents_write() {
    let mut left = rounds();
    let begun = Instant::now();
    let mut figures = Figures::default();
    let mut number = 0;
    let look_every = if is_thorough() { 1 } else { LOOK_EVERY };
    // Also few rounds go over both ways.
    let lifetime = rounds().div_ceil(2).min(LIFETIME);
    for way in WAYS.into_iter().cycle() {
        if left == 0 {
            break;
        }
        let lives = left.min(lifetime);
        number += 1;
        let mut life = Crashes::begin(way, number).await;
        for round in 1..=lives {
            life.round().await;
            if round % look_every == 0 {
                life.looks().await;
            }
        }
        life.end(&mut figures).await;
        left -= lives;
        say(format_args!(
            "{} rounds, the last {lives} over {way:?}: {figures:?} in {:.0?}",
            rounds() - left,
            begun.elapsed()
        ));
    }
    let took = begun.elapsed();
    say(format_args!(
        "killed {} times in {took:.1?}, {:.1} times a second: {figures:?}; nothing lost, nothing twice",
        figures.killed,
        f64::from(figures.killed) / took.as_secs_f64(),
    ));
}

#[tokio::test]
async fn killed_while_it_makes_its_store() {
    let mut chance = chance(1);
    let telegram = Telegram::serve().await;
    for _ in 0..rounds().div_ceil(5) {
        let home = Home::new();
        for _ in 0..3 {
            let mut bot = home.bot(&telegram).spawn().unwrap();
            sleep(Duration::from_micros(chance.random_range(0..80_000))).await;
            bot.kill().await.unwrap();
        }
        let begun = telegram.now();
        let mut bot = home.bot(&telegram).spawn().unwrap();
        at_work(&telegram, &mut bot, begun).await;
        end_in_peace(bot).await;
    }
}

/// What was there in the end, and how often what happened before.
#[derive(Debug, Default)]
struct Figures {
    killed: u32,
    ended_in_peace: u32,
    replies: usize,
    edits: usize,
    prompts: usize,
    prompts_in_doubt: u64,
    prompts_that_stayed_away: u64,
    stores_looked_at: u32,
    backups_restored: u32,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.killed += other.killed;
        self.ended_in_peace += other.ended_in_peace;
        self.replies += other.replies;
        self.edits += other.edits;
        self.prompts += other.prompts;
        self.prompts_in_doubt += other.prompts_in_doubt;
        self.prompts_that_stayed_away += other.prompts_that_stayed_away;
        self.stores_looked_at += other.stores_looked_at;
        self.backups_restored += other.backups_restored;
    }
}

/// Parents, and a program that is killed again and again.
struct Crashes {
    home: Home,
    parents: Parents,
    called_at: CalledAt,
    /// Moves the program's clock; `None` where nothing can.
    faults: Option<Faults>,
    /// How long the latest start took that was waited for.
    starts_in: Duration,
    /// The backups whose halves both have their names, and up to which update everything was confirmed before each was begun.
    backups: BTreeMap<String, i64>,
    figures: Figures,
}

impl Crashes {
    /// Parents who have come through the start, and a process that was killed after it.
    async fn begin(way: Way, number: u64) -> Self {
        let home = Home::new();
        let faults = Faults::new(home.path("faults"));
        let parents = Parents::of(Telegram::serve().await, chance(1_000 + number));
        let life = Self {
            home,
            parents,
            called_at: CalledAt::of(way),
            faults,
            starts_in: Duration::from_millis(60),
            backups: BTreeMap::new(),
            figures: Figures::default(),
        };
        let mut bot = life.bot().spawn().unwrap();
        life.parents.begin().await;
        bot.kill().await.unwrap();
        life
    }

    fn bot(&self) -> Command {
        let mut bot = self.home.bot(&self.parents.telegram);
        self.called_at.set_up(&mut bot);
        if let Some(faults) = &self.faults {
            faults.under(&mut bot);
        }
        bot
    }

    /// One life: at its start, at work, or when all is done, it is killed; now and then it may end by itself. Some lives are on
    /// another day, and in some a backup is made.
    async fn round(&mut self) {
        let parents = &mut self.parents;
        if let Some(faults) = &self.faults
            && parents.chance.random_range(0..3) == 0
        {
            parents.jump(faults);
        }
        // Whoever has written today gets no prompt.
        let acts = parents.chance.random_range(0..3);
        for _ in 0..acts {
            parents.act();
        }
        let confirmed = parents.confirmed();
        let mut bot = self.bot();
        if self.parents.chance.random_range(0..8) == 0 {
            bot.env("VOEL_EERST_BACKUP_DIR", "backups");
        }
        if self.lives(bot).await {
            self.figures.killed += 1;
        } else {
            self.figures.ended_in_peace += 1;
        }
        let there = backups(&self.home.path("backups"));
        // Those that are 30 days old go, also when no new one could be made.
        self.backups.retain(|backup, _| there.contains(backup));
        for backup in there {
            self.backups.entry(backup).or_insert(confirmed);
        }
    }

    /// The program lives for a while, and parents do something meanwhile. Whether it was killed.
    async fn lives(&mut self, mut bot: Command) -> bool {
        let begun = self.parents.telegram.now();
        let kind = self.parents.chance.random_range(0..100);
        let mut bot = bot.spawn().unwrap();
        if kind >= 30 {
            at_work(&self.parents.telegram, &mut bot, begun).await;
            self.starts_in = self.parents.telegram.now().saturating_sub(begun);
        }
        match kind {
            0..30 => self.sleep_up_to(1_200).await,
            // Whoever's prompt is due gets it meanwhile, or does not.
            30..50 => self.sleep_up_to(2_000).await,
            50..80 => {
                for _ in 0..self.parents.chance.random_range(1..6) {
                    self.parents.act();
                    self.sleep_up_to(80).await;
                }
                self.sleep_up_to(160).await;
            }
            80..95 => {
                self.parents.act();
                self.parents.telegram.all_confirmed().await;
                self.sleep_up_to(500).await;
            }
            _ => {
                self.parents.act();
                end_in_peace(bot).await;
                return false;
            }
        }
        bot.kill().await.unwrap();
        true
    }

    /// Sleeps up to so many thousandths of the time that a start takes: on a slow machine everything takes longer.
    async fn sleep_up_to(&mut self, thousandths: u32) {
        let part = self.parents.chance.random_range(0.0..1.0);
        let most = self.starts_in.mul_f64(f64::from(thousandths) / 1_000.0);
        sleep(most.mul_f64(part)).await;
    }

    /// Looks at what the process left behind, and at what the last backup gives.
    async fn looks(&mut self) {
        let looked = self.parents.look_at_a_copy(&self.home, &self.home.store());
        assert_eq!(looked.wrong, [""; 0]);
        self.figures.stores_looked_at += 1;
        if let Some((backup, confirmed)) = self.backups.last_key_value() {
            let halves = ["entries", "keyring"];
            let halves = halves.map(|half| format!("backups/{backup}-{half}.vbk"));
            let restored = self.restores(&halves).await;
            let looked = self
                .parents
                .look_at_restored(&self.home, &restored, *confirmed);
            assert_eq!(looked.wrong, [""; 0], "{backup}");
            fs::remove_dir_all(restored).unwrap();
            self.figures.backups_restored += 1;
        }
    }

    /// The store that a backup gives.
    async fn restores(&self, [entries, keyring]: &[String; 2]) -> PathBuf {
        let args = ["store", "restore", entries, keyring, "--store", "restored"];
        let restored = run(&mut self.home.command(&args)).await;
        assert!(restored.status.success(), "{restored}");
        self.home.path("restored")
    }

    /// A last life, in peace: everybody has their answer, and everything is in the store and in its last backup.
    async fn end(mut self, figures: &mut Figures) {
        if let Some(faults) = &self.faults {
            // A day on, so that what was due is over.
            self.parents.jump(faults);
            self.parents.jump(faults);
        }
        let begun = self.parents.telegram.now();
        let mut bot = self.bot().spawn().unwrap();
        at_work(&self.parents.telegram, &mut bot, begun).await;
        self.parents.all_answered().await;
        end_in_peace(bot).await;
        let args = ["store", "backup", "last"];
        let asked = run(&mut self.home.command(&args)).await;
        assert!(asked.status.success(), "{asked}");
        assert_eq!(
            self.parents.look(&self.home, &self.home.store()).wrong,
            [""; 0]
        );
        let last = backups(&self.home.path("last")).pop().unwrap();
        let halves = ["entries", "keyring"].map(|half| format!("last/{last}-{half}.vbk"));
        let restored = self.restores(&halves).await;
        assert_eq!(self.parents.look(&self.home, &restored).wrong, [""; 0]);

        (self.figures.replies, self.figures.edits) = self.parents.count();
        self.figures.prompts = self.parents.prompts_came_once();
        let counts = self.parents.counts(&self.home);
        assert_eq!(counts.replies, self.figures.replies as u64);
        // Of those in doubt some came and some did not.
        let came = self.figures.prompts as u64;
        assert!((counts.prompts..=counts.prompts + counts.in_doubt).contains(&came));
        self.figures.prompts_in_doubt = counts.in_doubt;
        self.figures.prompts_that_stayed_away = counts.prompts + counts.in_doubt - came;
        figures.add(&self.figures);
    }
}

/// The backups in a folder of which both halves are there, by name, oldest first.
fn backups(dir: &Path) -> Vec<String> {
    let Ok(found) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let names = found.map(|found| found.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix("-keyring.vbk")?.to_owned()))
        .filter(|name| dir.join(format!("{name}-entries.vbk")).exists())
        .collect();
    all.sort_unstable();
    all
}
