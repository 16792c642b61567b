//! A page to read and to print: one HTML file that needs nothing else, and in which nothing a parent wrote can become markup.

use std::fmt::Write;

use super::{
    Kept,
    readable::{Item, Readable},
};

/// On a phone, on a desk, by day, at night, and on paper.
const STYLE: &str = include_str!("page.css");

/// Should escaping ever fail, still nothing runs and nothing is fetched.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

pub(super) fn write(kept: &Kept<'_>) -> String {
    let readable = Readable::of(kept);
    let mut html = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut html, &readable);
    html
}

fn write_page(html: &mut String, page: &Readable<'_>) -> std::fmt::Result {
    let (language, title, made) = (
        escape(page.language),
        escape(page.title),
        escape(&page.made),
    );
    write!(
        html,
        r#"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{made}</p>
</header>
<main>
"#
    )?;
    for (year, items) in &page.years {
        write!(html, "<section>\n<h2>{year}</h2>\n")?;
        for item in items {
            write_item(html, item)?;
        }
        html.push_str("</section>\n");
    }
    html.push_str("</main>\n<footer>\n");
    if !page.own.is_empty() {
        write_list(html, page.own_title, &page.own)?;
    }
    write_list(html, page.kept_title, &page.kept)?;
    html.push_str("</footer>\n</body>\n</html>\n");
    Ok(())
}

fn write_list(html: &mut String, title: &str, lines: &[impl AsRef<str>]) -> std::fmt::Result {
    write!(html, "<h2>{}</h2>\n<ul>\n", escape(title))?;
    for line in lines {
        writeln!(html, "<li dir=\"auto\">{}</li>", escape(line.as_ref()))?;
    }
    html.push_str("</ul>\n");
    Ok(())
}

fn write_item(html: &mut String, item: &Item<'_>) -> std::fmt::Result {
    let (day, date, title) = (item.day, escape(&item.date), escape(item.title));
    write!(
        html,
        "<article>\n<h3>{title}</h3>\n<time datetime=\"{day}\">{date}</time>\n"
    )?;
    for part in &item.parts {
        if let Some((line, file)) = &part.spoken {
            writeln!(
                html,
                "<p><a href=\"{}\">{}</a></p>",
                escape(file),
                escape(line)
            )?;
        }
        if part.spoken.is_none() || !part.words.is_empty() {
            // Each part finds its own direction: a parent may write Dutch one day and Arabic the next.
            let words = escape(part.words.trim());
            writeln!(html, "<p dir=\"auto\">{words}</p>")?;
        }
    }
    html.push_str("</article>\n");
    Ok(())
}

/// Text as it stands between tags or in a quoted attribute.
///
/// Characters that no HTML may hold, which no keyboard has either, are left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(char),
            char if char.is_control() => {}
            char => escaped.push(char),
        }
    }
    escaped
}
