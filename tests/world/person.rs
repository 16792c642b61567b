//! Somebody who talks with the bot, and reads what it says.

use std::sync::{Arc, Mutex, MutexGuard};

use voel_eerst::{
    demo::{BotApi, Content, Document, Picture, Voice},
    parent::{ChatId, MessageId},
};

use super::received::{Kind, Received};

/// A person and their chat with the bot. Clones are the same person.
#[derive(Clone)]
pub struct Person {
    /// The chat, and the person's number.
    pub chat: ChatId,
    api: BotApi,
    read: Arc<Mutex<Read>>,
}

/// How far a person has read.
#[derive(Default)]
struct Read {
    /// How many of the bot's calls were looked at, for each [`Kind`].
    calls: [usize; Kind::ALL.len()],
    /// The newest toast that was seen.
    toast: u32,
}

impl Person {
    pub(super) fn new(chat: ChatId, api: BotApi) -> Self {
        Self {
            chat,
            api,
            read: Arc::default(),
        }
    }

    /// Types a message, or a command when it begins with a slash.
    pub fn says(&self, text: &str) -> MessageId {
        self.api
            .with(|world| world.say(self.chat, text, None))
            .unwrap()
    }

    /// Types a message with Telegram's reply to another one.
    pub fn replies_to(&self, message: MessageId, text: &str) -> MessageId {
        self.api
            .with(|world| world.say(self.chat, text, Some(message)))
            .unwrap()
    }

    /// Edits a message.
    pub fn edits(&self, message: MessageId, text: &str) {
        self.api
            .with(|world| world.edit_own(self.chat, message, text))
            .unwrap();
    }

    /// Sends anything but typed text.
    pub fn sends(&self, content: Content) -> MessageId {
        self.api
            .with(|world| world.send_content(self.chat, content))
            .unwrap()
    }

    /// Sends a voice note.
    pub fn speaks(&self, voice: &Voice) -> MessageId {
        self.api
            .with(|world| world.speak(self.chat, voice.clone(), None))
            .unwrap()
    }

    /// Sends a voice note with Telegram's reply to another message.
    pub fn speaks_to(&self, message: MessageId, voice: &Voice) -> MessageId {
        self.api
            .with(|world| world.speak(self.chat, voice.clone(), Some(message)))
            .unwrap()
    }

    /// Forwards what somebody else wrote.
    pub fn forwards(&self, text: &str) -> MessageId {
        self.api
            .with(|world| world.forward(self.chat, "Oma", text))
            .unwrap()
    }

    /// Taps the button with this label on the newest message that has one, as soon as there is one.
    pub async fn taps(&self, label: &str) -> MessageId {
        let message = self.has_button(label).await;
        self.taps_at_once(message, &[label]);
        message
    }

    /// The newest message that has a button with this label, as soon as there is one.
    pub async fn has_button(&self, label: &str) -> MessageId {
        let what = format!("a button {label:?}");
        let found = self.api.until(&what, |world| {
            let chat = world.chat(self.chat)?;
            let mut newest_first = chat.from_bot().rev();
            let message = newest_first.find(|message| message.button(label).is_some())?;
            Some(message.id)
        });
        found.await.unwrap()
    }

    /// Taps these buttons of a message one after the other, before the bot hears of the first.
    pub fn taps_at_once(&self, message: MessageId, labels: &[&str]) {
        self.api.with(|world| {
            for label in labels {
                world.tap_label(self.chat, message, label).unwrap();
            }
        });
    }

    /// Sends callback data that may be old, or of their own making.
    pub fn forges(&self, message: MessageId, data: &str) {
        self.api
            .with(|world| world.forge_tap(self.chat, message, data))
            .unwrap();
    }

    /// The callback data of a button.
    pub fn data_of(&self, message: MessageId, label: &str) -> String {
        self.api.look(|world| {
            let found = world.message(self.chat, message).unwrap();
            let (row, column) = found.button(label).unwrap();
            let button = &found.keyboard.inline_keyboard[row][column];
            button.callback_data.clone().unwrap()
        })
    }

    /// Blocks the bot, or takes that back.
    pub fn blocks(&self, blocked: bool) {
        self.api
            .with(|world| world.set_blocked(self.chat, blocked))
            .unwrap();
    }

    /// The next message of the bot that was not read yet.
    pub async fn hears(&self) -> Received {
        self.next(Kind::Message).await
    }

    /// Waits longer than usual for the next message, which stays unread.
    pub async fn in_the_end(&self) {
        let seen = self.reading().calls[Kind::Message as usize];
        let arrived = || {
            self.api.until("a message", |world| {
                let mut fresh = world.calls().skip(seen);
                fresh
                    .find(|call| Kind::Message.is(call, self.chat))
                    .map(drop)
            })
        };
        if arrived().await.is_err() {
            arrived().await.unwrap();
        }
    }

    /// The next message must hold this text.
    pub async fn expects(&self, part: &str) -> Received {
        holds(self.hears().await, part)
    }

    /// The next document of the bot that was not read yet, and the text below it.
    pub async fn gets_document(&self) -> (Document, Received) {
        let received = self.next(Kind::Document).await;
        let document = self.api.look(|world| {
            let message = world.message(self.chat, received.id).unwrap();
            match &message.content {
                Content::Document(document) => document.clone(),
                other => panic!("a document expected, found {other:?}"),
            }
        });
        (document, received)
    }

