//! The loop: who is next, what they do, and what has to be true after it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt,
    sync::{Arc, LazyLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use tokio::sync::watch;
use voel_eerst::{
    conversation::House,
    demo::{TOKEN, World},
    library::{Files, Languages},
    net::Net,
    parent::{ChatId, MessageId, Parent},
    service::{Clock, Voice},
    store::{MemoryEngine, RootSecret, Seq, Store},
    telegram::Telegram,
};

use super::{
    bot::Bot,
    invariants::{self, Held},
    ledger::{Ledger, Step},
    people::Person,
    trouble::{self, Storm, Trouble},
};

/// When a world begins.
const START: &str = "2026-01-05T08:00:00Z";

/// How long everything has at the end, when there is no trouble any more.
/// Half a minute beyond the full hour, so that what came due at the very end is not on its way.
const REST: Duration = Duration::from_secs(3 * 3_600 + 30);

/// What a world is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Everything follows from it.
    pub seed: u64,
    pub parents: usize,
    pub days: u32,
    /// On average so many days lie between two pieces of bad luck of each kind.
    pub bad_luck: u32,
}

/// What a variable of the environment says, `VOEL_EERST_SIMULATION_` and this name.
pub fn asked(name: &str) -> Option<u64> {
    let found = env::var(format!("{PREFIX}{name}")).ok();
    found.map(|text| text.parse().expect("a number"))
}

/// What the names of all variables begin with.
pub const PREFIX: &str = "VOEL_EERST_SIMULATION_";

impl Setup {
    /// What of this world is asked for by name is as asked for: that is how one is lived through again.
    #[must_use]
    pub fn or(self, asked: impl Fn(&str) -> Option<u64>) -> Self {
        let small = |name| asked(name).map(|it| u32::try_from(it).expect("a small number"));
        Self {
            seed: self.seed,
            parents: small("PARENTS").map_or(self.parents, |it| it as usize),
            days: small("DAYS").unwrap_or(self.days),
            bad_luck: small("BAD_LUCK").unwrap_or(self.bad_luck),
        }
    }
}

/// What happened in a world, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub parent_days: u64,
    pub steps: u64,
    pub rounds: u64,
    pub acts: u64,
    pub calls: u64,
    pub prompts: u64,
    pub crashes: u64,
    pub clocks_set: u64,
    pub storms: u64,
    pub upkeeps: u64,
    /// Prompts in doubt, as the processes counted them that are gone.
    pub in_doubt: u64,
}

impl Figures {
    /// Adds those of another world.
    pub fn add(&mut self, other: &Self) {
        self.parent_days += other.parent_days;
        self.steps += other.steps;
        self.rounds += other.rounds;
        self.acts += other.acts;
        self.calls += other.calls;
        self.prompts += other.prompts;
        self.crashes += other.crashes;
        self.clocks_set += other.clocks_set;
        self.storms += other.storms;
        self.upkeeps += other.upkeeps;
        self.in_doubt += other.in_doubt;
    }
}

/// Something that does not hold.
pub struct Broken {
    pub setup: Setup,
    pub invariant: &'static str,
    pub why: String,
    pub at: Timestamp,
    pub step: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            setup,
            invariant,
            why,
            at,
            step,
        } = self;
        let Setup {
            seed,
            parents,
            days,
            bad_luck,
        } = setup;
        write!(
            f,
            "{invariant} does not hold after {step} steps, at {at}: {why}\nto live through it again:\n  \
             {PREFIX}SEED={seed} {PREFIX}SEEDS=1 {PREFIX}PARENTS={parents} {PREFIX}DAYS={days} {PREFIX}BAD_LUCK={bad_luck} \
             cargo test --test all simulation::"
        )
    }
}

/// What is planned for a moment.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    Act(usize),
    React(usize, MessageId),
    CallEnds(u32, Seq),
    Fetched(u32, Seq),
    /// Trouble on the wire, everywhere.
    Storm,
    /// The same in one chat.
    StormInChat,
    /// The power goes at one of the next writes.
    PowerCut,
    /// The process is killed right now.
    Killed,
    /// The same, without another one to follow: once, when everybody has begun; and while a prompt is on its way.
    Restart,
    /// Somebody sets the clock.
    ClockSet,
    /// Somebody sets it right.
    ClockRight,
    /// Telegram delivers again what was confirmed.
    Redelivered,
    /// A confirmation gets lost.
    Unconfirmed,
    /// Somebody edits the folder of prompts.
    Edited,
    /// The store's upkeep gets a turn.
    Upkeep,
}

