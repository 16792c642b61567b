//! The heart and what feeds it: everything that waits, reads, writes or sends is started here.

mod accept;
pub mod backups;
pub mod checkup;
mod clock;
pub mod control;
mod documents;
pub mod folder;
mod heart;
mod introduce;
pub mod metrics;
pub mod receive;
mod reload;
pub mod sender;
pub mod status;
mod tally;
mod trouble;
mod vitals;
mod voice;

use std::{future, io, sync::Arc, thread, time::Duration};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};

pub use clock::Clock;
pub use documents::Documents;
pub use heart::{Heart, Inputs, Round, Stopped};
pub use reload::Reload;
pub use tally::Tally;
pub use vitals::{NotReady, QUIET, STUCK, Vitals};
pub use voice::Voice;

use crate::{
    conversation::{Effect, Keyboard, Unreadable},
    library::Text,
    parent::{ChatId, Words},
    store::{OpenError, Pending, Store},
    telegram::{CallError, Telegram},
};
use backups::Backups;
use receive::{Batch, Door, Way, poll, webhook};
use sender::{Letter, ToHeart, ToSender};
use trouble::{FIRST_WAIT, LONGEST_WAIT, Trouble, advice};

/// How many batches of updates may wait for the heart. A poll waits for its commit, so more than one only comes by webhook.
const BATCHES: usize = 64;

/// How many voice notes may wait for the heart.
const FETCHED: usize = 4;

/// How many wishes for a backup may wait: they are served one after the other.
const WISHES: usize = 4;

/// For so long at most, whoever just wrote is told that it could not be kept, before the store is opened again; and to so many at once. Telegram takes
/// 30 calls a second.
const TELLS_FOR: Duration = Duration::from_secs(10);
const TOLD_AT_ONCE: usize = 8;

/// Everything the bot runs with.
pub struct Service {
    /// Opens the store. Called at the start, and again after the store failed: what failed may have been the disk, and a
    /// store that failed takes no more writes until it has been opened anew.
    pub open_store: Box<dyn Fn() -> Result<Store, OpenError> + Send + Sync>,
    /// What the bot says. Another voice takes its place from the next round on.
    pub voice: watch::Sender<Voice>,
    /// The way to Telegram.
    pub telegram: Arc<Telegram>,
    /// How updates come in.
    pub way: Way,
    /// The time.
    pub clock: Clock,
    /// The backups that are made of its store.
    pub backups: Backups,
    /// The seed of every choice that is left to chance.
    pub seed: [u8; 32],
    /// What happened, in numbers.
    pub tally: Arc<Tally>,
    /// Where the heart says when the next planned moment comes.
    pub next_due: watch::Sender<Option<Timestamp>>,
}

/// Why the bot did not start, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store did not open.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The outbox cannot be listed.
    #[error("the store opened, but cannot be read ({0}); restore it from a backup")]
    Unreadable(#[from] Unreadable),
    /// Telegram does not know the token.
    #[error("Telegram does not know this token; copy it again from @BotFather into TELOXIDE_TOKEN")]
    WrongToken,
    /// The listener for webhooks does not work.
    #[error("the address for webhooks cannot be listened on ({0})")]
    Listener(io::Error),
}

impl Service {
    /// Runs until `stop` becomes true; then everything decided is on disk.
    ///
    /// # Errors
    /// When it cannot start: a store that does not open, a wrong token. Telegram's being away is waited out; and once it runs it goes on,
    /// whatever happens to the network, to Telegram or to the disk.
    pub async fn run(mut self, stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
        let way = std::mem::replace(&mut self.way, Way::Polling);
        let door = way.open().map_err(ServiceError::Listener)?;
        tracing::debug!("opening the store");
        let (mut store, mut letters) = self.open()?;
        if !self.is_known(&stop).await? {
            return Ok(());
        }
        let introducing = tokio::spawn(introduce::introduce(
            Arc::clone(&self.telegram),
            door.url().cloned(),
            self.voice.subscribe(),
            self.clock.clone(),
            Arc::clone(&self.tally),
        ));
        let owed: watch::Sender<Vec<ChatId>> = watch::Sender::default();
        let mut seed = ChaCha8Rng::from_seed(self.seed);
        let mut wait = FIRST_WAIT;
        let done = loop {
            let chance = ChaCha8Rng::from_rng(&mut seed);
            let begun = self.clock.uptime();
            match self
                .live(store, letters, &door, chance, owed.clone(), &stop)
                .await
            {
                Stopped::Asked => break Ok(()),
                Stopped::StoreFailed { reason, unsaved } => {
                    self.tally.store_failed();
                    tracing::error!(
                        "the store failed, nothing is confirmed until it takes writes again: {reason}"
                    );
                    owed.send_modify(|owed| owed.extend(unsaved.iter().map(|(chat, _)| *chat)));
                    self.say_not_saved(&unsaved, &stop).await;
                }
                Stopped::Stumbled => {
                    self.tally.panicked();
                    tracing::error!(
                        "a part of the bot stopped by itself, which is a mistake in the program: the store is opened anew, and nothing is lost"
                    );
                }
            }
            self.tally.vitals.store_closed();
            if self.clock.uptime().saturating_sub(begun) > LONGEST_WAIT {
                wait = FIRST_WAIT;
            }
            match self.open_again(&stop, &mut wait).await {
                Some(opened) => (store, letters) = opened,
                None => break Ok(()),
            }
            tracing::info!("the store takes writes again");
        };
        introducing.abort();
        tracing::info!("stopped: {}", self.tally);
        done
    }

