//! `/import`: when a journal may come back, in which steps, and what is said.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const FILE: &str = "voel-eerst-2026-03-02.json";

impl Talk {
    /// Sends a document.
    fn sends_file(&mut self, name: &str, bytes: u32) -> MessageId {
        self.send(None, Content::Document(sent_file(name, Some(bytes))))
    }

    fn days(&self) -> Vec<(u32, Date)> {
        let entries = self.book.entries.values();
        entries.map(|entry| (entry.id.0, entry.day)).collect()
    }
}

/// Steps of one file: entries with these numbers, on these days of 2025.
fn file(entries: &[(u32, i16)], ending: Ending) -> Vec<Step> {
    let mut steps: Vec<Step> = entries
        .iter()
        .map(|(number, day)| {
            let day = date(2025, 1, 1)
                .checked_add(jiff::ToSpan::days(*day))
                .unwrap();
            let mut step = returning(*number, day);
            step.ending = None;
            step
        })
        .collect();
    let next = entries.iter().map(|(number, _)| number + 1).max();
    for step in &mut steps[1..] {
        step.opening = None;
    }
    if let Some(Opening::Journal { next_entry, .. }) = &mut steps[0].opening {
        *next_entry = next.unwrap();
    }
    steps.last_mut().unwrap().ending = Some(ending);
    steps
}

fn spoken(number: u32, seconds: u32) -> Step {
    let mut step = returning(number, date(2025, 1, 1));
    step.entries[0].parts[0].words = Words::default();
    step.entries[0].parts[0].spoken = Some(Spoken { seconds, bytes: 0 });
    step
}

fn sounds(sounds: &[(u32, usize)]) -> Vec<Step> {
    let sound =
        |(entry, nth): &(u32, usize)| (EntryId(*entry), *nth, PrivateBytes::new(b"OggS".to_vec()));
    vec![Step {
        opening: Some(Opening::Sounds),
        entries: Vec::new(),
        sounds: sounds.iter().map(sound).collect(),
        ending: Some(Ending::Sounds),
    }]
}

#[test]
fn the_command_says_what_to_send_and_the_file_comes_back_with_or_without_it() {
    let mut talk = Talk::begun();
    talk.say("/import");
    insta::assert_snapshot!(talk.last().text, @"Stuur hier het bestand dat je van /export kreeg: het eindigt op .json of .zip. Dan zet ik je dagboek terug, met je instellingen van toen. Stuur het als bestand, niet doorgestuurd. Het mag tot 20 MB groot zijn.");
    let message = talk.sends_file(FILE, 300);
    insta::assert_snapshot!(talk.last().text, @"Je dagboek staat weer in /dagboek. Ook je tijden, dagen en eigen vragen van toen zijn terug. Bekijken kan bij /instellingen.");
    assert_eq!(talk.days(), [(3, date(2026, 1, 5))]);
    let parent = talk.parent();
    assert_eq!(parent.next_entry, 4);
    assert_eq!(
        (parent.country, parent.schedule.days),
        (Country::Be, Days::all())
    );
    assert_eq!(parent.planned.unwrap().date, date(2026, 3, 3), "at nine");
    assert!(parent.journal.awaited.is_empty());
    assert!(!talk.hearts.contains(&message));
    talk.say("/dagboek");
    assert!(talk.last().text.contains("Van toen."));
}

#[test]
fn another_document_is_none_of_this() {
    for mut talk in [Talk::begun(), Talk::new()] {
        talk.sends_file("brief.pdf", 300);
        insta::allow_duplicates! {
            insta::assert_snapshot!(talk.last().text, @"Bestanden bewaar ik niet. Wat je typt of inspreekt wel.");
        }
        assert!(talk.book.entries.is_empty());
    }
}

#[test]
fn without_consent_nothing_is_fetched() {
    let mut talk = Talk::new();
    talk.brings = None;
    talk.sends_file(FILE, 300);
    insta::assert_snapshot!(talk.last().text, @"We zijn nog niet begonnen. Tik op /start.");
    talk.say("/start");
    talk.tap("Bewaar niets. Ik ben 18+");
    for _ in 0..2 {
        talk.sends_file(FILE, 300);
        insta::allow_duplicates! {
            insta::assert_snapshot!(talk.last().text, @"Daarvoor bewaar ik antwoorden, en dat staat nu uit. Aanzetten kan bij /instellingen.");
        }
    }
    assert!(talk.fetching.is_empty());
}

