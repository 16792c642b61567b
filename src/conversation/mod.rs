//! Deciding: what a parent's message, tap or planned moment leads to.
//!
//! Pure: [`respond`] gets everything it needs as values and returns everything it wants done as values.
//! One file per scene:
//!
//! | scene | what it is about |
//! |---|---|
//! | [`onboarding`] | the four taps of the start: keeping, time, days, side; also `/tijd` |
//! | [`daily`] | the prompt: sending it, its buttons, `/vandaag` |
//! | [`later`] | putting a prompt off |
//! | [`question`] | what a prompt asks: one of the library, or of the parent's own |
//! | [`called`] | help and the end of the prompts, typed by name alone |
//! | [`reply`] | what a parent types: an answer, a loose note, an edit |
//! | [`crisis`] | heavy words: what the net hears in what a parent types, and the answer |
//! | [`target`] | what an answer belongs to |
//! | [`voice`] | what a parent says: voice notes |
//! | [`fetch`] | what has to be fetched from Telegram first |
//! | [`book`] | `/dagboek`: reading, changing, adding and erasing entries |
//! | [`search`] | `/zoek` |
//! | [`lookback`] | `/terugblik`, and the one on Sundays |
//! | [`on_this_day`] | what was written on this day in earlier years |
//! | [`settings`] | `/instellingen`: everything a parent can choose |
//! | [`language`] | the language that the bot speaks with a parent |
//! | [`own`] | prompts that a parent wrote |
//! | [`pause`] | `/pauze` |
//! | [`silence`] | what a long silence leads to |
//! | [`erase`] | `/wis` and `/stop` |
//! | [`export`] | `/export`: taking everything along |
//! | [`import`] | `/import`: a journal comes back from such a file |
//! | [`flow`] | the guided flows, example sentences, "vraag later hoe het ging" |
//! | [`help`] | `/hulp`, `/privacy`, and everything that is neither text nor a voice note |

mod book;
mod called;
mod crisis;
mod daily;
mod erase;
mod event;
pub(crate) mod export;
mod fetch;
mod fit;
mod flow;
mod help;
pub(crate) mod import;
mod journal;
mod language;
mod later;
mod lookback;
mod on_this_day;
mod onboarding;
mod outgoing;
mod own;
mod pause;
mod question;
pub(crate) mod reply;
mod scene;
mod search;
mod settings;
mod silence;
mod tap;
mod tapped;
mod target;
mod turn;
pub(crate) mod voice;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;

pub use book::BookTap;
pub use crisis::CrisisTap;
pub use event::{Content, Event, Message, NotFetched, Outcome, SentFile, Tapped, VoiceNote};
pub use export::{Document, ExportTap, Form, Numbers, Use, Years};
pub use fetch::{Brought, Fetch, Fetched, Wanted};
pub use flow::FlowTap;
pub use import::{Choices, Ending, Opening, Step, Unusable};
pub use journal::{
    Entry, EntryId, Journal, JournalChange, MessageRef, Part, PromptRef, Spoken, Unreadable,
};
pub use lookback::{Period, Span};
pub use outgoing::{Action, Button, Class, Effect, Keyboard, Outgoing, Purpose};
pub use scene::{House, Scene};
pub use tap::Tap;
pub use target::Target;
pub use voice::SpokenNote;

use crate::{
    library::CommandId,
    net::Verdict,
    parent::{Consent, Onboarding, Parent, Words},
};
use turn::{Done, Turn};

/// How old a message may be for its date to be believed. Telegram keeps what waits for a bot for 24 hours.
const OLDEST: SignedDuration = SignedDuration::from_hours(48);

/// What an event leads to. All of it becomes durable at once, or nothing of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What becomes of the parent's record.
    pub record: Record,
    /// Changes of the journal, in order.
    pub journal: Vec<JournalChange>,
    /// Words were erased: what waits to be sent and [shows some](Outgoing::quotes) is withdrawn.
    pub erased: bool,
    /// What to do in the chat, in order.
    pub outgoing: Vec<Outgoing>,
}

