//! Sending, and fetching what parents say, and nothing else: what to send and what becomes of it is the heart's business.
//!
//! The heart gives letters; the sender says for which of them it needs a claim on disk before they go out, and how each of them ended.
//! [`queue`] decides which letter goes out when, and this file makes the calls.

mod breaker;
mod fetching;
mod flood;
mod lane;
mod pace;
pub mod queue;
mod verdict;

use std::{collections::HashMap, future, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{self, JoinError, JoinSet},
};

use super::{
    Clock, Documents, Tally,
    trouble::{Trouble, advice},
};
use crate::{
    conversation::{Class, Effect, Outcome, Outgoing, Purpose},
    parent::{ChatId, MessageId},
    store::Seq,
    telegram::{CallError, Telegram},
};
pub use fetching::Fetched;
use fetching::Fetching;
use queue::{Call, Queue, Time};

/// Something to do in a chat, as it lies in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Its number.
    pub seq: Seq,
    /// Where it goes.
    pub chat: ChatId,
    /// What to do.
    pub outgoing: Outgoing,
    /// It was claimed by an earlier process, which may or may not have sent it.
    pub claimed: bool,
}

impl Letter {
    /// Whether a parent waits for it who just did something, and for nothing else. What only brings something here answers nobody, and a file may be on its way for minutes because it
    /// is large: that is no slow answer.
    pub fn is_answer(&self) -> bool {
        let effect = &self.outgoing.effect;
        self.outgoing.class == Class::Interactive
            && !matches!(effect, Effect::Fetch(_))
            && !effect.is_file()
    }
}

/// Which letter it is, as far as the heart has to know: so it need not open the outbox to hear what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Its number.
    pub seq: Seq,
    /// Where it goes.
    pub chat: ChatId,
    /// Why.
    pub purpose: Purpose,
}

/// What the heart tells the sender.
#[derive(Debug, PartialEq)]
pub enum ToSender {
    /// New letters, in order; at the start, all that lie in the outbox. No letter twice.
    Queue(Vec<Letter>),
    /// These claims are durable.
    Claimed(Vec<Seq>),
    /// These letters are in the outbox no more, and are not to go out. Nothing is to be reported of them.
    Withdrawn(Vec<Seq>),
}

/// What the sender tells the heart.
#[derive(Debug, PartialEq)]
pub enum Report {
    /// These letters need a claim on disk before they can go out; answered with [`ToSender::Claimed`], or with [`ToSender::Withdrawn`].
    Claim(Vec<About>),
    /// These letters are claimed, and certainly did not go out before the end: the claims are given back.
    Unclaim(Vec<Seq>),
    /// How a letter ended. Once for each.
    Done(About, Outcome),
}

/// The ways to the heart.
pub struct ToHeart {
    /// What the sender says.
    pub reports: mpsc::UnboundedSender<Report>,
    /// What was fetched. Bounded: it may be large, and waits for the heart.
    pub fetched: mpsc::Sender<Fetched>,
}

/// How long stopping waits for calls that are out, in real time. Together with the heart's last commit this stays under the two seconds in which the
/// whole bot stops.
const LAST_CALLS: Duration = Duration::from_secs(1);

/// When a letter has met so much trouble, while all else goes well, the log says so.
const SAID_AT: u32 = 5;

/// When Telegram lets a chat wait for at least so long, the log says so.
const LONG_WAIT: Duration = Duration::from_secs(60);

/// Sends what comes from the heart until `stop` becomes true or the heart is gone.
///
/// Then nothing new goes out; what is out may still be answered for a moment, and is dropped after that: a letter without
/// [`Report::Done`] stays in the outbox. What was claimed and did not go out is given back, so that a restart takes no prompt for sent. How many letters the sender holds stands in [`Tally::waiting`].
pub async fn run(
    telegram: Arc<Telegram>,
    documents: Documents,
    clock: Clock,
    tally: Arc<Tally>,
    mut from_heart: mpsc::UnboundedReceiver<ToSender>,
    to_heart: ToHeart,
    mut stop: watch::Receiver<bool>,
) {
    let stop = async move { drop(stop.wait_for(|stop| *stop).await) };
    tokio::pin!(stop);
    let fetching = Fetching::new(
        Arc::clone(&telegram),
        clock.clone(),
        Arc::clone(&tally),
        to_heart.fetched,
    );
    let queue = Queue::new(telegram.rate());
    let mut sender = Sender {
        telegram,
        documents,
        clock,
        tally,
        to_heart: to_heart.reports,
        fetching,
        queue,
        trouble: Trouble::default(),
        calls: JoinSet::new(),
        out: HashMap::new(),
    };
    loop {
        let wake = sender.step();
        tokio::select! {
            biased;
            () = &mut stop => break,
            message = from_heart.recv() => match message {
                Some(message) => sender.take(message),
                None => break,
            },
            Some(ended) = sender.calls.join_next_with_id() => sender.ended(ended),
            Some(()) = sender.fetching.ended() => {}
            () = sleep_until(&sender.clock, wake) => {}
        }
    }
    let last_calls = async {
        while let Some(ended) = sender.calls.join_next_with_id().await {
            sender.ended(ended);
            sender.report();
        }
    };
    if tokio::time::timeout(LAST_CALLS, last_calls).await.is_err() {
        tracing::info!(
            calls = sender.calls.len(),
            "stopped before Telegram answered"
        );
    }
    let unsent = sender.queue.unsent_claims();
    if !unsent.is_empty() {
        // Without a heart nobody wants to know.
        let _ = sender.to_heart.send(Report::Unclaim(unsent));
    }
}

