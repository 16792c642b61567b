//! The world that the bot lives in: Telegram, time, a disk, and people.
//!
//! A scenario makes a [`World`], lets [`Person`]s act, and says what they see. Nothing sleeps and nothing polls: the clock is a value, and
//! whoever waits hears of every change in the Bot API. Waits of the bot itself that are at most [`Setup::patience`] long cost no time: they
//! move the clock, so a scenario names minutes, not seconds.
//!
//! ```ignore
//! let mut world = World::new().await;
//! let anna = world.parent("Anna");
//! anna.begins().await;                       // the four taps of the start
//! world.clock.advance_to(amsterdam("2026-03-02T19:30"));
//! let prompt = anna.hears().await;           // the next message that she has not read
//! let reply = anna.says("Ik haalde adem.");
//! anna.expects_heart(reply).await;
//! anna.expects("Het hartje betekent").await;
//! world.finish().await;
//! ```
//!
//! [`World::finish`] fails when anything is left that nobody expected: a message, an edit, a heart or a toast that no person read, a call that
//! the Bot API refused, a tap without an answer, an update that was not confirmed.

mod disk;
mod person;
mod process;
mod received;
mod stored;
mod waits;

use std::{
    env,
    net::TcpListener as StdTcpListener,
    sync::{Arc, LazyLock},
    time::Duration,
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
    task::JoinHandle,
    time::timeout,
};
use voel_eerst::{
    conversation::House,
    demo::{self, BotApi, Fault, TOKEN, Trouble, WEBHOOK},
    library::{Languages, Library},
    net::Net,
    parent::ChatId,
    service::{
        Clock, Service, ServiceError, Tally, Voice,
        backups::Backups,
        receive::{self, Webhook},
    },
    store::{CrashPoint, MemoryEngine, Places, RootSecret},
    telegram::{Telegram, WebhookUrl},
};

pub use disk::Disk;
pub use person::Person;
use process::Process;
pub use received::Received;

/// All languages, read once for all scenarios.
pub static LANGUAGES: LazyLock<Arc<Languages>> =
    LazyLock::new(|| Arc::new(Languages::embedded().expect("the built-in languages are in order")));

/// The Dutch library.
pub static LIBRARY: LazyLock<&Library> = LazyLock::new(|| LANGUAGES.of(Some("nl")));

/// The Dutch crisis net, read once for all scenarios.
static NET: LazyLock<Arc<Net>> =
    LazyLock::new(|| Arc::new(Net::embedded().expect("the built-in weights are in order")));

/// How long anything may take in real time before a scenario gives up.
pub const REAL_PATIENCE: Duration = Duration::from_secs(10);

/// How long it takes until there is a new process. A shorter time would show that a process does not know when the former one wrote to whom.
const START_TAKES: Duration = Duration::from_secs(1);

/// Names that nobody outside is to see.
const INTERNAL: [&str; 2] = ["verlating", "binding"];

/// The parameters of a call that somebody sees.
const SHOWN: [&str; 5] = ["text", "caption", "reply_markup", "commands", "description"];

/// How updates come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The bot asks for them.
    Polling,
    /// Telegram calls.
    Webhook,
}

impl Way {
    /// The one that `VOEL_EERST_WAY` names, polling without it: every scenario passes over both.
    pub fn from_environment() -> Self {
        match env::var("VOEL_EERST_WAY").as_deref() {
            Err(_) | Ok("polling") => Self::Polling,
            Ok("webhook") => Self::Webhook,
            Ok(other) => panic!("VOEL_EERST_WAY is {other:?}: expected polling or webhook"),
        }
    }

    fn listener(self) -> Option<StdTcpListener> {
        match self {
            Self::Polling => None,
            Self::Webhook => Some(StdTcpListener::bind("127.0.0.1:0").unwrap()),
        }
    }
}

/// What a world begins with.
pub struct Setup {
    /// The time at the start.
    pub start: Timestamp,
    /// Waits of the bot up to this long move the clock by themselves; longer ones need a scenario to move it.
    pub patience: Duration,
    /// Where the store is.
    pub disk: Disk,
    /// How updates come in.
    pub way: Way,
    /// What the bot can say.
    pub languages: Arc<Languages>,
    /// Where a backup is made each day.
    pub backups: Option<Places>,
}

