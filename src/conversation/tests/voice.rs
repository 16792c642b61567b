//! What a parent says: where it goes, when it is kept, how it is heard again.

use super::*;
use crate::parent::Consent;

pub(super) fn bytes() -> PrivateBytes {
    PrivateBytes::new(b"OggS een zin".to_vec())
}

/// A parent at the minute of the first prompt.
fn prompted() -> Talk {
    let mut talk = Talk::begun();
    talk.until(amsterdam("2026-03-02T19:30"));
    talk
}

fn only(talk: &Talk) -> &Entry {
    let mut entries = talk.book.entries.values();
    let entry = entries.next().expect("an entry");
    assert!(entries.next().is_none(), "one entry");
    entry
}

/// What an entry consists of: words, or the seconds that were spoken.
fn parts(entry: &Entry) -> Vec<String> {
    let part = |part: &Part| match part.spoken {
        Some(spoken) => spoken.length() + part.words.reveal(),
        None => part.words.reveal().to_owned(),
    };
    entry.parts.iter().map(part).collect()
}

/// The same, as it comes in.
fn sound() -> Brought {
    Brought::Sound(bytes())
}

#[test]
fn nothing_is_kept_nor_acknowledged_before_it_is_here() {
    let mut talk = prompted();
    talk.brings = None;
    let spoken = talk.speak(42);
    assert!(talk.book.entries.is_empty() && talk.hearts.is_empty());
    assert_eq!(
        talk.parent().wrote_on,
        Some(talk.parent().schedule.local(talk.now).0)
    );
    talk.fetched(&Ok(sound()));
    assert_eq!(talk.hearts, [spoken]);
    let entry = only(&talk);
    assert!(entry.prompt.is_some());
    assert_eq!(entry.text(), Words::default());
    assert_eq!(talk.book.sounds[&(entry.id, spoken)], bytes());
    let kept = entry.parts[0].spoken.unwrap();
    assert_eq!((kept.seconds, kept.bytes), (42, 12));
    insta::assert_snapshot!(talk.last().text, @"Het hartje betekent: bewaard. Verder blijf ik stil, zodat het van jou blijft.");
}

#[test]
fn it_goes_where_typed_text_would_have_gone_when_it_was_sent() {
    let mut talk = prompted();
    talk.brings = None;
    talk.speak(7);
    // The answer to the same prompt that was typed meanwhile is the same entry, and stands behind.
    talk.say("En dit typte ik.");
    talk.until(amsterdam("2026-03-04T19:31"));
    let late = talk.speak(8);
    let wednesday = talk.now;
    talk.until(amsterdam("2026-03-07T19:31"));
    for fetch in std::mem::take(&mut talk.fetching) {
        talk.happen(&Event::Fetched(fetch, Ok(sound())));
    }
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(parts(entries[0]), ["0:07", "En dit typte ik."]);
    assert_eq!(parts(entries[1]), ["0:08"]);
    assert_eq!(
        (entries[1].written, entries[1].day),
        (wednesday, jiff::civil::date(2026, 3, 4))
    );
    assert_ne!(entries[0].prompt, entries[1].prompt);
    assert_eq!(talk.book.messages[&late], MessageRef::Part(entries[1].id));
    assert_eq!(entries.len(), 2);
}

#[test]
fn loose_notes_and_replies_mix_with_what_is_typed() {
    let mut talk = Talk::begun();
    let first = talk.speak(5);
    assert!(
        talk.last().text.starts_with("Er was geen vraag bij."),
        "{}",
        talk.last().text
    );
    talk.minutes(10);
    talk.say("Er hoort nog iets bij.");
    talk.minutes(60);
    talk.say("Iets anders.");
    let reply = talk.send(Some(first), Content::Voice(voice_note(9)));
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(
        parts(entries[0]),
        ["0:05", "Er hoort nog iets bij.", "0:09"]
    );
    assert_eq!(parts(entries[1]), ["Iets anders."]);
    assert_eq!(talk.hearts.last(), Some(&reply));
}

#[test]
fn an_answer_to_a_further_question_joins_the_entry() {
    let mut talk = prompted();
    while !talk.last().labels().concat().contains(&"Andere vraag") {
        talk.until_due();
    }
    // Not every prompt has a further question.
    for _ in 0..60 {
        talk.say("Ja.");
        if talk
            .chat
            .values()
            .any(|shown| shown.labels().concat().contains(&"Nog een vraag"))
        {
            break;
        }
        talk.until_due();
    }
    talk.tap("Nog een vraag");
    let question = talk.last_id();
    talk.send(Some(question), Content::Voice(voice_note(11)));
    let joined = talk.book.entries.values().next_back().unwrap();
    assert_eq!(parts(joined), ["Ja.", "0:11"]);
}

