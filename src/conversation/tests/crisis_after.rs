//! What follows from an answer to heavy words: a quiet day, a gentle week, and what its buttons do.

use jiff::civil::date;

use super::{
    crisis::{BOTH, DEATH, NEAR, TIRED, VIOLENCE, answered, answers, hinting},
    *,
};
use crate::{
    library::Side,
    parent::{Crisis, Days, Pause},
};

/// A parent with a prompt each day at 19:30 who has read the first one, which has a further question.
fn prompted() -> Talk {
    let mut talk = Talk::begun();
    talk.say("/tijd");
    talk.tap("19:30");
    talk.tap("Elke dag");
    talk.tap("Klaar");
    let has_follow_up = |talk: &Talk| {
        let open = talk.parent().prompt.as_ref();
        let prompt = open.and_then(|open| LIBRARY.prompt(&open.id));
        prompt.is_some_and(|prompt| prompt.followup.is_some())
    };
    talk.until(amsterdam("2026-03-02T19:30"));
    while !has_follow_up(&talk) {
        talk.minutes(24 * 60);
    }
    talk
}

/// How many prompts have come.
fn prompts(talk: &Talk) -> usize {
    let is_prompt = |shown: &&Shown| {
        let mut prompts = LIBRARY.prompts.iter();
        prompts.any(|prompt| shown.text.starts_with(&format!("{}\n\n", prompt.title)))
    };
    talk.chat.values().filter(is_prompt).count()
}

/// Whether the latest prompt may come in the week after an answer.
fn is_gentle(talk: &Talk) -> bool {
    let open = talk.parent().prompt.as_ref().expect("a prompt");
    LIBRARY.prompt(&open.id).is_some_and(|prompt| {
        prompt.side == Side::Beide && LIBRARY.gentle_themes.contains(&prompt.theme)
    })
}

#[test]
fn a_heavy_answer_to_a_prompt_gets_its_heart_and_no_further_question() {
    let mut talk = prompted();
    let prompt = talk.last_id();
    let said = talk.count();
    let reply = talk.say(DEATH);
    assert_eq!(talk.hearts, [reply]);
    assert_eq!(talk.count(), said + 1, "no sentence about the heart on top");
    assert_eq!(talk.chat[&prompt].labels(), [["Wis antwoord"]]);
    let entry = talk.book.entries.values().next().unwrap();
    assert!(entry.prompt.is_some() && entry.heavy);
    // What is said once is said on another day.
    talk.minutes(24 * 60);
    let again = talk.say("De was hangt.");
    assert_eq!(talk.hearts.last(), Some(&again));
    assert_eq!(talk.last().text, LIBRARY.texts.ack.first.as_str());
}

#[test]
fn a_prompt_that_is_answered_or_waits_offers_nothing_more() {
    let mut answered = prompted();
    let prompt = answered.last_id();
    answered.say("De was hangt.");
    assert!(
        answered.chat[&prompt]
            .labels()
            .concat()
            .contains(&"Nog een vraag")
    );
    answered.reply(Some(MessageId(1)), TIRED);
    assert_eq!(answered.chat[&prompt].labels(), [["Wis antwoord"]]);

    let mut declined = Talk::new();
    declined.say("/start");
    declined.tap("Bewaar niets. Ik ben 18+");
    declined.until(amsterdam("2026-03-02T19:30"));
    let prompt = declined.last_id();
    declined.say(DEATH);
    assert!(declined.chat[&prompt].labels().is_empty());
    assert!(declined.toasts.is_empty());
}

#[test]
fn nothing_comes_by_itself_on_that_day_and_the_next_one_is_gentle() {
    let mut talk = Talk::begun();
    talk.say("/tijd");
    talk.tap("19:30");
    talk.tap("Elke dag");
    talk.tap("Klaar");
    talk.until(amsterdam("2026-03-03T19:30"));
    talk.tap("Straks");
    talk.tap("Over drie uur");
    talk.say(TIRED);
    assert_eq!(talk.parent().snoozed, None);
    talk.until(amsterdam("2026-03-04T08:00"));
    let sent = prompts(&talk);
    talk.say(NEAR);
    let said = talk.count();
    talk.until(amsterdam("2026-03-04T23:59"));
    assert_eq!((prompts(&talk), talk.count()), (sent, said));
    talk.until(amsterdam("2026-03-05T19:30"));
    assert_eq!(prompts(&talk), sent + 1);
    assert!(is_gentle(&talk));
}

