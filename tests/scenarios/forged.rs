//! What a parent can make up or replay (callback data, numbers of messages, files) reaches nothing of another parent: not to see it, not to
//! change it, not to erase it.

use serde_json::{Value, json};
use voel_eerst::{
    conversation::Entry,
    demo::{Content, Document},
    parent::{ChatId, MessageId, Parent},
};

use crate::world::{Person, World};

/// Stands in every word of Anna's, and in nobody else's.
const MARK: &str = "Zilvervos";

/// What is kept of somebody.
type Kept = (Option<Parent>, Vec<Entry>);

/// Anna, who has a journal of two entries, and every kind of button that leads into it. And Bram, who has one entry of his own.
struct Two {
    world: World,
    anna: Person,
    bram: Person,
    /// Anna's messages.
    hers: Vec<MessageId>,
    /// The callback data of every button that Anna was ever shown.
    buttons: Vec<String>,
    before: Kept,
}

async fn two() -> Two {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    let bram = world.parent("Bram");
    anna.begins_with("19:30", "Elke dag").await;
    bram.begins_with("07:30", "Elke dag").await;
    let mut hers = Vec::new();
    for day in ["02", "03"] {
        world.until(&format!("2026-03-{day}T19:30"));
        anna.hears().await;
        hers.push(anna.says(&format!("{MARK} was rustiger.")));
        world.settle().await;
        anna.reads_all();
    }
    bram.says("Een egel liep door de tuin.");
    for command in [
        format!("/zoek {MARK}"),
        "/dagboek".to_owned(),
        "/terugblik".to_owned(),
        "/export".to_owned(),
        "/instellingen".to_owned(),
        "/herstel".to_owned(),
        "/wis".to_owned(),
    ] {
        anna.says(&command);
        world.settle().await;
    }
    anna.reads_all();
    bram.reads_all();
    let shown = |world: &voel_eerst::demo::World| {
        let mut data = Vec::new();
        for call in world.calls().filter(|call| of(&call.params, anna.chat)) {
            buttons_in(&call.params["reply_markup"], &mut data);
        }
        data
    };
    let mut buttons = world.api.look(shown);
    buttons.sort();
    buttons.dedup();
    assert!(buttons.len() > 25, "{} buttons", buttons.len());
    world.stop().await;
    let before = kept_of(&world, &anna);
    assert_eq!(before.1.len(), 2);
    assert_eq!(world.entries_of(&bram).len(), 1);
    world.start();
    Two {
        world,
        anna,
        bram,
        hers,
        buttons,
        before,
    }
}

fn of(params: &Value, chat: ChatId) -> bool {
    params["chat_id"].as_i64() == Some(chat.0)
}

