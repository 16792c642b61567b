//! The piece of a text around what was found in it.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use super::fold::Folded;
use crate::{
    conversation::fit::{CUT, cut, end, fit},
    library::Text,
};

/// How much stands before what was found, in UTF-16 units.
const BEFORE: usize = 50;

/// How much stands behind it.
const BEHIND: usize = 90;

/// How much of what was found is shown: somebody may put a thousand accents on one letter.
const HIT: usize = 100;

/// What surrounds the first place where one of the folded words stands, with that place marked as `mark` says, and so every other one that stands
/// near behind it. `None` when none of the words is in the text.
///
/// It has less than 500 UTF-16 units, whatever the text holds, and no line breaks.
pub fn snippet(text: &str, words: &[String], mark: &Text) -> Option<String> {
    let folded = Folded::new(text);
    let hits = hits(text, &folded, words);
    let first = hits.first()?.clone();

    let mut snippet = String::new();
    let before = text.get(..first.start).unwrap_or_default();
    let shown = end(before, BEFORE);
    if shown.len() < before.len() {
        snippet.push(CUT);
    }
    snippet.push_str(shown.trim_start());

    let behind = text.get(first.end..).unwrap_or_default();
    let until = first.end + cut(behind, BEHIND);
    let mut at = first.start;
    for hit in hits.iter().take_while(|hit| hit.end <= until) {
        snippet.push_str(text.get(at..hit.start).unwrap_or_default());
        let found = fit(text.get(hit.clone()).unwrap_or_default(), HIT);
        snippet.push_str(&mark.fill(&[("text", &found)]));
        at = hit.end;
    }
    snippet.push_str(text.get(at..until).unwrap_or_default().trim_end());
    if until < text.trim_end().len() {
        snippet.push(CUT);
    }
    Some(snippet.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where the words stand, in the order of the text, those that touch or overlap taken together, and never half of a character.
fn hits(text: &str, folded: &Folded, words: &[String]) -> Vec<Range<usize>> {
    let mut hits: Vec<Range<usize>> = words
        .iter()
        .flat_map(|word| folded.find(word))
        .map(|hit| start_of_character(text, hit.start)..end_of_character(text, hit.end))
        .collect();
    hits.sort_by_key(|hit| (hit.start, hit.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        match merged.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            Some(_) | None => merged.push(hit),
        }
    }
    merged
}

/// Where the character that a reader sees at this byte begins.
fn start_of_character(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        Ok(true) | Err(_) => at,
    }
}

/// Where the character that a reader sees just before this byte ends.
fn end_of_character(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor
            .next_boundary(text, 0)
            .ok()
            .flatten()
            .unwrap_or(text.len()),
        Ok(true) | Err(_) => at,
    }
}
