//! Which prompt comes next (content part 2).
//!
//! A prompt *fits* when its moment suits the parent's own time, and when it speaks to the side that the parent chose or to both; a parent
//! who chose no side can get any. A prompt that does not fit is never drawn. Among those that fit, by what gives way last:
//!
//! 1. Never the same theme twice in a row. (So never two of `herstel`.)
//! 2. No repeat until all that fit were seen.
//! 3. None of the last two themes.
//! 4. When all were seen and the deck is begun anew: none of the half that came last, until as many others came. So a prompt that comes again
//!    was away for more than half as many draws as there are prompts that fit.
//!
//! A draw looks ahead, so that the last unseen prompts never pile up in one theme, and with a library of some size nothing has to give
//! way at all. In a tiny one, or after the parent moved to another time or side, the rules give way from the bottom up; the first
//! only when a single theme fits.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::ClockTime;
use crate::library::{Prompt, Side};

/// What a parent has seen.
#[serde_with::apply(_ => #[serde(skip_serializing_if = "super::is_default")])]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deck {
    /// Marks of the prompts seen since the deck was last begun anew, in the order in which they came.
    pub seen: Vec<u32>,
    /// Marks of the prompts that came last before that, in the same order: they do not come again yet. Each draw lets the first of them go.
    pub resting: Vec<u32>,
    /// The themes of the last two prompts, newest last.
    pub themes: Vec<String>,
}

/// How many of the latest themes do not come again yet.
const THEMES_APART: usize = 2;

/// A prompt from the deck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn<'a> {
    /// The prompt.
    pub prompt: &'a Prompt,
    /// All that fit had been seen, and the deck was begun anew.
    pub began_anew: bool,
}

impl Deck {
    /// Draws the next prompt for a parent whose own clock shows `time`, and remembers that it was seen.
    ///
    /// `side` is [`Side::Beide`] when the parent chose none; prompts for the parent's own side come twice as often as one for both.
    /// The same record, prompts and state of `rng` give the same prompt. `None` when no prompt fits.
    pub fn draw<'a>(
        &mut self,
        prompts: &'a [Prompt],
        time: ClockTime,
        side: Side,
        rng: &mut impl Rng,
    ) -> Option<Drawn<'a>> {
        let fitting = select(prompts, |prompt| {
            time.fits(prompt.moment) && prompt.speaks_to(side)
        });
        self.draw_from(prompts, &fitting, side, rng)
    }

    /// Draws as [`Deck::draw`] does, but only of these themes, and only a prompt that speaks to both sides.
    pub fn draw_of_themes<'a>(
        &mut self,
        prompts: &'a [Prompt],
        time: ClockTime,
        themes: &[String],
        rng: &mut impl Rng,
    ) -> Option<Drawn<'a>> {
        let fitting = select(prompts, |prompt| {
            time.fits(prompt.moment) && prompt.side == Side::Beide && themes.contains(&prompt.theme)
        });
        self.draw_from(prompts, &fitting, Side::Beide, rng)
    }

    fn draw_from<'a>(
        &mut self,
        prompts: &'a [Prompt],
        fitting: &[&'a Prompt],
        side: Side,
        rng: &mut impl Rng,
    ) -> Option<Drawn<'a>> {
        let mut unseen = select(fitting.iter().copied(), |prompt| {
            !self.seen.contains(&prompt.mark)
        });
        let began_anew = unseen.is_empty();
        if began_anew {
            self.begin_anew(prompts, fitting);
            unseen = fitting.to_vec();
        }
        let prompt = pick(&self.candidates(fitting, &unseen), side, rng)?;
        self.resting.drain(..self.resting.len().min(1));
        self.remember(prompt);
        Some(Drawn { prompt, began_anew })
    }

    /// Puts a prompt back that the parent exchanged for another, so that it can come again later.
    ///
    /// To be called after drawing the other one, so that this is not the same one. Its theme still counts as one of the last two.
    pub fn put_back(&mut self, mark: u32) {
        self.seen.retain(|&seen| seen != mark);
    }

    /// Forgets that the prompts that fit were seen, and the marks of prompts that no longer exist. The half of them that came last rests.
    fn begin_anew(&mut self, prompts: &[Prompt], fitting: &[&Prompt]) {
        let fits = |mark: &u32| fitting.iter().any(|prompt| prompt.mark == *mark);
        let is_elsewhere =
            |mark: &u32| !fits(mark) && prompts.iter().any(|prompt| prompt.mark == *mark);
        let seen = std::mem::take(&mut self.seen);
        let came: Vec<u32> = seen.iter().copied().filter(fits).collect();
        self.resting.retain(is_elsewhere);
        self.resting.extend(&came[came.len().div_ceil(2)..]);
        self.seen = seen.into_iter().filter(is_elsewhere).collect();
    }

    /// Those among which chance decides, under as many rules as leave any.
    fn candidates<'a>(&self, fitting: &[&'a Prompt], unseen: &[&'a Prompt]) -> Vec<&'a Prompt> {
        let apart = self.apart(unseen, THEMES_APART);
        let left = ThemesLeft::of(unseen);
        let playable = left.playable(self.themes.last().map(String::as_str));
        let orderly = select(apart.iter().copied(), |prompt| {
            playable.contains(&prompt.theme.as_str())
        });
        let rested = select(orderly.iter().copied(), |prompt| {
            !self.resting.contains(&prompt.mark)
        });
        // The first rarely leaves none, so the others are worked out only then.
        let gives_way: [&dyn Fn() -> Vec<&'a Prompt>; 5] = [
            &|| orderly.clone(),
            &|| apart.clone(),
            &|| self.apart(unseen, 1),
            &|| self.apart(fitting, THEMES_APART),
            &|| self.apart(fitting, 1),
        ];
        std::iter::once(rested)
            .chain(gives_way.iter().map(|leaves| leaves()))
            .find(|candidates| !candidates.is_empty())
            .unwrap_or_else(|| unseen.to_vec())
    }

    /// Those whose theme is none of the last `distance` themes.
    fn apart<'a>(&self, prompts: &[&'a Prompt], distance: usize) -> Vec<&'a Prompt> {
        let surplus = self.themes.len().saturating_sub(distance);
        let last = &self.themes[surplus..];
        select(prompts.iter().copied(), |prompt| {
            !last.contains(&prompt.theme)
        })
    }

    fn remember(&mut self, prompt: &Prompt) {
        let mark = prompt.mark;
        if !self.seen.contains(&mark) {
            self.seen.push(mark);
        }
        self.themes.push(prompt.theme.clone());
        let surplus = self.themes.len().saturating_sub(THEMES_APART);
        self.themes.drain(..surplus);
    }
}