/// What becomes of a parent's record.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly every record is kept")]
pub enum Record {
    /// It is kept, like this.
    Changed(Parent),
    /// All words of the parent are erased, key and all; this record goes on under a new key, with the prompts in the chat and the letters that hold none of them.
    Wordless(Parent),
    /// Everything about the parent is erased, key and all; then this record begins under a new key.
    Anew(Parent),
    /// Everything about the parent is erased, key and all.
    Forgotten,
}

/// Decides what `event` leads to for this parent.
///
/// The same arguments give the same decision: `chance` is seeded, and time is in `scene`.
///
/// # Errors
/// When something in the parent's journal cannot be read. Nothing is to be changed then.
pub fn respond(
    scene: Scene<'_>,
    parent: Parent,
    event: &Event,
    chance: &mut ChaCha8Rng,
) -> Result<Decision, Unreadable> {
    let mut turn = Turn::new(scene, parent, chance);
    turn.parent.crisis.forget(scene.now);
    match event {
        Event::Wrote(message) => {
            turn.sent = when_sent(message, scene.now);
            come_back(&mut turn);
            turn.heard = crisis::hear(&turn, message);
            wrote(&mut turn, message)?;
            crisis::speak(&mut turn, message);
        }
        Event::Edited(message) => {
            turn.heard = crisis::hear_again(&turn, message)?;
            // Who was nobody stays nobody, unless there is something to say to them.
            if turn.heard == Verdict::Nothing && turn.parent.is_nobody() {
                turn.forget();
            }
            come_back(&mut turn);
            reply::edited(&mut turn, message)?;
            crisis::speak(&mut turn, message);
        }
        Event::Tapped(tapped) => {
            come_back(&mut turn);
            tapped::tapped(&mut turn, tapped)?;
        }
        Event::Left => leave(&mut turn),
        Event::CameBack => come_back(&mut turn),
        Event::Due => due(&mut turn)?,
        Event::Outcome(purpose, outcome) => came_of(&mut turn, purpose, *outcome)?,
        Event::Fetched(fetch, fetched) => fetch::fetched(&mut turn, fetch, fetched)?,
    }
    crisis::set_apart(&mut turn)?;
    Ok(turn.decision())
}

/// When a message was sent, as far as its date can be believed: one in the future, or from long ago, comes from a clock that is wrong, and
/// counts as now.
fn when_sent(message: &Message, now: Timestamp) -> Timestamp {
    let age = now.duration_since(message.sent);
    if age.is_negative() || age > OLDEST {
        now
    } else {
        message.sent
    }
}

/// The answer to a message in a group: the bot works in a private chat only, and remembers nothing of the group.
///
/// The record it returns lives only until its one message is out.
pub fn respond_in_group(
    scene: Scene<'_>,
    chat: crate::parent::ChatId,
    chance: &mut ChaCha8Rng,
) -> Decision {
    let group = Parent {
        passing: true,
        ..Parent::stranger(chat)
    };
    let mut turn = Turn::new(scene, group, chance);
    let text = turn.texts().error.private_only.as_str().to_owned();
    turn.send(text, Keyboard::default(), true, None, Purpose::Farewell);
    turn.decision()
}

/// Why nothing could be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The parent's journal cannot be read.
    Journal,
    /// The program made a mistake.
    Program,
    /// It made another while it apologised, perhaps in the net.
    Again,
}

/// The answer when deciding failed for a reason that is ours: kind, and with nothing else changed. Heavy words are answered all the same,
/// unless that may be what failed.
pub fn apologise(
    scene: Scene<'_>,
    parent: Parent,
    event: &Event,
    failure: Failure,
    chance: &mut ChaCha8Rng,
) -> Decision {
    let mut turn = Turn::new(scene, parent, chance);
    let text = turn.texts().error.internal.as_str();
    match event {
        Event::Wrote(message) | Event::Edited(message) => {
            turn.say(text);
            if failure != Failure::Again {
                turn.heard = crisis::hear_typed(&turn, message);
                crisis::speak(&mut turn, message);
            }
        }
        Event::Fetched(fetch, _) => {
            // Of a journal, no further step.
            fetch::arrived(&mut turn, fetch);
            turn.say(text);
        }
        Event::Tapped(tapped) => {
            turn.say(text);
            turn.answer(&tapped.id, None);
        }
        Event::Due => turn.parent.let_go(scene.now),
        Event::Left | Event::CameBack | Event::Outcome(..) => {}
    }
    turn.decision()
}

