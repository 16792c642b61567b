//! Five parents at once, because a chat gets one message a second: four of them use everything there is, with the fifth everything goes wrong.
//! Every text of theirs is marked.

use serde_json::Value;
use voel_eerst::{
    demo::{Content as Sent, Document},
    library::Library,
    parent::{Consent, Onboarding},
};

use super::*;

/// Whose words are looked at in the end, with the key.
pub const WRITER: ChatId = CHATS[0];
const NEW: ChatId = CHATS[1];
const CHOOSER: ChatId = CHATS[2];
const COLLECTOR: ChatId = CHATS[3];
const TROUBLED: ChatId = CHATS[4];

/// The number of a message that Telegram's own app would have sent.
const BY_HAND: i32 = 900_001;

/// Those who have been here for a while. All have a name.
pub fn let_in(home: &Home, telegram: &Telegram) {
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    for chat in CHATS.into_iter().filter(|chat| *chat != NEW) {
        let consent = Consent::Given {
            version: Library::embedded().unwrap().consent_version,
            at: Timestamp::now(),
        };
        let parent = Parent {
            consent,
            onboarding: Onboarding::Done,
            ..Parent::stranger(chat)
        };
        draft.put_parent(store.parent_id(chat), parent).unwrap();
    }
    store.commit(draft).unwrap();
    telegram.api.with(|world| {
        for chat in CHATS {
            world.add_user_numbered(chat, &mark("voornaam"), Some("nl"));
        }
    });
}

/// One parent in the chat.
#[derive(Clone, Copy)]
struct Talker<'a> {
    api: &'a BotApi,
    chat: ChatId,
}

impl Talker<'_> {
    fn says(self, text: &str) -> MessageId {
        people::say(self.api, self.chat, text)
    }

    /// Types a mark.
    fn types(self, kind: &str) -> MessageId {
        self.says(&mark(kind))
    }

    async fn keeps(self, kind: &str) -> MessageId {
        let message = self.types(kind);
        people::kept(self.api, self.chat, message).await;
        message
    }

    async fn taps(self, labels: &[&str]) {
        for label in labels {
            people::tap(self.api, self.chat, label).await;
        }
    }

    async fn reads(self, text: &str) {
        until_said(self.api, self.chat, text).await;
    }
}

/// Everything there is, and everything that can go wrong on the way to Telegram.
pub async fn everything(telegram: &Telegram) {
    let api = &telegram.api;
    let talker = |chat| Talker { api, chat };
    tokio::join!(
        begins(talker(NEW)),
        writes(talker(WRITER)),
        chooses(talker(CHOOSER)),
        takes_along(talker(COLLECTOR)),
        failures(telegram, talker(TROUBLED)),
    );
}

/// The start, with answers that nobody understands; then all that is no text.
async fn begins(new: Talker<'_>) {
    new.api.with(|world| world.press_start(NEW)).unwrap();
    new.taps(&["Ja, bewaar. Ik ben 18+", "Andere tijd"]).await;
    new.reads("Typ een tijd").await;
    new.types("tijd");
    new.says("12:30");
    new.types("dagen");
    new.says("ma, wo en za");
    new.taps(&["Zeg ik liever niet", "Ik wacht"]).await;
    new.api.with(|world| {
        for sent in [
            Sent::Photo(mark("foto")),
            Sent::Document(Document::new(
                format!("{}.pdf", mark("bestand")),
                mark("inhoud").into_bytes(),
            )),
            Sent::Contact(mark("contact"), "+31612345678".to_owned()),
            Sent::Poll(mark("peiling"), vec![mark("keuze")]),
        ] {
            world.send_content(NEW, sent).unwrap();
        }
        let (author, text) = (mark("afzender"), mark("doorgestuurd"));
        world.forward(NEW, &author, &text).unwrap();
        // Kinds that do not exist yet, and some that nobody can read.
        let strange = json!({ "text": mark("onbekend"), "chat": NEW.0 });
        for kind in ["story_reply", "message", "edited_message"] {
            world.updates.push(kind, strange.clone());
        }
        let menu = world.chat(NEW).unwrap().last_from_bot().unwrap().id;
        world.forge_tap(NEW, menu, &mark("knop")).unwrap();
    });
}

