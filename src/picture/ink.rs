//! The colours and the shapes in which a day is drawn.

/// Red, green and blue, as a screen takes them (sRGB).
pub type Colour = [u8; 3];

/// What everything stands on: dusk.
pub const GROUND: Colour = [0x25, 0x29, 0x35];

/// The title, the names of the months and of the themes.
pub const TEXT: Colour = [0xec, 0xe6, 0xda];

/// The names of the days of the week.
pub const SMALL_TEXT: Colour = [0xa6, 0xa6, 0xb2];

/// A day without a word, past or to come: a trace on the paper, no more.
pub const QUIET: Colour = [0x35, 0x3a, 0x47];

/// How a day with a word looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// A theme, by its place in the library.
    Theme(usize),
    /// Words of the parent's own, without a theme.
    Own,
}

/// Which corners of a mark are round: top left, top right, bottom right, bottom left.
pub type Corners = [bool; 4];

/// From the darkest to the lightest, in even steps, and as far from each other as eyes without red, green or blue can have them.
/// The order is that of the themes in `prompts/nl`.
const COLOURS: [Colour; 8] = [
    [0x3c, 0x8d, 0xbf],
    [0xc7, 0x93, 0x67],
    [0x46, 0xbc, 0xba],
    [0xcb, 0x79, 0x83],
    [0xca, 0xad, 0xe9],
    [0xdf, 0xc4, 0x87],
    [0xb0, 0xe1, 0xaa],
    [0xff, 0xdf, 0xd1],
];

const SHAPES: [Corners; 8] = [
    [false, false, false, false],
    [false, false, true, true],
    [false, true, true, false],
    [true, true, true, true],
    [true, false, true, false],
    [true, true, false, false],
    [false, true, false, true],
    [true, false, false, true],
];

/// Words without a theme: a small round light.
const OWN: Colour = [0xd9, 0xd6, 0xd0];

impl Ink {
    /// Its colour. Past eight themes the colours come again, with other shapes.
    pub fn colour(self) -> Colour {
        match self {
            Self::Theme(place) => COLOURS[place % COLOURS.len()],
            Self::Own => OWN,
        }
    }

    /// Its shape.
    pub fn corners(self) -> Corners {
        match self {
            Self::Theme(place) => SHAPES[(place + place / COLOURS.len()) % SHAPES.len()],
            Self::Own => [true; 4],
        }
    }

    /// How wide it is, as a part of a whole mark.
    pub fn size(self) -> f32 {
        match self {
            Self::Theme(_) => 1.0,
            Self::Own => 0.6,
        }
    }
}
