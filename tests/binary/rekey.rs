//! `store rekey`: the root secret is changed, also when that is interrupted.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use tokio::time::sleep;
use voel_eerst::{
    parent::{ChatId, Parent},
    store::{RootSecret, Store},
};

use super::*;

/// A home with a store of many parents, so that the change takes a moment.
fn filled() -> Home {
    let home = Home::new();
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in (1..=PARENTS).map(ChatId) {
        let id = draft.parent_id(chat);
        draft.put_parent(id, Parent::stranger(chat)).unwrap();
    }
    store.commit(draft).unwrap();
    home
}

const PARENTS: i64 = 300;

fn all_there(home: &Home) {
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in (1..=PARENTS).map(ChatId) {
        let id = draft.parent_id(chat);
        assert!(draft.parent(id).unwrap().is_some());
    }
}

#[tokio::test]
async fn the_root_secret_is_changed_and_the_bot_goes_on() {
    let home = filled();
    let telegram = Telegram::serve().await;
    let before = fs::read(home.key_file()).unwrap();
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(Duration::ZERO).await;
    let refused = run(&mut home.command(&["store", "rekey"])).await;
    insta::assert_snapshot!(refused.refusal(), @"the store in voel-eerst-data is in use by another process: stop that one first, or name another folder");
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());

    let done = run(&mut home.command(&["store", "rekey"])).await;
    assert!(done.status.success(), "{done}");
    insta::assert_snapshot!(done.stdout.trim(), @"The store in voel-eerst-data opens with the new root secret in voel-eerst.key. The old one is in voel-eerst.key.old: backups from before open with it alone; remove it when the last of them is gone.");
    assert!(
        !done
            .stdout
            .contains(&String::from_utf8(fs::read(home.key_file()).unwrap()).unwrap())
    );
    assert_eq!(fs::read(home.path("voel-eerst.key.old")).unwrap(), before);
    all_there(&home);

    let since = telegram.now();
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram.polled_since(since).await;
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn a_secret_from_the_environment_is_changed_too() {
    let home = filled();
    let key = fs::read_to_string(home.key_file()).unwrap();
    fs::remove_file(home.key_file()).unwrap();
    let mut command = home.command(&["store", "rekey"]);
    let done = run(command.env("VOEL_EERST_KEY", key.trim())).await;
    insta::assert_snapshot!(done.stdout.trim(), @"The store in voel-eerst-data opens with the new root secret in voel-eerst.key.new: put it in VOEL_EERST_KEY and remove that file. Backups from before open with the old one alone; keep it until the last of them is gone.");
    fs::rename(home.path("voel-eerst.key.new"), home.key_file()).unwrap();
    all_there(&home);
}

#[tokio::test]
async fn killed_at_any_moment_it_is_done_by_running_it_again() {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let telegram = Telegram::serve().await;
    let home = filled();
    for _ in 0..12 {
        let mut rekey = home.command(&["store", "rekey"]).spawn().unwrap();
        sleep(Duration::from_micros(chance.random_range(0..60_000))).await;
        rekey.kill().await.unwrap();
        if home.path("voel-eerst.key.new").exists() {
            let ended = run(&mut home.bot(&telegram)).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(ended.refusal(), @"the change of the root secret was cut off, voel-eerst.key.new is still there: run voel-eerst store rekey again, and then start");
            }
        }
        let _ = fs::remove_file(home.path("voel-eerst.key.old"));
        let done = run(&mut home.command(&["store", "rekey"])).await;
        assert!(done.status.success(), "{done}");
        all_there(&home);
        fs::remove_file(home.path("voel-eerst.key.old")).unwrap();
    }
}
