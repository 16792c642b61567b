//! The year of a parent as a picture: a calm calendar that shows on which days there was a word, and about which theme.
//!
//! Pure: values in, the bytes of a PNG out, and the same values give the same bytes. It is made to be looked at on a phone, at night too:
//!
//! - It counts nothing. A day without a word is as quiet as the paper, and looks like a day that has yet to come.
//! - A theme has a colour and a shape of its own. The colours differ in lightness as well as in hue, so that they stay apart for eyes that see
//!   no red or no green, and in grey.
//! - Its ground is as dark as dusk, so that it does not dazzle in Telegram's dark mode and stands as a calm card in the light one.
//!
//! | file | what it knows |
//! |---|---|
//! | `year` | what there is to show, and how to say the same in words |
//! | `layout` | where everything stands |
//! | `ink` | colours and shapes |
//! | `canvas`, `letters` | pixels, and the embedded font |

mod canvas;
mod ink;
mod layout;
mod letters;
mod year;

use std::fmt;

use crate::{conversation::Entry, library::Library, parent::Words};
use layout::Layout;
use year::Year;

/// A picture, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it is called, such as `voel-eerst-2026.png`. Says nothing about the parent.
    pub name: String,
    /// The file, a PNG.
    pub png: Pixels,
    /// The same in words, for who cannot see it; at most 1,024 UTF-16 units.
    pub caption: Words,
}

/// The bytes of a picture. On which days somebody wrote is theirs alone, so `Debug` shows only how many bytes there are.
#[derive(PartialEq, Eq)]
pub struct Pixels(pub Vec<u8>);

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pixels({} bytes)", self.0.len())
    }
}

/// A picture that cannot be drawn: a mistake in the program, or a font that was damaged.
#[derive(Debug, thiserror::Error)]
pub enum Undrawable {
    /// The embedded font.
    #[error("the embedded font cannot be read")]
    Font(#[from] ab_glyph::InvalidFont),
    /// The file.
    #[error("the picture does not become a PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// Draws a year of a journal, whose entries may stand in any order; `None` when there is nothing of that year in it.
///
/// # Errors
/// See [`Undrawable`]; a test shows that the embedded font has no fault.
pub fn draw(
    library: &Library,
    entries: &[Entry],
    year: i16,
) -> Result<Option<Picture>, Undrawable> {
    let Some(shown) = Year::of(library, entries, year) else {
        return Ok(None);
    };
    let layout = Layout::of(&shown, &library.texts);
    Ok(Some(Picture {
        name: format!("voel-eerst-{year}.png"),
        png: Pixels(canvas::paint(&layout)?),
        caption: Words::new(shown.caption(&library.texts)),
    }))
}

#[cfg(test)]
mod tests;