    /// The next picture of the bot that was not seen yet, and the text below it.
    pub async fn sees_picture(&self) -> (Picture, Received) {
        let received = self.next(Kind::Picture).await;
        let picture = self.api.look(|world| {
            let message = world.message(self.chat, received.id).unwrap();
            match &message.content {
                Content::Picture(picture) => picture.clone(),
                other => panic!("a picture expected, found {other:?}"),
            }
        });
        (picture, received)
    }

    /// The next voice note of the bot that was not heard yet.
    pub async fn hears_voice(&self) -> (Voice, Received) {
        let received = self.next(Kind::Voice).await;
        let voice = self.api.look(|world| {
            let message = world.message(self.chat, received.id).unwrap();
            match &message.content {
                Content::Voice(voice) => voice.clone(),
                other => panic!("a voice note expected, found {other:?}"),
            }
        });
        (voice, received)
    }

    /// The next edit of a message's text that was not read yet.
    pub async fn sees_edit(&self) -> Received {
        self.next(Kind::Edit).await
    }

    /// The next edit must hold this text.
    pub async fn expects_edit(&self, part: &str) -> Received {
        holds(self.sees_edit().await, part)
    }

    /// The message of hers that gets the next heart.
    pub async fn gets_heart(&self) -> MessageId {
        self.next(Kind::Heart).await.id
    }

    /// The next heart must be on this message.
    pub async fn expects_heart(&self, message: MessageId) {
        assert_eq!(self.gets_heart().await, message);
    }

    /// The next toast must hold this text.
    pub async fn expects_toast(&self, part: &str) {
        let seen = self.reading().toast;
        let next = self.api.until("a toast", |world| {
            let toasts = &world.chat(self.chat)?.toasts;
            toasts.iter().find(|toast| toast.id > seen).cloned()
        });
        let toast = next.await.unwrap();
        assert!(toast.text.contains(part), "a toast says {:?}", toast.text);
        self.reading().toast = toast.id;
    }

    /// Waits until a message has these buttons, in this order, whatever their rows.
    pub async fn expects_buttons(&self, message: MessageId, labels: &[&str]) {
        let what = format!("the buttons {labels:?}");
        let has_them = self.api.until(&what, |world| {
            (world.message(self.chat, message)?.labels() == labels).then_some(())
        });
        has_them.await.unwrap();
    }

    /// What was not read yet, as one line each.
    pub fn unread(&self) -> Vec<String> {
        let read = self.reading();
        self.api.look(|world| {
            let mut unread = Vec::new();
            for (kind, seen) in Kind::ALL.into_iter().zip(read.calls) {
                let fresh = world.calls().skip(seen);
                let here = fresh.filter(|call| kind.is(call, self.chat));
                unread.extend(here.map(|call| format!("{kind:?}: {}", Received::of(call).text)));
            }
            let toasts = world.chat(self.chat).into_iter();
            let toasts = toasts.flat_map(|chat| &chat.toasts);
            let fresh = toasts.filter(|toast| toast.id > read.toast);
            unread.extend(fresh.map(|toast| format!("Toast: {}", toast.text)));
            unread
        })
    }

    /// Reads everything that is there, whatever it says.
    pub fn reads_all(&self) {
        let mut read = self.reading();
        self.api.look(|world| {
            read.calls = [world.calls().count(); Kind::ALL.len()];
            let toasts = world.chat(self.chat).map(|chat| &chat.toasts);
            let newest = toasts.and_then(|toasts| toasts.last());
            read.toast = newest.map_or(read.toast, |toast| toast.id);
        });
    }

    pub(super) fn assert_nothing_unread(&self) {
        let unread = self.unread();
        assert!(unread.is_empty(), "nobody expected: {unread:#?}");
    }

    /// Goes through the start: replies are kept, 19:30 on Monday, Wednesday and Saturday, no side, no prompt right now.
    pub async fn begins(&self) {
        self.begins_with("19:30", "Drie keer: ma, wo en za").await;
    }

    /// Goes through the start, with another time and other days.
    pub async fn begins_with(&self, time: &str, days: &str) {
        self.says("/start");
        self.expects("Mag ik je antwoorden bewaren?").await;
        self.taps("Ja, bewaar. Ik ben 18+").await;
        self.expects("Hoe laat past een vraag bij jou?").await;
        self.taps(time).await;
        self.expects_edit("Op welke dagen?").await;
        self.taps(days).await;
        self.expects_edit("Wat herken je bij jezelf?").await;
        self.taps("Zeg ik liever niet").await;
        let done = self.expects_edit("Klaar. Je eerste vraag komt").await;
        self.taps("Ik wacht").await;
        self.expects_buttons(done.id, &[]).await;
    }

    async fn next(&self, kind: Kind) -> Received {
        let seen = self.reading().calls[kind as usize];
        let what = format!("the next {kind:?} in the chat of {}", self.chat.0);
        let next = self.api.until(&what, |world| {
            let mut fresh = world.calls().enumerate().skip(seen);
            let (at, call) = fresh.find(|(_, call)| kind.is(call, self.chat))?;
            Some((at, Received::of(call)))
        });
        let (at, received) = next.await.unwrap();
        self.reading().calls[kind as usize] = at + 1;
        received
    }

    fn reading(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap()
    }
}

fn holds(received: Received, part: &str) -> Received {
    assert!(
        received.text.contains(part),
        "expected {part:?}, found:\n{received}"
    );
    received
}
