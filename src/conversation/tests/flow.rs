//! Guided flows, scene by scene.

use super::*;
use crate::{
    library::Side,
    parent::{Asking, FlowState},
};

/// Taps one button after another.
fn tap_all(talk: &mut Talk, labels: &[&str]) {
    for label in labels {
        talk.tap(label);
    }
}

/// A parent who wants prompts, and nothing kept.
fn without_consent() -> Talk {
    let mut talk = Talk::new();
    talk.say("/start");
    let labels = [
        "Bewaar niets. Ik ben 18+",
        "19:30",
        "Drie keer: ma, wo en za",
        "Ik wacht",
    ];
    tap_all(&mut talk, &labels);
    talk
}

/// Stops the program and starts it again: the record as it lies in the store.
pub(super) fn restart(talk: &mut Talk) {
    let bytes = minicbor_serde::to_vec(talk.parent()).unwrap();
    talk.parent = Some(minicbor_serde::from_slice(&bytes).unwrap());
}

/// The record without what changes with every keyboard.
fn apart_from_keyboards(talk: &Talk) -> Parent {
    Parent {
        keyboard: 0,
        tapped: None,
        ..talk.parent().clone()
    }
}

/// The words of the only entry.
fn only_entry(talk: &Talk) -> &str {
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].parts.len(), 1);
    entries[0].parts[0].words.reveal()
}

const TO_THE_SENTENCE: [&str; 7] = [
    "Begin",
    "Gedaan",
    "Buik",
    "Boos",
    "Vooral bij nu",
    "Verdrietig",
    "Even lucht",
];

