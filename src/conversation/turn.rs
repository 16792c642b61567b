//! One turn of the conversation: what is known while deciding, and what has been decided so far.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp, civil::Date};
use rand::rngs::ChaCha8Rng;

use super::{
    Action, Button, Class, Decision, Effect, JournalChange, Keyboard, Outgoing, Purpose, Record,
    Scene, Unreadable, tap::Tap,
};
use crate::{
    library::{Text, Texts},
    net::Verdict,
    parent::{Menu, MessageId, Parent, Slot, Words},
};

/// Telegram forgets a tap soon; an answer later than this would only be refused.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// A decision in the making.
pub(super) struct Turn<'a> {
    pub scene: Scene<'a>,
    pub parent: Parent,
    /// When the parent did what this turn is about: they may have written while the bot was away. Now, when nobody did anything.
    pub sent: Timestamp,
    pub chance: &'a mut ChaCha8Rng,
    pub journal: Vec<JournalChange>,
    /// What the net hears in what the parent just typed.
    pub heard: Verdict,
    /// Words were erased: what waits and shows some is not to go out.
    pub erased: bool,
    /// What is sent from here on shows words of the parent's. Set by whatever takes them into a text, so that nobody has to think of it.
    pub quotes: Cell<bool>,
    outgoing: Vec<Outgoing>,
    keep: Keep,
}

/// What becomes of the record; the record itself is in the turn.
enum Keep {
    Changed,
    Wordless,
    Anew,
    Nothing,
}

/// A row of buttons in the making: what each says and what it does.
pub(super) type Row<'a> = Vec<(&'a str, Tap)>;

impl<'a> Turn<'a> {
    pub fn new(scene: Scene<'a>, parent: Parent, chance: &'a mut ChaCha8Rng) -> Self {
        Self {
            scene,
            parent,
            sent: scene.now,
            chance,
            journal: Vec::new(),
            heard: Verdict::Nothing,
            erased: false,
            quotes: Cell::new(false),
            outgoing: Vec::new(),
            keep: Keep::Changed,
        }
    }

    pub fn decision(self) -> Decision {
        let record = match self.keep {
            Keep::Changed => Record::Changed(self.parent),
            Keep::Wordless => Record::Wordless(self.parent),
            Keep::Anew => Record::Anew(self.parent),
            Keep::Nothing => Record::Forgotten,
        };
        Decision {
            record,
            journal: self.journal,
            erased: self.erased,
            outgoing: self.outgoing,
        }
    }

