//! What the project takes from others: one TLS stack, nothing without a checksum, and no exception that has outlived its reason.
//!
//! Known advisories are for `cargo deny check`, which needs a network for them. What can be seen without one is held here.

use std::{collections::BTreeMap, fs, path::Path};

/// Crates that would be a second TLS stack, or a second implementation of the ciphers below it.
const OTHER_TLS: [&str; 9] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "schannel",
    "security-framework",
];

/// Of these there is one version: there is one TLS stack.
const ONE_OF: [&str; 4] = ["ring", "rustls", "rustls-webpki", "webpki-roots"];

fn read(name: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap().parse().unwrap()
}

fn text<'a>(value: &'a toml::Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The packages of the lock file, by name: each version with its source and whether there is a checksum.
fn locked(name: &str) -> BTreeMap<String, Vec<(Option<String>, bool)>> {
    let lock = read(name);
    let mut packages: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let source = text(package, "source").map(str::to_owned);
        let checked = package.get("checksum").is_some();
        let name = text(package, "name").unwrap().to_owned();
        packages.entry(name).or_default().push((source, checked));
    }
    packages
}

#[test]
fn there_is_one_tls_stack_and_every_crate_has_a_checksum() {
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let packages = locked(lock);
        assert!(packages.len() > 100, "{lock}");
        for other in OTHER_TLS {
            assert!(!packages.contains_key(other), "{lock} has {other}");
        }
        for one in ONE_OF {
            let versions = packages.get(one).map_or(0, Vec::len);
            assert_eq!(versions, 1, "{lock}: {one}");
        }
        let mut sources: Vec<&str> = Vec::new();
        for (name, versions) in &packages {
            for (source, checked) in versions {
                let own = name.starts_with("voel-eerst");
                assert_eq!(source.is_none(), own, "{lock}: {name}");
                assert!(own || *checked, "{lock}: {name} has no checksum");
                sources.extend(source.as_deref());
            }
        }
        sources.sort_unstable();
        sources.dedup();
        assert_eq!(sources.len(), 1, "{lock}: {sources:?}");
        assert!(sources[0].starts_with("registry+"), "{sources:?}");
    }
}

#[test]
fn every_exception_has_a_reason_and_is_still_needed() {
    let deny = read("deny.toml");
    let packages = locked("Cargo.lock");
    let ignored = deny["advisories"]["ignore"].as_array().unwrap();
    for exception in ignored {
        let id = text(exception, "id").unwrap();
        let reason = text(exception, "reason").unwrap_or_default();
        assert!(reason.split(' ').count() >= 8, "{id} has no reason");
        // A reason begins with the crate that it is about.
        let about = reason.split(' ').next().unwrap_or_default();
        assert!(packages.contains_key(about), "{id}: {about} is gone");
    }
    for ban in deny["bans"]["deny"].as_array().unwrap() {
        let name = text(ban, "crate").unwrap();
        assert!(text(ban, "reason").is_some(), "{name} has no reason");
    }
}

#[test]
fn every_dependency_names_its_version_and_takes_no_features_by_accident() {
    let manifest = read("Cargo.toml");
    assert_eq!(
        manifest["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    for kind in ["dependencies", "dev-dependencies"] {
        for (name, wanted) in manifest[kind].as_table().unwrap() {
            let version = wanted.as_str().or_else(|| text(wanted, "version"));
            let version = version.unwrap_or_default();
            let is_version = version
                .trim_start_matches('=')
                .starts_with(char::is_numeric);
            assert!(is_version, "{name} = {version:?}");
        }
    }
    // Their defaults bring what this program does without: other TLS, other runtimes, compression.
    for name in ["axum", "jiff", "reqwest", "teloxide", "tokio", "zip"] {
        for kind in ["dependencies", "dev-dependencies"] {
            let Some(wanted) = manifest[kind].get(name) else {
                continue;
            };
            let defaults = wanted.get("default-features");
            let defaults = defaults.and_then(toml::Value::as_bool);
            assert_eq!(defaults, Some(false), "{name} in {kind}");
        }
    }
}