#[test]
fn for_a_week_every_prompt_is_gentle_however_it_comes() {
    let mut talk = prompted();
    talk.say("/instellingen");
    talk.tap("Eigen vragen");
    for own in [
        "Wie liet ik uitpraten?",
        "Waar lachten we om?",
        "Wat deed ik zacht?",
    ] {
        talk.tap("Eigen vraag toevoegen");
        talk.say(own);
    }
    talk.say("/instellingen");
    talk.tap("Wat ik herken");
    talk.tap("Ik zoek vaak ruimte");
    talk.say(DEATH);
    let begun = talk.now;
    // Asked for, on the same day: another one than that of today, and without the offer of another.
    talk.say("/vandaag");
    talk.tap("Ja, nog één");
    assert!(is_gentle(&talk));
    assert_eq!(talk.last().labels(), [["Straks", "Sla over"]]);
    let hour = SignedDuration::from_hours;
    for day in 1..7 {
        talk.until(begun + hour(24 * day));
        assert!(is_gentle(&talk), "day {day}");
        talk.tap("Andere vraag");
        assert!(is_gentle(&talk), "day {day}, another one");
        talk.minutes(60);
        talk.say("/vandaag");
        assert!(is_gentle(&talk), "day {day}, asked for");
        let all_seen = LIBRARY.texts.prompt.all_seen.as_str();
        assert!(
            talk.chat
                .values()
                .all(|shown| !shown.text.contains(all_seen))
        );
    }
    let others = (7..27).any(|day| {
        talk.until(begun + hour(24 * day));
        !is_gentle(&talk)
    });
    assert!(others, "the others come again");
}

#[test]
fn todays_prompt_does_not_come_again_when_it_is_not_gentle() {
    for day in 2..20 {
        let mut talk = Talk::begun();
        talk.say("/start");
        talk.until(amsterdam(&format!("2026-03-{day:02}T19:30")));
        // Not kept, so this is no day on which something was written before.
        talk.library = Box::leak(Box::new(Library {
            consent_version: "later".to_owned(),
            ..LIBRARY.clone()
        }));
        talk.say(DEATH);
        talk.parent.as_mut().unwrap().wrote_on = None;
        let sent = prompts(&talk);
        talk.say("/vandaag");
        assert!(prompts(&talk) == sent || is_gentle(&talk), "{day}");
    }
}

#[test]
fn a_pause_that_ends_on_that_day_ends_without_a_word() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Drie dagen");
    talk.until(amsterdam("2026-03-05T07:00"));
    talk.say(DEATH);
    let said = talk.count();
    talk.until(amsterdam("2026-03-05T23:00"));
    assert_eq!(talk.count(), said);
    assert_eq!(talk.parent().rhythm.pause, None);
    assert!(talk.parent().planned.is_some());
}

#[test]
fn who_is_away_is_not_asked_to_begin_again() {
    let mut talk = Talk::begun();
    talk.say("/pauze");
    talk.tap("Tot ik terugkom");
    let ask = LIBRARY.texts.welcome.again_paused.as_str();
    let asked = |talk: &Talk| talk.chat.values().any(|shown| shown.text == ask);
    talk.say(DEATH);
    talk.say("De was hangt.");
    assert!(!asked(&talk));
    talk.minutes(24 * 60);
    talk.say("De was hangt weer.");
    talk.say("En de zon scheen.");
    assert!(asked(&talk), "on another day");
}

