//! The prompt's buttons (content part 2), besides what scenarios show over HTTP.

use super::*;
use crate::parent::Days;

const BUTTONS: [&str; 3] = ["Straks", "Andere vraag", "Sla over"];

/// Every day at these times; the first prompt has just come.
fn with_prompt(slots: &[&str]) -> Talk {
    let mut talk = Talk::begun();
    talk.choose(slots, Days::all());
    talk.until_due();
    talk
}

/// The messages that carry a prompt's buttons, of whichever state.
fn live_prompts(talk: &Talk) -> usize {
    let of_prompts = [
        "Straks",
        "Sla over",
        "Morgen",
        "Nog een vraag",
        "Wis antwoord",
    ];
    let live = |shown: &&Shown| {
        let mut labels = shown.labels().into_iter().flatten();
        labels.any(|label| of_prompts.contains(&label))
    };
    talk.chat.values().filter(live).count()
}

#[test]
fn later_by_table() {
    for (at, tap, said, comes) in [
        (
            "12:30",
            "Over een half uur",
            "Tot vandaag om 13:00. Je vaste dagen blijven hetzelfde.",
            Some("13:00"),
        ),
        (
            "12:30",
            "Over een uur",
            "Tot vandaag om 13:30. Je vaste dagen blijven hetzelfde.",
            Some("13:30"),
        ),
        (
            "12:30",
            "Over drie uur",
            "Tot vandaag om 15:30. Je vaste dagen blijven hetzelfde.",
            Some("15:30"),
        ),
        (
            "12:30",
            "Vanavond",
            "Tot vandaag om 19:30. Je vaste dagen blijven hetzelfde.",
            Some("19:30"),
        ),
        (
            "12:30",
            "Morgen",
            "Dat is vlak voor je volgende vraag. Dan sla ik deze over.",
            None,
        ),
        (
            "12:30 17:00",
            "Over drie uur",
            "Dat is vlak voor je volgende vraag. Dan sla ik deze over.",
            None,
        ),
        (
            "12:30 17:31",
            "Over drie uur",
            "Tot vandaag om 15:30. Je vaste dagen blijven hetzelfde.",
            Some("15:30"),
        ),
        (
            "12:30 14:00",
            "Over drie uur",
            "Dat is vlak voor je volgende vraag. Dan sla ik deze over.",
            None,
        ),
    ] {
        let slots: Vec<&str> = at.split(' ').collect();
        let mut talk = with_prompt(&slots);
        let planned = talk.parent().planned;
        talk.tap("Straks");
        assert_eq!(talk.toasts.pop().unwrap(), "Wanneer dan?");
        talk.tap(tap);
        assert_eq!(talk.last().text, said, "{at} {tap}");
        let snoozed = talk.parent().snoozed.as_ref().map(|it| it.at);
        let comes = comes.map(|comes| amsterdam(&format!("2026-03-02T{comes}")));
        assert_eq!(snoozed, comes, "{at} {tap}");
        assert_eq!(talk.parent().planned, planned, "the schedule stays");
        assert_eq!(live_prompts(&talk), 0);
    }
}

#[test]
fn this_evening_is_offered_until_six_and_never_lies_in_the_past() {
    let mut talk = with_prompt(&["17:59"]);
    talk.tap("Straks");
    assert!(talk.last().labels().concat().contains(&"Vanavond"));
    let (message, data) = talk.button("Vanavond");

    talk.until(amsterdam("2026-03-02T19:31"));
    talk.tap_data(message, &data);
    assert_eq!(
        talk.parent().snoozed,
        None,
        "19:30 is over: it is asked again"
    );
    assert!(!talk.last().labels().concat().contains(&"Vanavond"));
    talk.tap("Toch niet");
    assert_eq!(talk.last().labels(), [BUTTONS]);

    let mut talk = with_prompt(&["18:00"]);
    talk.tap("Straks");
    assert!(!talk.last().labels().concat().contains(&"Vanavond"));
}

