//! The content as it is, and content that was broken on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod broken;
mod languages;

use proptest::prelude::*;

use super::*;

#[test]
fn the_embedded_content_has_no_fault() {
    if let Err(faults) = Library::embedded() {
        panic!("{}", report(&faults));
    }
}

#[test]
fn there_is_no_language_but_those_in_the_folder() {
    assert_eq!(Files::embedded("tlh").iter().count(), 0);
}

#[test]
fn everything_that_was_written_is_there() {
    let library = Library::embedded().unwrap();
    assert_eq!(library.language, "nl");
    assert_eq!(library.prompts.len(), 80);
    let themes: Vec<_> = library
        .themes
        .iter()
        .map(|theme| (theme.id.as_str(), theme.name.as_str()))
        .collect();
    assert_eq!(
        themes,
        [
            ("concrete-taal", "Concrete taal"),
            ("herstel", "Herstel"),
            ("maak-onderscheid", "Maak onderscheid"),
            ("mild-voor-jezelf", "Mild voor jezelf"),
            ("nabijheid-en-ruimte", "Nabijheid en ruimte"),
            ("samen", "Samen"),
            ("voel-eerst", "Voel eerst"),
            ("zie-mij", "Zie mij"),
        ]
    );
    let steps: Vec<_> = library
        .flows
        .iter()
        .map(|flow| (flow.id.as_str(), flow.steps.len(), flow.cards.len()))
        .collect();
    assert_eq!(
        steps,
        [
            ("herkennen", 2, 14),
            ("herstel", 8, 0),
            ("moment", 8, 0),
            ("oefening-afstand", 13, 0)
        ]
    );
    assert_eq!(library.sentences.len(), 16);
    assert_eq!(library.helplines.len(), 11);
    assert_eq!(
        library.commands.len(),
        CommandId::ALL.len() - 1 + library.flows.len()
    );
    assert_eq!(library.texts.ack.lines.len(), 8);
    assert_eq!(library.texts.words.weekdays[6].as_str(), "zondag");
}

#[test]
fn a_prompt_and_a_command_are_found_by_name() {
    let library = Library::embedded().unwrap();
    let prompt = library.prompt("herstel-briefje").unwrap();
    assert_eq!(prompt.title, "Een briefje");
    assert_eq!(library.prompt("herstel"), None);
    assert_eq!(library.command("nu").unwrap().id, CommandId::Flow);
    assert_eq!(library.flow_of("nu").unwrap().id, "moment");
    assert_eq!(library.command("/nu"), None);
}

#[test]
fn a_mark_depends_on_the_id_alone() {
    let library = Library::embedded().unwrap();
    let mark = library.prompt("herstel-briefje").unwrap().mark;
    assert_eq!(mark, Prompt::mark_of("herstel-briefje"));
    // written down: stored records hold it
    assert_eq!(mark, 3_624_869_278);
}

