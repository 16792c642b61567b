#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::*;
use crate::library::{Library, Moment};

fn prompt(theme: &str, number: usize, side: Side, moment: Moment) -> Prompt {
    let id = format!("{theme}-{number}");
    Prompt {
        mark: Prompt::mark_of(&id),
        id,
        theme: theme.to_owned(),
        title: String::new(),
        body: String::new(),
        followup: None,
        side,
        moment,
    }
}

/// Eight themes of ten, with sides and moments in about the proportions of the shipped prompts, unevenly over the themes.
fn library() -> Vec<Prompt> {
    const SIDES: [Side; 5] = [
        Side::Beide,
        Side::Verlating,
        Side::Beide,
        Side::Binding,
        Side::Beide,
    ];
    const MOMENTS: [Moment; 7] = [
        Moment::Elk,
        Moment::Avond,
        Moment::Elk,
        Moment::Ochtend,
        Moment::Elk,
        Moment::Avond,
        Moment::Elk,
    ];
    let themes = ["a", "b", "c", "d", "e", "f", "g", "herstel"];
    (0..80)
        .map(|i| {
            prompt(
                themes[i % 8],
                i / 8,
                SIDES[i * 7 / 3 % 5],
                MOMENTS[i * 5 / 3 % 7],
            )
        })
        .collect()
}

fn plain(themes: &[&str]) -> Vec<Prompt> {
    let prompts = themes.iter().enumerate();
    prompts
        .map(|(i, theme)| prompt(theme, i, Side::Beide, Moment::Elk))
        .collect()
}

fn noon() -> ClockTime {
    ClockTime::new(12, 30).unwrap()
}

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn any_side() -> impl Strategy<Value = Side> {
    proptest::sample::select(vec![Side::Verlating, Side::Binding, Side::Beide])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// With a library of some size nothing gives way: three times through the deck at one time and side.
    #[test]
    fn all_rules_hold_at_once(side in any_side(), hour in 0..24_u8, seed: u64) {
        let prompts = library();
        let time = ClockTime::new(hour, 30).unwrap();
        let fits = |prompt: &Prompt| {
            let own = prompt.side == side || prompt.side == Side::Beide || side == Side::Beide;
            let now = match prompt.moment {
                Moment::Ochtend => hour < 11,
                Moment::Avond => hour >= 17,
                Moment::Elk => true,
            };
            own && now
        };
        let pool = prompts.iter().filter(|prompt| fits(prompt)).count();
        let mut deck = Deck::default();
        let mut rng = seeded(seed);
        let mut themes: Vec<&str> = Vec::new();
        let mut came: BTreeMap<&str, usize> = BTreeMap::new();
        for round in 0..3 {
            let mut seen = BTreeSet::new();
            for number in 0..pool {
                let drawn = deck.draw(&prompts, time, side, &mut rng).unwrap();
                prop_assert!(fits(drawn.prompt));
                prop_assert!(seen.insert(drawn.prompt.id.clone()), "{} comes again", drawn.prompt.id);
                prop_assert_eq!(drawn.began_anew, round > 0 && number == 0);
                prop_assert!(!themes.iter().rev().take(2).any(|theme| *theme == drawn.prompt.theme));
                let now = themes.len();
                let before = came.insert(&drawn.prompt.id, now);
                prop_assert!(before.is_none_or(|before| now - before > pool / 2), "{} comes again soon", drawn.prompt.id);
                themes.push(&drawn.prompt.theme);
            }
        }
    }

    /// However small and lopsided the library: what gives way is only what has to.
    #[test]
    fn rules_give_way_in_order(themes in proptest::collection::vec("[abc]", 1..9), seed: u64) {
        let themes: Vec<&str> = themes.iter().map(String::as_str).collect();
        let prompts = plain(&themes);
        let single_theme = themes.iter().all(|theme| *theme == themes[0]);
        let mut deck = Deck::default();
        let mut rng = seeded(seed);
        let mut seen = BTreeSet::new();
        let mut last: Option<&Prompt> = None;
        for _ in 0..40 {
            let drawn = deck.draw(&prompts, noon(), Side::Beide, &mut rng).unwrap();
            prop_assert_eq!(drawn.began_anew, seen.len() == prompts.len());
            if drawn.began_anew {
                seen.clear();
            }
            let last_theme = last.map(|last| last.theme.as_str());
            prop_assert!(single_theme || last_theme != Some(&drawn.prompt.theme));
            let only_the_last_theme_is_unseen = prompts
                .iter()
                .filter(|prompt| !seen.contains(&prompt.id))
                .all(|prompt| last_theme == Some(&prompt.theme));
            let again = !seen.insert(drawn.prompt.id.clone());
            prop_assert!(!again || only_the_last_theme_is_unseen);
            last = Some(drawn.prompt);
        }
    }

    /// A parent may change time and side at any moment; the record stays small and the themes stay apart.
    #[test]
    fn changing_time_and_side(changes in proptest::collection::vec((any_side(), 0..24_u8), 1..300), seed: u64) {
        let prompts = library();
        let mut deck = Deck::default();
        let mut rng = seeded(seed);
        let mut last = String::new();
        for (side, hour) in changes {
            let drawn = deck.draw(&prompts, ClockTime::new(hour, 0).unwrap(), side, &mut rng).unwrap();
            prop_assert_ne!(&drawn.prompt.theme, &last);
            last.clone_from(&drawn.prompt.theme);
            prop_assert!(deck.seen.len() <= prompts.len());
            prop_assert!(deck.themes.len() <= 2);
            prop_assert!(deck.seen.contains(&drawn.prompt.mark));
        }
    }
}

