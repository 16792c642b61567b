//! What can happen to a parent at any moment.

use std::fmt;

use super::*;

/// One thing that happens.
#[derive(Clone, PartialEq)]
pub(super) enum Act {
    /// A button that stands in the chat.
    Tap {
        label: String,
        message: MessageId,
        data: String,
    },
    /// A button that stood in the chat before, on a screen that did not hear that it is gone.
    Old(MessageId, String),
    /// A button that never was.
    Forged(MessageId, String),
    Say(&'static str),
    ReplyTo(MessageId, &'static str),
    Send(Content),
    Edit(MessageId, &'static str),
    /// What is planned next comes.
    Due,
    Wait(i64),
    Left,
    CameBack,
}

/// Nothing of a message's words is needed to tell the story, but a label helps.
impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tap { label, message, .. } => write!(f, "[{label}] in {}", message.0),
            Self::Old(message, data) => write!(f, "old {data} in {}", message.0),
            Self::Forged(message, data) => write!(f, "forged {data} in {}", message.0),
            Self::Say(text) => write!(f, "{text:.40?}"),
            Self::ReplyTo(message, text) => write!(f, "{text:.40?} to {}", message.0),
            Self::Send(content) => write!(f, "{content:?}"),
            Self::Edit(message, text) => write!(f, "{text:.40?} instead of {}", message.0),
            Self::Due => f.write_str("due"),
            Self::Wait(minutes) => write!(f, "{minutes} minutes"),
            Self::Left => f.write_str("left"),
            Self::CameBack => f.write_str("came back"),
        }
    }
}

impl Act {
    pub fn happens(&self, talk: &mut Talk) {
        match self {
            Self::Tap { message, data, .. }
            | Self::Old(message, data)
            | Self::Forged(message, data) => {
                talk.tap_data(*message, data);
            }
            Self::Say(text) => drop(talk.say(text)),
            Self::ReplyTo(message, text) => drop(talk.reply(Some(*message), text)),
            Self::Send(content) => drop(talk.send(None, content.clone())),
            Self::Edit(message, text) => talk.edit(*message, text),
            Self::Due => {
                if let Some(due) = talk.parent.as_ref().and_then(Parent::due) {
                    talk.until(due.max(talk.now));
                }
            }
            Self::Wait(minutes) => talk.minutes(*minutes),
            Self::Left => talk.happen(&Event::Left),
            Self::CameBack => talk.happen(&Event::CameBack),
        }
    }
}

/// Words that the bot must keep to itself wherever nothing may be kept: see the [rules](super::rules).
pub(super) const SECRET: &str = "Zilvervos";

/// Words that are answered with help, whatever was asked before.
pub(super) const HEAVY: &str = "Ik wil niet meer leven, ik wil dood. Zilvervos.";

/// What people type: answers, times, days, dates, places, and what Telegram lets through besides.
const TEXTS: [&str; 17] = [
    "Zilvervos was vandaag rustiger.",
    "Een zin van meer dan veertig tekens over Zilvervos, want zo lang is een antwoord vaak.",
    HEAVY,
    "20:15",
    "half acht",
    "tussen 19 en 21 uur",
    "di en do",
    "gisteren",
    "Lissabon",
    "stop",
    "Hulp!",
    "   ",
    "💛",
    "👨‍👩‍👧‍👦👩🏽‍🦱e\u{301}\u{302}\u{323} Zilvervos",
    "\u{202e}Zilvervos مرحبا \u{2067}שלום\u{2069}",
    "{lines} <b>Zilvervos</b> *_[](/wis) @iemand",
    "?",
];

