//! The table of what holds which rule of the conversation design, docs/scenarios.md: every test that it names is there, and every rule has one.

use std::{collections::BTreeSet, fs, path::Path};

const TABLE: &str = "docs/scenarios.md";

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// The rows of the table: a rule, and what holds it.
fn rows(table: &str) -> Vec<(&str, &str)> {
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let cells = rows.map(|row| row.trim_matches('|').split_once(" | ").expect("two cells"));
    let cells = cells.map(|(rule, holds)| (rule.trim(), holds.trim()));
    cells.filter(|(rule, _)| *rule != "rule").collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with a name of the table: `file::function` in this folder, or with the path of the file from the root of the project.
fn fault(name: &str) -> Option<String> {
    let Some((file, function)) = name.split_once("::") else {
        return Some(format!("{name}: expected file::function"));
    };
    let path = if file.contains('/') {
        format!("{file}.rs")
    } else {
        format!("tests/scenarios/{file}.rs")
    };
    let Some(source) = read(&path) else {
        return Some(format!("{name}: there is no {path}"));
    };
    let found = source.contains(&format!("fn {function}("));
    (!found).then(|| format!("{name}: there is no such function in {path}"))
}

#[test]
fn every_scenario_that_it_names_is_there() {
    let table = read(TABLE).unwrap();
    let rows = rows(&table);
    let faults: Vec<String> = rows
        .iter()
        .flat_map(|(_, holds)| quoted(holds))
        .filter_map(fault)
        .collect();
    assert!(faults.is_empty(), "{TABLE}: {faults:#?}");
    for (rule, holds) in rows {
        assert!(quoted(holds).next().is_some(), "{rule}: nothing holds it");
    }
    assert!(fault("flows::nobody_wrote_this").is_some());
    assert!(fault("nowhere::typing_stop_stops").is_some());
}

#[test]
fn every_rule_for_the_code_has_a_row() {
    let table = read(TABLE).unwrap();
    let design = read("docs/content.md").unwrap();
    let part = design.split("\n## 7. ").nth(1).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let numbers = part.lines().filter_map(|line| line.split_once(". "));
    let rules: BTreeSet<String> = numbers
        .filter(|(number, _)| number.parse::<u8>().is_ok())
        .map(|(number, _)| format!("7.{number}"))
        .collect();
    assert!(rules.len() >= 15);
    let held: BTreeSet<String> = rows(&table)
        .iter()
        .filter_map(|(rule, _)| rule.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    let missing: Vec<&String> = rules.difference(&held).collect();
    assert!(missing.is_empty(), "{TABLE} has no row for {missing:?}");
}
