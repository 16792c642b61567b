//! Killed in the middle of what takes several steps: a backup, a change of the root secret, erasing everything of a parent, wrapping the
//! keys anew, copying the journal. It is killed instead of, after, or halfway through a call by which it changes a file: at each of them where
//! everything is tried, and at a sample otherwise.

use std::os::unix::process::ExitStatusExt;

use rand::{rngs::ChaCha8Rng, seq::IndexedRandom};
use tokio::io::{AsyncBufReadExt, BufReader};
use voel_eerst::{
    conversation::Journal,
    parent::{ChatId, Parent},
    store::{RootSecret, Store},
};

use super::{
    faults::{Faults, Strike, calls},
    parents::chance,
    *,
};

/// Everything that the program does with a file of its store.
pub(super) const STORE: &str = "voel-eerst-data/";

/// Who lives in a store that was not made by a conversation.
const STRANGERS: std::ops::RangeInclusive<i64> = 1..=40;

/// Where to kill, of so many calls: all places, or some.
pub(super) fn places(of: u32, some: usize, chance: &mut ChaCha8Rng) -> Vec<(Strike, u32)> {
    assert!(of > 3, "only {of} calls");
    let strikes = [Strike::KillBefore, Strike::KillHalfway, Strike::KillAfter];
    let numbers = 1..=of;
    let all: Vec<_> = numbers
        .flat_map(|number| strikes.map(|strike| (strike, number)))
        .collect();
    if is_thorough() {
        return all;
    }
    all.sample(chance, some).copied().collect()
}

/// A home with a store of many parents, and a plan of what goes wrong.
fn filled() -> Option<(Home, Faults)> {
    let home = Home::new();
    let faults = Faults::new(home.path("faults"))?;
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in STRANGERS.map(ChatId) {
        let id = draft.parent_id(chat);
        draft.put_parent(id, Parent::stranger(chat)).unwrap();
    }
    store.commit(draft).unwrap();
    Some((home, faults))
}

/// All of them are in this store.
fn all_there(home: &Home, store: &Path) {
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(store, &secret).unwrap();
    for chat in STRANGERS.map(ChatId) {
        let mut draft = store.draft();
        let id = draft.parent_id(chat);
        assert!(draft.parent(id).unwrap().is_some());
    }
}

/// The program with these arguments, under the plan.
fn planned(home: &Home, faults: &Faults, args: &[&str]) -> Command {
    let mut command = home.command(args);
    faults.under(&mut command);
    command
}

/// It was killed by the plan, or the plan's place was not reached and all went well.
#[track_caller]
fn was_killed(ended: &Ended) -> bool {
    let killed = ended.status.signal() == Some(9);
    assert!(killed || ended.status.success(), "{ended}");
    killed
}

async fn succeeds(command: &mut Command) {
    let done = run(command).await;
    assert!(done.status.success(), "{done}");
}

/// The files in a folder whose names end like this.
fn found(home: &Home, dir: &str, ending: &str) -> Vec<String> {
    let dir = home.path(dir);
    let all = if dir.exists() {
        files(&dir)
    } else {
        Vec::new()
    };
    let paths = all
        .into_iter()
        .map(|(path, _)| path.to_str().unwrap().to_owned());
    paths.filter(|path| path.ends_with(ending)).collect()
}

/// Restores the one backup in these folders.
async fn restore(home: &Home, entries: &str, keys: &str, more: &[&str]) -> PathBuf {
    let new = home.path("restored");
    let half = |dir| found(home, dir, ".vbk").pop().expect("a backup");
    let (entries, keys) = (half(entries), half(keys));
    let args = ["store", "restore", &entries, &keys, "--store", "restored"];
    succeeds(&mut home.command(&[&args[..], more].concat())).await;
    new
}

