//! Trouble comes as it was asked for.

use super::*;

fn texts(server: &Server, chat: ChatId) -> Vec<String> {
    server.api.look(|world| {
        world
            .chat(chat)
            .unwrap()
            .from_bot()
            .map(|message| message.text().to_owned())
            .collect()
    })
}

async fn send(server: &Server, chat: ChatId, text: &str) -> Option<(u16, String)> {
    let body = json!({"chat_id": chat, "text": text}).to_string();
    server
        .try_post(&format!("bot{TOKEN}/sendMessage"), "application/json", body)
        .await
}

async fn struck(trouble: Trouble) -> (Option<(u16, String)>, Vec<String>) {
    let (server, anna) = Server::with_anna().await;
    server
        .api
        .with(|world| world.faults.add(Fault::on("sendMessage", trouble)));
    let answer = send(&server, anna, "een").await;
    let done = texts(&server, anna);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(
        send(&server, anna, "twee").await.unwrap().0,
        200,
        "the trouble must be over"
    );
    (answer, done)
}

#[tokio::test]
async fn a_server_error_is_a_page_and_does_nothing() {
    for (trouble, code) in [(Trouble::ServerError, 500), (Trouble::BadGateway, 502)] {
        let (answer, done) = struck(trouble).await;
        let (status, body) = answer.unwrap();
        assert_eq!(status, code);
        assert!(body.starts_with("<html>"), "{body}");
        assert_eq!(done, [] as [&str; 0]);
    }
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_work() {
    let (answer, done) = struck(Trouble::CutBefore).await;
    assert_eq!((answer, done.len()), (None, 0));
    let (answer, done) = struck(Trouble::CutAfter).await;
    assert_eq!((answer, done), (None, vec!["een".to_owned()]));
}

#[tokio::test]
async fn a_garbled_answer_comes_after_the_work() {
    let (answer, done) = struck(Trouble::Garbled).await;
    let (status, body) = answer.unwrap();
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&body).is_err());
    assert_eq!(done, ["een"]);
}

#[tokio::test]
async fn any_refusal_can_be_asked_for() {
    for refusal in [
        Refusal::bad_request("CHAT_RESTRICTED"),
        Refusal::unauthorized(),
        Refusal::forbidden("bot was kicked from the group chat"),
        Refusal::too_many_requests(77),
    ] {
        let (answer, done) = struck(Trouble::Refused(refusal.clone())).await;
        let (status, body) = answer.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &body["description"]),
            (refusal.code, &json!(refusal.description))
        );
        assert_eq!(
            body["parameters"]["retry_after"].as_u64(),
            refusal.retry_after.map(u64::from)
        );
        assert_eq!(done, [] as [&str; 0]);
    }
}

#[tokio::test]
async fn a_slow_answer_waits_until_it_is_let_go() {
    let (server, anna) = Server::with_anna().await;
    server
        .api
        .with(|world| world.faults.add(Fault::on("sendMessage", Trouble::Slow)));
    let release = async {
        server
            .api
            .until("a held answer", |world| (world.held() == 1).then_some(()))
            .await
            .unwrap();
        assert_eq!(texts(&server, anna), ["een"]);
        server.api.with(World::release);
    };
    let (answer, ()) = tokio::join!(send(&server, anna, "een"), release);
    assert_eq!(answer.unwrap().0, 200);
    assert_eq!(server.api.look(World::held), 0);
}

#[tokio::test]
async fn trouble_keeps_to_its_chat_and_its_count() {
    let (server, anna) = Server::with_anna().await;
    let bram = server.api.with(|world| {
        world.flood.set(false);
        world.faults.add(
            Fault::on("sendmessage", Trouble::BadGateway)
                .times(2)
                .in_chat(anna),
        );
        let bram = world.add_user("Bram");
        world.press_start(bram).unwrap();
        bram
    });
    let mut seen = Vec::new();
    for chat in [bram, anna, anna, anna] {
        seen.push(send(&server, chat, "hoi").await.unwrap().0);
    }
    assert_eq!(seen, [200, 502, 502, 200]);
}

#[tokio::test]
async fn a_confirmation_can_get_lost() {
    let (server, anna) = Server::with_anna().await;
    server
        .api
        .with(|world| world.say(anna, "hoi", None))
        .unwrap();
    let ids = server.update_ids(json!({})).await;
    server.api.with(|world| world.updates.lose_confirmations(1));
    let next = json!({"offset": ids[0] + 1});
    assert_eq!(server.update_ids(next.clone()).await, ids);
    assert_eq!(server.update_ids(next).await, [] as [i64; 0]);
}
