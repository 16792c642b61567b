//! Two languages: each parent reads one at a time, and can change it at any moment.

use super::*;

#[test]
fn the_first_message_can_be_read_in_another_language() {
    let mut talk = Talk::new();
    talk.say("/start");
    assert_eq!(talk.last().labels().last().unwrap(), &["English"]);
    talk.tap("English");
    assert_eq!(talk.count(), 1, "the same message");
    assert!(talk.last().text.starts_with("Welcome."));
    assert!(talk.last().text.contains("May I keep your answers?"));
    assert_eq!(
        talk.last().labels(),
        [
            ["Yes, keep them. I am 18+"],
            ["Keep nothing. I am 18+"],
            ["Read everything first"],
            ["Nederlands"]
        ]
    );
    talk.tap("Nederlands");
    assert!(talk.last().text.starts_with("Welkom."));
    talk.tap("English");
    for (label, next) in [
        ("Yes, keep them. I am 18+", "What time suits you"),
        ("19:30", "On which days?"),
        ("Three times: Mon, Wed, Sat", "What do you recognise"),
        (
            "Both, I think",
            "Done. Your first question: today at 19:30.",
        ),
    ] {
        talk.tap(label);
        assert!(talk.last().text.contains(next), "{}", talk.last().text);
    }
    assert!(talk.parent().keeps(&talk.library.consent_version));
}

#[test]
fn one_tap_in_the_settings_changes_everything_at_once() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    let message = talk.last_id();
    assert!(talk.last().text.contains("Taal: Nederlands"));
    talk.tap("English");
    assert_eq!(talk.last_id(), message, "the same message");
    insta::assert_snapshot!(talk.last().text, @"
    Changed.

    This is how it is now

    Time: 19:30
    Days: Mon, Wed and Sat
    Time zone: Amsterdam
    What I recognise: no choice
    Keeping answers: on
    On this day: off
    Help lines first for: the Netherlands
    Language: English
    ");
    assert_eq!(talk.spoken().language, "en");
    assert_eq!(talk.menu.first().map(String::as_str), Some("now"));
    talk.say("/journal");
    assert!(talk.last().text.starts_with("Still empty."));
    talk.say("/settings");
    talk.tap("Nederlands");
    assert!(talk.last().text.starts_with("Aangepast."));
    assert_eq!(talk.menu.first().map(String::as_str), Some("nu"));
    assert_eq!(talk.spoken().language, "nl");
}

#[test]
fn a_command_of_the_other_language_is_understood_and_answered_in_the_own() {
    let mut talk = Talk::begun();
    for library in LANGUAGES.iter() {
        for command in &library.commands {
            let mut own = talk.fork();
            let meant = LANGUAGES.command(talk.library, &command.name).unwrap();
            own.say(&format!("/{}", meant.name));
            let mut other = talk.fork();
            other.say(&format!("/{}", command.name));
            assert_eq!(other.chat, own.chat, "/{}", command.name);
            assert!(other.count() > talk.count(), "/{}", command.name);
        }
    }
    talk.say("/unknown");
    assert!(talk.last().text.starts_with("Dat commando ken ik niet."));
}

#[test]
fn a_flow_goes_on_in_the_new_language_where_it_was() {
    let mut talk = Talk::begun();
    talk.say("/herstel");
    talk.tap("Begin");
    talk.tap("Verder");
    talk.tap("Ik was kortaf");
    let flow = talk.last_id();
    talk.say("/instellingen");
    talk.tap("English");
    // The buttons of the screen that stands there are still the Dutch ones.
    talk.tap("Luisteren");
    let shown = &talk.chat[&flow];
    assert_eq!(
        shown.text,
        "Step 3 of 3. How do you show that you are there?"
    );
    talk.tap("It was not because of you");
    // What was chosen before stays in the words that were chosen.
    assert!(talk.chat[&flow].text.contains("Ik was kortaf tegen je."));
    assert!(talk.chat[&flow].text.contains("It was not because of you."));
    talk.tap("It is good like this");
    talk.tap("Now");
    talk.tap("Keep this");
    assert_eq!(talk.book.entries.len(), 1);
}