#[test]
fn that_day_never_comes_back_by_itself() {
    let mut talk = Talk::begun();
    talk.say("/instellingen");
    talk.tap("Op deze dag");
    talk.tap("Ja, graag");
    // Tuesday 3 March, a day without a prompt in 2027 too.
    talk.until(amsterdam("2026-03-03T09:00"));
    talk.say("We bakten samen een taart.");
    talk.minutes(60);
    talk.say(DEATH);
    talk.minutes(60);
    talk.say("De was hangt.");
    talk.minutes(600);
    assert!(talk.book.entries.values().all(|entry| entry.heavy));
    talk.until(amsterdam("2026-03-04T09:00"));
    talk.say("Vandaag was het rustig in huis.");
    let light = talk.book.entries.values().next_back().unwrap();
    assert!(!light.heavy);
    talk.parent.as_mut().unwrap().schedule.days = Days::default();
    let knock = LIBRARY.texts.onthisday.knock.as_str();
    talk.until(amsterdam("2027-03-03T23:00"));
    assert!(talk.chat.values().all(|shown| shown.text != knock));
}

#[test]
fn an_entry_that_an_edit_made_heavy_comes_back_no_more_nor_does_the_day_of_the_answer() {
    let mut talk = Talk::begun();
    let note = talk.say("Het was een lange dag vol regen.");
    talk.minutes(48 * 60);
    talk.say("We bakten samen een grote taart.");
    talk.edit(note, BOTH);
    let heavy: Vec<bool> = talk
        .book
        .entries
        .values()
        .map(|entry| entry.heavy)
        .collect();
    assert_eq!(heavy, [true, true]);
    talk.say("/terugblik");
    talk.tap("Deze maand");
    assert!(!talk.last().text.contains("taart") && !talk.last().text.contains("regen"));
    // An older entry that is changed on that day keeps its weight, which is none.
    let mut talk = Talk::begun();
    let note = talk.say("Het was een lange dag vol regen.");
    talk.minutes(48 * 60);
    talk.say(DEATH);
    talk.edit(note, "Het was een heel lange dag vol regen.");
    assert!(!talk.book.entries[&EntryId(0)].heavy);
}

#[test]
fn what_a_flow_saves_on_that_day_and_heavy_words_in_it_are_set_apart() {
    let mut talk = Talk::begun();
    talk.say(TIRED);
    let mut later = talk.fork();
    for (talk, heavy) in [(&mut talk, true), (&mut later, false)] {
        if !heavy {
            talk.minutes(48 * 60);
        }
        talk.say("/herstel");
        for label in ["Begin", "Verder", "Ik was kortaf"] {
            talk.tap(label);
        }
        while !talk.last().labels().concat().contains(&"Zo is het goed") {
            let label = talk.last().labels()[0][0].to_owned();
            talk.tap(&label);
        }
        for label in ["Zo is het goed", "Nu", "Bewaar dit"] {
            talk.tap(label);
        }
        let saved = talk.book.entries.values().next_back().unwrap();
        assert_eq!(saved.heavy, heavy);
    }
    // Typed before midnight, saved after it, on a day without an answer of its own.
    let mut talk = Talk::begun();
    talk.until(amsterdam("2026-03-03T23:50"));
    talk.say("/herstel");
    talk.tap("Begin");
    talk.tap("Verder");
    talk.say(DEATH);
    talk.until(amsterdam("2026-03-04T00:10"));
    let screen = |talk: &Talk| talk.parent().flows.open.as_ref().unwrap().message.unwrap();
    while !talk.chat[&screen(&talk)]
        .labels()
        .concat()
        .contains(&"Zo is het goed")
    {
        let label = talk.chat[&screen(&talk)].labels()[0][0].to_owned();
        talk.tap(&label);
    }
    for label in ["Zo is het goed", "Nu", "Bewaar dit"] {
        talk.tap(label);
    }
    let saved = talk.book.entries.values().next_back().unwrap();
    assert!(saved.heavy && saved.text().reveal().contains(DEATH));
}

