//! What holds whatever a parent does.

use super::{
    acts::{HEAVY, SECRET},
    *,
};
use crate::conversation::tap::Erase;
use crate::{
    library::{Country, Side},
    parent::{OwnPrompts, Schedule, Sending, Slot},
};

/// What a parent chose. It changes only by their choosing otherwise.
#[derive(Clone, Debug, PartialEq)]
struct Chosen {
    consent: Consent,
    times: Vec<Slot>,
    schedule: Schedule,
    weekly: bool,
    side: Option<Side>,
    country: Country,
    language: Option<String>,
    own: OwnPrompts,
    on_this_day: bool,
    sundays: bool,
    hidden: Vec<u32>,
    sending: Sending,
}

impl Chosen {
    fn of(parent: &Parent) -> Self {
        Self {
            consent: parent.consent.clone(),
            times: parent.schedule.times.clone(),
            schedule: parent.schedule.clone(),
            weekly: parent.rhythm.weekly,
            side: parent.side,
            country: parent.country,
            language: parent.language.clone(),
            own: OwnPrompts {
                // Which one comes next is for chance.
                latest: None,
                ..parent.own.clone()
            },
            on_this_day: parent.settings.on_this_day,
            sundays: parent.journal.sundays.on,
            hidden: parent.journal.on_this_day.hidden.clone(),
            sending: parent.sending,
        }
    }
}

/// How things are before something happens.
pub(super) struct Before {
    chosen: Option<Chosen>,
    book: Book,
    chat: BTreeMap<MessageId, Shown>,
    hearts: usize,
    toasts: usize,
    answers: usize,
    documents: usize,
    played: usize,
    asked_for_setting: bool,
    searches: bool,
    live: Vec<u32>,
    tapped: Option<u32>,
    bulk: usize,
}

impl Before {
    pub fn of(talk: &Talk) -> Self {
        let parent = talk.parent.as_ref();
        Self {
            chosen: parent.map(Chosen::of),
            book: talk.book.clone(),
            chat: talk.chat.clone(),
            hearts: talk.hearts.len(),
            toasts: talk.toasts.len(),
            answers: talk.answers,
            documents: talk.documents.len(),
            played: talk.played.len(),
            asked_for_setting: parent.is_some_and(|parent| asks_for_setting(parent, talk.now)),
            searches: parent.is_some_and(|parent| {
                matches!(
                    parent.asking,
                    Some(Asking::Journal(AskingJournal::Search, _))
                )
            }),
            live: parent.map(live_numbers).unwrap_or_default(),
            tapped: parent.and_then(|parent| parent.tapped),
            bulk: talk.bulk.len(),
        }
    }

    /// Holds the rules against what came of the act.
    pub fn holds(&self, talk: &Talk, act: &Act) -> Result<(), String> {
        self.is_answered(talk, act)?;
        self.answers_heavy_words(talk, act)?;
        self.keeps_what_was_chosen(talk, act)?;
        self.keeps_what_was_written(talk, act)?;
        self.knocks_without_words(talk)?;
        if !matches!(act, Act::Forged(..)) {
            has_no_dead_buttons(talk)?;
        }
        plans_ahead(talk)?;
        keeps_nothing_unasked(talk)
    }

    /// Whoever does something sees something: never silence where an answer is due.
    fn is_answered(&self, talk: &Talk, act: &Act) -> Result<(), String> {
        let shown = talk.chat != self.chat
            || talk.documents.len() > self.documents
            || talk.played.len() > self.played;
        let toast = talk.toasts.len() > self.toasts;
        let heart = talk.hearts.len() > self.hearts;
        let tap = |data: &str, real: bool| {
            if talk.answers != self.answers + 1 {
                return Err(format!(
                    "a tap was answered {} times",
                    talk.answers - self.answers
                ));
            }
            let number = Tap::read(data).map(|(number, _)| number);
            // The second of a double tap, or one that crossed with the change of its message.
            let again = number.is_some()
                && (number == self.tapped || !self.live.contains(&number.unwrap_or(0)));
            if !real || shown || toast || again {
                Ok(())
            } else {
                Err("a tap did nothing that is seen".to_owned())
            }
        };
        match act {
            Act::Tap { data, .. } => tap(data, true),
            Act::Old(_, data) => tap(data, true),
            Act::Forged(_, data) => tap(data, false),
            Act::Say(_) | Act::ReplyTo(..) | Act::Send(_) if !(shown || heart) => {
                Err("a message got no answer".to_owned())
            }
            Act::Say(_) | Act::ReplyTo(..) | Act::Send(_) => Ok(()),
            // What was in the journal is changed there, or the parent hears why not; anything else was only said.
            Act::Edit(message, _) => {
                let known = matches!(self.book.messages.get(message), Some(MessageRef::Part(_)));
                if known && !shown && talk.book == self.book && !self.same_words(*message, act) {
                    return Err("an edit was lost".to_owned());
                }
                Ok(())
            }
            Act::Due | Act::Wait(_) | Act::Left | Act::CameBack => Ok(()),
        }
    }

