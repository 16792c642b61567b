//! Parents who write while the program dies again and again, and what has to be true of its store and of their chats whatever happens.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng, seq::IndexedRandom};
use voel_eerst::{
    conversation::Journal,
    parent::{ChatId, MessageId},
    store::{Counts, RootSecret, Store},
};

use tokio::time::sleep;

use super::{super::*, faults::Faults};

pub const PARENTS: [ChatId; 8] = [
    ChatId(7_100_000_001),
    ChatId(7_100_000_002),
    ChatId(7_100_000_003),
    ChatId(7_100_000_004),
    ChatId(7_100_000_005),
    ChatId(7_100_000_006),
    ChatId(7_100_000_007),
    ChatId(7_100_000_008),
];

/// Telegram lets nobody change a message that is older than 48 hours.
const EDITED_WITHIN: SignedDuration = SignedDuration::from_hours(47);

/// Within this time the next of several answers comes, also when the store has to be opened again before.
const ANSWERS_IN: Duration = Duration::from_secs(60);

/// What parents did, and what Telegram saw of it.
pub struct Parents {
    pub telegram: Telegram,
    pub chance: ChaCha8Rng,
    replies: BTreeMap<(ChatId, MessageId), Reply>,
    /// How many scheduled prompts came, for each parent on each of their days.
    prompts: BTreeMap<(ChatId, Date), u32>,
    /// Up to which uptime prompts were looked for.
    looked: Duration,
}

/// A reply of a parent: when it was first sent, its words, and those it was edited to, each with the number of the update that brought them.
struct Reply {
    at: Timestamp,
    versions: Vec<(i64, String)>,
}

/// What has to be in a store.
#[derive(Clone, Copy)]
enum Has {
    /// Whatever Telegram was told is kept.
    AllSoFar,
    /// What it had been told up to the update of this number.
    UpTo(i64),
}

/// What was found in a store.
#[derive(Default)]
pub struct Looked {
    /// The replies in it.
    pub kept: BTreeMap<(ChatId, MessageId), String>,
    /// What is wrong with it: what was confirmed and is missing or old, what nobody wrote, and what is there twice.
    pub wrong: Vec<String>,
}

impl Parents {
    /// Nobody yet.
    pub fn of(telegram: Telegram, chance: ChaCha8Rng) -> Self {
        Self {
            telegram,
            chance,
            replies: BTreeMap::new(),
            prompts: BTreeMap::new(),
            looked: Duration::ZERO,
        }
    }

    /// All of them come to the running bot: through the start, with a prompt every day at half past twelve, and with replies that are kept.
    pub async fn begin(&self) {
        let begin = |parent| people::begin_on_all_days(&self.telegram.api, parent);
        futures::future::join_all(PARENTS.map(begin)).await;
        self.telegram.all_confirmed().await;
    }

    pub fn somebody(&mut self) -> ChatId {
        *PARENTS.choose(&mut self.chance).unwrap()
    }

    /// A parent does something.
    pub fn act(&mut self) {
        let parent = self.somebody();
        match self.chance.random_range(0..100) {
            0..70 => drop(self.reply(parent)),
            70..88 => self.edit(parent),
            88..95 => {
                let commands = ["/dagboek", "/tijd", "/hulp", "/privacy"];
                let command = commands.choose(&mut self.chance).unwrap();
                people::say(&self.telegram.api, parent, command);
            }
            _ => self.turn_a_page(parent),
        }
    }

    /// Sends a reply; the number of its message.
    pub fn reply(&mut self, parent: ChatId) -> MessageId {
        self.reply_at_length(parent, 0)
    }

    /// Sends a reply of at least so many letters; the number of its message.
    pub fn reply_at_length(&mut self, parent: ChatId, length: usize) -> MessageId {
        let words = format!("antwoord {:.<length$}", self.replies.len() + 1);
        let at = self.telegram.clock.now();
        let (message, update) = self.telegram.api.with(|world| {
            let message = world.say(parent, &words, None).unwrap();
            (message, world.updates.newest().unwrap())
        });
        let versions = vec![(update, words)];
        self.replies
            .insert((parent, message), Reply { at, versions });
        message
    }

