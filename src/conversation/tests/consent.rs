//! A new version of the explanation asks again, and until the answer nothing new is kept, whatever way it comes in.

use super::{voice::bytes, *};

/// A word that only what comes in new has.
const NEW: &str = "zilvervos";

/// One way in which something of a parent comes to be kept.
struct Way {
    name: &'static str,
    /// What comes before, while the consent holds.
    before: fn(&mut Talk),
    /// Something new comes in.
    comes: fn(&mut Talk),
}

const WAYS: [Way; 16] = [
    Way {
        name: "a loose note",
        before: |_| {},
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "more for the note that is open",
        before: |talk| {
            talk.say("Een notitie.");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "the answer to a prompt",
        before: |talk| talk.until_due(),
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "a reply to the message of a prompt",
        before: |talk| talk.until_due(),
        comes: |talk| {
            talk.reply(Some(talk.last_id()), NEW);
        },
    },
    Way {
        name: "an edited message",
        before: |talk| {
            talk.say("Een notitie.");
        },
        comes: |talk| {
            let kept = *talk.book.messages.keys().next_back().unwrap();
            talk.edit(kept, NEW);
        },
    },
    Way {
        name: "new words for an entry",
        before: |talk| {
            talk.say("Een notitie.");
            talk.say("/dagboek");
            talk.tap("Wijzig");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "a note for an earlier day",
        before: |talk| {
            talk.say("/dagboek");
            talk.tap("Voor een eerdere dag");
            talk.say("gisteren");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "more for an earlier day",
        before: |talk| {
            talk.say("/dagboek");
            talk.tap("Voor een eerdere dag");
            talk.say("gisteren");
            talk.say("Gisteren lukte het.");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "a voice note",
        before: |_| {},
        comes: |talk| {
            talk.sends_with_caption(Content::Voice(voice_note(7)), NEW);
        },
    },
    Way {
        name: "a voice note that was on its way",
        before: |talk| {
            talk.brings = None;
            talk.sends_with_caption(Content::Voice(voice_note(7)), NEW);
        },
        comes: |talk| talk.fetched(&Ok(Brought::Sound(bytes()))),
    },
    Way {
        name: "the caption of a voice note, edited",
        before: |talk| {
            talk.speak(7);
        },
        comes: |talk| {
            let id = *talk.book.messages.keys().next_back().unwrap();
            talk.happen(&Event::Edited(Message {
                id,
                sent: talk.now,
                reply_to: None,
                content: Content::Voice(voice_note(7)),
                caption: Words::new(NEW),
            }));
        },
    },
    Way {
        name: "a sentence typed in a flow",
        before: |talk| {
            talk.say("/herstel");
            talk.tap("Begin");
            talk.tap("Verder");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "the sentence that a flow made",
        before: |talk| {
            talk.say("/herstel");
            talk.tap("Begin");
            talk.tap("Verder");
            talk.say("Ik riep");
            talk.tap("Luisteren");
            talk.tap("Ik hou van je");
            talk.tap("Zo is het goed");
            talk.tap("Nu");
        },
        comes: |talk| talk.tap("Bewaar dit"),
    },
    Way {
        name: "a prompt of one's own",
        before: |talk| {
            talk.say("/instellingen");
            talk.tap("Eigen vragen");
            talk.tap("Eigen vraag toevoegen");
        },
        comes: |talk| {
            talk.say(NEW);
        },
    },
    Way {
        name: "what is searched for",
        before: |talk| {
            talk.say("Een zilvervos in de tuin.");
        },
        comes: |talk| {
            talk.say("/zoek zilvervos tuin");
        },
    },
    Way {
        name: "what a parent recognises",
        before: |talk| {
            talk.say("/instellingen");
            talk.tap("Wat ik herken");
        },
        comes: |talk| talk.tap("Ik zoek vaak nabijheid"),
    },
];

/// Everything of a parent that consent is for: the journal, and in the record their words and what they recognise.
fn kept(talk: &Talk) -> (Book, String) {
    let parent = talk.parent();
    let record = (
        &parent.own,
        parent.side,
        parent.flows.open.as_ref().map(|open| &open.slots),
        &parent.journal.search,
        parent.next_entry,
    );
    (talk.book.clone(), serde_json::to_string(&record).unwrap())
}

fn before(way: &Way) -> Talk {
    let mut talk = Talk::begun();
    (way.before)(&mut talk);
    talk
}

#[test]
fn until_a_new_explanation_is_agreed_to_nothing_new_is_kept() {
    for way in &WAYS {
        let mut talk = before(way);
        let was = kept(&talk);
        talk.library = &CHANGED;
        let (sent, toasts) = (talk.count(), talk.toasts.len());
        (way.comes)(&mut talk);
        assert!(kept(&talk) == was, "{} is kept", way.name);
        assert_eq!(talk.hearts, before(way).hearts, "{}", way.name);
        // It asks, or says that there is something to ask.
        let needs = LIBRARY.texts.error.needs_consent.as_str();
        let changed = LIBRARY.texts.consent.changed.as_str();
        let said: Vec<&str> = talk.chat.values().map(|shown| &*shown.text).collect();
        let asks = said[sent..]
            .iter()
            .any(|text| text.starts_with(changed) || *text == needs)
            || talk.toasts[toasts..].iter().any(|toast| toast == needs);
        assert!(asks || way.name == "what is searched for", "{}", way.name);
    }
}

#[test]
fn while_the_consent_holds_each_of_them_is_kept() {
    for way in &WAYS {
        let mut talk = before(way);
        let was = kept(&talk);
        (way.comes)(&mut talk);
        assert!(kept(&talk) != was, "{} is not kept", way.name);
    }
}

#[test]
fn the_answer_is_kept_with_the_new_version_and_its_time() {
    let mut talk = Talk::begun();
    talk.library = &CHANGED;
    talk.minutes(5);
    talk.say(NEW);
    let at = talk.now;
    talk.tap("Ja, bewaar. Ik ben 18+");
    let version = "later".to_owned();
    assert_eq!(talk.parent().consent, Consent::Given { version, at });
    talk.say(NEW);
    assert_eq!(talk.book.entries.len(), 1);
}

/// What stopping in the settings ends, "nothing" as the answer to a changed explanation ends too.
#[test]
fn who_wants_no_more_kept_gets_nothing_of_it_by_itself() {
    let stops: [fn(&mut Talk); 2] = [
        |talk| {
            talk.say("/instellingen");
            talk.tap("Bewaren");
            talk.tap("Stop met bewaren");
        },
        |talk| {
            talk.library = &CHANGED;
            talk.say(NEW);
            talk.tap("Bewaar niets. Ik ben 18+");
        },
    ];
    for stop in stops {
        let mut talk = Talk::begun();
        talk.say("Een notitie van vandaag.");
        talk.say("/terugblik");
        talk.tap("Elke zondag vanzelf");
        talk.say("/instellingen");
        talk.tap("Op deze dag");
        talk.tap("Ja, graag");
        talk.say("/herstel");
        talk.tap("Begin");
        talk.tap("Verder");
        talk.say("Ik riep");
        let mut kept = talk.fork();
        kept.until(amsterdam("2026-03-08T20:00"));
        let looks_back = |text: &String| text.starts_with("Terugblik op");
        assert!(kept.bulk.iter().any(looks_back), "{:#?}", kept.bulk);

        stop(&mut talk);
        let parent = talk.parent();
        assert_eq!(parent.consent, Consent::Declined);
        assert!(parent.flows.open.is_none(), "typed words are held");
        assert!(!parent.settings.on_this_day && !parent.journal.sundays.on);
        talk.until(amsterdam("2026-03-08T20:00"));
        assert!(!talk.bulk.iter().any(looks_back), "{:#?}", talk.bulk);
        assert_eq!(talk.book.entries.len(), 1, "what there was stays");
    }
    // Who is asked for the first time has nothing that could end, and is perhaps in the middle of an exercise.
    let mut talk = Talk::new();
    talk.say("/start");
    talk.say("/nu");
    talk.tap("Bewaar niets. Ik ben 18+");
    assert!(talk.parent().flows.open.is_some());
}

/// Under a prompt, nobody is asked to type what is then not kept.
#[test]
fn who_lets_nothing_be_kept_is_not_told_to_type() {
    let hint = LIBRARY.texts.prompt.hint.as_str();
    let mut talk = Talk::begun();
    talk.until_due();
    assert!(talk.last().text.ends_with(hint));

    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    talk.until_due();
    assert!(!talk.last().text.contains(hint), "{}", talk.last().text);
    talk.say("Toch even iets.");
    insta::assert_snapshot!(talk.last().text, @"Dit bewaar ik niet, zoals je koos. Opschrijven mag altijd. Bewaren aanzetten kan bij /instellingen.");

    // Whoever switches it on hears it then.
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Ja, bewaar. Ik ben 18+");
    talk.until_due();
    assert!(talk.last().text.ends_with(hint), "{}", talk.last().text);
}

/// Who wants no more kept needs as many taps as who wants it kept.
#[test]
fn consent_is_taken_back_as_easily_as_it_is_given() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    assert_eq!(talk.parent().consent, Consent::Declined);
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Ja, bewaar. Ik ben 18+");
    assert!(talk.parent().keeps(&LIBRARY.consent_version));
}

/// The library with another explanation.
static CHANGED: LazyLock<Library> = LazyLock::new(|| Library {
    consent_version: "later".to_owned(),
    ..LIBRARY.clone()
});

#[test]
fn where_the_server_stands_is_said_only_when_somebody_has_said_so() {
    let mut talk = Talk::begun();
    talk.say("/privacy");
    let named = talk.last().text.clone();
    let sentence = " De server staat in Nederland.";
    assert_eq!(named.matches(sentence).count(), 1, "{named}");
    talk.house.location = None;
    talk.say("/privacy");
    assert_eq!(talk.last().text, named.replace(sentence, ""));
}
