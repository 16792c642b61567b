//! Cutting a parent's words so that a message holds them, without ever cutting a character that they see as one.
//!
//! Lengths are in UTF-16 units, as Telegram counts them.

use unicode_segmentation::UnicodeSegmentation;

/// Stands where words were left out.
pub(super) const CUT: char = '…';

/// How long a text is.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text when it has at most `most` units; else its beginning, cut after a whole word where there is one, with `…` behind it.
pub(super) fn fit(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let (beginning, _) = text.split_at(cut(text, most.saturating_sub(1)));
    format!("{}{CUT}", beginning.trim_end())
}

/// Where to cut a text so that what is before has at most `most` units: at the last white space; else before a character as the reader sees
/// it; else, when one such character is longer than all of it, anywhere in it.
pub(super) fn cut(text: &str, most: usize) -> usize {
    let (mut space, mut whole, mut used) = (None, None, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        if at > 0 {
            whole = Some(at);
            if grapheme.chars().all(char::is_whitespace) {
                space = Some(at);
            }
        }
        used += units(grapheme);
        if used > most {
            return space.or(whole).unwrap_or_else(|| cut_anywhere(text, most));
        }
    }
    text.len()
}

/// The last units of a text: at most `most`, beginning with a whole word where there is one.
pub(super) fn end(text: &str, most: usize) -> &str {
    let (mut space, mut whole, mut used) = (None, text.len(), 0);
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += units(grapheme);
        if used > most {
            let from = space.unwrap_or(whole);
            return text.get(from..).unwrap_or_default();
        }
        if grapheme.chars().all(char::is_whitespace) {
            space = Some(at + grapheme.len());
        }
        whole = at;
    }
    text
}

fn cut_anywhere(text: &str, most: usize) -> usize {
    let mut used = 0;
    let first_too_far = text.char_indices().find(|(_, char)| {
        used += char.len_utf16();
        used > most
    });
    first_too_far.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_whole_where_there_is_a_space() {
        assert_eq!(fit("Het was een lange dag.", 40), "Het was een lange dag.");
        assert_eq!(fit("Het was een lange dag.", 16), "Het was een…");
        assert_eq!(fit("Onafgebroken", 5), "Onaf…");
        assert_eq!(end("Het was een lange dag.", 12), "lange dag.");
        assert_eq!(end("Onafgebroken", 6), "broken");
    }

    #[test]
    fn what_is_seen_as_one_stays_one() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(fit(&family.repeat(3), 30), format!("{}…", family.repeat(2)));
        assert_eq!(end(&family.repeat(3), 25), family.repeat(2));
        let crowded = format!("e{}", "\u{301}".repeat(5_000));
        assert_eq!(units(&fit(&crowded, 100)), 100);
        assert_eq!(end(&crowded, 100), "");
    }

    fn typed() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z]{1,12}",
            Just(" ".to_owned()),
            Just("\n".to_owned()),
            Just("👨‍👩‍👧‍👦".to_owned()),
            Just("e\u{301}\u{302}".to_owned()),
            Just("مرحبا ".to_owned()),
            Just("\u{202e}".to_owned()),
            ".",
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn it_fits_and_begins_as_the_text_does(text in typed(), most in 2..80_usize) {
            let fitted = fit(&text, most);
            prop_assert!(units(&fitted) <= most);
            if units(&text) <= most {
                prop_assert_eq!(&fitted, &text);
            } else {
                let beginning = fitted.strip_suffix(CUT).unwrap_or_default();
                prop_assert!(text.starts_with(beginning));
            }
            prop_assert!(units(end(&text, most)) <= most);
            prop_assert!(text.ends_with(end(&text, most)));
        }

        #[test]
        fn a_cut_goes_through_nothing_that_is_seen_as_one(text in typed(), most in 30..80_usize) {
            let at = cut(&text, most);
            prop_assert!(units(text.get(..at).unwrap_or_default()) <= most);
            prop_assert!(at == text.len() || text.grapheme_indices(true).any(|(start, _)| start == at));
            prop_assert!(text.is_empty() || at > 0);
        }
    }
}
