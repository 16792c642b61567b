//! The parent's own prompts: reading, adding and removing them. They come by now and then, in the place of one from the library.

use super::{
    settings::{self, SettingsTap},
    tap::Tap,
    turn::{Row, Turn},
};
use crate::parent::{
    Asked, MessageId, Otherwise, Words,
    own::{LONGEST_OWN, MOST_OWN, OwnPrompt},
};

/// A tap on a button about own prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnTap {
    /// Show the one with this number, or the newest when it is gone.
    Show(u16),
    /// Type a new one.
    Add,
    /// Remove the one with this number.
    Remove(u16),
}

impl OwnTap {
    /// Its part of the callback data.
    pub fn data(self) -> String {
        match self {
            Self::Show(number) => format!("s{number}"),
            Self::Add => "a".to_owned(),
            Self::Remove(number) => format!("r{number}"),
        }
    }

    /// Reads what [`OwnTap::data`] wrote.
    pub fn read(data: &str) -> Option<Self> {
        if data == "a" {
            return Some(Self::Add);
        }
        let (word, number) = data.split_at_checked(1)?;
        let number = number.parse().ok()?;
        match word {
            "s" => Some(Self::Show(number)),
            "r" => Some(Self::Remove(number)),
            _ => None,
        }
    }
}

/// The own prompts, the newest first, one at a time: twenty of them would not fit a message.
pub(super) fn open(turn: &mut Turn<'_>, message: MessageId) {
    let newest = turn.parent.own.prompts.last().map(|own| own.number);
    show(turn, Some(message), newest, None);
}

/// What a tap does.
pub(super) fn tap(turn: &mut Turn<'_>, message: MessageId, tap: OwnTap) -> Option<String> {
    let texts = &turn.texts().own_prompt;
    match tap {
        OwnTap::Show(number) => show(turn, Some(message), Some(number), None),
        OwnTap::Add if !turn.keeps() => {
            return Some(turn.texts().error.needs_consent.as_str().to_owned());
        }
        OwnTap::Add if turn.parent.own.is_full() => {
            return Some(texts.full.fill(&[("max", &MOST_OWN.to_string())]));
        }
        OwnTap::Add => {
            let ask = texts.ask.fill(&[("max", &LONGEST_OWN.to_string())]);
            let newest = turn.parent.own.prompts.last().map_or(0, |own| own.number);
            let back = Tap::Own(OwnTap::Show(newest));
            let rows = vec![vec![(turn.texts().settings.btn_back.as_str(), back)]];
            turn.turn_menu(message, ask, rows);
            settings::open_question(turn, Asked::OwnPrompt, Otherwise::Misread);
        }
        OwnTap::Remove(number) => {
            turn.parent.own.remove(number);
            let newest = turn.parent.own.prompts.last().map(|own| own.number);
            show(turn, Some(message), newest, Some(texts.removed.as_str()));
        }
    }
    None
}

/// A new one was typed; whether it is short enough.
pub(super) fn typed(turn: &mut Turn<'_>, words: &Words) -> bool {
    let text = words.reveal().trim();
    if text.encode_utf16().count() > LONGEST_OWN {
        return false;
    }
    // A new version of the explanation may have come since the question was put.
    if !turn.keeps() {
        turn.say(turn.texts().error.needs_consent.as_str());
        return true;
    }
    turn.parent.own.add(Words::new(text));
    let newest = turn.parent.own.prompts.last().map(|own| own.number);
    let saved = turn.texts().own_prompt.saved.as_str();
    show(turn, None, newest, Some(saved));
    true
}

/// How long one may be.
pub(super) fn say_too_long(turn: &mut Turn<'_>) {
    let max = LONGEST_OWN.to_string();
    turn.say(turn.texts().error.too_long_slot.fill(&[("max", &max)]));
}

fn show(
    turn: &mut Turn<'_>,
    message: Option<MessageId>,
    wanted: Option<u16>,
    before: Option<&str>,
) {
    let texts = turn.texts();
    let prompts = &turn.parent.own.prompts;
    let newest = prompts.len().checked_sub(1);
    let at = prompts
        .iter()
        .position(|own| Some(own.number) == wanted)
        .or(newest);
    let shown = at.and_then(|at| prompts.get(at).map(|own| (at, own)));
    let mut rows = Vec::new();
    let page = match shown {
        Some((at, own)) => {
            rows.push(turning(turn, at));
            rows.push(vec![(
                texts.own_prompt.btn_remove.as_str(),
                Tap::Own(OwnTap::Remove(own.number)),
            )]);
            texts.own_prompt.one.fill(&[
                ("n", &(prompts.len() - at).to_string()),
                ("max", &prompts.len().to_string()),
                ("text", own.words.reveal()),
            ])
        }
        None => texts.own_prompt.list_empty.as_str().to_owned(),
    };
    rows.push(vec![(
        texts.own_prompt.btn_add.as_str(),
        Tap::Own(OwnTap::Add),
    )]);
    rows.push(vec![(
        texts.settings.btn_back.as_str(),
        Tap::Settings(SettingsTap::Overview),
    )]);
    rows.retain(|row| !row.is_empty());
    let text = before.map_or(page.clone(), |before| format!("{before}\n\n{page}"));
    turn.show(message, text, rows);
}

/// To the newer one and the older one, where there are such.
fn turning<'a>(turn: &Turn<'a>, at: usize) -> Row<'a> {
    let texts = &turn.texts().journal;
    let prompts = &turn.parent.own.prompts;
    let to = |own: &OwnPrompt| Tap::Own(OwnTap::Show(own.number));
    let newer = prompts.get(at + 1);
    let older = at.checked_sub(1).and_then(|at| prompts.get(at));
    let newer = newer.map(|own| (texts.btn_newer.as_str(), to(own)));
    let older = older.map(|own| (texts.btn_older.as_str(), to(own)));
    newer.into_iter().chain(older).collect()
}