#[test]
fn a_flow_opens_with_what_it_is_and_where_help_is() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    insta::assert_snapshot!(talk.last().text, @"
    Goed dat je even stopt. Dit duurt ongeveer twee minuten. Tikken is genoeg, typen hoeft niet.

    Is je kind nu op een veilige plek? Een baby kun je even in bed leggen. Is er gevaar, bel 112. Liever met iemand praten: /hulp.
    ");
    insta::assert_debug_snapshot!(talk.last().labels(), @r#"
    [
        [
            "Begin",
            "Ik wil nu hulp",
        ],
        [
            "Stop",
        ],
    ]
    "#);
}

#[test]
fn a_moment_is_one_message_and_kept_when_the_parent_says_so() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let message = talk.last_id();
    tap_all(&mut talk, &["Begin", "Nog een keer", "Gedaan"]);
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Hoofd of kaken", "Keel of borst"],
            vec!["Buik"],
            vec!["Armen of handen"],
            vec!["Overal", "Ik voel weinig"],
            vec!["Stop"]
        ]
    );
    tap_all(&mut talk, &["Ik voel weinig", "Weet ik niet"]);
    insta::assert_snapshot!(talk.last().text, @"
    Dat is oké. Je hoeft er geen woord voor te hebben.

    Wat is nu van jou, en wat van je kind? Kijk eerst naar jou. Hoort dit gevoel bij nu, of raakt het ook iets van vroeger?
    ");
    tap_all(
        &mut talk,
        &["Ook iets van vroeger", "Verdrietig", "Even lucht"],
    );
    insta::assert_snapshot!(talk.last().text, @"
    Een zin die je zou kunnen zeggen:

    Je bent verdrietig. Ik zie het. Ik sta even in de gang. Over twee minuten ben ik weer bij je.

    Maak er gerust je eigen woorden van.
    ");
    tap_all(&mut talk, &["Deze past", "Bewaar dit"]);
    assert_eq!(talk.last_id(), message);
    insta::assert_snapshot!(talk.last().text, @"
    Dit staat nu in je /dagboek.

    Dank je dat je even bij jezelf keek.
    ");
    assert_eq!(talk.last().labels(), Vec::<Vec<&str>>::new());
    insta::assert_snapshot!(only_entry(&talk), @"Even gestopt. In mijn lijf: Ik voel weinig. Mijn gevoel: Weet ik niet. Van nu of van vroeger: Ook iets van vroeger. Mijn zin: Je bent verdrietig. Ik zie het. Ik sta even in de gang. Over twee minuten ben ik weer bij je.");
    assert_eq!(talk.parent().flows, FlowState::default());
    talk.say("/dagboek");
    insta::assert_snapshot!(talk.last().text, @"
    Je dagboek, nieuwste eerst.

    maandag 2 maart
    Nu even

    Even gestopt. In mijn lijf: Ik voel weinig. Mijn gevoel: Weet ik niet. Van nu of van vroeger: Ook iets van vroeger. Mijn zin: Je bent verdrietig. Ik zie het. Ik sta even in de gang. Over twee minuten ben ik weer bij je.
    ");
}

#[test]
fn a_moment_without_a_sentence_is_kept_without_one() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    tap_all(&mut talk, &["Zonder zin verder", "Bewaar dit"]);
    insta::assert_snapshot!(only_entry(&talk), @"Even gestopt. In mijn lijf: Buik. Mijn gevoel: Boos. Van nu of van vroeger: Vooral bij nu.");
}

#[test]
fn nothing_is_kept_of_a_moment_that_the_parent_does_not_keep() {
    for last in ["Niet bewaren", "Stop"] {
        let mut talk = Talk::begun();
        let before = apart_from_keyboards(&talk);
        talk.say("/nu");
        tap_all(&mut talk, &TO_THE_SENTENCE);
        tap_all(&mut talk, &["Deze past", last]);
        assert_eq!(apart_from_keyboards(&talk), before);
        assert_eq!(talk.book, Book::default());
    }
}

#[test]
fn a_repairing_sentence_is_tapped_together() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    tap_all(
        &mut talk,
        &["Begin", "Verder", "Ik was kortaf", "Luisteren"],
    );
    talk.tap("Ik hou van je");
    insta::assert_snapshot!(talk.last().text, @"
    Jouw zin:

    Ik was kortaf tegen je. Ik had liever eerst geluisterd. Ik hou van je, ook als we botsen.

    Zeg het in woorden die bij je kind passen. Korter mag altijd.
    ");
    let sentence = talk.fork();
    tap_all(&mut talk, &["Zo is het goed", "Nu"]);
    insta::assert_snapshot!(talk.last().text, @"
    Eén keer uitademen, en dan gaan.

    Misschien zegt je kind niets terug, of iets boos. Dat mag. De zin is dan toch gezegd. Wees ook zacht voor jezelf: iedereen botst weleens. Wil je dit bewaren?
    ");
    talk.tap("Bewaar dit");
    insta::assert_snapshot!(only_entry(&talk), @"Mijn herstelzin: Ik was kortaf tegen je. Ik had liever eerst geluisterd. Ik hou van je, ook als we botsen.");

    // what is kept is the sentence that the parent chose
    let mut talk = sentence;
    talk.tap("Maak het korter");
    insta::assert_snapshot!(talk.last().text, @"
    Korter:

    Ik was kortaf tegen je. Ik hou van je, ook als we botsen.
    ");
    tap_all(&mut talk, &["Zo is het goed", "Morgen", "Bewaar dit"]);
    insta::assert_snapshot!(only_entry(&talk), @"Mijn herstelzin: Ik was kortaf tegen je. Ik hou van je, ook als we botsen.");
}

#[test]
fn a_repairing_sentence_is_typed_and_goes_on_below() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    let first = talk.last_id();
    talk.say("  Ik riep\nnaar je ");
    assert!(talk.chat[&first].keyboard.0.is_empty());
    assert_ne!(talk.last_id(), first);
    talk.say("Ik had liever even gewacht. {nabij}");
    let last = talk.last_id();
    talk.say("Ik ben er weer");
    assert_eq!(talk.hearts, [], "a sentence in the making is not kept");
    insta::assert_snapshot!(talk.last().text, @"
    Jouw zin:

    Ik riep naar je. Ik had liever even gewacht. {nabij} Ik ben er nu weer.

    Zeg het in woorden die bij je kind passen. Korter mag altijd.
    ");
    assert!(talk.chat[&last].keyboard.0.is_empty());
    tap_all(&mut talk, &["Zo is het goed", "Nu", "Bewaar dit"]);
    insta::assert_snapshot!(only_entry(&talk), @"Mijn herstelzin: Ik riep naar je. Ik had liever even gewacht. {nabij} Ik ben er nu weer.");
}

#[test]
fn typed_text_that_is_too_long_stays_out() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.say(&"é".repeat(120));
    assert!(talk.last().text.starts_with("Stap 2 van 3."));
    talk.say(&"a".repeat(121));
    insta::assert_snapshot!(talk.last().text, @"Hier past één korte zin, tot 120 tekens.");
    talk.tap("Luisteren");
    assert!(talk.last_id() > MessageId(0));
    assert!(
        talk.chat
            .values()
            .any(|shown| shown.text.starts_with("Stap 3 van 3."))
    );
}

#[test]
fn a_typed_label_is_a_tap_and_stop_always_stops() {
    let mut talk = Talk::begun();
    talk.say("/oefening");
    talk.say("begin");
    assert!(talk.last().text.starts_with("Vraag het elkaar hardop"));
    tap_all(&mut talk, &["We willen allebei", "Verdeeld"]);
    talk.say("STOP!");
    insta::assert_snapshot!(talk.last().text, @"Gestopt. Stoppen is ook goed luisteren. Doe allebei een stap terug, voel je voeten en drink een slok water.");
    assert_eq!(talk.parent().flows, FlowState::default());
    assert_eq!(talk.book, Book::default());
}

#[test]
fn the_last_sentence_of_the_exercise_gets_a_heart_and_can_be_edited() {
    let mut talk = Talk::begun();
    talk.say("/oefening");
    let labels = [
        "Begin",
        "We willen allebei",
        "Verdeeld",
        "Dit is rustig",
        "Halve stap terug",
        "Gezegd",
        "Verder",
        "Gemerkt",
        "Gezegd",
        "Verder",
        "Rollen wisselen",
        "We staan",
        "Gemerkt",
        "Gezegd",
        "Verder",
        "Gemerkt",
        "Liever zonder woorden",
        "Verder",
        "Afronden",
        "Ja, ik typ een zin",
    ];
    tap_all(&mut talk, &labels);
    let message = talk.say("Mijn adem zat hoog");
    assert_eq!(talk.hearts, [message]);
    insta::assert_snapshot!(only_entry(&talk), @"Na de oefening met twee: Mijn adem zat hoog.");
    assert_eq!(
        talk.last().text,
        "Klaar. Er viel hier niets te winnen: merken was genoeg."
    );
    talk.edit(message, "Mijn adem zat laag.");
    assert_eq!(only_entry(&talk), "Mijn adem zat laag.");
}

#[test]
fn a_parent_of_whom_nothing_is_kept_is_not_offered_to_keep() {
    let mut talk = without_consent();
    let before = apart_from_keyboards(&talk);
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    talk.tap("Deze past");
    insta::assert_snapshot!(talk.last().text, @"Je bent gestopt en je hebt gekeken. Meer hoeft het niet te zijn. Ik bewaar hier niets van.");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Niet bewaren"],
            vec!["Maak een herstelzin"],
            vec!["Vraag later hoe het ging"],
            vec!["Stop"]
        ]
    );
    talk.tap("Maak een herstelzin");
    tap_all(&mut talk, &["Begin", "Verder"]);
    insta::assert_snapshot!(talk.last().text, @"Stap 1 van 3. Wat deed je? Zeg het klein en eerlijk, zonder uitleg. Kies een zin die in de buurt komt.");
    talk.say("Ik riep");
    insta::assert_snapshot!(talk.last().text, @"Wat je zelf typt, houd ik niet vast. Tik hier op een zin die in de buurt komt. Wat je straks zegt, mag in je eigen woorden.");
    tap_all(&mut talk, &["Ik was kortaf", "Luisteren", "Ik hou van je"]);
    tap_all(&mut talk, &["Zo is het goed", "Nu", "Niet bewaren"]);
    assert_eq!(apart_from_keyboards(&talk), before);
    assert_eq!(talk.book, Book::default());

    talk.say("/oefening");
    for label in [
        "Begin",
        "We willen allebei",
        "Verdeeld",
        "Dit is rustig",
        "Gemerkt",
        "Gezegd",
        "Verder",
        "Gemerkt",
        "Gezegd",
        "Verder",
        "Afronden",
    ] {
        talk.tap(label);
    }
    assert_eq!(talk.last().labels(), [["Klaar"], ["Stop"]]);
}

#[test]
fn flows_work_before_the_start() {
    let mut talk = Talk::new();
    talk.say("/nu");
    assert!(talk.parent().flows.open.is_some());
    let before = Parent {
        flows: FlowState::default(),
        ..apart_from_keyboards(&talk)
    };
    tap_all(&mut talk, &TO_THE_SENTENCE);
    tap_all(&mut talk, &["Deze past", "Niet bewaren"]);
    assert_eq!(talk.last().text, "Dank je dat je even bij jezelf keek.");
    assert_eq!(apart_from_keyboards(&talk), before);
    assert_eq!(talk.parent().onboarding, Onboarding::Stranger);

    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.say("Ik riep");
    assert_eq!(talk.last().text, LIBRARY.flow_texts.typed_unkept.as_str());
}

#[test]
fn a_save_button_from_before_keeps_nothing_once_consent_is_gone() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    talk.tap("Deze past");
    let mut older = talk.fork();

    talk.parent.as_mut().unwrap().consent = Consent::Declined;
    talk.tap("Bewaar dit");
    assert_eq!(talk.book, Book::default());
    assert_eq!(
        talk.toasts.last().unwrap(),
        LIBRARY.texts.error.needs_consent.as_str()
    );

    // an older explanation: asked again, and then the same button keeps
    let at = older.now;
    let version = "0".to_owned();
    older.parent.as_mut().unwrap().consent = Consent::Given { version, at };
    older.tap("Bewaar dit");
    assert_eq!(older.book, Book::default());
    older.tap("Ja, bewaar. Ik ben 18+");
    older.tap("Bewaar dit");
    assert!(only_entry(&older).starts_with("Even gestopt."));
}

