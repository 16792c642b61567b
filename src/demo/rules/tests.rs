//! Each rule at its edge.

use super::*;

fn refusal<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    result.map_or_else(
        |refusal| refusal.description,
        |value| format!("accepted {value:?}"),
    )
}

fn button(text: &str, url: Option<&str>, data: Option<&str>) -> InlineKeyboard {
    InlineKeyboard {
        inline_keyboard: vec![vec![InlineButton {
            text: text.into(),
            url: url.map(Into::into),
            callback_data: data.map(Into::into),
        }]],
    }
}

#[test]
fn text_counts_in_utf16_units_and_loses_its_blanks() {
    assert_eq!(refusal(new_text(" hoi\n")), "accepted \"hoi\"");
    assert_eq!(
        refusal(new_text(" \n\t ")),
        "Bad Request: message text is empty"
    );
    assert!(new_text(&"a".repeat(4096)).is_ok());
    assert!(new_text(&"😀".repeat(2048)).is_ok());
    assert_eq!(
        refusal(new_text(&"😀".repeat(2049))),
        "Bad Request: message is too long"
    );
    assert_eq!(
        refusal(edited_text(&"a".repeat(4097))),
        "Bad Request: MESSAGE_TOO_LONG"
    );
}

#[test]
fn a_button_has_a_label_and_one_action() {
    let check = |k: InlineKeyboard| refusal(keyboard(&k));
    assert_eq!(check(button("Ja", None, Some("ja"))), "accepted ()");
    assert_eq!(
        check(button("Ja", None, Some(&"é".repeat(32)))),
        "accepted ()"
    );
    assert_eq!(
        check(button("Lees", Some("https://telegram.org/x?y=1"), None)),
        "accepted ()"
    );
    assert_eq!(
        check(button("Lees", Some("tg://user?id=1"), None)),
        "accepted ()"
    );
    assert_eq!(
        check(button(" ", None, Some("ja"))),
        "Bad Request: inline keyboard button text must be non-empty"
    );
    for data in ["", &"é".repeat(33)] {
        assert_eq!(
            check(button("Ja", None, Some(data))),
            "Bad Request: BUTTON_DATA_INVALID"
        );
    }
    for url in [
        "",
        "hoi",
        "ftp://a.nl",
        "https://",
        "https://nl",
        "https://a b.nl",
        "javascript:x",
    ] {
        assert_eq!(
            check(button("Ja", Some(url), None)),
            "Bad Request: BUTTON_URL_INVALID"
        );
    }
    assert!(check(button("Ja", None, None)).contains("Text buttons are unallowed"));
    assert!(check(button("Ja", Some("https://a.nl"), Some("ja"))).contains("found both"));
    let many = InlineKeyboard {
        inline_keyboard: vec![button("Ja", None, Some("ja")).inline_keyboard.remove(0); 101],
    };
    assert_eq!(check(many), "Bad Request: reply markup is too long");
}

#[test]
fn a_bot_reacts_with_one_emoji_of_the_list() {
    let emoji = |emoji: &str| Reaction::Emoji {
        emoji: emoji.into(),
    };
    assert_eq!(reaction(&[]), Ok(None));
    assert_eq!(reaction(&[emoji("❤")]), Ok(Some("❤".into())));
    // With the variation selector that keyboards type it is another string, and the real server refuses it.
    assert_eq!(
        refusal(reaction(&[emoji("❤\u{fe0f}")])),
        "Bad Request: REACTION_INVALID"
    );
    assert_eq!(
        refusal(reaction(&[emoji("🧀")])),
        "Bad Request: REACTION_INVALID"
    );
    assert_eq!(
        refusal(reaction(&[emoji("❤"), emoji("👍")])),
        "Bad Request: REACTIONS_TOO_MANY"
    );
}

#[test]
fn commands_have_plain_names_and_a_description() {
    let check = |command: &str, description: &str| {
        refusal(commands(&[BotCommand {
            command: command.into(),
            description: description.into(),
        }]))
    };
    assert_eq!(check("hulp", "Wat kan ik?"), "accepted ()");
    for name in ["", "/hulp", "Hulp", "hé", &"a".repeat(33)] {
        assert_eq!(
            check(name, "x"),
            "Bad Request: BOT_COMMAND_INVALID",
            "{name}"
        );
    }
    for description in ["", &"a".repeat(257)] {
        assert_eq!(
            check("a", description),
            "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
        );
    }
    let command = BotCommand {
        command: "a".into(),
        description: "b".into(),
    };
    assert_eq!(
        refusal(commands(&vec![command; 101])),
        "Bad Request: BOT_COMMANDS_TOO_MUCH"
    );
}

#[test]
fn a_toast_is_short() {
    assert_eq!(refusal(toast(&"a".repeat(200))), "accepted ()");
    assert_eq!(
        refusal(toast(&"a".repeat(201))),
        "Bad Request: MESSAGE_TOO_LONG"
    );
}
