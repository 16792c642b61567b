//! Parents, as far as these tests need them.

use std::sync::LazyLock;

use voel_eerst::{
    demo::BotApi,
    library::{Label, Library},
    parent::{ChatId, MessageId},
};

/// What the bot says.
pub static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

/// Somebody new, who taps through the start and lets replies be kept.
pub async fn begin(api: &BotApi, parent: ChatId) {
    begin_on(api, parent, &LIBRARY.texts.onboarding.btn_days_three).await;
}

/// The same, with a prompt on every day.
pub async fn begin_on_all_days(api: &BotApi, parent: ChatId) {
    begin_on(api, parent, &LIBRARY.texts.onboarding.btn_days_all).await;
}

async fn begin_on(api: &BotApi, parent: ChatId, days: &Label) {
    let texts = &LIBRARY.texts;
    api.with(|world| {
        world.add_user_numbered(parent, "Saar", Some("nl"));
        world.press_start(parent).unwrap();
    });
    for label in [
        &texts.consent.btn_yes,
        &texts.onboarding.btn_time_noon,
        days,
        &texts.onboarding.btn_side_none,
        &texts.onboarding.btn_first_wait,
    ] {
        tap(api, parent, label.as_str()).await;
    }
}

/// Taps the newest button with this label, as soon as there is one.
pub async fn tap(api: &BotApi, parent: ChatId, label: &str) {
    let message = api
        .until(&format!("a button {label:?}"), |world| {
            let messages = world.chat(parent)?.from_bot().rev();
            messages
                .filter(|message| message.button(label).is_some())
                .map(|message| message.id)
                .next()
        })
        .await
        .unwrap();
    api.with(|world| world.tap_label(parent, message, label))
        .unwrap();
}

/// Types something.
pub fn say(api: &BotApi, parent: ChatId, words: &str) -> MessageId {
    api.with(|world| world.say(parent, words, None)).unwrap()
}

/// Waits for the heart on a message, which says that it is kept.
pub async fn kept(api: &BotApi, parent: ChatId, message: MessageId) {
    api.until("a heart", |world| {
        world
            .message(parent, message)?
            .reaction
            .is_some()
            .then_some(())
    })
    .await
    .unwrap();
}
