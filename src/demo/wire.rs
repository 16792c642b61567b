//! The JSON of users, chats and messages, complete enough for a client that checks types strictly.

use serde_json::{Value, json};

use super::{
    World,
    chats::{Author, Chat, ChatKind, Content, Message, User},
    voices::file_id,
    world::{BOT_ID, BOT_NAME, BOT_USERNAME},
};
use crate::parent::ChatId;

/// The bot as a user.
pub fn bot() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": BOT_NAME, "username": BOT_USERNAME})
}

/// The answer to `getMe`.
pub fn me() -> Value {
    let mut me = bot();
    me["can_join_groups"] = true.into();
    me["can_read_all_group_messages"] = false.into();
    me["supports_inline_queries"] = false.into();
    me["can_connect_to_business"] = false.into();
    me["has_main_web_app"] = false.into();
    me
}

/// A person as a user.
pub fn user(user: &User) -> Value {
    let mut value = json!({"id": user.id.0, "is_bot": false, "first_name": user.name});
    if let Some(language) = &user.language_code {
        value["language_code"] = language.clone().into();
    }
    value
}

/// The bot as a member of a chat, in `my_chat_member` updates.
pub fn membership(status: &str) -> Value {
    let mut member = json!({"user": bot(), "status": status});
    if status == "kicked" {
        member["until_date"] = 0.into();
    }
    member
}

impl World {
    /// A chat.
    pub(super) fn chat_json(&self, chat: &Chat) -> Value {
        match &chat.kind {
            ChatKind::Private => {
                let name = self.users.get(&chat.id).map(|user| &user.name);
                json!({"id": chat.id.0, "type": "private", "first_name": name})
            }
            ChatKind::Group { title, .. } => {
                json!({"id": chat.id.0, "type": "group", "title": title})
            }
        }
    }

    /// The answer to `getChat`.
    pub(super) fn full_chat_json(&self, chat: &Chat) -> Value {
        let mut value = self.chat_json(chat);
        value["accent_color_id"] = 0.into();
        value["max_reaction_count"] = 11.into();
        value["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
            "premium_subscription": false, "gifts_from_channels": false,
        });
        value
    }

    /// Whoever wrote a message.
    pub(super) fn author_json(&self, author: Author) -> Value {
        match author {
            Author::Bot => bot(),
            Author::User(id) => self.users.get(&id).map_or_else(
                || json!({"id": id.0, "is_bot": false, "first_name": ""}),
                user,
            ),
        }
    }

    /// A message, with the message that it answers one level deep.
    pub(super) fn message_json(&self, chat: &Chat, message: &Message) -> Value {
        let mut value = self.bare_message_json(chat, message);
        let replied = message.reply_to.and_then(|id| chat.messages.get(&id));
        if let Some(replied) = replied {
            value["reply_to_message"] = self.bare_message_json(chat, replied);
        }
        value
    }

    fn bare_message_json(&self, chat: &Chat, message: &Message) -> Value {
        let mut value = json!({
            "message_id": message.id.0,
            "from": self.author_json(message.from),
            "chat": self.chat_json(chat),
            "date": message.sent.as_second(),
        });
        if let Some(edited) = message.edited {
            value["edit_date"] = edited.as_second().into();
        }
        if let Some(name) = &message.forwarded_from {
            value["forward_origin"] = json!({"type": "hidden_user", "sender_user_name": name, "date": message.sent.as_second()});
        }
        if !message.keyboard.is_empty() {
            value["reply_markup"] = json!(message.keyboard);
        }
        add_content(&mut value, &message.content, message.id.0);
        value
    }

    /// The chat and message of these numbers, as JSON, if they are there.
    pub(super) fn message_json_by_id(
        &self,
        chat: ChatId,
        message: crate::parent::MessageId,
    ) -> Option<Value> {
        let chat = self.chats.get(&chat)?;
        Some(self.message_json(chat, chat.messages.get(&message)?))
    }
}

