//! Updates: JSON that Telegram sends, with whatever somebody put into it; one on each line.

use voel_eerst::{conversation::Event, telegram::Origin};

use super::town::{OTHER, TELEGRAM, Visit};

/// The most updates of one input.
const MOST: usize = 8;

pub fn hold(bytes: &[u8]) {
    let mut visit = Visit::new();
    for line in bytes.split(|byte| *byte == b'\n').take(MOST) {
        let Some(incoming) = TELEGRAM.delivered(line) else {
            continue;
        };
        // Only who is in a chat can write in it.
        if incoming.chat == Origin::Private(OTHER) {
            continue;
        }
        if incoming.unreadable {
            assert_eq!(incoming.event, None, "what cannot be read says nothing");
        }
        let event = incoming.event.as_ref();
        if let Some(Event::Wrote(message) | Event::Edited(message)) = event {
            // What would be logged by mistake says nothing.
            let logged = format!("{incoming:?}");
            let words = message.caption.reveal();
            assert!(
                words.len() < 16 || !logged.contains(words),
                "words are printed"
            );
        }
        assert!(incoming.chat != Origin::Nowhere || event.is_none());
        visit.receive(&incoming);
    }
    visit.leaves_the_other_alone();
}