#[test]
fn an_open_prompt_is_answered_and_followed_up_in_the_new_language() {
    let mut talk = Talk::begun();
    // Until a prompt comes that has a further question.
    let prompt = loop {
        talk.until_due();
        let open = talk.parent().prompt.clone().unwrap();
        let prompt = talk.library.prompt(&open.id).unwrap();
        if prompt.followup.is_some() {
            break prompt;
        }
    };
    let message = talk.last_id();
    talk.say("/instellingen");
    talk.tap("English");
    talk.tap("Straks");
    assert!(
        talk.chat[&message]
            .labels()
            .iter()
            .flatten()
            .any(|label| *label == "In half an hour")
    );
    let answer = talk.say("My answer.");
    assert_eq!(talk.hearts, [answer]);
    talk.tap("One more question");
    let english = LANGUAGES.of(Some("en")).prompt(&prompt.id).unwrap();
    assert_eq!(Some(&talk.last().text), english.followup.as_ref());
    let entry = talk.book.entries.values().next().unwrap();
    assert!(matches!(&entry.prompt, Some(link) if link.id == prompt.id));
}

#[test]
fn what_was_seen_in_one_language_was_seen_in_the_other() {
    let (dutch, english) = (LANGUAGES.of(Some("nl")), LANGUAGES.of(Some("en")));
    for prompt in &dutch.prompts {
        let other = english.prompt(&prompt.id).unwrap();
        assert_eq!(
            (prompt.mark, prompt.side, prompt.moment, &prompt.theme),
            (other.mark, other.side, other.moment, &other.theme)
        );
    }
}

#[test]
fn times_days_and_places_are_typed_in_the_own_language() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("English");
    talk.say("/time");
    talk.tap("Another time");
    talk.say("half past seven in the morning");
    assert_eq!(talk.last().text, "On which days?");
    assert_eq!(talk.parent().schedule.times[0].to_string(), "07:30");
    talk.say("/settings");
    talk.tap("Time zone");
    talk.say("I live in The Hague");
    assert_eq!(talk.parent().schedule.zone.as_str(), "Europe/Amsterdam");
    assert!(talk.last().text.contains("Time zone: Amsterdam"));
}

#[test]
fn erasing_everything_gives_the_menu_back() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("English");
    assert!(!talk.menu.is_empty());
    talk.say("/erase");
    talk.tap("Everything, settings too");
    talk.tap("Yes, erase it");
    assert!(talk.last().text.starts_with("Everything is erased."));
    assert!(talk.menu.is_empty());
    assert_eq!(talk.parent, None);
}

#[test]
fn a_language_that_is_gone_gives_way_to_the_first() {
    assert_eq!(LANGUAGES.of(Some("tlh")).language, "nl");
    assert_eq!(LANGUAGES.of(None).language, "nl");
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    let message = talk.last_id();
    let number = talk.parent().keyboard;
    talk.tap_data(message, &format!("{number:x}.i.gffff"));
    assert_eq!(talk.spoken().language, "nl");
}

/// The net knows Dutch. It hears Dutch in an English conversation, and answers in English; that it hears no English is said, and help stays where it is.
#[test]
fn dutch_is_heard_in_an_english_conversation_and_english_is_not() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("English");
    let answer = talk.say("I do not want to live any more.");
    assert_eq!(talk.hearts.last(), Some(&answer));
    assert!(!talk.last().text.contains("112"), "{}", talk.last().text);
    talk.say("/privacy");
    let privacy = &talk.last().text;
    assert!(privacy.contains("It knows Dutch only"), "{privacy}");
    assert!(privacy.contains("nothing in it notices such words"));
    talk.say("/help");
    assert!(talk.last().text.contains("call 112"));

    let answer = talk.say(crisis::DEATH);
    assert_eq!(talk.hearts.last(), Some(&answer));
    let heard = &talk.last().text;
    assert!(heard.contains("Call 112."), "{heard}");
}
