//! How fast letters go out in all.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use super::Seq;
use crate::{conversation::Class, telegram::Rate};

/// What Telegram counts over.
const SECOND: Duration = Duration::from_secs(1);

/// How much longer than a second a place stays taken, for what was measured a little too short.
const MARGIN: Duration = Duration::from_millis(2);

/// When a call has no answer after this time, its place is given to the next one all the same: whenever Telegram counted it, that was more than
/// a second ago, most likely, and a few calls that hang must not stop everything else. Of a file that is not true: it may be on its way for minutes, and be counted when the last of it
/// is there. So a second may have a call too many for each file that is out, which are two at most.
const GIVEN_UP: Duration = Duration::from_secs(3);

/// For how long the quickest answer is remembered: this long at least, and twice as long at most.
const REMEMBERED: Duration = Duration::from_secs(60);

/// How far bulk may be behind its even spread and make up for it: timers are late, and the machine has other things to do.
const BEHIND: Duration = Duration::from_millis(33);

/// Telegram's limit over all chats, as so many places. A call takes one, and the next call that takes the same place is counted by Telegram at
/// least a second after it: so no second, wherever it begins, has more calls than there are places.
///
/// When Telegram counts a call is not known. It lies somewhere between its start and its answer, behind the way there and before the way back, and
/// neither way is shorter for one call than for another by more than their answers are. So a place is free a second after its call began, and
/// as much later as that call's answer took longer than the quickest one. On a quiet line that is nearly nothing, and nearly all of the rate is
/// used; on a restless one a little of it goes, and never a 429 is met. A limiter that counts starts alone, as governor does, has to leave
/// a part of the rate unused everywhere, and still meets one when a slow call is followed by quick ones.
///
/// Bulk is spread over the second besides, so that an answer to what a parent just did finds a place soon.
pub(super) struct Pace {
    /// `None` when there is no limit.
    limit: Option<Limit>,
}

struct Limit {
    calls: usize,
    /// From when on each place may be taken again, and which call has it or had it last.
    places: BTreeSet<(Duration, Seq)>,
    /// When each call began that is out.
    out: HashMap<Seq, Duration>,
    quickest: Quickest,
    /// How far apart bulk goes out. A little less than evenly, so that what a slow answer cost is made up for within the second.
    apart: Duration,
    /// When the next bulk call would go if they were evenly spread.
    next_bulk: Duration,
}

impl Pace {
    pub(super) fn new(rate: Rate) -> Self {
        let limit = match rate {
            Rate::PerSecond(calls) => Some(Limit {
                calls: calls.get().into(),
                places: BTreeSet::new(),
                out: HashMap::new(),
                quickest: Quickest::default(),
                apart: SECOND.mul_f64(0.95) / u32::from(calls.get()),
                next_bulk: Duration::ZERO,
            }),
            Rate::Unlimited => None,
        };
        Self { limit }
    }

    /// Takes leave for one call at `uptime`.
    ///
    /// # Errors
    /// The uptime from which on there is leave again, unless an answer gives it sooner.
    pub(super) fn take(
        &mut self,
        seq: Seq,
        class: Class,
        uptime: Duration,
    ) -> Result<(), Duration> {
        self.limit
            .as_mut()
            .map_or(Ok(()), |limit| limit.take(seq, class, uptime))
    }

    /// A call was answered, or ended in another way.
    pub(super) fn answered(&mut self, seq: Seq, uptime: Duration) {
        if let Some(limit) = &mut self.limit {
            limit.answered(seq, uptime);
        }
    }
}

impl Limit {
    fn take(&mut self, seq: Seq, class: Class, uptime: Duration) -> Result<(), Duration> {
        let spread = self.next_bulk.saturating_sub(BEHIND);
        if class == Class::Bulk && spread > uptime {
            return Err(spread);
        }
        if self.places.len() >= self.calls
            && let Some((free, _)) = self.places.first().copied()
        {
            if free > uptime {
                return Err(free);
            }
            self.places.pop_first();
        }
        if class == Class::Bulk {
            self.next_bulk = self.next_bulk.max(uptime) + self.apart;
        }
        self.places.insert((uptime + GIVEN_UP, seq));
        self.out.insert(seq, uptime);
        Ok(())
    }

    fn answered(&mut self, seq: Seq, uptime: Duration) {
        let Some(began) = self.out.remove(&seq) else {
            return;
        };
        if !self.places.remove(&(began + GIVEN_UP, seq)) {
            // Its place was given to another call meanwhile.
            return;
        }
        let took = uptime.saturating_sub(began);
        let longer = took.saturating_sub(self.quickest.with(took, uptime));
        let free = began + SECOND + longer.min(GIVEN_UP - SECOND) + MARGIN;
        self.places.insert((free, seq));
    }
}

/// The quickest answer of late.
#[derive(Default)]
struct Quickest {
    lately: Option<Duration>,
    before: Option<Duration>,
    since: Duration,
}

