//! What the bot's process does, one step at a time: a round of the heart, a poll, calls; starting, and dying.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rand::{RngExt, seq::IteratorRandom};
use tokio::sync::{oneshot, watch};
use voel_eerst::{
    conversation::{Brought, Effect, Event, NotFetched, Outcome, Unusable, Wanted},
    parent::{ChatId, ClockTime, Days, MessageId, Onboarding, PrivateBytes, Slot, Zone},
    service::{
        Round, Stopped,
        receive::Batch,
        sender::{Fetched, Letter, Report, ToSender},
    },
    store::{CrashPoint, Seq, Store},
    telegram::{CallError, Incoming, Origin},
};

use super::{
    bot::Bot,
    invariants,
    ledger::{Known, Step},
    people::may_erase,
    run::{Broken, Happening, Simulation},
    trouble, wire,
};

/// How long a process takes to start, at least: a second is what keeps two processes from writing to a chat too soon after each other.
const START_TAKES: Duration = Duration::from_secs(1);

impl Simulation {
    /// One round of the heart, when it has something to do. Says whether it had.
    pub fn round(&mut self) -> Result<bool, Broken> {
        let Some(bot) = &mut self.bot else {
            return Ok(false);
        };
        let idle = bot.reports.is_empty() && bot.fetched.is_empty() && bot.batch.is_none();
        match bot.heart.has_work() {
            Ok(false) if idle => return Ok(false),
            Ok(_) => {}
            Err(_) => {
                self.die();
                return Ok(true);
            }
        }
        let (committed, mut commit) = oneshot::channel();
        let updates = bot.batch.take();
        let reports = std::mem::take(&mut bot.reports);
        let fetched = std::mem::take(&mut bot.fetched);
        let heard = Heard::of(&reports, &fetched, updates.as_deref().unwrap_or_default());
        let last = heard.last;
        if last.is_some() && std::mem::take(&mut self.cuts_batch) {
            self.disk.crash_at(if self.chance.random_bool(0.5) {
                CrashPoint::Before(1)
            } else {
                CrashPoint::After(1)
            });
        }
        let came = self.clock.uptime();
        let batch = updates.map(|updates| Batch {
            updates,
            came,
            committed,
        });
        let round = Round {
            reports,
            fetched,
            batches: batch.into_iter().collect(),
        };
        self.figures.rounds += 1;
        let told = match bot.heart.round(round) {
            Ok(told) => told,
            Err(stopped) => {
                let confirmed = commit.try_recv().is_ok();
                if confirmed {
                    self.heard(&heard, &mut Step::default());
                }
                self.store_failed(stopped, confirmed, last);
                return Ok(true);
            }
        };
        if std::mem::take(&mut self.dies_unheard) {
            self.die();
            return Ok(true);
        }
        if commit.try_recv().is_ok()
            && let Some(bot) = &mut self.bot
            && let Some(last) = last
        {
            bot.offset = Some(i64::from(last) + 1);
            bot.confirms = true;
        }
        let mut step = Step::default();
        self.heard(&heard, &mut step);
        for message in told {
            match message {
                ToSender::Queue(letters) => self.decided(letters, &mut step),
                ToSender::Withdrawn(seqs) => {
                    if let Some(bot) = &mut self.bot {
                        bot.queue.withdraw(&seqs);
                        bot.fetching.retain(|seq, _| !seqs.contains(seq));
                    }
                    for seq in seqs {
                        self.ledger.ends(seq, None);
                    }
                }
                ToSender::Claimed(seqs) => {
                    if let Some(bot) = &mut self.bot {
                        bot.queue.claimed(&seqs);
                    }
                    for seq in seqs {
                        if let Some(known) = self.ledger.letters.get_mut(&seq) {
                            known.claimed = true;
                        }
                    }
                }
            }
        }
        self.lives(&heard, &mut step);
        self.check(&step)?;
        Ok(true)
    }

    /// What went into a round is durable.
    fn heard(&mut self, heard: &Heard, step: &mut Step) {
        for (seq, outcome) in &heard.ended {
            if let Some(known) = self.ledger.ends(*seq, *outcome) {
                step.touched.insert(known.chat, None);
                step.ended.push(known);
            }
        }
        for (chat, message) in &heard.wrote {
            if let Some(said) = self.ledger.said.get_mut(&(*chat, *message)) {
                said.handled = true;
            }
            step.confirmed.push((*chat, *message));
            self.unlooked.insert(*chat);
        }
        step.touched
            .extend(heard.chats.iter().map(|chat| (*chat, None)));
    }