impl Default for Setup {
    /// Monday 2 March 2026, noon in Amsterdam; a store of sled in a temporary folder; the built-in languages.
    fn default() -> Self {
        Self {
            start: amsterdam("2026-03-02T12:00"),
            patience: Duration::from_secs(5),
            disk: Disk::folder(),
            way: Way::from_environment(),
            languages: Arc::clone(&LANGUAGES),
            backups: None,
        }
    }
}

/// What came of opening the store.
#[derive(Clone, Copy, Default)]
struct Opened {
    /// How often it opened.
    times: u32,
    /// It did not open any more since then.
    fails: bool,
}

/// The Bot API, a clock, a disk, people, and the bot.
pub struct World {
    /// Telegram.
    pub api: BotApi,
    /// The time, for everybody.
    pub clock: Clock,
    url: String,
    /// Where webhooks arrive, when updates come in so. Like the socket of a service that is restarted, it is there while the bot is not.
    webhook: Option<StdTcpListener>,
    client: reqwest::Client,
    patience: Duration,
    disk: Disk,
    /// What came of opening the store.
    opened: watch::Sender<Opened>,
    /// Up to which opening the store was seen to fail.
    failed_after: u32,
    secret: RootSecret,
    voice: watch::Sender<Voice>,
    backups: Option<Places>,
    bot: Option<Process>,
    people: Vec<Person>,
    /// Somebody who only shows that this process has come round: see [`World::settle`].
    observer: Option<Person>,
    /// How many of the bot's calls were looked at for refusals.
    refusals_read: usize,
    end: Arc<Notify>,
    serving: JoinHandle<std::io::Result<()>>,
    finished: bool,
}

impl World {
    /// The usual world, with the bot running in it.
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// The usual world with a disk that can lose its power.
    pub async fn in_memory() -> Self {
        Self::with(Setup {
            disk: Disk::memory(),
            ..Setup::default()
        })
        .await
    }

    /// A world in memory whose clock moves only when the scenario moves it. The bot has been in it and is stopped, so that records can be written.
    pub async fn at_rest() -> Self {
        let mut world = Self::with(Setup {
            patience: Duration::ZERO,
            disk: Disk::memory(),
            ..Setup::default()
        })
        .await;
        world.settle().await;
        world.stop().await;
        world
    }