    pub fn texts(&self) -> &'a Texts {
        &self.scene.library.texts
    }

    pub fn today(&self) -> Date {
        self.local_date(self.scene.now)
    }

    /// The day on which the parent did what this turn is about, where they are.
    pub fn day_sent(&self) -> Date {
        self.local_date(self.sent)
    }

    pub fn local_date(&self, at: Timestamp) -> Date {
        self.parent.schedule.local(at).0
    }

    /// Whether new words of this parent may be kept.
    pub fn keeps(&self) -> bool {
        self.parent.keeps(&self.scene.library.consent_version)
    }

    /// What was typed is the time, the days or the place that was asked for: nothing else is behind it.
    pub fn understood(&mut self) {
        self.heard = Verdict::Nothing;
    }

    /// Everything about the parent goes, for good.
    pub fn forget(&mut self) {
        self.keep = Keep::Nothing;
    }

    /// Everything about the parent goes, for good, and no button in the chat counts any more; a new record lives only until the farewell is out.
    pub fn erase_everything(&mut self) {
        self.keep = Keep::Anew;
        self.journal.clear();
        self.close_menu();
        let prompt = self.parent.prompt.take().filter(|open| open.live);
        let flows = std::mem::take(&mut self.parent.flows);
        let prompt = prompt.and_then(|open| open.message);
        let flow = flows.open.and_then(|open| open.message);
        for message in [prompt, flow, flows.left].into_iter().flatten() {
            self.take_buttons(message);
        }
        self.parent = Parent {
            passing: true,
            ..Parent::stranger(self.parent.chat)
        };
    }

    /// Everything that the parent wrote goes, for good, with the key that it is sealed under; the record stays, under a new one.
    pub fn erase_words(&mut self) {
        self.keep = Keep::Wordless;
        self.erased = true;
        self.journal.clear();
        self.parent.journal.forget_all();
        self.parent.crisis.erase();
        self.parent.open_note = None;
        // What was typed in an open flow is an answer too.
        self.parent.flows.leave();
        if let Some(asked) = &mut self.parent.flows.asked {
            asked.entry = None;
        }
        let answered = self.parent.prompt.as_mut();
        if let Some(open) = answered.filter(|open| open.entry.is_some()) {
            open.entry = None;
            open.live = false;
            if let Some(message) = open.message {
                self.take_buttons(message);
            }
        }
    }

    /// Ends the waiting circle on the tapped button, before anything else is done.
    pub fn answer(&mut self, tap: &str, toast: Option<String>) {
        let effect = Effect::Answer {
            tap: tap.to_owned(),
            toast: toast.map(Words::new),
        };
        let expires = self.scene.now.checked_add(ANSWER_WITHIN).ok();
        self.outgoing.insert(
            0,
            Outgoing {
                effect,
                class: Class::Interactive,
                purpose: Purpose::Plain,
                expires,
                quotes: false,
            },
        );
    }

    /// "24 maanden": how long words stay after the last message.
    pub fn retention(&self) -> String {
        self.texts()
            .words
            .retention
            .fill(&[("n", &self.scene.house.retention_months.to_string())])
    }

    /// A message without buttons.
    pub fn say(&mut self, text: impl Into<String>) {
        self.send(
            text.into(),
            Keyboard::default(),
            false,
            None,
            Purpose::Plain,
        );
    }

    /// A message without buttons and without sound, as an answer to one of the parent's messages.
    pub fn say_softly(&mut self, text: impl Into<String>, reply_to: MessageId) {
        self.send(
            text.into(),
            Keyboard::default(),
            true,
            Some(reply_to),
            Purpose::Plain,
        );
    }

    /// A message with buttons. The buttons of the former one go: only the newest count.
    pub fn menu(&mut self, text: impl Into<String>, rows: Vec<Row<'_>>) {
        self.close_menu();
        let number = self.new_keyboard();
        self.parent.menu = Some(Menu {
            number,
            message: None,
        });
        self.send(
            text.into(),
            keyboard(number, rows),
            false,
            None,
            Purpose::Menu { number },
        );
    }

    /// A message that the bot sends of its own accord, with or without buttons.
    pub fn bring(&mut self, text: impl Into<String>, rows: Vec<Row<'_>>, silent: bool) {
        let text = Words::new(text);
        let (keyboard, purpose) = if rows.is_empty() {
            (Keyboard::default(), Purpose::Plain)
        } else {
            self.close_menu();
            let number = self.new_keyboard();
            self.parent.menu = Some(Menu {
                number,
                message: None,
            });
            (keyboard(number, rows), Purpose::Menu { number })
        };
        let effect = Effect::Send {
            text,
            keyboard,
            silent,
            reply_to: None,
        };
        self.put(effect, Class::Bulk, purpose, None);
    }

    /// In the message where the question stands, or in a new one.
    pub fn show(
        &mut self,
        message: Option<MessageId>,
        text: impl Into<String>,
        rows: Vec<Row<'_>>,
    ) {
        match message {
            Some(message) => self.turn_menu(message, text, rows),
            None if rows.is_empty() => {
                self.close_menu();
                self.say(text);
            }
            None => self.menu(text, rows),
        }
    }

    /// New text and buttons for the menu in the chat.
    pub fn turn_menu(&mut self, message: MessageId, text: impl Into<String>, rows: Vec<Row<'_>>) {
        let text = Words::new(text);
        if rows.is_empty() {
            self.parent.menu = None;
            self.act(Effect::Edit {
                message,
                text,
                keyboard: Keyboard::default(),
            });
        } else {
            let number = self.new_keyboard();
            self.parent.menu = Some(Menu {
                number,
                message: Some(message),
            });
            self.act(Effect::Edit {
                message,
                text,
                keyboard: keyboard(number, rows),
            });
        }
    }

    /// New buttons for the menu in the chat; its text stays.
    pub fn turn_buttons(&mut self, message: MessageId, rows: Vec<Row<'_>>) {
        let number = self.new_keyboard();
        self.parent.menu = Some(Menu {
            number,
            message: Some(message),
        });
        let keyboard = keyboard(number, rows);
        self.act(Effect::Buttons { message, keyboard });
    }

    /// Takes the buttons of the menu away; its text stays.
    pub fn close_menu(&mut self) {
        if let Some(message) = self.parent.menu.take().and_then(|menu| menu.message) {
            self.take_buttons(message);
        }
    }

    /// Takes the buttons of a tapped message away, whichever message it is.
    pub fn close_menu_at(&mut self, message: MessageId) {
        if self
            .parent
            .menu
            .is_some_and(|menu| menu.message.is_none_or(|live| live == message))
        {
            self.parent.menu = None;
        }
        self.take_buttons(message);
    }

    /// Takes the buttons of a message away; its text stays.
    pub fn take_buttons(&mut self, message: MessageId) {
        self.act(Effect::Buttons {
            message,
            keyboard: Keyboard::default(),
        });
    }

    /// Something to do in answer to what the parent did, on which nothing hangs.
    pub fn act(&mut self, effect: Effect) {
        self.put(effect, Class::Interactive, Purpose::Plain, None);
    }

    /// A message in answer to what the parent did.
    pub fn send(
        &mut self,
        text: String,
        keyboard: Keyboard,
        silent: bool,
        reply_to: Option<MessageId>,
        purpose: Purpose,
    ) {
        self.put(
            Effect::Send {
                text: Words::new(text),
                keyboard,
                silent,
                reply_to,
            },
            Class::Interactive,
            purpose,
            None,
        );
    }

    /// Anything else.
    pub fn put(
        &mut self,
        effect: Effect,
        class: Class,
        purpose: Purpose,
        expires: Option<Timestamp>,
    ) {
        let has_text = matches!(effect, Effect::Send { .. } | Effect::Edit { .. });
        self.outgoing.push(Outgoing {
            quotes: has_text && self.quotes.get(),
            effect,
            class,
            purpose,
            expires,
        });
    }

    /// The number for a new keyboard.
    pub fn new_keyboard(&mut self) -> u32 {
        self.parent.keyboard = self.parent.keyboard.wrapping_add(1);
        self.parent.keyboard
    }

    /// "morgen om 19:30": a moment as a parent would say it.
    pub fn when(&self, at: Timestamp) -> String {
        let words = &self.texts().words;
        let (date, time) = self.parent.schedule.local(at);
        let days = self.today().until(date).map_or(0, |span| span.get_days());
        let day = match days {
            0 => words.today.as_str().to_owned(),
            1 => words.tomorrow.as_str().to_owned(),
            2..=6 => self.weekday(date).to_owned(),
            _ => self.date(date),
        };
        words.at.fill(&[("day", &day), ("time", &time.to_string())])
    }

    /// When the next prompt comes, as a parent would say it; `None` when none is planned.
    pub fn next_when(&self) -> Option<String> {
        self.parent.planned.map(|planned| self.when(planned.at))
    }

    /// "19:30" or "tussen 19:00 en 21:00".
    pub fn slot(&self, slot: Slot) -> String {
        if slot.is_window() {
            let (from, until) = (slot.from().to_string(), slot.until().to_string());
            let between = &self.texts().words.between;
            between.fill(&[("from", &from), ("until", &until)])
        } else {
            slot.from().to_string()
        }
    }

    /// "maandag 3 maart", with the year when it is not this one.
    pub fn date(&self, date: Date) -> String {
        let month = usize::try_from(date.month()).unwrap_or(1) - 1;
        let month = self
            .texts()
            .words
            .months
            .get(month)
            .map_or("", Text::as_str);
        let short = format!("{} {} {month}", self.weekday(date), date.day());
        if date.year() == self.today().year() {
            short
        } else {
            format!("{short} {}", date.year())
        }
    }

    fn weekday(&self, date: Date) -> &'a str {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.texts()
            .words
            .weekdays
            .get(day)
            .map_or("", Text::as_str)
    }
}

/// The keyboard with this number.
pub(super) fn keyboard(number: u32, rows: Vec<Row<'_>>) -> Keyboard {
    let button = |(label, tap): (&str, Tap)| Button {
        label: label.to_owned(),
        action: Action::Data(tap.data(number)),
    };
    Keyboard(
        rows.into_iter()
            .map(|row| row.into_iter().map(button).collect())
            .collect(),
    )
}

/// What a scene returns: it fails only when something stored cannot be read.
pub(super) type Done = Result<(), Unreadable>;