/// Everything that takes part.
pub struct Simulation {
    pub setup: Setup,
    pub chance: ChaCha8Rng,
    pub clock: Clock,
    pub world: World,
    pub disk: MemoryEngine,
    pub secret: RootSecret,
    pub telegram: Telegram,
    pub bot: Option<Bot>,
    /// When the next process starts, when there is none.
    pub starts_at: Duration,
    /// How many processes there were.
    pub processes: u32,
    /// Whom the next one owes word that their words are kept now.
    pub owed: watch::Sender<Vec<ChatId>>,
    pub people: Vec<Person>,
    pub ledger: Ledger,
    pub trouble: Trouble,
    pub figures: Figures,
    /// Whether the folder of prompts was edited.
    pub edited: bool,
    /// What the running bot says.
    pub voice_now: watch::Sender<Voice>,
    /// The power goes when the next batch of updates is written.
    pub cuts_batch: bool,
    /// Telegram has something to deliver though nothing new happened.
    pub delivers_again: bool,
    /// The process dies after the next commit, before anybody hears of it.
    pub dies_unheard: bool,
    /// Whose journal may have changed since it was last looked at whole.
    pub unlooked: BTreeSet<ChatId>,
    /// All journals are looked at, also those that did not change.
    pub look_at_all: bool,
    /// The end has come: nobody begins anything new, so that nothing is on its way when all is looked at.
    pub all_rest: bool,
    plan: BTreeMap<(Duration, u64), Happening>,
    planned: u64,
    marks: u32,
    /// What is between the clock and the right time.
    clock_wrong: SignedDuration,
}

static NET: LazyLock<Arc<Net>> =
    LazyLock::new(|| Arc::new(Net::embedded().expect("the built-in weights are in order")));

/// The built-in languages, and the same after somebody edited them: some prompts are gone, and others say something else.
static LANGUAGES: LazyLock<[Arc<Languages>; 2]> = LazyLock::new(|| {
    let mut edited = Files::all_embedded();
    for files in &mut edited {
        let theme = "prompts/samen.toml";
        let text = files.get(theme).expect("a theme").to_vec();
        let text = String::from_utf8(text).expect("text");
        let (first, _) = text.rsplit_once("[[prompt]]").expect("prompts");
        files.insert(theme, first.replace("title = \"", "title = \"Nu: "));
    }
    let embedded = Languages::embedded().expect("the built-in languages are in order");
    let edited = Languages::load(&edited).unwrap_or_else(|faults| panic!("{faults:?}"));
    [Arc::new(embedded), Arc::new(edited)]
});

fn voice(edited: bool) -> Voice {
    Voice {
        languages: Arc::clone(&LANGUAGES[usize::from(edited)]),
        net: Arc::clone(&NET),
        house: House {
            controller: Some("Stichting Test".to_owned()),
            contact: Some("test@example.org".to_owned()),
            location: Some("Nederland".to_owned()),
            ..House::default()
        },
    }
}

impl Simulation {
    /// A world in which nobody has done anything yet.
    pub fn new(setup: Setup) -> Self {
        let start: Timestamp = START.parse().expect("a time");
        let mut chance = ChaCha8Rng::seed_from_u64(setup.seed);
        let clock = Clock::frozen_at(start, Duration::ZERO);
        let mut world = World::new(clock.clone());
        let mut people = Vec::new();
        for nth in 0..setup.parents {
            let language = if nth % 7 == 6 { "en" } else { "nl" };
            let chat = world.add_user_speaking("Ouder", language);
            let answers = [0, 5, 40, 80][chance.random_range(0..4)];
            let restless = [4, 20, 60, 400][chance.random_range(0..4)];
            people.push(Person::new(chat, answers, restless));
        }
        let mut simulation = Self {
            setup,
            chance,
            clock,
            world,
            disk: MemoryEngine::new(),
            secret: RootSecret::from_hex(&"5e".repeat(32)).expect("a secret"),
            telegram: Telegram::new(TOKEN, None).expect("a token"),
            bot: None,
            starts_at: Duration::ZERO,
            processes: 0,
            owed: watch::Sender::default(),
            people,
            ledger: Ledger::default(),
            trouble: Trouble::default(),
            figures: Figures::default(),
            edited: false,
            voice_now: watch::Sender::new(voice(false)),
            cuts_batch: false,
            delivers_again: false,
            dies_unheard: false,
            unlooked: BTreeSet::new(),
            look_at_all: false,
            all_rest: false,
            plan: BTreeMap::new(),
            planned: 0,
            marks: 0,
            clock_wrong: SignedDuration::ZERO,
        };
        for nth in 0..setup.parents {
            let at = simulation.chance.random_range(0..3_600);
            simulation.plan_in(Duration::from_secs(at), Happening::Act(nth));
        }
        for bad in [
            Happening::Storm,
            Happening::StormInChat,
            Happening::PowerCut,
            Happening::Killed,
            Happening::ClockSet,
            Happening::Redelivered,
            Happening::Unconfirmed,
            Happening::Edited,
        ] {
            simulation.plan_bad_luck(bad);
        }
        simulation.plan_in(Duration::from_secs(60), Happening::Upkeep);
        simulation.plan_in(Duration::from_secs(2 * 3_600), Happening::Restart);
        simulation
    }

