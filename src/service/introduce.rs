//! Telling Telegram about the bot: how updates come in, the command menus, and the texts around the chat.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{Clock, Tally, Voice, trouble::Trouble};
use crate::{
    library::{Languages, Library},
    telegram::{CallError, Introduction, Telegram, WebhookUrl},
};

/// How soon it is tried again when it fails, unless Telegram itself names a time.
const AGAIN: Duration = Duration::from_secs(60);

/// Tells Telegram how updates come in, and then the command menus and the texts around the chat, until it has heard; and those again when they are others.
pub async fn introduce(
    telegram: Arc<Telegram>,
    webhook: Option<WebhookUrl>,
    mut voice: watch::Receiver<Voice>,
    clock: Clock,
    tally: Arc<Tally>,
) {
    let mut trouble = Trouble::default();
    while let Err(error) = telegram.receive_by(webhook.as_ref()).await {
        if webhook.is_some() {
            tally.vitals.failed();
        }
        let (news, _) = trouble.met(error, clock.uptime());
        if news {
            tracing::warn!("Telegram was not told how updates come in, trying again: {error}");
        }
        clock.sleep(again(error)).await;
    }
    if webhook.is_some() {
        tally.vitals.telegram_calls();
    }
    let mut trouble = Trouble::default();
    let mut heard = Vec::new();
    loop {
        let languages = Arc::clone(&voice.borrow_and_update().languages);
        let mut introductions = introductions(&languages);
        introductions.extend(for_apps_without_language(
            &languages,
            &introductions,
            &heard,
        ));
        if introductions != heard {
            if let Err(error) = telegram.introduce(&introductions).await {
                let (news, _) = trouble.met(error, clock.uptime());
                if news {
                    tracing::warn!("Telegram did not take the command menu, trying again: {error}");
                }
                clock.sleep(again(error)).await;
                continue;
            }
            trouble.over();
            heard = introductions;
        }
        if voice.changed().await.is_err() {
            return;
        }
    }
}

/// How soon it is tried again after this.
fn again(error: CallError) -> Duration {
    match error {
        CallError::RetryAfter(wait) => wait,
        CallError::Unreachable
        | CallError::Done
        | CallError::Refused(_)
        | CallError::Unauthorized
        | CallError::Conflict
        | CallError::NotSent
        | CallError::ServerError
        | CallError::Doubt => AGAIN,
    }
}

/// One for every app that no language names, and one for each that a language does. Telegram knows codes of two letters only here.
fn introductions(languages: &Languages) -> Vec<Introduction> {
    let for_any_app = languages.for_any_app();
    let others = languages
        .iter()
        .filter(|library| library.language != for_any_app.language);
    let for_apps = others.flat_map(|library| {
        let codes = library.apps.iter().filter(|app| app.len() == 2);
        codes.map(move |code| introduction(library, Some(code)))
    });
    [introduction(for_any_app, None)]
        .into_iter()
        .chain(for_apps)
        .collect()
}

/// What Telegram heard for apps in a language that is spoken no more, it goes on showing until it hears something else.
fn for_apps_without_language(
    languages: &Languages,
    now: &[Introduction],
    heard: &[Introduction],
) -> Vec<Introduction> {
    let heard = heard.iter().map(|it| &it.language);
    let gone = heard.filter(|language| now.iter().all(|it| it.language != **language));
    gone.map(|language| introduction(languages.for_any_app(), language.as_ref()))
        .collect()
}

fn introduction(library: &Library, language: Option<&String>) -> Introduction {
    let bot = &library.texts.bot;
    Introduction {
        language: language.cloned(),
        commands: library.menu(),
        short_description: bot.short_description.as_str().to_owned(),
        description: bot.description.as_str().to_owned(),
    }
}
