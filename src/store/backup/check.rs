//! Whether every value in a store opens.

use super::{Heard, error::BackupError};
use crate::{
    conversation::{Entry, MessageRef, Unreadable},
    store::{
        Store, codec,
        draft::Draft,
        engine::{Order, Row},
        layout::{self, KeyRange},
        record::{ENTRY, Kind, REFERENCE, SOUND, Sealed},
    },
};

/// How many rows are looked at on one draft, which remembers the keys of their parents.
const AT_ONCE: usize = 256;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many parents there are.
    pub parents: u64,
    /// How many values opened.
    pub values: u64,
    /// How many did not, and why the first did not.
    pub unreadable: Option<(u64, String)>,
}

impl Checked {
    fn found(&mut self, value: Result<(), Unreadable>) {
        match (value, &mut self.unreadable) {
            (Ok(()), _) => self.values += 1,
            (Err(_), Some((count, _))) => *count += 1,
            (Err(Unreadable(first)), None) => self.unreadable = Some((1, first)),
        }
    }
}

impl Store {
    /// Opens every value there is. What a crash has left of a parent whose key is destroyed is nobody's, and is passed over.
    ///
    /// # Errors
    /// When rows cannot be listed.
    pub fn check(&self, heard: &mut Heard<'_>) -> Result<Checked, BackupError> {
        let mut checked = Checked::default();
        self.each(layout::parents(), heard, |draft, (key, _)| {
            let id = layout::parent_of(key)?;
            match draft.parent(id) {
                Ok(Some(parent)) => {
                    checked.parents += 1;
                    let planned = parent.due().is_none_or(|due| {
                        let row = draft.get(&layout::agenda(layout::DueSecond::of(due), id));
                        row.is_ok_and(|row| row.is_some())
                    });
                    let missing = || Unreadable("agenda: a parent's row is missing".to_owned());
                    checked.found(planned.then_some(()).ok_or_else(missing));
                }
                Ok(None) => {}
                Err(error) => checked.found(Err(error)),
            }
            Ok(())
        })?;
        let kinds: [(&[u8], &Kind, Decode); 3] = [
            (b"e", &ENTRY, |text| {
                codec::decode::<Entry>(ENTRY.name, text).map(drop)
            }),
            (b"v", &SOUND, |_| Ok(())),
            (b"r", &REFERENCE, |text| {
                codec::decode::<MessageRef>(REFERENCE.name, text).map(drop)
            }),
        ];
        for (letter, kind, decode) in kinds {
            self.each(KeyRange::prefix(letter), heard, |draft, (key, row)| {
                let read = match draft.key_to_open(layout::owner_of(key)?) {
                    // It is nobody's any more.
                    Ok(None) => return Ok(()),
                    Ok(Some(seal_key)) => Sealed::parse(kind, row)
                        .and_then(|sealed| draft.unseal_bytes(kind, key, &sealed, &seal_key))
                        .and_then(|text| decode(&text)),
                    Err(error) => Err(error),
                };
                checked.found(read);
                Ok(())
            })?;
        }
        self.each(layout::outbox(), heard, |draft, (key, _)| {
            let letter = draft.queued(layout::seq_of(key)?);
            checked.found(letter.map(drop));
            Ok(())
        })?;
        Ok(checked)
    }

    fn each(
        &self,
        mut rest: KeyRange,
        heard: &mut Heard<'_>,
        mut with: impl FnMut(&mut Draft, &Row) -> Result<(), Unreadable>,
    ) -> Result<(), BackupError> {
        loop {
            let rows = self.0.engine.scan(&rest, Order::Ascending, AT_ONCE);
            let rows = rows.map_err(BackupError::store)?;
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            rest.from = [last.as_slice(), &[0]].concat();
            let mut draft = self.draft();
            for row in &rows {
                with(&mut draft, row).map_err(BackupError::store)?;
            }
            heard("opening values", rows.len() as u64);
        }
    }
}

/// Reads what was opened.
type Decode = fn(&[u8]) -> Result<(), Unreadable>;
