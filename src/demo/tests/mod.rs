//! The strict Bot API as a bot sees it: over HTTP.

mod documents;
mod faults;
mod people;
mod pictures;
mod polling;
mod refusals;
mod voices;
mod with_teloxide;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use teloxide::Bot;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

use super::*;
use crate::{
    parent::{ChatId, MessageId},
    service::Clock,
};

/// The Bot API on a loopback port, with a clock that stands still, and a bot that does what the test says.
struct Server {
    api: BotApi,
    clock: Clock,
    url: String,
    bot: Bot,
    end: Arc<Notify>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start() -> Self {
        let clock = Clock::frozen_at("2026-11-22T19:30:00+01:00".parse().unwrap(), Duration::ZERO);
        let api = BotApi::new(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = api_url(&listener).unwrap();
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let served = tokio::spawn(serve(listener, api.clone(), async move {
            ended.notified().await
        }));
        let bot = Bot::new(TOKEN).set_api_url(url.parse().unwrap());
        Self {
            api,
            clock,
            url,
            bot,
            end,
            served,
        }
    }

    /// A Bot API with one parent who has started the bot, and a bot that has seen it.
    async fn with_anna() -> (Self, ChatId) {
        let server = Self::start().await;
        let anna = server.api.with(|world| {
            let anna = world.add_user("Anna");
            world.press_start(anna).unwrap();
            world.updates.drop_pending();
            anna
        });
        (server, anna)
    }

    /// One call with a JSON body: the status and what came back.
    async fn call(&self, method: &str, params: Value) -> (u16, Value) {
        let path = format!("bot{TOKEN}/{method}");
        let (status, body) = self
            .post(&path, "application/json", params.to_string())
            .await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// A call that must be done: its result.
    async fn done(&self, method: &str, params: Value) -> Value {
        let (status, mut body) = self.call(method, params).await;
        assert_eq!(
            (status, &body["ok"]),
            (200, &json!(true)),
            "{method}: {body}"
        );
        body["result"].take()
    }

    /// A call that must be refused: status and description.
    async fn refused(&self, method: &str, params: Value) -> String {
        let (status, body) = self.call(method, params).await;
        assert_eq!(body["ok"], false, "{method}: {body}");
        assert_eq!(body["error_code"], status, "{method}: {body}");
        format!("{status} {}", body["description"].as_str().unwrap())
    }

    /// A new message from the bot.
    async fn send(&self, chat: ChatId, text: &str) -> MessageId {
        let sent = self
            .done("sendMessage", json!({"chat_id": chat, "text": text}))
            .await;
        MessageId(i32::try_from(sent["message_id"].as_i64().unwrap()).unwrap())
    }

    async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> (u16, String) {
        self.try_post(path, content_type, body)
            .await
            .expect("an answer expected, found none")
    }

    /// `None` when the connection was cut.
    async fn try_post(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Option<(u16, String)> {
        let request = self.bot.client().post(format!("{}/{path}", self.url));
        let response = request
            .header("content-type", content_type)
            .body(body.into())
            .send()
            .await
            .ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    /// The numbers of the updates that wait.
    async fn update_ids(&self, params: Value) -> Vec<i64> {
        let updates = self.done("getUpdates", params).await;
        let ids = updates.as_array().unwrap().iter();
        ids.map(|update| update["update_id"].as_i64().unwrap())
            .collect()
    }
}
