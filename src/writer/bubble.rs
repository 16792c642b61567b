//! A prompt drawn in letters: the bubble as wide as on a phone, its buttons below it, and what comes after each.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    paint::Paint,
    preview::{After, Cause, Preview},
    stage::{Said, Seen},
};

/// How wide the inside of a bubble is, in columns: so many letters stand side by side on most phones.
const INSIDE: usize = 42;

/// How wide a line beside the bubble is.
const LINE: usize = 76;

/// So many letters of a message a locked screen shows on one line.
const LOCKED: usize = 40;

/// The beginning of a message as a locked screen shows it: its first 40 letters on one line.
pub fn lock_screen(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let letters: Vec<&str> = line.graphemes(true).collect();
    if letters.len() <= LOCKED {
        return line;
    }
    format!("{}…", letters[..LOCKED].concat().trim_end())
}

/// What `voel-eerst prompts preview` prints of one prompt.
pub fn show(preview: &Preview<'_>, paint: Paint) -> String {
    let prompt = preview.prompt;
    let about = format!(
        "{} · side {} · moment {}",
        preview.theme,
        prompt.side.as_str(),
        prompt.moment.as_str()
    );
    let mut lines = vec![
        paint.strong(&prompt.id),
        paint.faint(&about),
        format!(
            "{} {}",
            paint.faint("locked screen:"),
            lock_screen(&preview.message.text)
        ),
    ];
    lines.extend(drawn(&preview.message, paint));
    let causes: Vec<String> = preview.after.iter().map(cause).collect();
    let widest = causes.iter().map(|cause| cause.width()).max().unwrap_or(0);
    for (cause, after) in causes.iter().zip(&preview.after) {
        let first = format!("{}  ", pad(cause, widest));
        let follows: Vec<String> = after.seen.iter().map(|seen| told(seen, after)).collect();
        let follows = wrapped(&follows.join("; "), LINE - first.width());
        for (n, line) in follows.iter().enumerate() {
            let beginning = if n == 0 {
                paint.button(&first)
            } else {
                " ".repeat(first.width())
            };
            lines.push(format!("{beginning}{line}").trim_end().to_owned());
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn cause(after: &After) -> String {
    match &after.cause {
        Cause::Tap(label) => label.clone(),
        Cause::Answer => "(an answer)".to_owned(),
    }
}

/// What a parent sees, in words.
fn told(seen: &Seen, after: &After) -> String {
    let row = |buttons: &[Vec<String>]| {
        let labels = buttons.iter().flatten();
        let labels: Vec<String> = labels.map(|label| format!("[{label}]")).collect();
        labels.join(" ")
    };
    match seen {
        Seen::Message(said) if said.buttons.is_empty() => format!("\"{}\"", said.text),
        Seen::Message(said) => format!("\"{}\" with {}", said.text, row(&said.buttons)),
        // Which one it is, is left to chance.
        Seen::Changed(_) if matches!(after.cause, Cause::Tap(_)) => {
            "another one comes in its place".to_owned()
        }
        Seen::Changed(said) => format!("it becomes \"{}\"", said.text),
        Seen::Buttons(buttons) if buttons.is_empty() => "the buttons go".to_owned(),
        Seen::Buttons(buttons) => format!("the buttons become {}", row(buttons)),
        Seen::Toast(text) => format!("\"{text}\" appears for a moment"),
        Seen::Heart => "a heart: it is kept".to_owned(),
    }
}

/// A message with its buttons.
fn drawn(said: &Said, paint: Paint) -> Vec<String> {
    let bar = |left: &str, right: &str| {
        let line = "─".repeat(INSIDE + 2);
        paint.faint(&format!("{left}{line}{right}"))
    };
    let side = paint.faint("│");
    let mut lines = vec![bar("╭", "╮")];
    for line in said.text.lines().flat_map(|line| wrapped(line, INSIDE)) {
        lines.push(format!("{side} {} {side}", pad(&line, INSIDE)));
    }
    lines.push(bar("╰", "╯"));
    for row in &said.buttons {
        lines.extend(button_row(row, paint));
    }
    lines
}

/// Buttons side by side, each as wide as the others, as Telegram draws them. A label that is too long goes on below.
fn button_row(labels: &[String], paint: Paint) -> Vec<String> {
    let count = labels.len().max(1);
    // Between the buttons stand lines, and outside them too.
    let room = INSIDE + 4 - (count + 1);
    let widths: Vec<usize> = (0..count)
        .map(|n| room / count + usize::from(n < room % count))
        .collect();
    let cells: Vec<Vec<String>> = labels
        .iter()
        .zip(&widths)
        .map(|(label, width)| wrapped(label, width.saturating_sub(2).max(1)))
        .collect();
    let edge = |left: &str, between: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        paint.faint(&format!("{left}{}{right}", parts.join(between)))
    };
    let height = cells.iter().map(Vec::len).max().unwrap_or(1);
    let mut lines = vec![edge("┌", "┬", "┐")];
    for n in 0..height {
        let parts: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                let text = cell.get(n).map_or("", String::as_str);
                paint.button(&centred(text, *width))
            })
            .collect();
        let side = paint.faint("│");
        lines.push(format!("{side}{}{side}", parts.join(&side)));
    }
    lines.push(edge("└", "┴", "┘"));
    lines
}

/// `text` with blanks behind it up to `width` columns.
fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

fn centred(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    pad(&format!("{}{text}", " ".repeat(blanks / 2)), width)
}

/// Breaks a line between words, and a word that is too wide for a line within it. At least one line.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        for piece in pieces(word, width) {
            let last = lines
                .last_mut()
                .filter(|last| last.is_empty() || last.width() + 1 + piece.width() <= width);
            match last {
                Some(last) if last.is_empty() => last.push_str(&piece),
                Some(last) => {
                    last.push(' ');
                    last.push_str(&piece);
                }
                None => lines.push(piece),
            }
        }
    }
    lines
}

/// A word in pieces that are no wider than `width`: nearly always the word.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in word.graphemes(true) {
        let fits = |piece: &String| piece.is_empty() || piece.width() + letter.width() <= width;
        match pieces.last_mut().filter(|piece| fits(piece)) {
            Some(piece) => piece.push_str(letter),
            None => pieces.push(letter.to_owned()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_are_measured_as_wide() {
        // An emoji of several characters is one letter of two columns.
        for text in ["🧑‍🧒 samen", "日本語の文", "e\u{301}én", "gewoon"] {
            let said = Said {
                text: text.to_owned(),
                buttons: vec![vec!["👍🏽".to_owned(), "Ja".to_owned(), "日本".to_owned()]],
            };
            let widths: Vec<usize> = drawn(&said, Paint::Plain)
                .iter()
                .map(|line| line.width())
                .collect();
            assert!(
                widths.iter().all(|width| *width == INSIDE + 4),
                "{text}: {widths:?}"
            );
        }
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken_and_no_letter_is_lost() {
        assert_eq!(wrapped("een twee drie", 8), ["een twee", "drie"]);
        assert_eq!(wrapped("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn a_locked_screen_shows_the_beginning_on_one_line() {
        assert_eq!(lock_screen("Kort\n\nen goed"), "Kort en goed");
        let long = "Een titel\n\nEn dan nog een hele zin die verder gaat.";
        assert_eq!(
            lock_screen(long),
            "Een titel En dan nog een hele zin die ve…"
        );
        assert_eq!(
            lock_screen(&"🧑‍🧒".repeat(41)),
            format!("{}…", "🧑‍🧒".repeat(40))
        );
    }
}