#[tokio::test]
async fn killed_at_any_call_of_a_backup() {
    let Some((home, faults)) = filled() else {
        return;
    };
    let args = ["store", "backup", "entries", "--keyring-dir", "keys"];
    let everything = format!("{}/", home.0.path().display());
    faults.count(calls::ALL, &everything);
    succeeds(&mut planned(&home, &faults, &args)).await;
    let places = places(faults.seen(), 5, &mut chance(11));
    let mut killed = 0;
    for (strike, number) in &places {
        for dir in ["entries", "keys", "restored"] {
            let _ = fs::remove_dir_all(home.path(dir));
        }
        faults.plan(*strike, calls::ALL, &everything, *number);
        killed += u32::from(was_killed(&run(&mut planned(&home, &faults, &args)).await));
        faults.nothing();
        let halves = ["entries", "keys"];
        let there = halves.map(|half| !found(&home, half, ".vbk").is_empty());
        for (half, _) in halves.iter().zip(there).filter(|(_, there)| *there) {
            // A half that has its name is whole.
            succeeds(&mut home.command(&["store", "verify", half])).await;
        }
        if there == [true; 2] {
            let restored = restore(&home, "entries", "keys", &[]).await;
            all_there(&home, &restored);
            fs::remove_dir_all(restored).unwrap();
        }
        for half in halves {
            let _ = fs::remove_dir_all(home.path(half));
        }
        succeeds(&mut home.command(&args)).await;
        assert_eq!(found(&home, "entries", ".partial"), [""; 0]);
        all_there(&home, &restore(&home, "entries", "keys", &[]).await);
        all_there(&home, &home.store());
    }
    say(format_args!(
        "backup: killed {killed} times of {}",
        places.len()
    ));
}

#[tokio::test]
async fn killed_at_any_call_of_a_change_of_the_root_secret() {
    let Some((home, faults)) = filled() else {
        return;
    };
    let everything = format!("{}/", home.0.path().display());
    let old = home.path("voel-eerst.key.old");
    let args = ["store", "rekey"];
    faults.count(calls::ALL, &everything);
    succeeds(&mut planned(&home, &faults, &args)).await;
    let places = places(faults.seen(), 6, &mut chance(12));
    let mut killed = 0;
    for (strike, number) in &places {
        let _ = fs::remove_file(&old);
        faults.plan(*strike, calls::ALL, &everything, *number);
        let ended = run(&mut planned(&home, &faults, &args)).await;
        killed += u32::from(was_killed(&ended));
        faults.nothing();
        let _ = fs::remove_file(&old);
        succeeds(&mut home.command(&args)).await;
        all_there(&home, &home.store());
    }
    say(format_args!(
        "rekey: killed {killed} times of {}",
        places.len()
    ));
}

/// Starts the bot again and again with something that it does for its store at the start, says so with `line`, and is killed at.
async fn killed_during_upkeep(prepare: impl Fn(&Home, &Faults, i64), line: &str, stream: u64) {
    let Some((home, faults)) = filled() else {
        return;
    };
    let telegram = Telegram::serve().await;
    let bot = || faults.bot(&home, &telegram).spawn().unwrap();
    // The first life wraps the keys anew, whatever else is to be done.
    let mut first = bot();
    assert!(logs(&mut first, "the parents' keys are wrapped anew").await);
    // After an end in peace a file more would be a file that the last run did not leave behind.
    first.kill().await.unwrap();

    let mut round = 1;
    let mut life = async |strike, number| {
        round += 1;
        prepare(&home, &faults, round);
        faults.plan(strike, calls::ALL, STORE, number);
        let mut bot = bot();
        let done = logs(&mut bot, line).await;
        let seen = faults.seen();
        faults.nothing();
        let _ = bot.kill().await;
        let _ = fs::remove_file(padding(&home));
        let copy = home.path("copy");
        copy_folder(&home.store(), &copy);
        all_there(&home, &copy);
        fs::remove_dir_all(copy).unwrap();
        (done, seen)
    };
    let (done, of) = life(Strike::Fail, 0).await;
    assert!(done, "it was not done");
    let places = places(of, 8, &mut chance(stream));
    let mut killed = 0;
    for (strike, number) in &places {
        killed += u32::from(!life(*strike, *number).await.0);
    }
    // Whatever was left behind, the next time it is done.
    assert!(life(Strike::Fail, 0).await.0);
    assert!(killed > 0);
    say(format_args!(
        "{line}: killed {killed} times of {}, at {of} calls",
        places.len()
    ));
}

#[tokio::test]
async fn killed_while_the_keys_are_wrapped_anew() {
    let later = |_: &Home, faults: &Faults, round| faults.move_clock(round * 13 * 60 * 60);
    killed_during_upkeep(later, "the parents' keys are wrapped anew", 13).await;
}

#[tokio::test]
async fn killed_while_the_journal_is_copied() {
    let outgrown = |home: &Home, _: &Faults, _| {
        // As if sled had left so much behind: it takes no room, and nobody reads it.
        let file = fs::File::create(padding(home)).unwrap();
        file.set_len(65 << 20).unwrap();
    };
    killed_during_upkeep(outgrown, "the journal takes no more room than it needs", 14).await;
}