    /// Help comes for heavy words, without sound, wherever they are typed.
    fn answers_heavy_words(&self, talk: &Talk, act: &Act) -> Result<(), String> {
        let heavy = match act {
            Act::Say(text) => *text == HEAVY && !self.searches,
            Act::ReplyTo(message, text) => {
                *text == HEAVY && (!self.searches || *message == MessageId(9_999))
            }
            Act::Edit(message, text) => *text == HEAVY && !self.same_words(*message, act),
            Act::Tap { .. }
            | Act::Old(..)
            | Act::Forged(..)
            | Act::Send(_)
            | Act::Due
            | Act::Wait(_)
            | Act::Left
            | Act::CameBack => false,
        };
        let answer = &talk.spoken().texts.crisis.zelfdoding;
        let whole: String = answer.text.as_str().chars().take(80).collect();
        let fresh = talk
            .chat
            .iter()
            .filter(|(id, _)| !self.chat.contains_key(id));
        let mut answers = fresh.filter(|(_, shown)| {
            shown.silent && (shown.text.starts_with(&whole) || shown.text == answer.short.as_str())
        });
        if heavy && answers.next().is_none() {
            return Err("heavy words were not answered".to_owned());
        }
        Ok(())
    }

    fn same_words(&self, message: MessageId, act: &Act) -> bool {
        let Act::Edit(_, text) = act else {
            return false;
        };
        let mut parts = self.book.entries.values().flat_map(|entry| &entry.parts);
        parts.any(|part| part.message == message && part.words.reveal() == *text)
    }

    /// A setting changes by the parent's choosing, and by nothing else.
    fn keeps_what_was_chosen(&self, talk: &Talk, act: &Act) -> Result<(), String> {
        let (Some(before), Some(parent)) = (&self.chosen, &talk.parent) else {
            return Ok(());
        };
        let after = Chosen::of(parent);
        if *before == after {
            return Ok(());
        }
        let chose = match act {
            Act::Tap { data, .. } | Act::Old(_, data) | Act::Forged(_, data) => {
                Tap::read(data).is_some_and(|(_, tap)| chooses(tap))
            }
            Act::Say("stop") if after.sending == Sending::Off => {
                let same_but_sending = Chosen {
                    sending: before.sending,
                    ..after.clone()
                };
                same_but_sending == *before
            }
            Act::Say(_) => self.asked_for_setting || in_flow(talk, before, &after),
            Act::Send(Content::Command { name, .. }) => name == "stop",
            Act::Send(Content::Text(_)) | Act::ReplyTo(..) => self.asked_for_setting,
            // What was chosen once comes back with a journal; whether anything is kept or sent does not.
            Act::Send(Content::Document(_)) => {
                parent.journal.returned.is_some()
                    && (&before.consent, before.sending) == (&after.consent, after.sending)
            }
            Act::Send(_) | Act::Edit(..) | Act::Due | Act::Wait(_) | Act::Left | Act::CameBack => {
                false
            }
        };
        if chose {
            Ok(())
        } else {
            Err(format!(
                "a setting changed by itself: {before:#?} became {after:#?}"
            ))
        }
    }

