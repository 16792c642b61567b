//! Killed at random moments while parents write and prompts come, again and again.

use rand::RngExt;

use super::{
    faults::Faults,
    parents::{Parents, chance},
    *,
};

/// After how many rounds the store of the killed process is looked at.
const LOOK_EVERY: u32 = 10;

/// After how many rounds everything begins anew: looking at all that is there takes longer with every round.
const LIFETIME: u32 = 400;

#[tokio::test]
async fn killed_while_parents_write() {
    let mut left = rounds();
    let begun = Instant::now();
    let mut figures = Figures::default();
    let mut number = 0;
    while left > 0 {
        let lives = left.min(LIFETIME);
        number += 1;
        let mut life = Crashes::begin(number).await;
        for round in 1..=lives {
            life.round().await;
            if round % LOOK_EVERY == 0 {
                let store = life.home.store();
                assert_eq!(
                    life.parents.look_at_a_copy(&life.home, &store).wrong,
                    [""; 0]
                );
            }
        }
        life.end(&mut figures).await;
        left -= lives;
    }
    let took = begun.elapsed();
    let Figures {
        replies,
        edits,
        prompts,
    } = figures;
    say(format_args!(
        "killed {} times in {took:.1?}, {:.1} times a second; {replies} replies and {edits} edits are there, {prompts} scheduled prompts came once",
        rounds(),
        f64::from(rounds()) / took.as_secs_f64(),
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

#[derive(Default)]
struct Figures {
    replies: usize,
    edits: usize,
    prompts: usize,
}

/// Parents, and a program that is killed again and again.
struct Crashes {
    home: Home,
    parents: Parents,
    /// Moves the program's clock; `None` where nothing can.
    faults: Option<Faults>,
    /// How long the latest start took that was waited for.
    starts_in: Duration,
}

impl Crashes {
    /// Parents who have come through the start, and a process that was killed after it.
    async fn begin(number: u64) -> Self {
        let home = Home::new();
        let faults = Faults::new(home.path("faults"));
        let parents = Parents::of(Telegram::serve().await, chance(1_000 + number));
        let life = Self {
            home,
            parents,
            faults,
            starts_in: Duration::from_millis(60),
        };
        let mut bot = life.bot().spawn().unwrap();
        life.parents.begin().await;
        bot.kill().await.unwrap();
        life
    }

    fn bot(&self) -> Command {
        let mut bot = self.home.bot(&self.parents.telegram);
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
        let begun = parents.telegram.now();
        let backs_up = parents.chance.random_range(0..8) == 0;
        let kind = parents.chance.random_range(0..100);
        let mut bot = self.bot();
        if backs_up {
            bot.env("VOEL_EERST_BACKUP_DIR", "backups");
        }
        let mut bot = bot.spawn().unwrap();
        if kind >= 30 {
            at_work(&self.parents.telegram, &mut bot, begun).await;
            self.starts_in = self.parents.telegram.now().saturating_sub(begun);
        }
        let parents = &mut self.parents;
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
                parents.act();
                parents.telegram.all_confirmed().await;
                self.sleep_up_to(500).await;
            }
            _ => {
                parents.act();
                end_in_peace(bot).await;
                return;
            }
        }
        bot.kill().await.unwrap();
    }

    /// Sleeps up to so many thousandths of the time that a start takes: on a slow machine everything takes longer.
    async fn sleep_up_to(&mut self, thousandths: u32) {
        let part = self.parents.chance.random_range(0.0..1.0);
        let most = self.starts_in.mul_f64(f64::from(thousandths) / 1_000.0);
        sleep(most.mul_f64(part)).await;
    }

    /// A last life, in peace: everybody has their answer, and everything is in the store and in its last backup.
    async fn end(mut self, figures: &mut Figures) {
        if let Some(faults) = &self.faults {
            // A day on, so that a backup is made.
            self.parents.jump(faults);
            self.parents.jump(faults);
        }
        let begun = self.parents.telegram.now();
        let mut bot = self.bot().spawn().unwrap();
        at_work(&self.parents.telegram, &mut bot, begun).await;
        self.parents.all_answered().await;
        end_in_peace(bot).await;
        let args = ["store", "backup", "last", "--keyring-dir", "last-keys"];
        let asked = run(&mut self.home.command(&args)).await;
        assert!(asked.status.success(), "{asked}");
        assert_eq!(
            self.parents.look(&self.home, &self.home.store()).wrong,
            [""; 0]
        );

        let half = |dir: &str| {
            let found = fs::read_dir(self.home.path(dir)).unwrap();
            let paths = found.map(|found| found.unwrap().path());
            let mut halves = paths.filter(|path| path.extension().is_some_and(|it| it == "vbk"));
            halves.next().unwrap().to_str().unwrap().to_owned()
        };
        let (entries, keys) = (half("last"), half("last-keys"));
        let args = ["store", "restore", &entries, &keys, "--store", "restored"];
        let restored = run(&mut self.home.command(&args)).await;
        assert!(restored.status.success(), "{restored}");
        let restored = self.home.path("restored");
        assert_eq!(self.parents.look(&self.home, &restored).wrong, [""; 0]);

        let prompts = self.parents.prompts_came_once();
        let (replies, edits) = self.parents.count();
        figures.replies += replies;
        figures.edits += edits;
        figures.prompts += prompts;
    }
}