#[test]
fn it_is_put_off_once_and_dropped_when_it_is_answered_or_another_comes() {
    let mut talk = with_prompt(&["12:30"]);
    let prompt = talk.last().text.clone();
    talk.tap("Straks");
    talk.tap("Over een half uur");
    talk.until_due();
    assert!(
        prompt.starts_with(&talk.last().text),
        "the same one, without the hint"
    );
    assert_eq!(talk.last().labels(), [["Andere vraag", "Sla over"]]);

    let mut talk = with_prompt(&["12:30"]);
    talk.tap("Straks");
    talk.tap("Over een half uur");
    talk.say("Het ging eigenlijk vanzelf.");
    assert_eq!(talk.parent().snoozed, None);

    // Both are due when the machine comes back: one comes.
    let mut talk = with_prompt(&["12:30", "17:31"]);
    talk.tap("Straks");
    talk.tap("Over drie uur");
    let before = talk.count();
    talk.now = amsterdam("2026-03-02T17:45");
    talk.happen(&Event::Due);
    assert_eq!((talk.count(), live_prompts(&talk)), (before + 1, 1));
    assert_eq!(talk.parent().snoozed, None);
}

#[test]
fn today_brings_back_what_was_put_off() {
    let mut talk = with_prompt(&["12:30"]);
    talk.tap("Straks");
    talk.tap("Over drie uur");
    talk.say("/vandaag");
    assert_eq!(talk.last().labels(), [["Andere vraag", "Sla over"]]);
    assert_eq!(
        talk.parent().snoozed,
        None,
        "and it does not come once more"
    );
}

#[test]
fn another_one_twice_a_day_and_the_former_returns_to_the_deck() {
    let mut talk = with_prompt(&["12:30"]);
    let first = talk.parent().prompt.clone().unwrap().id;
    talk.tap("Andere vraag");
    let mark = LIBRARY.prompt(&first).unwrap().mark;
    assert!(!talk.parent().deck.seen.contains(&mark));
    talk.tap("Andere vraag");
    let third = talk.last().text.clone();
    talk.tap("Andere vraag");
    assert_eq!(
        talk.toasts.pop().unwrap(),
        "Dit was de laatste voor vandaag. Laten liggen mag ook."
    );
    assert_eq!(talk.last().text, third);
    talk.until(amsterdam("2026-03-03T12:30"));
    talk.tap("Andere vraag");
    assert!(talk.toasts.is_empty(), "a new day");
}

#[test]
fn never_two_prompts_with_live_buttons() {
    // Left alone, put off, skipped, answered, asked for once more: when the next one comes, only that has buttons.
    type Deed = fn(&mut Talk);
    let deeds: [Deed; 7] = [
        |_| {},
        |talk| talk.tap("Straks"),
        |talk| {
            talk.tap("Straks");
            talk.tap("Over een half uur");
            talk.until_due();
        },
        |talk| talk.tap("Sla over"),
        |talk| {
            talk.say("Ik zag het wel.");
        },
        |talk| {
            talk.say("/vandaag");
        },
        |talk| talk.tap("Andere vraag"),
    ];
    for (number, deed) in deeds.iter().enumerate() {
        let mut talk = with_prompt(&["12:30"]);
        deed(&mut talk);
        assert!(live_prompts(&talk) <= 1, "deed {number}");
        talk.until(amsterdam("2026-03-03T12:30"));
        assert_eq!(live_prompts(&talk), 1, "deed {number}");
        assert_eq!(talk.last().labels(), [BUTTONS], "deed {number}");
    }
}

#[test]
fn an_answer_has_a_further_question_and_can_be_erased() {
    let mut talk = Talk::begun();
    talk.choose(&["12:30"], Days::all());
    while LIBRARY
        .prompt(
            &talk
                .parent()
                .prompt
                .as_ref()
                .map_or(String::new(), |open| open.id.clone()),
        )
        .is_none_or(|prompt| prompt.followup.is_none())
    {
        talk.until_due();
    }
    let prompt = talk.last_id();
    talk.say("Ik bleef staan.");
    assert_eq!(
        talk.chat[&prompt].labels(),
        [["Nog een vraag", "Wis antwoord"]]
    );
    talk.tap("Nog een vraag");
    assert_eq!(talk.chat[&prompt].labels(), [["Wis antwoord"]]);
    talk.say("En toen lachte ik.");
    assert_eq!(talk.book.entries.len(), 1, "one entry");
    talk.tap("Wis antwoord");
    talk.tap("Ja, wis dit");
    assert!(talk.book.entries.is_empty());
    assert_eq!(live_prompts(&talk), 0);
}
