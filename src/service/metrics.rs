//! The page of metrics, in Prometheus' text format. It says what happens in the bot, and nothing about a person.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use jiff::Timestamp;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, prometheus_text},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge, histogram::Histogram},
    registry::Registry,
};

use super::Tally;

pub use prometheus_text::CONTENT_TYPE;

/// Fewer parents are said to be so many: with one parent, a number of parents says what that one did.
pub const FEW: u64 = 5;

/// What is looked at when somebody asks for the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// The heart beats.
    pub healthy: bool,
    /// The bot does its work.
    pub ready: bool,
    /// When it was started.
    pub started: Timestamp,
    /// When something is due next.
    pub next_due: Option<Timestamp>,
    /// One backup a day is wanted.
    pub daily_backups: bool,
    /// What the store's folder takes on the disk, in bytes.
    pub store: Option<u64>,
    /// What is free on that disk for this program, and how large it is, in bytes.
    pub room: Option<(u64, u64)>,
}

/// The page.
pub fn page(tally: Arc<Tally>, seen: Seen) -> String {
    let mut registry = Registry::with_prefix("voel_eerst");
    registry.register_collector(Box::new(Page { tally, seen }));
    let mut text = String::new();
    // Writing into a text does not fail.
    let _ = prometheus_text::encode(&mut text, &registry);
    text
}

#[derive(Debug)]
struct Page {
    tally: Arc<Tally>,
    seen: Seen,
}

impl Collector for Page {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (Self { tally, seen }, mut to) = (self, Writer(encoder));
        to.state(seen, tally)?;
        to.counts(tally)?;
        to.outcomes(tally)?;
        to.times(tally)
    }
}

struct Writer<'a>(DescriptorEncoder<'a>);