    /// Lives through all of it.
    ///
    /// # Errors
    /// The first invariant that does not hold.
    pub fn run(mut self) -> Result<Figures, Broken> {
        let days = Duration::from_secs(u64::from(self.setup.days) * 86_400);
        self.until(days)?;
        // No more trouble, and the right time again.
        self.trouble.end();
        self.disk.restore_power();
        self.dies_unheard = false;
        self.cuts_batch = false;
        self.set_right();
        self.starts_at = self.starts_at.min(days);
        self.plan
            .retain(|_, it| matches!(it, Happening::CallEnds(..) | Happening::Fetched(..)));
        self.all_rest = true;
        self.until(days + REST)?;
        for (name, check) in invariants::AT_THE_END {
            self.hold(name, check(&self))?;
        }
        self.look_at_all = true;
        self.check_all()?;
        self.figures.in_doubt = self.in_doubt();
        self.figures.parent_days = self.setup.parents as u64 * u64::from(self.setup.days);
        Ok(self.figures)
    }

    fn until(&mut self, end: Duration) -> Result<(), Broken> {
        loop {
            self.settle()?;
            let now = self.clock.uptime();
            let next = self.next_moment().filter(|next| *next < end);
            let Some(next) = next else {
                self.clock.advance(end.saturating_sub(now));
                return self.settle();
            };
            self.clock.advance(next.saturating_sub(now));
            while let Some(entry) = self.plan.first_entry()
                && entry.key().0 <= next
            {
                let happening = entry.remove();
                self.happens(happening)?;
            }
        }
    }

    /// When somebody has something to do next.
    fn next_moment(&self) -> Option<Duration> {
        let now = self.clock.uptime();
        let planned = self.plan.first_key_value().map(|((at, _), _)| *at);
        let of_bot = match &self.bot {
            Some(bot) => {
                let polls = self.has_to_poll(bot).then_some(bot.poll_at);
                [bot.wake, bot.due(&self.clock), polls]
            }
            None => [Some(self.starts_at), None, None],
        };
        let all = of_bot.into_iter().flatten().chain(planned);
        // What is overdue was looked at just now, and waits for something else.
        all.filter(|at| *at > now).min()
    }

    /// Lets the bot do everything that there is to do at this moment.
    fn settle(&mut self) -> Result<(), Broken> {
        if self.bot.is_none() && self.starts_at <= self.clock.uptime() {
            self.start()?;
        }
        while self.round()? || self.poll()? || self.send()? {}
        Ok(())
    }

    fn happens(&mut self, happening: Happening) -> Result<(), Broken> {
        let uptime = self.clock.uptime();
        match happening {
            Happening::Act(whose) => self.act(whose),
            Happening::React(whose, prompt) => self.react(whose, prompt),
            Happening::CallEnds(process, seq) => self.call_ends(process, seq)?,
            Happening::Fetched(process, seq) => self.fetched(process, seq),
            Happening::Storm => {
                let lasts = trouble::duration(&mut self.chance);
                let storm = Storm::any(&mut self.chance);
                self.trouble.rages(storm, uptime + lasts);
                self.figures.storms += 1;
            }
            Happening::StormInChat => {
                let lasts = trouble::duration(&mut self.chance);
                let storm = Storm::any(&mut self.chance);
                let whose = self.chance.random_range(0..self.people.len());
                let chat = self.people[whose].chat;
                self.trouble.rages_in(chat, storm, uptime + lasts);
            }
            Happening::PowerCut if self.bot.is_none() => {}
            Happening::PowerCut if self.chance.random_ratio(1, 4) => self.dies_unheard = true,
            Happening::PowerCut if self.chance.random_bool(0.5) => self.cuts_batch = true,
            Happening::PowerCut => {
                let point = trouble::crash_point(&mut self.chance);
                self.disk.crash_at(point);
                if self.chance.random_ratio(1, 6) {
                    self.disk.crash_renewal_at(point);
                }
            }
            Happening::Killed | Happening::Restart => self.die(),
            Happening::ClockSet => self.set_clock(),
            Happening::ClockRight => self.set_right(),
            Happening::Redelivered => {
                for _ in 0..self.chance.random_range(1..8) {
                    let newest = self.world.updates.newest().unwrap_or_default();
                    let back = self.chance.random_range(0..100);
                    self.world.updates.redeliver(newest - back);
                }
                self.delivers_again = true;
            }
            Happening::Unconfirmed => self.world.updates.lose_confirmations(1),
            Happening::Edited => self.edit_prompts(),
            Happening::Upkeep => self.upkeep()?,
        }
        if let Happening::Storm
        | Happening::StormInChat
        | Happening::PowerCut
        | Happening::Killed
        | Happening::ClockSet
        | Happening::Redelivered
        | Happening::Unconfirmed
        | Happening::Edited = happening
        {
            self.plan_bad_luck(happening);
        }
        Ok(())
    }

