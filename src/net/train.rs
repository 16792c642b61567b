//! Making the weights from the sentences. The same sentences make the same bytes on every machine: all is done in a fixed order, with
//! arithmetic that is the same everywhere.

use super::{
    Net, Route,
    corpus::{Corpus, Sentence, Set},
    reading::{Reading, mix},
    score::{self, exp},
    weights::{Exact, Thresholds, Weights},
};

/// Each sentence is looked at this often.
const ROUNDS: u32 = 3;
/// How far a look may move a weight in the first round; less and less after.
const STEP: f64 = 0.8;
/// What every weight is drawn back to zero by.
const DECAY: f64 = 3e-3;
/// So that the first steps are not too bold.
const CAUTION: f64 = 1e-2;
/// A sentence that asks for nothing has no part that asks for something; how much each of its parts counts.
const PART: f64 = 0.5;

/// How many of the sentences that ask for nothing may get an answer.
pub(super) const ANSWER: f64 = 0.02;
/// How many of them may get an answer or the hint.
pub(super) const HINT: f64 = 0.1;

/// The measured sets are held out in this many groups to find the thresholds.
const GROUPS: usize = 3;

/// How often all is learnt for one net: once, and once without each of these groups.
pub const LESSONS_OF_A_NET: usize = 1 + GROUPS;

/// The bytes that [`Net::load`] reads: weights learnt from all sentences, and thresholds at which 2% and 10% of the sentences that ask for
/// nothing are false alarms, in the middle one of the measured sets, when it is held out.
///
/// `learnt` is called [`LESSONS_OF_A_NET`] times on the way.
pub fn train(corpus: &Corpus, learnt: &mut dyn FnMut()) -> Vec<u8> {
    let lessons = Lessons::of(corpus);
    let sets: Vec<usize> = (0..corpus.sets.len()).collect();
    let net = net(corpus, &lessons, &sets, learnt);
    net.weights.save(&corpus.classes)
}

/// What the sentences teach.
pub(super) struct Lessons {
    /// The buckets that any of them has, in order.
    buckets: Vec<u32>,
    /// Of each set.
    sets: Vec<Vec<Example>>,
}

/// Something to learn from: features, what they stand for, and how much that counts.
struct Example {
    /// Which of the buckets, in order, and how strongly each is there.
    features: Vec<(u32, f64)>,
    route: Option<Route>,
    counts: f64,
}

impl Lessons {
    /// Everything that there is to learn.
    pub(super) fn of(corpus: &Corpus) -> Self {
        let of_set = |set: &Set| -> Vec<Example> {
            let of_sentence = |it: &Sentence| of_sentence(it, set.counts(), corpus);
            set.sentences.iter().flat_map(of_sentence).collect()
        };
        let mut sets: Vec<Vec<Example>> = corpus.sets.iter().map(of_set).collect();
        let features = |sets: &[Vec<Example>]| -> Vec<u32> {
            let examples = sets.iter().flatten();
            examples
                .flat_map(|it| it.features.iter().map(|(bucket, _)| *bucket))
                .collect()
        };
        let mut buckets = features(&sets);
        buckets.sort_unstable();
        buckets.dedup();
        for (bucket, _) in sets
            .iter_mut()
            .flatten()
            .flat_map(|it| it.features.iter_mut())
        {
            // It is there: the buckets come from the features.
            *bucket = buckets.binary_search(bucket).unwrap_or_else(|it| it) as u32;
        }
        Self { buckets, sets }
    }
}

/// A sentence, and when it asks for nothing, its parts. The features are buckets yet.
fn of_sentence(sentence: &Sentence, counts: f64, corpus: &Corpus) -> Vec<Example> {
    let reading = Reading::of(&sentence.text, &corpus.classes);
    let example = |words, counts| Example {
        features: features(reading.buckets(words)),
        route: sentence.route,
        counts,
    };
    let mut examples = vec![example(0..reading.len(), counts)];
    if sentence.route.is_none() {
        let parts = reading.parts().into_iter();
        examples.extend(parts.map(|words| example(words, counts * PART)));
    }
    examples
}

/// Each bucket once, with how often it is there over the root of how many there are: as a text is judged.
fn features(buckets: &[u32]) -> Vec<(u32, f64)> {
    let mut sorted = buckets.to_vec();
    sorted.sort_unstable();
    let length = (buckets.len() as f64).sqrt();
    sorted
        .chunk_by(|a, b| a == b)
        .filter_map(|same| Some((*same.first()?, same.len() as f64 / length)))
        .collect()
}

/// One number for "asks for nothing", and one for each route.
type Scores = [f64; 5];

