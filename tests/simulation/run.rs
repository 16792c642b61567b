//! The loop: who is next, what they do, and what has to be true after it.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    store::{MemoryEngine, ParentId, RootSecret, Seq, Store},
    telegram::Telegram,
};

use super::{
    bot::Bot,
    cuts::Cut,
    habits::Habit,
    invariants::{self, Held},
    journals::Journals,
    ledger::{Arrived, Ledger, Step},
    people::Person,
    receive::CallIn,
    setup::{Broken, Figures, Setup},
    steps::Heard,
    trouble::{self, Storm, Trouble},
};

/// When a world begins.
const START: &str = "2026-01-05T08:00:00Z";

/// How long everything has at the end, when there is no trouble any more.
/// Half a minute beyond the full hour, so that what came due at the very end is not on its way.
const REST: Duration = Duration::from_secs(3 * 3_600 + 30);

/// So much at most the bot does at one moment, far more than it ever has to: one that goes on is one that would never sleep.
const AT_ONE_MOMENT: u32 = 100_000;

/// What is planned for a moment.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    /// Somebody does something, unless their way with the bot has changed since this was planned.
    Act(usize, u32),
    /// Somebody's way with the bot changes.
    Change(usize),
    React(usize, MessageId),
    CallEnds(u32, Seq),
    /// A call of the webhook arrives at a process.
    Arrives(u32, u64),
    Fetched(u32, Seq),
    /// The process is killed right now.
    Killed,
    /// Somebody sets the clock right.
    ClockRight,
    /// The store's upkeep gets a turn.
    Upkeep,
    /// Bad luck, again and again.
    Bad(Bad),
}

/// Bad luck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// Trouble on the wire, everywhere.
    Storm,
    /// The same in one chat.
    StormInChat,
    /// The bot ends at the next point of a kind.
    Cut,
    /// The process is killed right now.
    Killed,
    /// Somebody sets the clock.
    ClockSet,
    /// Telegram delivers again what was confirmed.
    Redelivered,
    /// A confirmation gets lost.
    Unconfirmed,
    /// Somebody edits the folder of prompts.
    Edited,
}

