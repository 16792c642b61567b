//! Files that were torn, cut off or overwritten, at any byte of any file of the store: it opens and everything is there, or it says what
//! is wrong and leaves all files as they are. What of that is found only when it is read stands in `folder.rs`.
//!
//! `VOEL_EERST_DAMAGE_PLACES` says at how many places of each file each kind of damage is done.

use std::{collections::BTreeMap, env};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::*;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    /// It ends at this byte.
    Cut,
    /// From this byte on a page of it was never written: zeros to the next multiple of 4,096.
    Torn,
    /// One bit of this byte is another.
    Flipped,
    /// 512 bytes from here on are anything.
    Garbage,
}

const KINDS: [Damage; 4] = [Damage::Cut, Damage::Torn, Damage::Flipped, Damage::Garbage];

impl Damage {
    fn of(self, good: &[u8], at: usize, chance: &mut ChaCha8Rng) -> Vec<u8> {
        let mut bytes = good.to_vec();
        let to = |end: usize| at..end.min(good.len());
        match self {
            Self::Cut => bytes.truncate(at),
            Self::Torn => bytes[to((at / 4_096 + 1) * 4_096)].fill(0),
            Self::Flipped => bytes[at] ^= 1 << chance.random_range(0..8),
            Self::Garbage => chance.fill(&mut bytes[to(at + 512)]),
        }
        bytes
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// It opened, and everything was there.
    Whole,
    /// It was refused in one sentence, and no file was changed.
    Refused,
    /// It opened, something said that it cannot be read, and all the rest was there.
    SaidWhenRead,
}

const CHATS: std::ops::Range<i64> = 1..7;
const FORGOTTEN: i64 = 4;

/// A store with all the files that there are, as a process leaves it that is killed, and one that ends.
fn lives(dir: &Path) -> [(&'static str, PathBuf); 2] {
    let (clean, killed) = (dir.join("clean"), dir.join("killed"));
    for chat in CHATS {
        // Several lives, so that sled has a snapshot and a log behind it.
        let store = Store::open(&clean, &secret()).unwrap();
        write_parent(&store, chat);
        if chat == 5 {
            commit(&store, |draft| {
                let id = draft.parent_id(ChatId(FORGOTTEN));
                draft.forget(id).unwrap();
            });
            let upkeep = store.begin_epoch_now();
            while !upkeep.step().unwrap() {}
        }
        if chat == 6 {
            copy_folder(&clean, &killed);
        }
    }
    [("clean", clean), ("killed", killed)]
}

impl Store {
    /// Upkeep that wraps all keys anew.
    fn begin_epoch_now(&self) -> Upkeep {
        self.begin_epoch(&secret().derive(), at(9)).unwrap()
    }
}

/// Reads everything. `Err` names what is silently missing or wrong.
fn read(store: &Store) -> Result<Came, String> {
    let mut came = Came::Whole;
    for chat in CHATS.filter(|chat| *chat != FORGOTTEN) {
        let mut draft = store.draft();
        let id = draft.parent_id(ChatId(chat));
        let record = draft.parent(id);
        let journal = draft.journal(id);
        let found = journal.and_then(|journal| journal.older(None, usize::MAX));
        match (record, found) {
            (Ok(Some(_)), Ok(found)) if found == [entry(1, &["rust"])] => {}
            (Ok(record), Ok(found)) => {
                return Err(format!("{chat}: record {record:?}, entries {found:?}"));
            }
            (Err(_), _) | (_, Err(_)) => came = Came::SaidWhenRead,
        }
    }
    let gone = store.draft().parent(store.parent_id(ChatId(FORGOTTEN)));
    match gone {
        Ok(None) => {}
        Ok(Some(_)) => return Err("who was forgotten is back".to_owned()),
        Err(_) => came = Came::SaidWhenRead,
    }
    match store.outbox() {
        Ok(outbox) if outbox.unreadable.is_empty() && outbox.pending.len() == 5 => {}
        Ok(outbox) if outbox.unreadable.len() + outbox.pending.len() == 5 => {
            came = Came::SaidWhenRead;
        }
        Ok(outbox) => return Err(format!("{} letters", outbox.pending.len())),
        Err(_) => came = Came::SaidWhenRead,
    }
    Ok(came)
}

/// What comes of opening a store with a damaged file. `Err` is what must never be.
fn what_comes(dir: &Path) -> Result<Came, String> {
    let before = files(dir);
    let open = || Store::open_with_patience(dir, &secret(), Duration::ZERO);
    let store = match open() {
        Ok(store) => store,
        Err(error) => {
            let sentence = error.to_string();
            if files(dir) != before {
                return Err(format!("refusing changed files: {sentence}"));
            }
            if let OpenError::Locked(_) | OpenError::MissingKey(_) = error {
                return Err(format!("not what is the matter: {sentence}"));
            }
            return Ok(Came::Refused);
        }
    };
    let came = read(&store)?;
    if came == Came::Whole {
        // Life goes on, and what is written now is there too.
        write_parent(&store, 99);
        drop(store);
        let store = open().map_err(|error| format!("the next time: {error}"))?;
        let again = read_but(&store, 99)?;
        return Ok(again);
    }
    Ok(came)
}

/// As [`read`], where one more parent has written.
fn read_but(store: &Store, chat: i64) -> Result<Came, String> {
    let id = store.parent_id(ChatId(chat));
    if entries(&store.draft(), id) != [entry(1, &["rust"])] {
        return Err("what was written afterwards is gone".to_owned());
    }
    commit(store, |draft| draft.forget(id)).map_err(|error| error.to_string())?;
    read(store)
}

#[test]
#[allow(clippy::print_stdout, reason = "figures are for whoever runs the test")]
fn damage_at_any_byte_of_any_file_is_refused_or_costs_nothing_in_silence() {
    let places = env::var("VOEL_EERST_DAMAGE_PLACES").map_or(5, |places| places.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let mut seen: BTreeMap<(&str, String, Damage, Came), u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    let tried = dir.path().join("tried");
    for (life, folder) in lives(dir.path()) {
        let good = files(&folder);
        for (path, bytes) in &good {
            let name = path.strip_prefix(&folder).unwrap();
            let used = bytes
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |at| at + 1);
            for damage in KINDS {
                for place in 0..places.min(used) {
                    let at = match place {
                        0 => 0,
                        1 => used - 1,
                        _ => chance.random_range(0..used),
                    };
                    copy_folder(&folder, &tried);
                    fs::write(tried.join(name), damage.of(bytes, at, &mut chance)).unwrap();
                    match what_comes(&tried) {
                        Ok(came) => {
                            // sled names its snapshots after a position.
                            let name = name.to_str().unwrap();
                            let name = name.split("snap.").next().unwrap();
                            *seen
                                .entry((life, name.to_owned(), damage, came))
                                .or_default() += 1;
                        }
                        Err(what) => wrong.push(format!("{life} {name:?} {damage:?} {at}: {what}")),
                    }
                    fs::remove_dir_all(&tried).unwrap();
                }
            }
        }
    }
    for ((life, name, damage, came), times) in &seen {
        println!("{life} {name} {damage:?}: {came:?} {times} times");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The table means something: damage to the log and to the keyring is found.
    let refused = |wanted: &str| {
        let names = seen
            .keys()
            .filter(|(_, name, _, came)| name == wanted && *came == Came::Refused);
        names.count()
    };
    assert!(
        refused("journal/db") >= 6 && refused("keyring") >= 6,
        "{seen:?}"
    );
}