#[test]
fn without_consent_nothing_is_fetched() {
    let mut talk = Talk::new();
    talk.say("/start");
    talk.tap("Bewaar niets. Ik ben 18+");
    talk.brings = None;
    talk.speak(7);
    assert_eq!(
        talk.last().text,
        "Dit bewaar ik niet, zoals je koos. Opschrijven mag altijd. Bewaren aanzetten kan bij /instellingen."
    );
    assert!(talk.fetching.is_empty());

    let mut talk = Talk::new();
    talk.brings = None;
    talk.speak(7);
    assert_eq!(
        talk.last().text,
        "We zijn nog niet begonnen. Tik op /start."
    );
    talk.say("/start");
    talk.speak(7);
    assert!(talk.last().text.contains("Mag ik je antwoorden bewaren?"));
    assert!(talk.fetching.is_empty() && talk.book.entries.is_empty());
}

#[test]
fn consent_to_an_older_explanation_is_asked_again_and_keeps_nothing_meanwhile() {
    let mut talk = prompted();
    let older = Consent::Given {
        version: "1".to_owned(),
        at: talk.now,
    };
    talk.parent.as_mut().unwrap().consent = older;
    talk.brings = None;
    talk.speak(7);
    assert!(
        talk.last()
            .text
            .starts_with("De uitleg over bewaren is veranderd.")
    );
    assert!(talk.fetching.is_empty());
    talk.tap("Ja, bewaar. Ik ben 18+");
    talk.brings = Some(Ok(sound()));
    talk.speak(8);
    assert_eq!(parts(only(&talk)), ["0:08"]);
}

#[test]
fn too_long_or_too_large_is_said_before_anything_is_fetched() {
    let mut talk = prompted();
    talk.brings = None;
    talk.speak(181);
    insta::assert_snapshot!(talk.last().text, @"Een ingesproken bericht bewaar ik tot 3 minuten. Spreek het in delen in, dan bewaar ik ze allemaal. Nu is er nog niets bewaard.");
    let large = VoiceNote {
        bytes: Some(2_000_001),
        ..voice_note(180)
    };
    talk.send(None, Content::Voice(large));
    insta::assert_snapshot!(talk.last().text, @"Dit ingesproken bericht is groter dan 2 MB. Korter past wel. Nu is er nog niets bewaard.");
    assert!(talk.fetching.is_empty() && talk.parent().wrote_on.is_none());

    // Telegram may not say how large it is, or say something else.
    let unknown = VoiceNote {
        bytes: None,
        ..voice_note(180)
    };
    talk.send(None, Content::Voice(unknown));
    talk.fetched(&Err(NotFetched::TooLarge));
    assert!(talk.last().text.contains("groter dan 2 MB"));
    assert!(talk.book.entries.is_empty());
}

#[test]
fn what_telegram_does_not_have_any_more_is_said_to_be_kept_nowhere() {
    let mut talk = prompted();
    talk.brings = Some(Err(NotFetched::Gone));
    talk.speak(7);
    insta::assert_snapshot!(talk.last().text, @"Dit bericht kon ik bij Telegram niet ophalen, dus er is niets bewaard. Nog een keer sturen of typen kan altijd.");
    assert!(talk.last().silent);
    assert!(talk.book.entries.is_empty() && talk.hearts.is_empty());
}

#[test]
fn consent_that_was_withdrawn_while_it_was_fetched_keeps_nothing() {
    let mut talk = prompted();
    talk.brings = None;
    talk.speak(7);
    talk.parent.as_mut().unwrap().consent = Consent::Declined;
    talk.fetched(&Ok(sound()));
    assert_eq!(
        talk.last().text,
        "Dit bewaar ik niet, zoals je koos. Opschrijven mag altijd. Bewaren aanzetten kan bij /instellingen."
    );
    assert!(talk.book.entries.is_empty() && talk.book.sounds.is_empty());
}

#[test]
fn what_is_erased_before_it_comes_does_not_come() {
    for (what, left) in [
        ("Mijn laatste antwoord", vec!["Eerst dit."]),
        ("Al mijn antwoorden", Vec::new()),
        ("Alles, ook instellingen", Vec::new()),
    ] {
        let mut talk = prompted();
        talk.say("Eerst dit.");
        talk.brings = None;
        talk.speak(7);
        talk.say("/wis");
        talk.tap(what);
        let fetching = talk.fetching.clone();
        talk.tap("Ja, wis het");
        // What was on its way already comes all the same.
        let hearts = talk.hearts.len();
        if talk.parent.is_some() {
            for fetch in fetching {
                talk.happen(&Event::Fetched(fetch, Ok(sound())));
            }
        }
        assert_eq!(talk.hearts.len(), hearts, "{what}");
        let words: Vec<String> = talk.book.entries.values().flat_map(parts).collect();
        assert_eq!(words, left, "{what}");
        assert!(talk.book.sounds.is_empty());
    }
}

