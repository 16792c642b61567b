//! The methods there are, and those with which the bot sets itself up; what it does in a chat is in [`messages`](super::messages).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Refusal, World,
    params::{Nothing, Params},
    profile::Scope,
    rules::{self, BotCommand},
    wire,
};

/// The documentation's spelling of a method's name. The real server compares names without case.
///
/// # Errors
/// 404 when there is no such method, or when nobody needed it here yet.
pub fn method_named(name: &str) -> Result<&'static str, Refusal> {
    let mut names = METHODS.iter().map(|(method, _)| *method);
    names
        .find(|method| method.eq_ignore_ascii_case(name))
        .ok_or_else(Refusal::not_found)
}

type Method = fn(&mut World, &Params) -> Result<Value, Refusal>;

/// Waiting for updates: the one method that [`BotApi`](super::BotApi) does itself, because it takes time.
pub const GET_UPDATES: &str = "getUpdates";

const SEND_DOCUMENT: &str = "sendDocument";
const SEND_PHOTO: &str = "sendPhoto";
const SEND_VOICE: &str = "sendVoice";

/// The methods that take a file.
const WITH_FILE: [&str; 3] = [SEND_DOCUMENT, SEND_PHOTO, SEND_VOICE];

/// Every method with what it does. `getUpdates` stands here as it is without waiting.
const METHODS: [(&str, Method); 24] = [
    ("getMe", |_, params| {
        params.read::<Nothing>().map(|_| wire::me())
    }),
    (GET_UPDATES, |world, params| {
        let poll = world.begin_poll(params)?;
        let updates = world.updates.batch(poll.limit);
        Ok(updates.into())
    }),
    ("sendMessage", World::send_message),
    (SEND_DOCUMENT, World::send_document),
    (SEND_PHOTO, World::send_photo),
    (SEND_VOICE, World::send_voice),
    ("getFile", |world, params| world.get_file(params)),
    ("editMessageText", World::edit_message_text),
    ("editMessageReplyMarkup", World::edit_message_reply_markup),
    ("deleteMessage", World::delete_message),
    ("setMessageReaction", World::set_message_reaction),
    ("answerCallbackQuery", World::answer_callback_query),
    ("sendChatAction", World::send_chat_action),
    ("getChat", |world, params| world.get_chat(params)),
    ("setMyCommands", World::set_my_commands),
    ("getMyCommands", World::get_my_commands),
    ("deleteMyCommands", World::delete_my_commands),
    ("setMyDescription", World::set_my_description),
    ("getMyDescription", World::get_my_description),
    ("setMyShortDescription", World::set_my_short_description),
    ("getMyShortDescription", World::get_my_short_description),
    ("setWebhook", World::set_webhook),
    ("deleteWebhook", World::delete_webhook),
    ("getWebhookInfo", World::get_webhook_info),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetUpdates {
    #[serde(default)]
    offset: i64,
    limit: Option<u8>,
    #[serde(default)]
    timeout: u32,
    allowed_updates: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetMyCommands {
    commands: Vec<BotCommand>,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    language_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfCommands {
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    language_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetMyDescription {
    #[serde(default)]
    description: String,
    #[serde(default)]
    language_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetMyShortDescription {
    #[serde(default)]
    short_description: String,
    #[serde(default)]
    language_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfLanguage {
    #[serde(default)]
    language_code: String,
}

/// A getUpdates call that has begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Poll {
    /// Which one it is: the newest wins.
    pub number: u64,
    /// At most this many updates.
    pub limit: usize,
    /// How many seconds it may wait.
    pub timeout: u32,
}

impl World {
    /// One call of the bot by its name and its parameters as JSON, without trouble and without waiting: `getUpdates` answers with what is there.
    ///
    /// # Errors
    /// With the refusal of the real server.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        let method = method_named(method)?;
        let Value::Object(params) = params else {
            return Err(Refusal::bad_request(
                "can't parse JSON body: an object expected",
            ));
        };
        self.act(method, &Params::Json(params))
    }

    /// Does what the bot asks, and notes it.
    pub(super) fn act(&mut self, method: &'static str, params: &Params) -> Result<Value, Refusal> {
        let outcome = self.done(method, params);
        self.log(method, || params.as_json(), || outcome.clone());
        outcome
    }

    fn done(&mut self, method: &'static str, params: &Params) -> Result<Value, Refusal> {
        let found = METHODS.iter().find(|(name, _)| *name == method);
        let (_, run) = found.ok_or_else(Refusal::not_found)?;
        if let Some(file) = params.files().first()
            && !WITH_FILE.contains(&method)
        {
            return Err(Refusal::bad_request(format_args!(
                "this method takes no file, found one in {}",
                file.field
            )));
        }
        run(self, params)
    }

    /// Confirms what the offset confirms, remembers the kinds that are listed, and ends every older poll.
    pub(super) fn begin_poll(&mut self, params: &Params) -> Result<Poll, Refusal> {
        let call: GetUpdates = params.read()?;
        if self.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        if let Some(kinds) = call.allowed_updates {
            self.updates.allow(kinds);
        }
        if call.offset != 0 {
            self.updates.confirm(call.offset);
        }
        self.poll += 1;
        Ok(Poll {
            number: self.poll,
            limit: usize::from(call.limit.unwrap_or(100)),
            timeout: call.timeout,
        })
    }

    fn set_my_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: SetMyCommands = params.read()?;
        rules::commands(&call.commands)?;
        self.profile
            .set_commands(&call.scope, &call.language_code, call.commands)?;
        Ok(true.into())
    }

    fn get_my_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: OfCommands = params.read()?;
        Ok(json!(
            self.profile.commands(&call.scope, &call.language_code)?
        ))
    }

    fn delete_my_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: OfCommands = params.read()?;
        self.profile
            .set_commands(&call.scope, &call.language_code, Vec::new())?;
        Ok(true.into())
    }

    fn set_my_description(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: SetMyDescription = params.read()?;
        rules::about(&call.description, 512, "description")?;
        self.profile
            .set_description(&call.language_code, call.description)?;
        Ok(true.into())
    }

    fn get_my_description(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: OfLanguage = params.read()?;
        Ok(json!({"description": self.profile.description(&call.language_code)}))
    }

    fn set_my_short_description(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: SetMyShortDescription = params.read()?;
        rules::about(&call.short_description, 120, "short_description")?;
        self.profile
            .set_short_description(&call.language_code, call.short_description)?;
        Ok(true.into())
    }

    fn get_my_short_description(&mut self, params: &Params) -> Result<Value, Refusal> {
        let call: OfLanguage = params.read()?;
        Ok(json!({"short_description": self.profile.short_description(&call.language_code)}))
    }
}
