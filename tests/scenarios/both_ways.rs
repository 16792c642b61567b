//! Every scenario passes over both ways: those of this process over polling, and the same once more over a webhook.

use std::{env, process::Command};

use crate::world::Way;

/// What the way makes no difference to, and this test itself. How often updates are asked for is the poll's own rhythm, and so is when one comes once more while the store
/// fails again and again. The two of an outage count what the poll brings, and hold it back.
const NOT_AGAIN: [&str; 8] = [
    "scenarios::both_ways",
    "scenarios::demo",
    "scenarios::faults::whatever_is_the_matter_it_asks_for_updates_a_few_times_in_ten_minutes",
    "scenarios::library",
    "scenarios::outage::after_a_day_of_outage_everything_is_kept_once_and_only_the_right_prompts_come",
    "scenarios::outage::what_is_due_waits_half_a_minute_at_most_for_updates_that_do_not_come",
    "scenarios::stumbling",
    "scenarios::table",
];

/// Fewer scenarios are a mistake of this test.
const AT_LEAST: u32 = 150;

/// In a process of its own, so that no scenario has to name its way. One alone: `VOEL_EERST_WAY=webhook cargo test --test all NAME`.
#[test]
fn every_scenario_passes_over_a_webhook_too() {
    let other = match Way::from_environment() {
        Way::Polling => "webhook",
        Way::Webhook => "polling",
    };
    let mut scenarios = Command::new(env::current_exe().unwrap());
    scenarios.env("VOEL_EERST_WAY", other).arg("scenarios::");
    for name in NOT_AGAIN {
        scenarios.args(["--skip", name]);
    }
    let ended = scenarios.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "over {other}:\n{said}\n{errors}");
    let passed = said.split(" passed;").next().unwrap();
    let passed = passed.rsplit(' ').next().unwrap().parse::<u32>();
    assert!(passed.unwrap() >= AT_LEAST, "{said}");
}
