//! The journal in the order of its days.
//!
//! The store keeps entries in the order in which they were written. A parent who adds something for an earlier day looks for it on that
//! day, so the journal is *read* by day; on the same day, by number. Entries that were written on their own day are in that order
//! already. The others are listed in the parent's record ([`JournalState::backdated`](crate::parent::JournalState)), so that reading by
//! day is a merge of two ordered lists, and finding a day a search by halves: neither reads the whole journal.

use std::{cmp::Reverse, ops::ControlFlow};

use jiff::civil::Date;

use crate::{
    conversation::{Entry, EntryId, Journal, Unreadable},
    parent::Parent,
};

/// How many entries are read at a time.
const AT_A_TIME: usize = 32;

/// A journal, to be read by day.
#[derive(Clone, Copy)]
pub struct ByDay<'a> {
    journal: &'a dyn Journal,
    backdated: &'a [(Date, u32)],
}

/// Where an entry stands in the journal.
type Place = (Date, EntryId);

fn place(entry: &Entry) -> Place {
    (entry.day, entry.id)
}

type Read<T> = Result<T, Unreadable>;

impl<'a> ByDay<'a> {
    /// This parent's journal.
    pub fn new(journal: &'a dyn Journal, parent: &'a Parent) -> Self {
        Self {
            journal,
            backdated: &parent.journal.backdated,
        }
    }

    /// The last entry of the latest day.
    pub fn newest(&self) -> Read<Option<Entry>> {
        self.until(Date::MAX)
    }

    /// The last entry of this day, or of the latest day before it that has one.
    pub fn until(&self, day: Date) -> Read<Option<Entry>> {
        let ordinary = self.ordinary_until(day)?;
        let backdated = self.backdated_before((day, EntryId(u32::MAX)))?;
        Ok(ordinary.into_iter().chain(backdated).max_by_key(place))
    }

    /// The entry before this one.
    pub fn older(&self, than: &Entry) -> Read<Option<Entry>> {
        let ordinary = if self.is_backdated(than) {
            self.ordinary_until(than.day)?
        } else {
            self.ordinary_below(than.id.0)?
        };
        let backdated = self.backdated_before(place(than))?;
        Ok(ordinary.into_iter().chain(backdated).max_by_key(place))
    }

    /// The entry after this one.
    pub fn newer(&self, than: &Entry) -> Read<Option<Entry>> {
        let ordinary = if self.is_backdated(than) {
            match self.ordinary_until(than.day)? {
                Some(last) => self.ordinary_above(last.id)?,
                None => self.ordinary_first()?,
            }
        } else {
            self.ordinary_above(than.id)?
        };
        let backdated = self.backdated_after(place(than))?;
        Ok(ordinary.into_iter().chain(backdated).min_by_key(place))
    }

    /// The entries from one day to another, both included, newest first. Each is read about once, also when many are for an earlier day.
    pub fn between(&self, from: Date, to: Date) -> Read<Vec<Entry>> {
        let mut found = self.ordinary_between(from, to)?;
        let listed = self.backdated.iter();
        for (_, id) in listed.filter(|(day, _)| (from..=to).contains(day)) {
            found.extend(self.journal.entry(EntryId(*id))?);
        }
        found.sort_by_key(|entry| Reverse(place(entry)));
        Ok(found)
    }

    fn ordinary_between(&self, from: Date, to: Date) -> Read<Vec<Entry>> {
        let mut found = Vec::new();
        let mut read: Vec<Entry> = self.ordinary_until(to)?.into_iter().collect();
        while let Some(last) = read.last().map(|entry| entry.id) {
            for entry in read.into_iter().filter(|entry| !self.is_backdated(entry)) {
                if entry.day < from {
                    return Ok(found);
                }
                found.push(entry);
            }
            read = self.journal.older(Some(last), AT_A_TIME)?;
        }
        Ok(found)
    }

    fn is_backdated(&self, entry: &Entry) -> bool {
        self.backdated
            .binary_search(&(entry.day, entry.id.0))
            .is_ok()
    }

