//! What the buttons of the settings do.

use crate::{
    conversation::tap::{read_days, read_side, read_slot, side_word, slot_word},
    library::Side,
    parent::{Days, Slot},
};

/// A tap on a button of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsTap {
    /// Back to everything.
    Overview,
    /// The buttons go.
    Close,
    /// At which time?
    Times,
    /// At which time besides those chosen?
    MoreTimes,
    /// At this time.
    Time {
        /// The time.
        slot: Slot,
        /// Those chosen before stay.
        add: bool,
    },
    /// At a time that is typed.
    TimeOther {
        /// Those chosen before stay.
        add: bool,
    },
    /// On which days?
    Days,
    /// On these days.
    DaysAre(Days),
    /// Show the days to choose from, with these chosen.
    DaysOwn(Days),
    /// Once a week.
    Weekly,
    /// In which time zone?
    Zone,
    /// What does the parent recognise?
    Sides,
    /// This; `None` is no answer.
    Side(Option<Side>),
    /// Are replies kept?
    Keeping,
    /// Keep them.
    Keep,
    /// Show the explanation, and come back.
    KeepMore,
    /// Keep no more of them.
    StopKeeping,
    /// Keep no more, and ask before erasing those that there are.
    EraseKept,
    /// Keep no more, and erase those that there are.
    EraseKeptYes,
    /// Does something come back that was written on this day before?
    OnThisDay,
    /// It does, or it does not.
    OnThisDayIs(bool),
    /// The other country.
    Country,
    /// The language with this mark.
    Language(u32),
    /// The parent's own prompts.
    Own,
}

impl SettingsTap {
    /// Its part of the callback data: a letter, and what goes with it.
    pub fn data(self) -> String {
        let add_word = |add| if add { "+" } else { "-" };
        let (letter, argument) = match self {
            Self::Overview => ('o', String::new()),
            Self::Close => ('x', String::new()),
            Self::Times => ('t', String::new()),
            Self::MoreTimes => ('m', String::new()),
            Self::Time { slot, add } => ('a', add_word(add).to_owned() + &slot_word(slot)),
            Self::TimeOther { add } => ('u', add_word(add).to_owned()),
            Self::Days => ('d', String::new()),
            Self::DaysAre(days) => ('e', u8::from(days).to_string()),
            Self::DaysOwn(days) => ('f', u8::from(days).to_string()),
            Self::Weekly => ('w', String::new()),
            Self::Zone => ('z', String::new()),
            Self::Sides => ('s', String::new()),
            Self::Side(side) => ('p', side_word(side).to_owned()),
            Self::Keeping => ('k', String::new()),
            Self::Keep => ('y', String::new()),
            Self::KeepMore => ('l', String::new()),
            Self::StopKeeping => ('n', String::new()),
            Self::EraseKept => ('v', String::new()),
            Self::EraseKeptYes => ('j', String::new()),
            Self::OnThisDay => ('h', String::new()),
            Self::OnThisDayIs(on) => ('i', u8::from(on).to_string()),
            Self::Country => ('c', String::new()),
            Self::Language(mark) => ('g', format!("{mark:x}")),
            Self::Own => ('q', String::new()),
        };
        format!("{letter}{argument}")
    }

    /// Reads what [`SettingsTap::data`] wrote.
    pub fn read(data: &str) -> Option<Self> {
        let (letter, argument) = data.split_at_checked(1)?;
        let read_add = |word| match word {
            "+" => Some(true),
            "-" => Some(false),
            _ => None,
        };
        match (letter, argument) {
            ("o", "") => Some(Self::Overview),
            ("x", "") => Some(Self::Close),
            ("t", "") => Some(Self::Times),
            ("m", "") => Some(Self::MoreTimes),
            ("a", argument) => {
                let (add, slot) = argument.split_at_checked(1)?;
                let (slot, add) = (read_slot(slot)?, read_add(add)?);
                Some(Self::Time { slot, add })
            }
            ("u", add) => read_add(add).map(|add| Self::TimeOther { add }),
            ("d", "") => Some(Self::Days),
            ("e", days) => read_days(days).map(Self::DaysAre),
            ("f", days) => read_days(days).map(Self::DaysOwn),
            ("w", "") => Some(Self::Weekly),
            ("z", "") => Some(Self::Zone),
            ("s", "") => Some(Self::Sides),
            ("p", side) => read_side(side).map(Self::Side),
            ("k", "") => Some(Self::Keeping),
            ("y", "") => Some(Self::Keep),
            ("l", "") => Some(Self::KeepMore),
            ("n", "") => Some(Self::StopKeeping),
            ("v", "") => Some(Self::EraseKept),
            ("j", "") => Some(Self::EraseKeptYes),
            ("h", "") => Some(Self::OnThisDay),
            ("i", "0") => Some(Self::OnThisDayIs(false)),
            ("i", "1") => Some(Self::OnThisDayIs(true)),
            ("c", "") => Some(Self::Country),
            ("g", mark) => u32::from_str_radix(mark, 16).ok().map(Self::Language),
            ("q", "") => Some(Self::Own),
            _ => None,
        }
    }
}
