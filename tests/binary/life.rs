//! A start as it should go.

use voel_eerst::{demo::BotCommand, library::Library, parent::ChatId};

use super::*;

#[tokio::test]
async fn at_its_start_it_tells_telegram_about_itself() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram
        .api
        .until("the bot has told about itself", |world| {
            let mut calls = world.calls();
            calls
                .any(|call| call.method == "setMyDescription" && call.outcome.is_ok())
                .then_some(())
        })
        .await
        .unwrap();

    let library = Library::embedded().unwrap();
    let menu: Vec<BotCommand> = library
        .commands
        .iter()
        .filter(|command| command.menu)
        .map(|command| BotCommand {
            command: command.name.clone(),
            description: command.description.as_str().to_owned(),
        })
        .collect();
    assert!(!menu.is_empty());
    telegram.api.look(|world| {
        let profile = world.profile();
        assert_eq!(profile.menu(ChatId(1), "nl"), menu);
        assert_eq!(
            profile.short_description("nl"),
            library.texts.bot.short_description.as_str()
        );
        assert_eq!(
            profile.description("nl"),
            library.texts.bot.description.as_str()
        );
    });
    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
}

#[tokio::test]
async fn run_is_what_it_does_when_nothing_is_said() {
    let telegram = Telegram::serve().await;
    for args in [&[][..], &["run"]] {
        let home = Home::new();
        let begun = telegram.now();
        let mut command = home.command(args);
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", &telegram.url);
        let bot = command.spawn().unwrap();
        telegram.polled_since(begun).await;
        assert!(home.store().is_dir());
        signal(&bot, "INT").await;
        let ended = ended(bot).await;
        assert!(ended.status.success(), "{ended}");
        assert_eq!(ended.stdout, "");
    }
}
