//! The people: what they do, in which order, and how soon.

use std::{collections::VecDeque, time::Duration};

use rand::{RngExt, seq::IndexedRandom};
use voel_eerst::{
    conversation::Tap,
    demo::{Author, Content, Voice},
    library::CommandText,
    parent::{ChatId, Consent, MessageId, Otherwise},
};

use super::{
    habits::Habit,
    ledger::{Said, Tapped, marked},
    run::{Happening, Simulation},
};

/// A parent.
pub struct Person {
    pub chat: ChatId,
    /// How they live with the bot now.
    pub habit: Habit,
    /// How often that has changed.
    pub turn: u32,
    /// The number of the newest update that came of what they did, while it is on its way.
    pub on_its_way: Option<i64>,
    /// They have a zone and times of their own.
    pub settled: bool,
    /// What they are about to do.
    pub script: VecDeque<Line>,
    /// Buttons that stood in the chat.
    pub old: Vec<(MessageId, String)>,
}

/// One thing to do.
#[derive(Clone, Copy, Debug)]
pub enum Line {
    Say(&'static str),
    /// A button that says one of these.
    Tap(&'static [&'static str]),
    /// Any button that stands in the chat.
    AnyTap,
    /// Words for the journal.
    Write,
    Block,
    Unblock,
    /// Nothing for a while.
    Rest,
}

/// What is typed besides words for the journal.
const ODD: [&str; 14] = [
    "20:15",
    "half acht",
    "tussen 19 en 21 uur",
    "di en do",
    "gisteren",
    "12 maart 2025",
    "Lissabon",
    "Tokio",
    "Paramaribo",
    "stop",
    "ja",
    "💛",
    "Wat was vandaag van mij?",
    "Ik wil niet meer leven, ik wil dood.",
];

const BEGIN: [Line; 5] = [
    Line::Say("/start"),
    Line::Tap(&["cy"]),
    Line::AnyTap,
    Line::AnyTap,
    Line::AnyTap,
];

impl Person {
    /// Somebody who is about to begin.
    pub fn new(chat: ChatId, habit: Habit) -> Self {
        Self {
            chat,
            habit,
            turn: 0,
            on_its_way: None,
            settled: false,
            script: BEGIN.into(),
            old: Vec::new(),
        }
    }
}

impl Simulation {
    /// Somebody's way with the bot changes. What they do of their own accord follows it from now on.
    pub fn change(&mut self, whose: usize) {
        let person = &mut self.people[whose];
        person.habit = Habit::next(self.setup.quiet, &mut self.chance);
        person.turn += 1;
        let (turn, busy) = (person.turn, !person.script.is_empty());
        let average = if busy {
            90
        } else {
            person.habit.restless * 3_600
        };
        let wait = self.exponential(average);
        self.plan_in(Duration::from_secs(wait), Happening::Act(whose, turn));
        self.plan_change(whose);
    }

    /// The next thing that somebody does.
    pub fn act(&mut self, whose: usize) {
        let newest = self.world.updates.newest();
        let line = match self.people[whose].script.pop_front() {
            Some(line) => line,
            None => {
                self.think_of_something(whose);
                match self.people[whose].script.pop_front() {
                    Some(line) => line,
                    None => Line::AnyTap,
                }
            }
        };
        let chat = self.people[whose].chat;
        match line {
            Line::Say(text) => self.say(chat, text, None),
            Line::Tap(words) => self.tap(whose, Some(words)),
            Line::AnyTap => self.tap(whose, None),
            Line::Write => self.write(whose, None),
            Line::Block => {
                self.world.set_blocked(chat, true).expect("a user");
                self.ledger.excuse(chat);
            }
            Line::Unblock => self.world.set_blocked(chat, false).expect("a user"),
            Line::Rest => {}
        }
        self.notes_what_is_on_its_way(whose, newest);
        let person = &self.people[whose];
        let turn = person.turn;
        let longest = if self.setup.quiet == 0 { 2 } else { 20 };
        let wait = match line {
            Line::Rest | Line::Block => self.chance.random_range(3_600..longest * 86_400),
            _ if !person.script.is_empty() => self.chance.random_range(1..90),
            _ => self.exponential(person.habit.restless * 3_600),
        };
        self.plan_in(Duration::from_secs(wait), Happening::Act(whose, turn));
    }

    /// What they did may change what becomes of what they do next, until it is decided.
    fn notes_what_is_on_its_way(&mut self, whose: usize, before: Option<i64>) {
        let newest = self.world.updates.newest();
        if newest != before {
            self.people[whose].on_its_way = newest;
        }
    }