/// The callback data in a keyboard, which may be text in a form.
fn buttons_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Ok(inner @ Value::Object(_)) = serde_json::from_str(text) {
                buttons_in(&inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| buttons_in(item, found)),
        Value::Object(fields) => {
            found.extend(
                fields
                    .get("callback_data")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            fields.values().for_each(|field| buttons_in(field, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn kept_of(world: &World, person: &Person) -> Kept {
    (world.record_of(person), world.entries_of(person))
}

impl Two {
    /// Nothing of Anna's was shown to anybody else, changed, or answered.
    async fn nothing_of_hers_is_touched(self) {
        self.nothing_of_hers_is_touched_and(|_| {}).await;
    }

    /// The same, and something more of what the store holds then.
    async fn nothing_of_hers_is_touched_and(mut self, holds: impl FnOnce(&World)) {
        self.world.settle().await;
        self.bram.reads_all();
        let told = |world: &voel_eerst::demo::World| {
            let elsewhere = world
                .calls()
                .filter(|call| !of(&call.params, self.anna.chat));
            let words = elsewhere.map(|call| call.params.to_string());
            words.filter(|said| said.contains(MARK)).count()
        };
        assert_eq!(
            self.world.api.look(told),
            0,
            "somebody else reads Anna's words"
        );
        assert_eq!(self.anna.unread(), [] as [&str; 0], "Anna hears of it");
        self.world.stop().await;
        assert!(
            kept_of(&self.world, &self.anna) == self.before,
            "Anna's journal changed"
        );
        holds(&self.world);
        // A tap on what is no message of the bot, a heart on what is no message at all: refused, and nothing more.
        self.world.refusals();
        self.world.finish().await;
    }

    /// An update in Bram's chat as Telegram writes it, with whatever a changed app could make Telegram send.
    fn bram_sends(&self, kind: &str, message: MessageId, fields: Value) {
        let user = json!({ "id": self.bram.chat.0, "is_bot": false, "first_name": "Bram", "language_code": "nl" });
        let mut content = json!({
            "message_id": message.0, "date": 1_772_000_000, "from": user,
            "chat": { "id": self.bram.chat.0, "type": "private", "first_name": "Bram" },
        });
        let fields = fields.as_object().unwrap().clone();
        content.as_object_mut().unwrap().extend(fields);
        let sent = self
            .world
            .api
            .with(|world| world.updates.push(kind, content));
        assert!(sent.is_some());
    }
}

#[tokio::test]
async fn every_button_of_another_parent_leads_to_ones_own_things_or_nowhere() {
    let mut two = two().await;
    for data in two.buttons.clone() {
        // Somebody new each time, so that no tap before has changed what they have.
        let chris = two.world.parent("Chris");
        chris.begins().await;
        chris.says("Een egel liep door de tuin.");
        chris.says("/dagboek");
        let page = chris.has_button("Sluit").await;
        // As it stands in her chat; and the same with the number that is live in this one, for which it is about one's own entries.
        chris.forges(page, &data);
        let live = chris.data_of(page, "Sluit");
        let (number, _) = live.split_once('.').unwrap();
        let (_, tap) = data.split_once('.').unwrap();
        chris.forges(page, &format!("{number}.{tap}"));
        two.world.settle().await;
        chris.reads_all();
    }
    two.nothing_of_hers_is_touched().await;
}

#[tokio::test]
async fn a_reply_to_another_parents_message_is_a_note_of_ones_own() {
    let two = two().await;
    let any = two.bram.says("/hulp");
    for hers in two.hers.clone() {
        let reply = json!({
            "text": "Dit hoort bij haar.",
            "reply_to_message": {
                "message_id": hers.0, "date": 1_772_000_000, "text": "x",
                "chat": { "id": two.anna.chat.0, "type": "private", "first_name": "Anna" },
            },
        });
        two.bram_sends("message", any, reply);
    }
    let bram = two.bram.clone();
    two.nothing_of_hers_is_touched_and(|world| {
        let entries = world.entries_of(&bram);
        let parts = entries.iter().flat_map(|entry| &entry.parts);
        let kept = parts.filter(|part| part.words.reveal() == "Dit hoort bij haar.");
        assert_eq!(kept.count(), 2, "it is kept, as his own");
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_another_parents_message_changes_nothing() {
    let two = two().await;
    let numbers = two.hers.iter().map(|hers| hers.0);
    let extremes = [0, -1, i32::MAX, i32::MIN];
    for number in numbers.chain(extremes).collect::<Vec<_>>() {
        let edit = json!({ "text": "Vervalst.", "edit_date": 1_772_000_001 });
        two.bram_sends("edited_message", MessageId(number), edit);
    }
    let bram = two.bram.clone();
    two.nothing_of_hers_is_touched_and(|world| {
        assert_eq!(world.words_of(&bram), [["Een egel liep door de tuin."]]);
    })
    .await;
}

/// A file with the numbers of her entries and of her chat fills his journal; hers stays what it is, also when he erases all of it again.
#[tokio::test]
async fn a_file_with_another_parents_numbers_fills_ones_own_journal() {
    let mut two = two().await;
    let mut entries = Vec::new();
    for entry in &two.before.1 {
        entries.push(json!({
            "number": entry.id.0, "day": entry.day, "written": entry.written,
            "prompt": entry.prompt, "parts": ["Vervalst."],
        }));
    }
    let file = json!({
        "format": "voel-eerst-export", "version": 1, "made": "2026-03-03T12:00:00Z", "language": "nl",
        "chat": two.anna.chat.0, "consent": { "state": "open" },
        "settings": {
            "prompts": true, "times": ["19:30"], "days": ["monday"], "zone": "Europe/Amsterdam",
            "recognises": null
        },
        "entries": entries,
    });
    let bram = two.bram.clone();
    let erases = async |world: &mut World| {
        bram.says("/wis");
        bram.expects("Wat wil je wissen?").await;
        bram.taps("Alles, ook instellingen").await;
        bram.expects_edit("Alles wissen").await;
        bram.taps("Ja, wis het").await;
        bram.expects("Alles is gewist.").await;
        world.settle().await;
        bram.reads_all();
    };
    erases(&mut two.world).await;
    bram.begins().await;
    let content = file.to_string().into_bytes();
    bram.sends(Content::Document(Document::new("voel-eerst.json", content)));
    bram.expects("Je dagboek staat weer in /dagboek.").await;
    two.world.settle().await;
    two.world.stop().await;
    assert_eq!(two.world.words_of(&bram), [["Vervalst."], ["Vervalst."]]);
    assert!(kept_of(&two.world, &two.anna) == two.before);
    two.world.start();
    erases(&mut two.world).await;
    two.nothing_of_hers_is_touched().await;
}