#[test]
fn consent_that_is_withdrawn_meanwhile_keeps_nothing() {
    let mut talk = Talk::begun();
    talk.brings = None;
    talk.sends_file(FILE, 300);
    let mut parent = talk.parent().clone();
    parent.consent = Consent::Declined;
    talk.parent = Some(parent);
    talk.fetched(&Ok(Brought::Step(talk.returns[0].clone())));
    assert!(talk.book.entries.is_empty() && talk.parent().journal.awaited.is_empty());
    assert!(
        talk.last()
            .text
            .starts_with("Daarvoor bewaar ik antwoorden")
    );
}

#[test]
fn only_an_empty_journal_takes_one() {
    let mut talk = Talk::begun();
    talk.say("Er staat al iets.");
    talk.brings = None;
    for how in ["/import", FILE] {
        if how == FILE {
            talk.sends_file(how, 300);
        } else {
            talk.say(how);
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(talk.last().text, @"In je dagboek staat al iets. Terugzetten kan alleen in een leeg dagboek, dus er is niets veranderd. Wil je toch terugzetten? Neem dan eerst alles mee met /export, kies bij /wis al je antwoorden, en stuur daarna het bestand.");
        }
    }
    assert!(talk.fetching.is_empty());

    // Something was written while the file was fetched.
    let mut talk = Talk::begun();
    talk.brings = None;
    talk.sends_file(FILE, 300);
    talk.say("Iets nieuws.");
    talk.fetched(&Ok(Brought::Step(talk.returns[0].clone())));
    assert!(talk.last().text.starts_with("In je dagboek staat al iets."));
    assert_eq!(talk.days().len(), 1);
    assert!(talk.parent().journal.awaited.is_empty());
}

#[test]
fn what_does_not_come_is_said() {
    let said = |why| {
        let mut talk = Talk::begun();
        talk.brings = None;
        talk.sends_file(FILE, 300);
        talk.fetched(&Err(why));
        assert!(talk.parent().journal.awaited.is_empty() && talk.book.entries.is_empty());
        talk.last().text.clone()
    };
    let unusable = |why| said(NotFetched::Unusable(why));
    insta::assert_snapshot!(unusable(Unusable::OtherFile), @"Dit is geen dagboek dat van mij komt. Er is niets veranderd. Het bestand van /export, dat eindigt op .json of .zip, past wel.");
    insta::assert_snapshot!(unusable(Unusable::Newer), @"Dit bestand komt van een nieuwere versie dan ik ben. Er is niets veranderd. Bij die versie kan je dagboek wel terug.");
    insta::assert_snapshot!(unusable(Unusable::Broken { line: 12 }), @"In dit bestand klopt iets niet, op regel 12. Er is niets veranderd. Het bestand zoals het van /export kwam, past wel.");
    insta::assert_snapshot!(unusable(Unusable::Unfit), @"In dit bestand staat iets wat niet in een dagboek past. Er is niets veranderd. Het bestand zoals het van /export kwam, past wel.");
    insta::assert_snapshot!(said(NotFetched::Gone), @"Dit bestand kon ik bij Telegram niet helemaal ophalen. Stuur het nog een keer. Wat er al staat, blijft staan.");
    let too_large = said(NotFetched::TooLarge);
    insta::assert_snapshot!(too_large, @"Dit bestand is groter dan 20 MB. Zo groot kan ik het bij Telegram niet ophalen, dus er is niets veranderd. Pak een .zip eerst uit en stuur het .json-bestand dat erin zit.");
    assert_eq!(unusable(Unusable::TooLarge), too_large);
    let mut talk = Talk::begun();
    talk.brings = None;
    talk.sends_file(FILE, 20_000_001);
    assert_eq!(talk.last().text, too_large);
    assert!(talk.fetching.is_empty());
}

#[test]
fn further_files_follow_in_any_order_until_something_is_written() {
    let mut talk = Talk::begun();
    talk.returns = file(&[(2, 40), (3, 50)], Ending::More);
    talk.sends_file(FILE, 300);
    insta::assert_snapshot!(talk.last().text, @"Wat in dit bestand stond, staat weer in /dagboek. Bij je dagboek horen nog meer bestanden. Stuur die ook, liefst voor je iets nieuws schrijft.");
    // Entry 4 was written for an earlier day.
    talk.returns = file(&[(0, 3), (1, 9), (4, 20)], Ending::Whole);
    talk.sends_file(FILE, 300);
    let numbers: Vec<u32> = talk.days().into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    let backdated: Vec<u32> = talk
        .parent()
        .journal
        .backdated
        .iter()
        .map(|it| it.1)
        .collect();
    assert_eq!(backdated, [4]);
    assert_eq!(talk.parent().next_entry, 5);
    // The same again changes nothing; what was changed since stays.
    let mut changed = talk.book.entries[&EntryId(1)].clone();
    changed.parts[0].words = Words::new("Anders.");
    talk.book.entries.insert(EntryId(1), changed);
    let book = talk.book.clone();
    talk.sends_file(FILE, 300);
    assert_eq!(talk.book, book);
    talk.say("Iets nieuws.");
    assert_eq!(talk.days().last().unwrap().0, 5);
    talk.sends_file(FILE, 300);
    assert!(talk.last().text.starts_with("In je dagboek staat al iets."));
}

