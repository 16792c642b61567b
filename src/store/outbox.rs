//! The outbox: messages that are decided on and not yet sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    codec,
    draft::Draft,
    engine::{Order, Row},
    error::DraftError,
    layout::{self, KeyRange, ParentId, Seq},
    record::{OUTGOING, Sealed},
};
use crate::{
    conversation::{Outgoing, Unreadable},
    parent::ChatId,
};

/// How many rows of the outbox are held in memory at once while it is searched.
const AT_ONCE: usize = 256;

/// A message of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its number: messages go out in this order within a chat.
    pub seq: Seq,
    /// For whom.
    pub parent: ParentId,
    /// Where to.
    pub chat: ChatId,
    /// What.
    pub outgoing: Outgoing,
    /// Whether it was claimed before: it may have been sent.
    pub claimed: bool,
}

/// Everything in the outbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    /// What can be sent, in order.
    pub pending: Vec<Pending>,
    /// What cannot be read, and why. These rows stay in the store, and must not keep the others from being sent.
    pub unreadable: Vec<(Seq, Unreadable)>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Queued<T> {
    chat: ChatId,
    outgoing: T,
}

impl Draft {
    /// Puts a message at the end of the outbox.
    ///
    /// # Errors
    /// When there is no record of the parent, or the message cannot be sealed.
    pub fn queue(
        &mut self,
        parent: ParentId,
        chat: ChatId,
        outgoing: &Outgoing,
    ) -> Result<Seq, DraftError> {
        let seal_key = self.key_to_seal(parent)?;
        let seq = Seq(self.next_seq);
        let plain = codec::encode(OUTGOING.name, &Queued { chat, outgoing })?;
        self.put_sealed(
            &OUTGOING,
            &layout::outgoing(seq),
            &parent.0,
            &seal_key,
            &plain,
            0,
        )?;
        self.next_seq += 1;
        Ok(seq)
    }

