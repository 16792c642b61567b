//! `/dagboek`: reading, changing, adding for an earlier day.

use jiff::civil::date;

use super::*;

/// A parent with three answers on three days; the last of them was on Saturday 7 March.
pub(super) fn three_days() -> Talk {
    let mut talk = Talk::begun();
    for words in [
        "Maandag: moe.",
        "Woensdag: rustig.",
        "Zaterdag: samen gelachen.",
    ] {
        talk.until_due();
        talk.say(words);
    }
    talk
}

#[test]
fn the_newest_entry_and_what_can_be_done_with_it() {
    let mut talk = three_days();
    talk.say("/dagboek");
    assert_eq!(
        talk.last().labels(),
        [
            vec!["Ouder"],
            vec!["Wijzig", "Wis"],
            vec!["Zoek", "Voor een eerdere dag"],
            vec!["Sluit"],
        ]
    );
    talk.tap("Ouder");
    assert!(talk.last().text.contains("Woensdag: rustig."));
    assert_eq!(talk.last().labels()[0], ["Nieuwer", "Ouder"]);
    talk.tap("Sluit");
    assert!(talk.last().labels().is_empty());
}

#[test]
fn an_entry_gets_new_words_as_one_part_and_the_old_messages_no_longer_edit_it() {
    let mut talk = Talk::begun();
    talk.until_due();
    let first = talk.say("Eerst dit.");
    let second = talk.say("En dat.");
    talk.say("/dagboek");
    let page = talk.last_id();
    talk.tap("Wijzig");
    assert_eq!(talk.last().labels(), [["Toch niet"]]);
    assert!(
        talk.chat[&page].text.contains("En dat."),
        "the old words stay on the screen"
    );
    let new = talk.say("Alles opnieuw.");
    assert_eq!(talk.last().text, LIBRARY.texts.journal.edit_done.as_str());
    assert_eq!(texts(&talk), ["Alles opnieuw."]);
    assert!(
        talk.chat
            .values()
            .all(|shown| !shown.labels().contains(&vec!["Toch niet"]))
    );
    assert!(
        talk.book
            .entries
            .values()
            .all(|entry| entry.prompt.is_some())
    );

    talk.edit(first, "Toch eerst dit.");
    talk.edit(second, "Toch dat.");
    assert_eq!(texts(&talk), ["Alles opnieuw."]);
    talk.edit(new, "Nog eens opnieuw.");
    assert_eq!(texts(&talk), ["Nog eens opnieuw."]);
}

#[test]
fn an_answer_to_the_question_may_be_a_reply_to_it() {
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Wijzig");
    let question = talk.last_id();
    talk.reply(Some(question), "Anders.");
    assert!(texts(&talk).contains(&"Anders.".to_owned()));
    assert_eq!(talk.book.entries.len(), 3);
}

#[test]
fn not_after_all_changes_nothing() {
    let mut talk = three_days();
    let before = talk.book.clone();
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.tap("Toch niet");
    assert_eq!(talk.last().text, LIBRARY.texts.journal.edit_cancel.as_str());
    assert_eq!(talk.book, before);
    talk.say("Dit is een antwoord.");
    assert_eq!(talk.book.entries.len(), 3);
    assert!(texts(&talk)[2].ends_with("Dit is een antwoord."));
}

#[test]
fn a_question_left_open_never_swallows_a_reply() {
    // It waits an hour.
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.minutes(61);
    talk.say("Een uur later.");
    assert_eq!(
        texts(&talk)[2],
        "Zaterdag: samen gelachen.\n\nEen uur later."
    );

    // It does not wait past the next prompt.
    let mut talk = three_days();
    let due = talk.parent().planned.unwrap().at;
    talk.until(due - SignedDuration::from_mins(10));
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.minutes(20);
    talk.say("Het antwoord van maandag.");
    assert_eq!(
        texts(&talk)[2..],
        ["Zaterdag: samen gelachen.", "Het antwoord van maandag."]
    );

    // It does not wait past a step of a guided flow.
    let mut talk = three_days();
    talk.say("/herstel");
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.minutes(1);
    let now = talk.now;
    let flows = &mut talk.parent.as_mut().unwrap().flows;
    flows.open.as_mut().unwrap().touched = now;
    talk.say("Iets voor de stap.");
    assert!(texts(&talk).iter().all(|text| text != "Iets voor de stap."));

    // A command ends it.
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.say("/hulp");
    talk.say("Toch nog iets.");
    assert_eq!(
        texts(&talk)[2],
        "Zaterdag: samen gelachen.\n\nToch nog iets."
    );
}