impl Writer<'_> {
    fn state(&mut self, seen: &Seen, tally: &Tally) -> fmt::Result {
        let mut info = self.metric("build", "Which version runs", MetricType::Info)?;
        info.encode_info(&[("version", env!("CARGO_PKG_VERSION"))])?;
        self.moment(
            "start_timestamp_seconds",
            "When it was started",
            seen.started,
        )?;
        for (name, help, value) in [
            ("healthy", "1 while the heart beats", seen.healthy.into()),
            (
                "ready",
                "1 while the store is open and updates come in",
                seen.ready.into(),
            ),
            (
                "letters_waiting",
                "Messages that wait or are on their way",
                tally.waiting() as u64,
            ),
            (
                "daily_backups",
                "1 when a backup is to be made each day",
                seen.daily_backups.into(),
            ),
        ] {
            self.gauge(name, help, value)?;
        }
        if let Some(counts) = tally.vitals.counts() {
            let help = "Chats with a record; 5 stands for 5 or fewer";
            self.gauge("parents", help, counts.parents.max(FEW))?;
        }
        if let Some(due) = seen.next_due {
            let help = "When something is due next; a moment that is long past waits for room";
            self.moment("next_due_timestamp_seconds", help, due)?;
        }
        if let Some(begun) = tally.vitals.backup() {
            let help = "When the newest backup of the day was begun";
            self.moment("backup_timestamp_seconds", help, begun)?;
        }
        if let Some(bytes) = seen.store {
            self.gauge("store_bytes", "Bytes of the store's folder", bytes)?;
        }
        if let Some((free, size)) = seen.room {
            let help = "Bytes that are free on the disk of the store";
            self.gauge("disk_free_bytes", help, free)?;
            self.gauge("disk_bytes", "Bytes of that disk", size)?;
        }
        Ok(())
    }

    fn counts(&mut self, tally: &Tally) -> fmt::Result {
        for (name, help, count) in [
            ("updates", "Updates from Telegram", &tally.received),
            (
                "updates_again",
                "Updates that had been handled before",
                &tally.came_again,
            ),
            (
                "updates_unreadable",
                "Updates of which nothing could be made",
                &tally.unreadable,
            ),
            (
                "webhook_refusals",
                "Requests to the webhook that did not show the secret",
                &tally.strangers,
            ),
            (
                "letters_again",
                "Calls to Telegram that had to be made again",
                &tally.again,
            ),
            (
                "too_many_requests",
                "Answers 429: Telegram asked to wait",
                &tally.flooded,
            ),
            (
                "panics",
                "Mistakes in the program, each contained to one parent",
                &tally.panicked,
            ),
            (
                "unreadable_records",
                "Times that a parent's record or entry could not be read",
                &tally.unreadable_records,
            ),
            (
                "store_failures",
                "Times that the store failed and was opened again",
                &tally.store_failures,
            ),
            (
                "backup_failures",
                "Times that the backup of the day could not be made",
                &tally.backup_failures,
            ),
        ] {
            let metric = self.metric(name, help, MetricType::Counter)?;
            ConstCounter::new(count.load(Relaxed)).encode(metric)?;
        }
        // Not said before the store was opened: a count that falls to nothing and rises again would look like new ones.
        if let Some(counts) = tally.vitals.counts() {
            let help =
                "Planned prompts of which nobody knows whether they arrived, over the store's life";
            let metric = self.metric("prompts_in_doubt", help, MetricType::Counter)?;
            ConstCounter::new(counts.in_doubt).encode(metric)?;
        }
        Ok(())
    }

    fn outcomes(&mut self, tally: &Tally) -> fmt::Result {
        let help = "Messages and other calls that came to their end";
        let mut letters = self.metric("letters", help, MetricType::Counter)?;
        for (outcome, count) in [
            ("sent", &tally.sent),
            ("failed", &tally.failed),
            ("in_doubt", &tally.in_doubt),
            ("expired", &tally.expired),
            ("unreachable", &tally.unreachable),
        ] {
            let labels = [("outcome", outcome)];
            let metric = letters.encode_family(&labels)?;
            ConstCounter::new(count.load(Relaxed)).encode(metric)?;
        }
        Ok(())
    }

    fn times(&mut self, tally: &Tally) -> fmt::Result {
        let answers = "Seconds from an update to its answer at Telegram, files apart";
        for (name, help, histogram) in [
            (
                "round_inputs",
                "How much was decided in one commit",
                &tally.rounds,
            ),
            (
                "commit_seconds",
                "Seconds that a commit waited for the disk",
                &tally.commits,
            ),
            ("answer_seconds", answers, &tally.answers),
        ] {
            let metric = self.metric(name, help, MetricType::Histogram)?;
            Histogram::encode(histogram, metric)?;
        }
        Ok(())
    }

    fn moment(&mut self, name: &str, help: &str, at: Timestamp) -> fmt::Result {
        let metric = self.metric(name, help, MetricType::Gauge)?;
        ConstGauge::new(at.as_second()).encode(metric)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let metric = self.metric(name, help, MetricType::Gauge)?;
        ConstGauge::new(value).encode(metric)
    }

    fn metric<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, kind)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::{
        conversation::Outcome,
        store::{Counts, Seq},
    };

    fn tally(parents: u64) -> Arc<Tally> {
        let tally = Tally::default();
        tally.received(false);
        tally.promised(Duration::from_secs(5), [Seq(1)]);
        tally.committed(2, Duration::from_millis(4));
        tally.ended(Outcome::Sent(None));
        tally.answered(Seq(1), Outcome::Sent(None), Duration::from_millis(5_250));
        tally.ended(Outcome::InDoubt);
        tally.flooded();
        tally.set_waiting(3, 1);
        tally.vitals.store_opened(Counts {
            parents,
            prompts: 71,
            in_doubt: 1,
            replies: 72,
            since: None,
        });
        Arc::new(tally)
    }

    #[test]
    fn the_page() {
        let at = |second: i64| Timestamp::from_second(1_767_225_600 + second).unwrap_or_default();
        let tally = tally(1_234);
        tally.vitals.backed_up(at(-3_600));
        let seen = Seen {
            healthy: true,
            ready: true,
            started: at(0),
            next_due: Some(at(86_400)),
            daily_backups: true,
            store: Some(1_048_576),
            room: Some((5_000_000_000, 20_000_000_000)),
        };
        insta::assert_snapshot!(page(tally, seen));
    }

    #[test]
    fn what_is_not_known_is_not_said_and_few_parents_are_not_told_apart() {
        let alone = page(tally(1), Seen::default());
        assert_eq!(alone, page(tally(FEW), Seen::default()));
        assert!(alone.contains("\nvoel_eerst_parents 5\n"), "{alone}");
        for absent in [
            "next_due",
            "backup_timestamp",
            "store_bytes",
            "disk_",
            " 71\n",
            " 72\n",
        ] {
            assert!(!alone.contains(absent), "{absent} in {alone}");
        }
    }

    #[test]
    fn before_the_store_is_open_nothing_is_said_of_what_it_counts() {
        let starting = page(Arc::default(), Seen::default());
        for absent in ["voel_eerst_parents", "voel_eerst_prompts_in_doubt"] {
            assert!(!starting.contains(absent), "{absent} in {starting}");
        }
    }

    /// The names of metrics that stand in a text.
    fn named(text: &str) -> BTreeSet<&str> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        text.split(|c| !is_name(c))
            .filter(|word| word.starts_with("voel_eerst_"))
            .collect()
    }

    #[test]
    fn the_alerts_the_dashboard_and_the_docs_name_metrics_that_exist() {
        let tally = tally(9);
        tally.vitals.backed_up(Timestamp::UNIX_EPOCH);
        let seen = Seen {
            next_due: Some(Timestamp::UNIX_EPOCH),
            store: Some(1),
            room: Some((1, 2)),
            ..Seen::default()
        };
        let page = page(tally, seen);
        let there = named(&page);
        let alerts = include_str!("../../ops/alerts.yml");
        let docs = include_str!("../../docs/operations.md");
        for (file, text) in [
            ("alerts.yml", alerts),
            ("grafana.json", include_str!("../../ops/grafana.json")),
            ("operations.md", docs),
        ] {
            let named = named(text);
            assert!(named.len() > 5, "{file}: {named:?}");
            let unknown: Vec<_> = named.difference(&there).collect();
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
        }
        // What should never happen wakes somebody, and the docs say what to do then.
        let counts = there.iter().filter(|name| {
            ["failures", "panics", "unreadable_records", "in_doubt"]
                .iter()
                .any(|kind| name.contains(kind))
        });
        for count in counts {
            assert!(alerts.contains(count), "{count}");
        }
        let names = alerts
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- alert: "));
        for alert in names {
            assert!(docs.contains(&format!("`{alert}`")), "{alert}");
        }
    }
}