#[test]
fn steps_that_come_again_after_a_crash_go_on_though_something_was_written() {
    let mut talk = Talk::begun();
    talk.brings = None;
    talk.sends_file(FILE, 300);
    let fetch = talk.fetching[0].clone();
    let steps = file(&[(0, 3), (1, 9), (2, 20)], Ending::Whole);
    let came = |talk: &mut Talk, step: &Step| {
        talk.happen(&Event::Fetched(
            fetch.clone(),
            Ok(Brought::Step(step.clone())),
        ));
    };
    came(&mut talk, &steps[0]);
    talk.say("Meteen al iets nieuws.");
    for step in &steps {
        came(&mut talk, step);
    }
    let numbers: Vec<u32> = talk.days().into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert!(talk.last().text.starts_with("Je dagboek staat weer"));
    assert_eq!(talk.parent().journal.returned.unwrap().under_way, None);
}

#[test]
fn what_is_erased_on_the_way_does_not_come() {
    for what in ["Al mijn antwoorden", "Alles, ook instellingen"] {
        let mut talk = Talk::begun();
        talk.brings = None;
        talk.sends_file(FILE, 300);
        let fetch = talk.fetching[0].clone();
        let steps = file(&[(0, 3), (1, 9)], Ending::Whole);
        talk.happen(&Event::Fetched(
            fetch.clone(),
            Ok(Brought::Step(steps[0].clone())),
        ));
        talk.say("/wis");
        talk.tap(what);
        talk.tap("Ja, wis het");
        if talk.parent.is_some() {
            talk.happen(&Event::Fetched(fetch, Ok(Brought::Step(steps[1].clone()))));
        }
        assert!(talk.book.entries.is_empty(), "{what}");
    }
}

#[test]
fn sounds_go_where_they_are_awaited_and_nowhere_else() {
    let mut talk = Talk::begun();
    talk.returns = sounds(&[(3, 1)]);
    talk.sends_file("voel-eerst-2026-03-02-voice-0003-0003.zip", 300);
    insta::assert_snapshot!(talk.last().text, @"In dit bestand staan alleen opnames. Stuur eerst het bestand met je dagboek, dan weet ik waar ze horen. Er is niets veranderd.");

    talk.returns = vec![spoken(3, 42)];
    talk.sends_file(FILE, 300);
    talk.say("/dagboek");
    talk.tap("Luister");
    assert_eq!(talk.played, []);
    insta::assert_snapshot!(talk.toasts.last().unwrap(), @"Deze opname zat niet in het bestand. Stuur ook het bestand met de opname.");
    talk.returns = sounds(&[(3, 1), (3, 2), (9, 1)]);
    talk.sends_file("voel-eerst-2026-03-02-voice-0003-0003.zip", 300);
    insta::assert_snapshot!(talk.last().text, @"De opnames die bij je dagboek horen, staan er weer bij.");
    let found: Vec<_> = talk.book.sounds.keys().copied().collect();
    assert_eq!(found, [(EntryId(3), MessageId(-1))]);
    assert_eq!(
        talk.book.entries[&EntryId(3)].parts[0]
            .spoken
            .unwrap()
            .bytes,
        4
    );

    // One that is there already stays as it is, and a voice note of this chat is none that is awaited.
    talk.speak(7);
    let book = talk.book.clone();
    talk.sends_file("voice.zip", 300);
    talk.returns = sounds(&[(4, 1)]);
    talk.sends_file("voice.zip", 300);
    assert_eq!(talk.book, book);
    talk.say("/dagboek");
    talk.tap("Ouder");
    talk.tap("Luister");
    assert_eq!(talk.played, [MessageId(-1)]);
}