/// Learns from these sets: multinomial logistic regression, by gradient descent with a step of its own for each weight (AdaGrad). The
/// thresholds are still open.
fn learn(lessons: &Lessons, sets: &[usize]) -> Weights {
    let examples: Vec<&Example> = sets.iter().flat_map(|set| &lessons.sets[*set]).collect();
    let mut weights: Vec<Scores> = vec![[0.0; 5]; lessons.buckets.len()];
    let mut moved: Vec<Scores> = vec![[CAUTION; 5]; lessons.buckets.len()];
    let mut bias: Scores = [0.0; 5];
    let mut bias_moved: Scores = [1.0; 5];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for round in 0..ROUNDS {
        // An order without order, and the same one always.
        order.sort_by_key(|n| mix(mix(*n as u64 + 1) ^ u64::from(round)));
        let step = STEP * (1.0 - 0.9 * f64::from(round) / f64::from(ROUNDS));
        for example in order.iter().map(|n| examples[*n]) {
            let wrong = wrong(example, &weights, &bias);
            for n in 0..5 {
                bias_moved[n] += wrong[n] * wrong[n];
                bias[n] -= step * wrong[n] / bias_moved[n].sqrt();
            }
            // Spelled out, without ranges and iterators: where nothing is optimised, as in tests, these take several times as long.
            let (weights, moved) = (weights.as_mut_slice(), moved.as_mut_slice());
            let features = example.features.as_slice();
            let mut at = 0;
            while at < features.len() {
                let (bucket, strength) = features[at];
                let bucket = bucket as usize;
                let [w0, w1, w2, w3, w4] = weights[bucket];
                let [m0, m1, m2, m3, m4] = moved[bucket];
                let [s0, s1, s2, s3, s4] = [
                    wrong[0] * strength + DECAY * w0,
                    wrong[1] * strength + DECAY * w1,
                    wrong[2] * strength + DECAY * w2,
                    wrong[3] * strength + DECAY * w3,
                    wrong[4] * strength + DECAY * w4,
                ];
                let now @ [m0, m1, m2, m3, m4] = [
                    m0 + s0 * s0,
                    m1 + s1 * s1,
                    m2 + s2 * s2,
                    m3 + s3 * s3,
                    m4 + s4 * s4,
                ];
                moved[bucket] = now;
                weights[bucket] = [
                    w0 - step * s0 / m0.sqrt(),
                    w1 - step * s1 / m1.sqrt(),
                    w2 - step * s2 / m2.sqrt(),
                    w3 - step * s3 / m3.sqrt(),
                    w4 - step * s4 / m4.sqrt(),
                ];
                at += 1;
            }
        }
    }
    let mut sentences = vec![0; lessons.buckets.len()];
    for (bucket, _) in examples.iter().flat_map(|it| &it.features) {
        sentences[*bucket as usize] += 1;
    }
    let exact = lessons.buckets.iter().zip(&weights).zip(sentences);
    let exact = exact.map(|((bucket, weights), sentences)| Exact {
        bucket: *bucket,
        weights: beside_nothing(weights),
        sentences,
    });
    let open = Thresholds {
        answer: f64::MAX,
        hint: f64::MAX,
    };
    Weights::pack(exact.collect(), beside_nothing(&bias), open)
}

/// How far the likelihood of nothing and of each route is from what it should be.
fn wrong(example: &Example, weights: &[Scores], bias: &Scores) -> Scores {
    let [mut s0, mut s1, mut s2, mut s3, mut s4] = *bias;
    let features = example.features.as_slice();
    let mut at = 0;
    while at < features.len() {
        let (bucket, strength) = features[at];
        let [w0, w1, w2, w3, w4] = weights[bucket as usize];
        s0 += w0 * strength;
        s1 += w1 * strength;
        s2 += w2 * strength;
        s3 += w3 * strength;
        s4 += w4 * strength;
        at += 1;
    }
    let scores = [s0, s1, s2, s3, s4];
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let likely = exp(scores.map(|it| it - highest));
    let all: f64 = likely.iter().sum();
    let right = example.route.map_or(0, |route| 1 + route.index());
    let mut wrong = likely.map(|it| it / all * example.counts);
    wrong[right] -= example.counts;
    wrong
}

/// The numbers of the routes, as seen from that of nothing.
fn beside_nothing([nothing, routes @ ..]: &Scores) -> [f64; 4] {
    routes.map(|it| it - nothing)
}

/// The thresholds for weights learnt from these sets. The measured ones are held out, a third of them at a time, and judged by what the
/// others teach. For each there is a threshold that 2% (or 10%) of its sentences that ask for nothing are above; the one in the middle of
/// these serves all. So a hand whose near misses are unusually near, of which there are some, does not silence the net for all others.
fn thresholds(
    corpus: &Corpus,
    lessons: &Lessons,
    sets: &[usize],
    learnt: &mut dyn FnMut(),
) -> Thresholds {
    let measured: Vec<usize> = sets
        .iter()
        .copied()
        .filter(|it| corpus.sets[*it].measured())
        .collect();
    let mut answers = Vec::new();
    let mut hints = Vec::new();
    for group in 0..GROUPS {
        let held_out: Vec<usize> = measured
            .iter()
            .copied()
            .skip(group)
            .step_by(GROUPS)
            .collect();
        let others: Vec<usize> = sets
            .iter()
            .copied()
            .filter(|it| !held_out.contains(it))
            .collect();
        let weights = learn(lessons, &others);
        learnt();
        for set in held_out {
            let mut alarms: Vec<f64> = corpus.sets[set]
                .sentences
                .iter()
                .filter(|it| it.route.is_none())
                .map(|it| score::odds(&it.text, &corpus.classes, &weights).total())
                .collect();
            alarms.sort_by(|a, b| b.total_cmp(a));
            let above = |part: f64| {
                let n = (part * alarms.len() as f64) as usize;
                alarms.get(n).copied().unwrap_or(f64::MAX)
            };
            answers.push(above(ANSWER));
            hints.push(above(HINT));
        }
    }
    Thresholds {
        answer: middle(answers),
        hint: middle(hints),
    }
}

/// The number in the middle; of an even number the lower of the two there.
fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers
        .get(numbers.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::MAX)
}

/// A net that learnt from these sets only.
pub(super) fn net(
    corpus: &Corpus,
    lessons: &Lessons,
    sets: &[usize],
    learnt: &mut dyn FnMut(),
) -> Net {
    let mut weights = learn(lessons, sets);
    learnt();
    weights.thresholds = thresholds(corpus, lessons, sets, learnt);
    Net {
        classes: corpus.classes.clone(),
        weights,
    }
}
