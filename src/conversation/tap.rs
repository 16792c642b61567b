//! What the buttons say to the bot: callback data, written and read in one place.
//!
//! Data looks like `3f.t.0730`: the keyboard's number in hexadecimal, then the tap. Anybody can forge it, so reading it proves nothing
//! but its form; whether the keyboard is the live one, and whether the tap makes sense now, is for the scene to say.

use crate::{
    conversation::{
        CrisisTap, EntryId, ExportTap, FlowTap, book::BookTap, own::OwnTap, pause::PauseTap,
        settings::SettingsTap, silence::SilenceTap,
    },
    library::Side,
    parent::{ClockTime, Days, MessageId, Slot},
};

/// A tap on one of the bot's buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// Keep my replies.
    ConsentYes,
    /// Keep nothing.
    ConsentNo,
    /// Show the explanation, and come back.
    ConsentMore,
    /// Back from the explanation.
    ConsentBack,
    /// The language with this mark, before anything else was chosen.
    Language(u32),
    /// Prompts come at this time.
    Time(Slot),
    /// Prompts come at a time that is typed.
    TimeOther,
    /// At one of the times to choose from, after all.
    Times,
    /// Prompts come on these days.
    Days(Days),
    /// Show the days to choose from, with these chosen.
    DaysOwn(Days),
    /// What the parent recognises; `None` is no answer.
    Side(Option<Side>),
    /// Send a prompt now.
    PromptNow,
    /// Nothing now; the buttons go.
    Close,
    /// Start sending again.
    Resume,
    /// Show when the prompt may come again.
    Later,
    /// The prompt comes again.
    Snooze(Snooze),
    /// It does not come again later: back to the prompt's own buttons.
    NotLater,
    /// Another prompt instead.
    Other,
    /// Not this one.
    Skip,
    /// The further question to the prompt.
    FollowUp,
    /// Ask whether this entry is to be erased.
    EraseEntry(EntryId),
    /// Erase this entry.
    EraseEntryYes(EntryId),
    /// The journal, from the beginning of this entry's given piece.
    Page(EntryId, u8),
    /// What the bot can do.
    Commands,
    /// The breathing text.
    Breathe,
    /// A message to send on to somebody.
    TextSomeone,
    /// A button of a guided flow, or under example sentences.
    Flow(FlowTap),
    /// Ask before erasing.
    Erase(Erase),
    /// Erase.
    EraseYes(Erase),
    /// Erase the newest entry, whose newest message was this when it was asked.
    EraseLastYes(MessageId),
    /// Below an answer to heavy words.
    Crisis(CrisisTap),
    /// A week without prompts after it, or not.
    QuietWeek(bool),
    /// On the way to the documents of `/export`.
    Export(ExportTap),
    /// Something in the settings.
    Settings(SettingsTap),
    /// A time without prompts.
    Pause(PauseTap),
    /// After a long silence.
    Silence(SilenceTap),
    /// The parent's own prompts.
    Own(OwnTap),
    /// Something in the journal, the search or the look-backs.
    Book(BookTap),
}

/// How long a prompt is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snooze {
    /// 30 minutes.
    HalfHour,
    /// One hour.
    Hour,
    /// Three hours.
    ThreeHours,
    /// The same evening.
    Tonight,
    /// The next day.
    Tomorrow,
}

/// How much is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    /// The newest entry.
    Last,
    /// Every entry.
    Answers,
    /// Everything, the settings too.
    All,
}

impl Tap {
    /// Whether the button works for ever, wherever it stands: help is never old.
    pub fn is_timeless(self) -> bool {
        matches!(self, Self::Breathe | Self::TextSomeone | Self::Crisis(_))
    }

    /// The callback data for this tap on the keyboard with this number; always under 64 bytes.
    pub fn data(self, keyboard: u32) -> String {
        let (word, argument) = match self {
            Self::ConsentYes => ("cy", String::new()),
            Self::ConsentNo => ("cn", String::new()),
            Self::ConsentMore => ("cm", String::new()),
            Self::ConsentBack => ("cb", String::new()),
            Self::Language(mark) => ("la", format!("{mark:x}")),
            Self::Time(slot) => ("t", slot_word(slot)),
            Self::TimeOther => ("to", String::new()),
            Self::Times => ("tb", String::new()),
            Self::Days(days) => ("d", u8::from(days).to_string()),
            Self::DaysOwn(days) => ("do", u8::from(days).to_string()),
            Self::Side(side) => ("s", side_word(side).to_owned()),
            Self::PromptNow => ("p", String::new()),
            Self::Close => ("x", String::new()),
            Self::Resume => ("r", String::new()),
            Self::Later => ("l", String::new()),
            Self::Snooze(snooze) => ("z", snooze_word(snooze).to_owned()),
            Self::Other => ("o", String::new()),
            Self::Skip => ("k", String::new()),
            Self::FollowUp => ("f", String::new()),
            Self::EraseEntry(entry) => ("e", entry.0.to_string()),
            Self::EraseEntryYes(entry) => ("ey", entry.0.to_string()),
            Self::Page(entry, piece) => ("j", format!("{}-{piece}", entry.0)),
            Self::Commands => ("hc", String::new()),
            Self::Breathe => ("hb", String::new()),
            Self::TextSomeone => ("ht", String::new()),
            Self::Flow(tap) => ("g", tap.argument()),
            Self::Erase(what) => ("w", erase_word(what).to_owned()),
            Self::EraseYes(what) => ("wy", erase_word(what).to_owned()),
            Self::EraseLastYes(message) => ("wl", message.0.to_string()),
            Self::Crisis(tap) => ("a", tap.data()),
            Self::QuietWeek(wanted) => (if wanted { "ay" } else { "an" }, String::new()),
            Self::Export(tap) => ("xp", tap.word().to_owned()),
            Self::NotLater => ("lb", String::new()),
            Self::Settings(tap) => ("i", tap.data()),
            Self::Pause(tap) => ("u", tap.data()),
            Self::Silence(tap) => ("q", tap.data()),
            Self::Own(tap) => ("n", tap.data()),
            Self::Book(tap) => ("b", tap.data()),
        };
        if argument.is_empty() {
            format!("{keyboard:x}.{word}")
        } else {
            format!("{keyboard:x}.{word}.{argument}")
        }
    }