/// All of it.
const BAD: [Bad; 8] = [
    Bad::Storm,
    Bad::StormInChat,
    Bad::Cut,
    Bad::Killed,
    Bad::ClockSet,
    Bad::Redelivered,
    Bad::Unconfirmed,
    Bad::Edited,
];

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
    /// The points of the bot's way at which it ends when it comes there next.
    pub cuts: Vec<Cut>,
    /// Updates come by a webhook.
    pub by_webhook: bool,
    /// Calls of the webhook that were not answered yet.
    pub under_way: BTreeMap<u64, CallIn>,
    /// How many calls of the webhook there were.
    pub deliveries: u64,
    /// Updates that did not get through, and when they are tried again.
    pub rests: BTreeMap<i64, Duration>,
    /// Telegram has something to deliver though nothing new happened.
    pub delivers_again: bool,
    /// The records as they were when something of them had last changed.
    pub records: BTreeMap<ChatId, Arc<Parent>>,
    /// Who is who in the store; empty until there is one.
    pub ids: BTreeMap<ParentId, ChatId>,
    /// The same from the other side.
    pub ids_of: BTreeMap<ChatId, ParentId>,
    /// What went into the round over which the last process died. It may be durable.
    pub unheard: Heard,
    /// Prompts that arrived when the last process died. They are checked when the next one starts.
    pub arrived_last: Vec<Arrived>,
    /// What is in the journals and the agenda.
    pub journals: Journals,
    /// Whose journals are looked at whole.
    pub looked_at: BTreeSet<ChatId>,
    /// All journals are looked at, also those that did not change.
    pub look_at_all: bool,
    /// The end has come: nobody begins anything new, so that nothing is on its way when all is looked at.
    pub all_rest: bool,
    plan: BTreeMap<(Duration, u64), Happening>,
    planned: u64,
    marks: u32,
    /// In how many quarters of the usual time each kind of bad luck comes, by [`Bad`]: in some worlds there is much of one and little of another.
    often: [u64; BAD.len()],
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
            people.push(Person::new(chat, Habit::first(setup.quiet, &mut chance)));
        }
        // Nobody looks at the calls that were made, and they would fill the memory.
        world.keep_calls(0);
        let often = [(); BAD.len()].map(|()| [1, 4, 4, 12][chance.random_range(0..4)]);
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
            cuts: Vec::new(),
            by_webhook: setup.seed % 3 == 2,
            under_way: BTreeMap::new(),
            deliveries: 0,
            rests: BTreeMap::new(),
            delivers_again: false,
            records: BTreeMap::new(),
            ids: BTreeMap::new(),
            ids_of: BTreeMap::new(),
            unheard: Heard::default(),
            arrived_last: Vec::new(),
            journals: Journals::default(),
            looked_at: BTreeSet::new(),
            look_at_all: false,
            all_rest: false,
            plan: BTreeMap::new(),
            planned: 0,
            marks: 0,
            often,
            clock_wrong: SignedDuration::ZERO,
        };
        for nth in 0..setup.parents {
            let at = simulation.chance.random_range(0..3_600);
            simulation.plan_in(Duration::from_secs(at), Happening::Act(nth, 0));
            simulation.plan_change(nth);
        }
        for bad in BAD {
            simulation.plan_bad_luck(bad);
        }
        // Notes from now on of whom something changes.
        let _ = simulation.disk.changed();
        simulation.plan_in(Duration::from_secs(60), Happening::Upkeep);
        simulation.plan_in(Duration::from_secs(2 * 3_600), Happening::Killed);
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
        self.cuts.clear();
        self.set_right();
        self.starts_at = self.starts_at.min(days);
        self.rests.clear();
        self.plan.retain(|_, it| {
            matches!(
                it,
                Happening::CallEnds(..) | Happening::Fetched(..) | Happening::Arrives(..)
            )
        });
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
        let of_bot = of_bot.into_iter().chain([self.calls_again()]);
        let all = of_bot.flatten().chain(planned);
        // What is overdue was looked at just now, and waits for something else.
        all.filter(|at| *at > now).min()
    }

    /// Lets the bot do everything that there is to do at this moment.
    fn settle(&mut self) -> Result<(), Broken> {
        if self.bot.is_none() && self.starts_at <= self.clock.uptime() {
            self.start()?;
        }
        self.until_rest(|it| Ok(it.round()? || it.poll()? || it.send()?))
    }

    /// Does one thing after the other, until one says that there was none.
    pub fn until_rest(
        &mut self,
        mut goes_on: impl FnMut(&mut Self) -> Result<bool, Broken>,
    ) -> Result<(), Broken> {
        for _ in 0..AT_ONE_MOMENT {
            if !goes_on(self)? {
                return Ok(());
            }
        }
        let more = format!("after {AT_ONE_MOMENT} things at one moment there is one more");
        self.hold("the_bot_comes_to_rest", Err(more))
    }

    fn happens(&mut self, happening: Happening) -> Result<(), Broken> {
        match happening {
            Happening::Act(whose, turn) if turn == self.people[whose].turn => self.act(whose),
            Happening::Act(..) => {}
            Happening::Change(whose) => self.change(whose),
            Happening::React(whose, prompt) => self.react(whose, prompt),
            Happening::CallEnds(process, seq) => self.call_ends(process, seq)?,
            Happening::Arrives(process, number) => self.arrives_at_webhook(process, number),
            Happening::Fetched(process, seq) => self.fetched(process, seq),
            Happening::Killed => self.die(),
            Happening::ClockRight => self.set_right(),
            Happening::Upkeep => self.upkeep()?,
            Happening::Bad(bad) => {
                self.strikes(bad);
                self.plan_bad_luck(bad);
            }
        }
        Ok(())
    }

    fn strikes(&mut self, bad: Bad) {
        let uptime = self.clock.uptime();
        match bad {
            Bad::Storm => {
                let lasts = trouble::duration(&mut self.chance);
                let storm = Storm::any(&mut self.chance);
                self.trouble.rages(storm, uptime + lasts);
                self.figures.storms += 1;
            }
            Bad::StormInChat => {
                let lasts = trouble::duration(&mut self.chance);
                let storm = Storm::any(&mut self.chance);
                let whose = self.chance.random_range(0..self.people.len());
                let chat = self.people[whose].chat;
                self.trouble.rages_in(chat, storm, uptime + lasts);
            }
            Bad::Cut => {
                self.cuts.push(Cut::any(&mut self.chance));
                if self.chance.random_ratio(1, 16) {
                    let point = trouble::crash_point(&mut self.chance);
                    self.disk.crash_renewal_at(point);
                }
            }
            Bad::Killed => self.die(),
            Bad::ClockSet => self.set_clock(),
            Bad::Redelivered => {
                for _ in 0..self.chance.random_range(1..8) {
                    let newest = self.world.updates.newest().unwrap_or_default();
                    let back = self.chance.random_range(0..100);
                    self.world.updates.redeliver(newest - back);
                }
                self.delivers_again = true;
            }
            Bad::Unconfirmed => self.world.updates.lose_confirmations(1),
            Bad::Edited => self.edit_prompts(),
        }
    }

    /// Somebody sets the clock: by minutes, hours, days or weeks, forward or back; and mostly sets it right again.
    fn set_clock(&mut self) {
        let longest = if self.setup.quiet == 0 { 3 } else { 4 };
        let seconds = match self.chance.random_range(0..longest) {
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
    pub fn check_all(&mut self) -> Result<(), Broken> {
        if let Some(bot) = &self.bot {
            let read = self.journals.read_fresh(&bot.store);
            self.looked_at = read.expect("journals can be read");
        }
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

    fn plan_bad_luck(&mut self, bad: Bad) {
        let average = u64::from(self.setup.bad_luck) * 86_400 * self.often[bad as usize] / 4;
        let average = match bad {
            // There are many points at which the bot can end, and each shall have its turn.
            Bad::Cut => average / 10,
            // In a few days a clock has to be set right after a prompt, and so far back that its date comes again.
            Bad::ClockSet if self.setup.quiet == 0 => average / 9,
            _ => average,
        };
        let wait = self.exponential(average);
        self.plan_in(Duration::from_secs(wait), Happening::Bad(bad));
    }

    /// Somebody's way with the bot will change.
    pub fn plan_change(&mut self, whose: usize) {
        let average = self.people[whose].habit.days * 86_400;
        let wait = self.exponential(average);
        self.plan_in(Duration::from_secs(wait), Happening::Change(whose));
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

    /// How a parent is called in the store; `None` while there was no store.
    pub fn id(&self, chat: ChatId) -> Option<ParentId> {
        self.ids_of.get(&chat).copied()
    }

    /// Who this is among the people.
    pub fn whose(&self, chat: ChatId) -> Option<usize> {
        // They are numbered from 1.
        let nth = usize::try_from(chat.0 - 1).ok()?;
        self.people.get(nth).map(|_| nth)
    }

    /// What is known of a parent; `None` while there is no process.
    pub fn record(&self, chat: ChatId) -> Option<Arc<Parent>> {
        let id = self.id(chat)?;
        let mut draft = self.store()?.draft();
        draft.parent(id).expect("a record can be read")
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