    /// A world of one's own, with the bot running in it.
    pub async fn with(setup: Setup) -> Self {
        let clock = Clock::frozen_at(setup.start, setup.patience);
        let api = BotApi::new(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = demo::api_url(&listener).unwrap();
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let serving = tokio::spawn(demo::serve(listener, api.clone(), async move {
            ended.notified().await;
        }));
        let mut world = Self {
            observer: None,
            api,
            clock,
            url,
            webhook: setup.way.listener(),
            client: reqwest::Client::new(),
            patience: setup.patience,
            disk: setup.disk,
            opened: watch::Sender::default(),
            failed_after: 0,
            secret: RootSecret::from_hex(&"5e".repeat(32)).unwrap(),
            voice: watch::Sender::new(Voice {
                languages: setup.languages,
                net: Arc::clone(&NET),
                house: house(),
            }),
            backups: setup.backups,
            bot: None,
            people: Vec::new(),
            refusals_read: 0,
            end,
            serving,
            finished: false,
        };
        world.start();
        world
    }

    /// Somebody with a Telegram account who does not know the bot yet.
    pub fn parent(&mut self, name: &str) -> Person {
        let chat = self.api.with(|world| world.add_user(name));
        let person = Person::new(chat, self.api.clone());
        self.people.push(person.clone());
        person
    }

    /// Somebody whose app speaks another language than Dutch.
    pub fn parent_with_app_in(&mut self, language: Option<&str>, name: &str) -> Person {
        let chat = self.api.with(|world| match language {
            Some(language) => world.add_user_speaking(name, language),
            None => {
                let chat = ChatId(9_000);
                world.add_user_numbered(chat, name, None);
                chat
            }
        });
        let person = Person::new(chat, self.api.clone());
        self.people.push(person.clone());
        person
    }

    /// A group, of which a scenario reads what the bot says there.
    pub fn group(&mut self, chat: ChatId) -> Person {
        let group = Person::new(chat, self.api.clone());
        self.people.push(group.clone());
        group
    }

    /// Starts the bot, as a new process would.
    pub fn start(&mut self) {
        assert!(self.bot.is_none(), "the bot runs already");
        let observer = self.api.with(|world| world.add_user("Waarnemer"));
        self.observer = Some(Person::new(observer, self.api.clone()));
        self.bot = Some(Process::start(|tally, next_due| {
            self.service(tally, next_due)
        }));
    }

    /// The bot as it would be started now, for scenarios about starting.
    pub fn service(
        &self,
        tally: Arc<Tally>,
        next_due: watch::Sender<Option<Timestamp>>,
    ) -> Service {
        let (disk, secret) = (self.disk.clone(), self.secret.clone());
        let noted = self.opened.clone();
        Service {
            open_store: Box::new(move || {
                let opened = disk.open(&secret);
                noted.send_modify(|noted| match &opened {
                    Ok(_) => {
                        *noted = Opened {
                            times: noted.times + 1,
                            fails: false,
                        };
                    }
                    Err(_) => noted.fails = true,
                });
                opened
            }),
            voice: self.voice.clone(),
            telegram: Arc::new(Telegram::new(TOKEN, Some(&self.url)).unwrap()),
            way: match &self.webhook {
                None => receive::Way::Polling,
                Some(listener) => {
                    let address = listener.local_addr().unwrap();
                    receive::Way::Webhook(Webhook {
                        url: WebhookUrl::new(&format!("http://{address}/hook")).unwrap(),
                        listener: listener.try_clone().unwrap(),
                    })
                }
            },
            clock: self.clock.clone(),
            backups: Backups {
                places: self.backups.clone(),
                days: house().backup_days,
            },
            seed: [7; 32],
            tally,
            next_due,
        }
    }

    /// Ends the bot as SIGTERM does.
    pub async fn stop(&mut self) {
        let bot = self.bot.take().expect("a running bot");
        bot.stop().await.unwrap();
        self.clock.advance(START_TAKES);
    }

    /// Ends the bot as SIGTERM does, and starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start();
    }

    /// The power goes: what is not on disk is lost, and nothing more goes out. Ends all trouble in the Bot API. Only on a disk in memory.
    pub async fn crash(&mut self) {
        let engine = self.engine();
        self.api.with(|world| {
            world.faults.clear();
            world.faults.add(Fault::on_any(Trouble::CutBefore).always());
        });
        engine.crash_at(CrashPoint::Before(1));
        self.bot.take().expect("a running bot").kill().await;
        engine.restore_power();
        self.clock.advance(START_TAKES);
        self.api.with(|world| {
            world.faults.clear();
            world.release();
        });
    }

    /// Waits until the bot has ended by itself, and says why.
    pub async fn ended(&mut self) -> ServiceError {
        let bot = self.bot.take().expect("a running bot");
        bot.ended().await.expect_err("an error")
    }

    /// Calls a method without parameters, as another program with the bot's token.
    pub async fn calls(&self, method: &str) {
        assert_eq!(self.tries(method).await, 200);
    }

    /// As [`World::calls`], and returns the status of the answer.
    pub async fn tries(&self, method: &str) -> u16 {
        let request = self.client.get(format!("{}/bot{TOKEN}/{method}", self.url));
        request.send().await.unwrap().status().as_u16()
    }

    /// From now on the bot says other things, as when a writer has changed the prompts folder.
    pub fn speaks(&self, languages: impl Into<Languages>) {
        let languages = Arc::new(languages.into());
        self.voice.send_modify(|voice| voice.languages = languages);
    }

    /// What the bot says.
    pub fn languages(&self) -> Arc<Languages> {
        Arc::clone(&self.voice.borrow().languages)
    }

    /// How updates come in.
    pub fn way(&self) -> Way {
        match self.webhook {
            None => Way::Polling,
            Some(_) => Way::Webhook,
        }
    }

