//! What Telegram accepts as text, buttons, reactions and commands. Pure checks, with the real server's words.

use serde::{Deserialize, Serialize};

use super::Refusal;

/// A message's text: 1 to this many UTF-16 units.
pub const MAX_TEXT: usize = 4096;
/// The text below a document: at most this many UTF-16 units.
const MAX_CAPTION: usize = 1024;
/// A toast or alert: at most this many UTF-16 units.
const MAX_TOAST: usize = 200;
/// A button's callback data: 1 to this many bytes.
const MAX_CALLBACK_DATA: usize = 64;
/// More buttons than this below one message are refused by the real server, whatever the rows.
const MAX_BUTTONS: usize = 100;
/// Bot commands in one list.
const MAX_COMMANDS: usize = 100;

/// The emoji that may be used as a reaction, from `ReactionTypeEmoji` in Bot API 10.1.
const REACTIONS: [&str; 73] = [
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤\u{200d}🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨\u{200d}💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷\u{200d}♂",
    "🤷",
    "🤷\u{200d}♀",
    "😡",
];

/// An inline keyboard as it comes in. Kinds of buttons that this bot has no use for are unknown parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlineKeyboard {
    /// Rows of buttons.
    pub inline_keyboard: Vec<Vec<InlineButton>>,
}

/// One button: a label, and exactly one of the two actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlineButton {
    /// What it says.
    pub text: String,
    /// Opens a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Comes back to the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
}

impl InlineKeyboard {
    /// Whether there is no button at all: Telegram then shows none, and keeps no keyboard.
    pub fn is_empty(&self) -> bool {
        self.inline_keyboard.iter().all(Vec::is_empty)
    }

    fn buttons(&self) -> impl Iterator<Item = &InlineButton> {
        self.inline_keyboard.iter().flatten()
    }
}

/// A member of `setMyCommands`' list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BotCommand {
    /// Without the slash.
    pub command: String,
    /// The line beside it in the menu.
    pub description: String,
}

/// A reaction in `setMessageReaction`; bots may use emoji only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reaction {
    /// One of [`REACTIONS`].
    Emoji {
        /// The emoji.
        emoji: String,
    },
}

/// The text of a new message as Telegram keeps it: without the blanks around it.
///
/// # Errors
/// When it is empty or longer than [`MAX_TEXT`].
pub fn new_text(text: &str) -> Result<String, Refusal> {
    text_within(text, "message is too long")
}

/// The text of an edited message; the real server words its length error differently there.
///
/// # Errors
/// When it is empty or longer than [`MAX_TEXT`].
pub fn edited_text(text: &str) -> Result<String, Refusal> {
    text_within(text, "MESSAGE_TOO_LONG")
}

/// The text below a document as Telegram keeps it: without the blanks around it.
///
/// # Errors
/// When it is longer than [`MAX_CAPTION`].
pub fn caption(caption: &str) -> Result<String, Refusal> {
    let caption = caption.trim();
    if utf16_units(caption) > MAX_CAPTION {
        return Err(Refusal::bad_request("message caption is too long"));
    }
    Ok(caption.to_owned())
}

fn text_within(text: &str, too_long: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    if utf16_units(text) > MAX_TEXT {
        return Err(Refusal::bad_request(too_long));
    }
    Ok(text.to_owned())
}

/// Checks every button of a keyboard.
///
/// # Errors
/// When a button has no label, not exactly one action, data of more than 64 bytes or none, or an address that is no link; or when there are too many.
pub fn keyboard(keyboard: &InlineKeyboard) -> Result<(), Refusal> {
    if keyboard.buttons().count() > MAX_BUTTONS {
        return Err(Refusal::bad_request("reply markup is too long"));
    }
    keyboard.buttons().try_for_each(button)
}

fn button(button: &InlineButton) -> Result<(), Refusal> {
    if button.text.trim().is_empty() {
        // The real server drops such a button without a word, which is no help to anybody.
        return Err(Refusal::bad_request(
            "inline keyboard button text must be non-empty",
        ));
    }
    match (&button.url, &button.callback_data) {
        (None, Some(data)) if (1..=MAX_CALLBACK_DATA).contains(&data.len()) => Ok(()),
        (None, Some(_)) => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
        (Some(url), None) if is_link(url) => Ok(()),
        (Some(_), None) => Err(Refusal::bad_request("BUTTON_URL_INVALID")),
        (None, None) => Err(Refusal::bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        )),
        (Some(_), Some(_)) => Err(Refusal::bad_request(
            "can't parse inline keyboard button: exactly one of url and callback_data expected, found both",
        )),
    }
}

/// `http`, `https` or `tg`, and behind it at least a host without blanks; `http` hosts have a dot, as Telegram wants it.
fn is_link(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    clean
        && match scheme {
            "http" | "https" => {
                host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
            }
            "tg" => !host.is_empty(),
            _ => false,
        }
}

/// Checks the text of a toast or alert.
///
/// # Errors
/// When it is longer than 200 UTF-16 units.
pub fn toast(text: &str) -> Result<(), Refusal> {
    if utf16_units(text) > MAX_TOAST {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    Ok(())
}

/// The one emoji that a bot may put on a message, or none to take it away.
///
/// # Errors
/// When there are more than one, or when it is not an emoji for reactions.
pub fn reaction(reactions: &[Reaction]) -> Result<Option<String>, Refusal> {
    match reactions {
        [] => Ok(None),
        [Reaction::Emoji { emoji }] if is_reaction(emoji) => Ok(Some(emoji.clone())),
        [_] => Err(Refusal::bad_request("REACTION_INVALID")),
        _ => Err(Refusal::bad_request("REACTIONS_TOO_MANY")),
    }
}

/// Whether Telegram offers this emoji as a reaction.
pub fn is_reaction(emoji: &str) -> bool {
    REACTIONS.contains(&emoji)
}

/// Checks a list of bot commands.
///
/// # Errors
/// When a name is not 1 to 32 of `a-z`, `0-9` and `_`, a description is not 1 to 256 characters, or there are more than 100.
pub fn commands(commands: &[BotCommand]) -> Result<(), Refusal> {
    if commands.len() > MAX_COMMANDS {
        return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    for BotCommand {
        command,
        description,
    } in commands
    {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=32).contains(&command.len()) || !command.chars().all(plain) {
            return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&utf16_units(description)) {
            return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    Ok(())
}

/// Checks the bot's description or short description.
///
/// # Errors
/// When it is longer than `max` characters.
pub fn about(text: &str, max: usize, name: &str) -> Result<(), Refusal> {
    if utf16_units(text) > max {
        return Err(Refusal::bad_request(format_args!(
            "{name} is too long: at most {max} characters expected"
        )));
    }
    Ok(())
}

/// How long Telegram finds a text.
pub fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests;
