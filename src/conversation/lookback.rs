//! `/terugblik`: looking back on a week, a month or a year, without counting anything.
//!
//! It says what the parent wrote about, by the titles of the prompts, and quotes one sentence of their own; another one on a tap. Who asks
//! for it gets the week's look-back on Sundays at 19:00, and nothing when there is nothing to look back on. What comes by itself may
//! light up on a locked screen: it has no sentence until the parent taps for one. A tap on any look-back also brings the year as a picture.

mod period;
mod picture;
mod quote;
mod taken;

use jiff::civil::Date;

use super::{
    Class, Effect, Entry, Purpose, Unreadable, book,
    book::{BookTap, ByDay},
    fit::fit,
    tap::Tap,
    turn::{Done, Row, Turn, keyboard},
};
use crate::{
    library::Text,
    parent::{LATE, Menu, MessageId, Words},
};
pub use period::{Period, Span};
pub(super) use picture::{picture_came_of, picture_tap};
use quote::{Quote, choose, quotes};
pub(super) use taken::{can_be_answered, question};

/// At most so many titles are named.
const TITLES: usize = 12;

/// The title of a prompt is shown up to here. The library's titles are shorter.
const TITLE: usize = 60;

/// `/terugblik`: on what?
pub(super) fn ask(turn: &mut Turn<'_>) -> Done {
    if book::is_empty(turn)? && !turn.keeps() {
        book::say_empty(turn);
        return Ok(());
    }
    let rows = choices(turn);
    turn.menu(turn.texts().lookback.ask.as_str(), rows);
    Ok(())
}

fn choices<'a>(turn: &Turn<'a>) -> Vec<Row<'a>> {
    let texts = turn.texts();
    let today = turn.today();
    let on = |span| Tap::Book(BookTap::LookBack(Period::with(span, today)));
    let sundays = if turn.parent.journal.sundays.on {
        (texts.lookback.btn_sundays_off.as_str(), false)
    } else {
        (texts.lookback.btn_sundays_on.as_str(), true)
    };
    vec![
        vec![
            (texts.lookback.btn_week.as_str(), on(Span::Week)),
            (texts.lookback.btn_month.as_str(), on(Span::Month)),
            (texts.lookback.btn_year.as_str(), on(Span::Year)),
        ],
        vec![(sundays.0, Tap::Book(BookTap::Sundays(sundays.1)))],
        vec![(texts.lookback.btn_close.as_str(), Tap::Book(BookTap::Close))],
    ]
}

/// The parent wants the look-back each Sunday, or no longer.
pub(super) fn sundays_tap(turn: &mut Turn<'_>, message: MessageId, wanted: bool) -> Option<String> {
    if wanted && !turn.keeps() {
        return Some(turn.texts().error.needs_consent.as_str().to_owned());
    }
    turn.parent.journal.sundays.on = wanted;
    turn.parent.plan_journal(turn.scene.now);
    let texts = &turn.texts().lookback;
    let text = if wanted {
        &texts.sundays_on
    } else {
        &texts.sundays_off
    };
    let rows = choices(turn);
    turn.turn_menu(message, text.as_str(), rows);
    None
}

/// Shows the look-back on a period, with a sentence; another one than the last time, when there is another.
pub(super) fn period_tap(
    turn: &mut Turn<'_>,
    message: MessageId,
    period: Period,
) -> Result<Option<String>, Unreadable> {
    let texts = &turn.texts().lookback;
    let entries = entries(turn, period)?;
    if entries.is_empty() {
        let text = texts.few.fill(&[("period", &name(turn, period))]);
        turn.turn_menu(message, text, vec![close_row(turn)]);
        taken::ask_nothing(turn);
        return Ok(None);
    }
    let quotes = quotes(&entries);
    let chosen = choose(&quotes, turn.parent.journal.quoted, turn.chance);
    let several = quotes.iter().any(|quote| {
        chosen
            .as_ref()
            .is_some_and(|chosen| chosen.text != quote.text)
    });
    let mut row = close_row(turn);
    if several {
        let another = Tap::Book(BookTap::LookBack(period));
        row.insert(0, (texts.btn_other_quote.as_str(), another));
    }
    let text = match chosen {
        Some(quote) => {
            turn.parent.journal.quoted = Some(quote.place);
            with_quote(turn, period, &entries, &quote)
        }
        None => without_quote(turn, period, &entries),
    };
    let rows = vec![row, picture::row(turn, period)];
    turn.turn_menu(message, text, rows);
    taken::ask(turn, message)?;
    Ok(None)
}

fn close_row<'a>(turn: &Turn<'a>) -> Row<'a> {
    let label = turn.texts().lookback.btn_close.as_str();
    vec![(label, Tap::Book(BookTap::Close))]
}

