//! Prompts that a parent wrote: they come by now and then, between those of the library.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::Words;

/// How many a parent may have.
pub const MOST_OWN: usize = 20;

/// The longest one, in UTF-16 units: as long as a prompt of the library may be.
pub const LONGEST_OWN: usize = 280;

/// Of so many draws about one is a parent's own, while there are any.
const ONE_IN: u32 = 5;

/// A parent's own prompts, oldest first.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnPrompts {
    /// The prompts, at most [`MOST_OWN`].
    pub prompts: Vec<OwnPrompt>,
    /// The number of the next one. Numbers are never used again: journal entries refer to them.
    pub next: u16,
    /// The one that came last, and whether that was the latest draw of all.
    pub latest: Option<(u16, bool)>,
}

/// A prompt that a parent wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPrompt {
    /// Its number.
    pub number: u16,
    /// What it asks, at most [`LONGEST_OWN`] UTF-16 units.
    pub words: Words,
}

/// What the ids of own prompts begin with. No theme has this name.
const PREFIX: &str = "own-";

impl OwnPrompt {
    /// Its id, in the place where a prompt of the library has one.
    pub fn id(&self) -> String {
        format!("{PREFIX}{}", self.number)
    }

    /// The number in the id of an own prompt; `None` when it is the id of another one.
    pub fn number_of(id: &str) -> Option<u16> {
        let number = id.strip_prefix(PREFIX)?.parse().ok()?;
        (id == format!("{PREFIX}{number}")).then_some(number)
    }

    /// Whether this is the id of an own prompt, also of one that is gone.
    pub fn is_id(id: &str) -> bool {
        id.starts_with(PREFIX)
    }
}

impl OwnPrompts {
    /// The one with this id.
    pub fn find(&self, id: &str) -> Option<&OwnPrompt> {
        self.prompts.iter().find(|own| own.id() == id)
    }

    /// Whether there is no room for another.
    pub fn is_full(&self) -> bool {
        self.prompts.len() >= MOST_OWN
    }

    /// Adds one. The caller has seen that there is room, and that the words are short enough and may be kept.
    pub fn add(&mut self, words: Words) {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.prompts.push(OwnPrompt { number, words });
    }

    /// Takes one out.
    pub fn remove(&mut self, number: u16) {
        self.prompts.retain(|own| own.number != number);
    }

    /// The next prompt, when chance says that it is one of these: about one draw in five, never two in a row, and never the same one twice
    /// while there is another. To be called once for each draw.
    pub fn draw(&mut self, rng: &mut impl Rng) -> Option<&OwnPrompt> {
        let (last, just_came) = self.latest.unzip();
        self.latest = last.map(|last| (last, false));
        if self.prompts.is_empty() || just_came == Some(true) || !rng.random_ratio(1, ONE_IN) {
            return None;
        }
        let others = || {
            let only_one = self.prompts.len() == 1;
            let other = move |own: &&OwnPrompt| only_one || Some(own.number) != last;
            self.prompts.iter().filter(other)
        };
        let drawn = others().nth(rng.random_range(0..others().count()))?;
        self.latest = Some((drawn.number, true));
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::ChaCha8Rng};

    use super::*;

    fn own(count: u16) -> OwnPrompts {
        let mut own = OwnPrompts::default();
        for number in 0..count {
            own.add(Words::new(format!("vraag {number}")));
        }
        own
    }

    #[test]
    fn one_draw_in_five_or_so_and_never_two_in_a_row() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut own = own(4);
        let drawn: Vec<Option<u16>> = (0..1_000)
            .map(|_| own.draw(&mut rng).map(|own| own.number))
            .collect();
        let came: Vec<u16> = drawn.iter().flatten().copied().collect();
        assert!((140..=200).contains(&came.len()), "{} came", came.len());
        assert!(
            drawn
                .windows(2)
                .all(|two| two[0].is_none() || two[1].is_none())
        );
        assert!(came.windows(2).all(|two| two[0] != two[1]));
        for number in 0..4 {
            assert!(came.iter().filter(|it| **it == number).count() > 25);
        }
    }

    #[test]
    fn a_single_one_comes_again_and_none_never() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut single = own(1);
        assert!((0..100).filter(|_| single.draw(&mut rng).is_some()).count() > 10);
        let mut none = own(0);
        assert!((0..100).all(|_| none.draw(&mut rng).is_none()));
    }

    #[test]
    fn a_number_is_not_used_again() {
        let mut own = own(2);
        own.remove(1);
        own.add(Words::new("nieuw"));
        let ids: Vec<String> = own.prompts.iter().map(OwnPrompt::id).collect();
        assert_eq!(ids, ["own-0", "own-2"]);
        assert_eq!(own.find("own-1"), None);
        assert!(OwnPrompt::is_id("own-1"));
        assert!(!OwnPrompt::is_id("samen-kring"));
    }
}