#[test]
fn an_entry_that_is_erased_meanwhile_takes_no_words() {
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Wijzig");
    talk.book.entries.remove(&EntryId(2));
    talk.say("Nieuwe woorden.");
    assert!(texts(&talk).contains(&"Nieuwe woorden.".to_owned()));
}

#[test]
fn a_note_for_an_earlier_day() {
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    insta::assert_snapshot!(talk.last().text, @"Voor welke dag is dit? Typ bijvoorbeeld gisteren, of 12 maart.");
    talk.say("ooit");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.journal.backdate_bad.as_str()
    );
    talk.say("morgen");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.journal.backdate_bad.as_str()
    );
    talk.say("afgelopen dinsdag");
    insta::assert_snapshot!(talk.last().text, @"Voor dinsdag 3 maart. Typ wat je wilt bewaren.");
    let first = talk.say("Dinsdag lukte het niet.");
    insta::assert_snapshot!(talk.last().text, @"Hoort er nog iets bij dinsdag 3 maart? Typ het gewoon.");
    let more = talk.say("Woensdag wel.");
    assert!(talk.hearts.ends_with(&[first, more]));
    talk.tap("Klaar");
    let entry = &talk.book.entries[&EntryId(3)];
    assert_eq!(entry.day, date(2026, 3, 3));
    assert_eq!(entry.prompt, None);
    assert_eq!(
        entry.text().reveal(),
        "Dinsdag lukte het niet.\n\nWoensdag wel."
    );

    talk.say("En dit hoort bij de vraag van zaterdag.");
    assert!(texts(&talk)[2].ends_with("zaterdag."));
}

#[test]
fn the_journal_is_read_by_day() {
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    talk.say("3-3");
    talk.say("Dinsdag.");
    talk.tap("Klaar");
    talk.say("/dagboek");
    let mut read = vec![first_words(&talk)];
    while talk.last().labels()[0].contains(&"Ouder") {
        talk.tap("Ouder");
        read.push(first_words(&talk));
    }
    assert_eq!(read, ["Zaterdag:", "Woensdag:", "Dinsdag.", "Maandag:"]);
    let mut back = vec![first_words(&talk)];
    while talk.last().labels()[0].contains(&"Nieuwer") {
        talk.tap("Nieuwer");
        back.push(first_words(&talk));
    }
    read.reverse();
    assert_eq!(back, read);
}

fn first_words(talk: &Talk) -> String {
    let text = &talk.last().text;
    let words = text.rsplit("\n\n").next().unwrap();
    words.split(' ').next().unwrap().to_owned()
}