/// The button that leads to a sentence, when there is one to quote, and the one that ends it.
fn quote_and_close<'a>(turn: &Turn<'a>, period: Period, entries: &[Entry]) -> Row<'a> {
    let mut row = close_row(turn);
    if !quotes(entries).is_empty() {
        let label = turn.texts().lookback.btn_quote.as_str();
        row.insert(0, (label, Tap::Book(BookTap::LookBack(period))));
    }
    row
}

/// It is Sunday evening: the look-back on the week, when the parent asked for it and wrote something.
pub(super) fn due(turn: &mut Turn<'_>) -> Done {
    let now = turn.scene.now;
    let parent = &mut turn.parent;
    if !parent.journal.take_sunday(&parent.schedule, now) {
        return Ok(());
    }
    let week = Period::with(Span::Week, turn.today());
    let entries = entries(turn, week)?;
    if entries.is_empty() {
        return Ok(());
    }
    let rows = vec![
        quote_and_close(turn, week, &entries),
        picture::row(turn, week),
    ];
    let text = without_quote(turn, week, &entries);
    come_by_itself(turn, text, rows, |number| Purpose::LookBack { number });
    Ok(())
}

/// A message with buttons that the parent did not ask for just now: it waits for those who wait, and is not sent late.
pub(super) fn come_by_itself(
    turn: &mut Turn<'_>,
    text: String,
    rows: Vec<Row<'_>>,
    purpose: impl FnOnce(u32) -> Purpose,
) {
    turn.close_menu();
    let number = turn.new_keyboard();
    turn.parent.menu = Some(Menu {
        number,
        message: None,
    });
    let effect = Effect::Send {
        text: Words::new(text),
        keyboard: keyboard(number, rows),
        silent: false,
        reply_to: None,
    };
    let expires = turn.scene.now.checked_add(LATE).ok();
    turn.put(effect, Class::Bulk, purpose(number), expires);
}

fn entries(turn: &Turn<'_>, period: Period) -> Result<Vec<Entry>, Unreadable> {
    let by_day = ByDay::new(turn.scene.journal, &turn.parent);
    let mut entries = by_day.between(period.from(), period.to())?;
    entries.retain(|entry| !taken::is_taken(entry));
    Ok(entries)
}

fn with_quote(turn: &Turn<'_>, period: Period, entries: &[Entry], quote: &Quote) -> String {
    turn.quotes.set(true);
    turn.texts().lookback.text.fill(&[
        ("period", &name(turn, period)),
        ("titles", &titles(turn, entries)),
        ("date", &turn.date(quote.day)),
        ("quote", &quote.text),
    ])
}

fn without_quote(turn: &Turn<'_>, period: Period, entries: &[Entry]) -> String {
    turn.texts().lookback.without_quote.fill(&[
        ("period", &name(turn, period)),
        ("titles", &titles(turn, entries)),
    ])
}

/// "deze week", "maart", "2026"; what is past by then gets its date.
fn name(turn: &Turn<'_>, period: Period) -> String {
    let texts = &turn.texts().lookback;
    let from = period.from();
    match period.span() {
        Span::Week if period.contains(turn.today()) => texts.this_week.as_str().to_owned(),
        Span::Week => texts.week_of.fill(&[("date", &turn.date(from))]),
        Span::Month => {
            let month = month_name(turn, from);
            if from.year() == turn.today().year() {
                month.to_owned()
            } else {
                let year = from.year().to_string();
                texts.month_of.fill(&[("month", month), ("year", &year)])
            }
        }
        Span::Year => from.year().to_string(),
    }
}

fn month_name<'a>(turn: &Turn<'a>, day: Date) -> &'a str {
    let month = usize::try_from(day.month()).unwrap_or(1) - 1;
    let months = &turn.texts().words.months;
    months.get(month).map_or("", Text::as_str)
}

/// What the entries are about, each title once, those of the newest first, and loose notes last. Never how many.
fn titles(turn: &Turn<'_>, entries: &[Entry]) -> String {
    let texts = &turn.texts().lookback;
    let mut titles: Vec<String> = Vec::new();
    for prompt in entries.iter().filter_map(|entry| entry.prompt.as_ref()) {
        let title = fit(&prompt.title, TITLE);
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let more = titles.len() > TITLES;
    titles.truncate(TITLES);
    if entries.iter().any(|entry| entry.prompt.is_none()) {
        titles.push(texts.notes.as_str().to_owned());
    }
    if more {
        titles.push(texts.and_more.as_str().to_owned());
    }
    let lines: Vec<String> = titles
        .iter()
        .map(|title| texts.topic.fill(&[("title", title)]))
        .collect();
    lines.join("\n")
}
