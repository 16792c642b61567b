//! How likely each route is: the weights, summed over a text and over its parts.

use std::{f64::consts::LN_2, ops::Range};

use super::{Route, classes::Classes, reading::Reading, weights::Weights};

/// For each route, how many times likelier it is than none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Odds {
    /// The likeliest of the text and its parts, all routes together.
    total: f64,
    /// Each route where it is likeliest.
    routes: [f64; 4],
    /// The text says too little for a hint.
    short: bool,
}

impl Odds {
    /// That any of the routes is meant.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// Whether the text says too little for a hint: of two words nobody can tell what is behind them.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// That this route is meant.
    pub(super) fn of(&self, route: Route) -> f64 {
        self.routes[route.index()]
    }

    /// The likeliest route.
    pub(super) fn first(&self) -> Route {
        let likelier = |best: Route, it: Route| {
            if self.of(it) > self.of(best) {
                it
            } else {
                best
            }
        };
        Route::ALL.into_iter().fold(Route::Zelfdoding, likelier)
    }

    /// What becomes of the odds when these are seen in another part.
    fn or(&mut self, other: [f64; 4]) {
        self.total = self.total.max(other.iter().sum());
        for (mine, other) in self.routes.iter_mut().zip(other) {
            *mine = mine.max(other);
        }
    }
}

/// The odds of a text: of the whole, or of its likeliest part. A text of many parts has many chances to look heavy, so theirs count for
/// less: the odds are divided by the eighth root of how many there are. None at all for a text without words.
pub(super) fn odds(text: &str, classes: &Classes, weights: &Weights) -> Odds {
    let reading = Reading::of(text, classes);
    let sums = Sums::of(&reading, weights);
    let mut odds = Odds {
        short: reading.is_short(),
        ..Odds::default()
    };
    if reading.len() > 0 {
        odds.or(sums.odds(0..reading.len(), weights));
        let parts = reading.parts();
        let chances = (parts.len() as f64).sqrt().sqrt().sqrt();
        for part in parts {
            odds.or(sums.odds(part, weights).map(|it| it / chances));
        }
    }
    odds
}

/// For each number of words from the beginning, the sum of the weights of their features, and how many they are. So that any stretch of
/// words takes one subtraction.
struct Sums(Vec<([i32; 4], i32)>);

impl Sums {
    fn of(reading: &Reading, weights: &Weights) -> Self {
        let mut sum = [0; 4];
        let mut count = 0;
        let mut sums = Vec::with_capacity(reading.len() + 1);
        sums.push((sum, count));
        for word in 0..reading.len() {
            for bucket in reading.buckets(word..word + 1) {
                for (sum, weight) in sum.iter_mut().zip(weights.of(*bucket)) {
                    *sum += weight;
                }
                count += 1;
            }
            sums.push((sum, count));
        }
        Self(sums)
    }

    fn odds(&self, words: Range<usize>, weights: &Weights) -> [f64; 4] {
        let (end, all) = self.0[words.end];
        let (start, before) = self.0[words.start];
        let length = f64::from((all - before).max(1)).sqrt();
        let mut logarithms = weights.bias;
        for (route, it) in logarithms.iter_mut().enumerate() {
            let sum = f64::from(end[route] - start[route]) * weights.scale;
            *it += sum / length;
        }
        exp(logarithms)
    }
}

/// The exponential function, the same to the last bit on every machine, which that of the standard library need not be: it is the
/// operating system's. Exact to 13 digits; outside of ±60 that of ±60. Of some numbers at once: the steps of one wait for each other.
pub(super) fn exp<const N: usize>(x: [f64; N]) -> [f64; N] {
    let x = x.map(|x| x.clamp(-60.0, 60.0));
    let doublings = x.map(|x| (x / LN_2).round());
    let mut power = [1.0; N];
    for n in (1..=13).rev() {
        for (power, (x, doublings)) in power.iter_mut().zip(x.iter().zip(doublings)) {
            let rest = x - doublings * LN_2;
            *power = 1.0 + *power * rest / f64::from(n);
        }
    }
    for (power, doublings) in power.iter_mut().zip(doublings) {
        // 2 to the power of `doublings`: its exponent's bits, and no others.
        *power *= f64::from_bits(((1023 + doublings as i64) as u64) << 52);
    }
    power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exp_is_the_exponential_function(x in -60.0..60.0) {
            let expected = f64::exp(x);
            prop_assert!((exp([x])[0] - expected).abs() <= 1e-12 * expected);
        }
    }

    #[test]
    fn exp_is_bounded() {
        let ends = [f64::INFINITY, f64::NEG_INFINITY, 0.0];
        let [most, least, none] = exp([60.0, -60.0, 0.0]);
        assert_eq!((exp(ends), none), ([most, least, 1.0], 1.0));
    }
}
