//! What the [crisis net](crate::net) hears in what a parent types, and what follows from it (content parts 6 and 7).
//!
//! Every text is heard, before anything else is done with it, in memory only, and whoever it is from. What no net hears is what parents did not
//! say: forwarded words, and words that they look for in their own journal. Who searches for a heavy word wants to read again what they wrote,
//! and an answer there would stand between them and their own words.
//!
//! Heavy words are kept as any others, where they belong, and nothing is said of it but the heart. When they may not be kept, nothing is said of
//! that: no heart says it too. Then comes the answer, which is fixed, without sound, and the last in the chat. Whatever asked for text before is
//! still open.
//!
//! The buttons below an answer carry all that they need, so they are never old: no new question, and no time, takes help away.

use super::{
    Action, Button, Content, EntryId, JournalChange, Keyboard, Message, Purpose, Unreadable, book,
    daily, flow, pause, reply,
    tap::Tap,
    turn::{Done, Turn},
};
use crate::{
    library::CommandId,
    net::{Route, Verdict},
    parent::{MessageId, Onboarding, Words},
};

/// The pause that is offered after an answer, in days.
const WEEK: u8 = 7;

/// A tap on a button below an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrisisTap {
    /// "Ik ben veilig, verder".
    Safe,
    /// "Zo bedoelde ik het niet".
    NotMeant,
    /// Erase what came in this message, which is a part of this entry.
    Erase(EntryId, MessageId),
}

impl CrisisTap {
    /// Its part of the callback data.
    pub fn data(self) -> String {
        match self {
            Self::Safe => "s".to_owned(),
            Self::NotMeant => "n".to_owned(),
            Self::Erase(entry, message) => format!("e{}-{}", entry.0, message.0),
        }
    }

    /// Reads what [`CrisisTap::data`] wrote.
    pub fn read(data: &str) -> Option<Self> {
        match data {
            "s" => Some(Self::Safe),
            "n" => Some(Self::NotMeant),
            _ => {
                let (entry, message) = data.strip_prefix('e')?.split_once('-')?;
                let entry = EntryId(entry.parse().ok()?);
                Some(Self::Erase(entry, MessageId(message.parse().ok()?)))
            }
        }
    }
}

/// What is heard in a new message.
pub(super) fn hear(turn: &Turn<'_>, message: &Message) -> Verdict {
    if book::searches(turn, message) {
        Verdict::Nothing
    } else {
        hear_typed(turn, message)
    }
}

/// What is heard in a message that says something else now. Telegram also tells of changes that are none.
pub(super) fn hear_again(turn: &Turn<'_>, message: &Message) -> Result<Verdict, Unreadable> {
    if reply::says_the_same(turn, message)? {
        return Ok(Verdict::Nothing);
    }
    Ok(hear_typed(turn, message))
}

/// What is heard in everything that a parent typed with a message, whatever it is.
pub(super) fn hear_typed(turn: &Turn<'_>, message: &Message) -> Verdict {
    match &message.content {
        Content::Text(words) => judge(turn, words.reveal()),
        Content::Command { name, rest } => match turn.scene.command(name) {
            Some(command) if command.id == CommandId::Search => Verdict::Nothing,
            Some(_) => judge(turn, rest.reveal()),
            // A command of another bot, most likely.
            None if rest.is_empty() => Verdict::Nothing,
            // A slash before what was meant as text.
            None => judge(
                turn,
                Words::new(format!("{name} {}", rest.reveal())).reveal(),
            ),
        },
        Content::Forwarded
        | Content::Sticker
        | Content::Photo
        | Content::Voice(_)
        | Content::Document(_)
        | Content::File
        | Content::Location
        | Content::Contact
        | Content::Other => judge(turn, message.caption.reveal()),
    }
}

/// Hears what was sought in vain.
pub(super) fn hear_sought(turn: &mut Turn<'_>, query: &Words) {
    turn.heard = judge(turn, query.reveal());
}

/// What the net says of a text, whatever language the bot speaks with the parent. It knows Dutch; the explanation of what is kept says so.
fn judge(turn: &Turn<'_>, text: &str) -> Verdict {
    let net = turn.scene.net;
    net.map_or(Verdict::Nothing, |net| net.judge(text))
}