fn add_content(value: &mut Value, content: &Content, number: i32) {
    let with = |extra: Value| {
        let file = json!({"file_id": file_id(number), "file_unique_id": format!("unique-{number}"), "file_size": 1024});
        merged(file, extra)
    };
    match content {
        Content::Text(text) => {
            value["text"] = text.clone().into();
            let entities = command_entities(text);
            if !entities.is_empty() {
                value["entities"] = entities.into();
            }
        }
        Content::Sticker(emoji) => {
            value["sticker"] = with(json!({
                "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": emoji,
            }));
        }
        Content::Photo(caption) => {
            value["photo"] = json!([with(json!({"width": 1280, "height": 960}))]);
            if !caption.is_empty() {
                value["caption"] = caption.clone().into();
            }
        }
        Content::Picture(picture) => {
            let size = picture.content.len();
            value["photo"] = json!([with(json!({
                "width": picture.width, "height": picture.height, "file_size": size,
            }))]);
            if !picture.caption.is_empty() {
                value["caption"] = picture.caption.clone().into();
            }
        }
        Content::Voice(voice) => {
            value["voice"] = with(json!({
                "duration": voice.seconds, "mime_type": voice.mime_type(), "file_size": voice.content.len(),
            }));
        }
        Content::Document(document) => {
            value["document"] = with(json!({
                "file_name": document.name, "mime_type": document.mime_type(), "file_size": document.content.len(),
            }));
            if !document.caption.is_empty() {
                value["caption"] = document.caption.clone().into();
            }
        }
        Content::Location(latitude, longitude) => {
            value["location"] = json!({"latitude": latitude, "longitude": longitude});
        }
        Content::Contact(name, telephone) => {
            value["contact"] = json!({"first_name": name, "phone_number": telephone});
        }
        Content::Poll(question, options) => {
            let options: Vec<Value> = options
                .iter()
                .map(|option| json!({"text": option, "voter_count": 0}))
                .collect();
            value["poll"] = json!({
                "id": number.to_string(), "question": question, "options": options, "total_voter_count": 0,
                "is_closed": false, "is_anonymous": true, "type": "regular", "allows_multiple_answers": false,
            });
        }
        Content::BotAdded => {
            value["new_chat_members"] = json!([bot()]);
        }
    }
}

fn merged(mut value: Value, extra: Value) -> Value {
    if let (Value::Object(value), Value::Object(extra)) = (&mut value, extra) {
        value.extend(extra);
    }
    value
}

/// Where Telegram sees bot commands in a text: a slash at the start of a word, and up to 32 plain characters, perhaps with `@name`.
fn command_entities(text: &str) -> Vec<Value> {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if let Some(length) = command_length(word) {
            entities.push(json!({"type": "bot_command", "offset": offset, "length": length}));
        }
        offset += word.encode_utf16().count();
    }
    entities
}

fn command_length(word: &str) -> Option<usize> {
    let rest = word.strip_prefix('/')?;
    let plain = |text: &str| {
        text.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .count()
    };
    let name = plain(rest);
    if !(1..=64).contains(&name) {
        return None;
    }
    let bot = rest[name..].strip_prefix('@').map_or(0, plain);
    Some(1 + name + if bot == 0 { 0 } else { 1 + bot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_marked_in_utf16_units() {
        let marks = |text: &str| {
            let entities = command_entities(text);
            let pair = |e: &Value| (e["offset"].as_u64(), e["length"].as_u64());
            entities.iter().map(pair).collect::<Vec<_>>()
        };
        assert_eq!(marks("/start"), [(Some(0), Some(6))]);
        assert_eq!(marks("/zoek@voel_eerst_bot bedtijd"), [(Some(0), Some(20))]);
        assert_eq!(marks("😀 /hulp, en/of"), [(Some(3), Some(5))]);
        assert_eq!(marks("half 8 / kwart over 9"), []);
    }
}
