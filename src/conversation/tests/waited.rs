//! Messages that waited for the bot: they count for the moment at which they were sent, as far as that can be believed.

use jiff::civil::date;

use super::*;

/// Types something that was sent at another moment than now.
fn types(talk: &mut Talk, sent: Timestamp, text: &str) {
    let id = talk.number();
    talk.happen(&Event::Wrote(Message {
        id,
        sent,
        reply_to: None,
        content: Content::Text(Words::new(text)),
        caption: Words::default(),
    }));
}

#[test]
fn a_reply_counts_for_the_day_on_which_it_was_sent_if_that_can_be_believed() {
    let (monday, tuesday) = (date(2026, 3, 2), date(2026, 3, 3));
    for (sent, day) in [
        (amsterdam("2026-03-02T23:50"), monday),
        (amsterdam("2026-03-03T00:10"), tuesday),
        // A clock that goes ahead.
        (amsterdam("2026-03-03T00:11"), tuesday),
        (amsterdam("2026-03-04T12:00"), tuesday),
        (Timestamp::MAX, tuesday),
        // Telegram keeps nothing for so long.
        (amsterdam("2026-02-28T23:50"), tuesday),
        (Timestamp::UNIX_EPOCH, tuesday),
        (Timestamp::MIN, tuesday),
    ] {
        let mut talk = Talk::begun();
        talk.now = amsterdam("2026-03-03T00:10");
        types(&mut talk, sent, "Net voor twaalf.");
        let entry = talk.book.entries.values().next().unwrap();
        assert_eq!(entry.day, day, "{sent}");
        assert!(entry.written <= talk.now);
        assert_eq!(talk.parent.as_ref().unwrap().wrote_on, Some(day));
    }
}

#[test]
fn a_note_that_was_sent_soon_after_another_joins_it_however_late_they_come() {
    let mut talk = Talk::begun();
    talk.now = amsterdam("2026-03-03T09:00");
    types(&mut talk, amsterdam("2026-03-02T21:00"), "Een.");
    types(&mut talk, amsterdam("2026-03-02T21:20"), "Twee.");
    types(&mut talk, amsterdam("2026-03-02T22:00"), "Drie.");
    let parts = talk.book.entries.values().map(|entry| entry.parts.len());
    assert_eq!(parts.collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn yesterday_is_the_day_before_the_one_on_which_it_was_typed() {
    let mut talk = Talk::begun();
    talk.now = amsterdam("2026-03-05T09:00");
    types(&mut talk, amsterdam("2026-03-03T20:00"), "Op dinsdag.");
    types(&mut talk, amsterdam("2026-03-04T20:00"), "Op woensdag.");
    let id = talk.number();
    talk.happen(&Event::Wrote(Message {
        id,
        sent: amsterdam("2026-03-04T23:50"),
        reply_to: None,
        content: Content::Command {
            name: "dagboek".to_owned(),
            rest: Words::new("gisteren"),
        },
        caption: Words::default(),
    }));
    let (_, shown) = talk.chat.iter().next_back().unwrap();
    assert!(shown.text.contains("Op dinsdag."), "{}", shown.text);
}
