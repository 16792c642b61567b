#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::conversation::tests::LIBRARY;

fn marked(text: &str, query: &str) -> String {
    snippet(text, &words(query), &LIBRARY.texts.search.hit).unwrap_or_default()
}

#[test]
fn the_words_of_a_query() {
    for (query, expected) in [
        ("bedtijd", vec!["bedtijd"]),
        ("  Boze   HUILBUI ", vec!["boze", "huilbui"]),
        ("één een", vec!["een"]),
        ("bedtijd? 'slapen'.", vec!["bedtijd", "slapen"]),
        ("e-mail", vec!["e-mail"]),
        ("❤️", vec!["❤"]),
        ("", vec![]),
    ] {
        assert_eq!(words(query), expected, "{query:?}");
    }
    assert!(long_enough(&words("ik")));
    assert!(long_enough(&words("❤️")));
    assert!(!long_enough(&words("a")));
    assert!(!long_enough(&words("a b")));
    assert!(!long_enough(&words("")));
}

#[test]
fn a_snippet_shows_the_hit_and_what_surrounds_it() {
    assert_eq!(
        marked("Vandaag was het rustig.", "RUST"),
        "Vandaag was het «rust»ig."
    );
    assert_eq!(
        marked("Één huilbui.\n\nNog één.", "een"),
        "«Één» huilbui. Nog «één»."
    );
    assert_eq!(
        marked(
            "Het begon al bij het ontbijt en het ging de hele dag zo door, tot we samen op de bank zaten en ik merkte dat mijn \
             schouders zakten. Daarna las ik nog een verhaaltje voor en toen was het eindelijk stil in huis, na zeven uur.",
            "schouders zakten",
        ),
        "…we samen op de bank zaten en ik merkte dat mijn «schouders» «zakten». Daarna las ik nog een verhaaltje voor en toen was het \
         eindelijk stil in huis, na…"
    );
    assert_eq!(marked("rustig", "boos"), "");
}

fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-eé]{1,4}",
        3 => Just(" ".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just("👨‍👩‍👧‍👦".to_owned()),
        1 => Just("e\u{301}\u{308}".to_owned()),
        1 => Just("\u{301}".to_owned()),
        1 => Just("ﬁ".to_owned()),
        1 => Just("مَرحَبا".to_owned()),
        1 => Just("\u{202e}".to_owned()),
        1 => "\\PC",
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_snippet_holds_the_hit_and_fits(text in typed(), query in "[a-eéi]{1,3}( [a-e]{1,2})?") {
        let words = words(&query);
        let found = words.iter().any(|word| fold(&text).contains(word));
        let snippet = snippet(&text, &words, &LIBRARY.texts.search.hit);
        prop_assert_eq!(snippet.is_some(), found);
        if let Some(snippet) = snippet {
            prop_assert!(units(&snippet) < 500, "{} units", units(&snippet));
            let (_, rest) = snippet.split_once('«').unwrap();
            let (hit, _) = rest.split_once('»').unwrap();
            prop_assert!(words.iter().any(|word| fold(hit).contains(word)), "no word in {hit:?}");
        }
    }

    #[test]
    fn a_snippet_cuts_through_nothing_that_is_seen_as_one(text in typed(), query in "[a-e]{2}") {
        if let Some(snippet) = snippet(&text, &words(&query), &LIBRARY.texts.search.hit) {
            let bare: String = snippet.chars().filter(|char| !"«»…".contains(*char)).collect();
            let whole: Vec<&str> = text.graphemes(true).collect();
            for grapheme in bare.graphemes(true).filter(|grapheme| grapheme.contains('\u{200d}')) {
                prop_assert!(whole.contains(&grapheme), "{grapheme:?} was cut");
            }
        }
    }

    #[test]
    fn whatever_is_in_a_text_it_fits(char in any::<char>(), times in 1..3_000_usize) {
        let text = format!("ab{}ab", char.to_string().repeat(times));
        let snippet = snippet(&text, &words("ab"), &LIBRARY.texts.search.hit).unwrap();
        prop_assert!(units(&snippet) < 500, "{} units", units(&snippet));
    }
}
