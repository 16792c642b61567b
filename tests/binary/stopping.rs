//! SIGTERM and SIGINT end the program within two seconds, whatever it waits for, with everything written that was confirmed.

use voel_eerst::{
    conversation::Journal,
    demo::{Fault, Trouble},
    parent::ChatId,
    store::{RootSecret, Store},
};

use super::*;

const SAAR: ChatId = ChatId(7);

/// Sends the signal, and returns what is left when the process has ended in time.
async fn stopped(bot: Child, name: &str) -> Ended {
    signal(&bot, name).await;
    let ended = ended(bot).await;
    assert!(ended.status.success(), "{ended}");
    assert!(ended.took < Duration::from_secs(2), "{:?}", ended.took);
    ended
}

#[tokio::test]
async fn while_it_waits_for_updates() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    for name in ["TERM", "INT"] {
        let begun = telegram.now();
        let bot = home.bot(&telegram).spawn().unwrap();
        telegram.polled_since(begun).await;
        let ended = stopped(bot, name).await;
        assert!(ended.took < Duration::from_secs(1), "{:?}", ended.took);
        assert!(ended.stderr.contains("stopped: "), "{ended}");
    }
}

#[tokio::test]
async fn while_messages_are_out_and_parents_write() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let bot = home.bot(&telegram).spawn().unwrap();
    people::begin(&telegram.api, SAAR).await;
    telegram.all_confirmed().await;

    // No heart gets its answer any more.
    telegram.api.with(|world| {
        let held = Fault::on("setMessageReaction", Trouble::Slow);
        world.faults.add(held.always());
    });
    let said: Vec<String> = (0..30).map(|number| format!("regel {number}")).collect();
    for words in &said {
        people::say(&telegram.api, SAAR, words);
    }
    telegram
        .api
        .until("an answer that waits", |world| {
            (world.held() > 0).then_some(())
        })
        .await
        .unwrap();
    stopped(bot, "TERM").await;

    let confirmed = said.len() - telegram.api.look(|world| world.updates.unconfirmed());
    let kept = kept_words(&home);
    assert!(kept.len() >= confirmed, "{} of {confirmed}", kept.len());
    assert_eq!(kept, said[..kept.len()]);

    // What was not handled or not answered comes with the next start.
    telegram.api.with(|world| {
        world.faults.clear();
        world.release();
    });
    let bot = home.bot(&telegram).spawn().unwrap();
    let last = telegram.api.look(|world| {
        let messages = &world.chat(SAAR).unwrap().messages;
        let last = messages
            .values()
            .rfind(|message| message.text() == said[29]);
        last.unwrap().id
    });
    people::kept(&telegram.api, SAAR, last).await;
    stopped(bot, "INT").await;
    assert_eq!(kept_words(&home), said);
}

/// Saar's replies as they are in the store, oldest first.
fn kept_words(home: &Home) -> Vec<String> {
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(SAAR)).unwrap();
    let mut entries = journal.older(None, usize::MAX).unwrap();
    entries.reverse();
    let parts = entries.iter().flat_map(|entry| &entry.parts);
    parts.map(|part| part.words.reveal().to_owned()).collect()
}

#[tokio::test]
async fn while_telegram_does_not_answer() {
    for method in ["getMe", "deleteWebhook", "setMyCommands", "getUpdates"] {
        let home = Home::new();
        let telegram = Telegram::serve().await;
        telegram
            .api
            .with(|world| world.faults.add(Fault::on(method, Trouble::Slow).always()));
        // Whether it waits for an update or for its answer is the same to the bot.
        if method == "getUpdates" {
            telegram.api.with(|world| {
                world.add_user_numbered(SAAR, "Saar", None);
                world.press_start(SAAR).unwrap();
            });
        }
        let bot = home.bot(&telegram).spawn().unwrap();
        telegram
            .api
            .until(method, |world| (world.held() > 0).then_some(()))
            .await
            .unwrap();
        stopped(bot, "TERM").await;
    }
}

#[tokio::test]
async fn while_telegram_is_in_trouble() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    telegram.api.with(|world| {
        world
            .faults
            .add(Fault::on("getUpdates", Trouble::CutBefore).always());
    });
    let mut bot = home.bot(&telegram).spawn().unwrap();
    logged(&mut bot, "updates do not come in").await;
    stopped(bot, "TERM").await;
}

#[tokio::test]
async fn while_it_waits_for_a_store_that_is_in_use() {
    let home = Home::new();
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let telegram = Telegram::serve().await;
    let mut bot = home.bot(&telegram);
    let mut bot = bot.env("VOEL_EERST_LOG", "debug").spawn().unwrap();
    logged(&mut bot, "opening the store").await;
    stopped(bot, "TERM").await;
    drop(store);
}

/// Waits until the program has logged this.
async fn logged(bot: &mut Child, words: &str) {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let mut lines = BufReader::new(bot.stderr.take().unwrap()).lines();
    let found = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(words) {
                return;
            }
        }
        panic!("the program ended without {words:?}");
    };
    timeout(PATIENCE, found).await.unwrap();
    // The rest is of no interest, but has to be read.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
}
