//! A flow that a writer added, with everything that a flow can have, and a parent who does whatever comes up.

use proptest::prelude::*;

use super::{
    flow::restart,
    flow_walk::{can_stop, check},
    *,
};
use crate::library::Files;

const FLOW: &str = r#"
id = "klein"
title = "Klein"
command = "klein"
minutes = 1
keep = "ask"
start = "kies"
intro = "Een klein begin."
safety = "Liever hulp? /hulp."
stop = "Gestopt."
end = "Klaar."
save = "Bewaard. Kleur: {kleur}. Woord: {woord} {nog}"
later = "Hoe was het?"
buttons = [
  { id = "begin", label = "Begin", next = "kies" },
  { id = "meteen", label = "Meteen typen", next = "typ", reply = "Goed." },
]

[[step]]
id = "kies"
slot = "kleur"
text = "Welke kleur? Het was {kleur}."
buttons = [
  { id = "rood", label = "Rood", next = "kaart", fragment = "rood als een roos" },
  { id = "blauw", label = "Blauw", next = "kaart", reply = "Na {kleur}." },
  { id = "geen", label = "Geen", next = "typ", forget = ["kleur"] },
  { id = "voorbeeld", label = "Voorbeelden", next = "@sentences" },
  { id = "hulp", label = "Hulp", next = "@help" },
  { id = "opnieuw", label = "Opnieuw", next = "@flow:klein" },
]

[[step]]
id = "kaart"
text = "{card}"
unkept = "{card} Hier blijft niets van."
buttons = [
  { id = "ja", label = "Ja", next = "kaart" },
  { id = "nee", label = "Nee", next = "kaart", reply = "Ook goed." },
  { id = "genoeg", label = "Genoeg", next = "typ" },
]

[[step]]
id = "typ"
slot = "woord"
input = "free"
next = "nog"
max_chars = 20
text = "{woord}"
buttons = [{ id = "niets", label = "Niets", next = "nog", forget = ["woord"] }]

[[step]]
id = "nog"
slot = "nog"
input = "free"
next = "@save"
max_chars = 400
text = "{kleur} {woord} {nog}\n\nEn nu?"
buttons = [
  { id = "bewaar", label = "Bewaar", next = "@save", forget = ["nog"] },
  { id = "kant", label = "Kant", next = "@side:beide" },
  { id = "later", label = "Later", next = "@later:60" },
  { id = "terug", label = "Terug naar het begin", next = "kies" },
  { id = "klaar", label = "Klaar", next = "@end" },
  { id = "stop", label = "Ho", next = "@stop" },
]

[[card]]
id = "een"
side = "beide"
text = "Een kaart."
note = "Bij een."

[[card]]
id = "twee"
side = "beide"
text = "Nog een kaart."
note = "Bij twee."
"#;

const COMMAND: &str = r#"
[[command]]
id = "flow"
name = "klein"
description = "Iets kleins"
always = true
menu = true
"#;

/// The library with one flow more: a file and a command, and no code.
static WITH_ONE_MORE: LazyLock<Library> = LazyLock::new(|| {
    let mut files = Files::embedded("nl");
    let commands = std::str::from_utf8(files.get("commands.toml").unwrap()).unwrap();
    let commands = format!("{commands}{COMMAND}");
    files.insert("commands.toml", commands);
    files.insert("flows/klein.toml", FLOW);
    Library::load(&files).unwrap()
});

