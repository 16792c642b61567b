//! What the buttons of the journal, the search and the look-backs say to the bot.

use jiff::civil::Date;

use crate::conversation::{
    EntryId,
    lookback::{Period, Span},
};

/// A tap on a button that has to do with the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookTap {
    /// New words for this entry.
    Edit(EntryId),
    /// Hear what was spoken in this entry.
    Listen(EntryId),
    /// A note for an earlier day.
    Backdate,
    /// Search for something.
    Search,
    /// This page of what was found, the first being 0.
    Found(u16),
    /// Not after all: the question goes, and nothing changes.
    Cancel,
    /// The journal, the search or the look-back goes.
    Close,
    /// The look-back on a period, with a sentence other than the last one.
    LookBack(Period),
    /// The year of the newest entry of a period as a picture.
    Picture(Period),
    /// The look-back each Sunday, wanted or not.
    Sundays(bool),
    /// No more entries of earlier years.
    OnThisDayOff,
    /// Show this entry of an earlier year.
    OnThisDayRead(EntryId),
    /// Never show this entry so again.
    OnThisDayHide(EntryId),
}

impl BookTap {
    /// The tap in a button's data: lower-case letters, and perhaps a point and an argument.
    pub(in crate::conversation) fn data(self) -> String {
        match self {
            Self::Edit(entry) => format!("e.{}", entry.0),
            Self::Listen(entry) => format!("v.{}", entry.0),
            Self::Backdate => "d".to_owned(),
            Self::Search => "s".to_owned(),
            Self::Found(page) => format!("f.{page}"),
            Self::Cancel => "n".to_owned(),
            Self::Close => "x".to_owned(),
            Self::LookBack(period) => format!("l.{}", period_word(period)),
            Self::Picture(period) => format!("p.{}", period_word(period)),
            Self::Sundays(wanted) => format!("z.{}", u8::from(wanted)),
            Self::OnThisDayOff => "o".to_owned(),
            Self::OnThisDayRead(entry) => format!("or.{}", entry.0),
            Self::OnThisDayHide(entry) => format!("oh.{}", entry.0),
        }
    }

    /// Reads [`BookTap::data`]; `None` when it is nothing the bot ever wrote.
    pub(in crate::conversation) fn read(data: &str) -> Option<Self> {
        let (word, argument) = data.split_once('.').unwrap_or((data, ""));
        Some(match word {
            "e" => Self::Edit(read_entry(argument)?),
            "v" => Self::Listen(read_entry(argument)?),
            "d" => Self::Backdate,
            "s" => Self::Search,
            "f" => Self::Found(argument.parse().ok()?),
            "n" => Self::Cancel,
            "x" => Self::Close,
            "l" => Self::LookBack(read_period(argument)?),
            "p" => Self::Picture(read_period(argument)?),
            "z" => Self::Sundays(read_wanted(argument)?),
            "o" => Self::OnThisDayOff,
            "or" => Self::OnThisDayRead(read_entry(argument)?),
            "oh" => Self::OnThisDayHide(read_entry(argument)?),
            _ => return None,
        })
    }
}

fn read_entry(argument: &str) -> Option<EntryId> {
    argument.parse().ok().map(EntryId)
}

fn read_wanted(argument: &str) -> Option<bool> {
    match argument {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

fn period_word(period: Period) -> String {
    let span = match period.span() {
        Span::Week => 'w',
        Span::Month => 'm',
        Span::Year => 'y',
    };
    format!("{span}{}", period.from())
}

fn read_period(argument: &str) -> Option<Period> {
    let (word, day) = argument.split_at_checked(1)?;
    let span = match word {
        "w" => Span::Week,
        "m" => Span::Month,
        "y" => Span::Year,
        _ => return None,
    };
    Some(Period::with(span, day.parse::<Date>().ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_tap_is_read_as_it_was_written_and_fits() {
        let entry = EntryId(u32::MAX);
        let mut taps = vec![
            BookTap::Edit(entry),
            BookTap::Listen(entry),
            BookTap::Backdate,
            BookTap::Search,
            BookTap::Found(u16::MAX),
            BookTap::Cancel,
            BookTap::Close,
            BookTap::OnThisDayOff,
            BookTap::OnThisDayRead(entry),
            BookTap::OnThisDayHide(entry),
        ];
        for wanted in [false, true] {
            taps.push(BookTap::Sundays(wanted));
        }
        for span in [Span::Week, Span::Month, Span::Year] {
            let period = Period::with(span, date(2026, 3, 2));
            taps.extend([BookTap::LookBack(period), BookTap::Picture(period)]);
        }
        for tap in taps {
            let data = tap.data();
            assert!(data.len() <= 40, "{data} leaves too little room");
            assert_eq!(BookTap::read(&data), Some(tap), "{data}");
        }
    }

    proptest! {
        #[test]
        fn forged_data_is_read_or_refused(data in "[a-z]{0,2}\\.?[0-9a-zé-]{0,14}") {
            if let Some(tap) = BookTap::read(&data) {
                prop_assert_eq!(BookTap::read(&tap.data()), Some(tap));
            }
        }
    }
}
