//! The program is killed at random moments while parents write, again and again. Nothing that Telegram saw confirmed is lost, nothing
//! is there twice, and nothing is there that nobody sent.
//!
//! `VOEL_EERST_CRASH_ROUNDS` says how many times it is killed. What happens in a round comes from `VOEL_EERST_CRASH_SEED`, which is printed;
//! how far the program has come at that moment is the machine's affair, so the same seed makes similar rounds, not the same ones.

use std::{
    collections::BTreeMap,
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng, seq::IndexedRandom};
use tokio::{io::AsyncReadExt, time::sleep};
use voel_eerst::{
    conversation::Journal,
    parent::{ChatId, MessageId},
    store::{RootSecret, Store},
};

use super::*;

const PARENTS: [ChatId; 8] = [
    ChatId(7_100_000_001),
    ChatId(7_100_000_002),
    ChatId(7_100_000_003),
    ChatId(7_100_000_004),
    ChatId(7_100_000_005),
    ChatId(7_100_000_006),
    ChatId(7_100_000_007),
    ChatId(7_100_000_008),
];

/// After how many rounds the store of the killed process is looked at.
const LOOK_EVERY: u32 = 10;

/// A process that is not even at work after this time has a problem.
const STARTS_IN: Duration = Duration::from_secs(15);

#[tokio::test]
async fn killed_while_parents_write() {
    let rounds = rounds();
    let mut world = Crashes::begin().await;
    let begun = Instant::now();
    for round in 1..=rounds {
        world.round().await;
        if round % LOOK_EVERY == 0 {
            world.look_at_a_copy();
        }
    }
    let took = begun.elapsed();
    world.end().await;
    say(format_args!(
        "killed {rounds} times in {took:.1?}, {:.1} times a second; {} replies and {} edits are there",
        f64::from(rounds) / took.as_secs_f64(),
        world.replies.len(),
        world
            .replies
            .values()
            .map(|reply| reply.versions.len() - 1)
            .sum::<usize>(),
    ));
}

#[tokio::test]
async fn killed_while_it_makes_its_store() {
    let mut chance = ChaCha8Rng::seed_from_u64(seed());
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
        signal(&bot, "TERM").await;
        let ended = ended(bot).await;
        assert!(ended.status.success(), "{ended}");
    }
}

/// How many times it is killed.
fn rounds() -> u32 {
    from_environment("VOEL_EERST_CRASH_ROUNDS").unwrap_or(100)
}

fn seed() -> u64 {
    let seed = from_environment("VOEL_EERST_CRASH_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        now.as_secs()
    });
    say(format_args!("VOEL_EERST_CRASH_SEED={seed}"));
    seed
}

fn from_environment<T: std::str::FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    let number = value.parse();
    Some(number.unwrap_or_else(|_| panic!("expected a number in {name}, found {value:?}")))
}

#[allow(
    clippy::print_stderr,
    reason = "figures and seeds are for whoever runs the test"
)]
fn say(line: std::fmt::Arguments<'_>) {
    eprintln!("{line}");
}

/// What is known of the world while the program is killed again and again.
struct Crashes {
    home: Home,
    telegram: Telegram,
    chance: ChaCha8Rng,
    replies: BTreeMap<(ChatId, MessageId), Reply>,
}

/// A reply of a parent: its words, and those it was edited to, each with the number of the update that brought them.
struct Reply {
    versions: Vec<(i64, String)>,
}

impl Crashes {
    /// Parents who have come through the start, and a process that was killed after it.
    async fn begin() -> Self {
        let telegram = Telegram::serve().await;
        let home = Home::new();
        let mut bot = home.bot(&telegram).spawn().unwrap();
        futures::future::join_all(PARENTS.map(|parent| people::begin(&telegram.api, parent))).await;
        telegram.all_confirmed().await;
        bot.kill().await.unwrap();
        Self {
            home,
            telegram,
            chance: ChaCha8Rng::seed_from_u64(seed()),
            replies: BTreeMap::new(),
        }
    }

    /// One life: at its start, at work, or when all is done, it is killed; now and then it may end by itself.
    async fn round(&mut self) {
        for _ in 0..self.chance.random_range(0..3) {
            self.act();
        }
        let begun = self.telegram.now();
        let mut bot = self.home.bot(&self.telegram).spawn().unwrap();
        match self.chance.random_range(0..100) {
            0..40 => self.sleep_up_to(60_000).await,
            40..80 => {
                at_work(&self.telegram, &mut bot, begun).await;
                for _ in 0..self.chance.random_range(1..6) {
                    self.act();
                    self.sleep_up_to(5_000).await;
                }
                self.sleep_up_to(10_000).await;
            }
            80..95 => {
                at_work(&self.telegram, &mut bot, begun).await;
                self.act();
                self.telegram.all_confirmed().await;
                self.sleep_up_to(30_000).await;
            }
            _ => {
                at_work(&self.telegram, &mut bot, begun).await;
                self.act();
                signal(&bot, "TERM").await;
                let ended = ended(bot).await;
                assert!(ended.status.success(), "{ended}");
                return;
            }
        }
        bot.kill().await.unwrap();
    }

    async fn sleep_up_to(&mut self, micros: u64) {
        sleep(Duration::from_micros(self.chance.random_range(0..micros))).await;
    }

    /// A parent does something.
    fn act(&mut self) {
        let parent = *PARENTS.choose(&mut self.chance).unwrap();
        let kind = self.chance.random_range(0..100);
        match kind {
            0..70 => self.reply(parent),
            70..88 => self.edit(parent),
            88..95 => {
                let commands = ["/dagboek", "/vandaag", "/tijd", "/hulp"];
                people::say(
                    &self.telegram.api,
                    parent,
                    commands.choose(&mut self.chance).unwrap(),
                );
            }
            _ => self.turn_a_page(parent),
        }
    }

