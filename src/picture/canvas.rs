//! Pixels: shapes and letters laid over a ground, and the file that they become.

use super::{
    Undrawable,
    ink::{self, Colour, Corners},
    layout::{At, Layout, Mark, WIDTH},
    letters::Letters,
};

/// How round a corner is that is not: as a part of half the mark.
const SHARP: f32 = 0.3;

/// The gap between two halves of a mark, in pixels.
const GAP: f32 = 3.0;

/// Draws everything, and makes it a PNG.
///
/// # Errors
/// See [`Undrawable`].
pub fn paint(layout: &Layout) -> Result<Vec<u8>, Undrawable> {
    let letters = Letters::embedded()?;
    let mut canvas = Canvas::new(WIDTH, layout.height);
    for mark in &layout.marks {
        canvas.mark(mark);
    }
    for line in &layout.lines {
        let left = match line.at {
            At::Left(left) => left,
            At::Middle(middle) => middle - letters.width(&line.text, line.size) / 2.0,
        };
        letters.draw(
            &line.text,
            line.size,
            left,
            line.baseline,
            |x, y, covered| {
                canvas.lay(x, y, line.colour, covered);
            },
        );
    }
    canvas.png()
}

struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Which part of a mark is drawn.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    Left,
    Right,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        let pixels = width as usize * height as usize;
        Self {
            width,
            height,
            pixels: ink::GROUND.repeat(pixels),
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark.look {
            None => self.tile(mark, ink::QUIET, [true; 4], Part::Whole),
            Some(look) => match look.second {
                None => self.tile(mark, look.first.colour(), look.first.corners(), Part::Whole),
                Some(second) => {
                    self.tile(mark, look.first.colour(), look.first.corners(), Part::Left);
                    self.tile(mark, second.colour(), second.corners(), Part::Right);
                }
            },
        }
    }

    /// A square with some corners round, or a half of it.
    fn tile(&mut self, mark: &Mark, colour: Colour, corners: Corners, part: Part) {
        let half = mark.size / 2.0;
        let reach = half as i32 + 2;
        let (middle_x, middle_y) = (mark.x as i32, mark.y as i32);
        for y in middle_y - reach..=middle_y + reach {
            for x in middle_x - reach..=middle_x + reach {
                let (dx, dy) = (x as f32 + 0.5 - mark.x, y as f32 + 0.5 - mark.y);
                let outside = distance(dx, dy, half, corners);
                let outside = match part {
                    Part::Whole => outside,
                    Part::Left => outside.max(dx + GAP / 2.0),
                    Part::Right => outside.max(GAP / 2.0 - dx),
                };
                self.lay(x, y, colour, (0.5 - outside).clamp(0.0, 1.0));
            }
        }
    }

    /// Lays a colour over a pixel of which so much is covered; nothing beside the picture.
    fn lay(&mut self, x: i32, y: i32, colour: Colour, covered: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = 3 * (y as usize * self.width as usize + x as usize);
        for (pixel, colour) in self.pixels[at..at + 3].iter_mut().zip(colour) {
            let (below, above) = (f32::from(*pixel), f32::from(colour));
            *pixel = (below + (above - below) * covered.min(1.0)).round() as u8;
        }
    }

    fn png(&self) -> Result<Vec<u8>, Undrawable> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        // Flat colours: a filter would only make the file larger.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }
}

/// How far a point lies outside a square with its middle at the origin, of which some corners are round; negative inside it.
fn distance(x: f32, y: f32, half: f32, corners: Corners) -> f32 {
    let [top_left, top_right, bottom_right, bottom_left] = corners;
    let round = match (x < 0.0, y < 0.0) {
        (true, true) => top_left,
        (false, true) => top_right,
        (false, false) => bottom_right,
        (true, false) => bottom_left,
    };
    let radius = if round { half } else { half * SHARP };
    let (x, y) = (x.abs() - half + radius, y.abs() - half + radius);
    let (over_x, over_y) = (x.max(0.0), y.max(0.0));
    (over_x * over_x + over_y * over_y).sqrt() + x.max(y).min(0.0) - radius
}
