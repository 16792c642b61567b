//! The demo as it is started on the command line, driven by what the page in the browser sends.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use voel_eerst::{
    demo::{self, Demo, Setup},
    net::Net,
    service::Voice,
};

use crate::world::{LANGUAGES, LIBRARY, REAL_PATIENCE};

/// The page: it acts by `POST`, and shows what the server sends.
struct Page {
    address: String,
    client: reqwest::Client,
    events: reqwest::Response,
    /// What came in and is no whole event yet.
    rest: String,
    shown: Value,
    stop: watch::Sender<bool>,
    running: JoinHandle<anyhow::Result<()>>,
}

/// What the bot says when nothing else is wanted.
fn built_in() -> watch::Sender<Voice> {
    watch::Sender::new(Voice {
        languages: Arc::clone(&LANGUAGES),
        net: Arc::new(Net::embedded().unwrap()),
        house: demo::house(),
    })
}

impl Page {
    async fn open() -> Self {
        Self::open_with(built_in()).await
    }

    async fn open_with(voice: watch::Sender<Voice>) -> Self {
        let demo = Demo::start(Setup {
            port: 0,
            store: None,
            voice,
            reload: None,
            seed: [7; 32],
        })
        .await
        .unwrap();
        let address = demo.address().to_owned();
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(demo.run(stopped));
        let client = reqwest::Client::new();
        let events = client.get(format!("{address}/api/events")).send();
        let events = events.await.unwrap();
        Self {
            address,
            client,
            events,
            rest: String::new(),
            shown: Value::Null,
            stop,
            running,
        }
    }

    /// One act of a parent, which the server must take.
    async fn acts(&self, what: &str, body: Value) {
        let request = self.client.post(format!("{}/api/{what}", self.address));
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status();
        let said: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{what}: {said}");
    }

    /// What the server says at this address.
    async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.address)).send();
        let answer = answer.await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.json().await.unwrap()
    }

    /// Waits until the page shows what is wanted.
    async fn until<R>(&mut self, what: &str, wanted: impl Fn(&Value) -> Option<R>) -> R {
        let found = async {
            loop {
                if let Some(found) = wanted(&self.shown) {
                    return found;
                }
                let chunk = self.events.chunk().await.unwrap().expect("more events");
                self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
                while let Some((event, rest)) = self.rest.split_once("\n\n") {
                    if let Some(data) = event.strip_prefix("event: state\ndata: ") {
                        self.shown = serde_json::from_str(data).unwrap();
                    }
                    self.rest = rest.to_owned();
                }
            }
        };
        let found = timeout(REAL_PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("waited in vain for {what}"))
    }

    /// Waits until the bot's newest message to Anna holds this text, and returns it. Time passes meanwhile: the bot writes at most once
    /// a second.
    async fn shows(&mut self, part: &str) -> Value {
        self.acts("clock", json!({"by_seconds": 2})).await;
        self.until(part, |state| {
            let mut newest_first = messages(state).rev();
            let message = newest_first.find(|message| message["from"] == "bot")?;
            let text = message["text"].as_str()?;
            text.contains(part).then(|| message.clone())
        })
        .await
    }

    /// Taps a button of Anna's newest message that has it.
    async fn taps(&mut self, label: &str) {
        let tap = self.until(label, |state| {
            messages(state).rev().find_map(|message| {
                let rows = message["buttons"].as_array()?.iter().enumerate();
                let found = rows.flat_map(|(row, buttons)| {
                    let buttons = buttons.as_array().into_iter().flatten().enumerate();
                    buttons.map(move |(column, button)| (row, column, button))
                });
                let mut found = found.filter(|(_, _, button)| button["text"] == label);
                let (row, column, _) = found.next()?;
                Some(
                    json!({"parent": ANNA, "message": message["id"], "row": row, "column": column}),
                )
            })
        });
        let tap = tap.await;
        self.acts("tap", tap).await;
    }

    /// Ends the demo.
    async fn close(self) {
        self.stop.send_replace(true);
        let ended = timeout(REAL_PATIENCE, self.running).await;
        ended.unwrap().unwrap().unwrap();
    }

    async fn says(&mut self, text: &str) {
        self.acts("say", json!({"parent": ANNA, "text": text}))
            .await;
    }
}

/// The number of the first of the two parents who are there from the start.
const ANNA: i64 = 1;

