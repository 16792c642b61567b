//! How updates come in: in batches that the bot asks for, or each by a call of the webhook, many at once and in any order of chats.

use std::time::Duration;

use rand::RngExt;
use voel_eerst::{demo::Delivery, telegram::Incoming};

use super::{
    bot::{Bot, Received, Way},
    run::{Happening, Simulation},
    setup::Broken,
    wire,
};

/// How many calls of the webhook are under way at once.
const CALLS: usize = 40;

/// A call of the webhook.
pub struct CallIn {
    delivery: Delivery,
    /// The answer will get through.
    hears: bool,
    /// It has arrived at the bot.
    arrived: bool,
}

impl Simulation {
    /// Whether there is something to fetch or to confirm.
    pub fn has_to_poll(&self, bot: &Bot) -> bool {
        !self.by_webhook
            && bot.received.is_empty()
            && (bot.confirms || self.delivers_again || self.world.updates.unconfirmed() > 0)
    }

    /// One poll, when it is time for it and something waits. Says whether there was one.
    pub fn poll(&mut self) -> Result<bool, Broken> {
        if self.by_webhook {
            self.deliver();
            return Ok(false);
        }
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
            receive(bot, updates, Way::Poll);
        }
        Ok(something)
    }

    /// When Telegram calls the webhook again with what went wrong.
    pub fn calls_again(&self) -> Option<Duration> {
        self.rests.values().min().copied()
    }

    /// Telegram calls the webhook with what waits, as long as it may.
    fn deliver(&mut self) {
        let uptime = self.clock.uptime();
        if self.world.updates.all_confirmed() {
            return;
        }
        self.rests.retain(|_, until| *until > uptime);
        loop {
            let rests = |id| self.rests.contains_key(&id);
            let Some(delivery) = self.world.updates.take(CALLS, rests) else {
                break;
            };
            let fate = self.trouble.fate(None, uptime, &mut self.chance);
            let process = self.bot.as_ref().map(|bot| bot.number);
            match process {
                Some(process) if fate.arrives() => {
                    self.deliveries += 1;
                    let number = self.deliveries;
                    let call = CallIn {
                        delivery,
                        hears: fate.trouble().is_none(),
                        arrived: false,
                    };
                    self.under_way.insert(number, call);
                    let wait = self.chance.random_range(1..400);
                    let arrives = Happening::Arrives(process, number);
                    self.plan_in(Duration::from_millis(wait), arrives);
                }
                Some(_) | None => self.comes_again(delivery),
            }
        }
    }

    /// A call of the webhook arrives.
    pub fn arrives_at_webhook(&mut self, process: u32, number: u64) {
        let Some(call) = self.under_way.get_mut(&number) else {
            return;
        };
        match &mut self.bot {
            Some(bot) if bot.number == process => {
                call.arrived = true;
                let update = call.delivery.update.clone();
                let incoming = self.telegram.read(update).expect("an update");
                receive(bot, vec![incoming], Way::Call(number));
            }
            Some(_) | None => self.is_cut(number),
        }
    }

    /// The bot has answered a call of the webhook.
    pub fn taken(&mut self, number: u64) {
        let Some(call) = self.under_way.remove(&number) else {
            return;
        };
        let id = call.delivery.id;
        if !self.world.updates.delivered(call.delivery, call.hears) {
            self.rest(id);
        }
    }

    /// The process died: nobody answers the calls that had come in.
    pub fn nobody_answers(&mut self) {
        let calls = self.under_way.iter().filter(|(_, call)| call.arrived);
        let numbers: Vec<u64> = calls.map(|(number, _)| *number).collect();
        for number in numbers {
            self.is_cut(number);
        }
    }

    /// A call of the webhook is cut before it was answered.
    fn is_cut(&mut self, number: u64) {
        if let Some(call) = self.under_way.remove(&number) {
            self.comes_again(call.delivery);
        }
    }

    fn comes_again(&mut self, delivery: Delivery) {
        let id = delivery.id;
        self.world.updates.delivered(delivery, false);
        self.rest(id);
    }

    fn rest(&mut self, id: i64) {
        let uptime = self.clock.uptime();
        let wait = Duration::from_secs(self.chance.random_range(1..60));
        let from = match &self.bot {
            Some(_) => uptime,
            // Nobody is there before.
            None => uptime.max(self.starts_at),
        };
        self.rests.insert(id, from + wait);
        self.trouble.was_away(uptime);
    }
}

fn receive(bot: &mut Bot, updates: Vec<Incoming>, way: Way) {
    for incoming in &updates {
        bot.tally.received(incoming.unreadable);
    }
    bot.received.push(Received { updates, way });
}