impl Quickest {
    /// The quickest of those that are remembered, this one included.
    fn with(&mut self, took: Duration, uptime: Duration) -> Duration {
        if uptime.saturating_sub(self.since) > REMEMBERED {
            self.before = self.lately.take();
            self.since = uptime;
        }
        let lately = self.lately.map_or(took, |lately| lately.min(took));
        self.lately = Some(lately);
        self.before.map_or(lately, |before| before.min(lately))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn per_second(calls: u16) -> Rate {
        Rate::PerSecond(calls.try_into().unwrap())
    }

    /// The ways there and back of each call.
    type Ways = Vec<(Duration, Duration)>;

    /// Makes so many calls, as fast as it gets leave. Returns when Telegram counted each, in order.
    fn counted(rate: u16, class: Class, calls: usize, ways: &Ways) -> Vec<Duration> {
        let mut pace = Pace::new(per_second(rate));
        let mut uptime = ms(5_000);
        let mut coming: BTreeSet<(Duration, Seq)> = BTreeSet::new();
        let mut counted = Vec::new();
        while counted.len() < calls {
            let seq = Seq(counted.len() as u64);
            let wake = match pace.take(seq, class, uptime) {
                Ok(()) => {
                    let (there, back) = ways[counted.len() % ways.len()];
                    counted.push(uptime + there);
                    coming.insert((uptime + there + back, seq));
                    continue;
                }
                Err(until) => until,
            };
            assert!(wake > uptime, "woken at once");
            uptime = match coming.pop_first() {
                Some((at, seq)) if at <= wake => {
                    pace.answered(seq, at);
                    at
                }
                Some(other) => {
                    coming.insert(other);
                    wake
                }
                None => wake,
            };
        }
        counted.sort();
        counted
    }

    /// The most calls in any second, wherever it begins; both its ends count.
    fn most_in_a_second(counted: &[Duration]) -> usize {
        let mut window = VecDeque::new();
        let mut most = 0;
        for at in counted {
            window.push_back(*at);
            while window.front().is_some_and(|first| *first + SECOND < *at) {
                window.pop_front();
            }
            most = most.max(window.len());
        }
        most
    }

    /// How much of the rate was used.
    fn used(rate: u16, counted: &[Duration]) -> f64 {
        let took = *counted.last().unwrap() - counted[0];
        // The first ones come at once, at most a second's worth.
        (counted.len() - 1) as f64 / took.as_secs_f64() / f64::from(rate)
    }

    #[test]
    fn nearly_all_of_the_rate_is_used_and_no_more() {
        let steady = vec![(ms(20), ms(20))];
        for rate in [1, 2, 7, 30, 31, 300, 1_000] {
            for class in [Class::Bulk, Class::Interactive] {
                let seconds = 34;
                let calls = usize::from(rate) * seconds;
                let counted = counted(rate, class, calls, &steady);
                assert!(most_in_a_second(&counted) <= rate.into(), "{rate}");
                let share = used(rate, &counted[usize::from(rate)..]);
                assert!(share > 0.98, "{rate}: {share}");
            }
        }
    }

    #[test]
    fn what_is_not_answered_does_not_stop_the_rest() {
        let mut pace = Pace::new(per_second(2));
        let mut take = |seq, at| pace.take(Seq(seq), Class::Interactive, ms(at));
        assert_eq!((take(1, 0), take(2, 0)), (Ok(()), Ok(())));
        assert_eq!(take(3, 2_999), Err(ms(3_000)));
        assert_eq!(take(3, 3_000), Ok(()));
        pace.answered(Seq(1), ms(3_100));
        pace.answered(Seq(3), ms(3_100));
        let mut take = |seq, at| pace.take(Seq(seq), Class::Interactive, ms(at));
        assert_eq!(take(4, 3_100), Ok(()), "the place of the second");
        assert_eq!(take(5, 3_100), Err(ms(4_002)));
    }

    #[test]
    fn without_a_rate_there_is_always_leave() {
        let mut pace = Pace::new(Rate::Unlimited);
        for seq in 0..10_000 {
            assert_eq!(pace.take(Seq(seq), Class::Bulk, ms(0)), Ok(()));
        }
    }

    #[test]
    fn an_answer_finds_a_place_soon_while_bulk_goes_out() {
        let mut pace = Pace::new(Rate::default());
        let (mut uptime, mut seq, mut longest) = (ms(0), 0, ms(0));
        while uptime < ms(10_000) {
            seq += 1;
            let class = if seq % 50 == 0 {
                Class::Interactive
            } else {
                Class::Bulk
            };
            let asked = uptime;
            while let Err(until) = pace.take(Seq(seq), class, uptime) {
                uptime = until;
            }
            if class == Class::Interactive {
                longest = longest.max(uptime - asked);
            }
            pace.answered(Seq(seq), uptime);
        }
        assert!(longest < ms(100), "{longest:?}");
    }

    /// Ways that vary, up to so many milliseconds more than the shortest there and the shortest back, both of which come up once at first.
    fn ways(more: u64) -> impl Strategy<Value = Ways> {
        let way = move || (0..=more * 1_000).prop_map(Duration::from_micros);
        let all = prop::collection::vec((way(), way()), 1..200);
        (0..200_u64, 0..200_u64, all).prop_map(|(there, back, mut ways)| {
            ways.insert(0, (ms(0), ms(0)));
            let longer = |(a, b): &(Duration, Duration)| (*a + ms(there), *b + ms(back));
            ways.iter().map(longer).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_second_has_more_than_the_rate_however_restless_the_line(
            rate in prop_oneof![Just(30_u16), 10..100_u16],
            bulk in any::<bool>(),
            ways in ways(400),
        ) {
            let class = if bulk { Class::Bulk } else { Class::Interactive };
            let counted = counted(rate, class, 1_000, &ways);
            prop_assert!(most_in_a_second(&counted) <= rate.into());
        }

        #[test]
        fn a_thousand_calls_use_nearly_all_of_the_rate(ways in ways(5)) {
            let counted = counted(30, Class::Bulk, 1_000, &ways);
            prop_assert!(most_in_a_second(&counted) <= 30);
            let share = used(30, &counted);
            prop_assert!(share > 0.98, "{share}");
        }
    }
}
