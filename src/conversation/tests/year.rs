//! A year of one parent who uses everything there is. Nothing but the pure rooms takes part in it: it is a value that changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::*;
use crate::conversation::{
    settings::SettingsTap,
    tap::{Erase, tests::every_tap},
};

/// What a tap is about, whatever it says exactly: which side was chosen, or which page, makes no difference.
fn kind(tap: Tap) -> String {
    if let Tap::Side(_) = tap {
        return "Side".to_owned();
    }
    let full = format!("{tap:?}");
    full.chars().filter(|it| !it.is_ascii_digit()).collect()
}

/// A parent who taps what they have tapped least.
struct Curious {
    talk: Talk,
    used: BTreeMap<String, u32>,
}

impl Curious {
    /// Taps a button in the chat, except those that would end the story.
    fn explore(&mut self) {
        // What this story taps by name is in Dutch.
        let ends = |tap| match tap {
            Tap::Erase(what) | Tap::EraseYes(what) => what != Erase::Last,
            Tap::Language(_) | Tap::Settings(SettingsTap::Language(_)) => true,
            _ => false,
        };
        let buttons = self.talk.buttons().into_iter();
        let buttons = buttons.filter_map(|(label, _, data)| {
            let (_, tap) = Tap::read(&data)?;
            let times = *self.used.get(&kind(tap)).unwrap_or(&0);
            (!ends(tap)).then_some((times, label))
        });
        if let Some((_, label)) = buttons.min_by_key(|(times, _)| *times) {
            self.tap(&label);
        }
    }

    /// What takes more steps in a row than somebody takes who taps about.
    fn goes_the_whole_way(&mut self) {
        self.talk.say("/pauze");
        let pauses = self.talk.last().labels().concat().contains(&"Begin weer");
        self.tap(if pauses { "Begin weer" } else { "Toch niet" });
        self.talk.say("/instellingen");
        self.taps(&["English", "Nederlands", "Dagen", "Elke dag"]);
        if self.talk.parent().keeps(&LIBRARY.consent_version) {
            self.taps(&["Bewaren", "Stop met bewaren"]);
            self.talk.say("/instellingen");
        }
        self.taps(&[
            "Bewaren",
            "Lees eerst alles",
            "Terug",
            "Ja, bewaar. Ik ben 18+",
        ]);
        self.talk.say("/instellingen");
        self.taps(&["Eigen vragen", "Eigen vraag toevoegen"]);
        self.talk.say("Wat was vandaag van mij?");
        self.tap("Wis deze vraag");
        self.talk.say("Ik wil niet meer leven, ik wil dood.");
        self.taps(&["Zo bedoelde ik het niet", "Ik ben veilig, verder"]);
        self.taps(&["Nee, ga gewoon door", "Ik ben veilig, verder"]);
        self.taps(&["Ja, een week stil", "Wis wat ik schreef"]);
        self.talk.say("/pauze");
        self.tap("Begin weer");
        self.talk.say("/nu");
        self.taps(&["Begin", "Gedaan", "Buik", "Boos", "Vooral bij nu", "Boos"]);
        self.taps(&["Even lucht", "Andere voorbeelden", "Meer zinnen", "Terug"]);
        self.taps(&["Zonder zin verder", "Niet bewaren"]);
    }

    fn taps(&mut self, labels: &[&str]) {
        for label in labels {
            self.tap(label);
        }
    }

    fn tap(&mut self, label: &str) {
        let buttons = self.talk.buttons();
        let found = buttons.iter().rev().find(|(it, ..)| it == label);
        let (_, message, data) = found.expect("the button");
        let (_, tap) = Tap::read(data).unwrap();
        *self.used.entry(kind(tap)).or_default() += 1;
        self.talk.tap_data(*message, data);
    }
}

const TEXTS: [&str; 9] = [
    "Ik merkte dat ik rustiger werd toen ik ging zitten.",
    "20:15",
    "gisteren",
    "12 maart 2025",
    "tussen 19 en 21 uur",
    "Paramaribo",
    "di en do",
    "rustiger",
    "Wat was vandaag van mij?",
];

/// The days on which the bot hears nothing: long enough for fewer prompts, three times, and once for none.
const SILENT: [Range<usize>; 4] = [90..115, 150..175, 210..235, 260..350];

/// In one parent's year: what only others tap is what somebody wants who keeps nothing, and somebody who was away for two years.
const OF_OTHERS: [&str; 2] = ["ConsentNo", "Silence(Keep)"];

#[test]
fn a_year_in_which_everything_is_used_needs_the_pure_rooms_alone() {
    let mut parent = Curious {
        talk: Talk::new(),
        used: BTreeMap::new(),
    };
    let start = parent.talk.now;
    parent.talk.say("/start");
    parent.taps(&["English", "Nederlands", "Lees eerst alles", "Terug"]);
    parent.tap("Ja, bewaar. Ik ben 18+");
    let commands = LIBRARY.commands.iter();
    let commands = commands.filter(|it| it.id != CommandId::Stop);
    let commands: Vec<&str> = commands.map(|it| it.name.as_str()).collect();
    for day in 0..365 {
        if SILENT.iter().any(|silent| silent.contains(&day)) {
            continue;
        }
        let noon = start + SignedDuration::from_hours(24 * i64::try_from(day).unwrap());
        parent.talk.until(noon);
        parent.explore();
        parent
            .talk
            .say(&format!("/{}", commands[day % commands.len()]));
        for step in 0..14 {
            parent.explore();
            if (day + step) % 3 == 0 {
                parent.talk.say(TEXTS[(day + step / 3) % TEXTS.len()]);
            }
            if (day + step) % 17 == 0 {
                parent.talk.speak(42);
            }
        }
        parent.talk.minutes(9 * 60);
        parent.explore();
        if SILENT.iter().any(|silent| silent.start == day + 1) {
            parent.goes_the_whole_way();
        }
    }

    if !parent.talk.parent().keeps(&LIBRARY.consent_version) {
        parent.talk.say("/instellingen");
        parent.taps(&["Bewaren", "Ja, bewaar. Ik ben 18+"]);
    }
    parent.talk.say("/stop");
    parent.talk.say(TEXTS[0]);
    for what in ["Al mijn antwoorden", "Alles, ook instellingen"] {
        parent.talk.say("/wis");
        parent.taps(&[what, "Ja, wis het"]);
    }
    assert_eq!(
        (&parent.talk.parent, &parent.talk.book),
        (&None, &Book::default())
    );

    let all: BTreeSet<String> = every_tap().into_iter().map(kind).collect();
    let unused = all.iter().filter(|it| !parent.used.contains_key(*it));
    let unused: Vec<&str> = unused.map(String::as_str).collect();
    assert_eq!(unused, OF_OTHERS);
}