    /// Waits until Telegram has said who the bot is; a machine may be up before its network. `false` when the bot is told to stop before.
    async fn is_known(&self, stop: &watch::Receiver<bool>) -> Result<bool, ServiceError> {
        let mut stop = stop.clone();
        let mut trouble = Trouble::default();
        loop {
            let me = tokio::select! {
                me = self.telegram.me() => me,
                _ = stop.wait_for(|stop| *stop) => return Ok(false),
            };
            let error = match me {
                Ok(me) => {
                    self.tally.vitals.telegram_knows();
                    tracing::info!(bot = me.username, "Telegram knows the bot");
                    return Ok(true);
                }
                Err(CallError::Unauthorized) => return Err(ServiceError::WrongToken),
                Err(error) => error,
            };
            let (news, wait) = trouble.met(error, self.clock.uptime());
            if news {
                tracing::warn!("the bot does not begin yet: {error}; {}", advice(error));
            }
            tokio::select! {
                () = self.clock.sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(false),
            }
        }
    }

    /// The store, and what lies in its outbox.
    fn open(&self) -> Result<(Store, Vec<Letter>), ServiceError> {
        let store = (self.open_store)()?;
        let letters = outbox(&store)?;
        self.tally.vitals.store_opened(store.counts());
        Ok((store, letters))
    }

    /// Receiving, deciding and sending on one opened store, until it fails or the bot is told to stop.
    async fn live(
        &self,
        store: Store,
        letters: Vec<Letter>,
        door: &Door,
        chance: ChaCha8Rng,
        owed: watch::Sender<Vec<ChatId>>,
        stop: &watch::Receiver<bool>,
    ) -> Stopped {
        let (to_heart, updates) = mpsc::channel(BATCHES);
        let (to_sender, from_heart) = mpsc::unbounded_channel();
        let (report, reports) = mpsc::unbounded_channel();
        let (fetch, fetched) = mpsc::channel(FETCHED);
        let _ = to_sender.send(ToSender::Queue(letters));

        let (shut, shutting) = watch::channel(false);
        let mut receiving = JoinSet::new();
        receiving.spawn(self.receive(door, to_heart, shutting));
        let (end, ended) = watch::channel(false);
        let mut parts = JoinSet::new();
        parts.spawn(sender::run(
            Arc::clone(&self.telegram),
            Documents::new(store.clone(), self.voice.subscribe(), self.clock.clone()),
            self.clock.clone(),
            Arc::clone(&self.tally),
            from_heart,
            ToHeart {
                reports: report,
                fetched: fetch,
            },
            ended.clone(),
        ));
        let (wish, wishes) = mpsc::channel(WISHES);
        let control = tokio::spawn(control::run(
            control::Door::open(store.dir()),
            Arc::clone(&self.tally),
            self.clock.clone(),
            wish,
        ));
        parts.spawn(backups::run(
            store.clone(),
            self.clock.clone(),
            self.backups.clone(),
            Arc::clone(&self.tally),
            wishes,
            ended,
        ));
        let voice = self.voice.subscribe();
        let heart = Heart::new(
            store,
            voice,
            self.clock.clone(),
            chance,
            Arc::clone(&self.tally),
            self.next_due.clone(),
            owed,
        );
        let inputs = Inputs {
            updates,
            reports,
            fetched,
        };
        let beating = on_own_thread(heart, inputs, to_sender);
        tokio::pin!(beating);

        let mut stop = stop.clone();
        let mut stumbled = false;
        let stopped = tokio::select! {
            stopped = &mut beating => Some(stopped),
            () = one_stumbles(&mut parts) => {
                stumbled = true;
                None
            }
            () = one_stumbles(&mut receiving) => {
                stumbled = true;
                None
            }
            _ = stop.wait_for(|stop| *stop) => None,
        };
        // First nothing new comes in, and what is in is confirmed; then nothing goes out; then what the sender still said is written down, and the
        // heart ends by itself.
        shut.send_replace(true);
        control.abort();
        let _ = control.await;
        stumbled |= has_stumbled(&mut receiving).await;
        end.send_replace(true);
        stumbled |= has_stumbled(&mut parts).await;
        let stopped = match stopped {
            Some(stopped) => stopped,
            None => beating.await,
        };
        match stopped {
            // The heart takes it for a stop when the sender is gone.
            Stopped::Asked if stumbled && !*stop.borrow() => Stopped::Stumbled,
            stopped => stopped,
        }
    }

