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
