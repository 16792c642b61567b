//! The methods there are, and those with which the bot sets itself up; what it does in a chat is in [`messages`](super::messages).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Refusal, World,
    params::{Nothing, Params, Upload},
    profile::Scope,
    rules::{self, BotCommand},
    wire,
};
use crate::parent::{ChatId, MessageId};

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

type Method = fn(&mut World, &Params) -> Result<Done, Refusal>;

/// What became of a call. A message is written out only where somebody reads it.
#[derive(Clone, Debug)]
pub(super) enum Done {
    /// The answer.
    Said(Value),
    /// The answer is this message, as it is now.
    Message(ChatId, MessageId),
}

impl Done {
    fn message(self) -> Option<MessageId> {
        match self {
            Self::Message(_, message) => Some(message),
            Self::Said(_) => None,
        }
    }
}

impl<T: Into<Value>> From<T> for Done {
    fn from(said: T) -> Self {
        Self::Said(said.into())
    }
}

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
        params.read::<Nothing>().map(|_| wire::me().into())
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

/// A call by its name and its parameters as JSON.
fn asked(method: &str, params: Value) -> Result<(&'static str, Params), Refusal> {
    let method = method_named(method)?;
    match params {
        Value::Object(params) => Ok((method, Params::Json(params))),
        _ => Err(Refusal::bad_request(
            "can't parse JSON body: an object expected",
        )),
    }
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
        let (method, params) = asked(method, params)?;
        self.act(method, &params)
    }

    /// [`World::call`] for whoever only asks which message was sent or changed.
    ///
    /// # Errors
    /// As for [`World::call`].
    pub fn message_of_call(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Option<MessageId>, Refusal> {
        let (method, params) = asked(method, params)?;
        self.noted(method, &params).map(Done::message)
    }

    /// The same for a call with a file in it, as a form brings them.
    ///
    /// # Errors
    /// As for [`World::call`].
    pub fn message_of_form(
        &mut self,
        method: &str,
        fields: Vec<(String, String)>,
        file: Upload,
    ) -> Result<Option<MessageId>, Refusal> {
        let params = Params::Files(fields, vec![file]);
        self.noted(method_named(method)?, &params)
            .map(Done::message)
    }

    /// Does what the bot asks, and notes it.
    pub(super) fn act(&mut self, method: &'static str, params: &Params) -> Result<Value, Refusal> {
        let done = self.noted(method, params)?;
        Ok(self.written(&done))
    }

    fn noted(&mut self, method: &'static str, params: &Params) -> Result<Done, Refusal> {
        let outcome = self.done(method, params);
        self.log(
            method,
            || params.as_json(),
            |world| match &outcome {
                Ok(done) => Ok(world.written(done)),
                Err(refusal) => Err(refusal.clone()),
            },
        );
        outcome
    }

    /// What the bot reads of it.
    fn written(&self, done: &Done) -> Value {
        match done {
            Done::Said(value) => value.clone(),
            Done::Message(chat, message) => {
                self.message_json_by_id(*chat, *message).unwrap_or_default()
            }
        }
    }

    fn done(&mut self, method: &'static str, params: &Params) -> Result<Done, Refusal> {
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

    fn set_my_commands(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SetMyCommands = params.read()?;
        rules::commands(&call.commands)?;
        self.profile
            .set_commands(&call.scope, &call.language_code, call.commands)?;
        Ok(true.into())
    }

    fn get_my_commands(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: OfCommands = params.read()?;
        let commands = self.profile.commands(&call.scope, &call.language_code)?;
        Ok(json!(commands).into())
    }

    fn delete_my_commands(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: OfCommands = params.read()?;
        self.profile
            .set_commands(&call.scope, &call.language_code, Vec::new())?;
        Ok(true.into())
    }

    fn set_my_description(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SetMyDescription = params.read()?;
        rules::about(&call.description, 512, "description")?;
        self.profile
            .set_description(&call.language_code, call.description)?;
        Ok(true.into())
    }

    fn get_my_description(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: OfLanguage = params.read()?;
        Ok(json!({"description": self.profile.description(&call.language_code)}).into())
    }

    fn set_my_short_description(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: SetMyShortDescription = params.read()?;
        rules::about(&call.short_description, 120, "short_description")?;
        self.profile
            .set_short_description(&call.language_code, call.short_description)?;
        Ok(true.into())
    }

    fn get_my_short_description(&mut self, params: &Params) -> Result<Done, Refusal> {
        let call: OfLanguage = params.read()?;
        Ok(
            json!({"short_description": self.profile.short_description(&call.language_code)})
                .into(),
        )
    }
}