    /// A message of the outbox; `None` when it is not there, or nobody's any more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn queued(&mut self, seq: Seq) -> Result<Option<Pending>, Unreadable> {
        let key = layout::outgoing(seq);
        match self.get(&key)? {
            Some(row) => self.pending(seq, &key, &row),
            None => Ok(None),
        }
    }

    /// Takes a message out of the outbox, with its claim. Says whether it was there; does nothing when it was not.
    ///
    /// # Errors
    /// When it cannot be found out whether it is there.
    pub fn unqueue(&mut self, seq: Seq) -> Result<bool, Unreadable> {
        let key = layout::outgoing(seq);
        let Some(row) = self.get(&key)? else {
            return Ok(false);
        };
        self.remove_sealed(&key, &row);
        let claim = layout::claim(seq);
        if self.get(&claim)?.is_some() {
            self.batch.remove(claim);
        }
        Ok(true)
    }

    /// Lets a message of the outbox expire at this moment, if it does not do so earlier.
    ///
    /// # Errors
    /// When its parent has no key, or it cannot be sealed.
    pub(super) fn let_expire(
        &mut self,
        pending: &Pending,
        at: Timestamp,
    ) -> Result<(), DraftError> {
        let mut pending = pending.clone();
        let expires = &mut pending.outgoing.expires;
        *expires = Some(expires.map_or(at, |expires| expires.min(at)));
        self.put_back(&pending)
    }

    /// Puts a message in its place in the outbox, under the key that its parent has now, and claimed if it was.
    ///
    /// # Errors
    /// When its parent has no key, or it cannot be sealed.
    pub(super) fn put_back(&mut self, pending: &Pending) -> Result<(), DraftError> {
        let seal_key = self.key_to_seal(pending.parent)?;
        let (chat, outgoing) = (pending.chat, &pending.outgoing);
        let plain = codec::encode(OUTGOING.name, &Queued { chat, outgoing })?;
        let key = layout::outgoing(pending.seq);
        self.replace_sealed(&OUTGOING, &key, &pending.parent.0, &seal_key, &plain)?;
        if pending.claimed {
            self.claim(pending.seq)?;
        }
        Ok(())
    }

    /// Notes that a message is about to be sent. Says whether it is in the outbox; does nothing when it is not.
    ///
    /// # Errors
    /// When it cannot be found out whether it is there.
    pub fn claim(&mut self, seq: Seq) -> Result<bool, Unreadable> {
        let queued = self.get(&layout::outgoing(seq))?.is_some();
        if queued {
            self.batch.put(layout::claim(seq), vec![codec::VERSION]);
        }
        Ok(queued)
    }

    /// Takes a claim back: the message certainly was not sent. Does nothing when there is none.
    pub fn unclaim(&mut self, seq: Seq) {
        self.batch.remove(layout::claim(seq));
    }

    /// Everything in the outbox that is anybody's: when the power went after a parent's key was destroyed, their rows go with the rest of theirs.
    ///
    /// # Errors
    /// When the rows cannot be listed. A row that does not open is no error, see [`Outbox::unreadable`].
    pub fn outbox(&mut self) -> Result<Outbox, Unreadable> {
        let mut outbox = Outbox::default();
        let mut rest = layout::outbox();
        loop {
            let rows = self.next_rows(&mut rest)?;
            if rows.is_empty() {
                return Ok(outbox);
            }
            for (key, row) in rows {
                let seq = layout::seq_of(&key)?;
                match self.pending(seq, &key, &row) {
                    Ok(pending) => outbox.pending.extend(pending),
                    Err(reason) => outbox.unreadable.push((seq, reason)),
                }
            }
        }
    }

    /// The numbers of what is queued for a parent. Reads the whole outbox, which is short: what is in it is about to be sent.
    pub(super) fn queued_for(&self, parent: ParentId) -> Result<Vec<Seq>, Unreadable> {
        let mut found = Vec::new();
        let mut rest = layout::outbox();
        loop {
            let rows = self.next_rows(&mut rest)?;
            if rows.is_empty() {
                return Ok(found);
            }
            for (key, row) in rows {
                // A row of another format cannot be told to be this parent's, and must not keep a parent from being forgotten.
                if Sealed::parse(&OUTGOING, &row).is_ok_and(|sealed| sealed.head == parent.0) {
                    found.push(layout::seq_of(&key)?);
                }
            }
        }
    }

    /// Takes what is queued for a parent and [shows their words](Outgoing::quotes) out of the outbox. Returns the numbers.
    ///
    /// # Errors
    /// When the outbox cannot be listed. A message that cannot be read is not sent either, and stays.
    pub fn unqueue_quoting(&mut self, parent: ParentId) -> Result<Vec<Seq>, Unreadable> {
        let mut gone = Vec::new();
        for queued in self.letters_for(parent)? {
            if queued.outgoing.quotes {
                self.unqueue(queued.seq)?;
                gone.push(queued.seq);
            }
        }
        Ok(gone)
    }

    /// What is queued for a parent, but for what cannot be read.
    pub(super) fn letters_for(&mut self, parent: ParentId) -> Result<Vec<Pending>, Unreadable> {
        let mut letters = Vec::new();
        for seq in self.queued_for(parent)? {
            letters.extend(self.queued(seq).ok().flatten());
        }
        Ok(letters)
    }

    /// A message by its row; `None` when its parent has no key.
    fn pending(&mut self, seq: Seq, key: &[u8], row: &[u8]) -> Result<Option<Pending>, Unreadable> {
        let sealed = Sealed::parse(&OUTGOING, row)?;
        let parent =
            sealed.head.try_into().map(ParentId).map_err(|_| {
                Unreadable(format!("{}: the head has a wrong length", OUTGOING.name))
            })?;
        let Some(seal_key) = self.key_to_open(parent)? else {
            return Ok(None);
        };
        let Queued { chat, outgoing } = self.unseal(&OUTGOING, key, &sealed, &seal_key)?;
        Ok(Some(Pending {
            seq,
            parent,
            chat,
            outgoing,
            claimed: self.get(&layout::claim(seq))?.is_some(),
        }))
    }

    /// The first rows of the range, which then begins after them.
    fn next_rows(&self, rest: &mut KeyRange) -> Result<Vec<Row>, Unreadable> {
        let rows = self.scan(rest, Order::Ascending, AT_ONCE)?;
        if let Some((last, _)) = rows.last() {
            rest.from = [last.as_slice(), &[0]].concat();
        }
        Ok(rows)
    }
}
