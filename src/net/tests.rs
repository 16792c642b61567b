//! What the net promises, held against the weights that are committed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::{fs, path::Path};

use proptest::prelude::*;

use super::{corpus::Corpus, *};
use crate::library::Files;

fn net() -> Net {
    Net::embedded().expect("the committed weights")
}

fn corpus() -> Corpus {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/nl/crisis");
    let files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "tsv"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    let files = files.iter().map(|(name, it)| (name.as_str(), it.as_str()));
    Corpus::read(files).unwrap()
}

/// The verdict in a few letters: the routes, `hint` or `-`.
fn short(verdict: Verdict) -> String {
    match verdict {
        Verdict::Nothing => "-".to_owned(),
        Verdict::Hint => "hint".to_owned(),
        Verdict::Routes(routes) => {
            let names: Vec<&str> = routes.iter().map(Route::name).collect();
            names.join("+")
        }
    }
}

fn judged(text: &str) -> String {
    short(net().judge(text))
}

#[test]
fn the_committed_weights_are_made_from_the_committed_sentences() {
    // `assert_eq` would print both.
    assert!(
        train::train(&corpus(), &mut || ()) == DUTCH,
        "the sentences or the way of learning changed: make weights.bin anew with `voel-eerst net train`"
    );
}

#[test]
fn the_weights_are_small() {
    assert!(DUTCH.len() < 512_000, "{} bytes", DUTCH.len());
}

/// What a message may be at most, of the kinds that are most work: a judgement looks once at each feature and once at each part.
#[test]
fn a_long_message_is_little_work() {
    let words = "ik wil niet meer kind man slaat dood ";
    for text in ["ik ", "a ", "a. ", "ik. wil. ", "leven", words] {
        let text: String = text.chars().cycle().take(4096).collect();
        let reading = reading::Reading::of(&text, &net().classes);
        let features = reading.buckets(0..reading.len()).len();
        let parts = reading.parts().len();
        assert!(features < 30_000, "{features} features of {text:.20}");
        assert!(parts < 3_000, "{parts} parts of {text:.20}");
    }
}

