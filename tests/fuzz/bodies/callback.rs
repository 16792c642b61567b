//! Callback data: anybody can send any, on any message.

use std::sync::Arc;

use voel_eerst::{
    conversation::{Effect, Tap},
    parent::{Consent, Parent},
};

use super::town::{EVERYBODY, Visit, tapped};

pub fn hold(bytes: &[u8]) {
    let Ok(data) = str::from_utf8(bytes) else {
        return;
    };
    let read = Tap::read(data);
    if let Some((keyboard, tap)) = read {
        let written = tap.data(keyboard);
        assert!(written.len() <= 64, "{written}");
        assert_eq!(Tap::read(&written), Some((keyboard, tap)), "{written}");
    }
    for chat in EVERYBODY {
        let mut visit = Visit::new();
        let (live, message) = visit.live_in(chat);
        // As it is, and with the number that is live in this chat.
        let tries = [
            data.to_owned(),
            read.map_or_else(String::new, |(_, tap)| tap.data(live)),
        ];
        for data in tries {
            let mut visit = Visit::new();
            let before = visit.kept_of(chat);
            visit.happen(chat, &tapped(&data, message), Some("nl"));
            let answer = |effect: &Effect| matches!(effect, Effect::Answer { .. });
            let answers = visit.outgoing.iter();
            let answers = answers.filter(|(_, it)| answer(&it.effect)).count();
            assert_eq!(answers, 1, "{data}: a tap is answered once");
            let after = visit.kept_of(chat);
            let chose = matches!(Tap::read(&data), Some((number, _)) if number == live);
            let consent = |kept: &(Option<Arc<Parent>>, _)| {
                let parent = kept.0.as_ref();
                parent.map_or(Consent::Open, |parent| parent.consent.clone())
            };
            assert!(
                chose || consent(&after) == consent(&before),
                "{data}: consent by a button that is not there"
            );
            if Tap::read(&data).is_none() {
                assert_eq!(
                    after.1, before.1,
                    "{data}: what is nothing changed a journal"
                );
            }
            visit.leaves_the_other_alone();
        }
    }
}