    /// Somebody got a prompt.
    pub fn react(&mut self, whose: usize, prompt: MessageId) {
        let newest = self.world.updates.newest();
        let chat = self.people[whose].chat;
        match self.chance.random_range(0..10) {
            0..4 => self.write(whose, Some(prompt)),
            4..7 => self.write(whose, None),
            7 => self.tap(whose, None),
            8 => {
                self.tap(whose, Some(&["l"]));
                self.people[whose].script.push_front(Line::Tap(&["z"]));
            }
            _ => {
                self.write(whose, Some(prompt));
                let script = &mut self.people[whose].script;
                script.extend([Line::Tap(&["f"]), Line::Write]);
            }
        }
        if self.chance.random_ratio(1, 30) {
            self.say(chat, "Nog iets.", Some(prompt));
        }
        self.notes_what_is_on_its_way(whose, newest);
    }

    fn think_of_something(&mut self, whose: usize) {
        let chat = self.people[whose].chat;
        if self.world.chat(chat).is_none() || !self.records.contains_key(&chat) {
            self.people[whose].script.extend(BEGIN);
            return;
        }
        let script: &[Line] = match self.chance.random_range(0..100) {
            0..31 => &[Line::Write],
            31..36 => &[
                Line::Say("/export"),
                Line::Tap(&["xp"]),
                Line::Tap(&["xp"]),
                Line::Say("/hulp"),
            ],
            36..46 => {
                let languages = self.voice().languages;
                let library = languages.of(Some("nl"));
                let commands: Vec<&CommandText> = library.commands.iter().collect();
                let command = commands.choose(&mut self.chance).expect("commands");
                let command = format!("/{}", command.name);
                self.say(chat, &command, None);
                &[Line::AnyTap, Line::AnyTap]
            }
            46..54 => &[Line::AnyTap, Line::AnyTap],
            54..62 => {
                self.tap_old(whose);
                &[]
            }
            62..72 => {
                self.edit(whose);
                &[]
            }
            72..77 => {
                let text = ODD.choose(&mut self.chance).expect("texts");
                self.say(chat, text, None);
                &[]
            }
            77..81 => &[Line::Block, Line::Unblock, Line::Write],
            81..84 => &[
                Line::Say("/pauze"),
                Line::AnyTap,
                Line::Rest,
                Line::Say("/pauze"),
                Line::Tap(&["r"]),
            ],
            84..86 => &[
                Line::Say("/stop"),
                Line::Rest,
                Line::Say("/start"),
                Line::AnyTap,
            ],
            86..88 => {
                let voice = Voice::new(7, *b"OggS");
                if self.world.speak(chat, voice, None).is_ok() {
                    self.figures.acts += 1;
                }
                &[]
            }
            88..90 => {
                let sticker = Content::Sticker("🙂".to_owned());
                if let Ok(message) = self.world.send_content(chat, sticker) {
                    self.said(chat, message, String::new(), false);
                }
                &[]
            }
            90..93 => &[Line::Say("/wis"), Line::Tap(&["w.1"]), Line::Tap(&["wl"])],
            93 => &[
                Line::Say("/wis"),
                Line::Tap(&["w.3"]),
                Line::Tap(&["wy.3"]),
                Line::Rest,
            ],
            94..97 => {
                self.delete(whose);
                &[]
            }
            _ => &[
                Line::Say("/instellingen"),
                Line::AnyTap,
                Line::AnyTap,
                Line::AnyTap,
            ],
        };
        self.people[whose].script.extend(script);
    }

    /// Words for the journal.
    fn write(&mut self, whose: usize, reply_to: Option<MessageId>) {
        let chat = self.people[whose].chat;
        let mark = self.next_mark();
        let text = marked(mark);
        let keeps = self.has_to_keep(whose);
        self.figures.kept += u64::from(keeps);
        let reply_to = reply_to.filter(|id| self.world.message(chat, *id).is_some());
        if let Ok(message) = self.world.say(chat, &text, reply_to) {
            self.ledger.marks.insert(mark, (chat, message));
            self.said(chat, message, text, keeps);
        }
    }

    fn say(&mut self, chat: ChatId, text: &str, reply_to: Option<MessageId>) {
        let reply_to = reply_to.filter(|id| self.world.message(chat, *id).is_some());
        if let Ok(message) = self.world.say(chat, text, reply_to) {
            self.said(chat, message, text.to_owned(), false);
        }
    }

    fn said(&mut self, chat: ChatId, message: MessageId, text: String, keeps: bool) {
        self.figures.acts += 1;
        let said = Said {
            at: self.clock.uptime(),
            life: self.ledger.life(chat),
            versions: vec![text],
            keeps,
            handled: false,
            erased: false,
            excused: false,
        };
        self.ledger.said.insert((chat, message), said);
    }

