//! What is typed where a time or days were asked for, and when it is no answer any more.

use super::*;
use crate::parent::Slot;

fn times(talk: &Talk) -> Vec<String> {
    let times = talk.parent().schedule.times.iter();
    times.map(Slot::to_string).collect()
}

/// Somebody who agreed, and has not said when.
fn at_the_times() -> Talk {
    let mut talk = Talk::new();
    talk.say("/start");
    talk.tap("Ja, bewaar. Ik ben 18+");
    talk
}

#[test]
fn which_of_two_times_was_meant_is_asked_again_and_no_note() {
    let mut talk = Talk::begun();
    talk.say("/tijd");
    talk.say("half acht");
    assert!(talk.last().text.starts_with("Welke tijd bedoel je?"));
    talk.say("eh, die andere");
    assert_eq!(texts(&talk), [] as [&str; 0]);
    talk.say("19:30 uur");
    assert_eq!(
        (times(&talk), texts(&talk)),
        (vec!["19:30".to_owned()], vec![])
    );
}

#[test]
fn a_part_of_the_day_says_which_of_two_times_was_meant() {
    for (said, meant) in [
        (["half acht", "'s ochtends"].as_slice(), "07:30"),
        (&["8 uur", "in de avond graag"], "20:00"),
        (&["8 uur", "avond"], "20:00"),
        (&["tussen 7 en 9", "'s ochtends"], "07:00-09:00"),
        // It stays open while somebody says something else, and is asked anew of another time.
        (&["8 uur", "eh", "'s avonds"], "20:00"),
        (&["8 uur", "9 uur", "'s avonds"], "21:00"),
    ] {
        let mut talk = Talk::begun();
        talk.say("/tijd");
        for text in said {
            talk.say(text);
        }
        assert_eq!(times(&talk), [meant], "{said:?}");
        assert_eq!(texts(&talk), [] as [&str; 0], "{said:?}");
    }
    // Where no two times are asked about, a part of the day is no time.
    let mut talk = Talk::begun();
    talk.say("/tijd");
    talk.say("'s avonds");
    assert_eq!(texts(&talk), ["'s avonds"]);
}

#[test]
fn telegrams_reply_to_the_question_is_an_answer_and_to_anything_else_it_is_not() {
    let mut talk = Talk::begun();
    talk.say("/tijd");
    let question = talk.last_id();
    talk.reply(Some(question), "20:15");
    assert_eq!(times(&talk), ["20:15"]);
    let mut talk = Talk::begun();
    talk.until_due();
    let prompt = talk.last_id();
    talk.say("/tijd");
    talk.reply(Some(prompt), "20:15");
    assert_eq!(
        (times(&talk), texts(&talk)),
        (vec!["19:30".to_owned()], vec!["20:15".to_owned()])
    );
}

#[test]
fn the_start_takes_a_time_and_days_however_much_later_and_nothing_else() {
    let mut talk = at_the_times();
    talk.minutes(61);
    talk.say("20:15");
    assert_eq!(times(&talk), ["20:15"]);
    talk.minutes(61);
    talk.say("ma en do");
    let days = talk.parent().schedule.days;
    assert_eq!(days.iter().count(), 2);
    assert_eq!(texts(&talk), [] as [&str; 0]);
    let mut talk = at_the_times();
    talk.minutes(61);
    talk.say("Wat een dag.");
    assert_eq!(texts(&talk), ["Wat een dag."]);
    // After a prompt came, it is the prompt that is answered.
    let mut talk = at_the_times();
    talk.until_due();
    talk.say("20:15");
    assert_eq!(texts(&talk), ["20:15"]);
}

#[test]
fn stop_ends_the_exercise_when_the_question_of_before_is_over() {
    let mut talk = Talk::begun();
    talk.say("/oefening");
    talk.tap("Begin");
    talk.say("/tijd");
    talk.minutes(100);
    talk.say("Stop");
    assert_eq!(talk.parent().sending, crate::parent::Sending::On);
    assert!(talk.parent().flows.open.is_none());
}

#[test]
fn what_people_put_around_a_time_changes_nothing() {
    for text in [
        "kan het om 21:00?",
        "doe 21:00",
        "hmm 21:00 dan",
        "21:00 ofzo",
    ] {
        let mut talk = Talk::begun();
        talk.say("/tijd");
        talk.say(text);
        assert_eq!(times(&talk), ["21:00"], "{text}");
    }
}
