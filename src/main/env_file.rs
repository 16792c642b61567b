//! The file `.env`.
//!
//! The same file is handed to `docker --env-file`, where a value is what stands behind the `=`, whatever it holds. So it is here; what
//! stands between quotes is read as everybody else does.

use std::{fs, io};

/// Reads `.env`, when there is one. The environment goes before it.
///
/// # Errors
/// When it cannot be read, in words for the host. What is wrong with a line is not shown: it may hold a secret.
pub fn read() -> Result<(), String> {
    let text = match fs::read_to_string(".env") {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("the file .env cannot be read: {error}")),
    };
    // Some editors begin a file with a mark that nobody sees.
    let text = text.trim_start_matches('\u{feff}');
    let lines: String = text.lines().map(|line| quoted(line) + "\n").collect();
    dotenvy::from_read(lines.as_bytes()).map_err(|_| {
        "the file .env has a line that is no NAME=value; compare it with .env.example".to_owned()
    })
}

/// The line with its value between quotes, when it is not yet.
fn quoted(line: &str) -> String {
    let line = line.trim();
    match line.split_once('=') {
        Some((name, value)) if !line.starts_with('#') => {
            let value = value.trim();
            if value.starts_with(['"', '\'']) {
                return line.to_owned();
            }
            let mut quoted = format!("{}=\"", name.trim());
            for letter in value.chars() {
                if matches!(letter, '"' | '\\' | '$') {
                    quoted.push('\\');
                }
                quoted.push(letter);
            }
            quoted.push('"');
            quoted
        }
        Some(_) | None => line.to_owned(),
    }
}
