//! Hostile input: whatever comes from outside, however it is made. docs/hostile-input.md says what was run, and how to run more.
//!
//! [`bodies`] say what has to hold of one input of each kind. Here they run on the corpus: inputs that were written by hand, and those that
//! libFuzzer found to lead somewhere new or to break something once.

mod bodies;
mod updates;

use std::{fs, path::Path};

/// A kind of input: the name of its target, and what has to hold.
type Target = (&'static str, fn(&[u8]));

/// Every target. `fuzz/Cargo.toml` names the same.
const TARGETS: [Target; 8] = [
    ("backup", bodies::backup::hold),
    ("callback", bodies::callback::hold),
    ("damage", bodies::damage::hold),
    ("import", bodies::import::hold),
    ("prompts", bodies::prompts::hold),
    ("stored", bodies::stored::hold),
    ("typed", bodies::typed::hold),
    ("update", bodies::update::hold),
];

/// All of the corpus together: it lies in the repository.
const LARGEST_CORPUS: usize = 300_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The inputs of one target: the name of each file, and what is in it.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("fuzz/corpus").join(target);
    let mut inputs: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

#[test]
fn what_is_in_the_corpus_holds() {
    for (target, hold) in TARGETS {
        let inputs = corpus(target);
        assert!(inputs.len() >= 10, "{target}: {} inputs", inputs.len());
        for (name, input) in &inputs {
            let held = std::panic::catch_unwind(|| hold(input));
            assert!(held.is_ok(), "fuzz/corpus/{target}/{name}");
        }
    }
}

#[test]
fn every_target_is_there_and_the_corpus_is_small() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let mut named: Vec<&str> = manifest
        .lines()
        .filter_map(|line| {
            line.strip_prefix("path = \"fuzz_targets/")?
                .strip_suffix(".rs\"")
        })
        .collect();
    named.sort_unstable();
    let mut targets = TARGETS.map(|(name, _)| name).to_vec();
    targets.sort_unstable();
    assert_eq!(named, targets);
    for target in &targets {
        let wrapper = root().join(format!("fuzz/fuzz_targets/{target}.rs"));
        let wrapper = fs::read_to_string(wrapper).unwrap();
        assert!(wrapper.contains(&format!("bodies::{target}::hold(bytes)")));
    }
    let all = targets.iter().flat_map(|target| corpus(target));
    let bytes: usize = all.map(|(_, input)| input.len()).sum();
    assert!(bytes < LARGEST_CORPUS, "{bytes} bytes");
}
