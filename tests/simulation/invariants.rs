//! What has to be true after each step, whatever happened. One function for each; what it checks stands in its first line.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use voel_eerst::{
    conversation::{Class, Entry, Journal, MessageRef},
    parent::{ChatId, LATE, MessageId, Sending},
    store::{ParentId, Store},
};

use super::{
    ledger::{Ledger, Said, Step, mark_in},
    run::Simulation,
};

/// Whether it holds, or what is wrong.
pub type Held = Result<(), String>;

/// An invariant, and its name for whoever it fails.
type Named<Check> = (&'static str, Check);
/// One that looks at what a step did.
type AfterAStep = fn(&mut Simulation, &Step) -> Held;
/// One that looks at everything as it stands.
type AsItStands = fn(&Simulation) -> Held;

/// What is checked after each step.
pub const AFTER_A_STEP: [Named<AfterAStep>; 11] = [
    ("no_prompt_twice", no_prompt_twice),
    ("prompts_in_order", prompts_in_order),
    ("prompts_in_their_time", prompts_in_their_time),
    ("thirty_calls_a_second", thirty_calls_a_second),
    ("one_message_a_second", one_message_a_second),
    ("nobody_waits_for_another", nobody_waits_for_another),
    ("nothing_for_who_is_away", nothing_for_who_is_away),
    ("what_is_confirmed_is_kept", what_is_confirmed_is_kept),
    ("record_and_agenda_agree", record_and_agenda_agree),
    ("who_wants_prompts_has_a_plan", who_wants_prompts_has_a_plan),
    ("who_is_gone_left_nothing", who_is_gone_left_nothing),
];

/// What is checked whenever a process has started, now and then, and at the end: it reads all there is.
pub const NOW_AND_THEN: [Named<AsItStands>; 3] = [
    ("journals_hold_what_was_said", journals_hold_what_was_said),
    ("the_agenda_is_the_records", the_agenda_is_the_records),
    ("nothing_panicked", nothing_panicked),
];

/// What is checked when all trouble is over and everything had its time.
pub const AT_THE_END: [Named<AsItStands>; 6] = [
    ("the_outbox_is_empty", the_outbox_is_empty),
    ("nothing_is_overdue", nothing_is_overdue),
    ("every_tap_is_answered", every_tap_is_answered),
    ("every_message_is_answered", every_message_is_answered),
    ("every_prompt_came_to_an_end", every_prompt_came_to_an_end),
    ("what_is_kept_has_its_heart", what_is_kept_has_its_heart),
];

/// For one planned date and slot of a parent there is one letter, and it arrives once.
pub fn no_prompt_twice(simulation: &mut Simulation, step: &Step) -> Held {
    let decided = step.decided.iter().filter_map(|(_, known)| known.prompt);
    let arrived = step.arrived.iter().map(|(key, at, _)| (*key, *at));
    for (key, _) in decided.chain(arrived) {
        let story = simulation.ledger.prompts.story(key);
        if story.decided > 1 || story.arrived > 1 {
            let record = simulation.record(key.chat);
            let handled = record.map(|it| it.handled.clone());
            return Err(format!("{key:?}: {story:?}, handled: {handled:?}"));
        }
    }
    Ok(())
}

/// The prompts of a parent arrive in the order of their moments, as long as nobody sets the clock and the rules of their zone stay.
///
/// What counts is what each was decided by, and not when it arrives: a letter may wait while somebody sets the clock, and what is decided after it was set back is
/// rightly for a moment before that of the one before. Other rules move the moments that are still to come, and none that has been: of 22:00 and 22:10 by the former
/// rules, 22:10 may have been two hours ago when 22:00 has just come, and it comes all the same.
///
/// By what a letter was decided is also known when the process died before anybody heard of it: it was in the last round.
pub fn prompts_in_order(simulation: &mut Simulation, step: &Step) -> Held {
    for (key, at, by) in &step.arrived {
        let before = simulation.ledger.prompts.follows(key.chat, *by, *at);
        if before.is_some_and(|before| before > *at) {
            return Err(format!("{key:?} of {at} after the one of {before:?}"));
        }
    }
    Ok(())
}

/// No prompt goes out before its moment, or more than three hours after it, as long as nobody sets the clock.
pub fn prompts_in_their_time(simulation: &mut Simulation, step: &Step) -> Held {
    let now = simulation.clock.now();
    let set = simulation.ledger.clock_set;
    for known in step
        .began
        .iter()
        .filter(|known| known.decided_by.clock_set == set)
    {
        if let Some((key, at)) = known.prompt
            && !(SignedDuration::ZERO..=LATE).contains(&now.duration_since(at))
        {
            return Err(format!("{key:?} of {at} goes out at {now}"));
        }
    }
    Ok(())
}

/// At most thirty calls begin in any second.
pub fn thirty_calls_a_second(simulation: &mut Simulation, _: &Step) -> Held {
    match simulation.ledger.starts.len() {
        0..=30 => Ok(()),
        more => Err(format!("{more} calls in a second")),
    }
}

/// Messages to one chat begin at least a second apart.
pub fn one_message_a_second(simulation: &mut Simulation, step: &Step) -> Held {
    let uptime = simulation.clock.uptime();
    for known in step.began.iter().filter(|known| known.is_message) {
        let former = simulation.ledger.messages.insert(known.chat, uptime);
        if former.is_some_and(|former| former + Duration::from_secs(1) > uptime) {
            return Err(format!("{:?} twice at {uptime:?}", known.chat));
        }
    }
    Ok(())
}

/// Who did something gets the answer within seconds when neither they nor everybody had trouble, whatever trouble others have, and whatever file is on its way.
pub fn nobody_waits_for_another(simulation: &mut Simulation, step: &Step) -> Held {
    let uptime = simulation.clock.uptime();
    for known in &step.ended {
        // One message a second and chat, and how long a call may take.
        let patience = Duration::from_secs(60 + 22 * u64::from(known.behind));
        let waited = uptime.saturating_sub(known.at);
        if known.class == Class::Interactive
            && !known.is_file
            && waited > patience
            && simulation.trouble.spared(known.chat, known.at)
        {
            return Err(format!("{known:?} took {waited:?}"));
        }
    }
    Ok(())
}

/// Nothing is decided for a parent of whom Telegram said that they cannot be reached.
pub fn nothing_for_who_is_away(_: &mut Simulation, step: &Step) -> Held {
    for (seq, known) in &step.decided {
        if let Some(Some(parent)) = step.touched.get(&known.chat)
            && parent.unreachable
            && known.prompt.is_some()
        {
            return Err(format!("{seq:?} for {:?}", known.chat));
        }
    }
    Ok(())
}

/// What Telegram takes for delivered is in its parent's journal, with its words, when it had to be kept.
pub fn what_is_confirmed_is_kept(simulation: &mut Simulation, step: &Step) -> Held {
    for (chat, message) in &step.confirmed {
        let Some(said) = simulation.ledger.said.get(&(*chat, *message)) else {
            continue;
        };
        if said.keeps && !said.erased && said.life == simulation.ledger.life(*chat) {
            let Some(store) = simulation.store() else {
                continue;
            };
            is_kept(store, *chat, *message, said)?;
        }
    }
    Ok(())
}

fn is_kept(store: &Store, chat: ChatId, message: MessageId, said: &Said) -> Held {
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(chat)).map_err(text)?;
    let Some(MessageRef::Part(id)) = journal.message(message).map_err(text)? else {
        return Err(format!("{message:?} of {chat:?} is no part of an entry"));
    };
    let entry = journal.entry(id).map_err(text)?;
    let part = entry.iter().flat_map(|entry| &entry.parts);
    let mut part = part.filter(|part| part.message == message);
    match part.next() {
        Some(part) if said.has(part.words.reveal()) => Ok(()),
        Some(_) => Err(format!("{message:?} of {chat:?} has other words")),
        None => Err(format!("{message:?} of {chat:?} is missing in {id:?}")),
    }
}

