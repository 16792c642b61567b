//! Languages beside each other.

use super::*;

fn dutch() -> Files {
    Files::embedded("nl")
}

fn english() -> Files {
    Files::embedded("en")
}

/// What is said when a file of the English folder was changed.
fn faults(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut english = english();
    let text = std::str::from_utf8(english.get(file).unwrap()).unwrap();
    assert!(text.contains(from), "{file} has to hold {from:?}");
    let text = text.replacen(from, to, 1);
    english.insert(file, text);
    faults_of(&[dutch(), english])
}

fn faults_of(languages: &[Files]) -> Vec<String> {
    match Languages::load(languages) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_languages_say_the_same_things() {
    if let Err(faults) = Languages::embedded() {
        panic!("{}", report(&faults));
    }
    let languages = Languages::embedded().unwrap();
    let tags: Vec<&str> = languages.iter().map(|it| it.language.as_str()).collect();
    assert_eq!(tags, ["nl", "en"]);
    let (dutch, english) = (languages.of(Some("nl")), languages.of(Some("en")));
    assert_eq!(*dutch, Library::embedded().unwrap());
    let ids = |library: &Library| -> Vec<String> {
        library.prompts.iter().map(|it| it.id.clone()).collect()
    };
    assert_eq!(ids(english), ids(dutch));
    assert_ne!(english.prompts[0].body, dutch.prompts[0].body);
    assert_eq!(english.flows.len(), dutch.flows.len());
    assert_eq!(english.commands.len(), dutch.commands.len());
}

#[test]
fn nothing_was_left_in_the_other_language() {
    let languages = Languages::embedded().unwrap();
    let (dutch, english) = (languages.of(Some("nl")), languages.of(Some("en")));
    for (ours, theirs) in english.prompts.iter().zip(&dutch.prompts) {
        assert_ne!(ours.title, theirs.title, "{}", ours.id);
        assert_ne!(
            ours.followup.as_ref().or(Some(&ours.body)),
            theirs.followup.as_ref()
        );
    }
    for (ours, theirs) in english.sentences.iter().zip(&dutch.sentences) {
        assert_ne!(ours.text, theirs.text, "{}", ours.id);
    }
    for (ours, theirs) in english.helplines.iter().zip(&dutch.helplines) {
        assert_ne!(ours.say, theirs.say, "{}", ours.id);
        assert_eq!(ours.number, theirs.number, "{}", ours.id);
    }
}

#[test]
fn an_english_reader_sees_the_help_lines_in_english() {
    let languages = Languages::embedded().unwrap();
    let english = languages.of(Some("en"));
    insta::assert_snapshot!(english.help_lines(Country::Nl, Route::Help), @"
    Thinking about suicide? Call 113, free and anonymous, day and night, or chat at 113.nl.
    Unsafe at home, or afraid it will go wrong? Veilig Thuis: 0800-2000, free, day and night.
    Someone who listens: de Luisterlijn, 088 0767 000, day and night.
    Your own doctor, the huisarts, thinks along, also about parenting or about you.
    For your child, up to 18 years: Kindertelefoon, 0800-0432.
    In Flanders: Zelfmoordlijn 1813, about suicide, free and anonymous.
    In Flanders: 1712, for questions about violence. Not an emergency number.
    In Flanders: Tele-Onthaal 106, someone who listens.
    ");
}

#[test]
fn each_app_gets_a_language() {
    let languages = Languages::embedded().unwrap();
    for (app, expected) in [
        (None, "nl"),
        (Some("nl"), "nl"),
        (Some("nl-BE"), "nl"),
        (Some("NL"), "nl"),
        (Some("fy"), "nl"),
        (Some("en"), "en"),
        (Some("en-GB"), "en"),
        (Some("pl"), "en"),
        (Some("tr"), "en"),
        (Some("pt_BR"), "en"),
        (Some("*"), "en"),
        (Some(""), "en"),
    ] {
        assert_eq!(languages.for_app(app).language, expected, "{app:?}");
    }
    let only_dutch = Languages::from(Library::embedded().unwrap());
    assert_eq!(only_dutch.for_app(Some("pl")).language, "nl");
}

#[test]
fn a_command_has_the_same_meaning_in_every_language() {
    let languages = Languages::embedded().unwrap();
    let (dutch, english) = (languages.of(Some("nl")), languages.of(Some("en")));
    for (spoken, typed, meant) in [
        (dutch, "hulp", "hulp"),
        (dutch, "help", "hulp"),
        (english, "hulp", "help"),
        (dutch, "now", "nu"),
        (english, "oefening", "exercise"),
        (english, "exercise", "exercise"),
        (english, "zinnen", "phrases"),
    ] {
        let found = languages.command(spoken, typed);
        assert_eq!(found.map(|it| it.name.as_str()), Some(meant), "{typed}");
    }
    assert_eq!(languages.command(dutch, "unknown"), None);
    // No name means one thing here and another there.
    for command in &english.commands {
        if let Some(same) = dutch.command(&command.name) {
            assert_eq!(same.id, command.id, "{}", command.name);
            assert_ne!(same.id, CommandId::Flow);
        }
    }
}

#[test]
fn what_differs_between_languages_is_told_with_its_place() {
    for (file, from, to, expected) in [
        (
            "prompts/herstel.toml",
            "id = \"herstel-briefje\"",
            "id = \"herstel-brief\"",
            "id `herstel-briefje` is missing here, but stands in prompts/nl/prompts/herstel.toml",
        ),
        (
            "prompts/samen.toml",
            "side = \"verlating\"",
            "side = \"beide\"",
            "side is `beide`; expected `verlating`, as in prompts/nl/prompts/samen.toml",
        ),
        (
            "prompts/voel-eerst.toml",
            "followup = \"How did your voice sound after that one breath?\"\n",
            "",
            "`followup` is missing here, but stands in prompts/nl/prompts/voel-eerst.toml",
        ),
        (
            "flows/moment.toml",
            "slot = \"lijf\"",
            "slot = \"body\"",
            "slot is `body`; expected `lijf`",
        ),
        (
            "flows/moment.toml",
            "id = \"borst\"",
            "id = \"chest\"",
            "id `borst` is missing here",
        ),
        (
            "flows/moment.toml",
            "next = \"@later:180\"",
            "next = \"@later:60\"",
            "next is `@later:60`; expected `@later:180`",
        ),
        (
            "flows/herstel.toml",
            "{erkenning} {anders} {nabij}",
            "{erkenning} {nabij}",
            "save has {erkenning}, {nabij}; expected {anders}, {erkenning}, {nabij}, as in prompts/nl/flows/herstel.toml",
        ),
        (
            "flows/herkennen.toml",
            "keep = \"never\"",
            "keep = \"ask\"",
            "keep is `ask`; expected `never`",
        ),
        (
            "texts.toml",
            "See you {when}. Your fixed",
            "See you soon. Your fixed",
            "done has no word in braces; expected {when}, as in prompts/nl/texts.toml",
        ),
        (
            "commands.toml",
            "always = false",
            "always = true",
            "always is true; expected false, as in prompts/nl/commands.toml",
        ),
        (
            "helplines.toml",
            "show = false\nsource",
            "show = true\nsource",
            "show is `true`; expected `false`, as in prompts/nl/helplines.toml",
        ),
        (
            "language.toml",
            "consent_version = \"",
            "consent_version = \"0",
            "as in prompts/nl/language.toml",
        ),
        (
            "language.toml",
            "\"en\", \"*\"",
            "\"en\", \"nl\"",
            "apps has `nl`, which another language has already; expected each once",
        ),
        (
            "language.toml",
            "\"en\", \"*\"",
            "\"en\", \"English\"",
            "apps has `English`; expected a code such as `nl`",
        ),
        (
            "language.toml",
            "language = \"en\"",
            "language = \"nl\"",
            "language `nl` stands in another folder too",
        ),
    ] {
        let said = faults(file, from, to);
        let place = format!("prompts/en/{file}:");
        assert!(
            said.iter()
                .any(|fault| fault.starts_with(&place) && fault.contains(expected)),
            "{file} with {to:?}: {said:#?}"
        );
    }
}

#[test]
fn a_whole_file_that_only_one_language_has_is_told() {
    let mut without = english();
    without.remove("prompts/samen.toml");
    let said = faults_of(&[without, dutch()]);
    assert_eq!(
        said,
        [
            "prompts/en/prompts/samen.toml: there is no such file, but there is prompts/nl/prompts/samen.toml; expected the same in every language"
        ]
    );
    let mut without = dutch();
    without.remove("prompts/samen.toml");
    let said = faults_of(&[english(), without]);
    assert_eq!(
        said,
        [
            "prompts/en/prompts/samen.toml: there is no such file in prompts/nl; expected the same in every language"
        ]
    );
    assert_eq!(faults_of(&[]).len(), 1);
}

#[test]
fn a_file_that_cannot_be_read_is_not_taken_for_one_that_is_not_there() {
    let mut broken = dutch();
    let text = String::from_utf8(broken.get("prompts/samen.toml").unwrap().to_vec()).unwrap();
    broken.insert("prompts/samen.toml", text.replacen('"', "", 1));
    let said = faults_of(&[broken, english()]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("prompts/nl/prompts/samen.toml:")
            && said[0].contains("this cannot be read"),
        "{said:#?}"
    );
}