struct Sender {
    telegram: Arc<Telegram>,
    documents: Documents,
    clock: Clock,
    tally: Arc<Tally>,
    to_heart: mpsc::UnboundedSender<Report>,
    fetching: Fetching,
    queue: Queue,
    /// Telegram's trouble with everybody.
    trouble: Trouble,
    calls: JoinSet<Result<Option<MessageId>, CallError>>,
    /// Which letter each call is for.
    out: HashMap<task::Id, Seq>,
}

impl Sender {
    /// Makes the calls that have to be made now. Returns the uptime at which to look again.
    fn step(&mut self) -> Option<Duration> {
        let step = self.queue.step(Time {
            uptime: self.clock.uptime(),
            now: self.clock.now(),
        });
        for call in step.calls {
            let seq = call.seq;
            let perform = perform(Arc::clone(&self.telegram), self.documents.clone(), call);
            let handle = self.calls.spawn(perform);
            self.out.insert(handle.id(), seq);
        }
        self.report();
        step.wake
    }

    fn take(&mut self, message: ToSender) {
        match message {
            ToSender::Queue(letters) => {
                for letter in letters {
                    if let Effect::Fetch(fetch) = &letter.outgoing.effect {
                        let until = letter.outgoing.expires;
                        self.fetching.begin(letter.seq, fetch, until);
                    } else {
                        self.queue.push(letter);
                    }
                }
            }
            ToSender::Claimed(seqs) => self.queue.claimed(&seqs),
            ToSender::Withdrawn(seqs) => {
                self.tally.withdrawn(&seqs);
                self.queue.withdraw(&seqs);
                self.fetching.withdraw(&seqs);
            }
        }
    }

    fn ended(
        &mut self,
        ended: Result<(task::Id, Result<Option<MessageId>, CallError>), JoinError>,
    ) {
        let (id, result) = match ended {
            Ok(ended) => ended,
            // A letter over which the code stumbles must neither stop the others nor be tried for ever.
            Err(error) => {
                if error.is_panic() {
                    self.tally.panicked();
                }
                (error.id(), Err(CallError::Refused("the call panicked")))
            }
        };
        let Some(seq) = self.out.remove(&id) else {
            return;
        };
        let uptime = self.clock.uptime();
        let again = self.queue.answered(seq, result, uptime);
        if again.is_some() {
            self.tally.again();
        }
        if let Err(error) = result {
            tracing::debug!("a letter did not go out: {error}");
            if matches!(error, CallError::RetryAfter(_)) {
                self.tally.flooded();
            }
            self.say(error, again, uptime);
        }
        if !self.queue.is_in_trouble()
            && let Some(failures) = self.trouble.over()
        {
            tracing::info!(failures, "messages go out again");
        }
    }

    /// Says in the log what is the matter, once: with everybody, or with one chat.
    fn say(&mut self, error: CallError, again: Option<u32>, uptime: Duration) {
        if self.queue.is_in_trouble() {
            let (news, _) = self.trouble.met(error, uptime);
            if news {
                tracing::warn!("messages do not go out: {error}; {}", advice(error));
            }
        } else if let CallError::RetryAfter(wait) = error
            && wait >= LONG_WAIT
        {
            tracing::warn!(
                seconds = wait.as_secs(),
                "Telegram lets one chat wait; the others go on"
            );
        } else if again == Some(SAID_AT) {
            tracing::warn!("a message does not go out, the others do: {error}; trying again");
        }
    }

    fn report(&mut self) {
        for report in self.queue.reports() {
            if let Report::Done(letter, outcome) = &report {
                self.tally.ended(*outcome);
                self.tally
                    .answered(letter.seq, *outcome, self.clock.uptime());
            }
            // Without a heart nobody wants to know.
            let _ = self.to_heart.send(report);
        }
        let letters = self.queue.len() + self.fetching.len();
        self.tally.set_waiting(letters, self.queue.bulk());
    }
}

/// Makes a call; a document is made for it first, a picture is drawn, and a voice note is read.
async fn perform(
    telegram: Arc<Telegram>,
    documents: Documents,
    call: Call,
) -> Result<Option<MessageId>, CallError> {
    let chat = call.chat;
    match &call.effect {
        Effect::Document { document, caption } => match documents.make(chat, *document).await {
            Some(file) => telegram.send_file(chat, &file, caption.as_ref()).await,
            None => Err(CallError::Refused("the document could not be made")),
        },
        Effect::Picture { year } => match documents.draw(chat, *year).await {
            Some(picture) => telegram.send_picture(chat, picture).await,
            None => Err(CallError::Refused("the picture could not be drawn")),
        },
        Effect::Voice {
            entry,
            message,
            seconds,
        } => match documents.sound(chat, *entry, *message).await {
            Some(sound) => telegram.send_voice(chat, &sound, *seconds).await,
            None => Err(CallError::Refused("the voice note is not there any more")),
        },
        effect @ (Effect::Send { .. }
        | Effect::Edit { .. }
        | Effect::Buttons { .. }
        | Effect::Fetch(_)
        | Effect::Heart { .. }
        | Effect::Commands { .. }
        | Effect::Answer { .. }) => telegram.perform(chat, effect).await,
    }
}

async fn sleep_until(clock: &Clock, uptime: Option<Duration>) {
    match uptime {
        Some(uptime) => clock.sleep_until_uptime(uptime).await,
        None => future::pending().await,
    }
}

#[cfg(test)]
mod tests;