#[test]
fn the_last_answer_is_the_newest_whether_it_is_here_or_awaited() {
    let mut talk = prompted();
    talk.brings = None;
    talk.speak(7);
    talk.say("Later getypt.");
    talk.say("/wis");
    talk.tap("Mijn laatste antwoord");
    talk.tap("Ja, wis het");
    assert!(talk.book.entries.is_empty());
    talk.fetched(&Ok(sound()));
    assert_eq!(parts(only(&talk)), ["0:07"]);
}

#[test]
fn the_journal_shows_it_and_plays_it() {
    let mut talk = prompted();
    let first = talk.speak(42);
    talk.say("En dit erbij.");
    let second = talk.speak(180);
    talk.say("/dagboek");
    let page = talk.last();
    assert!(
        page.text
            .ends_with("\n\nGesproken, 0:42\n\nEn dit erbij.\n\nGesproken, 3:00"),
        "{}",
        page.text
    );
    assert_eq!(page.labels()[0], ["Luister"]);
    talk.tap("Luister");
    assert_eq!(talk.played, [first, second]);

    talk.lose_documents = Some(Outcome::Failed);
    talk.tap("Luister");
    insta::assert_snapshot!(talk.last().text, @"Dit bericht kon ik niet sturen. Probeer het zo nog eens, bij /dagboek.");

    // An entry without it has no such button.
    talk.minutes(60 * 48);
    talk.say("Alleen getypt.");
    talk.say("/dagboek");
    assert_ne!(talk.last().labels()[0], ["Luister"]);
}

#[test]
fn new_words_leave_what_was_spoken_and_erasing_takes_it_along() {
    let mut talk = prompted();
    let spoken = talk.speak(42);
    talk.say("Oud.");
    talk.say("/dagboek");
    talk.tap("Wijzig");
    insta::assert_snapshot!(talk.last().text, @"Typ de nieuwe tekst. Wat je insprak, blijft staan.");
    talk.say("Nieuw.");
    assert_eq!(parts(only(&talk)), ["0:42", "Nieuw."]);
    assert_eq!(
        talk.book.messages[&spoken],
        MessageRef::Part(only(&talk).id)
    );
    assert_eq!(talk.book.sounds.len(), 1);

    talk.say("/dagboek");
    talk.tap("Wis");
    talk.tap("Ja, wis dit");
    assert!(talk.book.entries.is_empty() && talk.book.sounds.is_empty());
    assert_eq!(talk.book.messages.get(&spoken), None);
}

#[test]
fn it_may_answer_the_question_for_an_earlier_day() {
    let mut talk = prompted();
    talk.speak(3);
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    talk.say("gisteren");
    talk.speak(20);
    assert!(
        talk.last()
            .text
            .starts_with("Hoort er nog iets bij zondag 1 maart?")
    );
    talk.speak(21);
    talk.tap("Klaar");
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].day, jiff::civil::date(2026, 3, 1));
    assert_eq!(parts(entries[1]), ["0:20", "0:21"]);
}

#[test]
fn what_is_asked_for_to_be_typed_is_not_answered_by_speaking() {
    let mut talk = prompted();
    talk.speak(3);
    talk.say("/zoek");
    talk.speak(4);
    assert_eq!(parts(only(&talk)), ["0:03", "0:04"]);
    talk.say("/zoek gesproken");
    assert!(talk.last().text.starts_with("Niets gevonden"));
}

#[test]
fn a_look_back_names_it_and_quotes_nothing() {
    let mut talk = prompted();
    talk.speak(42);
    let title = only(&talk).prompt.as_ref().unwrap().title.clone();
    talk.say("/terugblik");
    talk.tap("Deze week");
    let text = &talk.last().text;
    assert!(
        text.contains(&format!("• {title}")) && !text.contains("Een zin van jou"),
        "{text}"
    );
}

#[test]
fn what_was_written_below_it_is_kept_and_can_be_edited() {
    let mut talk = prompted();
    let note = || Content::Voice(voice_note(42));
    let id = talk.sends_with_caption(note(), "Voor later.");
    assert_eq!(parts(only(&talk)), ["0:42Voor later."]);
    talk.happen(&Event::Edited(Message {
        id,
        sent: talk.now,
        reply_to: None,
        content: note(),
        caption: Words::new("Voor straks."),
    }));
    assert_eq!(parts(only(&talk)), ["0:42Voor straks."]);
    assert_eq!(talk.book.sounds.len(), 1);
}

#[test]
fn an_entry_full_of_sound_is_followed_by_a_new_one() {
    let mut talk = prompted();
    let largest = vec![0; super::super::voice::LARGEST];
    talk.brings = Some(Ok(Brought::Sound(PrivateBytes::new(largest))));
    for _ in 0..11 {
        talk.speak(180);
    }
    let sizes: Vec<usize> = talk
        .book
        .entries
        .values()
        .map(|entry| entry.parts.len())
        .collect();
    assert_eq!(sizes, [9, 2]);
}