#[test]
fn a_parent_reads_the_help_lines_of_their_own_country_first() {
    let library = Library::embedded().unwrap();
    insta::assert_snapshot!(library.help_lines(Country::Nl, Route::Help), @r#"
    Denk je aan zelfdoding? Bel 24/7 gratis en anoniem 113 of chat op 113.nl.
    Onveilig thuis, of bang dat het misgaat? Veilig Thuis: 0800-2000, gratis, dag en nacht.
    Iemand die luistert: de Luisterlijn, 088 0767 000, dag en nacht.
    Je huisarts denkt mee, ook als het over opvoeden of over jou gaat.
    Voor je kind zelf, tot 18 jaar: Kindertelefoon, 0800-0432.
    In Vlaanderen: Zelfmoordlijn 1813, gratis en anoniem.
    In Vlaanderen: 1712, voor vragen over geweld. Geen noodnummer.
    In Vlaanderen: Tele-Onthaal 106, iemand die luistert.
    "#);
    insta::assert_snapshot!(library.help_lines(Country::Be, Route::Zelfdoding), @r#"
    In Vlaanderen: Zelfmoordlijn 1813, gratis en anoniem.
    In Nederland:
    Denk je aan zelfdoding? Bel 24/7 gratis en anoniem 113 of chat op 113.nl.
    "#);
    // hidden until somebody has checked them
    insta::assert_snapshot!(library.help_lines(Country::Nl, Route::Uitputting), @r#"
    Iemand die luistert: de Luisterlijn, 088 0767 000, dag en nacht.
    Je huisarts denkt mee, ook als het over opvoeden of over jou gaat.
    In Vlaanderen: Tele-Onthaal 106, iemand die luistert.
    "#);
}

#[test]
fn the_button_below_an_answer_opens_a_page_of_the_parents_own_country() {
    let library = Library::embedded().unwrap();
    let site = |country, route| {
        let (label, page) = library.help_site(country, route).unwrap();
        format!("{} {page}", label.as_str())
    };
    assert_eq!(
        site(Country::Nl, Route::Zelfdoding),
        "Chat op 113.nl https://www.113.nl"
    );
    assert_eq!(
        site(Country::Be, Route::Zelfdoding),
        "Site van 1813 https://www.zelfmoord1813.be"
    );
    assert_eq!(
        site(Country::Nl, Route::Naaste),
        site(Country::Nl, Route::Zelfdoding)
    );
    assert_eq!(
        site(Country::Be, Route::Geweld),
        "Site van 1712 https://1712.be"
    );
    // The other country's, when the own one has none.
    let mut library = library.clone();
    library
        .helplines
        .retain(|line| !line.country.contains(&Country::Be));
    let (label, _) = library.help_site(Country::Be, Route::Geweld).unwrap();
    assert_eq!(label.as_str(), "Site van Veilig Thuis");
    library.helplines.clear();
    assert_eq!(library.help_site(Country::Be, Route::Geweld), None);
}

#[test]
fn the_header_of_the_netherlands_stands_only_over_dutch_lines() {
    let mut library = Library::embedded().unwrap();
    library
        .helplines
        .retain(|line| line.country.contains(&Country::Be));
    let lines = library.help_lines(Country::Be, Route::Help);
    assert!(!lines.contains("In Nederland:"), "{lines}");
}

#[test]
fn the_list_is_aligned_and_adds_up() {
    let mut library = Library::embedded().unwrap();
    library
        .themes
        .retain(|theme| ["herstel", "samen"].contains(&theme.id.as_str()));
    library.prompts.retain(|prompt| {
        ["herstel-briefje", "herstel-tien-tellen", "samen-kring"].contains(&prompt.id.as_str())
    });
    insta::assert_snapshot!(list(&library), @r#"
    id                   theme    side     moment  title
    herstel-briefje      herstel  beide    elk     Een briefje
    herstel-tien-tellen  herstel  binding  avond   Tien tellen blijven
    samen-kring          samen    beide    elk     De kring om je kind

    theme    prompts  verlating  binding  beide  ochtend  avond  elk
    herstel  2        0          1        1      0        1      1
    samen    1        0          0        1      0        0      1
    all      3        0          1        2      0        1      2
    "#);
}

#[test]
fn a_file_from_another_machine_reads_the_same() {
    let library = Library::embedded().unwrap();
    let mut files = Files::embedded("nl");
    let paths: Vec<String> = files.iter().map(|(path, _)| path.to_owned()).collect();
    for path in paths {
        let content = std::str::from_utf8(files.get(&path).unwrap()).unwrap();
        let changed = format!("\u{feff}{}", content.replace('\n', "\r\n"));
        files.insert(path, changed);
    }
    assert_eq!(Library::load(&files).unwrap(), library);
}

#[test]
fn the_example_for_writers_is_a_real_prompt() {
    let readme = include_str!("../../prompts/README.md");
    let example = readme.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let files = Files::embedded("nl");
    let herstel = std::str::from_utf8(files.get("prompts/herstel.toml").unwrap()).unwrap();
    assert!(herstel.contains(example));
}

/// What may happen to a file in the hands of people and disks.
#[derive(Clone, Debug)]
enum Mishap {
    Overwrite(Vec<u8>),
    Insert(Vec<u8>),
    Delete(usize),
    Cut,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let written = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..4),
        "[\\[\\]{}\"'=.,#\\\\\n]{1,3}".prop_map(String::into_bytes),
        ".{1,8}".prop_map(String::into_bytes),
    ];
    prop_oneof![
        written.clone().prop_map(Mishap::Overwrite),
        written.prop_map(Mishap::Insert),
        (1..200_usize).prop_map(Mishap::Delete),
        Just(Mishap::Cut),
    ]
}

impl Mishap {
    fn happen(self, at: usize, content: &mut Vec<u8>) {
        let rest = content.len() - at;
        match self {
            Self::Overwrite(bytes) => {
                let end = at + rest.min(bytes.len());
                content.splice(at..end, bytes);
            }
            Self::Insert(bytes) => {
                content.splice(at..at, bytes);
            }
            Self::Delete(len) => {
                content.drain(at..at + len.min(rest));
            }
            Self::Cut => content.truncate(at),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// One theme is enough: the others have the same form, and would only take time.
    #[test]
    fn a_damaged_file_is_told_and_nothing_panics(
        file in any::<prop::sample::Index>(),
        mishaps in proptest::collection::vec((any::<prop::sample::Index>(), mishap()), 1..4),
    ) {
        let mut files = Files::embedded("nl");
        let paths: Vec<String> = files.iter().map(|(path, _)| path.to_owned()).collect();
        let (other_themes, paths): (Vec<String>, Vec<String>) = paths
            .into_iter()
            .partition(|path| path.starts_with("prompts/") && path != "prompts/herstel.toml");
        for path in other_themes {
            files.remove(&path);
        }
        let path = file.get(&paths);
        let mut content = files.get(path).unwrap().to_vec();
        for (at, mishap) in mishaps {
            let at = at.index(content.len() + 1);
            mishap.happen(at, &mut content);
        }
        let lines = 1 + content.iter().filter(|byte| **byte == b'\n').count();
        files.insert(path.as_str(), content);
        if let Err(faults) = Library::load(&files) {
            prop_assert!(!faults.is_empty());
            for fault in faults.iter() {
                prop_assert!(fault.file.starts_with("prompts/nl/"));
                if fault.file == format!("prompts/nl/{path}") {
                    prop_assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault}");
                }
            }
        }
    }
}

/// Journals and decks of parents name prompts by these.
#[test]
fn an_id_that_was_ever_in_use_is_in_use_or_retired() {
    let known = include_str!("../../tests/fixtures/prompt-ids.txt");
    let library = Library::embedded().unwrap();
    for id in known.lines() {
        let is_retired = library.retired.iter().any(|retired| retired == id);
        assert!(
            library.prompt(id).is_some() || is_retired,
            "{id} was in use; put it into retired.toml of each language"
        );
    }
    for prompt in &library.prompts {
        assert!(
            known.lines().any(|id| id == prompt.id),
            "{} is new; add it to tests/fixtures/prompt-ids.txt, where it stays for ever",
            prompt.id
        );
    }
}
