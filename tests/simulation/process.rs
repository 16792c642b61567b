//! The bot's process as a whole: its upkeep, its end, and what another one finds.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
    time::Duration,
};

use rand::{RngExt, seq::IndexedRandom};
use tokio::sync::watch;
use voel_eerst::{
    demo::TAP_LIVES,
    parent::{ChatId, ClockTime, Days, Onboarding, Parent, Slot, Zone},
    service::sender::Letter,
    store::{Seq, Store},
};

use super::{
    bot::Bot,
    invariants,
    ledger::Step,
    run::{Happening, Simulation},
    setup::Broken,
    trouble,
};

/// How long a process takes to start, at least: a second is what keeps two processes from writing to a chat too soon after each other.
const START_TAKES: Duration = Duration::from_secs(1);

impl Simulation {
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
        self.arrived_last.append(&mut step.arrived);
        drop(bot);
        self.nobody_answers();
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
        let others = self.change_rules();
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
        // What was decided so far was decided by the former rules.
        for chat in others {
            *self.ledger.rules_changed.entry(chat).or_default() += 1;
        }
        if let Some(bot) = &mut self.bot {
            let process = bot.number;
            for seq in bot.take(letters) {
                self.plan_in(Duration::from_secs(2), Happening::Fetched(process, seq));
            }
        }
        // To read everybody's journal takes its time where there are many.
        let seldom = u32::try_from(self.people.len()).unwrap_or(u32::MAX).max(10);
        self.look_at_all = self.chance.random_ratio(1, seldom);
        self.check_all()?;
        Ok(())
    }

    /// What the disk holds may be a commit further than this side has heard.
    fn compare(&mut self, letters: &[Letter]) -> Result<(), Broken> {
        let uptime = self.clock.uptime();
        let unheard = std::mem::take(&mut self.unheard);
        let mut step = Step {
            arrived: std::mem::take(&mut self.arrived_last),
            ..Step::default()
        };
        let there: BTreeSet<Seq> = letters.iter().map(|letter| letter.seq).collect();
        let missing = self.ledger.letters.keys().copied();
        let missing: Vec<Seq> = missing.filter(|seq| !there.contains(seq)).collect();
        for seq in missing {
            let known = self.ledger.ends(seq, None);
            // Whether it went out or its moment had passed, nobody has heard.
            if let Some(tap) = known.and_then(|known| known.tap)
                && let Some(tapped) = self.ledger.taps.get(&tap)
                && uptime > tapped.at + TAP_LIVES
            {
                self.ledger.taps.remove(&tap);
            }
        }
        for letter in letters {
            if !self.ledger.letters.contains_key(&letter.seq) {
                // Decided in the round over which the former process died. Since then somebody may have set the clock.
                let mut known = self.ledger.know(letter, uptime);
                known.decided_by.clock_set = unheard.clock_set;
                self.new_letter(letter.seq, known, &mut step);
            }
        }
        self.lives(&unheard, &mut step);
        self.check(&step)
    }

    /// While no process runs, the rules of somebody's zone change: they have those of another zone, and the plan is the one that the former
    /// rules made. At the beginning, everybody gets a zone and times of their own. Returns who has other rules now.
    fn change_rules(&mut self) -> Vec<ChatId> {
        let mut others = Vec::new();
        if self.processes == 1 {
            return others;
        }
        let seldom = u32::try_from(self.people.len()).unwrap_or(u32::MAX).max(10);
        let mut concerned = Vec::new();
        for nth in 0..self.people.len() {
            let moves = self.people[nth].settled && self.chance.random_ratio(1, seldom);
            // Who was not seen to have begun is asked at a later start.
            let known = self.records.get(&self.people[nth].chat);
            let begun = known.is_some_and(|parent| parent.onboarding == Onboarding::Done);
            if begun && (moves || !self.people[nth].settled) {
                concerned.push((nth, moves));
            }
        }
        if concerned.is_empty() {
            return others;
        }
        let store = Store::in_memory(&self.disk, &self.secret).expect("the store opens");
        let mut draft = store.draft();
        for (nth, moves) in concerned {
            let id = store.parent_id(self.people[nth].chat);
            let Some(parent) = draft.parent(id).expect("a record can be read") else {
                continue;
            };
            let mut parent = Arc::unwrap_or_clone(parent);
            if parent.onboarding != Onboarding::Done {
                continue;
            }
            if moves {
                let zone = ZONES.choose(&mut self.chance).expect("zones");
                parent.schedule.zone = zone.clone();
                others.push(self.people[nth].chat);
                self.figures.zones_changed += 1;
            } else {
                self.settle_down(nth, &mut parent);
            }
            draft
                .put_parent(id, parent)
                .expect("a record can be written");
        }
        store.commit(draft).expect("the disk takes a commit");
        others
    }

    /// Somebody who has just begun gets a zone, and perhaps days and times. Of many, half live where the bot thinks that they do.
    fn settle_down(&mut self, nth: usize, parent: &mut Parent) {
        self.people[nth].settled = true;
        if self.people.len() < 20 || nth.is_multiple_of(2) {
            let seed = usize::try_from(self.setup.seed).unwrap_or_default();
            let place = seed * self.people.len() + nth;
            parent.schedule.zone = ZONES[place % ZONES.len()].clone();
        }
        if self.chance.random_bool(0.5) {
            parent.schedule.days = Days::from(self.chance.random_range(1..128_u8));
            let times = 0..self.chance.random_range(1..4);
            let times = times.map(|_| {
                let hour = self.chance.random_range(0..24);
                // Most people choose whole and half hours.
                let minute = match self.chance.random_range(0..4) {
                    0 => self.chance.random_range(0..60),
                    1 => 30,
                    _ => 0,
                };
                Slot::at(ClockTime::new(hour, minute).expect("a time of day"))
            });
            parent.schedule.times = times.collect();
        }
        parent.plan(self.clock.now());
    }
}

/// Every zone of the database.
static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let names = jiff::tz::db().available();
    names
        .map(|name| Zone::new(name.as_str()).expect("a zone"))
        .collect()
});