/// Whether what the parent just typed is heavy.
pub(super) fn is_heavy(turn: &Turn<'_>) -> bool {
    matches!(turn.heard, Verdict::Routes(_))
}

/// Whether this is a day on which an answer was given, or is being given: nothing cheerful comes, and nothing by itself.
pub(super) fn is_quiet(turn: &Turn<'_>) -> bool {
    let parent = &turn.parent;
    is_heavy(turn) || parent.crisis.was_on(turn.today(), &parent.schedule)
}

/// Whether only gentle prompts come.
pub(super) fn is_gentle(turn: &Turn<'_>) -> bool {
    is_heavy(turn) || turn.parent.crisis.is_gentle(turn.scene.now)
}

/// Whether a text is heavy that was not typed just now.
pub(super) fn weighs(turn: &Turn<'_>, text: &str) -> bool {
    matches!(judge(turn, text), Verdict::Routes(_))
}

/// Takes in heavy words: in the entry or the flow that asks for text, else as a reply or a note. They are no time, no day and no place,
/// and no prompt that comes back by itself, so what asks for one of these waits.
pub(super) fn take_in(turn: &mut Turn<'_>, message: &Message, words: &Words) -> Done {
    if !turn.keeps() || book::typed(turn, message, words)? || flow::typed(turn, message, words)? {
        return Ok(());
    }
    reply::wrote(turn, message, words)
}

/// Says what follows from what was heard, when all else is said.
pub(super) fn speak(turn: &mut Turn<'_>, message: &Message) {
    match turn.heard {
        Verdict::Nothing => {}
        Verdict::Hint => hint(turn),
        Verdict::Routes(routes) => answer(turn, message, &routes.iter().collect::<Vec<_>>()),
    }
}

/// The quiet line; not on a day on which the numbers themselves were given.
fn hint(turn: &mut Turn<'_>) {
    if turn.parent.crisis.hint.is_none() && !is_quiet(turn) {
        turn.parent.crisis.hint = Some(turn.scene.now);
        let text = turn.texts().crisis.hint.as_str();
        say(turn, text.to_owned(), Keyboard::default());
    }
}

/// The answer of each route in a message of its own, so that each begins harmlessly and fits a screen; the buttons below the last.
fn answer(turn: &mut Turn<'_>, message: &Message, routes: &[Route]) {
    let now = turn.scene.now;
    let mut texts: Vec<String> = routes.iter().map(|route| text(turn, *route)).collect();
    let last = texts.pop().unwrap_or_default();
    for text in texts {
        say(turn, text, Keyboard::default());
    }
    let keyboard = keyboard(turn, message, routes);
    say(turn, last, keyboard);
    for route in routes {
        turn.parent.crisis.answered((*route).into(), now);
    }
    turn.parent.wrote_on = Some(turn.today());
    turn.parent.snoozed = None;
    daily::quieten(turn);
    flow::rest(turn);
}

fn text(turn: &Turn<'_>, route: Route) -> String {
    let texts = &turn.texts().crisis;
    let answer = match route {
        Route::Zelfdoding => &texts.zelfdoding,
        Route::Geweld => &texts.geweld,
        Route::Uitputting => &texts.uitputting,
        Route::Naaste => &texts.naaste,
    };
    if turn.parent.crisis.is_again(route.into(), turn.scene.now) {
        return answer.short.as_str().to_owned();
    }
    let library = turn.scene.library;
    let lines = library.help_lines(turn.parent.country, route.into());
    let text = answer.text.fill(&[("lines", &lines)]);
    match route {
        Route::Geweld => format!("{text}\n\n{}", texts.hide_tip.as_str()),
        Route::Zelfdoding | Route::Uitputting | Route::Naaste => text,
    }
}

/// Without sound, and without quoting what it answers: that would light up on the screen again.
fn say(turn: &mut Turn<'_>, text: String, keyboard: Keyboard) {
    turn.quotes.set(false);
    turn.send(text, keyboard, true, None, Purpose::Plain);
}

