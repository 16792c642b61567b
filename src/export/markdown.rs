//! Text to read and to go on with: Markdown (CommonMark) that looks like what was written, with and without a program that shows it.

use std::fmt::Write;

use super::{Kept, readable::Readable};

pub(super) fn write(kept: &Kept<'_>) -> String {
    let readable = Readable::of(kept);
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_text(&mut text, &readable);
    text
}

fn write_text(text: &mut String, page: &Readable<'_>) -> std::fmt::Result {
    write!(text, "# {}\n\n{}\n", escape(page.title), escape(&page.made))?;
    for (year, items) in &page.years {
        write!(text, "\n## {year}\n")?;
        for item in items {
            write!(
                text,
                "\n### {}\n\n*{}*\n",
                escape(item.title),
                escape(&item.date)
            )?;
            for part in &item.parts {
                if let Some((line, file)) = &part.spoken {
                    write!(text, "\n[{}]({file})\n", escape(line))?;
                }
                if part.spoken.is_none() || !part.words.is_empty() {
                    write!(text, "\n{}\n", escape(part.words))?;
                }
            }
        }
    }
    if !page.own.is_empty() {
        write_list(text, page.own_title, &page.own)?;
    }
    write_list(text, page.kept_title, &page.kept)
}

fn write_list(text: &mut String, title: &str, lines: &[impl AsRef<str>]) -> std::fmt::Result {
    write!(text, "\n## {}\n\n", escape(title))?;
    for line in lines {
        // A line of a list goes on where it is indented.
        writeln!(text, "- {}", escape(line.as_ref()).replace('\n', "\n  "))?;
    }
    Ok(())
}

/// Words in which nothing is markup, and every line ends where it was ended.
///
/// Blanks around a line mean something in Markdown and nothing in a diary: they go. So do control characters.
pub(super) fn escape(words: &str) -> String {
    let paragraphs = words.lines().map(str::trim).collect::<Vec<_>>();
    let paragraphs = paragraphs
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty())
        .map(|lines| {
            let lines: Vec<String> = lines.iter().map(|line| escape_line(line)).collect();
            lines.join("\\\n")
        });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    if begins_block(line) {
        escaped.push('\\');
    }
    // "1." and "1)" begin a list, and it is the mark behind the number that can be escaped.
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, char) in line.char_indices() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '~' | '|' | '$' => {
                escaped.push('\\');
                escaped.push(char);
            }
            '.' | ')' if at == number && number > 0 => {
                escaped.push('\\');
                escaped.push(char);
            }
            char if char.is_control() => {}
            char => escaped.push(char),
        }
    }
    escaped
}

/// Whether a line would be a heading, a quotation, a list or a rule by its first character; what is escaped anywhere is not meant.
fn begins_block(line: &str) -> bool {
    line.starts_with(['#', '>', '+', '-', '='])
}
