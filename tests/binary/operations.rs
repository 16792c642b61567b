//! What lies in `ops/` names settings, commands and metrics that exist.

use std::collections::BTreeSet;

use super::*;

fn ops(name: &str) -> String {
    fs::read_to_string(prompts::repository(&format!("ops/{name}"))).unwrap()
}

#[tokio::test]
async fn unit_and_container_name_settings_and_commands_that_exist() {
    let home = Home::new();
    let help = run(&mut home.command(&["--help"])).await.stdout;
    // Long lines are broken where they fit.
    let run_help = run(&mut home.command(&["run", "--help"])).await.stdout;
    let run_help = run_help.split_whitespace().collect::<Vec<_>>().join(" ");
    let unit = ops("voel-eerst.service");
    let container = ops("Containerfile");
    let words = unit.split_whitespace().chain(container.split_whitespace());
    let named: BTreeSet<&str> = words
        .filter_map(|word| word.trim_start_matches("Environment=").split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("VOEL_EERST_"))
        .collect();
    assert!(named.len() >= 3, "{named:?}");
    for name in named {
        assert!(run_help.contains(&format!("[env: {name}=")), "{name}");
    }
    for (text, command) in [
        (&unit, "/usr/local/bin/voel-eerst run"),
        (&container, r#""/usr/local/bin/voel-eerst", "health""#),
        (&container, r#"CMD ["run"]"#),
        (&container, "voel-eerst doctor"),
    ] {
        assert!(text.contains(command), "{command}");
        let command = command.trim_matches(['"', ']']);
        let command = command.rsplit([' ', '"']).next().unwrap();
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command} in {help}"
        );
    }
}

/// Whoever reads a health check's or a watchdog's setting relies on the program's own times.
#[test]
fn the_unit_waits_longer_than_the_program_needs() {
    let unit = ops("voel-eerst.service");
    for line in [
        "Type=notify",
        "TimeoutStopSec=10s",
        "WatchdogSec=2min",
        "Restart=always",
    ] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    assert!(voel_eerst::service::STUCK < Duration::from_secs(120));
}
