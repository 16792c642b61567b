//! The bones: start, a prompt, a reply, the journal.

use super::*;

#[test]
fn four_taps_and_the_first_prompt_is_planned() {
    let talk = Talk::begun();
    assert_eq!(
        talk.parent().planned.unwrap().at,
        amsterdam("2026-03-02T19:30")
    );
    let said: Vec<&str> = talk
        .chat
        .values()
        .map(|shown| shown.text.as_str())
        .collect();
    assert_eq!(
        said.len(),
        2,
        "the question about keeping, and one message for the rest: {said:#?}"
    );
    insta::assert_snapshot!(said[1], @r"
    Klaar. Je eerste vraag komt vandaag om 19:30.

    Typ gewoon terug als je wilt. Inspreken mag ook, tot drie minuten. Komt er een hartje bij, dan is het bewaard. Verder blijf ik stil.

    Ik schrijf 'je kind'. Heb je er meer? Kies dan wie er die dag in je gedachten is.
    ");
}

#[test]
fn a_prompt_comes_and_a_reply_is_kept_with_a_heart() {
    let mut talk = Talk::begun();
    talk.until_due();
    assert_eq!(
        talk.last().labels(),
        [["Straks", "Andere vraag", "Sla over"]]
    );
    let message = talk.say("Mijn schouders zakten.");
    assert_eq!(talk.hearts, [message]);
    let entries: Vec<&Entry> = talk.book.entries.values().collect();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].prompt.is_some());
    assert_eq!(talk.last().text, LIBRARY.texts.ack.first.as_str());
    talk.say("/dagboek");
    assert!(talk.last().text.contains("Mijn schouders zakten."));
}

#[test]
fn a_photo_is_not_kept_and_neither_is_what_stands_below_it() {
    let mut talk = Talk::begun();
    talk.send(None, Content::Photo);
    assert_eq!(talk.last().text, LIBRARY.texts.error.photo.as_str());
    talk.sends_with_caption(Content::Photo, "Hij zwaaide naar de maan.");
    insta::assert_snapshot!(talk.last().text, @"Foto's bewaar ik niet, en de woorden eronder ook niet. Stuur je zin los, dan bewaar ik die wel.");
    assert!(talk.hearts.is_empty() && talk.book.entries.is_empty());

    // Where nothing is kept, a sentence by itself would not be either.
    talk.say("/instellingen");
    talk.tap("Bewaren");
    talk.tap("Stop met bewaren");
    talk.sends_with_caption(Content::Photo, "Hij zwaaide naar de maan.");
    assert_eq!(talk.last().text, LIBRARY.texts.error.photo.as_str());
}
