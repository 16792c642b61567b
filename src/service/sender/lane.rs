//! One chat's letters, in the order in which they have to go.

use std::{
    collections::{HashSet, VecDeque, vec_deque},
    iter::Chain,
    time::Duration,
};

use jiff::Timestamp;

use super::{About, Letter, Seq};
use crate::{
    conversation::{Class, Outgoing},
    parent::ChatId,
};

/// A chat in which more answers wait than this is not one in which a parent waits for an answer.
const MANY: usize = 30;

/// A lane of a chat: what is said in it, or its files. A file of 20 MB may take minutes where the line is slow, and a parent who writes meanwhile, in need perhaps, must not
/// wait for it. So one letter of each may be out at once; both keep to the pace of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LaneId {
    /// The chat.
    pub(super) chat: ChatId,
    /// It is the lane of its files: documents, pictures, voice notes.
    pub(super) files: bool,
}

impl LaneId {
    /// The lane in which a letter goes.
    pub(super) fn of(letter: &Letter) -> Self {
        Self {
            chat: letter.chat,
            files: letter.outgoing.effect.is_file(),
        }
    }

    /// The other lane of the same chat.
    pub(super) fn other(self) -> Self {
        Self {
            files: !self.files,
            ..self
        }
    }
}

/// The letters that wait in one lane, and until when it has to wait.
///
/// An interactive letter overtakes the chat's bulk letters, as long as the bulk letter was not begun. A prompt may stand behind
/// thousands of others; a parent who taps a button meanwhile would wait for minutes. It does no harm: nothing a parent does can
/// refer to a message that was not sent yet. Once begun, a letter is finished first, however often it has to be tried.
#[derive(Debug, Default)]
pub(super) struct Lane {
    interactive: VecDeque<Waiting>,
    bulk: VecDeque<Waiting>,
    /// The class whose first letter was begun.
    begun: Option<Class>,
    /// Nothing goes out before this uptime: a back-off.
    pub(super) held: Duration,
    /// Nothing goes out in the chat before this uptime: Telegram's retry_after.
    pub(super) flooded: Duration,
    /// No new message in the chat before this uptime: one second after the last one was answered, or began.
    pub(super) next_message: Duration,
    /// Where the queue has put the lane.
    pub(super) place: Place,
    /// The turn that it had when it had to wait for the pace of the chat once more.
    pub(super) kept: Option<Turn>,
}

/// Since when a lane may go, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// [`Lane::urgency`] at the time.
    pub(super) urgency: Class,
    /// The lower ones first.
    pub(super) number: u64,
    /// The letter for which it is.
    pub(super) front: Seq,
}

/// Where a lane is: in at most one of the queue's sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Not put anywhere yet.
    #[default]
    Nowhere,
    /// Its front letter is out.
    Out,
    /// The claim of its front letter was asked for.
    Asked,
    /// Waits for this uptime.
    Timed(Duration),
    /// May go, when it is its turn.
    Ready(Turn),
    /// Could go, but has to be claimed first.
    Unclaimed(Seq),
    /// Empty, remembered until this uptime for the sake of the chat's pace.
    Resting(Duration),
}

/// A letter that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) seq: Seq,
    pub(super) outgoing: Outgoing,
    pub(super) claim: Claim,
    /// How often it went wrong in a way that is Telegram's or the network's.
    pub(super) troubles: u32,
    /// How many of these may have worked after all.
    pub(super) doubts: u32,
    /// It has gone out at least once.
    pub(super) begun: bool,
    /// It was withdrawn while it was out.
    pub(super) withdrawn: bool,
}

/// How far the claim of an at-most-once letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Needs none.
    Free,
    /// Has to be asked for.
    Wanted,
    /// Asked for: the heart is writing it down.
    Asked,
    /// Written down.
    Granted,
}