    fn reply(&mut self, parent: ChatId) {
        let words = format!("antwoord {}", self.replies.len() + 1);
        let (message, update) = self.telegram.api.with(|world| {
            let message = world.say(parent, &words, None).unwrap();
            (message, world.updates.newest().unwrap())
        });
        let versions = vec![(update, words)];
        self.replies.insert((parent, message), Reply { versions });
    }

    /// Changes one of the parent's latest replies, if there is one.
    fn edit(&mut self, parent: ChatId) {
        let theirs = (parent, MessageId(0))..=(parent, MessageId(i32::MAX));
        let mut latest: Vec<_> = self.replies.range_mut(theirs).rev().take(5).collect();
        if latest.is_empty() {
            return;
        }
        let chosen = self.chance.random_range(0..latest.len());
        let ((_, message), reply) = &mut latest[chosen];
        let words = format!("{}, nee", reply.versions.last().unwrap().1);
        let update = self.telegram.api.with(|world| {
            world.edit_own(parent, *message, &words).unwrap();
            world.updates.newest().unwrap()
        });
        reply.versions.push((update, words));
    }

    /// Turns a page of the journal, if one is open.
    fn turn_a_page(&mut self, parent: ChatId) {
        self.telegram.api.with(|world| {
            let page = world.chat(parent).and_then(|chat| {
                let mut messages = chat.from_bot().rev();
                messages.find_map(|message| {
                    let label = ["Ouder", "Nieuwer"]
                        .into_iter()
                        .find(|label| message.button(label).is_some())?;
                    Some((message.id, label))
                })
            });
            if let Some((message, label)) = page {
                world.tap_label(parent, message, label).unwrap();
            }
        });
    }

    /// Looks into the store that a killed process left behind, without touching it.
    fn look_at_a_copy(&mut self) {
        // Before the first life was long enough there is nothing to look at.
        let copy = self.home.path("copy");
        copy_folder(&self.home.store(), &copy);
        self.look(&copy);
        fs::remove_dir_all(copy).unwrap();
    }

    /// Compares what is in the store with what the parents did.
    fn look(&mut self, store: &Path) {
        let confirmed = self.confirmed();
        let secret = RootSecret::load_or_create(&self.home.key_file(), true).unwrap();
        let store = Store::open(store, &secret).unwrap();
        let kept: BTreeMap<(ChatId, MessageId), String> = PARENTS
            .iter()
            .flat_map(|parent| parts_of(&store, *parent))
            .collect();
        for (place, words) in &kept {
            let reply = self.replies.get(place);
            let versions = &reply
                .unwrap_or_else(|| panic!("nobody sent {place:?}"))
                .versions;
            let version = versions.iter().position(|(_, version)| version == words);
            let version = version.unwrap_or_else(|| panic!("nobody wrote {words:?}"));
            let later = versions.get(version + 1);
            assert!(
                later.is_none_or(|(update, _)| *update > confirmed),
                "{words:?} was changed to {later:?}, up to {confirmed} was confirmed"
            );
        }
        for ((parent, message), reply) in &self.replies {
            let (update, words) = &reply.versions[0];
            let is_kept = kept.contains_key(&(*parent, *message));
            assert!(
                is_kept || *update > confirmed,
                "{words:?} was confirmed and is gone: update {update} of {confirmed}"
            );
            let heart = self.telegram.api.look(|world| {
                let message = world.message(*parent, *message);
                message.is_some_and(|message| message.reaction.is_some())
            });
            assert!(is_kept || !heart, "{words:?} got a heart and is gone");
        }
    }

    /// The number of the latest update that Telegram was told to forget.
    fn confirmed(&self) -> i64 {
        self.telegram.api.with(|world| {
            let first = world.updates.batch(1);
            match first.first() {
                Some(waiting) => waiting["update_id"].as_i64().unwrap() - 1,
                None => world.updates.newest().unwrap(),
            }
        })
    }

    /// A last life, in peace.
    async fn end(&mut self) {
        let begun = self.telegram.now();
        let mut bot = self.home.bot(&self.telegram).spawn().unwrap();
        at_work(&self.telegram, &mut bot, begun).await;
        self.telegram.all_confirmed().await;
        signal(&bot, "TERM").await;
        let ended = ended(bot).await;
        assert!(ended.status.success(), "{ended}");
        self.look(&self.home.store());
    }
}

/// A parent's replies in the store; none of them twice.
fn parts_of(store: &Store, parent: ChatId) -> Vec<((ChatId, MessageId), String)> {
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(parent)).unwrap();
    let entries = journal.older(None, usize::MAX).unwrap();
    let parts: Vec<_> = entries
        .iter()
        .flat_map(|entry| &entry.parts)
        .map(|part| ((parent, part.message), part.words.reveal().to_owned()))
        .collect();
    let mut messages: Vec<_> = parts.iter().map(|(place, _)| place).collect();
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), parts.len(), "a reply is there twice");
    parts
}

/// Waits until the program asks for updates. It must not end by itself.
async fn at_work(telegram: &Telegram, bot: &mut Child, begun: Duration) {
    let mut log = String::new();
    tokio::select! {
        () = telegram.polled_since(begun) => {}
        status = bot.wait() => {
            let mut stderr = bot.stderr.take().unwrap();
            let _ = stderr.read_to_string(&mut log).await;
            panic!("{}: {log}", status.unwrap());
        }
        () = sleep(STARTS_IN) => panic!("it does not start"),
    }
}