    /// From the next start on updates come in another way.
    pub fn receives_by(&mut self, way: Way) {
        self.webhook = way.listener();
    }

    /// What trouble is called that meets updates on their way to the bot.
    pub fn receiving(&self) -> &'static str {
        match self.way() {
            Way::Polling => "getUpdates",
            Way::Webhook => WEBHOOK,
        }
    }

    /// From the next batch on, the bot's word that it has it does not reach Telegram.
    pub fn confirmations_do_not_arrive(&self) {
        // What confirms is the next question, or the answer.
        let trouble = match self.way() {
            Way::Polling => Trouble::CutBefore,
            Way::Webhook => Trouble::CutAfter,
        };
        self.trouble(Fault::on(self.receiving(), trouble).always());
    }

    /// Asks for trouble in the Bot API.
    pub fn trouble(&self, fault: Fault) {
        self.api.with(|world| world.faults.add(fault));
    }

    /// The disk in memory.
    pub fn engine(&self) -> MemoryEngine {
        match &self.disk {
            Disk::Memory(engine) => engine.clone(),
            Disk::Folder(_) => panic!("this world's disk cannot lose its power"),
        }
    }

    /// What happened in the running bot, in numbers.
    pub fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.bot.as_ref().expect("a running bot").tally)
    }

    /// What the Bot API refused since this was last asked, as method and description. Whoever expects a refusal reads it here.
    pub fn refusals(&mut self) -> Vec<String> {
        let read = &mut self.refusals_read;
        self.api.look(|world| {
            let fresh = world.calls().skip(*read);
            let refused = fresh.filter_map(|call| {
                let refusal = call.outcome.as_ref().err()?;
                Some(format!("{} {}", call.method, refusal.description))
            });
            let refused = refused.collect();
            *read = world.calls().count();
            refused
        })
    }

    /// Ends the world, and fails when anything is left that nobody expected.
    pub async fn finish(mut self) {
        self.finished = true;
        if self.bot.is_some() {
            self.settle().await;
            self.stop().await;
        }
        for person in &self.people {
            person.assert_nothing_unread();
        }
        let refused = self.refusals();
        assert!(refused.is_empty(), "refused by the Bot API: {refused:#?}");
        self.assert_nothing_internal_shown();
        let open = self.api.look(|world| world.open_taps().count());
        assert_eq!(open, 0, "taps without an answer");
        self.end.notify_one();
        timeout(REAL_PATIENCE, &mut self.serving)
            .await
            .expect("the Bot API ends")
            .unwrap()
            .unwrap();
    }
}

impl World {
    /// No message, button or toast shows what a side is called inside (content part 7, rule 4).
    fn assert_nothing_internal_shown(&self) {
        let is_internal = |text: &str| {
            let mut words = text.split(|c: char| !c.is_alphabetic());
            words.any(|word| INTERNAL.contains(&word.to_lowercase().as_str()))
        };
        self.api.look(|world| {
            for call in world.calls() {
                let shown = call.params.as_object().into_iter().flatten();
                let shown = shown.filter(|(name, _)| SHOWN.contains(&name.as_str()));
                for (name, value) in shown {
                    let internal = is_internal(&value.to_string());
                    assert!(!internal, "{} shows in {name}: {value}", call.method);
                }
            }
        });
    }
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(
            self.finished || std::thread::panicking(),
            "a scenario ends with World::finish"
        );
    }
}

fn house() -> House {
    House {
        controller: Some("Stichting Test".to_owned()),
        contact: Some("test@example.org".to_owned()),
        location: Some("Nederland".to_owned()),
        ..House::default()
    }
}

/// A local time in Amsterdam.
pub fn amsterdam(local: &str) -> Timestamp {
    in_zone(local, "Europe/Amsterdam")
}

/// A local time somewhere.
pub fn in_zone(local: &str, zone: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    TimeZone::get(zone).unwrap().to_timestamp(local).unwrap()
}

/// A moment as clocks in Amsterdam show it, with the weekday.
pub fn local(at: Timestamp) -> String {
    let amsterdam = TimeZone::get("Europe/Amsterdam").unwrap();
    at.to_zoned(amsterdam).strftime("%a %H:%M").to_string()
}