    fn decided(&mut self, letters: Vec<Letter>, step: &mut Step) {
        let uptime = self.clock.uptime();
        for letter in &letters {
            let known = self.ledger.know(letter, uptime);
            self.new_letter(letter.seq, known, step);
        }
        if let Some(bot) = &mut self.bot {
            let (process, fetching) = (bot.number, bot.take(letters));
            for seq in fetching {
                let wait = self.chance.random_range(1..60);
                self.plan_in(Duration::from_secs(wait), Happening::Fetched(process, seq));
            }
        }
    }

    fn new_letter(&mut self, seq: Seq, known: Known, step: &mut Step) {
        if let Some((key, _)) = known.prompt {
            self.ledger.prompts.decide(key);
            self.figures.prompts += 1;
        }
        step.touched.insert(known.chat, None);
        step.decided.push((seq, known.clone()));
        self.ledger.letters.insert(seq, known);
    }

    /// Notices who has begun anew or is gone, and what was erased.
    fn lives(&mut self, heard: &Heard, step: &mut Step) {
        for (chat, record) in &mut step.touched {
            *record = self.record(*chat);
            if self.ledger.sees(*chat, record.as_ref()) {
                self.forget_letters(*chat);
            }
        }
        // What is typed while something else is asked for may become anything. A command never does.
        let loose = heard.wrote.iter().filter(|key| {
            let said = self.ledger.said.get(key);
            said.is_none_or(|said| !said.keeps && !said.versions[0].starts_with('/'))
        });
        let loose = loose.map(|(chat, _)| *chat);
        let chats: BTreeSet<ChatId> = heard.may_have_erased.iter().copied().chain(loose).collect();
        for chat in chats {
            self.unlooked.insert(chat);
            let Some(store) = self.store() else { continue };
            let entries = invariants::entries(store, chat).expect("a journal can be read");
            let parts: BTreeMap<MessageId, &str> = entries
                .iter()
                .flat_map(|entry| &entry.parts)
                .map(|part| (part.message, part.words.reveal()))
                .collect();
            let range = (chat, MessageId(0))..=(chat, MessageId(i32::MAX));
            for ((_, message), said) in self.ledger.said.range_mut(range) {
                let words = parts.get(message);
                let there = words.is_some_and(|words| said.has(words));
                said.erased |= said.keeps && said.handled && !there;
            }
        }
    }

    /// With everything of a parent, the letters went that were for them.
    fn forget_letters(&mut self, chat: ChatId) {
        let stored = self.store().map(Store::outbox);
        let stored = stored.and_then(Result::ok).unwrap_or_default();
        let stored: BTreeSet<Seq> = stored.pending.iter().map(|it| it.seq).collect();
        let letters = self.ledger.letters.iter();
        let gone = letters.filter(|(seq, known)| known.chat == chat && !stored.contains(seq));
        let gone: Vec<Seq> = gone.map(|(seq, _)| *seq).collect();
        for seq in gone {
            self.ledger.ends(seq, None);
        }
    }

    /// The store takes no more writes. Either the process dies of it, or it tells whoever wrote and goes on with another store.
    fn store_failed(&mut self, stopped: Stopped, confirmed: bool, last: Option<u32>) {
        // What is confirmed though it may not be on disk is confirmed all the same: the invariants see what comes of it.
        if let Some(last) = last.filter(|_| confirmed) {
            wire::poll(&self.telegram, &mut self.world, Some(i64::from(last) + 1));
        }
        let unsaved = match stopped {
            Stopped::StoreFailed { unsaved, .. } => unsaved,
            Stopped::Asked | Stopped::Stumbled => Vec::new(),
        };
        let lives_on = self.chance.random_bool(0.5);
        let owed = self.owed.clone();
        self.die();
        if lives_on {
            self.owed = owed;
            for (chat, language) in unsaved {
                let voice = self.voice();
                let text = &voice.languages.of(Some(&language)).texts.error.not_saved;
                let effect = Effect::Send {
                    text: voel_eerst::parent::Words::new(text.as_str()),
                    keyboard: Default::default(),
                    silent: false,
                    reply_to: None,
                };
                let _ = wire::perform(&self.telegram, &mut self.world, chat, &effect);
                self.owed.send_modify(|owed| owed.push(chat));
            }
        }
    }

