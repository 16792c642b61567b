//! The picture, looked at by a program.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod eyes;

use std::{collections::BTreeMap, env, fs, io::Cursor, path::Path, sync::LazyLock};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

use super::{
    ink::{Colour, Ink},
    layout::{At, MARK, WIDTH},
    year::Look,
    *,
};
use crate::{
    conversation::{EntryId, Part, PromptRef},
    parent::MessageId,
};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

/// An entry of a day, the answer to the prompt with this id, or a note.
fn entry(number: u32, day: Date, prompt: Option<&str>) -> Entry {
    Entry {
        id: EntryId(number),
        day,
        written: Timestamp::UNIX_EPOCH,
        prompt: prompt.map(|id| PromptRef {
            id: id.to_owned(),
            title: "Titel".to_owned(),
        }),
        parts: vec![Part::typed(MessageId(1), Words::new("woorden"))],
        heavy: false,
    }
}

/// A year as it may be: three prompts a week, some of them answered, notes in between, and a summer without.
fn a_year() -> Vec<Entry> {
    let mut state = 7_u32;
    let mut chance = move |of: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % of
    };
    let mut entries = Vec::new();
    let first = Date::constant(2026, 1, 1);
    let themes = &LIBRARY.themes;
    let mut theme = 0;
    for number in 0..325 {
        let day = first.checked_add(number.days()).unwrap();
        let asked = [0, 2, 5].contains(&day.weekday().to_monday_zero_offset());
        let away = (195..228).contains(&number);
        if asked && !away && chance(10) < 7 {
            theme = (theme + 1 + chance(6) as usize) % themes.len();
            let id = format!("{}-iets", themes[theme].id);
            entries.push(entry(entries.len() as u32, day, Some(&id)));
            if chance(9) == 0 {
                let id = format!("{}-anders", themes[(theme + 3) % themes.len()].id);
                entries.push(entry(entries.len() as u32, day, Some(&id)));
            }
        } else if chance(12) == 0 {
            entries.push(entry(entries.len() as u32, day, None));
        }
    }
    entries
}

/// The answer to a prompt of this theme.
fn answer(number: u32, day: Date, theme: usize) -> Entry {
    let id = format!("{}-iets", LIBRARY.themes[theme].id);
    entry(number, day, Some(&id))
}

fn drawn(entries: &[Entry], year: i16) -> Picture {
    draw(&LIBRARY, entries, year).unwrap().unwrap()
}

fn laid_out(entries: &[Entry], year: i16) -> Layout {
    let year = Year::of(&LIBRARY, entries, year).unwrap();
    Layout::of(&year, &LIBRARY.texts)
}

/// The pixels of a PNG.
struct Seen(Vec<u8>);

impl Seen {
    fn of(picture: &Picture) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(&picture.png.0))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(reader.info().width, WIDTH);
        Self(pixels)
    }

    fn at(&self, x: f32, y: f32) -> Colour {
        let pixel = y as usize * WIDTH as usize + x as usize;
        self.0[3 * pixel..3 * pixel + 3].try_into().unwrap()
    }
}

/// The layout as letters: 18 pixels are one of them. A theme is `A` to `H`, words without one are `o`, two halves `&`, a quiet day is a point.
fn in_letters(layout: &Layout) -> String {
    let letter = |ink: Ink| match ink {
        Ink::Theme(place) => char::from(b'A' + u8::try_from(place).unwrap()),
        Ink::Own => 'o',
    };
    let mark = |look: Option<Look>| match look {
        None => '.',
        Some(Look {
            second: Some(_), ..
        }) => '&',
        Some(Look { first, .. }) => letter(first),
    };
    let mut rows: BTreeMap<i32, Vec<(usize, String)>> = BTreeMap::new();
    for it in &layout.marks {
        let row = rows.entry(it.y as i32 / 4).or_default();
        row.push(((it.x / 18.0) as usize, mark(it.look).to_string()));
    }
    for line in &layout.lines {
        let x = match line.at {
            At::Left(x) => x,
            At::Middle(x) => x - 18.0,
        };
        // Letters stand on their line, marks around their middle.
        let row = rows.entry((line.baseline as i32 - 8) / 4).or_default();
        row.push(((x / 18.0) as usize, line.text.clone()));
    }
    let mut out = String::new();
    for mut row in rows.into_values() {
        row.sort();
        let mut width = 0;
        for (x, text) in row {
            out += &" ".repeat(x.saturating_sub(width));
            width = width.max(x) + text.chars().count();
            out += &text;
        }
        out += "\n";
    }
    out
}