    /// Whether what somebody types now has to be kept: they have agreed, nothing else is asked for, and nothing is on its way that may change
    /// that.
    fn has_to_keep(&self, whose: usize) -> bool {
        let person = &self.people[whose];
        if person.on_its_way.is_some() || !person.script.is_empty() {
            return false;
        }
        let Some(parent) = self.records.get(&person.chat) else {
            return false;
        };
        let languages = self.voice().languages;
        let library = languages.of(parent.language.as_deref());
        matches!(parent.consent, Consent::Given { .. })
            && parent.keeps(&library.consent_version)
            && parent.asking.is_none()
            && parent
                .settings
                .asking
                .is_none_or(|it| it.otherwise == Otherwise::Reply)
            && parent.flows.open.is_none()
    }

    /// Taps a button that stands in the chat.
    fn tap(&mut self, whose: usize, words: Option<&[&str]>) {
        let person = &self.people[whose];
        let chat = person.chat;
        let Some(shown) = self.world.chat(chat) else {
            return;
        };
        let messages = shown.from_bot().rev().take(12);
        let messages = messages.filter(|message| !message.keyboard.is_empty());
        let mut buttons: Vec<(MessageId, String)> = Vec::new();
        for message in messages.take(3) {
            let all = message.keyboard.inline_keyboard.iter().flatten();
            let all = all.filter_map(|button| button.callback_data.clone());
            buttons.extend(all.map(|data| (message.id, data)));
        }
        if let Some(words) = words {
            buttons.retain(|(_, data)| words.iter().any(|word| says(data, word)));
        }
        // Who leaves for good does so on purpose.
        if words.is_none() {
            buttons.retain(|(_, data)| !says(data, "wy.3"));
        }
        let Some((message, data)) = buttons.choose(&mut self.chance).cloned() else {
            return;
        };
        let twice = self.chance.random_ratio(1, 12);
        for _ in 0..if twice { 2 } else { 1 } {
            if let Ok(tap) = self.world.tap_data(chat, message, &data) {
                self.tapped(chat, tap);
            }
        }
        let old = &mut self.people[whose].old;
        old.push((message, data));
        if old.len() > 20 {
            old.remove(0);
        }
    }

    fn tap_old(&mut self, whose: usize) {
        let person = &self.people[whose];
        let chat = person.chat;
        let old = person.old.iter().filter(|(_, data)| !says(data, "wy.3"));
        let old: Vec<_> = old.cloned().collect();
        if let Some((message, data)) = old.choose(&mut self.chance)
            && let Ok(tap) = self.world.forge_tap(chat, *message, data)
        {
            self.tapped(chat, tap);
        }
    }

    fn tapped(&mut self, chat: ChatId, tap: String) {
        self.figures.acts += 1;
        let life = self.ledger.life(chat);
        let excused = false;
        let at = self.clock.uptime();
        let tapped = Tapped {
            chat,
            life,
            at,
            excused,
        };
        self.ledger.taps.insert(tap, tapped);
    }

    fn edit(&mut self, whose: usize) {
        let chat = self.people[whose].chat;
        let life = self.ledger.life(chat);
        let kept = |(message, said): (MessageId, &Said)| {
            (said.keeps && said.life == life).then_some(message)
        };
        let latest = self.ledger.said_by(chat).filter_map(kept).next_back();
        let Some(message) = latest else {
            return;
        };
        let mark = self.next_mark();
        let text = marked(mark);
        if self.world.edit_own(chat, message, &text).is_ok() {
            self.figures.acts += 1;
            self.ledger.marks.insert(mark, (chat, message));
            if let Some(said) = self.ledger.said.get_mut(&(chat, message)) {
                said.versions.push(text);
            }
        }
    }

    fn delete(&mut self, whose: usize) {
        let chat = self.people[whose].chat;
        let Some(shown) = self.world.chat(chat) else {
            return;
        };
        let recent = shown.messages.values().rev().take(8);
        let recent: Vec<_> = recent
            .filter(|it| it.from == Author::Bot)
            .map(|it| it.id)
            .collect();
        if let Some(message) = recent.choose(&mut self.chance) {
            self.world.delete(chat, *message).expect("a message");
        }
    }
}

/// Whether a button's data says this, whatever its keyboard.
fn says(data: &str, word: &str) -> bool {
    let tap = data.split_once('.').map_or("", |(_, tap)| tap);
    tap.strip_prefix(word)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a tap may take away, or change, what is in the journal.
pub fn may_erase(data: &str) -> bool {
    match Tap::read(data) {
        Some((
            _,
            Tap::EraseEntryYes(_)
            | Tap::EraseYes(_)
            | Tap::EraseLastYes(_)
            | Tap::Crisis(_)
            | Tap::Flow(_)
            | Tap::Settings(_)
            | Tap::ConsentNo,
        )) => true,
        Some(_) | None => false,
    }
}
