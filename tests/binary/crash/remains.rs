//! A parent erases one answer. Its sealed bytes stay in the files of the journal, open to a key that stays, until the journal is copied: within a day, whatever
//! happens on the way.

use voel_eerst::parent::ChatId;

use super::{
    faults::{Faults, calls},
    jobs::{STORE, logs, places, words},
    parents::chance,
    *,
};

/// More seconds than an epoch has.
const HALF_A_DAY: i64 = 13 * 60 * 60;

/// What the program says when the journal was copied.
const COPIED: &str = "the journal takes no more room than it needs";

#[tokio::test]
async fn an_erased_answer_is_in_no_file_after_half_a_day_wherever_it_was_killed() {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let telegram = Telegram::serve().await;
    let bot = || faults.bot(&home, &telegram).spawn().unwrap();
    let first = bot();
    let [erases, stays] = [ChatId(8_000_000_000), ChatId(8_000_000_001)];
    says(&telegram, erases, "wat er was").await;
    let backup = ["store", "backup", "entries", "--keyring-dir", "keys"];
    let made = run(&mut home.command(&backup)).await;
    assert!(made.status.success(), "{made}");
    let answer = sealed_entry(&home.path("entries"));
    says(&telegram, stays, "wat blijft").await;
    erase_last(&telegram, erases).await;
    end_in_peace(first).await;
    assert!(is_in_a_file(&home, &answer));
    let erased = home.path("erased");
    copy_folder(&home.store(), &erased);

    let mut ahead = 0;
    let mut half_a_day_later = || {
        ahead += HALF_A_DAY;
        faults.move_clock(ahead);
        bot()
    };
    let mut counted = half_a_day_later();
    faults.count(calls::ALL, STORE);
    assert!(logs(&mut counted, COPIED).await);
    let of = faults.seen();
    counted.kill().await.unwrap();
    assert!(!is_in_a_file(&home, &answer));

    let places = places(of, 3, &mut chance(16));
    let (mut killed, mut left) = (0, 0);
    for (strike, number) in &places {
        fs::remove_dir_all(home.store()).unwrap();
        copy_folder(&erased, &home.store());
        let mut life = half_a_day_later();
        faults.plan(*strike, calls::ALL, STORE, *number);
        killed += u32::from(!logs(&mut life, COPIED).await);
        faults.nothing();
        let _ = life.kill().await;
        left += u32::from(is_in_a_file(&home, &answer));

        let begun = telegram.now();
        let mut next = half_a_day_later();
        at_work(&telegram, &mut next, begun).await;
        timeout(PATIENCE, is_gone(&home, &answer))
            .await
            .expect("the erased answer is in no file");
        end_in_peace(next).await;
        assert!(!is_in_a_file(&home, &answer));
        assert_eq!(words(&home, &home.store(), erases), [""; 0]);
        assert_eq!(words(&home, &home.store(), stays), ["wat blijft"]);
    }
    assert!(killed > 0);
    say(format_args!(
        "an erased answer: killed {killed} times of {}, at {of} calls; it was still there after {left}",
        places.len()
    ));
}

/// A new parent writes something, and it is kept.
async fn says(telegram: &Telegram, parent: ChatId, words: &str) {
    people::begin(&telegram.api, parent).await;
    let said = people::say(&telegram.api, parent, words);
    people::kept(&telegram.api, parent, said).await;
    telegram.all_confirmed().await;
}

async fn erase_last(telegram: &Telegram, parent: ChatId) {
    let texts = &people::LIBRARY.texts.erase;
    people::say(&telegram.api, parent, "/wis");
    people::tap(&telegram.api, parent, texts.btn_last.as_str()).await;
    people::tap(&telegram.api, parent, texts.btn_confirm.as_str()).await;
    let is_done = |world: &World| {
        let mut said = world.chat(parent)?.from_bot();
        said.any(|message| message.text() == texts.done_last.as_str())
            .then_some(())
    };
    telegram
        .api
        .until("that it is erased", is_done)
        .await
        .unwrap();
    telegram.all_confirmed().await;
}

/// The sealed bytes of the one journal entry in the one backup in this folder, as docs/backup.md says where they are.
fn sealed_entry(dir: &Path) -> Vec<u8> {
    let found = files(dir).into_iter();
    let mut backups = found.filter(|(path, _)| path.to_str().unwrap().ends_with("-entries.vbk"));
    let (_, bytes) = backups.next().expect("a backup");
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let mut rest = &bytes[104..];
    let mut entries = Vec::new();
    loop {
        let (length, behind) = rest.split_at(4);
        let (mut rows, behind) = behind.split_at(number(length));
        if rows.is_empty() {
            assert_eq!(entries.len(), 1);
            return entries.remove(0);
        }
        while !rows.is_empty() {
            let (length, behind) = rows.split_at(2);
            let (key, behind) = behind.split_at(number(length));
            let (length, behind) = behind.split_at(4);
            let (value, behind) = behind.split_at(number(length));
            if key[0] == b'e' {
                // In front are its version and how many rows it takes.
                entries.push(value[3..].to_vec());
            }
            rows = behind;
        }
        rest = &behind[32..];
    }
}

fn is_in_a_file(home: &Home, bytes: &[u8]) -> bool {
    holds(&home.store(), bytes).unwrap()
}

/// Whether a file below this folder holds these bytes.
fn holds(dir: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    for found in fs::read_dir(dir)? {
        let path = found?.path();
        let holds = if path.is_dir() {
            holds(&path, bytes)?
        } else {
            let file = if path.is_file() {
                fs::read(&path)?
            } else {
                Vec::new()
            };
            file.windows(bytes.len()).any(|part| part == bytes)
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Comes when no file of the store holds these bytes. Meanwhile files come and go.
async fn is_gone(home: &Home, bytes: &[u8]) {
    while holds(&home.store(), bytes).unwrap_or(true) {
        sleep(Duration::from_millis(50)).await;
    }
}
