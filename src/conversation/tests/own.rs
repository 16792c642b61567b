//! Prompts that a parent wrote.

use super::*;
use crate::parent::Days;
use crate::parent::own::MOST_OWN;

fn add(talk: &mut Talk, text: &str) {
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    talk.tap("Eigen vraag toevoegen");
    talk.say(text);
}

#[test]
fn one_is_added_read_and_removed() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    insta::assert_snapshot!(talk.reads(), @"
    Je hebt nog geen eigen vragen.
    [Eigen vraag toevoegen]
    [Terug]
    ");
    talk.tap("Eigen vraag toevoegen");
    insta::assert_snapshot!(talk.reads(), @"
    Typ je eigen vraag, tot 280 tekens. Die komt af en toe bij je terug.
    [Terug]
    ");
    talk.say("Wie heb ik vandaag laten uitpraten?");
    insta::assert_snapshot!(talk.reads(), @"
    Je vraag is bewaard.

    Eigen vraag 1 van 1

    Wie heb ik vandaag laten uitpraten?
    [Wis deze vraag]
    [Eigen vraag toevoegen]
    [Terug]
    ");
    assert!(talk.book.entries.is_empty(), "it is no reply");
    talk.tap("Eigen vraag toevoegen");
    talk.say("Waar lachten we om?");
    assert!(
        talk.last()
            .text
            .contains("Eigen vraag 1 van 2\n\nWaar lachten we om?")
    );
    talk.tap("Ouder");
    assert!(
        talk.last()
            .text
            .starts_with("Eigen vraag 2 van 2\n\nWie heb ik")
    );
    talk.tap("Wis deze vraag");
    insta::assert_snapshot!(talk.reads(), @"
    Gewist.

    Eigen vraag 1 van 1

    Waar lachten we om?
    [Wis deze vraag]
    [Eigen vraag toevoegen]
    [Terug]
    ");
    talk.tap("Terug");
    assert!(talk.last().text.starts_with("Zo staat het nu"));
}

#[test]
fn what_is_too_long_is_asked_for_again() {
    let mut talk = Talk::begun();
    // A family of four is eleven units for the eye's one.
    add(&mut talk, &"👨‍👩‍👧‍👦".repeat(26));
    assert_eq!(talk.last().text, "Hier past één korte zin, tot 280 tekens.");
    talk.say(&"é".repeat(280));
    assert!(talk.last().text.starts_with("Je vraag is bewaard."));
    assert_eq!(talk.parent().own.prompts.len(), 1);
    assert!(talk.book.entries.is_empty());
}

#[test]
fn twenty_at_most() {
    let mut talk = Talk::begun();
    for number in 0..MOST_OWN {
        add(&mut talk, &format!("Vraag {number}?"));
    }
    talk.tap("Eigen vraag toevoegen");
    assert_eq!(
        talk.toasts.pop().unwrap(),
        "Je hebt er al 20. Wis er eerst één, dan past deze erbij."
    );
    talk.say("Nog een?");
    assert_eq!(talk.parent().own.prompts.len(), MOST_OWN);
}

#[test]
fn the_question_is_open_for_an_hour_and_until_something_else_is_done() {
    type Deed = fn(&mut Talk);
    let deeds: [Deed; 5] = [
        |talk| talk.minutes(61),
        |talk| {
            talk.say("/hulp");
        },
        |talk| talk.tap("Terug"),
        |talk| talk.until(amsterdam("2026-03-02T19:30")),
        |talk| {
            talk.say("/vandaag");
            talk.tap("Ja, stuur er één");
        },
    ];
    for (number, deed) in deeds.iter().enumerate() {
        let mut talk = Talk::begun();
        talk.until(amsterdam("2026-03-02T19:00"));
        talk.say("/instellingen");
        talk.tap("Eigen vragen");
        talk.tap("Eigen vraag toevoegen");
        deed(&mut talk);
        talk.say("Vandaag ging het beter.");
        assert!(talk.parent().own.prompts.is_empty(), "deed {number}");
        assert_eq!(talk.book.entries.len(), 1, "deed {number}: it is a reply");
    }
}

#[test]
fn it_comes_by_now_and_then_and_is_answered_like_any_other() {
    let mut talk = Talk::begun();
    talk.choose(&["19:30"], Days::all());
    add(&mut talk, "Wie heb ik vandaag laten uitpraten?");
    let mut own = Vec::new();
    for day in 0..100 {
        talk.until_due();
        let is_own = talk
            .last()
            .text
            .starts_with("Je eigen vraag\n\nWie heb ik vandaag laten uitpraten?");
        if is_own {
            own.push(day);
            if own.len() == 1 {
                talk.say("Mijn jongste.");
            }
        }
        talk.say("/hulp");
    }
    assert!((12..=25).contains(&own.len()), "{} of 100", own.len());
    assert!(
        own.windows(2).all(|two| two[1] > two[0] + 1),
        "never two in a row"
    );
    let entry = talk.book.entries.values().next().unwrap();
    let prompt = entry.prompt.clone().unwrap();
    assert_eq!(
        (prompt.id.as_str(), prompt.title.as_str()),
        ("own-0", "Je eigen vraag")
    );
    assert_eq!(talk.book.entries.len(), 1);
}

/// A parent whose latest prompt is their own.
fn with_own_prompt() -> Talk {
    let mut talk = Talk::begun();
    talk.choose(&["12:30"], Days::all());
    add(&mut talk, "Wat was zacht?");
    while !talk.last().text.starts_with("Je eigen vraag") {
        talk.until_due();
        talk.say("/hulp");
        talk.say("/vandaag");
    }
    talk
}

#[test]
fn it_is_put_off_swapped_and_shown_again_as_any_prompt() {
    let mut talk = with_own_prompt();
    talk.tap("Straks");
    talk.tap("Over een uur");
    talk.until_due();
    assert_eq!(talk.last().text, "Je eigen vraag\n\nWat was zacht?");
    talk.tap("Andere vraag");
    assert!(
        !talk.last().text.starts_with("Je eigen vraag"),
        "never twice in a row"
    );
    assert_eq!(talk.parent().own.prompts.len(), 1);
}

#[test]
fn an_answer_to_one_that_is_gone_is_still_an_answer() {
    let mut talk = with_own_prompt();
    let message = talk.last_id();
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    talk.tap("Wis deze vraag");
    talk.reply(Some(message), "De stilte.");
    talk.say("En het licht.");
    assert_eq!(talk.book.entries.len(), 1);
    let title = &talk
        .book
        .entries
        .values()
        .next()
        .unwrap()
        .prompt
        .as_ref()
        .unwrap()
        .title;
    assert_eq!(title, "Je eigen vraag");
    talk.say("/vandaag");
    assert!(talk.last().text.starts_with("Je schreef vandaag al."));
}

#[test]
fn without_consent_none_is_added_and_none_comes() {
    let mut talk = Talk::begun();
    talk.choose(&["19:30"], Days::all());
    add(&mut talk, "Wat was zacht?");
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    for _ in 0..40 {
        talk.until_due();
        assert!(!talk.last().text.contains("Wat was zacht?"));
        talk.say("/hulp");
    }
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    assert!(
        talk.last().text.contains("Wat was zacht?"),
        "what there was can be read"
    );
    talk.tap("Eigen vraag toevoegen");
    assert!(
        talk.toasts
            .pop()
            .unwrap()
            .starts_with("Daarvoor bewaar ik antwoorden, en dat staat nu uit.")
    );
    talk.tap("Wis deze vraag");
    assert!(talk.parent().own.prompts.is_empty());
}

#[test]
fn erasing_everything_takes_them_along() {
    let mut talk = Talk::begun();
    add(&mut talk, "Wat was zacht?");
    talk.say("/wis");
    talk.tap("Alles, ook instellingen");
    talk.tap("Ja, wis het");
    assert!(talk.parent.is_none());
}