    /// Whether there is something to fetch or to confirm.
    pub fn has_to_poll(&self, bot: &Bot) -> bool {
        bot.batch.is_none()
            && (bot.confirms || self.delivers_again || self.world.updates.unconfirmed() > 0)
    }

    /// One poll, when it is time for it and something waits. Says whether there was one.
    pub fn poll(&mut self) -> Result<bool, Broken> {
        let uptime = self.clock.uptime();
        let Some(bot) = &self.bot else {
            return Ok(false);
        };
        if bot.poll_at > uptime || !self.has_to_poll(bot) {
            return Ok(false);
        }
        let (offset, confirms) = (bot.offset, bot.confirms);
        let fate = self.trouble.fate(None, uptime, &mut self.chance);
        let updates = if fate.arrives() {
            self.delivers_again = false;
            wire::poll(&self.telegram, &mut self.world, offset)
        } else {
            Vec::new()
        };
        let Some(bot) = &mut self.bot else {
            return Ok(false);
        };
        if fate.trouble().is_some() {
            let wait = Duration::from_millis(500 << bot.polls_failed.min(6));
            bot.polls_failed += 1;
            bot.poll_at = uptime + wait.min(Duration::from_secs(30));
            self.trouble.was_away(uptime);
            return Ok(true);
        }
        bot.polls_failed = 0;
        bot.confirms = false;
        let something = confirms || !updates.is_empty();
        if updates.is_empty() {
            bot.offset = None;
        } else {
            for incoming in &updates {
                bot.tally.received(incoming.unreadable);
            }
            bot.batch = Some(updates);
        }
        Ok(something)
    }

    /// Calls that have to be made now. Says whether there were any, or something to report.
    pub fn send(&mut self) -> Result<bool, Broken> {
        let clock = self.clock.clone();
        let uptime = clock.uptime();
        let Some(bot) = &mut self.bot else {
            return Ok(false);
        };
        let process = bot.number;
        let calls = bot.step(&clock);
        let reported = !bot.reports.is_empty();
        if calls.is_empty() {
            return Ok(reported);
        }
        let mut step = Step::default();
        for call in calls {
            let (seq, chat) = (call.seq, call.chat);
            let fate = self.trouble.fate(Some(chat), uptime, &mut self.chance);
            let takes = fate.takes(&mut self.chance);
            if takes > 20_000 {
                self.trouble.was_away(uptime);
            }
            self.plan_in(
                Duration::from_millis(takes),
                Happening::CallEnds(process, seq),
            );
            if let Some(known) = self.ledger.letters.get(&seq) {
                step.began.push(known.clone());
                let is_prompt = known.prompt.is_some();
                if is_prompt && !self.trouble.is_over() && self.chance.random_ratio(1, 40) {
                    self.plan_in(Duration::from_millis(10), Happening::Restart);
                }
            }
            self.ledger.begins(uptime);
            self.figures.calls += 1;
            if let Some(bot) = &mut self.bot {
                bot.out.insert(seq, (call, fate));
            }
        }
        self.check(&step)?;
        Ok(true)
    }

    /// A call comes to its end.
    pub fn call_ends(&mut self, process: u32, seq: Seq) -> Result<(), Broken> {
        let uptime = self.clock.uptime();
        let out = match &mut self.bot {
            Some(bot) if bot.number == process => bot.out.remove(&seq),
            Some(_) | None => None,
        };
        let Some((call, fate)) = out else {
            return Ok(());
        };
        let mut step = Step::default();
        let done = if fate.arrives() {
            self.arrives(seq, call.chat, &call.effect, &mut step)
        } else {
            Ok(None)
        };
        let result = fate.trouble().map_or(done, Err);
        if let Some(bot) = &mut self.bot {
            if bot.queue.answered(seq, result, uptime).is_some() {
                bot.tally.again();
            }
            bot.report();
        }
        self.check(&step)
    }

