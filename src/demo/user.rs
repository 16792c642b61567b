//! What people do: the other side of every chat. Each act leads to the updates that Telegram would send.

use serde_json::{Value, json};
use thiserror::Error;

use super::{
    World,
    chats::{Author, Content, Reach, User},
    rules, wire,
};
use crate::parent::{ChatId, MessageId};

/// Why a person cannot do what they tried: their app would not offer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Cannot {
    /// There is nobody with this number.
    #[error("there is no such user or group")]
    NoSuchUser,
    /// They blocked the bot; the app offers only to unblock it.
    #[error("the bot is blocked: unblock it first")]
    Blocked,
    /// The message is not there, or not any more.
    #[error("there is no such message in this chat")]
    NoSuchMessage,
    /// Somebody else wrote it.
    #[error("only your own messages can be changed")]
    NotYours,
    /// It is older than 48 hours.
    #[error("a message can be changed for 48 hours only")]
    TooOld,
    /// The message has no such button now, or the button opens a page and tells the bot nothing.
    #[error("the message has no such button")]
    NoSuchButton,
    /// Nothing was typed.
    #[error("there is no text")]
    Empty,
    /// The edited text is longer than one message.
    #[error("the text is too long for one message")]
    TooLong,
    /// Telegram does not offer this emoji.
    #[error("this emoji cannot be a reaction")]
    NoSuchReaction,
}

impl World {
    /// Somebody with a Telegram account who does not know the bot yet. Their app speaks Dutch.
    pub fn add_user(&mut self, name: &str) -> ChatId {
        self.add_user_speaking(name, "nl")
    }

    /// Somebody who does not know the bot yet, and whose app speaks this language, an IETF tag.
    pub fn add_user_speaking(&mut self, name: &str, language: &str) -> ChatId {
        let next = self.users.last_key_value().map_or(1, |(id, _)| id.0 + 1);
        self.add_user_numbered(ChatId(next), name, Some(language));
        ChatId(next)
    }

    /// Somebody with a chosen number and an app in a chosen language. Does nothing when the number is taken.
    pub fn add_user_numbered(&mut self, id: ChatId, name: &str, language_code: Option<&str>) {
        self.users.entry(id).or_insert_with(|| User {
            id,
            name: name.to_owned(),
            language_code: language_code.map(str::to_owned),
            reach: Reach::NeverStarted,
        });
    }

    /// Taps START, which sends `/start`.
    ///
    /// # Errors
    /// As [`World::say`].
    pub fn press_start(&mut self, user: ChatId) -> Result<MessageId, Cannot> {
        self.say(user, "/start", None)
    }