    /// What is in the journal stays until it is erased; it changes by editing it.
    fn keeps_what_was_written(&self, talk: &Talk, act: &Act) -> Result<(), String> {
        let erases = match act {
            Act::Tap { data, .. } | Act::Old(_, data) | Act::Forged(_, data) => matches!(
                Tap::read(data),
                Some((
                    _,
                    Tap::EraseEntryYes(_)
                        | Tap::EraseYes(_)
                        | Tap::EraseLastYes(_)
                        | Tap::Settings(_)
                        | Tap::Crisis(CrisisTap::Erase(..))
                ))
            ),
            Act::Say(_)
            | Act::ReplyTo(..)
            | Act::Send(_)
            | Act::Edit(..)
            | Act::Due
            | Act::Wait(_)
            | Act::Left
            | Act::CameBack => false,
        };
        let gone = self
            .book
            .entries
            .keys()
            .find(|id| !talk.book.entries.contains_key(id));
        if gone.is_some() && !erases && talk.parent.is_some() {
            return Err("an entry went by itself".to_owned());
        }
        Ok(())
    }

    /// What comes by itself may light up on a locked screen: it holds no word that the parent wrote, but for a question of their own.
    fn knocks_without_words(&self, talk: &Talk) -> Result<(), String> {
        let own = talk.spoken().texts.prompt.own_title.as_str();
        let mut came = talk.bulk.iter().skip(self.bulk);
        match came.find(|text| text.contains(SECRET) && !text.contains(own)) {
            Some(_) => Err("the parent's words came by themselves".to_owned()),
            None => Ok(()),
        }
    }
}

/// Whether the tap is one by which a parent chooses.
fn chooses(tap: Tap) -> bool {
    match tap {
        Tap::ConsentYes
        | Tap::ConsentNo
        | Tap::Language(_)
        | Tap::Time(_)
        | Tap::Days(_)
        | Tap::Side(_)
        | Tap::Resume
        | Tap::EraseYes(Erase::All)
        | Tap::Settings(_)
        | Tap::Silence(_)
        | Tap::Own(_)
        | Tap::Book(BookTap::Sundays(_) | BookTap::OnThisDayOff | BookTap::OnThisDayHide(_))
        // The last step of one flow asks what the parent recognises.
        | Tap::Flow(_) => true,
        // An entry that is gone needs not be hidden any more.
        Tap::EraseEntryYes(_)
        | Tap::EraseYes(_)
        | Tap::EraseLastYes(_)
        | Tap::Crisis(CrisisTap::Erase(..)) => true,
        Tap::ConsentMore
        | Tap::ConsentBack
        | Tap::TimeOther
        | Tap::Times
        | Tap::DaysOwn(_)
        | Tap::PromptNow
        | Tap::Close
        | Tap::Later
        | Tap::Snooze(_)
        | Tap::NotLater
        | Tap::Other
        | Tap::Skip
        | Tap::FollowUp
        | Tap::EraseEntry(_)
        | Tap::Page(..)
        | Tap::Commands
        | Tap::Breathe
        | Tap::TextSomeone
        | Tap::Erase(_)
        | Tap::Export(_)
        | Tap::Pause(_)
        | Tap::Crisis(CrisisTap::Safe | CrisisTap::NotMeant)
        | Tap::QuietWeek(_)
        | Tap::Book(_) => false,
    }
}

/// A label of the flow was typed instead of tapped: only what it is about may change.
fn in_flow(talk: &Talk, before: &Chosen, after: &Chosen) -> bool {
    let same_but_side = Chosen {
        side: before.side,
        ..after.clone()
    };
    talk.parent().flows.open.is_none() && same_but_side == *before
}

/// Whether something can be chosen by typing: its buttons stand, and for no more than an hour but at the start.
fn asks_for_setting(parent: &Parent, now: Timestamp) -> bool {
    let begins = matches!(parent.onboarding, Onboarding::Time | Onboarding::Days);
    let stands = parent.menu.map(|menu| menu.number);
    let question = parent.settings.asking;
    question.is_some_and(|question| {
        stands == Some(question.keyboard) && (begins || now <= question.until)
    })
}

