//! Content that is broken on purpose, one rule at a time, and what a writer is told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use insta::assert_snapshot;

use super::*;

/// What is said when, in the embedded file at `path`, the first `right` is written as `wrong`.
#[track_caller]
fn broken(path: &str, right: &str, wrong: &str) -> String {
    let mut files = Files::embedded("nl");
    let content = std::str::from_utf8(files.get(path).unwrap()).unwrap();
    assert!(content.contains(right), "{path} no longer has {right}");
    files.insert(path, content.replacen(right, wrong, 1));
    let faults = Library::load(&files).unwrap_err();
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| at_its_line(fault, &files))
        .collect();
    lines.join("\n")
}

/// A fault with the beginning of the line that it names instead of the line's number, which changes with every text that is added.
fn at_its_line(fault: &Fault, files: &Files) -> String {
    let Some(line) = fault.line else {
        return fault.to_string();
    };
    let path = fault.file.strip_prefix("prompts/nl/").unwrap();
    let content = std::str::from_utf8(files.get(path).unwrap()).unwrap();
    let line: String = content
        .lines()
        .nth(line - 1)
        .unwrap()
        .chars()
        .take(24)
        .collect();
    format!("{} at `{}`: {}", fault.file, line.trim_end(), fault.what)
}

#[test]
fn the_shape_of_a_file() {
    // not TOML
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "Een briefje"#), @r#"prompts/nl/prompts/herstel.toml at `title = "Een briefje`: this cannot be read: a text begins with " and ends with " on the same line, and has no other " in it"#);
    // a key twice
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "Een briefje"
title = "Nog een""#), @r#"prompts/nl/prompts/herstel.toml at `title = "Nog een"`: this cannot be read: title stands twice in the same block; expected it once"#);
    // an unknown field
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "Een briefje"
tag = "x""#), @r#"prompts/nl/prompts/herstel.toml at `tag = "x"`: `tag` is not known here; expected one of: id, theme, title, body, followup, side, moment"#);
    // a missing field
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje"
"#, ""), @"prompts/nl/prompts/herstel.toml at `[[prompt]]`: title is missing; expected a text between double quotes");
    // another kind
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, "title = 7"), @"prompts/nl/prompts/herstel.toml at `title = 7`: title is a number; expected a text between double quotes");
    // an unknown side
    assert_snapshot!(broken("prompts/herstel.toml", r#"side = "verlating""#, r#"side = "nabij""#), @r#"prompts/nl/prompts/herstel.toml at `side = "nabij"`: side is `nabij`; expected verlating, binding or beide"#);
    // an unknown moment
    assert_snapshot!(broken("prompts/herstel.toml", r#"moment = "elk""#, r#"moment = "middag""#), @r#"prompts/nl/prompts/herstel.toml at `moment = "middag"`: moment is `middag`; expected ochtend, avond or elk"#);
    // an unknown table
    assert_snapshot!(broken("prompts/herstel.toml", "[[prompt]]", r#"[[promt]]
id = "x"

[[prompt]]"#), @"prompts/nl/prompts/herstel.toml at `[[promt]]`: `promt` is not known here; expected one of: prompt, name");
    // a missing text
    assert_snapshot!(broken("texts.toml", r#"done_open = "Ik ben stil tot je weer iets laat horen. /nu en /hulp blijven werken."
"#, ""), @"prompts/nl/texts.toml at `[pause]`: done_open is missing; expected a text between double quotes");
    // a text that nobody uses
    assert_snapshot!(broken("texts.toml", "[pause]", r#"[pause]
groet = "Dag.""#), @r#"prompts/nl/texts.toml at `groet = "Dag."`: `groet` is not known here; expected one of: text, btn_3d, btn_week, btn_4w, btn_open, btn_cancel, done, done_open, already, btn_resume, resumed, ended"#);
    // a list that is too short
    assert_snapshot!(broken("texts.toml", r#"weekdays = ["maandag", "#, "weekdays = ["), @r#"prompts/nl/texts.toml at `weekdays = ["dinsdag", "`: weekdays has 6 items; expected 7"#);
    // a number that is none
    assert_snapshot!(broken("flows/moment.toml", "minutes = 2", "minutes = -2"), @"prompts/nl/flows/moment.toml at `minutes = -2`: minutes is -2; expected a whole number from 0 on");
    // a next that is none
    assert_snapshot!(broken("flows/moment.toml", r#"next = "@sentences""#, r#"next = "@zinnen""#), @r#"prompts/nl/flows/moment.toml at `  { id = "anders", label`: next is `@zinnen`; expected the id of a step, @stop, @end, @save, @help, @sentences, @flow:<id>, @later:<minutes> or @side:<side>"#);
}

#[test]
fn a_prompt() {
    // an id of another theme
    assert_snapshot!(broken("prompts/herstel.toml", r#"id = "herstel-briefje""#, r#"id = "samen-briefje""#), @r#"prompts/nl/prompts/herstel.toml at `id = "samen-briefje"`: id is `samen-briefje`; expected `herstel-` and then words of a-z and 0-9 with - between them"#);
    // an id with a capital
    assert_snapshot!(broken("prompts/herstel.toml", r#"id = "herstel-briefje""#, r#"id = "herstel-Briefje""#), @r#"prompts/nl/prompts/herstel.toml at `id = "herstel-Briefje"`: id is `herstel-Briefje`; expected `herstel-` and then words of a-z and 0-9 with - between them"#);
    // an id that ends in a dash
    assert_snapshot!(broken("prompts/herstel.toml", r#"id = "herstel-briefje""#, r#"id = "herstel-briefje-""#), @r#"prompts/nl/prompts/herstel.toml at `id = "herstel-briefje-"`: id is `herstel-briefje-`; expected `herstel-` and then words of a-z and 0-9 with - between them"#);
    // an id that is too long
    assert_snapshot!(broken("prompts/herstel.toml", r#"id = "herstel-briefje""#, r#"id = "herstel-een-briefje-dat-je-op-de-keukentafel-legt""#), @r#"prompts/nl/prompts/herstel.toml at `id = "herstel-een-briefj`: id is 49 characters long; expected at most 48"#);
    // an id twice
    assert_snapshot!(broken("prompts/herstel.toml", r#"id = "herstel-briefje""#, r#"id = "herstel-na-de-haast""#), @r#"prompts/nl/prompts/herstel.toml at `id = "herstel-na-de-haas`: id `herstel-na-de-haast` stands already in prompts/nl/prompts/herstel.toml:22; expected an id of its own"#);
    // another theme
    assert_snapshot!(broken("prompts/herstel.toml", r#"theme = "herstel""#, r#"theme = "samen""#), @r#"prompts/nl/prompts/herstel.toml at `theme = "samen"`: theme is `samen`; expected `herstel`, the name of the file"#);
    // a title that is too short
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "E""#), @r#"prompts/nl/prompts/herstel.toml at `title = "E"`: title is 1 character long; expected 2 to 40"#);
    // a title that is too long
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "Een briefje dat je op de keukentafel legt""#), @r#"prompts/nl/prompts/herstel.toml at `title = "Een briefje dat`: title is 41 characters long; expected 2 to 40"#);
    // a body that is too short
    assert_snapshot!(broken("prompts/herstel.toml", "Je liep weg om af te koelen. Dat kan wijs zijn. Als je weer rustig bent, dan ga je terug en zeg je: 'Ik ben er weer.' Wat", "Wat"), @r#"
    prompts/nl/prompts/herstel.toml at `body = "Wat maakt die ee`: body does not speak to the parent; expected one of: je, jij, jou, jouw, jezelf, jullie
    prompts/nl/prompts/herstel.toml at `body = "Wat maakt die ee`: body is 38 characters long; expected 60 to 280
    "#);
    // a body that is too long
    assert_snapshot!(broken("prompts/herstel.toml", "Je liep weg om af te koelen. Dat kan wijs zijn.", "Je liep weg om af te koelen. Dat kan wijs zijn. Buiten is er lucht, en er zijn bomen, vogels, buren en wolken om naar te kijken. Daar kun je even rondlopen, ook in de regen of in het donker, met een jas aan en een paraplu."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body is 331 characters long; expected 60 to 280"#);
    // a line break
    assert_snapshot!(broken("prompts/herstel.toml", r#"body = "Je liep weg om af te koelen. Dat kan wijs zijn."#, r#"body = "Je liep weg om af te koelen\n Dat kan wijs zijn."#), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body has a line break; expected one paragraph"#);
    // too many sentences
    assert_snapshot!(broken("prompts/herstel.toml", "Je liep weg om af te koelen. Dat kan wijs zijn.", "Je liep weg. Even koelen. Dat kan. Het is wijs. Echt."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg. Eve`: body has 7 sentences; expected at most 6"#);
    // a long sentence
    assert_snapshot!(broken("prompts/herstel.toml", "Je liep weg om af te koelen. Dat kan wijs zijn.", "Je liep weg om af te koelen en dat kan wijs zijn als je even weg wilt van alles wat er in huis om je heen gebeurt."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: a sentence in body has 27 words; expected at most 22, quoted examples not counted: `Je liep weg om ...`"#);
    // a closed question
    assert_snapshot!(broken("prompts/herstel.toml", "Wat maakt die eerste stap makkelijker?", "Is die eerste stap makkelijk?"), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body ends with `Is die eerste stap ...`; expected an open question (with a word such as wat, welk, welke, hoe, hoeveel, hoelang), or a short task (that begins with a word such as adem, bedenk, denk, kies, kijk, leg)"#);
    // neither question nor task
    assert_snapshot!(broken("prompts/herstel.toml", "Wat maakt die eerste stap makkelijker?", "Die eerste stap is klein."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body ends with `Die eerste stap is ...`; expected an open question (with a word such as wat, welk, welke, hoe, hoeveel, hoelang), or a short task (that begins with a word such as adem, bedenk, denk, kies, kijk, leg)"#);
    // a followup that is too long
    assert_snapshot!(broken("prompts/herstel.toml", "Wat is een goed moment voor die zin?", "Wat is een goed moment voor die zin, als je denkt aan de avond, aan morgen of aan een dag waarop er meer tijd is dan vandaag?"), @r#"prompts/nl/prompts/herstel.toml at `followup = "Wat is een g`: followup is 125 characters long; expected at most 120"#);
    // a followup of two questions
    assert_snapshot!(broken("prompts/herstel.toml", "Wat is een goed moment voor die zin?", "Wat is een goed moment? En voor wie?"), @r#"prompts/nl/prompts/herstel.toml at `followup = "Wat is een g`: followup has 2 question marks; expected one question, with the mark at the end"#);
    // a followup without a question
    assert_snapshot!(broken("prompts/herstel.toml", "Wat is een goed moment voor die zin?", "Kies een goed moment voor die zin."), @r#"prompts/nl/prompts/herstel.toml at `followup = "Kies een goe`: followup has 0 question marks; expected one question, with the mark at the end"#);
    // nobody spoken to
    assert_snapshot!(broken("prompts/herstel.toml", r#"body = "Praten is niet voor elk kind de makkelijkste weg terug. Een briefje of een kort appje telt ook. Je hoeft het niet mooi te zeggen. Wat zou jij erin zetten?""#, r#"body = "Praten is niet voor elk kind de makkelijkste weg terug. Een briefje of een kort appje telt ook. Wat staat erin?""#), @r#"prompts/nl/prompts/herstel.toml at `body = "Praten is niet v`: body does not speak to the parent; expected one of: je, jij, jou, jouw, jezelf, jullie"#);
    // a forbidden word
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat moet soms."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `moet`; expected words without it (forbidden in lint.toml)"#);
    // forbidden words in a row
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat hoort te kunnen."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `hoort te`; expected words without it (forbidden in lint.toml)"#);
    // the beginning of a forbidden word
    assert_snapshot!(broken("prompts/herstel.toml", r#"title = "Een briefje""#, r#"title = "Diagnoses""#), @r#"prompts/nl/prompts/herstel.toml at `title = "Diagnoses"`: title contains `diagnos*`; expected words without it (forbidden in lint.toml)"#);
    // a word for no locked screen
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat is niet jouw schuld."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `schuld`; expected words that anybody may read on a locked screen (lock_screen in lint.toml)"#);
    // shouting
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat kan wijs zijn!"), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `!`; expected a full stop"#);
    // markup
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat kan *wijs* zijn."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `*`; expected plain text without it"#);
    // other quotes
    assert_snapshot!(broken("prompts/herstel.toml", "'Ik ben er weer.'", "‘Ik ben er weer.’"), @r#"
    prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `‘`; expected single straight quotes: '
    prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `’`; expected single straight quotes: '
    "#);
    // a long dash
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat kan – soms – wijs zijn."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `–`; expected a comma, a colon or a new sentence"#);
    // a quote that stays open
    assert_snapshot!(broken("prompts/herstel.toml", "'Ik ben er weer.'", "'Ik ben er weer."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: a quote in body is opened and not closed; expected ' on both sides"#);
    // this evening in the morning
    assert_snapshot!(broken("prompts/voel-eerst.toml", "Hoe is het vanochtend daarbinnen?", "Hoe is het vanavond daarbinnen?"), @r#"prompts/nl/prompts/voel-eerst.toml at `body = "Sta je zo ergens`: body contains `vanavond`, but moment is ochtend; expected moment avond, or other words"#);
    // this morning at any time
    assert_snapshot!(broken("prompts/herstel.toml", "Dat kan wijs zijn.", "Dat was vanochtend wijs."), @r#"prompts/nl/prompts/herstel.toml at `body = "Je liep weg om a`: body contains `vanochtend`, but moment is elk; expected moment ochtend, or other words"#);
}

#[test]
fn the_prompts_together() {
    // gentle prompts of no theme
    assert_snapshot!(broken("language.toml", r#"gentle_themes = ["voel-eerst", "#, r#"gentle_themes = ["rust", "#), @r#"prompts/nl/language.toml at `gentle_themes = ["rust",`: gentle_themes names `rust`; expected a theme that has prompts"#);
    // no gentle prompt for any time
    assert_snapshot!(broken("language.toml", r#"gentle_themes = ["voel-eerst", "mild-voor-jezelf"]"#, "gentle_themes = []"), @"prompts/nl/language.toml at `gentle_themes = []`: no prompt of the gentle_themes has side beide and moment elk; expected one at least");
    // a retired id
    assert_snapshot!(broken("retired.toml", "ids = []", r#"ids = ["herstel-briefje"]"#), @r#"prompts/nl/prompts/herstel.toml at `id = "herstel-briefje"`: id `herstel-briefje` is retired (prompts/nl/retired.toml:2); expected an id that was never used"#);
    // two that are alike
    assert_snapshot!(broken("prompts/samen.toml", r#"body = "Iemand hielp je deze week, misschien zonder het te weten. Op het plein, op je werk, in de straat. Stuur die persoon nu één zin.""#, r#"body = "Denk aan de mensen om je kind heen: familie, buren, school, vrienden. Stuur één van hen nu één korte zin, of wacht even.""#), @r#"prompts/nl/prompts/samen.toml at `body = "Denk aan de mens`: body is much like that of samen-dankjewel (prompts/nl/prompts/samen.toml:49): 45% of its groups of four words stand there too; expected less than 25%"#);
}

#[test]
fn flows() {
    // another id than the file
    assert_snapshot!(broken("flows/moment.toml", r#"id = "moment""#, r#"id = "even""#), @r#"prompts/nl/flows/moment.toml at `id = "even"`: id is `even`; expected `moment`, the name of the file"#);
    // an unknown command
    assert_snapshot!(broken("flows/moment.toml", r#"command = "nu""#, r#"command = "even""#), @r#"
    prompts/nl/commands.toml at `id = "flow"`: no flow has the command `nu`; expected one in flows/, or no such command
    prompts/nl/flows/moment.toml at `command = "even"`: command is `even`; expected the name of a command with id `flow` in commands.toml
    "#);
    // an unknown start
    assert_snapshot!(broken("flows/moment.toml", r#"start = "adem""#, r#"start = "ademen""#), @r#"prompts/nl/flows/moment.toml at `start = "ademen"`: start is `ademen`; expected the id of a step in this file"#);
    // an unknown next
    assert_snapshot!(broken("flows/moment.toml", r#"label = "Zonder zin verder", next = "af""#, r#"label = "Zonder zin verder", next = "slot""#), @r#"prompts/nl/flows/moment.toml at `  { id = "sla", label =`: next is `slot`; expected the id of a step in this file, or a word that begins with @"#);
    // an unknown flow
    assert_snapshot!(broken("flows/moment.toml", r#"next = "@flow:herstel""#, r#"next = "@flow:herstellen""#), @r#"prompts/nl/flows/moment.toml at `  { id = "herstel", labe`: next is `@flow:herstellen`; expected the id of another flow"#);
    // a step that is never reached
    assert_snapshot!(broken("flows/moment.toml", r#"[[step]]
id = "af""#, r#"[[step]]
id = "los"
text = "Hier komt niemand."
buttons = [{ id = "klaar", label = "Klaar", next = "@end" }]

[[step]]
id = "af""#), @r#"prompts/nl/flows/moment.toml at `id = "los"`: step `los` is never reached; expected a `next` that leads to it"#);
    // no way out
    assert_snapshot!(broken("flows/oefening-afstand.toml", r#"label = "We staan", next = "astap""#, r#"label = "We staan", next = "wissel""#), @r#"prompts/nl/flows/oefening-afstand.toml at `id = "wissel"`: from step `wissel` no choice leads to an end; expected a way to @end, @save or @stop"#);
    // a placeholder in a label of a flow
    assert_snapshot!(broken("flows/moment.toml", r#"label = "Deze past""#, r#"label = "Deze past {kind}""#), @r#"prompts/nl/flows/moment.toml at `  { id = "goed", label =`: label contains {kind}; expected no word in braces here"#);
    // an unknown slot
    assert_snapshot!(broken("flows/moment.toml", r#"{kind} {nodig}\n"#, r#"{kind} {wens}\n"#), @r#"prompts/nl/flows/moment.toml at `text = "Een zin die je z`: text contains {wens}; expected a slot of this flow: lijf, gevoel, jou, kind, nodig"#);
    // an unknown slot in what is saved
    assert_snapshot!(broken("flows/moment.toml", "Mijn gevoel: {gevoel}", "Mijn gevoel: {woord}"), @r#"prompts/nl/flows/moment.toml at `save = "Even gestopt. In`: save contains {woord}; expected a slot of this flow: lijf, gevoel, jou, kind, nodig"#);
    // a card without cards
    assert_snapshot!(broken("flows/moment.toml", r#"text = "Waar merk je het in je lijf?""#, r#"text = "{card}""#), @r#"prompts/nl/flows/moment.toml at `text = "{card}"`: text contains {card}; expected a slot of this flow: lijf, gevoel, jou, kind, nodig"#);
    // two buttons that nobody could tell apart, found by trying
    assert_snapshot!(broken("flows/moment.toml", r#"{ id = "klaar", label = "Gedaan", next = "lijf" },
  { id = "nog","#, r#"{ id = "herstel-85954", label = "Gedaan", next = "lijf" },
  { id = "herstel-103367","#), @r#"prompts/nl/flows/moment.toml at `  { id = "herstel-103367`: id `herstel-103367` is by chance too much like `herstel-85954` for the bot to tell them apart; expected another id"#);
    // a label that is too long
    assert_snapshot!(broken("flows/moment.toml", r#"label = "Deze past""#, r#"label = "Deze zin past goed bij mijn kind""#), @r#"prompts/nl/flows/moment.toml at `  { id = "goed", label =`: label is 32 characters long; expected 1 to 28"#);
    // a stop button that does not stop
    assert_snapshot!(broken("flows/moment.toml", r#"{ id = "goed", label = "Deze past""#, r#"{ id = "stop", label = "Deze past""#), @r#"prompts/nl/flows/moment.toml at `  { id = "stop", label =`: next is `af`; expected `@stop` for a button with id `stop`"#);
    // a button id twice
    assert_snapshot!(broken("flows/moment.toml", r#"{ id = "nog", label = "Nog een keer""#, r#"{ id = "klaar", label = "Nog een keer""#), @r#"prompts/nl/flows/moment.toml at `  { id = "klaar", label`: id `klaar` stands here a second time; expected each id once"#);
    // a step id twice
    assert_snapshot!(broken("flows/herstel.toml", r#"[[step]]
id = "kort""#, r#"[[step]]
id = "zin""#), @r#"
    prompts/nl/flows/herstel.toml at `  { id = "kort", label =`: next is `kort`; expected the id of a step in this file, or a word that begins with @
    prompts/nl/flows/herstel.toml at `id = "zin"`: id `zin` stands here a second time; expected each id once
    "#);
    // a card id twice
    assert_snapshot!(broken("flows/herkennen.toml", r#"id = "k02""#, r#"id = "k01""#), @r#"prompts/nl/flows/herkennen.toml at `id = "k01"`: id `k01` stands here a second time; expected each id once"#);
    // safety without help
    assert_snapshot!(broken("flows/moment.toml", " Liever met iemand praten: /hulp.", ""), @r#"prompts/nl/flows/moment.toml at `safety = "Is je kind nu`: safety does not name /hulp; expected it to, so that help is never far"#);
    // saving what is never kept
    assert_snapshot!(broken("flows/herkennen.toml", r#"keep = "never""#, r#"keep = "never"
save = "Kaarten.""#), @r#"prompts/nl/flows/herkennen.toml at `save = "Kaarten."`: save stands in a flow with keep = "never"; expected no save"#);
    // saving nothing
    assert_snapshot!(broken("flows/herkennen.toml", r#"next = "@side:beide""#, r#"next = "@save""#), @r#"prompts/nl/flows/herkennen.toml at `  { id = "all", label =`: next is `@save`, but the flow has no save text; expected one at the top of the file"#);
    // forgetting what was never known
    assert_snapshot!(broken("flows/moment.toml", r#"forget = ["kind", "nodig"]"#, r#"forget = ["kind", "zin"]"#), @r#"prompts/nl/flows/moment.toml at `  { id = "sla", label =`: forget names `zin`; expected a slot of this flow"#);
    // a question for later that is not there
    assert_snapshot!(broken("flows/oefening-afstand.toml", r#"label = "Klaar", next = "@end""#, r#"label = "Klaar", next = "@later:60""#), @r#"prompts/nl/flows/oefening-afstand.toml at `  { id = "klaar", label`: next is `@later:60`, but the flow has no later text; expected one at the top of the file"#);
    // a question for later where nothing is remembered
    assert_snapshot!(broken("flows/herkennen.toml", r#"label = "Liever niet", next = "@stop" },
]"#, r#"label = "Liever niet", next = "@later:60" },
]
later = "Hoe was het?""#), @r#"prompts/nl/flows/herkennen.toml at `  { id = "niet", label =`: next is `@later:60` in a flow with keep = "never"; expected nothing that remembers the parent"#);
    // more than a message holds, with what is typed
    assert_snapshot!(broken("flows/herstel.toml", "max_chars = 120", "max_chars = 2000"), @r#"
    prompts/nl/flows/herstel.toml at `save = "Mijn herstelzin:`: save can become 4502 characters long with what stands before and in it; expected at most 4096, which is what a message holds
    prompts/nl/flows/herstel.toml at `text = "Jouw zin:\n\n{er`: text can become 4643 characters long with what stands before and in it; expected at most 4096, which is what a message holds
    prompts/nl/flows/herstel.toml at `text = "Korter:\n\n{erke`: text can become 4336 characters long with what stands before and in it; expected at most 4096, which is what a message holds
    "#);
    // a flow that rests when another one wants to go on with it
    assert_snapshot!(broken("flows/moment.toml", r#"next = "@flow:herstel""#, r#"next = "@flow:oefening-afstand""#), @r#"prompts/nl/flows/moment.toml at `  { id = "herstel", labe`: next is `@flow:oefening-afstand`, which rests after violence; expected a flow that can always be gone on with"#);
    // resting in words
    assert_snapshot!(broken("flows/oefening-afstand.toml", "rests_after_violence = true", r#"rests_after_violence = "ja""#), @r#"prompts/nl/flows/oefening-afstand.toml at `rests_after_violence = "`: rests_after_violence is a text; expected true or false"#);
    // a command that another flow has
    assert_snapshot!(broken("flows/herstel.toml", r#"command = "herstel""#, r#"command = "nu""#), @r#"
    prompts/nl/commands.toml at `id = "flow"`: no flow has the command `herstel`; expected one in flows/, or no such command
    prompts/nl/flows/moment.toml at `command = "nu"`: command `nu` opens another flow already; expected a command of its own
    "#);
    // a command that opens no flow
    assert_snapshot!(broken("flows/herstel.toml", r#"command = "herstel""#, r#"command = "zinnen""#), @r#"
    prompts/nl/commands.toml at `id = "flow"`: no flow has the command `herstel`; expected one in flows/, or no such command
    prompts/nl/flows/herstel.toml at `command = "zinnen"`: command is `zinnen`; expected the name of a command with id `flow` in commands.toml
    "#);
    // typing with nowhere to go
    assert_snapshot!(broken("flows/herstel.toml", r#"input = "free"
next = "anders"
"#, r#"input = "free"
"#), @"prompts/nl/flows/herstel.toml at `[[step]]`: next is missing in step `erkenning`; expected input, next and max_chars together, or none of them");
    // a sentence id twice
    assert_snapshot!(broken("flows/sentences.toml", r#"id = "z02""#, r#"id = "z01""#), @r#"prompts/nl/flows/sentences.toml at `id = "z01"`: id `z01` stands here a second time; expected each id once"#);
    // a sentence that is too long
    assert_snapshot!(broken("flows/sentences.toml", r#"text = "Huil maar."#, &format!(r#"text = "{}"#, "Huil maar. ".repeat(40))), @r#"prompts/nl/flows/sentences.toml at `text = "Huil maar. Huil`: text is 475 characters long; expected 1 to 300"#);
}

#[test]
fn texts() {
    // an unknown placeholder
    assert_snapshot!(broken("texts.toml", r#"komt {when}."
again_paused"#, r#"komt {wanneer}."
again_paused"#), @r#"prompts/nl/texts.toml at `again = "Fijn dat je er`: welcome.again contains {wanneer}; expected {when}"#);
    // a placeholder of another text
    assert_snapshot!(broken("texts.toml", r#"komt {when}."
again_paused"#, r#"komt {time}."
again_paused"#), @r#"prompts/nl/texts.toml at `again = "Fijn dat je er`: welcome.again contains {time}; expected {when}"#);
    // a placeholder that nobody listed
    assert_snapshot!(broken("language.toml", r#""when", "#, ""), @r#"
    prompts/nl/flows/shared.toml at `later = "Goed. Ik vraag`: later contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `again = "Fijn dat je er`: welcome.again contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `next = "De volgende vraa`: welcome.next contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `done = """`: onboarding.done contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `done_no_store = """`: onboarding.done_no_store contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `skipped = "Goed. Tot {wh`: prompt.skipped contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `back = "Goed. De volgend`: silence.back contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `done = "Tot {when}. Je v`: snooze.done contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `resumed = "Ik begin weer`: pause.resumed contains {when}; expected one of the words in the list placeholders in language.toml
    prompts/nl/texts.toml at `time_changed = "Aangepas`: settings.time_changed contains {when}; expected one of the words in the list placeholders in language.toml
    "#);
    // a brace that is none
    assert_snapshot!(broken("texts.toml", r#"komt {when}."
again_paused"#, r#"komt { when }."
again_paused"#), @r#"prompts/nl/texts.toml at `again = "Fijn dat je er`: again has a { or } that stands alone; expected a word in small letters between both, such as {name}, or none"#);
    // a placeholder in a label
    assert_snapshot!(broken("texts.toml", r#"btn_again_wait = "Nog niet""#, r#"btn_again_wait = "Nog niet {when}""#), @r#"prompts/nl/texts.toml at `btn_again_wait = "Nog ni`: welcome.btn_again_wait contains {when}; expected no word in braces here"#);
    // an unknown command
    assert_snapshot!(broken("texts.toml", r#"Alles wat ik kan, staat bij /hulp.""#, r#"Alles wat ik kan, staat bij /help.""#), @r#"prompts/nl/texts.toml at `not_understood = "Dat sn`: not_understood names /help; expected a command in commands.toml"#);
    // a label that is too long
    assert_snapshot!(broken("texts.toml", r#"btn_again_wait = "Nog niet""#, r#"btn_again_wait = "Nog niet, misschien later weer""#), @r#"prompts/nl/texts.toml at `btn_again_wait = "Nog ni`: btn_again_wait is 30 characters long; expected 1 to 28"#);
    // an empty label
    assert_snapshot!(broken("texts.toml", r#"btn_again_wait = "Nog niet""#, r#"btn_again_wait = """#), @r#"prompts/nl/texts.toml at `btn_again_wait = ""`: btn_again_wait is 0 characters long; expected 1 to 28"#);
    // an empty text
    assert_snapshot!(broken("texts.toml", r#"closed = "Klaar.""#, r#"closed = " ""#), @r#"prompts/nl/texts.toml at `closed = " "`: closed is empty; expected a text"#);
    // a text that is too long
    assert_snapshot!(broken("texts.toml", r#"closed = "Klaar.""#, r#"closed = "Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. Klaar. ""#), @r#"prompts/nl/texts.toml at `closed = "Klaar. Klaar.`: closed is 4200 characters long, where an emoji counts as two; expected at most 4096, which is what a message holds"#);
    // a forbidden word
    assert_snapshot!(broken("texts.toml", r#"closed = "Klaar.""#, r#"closed = "Goed zo.""#), @r#"prompts/nl/texts.toml at `closed = "Goed zo."`: closed contains `goed zo`; expected words without it (forbidden in lint.toml)"#);
    // markup
    assert_snapshot!(broken("texts.toml", r#"closed = "Klaar.""#, r#"closed = "Klaar_""#), @r#"prompts/nl/texts.toml at `closed = "Klaar_"`: closed contains `_`; expected plain text without it"#);
    // a profile text that is too long
    assert_snapshot!(broken("texts.toml", r#"short_description = ""#, r#"short_description = "Dit is een bot voor ouders, verzorgers en opvoeders. "#), @r#"prompts/nl/texts.toml at `short_description = "Dit`: short_description is 145 characters long; expected 1 to 120"#);
    // a crisis answer without 112
    assert_snapshot!(broken("texts.toml", "Is er nu gevaar? Bel 112. Veilig Thuis: 0800-2000", "Veilig Thuis: 0800-2000"), @r#"prompts/nl/texts.toml at `short = "Dank je dat je`: crisis.geweld.short does not name 112; expected every crisis answer to"#);
    // a crisis answer that begins with what it is about
    assert_snapshot!(broken("texts.toml", "Dank je dat je dit weer opschreef. Je hoeft er niet alleen mee te zitten. Is er nu gevaar?", "Is er nu gevaar?"), @r#"prompts/nl/texts.toml at `short = "Is er nu gevaar`: crisis.zelfdoding.short has `zelfdoding*` in its first 80 characters; expected it later, as they may light up on a locked screen"#);
    // a crisis answer that begins with a number
    assert_snapshot!(broken("texts.toml", "Dank je dat je dit weer opschreef. Wat kan wachten,", "Bel 112. Wat kan wachten,"), @r#"prompts/nl/texts.toml at `short = "Bel 112. Wat ka`: crisis.uitputting.short has `112` in its first 80 characters; expected it later, as they may light up on a locked screen"#);
    // a button to a page that is not there
    assert_snapshot!(broken("helplines.toml", r#"number = """#, r#"number = ""
button = "Site""#), @r#"prompts/nl/helplines.toml at `button = "Site"`: button stands at a line without a page; expected a url that begins with https://"#);
    // a number that is not shown
    assert_snapshot!(broken("texts.toml", "De Luisterlijn is er dag en nacht: 088 0767 000.", "De Oudertelefoon is er: 085-1304658."), @r#"prompts/nl/texts.toml at `short = "Dank je dat je`: crisis.uitputting.short names 085-1304658; expected only numbers of help lines with show = true"#);
    // a wrong number
    assert_snapshot!(broken("texts.toml", "Veilig Thuis: 0800-2000, dag", "Veilig Thuis: 0800-2001, dag"), @r#"prompts/nl/texts.toml at `short = "Dank je dat je`: crisis.geweld.short names 0800-2001; expected only numbers of help lines with show = true"#);
    // a line without its number
    assert_snapshot!(broken("helplines.toml", r#"number = "088 0767 000""#, r#"number = "088 0767 001""#), @r#"
    prompts/nl/helplines.toml at `say = "Iemand die luiste`: say does not name 088 0767 001; expected the number of the line in it
    prompts/nl/texts.toml at `short = "Dank je dat je`: crisis.uitputting.short names 088 0767 000; expected only numbers of help lines with show = true
    "#);
    // a placeholder in a help line
    assert_snapshot!(broken("helplines.toml", r#"say = "Voor je kind zelf"#, r#"say = "Voor {child} zelf"#), @r#"prompts/nl/helplines.toml at `say = "Voor {child} zelf`: say contains {child}; expected no word in braces here, because nothing is filled in"#);
    // an unknown country
    assert_snapshot!(broken("helplines.toml", r#"country = ["be"]"#, r#"country = ["vl"]"#), @r#"prompts/nl/helplines.toml at `country = ["vl"]`: country is `vl`; expected nl or be"#);
}

#[test]
fn commands() {
    // a name with a dash
    assert_snapshot!(broken("commands.toml", r#"name = "terugblik""#, r#"name = "terug-blik""#), @r#"prompts/nl/commands.toml at `name = "terug-blik"`: name is `terug-blik`; expected only a-z, 0-9 and _"#);
    // a name that is too long
    assert_snapshot!(broken("commands.toml", r#"name = "terugblik""#, r#"name = "terugblik_op_een_week_of_een_maand""#), @r#"prompts/nl/commands.toml at `name = "terugblik_op_een`: name is 34 characters long; expected 1 to 32"#);
    // a name twice
    assert_snapshot!(broken("commands.toml", r#"name = "terugblik""#, r#"name = "tijd""#), @r#"prompts/nl/commands.toml at `name = "tijd"`: name `tijd` stands here a second time; expected each name once"#);
    // an id twice
    assert_snapshot!(broken("commands.toml", r#"id = "look_back""#, r#"id = "times""#), @r#"
    prompts/nl/commands.toml: there is no command with id `look_back`; expected each id once
    prompts/nl/commands.toml at `id = "times"`: id `times` stands here a second time; expected each id once
    "#);
    // an unknown id
    assert_snapshot!(broken("commands.toml", r#"id = "look_back""#, r#"id = "look-back""#), @r#"
    prompts/nl/commands.toml: there is no command with id `look_back`; expected each id once
    prompts/nl/commands.toml at `id = "look-back"`: id is `look-back`; expected the id of a command, such as `start`
    "#);
    // no description
    assert_snapshot!(broken("commands.toml", r#"description = "Een tijdje geen vragen""#, r#"description = """#), @r#"
    prompts/nl/commands.toml at `description = ""`: description is 0 characters long; expected 1 to 60
    prompts/nl/commands.toml at `description = ""`: description is empty; expected a text
    "#);
    // a description that is too long
    assert_snapshot!(broken("commands.toml", r#"description = "Een tijdje geen vragen""#, r#"description = "Een tijdje geen vragen, tot een dag die je zelf kiest of nog langer""#), @r#"prompts/nl/commands.toml at `description = "Een tijdj`: description is 67 characters long; expected 1 to 60"#);
}

#[test]
fn places() {
    // a zone that the database does not have, or writes differently
    assert_snapshot!(broken("places.toml", r#"zone = "Europe/Paris""#, r#"zone = "Europe/Parijs""#), @r#"prompts/nl/places.toml at `zone = "Europe/Parijs"`: zone is `Europe/Parijs`; expected a name of the IANA time zone database, such as Europe/Brussels"#);
    assert_snapshot!(broken("places.toml", r#"zone = "Europe/Paris""#, r#"zone = "europe/paris""#), @r#"prompts/nl/places.toml at `zone = "europe/paris"`: zone is `europe/paris`; expected a name of the IANA time zone database, such as Europe/Brussels"#);
    // a zone or a name twice
    assert_snapshot!(broken("places.toml", r#"zone = "Europe/Paris""#, r#"zone = "Europe/London""#), @r#"prompts/nl/places.toml at `zone = "Europe/London"`: `Europe/London` stands already in prompts/nl/places.toml:53; expected its names there"#);
    assert_snapshot!(broken("places.toml", r#""Parijs""#, r#""Londen!""#), @r#"prompts/nl/places.toml at `names = ["Londen!", "Fra`: `Londen!` stands already in prompts/nl/places.toml:54; expected each name once"#);
    // no names, or names that say nothing
    assert_snapshot!(broken("places.toml", r#"["Dublin", "Ierland", "Cork", "Galway"]"#, "[]"), @"prompts/nl/places.toml at `[[place]]`: names is empty; expected at least one");
    assert_snapshot!(broken("places.toml", r#""Parijs""#, r#""...""#), @r#"prompts/nl/places.toml at `names = ["...", "Frankri`: names has `...`; expected a name with letters"#);
}

/// What is said when the embedded file at `path` is written anew by `change`.
fn rewritten(path: &str, change: impl FnOnce(&str) -> String) -> String {
    let mut files = Files::embedded("nl");
    let content = std::str::from_utf8(files.get(path).unwrap()).unwrap();
    let changed = change(content);
    files.insert(path, changed);
    Library::load(&files).unwrap_err().to_string()
}

#[test]
fn a_theme_has_enough_of_everything() {
    // seven prompts: everything from the eighth on is cut away
    assert_snapshot!(
        rewritten("prompts/herstel.toml", |content| {
            let prompts: Vec<&str> = content.split("[[prompt]]").collect();
            prompts[..8].join("[[prompt]]")
        }),
        @r#"
    prompts/nl/prompts/herstel.toml: the theme has 7 prompts; expected at least 8
    prompts/nl/prompts/herstel.toml: the theme has no prompt with side binding; expected all three sides
    "#
    );
    // a side missing
    assert_snapshot!(
        rewritten("prompts/herstel.toml", |content| {
            content.replace("\"binding\"", "\"beide\"")
        }),
        @"prompts/nl/prompts/herstel.toml: the theme has no prompt with side binding; expected all three sides"
    );
    // no prompt at all
    assert_snapshot!(rewritten("prompts/herstel.toml", |_| String::new()), @"
    prompts/nl/prompts/herstel.toml: name is missing; expected a text between double quotes
    prompts/nl/prompts/herstel.toml: there is no [[prompt]] in it; expected at least one
    ");
}

#[test]
fn the_name_of_a_theme() {
    let name = r#"name = "Herstel""#;
    assert_snapshot!(broken("prompts/herstel.toml", name, ""), @"prompts/nl/prompts/herstel.toml: name is missing; expected a text between double quotes");
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "H""#), @r#"prompts/nl/prompts/herstel.toml at `name = "H"`: name is 1 character long; expected 2 to 20"#);
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "Herstel van een lange dag""#), @r#"prompts/nl/prompts/herstel.toml at `name = "Herstel van een`: name is 25 characters long; expected 2 to 20"#);
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "Na de\nruzie""#), @r#"prompts/nl/prompts/herstel.toml at `name = "Na de\nruzie"`: name has a line break; expected one line"#);
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "Schuld""#), @r#"prompts/nl/prompts/herstel.toml at `name = "Schuld"`: name contains `schuld`; expected words that anybody may read on a locked screen (lock_screen in lint.toml)"#);
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "Jouw {year}""#), @r#"prompts/nl/prompts/herstel.toml at `name = "Jouw {year}"`: name contains {year}; expected no word in braces here, because nothing is filled in"#);
    assert_snapshot!(broken("prompts/herstel.toml", name, r#"name = "Het *moet*""#), @r#"
    prompts/nl/prompts/herstel.toml at `name = "Het *moet*"`: name contains `*`; expected plain text without it
    prompts/nl/prompts/herstel.toml at `name = "Het *moet*"`: name contains `moet`; expected words without it (forbidden in lint.toml)
    "#);
}

#[test]
fn a_part_of_the_prompts_has_the_if_then_form() {
    let mut files = Files::embedded("nl");
    let themes: Vec<String> = files
        .iter()
        .map(|(path, _)| path.to_owned())
        .filter(|path| path.starts_with("prompts/"))
        .collect();
    for path in &themes {
        let content = std::str::from_utf8(files.get(path).unwrap()).unwrap();
        let changed = content
            .replace(", dan ", ", en dan dus ")
            .replace(" dan ", " ");
        files.insert(path.as_str(), changed);
    }
    let told = Library::load(&files).unwrap_err().to_string();
    assert_snapshot!(told, @"prompts/nl/prompts: 0 of 80 prompts (0%) have the form `als ..., dan ...`; expected 25% to 60%");
}

#[test]
fn a_file_that_is_no_text_is_told_with_its_line() {
    let mut files = Files::embedded("nl");
    files.insert("retired.toml", b"# een\nids = [\"\xff\"]\n".to_vec());
    assert_snapshot!(Library::load(&files).unwrap_err(), @"prompts/nl/retired.toml:2: this is not text in UTF-8; save the file with the encoding UTF-8");
}

#[test]
fn files_that_are_missing_or_that_nobody_reads_are_told() {
    let mut files = Files::embedded("nl");
    files.remove("retired.toml");
    files.insert("teksten.toml", "a = 1");
    assert_snapshot!(Library::load(&files).unwrap_err(), @"
    prompts/nl/retired.toml: there is no such file; every language has one
    prompts/nl/teksten.toml: nobody reads this file; expected prompts/<theme>.toml, flows/<flow>.toml or one of: commands.toml, flows/sentences.toml, flows/shared.toml, helplines.toml, language.toml, lint.toml, places.toml, retired.toml, texts.toml, typed.toml
    ");
}

#[test]
fn an_empty_folder_is_told_all_that_it_lacks() {
    assert_snapshot!(Library::load(&Files::new("leeg")).unwrap_err(), @"
    leeg/commands.toml: there is no such file; every language has one
    leeg/flows/sentences.toml: there is no such file; every language has one
    leeg/flows/shared.toml: there is no such file; every language has one
    leeg/helplines.toml: there is no such file; every language has one
    leeg/language.toml: there is no such file; every language has one
    leeg/lint.toml: there is no such file; every language has one
    leeg/places.toml: there is no such file; every language has one
    leeg/prompts: there are no files of prompts; expected prompts/<theme>.toml
    leeg/retired.toml: there is no such file; every language has one
    leeg/texts.toml: there is no such file; every language has one
    leeg/typed.toml: there is no such file; every language has one
    ");
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_files_and_lines() {
    let mut files = Files::embedded("nl");
    files.insert("retired.toml", "ids = [");
    for (path, changes) in [
        (
            "prompts/samen.toml",
            &[
                ("title = \"Een klein dankjewel\"", "titel = 3"),
                ("side = \"binding\"", "side = \"links\""),
            ][..],
        ),
        (
            "prompts/herstel.toml",
            &[
                ("title = \"Een briefje\"", "title = \"E\""),
                ("Dat kan wijs zijn.", "Dat moet ‘wijs’ zijn!"),
                ("Wat is een goed moment voor die zin?", "Wat moet je?"),
            ],
        ),
        (
            "flows/shared.toml",
            &[("back_label = \"Terug\"", "back_label = \"{n} /klaar_\"")],
        ),
    ] {
        let content = std::str::from_utf8(files.get(path).unwrap()).unwrap();
        let changed = changes
            .iter()
            .fold(content.to_owned(), |content, (right, wrong)| {
                content.replacen(right, wrong, 1)
            });
        files.insert(path, changed);
    }
    let faults = Library::load(&files).unwrap_err();
    assert_snapshot!(report(&faults), @"
    prompts/nl/flows/shared.toml:3: back_label contains {n}; expected no word in braces here
    prompts/nl/flows/shared.toml:3: back_label names /klaar_; expected a command in commands.toml
    prompts/nl/prompts/herstel.toml:8: followup contains `moet`; expected words without it (forbidden in lint.toml)
    prompts/nl/prompts/herstel.toml:33: title is 1 character long; expected 2 to 40
    prompts/nl/prompts/herstel.toml:66: body contains `!`; expected a full stop
    prompts/nl/prompts/herstel.toml:66: body contains `moet`; expected words without it (forbidden in lint.toml)
    prompts/nl/prompts/herstel.toml:66: body contains `‘`; expected single straight quotes: '
    prompts/nl/prompts/herstel.toml:66: body contains `’`; expected single straight quotes: '
    prompts/nl/prompts/samen.toml:17: side is `links`; expected verlating, binding or beide
    prompts/nl/prompts/samen.toml:45: title is missing; expected a text between double quotes
    prompts/nl/prompts/samen.toml:48: `titel` is not known here; expected one of: id, theme, title, body, followup, side, moment
    prompts/nl/retired.toml:1: this cannot be read: a list that begins with [ is not closed; expected ] at its end, and a comma between two of its texts

    12 faults
    ");
}

#[test]
fn two_ids_with_one_mark_are_told() {
    // found by trying: blake3 begins alike for these two
    let (one, other) = ("herstel-85954", "herstel-103367");
    assert_snapshot!(
        rewritten("prompts/herstel.toml", |content| {
            content
                .replace("\"herstel-na-de-haast\"", &format!("\"{one}\""))
                .replace("\"herstel-briefje\"", &format!("\"{other}\""))
        }),
        @"prompts/nl/prompts/herstel.toml:31: id `herstel-103367` is by chance too much like `herstel-85954` (prompts/nl/prompts/herstel.toml:22) for the bot to tell them apart; expected another id"
    );
}
