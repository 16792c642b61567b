//! What is said to heavy words, and what is not heavy.

use super::{
    crisis::{BOTH, DEATH, NEAR, TIRED, VIOLENCE, answered, answers, beginning, hinting, people},
    *,
};
use crate::net::Route;

#[test]
fn each_route_has_its_answer_with_the_lines_of_the_country_and_one_button_to_a_page() {
    for (text, route, page, page_in_flanders) in [
        (DEATH, Route::Zelfdoding, "Chat op 113.nl", "Site van 1813"),
        (
            VIOLENCE,
            Route::Geweld,
            "Site van Veilig Thuis",
            "Site van 1712",
        ),
        (
            TIRED,
            Route::Uitputting,
            "Site van de Luisterlijn",
            "Site van Tele-Onthaal",
        ),
        (NEAR, Route::Naaste, "Chat op 113.nl", "Site van 1813"),
    ] {
        let mut talk = Talk::begun();
        let mut flanders = talk.fork();
        talk.say(text);
        assert!(
            talk.last().text.starts_with(&beginning(route)),
            "{}",
            talk.last().text
        );
        let lines = LIBRARY.help_lines(Default::default(), route.into());
        assert!(talk.last().text.contains(&lines));
        let buttons = |page| {
            [
                page,
                "Even ademen",
                "Iemand een bericht sturen",
                "Ik ben veilig, verder",
                "Zo bedoelde ik het niet",
                "Wis wat ik schreef",
            ]
            .map(|label| vec![label])
        };
        assert_eq!(talk.last().labels(), buttons(page));
        let Action::Url(url) = &talk.last().keyboard.0[0][0].action else {
            panic!("a page")
        };
        assert!(
            LIBRARY
                .helplines
                .iter()
                .any(|line| line.show && line.url == *url)
        );

        flanders.say("/instellingen");
        flanders.tap("Land");
        flanders.say(text);
        let lines = LIBRARY.help_lines(crate::library::Country::Be, route.into());
        assert!(flanders.last().text.contains(&lines));
        assert_eq!(flanders.last().labels(), buttons(page_in_flanders));
    }
}

#[test]
fn beside_violence_both_answers_come_and_how_to_hide_them() {
    let mut talk = Talk::begun();
    let before = talk.count();
    talk.say(BOTH);
    assert_eq!(talk.count() - before, 2);
    let both: Vec<&Shown> = talk.chat.values().skip(before).collect();
    let text = format!("{}\n{}", both[0].text, both[1].text);
    assert!(
        text.contains(&beginning(Route::Zelfdoding)) && text.contains(&beginning(Route::Geweld))
    );
    assert_eq!(text.matches(answers().hide_tip.as_str()).count(), 1);
    assert!(both.iter().all(|shown| shown.silent));
    assert!(
        both[0].labels().is_empty(),
        "the buttons stand below the last"
    );
    let pages: Vec<&str> = both[1].labels().concat();
    assert!(pages.contains(&"Chat op 113.nl") && pages.contains(&"Site van Veilig Thuis"));
    let mut alone = Talk::begun();
    alone.say(DEATH);
    assert!(!alone.last().text.contains(answers().hide_tip.as_str()));
}

#[test]
fn the_same_answer_within_a_day_is_short_and_has_its_numbers() {
    let mut talk = Talk::begun();
    talk.say(DEATH);
    talk.minutes(23 * 60);
    talk.say(DEATH);
    assert_eq!(talk.last().text, answers().zelfdoding.short.as_str());
    assert!(
        talk.last().silent && talk.last().text.contains("112") && talk.last().text.contains("113")
    );
    // Another one is whole.
    talk.say(VIOLENCE);
    assert!(talk.last().text.starts_with(&beginning(Route::Geweld)));
    talk.minutes(24 * 60);
    talk.say(DEATH);
    assert!(talk.last().text.starts_with(&beginning(Route::Zelfdoding)));
}

