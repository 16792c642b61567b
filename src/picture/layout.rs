//! Where everything in a picture stands, in pixels from its top left corner.
//!
//! Three months beside each other, as the seasons of a year below one another, and below them which colour stands for what. A phone shows a picture
//! about as wide as itself, some 320 points: three pixels are a point there, and no side is longer than the 1,280 pixels above which Telegram
//! makes a picture smaller.

use jiff::{ToSpan, civil::Date};

use super::{
    ink::{self, Colour, Ink},
    year::{Look, Year},
};
use crate::library::{Text, Texts};

/// How wide a picture is.
pub const WIDTH: u32 = 960;

/// How wide the mark of a day is.
pub const MARK: f32 = 26.0;

/// How wide the trace of a quiet day is.
const TRACE: f32 = 9.0;

/// From day to day, and from week to week.
const DAY: f32 = 36.0;
const WEEK: f32 = 33.0;

/// The paper around everything.
const MARGIN: f32 = 54.0;

/// From the beginning of a month to that of the one beside it.
const MONTH: f32 = 300.0;

/// Where the first mark of a week begins, from where its month begins; what stands above it begins there too.
const INSET: f32 = (DAY - MARK) / 2.0;

/// How many months stand beside each other.
const ABREAST: usize = 3;

/// The sizes of letters: the year, the months, the themes, the days of the week.
const TITLE: f32 = 66.0;
const NAME: f32 = 29.0;
const LEGEND: f32 = 25.0;
const SMALL: f32 = 20.0;

/// Everything in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How high it is.
    pub height: u32,
    /// The texts.
    pub lines: Vec<Line>,
    /// The days, and the signs beside the names of the themes.
    pub marks: Vec<Mark>,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// How high its letters are, with the room above and below them.
    pub size: f32,
    /// Where it stands from left to right.
    pub at: At,
    /// What it stands on.
    pub baseline: f32,
    /// Its colour.
    pub colour: Colour,
}

/// Where a line stands from left to right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// It begins here.
    Left(f32),
    /// Its middle is here.
    Middle(f32),
}

/// A day, or a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The middle of it.
    pub x: f32,
    /// The middle of it.
    pub y: f32,
    /// How wide and high it is.
    pub size: f32,
    /// How it looks; `None` for the trace of a quiet day.
    pub look: Option<Look>,
}

impl Layout {
    /// Puts everything in its place.
    pub fn of(year: &Year<'_>, texts: &Texts) -> Self {
        let mut layout = Self {
            height: 0,
            lines: Vec::new(),
            marks: Vec::new(),
        };
        let mut y = 78.0;
        let title = year.number.to_string();
        layout.line(title, TITLE, At::Left(MARGIN + INSET), y, ink::TEXT);
        y += 56.0;
        let first_days = (1..=12).filter_map(|month| Date::new(year.number, month, 1).ok());
        let months: Vec<(Date, &str)> = first_days
            .zip(texts.words.months.iter().map(Text::as_str))
            .collect();
        for (season, months) in months.chunks(ABREAST).enumerate() {
            for (left, (_, name)) in lefts().zip(months) {
                layout.line(
                    (*name).to_owned(),
                    NAME,
                    At::Left(left + INSET),
                    y,
                    ink::TEXT,
                );
            }
            y += 28.0;
            if season == 0 {
                lefts().for_each(|left| layout.weekdays(texts, left, y - 2.0));
                y += 22.0;
            }
            let weeks = lefts()
                .zip(months)
                .map(|(left, (first, _))| layout.month(year, *first, left, y));
            y += WEEK * f32::from(weeks.max().unwrap_or(0)) + 22.0;
        }
        y += 2.0;
        for row in year.legend(texts).chunks(ABREAST) {
            for (left, (ink, name)) in lefts().zip(row) {
                layout.sign(*ink, middle(left, 0), y);
                let at = At::Left(left + INSET + MARK + 12.0);
                layout.line((*name).to_owned(), LEGEND, at, y + 8.0, ink::TEXT);
            }
            y += 40.0;
        }
        layout.height = (y + 8.0) as u32;
        layout
    }

    /// The names of the days of the week, above the months that stand first.
    fn weekdays(&mut self, texts: &Texts, left: f32, y: f32) {
        for (weekday, name) in (0..).zip(&texts.words.weekdays_short) {
            let at = At::Middle(middle(left, weekday));
            self.line(name.as_str().to_owned(), SMALL, at, y, ink::SMALL_TEXT);
        }
    }

    fn line(&mut self, text: String, size: f32, at: At, baseline: f32, colour: Colour) {
        self.lines.push(Line {
            text,
            size,
            at,
            baseline,
            colour,
        });
    }

    /// The days of a month, in weeks from Monday on. Returns how many weeks it has.
    fn month(&mut self, year: &Year<'_>, first: Date, left: f32, top: f32) -> u8 {
        let mut week = 0_u8;
        let days = std::iter::successors(Some(first), |day| day.checked_add(1.day()).ok());
        for day in days.take_while(|day| day.month() == first.month()) {
            let weekday = day.weekday().to_monday_zero_offset();
            if weekday == 0 && day != first {
                week += 1;
            }
            let look = year.days.get(&day).copied();
            self.marks.push(Mark {
                x: middle(left, weekday),
                y: top + WEEK * f32::from(week),
                size: look.map_or(TRACE, size),
                look,
            });
        }
        week + 1
    }

    fn sign(&mut self, ink: Ink, x: f32, y: f32) {
        let look = Look {
            first: ink,
            second: None,
        };
        self.marks.push(Mark {
            x,
            y,
            size: size(look),
            look: Some(look),
        });
    }
}

/// Where the three months beside each other begin.
fn lefts() -> impl Iterator<Item = f32> {
    [0.0, 1.0, 2.0]
        .map(|column| MARGIN + MONTH * column)
        .into_iter()
}

/// The middle of a day of the week, Monday being 0, in a month that begins at `left`.
fn middle(left: f32, weekday: i8) -> f32 {
    left + DAY * (f32::from(weekday) + 0.5)
}

fn size(look: Look) -> f32 {
    MARK * look.first.size()
}
