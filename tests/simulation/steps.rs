//! What the bot's process does, one step at a time: a round of the heart, and calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use rand::RngExt;
use tokio::sync::oneshot;
use voel_eerst::{
    conversation::{Brought, Effect, Event, NotFetched, Outcome, Unusable, Wanted},
    parent::{ChatId, MessageId, PrivateBytes},
    service::{
        Round, Stopped,
        receive::Batch,
        sender::{Fetched, Letter, Report, ToSender},
    },
    store::{Seq, Store},
    telegram::{CallError, Origin},
};

use super::{
    bot::{Received, Way},
    cuts::{Cut, Holds},
    ledger::{Known, Ledger, Step},
    people::may_erase,
    run::{Happening, Simulation},
    setup::Broken,
    wire,
};

/// How many milliseconds a commit takes, for whoever has something to report meanwhile.
const COMMIT_TAKES: u128 = 100;

impl Simulation {
    /// One round of the heart, when it has something to do. Says whether it had.
    pub fn round(&mut self) -> Result<bool, Broken> {
        let Some(bot) = &mut self.bot else {
            return Ok(false);
        };
        let idle = bot.reports.is_empty() && bot.fetched.is_empty() && bot.received.is_empty();
        if idle {
            match bot.heart.has_work() {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(_) => {
                    self.die();
                    return Ok(true);
                }
            }
        }
        let received = std::mem::take(&mut bot.received);
        let reports = std::mem::take(&mut bot.reports);
        let fetched = std::mem::take(&mut bot.fetched);
        let heard = Heard::of(&reports, &fetched, &received, self.ledger.clock_set);
        let unheard = self.cuts(heard.holds(&reports, &self.ledger));
        let came = self.clock.uptime();
        let mut batches = Vec::new();
        let mut commits = Vec::new();
        for Received { updates, way } in received {
            let last = updates.iter().map(|incoming| incoming.update).max();
            let (committed, commit) = oneshot::channel();
            commits.push((way, last, commit));
            batches.push(Batch {
                updates,
                is_last: true,
                came,
                committed,
            });
        }
        let round = Round {
            reports,
            fetched,
            batches,
        };
        self.figures.rounds += 1;
        let Some(bot) = &mut self.bot else {
            return Ok(false);
        };
        let told = bot.heart.round(round);
        let confirmed = commits.iter_mut();
        let confirmed = confirmed.filter_map(|(way, last, commit)| {
            let heard = commit.try_recv().is_ok();
            heard.then_some((*way, (*last)?))
        });
        let confirmed: Vec<(Way, u32)> = confirmed.collect();
        let told = match told {
            Ok(told) => told,
            Err(stopped) => {
                if !confirmed.is_empty() {
                    self.heard(&heard, &mut Step::default());
                }
                self.unheard = heard;
                self.store_failed(stopped, &confirmed);
                return Ok(true);
            }
        };
        if unheard {
            self.unheard = heard;
            self.die();
            return Ok(true);
        }
        self.confirm(&confirmed);
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

    /// Arms the point at which the bot ends, when this round comes there. Says whether it dies after the commit.
    fn cuts(&mut self, holds: Holds) -> bool {
        let Some(cut) = self.takes_cut(|cut| cut.fits(holds)) else {
            return false;
        };
        match cut.point(&mut self.chance) {
            Some(point) => self.disk.crash_at(point),
            None => return true,
        }
        false
    }

    /// Takes the first point of those that are waited for.
    fn takes_cut(&mut self, here: impl Fn(&Cut) -> bool) -> Option<Cut> {
        let place = self.cuts.iter().position(here)?;
        let cut = self.cuts.remove(place);
        self.figures.cuts[cut.place()] += 1;
        Some(cut)
    }

    /// Telegram hears of what is durable.
    fn confirm(&mut self, confirmed: &[(Way, u32)]) {
        for (way, last) in confirmed {
            match way {
                Way::Poll => {
                    if let Some(bot) = &mut self.bot {
                        bot.offset = Some(i64::from(*last) + 1);
                        bot.confirms = true;
                    }
                }
                Way::Call(number) => self.taken(*number),
            }
        }
    }

    /// What went into a round is durable.
    fn heard(&mut self, heard: &Heard, step: &mut Step) {
        for (seq, outcome) in &heard.ended {
            step.ended.extend(self.ledger.ends(*seq, *outcome));
        }
        for (chat, message) in &heard.wrote {
            if let Some(said) = self.ledger.said.get_mut(&(*chat, *message)) {
                said.handled = true;
            }
            step.confirmed.push((*chat, *message));
        }
        for (chat, update) in &heard.chats {
            if let Some(whose) = self.whose(*chat) {
                let on_its_way = &mut self.people[whose].on_its_way;
                let _ = on_its_way.take_if(|newest| *newest <= i64::from(*update));
            }
        }
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

    pub fn new_letter(&mut self, seq: Seq, known: Known, step: &mut Step) {
        if let Some((key, _)) = known.prompt {
            self.ledger.prompts.decide(key);
            self.figures.prompts += 1;
        }
        step.decided.push((seq, known.clone()));
        self.ledger.waits(seq, known);
    }

    /// Notices who has begun anew or is gone, and what was erased.
    pub fn lives(&mut self, heard: &Heard, step: &mut Step) {
        let changed = self.notice_changes(step);
        // What is typed while something else is asked for may become anything. A command never does.
        let loose = heard.wrote.iter().filter(|key| {
            let said = self.ledger.said.get(key);
            said.is_none_or(|said| !said.keeps && !said.versions[0].starts_with('/'))
        });
        let loose = loose.map(|(chat, _)| *chat);
        let chats: BTreeSet<ChatId> = heard.may_have_erased.iter().copied().chain(loose).collect();
        for chat in chats.intersection(&changed) {
            let Some(bot) = &self.bot else { continue };
            let entries = self.journals.read(&bot.store, *chat);
            let entries = entries.expect("a journal can be read");
            let parts: BTreeMap<MessageId, &str> = entries
                .into_iter()
                .flat_map(|entry| &entry.parts)
                .map(|part| (part.message, part.words.reveal()))
                .collect();
            let range = (*chat, MessageId(0))..=(*chat, MessageId(i32::MAX));
            for ((_, message), said) in self.ledger.said.range_mut(range) {
                let words = parts.get(message);
                let there = words.is_some_and(|words| said.has(words));
                said.erased |= said.keeps && said.handled && !there;
            }
        }
    }

    /// Looks at everybody of whom something has changed on the disk. Returns whose journals have.
    fn notice_changes(&mut self, step: &mut Step) -> BTreeSet<ChatId> {
        let mut changed = self.disk.changed();
        if self.ids.is_empty()
            && let Some(bot) = &self.bot
        {
            let chats = self.people.iter().map(|person| person.chat);
            let ids = chats.map(|chat| (chat, bot.store.parent_id(chat)));
            self.ids_of = ids.collect();
            let ids = self.ids_of.iter().map(|(chat, id)| (*id, *chat));
            self.ids = ids.collect();
        }
        // When the power went after somebody's key was destroyed, and before their rows went, they are gone.
        if changed.half {
            changed.records.extend(self.ids.keys());
        }
        let journals = self.journals.note(&changed, |id| self.ids[&id]);
        for id in changed.records {
            let chat = self.ids[&id];
            let record = self.record(chat);
            if self.ledger.sees(chat, record.as_deref()) {
                self.forget_letters(chat);
                self.journals.forget(chat);
                if let Some(whose) = self.whose(chat) {
                    self.people[whose].settled = false;
                }
            }
            match &record {
                Some(record) => self.records.insert(chat, Arc::clone(record)),
                None => self.records.remove(&chat),
            };
            step.touched.insert(chat, record);
        }
        journals
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
    fn store_failed(&mut self, stopped: Stopped, confirmed: &[(Way, u32)]) {
        // What is confirmed though it may not be on disk is confirmed all the same: the invariants see what comes of it.
        for (way, last) in confirmed {
            match way {
                Way::Poll => {
                    wire::poll(&self.telegram, &mut self.world, Some(i64::from(*last) + 1));
                }
                Way::Call(number) => self.taken(*number),
            }
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
            let is_file = call.effect.is_file();
            let takes = if is_file {
                fate.takes_with_file(&mut self.chance)
            } else {
                fate.takes(&mut self.chance)
            };
            if takes > 20_000 && !is_file {
                self.trouble.was_away(uptime);
            }
            // A commit takes its time, and what ends meanwhile is reported together.
            let ends = (uptime + Duration::from_millis(takes)).as_millis();
            let ends = Duration::from_millis(ends.next_multiple_of(COMMIT_TAKES) as u64);
            self.plan_in(
                ends.saturating_sub(uptime),
                Happening::CallEnds(process, seq),
            );
            if let Some(known) = self.ledger.letters.get(&seq) {
                step.began.push(known.clone());
                if known.prompt.is_some() && self.takes_cut(|cut| *cut == Cut::InFlight).is_some() {
                    self.plan_in(Duration::from_millis(10), Happening::Killed);
                }
            }
            self.ledger.begins(uptime);
            self.figures.calls += 1;
            self.figures.files += u64::from(is_file);
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
        // What is to be said of it is said with the queue's next step, as the sender does.
        if let Some(bot) = &mut self.bot
            && bot.queue.answered(seq, result, uptime).is_some()
        {
            bot.tally.again();
        }
        self.check(&step)
    }

    /// A call reaches Telegram.
    pub fn arrives(
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
            step.arrived.push((key, at, known.decided_by));
            if let Some(whose) = self.whose(chat)
                && !self.all_rest
                && self.chance.random_range(0..100) < self.people[whose].habit.answers
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
}

/// What went into a round, as far as this side has to know it.
#[derive(Default)]
pub struct Heard {
    ended: Vec<(Seq, Option<Outcome>)>,
    wrote: Vec<(ChatId, MessageId)>,
    /// Who did something, in which update.
    chats: Vec<(ChatId, u32)>,
    may_have_erased: Vec<ChatId>,
    /// How often the clock had been set when it was decided.
    pub clock_set: u32,
}

impl Heard {
    fn of(reports: &[Report], fetched: &[Fetched], received: &[Received], clock_set: u32) -> Self {
        let ended = reports.iter().filter_map(|report| match report {
            Report::Done(letter, outcome) => Some((letter.seq, Some(*outcome))),
            Report::Claim(_) | Report::Unclaim(_) => None,
        });
        let fetched = fetched.iter().filter(|it| it.is_last());
        let ended = ended.chain(fetched.map(|it| (it.seq, None))).collect();
        let mut heard = Self {
            ended,
            wrote: Vec::new(),
            chats: Vec::new(),
            may_have_erased: Vec::new(),
            clock_set,
        };
        for incoming in received.iter().flat_map(|it| &it.updates) {
            let Origin::Private(chat) = incoming.chat else {
                continue;
            };
            heard.chats.push((chat, incoming.update));
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

    /// What a round of it holds.
    fn holds(&self, reports: &[Report], ledger: &Ledger) -> Holds {
        let mut said = self.wrote.iter().filter_map(|key| ledger.said.get(key));
        Holds {
            updates: !self.chats.is_empty(),
            words: said.any(|said| said.keeps && !said.handled),
            may_erase: !self.may_have_erased.is_empty(),
            claims: reports.iter().any(|it| matches!(it, Report::Claim(_))),
            ends: !self.ended.is_empty(),
        }
    }
}
