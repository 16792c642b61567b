//! The content as it is, and content that was broken on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::*;

#[test]
fn the_embedded_content_has_no_fault() {
    if let Err(faults) = Library::embedded() {
        panic!("{}", report(&faults));
    }
}

#[test]
fn timing() {
    let t = std::time::Instant::now();
    for _ in 0..10 {
        let _ = Library::embedded();
    }
    println!("load {:?}", t.elapsed() / 10);
    println!("{}", list(&Library::embedded().unwrap()));
    let l = Library::embedded().unwrap();
    println!(
        "{}\n\n{}",
        l.help_lines(Country::Nl, Route::Help),
        l.help_lines(Country::Be, Route::Help)
    );
}
