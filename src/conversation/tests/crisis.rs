//! Heavy words: heard wherever they are typed and whoever types them, and kept as any others.

use super::*;
use crate::net::{Route, Verdict};

/// Short enough to be taken for a time or a place.
pub(super) const DEATH: &str = "Ik wil niet meer leven, ik wil dood.";
pub(super) const VIOLENCE: &str = "Mijn man slaat me en hij bedreigt me.";
pub(super) const TIRED: &str = "Ik ben op, ik kan echt niet meer.";
pub(super) const NEAR: &str = "Mijn zoon van negen zegt dat hij dood wil.";
pub(super) const BOTH: &str = "Mijn man slaat me elke dag en ik wil niet meer leven, ik wil dood.";

/// Something that gets the quiet line, whatever the weights are: as much of a heavy sentence as does.
pub(super) fn hinting() -> &'static str {
    static FOUND: LazyLock<String> = LazyLock::new(|| {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/nl/crisis/a.tsv");
        let sentences = std::fs::read_to_string(file).unwrap();
        let texts = sentences.lines().filter_map(|line| line.split_once('\t'));
        let beginnings = texts.flat_map(|(_, text)| {
            let ends = text.match_indices(' ').map(|(at, _)| at).skip(3);
            ends.map(move |end| &text[..end])
        });
        let mut hints = beginnings.filter(|text| NET.judge(text) == Verdict::Hint);
        hints.next().expect("a text that gets the hint").to_owned()
    });
    &FOUND
}

pub(super) fn answers() -> &'static crate::library::CrisisTexts {
    &LIBRARY.texts.crisis
}

/// The beginning of an answer, which no other has.
pub(super) fn beginning(route: Route) -> String {
    let texts = answers();
    let answer = match route {
        Route::Zelfdoding => &texts.zelfdoding,
        Route::Geweld => &texts.geweld,
        Route::Uitputting => &texts.uitputting,
        Route::Naaste => &texts.naaste,
    };
    answer.text.as_str().chars().take(80).collect()
}

/// How many answers stand in the chat.
pub(super) fn answered(talk: &Talk) -> usize {
    let not_meant = answers().btn_not_meant.as_str();
    let is_answer = |shown: &&Shown| shown.labels().iter().flatten().any(|it| *it == not_meant);
    talk.chat.values().filter(is_answer).count()
}

/// The newest message is the answer about suicide, without sound.
#[track_caller]
fn expect_answer(talk: &Talk, what: &str) {
    let last = talk.last();
    assert!(
        last.text.starts_with(&beginning(Route::Zelfdoding)),
        "{what}: {}",
        last.text
    );
    assert!(
        last.text.contains("Bel 24/7 gratis en anoniem 113"),
        "{what}"
    );
    assert!(last.silent, "{what}");
    assert_eq!(answered(talk), 1, "{what}");
}

type Walk = fn(&mut Talk);

fn declined() -> Talk {
    let mut talk = Talk::new();
    talk.say("/start");
    for label in [
        "Bewaar niets. Ik ben 18+",
        "19:30",
        "Drie keer: ma, wo en za",
        "Ik wacht",
    ] {
        talk.tap(label);
    }
    talk
}

fn types(talk: &mut Talk, text: &str) {
    talk.say(text);
}

fn after(mut talk: Talk, walk: Walk) -> Talk {
    walk(&mut talk);
    talk
}

/// Who may type it, and whether their words are kept.
pub(super) fn people() -> Vec<(&'static str, bool, Talk)> {
    let waiting = after(Talk::new(), |talk| types(talk, "/start"));
    let half_way = after(waiting.fork(), |talk| talk.tap("Ja, bewaar. Ik ben 18+"));
    let at_days = after(half_way.fork(), |talk| talk.tap("19:30"));
    let paused = after(Talk::begun(), |talk| {
        talk.say("/pauze");
        talk.tap("Drie dagen");
    });
    let away = after(Talk::begun(), |talk| {
        talk.say("/pauze");
        talk.tap("Tot ik terugkom");
    });
    let stopped = after(Talk::begun(), |talk| types(talk, "/stop"));
    let mut outdated = Talk::begun();
    outdated.library = Box::leak(Box::new(Library {
        consent_version: "later".to_owned(),
        ..LIBRARY.clone()
    }));
    let erased = after(Talk::begun(), |talk| {
        talk.say("/wis");
        talk.tap("Alles, ook instellingen");
        talk.tap("Ja, wis het");
    });
    vec![
        ("kept", true, Talk::begun()),
        ("paused", true, paused),
        ("away", true, away),
        ("stopped", true, stopped),
        ("asked for a time", true, half_way),
        ("asked for days", true, at_days),
        ("declined", false, declined()),
        ("stranger", false, Talk::new()),
        ("asked for consent", false, waiting),
        ("asked again", false, outdated),
        ("erased", false, erased),
    ]
}