#[test]
fn looking_ahead_agrees_with_trying_everything() {
    for code in 0..4_usize.pow(4) {
        let mut counts = [0, 1, 2, 3].map(|theme| code / 4_usize.pow(theme) % 4);
        for (drawn, latest) in (0..4).flat_map(|drawn| (0..5).map(move |latest| (drawn, latest))) {
            counts[drawn] += 1;
            let left = Counts(counts.to_vec());
            counts[drawn] -= 1;
            let found = left.can_follow(Some(latest), drawn);
            let expected = some_order(&mut counts, latest, drawn);
            assert_eq!(found, expected, "{counts:?} after {latest} and {drawn}");
        }
    }
}

fn some_order(counts: &mut [usize], before: usize, last: usize) -> bool {
    if counts.iter().all(|count| *count == 0) {
        return true;
    }
    (0..counts.len()).any(|theme| {
        if counts[theme] == 0 || theme == before || theme == last {
            return false;
        }
        counts[theme] -= 1;
        let found = some_order(counts, last, theme);
        counts[theme] += 1;
        found
    })
}

#[test]
fn the_own_side_comes_twice_as_often() {
    // Four themes with one prompt of each side: among the first draws of many parents, own to both is two to one.
    let prompts: Vec<Prompt> = ["a", "b", "c", "d"]
        .iter()
        .flat_map(|theme| {
            let sides = [Side::Beide, Side::Verlating, Side::Binding];
            let numbered = sides.into_iter().enumerate();
            numbered.map(move |(i, side)| prompt(theme, i, side, Moment::Elk))
        })
        .collect();
    let draws = |side| {
        let mut counts = [0; 3];
        for seed in 0..3_000 {
            let drawn = Deck::default()
                .draw(&prompts, noon(), side, &mut seeded(seed))
                .unwrap();
            counts[match drawn.prompt.side {
                Side::Beide => 0,
                Side::Verlating => 1,
                Side::Binding => 2,
            }] += 1;
        }
        counts
    };
    let near = |count: i32, expected: i32| (count - expected).abs() < 150;
    let [both, own, other] = draws(Side::Verlating);
    assert!(
        near(both, 1_000) && near(own, 2_000) && other == 0,
        "{both} {own} {other}"
    );
    let [both, other, own] = draws(Side::Binding);
    assert!(
        near(both, 1_000) && near(own, 2_000) && other == 0,
        "{both} {own} {other}"
    );
    let [both, one, other] = draws(Side::Beide);
    assert!(
        [both, one, other].iter().all(|&count| near(count, 1_000)),
        "{both} {one} {other}"
    );
}

#[test]
fn every_fitting_prompt_can_come_first() {
    let prompts = library();
    let first: BTreeSet<_> = (0..2_000)
        .map(|seed| {
            let drawn = Deck::default().draw(&prompts, noon(), Side::Beide, &mut seeded(seed));
            drawn.unwrap().prompt.id.clone()
        })
        .collect();
    let pool = prompts.iter().filter(|prompt| prompt.moment == Moment::Elk);
    assert_eq!(first.len(), pool.count());
}

#[test]
fn the_same_seed_draws_the_same_prompts() {
    let prompts = library();
    let mut deck = Deck::default();
    let mut rng = seeded(7);
    let drawn: Vec<_> = (0..12)
        .map(|_| {
            deck.draw(&prompts, noon(), Side::Binding, &mut rng)
                .unwrap()
                .prompt
                .id
                .as_str()
        })
        .collect();
    insta::assert_snapshot!(drawn.join(" "), @"e-1 g-1 herstel-6 a-7 f-6 b-4 a-1 c-9 herstel-3 g-9 f-1 b-3");
}

#[test]
fn a_prompt_that_does_not_fit_never_comes() {
    let prompts = [prompt("a", 1, Side::Verlating, Moment::Avond)];
    let mut rng = seeded(1);
    let mut draw = |hour, side| {
        let time = ClockTime::new(hour, 0).unwrap();
        Deck::default()
            .draw(&prompts, time, side, &mut rng)
            .is_some()
    };
    assert!(draw(17, Side::Verlating));
    assert!(draw(17, Side::Beide));
    assert!(!draw(17, Side::Binding));
    assert!(!draw(16, Side::Verlating));
    assert_eq!(
        Deck::default().draw(&[], noon(), Side::Beide, &mut seeded(1)),
        None
    );
}