/// A file in the journal that only makes it large.
fn padding(home: &Home) -> PathBuf {
    let of = |path: &Path| {
        path.extension()
            .and_then(|number| number.to_str()?.parse().ok())
    };
    let found = fs::read_dir(home.store()).unwrap();
    let paths = found.map(|found| found.unwrap().path());
    let complete = paths.filter(|path| path.join("complete").exists());
    let latest = complete.max_by_key(|path| of(path).unwrap_or(0_u32));
    latest
        .unwrap_or(home.store().join("journal"))
        .join("padding")
}

/// Whether the program logs this before it ends.
pub(super) async fn logs(bot: &mut Child, words: &str) -> bool {
    let mut lines = BufReader::new(bot.stderr.take().unwrap()).lines();
    let logged = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(words) {
                return true;
            }
        }
        false
    };
    timeout(PATIENCE, logged)
        .await
        .expect("a line of the log, or the end")
}

#[tokio::test]
async fn killed_at_any_call_of_erasing() {
    let home = Home::new();
    let Some(faults) = Faults::new(home.path("faults")) else {
        return;
    };
    let telegram = Telegram::serve().await;
    let bot = || faults.bot(&home, &telegram).spawn().unwrap();
    let mut running = bot();
    // One to count, one who stays, and one for each place.
    let some = if is_thorough() { 60 } else { 5 };
    let chats: Vec<ChatId> = (0..some + 2)
        .map(|number| ChatId(8_000_000_000 + number))
        .collect();
    for chat in &chats {
        people::begin(&telegram.api, *chat).await;
        let said = people::say(&telegram.api, *chat, "wat er was");
        people::kept(&telegram.api, *chat, said).await;
    }
    telegram.all_confirmed().await;
    let args = ["store", "backup", "entries", "--keyring-dir", "keys"];
    succeeds(&mut home.command(&args)).await;

    let (stays, rest) = chats.split_first().unwrap();
    let (counted, victims) = rest.split_first().unwrap();
    asks_to_erase(&telegram, *counted).await;
    faults.count(calls::ALL, STORE);
    confirms(&telegram, *counted).await;
    telegram.all_confirmed().await;
    let places = places(faults.seen(), victims.len(), &mut chance(15));
    let mut killed = 0;
    for (chat, (strike, number)) in victims.iter().zip(&places) {
        asks_to_erase(&telegram, *chat).await;
        faults.plan(*strike, calls::ALL, STORE, *number);
        confirms(&telegram, *chat).await;
        tokio::select! {
            _ = running.wait() => killed += 1,
            () = telegram.all_confirmed() => {}
        }
        faults.nothing();
        let _ = running.kill().await;
        let begun = telegram.now();
        running = bot();
        at_work(&telegram, &mut running, begun).await;
        telegram.all_confirmed().await;
    }
    end_in_peace(running).await;
    let erased = &rest[..=victims.len().min(places.len())];
    let gone = |store: &Path| {
        assert_eq!(words(&home, store, *stays), ["wat er was"]);
        for chat in erased {
            assert_eq!(words(&home, store, *chat), [""; 0]);
        }
    };
    gone(&home.store());
    let log = ["--erasures", "voel-eerst-data"];
    gone(&restore(&home, "entries", "keys", &log).await);
    assert!(killed > 0);
    say(format_args!(
        "erasing: killed {killed} times of {}",
        places.len()
    ));
}

/// Asks to erase everything, up to the question whether they mean it.
async fn asks_to_erase(telegram: &Telegram, parent: ChatId) {
    let texts = &people::LIBRARY.texts.erase;
    people::say(&telegram.api, parent, "/wis");
    people::tap(&telegram.api, parent, texts.btn_all.as_str()).await;
    let confirm = texts.btn_confirm.as_str();
    telegram
        .api
        .until("the question whether they mean it", |world| {
            let last = world.chat(parent)?.last_from_bot()?;
            last.button(confirm).map(drop)
        })
        .await
        .unwrap();
    telegram.all_confirmed().await;
}

async fn confirms(telegram: &Telegram, parent: ChatId) {
    let texts = &people::LIBRARY.texts.erase;
    people::tap(&telegram.api, parent, texts.btn_confirm.as_str()).await;
}

/// What a parent wrote, as it is in a store.
pub(super) fn words(home: &Home, store: &Path, parent: ChatId) -> Vec<String> {
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(store, &secret).unwrap();
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(parent)).unwrap();
    let entries = journal.older(None, usize::MAX).unwrap();
    let parts = entries.iter().flat_map(|entry| &entry.parts);
    parts.map(|part| part.words.reveal().to_owned()).collect()
}