fn select<'a>(
    prompts: impl IntoIterator<Item = &'a Prompt, IntoIter: ExactSizeIterator>,
    rule: impl Fn(&Prompt) -> bool,
) -> Vec<&'a Prompt> {
    let prompts = prompts.into_iter();
    // Room for all: a filter does not know how many it lets through, and the list would grow step by step.
    let mut selected = Vec::with_capacity(prompts.len());
    selected.extend(prompts.filter(|prompt| rule(prompt)));
    selected
}

/// How many unseen prompts each theme has.
struct ThemesLeft<'a> {
    themes: Vec<&'a str>,
    counts: Counts,
}

impl<'a> ThemesLeft<'a> {
    fn of(unseen: &[&'a Prompt]) -> Self {
        let mut left = Self {
            themes: Vec::new(),
            counts: Counts(Vec::new()),
        };
        for prompt in unseen {
            match left.place_of(&prompt.theme) {
                Some(place) => left.counts.0[place] += 1,
                None => {
                    left.themes.push(&prompt.theme);
                    left.counts.0.push(1);
                }
            }
        }
        left
    }

    fn place_of(&self, theme: &str) -> Option<usize> {
        // The prompts come theme by theme, so it is the last one as a rule.
        self.themes.iter().rposition(|it| *it == theme)
    }

    /// The themes after whose next prompt all others can still come with [`THEMES_APART`] kept. `latest` is the theme before it.
    fn playable(&self, latest: Option<&str>) -> Vec<&'a str> {
        let latest = latest.and_then(|latest| self.place_of(latest));
        let themes = self.themes.iter().copied().enumerate();
        themes
            .filter(|&(place, _)| self.counts.can_follow(latest, place))
            .map(|(_, theme)| theme)
            .collect()
    }
}

/// The numbers of [`ThemesLeft`], in which a theme is its place.
#[derive(Clone)]
struct Counts(Vec<usize>);

impl Counts {
    /// All can come when they can in this order: of the themes that may come, always the one that has most left.
    fn can_follow(&self, latest: Option<usize>, drawn: usize) -> bool {
        let mut left = self.clone();
        left.0[drawn] -= 1;
        if left.is_roomy() {
            return true;
        }
        let mut recent = (latest, Some(drawn));
        while let Some(theme) = left.fullest_but(recent) {
            left.0[theme] -= 1;
            recent = (recent.1, Some(theme));
        }
        left.0.iter().all(|&count| count == 0)
    }

    /// Whether even the fullest theme is well under a third of all: then they can, and nothing has to be tried.
    fn is_roomy(&self) -> bool {
        3 * (self.0.iter().max().unwrap_or(&0) + 1) <= self.0.iter().sum()
    }

    fn fullest_but(&self, recent: (Option<usize>, Option<usize>)) -> Option<usize> {
        let may_come = |theme| recent.0 != Some(theme) && recent.1 != Some(theme);
        let counts = self.0.iter().copied().enumerate();
        counts
            .filter(|&(theme, count)| count > 0 && may_come(theme))
            .max_by_key(|&(_, count)| count)
            .map(|(theme, _)| theme)
    }
}

/// One of them by chance; those for the parent's own side count twice.
fn pick<'a>(candidates: &[&'a Prompt], side: Side, rng: &mut impl Rng) -> Option<&'a Prompt> {
    let tickets = |prompt: &Prompt| match side {
        Side::Verlating | Side::Binding if prompt.side == side => 2,
        Side::Verlating | Side::Binding | Side::Beide => 1,
    };
    let all: u64 = candidates.iter().map(|prompt| tickets(prompt)).sum();
    if all == 0 {
        return None;
    }
    // A fixed width, so that the same seed draws the same prompt on every machine.
    let mut drawn = rng.random_range(0..all);
    candidates.iter().copied().find(|prompt| {
        let mine = tickets(prompt);
        let found = drawn < mine;
        drawn = drawn.saturating_sub(mine);
        found
    })
}

#[cfg(test)]
mod tests;
