//! What the net finds and what it takes for heavy that is not: in each measured set, by weights and thresholds that know nothing of it.

use std::fmt::Write as _;

use super::{
    Route, Verdict,
    corpus::{Corpus, Set},
    train::{Lessons, net},
};

/// A table in Markdown: each measured set held out in turn, once learning from all others, once without the sets that were added. Takes
/// about a minute.
///
/// `learnt` is called [`LESSONS_OF_A_NET`](super::train::LESSONS_OF_A_NET) times for each of [`nets`] on the way.
pub fn report(corpus: &Corpus, learnt: &mut dyn FnMut()) -> String {
    let lessons = Lessons::of(corpus);
    let mut report = String::new();
    for (title, added) in [
        ("Learning from the other sets", true),
        ("Learning from the other measured sets only", false),
    ] {
        report.push_str(&table(title, corpus, &lessons, added, learnt));
    }
    report
}

/// How many nets a report takes.
pub fn nets(corpus: &Corpus) -> usize {
    2 * corpus.sets.iter().filter(|set| set.measured()).count()
}

fn table(
    title: &str,
    corpus: &Corpus,
    lessons: &Lessons,
    added: bool,
    learnt: &mut dyn FnMut(),
) -> String {
    let mut table = format!(
        "### {title}\n\n\
         | set | found | false alarms | right route | zelfdoding | geweld | uitputting | naaste | found or hint | false alarms or hint |\n\
         |---|---|---|---|---|---|---|---|---|---|\n"
    );
    let mut all = Counts::default();
    for (held_out, set) in corpus.sets.iter().enumerate() {
        if set.measured() {
            let others: Vec<usize> = (0..corpus.sets.len())
                .filter(|it| *it != held_out && (added || corpus.sets[*it].measured()))
                .collect();
            let counts = Counts::of(set, &net(corpus, lessons, &others, learnt));
            all.add(&counts);
            line(&mut table, &set.name, &counts);
        }
    }
    line(&mut table, "all", &all);
    table.push('\n');
    table
}

fn line(table: &mut String, name: &str, counts: &Counts) {
    let routes = Route::ALL.map(|route| {
        let [sentences, found, _, _] = counts.routes[route.index()];
        share(found, sentences)
    });
    let [sentences, found, right, hinted] = counts.routes.iter().fold([0; 4], |sum, it| {
        let mut sum = sum;
        for (sum, it) in sum.iter_mut().zip(it) {
            *sum += it;
        }
        sum
    });
    let [harmless, alarms, hints] = counts.harmless;
    let cells = [
        name.to_owned(),
        share(found, sentences),
        share(alarms, harmless),
        share(right, found),
    ]
    .into_iter()
    .chain(routes)
    .chain([share(hinted, sentences), share(hints, harmless)]);
    let cells: Vec<String> = cells.collect();
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

/// A percentage, and what of.
fn share(part: usize, whole: usize) -> String {
    match whole {
        0 => "none".to_owned(),
        _ => {
            let percent = 100.0 * part as f64 / whole as f64;
            format!("{percent:.1}% of {whole}")
        }
    }
}

/// What became of sentences.
#[derive(Default)]
struct Counts {
    /// Of each route: sentences, those with an answer, those with the right one, those with an answer or the hint.
    routes: [[usize; 4]; 4],
    /// Of those that ask for nothing: sentences, those with an answer, those with an answer or the hint.
    harmless: [usize; 3],
}

impl Counts {
    fn of(set: &Set, net: &super::Net) -> Self {
        let mut counts = Self::default();
        for sentence in &set.sentences {
            let verdict = net.judge(&sentence.text);
            let (answered, hinted) = match verdict {
                Verdict::Nothing => (0, 0),
                Verdict::Hint => (0, 1),
                Verdict::Routes(_) => (1, 1),
            };
            if let Some(route) = sentence.route {
                let right = match verdict {
                    Verdict::Routes(routes) => usize::from(routes.iter().any(|it| it == route)),
                    Verdict::Nothing | Verdict::Hint => 0,
                };
                let [sentences, found, rights, hints] = &mut counts.routes[route.index()];
                *sentences += 1;
                *found += answered;
                *rights += right;
                *hints += hinted;
            } else {
                let [sentences, alarms, hints] = &mut counts.harmless;
                *sentences += 1;
                *alarms += answered;
                *hints += hinted;
            }
        }
        counts
    }

    fn add(&mut self, other: &Self) {
        let mine = self.routes.iter_mut().flatten().chain(&mut self.harmless);
        let other = other.routes.iter().flatten().chain(&other.harmless);
        for (mine, other) in mine.zip(other) {
            *mine += other;
        }
    }
}