#[test]
fn a_flow_goes_on_where_it_was_after_a_restart() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.say("Ik riep");
    restart(&mut talk);
    tap_all(&mut talk, &["Luisteren", "Ik hou van je"]);
    restart(&mut talk);
    insta::assert_snapshot!(talk.last().text, @"
    Jouw zin:

    Ik riep. Ik had liever eerst geluisterd. Ik hou van je, ook als we botsen.

    Zeg het in woorden die bij je kind passen. Korter mag altijd.
    ");
}

#[test]
fn a_new_flow_takes_the_buttons_of_the_old_one() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let (old, keyboard) = (talk.last_id(), talk.last().keyboard.clone());
    talk.tap("Begin");
    talk.say("/herstel");
    assert!(talk.chat[&old].keyboard.0.is_empty());
    tap_all(&mut talk, &["Begin", "Verder"]);

    let Action::Data(data) = &keyboard.0[0][0].action else {
        panic!("a button")
    };
    talk.tap_data(old, data);
    assert_eq!(talk.toasts, [LIBRARY.texts.error.old_button.as_str()]);
    insta::assert_snapshot!(talk.last().text, @"
    Je was hier gebleven. Verder, of liever stoppen?

    Stap 1 van 3. Wat deed je? Zeg het klein en eerlijk, zonder uitleg. Kies een zin of typ er zelf een.
    ");
    talk.tap("Ik was kortaf");
    assert!(talk.last().text.starts_with("Stap 2 van 3."));
}