/// Everywhere that anybody can type, once the walk before is done.
const ANYWHERE: [(&str, Walk); 13] = [
    ("text", |talk| types(talk, DEATH)),
    ("a reply to something", |talk| {
        talk.say("/hulp");
        let help = talk.last_id();
        talk.reply(Some(help), DEATH);
    }),
    ("behind a command", |talk| {
        types(talk, &format!("/hulp {DEATH}"))
    }),
    ("behind /start", |talk| {
        types(talk, &format!("/start {DEATH}"))
    }),
    ("behind /dagboek", |talk| {
        types(talk, &format!("/dagboek {DEATH}"))
    }),
    ("a command that is none", |talk| {
        types(talk, "/ik wil niet meer leven, ik wil dood")
    }),
    ("below a photo", |talk| {
        talk.sends_with_caption(Content::Photo, DEATH);
    }),
    ("below a file", |talk| {
        talk.sends_with_caption(Content::File, DEATH);
    }),
    ("below a file that a journal may come back from", |talk| {
        let file = sent_file("voel-eerst-2026-03-02.json", Some(300));
        talk.sends_with_caption(Content::Document(file), DEATH);
    }),
    ("an edit", |talk| {
        let harmless = talk.say("De was hangt.");
        talk.edit(harmless, DEATH);
    }),
    ("an edit of something unknown", |talk| {
        talk.edit(MessageId(-7), DEATH)
    }),
    ("in a flow that asks for text", |talk| {
        talk.say("/herstel");
        talk.tap("Begin");
        talk.tap("Verder");
        talk.say(DEATH);
    }),
    ("in a flow, and too long for it", |talk| {
        talk.say("/herstel");
        talk.tap("Begin");
        talk.tap("Verder");
        talk.say(&format!(
            "{DEATH} {}",
            "Vandaag regende het de hele dag. ".repeat(4)
        ));
    }),
];

#[test]
fn every_text_is_heard_wherever_it_is_typed_and_whoever_types_it() {
    for (who, keeps, person) in people() {
        for (what, walk) in ANYWHERE {
            let mut talk = person.fork();
            walk(&mut talk);
            let what = format!("{what} by {who}");
            expect_answer(&talk, &what);
            if !keeps {
                assert_eq!(talk.book, Book::default(), "{what}: nothing is kept");
                assert!(talk.hearts.is_empty(), "{what}");
                let saved = format!("{:?}", talk.parent().flows);
                assert!(!saved.contains("slots: {\""), "{what}: nothing is held");
            }
        }
    }
}

/// Where only somebody can type whose words are kept, what becomes of the words, and of the question.
const WHERE_WORDS_ARE_KEPT: [(&str, Walk); 11] = [
    ("for an earlier day", |talk| {
        talk.say("/dagboek");
        talk.tap("Voor een eerdere dag");
        talk.say("gisteren");
        talk.say(DEATH);
    }),
    ("more for an earlier day", |talk| {
        talk.say("/dagboek");
        talk.tap("Voor een eerdere dag");
        talk.say("gisteren");
        talk.say("De was hangt.");
        talk.say(DEATH);
    }),
    ("where a day is asked", |talk| {
        talk.say("/dagboek");
        talk.tap("Voor een eerdere dag");
        talk.say(DEATH);
    }),
    ("new words of an entry", |talk| {
        talk.say("De was hangt.");
        talk.say("/dagboek");
        talk.tap("Wijzig");
        talk.say(DEATH);
    }),
    ("an own prompt", |talk| {
        talk.say("/instellingen");
        talk.tap("Eigen vragen");
        talk.tap("Eigen vraag toevoegen");
        talk.say(DEATH);
    }),
    ("where a city is asked", |talk| {
        talk.say("/instellingen");
        talk.tap("Tijdzone");
        talk.say(DEATH);
    }),
    ("where a time is asked", |talk| {
        talk.say("/instellingen");
        talk.tap("Tijd");
        talk.tap("Andere tijd");
        talk.say(DEATH);
    }),
    ("where /tijd asks for a time", |talk| {
        talk.say("/tijd");
        talk.tap("Andere tijd");
        talk.say(DEATH);
    }),
    ("below the times of /tijd", |talk| {
        talk.say("/tijd");
        talk.say(DEATH);
    }),
    ("below the days of /tijd", |talk| {
        talk.say("/tijd");
        talk.tap("12:30");
        talk.say(DEATH);
    }),
    ("where a day to read is asked", |talk| {
        talk.say("De was hangt.");
        talk.say("/dagboek ooit");
        talk.say(DEATH);
    }),
];

