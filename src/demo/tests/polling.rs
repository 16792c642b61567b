//! getUpdates: confirming, waiting, and who is refused.

use super::*;

#[tokio::test]
async fn only_an_offset_confirms() {
    let (server, anna) = Server::with_anna().await;
    server.api.with(|world| {
        world.updates.count_from(100);
        for text in ["a", "b", "c"] {
            world.say(anna, text, None).unwrap();
        }
    });
    assert_eq!(server.update_ids(json!({})).await, [100, 101, 102]);
    assert_eq!(server.update_ids(json!({"limit": 1})).await, [100]);
    assert_eq!(server.update_ids(json!({"offset": 102})).await, [102]);
    assert_eq!(server.api.look(|world| world.updates.unconfirmed()), 1);
    server.api.with(|world| world.updates.redeliver(100));
    assert_eq!(server.update_ids(json!({"offset": 103})).await, [100]);
    assert_eq!(
        server.update_ids(json!({"offset": 103})).await,
        [] as [i64; 0]
    );
}

#[tokio::test]
async fn a_poll_waits_for_an_update() {
    let (server, anna) = Server::with_anna().await;
    let say = async {
        let polling = |world: &World| {
            world
                .calls()
                .any(|call| call.method == "getUpdates")
                .then_some(())
        };
        server.api.until("a poll", polling).await.unwrap();
        server
            .api
            .with(|world| world.say(anna, "hoi", None))
            .unwrap();
    };
    let poll = server.done("getUpdates", json!({"timeout": 10}));
    let (updates, ()) = tokio::join!(poll, say);
    assert_eq!(updates[0]["message"]["text"], "hoi");
    assert_eq!(updates[0]["message"]["chat"]["type"], "private");
}

#[tokio::test]
async fn a_second_poll_ends_the_first() {
    let (server, anna) = Server::with_anna().await;
    let second = async {
        let polling = |world: &World| {
            world
                .calls()
                .any(|call| call.method == "getUpdates")
                .then_some(())
        };
        server.api.until("a poll", polling).await.unwrap();
        server
            .api
            .with(|world| world.updates.allow(vec!["message".into()]));
        let poll = server.done("getUpdates", json!({"timeout": 10}));
        let say = async {
            let polls = |world: &World| {
                world
                    .calls()
                    .filter(|call| call.method == "getUpdates")
                    .count()
            };
            server
                .api
                .until("another poll", |world| (polls(world) == 2).then_some(()))
                .await
                .unwrap();
            server
                .api
                .with(|world| world.say(anna, "hoi", None))
                .unwrap();
        };
        tokio::join!(poll, say).0
    };
    let first = server.refused("getUpdates", json!({"timeout": 10}));
    let (first, second) = tokio::join!(first, second);
    assert_eq!(
        first,
        "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(second.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_polls_while_there_is_a_webhook() {
    let server = Server::start().await;
    let refused = server
        .refused("setWebhook", json!({"url": "http://a.nl"}))
        .await;
    assert_eq!(
        refused,
        "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    );
    let refused = server
        .refused(
            "setWebhook",
            json!({"url": "https://a.nl", "secret_token": "a b"}),
        )
        .await;
    assert_eq!(
        refused,
        "400 Bad Request: secret token contains unallowed characters"
    );
    server
        .done(
            "setWebhook",
            json!({"url": "https://a.nl", "allowed_updates": ["message"]}),
        )
        .await;
    let info = server.done("getWebhookInfo", json!({})).await;
    assert_eq!(
        (&info["url"], &info["allowed_updates"]),
        (&json!("https://a.nl"), &json!(["message"]))
    );
    let refused = server.refused("getUpdates", json!({})).await;
    assert!(
        refused.starts_with("409 Conflict: can't use getUpdates method while webhook is active"),
        "{refused}"
    );
    server.done("deleteWebhook", json!({})).await;
    assert_eq!(server.update_ids(json!({})).await, [] as [i64; 0]);
}

#[tokio::test]
async fn the_listed_kinds_are_remembered() {
    let (server, anna) = Server::with_anna().await;
    server
        .update_ids(json!({"allowed_updates": ["edited_message"]}))
        .await;
    let said = server
        .api
        .with(|world| world.say(anna, "hoi", None))
        .unwrap();
    server
        .api
        .with(|world| world.edit_own(anna, said, "hallo"))
        .unwrap();
    let updates = server.done("getUpdates", json!({})).await;
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(updates[0]["edited_message"]["text"], "hallo");
}

#[tokio::test]
async fn the_end_lets_every_poll_go() {
    let server = Server::start().await;
    let poll = server.done("getUpdates", json!({"timeout": 15}));
    let end = async {
        let polling = |world: &World| {
            world
                .calls()
                .any(|call| call.method == "getUpdates")
                .then_some(())
        };
        server.api.until("a poll", polling).await.unwrap();
        server.end.notify_one();
    };
    let (updates, ()) = tokio::join!(poll, end);
    assert_eq!(updates, json!([]));
    server.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_wait_in_vain_says_what_the_bot_did() {
    let server = Server::start().await;
    server
        .refused("sendMessage", json!({"chat_id": 9, "text": "hoi"}))
        .await;
    let found = server.api.until("nothing", |_| Some(7)).await;
    assert_eq!(found.unwrap(), 7);
    let text = server
        .api
        .look(|world| super::super::api::not_reached("the moon", world));
    insta::assert_snapshot!(text, @r#"
    waited 10 s in vain for: the moon
    the bot's last calls:
      0ns sendMessage {"chat_id":9,"text":"hoi"}: Bad Request: chat not found
    "#);
}
