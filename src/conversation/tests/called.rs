//! "Hulp" and "stop" typed without the slash, whatever is going on.

use super::*;
use crate::parent::Sending;

/// What is going on in a chat, and how it came to that.
type Moment = (&'static str, fn(&mut Talk));

const MOMENTS: [Moment; 7] = [
    ("nothing is open", |_| {}),
    ("a prompt is open", |talk| talk.until_due()),
    ("a time is asked for", |talk| {
        talk.say("/tijd");
        talk.tap("Andere tijd");
    }),
    ("the settings ask for a time", |talk| {
        talk.say("/instellingen");
        talk.tap("Tijd");
        talk.tap("Andere tijd");
    }),
    ("a question of one's own is asked for", |talk| {
        talk.say("/instellingen");
        talk.tap("Eigen vragen");
        talk.tap("Eigen vraag toevoegen");
    }),
    ("a day is asked for", |talk| {
        talk.say("/dagboek");
        talk.tap("Voor een eerdere dag");
    }),
    ("nothing is kept", |talk| {
        talk.say("/instellingen");
        talk.tap("Bewaren");
        talk.tap("Stop met bewaren");
    }),
];

fn is_help(talk: &Talk) -> bool {
    talk.last().text.starts_with("In nood: bel 112.")
}

#[test]
fn help_needs_no_slash() {
    for (name, moment) in MOMENTS {
        for word in ["hulp", "Hulp!", " HULP. ", "help", "Help!!"] {
            let mut talk = Talk::begun();
            moment(&mut talk);
            talk.say(word);
            assert!(
                is_help(&talk),
                "{word:?} while {name}: {}",
                talk.last().text
            );
            assert!(talk.book.entries.is_empty(), "{word:?} while {name}");
        }
    }
    let mut stranger = Talk::new();
    stranger.say("Hulp");
    assert!(is_help(&stranger));
}

#[test]
fn stop_needs_no_slash() {
    for (name, moment) in MOMENTS {
        for word in ["stop", "Stop.", "STOP!"] {
            let mut talk = Talk::begun();
            moment(&mut talk);
            talk.say(word);
            assert_eq!(talk.parent().sending, Sending::Off, "{word:?} while {name}");
            assert_eq!(talk.last().text, LIBRARY.texts.stop.text.as_str());
            assert!(talk.book.entries.is_empty(), "{word:?} while {name}");
        }
    }
}

#[test]
fn in_a_flow_stop_is_its_own_button() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    talk.say("stop");
    assert_eq!(talk.parent().sending, Sending::On);
    assert!(talk.parent().flows.open.is_none());
    // The settings ask for something newer than the flow does.
    talk.say("/herstel");
    talk.say("/instellingen");
    talk.tap("Tijd");
    talk.say("stop");
    assert_eq!(talk.parent().sending, Sending::Off);
}

#[test]
fn what_is_more_than_the_word_or_looked_for_is_taken_as_it_is() {
    let mut talk = Talk::begun();
    for words in ["Hulp gevraagd aan oma.", "stop ermee", "zoek", "niet stop"] {
        let message = talk.say(words);
        assert_eq!(talk.hearts.last(), Some(&message), "{words}");
    }
    assert_eq!(talk.parent().sending, Sending::On);
    talk.say("/zoek");
    talk.say("hulp");
    assert!(talk.last().text.contains("«Hulp»"), "{}", talk.last().text);
    talk.say("/zoek");
    talk.say("stop");
    assert!(talk.last().text.contains("«stop»"), "{}", talk.last().text);
    assert_eq!(talk.parent().sending, Sending::On);
}

#[test]
fn what_can_be_tapped_to_has_stop_in_it() {
    let mut talk = Talk::begun();
    talk.say("/hulp");
    talk.tap("Wat kan deze bot");
    assert!(talk.last().text.contains("\n/stop Geen vragen meer"));
    for library in LANGUAGES.iter() {
        let menu = library.menu();
        assert!(menu.iter().any(|(name, _)| name == "stop"));
    }
}
