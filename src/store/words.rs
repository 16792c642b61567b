//! Erasing all words of a parent, and nothing else.

use super::{
    draft::Draft,
    engine::Order,
    error::DraftError,
    layout::{self, ParentId, Seq},
    outbox::Pending,
    record::{REFERENCE, Sealed},
};
use crate::{
    conversation::{JournalChange, MessageRef, Unreadable},
    parent::Parent,
};

impl Draft {
    /// Erases all that a parent wrote or said, for good: the commit destroys the key that it is sealed under. Under a new key goes on what holds none of it: this record, what
    /// is known of the prompts in the chat, which have no answer now, and the letters that [hold no words](crate::conversation::Outgoing::holds_words). Returns the numbers of the
    /// other letters, which are gone.
    ///
    /// A reference or a letter that cannot be read goes too.
    ///
    /// # Errors
    /// When the rows cannot be listed, no key can be made, or something cannot be sealed.
    pub fn erase_words(&mut self, id: ParentId, parent: Parent) -> Result<Vec<Seq>, DraftError> {
        let prompts = self.prompts(id)?;
        let letters = self.letters_without_words(id)?;
        let mut gone = self.forget(id)?;
        gone.retain(|seq| letters.iter().all(|letter| letter.seq != *seq));
        self.put_parent(id, parent)?;
        self.apply(id, &prompts)?;
        for letter in &letters {
            self.put_back(letter)?;
        }
        Ok(gone)
    }

    /// What is known of the prompts in the chat, as to be written when no answer is left.
    fn prompts(&mut self, id: ParentId) -> Result<Vec<JournalChange>, Unreadable> {
        let Some(seal_key) = self.key_to_open(id)? else {
            return Ok(Vec::new());
        };
        let mut prompts = Vec::new();
        for (key, row) in self.scan(&layout::references(id), Order::Ascending, usize::MAX)? {
            let sealed = Sealed::parse(&REFERENCE, &row);
            let reference =
                sealed.and_then(|sealed| self.unseal(&REFERENCE, &key, &sealed, &seal_key));
            if let Some(prompt) = reference.ok().and_then(MessageRef::unanswered) {
                prompts.push(JournalChange::Link(layout::message_of(&key)?, prompt));
            }
        }
        Ok(prompts)
    }

    fn letters_without_words(&mut self, id: ParentId) -> Result<Vec<Pending>, Unreadable> {
        let mut letters = self.letters_for(id)?;
        letters.retain(|letter| !letter.outgoing.holds_words());
        Ok(letters)
    }
}