/// What a parent may do.
#[derive(Clone, Debug)]
enum Deed {
    /// Taps a button of any message, live or old.
    Tap(u8),
    /// Taps a button of the open flow.
    TapFlow(u8),
    /// Taps a button that was there some time before.
    TapOld(u8),
    Say(String),
    Reply(u8, String),
    Command(&'static str),
    Sticker,
    Wait(u16),
    Restart,
    Leave,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let text = prop_oneof![
        Just("stop".to_owned()),
        Just("{nog} {card} {zin}".to_owned()),
        Just("🦔".repeat(20)),
        Just("woord ".repeat(300)),
        "\\PC{0,30}",
    ];
    let command = prop_oneof![
        4 => Just("/klein"),
        1 => Just("/nu"),
        1 => Just("/zinnen"),
        1 => Just("/dagboek"),
        1 => Just("/start"),
        1 => Just("/vandaag"),
        1 => Just("/tijd"),
        1 => Just("/stop"),
    ];
    let deed = prop_oneof![
        20 => any::<u8>().prop_map(Deed::TapFlow),
        3 => any::<u8>().prop_map(Deed::Tap),
        2 => any::<u8>().prop_map(Deed::TapOld),
        5 => text.clone().prop_map(Deed::Say),
        2 => (any::<u8>(), text).prop_map(|(message, text)| Deed::Reply(message, text)),
        6 => command.prop_map(Deed::Command),
        1 => Just(Deed::Sticker),
        2 => (0u16..2000).prop_map(Deed::Wait),
        2 => Just(Deed::Restart),
        1 => Just(Deed::Leave),
    ];
    proptest::collection::vec(deed, 1..40)
}

/// Every button in the chat.
fn everything(talk: &Talk) -> Vec<(MessageId, String)> {
    let buttons = |(message, shown): (&MessageId, &Shown)| {
        let buttons = shown.keyboard.0.iter().flatten();
        let data = buttons.filter_map(|button| match &button.action {
            Action::Data(data) => Some((*message, data.clone())),
            Action::Url(_) => None,
        });
        data.collect::<Vec<_>>()
    };
    talk.chat.iter().flat_map(buttons).collect()
}

fn pick<T>(from: &[T], number: u8) -> Option<&T> {
    from.get(usize::from(number) % from.len().max(1))
}

/// Does it. `true` when the parent must have got an answer.
fn act(talk: &mut Talk, deed: &Deed, old: &mut Vec<(MessageId, String)>) -> bool {
    old.extend(everything(talk));
    match deed {
        Deed::Tap(number) => {
            let Some((message, data)) = pick(&everything(talk), *number).cloned() else {
                return false;
            };
            talk.tap_data(message, &data);
            false
        }
        Deed::TapFlow(number) => {
            let open = talk.parent.as_ref().and_then(|it| it.flows.open.clone());
            let Some(message) = open.and_then(|open| open.message) else {
                return false;
            };
            let mut buttons = everything(talk);
            buttons.retain(|(at, _)| *at == message);
            let (message, data) = pick(&buttons, *number).cloned().unwrap();
            talk.tap_data(message, &data);
            true
        }
        Deed::TapOld(number) => {
            let Some((message, data)) = pick(old, *number).cloned() else {
                return false;
            };
            talk.tap_data(message, &data);
            false
        }
        Deed::Say(text) => {
            talk.say(text);
            true
        }
        Deed::Reply(number, text) => {
            let messages: Vec<MessageId> = talk.chat.keys().copied().collect();
            talk.reply(pick(&messages, *number).copied(), text);
            true
        }
        Deed::Command(command) => {
            talk.say(command);
            true
        }
        Deed::Sticker => {
            talk.send(None, Content::Sticker);
            true
        }
        Deed::Wait(minutes) => {
            talk.minutes(i64::from(*minutes));
            false
        }
        Deed::Restart => {
            if talk.parent.is_some() {
                restart(talk);
            }
            false
        }
        Deed::Leave => {
            if talk.parent.is_some() {
                talk.happen(&Event::Left);
            }
            false
        }
    }
}

fn walk(mut talk: Talk, deeds: &[Deed]) {
    talk.library = &WITH_ONE_MORE;
    let mut old = Vec::new();
    let mut ever_kept = false;
    for deed in deeds {
        let (chat, hearts) = (talk.chat.clone(), talk.hearts.len());
        let answered = act(&mut talk, deed, &mut old);
        if answered {
            assert!(
                talk.chat != chat || talk.hearts.len() > hearts,
                "silence after {deed:?}"
            );
        }
        let Some(parent) = &talk.parent else { continue };
        ever_kept |= parent.keeps(&WITH_ONE_MORE.consent_version);
        if !ever_kept {
            assert_eq!(talk.book.entries.len(), 0);
            only_choices(parent);
        }
        // When its day is over, a flow leaves buttons, which then say so: only an open one is looked at.
        if parent.flows.open.is_some() {
            can_stop(&talk);
        }
        if matches!(deed, Deed::TapFlow(_)) && parent.flows.open.is_some() {
            check(&talk);
        }
    }
}

/// Nothing that was typed is held, not even until the flow ends. The language may have changed on the way.
fn only_choices(parent: &Parent) {
    let Some(open) = &parent.flows.open else {
        return;
    };
    let libraries = LANGUAGES.iter().chain([&*WITH_ONE_MORE]);
    let flows = libraries.filter_map(|library| library.flow(&open.flow));
    let buttons = flows.flat_map(|flow| flow.steps.iter().flat_map(|step| &step.buttons));
    let choices: Vec<&str> = buttons.map(|button| button.fragment()).collect();
    for held in open.slots.values() {
        assert!(choices.contains(&held.reveal()), "typed words are held");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_a_parent_does_the_flow_goes_on_or_ends(deeds in deeds()) {
        walk(Talk::begun(), &deeds);
    }

    #[test]
    fn whatever_a_stranger_does_nothing_of_it_is_kept(deeds in deeds()) {
        walk(Talk::new(), &deeds);
    }
}

#[test]
fn a_flow_that_a_writer_added_is_opened_by_its_command() {
    let mut talk = Talk::begun();
    talk.library = &WITH_ONE_MORE;
    talk.say("/klein");
    insta::assert_snapshot!(talk.last().text, @"
    Een klein begin.

    Liever hulp? /hulp.
    ");
    for label in ["Begin", "Blauw"] {
        talk.tap(label);
    }
    insta::assert_snapshot!(talk.last().text, @"
    Na Blauw.

    Een kaart.
    ");
    for label in ["Ja", "Nee"] {
        talk.tap(label);
    }
    insta::assert_snapshot!(talk.last().text, @"
    Ook goed.

    Bij twee.

    Klein
    ");
    talk.say("zee 🦔");
    talk.say("en wind");
    let entry = talk.book.entries.values().next().unwrap();
    insta::assert_snapshot!(entry.parts[0].words.reveal(), @"Bewaard. Kleur: Blauw. Woord: zee 🦔 en wind.");
}
