//! Groups: what people do with the bot in one, and how little it hears there.

use super::{
    World,
    chats::{Author, Chat, ChatKind, Content, Message},
    user::Cannot,
    world::BOT_USERNAME,
};
use crate::parent::{ChatId, MessageId};

impl World {
    /// A user makes a group and puts the bot into it. Returns the group's number, which is negative.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn add_group(&mut self, user: ChatId, title: &str) -> Result<ChatId, Cannot> {
        self.users.get(&user).ok_or(Cannot::NoSuchUser)?;
        let lowest = self
            .chats
            .first_key_value()
            .map_or(0, |(id, _)| id.0.min(0));
        let group = ChatId(lowest - 1);
        let kind = ChatKind::Group {
            title: title.to_owned(),
            bot_inside: true,
        };
        self.chats.insert(group, Chat::new(group, kind));
        self.push_membership(group, user, "left", "member");
        self.send(group, user, Content::BotAdded, None, None)?;
        Ok(group)
    }

    /// A user takes the bot out of a group.
    ///
    /// # Errors
    /// When there is no such group with the bot in it.
    pub fn remove_from_group(&mut self, group: ChatId, user: ChatId) -> Result<(), Cannot> {
        match self.chats.get_mut(&group).map(|chat| &mut chat.kind) {
            Some(ChatKind::Group { bot_inside, .. }) if *bot_inside => *bot_inside = false,
            _ => return Err(Cannot::NoSuchUser),
        }
        self.push_membership(group, user, "member", "left");
        Ok(())
    }

    /// Says something in a group. The bot has privacy mode on: it hears only commands, answers to its own messages, and its own name.
    ///
    /// # Errors
    /// When there is no such group, or no text.
    pub fn say_in_group(
        &mut self,
        group: ChatId,
        user: ChatId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> Result<MessageId, Cannot> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Cannot::Empty);
        }
        self.send(group, user, Content::Text(text.to_owned()), None, reply_to)
    }

    /// Whether privacy mode lets a message through.
    pub(super) fn heard_in_group(&self, group: ChatId, id: MessageId) -> bool {
        let Some(chat) = self.chats.get(&group) else {
            return false;
        };
        let inside = matches!(
            chat.kind,
            ChatKind::Group {
                bot_inside: true,
                ..
            }
        );
        let heard = |message: &Message| {
            let answered = message.reply_to.and_then(|id| chat.messages.get(&id));
            message.content == Content::BotAdded
                || message.text().starts_with('/')
                || message.text().contains(&format!("@{BOT_USERNAME}"))
                || answered.is_some_and(|answered| answered.from == Author::Bot)
        };
        inside && chat.messages.get(&id).is_some_and(heard)
    }
}
