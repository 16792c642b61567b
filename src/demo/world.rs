//! The world the bot lives in, as plain data: who there is, what they said, and what Telegram knows of the bot.
//!
//! No HTTP and no waiting. [`methods`](super::methods) is what the bot can do to it, [`user`](super::user) what people can do to it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;

use super::{
    Refusal,
    chats::{Author, Chat, ChatKind, Content, Message, Reach, User},
    faults::{Faults, Trouble},
    flood::Flood,
    params::ChatRef,
    profile::Profile,
    rules::InlineKeyboard,
    updates::Updates,
    webhook::Webhook,
};
use crate::{
    parent::{ChatId, MessageId},
    service::Clock,
};

/// The bot's own number.
pub const BOT_ID: i64 = 7_000_000_001;
/// The bot's first name.
pub const BOT_NAME: &str = "Voel eerst";
/// The bot's public name.
pub const BOT_USERNAME: &str = "voel_eerst_bot";
/// The one token that opens this Bot API. It is no secret: no bot of the real Telegram has it.
pub const TOKEN: &str = "7000000001:a-token-that-opens-nothing-real";

/// How long a tap can be answered. Telegram names no figure; bots report between ten and twenty seconds.
pub const TAP_LIVES: Duration = Duration::from_secs(15);
/// How many calls the log remembers, unless it is told.
const CALLS_KEPT: usize = 50_000;

/// Everything there is.
pub struct World {
    pub(super) clock: Clock,
    pub(super) users: BTreeMap<ChatId, User>,
    pub(super) chats: BTreeMap<ChatId, Chat>,
    /// The files that can be fetched, by the number of the message in which they came. Taking the message away does not take these.
    pub(super) files: BTreeMap<i32, Arc<[u8]>>,
    pub(super) taps: Vec<Tap>,
    pub(super) profile: Profile,
    pub(super) webhook: Option<Webhook>,
    /// The number of the newest getUpdates call: an older one that still waits has lost.
    pub(super) poll: u64,
    pub(super) closing: bool,
    pub(super) held: u32,
    pub(super) releases: u64,
    /// The queue of updates.
    pub updates: Updates,
    /// The flood control.
    pub flood: Flood,
    /// The trouble ahead.
    pub faults: Faults,
    calls: VecDeque<Call>,
    calls_kept: usize,
    next_message: i32,
    next_tap: u64,
    pub(super) next_toast: u32,
}

/// A tap on a button that the bot has not answered. Answered ones are forgotten.
#[derive(Clone, Debug)]
pub struct Tap {
    /// Its number, the callback query's id.
    pub id: String,
    /// Whose.
    pub chat: ChatId,
    /// On which message.
    pub message: MessageId,
    /// Row and column of the button.
    pub button: (usize, usize),
    /// The uptime at which it happened.
    pub at: Duration,
}

/// One call of the bot.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method's name as the documentation writes it.
    pub method: &'static str,
    /// The parameters; those of a form as text.
    pub params: Value,
    /// What became of it. Trouble that was asked for is not in here: a call that was done says so, whatever the bot heard.
    pub outcome: Result<Value, Refusal>,
    /// The uptime at which it was done.
    pub at: Duration,
}