impl Said {
    /// Whether it ever said this.
    pub fn has(&self, words: &str) -> bool {
        self.versions.iter().any(|version| version == words)
    }
}

/// The agenda has a parent at the moment that the record says, and only there.
pub fn record_and_agenda_agree(simulation: &mut Simulation, step: &Step) -> Held {
    for (chat, record) in &step.touched {
        let Some(id) = simulation.id(*chat) else {
            continue;
        };
        let due = record.as_ref().and_then(|it| it.due()).map(whole_second);
        if !simulation.journals.planned(id).eq(due) && !is_half_gone(simulation, id, record) {
            let planned: Vec<Timestamp> = simulation.journals.planned(id).collect();
            return Err(format!("{chat:?} is in the agenda {planned:?}, {record:?}"));
        }
    }
    Ok(())
}

/// Whether a parent's key was destroyed, and before their rows could go, the power went. They go when they are due, or when the parent comes back.
fn is_half_gone<T>(simulation: &Simulation, id: ParentId, record: &Option<T>) -> bool {
    record.is_none() && simulation.disk.has_record(id)
}

/// Who is sent prompts has the next one planned.
pub fn who_wants_prompts_has_a_plan(_: &mut Simulation, step: &Step) -> Held {
    for (chat, record) in &step.touched {
        if let Some(parent) = record
            && parent.sending == Sending::On
            && !parent.unreachable
            && parent.rhythm.sends()
            && !parent.schedule.days.is_empty()
            && !parent.schedule.times.is_empty()
            && parent.planned.is_none()
        {
            return Err(format!("{chat:?} has no plan"));
        }
    }
    Ok(())
}