fn leave(turn: &mut Turn<'_>) {
    turn.parent.unreachable = true;
    turn.parent.snoozed = None;
    turn.parent.flows.later = None;
    turn.parent.plan(turn.scene.now);
}

/// Whoever writes or taps can be reached, is not silent, and keeps everything for as long as was promised.
fn come_back(turn: &mut Turn<'_>) {
    let now = turn.scene.now;
    turn.parent.passing = false;
    if turn.parent.unreachable {
        turn.parent.unreachable = false;
        turn.parent.plan(now);
    }
    turn.parent.end_silence(now);
    let months = turn.scene.house.retention_months;
    turn.parent.keep_for(months, now);
}

/// A moment of the bot's own has come.
fn due(turn: &mut Turn<'_>) -> Done {
    let everything_goes = silence::retention_due(turn);
    if everything_goes {
        return Ok(());
    }
    if crisis::is_quiet(turn) {
        turn.parent.let_go(turn.scene.now);
        return Ok(());
    }
    pause::due(turn);
    flow::due(turn);
    book::due(turn)?;
    daily::due(turn);
    Ok(())
}

fn wrote(turn: &mut Turn<'_>, message: &Message) -> Done {
    let error = &turn.texts().error;
    let heavy = crisis::is_heavy(turn);
    let sentence = match &message.content {
        Content::Text(words) if heavy => return crisis::take_in(turn, message, words),
        Content::Text(words) => return typed(turn, message, words),
        // What is heavy is no day to open the journal at; the command is meant all the same.
        Content::Command { name, .. } if heavy => return command(turn, name, &Words::default()),
        Content::Command { name, rest } => return command(turn, name, rest),
        Content::Voice(note) => return voice::spoke(turn, message, note),
        Content::Forwarded => &error.forwarded,
        Content::Sticker => &error.sticker,
        Content::Photo if message.caption.is_empty() || !turn.keeps() => &error.photo,
        Content::Photo => &error.photo_with_words,
        Content::Document(file) if !heavy => return import::sent(turn, message, file),
        Content::Document(_) | Content::File => &error.file,
        Content::Location => &error.location,
        Content::Contact => &error.contact,
        Content::Other => &error.not_understood,
    };
    if !heavy {
        turn.say(sentence.as_str());
    }
    Ok(())
}

/// Text that is the name of help, or of the end, is that; else it goes to the question that is open, else it is a reply.
fn typed(turn: &mut Turn<'_>, message: &Message, words: &Words) -> Done {
    let error = &turn.texts().error;
    if words.reveal().trim().is_empty() {
        turn.say(error.empty.as_str());
        return Ok(());
    }
    if let Some(called) = called::called(turn, message, words) {
        return command(turn, &called.name, &Words::default());
    }
    // While the buttons of such a question are the newest, it is the latest one.
    if settings::typed(turn, message, words) {
        return Ok(());
    }
    if book::typed(turn, message, words)? || flow::typed(turn, message, words)? {
        return Ok(());
    }
    if !has_begun(turn) {
        return Ok(());
    }
    let menu = turn.parent.menu;
    reply::wrote(turn, message, words)?;
    if turn.parent.menu == menu {
        pause::wrote_meanwhile(turn);
    }
    Ok(())
}

/// Whether the parent has chosen what is kept; asks for that when they have not.
fn has_begun(turn: &mut Turn<'_>) -> bool {
    match turn.parent.onboarding {
        Onboarding::Stranger => turn.say(turn.texts().error.not_started.as_str()),
        Onboarding::Consent => onboarding::ask(turn),
        Onboarding::Time | Onboarding::Days | Onboarding::Side | Onboarding::Done => return true,
    }
    false
}