#[test]
fn a_picture_has_a_year_its_months_and_the_themes_that_occur() {
    let entries = [
        answer(0, date(2026, 1, 5), 6),
        answer(1, date(2026, 1, 7), 5),
        answer(2, date(2026, 1, 10), 5),
        answer(3, date(2026, 1, 10), 1),
        answer(4, date(2026, 1, 10), 2),
        entry(5, date(2026, 1, 11), None),
        answer(6, date(2026, 3, 1), 6),
        entry(7, date(2026, 12, 31), None),
        // Other years are not in it.
        answer(8, date(2025, 12, 31), 0),
        answer(9, date(2027, 1, 1), 7),
    ];
    insta::assert_snapshot!(in_letters(&laid_out(&entries, 2026)), @"
    2026
    januari         februari         maart
    madiwodovrzazo  madiwodovrzazo   madiwodovrzazo
           . . . .               .                G
     G . F . . & o   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . .     . . . . . .      . . . . . . .
                                      . .
    april           mei              juni
         . . . . .           . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . .         . . . . . . .    . .
    juli            augustus         september
         . . . . .             . .      . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . .       . . . . . . .    . . .
                     .
    oktober         november         december
           . . . .               .      . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . . .   . . . . . . .    . . . . . . .
     . . . . . .     . . . . . . .    . . . o
                     .
     BHerstel        F Samen          GVoel eerst
     oEigen woorden
    ");
}

#[test]
fn every_day_has_its_colour_in_the_file() {
    let entries = a_year();
    let (layout, seen) = (laid_out(&entries, 2026), Seen::of(&drawn(&entries, 2026)));
    let mut quiet = 0;
    for mark in &layout.marks {
        let half = mark.size / 4.0;
        match mark.look {
            None => {
                quiet += 1;
                assert_eq!(seen.at(mark.x, mark.y), ink::QUIET, "{mark:?}");
            }
            Some(Look { first, second }) => {
                let right = second.unwrap_or(first);
                assert_eq!(seen.at(mark.x - half, mark.y), first.colour(), "{mark:?}");
                assert_eq!(seen.at(mark.x + half, mark.y), right.colour(), "{mark:?}");
            }
        }
        let beside = mark.x + MARK / 2.0 + 3.0;
        assert_eq!(seen.at(beside, mark.y), ink::GROUND, "{mark:?}");
    }
    assert!(quiet > 200);
    assert_eq!(seen.at(2.0, 2.0), ink::GROUND);
}

#[test]
fn the_corners_of_a_theme_are_its_own() {
    let day = |theme: usize| date(2026, 6, 1).saturating_add(i64::try_from(theme).unwrap().days());
    let entries: Vec<Entry> = (0..8).map(|theme| answer(0, day(theme), theme)).collect();
    let (layout, seen) = (laid_out(&entries, 2026), Seen::of(&drawn(&entries, 2026)));
    let days = layout
        .marks
        .iter()
        .filter_map(|mark| Some((mark, mark.look?.first)));
    // Each of them stands in June, and beside the name of its theme.
    assert_eq!(days.clone().count(), 16);
    for (mark, ink) in days {
        let reach = MARK / 2.0 - 2.3;
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        for ((x, y), round) in corners.into_iter().zip(ink.corners()) {
            let corner = seen.at(mark.x + x * reach, mark.y + y * reach);
            let expected = if round { ink::GROUND } else { ink.colour() };
            assert_eq!(corner, expected, "{ink:?}");
        }
    }
}

#[test]
fn a_day_to_come_looks_like_a_day_without_words() {
    let entries = [answer(0, date(2026, 6, 3), 0)];
    let looks = |from: usize, to: usize| {
        let marks = laid_out(&entries, 2026).marks;
        let days = marks[from..to].iter().map(|mark| (mark.size, mark.look));
        days.collect::<Vec<_>>()
    };
    assert!(looks(0, 31).iter().all(|look| *look == looks(364, 365)[0]));
}

#[test]
fn a_heavy_day_is_not_denied_and_shows_no_theme() {
    let day = date(2026, 6, 3);
    let heavy = Entry {
        heavy: true,
        ..answer(0, day, 3)
    };
    let look = |entries: &[Entry]| Year::of(&LIBRARY, entries, 2026).unwrap().days[&day];
    let own = Look {
        first: Ink::Own,
        second: None,
    };
    assert_eq!(look(std::slice::from_ref(&heavy)), own);
    let theme = Look {
        first: Ink::Theme(5),
        second: None,
    };
    assert_eq!(look(&[heavy, answer(1, day, 5)]), theme);
}

#[test]
fn a_theme_is_known_by_the_id_of_the_prompt() {
    let look = |id: &str| {
        let entries = [entry(0, date(2026, 6, 3), Some(id))];
        let year = Year::of(&LIBRARY, &entries, 2026).unwrap();
        year.days[&date(2026, 6, 3)].first
    };
    assert_eq!(look("herstel-briefje"), Ink::Theme(1));
    assert_eq!(look("zie-mij-ooit-geweest"), Ink::Theme(7), "a retired one");
    for other in ["@flow:herstel", "herstel", "herstelwerk-a", "@own:3", ""] {
        assert_eq!(look(other), Ink::Own, "{other}");
    }
}

#[test]
fn what_it_shows_is_said_in_words_without_a_number() {
    let caption = |entries: &[Entry]| drawn(entries, 2026).caption.reveal().to_owned();
    insta::assert_snapshot!(caption(&[entry(0, date(2026, 3, 2), None)]), @"
    2026, een kalender met kleur op de dagen waarop je iets schreef: in maart.

    De kleuren: Eigen woorden.
    ");
    insta::assert_snapshot!(caption(&a_year()), @"
    2026, een kalender met kleur op de dagen waarop je iets schreef: in januari, februari, maart, april, mei, juni, juli, augustus, september, oktober en november.

    De kleuren: Concrete taal, Herstel, Maak onderscheid, Mild voor jezelf, Nabijheid en ruimte, Samen, Voel eerst, Zie mij en Eigen woorden.
    ");
}

#[test]
fn without_words_there_is_no_picture() {
    assert_eq!(draw(&LIBRARY, &[], 2026).unwrap(), None);
    let other = [answer(0, date(2025, 12, 31), 0)];
    assert_eq!(draw(&LIBRARY, &other, 2026).unwrap(), None);
}

#[test]
fn the_order_of_the_entries_makes_no_difference() {
    let mut entries = a_year();
    let picture = drawn(&entries, 2026);
    entries.reverse();
    assert!(drawn(&entries, 2026) == picture);
    assert_eq!(picture.name, "voel-eerst-2026.png");
    let bytes = picture.png.0.len();
    assert_eq!(
        format!("{:?}", picture.png),
        format!("Pixels({bytes} bytes)")
    );
}

#[test]
fn the_fullest_year_is_small_enough_for_a_slow_line() {
    // 2028 has weeks in six rows in every season: it is the highest.
    let days = (0..366).map(|number| date(2028, 1, 1).checked_add(number.days()).unwrap());
    let entries: Vec<Entry> = (0..)
        .zip(days)
        .flat_map(|(number, day)| {
            let theme = number as usize % 8;
            [
                answer(2 * number, day, theme),
                answer(2 * number + 1, day, (theme + 3) % 8),
            ]
        })
        .collect();
    let bytes = drawn(&entries, 2028).png.0.len();
    assert!(bytes < 120_000, "{bytes}");
}

fn any_entries() -> impl Strategy<Value = Vec<Entry>> {
    let any = (0..800_i64, 0..11_usize, any::<bool>());
    prop::collection::vec(any, 1..60).prop_map(|list| {
        (0..)
            .zip(list)
            .map(|(number, (day, theme, heavy))| {
                let day = date(2030, 1, 1).checked_add(day.days()).unwrap();
                let themes = LIBRARY.themes.len();
                let entry = if theme < themes {
                    answer(number, day, theme)
                } else {
                    entry(number, day, None)
                };
                Entry { heavy, ..entry }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn everything_stands_in_the_picture(entries in any_entries(), moved in -2000..2000_i32) {
        let number = 2030 + i16::try_from(moved).unwrap();
        let entries: Vec<Entry> = entries
            .into_iter()
            .map(|entry| Entry { day: entry.day.saturating_add(moved.years()), ..entry })
            .collect();
        let Some(year) = Year::of(&LIBRARY, &entries, number) else {
            prop_assert!(entries.iter().all(|entry| entry.day.year() != number));
            return Ok(());
        };
        let layout = Layout::of(&year, &LIBRARY.texts);
        prop_assert!(layout.height <= 1_280, "{}", layout.height);
        let (width, height) = (WIDTH as f32, layout.height as f32);
        for mark in &layout.marks {
            let half = mark.size / 2.0;
            prop_assert!(half < mark.x && mark.x + half < width, "{mark:?}");
            prop_assert!(half < mark.y && mark.y + half < height, "{mark:?}");
        }
        let days = layout.marks.len() - year.legend(&LIBRARY.texts).len();
        prop_assert!(days == 365 || days == 366);
        let caption = year.caption(&LIBRARY.texts);
        prop_assert!(caption.encode_utf16().count() < 1_024);
        let numbers: String = caption.chars().filter(|c| c.is_numeric()).collect();
        prop_assert_eq!(numbers, number.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn any_days_can_be_drawn(entries in any_entries()) {
        let picture = draw(&LIBRARY, &entries, 2030).unwrap();
        let some = entries.iter().any(|entry| entry.day.year() == 2030);
        prop_assert_eq!(picture.is_some(), some);
        prop_assert!(picture.is_none_or(|picture| picture.png.0.len() < 120_000));
    }
}

#[test]
fn the_sample_in_the_docs_is_what_is_drawn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/year.png");
    let picture = drawn(&a_year(), 2026);
    if env::var_os("VOEL_EERST_DRAW_SAMPLE").is_some() {
        fs::write(&path, &picture.png.0).unwrap();
    }
    let sample = Picture {
        png: Pixels(fs::read(&path).unwrap()),
        ..drawn(&a_year(), 2026)
    };
    assert!(
        Seen::of(&sample).0 == Seen::of(&picture).0,
        "docs/year.png shows another picture: VOEL_EERST_DRAW_SAMPLE=1 cargo test --lib picture::"
    );
}
