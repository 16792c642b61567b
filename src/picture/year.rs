//! What a picture shows: the days of a year that had a word.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::ink::Ink;
use crate::{
    conversation::Entry,
    library::{Library, Texts, Theme},
};

/// The days of a year that had a word. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year<'a> {
    /// Which year.
    pub number: i16,
    /// The days that had a word, and how they look.
    pub days: BTreeMap<Date, Look>,
    themes: &'a [Theme],
}

/// How a day looks: one ink, or two halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The whole mark, or its left half.
    pub first: Ink,
    /// The right half.
    pub second: Option<Ink>,
}

impl<'a> Year<'a> {
    /// The days of this year; `None` when none of them had a word.
    ///
    /// A day has the ink of its theme; of the first two, when it has more, in the order in which they were written. Words that answer no prompt of a
    /// theme have an ink of their own, on days without a theme. An entry that is marked as heavy is not denied, and shows no theme: what was asked
    /// that day is nothing to look back on.
    pub fn of(library: &'a Library, entries: &[Entry], number: i16) -> Option<Self> {
        let mut entries: Vec<&Entry> = entries
            .iter()
            .filter(|entry| entry.day.year() == number)
            .collect();
        entries.sort_by_key(|entry| (entry.day, entry.written, entry.id));
        let mut days: BTreeMap<Date, Look> = BTreeMap::new();
        for entry in entries {
            let ink = ink(library, entry);
            days.entry(entry.day)
                .and_modify(|look| look.add(ink))
                .or_insert(Look {
                    first: ink,
                    second: None,
                });
        }
        (!days.is_empty()).then_some(Self {
            number,
            days,
            themes: &library.themes,
        })
    }

    /// The inks that occur, in the order of the library, each with its name.
    pub fn legend<'t>(&self, texts: &'t Texts) -> Vec<(Ink, &'t str)>
    where
        'a: 't,
    {
        let inks: BTreeSet<Ink> = self.days.values().flat_map(|look| look.inks()).collect();
        let name = |ink: Ink| match ink {
            Ink::Theme(place) => self.themes.get(place).map(|theme| theme.name.as_str()),
            Ink::Own => Some(texts.lookback.picture_own.as_str()),
        };
        inks.into_iter()
            .filter_map(|ink| Some((ink, name(ink)?)))
            .collect()
    }

    /// The months with a word, 1 to 12.
    fn months(&self) -> BTreeSet<i8> {
        self.days.keys().map(|day| day.month()).collect()
    }

    /// What the picture shows, in words: the months, and what they were about. Never how many days.
    pub fn caption(&self, texts: &Texts) -> String {
        let months = self.months();
        let names = (1..)
            .zip(&texts.words.months)
            .filter(|(month, _)| months.contains(month));
        let months: Vec<&str> = names.map(|(_, name)| name.as_str()).collect();
        let themes: Vec<&str> = self.legend(texts).into_iter().map(|it| it.1).collect();
        texts.lookback.picture.fill(&[
            ("year", &self.number.to_string()),
            ("months", &texts.words.list(&months)),
            ("themes", &texts.words.list(&themes)),
        ])
    }
}

impl Look {
    fn add(&mut self, ink: Ink) {
        match (self.first, ink) {
            (_, Ink::Own) => {}
            (Ink::Own, Ink::Theme(_)) => self.first = ink,
            (first, _) if first == ink => {}
            (Ink::Theme(_), Ink::Theme(_)) => {
                self.second.get_or_insert(ink);
            }
        }
    }

    fn inks(self) -> impl Iterator<Item = Ink> {
        [Some(self.first), self.second].into_iter().flatten()
    }
}

fn ink(library: &Library, entry: &Entry) -> Ink {
    let prompt = entry.prompt.as_ref().filter(|_| !entry.heavy);
    // The id of a prompt begins with its theme, also of one that is retired. The longest theme counts, should one begin like another.
    let of_theme = |theme: &Theme, id: &str| {
        let rest = id.strip_prefix(theme.id.as_str());
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    let place = prompt.and_then(|prompt| {
        let themes = library.themes.iter().enumerate();
        let fitting = themes.filter(|(_, theme)| of_theme(theme, &prompt.id));
        fitting.max_by_key(|(_, theme)| theme.id.len())
    });
    place.map_or(Ink::Own, |(place, _)| Ink::Theme(place))
}