#[test]
fn the_quiet_line_comes_without_sound_at_most_once_in_a_fortnight() {
    let hint = answers().hint.as_str();
    let hints = |talk: &Talk| {
        talk.chat
            .values()
            .filter(|shown| shown.text == hint)
            .count()
    };
    for (who, _, person) in people() {
        let mut talk = person;
        talk.say(hinting());
        assert_eq!(talk.last().text, hint, "{who}");
        assert!(talk.last().silent && talk.last().labels().is_empty());
        assert!(
            talk.book.entries.values().all(|entry| !entry.heavy),
            "a hint sets nothing apart"
        );
    }
    let mut talk = Talk::begun();
    talk.say(hinting());
    let begun = talk.now;
    talk.until(begun + SignedDuration::from_hours(14 * 24 - 1));
    talk.say(hinting());
    assert_eq!(hints(&talk), 1);
    talk.until(begun + SignedDuration::from_hours(14 * 24));
    talk.say(hinting());
    assert_eq!(hints(&talk), 2);
    // Where the numbers themselves were just given, there is nothing to point to.
    let mut talk = Talk::begun();
    talk.say(TIRED);
    talk.say(hinting());
    assert_eq!(hints(&talk), 0);
}

/// Everything that a parent can read and type back.
#[test]
fn nothing_that_the_bot_says_is_answered_when_it_is_typed_back() {
    let mut talk = Talk::begun();
    let mut said: Vec<&str> = Vec::new();
    for prompt in &LIBRARY.prompts {
        said.extend([prompt.title.as_str(), prompt.body.as_str()]);
        said.extend(prompt.followup.as_deref());
    }
    for flow in &LIBRARY.flows {
        said.extend([
            flow.intro.as_str(),
            flow.safety.as_str(),
            flow.stop.as_str(),
            flow.end.as_str(),
        ]);
        said.extend(flow.buttons.iter().map(|button| button.label.as_str()));
        said.extend(
            flow.cards
                .iter()
                .flat_map(|card| [card.text.as_str(), card.note.as_str()]),
        );
        for step in &flow.steps {
            said.push(step.text.as_str());
            let buttons = step.buttons.iter();
            said.extend(buttons.flat_map(|button| [button.label.as_str(), button.fragment()]));
        }
    }
    said.extend(
        LIBRARY
            .sentences
            .iter()
            .map(|sentence| sentence.text.as_str()),
    );
    let texts = &LIBRARY.texts;
    said.extend([
        texts.welcome.text.as_str(),
        texts.consent.text.as_str(),
        texts.privacy.text.as_str(),
        texts.help.breathe.as_str(),
        texts.help.text_someone_message.as_str(),
        answers().safe.as_str(),
        answers().safe_only.as_str(),
        answers().not_meant.as_str(),
        answers().erased.as_str(),
        answers().kept.as_str(),
        answers().flow_rests.as_str(),
        answers().hint.as_str(),
        answers().pause_week.as_str(),
        answers().go_on.as_str(),
        answers().btn_safe.as_str(),
        answers().btn_not_meant.as_str(),
        answers().btn_erase.as_str(),
    ]);
    for text in said {
        talk.say(text);
    }
    assert_eq!(answered(&talk), 0);
    assert!(
        talk.chat
            .values()
            .all(|shown| shown.text != answers().hint.as_str())
    );
}

#[test]
fn what_a_locked_screen_shows_of_an_answer_is_harmless() {
    let texts = answers();
    let words = [
        "zelfdoding",
        "dood",
        "geweld",
        "sla",
        "113",
        "112",
        "1813",
        "1712",
        "veilig thuis",
        "pijn",
        "gevaar",
    ];
    for answer in [
        &texts.zelfdoding,
        &texts.geweld,
        &texts.uitputting,
        &texts.naaste,
    ] {
        for text in [&answer.text, &answer.short] {
            let shown: String = text.as_str().chars().take(80).collect();
            let found = words
                .iter()
                .find(|word| shown.to_lowercase().contains(*word));
            assert_eq!(found, None, "{shown}");
        }
    }
}