impl Lane {
    /// An empty lane of the same chat.
    pub(super) fn as_slow(&self) -> Self {
        Self {
            flooded: self.flooded,
            next_message: self.next_message,
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, letter: Letter) {
        let claim = if letter.outgoing.purpose.at_most_once() {
            Claim::Wanted
        } else {
            Claim::Free
        };
        let class = letter.outgoing.class;
        self.of(class).push_back(Waiting {
            seq: letter.seq,
            outgoing: letter.outgoing,
            claim,
            troubles: 0,
            doubts: 0,
            begun: false,
            withdrawn: false,
        });
    }

    /// The letter that is next, or out.
    pub(super) fn front(&self) -> Option<&Waiting> {
        match self.front_class()? {
            Class::Interactive => self.interactive.front(),
            Class::Bulk => self.bulk.front(),
        }
    }

    pub(super) fn front_mut(&mut self) -> Option<&mut Waiting> {
        let class = self.front_class()?;
        self.of(class).front_mut()
    }

    /// The first bulk letter: the only one that can be claimed.
    pub(super) fn bulk_front(&self) -> Option<&Waiting> {
        self.bulk.front()
    }

    /// The first bulk letter: the only one whose claim can be on its way.
    pub(super) fn bulk_front_mut(&mut self) -> Option<&mut Waiting> {
        self.bulk.front_mut()
    }

    /// Begins the front letter, or tries it again. From now on it stays in front.
    pub(super) fn begin(&mut self) {
        self.begun = self.front_class();
        if let Some(front) = self.front_mut() {
            front.begun = true;
        }
    }

    /// The front letter, which certainly did not go out, has to be claimed anew before it goes. Until then it is as if it had not been begun.
    pub(super) fn give_claim_back(&mut self) {
        if let Some(front) = self.front_mut() {
            front.claim = Claim::Wanted;
            front.begun = false;
            self.begun = None;
        }
    }

    /// Takes these letters out; one that is out is only marked.
    pub(super) fn withdraw(
        &mut self,
        seqs: &HashSet<Seq>,
    ) -> impl Iterator<Item = Waiting> + use<> {
        let front = self.front().map(|front| front.seq);
        let out = front.filter(|_| self.place == Place::Out);
        let mut gone = Vec::new();
        for letters in [&mut self.interactive, &mut self.bulk] {
            for letter in std::mem::take(letters) {
                match (seqs.contains(&letter.seq), out == Some(letter.seq)) {
                    (true, false) => gone.push(letter),
                    (withdrawn, _) => letters.push_back(Waiting {
                        withdrawn: letter.withdrawn || withdrawn,
                        ..letter
                    }),
                }
            }
        }
        if out.is_none() && gone.iter().any(|letter| Some(letter.seq) == front) {
            self.begun = None;
        }
        gone.into_iter()
    }

    /// Takes the front letter out: it came to its end.
    pub(super) fn take_front(&mut self) -> Option<Waiting> {
        let class = self.front_class()?;
        self.begun = None;
        self.of(class).pop_front()
    }

    /// Takes all letters out.
    pub(super) fn take_all(
        &mut self,
    ) -> Chain<vec_deque::IntoIter<Waiting>, vec_deque::IntoIter<Waiting>> {
        self.begun = None;
        let interactive = std::mem::take(&mut self.interactive);
        interactive
            .into_iter()
            .chain(std::mem::take(&mut self.bulk))
    }

    /// How soon it is this chat's turn: with many answers it takes turns with what the bot sends of its own accord, or nobody would get a prompt
    /// while one parent writes without end.
    pub(super) fn urgency(&self) -> Class {
        match self.front_class() {
            Some(Class::Interactive) if self.interactive.len() <= MANY => Class::Interactive,
            Some(Class::Interactive | Class::Bulk) | None => Class::Bulk,
        }
    }

    /// Whether it waits for its turn, and may keep it.
    pub(super) fn keeps_its_turn(&self) -> bool {
        match self.place {
            Place::Ready(turn) => self.may_keep(turn),
            Place::Nowhere
            | Place::Out
            | Place::Asked
            | Place::Timed(_)
            | Place::Unclaimed(_)
            | Place::Resting(_) => false,
        }
    }

    /// Whether a turn is still for the same letter, and as urgent.
    pub(super) fn may_keep(&self, turn: Turn) -> bool {
        let front = self.front().map(|front| front.seq);
        front == Some(turn.front) && turn.urgency == self.urgency()
    }

    /// The uptime from which on the front letter may go, as far as the chat is concerned.
    pub(super) fn not_before(&self) -> Duration {
        let held = self.held.max(self.flooded);
        match self.front() {
            Some(front) if front.outgoing.effect.is_message() => held.max(self.next_message),
            Some(_) | None => held,
        }
    }

    fn front_class(&self) -> Option<Class> {
        if let Some(class) = self.begun {
            Some(class)
        } else if !self.interactive.is_empty() {
            Some(Class::Interactive)
        } else if !self.bulk.is_empty() {
            Some(Class::Bulk)
        } else {
            None
        }
    }

    fn of(&mut self, class: Class) -> &mut VecDeque<Waiting> {
        match class {
            Class::Interactive => &mut self.interactive,
            Class::Bulk => &mut self.bulk,
        }
    }
}

impl Waiting {
    /// What the heart has to know of it, in this chat.
    pub(super) fn about(&self, chat: ChatId) -> About {
        About {
            seq: self.seq,
            chat,
            purpose: self.outgoing.purpose.clone(),
        }
    }

    /// [`Waiting::about`], at its end.
    pub(super) fn end(self, chat: ChatId) -> About {
        About {
            seq: self.seq,
            chat,
            purpose: self.outgoing.purpose,
        }
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.outgoing.expires.is_some_and(|expires| expires < now)
    }

    /// Whether it holds a place in the window of claims: asked for or granted, and not yet gone out.
    pub(super) fn holds_a_claim(&self) -> bool {
        match self.claim {
            Claim::Asked | Claim::Granted => !self.begun,
            Claim::Free | Claim::Wanted => false,
        }
    }
}
