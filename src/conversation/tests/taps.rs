//! Taps that come twice, too early, or on a button that is old.

use super::*;

/// The callback data of a button in a message.
pub(super) fn data_of(keyboard: &Keyboard, label: &str) -> String {
    let mut buttons = keyboard.0.iter().flatten();
    let found = buttons.find(|button| button.label == label);
    match &found.expect("the button").action {
        Action::Data(data) => data.clone(),
        Action::Url(_) => panic!("{label} opens a page"),
    }
}

#[test]
fn the_second_tap_of_a_double_one_says_nothing() {
    let mut talk = Talk::new();
    talk.say("/start");
    for label in [
        "Ja, bewaar. Ik ben 18+",
        "19:30",
        "Drie keer: ma, wo en za",
        "Zeg ik liever niet",
        "Stuur er nu één",
        "Sla over",
    ] {
        let message = talk.last_id();
        let data = data_of(&talk.last().keyboard, label);
        talk.tap_data(message, &data);
        let shown = talk.chat.clone();
        talk.tap_data(message, &data);
        assert_eq!(talk.chat, shown, "{label}");
        assert_eq!(talk.toasts, [] as [&str; 0], "{label}");
    }
}

/// Walks up to the next prompt, which Telegram has delivered as message 1000, but of which the conversation has no word yet. Returns its
/// keyboard, and the word.
fn delivered_without_word(talk: &mut Talk) -> (Keyboard, Event) {
    talk.now = talk.parent().due().unwrap();
    let decision = talk.decide(&Event::Due);
    let Record::Changed(parent) = decision.record else {
        panic!("a record")
    };
    talk.parent = Some(parent);
    let [sent] = &decision.outgoing[..] else {
        panic!("one message")
    };
    let Effect::Send { text, keyboard, .. } = &sent.effect else {
        panic!("a message")
    };
    let shown = Shown {
        text: text.reveal().to_owned(),
        keyboard: keyboard.clone(),
        silent: false,
    };
    talk.chat.insert(AHEAD, shown);
    talk.next = AHEAD.0;
    let word = Event::Outcome(sent.purpose.clone(), Outcome::Sent(Some(AHEAD)));
    (keyboard.clone(), word)
}

const AHEAD: MessageId = MessageId(1_000);

#[test]
fn a_tap_before_word_of_its_prompt_is_not_undone_by_the_word() {
    for label in ["Straks", "Andere vraag", "Sla over"] {
        let mut talk = Talk::begun();
        let (keyboard, word) = delivered_without_word(&mut talk);
        talk.tap_data(AHEAD, &data_of(&keyboard, label));
        let shown = talk.chat.clone();
        let book = talk.book.clone();
        talk.happen(&word);
        assert_eq!(talk.chat, shown, "{label}");
        assert_eq!(talk.book, book, "{label}");
        let open = talk.parent().prompt.clone().unwrap();
        assert_eq!(open.message, Some(AHEAD));
        let Some(MessageRef::Prompt { prompt, .. }) = talk.book.messages.get(&AHEAD) else {
            panic!("{label}: the message is known to be a prompt")
        };
        assert_eq!(prompt.id, open.id, "{label}");
    }
}

#[test]
fn an_answered_prompt_is_not_put_off_any_longer() {
    let mut talk = Talk::begun();
    talk.until_due();
    let prompt = talk.last_id();
    talk.tap("Straks");
    talk.tap("Over een uur");
    assert!(talk.parent().snoozed.is_some());
    talk.reply(Some(prompt), "Toch nu al.");
    assert_eq!(talk.parent().snoozed, None);
}

#[test]
fn a_button_from_before_everything_was_erased_is_old() {
    let mut talk = Talk::new();
    talk.say("/start");
    let welcome = talk.last_id();
    let nothing = data_of(&talk.last().keyboard, "Bewaar niets. Ik ben 18+");
    for label in ["Ja, bewaar. Ik ben 18+", "19:30"] {
        talk.tap(label);
    }
    talk.say("/wis");
    talk.tap("Alles, ook instellingen");
    talk.tap("Ja, wis het");
    assert_eq!(talk.parent, None);
    talk.say("/start");
    assert_eq!(
        data_of(&talk.last().keyboard, "Bewaar niets. Ik ben 18+"),
        nothing,
        "numbers begin anew"
    );
    talk.tap_data(welcome, &nothing);
    assert_eq!(talk.parent().consent, Consent::Open);
    assert_eq!(talk.toasts, [LIBRARY.texts.error.old_button.as_str()]);
}

/// Somebody who was there all along is not welcomed back.
#[test]
fn an_old_button_leads_to_what_is_true_now() {
    let mut talk = Talk::begun();
    talk.say("/vandaag");
    let (old, data) = (
        talk.last_id(),
        data_of(&talk.last().keyboard, "Nee, dank je"),
    );
    talk.say("/pauze");
    talk.tap_data(old, &data);
    assert_eq!(talk.toasts, [LIBRARY.texts.error.old_button.as_str()]);
    insta::assert_snapshot!(talk.last().text, @"De volgende vraag komt vandaag om 19:30.");
    talk.say("/start");
    assert!(talk.last().text.starts_with("Fijn dat je er weer bent."));
}