#[test]
fn plain_words_are_understood() {
    let verdicts = [
        "Ik wil niet meer leven.",
        "Mijn man slaat me.",
        "Ik heb mijn dochter geslagen en ik schaam me zo",
        "ik ben zo bang dat ik de baby door elkaar schud",
        "Ik kan niet meer.",
        "Mijn zoon van negen zegt dat hij dood wil.",
        "We zijn naar het strand geweest en hebben pannenkoeken gegeten.",
        "Ik heb me doodgelachen om haar imitatie van de juf.",
        "Ik kan hem wel achter het behang plakken.",
        "Mijn vader sloeg me vroeger.",
        "Mijn peuter slaat me als ze moe is.",
    ]
    .map(|text| format!("{:24} {text}", judged(text)));
    insta::assert_snapshot!(verdicts.join("\n"), @r"
    zelfdoding               Ik wil niet meer leven.
    geweld                   Mijn man slaat me.
    geweld                   Ik heb mijn dochter geslagen en ik schaam me zo
    geweld                   ik ben zo bang dat ik de baby door elkaar schud
    uitputting               Ik kan niet meer.
    naaste                   Mijn zoon van negen zegt dat hij dood wil.
    -                        We zijn naar het strand geweest en hebben pannenkoeken gegeten.
    -                        Ik heb me doodgelachen om haar imitatie van de juf.
    -                        Ik kan hem wel achter het behang plakken.
    -                        Mijn vader sloeg me vroeger.
    -                        Mijn peuter slaat me als ze moe is.
    ");
}

#[test]
fn violence_beside_another_route_gets_both_answers() {
    let verdicts = [
        "Mijn man slaat me en ik wil niet meer leven.",
        "Mijn dochter zegt dat ze dood wil. Haar vader slaat haar met een riem.",
        "Mijn man slaat me en ik kan niet meer.",
    ]
    .map(judged);
    insta::assert_snapshot!(verdicts.join("\n"), @r"
    zelfdoding+geweld
    naaste+geweld
    geweld
    ");
}

#[test]
fn one_heavy_sentence_in_a_long_text_is_found() {
    let harmless = "Vanmorgen liep het weer stroef met de schoenen. We waren net op tijd op school. \
        Daarna heb ik gewerkt en boodschappen gedaan. In de winkel kwam ik een oude buurvrouw tegen. \
        Vanavond aten we pasta en de kinderen hielpen met dekken.";
    let after = "Morgen gaan we naar opa en oma. De jongste verheugt zich op de taart.";
    assert_eq!(judged(&format!("{harmless} {after}")), "-");
    let heavy = format!("{harmless} Toen ze sliepen dacht ik dat ik niet meer wil leven. {after}");
    assert_eq!(judged(&heavy), "zelfdoding");
    // Dictated, without a full stop, it is looked at in stretches.
    assert_eq!(judged(&heavy.replace('.', "")), "zelfdoding");
}

#[test]
fn no_words_ask_for_nothing() {
    for text in ["", " ", "\n\n", "...", "!?", "🙂🙂", "\u{200d}", "- - -"] {
        assert_eq!(judged(text), "-", "{text:?}");
    }
}

/// The texts in a language's files, with the key they stand under.
fn texts(value: &toml::Value, key: &str, texts: &mut Vec<(String, String)>) {
    match value {
        toml::Value::String(text) => texts.push((key.to_owned(), text.clone())),
        toml::Value::Array(list) => list.iter().for_each(|it| self::texts(it, key, texts)),
        toml::Value::Table(table) => {
            for (key, it) in table {
                // Answers to heavy words are heavy themselves.
                if !Route::ALL.iter().any(|route| route.name() == key) {
                    self::texts(it, key, texts);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_that_the_bot_says_asks_for_an_answer() {
    let net = net();
    let names = [
        "id", "theme", "side", "moment", "next", "role", "keep", "input", "slot", "route", "flow",
    ];
    let mut all = Vec::new();
    for language in ["nl", "en"] {
        for (path, content) in Files::embedded(language).iter() {
            if path.starts_with("prompts/") || path.starts_with("flows/") || path == "texts.toml" {
                let file: toml::Value = toml::from_str(str::from_utf8(content).unwrap()).unwrap();
                texts(&file, "", &mut all);
            }
        }
    }
    all.retain(|(key, _)| !names.contains(&key.as_str()));
    assert!(all.len() > 500, "the texts are somewhere else");
    let alarms: Vec<String> = all
        .iter()
        .map(|(key, text)| format!("{} {key}: {text}", short(net.judge(text))))
        .filter(|it| !it.starts_with("- "))
        .collect();
    // Somebody who types what this button says looks for /help.
    assert_eq!(alarms, ["hint label: I want help now"]);
}

/// It hears in English conversations, too. Ordinary English is as quiet to it as ordinary Dutch is, and more.
#[test]
fn ordinary_english_asks_for_nothing() {
    let net = net();
    let sentences = include_str!("tests/ordinary_english.txt").lines();
    let verdicts: Vec<Verdict> = sentences.map(|text| net.judge(text)).collect();
    let count = |is: fn(&Verdict) -> bool| verdicts.iter().filter(|it| is(it)).count();
    let answers = count(|it| matches!(it, Verdict::Routes(_)));
    let hints = count(|it| *it == Verdict::Hint);
    assert_eq!(verdicts.len(), 120);
    assert!(
        answers <= 2 && hints <= 3,
        "{answers} answers, {hints} hints"
    );
}

/// Sentences of the corpus, which fall on all sides of the thresholds.
fn sentence() -> impl Strategy<Value = String> {
    let sentences: Vec<String> = corpus()
        .sets
        .into_iter()
        .flat_map(|set| set.sentences)
        .map(|it| it.text)
        .collect();
    proptest::sample::select(sentences)
}

#[test]
fn the_same_words_get_the_same_verdict() {
    let net = net();
    proptest!(ProptestConfig::with_cases(300), |(text in sentence())| {
        let verdict = net.judge(&text);
        prop_assert_eq!(net.judge(&text.to_uppercase()), verdict);
        prop_assert_eq!(net.judge(&text.replace('e', "é").replace('i', "ï").replace('a', "a\u{301}")), verdict);
        prop_assert_eq!(net.judge(&text.replace('.', "...").replace('!', "!!!").replace('?', "?!?")), verdict);
        prop_assert_eq!(net.judge(&text.replace(' ', "   ").replace(',', ",, - ")), verdict);
        prop_assert_eq!(net.judge(&text.replace('\'', "’")), verdict);
        prop_assert_eq!(net.judge(&format!("  {text} 🙂!!!")), verdict);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gets_a_verdict(text in ".{0,200}", times in 1_usize..20) {
        net_once().judge(&text.repeat(times));
    }

    #[test]
    fn damaged_weights_are_refused(at in 0..DUTCH.len(), bit in 0..8_u8) {
        let mut damaged = DUTCH.to_vec();
        damaged[at] ^= 1_u8 << bit;
        prop_assert!(Net::load(&damaged).is_err());
    }

    #[test]
    fn weights_that_end_early_are_refused(length in 0..DUTCH.len()) {
        prop_assert!(Net::load(&DUTCH[..length]).is_err());
    }
}

fn net_once() -> &'static Net {
    static NET: std::sync::OnceLock<Net> = std::sync::OnceLock::new();
    NET.get_or_init(net)
}