/// Replies, edits, voice notes, earlier days, searching, heavy words.
async fn writes(writer: Talker<'_>) {
    let first = writer.keeps("notitie").await;
    let edited = |world: &mut World| world.edit_own(WRITER, first, &mark("wijziging"));
    writer.api.with(edited).unwrap();
    by_hand(writer.api);
    let sound = format!("OggS {}", format!("{} ", mark("gesproken")).repeat(2_000));
    let voice = Voice::new(42, sound.into_bytes());
    let spoken = writer.api.with(|world| world.speak(WRITER, voice, None));
    people::kept(writer.api, WRITER, spoken.unwrap()).await;
    writer.says("/dagboek");
    writer.taps(&["Luister", "Voor een eerdere dag"]).await;
    writer.reads("Voor welke dag is dit?").await;
    writer.types("welkedag");
    writer.says("gisteren");
    writer.keeps("eerder").await;
    writer.says(&format!("/dagboek {}", mark("dagboekdag")));
    writer.reads("Die dag herken ik niet").await;
    writer.types("welkedag");
    writer.says(&format!("/zoek {}", mark("gezocht")));
    writer.says("/zoek");
    writer.types("zoek");
    let in_vain = format!("Niets gevonden met '{}'", mark("zoek"));
    writer.reads(&in_vain).await;
    writer.taps(&["Toch niet"]).await;
    let heavy = writer.says(&format!("Ik wil niet meer leven. {}", mark("nood")));
    people::kept(writer.api, WRITER, heavy).await;
}

/// Settings that are typed, prompts of one's own, a flow, a command that is none.
async fn chooses(chooser: Talker<'_>) {
    chooser.says("/instellingen");
    chooser.taps(&["Tijdzone"]).await;
    chooser.reads("Typ een stad").await;
    chooser.types("plaats");
    chooser.reads("Die plaats herken ik niet").await;
    chooser.says("/instellingen");
    chooser
        .taps(&["Eigen vragen", "Eigen vraag toevoegen"])
        .await;
    chooser.reads("Typ je eigen vraag").await;
    chooser.types("eigenvraag");
    chooser.says("/herstel");
    chooser.taps(&["Begin", "Verder"]).await;
    chooser.reads("Wat deed je?").await;
    chooser.types("oefening");
    chooser
        .taps(&[
            "Luisteren",
            "Ik hou van je",
            "Zo is het goed",
            "Nu",
            "Bewaar dit",
        ])
        .await;
    chooser.says(&format!("/{PLAIN}_opdracht {}", mark("opdracht")));
}

/// Changed words, documents, a look-back and its picture.
async fn takes_along(collector: Talker<'_>) {
    collector.keeps("meegenomen").await;
    collector.says("/dagboek");
    collector.taps(&["Wijzig"]).await;
    collector.reads("Typ de nieuwe tekst").await;
    collector.types("nieuw");
    for form in ["Om te lezen", "Voor een ander programma"] {
        collector.says("/export");
        collector.taps(&[form, "Stuur het bestand"]).await;
    }
    sent(collector.api, "sendDocument", 2).await;
    collector.says("/terugblik");
    collector.taps(&["Dit jaar", "Plaatje van het jaar"]).await;
    sent(collector.api, "sendPhoto", 1).await;
}

