//! What is looked at before a store is used: that engine and keyring are whole and belong together.

use std::path::Path;

use super::{
    Counts, Progress, codec,
    engine::{Batch, Engine, EngineError, Order},
    erasures::{self, Erasures},
    error::OpenError,
    keyring::{KeyFiles, Keyring},
    layout::{self, KeyRange},
};
use crate::conversation::Unreadable;

/// What an error calls the row with the totals.
pub(super) const COUNTS: &str = "totals";

/// How many records are in memory at once while they are counted.
const AT_ONCE: usize = 256;

/// Opens the log of erasures that belongs to this keyring. Changes nothing.
///
/// # Errors
/// When it cannot be read, or is of another store.
pub(super) fn erasures(
    keyring: &Keyring,
    files: Box<dyn KeyFiles>,
    dir: &Path,
) -> Result<Erasures, OpenError> {
    Erasures::open(files, keyring.store_id()).map_err(|error| {
        OpenError::access("read the log of erasures", &dir.join(erasures::FILE), error)
    })
}

/// Checks an opened engine against its keyring, or begins both when they are new.
pub(super) fn check(
    engine: &dyn Engine,
    keyring: &Keyring,
    path: &Path,
) -> Result<Progress, OpenError> {
    let failed = |EngineError(what)| OpenError::damaged(path, what);
    match engine.get(layout::STORE).map_err(failed)? {
        Some(row) => is_of(&row, keyring, path)?,
        None => begin(engine, keyring, path)?,
    }

    let read_count = |key: &[u8]| -> Result<u64, OpenError> {
        match engine.get(key).map_err(failed)? {
            Some(row) => count_of(&row).map_err(|Unreadable(what)| OpenError::damaged(path, what)),
            None => Ok(0),
        }
    };
    let slots = u32::try_from(read_count(layout::SLOTS)?).unwrap_or(u32::MAX);
    let whole = keyring
        .has_room_for(slots)
        .map_err(|error| OpenError::access("read the keyring", path, error))?;
    if !whole {
        return Err(OpenError::damaged(
            path,
            format!("the keyring is shorter than the {slots} keys that were written to it"),
        ));
    }
    let last_queued = engine
        .scan(&layout::outbox(), Order::Descending, 1)
        .map_err(failed)?;
    let next_seq = match last_queued.first() {
        Some((key, _)) => layout::seq_of(key)
            .map_err(|Unreadable(what)| OpenError::damaged(path, what))?
            .0
            .saturating_add(1),
        None => 1,
    };
    let (counts, counts_kept) = match engine.get(layout::COUNTS).map_err(failed)? {
        Some(row) => {
            let counts = codec::decode_row(COUNTS, &row);
            let counts = counts.map_err(|Unreadable(what)| OpenError::damaged(path, what))?;
            (counts, true)
        }
        None => (counts_of_older(engine).map_err(failed)?, false),
    };
    Ok(Progress {
        commits: read_count(layout::COMMITS)?,
        next_seq,
        counts,
        counts_kept,
        time: None,
        day: u32::try_from(read_count(layout::DAY)?)
            .ok()
            .filter(|day| *day > 0),
        first_due: None,
        broken: None,
    })
}

/// The totals of a store whose version kept none: its parents are counted this once, and the rest from now on.
fn counts_of_older(engine: &dyn Engine) -> Result<Counts, EngineError> {
    let mut counts = Counts::default();
    let mut rest = layout::parents();
    loop {
        let rows = engine.scan(&rest, Order::Ascending, AT_ONCE)?;
        let Some((last, _)) = rows.last() else {
            return Ok(counts);
        };
        rest.from = [last.as_slice(), &[0]].concat();
        counts.parents += rows.len() as u64;
    }
}

/// Whether the row that names the store names this keyring's.
fn is_of(row: &[u8], keyring: &Keyring, path: &Path) -> Result<(), OpenError> {
    match row.split_first() {
        Some((&codec::VERSION, id)) if id == keyring.store_id() => Ok(()),
        Some((&codec::VERSION, _)) => Err(OpenError::damaged(
            path,
            "the keyring belongs to another store than the journal",
        )),
        Some((&found, _)) if found > codec::VERSION => Err(OpenError::NewerVersion {
            path: path.to_owned(),
            found: found.into(),
            known: codec::VERSION.into(),
        }),
        Some(_) | None => Err(OpenError::damaged(
            path,
            "the row that names the store cannot be read",
        )),
    }
}

/// Begins a store: the journal gets the keyring's id. Only where neither holds anything yet.
fn begin(engine: &dyn Engine, keyring: &Keyring, path: &Path) -> Result<(), OpenError> {
    let failed = |EngineError(what)| OpenError::damaged(path, what);
    let found = engine
        .scan(&KeyRange::everything(), Order::Ascending, 1)
        .map_err(failed)?;
    if !found.is_empty() || keyring.slots() > 0 {
        return Err(OpenError::damaged(
            path,
            "the journal does not name the store it belongs to, and there are entries or keys already",
        ));
    }
    let mut batch = Batch::default();
    let mut row = vec![codec::VERSION];
    row.extend_from_slice(&keyring.store_id());
    batch.put(layout::STORE.to_vec(), row);
    engine.commit(&batch).map(drop).map_err(failed)
}

/// A number in clear.
pub(super) fn count(number: u64) -> Vec<u8> {
    [[codec::VERSION].as_slice(), &number.to_be_bytes()].concat()
}

fn count_of(row: &[u8]) -> Result<u64, Unreadable> {
    codec::versioned("count", row)?
        .try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| Unreadable("count: the value has a wrong length".to_owned()))
}