fn live_numbers(parent: &Parent) -> Vec<u32> {
    let menu = parent.menu.map(|menu| menu.number);
    let prompt = parent.prompt.as_ref().filter(|prompt| prompt.live);
    let flow = parent.flows.open.as_ref();
    [
        menu,
        prompt.map(|prompt| prompt.number),
        flow.map(|flow| flow.number),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every button in the chat counts: what is over has lost its buttons, but those that help at any time. And never two prompts with buttons.
fn has_no_dead_buttons(talk: &Talk) -> Result<(), String> {
    let Some(parent) = &talk.parent else {
        return Ok(());
    };
    let left = parent.flows.left;
    let live = live_numbers(parent);
    let mut prompts = 0;
    for (message, shown) in &talk.chat {
        let taps = shown.keyboard.0.iter().flatten();
        let taps: Vec<(u32, Tap)> = taps
            .filter_map(|button| match &button.action {
                Action::Data(data) => Tap::read(data),
                Action::Url(_) => None,
            })
            .collect();
        let mut mortal = taps.iter().filter(|(_, tap)| !tap.is_timeless());
        let dead = mortal.find(|(number, _)| !live.contains(number));
        if let Some((_, tap)) = dead.filter(|_| left != Some(*message)) {
            return Err(format!(
                "a button that no longer counts still stands: {tap:?}"
            ));
        }
        let of_prompt = |(_, tap): &(u32, Tap)| {
            matches!(
                tap,
                Tap::Later | Tap::Other | Tap::Skip | Tap::FollowUp | Tap::NotLater
            )
        };
        prompts += usize::from(taps.iter().any(of_prompt));
    }
    if prompts > 1 {
        return Err("two prompts have buttons".to_owned());
    }
    Ok(())
}

/// What was due was done: the next thing lies ahead.
fn plans_ahead(talk: &Talk) -> Result<(), String> {
    let due = talk.parent.as_ref().and_then(Parent::due);
    match due.filter(|due| *due < talk.now) {
        Some(due) => Err(format!("{due} was left undone")),
        None => Ok(()),
    }
}

/// Without consent, nothing that was typed is anywhere.
fn keeps_nothing_unasked(talk: &Talk) -> Result<(), String> {
    let Some(parent) = &talk.parent else {
        return Ok(());
    };
    let never = matches!(parent.consent, Consent::Open);
    if !never {
        return Ok(());
    }
    let record = serde_json::to_string(parent).unwrap();
    if record.contains(SECRET) || !talk.book.entries.is_empty() {
        return Err("words were kept without consent".to_owned());
    }
    Ok(())
}

/// From here the parent comes back to prompts and a journal that takes what they write, by `/start` and the first button of each question;
/// and help is always there.
pub(super) fn can_go_home(talk: &Talk) -> Result<(), String> {
    let mut talk = talk.fork();
    talk.say("/hulp");
    let help = talk.last();
    if !help.text.contains("112") {
        return Err(format!("no help but {help:?}"));
    }
    let texts = &talk.spoken().texts;
    let onward = [
        &texts.consent.btn_yes,
        &texts.onboarding.btn_time_evening,
        &texts.onboarding.btn_days_three,
        &texts.onboarding.btn_side_none,
        &texts.welcome.btn_again_go,
    ];
    talk.say("/start");
    // Five questions at most, and once more whether to begin again.
    for _ in 0..6 {
        let labels: Vec<&str> = talk.last().labels().concat();
        let mut onward = onward.iter();
        match onward.find(|label| labels.contains(&label.as_str())) {
            Some(label) => talk.tap(label.as_str()),
            None => break,
        }
    }
    let parent = talk.parent();
    if (parent.onboarding, parent.sending) != (Onboarding::Done, Sending::On)
        || parent.planned.is_none()
    {
        return Err(format!("no way back to prompts: {:?}", talk.last()));
    }
    if !parent.keeps(&talk.spoken().consent_version) {
        return Ok(());
    }
    // What is open for typed text closes with a command.
    talk.say("/vandaag");
    if let Some(open) = &talk.parent().flows.open {
        let flow = talk.spoken().flow(&open.flow).unwrap().mark();
        let stop = Tap::Flow(FlowTap::Stop { flow }).data(open.number);
        talk.tap_data(open.message.unwrap(), &stop);
    }
    let hearts = talk.hearts.len();
    let said = talk.say("Een gewone zin over vandaag, die lang genoeg is.");
    let kept = talk.book.messages.contains_key(&said);
    if talk.hearts.len() != hearts + 1 || !kept {
        return Err(format!("nothing is kept any more: {:?}", talk.last()));
    }
    Ok(())
}
