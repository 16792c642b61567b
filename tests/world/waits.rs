//! Time, and waiting for the bot.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;
use voel_eerst::{
    demo::{self, Content},
    store::CrashPoint,
};

use super::{Disk, Opened, REAL_PATIENCE, Way, World, amsterdam};

/// The least time between two messages to one chat.
const BETWEEN_ANSWERS: Duration = Duration::from_secs(1);

/// The longest wait of the bot before it tries again to open its store.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// In so much real time something that needs no wait of the bot has happened, or else it waits.
const SOON: Duration = Duration::from_millis(20);

impl World {
    /// The next moment at which the bot does something of its own accord, within a year: what comes after years of silence is planned for
    /// everybody who ever wrote.
    pub async fn next_due(&mut self) -> Option<Timestamp> {
        self.settle().await;
        let due = self.bot.as_ref().expect("a running bot").next_due();
        let a_year = SignedDuration::from_hours(365 * 24);
        due.filter(|due| due.duration_since(self.clock.now()) < a_year)
    }

    /// Waits until the bot plans something for this local time in Amsterdam, without writing to it.
    pub async fn plans(&mut self, local: &str) {
        let bot = self.bot.as_mut().expect("a running bot");
        bot.plans(amsterdam(local)).await;
    }

    /// Moves the clock to the next moment at which the bot does something of its own accord.
    pub async fn advance_to_due(&mut self) {
        let due = self.next_due().await.expect("something planned");
        self.clock.advance_to(due);
    }

    /// Moves the clock to a local time in Amsterdam.
    pub fn until(&self, local: &str) {
        self.clock.advance_to(amsterdam(local));
    }

    /// Waits until the bot has done everything that there is to do now: nothing that comes later was caused by anything before.
    ///
    /// An observer writes to the bot, twice. Their first answer comes after everything that came in before was decided and what
    /// was due was queued; then the sender empties its queue; and the second answer comes after all that this led to.
    pub async fn settle(&mut self) {
        for _ in 0..2 {
            self.come_round().await;
            let tally = self.tally();
            timeout(REAL_PATIENCE, tally.waiting_below(1))
                .await
                .expect("the bot sends what it has to send");
        }
        self.until_all_is_confirmed().await;
        if let Disk::Memory(_) = self.disk {
            self.until_all_is_noted().await;
        }
    }

    async fn until_all_is_confirmed(&self) {
        let confirmed = self.api.until("everything confirmed", |world| {
            world.updates.all_confirmed().then_some(())
        });
        confirmed.await.unwrap();
    }

    /// Waits until the disk holds nothing that is still to be sent: then there are no writes to come. A disk rings no bell, so this
    /// looks again and again; and only a disk in memory can be looked at while the bot runs.
    async fn until_all_is_noted(&self) {
        let noted = async {
            let waiting = || self.disk.open(&self.secret).unwrap().outbox().unwrap();
            while !waiting().pending.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        timeout(REAL_PATIENCE, noted)
            .await
            .expect("an empty outbox");
    }

    /// Waits until the bot has decided on everything that came in before and everything that is due, whether or not it can send it.
    pub async fn come_round(&mut self) {
        // The bot asks for updates in their order; but a call from the observer may overtake somebody else's.
        if self.way() == Way::Webhook {
            self.until_all_is_confirmed().await;
        }
        if self.patience < BETWEEN_ANSWERS {
            self.clock.advance(BETWEEN_ANSWERS);
        }
        let languages = self.languages();
        let sticker = languages.of(None).texts.error.sticker.as_str();
        let observer = self.observer.as_ref().expect("a running bot");
        observer.sends(Content::Sticker("🙂".to_owned()));
        observer.expects(sticker).await;
    }

    /// Waits until the store does not open any more. When this was asked before, it has opened in between.
    pub async fn until_the_store_fails(&mut self) {
        let before = self.failed_after;
        let fails = |now: &Opened| now.fails && now.times > before;
        self.failed_after = self.until_opening(fails).await.times;
    }

    /// The power comes back, until this write if one is named. Waits until the bot has opened the store again.
    pub async fn power_comes_back(&self, until: Option<CrashPoint>) {
        let before = self.opened.borrow().times;
        self.engine().restore_power_until(until);
        self.until_opening(|now| now.times > before).await;
    }

    /// Waits until this came of opening the store, and lets time pass meanwhile: how long the bot waits between its tries, and whether it does so already,
    /// nobody sees.
    async fn until_opening(&self, found: impl Fn(&Opened) -> bool) -> Opened {
        let mut opened = self.opened.subscribe();
        let comes = async {
            loop {
                let soon = timeout(SOON, opened.wait_for(&found));
                if let Ok(now) = soon.await {
                    return *now.unwrap();
                }
                self.clock.advance(LONGEST_WAIT);
            }
        };
        timeout(REAL_PATIENCE, comes)
            .await
            .expect("what comes of opening the store")
    }

    /// Waits until the bot's line for the log says this. Its counts ring no bell, so this looks again and again.
    pub async fn counts(&self, what: &str) {
        let tally = self.tally();
        let counted = async {
            while !tally.to_string().contains(what) {
                tokio::task::yield_now().await;
            }
        };
        let counted = timeout(REAL_PATIENCE, counted).await;
        assert!(counted.is_ok(), "expected {what:?}, found {tally}");
    }

    /// Lets time pass in steps until something is found in the Bot API: for waits of the bot that nobody sees begin. Between the steps
    /// another program calls the Bot API, so that the bot too gets around to it.
    pub async fn passes(&self, step: Duration, found: impl Fn(&demo::World) -> bool) {
        let passed = async {
            while !self.api.look(&found) {
                self.clock.advance(step);
                self.calls("getMe").await;
            }
        };
        timeout(REAL_PATIENCE, passed)
            .await
            .expect("what is waited for");
    }
}