/// Of a parent without a record there is nothing: no entry, no row of the agenda, no letter.
pub fn who_is_gone_left_nothing(simulation: &mut Simulation, step: &Step) -> Held {
    let Some(store) = simulation.store() else {
        return Ok(());
    };
    for (chat, record) in &step.touched {
        if record.is_none() {
            let id = store.parent_id(*chat);
            let entries = entries(store, *chat)?;
            let planned = simulation.journals.planned(id).next();
            let outbox = store.outbox().map_err(text)?;
            let letters = outbox.pending.iter().any(|letter| letter.parent == id);
            if (!entries.is_empty() || planned.is_some() || letters)
                && !is_half_gone(simulation, id, record)
            {
                return Err(format!("{chat:?}: {} {planned:?} {letters}", entries.len()));
            }
        }
    }
    Ok(())
}

/// Every journal holds all that had to be kept, once, with its words, and nothing of anybody else, and nothing that was erased.
pub fn journals_hold_what_was_said(simulation: &Simulation) -> Held {
    let Some(store) = simulation.store() else {
        return Ok(());
    };
    let ledger = &simulation.ledger;
    if simulation.look_at_all {
        let mut chats = simulation.people.iter().map(|person| person.chat);
        chats.try_for_each(|chat| journal_holds(ledger, chat, entries(store, chat)?.iter()))
    } else {
        let mut chats = simulation.looked_at.iter().copied();
        chats.try_for_each(|chat| journal_holds(ledger, chat, simulation.journals.of(chat)))
    }
}

/// The same for one journal.
pub fn journal_holds<'a>(
    ledger: &Ledger,
    chat: ChatId,
    entries: impl IntoIterator<Item = &'a Entry>,
) -> Held {
    let mut marks: BTreeMap<MessageId, u32> = BTreeMap::new();
    let life = ledger.life(chat);
    let mut parts: BTreeMap<MessageId, (u32, &str)> = BTreeMap::new();
    for part in entries.into_iter().flat_map(|entry| &entry.parts) {
        let words = part.words.reveal();
        let (times, _) = parts.entry(part.message).or_insert((0, words));
        *times += 1;
        let mark = mark_in(words).and_then(|mark| ledger.marks.get(&mark));
        let Some((whose, message)) = mark.copied() else {
            continue;
        };
        let times = marks.entry(message).or_default();
        *times += 1;
        let said = ledger.said.get(&(whose, message));
        let right = whose == chat
            && *times == 1
            && said.is_some_and(|said| said.life == life && !(said.keeps && said.erased));
        if !right {
            return Err(format!(
                "{chat:?} has {message:?} of {whose:?}, {times}: {said:?}"
            ));
        }
    }
    for (message, said) in ledger.said_by(chat) {
        if !(said.keeps && said.handled) || said.erased || said.life != life {
            continue;
        }
        match parts.get(&message) {
            Some((1, words)) if said.has(words) => {}
            found => {
                let times = found.map(|(times, _)| times);
                return Err(format!(
                    "{message:?} of {chat:?} is there {times:?}: {said:?}"
                ));
            }
        }
    }
    Ok(())
}

/// All of a parent's entries.
pub fn entries(store: &Store, chat: ChatId) -> Result<Vec<Entry>, String> {
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(chat)).map_err(text)?;
    journal.older(None, usize::MAX).map_err(text)
}

/// The agenda is what the records say, row by row.
pub fn the_agenda_is_the_records(simulation: &Simulation) -> Held {
    let Some(store) = simulation.store() else {
        return Ok(());
    };
    if !simulation.look_at_all && simulation.people.len() > FEW {
        return Ok(());
    }
    let agenda = store.agenda_page(Timestamp::MIN, None, usize::MAX);
    let mut agenda: BTreeSet<_> = agenda.map_err(text)?.into_iter().collect();
    if agenda != simulation.journals.agenda() {
        return Err("it has rows that no commit wrote".to_owned());
    }
    for person in &simulation.people {
        let id = store.parent_id(person.chat);
        let record = simulation.record(person.chat);
        let due = record.as_ref().and_then(|parent| parent.due());
        if due.is_some_and(|due| !agenda.remove(&(whole_second(due), id))) {
            return Err(format!("{:?} is not there at {due:?}", person.chat));
        }
        if is_half_gone(simulation, id, &record) {
            agenda.retain(|(_, parent)| *parent != id);
        }
    }
    match agenda.first() {
        Some((at, _)) => Err(format!("somebody is there at {at} for nothing")),
        None => Ok(()),
    }
}

