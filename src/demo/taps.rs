//! What people do with buttons.

use serde_json::json;

use super::{World, chats::Author, user::Cannot};
use crate::parent::{ChatId, MessageId};

impl World {
    /// Taps the button in this row and column, counted from 0. Returns the number of the tap, the callback query's id.
    ///
    /// # Errors
    /// When the message has no such button now, or the bot is blocked.
    pub fn tap(
        &mut self,
        user: ChatId,
        message: MessageId,
        row: usize,
        column: usize,
    ) -> Result<String, Cannot> {
        let found = self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        let buttons = found.keyboard.inline_keyboard.get(row);
        let button = buttons
            .and_then(|row| row.get(column))
            .ok_or(Cannot::NoSuchButton)?;
        let data = button.callback_data.clone().ok_or(Cannot::NoSuchButton)?;
        self.unblocked(user)?;
        Ok(self.push_tap(user, message, (row, column), &data))
    }

    /// Taps the button with this label.
    ///
    /// # Errors
    /// As [`World::tap`].
    pub fn tap_label(
        &mut self,
        user: ChatId,
        message: MessageId,
        label: &str,
    ) -> Result<String, Cannot> {
        let found = self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        let (row, column) = found.button(label).ok_or(Cannot::NoSuchButton)?;
        self.tap(user, message, row, column)
    }

    /// Taps the button with this callback data.
    ///
    /// # Errors
    /// As [`World::tap`].
    pub fn tap_data(
        &mut self,
        user: ChatId,
        message: MessageId,
        data: &str,
    ) -> Result<String, Cannot> {
        let found = self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        let (row, column) = found.button_with_data(data).ok_or(Cannot::NoSuchButton)?;
        self.tap(user, message, row, column)
    }

    /// Sends callback data of their own making, as a modified app can.
    ///
    /// # Errors
    /// When the message is not there, or the bot is blocked.
    pub fn forge_tap(
        &mut self,
        user: ChatId,
        message: MessageId,
        data: &str,
    ) -> Result<String, Cannot> {
        self.unblocked(user)?;
        self.message(user, message).ok_or(Cannot::NoSuchMessage)?;
        Ok(self.push_tap(user, message, (0, 0), data))
    }

    fn push_tap(
        &mut self,
        user: ChatId,
        message: MessageId,
        button: (usize, usize),
        data: &str,
    ) -> String {
        let tap = self.new_tap(user, message, button);
        let query = json!({
            "id": tap.id,
            "from": self.author_json(Author::User(user)),
            "message": self.message_json_by_id(user, message),
            "chat_instance": user.0.to_string(),
            "data": data,
        });
        self.updates.push("callback_query", query);
        tap.id
    }
}
