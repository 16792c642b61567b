//! What is known from outside: what was said, what was decided, what arrived. The invariants hold the bot against it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use voel_eerst::{
    conversation::{Class, Effect, Outcome, Purpose},
    parent::{ChatId, MessageId, Onboarding, Parent},
    service::sender::Letter,
    store::Seq,
};

use super::prompts::{Key, Prompts};

/// Everything that is known.
#[derive(Default)]
pub struct Ledger {
    /// Letters that were decided and have not come to their end.
    pub letters: BTreeMap<Seq, Known>,
    /// How many of them each chat has.
    waiting: BTreeMap<ChatId, u32>,
    /// Scheduled prompts.
    pub prompts: Prompts,
    /// How often each parent has begun anew. What was said and planned in an earlier life is gone.
    pub lives: BTreeMap<ChatId, u32>,
    /// The newest keyboard of each record.
    pub keyboards: BTreeMap<ChatId, u32>,
    /// What parents sent.
    pub said: BTreeMap<(ChatId, MessageId), Said>,
    /// By the number in each text: who sent it, in which message.
    pub marks: BTreeMap<u32, (ChatId, MessageId)>,
    /// Taps that wait for their answer.
    pub taps: BTreeMap<String, Tapped>,
    /// When something was last done in a chat.
    pub heard: BTreeMap<ChatId, Duration>,
    /// When each of the last calls began.
    pub starts: VecDeque<Duration>,
    /// When the last message to a chat began.
    pub messages: BTreeMap<ChatId, Duration>,
    /// Prompts in doubt, as far as this side knows.
    pub in_doubt: u64,
    /// How often the clock was set.
    pub clock_set: u32,
    /// How often the rules of each parent's zone changed.
    pub rules_changed: BTreeMap<ChatId, u32>,
}

/// A letter.
#[derive(Clone, Debug)]
pub struct Known {
    pub chat: ChatId,
    pub class: Class,
    /// The scheduled prompt that it is.
    pub prompt: Option<(Key, Timestamp)>,
    /// Whether a chat counts it as a message.
    pub is_message: bool,
    /// It brings a file, which may take minutes.
    pub is_file: bool,
    /// When it was decided.
    pub at: Duration,
    /// How many letters for the same chat were waiting then.
    pub behind: u32,
    /// By which clock and which rules it was decided.
    pub decided_by: DecidedBy,
    pub claimed: bool,
    /// The tap that it answers.
    pub tap: Option<String>,
}

/// Something that a parent sent.
#[derive(Clone, Debug)]
pub struct Said {
    pub at: Duration,
    pub life: u32,
    /// What it said, and what it was changed into.
    pub versions: Vec<String>,
    /// It has to be kept: the parent had agreed to that, and nothing else was asked for.
    pub keeps: bool,
    /// It was decided, for all this side knows.
    pub handled: bool,
    /// It was erased.
    pub erased: bool,
    /// No answer can be expected.
    pub excused: bool,
}

/// A tap that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Tapped {
    pub chat: ChatId,
    pub life: u32,
    pub at: Duration,
    pub excused: bool,
}

/// By which clock and which rules something was decided. Moments of one clock and the same rules can be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecidedBy {
    /// [`Ledger::clock_set`] by then.
    pub clock_set: u32,
    /// [`Ledger::rules_changed`] by then.
    pub rules_changed: u32,
}

/// A prompt that arrived, with its moment, and by what that was decided.
pub type Arrived = (Key, Timestamp, DecidedBy);

/// What happened in one step.
#[derive(Default)]
pub struct Step {
    /// Chats whose record may have changed, and what it is now.
    pub touched: BTreeMap<ChatId, Option<Arc<Parent>>>,
    /// What was decided.
    pub decided: Vec<(Seq, Known)>,
    /// Calls that began, with what they are for.
    pub began: Vec<Known>,
    /// Prompts that arrived.
    pub arrived: Vec<Arrived>,
    /// Letters that came to their end.
    pub ended: Vec<Known>,
    /// What parents sent that Telegram now takes for delivered.
    pub confirmed: Vec<(ChatId, MessageId)>,
}

/// A text like no other.
pub fn marked(mark: u32) -> String {
    format!("Het was vandaag iets rustiger dan gisteren (nr {mark}).")
}

