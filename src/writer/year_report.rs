//! A year of prompts as a list by date, and what there is to count in it.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{
    bubble::lock_screen,
    year::{What, Year},
};
use crate::library::{Moment, Prompt, Side};

/// What `voel-eerst prompts year` prints: each day, then how often what came.
pub fn report(year: &Year<'_>) -> String {
    let mut out = String::new();
    let choices = &year.choices;
    let times: Vec<String> = choices.times.iter().map(ToString::to_string).collect();
    let days: Vec<String> = choices
        .days
        .iter()
        .map(|day| short(&format!("{day:?}")))
        .collect();
    let side = choices.side.map_or("not said", Side::as_str);
    let _ = writeln!(
        out,
        "language {}, at {}, on {}, side: {side}, from {}\n",
        year.library.language,
        times.join(" and "),
        days.join(" "),
        year.from
    );
    list(&mut out, year);
    out.push('\n');
    count(&mut out, year);
    out.push('\n');
    balance(&mut out, year);
    out
}

/// `Monday` as `Mon`.
fn short(name: &str) -> String {
    name.chars().take(3).collect()
}

/// A line for each thing that comes, by month.
fn list(out: &mut String, year: &Year<'_>) {
    let ids = year.library.prompts.iter().map(|it| it.id.chars().count());
    let widest = ids.max().unwrap_or(0);
    let mut month = None;
    let mut seen = Vec::new();
    for came in &year.came {
        let this = (came.date.year(), came.date.month());
        if month != Some(this) {
            if month.is_some() {
                out.push('\n');
            }
            let _ = writeln!(out, "{}", came.date.strftime("%B %Y"));
            month = Some(this);
        }
        let day = came.date.strftime("%a %e");
        let _ = match &came.what {
            What::Prompt(prompt) => {
                let again = if seen.contains(&&prompt.id) {
                    "again"
                } else {
                    ""
                };
                seen.push(&prompt.id);
                let words = lock_screen(&format!("{} {}", prompt.title, prompt.body));
                writeln!(
                    out,
                    "  {day}  {}  {again:5}  {:widest$}  {words}",
                    came.time, prompt.id
                )
            }
            What::Said(text) => {
                writeln!(
                    out,
                    "  {day}  {}  {:5}  {:widest$}  {}",
                    came.time,
                    "",
                    "(no prompt)",
                    lock_screen(text)
                )
            }
        };
    }
}

fn count(out: &mut String, year: &Year<'_>) {
    let (fitting, dates) = (year.fitting(), year.dates());
    let came = year.prompts().count();
    let _ = writeln!(
        out,
        "{came} prompts came. {} of the {} in the folder fit these choices, {} of them came.",
        fitting.len(),
        year.library.prompts.len(),
        dates.len()
    );
    let _ = match year.first_repeat() {
        Some((place, date, prompt)) => writeln!(
            out,
            "The first one that came again is number {place}, on {date}, {}: {}.",
            after(year.from, date),
            prompt.id
        ),
        None => writeln!(out, "None came twice."),
    };
    if let Some((days, id)) = year.shortest_gap() {
        let _ = writeln!(
            out,
            "The shortest time between two of the same: {days} days ({id})."
        );
    }
    let most = dates.values().map(Vec::len).max().unwrap_or(0);
    for times in (1..=most).rev() {
        let of_these = dates.values().filter(|dates| dates.len() == times).count();
        if of_these > 0 {
            let _ = writeln!(
                out,
                "Came {times} {}: {of_these}",
                if times == 1 { "time" } else { "times" }
            );
        }
    }
    let never: Vec<&str> = fitting
        .iter()
        .map(|prompt| prompt.id.as_str())
        .filter(|id| !dates.contains_key(id))
        .collect();
    if !never.is_empty() {
        let _ = writeln!(out, "Fit, and did not come: {}", never.join(", "));
    }
}

/// "after 152 days"
fn after(from: Date, date: Date) -> String {
    format!("after {} days", (date - from).get_days())
}

/// How much of what came is of each theme, side and moment.
fn balance(out: &mut String, year: &Year<'_>) {
    let all: Vec<&Prompt> = year.prompts().map(|(_, prompt)| prompt).collect();
    let mut rows: Vec<(&str, String, usize)> = Vec::new();
    for theme in &year.library.themes {
        let count = all.iter().filter(|it| it.theme == theme.id).count();
        rows.push(("theme", theme.id.clone(), count));
    }
    for side in Side::ALL {
        let count = all.iter().filter(|it| it.side == *side).count();
        rows.push(("side", side.as_str().to_owned(), count));
    }
    for moment in Moment::ALL {
        let count = all.iter().filter(|it| it.moment == *moment).count();
        rows.push(("moment", moment.as_str().to_owned(), count));
    }
    let widest = rows.iter().map(|(_, name, _)| name.chars().count()).max();
    let widest = widest.unwrap_or(0);
    let mut former = "";
    for (kind, name, count) in rows {
        if !former.is_empty() && former != kind {
            out.push('\n');
        }
        former = kind;
        let share = 100 * count / all.len().max(1);
        let bar = "▪".repeat(share.div_ceil(2));
        let line = format!("{kind:6}  {name:widest$}  {count:4}  {share:3}%  {bar}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