#[test]
fn a_second_tap_changes_nothing() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    for label in ["Begin", "Gedaan", "Stop"] {
        let message = talk.last_id();
        let button = talk.last().keyboard.0.iter().flatten();
        let button = button.clone().find(|button| button.label == label).unwrap();
        let Action::Data(data) = button.action.clone() else {
            panic!("a button")
        };
        talk.tap_data(message, &data);
        let (chat, parent) = (talk.chat.clone(), talk.parent.clone());
        talk.tap_data(message, &data);
        assert_eq!((&talk.chat, &talk.parent), (&chat, &parent), "{label}");
    }
    assert_eq!(talk.toasts, Vec::<String>::new());
}

#[test]
fn word_of_the_message_that_comes_after_a_tap_changes_nothing() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let (message, first) = (talk.last_id(), talk.parent().keyboard);
    let sent = Event::Outcome(
        Purpose::Flow { number: first },
        Outcome::Sent(Some(message)),
    );
    for labels in [&["Begin"][..], &["Gedaan"], &["Buik", "Boos"]] {
        tap_all(&mut talk, labels);
        let chat = talk.chat.clone();
        talk.happen(&sent);
        assert_eq!(talk.chat, chat);
    }
}

#[test]
fn a_flow_that_was_left_for_a_day_is_over() {
    let mut talk = Talk::begun();
    let before = apart_from_keyboards(&talk);
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.say("Ik riep");
    let message = talk.last_id();
    let kept = talk.parent().clone();
    talk.minutes(24 * 60 - 1);
    assert!(talk.parent().flows.open.is_some());
    talk.minutes(1);
    let only_buttons = FlowState {
        left: Some(message),
        ..before.flows
    };
    assert_eq!(talk.parent().flows, only_buttons, "no word of it is left");
    assert!(talk.last_id() > message, "a prompt came meanwhile");
    talk.tap("Luisteren");
    insta::assert_snapshot!(talk.last().text, @"Dit stuk is verlopen. Je kunt altijd opnieuw beginnen met /herstel.");
    assert!(talk.chat[&message].keyboard.0.is_empty());

    // the same when nobody has noticed the time yet
    talk.parent = Some(kept);
    let count = talk.count();
    let data = Tap::Flow(FlowTap::Stop {
        flow: LIBRARY.flow("herstel").unwrap().mark(),
    })
    .data(talk.parent().flows.open.as_ref().unwrap().number);
    talk.tap_data(message, &data);
    assert_eq!(talk.count(), count + 1);
    assert_eq!(talk.parent().flows, FlowState::default());
}