impl World {
    /// A world with nobody in it.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            users: BTreeMap::new(),
            chats: BTreeMap::new(),
            files: BTreeMap::new(),
            taps: Vec::new(),
            profile: Profile::default(),
            webhook: None,
            poll: 0,
            closing: false,
            held: 0,
            releases: 0,
            updates: Updates::default(),
            flood: Flood::default(),
            faults: Faults::default(),
            calls: VecDeque::new(),
            calls_kept: CALLS_KEPT,
            next_message: 1,
            next_tap: 1,
            next_toast: 1,
        }
    }

    /// The users, in the order of their numbers.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// One user.
    pub fn user(&self, id: ChatId) -> Option<&User> {
        self.users.get(&id)
    }

    /// A chat as it is now; `None` while nobody said anything in it.
    pub fn chat(&self, id: ChatId) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// A message as it is now; `None` when it is deleted.
    pub fn message(&self, chat: ChatId, message: MessageId) -> Option<&Message> {
        self.chat(chat)?.messages.get(&message)
    }

    /// What the bot says about itself.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Remembers so many of the bot's calls from now on. Whoever lives through years looks at none of them.
    pub fn keep_calls(&mut self, most: usize) {
        self.calls_kept = most;
        self.calls.truncate(most);
    }

    /// The bot's calls, oldest first; the last 50,000 of them unless somebody [said otherwise](World::keep_calls). A getUpdates call is here from when it came in.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.calls.iter()
    }

    /// The taps that wait for an answer, oldest first, without those that no longer can be answered.
    pub fn open_taps(&self) -> impl DoubleEndedIterator<Item = &Tap> {
        let now = self.clock.uptime();
        self.taps
            .iter()
            .filter(move |tap| now <= tap.at + TAP_LIVES)
    }

    /// How many answers [`Trouble::Slow`](super::Trouble::Slow) holds back right now.
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Lets go all answers that are held back.
    pub fn release(&mut self) {
        self.releases += 1;
    }

    /// The trouble that strikes a call of now, counted off.
    pub(super) fn strike(&mut self, method: &str, chat: Option<ChatId>) -> Option<Trouble> {
        let now = self.clock.uptime();
        self.faults.strike(method, chat, now)
    }

    pub(super) fn log(
        &mut self,
        method: &'static str,
        params: impl FnOnce() -> Value,
        outcome: impl FnOnce(&Self) -> Result<Value, Refusal>,
    ) {
        if self.calls_kept == 0 {
            return;
        }
        if self.calls.len() == self.calls_kept {
            self.calls.pop_front();
        }
        let (params, outcome) = (params(), outcome(self));
        let at = self.clock.uptime();
        self.calls.push_back(Call {
            method,
            params,
            outcome,
            at,
        });
    }

    /// The chat that the bot names, if it may do something in it.
    ///
    /// # Errors
    /// 400 when there is no such chat, 403 when the bot may not.
    pub(super) fn reachable(&self, chat: &ChatRef) -> Result<ChatId, Refusal> {
        let not_found = || Refusal::bad_request("chat not found");
        let id = chat.id().ok_or_else(not_found)?;
        if let Some(user) = self.users.get(&id) {
            return match user.reach {
                Reach::Open => Ok(id),
                Reach::NeverStarted => Err(Refusal::forbidden(
                    "bot can't initiate conversation with a user",
                )),
                Reach::Blocked => Err(Refusal::forbidden("bot was blocked by the user")),
                Reach::Deactivated => Err(Refusal::forbidden("user is deactivated")),
            };
        }
        match &self.chats.get(&id).ok_or_else(not_found)?.kind {
            ChatKind::Private
            | ChatKind::Group {
                bot_inside: true, ..
            } => Ok(id),
            ChatKind::Group {
                bot_inside: false, ..
            } => Err(Refusal::forbidden("bot was kicked from the group chat")),
        }
    }

    /// The chat, made when it is the first time that somebody writes to the bot.
    pub(super) fn chat_mut(&mut self, id: ChatId) -> &mut Chat {
        self.chats
            .entry(id)
            .or_insert_with(|| Chat::new(id, ChatKind::Private))
    }

    pub(super) fn message_mut(&mut self, chat: ChatId, message: MessageId) -> Option<&mut Message> {
        self.chats.get_mut(&chat)?.messages.get_mut(&message)
    }

    /// Puts a new message into a chat. Its number is the next of all chats, as a bot sees it in private chats and small groups.
    pub(super) fn put(&mut self, chat: ChatId, from: Author, content: Content) -> &mut Message {
        let id = MessageId(self.next_message);
        self.next_message += 1;
        let file = match &content {
            Content::Voice(voice) => Some(&voice.content),
            Content::Document(document) => Some(&document.content),
            _ => None,
        };
        if let Some(file) = file {
            self.files.insert(id.0, Arc::clone(file));
        }
        let message = Message {
            id,
            from,
            sent: self.clock.now(),
            edited: None,
            content,
            forwarded_from: None,
            reply_to: None,
            keyboard: InlineKeyboard::default(),
            silent: false,
            reaction: None,
            own_reaction: None,
        };
        self.chat_mut(chat).messages.entry(id).or_insert(message)
    }

    pub(super) fn new_tap(
        &mut self,
        chat: ChatId,
        message: MessageId,
        button: (usize, usize),
    ) -> Tap {
        let at = self.clock.uptime();
        self.taps.retain(|tap| at <= tap.at + TAP_LIVES);
        // Real ids are 64-bit numbers as text.
        let id = (4_000_000_000_000_000_000 + self.next_tap).to_string();
        self.next_tap += 1;
        let tap = Tap {
            id,
            chat,
            message,
            button,
            at,
        };
        self.taps.push(tap.clone());
        tap
    }
}