#[test]
fn a_single_prompt_comes_again_and_again() {
    let prompts = plain(&["herstel"]);
    let mut deck = Deck::default();
    let began_anew: Vec<_> = (0..3)
        .map(|seed| {
            deck.draw(&prompts, noon(), Side::Beide, &mut seeded(seed))
                .unwrap()
                .began_anew
        })
        .collect();
    assert_eq!(began_anew, [false, true, true]);
    assert_eq!(deck.seen.len(), 1);
}

#[test]
fn an_exchanged_prompt_comes_again_later() {
    let prompts = library();
    for seed in 0..50 {
        let mut rng = seeded(seed);
        let mut deck = Deck::default();
        let exchanged = deck
            .draw(&prompts, noon(), Side::Beide, &mut rng)
            .unwrap()
            .prompt;
        let other = deck
            .draw(&prompts, noon(), Side::Beide, &mut rng)
            .unwrap()
            .prompt;
        assert_ne!(exchanged.theme, other.theme);
        deck.put_back(exchanged.mark);

        let pool = prompts
            .iter()
            .filter(|prompt| prompt.moment == Moment::Elk)
            .count();
        let rest: Vec<_> = (1..pool)
            .map(|_| deck.draw(&prompts, noon(), Side::Beide, &mut rng).unwrap())
            .collect();
        assert!(rest.iter().all(|drawn| !drawn.began_anew));
        assert_eq!(
            rest.iter()
                .filter(|drawn| drawn.prompt == exchanged)
                .count(),
            1
        );
    }
}

#[test]
fn beginning_anew_forgets_what_fits_and_what_is_gone() {
    let mut prompts = plain(&["a", "b", "c"]);
    prompts.push(prompt("d", 3, Side::Beide, Moment::Avond));
    let retired = 4_711;
    let tonight = prompts[3].mark;
    let mut deck = Deck {
        seen: prompts.iter().map(|it| it.mark).chain([retired]).collect(),
        themes: vec!["retired-theme".to_owned(), "a".to_owned()],
        resting: Vec::new(),
    };
    let drawn = deck
        .draw(&prompts, noon(), Side::Beide, &mut seeded(3))
        .unwrap();
    assert!(drawn.began_anew);
    assert_ne!(drawn.prompt.theme, "a");
    assert_eq!(deck.seen, [tonight, drawn.prompt.mark]);
}

/// The prompts that are shipped: three times through them, at each time of the day and for each side, a prompt that comes again was away for more
/// than half as many draws as there are prompts that fit. Three times a week that is five weeks at least.
#[test]
fn what_comes_again_was_long_away() {
    let library = Library::embedded().unwrap();
    let mut shortest = usize::MAX;
    for time in [7, 12, 19].map(|hour| ClockTime::new(hour, 30).unwrap()) {
        for side in [Side::Beide, Side::Verlating, Side::Binding] {
            let fits = |it: &&Prompt| time.fits(it.moment) && it.speaks_to(side);
            let pool = library.prompts.iter().filter(fits).count();
            for seed in 0..20 {
                let (mut deck, mut rng) = (Deck::default(), seeded(seed));
                let mut came: BTreeMap<&str, usize> = BTreeMap::new();
                for now in 0..3 * pool {
                    let drawn = deck.draw(&library.prompts, time, side, &mut rng).unwrap();
                    if let Some(before) = came.insert(&drawn.prompt.id, now) {
                        let away = now - before;
                        assert!(away > pool / 2, "{}: {away}", drawn.prompt.id);
                        shortest = shortest.min(away);
                    }
                }
            }
        }
    }
    assert!(shortest >= 15, "{shortest}");
}

#[test]
fn draws_of_some_themes_are_for_both_sides_and_forget_nothing_of_the_others() {
    let prompts = library();
    let time = ClockTime::new(12, 30).unwrap();
    let themes = ["a".to_owned(), "b".to_owned()];
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut deck = Deck::default();
    for _ in 0..20 {
        deck.draw(&prompts, time, Side::Verlating, &mut rng)
            .unwrap();
    }
    let mark_of_others = |mark: &u32| {
        let prompt = prompts.iter().find(|prompt| prompt.mark == *mark);
        prompt.is_some_and(|prompt| !themes.contains(&prompt.theme))
    };
    let seen: Vec<u32> = deck.seen.iter().copied().filter(mark_of_others).collect();
    let mut began_anew = false;
    for _ in 0..30 {
        let drawn = deck
            .draw_of_themes(&prompts, time, &themes, &mut rng)
            .unwrap();
        assert!(themes.contains(&drawn.prompt.theme));
        assert_eq!(drawn.prompt.side, Side::Beide);
        assert!(time.fits(drawn.prompt.moment));
        began_anew |= drawn.began_anew;
    }
    assert!(began_anew);
    assert!(seen.iter().all(|mark| deck.seen.contains(mark)));
    let none = deck.draw_of_themes(&prompts, time, &["no such".to_owned()], &mut rng);
    assert_eq!(none, None);
}
