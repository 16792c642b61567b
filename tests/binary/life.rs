//! A start as it should go.

use voel_eerst::{demo::BotCommand, library::Languages, parent::ChatId};

use super::*;

#[tokio::test]
async fn at_its_start_it_tells_telegram_about_itself() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let bot = home.bot(&telegram).spawn().unwrap();
    telegram
        .api
        .until("the bot has told about itself in each language", |world| {
            let told = |language: &str, part| world.profile().description(language).contains(part);
            let in_all =
                told("", "In an emergency") && told("nl", "In nood") && told("fy", "In nood");
            in_all.then_some(())
        })
        .await
        .unwrap();

    let languages = Languages::embedded().unwrap();
    telegram.api.look(|world| {
        let profile = world.profile();
        for (app, language) in [("nl", "nl"), ("fy", "nl"), ("en", "en"), ("pl", "en")] {
            let library = languages.of(Some(language));
            let menu = library.menu().into_iter();
            let menu: Vec<BotCommand> = menu
                .map(|(command, description)| BotCommand {
                    command,
                    description,
                })
                .collect();
            assert!(!menu.is_empty());
            assert_eq!(profile.menu(ChatId(1), app), menu, "{app}");
            let bot = &library.texts.bot;
            assert_eq!(
                profile.short_description(app),
                bot.short_description.as_str()
            );
            assert_eq!(profile.description(app), bot.description.as_str());
        }
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