fn command(turn: &mut Turn<'_>, name: &str, rest: &Words) -> Done {
    turn.parent.asking = None;
    turn.parent.journal.search = None;
    settings::close_question(turn);
    let Some(command) = turn.scene.command(name) else {
        if !crisis::is_heavy(turn) {
            turn.say(turn.texts().error.unknown_command.as_str());
        }
        return Ok(());
    };
    let begun = !matches!(
        turn.parent.onboarding,
        Onboarding::Stranger | Onboarding::Consent
    );
    if !begun && !command.always {
        turn.say(turn.texts().error.not_started.as_str());
        return Ok(());
    }
    match command.id {
        CommandId::Start => onboarding::start(turn),
        CommandId::Today => daily::today(turn),
        CommandId::Journal => book::command(turn, rest)?,
        CommandId::Search => search::command(turn, rest)?,
        CommandId::LookBack => lookback::ask(turn)?,
        CommandId::Times => onboarding::times(turn),
        CommandId::Settings => settings::open(turn),
        CommandId::Pause => pause::ask(turn),
        CommandId::Privacy => help::privacy(turn),
        CommandId::Erase => erase::ask(turn)?,
        CommandId::Stop => erase::stop(turn),
        CommandId::Help => help::help(turn),
        CommandId::Export => export::ask(turn),
        CommandId::Import => import::explain(turn)?,
        CommandId::Flow => flow::open(turn, &command.name),
        CommandId::Sentences => flow::sentences(turn),
    }
    Ok(())
}

/// What became of a message changes what the buttons of later messages may do.
fn came_of(turn: &mut Turn<'_>, purpose: &Purpose, outcome: Outcome) -> Done {
    if outcome == Outcome::Unreachable {
        leave(turn);
    }
    if turn.parent.passing {
        turn.forget();
        return Ok(());
    }
    match (purpose, outcome) {
        (
            Purpose::Prompt {
                number,
                prompt,
                planned,
            },
            _,
        ) => daily::came_of(turn, *number, prompt, planned.is_some(), outcome),
        (Purpose::FollowUp { prompt, entry }, Outcome::Sent(Some(message))) => {
            let link = MessageRef::Prompt {
                prompt: prompt.clone(),
                entry: Some(*entry),
            };
            turn.journal.push(JournalChange::Link(message, link));
        }
        (Purpose::Menu { number } | Purpose::LookBack { number }, Outcome::Sent(Some(message))) => {
            match &mut turn.parent.menu {
                Some(menu) if menu.number == *number => menu.message = Some(message),
                // A tap came before word of the message, and has dealt with its buttons.
                Some(_) | None if turn.parent.tapped == Some(*number) => {}
                Some(_) | None => turn.take_buttons(message),
            }
            if matches!(purpose, Purpose::LookBack { .. }) {
                lookback::can_be_answered(turn, message)?;
            }
        }
        (Purpose::Flow { number }, Outcome::Sent(Some(message))) => {
            flow::came_of(turn, *number, message);
        }
        (Purpose::Later { prompt }, Outcome::Sent(Some(message))) => {
            flow::asked(turn, prompt, message);
        }
        (Purpose::Kept, Outcome::Failed) => reply::say_kept(turn),
        (Purpose::Document { rest }, _) => export::came_of(turn, rest, outcome)?,
        (Purpose::Picture, _) => lookback::picture_came_of(turn, outcome),
        (Purpose::Voice, _) => voice::came_of(turn, outcome),
        (
            Purpose::Plain
            | Purpose::FollowUp { .. }
            | Purpose::Menu { .. }
            | Purpose::LookBack { .. }
            | Purpose::Flow { .. }
            | Purpose::Later { .. }
            | Purpose::Kept
            | Purpose::Farewell,
            _,
        ) => {}
    }
    Ok(())
}

/// Whether the parent chose to have replies kept, under whatever version of the explanation.
fn consented(parent: &Parent) -> bool {
    matches!(parent.consent, Consent::Given { .. })
}

#[cfg(test)]
pub(crate) mod tests;
