//! Making updates: well-formed ones of every kind with wild values in them, and some that were damaged afterwards.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use rand::{Rng, RngExt, rngs::ChaCha8Rng, seq::IndexedRandom};
use serde_json::json;
use voel_eerst::{
    library::Languages,
    parent::{ChatId, MessageId},
};

use super::keep_newest;

/// Who writes. Among them the ends of what a number can be.
pub const PEOPLE: [ChatId; 8] = [
    ChatId(1),
    ChatId(2),
    ChatId(3),
    ChatId(7_000_000_000),
    ChatId(i64::MAX),
    ChatId(i64::MIN),
    ChatId(-1),
    ChatId(0),
];

/// Stands in whatever somebody writes, and in nothing else.
const MARKS: [&str; 8] = [
    "Zilvervos",
    "Koperegel",
    "Bronsuil",
    "Goudvink",
    "Tinwolf",
    "Loodraaf",
    "IJzermus",
    "Zinkhaas",
];

/// The mark of one of [`PEOPLE`].
pub fn mark(chat: ChatId) -> &'static str {
    let place = PEOPLE.iter().position(|person| *person == chat);
    MARKS[place.expect("one of the people")]
}

/// How much is remembered of each chat.
const REMEMBERED: usize = 12;

const WORDS: [&str; 30] = [
    "was vandaag rustiger.",
    "20:15",
    "half acht",
    "tussen 19 en 21 uur",
    "between 7 and 9 in the evening",
    "di en do",
    "gisteren",
    "29 februari",
    "9999 jaar geleden",
    "Lissabon",
    "Etc/GMT+5",
    "ja",
    "stop",
    "",
    "   ",
    "\u{0}",
    "💛",
    "👨‍👩‍👧‍👦👩🏽‍🦱e\u{301}\u{302}\u{323}",
    "\u{202e}مرحبا \u{2067}שלום\u{2069}",
    "{lines} {title} {0} <b>x</b> *_[](/wis) @iemand",
    "Ik wil niet meer leven, ik wil dood.",
    "hij slaat mij",
    "Ik wilde schreeuwen en ik ben weggelopen, en later zei ik sorry.",
    "\r\n\t\u{b}\u{c}\u{85}\u{2028}\u{2029}",
    "\u{feff}\u{200b}\u{200d}\u{fffd}\u{10ffff}",
    "-1",
    "4294967296",
    "1e400",
    "../../etc/passwd",
    "'; DROP TABLE ouders; --",
];

const NUMBERS: [i64; 22] = [
    0,
    1,
    -1,
    127,
    255,
    256,
    65_535,
    1_000_000,
    2_147_483_646,
    2_147_483_647,
    2_147_483_648,
    -2_147_483_648,
    -2_147_483_649,
    4_294_967_294,
    4_294_967_295,
    4_294_967_296,
    253_402_300_799,
    253_402_300_800,
    9_007_199_254_740_993,
    i64::MAX - 1,
    i64::MAX,
    i64::MIN,
];

/// What buttons can say; arguments follow.
const TAPS: [&str; 45] = [
    "cy", "cn", "cm", "cb", "la.", "t.", "to", "d.", "do.", "s.", "p", "x", "r", "l", "z.", "o",
    "k", "f", "e.", "ey.", "j.", "hc", "hb", "ht", "g.", "w.", "wy.", "a.", "ay", "an", "xp.",
    "lb", "i.", "u.", "q.", "n.", "b.e.", "b.v.", "b.d", "b.s", "b.f.", "b.l.", "b.p.", "b.or.",
    "b.oh.",
];

/// What is known of a chat: what the bot sent, and what the person did.
#[derive(Default)]
struct Seen {
    messages: VecDeque<MessageId>,
    /// Buttons, with their message.
    buttons: VecDeque<(MessageId, String)>,
}

/// Makes updates.
pub struct Generator {
    commands: Vec<String>,
    seen: BTreeMap<ChatId, Seen>,
    next_update: u32,
    next_message: i32,
}

impl Generator {
    pub fn new(life: u64, languages: &Languages) -> Self {
        let commands = languages.iter().flat_map(|library| &library.commands);
        let commands = commands.map(|command| command.name.clone()).collect();
        // Near the ends of the numbers, too.
        let starts = [1, 900_000_000, i32::MAX as u32 - 10_000, u32::MAX - 10_000];
        let place = usize::try_from(life % 4).unwrap_or(0);
        Self {
            commands,
            seen: BTreeMap::new(),
            next_update: starts[place],
            next_message: 1,
        }
    }

