//! The files of a backup, as somebody may hand them to `store verify` and `store restore`.
//!
//! The first byte says which half the input is made into: its rows, its header, or the whole file as it is. Hashes are put right, so that what
//! lies behind them is reached too. What is accepted has the rows that it says.

use std::{fs, path::PathBuf, sync::LazyLock};

use tempfile::TempDir;
use voel_eerst::store::{BackupStep, Good, Made, Places, RootSecret, verify};

use super::town;

struct Folder {
    dir: TempDir,
    made: Made,
}

/// A backup of the town, and room for a file beside it.
static FOLDER: LazyLock<Folder> = LazyLock::new(|| {
    let dir = TempDir::new().expect("a folder");
    let (_, store) = town::on_a_disk();
    let places = Places::new(dir.path().join("backups"), None);
    let now = "2028-03-02T12:00:00Z".parse().expect("a moment");
    let mut backup = store.begin_backup(&places, now).expect("a backup");
    let made = loop {
        match backup.step().expect("a step") {
            BackupStep::More(more) => backup = *more,
            BackupStep::Made(made) => break made,
        }
    };
    Folder { dir, made }
});

const HEADER: usize = 72;

pub fn hold(bytes: &[u8]) {
    let Some((what, content)) = bytes.split_first() else {
        return;
    };
    let secret = RootSecret::from_hex(&"5e".repeat(32)).unwrap();
    let (path, file) = match what % 4 {
        0 => ("entries.vbk", with_rows(1, content)),
        1 => ("keyring.vbk", with_rows(2, content)),
        2 => ("header.vbk", with_header(content)),
        _ => ("as-it-is.vbk", content.to_vec()),
    };
    let path = FOLDER.dir.path().join(path);
    fs::write(&path, file).unwrap();
    match verify(std::slice::from_ref(&path), None, &mut |_, _| {}) {
        Ok(good) => {
            let [Good::Half(_, _, rows)] = good.as_slice() else {
                panic!("one half expected, found {good:?}");
            };
            assert!(*rows <= content.len() as u64);
        }
        Err(error) => is_clear(&error.to_string()),
    }
    // As the other half of a good backup, it is not taken for what it is not.
    let pair: Vec<PathBuf> = match what % 4 {
        1 => vec![FOLDER.made.entries.clone(), path],
        _ => vec![path, FOLDER.made.keyring.clone()],
    };
    match verify(&pair, Some(&secret), &mut |_, _| {}) {
        // Whoever has the file as it was made has a backup; two of the same half are none.
        Ok(good) => {
            let is_backup = good.iter().any(|it| matches!(it, Good::Backup(..)));
            assert!(!is_backup || content.len() > 500, "{good:?}");
        }
        Err(error) => is_clear(&error.to_string()),
    }
}

/// A file with this header, the input as its only chunk, and the right hashes.
fn with_rows(half: u32, rows: &[u8]) -> Vec<u8> {
    let other = match half {
        1 => &FOLDER.made.keyring,
        _ => &FOLDER.made.entries,
    };
    // Of the same store and backup as the other half.
    let mut file = fs::read(other).unwrap()[..HEADER].to_vec();
    file[12..16].copy_from_slice(&half.to_be_bytes());
    check(&mut file);
    if !rows.is_empty() {
        let length = u32::try_from(rows.len()).unwrap();
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(rows);
        check(&mut file);
    }
    file.extend_from_slice(&[0; 4]);
    file.extend_from_slice(&1_u64.to_be_bytes());
    file.extend_from_slice(&count(rows).to_be_bytes());
    check(&mut file);
    file
}

/// A file that begins as the input does, with the right hash behind it, and nothing in it.
fn with_header(content: &[u8]) -> Vec<u8> {
    let mut file = b"VEbackup".to_vec();
    file.extend_from_slice(content);
    file.resize(HEADER, 0);
    check(&mut file);
    file.extend_from_slice(&[0; 20]);
    check(&mut file);
    file
}

fn check(file: &mut Vec<u8>) {
    let hash = *blake3::hash(file).as_bytes();
    file.extend_from_slice(&hash);
}

/// How many rows there are, as docs/backup.md says what a row is.
fn count(mut rows: &[u8]) -> u64 {
    let mut count = 0;
    while let Some((length, rest)) = rows.split_first_chunk::<2>() {
        let Some(rest) = rest.get(usize::from(u16::from_be_bytes(*length))..) else {
            break;
        };
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            break;
        };
        let length = match u32::from_be_bytes(*length) {
            u32::MAX => 0,
            length => length as usize,
        };
        let Some(rest) = rest.get(length..) else {
            break;
        };
        (rows, count) = (rest, count + 1);
    }
    count
}

fn is_clear(said: &str) {
    assert!((10..1_000).contains(&said.len()), "{said}");
    assert!(!said.contains(town::MARK), "{said}");
}