#[test]
fn the_journal_opens_at_a_day() {
    let mut talk = three_days();
    talk.say("/dagboek woensdag");
    assert!(talk.last().text.contains("Woensdag: rustig."));
    talk.say("/dagboek 3 maart");
    insta::assert_snapshot!(talk.last().text, @"
    Op dinsdag 3 maart staat er niets. Dit is van ervoor of erna.

    maandag 2 maart
    Even lucht

    Maandag: moe.
    ");
    talk.say("/dagboek 1 januari");
    assert!(
        talk.last().text.contains("Maandag: moe."),
        "the nearest is the first"
    );
    talk.say("/dagboek ergens vorig jaar");
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.journal.backdate_bad.as_str()
    );
    // What is none is asked for again, and what is typed then is no entry.
    let before = talk.book.clone();
    talk.say("vorig jaar dus");
    insta::assert_snapshot!(talk.reads(), @"
    Die dag herken ik niet. Probeer: gisteren, of 12 maart.
    [Toch niet]
    ");
    talk.say("woensdag");
    assert!(talk.last().text.contains("Woensdag: rustig."));
    assert!(talk.book == before);
    // The question is closed.
    talk.say("gisteren");
    assert!(talk.book != before);
}

#[test]
fn an_entry_that_is_gone_while_its_page_is_open_is_not_changed_and_another_shows() {
    let mut talk = Talk::begun();
    talk.say("Een rustige dag.");
    talk.minutes(60);
    talk.say("Ik wil niet meer leven, ik wil dood.");
    talk.say("/dagboek");
    let page = talk.last_id();
    talk.tap("Wis wat ik schreef");
    assert_eq!(talk.book.entries.len(), 1);
    let (message, data) = talk.button("Wijzig");
    talk.tap_data(message, &data);
    assert_eq!(message, page);
    assert_eq!(
        talk.toasts.pop().unwrap(),
        LIBRARY.texts.error.old_button.as_str()
    );
    assert!(talk.chat[&page].text.contains("Een rustige dag."));
}

#[test]
fn an_empty_journal_takes_a_note_for_an_earlier_day() {
    let mut talk = Talk::begun();
    talk.say("/dagboek");
    insta::assert_snapshot!(talk.last().text, @"Nog leeg. Elk antwoord komt hier te staan. Zomaar iets typen mag ook.");
    assert_eq!(talk.last().labels(), [["Voor een eerdere dag", "Sluit"]]);
    talk.tap("Voor een eerdere dag");
    talk.say("gisteren");
    talk.say("Een wandeling.");
    assert_eq!(talk.book.entries[&EntryId(0)].day, date(2026, 3, 1));
}

#[test]
fn without_consent_nothing_is_changed_or_added() {
    let mut talk = three_days();
    talk.say("/dagboek");
    let before = talk.book.clone();
    talk.parent.as_mut().unwrap().consent = crate::parent::Consent::Declined;
    talk.tap("Wijzig");
    assert_eq!(talk.last().text, LIBRARY.texts.error.needs_consent.as_str());
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    talk.say("gisteren");
    talk.say("We wandelden in het bos.");
    assert_eq!(talk.book, before);
    assert_eq!(
        talk.last().text,
        LIBRARY.texts.consent.no_store_reply.as_str()
    );
}

#[test]
fn an_erased_note_is_gone_from_its_day() {
    let mut talk = three_days();
    talk.say("/dagboek");
    talk.tap("Voor een eerdere dag");
    talk.say("dinsdag");
    talk.say("Weg hiermee.");
    talk.say("/dagboek dinsdag");
    assert!(talk.last().text.contains("Weg hiermee."));
    talk.tap("Wis");
    talk.tap("Ja, wis dit");
    assert!(talk.parent().journal.backdated.is_empty());
    talk.say("/dagboek dinsdag");
    assert!(talk.last().text.contains("Maandag: moe."));
}

#[test]
fn a_page_fits_whatever_was_typed() {
    for piece in [
        "👨‍👩‍👧‍👦",
        "e\u{301}\u{302}\u{303}",
        "مرحبا ",
        "\u{202e}abc",
        "𝕏",
        "\u{301}",
    ] {
        let mut talk = Talk::begun();
        talk.until_due();
        let most = 4096 / piece.encode_utf16().count();
        for _ in 0..3 {
            talk.say(&piece.repeat(most));
        }
        // Each page is checked against Telegram's limit as it is delivered.
        talk.say("/dagboek");
        let mut pages = 1;
        while talk.last().labels()[0].contains(&"Ouder") {
            talk.tap("Ouder");
            pages += 1;
        }
        assert!(pages > 3, "{piece:?}");
    }
}
