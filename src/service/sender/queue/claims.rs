//! Asking whether letters may still go out: prompts are claimed first, and letters may be withdrawn.

use std::collections::HashSet;

use super::{Queue, Time};
use crate::service::sender::{
    Report, Seq,
    lane::{Claim, LaneId, Place},
};

impl Queue {
    /// These claims are durable: the letters may go out.
    pub fn claimed(&mut self, seqs: &[Seq]) {
        for seq in seqs {
            let Some(id) = self.asked.remove(seq) else {
                // It came to its end meanwhile.
                continue;
            };
            if let Some(lane) = self.lanes.get_mut(&id)
                && let Some(letter) = lane.bulk_front_mut().filter(|letter| letter.seq == *seq)
            {
                letter.claim = Claim::Granted;
                self.settle(id);
            }
        }
    }

    /// These letters are wanted no more. Nothing is reported of them; one that is out may arrive, and is not tried again.
    pub fn withdraw(&mut self, seqs: &[Seq]) {
        let seqs: HashSet<Seq> = seqs.iter().copied().collect();
        let mut gone = Vec::new();
        for (id, lane) in &mut self.lanes {
            gone.extend(lane.withdraw(&seqs).map(|letter| (*id, letter)));
        }
        for (id, letter) in gone {
            self.forget(&letter);
            self.settle(id);
        }
    }

    /// Asks for claims, many at a time, because each time costs the heart a commit; and while Telegram is in trouble one at a
    /// time, so that a restart in the middle of it burns no prompts.
    pub(super) fn ask_for_claims(&mut self, time: Time) {
        let ahead = self.limits.claims;
        let most = match (self.breaker.is_closed(), self.flood.holds_bulk(time.uptime)) {
            (_, Some(_)) => return,
            (true, None) if self.claims <= ahead / 2 => ahead,
            (false, None) if self.claims == 0 => 1,
            (_, None) => return,
        };
        let mut wanted = Vec::new();
        while self.claims < most
            && let Some((seq, id)) = self.unclaimed.pop_first()
        {
            let Some(lane) = self.lanes.get_mut(&id) else {
                continue;
            };
            lane.place = Place::Asked;
            let Some(front) = lane.front_mut() else {
                continue;
            };
            if front.is_expired(time.now) {
                self.expire_front(id);
                self.wake_timed(time.uptime);
                continue;
            }
            front.claim = Claim::Asked;
            wanted.push(front.about(id.chat));
            self.asked.insert(seq, id);
            self.claims += 1;
        }
        if !wanted.is_empty() {
            self.reports.push(Report::Claim(wanted));
        }
    }

    /// A letter certainly did not go out. One that was withdrawn meanwhile ends here; a claim is given back, because by the time of the next
    /// try the parent may not want the prompt any more.
    pub(super) fn not_this_time(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match lane.front().map(|front| (front.withdrawn, front.claim)) {
            Some((true, _)) => {
                if let Some(letter) = lane.take_front() {
                    self.forget(&letter);
                }
            }
            Some((false, Claim::Granted)) => lane.give_claim_back(),
            Some((false, Claim::Free | Claim::Wanted | Claim::Asked)) | None => {}
        }
    }
}