#[test]
fn one_flow_leads_into_another_in_the_same_message() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let message = talk.last_id();
    tap_all(&mut talk, &TO_THE_SENTENCE);
    tap_all(&mut talk, &["Deze past", "Maak een herstelzin"]);
    assert_eq!(talk.last_id(), message);
    assert!(
        talk.last()
            .text
            .starts_with("Botsen hoort bij samen leven.")
    );
    assert!(talk.parent().flows.open.as_ref().unwrap().slots.is_empty());
}

#[test]
fn help_comes_below_and_the_flow_waits() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let message = talk.last_id();
    let shown = talk.last().clone();
    talk.tap("Ik wil nu hulp");
    assert!(talk.last().text.contains("112"));
    assert_eq!(talk.chat[&message], shown);
    talk.tap("Begin");
    assert!(talk.chat[&message].text.starts_with("Zet je voeten"));
}

#[test]
fn a_note_in_the_middle_is_a_note() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    let message = talk.last_id();
    tap_all(&mut talk, &["Begin", "Gedaan"]);
    let note = talk.say("Hij gooide zijn bord op de grond.");
    assert_eq!(talk.hearts, [note]);
    talk.tap("Overal");
    assert!(talk.chat[&message].text.starts_with("Welk woord"));
    assert_eq!(only_entry(&talk), "Hij gooide zijn bord op de grond.");
}