    /// The bot sent this.
    pub fn saw(&mut self, chat: ChatId, message: MessageId, buttons: Vec<String>) {
        self.next_message = self.next_message.max(message.0);
        let seen = self.seen.entry(chat).or_default();
        keep_newest(&mut seen.messages, message, REMEMBERED);
        for data in buttons {
            keep_newest(&mut seen.buttons, (message, data), REMEMBERED);
        }
    }

    /// The next update, as bytes.
    pub fn update(&mut self, now: Timestamp, chance: &mut ChaCha8Rng) -> Vec<u8> {
        let number = match chance.random_range(0..100) {
            // Once more, or a number from anywhere.
            0 => i64::from(self.next_update.saturating_sub(chance.random_range(0..200))),
            1 => *NUMBERS.choose(chance).unwrap_or(&0),
            _ => {
                self.next_update = self.next_update.wrapping_add(1);
                i64::from(self.next_update)
            }
        };
        let chat = *PEOPLE.choose(chance).unwrap_or(&PEOPLE[0]);
        let content = match chance.random_range(0..100) {
            0..38 => self.wrote("message", chat, now, chance),
            38..48 => self.wrote("edited_message", chat, now, chance),
            48..88 => self.tapped(chat, now, chance),
            88..91 => moved(chat, now, chance),
            91..94 => elsewhere(chat, chance),
            _ => future(chance),
        };
        let mut bytes = format!("{{\"update_id\":{number},{content}}}").into_bytes();
        if chance.random_ratio(1, 6) {
            damage(&mut bytes, chance);
        }
        bytes
    }

    /// A message: typed, or of any other kind.
    fn wrote(
        &mut self,
        kind: &str,
        chat: ChatId,
        now: Timestamp,
        chance: &mut ChaCha8Rng,
    ) -> String {
        let seen = self.seen.entry(chat).or_default();
        let known = seen.messages.iter().copied().collect::<Vec<_>>();
        let any = |chance: &mut ChaCha8Rng| known.choose(chance).map_or(1, |id| i64::from(id.0));
        let message = if kind == "message" {
            self.next_message += 1;
            keep_newest(&mut seen.messages, MessageId(self.next_message), REMEMBERED);
            i64::from(self.next_message)
        } else {
            any(chance)
        };
        let message = wild(message, 60, chance);
        let date = wild(now.as_second(), 60, chance);
        let id = chat.0;
        let user = user(id, chance);
        let reply = match chance.random_range(0..8) {
            0 => format!(
                r#","reply_to_message":{{"message_id":{},"date":1,"chat":{{"id":{id},"type":"private","first_name":"X"}},"text":"x"}}"#,
                wild(any(chance), 10, chance)
            ),
            _ => String::new(),
        };
        let content = self.content(chat, chance);
        format!(
            r#""{kind}":{{"message_id":{message},"date":{date},{user},"chat":{{"id":{id},"type":"private","first_name":"X"}}{reply},{content}}}"#
        )
    }

