//! The content as it is, and content that was broken on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::*;

#[test]
fn the_embedded_content_has_no_fault() {
    if let Err(faults) = Library::embedded() {
        panic!("{}", report(&faults));
    }
}