    fn backdated_before(&self, place: Place) -> Read<Option<Entry>> {
        let end = self
            .backdated
            .partition_point(|(day, id)| (*day, EntryId(*id)) < place);
        let before = self.backdated.get(..end).unwrap_or_default();
        self.first_there(before.iter().rev())
    }

    fn backdated_after(&self, place: Place) -> Read<Option<Entry>> {
        let start = self
            .backdated
            .partition_point(|(day, id)| (*day, EntryId(*id)) <= place);
        let after = self.backdated.get(start..).unwrap_or_default();
        self.first_there(after.iter())
    }

    fn first_there<'b>(
        &self,
        mut listed: impl Iterator<Item = &'b (Date, u32)>,
    ) -> Read<Option<Entry>> {
        listed
            .find_map(|(_, id)| self.journal.entry(EntryId(*id)).transpose())
            .transpose()
    }

    /// The ordinary entry with the highest number whose day is not after `day`: a search by halves, because their days rise with
    /// their numbers.
    fn ordinary_until(&self, day: Date) -> Read<Option<Entry>> {
        let mut found = None;
        let (mut low, mut high) = (0, u32::MAX);
        // First the newest: it says how high the numbers are, and most often it is the one.
        let mut middle = high;
        while low < high {
            match self
                .ordinary_below(middle)?
                .filter(|entry| entry.id.0 >= low)
            {
                Some(entry) if entry.day > day => high = entry.id.0,
                entry => {
                    found = entry.or(found);
                    low = middle;
                }
            }
            middle = low + (high - low).div_ceil(2);
        }
        Ok(found)
    }

    /// The ordinary entry with the highest number below this one.
    fn ordinary_below(&self, number: u32) -> Read<Option<Entry>> {
        let mut before = EntryId(number);
        let mut limit = 1;
        loop {
            let read = self.journal.older(Some(before), limit)?;
            match self.first_ordinary(read) {
                ControlFlow::Break(found) => return Ok(found),
                ControlFlow::Continue(last) => before = last,
            }
            limit = AT_A_TIME;
        }
    }

    /// The ordinary entry with the lowest number above this one.
    fn ordinary_above(&self, id: EntryId) -> Read<Option<Entry>> {
        let mut after = id;
        let mut limit = 1;
        loop {
            let read = self.journal.newer(after, limit)?;
            match self.first_ordinary(read) {
                ControlFlow::Break(found) => return Ok(found),
                ControlFlow::Continue(last) => after = last,
            }
            limit = AT_A_TIME;
        }
    }

    fn ordinary_first(&self) -> Read<Option<Entry>> {
        match self
            .journal
            .entry(EntryId(0))?
            .filter(|first| !self.is_backdated(first))
        {
            Some(first) => Ok(Some(first)),
            None => self.ordinary_above(EntryId(0)),
        }
    }

    /// The first ordinary one of these; or where to read on; or nothing, when there are none to look at.
    fn first_ordinary(&self, read: Vec<Entry>) -> ControlFlow<Option<Entry>, EntryId> {
        let Some(last) = read.last().map(|entry| entry.id) else {
            return ControlFlow::Break(None);
        };
        match read.into_iter().find(|entry| !self.is_backdated(entry)) {
            Some(entry) => ControlFlow::Break(Some(entry)),
            None => ControlFlow::Continue(last),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
mod tests {
    use std::cell::Cell;

    use jiff::{Timestamp, ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        conversation::{MessageRef, Part, tests::Book},
        parent::{MessageId, Words},
    };

    const FIRST: Date = date(2026, 1, 1);

    /// Entries in the order of writing: for each the days since the one before, and, for those that are added for an earlier day, how
    /// many days earlier. Every so often one is erased.
    fn journal(written: &[(u8, Option<u8>, bool)]) -> (Book, Parent) {
        let (mut book, mut parent) = (Book::default(), Parent::default());
        let mut today = FIRST;
        for (passed, earlier, erased) in written {
            today = today.checked_add(i64::from(*passed).days()).unwrap();
            let id = parent.next_entry;
            parent.next_entry += 1;
            let day = match earlier {
                Some(earlier) => today.checked_sub((i64::from(*earlier) + 1).days()).unwrap(),
                None => today,
            };
            if earlier.is_some() {
                parent.journal.backdate(day, id);
            }
            if *erased {
                parent.journal.forget(id);
                continue;
            }
            let entry = Entry {
                id: EntryId(id),
                day,
                written: Timestamp::UNIX_EPOCH,
                prompt: None,
                parts: vec![Part::typed(MessageId(1), Words::new("x"))],
                heavy: false,
            };
            book.entries.insert(entry.id, entry);
        }
        (book, parent)
    }

    fn places(entries: &[Entry]) -> Vec<Place> {
        entries.iter().map(place).collect()
    }

    /// A journal that counts how many entries are read.
    struct Counted {
        book: Book,
        read: Cell<usize>,
    }

    impl Counted {
        fn count(&self, read: Vec<Entry>) -> Vec<Entry> {
            self.read.set(self.read.get() + read.len());
            read
        }
    }

    impl Journal for Counted {
        fn entry(&self, id: EntryId) -> Read<Option<Entry>> {
            let entry = self.book.entry(id)?;
            Ok(self.count(entry.into_iter().collect()).pop())
        }

        fn older(&self, before: Option<EntryId>, limit: usize) -> Read<Vec<Entry>> {
            Ok(self.count(self.book.older(before, limit)?))
        }

        fn newer(&self, after: EntryId, limit: usize) -> Read<Vec<Entry>> {
            Ok(self.count(self.book.newer(after, limit)?))
        }

        fn message(&self, id: MessageId) -> Read<Option<MessageRef>> {
            self.book.message(id)
        }
    }

    #[test]
    fn many_entries_for_earlier_days_are_not_read_over_and_over() {
        let mixed: Vec<_> = (0..400_u32)
            .map(|number| (1, (number % 2 == 0).then_some(3), false))
            .collect();
        let mut at_once = vec![(1, None, false); 200];
        at_once.extend(vec![(0, Some(90), false); 200]);
        for written in [mixed, at_once] {
            let (book, parent) = journal(&written);
            let read = Cell::new(0);
            let counted = Counted { book, read };
            let by_day = ByDay::new(&counted, &parent);
            let all = by_day.between(Date::MIN, Date::MAX).unwrap();
            assert_eq!(all.len(), 400);
            let read = counted.read.get();
            assert!(read <= 2 * all.len(), "{read} reads of 400 entries");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn it_reads_as_a_sorted_list_would(
            written in prop::collection::vec((0..3_u8, prop::option::weighted(0.3, 0..20_u8), prop::bool::weighted(0.2)), 0..60),
            from in -25..60_i64, days in 0..30_i64,
        ) {
            let (book, parent) = journal(&written);
            let by_day = ByDay::new(&book, &parent);
            let mut sorted: Vec<Entry> = book.entries.values().cloned().collect();
            sorted.sort_by_key(place);
            sorted.reverse();

            let mut down = Vec::new();
            let mut next = by_day.newest().unwrap();
            while let Some(entry) = next {
                next = by_day.older(&entry).unwrap();
                down.push(entry);
            }
            prop_assert_eq!(places(&down), places(&sorted));

            let mut up: Vec<Entry> = sorted.last().cloned().into_iter().collect();
            while let Some(next) = up.last().and_then(|entry| by_day.newer(entry).unwrap()) {
                up.push(next);
            }
            up.reverse();
            prop_assert_eq!(places(&up), places(&sorted));

            let from = FIRST.checked_add(from.days()).unwrap();
            let to = from.checked_add(days.days()).unwrap();
            let within: Vec<Entry> = sorted.iter().filter(|entry| (from..=to).contains(&entry.day)).cloned().collect();
            prop_assert_eq!(places(&by_day.between(from, to).unwrap()), places(&within));
            let until = sorted.iter().find(|entry| entry.day <= to).map(place);
            prop_assert_eq!(by_day.until(to).unwrap().as_ref().map(place), until);
        }
    }
}