    /// A call reaches Telegram.
    fn arrives(
        &mut self,
        seq: Seq,
        chat: ChatId,
        effect: &Effect,
        step: &mut Step,
    ) -> Result<Option<MessageId>, CallError> {
        if let Effect::Answer { tap, .. } = effect {
            self.ledger.taps.remove(tap);
        }
        let done = wire::perform(&self.telegram, &mut self.world, chat, effect);
        if !matches!(done, Err(CallError::RetryAfter(_))) {
            self.ledger.heard.insert(chat, self.clock.uptime());
        }
        if let Ok(Some(message)) = done
            && let Some(known) = self.ledger.letters.get(&seq)
            && let Some((key, at)) = known.prompt
        {
            self.ledger.prompts.arrive(key);
            step.arrived
                .push((key, at, known.clock_set.unwrap_or(u32::MAX)));
            let whose = self.people.iter().position(|it| it.chat == chat);
            if let Some(whose) = whose
                && !self.all_rest
                && self.chance.random_range(0..100) < self.people[whose].answers
            {
                let wait = self.exponential(2 * 3_600);
                self.plan_in(Duration::from_secs(wait), Happening::React(whose, message));
            }
        }
        done
    }

    /// Something that was to be fetched is here, or will not come.
    pub fn fetched(&mut self, process: u32, seq: Seq) {
        let comes = self.chance.random_ratio(9, 10);
        let Some(bot) = &mut self.bot else { return };
        if bot.number != process {
            return;
        }
        let Some(fetch) = bot.fetching.remove(&seq) else {
            return;
        };
        let brought = match fetch.wanted {
            Wanted::Voice(_) if comes => Ok(Brought::Sound(PrivateBytes::new(b"OggS".to_vec()))),
            Wanted::Voice(_) => Err(NotFetched::Gone),
            Wanted::Journal => Err(NotFetched::Unusable(Unusable::OtherFile)),
        };
        bot.fetched.push(Fetched { seq, brought });
    }

    /// Twelve hours of the store's upkeep, with whatever the disk does meanwhile.
    pub fn upkeep(&mut self) -> Result<(), Broken> {
        let mut failed = false;
        if let Some(bot) = &mut self.bot {
            self.figures.upkeeps += 1;
            for _ in 0..20 {
                failed |= bot.heart.look_after_store().is_err();
            }
        }
        if failed || self.disk.is_down() {
            self.die();
        }
        let days = self.chance.random_range(5..40);
        self.plan_in(Duration::from_secs(days * 86_400), Happening::Upkeep);
        Ok(())
    }

    /// The process dies, in the middle of whatever it does. What is out may or may not arrive.
    pub fn die(&mut self) {
        self.figures.in_doubt = self.in_doubt();
        let Some(mut bot) = self.bot.take() else {
            return;
        };
        self.figures.crashes += 1;
        self.owed = watch::Sender::default();
        let mut step = Step::default();
        for (seq, (call, fate)) in std::mem::take(&mut bot.out) {
            if fate.arrives() && self.chance.random_bool(0.5) {
                let _ = self.arrives(seq, call.chat, &call.effect, &mut step);
            }
        }
        drop(bot);
        self.disk.restore_power();
        let away = if self.chance.random_ratio(1, 3) {
            trouble::duration(&mut self.chance)
        } else {
            Duration::ZERO
        };
        self.starts_at = self.clock.uptime() + START_TAKES + away;
        self.trouble.was_away(self.starts_at);
    }

    /// A new process starts.
    pub fn start(&mut self) -> Result<(), Broken> {
        if self.chance.random_ratio(1, 5) {
            self.edit_prompts();
        }
        self.processes += 1;
        self.change_rules();
        let owed = self.owed.clone();
        let (bot, letters) = Bot::start(
            self.processes,
            &self.disk,
            &self.secret,
            self.voice_now.subscribe(),
            &self.clock,
            owed,
        );
        self.bot = Some(bot);
        let claimed = letters.iter().filter(|letter| letter.claimed).count();
        self.hold("few_are_in_doubt", invariants::few_are_in_doubt(claimed))?;
        self.compare(&letters)?;
        if let Some(bot) = &mut self.bot {
            let process = bot.number;
            for seq in bot.take(letters) {
                self.plan_in(Duration::from_secs(2), Happening::Fetched(process, seq));
            }
        }
        self.look_at_all = self.chance.random_ratio(1, 10);
        self.check_all()?;
        self.unlooked.clear();
        Ok(())
    }

