//! The rules for the prompts together.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::language::{LintWords, sentences, words};
use crate::library::{
    Moment, Prompt, Side,
    draft::{Draft, List, Placed},
    fault::Faults,
};

/// The fewest prompts of a theme: with less, the same one comes back too soon.
const LEAST_PER_THEME: usize = 8;

/// The share of prompts in the "if ..., then ..." form, in percent.
const IF_THEN: std::ops::RangeInclusive<usize> = 25..=60;

/// Two prompts share less than this part of their runs of four words, in percent.
const OVERLAP: usize = 25;

/// Notes what is wrong with the prompts together.
pub(super) fn check(draft: &Draft<'_>, root: &str, lint: Option<&LintWords>, faults: &mut Faults) {
    let prompts = draft.prompts();
    check_ids(draft, &prompts, faults);
    if draft.themes.is_empty() {
        faults.add(
            format!("{root}/prompts"),
            None,
            "there are no files of prompts; expected prompts/<theme>.toml",
        );
    }
    check_themes(&draft.themes, faults);
    check_gentle(draft, &prompts, faults);
    check_overlap(&prompts, faults);
    if let Some(lint) = lint {
        check_share(&prompts, root, lint, faults);
    }
}

/// Ids are unique for ever, and so are their marks.
fn check_ids(draft: &Draft<'_>, prompts: &[&Placed<'_, Prompt>], faults: &mut Faults) {
    let mut by_mark: HashMap<u32, &Placed<'_, Prompt>> = HashMap::new();
    for prompt in prompts {
        let id = &prompt.value.id;
        let at = prompt.node.at("id");
        if let Some(retired) = &draft.retired
            && retired.value.ids.contains(id)
        {
            at.fault(
                faults,
                format!(
                    "id `{id}` is retired ({}); expected an id that was never used",
                    retired.node.at("ids").place()
                ),
            );
        }
        match by_mark.get(&prompt.value.mark) {
            None => {
                by_mark.insert(prompt.value.mark, prompt);
            }
            Some(first) => {
                let place = first.node.at("id").place();
                let first = &first.value.id;
                let what = if first == id {
                    format!("id `{id}` stands already in {place}; expected an id of its own")
                } else {
                    format!(
                        "id `{id}` is by chance too much like `{first}` ({place}) for the bot to tell them apart; expected another id"
                    )
                };
                at.fault(faults, what);
            }
        }
    }
}

/// Counts what the file holds, so that a prompt with a fault of its own still counts.
fn check_themes(themes: &[List<'_, Prompt>], faults: &mut Faults) {
    for theme in themes {
        let Some(file) = theme.file.filter(|_| !theme.tables.is_empty()) else {
            continue;
        };
        let count = theme.tables.len();
        if count < LEAST_PER_THEME {
            let what =
                format!("the theme has {count} prompts; expected at least {LEAST_PER_THEME}");
            file.fault(faults, what);
        }
        for side in Side::ALL.iter().map(|side| side.as_str()) {
            if !theme.has_text("side", side) {
                let what =
                    format!("the theme has no prompt with side {side}; expected all three sides");
                file.fault(faults, what);
            }
        }
    }
}

/// In the days after an answer to heavy words there is always a prompt that may come, at whatever time.
fn check_gentle(draft: &Draft<'_>, prompts: &[&Placed<'_, Prompt>], faults: &mut Faults) {
    let Some(language) = &draft.language else {
        return;
    };
    let gentle = &language.value.gentle_themes;
    for (theme, node) in gentle.iter().zip(language.node.at("gentle_themes").items()) {
        if !prompts.iter().any(|it| it.value.theme == *theme) {
            node.fault(
                faults,
                format!("gentle_themes names `{theme}`; expected a theme that has prompts"),
            );
        }
    }
    let comes_any_time = |it: &&Placed<'_, Prompt>| {
        let prompt = &it.value;
        gentle.contains(&prompt.theme) && prompt.side == Side::Beide && prompt.moment == Moment::Elk
    };
    if !prompts.iter().copied().any(|it| comes_any_time(&it)) {
        language.node.at("gentle_themes").fault(
            faults,
            "no prompt of the gentle_themes has side beide and moment elk; expected one at least",
        );
    }
}

fn check_overlap(prompts: &[&Placed<'_, Prompt>], faults: &mut Faults) {
    let bodies: Vec<String> = prompts.iter().map(|it| words(&it.value.body)).collect();
    let runs: Vec<HashSet<&str>> = bodies.iter().map(|body| runs_of_four(body)).collect();
    // Most runs stand in one prompt only, so going from a run to its prompts beats comparing every two prompts.
    let mut prompts_with: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (n, run) in runs
        .iter()
        .enumerate()
        .flat_map(|(n, runs)| runs.iter().map(move |run| (n, *run)))
    {
        let others = prompts_with.entry(run).or_default();
        for other in others.iter() {
            *shared.entry((n, *other)).or_default() += 1;
        }
        others.push(n);
    }
    for ((n, other), count) in shared {
        let share = 100 * count / runs[n].len().min(runs[other].len());
        if share >= OVERLAP {
            let other = &prompts[other];
            prompts[n].node.at("body").fault(
                faults,
                format!(
                    "body is much like that of {} ({}): {share}% of its groups of four words stand there too; expected less than {OVERLAP}%",
                    other.value.id,
                    other.node.at("body").place()
                ),
            );
        }
    }
}

/// Every four words in a row, in what [`words`] gives.
fn runs_of_four(words: &str) -> HashSet<&str> {
    let spaces: Vec<usize> = words.match_indices(' ').map(|(at, _)| at).collect();
    spaces
        .windows(5)
        .map(|spaces| &words[spaces[0]..spaces[4]])
        .collect()
}

fn check_share(prompts: &[&Placed<'_, Prompt>], root: &str, lint: &LintWords, faults: &mut Faults) {
    let all = prompts.len();
    let file = format!("{root}/prompts");
    if all == 0 {
        return;
    }
    let such = prompts
        .iter()
        .filter(|prompt| is_if_then(&prompt.value.body, lint))
        .count();
    let share = 100 * such / all;
    if !IF_THEN.contains(&share) {
        let [first, second] = &lint.if_then;
        faults.add(
            file,
            None,
            format!(
                "{such} of {all} prompts ({share}%) have the form `{first} ..., {second} ...`; expected {}% to {}%",
                IF_THEN.start(),
                IF_THEN.end()
            ),
        );
    }
}

/// Whether one sentence has both words, in their order.
fn is_if_then(body: &str, lint: &LintWords) -> bool {
    let [first, second] = &lint.if_then;
    sentences(body).into_iter().any(|sentence| {
        let words = words(sentence);
        words
            .split_whitespace()
            .skip_while(|word| word != first)
            .any(|word| word == second)
    })
}
