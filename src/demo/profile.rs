//! What the bot says about itself: its commands and descriptions, per scope and language.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Refusal, params::ChatRef, rules::BotCommand};
use crate::parent::ChatId;

/// What the bot says about itself. Language `""` is for everybody without a text of their own language.
#[derive(Debug, Default)]
pub struct Profile {
    commands: BTreeMap<(ScopeKey, String), Vec<BotCommand>>,
    descriptions: BTreeMap<String, String>,
    short_descriptions: BTreeMap<String, String>,
}

/// Where a list of commands counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// Where no narrower scope has a list.
    #[default]
    Default,
    /// All private chats.
    AllPrivateChats,
    /// All groups.
    AllGroupChats,
    /// One chat.
    Chat {
        /// Which.
        chat_id: ChatRef,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ScopeKey {
    Default,
    AllPrivateChats,
    AllGroupChats,
    Chat(ChatId),
}

impl Profile {
    /// Replaces a list of commands; an empty one takes it away.
    ///
    /// # Errors
    /// When the language is no two-letter code, or the chat is not known by a number.
    pub fn set_commands(
        &mut self,
        scope: &Scope,
        language: &str,
        commands: Vec<BotCommand>,
    ) -> Result<(), Refusal> {
        let key = (key(scope)?, checked_language(language)?);
        if commands.is_empty() {
            self.commands.remove(&key);
        } else {
            self.commands.insert(key, commands);
        }
        Ok(())
    }

    /// The list of exactly this scope and language.
    ///
    /// # Errors
    /// As [`Profile::set_commands`].
    pub fn commands(&self, scope: &Scope, language: &str) -> Result<&[BotCommand], Refusal> {
        let key = (key(scope)?, checked_language(language)?);
        Ok(self.commands.get(&key).map_or(&[], Vec::as_slice))
    }

    /// The list that an app of this language shows in a private chat: the narrowest scope first, within it the language first.
    pub fn menu(&self, chat: ChatId, language: &str) -> &[BotCommand] {
        let scopes = [
            ScopeKey::Chat(chat),
            ScopeKey::AllPrivateChats,
            ScopeKey::Default,
        ];
        scopes
            .into_iter()
            .flat_map(|scope| [(scope, language.to_owned()), (scope, String::new())])
            .find_map(|key| self.commands.get(&key))
            .map_or(&[], Vec::as_slice)
    }

    /// Replaces the description, which an empty chat shows.
    ///
    /// # Errors
    /// When the language is no two-letter code.
    pub fn set_description(&mut self, language: &str, text: String) -> Result<(), Refusal> {
        self.descriptions.insert(checked_language(language)?, text);
        Ok(())
    }

    /// Replaces the short description, which the bot's profile and forwarded links show.
    ///
    /// # Errors
    /// When the language is no two-letter code.
    pub fn set_short_description(&mut self, language: &str, text: String) -> Result<(), Refusal> {
        self.short_descriptions
            .insert(checked_language(language)?, text);
        Ok(())
    }

    /// The description for a language.
    pub fn description(&self, language: &str) -> &str {
        for_language(&self.descriptions, language)
    }

    /// The short description for a language.
    pub fn short_description(&self, language: &str) -> &str {
        for_language(&self.short_descriptions, language)
    }
}

fn for_language<'a>(texts: &'a BTreeMap<String, String>, language: &str) -> &'a str {
    let own = texts.get(language).filter(|text| !text.is_empty());
    own.or_else(|| texts.get("")).map_or("", String::as_str)
}

fn key(scope: &Scope) -> Result<ScopeKey, Refusal> {
    Ok(match scope {
        Scope::Default => ScopeKey::Default,
        Scope::AllPrivateChats => ScopeKey::AllPrivateChats,
        Scope::AllGroupChats => ScopeKey::AllGroupChats,
        Scope::Chat { chat_id } => {
            let id = chat_id
                .id()
                .ok_or_else(|| Refusal::bad_request("chat not found"))?;
            ScopeKey::Chat(id)
        }
    })
}

fn checked_language(language: &str) -> Result<String, Refusal> {
    let two_letters = language.len() == 2 && language.chars().all(|c| c.is_ascii_lowercase());
    if language.is_empty() || two_letters {
        Ok(language.to_owned())
    } else {
        Err(Refusal::bad_request("LANG_CODE_INVALID"))
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests {
    use super::*;

    fn list(name: &str) -> Vec<BotCommand> {
        vec![BotCommand {
            command: name.into(),
            description: "x".into(),
        }]
    }

    #[test]
    fn the_menu_is_the_narrowest_list_there_is() {
        let mut profile = Profile::default();
        let anna = ChatId(1);
        let menu = |profile: &Profile| profile.menu(anna, "nl").first().map(|c| c.command.clone());
        assert_eq!(menu(&profile), None);
        profile
            .set_commands(&Scope::Default, "", list("a"))
            .unwrap();
        assert_eq!(menu(&profile).as_deref(), Some("a"));
        profile
            .set_commands(&Scope::Default, "nl", list("b"))
            .unwrap();
        assert_eq!(menu(&profile).as_deref(), Some("b"));
        profile
            .set_commands(&Scope::AllPrivateChats, "", list("c"))
            .unwrap();
        assert_eq!(menu(&profile).as_deref(), Some("c"));
        let only_anna = Scope::Chat {
            chat_id: ChatRef::Id(1),
        };
        profile.set_commands(&only_anna, "", list("d")).unwrap();
        assert_eq!(menu(&profile).as_deref(), Some("d"));
        profile.set_commands(&only_anna, "", vec![]).unwrap();
        assert_eq!(menu(&profile).as_deref(), Some("c"));
        assert_eq!(profile.commands(&Scope::Default, "nl").unwrap(), list("b"));
        assert!(
            profile
                .set_commands(&Scope::Default, "nl-NL", list("b"))
                .is_err()
        );
    }

    #[test]
    fn a_description_falls_back_to_the_one_for_everybody() {
        let mut profile = Profile::default();
        profile.set_description("", "hello".into()).unwrap();
        profile.set_description("nl", "hallo".into()).unwrap();
        assert_eq!(profile.description("nl"), "hallo");
        assert_eq!(profile.description("de"), "hello");
        profile.set_description("nl", String::new()).unwrap();
        assert_eq!(profile.description("nl"), "hello");
    }
}