#[test]
fn typed_text_is_for_the_newest_question() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    let message = talk.last_id();
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.until_due();
    assert!(talk.parent().prompt.is_some());
    talk.say("Ik zag hem lachen.");
    assert_eq!(only_entry(&talk), "Ik zag hem lachen.");
    // unless the parent says what it answers
    talk.reply(Some(message), "Ik riep");
    assert!(talk.last().text.starts_with("Stap 2 van 3."));
    talk.say("/tijd");
    talk.tap("Andere tijd");
    talk.say("20:15");
    assert!(talk.last().text.starts_with("Op welke dagen?"));
    assert_eq!(talk.book.entries.len(), 1);
}

#[test]
fn a_time_that_an_older_version_asked_for_is_not_asked_for_any_more() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.parent.as_mut().unwrap().asking = Some(Asking::Time);
    talk.say("Ik riep");
    assert!(talk.last().text.starts_with("Stap 2 van 3."));
    let mut talk = Talk::begun();
    talk.parent.as_mut().unwrap().asking = Some(Asking::Time);
    talk.say("20:15");
    assert_eq!(only_entry(&talk), "20:15");
}

#[test]
fn the_cards_are_looked_at_one_by_one() {
    let mut talk = Talk::begun();
    talk.say("/herkennen");
    let message = talk.last_id();
    talk.tap("Laat een kaart zien");
    insta::assert_snapshot!(talk.last().text, @"Een berichtje blijft onbeantwoord en je gedachten gaan steeds terug naar je telefoon.");
    talk.tap("Soms");
    insta::assert_snapshot!(talk.last().text, @"
    Ooit was goed opletten misschien slim. Nu mag je ook kijken wat jij nodig hebt.

    Na een dag vol handjes en vragen wil je het liefst dat niemand je nog aanraakt.
    ");
    for _ in 0..11 {
        talk.tap("Dit ken ik");
    }
    let last = &LIBRARY.flow("herkennen").unwrap().cards[13];
    talk.tap("Niet van mij");
    assert!(talk.last().text.ends_with(last.text.as_str()));
    talk.tap("Niet van mij");
    assert!(talk.last().text.starts_with(last.note.as_str()));
    insta::assert_snapshot!(talk.last().text, @"
    Allebei zijn een zoeken naar veiligheid.

    Wat je herkende, hielp je ooit waarschijnlijk. Het zegt niet wie je bent. Het laat zien wat je soms doet, en daar kun je stap voor stap iets in kiezen. Wil je vaker een vraag over één kant?
    ");
    assert_eq!(talk.parent().side, None);
    talk.tap("Over ruimte zoeken");
    assert_eq!(talk.parent().side, Some(Side::Binding));
    assert_eq!(talk.last_id(), message);
    insta::assert_snapshot!(talk.last().text, @"Goed. Ik houd er rekening mee. Je kunt het altijd veranderen bij /instellingen.");
}

#[test]
fn nothing_is_left_of_the_cards() {
    for (how, last) in [("Dit ken ik", "Laat het zo"), ("Soms", "Stop")] {
        for mut talk in [Talk::begun(), without_consent()] {
            let before = apart_from_keyboards(&talk);
            talk.say("/herkennen");
            tap_all(
                &mut talk,
                &["Laat een kaart zien", how, how, "Genoeg gezien"],
            );
            let asked = talk.last().labels().concat();
            assert_eq!(
                asked.contains(&"Over allebei"),
                before.consent != Consent::Declined
            );
            let last = if asked.contains(&last) {
                last
            } else {
                "Laat het zo"
            };
            talk.tap(last);
            assert_eq!(apart_from_keyboards(&talk), before);
            assert_eq!(talk.book, Book::default());
        }
    }
}

#[test]
fn example_sentences_come_four_at_a_time() {
    let mut talk = Talk::new();
    talk.say("/zinnen");
    insta::assert_snapshot!(talk.last().text, @"
    Zinnen om uit te proberen. Maak er je eigen woorden van.

    Even weglopen om af te koelen
    'Ik merk dat ik boos word. Ik haal water, en dan kom ik terug.'

    Je kind is boos
    'Jij bent boos op mij. Dat mag, ik blijf in de buurt.'

    Je kind huilt
    'Huil maar. Ik zit naast je en ik heb de tijd.'

    Nog een filmpje
    'Stoppen is lastig als het leuk is. Dit filmpje kijk je af, daarna gaat het scherm weg.'
    ");
    let message = talk.last_id();
    let mut seen = vec![talk.last().text.clone()];
    while talk.last().labels().concat().contains(&"Meer zinnen") {
        talk.tap("Meer zinnen");
        seen.push(talk.last().text.clone());
    }
    assert_eq!(seen.len(), 4);
    for sentence in &LIBRARY.sentences {
        let shown = seen.iter().filter(|it| it.contains(sentence.text.as_str()));
        assert_eq!(shown.count(), 1, "{}", sentence.id);
    }
    talk.tap("Sluit");
    assert_eq!(talk.last_id(), message);
    assert!(talk.last().keyboard.0.is_empty());
}

#[test]
fn example_sentences_in_a_flow_lead_back_to_the_step() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    let step = talk.last().text.clone();
    tap_all(&mut talk, &["Andere voorbeelden", "Meer zinnen"]);
    assert_eq!(
        talk.last().labels(),
        [vec!["Meer zinnen"], vec!["Terug", "Stop"]]
    );
    talk.tap("Terug");
    assert_eq!(talk.last().text, step);
    tap_all(&mut talk, &["Deze past", "Bewaar dit"]);
    assert!(only_entry(&talk).ends_with("Over twee minuten ben ik weer bij je."));
}

/// A moment at the end of which the parent wants to be asked later.
fn asked_later(at: &str) -> Talk {
    let mut talk = Talk::begun();
    talk.until(amsterdam(at));
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    tap_all(&mut talk, &["Deze past", "Vraag later hoe het ging"]);
    talk
}

#[test]
fn a_question_comes_later_and_its_answer_is_kept_under_the_flow() {
    let mut talk = asked_later("2026-03-03T12:10");
    insta::assert_snapshot!(talk.last().text, @"Goed. Ik vraag het je vandaag om 15:10.");
    restart(&mut talk);
    talk.minutes(179);
    let count = talk.count();
    talk.minutes(1);
    assert_eq!(talk.count(), count + 1);
    insta::assert_snapshot!(talk.last().text, @"Een tijdje terug stopte je even. Hoe ging het daarna?");
    let question = talk.last_id();
    talk.say("Rustiger.");
    talk.reply(Some(question), "We hebben gelezen.");
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].prompt.as_ref().unwrap().title, "Nu even");
    assert_eq!(entries[0].parts.len(), 2);
    assert_eq!(talk.hearts.len(), 2);
}