/// Anna's chat, as the page shows it.
fn messages(state: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    let parents = state["parents"].as_array().into_iter().flatten();
    let anna = parents.filter(|parent| parent["id"] == ANNA);
    let chats: Vec<&Value> = anna.map(|anna| &anna["messages"]).collect();
    let messages = chats.into_iter().filter_map(Value::as_array);
    messages.flatten().collect::<Vec<_>>().into_iter()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_first_tap_to_the_journal_on_the_phones_page() {
    let mut page = Page::open().await;
    let html = page.client.get(&page.address).send().await.unwrap();
    assert_eq!(html.headers()["content-type"], "text/html; charset=utf-8");
    let introduced = |state: &Value| {
        let text = state["bot"]["description"].as_str()?;
        text.contains("In nood: bel 112.").then_some(())
    };
    page.until("the bot's description", introduced).await;
    let commands = page.shown["parents"][0]["commands"].as_array().unwrap();
    assert!(commands.iter().any(|command| command["command"] == "hulp"));

    page.says("/start").await;
    page.shows("Mag ik je antwoorden bewaren?").await;
    page.taps("Ja, bewaar. Ik ben 18+").await;
    page.shows("Hoe laat past een vraag bij jou?").await;
    page.taps("19:30").await;
    page.shows("Op welke dagen?").await;
    page.taps("Elke dag").await;
    page.shows("Wat herken je bij jezelf?").await;
    page.taps("Allebei wel").await;
    page.shows("Klaar. Je eerste vraag komt").await;
    page.taps("Ik wacht").await;

    let planned = |state: &Value| state["next_due"].as_str().map(str::to_owned);
    let due = page.until("a plan", planned).await;
    assert_eq!(&due[11..16], "19:30");
    page.acts("clock", json!({"to": "next"})).await;
    let prompt = page.shows("Lezen is ook goed.").await;
    assert_eq!(&prompt["time"].as_str().unwrap()[..16], &due[..16]);
    let reply = json!({"parent": ANNA, "text": "Ik haalde adem.", "reply_to": prompt["id"]});
    page.acts("say", reply).await;
    page.shows("Het hartje betekent: bewaard.").await;
    let loved = |state: &Value| {
        let mut hers = messages(state).filter(|message| message["text"] == "Ik haalde adem.");
        hers.find(|message| message["reaction"] == "❤")
            .map(|message| message["id"].clone())
    };
    let reply = page.until("a heart", loved).await;
    let edit = json!({"parent": ANNA, "message": reply, "text": "Ik haalde diep adem."});
    page.acts("edit", edit).await;
    let edited = page.shows("Aangepast en bewaard.").await;
    assert_eq!(
        (&edited["silent"], &edited["reply_to"]["id"]),
        (&json!(true), &reply)
    );
    page.says("/dagboek").await;
    page.shows("Ik haalde diep adem.").await;

    page.acts("sticker", json!({"parent": ANNA})).await;
    page.shows("Een sticker kan ik niet bewaren.").await;
    page.acts("parents", json!({"name": "Chris"})).await;
    let third = |state: &Value| state["parents"][2]["name"].as_str().map(str::to_owned);
    assert_eq!(page.until("a third parent", third).await, "Chris");
    page.acts("block", json!({"parent": ANNA, "blocked": true}))
        .await;
    let no_prompt_planned = |state: &Value| {
        let due = state["next_due"].as_str().unwrap_or_default();
        (!due.contains("T19:30")).then_some(())
    };
    page.until("no plan", no_prompt_planned).await;

    page.close().await;
}

#[tokio::test]
async fn the_writers_shelf_shows_each_prompt_as_the_bot_sends_it_and_follows_the_folder() {
    let voice = built_in();
    let mut page = Page::open_with(voice.clone()).await;
    let list = page.get("/api/prompts").await;
    assert_eq!(list["refused"], Value::Null);
    let tags: Vec<&Value> = list["languages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["tag"])
        .collect();
    assert_eq!(tags, ["nl", "en"]);
    let themes = list["languages"][0]["themes"].as_array().unwrap();
    let listed: usize = themes
        .iter()
        .map(|it| it["prompts"].as_array().unwrap().len())
        .sum();
    assert_eq!(listed, LIBRARY.prompts.len());

    let prompt = LIBRARY
        .prompts
        .iter()
        .find(|it| it.followup.is_some())
        .unwrap();
    let path = format!("/api/prompts/nl/{}", prompt.id);
    let shown = page.get(&path).await;
    assert_eq!(
        shown["text"],
        format!("{}\n\n{}", prompt.title, prompt.body)
    );
    assert_eq!(
        shown["buttons"],
        json!([["Straks", "Andere vraag", "Sla over"]])
    );
    let causes: Vec<&Value> = shown["after"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["button"])
        .collect();
    assert_eq!(
        causes,
        [
            &json!("Straks"),
            &json!("Andere vraag"),
            &json!("Sla over"),
            &Value::Null,
            &json!("Nog een vraag")
        ]
    );

    // A writer changes the title: the page hears that there is something new to ask for.
    let mut library = (*LIBRARY).clone();
    for it in &mut library.prompts {
        if it.id == prompt.id {
            it.title = "Net veranderd".to_owned();
        }
    }
    voice.send_modify(|voice| voice.languages = Arc::new(library.into()));
    page.until("other prompts", |shown| {
        (shown["prompts"] == 1).then_some(())
    })
    .await;
    let shown = page.get(&path).await;
    assert_eq!(
        shown["locked"].as_str().unwrap().split_whitespace().next(),
        Some("Net")
    );
    page.close().await;
}