/// What Telegram sends of somebody with every name there is: a message, and an edited caption.
fn by_hand(api: &BotApi) {
    let message = |number: i32, content: Value| {
        let mut message = json!({
            "message_id": number,
            "date": 1_770_000_000,
            "chat": {
                "id": WRITER.0, "type": "private", "first_name": mark("voornaam"),
                "last_name": mark("achternaam"), "username": PLAIN,
            },
            "from": {
                "id": WRITER.0, "is_bot": false, "first_name": mark("voornaam"),
                "last_name": mark("achternaam"), "username": PLAIN, "language_code": "nl",
            },
        });
        let content = content.as_object().unwrap().clone();
        message.as_object_mut().unwrap().extend(content);
        message
    };
    api.with(|world| {
        let text = json!({ "text": mark("methandgestuurd") });
        world.updates.push("message", message(BY_HAND, text));
        let voice = json!({
            "voice": { "file_id": mark("nummer"), "file_unique_id": "x", "duration": 3 },
            "caption": mark("onderschrift"),
        });
        world
            .updates
            .push("message", message(BY_HAND + 1, voice.clone()));
        world.updates.push(
            "edited_message",
            message(
                BY_HAND,
                json!({
                    "text": mark("methandgewijzigd"), "edit_date": 1_770_000_100,
                }),
            ),
        );
    });
}

/// Refusals that quote, answers that are cut off in the middle or come with a 500, cut connections.
async fn failures(telegram: &Telegram, troubled: Talker<'_>) {
    let api = troubled.api;
    let fault = |fault: Fault| api.with(|world| world.faults.add(fault.in_chat(TROUBLED)));
    let quote = format!(
        "can't parse entities: {} in chat {}",
        mark("geciteerd"),
        TROUBLED.0
    );
    let refused = || Trouble::Refused(Refusal::bad_request(&quote));

    let first = troubled.keeps("eerste").await;
    // The heart is refused, and its refusal quotes; the bot says in words that it is kept.
    fault(Fault::on("setMessageReaction", refused()));
    troubled.types("zonderhart");
    // Half an answer, no answer, and errors of the server that quote, after each of which teloxide waits for ten seconds.
    fault(Fault::on("setMessageReaction", Trouble::Garbled));
    fault(Fault::on("setMessageReaction", Trouble::CutAfter));
    let page = format!("<html><body><h1>500</h1>{quote}</body></html>");
    fault(Fault::on("setMessageReaction", Trouble::Instead(500, page)));
    let description = quote.clone();
    fault(Fault::on(
        "setMessageReaction",
        Trouble::Refused(Refusal {
            code: 500,
            description,
            retry_after: None,
        }),
    ));
    troubled.says(&mark("lang").repeat(200));
    api.with(|world| world.edit_own(TROUBLED, first, &mark("anders")))
        .unwrap();
    for trouble in [Trouble::Garbled, refused()] {
        fault(Fault::on("sendMessage", trouble));
    }
    troubled.says("/dagboek");
    let last = troubled.types("laatste");
    telegram.all_confirmed().await;
    // A chat's messages go out in order, so after this heart all of the trouble is over.
    for _ in 0..4 {
        let hearted = api.until("the last heart", |world| {
            world
                .message(TROUBLED, last)?
                .reaction
                .is_some()
                .then_some(())
        });
        if hearted.await.is_ok() {
            return;
        }
    }
    panic!("the last reply got no heart");
}

/// Batches of updates that do not come through; the words in them do come later.
pub async fn failing_polls(telegram: &Telegram) {
    let api = &telegram.api;
    for trouble in [
        Trouble::Garbled,
        Trouble::CutBefore,
        Trouble::Refused(Refusal::too_many_requests(1)),
    ] {
        api.with(|world| world.faults.add(Fault::on("getUpdates", trouble)));
    }
    // The poll that waits already answers with the first; the second is in the half of an answer.
    let talker = Talker { api, chat: WRITER };
    talker.types("voordestoring");
    talker.keeps("instoring").await;
}

/// Waits until the bot's newest messages say this.
pub async fn until_said(api: &BotApi, parent: ChatId, text: &str) {
    let said = api.until(text, |world| {
        let mut messages = world.chat(parent)?.from_bot().rev().take(3);
        let found = messages.any(|message| message.text().contains(text));
        found.then_some(())
    });
    said.await.unwrap();
}

async fn sent(api: &BotApi, method: &str, times: usize) {
    let called = api.until(method, |world| {
        let calls = world.calls().filter(|call| call.method == method);
        (calls.count() >= times).then_some(())
    });
    called.await.unwrap();
}