#[test]
fn wherever_words_are_kept_heavy_ones_are_kept_with_their_heart_and_set_apart() {
    let people = people();
    let kept = people
        .iter()
        .filter(|(who, ..)| ["kept", "paused"].contains(who));
    for (who, _, person) in kept {
        for (what, walk) in WHERE_WORDS_ARE_KEPT {
            let what = format!("{what} by {who}");
            let mut talk = person.fork();
            walk(&mut talk);
            expect_answer(&talk, &what);
            let with_words = |entry: &&Entry| entry.text().reveal().contains(DEATH);
            let entry = talk.book.entries.values().find(with_words);
            assert!(entry.is_some_and(|entry| entry.heavy), "{what}");
            assert!(talk.parent().own.prompts.is_empty(), "{what}");
        }
    }
}

#[test]
fn what_was_asked_before_is_still_asked_after_the_answer() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Tijdzone");
    talk.say(DEATH);
    talk.tap("Even ademen");
    talk.say("Paramaribo");
    assert!(
        talk.last().text.contains("Tijdzone: Paramaribo"),
        "{}",
        talk.last().text
    );

    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    talk.tap("Eigen vraag toevoegen");
    talk.say(DEATH);
    talk.say("Waar lachten we om?");
    assert_eq!(talk.parent().own.prompts.len(), 1);

    let mut talk = Talk::begun();
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    talk.say(DEATH);
    talk.say("gisteren");
    assert!(talk.last().text.contains("Typ wat je wilt bewaren."));

    let mut talk = Talk::begun();
    talk.say("/herstel");
    talk.tap("Begin");
    talk.tap("Verder");
    talk.say(DEATH);
    talk.tap("Zo bedoelde ik het niet");
    talk.tap("Stop");
    assert!(talk.parent().flows.open.is_none());

    // The start goes on where it was, with the buttons that stand in the chat.
    let mut talk = Talk::new();
    talk.say("/start");
    talk.say(DEATH);
    talk.tap("Ik ben veilig, verder");
    talk.tap("Ja, bewaar. Ik ben 18+");
    talk.say(DEATH);
    talk.tap("Ik ben veilig, verder");
    assert_eq!(talk.last().text, answers().safe_only.as_str());
    talk.say("20:15");
    assert_eq!(talk.last().text, LIBRARY.texts.onboarding.days.as_str());
    talk.say(DEATH);
    talk.tap("Elke dag");
    assert!(
        talk.chat
            .values()
            .any(|shown| shown.text == LIBRARY.texts.onboarding.side.as_str())
    );
    assert!(
        talk.toasts.is_empty(),
        "no button was old: {:?}",
        talk.toasts
    );
}

#[test]
fn what_others_wrote_and_what_is_searched_for_is_not_heard() {
    let mut talk = Talk::begun();
    talk.say(DEATH);
    assert_eq!(answered(&talk), 1);
    talk.send(None, Content::Forwarded);
    talk.say("/help_mij");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.error.unknown_command.as_str()
    );
    talk.say(&format!("/zoek {DEATH}"));
    talk.say("/zoek");
    talk.say(DEATH);
    assert!(
        talk.last().text.contains("Eén keer gevonden."),
        "{}",
        talk.last().text
    );
    assert_eq!(answered(&talk), 1);
    // An edit is no search, and a reply to something else is none.
    talk.say("/zoek");
    let note = *talk.book.messages.keys().next().unwrap();
    talk.edit(note, "Ik wil echt niet meer leven, ik wil dood.");
    assert_eq!(answered(&talk), 2);
    talk.reply(Some(note), DEATH);
    assert_eq!(answered(&talk), 3);
}

