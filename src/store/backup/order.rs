//! What has to be done in a store that comes out of a backup before a bot may run on it.

use std::sync::Arc;

use jiff::Timestamp;

use super::error::BackupError;
use crate::{
    conversation::{Entry, EntryId, JournalChange, MessageRef, Purpose, Unreadable},
    parent::{MessageId, Parent},
    store::{
        Store,
        draft::Draft,
        engine::Order,
        erasures::{Erased, Erasure},
        layout::{self, ParentId},
        record::{ENTRY, Sealed},
        seal::Key,
    },
};

/// How many parents go into one commit.
const AT_ONCE: usize = 64;

/// What was found and done.
#[derive(Default)]
pub(super) struct Ordered {
    pub parents: u64,
    /// Entries that were erased since, by themselves, whole or in part.
    pub erased: u64,
    pub unreadable: u64,
}

impl Store {
    /// Removes the rows of parents whose key is gone and the entries that were erased since, and makes the records go on in a later time than the backup's.
    pub(super) fn put_in_order(
        &self,
        erased: &Erased,
        begun: Timestamp,
    ) -> Result<Ordered, BackupError> {
        let mut ordered = Ordered::default();
        let mut rest = layout::parents();
        loop {
            let rows = self.0.engine.scan(&rest, Order::Ascending, AT_ONCE);
            let rows = rows.map_err(BackupError::store)?;
            let Some((last, _)) = rows.last() else { break };
            rest.from = [last.as_slice(), &[0]].concat();
            let mut draft = self.draft();
            for (key, _) in &rows {
                let id = layout::parent_of(key).map_err(BackupError::store)?;
                match draft.parent(id) {
                    Ok(Some(parent)) => {
                        ordered.parents += 1;
                        let parent = Arc::unwrap_or_clone(parent);
                        come_back(&mut draft, id, parent, erased, &mut ordered)
                            .map_err(BackupError::store)?;
                    }
                    Ok(None) => drop(draft.forget(id).map_err(BackupError::store)?),
                    Err(_) => ordered.unreadable += 1,
                }
            }
            self.commit(draft).map_err(BackupError::store)?;
        }
        self.let_letters_go(begun)?;
        Ok(ordered)
    }

    /// Nobody waits for an answer any more that was on its way then: it was sent long since, or comes out of the blue. The few letters that something hangs on end as expired, which goes the way that
    /// it goes in a running bot.
    fn let_letters_go(&self, begun: Timestamp) -> Result<(), BackupError> {
        let mut draft = self.draft();
        for pending in draft.outbox().map_err(BackupError::store)?.pending {
            match pending.outgoing.purpose {
                Purpose::Prompt { .. } | Purpose::Farewell => draft
                    .let_expire(&pending, begun)
                    .map_err(BackupError::store)?,
                Purpose::Plain
                | Purpose::FollowUp { .. }
                | Purpose::Menu { .. }
                | Purpose::LookBack { .. }
                | Purpose::Document { .. }
                | Purpose::Picture
                | Purpose::Voice
                | Purpose::Flow { .. }
                | Purpose::Later { .. }
                | Purpose::Kept => {
                    draft.unqueue(pending.seq).map_err(BackupError::store)?;
                }
            }
        }
        self.commit(draft).map_err(BackupError::store)
    }
}

fn come_back(
    draft: &mut Draft,
    id: ParentId,
    mut parent: Parent,
    erased: &Erased,
    ordered: &mut Ordered,
) -> Result<(), crate::store::DraftError> {
    let mut changes = Vec::new();
    for (number, gone) in erased_entries(draft, id, erased)? {
        ordered.erased += 1;
        match gone {
            Gone::Parts(messages) => {
                for message in messages {
                    changes.push(JournalChange::ErasePart(number, message));
                    changes.push(JournalChange::Unlink(message));
                }
            }
            Gone::Whole(entry) => {
                forget_entry(&mut parent, number, entry.as_ref(), &mut changes);
            }
        }
    }
    parent.come_back();
    draft.put_parent(id, parent)?;
    draft.apply(id, &changes)
}

/// What of an entry was erased since the backup.
enum Gone {
    /// All of it; `None` for an entry that does not open.
    Whole(Option<Entry>),
    /// What came in these messages.
    Parts(Vec<MessageId>),
}

/// The entries of this parent that were erased since the backup, or parts of which were.
fn erased_entries(
    draft: &mut Draft,
    id: ParentId,
    erased: &Erased,
) -> Result<Vec<(EntryId, Gone)>, Unreadable> {
    if erased.is_empty() {
        return Ok(Vec::new());
    }
    let Some(key) = draft.key_to_open(id)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut rest = layout::entries(id);
    loop {
        let rows = draft.scan(&rest, Order::Ascending, 256)?;
        let Some((last, _)) = rows.last() else {
            return Ok(found);
        };
        rest.from = [last.as_slice(), &[0]].concat();
        for (row_key, row) in &rows {
            let number = layout::entry_of(row_key)?;
            let sealed = Sealed::parse(&ENTRY, row);
            let entry = sealed.and_then(|sealed| draft.unseal(&ENTRY, row_key, &sealed, &key));
            let gone = gone(number, entry.ok(), &key, erased);
            found.extend(gone.map(|gone| (number, gone)));
        }
    }
}

/// What of this entry was erased; `None` for nothing. An entry may have been longer when parts of it were erased than it was in the backup: it is gone when none is left.
fn gone(number: EntryId, entry: Option<Entry>, key: &Key, erased: &Erased) -> Option<Gone> {
    if erased.contains(Erasure::of_entry(key, number)) {
        return Some(Gone::Whole(entry));
    }
    let entry = entry?;
    let messages = entry.parts.iter().map(|part| part.message);
    let is_gone = |message: &MessageId| erased.contains(Erasure::of_part(key, number, *message));
    let messages: Vec<MessageId> = messages.filter(is_gone).collect();
    if messages.is_empty() {
        None
    } else if messages.len() == entry.parts.len() {
        Some(Gone::Whole(Some(entry)))
    } else {
        Some(Gone::Parts(messages))
    }
}

/// The same as when the parent erased it, but for what stands in the chat.
fn forget_entry(
    parent: &mut Parent,
    number: EntryId,
    entry: Option<&Entry>,
    changes: &mut Vec<JournalChange>,
) {
    changes.push(JournalChange::Erase(number));
    let parts = entry.map_or(&[][..], |entry| &entry.parts);
    changes.extend(parts.iter().map(|part| JournalChange::Unlink(part.message)));
    let answered = parent.forget_entry(number.0);
    if let (Some(message), Some(prompt)) = (answered, entry.and_then(|entry| entry.prompt.clone()))
    {
        let open = MessageRef::Prompt {
            prompt,
            entry: None,
        };
        changes.push(JournalChange::Link(message, open));
    }
}