#[test]
fn who_is_safe_may_have_a_quiet_week() {
    let mut talk = Talk::begun();
    talk.say(DEATH);
    talk.tap("Ik ben veilig, verder");
    assert_eq!(talk.last().text, answers().safe.as_str());
    assert_eq!(
        talk.last().labels(),
        [["Ja, een week stil"], ["Nee, ga gewoon door"]]
    );
    let mut on = talk.fork();
    talk.tap("Ja, een week stil");
    assert_eq!(talk.last().text, answers().pause_week.as_str());
    assert_eq!(
        talk.parent().rhythm.pause,
        Some(Pause::Until(date(2026, 3, 9)))
    );
    // Who is silent already is not asked.
    talk.tap("Ik ben veilig, verder");
    assert_eq!(talk.last().text, answers().safe_only.as_str());
    on.tap("Nee, ga gewoon door");
    assert_eq!(on.last().text, answers().go_on.as_str());
    assert_eq!(on.parent().rhythm.pause, None);
    assert_eq!(answered(&talk), 1, "the answer stays as it is");
}

#[test]
fn what_was_not_meant_so_does_not_switch_the_net_off() {
    let mut talk = Talk::begun();
    talk.say(DEATH);
    talk.tap("Zo bedoelde ik het niet");
    assert_eq!(talk.last().text, answers().not_meant.as_str());
    talk.say(DEATH);
    assert_eq!(talk.last().text, answers().zelfdoding.short.as_str());
    talk.minutes(25 * 60);
    talk.say(VIOLENCE);
    assert_eq!(answered(&talk), 3);
}

#[test]
fn only_what_was_just_written_is_erased() {
    let mut talk = prompted();
    talk.say("De was hangt.");
    let heavy = talk.say(DEATH);
    talk.tap("Wis wat ik schreef");
    assert_eq!(talk.last().text, answers().erased.as_str());
    let entry = talk.book.entries.values().next().unwrap();
    assert_eq!(entry.text().reveal(), "De was hangt.");
    assert!(!talk.book.messages.contains_key(&heavy));
    talk.edit(heavy, "Het komt niet terug.");
    assert_eq!(talk.book.entries.len(), 1);
    // Twice does no harm.
    talk.tap("Wis wat ik schreef");
    assert_eq!(talk.book.entries.len(), 1);

    let mut alone = Talk::begun();
    alone.say(DEATH);
    alone.tap("Wis wat ik schreef");
    assert!(alone.book.entries.is_empty() && alone.book.messages.is_empty());
    // Nothing is kept, so there is nothing to erase.
    let mut stranger = Talk::new();
    stranger.say(DEATH);
    assert!(
        !stranger
            .last()
            .labels()
            .concat()
            .contains(&"Wis wat ik schreef")
    );
}

#[test]
fn what_was_spoken_goes_with_the_heavy_words_below_it() {
    let mut talk = prompted();
    talk.say("De was hangt.");
    let spoken = talk.sends_with_caption(Content::Voice(voice_note(7)), "Voor later.");
    let other = talk.speak(5);
    assert_eq!(talk.book.sounds.len(), 2);
    talk.happen(&Event::Edited(Message {
        id: spoken,
        sent: talk.now,
        content: Content::Voice(voice_note(7)),
        caption: Words::new(DEATH),
        reply_to: None,
    }));
    talk.tap("Wis wat ik schreef");
    let entry = talk.book.entries.values().next().unwrap();
    assert_eq!(entry.parts.len(), 2);
    assert!(
        talk.book
            .sounds
            .keys()
            .all(|(_, message)| *message == other)
    );
    assert_eq!(talk.book.sounds.len(), 1);
}

#[test]
fn the_buttons_of_an_answer_are_never_old() {
    let mut talk = Talk::begun();
    talk.say(DEATH);
    let answer = talk.last_id();
    let data = |label: &str| {
        let buttons = talk.chat[&answer].keyboard.0.iter().flatten();
        let mut found = buttons.filter(|button| button.label == label);
        match &found.next().unwrap().action {
            Action::Data(data) => data.clone(),
            Action::Url(url) => panic!("{url}"),
        }
    };
    let all = [
        "Even ademen",
        "Iemand een bericht sturen",
        "Ik ben veilig, verder",
        "Zo bedoelde ik het niet",
        "Wis wat ik schreef",
    ]
    .map(data);
    talk.say("/instellingen");
    talk.minutes(40 * 24 * 60);
    talk.say("/dagboek");
    let toasts = talk.toasts.len();
    for data in all {
        let said = talk.count();
        talk.tap_data(answer, &data);
        assert!(talk.count() > said);
        assert_eq!(answered(&talk), 1);
    }
    assert_eq!(talk.toasts.len(), toasts);
    assert!(talk.book.entries.is_empty());
}