/// No panic was contained, and no record was found unreadable.
pub fn nothing_panicked(simulation: &Simulation) -> Held {
    let tally = simulation.tally();
    if tally.contains("; 0 panics, 0 unreadable records;") {
        Ok(())
    } else {
        Err(tally)
    }
}

/// Nothing waits to be sent.
pub fn the_outbox_is_empty(simulation: &Simulation) -> Held {
    let waiting = simulation.ledger.letters.len();
    let stored = simulation.store().map(Store::outbox);
    let stored = stored.and_then(Result::ok).map(|it| it.pending);
    match (waiting, stored) {
        (0, Some(stored)) if stored.is_empty() => Ok(()),
        found => Err(format!("{found:?}")),
    }
}

/// Nothing that was planned for a moment that is past is still planned for it.
pub fn nothing_is_overdue(simulation: &Simulation) -> Held {
    let due = simulation.store().map(Store::next_due);
    match due.and_then(Result::ok).flatten() {
        Some(due) if due <= simulation.clock.now() => Err(format!("{due}")),
        Some(_) | None => Ok(()),
    }
}

/// Every tap was answered.
pub fn every_tap_is_answered(simulation: &Simulation) -> Held {
    let ledger = &simulation.ledger;
    let mut taps = ledger.taps.iter();
    match taps.find(|(_, tap)| !tap.excused && tap.life == ledger.life(tap.chat)) {
        Some((id, tap)) => Err(format!("{id}: {tap:?}")),
        None => Ok(()),
    }
}

/// After everything that a parent sent, something came back into their chat.
pub fn every_message_is_answered(simulation: &Simulation) -> Held {
    let ledger = &simulation.ledger;
    for ((chat, message), said) in &ledger.said {
        let answered = ledger.heard.get(chat).is_some_and(|at| *at >= said.at);
        if !answered && !said.excused && said.life == ledger.life(*chat) {
            return Err(format!("{message:?} of {chat:?}: {said:?}"));
        }
    }
    Ok(())
}

/// Each scheduled prompt that was decided is out of the outbox, and what may have been lost of them was counted.
pub fn every_prompt_came_to_an_end(simulation: &Simulation) -> Held {
    let mut stories = simulation.ledger.prompts.all();
    if let Some((key, story)) = stories.find(|(_, story)| story.ended != story.decided) {
        return Err(format!("{key:?}: {story:?}"));
    }
    let (known, counted) = (simulation.ledger.in_doubt, simulation.in_doubt());
    if known > counted {
        return Err(format!("{known} prompts in doubt, {counted} counted"));
    }
    Ok(())
}

/// What is kept carries the heart that says so.
pub fn what_is_kept_has_its_heart(simulation: &Simulation) -> Held {
    let ledger = &simulation.ledger;
    for ((chat, message), said) in &ledger.said {
        let wanted = said.keeps && !said.erased && !said.excused;
        if wanted
            && said.life == ledger.life(*chat)
            && let Some(found) = simulation.world.message(*chat, *message)
            && found.reaction.is_none()
        {
            return Err(format!("{message:?} of {chat:?}: {said:?}"));
        }
    }
    Ok(())
}

/// With more parents than these, all of them are looked at now and then only.
const FEW: usize = 10;

/// At thirty calls a second, so many prompts may be claimed ahead (32) or on their way (24).
const MOST_IN_DOUBT: usize = 32 + 24;

/// After a crash at most as many prompts are in doubt as were claimed ahead or on their way.
pub fn few_are_in_doubt(claimed: usize) -> Held {
    if claimed <= MOST_IN_DOUBT {
        Ok(())
    } else {
        Err(format!("{claimed} prompts in doubt after one crash"))
    }
}

/// The agenda counts in whole seconds, and nothing comes before its moment.
fn whole_second(at: Timestamp) -> Timestamp {
    at.round(
        jiff::TimestampRound::new()
            .smallest(jiff::Unit::Second)
            .mode(jiff::RoundMode::Ceil),
    )
    .expect("a second of a timestamp")
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