fn keyboard(turn: &mut Turn<'_>, message: &Message, routes: &[Route]) -> Keyboard {
    let texts = &turn.texts().crisis;
    let library = turn.scene.library;
    let country = turn.parent.country;
    let sites = routes
        .iter()
        .filter_map(|route| library.help_site(country, (*route).into()));
    let mut rows: Vec<Vec<Button>> = Vec::new();
    for (label, page) in sites {
        rows.push(vec![Button {
            label: label.into(),
            action: Action::Url(page.to_owned()),
        }]);
    }
    let mut taps = vec![
        (&texts.btn_breathe, Tap::Breathe),
        (&texts.btn_text_someone, Tap::TextSomeone),
        (&texts.btn_safe, Tap::Crisis(CrisisTap::Safe)),
        (&texts.btn_not_meant, Tap::Crisis(CrisisTap::NotMeant)),
    ];
    if let Some(entry) = kept_in(turn, message.id) {
        let erase = CrisisTap::Erase(entry, message.id);
        taps.push((&texts.btn_erase, Tap::Crisis(erase)));
    }
    let number = turn.new_keyboard();
    rows.extend(taps.into_iter().map(|(label, tap)| {
        vec![Button {
            label: label.into(),
            action: Action::Data(tap.data(number)),
        }]
    }));
    Keyboard(rows)
}

/// The entry that now holds what came in this message.
fn kept_in(turn: &Turn<'_>, message: MessageId) -> Option<EntryId> {
    turn.journal.iter().rev().find_map(|change| match change {
        JournalChange::Put(entry) => {
            let mut parts = entry.parts.iter();
            parts
                .any(|part| part.message == message)
                .then_some(entry.id)
        }
        JournalChange::PutSound(..)
        | JournalChange::Erase(_)
        | JournalChange::ErasePart(..)
        | JournalChange::Link(..)
        | JournalChange::Unlink(_) => None,
    })
}

/// Sets apart what is never to come back by itself: heavy words, and all else of a day on which an answer was given. An entry that was once
/// set apart stays so.
pub(super) fn set_apart(turn: &mut Turn<'_>) -> Done {
    if !is_quiet(turn) {
        return Ok(());
    }
    let today = turn.today();
    let heavy = is_heavy(turn);
    let mut changed = Vec::new();
    for change in &mut turn.journal {
        match change {
            JournalChange::Put(entry) => {
                entry.heavy |= heavy || entry.day == today;
                changed.push(entry.id);
            }
            JournalChange::Erase(entry) | JournalChange::ErasePart(entry, _) => {
                changed.push(*entry)
            }
            JournalChange::PutSound(..) | JournalChange::Link(..) | JournalChange::Unlink(_) => {}
        }
    }
    if heavy {
        let by_day = book::ByDay::new(turn.scene.journal, &turn.parent);
        for mut entry in by_day.between(today, today)? {
            if !entry.heavy && !changed.contains(&entry.id) {
                entry.heavy = true;
                turn.journal.push(JournalChange::Put(entry));
            }
        }
    }
    Ok(())
}

/// A tap below an answer.
pub(super) fn tap(turn: &mut Turn<'_>, tap: CrisisTap) -> Done {
    let texts = &turn.texts().crisis;
    match tap {
        CrisisTap::Safe => safe(turn),
        CrisisTap::NotMeant => turn.say(texts.not_meant.as_str()),
        CrisisTap::Erase(entry, message) => {
            book::erase_part(turn, entry, message)?;
            turn.say(texts.erased.as_str());
        }
    }
    Ok(())
}

/// The offer of a week's pause, to whom prompts come; whoever is in the middle of the start is not taken out of it.
fn safe(turn: &mut Turn<'_>) {
    let texts = &turn.texts().crisis;
    if turn.parent.onboarding != Onboarding::Done || turn.parent.planned.is_none() {
        turn.say(texts.safe_only.as_str());
        return;
    }
    let rows = vec![
        vec![(texts.btn_pause_week.as_str(), Tap::QuietWeek(true))],
        vec![(texts.btn_go_on.as_str(), Tap::QuietWeek(false))],
    ];
    turn.menu(texts.safe.as_str(), rows);
}

/// The answer to the offer.
pub(super) fn week_tap(turn: &mut Turn<'_>, message: MessageId, wanted: bool) -> Option<String> {
    let texts = &turn.texts().crisis;
    let said = if wanted {
        pause::begin(turn, WEEK);
        &texts.pause_week
    } else {
        &texts.go_on
    };
    turn.turn_menu(message, said.as_str(), Vec::new());
    None
}