#[test]
fn after_violence_the_exercise_for_two_rests_for_thirty_days() {
    let mut talk = Talk::begun();
    talk.say("/oefening");
    talk.tap("Begin");
    talk.say(VIOLENCE);
    assert!(
        talk.parent().flows.open.is_none(),
        "one that is open is over"
    );
    let rests = answers().flow_rests.as_str();
    talk.say("/oefening");
    assert_eq!(talk.last().text, rests);
    assert!(rests.contains("/hulp"));
    let listed = |talk: &mut Talk| {
        talk.say("/hulp");
        talk.tap("Wat kan deze bot");
        talk.last().text.contains("/oefening")
    };
    assert!(!listed(&mut talk));
    talk.say("/herstel");
    assert!(talk.parent().flows.open.is_some(), "others go on");
    let hour = SignedDuration::from_hours;
    let begun = talk.now;
    talk.until(begun + hour(30 * 24 - 1));
    talk.say("/oefening");
    assert_eq!(talk.last().text, rests);
    talk.until(begun + hour(30 * 24));
    assert!(listed(&mut talk));
    talk.say("/oefening");
    assert!(talk.last().text.contains("twee volwassenen"));
    // No other answer makes it rest.
    let mut talk = Talk::begun();
    talk.say(DEATH);
    talk.say("/oefening");
    assert!(talk.last().text.contains("twee volwassenen"));
}

#[test]
fn what_is_remembered_goes_when_no_rule_needs_it() {
    let mut talk = Talk::begun();
    talk.say(hinting());
    talk.say(BOTH);
    talk.say(TIRED);
    assert_eq!(talk.parent().crisis.answers.len(), 3);
    let begun = talk.now;
    let hour = SignedDuration::from_hours;
    // Nobody comes back, and it goes all the same.
    talk.say("/stop");
    talk.until(begun + hour(7 * 24));
    assert_eq!(talk.parent().crisis.answers.len(), 1);
    talk.until(begun + hour(30 * 24));
    assert_eq!(talk.parent().crisis, Crisis::default());
}

#[test]
fn erasing_leaves_what_protects_and_everything_goes_with_everything() {
    let mut talk = Talk::begun();
    talk.say(hinting());
    talk.say(VIOLENCE);
    let mut withdrawn = talk.fork();
    talk.say("/wis");
    talk.tap("Al mijn antwoorden");
    talk.tap("Ja, wis het");
    withdrawn.say("/instellingen");
    withdrawn.tap("Bewaren");
    withdrawn.tap("Stop en wis alles");
    withdrawn.tap("Ja, wis het");
    for talk in [&mut talk, &mut withdrawn] {
        assert!(talk.book.entries.is_empty());
        assert_eq!(talk.parent().crisis.hint, None);
        let said = talk.count();
        talk.until(amsterdam("2026-03-02T23:00"));
        assert_eq!(talk.count(), said, "still a quiet day");
        talk.say("/oefening");
        assert_eq!(talk.last().text, answers().flow_rests.as_str());
    }
    talk.say("/wis");
    talk.tap("Alles, ook instellingen");
    talk.tap("Ja, wis het");
    assert_eq!(talk.parent, None);
}

#[test]
fn where_a_heart_is_refused_a_plain_line_says_that_it_is_kept() {
    let mut talk = Talk::begun();
    talk.refuse_hearts = true;
    talk.say(DEATH);
    let kept = talk
        .chat
        .values()
        .filter(|shown| shown.text == answers().kept.as_str());
    let silent: Vec<bool> = kept.map(|shown| shown.silent).collect();
    assert_eq!(silent, [true]);
    let lines = &LIBRARY.texts.ack.lines;
    assert!(
        talk.chat
            .values()
            .all(|shown| lines.iter().all(|line| line.as_str() != shown.text))
    );
    assert_eq!(answered(&talk), 1);
}