    /// Changes one of the parent's latest replies, if there is one that can be changed.
    pub fn edit(&mut self, parent: ChatId) {
        let now = self.telegram.clock.now();
        let theirs = (parent, MessageId(0))..=(parent, MessageId(i32::MAX));
        let recent = |reply: &Reply| now.duration_since(reply.at) < EDITED_WITHIN;
        let latest = self.replies.range_mut(theirs).rev().take(5);
        let mut latest: Vec<_> = latest.filter(|(_, reply)| recent(reply)).collect();
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

    /// The time of day jumps, for the program and for Telegram: to the time of prompts on a day to come, or some hours back on the
    /// same day, so that it is that time once more.
    pub fn jump(&mut self, faults: &Faults) {
        let now = self.telegram.clock.now().to_zoned(amsterdam());
        let noon = |date: Date| date.at(12, 30, 0, 0).to_zoned(amsterdam()).unwrap();
        let today = noon(now.date());
        let to = match self.chance.random_range(0..10) {
            0 | 1 if now > today => {
                // No further than the beginning of the day.
                let back = self.chance.random_range(1..12 * 60).minutes();
                (&now - back).max(today - 2.hours())
            }
            _ => {
                let days = if now < today {
                    0
                } else {
                    self.chance.random_range(1..3)
                };
                let after = self.chance.random_range(-60..60 * 60).seconds();
                noon(now.date() + days.days()) + after
            }
        };
        self.set_clock(faults, to.timestamp());
    }

    /// It is half past twelve on the next day.
    pub fn next_noon(&mut self, faults: &Faults) {
        let now = self.telegram.clock.now().to_zoned(amsterdam());
        let noon = now.date().tomorrow().unwrap().at(12, 30, 1, 0);
        self.set_clock(faults, noon.to_zoned(amsterdam()).unwrap().timestamp());
    }

    /// Sets the time of day, for the program and for Telegram.
    pub fn set_clock(&mut self, faults: &Faults, to: Timestamp) {
        self.note_prompts();
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let ahead = to.as_second() - i64::try_from(machine.as_secs()).unwrap();
        faults.move_clock(ahead);
        self.telegram.clock.set(to);
    }

    /// Notes which scheduled prompts came since it was last asked. There is no other way in which these parents get one.
    fn note_prompts(&mut self) {
        let later = people::LIBRARY.texts.prompt.btn_later.as_str();
        let looked = std::mem::replace(&mut self.looked, self.telegram.clock.uptime());
        let came: Vec<_> = self.telegram.api.look(|world| {
            let fresh = world.calls().rev();
            let fresh = fresh.take_while(|call| call.at >= looked);
            let sent = fresh.filter(|call| call.method == "sendMessage");
            let prompts =
                sent.filter(|call| call.params["reply_markup"].to_string().contains(later));
            let came = prompts.filter_map(|call| {
                let message = call.outcome.as_ref().ok()?;
                let chat = ChatId(message["chat"]["id"].as_i64().unwrap());
                let at = Timestamp::from_second(message["date"].as_i64().unwrap()).unwrap();
                Some((call.at, chat, at.to_zoned(amsterdam()).date()))
            });
            came.collect()
        });
        for (_, chat, date) in came.into_iter().filter(|(at, _, _)| *at >= looked) {
            *self.prompts.entry((chat, date)).or_default() += 1;
        }
    }

    /// Looks whether any scheduled prompt came twice. Returns how many there were.
    pub fn prompts_came_once(&mut self) -> usize {
        self.note_prompts();
        let twice: Vec<_> = self
            .prompts
            .iter()
            .filter(|(_, times)| **times > 1)
            .collect();
        assert_eq!(twice, [], "scheduled prompts came twice");
        self.prompts.len()
    }

    /// How many scheduled prompts came.
    pub fn prompts(&mut self) -> u32 {
        self.note_prompts();
        self.prompts.values().sum()
    }

    /// How many replies and edits there were.
    pub fn count(&self) -> (usize, usize) {
        let edits = self.replies.values().map(|reply| reply.versions.len() - 1);
        (self.replies.len(), edits.sum())
    }

    /// What the store has counted.
    pub fn counts(&self, home: &Home) -> Counts {
        let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
        Store::open(&home.store(), &secret).unwrap().counts()
    }

    /// Looks into the store that a killed process left behind, without touching it.
    pub fn look_at_a_copy(&self, home: &Home, store: &Path) -> Looked {
        let copy = home.path("copy");
        copy_folder(store, &copy);
        let looked = self.look(home, &copy);
        fs::remove_dir_all(copy).unwrap();
        looked
    }

    /// How many letters in a copy of this store are claimed.
    pub fn claims_in_a_copy(&self, home: &Home) -> u32 {
        let copy = home.path("copy");
        copy_folder(&home.store(), &copy);
        let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
        let outbox = Store::open(&copy, &secret).unwrap().outbox().unwrap();
        fs::remove_dir_all(copy).unwrap();
        outbox
            .pending
            .iter()
            .filter(|letter| letter.claimed)
            .count() as u32
    }

    /// Compares what is in the store with what the parents did.
    pub fn look(&self, home: &Home, store: &Path) -> Looked {
        self.compare(home, store, Has::AllSoFar)
    }

    /// Compares what is in a store that was restored from a backup, which was begun when everything up to this update was confirmed.
    pub fn look_at_restored(&self, home: &Home, store: &Path, confirmed: i64) -> Looked {
        self.compare(home, store, Has::UpTo(confirmed))
    }

    fn compare(&self, home: &Home, store: &Path, has: Has) -> Looked {
        let is_due = |update: i64| match has {
            Has::AllSoFar => {
                let api = &self.telegram.api;
                api.look(|world| world.updates.is_confirmed(update))
            }
            Has::UpTo(confirmed) => update <= confirmed,
        };
        let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
        let mut looked = Looked::default();
        let Looked { kept, wrong } = &mut looked;
        let store = match Store::open(store, &secret) {
            Ok(store) => store,
            Err(error) => {
                wrong.push(format!("it does not open: {error}"));
                return looked;
            }
        };
        for parent in PARENTS {
            let parts = match parts_of(&store, parent) {
                Ok(parts) => parts,
                Err(error) => {
                    wrong.push(format!("a journal cannot be read: {error}"));
                    continue;
                }
            };
            for (message, words) in parts {
                if kept.insert((parent, message), words).is_some() {
                    wrong.push(format!("a reply is there twice: {message:?}"));
                }
            }
        }
        for (place, words) in kept.iter() {
            let reply = self.replies.get(place);
            let versions = reply.map_or(&[][..], |reply| &reply.versions);
            let Some(version) = versions.iter().position(|(_, version)| version == words) else {
                wrong.push(format!("nobody wrote {words:?}"));
                continue;
            };
            let later = versions.get(version + 1);
            if later.is_some_and(|(update, _)| is_due(*update)) {
                wrong.push(format!(
                    "{words:?} was changed to {later:?}, which was confirmed"
                ));
            }
        }
        for (place, reply) in &self.replies {
            let (update, words) = &reply.versions[0];
            if kept.contains_key(place) {
                continue;
            }
            if is_due(*update) {
                wrong.push(format!(
                    "{words:?} was confirmed with update {update} and is gone"
                ));
            } else if matches!(has, Has::AllSoFar) && self.has_heart(*place) {
                wrong.push(format!("{words:?} got a heart and is gone"));
            }
        }
        looked
    }

    fn has_heart(&self, (parent, message): (ChatId, MessageId)) -> bool {
        self.telegram.api.look(|world| {
            let message = world.message(parent, message);
            message.is_some_and(|message| message.reaction.is_some())
        })
    }

    /// Waits until the running bot has answered each reply. After many lives that were too short to answer much, that takes a while: it
    /// writes to a chat once a second. But it goes on.
    pub async fn all_answered(&self) {
        let unanswered = || {
            let replies = self.replies.keys();
            replies.filter(|place| !self.has_heart(**place)).count()
        };
        self.telegram.all_confirmed().await;
        let mut left = unanswered();
        while left > 0 {
            let deadline = Instant::now() + ANSWERS_IN;
            while unanswered() == left {
                assert!(
                    Instant::now() < deadline,
                    "{left} replies without an answer"
                );
                sleep(Duration::from_millis(20)).await;
            }
            left = unanswered();
        }
    }

    /// The number up to which Telegram was told to forget every update.
    pub fn confirmed(&self) -> i64 {
        let api = &self.telegram.api;
        api.look(|world| world.updates.confirmed_up_to())
    }
}

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

/// A parent's replies in the store.
fn parts_of(store: &Store, parent: ChatId) -> Result<Vec<(MessageId, String)>, String> {
    let read = || {
        let draft = store.draft();
        let journal = draft.journal(store.parent_id(parent))?;
        journal.older(None, usize::MAX)
    };
    let entries = read().map_err(|error| error.to_string())?;
    let parts = entries.iter().flat_map(|entry| &entry.parts);
    Ok(parts
        .map(|part| (part.message, part.words.reveal().to_owned()))
        .collect())
}

/// Chance of its own for each test, from one seed.
pub fn chance(of: u64) -> ChaCha8Rng {
    let mut chance = ChaCha8Rng::seed_from_u64(super::seed());
    chance.set_stream(of);
    chance
}