/// The messages of this chat have numbers that those of another chat had too.
#[test]
fn no_message_of_this_chat_changes_what_came_back() {
    let mut talk = Talk::begun();
    talk.sends_file(FILE, 300);
    let entry = talk.book.entries[&EntryId(3)].clone();
    for message in -5..30 {
        talk.edit(MessageId(message), "Gewijzigd.");
    }
    assert_eq!(talk.book.entries[&EntryId(3)], entry);
    assert!(talk.book.messages.is_empty());
    // It is changed and erased as any other.
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.say("Nieuwe woorden.");
    assert_eq!(
        talk.book.entries[&EntryId(3)].text(),
        Words::new("Nieuwe woorden.")
    );
    talk.say("/wis");
    talk.tap("Mijn laatste antwoord");
    talk.tap("Ja, wis het");
    assert!(talk.book.entries.is_empty());
}

/// An answer was erased, and the entry that came back has its number.
#[test]
fn a_reply_to_an_old_prompt_does_not_join_another_entry() {
    let mut talk = Talk::begun();
    talk.until(amsterdam("2026-03-02T19:31"));
    let prompt = talk.last_id();
    talk.say("Een antwoord.");
    let answer = *talk.book.entries.keys().next().unwrap();
    let entry = talk.book.entries[&answer].clone();
    talk.until(amsterdam("2026-03-04T19:31"));
    // As erasing leaves it when the prompt is not the latest any more.
    talk.book.entries.clear();
    talk.returns = vec![returning(answer.0, date(2026, 1, 5))];
    talk.sends_file(FILE, 300);
    talk.send(Some(prompt), Content::Text(Words::new("Toch nog.")));
    assert_eq!(talk.book.entries[&answer].parts.len(), 1);
    assert_eq!(talk.book.entries.len(), 2);
    assert!(entry.prompt.is_some());
}

/// Messages as they come: the words of each, whether it was spoken, and how many hours after the one before.
fn said() -> impl Strategy<Value = Vec<(String, bool, i64, Option<u8>)>> {
    let words = "[a-zé💛\"<&\\\\ \n]{1,40}".prop_filter("blank", |words| !words.trim().is_empty());
    let earlier = proptest::option::weighted(0.2, 1_u8..20);
    proptest::collection::vec((words, any::<bool>(), 0_i64..60, earlier), 1..12)
}

fn export(talk: &Talk, form: Form) -> crate::export::File {
    let sound = |(place, sound): (&(EntryId, MessageId), &PrivateBytes)| (*place, sound.clone());
    let kept = crate::export::Kept {
        parent: talk.parent(),
        entries: talk.book.entries.values().cloned().collect(),
        sounds: talk.book.sounds.iter().map(sound).collect(),
        library: talk.library,
        now: talk.now,
    };
    let document = Document {
        form,
        years: None,
        sounds: None,
    };
    crate::export::make(kept, &document).unwrap()
}

/// What stays of an export in another chat and at another time.
fn lasting(talk: &Talk) -> serde_json::Value {
    let file = export(talk, Form::Data);
    let mut data: serde_json::Value = serde_json::from_slice(file.content.reveal()).unwrap();
    for field in ["made", "chat", "consent"] {
        data.as_object_mut().unwrap().remove(field);
    }
    data
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_journal_that_comes_back_is_the_same(said in said(), archive: bool, sundays: bool, hidden in 0_u32..12) {
        let mut talk = Talk::begun();
        for (words, spoken, hours, earlier) in said {
            talk.until(talk.now + SignedDuration::from_hours(hours));
            if let Some(days) = earlier {
                talk.say("/dagboek");
                talk.tap("Voor een eerdere dag");
                talk.say(&format!("{days} dagen geleden"));
            }
            if spoken {
                talk.speak(7);
            }
            talk.say(&words);
        }
        let journal = &mut talk.parent.as_mut().unwrap().journal;
        journal.sundays.on = sundays;
        if talk.book.entries.contains_key(&EntryId(hidden)) {
            journal.on_this_day.hidden.push(hidden);
        }
        let form = if archive { Form::Archive } else { Form::Data };
        let file = export(&talk, form);
        let mut back = Talk::begun();
        back.until(talk.now);
        back.returns = crate::export::back::read(&file.content, talk.now).unwrap();
        back.sends_file(FILE, 300);
        prop_assert_eq!(lasting(&back), lasting(&talk));
        let sounds = |talk: &Talk| talk.book.sounds.values().cloned().collect::<Vec<_>>();
        if archive {
            prop_assert_eq!(sounds(&back).len(), sounds(&talk).len());
        }
        // Read by day, the journals are the same as well.
        let by_day = |talk: &Talk| {
            let by_day = crate::conversation::book::ByDay::new(&talk.book, talk.parent());
            let entries = by_day.between(Date::MIN, Date::MAX).unwrap();
            entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
        };
        prop_assert_eq!(by_day(&back), by_day(&talk));
    }
}
