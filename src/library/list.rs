//! What is in a library, for the people who write it.

use std::fmt::Write as _;

use super::{Library, Moment, Prompt, Side};

/// What `voel-eerst prompts list` prints: each prompt on a line, then how many there are of each kind in each theme.
///
/// It names the sides, so it is for writers, never for parents.
pub fn list(library: &Library) -> String {
    let mut out = String::new();
    let rows: Vec<[&str; 5]> = library.prompts.iter().map(row).collect();
    table(&mut out, ["id", "theme", "side", "moment", "title"], &rows);
    out.push('\n');
    let totals: Vec<[String; 8]> = library
        .themes
        .iter()
        .map(|theme| {
            let prompts = library.prompts.iter();
            totals(&theme.id, prompts.filter(|it| it.theme == theme.id))
        })
        .chain([totals("all", library.prompts.iter())])
        .collect();
    let header = [
        "theme",
        "prompts",
        "verlating",
        "binding",
        "beide",
        "ochtend",
        "avond",
        "elk",
    ];
    let totals: Vec<[&str; 8]> = totals
        .iter()
        .map(|row| row.each_ref().map(String::as_str))
        .collect();
    table(&mut out, header, &totals);
    out
}

fn row(prompt: &Prompt) -> [&str; 5] {
    [
        &prompt.id,
        &prompt.theme,
        prompt.side.as_str(),
        prompt.moment.as_str(),
        &prompt.title,
    ]
}

fn totals<'a>(theme: &str, prompts: impl Iterator<Item = &'a Prompt> + Clone) -> [String; 8] {
    let side = |side: Side| {
        prompts
            .clone()
            .filter(|it| it.side == side)
            .count()
            .to_string()
    };
    let moment = |moment: Moment| {
        prompts
            .clone()
            .filter(|it| it.moment == moment)
            .count()
            .to_string()
    };
    [
        theme.to_owned(),
        prompts.clone().count().to_string(),
        side(Side::Verlating),
        side(Side::Binding),
        side(Side::Beide),
        moment(Moment::Ochtend),
        moment(Moment::Avond),
        moment(Moment::Elk),
    ]
}

/// Adds rows with their columns aligned.
fn table<const N: usize>(out: &mut String, header: [&str; N], rows: &[[&str; N]]) {
    let mut widths = header.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in [header].iter().chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