#[test]
fn text_after_a_newer_prompt_answers_the_prompt() {
    let mut talk = asked_later("2026-03-02T15:00");
    talk.until(amsterdam("2026-03-02T18:00"));
    let question = talk.last_id();
    talk.until(amsterdam("2026-03-02T20:00"));
    talk.say("Bij het hek.");
    talk.reply(Some(question), "Rustiger.");
    let titles: Vec<_> = talk
        .book
        .entries
        .values()
        .map(|entry| entry.prompt.as_ref().unwrap().id.as_str())
        .collect();
    assert_ne!(titles[0], "@flow:moment");
    assert_eq!(titles[1], "@flow:moment");
}

#[test]
fn nothing_is_asked_at_night() {
    // three hours after 18:30 is 21:30
    for (from, comes) in [
        ("2026-03-03T18:29", "2026-03-03T21:29"),
        ("2026-03-03T18:30", "2026-03-04T07:00"),
        ("2026-03-03T23:50", "2026-03-04T07:00"),
        ("2026-03-04T03:59", "2026-03-04T07:00"),
        ("2026-03-04T04:00", "2026-03-04T07:00"),
        ("2026-03-04T04:01", "2026-03-04T07:01"),
        // the clocks go forward in this night
        ("2026-03-28T22:00", "2026-03-29T07:00"),
    ] {
        let talk = asked_later(from);
        let later = talk.parent().flows.later.as_ref().unwrap();
        assert_eq!(later.at, amsterdam(comes), "{from}");
    }
}

