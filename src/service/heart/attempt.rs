//! One attempt at a round: all that came in and is due, decided in order. Nothing of it has happened before its draft is committed; one that panics is
//! dropped, and the round is attempted anew.

use jiff::Timestamp;

use super::{
    DUE_AT_ONCE, DUE_SHARE, Heart, Replanning, Round,
    decide::Deciding,
    failed::StoreFailed,
    put_off::Due,
    stumbled::{Input, Stumbled},
};
use crate::{
    parent::ChatId,
    service::{Voice, sender::Letter},
    store::{Draft, ParentId, Seq},
};

/// What a round brings besides its inputs.
pub(super) struct Brings {
    /// The moment of the round.
    pub now: Timestamp,
    /// Whoever hears that their words are kept now.
    pub kept_now: Vec<ChatId>,
    /// Whether what is due comes with it.
    pub due: bool,
    /// From where on plans are made anew, if they are.
    pub from: Option<(Timestamp, Option<ParentId>)>,
}

/// What a round comes to, as long as it is not committed.
pub(super) struct Decided {
    /// All that becomes durable at once.
    pub draft: Draft,
    /// What is told after that.
    pub told: Told,
    /// How far the plans were made anew.
    pub replanned: Option<Replanning>,
    /// Which moments had come, and whether the record could be read.
    pub tried: Vec<(Due, bool)>,
    /// How much was decided.
    pub inputs: usize,
}

/// What a round tells the sender once it is durable.
#[derive(Default)]
pub(super) struct Told {
    /// New letters, in order.
    pub letters: Vec<Letter>,
    /// Letters whose claim is durable.
    pub claimed: Vec<Seq>,
    /// Letters that are not to go out.
    pub withdrawn: Vec<Seq>,
}

impl Heart {
    /// Decides all of a round, each input with as much care as it needs by now.
    pub(super) fn decide(
        &mut self,
        round: &Round,
        brings: &Brings,
        voice: &Voice,
        stumbled: &mut Stumbled,
    ) -> Result<Decided, StoreFailed> {
        let now = brings.now;
        let draft = self.store.draft();
        let mut deciding = Deciding::begin(
            draft,
            voice,
            &mut self.chance,
            &self.tally,
            now,
            &mut self.not_in_outbox,
        );
        for (number, report) in round.reports.iter().enumerate() {
            let care = stumbled.begin(Input::Report(number));
            deciding.with(care).reported(report)?;
        }
        for (number, fetched) in round.fetched.iter().enumerate() {
            let care = stumbled.begin(Input::Fetched(number));
            deciding.with(care).fetched(fetched)?;
        }
        for (number, incoming) in round.updates().enumerate() {
            let care = stumbled.begin(Input::Update(number));
            deciding.with(care).received(incoming)?;
        }
        for chat in &brings.kept_now {
            let care = stumbled.begin(Input::Owed(*chat));
            deciding.with(care).say_saved_late(*chat)?;
        }
        stumbled.rest();
        let mut inputs = round.len();
        let enough = self.clock.uptime() + DUE_SHARE;
        let mut tried = Vec::new();
        if brings.due {
            for moment in self.put_off.due(&self.store, now, DUE_AT_ONCE)? {
                inputs += 1;
                let care = stumbled.begin(Input::Due(moment.1));
                let nth = self.put_off.next_try(&moment);
                let read = deciding.with(care).came_due(moment, nth)?;
                tried.push((moment, read));
                if self.clock.uptime() >= enough {
                    break;
                }
            }
        }
        let mut replanned = None;
        if let Some((from, after)) = brings.from {
            for row in self.store.agenda_page(from, after, DUE_AT_ONCE)? {
                let care = stumbled.begin(Input::Replanned(row.1));
                deciding.with(care).plan_anew(row.1)?;
                replanned = Some(row);
                if self.clock.uptime() >= enough {
                    break;
                }
            }
        }
        stumbled.rest();
        let (draft, told) = deciding.end(replanned.is_some())?;
        Ok(Decided {
            draft,
            told,
            replanned,
            tried,
            inputs,
        })
    }
}
