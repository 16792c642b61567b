//! How long it takes to draw a year: from entries to the bytes of a PNG. It should stay below 50 ms.
//!
//! `cargo bench --bench picture`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]

use divan::{Bencher, counter::BytesCount};
use jiff::{Timestamp, ToSpan, civil::date};
use voel_eerst::{
    conversation::{Entry, EntryId, Part, PromptRef},
    library::Library,
    parent::{MessageId, Words},
    picture::draw,
};

fn main() {
    divan::main();
}

/// A year of ten in which somebody wrote on every day, every day about the next theme.
#[divan::bench]
fn a_full_year_out_of_ten(bencher: Bencher<'_, '_>) {
    let library = Library::embedded().unwrap();
    let prompts = &library.prompts;
    let entries: Vec<Entry> = (0..3_650_u32)
        .map(|number| {
            let prompt = &prompts[(11 * number as usize) % prompts.len()];
            Entry {
                id: EntryId(number),
                day: date(2017, 1, 1).saturating_add(i64::from(number).days()),
                written: Timestamp::UNIX_EPOCH,
                prompt: Some(PromptRef {
                    id: prompt.id.clone(),
                    title: prompt.title.clone(),
                }),
                parts: vec![Part::typed(MessageId(1), Words::new("woorden"))],
                heavy: false,
            }
        })
        .collect();
    let picture = || draw(&library, &entries, 2024).unwrap().unwrap();
    let bytes = picture().png.0.len();
    bencher.counter(BytesCount::new(bytes)).bench(picture);
}