#[test]
fn a_question_that_is_late_waits_for_the_morning_or_is_let_go() {
    let mut talk = asked_later("2026-03-03T18:00");
    let mut longer = talk.fork();
    // the machine was off from before 21:00 until 22:00
    talk.now = amsterdam("2026-03-03T22:00");
    let count = talk.count();
    talk.happen(&Event::Due);
    assert_eq!(talk.count(), count);
    assert_eq!(talk.parent().due(), Some(amsterdam("2026-03-04T07:00")));
    talk.until(amsterdam("2026-03-04T07:00"));
    assert_eq!(talk.count(), count + 1);

    longer.now = amsterdam("2026-03-04T09:00");
    longer.happen(&Event::Due);
    assert_eq!(longer.count(), count);
    assert_eq!(longer.parent().flows.later, None);
}

#[test]
fn whoever_stops_or_leaves_is_not_asked_later() {
    for leave in [true, false] {
        let mut talk = asked_later("2026-03-03T12:10");
        if leave {
            talk.happen(&Event::Left);
        } else {
            talk.say("/stop");
        }
        let count = talk.count();
        talk.until(amsterdam("2026-03-05T12:00"));
        assert_eq!(talk.count(), count);
    }
}

#[test]
fn erasing_all_answers_ends_an_open_flow() {
    let mut talk = Talk::begun();
    talk.say("Een notitie.");
    talk.say("/herstel");
    tap_all(&mut talk, &["Begin", "Verder"]);
    talk.say("Ik riep");
    talk.say("/wis");
    tap_all(&mut talk, &["Al mijn antwoorden", "Ja, wis het"]);
    assert_eq!(talk.parent().flows.open, None);
    talk.tap("Luisteren");
    insta::assert_snapshot!(talk.last().text, @"Dit stuk is verlopen. Je kunt altijd opnieuw beginnen met /herstel.");
}

#[test]
fn taking_consent_back_ends_an_open_flow() {
    for how in [
        &["Stop met bewaren"][..],
        &["Stop en wis alles", "Ja, wis het"],
    ] {
        let mut talk = Talk::begun();
        talk.say("/herstel");
        tap_all(&mut talk, &["Begin", "Verder"]);
        talk.say("Ik riep");
        talk.say("/instellingen");
        talk.tap("Bewaren");
        tap_all(&mut talk, how);
        assert_eq!(talk.parent().flows.open, None);
    }
}

#[test]
fn an_entry_of_a_flow_is_erased_like_any_other() {
    let mut talk = Talk::begun();
    talk.say("/nu");
    tap_all(&mut talk, &TO_THE_SENTENCE);
    tap_all(&mut talk, &["Deze past", "Bewaar dit"]);
    talk.say("/dagboek");
    tap_all(&mut talk, &["Wis", "Ja, wis dit"]);
    assert_eq!(talk.book, Book::default());
}
