//! Letters: a font that lies in the program, so that the picture looks the same on every machine.

use ab_glyph::{Font, FontRef, InvalidFont, PxScale, ScaleFont};

/// Nunito SemiBold, cut down to Latin letters; its licence lies beside it.
const NUNITO: &[u8] = include_bytes!("font/nunito-semibold-latin.ttf");

/// The font.
pub struct Letters(FontRef<'static>);

impl Letters {
    /// The embedded font.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn embedded() -> Result<Self, InvalidFont> {
        FontRef::try_from_slice(NUNITO).map(Self)
    }

    /// How wide a line is at this size, in pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let font = self.0.as_scaled(PxScale::from(size));
        text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
    }

    /// Gives every pixel that a line covers, with how much of it is covered, from 0 to 1. `left` is where the line begins, `baseline` what it stands on.
    pub fn draw(
        &self,
        text: &str,
        size: f32,
        left: f32,
        baseline: f32,
        mut pixel: impl FnMut(i32, i32, f32),
    ) {
        let font = self.0.as_scaled(PxScale::from(size));
        let mut x = left;
        for c in text.chars() {
            let id = font.glyph_id(c);
            let glyph = id.with_scale_and_position(size, ab_glyph::point(x, baseline));
            if let Some(outline) = self.0.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                let (left, top) = (corner.x as i32, corner.y as i32);
                outline.draw(|dx, dy, covered| {
                    pixel(left + dx as i32, top + dy as i32, covered);
                });
            }
            x += font.h_advance(id);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::library::{Library, Text};

    #[test]
    fn the_font_has_every_letter_that_it_is_asked_for() {
        let library = Library::embedded().unwrap();
        let words = &library.texts.words;
        let themes = library.themes.iter().map(|theme| &theme.name);
        let texts = words.months.iter().chain(&words.weekdays_short);
        let texts = texts
            .chain(themes)
            .chain([&library.texts.lookback.picture_own]);
        let all: String = texts.map(Text::as_str).collect();
        let letters = Letters::embedded().unwrap();
        let latin = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 áäâàçéëêèíïîìñóöôòúüûùÿœ -'.,:…";
        for c in all.chars().chain(latin.chars()) {
            assert_ne!(letters.0.glyph_id(c).0, 0, "no {c:?}");
        }
    }

    #[test]
    fn a_line_is_as_wide_as_its_letters() {
        let letters = Letters::embedded().unwrap();
        assert_eq!(letters.width("", 30.0), 0.0);
        let (one, two) = (letters.width("m", 30.0), letters.width("mm", 30.0));
        assert!((15.0..25.0).contains(&one), "{one}");
        assert_eq!(two, 2.0 * one);
        let mut covered = 0.0;
        letters.draw("m", 30.0, 0.0, 30.0, |_, _, part| covered += part);
        assert!((50.0..400.0).contains(&covered), "{covered}");
    }
}