/// The number in a text of [`marked`].
pub fn mark_in(words: &str) -> Option<u32> {
    let (_, rest) = words.split_once("(nr ")?;
    rest.split_once(')')?.0.parse().ok()
}

impl Ledger {
    /// In which life a parent is.
    pub fn life(&self, chat: ChatId) -> u32 {
        self.lives.get(&chat).copied().unwrap_or_default()
    }

    /// What there is to know of a letter.
    pub fn know(&self, letter: &Letter, uptime: Duration) -> Known {
        let chat = letter.chat;
        let prompt = match &letter.outgoing.purpose {
            Purpose::Prompt {
                planned: Some(planned),
                ..
            } => {
                let key = Key {
                    chat,
                    life: self.life(chat),
                    date: planned.date,
                    slot: planned.slot,
                };
                Some((key, planned.at))
            }
            _ => None,
        };
        let effect = &letter.outgoing.effect;
        Known {
            chat,
            class: letter.outgoing.class,
            prompt,
            is_message: effect.is_message(),
            is_file: effect.is_file(),
            at: uptime,
            behind: self.waiting.get(&chat).copied().unwrap_or_default(),
            decided_by: DecidedBy {
                clock_set: self.clock_set,
                rules_changed: self.rules_changed.get(&chat).copied().unwrap_or_default(),
            },
            claimed: letter.claimed,
            tap: match effect {
                Effect::Answer { tap, .. } => Some(tap.clone()),
                _ => None,
            },
        }
    }

    /// A letter was decided.
    pub fn waits(&mut self, seq: Seq, known: Known) {
        *self.waiting.entry(known.chat).or_default() += 1;
        self.letters.insert(seq, known);
    }

    /// A letter is out of the outbox.
    pub fn ends(&mut self, seq: Seq, outcome: Option<Outcome>) -> Option<Known> {
        let known = self.letters.remove(&seq)?;
        if let Some(waiting) = self.waiting.get_mut(&known.chat) {
            *waiting -= 1;
        }
        if let Some((key, _)) = known.prompt {
            self.prompts.end(key, outcome);
        }
        // After some seconds Telegram takes no answer to a tap any more, so it is not sent then.
        if outcome == Some(Outcome::Expired)
            && let Some(tap) = &known.tap
        {
            self.taps.remove(tap);
        }
        if outcome == Some(Outcome::InDoubt) {
            self.in_doubt += u64::from(known.prompt.is_some());
            if known.prompt.is_none() {
                self.excuse(known.chat);
            }
        }
        Some(known)
    }

    /// What a parent sent so far need not be answered any more: they blocked the bot, or an answer was in doubt too often.
    pub fn excuse(&mut self, chat: ChatId) {
        let range = (chat, MessageId(0))..=(chat, MessageId(i32::MAX));
        for (_, said) in self.said.range_mut(range) {
            said.excused = true;
        }
        for tapped in self.taps.values_mut() {
            tapped.excused |= tapped.chat == chat;
        }
    }

    /// What a parent sent.
    pub fn said_by(&self, chat: ChatId) -> impl DoubleEndedIterator<Item = (MessageId, &Said)> {
        let range = (chat, MessageId(0))..=(chat, MessageId(i32::MAX));
        self.said
            .range(range)
            .map(|((_, message), said)| (*message, said))
    }

    /// Notes that a call begins, and forgets those of more than a second before.
    pub fn begins(&mut self, uptime: Duration) {
        self.starts.push_back(uptime);
        while let Some(first) = self.starts.front()
            && *first + Duration::from_secs(1) <= uptime
        {
            self.starts.pop_front();
        }
    }

    /// Sees a parent's record. Notes when they have begun anew: everything of before is erased then. Says whether they have.
    pub fn sees(&mut self, chat: ChatId, record: Option<&Parent>) -> bool {
        let somebody = record.filter(|it| !it.passing && it.onboarding != Onboarding::Stranger);
        let keyboard = somebody.map(|it| it.keyboard);
        let before = match keyboard {
            Some(keyboard) => self.keyboards.insert(chat, keyboard),
            None => self.keyboards.remove(&chat),
        };
        // A record only ever counts its keyboards up.
        let anew = before.is_some_and(|before| keyboard.is_none_or(|now| now < before));
        if anew {
            *self.lives.entry(chat).or_default() += 1;
        }
        anew
    }
}