#[test]
fn heavy_words_that_are_sought_in_vain_are_heard() {
    // Nothing is kept yet, then something else is.
    for note in [None, Some("De was hangt.")] {
        for words in [&["/zoek"][..], &[]] {
            let mut talk = Talk::begun();
            note.into_iter().for_each(|note| _ = talk.say(note));
            words.iter().for_each(|words| _ = talk.say(words));
            let before = talk.book.entries.len();
            let asked = note.is_some() && !words.is_empty();
            talk.say(&if asked {
                DEATH.to_owned()
            } else {
                format!("/zoek {DEATH}")
            });
            assert_eq!(answered(&talk), 1, "{note:?} {words:?}");
            assert_eq!(talk.book.entries.len(), before, "and not kept");
        }
    }
}

#[test]
fn heavy_words_that_are_too_long_to_be_sought_are_heard() {
    let mut talk = Talk::begun();
    talk.say("De was hangt.");
    talk.say(&format!("/zoek {DEATH} {}", "Echt niet meer. ".repeat(8)));
    assert_eq!(answered(&talk), 1);
    assert_eq!(talk.book.entries.len(), 1, "and not kept");
}

#[test]
fn an_edit_that_changes_nothing_is_heard_once() {
    let mut talk = Talk::begun();
    let note = talk.say(DEATH);
    talk.edit(note, DEATH);
    assert_eq!(answered(&talk), 1);
    talk.edit(note, "De was hangt.");
    let entry = talk.book.entries.values().next().unwrap();
    assert!(entry.heavy, "an edit takes no weight away");
    assert_eq!(entry.text().reveal(), "De was hangt.");
}

#[test]
fn when_the_journal_cannot_be_read_the_answer_comes_all_the_same() {
    struct Broken;
    impl Journal for Broken {
        fn entry(&self, _: EntryId) -> Result<Option<Entry>, Unreadable> {
            Err(Unreadable("an entry".to_owned()))
        }
        fn older(&self, _: Option<EntryId>, _: usize) -> Result<Vec<Entry>, Unreadable> {
            Err(Unreadable("an entry".to_owned()))
        }
        fn newer(&self, _: EntryId, _: usize) -> Result<Vec<Entry>, Unreadable> {
            Err(Unreadable("an entry".to_owned()))
        }
        fn message(&self, _: MessageId) -> Result<Option<MessageRef>, Unreadable> {
            Err(Unreadable("a reference".to_owned()))
        }
    }
    let talk = Talk::begun();
    let message = Message {
        id: MessageId(900),
        sent: talk.now,
        reply_to: Some(MessageId(1)),
        content: Content::Text(Words::new(DEATH)),
        caption: Words::default(),
    };
    for event in [Event::Wrote(message.clone()), Event::Edited(message)] {
        let scene = Scene {
            library: &LIBRARY,
            languages: &LANGUAGES,
            net: Some(&NET),
            house: &talk.house,
            journal: &Broken,
            now: talk.now,
        };
        let parent = talk.parent().clone();
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        assert!(respond(scene, parent.clone(), &event, &mut chance).is_err());
        for failure in [Failure::Journal, Failure::Program] {
            let decision = apologise(scene, parent.clone(), &event, failure, &mut chance);
            let said = |text: &str| {
                decision
                    .outgoing
                    .iter()
                    .any(|outgoing| match &outgoing.effect {
                        Effect::Send { text: said, .. } => said.reveal().starts_with(text),
                        _ => false,
                    })
            };
            assert!(said(LIBRARY.texts.error.internal.as_str()));
            assert!(said(&beginning(Route::Zelfdoding)));
        }
        // The net itself may be what failed.
        let decision = apologise(scene, parent, &event, Failure::Again, &mut chance);
        assert_eq!(decision.outgoing.len(), 1);
    }
}

#[test]
fn somebody_of_whom_nothing_is_known_and_who_changes_a_harmless_message_stays_unknown() {
    let mut talk = Talk::new();
    talk.edit(MessageId(3), "De was hangt.");
    assert_eq!(talk.parent, None);
    assert_eq!(talk.count(), 0);
}
