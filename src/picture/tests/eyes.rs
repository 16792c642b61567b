//! Whether everybody can see it: contrast as WCAG 2 reckons it, and colours as other eyes have them.

use super::{LIBRARY, ink::*};

/// What a screen makes of a value of a channel, from 0 to 1.
fn light(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

fn times(rows: [[f32; 3]; 3], with: [f32; 3]) -> [f32; 3] {
    rows.map(|row| row.iter().zip(with).map(|(a, b)| a * b).sum())
}

fn luminance(colour: Colour) -> f32 {
    let [red, green, blue] = colour.map(light);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Colour, other: Colour) -> f32 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Usual eyes, and eyes without red, green and blue: Machado, Oliveira and Fernandes, 2009.
const EYES: [[[f32; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
    [
        [1.255_528, -0.076_749, -0.178_779],
        [-0.078_411, 0.930_809, 0.147_602],
        [0.004_733, 0.691_367, 0.303_900],
    ],
];

/// A colour in CIELAB, as these eyes have it.
fn lab(colour: Colour, eyes: [[f32; 3]; 3]) -> [f32; 3] {
    let seen = times(eyes, colour.map(light)).map(|light| light.clamp(0.0, 1.0));
    let xyz = times(
        [
            [0.4124, 0.3576, 0.1805],
            [0.2126, 0.7152, 0.0722],
            [0.0193, 0.1192, 0.9505],
        ],
        seen,
    );
    let bend = |value: f32| {
        if value > 0.008_856 {
            value.cbrt()
        } else {
            7.787 * value + 16.0 / 116.0
        }
    };
    let [x, y, z] = [xyz[0] / 0.950_47, xyz[1], xyz[2] / 1.088_83].map(bend);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn difference(one: [f32; 3], other: [f32; 3]) -> f32 {
    let squares = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f32>().sqrt()
}

/// The inks of all themes, and that of words without one.
fn inks() -> Vec<Ink> {
    let themes = 0..LIBRARY.themes.len();
    themes.map(Ink::Theme).chain([Ink::Own]).collect()
}

#[test]
fn texts_and_days_stand_out_and_quiet_days_do_not() {
    assert!(contrast(TEXT, GROUND) >= 7.0, "AAA");
    assert!(contrast(SMALL_TEXT, GROUND) >= 4.5, "AA");
    for ink in inks() {
        let found = contrast(ink.colour(), GROUND);
        assert!(
            found >= 3.0,
            "{ink:?} {found}: what is no text has to have 3"
        );
    }
    let trace = contrast(QUIET, GROUND);
    assert!((1.1..1.5).contains(&trace), "{trace}: as quiet as paper");
}

/// The ground is the picture's own, so the chat around it changes nothing on it; it has to stand in that chat as a thing of its own.
#[test]
fn it_stands_in_a_light_chat_as_a_card_and_dazzles_nobody_in_a_dark_one() {
    let (white, black) = ([255, 255, 255], [0, 0, 0]);
    assert!(contrast(GROUND, white) >= 7.0);
    assert!(contrast(GROUND, black) <= 1.6);
}

#[test]
fn every_two_inks_stay_apart_for_all_eyes_and_in_grey() {
    let inks = inks();
    for (number, one) in inks.iter().enumerate() {
        for other in &inks[..number] {
            let form = |ink: &Ink| (ink.corners(), (ink.size() * 100.0) as u32);
            assert_ne!(form(one), form(other), "{one:?} {other:?}");
        }
    }
    // The ink without a theme is smaller than all others, which is enough.
    let themes = &inks[..inks.len() - 1];
    for (number, one) in themes.iter().enumerate() {
        for other in &themes[..number] {
            let grey = contrast(one.colour(), other.colour());
            assert!(grey >= 1.1, "{one:?} {other:?}: {grey}");
            for eyes in EYES {
                let apart = difference(lab(one.colour(), eyes), lab(other.colour(), eyes));
                assert!(apart >= 10.0, "{one:?} {other:?}: {apart}");
            }
        }
    }
}

#[test]
fn past_eight_themes_no_two_look_the_same() {
    let looks: std::collections::BTreeSet<_> = (0..64)
        .map(|place| (Ink::Theme(place).colour(), Ink::Theme(place).corners()))
        .collect();
    assert_eq!(looks.len(), 64);
}