    /// What a message holds.
    fn content(&self, chat: ChatId, chance: &mut ChaCha8Rng) -> String {
        let number = |chance: &mut ChaCha8Rng| wild(40, 3, chance);
        let file = |chance: &mut ChaCha8Rng| {
            format!(
                r#""file_id":"f","file_unique_id":"u","file_size":{}"#,
                number(chance)
            )
        };
        match chance.random_range(0..100) {
            0..55 => format!(r#""text":{}"#, json!(text(chat, chance))),
            55..80 => {
                let name = self.commands.choose(chance).map_or("start", String::as_str);
                let rest = match chance.random_range(0..4) {
                    0 => text(chat, chance),
                    _ => String::new(),
                };
                format!(r#""text":{}"#, json!(format!("/{name} {rest}")))
            }
            80..86 => format!(
                r#""voice":{{{},"duration":{}}},"caption":{}"#,
                file(chance),
                number(chance),
                json!(text(chat, chance))
            ),
            86..90 => format!(
                r#""document":{{{},"file_name":"voel-eerst.{}"}}"#,
                file(chance),
                ["json", "zip", "pdf"][chance.random_range(0..3)]
            ),
            90 => format!(
                r#""photo":[{{{},"width":{},"height":1}}],"caption":{}"#,
                file(chance),
                number(chance),
                json!(text(chat, chance))
            ),
            91 => format!(r#""location":{{"latitude":{},"longitude":-1e308}}"#, number(chance)),
            92 => r#""contact":{"phone_number":"","first_name":""}"#.to_owned(),
            93 => format!(r#""dice":{{"emoji":"x","value":{}}}"#, number(chance)),
            94 => r#""forward_origin":{"type":"hidden_user","date":0,"sender_user_name":"Oma"},"text":"x""#.to_owned(),
            95 => format!(r#""new_chat_title":{}"#, json!(text(chat, chance))),
            96 => r#""text":null"#.to_owned(),
            97 => r#""entities":[],"text":[]"#.to_owned(),
            98 => r#""sticker":{}"#.to_owned(),
            _ => format!(r#""novelty":{}"#, number(chance)),
        }
    }

    /// A tap: on a button that stands there, on one of somebody else's, or on none that ever was.
    fn tapped(&mut self, chat: ChatId, now: Timestamp, chance: &mut ChaCha8Rng) -> String {
        let own = self.seen.entry(chat).or_default();
        let own: Vec<_> = own.buttons.iter().cloned().collect();
        let others = self.seen.values().flat_map(|seen| &seen.buttons);
        let others: Vec<_> = others.cloned().collect();
        let newest = own.last().map_or(1, |(message, _)| message.0);
        let (message, data) = match chance.random_range(0..20) {
            0..13 if !own.is_empty() => own[chance.random_range(0..own.len())].clone(),
            13..15 if !others.is_empty() => others[chance.random_range(0..others.len())].clone(),
            _ => (MessageId(newest), forged(own.last(), chance)),
        };
        let message = wild(i64::from(message.0), 40, chance);
        let id = chat.0;
        let user = user(id, chance);
        let below = match chance.random_range(0..12) {
            0 => String::new(),
            1 => format!(
                r#","message":{{"message_id":{message},"date":0,"chat":{{"id":{id},"type":"private","first_name":"X"}}}}"#
            ),
            _ => format!(
                r#","message":{{"message_id":{message},"date":{},"chat":{{"id":{id},"type":"private","first_name":"X"}},"text":"x"}}"#,
                now.as_second()
            ),
        };
        format!(
            r#""callback_query":{{"id":"{}",{user},"chat_instance":"1","data":{}{below}}}"#,
            chance.next_u32(),
            json!(data)
        )
    }

    /// A file for `/import`, with somebody's mark in it.
    pub fn journal(&self, chat: ChatId, chance: &mut ChaCha8Rng) -> Vec<u8> {
        let number = wild(i64::from(chance.random_range(0..50)), 10, chance);
        let words = text(chat, chance);
        let own = wild(3, 10, chance);
        let mut file = json!({
            "format": "voel-eerst-export", "version": 1, "made": "2026-03-01T12:00:00Z",
            "language": "nl", "chat": 1, "consent": { "state": "open" },
            "settings": {
                "prompts": true, "times": ["19:30"], "days": ["monday"], "zone": "Europe/Amsterdam",
                "recognises": null
            },
            "own_prompts": [{ "id": format!("own-{own}"), "text": words }],
            "entries": [{
                "number": number, "day": "2026-02-02", "written": "2026-02-02T18:30:00Z",
                "prompt": null, "parts": [words]
            }]
        })
        .to_string()
        .into_bytes();
        if chance.random_ratio(1, 4) {
            damage(&mut file, chance);
        }
        file
    }
}

/// A number, and once in so many times another one altogether.
fn wild(number: i64, once_in: u32, chance: &mut ChaCha8Rng) -> i64 {
    match chance.random_ratio(1, once_in) {
        true => *NUMBERS.choose(chance).unwrap_or(&number),
        false => number,
    }
}

/// What somebody types: their mark, and words; now and then as long as a message can be, and longer.
fn text(chat: ChatId, chance: &mut ChaCha8Rng) -> String {
    let words = WORDS.choose(chance).unwrap_or(&"");
    match chance.random_range(0..2_000) {
        0 => format!(
            "{} {}",
            mark(chat),
            words.repeat(4_096 / words.len().max(1))
        ),
        1 => "e\u{301}".repeat(2_049),
        2..600 => (*words).to_owned(),
        _ => format!("{} {words}", mark(chat)),
    }
}

fn user(id: i64, chance: &mut ChaCha8Rng) -> String {
    let language = ["nl", "en", "pt-BR", "", "x"][chance.random_range(0..5)];
    let bot = chance.random_ratio(1, 100);
    let id = match chance.random_ratio(1, 100) {
        true => id,
        // A user's number is never below zero; a chat's may be.
        false => id.unsigned_abs().try_into().unwrap_or(i64::MAX),
    };
    format!(r#""from":{{"id":{id},"is_bot":{bot},"first_name":"X","language_code":"{language}"}}"#)
}

/// A button that nobody's keyboard has, with a number that may be live.
fn forged(live: Option<&(MessageId, String)>, chance: &mut ChaCha8Rng) -> String {
    let number = live.and_then(|(_, data)| data.split('.').next());
    let number = match chance.random_range(0..4) {
        0 => format!("{:x}", chance.next_u32()),
        1 => "ffffffff".to_owned(),
        _ => number.unwrap_or("1").to_owned(),
    };
    let word = TAPS.choose(chance).unwrap_or(&"x");
    let argument = match word.ends_with('.') {
        true => match chance.random_range(0..5) {
            0 => wild(0, 1, chance).to_string(),
            1 => format!(
                "{}-{}",
                chance.random_range(0..9),
                chance.random_range(0..300)
            ),
            2 => ["1930", "19002100", "s1", "cr", "w", "y", "x", "m2026-02"]
                [chance.random_range(0..8)]
            .to_owned(),
            _ => chance.random_range(0..12).to_string(),
        },
        false => String::new(),
    };
    format!("{number}.{word}{argument}")
}

/// Somebody blocked the bot, or came back.
fn moved(chat: ChatId, now: Timestamp, chance: &mut ChaCha8Rng) -> String {
    let id = chat.0;
    let [was, is] = match chance.random_bool(0.5) {
        true => ["member", "kicked"],
        false => ["kicked", "member"],
    };
    let bot = r#""user":{"id":9,"is_bot":true,"first_name":"V"},"until_date":0"#;
    format!(
        r#""my_chat_member":{{"chat":{{"id":{id},"type":"private","first_name":"X"}},{},"date":{},"old_chat_member":{{"status":"{was}",{bot}}},"new_chat_member":{{"status":"{is}",{bot}}}}}"#,
        user(id, chance),
        wild(now.as_second(), 10, chance)
    )
}

/// In a group or a channel.
fn elsewhere(chat: ChatId, chance: &mut ChaCha8Rng) -> String {
    let kind = ["group", "supergroup", "channel"][chance.random_range(0..3)];
    let update = ["message", "channel_post", "edited_message"][chance.random_range(0..3)];
    format!(
        r#""{update}":{{"message_id":1,"date":0,{},"chat":{{"id":-{},"type":"{kind}","title":"G"}},"text":{}}}"#,
        user(chat.0, chance),
        chance.random_range(1_000..1_009),
        json!(format!("/start {}", text(chat, chance)))
    )
}

/// Something that Telegram does not have yet.
fn future(chance: &mut ChaCha8Rng) -> String {
    let kind = [
        "novelty",
        "poll",
        "message",
        "callback_query",
        "inline_query",
    ];
    let kind = kind[chance.random_range(0..5)];
    let value = ["null", "{}", "[]", "7", "\"x\"", "{\"a\":[{}]}", "true"];
    format!(r#""{kind}":{}"#, value[chance.random_range(0..7)])
}

/// Bytes are changed, lost or doubled.
fn damage(bytes: &mut Vec<u8>, chance: &mut ChaCha8Rng) {
    for _ in 0..chance.random_range(1..4) {
        if bytes.is_empty() {
            return;
        }
        let at = chance.random_range(0..bytes.len());
        let until = (at + chance.random_range(1..20)).min(bytes.len());
        match chance.random_range(0..5) {
            0 => bytes[at] = chance.random_range(0..=255),
            1 => bytes[at] ^= 1 << chance.random_range(0..8),
            2 => drop(bytes.drain(at..until)),
            3 => {
                let part = bytes[at..until].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let number = wild(0, 1, chance).to_string();
                bytes.splice(at..at, number.into_bytes());
            }
        }
    }
}