    /// Types a message. One of more than 4,096 UTF-16 units goes out in several, as apps do it; the number returned is that of the first.
    ///
    /// # Errors
    /// When there is no text, the bot is blocked, or the message that it answers is gone.
    pub fn say(
        &mut self,
        user: ChatId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> Result<MessageId, Cannot> {
        let parts = split(text.trim());
        if reply_to.is_some_and(|id| self.message(user, id).is_none()) {
            return Err(Cannot::NoSuchMessage);
        }
        let mut first = None;
        for part in parts {
            let id = self.send(user, user, Content::Text(part.to_owned()), None, reply_to)?;
            first = first.or(Some(id));
        }
        first.ok_or(Cannot::Empty)
    }

    /// Sends anything but typed text.
    ///
    /// # Errors
    /// When the bot is blocked.
    pub fn send_content(&mut self, user: ChatId, content: Content) -> Result<MessageId, Cannot> {
        self.send(user, user, content, None, None)
    }

    /// Forwards a text that somebody else wrote.
    ///
    /// # Errors
    /// When there is no text, or the bot is blocked.
    pub fn forward(&mut self, user: ChatId, author: &str, text: &str) -> Result<MessageId, Cannot> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Cannot::Empty);
        }
        self.send(
            user,
            user,
            Content::Text(text.to_owned()),
            Some(author.to_owned()),
            None,
        )
    }

    /// Edits a message of their own. The same text again does nothing, as in apps.
    ///
    /// # Errors
    /// When it is not theirs, older than 48 hours, not a text, or when the new text is empty or too long.
    pub fn edit_own(&mut self, user: ChatId, message: MessageId, text: &str) -> Result<(), Cannot> {
        self.unblocked(user)?;
        let text = text.trim();
        let old = self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        if old.from != Author::User(user)
            || old.forwarded_from.is_some()
            || old.content.text().is_none()
        {
            return Err(Cannot::NotYours);
        }
        if !self.is_recent(old) {
            return Err(Cannot::TooOld);
        }
        if text.is_empty() {
            return Err(Cannot::Empty);
        }
        if rules::utf16_units(text) > rules::MAX_TEXT {
            return Err(Cannot::TooLong);
        }
        if text == old.text() {
            return Ok(());
        }
        let now = self.clock.now();
        if let Some(message) = self.message_mut(user, message) {
            message.content = Content::Text(text.to_owned());
            message.edited = Some(now);
        }
        self.push_message("edited_message", user, message);
        Ok(())
    }

    /// Deletes a message of either side, for both. The bot hears nothing of it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn delete(&mut self, user: ChatId, message: MessageId) -> Result<(), Cannot> {
        let chat = self.chats.get_mut(&user).ok_or(Cannot::NoSuchMessage)?;
        chat.messages
            .remove(&message)
            .map(drop)
            .ok_or(Cannot::NoSuchMessage)
    }

    /// Puts a reaction on a message, or takes it away.
    ///
    /// # Errors
    /// When there is no such message or emoji, or the bot is blocked.
    pub fn react(
        &mut self,
        user: ChatId,
        message: MessageId,
        emoji: Option<&str>,
    ) -> Result<(), Cannot> {
        self.unblocked(user)?;
        if emoji.is_some_and(|emoji| !rules::is_reaction(emoji)) {
            return Err(Cannot::NoSuchReaction);
        }
        let found = self
            .message_mut(user, message)
            .ok_or(Cannot::NoSuchMessage)?;
        let old = std::mem::replace(&mut found.own_reaction, emoji.map(str::to_owned));
        let as_list = |emoji: Option<&str>| -> Value {
            emoji
                .map(|emoji| json!({"type": "emoji", "emoji": emoji}))
                .into_iter()
                .collect()
        };
        if old.as_deref() != emoji {
            let reaction = json!({
                "chat": self.chats.get(&user).map(|chat| self.chat_json(chat)),
                "message_id": message.0,
                "user": self.author_json(Author::User(user)),
                "date": self.clock.now().as_second(),
                "old_reaction": as_list(old.as_deref()),
                "new_reaction": as_list(emoji),
            });
            self.updates.push("message_reaction", reaction);
        }
        Ok(())
    }

    /// Blocks or unblocks the bot. Doing it twice is doing it once.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn set_blocked(&mut self, user: ChatId, blocked: bool) -> Result<(), Cannot> {
        let found = self.users.get_mut(&user).ok_or(Cannot::NoSuchUser)?;
        let (reach, old, new) = if blocked {
            (Reach::Blocked, "member", "kicked")
        } else {
            (Reach::Open, "kicked", "member")
        };
        let changes = match found.reach {
            Reach::Open | Reach::NeverStarted => blocked,
            Reach::Blocked => !blocked,
            Reach::Deactivated => false,
        };
        if changes {
            found.reach = reach;
            self.chat_mut(user);
            self.push_membership(user, user, old, new);
        }
        Ok(())
    }

    /// Deletes the user's account. The bot hears nothing of it.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn deactivate(&mut self, user: ChatId) -> Result<(), Cannot> {
        let found = self.users.get_mut(&user).ok_or(Cannot::NoSuchUser)?;
        found.reach = Reach::Deactivated;
        Ok(())
    }

    /// Every message of a person comes through here.
    pub(super) fn send(
        &mut self,
        chat: ChatId,
        user: ChatId,
        content: Content,
        forwarded_from: Option<String>,
        reply_to: Option<MessageId>,
    ) -> Result<MessageId, Cannot> {
        let private = chat == user;
        if private {
            self.open(user)?;
        } else if !self.chats.contains_key(&chat) || !self.users.contains_key(&user) {
            return Err(Cannot::NoSuchUser);
        }
        let message = self.put(chat, Author::User(user), content);
        message.forwarded_from = forwarded_from;
        message.reply_to = reply_to;
        let id = message.id;
        if private || self.heard_in_group(chat, id) {
            self.push_message("message", chat, id);
        }
        Ok(id)
    }

    /// The first message opens the chat; a deleted account writes no more.
    fn open(&mut self, user: ChatId) -> Result<(), Cannot> {
        let found = self.users.get_mut(&user).ok_or(Cannot::NoSuchUser)?;
        match found.reach {
            Reach::Open => Ok(()),
            Reach::NeverStarted => {
                found.reach = Reach::Open;
                Ok(())
            }
            Reach::Blocked => Err(Cannot::Blocked),
            Reach::Deactivated => Err(Cannot::NoSuchUser),
        }
    }

    pub(super) fn unblocked(&self, user: ChatId) -> Result<(), Cannot> {
        match self.users.get(&user).ok_or(Cannot::NoSuchUser)?.reach {
            Reach::Open | Reach::NeverStarted => Ok(()),
            Reach::Blocked => Err(Cannot::Blocked),
            Reach::Deactivated => Err(Cannot::NoSuchUser),
        }
    }

    fn push_message(&mut self, kind: &str, chat: ChatId, message: MessageId) {
        if let Some(message) = self.message_json_by_id(chat, message) {
            self.updates.push(kind, message);
        }
    }

    pub(super) fn push_membership(&mut self, chat: ChatId, user: ChatId, old: &str, new: &str) {
        let change = json!({
            "chat": self.chats.get(&chat).map(|chat| self.chat_json(chat)),
            "from": self.author_json(Author::User(user)),
            "date": self.clock.now().as_second(),
            "old_chat_member": wire::membership(old),
            "new_chat_member": wire::membership(new),
        });
        self.updates.push("my_chat_member", change);
    }
}

/// Cuts a text into messages of at most 4,096 UTF-16 units, at a blank where there is one in the second half.
fn split(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while rules::utf16_units(text) > rules::MAX_TEXT {
        let end = units_end(text, rules::MAX_TEXT);
        let blank = text[..end]
            .rfind(char::is_whitespace)
            .filter(|&at| at > end / 2);
        let (part, rest) = text.split_at(blank.unwrap_or(end));
        parts.push(part.trim_end());
        text = rest.trim_start();
    }
    if !text.is_empty() {
        parts.push(text);
    }
    parts
}

/// The byte at which at most `units` UTF-16 units end.
fn units_end(text: &str, units: usize) -> usize {
    let mut used = 0;
    let over = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > units
    });
    over.map_or(text.len(), |(at, _)| at)
}