/// Every kind of message that is not typed.
fn contents() -> Vec<Content> {
    vec![
        Content::Forwarded,
        Content::Sticker,
        Content::Photo,
        Content::Voice(voice_note(42)),
        Content::Voice(voice_note(181)),
        Content::Document(sent_file("voel-eerst-2026-03-02.json", Some(300))),
        Content::Document(sent_file("voel-eerst-2026-03-02.ZIP", Some(20_000_001))),
        Content::Document(sent_file("brief.pdf", None)),
        Content::File,
        Content::Location,
        Content::Contact,
        Content::Other,
        Content::Text(Words::new("")),
        Content::Text(long()),
        Content::Command {
            name: "bestaatniet".to_owned(),
            rest: Words::default(),
        },
        Content::Command {
            name: "zoek".to_owned(),
            rest: Words::new("zilvervos"),
        },
        Content::Command {
            name: "dagboek".to_owned(),
            rest: Words::new("gisteren"),
        },
        Content::Command {
            name: "dagboek".to_owned(),
            rest: Words::new("Zilvervos"),
        },
    ]
}

/// As long as Telegram lets a message be, in units that are no characters.
fn long() -> Words {
    Words::new("👩🏽‍🦱".repeat(4_096 / 7))
}

/// The buttons in the chat.
pub(super) fn taps(talk: &Talk) -> Vec<Act> {
    let tap = |(label, message, data)| Act::Tap {
        label,
        message,
        data,
    };
    talk.buttons().into_iter().map(tap).collect()
}

/// Buttons that somebody made up, among them some with the number of a keyboard that counts.
fn forged(talk: &Talk) -> Vec<Act> {
    let mut forged = vec![
        Act::Forged(MessageId(1), "1.cy".to_owned()),
        Act::Forged(MessageId(1), "nonsense".to_owned()),
        Act::Forged(MessageId(9_999), "ffffffff.wy.3".to_owned()),
    ];
    let number = talk.parent.as_ref().map_or(0, |parent| parent.keyboard);
    let last = talk.chat.keys().next_back().copied();
    for tap in ["wy.3", "ey.0", "j.4-0", "ncr", "i.s1", "x", "f", "o"] {
        if let Some(last) = last {
            forged.push(Act::Forged(last, format!("{number:x}.{tap}")));
        }
    }
    forged
}

/// Everything that can happen now.
pub(super) fn acts(talk: &Talk) -> Vec<Act> {
    let mut acts = taps(talk);
    acts.extend(forged(talk));
    acts.extend(TEXTS.map(Act::Say));
    let commands = talk.spoken().commands.iter();
    acts.extend(commands.map(|command| {
        Act::Send(Content::Command {
            name: command.name.clone(),
            rest: Words::default(),
        })
    }));
    acts.extend(contents().into_iter().map(Act::Send));
    acts.extend(
        talk.chat
            .keys()
            .rev()
            .take(2)
            .flat_map(|id| [TEXTS[0], HEAVY].map(|text| Act::ReplyTo(*id, text))),
    );
    acts.push(Act::ReplyTo(MessageId(9_999), TEXTS[0]));
    let own = own(talk).take(2);
    acts.extend(own.flat_map(|id| [TEXTS[1], HEAVY].map(|text| Act::Edit(id, text))));
    acts.extend([TEXTS[1], HEAVY].map(|text| Act::Edit(MessageId(9_999), text)));
    acts.extend([
        Act::Due,
        Act::Wait(90),
        Act::Wait(40 * 60),
        Act::Left,
        Act::CameBack,
    ]);
    acts
}

/// One of them that an app could lead to, or a button that is gone; buttons more often than all else, as they are what a parent sees.
pub(super) fn at_random(talk: &Talk, gone: &[Act], chance: &mut ChaCha8Rng) -> Act {
    let buttons = taps(talk);
    match chance.random_range(0..20) {
        0 if !gone.is_empty() => match gone.choose(chance) {
            Some(Act::Tap { message, data, .. }) => Act::Old(*message, data.clone()),
            _ => Act::Due,
        },
        1..11 if !buttons.is_empty() => buttons.choose(chance).unwrap().clone(),
        _ => {
            let mut all = acts(talk);
            all.retain(|act| !matches!(act, Act::Forged(..)));
            all.choose(chance).unwrap().clone()
        }
    }
}

/// The parent's own messages that are parts of entries, newest first.
fn own(talk: &Talk) -> impl Iterator<Item = MessageId> {
    let parts = talk.book.messages.iter().rev();
    parts.filter_map(|(id, link)| matches!(link, MessageRef::Part(_)).then_some(*id))
}