    /// Reads callback data: the keyboard's number and the tap; `None` when it is nothing the bot ever wrote.
    pub fn read(data: &str) -> Option<(u32, Self)> {
        let mut parts = data.splitn(3, '.');
        let keyboard = u32::from_str_radix(parts.next()?, 16).ok()?;
        let word = parts.next()?;
        let argument = parts.next().unwrap_or_default();
        let tap = match word {
            "cy" => Self::ConsentYes,
            "cn" => Self::ConsentNo,
            "cm" => Self::ConsentMore,
            "cb" => Self::ConsentBack,
            "la" => Self::Language(u32::from_str_radix(argument, 16).ok()?),
            "t" => Self::Time(read_slot(argument)?),
            "to" => Self::TimeOther,
            "tb" => Self::Times,
            "d" => Self::Days(read_days(argument)?),
            "do" => Self::DaysOwn(read_days(argument)?),
            "s" => Self::Side(read_side(argument)?),
            "p" => Self::PromptNow,
            "x" => Self::Close,
            "r" => Self::Resume,
            "l" => Self::Later,
            "z" => Self::Snooze(read_snooze(argument)?),
            "o" => Self::Other,
            "k" => Self::Skip,
            "f" => Self::FollowUp,
            "e" => Self::EraseEntry(EntryId(argument.parse().ok()?)),
            "ey" => Self::EraseEntryYes(EntryId(argument.parse().ok()?)),
            "j" => {
                let (entry, piece) = argument.split_once('-')?;
                Self::Page(EntryId(entry.parse().ok()?), piece.parse().ok()?)
            }
            "hc" => Self::Commands,
            "hb" => Self::Breathe,
            "ht" => Self::TextSomeone,
            "g" => Self::Flow(FlowTap::read(argument)?),
            "w" => Self::Erase(read_erase(argument)?),
            "wy" => Self::EraseYes(read_erase(argument)?),
            "wl" => Self::EraseLastYes(MessageId(argument.parse().ok()?)),
            "a" => Self::Crisis(CrisisTap::read(argument)?),
            "ay" => Self::QuietWeek(true),
            "an" => Self::QuietWeek(false),
            "xp" => Self::Export(ExportTap::read(argument)?),
            "lb" => Self::NotLater,
            "i" => Self::Settings(SettingsTap::read(argument)?),
            "u" => Self::Pause(PauseTap::read(argument)?),
            "q" => Self::Silence(SilenceTap::read(argument)?),
            "n" => Self::Own(OwnTap::read(argument)?),
            "b" => Self::Book(BookTap::read(argument)?),
            _ => return None,
        };
        Some((keyboard, tap))
    }
}

/// `0730`, or `19002100` for a window.
pub(super) fn slot_word(slot: Slot) -> String {
    let word = |time: ClockTime| format!("{:02}{:02}", time.hour(), time.minute());
    if slot.is_window() {
        word(slot.from()) + &word(slot.until())
    } else {
        word(slot.from())
    }
}

pub(super) fn read_slot(word: &str) -> Option<Slot> {
    let (from, until) = word.split_at_checked(4)?;
    if until.is_empty() {
        return read_time(from).map(Slot::at);
    }
    Slot::between(read_time(from)?, read_time(until)?)
}

fn read_time(word: &str) -> Option<ClockTime> {
    let (hour, minute) = word.split_at_checked(2)?;
    ClockTime::new(hour.parse().ok()?, minute.parse().ok()?)
}

pub(super) fn read_days(argument: &str) -> Option<Days> {
    argument.parse::<u8>().ok().map(Days::from)
}

pub(super) fn side_word(side: Option<Side>) -> &'static str {
    match side {
        None => "0",
        Some(Side::Verlating) => "1",
        Some(Side::Binding) => "2",
        Some(Side::Beide) => "3",
    }
}

pub(super) fn read_side(word: &str) -> Option<Option<Side>> {
    match word {
        "0" => Some(None),
        "1" => Some(Some(Side::Verlating)),
        "2" => Some(Some(Side::Binding)),
        "3" => Some(Some(Side::Beide)),
        _ => None,
    }
}

fn snooze_word(snooze: Snooze) -> &'static str {
    match snooze {
        Snooze::HalfHour => "30",
        Snooze::Hour => "60",
        Snooze::ThreeHours => "180",
        Snooze::Tonight => "t",
        Snooze::Tomorrow => "m",
    }
}

fn read_snooze(word: &str) -> Option<Snooze> {
    match word {
        "30" => Some(Snooze::HalfHour),
        "60" => Some(Snooze::Hour),
        "180" => Some(Snooze::ThreeHours),
        "t" => Some(Snooze::Tonight),
        "m" => Some(Snooze::Tomorrow),
        _ => None,
    }
}

fn erase_word(erase: Erase) -> &'static str {
    match erase {
        Erase::Last => "1",
        Erase::Answers => "2",
        Erase::All => "3",
    }
}

fn read_erase(word: &str) -> Option<Erase> {
    match word {
        "1" => Some(Erase::Last),
        "2" => Some(Erase::Answers),
        "3" => Some(Erase::All),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests;
