//! Every flow, walked along every button: from every screen each of them leads on, and out.

use std::collections::BTreeSet;

use super::*;
use crate::{library::Next, parent::FlowState};

/// The parents who walk: one whose words are kept, one who wants nothing kept, and one who never began.
fn parents() -> [(&'static str, Talk); 3] {
    let mut declined = Talk::new();
    declined.say("/start");
    declined.tap("Bewaar niets. Ik ben 18+");
    [
        ("kept", Talk::begun()),
        ("declined", declined),
        ("stranger", Talk::new()),
    ]
}

/// The message of the open flow, with its buttons.
fn screen(talk: &Talk) -> Option<(MessageId, &Shown)> {
    let message = talk.parent().flows.open.as_ref()?.message.expect("sent");
    Some((message, &talk.chat[&message]))
}

/// The buttons of the open flow: what they say and what they send.
fn buttons(talk: &Talk) -> Vec<(String, MessageId, String)> {
    let Some((message, shown)) = screen(talk) else {
        return Vec::new();
    };
    let buttons = shown.keyboard.0.iter().flatten();
    buttons
        .map(|button| match &button.action {
            Action::Data(data) => (button.label.clone(), message, data.clone()),
            Action::Url(url) => panic!("a link in a flow: {url}"),
        })
        .collect()
}

/// What has to be true whatever the parent has just done.
pub(super) fn check(talk: &Talk) {
    let flow_buttons = |shown: &&Shown| {
        let mut buttons = shown.keyboard.0.iter().flatten();
        buttons.any(|button| match &button.action {
            Action::Data(data) => matches!(
                Tap::read(data),
                Some((_, Tap::Flow(tap))) if tap.flow().is_some()
            ),
            Action::Url(_) => false,
        })
    };
    let alive: Vec<&Shown> = talk.chat.values().filter(flow_buttons).collect();
    match screen(talk) {
        Some((_, shown)) => {
            assert_eq!(alive, [shown], "one message has the flow's buttons");
        }
        None => assert_eq!(alive, Vec::<&Shown>::new()),
    }
}

/// There is a button that ends the flow and leaves nothing behind.
pub(super) fn can_stop(talk: &Talk) {
    let stops = |(_, message, data): &(String, MessageId, String)| {
        let mut talk = talk.fork();
        let (book, later) = (talk.book.clone(), talk.parent().flows.later.clone());
        talk.tap_data(*message, data);
        check(&talk);
        let flows = &talk.parent().flows;
        flows.open.is_none() && talk.book == book && flows.later == later
    };
    assert!(
        buttons(talk).iter().any(stops),
        "no way out of {:#?}",
        screen(talk)
    );
}

#[test]
fn every_button_of_every_flow_leads_on_and_out() {
    for flow in &LIBRARY.flows {
        for (who, parent) in parents() {
            let mut opening = parent.fork();
            opening.say(&format!("/{}", flow.command));
            let mut seen = BTreeSet::new();
            let mut steps = BTreeSet::new();
            let mut open = vec![opening];
            while let Some(talk) = open.pop() {
                let (_, shown) = screen(&talk).expect("an open flow");
                if !seen.insert((shown.text.clone(), format!("{:?}", shown.labels()))) {
                    continue;
                }
                let here = talk.parent().flows.open.as_ref().unwrap();
                steps.insert((here.flow.clone(), here.step.clone()));
                check(&talk);
                can_stop(&talk);
                assert!(!shown.text.contains(['{', '}']), "{}", shown.text);
                for (label, message, data) in buttons(&talk) {
                    let mut next = talk.fork();
                    next.tap_data(message, &data);
                    check(&next);
                    assert_ne!(next.chat, talk.chat, "{label} is answered");
                    assert_eq!(next.toasts, talk.toasts, "{label} is no old button");
                    let flows = &next.parent().flows;
                    match &flows.open {
                        // Into another flow, which is walked on its own.
                        Some(there) if there.flow != flow.id => {}
                        Some(_) => open.push(next),
                        None => {
                            let before = parent.parent.as_ref().map(|it| &it.flows);
                            let later = flows.later.clone();
                            let only_later = FlowState {
                                later,
                                ..before.cloned().unwrap_or_default()
                            };
                            assert_eq!(*flows, only_later);
                            let saved = next.book.entries.len();
                            assert!(saved <= usize::from(who == "kept"), "{label}");
                        }
                    }
                }
            }
            let all = flow.steps.iter().map(|step| Some(step.id.clone()));
            let hidden = |id: &str| {
                let only_saves = Next::Step(id.to_owned());
                who != "kept" && flow.keeps_something(&only_saves)
            };
            for step in all.chain([None]) {
                if step.as_deref().is_some_and(hidden) {
                    continue;
                }
                assert!(
                    steps.contains(&(flow.id.clone(), step.clone())),
                    "{who} never sees {step:?} of {}",
                    flow.id
                );
            }
        }
    }
}

#[test]
fn every_sentence_that_can_be_built_is_kept_as_it_was_shown() {
    let flow = LIBRARY.flow("herstel").unwrap();
    let [first, second, third] = ["erkenning", "anders", "nabij"].map(|id| flow.step(id).unwrap());
    let mut start = Talk::begun();
    start.say("/herstel");
    start.tap("Begin");
    start.tap("Verder");
    let mut built = 0;
    for one in &first.buttons {
        for two in &second.buttons {
            for three in &third.buttons {
                let mut talk = start.fork();
                for button in [one, two, three] {
                    talk.tap(button.label.as_str());
                }
                let sentence = [one, two, three].map(|button| button.fragment()).join(" ");
                assert!(talk.last().text.contains(&sentence));
                for label in ["Zo is het goed", "Nu", "Bewaar dit"] {
                    talk.tap(label);
                }
                let entry = talk.book.entries.values().next().unwrap();
                assert_eq!(
                    entry.parts[0].words.reveal(),
                    format!("Mijn herstelzin: {sentence}")
                );
                built += 1;
            }
        }
    }
    assert_eq!(built, 7 * 6 * 6);
}