    /// Takes updates to the heart until it is told to stop.
    fn receive(
        &self,
        door: &Door,
        to_heart: mpsc::Sender<Batch>,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (telegram, tally) = (Arc::clone(&self.telegram), Arc::clone(&self.tally));
        let (door, clock) = (door.clone(), self.clock.clone());
        let mut stopping = stop.clone();
        async move {
            match door {
                Door::Polling => poll::run(telegram, clock, tally, to_heart, stop).await,
                Door::Webhook { url, listener } => {
                    let waiting = tokio::select! {
                        waiting = webhook::waiting(&telegram) => waiting,
                        _ = stopping.wait_for(|stop| *stop) => return,
                    };
                    let entrance = webhook::Entrance::new(telegram, clock, tally, to_heart, stop);
                    let caught_up = entrance.clone().catch_up(waiting);
                    let arriving = webhook::run(listener, url.path(), entrance);
                    tokio::pin!(arriving);
                    tokio::select! {
                        () = &mut arriving => return,
                        () = caught_up => {}
                    }
                    arriving.await;
                }
            }
        }
    }

    /// Opens the store again, after a wait that grows from try to try. `None` when the bot is told to stop before it opens.
    async fn open_again(
        &self,
        stop: &watch::Receiver<bool>,
        wait: &mut Duration,
    ) -> Option<(Store, Vec<Letter>)> {
        let mut stop = stop.clone();
        let mut said = None;
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return None,
                () = self.clock.sleep(*wait) => {}
            }
            *wait = (*wait * 2).min(LONGEST_WAIT);
            match self.open() {
                Ok(opened) => return Some(opened),
                Err(error) => {
                    let why = error.to_string();
                    if said.as_ref() != Some(&why) {
                        tracing::error!("the store does not open, trying again: {why}");
                        said = Some(why);
                    }
                }
            }
        }
    }

    /// While nothing can be kept there is no outbox either: whoever wrote hears so at once, or not. The store is not opened before that, so it has an end.
    async fn say_not_saved(&self, chats: &[(ChatId, String)], stop: &watch::Receiver<bool>) {
        let languages = Arc::clone(&self.voice.borrow().languages);
        let say = async |(chat, language): &(ChatId, String)| {
            let library = languages.of(Some(language));
            let effect = said(&library.texts.error.not_saved);
            if let Err(error) = self.telegram.perform(*chat, &effect).await {
                tracing::warn!(
                    "somebody could not be told that nothing is kept right now: {error}"
                );
            }
        };
        let mut stop = stop.clone();
        tokio::select! {
            () = stream::iter(chats).for_each_concurrent(TOLD_AT_ONCE, say) => {}
            () = self.clock.sleep(TELLS_FOR) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

fn said(text: &Text) -> Effect {
    Effect::Send {
        text: Words::new(text.as_str()),
        keyboard: Keyboard::default(),
        silent: false,
        reply_to: None,
    }
}

/// What lies in the outbox, for the sender. A row that cannot be read must not keep the others from being sent.
fn outbox(store: &Store) -> Result<Vec<Letter>, Unreadable> {
    let outbox = store.outbox()?;
    for (_, reason) in &outbox.unreadable {
        tracing::error!("a message in the outbox cannot be read and stays there: {reason}");
    }
    let letter = |pending: Pending| Letter {
        seq: pending.seq,
        chat: pending.chat,
        outgoing: pending.outgoing,
        claimed: pending.claimed,
    };
    Ok(outbox.pending.into_iter().map(letter).collect())
}

/// The heart waits for the disk, so it has a thread of its own. One that gets none, or whose thread ends without a word, has stumbled.
async fn on_own_thread(
    heart: Heart,
    inputs: Inputs,
    to_sender: mpsc::UnboundedSender<ToSender>,
) -> Stopped {
    let (tell, told) = oneshot::channel();
    let runtime = Handle::current();
    let thread = thread::Builder::new()
        .name("heart".to_owned())
        .spawn(move || {
            let stopped = runtime.block_on(heart.run(inputs, to_sender));
            let _ = tell.send(stopped);
        });
    match thread {
        Ok(_) => told.await.unwrap_or(Stopped::Stumbled),
        Err(_) => Stopped::Stumbled,
    }
}

/// Comes when one of the parts has panicked. One that ended as it should is done.
async fn one_stumbles(parts: &mut JoinSet<()>) {
    while let Some(ended) = parts.join_next().await {
        if ended.is_err() {
            return;
        }
    }
    future::pending().await
}

/// Waits until all of these have ended. Whether one of them panicked.
async fn has_stumbled(parts: &mut JoinSet<()>) -> bool {
    let mut stumbled = false;
    while let Some(ended) = parts.join_next().await {
        stumbled |= ended.is_err();
    }
    stumbled
}