    /// Somebody sets the clock: by minutes, hours, days or weeks, forward or back; and mostly sets it right again.
    fn set_clock(&mut self) {
        let seconds = match self.chance.random_range(0..4) {
            0 => self.chance.random_range(0..3_600),
            1 => self.chance.random_range(3_600..86_400),
            2 => self.chance.random_range(86_400..4 * 86_400),
            _ => self.chance.random_range(4 * 86_400..25 * 86_400),
        };
        let by = SignedDuration::from_secs(seconds);
        let by = if self.chance.random_bool(0.5) {
            by
        } else {
            -by
        };
        self.set_by(by);
        if self.chance.random_ratio(4, 5) {
            let wait = self.exponential(86_400);
            self.plan_in(Duration::from_secs(wait), Happening::ClockRight);
        }
    }

    fn set_right(&mut self) {
        self.set_by(-self.clock_wrong);
    }

    fn set_by(&mut self, by: SignedDuration) {
        if by.is_zero() {
            return;
        }
        self.clock_wrong += by;
        self.clock.set(self.clock.now() + by);
        self.ledger.clock_set += 1;
        self.figures.clocks_set += 1;
        // What was planned in the wrong time is let go, or comes at once.
        self.trouble.was_away(self.clock.uptime());
    }

    /// Checks what is checked after each step.
    pub fn check(&mut self, step: &Step) -> Result<(), Broken> {
        self.figures.steps += 1;
        for (name, check) in invariants::AFTER_A_STEP {
            let held = check(self, step);
            self.hold(name, held)?;
        }
        Ok(())
    }

    /// Checks everything that there is.
    pub fn check_all(&self) -> Result<(), Broken> {
        for (name, check) in invariants::NOW_AND_THEN {
            self.hold(name, check(self))?;
        }
        Ok(())
    }

    pub fn hold(&self, invariant: &'static str, held: Held) -> Result<(), Broken> {
        held.map_err(|why| Broken {
            setup: self.setup,
            invariant,
            why,
            at: self.clock.now(),
            step: self.figures.steps,
        })
    }

    fn plan_bad_luck(&mut self, bad: Happening) {
        let wait = self.exponential(u64::from(self.setup.bad_luck) * 86_400);
        self.plan_in(Duration::from_secs(wait), bad);
    }

    pub fn plan_in(&mut self, wait: Duration, happening: Happening) {
        self.planned += 1;
        let at = self.clock.uptime() + wait;
        self.plan.insert((at, self.planned), happening);
    }

    /// Whole seconds, on average so many, at least one.
    pub fn exponential(&mut self, average: u64) -> u64 {
        let chance: f64 = self.chance.random_range(0.000_1..1.0);
        (-chance.ln() * average as f64) as u64 + 1
    }

    pub fn next_mark(&mut self) -> u32 {
        self.marks += 1;
        self.marks
    }

    /// Somebody edits the folder of prompts, or takes that back. A running bot hears of it.
    pub fn edit_prompts(&mut self) {
        self.edited = !self.edited;
        self.voice_now.send_replace(voice(self.edited));
    }

    /// What the bot says now.
    pub fn voice(&self) -> Voice {
        self.voice_now.borrow().clone()
    }

    /// The store of the running process.
    pub fn store(&self) -> Option<&Store> {
        self.bot.as_ref().map(|bot| &bot.store)
    }

    /// What is known of a parent; `None` while there is no process.
    pub fn record(&self, chat: ChatId) -> Option<Parent> {
        let store = self.store()?;
        let id = store.parent_id(chat);
        store.draft().parent(id).expect("a record can be read")
    }

    /// How many prompts are in doubt, as the bot counted them.
    pub fn in_doubt(&self) -> u64 {
        let tally = self.tally();
        let counted = tally
            .split(", ")
            .find_map(|it| it.strip_suffix(" in doubt"));
        let counted = counted.map_or(0, |it| it.parse().expect("a count"));
        self.figures.in_doubt + counted
    }

    /// The running process's line for the log.
    pub fn tally(&self) -> String {
        let tally = self.bot.as_ref().map(|bot| bot.tally.to_string());
        tally.unwrap_or_else(|| "; 0 panics, 0 unreadable records;".to_owned())
    }
}