    /// What the disk holds may be a commit further than this side has heard.
    fn compare(&mut self, letters: &[Letter]) -> Result<(), Broken> {
        let uptime = self.clock.uptime();
        let mut step = Step::default();
        let missing = self.ledger.letters.keys();
        let is_there = |seq: &Seq| letters.iter().any(|letter| letter.seq == *seq);
        let missing: Vec<Seq> = missing.copied().filter(|seq| !is_there(seq)).collect();
        for seq in missing {
            self.ledger.ends(seq, None);
        }
        for letter in letters {
            if !self.ledger.letters.contains_key(&letter.seq) {
                let mut known = self.ledger.know(letter, uptime);
                known.clock_set = None;
                self.new_letter(letter.seq, known, &mut step);
            }
        }
        for (chat, record) in &mut step.touched {
            *record = self.record(*chat);
        }
        self.check(&step)
    }

    /// While no process runs, the rules of somebody's zone change; at the beginning, everybody gets a zone and times of their own.
    fn change_rules(&mut self) {
        if self.processes == 1 {
            return;
        }
        let store = Store::in_memory(&self.disk, &self.secret).expect("the store opens");
        let mut draft = store.draft();
        let zones = zones();
        let seed = usize::try_from(self.setup.seed).unwrap_or_default();
        for nth in 0..self.people.len() {
            let chat = self.people[nth].chat;
            let id = store.parent_id(chat);
            let Some(mut parent) = draft.parent(id).expect("a record can be read") else {
                continue;
            };
            if parent.onboarding != Onboarding::Done {
                continue;
            }
            let at_home = parent.schedule.zone == Zone::default();
            if at_home && parent.schedule.seed != 7 {
                let zone = &zones[(seed * self.people.len() + nth) % zones.len()];
                parent.schedule.zone = Zone::new(zone).expect("a zone");
                parent.schedule.seed = 7;
                if self.chance.random_bool(0.5) {
                    parent.schedule.days = Days::from(self.chance.random_range(1..128_u8));
                    let times = self.chance.random_range(1..4);
                    parent.schedule.times = (0..times)
                        .map(|_| {
                            let (hour, minute) = (
                                self.chance.random_range(0..24),
                                self.chance.random_range(0..60),
                            );
                            Slot::at(ClockTime::new(hour, minute).expect("a time of day"))
                        })
                        .collect();
                }
                parent.plan(self.clock.now());
            } else if self.chance.random_ratio(1, 10) {
                // The plan stays what the former rules made of it.
                let zone = zones.iter().choose(&mut self.chance).expect("zones");
                parent.schedule.zone = Zone::new(zone).expect("a zone");
            } else {
                continue;
            }
            draft
                .put_parent(id, &parent)
                .expect("a record can be written");
        }
        store.commit(draft).expect("the disk takes a commit");
    }
}

/// Every zone of the database.
fn zones() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect()
}

/// What went into a round, as far as this side has to know it.
struct Heard {
    ended: Vec<(Seq, Option<Outcome>)>,
    wrote: Vec<(ChatId, MessageId)>,
    chats: Vec<ChatId>,
    may_have_erased: Vec<ChatId>,
    /// The highest number of an update.
    last: Option<u32>,
}

impl Heard {
    fn of(reports: &[Report], fetched: &[Fetched], updates: &[Incoming]) -> Self {
        let ended = reports.iter().filter_map(|report| match report {
            Report::Done(seq, outcome) => Some((*seq, Some(*outcome))),
            Report::Claim(_) | Report::Unclaim(_) => None,
        });
        let fetched = fetched.iter().filter(|it| it.is_last());
        let ended = ended.chain(fetched.map(|it| (it.seq, None))).collect();
        let mut heard = Self {
            ended,
            wrote: Vec::new(),
            chats: Vec::new(),
            may_have_erased: Vec::new(),
            last: updates.iter().map(|incoming| incoming.update).max(),
        };
        for incoming in updates {
            let Origin::Private(chat) = incoming.chat else {
                continue;
            };
            heard.chats.push(chat);
            match &incoming.event {
                Some(Event::Wrote(message)) => heard.wrote.push((chat, message.id)),
                Some(Event::Tapped(tap)) if may_erase(&tap.data) => {
                    heard.may_have_erased.push(chat);
                }
                _ => {}
            }
        }
        heard
    }
}
