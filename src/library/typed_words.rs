//! The words in which people type times and days, as data: `typed.toml` of a language.
//!
//! How they go together stands in `parent::typed`. Each entry is a word or a group of words; case, accents and apostrophes do not
//! count, and a longer group goes before a shorter one.

use serde::Deserialize;

/// The words of one language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedWords {
    /// Marks the hour: "8 uur", "20u15".
    pub hour: Vec<String>,
    /// Marks minutes: "vijf minuten voor acht".
    pub minute: Vec<String>,
    /// Half an hour before the hour that follows, as in Dutch and German: "half acht" is 7:30.
    pub half: Vec<String>,
    /// Fifteen minutes.
    pub quarter: Vec<String>,
    /// Between minutes and the hour that they follow: "kwart over negen".
    pub past: Vec<String>,
    /// Between minutes and the hour that they precede: "kwart voor negen".
    pub to: Vec<String>,
    /// 12:00.
    pub noon: Vec<String>,
    /// 00:00.
    pub midnight: Vec<String>,
    /// What may stand around a time and says nothing.
    pub ignore: Vec<String>,
    /// The spellings of 0, of 1, and so on.
    pub numbers: Vec<Vec<String>>,
    /// The parts of the day.
    #[serde(rename = "part")]
    pub parts: Vec<PartOfDay>,
    /// The words for days.
    pub days: DayWords,
}

/// A part of the day: it says which of the two eights "8 uur" is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartOfDay {
    /// What people call it.
    pub words: Vec<String>,
    /// The full hour at which it begins, 0 to 23.
    pub from: u32,
    /// The full hour at which it is over, 1 to 24; before `from` when midnight lies in between. At most twelve hours after `from`.
    pub until: u32,
}

/// The words for days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayWords {
    /// Monday, in full and short.
    pub monday: Vec<String>,
    /// Tuesday.
    pub tuesday: Vec<String>,
    /// Wednesday.
    pub wednesday: Vec<String>,
    /// Thursday.
    pub thursday: Vec<String>,
    /// Friday.
    pub friday: Vec<String>,
    /// Saturday.
    pub saturday: Vec<String>,
    /// Sunday.
    pub sunday: Vec<String>,
    /// All seven.
    pub every_day: Vec<String>,
    /// Monday to Friday.
    pub workdays: Vec<String>,
    /// Saturday and Sunday.
    pub weekend: Vec<String>,
    /// Between the first and the last of several days in a row. A dash does the same.
    pub until: Vec<String>,
    /// Before days that are taken out again.
    pub except: Vec<String>,
    /// What may stand between days and says nothing.
    pub ignore: Vec<String>,
}
